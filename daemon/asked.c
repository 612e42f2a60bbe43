/*
 * asked.c: route, matrix, calendar and whatif, over the socket.
 *
 * They are answered at once. A whatif with other rules is a job: those may have to be
 * built first.
 *
 * Must not know: their parameters, see ask.h.
 */
#include "ask.h"
#include "charge.h"
#include "skim.h"

#include <stdlib.h>

static const tidu_rpc_code codes[] = {
    [TIDU_ASKED_BAD] = TIDU_RPC_BAD_PARAMS,
    [TIDU_ASKED_RECORD] = TIDU_RPC_RECORD,
    [TIDU_ASKED_NOT_FOUND] = TIDU_RPC_NOT_FOUND,
    [TIDU_ASKED_MEMORY] = TIDU_RPC_INTERNAL,
};

/* A whatif with a candidate. */
struct comparison {
    struct errand errand; /* first */
    json_t *params;       /* only read from now on; it is counted atomically */
    char *record;         /* as it was spelled; NULL: none */
    size_t length;
    int32_t today;
};

static void
run_comparison(struct errand *errand)
{
    struct comparison *comparison = (struct comparison *)errand;
    tidu_error error;
    const char *name = json_string_value(json_object_get(comparison->params, "candidate"));
    tidu_ruleset *candidate =
        tidu_gallery_get(errand->worker->server->gallery, errand->world, name, &error);
    if (!candidate) {
        tidu_errand_refuse(errand, tidu_gallery_code(&error), &error);
        return;
    }
    tidu_asked asked =
        tidu_ask_rules(errand->world->live, candidate, tidu_method_name(errand->method),
                       comparison->params, (tidu_slice){comparison->record, comparison->length},
                       comparison->today, errand->lang, tidu_errand_answer(errand), &error);
    if (asked != TIDU_ASKED_ANSWERED)
        tidu_errand_refuse(errand, codes[asked], &error);
    tidu_ruleset_unref(&candidate);
}

static void
close_comparison(struct errand *errand)
{
    struct comparison *comparison = (struct comparison *)errand;
    json_decref(comparison->params);
    free(comparison->record);
}

static void
compare(struct call *call, json_t *params)
{
    tidu_slice record = tidu_skim_member(call->params, "record");
    const json_t *name = json_object_get(params, "candidate");
    if (!json_is_string(name)) {
        tidu_params_bad(call, "candidate", name, "\"…\"");
        return;
    }
    struct comparison *comparison = (struct comparison *)tidu_errand_open(call, sizeof *comparison);
    if (!comparison)
        return;
    comparison->errand.run = run_comparison;
    comparison->errand.close = close_comparison;
    comparison->params = json_incref(params);
    comparison->today = tidu_worker_today(call->worker);
    comparison->length = record.length;
    comparison->record = record.data ? malloc(record.length + 1) : NULL;
    if (comparison->record)
        memcpy(comparison->record, record.data, record.length);
    if (record.data && !comparison->record) {
        tidu_error error;
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        tidu_errand_refuse(&comparison->errand, TIDU_RPC_INTERNAL, &error);
        tidu_errand_return(&comparison->errand);
        return;
    }
    tidu_errand_submit(&comparison->errand);
}

void
tidu_ask(struct call *call, json_t *params)
{
    tidu_error error;
    if (json_object_get(params, "candidate")) {
        compare(call, params);
        return;
    }
    size_t mark = tidu_rpc_mark(&call->asker);
    tidu_text *out = tidu_rpc_begin(&call->asker);
    if (!out)
        return;
    tidu_asked asked = tidu_ask_rules(
        call->worker->world->live, NULL, tidu_method_name(call->method), params,
        tidu_skim_member(call->params, "record"), /* a tree would have rounded its numbers */
        tidu_worker_today(call->worker), call->lang, out, &error);
    if (asked == TIDU_ASKED_ANSWERED) {
        tidu_rpc_end(&call->asker);
        return;
    }
    tidu_rpc_rewind(&call->asker, mark);
    tidu_rpc_refuse(call, codes[asked], &error);
}
