/*
 * lineup.c: which programs answer for whom, on a date, by a reform.
 *
 * Places without rules of their own share the country's programs, so a few pairs of
 * programs answer for a whole population. Each pair is a stand.
 *
 * Must not know: populations.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

static bool
no_memory(tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

/* ---- programs ---- */

static uint32_t
number_of(const tidu_ruleset *ruleset, const tidu_program *program)
{
    uint32_t number = 0;
    while (program && ruleset->programs[number] != program)
        number++;
    return program ? number : UINT32_MAX;
}

bool
tidu_stand_programs(const struct lineup *lineup, const struct stand *stand, tidu_overlay *overlay,
                    const tidu_program *ret[SIDES], tidu_error *reterr)
{
    for (int side = 0; side < SIDES; side++) {
        uint32_t number = stand->numbers[side];
        ret[side] = NULL;
        if (number == UINT32_MAX)
            continue;
        ret[side] = overlay ? tidu_overlay_again(overlay, number, reterr)
                            : lineup->ruleset->programs[number];
        if (!ret[side])
            return false;
    }
    return true;
}

static uint32_t
stand_of(struct lineup *lineup, uint32_t ladder, uint32_t local)
{
    for (uint32_t s = 0; s < lineup->stand_count; s++)
        if (lineup->stands[s].numbers[0] == ladder && lineup->stands[s].numbers[1] == local)
            return s;
    lineup->stands[lineup->stand_count] = (struct stand){.numbers = {ladder, local}};
    return lineup->stand_count++;
}

static bool
find_stands(struct lineup *lineup, tidu_error *reterr)
{
    const tidu_ruleset *ruleset = lineup->ruleset;
    lineup->stands = tidu_arena_array(lineup->arena, ruleset->plan_count, sizeof *lineup->stands);
    lineup->stand_of =
        tidu_arena_array(lineup->arena, ruleset->plan_count, sizeof *lineup->stand_of);
    if (!lineup->stands || !lineup->stand_of)
        return no_memory(reterr);
    for (uint32_t p = 0; p < ruleset->plan_count; p++) {
        const tidu_plan *plan = &ruleset->plans[p];
        lineup->stand_of[p] = stand_of(
            lineup, number_of(ruleset, tidu_timeline_program(&plan->ladder, lineup->as_of)),
            number_of(ruleset, tidu_timeline_program(&plan->local, lineup->as_of)));
    }
    for (uint32_t s = 0; s < lineup->stand_count; s++)
        if (!tidu_stand_programs(lineup, &lineup->stands[s], lineup->overlay,
                                 lineup->stands[s].programs, reterr))
            return false;
    return true;
}

uint32_t
tidu_lineup_find(const void *context, uint32_t region)
{
    const struct lineup *lineup = context;
    const tidu_plan *plan = tidu_ruleset_plan(lineup->ruleset, region);
    return lineup->stand_of[plan - lineup->ruleset->plans];
}

/* ---- designations ---- */

static uint32_t
told_of(const struct lineup *lineup, const char *id)
{
    uint32_t t = 0;
    while (t < lineup->told_count && strcmp(lineup->told[t].id, id) != 0)
        t++;
    return t;
}

static bool
find_told(struct lineup *lineup, const tidu_inquiry *inquiry)
{
    size_t most = 1;
    for (uint32_t s = 0; s < lineup->stand_count; s++)
        for (int side = 0; side < SIDES; side++)
            most += lineup->stands[s].programs[side]
                        ? lineup->stands[s].programs[side]->designation_count
                        : 0;
    lineup->told = tidu_arena_array(lineup->arena, most, sizeof *lineup->told);
    for (uint32_t i = 0; lineup->told && i < lineup->stand_count * SIDES; i++) {
        const tidu_program *program = lineup->stands[i / SIDES].programs[i % SIDES];
        for (uint32_t d = 0; program && d < program->designation_count; d++) {
            const tidu_designation *designation = &program->designations[d];
            if (designation->told &&
                tidu_is_wanted(inquiry->designations, inquiry->designation_count,
                               designation->id) &&
                told_of(lineup, designation->id) == lineup->told_count)
                lineup->told[lineup->told_count++] =
                    (struct told){designation->id, designation->title, designation->tier, false};
        }
    }
    return lineup->told != NULL;
}

bool
tidu_lineup_knows(const struct lineup *lineup, const struct lineup *other,
                  const tidu_inquiry *inquiry, tidu_error *reterr)
{
    size_t unknown = 0;
    while (unknown < inquiry->designation_count &&
           (told_of(lineup, inquiry->designations[unknown]) < lineup->told_count ||
            told_of(other, inquiry->designations[unknown]) < other->told_count))
        unknown++;
    if (!inquiry->designations || unknown == inquiry->designation_count)
        return true;
    return tidu_no_such_designation(inquiry->designations[unknown], lineup->stands[0].programs, 1,
                                    reterr);
}

static bool
find_status(struct lineup *lineup, struct stand *stand)
{
    for (int side = 0; side < SIDES; side++) {
        const tidu_program *program = stand->programs[side];
        tidu_step *status =
            tidu_arena_array(lineup->arena, (size_t)lineup->told_count + 1, sizeof *status);
        if (!status)
            return false;
        stand->status[side] = status;
        for (uint32_t t = 0; t < lineup->told_count; t++)
            status[t] = TIDU_NO_STEP;
        for (uint32_t d = 0; program && d < program->designation_count; d++) {
            uint32_t t = told_of(lineup, program->designations[d].id);
            if (program->designations[d].told && t < lineup->told_count)
                status[t] = program->designations[d].status;
        }
    }
    return true;
}

/* ---- money ---- */

/* As answers add it up (dsl/answer/support.c): stacks as a whole and what is in none,
 * but what the place has taken over is counted there. */
bool
tidu_is_taken_over(const tidu_program *local, const tidu_subsidy *subsidy)
{
    for (uint32_t i = 0; local && i < local->subsidy_count; i++)
        if (local->subsidies[i].told && local->subsidies[i].place == TIDU_COUNTRY_CODE &&
            !strcmp(local->subsidies[i].rule.id, subsidy->rule.id))
            return true;
    return false;
}

static bool
is_stacked_there(const tidu_program *local, const tidu_stack *stack)
{
    for (uint32_t i = 0; local && i < local->stack_count; i++)
        if (!strcmp(local->stacks[i].id, stack->id))
            return true;
    return false;
}

static bool
find_money(struct lineup *lineup, struct stand *stand)
{
    for (int side = 0; side < SIDES; side++) {
        const tidu_program *program = stand->programs[side];
        const tidu_program *local = side ? NULL : stand->programs[1];
        struct sum *sum = &stand->money[side];
        size_t most = program ? (size_t)program->subsidy_count + program->stack_count : 0;
        sum->low = tidu_arena_array(lineup->arena, most + 1, sizeof *sum->low);
        sum->high = tidu_arena_array(lineup->arena, most + 1, sizeof *sum->high);
        if (!sum->low || !sum->high)
            return false;
        for (uint32_t i = 0; program && i < program->subsidy_count; i++) {
            const tidu_subsidy *subsidy = &program->subsidies[i];
            if (!subsidy->told || subsidy->stack != TIDU_NONE || subsidy->to_government ||
                subsidy->gross_low == TIDU_NO_STEP || tidu_is_taken_over(local, subsidy))
                continue;
            sum->low[sum->count] = subsidy->gross_low;
            sum->high[sum->count++] = subsidy->gross_high;
        }
        for (uint32_t i = 0; program && i < program->stack_count; i++) {
            const tidu_stack *stack = &program->stacks[i];
            if (!stack->told || stack->stack != TIDU_NONE || is_stacked_there(local, stack))
                continue;
            sum->low[sum->count] = stack->total_low;
            sum->high[sum->count++] = stack->total_high;
        }
    }
    return true;
}

tidu_step *
tidu_stand_steps(const struct lineup *lineup, const struct stand *stand, int side,
                 uint32_t *ret_count)
{
    const struct sum *sum = &stand->money[side];
    tidu_step *steps =
        calloc((size_t)lineup->told_count + 2 * (size_t)sum->count + 1, sizeof *steps);
    if (!steps)
        return NULL;
    memcpy(steps, stand->status[side], lineup->told_count * sizeof *steps);
    uint32_t count = lineup->told_count;
    for (uint32_t i = 0; i < sum->count; i++) {
        steps[count++] = sum->low[i];
        steps[count++] = sum->high[i];
    }
    *ret_count = count;
    return steps;
}

/* ---- the life of a lineup ---- */

static bool
make_changes(struct lineup *lineup, const tidu_reform *reform, tidu_error *reterr)
{
    if (!reform->change_count)
        return true;
    lineup->overlay = tidu_overlay_open(reform->ruleset);
    if (!lineup->overlay)
        return no_memory(reterr);
    for (size_t i = 0; i < reform->change_count; i++)
        if (!tidu_overlay_set(lineup->overlay, reform->changes[i].address, reform->changes[i].value,
                              reterr))
            return false;
    return true;
}

static bool
fill(struct lineup *lineup, const tidu_inquiry *inquiry, const tidu_reform *reform,
     tidu_error *reterr)
{
    if (!make_changes(lineup, reform, reterr) || !find_stands(lineup, reterr))
        return false;
    if (!find_told(lineup, inquiry))
        return no_memory(reterr);
    for (uint32_t s = 0; s < lineup->stand_count; s++)
        if (!find_status(lineup, &lineup->stands[s]) ||
            (inquiry->money && !find_money(lineup, &lineup->stands[s])))
            return no_memory(reterr);
    return true;
}

struct lineup *
tidu_lineup_open(const tidu_inquiry *inquiry, const tidu_reform *reform, tidu_error *reterr)
{
    tidu_arena *arena = tidu_arena_open();
    struct lineup *lineup = arena ? tidu_arena_alloc(arena, sizeof *lineup) : NULL;
    if (!lineup) {
        tidu_arena_close(&arena);
        no_memory(reterr);
        return NULL;
    }
    lineup->arena = arena;
    lineup->as_of = inquiry->as_of;
    lineup->ruleset = tidu_ruleset_ref(reform->ruleset);
    if (!fill(lineup, inquiry, reform, reterr))
        tidu_lineup_close(&lineup);
    return lineup;
}

void
tidu_lineup_close(struct lineup **lineup)
{
    struct lineup *old = *lineup;
    if (!old)
        return;
    tidu_arena *arena = old->arena;
    tidu_overlay_close(&old->overlay);
    tidu_ruleset_unref(&old->ruleset);
    *lineup = NULL;
    tidu_arena_close(&arena);
}
