/*
 * kept.c: tidu library and tidu demand; see kept.h.
 */
#include "kept.h"

#include "../desk.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* ---- the questions ------------------------------------------------------------------- */

typedef void show_function(const struct options *options, const json_t *result, tidu_text *out);

/* What may follow the command; `takes` are the options, beside those of all. */
static const struct question {
    const char *command, *word, *method;
    const char *argument; /* the param its argument is for, or NULL */
    const char *takes;
    show_function *show;  /* NULL: stock.c answers it */
} questions[] = {
    {"library", "load", "library.load", NULL, "mode dry-run unknown-facts input", NULL},
    {"library", "export", "library.export", "name", "region tier towards as-of", NULL},
    {"library", "search", "library.search", "name", "region tier towards as-of after limit",
     tidu_kept_show_enterprises},
    {"library", "get", "library.get", "uscc", "as-of", tidu_kept_show_enterprise},
    {"library", "due", "library.due", NULL, "until region designation as-of limit", tidu_kept_show_due},
    {"library", "near", "library.near", "designation", "most region tier towards as-of after limit",
     tidu_kept_show_enterprises},
    {"library", "progress", "library.progress", NULL, "region as-of", tidu_kept_show_progress},
    {"library", "remove", "library.remove", "uscc", "reason", tidu_kept_show_done},
    {"demand", "file", "demand.file", "demand", "text enterprise region", tidu_kept_show_demand},
    {"demand", "list", "demand.list", NULL, "enterprise demand state body region overdue after limit",
     tidu_kept_show_demands},
    {"demand", "get", "demand.get", "id", "", tidu_kept_show_demand},
    {"demand", "accept", "demand.accept", "id", "", tidu_kept_show_demand},
    {"demand", "hand-over", "demand.hand_over", "id", "body place reason", tidu_kept_show_demand},
    {"demand", "reroute", "demand.reroute", "id", "body place reason", tidu_kept_show_demand},
    {"demand", "settle", "demand.settle", "id", "result", tidu_kept_show_demand},
    {"demand", "withdraw", "demand.withdraw", "id", "reason", tidu_kept_show_demand},
};

enum { QUESTION_COUNT = sizeof questions / sizeof *questions };

static const struct question *
find_question(const char *command, const struct options *options, tidu_error *reterr)
{
    const char *word = options->argument_count ? options->arguments[0] : "";
    char words[TIDU_ARGUMENT_SIZE] = "";
    size_t length = 0;
    for (int i = 0; i < QUESTION_COUNT; i++) {
        if (strcmp(questions[i].command, command) != 0)
            continue;
        if (strcmp(questions[i].word, word) == 0)
            return &questions[i];
        if (length < sizeof words)
            length += (size_t)snprintf(words + length, sizeof words - length, "%s%s",
                                       length ? "|" : "", questions[i].word);
    }
    tidu_error_set(reterr, TIDU_CLI_CHOICE, command, word, words, NULL);
    return NULL;
}

/* ---- params ----------------------------------------------------------------------------- */

enum param_kind { TEXT, NUMBER, FLAG };

static const struct param {
    const char *option, *name;
    enum param_kind kind;
    size_t offset;
} all_params[] = {
#define P(option, name, kind, field) {option, name, kind, offsetof(struct options, field)}
    P("region", "region_code", TEXT, region),
    P("tier", "tier", TEXT, tier),
    P("towards", "towards", TEXT, towards),
    P("as-of", "as_of", TEXT, as_of),
    P("until", "until", TEXT, until),
    P("after", "after", TEXT, after),
    P("limit", "limit", NUMBER, limit),
    P("most", "most", NUMBER, most),
    P("enterprise", "uscc", TEXT, enterprise),
    P("demand", "demand", TEXT, demand),
    P("text", "text", TEXT, text),
    P("state", "state", TEXT, state),
    P("body", "body", TEXT, body),
    P("place", "place", TEXT, at_place),
    P("reason", "reason", TEXT, reason),
    P("result", "result", TEXT, result),
    P("overdue", "overdue", FLAG, overdue),
    P("mode", "mode", TEXT, mode),
    P("dry-run", "dry_run", FLAG, dry_run),
    P("unknown-facts", "unknown_facts", TEXT, unknown_facts),
#undef P
};

static bool
has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)); at += length)
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
            return true;
    return false;
}

/* What stands for a number is sent as it is when it is none, to be complained of. */
static json_t *
number_or_text(const char *text)
{
    char *end;
    long long number = strtoll(text, &end, 10);
    return *end || end == text ? json_string(text) : json_integer(number);
}

static bool
put_option(const struct options *options, const struct param *param, const char *command,
           const char *takes, json_t *params, tidu_error *reterr)
{
    const void *place = (const char *)options + param->offset;
    const char *value = param->kind == FLAG ? NULL : *(const char *const *)place;
    bool given = param->kind == FLAG ? *(const bool *)place : value != NULL;
    if (!given)
        return true;
    if (!has_word(takes, param->option))
        return tidu_error_set(reterr, TIDU_CLI_OPTION, command, param->option, takes, NULL);
    /* A demand goes on after a number, an enterprise after a code. */
    bool number = param->kind == NUMBER || (strcmp(param->name, "after") == 0 &&
                                            strncmp(command, "demand", 6) == 0);
    json_object_set_new(params, param->name,
                        param->kind == FLAG ? json_true()
                        : number            ? number_or_text(value)
                                            : json_string(value));
    return true;
}

bool
tidu_kept_params(const struct options *options, const char *command, const char *takes,
                 const char *argument, tidu_text *ret_params, tidu_error *reterr)
{
    static const char *const langs[] = {"zh", "en", "both"};
    json_t *params = json_pack("{s:s}", "lang", langs[options->language]);
    bool good = true;
    const char *first = options->argument_count > 1 ? options->arguments[1] : NULL;
    if (first && argument)
        json_object_set_new(params, argument,
                            strcmp(argument, "id") == 0 ? number_or_text(first) : json_string(first));
    if (options->argument_count > (argument ? 2u : 1u))
        good = tidu_error_set(reterr, TIDU_CLI_ARGUMENT, command,
                              options->arguments[argument ? 2 : 1], NULL);
    for (size_t i = 0; i < sizeof all_params / sizeof *all_params && good; i++)
        good = put_option(options, &all_params[i], command, takes, params, reterr);
    if (good && options->designations.count) {
        good = has_word(takes, "designation") ||
               tidu_error_set(reterr, TIDU_CLI_OPTION, command, "designation", takes, NULL);
        json_object_set_new(params, "title", json_string(options->designations.items[0]));
    }
    char *text = good ? json_dumps(params, JSON_COMPACT) : NULL;
    tidu_text_puts(ret_params, text ? text : "");
    free(text);
    json_decref(params);
    return good;
}

/* ---- asking ------------------------------------------------------------------------------- */

bool
tidu_keeper_open(struct keeper *keeper, const struct options *options, tidu_error *reterr)
{
    *keeper = (struct keeper){.options = options};
    reterr->code = TIDU_OK;
    if (options->socket)
        keeper->client = tidu_client_open(tidu_socket_path(options), reterr);
    else
        keeper->rules = tidu_rules_open(options);
    return keeper->client || keeper->rules;
}

void
tidu_keeper_close(struct keeper *keeper)
{
    tidu_client_close(&keeper->client);
    tidu_ruleset_unref(&keeper->rules);
    tidu_text_free(&keeper->text);
}

static bool
ask_there(struct keeper *keeper, const char *method, tidu_slice params, tidu_error *reterr)
{
    struct answer answer;
    if (!tidu_client_ask(keeper->client, method, params, &answer, reterr))
        return false;
    if (answer.result.data) {
        tidu_text_add(&keeper->text, answer.result.data, answer.result.length);
        return true;
    }
    json_t *refusal = json_loadb(answer.error.data, answer.error.length, 0, NULL);
    tidu_refused(refusal, reterr);
    json_decref(refusal);
    return false;
}

static bool
ask_here(struct keeper *keeper, const char *method, tidu_slice params, tidu_error *reterr)
{
    const struct options *options = keeper->options;
    const char *what = strchr(method, '.') + 1;
    struct desk desk = {
        .rules = keeper->rules,
        .folder = options->store ? options->store : TIDU_STATE_DIR,
        .now_s = (int64_t)time(NULL),
        .lang = options->language,
        .user = getuid(),
    };
    struct options without_date = *options;
    without_date.as_of = NULL;
    tidu_options_date(&without_date, &desk.today, reterr);
    json_t *tree = json_loadb(params.data, params.length, 0, NULL);
    json_object_del(tree, "lang");
    bool answered = *method == 'l'
                        ? tidu_library_ask(&desk, what, tree, params, &keeper->text, reterr)
                        : tidu_demand_ask(&desk, what, tree, params, &keeper->text, reterr);
    json_decref(tree);
    return answered;
}

json_t *
tidu_keeper_ask(struct keeper *keeper, const char *method, tidu_slice params, tidu_error *reterr)
{
    keeper->text.length = 0;
    if (!(keeper->client ? ask_there(keeper, method, params, reterr)
                         : ask_here(keeper, method, params, reterr)))
        return NULL;
    json_t *result = json_loadb(keeper->text.data, keeper->text.length, JSON_ALLOW_NUL, NULL);
    if (!result)
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
    return result;
}

/* ---- the commands ---------------------------------------------------------------------------- */

static int
show(const struct options *options, const struct question *question, const struct keeper *keeper,
     const json_t *result)
{
    tidu_text out = {0};
    if (strcmp(tidu_options_format(options, "text"), "json") == 0) {
        tidu_text_add(&out, keeper->text.data, keeper->text.length); /* numbers as they are spelled */
        tidu_text_putc(&out, '\n');
    } else {
        question->show(options, result, &out);
    }
    bool printed = tidu_print(&out, options->language);
    tidu_text_free(&out);
    return printed ? TIDU_EXIT_DONE : TIDU_EXIT_WRONG;
}

static int
answer(const struct options *options, const struct question *question)
{
    char command[32];
    struct keeper keeper = {0};
    tidu_text params = {0};
    tidu_error error = {.code = TIDU_OK};
    json_t *result = NULL;
    snprintf(command, sizeof command, "%s %s", question->command, question->word);
    if (tidu_kept_params(options, command, question->takes, question->argument, &params, &error) &&
        tidu_keeper_open(&keeper, options, &error))
        result = tidu_keeper_ask(&keeper, question->method, (tidu_slice){params.data, params.length},
                                 &error);
    int status = result ? show(options, question, &keeper, result) : TIDU_EXIT_WRONG;
    if (!result && error.code)
        tidu_fail(&error, options->language);
    json_decref(result);
    tidu_text_free(&params);
    tidu_keeper_close(&keeper);
    return status;
}

static int
run(const char *command, const struct options *options)
{
    tidu_error error;
    const struct question *question = find_question(command, options, &error);
    if (!question)
        return tidu_fail(&error, options->language);
    if (question->show)
        return answer(options, question);
    return strcmp(question->word, "load") == 0 ? tidu_stock_load(options)
                                               : tidu_stock_export(options, question->takes);
}

int
tidu_command_library(const struct options *options)
{
    return run("library", options);
}

int
tidu_command_demand(const struct options *options)
{
    return run("demand", options);
}
