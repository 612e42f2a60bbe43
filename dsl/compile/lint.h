/*
 * lint.h: what the lints share.
 */
#ifndef TIDU_COMPILE_LINT_H
#define TIDU_COMPILE_LINT_H

#include "cases.h"

/* One look at one space: of a designation's criteria, or an indicator's bands. */
struct lint {
    struct world *world;
    tidu_arena *arena; /* until the look is over */
    struct cases cases;
    uint32_t *place;   /* an atom an axis */
};

/* Where a warning stands, and what it collides with (or NULL). */
struct lint_place {
    const struct written *written;
    const tidu_node *node;
    const struct written *other;
};

void tidu_lint_warn(struct lint *lint, struct lint_place at, tidu_code code,
                    const char *const arguments[4]);

/* The cases that meet a condition, or with `negated` do not: perhaps too many,
 * never too few. */
struct tidu_region tidu_lint_region(struct lint *lint, const struct condition *condition,
                                    bool negated);

/* ---- lint.c: conditions and bands ---- */
void tidu_lint_conditions(struct world *world);

/* ---- findings.c: what is unfair, and what nothing reads ---- */
void tidu_lint_fairness(struct world *world);
void tidu_lint_references(struct world *world);

#endif
