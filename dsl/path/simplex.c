/*
 * simplex.c: the least effort under linear conditions.
 *
 * Each quantity starts at its value now, or at the bound it has to reach. Where that
 * breaks a row, a dual simplex in rationals moves on: efforts are never negative, so it
 * starts with a solution of the dual, and Bland's rule ends it (R. G. Bland, New finite
 * pivoting rules for the simplex method, 1977).
 *
 * Must not know: steps, goals.
 */
#include "internal.h"

/* ---- values that a quantity can take ---- */

static void
to_multiple(const struct quantity *quantity, mpq_t value, bool up, bool strict)
{
    mpq_t whole;
    mpq_init(whole);
    mpq_div(whole, value, quantity->step);
    bool on = !mpz_cmp_ui(mpq_denref(whole), 1);
    if (up)
        mpz_cdiv_q(mpq_numref(whole), mpq_numref(whole), mpq_denref(whole));
    else
        mpz_fdiv_q(mpq_numref(whole), mpq_numref(whole), mpq_denref(whole));
    mpz_set_ui(mpq_denref(whole), 1);
    if (on && strict && up)
        mpz_add_ui(mpq_numref(whole), mpq_numref(whole), 1);
    else if (on && strict)
        mpz_sub_ui(mpq_numref(whole), mpq_numref(whole), 1);
    mpq_mul(whole, whole, quantity->step);
    int nearer = up ? 1 : -1; /* its value now may lie between two multiples */
    int beyond = mpq_cmp(quantity->now, value) * nearer;
    if ((strict ? beyond > 0 : beyond >= 0) && mpq_cmp(quantity->now, whole) * nearer < 0)
        mpq_set(whole, quantity->now);
    mpq_set(value, whole);
    mpq_clear(whole);
}

void
tidu_quantity_above(const struct quantity *quantity, mpq_t value, bool strict)
{
    to_multiple(quantity, value, true, strict);
}

void
tidu_quantity_below(const struct quantity *quantity, mpq_t value, bool strict)
{
    to_multiple(quantity, value, false, strict);
}

/* ---- where everything starts ---- */

static bool
start(struct search *search)
{
    struct state *state = &search->state;
    for (uint32_t q = 0; q < search->leeway->quantity_count; q++) {
        mpq_srcptr low = state->low[q], high = state->high[q];
        mpq_set(state->values[q], search->leeway->quantities[q].now);
        if (low && high && mpq_cmp(low, high) > 0)
            return false;
        if (low && mpq_cmp(state->values[q], low) < 0)
            mpq_set(state->values[q], low);
        if (high && mpq_cmp(state->values[q], high) > 0)
            mpq_set(state->values[q], high);
    }
    return true;
}

static void
row_value(const struct state *state, const struct row *row, mpq_t ret)
{
    mpq_t one;
    mpq_init(one);
    mpq_set(ret, row->constant);
    for (uint32_t i = 0; i < row->count; i++) {
        mpq_mul(one, row->coefficients[i], state->values[row->quantities[i]]);
        mpq_add(ret, ret, one);
    }
    mpq_clear(one);
}

static bool
all_hold(const struct state *state)
{
    bool hold = true;
    mpq_t value;
    mpq_init(value);
    for (size_t r = 0; hold && r < state->row_count; r++) {
        row_value(state, state->rows[r], value);
        hold = mpq_sgn(value) >= 0;
    }
    mpq_clear(value);
    return hold;
}

/* ---- the dictionary ---- */

/* Each row says what a basic variable is: a constant and multiples of the others. */
struct dictionary {
    uint32_t rows, columns; /* without the effort's row and the constants' column */
    mpq_t *cells;           /* [(row) * (columns + 1) + column]; the effort comes last */
    uint32_t *basic;        /* [row] variables: columns first, then slacks */
    uint32_t *other;        /* [column] */
    uint32_t *quantity;     /* [column] which it moves */
    bool *up;               /* [column] and which way */
};

static mpq_t *
cell(struct dictionary *d, uint32_t row, uint32_t column)
{
    return &d->cells[(size_t)row * (d->columns + 1) + column];
}

static mpq_t *
constant(struct dictionary *d, uint32_t row)
{
    return cell(d, row, d->columns);
}

/* Quantities that stand in rows, in each direction that is open to them. */
static void
find_columns(struct search *search, struct dictionary *d)
{
    const struct state *state = &search->state;
    const struct leeway *leeway = search->leeway;
    for (uint32_t q = 0; q < leeway->quantity_count; q++) {
        bool stands = false;
        for (size_t r = 0; !stands && r < state->row_count; r++)
            for (uint32_t i = 0; !stands && i < state->rows[r]->count; i++)
                stands = state->rows[r]->quantities[i] == q;
        for (int up = 1; stands && up >= 0; up--) {
            mpq_srcptr end = up ? state->high[q] : state->low[q];
            if (!(up ? leeway->quantities[q].up : leeway->quantities[q].down) ||
                (end && mpq_equal(end, state->values[q])))
                continue;
            d->quantity[d->columns] = q;
            d->up[d->columns++] = up;
        }
    }
}

static void
fill_row(struct search *search, struct dictionary *d, uint32_t at, const struct row *row)
{
    row_value(&search->state, row, *constant(d, at));
    for (uint32_t c = 0; c < d->columns; c++)
        for (uint32_t i = 0; i < row->count; i++)
            if (row->quantities[i] == d->quantity[c]) {
                mpq_set(*cell(d, at, c), row->coefficients[i]);
                if (!d->up[c])
                    mpq_neg(*cell(d, at, c), *cell(d, at, c));
            }
}

/* A quantity goes no further than its bound. */
static void
fill_bound(struct search *search, struct dictionary *d, uint32_t at, uint32_t column,
           mpq_srcptr bound)
{
    mpq_t *room = constant(d, at);
    mpq_sub(*room, bound, search->state.values[d->quantity[column]]);
    mpq_abs(*room, *room);
    mpq_set_si(*cell(d, at, column), -1, 1);
}

static mpq_srcptr
bound_of(const struct state *state, const struct dictionary *d, uint32_t column)
{
    uint32_t q = d->quantity[column];
    return d->up[column] ? state->high[q] : state->low[q];
}

static bool
open_dictionary(struct search *search, struct dictionary *d)
{
    const struct state *state = &search->state;
    const struct leeway *leeway = search->leeway;
    uint32_t most = 2 * leeway->quantity_count;
    d->quantity = tidu_arena_array(search->scratch, most, sizeof *d->quantity);
    d->up = tidu_arena_array(search->scratch, most, sizeof *d->up);
    if (!d->quantity || !d->up)
        return false;
    find_columns(search, d);
    d->rows = (uint32_t)state->row_count;
    for (uint32_t c = 0; c < d->columns; c++)
        d->rows += bound_of(state, d, c) != NULL;
    size_t cells = (size_t)(d->rows + 1) * (d->columns + 1);
    d->cells = tidu_arena_array(search->scratch, cells, sizeof *d->cells);
    d->basic = tidu_arena_array(search->scratch, d->rows, sizeof *d->basic);
    d->other = tidu_arena_array(search->scratch, d->columns, sizeof *d->other);
    if (!d->cells || !d->basic || !d->other)
        return false;
    for (size_t i = 0; i < cells; i++)
        mpq_init(d->cells[i]);
    for (uint32_t r = 0; r < d->rows; r++)
        d->basic[r] = d->columns + r;
    uint32_t at = (uint32_t)state->row_count;
    for (uint32_t r = 0; r < state->row_count; r++)
        fill_row(search, d, r, state->rows[r]);
    for (uint32_t c = 0; c < d->columns; c++) {
        const struct quantity *quantity = &leeway->quantities[d->quantity[c]];
        d->other[c] = c;
        mpq_set(*cell(d, d->rows, c), d->up[c] ? quantity->up : quantity->down);
        if (bound_of(state, d, c))
            fill_bound(search, d, at++, c, bound_of(state, d, c));
    }
    return true;
}

static void
close_dictionary(struct dictionary *d)
{
    for (size_t i = 0; d->cells && i < (size_t)(d->rows + 1) * (d->columns + 1); i++)
        mpq_clear(d->cells[i]);
}

/* The broken row whose variable comes first. */
static uint32_t
leaving(struct dictionary *d)
{
    uint32_t found = UINT32_MAX;
    for (uint32_t r = 0; r < d->rows; r++)
        if (mpq_sgn(*constant(d, r)) < 0 && (found == UINT32_MAX || d->basic[r] < d->basic[found]))
            found = r;
    return found;
}

/* The column that mends the row with the least effort a unit; of equals the variable that
 * comes first. */
static uint32_t
entering(struct dictionary *d, uint32_t row)
{
    uint32_t found = UINT32_MAX;
    mpq_t effort, least;
    mpq_inits(effort, least, NULL);
    for (uint32_t c = 0; c < d->columns; c++) {
        if (mpq_sgn(*cell(d, row, c)) <= 0)
            continue;
        mpq_div(effort, *cell(d, d->rows, c), *cell(d, row, c));
        int order = found == UINT32_MAX ? -1 : mpq_cmp(effort, least);
        if (order < 0 || (order == 0 && d->other[c] < d->other[found])) {
            found = c;
            mpq_set(least, effort);
        }
    }
    mpq_clears(effort, least, NULL);
    return found;
}

static void
pivot(struct dictionary *d, uint32_t row, uint32_t column)
{
    mpq_t by, change;
    mpq_inits(by, change, NULL);
    mpq_inv(by, *cell(d, row, column));
    /* the row, solved for the column's variable */
    for (uint32_t c = 0; c <= d->columns; c++) {
        mpq_t *at = cell(d, row, c);
        if (c == column) {
            mpq_set(*at, by);
        } else if (mpq_sgn(*at)) {
            mpq_mul(*at, *at, by);
            mpq_neg(*at, *at);
        }
    }
    for (uint32_t r = 0; r <= d->rows; r++) {
        mpq_t *at = cell(d, r, column);
        if (r == row || !mpq_sgn(*at))
            continue;
        mpq_set(by, *at);
        mpq_set_ui(*at, 0, 1);
        for (uint32_t c = 0; c <= d->columns; c++) {
            mpq_mul(change, by, *cell(d, row, c));
            mpq_add(*cell(d, r, c), *cell(d, r, c), change);
        }
    }
    uint32_t variable = d->basic[row];
    d->basic[row] = d->other[column];
    d->other[column] = variable;
    mpq_clears(by, change, NULL);
}

static bool
mend(struct search *search)
{
    struct state *state = &search->state;
    struct dictionary d = {0};
    tidu_arena_reset(search->scratch);
    bool good = open_dictionary(search, &d);
    if (!good)
        search->numbers.failed = true;
    for (uint32_t row; good && (row = leaving(&d)) != UINT32_MAX;) {
        uint32_t column = entering(&d, row);
        good = column != UINT32_MAX;
        if (good)
            pivot(&d, row, column);
    }
    for (uint32_t r = 0; good && r < d.rows; r++) {
        if (d.basic[r] >= d.columns)
            continue;
        mpq_t *value = &state->values[d.quantity[d.basic[r]]];
        if (d.up[d.basic[r]])
            mpq_add(*value, *value, *constant(&d, r));
        else
            mpq_sub(*value, *value, *constant(&d, r));
    }
    close_dictionary(&d);
    return good;
}

static void
add_effort(struct search *search)
{
    struct state *state = &search->state;
    mpq_t by;
    mpq_init(by);
    for (uint32_t q = 0; q < search->leeway->quantity_count; q++) {
        const struct quantity *quantity = &search->leeway->quantities[q];
        mpq_sub(by, state->values[q], quantity->now);
        int way = mpq_sgn(by);
        if (!way)
            continue;
        mpq_abs(by, by);
        mpq_mul(by, by, way > 0 ? quantity->up : quantity->down);
        mpq_add(state->effort, state->effort, by);
    }
    mpq_clear(by);
}

bool
tidu_simplex(struct search *search)
{
    if (!start(search) || (!all_hold(&search->state) && !mend(search)))
        return false;
    add_effort(search);
    return true;
}
