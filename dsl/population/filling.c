/*
 * filling.c: rows of a snapshot into a block of the rules' own columns.
 *
 *   rows 128 to 1151       ─► block    one stretch of every chunk
 *   rows 7, 130, 131, 1020 ─► block    picked out of it
 *
 * Must not know: programs, which columns belong to which (binding.c).
 */
#include "binding.h"

#include <math.h>

/* What codes or sets come to; nothing in rows in which they are not known. */
static void
look_up(const uint32_t *codes, const uint64_t *known, const double *classes, uint32_t count,
        double *ret)
{
    for (uint32_t i = 0; i < count; i++)
        ret[i] = classes[codes[i]];
    for (uint32_t w = 0; w < (count + 63) / 64; w++)
        for (uint64_t rest = ~known[w]; rest; rest &= rest - 1) {
            uint32_t i = w * 64 + (uint32_t)__builtin_ctzll(rest);
            if (i >= count)
                break;
            ret[i] = 0;
        }
}

/* What one column of the snapshot says, into `value` and `known`. */
static void
decode(const struct tidu_binding *binding, const struct link *link, const struct kept_chunk *chunk,
       int32_t from, struct picks picks, double *value, uint64_t *known)
{
    tidu_decode_known(binding->population, chunk, picks, known);
    if (!link->classes) {
        tidu_decode_numbers(binding->population, chunk, picks, value);
        return;
    }
    uint32_t most = tidu_dictionary_of(binding->population, from)->count;
    tidu_decode_codes(binding->population, chunk, picks, most, binding->codes);
    look_up(binding->codes, known, link->classes, picks.count, value);
}

/* The second column is known in rows where the first is not, and unknown is 0. */
static void
decode_more(const struct tidu_binding *binding, const struct link *link,
            const struct kept_chunk *chunk, struct picks picks, double *value, uint64_t *known)
{
    double *more = binding->scratch + MOST_PICKS;
    decode(binding, link, chunk, link->from[1], picks, more, binding->bits);
    for (uint32_t i = 0; i < picks.count; i++)
        value[i] += more[i];
    for (uint32_t w = 0; w < (picks.count + 63) / 64; w++)
        known[w] |= binding->bits[w];
}

/* A block's column and how much it could hold. */
struct target {
    double *value;
    uint64_t *known;
    uint32_t capacity;
};

static void
fill_numbers(struct tidu_binding *binding, struct link *link, uint32_t group, struct picks picks,
             const struct target *into)
{
    const struct kept_chunk *chunks[2] = {NULL, NULL};
    for (int i = 0; i < 2; i++)
        if (link->from[i] != TIDU_NONE && tidu_binding_chunk(binding, group, link->from[i])->size)
            chunks[i] = tidu_binding_chunk(binding, group, link->from[i]);
    if (chunks[0]) {
        decode(binding, link, chunks[0], link->from[0], picks, into->value, into->known);
    } else if (link->filled || chunks[1]) {
        memset(into->value, 0, into->capacity * sizeof *into->value);
        memset(into->known, 0, (into->capacity + 63) / 64 * sizeof *into->known);
    }
    if (chunks[1])
        decode_more(binding, link, chunks[1], picks, into->value, into->known);
    link->filled = chunks[0] || chunks[1];
}

/* Tests of a set, a bit a row. */
static void
test_sets(struct tidu_binding *binding, const struct link *link, const struct kept_chunk *chunk,
          struct picks picks, uint64_t *truth, uint64_t *known)
{
    uint32_t most = tidu_dictionary_of(binding->population, link->from[0])->count;
    tidu_decode_known(binding->population, chunk, picks, known);
    tidu_decode_codes(binding->population, chunk, picks, most, binding->codes);
    for (uint32_t at = 0; at < picks.count; at += 64) {
        uint32_t some = picks.count - at < 64 ? picks.count - at : 64;
        uint64_t word = 0;
        for (uint32_t i = 0; i < some; i++)
            word |= (link->tests[binding->codes[at + i]] >> link->test & 1) << i;
        truth[at / 64] = word & known[at / 64];
    }
}

static void
fill_one_flag(struct tidu_binding *binding, const struct link *link, int side, uint32_t group,
              struct picks picks, uint64_t *truth, uint64_t *known)
{
    size_t size = (picks.count + 63) / 64 * sizeof *truth;
    const struct kept_chunk *chunk =
        link->from[side] == TIDU_NONE ? NULL : tidu_binding_chunk(binding, group, link->from[side]);
    if (!chunk || !chunk->size) {
        memset(truth, 0, size);
        memset(known, 0, size);
    } else if (link->tests) {
        test_sets(binding, link, chunk, picks, truth, known);
    } else {
        tidu_decode_known(binding->population, chunk, picks, known);
        tidu_decode_truth(binding->population, chunk, picks, truth);
    }
}

static void
fill_flags(struct tidu_binding *binding, struct link *link, uint32_t group, struct picks picks,
           uint64_t *truth, uint64_t *known)
{
    uint64_t *more = binding->bits, *more_known = more + MOST_PICKS / 64;
    fill_one_flag(binding, link, 0, group, picks, truth, known);
    if (link->from[1] == TIDU_NONE)
        return;
    fill_one_flag(binding, link, 1, group, picks, more, more_known);
    for (uint32_t w = 0; w < (picks.count + 63) / 64; w++) {
        truth[w] |= more[w];
        known[w] |= more_known[w];
    }
}

/* Which of a frame's values the block has; 0 are the rows. */
static struct picks
picks_of(const struct tidu_binding *binding, uint32_t frame, struct picks rows)
{
    return frame ? binding->lists[frame].picks : rows;
}

static void
fill_columns(struct tidu_binding *binding, uint32_t group, struct picks rows, tidu_block *block)
{
    const tidu_layout *layout = block->layout;
    for (uint32_t c = 0; c < layout->column_count; c++) {
        const tidu_column *input = &layout->columns[c];
        struct picks picks = picks_of(binding, input->frame, rows);
        if (binding->links[c].left_out || input->fact == TIDU_NONE)
            continue;
        if (input->kind == TIDU_COLUMN_NUMBER)
            fill_numbers(binding, &binding->links[c], group, picks,
                         &(struct target){.value = block->number[input->place],
                                          .known = block->number_known[input->place],
                                          .capacity = input->frame ? block->item_capacity
                                                                   : block->row_capacity});
        else
            fill_flags(binding, &binding->links[c], group, picks, block->flag[input->place],
                       block->flag_known[input->place]);
    }
}

/* ---- lists ---- */

/* Of a damaged file, at most what there is, and what a block has room for. */
static void
find_items(struct tidu_binding *binding, struct list *list, uint32_t group, struct picks rows)
{
    const tidu_population *population = binding->population;
    const struct kept_chunk *chunk =
        list->begins == TIDU_NONE ? NULL : tidu_binding_chunk(binding, group, list->begins);
    uint32_t last = population->groups[group].row_count - 1;
    if (!chunk || !chunk->size) {
        memset(list->begin, 0, rows.count * sizeof *list->begin);
        memset(list->end, 0, rows.count * sizeof *list->end);
        return;
    }
    double total = population->items[(size_t)group * population->directory->frame_count +
                                     population->columns[list->begins].items_of];
    double *begin = binding->scratch, *end = begin + MOST_PICKS, before = 0;
    tidu_decode_numbers(population, chunk, rows, begin);
    for (uint32_t r = 0; r < rows.count; r++) {
        uint32_t row = rows.at ? rows.at[r] : rows.first + r;
        end[r] = total;
        if (row != last && !rows.at && r + 1 < rows.count)
            end[r] = begin[r + 1];
        else if (row != last)
            tidu_decode_numbers(population, chunk, tidu_stretch(row + 1, 1), &end[r]);
        double from = fmin(fmax(begin[r], before), total);
        before = fmin(fmax(end[r], from), fmin(from + TIDU_BLOCK_ITEMS, total));
        list->begin[r] = (uint32_t)from;
        list->end[r] = (uint32_t)before;
    }
}

/* How many of the rows have room for their items. */
static uint32_t
fitting(const struct tidu_binding *binding, uint32_t rows, const tidu_block *block)
{
    for (uint32_t f = 1; f < block->layout->frame_count; f++) {
        const struct list *list = &binding->lists[f];
        uint32_t items = 0;
        for (uint32_t r = 0; r < rows; r++) {
            items += list->end[r] - list->begin[r];
            if (items > block->item_capacity && r)
                rows = r;
        }
    }
    return rows;
}

/* Which items the rows have: a stretch, where rows are. */
static void
pick_items(struct list *list, const tidu_block *block, bool scattered)
{
    uint32_t count = 0;
    for (uint32_t r = 0; r < block->row_count; r++)
        for (uint32_t i = list->begin[r]; i < list->end[r]; i++, count++)
            if (scattered)
                list->items[count] = i;
    list->picks = tidu_stretch(block->row_count ? list->begin[0] : 0, count);
    if (scattered)
        list->picks = (struct picks){list->items, 0, count};
}

static void
fill_frames(struct tidu_binding *binding, uint32_t group, struct picks rows, tidu_block *block)
{
    for (uint32_t f = 1; f < block->layout->frame_count; f++) {
        struct list *list = &binding->lists[f];
        uint32_t count = 0;
        pick_items(list, block, rows.at != NULL);
        for (uint32_t r = 0; r < rows.count; r++) {
            block->item_start[f][r] = count;
            for (uint32_t i = list->begin[r]; i < list->end[r]; i++)
                block->item_row[f][count++] = r;
        }
        block->item_count[f] = block->item_start[f][rows.count] = count;
        memset(block->list_known[f], 0, (rows.count + 63) / 64 * sizeof(uint64_t));
        if (list->begins != TIDU_NONE)
            tidu_decode_known(binding->population, tidu_binding_chunk(binding, group, list->begins),
                              rows, block->list_known[f]);
    }
}

/* ---- titles ---- */

/* A value of an entry; `otherwise` when it was not stated. */
static int32_t
day_of(const struct tidu_binding *binding, uint32_t group, int field, uint32_t item,
       int32_t otherwise)
{
    int32_t column = binding->titles[field];
    uint64_t known;
    double value;
    if (column == TIDU_NONE || binding->population->columns[column].kind == KEPT_TEXT)
        return otherwise;
    const struct kept_chunk *chunk = tidu_binding_chunk(binding, group, column);
    tidu_decode_known(binding->population, chunk, tidu_stretch(item, 1), &known);
    if (!known)
        return otherwise;
    tidu_decode_numbers(binding->population, chunk, tidu_stretch(item, 1), &value);
    return value > INT32_MIN && value < INT32_MAX ? (int32_t)value : otherwise;
}

static void
file_title(struct tidu_binding *binding, uint32_t group, uint32_t item, uint32_t row,
           tidu_block *block)
{
    int32_t ids = binding->titles[TIDU_KEPT_TITLE];
    int32_t most = (int32_t)tidu_dictionary_of(binding->population, ids)->count;
    int32_t number = day_of(binding, group, TIDU_KEPT_TITLE, item, most);
    int32_t state = day_of(binding, group, TIDU_KEPT_STATE, item, TIDU_KEPT_ENTRY);
    int32_t title = binding->title_of[number >= 0 && number < most ? number : most];
    if (title == TIDU_NONE)
        return; /* these rules do not know it */
    if (state != TIDU_KEPT_ENTRY) {
        tidu_title_hold(block->layout, title, state == TIDU_KEPT_HELD, block, row);
        return;
    }
    const tidu_title_entry entry = {title,
                                    day_of(binding, group, TIDU_KEPT_GRANTED, item, INT32_MIN),
                                    day_of(binding, group, TIDU_KEPT_REVIEWED, item, INT32_MIN),
                                    day_of(binding, group, TIDU_KEPT_EXPIRES, item, INT32_MAX),
                                    day_of(binding, group, TIDU_KEPT_CANCELLED, item, INT32_MAX)};
    tidu_title_file(block->layout, &entry, block, row);
}

/* Who states titles states all of them: every other is not held. */
static void
begin_titles(struct tidu_binding *binding, uint32_t group, struct picks rows, tidu_block *block)
{
    const tidu_layout *layout = block->layout;
    const struct list *list = &binding->lists[layout->frame_count];
    size_t size = (block->row_count + 63) / 64 * sizeof(uint64_t);
    memset(binding->bits, 0, size);
    if (list->begins != TIDU_NONE)
        tidu_decode_known(binding->population, tidu_binding_chunk(binding, group, list->begins),
                          rows, binding->bits);
    for (uint32_t t = 0; t < layout->title_count; t++) {
        const tidu_title_slot *title = &layout->titles[t];
        if (title->column != TIDU_NONE) {
            uint32_t place = layout->columns[title->column].place;
            memset(block->flag[place], 0, size);
            memcpy(block->flag_known[place], binding->bits, size);
        }
        const int32_t days[2] = {title->granted_column, title->reviewed_column};
        for (int d = 0; d < 2; d++)
            if (days[d] != TIDU_NONE) {
                uint32_t place = layout->columns[days[d]].place;
                memset(block->number[place], 0, block->row_count * sizeof(double));
                memset(block->number_known[place], 0, size);
            }
    }
}

static void
fill_titles(struct tidu_binding *binding, uint32_t group, struct picks rows, tidu_block *block)
{
    const struct list *list = &binding->lists[block->layout->frame_count];
    begin_titles(binding, group, rows, block);
    if (binding->titles[TIDU_KEPT_TITLE] == TIDU_NONE)
        return;
    for (uint32_t r = 0; r < block->row_count; r++)
        for (uint32_t i = list->begin[r]; i < list->end[r]; i++)
            file_title(binding, group, i, r, block);
}

/* ---- words and spellings ---- */

/* A code as JSON text; data NULL when memory ran out, length 0 when it is not known. */
static tidu_slice
say_code(const struct tidu_binding *binding, uint32_t group, int32_t column, uint32_t row,
         tidu_block *block)
{
    const struct kept_chunk *chunk = tidu_binding_chunk(binding, group, column);
    uint64_t known;
    double number = -1;
    tidu_decode_known(binding->population, chunk, tidu_stretch(row, 1), &known);
    if (known)
        tidu_decode_numbers(binding->population, chunk, tidu_stretch(row, 1), &number);
    if (number < 0 || number >= tidu_dictionary_of(binding->population, column)->count)
        return (tidu_slice){"", 0};
    const char *code =
        tidu_population_entry(binding->population, (uint32_t)column, (uint32_t)number);
    tidu_text json = {0};
    tidu_text_json(&json, code, strlen(code));
    char *copy = json.failed ? NULL : tidu_arena_copy_n(block->arena, json.data, json.length);
    tidu_slice said = {copy, json.length};
    tidu_text_free(&json);
    return said;
}

static bool
fill_words(struct tidu_binding *binding, uint32_t group, uint32_t first, tidu_block *block)
{
    uint32_t words = block->layout->word_count;
    uint32_t rows = binding->population->groups[group].row_count;
    memset(block->words, 0, (size_t)block->row_count * words * sizeof *block->words);
    for (uint32_t w = 0; w < words * 2; w++) {
        const struct spoken *spoken = &binding->words[w / 2];
        int32_t column = spoken->from[w % 2];
        for (uint32_t r = 0; column != TIDU_NONE && r < block->row_count; r++) {
            tidu_slice *into = &block->words[(size_t)r * words + w / 2];
            tidu_slice text =
                spoken->coded
                    ? say_code(binding, group, column, first + r, block)
                    : tidu_decode_word(binding->population,
                                       tidu_binding_chunk(binding, group, column), rows, first + r);
            if (spoken->coded && !text.data)
                return false;
            if (text.length)
                *into = text;
        }
    }
    return true;
}

/* By row, as a reader would have kept them. */
static uint32_t
row_of(const tidu_block *block, const tidu_spelling *spelling)
{
    uint32_t frame = block->layout->columns[spelling->column].frame;
    return frame ? block->item_row[frame][spelling->index] : spelling->index;
}

static void
sort_spellings(tidu_block *block)
{
    for (uint32_t i = 1; i < block->spelling_count; i++) {
        tidu_spelling moving = block->spellings[i];
        uint32_t at = i;
        for (; at && row_of(block, &block->spellings[at - 1]) > row_of(block, &moving); at--)
            block->spellings[at] = block->spellings[at - 1];
        block->spellings[at] = moving;
    }
}

/* Which of the picks a value is; their count when it is none. */
static uint32_t
find_pick(struct picks picks, uint32_t index)
{
    uint32_t low = 0, high = picks.count;
    if (!picks.at)
        return index - picks.first < picks.count ? index - picks.first : picks.count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (picks.at[middle] < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < picks.count && picks.at[low] == index ? low : picks.count;
}

static bool
spell_column(struct tidu_binding *binding, uint32_t column, uint32_t group, struct picks picks,
             tidu_block *block)
{
    const struct link *link = &binding->links[column];
    for (int side = 0; side < 2; side++) {
        const struct kept_chunk *chunk = link->from[side] == TIDU_NONE
                                             ? NULL
                                             : tidu_binding_chunk(binding, group, link->from[side]);
        if (!chunk || !chunk->spelling_count)
            continue;
        const char *bytes = binding->population->bytes + chunk->offset;
        const struct kept_spelling *spellings = (const void *)(bytes + chunk->spellings);
        for (uint32_t i = 0; i < chunk->spelling_count; i++) {
            uint32_t at = find_pick(picks, spellings[i].index);
            if (at < picks.count &&
                !tidu_block_spell(block, column, at,
                                  (tidu_slice){bytes + spellings[i].text, spellings[i].length}))
                return false;
        }
    }
    return true;
}

static bool
fill_spellings(struct tidu_binding *binding, uint32_t group, struct picks rows, tidu_block *block)
{
    const tidu_layout *layout = block->layout;
    block->spelling_count = 0;
    for (uint32_t c = 0; c < layout->column_count; c++) {
        const tidu_column *input = &layout->columns[c];
        if (input->kind == TIDU_COLUMN_NUMBER && input->fact != TIDU_NONE &&
            !binding->links[c].left_out &&
            !spell_column(binding, c, group, picks_of(binding, input->frame, rows), block))
            return false;
    }
    sort_spellings(block);
    return true;
}

/* ---- a block ---- */

/* As many of the rows as their lists have room for; false when memory ran out. */
static bool
fill(struct tidu_binding *binding, uint32_t group, struct picks rows, tidu_block *block)
{
    if (rows.count > block->row_capacity)
        rows.count = block->row_capacity;
    for (uint32_t f = 1; f <= block->layout->frame_count; f++)
        find_items(binding, &binding->lists[f], group, rows);
    block->as_of = binding->as_of;
    block->year = binding->year;
    block->row_count = rows.count = fitting(binding, rows.count, block);
    tidu_arena_reset(block->arena);
    fill_frames(binding, group, rows, block);
    fill_columns(binding, group, rows, block);
    if (binding->titles_wanted)
        fill_titles(binding, group, rows, block);
    return fill_spellings(binding, group, rows, block);
}

uint32_t
tidu_binding_load(tidu_binding *binding, uint32_t group, uint32_t first, uint32_t count, bool words,
                  tidu_block *block)
{
    if (!fill(binding, group, tidu_stretch(first, count), block) ||
        (words && !fill_words(binding, group, first, block)))
        return 0;
    return block->row_count;
}

uint32_t
tidu_binding_pick(tidu_binding *binding, uint32_t group, const uint32_t *rows, uint32_t count,
                  tidu_block *block)
{
    return fill(binding, group, (struct picks){rows, 0, count}, block) ? block->row_count : 0;
}

uint32_t
tidu_binding_first_item(const tidu_binding *binding, uint32_t frame)
{
    return binding->lists[frame].picks.first;
}
