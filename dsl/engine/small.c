/*
 * small.c: the border again, where 64-bit fractions are enough.
 *
 * Most values that stand on a border are short: 70 of 100, 2.5 of 10. Their
 * fractions fit machine words, and deciding them costs a few multiplications.
 * Whatever does not fit is left to exact.c; nothing is ever rounded here.
 */
#include "internal.h"

#include <math.h>

typedef __int128 wide;

/* num / den, den > 0 */
struct fraction {
    int64_t num, den;
};

enum { MOST_BITS = 62, MOST_DECIMALS = 6, DEEPEST = 12 };

static bool
fit(wide num, wide den, struct fraction *ret)
{
    const wide limit = (wide)1 << MOST_BITS;
    if (num >= limit || num <= -limit || den >= limit)
        return false;
    *ret = (struct fraction){(int64_t)num, (int64_t)den};
    return true;
}

/* The decimal a double was read from: of those with as many digits only one
 * lies nearest, so a candidate that reads back as the double is it. */
static bool
fraction_of_double(double value, struct fraction *ret)
{
    double power = 1;
    for (int decimals = 0; decimals <= MOST_DECIMALS; decimals++, power *= 10) {
        double whole = rint(value * power);
        if (fabs(whole) >= 1e15)
            return false;
        if (whole / power == value) {
            *ret = (struct fraction){(int64_t)whole, (int64_t)power};
            return true;
        }
    }
    return false;
}

static bool
fraction_of_constant(const tidu_constant *constant, struct fraction *ret)
{
    mpz_srcptr num = mpq_numref(constant->exact), den = mpq_denref(constant->exact);
    if (mpz_sizeinbase(num, 2) > MOST_BITS || mpz_sizeinbase(den, 2) > MOST_BITS)
        return false;
    *ret = (struct fraction){mpz_get_si(num), mpz_get_si(den)};
    return true;
}

static bool
combine(uint8_t op, struct fraction a, struct fraction b, struct fraction *ret)
{
    switch (op) {
    case TIDU_DO_ADD:
        return fit((wide)a.num * b.den + (wide)b.num * a.den, (wide)a.den * b.den, ret);
    case TIDU_DO_SUB:
        return fit((wide)a.num * b.den - (wide)b.num * a.den, (wide)a.den * b.den, ret);
    case TIDU_DO_MUL:
        return fit((wide)a.num * b.num, (wide)a.den * b.den, ret);
    default:
        if (b.num == 0)
            return false;
        if (b.num < 0)
            return fit(-(wide)a.num * b.den, -(wide)a.den * b.num, ret);
        return fit((wide)a.num * b.den, (wide)a.den * b.num, ret);
    }
}

static bool
fraction_of(const struct tidu_run *run, tidu_step at, uint32_t row, int depth, struct fraction *ret)
{
    const tidu_instruction *step = &run->program->steps[at];
    struct fraction a, b;
    switch (step->op) {
    case TIDU_DO_FACT:
        return !(run->block->spelling_count &&
                 tidu_block_spelling(run->block, step->number, row)) &&
               fraction_of_double(tidu_column_value(&run->columns[at], row), ret);
    case TIDU_DO_CONST:
        return fraction_of_constant(&run->program->constants[step->number], ret);
    case TIDU_DO_ADD:
    case TIDU_DO_SUB:
    case TIDU_DO_MUL:
    case TIDU_DO_DIV:
        return depth < DEEPEST && fraction_of(run, step->a, row, depth + 1, &a) &&
               fraction_of(run, step->b, row, depth + 1, &b) && combine(step->op, a, b, ret);
    default:
        return false;
    }
}

bool
tidu_small_compare(const struct tidu_run *run, tidu_step a, tidu_step b, uint32_t row,
                   int *ret_order)
{
    struct fraction left, right;
    if (!fraction_of(run, a, row, 0, &left) || !fraction_of(run, b, row, 0, &right))
        return false;
    wide x = (wide)left.num * right.den, y = (wide)right.num * left.den;
    *ret_order = (x > y) - (x < y);
    return true;
}

/* Whole by whole, both as they are: the quotient of doubles is rounded, but never onto or
 * over a whole number that the true one is not at, so its floor is right already. */
uint64_t
tidu_whole_quotients(const struct tidu_run *run, tidu_step step, struct word w, uint64_t rows)
{
    const double most = 0x1p50;
    const tidu_instruction *at = &run->program->steps[step], *by;
    uint64_t whole = 0;
    if (at->op != TIDU_DO_DIV || run->block->spelling_count)
        return 0;
    by = &run->program->steps[at->b];
    if (run->program->steps[at->a].op != TIDU_DO_FACT || by->op != TIDU_DO_CONST ||
        mpz_cmp_ui(mpq_denref(run->program->constants[by->number].exact), 1) != 0 ||
        fabs(run->program->constants[by->number].value) >= most)
        return 0;
    const double *x = run->columns[at->a].value + (size_t)w.index * 64;
    for (; rows; rows &= rows - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(rows);
        whole |= (uint64_t)(fabs(x[i]) < most && x[i] == rint(x[i])) << i;
    }
    return whole;
}

bool
tidu_small_floor(const struct tidu_run *run, tidu_step step, uint32_t row, double *ret_value)
{
    struct fraction value;
    if (!fraction_of(run, step, row, 0, &value))
        return false;
    int64_t whole = value.num / value.den;
    *ret_value = (double)(whole - (value.num % value.den < 0));
    return true;
}
