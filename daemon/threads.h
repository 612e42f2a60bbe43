/*
 * threads.h: how threads hand things to each other.
 *
 *   any thread ── send(letter) ──► mailbox ──► letter.open() on the loop's thread
 *   any thread ── submit(job) ───► pool ─────► job.run() on a pool thread
 *                                                └─► job.letter.open() back home
 *
 * There is no other way: what a letter or a job points to belongs to whoever
 * holds it just then, so nothing in it needs a lock.
 */
#ifndef TIDU_DAEMON_THREADS_H
#define TIDU_DAEMON_THREADS_H

#include <ev.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- thread.c: a beginning ------------------------------------------------- */

/* A thread that no signal reaches: those are the main thread's. `name` of up to 15
 * bytes is what `top -H` and debuggers show. */
bool tidu_thread_start(pthread_t *ret_thread, const char *name, void *(*run)(void *),
                       void *argument);

/* ---- mailbox.c: into another thread's loop -------------------------------- */

struct letter {
    void (*open)(struct letter *letter); /* on the thread it was sent to; lets it go */
    struct letter *next;
};

struct mailbox;

/* NULL when memory ran out. To be called by the loop's thread, or before it runs. */
struct mailbox *tidu_mailbox_open(struct ev_loop *loop);

/* Letters are opened once each, in the order sent by one thread. */
void tidu_mailbox_send(struct mailbox *mailbox, struct letter *letter);

/* Open what has come and let the box go; nobody may send to it any more. */
void tidu_mailbox_close(struct mailbox **mailbox);

/* ---- job.c: what takes a while --------------------------------------------- */

struct job {
    struct letter letter;         /* first; opened at home when the job has run, or never will */
    void (*run)(struct job *job); /* on a pool thread: uses what the job owns, nothing else */
    struct mailbox *home;
    const void *asker; /* jobs of one asker make way for those of others; NULL: goes first */
    struct job *next;
    unsigned rank;
    atomic_size_t done, total; /* progress; total 0: none to tell of */
};

struct jobs;

/* A pool of threads that give way to all others. NULL when it cannot start. */
struct jobs *tidu_jobs_open(size_t threads);

/* Hand a job over. False when `most` jobs (0: any number) are waiting or
 * running; then it stays with the caller. From any thread. */
bool tidu_jobs_submit(struct jobs *jobs, struct job *job, size_t most);

/* Jobs handed over whose run has not ended. */
size_t tidu_jobs_count(struct jobs *jobs);

/* How they are, for whoever looks on. */
struct jobs_status {
    size_t waiting, running;
    size_t done, total; /* progress of those that run, together */
    uint64_t ended;     /* so far */
};
void tidu_jobs_look(struct jobs *jobs, struct jobs_status *ret_status);

/* Begin no more jobs and send nothing home any more. */
void tidu_jobs_stop(struct jobs *jobs);

/* After tidu_jobs_stop, with all home threads at rest: open the letters of all
 * jobs here. One whose run does not end within `wait_ms` is left behind with
 * its thread; false then. */
bool tidu_jobs_close(struct jobs **jobs, unsigned wait_ms);

/* ---- counting ---------------------------------------------------------------- */

/* A number one thread counts up and others read. */
typedef _Atomic uint64_t tidu_tally;

static inline void
tidu_tally_add(tidu_tally *tally, uint64_t count)
{
    uint64_t now = atomic_load_explicit(tally, memory_order_relaxed);
    atomic_store_explicit(tally, now + count, memory_order_relaxed);
}

static inline uint64_t
tidu_tally_get(const tidu_tally *tally)
{
    return atomic_load_explicit(tally, memory_order_relaxed);
}

#endif
