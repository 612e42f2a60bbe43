/*
 * lower.h: what the files that lower trees share.
 *
 *   lower.c        names, conditionals, leaves, and the tree as a whole
 *   values.c       constants and steps with their scales, and what is done to them
 *   comparisons.c  codes, orders, and roots that are compared
 *   calls.c        functions
 *
 * A value that could not be had has lowering->failed set; nobody needs to look
 * at it before the end.
 */
#ifndef TIDU_COMPILE_LOWER_H
#define TIDU_COMPILE_LOWER_H

#include "internal.h"

static const tidu_scale unity = {1, 1};

/* ---- values.c ---- */
/* No value; lowering->failed is set. */
struct value tidu_value_failure(struct lowering *lowering);
/* What a step comes to. */
struct value tidu_value_of_step(struct lowering *lowering, tidu_kind kind, tidu_step step,
                                tidu_scale scale);
/* A number that lies between two steps. */
struct value tidu_value_of_interval(struct lowering *lowering, tidu_step low, tidu_step high,
                                    tidu_scale scale);
struct value tidu_value_of_constant(struct lowering *lowering, const mpq_t exact, tidu_scale scale);
struct value tidu_value_of_integer(struct lowering *lowering, long value);
/* The upper end as a step. */
tidu_step tidu_value_high(struct lowering *lowering, struct value value);
/* Whether the ends differ. */
bool tidu_value_is_interval(struct value value);
/* A number of one scale in another. */
void tidu_value_convert(mpq_t exact, tidu_scale from, tidu_scale to);
struct value tidu_value_rescale(struct lowering *lowering, struct value value, tidu_scale scale);
/* Bring two values to one scale: constants follow data. */
void tidu_value_align(struct lowering *lowering, struct value *a, struct value *b);
/* a op b, for the node that says so. */
struct value tidu_value_arithmetic(struct lowering *lowering, const tidu_node *node,
                                   tidu_operator op, struct value a, struct value b);
/* A date moved by a span of months; `node` is the sum or difference. */
struct value tidu_value_shift_date(struct lowering *lowering, const tidu_node *node,
                                   struct value date, struct value by);
/* A day of the epoch, for messages. */
const char *tidu_lower_day(const struct lowering *lowering, char date[11]);

/* ---- comparisons.c ---- */
/* A code compared with a literal, a set or another code. */
struct value tidu_lower_code_test(struct lowering *lowering, const tidu_node *node, uint32_t lag);
/* A literal as a code of its list of values. */
struct value tidu_lower_code(struct lowering *lowering, const tidu_node *node,
                             const tidu_choices *choices);
tidu_step tidu_lower_not(struct lowering *lowering, tidu_step step);
/* A flag that is always the same. */
tidu_step tidu_lower_truth(struct lowering *lowering, bool truth);
/* The flag a op b. */
tidu_step tidu_lower_order(struct lowering *lowering, tidu_operator op, tidu_step a, tidu_step b);
/* cagr() where it is not compared. */
struct value tidu_lower_cagr(struct lowering *lowering, const tidu_node *node, uint32_t lag);
/* Both sides of a comparison, roots removed, and its status. */
bool tidu_lower_sides(struct lowering *lowering, const tidu_node *node, uint32_t lag,
                      struct comparison *ret);

/* ---- lower.c ---- */
/* A node's value `lag` years back. */
struct value tidu_lower_node(struct lowering *lowering, const tidu_node *node, uint32_t lag);

/* What another rule's lowering must not disturb. */
struct outer {
    const struct written *written;
    const tidu_symbol *list;
};
/* Leave the tree being lowered for another; come back to it. */
struct outer tidu_lower_elsewhere(struct lowering *lowering);
void tidu_lower_back(struct lowering *lowering, struct outer outer);

/* ---- calls.c ---- */
struct value tidu_lower_call(struct lowering *lowering, const tidu_node *node, uint32_t lag);
tidu_step tidu_lower_as_of(struct lowering *lowering);

#endif
