/*
 * reload.c: new rules beside the old, then a change of one pointer.
 *
 *   folder changes ─┐
 *   SIGHUP ─────────┤─► job: read, compare, build, scenarios ─► done: swap, or
 *   reload request ─┘                                            keep and say why
 *
 * Whatever can go wrong goes wrong in the job, while the old ruleset is still
 * answering. Then the new one goes to all workers as part of a new world, and
 * each takes it up between two turns: no answer mixes two rulesets. When all
 * have, whoever asked for the reload is answered, and the old rules are let go:
 * what is asked after that answer meets the new ones, on any connection.
 *
 * Must not know: sockets, messages beyond the answer to a reload request.
 *
 * Ownership: a load owns all it works on, its report and its new ruleset until
 * they are handed over. The reload keeps the last report for `status`. All of
 * it is the main thread's, but for `last`, which has a lock.
 */
#include "internal.h"

#include "store/versions.h"
#include "tidu/review.h"

#include <assert.h>
#include <malloc.h>
#include <stdlib.h>

enum { LOAD_MAGIC = 0x4c4f4144 };

/* Requests that wait for a reload, linked as jobs are. */
struct waiters {
    struct job *first;
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
    bool again;         /* something changed while a load was running */
    bool taking_over;   /* workers are taking up a new world */
    tidu_ruleset *old;  /* live before it */
    struct waiters now, next;
    pthread_mutex_t lock; /* guards what follows */
    struct last last;
};

/* One look at the rules folder, as a job. */
struct load {
    struct job job; /* first: the job is the load */
    unsigned magic;
    struct server *server;
    struct settings *settings;
    tidu_ruleset *earlier; /* what was live when it began, or NULL */
    ev_tstamp began;
    tidu_report *report;
    tidu_ruleset *ruleset; /* NULL when refused or unchanged */
    bool unchanged;
};

static void
tell_stage(struct errand *errand, size_t stage, size_t total)
{
    if (!errand)
        return;
    atomic_store_explicit(&errand->done, stage, memory_order_relaxed);
    atomic_store_explicit(&errand->total, total, memory_order_relaxed);
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
static void
build(struct load *load, const tidu_source *sources, size_t count)
{
    uint32_t passed;
    tidu_rules_build(sources, count, load->settings->helper, load->earlier, &load->ruleset, &passed,
                     load->report, NULL);
    if (!load->ruleset || load->settings->stale != TIDU_STALE_REFUSE)
        return;
    if (!tidu_ruleset_refuse_stale(load->ruleset, load->report) ||
        tidu_report_error_count(load->report))
        tidu_ruleset_unref(&load->ruleset);
}

/* Rules that become live are kept, so that what they decide can be shown again. */
struct keeping {
    const char *digest;
    const tidu_source *sources;
    size_t count;
};

static bool
keep_version(struct database *database, void *context)
{
    const struct keeping *keeping = context;
    return tidu_versions_keep(database, keeping->digest, keeping->sources, keeping->count,
                              (int64_t)ev_time());
}

static void
keep(struct load *load, const tidu_source *sources, size_t count)
{
    struct keeping keeping = {tidu_ruleset_digest(load->ruleset), sources, count};
    tidu_error error;
    if (!load->server->store || tidu_store_do_now(load->server->store, keep_version, &keeping))
        return;
    tidu_error_set(&error, load->earlier ? TIDU_RULES_REFUSED_UNKEPT : TIDU_RULES_NOT_KEPT, NULL);
    tidu_report_add(load->report, &error);
    if (load->earlier)
        tidu_ruleset_unref(&load->ruleset); /* there are rules that have been kept */
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
    if (!tidu_sources_read(load->settings->rules, arena, &sources, &count, &error)) {
        tidu_report_add(load->report, &error);
    } else {
        tidu_sources_digest(sources, count, digest);
        load->unchanged =
            load->earlier && strcmp(digest, tidu_ruleset_digest(load->earlier)) == 0;
        if (!load->unchanged)
            build(load, sources, count);
        if (load->ruleset)
            keep(load, sources, count);
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
    tidu_settings_close(&load->settings);
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
done_retirement(struct letter *letter)
{
    struct retirement *retirement = (struct retirement *)(void *)letter;
    tidu_ruleset_unref(&retirement->ruleset);
    free(retirement);
}

static void
retire(struct server *server, tidu_ruleset **ruleset)
{
    struct retirement *retirement = calloc(1, sizeof *retirement);
    if (!retirement) {
        tidu_ruleset_unref(ruleset);
        return;
    }
    retirement->job = (struct job){
        .letter.open = done_retirement, .run = run_retirement, .home = server->mailbox};
    retirement->ruleset = *ruleset;
    *ruleset = NULL;
    tidu_jobs_submit(server->jobs, &retirement->job, 0);
}

static void
tell_log(struct server *server, const struct load *load, double duration_ms)
{
    const char *digest = tidu_ruleset_digest(server->world->live);
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
answer_waiter(struct errand *errand, const struct last *last, const char *digest)
{
    char count[32];
    tidu_error error;
    if (last->ok) {
        write_outcome(last, digest, errand->lang, tidu_errand_answer(errand));
    } else {
        snprintf(count, sizeof count, "%zu", tidu_report_error_count(last->report));
        tidu_error_set(&error, TIDU_CALL_RULES_REFUSED, count, NULL);
        tidu_errand_refuse(errand, TIDU_RPC_RULES, &error);
        tidu_report_write(last->report, errand->lang, &errand->data);
    }
    tidu_errand_return(errand);
}

static struct errand *
next_waiter(struct waiters *waiters)
{
    struct job *job = waiters->first;
    if (job)
        waiters->first = job->next;
    return (struct errand *)job;
}

static void
answer_waiters(struct reload *reload)
{
    const char *digest = tidu_ruleset_digest(reload->server->world->live);
    struct errand *errand;
    while ((errand = next_waiter(&reload->now)))
        answer_waiter(errand, &reload->last, digest);
}

/* They are told that they were cancelled. */
static void
drop_waiters(struct waiters *waiters)
{
    struct errand *errand;
    while ((errand = next_waiter(waiters)))
        tidu_errand_return(errand);
}

static void begin(struct reload *reload);

/* All is done: nothing is answered by the old rules any more, if there are new. */
static void
conclude(struct reload *reload)
{
    reload->running = reload->taking_over = false;
    answer_waiters(reload);
    if (reload->old)
        retire(reload->server, &reload->old);
    if (reload->again)
        begin(reload);
}

void
tidu_reload_adopted(struct reload *reload)
{
    if (reload->taking_over)
        conclude(reload);
}

static void
note_outcome(struct reload *reload, struct load *load, bool changed, double duration_ms)
{
    pthread_mutex_lock(&reload->lock);
    tidu_report_close(&reload->last.report);
    reload->last = (struct last){
        .any = true,
        .ok = changed || load->unchanged,
        .changed = changed,
        .at = ev_now(reload->server->loop),
        .duration_ms = duration_ms,
        .report = load->report,
    };
    load->report = NULL;
    pthread_mutex_unlock(&reload->lock);
}

/* Memory for a new world may be lacking; then the old one stays, too. */
static bool
take_over(struct reload *reload, tidu_ruleset *ruleset, tidu_report *report)
{
    tidu_error error;
    reload->old = tidu_ruleset_ref(reload->server->world->live);
    reload->taking_over = tidu_server_change(reload->server, NULL, ruleset);
    if (reload->taking_over)
        return true;
    tidu_ruleset_unref(&reload->old);
    tidu_error_set(&error, TIDU_MEMORY, NULL);
    tidu_report_add(report, &error);
    return false;
}

static void
done_load(struct letter *letter)
{
    struct load *load = (struct load *)(void *)letter;
    assert(load->magic == LOAD_MAGIC);
    struct server *server = load->server;
    struct reload *reload = server->reload;
    if (!reload) { /* the daemon has stopped meanwhile */
        close_load(load);
        return;
    }
    ev_now_update(server->loop);
    double duration_ms = (ev_now(server->loop) - load->began) * 1000;
    bool changed = load->ruleset && take_over(reload, load->ruleset, load->report);
    tell_log(server, load, duration_ms);
    note_outcome(reload, load, changed, duration_ms);
    close_load(load);
    if (!changed)
        conclude(reload);
}

/* ---- beginning ------------------------------------------------------------------ */

static struct load *
open_load(struct server *server, const struct settings *settings, tidu_ruleset *earlier)
{
    struct load *load = calloc(1, sizeof *load);
    if (!load)
        return NULL;
    load->job =
        (struct job){.letter.open = done_load, .run = run_load, .home = server->mailbox};
    load->magic = LOAD_MAGIC;
    load->server = server;
    load->settings = tidu_settings_hold((struct settings *)settings);
    load->earlier = earlier ? tidu_ruleset_ref(earlier) : NULL;
    load->began = ev_time();
    load->report = tidu_report_open();
    if (load->report)
        return load;
    close_load(load);
    return NULL;
}

static void
begin(struct reload *reload)
{
    struct server *server = reload->server;
    struct load *load = open_load(server, server->world->settings, server->world->live);
    reload->again = false;
    reload->now = reload->next;
    reload->next.first = NULL;
    if (!load) {
        tidu_log(&server->log, TIDU_LOG_ERROR, "reload: out of memory");
        drop_waiters(&reload->now);
        return;
    }
    reload->running = true;
    tidu_jobs_submit(server->jobs, &load->job, 0);
}

void
tidu_reload_start(struct reload *reload, struct errand *waiter)
{
    if (waiter) {
        waiter->job.next = reload->next.first;
        reload->next.first = &waiter->job;
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
    const struct settings *settings = server->world->settings;
    struct reload *reload = calloc(1, sizeof *reload);
    if (!reload)
        return NULL;
    reload->server = server;
    pthread_mutex_init(&reload->lock, NULL);
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
    tidu_ruleset_unref(&leaving->old);
    tidu_report_close(&leaving->last.report);
    pthread_mutex_destroy(&leaving->lock);
    free(leaving);
    *reload = NULL;
}

void
tidu_reload_write(struct reload *reload, const char *digest, tidu_lang lang, tidu_text *out)
{
    pthread_mutex_lock(&reload->lock);
    if (reload->last.any)
        write_outcome(&reload->last, digest, lang, out);
    else
        tidu_text_puts(out, "null");
    pthread_mutex_unlock(&reload->lock);
}

tidu_ruleset *
tidu_reload_first(struct server *server, const struct settings *settings, tidu_report *report)
{
    struct load *load = open_load(server, settings, NULL);
    if (!load) {
        tidu_error error;
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        tidu_report_add(report, &error);
        return NULL;
    }
    tidu_report_close(&load->report);
    load->report = report;
    run_load(&load->job);
    tidu_ruleset *ruleset = load->ruleset;
    load->ruleset = NULL;
    load->report = NULL;
    close_load(load);
    return ruleset;
}
