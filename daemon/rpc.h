/*
 * rpc.h: requests: how they are read, handed on, and answered.
 *
 *   call ─► a method, at once
 *     └───► errand, on a thread that may take its time
 */
#ifndef TIDU_DAEMON_RPC_H
#define TIDU_DAEMON_RPC_H

#include "settings.h"
#include "threads.h"
#include "tidu/evaluate.h"
#include "tidu/inquiry.h"

#include <ev.h>
#include <jansson.h>

/* ---- rpc.c: messages, answers, errors ------------------------------------ */

typedef enum tidu_rpc_code {
    TIDU_RPC_PARSE = -32700,
    TIDU_RPC_INVALID = -32600,
    TIDU_RPC_METHOD_NOT_FOUND = -32601,
    TIDU_RPC_BAD_PARAMS = -32602,
    TIDU_RPC_INTERNAL = -32603,
    TIDU_RPC_RECORD = -32001,
    TIDU_RPC_RULES = -32002,
    TIDU_RPC_DENIED = -32003,
    TIDU_RPC_TOO_LARGE = -32004,
    TIDU_RPC_BUSY = -32005,
    TIDU_RPC_NOT_FOUND = -32006,
    TIDU_RPC_CANCELLED = -32007,
    TIDU_RPC_STORE = -32008
} tidu_rpc_code;

typedef enum tidu_method {
#define M(name, method, role, acts, answer, parameters) TIDU_METHOD_##name,
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
    bool async;         /* answer with a job's name, tell the rest later */
    bool later;         /* nothing has been done yet: to be called again */
    bool away;          /* it will be answered later, and its time counted then */
};

/* Take in one line, without its line end. False when there is more to do for it
 * than one turn allows: then it is to be handed in again in the next, the same
 * bytes, though they may have moved. */
bool tidu_rpc_line(struct session *session, tidu_slice line);

/* The session is going in the middle of a line. */
void tidu_rpc_abandon(struct session *session);

/* Begin an answer: what follows in the text is the result's JSON, until
 * tidu_rpc_end. NULL when nobody waits for it. */
tidu_text *tidu_rpc_begin(const struct asker *asker);
void tidu_rpc_end(const struct asker *asker);

/* Forget a begun answer; `length` is what the text had before it. */
size_t tidu_rpc_mark(const struct asker *asker);
void tidu_rpc_rewind(const struct asker *asker, size_t length);

/* True when a message is JSON of allowed depth; else the error to tell. */
bool tidu_rpc_check(tidu_slice message, unsigned depth, tidu_rpc_code *ret_code,
                    tidu_error *reterr);

/* Answer with an error. A message that is no JSON is told so instead, whatever
 * else is wrong with it: only here it is looked at in full. Always false. */
bool tidu_rpc_refuse(const struct call *call, tidu_rpc_code code, const tidu_error *error);

/* The same once the call is over (the message has been looked at). With a
 * report, `data` is its diagnostics. */
void tidu_rpc_refuse_late(const struct asker *asker, tidu_rpc_code code, const tidu_error *error,
                          const tidu_text *data, tidu_lang lang);

/* Whether the asker has the role of a method; refused otherwise, and written down. */
bool tidu_rpc_allowed(const struct call *call, tidu_method method);

/* True when the call has been refused because its connection is told one answer and
 * no more: it asks for `what`, which would come later. */
bool tidu_rpc_refuse_lasting(const struct call *call, const char *what);

/* An error object; with this JSON as its data, if there is any. */
void tidu_rpc_write_error(tidu_rpc_code code, const tidu_error *error, const tidu_text *data,
                          tidu_lang lang, tidu_text *out);

/* An error nobody has asked for, to a session that is about to be closed. */
void tidu_rpc_farewell(struct session *session, tidu_rpc_code code, const tidu_error *error);

/* A line over the limit, which ends the session. */
void tidu_rpc_overlong(struct session *session);

/* The answer to a connection that cannot be served: one line, no session. */
void tidu_rpc_turn_away(tidu_rpc_code code, const tidu_error *error, tidu_lang lang,
                        tidu_text *out);

/* A batch is let go when its line has been read and all its answers are there. */
void tidu_batch_hold(struct batch *batch);
void tidu_batch_release(struct batch *batch);

/* Its connection has gone; answers are thrown away. */
void tidu_batch_orphan(struct batch *batch);

/* ---- world.c: what is current ---------------------------------------------- */

/* Settings and rules that are current together. Immutable and counted; requests
 * that take their time hold the one they began with. */
struct world {
    atomic_uint holders;
    uint64_t number; /* counts up */
    struct settings *settings;
    tidu_ruleset *live;
    ev_tstamp live_since;
    struct shadow *shadow; /* other rules that answer beside it, or NULL */
    struct pilots *pilots; /* regions that have rules of their own; NULL: none */
};

/* A world with these; takes holds of its own. NULL when memory ran out. */
struct world *tidu_world_open(uint64_t number, struct settings *settings, tidu_ruleset *live,
                              ev_tstamp live_since, struct shadow *shadow,
                              struct pilots *pilots);
struct world *tidu_world_hold(struct world *world);
void tidu_world_close(struct world **world);

/* ---- errand.c: requests that are answered elsewhere ------------------------- */

/* A request that leaves its worker: for a job thread, or for the main one. It
 * stays with its session: when the connection goes it is cancelled, and what
 * comes of it is thrown away. Begins a struct that knows what to do. */
struct errand {
    struct job job; /* first */
    unsigned magic;
    struct worker *worker;          /* its home */
    struct asker asker;             /* the worker's thread alone, as all up to `told` */
    struct errand *previous, *next; /* of the worker's */
    bool async;  /* its name has been told; what comes of it will be a notification */
    bool notice; /* nobody has asked: the result are lines, as they are */
    size_t told;
    tidu_method method;
    uint64_t received_ns; /* when it was asked */
    char name[24];
    tidu_lang lang;
    struct world *world; /* when it was asked */
    void (*run)(struct errand *errand);
    void (*after)(struct errand *errand); /* at home, after its job: where it goes then; may be NULL */
    void (*close)(struct errand *errand); /* lets go of what it owns beside; may be NULL */
    tidu_text result;                     /* JSON, when not refused */
    tidu_rpc_code refused;
    tidu_error error;
    tidu_text data; /* the error's, as JSON; empty for the usual one */
    atomic_bool cancelled;
    pthread_mutex_t lock; /* over `interim` */
    tidu_text interim;    /* JSON: what it has come to so far; empty when it does not say */
};

/* True when as many of this session's are under way as may be. Its lines then
 * wait for one to come home, if the call is put off with `later`. */
bool tidu_errand_wait(struct session *session);

/* An errand of `size` bytes for a call. NULL when the call has been refused:
 * too many of its session are under way, or memory ran out. */
struct errand *tidu_errand_open(struct call *call, size_t size);

/* Send it to the job threads, where `run` is called; or refuse it and let it go. */
void tidu_errand_submit(struct errand *errand);

/* Send it to the main thread, where `open` is called with its letter. */
void tidu_errand_post(struct errand *errand, void (*open)(struct letter *letter));

/* From the main thread back home, to be answered. */
void tidu_errand_return(struct errand *errand);

/* Begin the answer: the result's JSON is to be written into the text. */
tidu_text *tidu_errand_answer(struct errand *errand);

/* Answer with an error instead. Always false. */
bool tidu_errand_refuse(struct errand *errand, tidu_rpc_code code, const tidu_error *error);

/* Call now and then while working: true when nobody waits any more. */
static inline bool
tidu_errand_cancelled(const struct errand *errand)
{
    return atomic_load_explicit(&errand->cancelled, memory_order_relaxed);
}

/* The worker is going. */
void tidu_errand_cancel_all(struct worker *worker);

/* From its job: so much of all is done. False when nobody waits any more. `errand` is one,
 * as context of a library's callback. */
bool tidu_errand_progress(void *errand, uint64_t done, uint64_t total);
/* The same for what an impact has come to so far; told with the progress. */
void tidu_errand_interim(void *errand, const tidu_interim *list, size_t count);

/* The session is going. */
void tidu_errand_orphan(struct session *session);

/* Set a worker up to tell askers how far their errands are. */
void tidu_errand_tell_progress(struct worker *worker);

/* Cancel by name or by the request's id (raw JSON); false when there is none. */
bool tidu_errand_cancel(struct session *session, const char *name, tidu_slice id);

/* ---- requests.c: the methods --------------------------------------------- */

/* Find a method by its raw JSON string; TIDU_METHOD_COUNT if there is none. */
tidu_method tidu_method_find(tidu_slice string);
const char *tidu_method_name(tidu_method method);

/* True when the method does something even if nobody waits for an answer. */
bool tidu_method_acts(tidu_method method);

/* The role it needs, as a bit; 0: any. */
unsigned tidu_method_role(tidu_method method);

/* True for what is answered however busy the daemon is. */
bool tidu_method_is_light(tidu_method method);

/* Its parameters, for hints: "record, records, as_of". */
const char *tidu_method_parameters(tidu_method method);

/* All methods, for hints, into `buffer`. */
char *tidu_method_list(char *buffer, size_t size);

void tidu_method_call(struct call *call);

/* Refuse for want of a parameter; always false. */
bool tidu_params_lack(const struct call *call, const char *name);

/* True when there is a store; refused otherwise. */
bool tidu_params_stored(const struct call *call);

/* Refuse a parameter's value; always false. */
bool tidu_params_bad(const struct call *call, const char *name, const json_t *got,
                     const char *takes);

/* Read a "lang" value; false when it is none. Also "explain" of evaluate. */
extern const char *const tidu_lang_names[];
bool tidu_choice_find(tidu_slice string, const char *const *names, unsigned *ret_index);

#endif
