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

/* ---- codes ---- */

/* Whether a step comes to codes of the column: they, or a choice between them. */
static bool
is_code_of(const tidu_program *program, tidu_step at, uint32_t column)
{
    const tidu_instruction *step = &program->steps[at];
    if (step->op == TIDU_DO_SELECT)
        return is_code_of(program, step->a, column) || is_code_of(program, step->b, column);
    return step->op == TIDU_DO_FACT && step->number == column;
}

static bool
has_class(const tidu_class_set *set, uint32_t class)
{
    return class / 64 < set->words && set->bits[class / 64] >> class % 64 & 1;
}

/* Whether no test of either program tells two classes apart. */
static bool
are_alike(const struct leeway *leeway, uint32_t column, uint32_t a, uint32_t b)
{
    for (uint32_t l = 0; l < leeway->lane_count; l++) {
        const tidu_program *program = leeway->lanes[l].program;
        for (uint32_t s = 0; s < program->step_count; s++) {
            const tidu_instruction *step = &program->steps[s];
            if (step->op == TIDU_DO_IN && leeway->lanes[l].reached[s] &&
                is_code_of(program, step->a, column) &&
                has_class(&program->sets[step->number], a) !=
                    has_class(&program->sets[step->number], b))
                return false;
        }
    }
    return true;
}

static uint32_t
kinds_of(const void *context, uint32_t column, uint32_t ret[MOST_OPTIONS])
{
    const struct leeway *leeway = context;
    const tidu_program *program = leeway->lanes[0].program;
    const tidu_fact *fact = &program->vocabulary->facts[program->layout->columns[column].fact];
    uint32_t count = 0;
    for (uint32_t class = 0; class <= 2 * fact->slots.book.count; class ++) {
        uint32_t k = 0;
        while (k < count && !are_alike(leeway, column, ret[k], class))
            k++;
        if (k < count)
            continue;
        if (count == MOST_OPTIONS)
            return 0;
        ret[count++] = class;
    }
    return count;
}

/* ---- steps of numbers ---- */

/* Digits behind the point of a decimal, 0 of what is none or has more than nine. */
static uint32_t
digits_of(mpq_srcptr value)
{
    mpz_t power;
    uint32_t digits = 0;
    mpz_init_set_ui(power, 1);
    for (; digits < 10 && !mpz_divisible_p(power, mpq_denref(value)); digits++)
        mpz_mul_ui(power, power, 10);
    mpz_clear(power);
    return digits < 10 ? digits : 0;
}

/* Numbers that are not whole take values as fine as the thresholds they are held against. */
static void
refine_steps(struct leeway *leeway)
{
    uint32_t digits = 0;
    for (uint32_t l = 0; l < leeway->lane_count; l++) {
        const struct lane *lane = &leeway->lanes[l];
        for (uint32_t s = 0; s < lane->program->step_count; s++) {
            const tidu_instruction *step = &lane->program->steps[s];
            if (!lane->reached[s] || step->op != TIDU_DO_CONST)
                continue;
            uint32_t own = digits_of(lane->program->constants[step->number].exact);
            digits = own > digits ? own : digits;
        }
    }
    for (uint32_t q = 0; q < leeway->quantity_count; q++) {
        struct quantity *quantity = &leeway->quantities[q];
        mpq_t finest;
        mpq_init(finest);
        mpq_set_ui(finest, 1, 1);
        for (uint32_t d = 0; d < digits; d++)
            mpz_mul_ui(mpq_denref(finest), mpq_denref(finest), 10);
        if (!quantity->fact->whole && quantity->fact->symbol.type.kind == TIDU_NUMBER &&
            mpq_cmp(finest, quantity->step) < 0)
            mpq_set(quantity->step, finest);
        mpq_clear(finest);
    }
}

/* ---- both programs ---- */

static bool
open_run(struct leeway *leeway, uint32_t side, const struct between *between)
{
    struct lane *lane = &leeway->lanes[side];
    lane->run = tidu_run_open_for(lane->program, leeway->block, between->needs[side],
                                  between->need_counts[side]);
    if (!lane->run)
        return false;
    tidu_lane_moves(leeway, lane);
    return true;
}

static bool
fill(struct leeway *leeway, const struct between *between)
{
    const struct freedom all = {
        .only = TIDU_NONE, .twin = TIDU_NONE, .classes = kinds_of, .context = leeway};
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
    if (!tidu_leeway_free(leeway, between->vocabulary, &all, columns))
        return false;
    refine_steps(leeway);
    return tidu_parts_free(leeway, between->vocabulary) && open_run(leeway, 0, between) &&
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
