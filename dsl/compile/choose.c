/*
 * choose.c: decision tables become steps.
 *
 * A row that may hold competes with the others as long as nobody knows that it
 * does not. So for each outcome there is a flag that is true once only rows
 * with that outcome are left, and the table is a chain of selects over those:
 * it is known as soon as all rows still possible agree.
 */
#include "internal.h"

#include <stdlib.h>

/* Rows as they compete: what one gives and when it holds. */
struct rival {
    tidu_step holds;
    struct value outcome;
    tidu_step low, high;     /* of the outcome */
    tidu_step before, after; /* whether rows of other outcomes may hold, to both sides */
};

struct choice {
    struct lowering *lowering;
    const struct decision *decision;
    struct rival *rivals;
    tidu_step *steps; /* room for twice as many as there are rows, and for the columns */
    uint32_t count;
    tidu_step any; /* whether some row holds */
};

static tidu_step
list(struct choice *choice, tidu_op op, const tidu_step *steps, uint32_t count)
{
    return tidu_builder_list(choice->lowering->builder, op, 0, steps, count);
}

static tidu_step
step(struct choice *choice, tidu_op op, tidu_step a, tidu_step b, uint32_t number)
{
    return tidu_builder_step(choice->lowering->builder, op, a, b, number);
}

static tidu_step
truth(struct choice *choice, bool value)
{
    return step(choice, TIDU_DO_TRUTH, TIDU_NO_STEP, TIDU_NO_STEP, value);
}

static tidu_step
either(struct choice *choice, tidu_step a, tidu_step b)
{
    tidu_step both[2] = {a, b};
    return list(choice, TIDU_DO_OR, both, 2);
}

static tidu_step
opposite(struct choice *choice, tidu_step flag)
{
    return step(choice, TIDU_DO_NOT, flag, TIDU_NO_STEP, 0);
}

/* ---- rows ---- */

static uint32_t
count_cells(const struct choice *choice, const struct decision_row *row)
{
    uint32_t count = 0;
    for (uint32_t c = 0; c < choice->decision->column_count; c++)
        count += row->cells[c].tree != NULL;
    return count;
}

/* `condition` is the conjunction of the cells, from the table's tree: what is
 * lowered is the tree, and the cells only say where each piece stands. */
static tidu_step
lower_cells(struct choice *choice, const struct decision_row *row, const tidu_node *condition,
            uint32_t lag)
{
    uint32_t count = 0, left = count_cells(choice, row);
    for (uint32_t c = choice->decision->column_count; c-- > 0;) {
        if (!row->cells[c].tree)
            continue;
        choice->lowering->written = &row->cells[c];
        choice->steps[count++] =
            tidu_lower(choice->lowering, left > 1 ? condition->child[1] : condition, lag).low;
        if (left-- > 1)
            condition = condition->child[0];
    }
    return count ? list(choice, TIDU_DO_AND, choice->steps, count) : truth(choice, true);
}

/* What no row before the last one takes. */
static tidu_step
lower_otherwise(struct choice *choice, uint32_t before)
{
    for (uint32_t r = 0; r < before; r++)
        choice->steps[r] = choice->rivals[r].holds;
    return before ? opposite(choice, list(choice, TIDU_DO_OR, choice->steps, before))
                  : truth(choice, true);
}

static struct value
lower_outcome(struct choice *choice, const struct name *name, const struct decision_row *row,
              const tidu_node *outcome, uint32_t lag)
{
    choice->lowering->written = &row->outcome;
    return tidu_lower_outcome(choice->lowering, outcome, lag, name->choices);
}

static void
lower_rows(struct choice *choice, const struct name *name, const tidu_node *tree, uint32_t lag)
{
    const struct decision *decision = choice->decision;
    for (uint32_t r = 0; r < decision->row_count; r++) {
        const struct decision_row *row = &decision->rows[r];
        choice->rivals[r].holds = row->otherwise ? lower_otherwise(choice, r)
                                                 : lower_cells(choice, row, tree->child[0], lag);
        if (decision->hit != HIT_COUNT)
            choice->rivals[r].outcome = lower_outcome(choice, name, row, tree->child[1], lag);
        tree = tree->child[2];
    }
    choice->count = decision->row_count;
}

/* All outcomes in the scale of the table's unit, as steps. */
static void
align(struct choice *choice, const struct name *name)
{
    struct lowering *lowering = choice->lowering;
    for (uint32_t r = 0; r < choice->count; r++) {
        struct rival *rival = &choice->rivals[r];
        if (rival->outcome.kind == TIDU_NUMBER)
            rival->outcome = tidu_lower_rescale(lowering, rival->outcome, name->symbol.type.scale);
        if (lowering->failed)
            return;
        rival->low = tidu_lower_step(lowering, rival->outcome);
        rival->high = rival->outcome.constant ? rival->low : rival->outcome.high;
    }
}

/* ---- who comes first ---- */

static int
compare_rivals(struct choice *choice, const struct rival *a, const struct rival *b)
{
    const tidu_builder *builder = choice->lowering->builder;
    int order = mpq_cmp(tidu_builder_constant_at(builder, a->outcome.number)->exact,
                        tidu_builder_constant_at(builder, b->outcome.number)->exact);
    return choice->decision->hit == HIT_MAX ? -order : order;
}

/* The least (or the most) of the rows that hold is the first of them by size. */
static void
sort_by_outcome(struct choice *choice)
{
    for (uint32_t i = 1; i < choice->count; i++)
        for (uint32_t k = i;
             k > 0 && compare_rivals(choice, &choice->rivals[k], &choice->rivals[k - 1]) < 0; k--) {
            struct rival moved = choice->rivals[k];
            choice->rivals[k] = choice->rivals[k - 1];
            choice->rivals[k - 1] = moved;
        }
}

/* A complete table needs nobody to know which row it is. */
static tidu_step
any_row(struct choice *choice)
{
    for (uint32_t r = 0; r < choice->count; r++)
        choice->steps[r] = choice->rivals[r].holds;
    return choice->decision->complete ? truth(choice, true)
                                      : list(choice, TIDU_DO_OR, choice->steps, choice->count);
}

/* A row behind one that holds does not. */
static void
let_the_first_win(struct choice *choice)
{
    tidu_step taken = choice->rivals[0].holds;
    for (uint32_t r = 1; r < choice->count; r++) {
        tidu_step own = choice->rivals[r].holds;
        tidu_step both[2] = {own, opposite(choice, taken)};
        choice->rivals[r].holds = list(choice, TIDU_DO_AND, both, 2);
        if (r + 1 < choice->count)
            taken = either(choice, taken, own);
    }
}

/* ---- the outcome that is left ---- */

static bool
agree(const struct rival *a, const struct rival *b)
{
    return a->low == b->low && a->high == b->high;
}

static bool
is_first_of_its_kind(const struct choice *choice, uint32_t number)
{
    for (uint32_t r = 0; r < number; r++)
        if (agree(&choice->rivals[r], &choice->rivals[number]))
            return false;
    return true;
}

/* Whether some row with this one's outcome holds. */
static tidu_step
any_like(struct choice *choice, const struct rival *rival)
{
    uint32_t count = 0;
    for (uint32_t r = 0; r < choice->count; r++)
        if (agree(&choice->rivals[r], rival))
            choice->steps[count++] = choice->rivals[r].holds;
    return list(choice, TIDU_DO_OR, choice->steps, count);
}

/* What rows of other outcomes come to, from both ends: so the steps grow with
 * the rows and not with their square. */
static void
add_from_both_ends(struct choice *choice)
{
    tidu_step *like = choice->steps + choice->count;
    tidu_step none = truth(choice, false);
    uint32_t last = choice->count;
    for (uint32_t r = 0; r < choice->count; r++) {
        struct rival *rival = &choice->rivals[r], *other = &choice->rivals[last];
        if (!is_first_of_its_kind(choice, r))
            continue;
        rival->before = last == choice->count ? none : either(choice, other->before, like[last]);
        like[r] = any_like(choice, rival);
        last = r;
    }
    choice->rivals[last].after = none;
    for (uint32_t r = last, next = last; r-- > 0;) {
        if (!is_first_of_its_kind(choice, r))
            continue;
        choice->rivals[r].after = either(choice, choice->rivals[next].after, like[next]);
        next = r;
    }
}

/* True where only rows with this one's outcome are left, false elsewhere. Of a
 * table not proved complete some row must be known to hold. */
static tidu_step
only_left(struct choice *choice, const struct rival *rival)
{
    tidu_step both[2] = {choice->any,
                         opposite(choice, either(choice, rival->before, rival->after))};
    tidu_step left = list(choice, TIDU_DO_AND, both, 2);
    tidu_step sure[2] = {left, step(choice, TIDU_DO_KNOWN_FLAG, left, TIDU_NO_STEP, 0)};
    return list(choice, TIDU_DO_AND, sure, 2);
}

/* A number that nobody knows: zero where it is above zero. */
static tidu_step
nothing(struct choice *choice)
{
    uint32_t zero = tidu_lower_decimal(choice->lowering, "0");
    return step(choice, TIDU_DO_POSITIVE,
                tidu_builder_constant_step(choice->lowering->builder, zero), TIDU_NO_STEP, 0);
}

static struct value
choose_number(struct choice *choice, const struct name *name)
{
    tidu_builder *builder = choice->lowering->builder;
    tidu_step low = nothing(choice), high = low;
    for (uint32_t r = choice->count; r-- > 0;) {
        if (!is_first_of_its_kind(choice, r))
            continue;
        tidu_step left = only_left(choice, &choice->rivals[r]);
        low = tidu_builder_select(builder, left, choice->rivals[r].low, low);
        high = tidu_builder_select(builder, left, choice->rivals[r].high, high);
    }
    tidu_kind kind = name->symbol.type.kind;
    tidu_scale scale = kind == TIDU_NUMBER ? name->symbol.type.scale : (tidu_scale){1, 1};
    choice->lowering->failed |= low == TIDU_NO_STEP || high == TIDU_NO_STEP;
    return (struct value){kind, false, 0, low, high, scale};
}

/* True where what is left is true, false where it is false. */
static struct value
choose_flag(struct choice *choice)
{
    tidu_step yes = truth(choice, false), no = yes;
    for (uint32_t r = choice->count; r-- > 0;) {
        if (!is_first_of_its_kind(choice, r))
            continue;
        tidu_step left = only_left(choice, &choice->rivals[r]);
        tidu_step good[2] = {left, choice->rivals[r].low};
        tidu_step bad[2] = {left, opposite(choice, choice->rivals[r].low)};
        yes = either(choice, yes, list(choice, TIDU_DO_AND, good, 2));
        no = either(choice, no, list(choice, TIDU_DO_AND, bad, 2));
    }
    tidu_step settled = step(choice, TIDU_DO_SETTLE, yes, opposite(choice, no), 0);
    choice->lowering->failed |= settled == TIDU_NO_STEP;
    return (struct value){TIDU_FLAG, false, 0, settled, settled, {1, 1}};
}

/* ---- sums ---- */

/* What every row adds: its outcome where it holds, nothing where it does not. */
static struct value
add_up(struct choice *choice, const struct name *name)
{
    struct lowering *lowering = choice->lowering;
    tidu_builder *builder = lowering->builder;
    tidu_step none = tidu_builder_constant_step(builder, tidu_lower_decimal(lowering, "0"));
    tidu_step one = tidu_builder_constant_step(builder, tidu_lower_decimal(lowering, "1"));
    tidu_step *highs = choice->steps + choice->count;
    bool counted = choice->decision->hit == HIT_COUNT;
    for (uint32_t r = 0; r < choice->count; r++) {
        const struct rival *rival = &choice->rivals[r];
        choice->steps[r] =
            tidu_builder_select(builder, rival->holds, counted ? one : rival->low, none);
        highs[r] = tidu_builder_select(builder, rival->holds, counted ? one : rival->high, none);
    }
    tidu_step low = list(choice, TIDU_DO_SUM, choice->steps, choice->count);
    tidu_step high = list(choice, TIDU_DO_SUM, highs, choice->count);
    lowering->failed |= low == TIDU_NO_STEP || high == TIDU_NO_STEP;
    return (struct value){TIDU_NUMBER, false, 0, low, high, name->symbol.type.scale};
}

static struct value
choose(struct choice *choice, const struct name *name)
{
    enum decision_hit hit = choice->decision->hit;
    if (hit == HIT_SUM || hit == HIT_COUNT)
        return add_up(choice, name);
    if (hit == HIT_MIN || hit == HIT_MAX)
        sort_by_outcome(choice);
    choice->any = any_row(choice);
    if (hit != HIT_UNIQUE)
        let_the_first_win(choice);
    add_from_both_ends(choice);
    return name->symbol.type.kind == TIDU_FLAG ? choose_flag(choice) : choose_number(choice, name);
}

struct value
tidu_decision_lower(struct lowering *lowering, const struct name *name,
                    const struct version *version, uint32_t lag)
{
    const struct decision *decision = version->decision;
    struct value value = {.low = TIDU_NO_STEP, .high = TIDU_NO_STEP, .scale = {1, 1}};
    struct choice choice = {.lowering = lowering, .decision = decision};
    uint32_t room = decision->row_count * 2 + decision->column_count + 2;
    choice.rivals = calloc(decision->row_count + 1, sizeof *choice.rivals);
    choice.steps = malloc(room * sizeof *choice.steps);
    if (choice.rivals && choice.steps) {
        lower_rows(&choice, name, version->written.tree, lag);
        if (!lowering->failed && decision->hit != HIT_COUNT)
            align(&choice, name);
        if (!lowering->failed)
            value = choose(&choice, name);
    } else
        lowering->failed = true;
    free(choice.rivals);
    free(choice.steps);
    return value;
}
