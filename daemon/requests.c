/*
 * requests.c: the methods.
 *
 * To add one, start in requests.def: a line there, and a function
 * answer_<name> here. evaluate reads its parameters by itself, because it is
 * in a hurry; the others get them as a jansson object with known keys only.
 *
 * Must not know: sockets.
 */
#include "internal.h"

#include "ask.h"

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

/* ---- describe, status, reload ------------------------------------------------- */

static void
answer_describe(struct call *call, json_t *params)
{
    const json_t *what = json_object_get(params, "what");
    tidu_error error;
    if (what && !json_is_string(what) && !json_is_null(what)) {
        tidu_params_bad(call, "what", what, "\"facts\"|\"designations\"|…");
        return;
    }
    size_t mark = tidu_rpc_mark(&call->asker);
    tidu_text *out = tidu_rpc_begin(&call->asker);
    if (tidu_ruleset_describe(call->worker->server->live, json_string_value(what), out, &error)) {
        tidu_rpc_end(&call->asker);
        return;
    }
    tidu_rpc_rewind(&call->asker, mark);
    tidu_rpc_refuse(call, TIDU_RPC_NOT_FOUND, &error);
}

static void
write_rules(const struct server *server, tidu_text *out)
{
    tidu_counts counts = tidu_ruleset_counts(server->live);
    char moment[32];
    tidu_text_printf(out, "\"ruleset\":{\"digest\":\"%s\",\"loaded\":\"%s\",",
                     tidu_ruleset_digest(server->live),
                     tidu_time_format(server->live_since, moment));
    tidu_text_printf(out,
                     "\"documents\":%u,\"facts\":%u,\"parameters\":%u,\"designations\":%u,"
                     "\"criteria\":%u,\"scenarios\":%u,\"programs\":%u,\"steps\":%u,"
                     "\"memory_bytes\":%zu}",
                     counts.documents, counts.facts, counts.parameters, counts.designations,
                     counts.criteria, counts.scenarios, counts.programs, counts.steps,
                     counts.memory_bytes);
}

static void
write_work(const struct worker *worker, tidu_text *out)
{
    tidu_text_printf(out, "\"sessions\":{\"open\":%zu,\"total\":%llu},\"requests\":{",
                     worker->session_count, (unsigned long long)worker->session_total);
    for (unsigned i = 0; i < TIDU_METHOD_COUNT; i++)
        tidu_text_printf(out, "%s\"%s\":%llu", i ? "," : "", tidu_method_name((tidu_method)i),
                         (unsigned long long)worker->requests[i]);
    tidu_text_printf(out, "},\"records\":%llu,\"refused\":%llu",
                     (unsigned long long)worker->records, (unsigned long long)worker->refused);
}

static void
answer_status(struct call *call, json_t *params)
{
    (void)params;
    const struct server *server = call->worker->server;
    char moment[32];
    tidu_text *out = tidu_rpc_begin(&call->asker);
    tidu_text_printf(out, "{\"pid\":%ld,\"version\":\"%s\",\"started\":\"%s\",\"uptime_s\":%.0f,",
                     (long)getpid(), TIDU_VERSION, tidu_time_format(server->started, moment),
                     ev_now(server->loop) - server->started);
    tidu_text_puts(out, "\"socket\":");
    tidu_text_json(out, server->settings->socket_path, strlen(server->settings->socket_path));
    tidu_text_puts(out, ",\"rules\":");
    tidu_text_json(out, server->settings->rules, strlen(server->settings->rules));
    tidu_text_putc(out, ',');
    write_rules(server, out);
    tidu_text_putc(out, ',');
    write_work(call->worker, out);
    tidu_text_printf(out, ",\"jobs\":%zu,\"last_reload\":", tidu_jobs_count(server->jobs));
    tidu_reload_write(server->reload, call->lang, out);
    tidu_text_putc(out, '}');
    tidu_rpc_end(&call->asker);
}

static void
answer_reload(struct call *call, json_t *params)
{
    (void)params;
    struct request *request = NULL;
    if (call->asker.id.data && !(request = tidu_request_keep(call)))
        return;
    tidu_reload_start(call->worker->server->reload, request);
}

/* ---- route, matrix, calendar ---------------------------------------------------- */

/* The record as it was spelled: a tree would have rounded its numbers. */
static tidu_slice
raw_record(const struct call *call)
{
    tidu_skim skim;
    tidu_skim_item item;
    if (!call->params.data || !tidu_skim_open(&skim, call->params, TIDU_SKIM_DEPTH))
        return (tidu_slice){0};
    while (tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM)
        if (tidu_skim_is(item.key, "record"))
            return item.value;
    return (tidu_slice){0};
}

static void
ask_rules(struct call *call, json_t *params)
{
    static const tidu_rpc_code codes[] = {
        [TIDU_ASKED_BAD] = TIDU_RPC_BAD_PARAMS,
        [TIDU_ASKED_RECORD] = TIDU_RPC_RECORD,
        [TIDU_ASKED_NOT_FOUND] = TIDU_RPC_NOT_FOUND,
        [TIDU_ASKED_MEMORY] = TIDU_RPC_INTERNAL,
    };
    tidu_error error;
    size_t mark = tidu_rpc_mark(&call->asker);
    tidu_text *out = tidu_rpc_begin(&call->asker);
    if (!out)
        return;
    tidu_asked asked =
        tidu_ask_rules(call->worker->server->live, tidu_method_name(call->method), params,
                       raw_record(call), tidu_worker_today(call->worker), call->lang, out, &error);
    if (asked == TIDU_ASKED_ANSWERED) {
        tidu_rpc_end(&call->asker);
        return;
    }
    tidu_rpc_rewind(&call->asker, mark);
    tidu_rpc_refuse(call, codes[asked], &error);
}

static void
answer_route(struct call *call, json_t *params)
{
    ask_rules(call, params);
}

static void
answer_matrix(struct call *call, json_t *params)
{
    ask_rules(call, params);
}

static void
answer_calendar(struct call *call, json_t *params)
{
    ask_rules(call, params);
}

static void
answer_check(struct call *call, json_t *params)
{
    tidu_check(call, params);
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
    bool acts;
    const char *parameters;
    void (*answer)(struct call *call, json_t *params);
} methods[TIDU_METHOD_COUNT] = {
#define M(name, acts, parameters) {#name, acts, parameters, answer_##name},
#include "requests.def"
#undef M
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
        list += list ? 2 : 0;
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
    json_t *params = json_loadb(call->params.data, call->params.length,
                                JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &where);
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
    if (take_lang(call, json_object_get(params, "lang")) && check_names(call, params))
        methods[call->method].answer(call, params);
    json_decref(params);
}
