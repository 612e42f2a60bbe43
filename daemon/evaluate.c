/*
 * evaluate.c: records to answers, as fast as we know how.
 *
 * A block of rows costs little more than one row, so requests that arrive in
 * one round of the loop, on whatever sessions, and agree in their terms are
 * gathered into one block and run together. Nobody waits for company: when
 * all that was there has been read the block is run, however few rows it has.
 *
 *   line ─► skim ─► terms ─► evaluation kept ready ─► row ┐
 *   line ─► skim ─► the same terms ──────────────────► row ┤ run ─► answers,
 *   line ─► skim ─► the same terms ──────────────────► row ┘        in order
 *
 * Evaluations are expensive to open and cheap to use again, so a few are kept,
 * found by their terms. Each holds its ruleset; after a reload those of the
 * old one are let go.
 *
 * Each answer is told to the witness, who writes it down.
 *
 * Many records in one request go to a job thread, with a copy of the request
 * and an evaluation of their own, so that nobody waits behind them.
 *
 * Must not know: sockets, jansson's trees (but for a list of designations, the
 * first time it is seen).
 *
 * Ownership: evaluations belong to one worker. Gathered requests point into
 * its read buffer.
 *
 * INVARIANT: an evaluation has `count` rows while it is gathering and none
 * otherwise.
 */
#include "charge.h"

#include <stdio.h>
#include <stdlib.h>

#ifdef TIDU_TIGHT
enum { KEPT_READY = 2, SHEAF_BYTES = 64 };
#else
enum { KEPT_READY = 8, SHEAF_BYTES = 64 * 1024 }; /* more records than that are a job */
#endif

struct ready {
    tidu_evaluation *evaluation; /* NULL when this place is free */
    struct terms terms;          /* owns designations.data */
    tidu_text written;           /* the terms as JSON */
    uint64_t used;
};

struct evaluations {
    struct ready ready[KEPT_READY];
    uint64_t clock;
    struct ready *gathering;
    struct asker askers[TIDU_GATHER_ROWS];
    struct lent records[TIDU_GATHER_ROWS];
    uint32_t count;
};

struct evaluations *
tidu_evaluations_open(void)
{
    return calloc(1, sizeof(struct evaluations));
}

static void
let_go(struct ready *ready)
{
    tidu_evaluation_close(&ready->evaluation);
    tidu_text_free(&ready->written);
    free((char *)ready->terms.designations.data);
    *ready = (struct ready){0};
}

void
tidu_evaluations_close(struct evaluations **evaluations)
{
    if (!*evaluations)
        return;
    for (int i = 0; i < KEPT_READY; i++)
        let_go(&(*evaluations)->ready[i]);
    free(*evaluations);
    *evaluations = NULL;
}

void
tidu_evaluate_forget(struct worker *worker)
{
    struct ready *ready = worker->evaluations->ready;
    for (int i = 0; i < KEPT_READY; i++)
        if (ready[i].evaluation)
            let_go(&ready[i]);
    tidu_verdicts_forget(&worker->verdicts);
}

/* ---- the gathered block ------------------------------------------------------ */

static void
answer_row(struct worker *worker, uint32_t row)
{
    struct evaluations *all = worker->evaluations;
    const struct asker *asker = &all->askers[row];
    struct ready *ready = all->gathering;
    struct deposition deposition = {
        .terms = &ready->terms,
        .written = {ready->written.data, ready->written.length},
        .facts = all->records[row].record,
        .flags = all->records[row].titles.data ? TIDU_ENTRY_LIBRARY : 0,
        .who = tidu_session_who(asker->session),
        .time = ev_now(worker->loop),
        .evaluation = ready->evaluation,
        .row = row,
        .alone = ready->terms.ruleset != worker->world->live,
    };
    tidu_text *out = tidu_rpc_begin(asker);
    size_t begin = out->length;
    tidu_evaluation_write(ready->evaluation, row, out);
    tidu_witness_decision(&worker->witness, &deposition, out, begin);
    tidu_lender_mark(all->records[row].titles, out);
    tidu_rpc_end(asker);
}

/* One look at the clock is enough for a block; what a session asked in one turn came at
 * one time. */
static void
count_block(struct worker *worker, const tidu_evaluation *evaluation)
{
    const struct evaluations *all = worker->evaluations;
    uint64_t now = tidu_nanoseconds();
    tidu_tally_add(&worker->records, all->count);
    tidu_verdicts_note(&worker->verdicts, evaluation);
    for (uint32_t i = 0, end; i < all->count; i = end) {
        const struct session *session = all->askers[i].session;
        for (end = i + 1; end < all->count && all->askers[end].session == session;)
            end++;
        tidu_latency_add(&worker->latency[TIDU_METHOD_evaluate],
                         now - tidu_session_received_ns(session), end - i);
    }
}

void
tidu_evaluate_flush(struct worker *worker)
{
    struct evaluations *all = worker->evaluations;
    if (!all->gathering)
        return;
    tidu_evaluation *evaluation = all->gathering->evaluation;
    tidu_evaluation_run(evaluation);
    for (uint32_t i = 0; i < all->count; i++)
        answer_row(worker, i);
    count_block(worker, evaluation);
    tidu_evaluation_clear(evaluation);
    tidu_lender_clear(&worker->lender);
    all->gathering = NULL;
    all->count = 0;
}

static struct ready *get_ready(struct call *call, const struct terms *terms);
static void gather(struct call *call, struct ready *ready, tidu_slice record);

/* The rules of the zone the last row is in, when they are others than it was read for. */
static tidu_ruleset *
pilot_of(const struct worker *worker, const struct ready *ready)
{
    const struct world *world = worker->world;
    if (!world->pilots || ready->terms.ruleset != world->live)
        return NULL;
    tidu_ruleset *ruleset =
        tidu_pilots_find(world->pilots, tidu_evaluation_region(ready->evaluation));
    return ruleset == world->live ? NULL : ruleset;
}

/* The last row goes to a block of its zone instead. */
static void
gather_for_pilot(struct call *call, struct ready *ready, tidu_ruleset *ruleset, tidu_slice record)
{
    struct terms terms = ready->terms;
    terms.ruleset = ruleset;
    tidu_evaluation_take_back(ready->evaluation);
    ready = get_ready(call, &terms);
    if (ready)
        gather(call, ready, record);
}

bool
tidu_evaluate_gathers(const struct worker *worker)
{
    return worker->evaluations->gathering != NULL;
}

static void
gather(struct call *call, struct ready *ready, tidu_slice record)
{
    struct evaluations *all = call->worker->evaluations;
    tidu_error error;
    struct lender *lender = &call->worker->lender;
    struct lent lent;
    tidu_read read = tidu_lender_json(lender, ready->evaluation, record, &lent, &error);
    if (read == TIDU_READ_FULL && all->count) {
        tidu_evaluate_flush(call->worker);
        read = tidu_lender_json(lender, ready->evaluation, record, &lent, &error);
    }
    tidu_ruleset *pilot = read == TIDU_READ_ROW ? pilot_of(call->worker, ready) : NULL;
    if (pilot) {
        gather_for_pilot(call, ready, pilot, record);
    } else if (read == TIDU_READ_ERROR) {
        tidu_rpc_refuse(call, TIDU_RPC_RECORD, &error);
    } else if (read == TIDU_READ_FULL) {
        tidu_error_set(&error, TIDU_CALL_RECORD_TOO_LARGE, NULL);
        tidu_rpc_refuse(call, TIDU_RPC_TOO_LARGE, &error);
    } else {
        all->gathering = ready;
        all->records[all->count] = lent;
        all->askers[all->count++] = call->asker;
        call->away = true;
        if (all->count == TIDU_GATHER_ROWS)
            tidu_evaluate_flush(call->worker);
    }
}

/* ---- evaluations kept ready ------------------------------------------------------ */

static bool
same_terms(const struct terms *a, const struct terms *b)
{
    return a->ruleset == b->ruleset && a->as_of == b->as_of && a->receipt == b->receipt && a->explain == b->explain &&
           a->lang == b->lang && a->ignore_unknown == b->ignore_unknown &&
           a->include == b->include && a->jurisdiction == b->jurisdiction &&
           a->designations.length == b->designations.length &&
           (!a->designations.length ||
            memcmp(a->designations.data, b->designations.data, a->designations.length) == 0);
}

static struct ready *
find_ready(struct evaluations *all, const struct terms *terms)
{
    for (int i = 0; i < KEPT_READY; i++)
        if (all->ready[i].evaluation && same_terms(&all->ready[i].terms, terms))
            return &all->ready[i];
    return NULL;
}

/* A free place, or the one not used for longest. */
static struct ready *
find_place(struct evaluations *all)
{
    struct ready *place = &all->ready[0];
    for (int i = 0; i < KEPT_READY; i++)
        if (all->ready[i].used < place->used)
            place = &all->ready[i];
    let_go(place);
    return place;
}

tidu_evaluation *
tidu_terms_open(const struct terms *terms, uint32_t rows, tidu_error *reterr)
{
    tidu_slice raw = terms->designations;
    json_t *ids = raw.data ? json_loadb(raw.data, raw.length, 0, NULL) : NULL;
    size_t count = json_array_size(ids);
    const char **names = calloc(count + 1, sizeof *names);
    if (!names) {
        json_decref(ids);
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        names[i] = json_string_value(json_array_get(ids, i));
    tidu_options options = {
        .as_of = terms->as_of,
        .explain = terms->explain,
        .lang = terms->lang,
        .ignore_unknown = terms->ignore_unknown,
        .designations = ids ? names : NULL,
        .designation_count = count,
        .include = terms->include,
        .jurisdiction = terms->jurisdiction,
    };
    tidu_evaluation *evaluation = tidu_evaluation_open(terms->ruleset, &options, rows, reterr);
    free(names);
    json_decref(ids);
    return evaluation;
}

/* Why an evaluation could not be opened, as the protocol tells it. */
static tidu_rpc_code
code_of(const tidu_error *error)
{
    switch (error->code) {
    case TIDU_MEMORY:
        return TIDU_RPC_INTERNAL;
    case TIDU_NO_SUCH_REGION:
    case TIDU_CALL_NO_VERSION:
    case TIDU_JOURNAL_NO_RULES:
        return TIDU_RPC_NOT_FOUND;
    case TIDU_STORE_OPEN:
        return TIDU_RPC_STORE;
    default:
        return TIDU_RPC_BAD_PARAMS;
    }
}

static bool
all_texts(const json_t *ids)
{
    size_t index;
    json_t *id;
    json_array_foreach ((json_t *)ids, index, id)
        if (!json_is_string(id))
            return false;
    return json_array_size(ids) > 0;
}

/* Keep an evaluation for these terms; NULL when the request has been refused. */
static struct ready *
make_ready(struct call *call, const struct terms *terms)
{
    tidu_slice raw = terms->designations;
    char *copy = NULL;
    tidu_error error;
    if (raw.data) {
        json_t *ids = json_loadb(raw.data, raw.length, 0, NULL);
        copy = ids && all_texts(ids) ? malloc(raw.length) : NULL;
        json_decref(ids);
        if (!copy) {
            tidu_question_bad(call, "designations", raw, "[\"lg\", …]");
            return NULL;
        }
        memcpy(copy, raw.data, raw.length);
    }
    tidu_evaluation *evaluation = tidu_terms_open(terms, TIDU_GATHER_ROWS, &error);
    if (!evaluation) {
        free(copy);
        tidu_rpc_refuse(call, code_of(&error), &error);
        return NULL;
    }
    struct ready *place = find_place(call->worker->evaluations);
    *place = (struct ready){.evaluation = evaluation, .terms = *terms};
    place->terms.designations.data = copy;
    tidu_terms_write(&place->terms, &place->written);
    return place;
}

/* The evaluation for these terms with nothing else gathered in it. */
static struct ready *
get_ready(struct call *call, const struct terms *terms)
{
    struct evaluations *all = call->worker->evaluations;
    struct ready *ready = all->gathering;
    if (!ready || !same_terms(&ready->terms, terms)) {
        tidu_evaluate_flush(call->worker);
        ready = find_ready(all, terms);
    }
    if (!ready)
        ready = make_ready(call, terms);
    if (ready)
        ready->used = ++all->clock;
    return ready;
}

/* ---- what cannot be written down must not be decided ------------------------------ */

static tidu_error *
not_kept(const struct server *server, tidu_error *reterr)
{
    struct store_status status;
    char why[TIDU_ARGUMENT_SIZE];
    tidu_store_look(server->store, &status);
    tidu_error_message(&status.why, (tidu_lang)server->log.lang, why, sizeof why);
    tidu_error_set(reterr, TIDU_CALL_STORE, status.failing ? why : "", NULL);
    return reterr;
}

static bool
can_be_kept(const struct call *call)
{
    const struct server *server = call->worker->server;
    tidu_error error;
    return !server->store || tidu_store_can_promise(server->store) ||
           tidu_rpc_refuse(call, TIDU_RPC_STORE, not_kept(server, &error));
}

/* ---- many records --------------------------------------------------------------- */

/* A request with many records, as a job. */
struct bulk {
    struct errand errand; /* first */
    char *message;        /* a copy; the slices of `sheaf` and `terms` point into it */
    struct terms terms;
    char ruleset[65];     /* to be judged by this version; "": by the live one */
    tidu_ruleset *pinned; /* it, held */
    struct sheaf sheaf;
    struct lender lender;
    struct witness witness;
    struct verdicts verdicts;
    tidu_text written;
    size_t count;
    bool told; /* it has been answered with decisions */
};

static tidu_slice
moved(tidu_slice slice, tidu_slice from, const char *to)
{
    if (slice.data)
        slice.data = to + (slice.data - from.data);
    return slice;
}

static bool
pin(struct bulk *bulk, tidu_error *reterr)
{
    struct errand *errand = &bulk->errand;
    bulk->pinned = tidu_gallery_get(errand->worker->server->gallery, errand->world, bulk->ruleset,
                                    reterr);
    bulk->terms.ruleset = bulk->pinned;
    return bulk->pinned != NULL;
}

/* As tidu_rpc_refuse: a message that is no JSON is told so, whatever else is wrong. */
static void
refuse_bulk(struct bulk *bulk, tidu_rpc_code code, tidu_error *error)
{
    const struct sheaf *sheaf = &bulk->sheaf;
    if (code != TIDU_RPC_CANCELLED)
        tidu_rpc_check(sheaf->message, (unsigned)sheaf->settings->depth, &code, error);
    tidu_errand_refuse(&bulk->errand, code, error);
}

static void
run_bulk(struct errand *errand)
{
    struct bulk *bulk = (struct bulk *)errand;
    tidu_error error;
    tidu_rpc_code code = TIDU_RPC_INTERNAL;
    if (*bulk->ruleset && !pin(bulk, &error)) {
        refuse_bulk(bulk, code_of(&error), &error);
        return;
    }
    tidu_evaluation *evaluation = tidu_terms_open(&bulk->terms, TIDU_GATHER_ROWS, &error);
    if (!evaluation)
        code = code_of(&error);
    if (!evaluation || !tidu_records_write(&bulk->sheaf, evaluation, tidu_errand_answer(errand),
                                           &bulk->count, &code, &error))
        refuse_bulk(bulk, code, &error);
    else if (!tidu_witness_keep(&bulk->witness))
        tidu_errand_refuse(errand, TIDU_RPC_STORE, not_kept(errand->worker->server, &error));
    else
        bulk->told = true;
    tidu_evaluation_close(&evaluation);
}

static void
close_bulk(struct errand *errand)
{
    struct bulk *bulk = (struct bulk *)errand;
    tidu_tally_add(&errand->worker->records, bulk->count);
    if (bulk->told)
        tidu_verdicts_merge(&errand->worker->verdicts, &bulk->verdicts);
    tidu_verdicts_free(&bulk->verdicts);
    tidu_understudy_leave(&bulk->witness.understudy);
    tidu_lender_close(&bulk->lender);
    tidu_ruleset_unref(&bulk->pinned);
    tidu_text_free(&bulk->witness.entries);
    tidu_text_free(&bulk->written);
    free(bulk->message);
}

static void
submit_bulk(struct call *call, const struct question *question)
{
    struct bulk *bulk = (struct bulk *)tidu_errand_open(call, sizeof *bulk);
    if (!bulk)
        return;
    bulk->errand.run = run_bulk;
    bulk->errand.close = close_bulk;
    bulk->message = malloc(call->message.length + TIDU_RECORD_PADDING);
    if (!bulk->message) {
        tidu_error error;
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        tidu_errand_refuse(&bulk->errand, TIDU_RPC_INTERNAL, &error);
        tidu_errand_return(&bulk->errand);
        return;
    }
    memcpy(bulk->message, call->message.data, call->message.length);
    memset(bulk->message + call->message.length, 0, TIDU_RECORD_PADDING);
    bulk->terms = question->terms;
    snprintf(bulk->ruleset, sizeof bulk->ruleset, "%s", question->ruleset);
    bulk->terms.designations = moved(question->terms.designations, call->message, bulk->message);
    bulk->sheaf = (struct sheaf){
        .settings = bulk->errand.world->settings,
        .message = moved(call->message, call->message, bulk->message),
        .record = moved(question->record, call->message, bulk->message),
        .records = moved(question->records, call->message, bulk->message),
        .csv = moved(question->csv, call->message, bulk->message),
        .terms = &bulk->terms,
        .errand = &bulk->errand,
        .lender = &bulk->lender,
        .witness = &bulk->witness,
        .verdicts = &bulk->verdicts,
        .who = *tidu_session_who(call->asker.session),
        .time = ev_now(call->worker->loop),
    };
    bulk->lender.server = call->worker->server;
    bulk->witness.store = call->worker->witness.store;
    bulk->sheaf.pilots = *question->ruleset ? NULL : bulk->errand.world->pilots;
    bulk->witness.shadow = *question->ruleset ? NULL : bulk->errand.world->shadow;
    tidu_terms_write(&bulk->terms, &bulk->written);
    bulk->sheaf.written = (tidu_slice){bulk->written.data, bulk->written.length};
    tidu_errand_submit(&bulk->errand);
}

static void
answer_records(struct call *call, struct ready *ready, const struct question *question)
{
    struct verdicts verdicts = {NULL};
    struct sheaf sheaf = {.settings = tidu_worker_settings(call->worker),
                          .message = call->message,
                          .records = question->records,
                          .csv = question->csv,
                          .terms = &question->terms,
                          .lender = &call->worker->lender,
                          .pilots = call->worker->world->pilots,
                          .witness = &call->worker->witness,
                          .verdicts = &verdicts,
                          .written = {ready->written.data, ready->written.length},
                          .who = *tidu_session_who(call->asker.session),
                          .time = ev_now(call->worker->loop)};
    tidu_error error;
    tidu_rpc_code code;
    size_t count;
    struct witness *witness = &call->worker->witness;
    size_t mark = tidu_rpc_mark(&call->asker);
    size_t length = witness->entries.length, entries = witness->count;
    tidu_text *out = tidu_rpc_begin(&call->asker);
    if (tidu_records_write(&sheaf, ready->evaluation, out, &count, &code, &error)) {
        tidu_rpc_end(&call->asker);
        tidu_verdicts_merge(&call->worker->verdicts, &verdicts);
    } else { /* what is not told has not been decided */
        witness->entries.length = length;
        witness->count = entries;
        tidu_rpc_rewind(&call->asker, mark);
        tidu_rpc_refuse(call, code, &error);
    }
    tidu_tally_add(&call->worker->records, count);
    tidu_verdicts_free(&verdicts);
}

void
tidu_evaluate(struct call *call)
{
    struct question question;
    if (!tidu_question_read(call, &question) || !can_be_kept(call))
        return;
    if (*question.ruleset) { /* not at hand: it takes a moment */
        tidu_evaluate_flush(call->worker);
        if (!call->async && tidu_errand_wait(call->asker.session))
            call->later = true;
        else
            submit_bulk(call, &question);
        return;
    }
    struct ready *ready = get_ready(call, &question.terms);
    if (!ready)
        return;
    if (question.record.data) {
        gather(call, ready, question.record);
        return;
    }
    tidu_evaluate_flush(call->worker);
    if (!call->async && question.records.length + question.csv.length <= SHEAF_BYTES)
        answer_records(call, ready, &question);
    else if (!call->async && tidu_errand_wait(call->asker.session))
        call->later = true;
    else
        submit_bulk(call, &question);
}
