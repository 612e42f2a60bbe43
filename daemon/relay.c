/*
 * relay.c: what is asked over HTTP, as a line in a session.
 *
 *   exchange ─► question ─► socket pair ─► a session on a worker
 *   exchange ◄─ answer  ◄─ socket pair ◄─ its line, and an empty one for the end
 *
 * So that all methods, limits, turns and roles are those of the Unix socket. One
 * session serves all requests of a connection, as long as the same asks. Closing
 * it cancels what is under way.
 *
 * Must not know: HTTP, JSON.
 *
 * Ownership: a relay owns its end of the pair and both texts.
 */
#include "http.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    RELAY_MAGIC = 0x52454c41,
#ifdef TIDU_TIGHT
    RELAY_BYTES = 61
#else
    RELAY_BYTES = 64 * 1024
#endif
};

struct relay {
    unsigned magic;
    struct http *http;
    struct peer peer;
    struct exchange *exchange; /* that is waiting; NULL: none */
    bool ended;                /* the session has gone */
    ev_io reader, writer;
    tidu_text question, answer;
    size_t sent;
};

/* An empty line stands at the end. */
static bool
is_whole(const tidu_text *answer)
{
    size_t length = answer->length;
    return length && answer->data[length - 1] == '\n' &&
           (length == 1 || answer->data[length - 2] == '\n');
}

/* The last that is done with a relay in a callback: it may be gone afterwards. */
static void
hand_over(struct relay *relay, bool whole)
{
    struct exchange *exchange = relay->exchange;
    tidu_text answer = relay->answer;
    relay->exchange = NULL;
    relay->answer = (tidu_text){0};
    answer.length -= whole; /* the empty line */
    tidu_exchange_answer(exchange, &answer, whole && !answer.failed);
    tidu_text_free(&answer);
}

static void
end(struct relay *relay)
{
    relay->ended = true;
    ev_io_stop(relay->http->loop, &relay->reader);
    ev_io_stop(relay->http->loop, &relay->writer);
    if (relay->exchange)
        hand_over(relay, false);
}

static void
on_readable(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)loop;
    (void)events;
    struct relay *relay = watcher->data;
    tidu_text *answer = &relay->answer;
    assert(relay->magic == RELAY_MAGIC);
    ssize_t count = -1;
    if (tidu_text_reserve(answer, RELAY_BYTES))
        count = recv(watcher->fd, answer->data + answer->length, RELAY_BYTES, MSG_DONTWAIT);
    else
        errno = ENOMEM;
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    answer->length += count > 0 ? (size_t)count : 0;
    if (count <= 0)
        end(relay);
    else if (relay->exchange && is_whole(answer))
        hand_over(relay, true);
}

/* False when the session has gone. */
static bool
send_question(struct relay *relay)
{
    const tidu_text *question = &relay->question;
    while (relay->sent < question->length) {
        ssize_t count = send(relay->writer.fd, question->data + relay->sent,
                             question->length - relay->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno != EAGAIN)
            return false;
        if (count < 0)
            break;
        relay->sent += (size_t)count;
    }
    if (relay->sent < question->length) {
        ev_io_start(relay->http->loop, &relay->writer);
        return true;
    }
    ev_io_stop(relay->http->loop, &relay->writer);
    tidu_text_free(&relay->question);
    relay->sent = 0;
    return true;
}

static void
on_writable(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)loop;
    (void)events;
    struct relay *relay = watcher->data;
    assert(relay->magic == RELAY_MAGIC);
    if (!send_question(relay))
        end(relay);
}

/* ---- life ----------------------------------------------------------------------------- */

static tidu_rpc_code
connect_to_worker(struct relay *relay, tidu_error *reterr)
{
    struct http *http = relay->http;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) {
        tidu_error_set(reterr, TIDU_HTTP_OPEN, "rpc", strerror(errno), NULL);
        return TIDU_RPC_BUSY;
    }
    tidu_rpc_code code =
        tidu_server_admit(http->server, http->world->settings, ends[1], &relay->peer, reterr);
    if (code) {
        close(ends[0]);
        close(ends[1]);
        return code;
    }
    ev_io_init(&relay->reader, on_readable, ends[0], EV_READ);
    ev_io_init(&relay->writer, on_writable, ends[0], EV_WRITE);
    relay->reader.data = relay->writer.data = relay;
    ev_io_start(http->loop, &relay->reader);
    return 0;
}

static tidu_rpc_code
open_relay(struct relay **ret_relay, struct http *http, const struct peer *peer,
           tidu_error *reterr)
{
    struct relay *relay = calloc(1, sizeof *relay);
    if (!relay) {
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
        return TIDU_RPC_INTERNAL;
    }
    relay->magic = RELAY_MAGIC;
    relay->http = http;
    relay->peer = *peer;
    tidu_rpc_code code = connect_to_worker(relay, reterr);
    if (code)
        free(relay);
    else
        *ret_relay = relay;
    return code;
}

static bool
is_the_same(const struct peer *a, const struct peer *b)
{
    return tidu_who_is_same(&a->who, &b->who) && a->roles == b->roles;
}

tidu_rpc_code
tidu_relay_ask(struct relay **relay, struct http *http, const struct peer *peer, tidu_text *line,
               struct exchange *exchange, tidu_error *reterr)
{
    tidu_rpc_code code = 0;
    if (*relay && ((*relay)->ended || !is_the_same(&(*relay)->peer, peer)))
        tidu_relay_close(relay);
    if (!*relay)
        code = open_relay(relay, http, peer, reterr);
    if (code)
        return code;
    (*relay)->question = *line;
    *line = (tidu_text){0};
    (*relay)->exchange = exchange;
    if (!send_question(*relay))
        ev_io_start(http->loop, &(*relay)->writer); /* which finds the same, in the loop */
    return 0;
}

void
tidu_relay_close(struct relay **relay)
{
    struct relay *leaving = *relay;
    if (!leaving)
        return;
    *relay = NULL;
    ev_io_stop(leaving->http->loop, &leaving->reader);
    ev_io_stop(leaving->http->loop, &leaving->writer);
    close(leaving->reader.fd);
    tidu_text_free(&leaving->question);
    tidu_text_free(&leaving->answer);
    leaving->magic = 0;
    free(leaving);
}
