/*
 * internal.h: what the files of the path room share.
 *
 *   path.c      what is asked: dates, alternatives, what forbids
 *   missing.c   what is not known: what may come of it, which facts would settle it
 *   leeway.c    what can change on a date, and the rows in which changes are tried
 *   parts.c     no part exceeds its whole
 *   between.c   two programs over one row
 *   unknowns.c  what is not known, free to be anything
 *   search.c    best first, over decisions
 *   seek.c      why a goal is not met, and which decisions would meet it
 *   levels.c    the same for points and other steps that go by leaps
 *   sums.c      what points take together, at least
 *   prices.c    what the points of one indicator take
 *   bounds.c    what linear conditions say of one quantity
 *   forms.c     numbers as linear forms of what can change
 *   simplex.c   the least effort under linear conditions
 *   numbers.c   rationals by the hundred
 *   tell.c      in JSON
 */
#ifndef TIDU_PATH_INTERNAL_H
#define TIDU_PATH_INTERNAL_H

#include "tidu/compile.h"
#include "tidu/path.h"
#include "tidu/run.h"

enum {
    MOST_LANES = 2,
    MOST_STAGES = 8,   /* titles on the way, and the one asked for */
    MOST_OPTIONS = 64, /* of a toggle */
    MOST_NODES = 50000 /* that all searches of a question look at */
};

/* ---- numbers.c ---- */

/* Rationals that live as long as a search. */
struct numbers {
    mpq_t **chunks;
    size_t chunk_count, used; /* used: of all of them */
    size_t ready;             /* were used once */
    mpq_t spare;              /* handed out when memory ran out */
    bool failed;
};

void tidu_numbers_open(struct numbers *numbers);
void tidu_numbers_close(struct numbers *numbers);
/* All of them may be handed out again. */
void tidu_numbers_reset(struct numbers *numbers);
/* A rational of value 0; when memory ran out `failed` is set and it is one that
 * others have too. */
mpq_ptr tidu_numbers_new(struct numbers *numbers);
mpq_ptr tidu_numbers_copy(struct numbers *numbers, mpq_srcptr value);
mpq_ptr tidu_numbers_of(struct numbers *numbers, double value);

/* ---- leeway.c ---- */

/* A number that can change: one fact of one year. */
struct quantity {
    const tidu_fact *fact;
    uint32_t column; /* of the layout */
    uint32_t lag;
    mpq_ptr now, up, down, step; /* up, down: NULL where it cannot */
    mpq_ptr low, high;           /* NULL: open */
    double value;                /* `now` as the block has it */
    uint32_t rows;               /* of stages in which it stands: a bit each */
    unsigned long spare;         /* of a set's codes: how many there are that no test tells */
};

/* What takes one of a few values. Option `now` takes no effort. */
struct toggle {
    enum { TOGGLE_FLAG, TOGGLE_CODE, TOGGLE_ENTRY, TOGGLE_TITLE } kind;
    const tidu_fact *fact; /* NULL for a title */
    uint32_t column;       /* of a flag or code */
    uint32_t lag;
    uint32_t entry; /* of the fact's codebook */
    const tidu_title_slot *title;
    uint32_t stage; /* of a title: where it is earned */
    bool known;     /* of a title: it is known not to be held */
    double granted; /* and the day it was granted, when that is stated; else NaN */
    uint32_t rows;  /* of stages in which it stands: a bit each */
    uint32_t option_count, now;
    mpq_ptr effort[MOST_OPTIONS]; /* NULL where it cannot be */
    uint32_t class[MOST_OPTIONS]; /* what the column then holds, of flags and codes */
};

/* Where a designation is earned: a row in which the titles it rests on are held, and
 * none that comes after it. */
struct stage {
    const tidu_designation *designation;
    uint32_t lane;
    uint64_t rests; /* on these stages: a bit each */
    uint64_t holds; /* toggles of titles, a bit each: none stands beyond the 64th */
};

struct lane {
    const tidu_program *program;
    tidu_run *run;
    tidu_step needed[MOST_STAGES]; /* what the run computes, with all below it */
    uint32_t needed_count;
    bool *moves;   /* [step] it depends on something that can change */
    bool *reached; /* [step] something asked for depends on it */
};

/* A step and all it rests on. */
struct footing {
    uint32_t lane;
    bool *steps;
};

/* A linear condition: the sum of coefficients times quantities, and `constant`, is not
 * below zero. */
struct row {
    uint32_t count;
    const uint32_t *quantities;
    mpq_ptr *coefficients;
    mpq_ptr constant;
};

struct question;

/* Memory of a search, for the next one. */
struct workshop {
    tidu_arena *arena, *scratch;
    struct numbers numbers;
    struct workshop *next;
};

struct leeway {
    tidu_arena *arena;
    struct numbers numbers;
    tidu_block *block; /* a row a stage */
    struct lane lanes[MOST_LANES];
    uint32_t lane_count;
    struct stage stages[MOST_STAGES]; /* the first is the one asked for */
    uint32_t stage_count;
    struct quantity *quantities;
    uint32_t quantity_count;
    int32_t *quantity_of[MOST_STAGES]; /* [stage][column] */
    struct toggle *toggles;
    size_t toggle_count, toggle_capacity;
    int32_t *toggle_of[MOST_STAGES]; /* [stage][column] of flags, codes and titles */
    bool *opens;                     /* [column] a test of a set that one code more makes true */
    const struct row **parts;        /* no part exceeds its whole */
    uint32_t part_count;
    bool *blind;          /* [fact, then titles] unknown, and nothing says what it may be */
    uint32_t *nodes_left; /* the question's */
    const struct question *question;
    struct sum **sums; /* that a search met: their bounds hold in all others */
    size_t sum_count, sum_capacity;
    struct workshop *workshops; /* that no search has just now */
    const struct footing *within;  /* nothing else is computed when values are tried; NULL: all */
};

/* A block and its runs, between one leeway and the next. */
struct parked {
    tidu_block *block, *of;        /* `of`: the one the runs are of, parked or taken */
    struct lane lanes[MOST_LANES]; /* program, run and what it needs */
};

/* What is the same for all dates of one question. */
struct question {
    struct parked *parked; /* or NULL */
    tidu_ruleset *ruleset;
    const tidu_path *path;
    uint32_t region;
    tidu_reader *reader;
    tidu_block *base;            /* the record on the day asked about */
    tidu_evaluation *evaluation; /* and what came of it */
    uint32_t *nodes_left;        /* of MOST_NODES */
    bool *stopped;               /* who asked does not want to know any more */
    tidu_effort *efforts;        /* [fact], with the asker's own costs */
    bool *illustrative;          /* [fact] its effort is the vocabulary's */
};

/* For what is not known: unknown facts may be anything, at no effort, and known ones stay.
 * Facts by number; the titles held are one more. */
enum { NO_FACT = INT32_MAX };
struct freedom {
    int32_t only; /* this one alone; TIDU_NONE: all of them; NO_FACT: none */
    int32_t twin; /* in a second row it may be something else; TIDU_NONE: there is no other row */
    /* The classes of a code's column that rules tell apart, one of each kind; 0 when there
     * are too many. NULL: all. */
    uint32_t (*classes)(const void *context, uint32_t column, uint32_t ret[MOST_OPTIONS]);
    const void *context;
};

/* What can change on a date (`freedom` NULL), or what may be anything. NULL with *reterr when
 * memory ran out or the record is refused; *ret_there false when the designation is not in force
 * then. */
struct leeway *tidu_leeway_open(const struct question *question, const struct freedom *freedom,
                                int32_t as_of, bool *ret_there, tidu_error *reterr);
void tidu_leeway_close(struct leeway **leeway);
/* Let go what no leeway has. */
void tidu_parked_close(struct parked *parked);

/* A toggle more; its options but the one it has are for the caller to fill. When memory
 * ran out, one that is there already. */
struct toggle *tidu_leeway_toggle(struct leeway *leeway, struct toggle toggle);

/* Mark the columns that a step of a lane rests on; false when memory ran out. */
bool tidu_leeway_reads(const struct leeway *leeway, uint32_t lane, tidu_step step, bool *columns);

/* Try values: [quantity] and [toggle]; then run, as far as `within` says. */
void tidu_leeway_try(struct leeway *leeway, mpq_t *values, const uint32_t *options);

/* As the record has it. False when memory ran out. */
bool tidu_leeway_try_nothing(struct leeway *leeway);

/* A lane more, of which nothing has been reached. */
bool tidu_lane_open(struct leeway *leeway, const tidu_program *program);
/* Mark what a step rests on; the columns that marked steps read; what can change there. */
void tidu_program_reach(const tidu_program *program, tidu_step from, bool *reached);
void tidu_lane_columns(const struct lane *lane, const bool *reached, bool *columns);
void tidu_lane_moves(struct leeway *leeway, struct lane *lane);
/* Room for what stands in which column; `apart`: each stage has its own. */
bool tidu_leeway_columns(struct leeway *leeway, bool apart);
/* How many years of a fact can change. */
uint32_t tidu_leeway_lags(const struct question *question, const struct leeway *leeway,
                          const tidu_fact *fact);

/* A column of a block, and its value in a row. */
struct cellular {
    tidu_block *block;
    const tidu_column *column;
};

static inline struct cellular
cell_of(tidu_block *block, uint32_t number)
{
    return (struct cellular){block, &block->layout->columns[number]};
}

static inline bool
is_known(struct cellular at, uint32_t row)
{
    uint64_t *const *known =
        at.column->kind == TIDU_COLUMN_FLAG ? at.block->flag_known : at.block->number_known;
    return known[at.column->place][row / 64] >> (row % 64) & 1;
}

static inline double
value_in(struct cellular at, uint32_t row)
{
    if (at.column->kind == TIDU_COLUMN_FLAG)
        return (double)(at.block->flag[at.column->place][row / 64] >> (row % 64) & 1);
    return at.block->number[at.column->place][row];
}

static inline void
put_bit(uint64_t *bits, uint32_t row, bool on)
{
    uint64_t bit = UINT64_C(1) << (row % 64);
    bits[row / 64] = on ? bits[row / 64] | bit : bits[row / 64] & ~bit;
}

static inline void
put(struct cellular at, uint32_t row, bool known, double value)
{
    uint32_t place = at.column->place;
    if (at.column->kind == TIDU_COLUMN_FLAG) {
        put_bit(at.block->flag_known[place], row, known);
        put_bit(at.block->flag[place], row, known && value != 0);
    } else {
        put_bit(at.block->number_known[place], row, known);
        at.block->number[place][row] = known ? value : 0;
    }
}

/* ---- parts.c: no part exceeds its whole ---- */

void tidu_parts_wholes(const struct question *question, bool *columns);
bool tidu_parts_bind(const struct question *question, struct leeway *leeway);
/* The same where both are free to be anything. */
bool tidu_parts_free(struct leeway *leeway, const tidu_vocabulary *vocabulary);

/* ---- between.c ---- */

/* What two programs of one layout read, free to be anything, in one row. */
struct between {
    const tidu_vocabulary *vocabulary;
    const tidu_program *programs[2];
    const tidu_step *needs[2]; /* what will be asked of each */
    uint32_t need_counts[2];
    int32_t as_of;
    int32_t day; /* dates that are not free are this one */
};

/* NULL when memory ran out. */
struct leeway *tidu_leeway_between(const struct question *question, const struct between *between);

/* ---- unknowns.c ---- */

/* Unknown facts of the columns that are reached. False when memory ran out. */
bool tidu_leeway_free(struct leeway *leeway, const tidu_vocabulary *vocabulary,
                      const struct freedom *freedom, const bool *columns);

/* ---- path.c: a question, piece by piece ---- */

bool tidu_question_efforts(struct question *question, tidu_error *reterr);
/* For words: the record as it is judged now, for the path's `to` or, when that is NULL,
 * what its options ask for. */
bool tidu_question_evaluate(struct question *question, tidu_error *reterr);
bool tidu_question_base(struct question *question, tidu_error *reterr);
void tidu_question_close(struct question *question);

/* ---- search.c ---- */

/* A step that has to be true or false, or a <= b (a < b), where a step that is
 * TIDU_NO_STEP stands for `value`; in a stage's row. */
struct goal {
    enum { GOAL_FLAG, GOAL_ORDER } kind;
    uint32_t lane, stage;
    tidu_step a, b;
    mpq_srcptr value;
    bool want;   /* of a flag */
    bool strict; /* of an order */
    bool firm;   /* nothing may be assumed */
};

/* A decision; those of a node and of the nodes above it make its state. */
struct delta {
    enum { ADD_GOAL, AT_LEAST, AT_MOST, ALLOW, ADD_ROW, CHOOSE, ASSUME, ADD_SUM, LEVEL } kind;
    struct goal goal;      /* ADD_GOAL, ASSUME; CHOOSE: lane, stage and step a */
    uint32_t index;        /* a quantity, a toggle; CHOOSE: which piece; LEVEL: of which indicator */
    mpq_srcptr value;      /* AT_LEAST, AT_MOST; LEVEL: the effort that takes, at least */
    uint64_t mask;         /* ALLOW: options; LEVEL: which one counts */
    const struct row *row; /* ADD_ROW */
    const struct sum *sum; /* ADD_SUM: points that are not enough; LEVEL */
    struct delta *next;
};

struct node {
    const struct node *parent;
    const struct delta *deltas;
    mpq_srcptr effort; /* at least so much */
    uint32_t assumed;
    uint32_t depth, serial;
};

/* Some of these have to be decided: one of them for each way there is. */
struct fork {
    struct delta **ways;
    uint32_t count;
};

struct state {
    mpq_srcptr *low, *high;   /* [quantity] NULL: open */
    mpq_srcptr *least, *most; /* [quantity] the same, with what rows say of it: bounds.c */
    uint64_t *masks;          /* [toggle] options allowed */
    mpq_t *values;            /* [quantity] of least effort */
    uint32_t *options;        /* [toggle] */
    const struct row **rows;
    size_t row_count, row_capacity;
    const struct goal **goals;
    size_t goal_count, goal_capacity;
    const struct delta **pieces; /* CHOOSE */
    size_t piece_count, piece_capacity;
    const struct goal **assumptions;
    size_t assumption_count, assumption_capacity;
    const struct sum **sums;
    size_t sum_count, sum_capacity;
    const struct delta **levels; /* LEVEL */
    size_t level_count, level_capacity;
    mpq_t effort;
};

/* With the least effort; in any way at all; or with the least effort as a part of another
 * search, without titles and sums. */
enum aim { SEARCH_CHEAPEST, SEARCH_ANY, SEARCH_PART };

struct leap; /* a step that goes by leaps, as a term of a form: levels.c */

struct search {
    struct leeway *leeway;
    tidu_arena *arena, *scratch;
    struct numbers numbers;
    enum aim aim;
    struct state state;
    struct node **heap;
    size_t heap_count, heap_capacity;
    uint32_t serial;
    uint32_t node_count;
    struct leap *leaps;
    size_t leap_count, leap_capacity;
    struct delta *split[2]; /* of forms.c: the ways to choose a piece */
    struct goal needs;      /* of forms.c: what makes a step known */
    bool stuck;             /* some way was not followed: a condition is not linear */
};

/* What was found. */
struct solution {
    bool found, stuck, stopped;
    mpq_ptr effort;
    mpq_ptr *values;   /* [quantity] */
    uint32_t *options; /* [toggle] */
    uint32_t assumed;
    uint32_t node_count;
};

/* What must stay as it is, beside what the leeway says, or other bounds than those; NULL:
 * nothing, none. */
struct kept {
    const bool *quantities, *toggles;
    mpq_srcptr *low, *high;
};

/* Meet all goals. False when memory ran out. Solutions live as long as the leeway. */
bool tidu_search_run(struct leeway *leeway, const struct goal *goals, uint32_t goal_count,
                     struct kept kept, enum aim aim, struct solution *ret);

/* Let go the memory of searches that have ended. */
void tidu_workshops_close(struct leeway *leeway);

/* Deltas, in the search's arena, linked; `next` alone when memory ran out (then the search's
 * numbers are `failed`). */
struct delta *tidu_delta_new(struct search *search, struct delta delta, struct delta *next);
struct delta *tidu_delta_goal(struct search *search, struct goal goal, struct delta *next);

/* ---- seek.c ---- */

enum verdict { MET, FORCED, OPEN, DEAD };

/* Why a goal is not met by what was tried. FORCED: *forced has more decisions, without
 * which nothing meets it. OPEN: one of *fork's ways, if they are fewer than it has. */
enum verdict tidu_seek(struct search *search, const struct goal *goal, struct delta **forced,
                       struct fork *fork);
tidu_run *tidu_goal_run(const struct search *search, const struct goal *goal);
const tidu_instruction *tidu_goal_step(const struct search *search, const struct goal *goal,
                                       tidu_step step);
bool tidu_goal_moves(const struct search *search, const struct goal *goal, tidu_step step);
/* What a fork of these ways comes to; ways that are NULL do not count. */
enum verdict tidu_fork_ways(struct delta **ways, uint32_t count, struct delta **forced,
                            struct fork *fork);
/* DEAD before FORCED, before OPEN, before MET. */
enum verdict tidu_worse(enum verdict a, enum verdict b);
/* The same step's flag as a goal of its own. */
struct goal tidu_goal_flag(const struct goal *like, tidu_step step, bool want);

/* ---- levels.c ---- */

struct leap {
    uint32_t lane, stage;
    tidu_step step;
};

bool tidu_is_leap(const tidu_instruction *step);
/* `goal` compares a leap with a value. */
enum verdict tidu_seek_level(struct search *search, const struct goal *goal, bool above,
                             struct delta **forced, struct fork *fork);

/* ---- forms.c ---- */

/* A sum of terms and a constant; sorted by term: quantities, then leaps. */
struct term {
    uint32_t term;
    mpq_ptr factor;
};

struct affine {
    uint32_t count;
    struct term *terms;
    mpq_ptr constant;
};

struct form {
    struct affine over;  /* divided by */
    struct affine under; /* which is above zero */
};

enum formed { FORMED, FORM_UNKNOWN, FORM_SPLIT, FORM_NEEDS, FORM_STUCK };

/* A step as a form. FORM_SPLIT: one of search->split has to be decided.
 * FORM_NEEDS: search->needs is what makes it known. */
enum formed tidu_form_of(struct search *search, const struct goal *goal, tidu_step step,
                         struct form *ret);
/* b - a, times what is under them. */
enum formed tidu_form_gap(struct search *search, const struct goal *goal, struct affine *ret);
/* Which piece of a step was chosen, or TIDU_NONE. */
int32_t tidu_piece_of(const struct search *search, const struct goal *goal, tidu_step step);

/* ---- sums.c ---- */

/* What is known of points that are to add up to more (`gap` is below zero, of leaps
 * alone). NULL when memory ran out. */
const struct sum *tidu_sum_of(struct search *search, const struct goal *goal,
                              const struct affine *gap);
/* Nothing can be said of it. */
bool tidu_sum_is_loose(const struct sum *sum);
/* Ways to go on with a sum of the state: the levels that an indicator may count with, of the
 * one on which most others depend. MET when all are decided; then what they ask for is among
 * the goals. */
enum verdict tidu_sum_fork(struct search *search, const struct sum *sum, const struct goal *goal,
                           struct delta **forced, struct fork *fork);
/* The least effort that any solution of the state takes, at least the state's own. False
 * when it has none. */
bool tidu_sums_bound(struct search *search, mpq_ptr ret);

/* ---- bounds.c ---- */

/* Fill `least` and `most` of the state. */
void tidu_bounds_imply(struct search *search);

/* ---- simplex.c ---- */

/* Values of least effort within the state's bounds and rows. False when there are
 * none. Adds to the state's effort. */
bool tidu_simplex(struct search *search);
/* The nearest value at or beyond `value` (strictly: beyond) that the quantity can take. */
void tidu_quantity_above(const struct quantity *quantity, mpq_t value, bool strict);
void tidu_quantity_below(const struct quantity *quantity, mpq_t value, bool strict);

/* ---- tell.c ---- */

struct way {
    struct leeway *leeway;
    struct solution solution;
    int32_t as_of;
};

struct findings {
    const struct question *question;
    const struct way *ways; /* on the day asked about, cheapest first */
    uint32_t way_count;
    const struct way *earliest; /* NULL: none, or there are ways already */
    bool met;                   /* already */
    const tidu_criterion **forbids;
    uint32_t forbid_count;
    bool together; /* they forbid it only together */
    uint32_t node_count;
    bool complete;
};

void tidu_path_string(tidu_text *out, const char *text);
/* `key` with its punctuation, and {"zh":…,"en":…}; without `en` it is the same. */
void tidu_path_titles(tidu_text *out, const char *key, const char *zh, const char *en);
/* False when memory ran out; then nothing is appended. */
bool tidu_path_tell(const struct findings *findings, tidu_text *out, tidu_error *reterr);

#endif
