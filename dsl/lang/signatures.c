/*
 * signatures.c: what functions take and give.
 *
 * To give a new function its type, add a line to the table below; how its
 * arguments are read stands in call.c.
 *
 * Must not know: tokens, the grammar.
 */
#include "internal.h"

static bool
need_number(tidu_parser *parser, const tidu_node *node)
{
    return tidu_need(parser, node, TIDU_NUMBER) && tidu_refuse_root(parser, node);
}

static bool
need_annual(tidu_parser *parser, const tidu_node *node)
{
    if (!need_number(parser, node))
        return false;
    if (!node->type.annual)
        tidu_say_one(parser, TIDU_EXPR_NOT_ANNUAL, tidu_range_of(parser, node), node, NULL, NULL);
    return node->type.annual;
}

/* A number in that unit, as annual and constant as the argument is. */
static tidu_type
number_in(const char *spelling, const tidu_type *argument)
{
    tidu_type type = tidu_type_of(TIDU_NUMBER, argument, argument);
    if (spelling)
        tidu_unit_type(tidu_unit_find(spelling, strlen(spelling)), &type);
    return type;
}

/* mean, sum, lowest, highest: x over the years. */
static bool
type_years(tidu_parser *parser, tidu_node *call)
{
    call->type = call->child[0]->type;
    return need_annual(parser, call->child[0]);
}

/* growth, cagr: a change by so many percent. */
static bool
type_rate(tidu_parser *parser, tidu_node *call)
{
    call->type = number_in("%", &call->child[0]->type);
    call->type.scale = (tidu_scale){1, 1};
    call->type.irrational = call->function == TIDU_FN_CAGR && call->lag > 1;
    return need_annual(parser, call->child[0]);
}

static bool
type_known(tidu_parser *parser, tidu_node *call)
{
    (void)parser;
    call->type = tidu_type_of(TIDU_FLAG, &call->child[0]->type, &call->child[0]->type);
    return true;
}

static bool
knows_id(const tidu_parser *parser, const tidu_node *call)
{
    const tidu_scope *scope = parser->scope;
    switch (call->function) {
    case TIDU_FN_MEETS:
        return scope->knows_designation(scope->context, call->text);
    case TIDU_FN_SCORE:
        return scope->knows_score(scope->context, call->text);
    case TIDU_FN_AWARD:
        return scope->knows_subsidy(scope->context, call->text);
    default:
        return scope->knows_title(scope->context, call->text);
    }
}

static tidu_code
unknown_id(tidu_function function)
{
    switch (function) {
    case TIDU_FN_MEETS:
        return TIDU_EXPR_UNKNOWN_DESIGNATION;
    case TIDU_FN_SCORE:
        return TIDU_EXPR_UNKNOWN_SCORE;
    case TIDU_FN_AWARD:
        return TIDU_EXPR_UNKNOWN_SUBSIDY;
    default:
        return TIDU_EXPR_UNKNOWN_TITLE;
    }
}

static bool
need_id(tidu_parser *parser, const tidu_node *call)
{
    if (knows_id(parser, call))
        return true;
    return tidu_say(parser, unknown_id(call->function), tidu_range_of(parser, call), call->text,
                    NULL, NULL, NULL) != NULL;
}

/* holds, meets */
static bool
type_standing(tidu_parser *parser, tidu_node *call)
{
    tidu_type none = {.constant = false};
    call->type = tidu_type_of(TIDU_FLAG, &none, &none);
    return need_id(parser, call);
}

/* granted, reviewed */
static bool
type_day(tidu_parser *parser, tidu_node *call)
{
    tidu_type none = {.constant = false};
    call->type = tidu_type_of(TIDU_DATE, &none, &none);
    return need_id(parser, call);
}

static bool
type_score(tidu_parser *parser, tidu_node *call)
{
    tidu_type none = {.constant = false};
    call->type = number_in("分", &none);
    return need_id(parser, call);
}

static bool
type_award(tidu_parser *parser, tidu_node *call)
{
    tidu_type none = {.constant = false};
    call->type = number_in("万元", &none);
    return need_id(parser, call);
}

/* count(set), count(list), count(list, filter) */
static bool
type_count(tidu_parser *parser, tidu_node *call)
{
    const tidu_node *what = call->child[0];
    call->type = number_in("个", &what->type);
    call->type.unit = NULL;
    if (call->child_count == 2)
        return tidu_need(parser, call->child[1], TIDU_FLAG);
    if (what->type.kind == TIDU_SET || what->type.kind == TIDU_LIST)
        return true;
    return tidu_say_one(parser, TIDU_EXPR_COUNT_WHAT, tidu_range_of(parser, what), what, NULL,
                        NULL) != NULL;
}

/* any(list, filter), every(list, filter) */
static bool
type_filter(tidu_parser *parser, tidu_node *call)
{
    call->type = tidu_type_of(TIDU_FLAG, &call->child[0]->type, &call->child[1]->type);
    return tidu_need(parser, call->child[1], TIDU_FLAG);
}

/* has(set, 'code'), has(set, {'code', 'code'}) */
static bool
type_has(tidu_parser *parser, tidu_node *call)
{
    tidu_node *set = call->child[0], *codes = call->child[1];
    bool literal = codes->kind == TIDU_NODE_SET;
    bool fits = tidu_need(parser, set, TIDU_SET);

    call->type = tidu_type_of(TIDU_FLAG, &set->type, &codes->type);
    for (uint32_t i = 0; i < (literal ? codes->child_count : 1); i++) {
        tidu_node *code = literal ? codes->child[i] : codes;
        if (code->kind != TIDU_NODE_STRING)
            fits = tidu_say_one(parser, TIDU_EXPR_HAS_WHAT, tidu_range_of(parser, code), code, NULL,
                                NULL) != NULL;
        else if (fits && set->type.choices)
            fits = tidu_type_choice(parser, set, code);
    }
    return fits;
}

/* min, max: everything must be comparable with the first. */
static bool
type_extreme(tidu_parser *parser, tidu_node *call)
{
    tidu_node merged = *call->child[0];
    tidu_type type = merged.type;
    bool fits = need_number(parser, call->child[0]);

    for (uint32_t i = 1; i < call->child_count; i++) {
        tidu_node *next = call->child[i];
        if (!need_number(parser, next))
            fits = false;
        else if (fits)
            fits = tidu_type_merge(parser, TIDU_EXPR_ARGUMENTS_DIFFER, tidu_range_of(parser, next),
                                   &merged, next, &type);
        merged.type = type;
    }
    call->type = type;
    return fits;
}

static bool
type_abs(tidu_parser *parser, tidu_node *call)
{
    call->type = call->child[0]->type;
    return need_number(parser, call->child[0]);
}

/* floor, round: of what is counted one by one. A plain number comes out in
 * ones, others stay in their own unit. */
static bool
type_whole(tidu_parser *parser, tidu_node *call)
{
    const tidu_node *number = call->child[0];
    if (!need_number(parser, number))
        return false;
    call->type = number->type;
    if (tidu_is_plain(&number->type))
        call->type.scale = (tidu_scale){1, 1};
    if (tidu_is_plain(&number->type) || tidu_is_countable(&number->type))
        return true;
    return tidu_say_one(parser, TIDU_EXPR_NOT_WHOLE, tidu_range_of(parser, number), number,
                        tidu_excerpt(parser, tidu_range_of(parser, call)), NULL) != NULL;
}

/* years_since(date), years_since(year) */
static bool
type_years_since(tidu_parser *parser, tidu_node *call)
{
    const tidu_node *from = call->child[0];
    bool year =
        tidu_is_plain(&from->type) || (tidu_is_countable(&from->type) && from->type.count == 1);

    call->type = number_in("年", &from->type);
    call->type.constant = false;
    if (from->type.kind == TIDU_DATE || year)
        return true;
    return tidu_say_one(parser, TIDU_EXPR_NO_YEAR, tidu_range_of(parser, from), from, NULL, NULL) !=
           NULL;
}

static bool
type_year_of(tidu_parser *parser, tidu_node *call)
{
    call->type = number_in(NULL, &call->child[0]->type);
    return tidu_need(parser, call->child[0], TIDU_DATE);
}

typedef bool type_function(tidu_parser *parser, tidu_node *call);

static type_function *const types[TIDU_FUNCTION_COUNT] = {
    [TIDU_FN_MEAN] = type_years,      [TIDU_FN_SUM] = type_years,
    [TIDU_FN_LOWEST] = type_years,    [TIDU_FN_HIGHEST] = type_years,
    [TIDU_FN_GROWTH] = type_rate,     [TIDU_FN_CAGR] = type_rate,
    [TIDU_FN_KNOWN] = type_known,     [TIDU_FN_HOLDS] = type_standing,
    [TIDU_FN_MEETS] = type_standing,  [TIDU_FN_SCORE] = type_score,
    [TIDU_FN_GRANTED] = type_day,     [TIDU_FN_REVIEWED] = type_day,
    [TIDU_FN_AWARD] = type_award,
    [TIDU_FN_COUNT] = type_count,     [TIDU_FN_HAS] = type_has,
    [TIDU_FN_ANY] = type_filter,      [TIDU_FN_EVERY] = type_filter,
    [TIDU_FN_MIN] = type_extreme,     [TIDU_FN_MAX] = type_extreme,
    [TIDU_FN_ABS] = type_abs,         [TIDU_FN_FLOOR] = type_whole,
    [TIDU_FN_ROUND] = type_whole,     [TIDU_FN_YEARS_SINCE] = type_years_since,
    [TIDU_FN_YEAR_OF] = type_year_of,
};

tidu_node *
tidu_type_call(tidu_parser *parser, tidu_node *call)
{
    return types[call->function](parser, call) ? call : NULL;
}
