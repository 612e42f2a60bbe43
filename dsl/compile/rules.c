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

#include <string.h>

struct listing {
    const struct world *world;
    tidu_arena *arena;
    tidu_rules *rules;
    tidu_rule *list;
    uint64_t *bits;           /* [rule * words] */
    uint32_t *first_version;  /* of each name */
    uint32_t first_criterion, first_indicator;
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
    *rule = (tidu_rule){.kind = kind, .id = id, .title = tidu_words_titles_of(declaration),
                        .citation = tidu_words_citation(listing->world, declaration),
                        .from = span.from, .until = span.until,
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

static void
list_criteria(struct listing *listing)
{
    const struct world *world = listing->world;
    listing->first_criterion = listing->rules->count;
    for (size_t i = 0; i < world->criterion_count; i++) {
        const struct criterion *criterion = &world->criteria[i];
        begin_rule(listing, TIDU_RULE_CRITERION, criterion->declaration, criterion->id,
                   world->designations[criterion->designation].span);
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
                                     indicator->id, world->designations[designation].span);
        if (indicator->band_count && !list_bands(listing, indicator, rule))
            return false;
    }
    return true;
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

const tidu_rules *
tidu_rules_list(const tidu_ruleset *ruleset, tidu_arena *arena)
{
    const struct world *world = ruleset->world;
    uint32_t count = count_versions(world) + (uint32_t)world->criterion_count +
                     (uint32_t)world->indicator_count;
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
    return rule->kind == TIDU_RULE_CRITERION ? begins_with(rule->id, id) : !strcmp(rule->id, id);
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

void
tidu_rules_expected(const tidu_rules *rules, const tidu_scenario *scenario, uint64_t *set)
{
    for (uint32_t r = 0; r < rules->count; r++)
        if (is_asked(rules, &rules->list[r], scenario))
            for (uint32_t w = 0; w < rules->words; w++)
                set[w] |= rules->list[r].under[w];
}
