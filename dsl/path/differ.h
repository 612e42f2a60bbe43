/*
 * differ.h: what two programs say differently, region by region.
 *
 *   diff.c     designation by designation
 *   regions.c  records for which they differ, as boxes over the conditions' pieces
 *   cones.c    what a step rests on, and whether a search can turn it round
 *   alike.c    steps that are the same
 *   boxes.c    a region in words
 *   invent.c   a record of a region, as a client would send it
 */
#ifndef TIDU_PATH_DIFFER_H
#define TIDU_PATH_DIFFER_H

#include "joint.h"

#include "tidu/diff.h"

enum { MOST_REGIONS = 6, MOST_ATOMS = 64 };

/* A designation in a program of each side. */
struct version {
    const tidu_program *program; /* of the joint; NULL: the side has none */
    const tidu_designation *designation;
};

/* A piece of a condition that is true or false by itself. */
struct atom {
    uint32_t side;
    tidu_step step;
    bool truth;
    bool changed;          /* the other side has none that is the same */
    const tidu_part *part; /* how it is told, or NULL */
};

/* Where a criterion of one side is failed that the other's answer does not rest on: old
 * rules say met, new ones unmet (lose), or the other way round (gain). */
struct region {
    bool gain;
    uint32_t side; /* of the criterion that is failed */
    const tidu_criterion *criterion;
    const struct atom *atoms;
    uint32_t atom_count;
    const bool *reads; /* [fact of the joint, then titles] its pieces rest on */
    tidu_text example; /* the record */
    bool judged[2];    /* what each side says of it: met */
};

struct differing {
    const struct question *question;
    const struct joint *joint;
    struct version sides[2];
    int32_t as_of;
    tidu_arena *arena;
    struct region *regions;
    size_t region_count, region_capacity;
    tidu_step *same_as; /* [step of side 1] a step of side 0 that is the same, as far as looked */
    bool complete;
    bool failed; /* memory ran out */
    /* What becomes of an example; false when that cannot be said. */
    bool (*judge)(void *context, const tidu_text *record, bool ret_met[2]);
    void *context;
};

/* ---- regions.c ---- */

/* Find the regions of a designation that both sides have. */
void tidu_find_regions(struct differing *differing);

/* ---- cones.c ---- */

/* What a step rests on. */
struct cone {
    bool fixed, unknowns;
    bool *columns;
};

/* When memory ran out the differing is `failed`. */
struct cone tidu_cone_of(struct differing *differing, uint32_t side, tidu_step at);
/* Whether other criteria than the one of this id rest on what is not free and on what this
 * one does: with other days and lists there may be other regions. */
bool tidu_is_entangled(struct differing *differing, const struct cone *own, const char *id);
/* Whether it rests on a fact that is not gone through. */
bool tidu_is_blind(const struct leeway *leeway, const struct cone *cone);
/* Whether something has a value: everything of a region's record has. */
bool tidu_asks_known(uint8_t op);

/* Whether the same record says one thing to one side, another to the other: a code's letters,
 * how long a title counts. */
bool tidu_reads_oddly(struct differing *differing);

/* ---- alike.c ---- */

/* Whether two steps, of side 0 and side 1, do the same to the same. */
bool tidu_same_steps(struct differing *differing, tidu_step old, tidu_step new);

/* ---- boxes.c ---- */

/* Append the region's conditions as a list of {"zh":…,"en":…}; of ranges also what it is of,
 * in which unit, and the ends there are. */
void tidu_put_box(struct differing *differing, const struct region *region, tidu_text *out);

/* ---- invent.c ---- */

/* Append the first row of a leeway's block as a record. */
void tidu_put_invented(const struct differing *differing, const struct leeway *leeway, int32_t day,
                       tidu_text *out);

#endif
