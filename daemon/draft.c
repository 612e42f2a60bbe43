/*
 * draft.c: the rules a request is asked of beside the live ones.
 *
 *   "candidate": "2026-draft"                          a version of the store, see gallery.c
 *   "candidate": {"documents": {…}, "base": true}      documents that come with the request
 *
 * Documents are built as for `check`, but their scenarios are not run: rules that are
 * about to change do not keep what is expected of the old ones. Rules that were built
 * are kept in the gallery, so that who asks much of one draft waits once.
 *
 * Must not know: what is asked of them.
 */
#include "charge.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- documents of a request --------------------------------------------------------- */

/* Paths are names of documents here, never opened; but a citation should read
 * like one. */
static bool
is_document_path(const char *path)
{
    return path[0] != '/' && !strstr(path, "..") && strlen(path) < TIDU_DOCUMENT_SIZE &&
           (tidu_ends_with(path, ".md") || tidu_ends_with(path, ".lua"));
}

static bool
check_paths(struct call *call, const json_t *documents)
{
    tidu_error error;
    const char *path;
    json_t *text;
    json_object_foreach ((json_t *)documents, path, text) {
        if (!is_document_path(path)) {
            tidu_error_set(&error, TIDU_CALL_DOCUMENT_PATH, path, NULL);
            return tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
        }
        if (!json_is_string(text) && !json_is_null(text))
            return tidu_params_bad(call, path, text, "\"…\"|null");
    }
    return true;
}

bool
tidu_documents_check(struct call *call, const json_t *draft)
{
    const json_t *documents = json_object_get(draft, "documents");
    const json_t *base = json_object_get(draft, "base");
    tidu_error error;
    if (!documents) {
        tidu_error_set(&error, TIDU_CALL_PARAM_MISSING, tidu_method_name(call->method),
                       "documents", NULL);
        return tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
    }
    if (!json_is_object(documents))
        return tidu_params_bad(call, "documents", documents, "{\"national/….md\":\"…\"}");
    if (base && !json_is_boolean(base))
        return tidu_params_bad(call, "base", base, "true|false");
    return check_paths(call, documents);
}

static int
compare_paths(const void *a, const void *b)
{
    return strcmp(((const tidu_source *)a)->path, ((const tidu_source *)b)->path);
}

bool
tidu_documents_lay(const json_t *draft, const struct settings *settings, tidu_arena *arena,
                   tidu_source **ret_sources, size_t *ret_count, tidu_error *reterr)
{
    json_t *documents = json_object_get(draft, "documents"), *text;
    const char *path;
    tidu_source *base = NULL;
    size_t base_count = 0, count = 0;
    if (json_is_true(json_object_get(draft, "base")) &&
        !tidu_sources_read(settings->rules, arena, &base, &base_count, reterr))
        return false;
    tidu_source *sources =
        tidu_arena_array(arena, base_count + json_object_size(documents), sizeof *sources);
    if (!sources)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    for (size_t i = 0; i < base_count; i++)
        if (!json_object_get(documents, base[i].path))
            sources[count++] = base[i];
    json_object_foreach (documents, path, text)
        if (json_is_string(text))
            sources[count++] =
                (tidu_source){path, json_string_value(text), json_string_length(text)};
    qsort(sources, count, sizeof *sources, compare_paths);
    *ret_sources = sources;
    *ret_count = count;
    return true;
}

/* ---- candidates ------------------------------------------------------------------------- */

bool
tidu_candidate_check(struct call *call, const json_t *params, const char *name)
{
    const json_t *candidate = json_object_get(params, name);
    const char *member;
    json_t *value;
    if (!candidate || (json_is_string(candidate) && json_string_length(candidate)))
        return true;
    if (!json_is_object(candidate) || !json_object_get(candidate, "documents"))
        return tidu_params_bad(call, name, candidate, "\"…\"|{\"documents\":{…},\"base\":true}");
    json_object_foreach ((json_t *)candidate, member, value) {
        if (strcmp(member, "documents") != 0 && strcmp(member, "base") != 0)
            return tidu_params_bad(call, member, value, "documents|base");
    }
    /* Building documents is what `check` does, whoever may ask the rest. */
    return tidu_rpc_allowed(call, TIDU_METHOD_check) && tidu_documents_check(call, candidate);
}

/* The complaints are told with the refusal. */
static void
refuse(struct errand *errand, const tidu_report *report)
{
    tidu_error error;
    char count[24];
    snprintf(count, sizeof count, "%zu", tidu_report_error_count(report));
    tidu_error_set(&error, TIDU_CALL_CANDIDATE, count, NULL);
    tidu_errand_refuse(errand, TIDU_RPC_RULES, &error);
    tidu_report_write(report, errand->lang, &errand->data);
}

static tidu_ruleset *
build(struct errand *errand, const tidu_source *sources, size_t count, tidu_report *report)
{
    struct gallery *gallery = errand->worker->server->gallery;
    const struct world *world = errand->world;
    const char *helper = *world->settings->helper ? world->settings->helper : NULL;
    char digest[65];
    tidu_sources_digest(sources, count, digest);
    if (strcmp(digest, tidu_ruleset_digest(world->live)) == 0)
        return tidu_ruleset_ref(world->live);
    tidu_ruleset *ruleset = tidu_gallery_find(gallery, digest);
    if (!ruleset && tidu_ruleset_rebuild(sources, count, helper, world->live, &ruleset, report))
        tidu_gallery_keep(gallery, ruleset);
    return ruleset;
}

static tidu_ruleset *
build_draft(struct errand *errand, const json_t *draft)
{
    tidu_arena *arena = tidu_arena_open();
    tidu_report *report = tidu_report_open();
    tidu_ruleset *ruleset = NULL;
    tidu_source *sources;
    size_t count;
    tidu_error error;
    tidu_error_set(&error, TIDU_MEMORY, NULL);
    if (!arena || !report) {
        tidu_errand_refuse(errand, TIDU_RPC_INTERNAL, &error);
    } else {
        if (!tidu_documents_lay(draft, errand->world->settings, arena, &sources, &count, &error))
            tidu_report_add(report, &error);
        else
            ruleset = build(errand, sources, count, report);
        tidu_report_sort(report);
        if (!ruleset)
            refuse(errand, report);
    }
    tidu_report_close(&report);
    tidu_arena_close(&arena);
    return ruleset;
}

bool
tidu_candidate_get(struct errand *errand, const json_t *params, const char *name,
                   tidu_ruleset **ret_ruleset)
{
    const json_t *candidate = json_object_get(params, name);
    tidu_error error;
    *ret_ruleset = NULL;
    if (!candidate)
        return true;
    if (json_is_object(candidate)) {
        *ret_ruleset = build_draft(errand, candidate);
        return *ret_ruleset;
    }
    *ret_ruleset = tidu_gallery_get(errand->worker->server->gallery, errand->world,
                                    json_string_value(candidate), &error);
    return *ret_ruleset || tidu_errand_refuse(errand, tidu_gallery_code(&error), &error);
}
