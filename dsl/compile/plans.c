/*
 * plans.c: a program for each stretch of days, in the country and in each place.
 *
 * Epochs are cut wherever a document or a dated value begins or ends, and each
 * gets its program. Places do not look at each other, so when there are many,
 * and two processors, two of them are built at once.
 *
 * INVARIANT: what building writes to hangs on the world it is given: its arenas,
 * its report, its list of programs, what it remembers. All else is only read.
 */
#include "internal.h"
#include "tidu/both.h"

#include <stdatomic.h>
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

/* The country's ladder, a place's where it differs, or what a place adds. */
static bool
build_part(struct world *world, tidu_plan *plans, size_t plan, enum part part)
{
    struct chain chain = {.count = 0};
    if (!plan)
        return build_timeline(world, &chain, PART_LADDER, NULL, &plans[0].ladder);
    chain = tidu_places_chain(world, plans[plan].place);
    return part == PART_LADDER
               ? build_timeline(world, &chain, part, &plans[0].ladder, &plans[plan].ladder)
               : build_timeline(world, &chain, part, NULL, &plans[plan].local);
}

/* A part of a plan, and the programs it came to. */
struct task {
    size_t plan;
    enum part part;
    tidu_program **const *programs; /* of whoever built it */
    uint32_t first, count;
};

/* What has to be built, in the order in which programs are kept; a plan without
 * a ladder of its own has the country's. */
struct work {
    tidu_plan *plans;
    struct task *tasks;
    size_t task_count;
};

static bool
list_tasks(struct world *world, struct work *ret)
{
    size_t count = world->layer_count + 1;
    struct work work = {.plans = tidu_arena_array(world->arena, count, sizeof *work.plans),
                        .tasks = tidu_arena_array(world->arena, count * 2, sizeof *work.tasks)};
    if (!work.plans || !work.tasks)
        return tidu_no_memory(world);
    work.plans[0].place = TIDU_COUNTRY_CODE;
    work.tasks[work.task_count++] = (struct task){.plan = 0, .part = PART_LADDER};
    for (size_t i = 1; i < count; i++) {
        struct chain chain = tidu_places_chain(world, world->layers[i - 1]);
        work.plans[i].place = world->layers[i - 1];
        if (fills_ladder(world, &chain))
            work.tasks[work.task_count++] = (struct task){.plan = i, .part = PART_LADDER};
        if (adds(world, &chain))
            work.tasks[work.task_count++] = (struct task){.plan = i, .part = PART_LOCAL};
    }
    *ret = work;
    return true;
}

static void
share_ladder(const struct world *world, const struct work *work)
{
    for (size_t i = 1; i <= world->layer_count; i++)
        work->plans[i].ladder = work->plans[0].ladder;
}

static bool
build_tasks(struct world *world, const struct work *work)
{
    for (size_t i = 0; i < work->task_count; i++) {
        if (!build_part(world, work->plans, work->tasks[i].plan, work->tasks[i].part))
            return false;
        if (!i)
            share_ladder(world, work);
    }
    return true;
}

/* ---- two at once ---- */

#ifdef TIDU_TIGHT
enum { WORTH_TASKS = 3 };
#else
enum { WORTH_TASKS = 8 };
#endif

/* Tasks that are taken by whoever is free. */
struct round {
    const struct work *work;
    bool ladders; /* those of places, which look at the country's; or all others */
    atomic_size_t next;
};

/* One of two builders, with all that building writes to. */
struct half {
    struct world world;
    tidu_ruleset ruleset;
    struct round *round;
    bool good;
};

static void
build_task(struct half *half, struct task *task)
{
    uint32_t first = half->ruleset.program_count;
    half->good = build_part(&half->world, half->round->work->plans, task->plan, task->part) &&
                 tidu_report_count(half->world.report) == 0;
    task->programs = &half->ruleset.programs;
    task->first = first;
    task->count = half->ruleset.program_count - first;
}

static void
build_some(void *argument)
{
    struct half *half = argument;
    const struct work *work = half->round->work;
    while (half->good) {
        size_t i = atomic_fetch_add(&half->round->next, 1);
        if (i >= work->task_count)
            return;
        bool ladder = work->tasks[i].plan && work->tasks[i].part == PART_LADDER;
        if (ladder == half->round->ladders)
            build_task(half, &work->tasks[i]);
    }
}

static bool
open_half(struct half *half, const struct world *world)
{
    *half = (struct half){.world = *world};
    half->ruleset.regions = world->ruleset->regions;
    half->world.ruleset = &half->ruleset;
    half->world.lapsed_capacity = world->lapsed_count; /* a list of its own from the next one on */
    half->world.says = NULL;
    half->world.arena = tidu_arena_open();
    half->world.scratch = tidu_arena_open();
    half->world.report = tidu_report_open();
    half->good = half->world.arena && half->world.scratch && half->world.report &&
                 tidu_inputs_apart(&half->world);
    return half->good;
}

/* What is left of it. */
static void
close_half(struct half *half)
{
    for (uint32_t i = 0; i < half->ruleset.program_count; i++)
        tidu_program_close(&half->ruleset.programs[i]);
    tidu_report_close(&half->world.report);
    tidu_arena_close(&half->world.scratch);
    tidu_arena_close(&half->world.arena);
}

static bool
build_round(struct half halves[2], const struct work *work, bool ladders)
{
    struct round round = {.work = work, .ladders = ladders};
    atomic_init(&round.next, 0);
    halves[0].round = halves[1].round = &round;
    tidu_both(build_some, &halves[0], &halves[1]);
    return halves[0].good && halves[1].good;
}

/* All programs become the world's, in the order of the tasks. */
static bool
take_programs(struct world *world, const struct work *work)
{
    for (size_t i = 0; i < work->task_count; i++)
        for (uint32_t p = 0; p < work->tasks[i].count; p++) {
            tidu_program **made = &(*work->tasks[i].programs)[work->tasks[i].first + p];
            tidu_program *program = *made;
            *made = NULL;
            if (!keep_program(world, program))
                return false;
        }
    return true;
}

/* The country and what places add, then ladders of places. False when it is to be
 * done by one: then nothing has happened yet, unless memory ran out. Complaints
 * come as one makes them, so with any it starts anew. */
static bool
build_at_once(struct world *world, const struct work *work)
{
    struct half halves[2] = {{.good = false}};
    bool good = open_half(&halves[0], world) && open_half(&halves[1], world) &&
                build_round(halves, work, false);
    if (good)
        share_ladder(world, work);
    good = good && build_round(halves, work, true) && take_programs(world, work);
    for (int h = 0; good && h < 2; h++)
        tidu_arena_join(world->arena, &halves[h].world.arena);
    close_half(&halves[0]);
    close_half(&halves[1]);
    return good;
}

/* The country's plan first, then one for each place with a layer. */
static bool
build_plans(struct world *world)
{
    struct work work;
    if (!list_tasks(world, &work))
        return false;
    bool at_once = work.task_count >= WORTH_TASKS && tidu_two_processors();
    if (!(at_once && build_at_once(world, &work)) &&
        (world->starved || !build_tasks(world, &work)))
        return false;
    world->ruleset->plans = work.plans;
    world->ruleset->plan_count = (uint32_t)world->layer_count + 1;
    return true;
}

bool
tidu_plans_build(struct world *world)
{
    world->scratch = tidu_arena_open();
    if (!world->scratch)
        return tidu_no_memory(world);
    bool good = find_speakers(world) && build_plans(world);
    tidu_arena_close(&world->scratch);
    return good;
}
