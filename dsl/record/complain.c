/*
 * complain.c: what is wrong with a value, in words.
 *
 * A complaint names the fact as the client spelled it, with its title, shows
 * what came and what would have been right. What is right is sketched in a
 * notation that reads the same in every language: number (万元), [0-9]{6},
 * {"2025": …}. Only errors come here, so nothing here needs to be fast.
 *
 * Must not know: how values are stored. Owns nothing.
 */
#include "internal.h"

#include <stdio.h>

enum { GOT_CHARACTERS = 40, NAME_BYTES = 80 };

/* Append at most `most` characters, with control characters as spaces, and a
 * mark where something was left out. */
static void
append_cut(char *buffer, size_t size, tidu_slice text, size_t most)
{
    size_t length = strlen(buffer), characters = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        bool begins = (byte & 0xc0) != 0x80;
        if (begins && (characters++ == most || length + 8 > size)) {
            memcpy(buffer + length, "…", sizeof "…");
            return;
        }
        buffer[length++] = byte < 0x20 ? ' ' : (char)byte;
        buffer[length] = '\0';
    }
}

void
tidu_complain_cut(tidu_slice text, char ret[TIDU_ARGUMENT_SIZE])
{
    ret[0] = '\0';
    append_cut(ret, TIDU_ARGUMENT_SIZE, text, GOT_CHARACTERS);
}

/* All of `text` or nothing of it: never half a character. */
static void
append(char *buffer, size_t size, const char *text)
{
    size_t length = strlen(buffer), more = strlen(text);
    if (length + more < size)
        memcpy(buffer + length, text, more + 1);
}

/* The fact's other name: the title beside an identifier, else the identifier. */
static const char *
other_name(const tidu_subject *subject)
{
    const tidu_symbol *symbol = &subject->fact->symbol;
    tidu_slice spelled = subject->spelled;
    size_t length = symbol->zh ? strlen(symbol->zh) : 0;
    bool by_title =
        !length || (spelled.length >= length && !memcmp(spelled.data, symbol->zh, length));
    return by_title ? symbol->name : symbol->zh;
}

/* revenue 2025 (营业收入), science_awards[0].level (科技奖励), titles[1].granted */
static void
name_subject(const tidu_subject *subject, char *buffer, size_t size)
{
    char part[32];

    buffer[0] = '\0';
    append_cut(buffer, NAME_BYTES, subject->spelled, GOT_CHARACTERS);
    if (subject->year) {
        snprintf(part, sizeof part, " %d", subject->year);
        append(buffer, size, part);
    }
    if (subject->item >= 0) {
        snprintf(part, sizeof part, "[%lld]", (long long)subject->item);
        append(buffer, size, part);
    }
    if (subject->field) {
        append(buffer, size, ".");
        append(buffer, size, subject->field);
    }
    if (subject->fact && !tidu_slice_is(subject->spelled, other_name(subject))) {
        append(buffer, size, " (");
        append(buffer, size, other_name(subject));
        append(buffer, size, ")");
    }
}

bool
tidu_complain(tidu_filing *filing, tidu_code code, tidu_slice got, const char *takes,
              const char *detail)
{
    char name[TIDU_ARGUMENT_SIZE], value[TIDU_ARGUMENT_SIZE];

    name_subject(&filing->subject, name, sizeof name);
    tidu_complain_cut(got, value);
    return tidu_error_set(filing->reterr, code, name, value, takes ? takes : "",
                          detail ? detail : "", NULL);
}

bool
tidu_complain_text(tidu_error *reterr, tidu_code code, size_t at, tidu_slice got, const char *takes)
{
    char value[TIDU_ARGUMENT_SIZE], place[32];

    tidu_complain_cut(got, value);
    snprintf(place, sizeof place, "%zu", at + 1);
    return tidu_error_set(reterr, code, "", value, takes ? takes : "", place, NULL);
}

bool
tidu_complain_cell(tidu_error *reterr, tidu_code code, uint32_t cell, tidu_slice detail)
{
    char number[16], shown[TIDU_ARGUMENT_SIZE];
    snprintf(number, sizeof number, "%u", cell);
    tidu_complain_cut(detail, shown);
    return tidu_error_set(reterr, code, "", number, "", shown, NULL);
}

/* ---- what a fact takes ---- */

/* none, city, provincial, … */
static void
sketch_choices(const tidu_choices *choices, char *buffer, size_t size)
{
    for (uint32_t i = 0; i < choices->count; i++) {
        if (strlen(buffer) + strlen(choices->items[i].code) + 8 > size) {
            append(buffer, size, ", …");
            return;
        }
        append(buffer, size, i ? ", " : "");
        append(buffer, size, choices->items[i].code);
    }
}

/* [{"level": …, "year": …}] */
static void
sketch_item(const tidu_sink *list, char *buffer, size_t size)
{
    append(buffer, size, "{");
    for (uint32_t i = 0; i < list->field_count; i++) {
        append(buffer, size, i ? ", \"" : "\"");
        append(buffer, size, list->fields[i].fact->symbol.name);
        append(buffer, size, "\": …");
    }
    append(buffer, size, "}");
}

static void
sketch(const tidu_sink *sink, char *buffer, size_t size)
{
    const tidu_type *type = &sink->fact->symbol.type;

    buffer[0] = '\0';
    switch (type->kind) {
    case TIDU_NUMBER:
        append(buffer, size, sink->whole ? "integer" : "number");
        if (type->unit) {
            append(buffer, size, " (");
            append(buffer, size, tidu_unit_title(type->unit, TIDU_ZH));
            append(buffer, size, ")");
        }
        break;
    case TIDU_FLAG:
        append(buffer, size, "true, false");
        break;
    case TIDU_DATE:
        append(buffer, size, "YYYY-MM-DD");
        break;
    case TIDU_CODE:
        if (type->choices)
            sketch_choices(type->choices, buffer, size);
        else
            append(buffer, size, "string");
        break;
    case TIDU_SET:
        append(buffer, size, "[\"…\", …]");
        break;
    case TIDU_TEXT:
        append(buffer, size, "string");
        break;
    case TIDU_LIST:
        append(buffer, size, "[");
        sketch_item(sink, buffer, size);
        append(buffer, size, ", …]");
        break;
    }
}

static const tidu_code wrong_kind[] = {
    [TIDU_NUMBER] = TIDU_RECORD_NOT_NUMBER, [TIDU_FLAG] = TIDU_RECORD_NOT_FLAG,
    [TIDU_DATE] = TIDU_RECORD_NOT_DATE,     [TIDU_CODE] = TIDU_RECORD_NOT_CODE,
    [TIDU_SET] = TIDU_RECORD_NOT_SET,       [TIDU_TEXT] = TIDU_RECORD_NOT_TEXT,
    [TIDU_LIST] = TIDU_RECORD_NOT_LIST,
};

/* A figure such as "12,650" without what separates its digits; false when it
 * is something else. */
static bool
drop_separators(tidu_slice got, char *buffer, size_t size)
{
    size_t length = 0;
    bool dropped = false;
    for (size_t i = 0; i < got.length; i++) {
        static const char wide[] = "，";
        char byte = got.data[i];
        if ((byte >= '0' && byte <= '9') || byte == '.' || (byte == '-' && !length)) {
            if (length + 1 >= size)
                return false;
            buffer[length++] = byte;
        } else if (byte == ',' || byte == ' ') {
            dropped = true;
        } else if (got.length - i >= 3 && !memcmp(got.data + i, wide, 3)) {
            dropped = true;
            i += 2;
        } else if (byte != '"') {
            return false;
        }
    }
    buffer[length] = '\0';
    return dropped && length;
}

bool
tidu_complain_kind(tidu_filing *filing, const tidu_sink *sink, tidu_slice got)
{
    const tidu_type *type = &sink->fact->symbol.type;
    char takes[TIDU_ARGUMENT_SIZE], digits[TIDU_NUMBER_DIGITS];

    sketch(sink, takes, sizeof takes);
    if (type->kind == TIDU_NUMBER && drop_separators(got, digits, sizeof digits))
        return tidu_complain(filing, TIDU_RECORD_SEPARATORS, got, takes, digits);
    if (type->kind == TIDU_NUMBER && type->unit)
        return tidu_complain(filing, TIDU_RECORD_NOT_AMOUNT, got, takes,
                             tidu_unit_title(type->unit, TIDU_ZH));
    return tidu_complain(filing, wrong_kind[type->kind], got, takes, NULL);
}

bool
tidu_complain_number(tidu_filing *filing, tidu_number_status status, tidu_slice got)
{
    char most[16];
    if (status == TIDU_NUMBER_RANGE)
        return tidu_complain(filing, TIDU_RECORD_RANGE, got, "number", NULL);
    snprintf(most, sizeof most, "%d", TIDU_NUMBER_DIGITS);
    return tidu_complain(filing, TIDU_RECORD_DIGITS_MANY, got, most, NULL);
}

bool
tidu_complain_item(tidu_filing *filing, const tidu_sink *list, tidu_slice got)
{
    char takes[TIDU_ARGUMENT_SIZE] = "";
    sketch_item(list, takes, sizeof takes);
    return tidu_complain(filing, TIDU_RECORD_LIST_ITEM, got, takes, NULL);
}

static bool
complain_border(tidu_filing *filing, tidu_code code, double border, tidu_slice got)
{
    tidu_text text = {0};
    tidu_text_number(&text, border);
    tidu_text_putc(&text, '\0');
    tidu_complain(filing, code, got, text.failed ? "" : text.data, NULL);
    tidu_text_free(&text);
    return false;
}

bool
tidu_complain_low(tidu_filing *filing, const tidu_sink *sink, tidu_slice got)
{
    return complain_border(filing, TIDU_RECORD_LOW, sink->low, got);
}

bool
tidu_complain_high(tidu_filing *filing, const tidu_sink *sink, tidu_slice got)
{
    return complain_border(filing, TIDU_RECORD_HIGH, sink->high, got);
}

/* ---- did you mean ---- */

/* Remembers the nearest of the names it is shown. */
struct search {
    char wanted[NAME_BYTES];
    const char *nearest;
    unsigned limit, best;
};

static struct search
search_for(tidu_slice name)
{
    struct search search = {.wanted = ""};
    size_t characters = tidu_utf8_length(name.data, name.length);

    if (name.length < sizeof search.wanted && characters > 2) {
        memcpy(search.wanted, name.data, name.length);
        search.limit = characters > 7 ? 3 : (unsigned)(characters + 1) / 3;
    }
    search.best = search.limit + 1;
    return search;
}

static void
show(struct search *search, const char *name)
{
    unsigned distance = tidu_distance(name, search->wanted, search->limit);
    if (distance < search->best) {
        search->nearest = name;
        search->best = distance;
    }
}

bool
tidu_complain_unknown_fact(tidu_filing *filing, tidu_slice name)
{
    struct search search = search_for(name);
    const char *nearest = tidu_vocabulary_nearest(filing->vocabulary, name.data, name.length);

    filing->subject = (tidu_subject){.spelled = name, .item = -1};
    if (!nearest) {
        show(&search, "titles");
        nearest = search.nearest;
    }
    return tidu_complain(filing, nearest ? TIDU_RECORD_UNKNOWN_FACT_NEAR : TIDU_RECORD_UNKNOWN_FACT,
                         name, NULL, nearest);
}

bool
tidu_complain_choice(tidu_filing *filing, const tidu_sink *sink, const tidu_given *given)
{
    char takes[TIDU_ARGUMENT_SIZE] = "";
    struct search search = search_for(given->text);

    sketch_choices(sink->fact->symbol.type.choices, takes, sizeof takes);
    for (uint32_t i = 0; i < sink->choice_count; i++)
        show(&search, sink->choices[i].word.text);
    return tidu_complain(filing, search.nearest ? TIDU_RECORD_CHOICE_NEAR : TIDU_RECORD_CHOICE,
                         given->raw, takes, search.nearest);
}

bool
tidu_complain_unknown_title(tidu_filing *filing, const tidu_given *given)
{
    const tidu_layout *layout = &filing->vocabulary->layout;
    char takes[TIDU_ARGUMENT_SIZE] = "";
    struct search search = search_for(given->text);

    for (uint32_t i = 0; i < layout->title_count; i++) {
        const char *id = layout->titles[i].id;
        show(&search, id);
        if (strlen(takes) + strlen(id) + 8 < sizeof takes) {
            append(takes, sizeof takes, i ? ", " : "");
            append(takes, sizeof takes, id);
        }
    }
    return tidu_complain(
        filing, search.nearest ? TIDU_RECORD_UNKNOWN_TITLE_NEAR : TIDU_RECORD_UNKNOWN_TITLE,
        given->raw, takes, search.nearest);
}

bool
tidu_complain_field(tidu_filing *filing, const char *const *fields, uint32_t count,
                    const tidu_given *given)
{
    char takes[TIDU_ARGUMENT_SIZE] = "";
    struct search search = search_for(given->text);

    for (uint32_t i = 0; i < count; i++) {
        show(&search, fields[i]);
        append(takes, sizeof takes, i ? ", " : "");
        append(takes, sizeof takes, fields[i]);
    }
    return tidu_complain(filing, search.nearest ? TIDU_RECORD_FIELD_NEAR : TIDU_RECORD_FIELD,
                         given->raw, takes, search.nearest);
}
