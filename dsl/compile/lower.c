/*
 * lower.c: typed trees become steps.
 *
 * The tree as a whole; what its nodes come to is in values.c, comparisons.c and
 * calls.c.
 */
#include "lower.h"

static const tidu_scale ten_thousand = {10000, 1}; /* 万元 */

/* ---- flags ---- */

static struct value
flag_list(struct lowering *lowering, tidu_op op, const tidu_node *node, uint32_t lag)
{
    tidu_step sides[2] = {tidu_lower_node(lowering, node->child[0], lag).low,
                          tidu_lower_node(lowering, node->child[1], lag).low};
    return tidu_value_of_step(lowering, TIDU_FLAG,
                              tidu_builder_list(lowering->builder, op, 0, sides, 2), unity);
}

/* flag = true, flag <> other */
static struct value
flag_equality(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    tidu_builder *builder = lowering->builder;
    tidu_step a = tidu_lower_node(lowering, node->child[0], lag).low;
    tidu_step b = tidu_lower_node(lowering, node->child[1], lag).low;
    if (a == TIDU_NO_STEP || b == TIDU_NO_STEP)
        return tidu_value_failure(lowering);
    tidu_step both[2] = {a, b};
    tidu_step neither[2] = {tidu_lower_not(lowering, a), tidu_lower_not(lowering, b)};
    tidu_step ways[2] = {tidu_builder_list(builder, TIDU_DO_AND, 0, both, 2),
                         tidu_builder_list(builder, TIDU_DO_AND, 0, neither, 2)};
    tidu_step same = tidu_builder_list(builder, TIDU_DO_OR, 0, ways, 2);
    return tidu_value_of_step(
        lowering, TIDU_FLAG, node->op == TIDU_OP_NE ? tidu_lower_not(lowering, same) : same, unity);
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
            return tidu_lower_code_test(lowering, node, lag);
        if (left == TIDU_FLAG)
            return flag_equality(lowering, node, lag);
        if (!tidu_lower_sides(lowering, node, lag, &comparison))
            return tidu_value_failure(lowering);
        return tidu_value_of_step(lowering, TIDU_FLAG, comparison.status, unity);
    }
    struct value a = tidu_lower_node(lowering, node->child[0], lag);
    struct value b = tidu_lower_node(lowering, node->child[1], lag);
    if (lowering->failed)
        return tidu_value_failure(lowering);
    if (node->type.kind == TIDU_DATE)
        return tidu_value_shift_date(lowering, node, a, b);
    return tidu_value_arithmetic(lowering, node, node->op, a, b);
}

/* ---- choices ---- */

static struct value
lower_branch(struct lowering *lowering, const tidu_node *node, uint32_t lag,
             const tidu_choices *choices)
{
    if (node->kind == TIDU_NODE_STRING)
        return tidu_lower_code(lowering, node, choices);
    return tidu_lower_node(lowering, node, lag);
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
    tidu_step first[2] = {c, a}, second[2] = {tidu_lower_not(lowering, c), b}, both[2] = {a, b};
    tidu_step ways[3] = {tidu_builder_list(builder, TIDU_DO_AND, 0, first, 2),
                         tidu_builder_list(builder, TIDU_DO_AND, 0, second, 2),
                         tidu_builder_list(builder, TIDU_DO_AND, 0, both, 2)};
    /* True comes from any way; false needs "neither", which the ways give too. */
    return tidu_value_of_step(lowering, TIDU_FLAG,
                              tidu_builder_list(builder, TIDU_DO_OR, 0, ways, 3), unity);
}

static struct value
lower_if(struct lowering *lowering, const tidu_node *node, uint32_t lag,
         const tidu_choices *choices)
{
    if (node->type.choices)
        choices = node->type.choices;
    struct value c = tidu_lower_node(lowering, node->child[0], lag);
    struct value a = lower_if_branch(lowering, node->child[1], lag, choices);
    struct value b = lower_if_branch(lowering, node->child[2], lag, choices);
    if (lowering->failed)
        return tidu_value_failure(lowering);
    if (node->type.kind == TIDU_FLAG)
        return select_flag(lowering, c.low, a.low, b.low);
    tidu_value_align(lowering, &a, &b);
    struct value result = tidu_value_of_step(lowering, node->type.kind,
                                             tidu_builder_select(lowering->builder, c.low,
                                                                 tidu_lower_step(lowering, a),
                                                                 tidu_lower_step(lowering, b)),
                                             a.scale);
    if (tidu_value_is_interval(a) || tidu_value_is_interval(b))
        result.high = tidu_builder_select(lowering->builder, c.low, tidu_value_high(lowering, a),
                                          tidu_value_high(lowering, b));
    return result;
}

/* ---- names ---- */

struct outer
tidu_lower_elsewhere(struct lowering *lowering)
{
    struct outer outer = {lowering->written, lowering->list};
    lowering->list = NULL;
    return outer;
}

void
tidu_lower_back(struct lowering *lowering, struct outer outer)
{
    lowering->written = outer.written;
    lowering->list = outer.list;
}

static struct value
lower_version(struct lowering *lowering, const struct name *name, uint32_t lag)
{
    const struct version *version = tidu_names_version(name, lowering->epoch, &lowering->chain);
    if (!version)
        return tidu_value_failure(lowering);
    struct outer outer = tidu_lower_elsewhere(lowering);
    lowering->written = &version->written;
    struct value value = version->decision
                             ? tidu_decision_lower(lowering, name, version, lag)
                             : lower_if_branch(lowering, version->written.tree, lag, name->choices);
    tidu_lower_back(lowering, outer);
    return value;
}

/* What measures and subsidies ask for where it is not in force: nobody knows. */
static struct value
unknown_of(struct lowering *lowering, const tidu_type *type)
{
    tidu_builder *builder = lowering->builder;
    if (type->kind == TIDU_FLAG)
        return tidu_value_of_step(
            lowering, TIDU_FLAG,
            tidu_builder_step(builder, TIDU_DO_TRUTH, TIDU_NO_STEP, TIDU_NO_STEP, 2), unity);
    tidu_step zero = tidu_lower_step(lowering, tidu_value_of_integer(lowering, 0));
    return tidu_value_of_step(lowering, type->kind,
                              tidu_builder_step(builder, TIDU_DO_DIV, zero, zero, 0), type->scale);
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
                            name->symbol.name, tidu_lower_day(lowering, date));
        return tidu_value_failure(lowering);
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
        return tidu_value_failure(lowering);
    return tidu_value_of_step(
        lowering, symbol->type.kind,
        tidu_builder_step(lowering->builder, op, TIDU_NO_STEP, TIDU_NO_STEP, (uint32_t)column),
        symbol->type.scale);
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
    struct value value = tidu_lower_node(lowering, node->child[0], lag);
    if (lowering->failed)
        return tidu_value_failure(lowering);
    struct value zero = tidu_value_of_integer(lowering, 0);
    zero.scale = value.scale;
    return tidu_value_arithmetic(lowering, node, TIDU_OP_SUB, zero, value);
}

static struct value
lower_unary(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    if (node->op == TIDU_OP_NEG)
        return lower_negative(lowering, node, lag);
    tidu_step step = tidu_lower_node(lowering, node->child[0], lag).low;
    return tidu_value_of_step(lowering, TIDU_FLAG, tidu_lower_not(lowering, step), unity);
}

static struct value
lower_date(struct lowering *lowering, const tidu_node *node)
{
    struct value value = tidu_value_of_integer(lowering, node->days);
    value.kind = TIDU_DATE;
    return value;
}

struct value
tidu_lower_node(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    if (lowering->failed)
        return tidu_value_failure(lowering);
    switch (node->kind) {
    case TIDU_NODE_NUMBER:
        return lower_literal(lowering, node);
    case TIDU_NODE_STRING:
        return tidu_lower_code(lowering, node, NULL);
    case TIDU_NODE_DATE:
        return lower_date(lowering, node);
    case TIDU_NODE_TRUTH:
        return tidu_value_of_step(lowering, TIDU_FLAG, tidu_lower_truth(lowering, node->truth),
                                  unity);
    case TIDU_NODE_NAME:
        return lower_name(lowering, node, lag);
    case TIDU_NODE_AS_OF:
        return tidu_value_of_step(lowering, TIDU_DATE, tidu_lower_as_of(lowering), unity);
    case TIDU_NODE_LAG:
        return tidu_lower_node(lowering, node->child[0], lag + node->lag);
    case TIDU_NODE_UNARY:
        return lower_unary(lowering, node, lag);
    case TIDU_NODE_BINARY:
        return lower_binary(lowering, node, lag);
    case TIDU_NODE_IF:
        return lower_if(lowering, node, lag, node->type.choices);
    case TIDU_NODE_CALL:
        return tidu_lower_call(lowering, node, lag);
    default:
        return tidu_value_failure(lowering);
    }
}

struct value
tidu_lower(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    return tidu_lower_node(lowering, node, lag);
}

/* Rescaled, and in steps. */
static struct value
in_steps(struct lowering *lowering, const tidu_node *node, tidu_scale scale)
{
    struct value value = tidu_value_rescale(lowering, tidu_lower_node(lowering, node, 0), scale);
    if (lowering->failed)
        return tidu_value_failure(lowering);
    value.high = tidu_value_high(lowering, value);
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
    struct lowering lowering = {
        .world = world, .epoch = {.days = days}, .chain = *chain, .written = written};
    size_t complaints = tidu_report_error_count(world->report);
    lowering.builder = tidu_builder_open(world->vocabulary);
    lowering.memo = tidu_arena_array(world->arena, world->name_count * 10, sizeof(struct value));
    lowering.memo_done = tidu_arena_array(world->arena, world->name_count * 10, sizeof(bool));
    if (!lowering.builder || !lowering.memo || !lowering.memo_done) {
        tidu_builder_close(&lowering.builder);
        return tidu_no_memory(world);
    }
    bool constant = written->tree->type.constant;
    struct value value = constant ? tidu_lower_node(&lowering, written->tree, 0)
                                  : tidu_value_failure(&lowering);
    bool fixed = !lowering.failed && value.constant;
    if (constant && lowering.failed && tidu_report_error_count(world->report) == complaints)
        tidu_no_memory(world); /* nothing else fails without a word */
    if (fixed) {
        mpq_set(ret, tidu_builder_constant_at(lowering.builder, value.number)->exact);
        tidu_value_convert(ret, value.scale, unity);
    }
    tidu_builder_close(&lowering.builder);
    return fixed;
}

struct value
tidu_lower_outcome(struct lowering *lowering, const tidu_node *node, uint32_t lag,
                   const tidu_choices *choices)
{
    return lowering->failed ? tidu_value_failure(lowering)
                            : lower_if_branch(lowering, node, lag, choices);
}

struct value
tidu_lower_rescale(struct lowering *lowering, struct value value, tidu_scale scale)
{
    return lowering->failed ? tidu_value_failure(lowering)
                            : tidu_value_rescale(lowering, value, scale);
}
