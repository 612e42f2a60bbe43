/*
 * errand.c: requests that are answered elsewhere.
 *
 *   worker: open ─► submit ─► a job thread: run ─────────────┐
 *              └──► post ───► the main thread … return ──────┤
 *   worker: the answer, into its session ◄───── come home ◄──┘
 *
 * An errand belongs to whoever has it just then. What it is answered to, the
 * asker, is touched at home alone; while it is away its home may only tell it
 * that nobody waits any more, and look how far it is.
 *
 * With "async" the request is answered at once with the errand's name, and what
 * comes of it is a notification "done".
 *
 * Must not know: what errands are about.
 *
 * Ownership: an errand owns the copy of its id, its result, and what its kind
 * keeps beside, which `close` lets go.
 */
#include "internal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum { ERRAND_MAGIC = 0x45525244 };

static const double tell_every_s = 0.25;

/* ---- the worker's list --------------------------------------------------------- */

static void
enlist(struct errand *errand)
{
    struct worker *worker = errand->worker;
    errand->next = worker->errands;
    if (worker->errands)
        worker->errands->previous = errand;
    else
        ev_timer_again(worker->loop, &worker->progress);
    worker->errands = errand;
}

static void
strike(struct errand *errand)
{
    struct worker *worker = errand->worker;
    if (errand->previous)
        errand->previous->next = errand->next;
    else
        worker->errands = errand->next;
    if (errand->next)
        errand->next->previous = errand->previous;
    if (!worker->errands)
        ev_timer_stop(worker->loop, &worker->progress);
}

static void come_home(struct letter *letter);

/* ---- going ---------------------------------------------------------------------- */

static bool
refuse_more(struct call *call)
{
    char limit[32];
    tidu_error error;
    snprintf(limit, sizeof limit, "%zu", tidu_session_rights(call->asker.session)->jobs);
    tidu_error_set(&error, TIDU_CALL_ERRANDS, limit, NULL);
    return tidu_rpc_refuse(call, TIDU_RPC_BUSY, &error);
}

static bool
is_full(struct session *session)
{
    return *tidu_session_errands(session) >= tidu_session_rights(session)->jobs;
}

bool
tidu_errand_wait(struct session *session)
{
    if (!is_full(session))
        return false;
    tidu_session_block(session);
    return true;
}

static bool
keep_asker(struct errand *errand, const struct call *call)
{
    errand->asker = call->asker;
    if (!call->asker.id.data)
        return true;
    char *id = malloc(call->asker.id.length);
    if (!id)
        return false;
    memcpy(id, call->asker.id.data, call->asker.id.length);
    errand->asker.id.data = id;
    return true;
}

struct errand *
tidu_errand_open(struct call *call, size_t size)
{
    struct worker *worker = call->worker;
    struct session *session = call->asker.session;
    bool asked = call->message.data; /* or we want to tell something by ourselves */
    if (asked && is_full(session)) {
        refuse_more(call);
        return NULL;
    }
    struct errand *errand = calloc(1, size);
    if (!errand || !keep_asker(errand, call)) {
        tidu_error error;
        free(errand);
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        if (asked)
            tidu_rpc_refuse(call, TIDU_RPC_INTERNAL, &error);
        return NULL;
    }
    pthread_mutex_init(&errand->lock, NULL);
    errand->magic = ERRAND_MAGIC;
    errand->worker = worker;
    errand->job.home = worker->mailbox;
    errand->job.asker = session;
    errand->lang = call->lang;
    errand->async = call->async;
    errand->method = call->method;
    errand->received_ns = tidu_session_received_ns(session);
    call->away = true;
    errand->world = tidu_world_hold(worker->world);
    snprintf(errand->name, sizeof errand->name, "%llu",
             (unsigned long long)atomic_fetch_add(&worker->server->job_number, 1) + 1);
    if (errand->asker.batch)
        tidu_batch_hold(errand->asker.batch);
    ++*tidu_session_errands(session);
    enlist(errand);
    return errand;
}

static void
tell_name(const struct errand *errand)
{
    tidu_text *out = errand->async ? tidu_rpc_begin(&errand->asker) : NULL;
    if (!out)
        return;
    tidu_text_printf(out, "{\"job\":\"%s\"}", errand->name);
    tidu_rpc_end(&errand->asker);
}

static void
run_errand(struct job *job)
{
    struct errand *errand = (struct errand *)job;
    assert(errand->magic == ERRAND_MAGIC);
    if (!tidu_errand_cancelled(errand))
        errand->run(errand);
}

/* Home from its job, or on from there. */
static void
after_job(struct letter *letter)
{
    struct errand *errand = (struct errand *)(void *)letter;
    if (errand->after && !errand->refused && !tidu_errand_cancelled(errand))
        errand->after(errand);
    else
        come_home(letter);
}

/* ---- coming home ------------------------------------------------------------------ */

static void
write_done(const struct errand *errand, tidu_text *out)
{
    tidu_text_printf(out, "{\"jsonrpc\":\"2.0\",\"method\":\"done\",\"params\":{\"job\":\"%s\",",
                     errand->name);
    if (errand->refused) {
        tidu_text_puts(out, "\"error\":");
        tidu_rpc_write_error(errand->refused, &errand->error, &errand->data, errand->lang, out);
    } else {
        tidu_text_puts(out, "\"result\":");
        tidu_text_add(out, errand->result.data, errand->result.length);
    }
    tidu_text_puts(out, "}}\n");
}

static void
write_answer(const struct errand *errand)
{
    struct asker asker = errand->asker;
    tidu_text *out;
    if (errand->refused == TIDU_RPC_PARSE) /* what is no JSON has no id either */
        asker.id = (tidu_slice){"null", 4};
    if (errand->refused)
        tidu_rpc_refuse_late(&asker, errand->refused, &errand->error, &errand->data, errand->lang);
    else if ((out = tidu_rpc_begin(&asker))) {
        tidu_text_add(out, errand->result.data, errand->result.length);
        tidu_rpc_end(&asker);
    }
}

/* Errands that were cancelled, or never got to run, are told so. */
static void
judge(struct errand *errand)
{
    if (!errand->refused && errand->result.failed) {
        errand->refused = TIDU_RPC_INTERNAL;
        tidu_error_set(&errand->error, TIDU_MEMORY, NULL);
    } else if (tidu_errand_cancelled(errand) || (!errand->refused && !errand->result.length)) {
        errand->refused = TIDU_RPC_CANCELLED;
        errand->data.length = 0;
        tidu_error_set(&errand->error, TIDU_CALL_CANCELLED, NULL);
    }
}

static void
let_go(struct errand *errand)
{
    strike(errand);
    if (errand->asker.batch)
        tidu_batch_release(errand->asker.batch);
    if (errand->close)
        errand->close(errand);
    tidu_world_close(&errand->world);
    tidu_text_free(&errand->result);
    tidu_text_free(&errand->data);
    tidu_text_free(&errand->interim);
    pthread_mutex_destroy(&errand->lock);
    free((char *)errand->asker.id.data);
    errand->magic = 0;
    free(errand);
}

static void
come_home(struct letter *letter)
{
    struct errand *errand = (struct errand *)(void *)letter;
    assert(errand->magic == ERRAND_MAGIC);
    struct session *session = errand->asker.session;
    if (session) {
        judge(errand);
        if (!errand->notice)
            tidu_latency_add(&errand->worker->latency[errand->method],
                             tidu_nanoseconds() - errand->received_ns, 1);
        if (errand->notice)
            tidu_text_add(tidu_session_output(session), errand->result.data,
                          errand->refused ? 0 : errand->result.length);
        else if (errand->async)
            write_done(errand, tidu_session_output(session));
        else
            write_answer(errand);
        tidu_session_errand_home(session);
    }
    let_go(errand);
    if (session)
        tidu_session_settle(session);
}

void
tidu_errand_submit(struct errand *errand)
{
    struct jobs *jobs = errand->worker->server->jobs;
    size_t most = errand->world->settings->jobs;
    char limit[32];
    tidu_error error;
    tell_name(errand);
    errand->job.letter.open = after_job;
    errand->job.run = run_errand;
    if (tidu_jobs_submit(jobs, &errand->job, most))
        return;
    snprintf(limit, sizeof limit, "%zu", most);
    tidu_error_set(&error, TIDU_CALL_BUSY, limit, NULL);
    tidu_errand_refuse(errand, TIDU_RPC_BUSY, &error);
    /* Not at once: its session is in the middle of taking in lines. */
    tidu_mailbox_send(errand->worker->mailbox, &errand->job.letter);
}

void
tidu_errand_post(struct errand *errand, void (*open)(struct letter *letter))
{
    errand->job.letter.open = open;
    tidu_mailbox_send(errand->worker->server->mailbox, &errand->job.letter);
}

void
tidu_errand_return(struct errand *errand)
{
    errand->job.letter.open = come_home;
    tidu_mailbox_send(errand->worker->mailbox, &errand->job.letter);
}

tidu_text *
tidu_errand_answer(struct errand *errand)
{
    errand->refused = 0;
    errand->result.length = 0;
    return &errand->result;
}

bool
tidu_errand_refuse(struct errand *errand, tidu_rpc_code code, const tidu_error *error)
{
    errand->refused = code;
    errand->error = *error;
    return false;
}

/* ---- while they are away ------------------------------------------------------------ */

void
tidu_errand_orphan(struct session *session)
{
    if (!*tidu_session_errands(session))
        return;
    for (struct errand *errand = tidu_session_worker(session)->errands; errand;
         errand = errand->next) {
        if (errand->asker.session != session)
            continue;
        errand->asker.session = NULL;
        if (errand->asker.batch)
            tidu_batch_orphan(errand->asker.batch);
        atomic_store_explicit(&errand->cancelled, true, memory_order_relaxed);
    }
}

static bool
is_meant(const struct errand *errand, const char *name, tidu_slice id)
{
    if (name)
        return strcmp(errand->name, name) == 0;
    return id.data && errand->asker.id.data && id.length == errand->asker.id.length &&
           memcmp(id.data, errand->asker.id.data, id.length) == 0;
}

bool
tidu_errand_cancel(struct session *session, const char *name, tidu_slice id)
{
    bool any = false;
    for (struct errand *errand = tidu_session_worker(session)->errands; errand;
         errand = errand->next) {
        if (errand->asker.session != session || !is_meant(errand, name, id))
            continue;
        atomic_store_explicit(&errand->cancelled, true, memory_order_relaxed);
        any = true;
    }
    return any;
}

bool
tidu_errand_progress(void *context, uint64_t done, uint64_t total)
{
    struct errand *errand = context;
    atomic_store_explicit(&errand->job.done, done, memory_order_relaxed);
    atomic_store_explicit(&errand->job.total, total, memory_order_relaxed);
    return !tidu_errand_cancelled(errand);
}

/* What moved; the rest need not be told again and again. */
void
tidu_errand_interim(void *context, const tidu_interim *list, size_t count)
{
    struct errand *errand = context;
    tidu_text *out = &errand->interim;
    pthread_mutex_lock(&errand->lock);
    out->length = 0;
    for (size_t i = 0; i < count; i++) {
        if (!list[i].gained && !list[i].lost)
            continue;
        tidu_text_puts(out, out->length ? ",{\"id\":" : "{\"id\":");
        tidu_text_json(out, list[i].designation, strlen(list[i].designation));
        tidu_text_printf(out, ",\"gained\":%llu,\"lost\":%llu}", (unsigned long long)list[i].gained,
                         (unsigned long long)list[i].lost);
    }
    pthread_mutex_unlock(&errand->lock);
}

static void
put_interim(struct errand *errand, tidu_text *out)
{
    pthread_mutex_lock(&errand->lock);
    if (errand->interim.length && !errand->interim.failed) {
        tidu_text_puts(out, ",\"so_far\":[");
        tidu_text_add(out, errand->interim.data, errand->interim.length);
        tidu_text_putc(out, ']');
    }
    pthread_mutex_unlock(&errand->lock);
}

void
tidu_errand_cancel_all(struct worker *worker)
{
    for (struct errand *errand = worker->errands; errand; errand = errand->next)
        atomic_store_explicit(&errand->cancelled, true, memory_order_relaxed);
}

static void
on_progress(struct ev_loop *loop, ev_timer *watcher, int events)
{
    (void)loop;
    (void)events;
    struct worker *worker = watcher->data;
    struct errand *errand = worker->errands, *next;
    for (; errand; errand = next) {
        next = errand->next;
        struct session *session = errand->asker.session;
        size_t total = atomic_load_explicit(&errand->job.total, memory_order_relaxed);
        size_t done = atomic_load_explicit(&errand->job.done, memory_order_relaxed);
        if (!session || !total || done == errand->told || tidu_session_is_http(session))
            continue;
        errand->told = done;
        tidu_text *out = tidu_session_output(session);
        tidu_text_printf(out,
                         "{\"jsonrpc\":\"2.0\",\"method\":\"progress\",\"params\":"
                         "{\"job\":\"%s\",\"done\":%zu,\"total\":%zu",
                         errand->name, done, total);
        put_interim(errand, out);
        tidu_text_puts(out, "}}\n");
        tidu_session_settle(session); /* may close it, which only orphans errands */
    }
}

void
tidu_errand_tell_progress(struct worker *worker)
{
    ev_timer_init(&worker->progress, on_progress, 0, tell_every_s);
    worker->progress.data = worker;
}
