/*
 * check.c: tidu check [DIR].
 *
 * Parse, type-check, lint, run the scenarios, here or by a daemon. Both ways
 * end in the same JSON, and the text is made from that. When all is well,
 * --mutate and --coverage go on to ask how good the scenarios are: mutate.c.
 *
 * Exit status: 0 all is well (warnings may be there), 1 errors, 2 the folder
 * cannot be read.
 */
#include "internal.h"
#include "tidu/heap.h"

struct check {
    const struct options *options;
    const char *folder;
    tidu_arena *arena;
    tidu_source *sources;
    size_t source_count;
    tidu_ruleset *ruleset; /* that was checked here and is sound */
    bool tests;            /* --mutate or --coverage */
};

/* What nothing reads and what is waived, beside what else was found. */
static bool
add_findings(const tidu_ruleset *ruleset, json_t *result)
{
    tidu_text text = {0};
    tidu_text_putc(&text, '{');
    tidu_ruleset_findings(ruleset, &text);
    tidu_text_putc(&text, '}');
    json_t *findings = text.failed ? NULL : json_loadb(text.data, text.length, 0, NULL);
    bool added = findings && !json_object_update(result, findings);
    json_decref(findings);
    tidu_text_free(&text);
    return added;
}

static json_t *
check_here(struct check *check, tidu_error *reterr)
{
    tidu_report *report = tidu_report_open();
    tidu_ruleset *ruleset = NULL;
    char digest[65];
    uint32_t passed = 0;
    if (!report) {
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
        return NULL;
    }
    tidu_heap_enlarge(TIDU_HEAP_OF_RULES);
    if (tidu_ruleset_build(check->sources, check->source_count, NULL, &ruleset, report)) {
        passed = tidu_ruleset_scenarios(ruleset, report);
        if (tidu_report_error_count(report))
            tidu_ruleset_unref(&ruleset); /* first things first */
        else
            tidu_ruleset_lint(ruleset, report);
    }
    tidu_report_sort(report);
    tidu_sources_digest(check->sources, check->source_count, digest);
    json_t *result =
        json_pack("{s:b, s:s%, s:I, s:o}", "ok", !tidu_report_error_count(report), "ruleset",
                  digest, (size_t)12, "scenarios_passed", (json_int_t)passed, "diagnostics",
                  tidu_report_tree(report, check->options->language));
    if (result && ruleset && !add_findings(ruleset, result)) {
        json_decref(result);
        result = NULL;
    }
    if (tidu_report_error_count(report))
        tidu_ruleset_unref(&ruleset);
    check->ruleset = ruleset;
    tidu_report_close(&report);
    if (!result)
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
    return result;
}

static json_t *
check_there(const struct check *check, tidu_error *reterr)
{
    static const char *const langs[] = {"zh", "en", "both"};
    struct client *client = tidu_client_open(tidu_socket_path(check->options), reterr);
    json_t *result = NULL, *refusal = NULL, *documents = json_object();
    for (size_t i = 0; i < check->source_count; i++)
        json_object_set_new(documents, check->sources[i].path,
                            json_stringn(check->sources[i].text, check->sources[i].length));
    json_t *params =
        json_pack("{s:o, s:s}", "documents", documents, "lang", langs[check->options->language]);
    bool asked = client && tidu_client_call(client, "check", params, &result, &refusal, reterr);
    if (asked && refusal)
        tidu_refused(refusal, reterr);
    json_decref(refusal);
    json_decref(params);
    tidu_client_close(&client);
    return asked ? result : NULL;
}

static void
put_summary(const struct check *check, const json_t *result, tidu_text *out)
{
    bool chinese = check->options->language == TIDU_ZH;
    size_t errors = 0, warnings = 0, index;
    json_t *diagnostic;
    json_array_foreach (json_object_get(result, "diagnostics"), index, diagnostic) {
        const char *severity = tidu_show_words(json_object_get(diagnostic, "severity"), TIDU_ZH);
        bool warning = strcmp(severity, "warning") == 0;
        warnings += warning;
        errors += !warning;
    }
    long long passed = json_integer_value(json_object_get(result, "scenarios_passed"));
    tidu_text_printf(out,
                     chinese
                         ? "%zu 个文件，%lld 个情景通过，%zu 个错误，%zu 个警告\n"
                         : "documents: %zu, scenarios passed: %lld, errors: %zu, warnings: %zu\n",
                     check->source_count, passed, errors, warnings);
}

/* A line for what is not wrong but worth knowing; the lists are in the JSON. */
static void
put_findings(const struct check *check, const json_t *result, tidu_text *out)
{
    bool chinese = check->options->language == TIDU_ZH;
    size_t unused = json_array_size(json_object_get(result, "unused"));
    size_t waivers = json_array_size(json_object_get(result, "waivers"));
    if (unused + waivers)
        tidu_text_printf(out,
                         chinese ? "没有规则读取的声明：%zu，公平竞争豁免：%zu（--format json 逐项列出）\n"
                                 : "declarations no rule reads: %zu, waivers: %zu (--format json lists them)\n",
                         unused, waivers);
}

static void
put_result(const struct check *check, const json_t *result, tidu_text *out)
{
    if (strcmp(tidu_options_format(check->options, "text"), "json") == 0) {
        tidu_put_tree(result, out);
        return;
    }
    tidu_diagnostics_write(json_object_get(result, "diagnostics"), check->folder, check->sources,
                           check->source_count, check->options->language,
                           tidu_colours_wanted(stdout), out);
    put_summary(check, result, out);
    put_findings(check, result, out);
}

static int
run(struct check *check, tidu_error *reterr)
{
    tidu_text out = {0};
    check->arena = tidu_arena_open();
    if (!check->arena) {
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
        return TIDU_EXIT_WRONG;
    }
    if (!tidu_sources_read(check->folder, check->arena, &check->sources, &check->source_count,
                           reterr))
        return TIDU_EXIT_WRONG;
    json_t *result =
        check->options->socket ? check_there(check, reterr) : check_here(check, reterr);
    if (!result)
        return TIDU_EXIT_WRONG;
    if (check->tests && check->ruleset) {
        json_decref(result);
        return tidu_check_tests(check->options, check->folder, check->ruleset, reterr);
    }
    put_result(check, result, &out);
    bool good = json_is_true(json_object_get(result, "ok")),
         printed = tidu_print(&out, check->options->language);
    json_decref(result);
    tidu_text_free(&out);
    return !printed ? TIDU_EXIT_WRONG : good ? TIDU_EXIT_DONE : TIDU_EXIT_NO;
}

int
tidu_command_check(const struct options *options)
{
    struct check check = {.options = options, .folder = tidu_rules_folder(options)};
    tidu_error error = {.code = TIDU_OK};
    if (options->argument_count)
        check.folder = options->arguments[0];
    int status = tidu_check_tests_asked(options, &check.tests, &error) ? run(&check, &error)
                                                                       : TIDU_EXIT_WRONG;
    tidu_ruleset_unref(&check.ruleset);
    tidu_arena_close(&check.arena);
    return error.code ? tidu_fail(&error, options->language) : status;
}
