/*
 * compile.c: the order in which declarations become a ruleset.
 *
 * Each stage collects every complaint it can; the next begins only when there
 * is something sound to stand on.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- stages ---- */

/* Later stages look for more complaints in what earlier ones left, unless
 * memory ran out: then what they left may have holes. */
static bool
understand(struct world *world)
{
    static bool (*const stages[])(struct world * world) = {
        tidu_words_documents, tidu_reviews_read, tidu_places_read,     tidu_words_facts,  tidu_slots_read,
        tidu_words_names,     tidu_words_titles,    tidu_names_index,  tidu_support_names,
        tidu_routing_read,    tidu_conditions_read, tidu_support_read, tidu_transitions_read,
        tidu_scenarios_read,  tidu_effects_read,
    };
    bool good = true;
    for (size_t i = 0; i < sizeof stages / sizeof *stages && !world->starved; i++)
        good = stages[i](world) && good;
    return good && !world->starved && tidu_names_sources(world) && tidu_decisions_prove(world) &&
           tidu_inputs_collect(world) && tidu_slots_check(world) && tidu_plans_build(world) &&
           tidu_conditions_parameters(world);
}

static void
close_programs(tidu_ruleset *ruleset)
{
    for (uint32_t i = 0; i < ruleset->program_count; i++)
        tidu_program_close(&ruleset->programs[i]);
}

/* The world is kept: an overlay changes a tree of it and lowers it again. */
static struct world *
create_world(tidu_arena *arena, const tidu_declarations *declarations, tidu_report *report)
{
    struct world starved = {.report = report};
    struct world *world = tidu_arena_alloc(arena, sizeof *world);
    tidu_ruleset *ruleset = tidu_arena_alloc(arena, sizeof *ruleset);
    if (!world || !ruleset) {
        tidu_no_memory(&starved);
        return NULL;
    }
    *world = (struct world){.arena = arena,
                            .report = report,
                            .ruleset = ruleset,
                            .declared = declarations,
                            .vocabulary = &ruleset->vocabulary};
    ruleset->world = world;
    return world;
}

tidu_ruleset *
tidu_compile(tidu_arena *arena, const tidu_declarations *declarations, const char digest[65],
             tidu_report *report)
{
    size_t before = tidu_report_error_count(report);
    struct world *world = create_world(arena, declarations, report);
    if (!world)
        return NULL;
    tidu_ruleset *ruleset = world->ruleset;
    if (!understand(world) || tidu_report_error_count(report) != before) {
        close_programs(ruleset);
        return NULL;
    }
    atomic_init(&ruleset->references, 1);
    ruleset->arena = arena;
    memcpy(ruleset->digest, digest, sizeof ruleset->digest);
    ruleset->declarations = *declarations;
    ruleset->documents = world->documents;
    ruleset->document_count = declarations->document_count;
    world->declared = &ruleset->declarations;
    world->report = NULL;
    return ruleset;
}

/* ---- the ruleset ---- */

tidu_ruleset *
tidu_ruleset_ref(tidu_ruleset *ruleset)
{
    atomic_fetch_add_explicit(&ruleset->references, 1, memory_order_relaxed);
    return ruleset;
}

void
tidu_ruleset_unref(tidu_ruleset **ruleset)
{
    tidu_ruleset *old = *ruleset;
    *ruleset = NULL;
    if (!old || atomic_fetch_sub_explicit(&old->references, 1, memory_order_acq_rel) != 1)
        return;
    close_programs(old);
    tidu_arena *arena = old->arena;
    tidu_arena_close(&arena);
}

const tidu_effect *
tidu_ruleset_effects(const tidu_ruleset *ruleset, uint32_t *ret_count)
{
    *ret_count = ruleset->effect_count;
    return ruleset->effects;
}

const char *
tidu_ruleset_document(const tidu_ruleset *ruleset, uint32_t document)
{
    return ruleset->declarations.documents[document].path;
}

const char *
tidu_ruleset_digest(const tidu_ruleset *ruleset)
{
    return ruleset->digest;
}

const tidu_vocabulary *
tidu_ruleset_vocabulary(const tidu_ruleset *ruleset)
{
    return &ruleset->vocabulary;
}

static uint32_t
epoch_of(const tidu_timeline *timeline, int32_t as_of)
{
    uint32_t low = 0, high = timeline->count ? timeline->count - 1 : 0;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (timeline->until[middle] < as_of)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const tidu_program *
tidu_timeline_program(const tidu_timeline *timeline, int32_t as_of)
{
    return timeline->count ? timeline->programs[epoch_of(timeline, as_of)] : NULL;
}

uint32_t
tidu_ruleset_epoch(const tidu_ruleset *ruleset, int32_t as_of)
{
    return epoch_of(&ruleset->plans[0].ladder, as_of);
}

/* Plans stand in the order of their places, the country's first. */
static const tidu_plan *
plan_of(const tidu_ruleset *ruleset, uint32_t place)
{
    uint32_t low = 1, high = ruleset->plan_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (ruleset->plans[middle].place == place)
            return &ruleset->plans[middle];
        if (ruleset->plans[middle].place < place)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const tidu_plan *
tidu_ruleset_plan(const tidu_ruleset *ruleset, uint32_t region)
{
    const tidu_plan *plan = NULL;
    while (!plan && region != TIDU_COUNTRY_CODE) {
        plan = plan_of(ruleset, region);
        region = tidu_region_parent(region);
    }
    return plan ? plan : &ruleset->plans[0];
}

const tidu_program *
tidu_ruleset_program(const tidu_ruleset *ruleset, int32_t as_of)
{
    return tidu_timeline_program(&ruleset->plans[0].ladder, as_of);
}

void
tidu_ruleset_print_program(const tidu_ruleset *ruleset, int32_t as_of, tidu_text *out)
{
    tidu_program_print(tidu_ruleset_program(ruleset, as_of), out);
}

static uint32_t
count_declared(const tidu_ruleset *ruleset, const char *word)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < ruleset->declarations.declaration_count; i++)
        count += !strcmp(ruleset->declarations.declarations[i].word, word);
    return count;
}

tidu_counts
tidu_ruleset_counts(const tidu_ruleset *ruleset)
{
    tidu_counts counts = {
        .documents = ruleset->document_count,
        .facts = ruleset->vocabulary.fact_count,
        .parameters = ruleset->parameter_count,
        .designations = count_declared(ruleset, "designation"),
        .criteria = count_declared(ruleset, "criterion"),
        .scenarios = ruleset->scenario_count,
        .programs = ruleset->program_count,
        .stale = tidu_reviews_stale(ruleset->world),
        .memory_bytes = tidu_arena_size(ruleset->arena),
    };
    for (uint32_t i = 0; i < ruleset->program_count; i++) {
        counts.steps += ruleset->programs[i]->step_count;
        counts.memory_bytes += tidu_arena_size(ruleset->programs[i]->arena);
    }
    return counts;
}
