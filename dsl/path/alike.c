/*
 * alike.c: steps of two programs that do the same to the same.
 */
#include "differ.h"

static const tidu_instruction *
step_of(const struct differing *differing, uint32_t side, tidu_step step)
{
    return &differing->sides[side].program->steps[step];
}

static bool
same_constants(const struct differing *differing, uint32_t old, uint32_t new)
{
    return mpq_equal(differing->sides[0].program->constants[old].exact,
                     differing->sides[1].program->constants[new].exact);
}

static bool
same_sets(const struct differing *differing, uint32_t old, uint32_t new)
{
    const tidu_class_set *a = &differing->sides[0].program->sets[old];
    const tidu_class_set *b = &differing->sides[1].program->sets[new];
    uint32_t most = a->words > b->words ? a->words : b->words;
    for (uint32_t w = 0; w < most; w++)
        if ((w < a->words ? a->bits[w] : 0) != (w < b->words ? b->bits[w] : 0))
            return false;
    return true;
}

static bool
same_numbers(const struct differing *differing, const tidu_instruction *a,
             const tidu_instruction *b)
{
    switch (a->op) {
    case TIDU_DO_CONST:
    case TIDU_DO_FILL:
        return same_constants(differing, a->number, b->number);
    case TIDU_DO_IN:
        return same_sets(differing, a->number, b->number);
    default:
        return a->number == b->number;
    }
}

static bool
same_operand(struct differing *differing, tidu_step old, tidu_step new)
{
    if (old == TIDU_NO_STEP || new == TIDU_NO_STEP)
        return old == new;
    return tidu_same_steps(differing, old, new);
}

bool
tidu_same_steps(struct differing *differing, tidu_step old, tidu_step new)
{
    const tidu_instruction *a = step_of(differing, 0, old), *b = step_of(differing, 1, new);
    const uint32_t *pool[2] = {differing->sides[0].program->pool + a->first,
                               differing->sides[1].program->pool + b->first};
    if (differing->same_as[new] == old)
        return true;
    if (a->op != b->op || a->frame != b->frame || a->count != b->count ||
        !same_numbers(differing, a, b))
        return false;
    for (uint32_t i = 0; i <= a->count && tidu_gives_points(a); i++)
        if (!same_constants(differing, pool[0][a->count + i], pool[1][b->count + i]))
            return false;
    /* sizes for rounding (c of what is no choice) follow from the rest */
    if (!same_operand(differing, a->a, b->a) || !same_operand(differing, a->b, b->b) ||
        (a->op == TIDU_DO_SELECT && !same_operand(differing, a->c, b->c)))
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!tidu_same_steps(differing, pool[0][i], pool[1][i]))
            return false;
    differing->same_as[new] = old;
    return true;
}
