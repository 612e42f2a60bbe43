/*
 * inquiry.c: what all commands about a population do: open it and the rules, ask, show.
 */
#include "internal.h"

static bool
tell_progress(void *context, uint64_t done, uint64_t total)
{
    struct asking *asking = context;
    if (tidu_watch_due(&asking->watch))
        fprintf(stderr, "\r%.0f%%\033[K", total ? 100 * (double)done / (double)total : 0);
    return true;
}

bool
tidu_asking_fill(struct asking *asking, tidu_inquiry *ret, tidu_error *reterr)
{
    const struct options *options = asking->options;
    uint64_t threads = 0;
    *ret = (tidu_inquiry){
        .population = asking->population,
        .jurisdiction = options->place,
        .designations = options->designations.count ? options->designations.items : NULL,
        .designation_count = options->designations.count,
        .by = options->by,
        .money = options->money,
        .lang = options->language,
        .progress = tell_progress,
        .context = asking,
    };
    if (!tidu_options_date(options, &ret->as_of, reterr) ||
        (options->threads &&
         !tidu_read_count(options->threads, "threads", 1, 64, &threads, reterr)))
        return false;
    ret->threads = (unsigned)threads;
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

void
tidu_show_population(const json_t *result, tidu_lang lang, tidu_text *out)
{
    const json_t *population = json_object_get(result, "population");
    bool chinese = lang != TIDU_EN;
    tidu_text_printf(out, chinese ? "%lld 家企业，%s\n" : "%lld enterprises, as of %s\n",
                     (long long)json_integer_value(json_object_get(population, "enterprises")),
                     tidu_show_text(result, "as_of"));
    if (json_is_true(json_object_get(population, "synthetic")))
        tidu_text_printf(out,
                         chinese ? "合成数据（种子 %lld），并非真实企业\n"
                                 : "synthetic (seed %lld): no real enterprises\n",
                         (long long)json_integer_value(json_object_get(population, "seed")));
}

static bool
print(const struct options *options, const tidu_text *result,
      void (*show)(const struct options *options, const char *format, const json_t *result,
                   tidu_text *out),
      tidu_error *reterr)
{
    const char *format = tidu_options_format(options, "json");
    tidu_text out = {0};
    if (!strcmp(format, "json")) {
        tidu_text_add(&out, result->data, result->length);
        tidu_text_putc(&out, '\n');
    } else {
        json_t *tree = json_loadb(result->data, result->length, 0, NULL);
        if (!tree)
            return tidu_error_set(reterr, TIDU_MEMORY, NULL);
        show(options, format, tree, &out);
        json_decref(tree);
    }
    bool good = tidu_print(&out, options->language);
    tidu_text_free(&out);
    return good;
}

int
tidu_answer_inquiry(const struct options *options, const char *command,
                    bool (*ask)(struct asking *asking, tidu_text *out, tidu_error *reterr),
                    void (*show)(const struct options *options, const char *format,
                                 const json_t *result, tidu_text *out))
{
    struct asking asking = {.options = options, .watch = tidu_watch_begin(options)};
    tidu_error error = {.code = TIDU_OK};
    tidu_text out = {0};
    bool good = options->argument_count == 1;
    if (!options->argument_count)
        tidu_error_set(&error, TIDU_CLI_VALUE, command, "POPULATION", NULL);
    else if (!good)
        tidu_error_set(&error, TIDU_CLI_ARGUMENT, command, options->arguments[1], NULL);
    asking.population = good ? tidu_population_open(options->arguments[0], &error) : NULL;
    asking.ruleset = asking.population ? tidu_rules_open(options) : NULL;
    good = asking.ruleset && ask(&asking, &out, &error);
    tidu_watch_clear(&asking.watch);
    good = good && print(options, &out, show, &error);
    if (!good && error.code)
        tidu_fail(&error, options->language);
    tidu_text_free(&out);
    tidu_ruleset_unref(&asking.ruleset);
    tidu_population_close(&asking.population);
    return good ? TIDU_EXIT_DONE : TIDU_EXIT_WRONG;
}
