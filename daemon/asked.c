/*
 * asked.c: route, matrix, calendar, whatif, path and missing, over the socket.
 *
 * They are answered at once. A whatif with other rules is a job, since those may have to
 * be built first, and so are a path and what is missing, which may have to search for long.
 *
 * Must not know: their parameters, see ask.h.
 */
#include "ask.h"
#include "charge.h"
#include "skim.h"

#include <stdlib.h>
#include <string.h>

static const tidu_rpc_code codes[] = {
    [TIDU_ASKED_BAD] = TIDU_RPC_BAD_PARAMS,
    [TIDU_ASKED_RECORD] = TIDU_RPC_RECORD,
    [TIDU_ASKED_NOT_FOUND] = TIDU_RPC_NOT_FOUND,
    [TIDU_ASKED_MEMORY] = TIDU_RPC_INTERNAL,
};

/* A path, what is missing, or a whatif with a candidate. */
struct study {
    struct errand errand; /* first */
    json_t *params;       /* only read from now on; it is counted atomically */
    char *record;         /* as it was spelled; NULL: none */
    size_t length;
    int32_t today;
};

static bool
is_wanted(void *context)
{
    return !tidu_errand_cancelled(context);
}

static void
run_study(struct errand *errand)
{
    struct study *study = (struct study *)errand;
    tidu_error error;
    tidu_ruleset *candidate;
    if (!tidu_candidate_get(errand, study->params, "candidate", &candidate))
        return;
    tidu_asked asked = tidu_ask_rules(
        errand->world->live, candidate, tidu_method_name(errand->method), study->params,
        (tidu_slice){study->record, study->length}, study->today, errand->lang,
        (tidu_patience){is_wanted, errand}, tidu_errand_answer(errand), &error);
    if (error.code == TIDU_POPULATION_STOPPED && asked != TIDU_ASKED_ANSWERED)
        tidu_errand_refuse(errand, TIDU_RPC_CANCELLED,
                           (tidu_error_set(&error, TIDU_CALL_CANCELLED, NULL), &error));
    else if (asked != TIDU_ASKED_ANSWERED)
        tidu_errand_refuse(errand, codes[asked], &error);
    tidu_ruleset_unref(&candidate);
}

static void
close_study(struct errand *errand)
{
    struct study *study = (struct study *)errand;
    json_decref(study->params);
    free(study->record);
}

static void
begin_study(struct call *call, json_t *params)
{
    tidu_slice record = tidu_skim_member(call->params, "record");
    if (!tidu_candidate_check(call, params, "candidate"))
        return;
    struct study *study = (struct study *)tidu_errand_open(call, sizeof *study);
    if (!study)
        return;
    study->errand.run = run_study;
    study->errand.close = close_study;
    study->params = json_incref(params);
    study->today = tidu_worker_today(call->worker);
    study->length = record.length;
    study->record = record.data ? malloc(record.length + 1) : NULL;
    if (study->record)
        memcpy(study->record, record.data, record.length);
    if (record.data && !study->record) {
        tidu_error error;
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        tidu_errand_refuse(&study->errand, TIDU_RPC_INTERNAL, &error);
        tidu_errand_return(&study->errand);
        return;
    }
    tidu_errand_submit(&study->errand);
}

void
tidu_ask(struct call *call, json_t *params)
{
    tidu_error error;
    if (json_object_get(params, "candidate") ||
        strcmp(tidu_method_name(call->method), "path") == 0 ||
        strcmp(tidu_method_name(call->method), "missing") == 0) {
        begin_study(call, params);
        return;
    }
    size_t mark = tidu_rpc_mark(&call->asker);
    tidu_text *out = tidu_rpc_begin(&call->asker);
    if (!out)
        return;
    tidu_asked asked = tidu_ask_rules(
        call->worker->world->live, NULL, tidu_method_name(call->method), params,
        tidu_skim_member(call->params, "record"), /* a tree would have rounded its numbers */
        tidu_worker_today(call->worker), call->lang, (tidu_patience){0}, out, &error);
    if (asked == TIDU_ASKED_ANSWERED) {
        tidu_rpc_end(&call->asker);
        return;
    }
    tidu_rpc_rewind(&call->asker, mark);
    tidu_rpc_refuse(call, codes[asked], &error);
}
