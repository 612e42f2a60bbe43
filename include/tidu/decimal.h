/*
 * decimal.h: decimals as they were spelled, exactly.
 *
 * Policy is written in decimals and so are records. Doubles carry them fast;
 * this door carries them exactly, as rationals, and writes them down again
 * without crossing a border.
 *
 * Ownership: an mpq_t belongs to the caller, who has initialised it.
 */
#ifndef TIDU_DECIMAL_H
#define TIDU_DECIMAL_H

#include "tidu/text.h"

#include <gmp.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The rational that a decimal such as "-12.50", "3e-4" spells. False when the
 * text is no number, or its exponent is beyond 400. */
bool tidu_decimal_parse(const char *text, size_t length, mpq_t ret_value);

/* The decimal a double was read from, if that had at most 15 digits: the only
 * such decimal there is. Other doubles give their 15-digit neighbour. */
void tidu_decimal_of_double(double value, mpq_t ret_value);

/* The double nearest to a value. */
double tidu_decimal_double(const mpq_t value);

/* Write `value` with at least `digits` digits after the point (trailing zeros
 * dropped), with more when that is what it takes to stay on its side of
 * `bound` (NULL: none). Whole numbers and short decimals are written exactly. */
void tidu_decimal_write(tidu_text *out, const mpq_t value, unsigned digits, const mpq_t bound);

#ifdef __cplusplus
}
#endif

#endif
