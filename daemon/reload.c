/*
 * reload.c: new rules beside the old, then a change of one pointer.
 *
 *   folder changes ─┐
 *   SIGHUP ─────────┤
 *   reload ─────────┼─► load (a job) ─► done: take over, or keep and say why
 *   activate ───────┤
 *   rollback ───────┘
 *
 * Rules that take over go to all workers as part of a new world, and each takes
 * it up between two turns: no answer mixes two rulesets. When all have, whoever
 * asked is answered, and the old rules are let go: what is asked after that
 * answer meets the new ones, on any connection.
 *
 * Rules that the gate did not let through are kept as the candidate, for an
 * activation with a reason.
 *
 * Must not know: sockets, how rules are built.
 *
 * Ownership: the reload keeps the last report for `status`, and the candidate.
 * All of it is the main thread's, but for `last`, which has a lock.
 */
#include "load.h"

#include "store/versions.h"

#include <assert.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

/* Requests, linked as jobs are. */
struct waiters {
    struct job *first, **last;
};

struct last {
    bool any, ok, changed;
    ev_tstamp at;
    double duration_ms;
    tidu_report *report;
    char candidate[13]; /* rules that were not let through; "" for none */
    tidu_text difference;
};

struct reload {
    struct server *server;
    struct watch *watch;
    bool running;
    bool again;         /* something changed while a load was running */
    bool taking_over;   /* workers are taking up a new world */
    tidu_ruleset *old;  /* live before it */
    tidu_ruleset *candidate; /* not let through by the gate, or NULL */
    char held[65];      /* what the folder has without being loaded, since another was activated */
    struct waiters now, next;    /* those who ask to look at the folder */
    struct waiters activations;  /* those who ask for other rules */
    struct activation *activating;
    pthread_mutex_t lock; /* guards what follows */
    struct last last;
};

/* ---- waiters ------------------------------------------------------------------------ */

static void
add_waiter(struct waiters *waiters, struct errand *errand)
{
    errand->job.next = NULL;
    *waiters->last = &errand->job;
    waiters->last = &errand->job.next;
}

static struct errand *
next_waiter(struct waiters *waiters)
{
    struct job *job = waiters->first;
    if (!job)
        return NULL;
    waiters->first = job->next;
    if (!waiters->first)
        waiters->last = &waiters->first;
    return (struct errand *)job;
}

static void
init_waiters(struct waiters *waiters)
{
    *waiters = (struct waiters){.last = &waiters->first};
}

static void
move_waiters(struct waiters *to, struct waiters *from)
{
    struct errand *errand;
    while ((errand = next_waiter(from)))
        add_waiter(to, errand);
}

/* They are told that they were cancelled. */
static void
drop_waiters(struct waiters *waiters)
{
    struct errand *errand;
    while ((errand = next_waiter(waiters)))
        tidu_errand_return(errand);
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
    size_t errors = tidu_report_error_count(load->report);
    if (load->unchanged) {
        tidu_log(&server->log, TIDU_LOG_DEBUG, "reload: nothing has changed");
        return;
    }
    char took[32];
    snprintf(took, sizeof took, "%.0f", duration_ms);
    const struct log_field fields[] = {
        {"ruleset", digest},
        {"duration_ms", took},
        {load->refused ? "candidate" : NULL, load->refused ? tidu_ruleset_digest(load->refused) : ""},
        {0}};
    tidu_log_report(&server->log, load->report);
    if (load->refused)
        tidu_log_event(&server->log, TIDU_LOG_ERROR, fields,
                 "reload: ruleset %.12s is not let through after %.0f ms, ruleset %.12s stays",
                 tidu_ruleset_digest(load->refused), duration_ms, digest);
    else if (!load->ruleset)
        tidu_log_event(&server->log, TIDU_LOG_ERROR, fields,
                 "reload: refused with %zu errors after %.0f ms, ruleset %.12s stays", errors,
                 duration_ms, digest);
    else
        tidu_log_event(&server->log, TIDU_LOG_INFO, fields,
                       "reload: ruleset %.12s is live after %.0f ms", digest, duration_ms);
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
    if (*last->candidate)
        tidu_text_printf(out, ",\"candidate\":\"%s\"", last->candidate);
    if (last->difference.length) {
        tidu_text_puts(out, ",\"difference\":");
        tidu_text_add(out, last->difference.data, last->difference.length);
    }
    tidu_text_putc(out, '}');
}

/* The complaint that what was asked for is not there, if that is all. */
static const tidu_error *
nothing_found(const tidu_report *report)
{
    const tidu_error *first = tidu_report_count(report) ? tidu_report_get(report, 0) : NULL;
    return first && (first->code == TIDU_CALL_NO_VERSION || first->code == TIDU_CALL_NO_EARLIER)
               ? first
               : NULL;
}

static void
answer_waiter(struct errand *errand, const struct last *last, const char *digest)
{
    char count[32];
    tidu_error error;
    const tidu_error *nothing = nothing_found(last->report);
    if (last->ok) {
        write_outcome(last, digest, errand->lang, tidu_errand_answer(errand));
    } else if (nothing) {
        tidu_errand_refuse(errand, TIDU_RPC_NOT_FOUND, nothing);
    } else {
        snprintf(count, sizeof count, "%zu", tidu_report_error_count(last->report));
        tidu_error_set(&error, TIDU_CALL_RULES_REFUSED, count, NULL);
        tidu_errand_refuse(errand, TIDU_RPC_RULES, &error);
        tidu_report_write(last->report, errand->lang, &errand->data);
    }
    tidu_errand_return(errand);
}

static void
answer_waiters(struct reload *reload)
{
    const char *digest = tidu_ruleset_digest(reload->server->world->live);
    struct errand *errand;
    while ((errand = next_waiter(&reload->now)))
        answer_waiter(errand, &reload->last, digest);
}

/* ---- told to subscribers, and written down ---------------------------------------------- */

static void
announce(struct reload *reload, const char *before)
{
    const struct last *last = &reload->last;
    struct server *server = reload->server;
    const char *digest = tidu_ruleset_digest(server->world->live);
    tidu_text params = {0};
    if (last->ok && !last->changed)
        return;
    if (last->changed)
        tidu_text_printf(&params, "{\"ruleset\":\"%.12s\",\"before\":\"%.12s\"}", digest, before);
    else
        write_outcome(last, digest, server->log.lang, &params);
    tidu_server_announce(server, last->changed ? TIDU_EVENT_CHANGED : TIDU_EVENT_REFUSED,
                         (tidu_slice){params.data, params.length});
    tidu_text_free(&params);
}

/* What took over or did not, who wanted it, and why. */
static void
write_down(struct reload *reload, const char *before)
{
    const struct last *last = &reload->last;
    const struct activation *activation = reload->activating;
    const char *action = activation ? activation->action : "reload";
    tidu_text terms = {0};
    if (last->ok && !last->changed)
        return;
    tidu_text_printf(&terms, "{\"action\":\"%s\",\"ok\":%s,\"ruleset\":\"%s\",\"before\":\"%s\"", action,
                     last->changed ? "true" : "false",
                     tidu_ruleset_digest(reload->server->world->live), before);
    if (*last->candidate)
        tidu_text_printf(&terms, ",\"candidate\":\"%s\"", last->candidate);
    if (activation) {
        tidu_text_puts(&terms, ",\"reason\":");
        tidu_text_json(&terms, activation->reason, strlen(activation->reason));
    }
    tidu_text_putc(&terms, '}');
    tidu_witness_action(reload->server->store, TIDU_ENTRY_ACTION,
                        activation ? &activation->who : &(struct who){.user = TIDU_NOBODY},
                        (tidu_slice){terms.data, terms.length});
    tidu_text_free(&terms);
}

/* ---- the end of a load --------------------------------------------------------------------- */

static void begin(struct reload *reload);
static void begin_activation(struct reload *reload);

static void
go_on(struct reload *reload)
{
    if (reload->activations.first)
        begin_activation(reload);
    else if (reload->again)
        begin(reload);
}

/* All is done: nothing is answered by the old rules any more, if there are new. */
static void
conclude(struct reload *reload)
{
    reload->running = reload->taking_over = false;
    if (reload->activating)
        add_waiter(&reload->now, &reload->activating->errand);
    reload->activating = NULL;
    answer_waiters(reload);
    if (reload->old)
        retire(reload->server, &reload->old);
    go_on(reload);
}

void
tidu_reload_adopted(struct reload *reload)
{
    if (reload->taking_over)
        conclude(reload);
}

static void
note_candidate(struct reload *reload, struct load *load)
{
    struct last *last = &reload->last;
    tidu_text_free(&last->difference);
    last->difference = load->difference;
    load->difference = (tidu_text){0};
    last->candidate[0] = '\0';
    if (!load->refused)
        return;
    snprintf(last->candidate, sizeof last->candidate, "%.12s", tidu_ruleset_digest(load->refused));
    tidu_ruleset_unref(&reload->candidate);
    reload->candidate = load->refused;
    load->refused = NULL;
}

static void
note_outcome(struct reload *reload, struct load *load, bool changed, double duration_ms)
{
    struct last *last = &reload->last;
    tidu_tally_add(&reload->server->reloads[changed           ? TIDU_RELOAD_CHANGED
                                            : load->unchanged ? TIDU_RELOAD_UNCHANGED
                                                              : TIDU_RELOAD_REFUSED],
                   1);
    pthread_mutex_lock(&reload->lock);
    tidu_report_close(&last->report);
    last->any = true;
    last->ok = changed || load->unchanged;
    last->changed = changed;
    last->at = ev_now(reload->server->loop);
    last->duration_ms = duration_ms;
    last->report = load->report;
    load->report = NULL;
    if (!load->unchanged)
        note_candidate(reload, load);
    pthread_mutex_unlock(&reload->lock);
}

/* Memory for a new world may be lacking; then the old one stays, too. */
static bool
take_over(struct reload *reload, tidu_ruleset *ruleset, tidu_report *report)
{
    tidu_error error;
    reload->old = tidu_ruleset_ref(reload->server->world->live);
    reload->taking_over = tidu_server_change(reload->server, &(struct change){.live = ruleset});
    if (reload->taking_over)
        return true;
    tidu_ruleset_unref(&reload->old);
    tidu_error_set(&error, TIDU_MEMORY, NULL);
    tidu_report_add(report, &error);
    return false;
}

/* After an activation the folder has something else, which is not loaded until it
 * changes. */
static void
note_held(struct reload *reload, const struct load *load, const char *digest)
{
    bool elsewhere = *load->folder && strcmp(load->folder, digest) != 0;
    snprintf(reload->held, sizeof reload->held, "%s", elsewhere ? load->folder : "");
}

/* Settings that came while a load was under way may want another gate: the reload that
 * came with them decides, and whoever waits hears of that one. */
static bool
is_outdated(const struct reload *reload, const struct load *load)
{
    return reload->again && !reload->activating &&
           load->settings != reload->server->world->settings;
}

static void
done_load(struct letter *letter)
{
    struct load *load = (struct load *)(void *)letter;
    struct server *server = load->server;
    struct reload *reload = server->reload;
    if (!reload) { /* the daemon has stopped meanwhile */
        tidu_load_close(&load);
        return;
    }
    ev_now_update(server->loop);
    if (is_outdated(reload, load)) {
        tidu_log(&server->log, TIDU_LOG_INFO, "reload: once more, by the settings that came");
        tidu_load_close(&load);
        reload->running = false;
        begin(reload);
        return;
    }
    char before[65];
    snprintf(before, sizeof before, "%s", tidu_ruleset_digest(server->world->live));
    double duration_ms = (ev_now(server->loop) - load->began) * 1000;
    bool changed = load->ruleset && take_over(reload, load->ruleset, load->report);
    if (changed)
        note_held(reload, load, tidu_ruleset_digest(load->ruleset));
    tell_log(server, load, duration_ms);
    note_outcome(reload, load, changed, duration_ms);
    write_down(reload, before);
    announce(reload, before);
    tidu_load_close(&load);
    if (!changed)
        conclude(reload);
}

/* ---- beginning ------------------------------------------------------------------ */

static struct load *
open_load(struct reload *reload)
{
    struct server *server = reload->server;
    struct load *load =
        tidu_load_open(server, server->world->settings, server->world->live, reload->held);
    if (!load) {
        tidu_log(&server->log, TIDU_LOG_ERROR, "reload: out of memory");
        return NULL;
    }
    load->job =
        (struct job){.letter.open = done_load, .run = tidu_load_run, .home = server->mailbox};
    return load;
}

static void
begin(struct reload *reload)
{
    struct load *load = open_load(reload);
    reload->again = false;
    move_waiters(&reload->now, &reload->next);
    if (!load) {
        drop_waiters(&reload->now);
        return;
    }
    reload->running = true;
    tidu_jobs_submit(reload->server->jobs, &load->job, 0);
}

void
tidu_reload_start(struct reload *reload, struct errand *waiter)
{
    if (waiter)
        add_waiter(&reload->next, waiter);
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

/* ---- other rules than the folder's --------------------------------------------------- */

static bool
refuse_activation(struct activation *activation, tidu_code code, const char *argument)
{
    tidu_error error;
    tidu_error_set(&error, code, argument, NULL);
    tidu_errand_refuse(&activation->errand, TIDU_RPC_NOT_FOUND, &error);
    tidu_errand_return(&activation->errand);
    return false;
}

/* What an activation means: the candidate, or a version by its name. */
static bool
choose(struct reload *reload, struct activation *activation, struct load *load)
{
    const char *name = activation->name;
    size_t length = name ? strlen(name) : 0;
    const char *candidate = reload->candidate ? tidu_ruleset_digest(reload->candidate) : "";
    bool candidate_meant = !name || strcmp(name, "candidate") == 0 ||
                           (length >= 4 && strncmp(candidate, name, length) == 0);
    if (candidate_meant && !reload->candidate)
        return refuse_activation(activation, TIDU_CALL_NO_CANDIDATE, "");
    if (candidate_meant) {
        load->candidate = reload->candidate;
        reload->candidate = NULL;
        return true;
    }
    if (!reload->server->store)
        return refuse_activation(activation, TIDU_STORE_NO, "");
    load->wanted = strdup(name);
    return load->wanted || refuse_activation(activation, TIDU_MEMORY, "");
}

static void
begin_activation(struct reload *reload)
{
    struct activation *activation = (struct activation *)next_waiter(&reload->activations);
    struct load *load = open_load(reload);
    if (!load) {
        tidu_errand_return(&activation->errand);
        return;
    }
    if (!choose(reload, activation, load)) {
        tidu_load_close(&load);
        go_on(reload);
        return;
    }
    reload->activating = activation;
    reload->running = true;
    tidu_jobs_submit(reload->server->jobs, &load->job, 0);
}

void
tidu_reload_activate(struct reload *reload, struct activation *activation)
{
    add_waiter(&reload->activations, &activation->errand);
    if (!reload->running)
        begin_activation(reload);
}

/* ---- life ------------------------------------------------------------------------------ */

struct reload *
tidu_reload_open(struct server *server)
{
    const struct settings *settings = server->world->settings;
    struct reload *reload = calloc(1, sizeof *reload);
    if (!reload)
        return NULL;
    reload->server = server;
    init_waiters(&reload->now);
    init_waiters(&reload->next);
    init_waiters(&reload->activations);
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
    if (leaving->activating)
        add_waiter(&leaving->now, &leaving->activating->errand);
    drop_waiters(&leaving->now);
    drop_waiters(&leaving->next);
    drop_waiters(&leaving->activations);
    tidu_ruleset_unref(&leaving->old);
    tidu_ruleset_unref(&leaving->candidate);
    tidu_report_close(&leaving->last.report);
    tidu_text_free(&leaving->last.difference);
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
    struct load *load = tidu_load_open(server, settings, NULL, "");
    if (!load) {
        tidu_error error;
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        tidu_report_add(report, &error);
        return NULL;
    }
    tidu_report_close(&load->report);
    load->report = report;
    tidu_load_run(&load->job);
    tidu_ruleset *ruleset = load->ruleset;
    load->ruleset = NULL;
    load->report = NULL;
    if (ruleset && server->reload) {
        snprintf(server->reload->held, sizeof server->reload->held, "%s", load->held);
        note_candidate(server->reload, load);
    }
    tidu_load_close(&load);
    return ruleset;
}
