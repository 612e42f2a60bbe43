/*
 * describe.c: tidu describe [what].
 *
 * What the rules know and need, as JSON or as a table for each kind of thing.
 * The tables are made from the JSON without knowing what it tells: a row for
 * each thing, a column for each plain member.
 */
#include "internal.h"

static json_t *
describe_here(const struct options *options, const char *what, tidu_error *reterr)
{
    tidu_ruleset *ruleset = tidu_rules_open(options);
    tidu_text text = {0};
    json_t *result = NULL;
    if (!ruleset)
        return NULL;
    if (tidu_ruleset_describe(ruleset, what, &text, reterr)) {
        result = json_loadb(text.data, text.length, 0, NULL);
        if (!result)
            tidu_error_set(reterr, TIDU_MEMORY, NULL);
    }
    tidu_text_free(&text);
    tidu_ruleset_unref(&ruleset);
    return result;
}

static json_t *
describe_there(const struct options *options, const char *what, tidu_error *reterr)
{
    struct client *client = tidu_client_open(options->socket, reterr);
    json_t *params = what ? json_pack("{s:s}", "what", what) : NULL;
    json_t *result = NULL, *refusal = NULL;
    bool asked = client && tidu_client_call(client, "describe", params, &result, &refusal, reterr);
    if (asked && refusal)
        tidu_refused(refusal, reterr);
    json_decref(refusal);
    json_decref(params);
    tidu_client_close(&client);
    return asked ? result : NULL;
}

/* ---- tables ------------------------------------------------------------------- */

/* True for what fits into a cell: words in two languages, a text, a number. */
static bool
is_plain(const json_t *value)
{
    return (json_is_object(value) && json_object_get(value, "zh")) || json_is_string(value) ||
           json_is_number(value) || json_is_boolean(value);
}

/* The members that fit into cells, in the order in which they come. */
static json_t *
find_columns(const json_t *things)
{
    enum { MOST = 6 };
    json_t *columns = json_object(), *thing, *value;
    size_t index;
    const char *name;
    json_array_foreach ((json_t *)things, index, thing)
        json_object_foreach (thing, name, value)
            if (is_plain(value) && json_object_size(columns) < MOST)
                json_object_set_new(columns, name, json_true());
    return columns;
}

static void
add_cell(struct table *table, const json_t *value, tidu_lang lang)
{
    char number[40] = "";
    if (json_is_string(value) || json_is_object(value)) {
        tidu_table_add(table, tidu_show_words(value, lang), TIDU_PLAIN);
        return;
    }
    if (json_is_integer(value))
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        snprintf(number, sizeof number, "%g", json_real_value(value));
    else if (json_is_boolean(value))
        snprintf(number, sizeof number, "%s", json_is_true(value) ? "✓" : "");
    tidu_table_add(table, number, TIDU_PLAIN);
}

static void
put_things(const char *title, const json_t *things, const struct options *options, bool colours,
           tidu_text *out)
{
    json_t *columns = find_columns(things), *thing, *unused;
    struct table table = {.columns = json_object_size(columns)};
    size_t index;
    const char *name;
    tidu_put_coloured(out, colours, TIDU_BOLD, title);
    tidu_text_printf(out, " (%zu)\n", json_array_size(things));
    if (table.columns) {
        json_object_foreach (columns, name, unused)
            tidu_table_add(&table, name, TIDU_FAINT);
        json_array_foreach ((json_t *)things, index, thing)
            json_object_foreach (columns, name, unused)
                add_cell(&table, json_object_get(thing, name), options->language);
        tidu_table_write(&table, colours, out);
    }
    tidu_text_putc(out, '\n');
    tidu_table_free(&table);
    json_decref(columns);
}

/* Programs are lists of steps, too long for a cell. */
static void
put_programs(const json_t *programs, tidu_text *out)
{
    size_t index;
    json_t *program;
    json_array_foreach ((json_t *)programs, index, program) {
        const char *from = json_string_value(json_object_get(program, "effective"));
        const char *until = json_string_value(json_object_get(program, "expires"));
        tidu_text_printf(out, "%s – %s\n%s\n", from ? from : "…", until ? until : "…",
                         json_string_value(json_object_get(program, "text")));
    }
}

static void
put_tables(const json_t *described, const struct options *options, tidu_text *out)
{
    bool colours = tidu_colours_wanted(stdout);
    const char *name;
    json_t *things;
    json_object_foreach ((json_t *)described, name, things)
        if (strcmp(name, "programs") == 0)
            put_programs(things, out);
        else if (json_is_array(things))
            put_things(name, things, options, colours, out);
}

int
tidu_command_describe(const struct options *options)
{
    const char *what = options->argument_count ? options->arguments[0] : NULL;
    tidu_error error = {.code = TIDU_OK};
    tidu_text out = {0};
    json_t *described = options->socket ? describe_there(options, what, &error)
                                        : describe_here(options, what, &error);
    if (!described)
        return error.code ? tidu_fail(&error, options->language) : TIDU_EXIT_WRONG;
    if (strcmp(tidu_options_format(options, "text"), "json") == 0)
        tidu_put_tree(described, &out);
    else
        put_tables(described, options, &out);
    bool printed = tidu_print(&out, options->language);
    tidu_text_free(&out);
    json_decref(described);
    return printed ? TIDU_EXIT_DONE : TIDU_EXIT_WRONG;
}
