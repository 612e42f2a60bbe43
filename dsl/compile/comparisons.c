/*
 * comparisons.c: comparisons become steps.
 *
 * A root that is compared with a constant is removed here: cagr(x, 2) >= 5%
 * asks whether x / x[-2] reaches 1.05 squared.
 */
#include "lower.h"

#include <string.h>

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
    const char *code =
        codes->kind == TIDU_NODE_STRING ? tidu_inputs_code(space.fact, codes->text, spelled) : NULL;
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

struct value
tidu_lower_code_test(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    bool swapped = node->child[0]->kind == TIDU_NODE_STRING;
    const tidu_node *code = node->child[swapped], *literal = node->child[!swapped];
    tidu_operator op = swapped ? mirrored(node->op) : node->op;
    struct class_bits bits;
    struct code_space space;
    if (!tidu_inputs_space(lowering->world, code, &space))
        return tidu_value_failure(lowering);
    const tidu_codebook *book = tidu_inputs_book(lowering->world, space);
    struct value value = tidu_lower_node(lowering, code, lag);
    if (!book || lowering->failed || !open_classes(lowering, book, &bits))
        return tidu_value_failure(lowering);
    if (op >= TIDU_OP_LT && op <= TIDU_OP_GE)
        set_ordered(&bits, book, space.choices, op, literal->text);
    else
        set_codes(&bits, book, space, literal, op == TIDU_OP_WITHIN);
    uint32_t set = tidu_builder_set(lowering->builder, bits.bits, bits.words);
    tidu_step step = tidu_builder_step(lowering->builder, TIDU_DO_IN,
                                       tidu_lower_step(lowering, value), TIDU_NO_STEP, set);
    if (op == TIDU_OP_NE)
        step = tidu_builder_step(lowering->builder, TIDU_DO_NOT, step, TIDU_NO_STEP, 0);
    return tidu_value_of_step(lowering, TIDU_FLAG, step, unity);
}

/* A literal code where something else says which list it is of. */
struct value
tidu_lower_code(struct lowering *lowering, const tidu_node *node, const tidu_choices *choices)
{
    const tidu_codebook *book = choices ? tidu_choices_book(lowering->world, choices) : NULL;
    int32_t entry = book ? entry_of(book, node->text) : TIDU_NONE;
    if (entry == TIDU_NONE) {
        tidu_lower_complain(lowering, node, TIDU_CODES_DIFFER, NULL, NULL);
        return tidu_value_failure(lowering);
    }
    struct value value = tidu_value_of_integer(lowering, entry * 2 + 1);
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

tidu_step
tidu_lower_not(struct lowering *lowering, tidu_step step)
{
    return tidu_builder_step(lowering->builder, TIDU_DO_NOT, step, TIDU_NO_STEP, 0);
}

tidu_step
tidu_lower_order(struct lowering *lowering, tidu_operator op, tidu_step a, tidu_step b)
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
        return tidu_lower_not(lowering, tidu_builder_step(builder, TIDU_DO_EQ, a, b, 0));
    }
}

/* Intervals: sure when the whole of one lies on the right side of the other. */
static tidu_step
compare_intervals(struct lowering *lowering, tidu_operator op, struct value a, struct value b)
{
    tidu_step al = tidu_lower_step(lowering, a), ah = tidu_value_high(lowering, a);
    tidu_step bl = tidu_lower_step(lowering, b), bh = tidu_value_high(lowering, b);
    tidu_step sure, possible;
    if (op == TIDU_OP_EQ || op == TIDU_OP_NE) {
        tidu_step both[2] = {tidu_lower_order(lowering, TIDU_OP_EQ, al, bh),
                             tidu_lower_order(lowering, TIDU_OP_EQ, ah, bl)};
        tidu_step meet[2] = {tidu_lower_order(lowering, TIDU_OP_LE, al, bh),
                             tidu_lower_order(lowering, TIDU_OP_LE, bl, ah)};
        sure = tidu_builder_list(lowering->builder, TIDU_DO_AND, 0, both, 2);
        possible = tidu_builder_list(lowering->builder, TIDU_DO_AND, 0, meet, 2);
    } else if (op == TIDU_OP_GT || op == TIDU_OP_GE) {
        sure = tidu_lower_order(lowering, op, al, bh);
        possible = tidu_lower_order(lowering, op, ah, bl);
    } else {
        sure = tidu_lower_order(lowering, op, ah, bl);
        possible = tidu_lower_order(lowering, op, al, bh);
    }
    tidu_step settled = tidu_builder_step(lowering->builder, TIDU_DO_SETTLE, sure, possible, 0);
    return op == TIDU_OP_NE ? tidu_lower_not(lowering, settled) : settled;
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

tidu_step
tidu_lower_truth(struct lowering *lowering, bool truth)
{
    return tidu_builder_step(lowering->builder, TIDU_DO_TRUTH, TIDU_NO_STEP, TIDU_NO_STEP, truth);
}

static tidu_step
compare_values(struct lowering *lowering, tidu_operator op, struct value *a, struct value *b)
{
    tidu_value_align(lowering, a, b);
    if (lowering->failed)
        return TIDU_NO_STEP;
    if (a->constant && b->constant)
        return tidu_lower_truth(
            lowering,
            truth_of(op, mpq_cmp(tidu_builder_constant_at(lowering->builder, a->number)->exact,
                                 tidu_builder_constant_at(lowering->builder, b->number)->exact)));
    if (tidu_value_is_interval(*a) || tidu_value_is_interval(*b))
        return compare_intervals(lowering, op, *a, *b);
    return tidu_lower_order(lowering, op, tidu_lower_step(lowering, *a),
                            tidu_lower_step(lowering, *b));
}

/* ---- roots ---- */

/* x / x[-n] where both ends make sense: a base above zero and a quotient that
 * is not negative. The factor is 1: both have the same scale. */
static tidu_step
quotient_over_years(struct lowering *lowering, const tidu_node *call, uint32_t lag)
{
    tidu_builder *builder = lowering->builder;
    struct value late = tidu_lower_node(lowering, call->child[0], lag);
    struct value early = tidu_lower_node(lowering, call->child[0], lag + call->lag);
    tidu_step base = tidu_builder_step(builder, TIDU_DO_POSITIVE, tidu_lower_step(lowering, early),
                                       TIDU_NO_STEP, 0);
    tidu_step quotient =
        tidu_builder_step(builder, TIDU_DO_DIV, tidu_lower_step(lowering, late), base, 0);
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
            const struct version *version =
                tidu_names_version(name, lowering->epoch, &lowering->chain);
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
    tidu_step one = tidu_lower_step(lowering, tidu_value_of_integer(lowering, 1));
    tidu_step none = tidu_lower_step(lowering, tidu_value_of_integer(lowering, 0));
    tidu_step below = tidu_lower_step(lowering, tidu_value_of_integer(lowering, -1));
    tidu_step base = tidu_builder_step(builder, TIDU_DO_ADD, bound.low, one, 0), power = base;
    for (uint32_t i = 1; i < years; i++)
        power = tidu_builder_step(builder, TIDU_DO_MUL, power, base, 0);
    tidu_step negative = tidu_builder_step(builder, TIDU_DO_LT, base, none, 0);
    return tidu_value_of_step(lowering, TIDU_NUMBER,
                              tidu_builder_select(builder, negative, below, power), unity);
}

/* (1 + bound) ^ years; a bound below -100 % is below every growth there is, and
 * so is -1 below every quotient. */
static struct value
power_bound(struct lowering *lowering, struct value bound, uint32_t years)
{
    bound = tidu_value_rescale(lowering, bound, unity);
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
    struct value result = tidu_value_of_constant(lowering, power, unity);
    mpq_clears(base, power, one, NULL);
    return result;
}

struct value
tidu_lower_cagr(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    tidu_builder *builder = lowering->builder;
    tidu_step root = quotient_over_years(lowering, node, lag);
    if (node->lag > 1)
        root = tidu_builder_step(builder, TIDU_DO_ROOT, root, TIDU_NO_STEP, node->lag);
    struct value one = tidu_value_of_integer(lowering, 1);
    return tidu_value_of_step(
        lowering, TIDU_NUMBER,
        tidu_builder_step(builder, TIDU_DO_SUB, root, tidu_lower_step(lowering, one), 0), unity);
}

static tidu_step
compare_cagr(struct lowering *lowering, tidu_operator op, const tidu_node *cagr, uint32_t lag,
             struct value bound)
{
    struct value quotient =
        tidu_value_of_step(lowering, TIDU_NUMBER, quotient_over_years(lowering, cagr, lag), unity);
    struct value power = power_bound(lowering, bound, cagr->lag);
    return lowering->failed ? TIDU_NO_STEP : compare_values(lowering, op, &quotient, &power);
}

bool
tidu_lower_sides(struct lowering *lowering, const tidu_node *node, uint32_t lag,
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
    ret->left = tidu_lower_node(lowering, left, lag);
    ret->right = tidu_lower_node(lowering, right, lag);
    if (lowering->failed)
        return false;
    const tidu_node *cagr = find_cagr(lowering, left, &lag);
    if (cagr && cagr->lag > 1) {
        ret->status = compare_cagr(lowering, ret->op, cagr, lag, ret->right);
        tidu_value_align(lowering, &ret->left, &ret->right);
    } else
        ret->status = compare_values(lowering, ret->op, &ret->left, &ret->right);
    return !lowering->failed && ret->status != TIDU_NO_STEP;
}

bool
tidu_lower_comparison(struct lowering *lowering, const tidu_node *node, struct comparison *ret)
{
    return tidu_lower_sides(lowering, node, 0, ret);
}
