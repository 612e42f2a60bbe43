/*
 * front.c: one HTTP connection, as far as bytes go.
 *
 *             recv             checked             send
 *   client ─────────► in ─────────────────────────────────► inner ─► the library
 *   client ◄───────── out ◄───────────────────────────────── inner ◄─ the library
 *             send                                 recv
 *
 * The library reads what other servers would not, so it is given whole requests
 * only after they have been looked at (framing.h), and the next one when the one
 * before has been answered. What is refused here is answered here, and the
 * connection ends.
 *
 * Who waits for an answer and closes his side has gone: what he asked for is
 * cancelled. Who takes too long to send or to read is closed.
 *
 * Must not know: JSON, resources.
 *
 * Ownership: a front owns both sockets, its texts and its relay; its wire is the
 * library's as long as that has the other end.
 */
#include "framing.h"
#include "http.h"

#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    FRONT_MAGIC = 0x46524f4e,
    LINGER_S = 2, /* for a client that still sends while it is refused */
#ifdef TIDU_TIGHT
    IN_BYTES = 23,
    OUT_BYTES = 61
#else
    IN_BYTES = 64 * 1024,
    OUT_BYTES = 64 * 1024
#endif
};

struct front {
    unsigned magic;
    struct http *http;
    struct front *previous, *next;
    struct peer peer;
    struct wire *wire;
    enum { HEAD, BODY, ANSWER, LEAVING } state;
    bool answered;   /* the library has written its answer, which may not all be here yet */
    bool responding; /* some of it is */
    bool shut;       /* nothing more is sent */
    struct framing framing;
    tidu_text in;
    size_t allowed;  /* bytes of it that the library may have */
    size_t searched; /* of a head */
    tidu_text out;
    size_t sent;
    ev_io reader, writer, inner_reader, inner_writer;
    ev_idle kick; /* never started, only fed */
    ev_timer timer;
    ev_tstamp timer_at; /* when it rings, if it is active */
    ev_tstamp since; /* when what is waited for began */
    struct exchange *exchange;
    struct relay *relay;
};

struct front *
tidu_front_next(const struct front *front)
{
    return front->next;
}

const struct peer *
tidu_front_peer(const struct front *front)
{
    return &front->peer;
}

struct relay **
tidu_front_relay(struct front *front)
{
    return &front->relay;
}

void
tidu_front_attach(struct front *front, struct exchange *exchange)
{
    front->exchange = exchange;
}

struct wire *
tidu_front_find(const struct http *http, int fd)
{
    for (const struct front *front = http->fronts; front; front = front->next)
        if (front->wire && front->wire->fd == fd)
            return front->wire;
    return NULL;
}

static const struct settings *
settings_of(const struct front *front)
{
    return front->http->world->settings;
}

/* ---- out ---------------------------------------------------------------------------- */

static size_t
queued(const struct front *front)
{
    return front->out.length - front->sent;
}

static void
close_inner(struct front *front)
{
    struct ev_loop *loop = front->http->loop;
    if (front->inner_reader.fd < 0)
        return;
    ev_io_stop(loop, &front->inner_reader);
    ev_io_stop(loop, &front->inner_writer);
    close(front->inner_reader.fd);
    ev_io_set(&front->inner_reader, -1, EV_READ);
    ev_io_set(&front->inner_writer, -1, EV_WRITE);
}

static void
leave(struct front *front)
{
    close_inner(front);
    front->state = LEAVING;
    front->answered = false;
    front->in.length = front->allowed = 0;
    front->since = ev_now(front->http->loop);
}

/* False when the client has gone. */
static bool
flush(struct front *front)
{
    while (queued(front)) {
        ssize_t count = send(front->reader.fd, front->out.data + front->sent, queued(front),
                             MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno == EAGAIN;
        front->sent += (size_t)count;
        front->since = ev_now(front->http->loop);
    }
    front->out.length = front->sent = 0;
    if (front->out.capacity > OUT_BYTES)
        tidu_text_free(&front->out);
    if (front->state == LEAVING && !front->shut) {
        shutdown(front->reader.fd, SHUT_WR);
        front->shut = true;
    }
    return true;
}

/* All of an answer is here: the next request may come. One that was answered before
 * its end is the last. */
static void
finish(struct front *front)
{
    bool last = front->state != ANSWER || front->http->draining;
    front->answered = front->responding = false;
    if (last) {
        leave(front);
        return;
    }
    front->state = HEAD;
    front->since = ev_now(front->http->loop);
    if (front->in.length)
        ev_feed_event(front->http->loop, &front->kick, EV_CUSTOM);
}

/* "Go on" is not the answer yet: what comes then may still be refused here. */
static bool
is_interim(const char *bytes, size_t length)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    return length == sizeof go_on - 1 && memcmp(bytes, go_on, length) == 0;
}

/* What the library has written. It closes its end when the connection is to end. */
static void
fetch(struct front *front)
{
    while (front->inner_reader.fd >= 0 && queued(front) < OUT_BYTES) {
        if (!tidu_text_reserve(&front->out, OUT_BYTES))
            break;
        ssize_t count = recv(front->inner_reader.fd, front->out.data + front->out.length,
                             OUT_BYTES, MSG_DONTWAIT);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno == EAGAIN) {
            if (front->answered)
                finish(front);
            break;
        }
        if (count <= 0) {
            leave(front);
            break;
        }
        if (!is_interim(front->out.data + front->out.length, (size_t)count))
            front->responding = true;
        front->out.length += (size_t)count;
    }
}

/* ---- time ------------------------------------------------------------------------------ */

/* When this wait ends in any case; 0: never. */
static ev_tstamp
deadline_of(const struct front *front)
{
    const struct settings *settings = settings_of(front);
    size_t allowed_s = queued(front)             ? settings->write_s
                       : front->state == LEAVING ? LINGER_S
                       : front->state != ANSWER  ? settings->line_s
                                                 : 0;
    return allowed_s ? front->since + (double)allowed_s : 0;
}

/* A timer that rings too early is set anew then. */
static void
arm_timer(struct front *front)
{
    struct ev_loop *loop = front->http->loop;
    ev_tstamp at = deadline_of(front);
    if (at <= 0 || (ev_is_active(&front->timer) && front->timer_at <= at))
        return;
    ev_timer_stop(loop, &front->timer);
    front->timer_at = at;
    ev_timer_set(&front->timer, at > ev_now(loop) ? at - ev_now(loop) : 0, 0);
    ev_timer_start(loop, &front->timer);
}

/* ---- together ---------------------------------------------------------------------------- */

static void
want(struct ev_loop *loop, ev_io *watcher, bool wanted)
{
    if (wanted && watcher->fd >= 0)
        ev_io_start(loop, watcher);
    else
        ev_io_stop(loop, watcher);
}

/* Send what there is and wait for what can come; may close the front. */
static void
settle(struct front *front)
{
    struct ev_loop *loop = front->http->loop;
    bool there = flush(front) && !front->in.failed && !front->out.failed;
    if (!there || (front->shut && front->http->draining)) {
        tidu_front_close(&front);
        return;
    }
    if (front->answered && queued(front) < OUT_BYTES) /* nothing may be left that would wake us */
        ev_feed_event(loop, &front->kick, EV_CUSTOM);
    want(loop, &front->reader,
         front->state == LEAVING || front->state == HEAD || front->in.length < 2 * IN_BYTES);
    want(loop, &front->writer, queued(front) > 0);
    want(loop, &front->inner_reader, queued(front) < OUT_BYTES);
    want(loop, &front->inner_writer, front->allowed > 0);
    arm_timer(front);
}

/* ---- refusals ------------------------------------------------------------------------------ */

/* Answer in the library's place; it hears no more of this connection. */
static void
refuse(struct front *front, int status, tidu_code code, const char *argument)
{
    tidu_text body = {0};
    tidu_error error;
    tidu_error_set(&error, code, argument, NULL);
    tidu_rpc_turn_away(TIDU_RPC_INVALID, &error, (tidu_lang)settings_of(front)->lang, &body);
    if (!front->responding && !body.failed) {
        tidu_text_printf(&front->out,
                         "HTTP/1.1 %d %s\r\nConnection: close\r\nCache-Control: no-store\r\n"
                         "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                         status, MHD_get_reason_phrase_for((unsigned)status), body.length);
        tidu_text_add(&front->out, body.data, body.length);
        tidu_http_count(front->http, TIDU_HTTP_RESOURCES - 1, status);
    }
    tidu_text_free(&body);
    leave(front);
}

static void
on_timer(struct ev_loop *loop, ev_timer *watcher, int events)
{
    (void)events;
    struct front *front = watcher->data;
    assert(front->magic == FRONT_MAGIC);
    char allowed[32];
    ev_tstamp at = deadline_of(front);
    if (at <= 0 || at > ev_now(loop)) {
        arm_timer(front);
        return;
    }
    bool begun = !queued(front) && (front->state == BODY || (front->state == HEAD && front->in.length));
    if (!begun) {
        tidu_front_close(&front);
        return;
    }
    snprintf(allowed, sizeof allowed, "%zu", settings_of(front)->line_s);
    refuse(front, 408, TIDU_CALL_LINE_SLOW, allowed);
    settle(front);
}

/* ---- in ---------------------------------------------------------------------------------- */

/* Let through what belongs to the request that is being received. */
static void
look(struct front *front)
{
    struct refusal refusal = {0};
    while (front->allowed < front->in.length && front->state <= BODY) {
        tidu_slice text = {front->in.data + front->allowed, front->in.length - front->allowed};
        size_t count;
        if (front->state == HEAD) {
            count = tidu_head_find(text, &front->searched, &refusal);
            if (count && tidu_head_check((tidu_slice){text.data, count}, !front->http->local,
                                         &front->framing, &refusal))
                front->state = BODY;
        } else {
            count = tidu_framing_take(&front->framing, text, &refusal);
        }
        if (refusal.status) {
            refuse(front, refusal.status, TIDU_HTTP_MALFORMED, refusal.words);
            return;
        }
        if (!count)
            return;
        front->searched = 0;
        front->allowed += count;
        if (front->framing.state == TIDU_FRAME_END)
            front->state = ANSWER;
    }
}

/* Hand what may be handed on to the library. */
static void
pass(struct front *front)
{
    size_t passed = 0;
    while (passed < front->allowed && front->inner_writer.fd >= 0) {
        ssize_t count = send(front->inner_writer.fd, front->in.data + passed,
                             front->allowed - passed, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno != EAGAIN)
            passed = front->allowed; /* it has closed its end, and that will be read */
        if (count < 0)
            break;
        passed += (size_t)count;
    }
    if (!passed)
        return;
    memmove(front->in.data, front->in.data + passed, front->in.length - passed);
    front->in.length -= passed;
    front->allowed -= passed;
    tidu_http_run(front->http);
    fetch(front);
}

/* Whatever there is to do. */
static void
advance(struct front *front)
{
    fetch(front);
    look(front);
    pass(front);
    settle(front);
}

void
tidu_front_pull(struct front *front)
{
    advance(front);
}

void
tidu_front_answered(struct front *front)
{
    front->answered = front->state == ANSWER || front->state == BODY;
    ev_feed_event(front->http->loop, &front->kick, EV_CUSTOM);
}

/* False when the client has gone. */
static bool
receive(struct front *front)
{
    if (!tidu_text_reserve(&front->in, IN_BYTES))
        return false;
    ssize_t count =
        recv(front->reader.fd, front->in.data + front->in.length, IN_BYTES, MSG_DONTWAIT);
    if (count > 0 && front->state != LEAVING)
        front->in.length += (size_t)count;
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

static void
on_readable(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)loop;
    (void)events;
    struct front *front = watcher->data;
    assert(front->magic == FRONT_MAGIC);
    if (receive(front))
        advance(front);
    else
        tidu_front_close(&front);
}

static void
on_ready(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)loop;
    (void)events;
    struct front *front = watcher->data;
    assert(front->magic == FRONT_MAGIC);
    advance(front);
}

static void
on_kick(struct ev_loop *loop, ev_idle *watcher, int events)
{
    (void)loop;
    (void)events;
    struct front *front = watcher->data;
    assert(front->magic == FRONT_MAGIC);
    advance(front);
}

void
tidu_front_drain(struct front *front)
{
    bool there = front->state != HEAD || receive(front);
    if (!there) {
        tidu_front_close(&front);
        return;
    }
    look(front);
    if (front->state == HEAD)
        leave(front);
    pass(front);
    settle(front);
}

void
tidu_wire_close(struct wire **wire)
{
    if (*wire && (*wire)->front)
        (*wire)->front->wire = NULL;
    free(*wire);
    *wire = NULL;
}

/* ---- life ------------------------------------------------------------------------------------ */

static void
set_up(struct front *front, int fd, int inner)
{
    ev_io_init(&front->reader, on_readable, fd, EV_READ);
    ev_io_init(&front->writer, on_ready, fd, EV_WRITE);
    ev_io_init(&front->inner_reader, on_ready, inner, EV_READ);
    ev_io_init(&front->inner_writer, on_ready, inner, EV_WRITE);
    ev_timer_init(&front->timer, on_timer, 0, 0);
    ev_idle_init(&front->kick, on_kick);
    front->reader.data = front->writer.data = front->inner_reader.data = front;
    front->inner_writer.data = front->timer.data = front->kick.data = front;
}

static struct front *
make(struct http *http, const struct peer *peer)
{
    struct front *front = calloc(1, sizeof *front);
    struct wire *wire = calloc(1, sizeof *wire);
    if (!front || !wire) {
        free(front);
        free(wire);
        return NULL;
    }
    front->magic = FRONT_MAGIC;
    front->http = http;
    front->peer = *peer;
    front->wire = wire;
    front->since = ev_now(http->loop);
    wire->front = front;
    return front;
}

static void
join(struct front *front)
{
    struct http *http = front->http;
    front->next = http->fronts;
    if (http->fronts)
        http->fronts->previous = front;
    http->fronts = front;
    atomic_fetch_add_explicit(&http->front_count, 1, memory_order_relaxed);
}

bool
tidu_front_open(struct http *http, int fd, const struct peer *peer)
{
    static const struct sockaddr_un nobody = {.sun_family = AF_UNIX};
    int ends[2];
    struct front *front = make(http, peer);
    if (!front || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) {
        if (front)
            tidu_wire_close(&front->wire);
        free(front);
        close(fd);
        return false;
    }
    front->wire->fd = ends[1];
    set_up(front, fd, ends[0]);
    join(front);
    if (MHD_add_connection(http->library, ends[1], (const struct sockaddr *)&nobody,
                           sizeof nobody.sun_family) != MHD_YES) { /* which has closed its end */
        tidu_wire_close(&front->wire);
        tidu_front_close(&front);
        return false;
    }
    settle(front);
    return true;
}

static void
unlink_front(struct front *front)
{
    struct http *http = front->http;
    if (front->previous)
        front->previous->next = front->next;
    else
        http->fronts = front->next;
    if (front->next)
        front->next->previous = front->previous;
    atomic_fetch_sub_explicit(&http->front_count, 1, memory_order_relaxed);
}

void
tidu_front_close(struct front **front)
{
    struct front *leaving = *front;
    struct http *http = leaving->http;
    *front = NULL;
    ev_io_stop(http->loop, &leaving->reader);
    ev_io_stop(http->loop, &leaving->writer);
    ev_timer_stop(http->loop, &leaving->timer);
    ev_clear_pending(http->loop, &leaving->kick);
    close_inner(leaving);
    tidu_relay_close(&leaving->relay);
    unlink_front(leaving);
    if (leaving->wire)
        leaving->wire->front = NULL;
    if (leaving->exchange)
        tidu_exchange_orphan(leaving->exchange);
    close(leaving->reader.fd);
    tidu_text_free(&leaving->in);
    tidu_text_free(&leaving->out);
    leaving->magic = 0;
    free(leaving);
}
