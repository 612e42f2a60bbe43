/*
 * whatif.c: tidu whatif FILE --set FACT=VALUE… --param ADDRESS=VALUE… --candidate DIR.
 *
 * What moved, title by title with its criteria under it; then money and measures.
 */
#include "internal.h"

struct telling {
    const json_t *changed;
    tidu_lang lang;
    bool colours;
    tidu_text *out;
};

/* A status, points, or points that are open: "12–15". */
static void
put_value(const struct telling *telling, const json_t *value, bool colours)
{
    const char *word = json_is_string(value) ? json_string_value(value) : "?";
    if (json_is_array(value)) {
        put_value(telling, json_array_get(value, 0), colours);
        tidu_text_puts(telling->out, "–");
        put_value(telling, json_array_get(value, 1), colours);
    } else if (json_is_number(value)) {
        tidu_text_number(telling->out, json_number_value(value));
    } else if (!strcmp(word, "absent")) {
        tidu_text_puts(telling->out, tidu_in(telling->lang, "（没有）", "(none)"));
    } else {
        tidu_show_status(word, telling->lang, colours, telling->out);
    }
}

static void
put_arrow(const struct telling *telling, const json_t *item)
{
    tidu_text_puts(telling->out, "  ");
    put_value(telling, json_object_get(item, "before"), false);
    tidu_text_puts(telling->out, " → ");
    put_value(telling, json_object_get(item, "after"), telling->colours);
}

static void
put_reason(const struct telling *telling, const json_t *item, const char *side, const char *label)
{
    const json_t *says = json_object_get(json_object_get(item, "says"), side);
    const char *words = tidu_show_words(says, telling->lang);
    if (*words)
        tidu_text_printf(telling->out, "        %s%s\n", label, words);
}

static void
put_criteria(const struct telling *telling, const char *designation)
{
    size_t index;
    json_t *item;
    json_array_foreach ((json_t *)telling->changed, index, item) {
        if (strcmp(tidu_show_text(item, "kind"), "criterion") ||
            strcmp(tidu_show_text(item, "designation"), designation))
            continue;
        tidu_text_printf(telling->out, "    %s", tidu_show_title(item, telling->lang));
        put_arrow(telling, item);
        tidu_text_putc(telling->out, '\n');
        put_reason(telling, item, "before", tidu_in(telling->lang, "原：", "before: "));
        put_reason(telling, item, "after", tidu_in(telling->lang, "现：", "after: "));
    }
}

/* Titles that moved, then those of which only criteria did. */
static void
put_titles(const struct telling *telling)
{
    json_t *told = json_object(), *item;
    size_t index;
    json_array_foreach ((json_t *)telling->changed, index, item) {
        const char *kind = tidu_show_text(item, "kind"), *id = tidu_show_text(item, "id");
        bool criterion = !strcmp(kind, "criterion");
        if (criterion)
            id = tidu_show_text(item, "designation");
        if ((!criterion && strcmp(kind, "designation")) || json_object_get(told, id))
            continue;
        json_object_set_new(told, id, json_true());
        tidu_text_puts(telling->out, criterion ? id : tidu_show_title(item, telling->lang));
        if (criterion)
            tidu_text_puts(telling->out, tidu_in(telling->lang, "  结论不变", "  as before"));
        else
            put_arrow(telling, item);
        tidu_text_putc(telling->out, '\n');
        put_criteria(telling, id);
    }
    json_decref(told);
}

static void
put_others(const struct telling *telling, const char *kind, const char *heading)
{
    bool any = false;
    size_t index;
    json_t *item;
    json_array_foreach ((json_t *)telling->changed, index, item) {
        const json_t *amount = json_object_get(item, "amount");
        if (strcmp(tidu_show_text(item, "kind"), kind))
            continue;
        if (!any)
            tidu_text_printf(telling->out, "%s\n", heading);
        any = true;
        tidu_text_printf(telling->out, "    %s", tidu_show_title(item, telling->lang));
        put_arrow(telling, item);
        if (!json_is_null(json_object_get(amount, "after")) && amount) {
            tidu_text_puts(telling->out, tidu_in(telling->lang, "，万元", ", wan yuan"));
            put_arrow(telling, amount);
        }
        tidu_text_putc(telling->out, '\n');
    }
}

static void
show(const struct options *options, const json_t *result, tidu_text *out)
{
    const struct telling telling = {.changed = json_object_get(result, "changed"),
                                    .lang = options->language,
                                    .colours = tidu_colours_wanted(stdout),
                                    .out = out};
    if (!json_array_size(telling.changed)) {
        tidu_text_puts(out, tidu_in(telling.lang, "没有变化\n", "nothing changes\n"));
        return;
    }
    put_titles(&telling);
    put_others(&telling, "indicator", tidu_in(telling.lang, "得分", "points"));
    put_others(&telling, "subsidy", tidu_in(telling.lang, "奖补", "awards"));
    put_others(&telling, "measure", tidu_in(telling.lang, "服务措施", "measures"));
}

int
tidu_command_whatif(const struct options *options)
{
    return tidu_answer_question(options, "whatif", show);
}
