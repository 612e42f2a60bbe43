/*
 * job.c: what takes a while, on a thread of its own.
 *
 *   loop's thread    submit ─► waiting ─┐            done() ◄─ on_ready
 *   job thread                          └─► run() ─► finished ──┘ ev_async
 *
 * One thread and one job at a time: building rules starts a helper process and
 * may take seconds, and there is no hurry that two at once would serve.
 *
 * A job owns all it works on. That is what makes it safe to leave one behind
 * when the daemon stops and the job does not.
 *
 * Must not know: what jobs do.
 *
 * Ownership: jobs own themselves; `done` lets them go.
 */
#include "internal.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { JOBS_MAGIC = 0x4a4f4253 };

struct queue {
    struct job *first, **last;
};

struct jobs {
    unsigned magic;
    struct ev_loop *loop;
    ev_async ready;
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t wake;
    struct queue waiting, finished;
    bool stopping;
    size_t count; /* of the loop's thread: handed over and not yet done */
};

static void
put(struct queue *queue, struct job *job)
{
    job->next = NULL;
    *queue->last = job;
    queue->last = &job->next;
}

static struct job *
take(struct queue *queue)
{
    struct job *job = queue->first;
    if (!job)
        return NULL;
    queue->first = job->next;
    if (!queue->first)
        queue->last = &queue->first;
    return job;
}

static void *
serve(void *argument)
{
    struct jobs *jobs = argument;
    assert(jobs->magic == JOBS_MAGIC);
    pthread_mutex_lock(&jobs->lock);
    while (!jobs->stopping) {
        struct job *job = take(&jobs->waiting);
        if (!job) {
            pthread_cond_wait(&jobs->wake, &jobs->lock);
            continue;
        }
        pthread_mutex_unlock(&jobs->lock);
        job->run(job);
        pthread_mutex_lock(&jobs->lock);
        put(&jobs->finished, job);
        if (!jobs->stopping)
            ev_async_send(jobs->loop, &jobs->ready);
    }
    pthread_mutex_unlock(&jobs->lock);
    return NULL;
}

static struct job *
take_finished(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    struct job *job = take(&jobs->finished);
    pthread_mutex_unlock(&jobs->lock);
    return job;
}

static void
on_ready(struct ev_loop *loop, ev_async *watcher, int events)
{
    (void)loop;
    (void)events;
    struct jobs *jobs = watcher->data;
    struct job *job;
    assert(jobs->magic == JOBS_MAGIC);
    while ((job = take_finished(jobs))) {
        jobs->count--;
        job->done(job);
    }
}

struct jobs *
tidu_jobs_open(struct ev_loop *loop)
{
    struct jobs *jobs = calloc(1, sizeof *jobs);
    if (!jobs)
        return NULL;
    jobs->magic = JOBS_MAGIC;
    jobs->loop = loop;
    jobs->waiting.last = &jobs->waiting.first;
    jobs->finished.last = &jobs->finished.first;
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_cond_init(&jobs->wake, NULL);
    ev_async_init(&jobs->ready, on_ready);
    jobs->ready.data = jobs;
    ev_async_start(loop, &jobs->ready);
    if (pthread_create(&jobs->thread, NULL, serve, jobs) == 0)
        return jobs;
    ev_async_stop(loop, &jobs->ready);
    free(jobs);
    return NULL;
}

void
tidu_jobs_submit(struct jobs *jobs, struct job *job)
{
    jobs->count++;
    pthread_mutex_lock(&jobs->lock);
    put(&jobs->waiting, job);
    pthread_cond_signal(&jobs->wake);
    pthread_mutex_unlock(&jobs->lock);
}

size_t
tidu_jobs_count(const struct jobs *jobs)
{
    return jobs->count;
}

static bool
join_within(struct jobs *jobs, unsigned wait_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    return pthread_timedjoin_np(jobs->thread, NULL, &until) == 0;
}

void
tidu_jobs_close(struct jobs **jobs, unsigned wait_ms)
{
    struct jobs *leaving = *jobs;
    struct job *job;
    if (!leaving)
        return;
    *jobs = NULL;
    ev_async_stop(leaving->loop, &leaving->ready);
    pthread_mutex_lock(&leaving->lock);
    leaving->stopping = true;
    struct queue waiting = leaving->waiting;
    leaving->waiting = (struct queue){.last = &leaving->waiting.first};
    pthread_cond_signal(&leaving->wake);
    pthread_mutex_unlock(&leaving->lock);
    while ((job = take(&waiting)))
        job->done(job);
    if (!join_within(leaving, wait_ms)) {
        pthread_detach(leaving->thread);
        return;
    }
    while ((job = take(&leaving->finished)))
        job->done(job);
    pthread_cond_destroy(&leaving->wake);
    pthread_mutex_destroy(&leaving->lock);
    free(leaving);
}
