/*
 * call.c: function ( arguments ).
 *
 * Most arguments are expressions. Some are not: the years of mean(x, 3) and
 * the id of holds('lg') belong to the call itself, a filter sees the fields of
 * its list, and has() takes a set. A table says which is which.
 *
 * Must not know: the types functions give (signatures.c).
 */
#include "internal.h"

#include <stdio.h>

enum style { PLAIN, YEARS, ID, FILTER, MEMBERS };

/* How the first and the second argument are read; the rest are plain. */
static const enum style styles[TIDU_FUNCTION_COUNT][2] = {
    [TIDU_FN_MEAN] = {PLAIN, YEARS},   [TIDU_FN_SUM] = {PLAIN, YEARS},
    [TIDU_FN_LOWEST] = {PLAIN, YEARS}, [TIDU_FN_HIGHEST] = {PLAIN, YEARS},
    [TIDU_FN_CAGR] = {PLAIN, YEARS},   [TIDU_FN_HOLDS] = {ID, PLAIN},
    [TIDU_FN_MEETS] = {ID, PLAIN},     [TIDU_FN_SCORE] = {ID, PLAIN},
    [TIDU_FN_GRANTED] = {ID, PLAIN},   [TIDU_FN_REVIEWED] = {ID, PLAIN},
    [TIDU_FN_AWARD] = {ID, PLAIN},
    [TIDU_FN_COUNT] = {PLAIN, FILTER}, [TIDU_FN_HAS] = {PLAIN, MEMBERS},
    [TIDU_FN_ANY] = {PLAIN, FILTER},   [TIDU_FN_EVERY] = {PLAIN, FILTER},
};

static const struct {
    uint32_t least, most;
} arity[TIDU_FUNCTION_COUNT] = {
#define X(name, en, zh, min_args, max_args, says) [TIDU_FN_##name] = {min_args, max_args},
#include "tidu/functions.def"
#undef X
};

/* A call while its arguments are read. */
struct call {
    tidu_function function;
    tidu_range name;
    tidu_node *child[TIDU_EXPR_ARGUMENTS];
    uint32_t child_count; /* arguments that are expressions */
    uint32_t count;       /* all arguments */
    uint32_t years;
    const char *id;
    bool bad;
};

uint32_t
tidu_year_count(const tidu_node *node)
{
    if (!node || node->kind != TIDU_NODE_NUMBER || strlen(node->text) != 1)
        return 0;
    if (!node->type.bare &&
        !(node->type.years && tidu_scale_same(node->type.scale, (tidu_scale){1, 1})))
        return 0;
    return (uint32_t)(node->text[0] - '0');
}

/* The years are no policy's number: they are no threshold. */
static void
parse_years(tidu_parser *parser, struct call *call)
{
    tidu_range range = parser->token.range;
    uint32_t thresholds = parser->thresholds;
    tidu_node *node = tidu_parse_level(parser, TIDU_LEVEL_OR);

    parser->thresholds = thresholds;
    call->years = tidu_year_count(node);
    range.end = parser->last_end > range.end ? parser->last_end : range.end;
    if (node && !call->years)
        tidu_say(parser, TIDU_EXPR_BAD_YEARS, range, tidu_excerpt(parser, call->name),
                 tidu_excerpt(parser, range), NULL, NULL);
    call->bad = call->bad || !call->years;
}

static void
parse_id(tidu_parser *parser, struct call *call)
{
    tidu_range range = parser->token.range;
    if (parser->token.kind == TIDU_TOKEN_STRING || parser->token.kind == TIDU_TOKEN_BAD) {
        call->id = parser->token.text;
        tidu_scan(parser);
    } else {
        bool word = parser->token.kind == TIDU_TOKEN_UNKNOWN;
        tidu_say_grammar(parser, TIDU_EXPR_ID_MISSING, range, tidu_excerpt(parser, call->name),
                         word ? tidu_excerpt(parser, range) : "srdi");
        if (word)
            tidu_scan(parser);
        else
            tidu_parse_level(parser, TIDU_LEVEL_OR);
    }
    call->bad = call->bad || !call->id;
}

static const tidu_symbol *
list_of(const tidu_node *node)
{
    while (node && node->kind == TIDU_NODE_LAG)
        node = node->child[0];
    return node && node->type.kind == TIDU_LIST ? node->symbol : NULL;
}

static void
keep(struct call *call, tidu_node *node)
{
    call->bad = call->bad || !node;
    if (node && call->child_count < TIDU_EXPR_ARGUMENTS)
        call->child[call->child_count++] = node;
}

static enum style
style_of(const struct call *call)
{
    return call->count < 2 ? styles[call->function][call->count] : PLAIN;
}

/* filter = expression ; the fields of the list must be in scope before its
 * first token is looked at. */
static void
parse_filter(tidu_parser *parser, struct call *call)
{
    tidu_fields fields = {list_of(call->child[0]), parser->fields};
    const tidu_fields *outer = parser->fields;

    if (call->child_count > 0 && !tidu_need(parser, call->child[0], TIDU_LIST))
        call->bad = true;
    parser->fields = &fields;
    tidu_scan(parser);
    keep(call, tidu_parse_level(parser, TIDU_LEVEL_OR));
    parser->fields = outer;
}

/* argument = expression | years | string | set | filter */
static void
parse_argument(tidu_parser *parser, struct call *call)
{
    enum style style = style_of(call);

    if (style == FILTER) {
        parse_filter(parser, call);
        call->count++;
        return;
    }
    tidu_scan(parser);
    if (style == YEARS)
        parse_years(parser, call);
    else if (style == ID)
        parse_id(parser, call);
    else if (style == MEMBERS && parser->token.kind == TIDU_TOKEN_SET_OPEN)
        keep(call, tidu_parse_set(parser));
    else
        keep(call, tidu_parse_level(parser, TIDU_LEVEL_OR));
    call->count++;
}

/* The token looked at is the opening bracket, then each comma. */
static bool
parse_arguments(tidu_parser *parser, struct call *call)
{
    bool commas = parser->commas;
    const tidu_choices *expected = parser->expected;

    parser->commas = true;
    parser->expected = NULL;
    do {
        parse_argument(parser, call);
    } while (parser->token.kind == TIDU_TOKEN_COMMA);
    parser->commas = commas;
    parser->expected = expected;
    return tidu_parse_expect(parser, TIDU_TOKEN_CLOSE, ")");
}

static bool
arity_fits(tidu_parser *parser, const struct call *call, tidu_range range)
{
    uint32_t least = arity[call->function].least, most = arity[call->function].most;
    char takes[24], given[12];

    if (call->count >= least && call->count <= most)
        return true;
    snprintf(takes, sizeof takes, least == most ? "%u" : "%u–%u", least, most);
    snprintf(given, sizeof given, "%u", call->count);
    return tidu_say(parser, TIDU_EXPR_WRONG_COUNT, range, tidu_excerpt(parser, call->name), takes,
                    given, NULL) != NULL;
}

static tidu_node *
call_node(tidu_parser *parser, const struct call *call, tidu_range range)
{
    tidu_node *node = tidu_node_new(parser, TIDU_NODE_CALL, range, call->child_count);
    if (!node)
        return NULL;
    node->function = call->function;
    node->lag = call->years;
    node->text = call->id;
    for (uint32_t i = 0; i < call->child_count; i++)
        node->child[i] = call->child[i];
    return tidu_type_call(parser, node);
}

/* call = function "(" argument {"," argument} ")" */
tidu_node *
tidu_parse_call(tidu_parser *parser)
{
    struct call call = {.function = (tidu_function)parser->token.value,
                        .name = parser->token.range};
    tidu_scan(parser);
    if (parser->token.kind != TIDU_TOKEN_OPEN)
        return tidu_say_grammar(parser, TIDU_EXPR_FUNCTION_ALONE, call.name,
                                tidu_excerpt(parser, call.name), NULL);
    if (!parse_arguments(parser, &call))
        return NULL;
    tidu_range range = {call.name.start, parser->last_end};
    if (!arity_fits(parser, &call, range) || call.bad)
        return NULL;
    return call_node(parser, &call, range);
}
