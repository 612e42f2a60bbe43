/*
 * path.c: tidu path FILE --to ID --keep FACT… --cost FACT=N….
 *
 * The cheapest way, then others, then what forbids it and from which day on it is
 * possible.
 */
#include "internal.h"

struct telling {
    tidu_lang lang;
    tidu_text *out;
};

static const char *
words_of(const struct telling *telling, const json_t *item, const char *key)
{
    return tidu_show_words(json_object_get(item, key), telling->lang);
}

static void
put_value(const struct telling *telling, const json_t *change, const char *key)
{
    const json_t *value = json_object_get(change, key);
    char title[32];
    snprintf(title, sizeof title, "%s_title", key);
    if (json_is_boolean(value))
        tidu_text_puts(telling->out, json_is_true(value) ? tidu_in(telling->lang, "是", "yes")
                                                         : tidu_in(telling->lang, "否", "no"));
    else if (json_is_string(value))
        tidu_text_puts(telling->out, words_of(telling, change, title));
    else
        tidu_text_number(telling->out, json_number_value(value));
}

static void
put_for(const struct telling *telling, const json_t *change)
{
    size_t index;
    json_t *id;
    json_array_foreach (json_object_get(change, "for"), index, id)
        tidu_text_printf(telling->out, "%s%s", index ? " " : "    ", json_string_value(id));
}

static void
put_change(const struct telling *telling, const json_t *change)
{
    const char *added = json_string_value(json_object_get(change, "add"));
    const json_t *year = json_object_get(change, "year");
    double by = json_number_value(json_object_get(change, "by"));
    tidu_text_printf(telling->out, "  %s", tidu_show_title(change, telling->lang));
    if (year)
        tidu_text_printf(telling->out, " %d", (int)json_integer_value(year));
    tidu_text_puts(telling->out, "  ");
    if (added) {
        tidu_text_printf(telling->out, "%s%s", tidu_in(telling->lang, "增加 ", "add "), added);
    } else {
        put_value(telling, change, "from");
        tidu_text_puts(telling->out, " → ");
        put_value(telling, change, "to");
        if (json_object_get(change, "unit"))
            tidu_text_printf(telling->out, "%s%s", tidu_in(telling->lang, "", " "),
                             words_of(telling, change, "unit"));
    }
    if (json_object_get(change, "by")) {
        tidu_text_puts(telling->out, by > 0 ? "（+" : "（");
        tidu_text_number(telling->out, by);
        tidu_text_puts(telling->out, "）");
    }
    put_for(telling, change);
    tidu_text_putc(telling->out, '\n');
}

static void
put_list(const struct telling *telling, const json_t *way, const char *key, const char *heading)
{
    const json_t *list = json_object_get(way, key);
    size_t index;
    json_t *item;
    if (!json_array_size(list))
        return;
    tidu_text_printf(telling->out, "  %s", heading);
    json_array_foreach ((json_t *)list, index, item)
        tidu_text_printf(telling->out, "%s%s", index ? tidu_in(telling->lang, "、", ", ") : "",
                         tidu_show_title(item, telling->lang));
    tidu_text_putc(telling->out, '\n');
}

static void
put_way(const struct telling *telling, const json_t *way, const char *heading)
{
    size_t index;
    json_t *change;
    tidu_text_printf(telling->out, "%s%s", heading, tidu_in(telling->lang, "，代价 ", ", effort "));
    tidu_text_number(telling->out, json_number_value(json_object_get(way, "effort")));
    tidu_text_putc(telling->out, '\n');
    put_list(telling, way, "titles", tidu_in(telling->lang, "先取得：", "earn first: "));
    json_array_foreach (json_object_get(way, "changes"), index, change)
        put_change(telling, change);
    put_list(telling, way, "by_itself",
             tidu_in(telling->lang, "到时自然满足：", "comes by itself: "));
    put_list(telling, way, "assumes",
             tidu_in(telling->lang, "前提是以下未填报的指标符合：",
                     "provided these unknown facts are favourable: "));
}

static void
put_forbids(const struct telling *telling, const json_t *result)
{
    const json_t *forbids = json_object_get(result, "forbids");
    bool together = json_is_true(json_object_get(result, "together"));
    size_t index;
    json_t *criterion;
    if (!json_array_size(forbids))
        return;
    tidu_text_puts(telling->out, together
                                     ? tidu_in(telling->lang, "以下条件不能同时满足：\n",
                                               "these cannot be met together:\n")
                                     : tidu_in(telling->lang, "以下条件无法靠可改变的指标满足：\n",
                                               "nothing that can change meets these:\n"));
    json_array_foreach ((json_t *)forbids, index, criterion) {
        const char *says = tidu_show_words(json_object_get(criterion, "says"), telling->lang);
        tidu_text_printf(telling->out, "  %s  %s\n", tidu_show_text(criterion, "id"),
                         *says ? says : tidu_show_title(criterion, telling->lang));
    }
}

static void
put_ways(const struct telling *telling, const json_t *result)
{
    const json_t *cheapest = json_object_get(result, "cheapest");
    const json_t *earliest = json_object_get(result, "earliest");
    size_t index;
    json_t *way;
    if (json_is_object(cheapest))
        put_way(telling, cheapest, tidu_in(telling->lang, "最省的办法", "the least effort"));
    else
        tidu_text_puts(telling->out,
                       tidu_in(telling->lang, "目前没有办法\n", "there is no way now\n"));
    json_array_foreach (json_object_get(result, "alternatives"), index, way)
        put_way(telling, way, tidu_in(telling->lang, "另一种办法", "another way"));
    put_forbids(telling, result);
    if (json_is_object(earliest)) {
        tidu_text_printf(telling->out, "%s%s", tidu_in(telling->lang, "最早：", "earliest: "),
                         tidu_show_text(earliest, "as_of"));
        put_way(telling, earliest, "");
    }
}

static void
show(const struct options *options, const json_t *result, tidu_text *out)
{
    const struct telling telling = {.lang = options->language, .out = out};
    const json_t *to = json_object_get(result, "to");
    const json_t *costs = json_object_get(json_object_get(result, "costs"), "illustrative");
    tidu_text_printf(out, "%s %s\n", tidu_show_title(to, telling.lang),
                     tidu_show_text(result, "as_of"));
    if (json_is_true(json_object_get(result, "met")))
        tidu_text_puts(out, tidu_in(telling.lang, "已经符合\n", "met already\n"));
    else
        put_ways(&telling, result);
    if (json_is_false(json_object_get(result, "complete")))
        tidu_text_puts(out, tidu_in(telling.lang, "有的条件不能反推，可能另有更省的办法\n",
                                    "some condition cannot be turned round: there may be less\n"));
    if (json_array_size(costs))
        tidu_text_puts(out, tidu_in(telling.lang,
                                    "代价按词汇表的示意值计算，不是政策规定；可用 --cost 另定\n",
                                    "efforts are illustrative values of the vocabulary, no policy; "
                                    "--cost sets others\n"));
}

int
tidu_command_path(const struct options *options)
{
    return tidu_answer_question(options, "path", show);
}
