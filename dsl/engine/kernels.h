/*
 * kernels.h: sixty-four rows at a time.
 *
 * Comparisons of numbers become bits here. On x86-64 two lanes are compared at
 * once and their signs gathered; elsewhere a plain loop does the same. Both
 * give the same bits: only comparisons happen here, no rounding.
 */
#ifndef TIDU_ENGINE_KERNELS_H
#define TIDU_ENGINE_KERNELS_H

#include "internal.h"

#include <math.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#if defined(__SSE2__)
#define TIDU_GATHER(name, two_lanes, one_lane)                                                     \
    static inline uint64_t name(const double *a, const double *b, uint32_t rows)                   \
    {                                                                                              \
        uint64_t bits = 0;                                                                         \
        uint32_t i = 0;                                                                            \
        for (; i + 2 <= rows; i += 2) {                                                            \
            __m128d x = _mm_loadu_pd(a + i), y = _mm_loadu_pd(b + i);                              \
            bits |= (uint64_t)(unsigned)_mm_movemask_pd(two_lanes) << i;                           \
        }                                                                                          \
        if (i < rows)                                                                              \
            bits |= (uint64_t)(one_lane) << i;                                                     \
        return bits;                                                                               \
    }
#else
#define TIDU_GATHER(name, two_lanes, one_lane)                                                     \
    static inline uint64_t name(const double *a, const double *b, uint32_t rows)                   \
    {                                                                                              \
        uint64_t bits = 0;                                                                         \
        for (uint32_t i = 0; i < rows; i++)                                                        \
            bits |= (uint64_t)(one_lane) << i;                                                     \
        return bits;                                                                               \
    }
#endif

TIDU_GATHER(tidu_bits_lt, _mm_cmplt_pd(x, y), a[i] < b[i])
TIDU_GATHER(tidu_bits_le, _mm_cmple_pd(x, y), a[i] <= b[i])
TIDU_GATHER(tidu_bits_eq, _mm_cmpeq_pd(x, y), a[i] == b[i])

/* Rows where a and b lie within rounding distance of their size; also where
 * either is infinite, since then doubles tell nothing. */
static inline uint64_t
tidu_bits_near_size(const double *a, const double *b, uint32_t rows)
{
    uint64_t bits = 0;
    uint32_t i = 0;
#if defined(__SSE2__)
    const __m128d sign = _mm_set1_pd(-0.0), share = _mm_set1_pd(TIDU_NEARNESS);
    for (; i + 2 <= rows; i += 2) {
        __m128d x = _mm_loadu_pd(a + i), y = _mm_loadu_pd(b + i);
        __m128d gap = _mm_andnot_pd(sign, _mm_sub_pd(x, y));
        __m128d size = _mm_add_pd(_mm_andnot_pd(sign, x), _mm_andnot_pd(sign, y));
        __m128d far = _mm_cmpgt_pd(gap, _mm_mul_pd(size, share));
        bits |= (uint64_t)(~(unsigned)_mm_movemask_pd(far) & 3u) << i;
    }
#endif
    for (; i < rows; i++)
        bits |= (uint64_t)!(fabs(a[i] - b[i]) > (fabs(a[i]) + fabs(b[i])) * TIDU_NEARNESS) << i;
    return bits;
}

/* The same with the size that the operands' sums went through. */
static inline uint64_t
tidu_bits_near(const double *a, const double *b, const double *size, uint32_t rows)
{
    uint64_t bits = 0;
    for (uint32_t i = 0; i < rows; i++)
        bits |= (uint64_t)!(fabs(a[i] - b[i]) > size[i] * TIDU_NEARNESS) << i;
    return bits;
}

/* Keep values in the rows of `bits`, put zero elsewhere: unknown is zero, so
 * that nothing odd can grow from it. */
static inline void
tidu_keep_rows(double *value, uint64_t bits, uint32_t rows)
{
    if (rows == 64 ? bits == UINT64_MAX : bits == (UINT64_C(1) << rows) - 1)
        return;
    for (uint32_t i = 0; i < rows; i++)
        if (!(bits >> i & 1))
            value[i] = 0;
}

/* into[i] = points where bit i is set; other rows stay. */
static inline void
tidu_put_where(double *into, uint64_t bits, double points, uint32_t rows)
{
    uint32_t i = 0;
#if defined(__SSE2__)
    static const union {
        uint64_t lane[4][2];
        __m128d pair[4];
    } masks = {{{0, 0}, {UINT64_MAX, 0}, {0, UINT64_MAX}, {UINT64_MAX, UINT64_MAX}}};
    const __m128d both = _mm_set1_pd(points);
    for (; i + 2 <= rows; i += 2) {
        __m128d mask = masks.pair[bits >> i & 3];
        __m128d old = _mm_loadu_pd(into + i);
        _mm_storeu_pd(into + i, _mm_or_pd(_mm_and_pd(mask, both), _mm_andnot_pd(mask, old)));
    }
#endif
    for (; i < rows; i++)
        if (bits >> i & 1)
            into[i] = points;
}

/* into[i] += points where bit i is set. */
static inline void
tidu_add_where(double *into, uint64_t bits, double points, uint32_t rows)
{
    for (uint32_t i = 0; i < rows; i++)
        if (bits >> i & 1)
            into[i] += points;
}

#endif
