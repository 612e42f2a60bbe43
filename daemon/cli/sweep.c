/*
 * sweep.c: tidu sweep POP --param ADDRESS --from A --to B --steps N.
 *
 * How many enterprises meet each designation as a threshold moves; with --against a
 * second one, every pair of values; without any, how many do now.
 */
#include "internal.h"

#include "tidu/inquiry.h"

#include <stdlib.h>

enum { BAR_WIDTH = 24, MOST_SHARED = 16, MOST_CHANGES = 64 };

/* ---- asking ---- */

static bool
read_steps(const char *text, const char *option, uint32_t *ret, tidu_error *reterr)
{
    uint64_t steps;
    if (!tidu_read_count(text, option, 2, TIDU_MOST_STEPS, &steps, reterr))
        return false;
    *ret = (uint32_t)steps;
    return true;
}

/* ADDRESS=FROM..TO, cut in place. */
static bool
read_range(char *text, const char **ret_address, const char **ret_from, const char **ret_to)
{
    char *sign = strchr(text, '='), *dots = sign ? strstr(sign, "..") : NULL;
    if (!dots)
        return false;
    *sign = *dots = '\0';
    *ret_address = text;
    *ret_from = sign + 1;
    *ret_to = dots + 2;
    return true;
}

static json_t *
axis_of(json_t *addresses, const char *from, const char *to, uint32_t steps)
{
    json_t *axis = json_object();
    json_object_set_new(axis, "param", addresses);
    json_object_set_new(axis, "from", json_string(from));
    json_object_set_new(axis, "to", json_string(to));
    json_object_set_new(axis, "steps", json_integer(steps));
    return axis;
}

static bool
bad_param(const char *text, const char *option, const char *takes, tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_CLI_CHOICE, option, text, takes, NULL);
}

/* A threshold that moves, with its range or without; or one that is changed. */
static bool
read_param(char *word, json_t *addresses, json_t *changes, const char **ret_from,
           const char **ret_to)
{
    const char *address = word;
    char *sign = strchr(word, '=');
    if (sign && !read_range(word, &address, ret_from, ret_to)) {
        *sign = '\0';
        return json_object_set_new(changes, word, json_string(sign + 1)) == 0;
    }
    return json_array_append_new(addresses, json_string(address)) == 0;
}

/* Of the thresholds given those with a value are changed, the others move. */
static bool
put_params(const struct options *options, json_t *axes, json_t *changes, tidu_error *reterr)
{
    const char *from = options->from, *to = options->to;
    char *words[MOST_SHARED + MOST_CHANGES] = {NULL};
    json_t *addresses = json_array();
    uint32_t steps = 21;
    bool good = true;
    for (size_t i = 0; good && i < options->params.count; i++) {
        if (i == MOST_SHARED + MOST_CHANGES)
            break;
        words[i] = strdup(options->params.items[i]);
        good = words[i] && read_param(words[i], addresses, changes, &from, &to);
        if (!good)
            tidu_error_set(reterr, TIDU_MEMORY, NULL);
    }
    if (good && json_array_size(addresses) > MOST_SHARED)
        good = bad_param(options->params.items[MOST_SHARED], "param", "≤ 16", reterr);
    if (good && !json_array_size(addresses))
        good = tidu_error_set(reterr, TIDU_CLI_VALUE, "param", "ADDRESS", NULL);
    if (good && (!from || !to))
        good = tidu_error_set(reterr, TIDU_CLI_VALUE, from ? "to" : "from", "VALUE", NULL);
    good = good && (!options->steps || read_steps(options->steps, "steps", &steps, reterr));
    if (good)
        json_array_append_new(axes, axis_of(json_incref(addresses), from, to, steps));
    for (size_t i = 0; i < MOST_SHARED + MOST_CHANGES; i++)
        free(words[i]);
    json_decref(addresses);
    return good;
}

static bool
put_against(const struct options *options, json_t *axes, tidu_error *reterr)
{
    const char *address, *from, *to;
    uint32_t steps = 11;
    if (!options->against)
        return !options->against_steps ||
               tidu_error_set(reterr, TIDU_CLI_VALUE, "against", "ADDRESS=FROM..TO", NULL);
    char *word = strdup(options->against);
    bool good = word && read_range(word, &address, &from, &to);
    if (!good)
        bad_param(options->against, "against", "ADDRESS=FROM..TO", reterr);
    good = good && (!options->against_steps ||
                    read_steps(options->against_steps, "against-steps", &steps, reterr));
    if (good)
        json_array_append_new(axes, axis_of(json_string(address), from, to, steps));
    free(word);
    return good;
}

static bool
make(const struct options *options, json_t *params, tidu_error *reterr)
{
    json_t *axes = json_array(), *changes = json_object();
    bool counted = !options->params.count && !options->from && !options->to && !options->steps &&
                   !options->against && !options->against_steps;
    json_object_set_new(params, "axes", axes);
    json_object_set_new(params, "params", changes);
    if (options->designations.count)
        json_object_set_new(params, "designations", tidu_list_words(&options->designations));
    if (options->plot && counted)
        return tidu_error_set(reterr, TIDU_CLI_VALUE, "param", "ADDRESS", NULL);
    return (!options->plot || tidu_plot_check(options->plot, reterr)) &&
           tidu_asking_rows(options, reterr) &&
           (counted ||
            (put_params(options, axes, changes, reterr) && put_against(options, axes, reterr)));
}

/* ---- showing ---- */

struct showing {
    const json_t *result, *values, *others; /* of both axes; the second or NULL */
    tidu_lang lang;
    bool colours;
    tidu_text *out;
};

static const char *
value_at(const json_t *values, size_t index)
{
    return json_string_value(json_array_get(values, index));
}

static json_int_t
count_at(const json_t *list, size_t i, size_t j)
{
    const json_t *item = json_array_get(list, i);
    return json_integer_value(json_is_array(item) ? json_array_get(item, j) : item);
}

static bool
moves(const json_t *list)
{
    for (size_t i = 1; i < json_array_size(list); i++)
        if (!json_equal(json_array_get(list, i), json_array_get(list, 0)))
            return true;
    return false;
}

static void
put_bar(double share, tidu_text *out)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    unsigned parts = (unsigned)(share * BAR_WIDTH * 8 + 0.5);
    for (unsigned i = 0; i < parts / 8; i++)
        tidu_text_puts(out, "█");
    tidu_text_puts(out, eighths[parts % 8]);
    tidu_text_putc(out, '\0');
}

static void
put_curve(const struct showing *showing, const json_t *designation)
{
    const json_t *met = json_object_get(designation, "met");
    struct table table = {.columns = 3};
    json_int_t most = 1;
    for (size_t i = 0; i < json_array_size(met); i++)
        most = count_at(met, i, 0) > most ? count_at(met, i, 0) : most;
    for (size_t i = 0; i < json_array_size(met); i++) {
        char count[32];
        tidu_text bar = {0};
        snprintf(count, sizeof count, "%lld", (long long)count_at(met, i, 0));
        put_bar((double)count_at(met, i, 0) / (double)most, &bar);
        tidu_table_add(&table, value_at(showing->values, i), TIDU_PLAIN);
        tidu_table_add(&table, count, TIDU_BOLD);
        tidu_table_add(&table, bar.failed ? "" : bar.data, TIDU_GREEN);
        tidu_text_free(&bar);
    }
    tidu_table_write(&table, showing->colours, showing->out);
    tidu_table_free(&table);
}

static void
put_heat(const struct showing *showing, const json_t *designation)
{
    const json_t *met = json_object_get(designation, "met");
    struct table table = {.columns = json_array_size(showing->others) + 1};
    tidu_table_add(&table, "", TIDU_PLAIN);
    for (size_t j = 0; j < json_array_size(showing->others); j++)
        tidu_table_add(&table, value_at(showing->others, j), TIDU_FAINT);
    for (size_t i = 0; i < json_array_size(met); i++) {
        tidu_table_add(&table, value_at(showing->values, i), TIDU_FAINT);
        for (size_t j = 0; j < json_array_size(showing->others); j++) {
            char count[32];
            snprintf(count, sizeof count, "%lld", (long long)count_at(met, i, j));
            tidu_table_add(&table, count, TIDU_PLAIN);
        }
    }
    tidu_table_write(&table, showing->colours, showing->out);
    tidu_table_free(&table);
}

/* A line a group, a column a value. */
static void
put_groups(const struct showing *showing, size_t which)
{
    size_t index, values = json_array_size(showing->values);
    json_t *group;
    struct table table = {.columns = (values ? values : 1) + 1};
    for (size_t i = 0; i < values; i++) {
        if (!i)
            tidu_table_add(&table, "", TIDU_PLAIN);
        tidu_table_add(&table, value_at(showing->values, i), TIDU_FAINT);
    }
    json_array_foreach (json_object_get(showing->result, "groups"), index, group) {
        const char *label = json_string_value(json_object_get(group, "group"));
        const json_t *met =
            json_object_get(json_array_get(json_object_get(group, "designations"), which), "met");
        tidu_table_add(&table,
                       label                      ? label
                       : showing->lang == TIDU_EN ? "(not known)"
                                                  : "（未知）",
                       TIDU_PLAIN);
        for (size_t i = 0; i < json_array_size(met); i++) {
            char count[32];
            snprintf(count, sizeof count, "%lld", (long long)count_at(met, i, 0));
            tidu_table_add(&table, count, TIDU_PLAIN);
        }
    }
    tidu_table_write(&table, showing->colours, showing->out);
    tidu_table_free(&table);
}

static void
put_title(const struct showing *showing, const json_t *designation)
{
    tidu_text_putc(showing->out, '\n');
    tidu_put_coloured(showing->out, showing->colours, TIDU_BOLD,
                      tidu_show_title(designation, showing->lang));
    tidu_text_putc(showing->out, '\n');
}

static void
put_money(const struct showing *showing)
{
    const json_t *money = json_object_get(showing->result, "money");
    const json_t *low = json_object_get(money, "low"), *high = json_object_get(money, "high");
    struct table table = {.columns = 3};
    if (!money || showing->others)
        return;
    bool chinese = showing->lang != TIDU_EN;
    tidu_text_puts(showing->out, chinese ? "奖补合计，万元：确定的，可能的\n"
                                         : "awards in wan yuan: sure, possible\n");
    for (size_t i = 0; i < json_array_size(low); i++) {
        char amounts[2][40];
        snprintf(amounts[0], sizeof amounts[0], "%.2f", json_number_value(json_array_get(low, i)));
        snprintf(amounts[1], sizeof amounts[1], "%.2f", json_number_value(json_array_get(high, i)));
        tidu_table_add(&table, showing->values ? value_at(showing->values, i) : "", TIDU_PLAIN);
        tidu_table_add(&table, amounts[0], TIDU_BOLD);
        tidu_table_add(&table, amounts[1], TIDU_PLAIN);
    }
    tidu_table_write(&table, showing->colours, showing->out);
    tidu_table_free(&table);
}

static void
show(const struct showing *showing)
{
    const json_t *designations = json_object_get(showing->result, "designations");
    size_t index, still = json_array_size(json_object_get(showing->result, "unmoved"));
    json_t *designation;
    tidu_show_population(showing->result, showing->lang, showing->out);
    json_array_foreach ((json_t *)designations, index, designation) {
        if (!moves(json_object_get(designation, "met"))) {
            still++;
            continue;
        }
        put_title(showing, designation);
        if (showing->others)
            put_heat(showing, designation);
        else
            put_curve(showing, designation);
        if (!showing->others && json_object_get(showing->result, "groups"))
            put_groups(showing, index);
    }
    put_money(showing);
    if (still)
        tidu_text_printf(showing->out,
                         showing->lang == TIDU_EN ? "\n%zu designations do not depend on it\n"
                                                  : "\n另有 %zu 项称号不受影响\n",
                         still);
}

/* Without a threshold: how many there are. */
static void
show_counts(const struct showing *showing)
{
    static const char *const headings[2][4] = {{"称号", "符合", "不符合", "无法判定"},
                                               {"designation", "met", "unmet", "undetermined"}};
    static const char *const names[3] = {"met", "unmet", "undetermined"};
    struct table table = {.columns = 4};
    size_t index;
    json_t *designation;
    tidu_show_population(showing->result, showing->lang, showing->out);
    for (int i = 0; i < 4; i++)
        tidu_table_add(&table, headings[showing->lang == TIDU_EN][i], TIDU_BOLD);
    json_array_foreach (json_object_get(showing->result, "designations"), index, designation) {
        tidu_table_add(&table, tidu_show_title(designation, showing->lang), TIDU_PLAIN);
        for (int i = 0; i < 3; i++) {
            char count[32];
            snprintf(count, sizeof count, "%lld",
                     (long long)count_at(json_object_get(designation, names[i]), 0, 0));
            tidu_table_add(&table, count, TIDU_PLAIN);
        }
    }
    tidu_table_write(&table, showing->colours, showing->out);
    tidu_table_free(&table);
    if (json_object_get(showing->result, "groups"))
        json_array_foreach (json_object_get(showing->result, "designations"), index, designation) {
            put_title(showing, designation);
            put_groups(showing, index);
        }
    put_money(showing);
}

/* A line a value (or pair of them), designation and group. */
static void
put_rows(const struct showing *showing, const json_t *figures, const char *group,
         const struct rows *rows)
{
    const json_t *designations = json_object_get(figures, "designations");
    size_t index;
    json_t *designation;
    json_array_foreach ((json_t *)designations, index, designation)
        for (size_t i = 0; i < (showing->values ? json_array_size(showing->values) : 1); i++)
            for (size_t j = 0; j < (showing->others ? json_array_size(showing->others) : 1); j++) {
                json_t *row =
                    json_pack("{s:s*,s:s*,s:s*,s:s,s:I,s:I,s:I}", "value",
                              showing->values ? value_at(showing->values, i) : NULL, "against",
                              showing->others ? value_at(showing->others, j) : NULL, "group", group,
                              "designation", tidu_show_text(designation, "id"), "met",
                              count_at(json_object_get(designation, "met"), i, j), "unmet",
                              count_at(json_object_get(designation, "unmet"), i, j), "undetermined",
                              count_at(json_object_get(designation, "undetermined"), i, j));
                tidu_put_row(rows, row);
                json_decref(row);
            }
}

static void
put_all_rows(const struct showing *showing, const char *format)
{
    const json_t *groups = json_object_get(showing->result, "groups");
    struct rows rows = tidu_rows_of(showing->result, format, showing->out);
    char names[64];
    size_t index;
    json_t *group;
    snprintf(names, sizeof names, "%s%s%sdesignation,met,unmet,undetermined",
             showing->values ? "value," : "", showing->others ? "against," : "",
             groups ? "group," : "");
    tidu_put_heading(&rows, names);
    if (!groups)
        put_rows(showing, showing->result, NULL, &rows);
    json_array_foreach ((json_t *)groups, index, group) {
        const char *label = json_string_value(json_object_get(group, "group"));
        put_rows(showing, group, label ? label : "", &rows);
    }
}

static void
print(const struct options *options, const char *format, const json_t *tree, tidu_text *out)
{
    const json_t *axes = json_object_get(tree, "axes");
    struct showing showing = {
        .result = tree,
        .values = json_object_get(json_array_get(axes, 0), "values"),
        .others =
            json_array_size(axes) > 1 ? json_object_get(json_array_get(axes, 1), "values") : NULL,
        .lang = options->language,
        .colours = tidu_colours_wanted(stdout),
        .out = out,
    };
    if (strcmp(format, "text"))
        put_all_rows(&showing, format);
    else if (json_array_size(axes))
        show(&showing);
    else
        show_counts(&showing);
}

int
tidu_command_sweep(const struct options *options)
{
    return tidu_answer_inquiry(options, "sweep", make, print);
}
