/*
 * decimal.c: decimals, exactly.
 *
 * Knows nothing of rules or units. Owns nothing.
 */
#include "tidu/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { LARGEST_EXPONENT = 400, MOST_DIGITS = 40 };

struct spelling {
    char digits[128];
    size_t count;
    long exponent;
    bool negative;
};

/* digits [. digits] [e [+-] digits] */
static bool
split(const char *text, size_t length, struct spelling *ret)
{
    size_t at = 0;
    bool point = false, any = false;
    *ret = (struct spelling){0};
    if (at < length && (text[at] == '-' || text[at] == '+'))
        ret->negative = text[at++] == '-';
    for (; at < length && (text[at] == '.' || (text[at] >= '0' && text[at] <= '9')); at++) {
        if (text[at] == '.') {
            if (point)
                return false;
            point = true;
            continue;
        }
        any = true;
        if (ret->count + 1 >= sizeof ret->digits)
            return false;
        if (ret->count || text[at] != '0')
            ret->digits[ret->count++] = text[at];
        ret->exponent -= point;
    }
    if (at < length && (text[at] == 'e' || text[at] == 'E')) {
        char *end;
        long more = strtol(text + at + 1, &end, 10);
        if (end == text + at + 1 || labs(more) > LARGEST_EXPONENT)
            return false;
        ret->exponent += more;
        at = (size_t)(end - text);
    }
    return any && at == length;
}

bool
tidu_decimal_parse(const char *text, size_t length, mpq_t ret_value)
{
    struct spelling spelling;
    char copy[160];
    if (length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (!split(copy, length, &spelling))
        return false;
    mpq_set_ui(ret_value, 0, 1);
    if (spelling.count == 0)
        return true;
    mpz_set_str(mpq_numref(ret_value), spelling.digits, 10);
    mpz_ptr power = spelling.exponent < 0 ? mpq_denref(ret_value) : NULL;
    if (power)
        mpz_ui_pow_ui(power, 10, (unsigned long)-spelling.exponent);
    for (long i = 0; i < spelling.exponent; i++)
        mpz_mul_ui(mpq_numref(ret_value), mpq_numref(ret_value), 10);
    if (spelling.negative)
        mpq_neg(ret_value, ret_value);
    mpq_canonicalize(ret_value);
    return true;
}

void
tidu_decimal_of_double(double value, mpq_t ret_value)
{
    if (fabs(value) < 1e15 && value == floor(value)) {
        mpq_set_d(ret_value, value);
        return;
    }
    char digits[40];
    int length = snprintf(digits, sizeof digits, "%.15g", value);
    if (!tidu_decimal_parse(digits, (size_t)length, ret_value))
        mpq_set_d(ret_value, value);
}

/* value rounded to `digits` after the point, half away from zero, times 10^digits */
static void
round_scaled(const mpq_t value, unsigned digits, mpz_t ret)
{
    mpz_t power, half;
    mpz_inits(power, half, NULL);
    mpz_ui_pow_ui(power, 10, digits);
    mpz_mul(ret, mpq_numref(value), power);
    mpz_mul_2exp(ret, ret, 1);
    mpz_set(half, mpq_denref(value));
    if (mpz_sgn(ret) < 0)
        mpz_sub(ret, ret, half);
    else
        mpz_add(ret, ret, half);
    mpz_mul_2exp(half, half, 1);
    mpz_tdiv_q(ret, ret, half);
    mpz_clears(power, half, NULL);
}

/* Rounding kept the value on its side: not at the bound unless it is there. */
static bool
keeps_side(const mpq_t value, const mpz_t scaled, unsigned digits, const mpq_t bound)
{
    mpq_t shown;
    mpq_init(shown);
    mpz_set(mpq_numref(shown), scaled);
    mpz_ui_pow_ui(mpq_denref(shown), 10, digits);
    mpq_canonicalize(shown);
    int before = mpq_cmp(value, bound), after = mpq_cmp(shown, bound);
    mpq_clear(shown);
    return (before > 0) == (after > 0) && (before < 0) == (after < 0);
}

static void
put_scaled(tidu_text *out, const mpz_t scaled, unsigned digits)
{
    char buffer[512];
    if (mpz_sizeinbase(scaled, 10) + 2 > sizeof buffer - MOST_DIGITS)
        return;
    mpz_t size;
    mpz_init(size);
    mpz_abs(size, scaled);
    gmp_snprintf(buffer, sizeof buffer, "%0*Zd", (int)digits + 1, size);
    mpz_clear(size);
    size_t length = strlen(buffer), whole = length - digits;
    while (length > whole && buffer[length - 1] == '0')
        length--;
    if (mpz_sgn(scaled) < 0)
        tidu_text_putc(out, '-');
    tidu_text_add(out, buffer, whole);
    if (length > whole)
        tidu_text_putc(out, '.');
    tidu_text_add(out, buffer + whole, length - whole);
}

void
tidu_decimal_write(tidu_text *out, const mpq_t value, unsigned digits, const mpq_t bound)
{
    mpz_t scaled;
    mpz_init(scaled);
    round_scaled(value, digits, scaled);
    while (bound && digits < MOST_DIGITS && !keeps_side(value, scaled, digits, bound))
        round_scaled(value, ++digits, scaled);
    put_scaled(out, scaled, digits);
    mpz_clear(scaled);
}

/* mpq_get_d truncates; the nearest double is one of its result and the next
 * one away from zero. */
double
tidu_decimal_double(const mpq_t value)
{
    double low = mpq_get_d(value);
    double high = nextafter(low, mpq_sgn(value) < 0 ? -INFINITY : INFINITY);
    if (!isfinite(low))
        return low;
    mpq_t a, b, distance;
    mpq_inits(a, b, distance, NULL);
    mpq_set_d(a, low);
    mpq_sub(distance, value, a);
    mpq_abs(distance, distance);
    bool far = false;
    if (isfinite(high)) {
        mpq_set_d(b, high);
        mpq_sub(b, b, value);
        mpq_abs(b, b);
        far = mpq_cmp(b, distance) < 0;
    }
    mpq_clears(a, b, distance, NULL);
    return far ? high : low;
}
