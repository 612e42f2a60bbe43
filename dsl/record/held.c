/*
 * held.c: what an entry of a record's titles comes to on a date.
 *
 *   granted … expires, cancelled ─► held │ not held │ unknown
 *
 * Must not know: JSON, CSV, where entries come from.
 */
#include "internal.h"

static void
put_day(const tidu_layout *layout, int32_t column, int32_t day, tidu_block *block, uint32_t row)
{
    int32_t place = tidu_sink_place(layout, column);
    if (day == INT32_MIN || place == TIDU_NONE)
        return;
    block->number[place][row] = day;
    block->number_known[place][row / 64] |= (uint64_t)1 << row % 64;
}

void
tidu_title_hold(const tidu_layout *layout, int32_t title, bool held, tidu_block *block,
                uint32_t row)
{
    int32_t place = tidu_sink_place(layout, layout->titles[title].column);
    if (place == TIDU_NONE)
        return;
    block->flag[place][row / 64] |= (uint64_t)held << row % 64;
    block->flag_known[place][row / 64] |= (uint64_t)1 << row % 64;
}

/* Nobody can say: unless another entry says that it counts. */
static void
doubt(const tidu_layout *layout, int32_t title, tidu_block *block, uint32_t row)
{
    int32_t place = tidu_sink_place(layout, layout->titles[title].column);
    uint64_t bit = (uint64_t)1 << row % 64;
    if (place != TIDU_NONE && !(block->flag[place][row / 64] & bit))
        block->flag_known[place][row / 64] &= ~bit;
}

/* A title that does not say when it expires counts for the years its policy
 * gives it, from its last review; after that only a later review could tell. */
static bool
is_past_its_term(const tidu_layout *layout, const tidu_title_entry *entry, int32_t as_of)
{
    uint32_t months = layout->titles[entry->title].validity_months;
    bool reviewed = entry->reviewed != INT32_MIN && entry->reviewed <= as_of;
    int32_t from = reviewed ? entry->reviewed : entry->granted;
    return entry->expires == INT32_MAX && from != INT32_MIN && months &&
           as_of >= tidu_date_shift(from, (int)months);
}

void
tidu_title_file(const tidu_layout *layout, const tidu_title_entry *entry, tidu_block *block,
                uint32_t row)
{
    const tidu_title_slot *title = &layout->titles[entry->title];
    int32_t as_of = block->as_of;
    if (as_of < entry->granted || as_of > entry->expires || as_of >= entry->cancelled)
        return;
    if (is_past_its_term(layout, entry, as_of)) {
        doubt(layout, entry->title, block, row);
        return;
    }
    tidu_title_hold(layout, entry->title, true, block, row);
    put_day(layout, title->granted_column, entry->granted, block, row);
    if (entry->reviewed <= as_of)
        put_day(layout, title->reviewed_column, entry->reviewed, block, row);
}
