/*
 * between.c: two programs over one row, in which everything is free.
 *
 * For what two rulesets say differently. Facts may be anything at no effort; lists are
 * empty and dates one day, since neither is turned round.
 *
 * Must not know: goals, decisions.
 */
#include "internal.h"

/* Days that a row states: of facts, and of titles. */
static bool
is_day(const struct between *between, const tidu_column *column)
{
    if (column->frame || column->kind != TIDU_COLUMN_NUMBER)
        return false;
    return column->fact == TIDU_NONE ||
           between->vocabulary->facts[column->fact].symbol.type.kind == TIDU_DATE;
}

static void
fill_row(const struct between *between, tidu_block *block)
{
    const tidu_layout *layout = block->layout;
    tidu_block_clear(block, between->as_of);
    for (uint32_t c = 0; c < layout->column_count; c++)
        if (is_day(between, &layout->columns[c]))
            put(cell_of(block, c), 0, true, between->day);
    for (uint32_t f = 1; f < layout->frame_count; f++)
        block->list_known[f][0] |= 1;
    tidu_block_finish_row(block);
}

static bool
open_run(struct leeway *leeway, uint32_t side, const struct between *between)
{
    struct lane *lane = &leeway->lanes[side];
    lane->run = tidu_run_open(lane->program, leeway->block);
    if (!lane->run || !tidu_run_need(lane->run, between->needs[side], between->need_counts[side]))
        return false;
    tidu_lane_moves(leeway, lane);
    return true;
}

static bool
fill(struct leeway *leeway, const struct between *between)
{
    static const struct freedom all = {.only = TIDU_NONE, .twin = TIDU_NONE, .some = true};
    const tidu_layout *layout = &between->vocabulary->layout;
    bool *columns = tidu_arena_array(leeway->arena, layout->column_count, sizeof *columns);
    leeway->block = tidu_block_open(layout, 1);
    leeway->stage_count = 1;
    if (!columns || !leeway->block || !tidu_lane_open(leeway, between->programs[0]) ||
        !tidu_lane_open(leeway, between->programs[1]) || !tidu_leeway_columns(leeway, false))
        return false;
    fill_row(between, leeway->block);
    for (uint32_t side = 0; side < 2; side++) {
        struct lane *lane = &leeway->lanes[side];
        for (uint32_t n = 0; n < between->need_counts[side]; n++)
            tidu_program_reach(lane->program, between->needs[side][n], lane->reached);
        tidu_lane_columns(lane, lane->reached, columns);
    }
    return tidu_leeway_free(leeway, between->vocabulary, &all, columns) &&
           tidu_parts_free(leeway, between->vocabulary) && open_run(leeway, 0, between) &&
           open_run(leeway, 1, between) && !leeway->numbers.failed;
}

struct leeway *
tidu_leeway_between(const struct question *question, const struct between *between)
{
    tidu_arena *arena = tidu_arena_open();
    struct leeway *leeway = arena ? tidu_arena_alloc(arena, sizeof *leeway) : NULL;
    if (!leeway) {
        tidu_arena_close(&arena);
        return NULL;
    }
    leeway->arena = arena;
    leeway->nodes_left = question->nodes_left;
    leeway->question = question;
    tidu_numbers_open(&leeway->numbers);
    if (!fill(leeway, between))
        tidu_leeway_close(&leeway);
    return leeway;
}
