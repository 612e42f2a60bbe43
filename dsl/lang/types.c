/*
 * types.c: the types of operators, branches and lags.
 *
 * A type is a dimension. + and - want the same on both sides, * and / add and
 * subtract exponents. A number without a unit is `bare` when it was written
 * down like that, and plain when it was computed or counts nothing; a ratio
 * has a unit (%), which tells the two apart. Values are never converted here:
 * a scale says what one is worth.
 *
 * Must not know: tokens, the grammar.
 */
#include "internal.h"

enum { EXPONENT_MAX = 9 };

static bool
is_dimensionless(const tidu_type *type)
{
    return type->kind == TIDU_NUMBER && !type->money && !type->count && !type->years &&
           !type->days && !type->score;
}

bool
tidu_is_ratio(const tidu_type *type)
{
    const tidu_unit *unit = type->unit;
    return is_dimensionless(type) && unit && !unit->money && !unit->count && !unit->years &&
           !unit->days && !unit->score;
}

bool
tidu_is_plain(const tidu_type *type)
{
    return is_dimensionless(type) && !tidu_is_ratio(type);
}

bool
tidu_same_dimension(const tidu_type *a, const tidu_type *b)
{
    return a->kind == b->kind && a->money == b->money && a->count == b->count &&
           a->years == b->years && a->days == b->days && a->score == b->score;
}

bool
tidu_is_countable(const tidu_type *type)
{
    const int8_t exponents[] = {type->count, type->years, type->days, type->score};
    int ones = 0, others = type->money != 0;
    for (int i = 0; i < 4; i++) {
        ones += exponents[i] == 1;
        others += exponents[i] != 1 && exponents[i] != 0;
    }
    return type->kind == TIDU_NUMBER && ones == 1 && others == 0;
}

tidu_type
tidu_type_of(tidu_kind kind, const tidu_type *a, const tidu_type *b)
{
    return (tidu_type){.kind = kind,
                       .annual = a->annual || b->annual,
                       .constant = a->constant && b->constant,
                       .scale = {1, 1}};
}

static tidu_node *
unary_node(tidu_parser *parser, tidu_operator op, tidu_node *child, tidu_range range)
{
    tidu_node *node = tidu_node_new(parser, TIDU_NODE_UNARY, range, 1);
    if (!node)
        return NULL;
    node->op = op;
    node->child[0] = child;
    return node;
}

tidu_node *
tidu_binary(tidu_parser *parser, tidu_operator op, tidu_node *left, tidu_node *right,
            tidu_range range)
{
    tidu_node *node = tidu_node_new(parser, TIDU_NODE_BINARY, range, 2);
    if (!node)
        return NULL;
    node->op = op;
    node->child[0] = left;
    node->child[1] = right;
    return node;
}

tidu_node *
tidu_type_logic(tidu_parser *parser, tidu_operator op, tidu_node *left, tidu_node *right,
                tidu_range range)
{
    bool left_fits = tidu_need(parser, left, TIDU_FLAG);
    bool right_fits = tidu_need(parser, right, TIDU_FLAG);
    tidu_node *node = left_fits && right_fits ? tidu_binary(parser, op, left, right, range) : NULL;
    if (node)
        node->type = tidu_type_of(TIDU_FLAG, &left->type, &right->type);
    return node;
}

/* A root can be compared with a constant and nothing else: there it can be
 * raised away, and the comparison stays exact. */
bool
tidu_refuse_root(tidu_parser *parser, const tidu_node *node)
{
    if (node->type.irrational)
        tidu_say_one(parser, TIDU_EXPR_ROOT_USED, tidu_range_of(parser, node), node, NULL, NULL);
    return !node->type.irrational;
}

/* Both are looked at before either is given up. */
static bool
need_numbers(tidu_parser *parser, const tidu_node *left, const tidu_node *right)
{
    const tidu_node *sides[] = {left, right};
    bool fit = true;
    for (int i = 0; i < 2; i++) {
        if (sides[i] && sides[i]->type.kind != TIDU_NUMBER)
            tidu_say_one(parser, TIDU_EXPR_NOT_A_NUMBER, tidu_range_of(parser, sides[i]), sides[i],
                         NULL, NULL);
        fit = fit && sides[i] && sides[i]->type.kind == TIDU_NUMBER &&
              tidu_refuse_root(parser, sides[i]);
    }
    return fit;
}

/* What is left when x and y are added, or one of them taken. */
static tidu_type
merged_numbers(const tidu_node *left, const tidu_node *right)
{
    const tidu_type *a = &left->type, *b = &right->type;
    tidu_type type = a->bare ? *b : *a;

    if (!type.unit)
        type.unit = a->unit ? a->unit : b->unit;
    type.scale = a->scale;
    type.bare = a->bare && b->bare;
    type.annual = a->annual || b->annual;
    type.constant = a->constant && b->constant;
    type.irrational = false;
    return type;
}

static tidu_node *
type_sum(tidu_parser *parser, tidu_operator op, tidu_node *left, tidu_node *right, tidu_range range)
{
    tidu_code code = op == TIDU_OP_ADD ? TIDU_EXPR_CANNOT_ADD : TIDU_EXPR_CANNOT_SUBTRACT;
    if (!need_numbers(parser, left, right))
        return NULL;
    tidu_fit fit = tidu_fit_numbers(left, right, true);
    if (fit != TIDU_FIT)
        return tidu_say_fit(parser, fit, code, range, left, right);
    tidu_node *node = tidu_binary(parser, op, left, right, range);
    if (node)
        node->type = merged_numbers(left, right);
    return node;
}

/* date - date is days; date + 3年, date - 30天 are dates. */
static tidu_node *
type_date_sum(tidu_parser *parser, tidu_operator op, tidu_node *left, tidu_node *right,
              tidu_range range)
{
    tidu_type days = {.scale = {1, 1}, .unit = NULL};
    bool distance = op == TIDU_OP_SUB && right->type.kind == TIDU_DATE;
    bool shift = tidu_is_countable(&right->type) && (right->type.years || right->type.days);

    if (tidu_is_plain(&right->type))
        return tidu_say_one(parser, TIDU_EXPR_DATE_UNIT, tidu_range_of(parser, right), right, NULL,
                            NULL);
    if (left->type.kind != TIDU_DATE || (!distance && !shift))
        return tidu_say_two(parser,
                            op == TIDU_OP_ADD ? TIDU_EXPR_CANNOT_ADD : TIDU_EXPR_CANNOT_SUBTRACT,
                            range, left, right);
    tidu_node *node = tidu_binary(parser, op, left, right, range);
    if (!node)
        return NULL;
    node->type = tidu_type_of(TIDU_DATE, &left->type, &right->type);
    if (distance) {
        tidu_unit_type(tidu_unit_find("天", strlen("天")), &days);
        days.annual = node->type.annual;
        days.constant = node->type.constant;
        node->type = days;
    }
    return node;
}

static bool
add_exponents(const tidu_type *a, const tidu_type *b, int sign, tidu_type *type)
{
    const int8_t *const from[] = {&b->money, &b->count, &b->years, &b->days, &b->score};
    int8_t *const to[] = {&type->money, &type->count, &type->years, &type->days, &type->score};

    *type = tidu_type_of(TIDU_NUMBER, a, b);
    type->money = a->money;
    type->count = a->count;
    type->years = a->years;
    type->days = a->days;
    type->score = a->score;
    for (int i = 0; i < 5; i++) {
        int sum = *to[i] + sign * *from[i];
        if (sum > EXPONENT_MAX || sum < -EXPONENT_MAX)
            return false;
        *to[i] = (int8_t)sum;
    }
    return true;
}

/* What to show a product in. Where a dimension cancels out it is a ratio,
 * except that x / 2年 with a constant says how many times: that may also be
 * counted. */
static void
set_product_unit(tidu_operator op, const tidu_type *a, const tidu_type *b, tidu_type *type)
{
    bool factor = is_dimensionless(a) || is_dimensionless(b);
    bool times = op == TIDU_OP_DIV && b->constant && !a->constant && !b->bare;
    bool ratios = tidu_is_ratio(a) && tidu_is_ratio(b);

    if (!is_dimensionless(type)) {
        if (factor)
            type->unit = tidu_same_dimension(type, a)   ? a->unit
                         : tidu_same_dimension(type, b) ? b->unit
                                                        : NULL;
        return;
    }
    if (tidu_is_plain(a) && tidu_is_plain(b))
        type->bare = a->bare && b->bare;
    else if (times && (!factor || ratios))
        type->bare = true;
    else
        type->unit = tidu_unit_find("%", 1);
}

static tidu_node *
type_product(tidu_parser *parser, tidu_operator op, tidu_node *left, tidu_node *right,
             tidu_range range)
{
    tidu_type type;
    if (!need_numbers(parser, left, right))
        return NULL;
    if (op == TIDU_OP_DIV && tidu_is_zero(right))
        return tidu_say(parser, TIDU_EXPR_DIVIDED_BY_ZERO, tidu_range_of(parser, right),
                        tidu_excerpt(parser, range), NULL, NULL, NULL);
    tidu_node *node = tidu_binary(parser, op, left, right, range);
    if (!node)
        return NULL;
    bool fits = add_exponents(&left->type, &right->type, op == TIDU_OP_MUL ? 1 : -1, &type);
    type.scale = op == TIDU_OP_MUL ? tidu_scale_mul(left->type.scale, right->type.scale)
                                   : tidu_scale_div(left->type.scale, right->type.scale);
    if (!fits || type.scale.num == 0)
        return tidu_say(parser, TIDU_EXPR_DIMENSION_HIGH, range, tidu_excerpt(parser, range), NULL,
                        NULL, NULL);
    set_product_unit(op, &left->type, &right->type, &type);
    node->type = type;
    return node;
}

tidu_node *
tidu_type_arithmetic(tidu_parser *parser, tidu_operator op, tidu_node *left, tidu_node *right,
                     tidu_range range)
{
    bool sum = op == TIDU_OP_ADD || op == TIDU_OP_SUB;
    bool dates = left && right && (left->type.kind == TIDU_DATE || right->type.kind == TIDU_DATE) &&
                 (left->type.kind == TIDU_NUMBER || left->type.kind == TIDU_DATE) &&
                 (right->type.kind == TIDU_NUMBER || right->type.kind == TIDU_DATE);
    if (sum && dates)
        return type_date_sum(parser, op, left, right, range);
    return sum ? type_sum(parser, op, left, right, range)
               : type_product(parser, op, left, right, range);
}

tidu_node *
tidu_type_unary(tidu_parser *parser, tidu_operator op, tidu_node *child, tidu_range range)
{
    if (!child)
        return NULL;
    if (op == TIDU_OP_NOT && child->type.kind != TIDU_FLAG)
        return tidu_say_one(parser, TIDU_EXPR_NOT_WHAT, tidu_range_of(parser, child), child, NULL,
                            NULL);
    if (op == TIDU_OP_NEG && !need_numbers(parser, child, child))
        return NULL;
    tidu_node *node = unary_node(parser, op, child, range);
    if (node)
        node->type = child->type;
    return node;
}

/* A lag of a lag is one lag. */
tidu_node *
tidu_type_lag(tidu_parser *parser, tidu_node *child, uint32_t years, tidu_range range)
{
    if (!child)
        return NULL;
    if (!child->type.annual)
        return tidu_say_one(parser, TIDU_EXPR_NOT_ANNUAL, tidu_range_of(parser, child), child, NULL,
                            NULL);
    if (child->kind == TIDU_NODE_LAG) {
        years += child->lag;
        child = child->child[0];
    }
    if (years > TIDU_EXPR_YEARS)
        return tidu_say(parser, TIDU_EXPR_LAG_FAR, range, tidu_excerpt(parser, range), NULL, NULL,
                        NULL);
    tidu_node *node = tidu_node_new(parser, TIDU_NODE_LAG, range, 1);
    if (!node)
        return NULL;
    node->child[0] = child;
    node->lag = years;
    node->type = child->type;
    return node;
}

static bool
merge_codes(tidu_parser *parser, tidu_node *left, tidu_node *right, tidu_type *ret_type)
{
    tidu_node *named = left->type.choices ? left : right;
    ret_type->choices = named->type.choices;
    return !named->type.choices || tidu_type_choice(parser, named, named == left ? right : left);
}

bool
tidu_type_merge(tidu_parser *parser, tidu_code code, tidu_range range, tidu_node *left,
                tidu_node *right, tidu_type *ret_type)
{
    tidu_kind kind = left->type.kind;
    *ret_type = tidu_type_of(kind, &left->type, &right->type);
    if (kind != right->type.kind || kind == TIDU_SET || kind == TIDU_TEXT || kind == TIDU_LIST)
        return tidu_say_two(parser, code, range, left, right) != NULL;
    if (kind == TIDU_CODE)
        return merge_codes(parser, left, right, ret_type);
    if (kind != TIDU_NUMBER)
        return true;
    tidu_fit fit = tidu_fit_numbers(left, right, false);
    if (fit != TIDU_FIT)
        return tidu_say_fit(parser, fit, code, range, left, right) != NULL;
    *ret_type = merged_numbers(left, right);
    return true;
}

tidu_node *
tidu_type_if(tidu_parser *parser, tidu_node *child[3], tidu_range range)
{
    tidu_type type;
    bool fits = tidu_need(parser, child[0], TIDU_FLAG);
    if (!child[1] || !child[2] || !tidu_refuse_root(parser, child[1]) ||
        !tidu_refuse_root(parser, child[2]) ||
        !tidu_type_merge(parser, TIDU_EXPR_BRANCHES_DIFFER, range, child[1], child[2], &type) ||
        !fits)
        return NULL;
    tidu_node *node = tidu_node_new(parser, TIDU_NODE_IF, range, 3);
    if (!node)
        return NULL;
    memcpy(node->child, child, 3 * sizeof *child);
    node->type = type;
    node->type.annual = type.annual || child[0]->type.annual;
    node->type.constant = type.constant && child[0]->type.constant;
    return node;
}
