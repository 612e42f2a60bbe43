/*
 * operand.c: what operators stand between: literals, names, brackets, sets,
 * earlier years.
 *
 * A word that nobody knows is told here, with the nearest one that somebody
 * does.
 *
 * Must not know: operators (parse.c), functions (call.c).
 */
#include "internal.h"

tidu_node *
tidu_node_new(tidu_parser *parser, tidu_node_kind kind, tidu_range range, uint32_t child_count)
{
    tidu_node *node = tidu_arena_alloc(parser->arena, sizeof *node);
    tidu_node **child = tidu_arena_array(parser->arena, child_count, sizeof *child);
    if (!node || !child)
        return NULL;
    node->kind = kind;
    node->start = range.start;
    node->end = range.end;
    node->child_count = child_count;
    node->child = child;
    node->type.scale = (tidu_scale){1, 1};
    return node;
}

/* A node for the token looked at, which is then behind us. */
static tidu_node *
leaf(tidu_parser *parser, tidu_node_kind kind)
{
    tidu_node *node = tidu_node_new(parser, kind, parser->token.range, 0);
    if (node) {
        node->text = parser->token.text;
        node->unit = parser->token.unit;
        node->symbol = parser->token.symbol;
        node->days = parser->token.days;
        node->truth = parser->token.value != 0;
        node->type.constant = true;
    }
    tidu_scan(parser);
    return node;
}

static tidu_node *
parse_number(tidu_parser *parser)
{
    tidu_node *node = leaf(parser, TIDU_NODE_NUMBER);
    if (!node)
        return NULL;
    node->threshold = ++parser->thresholds;
    node->type.bare = node->unit == NULL;
    if (node->unit)
        tidu_unit_type(node->unit, &node->type);
    return node;
}

static tidu_node *
parse_leaf(tidu_parser *parser, tidu_node_kind kind, tidu_kind type)
{
    tidu_node *node = leaf(parser, kind);
    if (!node)
        return NULL;
    node->type.kind = type;
    if (kind == TIDU_NODE_DATE)
        node->threshold = ++parser->thresholds;
    if (kind == TIDU_NODE_AS_OF)
        node->type.constant = false;
    return node;
}

/* Something in brackets behind what is no function: look at the arguments, so
 * that their own mistakes are told, and forget them. */
static tidu_node *
skip_arguments(tidu_parser *parser)
{
    bool commas = parser->commas;
    parser->commas = true;
    do {
        tidu_scan(parser);
        tidu_parse_level(parser, TIDU_LEVEL_OR);
    } while (parser->token.kind == TIDU_TOKEN_COMMA);
    parser->commas = commas;
    tidu_parse_expect(parser, TIDU_TOKEN_CLOSE, ")");
    return NULL;
}

/* name ; what stands in brackets behind one was meant as a call. */
static tidu_node *
parse_name(tidu_parser *parser)
{
    tidu_range range = parser->token.range;
    tidu_node *node = leaf(parser, TIDU_NODE_NAME);

    if (node)
        node->type = node->symbol->type;
    if (parser->token.kind != TIDU_TOKEN_OPEN)
        return node;
    tidu_say_grammar(parser, TIDU_EXPR_NOT_A_FUNCTION, range, tidu_excerpt(parser, range), NULL);
    return skip_arguments(parser);
}

static bool
is_blind(const tidu_parser *parser)
{
    for (const tidu_fields *in = parser->fields; in; in = in->outer)
        if (!in->list)
            return true;
    return false;
}

/* A word nobody knows: perhaps a code without its quotes, perhaps misspelt.
 * Inside the filter of a wrong list it may well be a field, so nothing is said. */
static tidu_node *
parse_unknown(tidu_parser *parser)
{
    tidu_range range = parser->token.range;
    const char *word = tidu_excerpt(parser, range), *text = parser->text + range.start;
    size_t length = range.end - range.start;
    const char *code = parser->expected ? tidu_choice_code(parser->expected, text, length) : NULL;
    const char *near = tidu_symbol_nearest(parser, text, length);

    tidu_scan(parser);
    if (code)
        return tidu_say(parser, TIDU_EXPR_UNQUOTED_CODE, range, word, code, NULL, NULL);
    if (parser->token.kind == TIDU_TOKEN_OPEN) {
        tidu_say(parser, near ? TIDU_EXPR_UNKNOWN_FUNCTION_NEAR : TIDU_EXPR_UNKNOWN_FUNCTION, range,
                 word, near, NULL, NULL);
        return skip_arguments(parser);
    }
    if (is_blind(parser))
        return NULL;
    return tidu_say(parser, near ? TIDU_EXPR_UNKNOWN_NAME_NEAR : TIDU_EXPR_UNKNOWN_NAME, range,
                    word, near, NULL, NULL);
}

static tidu_node *
parse_set_item(tidu_parser *parser)
{
    uint32_t start = parser->token.range.start;
    tidu_node *item = tidu_parse_level(parser, TIDU_LEVEL_ADD);
    tidu_range range = tidu_range_from(parser, start);
    if (!item || item->kind == TIDU_NODE_STRING || item->kind == TIDU_NODE_NUMBER)
        return item;
    return tidu_say(parser, TIDU_EXPR_SET_ITEM, range, tidu_excerpt(parser, range), NULL, NULL,
                    NULL);
}

static tidu_node *
set_node(tidu_parser *parser, tidu_range range, tidu_node **items, size_t count)
{
    tidu_node *set = tidu_node_new(parser, TIDU_NODE_SET, range, 0);
    if (!set)
        return NULL;
    set->child = items;
    set->child_count = (uint32_t)count;
    set->type.kind = TIDU_SET;
    set->type.constant = true;
    return set;
}

/* set = "{" (string | number) {"," (string | number)} "}" */
tidu_node *
tidu_parse_set(tidu_parser *parser)
{
    uint32_t start = parser->token.range.start;
    bool commas = parser->commas, bad = false;
    tidu_node **items = NULL;
    size_t count = 0, capacity = 0;

    parser->commas = true;
    do {
        tidu_scan(parser);
        tidu_node *item = parse_set_item(parser);
        items = tidu_arena_grow(parser->arena, items, count, &capacity, sizeof(tidu_node *));
        bad = bad || !item || !items;
        if (items)
            items[count++] = item;
        else
            count = capacity = 0;
    } while (parser->token.kind == TIDU_TOKEN_COMMA);
    parser->commas = commas;
    if (!tidu_parse_expect(parser, TIDU_TOKEN_SET_CLOSE, "}") || bad)
        return NULL;
    return set_node(parser, tidu_range_from(parser, start), items, count);
}

static tidu_node *
parse_misplaced_set(tidu_parser *parser)
{
    tidu_range brace = parser->token.range;
    tidu_parse_set(parser);
    return tidu_say(parser, TIDU_EXPR_SET_MISPLACED, (tidu_range){brace.start, parser->last_end},
                    NULL, NULL, NULL, NULL);
}

/* group = "(" expression ")" */
static tidu_node *
parse_group(tidu_parser *parser)
{
    bool commas = parser->commas;
    const tidu_choices *expected = parser->expected;

    parser->commas = false;
    parser->expected = NULL;
    tidu_scan(parser);
    tidu_node *node = tidu_parse_level(parser, TIDU_LEVEL_OR);
    parser->commas = commas;
    parser->expected = expected;
    return tidu_parse_expect(parser, TIDU_TOKEN_CLOSE, ")") ? node : NULL;
}

/* operand = literal | name | call | group */
static tidu_node *
parse_operand(tidu_parser *parser)
{
    switch (parser->token.kind) {
    case TIDU_TOKEN_NUMBER:
        return parse_number(parser);
    case TIDU_TOKEN_DATE:
        return parse_leaf(parser, TIDU_NODE_DATE, TIDU_DATE);
    case TIDU_TOKEN_STRING:
    case TIDU_TOKEN_CHOICE:
        return parse_leaf(parser, TIDU_NODE_STRING, TIDU_CODE);
    case TIDU_TOKEN_TRUTH:
        return parse_leaf(parser, TIDU_NODE_TRUTH, TIDU_FLAG);
    case TIDU_TOKEN_AS_OF:
        return parse_leaf(parser, TIDU_NODE_AS_OF, TIDU_DATE);
    case TIDU_TOKEN_NAME:
        return parse_name(parser);
    case TIDU_TOKEN_UNKNOWN:
        return parse_unknown(parser);
    case TIDU_TOKEN_FUNCTION:
        return tidu_parse_call(parser);
    case TIDU_TOKEN_OPEN:
        return parse_group(parser);
    case TIDU_TOKEN_SET_OPEN:
        return parse_misplaced_set(parser);
    case TIDU_TOKEN_BAD:
        tidu_scan(parser);
        return NULL;
    default:
        return tidu_parse_missing(parser, TIDU_EXPR_OPERAND_MISSING, TIDU_EXPR_OPERAND_MISSING_END,
                                  NULL);
    }
}

/* Years back: a negated whole number, nothing computed. 0 for anything else. */
static uint32_t
lag_of(const tidu_node *node)
{
    bool negated = node && node->kind == TIDU_NODE_UNARY && node->op == TIDU_OP_NEG;
    return negated && node->child[0]->type.bare ? tidu_year_count(node->child[0]) : 0;
}

/* postfix = operand {"[" "-" digit "]"} */
tidu_node *
tidu_parse_postfix(tidu_parser *parser)
{
    uint32_t start = parser->token.range.start;
    tidu_node *node = parse_operand(parser);

    while (parser->token.kind == TIDU_TOKEN_LAG_OPEN) {
        uint32_t bracket = parser->token.range.start, thresholds = parser->thresholds;
        uint32_t complaints = parser->complaints;
        tidu_scan(parser);
        uint32_t years = lag_of(tidu_parse_level(parser, TIDU_LEVEL_OR));
        parser->thresholds = thresholds;
        if (!tidu_parse_expect(parser, TIDU_TOKEN_LAG_CLOSE, "]"))
            return NULL;
        if (!years && complaints == parser->complaints)
            tidu_say(parser, TIDU_EXPR_BAD_LAG, tidu_range_from(parser, bracket),
                     tidu_excerpt(parser, tidu_range_from(parser, bracket)), NULL, NULL, NULL);
        node = tidu_type_lag(parser, years ? node : NULL, years, tidu_range_from(parser, start));
    }
    return node;
}
