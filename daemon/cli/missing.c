/*
 * missing.c: tidu missing FILE --designation ID….
 *
 * Title by title what may still come of it, and the facts that would settle it, in the
 * order to ask for them.
 */
#include "internal.h"

static bool
has(const json_t *list, const char *word)
{
    size_t index;
    json_t *item;
    json_array_foreach ((json_t *)list, index, item)
        if (!strcmp(json_string_value(item), word))
            return true;
    return false;
}

static const char *
possible_words(const json_t *possible, bool english)
{
    bool met = has(possible, "met"), unmet = has(possible, "unmet");
    if (met && unmet)
        return english ? "may be met or not" : "可能符合，也可能不符合";
    if (met)
        return english ? "cannot but be met" : "只可能符合";
    return english ? "cannot be met" : "不可能符合";
}

static const char *
alone_words(const json_t *alone, bool english)
{
    bool met = has(alone, "met"), unmet = has(alone, "unmet");
    if (met && unmet)
        return english ? "  may settle it by itself" : "  单凭它就可能判定";
    if (unmet)
        return english ? "  by itself may rule it out" : "  单凭它就可能判定为不符合";
    return met ? english ? "  by itself may do" : "  单凭它就可能判定为符合" : "";
}

static void
put_fact(const json_t *fact, size_t number, tidu_lang lang, tidu_text *out)
{
    size_t index;
    json_t *item;
    tidu_text_printf(out, "  %zu  %s", number, tidu_show_title(fact, lang));
    json_array_foreach (json_object_get(fact, "years"), index, item)
        tidu_text_printf(out, "%s%d", index ? ", " : " ", (int)json_integer_value(item));
    tidu_text_puts(out, alone_words(json_object_get(fact, "alone"), lang == TIDU_EN));
    json_array_foreach (json_object_get(fact, "decides"), index, item)
        tidu_text_printf(out, "%s%s", index ? " " : "    ", json_string_value(item));
    tidu_text_putc(out, '\n');
}

static void
show(const struct options *options, const json_t *result, tidu_text *out)
{
    bool english = options->language == TIDU_EN;
    const json_t *designations = json_object_get(result, "designations");
    size_t index, at;
    json_t *designation, *fact;
    if (!json_array_size(designations))
        tidu_text_puts(out, english ? "nothing is missing: all is determined\n"
                                    : "不缺指标：都已判定\n");
    json_array_foreach ((json_t *)designations, index, designation) {
        const json_t *facts = json_object_get(designation, "facts");
        tidu_put_coloured(out, tidu_colours_wanted(stdout), TIDU_BOLD,
                          tidu_show_title(designation, options->language));
        tidu_text_printf(
            out, english ? "  %s; %zu facts would settle it\n" : "  %s；补充 %zu 项即可判定\n",
            possible_words(json_object_get(designation, "possible"), english),
            json_array_size(facts));
        json_array_foreach ((json_t *)facts, at, fact)
            put_fact(fact, at + 1, options->language, out);
    }
}

int
tidu_command_missing(const struct options *options)
{
    return tidu_answer_question(options, "missing", show);
}
