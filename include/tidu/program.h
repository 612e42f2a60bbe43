/*
 * program.h: a list of pure steps in order.
 *
 * A program is what a ruleset says about one place at one time. Each step
 * reads columns of earlier steps and fills its own; steps that do the same are
 * one step, so what criteria share is computed once. Beside the steps stands
 * the outline: which step is which criterion, in the words of which clause.
 *
 * Must not know: Lua, sockets, JSON, clocks.
 *
 * Ownership: a program owns its arena and its constants; it is immutable once
 * built and may be shared between threads.
 */
#ifndef TIDU_PROGRAM_H
#define TIDU_PROGRAM_H

#include "tidu/declare.h"
#include "tidu/places.h"
#include "tidu/vocabulary.h"

#include <gmp.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint32_t tidu_step;
#define TIDU_NO_STEP UINT32_MAX

typedef enum tidu_op {
#define X(name, spelling, result, operands, says) TIDU_DO_##name,
#include "tidu/ops.def"
#undef X
    TIDU_DO_COUNT
} tidu_op;

/* How a comparison (or floor, round, div) finds the rows that doubles cannot
 * decide; those rows are decided in exact arithmetic. */
typedef enum tidu_near {
    TIDU_NEAR_NEVER,  /* doubles hold the values exactly */
    TIDU_NEAR_SPELLED, /* only where a value was spelled with more digits than a double holds */
    TIDU_NEAR_SIZE,   /* within rounding distance of the operands' size */
    TIDU_NEAR_MAGNITUDE /* within rounding distance of step c: what sums and differences went through */
} tidu_near;

typedef struct tidu_instruction {
    uint8_t op;     /* tidu_op */
    uint8_t frame;  /* 0 records, f > 0 the items of list f */
    uint8_t near;   /* tidu_near */
    uint8_t whole;  /* its numbers are whole and small enough to be exact */
    tidu_step a, b, c;
    uint32_t number; /* constant, set, column, or whole number, as the operands say */
    uint32_t first, count; /* operands in the pool: `count` steps, then for k* as many constants and one more */
} tidu_instruction;

/* Whether constants stand behind the step's operands in the pool. */
static inline bool
tidu_gives_points(const tidu_instruction *step)
{
    return step->op >= TIDU_DO_PICK_LOW && step->op <= TIDU_DO_COLLECT_HIGH;
}

typedef struct tidu_constant {
    double value;
    mpq_t exact;
    bool decimal; /* `value` is the nearest double of a decimal with at most 15 digits */
} tidu_constant;

typedef struct tidu_class_set {
    const uint64_t *bits;
    uint32_t words;
} tidu_class_set;

/* ---- the outline: what the steps mean ---- */

typedef struct tidu_titles {
    const char *zh, *en;
} tidu_titles;

/* How sure the figures of a rule are, from its mark and the grades of its sources. */
typedef enum tidu_certainty {
    TIDU_VERIFIED,     /* more than one page, or one of an authority */
    TIDU_ONE_COPY,     /* one page of grade C or D */
    TIDU_FROM_MEMORY,
    TIDU_INFERRED,
    TIDU_ILLUSTRATIVE
} tidu_certainty;

typedef struct tidu_document_info {
    const char *id, *path;
    const char *zh, *en;
    const char *number, *source, *mark;
    const char *note_zh, *note_en;
    int32_t effective, expires; /* INT32_MIN, INT32_MAX when open */
} tidu_document_info;

typedef struct tidu_citation {
    const tidu_document_info *document;
    const char *path;  /* of the clause */
    const char *words; /* of the clause */
    const char *digest;
    uint32_t line;     /* of the clause's heading */
    uint32_t rule_line; /* of the declaration */
    const char *stale;  /* the day of the review after which `words` changed, or NULL */
} tidu_citation;

/* The smallest piece of a condition that is explained by itself: a comparison,
 * or anything else that is true or false. */
typedef struct tidu_part {
    tidu_step status;
    const char *zh, *en;  /* the condition in words */
    tidu_operator op;     /* of a comparison of numbers; else TIDU_OP_AND */
    tidu_step value_low, value_high; /* left side; equal unless a score; TIDU_NO_STEP when there is no value to show */
    tidu_step bound;      /* right side, TIDU_NO_STEP when it is the constant */
    uint32_t bound_constant; /* in value's scale */
    tidu_scale scale;     /* value * scale is in base units */
    const tidu_unit *unit; /* to show value, bound and gap in */
    tidu_kind kind;       /* NUMBER, DATE or FLAG */
    bool ratio;
    const char *label_zh, *label_en; /* what the left side is called */
    const uint32_t *columns; /* layout columns it reads, without repetition */
    uint32_t column_count;
} tidu_part;

/* A group of parts inside a criterion: the criterion's condition as a tree. */
typedef struct tidu_branch {
    enum { TIDU_BRANCH_PART, TIDU_BRANCH_ALL, TIDU_BRANCH_ANY, TIDU_BRANCH_NONE,
           TIDU_BRANCH_AT_LEAST } kind;
    tidu_step status;
    uint32_t part;         /* of a PART */
    uint32_t least;        /* of AT_LEAST */
    tidu_titles title;     /* of a group; NULLs for none */
    const struct tidu_branch *child;
    uint32_t child_count;
    int32_t criterion;     /* when it is a named criterion, else TIDU_NONE */
} tidu_branch;

typedef struct tidu_criterion {
    const char *id; /* "lg/main_share" */
    tidu_titles title;
    const char *mark, *note_zh, *note_en;
    tidu_certainty certainty;
    tidu_citation citation;
    tidu_step status;
    int32_t parent;       /* the criterion whose group it stands in, or TIDU_NONE */
    tidu_branch condition;
} tidu_criterion;

typedef struct tidu_indicator {
    const char *id; /* "inno/rd" */
    const char *name, *group;
    tidu_titles title;
    const char *mark, *note_zh, *note_en;
    tidu_certainty certainty;
    tidu_citation citation;
    double most;
    tidu_step low, high;
    const uint32_t *columns;
    uint32_t column_count;
} tidu_indicator;

typedef struct tidu_group_score {
    const char *name;
    tidu_step low, high;
} tidu_group_score;

typedef struct tidu_scorecard {
    const char *id;
    tidu_titles title;
    double most;
    tidu_step low, high;
    uint32_t first_indicator, indicator_count;
    const tidu_group_score *groups;
    uint32_t group_count;
} tidu_scorecard;

/* From old or new, whichever is better (从旧兼从有利): the designation is met by
 * the rules in force, or by those of an earlier day for whom that is meant. */
typedef struct tidu_transition {
    tidu_criterion rule; /* whom it is meant for */
    tidu_step now;       /* by the rules in force alone */
    uint32_t old;        /* the designation by the old ones; it is not told by itself */
    int32_t before;      /* the old rules are those of the day before */
} tidu_transition;

/* INVARIANT: what was only pulled in because another rule asks for it is not
 * told: it is told by the program of its own layer. */
typedef struct tidu_designation {
    const char *id;
    bool told;
    bool past; /* by rules of an earlier day, for a transition */
    tidu_titles title;
    const char *note_zh, *note_en;
    const tidu_document_info *document;
    int32_t tier;
    tidu_step status;
    int32_t held_column; /* FLAG column of holds(id), or TIDU_NONE */
    uint32_t first_criterion, criterion_count; /* nested ones follow their parents */
    uint32_t first_scorecard, scorecard_count;
    const tidu_transition *transition; /* what else `status` rests on, or NULL */
} tidu_designation;

/* ---- support: measures and money ---- */

typedef enum tidu_subsidy_kind {
    TIDU_AWARD,
    TIDU_TAX,
    TIDU_INTEREST,
    TIDU_SERVICE /* no money */
} tidu_subsidy_kind;

/* Amounts are in 万元 (10,000 yuan), from the least to the most that unknown
 * facts leave possible; the most is unknown when nothing limits it. */
typedef struct tidu_subsidy {
    tidu_criterion rule; /* status: whether it may be drawn on the date asked about */
    bool told;
    tidu_subsidy_kind kind;
    bool up_to;         /* the amount is a ceiling */
    bool to_government; /* paid to the locality: shown, never counted */
    bool yearly;
    tidu_titles payer;
    uint32_t place;     /* of its layer */
    int32_t effective, expires; /* INT32_MIN, INT32_MAX when open */
    tidu_step amount;   /* as declared; TIDU_NO_STEP without money, as are the others */
    tidu_step gross_low, gross_high; /* by itself: nothing when it does not fire */
    tidu_step net_low, net_high;     /* after its stack */
    int32_t stack;      /* or TIDU_NONE */
} tidu_subsidy;

typedef enum tidu_stack_rule {
    TIDU_STACK_HIGHEST,    /* 就高不重复 */
    TIDU_STACK_DIFFERENCE, /* 晋级补差 */
    TIDU_STACK_CEILING,    /* 累计上限 */
    TIDU_STACK_ONE_OF,     /* 二选一 */
    TIDU_STACK_BUDGET,     /* 总额控制 */
    TIDU_STACK_RULE_COUNT
} tidu_stack_rule;

/* Subsidies, or stacks of them, that limit each other. */
typedef struct tidu_stack {
    const char *id;
    tidu_titles title;
    const char *note_zh, *note_en;
    tidu_citation citation;
    bool told;
    tidu_stack_rule rule;
    tidu_step cap;               /* of a ceiling, else TIDU_NO_STEP */
    tidu_step total_low, total_high;
    int32_t stack;               /* it is a member of, or TIDU_NONE */
} tidu_stack;

typedef struct tidu_measure {
    tidu_criterion rule;
    bool told;
    const char *group;
    int32_t duty; /* who is responsible: a number in the ruleset's duties */
} tidu_measure;

/* A derived fact's step, for scenarios and for asking. */
typedef struct tidu_derived {
    const tidu_symbol *symbol;
    tidu_step step, high;      /* the same unless points that may be open */
    tidu_scale scale;          /* value * scale is in base units */
    const tidu_codebook *book; /* of codes */
} tidu_derived;

typedef struct tidu_program {
    tidu_arena *arena;
    const tidu_layout *layout;
    const tidu_vocabulary *vocabulary;
    int32_t from, until; /* the dates it answers for, both included */
    const tidu_instruction *steps;
    uint32_t step_count;
    uint32_t ruled_count;     /* the first steps, all that designations need; */
    uint32_t supported_count; /* up to here measures and money; then derived facts nobody asks
                               * about */
    const uint32_t *pool;
    const tidu_constant *constants;
    uint32_t constant_count;
    const tidu_class_set *sets;
    uint32_t set_count;
    uint32_t depth; /* the most steps stacked under one, for exact arithmetic */
    const tidu_designation *designations;
    uint32_t designation_count;
    const tidu_criterion *criteria;
    uint32_t criterion_count;
    const tidu_part *parts;
    uint32_t part_count;
    const tidu_scorecard *scorecards;
    uint32_t scorecard_count;
    const tidu_indicator *indicators;
    uint32_t indicator_count;
    const tidu_subsidy *subsidies;
    uint32_t subsidy_count;
    const tidu_stack *stacks;
    uint32_t stack_count;
    const tidu_measure *measures;
    uint32_t measure_count;
    const tidu_derived *derived;
    uint32_t derived_count;
} tidu_program;

/* ---- building ---- */

typedef struct tidu_builder tidu_builder;

/* A builder of steps over a layout. NULL when memory ran out. */
tidu_builder *tidu_builder_open(const tidu_vocabulary *vocabulary);
void tidu_builder_close(tidu_builder **builder);

/* The step that does this, an old one if there is one. `near` and `c` are
 * chosen by the builder from what it knows of a and b. TIDU_NO_STEP when
 * memory ran out; passing TIDU_NO_STEP gives TIDU_NO_STEP. */
tidu_step tidu_builder_step(tidu_builder *builder, tidu_op op, tidu_step a, tidu_step b,
                            uint32_t number);
tidu_step tidu_builder_select(tidu_builder *builder, tidu_step flag, tidu_step a, tidu_step b);
tidu_step tidu_builder_list(tidu_builder *builder, tidu_op op, uint32_t number,
                            const tidu_step *operands, uint32_t count);
/* PICK and COLLECT: `count` flags with their constants; otherwise: the points
 * when no band is true (PICK) or the most (COLLECT). */
tidu_step tidu_builder_points(tidu_builder *builder, tidu_op op, const tidu_step *flags,
                              const uint32_t *points, uint32_t count, uint32_t otherwise);
/* An item step over list frame `frame`, of a spread record step. */
tidu_step tidu_builder_spread(tidu_builder *builder, uint32_t frame, tidu_step step);

/* The constant of this value; UINT32_MAX when memory ran out. */
uint32_t tidu_builder_constant(tidu_builder *builder, const mpq_t value);
const tidu_constant *tidu_builder_constant_at(const tidu_builder *builder, uint32_t constant);
tidu_step tidu_builder_constant_step(tidu_builder *builder, uint32_t constant);
uint32_t tidu_builder_set(tidu_builder *builder, const uint64_t *bits, uint32_t words);
uint32_t tidu_builder_count(const tidu_builder *builder); /* steps so far */
uint32_t tidu_builder_frame(const tidu_builder *builder, tidu_step step);
bool tidu_builder_is_flag(const tidu_builder *builder, tidu_step step);

/* Layout columns under a step, in the order of their numbers. */
bool tidu_builder_columns(tidu_builder *builder, tidu_arena *arena, tidu_step step,
                          const uint32_t **ret_columns, uint32_t *ret_count);

/* The arena the program will own: put the outline there. */
tidu_arena *tidu_builder_arena(tidu_builder *builder);

/* Freeze the steps into a program (its outline is still empty: the caller
 * fills it before sharing). The builder is closed. NULL when memory ran out. */
tidu_program *tidu_builder_finish(tidu_builder **builder);
void tidu_program_close(tidu_program **program);

/* True when both do the same steps for the same rules: whatever the record,
 * they come to the same. Words do not count. */
bool tidu_program_same(const tidu_program *a, const tidu_program *b);

/* ---- what an outline holds ---- */

/* The designation, if the program tells of it; the derived fact. NULL when there is none
 * under that name, or no program. */
const tidu_designation *tidu_program_told(const tidu_program *program, const char *id);
const tidu_derived *tidu_program_derived(const tidu_program *program, const char *name);

/* Whether `id` is one of those asked for; with `ids` NULL all are. */
bool tidu_is_wanted(const char *const *ids, size_t count, const char *id);

/* TIDU_NO_SUCH_DESIGNATION, with all that the programs (NULL: none) tell of. Always
 * false. */
bool tidu_no_such_designation(const char *id, const tidu_program *const programs[], size_t count,
                              tidu_error *reterr);

/* A step a line: number, operation, operands, and whose step it is. */
void tidu_program_print(const tidu_program *program, tidu_text *out);

const char *tidu_op_spelling(tidu_op op);
const char *tidu_op_operands(tidu_op op);
bool tidu_op_is_flag(tidu_op op);

#ifdef __cplusplus
}
#endif

#endif
