/*
 * diff.c: tidu diff OLD NEW [POPULATION].
 *
 * Which words moved between two rules folders, and which answers differ: region by region,
 * with an enterprise made up for each. A population shows what of it there is. With a
 * daemon, OLD and NEW are labels or digests of what its store keeps, or "live".
 *
 * Exit status: 0 no answer differs, 1 some do, 2 it could not be found out.
 */
#include "internal.h"

#include "../poll.h"
#include "tidu/diff.h"

#include <stdlib.h>

struct telling {
    tidu_lang lang;
    bool colours;
    tidu_text *out;
};

/* ---- words ---- */

static const char *
change_words(const struct telling *telling, const char *change)
{
    static const char *const words[][3] = {
        {"added", "新增", "added"}, {"removed", "删去", "removed"}, {"changed", "改动", "changed"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i][0], change))
            return words[i][1 + (telling->lang == TIDU_EN)];
    return change;
}

static void
put_was(const struct telling *telling, const json_t *was)
{
    static const char *const none[] = {"（无）", "(none)"};
    const json_t *old = json_object_get(was, "old"), *new = json_object_get(was, "new");
    const char *nothing = none[telling->lang == TIDU_EN];
    tidu_text_printf(telling->out, "      %s: %s → %s\n", tidu_show_text(was, "at"),
                     json_is_string(old) ? json_string_value(old) : nothing,
                     json_is_string(new) ? json_string_value(new) : nothing);
}

static void
put_words(const struct telling *telling, const json_t *result)
{
    const json_t *clauses = json_object_get(result, "clauses"),
                 *words = json_object_get(result, "words");
    size_t index, inner;
    json_t *item, *was;
    if (json_array_size(clauses) || json_array_size(words))
        tidu_put_coloured(telling->out, telling->colours, TIDU_BOLD,
                          tidu_in(telling->lang, "改了哪些文字\n", "which words moved\n"));
    json_array_foreach ((json_t *)clauses, index, item)
        tidu_text_printf(telling->out, "  %s%s %s  %s\n", tidu_in(telling->lang, "条文", "clause "),
                         change_words(telling, tidu_show_text(item, "change")),
                         tidu_show_text(item, "document"), tidu_show_text(item, "clause"));
    json_array_foreach ((json_t *)words, index, item) {
        const char *name = tidu_show_text(item, "name");
        tidu_text_printf(telling->out, "  %s %s %s  %s:%d\n", tidu_show_text(item, "word"),
                         *name ? name : tidu_show_text(item, "in"),
                         change_words(telling, tidu_show_text(item, "change")),
                         tidu_show_text(item, "document"),
                         (int)json_integer_value(json_object_get(item, "line")));
        json_array_foreach (json_object_get(item, "was"), inner, was)
            put_was(telling, was);
    }
}

/* ---- answers ---- */

/* Of the example what the region rests on; all of it is in the JSON. */
static void
put_example(const struct telling *telling, const json_t *region)
{
    const json_t *example = json_object_get(region, "example");
    json_t *shown = json_object();
    size_t index;
    json_t *name;
    json_array_foreach (json_object_get(region, "facts"), index, name) {
        json_t *value = json_object_get(example, json_string_value(name));
        if (shown && value)
            json_object_set(shown, json_string_value(name), value);
    }
    tidu_text_printf(telling->out, "    %s", tidu_in(telling->lang, "例（虚构）：", "made up: "));
    tidu_put_tree(shown, telling->out);
    json_decref(shown);
}

static void
put_region(const struct telling *telling, const json_t *region)
{
    bool gain = !strcmp(tidu_show_text(region, "effect"), "gain");
    size_t index;
    json_t *piece;
    tidu_text_puts(telling->out, "  ");
    tidu_put_coloured(telling->out, telling->colours, gain ? TIDU_GREEN : TIDU_RED,
                      gain ? tidu_in(telling->lang, "新增", "gained")
                           : tidu_in(telling->lang, "失去", "lost"));
    tidu_text_puts(telling->out, tidu_in(telling->lang, "：", ": "));
    json_array_foreach (json_object_get(region, "when"), index, piece)
        tidu_text_printf(telling->out, "%s%s", index ? tidu_in(telling->lang, "，", "; ") : "",
                         tidu_show_words(piece, telling->lang));
    tidu_text_printf(telling->out, tidu_in(telling->lang, "（%s）\n", " (%s)\n"),
                     tidu_show_text(json_object_get(region, "criterion"), "id"));
    put_example(telling, region);
}

static void
put_designation(const struct telling *telling, const json_t *item)
{
    const char *change = tidu_show_text(item, "change");
    bool incomplete = json_is_false(json_object_get(item, "complete"));
    size_t index;
    json_t *region;
    tidu_put_coloured(telling->out, telling->colours, TIDU_BOLD,
                      tidu_show_title(item, telling->lang));
    if (strcmp(change, "changed"))
        tidu_text_printf(telling->out, "  %s", change_words(telling, change));
    tidu_text_putc(telling->out, '\n');
    json_array_foreach (json_object_get(item, "regions"), index, region)
        put_region(telling, region);
    if (incomplete && !strcmp(change, "changed"))
        tidu_text_puts(telling->out,
                       tidu_in(telling->lang,
                               "  可能还有别的不同：有的条件不能反推，请用总体比较\n",
                               "  there may be more: some condition cannot be turned round; "
                               "compare over a population\n"));
    else if (!strcmp(change, "changed") && !json_array_size(json_object_get(item, "regions")))
        tidu_text_puts(telling->out, tidu_in(telling->lang, "  写法不同，结果相同\n",
                                             "  said otherwise, comes to the same\n"));
}

static void
put_population(const struct telling *telling, const json_t *impact)
{
    size_t index;
    json_t *item;
    if (!impact)
        return;
    tidu_show_population(impact, telling->lang, telling->out);
    json_array_foreach (json_object_get(impact, "designations"), index, item) {
        long long gained = json_integer_value(json_object_get(item, "gained")),
                  lost = json_integer_value(json_object_get(item, "lost"));
        if (gained || lost)
            tidu_text_printf(telling->out, "  %s  +%lld -%lld\n",
                             tidu_show_title(item, telling->lang), gained, lost);
    }
}

static size_t
count_changed(const json_t *result)
{
    size_t index, count = 0;
    json_t *item;
    json_array_foreach (json_object_get(result, "designations"), index, item)
        count += strcmp(tidu_show_text(item, "change"), "same") != 0;
    return count;
}

static void
show(const struct options *options, const json_t *result, tidu_text *out)
{
    const struct telling telling = {options->language, tidu_colours_wanted(stdout), out};
    size_t index;
    json_t *item;
    put_words(&telling, result);
    json_array_foreach (json_object_get(result, "designations"), index, item)
        if (strcmp(tidu_show_text(item, "change"), "same") != 0)
            put_designation(&telling, item);
    if (!count_changed(result))
        tidu_text_puts(
            out, tidu_in(telling.lang, "各称号的判定没有不同\n", "no title is judged otherwise\n"));
    put_population(&telling, json_object_get(result, "population"));
}

/* ---- asking ---- */

static tidu_ruleset *
open_rules(const struct options *options, const char *folder)
{
    struct options of = *options;
    of.rules = folder;
    return tidu_rules_open(&of);
}

static bool
tell_progress(void *context, uint64_t done, uint64_t total)
{
    tidu_watch_share(context, done, total);
    return true;
}

static bool
ask_population(const struct options *options, tidu_ruleset *rulesets[2], int32_t as_of,
               tidu_text *out, tidu_error *reterr)
{
    char date[11];
    struct watch watch = tidu_watch_begin(options);
    json_t *params = json_pack("{s:s, s:i}", "as_of", tidu_date_format(as_of, date), "samples", 0);
    if (params && options->jurisdiction)
        json_object_set_new(params, "jurisdiction", json_string(options->jurisdiction));
    if (params && options->designations.count)
        json_object_set_new(params, "designations", tidu_list_words(&options->designations));
    tidu_poll poll = {.method = "impact",
                      .params = params,
                      .lang = options->language,
                      .ruleset = rulesets[0],
                      .candidate = rulesets[1],
                      .today = as_of,
                      .progress = tell_progress,
                      .context = &watch};
    tidu_population *population = tidu_population_open(options->arguments[2], reterr);
    poll.population = population;
    tidu_text_puts(out, ",\"population\":");
    bool good = population && tidu_poll_rules(&poll, out, reterr) == TIDU_ASKED_ANSWERED;
    tidu_watch_clear(&watch);
    tidu_population_close(&population);
    json_decref(params);
    return good;
}

/* One object of all three: the answers, the words, the population. */
static bool
ask(const struct options *options, tidu_ruleset *rulesets[2], tidu_text *out, tidu_error *reterr)
{
    tidu_diff diff = {.region = options->place ? options->place : TIDU_COUNTRY_CODE,
                      .designations =
                          options->designations.count ? options->designations.items : NULL,
                      .designation_count = options->designations.count};
    if (!tidu_options_date(options, &diff.as_of, reterr) ||
        !tidu_ruleset_diff(rulesets[0], rulesets[1], &diff, out, reterr))
        return false;
    out->length--;
    tidu_text_putc(out, ',');
    if (!tidu_ruleset_moved(rulesets[0], rulesets[1], out))
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    if (options->argument_count > 2 && !ask_population(options, rulesets, diff.as_of, out, reterr))
        return false;
    tidu_text_putc(out, '}');
    return !out->failed || tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

static json_t *
ask_here(const struct options *options, tidu_error *reterr)
{
    tidu_text text = {0};
    json_t *result = NULL;
    tidu_ruleset *rulesets[2] = {open_rules(options, options->arguments[0]), NULL};
    if (rulesets[0])
        rulesets[1] = open_rules(options, options->arguments[1]);
    if (rulesets[1] && ask(options, rulesets, &text, reterr)) {
        result = json_loadb(text.data, text.length, 0, NULL);
        if (!result)
            tidu_error_set(reterr, TIDU_MEMORY, NULL);
    }
    tidu_text_free(&text);
    tidu_ruleset_unref(&rulesets[1]);
    tidu_ruleset_unref(&rulesets[0]);
    return result;
}

static json_t *
ask_there(const struct options *options, tidu_error *reterr)
{
    char date[11];
    int32_t as_of;
    if (options->argument_count > 2) {
        tidu_error_set(reterr, TIDU_CLI_ARGUMENT, "diff --socket", options->arguments[2], NULL);
        return NULL;
    }
    if (!tidu_options_date(options, &as_of, reterr))
        return NULL;
    json_t *params = json_pack("{s:s}", "as_of", tidu_date_format(as_of, date)), *result = NULL;
    const char *old = strcmp(options->arguments[0], "live") ? options->arguments[0] : NULL;
    if (options->jurisdiction)
        json_object_set_new(params, "jurisdiction", json_string(options->jurisdiction));
    if (options->designations.count)
        json_object_set_new(params, "designations", tidu_list_words(&options->designations));
    if (tidu_put_candidate(params, "old", old, reterr) &&
        tidu_put_candidate(params, "candidate", options->arguments[1], reterr))
        result = tidu_ask_there(options, "diff", params, (tidu_slice){0}, reterr);
    json_decref(params);
    return result;
}

int
tidu_command_diff(const struct options *options)
{
    tidu_error error = {.code = TIDU_OK};
    tidu_text out = {0};
    if (options->argument_count < 2) {
        tidu_error_set(&error, TIDU_CLI_VALUE, "diff", "OLD NEW", NULL);
        return tidu_fail(&error, options->language);
    }
    json_t *result = options->socket ? ask_there(options, &error) : ask_here(options, &error);
    if (!result) {
        if (error.code)
            tidu_fail(&error, options->language);
        return TIDU_EXIT_WRONG;
    }
    if (strcmp(tidu_options_format(options, "json"), "json"))
        show(options, result, &out);
    else
        tidu_put_tree(result, &out);
    int status = count_changed(result) ? TIDU_EXIT_NO : TIDU_EXIT_DONE;
    if (!tidu_print(&out, options->language))
        status = TIDU_EXIT_WRONG;
    tidu_text_free(&out);
    json_decref(result);
    return status;
}
