/*
 * same.c: do two programs say the same?
 *
 * Steps are numbered in the order they are asked for, so two outlines that ask
 * for the same work in the same order have the same steps: what differs in
 * words only does not count, what differs in a step does.
 */
#include "internal.h"

#include <string.h>

static bool
same_instruction(const tidu_instruction *a, const tidu_instruction *b)
{
    return a->op == b->op && a->frame == b->frame && a->near == b->near && a->a == b->a &&
           a->b == b->b && a->c == b->c && a->number == b->number && a->first == b->first &&
           a->count == b->count;
}

static uint32_t
pool_count(const tidu_program *program)
{
    uint32_t count = 0;
    for (uint32_t s = 0; s < program->step_count; s++) {
        const tidu_instruction *step = &program->steps[s];
        count += tidu_gives_points(step) ? step->count * 2 + 1 : step->count;
    }
    return count;
}

static bool
same_steps(const tidu_program *a, const tidu_program *b)
{
    if (a->step_count != b->step_count)
        return false;
    for (uint32_t s = 0; s < a->step_count; s++)
        if (!same_instruction(&a->steps[s], &b->steps[s]))
            return false;
    return pool_count(a) == pool_count(b) &&
           !memcmp(a->pool, b->pool, pool_count(a) * sizeof *a->pool);
}

static bool
same_operands(const tidu_program *a, const tidu_program *b)
{
    if (a->constant_count != b->constant_count || a->set_count != b->set_count)
        return false;
    for (uint32_t c = 0; c < a->constant_count; c++)
        if (!mpq_equal(a->constants[c].exact, b->constants[c].exact))
            return false;
    for (uint32_t s = 0; s < a->set_count; s++)
        if (a->sets[s].words != b->sets[s].words ||
            memcmp(a->sets[s].bits, b->sets[s].bits, a->sets[s].words * sizeof *a->sets[s].bits))
            return false;
    return true;
}

static bool
same_statuses(const tidu_program *a, const tidu_program *b)
{
    if (a->designation_count != b->designation_count || a->criterion_count != b->criterion_count)
        return false;
    for (uint32_t d = 0; d < a->designation_count; d++)
        if (a->designations[d].status != b->designations[d].status)
            return false;
    for (uint32_t c = 0; c < a->criterion_count; c++)
        if (a->criteria[c].status != b->criteria[c].status)
            return false;
    return true;
}

static bool
same_numbers(const tidu_program *a, const tidu_program *b)
{
    if (a->indicator_count != b->indicator_count || a->derived_count != b->derived_count)
        return false;
    for (uint32_t i = 0; i < a->indicator_count; i++)
        if (a->indicators[i].low != b->indicators[i].low ||
            a->indicators[i].high != b->indicators[i].high)
            return false;
    for (uint32_t d = 0; d < a->derived_count; d++)
        if (a->derived[d].step != b->derived[d].step || a->derived[d].high != b->derived[d].high)
            return false;
    return true;
}

static bool
same_support(const tidu_program *a, const tidu_program *b)
{
    if (a->subsidy_count != b->subsidy_count || a->measure_count != b->measure_count)
        return false;
    for (uint32_t i = 0; i < a->subsidy_count; i++)
        if (a->subsidies[i].rule.status != b->subsidies[i].rule.status ||
            a->subsidies[i].net_low != b->subsidies[i].net_low ||
            a->subsidies[i].net_high != b->subsidies[i].net_high)
            return false;
    for (uint32_t i = 0; i < a->measure_count; i++)
        if (a->measures[i].rule.status != b->measures[i].rule.status)
            return false;
    return true;
}

bool
tidu_program_same(const tidu_program *a, const tidu_program *b)
{
    return same_steps(a, b) && same_operands(a, b) && same_statuses(a, b) && same_numbers(a, b) &&
           same_support(a, b);
}
