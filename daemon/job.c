/*
 * job.c: what takes a while, on threads of its own.
 *
 *   submit ─► waiting, by rank ─► run() ─► home's mailbox ─► letter.open()
 *
 * A job's rank is the number of its asker's jobs that were waiting when it
 * came: everybody's first job goes before anybody's second, so who asks much
 * waits for itself. Jobs of the daemon (no asker) go first.
 *
 * The threads have the lowest priority: on a machine that is busy answering, a
 * job takes the time that is left.
 *
 * A job owns all it works on. That is what makes it safe to leave one behind
 * when the daemon stops and the job does not.
 *
 * Must not know: what jobs do.
 *
 * Ownership: jobs own themselves; their letter lets them go.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* pthread_timedjoin_np, gettid */
#endif
#include "threads.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { JOBS_MAGIC = 0x4a4f4253, PATIENT = 10 /* of 19 */ };

struct jobs {
    unsigned magic;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t wake;
    struct job *waiting;  /* by rank */
    struct job *running;
    struct job *finished; /* while stopping: not sent home */
    size_t count;
    uint64_t ended;
    bool stopping;
    size_t thread_count;
    pthread_t threads[];
};

/* ---- the queue ----------------------------------------------------------------- */

static void
insert(struct jobs *jobs, struct job *job)
{
    struct job **place = &jobs->waiting;
    job->rank = 0;
    for (const struct job *other = job->asker ? jobs->waiting : NULL; other; other = other->next)
        job->rank += other->asker == job->asker;
    job->rank += job->asker != NULL;
    while (*place && (*place)->rank <= job->rank)
        place = &(*place)->next;
    job->next = *place;
    *place = job;
}

static struct job *
take(struct job **list)
{
    struct job *job = *list;
    if (job)
        *list = job->next;
    return job;
}

bool
tidu_jobs_submit(struct jobs *jobs, struct job *job, size_t most)
{
    pthread_mutex_lock(&jobs->lock);
    bool taken = !most || jobs->count < most;
    if (taken) {
        jobs->count++;
        insert(jobs, job);
        pthread_cond_signal(&jobs->wake);
    }
    pthread_mutex_unlock(&jobs->lock);
    return taken;
}

size_t
tidu_jobs_count(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    size_t count = jobs->count;
    pthread_mutex_unlock(&jobs->lock);
    return count;
}

void
tidu_jobs_look(struct jobs *jobs, struct jobs_status *ret_status)
{
    *ret_status = (struct jobs_status){0};
    pthread_mutex_lock(&jobs->lock);
    for (const struct job *job = jobs->running; job; job = job->next) {
        ret_status->running++;
        ret_status->done += atomic_load_explicit(&job->done, memory_order_relaxed);
        ret_status->total += atomic_load_explicit(&job->total, memory_order_relaxed);
    }
    ret_status->waiting = jobs->count - ret_status->running;
    ret_status->ended = jobs->ended;
    pthread_mutex_unlock(&jobs->lock);
}

/* ---- the threads ----------------------------------------------------------------- */

static void
finish(struct jobs *jobs, struct job *job)
{
    struct job **place = &jobs->running;
    while (*place != job)
        place = &(*place)->next;
    *place = job->next;
    jobs->count--;
    jobs->ended++;
    if (!jobs->stopping) {
        tidu_mailbox_send(job->home, &job->letter);
        return;
    }
    job->next = jobs->finished;
    jobs->finished = job;
}

static void *
serve(void *argument)
{
    struct jobs *jobs = argument;
    assert(jobs->magic == JOBS_MAGIC);
    setpriority(PRIO_PROCESS, (id_t)gettid(), PATIENT); /* of this thread alone, on Linux */
    pthread_mutex_lock(&jobs->lock);
    while (!jobs->stopping) {
        struct job *job = take(&jobs->waiting);
        if (!job) {
            pthread_cond_wait(&jobs->wake, &jobs->lock);
            continue;
        }
        job->next = jobs->running;
        jobs->running = job;
        pthread_mutex_unlock(&jobs->lock);
        job->run(job);
        pthread_mutex_lock(&jobs->lock);
        finish(jobs, job);
    }
    pthread_mutex_unlock(&jobs->lock);
    return NULL;
}

struct jobs *
tidu_jobs_open(size_t threads)
{
    struct jobs *jobs = calloc(1, sizeof *jobs + threads * sizeof *jobs->threads);
    if (!jobs)
        return NULL;
    jobs->magic = JOBS_MAGIC;
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_cond_init(&jobs->wake, NULL);
    while (jobs->thread_count < threads &&
           tidu_thread_start(&jobs->threads[jobs->thread_count], "job", serve, jobs))
        jobs->thread_count++;
    if (jobs->thread_count)
        return jobs;
    free(jobs);
    return NULL;
}

/* ---- the end ---------------------------------------------------------------------- */

void
tidu_jobs_stop(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->stopping = true;
    pthread_cond_broadcast(&jobs->wake);
    pthread_mutex_unlock(&jobs->lock);
}

static bool
join_all(struct jobs *jobs, unsigned wait_ms)
{
    struct timespec until;
    bool joined = true;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    for (size_t i = 0; i < jobs->thread_count; i++) {
        if (pthread_timedjoin_np(jobs->threads[i], NULL, &until) == 0)
            continue;
        pthread_detach(jobs->threads[i]);
        joined = false;
    }
    return joined;
}

static void
open_letters(struct jobs *jobs, struct job **list)
{
    struct job *job;
    do {
        pthread_mutex_lock(&jobs->lock);
        job = take(list);
        pthread_mutex_unlock(&jobs->lock);
        if (job)
            job->letter.open(&job->letter);
    } while (job);
}

bool
tidu_jobs_close(struct jobs **jobs, unsigned wait_ms)
{
    struct jobs *leaving = *jobs;
    if (!leaving)
        return true;
    *jobs = NULL;
    bool joined = join_all(leaving, wait_ms);
    open_letters(leaving, &leaving->waiting);
    open_letters(leaving, &leaving->finished);
    if (!joined)
        return false;
    pthread_cond_destroy(&leaving->wake);
    pthread_mutex_destroy(&leaving->lock);
    free(leaving);
    return true;
}
