/*
 * world.c: settings and rules that are current together.
 *
 * A reload makes a new world beside the old; every worker takes it up between
 * two turns and lets the old one go. So an answer never mixes two.
 *
 * Must not know: who serves by it.
 *
 * Ownership: a world holds its settings and its ruleset; it is counted.
 */
#include "internal.h"

#include <stdlib.h>

struct world *
tidu_world_open(uint64_t number, struct settings *settings, tidu_ruleset *live,
                ev_tstamp live_since, struct shadow *shadow, struct pilots *pilots)
{
    struct world *world = calloc(1, sizeof *world);
    if (!world)
        return NULL;
    atomic_init(&world->holders, 1);
    world->number = number;
    world->settings = tidu_settings_hold(settings);
    world->live = live ? tidu_ruleset_ref(live) : NULL; /* none yet, at the start */
    world->live_since = live_since;
    world->shadow = tidu_shadow_hold(shadow);
    world->pilots = tidu_pilots_hold(pilots);
    return world;
}

struct world *
tidu_world_hold(struct world *world)
{
    atomic_fetch_add_explicit(&world->holders, 1, memory_order_relaxed);
    return world;
}

void
tidu_world_close(struct world **world)
{
    struct world *leaving = *world;
    *world = NULL;
    if (!leaving || atomic_fetch_sub_explicit(&leaving->holders, 1, memory_order_acq_rel) != 1)
        return;
    tidu_settings_close(&leaving->settings);
    tidu_ruleset_unref(&leaving->live);
    tidu_shadow_close(&leaving->shadow);
    tidu_pilots_close(&leaving->pilots);
    free(leaving);
}
