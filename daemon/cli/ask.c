/*
 * ask.c: questions that take at most one record, here or to a daemon.
 *
 * The parameters are those of the protocol, made from the options, so that
 * both ways give the same answer.
 *
 * Must not know: what is asked.
 */
#include "internal.h"

#include "../ask.h"

#include <stdlib.h>

/* The first record of the file as it was spelled, for the raw text, and as a
 * tree. False with *reterr when there is none. */
static bool
read_record(const struct options *options, json_t *params, tidu_text *ret_text, tidu_error *reterr)
{
    struct piece piece;
    struct input *input = tidu_input_open(options->arguments[0], NULL, reterr);
    if (!input)
        return false;
    tidu_slice heading = tidu_input_heading(input);
    tidu_piece_kind kind = heading.data ? TIDU_PIECE_BAD : tidu_input_next(input, &piece, reterr);
    json_t *record = NULL;
    if (heading.data || kind == TIDU_PIECE_END)
        tidu_error_set(reterr, TIDU_CLI_ONE_RECORD, options->arguments[0], NULL);
    if (kind == TIDU_PIECE_RECORD) {
        record = json_loadb(piece.text.data, piece.text.length, JSON_REJECT_DUPLICATES, NULL);
        tidu_text_add(ret_text, piece.text.data, piece.text.length);
        if (!record && tidu_engine_is_json(&piece, reterr))
            tidu_error_set(reterr, TIDU_CLI_ONE_RECORD, options->arguments[0], NULL);
    }
    tidu_input_close(&input);
    if (record)
        json_object_set_new(params, "record", record);
    return record != NULL;
}

static void
set(json_t *params, const char *name, const char *value)
{
    if (value)
        json_object_set_new(params, name, json_string(value));
}

json_t *
tidu_list_words(const struct words *words)
{
    json_t *list = json_array();
    for (size_t i = 0; i < words->count; i++)
        json_array_append_new(list, json_string(words->items[i]));
    return list;
}

bool
tidu_put_pairs(const struct words *pairs, const char *option, const char *takes, json_t *params,
               const char *name, tidu_error *reterr)
{
    json_t *object = json_object();
    for (size_t i = 0; i < pairs->count; i++) {
        const char *word = pairs->items[i], *sign = strchr(word, '=');
        if (!sign || sign == word) {
            json_decref(object);
            return tidu_error_set(reterr, TIDU_CLI_CHOICE, option, word, takes, NULL);
        }
        json_t *value = json_loads(sign + 1, JSON_DECODE_ANY, NULL);
        char *key = strndup(word, (size_t)(sign - word));
        json_object_set_new(object, key ? key : "", value ? value : json_string(sign + 1));
        free(key);
    }
    if (json_object_size(object))
        json_object_set(params, name, object);
    json_decref(object);
    return true;
}

/* One designation is what is asked about; of "missing" there may be several. */
static void
put_designations(const struct options *options, const char *method, json_t *params)
{
    const struct words *words = &options->designations;
    if (!strcmp(method, "missing") && words->count)
        json_object_set_new(params, "designations", tidu_list_words(words));
    else if (words->count == 1)
        set(params, "designation", words->items[0]);
    else if (words->count) /* refused, with what was given */
        json_object_set_new(params, "designation", tidu_list_words(words));
}

static json_t *
make_params(const struct options *options, const char *method, int32_t as_of)
{
    char date[11];
    json_t *params = json_object();
    set(params, "as_of", tidu_date_format(as_of, date));
    set(params, "until", options->until);
    set(params, "region_code", options->region);
    set(params, "measure", options->measure);
    set(params, "demand", options->demand);
    set(params, "rule", options->rule);
    set(params, "unknown_facts", options->unknown_facts);
    set(params, "explain", options->explain);
    set(params, "jurisdiction", options->jurisdiction);
    put_designations(options, method, params);
    return params;
}

/* Those of a path. */
static bool
put_wishes(const struct options *options, json_t *params, tidu_error *reterr)
{
    char *end = NULL;
    long most = options->alternatives ? strtol(options->alternatives, &end, 10) : 0;
    set(params, "to", options->to);
    if (options->alternatives && (*end || end == options->alternatives))
        return tidu_error_set(reterr, TIDU_CLI_CHOICE, "alternatives", options->alternatives,
                              "0…16", NULL);
    if (options->alternatives)
        json_object_set_new(params, "alternatives", json_integer(most));
    if (options->keeps.count)
        json_object_set_new(params, "keep", tidu_list_words(&options->keeps));
    return tidu_put_pairs(&options->costs, "cost", "FACT=N", params, "costs", reterr);
}

static bool
put_changes(const struct options *options, json_t *params, tidu_error *reterr)
{
    if (options->socket && !tidu_put_candidate(params, "candidate", options->candidate, reterr))
        return false;
    return tidu_put_pairs(&options->sets, "set", "FACT=VALUE", params, "changes", reterr) &&
           tidu_put_pairs(&options->params, "param", "ADDRESS=VALUE", params, "params", reterr);
}

static json_t *
ask_here(const struct options *options, const char *method, const json_t *params, tidu_slice record,
         int32_t today, tidu_error *reterr)
{
    tidu_ruleset *ruleset = tidu_rules_open(options), *candidate = NULL;
    tidu_text text = {0};
    json_t *result = NULL;
    if (ruleset && options->candidate) {
        struct options other = *options;
        other.rules = options->candidate;
        candidate = tidu_rules_open(&other);
    }
    if (!ruleset || (options->candidate && !candidate)) {
        tidu_ruleset_unref(&ruleset);
        return NULL;
    }
    if (tidu_ask_rules(ruleset, candidate, method, params, record, today, options->language, (tidu_patience){0}, &text,
                       reterr) == TIDU_ASKED_ANSWERED) {
        result = json_loadb(text.data, text.length, 0, NULL);
        if (!result)
            tidu_error_set(reterr, TIDU_MEMORY, NULL);
    }
    tidu_text_free(&text);
    tidu_ruleset_unref(&candidate);
    tidu_ruleset_unref(&ruleset);
    return result;
}

/* A record goes as it was spelled, not as the tree says it. */
json_t *
tidu_ask_there(const struct options *options, const char *method, json_t *params, tidu_slice record,
               tidu_error *reterr)
{
    static const char *const langs[] = {"zh", "en", "both"};
    struct client *client = tidu_client_open(tidu_socket_path(options), reterr);
    struct answer answer;
    tidu_text text = {0};
    json_t *result = NULL, *refusal = NULL;
    json_object_del(params, "record");
    set(params, "lang", langs[options->language]);
    tidu_put_tree(params, &text);
    while (text.length && text.data[text.length - 1] != '}')
        text.length--;
    if (record.data && text.length) {
        text.length--;
        tidu_text_puts(&text, ",\"record\":");
        for (size_t i = 0; i < record.length; i++)
            tidu_text_putc(&text, record.data[i] == '\n' ? ' ' : record.data[i]);
        tidu_text_putc(&text, '}');
    }
    if (client &&
        tidu_client_ask(client, method, (tidu_slice){text.data, text.length}, &answer, reterr)) {
        if (answer.result.data)
            result = json_loadb(answer.result.data, answer.result.length, JSON_DECODE_ANY, NULL);
        else
            refusal = json_loadb(answer.error.data, answer.error.length, 0, NULL);
        if (refusal)
            tidu_refused(refusal, reterr);
        text.length = 0;
        tidu_diagnostics_write(json_object_get(refusal, "data"), options->candidate, NULL, 0,
                               options->language, tidu_colours_wanted(stderr), &text);
        fwrite(text.data, 1, text.length, stderr);
    }
    json_decref(refusal);
    tidu_text_free(&text);
    tidu_client_close(&client);
    return result;
}

json_t *
tidu_ask_question(const struct options *options, const char *method, tidu_error *reterr)
{
    int32_t as_of;
    tidu_text record = {0};
    reterr->code = TIDU_OK;
    if (!tidu_options_date(options, &as_of, reterr))
        return NULL;
    json_t *params = make_params(options, method, as_of), *result = NULL;
    if (put_changes(options, params, reterr) && put_wishes(options, params, reterr) &&
        (!options->argument_count || read_record(options, params, &record, reterr))) {
        tidu_slice raw = {record.data, record.length};
        result = options->socket ? tidu_ask_there(options, method, params, raw, reterr)
                                 : ask_here(options, method, params, raw, as_of, reterr);
    }
    json_decref(params);
    tidu_text_free(&record);
    return result;
}

int
tidu_answer_question(const struct options *options, const char *method,
                     void (*show)(const struct options *options, const json_t *result,
                                  tidu_text *out))
{
    tidu_error error = {.code = TIDU_OK};
    tidu_text out = {0};
    json_t *result = tidu_ask_question(options, method, &error);
    if (!result)
        return error.code ? tidu_fail(&error, options->language) : TIDU_EXIT_WRONG;
    if (strcmp(tidu_options_format(options, "text"), "json") == 0)
        tidu_put_tree(result, &out);
    else
        show(options, result, &out);
    bool printed = tidu_print(&out, options->language);
    tidu_text_free(&out);
    json_decref(result);
    return printed ? TIDU_EXIT_DONE : TIDU_EXIT_WRONG;
}
