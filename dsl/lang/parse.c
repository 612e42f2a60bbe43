/*
 * parse.c: operators, by how tightly they bind.
 *
 *   or < and < comparison < + - < * / < not and unary - < x[-1]
 *
 * Each function parses the rule above it. Nodes are typed as they are made, so
 * a complaint about dimensions comes from the same walk as one about grammar.
 * After a mistake the parser goes on at the next operator, comma or closing
 * bracket and keeps a NULL for what was wrong.
 *
 * Must not know: what operands look like (operand.c), what types go together
 * (types.c, compare.c, signatures.c).
 */
#include "internal.h"

static tidu_node *parse_infix(tidu_parser *parser, uint32_t start, tidu_node *left, int level);
static tidu_node *parse_unary(tidu_parser *parser);

int
tidu_level(tidu_operator op)
{
    static const int levels[] = {
        [TIDU_OP_OR] = TIDU_LEVEL_OR,          [TIDU_OP_AND] = TIDU_LEVEL_AND,
        [TIDU_OP_NOT] = TIDU_LEVEL_UNARY,      [TIDU_OP_LT] = TIDU_LEVEL_COMPARE,
        [TIDU_OP_LE] = TIDU_LEVEL_COMPARE,     [TIDU_OP_GT] = TIDU_LEVEL_COMPARE,
        [TIDU_OP_GE] = TIDU_LEVEL_COMPARE,     [TIDU_OP_EQ] = TIDU_LEVEL_COMPARE,
        [TIDU_OP_NE] = TIDU_LEVEL_COMPARE,     [TIDU_OP_IN] = TIDU_LEVEL_COMPARE,
        [TIDU_OP_WITHIN] = TIDU_LEVEL_COMPARE, [TIDU_OP_ADD] = TIDU_LEVEL_ADD,
        [TIDU_OP_SUB] = TIDU_LEVEL_ADD,        [TIDU_OP_MUL] = TIDU_LEVEL_MUL,
        [TIDU_OP_DIV] = TIDU_LEVEL_MUL,        [TIDU_OP_NEG] = TIDU_LEVEL_UNARY,
    };
    return levels[op];
}

tidu_node *
tidu_parse_missing(tidu_parser *parser, tidu_code code, tidu_code code_at_end, const char *what)
{
    bool end = parser->token.kind == TIDU_TOKEN_END;
    tidu_range range = parser->token.range;
    const char *found = end ? NULL : tidu_excerpt(parser, range);
    return tidu_say_grammar(parser, end ? code_at_end : code, range, what ? what : found,
                            what ? found : NULL);
}

bool
tidu_parse_expect(tidu_parser *parser, tidu_token_kind kind, const char *spelling)
{
    if (parser->token.kind != kind) {
        tidu_parse_missing(parser, TIDU_EXPR_TOKEN_MISSING, TIDU_EXPR_TOKEN_MISSING_END, spelling);
        return false;
    }
    tidu_scan(parser);
    return true;
}

tidu_range
tidu_range_from(const tidu_parser *parser, uint32_t start)
{
    return (tidu_range){start, parser->last_end > start ? parser->last_end : start};
}

/* if = "if" expression "then" expression "else" expression */
static tidu_node *
parse_if(tidu_parser *parser)
{
    static const struct {
        tidu_token_kind kind;
        const char *spelling;
    } before[] = {{TIDU_TOKEN_IF, "if"}, {TIDU_TOKEN_THEN, "then"}, {TIDU_TOKEN_ELSE, "else"}};
    uint32_t start = parser->token.range.start;
    tidu_node *child[3];

    for (int i = 0; i < 3; i++) {
        if (!tidu_parse_expect(parser, before[i].kind, before[i].spelling))
            return NULL;
        child[i] = tidu_parse_level(parser, TIDU_LEVEL_OR);
    }
    return tidu_type_if(parser, child, tidu_range_from(parser, start));
}

/* unary = ("not" | "-") unary | if | postfix */
static tidu_node *
parse_unary_here(tidu_parser *parser)
{
    uint32_t start = parser->token.range.start;
    bool negated = parser->token.kind == TIDU_TOKEN_OPERATOR && parser->token.value == TIDU_OP_SUB;

    if (parser->token.kind == TIDU_TOKEN_IF)
        return parse_if(parser);
    if (!negated && parser->token.kind != TIDU_TOKEN_NOT)
        return tidu_parse_postfix(parser);
    tidu_scan(parser);
    tidu_node *child = parse_unary(parser);
    return tidu_type_unary(parser, negated ? TIDU_OP_NEG : TIDU_OP_NOT, child,
                           tidu_range_from(parser, start));
}

/* Every way into depth leads through here. An expression that nests too deep
 * is given up: the rest of it would only be guessed at. */
static tidu_node *
parse_unary(tidu_parser *parser)
{
    if (parser->depth == TIDU_EXPR_NESTING) {
        tidu_say(parser, TIDU_EXPR_NESTS_DEEP, parser->token.range, NULL, NULL, NULL, NULL);
        parser->complaints = TIDU_EXPR_COMPLAINTS;
        parser->at = parser->length;
        tidu_scan(parser);
        return NULL;
    }
    parser->depth++;
    tidu_node *node = parse_unary_here(parser);
    parser->depth--;
    return node;
}

static bool
begins_operand(tidu_token_kind kind)
{
    return (kind >= TIDU_TOKEN_BAD && kind <= TIDU_TOKEN_FUNCTION) || kind == TIDU_TOKEN_TRUTH ||
           kind == TIDU_TOKEN_AS_OF || kind == TIDU_TOKEN_OPEN || kind == TIDU_TOKEN_SET_OPEN ||
           kind == TIDU_TOKEN_NOT || kind == TIDU_TOKEN_IF;
}

static bool
is_comparison(const tidu_token *token)
{
    return token->kind == TIDU_TOKEN_OPERATOR &&
           tidu_level((tidu_operator)token->value) == TIDU_LEVEL_COMPARE;
}

/* `first and second`, or whichever there is. */
static tidu_node *
chained(tidu_parser *parser, uint32_t links, tidu_node *first, tidu_node *second, tidu_range range)
{
    if (links == 1)
        return second;
    return first && second ? tidu_type_logic(parser, TIDU_OP_AND, first, second, range) : NULL;
}

/* Only a < b <= c and a > b >= c say what they mean. */
static bool
chain_allowed(tidu_parser *parser, tidu_operator before, tidu_operator op, tidu_range range)
{
    bool up =
        (before == TIDU_OP_LT || before == TIDU_OP_LE) && (op == TIDU_OP_LT || op == TIDU_OP_LE);
    bool down =
        (before == TIDU_OP_GT || before == TIDU_OP_GE) && (op == TIDU_OP_GT || op == TIDU_OP_GE);
    if (!up && !down)
        tidu_say(parser, TIDU_EXPR_CHAIN_MIXED, range, tidu_excerpt(parser, range), NULL, NULL,
                 NULL);
    return up || down;
}

static tidu_node *
parse_right_side(tidu_parser *parser, tidu_operator op, const tidu_node *left)
{
    bool members = op == TIDU_OP_IN || op == TIDU_OP_WITHIN;
    parser->expected = left && left->type.kind == TIDU_CODE ? left->type.choices : NULL;
    tidu_node *right = members && parser->token.kind == TIDU_TOKEN_SET_OPEN
                           ? tidu_parse_set(parser)
                           : tidu_parse_level(parser, TIDU_LEVEL_ADD);
    parser->expected = NULL;
    return right;
}

/* comparison = sum {operator sum} | sum ("in" | "within") (set | sum) ;
 * a <= x < b is (a <= x) and (x < b) with one x in both. */
static tidu_node *
parse_comparison(tidu_parser *parser, uint32_t start, tidu_node *left)
{
    tidu_node *condition = NULL;
    tidu_operator before = TIDU_OP_OR;

    for (uint32_t links = 1; is_comparison(&parser->token); links++) {
        tidu_operator op = (tidu_operator)parser->token.value;
        bool allowed = links == 1 || chain_allowed(parser, before, op, parser->token.range);
        tidu_scan(parser);
        uint32_t right_start = parser->token.range.start;
        tidu_node *right = parse_right_side(parser, op, left);
        tidu_node *link =
            !allowed ? NULL
                     : tidu_type_compare(parser, op, left, right, tidu_range_from(parser, start));
        condition = chained(parser, links, condition, link, tidu_range_from(parser, start));
        before = op;
        left = right;
        start = right_start;
    }
    if (parser->token.kind != TIDU_TOKEN_BORDER)
        return condition;
    tidu_say_grammar(parser, TIDU_EXPR_BORDER_TWICE, parser->token.range,
                     tidu_excerpt(parser, parser->token.range), NULL);
    tidu_scan(parser);
    return NULL;
}

/* bordered = sum sum border ; as in: revenue 5000万元以上. */
static tidu_node *
parse_bordered(tidu_parser *parser, uint32_t start, tidu_node *left)
{
    tidu_range before = tidu_range_from(parser, start);
    uint32_t value_start = parser->token.range.start, complaints = parser->complaints;
    bool complete = left && left->type.kind == TIDU_FLAG;
    parser->expected = left && left->type.kind == TIDU_CODE ? left->type.choices : NULL;
    tidu_node *value = tidu_parse_level(parser, TIDU_LEVEL_ADD);
    parser->expected = NULL;

    if (parser->token.kind == TIDU_TOKEN_BORDER) {
        tidu_operator op = (tidu_operator)parser->token.value;
        tidu_scan(parser);
        if (!complete)
            return tidu_type_compare(parser, op, left, value, tidu_range_from(parser, start));
    }
    tidu_range after = tidu_range_from(parser, value_start);
    if (left && complaints == parser->complaints)
        tidu_say_grammar(parser, TIDU_EXPR_OPERATOR_MISSING, after, tidu_excerpt(parser, before),
                         tidu_excerpt(parser, after));
    return NULL;
}

static tidu_node *
parse_lone_border(tidu_parser *parser, const tidu_node *left)
{
    if (left)
        tidu_say_grammar(parser, TIDU_EXPR_BORDER_ALONE, parser->token.range,
                         tidu_excerpt(parser, parser->token.range), NULL);
    tidu_scan(parser);
    return NULL;
}

static tidu_node *
parse_binary(tidu_parser *parser, uint32_t start, tidu_node *left)
{
    tidu_operator op = (tidu_operator)parser->token.value;
    tidu_scan(parser);
    tidu_node *right = tidu_parse_level(parser, tidu_level(op) + 1);
    tidu_range range = tidu_range_from(parser, start);
    return tidu_level(op) < TIDU_LEVEL_COMPARE
               ? tidu_type_logic(parser, op, left, right, range)
               : tidu_type_arithmetic(parser, op, left, right, range);
}

/* What may follow an operand: operators that bind at least as tightly as
 * `level`. */
static tidu_node *
parse_infix(tidu_parser *parser, uint32_t start, tidu_node *left, int level)
{
    for (;;) {
        tidu_token_kind kind = parser->token.kind;
        if (kind == TIDU_TOKEN_OPERATOR) {
            if (tidu_level((tidu_operator)parser->token.value) < level)
                return left;
            left = is_comparison(&parser->token) ? parse_comparison(parser, start, left)
                                                 : parse_binary(parser, start, left);
        } else if (kind == TIDU_TOKEN_BAD) {
            tidu_scan(parser);
            left = NULL;
        } else if (level <= TIDU_LEVEL_COMPARE && begins_operand(kind)) {
            left = parse_bordered(parser, start, left);
        } else if (level <= TIDU_LEVEL_COMPARE && kind == TIDU_TOKEN_BORDER) {
            left = parse_lone_border(parser, left);
        } else {
            return left;
        }
    }
}

/* expression = unary {operator unary} */
tidu_node *
tidu_parse_level(tidu_parser *parser, int level)
{
    uint32_t start = parser->token.range.start;
    return parse_infix(parser, start, parse_unary(parser), level);
}

void
tidu_parse_end(tidu_parser *parser)
{
    while (parser->token.kind != TIDU_TOKEN_END) {
        tidu_say_grammar(parser, TIDU_EXPR_UNEXPECTED, parser->token.range,
                         tidu_excerpt(parser, parser->token.range), NULL);
        tidu_scan(parser);
        parse_infix(parser, parser->token.range.start, NULL, TIDU_LEVEL_OR);
    }
}

bool
tidu_parser_start(tidu_parser *parser)
{
    size_t length = strlen(parser->text), good = tidu_utf8_check(parser->text, length);
    tidu_range bad = {(uint32_t)good, (uint32_t)good + 1};

    if (length > TIDU_EXPR_BYTES)
        return tidu_say(parser, TIDU_EXPR_LONG, (tidu_range){0, 1}, NULL, NULL, NULL, NULL) != NULL;
    if (good < length)
        return tidu_say(parser, TIDU_EXPR_NOT_UTF8, bad, NULL, NULL, NULL, NULL) != NULL;
    parser->length = (uint32_t)length;
    tidu_scan(parser);
    if (parser->token.kind == TIDU_TOKEN_END)
        tidu_say(parser, TIDU_EXPR_EMPTY, (tidu_range){0, 0}, NULL, NULL, NULL, NULL);
    return parser->token.kind != TIDU_TOKEN_END;
}

/* A tree that is missing without any complaint ran out of memory. */
tidu_node *
tidu_parser_finish(tidu_parser *parser, tidu_node *node)
{
    if ((!node || parser->starved) && parser->complaints == 0)
        tidu_say(parser, TIDU_MEMORY, (tidu_range){0, parser->length}, NULL, NULL, NULL, NULL);
    return parser->complaints ? NULL : node;
}

tidu_node *
tidu_expr_parse(tidu_arena *arena, const char *text, tidu_place place, const tidu_scope *scope,
                tidu_report *report)
{
    tidu_parser parser = {
        .arena = arena, .text = text, .place = place, .scope = scope, .report = report};
    if (!tidu_parser_start(&parser))
        return NULL;
    tidu_node *node = tidu_parse_level(&parser, TIDU_LEVEL_OR);
    tidu_parse_end(&parser);
    return tidu_parser_finish(&parser, node);
}
