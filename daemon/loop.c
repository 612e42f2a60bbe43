/*
 * loop.c: the server, from its start to its end.
 *
 *   settings ─► socket ─► confined ─► rules ─► workers ─► serve ─► SIGTERM: accept no more,
 *                                answer what has been received, send it, go
 *
 * The main thread accepts, watches, reloads; workers answer. libev's default
 * loop would reap every child process, and those of the job threads are not its
 * own; so the loop is one we made.
 *
 * Must not know: messages, records.
 *
 * Ownership: the server owns everything there is once.
 */
#include "census.h"
#include "charge.h"

#include "store/demands.h"
#include "store/enterprises.h"
#include "store/versions.h"
#include "tidu/both.h"
#include "tidu/heap.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { JOB_WAIT_MS = 2000 };

size_t
tidu_server_sessions(const struct server *server)
{
    size_t count = 0;
    for (size_t i = 0; i < server->worker_count; i++)
        count += atomic_load_explicit(&server->workers[i]->session_count, memory_order_acquire);
    return count;
}

/* ---- one world after the other --------------------------------------------------- */

bool
tidu_server_change(struct server *server, const struct change *change)
{
    struct world *old = server->world;
    struct world *next = tidu_world_open(
        old->number + 1, change->settings ? change->settings : old->settings,
        change->live ? change->live : old->live,
        change->live ? ev_now(server->loop) : old->live_since,
        change->shadow_changes ? change->shadow : old->shadow,
        change->pilots_change ? change->pilots : old->pilots);
    if (!next)
        return false;
    server->world = next;
    for (size_t i = 0; i < server->worker_count; i++)
        tidu_worker_adopt(server->workers[i], next);
    if (server->http)
        tidu_http_adopt(server->http, next);
    tidu_world_close(&old);
    return true;
}

static bool
all_adopted(const struct server *server)
{
    for (size_t i = 0; i < server->worker_count; i++)
        if (atomic_load(&server->workers[i]->adopted) != server->world->number)
            return false;
    return true;
}

/* ---- the store ---------------------------------------------------------------------- */

/* On the writer's thread. */
static void
on_stored(void *context)
{
    struct server *server = context;
    for (size_t i = 0; i < server->worker_count; i++)
        tidu_worker_wake(server->workers[i]);
    ev_async_send(server->loop, &server->stored);
}

/* Say in the log when the store begins to fail and when it is well again. */
static void
on_store_changed(struct ev_loop *loop, ev_async *watcher, int events)
{
    (void)loop;
    (void)events;
    struct server *server = watcher->data;
    struct store_status status;
    tidu_store_look(server->store, &status);
    if (status.failing && !server->store_failing)
        tidu_log_fault(&server->log, TIDU_LOG_ERROR, &status.why);
    if (!status.failing && server->store_failing)
        tidu_log(&server->log, TIDU_LOG_INFO,
                 "store: can be written again, %llu decisions were lost in all",
                 (unsigned long long)status.lost);
    server->store_failing = status.failing;
}

/* The tables there are beside the journal. */
static const char *const schemas[] = {tidu_versions_schema, tidu_enterprises_schema,
                                      tidu_demands_schema, NULL};

static bool
open_store(struct server *server, tidu_error *reterr)
{
    const struct settings *settings = server->world->settings;
    const char *folder = tidu_settings_store(settings);
    tidu_error warning;
    if (!folder)
        return true;
    struct store_terms terms = {folder, schemas, (tidu_durability)settings->durability,
                                settings->store_queue_bytes, settings->rotate_bytes};
    server->store = tidu_store_open(&terms, &warning, reterr);
    if (server->store)
        tidu_lender_look(server);
    if (server->store && warning.code)
        tidu_log_fault(&server->log, TIDU_LOG_WARNING, &warning);
    return server->store != NULL;
}

/* A worker has taken up a world, or has no session left. */
static void
on_adopted(struct ev_loop *loop, ev_async *watcher, int events)
{
    (void)events;
    struct server *server = watcher->data;
    if (server->reload && all_adopted(server))
        tidu_reload_adopted(server->reload);
    if (server->stopping && !tidu_server_sessions(server) && tidu_http_is_drained(server->http))
        ev_break(loop, EVBREAK_ALL);
}

/* ---- stopping --------------------------------------------------------------- */

static void
on_stop_time(struct ev_loop *loop, ev_timer *watcher, int events)
{
    (void)events;
    struct server *server = watcher->data;
    tidu_log(&server->log, TIDU_LOG_WARNING, "stop: %zu sessions did not take their answers",
             tidu_server_sessions(server));
    ev_break(loop, EVBREAK_ALL);
}

void
tidu_server_stop(struct server *server, const char *how)
{
    if (server->stopping) {
        ev_break(server->loop, EVBREAK_ALL);
        return;
    }
    tidu_log(&server->log, TIDU_LOG_INFO, "stop: %s, %zu sessions open", how,
             tidu_server_sessions(server));
    server->stopping = true;
    if (server->restarting) {
        tidu_listener_pause(server->listener);
    } else {
        tidu_supervisor_stopping();
        tidu_listener_drain(server->listener);
        tidu_listener_close(&server->listener);
    }
    if (server->http)
        tidu_http_drain(server->http, server->restarting);
    ev_timer_set(&server->stop_timer, (double)server->world->settings->stop_s, 0);
    ev_timer_start(server->loop, &server->stop_timer);
    for (size_t i = 0; i < server->worker_count; i++)
        tidu_worker_drain(server->workers[i]);
}

static void
on_stop(struct ev_loop *loop, ev_signal *watcher, int events)
{
    (void)loop;
    (void)events;
    struct server *server = watcher->data;
    server->restarting = false;
    tidu_server_stop(server, watcher->signum == SIGTERM ? "SIGTERM" : "SIGINT");
}

/* ---- SIGHUP, SIGUSR2 -------------------------------------------------------------- */

static void
on_replace(struct ev_loop *loop, ev_signal *watcher, int events)
{
    (void)loop;
    (void)events;
    tidu_restart_begin(watcher->data);
}

static void
on_hang_up(struct ev_loop *loop, ev_signal *watcher, int events)
{
    (void)loop;
    (void)events;
    struct server *server = watcher->data;
    tidu_log(&server->log, TIDU_LOG_INFO, "reload: asked by signal");
    struct settings *settings = tidu_options_settings(&server->options, &server->log);
    if (!settings) {
        tidu_log(&server->log, TIDU_LOG_ERROR, "settings: the old ones stay");
    } else {
        tidu_settings_keep_fixed(settings, server->world->settings, &server->log);
        atomic_store(&server->log.level, (tidu_log_level)settings->log_level);
        if (!tidu_server_change(server, &(struct change){.settings = settings}))
            tidu_log(&server->log, TIDU_LOG_ERROR, "settings: out of memory, the old ones stay");
    }
    tidu_settings_close(&settings);
    tidu_reload_start(server->reload, NULL);
}

/* ---- starting ------------------------------------------------------------------ */

static void
listen_for(struct server *server, ev_signal *watcher, int number,
           void (*act)(struct ev_loop *, ev_signal *, int))
{
    ev_signal_init(watcher, act, number);
    watcher->data = server;
    ev_signal_start(server->loop, watcher);
}

/* NULL when they cannot be used, with the reasons in the log. */
static tidu_ruleset *
first_rules(struct server *server, const struct settings *settings)
{
    tidu_report *report = tidu_report_open();
    tidu_ruleset *live = report ? tidu_reload_first(server, settings, report) : NULL;
    if (report)
        tidu_log_report(&server->log, report);
    if (!live)
        tidu_log(&server->log, TIDU_LOG_ERROR, "start: the rules in %s cannot be used",
                 settings->rules);
    tidu_report_close(&report);
    return live;
}

/* The first world gets its rules when all else is in place. */
static bool
load_rules(struct server *server)
{
    const tidu_large_pages large = tidu_heap_enlarge(TIDU_HEAP_OF_RULES);
    tidu_ruleset *live = first_rules(server, server->world->settings);
    ev_now_update(server->loop);
    tidu_error error;
    bool loaded = live && tidu_server_change(server, &(struct change){.live = live});
    tidu_ruleset_unref(&live);
    if (loaded && !tidu_pilots_first(server, &error)) {
        tidu_log_fault(&server->log, TIDU_LOG_ERROR, &error);
        loaded = false;
    }
    tidu_heap_settle(&large);
    return loaded;
}

int
tidu_server_check(const struct settings *settings)
{
    struct server server = {0};
    tidu_log_begin(&server.log, settings);
    tidu_ruleset *live = first_rules(&server, settings);
    bool good = live != NULL;
    tidu_ruleset_unref(&live);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* One a core, of those we may use. */
static size_t
worker_count(const struct settings *settings)
{
    return settings->workers ? settings->workers : tidu_processor_count();
}

static bool
start_workers(struct server *server)
{
    size_t count = worker_count(server->world->settings);
    server->workers = calloc(count, sizeof(struct worker *));
    while (server->workers && server->worker_count < count) {
        struct worker *worker = tidu_worker_open(server, server->world);
        if (!worker)
            break;
        server->workers[server->worker_count++] = worker;
        if (!tidu_worker_start(worker))
            break;
    }
    bool all = server->worker_count == count && server->workers[count - 1]->running;
    if (!all)
        tidu_log(&server->log, TIDU_LOG_ERROR, "start: out of memory or threads");
    return all;
}

/* Sockets may take more rights than all that comes after them, threads included. */
static bool
open_sockets(struct server *server)
{
    tidu_error error;
    const struct settings *settings = server->world->settings;
    struct inheritance inherited;
    if (tidu_supervisor_inheritance(&inherited, &error))
        server->listener = tidu_listener_open(server, &inherited, &error);
    if (server->listener && *settings->http_listen)
        server->http = tidu_http_open(server, inherited.http, &error);
    else if (server->listener && inherited.http >= 0)
        tidu_http_discard(inherited.http);
    bool open = server->listener && (server->http || !*settings->http_listen) &&
                tidu_confine(server, tidu_settings_store(settings), &error);
    if (!open)
        tidu_log_fault(&server->log, TIDU_LOG_ERROR, &error);
    return open;
}

static bool
open_parts(struct server *server)
{
    tidu_error error;
    server->mailbox = tidu_mailbox_open(server->loop);
    server->jobs = tidu_jobs_open(server->world->settings->job_threads);
    server->crowd = tidu_crowd_open();
    server->gallery = tidu_gallery_open(server);
    server->census = tidu_census_open();
    server->reload = tidu_reload_open(server);
    if (!server->mailbox || !server->jobs || !server->crowd || !server->gallery ||
        !server->census || !server->reload) {
        tidu_log(&server->log, TIDU_LOG_ERROR, "start: out of memory or threads");
        return false;
    }
    bool open = open_store(server, &error);
    if (!open)
        tidu_log_fault(&server->log, TIDU_LOG_ERROR, &error);
    return open;
}

/* The watch begins before the rules are read: what changes in between is seen
 * afterwards. */
static bool
start(struct server *server)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a fault of the store like a full disk */
    listen_for(server, &server->terminate, SIGTERM, on_stop);
    listen_for(server, &server->interrupt, SIGINT, on_stop);
    listen_for(server, &server->hang_up, SIGHUP, on_hang_up);
    listen_for(server, &server->replace, SIGUSR2, on_replace);
    ev_init(&server->stop_timer, on_stop_time);
    ev_async_init(&server->adopted, on_adopted);
    ev_async_init(&server->stored, on_store_changed);
    server->stop_timer.data = server->adopted.data = server->stored.data = server;
    ev_async_start(server->loop, &server->adopted);
    ev_async_start(server->loop, &server->stored);
    if (!open_sockets(server) || !open_parts(server) || !load_rules(server))
        return false;
    snprintf(server->socket_path, sizeof server->socket_path, "%s",
             tidu_listener_path(server->listener));
    if (!start_workers(server))
        return false;
    if (server->store)
        tidu_store_listen(server->store, on_stored, server);
    if (server->http && !tidu_http_start(server->http)) {
        tidu_log(&server->log, TIDU_LOG_ERROR, "start: out of memory or threads");
        return false;
    }
    tidu_listener_accept(server->listener);
    tidu_supervisor_watch(server);
    const struct world *world = server->world;
    tidu_counts counts = tidu_ruleset_counts(world->live);
    char workers[16];
    snprintf(workers, sizeof workers, "%zu", server->worker_count);
    const struct log_field fields[] = {{"version", TIDU_VERSION},
                                       {"ruleset", tidu_ruleset_digest(world->live)},
                                       {"workers", workers},
                                       {"socket", server->socket_path},
                                       {server->http ? "http" : NULL, server->http ? tidu_http_address(server->http) : NULL},
                                       {0}};
    tidu_log_event(&server->log, TIDU_LOG_INFO, fields,
             "start: tidud %s, process %ld, %zu workers, ruleset %.12s (%u documents, %u criteria), "
             "on %s%s%s",
             TIDU_VERSION, (long)getpid(), server->worker_count, tidu_ruleset_digest(world->live),
             counts.documents, counts.criteria, server->socket_path,
             server->http ? " and http " : "", server->http ? tidu_http_address(server->http) : "");
    tidu_supervisor_ready(tidu_ruleset_digest(world->live));
    return true;
}

/* In an order that leaves nobody to send to what is gone: threads first, then
 * what they have left in each other's mailboxes. */
static void
stop(struct server *server)
{
    tidu_listener_close(&server->listener); /* unless it was given away */
    tidu_http_stop(server->http);
    if (server->jobs)
        tidu_jobs_stop(server->jobs);
    for (size_t i = 0; i < server->worker_count; i++)
        tidu_worker_stop(server->workers[i]);
    tidu_mailbox_close(&server->mailbox);
    tidu_reload_close(&server->reload);
    bool joined = tidu_jobs_close(&server->jobs, JOB_WAIT_MS);
    if (server->store)
        tidu_store_stop(server->store);
    for (size_t i = 0; i < server->worker_count; i++)
        tidu_worker_close(&server->workers[i]);
    if (joined) { /* a job that was left behind may still know them */
        tidu_gallery_close(&server->gallery);
        tidu_census_close(&server->census);
        tidu_store_close(&server->store);
    }
    free(server->workers);
    tidu_http_close(&server->http);
    tidu_crowd_close(&server->crowd);
    tidu_world_close(&server->world);
    ev_signal_stop(server->loop, &server->terminate);
    ev_signal_stop(server->loop, &server->interrupt);
    ev_signal_stop(server->loop, &server->hang_up);
    ev_signal_stop(server->loop, &server->replace);
    ev_timer_stop(server->loop, &server->stop_timer);
    ev_timer_stop(server->loop, &server->watchdog);
    ev_async_stop(server->loop, &server->adopted);
    ev_async_stop(server->loop, &server->stored);
    ev_loop_destroy(server->loop);
}

int
tidu_server_run(const struct options *options, struct settings *settings)
{
    struct server server = {
        .options = *options,
        .started = ev_time(),
    };
    tidu_log_begin(&server.log, settings);
    server.loop = ev_loop_new(EVFLAG_AUTO);
    server.world = tidu_world_open(0, settings, NULL, 0, NULL, NULL);
    if (!server.loop || !server.world) {
        tidu_log(&server.log, TIDU_LOG_ERROR, "start: no event loop");
        return EXIT_FAILURE;
    }
    bool started = start(&server);
    if (started)
        ev_run(server.loop, 0);
    if (!server.listener || !server.restarting) {
        stop(&server);
        if (started)
            tidu_log(&server.log, TIDU_LOG_INFO, "stop: done");
        return started ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    struct inheritance inherited = tidu_listener_give_away(&server.listener);
    inherited.http = tidu_http_give_away(server.http);
    stop(&server);
    tidu_log(&server.log, TIDU_LOG_INFO, "restart: handing over");
    tidu_restart_exec(&server, &inherited);
    return EXIT_FAILURE;
}
