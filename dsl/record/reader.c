/*
 * reader.c: a JSON record into the next row of a block.
 *
 *   record ─► key ─► fact ─► read_<kind> ─► filing.c ─► columns
 *
 * One pass over the tokens, in whatever order the keys come: a key is looked
 * up, and its fact says what the value must be. There is no tree and nothing
 * is allocated for a record, but for spellings of long numbers and the like.
 *
 * Must not know: how values are checked and where they go. A reader owns its
 * index, its filing and its guesses.
 */
#include "internal.h"

#include <stdlib.h>

/* What is in the hot path, and what it calls and must not save registers for. */
#define HOT inline __attribute__((always_inline))
#define APART __attribute__((noinline))

enum { KEY_SIZE = 256, TEXT_SIZE = 256, FIRST_YEAR = 1900, LAST_YEAR = 2100 };

#define NO_NAME SIZE_MAX

/* A client writes its records in one order, so the fact behind a fact is
 * probably the one that came there last time. */
struct guess {
    tidu_word name; /* its length is NO_NAME while there is no guess */
    int32_t fact;
};

struct tidu_reader {
    tidu_index *index;
    tidu_filing *filing;
    tidu_cursor cursor;
    bool ignore_unknown;
    struct guess *guesses; /* by the fact before, the last for a record's first */
};

tidu_reader *
tidu_reader_open(const tidu_vocabulary *vocabulary)
{
    tidu_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return NULL;
    reader->index = tidu_index_open();
    reader->filing = tidu_filing_open(vocabulary);
    reader->guesses = calloc((size_t)vocabulary->fact_count + 1, sizeof *reader->guesses);
    if (!reader->index || !reader->filing || !reader->guesses) {
        tidu_reader_close(&reader);
        return NULL;
    }
    for (uint32_t i = 0; i <= vocabulary->fact_count; i++)
        reader->guesses[i].name.length = NO_NAME;
    return reader;
}

void
tidu_reader_close(tidu_reader **reader)
{
    if (!*reader)
        return;
    tidu_index_close(&(*reader)->index);
    tidu_filing_close(&(*reader)->filing);
    free((*reader)->guesses);
    free(*reader);
    *reader = NULL;
}

/* ---- numbers, flags, strings ---- */

/* The value is not what the fact takes. If it is no JSON at all, that is the
 * better complaint. */
static APART tidu_mark
refuse_kind(tidu_reader *reader, const tidu_sink *sink, tidu_mark mark)
{
    tidu_slice value;
    if (tidu_cursor_skip(&reader->cursor, mark, 1, &value))
        tidu_complain_kind(reader->filing, sink, value);
    return NULL;
}

/* A number that is not short and whole, or is none. */
static APART tidu_mark
read_long_number(tidu_reader *reader, const tidu_sink *sink, tidu_mark mark)
{
    const tidu_cursor *cursor = &reader->cursor;
    const char *start = cursor->text + *mark, *end;
    tidu_number number;

    if (*start != '-' && (*start < '0' || *start > '9'))
        return refuse_kind(reader, sink, mark);
    tidu_number_status status = tidu_number_read(start, &end, &number);
    if (status == TIDU_NUMBER_MALFORMED || !tidu_cursor_ends(cursor, mark, end))
        return tidu_cursor_refuse_at(cursor, end);
    tidu_slice text = {start, (size_t)(end - start)};
    bool stored = status == TIDU_NUMBER_READ ? tidu_filing_number(reader->filing, sink, &number,
                                                                 &(tidu_given){text, text, true})
                                             : tidu_complain_number(reader->filing, status, text);
    return stored ? mark + 1 : NULL;
}

static HOT tidu_mark
read_number(tidu_reader *reader, const tidu_sink *sink, tidu_mark mark)
{
    double value;
    if (tidu_number_quick(reader->cursor.text + mark[0], mark[1] - mark[0], &value) &&
        tidu_filing_whole(reader->filing, sink, value))
        return mark + 1;
    return read_long_number(reader, sink, mark);
}

static HOT tidu_mark
read_flag(tidu_reader *reader, const tidu_sink *sink, tidu_mark mark)
{
    const char *here = reader->cursor.text + *mark;
    bool value = !memcmp(here, "true", 4);

    if (!value && memcmp(here, "false", 5))
        return refuse_kind(reader, sink, mark);
    if (!tidu_cursor_ends(&reader->cursor, mark, here + (value ? 4 : 5)))
        return tidu_cursor_refuse(&reader->cursor, mark);
    tidu_filing_put_flag(reader->filing, tidu_filing_place(reader->filing, sink), value);
    return mark + 1;
}

static bool
store_string(tidu_filing *filing, const tidu_sink *sink, const tidu_given *given)
{
    switch (sink->kind) {
    case TIDU_DATE:
        return tidu_filing_date(filing, sink, given);
    case TIDU_CODE:
        return tidu_filing_code(filing, sink, given);
    default:
        return tidu_filing_text(filing, sink, given);
    }
}

/* A string with escapes that overflows the buffer fits no date and no code;
 * a text is kept as it stands, however long. */
static APART tidu_mark
read_string(tidu_reader *reader, const tidu_sink *sink, tidu_mark mark)
{
    char buffer[TEXT_SIZE];
    tidu_given given;

    if (tidu_cursor_byte(&reader->cursor, mark) != '"')
        return refuse_kind(reader, sink, mark);
    mark = tidu_cursor_given(&reader->cursor, mark, buffer, sizeof buffer, &given);
    return mark && store_string(reader->filing, sink, &given) ? mark : NULL;
}

/* ---- sets and lists ---- */

/* A list or set being read, and the fields its present item has stated. */
struct items {
    tidu_reader *reader;
    const tidu_sink *sink;
    uint64_t seen;
};

static tidu_mark
read_code_item(void *context, tidu_mark mark)
{
    struct items *items = context;
    tidu_filing *filing = items->reader->filing;
    const tidu_cursor *cursor = &items->reader->cursor;
    char buffer[TEXT_SIZE];
    tidu_given given;
    tidu_slice value;

    filing->subject.item++;
    if (tidu_cursor_byte(cursor, mark) != '"') {
        if (tidu_cursor_skip(cursor, mark, 2, &value))
            tidu_complain(filing, TIDU_RECORD_SET_ITEM, value, "string", NULL);
        return NULL;
    }
    mark = tidu_cursor_given(cursor, mark, buffer, sizeof buffer, &given);
    return mark && tidu_filing_set_add(filing, items->sink, &given) ? mark : NULL;
}

static tidu_mark
read_set(tidu_reader *reader, const tidu_sink *sink, tidu_mark mark)
{
    struct items items = {reader, sink, 0};

    if (tidu_cursor_byte(&reader->cursor, mark) != '[')
        return refuse_kind(reader, sink, mark);
    tidu_filing_set_begin(reader->filing);
    mark = tidu_cursor_items(&reader->cursor, mark, &items, read_code_item);
    if (mark && !tidu_filing_set_end(reader->filing, sink))
        return NULL;
    reader->filing->subject.item = -1;
    return mark;
}

static bool
is_named(const tidu_fact *fact, tidu_slice name)
{
    const tidu_symbol *symbol = &fact->symbol;
    if (tidu_slice_is(name, symbol->name) || (symbol->zh && tidu_slice_is(name, symbol->zh)) ||
        (symbol->en && tidu_slice_is(name, symbol->en)))
        return true;
    for (uint32_t i = 0; i < fact->alias_count; i++)
        if (tidu_slice_is(name, fact->aliases[i]))
            return true;
    return false;
}

static void
refuse_field(tidu_filing *filing, const tidu_sink *list, const tidu_given *key)
{
    const char *names[TIDU_STORE_FIELDS];
    for (uint32_t i = 0; i < list->field_count; i++)
        names[i] = list->fields[i].fact->symbol.name;
    tidu_complain_field(filing, names, list->field_count, key);
}

/* The field of that name, noted as stated; NULL with an error. */
static const tidu_sink *
find_field(struct items *items, const tidu_given *key)
{
    const tidu_sink *list = items->sink;
    tidu_filing *filing = items->reader->filing;
    for (uint32_t i = 0; i < list->field_count; i++) {
        if (!is_named(list->fields[i].fact, key->text))
            continue;
        if (items->seen >> i & 1) {
            tidu_complain(filing, TIDU_RECORD_FIELD_TWICE, key->raw, NULL, NULL);
            return NULL;
        }
        items->seen |= (uint64_t)1 << i;
        return &list->fields[i];
    }
    refuse_field(filing, list, key);
    return NULL;
}

static tidu_mark read_value(tidu_reader *reader, const tidu_sink *sink, tidu_mark mark);

/* A value unless it is null, which says nothing. */
static tidu_mark
read_known(tidu_reader *reader, const tidu_sink *sink, tidu_mark mark)
{
    if (tidu_cursor_byte(&reader->cursor, mark) == 'n')
        return tidu_cursor_word(&reader->cursor, mark, "null");
    return read_value(reader, sink, mark);
}

static tidu_mark
read_field(void *context, tidu_mark mark, const tidu_given *key)
{
    struct items *items = context;
    tidu_subject *subject = &items->reader->filing->subject;
    const tidu_sink *field = find_field(items, key);
    if (!field)
        return NULL;
    subject->field = field->fact->symbol.name;
    mark = read_known(items->reader, field, mark);
    if (mark)
        subject->field = NULL;
    return mark;
}

static tidu_mark
read_list_item(void *context, tidu_mark mark)
{
    struct items *items = context;
    tidu_filing *filing = items->reader->filing;
    const tidu_cursor *cursor = &items->reader->cursor;
    tidu_slice value;

    filing->subject.item++;
    items->seen = 0;
    if (tidu_cursor_byte(cursor, mark) != '{') {
        if (tidu_cursor_skip(cursor, mark, 2, &value))
            tidu_complain_item(filing, items->sink, value);
        return NULL;
    }
    return tidu_filing_item(filing, items->sink)
               ? tidu_cursor_members(cursor, mark, items, read_field)
               : NULL;
}

static tidu_mark
read_list(tidu_reader *reader, const tidu_sink *sink, tidu_mark mark)
{
    struct items items = {reader, sink, 0};

    if (tidu_cursor_byte(&reader->cursor, mark) != '[')
        return refuse_kind(reader, sink, mark);
    tidu_filing_list(reader->filing, sink);
    mark = tidu_cursor_items(&reader->cursor, mark, &items, read_list_item);
    reader->filing->subject.item = -1;
    tidu_filing_set_row(reader->filing);
    return mark;
}

static APART tidu_mark
read_bracketed(tidu_reader *reader, const tidu_sink *sink, tidu_mark mark)
{
    return sink->kind == TIDU_SET ? read_set(reader, sink, mark) : read_list(reader, sink, mark);
}

/* Numbers and flags are most of a record: they are read where they are met,
 * without a call. */
static HOT tidu_mark
read_inline(tidu_reader *reader, const tidu_sink *sink, tidu_mark mark)
{
    switch ((tidu_kind)sink->kind) {
    case TIDU_NUMBER:
        return read_number(reader, sink, mark);
    case TIDU_FLAG:
        return read_flag(reader, sink, mark);
    case TIDU_DATE:
    case TIDU_CODE:
    case TIDU_TEXT:
        return read_string(reader, sink, mark);
    case TIDU_SET:
    case TIDU_LIST:
        return read_bracketed(reader, sink, mark);
    }
    return NULL;
}

static tidu_mark
read_value(tidu_reader *reader, const tidu_sink *sink, tidu_mark mark)
{
    return read_inline(reader, sink, mark);
}

/* ---- years ---- */

/* The year that four digits say, or 0. */
static int
parse_year(tidu_slice text)
{
    double year;
    if (text.length != 4 || !tidu_number_quick(text.data, 4, &year))
        return 0;
    return year >= FIRST_YEAR && year <= LAST_YEAR ? (int)year : 0;
}

/* The year that the key at `mark` names, or 0 with an error. `seen` has a bit
 * for each that came before. */
static int
read_year(tidu_reader *reader, tidu_mark mark, uint64_t *seen)
{
    char buffer[KEY_SIZE];
    tidu_given key;

    if (!tidu_cursor_given(&reader->cursor, mark, buffer, sizeof buffer, &key))
        return 0;
    int year = parse_year(key.text);
    if (!year)
        return tidu_complain(reader->filing, TIDU_RECORD_YEAR, key.raw, "1900..2100", NULL);
    unsigned bit = (unsigned)(year - FIRST_YEAR);
    if (seen[bit / 64] >> bit % 64 & 1)
        return tidu_complain(reader->filing, TIDU_RECORD_YEAR_TWICE, key.text, NULL, NULL);
    seen[bit / 64] |= (uint64_t)1 << bit % 64;
    return year;
}

/* years = '{' [ year ':' value { ',' year ':' value } ] '}' */
static tidu_mark
read_years(tidu_reader *reader, const tidu_sink *sink, tidu_mark mark)
{
    const tidu_cursor *cursor = &reader->cursor;
    uint64_t seen[(LAST_YEAR - FIRST_YEAR) / 64 + 1] = {0};

    if (tidu_cursor_byte(cursor, mark + 1) == '}')
        return mark + 2;
    do {
        reader->filing->subject.year = 0;
        mark++;
        if (tidu_cursor_byte(cursor, mark) != '"')
            return tidu_cursor_refuse(cursor, mark);
        int year = read_year(reader, mark, seen);
        if (!year)
            return NULL;
        if (tidu_cursor_byte(cursor, mark + 1) != ':')
            return tidu_cursor_refuse(cursor, mark + 1);
        tidu_filing_set_year(reader->filing, year);
        mark = read_known(reader, sink, mark + 2);
        if (!mark)
            return NULL;
    } while (tidu_cursor_peek(cursor, mark) == ',');
    tidu_filing_set_row(reader->filing);
    return tidu_cursor_peek(cursor, mark) == '}' ? mark + 1 : tidu_cursor_refuse(cursor, mark);
}

/* Does the object at `mark` look as if it were keyed by year? */
static bool
begins_with_year(const tidu_cursor *cursor, tidu_mark mark)
{
    if (tidu_cursor_byte(cursor, mark + 1) != '"')
        return false;
    tidu_slice key = tidu_cursor_string(cursor, mark + 1);
    return key.length == 6 && parse_year((tidu_slice){key.data + 1, 4});
}

static APART tidu_mark
read_object(tidu_reader *reader, const tidu_sink *sink, tidu_mark mark)
{
    tidu_slice value;
    if (sink->annual)
        return read_years(reader, sink, mark);
    if (!begins_with_year(&reader->cursor, mark))
        return refuse_kind(reader, sink, mark);
    if (tidu_cursor_skip(&reader->cursor, mark, 1, &value))
        tidu_complain(reader->filing, TIDU_RECORD_NOT_ANNUAL, value, NULL, NULL);
    return NULL;
}

/* ---- facts ---- */

static APART tidu_mark
refuse_fact(tidu_filing *filing, tidu_code code, const char *detail)
{
    tidu_complain(filing, code, (tidu_slice){0}, NULL, detail);
    return NULL;
}

static HOT tidu_mark
read_fact(tidu_reader *reader, int32_t fact, tidu_slice name, tidu_mark mark)
{
    tidu_filing *filing = reader->filing;
    const tidu_sink *sink = &filing->sinks[fact];

    filing->subject.spelled = name;
    filing->subject.fact = sink->fact;
    if (!tidu_filing_state(filing, (uint32_t)fact))
        return refuse_fact(filing, TIDU_RECORD_TWICE, NULL);
    char first = tidu_cursor_byte(&reader->cursor, mark);
    if (first == 'n')
        return tidu_cursor_word(&reader->cursor, mark, "null");
    if (sink->derived)
        return refuse_fact(filing, TIDU_RECORD_DERIVED, sink->fact->derived_from);
    if (first == '{')
        return read_object(reader, sink, mark);
    return read_inline(reader, sink, mark);
}

static tidu_mark
read_titles(tidu_reader *reader, tidu_slice name, tidu_mark mark)
{
    tidu_filing *filing = reader->filing;

    filing->subject.spelled = name;
    filing->subject.fact = NULL;
    if (!tidu_filing_state(filing, filing->vocabulary->fact_count))
        return refuse_fact(filing, TIDU_RECORD_TWICE, NULL);
    if (tidu_cursor_byte(&reader->cursor, mark) == 'n')
        return tidu_cursor_word(&reader->cursor, mark, "null");
    return tidu_titles_read(&reader->cursor, mark, filing);
}

static int32_t
look_up(const tidu_reader *reader, tidu_slice name)
{
    const tidu_vocabulary *vocabulary = reader->filing->vocabulary;
    const tidu_fact *fact = tidu_vocabulary_find(vocabulary, name.data, name.length);
    return fact ? (int32_t)(fact - vocabulary->facts) : TIDU_NONE;
}

/* A key that is no fact's name as it stands: it may have escapes, or be
 * "titles", or be unknown. */
static APART tidu_mark
read_other(tidu_reader *reader, tidu_slice string, tidu_mark mark)
{
    char buffer[KEY_SIZE];
    tidu_slice name, value;

    if (!tidu_cursor_unescape(&reader->cursor, string, buffer, sizeof buffer, &name))
        return NULL;
    int32_t fact = look_up(reader, name);
    if (fact != TIDU_NONE)
        return read_fact(reader, fact, name, mark);
    if (tidu_slice_is(name, "titles") || tidu_slice_is(name, "称号"))
        return read_titles(reader, name, mark);
    if (reader->ignore_unknown)
        return tidu_cursor_skip(&reader->cursor, mark, 1, &value);
    tidu_complain_unknown_fact(reader->filing, name);
    return NULL;
}

/* Look the name up, and guess it next time. Guesses compare with the
 * vocabulary's own spelling, which outlives the record's; aliases are not
 * guessed. */
static APART int32_t
find_unguessed(const tidu_reader *reader, struct guess *guess, tidu_slice name)
{
    int32_t fact = look_up(reader, name);
    if (fact == TIDU_NONE)
        return fact;
    const tidu_symbol *symbol = &reader->filing->vocabulary->facts[fact].symbol;
    const char *spelled = tidu_slice_is(name, symbol->name) ? symbol->name : symbol->zh;
    if (spelled && tidu_slice_is(name, spelled))
        *guess = (struct guess){{tidu_ends_of(spelled, name.length), spelled, name.length}, fact};
    return fact;
}

/* The fact of that name, or TIDU_NONE. */
static HOT int32_t
find_fact(const tidu_reader *reader, struct guess *guess, tidu_slice name)
{
    tidu_ends ends = tidu_ends_of(name.data, name.length);
    if (tidu_word_is(&guess->name, ends, name.data, name.length))
        return guess->fact;
    return find_unguessed(reader, guess, name);
}

/* record = '{' [ name ':' value { ',' name ':' value } ] '}' */
static tidu_mark
read_record(tidu_reader *reader)
{
    const tidu_cursor *cursor = &reader->cursor;
    struct guess *guess = &reader->guesses[reader->filing->vocabulary->fact_count];
    tidu_mark mark = cursor->start;

    if (tidu_cursor_byte(cursor, mark + 1) == '}')
        return mark + 2;
    do {
        mark++;
        if (tidu_cursor_byte(cursor, mark) != '"')
            return tidu_cursor_refuse(cursor, mark);
        if (tidu_cursor_byte(cursor, mark + 1) != ':')
            return tidu_cursor_refuse(cursor, mark + 1);
        tidu_slice string = tidu_cursor_string(cursor, mark);
        tidu_slice name = {string.data + 1, string.length - 2};
        int32_t fact = find_fact(reader, guess, name);
        if (fact == TIDU_NONE) {
            mark = read_other(reader, string, mark + 2);
        } else {
            guess = &reader->guesses[fact];
            mark = read_fact(reader, fact, name, mark + 2);
        }
        if (!mark)
            return NULL;
    } while (tidu_cursor_peek(cursor, mark) == ',');
    return tidu_cursor_peek(cursor, mark) == '}' ? mark + 1 : tidu_cursor_refuse(cursor, mark);
}

static bool
read_text(tidu_reader *reader, const char *text, size_t length, tidu_error *reterr)
{
    if (!tidu_cursor_open(&reader->cursor, reader->index, text, length, reterr))
        return false;
    tidu_mark end = read_record(reader);
    return end && tidu_cursor_finish(&reader->cursor, end);
}

tidu_read
tidu_reader_json(tidu_reader *reader, const char *text, size_t length, bool ignore_unknown,
                 tidu_block *block, tidu_error *reterr)
{
    tidu_filing_begin(reader->filing, block, reterr);
    reader->ignore_unknown = ignore_unknown;
    return tidu_filing_end(reader->filing, read_text(reader, text, length, reterr));
}
