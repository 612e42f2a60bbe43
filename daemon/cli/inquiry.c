/*
 * inquiry.c: what all commands about a population do: open it and the rules, ask, show.
 */
#include "internal.h"

#include "../poll.h"

#include <errno.h>

/* What is seen of a question under way. */
struct seen {
    struct watch watch;
    uint64_t gained, lost;
};

static bool
tell_progress(void *context, uint64_t done, uint64_t total)
{
    struct seen *seen = context;
    if (tidu_watch_share(&seen->watch, done, total) && (seen->gained || seen->lost))
        fprintf(stderr, "  +%llu -%llu", (unsigned long long)seen->gained,
                (unsigned long long)seen->lost);
    return true;
}

static void
note_interim(void *context, const tidu_interim *list, size_t count)
{
    struct seen *seen = context;
    seen->gained = seen->lost = 0;
    for (size_t i = 0; i < count; i++) {
        seen->gained += list[i].gained;
        seen->lost += list[i].lost;
    }
}

/* ---- parameters ---- */

static void
put(json_t *params, const char *name, const char *value)
{
    if (value)
        json_object_set_new(params, name, json_string(value));
}

/* What all of these questions take. */
static bool
put_whom(const struct options *options, json_t *params, tidu_error *reterr)
{
    char date[11];
    int32_t as_of;
    uint64_t threads;
    if (!tidu_options_date(options, &as_of, reterr) ||
        (options->threads &&
         !tidu_read_count(options->threads, "threads", 1, 64, &threads, reterr)))
        return false;
    put(params, "as_of", tidu_date_format(as_of, date));
    put(params, "jurisdiction", options->jurisdiction);
    put(params, "by", options->by);
    if (options->threads)
        json_object_set_new(params, "threads", json_integer((json_int_t)threads));
    if (options->money)
        json_object_set_new(params, "money", json_true());
    return true;
}

bool
tidu_asking_rows(const struct options *options, tidu_error *reterr)
{
    const char *format = tidu_options_format(options, "json");
    bool rows = !strcmp(format, "csv") || !strcmp(format, "ndjson");
    return !rows || !options->money ||
           tidu_error_set(reterr, TIDU_CLI_CLASH, "money",
                          !strcmp(format, "csv") ? "format csv" : "format ndjson", NULL);
}

bool
tidu_is_synthetic(const json_t *result)
{
    return json_is_true(json_object_get(json_object_get(result, "population"), "synthetic"));
}

void
tidu_show_population(const json_t *result, tidu_lang lang, tidu_text *out)
{
    const json_t *population = json_object_get(result, "population");
    bool chinese = lang != TIDU_EN;
    tidu_text_printf(out, chinese ? "%lld 家企业，%s\n" : "%lld enterprises, as of %s\n",
                     (long long)json_integer_value(json_object_get(population, "enterprises")),
                     tidu_show_text(result, "as_of"));
    if (tidu_is_synthetic(result))
        tidu_text_printf(out,
                         chinese ? "合成数据（种子 %lld），并非真实企业\n"
                                 : "synthetic (seed %lld): no real enterprises\n",
                         (long long)json_integer_value(json_object_get(population, "seed")));
}

/* ---- asking ---- */

/* Rules of another folder; what is wrong with them has been said when NULL. */
static tidu_ruleset *
open_candidate(const struct options *options)
{
    struct options other = *options;
    other.rules = options->candidate;
    return tidu_rules_open(&other);
}

/* With what --rank orders by. */
static tidu_ruleset *
open_ranking(const struct options *options, int32_t as_of, char digest[65])
{
    tidu_ruleset *plain = tidu_rules_open(options), *ranking = NULL;
    tidu_text document = {0};
    if (!options->ranks.count || !plain)
        return plain;
    snprintf(digest, 65, "%s", tidu_ruleset_digest(plain));
    tidu_cohort_document(options, as_of, &document);
    tidu_text_putc(&document, '\0');
    if (!document.failed)
        ranking = tidu_rules_beside(options, plain, "--rank.lua", document.data);
    tidu_text_free(&document);
    tidu_ruleset_unref(&plain);
    return ranking;
}

/* The file of --output; opened for the first line, when nothing else can be wrong. */
struct sheet {
    const char *path;
    FILE *file;
    int fault; /* an errno */
};

static bool
put_lines(void *context, const char *data, size_t length)
{
    struct sheet *sheet = context;
    if (!sheet->file)
        sheet->file = fopen(sheet->path, "w");
    bool good = sheet->file && fwrite(data, 1, length, sheet->file) == length;
    if (!good)
        sheet->fault = errno;
    return good;
}

/* With a line an enterprise, if a file is wanted. */
static bool
poll_into(const struct options *options, tidu_poll *poll, tidu_text *out, tidu_error *reterr)
{
    struct sheet sheet = {.path = options->output};
    const tidu_verdicts_lines lines = {sheet.path && tidu_ends_with(sheet.path, ".csv"), put_lines,
                                       &sheet};
    poll->lines = sheet.path ? &lines : NULL;
    bool good = tidu_poll_rules(poll, out, reterr) == TIDU_ASKED_ANSWERED;
    if (sheet.file && fclose(sheet.file) != 0 && !sheet.fault)
        sheet.fault = errno;
    if (!sheet.fault)
        return good;
    char why[512];
    snprintf(why, sizeof why, "%s: %s", sheet.path, strerror(sheet.fault));
    return tidu_error_set(reterr, TIDU_CLI_OUTPUT, why, NULL);
}

static bool
poll_here(const struct options *options, const char *method, const json_t *params, tidu_text *out,
          char digest[65], tidu_error *reterr)
{
    struct seen seen = {.watch = tidu_watch_begin(options)};
    tidu_poll poll = {.method = method,
                      .params = params,
                      .lang = options->language,
                      .progress = tell_progress,
                      .interim = note_interim,
                      .context = &seen};
    tidu_population *population = tidu_population_open(options->arguments[0], reterr);
    bool good = population && tidu_options_date(options, &poll.today, reterr);
    poll.population = population;
    poll.ruleset = good ? open_ranking(options, poll.today, digest) : NULL;
    good = poll.ruleset != NULL;
    if (good && options->candidate) {
        poll.candidate = open_candidate(options);
        good = poll.candidate != NULL;
    }
    good = good && poll_into(options, &poll, out, reterr);
    tidu_watch_clear(&seen.watch);
    tidu_ruleset_unref(&poll.candidate);
    tidu_ruleset_unref(&poll.ruleset);
    tidu_population_close(&population);
    return good;
}

static json_t *
ask_here(const struct options *options, const char *method, const json_t *params,
         tidu_error *reterr)
{
    tidu_text text = {0};
    json_t *result = NULL;
    char digest[65] = "";
    if (poll_here(options, method, params, &text, digest, reterr)) {
        result = json_loadb(text.data, text.length, 0, NULL);
        if (!result)
            tidu_error_set(reterr, TIDU_MEMORY, NULL);
    }
    if (result && *digest)
        tidu_cohort_restore(options, digest, result);
    tidu_text_free(&text);
    return result;
}

static bool
print(const struct options *options, const json_t *result,
      void (*show)(const struct options *options, const char *format, const json_t *result,
                   tidu_text *out))
{
    const char *format = tidu_options_format(options, "json");
    tidu_text out = {0};
    if (!strcmp(format, "json"))
        tidu_put_tree(result, &out);
    else
        show(options, format, result, &out);
    bool good = tidu_print(&out, options->language);
    tidu_text_free(&out);
    return good;
}

static bool
is_one(const struct options *options, const char *command, tidu_error *reterr)
{
    if (!options->argument_count)
        return tidu_error_set(reterr, TIDU_CLI_VALUE, command, "POPULATION", NULL);
    return options->argument_count == 1 ||
           tidu_error_set(reterr, TIDU_CLI_ARGUMENT, command, options->arguments[1], NULL);
}

int
tidu_answer_inquiry(const struct options *options, const char *command,
                    bool (*make)(const struct options *options, json_t *params, tidu_error *reterr),
                    void (*show)(const struct options *options, const char *format,
                                 const json_t *result, tidu_text *out))
{
    tidu_error error = {.code = TIDU_OK};
    json_t *params = json_object(), *result = NULL;
    if (is_one(options, command, &error) && put_whom(options, params, &error) &&
        make(options, params, &error)) {
        if (options->socket) {
            put(params, "population", options->arguments[0]);
            if (tidu_put_candidate(params, "candidate", options->candidate, &error))
                result = tidu_ask_there(options, command, params, (tidu_slice){0}, &error);
        } else {
            result = ask_here(options, command, params, &error);
        }
    }
    bool good = result && print(options, result, show);
    if (good && options->plot)
        good = tidu_plot_sweep(options->plot, result, options->language, &error);
    if (!good && error.code)
        tidu_fail(&error, options->language);
    json_decref(result);
    json_decref(params);
    return good ? TIDU_EXIT_DONE : TIDU_EXIT_WRONG;
}
