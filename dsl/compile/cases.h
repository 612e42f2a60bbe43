/*
 * cases.h: what conditions ask about, as axes of a space.
 *
 * Conditions are read twice: first for what they compare and where their
 * borders lie, which makes the axes and their atoms; then, once those stand,
 * for the area of cases in which each is true. A place in the space becomes
 * a case again: "营业收入 = 5000万元，行业 = 'C1'".
 *
 *   conditions ─► axes, borders ─► atoms ─► areas ─► a place ─► a case in words
 *
 * What cannot be said by one operand and one constant (revenue >= 2 * assets)
 * is an axis of its own that is true or false: areas then hold more than can
 * be, so what they show to be empty is empty.
 *
 * Must not know: programs, criteria, tables.
 *
 * Ownership: axes live in the arena given; rationals in them are let go by
 * tidu_cases_close.
 */
#ifndef TIDU_COMPILE_CASES_H
#define TIDU_COMPILE_CASES_H

#include "boxes.h"
#include "internal.h"

/* A thing that conditions ask about. */
struct case_axis {
    enum { AXIS_NUMBER, AXIS_DATE, AXIS_CODE, AXIS_FLAG } kind;
    const tidu_node *node;
    uint32_t lag;   /* years back of all of it */
    mpq_t *borders; /* in base units; ascending once the axes stand */
    size_t border_count, border_capacity;
    mpq_t low, high; /* what it can be at all */
    bool has_low, has_high;
    mpq_t step; /* it only takes multiples of this; 0: anything between */
    const tidu_unit *unit;
    struct code_space space; /* of codes */
    const char **entries;    /* open codes mentioned, sorted once the axes stand */
    size_t entry_count, entry_capacity;
};

struct cases {
    struct world *world;
    struct epoch epoch;
    struct chain chain; /* whose names count */
    tidu_arena *arena;
    struct case_axis *axes;
    size_t axis_count, axis_capacity;
    const tidu_node *puzzle; /* a comparison without a constant: the first of them */
    struct tidu_space space;
    bool starved;
};

/* The names mean what they mean in that place, on that day. */
void tidu_cases_open(struct cases *cases, struct world *world, uint32_t place, int32_t day,
                     tidu_arena *arena);
/* The version of a named derive or param that counts; NULL for none. */
const struct version *tidu_cases_version(const struct cases *cases, const tidu_node *node);

void tidu_cases_close(struct cases *cases);

/* Read a condition for its axes; all of them before tidu_cases_stand. */
void tidu_cases_read(struct cases *cases, const tidu_node *condition);
/* Cut the axes into atoms. False when memory ran out. */
bool tidu_cases_stand(struct cases *cases);
/* The cases in which a condition is true, or with `negated` false. */
struct tidu_area tidu_cases_area(struct cases *cases, const tidu_node *condition, bool negated);

/* The axis that a comparison, test or flag speaks of; false when there is none. */
bool tidu_cases_axis(struct cases *cases, const tidu_node *leaf, uint32_t *ret_axis);

/* Whether memory ran out on the way: then what was found may be less than there is. */
bool tidu_cases_starved(const struct cases *cases);

/* ---- operands.c ---- */

/* What stands behind lags and names of derived facts; the lags are added to
 * *lag. A decision stays a name: its table is no expression. */
const tidu_node *tidu_cases_strip(const struct cases *cases, const tidu_node *node, uint32_t *lag);
/* Whether two expressions, so many years back, are the same one. */
bool tidu_cases_same(const struct cases *cases, const tidu_node *a, uint32_t a_lag,
                     const tidu_node *b, uint32_t b_lag);
/* The exact value of an expression without facts, in base units. */
bool tidu_cases_constant(const struct cases *cases, const tidu_node *node, mpq_t ret_value);
/* Fill in what the axis can be at all. */
void tidu_cases_limit(const struct cases *cases, struct case_axis *axis);

/* Whether an axis has borders. */
bool tidu_case_is_numeric(const struct case_axis *axis);
/* The multiple of the axis's step that comes next above a value, and whether a
 * value is one. */
void tidu_case_next_step(const struct case_axis *axis, const mpq_t value, mpq_t ret);
bool tidu_case_is_multiple(const struct case_axis *axis, const mpq_t value);

/* ---- samples.c ---- */

/* Let a place that leaves an axis open say the first that can be there. */
void tidu_cases_pick(const struct cases *cases, uint32_t axis, uint32_t *place);

/* Whether nothing but the conditions says that the place cannot be: what its
 * axes read can be chosen freely. */
bool tidu_cases_free(struct cases *cases, const uint32_t *place);

/* The place in words. `only`, unless it is TIDU_ANY_ATOM, names the one axis to tell of. */
const char *tidu_cases_show(struct cases *cases, const uint32_t *place, uint32_t only,
                            tidu_lang lang);

#endif
