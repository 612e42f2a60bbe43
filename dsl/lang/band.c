/*
 * band.c: cells of score tables.
 *
 * A cell says something about an operand that stands elsewhere, in the words
 * tables use: ≥ 80%, 80%以上, 70%—80%, 不足60%, 国家级, 其他. The tree made of
 * it is a whole condition, with the operand shared into it.
 *
 * In a cell `-` between two values means a range, so values are parsed no
 * further than their products.
 *
 * Must not know: tables, points.
 */
#include "internal.h"

static tidu_node *
parse_value(tidu_parser *parser)
{
    return tidu_parse_level(parser, TIDU_LEVEL_MUL);
}

/* compared = operator value */
static tidu_node *
parse_compared(tidu_parser *parser, uint32_t start)
{
    tidu_operator op = (tidu_operator)parser->token.value;
    bool members = op == TIDU_OP_IN || op == TIDU_OP_WITHIN;

    tidu_scan(parser);
    tidu_node *value = members && parser->token.kind == TIDU_TOKEN_SET_OPEN ? tidu_parse_set(parser)
                                                                            : parse_value(parser);
    return tidu_type_compare(parser, op, parser->operand, value, tidu_range_from(parser, start));
}

/* range = value ("—" | "~" | "至" | "-") value ; low <= operand < high, so that
 * neighbouring bands share no value. */
static tidu_node *
parse_range(tidu_parser *parser, uint32_t start, tidu_node *low)
{
    tidu_scan(parser);
    tidu_node *high = parse_value(parser);
    tidu_range range = tidu_range_from(parser, start);
    tidu_node *from = tidu_type_compare(parser, TIDU_OP_LE, low, parser->operand, range);
    tidu_node *to = tidu_type_compare(parser, TIDU_OP_LT, parser->operand, high, range);
    return from && to ? tidu_type_logic(parser, TIDU_OP_AND, from, to, range) : NULL;
}

static bool
is_operator(const tidu_parser *parser, tidu_operator op)
{
    return parser->token.kind == TIDU_TOKEN_OPERATOR && parser->token.value == (int)op;
}

static bool
begins_comparison(const tidu_parser *parser)
{
    return parser->token.kind == TIDU_TOKEN_OPERATOR &&
           tidu_level((tidu_operator)parser->token.value) == TIDU_LEVEL_COMPARE;
}

/* test = compared | range | value [border] ; a value alone means equality. */
static tidu_node *
parse_test(tidu_parser *parser)
{
    uint32_t start = parser->token.range.start;
    tidu_operator op = TIDU_OP_EQ;

    if (begins_comparison(parser))
        return parse_compared(parser, start);
    tidu_node *value = parse_value(parser);
    if (parser->token.kind == TIDU_TOKEN_RANGE || is_operator(parser, TIDU_OP_SUB))
        return parse_range(parser, start, value);
    if (parser->token.kind == TIDU_TOKEN_BORDER) {
        op = (tidu_operator)parser->token.value;
        tidu_scan(parser);
    }
    return tidu_type_compare(parser, op, parser->operand, value, tidu_range_from(parser, start));
}

/* tests = test {"and" test} {"or" test {"and" test}} */
static tidu_node *
parse_tests(tidu_parser *parser, tidu_operator op)
{
    uint32_t start = parser->token.range.start;
    bool inner = op == TIDU_OP_AND;
    tidu_node *left = inner ? parse_test(parser) : parse_tests(parser, TIDU_OP_AND);

    while (is_operator(parser, op)) {
        tidu_scan(parser);
        tidu_node *right = inner ? parse_test(parser) : parse_tests(parser, TIDU_OP_AND);
        left = left && right
                   ? tidu_type_logic(parser, op, left, right, tidu_range_from(parser, start))
                   : NULL;
    }
    return left;
}

/* otherwise = "otherwise" | "其他" | "其余" */
static tidu_node *
parse_otherwise(tidu_parser *parser)
{
    tidu_node *node = tidu_node_new(parser, TIDU_NODE_TRUTH, parser->token.range, 0);
    tidu_scan(parser);
    if (!node)
        return NULL;
    node->truth = true;
    node->type.kind = TIDU_FLAG;
    node->type.constant = true;
    return node;
}

static tidu_node *
parse_condition(tidu_parser *parser)
{
    tidu_node *node = tidu_parse_level(parser, TIDU_LEVEL_OR);
    return tidu_need(parser, node, TIDU_FLAG) ? node : NULL;
}

tidu_node *
tidu_expr_parse_band(tidu_arena *arena, const char *text, tidu_place place, const tidu_scope *scope,
                     tidu_node *operand, bool *ret_otherwise, tidu_report *report)
{
    tidu_parser parser = {.arena = arena,
                          .text = text,
                          .place = place,
                          .scope = scope,
                          .operand = operand,
                          .band = true,
                          .report = report};
    tidu_node *node;

    if (!tidu_parser_start(&parser))
        return NULL;
    bool otherwise = parser.token.kind == TIDU_TOKEN_OTHERWISE;
    if (otherwise)
        node = parse_otherwise(&parser);
    else
        node = operand ? parse_tests(&parser, TIDU_OP_OR) : parse_condition(&parser);
    tidu_parse_end(&parser);
    node = tidu_parser_finish(&parser, node);
    if (node)
        *ret_otherwise = otherwise;
    return node;
}
