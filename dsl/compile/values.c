/*
 * values.c: what trees come to while they are lowered.
 *
 * Every value carries the factor that takes it to base units, so that data is
 * never converted: constants are, when they meet data. Constants fold exactly.
 */
#include "lower.h"

#include "tidu/decimal.h"

#include <math.h>
#include <string.h>

enum { MOST_MONTHS = 12 * 10000 };

/* ---- values ---- */

struct value
tidu_value_failure(struct lowering *lowering)
{
    lowering->failed = true;
    return (struct value){.low = TIDU_NO_STEP, .high = TIDU_NO_STEP, .scale = {1, 1}};
}

struct value
tidu_value_of_step(struct lowering *lowering, tidu_kind kind, tidu_step step, tidu_scale scale)
{
    if (step == TIDU_NO_STEP)
        lowering->failed = true;
    return (struct value){kind, false, 0, step, step, scale};
}

struct value
tidu_value_of_constant(struct lowering *lowering, const mpq_t exact, tidu_scale scale)
{
    uint32_t number = tidu_builder_constant(lowering->builder, exact);
    if (number == UINT32_MAX)
        return tidu_value_failure(lowering);
    return (struct value){TIDU_NUMBER, true, number, TIDU_NO_STEP, TIDU_NO_STEP, scale};
}

struct value
tidu_value_of_integer(struct lowering *lowering, long value)
{
    mpq_t exact;
    mpq_init(exact);
    mpq_set_si(exact, value, 1);
    struct value result = tidu_value_of_constant(lowering, exact, unity);
    mpq_clear(exact);
    return result;
}

tidu_step
tidu_lower_step(struct lowering *lowering, struct value value)
{
    if (!value.constant)
        return value.low;
    return tidu_builder_constant_step(lowering->builder, value.number);
}

tidu_step
tidu_value_high(struct lowering *lowering, struct value value)
{
    return value.constant ? tidu_lower_step(lowering, value) : value.high;
}

bool
tidu_value_is_interval(struct value value)
{
    return !value.constant && value.low != value.high;
}

uint32_t
tidu_lower_decimal(struct lowering *lowering, const char *text)
{
    mpq_t exact;
    mpq_init(exact);
    uint32_t number = UINT32_MAX;
    if (tidu_decimal_parse(text, strlen(text), exact))
        number = tidu_builder_constant(lowering->builder, exact);
    mpq_clear(exact);
    if (number == UINT32_MAX)
        lowering->failed = true;
    return number;
}

bool
tidu_lower_complain(struct lowering *lowering, const tidu_node *node, tidu_code code,
                    const char *first, const char *second)
{
    tidu_error error;
    tidu_error_set(&error, code, first ? first : "", second ? second : "", NULL);
    error.span = tidu_expr_span(node, lowering->written->text, lowering->written->place);
    tidu_report_add(lowering->world->report, &error);
    if (!tidu_error_is_warning(code))
        lowering->failed = true;
    return false;
}

/* A day of the epoch, for messages. */
const char *
tidu_lower_day(const struct lowering *lowering, char date[11])
{
    const struct span *days = &lowering->epoch.days;
    bool ends = days->until != INT32_MAX; /* else for ever, as dates in tables say it */
    return tidu_show_date(date, days->from != INT32_MIN ? days->from
                                : ends                  ? days->until
                                                        : tidu_date_join(9999, 12, 31));
}

/* ---- scales ---- */

void
tidu_value_convert(mpq_t exact, tidu_scale from, tidu_scale to)
{
    mpq_t factor;
    mpq_init(factor);
    mpq_set_si(factor, from.num, (unsigned long)from.den);
    mpq_mul(exact, exact, factor);
    mpq_set_si(factor, to.num, (unsigned long)to.den);
    mpq_div(exact, exact, factor);
    mpq_clear(factor);
}

/* The same quantity written in another scale. */
struct value
tidu_value_rescale(struct lowering *lowering, struct value value, tidu_scale scale)
{
    if (tidu_scale_same(value.scale, scale))
        return value;
    mpq_t exact;
    mpq_init(exact);
    if (value.constant) {
        mpq_set(exact, tidu_builder_constant_at(lowering->builder, value.number)->exact);
        tidu_value_convert(exact, value.scale, scale);
        value = tidu_value_of_constant(lowering, exact, scale);
    } else {
        mpq_set_ui(exact, 1, 1);
        tidu_value_convert(exact, value.scale, scale);
        tidu_step factor =
            tidu_lower_step(lowering, tidu_value_of_constant(lowering, exact, unity));
        bool interval = tidu_value_is_interval(value);
        tidu_step low = value.low;
        value.low = tidu_builder_step(lowering->builder, TIDU_DO_MUL, low, factor, 0);
        value.high = interval
                         ? tidu_builder_step(lowering->builder, TIDU_DO_MUL, value.high, factor, 0)
                         : value.low;
        value.scale = scale;
    }
    mpq_clear(exact);
    return value;
}

/* Bring two sides to one scale: that of the side which is data. */
void
tidu_value_align(struct lowering *lowering, struct value *a, struct value *b)
{
    if (a->constant && !b->constant)
        *a = tidu_value_rescale(lowering, *a, b->scale);
    else
        *b = tidu_value_rescale(lowering, *b, a->scale);
}

/* ---- arithmetic ---- */

static void
fold(tidu_operator op, mpq_t a, const mpq_t b)
{
    switch (op) {
    case TIDU_OP_ADD:
        mpq_add(a, a, b);
        break;
    case TIDU_OP_SUB:
        mpq_sub(a, a, b);
        break;
    case TIDU_OP_MUL:
        mpq_mul(a, a, b);
        break;
    default:
        mpq_div(a, a, b);
    }
}

static struct value
fold_constants(struct lowering *lowering, tidu_operator op, struct value a, struct value b,
               tidu_scale scale)
{
    const tidu_constant *left = tidu_builder_constant_at(lowering->builder, a.number);
    const tidu_constant *right = tidu_builder_constant_at(lowering->builder, b.number);
    if (op == TIDU_OP_DIV && mpq_sgn(right->exact) == 0)
        return tidu_value_of_step(lowering, TIDU_NUMBER,
                                  tidu_builder_step(lowering->builder, TIDU_DO_DIV,
                                                    tidu_lower_step(lowering, a),
                                                    tidu_lower_step(lowering, b), 0),
                                  scale);
    mpq_t exact;
    mpq_init(exact);
    mpq_set(exact, left->exact);
    fold(op, exact, right->exact);
    struct value result = tidu_value_of_constant(lowering, exact, scale);
    mpq_clear(exact);
    return result;
}

static tidu_op
op_of(tidu_operator op)
{
    return op == TIDU_OP_ADD   ? TIDU_DO_ADD
           : op == TIDU_OP_SUB ? TIDU_DO_SUB
           : op == TIDU_OP_MUL ? TIDU_DO_MUL
                               : TIDU_DO_DIV;
}

struct value
tidu_value_of_interval(struct lowering *lowering, tidu_step low, tidu_step high, tidu_scale scale)
{
    if (low == TIDU_NO_STEP || high == TIDU_NO_STEP)
        lowering->failed = true;
    return (struct value){TIDU_NUMBER, false, 0, low, high, scale};
}

/* The least (or greatest) of what two intervals' ends come to together. */
static tidu_step
extreme_of_ends(struct lowering *lowering, tidu_op op, const tidu_step a[2], const tidu_step b[2],
                tidu_op extreme)
{
    tidu_builder *builder = lowering->builder;
    tidu_step best = tidu_builder_step(builder, op, a[0], b[0], 0);
    for (int i = 1; i < 4; i++) {
        tidu_step next = tidu_builder_step(builder, op, a[i / 2], b[i % 2], 0);
        if (next != best)
            best = tidu_builder_step(builder, extreme, best, next, 0);
    }
    return best;
}

/* a / b where b is an interval that does not hold zero, so that its ends have a
 * product p above zero: a / low is a * high / p, and a / high is a * low / p. */
static struct value
divide_by_interval(struct lowering *lowering, const tidu_step as[2], const tidu_step bs[2],
                   tidu_scale scale)
{
    tidu_builder *builder = lowering->builder;
    tidu_step product = tidu_builder_step(builder, TIDU_DO_MUL, bs[0], bs[1], 0);
    tidu_step sound = tidu_builder_step(builder, TIDU_DO_POSITIVE, product, TIDU_NO_STEP, 0);
    tidu_step least = extreme_of_ends(lowering, TIDU_DO_MUL, as, bs, TIDU_DO_MIN);
    tidu_step most = extreme_of_ends(lowering, TIDU_DO_MUL, as, bs, TIDU_DO_MAX);
    return tidu_value_of_interval(lowering,
                                  tidu_builder_step(builder, TIDU_DO_DIV, least, sound, 0),
                                  tidu_builder_step(builder, TIDU_DO_DIV, most, sound, 0), scale);
}

/* Points that are not settled: sums keep their bounds, differences cross them,
 * and products and quotients lie between those of the ends. */
static struct value
interval_arithmetic(struct lowering *lowering, tidu_operator op, struct value a, struct value b,
                    tidu_scale scale)
{
    tidu_builder *builder = lowering->builder;
    tidu_step as[2] = {tidu_lower_step(lowering, a), tidu_value_high(lowering, a)};
    tidu_step bs[2] = {tidu_lower_step(lowering, b), tidu_value_high(lowering, b)};
    if (op == TIDU_OP_ADD || op == TIDU_OP_SUB) {
        bool crossed = op == TIDU_OP_SUB;
        return tidu_value_of_interval(
            lowering, tidu_builder_step(builder, op_of(op), as[0], bs[crossed], 0),
            tidu_builder_step(builder, op_of(op), as[1], bs[!crossed], 0), scale);
    }
    if (op == TIDU_OP_DIV && tidu_value_is_interval(b))
        return divide_by_interval(lowering, as, bs, scale);
    return tidu_value_of_interval(lowering,
                                  extreme_of_ends(lowering, op_of(op), as, bs, TIDU_DO_MIN),
                                  extreme_of_ends(lowering, op_of(op), as, bs, TIDU_DO_MAX), scale);
}

struct value
tidu_value_arithmetic(struct lowering *lowering, const tidu_node *node, tidu_operator op,
                      struct value a, struct value b)
{
    tidu_scale scale;
    if (op == TIDU_OP_ADD || op == TIDU_OP_SUB) {
        tidu_value_align(lowering, &a, &b);
        scale = a.scale;
    } else
        scale =
            op == TIDU_OP_MUL ? tidu_scale_mul(a.scale, b.scale) : tidu_scale_div(a.scale, b.scale);
    if (scale.num == 0)
        tidu_lower_complain(lowering, node, TIDU_SCALE_OVERFLOW, NULL, NULL);
    if (lowering->failed)
        return tidu_value_failure(lowering);
    if (a.constant && b.constant)
        return fold_constants(lowering, op, a, b, scale);
    if (tidu_value_is_interval(a) || tidu_value_is_interval(b))
        return interval_arithmetic(lowering, op, a, b, scale);
    return tidu_value_of_step(lowering, TIDU_NUMBER,
                              tidu_builder_step(lowering->builder, op_of(op),
                                                tidu_lower_step(lowering, a),
                                                tidu_lower_step(lowering, b), 0),
                              scale);
}

/* A date some years or days away. */
struct value
tidu_value_shift_date(struct lowering *lowering, const tidu_node *node, struct value date,
                      struct value by)
{
    bool back = node->op == TIDU_OP_SUB;
    if (node->child[1]->type.days) {
        struct value sum = tidu_value_arithmetic(lowering, node, node->op, date, by);
        sum.kind = TIDU_DATE;
        return sum;
    }
    if (!by.constant) {
        tidu_lower_complain(lowering, node, TIDU_SHIFT_CONSTANT, NULL, NULL);
        return tidu_value_failure(lowering);
    }
    by = tidu_value_rescale(lowering, by, (tidu_scale){1, 12});
    if (lowering->failed)
        return by;
    const tidu_constant *span = tidu_builder_constant_at(lowering->builder, by.number);
    if (mpz_cmp_ui(mpq_denref(span->exact), 1) || fabs(span->value) > MOST_MONTHS) {
        tidu_lower_complain(lowering, node, TIDU_SHIFT_CONSTANT, NULL, NULL);
        return tidu_value_failure(lowering);
    }
    int32_t months = (int32_t)span->value;
    return tidu_value_of_step(lowering, TIDU_DATE,
                              tidu_builder_step(lowering->builder, TIDU_DO_SHIFT,
                                                tidu_lower_step(lowering, date), TIDU_NO_STEP,
                                                (uint32_t)(back ? -months : months)),
                              unity);
}
