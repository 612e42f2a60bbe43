/*
 * serve.h: connections and the threads that serve them; how the daemon begins and ends.
 */
#ifndef TIDU_DAEMON_SERVE_H
#define TIDU_DAEMON_SERVE_H

#include "answer.h"

/* ---- session.c ------------------------------------------------------------ */

/* Serve a connection; takes over `fd`. False when memory ran out (closed then). */
bool tidu_session_open(struct worker *worker, int fd, const struct peer *peer);

struct worker *tidu_session_worker(const struct session *session);
struct session *tidu_session_next(const struct session *session);
tidu_text *tidu_session_output(struct session *session);

/* The array of requests it is in the middle of, for rpc.c. */
struct batch **tidu_session_batch(struct session *session);

struct subscription *tidu_session_subscription(struct session *session);
const struct who *tidu_session_who(const struct session *session);

/* True when it is told nothing but the answer it waits for. */
bool tidu_session_is_http(const struct session *session);

/* Count a denial; true when it is worth telling of. */
bool tidu_session_denied(struct session *session);

/* What it may do by the settings of now. */
const struct rights *tidu_session_rights(struct session *session);

/* What is in the output from `from` on is to wait for a ticket of the store, or is
 * never to be told (TIDU_STORE_LOST). */
void tidu_session_withhold(struct session *session, size_t from, uint64_t ticket);

/* Tickets have become durable: send what waited for them, on all of a worker. */
void tidu_session_release(struct worker *worker);

/* How many errands it has sent, for errand.c; and that it waits for one of them. */
size_t *tidu_session_errands(struct session *session);
void tidu_session_block(struct session *session);
void tidu_session_errand_home(struct session *session);

/* When the bytes came that its lines are of. */
uint64_t tidu_session_received_ns(const struct session *session);

/* True when this turn has taken its time and others should have theirs. */
bool tidu_session_turn_over(struct session *session);

/* Send what is due; may close the session. One that has had its turn in this round
 * is left alone: that comes at the round's end. */
void tidu_session_settle(struct session *session);

/* Answer what all sessions have gathered in this round of the loop, and settle them.
 * Must come before the world changes and before the loop sleeps; may close any. */
void tidu_session_end_round(struct worker *worker);

/* Set a worker up for sessions that take turns. */
void tidu_session_take_turns(struct worker *worker);

/* Answer what has been received, then close. */
void tidu_session_drain(struct session *session);
void tidu_session_close(struct session **session);

/* ---- worker.c: one serving thread's things -------------------------------- */

struct worker {
    unsigned magic;
    struct server *server;
    struct ev_loop *loop;
    pthread_t thread;
    bool running; /* the thread has been started */
    struct mailbox *mailbox;
    struct letter drain, quit, ping;
    atomic_bool pinged; /* asked for a sign of life that has not come yet */
    struct world *world;         /* what it serves by */
    _Atomic(struct world *) next; /* what it is to serve by from the next turn on */
    _Atomic uint64_t adopted;     /* number of its world */
    ev_async adopt;
    struct evaluations *evaluations;
    struct lender lender;
    struct witness witness;
    ev_prepare before_sleep;
    ev_async durable;
    struct session *withholding; /* those whose answers wait for the store */
    char *scratch;       /* TIDU_READ_BYTES and padding, for whoever reads in this round */
    size_t scratch_used; /* bytes of it that what is gathered points into */
    struct session *unsettled, *last_unsettled; /* those that have had their turn in this round */
    unsigned unsettled_count;
    uint64_t round_began_ns;
    ev_prepare round_end;
    struct session *sessions;
    struct session *turns, *last_turn; /* those with lines left to take in */
    unsigned turn;                     /* counts them up */
    uint64_t turn_began_ns;
    unsigned lines_taken; /* in this turn */
    ev_check turner;
    ev_idle restless; /* keeps the loop from sleeping while there are turns */
    struct errand *errands;
    ev_timer progress;
    bool draining;
    time_t minute; /* when `today` was looked up */
    int32_t today;
    atomic_size_t session_count; /* counted up by the listener, down here */
    tidu_tally session_total;
    tidu_tally requests[TIDU_METHOD_COUNT];
    tidu_tally refused; /* answers that were errors */
    tidu_tally records;
    struct latency latency[TIDU_METHOD_COUNT];
    struct verdicts verdicts;
};

/* A worker that serves by this world; its thread is not started yet. */
struct worker *tidu_worker_open(struct server *server, struct world *world);
bool tidu_worker_start(struct worker *worker);

/* From any thread: serve this connection. */
bool tidu_worker_serve(struct worker *worker, int fd, const struct peer *peer);

/* From the main thread: serve by this world from now on. */
void tidu_worker_adopt(struct worker *worker, struct world *world);

/* From any thread: something has become durable. */
void tidu_worker_wake(struct worker *worker);

/* Answer what has been received and tell the server when the last session has gone. */
void tidu_worker_drain(struct worker *worker);

/* End the loop and wait for the thread; sessions stay as they are. */
void tidu_worker_stop(struct worker *worker);
void tidu_worker_close(struct worker **worker);

/* True when the worker has come round since it was asked last; asks again. */
bool tidu_worker_came_round(struct worker *worker);

/* A session has gone. */
void tidu_worker_session_gone(struct worker *worker);

/* The local date, read once a loop turn at most. */
int32_t tidu_worker_today(struct worker *worker);

static inline const struct settings *
tidu_worker_settings(const struct worker *worker)
{
    return worker->world->settings;
}

/* ---- crowd.c: who is connected how often ------------------------------------ */

struct crowd;

/* NULL when memory ran out. */
struct crowd *tidu_crowd_open(void);
void tidu_crowd_close(struct crowd **crowd);

/* Count one session of a user or token in, unless there are `most` (0: any number).
 * From any thread. */
bool tidu_crowd_enter(struct crowd *crowd, const struct who *who, size_t most);
void tidu_crowd_leave(struct crowd *crowd, const struct who *who);

/* ---- listener.c ------------------------------------------------------------ */

/* Descriptors from the process before us, or from the supervisor; -1: none. */
struct inheritance {
    int socket; /* listening */
    int lock;   /* of the socket's lock file */
    int http;   /* listening for HTTP; only from a tidud */
    bool own;   /* a tidud has opened the socket: its files are ours to remove */
};

struct listener;

/* Listen on the socket of the settings, but accept nobody yet. A socket file
 * nobody answers is removed; a living daemon is an error that names its process. */
struct listener *tidu_listener_open(struct server *server, const struct inheritance *inherited,
                                    tidu_error *reterr);

/* Its files belong to this user from now on; so they can be removed at the end. */
bool tidu_listener_give(const struct listener *listener, uid_t user, gid_t group,
                        tidu_error *reterr);

/* Accept from now on; the workers are there. */
void tidu_listener_accept(struct listener *listener);

/* Where it listens; valid as long as it lives. */
const char *tidu_listener_path(const struct listener *listener);

/* Hand a connection to the worker that has the fewest, or say why not: the code, 0
 * when it is taken over. From any thread. */
tidu_rpc_code tidu_server_admit(struct server *server, const struct settings *settings, int fd,
                                const struct peer *peer, tidu_error *reterr);

/* Take in who has connected already, before the end. */
void tidu_listener_drain(struct listener *listener);

/* Stop accepting and remove the socket file. */
void tidu_listener_close(struct listener **listener);

/* Stop accepting and leave socket and lock to somebody else, with all who wait
 * to be accepted. */
void tidu_listener_pause(struct listener *listener);
struct inheritance tidu_listener_give_away(struct listener **listener);

/* ---- http.c: the same over HTTP, and how the daemon is --------------------------- */

struct http;

/* False with a complaint when this is no place to listen on. */
bool tidu_http_check(const struct settings *settings, tidu_error *reterr);

/* Listen where the settings say, but answer nobody yet; on `inherited`, which it takes,
 * if that is the same place, -1: there is none. */
struct http *tidu_http_open(struct server *server, int inherited, tidu_error *reterr);

/* Close what the settings have no use for any more, and remove its file. */
void tidu_http_discard(int inherited);

/* Where it listens, with the port it got. */
const char *tidu_http_address(const struct http *http);

/* Answer from now on, on a thread of its own: the workers are there. */
bool tidu_http_start(struct http *http);

/* What it is to serve by from now on. */
void tidu_http_adopt(struct http *http, struct world *world);

/* Accept no more, answer what has been asked, and tell the server when that is done;
 * whether it is. NULL is. With an heir, those who come wait for it. */
void tidu_http_drain(struct http *http, bool heir);
bool tidu_http_is_drained(const struct http *http);

/* End its thread and leave its socket to somebody else, who closes it; -1: none. */
int tidu_http_give_away(struct http *http);

/* End its thread; later let it go, when no mailbox holds a letter of its any more. */
void tidu_http_stop(struct http *http);
void tidu_http_close(struct http **http);

/* ---- supervise.c: whoever has started us, if that is systemd ----------------- */

/* What we have been given. False with *reterr when it is of no use. */
bool tidu_supervisor_inheritance(struct inheritance *ret_inherited, tidu_error *reterr);

/* Leave it to the program that takes our place by exec. */
bool tidu_supervisor_bequeath(const struct inheritance *inherited);

/* One entry of the systemd journal. */
void tidu_supervisor_journal(tidu_log_level level, const char *event, const char *message,
                             const struct log_field *fields);

void tidu_supervisor_ready(const char *digest);
void tidu_supervisor_reloading(void);
void tidu_supervisor_stopping(void);

/* Tell the watchdog that all is well for as long as it is, if there is one. */
void tidu_supervisor_watch(struct server *server);

/* ---- restart.c: another program in our place ----------------------------------- */

/* Try out whether the program on disk can start with the settings and rules there
 * are; then serve what has been received and let it take over. */
void tidu_restart_begin(struct server *server);

/* Become that program; returns when that cannot be. */
void tidu_restart_exec(const struct server *server, const struct inheritance *inherited);

/* ---- confine.c, fence.c: what the daemon gives up before it serves ---------------- */

/* What is in force. */
struct confinement {
    char user[64];
    unsigned capabilities;
    bool no_new_privs, filtered;
    int landlock; /* its version; 0: none */
};

/* Become the user of the settings and give up, for good, what serving does not take.
 * The socket is open and no thread has been started. `store` is where things will be
 * kept (NULL: nowhere); one that cannot be written is an error. Says in the log what
 * has come of it. */
bool tidu_confine(struct server *server, const char *store, tidu_error *reterr);

/* Complain of what settings name and a confined daemon cannot reach; with `start`,
 * also of what only a start would look at. True when there is no complaint. */
bool tidu_confine_check(const struct settings *settings, bool start, tidu_report *report);

/* As JSON. */
void tidu_confine_write(const struct confinement *confined, tidu_text *out);

/* Put a fence around the files that the settings, read from `file`, take. The version
 * of Landlock, 0 when the kernel has none. */
int tidu_fence(const struct settings *settings, const char *file, const char *store);
void tidu_fence_check(const struct settings *settings, bool start, tidu_report *report);

/* ---- watch.c: says when something below a folder has changed --------------- */

struct watch;

struct watch *tidu_watch_open(struct ev_loop *loop, const char *folder, unsigned settle_ms,
                              void (*changed)(void *context), void *context,
                              const struct logger *log);
void tidu_watch_close(struct watch **watch, struct ev_loop *loop);

/* ---- loop.c: the server ------------------------------------------------------ */

enum { TIDU_RELOAD_CHANGED, TIDU_RELOAD_UNCHANGED, TIDU_RELOAD_REFUSED, TIDU_RELOAD_KINDS };

struct server {
    struct logger log;
    struct ev_loop *loop;
    struct mailbox *mailbox;
    struct world *world; /* the current one; the main thread's, workers have theirs */
    struct worker **workers;
    size_t worker_count;
    struct crowd *crowd;
    struct listener *listener;
    struct http *http; /* NULL: not wanted */
    char socket_path[108];
    struct jobs *jobs;
    struct reload *reload;
    struct store *store; /* NULL: nothing is kept */
    atomic_bool titled;    /* the library has titles to look up */
    atomic_ullong edition; /* counts changes of the library */
    struct gallery *gallery;
    struct census *census;
    struct options options; /* of the command line, to read the settings again */
    struct confinement confined;
    atomic_size_t queued;   /* bytes of answers that wait to be read, of all sessions */
    _Atomic uint64_t job_number;
    ev_tstamp started;
    ev_signal terminate, interrupt, hang_up, replace;
    ev_timer stop_timer, watchdog;
    ev_async adopted; /* a worker serves by another world, or has no sessions left */
    ev_async stored;  /* the store has written something, or begun to fail */
    bool store_failing;
    tidu_tally reloads[TIDU_RELOAD_KINDS]; /* by what came of them */
    bool stopping;
    bool restarting; /* being tried out, or about to take our place */
};

/* Only build the rules and say what is wrong with them. The exit status. */
int tidu_server_check(const struct settings *settings);

/* End what there is, answering what has been received; `how` is for the log. */
void tidu_server_stop(struct server *server, const char *how);

/* Load the rules, listen, serve until a signal says stop. The exit status. */
int tidu_server_run(const struct options *options, struct settings *settings);

/* What is to be different; NULL: as before. */
struct change {
    struct settings *settings;
    tidu_ruleset *live;
    struct shadow *shadow;
    bool shadow_changes; /* NULL is no shadow then */
    struct pilots *pilots;
    bool pilots_change;
};

/* Make a new world of it and hand it to all workers. False when memory ran out. */
bool tidu_server_change(struct server *server, const struct change *change);

/* Sessions of all workers. */
size_t tidu_server_sessions(const struct server *server);

/* A time as 2026-11-23T10:00:00+08:00. */
char *tidu_time_format(ev_tstamp time, char buffer[32]);

#endif
