/*
 * gather.c: blocks into the columns of a group.
 *
 * A block has room for everything; a group keeps what was stated. A column that
 * nothing is known of costs nothing.
 *
 * Must not know: JSON, files.
 */
#include "internal.h"

#include <stdlib.h>

enum { FIRST_ITEMS = 1024 };

struct group *
tidu_group_open(struct keeping *keeping)
{
    uint32_t frames = keeping->vocabulary.layout.frame_count;
    struct group *group = calloc(1, sizeof *group);
    if (!group)
        return NULL;
    group->keeping = keeping;
    group->columns = calloc((size_t)keeping->column_count + 1, sizeof *group->columns);
    group->item_count = calloc(frames, sizeof *group->item_count);
    group->order = calloc(frames, sizeof *group->order);
    group->order_room = calloc(frames, sizeof *group->order_room);
    if (!group->columns || !group->item_count || !group->order || !group->order_room)
        tidu_group_close(&group);
    return group;
}

void
tidu_group_close(struct group **group)
{
    struct group *old = *group;
    if (!old)
        return;
    for (uint32_t c = 0; old->columns && c < old->keeping->column_count; c++) {
        free(old->columns[c].value);
        free(old->columns[c].truth);
        free(old->columns[c].known);
        free(old->columns[c].words);
        free(old->columns[c].spellings);
    }
    for (uint32_t f = 0; old->order && f < old->keeping->vocabulary.layout.frame_count; f++)
        free(old->order[f]);
    free(old->columns);
    free(old->item_count);
    free(old->order);
    free(old->order_room);
    tidu_text_free(&old->heap);
    free(old);
    *group = NULL;
}

static size_t
words_for(size_t bits)
{
    return (bits + 63) / 64;
}

void
tidu_group_clear(struct group *group)
{
    for (uint32_t c = 0; c < group->keeping->column_count; c++) {
        struct gathered *column = &group->columns[c];
        if (column->known)
            memset(column->known, 0, words_for(column->capacity) * sizeof *column->known);
        if (column->truth)
            memset(column->truth, 0, words_for(column->capacity) * sizeof *column->truth);
        if (column->words)
            memset(column->words, 0, column->capacity * sizeof *column->words);
        if (column->value && group->keeping->columns[c].kind == KEPT_ITEMS)
            memset(column->value, 0, column->capacity * sizeof *column->value);
        column->spelling_count = 0;
        column->any = false;
    }
    for (uint32_t f = 0; f < group->keeping->vocabulary.layout.frame_count; f++)
        group->item_count[f] = 0;
    group->row_count = 0;
    group->heap.length = 0;
    for (uint32_t d = 0; d < group->keeping->dictionary_count; d++)
        tidu_dictionary_clear(group->keeping->dictionaries[d]);
}

/* ---- room ---- */

/* More of an array, zeroed; the old one stays when memory ran out. */
static bool
widen(void **array, size_t before, size_t after, size_t size)
{
    char *wider = realloc(*array, after * size);
    if (!wider)
        return false;
    memset(wider + before * size, 0, (after - before) * size);
    *array = wider;
    return true;
}

/* Room for `count` values; rows have all of theirs at once. */
static bool
make_room(struct gathered *column, const struct keep_column *kept, uint32_t count)
{
    uint32_t before = column->capacity, after = before;
    while (after < count)
        after = kept->frame ? (after ? after * 2 : FIRST_ITEMS) : TIDU_GROUP_ROWS;
    if (after == before)
        return true;
    bool flag = kept->kind == KEPT_FLAG, words = kept->kind == KEPT_TEXT;
    bool good =
        widen((void **)&column->known, words_for(before), words_for(after), sizeof *column->known);
    if (good && flag)
        good = widen((void **)&column->truth, words_for(before), words_for(after),
                     sizeof *column->truth);
    else if (good && words)
        good = widen((void **)&column->words, before, after, sizeof *column->words);
    else if (good)
        good = widen((void **)&column->value, before, after, sizeof *column->value);
    if (good)
        column->capacity = after;
    return good;
}

/* ---- values ---- */

static bool
any_bit(const uint64_t *bits, uint32_t count)
{
    uint64_t all = 0;
    for (uint32_t w = 0; w < (count + 63) / 64; w++)
        all |= bits[w];
    return all != 0;
}

/* No bit of `from` is set beyond `count`. */
static void
append_bits(uint64_t *into, uint32_t base, const uint64_t *from, uint32_t count)
{
    uint32_t shift = base % 64;
    uint64_t *at = into + base / 64;
    for (uint32_t w = 0; w < (count + 63) / 64; w++) {
        at[w] |= from[w] << shift;
        if (shift && from[w] >> (64 - shift))
            at[w + 1] |= from[w] >> (64 - shift);
    }
}

static void
set_bit(uint64_t *bits, uint32_t index)
{
    bits[index / 64] |= UINT64_C(1) << index % 64;
}

static bool
put_words(struct group *group, tidu_slice text, struct heap_word *ret)
{
    *ret = (struct heap_word){(uint32_t)group->heap.length, (uint32_t)text.length};
    tidu_text_add(&group->heap, text.data, text.length);
    return !group->heap.failed;
}

static bool
add_column(struct group *group, const tidu_block *block, uint32_t number)
{
    const struct keep_column *kept = &group->keeping->columns[number];
    const tidu_column *input = &block->layout->columns[kept->column];
    struct gathered *column = &group->columns[number];
    uint32_t count = input->frame ? block->item_count[input->frame] : block->row_count;
    uint32_t base = group->item_count[kept->frame];
    bool flag = input->kind == TIDU_COLUMN_FLAG;
    const uint64_t *known =
        flag ? block->flag_known[input->place] : block->number_known[input->place];
    if (!any_bit(known, count))
        return true;
    if (!make_room(column, kept, base + count))
        return false;
    column->any = true;
    append_bits(column->known, base, known, count);
    if (flag)
        append_bits(column->truth, base, block->flag[input->place], count);
    else
        memcpy(column->value + base, block->number[input->place], count * sizeof(double));
    return true;
}

static bool
add_words(struct group *group, const tidu_block *block, uint32_t number)
{
    const struct keep_column *kept = &group->keeping->columns[number];
    struct gathered *column = &group->columns[number];
    for (uint32_t r = 0; r < block->row_count; r++) {
        tidu_slice text =
            block->words[(size_t)r * block->layout->word_count + (uint32_t)kept->words];
        uint32_t at = group->row_count + r;
        if (!text.length)
            continue;
        if (!make_room(column, kept, at + 1) || !put_words(group, text, &column->words[at]))
            return false;
        set_bit(column->known, at);
        column->any = true;
    }
    return true;
}

/* A table may say of single titles whether they are held: then there are items of a
 * list nobody stated, and how many is kept all the same. */
static bool
add_counts(struct group *group, const tidu_block *block, uint32_t number)
{
    const struct keep_column *kept = &group->keeping->columns[number];
    struct gathered *column = &group->columns[number];
    uint32_t frame = (uint32_t)kept->items_of, base = group->row_count;
    if (!any_bit(block->list_known[frame], block->row_count) && !block->item_count[frame])
        return true;
    if (!make_room(column, kept, base + block->row_count))
        return false;
    column->any = true;
    append_bits(column->known, base, block->list_known[frame], block->row_count);
    for (uint32_t r = 0; r < block->row_count; r++)
        column->value[base + r] = block->item_start[frame][r + 1] - block->item_start[frame][r];
    return true;
}

static bool
add_records(struct group *group, const tidu_block *block, uint32_t number, const uint32_t *records)
{
    struct gathered *column = &group->columns[number];
    if (!make_room(column, &group->keeping->columns[number], group->row_count + block->row_count))
        return false;
    for (uint32_t r = 0; r < block->row_count; r++) {
        column->value[group->row_count + r] = records[r];
        set_bit(column->known, group->row_count + r);
    }
    column->any = true;
    return true;
}

static bool
add_spelling(struct group *group, const tidu_block *block, const tidu_spelling *spelling)
{
    uint32_t number = group->keeping->kept_at[spelling->column];
    struct gathered *column = &group->columns[number];
    uint32_t base = group->item_count[block->layout->columns[spelling->column].frame];
    if (column->spelling_count == column->spelling_capacity) {
        uint32_t more = column->spelling_capacity ? column->spelling_capacity * 2 : 16;
        if (!widen((void **)&column->spellings, column->spelling_capacity, more,
                   sizeof *column->spellings))
            return false;
        column->spelling_capacity = more;
    }
    struct gathered_spelling *made = &column->spellings[column->spelling_count];
    made->index = base + spelling->index;
    if (!put_words(group, spelling->text, &made->text))
        return false;
    column->spelling_count++;
    return true;
}

bool
tidu_group_add(struct group *group, const tidu_block *block, const uint32_t *records)
{
    const struct keeping *keeping = group->keeping;
    bool good = true;
    group->item_count[0] = group->row_count;
    for (uint32_t i = 0; i < block->spelling_count && good; i++)
        good = add_spelling(group, block, &block->spellings[i]);
    for (uint32_t c = 0; c < keeping->column_count && good; c++) {
        const struct keep_column *kept = &keeping->columns[c];
        if (kept->kind == KEPT_RECORD)
            good = add_records(group, block, c, records);
        else if (kept->kind == KEPT_ITEMS)
            good = add_counts(group, block, c);
        else if (kept->kind == KEPT_TEXT)
            good = add_words(group, block, c);
        else
            good = add_column(group, block, c);
    }
    for (uint32_t f = 1; f < keeping->vocabulary.layout.frame_count; f++)
        group->item_count[f] += block->item_count[f];
    group->row_count += block->row_count;
    group->item_count[0] = group->row_count;
    return good;
}

/* ---- order ---- */

static bool
make_order(struct group *group, uint32_t frame)
{
    uint32_t count = group->item_count[frame];
    if (group->order_room[frame] < count) {
        uint32_t *wider = realloc(group->order[frame], count * sizeof *wider);
        if (!wider)
            return false;
        group->order[frame] = wider;
        group->order_room[frame] = count;
    }
    for (uint32_t i = 0; i < count; i++)
        group->order[frame][i] = i;
    return true;
}

/* A region's code and its number in the group. */
struct ranked {
    tidu_slice code;
    uint32_t number;
};

static int
compare_codes(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    size_t shorter = x->code.length < y->code.length ? x->code.length : y->code.length;
    int order = memcmp(x->code.data, y->code.data, shorter);
    return order ? order : (x->code.length > y->code.length) - (x->code.length < y->code.length);
}

/* Where the rows of each region begin, and of those without one: first. */
static uint32_t *
count_regions(const struct group *group, const struct dictionary *codes,
              const struct gathered *regions)
{
    uint32_t count = tidu_dictionary_count(codes), at = 0;
    uint32_t *begin = calloc((size_t)count + 1, sizeof *begin);
    uint32_t *sizes = calloc((size_t)count + 1, sizeof *sizes);
    struct ranked *ranked = calloc((size_t)count + 1, sizeof *ranked);
    for (uint32_t i = 0; ranked && i < count; i++)
        ranked[i] = (struct ranked){tidu_dictionary_text(codes, i), i};
    if (begin && sizes && ranked) {
        qsort(ranked, count, sizeof *ranked, compare_codes);
        for (uint32_t r = 0; r < group->row_count; r++)
            sizes[regions->known[r / 64] >> r % 64 & 1 ? (uint32_t)regions->value[r] : count]++;
        begin[count] = at;
        at += sizes[count];
        for (uint32_t i = 0; i < count; i++) {
            begin[ranked[i].number] = at;
            at += sizes[ranked[i].number];
        }
    } else {
        free(begin);
        begin = NULL;
    }
    free(sizes);
    free(ranked);
    return begin;
}

static bool
sort_rows(struct group *group)
{
    const struct keeping *keeping = group->keeping;
    const struct gathered *regions =
        keeping->region == TIDU_NONE ? NULL : &group->columns[keeping->region];
    if (!regions || !regions->any)
        return true;
    const struct dictionary *codes =
        keeping->dictionaries[keeping->columns[keeping->region].dictionary];
    uint32_t *begin = count_regions(group, codes, regions);
    if (!begin)
        return false;
    for (uint32_t r = 0; r < group->row_count; r++) {
        bool known = regions->known[r / 64] >> r % 64 & 1;
        uint32_t region = known ? (uint32_t)regions->value[r] : tidu_dictionary_count(codes);
        group->order[0][begin[region]++] = r;
    }
    free(begin);
    return true;
}

/* Items go where their rows go. */
static bool
sort_items(struct group *group, const struct gathered *counts, uint32_t frame)
{
    uint32_t *start = calloc((size_t)group->row_count + 1, sizeof *start), at = 0;
    if (!start)
        return false;
    for (uint32_t r = 0; r < group->row_count; r++)
        start[r + 1] = start[r] + (uint32_t)counts->value[r];
    for (uint32_t r = 0; r < group->row_count; r++) {
        uint32_t row = group->order[0][r];
        for (uint32_t i = start[row]; i < start[row + 1]; i++)
            group->order[frame][at++] = i;
    }
    free(start);
    return true;
}

/* Items that came after the last known value of a column are unknown in it. */
static bool
fill_up(struct group *group)
{
    bool good = true;
    for (uint32_t c = 0; c < group->keeping->column_count && good; c++) {
        const struct keep_column *kept = &group->keeping->columns[c];
        if (group->columns[c].any)
            good = make_room(&group->columns[c], kept, group->item_count[kept->frame]);
    }
    return good;
}

bool
tidu_group_sort(struct group *group)
{
    const struct keeping *keeping = group->keeping;
    if (!fill_up(group))
        return false;
    for (uint32_t f = 0; f < keeping->vocabulary.layout.frame_count; f++)
        if (!make_order(group, f))
            return false;
    if (!sort_rows(group))
        return false;
    for (uint32_t c = 0; c < keeping->column_count; c++)
        if (keeping->columns[c].kind == KEPT_ITEMS && group->columns[c].any &&
            !sort_items(group, &group->columns[c], (uint32_t)keeping->columns[c].items_of))
            return false;
    return true;
}
