/*
 * show.c: numbers as people read them, never rounded across their threshold.
 *
 * The usual number lies far from its bound and is written from a double; one
 * that rounding could carry over is written from its exact value.
 */
#include "internal.h"

#include "tidu/decimal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void
to_unit(mpq_t value, tidu_scale scale, const tidu_unit *unit)
{
    tidu_scale by = unit ? tidu_scale_div(scale, tidu_unit_scale(unit)) : scale;
    if (by.num == by.den)
        return;
    mpq_t factor;
    mpq_init(factor);
    mpq_set_si(factor, by.num, (unsigned long)by.den);
    mpq_canonicalize(factor);
    mpq_mul(value, value, factor);
    mpq_clear(factor);
}

static void
put_unit(tidu_text *out, const tidu_unit *unit, tidu_lang lang)
{
    if (!unit)
        return;
    const char *title = tidu_unit_title(unit, lang == TIDU_EN ? TIDU_EN : TIDU_ZH);
    if (lang == TIDU_EN && strcmp(title, "%"))
        tidu_text_putc(out, ' ');
    tidu_text_puts(out, title);
}

void
tidu_show_quantity(tidu_text *out, const mpq_t value, const mpq_t bound, tidu_scale scale,
                   const tidu_unit *unit, tidu_lang lang)
{
    mpq_t shown, limit;
    mpq_inits(shown, limit, NULL);
    mpq_set(shown, value);
    to_unit(shown, scale, unit);
    if (bound) {
        mpq_set(limit, bound);
        to_unit(limit, scale, unit);
    }
    tidu_decimal_write(out, shown, 2, bound ? limit : NULL);
    put_unit(out, unit, lang);
    mpq_clears(shown, limit, NULL);
}

/* Hundredths far from any tie and from the bound need no exact value. */
static bool
show_fast(tidu_text *out, double value, double bound, tidu_scale scale, const tidu_unit *unit,
          tidu_lang lang)
{
    tidu_scale by = unit ? tidu_scale_div(scale, tidu_unit_scale(unit)) : scale;
    double shown = value * (double)by.num / (double)by.den;
    double limit = bound * (double)by.num / (double)by.den;
    double hundredths = round(shown * 100);
    if (!(fabs(shown) < 1e9) || fabs(shown - limit) < 0.02 ||
        fabs(fabs(shown * 100 - hundredths) - 0.5) < 1e-4)
        return false;
    long whole = (long)fabs(hundredths);
    if (hundredths < 0)
        tidu_text_putc(out, '-');
    tidu_text_number(out, (double)(whole / 100));
    if (whole % 100) {
        char digits[4] = {'.', (char)('0' + whole / 10 % 10), (char)('0' + whole % 10), '\0'};
        tidu_text_add(out, digits, digits[2] == '0' ? 2 : 3);
    }
    put_unit(out, unit, lang);
    return true;
}

const char *
tidu_show_operator(tidu_operator op)
{
    switch (op) {
    case TIDU_OP_LT:
        return "<";
    case TIDU_OP_LE:
        return "≤";
    case TIDU_OP_GT:
        return ">";
    case TIDU_OP_GE:
        return "≥";
    case TIDU_OP_EQ:
        return "=";
    default:
        return "≠";
    }
}

static bool
exact_bound(asked *e, const tidu_part *part, uint32_t row, mpq_t ret)
{
    double ignored;
    if (part->bound == TIDU_NO_STEP) {
        mpq_set(ret, e->program->constants[part->bound_constant].exact);
        return true;
    }
    if (!tidu_run_number(e->run, part->bound, row, &ignored))
        return false;
    tidu_run_exact(e->run, part->bound, row, ret);
    return true;
}

static bool
near_bound(asked *e, const tidu_part *part, uint32_t row, double *ret)
{
    if (part->bound == TIDU_NO_STEP) {
        *ret = e->program->constants[part->bound_constant].value;
        return true;
    }
    return tidu_run_number(e->run, part->bound, row, ret);
}

static void
put_date(tidu_text *out, double days)
{
    char date[11];
    tidu_text_puts(out, tidu_date_format((int32_t)days, date));
}

/* A root is only a double; where it contradicts the verdict, which is exact,
 * it is moved to its side by less than anyone reads. */
static void
heed_verdict(asked *e, const tidu_part *part, uint32_t row, mpq_t value, const mpq_t bound)
{
    tidu_truth truth = tidu_run_truth(e->run, part->status, row);
    int order = mpq_cmp(value, bound);
    bool wants_above = part->op == TIDU_OP_GE || part->op == TIDU_OP_GT;
    bool above = truth == TIDU_TRUE ? wants_above : !wants_above;
    bool on_bound = (part->op == TIDU_OP_GE || part->op == TIDU_OP_LE) == (truth == TIDU_TRUE);
    if (truth == TIDU_UNKNOWN || part->op > TIDU_OP_GE || (order == 0 && on_bound) ||
        (order > 0 && above) || (order < 0 && !above))
        return;
    mpq_set(value, bound);
    if (on_bound)
        return;
    mpq_t nudge;
    mpq_init(nudge);
    mpq_set_str(nudge, "1/1000000000000", 10);
    if (above)
        mpq_add(value, value, nudge);
    else
        mpq_sub(value, value, nudge);
    mpq_clear(nudge);
}

static void
show_step(tidu_text *out, asked *e, const tidu_part *part, tidu_step step, uint32_t row,
          tidu_lang lang)
{
    double value = 0, limit = 0;
    tidu_run_number(e->run, step, row, &value);
    if (part->kind == TIDU_DATE) {
        put_date(out, value);
        return;
    }
    if (near_bound(e, part, row, &limit) &&
        show_fast(out, value, limit, part->scale, part->unit, lang))
        return;
    mpq_t exact, bound;
    mpq_inits(exact, bound, NULL);
    tidu_run_exact(e->run, step, row, exact);
    bool bounded = exact_bound(e, part, row, bound);
    if (bounded && part->value_low == part->value_high)
        heed_verdict(e, part, row, exact, bound);
    tidu_show_quantity(out, exact, bounded ? bound : NULL, part->scale, part->unit, lang);
    mpq_clears(exact, bound, NULL);
}

static bool
is_known(asked *e, tidu_step step, uint32_t row)
{
    double ignored;
    return step != TIDU_NO_STEP && tidu_run_number(e->run, step, row, &ignored);
}

bool
tidu_show_value(tidu_text *out, asked *e, const tidu_part *part, uint32_t row, tidu_lang lang)
{
    double low, high;
    if (!is_known(e, part->value_low, row) || !is_known(e, part->value_high, row))
        return false;
    tidu_run_number(e->run, part->value_low, row, &low);
    tidu_run_number(e->run, part->value_high, row, &high);
    show_step(out, e, part, part->value_low, row, lang);
    if (low < high) {
        tidu_text_puts(out, "–");
        show_step(out, e, part, part->value_high, row, lang);
    }
    return true;
}

bool
tidu_show_bound(tidu_text *out, asked *e, const tidu_part *part, uint32_t row, tidu_lang lang)
{
    double near;
    if (part->value_low == TIDU_NO_STEP || !near_bound(e, part, row, &near))
        return false;
    if (part->kind == TIDU_DATE) {
        put_date(out, near);
        return true;
    }
    mpq_t bound;
    mpq_init(bound);
    exact_bound(e, part, row, bound);
    tidu_show_quantity(out, bound, NULL, part->scale, part->unit, lang);
    mpq_clear(bound);
    return true;
}

bool
tidu_show_gap(tidu_text *out, asked *e, const tidu_part *part, uint32_t row, tidu_lang lang)
{
    double value, limit;
    if (part->op > TIDU_OP_GE || part->kind != TIDU_NUMBER || !near_bound(e, part, row, &limit) ||
        !is_known(e, part->value_low, row) || part->op < TIDU_OP_LT)
        return false;
    bool wants_more = part->op == TIDU_OP_GE || part->op == TIDU_OP_GT;
    tidu_step step = wants_more ? part->value_high : part->value_low;
    tidu_run_number(e->run, step, row, &value);
    if (value == limit)
        return false;
    if (show_fast(out, fabs(limit - value), 0, part->scale, part->unit, lang))
        return true;
    mpq_t exact, bound, zero;
    mpq_inits(exact, bound, zero, NULL);
    tidu_run_exact(e->run, step, row, exact);
    exact_bound(e, part, row, bound);
    mpq_sub(exact, bound, exact);
    mpq_abs(exact, exact);
    bool some = mpq_sgn(exact) != 0;
    if (some)
        tidu_show_quantity(out, exact, zero, part->scale, part->unit, lang);
    mpq_clears(exact, bound, zero, NULL);
    return some;
}
