/*
 * explain.c: which unknown facts keep a step unknown.
 *
 * Walks down from an undecided step through undecided steps only: a criterion
 * that is decided without a fact does not ask for it.
 */
#include "internal.h"

struct search {
    const tidu_run *run;
    void (*tell)(void *context, uint32_t column);
    void *context;
    tidu_step undefined; /* the first step that has no value for known operands */
};

static void search_step(struct search *search, tidu_step step, uint32_t row);

/* An item's unknown fields are told by their list. */
static void
search_items(struct search *search, const tidu_instruction *step, uint32_t row)
{
    const tidu_run *run = search->run;
    uint32_t frame = run->program->steps[step->a].frame;
    if (!tidu_bit(run->block->list_known[frame], row)) {
        for (uint32_t c = 0; c < run->program->layout->column_count; c++)
            if (run->program->layout->columns[c].frame == frame) {
                search->tell(search->context, c);
                return;
            }
    }
    for (uint32_t item = run->block->item_start[frame][row];
         item < run->block->item_start[frame][row + 1]; item++)
        search_step(search, step->a, item);
}

static void
search_select(struct search *search, const tidu_instruction *step, uint32_t row)
{
    const struct column *flag = &search->run->columns[step->c];
    if (!tidu_column_known(flag, row))
        search_step(search, step->c, row);
    else
        search_step(search, tidu_column_truth(flag, row) ? step->a : step->b, row);
}

/* Points are always known: what makes them an interval is an unknown band. */
static bool
is_points(const tidu_instruction *step)
{
    return (step->op >= TIDU_DO_PICK_LOW && step->op <= TIDU_DO_SUM) || step->op == TIDU_DO_FILL;
}

static void
for_operands(struct search *search, const tidu_instruction *step, uint32_t row,
             void (*visit)(struct search *search, tidu_step step, uint32_t row))
{
    if (step->a != TIDU_NO_STEP)
        visit(search, step->a, row);
    if (step->b != TIDU_NO_STEP)
        visit(search, step->b, row);
    for (uint32_t i = 0; i < step->count; i++)
        visit(search, search->run->program->pool[step->first + i], row);
}

/* Whether a step is decided in a row, so that nothing below it is asked for. */
static bool
is_decided(const tidu_run *run, tidu_step at, uint32_t row)
{
    return !is_points(&run->program->steps[at]) && tidu_column_known(&run->columns[at], row);
}

/* Both bounds of a comparison of points are known and it still is not settled:
 * look through them, down to the points that keep them apart. */
static void
search_bounds(struct search *search, tidu_step at, uint32_t row)
{
    const tidu_run *run = search->run;
    const tidu_instruction *step = &run->program->steps[at];
    if (is_points(step) || !tidu_column_known(&run->columns[at], row)) {
        search_step(search, at, row);
        return;
    }
    const struct column *flag;
    switch (step->op) {
    case TIDU_DO_SELECT:
        flag = &run->columns[step->c];
        if (tidu_column_known(flag, row))
            search_bounds(search, tidu_column_truth(flag, row) ? step->a : step->b, row);
        break;
    case TIDU_DO_SPREAD:
        search_bounds(search, step->a, run->block->item_row[step->frame][row]);
        break;
    case TIDU_DO_ANY_ITEM:
    case TIDU_DO_EVERY_ITEM:
    case TIDU_DO_COUNT_ITEMS:
        break;
    default:
        for_operands(search, step, row, search_bounds);
    }
}

/* Known operands, and still no value: outside the operation's domain. */
static bool
has_no_value(const tidu_run *run, const tidu_instruction *step, uint32_t row)
{
    if (step->op != TIDU_DO_DIV && step->op != TIDU_DO_POSITIVE &&
        step->op != TIDU_DO_NONNEGATIVE)
        return false;
    return tidu_column_known(&run->columns[step->a], row) &&
           (step->b == TIDU_NO_STEP || tidu_column_known(&run->columns[step->b], row));
}

static void
search_step(struct search *search, tidu_step at, uint32_t row)
{
    const tidu_run *run = search->run;
    const tidu_instruction *step = &run->program->steps[at];
    if (is_decided(run, at, row))
        return;
    if (has_no_value(run, step, row) && search->undefined == TIDU_NO_STEP)
        search->undefined = at;
    switch (step->op) {
    case TIDU_DO_FACT:
    case TIDU_DO_FLAG:
        search->tell(search->context, step->number);
        break;
    case TIDU_DO_SELECT:
        search_select(search, step, row);
        break;
    case TIDU_DO_SPREAD:
    case TIDU_DO_SPREAD_FLAG:
        search_step(search, step->a, run->block->item_row[step->frame][row]);
        break;
    case TIDU_DO_SETTLE:
        search_bounds(search, step->a, row);
        search_bounds(search, step->b, row);
        break;
    case TIDU_DO_ANY_ITEM:
    case TIDU_DO_EVERY_ITEM:
    case TIDU_DO_COUNT_ITEMS:
        search_items(search, step, row);
        break;
    default:
        for_operands(search, step, row, search_step);
    }
}

void
tidu_run_missing(const tidu_run *run, tidu_step step, uint32_t row,
                 void (*tell)(void *context, uint32_t column), void *context)
{
    struct search search = {run, tell, context, TIDU_NO_STEP};
    search_step(&search, step, row);
}

static void
tell_nobody(void *context, uint32_t column)
{
    (void)context;
    (void)column;
}

tidu_step
tidu_run_undefined(const tidu_run *run, tidu_step step, uint32_t row)
{
    struct search search = {run, tell_nobody, NULL, TIDU_NO_STEP};
    search_step(&search, step, row);
    return search.undefined;
}
