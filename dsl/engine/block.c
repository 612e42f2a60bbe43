/*
 * block.c: columns for records, taken once, emptied and filled again.
 *
 *   slab ─► pointers to columns │ number columns │ bitmaps │ item rows │ words
 *
 * One piece of memory holds every column. Columns begin at a cache line, and
 * none is a power of two apart from the next: a record touches the same place
 * of every column, and those places should not compete for one cache set.
 *
 * Knows columns and bits; must not know what facts mean. Owns the slab, the
 * spellings and the arena.
 */
#include "tidu/block.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 64, FIRST_SPELLINGS = 4 };

/* The block as callers see it, and what only its destroyer needs. */
struct owner {
    tidu_block block;
    void *slab; /* as malloc gave it */
};

static size_t
words_for(size_t bits)
{
    return (bits + 63) / 64;
}

/* `size` bytes of the slab at a cache line; NULL while only measuring. */
static void *
carve(char *slab, size_t *used, size_t size)
{
    void *piece = slab ? slab + *used : NULL;
    *used += (size + LINE - 1) / LINE * LINE;
    return piece;
}

/* Whole words of rows: a run may read 64 values where a word has 64 bits. */
static size_t
column_capacity(const tidu_block *block, const tidu_column *column)
{
    return words_for(column->frame ? block->item_capacity : block->row_capacity) * 64;
}

static void
carve_column(tidu_block *block, const tidu_column *column, char *slab, size_t *used)
{
    size_t capacity = column_capacity(block, column);
    size_t bits = words_for(capacity) * sizeof(uint64_t);

    if (column->kind == TIDU_COLUMN_NUMBER) {
        double *values = carve(slab, used, capacity * sizeof(double) + LINE);
        uint64_t *known = carve(slab, used, bits);
        if (slab) {
            block->number[column->place] = values;
            block->number_known[column->place] = known;
        }
    } else {
        uint64_t *truth = carve(slab, used, bits);
        uint64_t *known = carve(slab, used, bits);
        if (slab) {
            block->flag[column->place] = truth;
            block->flag_known[column->place] = known;
        }
    }
}

static void
carve_frame(tidu_block *block, uint32_t frame, char *slab, size_t *used)
{
    uint32_t *start = carve(slab, used, ((size_t)block->row_capacity + 1) * sizeof *start);
    uint32_t *row = carve(slab, used, (size_t)block->item_capacity * sizeof *row);
    uint64_t *known = carve(slab, used, words_for(block->row_capacity) * sizeof *known);

    if (slab) {
        block->item_start[frame] = start;
        block->item_row[frame] = row;
        block->list_known[frame] = known;
    }
}

/* Place everything in the slab, or measure what it will take when slab is
 * NULL: the same walk, so the two cannot disagree. */
static size_t
lay_out(tidu_block *block, char *slab)
{
    const tidu_layout *layout = block->layout;
    size_t used = 0;

    block->number = carve(slab, &used, layout->number_count * sizeof *block->number);
    block->number_known = carve(slab, &used, layout->number_count * sizeof *block->number_known);
    block->flag = carve(slab, &used, layout->flag_count * sizeof *block->flag);
    block->flag_known = carve(slab, &used, layout->flag_count * sizeof *block->flag_known);
    block->item_count = carve(slab, &used, layout->frame_count * sizeof *block->item_count);
    block->item_start = carve(slab, &used, layout->frame_count * sizeof *block->item_start);
    block->item_row = carve(slab, &used, layout->frame_count * sizeof *block->item_row);
    block->list_known = carve(slab, &used, layout->frame_count * sizeof *block->list_known);
    block->words =
        carve(slab, &used, (size_t)block->row_capacity * layout->word_count * sizeof(tidu_slice));
    for (uint32_t i = 0; i < layout->column_count; i++)
        carve_column(block, &layout->columns[i], slab, &used);
    for (uint32_t frame = 1; frame < layout->frame_count; frame++)
        carve_frame(block, frame, slab, &used);
    return used;
}

tidu_block *
tidu_block_open(const tidu_layout *layout, uint32_t rows)
{
    assert(rows >= 1 && rows <= TIDU_BLOCK_ROWS);

    struct owner *owner = calloc(1, sizeof *owner);
    if (!owner)
        return NULL;
    tidu_block *block = &owner->block;
    block->layout = layout;
    block->row_capacity = rows;
    block->item_capacity = TIDU_BLOCK_ITEMS;
    block->arena = tidu_arena_open();
    owner->slab = calloc(1, lay_out(block, NULL) + LINE);
    if (!block->arena || !owner->slab) {
        tidu_block_close(&block);
        return NULL;
    }
    lay_out(block, (char *)owner->slab + (LINE - (uintptr_t)owner->slab % LINE) % LINE);
    tidu_block_clear(block, 0);
    return block;
}

void
tidu_block_close(tidu_block **block)
{
    if (!*block)
        return;
    struct owner *owner = (struct owner *)*block;
    tidu_arena_close(&owner->block.arena);
    free(owner->block.spellings);
    free(owner->slab);
    free(owner);
    *block = NULL;
}

/* Clear bits first to last - 1, leaving the others. */
static void
clear_bits(uint64_t *bits, size_t first, size_t last)
{
    if (first >= last)
        return;
    size_t word = first / 64, end = words_for(last);
    bits[word] &= ((uint64_t)1 << first % 64) - 1;
    if (end > word + 1)
        memset(bits + word + 1, 0, (end - word - 1) * sizeof *bits);
}

/* Empty a column from `first` up; nothing lies beyond `last`. INVARIANT: an
 * unknown number is 0, so that arithmetic on whole columns meets only finite
 * values. It also means that a last word without known bits is clear already,
 * which makes emptying a block of one record cheap. */
static void
clear_column(tidu_block *block, const tidu_column *column, size_t first, size_t last)
{
    bool number = column->kind == TIDU_COLUMN_NUMBER;
    uint64_t *known =
        number ? block->number_known[column->place] : block->flag_known[column->place];

    if (first >= last || (last <= first / 64 * 64 + 64 && !known[first / 64]))
        return;
    if (number && last - first == 1)
        block->number[column->place][first] = 0;
    else if (number)
        memset(block->number[column->place] + first, 0, (last - first) * sizeof(double));
    else
        clear_bits(block->flag[column->place], first, last);
    clear_bits(known, first, last);
}

/* Empty rows first to last - 1 and, in every list frame, the items from those
 * of row `first` on. */
static void
clear_rows(tidu_block *block, uint32_t first, uint32_t last)
{
    const tidu_layout *layout = block->layout;

    for (uint32_t i = 0; i < layout->column_count; i++) {
        const tidu_column *column = &layout->columns[i];
        if (column->frame)
            clear_column(block, column, block->item_start[column->frame][first],
                         block->item_count[column->frame]);
        else
            clear_column(block, column, first, last);
    }
    for (uint32_t frame = 1; frame < layout->frame_count; frame++) {
        block->item_count[frame] = block->item_start[frame][first];
        clear_bits(block->list_known[frame], first, last);
    }
    if (layout->word_count)
        memset(block->words + (size_t)first * layout->word_count, 0,
               (size_t)(last - first) * layout->word_count * sizeof(tidu_slice));
    block->row_count = first;
}

void
tidu_block_clear(tidu_block *block, int32_t as_of)
{
    int year, month, day;
    tidu_date_split(as_of, &year, &month, &day);

    clear_rows(block, 0, block->row_count);
    block->as_of = as_of;
    block->year = year - 1;
    block->spelling_count = 0;
    tidu_arena_reset(block->arena);
}

static uint32_t
row_of(const tidu_block *block, uint32_t column, uint32_t index)
{
    uint32_t frame = block->layout->columns[column].frame;
    return frame ? block->item_row[frame][index] : index;
}

/* The first spelling of row `row` or of one behind it. */
static uint32_t
first_spelling(const tidu_block *block, uint32_t row)
{
    uint32_t low = 0, high = block->spelling_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const tidu_spelling *spelling = &block->spellings[middle];
        if (row_of(block, spelling->column, spelling->index) < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Row `row_count` counts as filled too: it may have been begun. */
void
tidu_block_truncate(tidu_block *block, uint32_t row)
{
    assert(row <= block->row_count);

    uint32_t last = block->row_count;
    if (last < block->row_capacity)
        last++;
    block->spelling_count = first_spelling(block, row);
    clear_rows(block, row, last);
}

void
tidu_block_finish_row(tidu_block *block)
{
    assert(block->row_count < block->row_capacity);

    block->row_count++;
    for (uint32_t frame = 1; frame < block->layout->frame_count; frame++)
        block->item_start[frame][block->row_count] = block->item_count[frame];
}

bool
tidu_block_spell(tidu_block *block, uint32_t column, uint32_t index, tidu_slice text)
{
    if (block->spelling_count == block->spelling_capacity) {
        uint32_t larger = block->spelling_capacity ? block->spelling_capacity * 2 : FIRST_SPELLINGS;
        tidu_spelling *spellings = realloc(block->spellings, larger * sizeof *spellings);
        if (!spellings)
            return false;
        block->spellings = spellings;
        block->spelling_capacity = larger;
    }
    block->spellings[block->spelling_count++] = (tidu_spelling){column, index, text};
    return true;
}

const tidu_spelling *
tidu_block_spelling(const tidu_block *block, uint32_t column, uint32_t index)
{
    if (!block->spelling_count)
        return NULL;
    uint32_t row = row_of(block, column, index);
    for (uint32_t i = first_spelling(block, row); i < block->spelling_count; i++) {
        const tidu_spelling *spelling = &block->spellings[i];
        if (row_of(block, spelling->column, spelling->index) != row)
            break;
        if (spelling->column == column && spelling->index == index)
            return spelling;
    }
    return NULL;
}
