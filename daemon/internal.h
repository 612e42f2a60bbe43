/*
 * internal.h: what the files of the daemon know of each other.
 *
 *   listener ─► session ─► rpc ─► requests ─► evaluate ─► libtidu
 *                                    └──────► job ──────► reload, check
 *
 * Who owns what:
 *   server    what there is once: settings, the live ruleset, jobs, reload
 *   worker    what a serving thread has of its own: its loop, its sessions,
 *             the read buffer they share, the evaluations kept ready
 *   session   one connection: bytes in, bytes out
 *   asker     whom to answer: a session, a batch in it, an id
 *
 * Nothing here is global: whoever needs something is handed it. Only the
 * loop's thread touches server, worker and session; a job knows nothing but
 * what it owns itself.
 */
#ifndef TIDU_DAEMON_INTERNAL_H
#define TIDU_DAEMON_INTERNAL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4, struct ucred, pthread_timedjoin_np */
#endif

#include <ev.h>
#include <jansson.h>

#include "defaults.h"
#include "skim.h"
#include "tidu/places.h"
#include "tidu/evaluate.h"

#ifdef TIDU_TIGHT
enum { TIDU_READ_BYTES = 7, TIDU_GATHER_ROWS = 3 };
#else
enum { TIDU_READ_BYTES = 256 * 1024, TIDU_GATHER_ROWS = 64 };
#endif

/* ---- log.c: one line an event ------------------------------------------- */

typedef enum tidu_log_level {
    TIDU_LOG_ERROR,
    TIDU_LOG_WARNING,
    TIDU_LOG_INFO,
    TIDU_LOG_DEBUG
} tidu_log_level;

struct logger {
    tidu_log_level level;
    tidu_lang lang;
};

/* Write "<time> <level> <text>" to standard error. Facts of enterprises never
 * come here: a log is read by people who have no business with them. */
void tidu_log(const struct logger *log, tidu_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for an error's place and message, and for each entry of a report. */
void tidu_log_fault(const struct logger *log, tidu_log_level level, const tidu_error *error);
void tidu_log_report(const struct logger *log, const tidu_report *report);

/* ---- settings.c: the only home of libconfig ------------------------------ */

/* What becomes of rules whose clauses changed after their review. */
enum { TIDU_STALE_WARN, TIDU_STALE_REFUSE };

struct settings {
#define TEXT(name, field, default_value) char *field;
#define NUMBER(name, field, lowest, highest, default_value) size_t field;
#define FLAG(name, field, default_value) bool field;
#define MODE(name, field, default_value) unsigned field;
#define CHOICE(name, field, choices, default_value) unsigned field;
#include "settings.def"
#undef TEXT
#undef NUMBER
#undef FLAG
#undef MODE
#undef CHOICE
};

/* All defaults, then what `file` says (NULL: nothing). Every unknown name,
 * wrong kind and number out of range is an error in `report` at its line.
 * NULL when there was any. */
struct settings *tidu_settings_open(const char *file, tidu_report *report);
void tidu_settings_close(struct settings **settings);

/* Replace one text, as the command line does. False when memory ran out. */
bool tidu_settings_replace(char **field, const char *value);

/* ---- job.c: what takes a while, on a thread of its own ------------------- */

struct server;
struct jobs;

struct job {
    void (*run)(struct job *job);  /* on the job thread: uses what the job owns, nothing else */
    void (*done)(struct job *job); /* on the loop's thread; lets the job go */
    struct job *next;
};

/* One thread, one job at a time, in the order given. NULL when it cannot start. */
struct jobs *tidu_jobs_open(struct ev_loop *loop);

/* Hand a job over; `done` will be called exactly once. */
void tidu_jobs_submit(struct jobs *jobs, struct job *job);

/* Jobs handed over and not yet done. */
size_t tidu_jobs_count(const struct jobs *jobs);

/* Stop after the running job; those that never ran are done without a run. A
 * job that does not end within `wait_ms` is left behind with its thread. */
void tidu_jobs_close(struct jobs **jobs, unsigned wait_ms);

/* ---- rpc.c: messages, answers, errors ------------------------------------ */

typedef enum tidu_rpc_code {
    TIDU_RPC_PARSE = -32700,
    TIDU_RPC_INVALID = -32600,
    TIDU_RPC_METHOD_NOT_FOUND = -32601,
    TIDU_RPC_BAD_PARAMS = -32602,
    TIDU_RPC_INTERNAL = -32603,
    TIDU_RPC_RECORD = -32001,
    TIDU_RPC_RULES = -32002,
    TIDU_RPC_TOO_LARGE = -32004,
    TIDU_RPC_BUSY = -32005,
    TIDU_RPC_NOT_FOUND = -32006
} tidu_rpc_code;

typedef enum tidu_method {
#define M(name, acts, parameters) TIDU_METHOD_##name,
#include "requests.def"
#undef M
    TIDU_METHOD_COUNT
} tidu_method;

struct session;
struct batch;

/* Whom an answer goes to. */
struct asker {
    struct session *session; /* NULL once the connection is gone */
    struct batch *batch;     /* NULL when the request came on its own line */
    tidu_slice id;           /* raw JSON; data NULL when nobody waits for an answer */
};

/* One request while it is being looked at. Slices point into the read buffer. */
struct call {
    struct asker asker;
    struct worker *worker;
    tidu_method method;
    tidu_slice message; /* all of it */
    tidu_slice params;  /* raw JSON; data NULL when absent */
    tidu_slice longest; /* container in it, see tidu_skim_open_known */
    tidu_lang lang;     /* for errors, until the request says its own */
};

/* Take in one line, without its line end. */
void tidu_rpc_line(struct session *session, tidu_slice line);

/* Begin an answer: what follows in the text is the result's JSON, until
 * tidu_rpc_end. NULL when nobody waits for it. */
tidu_text *tidu_rpc_begin(const struct asker *asker);
void tidu_rpc_end(const struct asker *asker);

/* Forget a begun answer; `length` is what the text had before it. */
size_t tidu_rpc_mark(const struct asker *asker);
void tidu_rpc_rewind(const struct asker *asker, size_t length);

/* Answer with an error. A message that is no JSON is told so instead, whatever
 * else is wrong with it: only here it is looked at in full. Always false. */
bool tidu_rpc_refuse(const struct call *call, tidu_rpc_code code, const tidu_error *error);

/* The same once the call is over (the message is known to be JSON). With a
 * report, `data` is its diagnostics. */
void tidu_rpc_refuse_late(const struct asker *asker, tidu_rpc_code code, const tidu_error *error,
                          const tidu_report *report, tidu_lang lang);

/* A line over the limit, which ends the session. */
void tidu_rpc_overlong(struct session *session);

/* The answer to a connection that cannot be served: one line, no session. */
void tidu_rpc_turn_away(const tidu_error *error, tidu_lang lang, tidu_text *out);

/* A request whose answer comes later. It stays with its session: when the
 * connection goes, `asker.session` becomes NULL and the answer goes nowhere. */
struct request {
    struct asker asker;
    tidu_lang lang;
    struct request *previous, *next; /* of the session */
    struct request *following;       /* for whoever keeps it */
};

/* NULL when memory ran out (which has been answered then). */
struct request *tidu_request_keep(const struct call *call);

/* Let it go, after its answer; sends what is due. */
void tidu_request_close(struct request **request);

/* Its session is going. */
void tidu_request_orphan(struct request *request);

/* ---- requests.c: the methods --------------------------------------------- */

/* Find a method by its raw JSON string; TIDU_METHOD_COUNT if there is none. */
tidu_method tidu_method_find(tidu_slice string);
const char *tidu_method_name(tidu_method method);

/* True when the method does something even if nobody waits for an answer. */
bool tidu_method_acts(tidu_method method);

/* Its parameters, for hints: "record, records, as_of". */
const char *tidu_method_parameters(tidu_method method);

/* All methods, for hints, into `buffer`. */
char *tidu_method_list(char *buffer, size_t size);

void tidu_method_call(struct call *call);

/* Refuse a parameter's value; always false. */
bool tidu_params_bad(const struct call *call, const char *name, const json_t *got,
                     const char *takes);

/* Read a "lang" value; false when it is none. Also "explain" of evaluate. */
extern const char *const tidu_lang_names[];
bool tidu_choice_find(tidu_slice string, const char *const *names, unsigned *ret_index);

/* ---- question.c: what evaluate is asked ------------------------------------- */

/* What two requests must agree in to share a block. */
struct terms {
    tidu_ruleset *ruleset; /* borrowed; whoever has an evaluation for it holds it */
    int32_t as_of;
    tidu_explain explain;
    tidu_lang lang;
    bool ignore_unknown;
    unsigned include;        /* parts of the answer; 0 when not said */
    uint32_t jurisdiction;   /* 0: each record's own */
    tidu_slice designations; /* raw JSON array; data NULL for all */
};

/* One evaluate request's parameters. */
struct question {
    struct terms terms;
    tidu_slice record, records, csv; /* one of them */
};

/* Read the params; false when the request has been refused. */
bool tidu_question_read(struct call *call, struct question *ret_question);

/* The text for a message, in a buffer of more than 4 bytes: what is too long is cut
 * at a character border and ends in "…". */
char *tidu_shorten(tidu_slice text, char *buffer, size_t size);

/* Refuse a parameter's value, as raw JSON; always false. */
bool tidu_question_bad(const struct call *call, const char *name, tidu_slice got,
                       const char *takes);

/* ---- records.c: many records in one request ----------------------------------- */

/* Answer `records` or `csv` of the question with an empty evaluation for its
 * terms, which is empty again afterwards. */
void tidu_records_answer(struct call *call, tidu_evaluation *evaluation,
                         const struct question *question);

/* ---- evaluate.c: records to answers, fast -------------------------------- */

struct evaluations;

/* NULL when memory ran out. */
struct evaluations *tidu_evaluations_open(void);
void tidu_evaluations_close(struct evaluations **evaluations);

void tidu_evaluate(struct call *call);

/* Run and answer what has been gathered. Must come before the bytes of the
 * requests go away, and before anything else is answered. */
void tidu_evaluate_flush(struct worker *worker);

/* Let go of evaluations that hold another ruleset than the live one. */
void tidu_evaluate_forget(struct worker *worker);

/* ---- session.c ------------------------------------------------------------ */

/* Serve a connection; takes over `fd`. False when memory ran out (closed then). */
bool tidu_session_open(struct worker *worker, int fd);

struct worker *tidu_session_worker(const struct session *session);
struct session *tidu_session_next(const struct session *session);
tidu_text *tidu_session_output(struct session *session);
void tidu_session_adopt(struct session *session, struct request *request);
void tidu_session_release(struct session *session, struct request *request);

/* Send what is due; may close the session. Call at the end of a turn. */
void tidu_session_settle(struct session *session);

/* Answer what has been received, then close. */
void tidu_session_drain(struct session *session);
void tidu_session_close(struct session **session);

/* ---- worker.c: one serving thread's things -------------------------------- */

struct worker {
    struct server *server;
    struct ev_loop *loop;
    struct evaluations *evaluations;
    char *scratch; /* TIDU_READ_BYTES and padding, for whoever reads just now */
    struct session *sessions;
    size_t session_count;
    uint64_t session_total;
    uint64_t requests[TIDU_METHOD_COUNT];
    uint64_t refused; /* answers that were errors */
    uint64_t records;
    bool draining;
    time_t minute; /* when `today` was looked up */
    int32_t today;
};

struct worker *tidu_worker_open(struct server *server, struct ev_loop *loop);
void tidu_worker_close(struct worker **worker);

/* The local date, read once a loop turn at most. */
int32_t tidu_worker_today(struct worker *worker);

/* ---- listener.c ------------------------------------------------------------ */

struct listener;

/* Listen on the socket of the settings. A socket file nobody answers is
 * removed; a living daemon is an error that names its process. */
struct listener *tidu_listener_open(struct server *server, tidu_error *reterr);

/* Take in who has connected already, before the end. */
void tidu_listener_drain(struct listener *listener);

/* Stop accepting and remove the socket file. */
void tidu_listener_close(struct listener **listener);

/* ---- watch.c: says when something below a folder has changed --------------- */

struct watch;

struct watch *tidu_watch_open(struct ev_loop *loop, const char *folder, unsigned settle_ms,
                              void (*changed)(void *context), void *context,
                              const struct logger *log);
void tidu_watch_close(struct watch **watch, struct ev_loop *loop);

/* ---- reload.c: new rules beside the old, then a change of one pointer ------- */

struct reload;

struct reload *tidu_reload_open(struct server *server);
void tidu_reload_close(struct reload **reload);

/* Load the rules for the first time, with nothing to fall back on. */
bool tidu_reload_first(struct server *server, tidu_report *report);

/* Look at the folder again soon. `waiter` (or NULL) is answered then. */
void tidu_reload_start(struct reload *reload, struct request *waiter);

/* Build and run the scenarios; any complaint that is an error refuses. `earlier`
 * as in tidu_ruleset_rebuild. */
bool tidu_rules_build(const tidu_source *sources, size_t count, const char *helper,
                      const tidu_ruleset *earlier, tidu_ruleset **ret_ruleset,
                      uint32_t *ret_passed, tidu_report *report);

/* The last reload for `status`, as JSON: an object, or null before the first. */
void tidu_reload_write(const struct reload *reload, tidu_lang lang, tidu_text *out);

/* ---- check.c: rules that are only looked at --------------------------------- */

/* Check documents over the socket; `params` as jansson read them. */
void tidu_check(struct call *call, json_t *params);

/* ---- loop.c: the server ------------------------------------------------------ */

struct server {
    const struct settings *settings;
    struct logger log;
    struct ev_loop *loop;
    struct worker *worker;
    struct listener *listener;
    struct jobs *jobs;
    struct reload *reload;
    tidu_ruleset *live; /* only the loop's thread touches this; requests hold their own */
    ev_tstamp started;
    ev_tstamp live_since;
    ev_signal terminate, interrupt, hang_up;
    ev_timer stop_timer;
    bool stopping;
};

/* Load the rules, listen, serve until a signal says stop. The exit status. */
int tidu_server_run(const struct settings *settings);

/* Called whenever a session has gone: the last one ends a stopping server. */
void tidu_server_session_gone(struct server *server);

/* A time as 2026-11-23T10:00:00+08:00. */
char *tidu_time_format(ev_tstamp time, char buffer[32]);

#endif
