/*
 * titles.c: the titles and certificates a record says it holds.
 *
 *   "titles": [{"id": "srdi", "granted": "2024-06-01", "expires": "2027-05-31"}, …]
 *
 * A title counts from the day it is granted through the day it expires, both
 * included. One that does not say when it expires counts for as long as its
 * policy lets it, from its last review; after that it is unknown. From the day
 * it is cancelled it does not count. One without any day is held. A record that states its titles states them all: every
 * other is not held.
 *
 * Must not know: facts.
 */
#include "internal.h"

#include <stdio.h>

enum { TEXT_SIZE = 64 };

enum { ID, GRANTED, EXPIRES, REVIEWED, CANCELLED, FIELD_COUNT = 9 };

static const char *const fields[FIELD_COUNT] = {"id",        "granted", "expires", "reviewed",
                                                "cancelled", "number",  "place",   "chain",
                                                "batch"};
static const char sketch[] = "{\"id\": …, \"granted\": …, \"expires\": …}";

/* The titles being read, and the one of them that is. */
struct titles {
    const tidu_cursor *cursor;
    tidu_filing *filing;
    unsigned seen; /* fields */
    tidu_title_entry entry;
};

/* The value at `mark` is not what its field takes. */
static tidu_mark
refuse_value(struct titles *titles, tidu_mark mark, tidu_code code, const char *takes)
{
    tidu_slice value;
    if (tidu_cursor_skip(titles->cursor, mark, 3, &value))
        tidu_complain(titles->filing, code, value, takes, NULL);
    return NULL;
}

static tidu_mark
read_id(struct titles *titles, tidu_mark mark)
{
    char buffer[TEXT_SIZE];
    tidu_given given;

    if (tidu_cursor_byte(titles->cursor, mark) != '"')
        return refuse_value(titles, mark, TIDU_RECORD_NOT_TEXT, "string");
    mark = tidu_cursor_given(titles->cursor, mark, buffer, sizeof buffer, &given);
    if (!mark)
        return NULL;
    titles->entry.title = tidu_filing_find_title(titles->filing, given.text);
    if (titles->entry.title == TIDU_NONE && !tidu_complain_unknown_title(titles->filing, &given))
        return NULL;
    return mark;
}

static tidu_mark
read_date(struct titles *titles, tidu_mark mark, int32_t *ret_days)
{
    static const char takes[] = "YYYY-MM-DD";
    char buffer[TEXT_SIZE];
    tidu_given given;

    if (tidu_cursor_byte(titles->cursor, mark) != '"')
        return refuse_value(titles, mark, TIDU_RECORD_NOT_DATE, takes);
    mark = tidu_cursor_given(titles->cursor, mark, buffer, sizeof buffer, &given);
    if (!mark)
        return NULL;
    if (!tidu_date_parse(given.text.data, given.text.length, ret_days) &&
        !tidu_complain(titles->filing, TIDU_RECORD_NOT_DATE, given.raw, takes, NULL))
        return NULL;
    return mark;
}

/* Numbers of certificates, places, chains: no rule reads them, but what is
 * neither text nor number is a mistake. */
static tidu_mark
read_note(struct titles *titles, tidu_mark mark)
{
    char first = tidu_cursor_byte(titles->cursor, mark);
    tidu_slice value;
    if (first != '"' && first != '-' && (first < '0' || first > '9'))
        return refuse_value(titles, mark, TIDU_RECORD_NOT_WORD, "string, number");
    return tidu_cursor_skip(titles->cursor, mark, 3, &value);
}

static tidu_mark
read_value(struct titles *titles, tidu_mark mark, int field)
{
    if (tidu_cursor_byte(titles->cursor, mark) == 'n' && field != ID)
        return tidu_cursor_word(titles->cursor, mark, "null");
    switch (field) {
    case ID:
        return read_id(titles, mark);
    case GRANTED:
        return read_date(titles, mark, &titles->entry.granted);
    case EXPIRES:
        return read_date(titles, mark, &titles->entry.expires);
    case REVIEWED:
        return read_date(titles, mark, &titles->entry.reviewed);
    case CANCELLED:
        return read_date(titles, mark, &titles->entry.cancelled);
    default:
        return read_note(titles, mark);
    }
}

/* The field of that name, noted as stated; FIELD_COUNT with an error. */
static int
find_field(struct titles *titles, const tidu_given *key)
{
    int field = 0;
    while (field < FIELD_COUNT && !tidu_slice_is(key->text, fields[field]))
        field++;
    if (field == FIELD_COUNT) {
        tidu_complain_field(titles->filing, fields, FIELD_COUNT, key);
    } else if (titles->seen >> field & 1) {
        tidu_complain(titles->filing, TIDU_RECORD_FIELD_TWICE, key->raw, NULL, NULL);
        field = FIELD_COUNT;
    } else {
        titles->seen |= 1u << field;
    }
    return field;
}

static tidu_mark
read_member(void *context, tidu_mark mark, const tidu_given *key)
{
    struct titles *titles = context;
    int field = find_field(titles, key);
    if (field == FIELD_COUNT)
        return NULL;
    titles->filing->subject.field = fields[field];
    mark = read_value(titles, mark, field);
    if (mark)
        titles->filing->subject.field = NULL;
    return mark;
}

static tidu_mark
read_title(void *context, tidu_mark mark)
{
    struct titles *titles = context;

    titles->filing->subject.item++;
    titles->seen = 0;
    titles->entry = (tidu_title_entry){TIDU_NONE, INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX};
    if (tidu_cursor_byte(titles->cursor, mark) != '{')
        return refuse_value(titles, mark, TIDU_RECORD_LIST_ITEM, sketch);
    mark = tidu_cursor_members(titles->cursor, mark, titles, read_member);
    if (!mark)
        return NULL;
    if (!(titles->seen & 1u << ID)) {
        tidu_complain(titles->filing, TIDU_RECORD_NO_TITLE_ID, (tidu_slice){0}, sketch, NULL);
        return NULL;
    }
    return tidu_filing_title(titles->filing, &titles->entry) ? mark : NULL;
}

tidu_mark
tidu_titles_read(const tidu_cursor *cursor, tidu_mark mark, tidu_filing *filing)
{
    struct titles titles = {.cursor = cursor, .filing = filing};
    char takes[sizeof sketch + 8];

    if (tidu_cursor_byte(cursor, mark) != '[') {
        snprintf(takes, sizeof takes, "[%s, …]", sketch);
        return refuse_value(&titles, mark, TIDU_RECORD_NOT_LIST, takes);
    }
    tidu_filing_titles(filing);
    mark = tidu_cursor_items(cursor, mark, &titles, read_title);
    filing->subject.item = -1;
    return mark;
}
