/*
 * gallery.c: rulesets that are asked for by name, beside the live one.
 *
 * They are built from the versions of the store when they are first asked for,
 * on a job thread, and the last few are kept. Whoever uses one holds it, so one
 * that gives way goes when its last question is answered.
 *
 * Must not know: requests.
 *
 * Ownership: holds each ruleset it keeps; one lock, which is not held while a
 * ruleset is built.
 */
#include "load.h"

#include <stdlib.h>

enum { KEPT = 4 };

struct gallery {
    struct server *server;
    pthread_mutex_t lock; /* guards what follows */
    struct {
        tidu_ruleset *ruleset;
        uint64_t used;
    } kept[KEPT];
    uint64_t clock;
};

struct gallery *
tidu_gallery_open(struct server *server)
{
    struct gallery *gallery = calloc(1, sizeof *gallery);
    if (!gallery)
        return NULL;
    gallery->server = server;
    pthread_mutex_init(&gallery->lock, NULL);
    return gallery;
}

void
tidu_gallery_close(struct gallery **gallery)
{
    struct gallery *leaving = *gallery;
    if (!leaving)
        return;
    for (int i = 0; i < KEPT; i++)
        tidu_ruleset_unref(&leaving->kept[i].ruleset);
    pthread_mutex_destroy(&leaving->lock);
    free(leaving);
    *gallery = NULL;
}

tidu_ruleset *
tidu_gallery_find(struct gallery *gallery, const char *digest)
{
    tidu_ruleset *found = NULL;
    pthread_mutex_lock(&gallery->lock);
    for (int i = 0; i < KEPT && !found; i++) {
        tidu_ruleset *ruleset = gallery->kept[i].ruleset;
        if (!ruleset || strcmp(tidu_ruleset_digest(ruleset), digest) != 0)
            continue;
        gallery->kept[i].used = ++gallery->clock;
        found = tidu_ruleset_ref(ruleset);
    }
    pthread_mutex_unlock(&gallery->lock);
    return found;
}

void
tidu_gallery_keep(struct gallery *gallery, tidu_ruleset *ruleset)
{
    int place = 0;
    pthread_mutex_lock(&gallery->lock);
    for (int i = 1; i < KEPT; i++)
        if (gallery->kept[i].used < gallery->kept[place].used)
            place = i;
    tidu_ruleset *old = gallery->kept[place].ruleset;
    gallery->kept[place].ruleset = tidu_ruleset_ref(ruleset);
    gallery->kept[place].used = ++gallery->clock;
    pthread_mutex_unlock(&gallery->lock);
    tidu_ruleset_unref(&old);
}

tidu_ruleset *
tidu_gallery_get(struct gallery *gallery, const struct world *world, const char *name,
                 tidu_error *reterr)
{
    char digest[65];
    if (!tidu_load_find_version(gallery->server, name, digest, reterr))
        return NULL;
    if (strcmp(digest, tidu_ruleset_digest(world->live)) == 0)
        return tidu_ruleset_ref(world->live);
    tidu_ruleset *ruleset = tidu_gallery_find(gallery, digest);
    if (ruleset)
        return ruleset;
    struct load *load = tidu_load_open(gallery->server, world->settings, world->live, "");
    tidu_error_set(reterr, TIDU_MEMORY, NULL);
    if (!load)
        return NULL;
    ruleset = tidu_load_build_version(load, digest);
    if (ruleset)
        tidu_gallery_keep(gallery, ruleset);
    else if (tidu_report_count(load->report))
        *reterr = *tidu_report_get(load->report, 0);
    tidu_load_close(&load);
    return ruleset;
}

tidu_rpc_code
tidu_gallery_code(const tidu_error *error)
{
    switch (error->code) {
    case TIDU_CALL_NO_VERSION:
    case TIDU_JOURNAL_NO_RULES:
        return TIDU_RPC_NOT_FOUND;
    case TIDU_STORE_NO:
    case TIDU_STORE_OPEN:
        return TIDU_RPC_STORE;
    default:
        return TIDU_RPC_INTERNAL;
    }
}
