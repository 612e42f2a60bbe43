/*
 * census.h: populations that are asked about by name.
 *
 * A name is a snapshot of the folder that `populations` of the settings names: "firms" or
 * the path of its firms.tidu; or "library", all that the store's library holds. The last
 * ones asked for are kept in memory, so that the next question begins at once; a snapshot
 * that was replaced since, or a library that changed, is read anew.
 *
 * Must not know: requests.
 */
#ifndef TIDU_DAEMON_CENSUS_H
#define TIDU_DAEMON_CENSUS_H

#include "tidu/population.h"

struct inventory;
struct settings;
struct census;
struct held_population;

/* NULL when memory ran out. */
struct census *tidu_census_open(void);
void tidu_census_close(struct census **census);

/* The population of that name, held until it is let go, from any thread. NULL with
 * *reterr when there is none of it, or it is no snapshot. */
struct held_population *tidu_census_get(struct census *census, const struct settings *settings,
                                        const char *name, tidu_error *reterr);

/* The library; `edition` is another number whenever it has changed. NULL with *reterr, see
 * tidu_inventory_take. */
struct held_population *tidu_census_library(struct census *census, uint64_t edition,
                                            const struct inventory *inventory,
                                            tidu_error *reterr);

const tidu_population *tidu_census_population(const struct held_population *held);
void tidu_census_let_go(struct held_population **held);

#endif
