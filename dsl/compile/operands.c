/*
 * operands.c: what the operands of conditions are.
 *
 * Names of derived facts are opened, so that two conditions that ask the same
 * thing by different names ask about one axis; what has no fact in it is
 * computed exactly; and what the vocabulary says of facts says which values an
 * operand can have at all.
 */
#include "cases.h"

#include "tidu/decimal.h"

#include <math.h>
#include <string.h>

/* ---- expressions ---- */

const tidu_node *
tidu_cases_strip(const struct cases *cases, const tidu_node *node, uint32_t *lag)
{
    for (;;) {
        if (node->kind == TIDU_NODE_LAG) {
            *lag += node->lag;
            node = node->child[0];
            continue;
        }
        if (node->kind != TIDU_NODE_NAME || node->symbol->kind != TIDU_SYMBOL_DERIVE)
            return node;
        const struct version *version = tidu_cases_version(cases, node);
        if (!version || version->decision || !version->written.tree)
            return node;
        node = version->written.tree;
    }
}

static bool
same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

static bool
same_children(const struct cases *cases, const tidu_node *a, uint32_t a_lag, const tidu_node *b,
              uint32_t b_lag)
{
    if (a->child_count != b->child_count)
        return false;
    for (uint32_t i = 0; i < a->child_count; i++)
        if (!tidu_cases_same(cases, a->child[i], a_lag, b->child[i], b_lag))
            return false;
    return true;
}

bool
tidu_cases_same(const struct cases *cases, const tidu_node *a, uint32_t a_lag, const tidu_node *b,
                uint32_t b_lag)
{
    a = tidu_cases_strip(cases, a, &a_lag);
    b = tidu_cases_strip(cases, b, &b_lag);
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case TIDU_NODE_NAME:
        return a->symbol == b->symbol && (a_lag == b_lag || !a->symbol->type.annual);
    case TIDU_NODE_DATE:
        return a->days == b->days;
    case TIDU_NODE_TRUTH:
        return a->truth == b->truth;
    case TIDU_NODE_NUMBER:
    case TIDU_NODE_STRING:
        return same_text(a->text, b->text) && a->unit == b->unit;
    case TIDU_NODE_UNARY:
    case TIDU_NODE_BINARY:
        return a->op == b->op && same_children(cases, a, a_lag, b, b_lag);
    case TIDU_NODE_CALL:
        return a->function == b->function && a->lag == b->lag && same_text(a->text, b->text) &&
               same_children(cases, a, a_lag, b, b_lag);
    default:
        return same_children(cases, a, a_lag, b, b_lag);
    }
}

static bool
literal_value(const tidu_node *node, mpq_t ret)
{
    mpq_t factor;
    if (!tidu_decimal_parse(node->text, strlen(node->text), ret))
        return false;
    tidu_scale scale = node->unit ? tidu_unit_scale(node->unit) : (tidu_scale){1, 1};
    mpq_init(factor);
    mpq_set_si(factor, scale.num, (unsigned long)scale.den);
    mpq_mul(ret, ret, factor);
    mpq_clear(factor);
    return true;
}

static bool
arithmetic(tidu_operator op, mpq_t a, const mpq_t b)
{
    if (op == TIDU_OP_ADD)
        mpq_add(a, a, b);
    else if (op == TIDU_OP_SUB)
        mpq_sub(a, a, b);
    else if (op == TIDU_OP_MUL)
        mpq_mul(a, a, b);
    else if (op == TIDU_OP_DIV && mpq_sgn(b))
        mpq_div(a, a, b);
    else
        return false;
    return true;
}

static bool
binary_value(const struct cases *cases, const tidu_node *node, mpq_t ret)
{
    mpq_t other;
    mpq_init(other);
    bool known =
        node->type.kind == TIDU_NUMBER && tidu_cases_constant(cases, node->child[0], ret) &&
        tidu_cases_constant(cases, node->child[1], other) && arithmetic(node->op, ret, other);
    mpq_clear(other);
    return known;
}

bool
tidu_cases_constant(const struct cases *cases, const tidu_node *node, mpq_t ret)
{
    const struct version *version = NULL;
    switch (node->kind) {
    case TIDU_NODE_NUMBER:
        return literal_value(node, ret);
    case TIDU_NODE_DATE:
        mpq_set_si(ret, node->days, 1);
        return true;
    case TIDU_NODE_UNARY:
        if (node->op != TIDU_OP_NEG || !tidu_cases_constant(cases, node->child[0], ret))
            return false;
        mpq_neg(ret, ret);
        return true;
    case TIDU_NODE_BINARY:
        return binary_value(cases, node, ret);
    case TIDU_NODE_NAME:
        if (node->symbol->kind == TIDU_SYMBOL_PARAM || node->symbol->kind == TIDU_SYMBOL_DERIVE)
            version = tidu_cases_version(cases, node);
        return version && !version->decision && version->written.tree &&
               tidu_cases_constant(cases, version->written.tree, ret);
    default:
        return false;
    }
}

/* ---- what can be ---- */

static bool is_nonnegative(const struct cases *cases, const tidu_node *node);

static bool
all_nonnegative(const struct cases *cases, const tidu_node *node)
{
    for (uint32_t i = 0; i < node->child_count; i++)
        if (!is_nonnegative(cases, node->child[i]))
            return false;
    return true;
}

/* Sure only where the vocabulary says so of all that goes into it. */
static bool
is_nonnegative(const struct cases *cases, const tidu_node *node)
{
    uint32_t lag = 0;
    mpq_t value;
    node = tidu_cases_strip(cases, node, &lag);
    mpq_init(value);
    bool positive = tidu_cases_constant(cases, node, value) && mpq_sgn(value) >= 0;
    mpq_clear(value);
    if (node->kind == TIDU_NODE_NAME &&
        (node->symbol->kind == TIDU_SYMBOL_FACT || node->symbol->kind == TIDU_SYMBOL_FIELD))
        return ((const tidu_fact *)node->symbol->owner)->low >= 0;
    if (node->kind == TIDU_NODE_BINARY)
        return (node->op == TIDU_OP_ADD || node->op == TIDU_OP_MUL || node->op == TIDU_OP_DIV) &&
               all_nonnegative(cases, node);
    if (node->kind != TIDU_NODE_CALL)
        return positive;
    switch (node->function) {
    case TIDU_FN_COUNT:
        return true;
    case TIDU_FN_MEAN:
    case TIDU_FN_SUM:
    case TIDU_FN_LOWEST:
    case TIDU_FN_HIGHEST:
        return is_nonnegative(cases, node->child[0]);
    default:
        return false;
    }
}

static bool
is_rate(const struct cases *cases, const tidu_node *node)
{
    uint32_t lag = 0;
    node = tidu_cases_strip(cases, node, &lag);
    if (node->kind != TIDU_NODE_CALL)
        return false;
    if (node->function == TIDU_FN_GROWTH || node->function == TIDU_FN_CAGR)
        return is_nonnegative(cases, node->child[0]);
    return (node->function == TIDU_FN_MEAN || node->function == TIDU_FN_LOWEST ||
            node->function == TIDU_FN_HIGHEST) &&
           is_rate(cases, node->child[0]);
}

static void
limit_of_fact(double limit, tidu_scale scale, mpq_t ret, bool *ret_has)
{
    mpq_t factor;
    if (!isfinite(limit))
        return;
    mpq_init(factor);
    tidu_decimal_of_double(limit, ret);
    mpq_set_si(factor, scale.num, (unsigned long)scale.den);
    mpq_mul(ret, ret, factor);
    mpq_clear(factor);
    *ret_has = true;
}

void
tidu_cases_limit(const struct cases *cases, struct case_axis *axis)
{
    uint32_t lag = 0;
    const tidu_node *node = tidu_cases_strip(cases, axis->node, &lag);
    bool name = node->kind == TIDU_NODE_NAME;
    bool call = node->kind == TIDU_NODE_CALL;
    if (axis->kind == AXIS_DATE)
        mpq_set_ui(axis->step, 1, 1);
    else if (name &&
             (node->symbol->kind == TIDU_SYMBOL_FACT || node->symbol->kind == TIDU_SYMBOL_FIELD)) {
        const tidu_fact *fact = node->symbol->owner;
        tidu_scale scale = node->symbol->type.scale;
        limit_of_fact(fact->low, scale, axis->low, &axis->has_low);
        limit_of_fact(fact->high, scale, axis->high, &axis->has_high);
        if (fact->whole)
            mpq_set_si(axis->step, scale.num, (unsigned long)scale.den);
    } else if (is_nonnegative(cases, node))
        axis->has_low = true;
    else if (is_rate(cases, node)) {
        axis->has_low = true;
        mpq_set_si(axis->low, -1, 1);
    }
    if (call && (node->function == TIDU_FN_COUNT ||
                 (node->function == TIDU_FN_YEARS_SINCE && node->child[0]->type.kind == TIDU_DATE)))
        mpq_set_ui(axis->step, 1, 1);
}
