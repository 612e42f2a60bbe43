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
    uint32_t *place; /* an atom an axis */
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
struct tidu_area tidu_lint_area(struct lint *lint, const struct condition *condition, bool negated);

/* The case of lint->place in words: of one axis, or of all. */
const char *tidu_lint_case(struct lint *lint, uint32_t only, tidu_lang lang);
const char *tidu_lint_line(struct lint *lint, const struct written *written);

/* Let the axes stand that were read. False when memory ran out. */
bool tidu_lint_stand(struct lint *lint);

/* Warn of what can never be met in a tree; true when something was said. */
bool tidu_lint_tree(struct lint *lint, const struct written *written, const tidu_node *node);

/* ---- lint.c: conditions ---- */
void tidu_lint_conditions(struct world *world);

/* ---- bands.c ---- */
void tidu_lint_bands(struct lint *lint, const struct indicator *indicator);

/* ---- findings.c: what is unfair, and what nothing reads ---- */
void tidu_lint_fairness(struct world *world);
void tidu_lint_references(struct world *world);

#endif
