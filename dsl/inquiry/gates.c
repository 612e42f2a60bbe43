/*
 * gates.c: all gates of the programs in force, and runs through them.
 *
 * The rules are lowered with the thresholds at two probes. Where the two programs part,
 * there are the gates; what does not part is computed once and looked at by both.
 *
 * Must not know: what is counted.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- lineups ---- */

/* The reform with each axis at a value of its own. */
struct lineup *
tidu_gates_lineup(const struct gates *gates, const uint32_t at[TIDU_MOST_AXES], tidu_error *reterr)
{
    size_t count = gates->reform->change_count, room = count;
    for (uint32_t a = 0; a < gates->axis_count; a++)
        room += gates->axes[a].asked->address_count;
    tidu_change *changes = calloc(room + 1, sizeof *changes);
    if (!changes) {
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
        return NULL;
    }
    if (count)
        memcpy(changes, gates->reform->changes, count * sizeof *changes);
    for (uint32_t a = 0; a < gates->axis_count; a++)
        for (size_t i = 0; i < gates->axes[a].asked->address_count; i++)
            changes[count++] =
                (tidu_change){gates->axes[a].asked->addresses[i], gates->axes[a].spelled[at[a]]};
    const tidu_reform reform = {gates->reform->ruleset, changes, count};
    struct lineup *lineup = tidu_lineup_open(gates->inquiry, &reform, reterr);
    free(changes);
    return lineup;
}

bool
tidu_gates_open(struct gates *gates, tidu_error *reterr)
{
    uint32_t low[TIDU_MOST_AXES] = {0}, high[TIDU_MOST_AXES] = {0};
    for (uint32_t a = 0; a < gates->axis_count; a++) {
        low[a] = gates->axes[a].probes[0];
        high[a] = gates->axes[a].probes[1];
    }
    gates->low = tidu_gates_lineup(gates, low, reterr);
    gates->high = gates->low ? tidu_gates_lineup(gates, high, reterr) : NULL;
    for (uint32_t a = 0; gates->high && gates->axis_count > 1 && a < gates->axis_count; a++) {
        uint32_t at[TIDU_MOST_AXES] = {low[0], low[1]};
        at[a] = high[a];
        gates->alone[a] = tidu_gates_lineup(gates, at, reterr);
        if (!gates->alone[a])
            return false;
    }
    if (!gates->high || !tidu_lineup_knows(gates->low, gates->low, gates->inquiry, reterr))
        return false;
    gates->moves = tidu_arena_array(gates->low->arena, (size_t)gates->low->told_count + 1,
                                    sizeof *gates->moves);
    return gates->moves || tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

/* ---- finding gates ---- */

static void
close_sides(struct gates *gates)
{
    for (int s = 0; s < SIDES; s++) {
        for (uint32_t g = 0; g < gates->sides[s].gate_count; g++)
            tidu_gate_close(&gates->sides[s].gates[g]);
        gates->sides[s] = (struct side){.gate_count = 0};
    }
}

/* Whether a program with this axis alone moved parts from the first one there too. */
static bool
parts_alone(const tidu_run *run, const tidu_run *alone, tidu_step step)
{
    enum { MOST = 64 };
    tidu_step partings[MOST];
    uint32_t count = tidu_run_partings(alone, partings, MOST);
    const tidu_program *program = tidu_run_program(run), *other = tidu_run_program(alone);
    const tidu_instruction *here = &program->steps[step];
    for (uint32_t i = 0; i < count && i < MOST; i++) {
        const tidu_instruction *there = &other->steps[partings[i]];
        bool same = there->op == here->op;
        const tidu_step a[2] = {here->a, here->b}, b[2] = {there->a, there->b};
        for (int o = 0; o < 2 && same; o++) {
            const tidu_instruction *x = &program->steps[a[o]], *y = &other->steps[b[o]];
            if (x->op == TIDU_DO_CONST || y->op == TIDU_DO_CONST)
                same = x->op == y->op && mpq_equal(program->constants[x->number].exact,
                                                   other->constants[y->number].exact);
            else
                same = tidu_run_twin(run, a[o]) == tidu_run_twin(alone, b[o]);
        }
        if (same)
            return true;
    }
    return false;
}

/* The axis that a parting belongs to; the count of axes when it is not one alone. */
static uint32_t
axis_of(const struct gates *gates, tidu_run *low, const tidu_run *high, tidu_block *block, int s,
        tidu_step step)
{
    uint32_t found = gates->axis_count, times = 0;
    if (gates->axis_count == 1)
        return 0;
    for (uint32_t a = 0; a < gates->axis_count; a++) {
        const tidu_program *program = gates->alone[a]->stands[gates->stand].programs[s];
        tidu_run *alone = tidu_run_beside(low, program, block);
        if (alone && parts_alone(high, alone, step)) {
            found = a;
            times++;
        }
        tidu_run_close(&alone);
    }
    return times == 1 ? found : gates->axis_count;
}

static void
note_moves(struct gates *gates, const struct side *side, int s, const tidu_run *high)
{
    for (uint32_t t = 0; t < gates->low->told_count; t++) {
        tidu_step status = side->of_high->status[s][t];
        if (status != TIDU_NO_STEP && tidu_run_twin(high, status) == TIDU_NO_STEP)
            gates->moves[t] = true;
    }
}

/* False when the side's thresholds are no gates, or memory ran out: then value by value
 * is tried, and will say so. */
static bool
find_side(struct gates *gates, int s, tidu_block *block)
{
    struct side *side = &gates->sides[s];
    tidu_step partings[MOST_GATES];
    if (!side->low)
        return true;
    tidu_run *low = tidu_run_open(side->low, block);
    tidu_run *high = low ? tidu_run_beside(low, side->high, block) : NULL;
    uint32_t count = high ? tidu_run_partings(high, partings, MOST_GATES) : MOST_GATES + 1;
    bool good = count <= MOST_GATES;
    if (high)
        note_moves(gates, side, s, high);
    for (uint32_t i = 0; i < count && good; i++) {
        uint32_t axis = axis_of(gates, low, high, block, s, partings[i]);
        struct gate *gate = &side->gates[side->gate_count++];
        good = axis < gates->axis_count &&
               tidu_gate_open(gate, &gates->axes[axis], partings[i], low, high);
        gate->axis = axis;
    }
    tidu_run_close(&high);
    tidu_run_close(&low);
    return good;
}

bool
tidu_gates_find(struct gates *gates, uint32_t stand)
{
    const struct stand *low = &gates->low->stands[stand], *high = &gates->high->stands[stand];
    tidu_block *block = tidu_block_open(&tidu_ruleset_vocabulary(gates->low->ruleset)->layout, 1);
    bool good = block != NULL;
    close_sides(gates);
    gates->stand = stand;
    for (int s = 0; s < SIDES; s++) {
        gates->sides[s] = (struct side){
            .low = low->programs[s], .high = high->programs[s], .of_low = low, .of_high = high};
        good = good && find_side(gates, s, block);
    }
    tidu_block_close(&block);
    return good;
}

bool
tidu_gates_all(struct gates *gates)
{
    bool gated = true;
    for (uint32_t s = 0; s < gates->low->stand_count && gated; s++)
        gated = tidu_gates_find(gates, s);
    close_sides(gates);
    return gated;
}

/* Unless they are asked for by name, only designations that move are counted. */
void
tidu_gates_leave_out(struct gates *gates)
{
    if (!gates->axis_count || gates->inquiry->designations)
        return;
    for (uint32_t t = 0; t < gates->low->told_count; t++) {
        gates->low->told[t].left_out = !gates->moves[t];
        for (uint32_t i = 0; !gates->moves[t] && i < gates->low->stand_count * SIDES; i++) {
            gates->low->stands[i / SIDES].status[i % SIDES][t] = TIDU_NO_STEP;
            gates->high->stands[i / SIDES].status[i % SIDES][t] = TIDU_NO_STEP;
        }
    }
}

/* ---- runs ---- */

void
tidu_eval_all(tidu_run *run)
{
    tidu_run_eval(run);
    tidu_run_eval_support(run);
    tidu_run_eval_derived(run);
}

const tidu_program *
tidu_side_program(const struct side *side, const struct stand **ret_stand)
{
    *ret_stand = side->gate_count ? side->of_high : side->of_low;
    return side->gate_count ? side->high : side->low;
}

enum { EVERY = UINT32_MAX };

/* What is told of a side: everything, or one designation. */
static bool
need(const struct lineup *lineup, const struct stand *stand, int s, uint32_t told, tidu_run *run,
     tidu_step also)
{
    uint32_t count;
    if (told != EVERY)
        return tidu_run_need(run, &stand->status[s][told], 1);
    tidu_step *steps = tidu_stand_steps(lineup, stand, s, &count);
    if (steps)
        steps[count++] = also;
    bool good = steps && tidu_run_need(run, steps, count);
    free(steps);
    return good;
}

/* The first run computes what the second looks at, and what groups go by. */
static bool
open_side(const struct gates *gates, int s, uint32_t told, tidu_step key, tidu_block *block,
          struct gated *gated)
{
    const struct side *side = &gates->sides[s];
    if (!side->low)
        return true;
    gated->low[s] = tidu_run_open(side->low, block);
    if (gated->low[s] && !side->gate_count)
        return need(gates->low, side->of_low, s, told, gated->low[s], key);
    gated->high[s] = gated->low[s] ? tidu_run_beside(gated->low[s], side->high, block) : NULL;
    if (!gated->high[s] ||
        !need(gates->high, side->of_high, s, told, gated->high[s], TIDU_NO_STEP) ||
        !tidu_run_need_beside(gated->low[s], gated->high[s], key))
        return false;
    for (uint32_t g = 0; g < side->gate_count; g++)
        gated->given[s][g] = tidu_run_give(gated->high[s], side->gates[g].step);
    return true;
}

/* Only what the runs need is read. */
static bool
want(const struct gated *gated, const tidu_block *block, tidu_binding *binding)
{
    bool *columns = calloc((size_t)block->layout->column_count + 1, sizeof *columns);
    if (!columns)
        return false;
    for (int s = 0; s < SIDES; s++) {
        if (gated->low[s])
            tidu_run_reads(gated->low[s], columns);
        if (gated->high[s])
            tidu_run_reads(gated->high[s], columns);
    }
    tidu_binding_want(binding, columns);
    free(columns);
    return true;
}

bool
tidu_gated_open(const struct gates *gates, const struct groups *groups, struct scanner *scanner,
                struct gated *ret)
{
    bool good = true;
    for (int s = 0; s < SIDES && good; s++) {
        /* What groups go by is of the ladder. */
        bool keyed = !s && groups && gates->sides[s].low;
        tidu_step key = keyed ? tidu_groups_step(groups, gates->sides[s].low) : TIDU_NO_STEP;
        good = open_side(gates, s, EVERY, key, scanner->block, ret);
    }
    return (good && want(ret, scanner->block, scanner->binding)) ||
           tidu_error_set(&scanner->error, TIDU_MEMORY, NULL);
}

bool
tidu_gated_open_one(const struct gates *gates, int s, uint32_t told, tidu_binding *binding,
                    tidu_block *block, struct gated *ret)
{
    return open_side(gates, s, told, TIDU_NO_STEP, block, ret) && want(ret, block, binding);
}

void
tidu_gated_close(struct gated *gated)
{
    for (int s = 0; s < SIDES; s++) {
        tidu_run_close(&gated->high[s]);
        tidu_run_close(&gated->low[s]);
    }
}

void
tidu_gated_eval(const struct gated *gated)
{
    for (int s = 0; s < SIDES; s++)
        if (gated->low[s])
            tidu_eval_all(gated->low[s]);
}

tidu_run *
tidu_gated_way(const struct gates *gates, const struct gated *gated, int s, uint32_t way,
               const struct stand **ret_stand)
{
    const struct side *side = &gates->sides[s];
    tidu_run *run = side->gate_count ? gated->high[s] : gated->low[s];
    tidu_side_program(side, ret_stand);
    for (uint32_t g = 0; g < side->gate_count; g++)
        tidu_gate_give(&side->gates[g], run, gated->given[s][g], way >> g & 1);
    if (side->gate_count)
        tidu_eval_all(run);
    return run;
}

void
tidu_gates_close(struct gates *gates)
{
    close_sides(gates);
    tidu_lineup_close(&gates->low);
    tidu_lineup_close(&gates->high);
    for (uint32_t a = 0; a < gates->axis_count; a++) {
        tidu_lineup_close(&gates->alone[a]);
        tidu_axis_close(&gates->axes[a]);
    }
    gates->axis_count = 0;
}
