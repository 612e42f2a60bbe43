/*
 * matrix.c: tidu matrix FILE, and tidu matrix --rule ID.
 *
 * One row a place: the titles an enterprise qualifies for there and the money
 * it may draw, or what the place says differently of a rule.
 */
#include "internal.h"

static const char *
text_at(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static void
add_place(struct table *table, const json_t *entry)
{
    const json_t *place = json_object_get(entry, "place");
    tidu_table_add(table, text_at(place, "code"), TIDU_PLAIN);
    tidu_table_add(table, text_at(place, "name"), TIDU_PLAIN);
}

/* Ids of one status, one after the other. */
static void
add_ids(struct table *table, const json_t *items, const char *status)
{
    tidu_text ids = {0};
    size_t index;
    json_t *item;
    json_array_foreach ((json_t *)items, index, item) {
        if (strcmp(text_at(item, "status"), status) != 0)
            continue;
        tidu_text_puts(&ids, ids.length ? " " : "");
        tidu_text_puts(&ids, text_at(item, "id"));
    }
    tidu_text_putc(&ids, '\0');
    tidu_table_add(table, ids.failed ? "" : ids.data, TIDU_PLAIN);
    tidu_text_free(&ids);
}

static void
add_money(struct table *table, const json_t *money)
{
    const json_t *low = json_object_get(money, "low"), *high = json_object_get(money, "high");
    char text[80] = "";
    if (json_is_number(low) && json_is_number(high) &&
        json_number_value(low) < json_number_value(high))
        snprintf(text, sizeof text, "%.15g–%.15g", json_number_value(low), json_number_value(high));
    else if (json_is_number(low) && json_is_number(high))
        snprintf(text, sizeof text, "%.15g", json_number_value(low));
    else if (json_is_number(low))
        snprintf(text, sizeof text, "%.15g–?", json_number_value(low));
    tidu_table_add(table, text, TIDU_PLAIN);
}

static void
show_enterprise(const struct options *options, const json_t *result, tidu_text *out)
{
    bool english = options->language == TIDU_EN;
    struct table table = {.columns = 5};
    size_t index;
    json_t *entry;
    tidu_table_add(&table, english ? "code" : "区划", TIDU_BOLD);
    tidu_table_add(&table, english ? "place" : "地方", TIDU_BOLD);
    tidu_table_add(&table, english ? "money, wan yuan" : "奖补（万元）", TIDU_BOLD);
    tidu_table_add(&table, english ? "titles met" : "符合的称号", TIDU_BOLD);
    tidu_table_add(&table, english ? "awards" : "可享受的奖补", TIDU_BOLD);
    json_array_foreach (json_object_get(result, "places"), index, entry) {
        const json_t *answer = json_object_get(entry, "answer");
        add_place(&table, entry);
        add_money(&table, json_object_get(answer, "money"));
        add_ids(&table, json_object_get(answer, "designations"), "met");
        add_ids(&table, json_object_get(answer, "subsidies"), "met");
    }
    tidu_table_write(&table, tidu_colours_wanted(stdout), out);
    tidu_table_free(&table);
}

static const char *
direction(const json_t *entry, bool english)
{
    const char *word = text_at(entry, "direction");
    if (strcmp(word, "stricter") == 0)
        return english ? "stricter" : "更严";
    if (strcmp(word, "looser") == 0)
        return english ? "looser" : "更宽";
    return english ? "differs" : "不同";
}

static void
show_rule(const struct options *options, const json_t *result, tidu_text *out)
{
    bool english = options->language == TIDU_EN;
    const json_t *base = json_object_get(result, "default"), *places = json_object_get(result, "places");
    struct table table = {.columns = 5};
    size_t index;
    json_t *entry;
    tidu_text_printf(out, "%s  %s  %s\n", text_at(result, "rule"),
                     tidu_show_words(json_object_get(base, "title"), options->language),
                     text_at(base, "value"));
    tidu_text_printf(out,
                     english ? "places that differ: %zu; all others are the same\n\n"
                             : "有%zu地不同，其余各地一致\n\n",
                     json_array_size(places));
    json_array_foreach ((json_t *)places, index, entry) {
        const json_t *clause = json_object_get(entry, "clause");
        add_place(&table, entry);
        tidu_table_add(&table, direction(entry, english), TIDU_PLAIN);
        tidu_table_add(&table, text_at(entry, "value"), TIDU_PLAIN);
        tidu_table_add(&table, text_at(clause, "document"), TIDU_FAINT);
    }
    tidu_table_write(&table, tidu_colours_wanted(stdout), out);
    tidu_table_free(&table);
}

static void
show(const struct options *options, const json_t *result, tidu_text *out)
{
    if (json_object_get(result, "rule"))
        show_rule(options, result, out);
    else
        show_enterprise(options, result, out);
}

int
tidu_command_matrix(const struct options *options)
{
    return tidu_answer_question(options, "matrix", show);
}
