/*
 * load.c: one try to put rules in charge, as a job.
 *
 *   the folder, or a version of the store ─► build ─► scenarios ─► gate ─► keep
 *
 * Whatever can go wrong goes wrong here, while the old rules are answering.
 *
 * At the start there are none to answer yet. Then the rules that were live when
 * the daemon last ran are taken from the store if those of the folder cannot be
 * used, are not let through by the gate, or had been taken out of charge.
 *
 * Must not know: workers, who asks.
 */
#include "load.h"

#include "store/versions.h"
#include "tidu/review.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LOAD_MAGIC = 0x4c4f4144 };

/* ---- building ------------------------------------------------------------------------- */

static void
tell_stage(struct errand *errand, size_t stage, size_t total)
{
    if (!errand)
        return;
    atomic_store_explicit(&errand->job.done, stage, memory_order_relaxed);
    atomic_store_explicit(&errand->job.total, total, memory_order_relaxed);
}

bool
tidu_rules_build(const tidu_source *sources, size_t count, const char *helper,
                 const tidu_ruleset *earlier, tidu_ruleset **ret_ruleset, uint32_t *ret_passed,
                 tidu_report *report, struct errand *errand)
{
    enum { STAGES = 3 }; /* to build, to run the scenarios, and what the asker does then */
    tidu_ruleset *ruleset = NULL;
    const char *path = helper && *helper ? helper : NULL; /* "" is the installed one */
    tell_stage(errand, 0, STAGES);
    if (!tidu_ruleset_rebuild(sources, count, path, earlier, &ruleset, report))
        return false;
    tell_stage(errand, 1, STAGES);
    if (!errand || !tidu_errand_cancelled(errand))
        *ret_passed = tidu_ruleset_scenarios(ruleset, report);
    tell_stage(errand, 2, STAGES);
    if (tidu_report_error_count(report)) {
        tidu_ruleset_unref(&ruleset);
        return false;
    }
    *ret_ruleset = ruleset;
    return true;
}

/* Rules that stale clauses stand under can be kept from going live. */
static tidu_ruleset *
build(struct load *load, const tidu_source *sources, size_t count)
{
    uint32_t passed;
    tidu_ruleset *ruleset = NULL;
    tidu_rules_build(sources, count, load->settings->helper, load->earlier, &ruleset, &passed,
                     load->report, NULL);
    if (ruleset && load->settings->stale == TIDU_STALE_REFUSE &&
        (!tidu_ruleset_refuse_stale(ruleset, load->report) ||
         tidu_report_error_count(load->report)))
        tidu_ruleset_unref(&ruleset);
    return ruleset;
}

/* ---- the store --------------------------------------------------------------------------- */

/* Rules become live, and are kept so that what they decide can be shown again. */
struct keeping {
    const char *digest, *held;
    const tidu_source *sources; /* NULL: they are kept already */
    size_t count;
    bool live;
};

static bool
keep_version(struct database *database, void *context)
{
    const struct keeping *keeping = context;
    int64_t now = keeping->live ? (int64_t)ev_time() : 0;
    return tidu_versions_keep(database, keeping->digest, keeping->sources, keeping->count, now) &&
           (!keeping->live ||
            tidu_versions_set_live(database, keeping->digest, keeping->held));
}

static bool
keep(struct load *load, const tidu_ruleset *ruleset, const tidu_source *sources, size_t count,
     bool live)
{
    const char *digest = tidu_ruleset_digest(ruleset);
    bool elsewhere = strcmp(digest, load->folder) != 0;
    struct keeping keeping = {digest, elsewhere ? load->folder : "", sources, count, live};
    return !load->server->store || tidu_store_do_now(load->server->store, keep_version, &keeping);
}

static struct database *
open_versions(const struct server *server, tidu_error *reterr)
{
    char file[PATH_MAX];
    if (!server->store) {
        tidu_error_set(reterr, TIDU_STORE_NO, NULL);
        return NULL;
    }
    snprintf(file, sizeof file, "%.*s/tidu.db", PATH_MAX - 16, tidu_store_folder(server->store));
    return tidu_database_read(file, reterr);
}

bool
tidu_load_find_version(const struct server *server, const char *name, char ret_digest[65],
                       tidu_error *reterr)
{
    struct database *database = open_versions(server, reterr);
    bool found = database && tidu_versions_find(database, name, ret_digest);
    if (database && !found)
        tidu_error_set(reterr, TIDU_CALL_NO_VERSION, name, NULL);
    tidu_database_close(&database);
    return found;
}

/* The version that was live before the one that is. */
static bool
find_earlier(const struct load *load, char ret_digest[65], tidu_error *reterr)
{
    struct database *database = open_versions(load->server, reterr);
    bool found = database && tidu_versions_before(database, tidu_ruleset_digest(load->earlier),
                                                  ret_digest);
    if (database && !found)
        tidu_error_set(reterr, TIDU_CALL_NO_EARLIER, NULL);
    tidu_database_close(&database);
    return found;
}

tidu_ruleset *
tidu_load_build_version(struct load *load, const char *digest)
{
    tidu_error error = {.code = TIDU_OK};
    tidu_source *sources;
    size_t count;
    tidu_ruleset *ruleset = NULL;
    tidu_arena *arena = tidu_arena_open();
    struct database *database = arena ? open_versions(load->server, &error) : NULL;
    if (!arena)
        tidu_error_set(&error, TIDU_MEMORY, NULL);
    if (database && tidu_versions_load(database, digest, arena, &sources, &count, &error))
        ruleset = build(load, sources, count);
    if (!ruleset && error.code)
        tidu_report_add(load->report, &error);
    tidu_database_close(&database);
    tidu_arena_close(&arena);
    return ruleset;
}

/* The version of this name, or the earlier one (""); NULL with complaints. */
static tidu_ruleset *
build_wanted(struct load *load)
{
    char digest[65];
    tidu_error error;
    bool found = *load->wanted
                     ? tidu_load_find_version(load->server, load->wanted, digest, &error)
                     : find_earlier(load, digest, &error);
    if (found)
        return tidu_load_build_version(load, digest);
    tidu_report_add(load->report, &error);
    return NULL;
}

/* ---- what is wanted ------------------------------------------------------------------------ */

static void
take_charge(struct load *load, tidu_ruleset *ruleset, const tidu_source *sources, size_t count)
{
    tidu_error error;
    load->ruleset = ruleset;
    if (!ruleset || keep(load, ruleset, sources, count, true))
        return;
    tidu_error_set(&error, load->earlier ? TIDU_RULES_REFUSED_UNKEPT : TIDU_RULES_NOT_KEPT, NULL);
    tidu_report_add(load->report, &error);
    if (load->earlier)
        tidu_ruleset_unref(&load->ruleset); /* there are rules that have been kept */
}

/* True when the gate lets the candidate through. */
static bool
passes(struct load *load, tidu_ruleset *before, tidu_ruleset *candidate)
{
    if (!*load->settings->population)
        return true;
    tidu_gate(load->settings, before, candidate, load->today, load->report, &load->difference);
    return tidu_report_error_count(load->report) == 0;
}

static void
load_folder(struct load *load, const tidu_source *sources, size_t count)
{
    load->unchanged = strcmp(load->folder, tidu_ruleset_digest(load->earlier)) == 0 ||
                      strcmp(load->folder, load->held) == 0;
    if (load->unchanged)
        return;
    tidu_ruleset *ruleset = build(load, sources, count);
    if (ruleset && !passes(load, load->earlier, ruleset)) {
        keep(load, ruleset, sources, count, false);
        load->refused = ruleset;
    } else {
        take_charge(load, ruleset, sources, count);
    }
}

/* ---- the start ------------------------------------------------------------------------------- */

/* What was live when the daemon last ran. */
static void
find_last(struct load *load, char live[65])
{
    tidu_error error;
    struct database *database = open_versions(load->server, &error);
    live[0] = '\0';
    if (database)
        tidu_versions_get_live(database, live, load->held);
    tidu_database_close(&database);
}

/* What is wrong with the folder's rules is no reason against those of then. */
static tidu_ruleset *
build_last(struct load *load, const char *digest)
{
    tidu_report *report = load->report;
    tidu_ruleset *ruleset = NULL;
    load->report = tidu_report_open();
    if (load->report)
        ruleset = tidu_load_build_version(load, digest);
    tidu_report_close(&load->report);
    load->report = report;
    return ruleset;
}

static void
load_first(struct load *load, const tidu_source *sources, size_t count)
{
    char live[65];
    find_last(load, live);
    bool same = !*live || strcmp(load->folder, live) == 0;
    bool held = strcmp(load->folder, load->held) == 0;
    tidu_ruleset *ruleset = held || !count ? NULL : build(load, sources, count);
    if (ruleset && same) {
        take_charge(load, ruleset, sources, count);
        return;
    }
    tidu_ruleset *last =
        *live && (!ruleset || *load->settings->population) ? build_last(load, live) : NULL;
    if (ruleset && (!last || passes(load, last, ruleset))) {
        take_charge(load, ruleset, sources, count);
        tidu_ruleset_unref(&last);
        return;
    }
    if (ruleset)
        keep(load, ruleset, sources, count, false);
    load->refused = ruleset;
    load->ruleset = last; /* its row in the store stays as it is */
}

/* ---- the job ------------------------------------------------------------------------------------ */

void
tidu_load_run(struct job *job)
{
    struct load *load = (struct load *)job;
    assert(load->magic == LOAD_MAGIC);
    tidu_arena *arena = tidu_arena_open();
    tidu_source *sources = NULL;
    size_t count = 0;
    tidu_error error;
    bool activation = load->wanted || load->candidate;

    tidu_error_set(&error, TIDU_MEMORY, NULL);
    if (arena && tidu_sources_read(load->settings->rules, arena, &sources, &count, &error))
        tidu_sources_digest(sources, count, load->folder);
    else if (!activation)
        tidu_report_add(load->report, &error);
    if (load->candidate) {
        take_charge(load, load->candidate, NULL, 0);
        load->candidate = NULL;
    } else if (load->wanted) {
        take_charge(load, build_wanted(load), NULL, 0);
    } else if (!load->earlier) {
        load_first(load, sources, count);
    } else if (*load->folder) {
        load_folder(load, sources, count);
    }
    tidu_report_sort(load->report);
    tidu_arena_close(&arena);
    tidu_ruleset_unref(&load->earlier); /* it is live yet: nothing is let go */
}

/* ---- life ------------------------------------------------------------------------------------------ */

static int32_t
today(void)
{
    time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    return tidu_date_join(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
}

struct load *
tidu_load_open(struct server *server, const struct settings *settings, tidu_ruleset *earlier,
               const char *held)
{
    struct load *load = calloc(1, sizeof *load);
    if (!load)
        return NULL;
    load->magic = LOAD_MAGIC;
    load->server = server;
    load->settings = tidu_settings_hold((struct settings *)settings);
    load->earlier = earlier ? tidu_ruleset_ref(earlier) : NULL;
    load->today = today();
    load->began = ev_time();
    snprintf(load->held, sizeof load->held, "%s", held);
    load->report = tidu_report_open();
    if (!load->report)
        tidu_load_close(&load);
    return load;
}

void
tidu_load_close(struct load **load)
{
    struct load *leaving = *load;
    if (!leaving)
        return;
    *load = NULL;
    tidu_report_close(&leaving->report);
    tidu_ruleset_unref(&leaving->ruleset);
    tidu_ruleset_unref(&leaving->refused);
    tidu_ruleset_unref(&leaving->candidate);
    tidu_ruleset_unref(&leaving->earlier);
    tidu_settings_close(&leaving->settings);
    tidu_text_free(&leaving->difference);
    free(leaving->wanted);
    free(leaving);
}
