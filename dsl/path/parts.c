/*
 * parts.c: no part exceeds its whole.
 *
 * Must not know: goals, decisions.
 */
#include "internal.h"

static bool
add_row(struct leeway *leeway, uint32_t part, uint32_t whole)
{
    struct row *row = tidu_arena_alloc(leeway->arena, sizeof *row);
    uint32_t *quantities = tidu_arena_array(leeway->arena, 2, sizeof *quantities);
    mpq_ptr *factors = tidu_arena_array(leeway->arena, 2, sizeof *factors);
    if (!row || !quantities || !factors)
        return false;
    for (int i = 0; i < 2; i++) {
        quantities[i] = i ? whole : part;
        factors[i] = tidu_numbers_new(&leeway->numbers);
        mpq_set_si(factors[i], i ? 1 : -1, 1);
    }
    *row = (struct row){2, quantities, factors, tidu_numbers_new(&leeway->numbers)};
    leeway->parts[leeway->part_count++] = row;
    return true;
}

static bool
bind_part(struct leeway *leeway, const tidu_fact *part, const tidu_fact *whole, uint32_t lag)
{
    if (lag >= part->slots.lag_count || lag >= whole->slots.lag_count ||
        part->slots.columns[lag] == TIDU_NONE || whole->slots.columns[lag] == TIDU_NONE)
        return true;
    uint32_t small = (uint32_t)part->slots.columns[lag],
             large = (uint32_t)whole->slots.columns[lag];
    struct cellular a = cell_of(leeway->block, small), b = cell_of(leeway->block, large);
    int32_t p = leeway->quantity_of[0][small], w = leeway->quantity_of[0][large];
    if (!is_known(a, 0) || !is_known(b, 0) || value_in(a, 0) > value_in(b, 0))
        return true;
    mpq_ptr bound = tidu_numbers_of(&leeway->numbers, value_in(p == TIDU_NONE ? a : b, 0));
    if (p != TIDU_NONE && w != TIDU_NONE)
        return add_row(leeway, (uint32_t)p, (uint32_t)w);
    if (p != TIDU_NONE) {
        mpq_ptr *high = &leeway->quantities[p].high;
        *high = !*high || mpq_cmp(*high, bound) > 0 ? bound : *high;
    } else if (w != TIDU_NONE) {
        mpq_ptr *low = &leeway->quantities[w].low;
        *low = !*low || mpq_cmp(*low, bound) < 0 ? bound : *low;
    }
    return true;
}

bool
tidu_parts_bind(const struct question *question, struct leeway *leeway)
{
    const tidu_vocabulary *vocabulary = &question->ruleset->vocabulary;
    leeway->parts = tidu_arena_array(leeway->arena, leeway->quantity_count, sizeof *leeway->parts);
    if (!leeway->parts)
        return false;
    for (uint32_t f = 0; f < vocabulary->fact_count; f++) {
        const tidu_fact *fact = &vocabulary->facts[f];
        for (uint32_t lag = 0;
             fact->effort.part_of && lag < tidu_leeway_lags(question, leeway, fact); lag++)
            if (!bind_part(leeway, fact, fact->effort.part_of, lag))
                return false;
    }
    return true;
}

/* A part grows no further than its whole can. */
void
tidu_parts_wholes(const struct question *question, bool *columns)
{
    const tidu_vocabulary *vocabulary = &question->ruleset->vocabulary;
    for (uint32_t f = 0; f < vocabulary->fact_count; f++) {
        const tidu_fact *fact = &vocabulary->facts[f], *whole = fact->effort.part_of;
        for (uint32_t lag = 0; whole && lag < fact->slots.lag_count; lag++)
            if (fact->slots.columns[lag] != TIDU_NONE && columns[fact->slots.columns[lag]] &&
                lag < whole->slots.lag_count && whole->slots.columns[lag] != TIDU_NONE)
                columns[whole->slots.columns[lag]] = true;
    }
}

bool
tidu_parts_free(struct leeway *leeway, const tidu_vocabulary *vocabulary)
{
    leeway->parts = tidu_arena_array(leeway->arena, leeway->quantity_count, sizeof *leeway->parts);
    if (!leeway->parts)
        return false;
    for (uint32_t f = 0; f < vocabulary->fact_count; f++) {
        const tidu_fact *part = &vocabulary->facts[f], *whole = part->effort.part_of;
        uint32_t lags = whole ? part->slots.lag_count : 0;
        for (uint32_t lag = 0; lag < lags && lag < whole->slots.lag_count; lag++) {
            int32_t small = part->slots.columns[lag], large = whole->slots.columns[lag];
            if (small == TIDU_NONE || large == TIDU_NONE)
                continue;
            int32_t p = leeway->quantity_of[0][small], w = leeway->quantity_of[0][large];
            if (p != TIDU_NONE && w != TIDU_NONE && !add_row(leeway, (uint32_t)p, (uint32_t)w))
                return false;
        }
    }
    return true;
}
