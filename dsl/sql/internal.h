/*
 * internal.h: what the files of this room share.
 *
 *   programs ─► nodes.c   which steps are needed, which of them are columns of their own,
 *                         and in which layer of the view
 *            ─► express.c a step as an expression over columns
 *            ─► inputs.c  the tables' columns, and what the first layer makes of them
 *            ─► view.c    layers, one SELECT over the other
 *            ─► tables.c  the tables; rows.c a population as their rows
 *
 * A layer's columns are computed once: every layer ends in a fence that keeps a planner
 * from writing its expressions into all places that name them.
 */
#ifndef TIDU_SQL_INTERNAL_H
#define TIDU_SQL_INTERNAL_H

#include "tidu/sql.h"

/* What stands before and behind an operand. */
struct around {
    const char *before, *behind;
};

struct dialect {
    const char *name;
    const char *number, *text, *date, *flag; /* types of columns */
    const char *unknown;                     /* a flag nobody knows */
    struct around as_number;
    struct around as_days;   /* a date as days since 1970-01-01 */
    struct around as_digits; /* days as yyyymmdd */
    struct around months;    /* days, so many months later: before days ",%d" behind */
    const char *months_between;
    const char *substring;
    const char *fence;
    bool fence_ends_in_key;
    const char *one; /* behind a whole number, to make it one of the type that is computed in */
    struct around as_count; /* what is counted, or a difference of days, as such a number */
    bool exact;             /* numbers have all their digits: quotients are kept in two columns */
    bool arrays;            /* lists are arrays of the row, not tables */
    bool copied;            /* rows come as text behind COPY: several times as fast as INSERT */
};
extern const struct dialect tidu_dialects[TIDU_SQL_DIALECTS];

/* A number or a flag in words; `under` is its denominator, NULL for one. Positive where
 * `over` is known. */
struct words {
    const char *over, *under;
};

/* A step of either program. */
struct node {
    const tidu_program *program;
    const tidu_instruction *step;
    uint32_t base;  /* number of the program's first step among all nodes */
    uint32_t uses;  /* how often its words would stand somewhere */
    uint32_t level; /* the layer in which it can be said, inputs being 0 */
    uint32_t last;  /* the last layer that names it */
    uint32_t depth; /* of the expression it is */
    bool needed;
    bool named;    /* a column of layer `level` */
    bool fraction; /* has a denominator */
    bool certain;  /* a flag that is always known */
};

/* A column of the layout as one of the first layer. */
struct input {
    const char *name;  /* in quotes; NULL when nothing needs it */
    const char *plain; /* without */
    uint32_t last;
};

struct answer {
    const char *name; /* of the view's column, in quotes */
    const char *id;
    tidu_titles title;
    const char *note; /* why it is no fact of a policy, or NULL */
    uint32_t node;
};

struct writing {
    const tidu_ruleset *ruleset;
    const tidu_sql *sql;
    const struct dialect *dialect;
    const tidu_layout *layout;
    tidu_arena *arena;
    tidu_error *reterr;
    const char *key, *table, *view; /* in quotes */
    int year;                       /* lag 0 */
    struct node *nodes;
    uint32_t node_count;
    struct answer *answers;
    uint32_t answer_count;
    struct input *inputs; /* [column of the layout] */
    struct input *lists;  /* [frame]: whether the record states it */
    uint32_t layer;       /* being written */
    bool starved;
};

/* False with the error. */
bool tidu_sql_open(struct writing *writing, const tidu_ruleset *ruleset, const tidu_sql *sql,
                   tidu_error *reterr);
void tidu_sql_close(struct writing *writing);

/* A string in the arena; "" when memory ran out, which is noted. */
const char *tidu_sql_say(struct writing *writing, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- nodes.c ---- */

/* Find what the answers need, and give it layers; returns the last layer. */
uint32_t tidu_sql_plan(struct writing *writing);

/* The operands that a node's expression names, one after the other: *at begins as 0.
 * UINT32_MAX when there are no more. *ret_times is how often it names it. */
uint32_t tidu_sql_operand(const struct writing *writing, const struct node *node, uint32_t *at,
                          uint32_t *ret_times);

/* Whether a denominator is a decimal's: no factors but 2 and 5. */
bool tidu_sql_is_decimal(mpz_srcptr denominator);

/* What a quotient is divided by, if it is a constant that is not 0; else NULL. */
const tidu_constant *tidu_sql_divisor(const struct writing *writing, const struct node *node);

/* ---- inputs.c ---- */

bool tidu_sql_name_inputs(struct writing *writing);

/* The fact of a column, and the list it is a field of or NULL. */
const tidu_fact *tidu_sql_fact(const struct writing *writing, uint32_t column,
                               const tidu_fact **ret_list);

/* A fact's list or set table, and the array that stands for a column there; its field NULL:
 * an array that is as long as the list, whatever is read of it. */
const char *tidu_sql_list_table(struct writing *writing, const tidu_fact *list);
const char *tidu_sql_array(struct writing *writing, const tidu_fact *list, const char *field);

/* Arrays that a list's frame is read from, one after the other: *at begins as 0. NULL when
 * there are no more. */
const char *tidu_sql_next_array(struct writing *writing, uint32_t frame, uint32_t *at);

/* "lg/main_share" as "lg__main_share"; what names have not is a "_". Without quotes. */
const char *tidu_sql_plain(struct writing *writing, const char *id);

/* A name in quotes, so that it may be a keyword; of a table with its schema. */
const char *tidu_sql_name(struct writing *writing, const char *name);

/* What the first layer makes of a column. */
const char *tidu_sql_input(struct writing *writing, uint32_t column);

/* An item's field inside the expression of a list. */
const char *tidu_sql_item(struct writing *writing, uint32_t column);

/* The column of the table a layout column of the record is read from; NULL when it comes
 * of a list's or set's table. */
const char *tidu_sql_stored(struct writing *writing, uint32_t column);

/* A text literal. */
void tidu_sql_put_text(const struct writing *writing, const char *text, size_t length,
                       tidu_text *out);
const char *tidu_sql_quote(struct writing *writing, const char *text, size_t length);

/* A code with the letter that stands before its digits. */
const char *tidu_sql_full_code(struct writing *writing, const tidu_fact *fact, const char *from);

/* ---- express.c ---- */

/* A node's words where the layer being written can see them: its column, or its expression. */
struct words tidu_sql_words(struct writing *writing, uint32_t node);
/* Its expression. */
struct words tidu_sql_express(struct writing *writing, uint32_t node);

#endif
