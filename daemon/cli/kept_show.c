/*
 * kept_show.c: enterprises and demands for people.
 */
#include "kept.h"

#include <stdlib.h>

static bool
is_english(const struct options *options)
{
    return options->language == TIDU_EN;
}

static long long
number_at(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static void
begin_table(struct table *table, const struct options *options, const char *const headings[][2])
{
    for (size_t i = 0; i < table->columns; i++)
        tidu_table_add(table, headings[i][is_english(options)], TIDU_BOLD);
}

static void
end_table(struct table *table, tidu_text *out)
{
    tidu_table_write(table, tidu_colours_wanted(stdout), out);
    tidu_table_free(table);
}

static void
put_next(const struct options *options, const json_t *result, tidu_text *out)
{
    const json_t *next = json_object_get(result, "next");
    const char *form = is_english(options) ? "more: --after %s\n" : "还有更多：--after %s\n";
    char number[32];
    snprintf(number, sizeof number, "%lld", json_integer_value(next));
    if (next && !json_is_null(next))
        tidu_text_printf(out, form, json_is_string(next) ? json_string_value(next) : number);
}

/* ---- enterprises ---------------------------------------------------------------------- */

/* "lg/rd, lg/ip" and, with a question mark, what nobody can tell. */
static void
list_lacking(const json_t *firm, tidu_text *out)
{
    static const char *const lists[] = {"unmet", "undetermined"};
    size_t index;
    json_t *id;
    out->length = 0;
    for (int i = 0; i < 2; i++)
        json_array_foreach (json_object_get(firm, lists[i]), index, id)
            tidu_text_printf(out, "%s%s%s", out->length ? ", " : "", json_string_value(id),
                             i ? "?" : "");
    tidu_text_putc(out, '\0');
}

void
tidu_kept_show_enterprises(const struct options *options, const json_t *result, tidu_text *out)
{
    static const char *const headings[][2] = {{"统一社会信用代码", "code"}, {"企业", "enterprise"},
                                              {"地区", "region"},          {"层级", "tier"},
                                              {"培育目标", "towards"},     {"尚缺", "lacks"}};
    const json_t *firms = json_object_get(result, "enterprises");
    bool near = json_object_get(json_array_get(firms, 0), "unmet") != NULL;
    struct table table = {.columns = near ? 6 : 5};
    tidu_text lacking = {0};
    size_t index;
    json_t *firm;
    begin_table(&table, options, headings);
    json_array_foreach (firms, index, firm) {
        tidu_table_add(&table, tidu_show_text(firm, "uscc"), TIDU_PLAIN);
        tidu_table_add(&table, tidu_show_text(firm, "enterprise_name"), TIDU_PLAIN);
        tidu_table_add(&table, tidu_show_text(firm, "region_code"), TIDU_PLAIN);
        tidu_table_add(&table, tidu_show_text(firm, "tier"), TIDU_PLAIN);
        tidu_table_add(&table, tidu_show_text(firm, "towards"), TIDU_PLAIN);
        if (near) {
            list_lacking(firm, &lacking);
            tidu_table_add(&table, lacking.failed ? "" : lacking.data, TIDU_YELLOW);
        }
    }
    end_table(&table, out);
    tidu_text_free(&lacking);
    put_next(options, result, out);
}

void
tidu_kept_show_enterprise(const struct options *options, const json_t *result, tidu_text *out)
{
    static const char *const headings[][2] = {
        {"称号", "title"}, {"授予", "granted"}, {"到期", "expires"}, {"复核", "reviewed"}, {"取消", "cancelled"}};
    struct table table = {.columns = 5};
    const char *name;
    json_t *value;
    size_t index;
    tidu_text_printf(out, "%s  %s  %s  %s\n", tidu_show_text(result, "uscc"),
                     tidu_show_text(result, "enterprise_name"),
                     tidu_show_text(result, "region_code"), tidu_show_text(result, "tier"));
    begin_table(&table, options, headings);
    json_array_foreach (json_object_get(result, "titles"), index, value) {
        tidu_table_add(&table, tidu_show_text(value, "id"), TIDU_PLAIN);
        for (int i = 1; i < 5; i++)
            tidu_table_add(&table, tidu_show_text(value, headings[i][1]), TIDU_PLAIN);
    }
    end_table(&table, out);
    json_object_foreach (json_object_get(result, "facts"), name, value) {
        char *shown = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
        tidu_text_printf(out, "%s  %s\n", name, shown ? shown : "");
        free(shown);
    }
}

void
tidu_kept_show_due(const struct options *options, const json_t *result, tidu_text *out)
{
    static const char *const headings[][2] = {{"最后一日", "last day"}, {"称号", "title"},
                                              {"统一社会信用代码", "code"}, {"企业", "enterprise"},
                                              {"地区", "region"}, {"依据", "basis"}};
    struct table table = {.columns = 6};
    size_t index;
    json_t *ending;
    begin_table(&table, options, headings);
    json_array_foreach (json_object_get(result, "due"), index, ending) {
        bool stated = strcmp(tidu_show_text(ending, "basis"), "stated") == 0;
        tidu_table_add(&table, tidu_show_text(ending, "last_day"), TIDU_PLAIN);
        tidu_table_add(&table, tidu_show_text(ending, "title"), TIDU_PLAIN);
        tidu_table_add(&table, tidu_show_text(ending, "uscc"), TIDU_PLAIN);
        tidu_table_add(&table, tidu_show_text(ending, "enterprise_name"), TIDU_PLAIN);
        tidu_table_add(&table, tidu_show_text(ending, "region_code"), TIDU_PLAIN);
        tidu_table_add(&table,
                       is_english(options) ? (stated ? "as stated" : "by the policy's validity")
                                           : (stated ? "登记的到期日" : "按政策规定的有效期推算"),
                       TIDU_FAINT);
    }
    end_table(&table, out);
    tidu_text_printf(out, is_english(options) ? "%lld in all\n" : "共 %lld 项\n",
                     number_at(result, "total"));
}

void
tidu_kept_show_progress(const struct options *options, const json_t *result, tidu_text *out)
{
    static const char *const headings[][2] = {{"称号", "title"}, {"持有", "hold"},
                                              {"最高为此", "as highest"}, {"培育目标", "towards"}};
    struct table table = {.columns = 4};
    char cell[32];
    size_t index;
    json_t *rung, *target;
    begin_table(&table, options, headings);
    json_array_foreach (json_object_get(result, "ladder"), index, rung) {
        static const char *const counts[] = {"hold", "as_highest", "towards"};
        tidu_table_add(&table, tidu_show_title(rung, options->language), TIDU_PLAIN);
        for (int i = 0; i < 3; i++) {
            snprintf(cell, sizeof cell, "%lld", number_at(rung, counts[i]));
            tidu_table_add(&table, cell, TIDU_PLAIN);
        }
    }
    end_table(&table, out);
    tidu_text_printf(out, is_english(options) ? "enterprises %lld, without a title %lld\n"
                                              : "企业 %lld 家，无称号 %lld 家\n",
                     number_at(result, "enterprises"), number_at(result, "without_title"));
    json_array_foreach (json_object_get(result, "targets"), index, target)
        tidu_text_printf(out, "%s%s%s: %lld/%.0f (%.1f %%)\n", tidu_show_text(target, "place"),
                         json_object_get(target, "place") ? " " : "",
                         tidu_show_title(target, options->language), number_at(target, "hold"),
                         json_number_value(json_object_get(target, "count")),
                         json_number_value(json_object_get(target, "percent")));
    tidu_text_printf(out, "%s\n", tidu_show_words(json_object_get(result, "note"), options->language));
}

/* ---- demands -------------------------------------------------------------------------- */

static const struct {
    const char *id, *zh;
} states[] = {{"filed", "已提交"},    {"routed", "已分派"},  {"handed_over", "已移交"},
              {"accepted", "已受理"}, {"settled", "已办结"}, {"withdrawn", "已撤回"}};

static const char *
state_of(const struct options *options, const json_t *object)
{
    const char *id = tidu_show_text(object, "state");
    for (size_t i = 0; i < sizeof states / sizeof *states && !is_english(options); i++)
        if (strcmp(states[i].id, id) == 0)
            return states[i].zh;
    return id;
}

static const char *
office_of(const struct options *options, const json_t *demand)
{
    const json_t *office = json_object_get(demand, "office");
    return tidu_show_words(json_object_get(office, "name"), options->language);
}

static void
add_demand(struct table *table, const struct options *options, const json_t *demand)
{
    char number[32];
    const json_t *overdue = json_object_get(demand, "overdue");
    const char *who = tidu_show_text(demand, "enterprise_name");
    snprintf(number, sizeof number, "%lld", number_at(demand, "id"));
    tidu_table_add(table, number, TIDU_PLAIN);
    tidu_table_add(table, tidu_show_text(demand, "demand"), TIDU_PLAIN);
    tidu_table_add(table, state_of(options, demand), TIDU_PLAIN);
    tidu_table_add(table, *who ? who : tidu_show_text(demand, "uscc"), TIDU_PLAIN);
    tidu_table_add(table, office_of(options, demand), TIDU_PLAIN);
    tidu_table_add(table, tidu_show_text(demand, "settle_by"),
                   json_is_string(overdue) ? TIDU_RED : TIDU_PLAIN);
}

static const char *const demand_headings[][2] = {{"编号", "number"},      {"类型", "demand"},
                                                 {"状态", "state"},       {"企业", "enterprise"},
                                                 {"承办", "office"},      {"办结期限", "settle by"}};

void
tidu_kept_show_demands(const struct options *options, const json_t *result, tidu_text *out)
{
    struct table table = {.columns = 6};
    size_t index;
    json_t *demand;
    begin_table(&table, options, demand_headings);
    json_array_foreach (json_object_get(result, "demands"), index, demand)
        add_demand(&table, options, demand);
    end_table(&table, out);
    put_next(options, result, out);
}

void
tidu_kept_show_demand(const struct options *options, const json_t *result, tidu_text *out)
{
    static const char *const headings[][2] = {{"时间", "time"},   {"办理", "step"},
                                              {"状态", "state"},  {"用户", "user"},
                                              {"规则集", "ruleset"}, {"说明", "says"}};
    struct table table = {.columns = 6}, course = {.columns = 6};
    char cell[32];
    size_t index;
    json_t *change;
    begin_table(&table, options, demand_headings);
    add_demand(&table, options, result);
    end_table(&table, out);
    tidu_text_printf(out, "%s\n\n", tidu_show_text(result, "text"));
    begin_table(&course, options, headings);
    json_array_foreach (json_object_get(result, "changes"), index, change) {
        const char *reason = tidu_show_text(change, "reason");
        tidu_table_add(&course, tidu_show_text(change, "time"), TIDU_PLAIN);
        tidu_table_add(&course, tidu_show_text(change, "action"), TIDU_PLAIN);
        tidu_table_add(&course, state_of(options, change), TIDU_PLAIN);
        snprintf(cell, sizeof cell, "%lld", number_at(change, "user"));
        tidu_table_add(&course, cell, TIDU_PLAIN);
        snprintf(cell, sizeof cell, "%.12s", tidu_show_text(change, "ruleset"));
        tidu_table_add(&course, cell, TIDU_FAINT);
        tidu_table_add(&course, *reason ? reason : tidu_show_text(change, "result"), TIDU_PLAIN);
    }
    end_table(&course, out);
}

void
tidu_kept_show_done(const struct options *options, const json_t *result, tidu_text *out)
{
    (void)result;
    tidu_text_puts(out, is_english(options) ? "done\n" : "已完成\n");
}
