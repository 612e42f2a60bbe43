/*
 * kernels.h: sixty-four rows at a time, in the widest lanes there are.
 *
 * steps.c is compiled once for each kind of processor (see variant.c), and what differs
 * stands here: comparisons become bits, bits choose values. All variants give the same
 * bits: nothing here rounds but the operations themselves, and those are the same in
 * lanes of any width.
 *
 * INVARIANT: columns have whole words, so that eight lanes may be looked at where fewer
 * rows are left. What comes of the others is masked out by known bits.
 */
#ifndef TIDU_ENGINE_KERNELS_H
#define TIDU_ENGINE_KERNELS_H

#include "internal.h"

#include <math.h>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

enum { LANES = 8 };

/* Eight doubles that are computed with at once, wherever they lie: one operation where
 * there are such lanes, a few where they are narrower. */
typedef double eight __attribute__((vector_size(64), aligned(8), may_alias));
#define EIGHT(from) (*(const eight *)(const void *)(from))
#define EIGHT_AT(into) (*(eight *)(void *)(into))

/* Two lists of eight doubles compared, a bit each: `order` is lt, le or eq. */
#if defined(__AVX512F__)
#define ORDER_lt _CMP_LT_OQ
#define ORDER_le _CMP_LE_OQ
#define ORDER_eq _CMP_EQ_OQ
#define COMPARE_EIGHT(x, y, order) \
    ((uint64_t)_mm512_cmp_pd_mask(_mm512_loadu_pd(x), _mm512_loadu_pd(y), ORDER_##order))
#elif defined(__AVX2__)
#define ORDER_lt _CMP_LT_OQ
#define ORDER_le _CMP_LE_OQ
#define ORDER_eq _CMP_EQ_OQ
#define COMPARE_FOUR(x, y, order)            \
    ((uint64_t)(unsigned)_mm256_movemask_pd( \
        _mm256_cmp_pd(_mm256_loadu_pd(x), _mm256_loadu_pd(y), ORDER_##order)))
#define COMPARE_EIGHT(x, y, order) \
    (COMPARE_FOUR(x, y, order) | COMPARE_FOUR((x) + 4, (y) + 4, order) << 4)
#elif defined(__SSE2__)
#define COMPARE_TWO(x, y, order) \
    ((uint64_t)(unsigned)_mm_movemask_pd(_mm_cmp##order##_pd(_mm_loadu_pd(x), _mm_loadu_pd(y))))
#define COMPARE_EIGHT(x, y, order)                                          \
    (COMPARE_TWO(x, y, order) | COMPARE_TWO((x) + 2, (y) + 2, order) << 2 | \
     COMPARE_TWO((x) + 4, (y) + 4, order) << 4 | COMPARE_TWO((x) + 6, (y) + 6, order) << 6)
#else
#define COMPARE_EIGHT(x, y, order) compare_##order(x, y)
#define PLAIN(order, sign)                                                   \
    static inline uint64_t compare_##order(const double *x, const double *y) \
    {                                                                        \
        uint64_t bits = 0;                                                   \
        for (uint32_t i = 0; i < LANES; i++)                                 \
            bits |= (uint64_t)(x[i] sign y[i]) << i;                         \
        return bits;                                                         \
    }
PLAIN(lt, <)
PLAIN(le, <=)
PLAIN(eq, ==)
#endif

#define BITS_OF(name, order)                                                     \
    static inline uint64_t name(const double *a, const double *b, uint32_t rows) \
    {                                                                            \
        uint64_t bits = 0;                                                       \
        for (uint32_t i = 0; i < rows; i += LANES)                               \
            bits |= COMPARE_EIGHT(a + i, b + i, order) << i;                     \
        return bits;                                                             \
    }

BITS_OF(tidu_bits_lt, lt)
BITS_OF(tidu_bits_le, le)
BITS_OF(tidu_bits_eq, eq)

/* Rows where a and b lie within rounding distance of a size; also where that cannot be
 * said, since something is infinite. */
static inline uint64_t
tidu_bits_near(const double *a, const double *b, const double *size, uint32_t rows)
{
    uint64_t far = 0;
    for (uint32_t i = 0; i < rows; i += LANES) {
        double gap[LANES], reach[LANES];
        for (uint32_t k = 0; k < LANES; k++) {
            gap[k] = fabs(a[i + k] - b[i + k]);
            reach[k] = size[i + k] * TIDU_NEARNESS;
        }
        far |= COMPARE_EIGHT(reach, gap, lt) << i;
    }
    return ~far;
}

/* The same with the operands' own size. */
static inline uint64_t
tidu_bits_near_size(const double *a, const double *b, uint32_t rows)
{
    uint64_t far = 0;
    for (uint32_t i = 0; i < rows; i += LANES) {
        double gap[LANES], reach[LANES];
        for (uint32_t k = 0; k < LANES; k++) {
            gap[k] = fabs(a[i + k] - b[i + k]);
            reach[k] = (fabs(a[i + k]) + fabs(b[i + k])) * TIDU_NEARNESS;
        }
        far |= COMPARE_EIGHT(reach, gap, lt) << i;
    }
    return ~far;
}

/* into[k] = bit k of `bits` ? a[k] : b[k], for eight of each. */
static inline void
tidu_choose_eight(double *into, uint64_t bits, const double *a, const double *b)
{
#if defined(__AVX512F__)
    _mm512_storeu_pd(into,
                     _mm512_mask_mov_pd(_mm512_loadu_pd(b), (__mmask8)bits, _mm512_loadu_pd(a)));
#elif defined(__SSE2__)
    static const union {
        uint64_t lane[4][2];
        __m128d pair[4];
    } masks = {{{0, 0}, {UINT64_MAX, 0}, {0, UINT64_MAX}, {UINT64_MAX, UINT64_MAX}}};
    for (uint32_t k = 0; k < LANES; k += 2) {
        __m128d mask = masks.pair[bits >> k & 3];
        _mm_storeu_pd(into + k, _mm_or_pd(_mm_and_pd(mask, _mm_loadu_pd(a + k)),
                                          _mm_andnot_pd(mask, _mm_loadu_pd(b + k))));
    }
#else
    for (uint32_t k = 0; k < LANES; k++)
        into[k] = bits >> k & 1 ? a[k] : b[k];
#endif
}

/* The lowest eight bits, each in the lowest place of a byte. */
static inline uint64_t
tidu_spread_bits(uint64_t bits)
{
    uint64_t apart = (bits & 255) * 0x0101010101010101u & 0x8040201008040201u;
    return (apart + 0x7f7f7f7f7f7f7f7fu) >> 7 & 0x0101010101010101u;
}

enum { TIDU_FIRST_OF = 15 };

/* into[i] = value[k] for the first k < count whose bits have bit i, value[count] where none
 * has; TIDU_FIRST_OF at most. */
static inline void
tidu_choose_first(double *into, const uint64_t *bits, const double *value, uint32_t count,
                  uint32_t rows)
{
#if defined(__AVX512F__)
    for (uint32_t i = 0; i < rows; i += LANES) {
        __m512d chosen = _mm512_set1_pd(value[count]);
        for (uint32_t k = count; k--;)
            chosen = _mm512_mask_mov_pd(chosen, (__mmask8)(bits[k] >> i), _mm512_set1_pd(value[k]));
        _mm512_storeu_pd(into + i, chosen);
    }
#else
    /* Digits of k for all rows at once, then a look at a table for each. */
    uint64_t digit[4] = {0}, open = UINT64_MAX;
    for (uint32_t k = 0; k <= count; k++) {
        uint64_t here = k < count ? bits[k] & open : open;
        for (uint32_t d = 0; d < 4; d++)
            digit[d] |= k >> d & 1 ? here : 0;
        open &= ~here;
    }
    for (uint32_t i = 0; i < rows; i += LANES) {
        uint64_t which = 0;
        for (uint32_t d = 0; d < 4; d++)
            which |= tidu_spread_bits(digit[d] >> i) << d;
        for (uint32_t k = 0; k < LANES; k++, which >>= 8)
            into[i + k] = value[which & 15];
    }
#endif
}

/* Keep values in the rows of `bits`, put zero elsewhere: unknown is zero, so
 * that nothing odd can grow from it. */
static inline void
tidu_keep_rows(double *value, uint64_t bits, uint32_t rows)
{
    static const double zero[LANES];
    if (rows == 64 && bits == UINT64_MAX)
        return;
    for (uint32_t i = 0; i < rows; i += LANES)
        tidu_choose_eight(value + i, bits >> i, value + i, zero);
}

/* into[i] = points where bit i is set; other rows stay. */
static inline void
tidu_put_where(double *into, uint64_t bits, double points, uint32_t rows)
{
    double all[LANES];
    for (uint32_t k = 0; k < LANES; k++)
        all[k] = points;
    for (uint32_t i = 0; i < rows; i += LANES)
        tidu_choose_eight(into + i, bits >> i, all, into + i);
}

/* into[i] += points where bit i is set. */
static inline void
tidu_add_where(double *into, uint64_t bits, double points, uint32_t rows)
{
    for (uint32_t i = 0; i < rows; i += LANES) {
        double more[LANES];
        for (uint32_t k = 0; k < LANES; k++)
            more[k] = into[i + k] + points;
        tidu_choose_eight(into + i, bits >> i, more, into + i);
    }
}

/* Rows whose class, a whole number, is in a set of bits. */
static inline uint64_t
tidu_bits_in(const double *a, const uint64_t *set, uint32_t words, uint32_t rows)
{
    uint64_t bits = 0;
#if defined(__AVX512F__) && defined(__AVX512DQ__)
    for (uint32_t i = 0; i < rows; i += LANES) {
        __m512i class = _mm512_cvttpd_epu64(_mm512_loadu_pd(a + i)), hit = _mm512_setzero_si512();
        for (uint32_t k = 0; k < words; k++) {
            /* a shift by 64 or more gives nothing */
            __m512i shift = _mm512_sub_epi64(class, _mm512_set1_epi64((long long)k * 64));
            hit = _mm512_or_si512(hit,
                                  _mm512_srlv_epi64(_mm512_set1_epi64((long long)set[k]), shift));
        }
        bits |= (uint64_t)_mm512_test_epi64_mask(hit, _mm512_set1_epi64(1)) << i;
    }
#else
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t class = (uint32_t)a[i];
        uint64_t word = class / 64 < words ? set[class / 64] : 0;
        bits |= (word >> (class % 64) & 1) << i;
    }
#endif
    return bits;
}

#endif
