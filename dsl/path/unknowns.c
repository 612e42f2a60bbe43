/*
 * unknowns.c: what is not known, free to be anything.
 *
 * For questions about missing facts: known facts stay, unknown ones are quantities and
 * toggles that take no effort. One of them may be something else in a second row: then it
 * decides if both rows come to different things.
 *
 * Must not know: goals, decisions.
 */
#include "internal.h"

#include <math.h>

static mpq_ptr
nothing(struct leeway *leeway)
{
    return tidu_numbers_new(&leeway->numbers);
}

static mpq_ptr
bound_of(struct leeway *leeway, double bound)
{
    return isfinite(bound) ? tidu_numbers_of(&leeway->numbers, bound) : NULL;
}

/* Of one row, or of all. */
struct place {
    uint32_t column, rows;
};

static void
stand(int32_t *const of[], const struct leeway *leeway, struct place place, int32_t number)
{
    for (uint32_t s = 0; s < leeway->stage_count; s++)
        if (place.rows >> s & 1)
            of[s][place.column] = number;
}

static void
free_number(struct leeway *leeway, const tidu_fact *fact, uint32_t lag, struct place place)
{
    bool count = fact->symbol.type.kind == TIDU_SET;
    struct quantity *quantity = &leeway->quantities[leeway->quantity_count];
    double low = count ? 0 : fact->low, high = count ? INFINITY : fact->high;
    double now = low > 0 ? low : high < 0 ? high : 0;
    *quantity =
        (struct quantity){.fact = fact,
                          .column = place.column,
                          .lag = lag,
                          .rows = place.rows,
                          .now = tidu_numbers_of(&leeway->numbers, now),
                          .value = now,
                          .up = nothing(leeway),
                          .down = nothing(leeway),
                          .step = tidu_numbers_of(&leeway->numbers, count ? 1 : fact->effort.step),
                          .low = bound_of(leeway, low),
                          .high = bound_of(leeway, high),
                          .spare = UINT32_MAX};
    stand(leeway->quantity_of, leeway, place, (int32_t)leeway->quantity_count++);
}

static void
free_flag(struct leeway *leeway, const tidu_fact *fact, struct place place)
{
    stand(leeway->toggle_of, leeway, place, (int32_t)leeway->toggle_count);
    struct toggle *toggle = tidu_leeway_toggle(leeway, (struct toggle){.kind = TOGGLE_FLAG,
                                                                       .fact = fact,
                                                                       .column = place.column,
                                                                       .rows = place.rows,
                                                                       .option_count = 2});
    toggle->class[1] = 1;
    toggle->effort[1] = nothing(leeway);
}

/* Each class of codes once: those of its values, or all that rules tell apart. */
static uint32_t
list_classes(const tidu_fact *fact, uint32_t column, const struct freedom *freedom,
             uint32_t ret[MOST_OPTIONS])
{
    const tidu_choices *choices = fact->symbol.type.choices;
    uint32_t count = choices ? choices->count : 2 * fact->slots.book.count + 1;
    if (freedom->classes && !choices)
        return freedom->classes(freedom->context, column, ret);
    for (uint32_t c = 0; c < count && count <= MOST_OPTIONS; c++)
        ret[c] = choices ? tidu_codebook_class(&fact->slots.book, choices->items[c].code,
                                               strlen(choices->items[c].code))
                         : c;
    return count <= MOST_OPTIONS ? count : 0;
}

static bool
free_code(struct leeway *leeway, const tidu_fact *fact, struct place place,
          const struct freedom *freedom)
{
    uint32_t classes[MOST_OPTIONS], count = list_classes(fact, place.column, freedom, classes);
    if (!count)
        return false;
    stand(leeway->toggle_of, leeway, place, (int32_t)leeway->toggle_count);
    struct toggle *toggle = tidu_leeway_toggle(leeway, (struct toggle){.kind = TOGGLE_CODE,
                                                                       .fact = fact,
                                                                       .column = place.column,
                                                                       .rows = place.rows,
                                                                       .option_count = count});
    for (uint32_t c = 0; c < count; c++) {
        toggle->class[c] = classes[c];
        toggle->effort[c] = nothing(leeway);
    }
    return true;
}

static bool
free_column(struct leeway *leeway, const tidu_fact *fact, struct place place,
            const struct freedom *freedom)
{
    const tidu_column *column = &leeway->block->layout->columns[place.column];
    if (column->kind == TIDU_COLUMN_FLAG)
        free_flag(leeway, fact, place);
    else if (!fact || fact->symbol.type.kind == TIDU_DATE)
        return false;
    else if (fact->symbol.type.kind == TIDU_CODE)
        return free_code(leeway, fact, place, freedom);
    else
        free_number(leeway, fact, column->lag, place);
    return true;
}

/* Nothing is said of a list that is not known. */
static void
find_lists(struct leeway *leeway)
{
    const tidu_layout *layout = leeway->block->layout;
    for (uint32_t frame = 1; frame < layout->frame_count; frame++)
        if (layout->frame_fact[frame] != TIDU_NONE && !(leeway->block->list_known[frame][0] & 1))
            leeway->blind[layout->frame_fact[frame]] = true;
}

bool
tidu_leeway_free(struct leeway *leeway, const tidu_vocabulary *vocabulary,
                 const struct freedom *freedom, const bool *columns)
{
    const tidu_layout *layout = leeway->block->layout;
    leeway->blind =
        tidu_arena_array(leeway->arena, vocabulary->fact_count + 1, sizeof *leeway->blind);
    leeway->parts = tidu_arena_array(leeway->arena, 0, sizeof *leeway->parts);
    if (!leeway->blind || !leeway->parts)
        return false;
    find_lists(leeway);
    for (uint32_t c = 0; c < layout->column_count; c++) {
        const tidu_column *column = &layout->columns[c];
        bool title = column->fact == TIDU_NONE;
        int32_t number = title ? (int32_t)vocabulary->fact_count : column->fact;
        if (!columns[c] || column->frame || is_known(cell_of(leeway->block, c), 0) ||
            (freedom->only != TIDU_NONE && freedom->only != number))
            continue;
        uint32_t copies = number == freedom->twin ? 2 : 1;
        for (uint32_t copy = 0; copy < copies; copy++) {
            struct place place = {c, copies == 2 ? UINT32_C(1) << copy : UINT32_MAX};
            if (!free_column(leeway, title ? NULL : &vocabulary->facts[column->fact], place,
                             freedom))
                leeway->blind[number] = true;
        }
    }
    return true;
}
