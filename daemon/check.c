/*
 * check.c: documents that are only looked at.
 *
 * The documents of a request, see draft.c, are built on the job thread, their
 * scenarios are run, and what was found is told. Nothing becomes live.
 *
 * Must not know: sockets.
 *
 * Ownership: a trial holds the request's parameters, so that it needs nothing of
 * the connection it came from.
 */
#include "charge.h"

#include <assert.h>
#include <stdlib.h>

enum { TRIAL_MAGIC = 0x54524941 };

struct trial {
    struct errand errand; /* first: the errand is the trial */
    unsigned magic;
    json_t *params;    /* only read from now on; it is counted atomically */
    tidu_report *report;
    char digest[65];
    uint32_t passed;
    tidu_text findings; /* what nothing reads and what is waived, members of an object */
    bool ok;
};

static bool
try_documents(struct trial *trial, tidu_arena *arena, tidu_error *reterr)
{
    const struct world *world = trial->errand.world; /* most documents are as they are there */
    tidu_source *sources;
    size_t count;
    if (!tidu_documents_lay(trial->params, world->settings, arena, &sources, &count, reterr))
        return false;
    tidu_ruleset *ruleset = NULL;
    tidu_sources_digest(sources, count, trial->digest);
    trial->ok = tidu_rules_build(sources, count, world->settings->helper, world->live, &ruleset,
                                 &trial->passed, trial->report, &trial->errand);
    if (trial->ok && !tidu_errand_cancelled(&trial->errand)) {
        tidu_ruleset_lint(ruleset, trial->report);
        tidu_ruleset_findings(ruleset, &trial->findings);
    }
    tidu_ruleset_unref(&ruleset);
    return true;
}

static void
write_outcome(struct trial *trial, tidu_text *out)
{
    tidu_text_printf(out, "{\"ok\":%s,\"ruleset\":\"%.12s\",\"scenarios_passed\":%u,",
                     trial->ok ? "true" : "false", trial->digest, trial->passed);
    tidu_text_puts(out, "\"diagnostics\":");
    tidu_report_write(trial->report, trial->errand.lang, out);
    if (trial->findings.length && !trial->findings.failed) {
        tidu_text_putc(out, ',');
        tidu_text_add(out, trial->findings.data, trial->findings.length);
    }
    tidu_text_putc(out, '}');
}

static void
run_trial(struct errand *errand)
{
    struct trial *trial = (struct trial *)errand;
    assert(trial->magic == TRIAL_MAGIC);
    tidu_error error;
    tidu_arena *arena = tidu_arena_open();
    if (!arena)
        tidu_error_set(&error, TIDU_MEMORY, NULL);
    if (!arena || !try_documents(trial, arena, &error))
        tidu_report_add(trial->report, &error);
    tidu_report_sort(trial->report);
    tidu_arena_close(&arena);
    write_outcome(trial, tidu_errand_answer(errand));
}

static void
close_trial(struct errand *errand)
{
    struct trial *trial = (struct trial *)errand;
    json_decref(trial->params);
    tidu_report_close(&trial->report);
    tidu_text_free(&trial->findings);
}

/* ---- the request ------------------------------------------------------------- */

static void
submit(struct call *call, json_t *params)
{
    struct trial *trial = (struct trial *)tidu_errand_open(call, sizeof *trial);
    tidu_error error;
    if (!trial)
        return;
    trial->magic = TRIAL_MAGIC;
    trial->errand.run = run_trial;
    trial->errand.close = close_trial;
    trial->params = json_incref(params);
    trial->report = tidu_report_open();
    if (trial->report) {
        tidu_errand_submit(&trial->errand);
        return;
    }
    tidu_error_set(&error, TIDU_MEMORY, NULL);
    tidu_errand_refuse(&trial->errand, TIDU_RPC_INTERNAL, &error);
    tidu_errand_return(&trial->errand);
}

void
tidu_check(struct call *call, json_t *params)
{
    if (tidu_documents_check(call, params))
        submit(call, params);
}
