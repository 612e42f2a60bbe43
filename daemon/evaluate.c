/*
 * evaluate.c: records to answers, as fast as we know how.
 *
 * A block of rows costs little more than one row, so requests that arrive in
 * one read and agree in their terms are gathered into one block and run
 * together. Nobody waits for company: at the end of what was read the block is
 * run, however few rows it has.
 *
 *   line ─► skim ─► terms ─► evaluation kept ready ─► row ┐
 *   line ─► skim ─► the same terms ──────────────────► row ┤ run ─► answers,
 *   line ─► skim ─► the same terms ──────────────────► row ┘        in order
 *
 * Evaluations are expensive to open and cheap to use again, so a few are kept,
 * found by their terms. Each holds its ruleset; after a reload those of the
 * old one are let go.
 *
 * Must not know: sockets, jansson's trees (but for a list of designations, the
 * first time it is seen).
 *
 * Ownership: evaluations belong to one worker. Gathered requests point into
 * the read buffer.
 *
 * INVARIANT: an evaluation has `count` rows while it is gathering and none
 * otherwise.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

enum { KEPT_READY = 8 };

struct ready {
    tidu_evaluation *evaluation; /* NULL when this place is free */
    struct terms terms;          /* owns designations.data */
    uint64_t used;
};

struct evaluations {
    struct ready ready[KEPT_READY];
    uint64_t clock;
    struct ready *gathering;
    struct asker askers[TIDU_GATHER_ROWS];
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
        if (ready[i].evaluation && ready[i].terms.ruleset != worker->server->live)
            let_go(&ready[i]);
}

/* ---- the gathered block ------------------------------------------------------ */

void
tidu_evaluate_flush(struct worker *worker)
{
    struct evaluations *all = worker->evaluations;
    if (!all->gathering)
        return;
    tidu_evaluation *evaluation = all->gathering->evaluation;
    tidu_evaluation_run(evaluation);
    for (uint32_t i = 0; i < all->count; i++) {
        tidu_evaluation_write(evaluation, i, tidu_rpc_begin(&all->askers[i]));
        tidu_rpc_end(&all->askers[i]);
    }
    tidu_evaluation_clear(evaluation);
    worker->records += all->count;
    all->gathering = NULL;
    all->count = 0;
}

static void
gather(struct call *call, struct ready *ready, tidu_slice record)
{
    struct evaluations *all = call->worker->evaluations;
    tidu_error error;
    tidu_read read = tidu_evaluation_json(ready->evaluation, record.data, record.length, &error);
    if (read == TIDU_READ_FULL && all->count) {
        tidu_evaluate_flush(call->worker);
        read = tidu_evaluation_json(ready->evaluation, record.data, record.length, &error);
    }
    if (read == TIDU_READ_ERROR) {
        tidu_rpc_refuse(call, TIDU_RPC_RECORD, &error);
    } else if (read == TIDU_READ_FULL) {
        tidu_error_set(&error, TIDU_CALL_RECORD_TOO_LARGE, NULL);
        tidu_rpc_refuse(call, TIDU_RPC_TOO_LARGE, &error);
    } else {
        all->gathering = ready;
        all->askers[all->count++] = call->asker;
        if (all->count == TIDU_GATHER_ROWS)
            tidu_evaluate_flush(call->worker);
    }
}

/* ---- evaluations kept ready ------------------------------------------------------ */

static bool
same_terms(const struct terms *a, const struct terms *b)
{
    return a->ruleset == b->ruleset && a->as_of == b->as_of && a->explain == b->explain &&
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

/* Open an evaluation; `ids` is the list of designations or NULL. */
static tidu_evaluation *
open_evaluation(const struct terms *terms, const json_t *ids, tidu_error *reterr)
{
    size_t count = json_array_size(ids);
    const char **names = calloc(count + 1, sizeof *names);
    if (!names) {
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
    tidu_evaluation *evaluation =
        tidu_evaluation_open(terms->ruleset, &options, TIDU_GATHER_ROWS, reterr);
    free(names);
    return evaluation;
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
    json_t *ids = NULL;
    char *copy = NULL;
    tidu_error error;
    if (raw.data) {
        ids = json_loadb(raw.data, raw.length, 0, NULL);
        copy = ids && all_texts(ids) ? malloc(raw.length) : NULL;
        if (!copy) {
            json_decref(ids);
            tidu_question_bad(call, "designations", raw, "[\"lg\", …]");
            return NULL;
        }
        memcpy(copy, raw.data, raw.length);
    }
    tidu_evaluation *evaluation = open_evaluation(terms, ids, &error);
    json_decref(ids);
    if (!evaluation) {
        free(copy);
        tidu_rpc_refuse(call, error.code == TIDU_MEMORY ? TIDU_RPC_INTERNAL : TIDU_RPC_BAD_PARAMS,
                        &error);
        return NULL;
    }
    struct ready *place = find_place(call->worker->evaluations);
    *place = (struct ready){.evaluation = evaluation, .terms = *terms};
    place->terms.designations.data = copy;
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

void
tidu_evaluate(struct call *call)
{
    struct question question;
    if (!tidu_question_read(call, &question))
        return;
    struct ready *ready = get_ready(call, &question.terms);
    if (!ready)
        return;
    if (question.record.data)
        gather(call, ready, question.record);
    else
        tidu_records_answer(call, ready->evaluation, &question);
}
