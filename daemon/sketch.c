/*
 * sketch.c: a record in the form in which it is kept; see sketch.h.
 */
#include "sketch.h"

#include "skim.h"
#include "tidu/record.h"

#include <stdlib.h>

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

/* ---- taking in --------------------------------------------------------------------------- */

static void
take_fact(struct sketch *sketch, const tidu_fact *fact, tidu_slice value, int year)
{
    tidu_text *out = &sketch->facts;
    put_key(out, slice_of(fact->symbol.name));
    if (fact->symbol.type.annual && !is_object(value) && !is_null(value)) {
        tidu_text_printf(out, "{\"%d\":", year);
        tidu_skim_squeeze(value, out); /* the same is written alike */
        tidu_text_putc(out, '}');
    } else {
        tidu_skim_squeeze(value, out);
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
        tidu_skim_squeeze(item->value, &sketch->titles);
    } else if (tidu_skim_is(item->key, "towards")) {
        sketch->towards = item->value;
    } else if (fact && fact->personal) {
        sketch->personal = true;
    } else if (fact) {
        take_fact(sketch, fact, item->value, year);
    } else {
        bool first = sketch->facts.length == 1;
        tidu_text_puts(&sketch->facts, first ? "" : ",");
        tidu_text_json(&sketch->facts, item->key.data, item->key.length);
        tidu_text_putc(&sketch->facts, ':');
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

struct member {
    tidu_slice key, value;
};

/* The members of an object. Where one was found, the next is looked for behind it: objects
 * that are merged mostly have theirs in the same order. */
struct members {
    struct member *items;
    size_t count, capacity, next;
};

static bool
add_member(struct members *members, const tidu_skim_item *item)
{
    if (members->count == members->capacity) {
        size_t capacity = members->capacity ? 2 * members->capacity : 64;
        struct member *items = realloc(members->items, capacity * sizeof *items);
        if (!items)
            return false;
        members->items = items;
        members->capacity = capacity;
    }
    members->items[members->count++] = (struct member){item->key, item->value};
    return true;
}

/* False when memory ran out. A key with escapes is no fact's, and is left out. */
static bool
read_members(struct members *members, tidu_slice object)
{
    tidu_skim skim;
    tidu_skim_item item;
    bool good = true;
    if (!tidu_skim_open(&skim, object, TIDU_SKIM_DEPTH))
        return true;
    while (good && tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM)
        good = item.key.data == item.decoded || add_member(members, &item);
    return good;
}

static const struct member *
find_member(struct members *members, tidu_slice key)
{
    for (size_t i = 0; i < members->count; i++) {
        size_t at = members->next + i;
        at -= at >= members->count ? members->count : 0;
        const struct member *member = &members->items[at];
        if (member->key.length == key.length &&
            memcmp(member->key.data, key.data, key.length) == 0) {
            members->next = at + 1;
            return member;
        }
    }
    return NULL;
}

static void
put_value(tidu_text *out, tidu_slice key, tidu_slice value)
{
    put_key(out, key);
    tidu_text_add(out, value.data, value.length);
}

static void put_merged(const tidu_vocabulary *vocabulary, tidu_slice older, tidu_slice newer,
                       tidu_text *out);

/* What a member is to be; `vocabulary` NULL says that its value is whole in itself. */
static void
merge_member(const tidu_vocabulary *vocabulary, const struct member *older,
             const struct member *newer, tidu_text *out)
{
    const tidu_fact *fact =
        vocabulary ? tidu_vocabulary_find(vocabulary, older->key.data, older->key.length) : NULL;
    if (newer && is_null(newer->value))
        return;
    put_key(out, older->key);
    if (newer && fact && fact->symbol.type.annual && is_object(older->value) &&
        is_object(newer->value))
        put_merged(NULL, older->value, newer->value, out);
    else
        tidu_text_add(out, (newer ? newer : older)->value.data,
                      (newer ? newer : older)->value.length);
}

static void
put_merged(const tidu_vocabulary *vocabulary, tidu_slice older, tidu_slice newer, tidu_text *out)
{
    struct members was = {0}, is = {0};
    if (!read_members(&was, older) || !read_members(&is, newer))
        out->failed = true;
    tidu_text_putc(out, '{');
    for (size_t i = 0; i < was.count; i++)
        merge_member(vocabulary, &was.items[i], find_member(&is, was.items[i].key), out);
    for (size_t i = 0; i < is.count; i++)
        if (!is_null(is.items[i].value) && !find_member(&was, is.items[i].key))
            put_value(out, is.items[i].key, is.items[i].value);
    tidu_text_putc(out, '}');
    free(was.items);
    free(is.items);
}

void
tidu_sketch_merge(const tidu_vocabulary *vocabulary, tidu_slice older, tidu_slice newer,
                  tidu_text *out)
{
    put_merged(vocabulary, older, newer, out);
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

size_t
tidu_sketch_whole(tidu_slice facts, tidu_slice titles, tidu_text *out)
{
    out->length = 0;
    if (titles.data)
        tidu_sketch_join(facts, titles, out);
    else
        tidu_text_add(out, facts.data, facts.length);
    size_t length = out->length;
    if (tidu_text_reserve(out, TIDU_RECORD_PADDING)) {
        memset(out->data + length, 0, TIDU_RECORD_PADDING);
        out->length += TIDU_RECORD_PADDING;
    }
    return length;
}
