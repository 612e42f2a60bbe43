/*
 * calls.c: functions become steps.
 */
#include "lower.h"

#include <string.h>

static const tidu_scale ten_thousand = {10000, 1}; /* 万元 */

/* ---- functions ---- */

static struct value
fold_years(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    tidu_step steps[16];
    struct value first = tidu_lower_node(lowering, node->child[0], lag);
    steps[0] = tidu_lower_step(lowering, first);
    for (uint32_t k = 1; k < node->lag && k < 16; k++)
        steps[k] = tidu_lower_step(lowering, tidu_lower_node(lowering, node->child[0], lag + k));
    if (lowering->failed)
        return tidu_value_failure(lowering);
    if (node->function == TIDU_FN_SUM || node->function == TIDU_FN_MEAN)
        return tidu_value_of_step(
            lowering, TIDU_NUMBER,
            tidu_builder_list(lowering->builder, TIDU_DO_SUM, 0, steps, node->lag), first.scale);
    tidu_op op = node->function == TIDU_FN_LOWEST ? TIDU_DO_MIN : TIDU_DO_MAX;
    tidu_step best = steps[0];
    for (uint32_t k = 1; k < node->lag; k++)
        best = tidu_builder_step(lowering->builder, op, best, steps[k], 0);
    return tidu_value_of_step(lowering, TIDU_NUMBER, best, first.scale);
}

static struct value
lower_growth(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    struct value late = tidu_lower_node(lowering, node->child[0], lag);
    struct value early = tidu_lower_node(lowering, node->child[0], lag + 1);
    if (lowering->failed)
        return tidu_value_failure(lowering);
    struct value quotient = tidu_value_arithmetic(lowering, node, TIDU_OP_DIV, late, early);
    return tidu_value_arithmetic(lowering, node, TIDU_OP_SUB, quotient,
                                 tidu_value_of_integer(lowering, 1));
}

static struct value
lower_many(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    tidu_op op = node->function == TIDU_FN_MIN ? TIDU_DO_MIN : TIDU_DO_MAX;
    struct value best = tidu_lower_node(lowering, node->child[0], lag);
    for (uint32_t i = 1; i < node->child_count; i++) {
        struct value next = tidu_lower_node(lowering, node->child[i], lag);
        tidu_value_align(lowering, &best, &next);
        if (lowering->failed)
            return tidu_value_failure(lowering);
        tidu_step low = tidu_builder_step(lowering->builder, op, tidu_lower_step(lowering, best),
                                          tidu_lower_step(lowering, next), 0);
        tidu_step high = tidu_builder_step(lowering->builder, op, tidu_value_high(lowering, best),
                                           tidu_value_high(lowering, next), 0);
        best = tidu_value_of_interval(lowering, low, high, best.scale);
    }
    return best;
}

/* Without its sign an interval that crosses zero begins there. */
static struct value
abs_of_interval(struct lowering *lowering, struct value value)
{
    tidu_builder *builder = lowering->builder;
    tidu_step none = tidu_lower_step(lowering, tidu_value_of_integer(lowering, 0));
    tidu_step below = tidu_builder_step(builder, TIDU_DO_SUB, none, value.high, 0);
    tidu_step away = tidu_builder_step(builder, TIDU_DO_SUB, none, value.low, 0);
    tidu_step nearest = tidu_builder_step(builder, TIDU_DO_MAX, value.low, below, 0);
    return tidu_value_of_interval(
        lowering, tidu_builder_step(builder, TIDU_DO_MAX, nearest, none, 0),
        tidu_builder_step(builder, TIDU_DO_MAX, value.high, away, 0), value.scale);
}

static struct value
lower_single(struct lowering *lowering, const tidu_node *node, tidu_op op, uint32_t lag)
{
    struct value value = tidu_lower_node(lowering, node->child[0], lag);
    if (lowering->failed)
        return tidu_value_failure(lowering);
    if (op == TIDU_DO_FLOOR || op == TIDU_DO_ROUND)
        value = tidu_value_rescale(lowering, value, unity);
    if (op == TIDU_DO_ABS && tidu_value_is_interval(value))
        return abs_of_interval(lowering, value);
    return tidu_value_of_interval(
        lowering,
        tidu_builder_step(lowering->builder, op, tidu_lower_step(lowering, value), TIDU_NO_STEP, 0),
        tidu_builder_step(lowering->builder, op, tidu_value_high(lowering, value), TIDU_NO_STEP, 0),
        value.scale);
}

tidu_step
tidu_lower_as_of(struct lowering *lowering)
{
    return tidu_builder_step(lowering->builder, TIDU_DO_AS_OF, TIDU_NO_STEP, TIDU_NO_STEP, 0);
}

/* For a date, birthdays passed; for a year's number, calendar years. */
static struct value
lower_years_since(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    tidu_builder *builder = lowering->builder;
    struct value from = tidu_lower_node(lowering, node->child[0], lag);
    tidu_step now = tidu_lower_as_of(lowering);
    if (lowering->failed)
        return tidu_value_failure(lowering);
    tidu_step start = tidu_lower_step(lowering, from);
    if (from.kind == TIDU_DATE)
        return tidu_value_of_step(lowering, TIDU_NUMBER,
                                  tidu_builder_step(builder, TIDU_DO_FULL_YEARS, start, now, 0),
                                  unity);
    start = tidu_lower_step(lowering, tidu_value_rescale(lowering, from, unity));
    tidu_step year = tidu_builder_step(builder, TIDU_DO_YEAR_OF, now, TIDU_NO_STEP, 0);
    return tidu_value_of_step(lowering, TIDU_NUMBER,
                              tidu_builder_step(builder, TIDU_DO_SUB, year, start, 0), unity);
}

static struct value lower_count(struct lowering *lowering, const tidu_node *node, uint32_t lag);

/* Points are known once they are settled. */
static struct value
known_interval(struct lowering *lowering, struct value value)
{
    tidu_builder *builder = lowering->builder;
    tidu_step settled = tidu_lower_order(lowering, TIDU_OP_EQ, value.low, value.high);
    tidu_step known = tidu_builder_step(builder, TIDU_DO_KNOWN_FLAG, settled, TIDU_NO_STEP, 0);
    tidu_step both[2] = {settled, known};
    return tidu_value_of_step(lowering, TIDU_FLAG,
                              tidu_builder_list(builder, TIDU_DO_AND, 0, both, 2), unity);
}

static struct value
lower_known(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    tidu_kind kind = node->child[0]->type.kind;
    struct value value = kind == TIDU_SET || kind == TIDU_LIST
                             ? lower_count(lowering, node, lag)
                             : tidu_lower_node(lowering, node->child[0], lag);
    tidu_step step = tidu_lower_step(lowering, value);
    if (lowering->failed)
        return tidu_value_failure(lowering);
    if (tidu_value_is_interval(value))
        return known_interval(lowering, value);
    tidu_op op = tidu_builder_is_flag(lowering->builder, step) ? TIDU_DO_KNOWN_FLAG : TIDU_DO_KNOWN;
    return tidu_value_of_step(lowering, TIDU_FLAG,
                              tidu_builder_step(lowering->builder, op, step, TIDU_NO_STEP, 0),
                              unity);
}

static struct value
lower_holds(struct lowering *lowering, const tidu_node *node)
{
    const tidu_layout *layout = &lowering->world->vocabulary->layout;
    for (uint32_t i = 0; i < layout->title_count; i++)
        if (!strcmp(layout->titles[i].id, node->text))
            return tidu_value_of_step(lowering, TIDU_FLAG,
                                      tidu_builder_step(lowering->builder, TIDU_DO_FLAG,
                                                        TIDU_NO_STEP, TIDU_NO_STEP,
                                                        (uint32_t)layout->titles[i].column),
                                      unity);
    return tidu_value_failure(lowering);
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
            return tidu_value_of_step(
                lowering, TIDU_DATE,
                tidu_builder_step(
                    lowering->builder, TIDU_DO_FACT, TIDU_NO_STEP, TIDU_NO_STEP,
                    (uint32_t)(granted ? title->granted_column : title->reviewed_column)),
                unity);
    }
    return tidu_value_failure(lowering);
}

static struct value
lower_award(struct lowering *lowering, const tidu_node *node)
{
    struct value value = {TIDU_NUMBER, false, 0, TIDU_NO_STEP, TIDU_NO_STEP, ten_thousand};
    struct outer outer = tidu_lower_elsewhere(lowering);
    bool found = lowering->award(lowering, node, &value.low, &value.high);
    tidu_lower_back(lowering, outer);
    if (!found && !lowering->failed)
        tidu_lower_complain(lowering, node, TIDU_AWARD_CIRCLE, node->text, NULL);
    return found ? value : tidu_value_failure(lowering);
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
                        tidu_lower_day(lowering, date));
}

static struct value
lower_meets(struct lowering *lowering, const tidu_node *node)
{
    tidu_step step = TIDU_NO_STEP;
    struct outer outer = tidu_lower_elsewhere(lowering);
    bool met = lowering->meets(lowering, node, &step);
    tidu_lower_back(lowering, outer);
    if (lowering->failed)
        return tidu_value_failure(lowering);
    if (met)
        return tidu_value_of_step(lowering, TIDU_FLAG, step, unity);
    warn_lapsed(lowering, node);
    return tidu_value_of_step(
        lowering, TIDU_FLAG,
        tidu_builder_step(lowering->builder, TIDU_DO_TRUTH, TIDU_NO_STEP, TIDU_NO_STEP, 2), unity);
}

static struct value
lower_score(struct lowering *lowering, const tidu_node *node)
{
    struct value value = {TIDU_NUMBER, false, 0, TIDU_NO_STEP, TIDU_NO_STEP, unity};
    char date[11];
    struct outer outer = tidu_lower_elsewhere(lowering);
    bool found = lowering->score(lowering, node, &value.low, &value.high);
    tidu_lower_back(lowering, outer);
    if (found)
        return value;
    if (!lowering->failed)
        tidu_lower_complain(lowering, node, TIDU_SCORE_LAPSED, node->text,
                            tidu_lower_day(lowering, date));
    return tidu_value_failure(lowering);
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
            return tidu_value_failure(lowering);
        }
        lowering->list = node->child[0]->symbol;
        filter = tidu_lower_node(lowering, node->child[1], lag).low;
        lowering->list = NULL;
    } else
        filter = tidu_lower_truth(lowering, true);
    filter = tidu_builder_spread(lowering->builder, frame, filter);
    return tidu_value_of_step(
        lowering, kind, tidu_builder_step(lowering->builder, op, filter, TIDU_NO_STEP, 0), unity);
}

static struct value
lower_count(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    if (node->child[0]->type.kind != TIDU_SET)
        return lower_list(lowering, node, TIDU_DO_COUNT_ITEMS, TIDU_NUMBER, lag);
    const tidu_fact *set = node->child[0]->symbol->owner;
    return tidu_value_of_step(lowering, TIDU_NUMBER,
                              tidu_builder_step(lowering->builder, TIDU_DO_FACT, TIDU_NO_STEP,
                                                TIDU_NO_STEP, (uint32_t)set->slots.count_column),
                              unity);
}

static struct value
lower_has(struct lowering *lowering, const tidu_node *node)
{
    uint32_t column = tidu_inputs_test(lowering->world, node->child[0]->symbol, node->child[1]);
    return tidu_value_of_step(
        lowering, TIDU_FLAG,
        tidu_builder_step(lowering->builder, TIDU_DO_FLAG, TIDU_NO_STEP, TIDU_NO_STEP, column),
        unity);
}

static struct value
lower_mean(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    struct value sum = fold_years(lowering, node, lag);
    return lowering->failed
               ? sum
               : tidu_value_arithmetic(lowering, node, TIDU_OP_DIV, sum,
                                       tidu_value_of_integer(lowering, (long)node->lag));
}

static struct value
lower_year_of(struct lowering *lowering, const tidu_node *node, uint32_t lag)
{
    struct value date = tidu_lower_node(lowering, node->child[0], lag);
    return tidu_value_of_step(lowering, TIDU_NUMBER,
                              tidu_builder_step(lowering->builder, TIDU_DO_YEAR_OF,
                                                tidu_lower_step(lowering, date), TIDU_NO_STEP, 0),
                              unity);
}

struct value
tidu_lower_call(struct lowering *lowering, const tidu_node *node, uint32_t lag)
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
        return tidu_lower_cagr(lowering, node, lag);
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
        return tidu_value_failure(lowering);
    }
}
