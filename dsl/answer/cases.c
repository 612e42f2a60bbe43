/*
 * cases.c: scenarios as rows of blocks.
 *
 * Whoever judges the same scenarios many times, by programs that differ in
 * little, reads each record once. Those of one date whose expectations rest on
 * the same rules share a block, so that a change of a rule concerns whole
 * blocks or leaves them alone.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- which batch ---- */

static bool
belongs(const struct cases *cases, const struct batch *batch, int32_t as_of,
        const uint64_t *rules)
{
    return batch->as_of == as_of && batch->wanted < TIDU_BLOCK_ROWS &&
           !memcmp(batch->rules, rules, cases->rules->words * sizeof *rules);
}

static struct batch *
add_batch(struct cases *cases, int32_t as_of, uint64_t *rules)
{
    struct batch *batches = tidu_arena_grow(cases->arena, cases->batches, cases->count,
                                            &cases->capacity, sizeof *batches);
    if (!batches)
        return NULL;
    cases->batches = batches;
    batches[cases->count] = (struct batch){.as_of = as_of, .rules = rules};
    return &batches[cases->count++];
}

/* The number of the batch that a scenario belongs to; TIDU_NONE when memory
 * ran out. */
static int32_t
place(struct cases *cases, const tidu_scenario *scenario)
{
    uint64_t *rules = tidu_arena_array(cases->arena, cases->rules->words, sizeof *rules);
    if (!rules)
        return TIDU_NONE;
    tidu_rules_expected(cases->rules, scenario, rules);
    size_t at = 0;
    while (at < cases->count && !belongs(cases, &cases->batches[at], scenario->as_of, rules))
        at++;
    if (at == cases->count && !add_batch(cases, scenario->as_of, rules))
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

/* A block has room for so many list items: what is too much goes into another
 * block for as many scenarios. */
static bool
read_scenario(struct cases *cases, int32_t number, const tidu_scenario *scenario,
              tidu_error *reterr)
{
    struct batch *batch = &cases->batches[number];
    uint32_t row = batch->block->row_count;
    tidu_read read = tidu_reader_json(cases->reader, scenario->record, scenario->record_length,
                                      false, batch->block, reterr);
    if (read == TIDU_READ_ERROR)
        return false;
    if (read == TIDU_READ_ROW) {
        batch->scenarios[row] = scenario;
        return true;
    }
    struct batch *more = row ? add_batch(cases, batch->as_of, batch->rules) : NULL;
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
    for (uint32_t i = 0; i < count; i++) {
        places[i] = place(cases, &cases->ruleset->scenarios[i]);
        if (places[i] == TIDU_NONE)
            return no_memory(reterr);
    }
    for (size_t b = 0; b < cases->count; b++)
        if (!open_batch(cases, &cases->batches[b]))
            return no_memory(reterr);
    for (uint32_t i = 0; i < count; i++)
        if (!read_scenario(cases, places[i], &cases->ruleset->scenarios[i], reterr))
            return false;
    return true;
}

/* Scenarios about a place's own rules say nothing of the country's alone. */
static bool
try_all(struct cases *cases, tidu_error *reterr)
{
    for (size_t b = 0; b < cases->count; b++) {
        struct batch *batch = &cases->batches[b];
        tidu_run *run = tidu_batches_run(batch, tidu_ruleset_program(cases->ruleset, batch->as_of));
        if (!run)
            return no_memory(reterr);
        for (uint32_t row = 0; row < batch->block->row_count; row++)
            batch->counts[row] = tidu_scenario_passes(run, row, batch->scenarios[row]);
        tidu_run_close(&run);
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
    bool good = cases->rules && cases->reader ? read_all(cases, reterr) && try_all(cases, reterr)
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
    tidu_reader_close(&c->reader);
    tidu_arena_close(&c->arena);
    tidu_ruleset_unref(&c->ruleset);
    free(c);
    *cases = NULL;
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
