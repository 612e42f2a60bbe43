/*
 * sketch.c: a record in the form in which it is kept; see sketch.h.
 */
#include "sketch.h"

#include "skim.h"

static tidu_slice
slice_of(const char *text)
{
    return (tidu_slice){text, strlen(text)};
}

static bool
is_null(tidu_slice value)
{
    return tidu_skim_is(value, "null");
}

static bool
is_object(tidu_slice value)
{
    return value.length && value.data[0] == '{';
}

static void
put_key(tidu_text *out, tidu_slice key)
{
    bool first = out->length && out->data[out->length - 1] == '{';
    tidu_text_puts(out, first ? "\"" : ",\"");
    tidu_text_add(out, key.data, key.length);
    tidu_text_puts(out, "\":");
}

/* A value without the white space between its parts, so that the same is written alike. */
static void
put_compact(tidu_text *out, tidu_slice value)
{
    bool quoted = false;
    for (size_t i = 0; i < value.length; i++) {
        char byte = value.data[i];
        if (quoted && byte == '\\' && i + 1 < value.length)
            tidu_text_putc(out, value.data[i++]);
        else if (byte == '"')
            quoted = !quoted;
        else if (!quoted && (byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n'))
            continue;
        tidu_text_putc(out, value.data[i]);
    }
}

/* ---- taking in --------------------------------------------------------------------------- */

static void
take_fact(struct sketch *sketch, const tidu_fact *fact, tidu_slice value, int year)
{
    tidu_text *out = &sketch->facts;
    put_key(out, slice_of(fact->symbol.name));
    if (fact->symbol.type.annual && !is_object(value) && !is_null(value)) {
        tidu_text_printf(out, "{\"%d\":", year);
        put_compact(out, value);
        tidu_text_putc(out, '}');
    } else {
        put_compact(out, value);
    }
}

/* A name the vocabulary lacks stays, for its reader to complain about. */
static void
take_member(struct sketch *sketch, const tidu_vocabulary *vocabulary, const tidu_skim_item *item,
            int year)
{
    const tidu_fact *fact = tidu_vocabulary_find(vocabulary, item->key.data, item->key.length);
    if (tidu_skim_is(item->key, "titles") || tidu_skim_is(item->key, "称号")) {
        sketch->titles.length = 0;
        put_compact(&sketch->titles, item->value);
    } else if (tidu_skim_is(item->key, "towards")) {
        sketch->towards = item->value;
    } else if (fact && fact->personal) {
        sketch->personal = true;
    } else if (fact) {
        take_fact(sketch, fact, item->value, year);
    } else {
        put_key(&sketch->facts, item->key);
        tidu_text_add(&sketch->facts, item->value.data, item->value.length);
    }
}

bool
tidu_sketch_record(struct sketch *sketch, const tidu_vocabulary *vocabulary, tidu_slice record,
                   int year)
{
    tidu_skim skim;
    tidu_skim_item item;
    tidu_skim_step step;
    sketch->facts.length = 0;
    sketch->titles.length = 0;
    sketch->towards = (tidu_slice){0};
    sketch->personal = false;
    if (!record.length || record.data[0] != '{' ||
        !tidu_skim_open(&skim, record, TIDU_SKIM_DEPTH))
        return false;
    tidu_text_putc(&sketch->facts, '{');
    while ((step = tidu_skim_next(&skim, &item)) == TIDU_SKIM_ITEM && !sketch->facts.failed)
        take_member(sketch, vocabulary, &item, year);
    tidu_text_putc(&sketch->facts, '}');
    return step == TIDU_SKIM_END && !sketch->facts.failed;
}

/* ---- merging -------------------------------------------------------------------------------- */

/* A key is plain: it is an identifier, or a year. */
static tidu_slice
member(tidu_slice object, tidu_slice key)
{
    char name[TIDU_SKIM_KEY_SIZE] = "";
    if (key.length >= sizeof name)
        return (tidu_slice){0};
    memcpy(name, key.data, key.length);
    return tidu_skim_member(object, name);
}

static void
put_value(tidu_text *out, tidu_slice key, tidu_slice value)
{
    put_key(out, key);
    tidu_text_add(out, value.data, value.length);
}

static void
join_years(tidu_slice older, tidu_slice newer, tidu_text *out)
{
    tidu_skim skim;
    tidu_skim_item item;
    tidu_text_putc(out, '{');
    for (tidu_skim_open(&skim, older, 2); tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM;)
        if (!member(newer, item.key).data)
            put_value(out, item.key, item.value);
    for (tidu_skim_open(&skim, newer, 2); tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM;)
        if (!is_null(item.value))
            put_value(out, item.key, item.value);
    tidu_text_putc(out, '}');
}

static void
merge_member(const tidu_vocabulary *vocabulary, const tidu_skim_item *older, tidu_slice newer,
             tidu_text *out)
{
    const tidu_fact *fact = tidu_vocabulary_find(vocabulary, older->key.data, older->key.length);
    bool years = fact && fact->symbol.type.annual && is_object(older->value) && is_object(newer);
    if (newer.data && is_null(newer))
        return;
    put_key(out, older->key);
    if (years)
        join_years(older->value, newer, out);
    else if (newer.data)
        tidu_text_add(out, newer.data, newer.length);
    else
        tidu_text_add(out, older->value.data, older->value.length);
}

void
tidu_sketch_merge(const tidu_vocabulary *vocabulary, tidu_slice older, tidu_slice newer,
                  tidu_text *out)
{
    tidu_skim skim;
    tidu_skim_item item;
    tidu_text_putc(out, '{');
    for (tidu_skim_open(&skim, older, TIDU_SKIM_DEPTH);
         !out->failed && tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM;)
        merge_member(vocabulary, &item, member(newer, item.key), out);
    for (tidu_skim_open(&skim, newer, TIDU_SKIM_DEPTH);
         !out->failed && tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM;)
        if (!is_null(item.value) && !member(older, item.key).data)
            put_value(out, item.key, item.value);
    tidu_text_putc(out, '}');
}

/* In place of a null, or behind all the others. */
void
tidu_sketch_join(tidu_slice record, tidu_slice titles, tidu_text *out)
{
    tidu_slice null = tidu_skim_member(record, "titles");
    if (!null.data)
        null = tidu_skim_member(record, "称号");
    const char *end = record.data + record.length, *at = null.data;
    while (!null.data && end > record.data && end[-1] != '}')
        end--;
    if (!null.data && end > record.data)
        at = end - 1;
    if (!at)
        return;
    tidu_text_add(out, record.data, (size_t)(at - record.data));
    while (!null.data && out->length && strchr(" \t\r\n", out->data[out->length - 1]))
        out->length--;
    if (!null.data)
        put_key(out, slice_of("titles"));
    tidu_text_add(out, titles.data, titles.length);
    at += null.length;
    tidu_text_add(out, at, (size_t)(record.data + record.length - at));
}
