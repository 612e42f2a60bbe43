/*
 * ask.c: everything that can be asked of a ruleset.
 *
 * So that what is wrong with a ruleset shows, it is asked all there is to ask,
 * on three days, about a record that states nothing and one that states much.
 * Facts the ruleset does not know are ignored, refusals are part of what comes
 * of it.
 */
#include "fuzz.h"

#include "tidu/mutate.h"

#include <stdlib.h>

static const char *const records[] = {
    "{}",
    "{\"revenue\":{\"2025\":3000,\"2024\":2900,\"2023\":0},\"honest\":true,\"titles\":[{\"id\":\"hnte\","
    "\"granted\":\"2024-06-01\"}],\"awards\":[{\"level\":\"city\",\"bonus\":2999.99999999999999999}],"
    "\"certs\":[\"CE\"],\"channels\":[\"shop\"],\"industry_code\":\"3912\",\"founded\":\"2020-05-20\","
    "\"patents\":5,\"rd_expense\":100,\"enterprise_name\":\"甲\",\"profit\":{\"2025\":1},"
    "\"region_code\":\"440305\",\"stage\":\"seed\",\"institution\":\"city\",\"niche_years\":3}",
};

static const int32_t days[] = {10957, 20300, 20780}; /* in 2000, 2025 and 2026 */

static void
put_error(const tidu_error *error, tidu_text *out)
{
    tidu_error_write(error, 0, TIDU_BOTH, out);
    tidu_text_putc(out, '\n');
}

static void
answer(tidu_evaluation *evaluation, const char *record, tidu_text *out)
{
    tidu_error error = {0};
    size_t length = strlen(record);
    char *text = fuzz_copy((const uint8_t *)record, length, TIDU_RECORD_PADDING);
    tidu_read read = tidu_evaluation_json(evaluation, text, length, &error);
    if (read == TIDU_READ_ERROR)
        put_error(&error, out);
    tidu_evaluation_run(evaluation);
    for (uint32_t row = 0; row < tidu_evaluation_rows(evaluation); row++)
        tidu_evaluation_write(evaluation, row, out);
    tidu_evaluation_clear(evaluation);
    free(text);
}

static void
ask_about(tidu_ruleset *ruleset, const tidu_options *options, const char *record, tidu_text *out)
{
    tidu_error error = {0};
    size_t length = strlen(record);
    char *text = fuzz_copy((const uint8_t *)record, length, TIDU_RECORD_PADDING);
    if (!tidu_ruleset_matrix(ruleset, options, text, length, out, &error))
        put_error(&error, out);
    if (!tidu_ruleset_calendar(ruleset, options, options->as_of + 400, text, length, NULL, 0, out,
                               &error))
        put_error(&error, out);
    free(text);
}

static void
ask_route(tidu_ruleset *ruleset, int32_t as_of, tidu_text *out)
{
    static const char *const duties[] = {"M1", "base", "用能"};
    tidu_error error = {0};
    for (size_t i = 0; i < sizeof duties / sizeof *duties; i++) {
        tidu_route_question question = {
            .duty = duties[i], .region = 440305, .as_of = as_of, .lang = TIDU_BOTH};
        if (!tidu_ruleset_route(ruleset, &question, out, &error))
            put_error(&error, out);
    }
}

static void
ask_on(tidu_ruleset *ruleset, int32_t as_of, tidu_text *out)
{
    tidu_error error = {0};
    tidu_options options = {
        .as_of = as_of, .explain = TIDU_EXPLAIN_FULL, .lang = TIDU_BOTH, .ignore_unknown = true};
    tidu_evaluation *evaluation = tidu_evaluation_open(ruleset, &options, 1, &error);
    if (!evaluation) {
        put_error(&error, out);
        return;
    }
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        answer(evaluation, records[i], out);
        ask_about(ruleset, &options, records[i], out);
    }
    tidu_evaluation_close(&evaluation);
    ask_route(ruleset, as_of, out);
    tidu_ruleset_print_program(ruleset, as_of, out);
}

void
fuzz_ask(tidu_ruleset *ruleset, tidu_text *out)
{
    tidu_error error = {0};
    tidu_report *report = tidu_report_open();
    fuzz_must(report != NULL, "there is memory for a report");
    tidu_text_printf(out, "%u passed\n", tidu_ruleset_scenarios(ruleset, report));
    tidu_ruleset_lint(ruleset, report);
    tidu_report_sort(report);
    tidu_report_write(report, TIDU_BOTH, out);
    tidu_report_close(&report);
    tidu_ruleset_findings(ruleset, out);
    for (size_t i = 0; i < sizeof days / sizeof *days; i++)
        ask_on(ruleset, days[i], out);
    if (!tidu_ruleset_describe(ruleset, NULL, out, &error) ||
        !tidu_ruleset_describe(ruleset, "bodies", out, &error) ||
        !tidu_ruleset_coverage(ruleset, out, &error))
        put_error(&error, out);
}
