/*
 * boxes.h: sets of cases, as unions of boxes.
 *
 * An axis is something that conditions ask about, cut into atoms: pieces
 * within which no condition can tell one value from another. A box takes some
 * atoms of every axis; an area is a union of boxes.
 *
 *            ……5 │5│ 5…10 │10│ 10……      an axis of numbers with two borders
 *   x >= 5       [x][ x  ][x ][ x ]      an axis of a box: a bit an atom
 *
 * Whether conditions leave a gap, or meet, is then a question about bits, and
 * every answer comes with a place: an atom of each axis.
 *
 * Must not know: expressions, documents, what an atom stands for.
 *
 * Ownership: everything lives in the arena given.
 */
#ifndef TIDU_COMPILE_BOXES_H
#define TIDU_COMPILE_BOXES_H

#include "tidu/arena.h"

#include <stdint.h>

enum {
    TIDU_BOXES_MOST = 256, /* boxes of an area; more are given up on */
    TIDU_ANY_ATOM = UINT32_MAX
};

struct tidu_axis {
    uint32_t atoms;
    uint32_t first, words; /* where its bits stand in a box */
};

struct tidu_space {
    tidu_arena *arena;
    struct tidu_axis *axes;
    uint32_t axis_count;
    uint32_t words;    /* of a box */
    uint64_t *all;     /* the box of everything that can be */
    uint32_t patience; /* steps left in searches */
    bool gave_up;      /* too many boxes, too long a search, or no memory: nothing is proved */
    bool starved;      /* no memory: then gave_up is set too */
};

/* INVARIANT: an area's boxes are not empty: each takes an atom of every axis. */
struct tidu_area {
    uint64_t *boxes; /* [count * space->words] */
    uint32_t count;
};

/* A space of axes with so many atoms each. False when memory ran out. */
bool tidu_space_open(struct tidu_space *space, tidu_arena *arena, const uint32_t *atoms,
                     uint32_t axis_count);

/* An atom that cannot be: no box takes it. Call before any area is made. */
void tidu_space_exclude(struct tidu_space *space, uint32_t axis, uint32_t atom);

/* Whether an atom can be. */
bool tidu_space_allows(const struct tidu_space *space, uint32_t axis, uint32_t atom);

struct tidu_area tidu_area_all(struct tidu_space *space);
struct tidu_area tidu_area_none(void);

/* All that has, on one axis, one of the atoms whose bits are set. */
struct tidu_area tidu_area_where(struct tidu_space *space, uint32_t axis, const uint64_t *bits);

struct tidu_area tidu_area_and(struct tidu_space *space, struct tidu_area a, struct tidu_area b);
struct tidu_area tidu_area_or(struct tidu_space *space, struct tidu_area a, struct tidu_area b);

/* Whether an area takes only some atoms of an axis, and which it takes. */
bool tidu_area_limits(const struct tidu_space *space, struct tidu_area area, uint32_t axis);
bool tidu_area_takes(const struct tidu_space *space, struct tidu_area area, uint32_t axis,
                     uint32_t atom);

/* A place in both, as an atom for each axis: TIDU_ANY_ATOM where neither says
 * anything. False when there is none. */
bool tidu_area_meet(const struct tidu_space *space, struct tidu_area a, struct tidu_area b,
                    uint32_t *ret_place);

/* A place in `whole` that none of the `cover` takes. False when there is none,
 * or when the search was given up. */
bool tidu_area_gap(struct tidu_space *space, struct tidu_area whole, const struct tidu_area *cover,
                   uint32_t cover_count, uint32_t *ret_place);

/* Whether a place lies in an area, whatever the axes are that it leaves open. */
bool tidu_area_holds(const struct tidu_space *space, struct tidu_area area, const uint32_t *place);

#endif
