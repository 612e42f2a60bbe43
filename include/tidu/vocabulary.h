/*
 * vocabulary.h: the facts a record may state, and the columns they fill.
 *
 * A vocabulary is the list of facts with their names, types and units. A
 * layout says which columns the programs of one ruleset read, so that a record
 * goes straight from its text into a block, with no tree in between. Both are
 * built once per ruleset by dsl/compile/ and never change.
 *
 *   record text ─► fact by name ─► slots of that fact in the layout ─► columns
 *
 * Must not know: Lua, JSON, programs.
 *
 * Ownership: everything lives in the ruleset's arena.
 */
#ifndef TIDU_VOCABULARY_H
#define TIDU_VOCABULARY_H

#include "tidu/expr.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { TIDU_NONE = -1 };

/* The codes that rules mention of one code or set fact. A code in a record is
 * found as the longest entry it begins with: entry e gives class 2e+1 when it
 * is the entry itself, 2e+2 when it goes on; class 0 is a code that begins
 * with no entry. Tests of rules are sets of classes. Entries are sorted by
 * their bytes. */
typedef struct tidu_codebook {
    const tidu_slice *entries;
    uint32_t count;
} tidu_codebook;

/* The class of a code. */
uint32_t tidu_codebook_class(const tidu_codebook *book, const char *code, size_t length);

/* Rewrites "3489" to "C3489" when its first two digits lie in from..to. */
typedef struct tidu_section {
    char from[3], to[3];
    char letter;
} tidu_section;

/* What a fact fills. Column numbers are TIDU_NONE when no rule reads it. */
typedef struct tidu_slots {
    uint32_t lag_count;       /* numbers, dates, flags, codes: columns[lag], lag 0 is the last full year */
    const int32_t *columns;
    int32_t count_column;     /* sets: how many codes */
    uint32_t test_count;      /* sets: flag columns, one a test */
    const int32_t *test_columns;
    const uint64_t *class_tests; /* sets: for each class, a bit per test it satisfies; at most 64 tests */
    int32_t frame;            /* lists: the frame of their records, or TIDU_NONE */
    tidu_codebook book;       /* codes and sets */
    int32_t words;            /* texts and codes: index of the kept slice in a row, or TIDU_NONE */
} tidu_slots;

/* What an enterprise can do about a fact: how much effort one unit more (`up`) or less
 * (`down`) takes, negative where it cannot. A flag is one unit, so is the next choice of an
 * ordered code and one more code of a set. */
typedef struct tidu_effort {
    double up, down;
    double step;   /* numbers change to multiples of it */
    double yearly; /* by so much it grows by itself each calendar year; 0 for most */
    const struct tidu_fact *part_of; /* and never exceeds this number of the same year, or NULL */
} tidu_effort;

typedef struct tidu_fact {
    tidu_symbol symbol;       /* FACT or FIELD; symbol.type has kind, unit, annual, choices */
    const char *const *aliases;
    uint32_t alias_count;
    bool whole;               /* a number that must be whole: persons, items */
    double low, high;         /* outside is refused; -inf and inf for none */
    const char *pattern;      /* texts: "uscc", "region" or NULL */
    const tidu_section *sections; /* codes: see tidu_section */
    uint32_t section_count;
    const struct tidu_fact *fields; /* lists */
    uint32_t field_count;
    const char *group;        /* "identity", "finance", … */
    const char *source;       /* where the figure usually comes from */
    const char *fairness;     /* what local rules that ask for it are unfair by, or NULL: fairness.def */
    tidu_effort effort;
    bool personal;            /* not to be written down: see the journal */
    uint32_t number;          /* its place in the vocabulary, counted from 1; 0 for fields */
    bool derived;             /* computed from others: a record may not state it */
    const char *derived_from; /* names of those others, for the error */
    uint32_t document, line;  /* where it was declared */
    tidu_slots slots;
} tidu_fact;

typedef enum tidu_column_kind {
    TIDU_COLUMN_NUMBER, /* doubles; codes hold their class, dates days since 1970-01-01 */
    TIDU_COLUMN_FLAG    /* bits */
} tidu_column_kind;

/* One input column. Columns of frame 0 have a value a record, columns of frame
 * f > 0 a value an item of list f. */
typedef struct tidu_column {
    tidu_column_kind kind;
    uint32_t frame;
    int32_t fact;  /* index into facts; TIDU_NONE for a title's column */
    int32_t field; /* of a list's field, else TIDU_NONE */
    uint32_t lag;
    uint32_t place; /* its index among the columns of its kind */
} tidu_column;

/* A title that rules ask for with holds(). */
typedef struct tidu_title_slot {
    const char *id;
    int32_t column; /* FLAG column of frame 0, or TIDU_NONE when no rule asks */
    int32_t granted_column, reviewed_column; /* NUMBER columns of days, or TIDU_NONE */
    uint32_t validity_months; /* for entries that do not say when they expire; 0: not known */
    uint32_t ban_months; /* no new application after it was cancelled for deceit; 0: not known */
} tidu_title_slot;

/* What a layout says that keeps records as they are stated, for rules not known yet: a
 * code's number is what `code` gives it, a set is the number of its codes with a line end
 * behind each, and entries of titles are items of a list. */
enum {
    TIDU_KEPT_TITLE,     /* its id, as a code of no fact */
    TIDU_KEPT_STATE,     /* a tidu_kept_state */
    TIDU_KEPT_GRANTED,
    TIDU_KEPT_REVIEWED,
    TIDU_KEPT_EXPIRES,
    TIDU_KEPT_CANCELLED,
    TIDU_KEPT_FIELDS
};

typedef enum tidu_kept_state {
    TIDU_KEPT_ENTRY, /* with its days, each known when it was stated */
    TIDU_KEPT_HELD,  /* a table said yes, or no */
    TIDU_KEPT_NOT_HELD
} tidu_kept_state;

typedef struct tidu_keeping {
    void *context;
    /* False when memory ran out. */
    bool (*code)(void *context, const struct tidu_fact *fact, tidu_slice code,
                 uint32_t *ret_number);
    uint32_t title_frame;
    uint32_t title_columns[TIDU_KEPT_FIELDS];
} tidu_keeping;

typedef struct tidu_layout {
    const tidu_column *columns;
    uint32_t column_count;
    uint32_t number_count, flag_count; /* columns by kind */
    uint32_t frame_count;              /* frame 0 included */
    const int32_t *frame_fact;         /* the list fact of each frame; [0] is TIDU_NONE */
    const tidu_title_slot *titles;     /* sorted by id: every id a record may hold */
    uint32_t title_count;
    uint32_t word_count;               /* kept slices a row */
    uint32_t lag_count;                /* the most years any fact is read back, plus one */
    const tidu_keeping *keeping;       /* NULL in a layout of rules */
} tidu_layout;

typedef struct tidu_vocabulary {
    const tidu_fact *facts;
    uint32_t fact_count;
    uint32_t personal_count; /* of them */
    const struct tidu_name_table *names; /* names, titles, aliases to facts */
    int32_t uscc, enterprise_name, region_code; /* facts that name a record, or TIDU_NONE */
    tidu_layout layout;
} tidu_vocabulary;

/* The fact of that name, title or alias; NULL if there is none. Constant time. */
const tidu_fact *tidu_vocabulary_find(const tidu_vocabulary *vocabulary, const char *name,
                                      size_t length);

/* The nearest name (identifier, title or alias), or NULL if none is near. */
const char *tidu_vocabulary_nearest(const tidu_vocabulary *vocabulary, const char *name,
                                    size_t length);

/* Build the name table over `facts` (borrowed); NULL when memory ran out. */
const struct tidu_name_table *tidu_name_table_build(tidu_arena *arena, const tidu_fact *facts,
                                                    uint32_t fact_count);

#ifdef __cplusplus
}
#endif

#endif
