/*
 * polled.c: sweep, calibrate, impact, cohort and judge, over the socket.
 *
 * Each is a job: it tells how far it is and ends when nobody waits for it any more.
 *
 * Must not know: their parameters, see poll.h.
 */
#include "census.h"
#include "charge.h"
#include "inventory.h"
#include "params.h"
#include "poll.h"

#include <stdlib.h>
#include <string.h>

struct ballot {
    struct errand errand; /* first */
    json_t *params;       /* only read from now on; it is counted atomically */
    int32_t today;
};

static tidu_rpc_code
code_of(tidu_asked asked, const tidu_error *error)
{
    switch (error->code) {
    case TIDU_POPULATION_STOPPED:
        return TIDU_RPC_CANCELLED;
    case TIDU_CENSUS_NONE:
    case TIDU_CENSUS_NAME:
    case TIDU_CENSUS_EMPTY:
        return TIDU_RPC_NOT_FOUND;
    case TIDU_FILE_READ:
    case TIDU_FILE_WRITE:
    case TIDU_POPULATION_FOREIGN:
    case TIDU_POPULATION_VERSION:
    case TIDU_POPULATION_CUT:
    case TIDU_POPULATION_DAMAGED:
        return TIDU_RPC_STORE;
    case TIDU_MEMORY:
        return TIDU_RPC_INTERNAL;
    default: /* what is asked does not hold together */
        return asked == TIDU_ASKED_NOT_FOUND ? TIDU_RPC_NOT_FOUND : TIDU_RPC_BAD_PARAMS;
    }
}

static void
run_poll(struct ballot *ballot, const tidu_population *population, tidu_ruleset *candidate)
{
    struct errand *errand = &ballot->errand;
    tidu_error error;
    const tidu_poll poll = {
        .population = population,
        .ruleset = errand->world->live,
        .candidate = candidate,
        .method = tidu_method_name(errand->method),
        .params = ballot->params,
        .today = ballot->today,
        .lang = errand->lang,
        .most_threads = (unsigned)errand->world->settings->job_threads,
        .progress = tidu_errand_progress,
        .interim = tidu_errand_interim,
        .context = errand,
    };
    tidu_asked asked = tidu_poll_rules(&poll, tidu_errand_answer(errand), &error);
    if (error.code == TIDU_POPULATION_STOPPED)
        tidu_error_set(&error, TIDU_CALL_CANCELLED, NULL);
    if (asked != TIDU_ASKED_ANSWERED)
        tidu_errand_refuse(
            errand, error.code == TIDU_CALL_CANCELLED ? TIDU_RPC_CANCELLED : code_of(asked, &error),
            &error);
}

static bool
is_library(const char *name)
{
    return !strcmp(name, TIDU_POPULATION_LIBRARY);
}

static struct held_population *
get_library(struct errand *errand, tidu_error *reterr)
{
    struct server *server = errand->worker->server;
    const struct inventory inventory = {.folder = tidu_store_folder(server->store),
                                        .rules = errand->world->live,
                                        .progress = tidu_errand_progress,
                                        .context = errand};
    return tidu_census_library(server->census, atomic_load(&server->edition), &inventory, reterr);
}

static void
run_ballot(struct errand *errand)
{
    struct ballot *ballot = (struct ballot *)errand;
    struct server *server = errand->worker->server;
    tidu_error error;
    const char *name = json_string_value(json_object_get(ballot->params, "population"));
    tidu_ruleset *rules;
    if (!tidu_candidate_get(errand, ballot->params, "candidate", &rules))
        return;
    struct held_population *held = is_library(name)
                                       ? get_library(errand, &error)
                                       : tidu_census_get(server->census, errand->world->settings,
                                                         name, &error);
    if (held)
        run_poll(ballot, tidu_census_population(held), rules);
    else
        tidu_errand_refuse(errand, code_of(TIDU_ASKED_BAD, &error), &error);
    tidu_census_let_go(&held);
    tidu_ruleset_unref(&rules);
}

static void
close_ballot(struct errand *errand)
{
    json_decref(((struct ballot *)errand)->params);
}

/* What names population and candidate; the rest is read when it is its turn. */
static bool
check(struct call *call, const json_t *params)
{
    tidu_error error;
    const char *name;
    const struct params asked = {params, tidu_method_name(call->method), &error};
    if (!tidu_param_name(&asked, "population", &name))
        return tidu_params_bad(call, "population", json_object_get(params, "population"),
                               "\"firms\"");
    if (!name) {
        tidu_param_lacks(&asked, "population");
        return tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
    }
    if (is_library(name) && !tidu_params_stored(call))
        return false;
    return tidu_candidate_check(call, params, "candidate");
}

void
tidu_ballot(struct call *call, json_t *params)
{
    if (!check(call, params))
        return;
    struct ballot *ballot = (struct ballot *)tidu_errand_open(call, sizeof *ballot);
    if (!ballot)
        return;
    ballot->errand.run = run_ballot;
    ballot->errand.close = close_ballot;
    ballot->params = json_incref(params);
    ballot->today = tidu_worker_today(call->worker);
    tidu_errand_submit(&ballot->errand);
}
