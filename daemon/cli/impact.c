/*
 * impact.c: tidu impact POP --candidate DIR | --param ADDRESS=VALUE….
 *
 * Who gains and who loses by other rules, why, and what it costs.
 */
#include "internal.h"

#include <stdlib.h>

static bool
make(const struct options *options, json_t *params, tidu_error *reterr)
{
    uint64_t samples;
    if (!tidu_asking_rows(options, reterr) ||
        !tidu_put_pairs(&options->params, "param", "ADDRESS=VALUE", params, "params", reterr) ||
        (options->samples &&
         !tidu_read_count(options->samples, "samples", 0, UINT32_MAX, &samples, reterr)))
        return false;
    if (options->candidate && options->params.count)
        return tidu_error_set(reterr, TIDU_CLI_CLASH, "candidate", "param", NULL);
    if (!options->candidate && !options->params.count)
        return tidu_error_set(reterr, TIDU_CLI_VALUE, "candidate", "DIR", NULL);
    if (options->samples)
        json_object_set_new(params, "samples", json_integer((json_int_t)samples));
    if (options->all)
        json_object_set_new(params, "all", json_true());
    if (options->designations.count)
        json_object_set_new(params, "designations", tidu_list_words(&options->designations));
    return true;
}

/* ---- showing ---- */

static long long
count_of(const json_t *object, const char *name)
{
    return (long long)json_integer_value(json_object_get(object, name));
}

static void
put_counts(const json_t *designations, tidu_lang lang, bool colours, tidu_text *out)
{
    static const char *const headings[2][5] = {
        {"称号", "原符合", "现符合", "新增", "失去"},
        {"designation", "met before", "after", "gained", "lost"},
    };
    struct table table = {.columns = 5};
    size_t index, nobody = 0;
    json_t *item;
    for (int i = 0; i < 5; i++)
        tidu_table_add(&table, headings[lang == TIDU_EN][i], TIDU_BOLD);
    json_array_foreach ((json_t *)designations, index, item) {
        const long long counts[4] = {count_of(json_object_get(item, "before"), "met"),
                                     count_of(json_object_get(item, "after"), "met"),
                                     count_of(item, "gained"), count_of(item, "lost")};
        if (!counts[0] && !counts[1]) {
            nobody++;
            continue;
        }
        tidu_table_add(&table, tidu_show_title(item, lang), TIDU_PLAIN);
        for (int i = 0; i < 4; i++) {
            char count[32];
            snprintf(count, sizeof count,
                     i > 1 && counts[i] ? (i == 2 ? "+%lld" : "-%lld") : "%lld", counts[i]);
            tidu_table_add(&table, count,
                           i < 2 || !counts[i] ? TIDU_PLAIN
                           : i == 2            ? TIDU_GREEN
                                               : TIDU_RED);
        }
    }
    tidu_table_write(&table, colours, out);
    tidu_table_free(&table);
    if (nobody)
        tidu_text_printf(out,
                         lang == TIDU_EN ? "nobody meets %zu more, before or after\n"
                                         : "另有 %zu 项称号前后都无企业符合\n",
                         nobody);
}

static void
put_reasons(const json_t *item, tidu_lang lang, tidu_text *out)
{
    size_t index;
    json_t *reason;
    json_array_foreach (json_object_get(item, "because"), index, reason)
        tidu_text_printf(out,
                         lang == TIDU_EN ? "    %s: +%lld -%lld, alone %lld\n"
                                         : "    %s：新增 %lld，失去 %lld，其中单独决定 %lld\n",
                         tidu_show_title(reason, lang), count_of(reason, "gained"),
                         count_of(reason, "lost"), count_of(reason, "alone"));
}

static void
put_groups(const json_t *item, tidu_lang lang, tidu_text *out)
{
    size_t index;
    json_t *group;
    json_array_foreach (json_object_get(item, "groups"), index, group) {
        const char *label = json_string_value(json_object_get(group, "group"));
        tidu_text_printf(out, "    %s  +%lld -%lld\n",
                         label             ? label
                         : lang == TIDU_EN ? "(not known)"
                                           : "（未知）",
                         count_of(group, "gained"), count_of(group, "lost"));
    }
}

static void
put_samples(const json_t *item, tidu_lang lang, tidu_text *out)
{
    size_t index;
    json_t *sample;
    json_array_foreach (json_object_get(item, "samples"), index, sample) {
        const char *name = tidu_show_text(sample, "name");
        tidu_text_printf(out, "    %lld  %s  ", count_of(sample, "record"),
                         *name ? name : tidu_show_text(sample, "uscc"));
        tidu_show_status(tidu_show_text(sample, "before"), lang, false, out);
        tidu_text_puts(out, " → ");
        tidu_show_status(tidu_show_text(sample, "after"), lang, false, out);
        tidu_text_printf(out, "  %s\n", tidu_show_text(sample, "criterion"));
    }
}

static void
put_money(const json_t *money, tidu_lang lang, tidu_text *out)
{
    const json_t *before = json_object_get(money, "before"),
                 *after = json_object_get(money, "after");
    size_t index;
    json_t *award;
    if (!money)
        return;
    tidu_text_printf(
        out, lang == TIDU_EN ? "awards, wan yuan: %.2f → %.2f\n" : "奖补合计，万元：%.2f → %.2f\n",
        json_number_value(json_object_get(before, "low")),
        json_number_value(json_object_get(after, "low")));
    json_array_foreach (json_object_get(money, "awards"), index, award) {
        const json_t *was = json_object_get(award, "before"), *is = json_object_get(award, "after");
        if (json_equal(was, is))
            continue;
        tidu_text_printf(out, "    %s (%s)  %.2f → %.2f\n", tidu_show_title(award, lang),
                         tidu_show_words(json_object_get(award, "payer"), lang),
                         json_number_value(json_object_get(was, "low")),
                         json_number_value(json_object_get(is, "low")));
    }
}

/* A line for each enterprise that was told. */
static void
put_rows(const json_t *designations, const struct rows *rows)
{
    static const char *const names[] = {"record", "uscc",  "name",      "group",
                                        "before", "after", "criterion", "failing"};
    size_t index, number;
    json_t *item, *sample;
    tidu_put_heading(rows, "designation,record,uscc,name,group,before,after,criterion,failing");
    json_array_foreach ((json_t *)designations, index, item)
        json_array_foreach (json_object_get(item, "samples"), number, sample) {
            json_t *row = json_pack("{s:s}", "designation", tidu_show_text(item, "id"));
            for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
                json_t *value = json_object_get(sample, names[n]);
                if (value || rows->csv)
                    json_object_set(row, names[n], value ? value : json_null());
            }
            tidu_put_row(rows, row);
            json_decref(row);
        }
}

static void
show(const struct options *options, const char *format, const json_t *result, tidu_text *out)
{
    const json_t *designations = json_object_get(result, "designations");
    tidu_lang lang = options->language;
    bool colours = tidu_colours_wanted(stdout);
    size_t index;
    json_t *item;
    if (strcmp(format, "text")) {
        struct rows rows = tidu_rows_of(result, format, out);
        put_rows(designations, &rows);
        return;
    }
    tidu_show_population(result, lang, out);
    put_counts(designations, lang, colours, out);
    json_array_foreach ((json_t *)designations, index, item) {
        if (!count_of(item, "gained") && !count_of(item, "lost"))
            continue;
        tidu_text_putc(out, '\n');
        tidu_put_coloured(out, colours, TIDU_BOLD, tidu_show_title(item, lang));
        tidu_text_putc(out, '\n');
        put_reasons(item, lang, out);
        put_groups(item, lang, out);
        put_samples(item, lang, out);
    }
    put_money(json_object_get(result, "money"), lang, out);
}

int
tidu_command_impact(const struct options *options)
{
    return tidu_answer_inquiry(options, "impact", make, show);
}
