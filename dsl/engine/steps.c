/*
 * steps.c: what each step does to a word of 64 rows.
 *
 * Every step is a tight loop. A number step fills its values and which of them
 * are known; a flag step fills two bitmaps, true and known.
 *
 * INVARIANT: a flag is true only where it is known; no bit is set at or beyond
 * the last row; a value that is not known is 0.
 *
 * Must not know: what the steps mean, or in which order they come (run.c).
 */
#include "kernels.h"

#include "tidu/decimal.h"

/* Which of its variants this is: see variant.c. */
#ifndef TIDU_VARIANT
#define TIDU_VARIANT tidu_kernels_plain
#endif

#include <stdlib.h>
#include <string.h>

/* Loops over lanes are what this file is for. */
#if defined(__OPTIMIZE__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

typedef const tidu_instruction instruction;

static inline const double *
values(const struct column *column, uint32_t word)
{
    return column->value + (size_t)word * column->stride;
}

static inline uint64_t
known_bits(const struct column *column, uint32_t word)
{
    return column->known[(size_t)word * column->known_stride];
}

static inline uint64_t
true_bits(const struct column *column, uint32_t word)
{
    return column->truth[(size_t)word * column->known_stride];
}

/* ---- arithmetic ---- */

/* Eight at a time: the compiler makes one operation of them where there are such lanes. */
#define EACH_LANE(rows, act)                        \
    for (uint32_t at = 0; at < (rows); at += LANES) \
        for (uint32_t i = at; i < at + LANES; i++)  \
            act;

/* Where it does not by itself. */
#define EACH_EIGHT(rows, expression)             \
    for (uint32_t i = 0; i < (rows); i += LANES) \
        EIGHT_AT(to + i) = expression;

/* What is dear is done for rows alone. */
#define EACH_ROW(rows, act)               \
    for (uint32_t i = 0; i < (rows); i++) \
        act;

#define BINARY(name, act)                                                                        \
    static void name(struct tidu_run *run, instruction *step, struct column *out, struct word w) \
    {                                                                                            \
        const struct column *ca = &run->columns[step->a], *cb = &run->columns[step->b];          \
        const double *restrict a = values(ca, w.index), *restrict b = values(cb, w.index);       \
        double *restrict to = out->value + (size_t)w.index * 64;                                 \
        uint64_t known = known_bits(ca, w.index) & known_bits(cb, w.index) & w.mask;             \
        act tidu_keep_rows(to, known, w.rows);                                                   \
        out->known[w.index] = known;                                                             \
    }

BINARY(do_add, EACH_EIGHT(w.rows, EIGHT(a + i) + EIGHT(b + i)))
BINARY(do_sub, EACH_EIGHT(w.rows, EIGHT(a + i) - EIGHT(b + i)))
BINARY(do_mul, EACH_EIGHT(w.rows, EIGHT(a + i) * EIGHT(b + i)))
BINARY(do_min, EACH_LANE(w.rows, to[i] = a[i] < b[i] ? a[i] : b[i]))
BINARY(do_max, EACH_LANE(w.rows, to[i] = a[i] > b[i] ? a[i] : b[i]))

/* Rows where `bits` are set and the exact value of `step` is (or is not) of
 * the wanted sign. */
static uint64_t
exact_signs(struct tidu_run *run, tidu_step step, struct word w, uint64_t bits, int lowest)
{
    uint64_t good = 0;
    mpq_t value;
    mpq_init(value);
    for (; bits; bits &= bits - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(bits);
        tidu_exact_value(run, step, w.index * 64 + i, value);
        run->exact_count++;
        if (lowest == 2 ? mpq_sgn(value) != 0 : mpq_sgn(value) >= lowest)
            good |= UINT64_C(1) << i;
    }
    mpq_clear(value);
    return good;
}

/* Rows in which a and b lie within rounding distance of the sizes in step c. A
 * size that is not known bounds nothing. */
static uint64_t
near_magnitude(const struct tidu_run *run, instruction *step, const double *a, const double *b,
               struct word w)
{
    const struct column *size = &run->columns[step->c];
    return tidu_bits_near(a, b, values(size, w.index), w.rows) | ~known_bits(size, w.index);
}

/* Rows in which `tested`, a sum, may have cancelled to nothing. */
static uint64_t
near_zero(const struct tidu_run *run, instruction *step, tidu_step tested, struct word w)
{
    static const double zero[64];
    if (step->near == TIDU_NEAR_NEVER)
        return 0;
    return near_magnitude(run, step, values(&run->columns[tested], w.index), zero, w);
}

/* Compute the rows of `bits` again, from the spelled decimals. */
static void
compute_exactly(struct tidu_run *run, instruction *step, double *to, struct word w, uint64_t bits)
{
    tidu_step at = (tidu_step)(step - run->program->steps);
    mpq_t value;
    mpq_init(value);
    for (; bits; bits &= bits - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(bits);
        tidu_exact_value(run, at, w.index * 64 + i, value);
        to[i] = tidu_decimal_double(value);
    }
    mpq_clear(value);
}

static void
do_div(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    const struct column *ca = &run->columns[step->a], *cb = &run->columns[step->b];
    const double *restrict a = values(ca, w.index), *restrict b = values(cb, w.index);
    double *restrict to = out->value + (size_t)w.index * 64;
    static const double zero[64];
    uint64_t known = known_bits(ca, w.index) & known_bits(cb, w.index) & w.mask;
    uint64_t near = near_zero(run, step, step->b, w) & known;
    known &= ~(near | tidu_bits_eq(b, zero, w.rows));
    EACH_EIGHT(w.rows, EIGHT(a + i) / EIGHT(b + i))
    /* What is left of a divisor that cancelled is mostly rounding. */
    if (near) {
        near = exact_signs(run, step->b, w, near, 2);
        compute_exactly(run, step, to, w, near);
        known |= near;
    }
    tidu_keep_rows(to, known, w.rows);
    out->known[w.index] = known;
}

#define UNARY(name, loop, expression)                                                            \
    static void name(struct tidu_run *run, instruction *step, struct column *out, struct word w) \
    {                                                                                            \
        const struct column *ca = &run->columns[step->a];                                        \
        const double *restrict a = values(ca, w.index);                                          \
        double *restrict to = out->value + (size_t)w.index * 64;                                 \
        uint64_t known = known_bits(ca, w.index) & w.mask;                                       \
        loop(w.rows, to[i] = expression) tidu_keep_rows(to, known, w.rows);                      \
        out->known[w.index] = known;                                                             \
    }

/* A day, kept within a hundred thousand years: sums of dates may leave every
 * calendar. */
static int32_t
day_of(double days)
{
    const double most = 36524250;
    return (int32_t)fmin(fmax(days, -most), most);
}

static double
year_of(double days)
{
    int year, month, day;
    tidu_date_split(day_of(days), &year, &month, &day);
    return year;
}

UNARY(do_neg, EACH_LANE, -a[i])
UNARY(do_abs, EACH_LANE, fabs(a[i]))
UNARY(do_year_of, EACH_ROW, year_of(a[i]))
UNARY(do_shift, EACH_ROW, tidu_date_shift(day_of(a[i]), (int32_t)step->number))

/* Full years from one day to another: a birthday counts when it is reached. */
static double
full_years(double from, double to)
{
    int year[2], month[2], day[2];
    tidu_date_split(day_of(from), &year[0], &month[0], &day[0]);
    tidu_date_split(day_of(to), &year[1], &month[1], &day[1]);
    bool before = month[1] < month[0] || (month[1] == month[0] && day[1] < day[0]);
    return year[1] - year[0] - before;
}

BINARY(do_full_years, EACH_ROW(w.rows, to[i] = full_years(a[i], b[i])))

static void
do_positive(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    const struct column *ca = &run->columns[step->a];
    const double *a = values(ca, w.index);
    double *to = out->value + (size_t)w.index * 64;
    static const double zero[64];
    bool strict = step->op == TIDU_DO_POSITIVE;
    uint64_t known = known_bits(ca, w.index) & w.mask;
    uint64_t near = near_zero(run, step, step->a, w) & known;
    uint64_t good = strict ? tidu_bits_lt(zero, a, w.rows) : tidu_bits_le(zero, a, w.rows);
    if (near)
        good = (good & ~near) | exact_signs(run, step->a, w, near, strict ? 1 : 0);
    known &= good;
    memcpy(to, a, w.rows * sizeof *to);
    tidu_keep_rows(to, known, w.rows);
    out->known[w.index] = known;
}

static void
do_root(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    const struct column *ca = &run->columns[step->a];
    const double *a = values(ca, w.index);
    double *to = out->value + (size_t)w.index * 64;
    uint64_t known = known_bits(ca, w.index) & w.mask;
    for (uint32_t i = 0; i < w.rows; i++) {
        to[i] = a[i] < 0 ? 0 : pow(a[i], 1.0 / step->number);
        if (a[i] < 0)
            known &= ~(UINT64_C(1) << i);
    }
    tidu_keep_rows(to, known, w.rows);
    out->known[w.index] = known;
}

static uint64_t
near_bits(struct tidu_run *run, instruction *step, const double *a, const double *b, struct word w)
{
    switch (step->near) {
    case TIDU_NEAR_NEVER:
        return 0;
    case TIDU_NEAR_SPELLED:
        return run->block->spelling_count ? tidu_bits_eq(a, b, w.rows) : 0;
    case TIDU_NEAR_SIZE:
        return tidu_bits_near_size(a, b, w.rows);
    default:
        return near_magnitude(run, step, a, b, w);
    }
}

static void
do_round(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    const struct column *ca = &run->columns[step->a];
    const double *a = values(ca, w.index);
    double *to = out->value + (size_t)w.index * 64, edge[64] = {0};
    bool half_away = step->op == TIDU_DO_ROUND;
    uint64_t known = known_bits(ca, w.index) & w.mask;
    for (uint32_t i = 0; i < w.rows; i++) {
        to[i] = half_away ? round(a[i]) : floor(a[i]);
        edge[i] = half_away ? trunc(a[i]) + copysign(0.5, a[i]) : rint(a[i]);
    }
    uint64_t near = near_bits(run, step, a, edge, w) & known;
    if (near && !half_away)
        near &= ~tidu_whole_quotients(run, step->a, w, near);
    uint64_t large = near;
    for (uint64_t rest = near; rest; rest &= rest - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(rest);
        run->exact_count++;
        if (!half_away && tidu_small_floor(run, step->a, w.index * 64 + i, &to[i]))
            large &= ~(UINT64_C(1) << i);
    }
    if (large)
        compute_exactly(run, step, to, w, large);
    tidu_keep_rows(to, known, w.rows);
    out->known[w.index] = known;
}

/* Rows of `bits` in which both branches come to the same. */
static uint64_t
agreeing(struct tidu_run *run, instruction *step, struct word w, uint64_t bits)
{
    uint64_t same = 0;
    for (; bits; bits &= bits - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(bits);
        run->exact_count++;
        if (tidu_exact_compare(run, step->a, step->b, w.index * 64 + i) == 0)
            same |= UINT64_C(1) << i;
    }
    return same;
}

static void
do_select(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    const struct column *ca = &run->columns[step->a], *cb = &run->columns[step->b];
    const struct column *flag = &run->columns[step->c];
    const double *a = values(ca, w.index), *b = values(cb, w.index);
    double *to = out->value + (size_t)w.index * 64;
    uint64_t decided = known_bits(flag, w.index), first = true_bits(flag, w.index);
    uint64_t both = known_bits(ca, w.index) & known_bits(cb, w.index) & w.mask & ~decided;
    if (both)
        both = step->whole ? both & tidu_bits_eq(a, b, w.rows) : agreeing(run, step, w, both);
    uint64_t known =
        (first & known_bits(ca, w.index)) | (decided & ~first & known_bits(cb, w.index)) | both;
    for (uint32_t i = 0; i < w.rows; i += LANES)
        tidu_choose_eight(to + i, first >> i, a + i, b + i);
    known &= w.mask;
    tidu_keep_rows(to, known, w.rows);
    out->known[w.index] = known;
}

static void
do_fill(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    const struct column *ca = &run->columns[step->a];
    double *to = out->value + (size_t)w.index * 64;
    double constant = run->program->constants[step->number].value;
    memcpy(to, values(ca, w.index), w.rows * sizeof *to);
    tidu_put_where(to, ~known_bits(ca, w.index), constant, w.rows);
    out->known[w.index] = w.mask;
}

/* Some rows of all operands after the other: a sum stays where it is added up. */
static void
do_sum(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    const uint32_t *operands = run->program->pool + step->first;
    double *to = out->value + (size_t)w.index * 64;
    uint64_t known = w.mask;
    for (uint32_t at = 0; at < w.rows; at += 4 * LANES) {
        eight sum[4] = {{0}};
        for (uint32_t k = 0; k < step->count; k++) {
            const double *a = values(&run->columns[operands[k]], w.index) + at;
            sum[0] += EIGHT(a);
            sum[1] += EIGHT(a + LANES);
            sum[2] += EIGHT(a + 2 * LANES);
            sum[3] += EIGHT(a + 3 * LANES);
        }
        for (uint32_t i = 0; i < 4; i++)
            EIGHT_AT(to + at + i * LANES) = sum[i];
    }
    for (uint32_t k = 0; k < step->count; k++)
        known &= known_bits(&run->columns[operands[k]], w.index);
    tidu_keep_rows(to, known, w.rows);
    out->known[w.index] = known;
}

/* ---- comparisons ---- */

static bool
holds_exactly(tidu_op op, int order)
{
    return op == TIDU_DO_LT ? order < 0 : op == TIDU_DO_LE ? order <= 0 : order == 0;
}

/* Decide the rows that doubles could not. */
static uint64_t
decide(struct tidu_run *run, instruction *step, struct word w, uint64_t bits, uint64_t near)
{
    bits &= ~near;
    for (; near; near &= near - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(near);
        int order = tidu_exact_compare(run, step->a, step->b, w.index * 64 + i);
        run->exact_count++;
        if (holds_exactly((tidu_op)step->op, order))
            bits |= UINT64_C(1) << i;
    }
    return bits;
}

static inline void
compare(struct tidu_run *run, instruction *step, struct column *out, struct word w,
        uint64_t (*bits_of)(const double *, const double *, uint32_t))
{
    const struct column *ca = &run->columns[step->a], *cb = &run->columns[step->b];
    const double *a = values(ca, w.index), *b = values(cb, w.index);
    uint64_t known = known_bits(ca, w.index) & known_bits(cb, w.index) & w.mask;
    uint64_t bits = bits_of(a, b, w.rows);
    uint64_t near = near_bits(run, step, a, b, w) & known;
    if (near)
        bits = decide(run, step, w, bits, near);
    out->truth[w.index] = bits & known;
    out->known[w.index] = known;
}

static void
do_lt(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    compare(run, step, out, w, tidu_bits_lt);
}

static void
do_le(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    compare(run, step, out, w, tidu_bits_le);
}

static void
do_eq(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    compare(run, step, out, w, tidu_bits_eq);
}

static void
do_in(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    const struct column *ca = &run->columns[step->a];
    const tidu_class_set *set = &run->program->sets[step->number];
    const double *a = values(ca, w.index);
    uint64_t known = known_bits(ca, w.index) & w.mask;
    out->truth[w.index] = tidu_bits_in(a, set->bits, set->words, w.rows) & known;
    out->known[w.index] = known;
}

/* ---- logic ---- */

static void
do_not(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    const struct column *ca = &run->columns[step->a];
    uint64_t known = known_bits(ca, w.index) & w.mask;
    out->truth[w.index] = known & ~true_bits(ca, w.index);
    out->known[w.index] = known;
}

static void
do_and(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    const uint32_t *operands = run->program->pool + step->first;
    uint64_t all = w.mask, none = 0;
    for (uint32_t k = 0; k < step->count; k++) {
        const struct column *column = &run->columns[operands[k]];
        uint64_t truth = true_bits(column, w.index);
        all &= truth;
        none |= known_bits(column, w.index) & ~truth;
    }
    out->truth[w.index] = all;
    out->known[w.index] = (all | none) & w.mask;
}

static void
do_or(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    const uint32_t *operands = run->program->pool + step->first;
    uint64_t any = 0, none = w.mask;
    for (uint32_t k = 0; k < step->count; k++) {
        const struct column *column = &run->columns[operands[k]];
        uint64_t truth = true_bits(column, w.index);
        any |= truth;
        none &= known_bits(column, w.index) & ~truth;
    }
    out->truth[w.index] = any & w.mask;
    out->known[w.index] = (any | none) & w.mask;
}

static void
do_at_least(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    const uint32_t *operands = run->program->pool + step->first;
    uint64_t sure = 0, possible = 0;
    for (uint32_t i = 0; i < w.rows; i++) {
        uint32_t met = 0, open = 0;
        for (uint32_t k = 0; k < step->count; k++) {
            const struct column *column = &run->columns[operands[k]];
            met += (uint32_t)(true_bits(column, w.index) >> i & 1);
            open += (uint32_t)(~known_bits(column, w.index) >> i & 1);
        }
        sure |= (uint64_t)(met >= step->number) << i;
        possible |= (uint64_t)(met + open >= step->number) << i;
    }
    out->truth[w.index] = sure;
    out->known[w.index] = (sure | ~possible) & w.mask;
}

static void
do_known(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    out->truth[w.index] = known_bits(&run->columns[step->a], w.index) & w.mask;
    out->known[w.index] = w.mask;
}

static void
do_settle(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    uint64_t sure = true_bits(&run->columns[step->a], w.index) & w.mask;
    const struct column *possible = &run->columns[step->b];
    out->truth[w.index] = sure;
    out->known[w.index] =
        (sure | (known_bits(possible, w.index) & ~true_bits(possible, w.index))) & w.mask;
}

/* ---- points ---- */

/* Fewest or most points over the bands a row may yet fall into: all unknown
 * bands before the first true one, and that one (or the last resort). */
static double
possible_points(const struct tidu_run *run, instruction *step, struct word w, uint32_t i, bool most)
{
    const uint32_t *operands = run->program->pool + step->first;
    const uint32_t *points = operands + step->count;
    const tidu_constant *constants = run->program->constants;
    double best = most ? -INFINITY : INFINITY;
    for (uint32_t k = 0; k <= step->count; k++) {
        const struct column *band = k < step->count ? &run->columns[operands[k]] : NULL;
        bool sure = !band || (true_bits(band, w.index) >> i & 1);
        if (!sure && (known_bits(band, w.index) >> i & 1))
            continue;
        double value = constants[points[k]].value;
        if (most ? value > best : value < best)
            best = value;
        if (sure)
            break;
    }
    return best;
}

/* Rows that may yet fall into a band before the one they are known to be in. */
static uint64_t
unsure_rows(const struct tidu_run *run, instruction *step, struct word w)
{
    const uint32_t *operands = run->program->pool + step->first;
    uint64_t open = w.mask, unsure = 0;
    for (uint32_t k = 0; k < step->count && open; k++) {
        const struct column *band = &run->columns[operands[k]];
        unsure |= ~known_bits(band, w.index) & open;
        open &= ~true_bits(band, w.index);
    }
    return unsure;
}

static void
settle_unsure(const struct tidu_run *run, instruction *step, struct word w, double *to, bool most)
{
    for (uint64_t rest = unsure_rows(run, step, w); rest; rest &= rest - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(rest);
        to[i] = possible_points(run, step, w, i, most);
    }
}

static void
do_pick_low(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    const uint32_t *operands = run->program->pool + step->first;
    const uint32_t *points = operands + step->count;
    const tidu_constant *constants = run->program->constants;
    double *to = out->value + (size_t)w.index * 64;
    /* from the last bands to the first one, which is the one that counts */
    uint64_t bits[TIDU_FIRST_OF];
    double value[TIDU_FIRST_OF + 1];
    uint32_t count = step->count < TIDU_FIRST_OF ? step->count : TIDU_FIRST_OF,
             before = step->count - count;
    uint64_t known = w.mask;
    for (uint32_t k = 0; k < count; k++) {
        const struct column *band = &run->columns[operands[before + k]];
        bits[k] = true_bits(band, w.index);
        value[k] = constants[points[before + k]].value;
        known &= known_bits(band, w.index);
    }
    value[count] = constants[points[step->count]].value;
    tidu_choose_first(to, bits, value, count, w.rows);
    while (before--) {
        const struct column *band = &run->columns[operands[before]];
        tidu_put_where(to, true_bits(band, w.index), constants[points[before]].value, w.rows);
        known &= known_bits(band, w.index);
    }
    if (known != w.mask)
        settle_unsure(run, step, w, to, false);
    out->known[w.index] = w.mask;
}

static void
do_pick_high(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    double *to = out->value + (size_t)w.index * 64;
    memcpy(to, values(&run->columns[step->a], w.index), w.rows * sizeof *to);
    settle_unsure(run, step, w, to, true);
    out->known[w.index] = w.mask;
}

static void
collect(struct tidu_run *run, instruction *step, struct column *out, struct word w, bool most)
{
    const uint32_t *operands = run->program->pool + step->first;
    const uint32_t *points = operands + step->count;
    const tidu_constant *constants = run->program->constants;
    double *to = out->value + (size_t)w.index * 64;
    EACH_LANE(w.rows, to[i] = 0)
    for (uint32_t k = 0; k < step->count; k++) {
        const struct column *flag = &run->columns[operands[k]];
        uint64_t bits = true_bits(flag, w.index);
        double value = constants[points[k]].value;
        if (most ? value > 0 : value < 0)
            bits |= ~known_bits(flag, w.index);
        tidu_add_where(to, bits, value, w.rows);
    }
    double limit = constants[points[step->count]].value;
    EACH_LANE(w.rows, to[i] = to[i] > limit ? limit : to[i])
    out->known[w.index] = w.mask;
}

static void
do_collect_low(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    collect(run, step, out, w, false);
}

static void
do_collect_high(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    collect(run, step, out, w, true);
}

/* ---- lists ---- */

static void
do_spread(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    const struct column *ca = &run->columns[step->a];
    const uint32_t *row_of = run->block->item_row[step->frame] + (size_t)w.index * 64;
    double *to = out->value + (size_t)w.index * 64;
    uint64_t known = 0;
    for (uint32_t i = 0; i < w.rows; i++) {
        to[i] = tidu_column_value(ca, row_of[i]);
        known |= (uint64_t)tidu_column_known(ca, row_of[i]) << i;
    }
    out->known[w.index] = known;
}

static void
do_spread_flag(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    const struct column *ca = &run->columns[step->a];
    const uint32_t *row_of = run->block->item_row[step->frame] + (size_t)w.index * 64;
    uint64_t known = 0, truth = 0;
    for (uint32_t i = 0; i < w.rows; i++) {
        known |= (uint64_t)tidu_column_known(ca, row_of[i]) << i;
        truth |= (uint64_t)tidu_column_truth(ca, row_of[i]) << i;
    }
    out->truth[w.index] = truth;
    out->known[w.index] = known;
}

struct tally {
    uint32_t met, failed, open;
};

static struct tally
tally_items(const struct tidu_run *run, instruction *step, uint32_t row)
{
    uint32_t frame = run->program->steps[step->a].frame;
    const struct column *flag = &run->columns[step->a];
    const uint32_t *start = run->block->item_start[frame];
    struct tally tally = {0, 0, 0};
    for (uint32_t item = start[row]; item < start[row + 1]; item++) {
        bool known = tidu_column_known(flag, item), truth = tidu_column_truth(flag, item);
        tally.met += truth;
        tally.failed += known && !truth;
        tally.open += !known;
    }
    return tally;
}

static void
do_items(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    uint32_t frame = run->program->steps[step->a].frame;
    uint64_t stated = run->block->list_known[frame][w.index] & w.mask, truth = 0, known = 0;
    for (uint64_t rest = stated; rest; rest &= rest - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(rest);
        struct tally tally = tally_items(run, step, w.index * 64 + i);
        bool any = step->op == TIDU_DO_ANY_ITEM;
        bool decided = any ? tally.met > 0 : tally.failed > 0;
        truth |= (uint64_t)(any ? tally.met > 0 : !tally.failed && !tally.open) << i;
        known |= (uint64_t)(decided || !tally.open) << i;
    }
    out->truth[w.index] = truth;
    out->known[w.index] = known;
}

static void
do_count_items(struct tidu_run *run, instruction *step, struct column *out, struct word w)
{
    uint32_t frame = run->program->steps[step->a].frame;
    double *to = out->value + (size_t)w.index * 64;
    uint64_t known = run->block->list_known[frame][w.index] & w.mask;
    memset(to, 0, w.rows * sizeof *to);
    for (uint64_t rest = known; rest; rest &= rest - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(rest);
        struct tally tally = tally_items(run, step, w.index * 64 + i);
        if (tally.open)
            known &= ~(UINT64_C(1) << i);
        else
            to[i] = tally.met;
    }
    out->known[w.index] = known;
}

/* ---- all of them ---- */

/* All rows of a step, a word at a time. */
#define ALL_ROWS(name)                                                                   \
    static void name##_rows(struct tidu_run *run, instruction *step, struct column *out, \
                            uint32_t rows)                                               \
    {                                                                                    \
        struct word w = {0, 64, UINT64_MAX};                                             \
        for (; rows >= 64; rows -= 64, w.index++)                                        \
            name(run, step, out, w);                                                     \
        w.rows = rows;                                                                   \
        w.mask = (UINT64_C(1) << rows) - 1;                                              \
        if (rows)                                                                        \
            name(run, step, out, w);                                                     \
    }
ALL_ROWS(do_abs)
ALL_ROWS(do_add)
ALL_ROWS(do_and)
ALL_ROWS(do_at_least)
ALL_ROWS(do_collect_high)
ALL_ROWS(do_collect_low)
ALL_ROWS(do_count_items)
ALL_ROWS(do_div)
ALL_ROWS(do_eq)
ALL_ROWS(do_fill)
ALL_ROWS(do_full_years)
ALL_ROWS(do_in)
ALL_ROWS(do_items)
ALL_ROWS(do_known)
ALL_ROWS(do_le)
ALL_ROWS(do_lt)
ALL_ROWS(do_max)
ALL_ROWS(do_min)
ALL_ROWS(do_mul)
ALL_ROWS(do_neg)
ALL_ROWS(do_not)
ALL_ROWS(do_or)
ALL_ROWS(do_pick_high)
ALL_ROWS(do_pick_low)
ALL_ROWS(do_positive)
ALL_ROWS(do_root)
ALL_ROWS(do_round)
ALL_ROWS(do_select)
ALL_ROWS(do_settle)
ALL_ROWS(do_shift)
ALL_ROWS(do_spread)
ALL_ROWS(do_spread_flag)
ALL_ROWS(do_sub)
ALL_ROWS(do_sum)
ALL_ROWS(do_year_of)

/* Steps without a kernel are filled when the run is opened or begins: inputs
 * are the block's own columns. */
const tidu_kernel TIDU_VARIANT[TIDU_DO_COUNT] = {
    [TIDU_DO_ADD] = do_add_rows,
    [TIDU_DO_SUB] = do_sub_rows,
    [TIDU_DO_MUL] = do_mul_rows,
    [TIDU_DO_DIV] = do_div_rows,
    [TIDU_DO_NEG] = do_neg_rows,
    [TIDU_DO_ABS] = do_abs_rows,
    [TIDU_DO_MIN] = do_min_rows,
    [TIDU_DO_MAX] = do_max_rows,
    [TIDU_DO_FLOOR] = do_round_rows,
    [TIDU_DO_ROUND] = do_round_rows,
    [TIDU_DO_ROOT] = do_root_rows,
    [TIDU_DO_POSITIVE] = do_positive_rows,
    [TIDU_DO_NONNEGATIVE] = do_positive_rows,
    [TIDU_DO_SELECT] = do_select_rows,
    [TIDU_DO_FILL] = do_fill_rows,
    [TIDU_DO_YEAR_OF] = do_year_of_rows,
    [TIDU_DO_FULL_YEARS] = do_full_years_rows,
    [TIDU_DO_SHIFT] = do_shift_rows,
    [TIDU_DO_LT] = do_lt_rows,
    [TIDU_DO_LE] = do_le_rows,
    [TIDU_DO_EQ] = do_eq_rows,
    [TIDU_DO_IN] = do_in_rows,
    [TIDU_DO_NOT] = do_not_rows,
    [TIDU_DO_AND] = do_and_rows,
    [TIDU_DO_OR] = do_or_rows,
    [TIDU_DO_AT_LEAST] = do_at_least_rows,
    [TIDU_DO_KNOWN] = do_known_rows,
    [TIDU_DO_KNOWN_FLAG] = do_known_rows,
    [TIDU_DO_SETTLE] = do_settle_rows,
    [TIDU_DO_PICK_LOW] = do_pick_low_rows,
    [TIDU_DO_PICK_HIGH] = do_pick_high_rows,
    [TIDU_DO_COLLECT_LOW] = do_collect_low_rows,
    [TIDU_DO_COLLECT_HIGH] = do_collect_high_rows,
    [TIDU_DO_SUM] = do_sum_rows,
    [TIDU_DO_SPREAD] = do_spread_rows,
    [TIDU_DO_SPREAD_FLAG] = do_spread_flag_rows,
    [TIDU_DO_ANY_ITEM] = do_items_rows,
    [TIDU_DO_EVERY_ITEM] = do_items_rows,
    [TIDU_DO_COUNT_ITEMS] = do_count_items_rows,
};
