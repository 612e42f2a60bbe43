/*
 * worker.c: what one serving thread has of its own.
 *
 * A worker is a loop, the sessions on it, one read buffer they take turns
 * with, and the evaluations kept ready for them. Nothing in it is shared, so
 * nothing in it is locked.
 *
 * Must not know: sockets, messages.
 *
 * Ownership: owns its sessions, evaluations and buffer; borrows its loop.
 */
#include "internal.h"

#include <stdlib.h>
#include <time.h>

struct worker *
tidu_worker_open(struct server *server, struct ev_loop *loop)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        return NULL;
    worker->server = server;
    worker->loop = loop;
    worker->minute = -1;
    worker->scratch = calloc(1, TIDU_READ_BYTES + TIDU_RECORD_PADDING);
    worker->evaluations = tidu_evaluations_open();
    if (!worker->scratch || !worker->evaluations)
        tidu_worker_close(&worker);
    return worker;
}

void
tidu_worker_close(struct worker **worker)
{
    struct worker *leaving = *worker;
    if (!leaving)
        return;
    while (leaving->sessions) {
        struct session *session = leaving->sessions;
        tidu_session_close(&session);
    }
    tidu_evaluations_close(&leaving->evaluations);
    free(leaving->scratch);
    free(leaving);
    *worker = NULL;
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
