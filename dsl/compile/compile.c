/*
 * compile.c: the order in which declarations become a ruleset.
 *
 * Each stage collects every complaint it can; the next begins only when there
 * is something sound to stand on. Epochs are cut wherever a document or a dated
 * value begins or ends, and each gets its program.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- epochs ---- */

struct cuts {
    int32_t *days; /* on which something begins */
    size_t count, capacity;
};

static bool
cut(struct world *world, struct cuts *cuts, int32_t day)
{
    if (day == INT32_MIN || day == INT32_MAX)
        return true;
    int32_t *days = tidu_arena_grow(world->arena, cuts->days, cuts->count, &cuts->capacity,
                                    sizeof *days);
    if (!days)
        return tidu_no_memory(world);
    cuts->days = days;
    days[cuts->count++] = day;
    return true;
}

static bool
cut_span(struct world *world, struct cuts *cuts, struct span span)
{
    return cut(world, cuts, span.from) &&
           cut(world, cuts, span.until == INT32_MAX ? INT32_MAX : span.until + 1);
}

static int
compare_days(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static bool
find_cuts(struct world *world, struct cuts *cuts)
{
    for (uint32_t d = 0; d < world->declared->document_count; d++)
        if (!cut_span(world, cuts, (struct span){world->documents[d].effective,
                                                 world->documents[d].expires}))
            return false;
    for (size_t i = 0; i < world->name_count; i++)
        for (size_t v = 0; v < world->names[i].version_count; v++)
            if (!cut_span(world, cuts, world->names[i].versions[v].span))
                return false;
    if (cuts->count)
        qsort(cuts->days, cuts->count, sizeof *cuts->days, compare_days);
    size_t kept = 0;
    for (size_t i = 0; i < cuts->count; i++)
        if (!kept || cuts->days[kept - 1] != cuts->days[i])
            cuts->days[kept++] = cuts->days[i];
    cuts->count = kept;
    return true;
}

static bool
build_programs(struct world *world)
{
    struct cuts cuts = {0};
    tidu_ruleset *ruleset = world->ruleset;
    if (!find_cuts(world, &cuts))
        return false;
    ruleset->programs = tidu_arena_array(world->arena, cuts.count + 1, sizeof *ruleset->programs);
    if (!ruleset->programs)
        return tidu_no_memory(world);
    for (size_t i = 0; i <= cuts.count; i++) {
        struct span epoch = {i ? cuts.days[i - 1] : INT32_MIN,
                             i < cuts.count ? cuts.days[i] - 1 : INT32_MAX};
        tidu_program *program = tidu_outline_build(world, epoch);
        if (!program)
            return false;
        ruleset->programs[ruleset->program_count++] = program;
    }
    return true;
}

/* ---- stages ---- */

/* Later stages look for more complaints in what earlier ones left, unless
 * memory ran out: then what they left may have holes. */
static bool
understand(struct world *world)
{
    static bool (*const stages[])(struct world *world) = {
        tidu_words_documents, tidu_words_facts, tidu_words_names,     tidu_words_titles,
        tidu_names_index,     tidu_conditions_read, tidu_scenarios_read,
    };
    bool good = true;
    for (size_t i = 0; i < sizeof stages / sizeof *stages && !world->starved; i++)
        good = stages[i](world) && good;
    return good && !world->starved && tidu_names_sources(world) && tidu_decisions_prove(world) &&
           tidu_inputs_collect(world) && build_programs(world) && tidu_conditions_parameters(world);
}

static void
close_programs(tidu_ruleset *ruleset)
{
    for (uint32_t i = 0; i < ruleset->program_count; i++)
        tidu_program_close(&ruleset->programs[i]);
}

/* Trees and names outlive the compilation: lints are asked for later. What is
 * kept refers to declarations of the ruleset. */
static bool
keep_world(struct world *world)
{
    struct world *kept = tidu_arena_alloc(world->arena, sizeof *kept);
    if (!kept)
        return tidu_no_memory(world);
    *kept = *world;
    kept->declared = &world->ruleset->declarations;
    kept->report = NULL;
    kept->scope = (tidu_scope){0};
    world->ruleset->world = kept;
    return true;
}

tidu_ruleset *
tidu_compile(tidu_arena *arena, const tidu_declarations *declarations, const char digest[65],
             tidu_report *report)
{
    struct world world = {.arena = arena, .declared = declarations, .report = report};
    tidu_ruleset *ruleset = tidu_arena_alloc(arena, sizeof *ruleset);
    size_t before = tidu_report_error_count(report);
    if (!ruleset) {
        tidu_no_memory(&world);
        return NULL;
    }
    world.ruleset = ruleset;
    world.vocabulary = &ruleset->vocabulary;
    if (!understand(&world) || tidu_report_error_count(report) != before) {
        close_programs(ruleset);
        return NULL;
    }
    if (!keep_world(&world)) {
        close_programs(ruleset);
        return NULL;
    }
    atomic_init(&ruleset->references, 1);
    ruleset->arena = arena;
    memcpy(ruleset->digest, digest, sizeof ruleset->digest);
    ruleset->declarations = *declarations;
    ruleset->documents = world.documents;
    ruleset->document_count = declarations->document_count;
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

const tidu_program *
tidu_ruleset_program(const tidu_ruleset *ruleset, int32_t as_of)
{
    uint32_t low = 0, high = ruleset->program_count - 1;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (ruleset->programs[middle]->until < as_of)
            low = middle + 1;
        else
            high = middle;
    }
    return ruleset->programs[low];
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
        .memory_bytes = tidu_arena_size(ruleset->arena),
    };
    for (uint32_t i = 0; i < ruleset->program_count; i++) {
        counts.steps += ruleset->programs[i]->step_count;
        counts.memory_bytes += tidu_arena_size(ruleset->programs[i]->arena);
    }
    return counts;
}
