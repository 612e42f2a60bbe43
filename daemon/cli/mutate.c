/*
 * mutate.c: tidu check --mutate and --coverage.
 *
 * How good are the scenarios? Mutation lists the small changes that none of
 * them notices, coverage what each clause's rules were seen to come to. Both
 * are JSON; the text is made from that.
 *
 * Exit status: 0, or 1 when the mutation score is below --mutate-least.
 */
#include "internal.h"

#include "tidu/mutate.h"

#include <stdlib.h>

/* ---- progress ---- */

struct watching {
    bool chinese;
    struct watch watch;
};

static void
tell(void *context, uint32_t done, uint32_t total)
{
    struct watching *watching = context;
    if (!tidu_watch_due(&watching->watch))
        return;
    fprintf(stderr,
            watching->chinese ? "\r已试 %u / %u 处改动\033[K" : "\r%u / %u mutants tried\033[K",
            done, total);
}

/* ---- the text of a mutation ---- */

static const char *
text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static long long
number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static const char *
kind_words(const char *id, tidu_lang lang)
{
    static const char *const words[][4] = {
#define M(name, id, zh, en) {id, zh, en, zh " / " en},
#include "tidu/mutations.def"
#undef M
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i][0], id))
            return words[i][lang == TIDU_ZH ? 1 : lang == TIDU_EN ? 2 : 3];
    return id;
}

/* rules/x.md:12:5: lg/scale#1 threshold: 5000万元 → 5001万元 */
static void
put_survivor(const json_t *survivor, const char *folder, tidu_lang lang, bool colours,
             tidu_text *out)
{
    tidu_text place = {0};
    tidu_text_printf(&place, "%s/%s:%lld", folder, text_of(survivor, "path"),
                     number_of(survivor, "line"));
    if (number_of(survivor, "column"))
        tidu_text_printf(&place, ":%lld", number_of(survivor, "column"));
    tidu_text_putc(&place, '\0');
    if (!place.failed)
        tidu_put_coloured(out, colours, TIDU_BOLD, place.data);
    tidu_text_printf(out, ": %s %s%s%s → %s\n", text_of(survivor, "address"),
                     kind_words(text_of(survivor, "kind"), lang), lang == TIDU_ZH ? "：" : ": ",
                     text_of(survivor, "before"), text_of(survivor, "after"));
    tidu_text_free(&place);
}

static void
add_number(struct table *table, const char *format, double number)
{
    char text[40];
    snprintf(text, sizeof text, format, number);
    tidu_table_add(table, text, TIDU_PLAIN);
}

static void
add_tally(struct table *table, const char *name, const json_t *tally)
{
    tidu_table_add(table, name, TIDU_PLAIN);
    add_number(table, "%.0f", json_number_value(json_object_get(tally, "mutants")));
    add_number(table, "%.0f", json_number_value(json_object_get(tally, "killed")));
    add_number(table, "%.2f%%", json_number_value(json_object_get(tally, "score")));
}

static void
put_mutation(const json_t *result, const char *folder, tidu_lang lang, tidu_text *out)
{
    static const char *const headings[][2] = {
        {"文件", "document"}, {"改动", "mutants"}, {"被情景发现", "killed"}, {"得分", "score"}};
    bool chinese = lang != TIDU_EN, colours = tidu_colours_wanted(stdout);
    struct table table = {.columns = 4};
    json_t *item;
    size_t index;
    json_array_foreach (json_object_get(result, "survivors"), index, item)
        put_survivor(item, folder, lang, colours, out);
    for (int i = 0; i < 4; i++)
        tidu_table_add(&table, headings[i][!chinese], TIDU_FAINT);
    json_array_foreach (json_object_get(result, "documents"), index, item)
        add_tally(&table, text_of(item, "path"), item);
    add_tally(&table, chinese ? "合计" : "all", result);
    tidu_table_write(&table, colours, out);
    tidu_table_free(&table);
}

/* ---- the text of a coverage ---- */

/* "met 3, unmet 2, undetermined 1" */
static void
put_outcomes(const json_t *rule, bool chinese, tidu_text *out)
{
    static const char *const outcomes[][2] = {
        {"met", "符合"},   {"unmet", "不符合"}, {"true", "是"},
        {"false", "否"}, {"known", "已知"},   {"undetermined", "不能确定"}};
    bool begun = false;
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        const json_t *count = json_object_get(rule, outcomes[i][0]);
        if (!count)
            continue;
        tidu_text_printf(out, "%s%s %lld", begun ? (chinese ? "，" : ", ") : "",
                         outcomes[i][chinese], (long long)json_integer_value(count));
        begun = true;
    }
}

/* 5×3 0×0: five points three times, no points never. */
static void
put_bands(const json_t *rule, bool chinese, tidu_text *out)
{
    json_t *band;
    size_t index;
    json_array_foreach (json_object_get(rule, "bands"), index, band)
        tidu_text_printf(out, "%s%g×%lld", index ? " " : (chinese ? "；分值×次数 " : "; points×hits "),
                         json_number_value(json_object_get(band, "points")),
                         number_of(band, "scenarios"));
}

static void
add_rule(struct table *table, const json_t *rule, bool chinese)
{
    bool covered = json_is_true(json_object_get(rule, "covered"));
    tidu_text outcomes = {0};
    put_outcomes(rule, chinese, &outcomes);
    put_bands(rule, chinese, &outcomes);
    tidu_text_putc(&outcomes, '\0');
    tidu_table_add(table, covered ? "  ✓" : "  ✗", covered ? TIDU_GREEN : TIDU_RED);
    tidu_table_add(table, text_of(rule, "id"), TIDU_PLAIN);
    add_number(table, "%.0f", json_number_value(json_object_get(rule, "scenarios")));
    tidu_table_add(table, outcomes.failed ? "" : outcomes.data, TIDU_PLAIN);
    tidu_text_free(&outcomes);
}

static void
put_clause(const json_t *clause, const char *folder, bool chinese, bool colours, tidu_text *out)
{
    bool covered = json_is_true(json_object_get(clause, "covered"));
    struct table table = {.columns = 4};
    json_t *rule;
    size_t index;
    tidu_put_coloured(out, colours, covered ? TIDU_GREEN : TIDU_RED, covered ? "✓ " : "✗ ");
    tidu_text_printf(out, "%s/%s:%lld  %s\n", folder, text_of(clause, "document"),
                     number_of(clause, "line"), text_of(clause, "path"));
    json_array_foreach (json_object_get(clause, "rules"), index, rule)
        add_rule(&table, rule, chinese);
    tidu_table_write(&table, colours, out);
    tidu_table_free(&table);
}

static void
put_coverage(const json_t *result, const char *folder, tidu_lang lang, tidu_text *out)
{
    bool chinese = lang != TIDU_EN, colours = tidu_colours_wanted(stdout);
    json_t *clause;
    size_t index;
    json_array_foreach (json_object_get(result, "clauses"), index, clause)
        put_clause(clause, folder, chinese, colours, out);
    tidu_text_printf(out,
                     chinese ? "%lld 个有规则的条款，%lld 个被情景覆盖，共 %lld 个情景\n"
                             : "clauses with rules: %lld, covered: %lld, scenarios: %lld\n",
                     number_of(result, "total"), number_of(result, "covered"),
                     number_of(result, "scenarios"));
}

/* ---- the two questions ---- */

static bool
read_least(const struct options *options, double *ret_least, tidu_error *reterr)
{
    char *end = NULL;
    *ret_least = options->mutate_least ? strtod(options->mutate_least, &end) : 0;
    if (!options->mutate_least ||
        (*options->mutate_least && !*end && *ret_least >= 0 && *ret_least <= 100))
        return true;
    return tidu_error_set(reterr, TIDU_CLI_CHOICE, "mutate-least", options->mutate_least,
                          "0–100", NULL);
}

/* What the library wrote, as it is wanted. */
static int
show(const struct options *options, const char *folder, const tidu_text *written,
     void (*put)(const json_t *, const char *, tidu_lang, tidu_text *), tidu_error *reterr)
{
    tidu_text out = {0};
    json_t *result = written->failed ? NULL : json_loadb(written->data, written->length, 0, NULL);
    if (!result) {
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
        return TIDU_EXIT_WRONG;
    }
    if (strcmp(tidu_options_format(options, "text"), "json") == 0)
        tidu_put_tree(result, &out);
    else
        put(result, folder, options->language, &out);
    bool printed = tidu_print(&out, options->language);
    json_decref(result);
    tidu_text_free(&out);
    return printed ? TIDU_EXIT_DONE : TIDU_EXIT_WRONG;
}

static int
mutate(const struct options *options, const char *folder, tidu_ruleset *ruleset,
       tidu_error *reterr)
{
    struct watching watching = {.chinese = options->language != TIDU_EN,
                                .watch = tidu_watch_begin(options)};
    double score = 0, least = 0;
    tidu_text written = {0};
    int status = TIDU_EXIT_WRONG;
    if (!read_least(options, &least, reterr))
        return status;
    bool done = tidu_ruleset_mutate(ruleset, options->language, (tidu_progress){tell, &watching},
                                    &score, &written, reterr);
    tidu_watch_clear(&watching.watch);
    if (done)
        status = show(options, folder, &written, put_mutation, reterr);
    tidu_text_free(&written);
    return status == TIDU_EXIT_DONE && score < least ? TIDU_EXIT_NO : status;
}

static int
cover(const struct options *options, const char *folder, tidu_ruleset *ruleset, tidu_error *reterr)
{
    tidu_text written = {0};
    int status = TIDU_EXIT_WRONG;
    if (tidu_ruleset_coverage(ruleset, &written, reterr))
        status = show(options, folder, &written, put_coverage, reterr);
    tidu_text_free(&written);
    return status;
}

bool
tidu_check_tests_asked(const struct options *options, bool *ret_asked, tidu_error *reterr)
{
    bool mutation = options->mutate || options->mutate_least;
    const char *first = mutation ? "--mutate" : "--coverage";
    double least;
    *ret_asked = mutation || options->coverage;
    if (mutation && options->coverage)
        return tidu_error_set(reterr, TIDU_CLI_CLASH, "--mutate", "--coverage", NULL);
    if (*ret_asked && options->socket)
        return tidu_error_set(reterr, TIDU_CLI_CLASH, first, "--socket", NULL);
    return read_least(options, &least, reterr);
}

int
tidu_check_tests(const struct options *options, const char *folder, tidu_ruleset *ruleset,
                 tidu_error *reterr)
{
    return options->coverage ? cover(options, folder, ruleset, reterr)
                             : mutate(options, folder, ruleset, reterr);
}
