/*
 * judge.c: tidu judge POPULATION: every criterion of everybody.
 *
 * How many each criterion keeps out of a designation, and how many it alone; with
 * --output a line an enterprise.
 */
#include "internal.h"

static bool
make(const struct options *options, json_t *params, tidu_error *reterr)
{
    if (options->output && options->socket)
        return tidu_error_set(reterr, TIDU_CLI_CLASH, "output", "socket", NULL);
    if (!tidu_put_pairs(&options->params, "param", "ADDRESS=VALUE", params, "params", reterr))
        return false;
    if (options->designations.count)
        json_object_set_new(params, "designations", tidu_list_words(&options->designations));
    return true;
}

static const char *const figures[] = {"met", "unmet", "undetermined", "alone"};
enum { FIGURES = sizeof figures / sizeof *figures };

static void
put_table(const json_t *item, tidu_lang lang, bool colours, tidu_text *out)
{
    static const char *const headings[2][FIGURES + 1] = {
        {"条件", "符合", "不符合", "未知", "只差此项"},
        {"criterion", "met", "unmet", "unknown", "alone"},
    };
    struct table table = {.columns = FIGURES + 1};
    size_t index;
    json_t *criterion;
    for (int i = 0; i <= FIGURES; i++)
        tidu_table_add(&table, headings[lang == TIDU_EN][i], TIDU_FAINT);
    json_array_foreach (json_object_get(item, "criteria"), index, criterion) {
        char cell[256];
        snprintf(cell, sizeof cell, "%s%s", json_object_get(criterion, "part_of") ? "  " : "",
                 tidu_show_title(criterion, lang));
        tidu_table_add(&table, cell, TIDU_PLAIN);
        for (int f = 0; f < FIGURES; f++) {
            const json_t *count = json_object_get(criterion, figures[f]);
            snprintf(cell, sizeof cell, "%lld", (long long)json_integer_value(count));
            tidu_table_add(&table, count ? cell : "",
                           f == FIGURES - 1 && json_integer_value(count) ? TIDU_YELLOW : TIDU_PLAIN);
        }
    }
    if (index)
        tidu_table_write(&table, colours, out);
    tidu_table_free(&table);
}

static void
put_designations(const json_t *of, tidu_lang lang, bool colours, tidu_text *out)
{
    size_t index;
    json_t *item;
    json_array_foreach (json_object_get(of, "designations"), index, item) {
        tidu_text_putc(out, '\n');
        tidu_put_coloured(out, colours, TIDU_BOLD, tidu_show_title(item, lang));
        tidu_text_printf(out,
                         lang == TIDU_EN ? "  met %lld, unmet %lld, undetermined %lld\n"
                                         : "  符合 %lld，不符合 %lld，无法判定 %lld\n",
                         (long long)json_integer_value(json_object_get(item, "met")),
                         (long long)json_integer_value(json_object_get(item, "unmet")),
                         (long long)json_integer_value(json_object_get(item, "undetermined")));
        put_table(item, lang, colours, out);
    }
}

/* A line for each criterion of each group. */
static void
put_rows(const json_t *of, const char *group, const struct rows *rows)
{
    size_t index, number;
    json_t *item, *criterion;
    json_array_foreach (json_object_get(of, "designations"), index, item) {
        for (number = 0; number <= json_array_size(json_object_get(item, "criteria")); number++) {
            criterion = number ? json_array_get(json_object_get(item, "criteria"), number - 1) : item;
            json_t *row = json_object();
            if (group)
                json_object_set_new(row, "group", json_string(group));
            json_object_set(row, "designation", json_object_get(item, "id"));
            json_object_set_new(row, "criterion",
                                number ? json_incref(json_object_get(criterion, "id")) : json_null());
            for (int f = 0; f < FIGURES; f++) {
                json_t *count = json_object_get(criterion, figures[f]);
                json_object_set(row, figures[f], count ? count : json_null());
            }
            tidu_put_row(rows, row);
            json_decref(row);
        }
    }
}

static void
show(const struct options *options, const char *format, const json_t *result, tidu_text *out)
{
    const json_t *groups = json_object_get(result, "groups");
    tidu_lang lang = options->language;
    bool colours = tidu_colours_wanted(stdout);
    size_t index;
    json_t *group;
    if (strcmp(format, "text")) {
        struct rows rows = tidu_rows_of(result, format, out);
        tidu_put_heading(&rows, groups ? "group,designation,criterion,met,unmet,undetermined,alone"
                                       : "designation,criterion,met,unmet,undetermined,alone");
        if (!groups)
            put_rows(result, NULL, &rows);
        json_array_foreach ((json_t *)groups, index, group)
            put_rows(group, tidu_show_text(group, "group"), &rows);
        return;
    }
    tidu_show_population(result, lang, out);
    put_designations(result, lang, colours, out);
    json_array_foreach ((json_t *)groups, index, group) {
        const char *label = json_string_value(json_object_get(group, "group"));
        tidu_text_putc(out, '\n');
        tidu_put_coloured(out, colours, TIDU_BOLD,
                          label             ? label
                          : lang == TIDU_EN ? "(not known)"
                                            : "（未知）");
        put_designations(group, lang, colours, out);
    }
}

int
tidu_command_judge(const struct options *options)
{
    return tidu_answer_inquiry(options, "judge", make, show);
}
