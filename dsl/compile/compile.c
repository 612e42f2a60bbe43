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

bool
tidu_epoch_within(struct epoch epoch, struct span span)
{
    struct span days = epoch.days, alike = span;
    bool within = span.from <= days.from && days.until <= span.until;
    if (!epoch.steady)
        return within;
    if (days.until < span.from)
        alike = (struct span){INT32_MIN, span.from - 1};
    else if (span.until < days.from)
        alike = (struct span){span.until + 1, INT32_MAX};
    else if (!within)
        alike = days;
    if (epoch.steady->from < alike.from)
        epoch.steady->from = alike.from;
    if (epoch.steady->until > alike.until)
        epoch.steady->until = alike.until;
    return within;
}

struct cuts {
    int32_t *days; /* on which something begins */
    size_t count, capacity;
};

static bool
cut(struct world *world, struct cuts *cuts, int32_t day)
{
    if (day == INT32_MIN || day == INT32_MAX)
        return true;
    int32_t *days =
        tidu_arena_grow(world->arena, cuts->days, cuts->count, &cuts->capacity, sizeof *days);
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
is_one_of(const char *word, const char *const *words)
{
    while (*words && strcmp(*words, word))
        words++;
    return *words != NULL;
}

/* Words whose documents come and go with their dates; subsidies have days of
 * their own, and who is responsible is asked by the day. */
static const char *const dated_words[] = {"designation", "derive", "param", "measure", NULL};

/* Words that add something to what the country has. */
static const char *const adding_words[] = {"designation", "subsidy", "stack", "measure", NULL};

/* Most declarations are scenarios: places and dates need not look at those. */
static bool
find_speakers(struct world *world)
{
    const tidu_declarations *declared = world->declared;
    world->speakers =
        tidu_arena_array(world->arena, declared->declaration_count, sizeof *world->speakers);
    if (!world->speakers)
        return tidu_no_memory(world);
    for (uint32_t i = 0; i < declared->declaration_count; i++)
        if (is_one_of(declared->declarations[i].word, dated_words) ||
            is_one_of(declared->declarations[i].word, adding_words))
            world->speakers[world->speaker_count++] = &declared->declarations[i];
    return true;
}

/* Whose dates cut a timeline: a layer's documents, or the country's. */
static bool
speaks(const struct world *world, const struct chain *chain, enum part part,
       const tidu_declaration *declaration)
{
    int32_t rank = tidu_chain_rank(chain, tidu_places_of(world, declaration));
    return part == PART_LADDER ? rank == 0 : rank != TIDU_NONE;
}

static bool
cut_documents(struct world *world, struct cuts *cuts, const struct chain *chain, enum part part)
{
    for (uint32_t i = 0; i < world->speaker_count; i++) {
        const tidu_declaration *declaration = world->speakers[i];
        if (is_one_of(declaration->word, dated_words) && speaks(world, chain, part, declaration) &&
            !cut_span(world, cuts, tidu_words_span(world, declaration)))
            return false;
    }
    return true;
}

static bool
cut_versions(struct world *world, struct cuts *cuts, const struct chain *chain)
{
    for (size_t i = 0; i < world->name_count; i++)
        for (size_t v = 0; v < world->names[i].version_count; v++)
            if (tidu_chain_rank(chain, world->names[i].versions[v].place) != TIDU_NONE &&
                !cut_span(world, cuts, world->names[i].versions[v].span))
                return false;
    for (size_t i = 0; i < world->fill_count; i++)
        if (tidu_chain_rank(chain, world->fills[i].place) != TIDU_NONE &&
            !cut_span(world, cuts, world->fills[i].span))
            return false;
    for (size_t i = 0; i < world->transition_count; i++)
        if (!cut_span(world, cuts, world->transitions[i].span))
            return false;
    return true;
}

static bool
find_cuts(struct world *world, struct cuts *cuts, const struct chain *chain, enum part part)
{
    if (!cut_documents(world, cuts, chain, part) || !cut_versions(world, cuts, chain))
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
keep_program(struct world *world, tidu_program *program)
{
    tidu_ruleset *ruleset = world->ruleset;
    tidu_program **programs =
        tidu_arena_grow(world->arena, ruleset->programs, ruleset->program_count,
                        &world->program_capacity, sizeof *programs);
    if (!programs) {
        tidu_program_close(&program);
        return tidu_no_memory(world);
    }
    ruleset->programs = programs;
    programs[ruleset->program_count++] = program;
    return true;
}

/* A place's ladder differs from the country's only while a fill counts. */
static const tidu_program *
same_as_country(const struct world *world, const tidu_timeline *country, struct span epoch,
                const struct chain *chain)
{
    for (size_t i = 0; i < world->fill_count; i++) {
        const struct fill *fill = &world->fills[i];
        if (world->slots[fill->slot].place == TIDU_COUNTRY_CODE &&
            tidu_chain_rank(chain, fill->place) != TIDU_NONE && fill->span.from <= epoch.from &&
            epoch.until <= fill->span.until)
            return NULL;
    }
    return tidu_timeline_program(country, epoch.from != INT32_MIN ? epoch.from : epoch.until);
}

/* A timeline while it grows. */
struct stretches {
    const tidu_program **programs;
    int32_t *until;
    size_t count, program_capacity, until_capacity;
};

/* The program holds up to a day; one that held before holds on. */
static bool
add_stretch(struct world *world, struct stretches *stretches, const tidu_program *program,
            int32_t until)
{
    size_t count = stretches->count;
    if (count && stretches->programs[count - 1] == program) {
        stretches->until[count - 1] = until;
        return true;
    }
    const tidu_program **programs =
        tidu_arena_grow(world->arena, stretches->programs, count, &stretches->program_capacity,
                        sizeof *programs);
    int32_t *days = tidu_arena_grow(world->arena, stretches->until, count,
                                    &stretches->until_capacity, sizeof *days);
    if (!programs || !days)
        return tidu_no_memory(world);
    programs[count] = program;
    days[count] = until;
    *stretches = (struct stretches){programs, days, count + 1, stretches->program_capacity,
                                    stretches->until_capacity};
    return true;
}

/* The program from the epoch's first day on, and until when it holds. */
static const tidu_program *
program_from(struct world *world, const struct chain *chain, enum part part,
             const tidu_timeline *country, struct span epoch, int32_t *ret_until)
{
    const tidu_program *shared = country ? same_as_country(world, country, epoch, chain) : NULL;
    *ret_until = epoch.until;
    if (shared)
        return shared;
    tidu_program *program = tidu_outline_build(world, epoch, *chain, part);
    if (!program || !keep_program(world, program))
        return NULL;
    program->from = epoch.from;
    *ret_until = program->until;
    return program;
}

/* A program for each stretch of days on which it says the same. `country` is
 * NULL, or the ladder to share. */
static bool
build_timeline(struct world *world, const struct chain *chain, enum part part,
               const tidu_timeline *country, tidu_timeline *ret)
{
    struct cuts cuts = {0};
    struct stretches stretches = {0};
    size_t next = 0;
    int32_t until = INT32_MIN;
    if (!find_cuts(world, &cuts, chain, part))
        return false;
    while (until != INT32_MAX) {
        struct span epoch = {stretches.count ? until + 1 : INT32_MIN, 0};
        while (next < cuts.count && cuts.days[next] <= epoch.from)
            next++;
        epoch.until = next < cuts.count ? cuts.days[next] - 1 : INT32_MAX;
        const tidu_program *program =
            program_from(world, chain, part, country, epoch, &until);
        if (!program || !add_stretch(world, &stretches, program, until))
            return false;
    }
    *ret = (tidu_timeline){stretches.programs, stretches.until, (uint32_t)stretches.count};
    return true;
}

/* Whether a layer of the chain fills a slot of the country. */
static bool
fills_ladder(const struct world *world, const struct chain *chain)
{
    for (size_t i = 0; i < world->fill_count; i++)
        if (world->slots[world->fills[i].slot].place == TIDU_COUNTRY_CODE &&
            tidu_chain_rank(chain, world->fills[i].place) != TIDU_NONE)
            return true;
    return false;
}

/* Whether a layer of the chain adds something of its own. */
static bool
adds(const struct world *world, const struct chain *chain)
{
    for (uint32_t i = 0; i < world->speaker_count; i++)
        if (is_one_of(world->speakers[i]->word, adding_words) &&
            tidu_chain_rank(chain, tidu_places_of(world, world->speakers[i])) > 0)
            return true;
    return false;
}

static bool
build_plan(struct world *world, uint32_t place, const tidu_plan *country, tidu_plan *ret)
{
    struct chain chain = tidu_places_chain(world, place);
    *ret = (tidu_plan){.place = place, .ladder = country->ladder};
    if (fills_ladder(world, &chain) &&
        !build_timeline(world, &chain, PART_LADDER, &country->ladder, &ret->ladder))
        return false;
    return !adds(world, &chain) || build_timeline(world, &chain, PART_LOCAL, NULL, &ret->local);
}

/* The country's plan first, then one for each place with a layer. */
static bool
build_plans(struct world *world)
{
    tidu_ruleset *ruleset = world->ruleset;
    struct chain nobody = {.count = 0};
    tidu_plan *plans = tidu_arena_array(world->arena, world->layer_count + 1, sizeof *plans);
    if (!plans)
        return tidu_no_memory(world);
    ruleset->plans = plans;
    plans[0].place = TIDU_COUNTRY_CODE;
    if (!build_timeline(world, &nobody, PART_LADDER, NULL, &plans[0].ladder))
        return false;
    ruleset->plan_count = 1;
    for (size_t i = 0; i < world->layer_count; i++, ruleset->plan_count++)
        if (!build_plan(world, world->layers[i], &plans[0], &plans[i + 1]))
            return false;
    return true;
}

static bool
build_programs(struct world *world)
{
    world->scratch = tidu_arena_open();
    if (!world->scratch)
        return tidu_no_memory(world);
    bool good = find_speakers(world) && build_plans(world);
    tidu_arena_close(&world->scratch);
    return good;
}

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
           tidu_inputs_collect(world) && tidu_slots_check(world) && build_programs(world) &&
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
