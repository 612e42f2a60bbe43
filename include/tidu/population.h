/*
 * population.h: many enterprises at once, as a snapshot in a file.
 *
 * A snapshot is what records stated, column by column, in the narrowest types that say
 * exactly the same: built once from NDJSON or CSV, mapped into memory whenever somebody
 * asks. It belongs to no rules and no date. Rules are bound to it when they are asked
 * about it: figures find the years of that date, codes the classes of those rules.
 *
 *   records ─► tidu_population_build ─► file ─► tidu_population_open
 *                                                    └─► tidu_binding ─► blocks ─► runs
 *
 * Must not know: sockets, where records came from.
 *
 * Ownership: a population is immutable and may be shared between threads. Strings and
 * slices live as long as it does.
 */
#ifndef TIDU_POPULATION_H
#define TIDU_POPULATION_H

#include "tidu/block.h"
#include "tidu/error.h"
#include "tidu/record.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- building ---- */

/* Where records come from. `read` appends more text to `out`, at least one byte unless
 * there is none left; false with *reterr when reading failed. For CSV the heading line
 * comes first. */
typedef struct tidu_text_source {
    void *context;
    bool (*read)(void *context, tidu_text *out, tidu_error *reterr);
    bool csv;
} tidu_text_source;

/* Who watches. Each may be NULL; calls come one at a time, in the order of the records,
 * from any thread. */
typedef struct tidu_build_watch {
    void *context;
    /* Record number `number` (counted from 1) is refused and left out. */
    void (*refuse)(void *context, uint64_t number, const tidu_error *error);
    /* So many records are done; false stops the build (TIDU_CANCELLED). */
    bool (*progress)(void *context, uint64_t records);
} tidu_build_watch;

typedef struct tidu_build_options {
    const char *path;    /* of the snapshot: replaced at once when all is written */
    bool ignore_unknown; /* skip facts the vocabulary lacks */
    unsigned threads;    /* 0: one a processor */
    bool synthetic;      /* the records are invented; whoever asks is told so */
    uint64_t seed;       /* of what invented them */
} tidu_build_options;

/* Read all records and write the snapshot; the same records make the same bytes,
 * whatever the number of threads. `vocabulary` says what facts are. False with *reterr
 * when it cannot be read or written (the file is then as before), or was stopped. */
bool tidu_population_build(const tidu_vocabulary *vocabulary, const tidu_text_source *source,
                           const tidu_build_options *options, const tidu_build_watch *watch,
                           tidu_error *reterr);

/* ---- inventing ---- */

/* Enterprises that nobody has: an invented generator whose sums and shares resemble
 * published totals of manufacturing. Record i depends on the seed, the year (its latest
 * full one) and i alone. Every record is named 合成企业; build it with `synthetic` set. A few
 * are wrong as real records are: units mixed up, years missing, parts above their wholes,
 * titles that ran out, figures of the parent, regions that are no more. */
typedef struct tidu_synth tidu_synth;

/* NULL when memory ran out. */
tidu_synth *tidu_synth_open(uint64_t seed, uint64_t count, int year);
void tidu_synth_close(tidu_synth **synth);

/* The `read` of a text source, whose context is the synth: NDJSON. */
bool tidu_synth_read(void *context, tidu_text *out, tidu_error *reterr);

/* ---- reading ---- */

typedef struct tidu_population tidu_population;

/* Map a snapshot. NULL with *reterr when it is no snapshot, of another version, cut off
 * or damaged. Columns are checked by tidu_population_verify. */
tidu_population *tidu_population_open(const char *path, tidu_error *reterr);
/* The same, read into memory: a file that somebody cuts off meanwhile cannot harm. */
tidu_population *tidu_population_load(const char *path, tidu_error *reterr);
void tidu_population_close(tidu_population **population);

/* Whether every column is as it was written. */
bool tidu_population_verify(const tidu_population *population, tidu_error *reterr);

typedef struct tidu_population_facts {
    uint64_t rows, refused, size; /* size in bytes */
    bool synthetic;
    uint64_t seed;
    const char *digest; /* of the contents, 16 digits */
    uint32_t groups;
} tidu_population_facts;
tidu_population_facts tidu_population_about(const tidu_population *population);

/* A group of rows; blocks never reach over its end. */
uint32_t tidu_population_group_rows(const tidu_population *population, uint32_t group);

/* The number, counted from 1, that a row's record had among all that were given. */
uint64_t tidu_population_record(const tidu_population *population, uint32_t group, uint32_t row);

/* What is kept of a fact: a column. */
typedef enum tidu_kept_kind {
    TIDU_KEPT_NUMBERS,
    TIDU_KEPT_DATES,
    TIDU_KEPT_FLAGS,
    TIDU_KEPT_CODES,
    TIDU_KEPT_SETS,
    TIDU_KEPT_TEXTS,
    TIDU_KEPT_LISTS
} tidu_kept_kind;

typedef struct tidu_code_count {
    const char *code; /* of a set: each code by itself */
    uint64_t count;
} tidu_code_count;

/* Distribution of a column over all rows (of a list's field: over all items). */
typedef struct tidu_distribution {
    const char *fact, *field; /* field "" for none; fact "titles" for titles */
    int year;                 /* 0: the records named none */
    const char *unit;         /* in Chinese, "" for none */
    tidu_kept_kind kind;
    uint64_t count, known;               /* values there could be, and are */
    uint64_t yes;                        /* of flags */
    double low, high, mean, quantile[5]; /* of numbers and dates: 5, 25, 50, 75, 95 % */
    const tidu_code_count *codes;        /* of codes, sets, titles: most frequent first */
    uint32_t code_count;
} tidu_distribution;

/* Call `visit` with each column. Quantiles are exact. False with *reterr when memory ran
 * out. */
bool tidu_population_describe(const tidu_population *population,
                              void (*visit)(void *context, const tidu_distribution *column),
                              void *context, tidu_error *reterr);

/* ---- codes ---- */

/* The column of a fact that is a code and has no years, or TIDU_NONE; how many codes it
 * has, and which. */
int32_t tidu_population_codes(const tidu_population *population, const char *fact);
uint32_t tidu_population_code_count(const tidu_population *population, int32_t codes);
const char *tidu_population_code(const tidu_population *population, int32_t codes, uint32_t number);

/* Which of them rows `first` to `first + count - 1` of a group have; UINT32_MAX where that
 * is not known. */
void tidu_population_number(const tidu_population *population, int32_t codes, uint32_t group,
                            uint32_t first, uint32_t count, uint32_t *ret);

/* ---- binding ---- */

/* Columns of a snapshot for the columns of rules on a date. Several threads have a
 * binding each, or one after the other. */
typedef struct tidu_binding tidu_binding;

/* NULL with *reterr when memory ran out, or a fact is of another kind or unit than the
 * rules take it for. `vocabulary` and `population` are borrowed. */
tidu_binding *tidu_binding_open(const tidu_population *population,
                                const tidu_vocabulary *vocabulary, int32_t as_of,
                                tidu_error *reterr);
void tidu_binding_close(tidu_binding **binding);

/* From now on fill only these columns of the layout (and what titles and lists need);
 * the others hold anything. At first all are filled. */
void tidu_binding_want(tidu_binding *binding, const bool *columns);

/* Fill a block of the vocabulary's layout, which was opened for at least so many rows,
 * with as many of rows `first` to `first + count - 1` of a group as their lists have room
 * for. Returns how many, at least one; 0 when memory ran out. Words (names, codes) are
 * filled when `words` says so. */
uint32_t tidu_binding_load(tidu_binding *binding, uint32_t group, uint32_t first, uint32_t count,
                           bool words, tidu_block *block);

/* The same with rows that need not follow each other: `rows` ascend. Words are not filled. */
uint32_t tidu_binding_pick(tidu_binding *binding, uint32_t group, const uint32_t *rows,
                           uint32_t count, tidu_block *block);

/* A code as its record gave it, of a layout's column that is a code's or a set's, in row or
 * item `at` of a group; of a set all codes, a line end behind each. Data is NULL when it is
 * not known. */
tidu_slice tidu_binding_code(const tidu_binding *binding, uint32_t column, uint32_t group,
                             uint32_t at);

/* Which of the group's items in that list is the first of the block that was loaded last
 * (not picked). */
uint32_t tidu_binding_first_item(const tidu_binding *binding, uint32_t frame);

/* The code of the region each row of a group is in: TIDU_COUNTRY_CODE where it is not
 * known. The array stays until the next call. NULL when memory ran out. */
const uint32_t *tidu_binding_regions(tidu_binding *binding, uint32_t group);

#ifdef __cplusplus
}
#endif

#endif
