/*
 * csv.c: tables, a record a line.
 *
 *   heading line ─► columns: fact and year, titles, one title, or nothing
 *   record line  ─► cells ─► filing.c, as the column says
 *
 * Errors speak of the column's heading, since that is what the reader of the
 * table sees.
 *
 * Must not know: how values are checked and where they go. A tidu_csv owns its
 * columns and its filing.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { FIRST_YEAR = 1900, LAST_YEAR = 2100, NOTHING_CHECKED = -1 };

/* ---- headings ---- */

static bool
is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Split "revenue 2025", "营业收入2025年", "revenue[2025]" into name and year; the
 * year is 0 when there is none. */
static int
cut_year(tidu_slice *name)
{
    static const char year_word[] = "年";
    tidu_slice rest = *name;
    bool bracket = rest.length && rest.data[rest.length - 1] == ']';
    int year = 0;

    rest.length -= bracket;
    if (rest.length > 3 && !memcmp(rest.data + rest.length - 3, year_word, 3))
        rest.length -= 3;
    if (rest.length < 5)
        return 0;
    rest.length -= 4;
    for (size_t i = 0; i < 4; i++) {
        if (!is_digit(rest.data[rest.length + i]))
            return 0;
        year = year * 10 + (rest.data[rest.length + i] - '0');
    }
    if (bracket && rest.data[--rest.length] != '[')
        return 0;
    while (rest.length && tidu_is_space(rest.data[rest.length - 1]))
        rest.length--;
    *name = rest;
    return year;
}

/* Cut "holds " or "持有" off a title's id. */
static bool
cut_holds(tidu_slice *name)
{
    static const char *const words[] = {"holds ", "持有"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i]);
        if (name->length <= length || memcmp(name->data, words[i], length))
            continue;
        name->data += length;
        name->length -= length;
        while (name->length && tidu_is_space(*name->data)) {
            name->data++;
            name->length--;
        }
        return true;
    }
    return false;
}

static int32_t
find_fact(const tidu_csv *csv, tidu_slice name)
{
    const tidu_vocabulary *vocabulary = csv->filing->vocabulary;
    const tidu_fact *fact = tidu_vocabulary_find(vocabulary, name.data, name.length);
    return fact ? (int32_t)(fact - vocabulary->facts) : TIDU_NONE;
}

/* What the heading names, by whichever reading finds something. */
static tidu_heading_kind
identify(tidu_csv *csv, struct tidu_csv_column *column)
{
    tidu_slice name = column->heading;

    column->fact = find_fact(csv, name);
    if (column->fact != TIDU_NONE)
        return TIDU_HEADING_FACT;
    column->year = cut_year(&name);
    if (column->year && (column->fact = find_fact(csv, name)) != TIDU_NONE)
        return TIDU_HEADING_FACT;
    if (tidu_slice_is(column->heading, "titles") || tidu_slice_is(column->heading, "称号"))
        return TIDU_HEADING_TITLES;
    name = column->heading;
    if (cut_holds(&name) && (column->title = tidu_filing_find_title(csv->filing, name)) != TIDU_NONE)
        return TIDU_HEADING_HOLDS;
    return TIDU_HEADING_IGNORED;
}

static void
speak_of(tidu_csv *csv, const struct tidu_csv_column *column)
{
    csv->filing->subject = (tidu_subject){
        .spelled = column->heading,
        .fact = column->kind == TIDU_HEADING_FACT ? csv->filing->sinks[column->fact].fact : NULL,
        .item = -1,
    };
}

static bool
check_fact(tidu_csv *csv, const struct tidu_csv_column *column)
{
    const tidu_sink *sink = &csv->filing->sinks[column->fact];
    char year[16];

    if (sink->derived)
        return tidu_complain(csv->filing, TIDU_RECORD_DERIVED, (tidu_slice){0}, NULL,
                             sink->fact->derived_from);
    if (sink->kind == TIDU_LIST)
        return tidu_complain(csv->filing, TIDU_RECORD_HEADING_LIST, (tidu_slice){0}, NULL, NULL);
    if (!column->year)
        return true;
    snprintf(year, sizeof year, "%d", column->year);
    if (!sink->annual)
        return tidu_complain(csv->filing, TIDU_RECORD_HEADING_YEAR, tidu_slice_of(year), NULL, NULL);
    return (column->year >= FIRST_YEAR && column->year <= LAST_YEAR) ||
           tidu_complain(csv->filing, TIDU_RECORD_YEAR, tidu_slice_of(year), "1900..2100", NULL);
}

/* Do two columns give the same value, when a year left out is `year`? */
static bool
collide(const struct tidu_csv_column *a, const struct tidu_csv_column *b, int year)
{
    int a_year = a->year ? a->year : year, b_year = b->year ? b->year : year;
    switch (a->kind) {
    case TIDU_HEADING_FACT:
        return b->kind == TIDU_HEADING_FACT && a->fact == b->fact && a_year == b_year;
    case TIDU_HEADING_TITLES:
        return b->kind == TIDU_HEADING_TITLES || b->kind == TIDU_HEADING_HOLDS;
    case TIDU_HEADING_HOLDS:
        return b->kind == TIDU_HEADING_TITLES || (b->kind == TIDU_HEADING_HOLDS && a->title == b->title);
    case TIDU_HEADING_IGNORED:
        return false;
    }
    return false;
}

static bool
check_collisions(tidu_csv *csv, uint32_t first, uint32_t count, int year)
{
    for (uint32_t i = first; i < count; i++)
        for (uint32_t k = 0; k < i; k++) {
            if (!collide(&csv->columns[k], &csv->columns[i], year))
                continue;
            char before[16], behind[16];
            snprintf(before, sizeof before, "%u", k + 1);
            snprintf(behind, sizeof behind, "%u", i + 1);
            speak_of(csv, &csv->columns[i]);
            return tidu_complain(csv->filing, TIDU_RECORD_HEADING_TWICE, tidu_slice_of(before), NULL,
                                 behind);
        }
    return true;
}

static bool
read_heading(tidu_csv *csv, const tidu_cells *cells, struct tidu_csv_column *column, bool ignore_unknown)
{
    column->heading = (tidu_slice){tidu_arena_copy_n(csv->arena, csv->cell.data, csv->cell.length),
                                   csv->cell.length};
    if (!column->heading.data)
        return tidu_error_set(csv->filing->reterr, TIDU_MEMORY, NULL);
    column->kind = identify(csv, column);
    speak_of(csv, column);
    if (column->kind == TIDU_HEADING_FACT)
        return check_fact(csv, column);
    if (column->kind != TIDU_HEADING_IGNORED || ignore_unknown)
        return true;
    if (!column->heading.length)
        return tidu_complain_cell(csv->filing->reterr, TIDU_RECORD_HEADING_EMPTY, cells->number,
                                  (tidu_slice){0});
    return tidu_complain_unknown_fact(csv->filing, column->heading);
}

static bool
read_headings(tidu_csv *csv, tidu_cells *cells, bool ignore_unknown)
{
    size_t capacity = 0;
    while (cells->more) {
        struct tidu_csv_column *columns = tidu_arena_grow(csv->arena, csv->columns, csv->column_count,
                                                 &capacity, sizeof *columns);
        if (!columns)
            return tidu_error_set(cells->reterr, TIDU_MEMORY, NULL);
        csv->columns = columns;
        struct tidu_csv_column *column = &columns[csv->column_count];
        *column = (struct tidu_csv_column){.fact = TIDU_NONE, .title = TIDU_NONE};
        if (!tidu_cells_next(cells) || !read_heading(csv, cells, column, ignore_unknown))
            return false;
        csv->column_count++;
        if (!check_collisions(csv, csv->column_count - 1, csv->column_count, 0))
            return false;
    }
    return true;
}

tidu_csv *
tidu_csv_open(const tidu_vocabulary *vocabulary, const char *heading, size_t length,
              bool ignore_unknown, tidu_error *reterr)
{
    tidu_cells cells;
    tidu_csv *csv = calloc(1, sizeof *csv);
    if (csv) {
        csv->checked_year = NOTHING_CHECKED;
        csv->arena = tidu_arena_open();
        csv->filing = tidu_filing_open(vocabulary);
    }
    if (!csv || !csv->arena || !csv->filing) {
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
        tidu_csv_close(&csv);
        return NULL;
    }
    csv->filing->reterr = reterr;
    if (!tidu_cells_open(&cells, heading, length, &csv->cell, reterr) ||
        !read_headings(csv, &cells, ignore_unknown))
        tidu_csv_close(&csv);
    return csv;
}

void
tidu_csv_close(tidu_csv **csv)
{
    if (!*csv)
        return;
    tidu_arena_close(&(*csv)->arena);
    tidu_filing_close(&(*csv)->filing);
    tidu_text_free(&(*csv)->cell);
    free(*csv);
    *csv = NULL;
}

/* ---- cells ---- */

static const struct {
    const char *word;
    bool value;
} flag_words[] = {
    {"true", true}, {"false", false}, {"1", true},  {"0", false},
    {"是", true},   {"否", false},    {"有", true}, {"无", false},
};

bool
tidu_cell_flag(tidu_slice cell, bool *ret_value)
{
    for (size_t i = 0; i < sizeof flag_words / sizeof *flag_words; i++)
        if (strlen(flag_words[i].word) == cell.length &&
            !strncasecmp(flag_words[i].word, cell.data, cell.length)) {
            *ret_value = flag_words[i].value;
            return true;
        }
    return false;
}

static bool
read_flag(tidu_filing *filing, const tidu_sink *sink, tidu_slice cell)
{
    bool value;
    if (!tidu_cell_flag(cell, &value))
        return tidu_complain_kind(filing, sink, cell);
    tidu_filing_put_flag(filing, tidu_filing_place(filing, sink), value);
    return true;
}

static bool
read_number(tidu_filing *filing, const tidu_sink *sink, tidu_slice cell)
{
    tidu_number number;
    const char *end;
    tidu_number_status status = tidu_number_read(cell.data, &end, &number);
    if (status == TIDU_NUMBER_MALFORMED || end != cell.data + cell.length)
        return tidu_complain_kind(filing, sink, cell);
    if (status != TIDU_NUMBER_READ)
        return tidu_complain_number(filing, status, cell);
    return tidu_filing_number(filing, sink, &number, &(tidu_given){cell, cell, false});
}

static bool
read_set(tidu_filing *filing, const tidu_sink *sink, tidu_slice cell)
{
    tidu_slice code;
    tidu_filing_set_begin(filing);
    while (tidu_cells_split(&cell, &code))
        if (code.length && !tidu_filing_set_add(filing, sink, &(tidu_given){code, code, false}))
            return false;
    return tidu_filing_set_end(filing, sink);
}

static bool
read_fact(tidu_filing *filing, const tidu_sink *sink, tidu_slice cell)
{
    const tidu_given given = {cell, cell, false};
    switch ((tidu_kind)sink->kind) {
    case TIDU_NUMBER:
        return read_number(filing, sink, cell);
    case TIDU_FLAG:
        return read_flag(filing, sink, cell);
    case TIDU_DATE:
        return tidu_filing_date(filing, sink, &given);
    case TIDU_CODE:
        return tidu_filing_code(filing, sink, &given);
    case TIDU_TEXT:
        return tidu_filing_text(filing, sink, &given);
    case TIDU_SET:
        return read_set(filing, sink, cell);
    case TIDU_LIST:
        break; /* refused at its heading */
    }
    return false;
}

/* The day that `text` says; an empty text leaves *ret_days as it is. */
static bool
parse_open_date(tidu_slice text, int32_t *ret_days)
{
    return !text.length || tidu_date_parse(text.data, text.length, ret_days);
}

/* Cut off what stands before the next ':'. */
static tidu_slice
cut_part(tidu_slice *rest)
{
    const char *colon = memchr(rest->data, ':', rest->length);
    size_t length = colon ? (size_t)(colon - rest->data) : rest->length;
    tidu_slice part = {rest->data, length};
    *rest = (tidu_slice){rest->data + length + (colon != NULL), rest->length - length - (colon != NULL)};
    return part;
}

/* term = [ date ] '..' [ date ] */
static bool
parse_term(tidu_slice text, tidu_title_entry *entry)
{
    for (size_t i = 0; i + 1 < text.length; i++)
        if (text.data[i] == '.' && text.data[i + 1] == '.')
            return parse_open_date((tidu_slice){text.data, i}, &entry->granted) &&
                   parse_open_date((tidu_slice){text.data + i + 2, text.length - i - 2},
                                   &entry->expires);
    return false;
}

/* event = ( 'reviewed' | 'cancelled' ) '=' date */
static bool
parse_event(tidu_slice text, tidu_title_entry *entry)
{
    const char *sign = memchr(text.data, '=', text.length);
    if (!sign)
        return false;
    size_t length = (size_t)(sign - text.data);
    tidu_slice name = {text.data, length}, day = {sign + 1, text.length - length - 1};
    int32_t *place = tidu_slice_is(name, "reviewed")    ? &entry->reviewed
                     : tidu_slice_is(name, "cancelled") ? &entry->cancelled
                                                        : NULL;
    return place && tidu_date_parse(day.data, day.length, place);
}

bool
tidu_title_parse(tidu_slice piece, tidu_slice *ret_id, tidu_title_entry *ret_entry)
{
    tidu_title_entry entry = {TIDU_NONE, INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX};
    size_t length = piece.length;
    *ret_id = cut_part(&piece);
    if (ret_id->length < length && !parse_term(cut_part(&piece), &entry))
        return false;
    while (piece.length)
        if (!parse_event(cut_part(&piece), &entry))
            return false;
    *ret_entry = entry;
    return true;
}

static bool
read_title(tidu_filing *filing, tidu_slice piece)
{
    static const char takes[] = "srdi:2024-06-01..2027-05-31:reviewed=2026-05-20";
    tidu_title_entry entry;
    tidu_slice id;
    if (!tidu_title_parse(piece, &id, &entry))
        return tidu_complain(filing, TIDU_RECORD_TITLE_FORM, piece, takes, NULL);
    entry.title = tidu_filing_find_title(filing, id);
    if (entry.title == TIDU_NONE)
        return tidu_complain_unknown_title(filing, &(tidu_given){id, id, false});
    return tidu_filing_title(filing, &entry);
}

static bool
read_titles(tidu_filing *filing, tidu_slice cell)
{
    tidu_slice piece;
    tidu_filing_titles(filing);
    while (tidu_cells_split(&cell, &piece))
        if (piece.length && !read_title(filing, piece))
            return false;
    return true;
}

static bool
read_holds(tidu_filing *filing, int32_t title, tidu_slice cell)
{
    bool held;
    if (!tidu_cell_flag(cell, &held))
        return tidu_complain(filing, TIDU_RECORD_NOT_FLAG, cell, "true, false", NULL);
    return tidu_filing_hold(filing, title, held);
}

/* An empty cell is not known. */
static bool
read_cell(tidu_csv *csv, const struct tidu_csv_column *column)
{
    tidu_filing *filing = csv->filing;
    tidu_slice cell = {csv->cell.data, csv->cell.length};
    if (!cell.length)
        return true;
    tidu_filing_set_row(filing);
    if (column->year)
        tidu_filing_set_year(filing, column->year);
    speak_of(csv, column);
    switch (column->kind) {
    case TIDU_HEADING_FACT:
        return read_fact(filing, &filing->sinks[column->fact], cell);
    case TIDU_HEADING_TITLES:
        return read_titles(filing, cell);
    case TIDU_HEADING_HOLDS:
        return read_holds(filing, column->title, cell);
    case TIDU_HEADING_IGNORED:
        break;
    }
    return true;
}

static bool
refuse_cells(tidu_csv *csv, uint32_t cells, tidu_code code, const char *detail)
{
    char found[16], expected[16];
    snprintf(found, sizeof found, "%u", cells);
    snprintf(expected, sizeof expected, "%u", csv->column_count);
    if (code == TIDU_RECORD_CELLS_FEW)
        speak_of(csv, &csv->columns[cells]);
    return tidu_complain(csv->filing, code, tidu_slice_of(found), expected, detail);
}

/* More cells than columns: show the first that has no heading. */
static bool
refuse_more_cells(tidu_csv *csv, tidu_cells *cells)
{
    char first[TIDU_ARGUMENT_SIZE];
    if (!tidu_cells_next(cells))
        return false;
    tidu_complain_cut((tidu_slice){csv->cell.data, csv->cell.length}, first);
    while (cells->more)
        if (!tidu_cells_next(cells))
            return false;
    return refuse_cells(csv, cells->number, TIDU_RECORD_CELLS_MANY, first);
}

static bool
read_row(tidu_csv *csv, tidu_cells *cells)
{
    for (uint32_t i = 0; i < csv->column_count; i++) {
        if (!cells->more)
            return refuse_cells(csv, i, TIDU_RECORD_CELLS_FEW, NULL);
        if (!tidu_cells_next(cells) || !read_cell(csv, &csv->columns[i]))
            return false;
    }
    return !cells->more || refuse_more_cells(csv, cells);
}

/* A heading without a year means another year at another date, and then may
 * mean the same as its neighbour. */
static bool
check_years(tidu_csv *csv, int year)
{
    if (csv->checked_year == year)
        return true;
    if (!check_collisions(csv, 1, csv->column_count, year))
        return false;
    csv->checked_year = year;
    return true;
}

tidu_read
tidu_csv_read(tidu_csv *csv, const char *text, size_t length, tidu_block *block, tidu_error *reterr)
{
    tidu_cells cells;
    tidu_filing_begin(csv->filing, block, reterr);
    bool read = check_years(csv, block->year) &&
                tidu_cells_open(&cells, text, length, &csv->cell, reterr) && read_row(csv, &cells);
    return tidu_filing_end(csv->filing, read);
}
