/*
 * journal.c: tidu journal verify|list|replay.
 *
 * On the files of a store, or asked of a daemon: the answer is the same. Exit
 * status: 0 the chain holds, all decisions came out the same; 1 not so; 2 it
 * could not be looked at.
 */
#include "internal.h"

#include "../history.h"

#include <stdlib.h>
#include <unistd.h>

static const char *const subjects[] = {"verify", "list", "replay"};
enum { VERIFY, LIST, REPLAY, SUBJECT_COUNT };

/* ---- what is asked ----------------------------------------------------------------- */

static bool
put_number(json_t *params, const char *name, const char *text, tidu_error *reterr)
{
    char *end;
    if (!text)
        return true;
    long long number = strtoll(text, &end, 10);
    if (end == text || *end)
        return tidu_error_set(reterr, TIDU_CLI_CHOICE, name, text, "1, 2, 3, …", NULL);
    json_object_set_new(params, name, json_integer(number));
    return true;
}

static json_t *
make_params(const struct options *options, int subject, tidu_error *reterr)
{
    json_t *params = json_object();
    bool good = true;
    if (subject == VERIFY) {
        good = put_number(params, "entry", options->entry, reterr);
        if (options->hash)
            json_object_set_new(params, "hash", json_string(options->hash));
    } else if (subject == LIST) {
        good = put_number(params, "from", options->from, reterr) &&
               put_number(params, "limit", options->limit, reterr);
        if (options->enterprise)
            json_object_set_new(params, "enterprise", json_string(options->enterprise));
    } else {
        if (options->argument_count > 1)
            json_object_set_new(params, "decision", json_string(options->arguments[1]));
        good = tidu_put_pairs(&options->sets, "set", "FACT=VALUE", params, "set", reterr);
    }
    if (good)
        return params;
    json_decref(params);
    return NULL;
}

/* ---- asking -------------------------------------------------------------------------- */

static bool
tell_progress(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    fprintf(stderr, "\r%llu/%llu", (unsigned long long)done, (unsigned long long)total);
    return true;
}

static bool
ask_here(const struct options *options, int subject, const json_t *params, tidu_text *out,
         tidu_error *reterr)
{
    bool watched = !options->quiet && isatty(STDERR_FILENO);
    struct history history = {
        .folder = options->store ? options->store : TIDU_STATE_DIR,
        .rules = options->rules,
        .lang = options->language,
        .progress = watched ? tell_progress : NULL,
    };
    bool answered = tidu_history_ask(&history, subjects[subject], params, out, reterr);
    if (watched)
        fputs("\r\033[K", stderr);
    return answered;
}

static bool
ask_there(const struct options *options, int subject, json_t *params, tidu_text *out,
          tidu_error *reterr)
{
    static const char *const langs[] = {"zh", "en", "both"};
    char method[32];
    struct answer answer;
    bool answered = false;
    json_object_set_new(params, "lang", json_string(langs[options->language]));
    char *text = json_dumps(params, JSON_COMPACT);
    struct client *client = tidu_client_open(tidu_socket_path(options), reterr);
    snprintf(method, sizeof method, "journal.%s", subjects[subject]);
    if (client && text &&
        tidu_client_ask(client, method, (tidu_slice){text, strlen(text)}, &answer, reterr)) {
        answered = answer.result.data != NULL;
        tidu_text_add(out, answer.result.data, answered ? answer.result.length : 0);
        json_t *refusal =
            answered ? NULL : json_loadb(answer.error.data, answer.error.length, 0, NULL);
        if (refusal)
            tidu_refused(refusal, reterr);
        json_decref(refusal);
    }
    tidu_client_close(&client);
    free(text);
    return answered;
}

/* ---- showing -------------------------------------------------------------------------- */

static long long
number_at(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static const char *
text_at(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static void
show_verify(const struct options *options, const json_t *result, tidu_text *out)
{
    bool english = options->language == TIDU_EN, ok = json_is_true(json_object_get(result, "ok"));
    struct table table = {.columns = 5};
    char cell[64];
    size_t index;
    json_t *file;
    const char *const headings[] = {english ? "file" : "文件", english ? "entries" : "条目",
                                    english ? "from" : "自", english ? "until" : "至",
                                    english ? "hash" : "值"};
    for (int i = 0; i < 5; i++)
        tidu_table_add(&table, headings[i], TIDU_BOLD);
    json_array_foreach (json_object_get(result, "files"), index, file) {
        snprintf(cell, sizeof cell, "%lld–%lld", number_at(file, "first"), number_at(file, "last"));
        tidu_table_add(&table, text_at(file, "file"), TIDU_PLAIN);
        tidu_table_add(&table, cell, TIDU_PLAIN);
        tidu_table_add(&table, text_at(file, "from"), TIDU_PLAIN);
        tidu_table_add(&table, text_at(file, "until"), TIDU_PLAIN);
        tidu_table_add(&table, text_at(file, "hash"), TIDU_FAINT);
    }
    tidu_table_write(&table, tidu_colours_wanted(stdout), out);
    tidu_table_free(&table);
    tidu_put_coloured(out, tidu_colours_wanted(stdout), ok ? TIDU_GREEN : TIDU_RED,
                      ok ? (english ? "the journal is whole" : "日志完好")
                         : (english ? "the journal is not whole" : "日志不完好"));
    tidu_text_putc(out, '\n');
    if (!ok)
        tidu_text_printf(out, "%s\n", text_at(result, "why"));
    tidu_text_printf(out, english ? "proved: %s\nnot proved: %s\n" : "已证明：%s\n未证明：%s\n",
                     tidu_show_words(json_object_get(result, "proved"), options->language),
                     tidu_show_words(json_object_get(result, "not_proved"), options->language));
}

static void
show_list(const struct options *options, const json_t *result, tidu_text *out)
{
    bool english = options->language == TIDU_EN;
    struct table table = {.columns = 6};
    char cell[64];
    size_t index;
    json_t *entry;
    const char *const headings[] = {english ? "number" : "编号",     english ? "time" : "时间",
                                    english ? "kind" : "种类",       english ? "user" : "用户",
                                    english ? "ruleset" : "规则集", english ? "about" : "对象"};
    for (int i = 0; i < 6; i++)
        tidu_table_add(&table, headings[i], TIDU_BOLD);
    json_array_foreach (json_object_get(result, "entries"), index, entry) {
        snprintf(cell, sizeof cell, "%lld", number_at(entry, "number"));
        tidu_table_add(&table, cell, TIDU_PLAIN);
        tidu_table_add(&table, text_at(entry, "time"), TIDU_PLAIN);
        tidu_table_add(&table, text_at(entry, "kind"), TIDU_PLAIN);
        const json_t *user = json_object_get(entry, "user");
        const char *token = json_string_value(json_object_get(json_object_get(entry, "terms"), "token"));
        if (token)
            snprintf(cell, sizeof cell, "%s", token);
        else
            snprintf(cell, sizeof cell, user ? "%lld" : "%.0lld", json_integer_value(user));
        tidu_table_add(&table, cell, TIDU_PLAIN);
        snprintf(cell, sizeof cell, "%.12s", text_at(entry, "ruleset"));
        tidu_table_add(&table, cell, TIDU_PLAIN);
        tidu_table_add(&table, text_at(entry, "uscc"), TIDU_PLAIN);
    }
    tidu_table_write(&table, tidu_colours_wanted(stdout), out);
    tidu_table_free(&table);
    tidu_text_printf(out, english ? "%lld entries in all\n" : "共 %lld 条\n",
                     number_at(result, "entries_in_all"));
}

static void
show_titles(const struct options *options, const char *what, const json_t *answer, tidu_text *out)
{
    size_t index;
    json_t *designation;
    if (!answer)
        return;
    tidu_text_printf(out, "%s\n", what);
    json_array_foreach (json_object_get(answer, "designations"), index, designation)
        tidu_text_printf(out, "  %s %s\n", text_at(designation, "id"),
                         text_at(designation, "status"));
    (void)options;
}

static void
show_replay(const struct options *options, const json_t *result, tidu_text *out)
{
    bool english = options->language == TIDU_EN;
    const json_t *coverage = json_object_get(result, "coverage");
    const json_t *same = json_object_get(result, "same");
    tidu_text_printf(out,
                     english ? "decisions %lld, replayable %lld; with hidden facts %lld, rules not kept %lld\n"
                             : "决定 %lld 条，可重演 %lld 条；含隐去信息 %lld 条，规则未保存 %lld 条\n",
                     number_at(coverage, "decisions"), number_at(coverage, "replayable"),
                     number_at(coverage, "masked"), number_at(coverage, "unkept"));
    if (json_is_boolean(same))
        tidu_text_puts(out, json_is_true(same)
                                ? (english ? "the same answer, byte for byte\n" : "回答逐字节相同\n")
                                : (english ? "another answer\n" : "回答不同\n"));
    else if (json_is_integer(same))
        tidu_text_printf(out, english ? "the same: %lld, different: %lld\n" : "相同 %lld 条，不同 %lld 条\n",
                         json_integer_value(same), number_at(result, "different"));
    show_titles(options, english ? "as decided" : "当时的决定", json_object_get(result, "answer"), out);
    show_titles(options, english ? "with the corrections" : "更正后",
                json_object_get(result, "corrected"), out);
}

static int
status_of(int subject, const json_t *result)
{
    if (subject == VERIFY)
        return json_is_true(json_object_get(result, "ok")) ? TIDU_EXIT_DONE : TIDU_EXIT_NO;
    bool differs = json_is_false(json_object_get(result, "same")) ||
                   number_at(result, "different") > 0;
    return subject == REPLAY && differs ? TIDU_EXIT_NO : TIDU_EXIT_DONE;
}

/* ---- the command ------------------------------------------------------------------------ */

static int
show_result(const struct options *options, int subject, tidu_text *text)
{
    static void (*const shows[])(const struct options *, const json_t *, tidu_text *) = {
        [VERIFY] = show_verify, [LIST] = show_list, [REPLAY] = show_replay};
    tidu_text out = {0};
    tidu_error error;
    json_t *result = json_loadb(text->data, text->length, JSON_ALLOW_NUL, NULL);
    if (!result) {
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        return tidu_fail(&error, options->language);
    }
    int status = status_of(subject, result);
    if (strcmp(tidu_options_format(options, "text"), "json") == 0) {
        tidu_text_add(&out, text->data, text->length); /* a tree would spell numbers anew */
        tidu_text_putc(&out, '\n');
    } else {
        shows[subject](options, result, &out);
    }
    if (!tidu_print(&out, options->language))
        status = TIDU_EXIT_WRONG;
    tidu_text_free(&out);
    json_decref(result);
    return status;
}

static int
subject_of(const struct options *options, tidu_error *reterr)
{
    const char *word = options->argument_count ? options->arguments[0] : "";
    int subject = 0;
    while (subject < SUBJECT_COUNT && strcmp(word, subjects[subject]) != 0)
        subject++;
    size_t most = subject == REPLAY ? 2 : 1;
    if (subject == SUBJECT_COUNT)
        tidu_error_set(reterr, TIDU_CLI_CHOICE, "journal", word, "verify|list|replay", NULL);
    else if (options->argument_count > most)
        tidu_error_set(reterr, TIDU_CLI_ARGUMENT, "journal", options->arguments[most], NULL);
    else
        return subject;
    return SUBJECT_COUNT;
}

int
tidu_command_journal(const struct options *options)
{
    tidu_error error;
    tidu_text text = {0};
    int subject = subject_of(options, &error);
    json_t *params = subject < SUBJECT_COUNT ? make_params(options, subject, &error) : NULL;
    if (!params)
        return tidu_fail(&error, options->language);
    bool answered = options->socket ? ask_there(options, subject, params, &text, &error)
                                    : ask_here(options, subject, params, &text, &error);
    int status = answered ? show_result(options, subject, &text)
                          : tidu_fail(&error, options->language);
    tidu_text_free(&text);
    json_decref(params);
    return status;
}
