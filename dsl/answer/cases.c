/*
 * cases.c: scenarios as rows of blocks.
 *
 * Whoever judges the same scenarios many times, by programs that differ in
 * little, reads each record once (and once before, to see where it is at home).
 * Those of one date and place whose expectations rest on the same rules share a
 * block, so that a change of a rule concerns whole blocks or leaves them alone.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- which batch ---- */

/* Where scenarios belong together. */
struct kind {
    int32_t as_of;
    const tidu_plan *plan;
    uint64_t *rules;
};

static bool
belongs(const struct cases *cases, const struct batch *batch, const struct kind *kind)
{
    return batch->as_of == kind->as_of && batch->place == kind->plan->place &&
           batch->wanted < TIDU_BLOCK_ROWS &&
           !memcmp(batch->rules, kind->rules, cases->rules->words * sizeof *kind->rules);
}

static uint32_t
number_of(const tidu_ruleset *ruleset, const tidu_program *program)
{
    for (uint32_t i = 0; i < ruleset->program_count; i++)
        if (ruleset->programs[i] == program)
            return i;
    return TIDU_NO_LANE;
}

const uint64_t *
tidu_batches_rules(struct cases *cases, uint32_t number)
{
    if (cases->rules_in[number])
        return cases->rules_in[number];
    uint64_t *set = tidu_arena_array(cases->arena, cases->rules->words, sizeof *set);
    if (set)
        tidu_rules_in(cases->rules, cases->ruleset->programs[number], set);
    return cases->rules_in[number] = set;
}

static bool
find_judges(struct cases *cases, const struct kind *kind, struct judges *ret)
{
    const tidu_timeline *lanes[TIDU_LANES_A_ROW] = {&kind->plan->ladder, &kind->plan->local};
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW; nth++) {
        uint32_t number = number_of(cases->ruleset, tidu_timeline_program(lanes[nth], kind->as_of));
        ret->numbers[nth] = number;
        ret->rules[nth] = number == TIDU_NO_LANE ? NULL : tidu_batches_rules(cases, number);
        if (number != TIDU_NO_LANE && !ret->rules[nth])
            return false;
    }
    return true;
}

static struct batch *
add_batch(struct cases *cases, struct batch batch)
{
    struct batch *batches = tidu_arena_grow(cases->arena, cases->batches, cases->count,
                                            &cases->capacity, sizeof *batches);
    if (!batches)
        return NULL;
    cases->batches = batches;
    batches[cases->count] = (struct batch){
        .as_of = batch.as_of, .place = batch.place, .judges = batch.judges, .rules = batch.rules};
    return &batches[cases->count++];
}

static bool
open_kind(struct cases *cases, const struct kind *kind)
{
    struct batch batch = {.as_of = kind->as_of, .place = kind->plan->place, .rules = kind->rules};
    return find_judges(cases, kind, &batch.judges) && add_batch(cases, batch);
}

/* The number of the batch that a scenario of a region belongs to; TIDU_NONE
 * when memory ran out. */
static int32_t
place(struct cases *cases, const tidu_scenario *scenario, uint32_t region)
{
    struct kind kind = {scenario->as_of, tidu_ruleset_plan(cases->ruleset, region), NULL};
    kind.rules = tidu_arena_array(cases->arena, cases->rules->words, sizeof *kind.rules);
    if (!kind.rules)
        return TIDU_NONE;
    tidu_rules_expected(cases->rules, scenario, kind.rules);
    size_t at = 0;
    while (at < cases->count && !belongs(cases, &cases->batches[at], &kind))
        at++;
    if (at == cases->count && !open_kind(cases, &kind))
        return TIDU_NONE;
    cases->batches[at].wanted++;
    return (int32_t)at;
}

/* ---- reading ---- */

static bool
open_batch(struct cases *cases, struct batch *batch)
{
    batch->scenarios = tidu_arena_array(cases->arena, batch->wanted, sizeof *batch->scenarios);
    batch->counts = tidu_arena_array(cases->arena, batch->wanted, sizeof *batch->counts);
    batch->block = tidu_block_open(&cases->ruleset->vocabulary.layout, batch->wanted);
    if (batch->block)
        tidu_block_clear(batch->block, batch->as_of);
    return batch->scenarios && batch->counts && batch->block;
}

static bool
no_memory(tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

static tidu_read
read_record(struct cases *cases, const tidu_scenario *scenario, tidu_block *block,
            tidu_error *reterr)
{
    if (tidu_ruleset_record(cases->ruleset, scenario, &cases->record))
        return tidu_reader_json(cases->reader, cases->record.data, cases->record.length, false,
                                block, reterr);
    no_memory(reterr);
    return TIDU_READ_ERROR;
}

/* The region a scenario's record states. */
static bool
find_region(struct cases *cases, tidu_block *block, const tidu_scenario *scenario,
            uint32_t *ret_region, tidu_error *reterr)
{
    tidu_block_clear(block, scenario->as_of);
    tidu_read read = read_record(cases, scenario, block, reterr);
    if (read != TIDU_READ_ROW)
        return read == TIDU_READ_ERROR ? false : no_memory(reterr);
    *ret_region = tidu_region_stated(cases->ruleset, block, 0);
    return true;
}

static bool
place_all(struct cases *cases, int32_t *places, tidu_error *reterr)
{
    tidu_block *block = tidu_block_open(&cases->ruleset->vocabulary.layout, 1);
    bool good = block || no_memory(reterr);
    for (uint32_t i = 0; good && i < cases->ruleset->scenario_count; i++) {
        const tidu_scenario *scenario = &cases->ruleset->scenarios[i];
        uint32_t region = TIDU_COUNTRY_CODE;
        good = find_region(cases, block, scenario, &region, reterr);
        if (!good)
            break;
        places[i] = place(cases, scenario, region);
        good = places[i] != TIDU_NONE || no_memory(reterr);
    }
    tidu_block_close(&block);
    return good;
}

/* A block has room for so many list items: what is too much goes into another
 * block for as many scenarios. */
static bool
read_scenario(struct cases *cases, int32_t number, const tidu_scenario *scenario,
              tidu_error *reterr)
{
    struct batch *batch = &cases->batches[number];
    uint32_t row = batch->block->row_count;
    tidu_read read = read_record(cases, scenario, batch->block, reterr);
    if (read == TIDU_READ_ERROR)
        return false;
    if (read == TIDU_READ_ROW) {
        batch->scenarios[row] = scenario;
        return true;
    }
    struct batch *more = row ? add_batch(cases, *batch) : NULL;
    if (!more)
        return no_memory(reterr);
    more->wanted = 1;
    return open_batch(cases, more)
               ? read_scenario(cases, (int32_t)cases->count - 1, scenario, reterr)
               : no_memory(reterr);
}

static bool
read_all(struct cases *cases, tidu_error *reterr)
{
    uint32_t count = cases->ruleset->scenario_count;
    int32_t *places = tidu_arena_array(cases->arena, count, sizeof *places);
    if (!places)
        return no_memory(reterr);
    if (!place_all(cases, places, reterr))
        return false;
    for (size_t b = 0; b < cases->count; b++)
        if (!open_batch(cases, &cases->batches[b]))
            return no_memory(reterr);
    for (uint32_t i = 0; i < count; i++)
        if (!read_scenario(cases, places[i], &cases->ruleset->scenarios[i], reterr))
            return false;
    return true;
}

static bool
try_all(struct cases *cases, tidu_error *reterr)
{
    for (size_t b = 0; b < cases->count; b++) {
        struct batch *batch = &cases->batches[b];
        tidu_run *runs[TIDU_LANES_A_ROW];
        bool good = tidu_batches_judge(cases, batch, runs);
        for (uint32_t row = 0; good && row < batch->block->row_count; row++)
            batch->counts[row] = tidu_scenario_passes(runs, row, batch->scenarios[row]);
        tidu_batches_dismiss(runs);
        if (!good)
            return no_memory(reterr);
    }
    return true;
}

struct cases *
tidu_batches_open(tidu_ruleset *ruleset, tidu_error *reterr)
{
    struct cases *cases = calloc(1, sizeof *cases);
    if (!cases) {
        no_memory(reterr);
        return NULL;
    }
    cases->ruleset = tidu_ruleset_ref(ruleset);
    cases->arena = tidu_arena_open();
    cases->rules = cases->arena ? tidu_rules_list(ruleset, cases->arena) : NULL;
    cases->reader = tidu_reader_open(&ruleset->vocabulary);
    cases->rules_in = calloc(ruleset->program_count, sizeof *cases->rules_in);
    bool good = cases->rules && cases->reader && cases->rules_in
                    ? read_all(cases, reterr) && try_all(cases, reterr)
                    : no_memory(reterr);
    if (!good)
        tidu_batches_close(&cases);
    return cases;
}

void
tidu_batches_close(struct cases **cases)
{
    struct cases *c = *cases;
    if (!c)
        return;
    for (size_t b = 0; b < c->count; b++)
        tidu_block_close(&c->batches[b].block);
    free(c->rules_in);
    tidu_reader_close(&c->reader);
    tidu_text_free(&c->record);
    tidu_arena_close(&c->arena);
    tidu_ruleset_unref(&c->ruleset);
    free(c);
    *cases = NULL;
}

bool
tidu_batches_concerned(const struct cases *cases, const struct batch *batch, uint32_t number)
{
    const tidu_rule *rule = &cases->rules->list[number];
    return rule->from <= batch->as_of && batch->as_of <= rule->until &&
           tidu_region_within(batch->place, rule->place) && tidu_rules_has(batch->rules, number);
}

bool
tidu_batches_judge(const struct cases *cases, const struct batch *batch,
                   tidu_run *ret_runs[TIDU_LANES_A_ROW])
{
    bool good = true;
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW; nth++) {
        uint32_t number = batch->judges.numbers[nth];
        bool needed = good && number != TIDU_NO_LANE;
        ret_runs[nth] = needed ? tidu_batches_run(batch, cases->ruleset->programs[number]) : NULL;
        good = good && (!needed || ret_runs[nth]);
    }
    return good;
}

void
tidu_batches_dismiss(tidu_run *runs[TIDU_LANES_A_ROW])
{
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW; nth++)
        tidu_run_close(&runs[nth]);
}

tidu_run *
tidu_batches_run(const struct batch *batch, const tidu_program *program)
{
    tidu_run *run = tidu_run_open(program, batch->block);
    if (!run)
        return NULL;
    tidu_run_eval(run);
    tidu_run_eval_support(run);
    tidu_run_eval_derived(run);
    return run;
}
