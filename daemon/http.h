/*
 * http.h: what the files of the HTTP thread know of each other.
 *
 *   client ─► entrance ─► front
 *   client ⇄ front ⇄ libmicrohttpd ⇄ http ─► relay ⇄ a session on a worker
 *                                      ├───► metrics
 *                                      └───► health
 *
 * All of it runs on one thread with a loop of its own; from outside come letters
 * only. Bytes pass through a front, which lets only such requests through to the
 * library as can be read in one way, one after the other. What is asked with /rpc
 * is a line in a session like any other, which the relay holds for its connection.
 *
 * Ownership: http owns its fronts, a front its relay; an exchange, one request and
 * its answer, is the library's from its first to its last call of us.
 */
#ifndef TIDU_DAEMON_HTTP_H
#define TIDU_DAEMON_HTTP_H

#include "internal.h"

struct MHD_Daemon;
struct front;
struct relay;
struct exchange;
struct health;

enum { TIDU_HTTP_MAGIC = 0x48545450 };

/* What is counted together: resources, and the statuses they are answered with. */
enum { TIDU_HTTP_RESOURCES = 5 /* the last is whatever else was asked for */, TIDU_HTTP_STATUSES = 14 };
extern const char *const tidu_http_paths[TIDU_HTTP_RESOURCES];
extern const int tidu_http_statuses[TIDU_HTTP_STATUSES];

struct http {
    unsigned magic;
    struct server *server;
    struct world *world; /* what it serves by */
    struct ev_loop *loop;
    struct mailbox *mailbox;
    pthread_t thread;
    bool running;
    struct letter drain, quit;
    bool heir;           /* of those who come while draining */
    ev_io acceptor;
    ev_timer pause;      /* when the system has no descriptors left */
    char address[128];   /* where it listens */
    bool local;          /* on a Unix socket: peers are users of this machine */
    bool bound;          /* its file is ours */
    struct MHD_Daemon *library;
    ev_io library_ready;
    bool inside;         /* the library is calling us */
    struct front *fronts;
    atomic_size_t front_count;
    bool draining;
    atomic_bool drained;
    struct health *health;
    tidu_tally answers[TIDU_HTTP_RESOURCES][TIDU_HTTP_STATUSES];
};

/* Let the library do what there is to do. */
void tidu_http_run(struct http *http);

/* One answer was given. `resource` is an index, or TIDU_HTTP_RESOURCES - 1. */
void tidu_http_count(struct http *http, unsigned resource, int status);

/* ---- entrance.c: where it is listened to --------------------------------------------- */

void tidu_entrance_init(struct http *http);

/* Listen where the settings say, as tidu_http_open(); accepting begins with the
 * acceptor's watcher. */
bool tidu_entrance_open(struct http *http, int inherited, tidu_error *reterr);

/* Take in who has connected already; accept no more; listen no more. */
void tidu_entrance_drain(struct http *http);
void tidu_entrance_pause(struct http *http);
void tidu_entrance_close(struct http *http);

/* ---- front.c: a connection, as far as bytes go -------------------------------------- */

/* What the library knows of a connection; it outlives the front when the client
 * goes first. */
struct wire {
    struct front *front; /* NULL once it has gone */
    int fd;              /* the library's end */
};

/* Serve a connection; takes over `fd`. False when it could not (closed then). */
bool tidu_front_open(struct http *http, int fd, const struct peer *peer);
void tidu_front_close(struct front **front);

struct front *tidu_front_next(const struct front *front);
const struct peer *tidu_front_peer(const struct front *front);
struct relay **tidu_front_relay(struct front *front);

/* The wire with this end, for the library's first call; and that it has closed it. */
struct wire *tidu_front_find(const struct http *http, int fd);
void tidu_wire_close(struct wire **wire);

/* The request that is being answered; NULL: none. */
void tidu_front_attach(struct front *front, struct exchange *exchange);

/* The library has written its answer: the next request may come. */
void tidu_front_answered(struct front *front);

/* Send on what the library has written; may close the front. */
void tidu_front_pull(struct front *front);

/* Take in what has been sent, and go unless there is something to answer. */
void tidu_front_drain(struct front *front);

/* ---- relay.c: one question at a time, in a session ------------------------------------ */

/* Ask one line, which is moved, for an exchange: tidu_exchange_answer is called with
 * what came. The relay is opened if there is none for this peer. The code, 0 when
 * it is under way. */
tidu_rpc_code tidu_relay_ask(struct relay **relay, struct http *http, const struct peer *peer,
                             tidu_text *line, struct exchange *exchange, tidu_error *reterr);

/* Whoever asked has gone: what is under way is cancelled. */
void tidu_relay_close(struct relay **relay);

/* ---- http.c: requests and answers --------------------------------------------------------- */

/* The answer's line (moved; empty when there is none to give), or that the session
 * ended before it came. */
void tidu_exchange_answer(struct exchange *exchange, tidu_text *line, bool whole);

/* Its connection has gone. */
void tidu_exchange_orphan(struct exchange *exchange);

/* ---- metrics.c ------------------------------------------------------------------------------ */

/* All there is to count, in the text format of Prometheus. */
void tidu_metrics_write(const struct http *http, tidu_text *out);

/* ---- health.c: does it live, can it answer ---------------------------------------------------- */

/* Ask all threads for a sign of life now and then. NULL when memory ran out. */
struct health *tidu_health_open(struct http *http);
void tidu_health_stop(struct health *health);
void tidu_health_close(struct health **health);

/* Append JSON; false when something is wrong. */
bool tidu_health_write(const struct http *http, tidu_text *out);
bool tidu_readiness_write(const struct http *http, tidu_text *out);

#endif
