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
 *
 * A round is what one turn of the loop brings: each session with something to read
 * has a turn, and what it asks is gathered with what the others ask, in the bytes
 * they were read to. At its end, before the loop sleeps, all is answered and each
 * session's answers are sent at once. A round that takes long ends earlier.
 *
 *   read A ─► read B ─► read C ─► run ─► send A ─► send B ─► send C
 *
 * While more than limits.output_bytes wait to be sent nothing is read, and
 * whole lines already received are held back in `rest`; so a client that does
 * not read its answers is waited for, at a bounded cost. Lines are held back as
 * well when a session has had its time: then the others on its worker have
 * their turn, each once, before it goes on.
 *
 * Must not know: JSON, methods, rules.
 *
 * Ownership: a session owns its socket, its texts and its place in the
 * worker's list. Errands it has sent are the worker's; it only counts them.
 */
#include "charge.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SESSION_MAGIC = 0x53455353,
    LINGER_S = 2, /* for the end of a line that was too long */
#ifdef TIDU_TIGHT
    LOOK_AT_CLOCK = 1, /* after so many lines */
    TURN_NS = 1,
#else
    LOOK_AT_CLOCK = 8,
    TURN_NS = 2000000,
#endif
    ROUND_NS = 500000 /* then nobody else has a turn before answers are sent */
};

enum state {
    SERVING,
    DISCARDING, /* a line was too long: the rest of it is read, not kept */
    ENDED       /* nothing more is taken in */
};

struct session {
    unsigned magic;
    enum state state;
    bool asked;   /* of HTTP: lines have been taken in whose end has not been marked */
    bool held;    /* `rest` has whole lines that wait for a turn, or for the output to drain */
    bool waiting; /* in the worker's list of turns */
    bool blocked; /* until an errand has come home */
    bool broken;  /* nobody is there any more */
    unsigned turn; /* the last one it had */
    struct peer peer;
    struct rights rights;
    uint64_t rights_by; /* number of the world they are of */
    bool rights_known;
    unsigned denials;
    struct worker *worker;
    struct session *previous, *next;
    struct session *turn_before, *turn_behind;
    bool unsettled;    /* in the worker's list of those that have had their turn */
    size_t turn_from;  /* place in the output then */
    struct session *unsettled_before, *unsettled_behind;
    ev_io reader, writer;
    ev_timer timer;
    ev_tstamp timer_at; /* when it rings, if it is active */
    ev_tstamp active; /* when bytes went in or out */
    ev_tstamp line_since; /* when the first line of `rest` began to come */
    uint64_t received_ns; /* when bytes came in last */
    tidu_text rest;
    size_t searched; /* bytes of `rest` known to hold no line end */
    tidu_text output;
    size_t sent;
    size_t counted; /* bytes of it in the server's sum */
    struct withheld {
        size_t from;     /* place in the output */
        uint64_t ticket; /* 0: nothing is withheld */
    } withheld, newer;   /* what waits for the store, and what came while it did */
    struct session *withheld_before, *withheld_behind;
    size_t errands;
    struct batch *batch; /* half taken in */
    struct subscription subscription;
};

/* Received bytes: in the worker's scratch or in the session's rest. */
struct window {
    char *data;
    size_t length;
};

static const struct settings *
settings_of(const struct session *session)
{
    return tidu_worker_settings(session->worker);
}

static size_t
queued(const struct session *session)
{
    return session->output.length - session->sent;
}

/* Bytes that may be sent. */
static size_t
sendable(const struct session *session)
{
    size_t end = session->withheld.ticket ? session->withheld.from : session->output.length;
    return end - session->sent;
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

struct subscription *
tidu_session_subscription(struct session *session)
{
    return &session->subscription;
}

const struct who *
tidu_session_who(const struct session *session)
{
    return &session->peer.who;
}

bool
tidu_session_is_http(const struct session *session)
{
    return session->peer.http;
}

const struct rights *
tidu_session_rights(struct session *session)
{
    const struct world *world = session->worker->world;
    if (!session->rights_known || session->rights_by != world->number) {
        session->rights = tidu_rights_of(world->settings, &session->peer);
        session->rights_by = world->number;
        session->rights_known = true;
    }
    return &session->rights;
}

/* The first few, then ever fewer: nobody fills a disk by asking for what is not
 * allowed. */
bool
tidu_session_denied(struct session *session)
{
    enum { FEW = 20 };
    unsigned count = ++session->denials;
    return count <= FEW || (count & (count - 1)) == 0;
}

tidu_text *
tidu_session_output(struct session *session)
{
    return &session->output;
}

struct batch **
tidu_session_batch(struct session *session)
{
    return &session->batch;
}

size_t *
tidu_session_errands(struct session *session)
{
    return &session->errands;
}

void
tidu_session_errand_home(struct session *session)
{
    session->errands--;
    session->blocked = false;
}

void
tidu_session_block(struct session *session)
{
    session->blocked = true;
}

uint64_t
tidu_session_received_ns(const struct session *session)
{
    return session->received_ns;
}

/* ---- what waits for the store ----------------------------------------------------- */

static void
join_withholding(struct session *session)
{
    struct worker *worker = session->worker;
    session->withheld_before = NULL;
    session->withheld_behind = worker->withholding;
    if (worker->withholding)
        worker->withholding->withheld_before = session;
    worker->withholding = session;
}

static void
leave_withholding(struct session *session)
{
    if (!session->withheld.ticket)
        return;
    session->withheld.ticket = session->newer.ticket = 0;
    if (session->withheld_before)
        session->withheld_before->withheld_behind = session->withheld_behind;
    else
        session->worker->withholding = session->withheld_behind;
    if (session->withheld_behind)
        session->withheld_behind->withheld_before = session->withheld_before;
}

void
tidu_session_withhold(struct session *session, size_t from, uint64_t ticket)
{
    if (ticket == TIDU_STORE_LOST) {
        session->broken = true;
    } else if (!session->withheld.ticket) {
        session->withheld = (struct withheld){from, ticket};
        join_withholding(session);
    } else if (!session->newer.ticket) {
        session->newer = (struct withheld){from, ticket};
    } else {
        session->newer.ticket = ticket;
    }
}

static void
release(struct session *session, uint64_t durable)
{
    if (session->newer.ticket && session->newer.ticket > durable) {
        session->withheld = session->newer;
        session->newer.ticket = 0;
    } else {
        leave_withholding(session);
    }
    tidu_session_settle(session);
}

void
tidu_session_release(struct worker *worker)
{
    uint64_t durable = tidu_store_durable(worker->server->store);
    struct session *session = worker->withholding, *next;
    for (; session; session = next) {
        next = session->withheld_behind;
        if (session->withheld.ticket <= durable)
            release(session, durable);
    }
}

/* ---- turns -------------------------------------------------------------------- */

static void
begin_turn(struct worker *worker)
{
    uint64_t now = tidu_nanoseconds();
    if (worker->unsettled_count >= TIDU_GATHER_ROWS ||
        (worker->unsettled && now - worker->round_began_ns > ROUND_NS))
        tidu_session_end_round(worker);
    if (!worker->unsettled)
        worker->round_began_ns = now;
    worker->lines_taken = 0;
    worker->turn_began_ns = now;
}

/* The turn is over; what it came to is sent at the end of the round. */
static void
end_turn(struct session *session, size_t from)
{
    struct worker *worker = session->worker;
    assert(!session->unsettled);
    session->unsettled = true;
    session->turn_from = from;
    session->unsettled_before = worker->last_unsettled;
    session->unsettled_behind = NULL;
    if (worker->last_unsettled)
        worker->last_unsettled->unsettled_behind = session;
    else
        worker->unsettled = session;
    worker->last_unsettled = session;
    worker->unsettled_count++;
}

static void
leave_round(struct session *session)
{
    struct worker *worker = session->worker;
    if (!session->unsettled)
        return;
    session->unsettled = false;
    if (session->unsettled_before)
        session->unsettled_before->unsettled_behind = session->unsettled_behind;
    else
        worker->unsettled = session->unsettled_behind;
    if (session->unsettled_behind)
        session->unsettled_behind->unsettled_before = session->unsettled_before;
    else
        worker->last_unsettled = session->unsettled_before;
    worker->unsettled_count--;
}

/* What was decided for any of them has one ticket. */
void
tidu_session_end_round(struct worker *worker)
{
    tidu_evaluate_flush(worker);
    worker->scratch_used = 0;
    uint64_t ticket = worker->unsettled ? tidu_witness_turn_over(&worker->witness) : 0;
    while (worker->unsettled) {
        struct session *session = worker->unsettled;
        leave_round(session);
        if (ticket)
            tidu_session_withhold(session, session->turn_from, ticket);
        tidu_session_settle(session);
    }
}

/* The clock is looked at now and then, after the first line. */
bool
tidu_session_turn_over(struct session *session)
{
    struct worker *worker = session->worker;
    if (++worker->lines_taken % LOOK_AT_CLOCK)
        return false;
    return worker->lines_taken > 1 && tidu_nanoseconds() - worker->turn_began_ns > TURN_NS;
}

static void
wait_for_turn(struct session *session)
{
    struct worker *worker = session->worker;
    if (session->waiting)
        return;
    session->waiting = true;
    session->turn = worker->turn;
    session->turn_before = worker->last_turn;
    session->turn_behind = NULL;
    if (worker->last_turn)
        worker->last_turn->turn_behind = session;
    else
        worker->turns = session;
    worker->last_turn = session;
    ev_idle_start(worker->loop, &worker->restless);
}

static void
leave_turns(struct session *session)
{
    struct worker *worker = session->worker;
    if (!session->waiting)
        return;
    session->waiting = false;
    if (session->turn_before)
        session->turn_before->turn_behind = session->turn_behind;
    else
        worker->turns = session->turn_behind;
    if (session->turn_behind)
        session->turn_behind->turn_before = session->turn_before;
    else
        worker->last_turn = session->turn_before;
    if (!worker->turns)
        ev_idle_stop(worker->loop, &worker->restless);
}

static void take_turn(struct session *session);

/* Once a loop round, everybody who waited when it began. */
static void
on_turns(struct ev_loop *loop, ev_check *watcher, int events)
{
    (void)loop;
    (void)events;
    struct worker *worker = watcher->data;
    worker->turn++;
    while (worker->turns && worker->turns->turn != worker->turn) {
        struct session *session = worker->turns;
        leave_turns(session);
        take_turn(session);
    }
}

static void
on_idle(struct ev_loop *loop, ev_idle *watcher, int events)
{
    (void)loop;
    (void)watcher;
    (void)events;
}

static void
on_round_end(struct ev_loop *loop, ev_prepare *watcher, int events)
{
    (void)loop;
    (void)events;
    tidu_session_end_round(watcher->data);
}

void
tidu_session_take_turns(struct worker *worker)
{
    ev_prepare_init(&worker->round_end, on_round_end);
    worker->round_end.data = worker;
    ev_set_priority(&worker->round_end, EV_MAXPRI); /* before what else is done before sleep */
    ev_prepare_start(worker->loop, &worker->round_end);
    ev_check_init(&worker->turner, on_turns);
    worker->turner.data = worker;
    ev_check_start(worker->loop, &worker->turner);
    ev_idle_init(&worker->restless, on_idle);
}

/* ---- in ------------------------------------------------------------------- */

/* The part of the worker's buffer that nothing gathered points into, at least half. */
static char *
free_scratch(struct worker *worker, size_t *ret_room)
{
    if (worker->scratch_used > TIDU_READ_BYTES / 2) {
        tidu_evaluate_flush(worker);
        worker->scratch_used = 0;
    }
    *ret_room = TIDU_READ_BYTES - worker->scratch_used;
    return worker->scratch + worker->scratch_used;
}

/* What has been gathered from these bytes needs them until it is run. */
static void
keep_window(struct worker *worker, const struct window *window)
{
    if (tidu_evaluate_gathers(worker))
        worker->scratch_used = (size_t)(window->data - worker->scratch) + window->length;
}

/* Find room behind what is kept of the last line, and fill it. */
static ssize_t
receive(struct session *session, struct window *window)
{
    size_t kept = session->rest.length, room;
    if (kept <= TIDU_READ_BYTES / 4) {
        window->data = free_scratch(session->worker, &room);
        if (kept)
            memcpy(window->data, session->rest.data, kept);
        room -= kept;
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
    session->line_since = ev_now(session->worker->loop);
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

/* Hand on whole lines while their answers can be held and the turn lasts;
 * returns the bytes used. */
static size_t
take_lines(struct session *session, const struct window *window)
{
    size_t limit = settings_of(session)->line_bytes, used = 0, next;
    size_t from = session->output.length;
    bool refused = false, over = false;
    tidu_slice line;

    while (!refused && !over && !is_full(session)) {
        session->held = next_line(session, window, used, &line, &next);
        if (!session->held && window->length - used <= limit)
            break;
        refused = !session->held || line.length > limit;
        if (refused) {
            refuse_line(session, session->held);
        } else if (tidu_rpc_line(session, line)) {
            used = next;
            session->asked = true;
            over = tidu_session_turn_over(session);
        } else {
            over = true;
        }
    }
    end_turn(session, from);
    if (refused)
        used = window->length;
    if (used == window->length)
        session->held = false;
    else if (over)
        session->held = true; /* or no whole line: the next turn finds out */
    return used;
}

/* Keep what was not used for later; a session without such keeps no buffer. */
static void
keep_rest(struct session *session, const struct window *window, size_t used)
{
    size_t remaining = window->length - used;
    tidu_text *rest = &session->rest;
    if (!remaining && rest->capacity > TIDU_READ_BYTES) {
        tidu_evaluate_flush(session->worker);
        tidu_text_free(rest);
    } else if (window->data == rest->data) {
        tidu_evaluate_flush(session->worker);
        memmove(rest->data, rest->data + used, remaining);
        rest->length = remaining;
    } else {
        rest->length = 0;
        if (remaining && tidu_text_reserve(rest, remaining + TIDU_RECORD_PADDING))
            tidu_text_add(rest, window->data + used, remaining);
    }
    session->searched = session->held ? 0 : remaining;
    session->broken |= rest->failed;
    if (used)
        session->line_since = ev_now(session->worker->loop);
}

static void
take_in(struct session *session, const struct window *window)
{
    size_t used = take_lines(session, window);
    if (window->data != session->rest.data)
        keep_window(session->worker, window);
    keep_rest(session, window, used);
}

/* Read past the end of a line that was too long, so that its sender gets to
 * read why. */
static void
discard(struct session *session)
{
    size_t room;
    char *scratch = free_scratch(session->worker, &room);
    ssize_t count = recv(session->reader.fd, scratch, room, 0);
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
    if (session->unsettled)
        return; /* it has had its turn; what there is to read stays */
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
    if (!session->rest.length)
        session->line_since = session->active;
    session->broken |= count < 0;
    if (count == 0) { /* over HTTP nobody closes one side only */
        session->state = ENDED;
        session->broken |= session->peer.http;
    }
    begin_turn(session->worker);
    session->received_ns = session->worker->turn_began_ns;
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
    while (sendable(session) && !session->broken) {
        ssize_t count = send(session->reader.fd, output->data + session->sent, sendable(session),
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
        session->withheld.from -= session->withheld.ticket ? session->sent : 0;
        session->newer.from -= session->newer.ticket ? session->sent : 0;
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

/* Keep the server's sum of what waits to be read. */
static void
count_queued(struct session *session)
{
    size_t now = queued(session);
    if (now == session->counted)
        return;
    atomic_fetch_add_explicit(&session->worker->server->queued, now - session->counted,
                              memory_order_relaxed);
    session->counted = now;
}

static void arm_timer(struct session *session);

/* Whoever asks over HTTP has to know when there is nothing more to wait for, also
 * when nothing came: an empty line says so. */
static void
mark_end(struct session *session)
{
    if (!session->peer.http || !session->asked || session->held || session->errands)
        return;
    tidu_text_putc(&session->output, '\n');
    session->asked = false;
}

void
tidu_session_settle(struct session *session)
{
    struct ev_loop *loop = session->worker->loop;
    if (session->unsettled)
        return;
    mark_end(session);
    send_output(session);
    count_queued(session);
    bool done = session->state == ENDED && !session->held && !session->errands;
    if (session->broken || (done && !queued(session))) {
        tidu_session_close(&session);
        return;
    }
    if (session->held && !session->blocked && !is_full(session))
        wait_for_turn(session);
    else
        leave_turns(session);
    want(loop, &session->reader, session->state != ENDED && !session->held && !is_full(session));
    want(loop, &session->writer, sendable(session) > 0);
    arm_timer(session);
}

static void
take_turn(struct session *session)
{
    struct window window = {session->rest.data, session->rest.length};
    begin_turn(session->worker);
    take_in(session, &window);
    tidu_session_settle(session);
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

/* What a session is closed for when it takes too long. */
struct deadline {
    ev_tstamp at; /* 0: none */
    tidu_code why; /* TIDU_OK: cannot or need not be told */
    size_t allowed_s;
};

static void
consider(struct deadline *deadline, ev_tstamp since, size_t allowed_s, tidu_code why)
{
    ev_tstamp at = since + (double)allowed_s;
    if (allowed_s && (deadline->at <= 0 || at < deadline->at))
        *deadline = (struct deadline){at, why, allowed_s};
}

/* Who waits for an answer that takes its time is not idle, and who has whole
 * lines here waits for us. Of HTTP its own thread sees who is slow. */
static struct deadline
deadline_of(const struct session *session)
{
    const struct settings *settings = settings_of(session);
    struct deadline deadline = {0};
    if (session->state == DISCARDING)
        consider(&deadline, session->line_since, LINGER_S, TIDU_OK);
    if (sendable(session))
        consider(&deadline, session->active, settings->write_s, TIDU_OK);
    else if (session->withheld.ticket || session->peer.http)
        return deadline;
    else if (session->rest.length && !session->held)
        consider(&deadline, session->line_since, settings->line_s, TIDU_CALL_LINE_SLOW);
    else if (!session->errands && !session->held)
        consider(&deadline, session->active, settings->idle_s, TIDU_CALL_IDLE);
    return deadline;
}

/* A timer that rings too early is set anew then; so most requests leave it alone. */
static void
arm_timer(struct session *session)
{
    struct ev_loop *loop = session->worker->loop;
    struct deadline deadline = deadline_of(session);
    if (deadline.at <= 0 || (ev_is_active(&session->timer) && session->timer_at <= deadline.at))
        return;
    ev_timer_stop(loop, &session->timer);
    session->timer_at = deadline.at;
    ev_timer_set(&session->timer, deadline.at > ev_now(loop) ? deadline.at - ev_now(loop) : 0, 0);
    ev_timer_start(loop, &session->timer);
}

static void
on_timer(struct ev_loop *loop, ev_timer *watcher, int events)
{
    (void)events;
    struct session *session = watcher->data;
    assert(session->magic == SESSION_MAGIC);
    if (session->unsettled)
        return; /* to be looked at again when it is settled */
    struct deadline deadline = deadline_of(session);
    if (deadline.at <= 0 || deadline.at > ev_now(loop)) {
        arm_timer(session);
        return;
    }
    if (deadline.why) {
        char allowed[32];
        tidu_error error;
        snprintf(allowed, sizeof allowed, "%zu", deadline.allowed_s);
        tidu_error_set(&error, deadline.why, allowed, NULL);
        tidu_rpc_farewell(session, TIDU_RPC_CANCELLED, &error);
        send_output(session);
    }
    tidu_log(&session->worker->server->log, TIDU_LOG_DEBUG, "session: closed, %s",
             deadline.why == TIDU_CALL_IDLE        ? "idle"
             : deadline.why == TIDU_CALL_LINE_SLOW ? "a line did not end"
                                                   : "answers were not read");
    tidu_session_close(&session);
}

bool
tidu_session_open(struct worker *worker, int fd, const struct peer *peer)
{
    struct session *session = calloc(1, sizeof *session);
    if (!session) {
        close(fd);
        return false;
    }
    session->magic = SESSION_MAGIC;
    session->worker = worker;
    session->peer = *peer;
    session->active = ev_now(worker->loop);
    session->next = worker->sessions;
    if (worker->sessions)
        worker->sessions->previous = session;
    worker->sessions = session;
    tidu_tally_add(&worker->session_total, 1);
    ev_io_init(&session->reader, on_readable, fd, EV_READ);
    ev_io_init(&session->writer, on_writable, fd, EV_WRITE);
    ev_timer_init(&session->timer, on_timer, 0, 0);
    session->reader.data = session->writer.data = session->timer.data = session;
    ev_io_start(worker->loop, &session->reader);
    arm_timer(session);
    return true;
}

void
tidu_session_drain(struct session *session)
{
    if (session->peer.http)
        return; /* ended by the HTTP thread, when what it was asked has been answered */
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
}

void
tidu_session_close(struct session **session)
{
    struct session *leaving = *session;
    struct worker *worker = leaving->worker;
    ev_io_stop(worker->loop, &leaving->reader);
    ev_io_stop(worker->loop, &leaving->writer);
    ev_timer_stop(worker->loop, &leaving->timer);
    if (leaving->unsettled)
        tidu_evaluate_flush(worker);
    leave_round(leaving);
    leave_turns(leaving);
    leave_withholding(leaving);
    tidu_rpc_abandon(leaving);
    tidu_errand_orphan(leaving);
    unlink_session(leaving);
    atomic_fetch_sub_explicit(&worker->server->queued, leaving->counted, memory_order_relaxed);
    tidu_crowd_leave(worker->server->crowd, &leaving->peer.who);
    tidu_worker_session_gone(worker); /* who hears of the end may come again at once */
    close(leaving->reader.fd);
    tidu_text_free(&leaving->rest);
    tidu_text_free(&leaving->output);
    free(leaving->subscription.records);
    leaving->magic = 0;
    free(leaving);
    *session = NULL;
}
