/*
 * inquiry.c: questions about what is kept: the journal, the library, demands.
 *
 * Each is a job, since it may be long, and since the disk may take its time.
 * What is changed goes through the store's writer, with an entry in the
 * journal; with durability "commit" it is told when that is on the disk.
 *
 * Must not know: what is asked and how it is answered.
 */
#include "internal.h"

#include "desk.h"
#include "history.h"

#include <stdlib.h>

struct inquiry {
    struct errand errand; /* first */
    json_t *params;
    char *raw; /* the params as they were spelled, padded */
    size_t raw_length;
    tidu_method method;
    struct who who;
    int32_t today;
    uint64_t ticket; /* of the last entry it has left in the journal, or 0 */
};

/* ---- what answers ask of us ------------------------------------------------------------- */

static bool
change(void *context, bool (*act)(struct database *database, void *context), void *act_context)
{
    struct server *server = ((struct errand *)context)->worker->server;
    bool changed = tidu_store_do_now(server->store, act, act_context);
    atomic_fetch_add(&server->edition, 1);
    return changed && tidu_lender_look(server);
}

static void
note(void *context, tidu_slice action)
{
    struct inquiry *inquiry = context;
    inquiry->ticket = tidu_witness_action(inquiry->errand.worker->server->store, TIDU_ENTRY_ACTION,
                                          &inquiry->who, action);
}

/* ---- the job ------------------------------------------------------------------------------ */

static tidu_rpc_code
code_of(const tidu_error *error)
{
    switch (error->code) {
    case TIDU_CALL_BAD_PARAM:
    case TIDU_CALL_PARAM_MISSING:
    case TIDU_CALL_PARAM_CLASH:
    case TIDU_DEMAND_STATE:
    case TIDU_DEMAND_NO_PLACE:
        return TIDU_RPC_BAD_PARAMS;
    case TIDU_JOURNAL_NO_ENTRY:
    case TIDU_JOURNAL_NO_RULES:
    case TIDU_LIBRARY_NONE:
    case TIDU_LIBRARY_NO_RUNG:
    case TIDU_DEMAND_NONE:
    case TIDU_DEMAND_NOT_ONE:
    case TIDU_NO_SUCH_DESIGNATION:
    case TIDU_NO_SUCH_DUTY:
    case TIDU_NO_SUCH_REGION:
    case TIDU_NO_SUCH_BODY:
    case TIDU_NO_OFFICE:
        return TIDU_RPC_NOT_FOUND;
    case TIDU_CALL_CANCELLED:
        return TIDU_RPC_CANCELLED;
    case TIDU_MEMORY:
        return TIDU_RPC_INTERNAL;
    default: /* E3xx: what a record or a table says */
        return tidu_error_id(error->code)[1] == '3' ? TIDU_RPC_RECORD : TIDU_RPC_STORE;
    }
}

static bool
ask_journal(struct inquiry *inquiry, const char *what, tidu_text *out, tidu_error *reterr)
{
    struct errand *errand = &inquiry->errand;
    struct history history = {
        .folder = tidu_store_folder(errand->worker->server->store),
        .helper = errand->world->settings->helper,
        .lang = errand->lang,
        .progress = tidu_errand_progress,
        .context = errand,
    };
    return tidu_history_ask(&history, what, inquiry->params, out, reterr);
}

static bool
ask_desk(struct inquiry *inquiry, const char *method, const char *what, tidu_text *out,
         tidu_error *reterr)
{
    struct errand *errand = &inquiry->errand;
    struct desk desk = {
        .rules = errand->world->live,
        .folder = tidu_store_folder(errand->worker->server->store),
        .change = change,
        .note = note,
        .today = inquiry->today,
        .now_s = (int64_t)ev_time(),
        .lang = errand->lang,
        .user = inquiry->who.user,
        .progress = tidu_errand_progress,
        .context = errand,
    };
    tidu_slice raw = {inquiry->raw, inquiry->raw_length};
    return *method == 'l' ? tidu_library_ask(&desk, what, inquiry->params, raw, out, reterr)
                          : tidu_demand_ask(&desk, what, inquiry->params, raw, out, reterr);
}

/* What was done has to be in the journal before it is told, if that is promised. */
static bool
is_kept(const struct inquiry *inquiry)
{
    struct store *store = inquiry->errand.worker->server->store;
    return !inquiry->ticket || tidu_store_durability(store) != TIDU_DURABILITY_COMMIT ||
           (inquiry->ticket != TIDU_STORE_LOST && tidu_store_wait(store, inquiry->ticket));
}

static void
run_inquiry(struct errand *errand)
{
    struct inquiry *inquiry = (struct inquiry *)errand;
    const char *method = tidu_method_name(inquiry->method), *what = strchr(method, '.') + 1;
    tidu_text *out = tidu_errand_answer(errand);
    tidu_error error;
    bool answered = *method == 'j' ? ask_journal(inquiry, what, out, &error)
                                   : ask_desk(inquiry, method, what, out, &error);
    if (!answered)
        tidu_errand_refuse(errand, code_of(&error), &error);
    else if (!is_kept(inquiry))
        tidu_errand_refuse(errand, TIDU_RPC_STORE,
                           (tidu_error_set(&error, TIDU_CALL_STORE, "", NULL), &error));
}

static void
close_inquiry(struct errand *errand)
{
    struct inquiry *inquiry = (struct inquiry *)errand;
    json_decref(inquiry->params);
    free(inquiry->raw);
}

static bool
keep_params(struct inquiry *inquiry, const struct call *call, json_t *params)
{
    inquiry->params = json_incref(params); /* only read from now on; it is counted atomically */
    inquiry->raw_length = call->params.length;
    inquiry->raw = calloc(1, call->params.length + TIDU_RECORD_PADDING);
    if (inquiry->raw && call->params.length)
        memcpy(inquiry->raw, call->params.data, call->params.length);
    return inquiry->raw && inquiry->params;
}

void
tidu_inquire(struct call *call, json_t *params)
{
    tidu_error error;
    if (!tidu_params_stored(call))
        return;
    struct inquiry *inquiry = (struct inquiry *)tidu_errand_open(call, sizeof *inquiry);
    if (!inquiry)
        return;
    inquiry->errand.run = run_inquiry;
    inquiry->errand.close = close_inquiry;
    inquiry->method = call->method;
    inquiry->who = *tidu_session_who(call->asker.session);
    inquiry->today = tidu_worker_today(call->worker);
    if (keep_params(inquiry, call, params)) {
        tidu_errand_submit(&inquiry->errand);
        return;
    }
    tidu_error_set(&error, TIDU_MEMORY, NULL);
    tidu_errand_refuse(&inquiry->errand, TIDU_RPC_INTERNAL, &error);
    tidu_errand_return(&inquiry->errand);
}
