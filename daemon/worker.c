/*
 * worker.c: what one serving thread has of its own.
 *
 * A worker is a loop, the sessions on it, one read buffer they take turns
 * with, and the evaluations kept ready for them. Nothing in it is shared, so
 * nothing in it is locked.
 *
 *   main thread ── serve, drain, quit ──► mailbox ─┐
 *   main thread ── the next world ──► adopt ───────┤► the worker's loop
 *   errands coming home ──► mailbox ───────────────┘
 *
 * A world is taken up between two turns: what was gathered before has been
 * answered by the old one.
 *
 * Must not know: messages, what rules say.
 *
 * Ownership: owns its loop, sessions, evaluations, buffer and errands at home.
 */
#include "charge.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { WORKER_MAGIC = 0x574f524b };

/* ---- on its own thread ------------------------------------------------------- */

static void
on_adopt(struct ev_loop *loop, ev_async *watcher, int events)
{
    (void)loop;
    (void)events;
    struct worker *worker = watcher->data;
    assert(worker->magic == WORKER_MAGIC);
    struct world *next = atomic_exchange(&worker->next, NULL);
    if (!next)
        return;
    tidu_session_end_round(worker);
    struct world *before = worker->world;
    worker->world = next;
    worker->witness.shadow = next->shadow;
    if (!next->shadow)
        tidu_understudy_leave(&worker->witness.understudy);
    if (next->live != before->live)
        tidu_evaluate_forget(worker);
    if (next->live != before->live || next->pilots != before->pilots)
        tidu_subscriptions_review(worker, before);
    tidu_world_close(&before);
    atomic_store(&worker->adopted, next->number);
    ev_async_send(worker->server->loop, &worker->server->adopted);
}

/* When a draining worker has no session left; one may still be on its way here from
 * the HTTP thread. */
static void
tell_drained(struct worker *worker)
{
    if (worker->draining && !worker->sessions)
        ev_async_send(worker->server->loop, &worker->server->adopted);
}

void
tidu_worker_session_gone(struct worker *worker)
{
    atomic_fetch_sub_explicit(&worker->session_count, 1, memory_order_release);
    tell_drained(worker);
}

static void
on_drain(struct letter *letter)
{
    struct worker *worker =
        (struct worker *)(void *)((char *)letter - offsetof(struct worker, drain));
    assert(worker->magic == WORKER_MAGIC);
    worker->draining = true;
    struct session *session = worker->sessions, *next;
    for (; session; session = next) {
        next = tidu_session_next(session);
        tidu_session_drain(session);
    }
    tell_drained(worker);
}

static void
on_quit(struct letter *letter)
{
    struct worker *worker =
        (struct worker *)(void *)((char *)letter - offsetof(struct worker, quit));
    assert(worker->magic == WORKER_MAGIC);
    ev_break(worker->loop, EVBREAK_ALL);
}

static void
on_ping(struct letter *letter)
{
    struct worker *worker =
        (struct worker *)(void *)((char *)letter - offsetof(struct worker, ping));
    assert(worker->magic == WORKER_MAGIC);
    atomic_store(&worker->pinged, false);
}

/* Entries that wait for company do not wait for longer than the loop is busy. */
static void
on_before_sleep(struct ev_loop *loop, ev_prepare *watcher, int events)
{
    (void)loop;
    (void)events;
    struct worker *worker = watcher->data;
    assert(worker->magic == WORKER_MAGIC);
    tidu_witness_hand_over(&worker->witness);
}

static void
on_durable(struct ev_loop *loop, ev_async *watcher, int events)
{
    (void)loop;
    (void)events;
    struct worker *worker = watcher->data;
    assert(worker->magic == WORKER_MAGIC);
    tidu_session_release(worker);
}

static void
watch_store(struct worker *worker)
{
    if (!worker->server->store)
        return;
    if (tidu_store_durability(worker->server->store) != TIDU_DURABILITY_NONE)
        worker->witness.store = worker->server->store;
    ev_prepare_init(&worker->before_sleep, on_before_sleep);
    ev_async_init(&worker->durable, on_durable);
    worker->before_sleep.data = worker->durable.data = worker;
    ev_prepare_start(worker->loop, &worker->before_sleep);
    ev_async_start(worker->loop, &worker->durable);
}

/* A connection on its way from the listener. */
struct arrival {
    struct letter letter; /* first */
    struct worker *worker;
    int fd;
    struct peer peer;
};

static void
on_arrival(struct letter *letter)
{
    struct arrival *arrival = (struct arrival *)letter;
    struct worker *worker = arrival->worker;
    assert(worker->magic == WORKER_MAGIC);
    if (!tidu_session_open(worker, arrival->fd, &arrival->peer)) {
        tidu_log(&worker->server->log, TIDU_LOG_ERROR, "session: out of memory");
        tidu_crowd_leave(worker->server->crowd, &arrival->peer.who);
        tidu_worker_session_gone(worker);
    } else if (worker->draining) {
        tidu_session_drain(worker->sessions);
    }
    free(arrival);
}

/* The loop has read the clock already; the calendar is asked once a minute,
 * which no border between two days falls inside of. */
int32_t
tidu_worker_today(struct worker *worker)
{
    time_t now = (time_t)ev_now(worker->loop);
    if (now / 60 != worker->minute) {
        struct tm local;
        localtime_r(&now, &local);
        worker->today = tidu_date_join(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
        worker->minute = now / 60;
    }
    return worker->today;
}

static void *
serve(void *argument)
{
    struct worker *worker = argument;
    assert(worker->magic == WORKER_MAGIC);
    ev_run(worker->loop, 0);
    return NULL;
}

/* ---- from other threads ------------------------------------------------------ */

bool
tidu_worker_serve(struct worker *worker, int fd, const struct peer *peer)
{
    struct arrival *arrival = calloc(1, sizeof *arrival);
    if (!arrival)
        return false;
    *arrival = (struct arrival){{.open = on_arrival}, worker, fd, *peer};
    atomic_fetch_add_explicit(&worker->session_count, 1, memory_order_relaxed);
    tidu_mailbox_send(worker->mailbox, &arrival->letter);
    return true;
}

void
tidu_worker_adopt(struct worker *worker, struct world *world)
{
    struct world *passed_over = atomic_exchange(&worker->next, tidu_world_hold(world));
    tidu_world_close(&passed_over);
    ev_async_send(worker->loop, &worker->adopt);
}

bool
tidu_worker_came_round(struct worker *worker)
{
    if (atomic_exchange(&worker->pinged, true))
        return false;
    tidu_mailbox_send(worker->mailbox, &worker->ping);
    return true;
}

void
tidu_worker_wake(struct worker *worker)
{
    ev_async_send(worker->loop, &worker->durable);
}

void
tidu_worker_drain(struct worker *worker)
{
    tidu_mailbox_send(worker->mailbox, &worker->drain);
}

bool
tidu_worker_start(struct worker *worker)
{
    worker->running = tidu_thread_start(&worker->thread, "worker", serve, worker);
    return worker->running;
}

void
tidu_worker_stop(struct worker *worker)
{
    if (!worker->running)
        return;
    tidu_mailbox_send(worker->mailbox, &worker->quit);
    pthread_join(worker->thread, NULL);
    worker->running = false;
    tidu_session_end_round(worker);
    tidu_witness_hand_over(&worker->witness);
    tidu_errand_cancel_all(worker);
}

/* ---- life ------------------------------------------------------------------------ */

struct worker *
tidu_worker_open(struct server *server, struct world *world)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        return NULL;
    worker->magic = WORKER_MAGIC;
    worker->server = worker->lender.server = server;
    worker->minute = -1;
    worker->world = tidu_world_hold(world);
    atomic_init(&worker->adopted, world->number);
    worker->drain.open = on_drain;
    worker->quit.open = on_quit;
    worker->ping.open = on_ping;
    worker->loop = ev_loop_new(EVFLAG_AUTO);
    worker->mailbox = worker->loop ? tidu_mailbox_open(worker->loop) : NULL;
    worker->scratch = calloc(1, TIDU_READ_BYTES + TIDU_RECORD_PADDING);
    worker->evaluations = tidu_evaluations_open();
    if (!worker->mailbox || !worker->scratch || !worker->evaluations) {
        tidu_worker_close(&worker);
        return NULL;
    }
    ev_async_init(&worker->adopt, on_adopt);
    worker->adopt.data = worker;
    ev_async_start(worker->loop, &worker->adopt);
    watch_store(worker);
    tidu_session_take_turns(worker);
    tidu_errand_tell_progress(worker);
    return worker;
}

void
tidu_worker_close(struct worker **worker)
{
    struct worker *leaving = *worker;
    if (!leaving)
        return;
    *worker = NULL;
    tidu_mailbox_close(&leaving->mailbox);
    while (leaving->sessions) {
        struct session *session = leaving->sessions;
        tidu_session_close(&session);
    }
    tidu_evaluations_close(&leaving->evaluations);
    tidu_lender_close(&leaving->lender);
    tidu_verdicts_free(&leaving->verdicts);
    tidu_text_free(&leaving->witness.entries);
    tidu_understudy_leave(&leaving->witness.understudy);
    struct world *next = atomic_exchange(&leaving->next, NULL);
    tidu_world_close(&next);
    tidu_world_close(&leaving->world);
    if (leaving->loop)
        ev_loop_destroy(leaving->loop);
    free(leaving->scratch);
    free(leaving);
}
