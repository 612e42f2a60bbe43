/*
 * internal.h: what the files of this room share.
 *
 *   reader.c ─► cursor.c ─► index.cc     JSON: facts │ tokens │ where tokens begin
 *        └─┬─► filing.c ─► block          both: a value, checked, into its column
 *   csv.c ─┘  ├─────────► sinks.c        both: what a value needs of its fact
 *             └─────────► complain.c     both: what is wrong with a value, in words
 *
 * INVARIANT: a number given to number.c is followed by a byte that cannot go
 * on with it.
 */
#ifndef TIDU_RECORD_INTERNAL_H
#define TIDU_RECORD_INTERNAL_H

#include "tidu/record.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- index.cc: where the tokens of a JSON text begin ---- */

typedef struct tidu_index tidu_index;

typedef struct tidu_marks {
    const uint32_t *at; /* offsets of { } [ ] : , and of the first byte of every other token */
    uint32_t count;     /* at[count] is the text's length */
} tidu_marks;

typedef enum tidu_indexed {
    TIDU_INDEXED,
    TIDU_INDEX_MALFORMED, /* bad UTF-8, an open string, a control character in one, or no token */
    TIDU_INDEX_MEMORY
} tidu_indexed;

tidu_index *tidu_index_open(void);
void tidu_index_close(tidu_index **index);

/* Find the tokens; the marks stay until the next call. */
tidu_indexed tidu_index_text(tidu_index *index, const char *text, size_t length,
                             tidu_marks *ret_marks);

bool tidu_index_is_utf8(const char *text, size_t length);

/* The double nearest to a number in JSON syntax, whatever the locale; false
 * when it is too large or too small for one. */
bool tidu_index_double(const char *text, size_t length, double *ret_value);

/* ---- number.c: numbers as they are spelled ---- */

typedef struct tidu_number {
    double value;
    bool spelled; /* has more significant digits than a double tells apart */
    bool whole;
} tidu_number;

typedef enum tidu_number_status {
    TIDU_NUMBER_READ,
    TIDU_NUMBER_MALFORMED, /* *ret_end is where it stops being a number */
    TIDU_NUMBER_LONG,
    TIDU_NUMBER_RANGE
} tidu_number_status;

/* Read the number `text` begins with. *ret_end is always set. */
tidu_number_status tidu_number_read(const char *text, const char **ret_end, tidu_number *ret);

/* Most figures are whole and have at most eight digits: those are read at
 * once, eight bytes as eight digits. False when `text` is anything else. Eight
 * bytes must be readable. */
static inline bool
tidu_number_quick(const char *text, size_t length, double *ret_value)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t bytes;
    bool negative = *text == '-';

    text += negative;
    length -= negative;
    if (length - 1 >= 8 || (*text == '0' && length > 1))
        return false;
    memcpy(&bytes, text, 8);
    /* The digits move to the high bytes, zeros stand before them. */
    unsigned shift = 64 - 8 * (unsigned)length;
    bytes = (bytes << shift) - (0x3030303030303030u << shift);
    if (((bytes + 0x7676767676767676u) | bytes) & 0x8080808080808080u)
        return false;
    bytes = bytes * 10 + (bytes >> 8);
    bytes = ((bytes & 0x000000ff000000ffu) * 0x000f424000000064u +
             (bytes >> 16 & 0x000000ff000000ffu) * 0x0000271000000001u) >>
            32;
    int64_t whole = (int64_t)bytes;
    *ret_value = (double)(negative ? -whole : whole);
    return true;
#else
    (void)text, (void)length, (void)ret_value;
    return false;
#endif
}

/* ---- sinks.c: what values need of their facts ---- */

enum {
    TIDU_STORE_CODES = 256,      /* codes in a set */
    TIDU_STORE_FIELDS = 64,      /* fields of a list */
    TIDU_STORE_CODE_SIZE = 64,   /* bytes in a code */
    TIDU_NOT_STORED = 0xffffffff /* a lag that no column has */
};

typedef enum tidu_pattern {
    TIDU_PATTERN_NONE,
    TIDU_PATTERN_USCC,
    TIDU_PATTERN_REGION
} tidu_pattern;

/* Eight bytes at either end of a word, overlapping in a short one. Words of up
 * to 16 bytes are equal when these and their lengths are. */
typedef struct tidu_ends {
    uint64_t head, tail;
} tidu_ends;

static inline tidu_ends
tidu_ends_of(const char *text, size_t length)
{
    tidu_ends ends = {0, 0};
    if (length >= 8) {
        memcpy(&ends.head, text, 8);
        memcpy(&ends.tail, text + length - 8, 8);
    } else if (length >= 4) {
        uint32_t first, last;
        memcpy(&first, text, 4);
        memcpy(&last, text + length - 4, 4);
        ends.head = first;
        ends.tail = last;
    } else {
        for (size_t i = 0; i < length; i++)
            ends.head = ends.head << 8 | (unsigned char)text[i];
    }
    return ends;
}

/* A word that others are compared with. */
typedef struct tidu_word {
    tidu_ends ends;
    const char *text;
    size_t length;
} tidu_word;

static inline bool
tidu_word_is(const tidu_word *word, tidu_ends ends, const char *text, size_t length)
{
    return word->length == length && word->ends.head == ends.head && word->ends.tail == ends.tail &&
           (length <= 16 || !memcmp(word->text + 8, text + 8, length - 16));
}

/* A spelling of one choice of a code. */
typedef struct tidu_spelled_choice {
    tidu_word word;
    uint32_t choice;
} tidu_spelled_choice;

/* Where a fact's values go: what every value needs of a fact, together in few
 * cache lines. */
typedef struct tidu_sink {
    const tidu_fact *fact;
    const int32_t *places; /* [lag], or of a set: its count, then its tests; TIDU_NONE for none */
    uint32_t lag_count;
    int32_t words;
    uint8_t kind;    /* tidu_kind */
    uint8_t pattern; /* tidu_pattern */
    bool derived, annual, whole;
    double low, high;
    const tidu_spelled_choice *choices; /* codes first, then titles; NULL when open */
    const uint32_t *classes;            /* of each choice */
    uint32_t choice_count;
    uint32_t field_count;
    const struct tidu_sink *fields;
} tidu_sink;

/* The place of a layout's column among those of its kind, or TIDU_NONE. */
static inline int32_t
tidu_sink_place(const tidu_layout *layout, int32_t column)
{
    return column == TIDU_NONE ? TIDU_NONE : (int32_t)layout->columns[column].place;
}

/* A sink a fact; NULL when memory ran out. */
const tidu_sink *tidu_sinks_build(tidu_arena *arena, const tidu_layout *layout,
                                  const tidu_fact *facts, uint32_t count);

/* What an error is about, in the client's own words. */
typedef struct tidu_subject {
    tidu_slice spelled;
    const tidu_fact *fact; /* NULL for titles and unknown names */
    int year;              /* 0 when none was named */
    int64_t item;          /* of a list; -1 for none */
    const char *field;     /* of an item, NULL for none */
} tidu_subject;

/* ---- filing.c: checked values into columns ---- */

typedef struct tidu_filing {
    const tidu_vocabulary *vocabulary;
    const tidu_keeping *keeping; /* of its layout */
    tidu_arena *arena; /* sinks */
    const tidu_sink *sinks;
    uint64_t *stated; /* by fact, titles last: the record that stated it last */

    /* the record being read */
    uint64_t record; /* counts from 1, so that nothing need be cleared between records */
    tidu_block *block;
    uint32_t row;
    bool full;
    tidu_error *reterr;
    tidu_subject subject;

    /* where the next value goes */
    uint32_t index; /* row or item */
    uint32_t lag;

    /* the set being read */
    uint32_t code_count;
    uint64_t tests;

    tidu_text scratch;
} tidu_filing;

/* NULL when memory ran out. `vocabulary` is borrowed. */
tidu_filing *tidu_filing_open(const tidu_vocabulary *vocabulary);
void tidu_filing_close(tidu_filing **filing);

/* A record begins, and ends: `read` says whether all of it was good. */
void tidu_filing_begin(tidu_filing *filing, tidu_block *block, tidu_error *reterr);
tidu_read tidu_filing_end(tidu_filing *filing, bool read);

/* Note that the fact is stated (fact_count: the titles); false when it was
 * before. */
static inline bool
tidu_filing_state(tidu_filing *filing, uint32_t fact)
{
    bool first = filing->stated[fact] != filing->record;
    filing->stated[fact] = filing->record;
    return first;
}

/* The next values belong to that year, or to the record's row again. */
void tidu_filing_set_year(tidu_filing *filing, int year);
void tidu_filing_set_row(tidu_filing *filing);

/* One value as the client wrote it. */
typedef struct tidu_given {
    tidu_slice text; /* without quotes and escapes */
    tidu_slice raw;  /* as it stands, for errors */
    bool json;       /* `raw` is JSON text in the record and stays there */
} tidu_given;

/* Each checks, complains to the record's error, and returns false when it did. */
bool tidu_filing_number(tidu_filing *filing, const tidu_sink *sink, const tidu_number *number,
                       const tidu_given *given);
bool tidu_filing_date(tidu_filing *filing, const tidu_sink *sink, const tidu_given *given);
bool tidu_filing_code(tidu_filing *filing, const tidu_sink *sink, const tidu_given *given);
bool tidu_filing_text(tidu_filing *filing, const tidu_sink *sink, const tidu_given *given);

static inline int32_t
tidu_filing_place(const tidu_filing *filing, const tidu_sink *sink)
{
    return filing->lag < sink->lag_count ? sink->places[filing->lag] : TIDU_NONE;
}

static inline void
tidu_filing_put_number(tidu_filing *filing, int32_t place, double value)
{
    if (place == TIDU_NONE)
        return;
    filing->block->number[place][filing->index] = value;
    filing->block->number_known[place][filing->index / 64] |= (uint64_t)1 << filing->index % 64;
}

/* The same for a whole number that needs no spelling: false, without an
 * error, when it is out of range. */
static inline bool
tidu_filing_whole(tidu_filing *filing, const tidu_sink *sink, double value)
{
    if (value < sink->low || value > sink->high)
        return false;
    tidu_filing_put_number(filing, tidu_filing_place(filing, sink), value);
    return true;
}

static inline void
tidu_filing_put_flag(tidu_filing *filing, int32_t place, bool value)
{
    if (place == TIDU_NONE)
        return;
    uint32_t word = filing->index / 64, bit = filing->index % 64;
    filing->block->flag[place][word] |= (uint64_t)value << bit;
    filing->block->flag_known[place][word] |= (uint64_t)1 << bit;
}

/* A set: begin, its codes, end. */
void tidu_filing_set_begin(tidu_filing *filing);
bool tidu_filing_set_add(tidu_filing *filing, const tidu_sink *sink, const tidu_given *given);
bool tidu_filing_set_end(tidu_filing *filing, const tidu_sink *sink);

/* A list is stated; each item gets the next place of its frame, and is where
 * the next values go. */
void tidu_filing_list(tidu_filing *filing, const tidu_sink *sink);
bool tidu_filing_item(tidu_filing *filing, const tidu_sink *sink);

/* Titles are stated: what is not held from here on is known not to be. */
void tidu_filing_titles(tidu_filing *filing);

/* The index of the title of that id, or TIDU_NONE. */
int32_t tidu_filing_find_title(const tidu_filing *filing, tidu_slice id);

bool tidu_filing_title(tidu_filing *filing, const tidu_title_entry *entry);

/* A record says whether a title is held. */
bool tidu_filing_hold(tidu_filing *filing, int32_t title, bool held);

/* ---- cursor.c: a JSON text token by token ---- */

/* Functions that read a value get the mark where it begins and return the mark
 * behind it, or NULL with an error: where reading stands is in nobody's memory
 * but the processor's.
 *
 * INVARIANT: the first token is '{' and the last is '}', so strings and
 * numbers end before the text does, and a token that is no '}' has another
 * behind it. */
typedef const uint32_t *tidu_mark;

typedef struct tidu_cursor {
    const char *text;
    size_t length;
    tidu_mark start, end;
    tidu_error *reterr;
} tidu_cursor;

/* False, with an error, when the text cannot be an object. */
bool tidu_cursor_open(tidu_cursor *cursor, tidu_index *index, const char *text, size_t length,
                      tidu_error *reterr);

/* The token's first byte, where there must be a token: behind one that is no
 * '}'. */
static inline char
tidu_cursor_byte(const tidu_cursor *cursor, tidu_mark mark)
{
    return cursor->text[*mark];
}

/* The same where the text may be over: NUL behind the last token. */
static inline char
tidu_cursor_peek(const tidu_cursor *cursor, tidu_mark mark)
{
    return mark < cursor->end ? cursor->text[*mark] : '\0';
}

static inline bool
tidu_is_space(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

/* Does the token at `mark` end at `end`? */
static inline bool
tidu_cursor_ends(const tidu_cursor *cursor, tidu_mark mark, const char *end)
{
    return end == cursor->text + mark[1] || tidu_is_space(*end);
}

/* The string at `mark` with its quotes. Between its last quote and the next
 * token there is nothing but spaces. */
static inline tidu_slice
tidu_cursor_string(const tidu_cursor *cursor, tidu_mark mark)
{
    const char *start = cursor->text + mark[0], *end = cursor->text + mark[1];
    while (*--end != '"')
        continue;
    tidu_slice slice = {start, (size_t)(end + 1 - start)};
    return slice;
}

/* What a string with escapes says: as much of it as fits into `buffer`. False,
 * with an error, for a bad escape. */
bool tidu_cursor_unescape(const tidu_cursor *cursor, tidu_slice string, char *buffer, size_t size,
                          tidu_slice *ret_text);

/* The string at `mark` and what it says; `buffer` is used if it has escapes. */
static inline tidu_mark
tidu_cursor_given(const tidu_cursor *cursor, tidu_mark mark, char *buffer, size_t size,
                  tidu_given *ret)
{
    tidu_slice raw = tidu_cursor_string(cursor, mark);
    ret->raw = raw;
    ret->json = true;
    ret->text.data = raw.data + 1;
    ret->text.length = raw.length - 2;
    if (memchr(ret->text.data, '\\', ret->text.length) &&
        !tidu_cursor_unescape(cursor, raw, buffer, size, &ret->text))
        return NULL;
    return mark + 1;
}

/* A list or an object, each item or value read by a function. */
tidu_mark tidu_cursor_items(const tidu_cursor *cursor, tidu_mark mark, void *context,
                            tidu_mark (*read_item)(void *context, tidu_mark mark));
tidu_mark tidu_cursor_members(const tidu_cursor *cursor, tidu_mark mark, void *context,
                              tidu_mark (*read_member)(void *context, tidu_mark mark,
                                                       const tidu_given *key));

/* `null`, `true` or `false`, whichever `word` is. */
tidu_mark tidu_cursor_word(const tidu_cursor *cursor, tidu_mark mark, const char *word);

/* Any value inside `depth` brackets: proves that it is JSON. */
tidu_mark tidu_cursor_skip(const tidu_cursor *cursor, tidu_mark mark, unsigned depth,
                           tidu_slice *ret_value);

/* All return NULL: the token at `mark`, or the text at `at`, is not JSON. */
tidu_mark tidu_cursor_refuse(const tidu_cursor *cursor, tidu_mark mark);
tidu_mark tidu_cursor_refuse_at(const tidu_cursor *cursor, const char *at);

/* The object ended before `mark`: did the text too? */
bool tidu_cursor_finish(const tidu_cursor *cursor, tidu_mark mark);

/* ---- cells.c: a line of a table cell by cell ---- */

typedef struct tidu_cells {
    const char *text, *at, *end;
    uint32_t number; /* of the cell read last, counted from 1 */
    bool more;       /* another cell follows */
    tidu_text *cell; /* what the cell read last says, trimmed, ended by a NUL */
    tidu_error *reterr;
} tidu_cells;

/* Look at one record of `length` bytes; `cell` is the caller's and is reused.
 * False, with an error, when it is too long or no UTF-8. */
bool tidu_cells_open(tidu_cells *cells, const char *text, size_t length, tidu_text *cell,
                     tidu_error *reterr);

/* Read the next cell; there is one as long as `more` is true. */
bool tidu_cells_next(tidu_cells *cells);

/* Cut the next piece off `rest`, which ends at a ';' or with the text, and
 * trim it. False when nothing is left. */
bool tidu_cells_split(tidu_slice *rest, tidu_slice *ret_piece);

/* ---- csv.c: a table ---- */

typedef enum tidu_heading_kind {
    TIDU_HEADING_FACT,
    TIDU_HEADING_TITLES,
    TIDU_HEADING_HOLDS,
    TIDU_HEADING_IGNORED
} tidu_heading_kind;

struct tidu_csv_column {
    tidu_heading_kind kind;
    tidu_slice heading;
    int32_t fact;  /* of FACT */
    int year;      /* of an annual fact; 0 is the last full year */
    int32_t title; /* of HOLDS */
};

struct tidu_csv {
    tidu_arena *arena;
    tidu_filing *filing;
    tidu_text cell;
    struct tidu_csv_column *columns;
    uint32_t column_count;
    int checked_year; /* the last full year for which no two columns collide */
};

/* title = id [ ':' [ date ] '..' [ date ] { ':' event } ]
 * event = ( 'reviewed' | 'cancelled' ) '=' date
 * The entry's title is for the caller to find. False when it is none. */
bool tidu_title_parse(tidu_slice piece, tidu_slice *ret_id, tidu_title_entry *ret_entry);

/* True when the cell says yes or no. */
bool tidu_cell_flag(tidu_slice cell, bool *ret_flag);

/* ---- titles.c: the titles a record holds ---- */

/* The value of "titles". */
tidu_mark tidu_titles_read(const tidu_cursor *cursor, tidu_mark mark, tidu_filing *filing);

/* ---- complain.c: what is wrong, in words ---- */

/* All return false. `got` is cut to a sane length; NULL stands for no text. */
bool tidu_complain(tidu_filing *filing, tidu_code code, tidu_slice got, const char *takes,
                   const char *detail);

/* A number that is none: too many digits, or beyond doubles. */
bool tidu_complain_number(tidu_filing *filing, tidu_number_status status, tidu_slice got);

/* An item of a list was no object. */
bool tidu_complain_item(tidu_filing *filing, const tidu_sink *list, tidu_slice got);

/* The fact's kind of value was something else. */
bool tidu_complain_kind(tidu_filing *filing, const tidu_sink *sink, tidu_slice got);

/* A text cut to a sane length, for `detail`. */
void tidu_complain_cut(tidu_slice text, char ret[TIDU_ARGUMENT_SIZE]);

/* About the text itself: no fact is named. `at` counts from 0. */
bool tidu_complain_text(tidu_error *reterr, tidu_code code, size_t at, tidu_slice got,
                        const char *takes);

/* About cell number `cell` of a line. */
bool tidu_complain_cell(tidu_error *reterr, tidu_code code, uint32_t cell, tidu_slice detail);

bool tidu_complain_unknown_fact(tidu_filing *filing, tidu_slice name);
bool tidu_complain_choice(tidu_filing *filing, const tidu_sink *sink, const tidu_given *given);
bool tidu_complain_unknown_title(tidu_filing *filing, const tidu_given *given);
bool tidu_complain_low(tidu_filing *filing, const tidu_sink *sink, tidu_slice got);
bool tidu_complain_high(tidu_filing *filing, const tidu_sink *sink, tidu_slice got);

/* An item has no such field; `fields` are the names it could be. */
bool tidu_complain_field(tidu_filing *filing, const char *const *fields, uint32_t count,
                         const tidu_given *given);

static inline tidu_slice
tidu_slice_of(const char *text)
{
    tidu_slice slice = {text, strlen(text)};
    return slice;
}

static inline bool
tidu_slice_is(tidu_slice slice, const char *text)
{
    return slice.length == strlen(text) && !memcmp(slice.data, text, slice.length);
}

#ifdef __cplusplus
}
#endif

#endif
