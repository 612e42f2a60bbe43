/*
 * block.h: up to 1,024 records as columns.
 *
 * A block is what a reader fills and a run reads. Every value has a known bit:
 * a fact nobody states stays unknown, and so does what depends on it.
 *
 * Must not know: JSON, CSV, programs.
 *
 * Ownership: a block owns its columns. Slices of words point into the record's
 * text or into the block's own arena; the reader's caller keeps the text until
 * the answers are written.
 */
#ifndef TIDU_BLOCK_H
#define TIDU_BLOCK_H

#include "tidu/vocabulary.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef TIDU_TIGHT
enum { TIDU_BLOCK_ROWS = 64, TIDU_BLOCK_ITEMS = 64 };
#else
enum { TIDU_BLOCK_ROWS = 1024, TIDU_BLOCK_ITEMS = 4096 };
#endif

/* A number that was spelled with more digits than a double tells apart (more
 * than 15). `column` is a NUMBER column, `index` the row (or item). The text
 * is JSON number syntax. */
typedef struct tidu_spelling {
    uint32_t column;
    uint32_t index;
    tidu_slice text;
} tidu_spelling;

/* Columns of one frame; arrays are indexed by tidu_column.place. */
typedef struct tidu_block {
    const tidu_layout *layout;
    int32_t as_of; /* days since 1970-01-01 */
    int year;      /* the last full calendar year before as_of: lag 0 */
    uint32_t row_capacity, row_count;
    uint32_t item_capacity;
    double **number;        /* [place][row or item] */
    uint64_t **number_known;
    uint64_t **flag;        /* true bits; INVARIANT: true only where known */
    uint64_t **flag_known;
    /* list frames, indexed by frame; [0] unused */
    uint32_t *item_count;   /* items in use */
    uint32_t **item_start;  /* [frame][row]: first item; [row_count] is the end */
    uint32_t **item_row;    /* [frame][item]: its row */
    uint64_t **list_known;  /* [frame]: the record stated the list, even if empty */
    tidu_slice *words;      /* [row * layout->word_count + fact.slots.words], as JSON text with quotes */
    tidu_spelling *spellings;
    uint32_t spelling_count, spelling_capacity;
    tidu_arena *arena;      /* for slices that are not in the record's text; reset by clear */
} tidu_block;

/* A block for `rows` records (1 to TIDU_BLOCK_ROWS); NULL when memory ran out.
 * `layout` is borrowed. */
tidu_block *tidu_block_open(const tidu_layout *layout, uint32_t rows);
void tidu_block_close(tidu_block **block);

/* Empty the block for another date's records. Costs as much as was filled. */
void tidu_block_clear(tidu_block *block, int32_t as_of);

/* Take back row `row` and all after it: a record that could not be read to its
 * end leaves nothing behind. */
void tidu_block_truncate(tidu_block *block, uint32_t row);

/* Count row `row_count`, which was just filled, as the block's new last row. */
void tidu_block_finish_row(tidu_block *block);

/* Keep the spelling of a value of the row being filled. Rows are filled in
 * order, so spellings are kept in the order of their rows. False when memory
 * ran out. */
bool tidu_block_spell(tidu_block *block, uint32_t column, uint32_t index, tidu_slice text);

/* The spelling kept for a value, or NULL when the double tells all. */
const tidu_spelling *tidu_block_spelling(const tidu_block *block, uint32_t column, uint32_t index);

#ifdef __cplusplus
}
#endif

#endif
