/*
 * check.c: documents that are only looked at.
 *
 * The documents of a request, laid over those of the rules folder if it says
 * "base", are built on the job thread, their scenarios are run, and what was
 * found is told. Nothing becomes live.
 *
 * Must not know: sockets.
 *
 * Ownership: a trial owns copies of the documents, so that it needs nothing of
 * the connection it came from.
 */
#include "charge.h"

#include <assert.h>
#include <stdlib.h>

enum { TRIAL_MAGIC = 0x54524941 };

struct trial {
    struct errand errand; /* first: the errand is the trial */
    unsigned magic;
    json_t *documents; /* path to text, or to null for one to leave out */
    bool base;         /* they are laid over the rules folder's */
    tidu_report *report;
    char digest[65];
    uint32_t passed;
    tidu_text findings; /* what nothing reads and what is waived, members of an object */
    bool ok;
};

static int
compare_paths(const void *a, const void *b)
{
    return strcmp(((const tidu_source *)a)->path, ((const tidu_source *)b)->path);
}

/* The folder's documents that the request does not replace, then its own. */
static size_t
overlay(const struct trial *trial, const tidu_source *base, size_t base_count,
        tidu_source *ret_sources)
{
    size_t count = 0;
    const char *path;
    json_t *text;
    for (size_t i = 0; i < base_count; i++)
        if (!json_object_get(trial->documents, base[i].path))
            ret_sources[count++] = base[i];
    json_object_foreach (trial->documents, path, text)
        if (json_is_string(text))
            ret_sources[count++] =
                (tidu_source){path, json_string_value(text), json_string_length(text)};
    qsort(ret_sources, count, sizeof *ret_sources, compare_paths);
    return count;
}

static bool
try_documents(struct trial *trial, tidu_arena *arena, tidu_error *reterr)
{
    tidu_source *base = NULL;
    size_t base_count = 0;
    const struct world *world = trial->errand.world; /* most documents are as they are there */
    if (trial->base &&
        !tidu_sources_read(world->settings->rules, arena, &base, &base_count, reterr))
        return false;
    size_t most = base_count + json_object_size(trial->documents);
    tidu_source *sources = tidu_arena_array(arena, most, sizeof *sources);
    if (!sources)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    size_t count = overlay(trial, base, base_count, sources);
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
    json_decref(trial->documents);
    tidu_report_close(&trial->report);
    tidu_text_free(&trial->findings);
}

/* ---- the request ------------------------------------------------------------- */

static bool
ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length > tail && strcmp(text + length - tail, end) == 0;
}

/* Paths are names of documents here, never opened; but a citation should read
 * like one. */
static bool
is_document_path(const char *path)
{
    return path[0] != '/' && !strstr(path, "..") && strlen(path) < TIDU_DOCUMENT_SIZE &&
           (ends_with(path, ".md") || ends_with(path, ".lua"));
}

static bool
check_documents(struct call *call, const json_t *documents)
{
    tidu_error error;
    const char *path;
    json_t *text;
    json_object_foreach ((json_t *)documents, path, text) {
        if (!is_document_path(path)) {
            tidu_error_set(&error, TIDU_CALL_DOCUMENT_PATH, path, NULL);
            tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
            return false;
        }
        if (!json_is_string(text) && !json_is_null(text))
            return tidu_params_bad(call, path, text, "\"…\"|null");
    }
    return true;
}

static void
submit(struct call *call, json_t *documents, bool base)
{
    struct trial *trial = (struct trial *)tidu_errand_open(call, sizeof *trial);
    tidu_error error;
    if (!trial)
        return;
    trial->magic = TRIAL_MAGIC;
    trial->errand.run = run_trial;
    trial->errand.close = close_trial;
    trial->documents = json_deep_copy(documents); /* nothing is shared between threads */
    trial->base = base;
    trial->report = tidu_report_open();
    if (trial->documents && trial->report) {
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
    json_t *documents = json_object_get(params, "documents");
    const json_t *base = json_object_get(params, "base");
    tidu_error error;
    if (!documents) {
        tidu_error_set(&error, TIDU_CALL_PARAM_MISSING, "check", "documents", NULL);
        tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
    } else if (!json_is_object(documents)) {
        tidu_params_bad(call, "documents", documents, "{\"national/….md\":\"…\"}");
    } else if (base && !json_is_boolean(base)) {
        tidu_params_bad(call, "base", base, "true|false");
    } else if (check_documents(call, documents)) {
        submit(call, documents, json_is_true(base));
    }
}
