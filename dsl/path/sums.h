/*
 * sums.h: points that add up, indicator by indicator; see sums.c and prices.c.
 */
#ifndef TIDU_PATH_SUMS_H
#define TIDU_PATH_SUMS_H

#include "internal.h"

enum {
    MOST_LEVELS = 40,  /* of an indicator */
    MOST_SUMMED = 40,  /* indicators of a sum */
    MOST_POINTS = 400  /* that are needed, in the unit in which all are whole */
};

/* What rounding may have added to an effort in doubles is taken off by this. */
#define TIDU_SURE (1 - 1e-9)

/* What levels take where bounds are decided. */
struct price {
    mpq_srcptr *low, *high; /* [quantity] that the indicator reads */
    double effort[MOST_LEVELS];
    const struct price *next;
};

/* One indicator: all it can come to, ascending, and what it takes to come to at least so
 * many points. */
struct climb {
    struct leap leap;
    struct footing footing; /* of its step */
    uint32_t level_count, free_count; /* free: no more than it has with nothing changed */
    mpq_ptr points[MOST_LEVELS];
    uint32_t whole[MOST_LEVELS]; /* points in the sum's unit */
    struct price *price;         /* with nothing decided, then as bounds have been met */
    bool *quantities, *toggles;  /* that it uses */
    bool stale;                  /* its prices are those of another division */
    bool *reads;                 /* [quantity] whose bounds may change its price */
    mpq_ptr (*quantity_shares)[2];
    mpq_ptr (*toggle_shares)[MOST_OPTIONS]; /* its part of the efforts */
    uint32_t atom;      /* indicators that use the same things have the same */
    uint32_t influence; /* how many others read what it uses */
};

/* Efforts before they were divided, and between how many. */
struct shares {
    mpq_ptr (*quantities)[2]; /* up and down */
    mpq_ptr (*toggles)[MOST_OPTIONS];
    uint32_t *quantity_users, *toggle_users;
};

struct sum {
    const struct goal *goal; /* whose points they are: lane, stage, steps */
    struct shares *shares;
    bool loose;              /* nothing can be said of it */
    bool priced;             /* else all that can be listed costs nothing */
    struct climb *climbs;
    uint32_t climb_count;
    uint32_t *quantity_atom, *toggle_atom; /* climb_count: of none */
    uint32_t need;                         /* points, in the sum's unit */
};

/* ---- prices.c ---- */

/* What an indicator's `leap` can come to, with nothing changed in the leeway's rows. False
 * when that cannot be listed, or when memory ran out (then the search has failed). */
bool tidu_climb_open(struct search *search, struct climb *climb);

/* To come to a level, or beyond. */
struct goal tidu_climb_goal(const struct climb *climb, uint32_t level, bool firm);

/* What each level of each indicator takes with nothing decided, and what it uses. Runs
 * searches of its own in the leeway's rows. False when memory ran out. */
bool tidu_prices_set(struct leeway *leeway, struct sum *sum);

/* What levels take by the bounds of the node at hand (tidu_bounds_imply): they may make a
 * level dearer, and what was free. When memory ran out the search has failed, and these are
 * the first ones. */
const struct price *tidu_price_now(struct search *search, const struct sum *sum,
                                   struct climb *climb);

#endif
