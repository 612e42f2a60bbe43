/*
 * mutants.h: the small mistakes that could be made in a ruleset.
 *
 * A mutant is the ruleset with one number a unit off, one border on its other
 * side, one comparison turned round, or one condition gone. A number that no
 * scenario protects is one whose mutant passes all of them.
 *
 *   threshold   70% → 71%, 2.5% → 2.4%, 2026-04-01 → 2026-04-02
 *   points      5 → 4
 *   strictness  >= → >
 *   direction   >= → <
 *   drop        a criterion, the condition of a subsidy or measure, an item of
 *               a group, a side of `and` or `or`, a cell of a decision table:
 *               it no longer decides
 *
 * In a decision table an outcome that is no number becomes that of another row
 * (direction).
 *
 * What the compiler would refuse (points above their most) is no mutant.
 *
 * Must not know: scenarios, records.
 *
 * Ownership: the list lives in the arena given and borrows from the ruleset.
 */
#ifndef TIDU_MUTANTS_H
#define TIDU_MUTANTS_H

#include "tidu/overlay.h"
#include "tidu/rules.h"

typedef enum tidu_mutation {
#define M(name, id, zh, en) TIDU_MUTATE_##name,
#include "tidu/mutations.def"
#undef M
    TIDU_MUTATION_COUNT
} tidu_mutation;

typedef struct tidu_mutant {
    tidu_mutation kind;
    uint32_t rule;       /* in the list of rules */
    const char *address; /* of a threshold; else the rule's id */
    tidu_place place;    /* column 0: only the line is known */
    const char *before[2], *after[2]; /* by language: TIDU_ZH, TIDU_EN */
    const struct edit *edit;
} tidu_mutant;

typedef struct tidu_mutants {
    const tidu_mutant *list; /* rule by rule, in the order of the rules' list */
    uint32_t count;
} tidu_mutants;

/* False when memory ran out. */
bool tidu_mutants_list(const tidu_rules *rules, tidu_arena *arena, tidu_mutants *ret_mutants);

/* Make the overlay the mutant, and nothing but the mutant. */
bool tidu_overlay_mutate(tidu_overlay *overlay, const tidu_mutant *mutant);

#endif
