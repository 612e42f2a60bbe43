/*
 * requests.c: the methods.
 *
 * To add one, start in requests.def: a line there, and a function
 * answer_<name> here, unless another file has one. evaluate reads its parameters by itself, because it is
 * in a hurry; the others get them as a jansson object with known keys only.
 *
 * Must not know: sockets.
 */
#include "charge.h"

#include <stdio.h>
#include <unistd.h>

const char *const tidu_lang_names[] = {"zh", "en", "both", NULL};

bool
tidu_choice_find(tidu_slice string, const char *const *names, unsigned *ret_index)
{
    if (string.length < 2 || string.data[0] != '"')
        return false;
    tidu_slice inside = {string.data + 1, string.length - 2};
    for (unsigned i = 0; names[i]; i++) {
        if (!tidu_skim_is(inside, names[i]))
            continue;
        *ret_index = i;
        return true;
    }
    return false;
}

bool
tidu_params_bad(const struct call *call, const char *name, const json_t *got, const char *takes)
{
    tidu_error error;
    char shown[TIDU_ARGUMENT_SIZE] = "…";
    size_t length = json_dumpb(got, shown, 60, JSON_ENCODE_ANY | JSON_COMPACT);
    snprintf(shown + (length < 60 ? length : 0), 8, "%s", length < 60 ? "" : "…");
    tidu_error_set(&error, TIDU_CALL_BAD_PARAM, name, shown, takes, NULL);
    tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
    return false;
}

bool
tidu_params_lack(const struct call *call, const char *name)
{
    tidu_error error;
    tidu_error_set(&error, TIDU_CALL_PARAM_MISSING, tidu_method_name(call->method), name, NULL);
    return tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
}

bool
tidu_params_stored(const struct call *call)
{
    tidu_error error;
    if (call->worker->server->store)
        return true;
    tidu_error_set(&error, TIDU_STORE_NO, NULL);
    return tidu_rpc_refuse(call, TIDU_RPC_STORE, &error);
}

/* ---- describe ----------------------------------------------------------------- */

/* The programs are a megabyte and more of text: nobody should wait behind it. */
struct description {
    struct errand errand; /* first */
    char what[16];
};

static void
run_description(struct errand *errand)
{
    const struct description *description = (const struct description *)errand;
    tidu_error error;
    if (!tidu_ruleset_describe(errand->world->live, description->what, tidu_errand_answer(errand),
                               &error))
        tidu_errand_refuse(errand, TIDU_RPC_NOT_FOUND, &error);
}

static void
submit_description(struct call *call, const char *what)
{
    struct description *description =
        (struct description *)tidu_errand_open(call, sizeof *description);
    if (!description)
        return;
    description->errand.run = run_description;
    snprintf(description->what, sizeof description->what, "%s", what);
    tidu_errand_submit(&description->errand);
}

static void
answer_describe(struct call *call, json_t *params)
{
    const json_t *what = json_object_get(params, "what");
    tidu_error error;
    if (what && !json_is_string(what) && !json_is_null(what)) {
        tidu_params_bad(call, "what", what, "\"facts\"|\"designations\"|…");
        return;
    }
    if (what && json_is_string(what) && strcmp(json_string_value(what), "programs") == 0) {
        submit_description(call, "programs");
        return;
    }
    size_t mark = tidu_rpc_mark(&call->asker);
    tidu_text *out = tidu_rpc_begin(&call->asker);
    if (tidu_ruleset_describe(call->worker->world->live, json_string_value(what), out, &error)) {
        tidu_rpc_end(&call->asker);
        return;
    }
    tidu_rpc_rewind(&call->asker, mark);
    tidu_rpc_refuse(call, TIDU_RPC_NOT_FOUND, &error);
}

/* ---- status, reload, cancel ------------------------------------------------------ */

static void
write_rules(const struct world *world, tidu_text *out)
{
    tidu_counts counts = tidu_ruleset_counts(world->live);
    char moment[32];
    tidu_text_printf(out, "\"ruleset\":{\"digest\":\"%s\",\"loaded\":\"%s\",",
                     tidu_ruleset_digest(world->live),
                     tidu_time_format(world->live_since, moment));
    tidu_text_printf(out,
                     "\"documents\":%u,\"facts\":%u,\"parameters\":%u,\"designations\":%u,"
                     "\"criteria\":%u,\"scenarios\":%u,\"programs\":%u,\"steps\":%u,"
                     "\"stale\":%u,\"memory_bytes\":%zu}",
                     counts.documents, counts.facts, counts.parameters, counts.designations,
                     counts.criteria, counts.scenarios, counts.programs, counts.steps,
                     counts.stale, counts.memory_bytes);
}

/* What all workers together have done. */
static void
write_work(const struct server *server, tidu_text *out)
{
    unsigned long long sessions = 0, records = 0, refused = 0, requests[TIDU_METHOD_COUNT] = {0};
    for (size_t i = 0; i < server->worker_count; i++) {
        const struct worker *worker = server->workers[i];
        sessions += tidu_tally_get(&worker->session_total);
        records += tidu_tally_get(&worker->records);
        refused += tidu_tally_get(&worker->refused);
        for (unsigned m = 0; m < TIDU_METHOD_COUNT; m++)
            requests[m] += tidu_tally_get(&worker->requests[m]);
    }
    tidu_text_printf(out, "\"sessions\":{\"open\":%zu,\"total\":%llu,\"workers\":[",
                     tidu_server_sessions(server), sessions);
    for (size_t i = 0; i < server->worker_count; i++)
        tidu_text_printf(out, "%s%zu", i ? "," : "",
                         atomic_load(&server->workers[i]->session_count));
    tidu_text_puts(out, "]},\"requests\":{");
    for (unsigned m = 0; m < TIDU_METHOD_COUNT; m++)
        tidu_text_printf(out, "%s\"%s\":%llu", m ? "," : "", tidu_method_name((tidu_method)m),
                         requests[m]);
    tidu_text_printf(out, "},\"records\":%llu,\"refused\":%llu,\"queued_bytes\":%zu", records,
                     refused, atomic_load(&server->queued));
}

static void
write_store(const struct server *server, tidu_lang lang, tidu_text *out)
{
    static const char *const durabilities[] = {"none", "batch", "commit"};
    struct store_status status;
    char why[1024], hash[65];
    if (!server->store) {
        tidu_text_puts(out, "null");
        return;
    }
    tidu_store_look(server->store, &status);
    tidu_text_printf(out,
                     "{\"state\":\"%s\",\"durability\":\"%s\",\"entries\":%llu,\"hash\":\"%s\","
                     "\"file_bytes\":%llu,\"queued_bytes\":%llu,\"lost\":%llu",
                     status.failing ? "failing" : "ok",
                     durabilities[tidu_store_durability(server->store)],
                     (unsigned long long)status.head.count, tidu_hash_print(status.head.hash, hash),
                     (unsigned long long)status.file_bytes, (unsigned long long)status.queued_bytes,
                     (unsigned long long)status.lost);
    if (status.failing) {
        tidu_error_message(&status.why, lang, why, sizeof why);
        tidu_text_puts(out, ",\"why\":");
        tidu_text_json(out, why, strlen(why));
    }
    tidu_text_putc(out, '}');
}

static void
answer_status(struct call *call, json_t *params)
{
    (void)params;
    const struct server *server = call->worker->server;
    const struct settings *settings = tidu_worker_settings(call->worker);
    char moment[32];
    tidu_text *out = tidu_rpc_begin(&call->asker);
    tidu_text_printf(out, "{\"pid\":%ld,\"version\":\"%s\",\"started\":\"%s\",\"uptime_s\":%.0f,",
                     (long)getpid(), TIDU_VERSION, tidu_time_format(server->started, moment),
                     ev_now(call->worker->loop) - server->started);
    tidu_text_puts(out, "\"socket\":");
    tidu_text_json(out, server->socket_path, strlen(server->socket_path));
    tidu_text_puts(out, ",\"http\":");
    if (server->http)
        tidu_text_json(out, tidu_http_address(server->http), strlen(tidu_http_address(server->http)));
    else
        tidu_text_puts(out, "null");
    tidu_text_puts(out, ",\"rules\":");
    tidu_text_json(out, settings->rules, strlen(settings->rules));
    tidu_text_putc(out, ',');
    write_rules(call->worker->world, out);
    tidu_text_putc(out, ',');
    write_work(server, out);
    tidu_text_puts(out, ",\"shadow\":");
    tidu_shadow_write(call->worker->world->shadow, out);
    tidu_text_puts(out, ",\"pilots\":");
    tidu_pilots_write(call->worker->world->pilots, out);
    tidu_text_printf(out, ",\"jobs\":%zu,\"store\":", tidu_jobs_count(server->jobs));
    write_store(server, call->lang, out);
    if (tidu_session_rights(call->asker.session)->roles & TIDU_ROLE_OPERATE) {
        tidu_text_puts(out, ",\"confined\":");
        tidu_confine_write(&server->confined, out);
    }
    tidu_text_puts(out, ",\"last_reload\":");
    tidu_reload_write(server->reload, tidu_ruleset_digest(call->worker->world->live), call->lang,
                      out);
    tidu_text_putc(out, '}');
    tidu_rpc_end(&call->asker);
}

static void
on_reload_asked(struct letter *letter)
{
    struct errand *errand = (struct errand *)(void *)letter;
    tidu_reload_start(errand->worker->server->reload, errand);
}

static void
answer_reload(struct call *call, json_t *params)
{
    (void)params;
    struct errand *errand = tidu_errand_open(call, sizeof *errand);
    if (errand)
        tidu_errand_post(errand, on_reload_asked);
}

static void
answer_cancel(struct call *call, json_t *params)
{
    const json_t *job = json_object_get(params, "job");
    tidu_slice id = tidu_skim_member(call->params, "id");
    char shown[64];
    tidu_error error;
    if (job && !json_is_string(job)) {
        tidu_params_bad(call, "job", job, "\"1\"");
    } else if (job && id.data) {
        tidu_error_set(&error, TIDU_CALL_PARAM_CLASH, "job", "id", NULL);
        tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
    } else if (!job && !id.data) {
        tidu_params_lack(call, "job");
    } else if (tidu_errand_cancel(call->asker.session, json_string_value(job), id)) {
        tidu_text *out = tidu_rpc_begin(&call->asker);
        if (out) {
            tidu_text_puts(out, "{\"cancelled\":true}");
            tidu_rpc_end(&call->asker);
        }
    } else {
        tidu_error_set(&error, TIDU_CALL_NO_JOB,
                       job ? json_string_value(job) : tidu_shorten(id, shown, sizeof shown), NULL);
        tidu_rpc_refuse(call, TIDU_RPC_NOT_FOUND, &error);
    }
}

static void
answer_evaluate(struct call *call, json_t *params)
{
    (void)params;
    tidu_evaluate(call);
}

/* ---- the table ------------------------------------------------------------------ */

static const struct method {
    const char *name;
    unsigned role;
    bool acts;
    const char *parameters;
    void (*answer)(struct call *call, json_t *params);
} methods[TIDU_METHOD_COUNT] = {
#define ANY 0
#define EVALUATE TIDU_ROLE_EVALUATE
#define INQUIRE TIDU_ROLE_INQUIRE
#define EDIT TIDU_ROLE_EDIT
#define OPERATE TIDU_ROLE_OPERATE
#define M(name, method, role, acts, answer, parameters) {method, role, acts, parameters, answer},
#include "requests.def"
#undef M
#undef ANY
#undef EVALUATE
#undef INQUIRE
#undef EDIT
#undef OPERATE
};

tidu_method
tidu_method_find(tidu_slice string)
{
    char name[TIDU_SKIM_KEY_SIZE];
    size_t length;
    tidu_slice inside = {string.data + 1, string.length - 2};
    if (memchr(inside.data, '\\', inside.length)) {
        if (!tidu_skim_text(string, name, sizeof name, &length))
            return TIDU_METHOD_COUNT;
        inside = (tidu_slice){name, length};
    }
    unsigned i = 0;
    while (i < TIDU_METHOD_COUNT && !tidu_skim_is(inside, methods[i].name))
        i++;
    return (tidu_method)i;
}

const char *
tidu_method_name(tidu_method method)
{
    return methods[method].name;
}

bool
tidu_method_acts(tidu_method method)
{
    return methods[method].acts;
}

unsigned
tidu_method_role(tidu_method method)
{
    return methods[method].role;
}

bool
tidu_method_is_light(tidu_method method)
{
    return method == TIDU_METHOD_status || method == TIDU_METHOD_cancel;
}

const char *
tidu_method_parameters(tidu_method method)
{
    return methods[method].parameters;
}

char *
tidu_method_list(char *buffer, size_t size)
{
    size_t length = 0;
    buffer[0] = '\0';
    for (unsigned i = 0; i < TIDU_METHOD_COUNT && length < size; i++)
        length += (size_t)snprintf(buffer + length, size - length, "%s%s", i ? ", " : "",
                                   methods[i].name);
    return buffer;
}

/* True when the comma-separated list names the word. */
static bool
lists(const char *list, const char *word)
{
    size_t length = strlen(word);
    while (list) {
        if (strncmp(list, word, length) == 0 && (list[length] == ',' || !list[length]))
            return true;
        list = strstr(list, ", ");
        list = list ? list + 2 : NULL;
    }
    return false;
}

static bool
check_names(struct call *call, const json_t *params)
{
    const struct method *method = &methods[call->method];
    const char *name;
    json_t *value;
    tidu_error error;
    json_object_foreach ((json_t *)params, name, value) {
        if (lists(method->parameters, name))
            continue;
        tidu_error_set(&error, TIDU_CALL_UNKNOWN_PARAM, method->name, name, method->parameters,
                       NULL);
        tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
        return false;
    }
    return true;
}

static bool
take_lang(struct call *call, const json_t *lang)
{
    unsigned choice = 0;
    while (lang && tidu_lang_names[choice] &&
           (!json_is_string(lang) || strcmp(json_string_value(lang), tidu_lang_names[choice])))
        choice++;
    if (lang && !tidu_lang_names[choice])
        return tidu_params_bad(call, "lang", lang, "zh|en|both");
    if (lang)
        call->lang = (tidu_lang)choice;
    return true;
}

static bool
take_async(struct call *call, const json_t *async)
{
    if (async && !json_is_boolean(async))
        return tidu_params_bad(call, "async", async, "true|false");
    call->async = json_is_true(async);
    return !call->async || !tidu_rpc_refuse_lasting(call, "async");
}

/* What stands between the first and the last quote, in place. */
static const char *
quoted(char *text)
{
    char *first = strchr(text, '"'), *last = strrchr(text, '"');
    if (!first || first == last)
        return text;
    *last = '\0';
    return first + 1;
}

/* The params without what is read as it was spelled: a tree of many records costs more than
 * all that is done with them. */
static json_t *
load_params(const struct call *call, json_error_t *ret_where)
{
    const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL;
    tidu_slice all = call->params, bulk = tidu_skim_member(all, "enterprises");
    tidu_text rest = {0};
    if (!bulk.data || bulk.data[0] != '[')
        return json_loadb(all.data, all.length, flags, ret_where);
    tidu_text_add(&rest, all.data, (size_t)(bulk.data - all.data));
    tidu_text_puts(&rest, "[]");
    const char *behind = bulk.data + bulk.length;
    tidu_text_add(&rest, behind, (size_t)(all.data + all.length - behind));
    json_t *params = json_loadb(rest.data, rest.length, flags, ret_where);
    tidu_text_free(&rest);
    return params;
}

/* The params as an object, empty when there are none. NULL when refused: what
 * the strict check lets pass and jansson does not is a name that stands twice
 * or a number nobody can hold. */
static json_t *
read_params(const struct call *call)
{
    json_error_t where;
    tidu_error error;
    if (!call->params.data)
        return json_object();
    json_t *params = load_params(call, &where);
    if (params)
        return params;
    if (json_error_code(&where) == json_error_duplicate_key)
        tidu_error_set(&error, TIDU_CALL_TWICE, quoted(where.text), NULL);
    else
        tidu_error_set(&error, TIDU_CALL_BAD_PARAM, "params", where.text, "{…}", NULL);
    tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
    return NULL;
}

void
tidu_method_call(struct call *call)
{
    if (call->method == TIDU_METHOD_evaluate) {
        tidu_evaluate(call);
        return;
    }
    tidu_evaluate_flush(call->worker);
    json_t *params = read_params(call);
    if (!params)
        return;
    if (take_lang(call, json_object_get(params, "lang")) && check_names(call, params) &&
        take_async(call, json_object_get(params, "async")))
        methods[call->method].answer(call, params);
    json_decref(params);
}
