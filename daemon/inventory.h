/*
 * inventory.h: the library as a population.
 *
 * Must not know: requests, what is asked of it.
 */
#ifndef TIDU_DAEMON_INVENTORY_H
#define TIDU_DAEMON_INVENTORY_H

#include "tidu/evaluate.h"
#include "tidu/population.h"

struct inventory {
    const char *folder;        /* of the store */
    const tidu_ruleset *rules; /* that say what facts are */
    /* So many are done of so many, from any thread; false stops it. May be NULL. */
    bool (*progress)(void *context, uint64_t done, uint64_t total);
    void *context;
};

/* Write a snapshot of all enterprises that the library holds at one moment. False with
 * *reterr: TIDU_CENSUS_EMPTY when it holds none, TIDU_POPULATION_STOPPED when it was stopped. */
bool tidu_inventory_write(const struct inventory *inventory, const tidu_build_options *options,
                          tidu_error *reterr);

/* The same, read into memory; a file is written
 * beside it on the way and is gone again, so one at a time. NULL with *reterr. */
tidu_population *tidu_inventory_take(const struct inventory *inventory, tidu_error *reterr);

#endif
