/*
 * session.c: one connection, bytes in, bytes out.
 *
 *            recv                      lines
 *   socket ───────► worker's scratch ────────► rpc ─► output ──► socket
 *                     ▲        │ what is no whole line yet      send
 *                     └─ rest ◄┘
 *
 * A session at rest keeps no buffer: it reads into the worker's, and keeps only
 * the beginning of a line that has not ended. A long line grows in `rest`.
 * Everything received in one turn is answered into one text and sent at once.
 *
 * While more than limits.output_bytes wait to be sent nothing is read, and
 * whole lines already received are held back in `rest`; so a client that does
 * not read its answers is waited for, at a bounded cost.
 *
 * Must not know: JSON, methods, rules.
 *
 * Ownership: a session owns its socket, its texts and its place in the
 * worker's list. Requests whose answers come later belong to whoever will
 * answer them; the session only knows them, to tell them when it goes.
 */
#include "internal.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SESSION_MAGIC = 0x53455353,
    LINGER_S = 2 /* for the end of a line that was too long */
};

enum state {
    SERVING,
    DISCARDING, /* a line was too long: the rest of it is read, not kept */
    ENDED       /* nothing more is taken in */
};

struct session {
    unsigned magic;
    enum state state;
    bool held;   /* `rest` has whole lines that wait for the output to drain */
    bool broken; /* nobody is there any more */
    struct worker *worker;
    struct session *previous, *next;
    ev_io reader, writer;
    ev_timer timer;
    ev_tstamp active; /* when bytes went in or out */
    tidu_text rest;
    size_t searched; /* bytes of `rest` known to hold no line end */
    tidu_text output;
    size_t sent;
    struct request *pending;
};

/* Received bytes: in the worker's scratch or in the session's rest. */
struct window {
    char *data;
    size_t length;
};

static const struct settings *
settings_of(const struct session *session)
{
    return session->worker->server->settings;
}

static size_t
queued(const struct session *session)
{
    return session->output.length - session->sent;
}

static bool
is_full(const struct session *session)
{
    return queued(session) > settings_of(session)->output_bytes;
}

struct worker *
tidu_session_worker(const struct session *session)
{
    return session->worker;
}

struct session *
tidu_session_next(const struct session *session)
{
    return session->next;
}

tidu_text *
tidu_session_output(struct session *session)
{
    return &session->output;
}

void
tidu_session_adopt(struct session *session, struct request *request)
{
    request->previous = NULL;
    request->next = session->pending;
    if (session->pending)
        session->pending->previous = request;
    session->pending = request;
}

void
tidu_session_release(struct session *session, struct request *request)
{
    if (request->previous)
        request->previous->next = request->next;
    else
        session->pending = request->next;
    if (request->next)
        request->next->previous = request->previous;
}

/* ---- in ------------------------------------------------------------------- */

/* Find room behind what is kept of the last line, and fill it. */
static ssize_t
receive(struct session *session, struct window *window)
{
    size_t kept = session->rest.length, room;
    if (kept <= TIDU_READ_BYTES / 2) {
        window->data = session->worker->scratch;
        if (kept)
            memcpy(window->data, session->rest.data, kept);
        room = TIDU_READ_BYTES - kept;
    } else {
        if (!tidu_text_reserve(&session->rest, TIDU_READ_BYTES + TIDU_RECORD_PADDING)) {
            errno = ENOMEM;
            return -1;
        }
        window->data = session->rest.data;
        room = TIDU_READ_BYTES;
    }
    ssize_t count = recv(session->reader.fd, window->data + kept, room, 0);
    window->length = kept + (count > 0 ? (size_t)count : 0);
    return count;
}

/* Say that a line is too long. When its end has not come yet it is read and
 * thrown away for a while, so that its sender gets to read why. */
static void
refuse_line(struct session *session, bool whole)
{
    tidu_rpc_overlong(session);
    session->state = whole ? ENDED : DISCARDING;
    ev_timer_stop(session->worker->loop, &session->timer);
    ev_timer_set(&session->timer, LINGER_S, 0);
    if (!whole)
        ev_timer_start(session->worker->loop, &session->timer);
}

/* The line that begins at `start`, when it is all there. At the end of input
 * what remains is a line too; not so when we are the ones who cut it off. */
static bool
next_line(const struct session *session, const struct window *window, size_t start,
          tidu_slice *ret_line, size_t *ret_next)
{
    const char *at = window->data + start;
    size_t skip = start ? 0 : session->searched, remaining = window->length - start;
    const char *newline = remaining > skip ? memchr(at + skip, '\n', remaining - skip) : NULL;
    if (!newline && (session->state != ENDED || !remaining || session->worker->draining))
        return false;
    *ret_line = (tidu_slice){at, newline ? (size_t)(newline - at) : remaining};
    *ret_next = start + ret_line->length + (newline != NULL);
    return true;
}

/* Hand on whole lines while their answers can be held; returns the bytes used. */
static size_t
take_lines(struct session *session, const struct window *window)
{
    size_t limit = settings_of(session)->line_bytes, used = 0, next;
    bool refused = false;
    tidu_slice line;

    while (!refused && !is_full(session)) {
        session->held = next_line(session, window, used, &line, &next);
        if (!session->held && window->length - used <= limit)
            break;
        refused = !session->held || line.length > limit;
        if (refused) {
            refuse_line(session, session->held);
        } else {
            tidu_rpc_line(session, line);
            used = next;
        }
    }
    tidu_evaluate_flush(session->worker);
    if (refused)
        used = window->length;
    if (used == window->length)
        session->held = false;
    return used;
}

/* Keep what was not used for later; a session without such keeps no buffer. */
static void
keep_rest(struct session *session, const struct window *window, size_t used)
{
    size_t remaining = window->length - used;
    tidu_text *rest = &session->rest;
    if (!remaining && rest->capacity > TIDU_READ_BYTES) {
        tidu_text_free(rest);
    } else if (window->data == rest->data) {
        memmove(rest->data, rest->data + used, remaining);
        rest->length = remaining;
    } else {
        rest->length = 0;
        if (remaining && tidu_text_reserve(rest, remaining + TIDU_RECORD_PADDING))
            tidu_text_add(rest, window->data + used, remaining);
    }
    session->searched = session->held ? 0 : remaining;
    session->broken |= rest->failed;
}

static void
take_in(struct session *session, const struct window *window)
{
    keep_rest(session, window, take_lines(session, window));
}

/* Read past the end of a line that was too long, so that its sender gets to
 * read why. */
static void
discard(struct session *session)
{
    char *scratch = session->worker->scratch;
    ssize_t count = recv(session->reader.fd, scratch, TIDU_READ_BYTES, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count <= 0 || memchr(scratch, '\n', (size_t)count))
        session->state = ENDED;
}

static void
on_readable(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)events;
    struct session *session = watcher->data;
    assert(session->magic == SESSION_MAGIC);
    if (session->state == DISCARDING) {
        discard(session);
        tidu_session_settle(session);
        return;
    }
    struct window window;
    ssize_t count = receive(session, &window);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    session->active = ev_now(loop);
    session->broken |= count < 0;
    if (count == 0)
        session->state = ENDED;
    if (count >= 0)
        take_in(session, &window);
    tidu_session_settle(session);
}

/* ---- out ------------------------------------------------------------------ */

static void
send_output(struct session *session)
{
    tidu_text *output = &session->output;
    session->broken |= output->failed;
    while (queued(session) && !session->broken) {
        ssize_t count = send(session->reader.fd, output->data + session->sent, queued(session),
                             MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno != EAGAIN)
            session->broken = true;
        if (count < 0)
            break;
        session->sent += (size_t)count;
        session->active = ev_now(session->worker->loop);
    }
    if (session->sent && session->sent >= output->length / 2) {
        memmove(output->data, output->data + session->sent, queued(session));
        output->length -= session->sent;
        session->sent = 0;
    }
    if (!output->length && output->capacity > TIDU_READ_BYTES)
        tidu_text_free(output);
}

static void
want(struct ev_loop *loop, ev_io *watcher, bool wanted)
{
    if (wanted)
        ev_io_start(loop, watcher);
    else
        ev_io_stop(loop, watcher);
}

void
tidu_session_settle(struct session *session)
{
    struct ev_loop *loop = session->worker->loop;
    send_output(session);
    while (session->held && !session->broken && !is_full(session)) {
        struct window window = {session->rest.data, session->rest.length};
        take_in(session, &window);
        send_output(session);
    }
    bool done = session->state == ENDED && !session->held && !session->pending;
    if (session->broken || (done && !queued(session))) {
        tidu_session_close(&session);
        return;
    }
    want(loop, &session->reader, session->state != ENDED && !session->held && !is_full(session));
    want(loop, &session->writer, queued(session) > 0);
}

static void
on_writable(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)loop;
    (void)events;
    struct session *session = watcher->data;
    assert(session->magic == SESSION_MAGIC);
    tidu_session_settle(session);
}

/* ---- life ----------------------------------------------------------------- */

/* Nothing has moved for as long as is allowed, or the end of an overlong line
 * does not come. Who waits for an answer that takes its time is not idle. */
static void
on_timer(struct ev_loop *loop, ev_timer *watcher, int events)
{
    (void)events;
    struct session *session = watcher->data;
    assert(session->magic == SESSION_MAGIC);
    double allowed = (double)settings_of(session)->idle_s;
    double left = session->active + allowed - ev_now(loop);
    if (session->state == DISCARDING || (left <= 0 && !session->pending)) {
        tidu_log(&session->worker->server->log, TIDU_LOG_DEBUG, "session: closed, idle");
        tidu_session_close(&session);
        return;
    }
    ev_timer_set(watcher, left > 0 ? left : allowed, 0);
    ev_timer_start(loop, watcher);
}

bool
tidu_session_open(struct worker *worker, int fd)
{
    struct session *session = calloc(1, sizeof *session);
    if (!session) {
        close(fd);
        return false;
    }
    session->magic = SESSION_MAGIC;
    session->worker = worker;
    session->active = ev_now(worker->loop);
    session->next = worker->sessions;
    if (worker->sessions)
        worker->sessions->previous = session;
    worker->sessions = session;
    worker->session_count++;
    worker->session_total++;
    ev_io_init(&session->reader, on_readable, fd, EV_READ);
    ev_io_init(&session->writer, on_writable, fd, EV_WRITE);
    ev_timer_init(&session->timer, on_timer, (double)settings_of(session)->idle_s, 0);
    session->reader.data = session->writer.data = session->timer.data = session;
    ev_io_start(worker->loop, &session->reader);
    if (settings_of(session)->idle_s)
        ev_timer_start(worker->loop, &session->timer);
    return true;
}

void
tidu_session_drain(struct session *session)
{
    /* What the other side has sent is still read, then comes the end; what it
     * sends from now on fails at its side. */
    shutdown(session->reader.fd, SHUT_RD);
    if (session->state == DISCARDING)
        session->state = ENDED;
    tidu_session_settle(session);
}

static void
unlink_session(struct session *session)
{
    struct worker *worker = session->worker;
    if (session->previous)
        session->previous->next = session->next;
    else
        worker->sessions = session->next;
    if (session->next)
        session->next->previous = session->previous;
    worker->session_count--;
}

void
tidu_session_close(struct session **session)
{
    struct session *leaving = *session;
    struct worker *worker = leaving->worker;
    ev_io_stop(worker->loop, &leaving->reader);
    ev_io_stop(worker->loop, &leaving->writer);
    ev_timer_stop(worker->loop, &leaving->timer);
    while (leaving->pending)
        tidu_request_orphan(leaving->pending);
    unlink_session(leaving);
    close(leaving->reader.fd);
    tidu_text_free(&leaving->rest);
    tidu_text_free(&leaving->output);
    leaving->magic = 0;
    free(leaving);
    *session = NULL;
    tidu_server_session_gone(worker->server);
}
