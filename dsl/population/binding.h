/* binding.h: what is bound, for those that find columns and those that fill blocks. */
#ifndef TIDU_POPULATION_BINDING_H
#define TIDU_POPULATION_BINDING_H

#include "internal.h"

/* Where a layout's column comes from: at most two columns, known in different rows. */
struct link {
    int32_t from[2];       /* columns of the snapshot, or TIDU_NONE */
    const double *classes; /* [number]: what a code or set comes to; NULL for figures */
    const uint64_t *tests; /* [number]: of a set, one a bit */
    uint32_t test;
    bool filled;   /* something stands in the block's column */
    bool left_out; /* nobody wants it */
};

/* Where words come from: a text, or a code without a year or of the last one. */
struct spoken {
    int32_t from[2]; /* columns of the snapshot, or TIDU_NONE */
    bool coded;
};

/* A list, or the titles: where the items of each row of a block begin in the group and
 * end, and which items those are all together. */
struct list {
    int32_t begins; /* the column that says so, or TIDU_NONE */
    uint32_t *begin, *end;
    uint32_t *items; /* TIDU_BLOCK_ITEMS, of rows that do not follow each other */
    struct picks picks;
};

struct tidu_binding {
    const tidu_population *population;
    const tidu_vocabulary *vocabulary;
    tidu_arena *arena;
    int32_t as_of;
    int year;           /* lag 0 */
    struct link *links; /* [column of the layout] */
    struct list *lists; /* [frame of the layout]; those of titles last */
    int32_t titles[TIDU_KEPT_FIELDS];
    const int32_t *title_of;   /* [number]: in the layout, or TIDU_NONE */
    struct spoken *words;      /* [words of a row] */
    int32_t region;            /* the snapshot's column, or TIDU_NONE */
    const uint32_t *region_of; /* [number]: its code */
    uint32_t *regions;         /* of the group asked about last; NULL before the first */
    double *scratch;           /* twice MOST_PICKS */
    uint32_t *codes;
    uint64_t *bits;
    bool titles_wanted;
};

/* Rows of a group, and rows or items of a block. */
enum { MOST_ROWS = 65536, MOST_PICKS = TIDU_BLOCK_ITEMS };

static inline const struct kept_dictionary *
tidu_dictionary_of(const tidu_population *population, int32_t column)
{
    return &population->dictionaries[population->columns[column].dictionary];
}

static inline const struct kept_chunk *
tidu_binding_chunk(const struct tidu_binding *binding, uint32_t group, int32_t column)
{
    return tidu_population_chunk(binding->population, group, (uint32_t)column);
}

#endif
