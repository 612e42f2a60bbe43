/*
 * internal.h: what the files of the daemon know of each other.
 *
 *   listener ─► session ─► rpc ─► requests ─► evaluate ─► libtidu
 *                                    └──────► errand ───► job, reload, check
 *
 * Who owns what, and on which thread:
 *   server    what there is once: listener, reload, jobs, the current world;
 *             the main thread's
 *   world     settings and rules that are current together: never changed, only
 *             replaced; shared by all
 *   worker    what a serving thread has of its own: its loop, its sessions,
 *             the read buffer they share, the evaluations kept ready
 *   session   one connection, bytes in, bytes out; its worker's
 *   asker     whom to answer: a session, a batch in it, an id; its worker's
 *   errand    a request that is answered elsewhere: its own, wherever it is
 *
 * Nothing here is global: whoever needs something is handed it. Threads hand
 * each other letters and jobs (threads.h); a few numbers are atomic.
 */
#ifndef TIDU_DAEMON_INTERNAL_H
#define TIDU_DAEMON_INTERNAL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4, struct ucred */
#endif

#include <ev.h>
#include <jansson.h>

#include "defaults.h"
#include "skim.h"
#include "store/store.h"
#include "threads.h"
#include "tidu/places.h"
#include "tidu/evaluate.h"
#include "tidu/inquiry.h"

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

typedef enum tidu_log_format {
    TIDU_LOG_AUTO, /* the journal's when standard error is the journal, else text */
    TIDU_LOG_TEXT,
    TIDU_LOG_JSON,
    TIDU_LOG_JOURNAL
} tidu_log_format;

struct logger {
    _Atomic tidu_log_level level; /* may change while threads write */
    tidu_lang lang;
    tidu_log_format format;
};

/* Something about an event that programs look for; a list ends with a NULL name. */
struct log_field {
    const char *name, *value;
};

struct settings;

/* Log as the settings say. */
void tidu_log_begin(struct logger *log, const struct settings *settings);

/* Write "<time> <level> <text>" to standard error. Facts of enterprises never
 * come here: a log is read by people who have no business with them. */
void tidu_log(const struct logger *log, tidu_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with fields, which are shown where there is room for such. The event is
 * what stands before the first ": ", a word of small letters. */
void tidu_log_event(const struct logger *log, tidu_log_level level, const struct log_field *fields,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same for an error's place and message, and for each entry of a report. */
void tidu_log_fault(const struct logger *log, tidu_log_level level, const tidu_error *error);
void tidu_log_report(const struct logger *log, const tidu_report *report);

/* ---- main.c ---------------------------------------------------------------- */

/* What the command line says; it wins over the settings file. */
struct options {
    const char *file, *rules, *socket;
    bool check_config; /* read the settings and end */
    bool check;        /* build the rules as well */
    char **arguments;  /* as they came, to start the same again */
};

/* The settings with the command line's words in place. NULL when there was any
 * complaint, which is in the log then. */
struct settings *tidu_options_settings(const struct options *options, const struct logger *log);

/* ---- settings.c: the only home of libconfig ------------------------------ */

/* gate.population that is no file: the enterprises of the cultivation library. */
#define TIDU_POPULATION_LIBRARY "library"

/* What becomes of rules whose clauses changed after their review. */
enum { TIDU_STALE_WARN, TIDU_STALE_REFUSE };

/* Who an entry of `access` means, what it grants, and limits that go before the
 * general ones (0: none). */
struct access_entry {
    bool everybody;
    uid_t *users;
    gid_t *groups;
    size_t user_count, group_count;
    unsigned roles;
    size_t sessions, jobs;
};

struct settings {
    atomic_uint holders;
    struct access_entry *access;
    size_t access_count;
    struct tokens *tokens; /* NULL: there is no file of them */
#define TEXT(name, field, when, default_value) char *field;
#define NUMBER(name, field, when, lowest, highest, default_value) size_t field;
#define FLAG(name, field, when, default_value) bool field;
#define MODE(name, field, when, default_value) unsigned field;
#define CHOICE(name, field, when, choices, default_value) unsigned field;
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

/* Counted, from any thread; the last to let go frees them. */
struct settings *tidu_settings_hold(struct settings *settings);
void tidu_settings_close(struct settings **settings);

/* Give what only a restart can change its old value back, and say so in the log. */
void tidu_settings_keep_fixed(struct settings *settings, const struct settings *old,
                              const struct logger *log);

/* The folder of the store: what the settings say, or else systemd; NULL: none. */
const char *tidu_settings_store(const struct settings *settings);

/* Replace one text, as the command line does. False when memory ran out. */
bool tidu_settings_replace(char **field, const char *value);

struct server;

/* ---- tally.c: what a thread has done ------------------------------------------- */

/* Nanoseconds of a clock that only goes forward. */
uint64_t tidu_nanoseconds(void);

enum { TIDU_LATENCY_BOUNDS = 18 };
extern const uint64_t tidu_latency_bounds_ns[TIDU_LATENCY_BOUNDS];

/* How long answers took: a count for each bound, and one for what was longer still. */
struct latency {
    tidu_tally counts[TIDU_LATENCY_BOUNDS + 1];
    tidu_tally sum_ns;
};

/* So many took that long. */
void tidu_latency_add(struct latency *latency, uint64_t ns, uint64_t count);

/* How often a designation came to what. */
struct verdict {
    struct verdict *next;
    const char *known_as; /* the id of the rules it was last counted for, where that stands */
    tidu_tally counts[3]; /* by tidu_outcome */
    char id[];
};

/* Counted up by one thread, read by others. All zeros is empty. */
struct verdicts {
    _Atomic(struct verdict *) first;
};

/* Count all rows of an evaluation that has run. */
void tidu_verdicts_note(struct verdicts *verdicts, const tidu_evaluation *evaluation);
void tidu_verdicts_merge(struct verdicts *into, const struct verdicts *from);

/* The rules they were counted for are going. */
void tidu_verdicts_forget(struct verdicts *verdicts);
void tidu_verdicts_free(struct verdicts *verdicts);

/* ---- access.c: who may do what ------------------------------------------------ */

enum {
    TIDU_ROLE_EVALUATE = 1,
    TIDU_ROLE_INQUIRE = 2,
    TIDU_ROLE_EDIT = 4,
    TIDU_ROLE_OPERATE = 8,
    TIDU_ROLE_ALL = 15
};

/* By their bits; NULL-ended. */
extern const char *const tidu_role_names[];

enum { TIDU_PEER_GROUPS = 33 };

/* Whom something is put down to: a user of this machine, or whoever has a token;
 * then `user` is TIDU_NOBODY. */
struct who {
    uid_t user;
    char token[TIDU_TOKEN_NAME_SIZE]; /* its name; "": none */
};
bool tidu_who_is_same(const struct who *a, const struct who *b);

/* Who is at the other end: of a Unix socket, or of an HTTP connection. */
struct peer {
    struct who who;
    gid_t groups[TIDU_PEER_GROUPS];
    unsigned group_count;
    unsigned roles; /* of the token */
    bool http;      /* asks one thing at a time and is told that and no more */
};
struct peer tidu_peer_of(int fd);

struct rights {
    unsigned roles;  /* 0: none at all */
    size_t sessions; /* of the user or token; 0: any number */
    size_t jobs;     /* of a session */
};
struct rights tidu_rights_of(const struct settings *settings, const struct peer *peer);
void tidu_access_free(struct settings *settings);

/* ---- tokens.c: who may ask over HTTP ----------------------------------------------- */

struct tokens;

struct token {
    char name[TIDU_TOKEN_NAME_SIZE];
    unsigned roles;
    unsigned char digest[TIDU_HASH_SIZE];
};

/* Read a file of tokens. NULL with all complaints in `report`. */
struct tokens *tidu_tokens_open(const char *path, tidu_report *report);
void tidu_tokens_close(struct tokens **tokens);

/* The one that is presented, or NULL. `tokens` may be NULL. */
const struct token *tidu_token_find(const struct tokens *tokens, tidu_slice presented);

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

/* ---- inquiry.c: questions about what is kept -------------------------------- */

/* Answer a method of the journal, the library or of demands, as a job. */
void tidu_inquire(struct call *call, json_t *params);

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
    bool receipt;
    tidu_slice designations; /* raw JSON array; data NULL for all */
};

/* One evaluate request's parameters. */
struct question {
    struct terms terms;
    tidu_slice record, records, csv; /* one of them */
    char ruleset[65]; /* a label or digest that is not the live one's; "": the live one */
};

/* An evaluation for terms whose designations are a list of texts, in evaluate.c. NULL with
 * *reterr. */
tidu_evaluation *tidu_terms_open(const struct terms *terms, uint32_t rows, tidu_error *reterr);

/* Read the params; false when the request has been refused. */
bool tidu_question_read(struct call *call, struct question *ret_question);

/* The text for a message, in a buffer of more than 4 bytes: what is too long is cut
 * at a character border and ends in "…". */
char *tidu_shorten(tidu_slice text, char *buffer, size_t size);

/* Refuse a parameter's value, as raw JSON; always false. */
bool tidu_question_bad(const struct call *call, const char *name, tidu_slice got,
                       const char *takes);

/* ---- witness.c: what is decided is written down ------------------------------- */

struct shadow;

/* Who judges by the shadow's rules, on one thread. */
struct understudy {
    struct shadow *shadow; /* held */
    tidu_evaluation *evaluation;
    int32_t as_of;
    uint32_t jurisdiction;
    double credit; /* decisions due to be compared */
};

/* Decisions that are not handed over yet, of a worker or an errand. */
struct witness {
    struct store *store;   /* NULL: nothing is kept */
    struct shadow *shadow; /* of the world; NULL: nothing is compared */
    struct understudy understudy;
    tidu_text entries;
    size_t count;
};

/* What there is to say about one decision. */
struct deposition {
    const struct terms *terms;
    tidu_slice written; /* the terms as JSON */
    tidu_slice facts;
    unsigned flags; /* TIDU_ENTRY_… */
    const struct who *who;
    ev_tstamp time;
    const tidu_evaluation *evaluation; /* that has judged it, in this row */
    uint32_t row;
    bool alone; /* by other rules than the live ones: no shadow answers beside it */
};

/* The parameters beside the record, as JSON: what has to be known to ask again. */
void tidu_terms_write(const struct terms *terms, tidu_text *out);

/* Write down that `out` has this answer from `begin` on, and put a receipt into it
 * if the terms ask for one; compare it with what a shadow says. */
void tidu_witness_decision(struct witness *witness, const struct deposition *deposition,
                           tidu_text *out, size_t begin);

/* Hand over what there is; the ticket, or 0 when there was nothing. */
uint64_t tidu_witness_hand_over(struct witness *witness);

/* A turn is over: hand over what has to be. The ticket that has to be waited for,
 * or 0. */
uint64_t tidu_witness_turn_over(struct witness *witness);

/* On a thread that may wait: hand over, and wait if that was promised. False when
 * it could not be kept. */
bool tidu_witness_keep(struct witness *witness);

/* Somebody was not allowed a method, or to connect (NULL). The store may be NULL. */
void tidu_witness_denied(struct store *store, const struct who *who, const char *method);

/* Something was done. The store may be NULL. The entry's ticket, or 0. */
uint64_t tidu_witness_action(struct store *store, tidu_entry_kind kind, const struct who *who,
                             tidu_slice terms);

/* ---- shadow.c: other rules answer beside the live ones --------------------------- */

/* Rules that judge a share of all decisions beside the live ones. NULL when memory
 * ran out. Counted, from any thread; NULL may be held and closed. */
struct shadow *tidu_shadow_open(tidu_ruleset *ruleset, double share);
struct shadow *tidu_shadow_hold(struct shadow *shadow);
void tidu_shadow_close(struct shadow **shadow);

/* Compare a decision, if it is due. */
void tidu_understudy_see(struct understudy *understudy, struct shadow *shadow,
                         const struct deposition *deposition);
void tidu_understudy_leave(struct understudy *understudy);

/* What has been compared, as JSON. */
void tidu_shadow_write(struct shadow *shadow, tidu_text *out);

/* ---- lend.c: titles the library holds, for records that bring none ---------------- */

struct lender {
    struct server *server;
    struct shelf *shelf; /* NULL until it is needed */
    tidu_arena *arena;   /* the same */
};

/* A record that was read: as it was given, or with titles from the library. */
struct lent {
    tidu_slice record;
    tidu_slice titles; /* of the library, a JSON array; data NULL: none were lent */
};

/* The library may have its first titles by now, or have lost its last: look. Waits for the
 * store; false when it cannot be asked. */
bool tidu_lender_look(struct server *server);

/* Read a record as the evaluation would, with the titles the library has for its code when
 * it brings none. */
tidu_read tidu_lender_json(struct lender *lender, tidu_evaluation *evaluation, tidu_slice record,
                           struct lent *ret_lent, tidu_error *reterr);

/* The same for a line of CSV, which is JSON when something was lent; `year` is the last full one. */
tidu_read tidu_lender_csv(struct lender *lender, tidu_evaluation *evaluation, tidu_csv *csv,
                          tidu_slice line, int year, struct lent *ret_lent, tidu_error *reterr);

/* Tell in the answer that `out` ends with which titles were lent, if any were. */
void tidu_lender_mark(tidu_slice titles, tidu_text *out);

/* The records it has made are not needed any more. */
void tidu_lender_clear(struct lender *lender);
void tidu_lender_close(struct lender *lender);

/* ---- pilot.c: other rules for the enterprises of some regions ------------------------ */

struct pilots;

/* Counted, from any thread; NULL may be held and closed. */
struct pilots *tidu_pilots_hold(struct pilots *pilots);
void tidu_pilots_close(struct pilots **pilots);

/* The rules of the smallest zone a region is in, borrowed; NULL when it is in none. */
tidu_ruleset *tidu_pilots_find(const struct pilots *pilots, uint32_t region);

/* All zones, as a JSON array. */
void tidu_pilots_write(const struct pilots *pilots, tidu_text *out);

/* ---- records.c: many records in one request ----------------------------------- */

/* Many records to be judged, on any thread. */
struct sheaf {
    const struct settings *settings;
    tidu_slice message;      /* all of the request, to tell broken JSON from a broken record */
    tidu_slice record, records, csv; /* one of them: raw JSON */
    const struct terms *terms;
    struct errand *errand; /* to be cancelled and to tell its progress by, or NULL */
    struct lender *lender;
    const struct pilots *pilots; /* NULL: all are judged by the terms' rules */
    struct witness *witness;
    struct verdicts *verdicts; /* of what is told */
    tidu_slice written; /* the terms as JSON */
    struct who who;
    ev_tstamp time;
};

/* Append {"answers":[…]}, or the answer to a single record, with an empty evaluation for the terms, which is empty
 * again afterwards. False with a code and an error when the request is to be
 * refused as a whole; then what the text got is to be taken back. */
bool tidu_records_write(const struct sheaf *sheaf, tidu_evaluation *evaluation, tidu_text *out,
                        size_t *ret_count, tidu_rpc_code *ret_code, tidu_error *reterr);

/* ---- evaluate.c: records to answers, fast -------------------------------- */

struct evaluations;

/* NULL when memory ran out. */
struct evaluations *tidu_evaluations_open(void);
void tidu_evaluations_close(struct evaluations **evaluations);

void tidu_evaluate(struct call *call);

/* Run and answer what has been gathered. Must come before the bytes of the
 * requests go away, and before anything else is answered. */
void tidu_evaluate_flush(struct worker *worker);

/* True while there is something of which the bytes are needed. */
bool tidu_evaluate_gathers(const struct worker *worker);

/* Let go of all evaluations: they hold rules that are not live any more. */
void tidu_evaluate_forget(struct worker *worker);

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
