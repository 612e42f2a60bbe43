/*
 * internal.h: what the files of this room share, and what a snapshot's file looks like.
 *
 *   records ─► keeping.c ─► gather.c ─► encode.c ─► build.c ─► file
 *              a layout of   columns of   the narrowest   in turn, replaced
 *              everything    a group      exact type      at once
 *
 *   file ─► snapshot.c ─► binding.c ─► filling.c ─► block of the rules' own columns
 *           mapped         what is        decode.c
 *                          whose
 *
 *   file:  header │ chunks of group 0 │ chunks of group 1 │ … │ directory
 *
 * A group has up to TIDU_GROUP_ROWS rows, sorted by region. A chunk is one column in
 * one group. Everything is little-endian and begins at a multiple of 64 bytes.
 */
#ifndef TIDU_POPULATION_INTERNAL_H
#define TIDU_POPULATION_INTERNAL_H

#include "tidu/places.h"
#include "tidu/population.h"

#ifdef TIDU_TIGHT
enum { TIDU_GROUP_ROWS = 256 };
#else
enum { TIDU_GROUP_ROWS = 65536 };
#endif

enum {
    TIDU_FIRST_YEAR = 1990, /* figures of other years are not kept: nothing looks back so far */
    TIDU_LAST_YEAR = 2060,
    TIDU_BARE_YEAR = 2101 /* lag 0 of a keeping layout: figures that name no year */
};

/* ---- the file ---- */

#define TIDU_SNAPSHOT_MAGIC "TIDUPOP1"
enum { TIDU_SNAPSHOT_VERSION = 1, TIDU_SNAPSHOT_ORDER = 0x01020304, TIDU_CHUNK_ALIGNMENT = 64 };

/* `sum` is over what stands before it. */
struct header {
    char magic[8];
    uint32_t version, byte_order;
    uint64_t size; /* of the file */
    uint64_t directory, directory_size, directory_sum;
    uint64_t sum;
};

/* At the directory's begin; places count from there. Strings end with a NUL. */
struct directory {
    uint64_t row_count, refused_count;
    uint32_t column_count, dictionary_count, frame_count, group_count;
    uint64_t columns, dictionaries, entries, groups, items, chunks, strings;
    uint64_t entry_count, string_size;
    uint32_t synthetic, seed_low, seed_high, spare;
};

/* How a column's values are meant. */
enum {
    KEPT_NUMBER,
    KEPT_DATE,
    KEPT_FLAG,
    KEPT_CODE,   /* numbers of the column's dictionary */
    KEPT_SET,    /* the same; an entry is a set's codes with a line end behind each */
    KEPT_TEXT,   /* JSON text with its quotes */
    KEPT_ITEMS,  /* where the items of the row's list begin; they end where the next begin */
    KEPT_RECORD, /* the row's number among the records of its group */
    KEPT_KINDS
};

struct kept_column {
    uint32_t fact, field; /* strings; field may be empty */
    uint32_t unit;        /* string, in Chinese as the vocabulary says it */
    int32_t year;         /* 0: without one */
    uint32_t kind, frame;
    uint32_t dictionary, items_of; /* of codes and sets; the frame of KEPT_ITEMS */
    int8_t dimension[5];           /* of numbers: money, count, years, days, score */
    uint8_t spare[3];
    int64_t scale_num, scale_den;
};

struct kept_dictionary {
    uint64_t first; /* in the entries, which are places of strings */
    uint32_t count, spare;
};

struct kept_group {
    uint64_t first_record; /* number of its first record among all that were given, from 1 */
    uint64_t first_row;
    uint32_t row_count, spare;
};

enum { KNOWN_NONE, KNOWN_ALL, KNOWN_SOME };
enum {
    CODED_I8,
    CODED_U8,
    CODED_I16,
    CODED_U16,
    CODED_I32,
    CODED_DOUBLE,
    CODED_BITS,
    CODED_WORDS,
    CODED_KINDS
};

/* known bits (of KNOWN_SOME) │ values │ spellings: struct kept_spelling, then their text.
 * Values are whole numbers over 10^scale. Words are `rows + 1` ends of 32 bits, then text. */
struct kept_chunk {
    uint64_t offset, size;      /* in the file; size 0: nothing is known */
    uint64_t values, spellings; /* in the chunk */
    uint32_t spelling_count;
    uint8_t coding, scale, known, spare;
    uint64_t sum;
};

struct kept_spelling {
    uint32_t index, length;
    uint64_t text; /* in the chunk */
};

/* ---- hash.c ---- */

uint64_t tidu_bytes_hash(const void *bytes, size_t size);

/* ---- dictionary.c: texts and their numbers ---- */

struct dictionary;
struct dictionary *tidu_dictionary_open(void);
void tidu_dictionary_close(struct dictionary **dictionary);
void tidu_dictionary_clear(struct dictionary *dictionary);
/* The text's number, a new one if it has none. False when memory ran out. */
bool tidu_dictionary_add(struct dictionary *dictionary, tidu_slice text, uint32_t *ret_number);
uint32_t tidu_dictionary_count(const struct dictionary *dictionary);
tidu_slice tidu_dictionary_text(const struct dictionary *dictionary, uint32_t number);

/* ---- keeping.c: a layout of everything a record may state ---- */

/* A column of the keeping layout, or what stands beside them. */
struct keep_column {
    const tidu_fact *fact, *field; /* NULL: titles, records */
    const char *name, *field_name; /* as written to the file */
    int32_t year;
    uint8_t kind;
    uint32_t frame;
    int32_t dictionary; /* TIDU_NONE for none */
    int32_t column;     /* of the layout, or TIDU_NONE */
    int32_t words;      /* of a row's words, or TIDU_NONE */
    int32_t items_of;   /* frame whose items it counts, or TIDU_NONE */
};

struct keeping {
    tidu_arena *arena;
    tidu_vocabulary vocabulary;
    tidu_keeping hooks;
    struct dictionary **dictionaries;
    uint32_t dictionary_count;
    struct keep_column *columns;
    uint32_t column_count;
    uint32_t *kept_at;       /* [column of the layout]: which of `columns` it is */
    int32_t region;          /* its column, or TIDU_NONE */
    const tidu_fact *fields; /* all lists' fields, one behind the other */
    uint32_t field_count;
};

/* NULL when memory ran out. `vocabulary` is borrowed; columns come out the same for the
 * same vocabulary. */
struct keeping *tidu_keeping_open(const tidu_vocabulary *vocabulary);
void tidu_keeping_close(struct keeping **keeping);

/* ---- gather.c: blocks into the columns of a group ---- */

struct heap_word {
    uint32_t start, length;
};

struct gathered_spelling {
    uint32_t index;
    struct heap_word text;
};

/* A column of a group while it is read; nothing is allocated before something is known. */
struct gathered {
    double *value;
    uint64_t *truth, *known;
    struct heap_word *words;
    uint32_t capacity; /* rows or items there is room for */
    bool any;          /* something is known in this group */
    struct gathered_spelling *spellings;
    uint32_t spelling_count, spelling_capacity;
};

struct group {
    struct keeping *keeping;
    struct gathered *columns;
    tidu_text heap; /* words and spellings */
    uint32_t row_count;
    uint32_t *item_count; /* [frame] */
    uint32_t **order;     /* [frame][row or item]: which comes there; [0] are the rows */
    uint32_t *order_room; /* [frame] */
};

struct group *tidu_group_open(struct keeping *keeping);
void tidu_group_close(struct group **group);
void tidu_group_clear(struct group *group);
/* All are false when memory ran out. Add all rows of a block of the keeping's layout;
 * `records` are their numbers. */
bool tidu_group_add(struct group *group, const tidu_block *block, const uint32_t *records);
/* Rows by region, items by row. */
bool tidu_group_sort(struct group *group);

/* ---- encode.c ---- */

/* Append a column's chunk, in the group's order, at a multiple of TIDU_CHUNK_ALIGNMENT;
 * codes become what `numbers` says (NULL: stay). `offset` counts from the text's begin.
 * False when memory ran out. */
bool tidu_chunk_encode(const struct group *group, uint32_t column, const uint32_t *numbers,
                       tidu_text *out, struct kept_chunk *ret);

/* ---- snapshot.c ---- */

struct tidu_population {
    const char *bytes;
    size_t size;
    bool loaded; /* the bytes are memory of our own, not a file's */
    const struct header *header;
    const struct directory *directory;
    const struct kept_column *columns;
    const struct kept_dictionary *dictionaries;
    const uint64_t *entries;
    const struct kept_group *groups;
    const uint32_t *items;           /* [group * frames + frame] */
    const struct kept_chunk *chunks; /* [group * columns + column] */
    const char *strings;
    char *path;
    char digest[17];
};

static inline const struct kept_chunk *
tidu_population_chunk(const tidu_population *population, uint32_t group, uint32_t column)
{
    return &population->chunks[(size_t)group * population->directory->column_count + column];
}

/* How many values a column has in a group: rows, or items. */
static inline uint32_t
tidu_population_length(const tidu_population *population, uint32_t group, uint32_t column)
{
    return population->items[(size_t)group * population->directory->frame_count +
                             population->columns[column].frame];
}

static inline const char *
tidu_population_string(const tidu_population *population, uint64_t at)
{
    return population->strings + at;
}

/* An entry of a column's dictionary. */
const char *tidu_population_entry(const tidu_population *population, uint32_t column,
                                  uint32_t number);

/* Which values are meant: `count` from `first` on, or those at `at`, which ascend. */
struct picks {
    const uint32_t *at; /* or NULL */
    uint32_t first, count;
};

static inline struct picks
tidu_stretch(uint32_t first, uint32_t count)
{
    return (struct picks){NULL, first, count};
}

/* ---- widen.c, for each kind of processor ---- */

typedef void tidu_widener(const void *values, uint8_t coding, uint8_t scale, struct picks picks,
                          double *ret);
tidu_widener tidu_widen_plain, tidu_widen_v3, tidu_widen_v4;

/* ---- decode.c: values of a chunk ---- */

void tidu_decode_numbers(const tidu_population *population, const struct kept_chunk *chunk,
                         struct picks picks, double *ret);
/* Numbers of a dictionary; `most` for those that are not below it, which only a damaged
 * file has. */
void tidu_decode_codes(const tidu_population *population, const struct kept_chunk *chunk,
                       struct picks picks, uint32_t most, uint32_t *ret);
/* Bits, from the lowest of the first word on; bits beyond the count are zero. */
void tidu_decode_known(const tidu_population *population, const struct kept_chunk *chunk,
                       struct picks picks, uint64_t *ret);
void tidu_decode_truth(const tidu_population *population, const struct kept_chunk *chunk,
                       struct picks picks, uint64_t *ret);
tidu_slice tidu_decode_word(const tidu_population *population, const struct kept_chunk *chunk,
                            uint32_t rows, uint32_t row);

#endif
