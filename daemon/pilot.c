/*
 * pilot.c: other rules for the enterprises of some regions.
 *
 * A pilot zone is a region and a version of the rules. Whoever is in the region,
 * or in one below it, is judged by that version; the smallest zone goes first.
 * A request that names its rules is not concerned.
 *
 * Zones stand in the world like the live rules, and in the store, so that they
 * are the same after a restart.
 *
 * Must not know: how records are read.
 *
 * Ownership: a list of zones is immutable and counted; it holds its rulesets.
 */
#include "charge.h"

#include "store/versions.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_PILOTS = 64 };

struct pilot {
    uint32_t region, divisor; /* regions below it are the same when divided by that */
    tidu_ruleset *ruleset;    /* held */
    int64_t since_s;
};

struct pilots {
    atomic_uint holders;
    size_t count;
    struct pilot items[MOST_PILOTS]; /* smaller regions first */
};

/* ---- the list ------------------------------------------------------------------------------ */

struct pilots *
tidu_pilots_hold(struct pilots *pilots)
{
    if (pilots)
        atomic_fetch_add_explicit(&pilots->holders, 1, memory_order_relaxed);
    return pilots;
}

void
tidu_pilots_close(struct pilots **pilots)
{
    struct pilots *leaving = *pilots;
    *pilots = NULL;
    if (!leaving || atomic_fetch_sub_explicit(&leaving->holders, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < leaving->count; i++)
        tidu_ruleset_unref(&leaving->items[i].ruleset);
    free(leaving);
}

tidu_ruleset *
tidu_pilots_find(const struct pilots *pilots, uint32_t region)
{
    for (size_t i = 0; pilots && i < pilots->count; i++)
        if (region / pilots->items[i].divisor == pilots->items[i].region / pilots->items[i].divisor)
            return pilots->items[i].ruleset;
    return NULL;
}

static uint32_t
divisor_of(uint32_t region)
{
    return region % 10000 == 0 ? 10000 : region % 100 == 0 ? 100 : 1;
}

static void
add(struct pilots *pilots, struct pilot pilot)
{
    size_t at = pilots->count++;
    tidu_ruleset_ref(pilot.ruleset);
    for (; at && pilots->items[at - 1].divisor > pilot.divisor; at--)
        pilots->items[at] = pilots->items[at - 1];
    pilots->items[at] = pilot;
}

/* The list with another version for one region; ruleset NULL ends its zone. NULL when memory
 * ran out, or there are too many. */
static struct pilots *
changed(const struct pilots *old, uint32_t region, tidu_ruleset *ruleset, int64_t since_s)
{
    struct pilots *pilots = calloc(1, sizeof *pilots);
    if (!pilots)
        return NULL;
    atomic_init(&pilots->holders, 1);
    for (size_t i = 0; old && i < old->count; i++)
        if (old->items[i].region != region)
            add(pilots, old->items[i]);
    if (ruleset && pilots->count == MOST_PILOTS)
        tidu_pilots_close(&pilots);
    else if (ruleset)
        add(pilots, (struct pilot){region, divisor_of(region), ruleset, since_s});
    return pilots;
}

void
tidu_pilots_write(const struct pilots *pilots, tidu_text *out)
{
    char moment[32];
    tidu_text_putc(out, '[');
    for (size_t i = 0; pilots && i < pilots->count; i++)
        tidu_text_printf(out, "%s{\"region_code\":\"%06u\",\"ruleset\":\"%s\",\"since\":\"%s\"}",
                         i ? "," : "", pilots->items[i].region,
                         tidu_ruleset_digest(pilots->items[i].ruleset),
                         tidu_time_format((ev_tstamp)pilots->items[i].since_s, moment));
    tidu_text_putc(out, ']');
}

/* ---- from the store, at the start ------------------------------------------------------------ */

struct zone {
    char region[7], version[65];
    int64_t since_s;
};

struct zones {
    struct zone items[MOST_PILOTS];
    size_t count;
};

static void
note_zone(void *context, const char *region, const char *version, int64_t since_s)
{
    struct zones *zones = context;
    if (zones->count == MOST_PILOTS)
        return;
    struct zone *zone = &zones->items[zones->count++];
    snprintf(zone->region, sizeof zone->region, "%s", region);
    snprintf(zone->version, sizeof zone->version, "%s", version);
    zone->since_s = since_s;
}

static bool
read_zones(struct database *database, void *context)
{
    return tidu_versions_pilots(database, note_zone, context);
}

static bool
take_zone(struct server *server, const struct zone *zone, struct pilots **pilots,
          tidu_error *reterr)
{
    uint32_t region = (uint32_t)strtoul(zone->region, NULL, 10);
    tidu_ruleset *ruleset =
        tidu_gallery_get(server->gallery, server->world, zone->version, reterr);
    struct pilots *next = ruleset ? changed(*pilots, region, ruleset, zone->since_s) : NULL;
    if (ruleset && !next)
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
    tidu_ruleset_unref(&ruleset);
    if (!next)
        return false;
    tidu_pilots_close(pilots);
    *pilots = next;
    return true;
}

bool
tidu_pilots_first(struct server *server, tidu_error *reterr)
{
    struct zones zones = {.count = 0};
    struct pilots *pilots = NULL;
    bool good = !server->store || tidu_store_do_now(server->store, read_zones, &zones) ||
                tidu_error_set(reterr, TIDU_STORE_OPEN, tidu_store_folder(server->store), "pilot",
                               NULL);
    for (size_t i = 0; i < zones.count && good; i++)
        good = take_zone(server, &zones.items[i], &pilots, reterr);
    const struct change change = {.pilots = pilots, .pilots_change = true};
    if (good && pilots && !tidu_server_change(server, &change))
        good = tidu_error_set(reterr, TIDU_MEMORY, NULL);
    tidu_pilots_close(&pilots);
    return good;
}

/* ---- the request --------------------------------------------------------------------------- */

struct zoning {
    struct errand errand; /* first */
    uint32_t region;
    char *name, *reason;  /* name NULL: the zone ends */
    char digest[65];
    tidu_ruleset *ruleset;
    struct who who;
    int64_t now_s;
};

static void
on_zoned(struct letter *letter)
{
    struct zoning *zoning = (struct zoning *)(void *)letter;
    struct server *server = zoning->errand.worker->server;
    tidu_error error;
    struct pilots *pilots =
        changed(server->world->pilots, zoning->region, zoning->ruleset, zoning->now_s);
    const struct change change = {.pilots = pilots, .pilots_change = true};
    if (pilots && tidu_server_change(server, &change)) {
        tidu_pilots_write(pilots, tidu_errand_answer(&zoning->errand));
        tidu_log(&server->log, TIDU_LOG_INFO, "pilot: %06u %.12s", zoning->region,
                 zoning->ruleset ? zoning->digest : "ends");
    } else {
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        tidu_errand_refuse(&zoning->errand, TIDU_RPC_INTERNAL, &error);
    }
    tidu_pilots_close(&pilots);
    tidu_errand_return(&zoning->errand);
}

static bool
put_zone(struct database *database, void *context)
{
    const struct zoning *zoning = context;
    char region[7];
    snprintf(region, sizeof region, "%06u", zoning->region % 1000000);
    return tidu_versions_set_pilot(database, region, zoning->name ? zoning->digest : NULL,
                                   zoning->now_s);
}

static void
journal(const struct zoning *zoning)
{
    tidu_text terms = {0};
    tidu_text_printf(&terms, "{\"action\":\"pilot\",\"region_code\":\"%06u\",\"ruleset\":",
                     zoning->region);
    tidu_text_printf(&terms, zoning->name ? "\"%s\"" : "null", zoning->digest);
    tidu_text_puts(&terms, ",\"reason\":");
    tidu_text_json(&terms, zoning->reason, strlen(zoning->reason));
    tidu_text_putc(&terms, '}');
    tidu_witness_action(zoning->errand.worker->server->store, TIDU_ENTRY_ACTION, &zoning->who,
                        (tidu_slice){terms.data, terms.failed ? 0 : terms.length});
    tidu_text_free(&terms);
}

/* A region that the rules do not know would never be anybody's. */
static bool
is_region(const struct zoning *zoning, tidu_error *reterr)
{
    tidu_options options = {.as_of = 0, .jurisdiction = zoning->region};
    tidu_evaluation *evaluation =
        tidu_evaluation_open(zoning->errand.world->live, &options, 1, reterr);
    bool known = evaluation != NULL;
    tidu_evaluation_close(&evaluation);
    return known;
}

static void
run_zoning(struct errand *errand)
{
    struct zoning *zoning = (struct zoning *)errand;
    struct server *server = errand->worker->server;
    tidu_error error;
    bool good = is_region(zoning, &error);
    if (good && zoning->name) {
        zoning->ruleset =
            strcmp(zoning->name, "live") == 0
                ? tidu_ruleset_ref(errand->world->live)
                : tidu_gallery_get(server->gallery, errand->world, zoning->name, &error);
        good = zoning->ruleset != NULL;
        if (good)
            snprintf(zoning->digest, sizeof zoning->digest, "%s",
                     tidu_ruleset_digest(zoning->ruleset));
    }
    if (good && !tidu_store_do_now(server->store, put_zone, zoning))
        good = tidu_error_set(&error, TIDU_DESK_WRITE, NULL);
    if (good)
        journal(zoning);
    else
        tidu_errand_refuse(errand,
                           error.code == TIDU_CALL_NO_VERSION || error.code == TIDU_NO_SUCH_REGION
                               ? TIDU_RPC_NOT_FOUND
                           : error.code == TIDU_MEMORY ? TIDU_RPC_INTERNAL
                                                       : TIDU_RPC_STORE,
                           &error);
}

static void
after_zoning(struct errand *errand)
{
    tidu_errand_post(errand, on_zoned);
}

static void
close_zoning(struct errand *errand)
{
    struct zoning *zoning = (struct zoning *)errand;
    tidu_ruleset_unref(&zoning->ruleset);
    free(zoning->name);
    free(zoning->reason);
}

static void
tell_zones(struct call *call)
{
    tidu_text *out = tidu_rpc_begin(&call->asker);
    if (!out)
        return;
    tidu_pilots_write(call->worker->world->pilots, out);
    tidu_rpc_end(&call->asker);
}

void
tidu_pilot(struct call *call, json_t *params)
{
    const json_t *region = json_object_get(params, "region_code");
    const json_t *name = json_object_get(params, "ruleset");
    const json_t *reason = json_object_get(params, "reason");
    uint32_t code = 0;
    if (!tidu_params_stored(call))
        return;
    if (!region && !name) {
        tell_zones(call);
        return;
    }
    if (!region || !name || !reason) {
        tidu_params_lack(call, !region ? "region_code" : !name ? "ruleset" : "reason");
        return;
    }
    if (!json_is_string(region) ||
        !tidu_region_parse(json_string_value(region), json_string_length(region), &code)) {
        tidu_params_bad(call, "region_code", region, "\"440300\"");
    } else if (!json_is_string(name) && !json_is_null(name)) {
        tidu_params_bad(call, "ruleset", name, "\"…\"|null");
    } else if (!json_is_string(reason) || !json_string_length(reason)) {
        tidu_params_bad(call, "reason", reason, "\"…\"");
    } else {
        struct zoning *zoning = (struct zoning *)tidu_errand_open(call, sizeof *zoning);
        if (!zoning)
            return;
        zoning->errand.run = run_zoning;
        zoning->errand.after = after_zoning;
        zoning->errand.close = close_zoning;
        zoning->region = code;
        zoning->who = *tidu_session_who(call->asker.session);
        zoning->now_s = (int64_t)ev_now(call->worker->loop);
        zoning->name = json_is_string(name) ? strdup(json_string_value(name)) : NULL;
        zoning->reason = strdup(json_string_value(reason));
        tidu_errand_submit(&zoning->errand);
    }
}
