/*
 * loop.c: the server, from its start to its end.
 *
 *   rules ─► socket ─► serve ─► SIGTERM: accept no more, answer what has been
 *                               received, send it, go
 *
 * libev's default loop would reap every child process, and those of the job
 * thread are not its own; so the loop is one we made.
 *
 * Must not know: messages, records.
 *
 * Ownership: the server owns everything there is once.
 */
#include "internal.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { JOB_WAIT_MS = 2000 };

/* ---- stopping --------------------------------------------------------------- */

void
tidu_server_session_gone(struct server *server)
{
    if (server->stopping && !server->worker->session_count)
        ev_break(server->loop, EVBREAK_ALL);
}

static void
on_stop_time(struct ev_loop *loop, ev_timer *watcher, int events)
{
    (void)events;
    struct server *server = watcher->data;
    tidu_log(&server->log, TIDU_LOG_WARNING, "stop: %zu sessions did not take their answers",
             server->worker->session_count);
    ev_break(loop, EVBREAK_ALL);
}

static void
drain_sessions(struct worker *worker)
{
    worker->draining = true;
    struct session *session = worker->sessions, *next;
    for (; session; session = next) {
        next = tidu_session_next(session);
        tidu_session_drain(session);
    }
}

static void
on_stop(struct ev_loop *loop, ev_signal *watcher, int events)
{
    (void)events;
    struct server *server = watcher->data;
    if (server->stopping) {
        ev_break(loop, EVBREAK_ALL);
        return;
    }
    tidu_log(&server->log, TIDU_LOG_INFO, "stop: signal %d, %zu sessions open", watcher->signum,
             server->worker->session_count);
    server->stopping = true;
    tidu_listener_drain(server->listener);
    tidu_listener_close(&server->listener);
    ev_timer_set(&server->stop_timer, (double)server->settings->stop_s, 0);
    ev_timer_start(loop, &server->stop_timer);
    drain_sessions(server->worker);
    tidu_server_session_gone(server);
}

static void
on_hang_up(struct ev_loop *loop, ev_signal *watcher, int events)
{
    (void)loop;
    (void)events;
    struct server *server = watcher->data;
    tidu_log(&server->log, TIDU_LOG_INFO, "reload: asked by signal");
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

static bool
load_rules(struct server *server)
{
    tidu_report *report = tidu_report_open();
    bool loaded = report && tidu_reload_first(server, report);
    if (report)
        tidu_log_report(&server->log, report);
    if (!loaded)
        tidu_log(&server->log, TIDU_LOG_ERROR, "start: the rules in %s cannot be used",
                 server->settings->rules);
    tidu_report_close(&report);
    malloc_trim(0); /* what a load works with is twice what it leaves */
    return loaded;
}

static bool
open_parts(struct server *server)
{
    tidu_error error;
    server->jobs = tidu_jobs_open(server->loop);
    server->worker = tidu_worker_open(server, server->loop);
    server->reload = tidu_reload_open(server);
    if (!server->jobs || !server->worker || !server->reload) {
        tidu_log(&server->log, TIDU_LOG_ERROR, "start: out of memory or threads");
        return false;
    }
    server->listener = tidu_listener_open(server, &error);
    if (!server->listener)
        tidu_log_fault(&server->log, TIDU_LOG_ERROR, &error);
    return server->listener != NULL;
}

/* The watch begins before the rules are read: what changes in between is seen
 * afterwards. */
static bool
start(struct server *server)
{
    signal(SIGPIPE, SIG_IGN);
    listen_for(server, &server->terminate, SIGTERM, on_stop);
    listen_for(server, &server->interrupt, SIGINT, on_stop);
    listen_for(server, &server->hang_up, SIGHUP, on_hang_up);
    ev_init(&server->stop_timer, on_stop_time);
    server->stop_timer.data = server;
    if (!open_parts(server) || !load_rules(server))
        return false;
    tidu_counts counts = tidu_ruleset_counts(server->live);
    tidu_log(&server->log, TIDU_LOG_INFO,
             "start: tidud %s, process %ld, ruleset %.12s (%u documents, %u criteria), on %s",
             TIDU_VERSION, (long)getpid(), tidu_ruleset_digest(server->live), counts.documents,
             counts.criteria, server->settings->socket_path);
    return true;
}

static void
stop(struct server *server)
{
    tidu_listener_close(&server->listener);
    tidu_reload_close(&server->reload);
    tidu_worker_close(&server->worker);
    tidu_jobs_close(&server->jobs, JOB_WAIT_MS);
    tidu_ruleset_unref(&server->live);
    ev_signal_stop(server->loop, &server->terminate);
    ev_signal_stop(server->loop, &server->interrupt);
    ev_signal_stop(server->loop, &server->hang_up);
    ev_timer_stop(server->loop, &server->stop_timer);
    ev_loop_destroy(server->loop);
}

int
tidu_server_run(const struct settings *settings)
{
    struct server server = {
        .settings = settings,
        .log = {(tidu_log_level)settings->log_level, (tidu_lang)settings->lang},
        .started = ev_time(),
    };
    server.loop = ev_loop_new(EVFLAG_AUTO);
    if (!server.loop) {
        tidu_log(&server.log, TIDU_LOG_ERROR, "start: no event loop");
        return EXIT_FAILURE;
    }
    bool started = start(&server);
    if (started) {
        ev_run(server.loop, 0);
        tidu_log(&server.log, TIDU_LOG_INFO, "stop: done");
    }
    stop(&server);
    return started ? EXIT_SUCCESS : EXIT_FAILURE;
}
