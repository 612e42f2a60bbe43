/*
 * lower.c: typed trees become steps.
 *
 * Every value carries the factor that takes it to base units, so that data is
 * never converted: constants are, when they meet data. Constants fold exactly.
 * A root that is compared with a constant is removed here: cagr(x, 2) >= 5%
 * asks whether x / x[-2] reaches 1.05 squared.
 */
#include "internal.h"

#include "tidu/decimal.h"

#include <math.h>
#include <string.h>

enum { MOST_MONTHS = 12 * 10000 };

static struct value lower(struct lowering *lowering, const tidu_node *node, uint32_t lag);

/* ---- values ---- */

static struct value
failure(struct lowering *lowering)
{
    lowering->failed = true;
    return (struct value){.low = TIDU_NO_STEP, .high = TIDU_NO_STEP, .scale = {1, 1}};
}

static struct value
of_step(struct lowering *lowering, tidu_kind kind, tidu_step step, tidu_scale scale)
{
    if (step == TIDU_NO_STEP)
        lowering->failed = true;
    return (struct value){kind, false, 0, step, step, scale};
}

static struct value
of_constant(struct lowering *lowering, const mpq_t exact, tidu_scale scale)
{
    uint32_t number = tidu_builder_constant(lowering->builder, exact);
    if (number == UINT32_MAX)
        return failure(lowering);
    return (struct value){TIDU_NUMBER, true, number, TIDU_NO_STEP, TIDU_NO_STEP, scale};
}

static const tidu_scale unity = {1, 1};
static const tidu_scale ten_thousand = {10000, 1}; /* 万元 */

static struct value
of_integer(struct lowering *lowering, long value)
{
    mpq_t exact;
    mpq_init(exact);
    mpq_set_si(exact, value, 1);
    struct value result = of_constant(lowering, exact, unity);
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

static tidu_step
high_step(struct lowering *lowering, struct value value)
{
    return value.constant ? tidu_lower_step(lowering, value) : value.high;
}

static bool
is_interval(struct value value)
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
static const char *
show_epoch(const struct lowering *lowering, char date[11])
{
    const struct span *days = &lowering->epoch.days;
    return tidu_show_date(date, days->from != INT32_MIN ? days->from : days->until);
}

/* ---- scales ---- */

static void
convert(mpq_t exact, tidu_scale from, tidu_scale to)
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
static struct value
rescale(struct lowering *lowering, struct value value, tidu_scale scale)
{
    if (tidu_scale_same(value.scale, scale))
        return value;
    mpq_t exact;
    mpq_init(exact);
    if (value.constant) {
        mpq_set(exact, tidu_builder_constant_at(lowering->builder, value.number)->exact);
        convert(exact, value.scale, scale);
        value = of_constant(lowering, exact, scale);
    } else {
        mpq_set_ui(exact, 1, 1);
        convert(exact, value.scale, scale);
        tidu_step factor = tidu_lower_step(lowering, of_constant(lowering, exact, unity));
        bool interval = is_interval(value);
        tidu_step low = value.low;
        value.low = tidu_builder_step(lowering->builder, TIDU_DO_MUL, low, factor, 0);
        value.high = interval ? tidu_builder_step(lowering->builder, TIDU_DO_MUL, value.high,
                                                  factor, 0)
                              : value.low;
        value.scale = scale;
    }
    mpq_clear(exact);
    return value;
}

/* Bring two sides to one scale: that of the side which is data. */
static void
align(struct lowering *lowering, struct value *a, struct value *b)
{
    if (a->constant && !b->constant)
        *a = rescale(lowering, *a, b->scale);
    else
        *b = rescale(lowering, *b, a->scale);
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
        return of_step(lowering, TIDU_NUMBER,
                       tidu_builder_step(lowering->builder, TIDU_DO_DIV,
                                         tidu_lower_step(lowering, a),
                                         tidu_lower_step(lowering, b), 0),
                       scale);
    mpq_t exact;
    mpq_init(exact);
    mpq_set(exact, left->exact);
    fold(op, exact, right->exact);
    struct value result = of_constant(lowering, exact, scale);
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

static struct value
of_interval(struct lowering *lowering, tidu_step low, tidu_step high, tidu_scale scale)
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
    return of_interval(lowering, tidu_builder_step(builder, TIDU_DO_DIV, least, sound, 0),
                       tidu_builder_step(builder, TIDU_DO_DIV, most, sound, 0), scale);
}

/* Points that are not settled: sums keep their bounds, differences cross them,
 * and products and quotients lie between those of the ends. */
static struct value
interval_arithmetic(struct lowering *lowering, tidu_operator op, struct value a, struct value b,
                    tidu_scale scale)
{
    tidu_builder *builder = lowering->builder;
    tidu_step as[2] = {tidu_lower_step(lowering, a), high_step(lowering, a)};
    tidu_step bs[2] = {tidu_lower_step(lowering, b), high_step(lowering, b)};
    if (op == TIDU_OP_ADD || op == TIDU_OP_SUB) {
        bool crossed = op == TIDU_OP_SUB;
        return of_interval(lowering, tidu_builder_step(builder, op_of(op), as[0], bs[crossed], 0),
                           tidu_builder_step(builder, op_of(op), as[1], bs[!crossed], 0), scale);
    }
    if (op == TIDU_OP_DIV && is_interval(b))
        return divide_by_interval(lowering, as, bs, scale);
    return of_interval(lowering, extreme_of_ends(lowering, op_of(op), as, bs, TIDU_DO_MIN),
                       extreme_of_ends(lowering, op_of(op), as, bs, TIDU_DO_MAX), scale);
}

static struct value
arithmetic(struct lowering *lowering, const tidu_node *node, tidu_operator op, struct value a,
           struct value b)
{
    tidu_scale scale;
    if (op == TIDU_OP_ADD || op == TIDU_OP_SUB) {
        align(lowering, &a, &b);
        scale = a.scale;
    } else
        scale = op == TIDU_OP_MUL ? tidu_scale_mul(a.scale, b.scale)
                                  : tidu_scale_div(a.scale, b.scale);
    if (scale.num == 0)
        tidu_lower_complain(lowering, node, TIDU_SCALE_OVERFLOW, NULL, NULL);
    if (lowering->failed)
        return failure(lowering);
    if (a.constant && b.constant)
        return fold_constants(lowering, op, a, b, scale);
    if (is_interval(a) || is_interval(b))
        return interval_arithmetic(lowering, op, a, b, scale);
    return of_step(lowering, TIDU_NUMBER,
                   tidu_builder_step(lowering->builder, op_of(op), tidu_lower_step(lowering, a),
                                     tidu_lower_step(lowering, b), 0),
                   scale);
}

/* A date some years or days away. */
static struct value
shift_date(struct lowering *lowering, const tidu_node *node, struct value date, struct value by)
{
    bool back = node->op == TIDU_OP_SUB;
    if (node->child[1]->type.days) {
        struct value sum = arithmetic(lowering, node, node->op, date, by);
        sum.kind = TIDU_DATE;
        return sum;
    }
    if (!by.constant) {
        tidu_lower_complain(lowering, node, TIDU_SHIFT_CONSTANT, NULL, NULL);
        return failure(lowering);
    }
    by = rescale(lowering, by, (tidu_scale){1, 12});
    if (lowering->failed)
        return by;
    const tidu_constant *span = tidu_builder_constant_at(lowering->builder, by.number);
    if (mpz_cmp_ui(mpq_denref(span->exact), 1) || fabs(span->value) > MOST_MONTHS) {
        tidu_lower_complain(lowering, node, TIDU_SHIFT_CONSTANT, NULL, NULL);
        return failure(lowering);
    }
    int32_t months = (int32_t)span->value;
    return of_step(lowering, TIDU_DATE,
                   tidu_builder_step(lowering->builder, TIDU_DO_SHIFT,
                                     tidu_lower_step(lowering, date), TIDU_NO_STEP,
                                     (uint32_t)(back ? -months : months)),
                   unity);
}

/* ---- codes ---- */

struct class_bits {
    uint64_t *bits;
    uint32_t words;
};

static bool
open_classes(struct lowering *lowering, const tidu_codebook *book, struct class_bits *ret)
{
    ret->words = book->count * 2 / 64 + 1;
    ret->bits = tidu_arena_array(lowering->world->arena, ret->words, sizeof *ret->bits);
    return ret->bits != NULL;
}

static void
set_class(struct class_bits *bits, uint32_t class)
{
    bits->bits[class / 64] |= UINT64_C(1) << (class % 64);
}

static int32_t
entry_of(const tidu_codebook *book, const char *code)
{
    for (uint32_t i = 0; i < book->count; i++)
        if (book->entries[i].length == strlen(code) &&
            !memcmp(book->entries[i].data, code, book->entries[i].length))
            return (int32_t)i;
    return TIDU_NONE;
}

/* A code within a prefix: that entry, all that goes on from it, and every
 * longer entry that begins with it. */
static void
set_within(struct class_bits *bits, const tidu_codebook *book, const char *prefix)
{
    size_t length = strlen(prefix);
    for (uint32_t i = 0; i < book->count; i++)
        if (book->entries[i].length >= length && !memcmp(book->entries[i].data, prefix, length)) {
            set_class(bits, i * 2 + 1);
            set_class(bits, i * 2 + 2);
        }
}

static void
set_codes(struct class_bits *bits, const tidu_codebook *book, struct code_space space,
          const tidu_node *codes, bool within)
{
    char spelled[TIDU_CODE_SIZE];
    const char *code = codes->kind == TIDU_NODE_STRING
                           ? tidu_inputs_code(space.fact, codes->text, spelled)
                           : NULL;
    if (code && within)
        set_within(bits, book, code);
    else if (code) {
        int32_t entry = entry_of(book, code);
        if (entry != TIDU_NONE)
            set_class(bits, (uint32_t)entry * 2 + 1);
    }
    for (uint32_t i = 0; i < codes->child_count; i++)
        set_codes(bits, book, space, codes->child[i], within);
}

static bool
order_holds(tidu_operator op, uint32_t left, uint32_t right)
{
    switch (op) {
    case TIDU_OP_LT:
        return left < right;
    case TIDU_OP_LE:
        return left <= right;
    case TIDU_OP_GT:
        return left > right;
    default:
        return left >= right;
    }
}

/* Codes in the order of their list that compare so with the literal. */
static void
set_ordered(struct class_bits *bits, const tidu_codebook *book, const tidu_choices *choices,
            tidu_operator op, const char *literal)
{
    uint32_t rank = 0;
    while (rank < choices->count && strcmp(choices->items[rank].code, literal))
        rank++;
    for (uint32_t i = 0; i < choices->count; i++) {
        int32_t entry = entry_of(book, choices->items[i].code);
        if (entry != TIDU_NONE && order_holds(op, i, rank))
            set_class(bits, (uint32_t)entry * 2 + 1);
    }
}

static tidu_operator
mirrored(tidu_operator op)
{
    switch (op) {
    case TIDU_OP_LT:
        return TIDU_OP_GT;
    case TIDU_OP_LE:
        return TIDU_OP_GE;
    case TIDU_OP_GT:
        return TIDU_OP_LT;
    case TIDU_OP_GE:
        return TIDU_OP_LE;
    default:
        return op;
    }
}

static struct value
code_test(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    bool swapped = node->child[0]->kind == TIDU_NODE_STRING;
    const tidu_node *code = node->child[swapped], *literal = node->child[!swapped];
    tidu_operator op = swapped ? mirrored(node->op) : node->op;
    struct class_bits bits;
    struct code_space space;
    if (!tidu_inputs_space(lowering->world, code, &space))
        return failure(lowering);
    const tidu_codebook *book = tidu_inputs_book(lowering->world, space);
    struct value value = lower(lowering, code, lag);
    if (!book || lowering->failed || !open_classes(lowering, book, &bits))
        return failure(lowering);
    if (op >= TIDU_OP_LT && op <= TIDU_OP_GE)
        set_ordered(&bits, book, space.choices, op, literal->text);
    else
        set_codes(&bits, book, space, literal, op == TIDU_OP_WITHIN);
    uint32_t set = tidu_builder_set(lowering->builder, bits.bits, bits.words);
    tidu_step step = tidu_builder_step(lowering->builder, TIDU_DO_IN,
                                       tidu_lower_step(lowering, value), TIDU_NO_STEP, set);
    if (op == TIDU_OP_NE)
        step = tidu_builder_step(lowering->builder, TIDU_DO_NOT, step, TIDU_NO_STEP, 0);
    return of_step(lowering, TIDU_FLAG, step, unity);
}

/* A literal code where something else says which list it is of. */
static struct value
code_literal(struct lowering *lowering, const tidu_node *node, const tidu_choices *choices)
{
    const tidu_codebook *book = choices ? tidu_choices_book(lowering->world, choices) : NULL;
    int32_t entry = book ? entry_of(book, node->text) : TIDU_NONE;
    if (entry == TIDU_NONE) {
        tidu_lower_complain(lowering, node, TIDU_CODES_DIFFER, NULL, NULL);
        return failure(lowering);
    }
    struct value value = of_integer(lowering, entry * 2 + 1);
    value.kind = TIDU_CODE;
    return value;
}

/* ---- comparisons ---- */

bool
tidu_is_comparison(const tidu_node *node)
{
    return node->kind == TIDU_NODE_BINARY && node->op >= TIDU_OP_LT && node->op <= TIDU_OP_NE &&
           (node->child[0]->type.kind == TIDU_NUMBER || node->child[0]->type.kind == TIDU_DATE) &&
           (node->child[1]->type.kind == TIDU_NUMBER || node->child[1]->type.kind == TIDU_DATE);
}

static tidu_step
flag_not(struct lowering *lowering, tidu_step step)
{
    return tidu_builder_step(lowering->builder, TIDU_DO_NOT, step, TIDU_NO_STEP, 0);
}

static tidu_step
compare_steps(struct lowering *lowering, tidu_operator op, tidu_step a, tidu_step b)
{
    tidu_builder *builder = lowering->builder;
    switch (op) {
    case TIDU_OP_LT:
        return tidu_builder_step(builder, TIDU_DO_LT, a, b, 0);
    case TIDU_OP_LE:
        return tidu_builder_step(builder, TIDU_DO_LE, a, b, 0);
    case TIDU_OP_GT:
        return tidu_builder_step(builder, TIDU_DO_LT, b, a, 0);
    case TIDU_OP_GE:
        return tidu_builder_step(builder, TIDU_DO_LE, b, a, 0);
    case TIDU_OP_EQ:
        return tidu_builder_step(builder, TIDU_DO_EQ, a, b, 0);
    default:
        return flag_not(lowering, tidu_builder_step(builder, TIDU_DO_EQ, a, b, 0));
    }
}

/* Intervals: sure when the whole of one lies on the right side of the other. */
static tidu_step
compare_intervals(struct lowering *lowering, tidu_operator op, struct value a, struct value b)
{
    tidu_step al = tidu_lower_step(lowering, a), ah = high_step(lowering, a);
    tidu_step bl = tidu_lower_step(lowering, b), bh = high_step(lowering, b);
    tidu_step sure, possible;
    if (op == TIDU_OP_EQ || op == TIDU_OP_NE) {
        tidu_step both[2] = {compare_steps(lowering, TIDU_OP_EQ, al, bh),
                             compare_steps(lowering, TIDU_OP_EQ, ah, bl)};
        tidu_step meet[2] = {compare_steps(lowering, TIDU_OP_LE, al, bh),
                             compare_steps(lowering, TIDU_OP_LE, bl, ah)};
        sure = tidu_builder_list(lowering->builder, TIDU_DO_AND, 0, both, 2);
        possible = tidu_builder_list(lowering->builder, TIDU_DO_AND, 0, meet, 2);
    } else if (op == TIDU_OP_GT || op == TIDU_OP_GE) {
        sure = compare_steps(lowering, op, al, bh);
        possible = compare_steps(lowering, op, ah, bl);
    } else {
        sure = compare_steps(lowering, op, ah, bl);
        possible = compare_steps(lowering, op, al, bh);
    }
    tidu_step settled = tidu_builder_step(lowering->builder, TIDU_DO_SETTLE, sure, possible, 0);
    return op == TIDU_OP_NE ? flag_not(lowering, settled) : settled;
}

static bool
truth_of(tidu_operator op, int order)
{
    switch (op) {
    case TIDU_OP_LT:
        return order < 0;
    case TIDU_OP_LE:
        return order <= 0;
    case TIDU_OP_GT:
        return order > 0;
    case TIDU_OP_GE:
        return order >= 0;
    case TIDU_OP_EQ:
        return order == 0;
    default:
        return order != 0;
    }
}

static tidu_step
truth_step(struct lowering *lowering, bool truth)
{
    return tidu_builder_step(lowering->builder, TIDU_DO_TRUTH, TIDU_NO_STEP, TIDU_NO_STEP, truth);
}

static tidu_step
compare_values(struct lowering *lowering, tidu_operator op, struct value *a, struct value *b)
{
    align(lowering, a, b);
    if (lowering->failed)
        return TIDU_NO_STEP;
    if (a->constant && b->constant)
        return truth_step(
            lowering,
            truth_of(op, mpq_cmp(tidu_builder_constant_at(lowering->builder, a->number)->exact,
                                 tidu_builder_constant_at(lowering->builder, b->number)->exact)));
    if (is_interval(*a) || is_interval(*b))
        return compare_intervals(lowering, op, *a, *b);
    return compare_steps(lowering, op, tidu_lower_step(lowering, *a),
                         tidu_lower_step(lowering, *b));
}

/* ---- roots ---- */

/* x / x[-n] where both ends make sense: a base above zero and a quotient that
 * is not negative. The factor is 1: both have the same scale. */
static tidu_step
quotient_over_years(struct lowering *lowering, const tidu_node *call, uint32_t lag)
{
    tidu_builder *builder = lowering->builder;
    struct value late = lower(lowering, call->child[0], lag);
    struct value early = lower(lowering, call->child[0], lag + call->lag);
    tidu_step base = tidu_builder_step(builder, TIDU_DO_POSITIVE,
                                       tidu_lower_step(lowering, early), TIDU_NO_STEP, 0);
    tidu_step quotient = tidu_builder_step(builder, TIDU_DO_DIV, tidu_lower_step(lowering, late),
                                           base, 0);
    return tidu_builder_step(builder, TIDU_DO_NONNEGATIVE, quotient, TIDU_NO_STEP, 0);
}

/* The cagr() that a node stands for, under its name or in earlier years; NULL
 * when it is something else. *lag becomes that of the call. */
static const tidu_node *
find_cagr(const struct lowering *lowering, const tidu_node *node, uint32_t *lag)
{
    while (node->kind == TIDU_NODE_LAG ||
           (node->kind == TIDU_NODE_NAME && node->symbol->kind == TIDU_SYMBOL_DERIVE)) {
        if (node->kind == TIDU_NODE_LAG) {
            *lag += node->lag;
            node = node->child[0];
        } else {
            const struct name *name = tidu_names_of(lowering->world, node->symbol);
            const struct version *version = tidu_names_version(name, lowering->epoch,
                                                               &lowering->chain);
            if (!version)
                return NULL;
            node = version->written.tree;
        }
    }
    bool cagr = node->kind == TIDU_NODE_CALL && node->function == TIDU_FN_CAGR;
    return cagr ? node : NULL;
}

/* The same of a bound that is no constant, though there is no fact in it. */
static struct value
power_of_steps(struct lowering *lowering, struct value bound, uint32_t years)
{
    tidu_builder *builder = lowering->builder;
    tidu_step one = tidu_lower_step(lowering, of_integer(lowering, 1));
    tidu_step none = tidu_lower_step(lowering, of_integer(lowering, 0));
    tidu_step below = tidu_lower_step(lowering, of_integer(lowering, -1));
    tidu_step base = tidu_builder_step(builder, TIDU_DO_ADD, bound.low, one, 0), power = base;
    for (uint32_t i = 1; i < years; i++)
        power = tidu_builder_step(builder, TIDU_DO_MUL, power, base, 0);
    tidu_step negative = tidu_builder_step(builder, TIDU_DO_LT, base, none, 0);
    return of_step(lowering, TIDU_NUMBER, tidu_builder_select(builder, negative, below, power),
                   unity);
}

/* (1 + bound) ^ years; a bound below -100 % is below every growth there is, and
 * so is -1 below every quotient. */
static struct value
power_bound(struct lowering *lowering, struct value bound, uint32_t years)
{
    bound = rescale(lowering, bound, unity);
    if (lowering->failed)
        return bound;
    if (!bound.constant)
        return power_of_steps(lowering, bound, years);
    mpq_t base, power, one;
    mpq_inits(base, power, one, NULL);
    mpq_set_ui(one, 1, 1);
    mpq_add(base, tidu_builder_constant_at(lowering->builder, bound.number)->exact, one);
    mpq_set(power, base);
    for (uint32_t i = 1; i < years; i++)
        mpq_mul(power, power, base);
    if (mpq_sgn(base) < 0)
        mpq_neg(power, one);
    struct value result = of_constant(lowering, power, unity);
    mpq_clears(base, power, one, NULL);
    return result;
}

static struct value
cagr_value(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    tidu_builder *builder = lowering->builder;
    tidu_step root = quotient_over_years(lowering, node, lag);
    if (node->lag > 1)
        root = tidu_builder_step(builder, TIDU_DO_ROOT, root, TIDU_NO_STEP, node->lag);
    struct value one = of_integer(lowering, 1);
    return of_step(lowering, TIDU_NUMBER,
                   tidu_builder_step(builder, TIDU_DO_SUB, root, tidu_lower_step(lowering, one), 0),
                   unity);
}

static tidu_step
compare_cagr(struct lowering *lowering, tidu_operator op, const tidu_node *cagr, uint32_t lag,
             struct value bound)
{
    struct value quotient = of_step(lowering, TIDU_NUMBER,
                                    quotient_over_years(lowering, cagr, lag), unity);
    struct value power = power_bound(lowering, bound, cagr->lag);
    return lowering->failed ? TIDU_NO_STEP : compare_values(lowering, op, &quotient, &power);
}

static bool
lower_comparison(struct lowering *lowering, const tidu_node *node, uint32_t lag,
                 struct comparison *ret)
{
    const tidu_node *left = node->child[0], *right = node->child[1];
    ret->op = node->op;
    /* What is compared comes first, its bound second. */
    if (left->type.constant && !right->type.constant) {
        const tidu_node *swap = left;
        left = right;
        right = swap;
        ret->op = mirrored(node->op);
    }
    ret->left = lower(lowering, left, lag);
    ret->right = lower(lowering, right, lag);
    if (lowering->failed)
        return false;
    const tidu_node *cagr = find_cagr(lowering, left, &lag);
    if (cagr && cagr->lag > 1) {
        ret->status = compare_cagr(lowering, ret->op, cagr, lag, ret->right);
        align(lowering, &ret->left, &ret->right);
    } else
        ret->status = compare_values(lowering, ret->op, &ret->left, &ret->right);
    return !lowering->failed && ret->status != TIDU_NO_STEP;
}

bool
tidu_lower_comparison(struct lowering *lowering, const tidu_node *node, struct comparison *ret)
{
    return lower_comparison(lowering, node, 0, ret);
}

/* ---- flags ---- */

static struct value
flag_list(struct lowering *lowering, tidu_op op, const tidu_node *node, uint32_t lag)
{
    tidu_step sides[2] = {lower(lowering, node->child[0], lag).low,
                          lower(lowering, node->child[1], lag).low};
    return of_step(lowering, TIDU_FLAG, tidu_builder_list(lowering->builder, op, 0, sides, 2),
                   unity);
}

/* flag = true, flag <> other */
static struct value
flag_equality(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    tidu_builder *builder = lowering->builder;
    tidu_step a = lower(lowering, node->child[0], lag).low;
    tidu_step b = lower(lowering, node->child[1], lag).low;
    if (a == TIDU_NO_STEP || b == TIDU_NO_STEP)
        return failure(lowering);
    tidu_step both[2] = {a, b};
    tidu_step neither[2] = {flag_not(lowering, a), flag_not(lowering, b)};
    tidu_step ways[2] = {tidu_builder_list(builder, TIDU_DO_AND, 0, both, 2),
                         tidu_builder_list(builder, TIDU_DO_AND, 0, neither, 2)};
    tidu_step same = tidu_builder_list(builder, TIDU_DO_OR, 0, ways, 2);
    return of_step(lowering, TIDU_FLAG, node->op == TIDU_OP_NE ? flag_not(lowering, same) : same,
                   unity);
}

static struct value
lower_binary(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    tidu_kind left = node->child[0]->type.kind, right = node->child[1]->type.kind;
    if (node->op == TIDU_OP_AND || node->op == TIDU_OP_OR)
        return flag_list(lowering, node->op == TIDU_OP_AND ? TIDU_DO_AND : TIDU_DO_OR, node, lag);
    if (node->op >= TIDU_OP_LT && node->op <= TIDU_OP_WITHIN) {
        struct comparison comparison;
        if (left == TIDU_CODE || right == TIDU_CODE)
            return code_test(lowering, node, lag);
        if (left == TIDU_FLAG)
            return flag_equality(lowering, node, lag);
        if (!lower_comparison(lowering, node, lag, &comparison))
            return failure(lowering);
        return of_step(lowering, TIDU_FLAG, comparison.status, unity);
    }
    struct value a = lower(lowering, node->child[0], lag);
    struct value b = lower(lowering, node->child[1], lag);
    if (lowering->failed)
        return failure(lowering);
    if (node->type.kind == TIDU_DATE)
        return shift_date(lowering, node, a, b);
    return arithmetic(lowering, node, node->op, a, b);
}

/* ---- choices ---- */

static struct value
lower_branch(struct lowering *lowering, const tidu_node *node, uint32_t lag,
             const tidu_choices *choices)
{
    if (node->kind == TIDU_NODE_STRING)
        return code_literal(lowering, node, choices);
    return lower(lowering, node, lag);
}

static struct value lower_if(struct lowering *lowering, const tidu_node *node, uint32_t lag,
                             const tidu_choices *choices);

static struct value
lower_if_branch(struct lowering *lowering, const tidu_node *node, uint32_t lag,
                const tidu_choices *choices)
{
    return node->kind == TIDU_NODE_IF ? lower_if(lowering, node, lag, choices)
                                      : lower_branch(lowering, node, lag, choices);
}

/* (c and a) or (not c and b) or (a and b): the last decides when both agree. */
static struct value
select_flag(struct lowering *lowering, tidu_step c, tidu_step a, tidu_step b)
{
    tidu_builder *builder = lowering->builder;
    tidu_step first[2] = {c, a}, second[2] = {flag_not(lowering, c), b}, both[2] = {a, b};
    tidu_step ways[3] = {tidu_builder_list(builder, TIDU_DO_AND, 0, first, 2),
                         tidu_builder_list(builder, TIDU_DO_AND, 0, second, 2),
                         tidu_builder_list(builder, TIDU_DO_AND, 0, both, 2)};
    /* True comes from any way; false needs "neither", which the ways give too. */
    return of_step(lowering, TIDU_FLAG, tidu_builder_list(builder, TIDU_DO_OR, 0, ways, 3), unity);
}

static struct value
lower_if(struct lowering *lowering, const tidu_node *node, uint32_t lag,
         const tidu_choices *choices)
{
    if (node->type.choices)
        choices = node->type.choices;
    struct value c = lower(lowering, node->child[0], lag);
    struct value a = lower_if_branch(lowering, node->child[1], lag, choices);
    struct value b = lower_if_branch(lowering, node->child[2], lag, choices);
    if (lowering->failed)
        return failure(lowering);
    if (node->type.kind == TIDU_FLAG)
        return select_flag(lowering, c.low, a.low, b.low);
    align(lowering, &a, &b);
    struct value result = of_step(
        lowering, node->type.kind,
        tidu_builder_select(lowering->builder, c.low, tidu_lower_step(lowering, a),
                            tidu_lower_step(lowering, b)),
        a.scale);
    if (is_interval(a) || is_interval(b))
        result.high = tidu_builder_select(lowering->builder, c.low, high_step(lowering, a),
                                          high_step(lowering, b));
    return result;
}

/* ---- names ---- */

/* What another rule's lowering must not disturb. */
struct outer {
    const struct written *written;
    const tidu_symbol *list;
};

static struct outer
go_elsewhere(struct lowering *lowering)
{
    struct outer outer = {lowering->written, lowering->list};
    lowering->list = NULL;
    return outer;
}

static void
come_back(struct lowering *lowering, struct outer outer)
{
    lowering->written = outer.written;
    lowering->list = outer.list;
}

static struct value
lower_version(struct lowering *lowering, const struct name *name, uint32_t lag)
{
    const struct version *version = tidu_names_version(name, lowering->epoch, &lowering->chain);
    if (!version)
        return failure(lowering);
    struct outer outer = go_elsewhere(lowering);
    lowering->written = &version->written;
    struct value value = version->decision
                             ? tidu_decision_lower(lowering, name, version, lag)
                             : lower_if_branch(lowering, version->written.tree, lag,
                                               name->choices);
    come_back(lowering, outer);
    return value;
}

/* What measures and subsidies ask for where it is not in force: nobody knows. */
static struct value
unknown_of(struct lowering *lowering, const tidu_type *type)
{
    tidu_builder *builder = lowering->builder;
    if (type->kind == TIDU_FLAG)
        return of_step(lowering, TIDU_FLAG,
                       tidu_builder_step(builder, TIDU_DO_TRUTH, TIDU_NO_STEP, TIDU_NO_STEP, 2),
                       unity);
    tidu_step zero = tidu_lower_step(lowering, of_integer(lowering, 0));
    return of_step(lowering, type->kind, tidu_builder_step(builder, TIDU_DO_DIV, zero, zero, 0),
                   type->scale);
}

static struct value
lower_named(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    const struct name *name = tidu_names_of(lowering->world, node->symbol);
    size_t at = (size_t)name->number * 10 + lag;
    char date[11];
    bool lapsed = !tidu_names_version(name, lowering->epoch, &lowering->chain);
    if (lapsed && lowering->lenient)
        return unknown_of(lowering, &name->symbol.type);
    if (lapsed) {
        bool derive = name->symbol.kind == TIDU_SYMBOL_DERIVE;
        tidu_lower_complain(lowering, node, derive ? TIDU_DERIVE_LAPSED : TIDU_PARAM_LAPSED,
                            name->symbol.name, show_epoch(lowering, date));
        return failure(lowering);
    }
    if (lag < 10 && lowering->memo_done[at])
        return lowering->memo[at];
    struct value value = lower_version(lowering, name, lag);
    if (lag < 10 && !lowering->failed) {
        lowering->memo[at] = value;
        lowering->memo_done[at] = true;
    }
    return value;
}

static struct value
lower_name(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    const tidu_symbol *symbol = node->symbol;
    if (symbol->kind == TIDU_SYMBOL_DERIVE || symbol->kind == TIDU_SYMBOL_PARAM)
        return lower_named(lowering, node, lag);
    int32_t column = tidu_inputs_column(lowering->world, symbol, lag);
    tidu_op op = symbol->type.kind == TIDU_FLAG ? TIDU_DO_FLAG : TIDU_DO_FACT;
    if (column == TIDU_NONE)
        return failure(lowering);
    return of_step(lowering, symbol->type.kind,
                   tidu_builder_step(lowering->builder, op, TIDU_NO_STEP, TIDU_NO_STEP,
                                     (uint32_t)column),
                   symbol->type.scale);
}

/* ---- functions ---- */

static struct value
fold_years(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    tidu_step steps[16];
    struct value first = lower(lowering, node->child[0], lag);
    steps[0] = tidu_lower_step(lowering, first);
    for (uint32_t k = 1; k < node->lag && k < 16; k++)
        steps[k] = tidu_lower_step(lowering, lower(lowering, node->child[0], lag + k));
    if (lowering->failed)
        return failure(lowering);
    if (node->function == TIDU_FN_SUM || node->function == TIDU_FN_MEAN)
        return of_step(lowering, TIDU_NUMBER,
                       tidu_builder_list(lowering->builder, TIDU_DO_SUM, 0, steps, node->lag),
                       first.scale);
    tidu_op op = node->function == TIDU_FN_LOWEST ? TIDU_DO_MIN : TIDU_DO_MAX;
    tidu_step best = steps[0];
    for (uint32_t k = 1; k < node->lag; k++)
        best = tidu_builder_step(lowering->builder, op, best, steps[k], 0);
    return of_step(lowering, TIDU_NUMBER, best, first.scale);
}

static struct value
lower_growth(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    struct value late = lower(lowering, node->child[0], lag);
    struct value early = lower(lowering, node->child[0], lag + 1);
    if (lowering->failed)
        return failure(lowering);
    struct value quotient = arithmetic(lowering, node, TIDU_OP_DIV, late, early);
    return arithmetic(lowering, node, TIDU_OP_SUB, quotient, of_integer(lowering, 1));
}

static struct value
lower_many(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    tidu_op op = node->function == TIDU_FN_MIN ? TIDU_DO_MIN : TIDU_DO_MAX;
    struct value best = lower(lowering, node->child[0], lag);
    for (uint32_t i = 1; i < node->child_count; i++) {
        struct value next = lower(lowering, node->child[i], lag);
        align(lowering, &best, &next);
        if (lowering->failed)
            return failure(lowering);
        tidu_step low = tidu_builder_step(lowering->builder, op, tidu_lower_step(lowering, best),
                                          tidu_lower_step(lowering, next), 0);
        tidu_step high = tidu_builder_step(lowering->builder, op, high_step(lowering, best),
                                           high_step(lowering, next), 0);
        best = of_interval(lowering, low, high, best.scale);
    }
    return best;
}

/* Without its sign an interval that crosses zero begins there. */
static struct value
abs_of_interval(struct lowering *lowering, struct value value)
{
    tidu_builder *builder = lowering->builder;
    tidu_step none = tidu_lower_step(lowering, of_integer(lowering, 0));
    tidu_step below = tidu_builder_step(builder, TIDU_DO_SUB, none, value.high, 0);
    tidu_step away = tidu_builder_step(builder, TIDU_DO_SUB, none, value.low, 0);
    tidu_step nearest = tidu_builder_step(builder, TIDU_DO_MAX, value.low, below, 0);
    return of_interval(lowering, tidu_builder_step(builder, TIDU_DO_MAX, nearest, none, 0),
                       tidu_builder_step(builder, TIDU_DO_MAX, value.high, away, 0), value.scale);
}

static struct value
lower_single(struct lowering *lowering, const tidu_node *node, tidu_op op, uint32_t lag)
{
    struct value value = lower(lowering, node->child[0], lag);
    if (lowering->failed)
        return failure(lowering);
    if (op == TIDU_DO_FLOOR || op == TIDU_DO_ROUND)
        value = rescale(lowering, value, unity);
    if (op == TIDU_DO_ABS && is_interval(value))
        return abs_of_interval(lowering, value);
    return of_interval(lowering,
                       tidu_builder_step(lowering->builder, op, tidu_lower_step(lowering, value),
                                         TIDU_NO_STEP, 0),
                       tidu_builder_step(lowering->builder, op, high_step(lowering, value),
                                         TIDU_NO_STEP, 0),
                       value.scale);
}

static tidu_step
as_of_step(struct lowering *lowering)
{
    return tidu_builder_step(lowering->builder, TIDU_DO_AS_OF, TIDU_NO_STEP, TIDU_NO_STEP, 0);
}

/* For a date, birthdays passed; for a year's number, calendar years. */
static struct value
lower_years_since(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    tidu_builder *builder = lowering->builder;
    struct value from = lower(lowering, node->child[0], lag);
    tidu_step now = as_of_step(lowering);
    if (lowering->failed)
        return failure(lowering);
    tidu_step start = tidu_lower_step(lowering, from);
    if (from.kind == TIDU_DATE)
        return of_step(lowering, TIDU_NUMBER,
                       tidu_builder_step(builder, TIDU_DO_FULL_YEARS, start, now, 0), unity);
    start = tidu_lower_step(lowering, rescale(lowering, from, unity));
    tidu_step year = tidu_builder_step(builder, TIDU_DO_YEAR_OF, now, TIDU_NO_STEP, 0);
    return of_step(lowering, TIDU_NUMBER, tidu_builder_step(builder, TIDU_DO_SUB, year, start, 0),
                   unity);
}

static struct value lower_count(struct lowering *lowering, const tidu_node *node, uint32_t lag);

/* Points are known once they are settled. */
static struct value
known_interval(struct lowering *lowering, struct value value)
{
    tidu_builder *builder = lowering->builder;
    tidu_step settled = compare_steps(lowering, TIDU_OP_EQ, value.low, value.high);
    tidu_step known = tidu_builder_step(builder, TIDU_DO_KNOWN_FLAG, settled, TIDU_NO_STEP, 0);
    tidu_step both[2] = {settled, known};
    return of_step(lowering, TIDU_FLAG, tidu_builder_list(builder, TIDU_DO_AND, 0, both, 2),
                   unity);
}

static struct value
lower_known(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    tidu_kind kind = node->child[0]->type.kind;
    struct value value = kind == TIDU_SET || kind == TIDU_LIST
                             ? lower_count(lowering, node, lag)
                             : lower(lowering, node->child[0], lag);
    tidu_step step = tidu_lower_step(lowering, value);
    if (lowering->failed)
        return failure(lowering);
    if (is_interval(value))
        return known_interval(lowering, value);
    tidu_op op = tidu_builder_is_flag(lowering->builder, step) ? TIDU_DO_KNOWN_FLAG : TIDU_DO_KNOWN;
    return of_step(lowering, TIDU_FLAG,
                   tidu_builder_step(lowering->builder, op, step, TIDU_NO_STEP, 0), unity);
}

static struct value
lower_holds(struct lowering *lowering, const tidu_node *node)
{
    const tidu_layout *layout = &lowering->world->vocabulary->layout;
    for (uint32_t i = 0; i < layout->title_count; i++)
        if (!strcmp(layout->titles[i].id, node->text))
            return of_step(lowering, TIDU_FLAG,
                           tidu_builder_step(lowering->builder, TIDU_DO_FLAG, TIDU_NO_STEP,
                                             TIDU_NO_STEP, (uint32_t)layout->titles[i].column),
                           unity);
    return failure(lowering);
}

/* The day of a title: granted or reviewed. */
static struct value
lower_day(struct lowering *lowering, const tidu_node *node)
{
    const tidu_layout *layout = &lowering->world->vocabulary->layout;
    bool granted = node->function == TIDU_FN_GRANTED;
    for (uint32_t i = 0; i < layout->title_count; i++) {
        const tidu_title_slot *title = &layout->titles[i];
        if (!strcmp(title->id, node->text))
            return of_step(lowering, TIDU_DATE,
                           tidu_builder_step(lowering->builder, TIDU_DO_FACT, TIDU_NO_STEP,
                                             TIDU_NO_STEP,
                                             (uint32_t)(granted ? title->granted_column
                                                                : title->reviewed_column)),
                           unity);
    }
    return failure(lowering);
}

static struct value
lower_award(struct lowering *lowering, const tidu_node *node)
{
    struct value value = {TIDU_NUMBER, false, 0, TIDU_NO_STEP, TIDU_NO_STEP, ten_thousand};
    struct outer outer = go_elsewhere(lowering);
    bool found = lowering->award(lowering, node, &value.low, &value.high);
    come_back(lowering, outer);
    if (!found && !lowering->failed)
        tidu_lower_complain(lowering, node, TIDU_AWARD_CIRCLE, node->text, NULL);
    return found ? value : failure(lowering);
}

/* One warning a place, though the designation may be lapsed in many epochs. */
static void
warn_lapsed(struct lowering *lowering, const tidu_node *node)
{
    struct world *world = lowering->world;
    char date[11];
    for (size_t i = 0; i < world->lapsed_count; i++)
        if (world->lapsed[i] == node)
            return;
    if (lowering->lenient)
        return;
    const tidu_node **lapsed = tidu_arena_grow(world->arena, world->lapsed, world->lapsed_count,
                                               &world->lapsed_capacity, sizeof *lapsed);
    if (!lapsed) {
        lowering->failed = true;
        return;
    }
    world->lapsed = lapsed;
    lapsed[world->lapsed_count++] = node;
    tidu_lower_complain(lowering, node, TIDU_DESIGNATION_LAPSED, node->text,
                        show_epoch(lowering, date));
}

static struct value
lower_meets(struct lowering *lowering, const tidu_node *node)
{
    tidu_step step = TIDU_NO_STEP;
    struct outer outer = go_elsewhere(lowering);
    bool met = lowering->meets(lowering, node, &step);
    come_back(lowering, outer);
    if (lowering->failed)
        return failure(lowering);
    if (met)
        return of_step(lowering, TIDU_FLAG, step, unity);
    warn_lapsed(lowering, node);
    return of_step(lowering, TIDU_FLAG,
                   tidu_builder_step(lowering->builder, TIDU_DO_TRUTH, TIDU_NO_STEP, TIDU_NO_STEP,
                                     2),
                   unity);
}

static struct value
lower_score(struct lowering *lowering, const tidu_node *node)
{
    struct value value = {TIDU_NUMBER, false, 0, TIDU_NO_STEP, TIDU_NO_STEP, unity};
    char date[11];
    struct outer outer = go_elsewhere(lowering);
    bool found = lowering->score(lowering, node, &value.low, &value.high);
    come_back(lowering, outer);
    if (found)
        return value;
    if (!lowering->failed)
        tidu_lower_complain(lowering, node, TIDU_SCORE_LAPSED, node->text,
                            show_epoch(lowering, date));
    return failure(lowering);
}

/* A filter over a list's records, reduced to one value a record. */
static struct value
lower_list(struct lowering *lowering, const tidu_node *node, tidu_op op, tidu_kind kind,
           uint32_t lag)
{
    const tidu_fact *list = node->child[0]->symbol->owner;
    uint32_t frame = (uint32_t)list->slots.frame;
    tidu_step filter;
    if (node->child_count > 1) {
        if (lowering->list) {
            tidu_lower_complain(lowering, node, TIDU_NOT_PLAIN_FILTER, lowering->list->name, NULL);
            return failure(lowering);
        }
        lowering->list = node->child[0]->symbol;
        filter = lower(lowering, node->child[1], lag).low;
        lowering->list = NULL;
    } else
        filter = truth_step(lowering, true);
    filter = tidu_builder_spread(lowering->builder, frame, filter);
    return of_step(lowering, kind,
                   tidu_builder_step(lowering->builder, op, filter, TIDU_NO_STEP, 0), unity);
}

static struct value
lower_count(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    if (node->child[0]->type.kind != TIDU_SET)
        return lower_list(lowering, node, TIDU_DO_COUNT_ITEMS, TIDU_NUMBER, lag);
    const tidu_fact *set = node->child[0]->symbol->owner;
    return of_step(lowering, TIDU_NUMBER,
                   tidu_builder_step(lowering->builder, TIDU_DO_FACT, TIDU_NO_STEP, TIDU_NO_STEP,
                                     (uint32_t)set->slots.count_column),
                   unity);
}

static struct value
lower_has(struct lowering *lowering, const tidu_node *node)
{
    uint32_t column = tidu_inputs_test(lowering->world, node->child[0]->symbol, node->child[1]);
    return of_step(lowering, TIDU_FLAG,
                   tidu_builder_step(lowering->builder, TIDU_DO_FLAG, TIDU_NO_STEP, TIDU_NO_STEP,
                                     column),
                   unity);
}

static struct value
lower_mean(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    struct value sum = fold_years(lowering, node, lag);
    return lowering->failed ? sum
                            : arithmetic(lowering, node, TIDU_OP_DIV, sum,
                                         of_integer(lowering, (long)node->lag));
}

static struct value
lower_year_of(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    struct value date = lower(lowering, node->child[0], lag);
    return of_step(lowering, TIDU_NUMBER,
                   tidu_builder_step(lowering->builder, TIDU_DO_YEAR_OF,
                                     tidu_lower_step(lowering, date), TIDU_NO_STEP, 0),
                   unity);
}

static struct value
lower_call(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    switch (node->function) {
    case TIDU_FN_MEAN:
        return lower_mean(lowering, node, lag);
    case TIDU_FN_SUM:
    case TIDU_FN_LOWEST:
    case TIDU_FN_HIGHEST:
        return fold_years(lowering, node, lag);
    case TIDU_FN_GROWTH:
        return lower_growth(lowering, node, lag);
    case TIDU_FN_CAGR:
        return cagr_value(lowering, node, lag);
    case TIDU_FN_KNOWN:
        return lower_known(lowering, node, lag);
    case TIDU_FN_HOLDS:
        return lower_holds(lowering, node);
    case TIDU_FN_GRANTED:
    case TIDU_FN_REVIEWED:
        return lower_day(lowering, node);
    case TIDU_FN_AWARD:
        return lower_award(lowering, node);
    case TIDU_FN_MEETS:
        return lower_meets(lowering, node);
    case TIDU_FN_SCORE:
        return lower_score(lowering, node);
    case TIDU_FN_COUNT:
        return lower_count(lowering, node, lag);
    case TIDU_FN_HAS:
        return lower_has(lowering, node);
    case TIDU_FN_ANY:
        return lower_list(lowering, node, TIDU_DO_ANY_ITEM, TIDU_FLAG, lag);
    case TIDU_FN_EVERY:
        return lower_list(lowering, node, TIDU_DO_EVERY_ITEM, TIDU_FLAG, lag);
    case TIDU_FN_MIN:
    case TIDU_FN_MAX:
        return lower_many(lowering, node, lag);
    case TIDU_FN_ABS:
        return lower_single(lowering, node, TIDU_DO_ABS, lag);
    case TIDU_FN_FLOOR:
        return lower_single(lowering, node, TIDU_DO_FLOOR, lag);
    case TIDU_FN_ROUND:
        return lower_single(lowering, node, TIDU_DO_ROUND, lag);
    case TIDU_FN_YEARS_SINCE:
        return lower_years_since(lowering, node, lag);
    case TIDU_FN_YEAR_OF:
        return lower_year_of(lowering, node, lag);
    default:
        return failure(lowering);
    }
}

/* ---- leaves ---- */

static struct value
lower_literal(struct lowering *lowering, const tidu_node *node)
{
    uint32_t number = tidu_lower_decimal(lowering, node->text);
    tidu_scale scale = node->unit ? tidu_unit_scale(node->unit) : unity;
    return (struct value){TIDU_NUMBER, true, number, TIDU_NO_STEP, TIDU_NO_STEP, scale};
}

static struct value
lower_negative(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    struct value value = lower(lowering, node->child[0], lag);
    if (lowering->failed)
        return failure(lowering);
    struct value zero = of_integer(lowering, 0);
    zero.scale = value.scale;
    return arithmetic(lowering, node, TIDU_OP_SUB, zero, value);
}

static struct value
lower_unary(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    if (node->op == TIDU_OP_NEG)
        return lower_negative(lowering, node, lag);
    tidu_step step = lower(lowering, node->child[0], lag).low;
    return of_step(lowering, TIDU_FLAG, flag_not(lowering, step), unity);
}

static struct value
lower_date(struct lowering *lowering, const tidu_node *node)
{
    struct value value = of_integer(lowering, node->days);
    value.kind = TIDU_DATE;
    return value;
}

static struct value
lower(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    if (lowering->failed)
        return failure(lowering);
    switch (node->kind) {
    case TIDU_NODE_NUMBER:
        return lower_literal(lowering, node);
    case TIDU_NODE_STRING:
        return code_literal(lowering, node, NULL);
    case TIDU_NODE_DATE:
        return lower_date(lowering, node);
    case TIDU_NODE_TRUTH:
        return of_step(lowering, TIDU_FLAG, truth_step(lowering, node->truth), unity);
    case TIDU_NODE_NAME:
        return lower_name(lowering, node, lag);
    case TIDU_NODE_AS_OF:
        return of_step(lowering, TIDU_DATE, as_of_step(lowering), unity);
    case TIDU_NODE_LAG:
        return lower(lowering, node->child[0], lag + node->lag);
    case TIDU_NODE_UNARY:
        return lower_unary(lowering, node, lag);
    case TIDU_NODE_BINARY:
        return lower_binary(lowering, node, lag);
    case TIDU_NODE_IF:
        return lower_if(lowering, node, lag, node->type.choices);
    case TIDU_NODE_CALL:
        return lower_call(lowering, node, lag);
    default:
        return failure(lowering);
    }
}

struct value
tidu_lower(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    return lower(lowering, node, lag);
}

/* Rescaled, and in steps. */
static struct value
in_steps(struct lowering *lowering, const tidu_node *node, tidu_scale scale)
{
    struct value value = rescale(lowering, lower(lowering, node, 0), scale);
    if (lowering->failed)
        return failure(lowering);
    value.high = high_step(lowering, value);
    value.low = tidu_lower_step(lowering, value);
    value.constant = false;
    return value;
}

struct value
tidu_lower_points(struct lowering *lowering, const tidu_node *node)
{
    return in_steps(lowering, node, unity);
}

struct value
tidu_lower_money(struct lowering *lowering, const tidu_node *node)
{
    return in_steps(lowering, node, ten_thousand);
}

bool
tidu_lower_exact(struct world *world, const struct written *written, struct span days,
                 const struct chain *chain, mpq_t ret)
{
    struct lowering lowering = {.world = world, .epoch = {.days = days}, .chain = *chain,
                                .written = written};
    lowering.builder = tidu_builder_open(world->vocabulary);
    lowering.memo = tidu_arena_array(world->arena, world->name_count * 10, sizeof(struct value));
    lowering.memo_done = tidu_arena_array(world->arena, world->name_count * 10, sizeof(bool));
    if (!lowering.builder || !lowering.memo || !lowering.memo_done) {
        tidu_builder_close(&lowering.builder);
        return tidu_no_memory(world);
    }
    struct value value = written->tree->type.constant ? lower(&lowering, written->tree, 0)
                                                      : failure(&lowering);
    bool fixed = !lowering.failed && value.constant;
    if (fixed) {
        mpq_set(ret, tidu_builder_constant_at(lowering.builder, value.number)->exact);
        convert(ret, value.scale, unity);
    }
    tidu_builder_close(&lowering.builder);
    return fixed;
}

struct value
tidu_lower_outcome(struct lowering *lowering, const tidu_node *node, uint32_t lag,
                   const tidu_choices *choices)
{
    return lowering->failed ? failure(lowering) : lower_if_branch(lowering, node, lag, choices);
}

struct value
tidu_lower_rescale(struct lowering *lowering, struct value value, tidu_scale scale)
{
    return lowering->failed ? failure(lowering) : rescale(lowering, value, scale);
}
