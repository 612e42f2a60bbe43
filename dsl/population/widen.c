/*
 * widen.c: numbers of a narrow type as doubles.
 *
 * Runs over every figure of a population each time it is asked about: plain loops, which
 * are compiled for each kind of processor (see dsl/engine/variant.c).
 *
 * Must not know: files.
 */
#include "internal.h"

#ifndef TIDU_WIDEN
#define TIDU_WIDEN tidu_widen_plain
#endif

#if defined(__OPTIMIZE__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

#define WIDEN(type)                                                     \
    do {                                                                \
        const type *restrict from = (const type *)values + picks.first; \
        if (picks.at)                                                   \
            for (uint32_t i = 0; i < picks.count; i++)                  \
                ret[i] = from[picks.at[i]];                             \
        else                                                            \
            for (uint32_t i = 0; i < picks.count; i++)                  \
                ret[i] = from[i];                                       \
    } while (0)

void
TIDU_WIDEN(const void *values, uint8_t coding, uint8_t scale, struct picks picks,
           double *restrict ret)
{
    switch (coding) {
    case CODED_U8:
        WIDEN(uint8_t);
        break;
    case CODED_I8:
        WIDEN(int8_t);
        break;
    case CODED_U16:
        WIDEN(uint16_t);
        break;
    case CODED_I16:
        WIDEN(int16_t);
        break;
    case CODED_I32:
        WIDEN(int32_t);
        break;
    default:
        WIDEN(double);
    }
    const double power = powers[scale];
    if (scale)
        for (uint32_t i = 0; i < picks.count; i++)
            ret[i] /= power;
}
