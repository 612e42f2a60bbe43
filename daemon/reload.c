/*
 * reload.c: new rules beside the old, then a change of one pointer.
 *
 *   folder changes ─┐
 *   SIGHUP ─────────┤─► job: read, compare, build, scenarios ─► done: swap, or
 *   reload request ─┘                                            keep and say why
 *
 * Whatever can go wrong goes wrong in the job, while the old ruleset is still
 * answering. The swap is one assignment on the loop's thread, between two
 * turns, so no answer mixes two rulesets: what was gathered has been answered,
 * what comes next meets the new one.
 *
 * Must not know: sockets, messages beyond the answer to a reload request.
 *
 * Ownership: a load owns all it works on, its report and its new ruleset until
 * they are handed over. The reload keeps the last report for `status`.
 */
#include "internal.h"

#include "tidu/review.h"

#include <assert.h>
#include <malloc.h>
#include <stdlib.h>

enum { LOAD_MAGIC = 0x4c4f4144 };

/* Requests that wait for a reload. */
struct waiters {
    struct request *first;
};

struct last {
    bool any, ok, changed;
    ev_tstamp at;
    double duration_ms;
    tidu_report *report;
};

struct reload {
    struct server *server;
    struct watch *watch;
    bool running;
    bool again; /* something changed while a load was running */
    struct waiters now, next;
    struct last last;
};

/* One look at the rules folder, as a job. */
struct load {
    struct job job; /* first: the job is the load */
    unsigned magic;
    struct server *server;
    char *folder, *helper;
    tidu_ruleset *earlier; /* what was live when it began, or NULL */
    ev_tstamp began;
    tidu_report *report;
    tidu_ruleset *ruleset; /* NULL when refused or unchanged */
    bool unchanged;
};

bool
tidu_rules_build(const tidu_source *sources, size_t count, const char *helper,
                 const tidu_ruleset *earlier, tidu_ruleset **ret_ruleset, uint32_t *ret_passed,
                 tidu_report *report)
{
    tidu_ruleset *ruleset = NULL;
    const char *path = helper && *helper ? helper : NULL; /* "" is the installed one */
    if (!tidu_ruleset_rebuild(sources, count, path, earlier, &ruleset, report))
        return false;
    *ret_passed = tidu_ruleset_scenarios(ruleset, report);
    if (tidu_report_error_count(report)) {
        tidu_ruleset_unref(&ruleset);
        return false;
    }
    *ret_ruleset = ruleset;
    return true;
}

/* Rules that stale clauses stand under can be kept from going live. */
static void
build(struct load *load, const tidu_source *sources, size_t count)
{
    uint32_t passed;
    tidu_rules_build(sources, count, load->helper, load->earlier, &load->ruleset, &passed,
                     load->report);
    if (!load->ruleset || load->server->settings->stale != TIDU_STALE_REFUSE)
        return;
    if (!tidu_ruleset_refuse_stale(load->ruleset, load->report) ||
        tidu_report_error_count(load->report))
        tidu_ruleset_unref(&load->ruleset);
}

static void
run_load(struct job *job)
{
    struct load *load = (struct load *)job;
    assert(load->magic == LOAD_MAGIC);
    tidu_arena *arena = tidu_arena_open();
    tidu_source *sources;
    size_t count;
    tidu_error error;
    char digest[65];

    if (!arena) {
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        tidu_report_add(load->report, &error);
        return;
    }
    if (!tidu_sources_read(load->folder, arena, &sources, &count, &error)) {
        tidu_report_add(load->report, &error);
    } else {
        tidu_sources_digest(sources, count, digest);
        load->unchanged =
            load->earlier && strcmp(digest, tidu_ruleset_digest(load->earlier)) == 0;
        if (!load->unchanged)
            build(load, sources, count);
    }
    tidu_report_sort(load->report);
    tidu_arena_close(&arena);
    tidu_ruleset_unref(&load->earlier); /* it is live yet: nothing is let go */
}

static void
close_load(struct load *load)
{
    tidu_report_close(&load->report);
    tidu_ruleset_unref(&load->ruleset);
    tidu_ruleset_unref(&load->earlier);
    free(load->folder);
    free(load->helper);
    free(load);
}

/* ---- what has become of it -------------------------------------------------- */

/* Rules that are no longer live, and what a load has worked with beside them.
 * To let go of so much takes a while: no request waits for it. */
struct retirement {
    struct job job;
    tidu_ruleset *ruleset;
};

static void
run_retirement(struct job *job)
{
    struct retirement *retirement = (struct retirement *)job;
    tidu_ruleset_unref(&retirement->ruleset);
    malloc_trim(0);
}

static void
done_retirement(struct job *job)
{
    struct retirement *retirement = (struct retirement *)job;
    tidu_ruleset_unref(&retirement->ruleset);
    free(retirement);
}

static void
retire(struct server *server, tidu_ruleset *ruleset)
{
    struct retirement *retirement = calloc(1, sizeof *retirement);
    if (!retirement) {
        tidu_ruleset_unref(&ruleset);
        return;
    }
    *retirement = (struct retirement){{.run = run_retirement, .done = done_retirement}, ruleset};
    tidu_jobs_submit(server->jobs, &retirement->job);
}

static void
swap(struct server *server, tidu_ruleset **ruleset)
{
    tidu_ruleset *old = server->live; /* only the loop's thread touches live */
    server->live = *ruleset;
    server->live_since = ev_now(server->loop);
    *ruleset = NULL;
    tidu_evaluate_forget(server->worker);
    retire(server, old); /* evaluations in use hold their own */
}

static void
tell_log(struct server *server, const struct load *load, double duration_ms)
{
    const char *digest = tidu_ruleset_digest(server->live);
    if (load->unchanged) {
        tidu_log(&server->log, TIDU_LOG_DEBUG, "reload: nothing has changed");
        return;
    }
    tidu_log_report(&server->log, load->report);
    if (tidu_report_error_count(load->report))
        tidu_log(&server->log, TIDU_LOG_ERROR,
                 "reload: refused with %zu errors after %.0f ms, ruleset %.12s stays",
                 tidu_report_error_count(load->report), duration_ms, digest);
    else
        tidu_log(&server->log, TIDU_LOG_INFO, "reload: ruleset %.12s is live after %.0f ms", digest,
                 duration_ms);
}

static void
write_outcome(const struct last *last, const char *digest, tidu_lang lang, tidu_text *out)
{
    char moment[32];
    tidu_text_printf(out, "{\"ok\":%s,\"changed\":%s,\"ruleset\":\"%.12s\",\"time\":\"%s\",",
                     last->ok ? "true" : "false", last->changed ? "true" : "false", digest,
                     tidu_time_format(last->at, moment));
    tidu_text_printf(out, "\"duration_ms\":%.0f,\"diagnostics\":", last->duration_ms);
    tidu_report_write(last->report, lang, out);
    tidu_text_putc(out, '}');
}

static void
answer_waiter(struct server *server, struct request *request, const struct last *last)
{
    char count[32];
    tidu_error error;
    if (!last->ok) {
        snprintf(count, sizeof count, "%zu", tidu_report_error_count(last->report));
        tidu_error_set(&error, TIDU_CALL_RULES_REFUSED, count, NULL);
        tidu_rpc_refuse_late(&request->asker, TIDU_RPC_RULES, &error, last->report, request->lang);
        return;
    }
    tidu_text *out = tidu_rpc_begin(&request->asker);
    if (!out)
        return;
    write_outcome(last, tidu_ruleset_digest(server->live), request->lang, out);
    tidu_rpc_end(&request->asker);
}

static void
answer_waiters(struct server *server, struct waiters *waiters, const struct last *last)
{
    struct request *request = waiters->first;
    waiters->first = NULL;
    while (request) {
        struct request *following = request->following;
        answer_waiter(server, request, last);
        tidu_request_close(&request);
        request = following;
    }
}

static void
drop_waiters(struct waiters *waiters)
{
    while (waiters->first) {
        struct request *request = waiters->first;
        waiters->first = request->following;
        tidu_request_close(&request);
    }
}

static void begin(struct reload *reload);

static void
done_load(struct job *job)
{
    struct load *load = (struct load *)job;
    assert(load->magic == LOAD_MAGIC);
    struct server *server = load->server;
    struct reload *reload = server->reload;
    if (!reload) { /* the daemon has stopped meanwhile */
        close_load(load);
        return;
    }
    ev_now_update(server->loop);
    double duration_ms = (ev_now(server->loop) - load->began) * 1000;
    bool changed = load->ruleset != NULL;
    if (changed)
        swap(server, &load->ruleset);
    tell_log(server, load, duration_ms);
    tidu_report_close(&reload->last.report);
    reload->last = (struct last){
        .any = true,
        .ok = changed || load->unchanged,
        .changed = changed,
        .at = ev_now(server->loop),
        .duration_ms = duration_ms,
        .report = load->report,
    };
    load->report = NULL;
    close_load(load);
    reload->running = false;
    answer_waiters(server, &reload->now, &reload->last);
    if (reload->again)
        begin(reload);
}

/* ---- beginning ------------------------------------------------------------------ */

static struct load *
open_load(struct server *server)
{
    struct load *load = calloc(1, sizeof *load);
    if (!load)
        return NULL;
    load->job = (struct job){.run = run_load, .done = done_load};
    load->magic = LOAD_MAGIC;
    load->server = server;
    load->began = ev_time();
    load->report = tidu_report_open();
    bool copied = tidu_settings_replace(&load->folder, server->settings->rules) &&
                  tidu_settings_replace(&load->helper, server->settings->helper);
    if (load->report && copied)
        return load;
    close_load(load);
    return NULL;
}

static void
begin(struct reload *reload)
{
    struct server *server = reload->server;
    struct load *load = open_load(server);
    reload->again = false;
    reload->now = reload->next;
    reload->next.first = NULL;
    if (!load) {
        tidu_log(&server->log, TIDU_LOG_ERROR, "reload: out of memory");
        drop_waiters(&reload->now);
        return;
    }
    load->earlier = tidu_ruleset_ref(server->live);
    reload->running = true;
    tidu_jobs_submit(server->jobs, &load->job);
}

void
tidu_reload_start(struct reload *reload, struct request *waiter)
{
    if (waiter) {
        waiter->following = reload->next.first;
        reload->next.first = waiter;
    }
    /* A load that is running may have read the old files already. */
    if (reload->running)
        reload->again = true;
    else
        begin(reload);
}

static void
on_change(void *context)
{
    tidu_reload_start(context, NULL);
}

struct reload *
tidu_reload_open(struct server *server)
{
    const struct settings *settings = server->settings;
    struct reload *reload = calloc(1, sizeof *reload);
    if (!reload)
        return NULL;
    reload->server = server;
    if (settings->watch)
        reload->watch =
            tidu_watch_open(server->loop, settings->rules, (unsigned)settings->settle_ms, on_change,
                            reload, &server->log);
    return reload;
}

void
tidu_reload_close(struct reload **reload)
{
    struct reload *leaving = *reload;
    if (!leaving)
        return;
    tidu_watch_close(&leaving->watch, leaving->server->loop);
    drop_waiters(&leaving->now);
    drop_waiters(&leaving->next);
    tidu_report_close(&leaving->last.report);
    free(leaving);
    *reload = NULL;
}

void
tidu_reload_write(const struct reload *reload, tidu_lang lang, tidu_text *out)
{
    if (reload->last.any)
        write_outcome(&reload->last, tidu_ruleset_digest(reload->server->live), lang, out);
    else
        tidu_text_puts(out, "null");
}

bool
tidu_reload_first(struct server *server, tidu_report *report)
{
    struct load *load = open_load(server);
    if (!load) {
        tidu_error error;
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        return tidu_report_add(report, &error);
    }
    tidu_report_close(&load->report);
    load->report = report;
    run_load(&load->job);
    server->live = load->ruleset;
    server->live_since = ev_time();
    load->ruleset = NULL;
    load->report = NULL;
    close_load(load);
    return server->live != NULL;
}
