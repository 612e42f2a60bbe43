/*
 * axis.c: the values a threshold takes one after the other.
 *
 *   "3%" … "10%" in 15 steps ─► 3%, 3.5%, …, 10%      dates: day by day
 *
 * A value is spelled as a document would, and what is spelled is what counts: the number
 * behind it is read back from its words.
 *
 * Must not know: populations, programs.
 */
#include "internal.h"

#include "tidu/decimal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MORE_DIGITS = 6, PROBE_DIGITS = 9, SPELLED_SIZE = 96 };

/* Where the probes are between `from` and `to`, in thousands: at values that stand
 * nowhere else in the rules, or a comparison would be another's too. */
static const unsigned probe_shares[2] = {382, 618};

/* A value cut into its number and what stands behind it. */
struct spelled {
    mpq_t number;
    const char *unit;
    unsigned digits; /* behind the point */
    bool date;
};

static bool
refuse(const tidu_axis *asked, tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_INQUIRY_AXIS, asked->addresses[0], asked->from,
                          asked->to ? asked->to : "", NULL);
}

static bool
cut(const char *text, struct spelled *ret)
{
    int32_t day;
    size_t length = strspn(text, "-0123456789.");
    const char *point = memchr(text, '.', length);
    ret->date = tidu_date_parse(text, strlen(text), &day);
    ret->digits = point ? (unsigned)(text + length - point - 1) : 0;
    ret->unit = text + length;
    if (ret->date) {
        ret->unit = "";
        ret->digits = 0;
        mpq_set_si(ret->number, day, 1);
        return true;
    }
    return length && length < 40 && tidu_decimal_parse(text, length, ret->number);
}

/* The nearest number with so many digits, as text. */
static void
spell(const mpq_t value, unsigned digits, const char *unit, bool date, char ret[SPELLED_SIZE])
{
    mpz_t scaled, power;
    mpq_t shifted;
    mpz_inits(scaled, power, NULL);
    mpq_init(shifted);
    mpz_ui_pow_ui(power, 10, digits);
    mpq_set_z(shifted, power);
    mpq_mul(shifted, shifted, value);
    /* round half up: floor(x + 1/2) */
    mpq_t half;
    mpq_init(half);
    mpq_set_ui(half, 1, 2);
    mpq_add(shifted, shifted, half);
    mpz_fdiv_q(scaled, mpq_numref(shifted), mpq_denref(shifted));
    if (date) {
        tidu_date_format((int32_t)mpz_get_si(scaled), ret);
    } else {
        tidu_text out = {0};
        mpq_set_z(shifted, scaled);
        mpq_set_z(half, power);
        mpq_div(shifted, shifted, half);
        tidu_decimal_write(&out, shifted, digits, NULL);
        snprintf(ret, SPELLED_SIZE, "%.*s%s", out.failed ? 0 : (int)out.length,
                 out.data ? out.data : "", unit);
        tidu_text_free(&out);
    }
    mpq_clears(shifted, half, NULL);
    mpz_clears(scaled, power, NULL);
}

/* The value at `share` of the way, as it is spelled and as that reads. */
static bool
put_value(struct axis *axis, uint32_t at, const struct spelled *from, const struct spelled *to,
          unsigned digits, const mpq_t share)
{
    char text[SPELLED_SIZE];
    struct spelled back;
    mpq_t value;
    mpq_inits(value, back.number, NULL);
    mpq_sub(value, to->number, from->number);
    mpq_mul(value, value, share);
    mpq_add(value, value, from->number);
    spell(value, digits, from->unit, from->date, text);
    axis->spelled[at] = strdup(text);
    bool good = axis->spelled[at] && cut(text, &back);
    if (good)
        mpq_set(axis->numbers[at], back.number);
    mpq_clears(value, back.number, NULL);
    return good;
}

static bool
fill(struct axis *axis, const struct spelled *from, const struct spelled *to, tidu_error *reterr)
{
    unsigned digits = from->digits > to->digits ? from->digits : to->digits;
    mpq_t share;
    bool good = true, apart = true;
    mpq_init(share);
    for (uint32_t i = 0; i < axis->count && good; i++) {
        mpq_set_ui(share, i, axis->count - 1);
        mpq_canonicalize(share);
        good = put_value(axis, i, from, to, from->date ? 0 : digits + MORE_DIGITS, share);
        apart = apart && !(good && i && mpq_equal(axis->numbers[i], axis->numbers[i - 1]));
    }
    for (uint32_t p = 0; p < 2 && good; p++) {
        mpq_set_ui(share, probe_shares[p], 1000);
        mpq_canonicalize(share);
        good = put_value(axis, axis->count + p, from, to, from->date ? 0 : digits + PROBE_DIGITS,
                         share);
    }
    mpq_clear(share);
    if (!good)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    return apart || refuse(axis->asked, reterr); /* more steps than days */
}

/* Between few days there may be none: then the ends have to do. */
static void
choose_probes(struct axis *axis)
{
    uint32_t last = axis->count - 1;
    axis->probes[0] = axis->count;
    axis->probes[1] = axis->count + 1;
    if (!mpq_equal(axis->numbers[axis->count], axis->numbers[axis->count + 1]) &&
        mpq_sgn(axis->numbers[axis->count + 1]))
        return;
    axis->probes[0] = mpq_sgn(axis->numbers[last]) ? 0 : last;
    axis->probes[1] = last - axis->probes[0];
}

static bool
open_between(struct axis *axis, const char *first, const char *last, tidu_error *reterr)
{
    struct spelled from, to;
    axis->spelled = calloc(axis->count + 2, sizeof *axis->spelled);
    axis->numbers = calloc(axis->count + 2, sizeof *axis->numbers);
    if (!axis->spelled || !axis->numbers)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    for (uint32_t i = 0; i < axis->count + 2; i++)
        mpq_init(axis->numbers[i]);
    mpq_inits(from.number, to.number, NULL);
    bool good = cut(first, &from) && cut(last, &to) && from.date == to.date &&
                !strcmp(from.unit, to.unit) && !mpq_equal(from.number, to.number);
    if (good && strlen(from.unit) < sizeof axis->unit)
        strcpy(axis->unit, from.unit);
    axis->date = good && from.date;
    good = good ? fill(axis, &from, &to, reterr) : refuse(axis->asked, reterr);
    axis->falling = good && mpq_cmp(from.number, to.number) > 0;
    if (good)
        choose_probes(axis);
    mpq_clears(from.number, to.number, NULL);
    return good;
}

bool
tidu_axis_open(struct axis *axis, const tidu_axis *asked, tidu_error *reterr)
{
    *axis = (struct axis){.asked = asked, .count = asked->steps};
    if (asked->steps < 2 || asked->steps > TIDU_MOST_STEPS) {
        char steps[16], most[16];
        axis->count = 0;
        snprintf(steps, sizeof steps, "%u", asked->steps);
        snprintf(most, sizeof most, "%d", TIDU_MOST_STEPS);
        return tidu_error_set(reterr, TIDU_INQUIRY_STEPS, steps, most, NULL);
    }
    return open_between(axis, asked->from, asked->to, reterr);
}

bool
tidu_axis_open_around(struct axis *axis, const tidu_axis *asked, tidu_error *reterr)
{
    enum { FURTHER = 37 }; /* days, or whatever it is: only another value */
    struct spelled now;
    char further[SPELLED_SIZE] = "";
    mpq_t more;
    *axis = (struct axis){.asked = asked, .count = 2};
    mpq_inits(now.number, more, NULL);
    if (cut(asked->from, &now)) {
        mpq_set_ui(more, FURTHER, 1);
        mpq_add(now.number, now.number, more);
        spell(now.number, now.digits, now.unit, now.date, further);
    }
    mpq_clears(now.number, more, NULL);
    return open_between(axis, asked->from, further, reterr);
}

void
tidu_axis_close(struct axis *axis)
{
    for (uint32_t i = 0; i < axis->count + 2 && (axis->spelled || axis->numbers); i++) {
        if (axis->spelled)
            free(axis->spelled[i]);
        if (axis->numbers)
            mpq_clear(axis->numbers[i]);
    }
    free(axis->spelled);
    free(axis->numbers);
    axis->spelled = NULL;
    axis->numbers = NULL;
}

bool
tidu_axis_set(const struct axis *axis, uint32_t at, tidu_overlay *overlay, tidu_error *reterr)
{
    for (size_t i = 0; i < axis->asked->address_count; i++)
        if (!tidu_overlay_set(overlay, axis->asked->addresses[i], axis->spelled[at], reterr))
            return false;
    return true;
}
