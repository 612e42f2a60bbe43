/*
 * rules.h: the rules of a ruleset as one list, and which rests on which.
 *
 * A rule is what stands in a document under a clause and can be right or
 * wrong: a criterion, an indicator, a derived fact or decision table, a
 * parameter or a slot's value with what fills it, a measure, a subsidy, a
 * stack. A rule rests on those that its expressions name, on a stack's members,
 * and on what those rest on.
 *
 *   lg/sme ─► is_sme ─► is_large ─► sector
 *   inno/level ─► inno/ip, inno/rd, …       (score('inno'): all its indicators;
 *                                            meets('srdi'): all its criteria)
 *   match ─► upper (award('upper'))        stack ─► its members
 *
 * Must not know: records, scenarios' outcomes.
 *
 * Ownership: the list lives in the arena given and borrows from the ruleset.
 */
#ifndef TIDU_RULES_H
#define TIDU_RULES_H

#include "tidu/compile.h"

typedef enum tidu_rule_kind {
    TIDU_RULE_PARAM,
    TIDU_RULE_DERIVE,
    TIDU_RULE_CRITERION,
    TIDU_RULE_INDICATOR,
    TIDU_RULE_MEASURE,
    TIDU_RULE_SUBSIDY,
    TIDU_RULE_STACK,
    TIDU_RULE_TRANSITION
} tidu_rule_kind;

typedef struct tidu_band {
    const char *condition; /* as written */
    const char *points;
} tidu_band;

typedef struct tidu_rule {
    tidu_rule_kind kind;
    const char *id; /* "lg/scale", "inno/rd", "size_class"; versions of a name share it */
    tidu_titles title;
    tidu_citation citation;
    int32_t from, until;    /* in force, both included */
    uint32_t place;         /* of its layer: it speaks there and in the places below */
    bool conditional;       /* a measure, subsidy or transition that is not for everybody */
    const tidu_band *bands; /* of an indicator that has them; the last has no condition */
    uint32_t band_count;
    const uint64_t *under; /* the rules it rests on and itself, a bit each */
} tidu_rule;

typedef struct tidu_rule_id {
    const char *id;
    uint32_t rule;
} tidu_rule_id;

typedef struct tidu_rules {
    const tidu_rule *list; /* params and derived facts, criteria, indicators, measures,
                            * subsidies, stacks, transitions */
    uint32_t count;
    uint32_t words;        /* of a set of rules: count / 64 + 1 */
    const tidu_rule_id *by_id; /* all of them, in the order of their ids */
    const tidu_ruleset *ruleset;
} tidu_rules;

/* NULL when memory ran out. */
const tidu_rules *tidu_rules_list(const tidu_ruleset *ruleset, tidu_arena *arena);

/* Add to `set` the rules that decide what a scenario expects. */
void tidu_rules_expected(const tidu_rules *rules, const tidu_scenario *scenario, uint64_t *set);

/* Add to `set` the rules that a program may be made of, maybe some more: without
 * any of them it stays as it is. */
void tidu_rules_in(const tidu_rules *rules, const tidu_program *program, uint64_t *set);

static inline bool
tidu_rules_has(const uint64_t *set, uint32_t rule)
{
    return set[rule / 64] >> (rule % 64) & 1;
}

#endif
