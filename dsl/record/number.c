/*
 * number.c: numbers as they are spelled.
 *
 * Most figures have few digits: their digits are a whole number below 2^53 and
 * their power of ten is exact, so one multiplication or division gives the
 * nearest double. The others are read with all care, and those with more than
 * 15 significant digits keep their spelling: doubles do not tell them apart.
 *
 * Knows JSON's syntax of numbers and nothing else.
 */
#include "internal.h"

enum { EXACT_DIGITS = 15, EXACT_POWER = 22, LARGEST_EXPONENT = 9999 };

static const double powers[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* A number taken apart. Digits count as they stand, leading zeros included. */
struct parts {
    const char *text, *end;
    uint64_t mantissa; /* all digits as one number; wraps beyond 19 of them */
    ptrdiff_t digits, fraction, exponent_digits;
    int exponent;
    bool negative;
};

static inline const char *
take_digits(const char *at, uint64_t *mantissa)
{
    unsigned digit;
    while ((digit = (unsigned)(*at - '0')) < 10) {
        *mantissa = *mantissa * 10 + digit;
        at++;
    }
    return at;
}

/* At an 'e': its digits into parts; false when there are none. */
static bool
take_exponent(const char *at, struct parts *parts)
{
    bool negative = at[1] == '-';
    at += negative || at[1] == '+' ? 2 : 1;
    const char *start = at;
    int exponent = 0;
    for (; *at >= '0' && *at <= '9'; at++)
        if (exponent < LARGEST_EXPONENT)
            exponent = exponent * 10 + (*at - '0');
    parts->exponent = negative ? -exponent : exponent;
    parts->exponent_digits = at - start;
    parts->end = at;
    return at > start;
}

static bool
take_apart(const char *text, struct parts *parts)
{
    *parts = (struct parts){.text = text, .negative = *text == '-'};
    const char *start = text + parts->negative;
    const char *at = take_digits(start, &parts->mantissa);
    parts->digits = at - start;
    parts->end = at;
    if (!parts->digits)
        return false;
    if (*start == '0' && parts->digits > 1) {
        parts->end = start + 1;
        return false;
    }
    if (*at == '.') {
        const char *point = at + 1;
        at = take_digits(point, &parts->mantissa);
        parts->fraction = at - point;
        parts->digits += parts->fraction;
        parts->end = at;
        if (!parts->fraction)
            return false;
    }
    return (*at | 0x20) != 'e' || take_exponent(at, parts);
}

/* The digits that matter: without zeros before the first and behind the last.
 * *ret_power is the power of ten of the last of them. */
static ptrdiff_t
count_significant(const struct parts *parts, int *ret_power)
{
    ptrdiff_t count = 0, zeros = 0;
    const char *at = parts->text + parts->negative;
    for (ptrdiff_t left = parts->digits; left; at++) {
        if (*at == '.')
            continue;
        left--;
        if (*at == '0') {
            zeros += count > 0;
        } else {
            count += zeros + 1;
            zeros = 0;
        }
    }
    *ret_power = parts->exponent - (int)parts->fraction + (int)zeros;
    return count;
}

static tidu_number_status
read_with_care(const struct parts *parts, tidu_number *ret)
{
    if (parts->digits + parts->exponent_digits > TIDU_NUMBER_DIGITS)
        return TIDU_NUMBER_LONG;
    int power;
    ptrdiff_t significant = count_significant(parts, &power);
    *ret = (tidu_number){.whole = true};
    if (!significant)
        return TIDU_NUMBER_READ;
    ret->spelled = significant > EXACT_DIGITS;
    ret->whole = power >= 0;
    return tidu_index_double(parts->text, (size_t)(parts->end - parts->text), &ret->value)
               ? TIDU_NUMBER_READ
               : TIDU_NUMBER_RANGE;
}

tidu_number_status
tidu_number_read(const char *text, const char **ret_end, tidu_number *ret)
{
    struct parts parts;
    bool good = take_apart(text, &parts);
    *ret_end = parts.end;
    if (!good)
        return TIDU_NUMBER_MALFORMED;

    int power = parts.exponent - (int)parts.fraction;
    if (parts.digits + parts.exponent_digits > EXACT_DIGITS || power < -EXACT_POWER ||
        power > EXACT_POWER)
        return read_with_care(&parts, ret);
    double value = (double)(int64_t)parts.mantissa;
    value = power < 0 ? value / powers[-power] : value * powers[power];
    /* Adding 0 makes -0 a plain 0. */
    ret->value = (parts.negative ? -value : value) + 0.0;
    ret->spelled = false;
    ret->whole = power >= 0 || ret->value == (double)(int64_t)ret->value;
    return TIDU_NUMBER_READ;
}
