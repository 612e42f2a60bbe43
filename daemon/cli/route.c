/*
 * route.c: tidu route [FILE].
 *
 *   用能 DT-03（依据：通常做法）
 *   层级    地区    牵头                  会同
 *   县      南山区  南山区发展和改革局    …
 *
 * The region is asked about with --region, or is where the record's enterprise
 * is.
 */
#include "internal.h"

static const char *
text_at(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* The names of several offices, one after the other. */
static void
add_names(struct table *table, const json_t *link, const char *const *keys, tidu_lang lang)
{
    tidu_text names = {0};
    size_t index;
    json_t *actor;
    for (; *keys; keys++)
        json_array_foreach (json_object_get(link, *keys), index, actor) {
            const char *name = tidu_show_words(json_object_get(actor, "name"), lang);
            if (!*name)
                continue;
            tidu_text_puts(&names, !names.length ? "" : lang == TIDU_EN ? ", " : "、");
            tidu_text_puts(&names, name);
        }
    tidu_text_putc(&names, '\0');
    tidu_table_add(table, names.failed ? "" : names.data, TIDU_PLAIN);
    tidu_text_free(&names);
}

static const struct {
    const char *name, *zh, *en;
} levels[] = {
    {"county", "县级", "county"},      {"city", "市级", "city"},
    {"province", "省级", "province"},  {"country", "国家", "country"},
    {"headquarters", "集团总部", "headquarters"},
};

static const char *
level_title(const char *name, tidu_lang lang)
{
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (strcmp(levels[i].name, name) == 0)
            return lang == TIDU_EN ? levels[i].en : levels[i].zh;
    return name;
}

static const struct {
    const char *name, *zh, *en;
} bases[] = {
    {"explicit", "原文写明牵头", "the text says who leads"},
    {"first_listed", "首先列名的牵头，是起草惯例", "the first listed leads, by convention of drafting"},
    {"practice", "通常做法", "usual practice"},
};

static void
put_heading(const struct options *options, const json_t *result, tidu_text *out)
{
    static const char *const keys[] = {"measure", "demand", "designation", NULL};
    bool english = options->language == TIDU_EN;
    const char *basis = text_at(result, "basis");
    const char *title = tidu_show_words(json_object_get(result, "title"), options->language);
    tidu_put_coloured(out, tidu_colours_wanted(stdout), TIDU_BOLD, title);
    for (int i = 0; keys[i]; i++)
        if (json_object_get(result, keys[i]))
            tidu_text_printf(out, " %s", text_at(result, keys[i]));
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
        if (strcmp(bases[i].name, basis) == 0)
            tidu_text_printf(out, english ? " (%s)\n" : "（%s）\n",
                             english ? bases[i].en : bases[i].zh);
    const json_t *clause = json_object_get(result, "clause");
    tidu_text_printf(out, "%s %s\n", text_at(clause, "document"), text_at(clause, "path"));
    const char *note = tidu_show_words(json_object_get(result, "note"), options->language);
    if (*note)
        tidu_text_printf(out, english ? "note: %s\n" : "说明：%s\n", note);
    tidu_text_putc(out, '\n');
}

static void
put_days(const json_t *link, tidu_lang lang, struct table *table)
{
    const json_t *days = json_object_get(link, "working_days");
    char text[120] = "";
    if (days)
        snprintf(text, sizeof text,
                 lang == TIDU_EN ? "%lld/%lld/%lld working days" : "受理%lld、方案%lld、办结%lld个工作日",
                 (long long)json_integer_value(json_object_get(days, "acknowledge")),
                 (long long)json_integer_value(json_object_get(days, "plan")),
                 (long long)json_integer_value(json_object_get(days, "settle")));
    else if (json_is_true(json_object_get(link, "settles")))
        snprintf(text, sizeof text, "%s", lang == TIDU_EN ? "settles it first" : "先在这一级办理");
    tidu_table_add(table, text, TIDU_FAINT);
}

static void
show(const struct options *options, const json_t *result, tidu_text *out)
{
    static const char *const with[] = {"with", "support", NULL};
    bool english = options->language == TIDU_EN, colours = tidu_colours_wanted(stdout);
    struct table table = {.columns = 5};
    size_t index;
    json_t *link;
    put_heading(options, result, out);
    tidu_table_add(&table, english ? "level" : "层级", TIDU_BOLD);
    tidu_table_add(&table, english ? "region" : "地区", TIDU_BOLD);
    tidu_table_add(&table, english ? "lead" : "牵头", TIDU_BOLD);
    tidu_table_add(&table, english ? "with" : "会同、配合", TIDU_BOLD);
    tidu_table_add(&table, "", TIDU_BOLD);
    json_array_foreach (json_object_get(result, "chain"), index, link) {
        const json_t *lead = json_object_get(link, "lead");
        tidu_table_add(&table, level_title(text_at(link, "level"), options->language), TIDU_PLAIN);
        tidu_table_add(&table, text_at(json_object_get(link, "region"), "name"), TIDU_PLAIN);
        tidu_table_add(&table, tidu_show_words(json_object_get(lead, "name"), options->language),
                       TIDU_PLAIN);
        add_names(&table, link, with, options->language);
        put_days(link, options->language, &table);
    }
    tidu_table_write(&table, colours, out);
    tidu_table_free(&table);
}

int
tidu_command_route(const struct options *options)
{
    return tidu_answer_question(options, "route", show);
}
