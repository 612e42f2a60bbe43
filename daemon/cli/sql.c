/*
 * sql.c: tidu sql --dialect D [--tables] | tidu sql POPULATION.
 *
 * The rules of a place and date as a view; with --tables the tables it reads; with a
 * population its rows.
 */
#include "internal.h"

#include "tidu/sql.h"

#include <errno.h>
#include <string.h>

struct output {
    struct watch watch;
    bool gone; /* who read it wants no more */
};

static bool
write_out(void *context, tidu_text *text, tidu_error *reterr)
{
    struct output *output = context;
    if (text->failed)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    if (fwrite(text->data, 1, text->length, stdout) != text->length || fflush(stdout) != 0) {
        output->gone = errno == EPIPE;
        return tidu_error_set(reterr, TIDU_CLI_OUTPUT, strerror(errno), NULL);
    }
    text->length = 0;
    return true;
}

static bool
tell_progress(void *context, uint64_t done, uint64_t total)
{
    struct output *output = context;
    tidu_watch_share(&output->watch, done, total);
    return true;
}

static bool
write_rows(const char *path, const tidu_ruleset *ruleset, const tidu_sql *sql,
           struct output *output, tidu_error *reterr)
{
    const tidu_sql_sink sink = {output, write_out, tell_progress};
    tidu_population *population = tidu_population_open(path, reterr);
    bool good = population && tidu_sql_rows(ruleset, sql, population, &sink, reterr);
    tidu_watch_clear(&output->watch);
    tidu_population_close(&population);
    return good;
}

static bool
write_sql(const struct options *options, const tidu_ruleset *ruleset, struct output *output,
          tidu_error *reterr)
{
    tidu_text out = {0};
    tidu_sql sql = {
        .dialect = tidu_sql_dialect_find(options->dialect ? options->dialect : "postgres"),
        .region = options->place ? options->place : TIDU_COUNTRY_CODE,
        .designations = options->designations.count ? options->designations.items : NULL,
        .designation_count = options->designations.count,
        .table = options->table ? options->table : "enterprise",
        .key = options->key ? options->key : "uscc",
    };
    if (!tidu_options_date(options, &sql.as_of, reterr))
        return false;
    if (options->argument_count)
        return write_rows(options->arguments[0], ruleset, &sql, output, reterr);
    bool good = options->tables ? tidu_sql_tables(ruleset, &sql, &out, reterr)
                                : tidu_sql_view(ruleset, &sql, &out, reterr);
    good = good && write_out(output, &out, reterr);
    tidu_text_free(&out);
    return good;
}

int
tidu_command_sql(const struct options *options)
{
    tidu_error error;
    if (options->argument_count && options->tables) {
        tidu_error_set(&error, TIDU_CLI_CLASH, "tables", options->arguments[0], NULL);
        return tidu_fail(&error, options->language);
    }
    tidu_ruleset *ruleset = tidu_rules_open(options);
    if (!ruleset)
        return TIDU_EXIT_WRONG;
    struct output output = {.watch = tidu_watch_begin(options)};
    bool good = write_sql(options, ruleset, &output, &error);
    tidu_ruleset_unref(&ruleset);
    return good || output.gone ? TIDU_EXIT_DONE : tidu_fail(&error, options->language);
}
