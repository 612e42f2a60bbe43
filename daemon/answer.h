/*
 * answer.h: what is asked of the rules and of what is kept, and what is written down.
 */
#ifndef TIDU_DAEMON_ANSWER_H
#define TIDU_DAEMON_ANSWER_H

#include "rpc.h"
#include "skim.h"
#include "tally.h"
#include "tidu/inquiry.h"

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

#endif
