/*
 * bounds.c: what linear conditions say of each quantity by itself.
 *
 * A row in which all other quantities do what they can for it still asks something of the
 * last one. What is found is found again in other rows, a few times.
 *
 * Must not know: steps, goals.
 */
#include "internal.h"

enum { ROUNDS = 4 };

/* The most that a term can add to its row; NULL: no end to it. */
static mpq_srcptr
best_of(const struct state *state, const struct row *row, uint32_t i)
{
    uint32_t q = row->quantities[i];
    return mpq_sgn(row->coefficients[i]) > 0 ? state->most[q] : state->least[q];
}

/* `rest` is what the row comes to without the term. True when its bound has moved. */
static bool
tighten(struct search *search, const struct row *row, uint32_t i, mpq_srcptr rest)
{
    struct state *state = &search->state;
    uint32_t q = row->quantities[i];
    bool above = mpq_sgn(row->coefficients[i]) > 0;
    mpq_srcptr *bound = above ? &state->least[q] : &state->most[q];
    mpq_t value;
    mpq_init(value);
    mpq_div(value, rest, row->coefficients[i]);
    mpq_neg(value, value);
    if (above)
        tidu_quantity_above(&search->leeway->quantities[q], value, false);
    else
        tidu_quantity_below(&search->leeway->quantities[q], value, false);
    int order = *bound ? mpq_cmp(value, *bound) : 0;
    bool moved = !*bound || (above ? order > 0 : order < 0);
    if (moved)
        *bound = tidu_numbers_copy(&search->numbers, value);
    mpq_clear(value);
    return moved;
}

static bool
read_row(struct search *search, const struct row *row)
{
    uint32_t open = 0;
    bool moved = false;
    mpq_t total, rest;
    mpq_inits(total, rest, NULL);
    mpq_set(total, row->constant);
    for (uint32_t i = 0; i < row->count; i++) {
        mpq_srcptr best = best_of(&search->state, row, i);
        open += !best;
        if (best) {
            mpq_mul(rest, row->coefficients[i], best);
            mpq_add(total, total, rest);
        }
    }
    for (uint32_t i = 0; open < 2 && i < row->count; i++) {
        mpq_srcptr best = best_of(&search->state, row, i);
        if (open && best)
            continue;
        mpq_set(rest, total);
        if (best) {
            mpq_mul(rest, row->coefficients[i], best);
            mpq_sub(rest, total, rest);
        }
        moved = tighten(search, row, i, rest) || moved;
    }
    mpq_clears(total, rest, NULL);
    return moved;
}

void
tidu_bounds_imply(struct search *search)
{
    struct state *state = &search->state;
    bool moved = true;
    for (uint32_t q = 0; q < search->leeway->quantity_count; q++) {
        state->least[q] = state->low[q];
        state->most[q] = state->high[q];
    }
    for (int round = 0; moved && round < ROUNDS; round++) {
        moved = false;
        for (size_t r = 0; r < state->row_count; r++)
            moved = read_row(search, state->rows[r]) || moved;
    }
}
