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

/* Digits after the point: of a bound in full, of a value close to one. */
enum { MOST_EXACT = 12, MOST_BESIDE = 24 };

void
tidu_show_rescale(mpq_t value, tidu_scale scale, const tidu_unit *unit)
{
    tidu_scale to = unit ? tidu_unit_scale(unit) : (tidu_scale){1, 1};
    if (tidu_scale_same(scale, to))
        return;
    mpq_t factor;
    mpq_init(factor);
    mpq_set_si(factor, scale.num, (unsigned long)scale.den);
    mpq_mul(value, value, factor);
    mpq_set_si(factor, to.num, (unsigned long)to.den);
    mpq_div(value, value, factor);
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

/* Hundredths far from any tie and from the bound need no exact value. */
static bool
show_fast(tidu_text *out, double value, double bound, tidu_scale scale, const tidu_unit *unit,
          tidu_lang lang)
{
    tidu_scale to = unit ? tidu_unit_scale(unit) : (tidu_scale){1, 1};
    double more = (double)scale.num * (double)to.den, less = (double)scale.den * (double)to.num;
    double shown = value * more / less;
    double limit = bound * more / less;
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

/* Digits after the point that spell a decimal in full; more than MOST_EXACT
 * when it has no end or a far one. */
static unsigned
digits_of(const mpq_t value)
{
    unsigned digits = 0;
    mpz_t power;
    mpz_init_set_ui(power, 1);
    while (digits <= MOST_EXACT && !mpz_divisible_p(power, mpq_denref(value))) {
        mpz_mul_ui(power, power, 10);
        digits++;
    }
    mpz_clear(power);
    return digits;
}

/* A bound is written in full. One that has no end is rounded, but not to where
 * the value (NULL: none) would seem to lie on its other side. Both are in the
 * unit shown. */
static void
write_bound(tidu_text *out, const mpq_t bound, const mpq_t value)
{
    unsigned digits = digits_of(bound);
    bool beside = value && mpq_cmp(value, bound) != 0;
    if (digits <= MOST_EXACT)
        tidu_decimal_write(out, bound, digits, NULL);
    else
        tidu_decimal_write(out, bound, 2, beside ? value : NULL);
}

/* What a value must keep its side of: the bound, or what is written of it when
 * that lies nearer. Without end both, they are written alike: NULL. */
static bool
find_limit(tidu_text *out, const mpq_t bound, const mpq_t value, mpq_t ret)
{
    tidu_text text = {0};
    mpq_set(ret, bound);
    if (digits_of(bound) <= MOST_EXACT)
        return true;
    int side = mpq_cmp(value, bound);
    if (!side)
        return false;
    write_bound(&text, bound, value);
    mpq_t written;
    mpq_init(written);
    out->failed = out->failed || text.failed;
    bool read = !text.failed && tidu_decimal_parse(text.data, text.length, written);
    if (read && (side < 0 ? mpq_cmp(written, bound) < 0 : mpq_cmp(written, bound) > 0))
        mpq_set(ret, written);
    mpq_clear(written);
    tidu_text_free(&text);
    return true;
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

/* Digits after the point that tell how far a value is from its bound to a tenth:
 * two, unless they are close. */
static unsigned
digits_beside(const mpq_t value, const mpq_t bound)
{
    mpq_t gap;
    mpq_init(gap);
    mpq_sub(gap, value, bound);
    double away = fabs(mpq_get_d(gap));
    mpq_clear(gap);
    double digits = away > 0 ? ceil(1 - log10(away)) : 2;
    return digits < 2 ? 2 : digits > MOST_BESIDE ? MOST_BESIDE : (unsigned)digits;
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
    tidu_show_rescale(exact, part->scale, part->unit);
    tidu_show_rescale(bound, part->scale, part->unit);
    mpq_t nearest;
    mpq_init(nearest);
    bounded = bounded && find_limit(out, bound, exact, nearest);
    tidu_decimal_write(out, exact, bounded ? digits_beside(exact, nearest) : 2,
                       bounded ? nearest : NULL);
    put_unit(out, part->unit, lang);
    mpq_clears(exact, bound, nearest, NULL);
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
    bool valued = part->value_low == part->value_high && is_known(e, part->value_low, row);
    mpq_t bound, value;
    mpq_inits(bound, value, NULL);
    exact_bound(e, part, row, bound);
    tidu_show_rescale(bound, part->scale, part->unit);
    if (valued)
        tidu_run_exact(e->run, part->value_low, row, value);
    tidu_show_rescale(value, part->scale, part->unit);
    write_bound(out, bound, valued ? value : NULL);
    put_unit(out, part->unit, lang);
    mpq_clears(bound, value, NULL);
    return true;
}

/* A bound without end is shown with an eye to the value. */
bool
tidu_show_is_fixed(asked *e, const tidu_part *part)
{
    if (part->value_low == TIDU_NO_STEP || part->bound != TIDU_NO_STEP)
        return false;
    if (part->kind == TIDU_DATE)
        return true;
    mpq_t bound;
    mpq_init(bound);
    mpq_set(bound, e->program->constants[part->bound_constant].exact);
    tidu_show_rescale(bound, part->scale, part->unit);
    bool fixed = digits_of(bound) <= MOST_EXACT;
    mpq_clear(bound);
    return fixed;
}

static bool
read_number(const tidu_text *text, mpq_t ret)
{
    size_t length = 0;
    while (length < text->length && strchr("-.0123456789", text->data[length]))
        length++;
    return tidu_decimal_parse(text->data, length, ret);
}

/* The value and the bound as a reader sees them, so that what is said to be
 * between them is the difference of the two. */
static bool
read_shown(tidu_text *out, asked *e, const tidu_part *part, uint32_t row, tidu_step step,
           mpq_t ret_value, mpq_t ret_bound)
{
    tidu_text value = {0}, bound = {0};
    show_step(&value, e, part, step, row, TIDU_ZH);
    bool good = tidu_show_bound(&bound, e, part, row, TIDU_ZH) && !value.failed && !bound.failed &&
                read_number(&value, ret_value) && read_number(&bound, ret_bound);
    out->failed = out->failed || value.failed || bound.failed;
    tidu_text_free(&value);
    tidu_text_free(&bound);
    return good;
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
    if (show_fast(out, fabs(limit - value), 0, part->scale, part->unit, lang))
        return true;
    mpq_t shown, bound, zero;
    mpq_inits(shown, bound, zero, NULL);
    bool some = read_shown(out, e, part, row, step, shown, bound);
    mpq_sub(shown, bound, shown);
    mpq_abs(shown, shown);
    some = some && mpq_sgn(shown) != 0;
    if (some) {
        tidu_decimal_write(out, shown, MOST_BESIDE, zero);
        put_unit(out, part->unit, lang);
    }
    mpq_clears(shown, bound, zero, NULL);
    return some;
}
