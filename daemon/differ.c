/*
 * differ.c: what two versions of the rules say differently, over the socket.
 *
 * A job: versions are the live rules, what the store keeps, by label or digest, or
 * documents that come with the request.
 *
 * Must not know: how it is found out, see tidu/diff.h.
 */
#include "charge.h"
#include "params.h"

#include "tidu/diff.h"
#include "tidu/places.h"

#include <string.h>

enum { MOST_DESIGNATIONS = 64 };

struct comparison {
    struct errand errand; /* first */
    json_t *params;       /* only read from now on; names in `diff` live in it */
    tidu_diff diff;
    const char *designations[MOST_DESIGNATIONS];
};

static bool
proceed(void *context)
{
    return !tidu_errand_cancelled(context);
}

static void
compare(struct comparison *comparison, tidu_ruleset *old, tidu_ruleset *new)
{
    struct errand *errand = &comparison->errand;
    tidu_text *out = tidu_errand_answer(errand);
    tidu_error error;
    bool good = tidu_ruleset_diff(old, new, &comparison->diff, out, &error);
    if (good) {
        out->length--; /* one object with the words beside */
        tidu_text_putc(out, ',');
        good = tidu_ruleset_moved(old, new, out) || tidu_error_set(&error, TIDU_MEMORY, NULL);
        tidu_text_putc(out, '}');
    }
    if (good)
        return;
    bool stopped = error.code == TIDU_POPULATION_STOPPED;
    if (stopped)
        tidu_error_set(&error, TIDU_CALL_CANCELLED, NULL);
    tidu_errand_refuse(errand,
                       stopped                                  ? TIDU_RPC_CANCELLED
                       : error.code == TIDU_NO_SUCH_DESIGNATION ? TIDU_RPC_NOT_FOUND
                                                                : TIDU_RPC_INTERNAL,
                       &error);
}

static void
run_comparison(struct errand *errand)
{
    struct comparison *comparison = (struct comparison *)errand;
    tidu_ruleset *old, *new = NULL;
    if (tidu_candidate_get(errand, comparison->params, "old", &old) &&
        tidu_candidate_get(errand, comparison->params, "candidate", &new))
        compare(comparison, old ? old : errand->world->live, new);
    tidu_ruleset_unref(&new);
    tidu_ruleset_unref(&old);
}

static void
close_comparison(struct errand *errand)
{
    json_decref(((struct comparison *)errand)->params);
}

static bool
take(struct call *call, const json_t *params, struct comparison *comparison)
{
    tidu_error error;
    const struct params asked = {params, tidu_method_name(call->method), &error};
    const json_t *designations = json_object_get(params, "designations");
    tidu_diff *diff = &comparison->diff;
    struct {
        const char *name, *takes;
        bool good;
    } read[] = {
        {"as_of", "\"YYYY-MM-DD\"", tidu_param_date(&asked, "as_of", &diff->as_of)},
        {"jurisdiction", "\"440305\"", tidu_param_region(&asked, "jurisdiction", &diff->region)},
        {"designations", "[\"lg\", …]",
         !designations || tidu_param_names(designations, comparison->designations,
                                           MOST_DESIGNATIONS, &diff->designation_count)},
    };
    for (size_t i = 0; i < sizeof read / sizeof *read; i++)
        if (!read[i].good)
            return tidu_params_bad(call, read[i].name, json_object_get(params, read[i].name),
                                   read[i].takes);
    if (!tidu_candidate_check(call, params, "old") ||
        !tidu_candidate_check(call, params, "candidate"))
        return false;
    if (!json_object_get(params, "candidate")) {
        tidu_param_lacks(&asked, "candidate");
        return tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
    }
    diff->designations = diff->designation_count ? comparison->designations : NULL;
    return true;
}

void
tidu_compare_versions(struct call *call, json_t *params)
{
    struct comparison asked = {
        .diff = {.as_of = tidu_worker_today(call->worker), .region = TIDU_COUNTRY_CODE}};
    if (!take(call, params, &asked))
        return;
    struct comparison *comparison = (struct comparison *)tidu_errand_open(call, sizeof *comparison);
    if (!comparison)
        return;
    comparison->params = json_incref(params);
    comparison->diff = asked.diff;
    memcpy(comparison->designations, asked.designations, sizeof asked.designations);
    if (asked.diff.designations)
        comparison->diff.designations = comparison->designations;
    comparison->diff.proceed = proceed;
    comparison->diff.context = comparison;
    comparison->errand.run = run_comparison;
    comparison->errand.close = close_comparison;
    tidu_errand_submit(&comparison->errand);
}
