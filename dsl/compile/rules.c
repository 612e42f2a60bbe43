/*
 * rules.c: all rules as a list, and which rests on which.
 *
 * A matrix of bits, a row a rule: first what its trees name, then, by
 * Warshall's way, what those rest on. A name stands for all of its versions,
 * a designation for all of that id: who asks knows the date.
 *
 * Must not know: programs.
 */
#include "internal.h"

#include "tidu/rules.h"

#include <stdlib.h>
#include <string.h>

struct listing {
    const struct world *world;
    tidu_arena *arena;
    tidu_rules *rules;
    tidu_rule *list;
    uint64_t *bits;           /* [rule * words] */
    uint32_t *first_version;  /* of each name */
    uint32_t first_criterion, first_indicator;
    uint32_t first_measure, first_subsidy, first_stack, first_transition;
};

static uint64_t *
row(const struct listing *listing, uint32_t rule)
{
    return listing->bits + (size_t)rule * listing->rules->words;
}

static void
add(uint64_t *set, uint32_t rule)
{
    set[rule / 64] |= UINT64_C(1) << (rule % 64);
}

/* ---- the list ---- */

static uint32_t
count_versions(const struct world *world)
{
    size_t count = 0;
    for (size_t i = 0; i < world->name_count; i++)
        count += world->names[i].version_count;
    return (uint32_t)count;
}

static tidu_rule *
begin_rule(struct listing *listing, tidu_rule_kind kind, const tidu_declaration *declaration,
           const char *id, struct span span)
{
    tidu_rule *rule = &listing->list[listing->rules->count];
    *rule = (tidu_rule){.kind = kind,
                        .id = id,
                        .title = tidu_words_titles_of(declaration),
                        .citation = tidu_words_citation(listing->world, declaration),
                        .from = span.from,
                        .until = span.until,
                        .place = tidu_places_of(listing->world, declaration),
                        .under = row(listing, listing->rules->count)};
    add(row(listing, listing->rules->count), listing->rules->count);
    listing->rules->count++;
    return rule;
}

static void
list_names(struct listing *listing)
{
    const struct world *world = listing->world;
    for (size_t i = 0; i < world->name_count; i++) {
        const struct name *name = &world->names[i];
        bool derive = name->symbol.kind == TIDU_SYMBOL_DERIVE;
        listing->first_version[i] = listing->rules->count;
        for (size_t v = 0; v < name->version_count; v++)
            begin_rule(listing, derive ? TIDU_RULE_DERIVE : TIDU_RULE_PARAM,
                       name->versions[v].declaration, name->symbol.name, name->versions[v].span);
    }
}

/* What belongs to a fill counts while the fill does. */
static struct span
span_of(const struct world *world, uint32_t designation, int32_t fill)
{
    struct span span = world->designations[designation].span;
    struct span own = fill == TIDU_NONE ? span : world->fills[fill].span;
    return (struct span){own.from > span.from ? own.from : span.from,
                         own.until < span.until ? own.until : span.until};
}

static void
list_criteria(struct listing *listing)
{
    const struct world *world = listing->world;
    listing->first_criterion = listing->rules->count;
    for (size_t i = 0; i < world->criterion_count; i++) {
        const struct criterion *criterion = &world->criteria[i];
        begin_rule(listing, TIDU_RULE_CRITERION, criterion->declaration, criterion->id,
                   span_of(world, criterion->designation, criterion->fill));
    }
}

static bool
list_bands(struct listing *listing, const struct indicator *indicator, tidu_rule *rule)
{
    tidu_band *bands = tidu_arena_array(listing->arena, indicator->band_count + 1, sizeof *bands);
    if (!bands)
        return false;
    for (uint32_t b = 0; b < indicator->band_count; b++)
        bands[b] = (tidu_band){indicator->bands[b].text, indicator->band_points[b]};
    bands[indicator->band_count] = (tidu_band){NULL, indicator->otherwise};
    rule->bands = bands;
    rule->band_count = indicator->band_count + 1;
    return true;
}

static bool
list_indicators(struct listing *listing)
{
    const struct world *world = listing->world;
    listing->first_indicator = listing->rules->count;
    for (size_t i = 0; i < world->indicator_count; i++) {
        const struct indicator *indicator = &world->indicators[i];
        uint32_t designation = world->scorecards[indicator->scorecard].designation;
        tidu_rule *rule = begin_rule(listing, TIDU_RULE_INDICATOR, indicator->declaration,
                                     indicator->id, span_of(world, designation, indicator->fill));
        if (indicator->band_count && !list_bands(listing, indicator, rule))
            return false;
    }
    return true;
}

static void
list_support(struct listing *listing, tidu_rule_kind kind, const struct support *support,
             struct span span)
{
    const tidu_declaration *declaration = support->declaration;
    tidu_rule *rule = begin_rule(listing, kind, declaration, declaration->name, span);
    rule->conditional = support->has_condition;
}

static void
list_money(struct listing *listing)
{
    const struct world *world = listing->world;
    listing->first_measure = listing->rules->count;
    for (size_t i = 0; i < world->measure_count; i++) {
        const struct support *support = &world->measures[i].support;
        list_support(listing, TIDU_RULE_MEASURE, support,
                     tidu_words_span(world, support->declaration));
    }
    listing->first_subsidy = listing->rules->count;
    for (size_t i = 0; i < world->subsidy_count; i++)
        list_support(listing, TIDU_RULE_SUBSIDY, &world->subsidies[i].support,
                     world->subsidies[i].span);
    listing->first_stack = listing->rules->count;
    for (size_t i = 0; i < world->stack_count; i++)
        begin_rule(listing, TIDU_RULE_STACK, world->stacks[i].declaration,
                   world->stacks[i].declaration->name, (struct span){INT32_MIN, INT32_MAX});
    listing->first_transition = listing->rules->count;
    for (size_t i = 0; i < world->transition_count; i++) {
        const struct transition *transition = &world->transitions[i];
        begin_rule(listing, TIDU_RULE_TRANSITION, transition->support.declaration, transition->id,
                   transition->span)
            ->conditional = transition->support.has_condition;
    }
}

/* ---- what a rule names ---- */

static void
add_name(const struct listing *listing, const tidu_symbol *symbol, uint64_t *set)
{
    const struct name *name = symbol->owner;
    for (uint32_t v = 0; v < name->version_count; v++)
        add(set, listing->first_version[name->number] + v);
}

static void
add_designation(const struct listing *listing, const char *id, uint64_t *set)
{
    const struct world *world = listing->world;
    for (uint32_t i = 0; i < world->criterion_count; i++)
        if (!strcmp(world->designations[world->criteria[i].designation].declaration->name, id))
            add(set, listing->first_criterion + i);
}

/* A whole card, one of its groups, or one indicator. */
static void
add_score(const struct listing *listing, const char *id, uint64_t *set)
{
    const struct world *world = listing->world;
    for (uint32_t i = 0; i < world->indicator_count; i++) {
        const struct indicator *indicator = &world->indicators[i];
        const char *card = world->scorecards[indicator->scorecard].id;
        size_t length = strlen(card);
        bool here = !strncmp(id, card, length) && (!id[length] || id[length] == '/');
        const char *rest = here && id[length] ? id + length + 1 : NULL;
        if (here && (!rest || !strcmp(indicator->id, id) ||
                     (indicator->group && !strcmp(indicator->group, rest))))
            add(set, listing->first_indicator + i);
    }
}

static void
add_subsidy(const struct listing *listing, const char *id, uint64_t *set)
{
    int32_t number = tidu_support_subsidy(listing->world, id);
    if (number != TIDU_NONE)
        add(set, listing->first_subsidy + (uint32_t)number);
}

static void
add_tree(const struct listing *listing, const tidu_node *node, uint64_t *set)
{
    if (!node)
        return;
    bool named = node->kind == TIDU_NODE_NAME;
    if (named && (node->symbol->kind == TIDU_SYMBOL_DERIVE ||
                  node->symbol->kind == TIDU_SYMBOL_PARAM))
        add_name(listing, node->symbol, set);
    if (node->kind == TIDU_NODE_CALL && node->function == TIDU_FN_MEETS)
        add_designation(listing, node->text, set);
    if (node->kind == TIDU_NODE_CALL && node->function == TIDU_FN_SCORE)
        add_score(listing, node->text, set);
    if (node->kind == TIDU_NODE_CALL && node->function == TIDU_FN_AWARD)
        add_subsidy(listing, node->text, set);
    for (uint32_t i = 0; i < node->child_count; i++)
        add_tree(listing, node->child[i], set);
}

static void
add_condition(const struct listing *listing, const struct condition *condition, uint64_t *set)
{
    add_tree(listing, condition->written.tree, set);
    if (condition->kind == CONDITION_CRITERION)
        add(set, listing->first_criterion + condition->criterion);
    for (uint32_t i = 0; i < condition->child_count; i++)
        add_condition(listing, &condition->child[i], set);
}

static void
add_support(const struct listing *listing, const struct support *support, uint64_t *set)
{
    if (support->has_condition)
        add_condition(listing, &support->condition, set);
}

/* Members are subsidies and other stacks; what counts against a ceiling are
 * subsidies. */
static void
add_members(const struct listing *listing, const struct stack *stack, const char *list,
            uint64_t *set)
{
    const tidu_attr *of = tidu_attr_find(&stack->declaration->attrs, list);
    for (uint32_t i = 0; of && i < of->item_count; i++) {
        int32_t inner = tidu_support_stack(listing->world, of->items[i].text);
        add_subsidy(listing, of->items[i].text, set);
        if (inner != TIDU_NONE)
            add(set, listing->first_stack + (uint32_t)inner);
    }
}

static void
name_money(const struct listing *listing)
{
    const struct world *world = listing->world;
    for (uint32_t i = 0; i < world->measure_count; i++)
        add_support(listing, &world->measures[i].support, row(listing, listing->first_measure + i));
    for (uint32_t i = 0; i < world->subsidy_count; i++) {
        uint64_t *set = row(listing, listing->first_subsidy + i);
        add_support(listing, &world->subsidies[i].support, set);
        add_tree(listing, world->subsidies[i].amount.tree, set);
        add_tree(listing, world->subsidies[i].cap.tree, set);
    }
    for (uint32_t i = 0; i < world->stack_count; i++) {
        uint64_t *set = row(listing, listing->first_stack + i);
        add_tree(listing, world->stacks[i].cap.tree, set);
        add_members(listing, &world->stacks[i], "of", set);
        add_members(listing, &world->stacks[i], "counts", set);
    }
    for (uint32_t i = 0; i < world->transition_count; i++) {
        const struct support *support = &world->transitions[i].support;
        uint64_t *set = row(listing, listing->first_transition + i);
        add_support(listing, support, set);
        add_designation(listing, support->declaration->name, set);
    }
}

static void
name_all(const struct listing *listing)
{
    const struct world *world = listing->world;
    for (size_t i = 0; i < world->name_count; i++)
        for (uint32_t v = 0; v < world->names[i].version_count; v++)
            add_tree(listing, world->names[i].versions[v].written.tree,
                     row(listing, listing->first_version[i] + v));
    for (uint32_t i = 0; i < world->criterion_count; i++)
        add_condition(listing, &world->criteria[i].condition,
                      row(listing, listing->first_criterion + i));
    for (uint32_t i = 0; i < world->indicator_count; i++) {
        const struct indicator *indicator = &world->indicators[i];
        uint64_t *set = row(listing, listing->first_indicator + i);
        add_tree(listing, indicator->operand.tree, set);
        for (uint32_t b = 0; b < indicator->band_count; b++)
            add_tree(listing, indicator->bands[b].tree, set);
    }
    name_money(listing);
}

static void
close_over(const struct listing *listing)
{
    const tidu_rules *rules = listing->rules;
    for (uint32_t middle = 0; middle < rules->count; middle++)
        for (uint32_t rule = 0; rule < rules->count; rule++)
            if (tidu_rules_has(row(listing, rule), middle))
                for (uint32_t w = 0; w < rules->words; w++)
                    row(listing, rule)[w] |= row(listing, middle)[w];
}

/* ---- by their ids ---- */

static int
compare_ids(const void *a, const void *b)
{
    return strcmp(((const tidu_rule_id *)a)->id, ((const tidu_rule_id *)b)->id);
}

static bool
sort_ids(const struct listing *listing)
{
    tidu_rules *rules = listing->rules;
    tidu_rule_id *by_id = tidu_arena_array(listing->arena, rules->count, sizeof *by_id);
    if (!by_id)
        return false;
    for (uint32_t r = 0; r < rules->count; r++)
        by_id[r] = (tidu_rule_id){rules->list[r].id, r};
    if (rules->count)
        qsort(by_id, rules->count, sizeof *by_id, compare_ids);
    rules->by_id = by_id;
    return true;
}

const tidu_rules *
tidu_rules_list(const tidu_ruleset *ruleset, tidu_arena *arena)
{
    const struct world *world = ruleset->world;
    uint32_t count = count_versions(world) + (uint32_t)world->criterion_count +
                     (uint32_t)(world->indicator_count + world->measure_count +
                                world->subsidy_count + world->stack_count +
                                world->transition_count);
    tidu_rules *rules = tidu_arena_alloc(arena, sizeof *rules);
    struct listing listing = {.world = world, .arena = arena, .rules = rules};
    if (!rules)
        return NULL;
    *rules = (tidu_rules){.words = count / 64 + 1, .ruleset = ruleset};
    rules->list = listing.list = tidu_arena_array(arena, count, sizeof *listing.list);
    listing.bits = tidu_arena_array(arena, (size_t)count * rules->words, sizeof *listing.bits);
    listing.first_version = tidu_arena_array(arena, world->name_count, sizeof(uint32_t));
    if (!listing.list || !listing.bits || !listing.first_version)
        return NULL;
    list_names(&listing);
    list_criteria(&listing);
    if (!list_indicators(&listing))
        return NULL;
    list_money(&listing);
    if (!sort_ids(&listing))
        return NULL;
    name_all(&listing);
    close_over(&listing);
    return rules;
}

/* ---- what a scenario speaks of ---- */

static bool
begins_with(const char *id, const char *designation)
{
    size_t length = strlen(designation);
    return !strncmp(id, designation, length) && (!id[length] || id[length] == '/');
}

/* Is the rule what is called so, or part of it? */
static bool
is_called(const tidu_rule *rule, const char *id)
{
    bool score = !strncmp(id, "score:", 6);
    if (rule->kind == TIDU_RULE_INDICATOR)
        return score && begins_with(rule->id, id + 6);
    if (rule->kind == TIDU_RULE_SUBSIDY && !strncmp(id, "amount:", 7))
        return !strcmp(rule->id, id + 7);
    if (!strncmp(id, "old:", 4) || !strncmp(id, "new:", 4))
        id += 4;
    return rule->kind == TIDU_RULE_CRITERION || rule->kind == TIDU_RULE_TRANSITION
               ? begins_with(rule->id, id)
               : !strcmp(rule->id, id);
}

/* The groups of a score are no part of its indicators' ids. */
static bool
is_of_group(const struct world *world, const char *indicator, const char *id)
{
    for (size_t i = 0; i < world->indicator_count; i++) {
        const struct indicator *at = &world->indicators[i];
        size_t length = strlen(world->scorecards[at->scorecard].id);
        if (!strcmp(at->id, indicator) && at->group && !strncmp(id, indicator, length) &&
            id[length] == '/' && !strcmp(id + length + 1, at->group))
            return true;
    }
    return false;
}

/* Reasons are compared for a designation as a whole. */
static bool
is_asked(const tidu_rules *rules, const tidu_rule *rule, const tidu_scenario *scenario)
{
    size_t designation = strcspn(rule->id, "/");
    for (uint32_t i = 0; i < scenario->expectation_count; i++) {
        const char *id = scenario->expectations[i].id;
        if (is_called(rule, id))
            return true;
        if (rule->kind == TIDU_RULE_INDICATOR && !strncmp(id, "score:", 6) &&
            is_of_group(rules->ruleset->world, rule->id, id + 6))
            return true;
        if (rule->kind == TIDU_RULE_CRITERION && scenario->has_because &&
            strcspn(id, "/") == designation && !strncmp(id, rule->id, designation))
            return true;
    }
    return false;
}

static void
add_under(const tidu_rules *rules, uint32_t rule, uint64_t *set)
{
    for (uint32_t w = 0; w < rules->words; w++)
        set[w] |= rules->list[rule].under[w];
}

/* All of that id, whatever their kinds and places. */
static void
add_called(const tidu_rules *rules, const char *id, uint64_t *set)
{
    uint32_t low = 0, high = rules->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (strcmp(rules->by_id[middle].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < rules->count && !strcmp(rules->by_id[low].id, id); low++)
        add_under(rules, rules->by_id[low].rule, set);
}

/* What is paid of a subsidy is left to it by its stack. */
static void
add_stack_of(const tidu_rules *rules, const tidu_expectation *expected, uint64_t *set)
{
    const struct world *world = rules->ruleset->world;
    int32_t number = strncmp(expected->id, "amount:", 7)
                         ? TIDU_NONE
                         : tidu_support_subsidy(world, expected->id + 7);
    int32_t stack = number == TIDU_NONE ? TIDU_NONE : world->subsidies[number].stack;
    if (stack != TIDU_NONE)
        add_called(rules, world->stacks[stack].declaration->name, set);
}

void
tidu_rules_expected(const tidu_rules *rules, const tidu_scenario *scenario, uint64_t *set)
{
    for (uint32_t r = 0; r < rules->count; r++)
        if (is_asked(rules, &rules->list[r], scenario))
            add_under(rules, r, set);
    for (uint32_t i = 0; i < scenario->expectation_count; i++)
        add_stack_of(rules, &scenario->expectations[i], set);
}

/* ---- what a program speaks of ---- */

void
tidu_rules_in(const tidu_rules *rules, const tidu_program *program, uint64_t *set)
{
    for (uint32_t i = 0; i < program->criterion_count; i++)
        add_called(rules, program->criteria[i].id, set);
    for (uint32_t i = 0; i < program->designation_count; i++)
        if (program->designations[i].transition)
            add_called(rules, program->designations[i].transition->rule.id, set);
    for (uint32_t i = 0; i < program->indicator_count; i++)
        add_called(rules, program->indicators[i].id, set);
    for (uint32_t i = 0; i < program->derived_count; i++)
        add_called(rules, program->derived[i].symbol->name, set);
    for (uint32_t i = 0; i < program->measure_count; i++)
        add_called(rules, program->measures[i].rule.id, set);
    for (uint32_t i = 0; i < program->subsidy_count; i++)
        add_called(rules, program->subsidies[i].rule.id, set);
    for (uint32_t i = 0; i < program->stack_count; i++)
        add_called(rules, program->stacks[i].id, set);
}
