/*
 * test_answer.c: what an answer tells, and what it never tells wrongly.
 *
 * Answers are written by the engine and read back with a JSON library, as a
 * client would. The rules are those of tests/policy/answers/.
 */
#include "support.h"

#include "tidu/compile.h"

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 8, RECORD_BYTES = 2048 };

static tidu_ruleset *rules;

/* ---- asking ---- */

static int32_t
day(const char *date)
{
    int32_t days = 0;
    assert_true(tidu_date_parse(date, strlen(date), &days));
    return days;
}

static tidu_options
asking(tidu_explain explain, tidu_lang lang)
{
    return (tidu_options){.as_of = day("2026-11-23"), .explain = explain, .lang = lang};
}

/* A record with the padding that readers want. */
struct record {
    char text[RECORD_BYTES + TIDU_RECORD_PADDING];
};

static void
feed(tidu_evaluation *e, struct record *record, const char *text)
{
    tidu_error error = {0};
    char message[400];
    assert_true(strlen(text) < RECORD_BYTES);
    strcpy(record->text, text);
    if (tidu_evaluation_json(e, record->text, strlen(text), &error) != TIDU_READ_ROW)
        fail_msg("%s: %s", text, tidu_error_message(&error, TIDU_EN, message, sizeof message));
}

static tidu_evaluation *
open_evaluation(const tidu_options *options)
{
    tidu_error error = {0};
    tidu_evaluation *e = tidu_evaluation_open(rules, options, ROWS, &error);
    assert_non_null(e);
    return e;
}

/* The answer to one record, as bytes; the caller frees them. */
static char *
answer_bytes(const tidu_options *options, const char *text)
{
    struct record record;
    tidu_text out = {0};
    tidu_evaluation *e = open_evaluation(options);
    feed(e, &record, text);
    tidu_evaluation_run(e);
    tidu_evaluation_write(e, 0, &out);
    tidu_text_putc(&out, '\0');
    assert_false(out.failed);
    tidu_evaluation_close(&e);
    return out.data;
}

static json_t *
parse(const char *text)
{
    json_error_t error;
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        fail_msg("%s at %d: %s", error.text, error.position, text);
    return json;
}

static json_t *
answer(tidu_explain explain, tidu_lang lang, const char *text)
{
    tidu_options options = asking(explain, lang);
    char *bytes = answer_bytes(&options, text);
    json_t *json = parse(bytes);
    free(bytes);
    return json;
}

/* ---- reading ---- */

/* The item of a list whose member `key` is that text; NULL if there is none. */
static json_t *
item_with(const json_t *list, const char *key, const char *text)
{
    size_t i;
    json_t *item;
    assert_true(json_is_array(list));
    json_array_foreach (list, i, item) {
        const char *value = json_string_value(json_object_get(item, key));
        if (value && !strcmp(value, text))
            return item;
    }
    return NULL;
}

static json_t *
designation(const json_t *json, const char *id)
{
    return item_with(json_object_get(json, "designations"), "id", id);
}

static json_t *
criterion(const json_t *json, const char *id)
{
    char of[64] = "";
    strncpy(of, id, strcspn(id, "/"));
    json_t *found = designation(json, of);
    if (!found)
        fail_msg("no designation %s", of);
    return item_with(json_object_get(found, "criteria"), "id", id);
}

static const char *
text_of(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    return text ? text : "(none)";
}

/* That a value, written compactly with sorted keys, is this text. */
static void
assert_json(const json_t *json, const char *expected)
{
    char *text = json ? json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY) : NULL;
    assert_string_equal(text ? text : "(none)", expected);
    free(text);
}

static const char *const plain =
    "{\"revenue\":{\"2025\":12650,\"2024\":11200,\"2023\":9800},"
    "\"main_revenue\":{\"2025\":11300,\"2024\":10450,\"2023\":9100},\"rd_expense\":640,"
    "\"industry_code\":\"3489\",\"titles\":[{\"id\":\"hnte\"},{\"id\":\"lg\"}],\"awards\":[],"
    "\"certs\":[\"ISO9001\",\"CE\"],\"channels\":[\"shop\"],\"founded\":\"2015-05-20\","
    "\"stage\":\"mature\",\"patents\":5,\"listed\":false,\"honest\":true,\"rd_share\":2.9994,"
    "\"enterprise_name\":\"某\\\"某\\\"精密\",\"region_code\":\"440305\","
    "\"uscc\":\"91440300MA5EXAMPL0\"}";

/* ---- how much is told ---- */

static void
test_none_tells_the_status_of_each_designation_and_no_more(void **state)
{
    json_t *json = answer(TIDU_EXPLAIN_NONE, TIDU_ZH, plain);
    (void)state;
    assert_json(json_object_get(json, "designations"),
                "[{\"held\":true,\"id\":\"lg\",\"status\":\"unmet\"},"
                "{\"held\":false,\"id\":\"srdi\",\"status\":\"unmet\"}]");
    assert_null(json_object_get(json, "missing"));
    json_decref(json);
}

static void
test_brief_tells_each_criterion_and_the_points_of_each_indicator(void **state)
{
    json_t *json = answer(TIDU_EXPLAIN_BRIEF, TIDU_ZH, plain);
    (void)state;
    assert_json(json_object_get(designation(json, "lg"), "criteria"),
                "[{\"id\":\"lg/main_share\",\"status\":\"unmet\"},"
                "{\"id\":\"lg/growth\",\"status\":\"met\"},"
                "{\"id\":\"lg/industry\",\"status\":\"met\"},"
                "{\"id\":\"lg/scale\",\"status\":\"met\"},"
                "{\"id\":\"lg/capital\",\"status\":\"undetermined\"},"
                "{\"id\":\"lg/titles\",\"status\":\"met\"},"
                "{\"id\":\"lg/awards\",\"status\":\"unmet\"},"
                "{\"id\":\"lg/certs\",\"status\":\"met\"},"
                "{\"id\":\"lg/founded\",\"status\":\"met\"},"
                "{\"id\":\"lg/points\",\"status\":\"undetermined\"}]");
    assert_json(json_object_get(designation(json, "lg"), "score"),
                "{\"high\":32.5,\"low\":25,\"points\":{\"open\":[0,7.5],\"rd\":15,\"stage\":10}}");
    json_decref(json);
}

static void
test_failed_tells_what_is_not_met_and_leaves_out_what_is(void **state)
{
    json_t *json = answer(TIDU_EXPLAIN_FAILED, TIDU_ZH, plain);
    (void)state;
    assert_non_null(criterion(json, "lg/main_share"));
    assert_non_null(criterion(json, "lg/awards"));
    assert_non_null(criterion(json, "lg/points"));
    assert_null(criterion(json, "lg/growth"));
    assert_null(criterion(json, "lg/scale"));
    assert_null(criterion(json, "lg/capital")); /* undetermined, but scale is met without it */
    assert_json(json_object_get(designation(json, "lg"), "missing"), "[\"lg/points\"]");
    json_decref(json);
}

static void
test_a_nested_criterion_is_told_when_what_it_is_part_of_fails(void **state)
{
    json_t *json = answer(TIDU_EXPLAIN_FAILED, TIDU_ZH, "{\"revenue\":900,\"capital\":0.1}");
    (void)state;
    assert_string_equal(text_of(criterion(json, "lg/scale"), "status"), "unmet");
    assert_string_equal(text_of(criterion(json, "lg/capital"), "part_of"), "lg/scale");
    assert_string_equal(text_of(criterion(json, "lg/capital"), "status"), "unmet");
    json_decref(json);
}

static void
test_full_tells_every_criterion_and_every_indicator(void **state)
{
    json_t *json = answer(TIDU_EXPLAIN_FULL, TIDU_BOTH, plain);
    json_t *score = json_object_get(designation(json, "lg"), "score");
    json_t *rd = item_with(json_object_get(score, "indicators"), "id", "lg/rd");
    (void)state;
    assert_int_equal(json_array_size(json_object_get(designation(json, "lg"), "criteria")), 10);
    assert_int_equal(json_array_size(json_object_get(designation(json, "srdi"), "criteria")), 4);
    assert_json(json_object_get(score, "groups"), "{\"innovation\":25}");
    assert_json(json_object_get(rd, "reads"), "{\"rd_expense\":640,\"revenue\":12650}");
    assert_json(json_object_get(rd, "points"), "15");
    assert_json(json_object_get(rd, "max"), "20");
    assert_json(json_object_get(rd, "title"), "{\"en\":\"R&D\",\"zh\":\"研发\"}");
    json_decref(json);
}

/* A card that borrows points of another is lowered around it; each still has
 * its own indicators. */
static void
test_each_scorecard_has_its_own_indicators_though_one_borrows_from_another(void **state)
{
    json_t *json = answer(TIDU_EXPLAIN_FULL, TIDU_ZH, plain);
    json_t *srdi = designation(json, "srdi");
    json_t *scores = json_object_get(srdi, "scores");
    (void)state;
    assert_int_equal(json_array_size(scores), 2);
    assert_json(json_object_get(json_array_get(scores, 0), "points"),
                "{\"borrowed\":5,\"patents\":5}");
    assert_json(json_object_get(json_array_get(scores, 1), "points"), "{\"listed\":5}");
    assert_true(json_equal(json_object_get(srdi, "score"), json_array_get(scores, 0)));
    assert_string_equal(text_of(json_array_get(scores, 1), "id"), "extra");
    json_decref(json);
}

static void
test_words_come_in_the_language_asked_for(void **state)
{
    static const struct {
        tidu_lang lang;
        const char *title;
    } cases[] = {
        {TIDU_ZH, "{\"zh\":\"主营占比\"}"},
        {TIDU_EN, "{\"en\":\"Main share\"}"},
        {TIDU_BOTH, "{\"en\":\"Main share\",\"zh\":\"主营占比\"}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *json = answer(TIDU_EXPLAIN_FAILED, cases[i].lang, plain);
        json_t *share = criterion(json, "lg/main_share");
        assert_json(json_object_get(share, "title"), cases[i].title);
        assert_int_equal(json_object_size(json_object_get(share, "says")),
                         cases[i].lang == TIDU_BOTH ? 2 : 1);
        json_decref(json);
    }
}

static void
test_a_criterion_says_its_verdict_in_a_sentence(void **state)
{
    json_t *json = answer(TIDU_EXPLAIN_FULL, TIDU_BOTH, plain);
    (void)state;
    assert_json(json_object_get(criterion(json, "lg/main_share"), "says"),
                "{\"en\":\"Main share is 89.33%; required: at least 90%, 0.67 percentage points "
                "away\",\"zh\":\"主营占比为89.33%，要求不低于90%，相差0.67个百分点\"}");
    assert_json(json_object_get(criterion(json, "lg/industry"), "says"),
                "{\"en\":\"met: Industry\",\"zh\":\"符合：行业\"}");
    assert_json(json_object_get(criterion(json, "lg/founded"), "says"),
                "{\"en\":\"Founded is 2015-05-20, as required: at most 2020-01-01\","
                "\"zh\":\"成立为2015-05-20，符合不高于2020-01-01的要求\"}");
    json_decref(json);
}

static void
test_what_must_not_hold_applies_or_does_not(void **state)
{
    static const char text[] =
        "# 一\n\n```lua\npolicy { id = \"one\", effective = \"2020-01-01\" }\n"
        "designation \"base\" { zh = \"基础\", en = \"Base\" }\n"
        "criterion \"clean\" { zh = \"清白\", en = \"Clean record\",\n"
        "  none { all { zh = \"不诚信\", en = \"dishonest\", [[ not honest ]] },\n"
        "    [[ rd_share < 1% ]] } }\n```\n";
    tidu_source document = {"one.md", text, sizeof text - 1};
    tidu_ruleset *others = rules;
    tidu_report *report;
    uint32_t passed;
    (void)state;
    rules = build_rules(&document, 1, &report, &passed);
    json_t *json = answer(TIDU_EXPLAIN_FULL, TIDU_BOTH, "{\"honest\":false,\"rd_share\":0.5}");
    assert_json(json_object_get(criterion(json, "base/clean"), "says"),
                "{\"en\":\"Clean record is not met: dishonest (applies: not honest); rd_share is "
                "0.5%, which is below 1%\",\"zh\":\"清白不符合：不诚信（存在：非 诚信经营）；"
                "研发占比为0.5%，属于低于1%的情形\"}");
    json_decref(json);
    json = answer(TIDU_EXPLAIN_FULL, TIDU_BOTH, "{\"honest\":true,\"rd_share\":2}");
    assert_json(
        json_object_get(criterion(json, "base/clean"), "says"),
        "{\"en\":\"Clean record is met: dishonest (does not apply: not honest); rd_share is "
        "2%, which is not below 1%\",\"zh\":\"清白符合：不诚信（不存在：非 诚信经营）；"
        "研发占比为2%，不属于低于1%的情形\"}");
    json_decref(json);
    tidu_report_close(&report);
    tidu_ruleset_unref(&rules);
    rules = others;
}

/* ---- numbers ---- */

static void
check_numbers(const char *record, const char *id, const char *value, const char *requires,
              const char *short_by)
{
    json_t *json = answer(TIDU_EXPLAIN_FULL, TIDU_ZH, record);
    json_t *found = criterion(json, id);
    assert_string_equal(text_of(found, "value"), value);
    assert_string_equal(text_of(found, "requires"), requires);
    assert_string_equal(text_of(found, "short_by"), short_by);
    json_decref(json);
}

static void
test_a_value_never_reads_as_the_threshold_it_misses(void **state)
{
    (void)state;
    check_numbers("{\"rd_share\":2.9994}", "srdi/share", "2.9994%", "≥ 3%", "0.0006%");
    check_numbers("{\"rd_share\":2.999999999999}", "srdi/share", "2.999999999999%", "≥ 3%",
                  "0.000000000001%");
    check_numbers("{\"rd_share\":2.994}", "srdi/share", "2.994%", "≥ 3%", "0.006%");
    check_numbers("{\"rd_share\":3.0004}", "srdi/share", "3.0004%", "≥ 3%", "(none)");
    check_numbers("{\"rd_share\":3}", "srdi/share", "3%", "≥ 3%", "(none)");
    check_numbers("{\"rd_share\":-0.5}", "srdi/share", "-0.5%", "≥ 3%", "3.5%");
    check_numbers("{\"main_revenue\":11300,\"revenue\":12650}", "lg/main_share", "89.33%", "≥ 90%",
                  "0.67%");
    check_numbers("{\"main_revenue\":89999,\"revenue\":100000}", "lg/main_share", "89.999%",
                  "≥ 90%", "0.001%");
    check_numbers("{\"rd_share\":2.99999999999999999999}", "srdi/share", "2.99999999999999999999%",
                  "≥ 3%", "0.00000000000000000001%");
}

/* A root is only a double, its verdict is exact: both must agree. */
static void
test_a_compound_rate_reads_on_the_side_of_its_verdict(void **state)
{
    (void)state;
    check_numbers("{\"revenue\":{\"2025\":11025,\"2023\":10000}}", "srdi/compound", "5%", "≥ 5%",
                  "(none)");
    json_t *json = answer(TIDU_EXPLAIN_FULL, TIDU_ZH,
                          "{\"revenue\":{\"2025\":11024.999999999,\"2023\":10000}}");
    json_t *compound = criterion(json, "srdi/compound");
    assert_string_equal(text_of(compound, "status"), "unmet");
    assert_true(!strncmp(text_of(compound, "value"), "4.99999", 7));
    json_decref(json);
}

static void
test_a_bound_is_written_in_full(void **state)
{
    json_t *json =
        answer(TIDU_EXPLAIN_FULL, TIDU_ZH, "{\"revenue\":1000000,\"rd_expense\":29993.9}");
    json_t *fine = json_array_get(
        json_object_get(json_object_get(criterion(json, "lg/scale"), "condition"), "any"), 1);
    json_t *part = json_array_get(json_object_get(fine, "all"), 1);
    (void)state;
    assert_string_equal(text_of(part, "requires"), "≥ 2.9994%");
    assert_string_equal(text_of(part, "value"), "2.99939%");
    assert_string_equal(text_of(part, "short_by"), "0.00001%");
    json_decref(json);
}

/* A third has no last digit: bound and value are both rounded, apart. */
static void
test_a_bound_without_end_is_not_rounded_across_the_value(void **state)
{
    (void)state;
    check_numbers("{\"main_revenue\":10000,\"rd_expense\":3333.333}", "srdi/above_main",
                  "3333.333万元", "≥ 3333.3333万元", "0.0003万元");
    check_numbers("{\"main_revenue\":10000,\"rd_expense\":3333.334}", "srdi/above_main",
                  "3333.334万元", "≥ 3333.33万元", "(none)");
    check_numbers("{\"main_revenue\":3.7053,\"rd_expense\":1.235}", "srdi/above_main", "1.235万元",
                  "≥ 1.2351万元", "0.0001万元");
    check_numbers("{\"main_revenue\":1,\"rd_expense\":0.33}", "srdi/above_main", "0.33万元",
                  "≥ 0.333万元", "0.003万元");
}

static void
test_a_score_that_is_open_reads_as_an_interval(void **state)
{
    (void)state;
    check_numbers(plain, "lg/points", "35分–42.5分", "≥ 40分", "(none)");
    check_numbers("{}", "srdi/points", "0分–30分", "≥ 10分", "(none)");
}

static void
test_an_unknown_value_is_null_beside_what_it_must_be(void **state)
{
    json_t *json = answer(TIDU_EXPLAIN_FULL, TIDU_ZH, "{}");
    json_t *share = criterion(json, "lg/main_share");
    (void)state;
    assert_true(json_is_null(json_object_get(share, "value")));
    assert_string_equal(text_of(share, "requires"), "≥ 90%");
    assert_string_equal(text_of(share, "status"), "undetermined");
    assert_json(json_object_get(share, "says"),
                "{\"zh\":\"主营占比待定：缺少主营业务收入、营业收入\"}");
    json_decref(json);
}

/* ---- what was read, and where it stands ---- */

static void
check_reads(const json_t *json, const char *id, const char *expected)
{
    assert_json(json_object_get(criterion(json, id), "reads"), expected);
}

static void
test_reads_show_the_facts_as_they_were_stated(void **state)
{
    json_t *json = answer(TIDU_EXPLAIN_FULL, TIDU_ZH, plain);
    (void)state;
    check_reads(json, "lg/main_share", "{\"main_revenue\":11300,\"revenue\":12650}");
    check_reads(json, "lg/growth",
                "{\"main_revenue\":{\"2023\":9100,\"2024\":10450,\"2025\":11300}}");
    check_reads(json, "lg/industry", "{\"industry_code\":\"C3489\"}");
    check_reads(json, "lg/founded", "{\"founded\":\"2015-05-20\"}");
    check_reads(json, "lg/awards", "{\"awards\":{\"count\":0}}");
    check_reads(json, "srdi/compound", "{\"revenue\":{\"2023\":9800,\"2025\":12650}}");
    json_decref(json);
}

static void
test_reads_show_null_for_what_nobody_stated(void **state)
{
    json_t *json = answer(TIDU_EXPLAIN_FULL, TIDU_ZH, "{\"main_revenue\":{\"2024\":10}}");
    (void)state;
    check_reads(json, "lg/main_share", "{\"main_revenue\":null,\"revenue\":null}");
    check_reads(json, "lg/growth", "{\"main_revenue\":{\"2023\":null,\"2024\":10,\"2025\":null}}");
    check_reads(json, "lg/industry", "{\"industry_code\":null}");
    check_reads(json, "lg/founded", "{\"founded\":null}");
    check_reads(json, "lg/awards", "{\"awards\":null}");
    json_decref(json);
}

/* More digits than a double has come back as they went in. */
static void
test_reads_keep_the_spelling_of_long_numbers(void **state)
{
    (void)state;
    tidu_options options = asking(TIDU_EXPLAIN_FULL, TIDU_ZH);
    char *bytes = answer_bytes(&options, "{\"rd_share\":2.99999999999999999999}");
    assert_non_null(strstr(bytes, "\"rd_share\":2.99999999999999999999}"));
    free(bytes);
}

static void
test_titles_are_read_by_id(void **state)
{
    json_t *json = answer(TIDU_EXPLAIN_FULL, TIDU_ZH, plain);
    json_t *parts =
        json_object_get(json_object_get(criterion(json, "lg/titles"), "condition"), "any");
    (void)state;
    assert_json(json_object_get(json_array_get(parts, 0), "reads"), "{\"holds:hnte\":true}");
    assert_json(json_object_get(json_array_get(parts, 1), "reads"), "{\"holds:old_name\":false}");
    json_decref(json);
}

static void
test_a_group_shows_its_parts_and_its_title(void **state)
{
    json_t *json = answer(TIDU_EXPLAIN_FULL, TIDU_BOTH, plain);
    json_t *condition = json_object_get(criterion(json, "lg/scale"), "condition");
    json_t *parts = json_object_get(condition, "any");
    (void)state;
    assert_int_equal(json_array_size(parts), 3);
    assert_string_equal(text_of(json_array_get(parts, 0), "requires"), "≥ 5000万元");
    assert_json(json_object_get(json_array_get(parts, 1), "title"),
                "{\"en\":\"small but fine\",\"zh\":\"小而精\"}");
    assert_json(json_array_get(parts, 2),
                "{\"criterion\":\"lg/capital\",\"status\":\"undetermined\"}");
    json_decref(json);
}

/* The criteria asked for are lowered in the middle of it. */
static void
test_a_criterion_that_asks_for_others_keeps_its_own_parts(void **state)
{
    static const char *const words[] = {"revenue >= 1 wan yuan", "meets('lg')",
                                        "main_revenue >= 2 wan yuan"};
    tidu_options options = asking(TIDU_EXPLAIN_FULL, TIDU_EN);
    options.as_of = day("2025-06-30");
    char *bytes = answer_bytes(&options, "{\"revenue\":3,\"main_revenue\":1}");
    json_t *json = parse(bytes);
    json_t *parts =
        json_object_get(json_object_get(criterion(json, "club/asks"), "condition"), "all");
    (void)state;
    assert_int_equal(json_array_size(parts), 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(text_of(json_object_get(json_array_get(parts, i), "text"), "en"),
                            words[i]);
    assert_string_equal(text_of(json_array_get(parts, 2), "short_by"), "1 wan yuan");
    assert_string_equal(text_of(criterion(json, "lg/main_share"), "value"), "33.33%");
    json_decref(json);
    free(bytes);
}

static void
test_a_criterion_cites_the_clause_it_stands_under(void **state)
{
    json_t *json = answer(TIDU_EXPLAIN_FULL, TIDU_ZH, plain);
    (void)state;
    assert_json(json_object_get(criterion(json, "lg/main_share"), "clause"),
                "{\"document\":\"m-2026\",\"line\":12,\"path\":\"一、小巨人/（一）专业化\","
                "\"text\":\"主营业务收入占营业收入的比重不低于90%，近2年平均增长率不低于5%。\"}");
    assert_string_equal(text_of(designation(json, "lg"), "document"), "m-2026");
    json_decref(json);
}

/* ---- who is asked about ---- */

static void
test_an_answer_names_the_enterprise_and_its_places(void **state)
{
    static const struct {
        const char *record, *places, *enterprise;
    } cases[] = {
        {"{\"region_code\":\"440305\"}", "[\"100000\",\"440000\",\"440300\",\"440305\"]", "{}"},
        {"{\"region_code\":\"440300\"}", "[\"100000\",\"440000\",\"440300\"]", "{}"},
        {"{\"region_code\":\"440000\"}", "[\"100000\",\"440000\"]", "{}"},
        {"{\"enterprise_name\":\"甲 \\\"乙\\\"\"}", "[\"100000\"]",
         "{\"enterprise_name\":\"甲 \\\"乙\\\"\"}"},
        {"{\"uscc\":\"91440300MA5EXAMPL0\",\"enterprise_name\":\"A\"}", "[\"100000\"]",
         "{\"enterprise_name\":\"A\",\"uscc\":\"91440300MA5EXAMPL0\"}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *json = answer(TIDU_EXPLAIN_BRIEF, TIDU_ZH, cases[i].record);
        assert_json(json_object_get(json, "jurisdiction"), cases[i].places);
        assert_json(json_object_get(json, "enterprise"), cases[i].enterprise);
        assert_string_equal(text_of(json, "as_of"), "2026-11-23");
        assert_int_equal(strlen(text_of(json, "ruleset")), 12);
        assert_int_equal(strncmp(text_of(json, "ruleset"), tidu_ruleset_digest(rules), 12), 0);
        json_decref(json);
    }
}

static void
test_held_is_null_until_the_titles_are_stated(void **state)
{
    static const struct {
        const char *record, *held;
    } cases[] = {
        {"{}", "null"},
        {"{\"titles\":[]}", "false"},
        {"{\"titles\":[{\"id\":\"lg\",\"expires\":\"2026-11-23\"}]}", "true"},
        {"{\"titles\":[{\"id\":\"lg\",\"expires\":\"2026-11-22\"}]}", "false"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int explain = TIDU_EXPLAIN_NONE; explain <= TIDU_EXPLAIN_FULL; explain++) {
            json_t *json = answer((tidu_explain)explain, TIDU_ZH, cases[i].record);
            assert_json(json_object_get(designation(json, "lg"), "held"), cases[i].held);
            json_decref(json);
        }
}

/* What an `if` depends on has another unit than what it gives. */
static void
test_a_share_is_told_in_percent_where_its_bound_depends_on_money(void **state)
{
    static const char text[] =
        "# T\n\n```lua\n"
        "policy { id = 'p', zh = '文件', en = 'P', effective = '2020-01-01' }\n"
        "designation 'd' { zh = '称号', en = 'D' }\n"
        "criterion 'share' { zh = '研发占比', en = 'R&D share',\n"
        "  [[ rd_expense / revenue >= (if revenue <= 5000万元 then 5% else 4%) ]] }\n"
        "```\n";
    tidu_source document = {"p.md", text, sizeof text - 1};
    tidu_ruleset *others = rules;
    tidu_report *report;
    uint32_t passed;
    (void)state;
    rules = build_rules(&document, 1, &report, &passed);
    json_t *json = answer(TIDU_EXPLAIN_FULL, TIDU_ZH,
                          "{\"rd_expense\":{\"2025\":300},\"revenue\":{\"2025\":10000}}");
    const json_t *share = criterion(json, "d/share");
    assert_string_equal(text_of(share, "value"), "3%");
    assert_string_equal(text_of(share, "requires"), "≥ 4%");
    assert_string_equal(text_of(share, "short_by"), "1%");
    json_decref(json);
    tidu_ruleset_unref(&rules);
    tidu_report_close(&report);
    rules = others;
}

/* ---- missing ---- */

static void
test_missing_facts_come_most_decisive_first_and_only_where_undecided(void **state)
{
    json_t *json = answer(TIDU_EXPLAIN_FAILED, TIDU_BOTH,
                          "{\"rd_share\":5,\"industry_code\":\"3489\",\"capital\":1,"
                          "\"titles\":[{\"id\":\"hnte\"}],\"awards\":[{\"level\":\"national\"}],"
                          "\"certs\":[\"ISO9001\"],\"channels\":[\"shop\"]}");
    json_t *missing = json_object_get(json, "missing");
    (void)state;
    assert_json(json_object_get(json_array_get(missing, 0), "decides"),
                "[\"lg/main_share\",\"lg/points\",\"srdi/compound\"]");
    assert_json(json_array_get(missing, 1),
                "{\"decides\":[\"lg/main_share\",\"lg/growth\",\"srdi/above_main\"],"
                "\"fact\":\"main_revenue\",\"title\":{\"en\":\"Main revenue\","
                "\"zh\":\"主营业务收入\"},\"years\":[2025,2024,2023]}");
    assert_json(json_object_get(item_with(missing, "fact", "founded"), "decides"),
                "[\"lg/founded\"]");
    assert_null(item_with(missing, "fact", "capital"));
    assert_null(item_with(missing, "fact", "titles"));
    size_t before = json_array_size(json_object_get(json_array_get(missing, 0), "decides"));
    for (size_t i = 1; i < json_array_size(missing); i++) {
        size_t decides = json_array_size(json_object_get(json_array_get(missing, i), "decides"));
        assert_true(decides <= before);
        before = decides;
    }
    json_decref(json);
}

/* A designation that is refused already asks for nothing more. */
static void
test_nothing_is_missing_from_a_designation_that_is_unmet(void **state)
{
    json_t *json =
        answer(TIDU_EXPLAIN_FAILED, TIDU_ZH, "{\"rd_share\":1,\"main_revenue\":1,\"revenue\":100}");
    (void)state;
    assert_json(json_object_get(json, "missing"), "[]");
    json_decref(json);
}

/* The points are known as an interval, and the facts that leave them open are
 * asked for even through sums and products of scores. */
static void
test_facts_that_leave_points_open_are_missing(void **state)
{
    json_t *json = answer(TIDU_EXPLAIN_FAILED, TIDU_ZH,
                          "{\"revenue\":{\"2025\":12000,\"2024\":11000,\"2023\":10000},"
                          "\"main_revenue\":{\"2025\":11500,\"2024\":10500,\"2023\":9500},"
                          "\"rd_expense\":5000,\"rd_share\":5,\"listed\":false,"
                          "\"founded\":\"2015-05-20\",\"industry_code\":\"3489\","
                          "\"titles\":[{\"id\":\"hnte\"}],\"awards\":[{\"level\":\"national\"}],"
                          "\"certs\":[\"ISO9001\"],\"channels\":[\"shop\"]}");
    json_t *missing = json_object_get(json, "missing");
    (void)state;
    assert_json(json_object_get(item_with(missing, "fact", "patents"), "decides"),
                "[\"lg/points\",\"srdi/points\"]");
    assert_json(json_object_get(item_with(missing, "fact", "stage"), "decides"), "[\"lg/points\"]");
    assert_json(json_object_get(item_with(missing, "fact", "honest"), "decides"),
                "[\"srdi/points\"]");
    assert_int_equal(json_array_size(missing), 3);
    json_decref(json);
}

/* ---- notes ---- */

static json_t *
note_about(const json_t *json, const char *id, const char *key)
{
    size_t i;
    json_t *note;
    json_array_foreach (json_object_get(json, "notes"), i, note)
        if (!strcmp(text_of(note, "about"), id) && json_object_get(note, key))
            return note;
    return NULL;
}

static void
test_notes_say_how_sure_the_figures_are(void **state)
{
    json_t *json = answer(TIDU_EXPLAIN_FULL, TIDU_ZH, plain);
    (void)state;
    assert_null(note_about(json, "lg/main_share", "certainty")); /* two pages */
    assert_null(note_about(json, "lg/scale", "certainty"));      /* an authority's page */
    assert_string_equal(text_of(note_about(json, "lg/growth", "certainty"), "certainty"), "memory");
    assert_string_equal(text_of(note_about(json, "lg/industry", "certainty"), "certainty"),
                        "one_copy");
    assert_string_equal(text_of(note_about(json, "lg/industry", "mark"), "mark"), "V:W3");
    assert_string_equal(text_of(note_about(json, "lg/capital", "certainty"), "certainty"),
                        "inferred");
    assert_string_equal(text_of(note_about(json, "lg/titles", "certainty"), "certainty"),
                        "illustrative");
    assert_string_equal(text_of(note_about(json, "lg/rd", "certainty"), "certainty"), "memory");
    json_decref(json);
}

static void
test_notes_repeat_what_the_documents_note(void **state)
{
    json_t *json = answer(TIDU_EXPLAIN_FAILED, TIDU_BOTH, "{\"titles\":[]}");
    (void)state;
    assert_json(json_object_get(note_about(json, "srdi", "says"), "says"),
                "{\"en\":\"Recognised by provinces.\",\"zh\":\"由省级认定。\"}");
    assert_json(json_object_get(note_about(json, "lg", "says"), "says"),
                "{\"en\":\"The gazette prevails.\",\"zh\":\"以公报为准。\"}");
    assert_json(json_object_get(note_about(json, "lg/open", "says"), "says"),
                "{\"en\":\"细则未公布\",\"zh\":\"细则未公布\"}");
    json_decref(json);
}

static void
test_notes_are_kept_to_the_criteria_that_are_told(void **state)
{
    json_t *json = answer(TIDU_EXPLAIN_FAILED, TIDU_ZH, plain);
    (void)state;
    assert_null(note_about(json, "lg/growth", "certainty"));
    assert_null(note_about(json, "lg/titles", "certainty"));
    json_decref(json);
}

static void
test_notes_say_where_a_division_by_zero_left_no_value(void **state)
{
    json_t *json = answer(TIDU_EXPLAIN_FAILED, TIDU_EN,
                          "{\"revenue\":{\"2025\":0,\"2023\":0},\"main_revenue\":0}");
    json_t *share = criterion(json, "lg/main_share");
    (void)state;
    assert_string_equal(text_of(share, "status"), "undetermined");
    assert_json(json_object_get(share, "says"),
                "{\"en\":\"Main share is undetermined: cannot be computed (zero divisor, or a "
                "base not above zero)\"}");
    assert_json(json_object_get(note_about(json, "lg/main_share", "says"), "says"),
                "{\"en\":\"division by zero: no value\"}");
    assert_json(json_object_get(note_about(json, "srdi/compound", "says"), "says"),
                "{\"en\":\"growth over a base that is not above zero has no value\"}");
    json_decref(json);
}

/* ---- options ---- */

static void
test_only_the_designations_asked_for_are_answered(void **state)
{
    static const char *const wanted[] = {"srdi"};
    (void)state;
    for (int explain = TIDU_EXPLAIN_NONE; explain <= TIDU_EXPLAIN_FULL; explain++) {
        tidu_options options = asking((tidu_explain)explain, TIDU_ZH);
        options.designations = wanted;
        options.designation_count = 1;
        char *bytes = answer_bytes(&options, "{}");
        json_t *json = parse(bytes);
        assert_int_equal(json_array_size(json_object_get(json, "designations")), 1);
        assert_non_null(designation(json, "srdi"));
        assert_null(strstr(bytes, "lg/"));
        json_decref(json);
        free(bytes);
    }
}

static void
test_an_unknown_designation_is_refused_with_those_there_are(void **state)
{
    static const char *const wanted[] = {"lg", "srd"};
    tidu_options options = asking(TIDU_EXPLAIN_NONE, TIDU_ZH);
    tidu_error error = {0};
    char words[400];
    (void)state;
    options.designations = wanted;
    options.designation_count = 2;
    assert_null(tidu_evaluation_open(rules, &options, 1, &error));
    assert_int_equal(error.code, TIDU_NO_SUCH_DESIGNATION);
    assert_string_equal(tidu_error_message(&error, TIDU_EN, words, sizeof words),
                        "designation \"srd\" does not exist");
    assert_string_equal(tidu_error_hint(&error, TIDU_EN, words, sizeof words),
                        "Designations are club, lg, srdi.");
}

static void
test_an_unknown_fact_is_refused_unless_it_is_to_be_ignored(void **state)
{
    tidu_options options = asking(TIDU_EXPLAIN_NONE, TIDU_ZH);
    tidu_evaluation *e = open_evaluation(&options);
    struct record record = {"{\"revenu\":1}"};
    tidu_error error = {0};
    (void)state;
    assert_int_equal(tidu_evaluation_json(e, record.text, strlen(record.text), &error),
                     TIDU_READ_ERROR);
    assert_int_equal(tidu_evaluation_rows(e), 0);
    options.ignore_unknown = true;
    assert_true(tidu_evaluation_reset(e, &options, &error));
    assert_int_equal(tidu_evaluation_json(e, record.text, strlen(record.text), &error),
                     TIDU_READ_ROW);
    assert_int_equal(tidu_evaluation_rows(e), 1);
    tidu_evaluation_close(&e);
}

static void
test_a_date_picks_the_documents_in_force_and_back(void **state)
{
    static const char *const record = "{\"main_revenue\":61,\"revenue\":100}";
    static const struct {
        const char *date, *status, *document;
    } cases[] = {
        {"2026-01-01", "unmet", "m-2026"}, {"2025-12-31", "met", "m-2022"},
        {"2022-01-01", "met", "m-2022"},   {"2021-12-31", NULL, NULL},
        {"2026-11-23", "unmet", "m-2026"}, {"2025-12-31", "met", "m-2022"},
        {"2099-12-31", "unmet", "m-2026"},
    };
    tidu_options options = asking(TIDU_EXPLAIN_FULL, TIDU_ZH);
    tidu_evaluation *e = open_evaluation(&options);
    struct record fed;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tidu_error error = {0};
        tidu_text out = {0};
        options.as_of = day(cases[i].date);
        assert_true(tidu_evaluation_reset(e, &options, &error));
        feed(e, &fed, record);
        tidu_evaluation_run(e);
        tidu_evaluation_write(e, 0, &out);
        tidu_text_putc(&out, '\0');
        json_t *json = parse(out.data), *lg = designation(json, "lg");
        assert_string_equal(text_of(json, "as_of"), cases[i].date);
        assert_string_equal(text_of(lg, "status"), cases[i].status ? cases[i].status : "(none)");
        assert_string_equal(text_of(lg, "document"),
                            cases[i].document ? cases[i].document : "(none)");
        json_decref(json);
        tidu_text_free(&out);
    }
    tidu_evaluation_close(&e);
}

/* ---- the same bytes ---- */

static const char *const several[] = {
    "{}",
    "{\"rd_share\":2.99999999999999999999,\"awards\":[{\"level\":\"city\"},{}]}",
    "{\"revenue\":{\"2025\":11025,\"2023\":10000},\"titles\":[]}",
    "{\"main_revenue\":11300,\"revenue\":12650,\"rd_expense\":4000,\"patents\":4}",
    "{\"industry_code\":\"C3412\",\"stage\":\"seed\",\"certs\":[],\"channels\":[\"agent\"]}",
};
enum { SEVERAL = sizeof several / sizeof *several };

/* Answers to the records in that order, each at its own place in `ret`. */
static void
answer_block(tidu_explain explain, const size_t *order, tidu_text *ret)
{
    tidu_options options = asking(explain, TIDU_BOTH);
    tidu_evaluation *e = open_evaluation(&options);
    struct record *records = calloc(SEVERAL, sizeof *records);
    assert_non_null(records);
    for (size_t i = 0; i < SEVERAL; i++)
        feed(e, &records[i], several[order[i]]);
    tidu_evaluation_run(e);
    for (uint32_t i = 0; i < SEVERAL; i++) {
        tidu_evaluation_write(e, i, &ret[order[i]]);
        tidu_text_putc(&ret[order[i]], '\0');
    }
    tidu_evaluation_close(&e);
    free(records);
}

static void
test_an_answer_is_the_same_bytes_alone_in_a_block_and_in_any_order(void **state)
{
    static const size_t orders[][SEVERAL] = {{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 0, 4, 1, 3}};
    (void)state;
    for (int explain = TIDU_EXPLAIN_NONE; explain <= TIDU_EXPLAIN_FULL; explain++) {
        tidu_options options = asking((tidu_explain)explain, TIDU_BOTH);
        for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
            tidu_text together[SEVERAL] = {{0}};
            answer_block((tidu_explain)explain, orders[o], together);
            for (size_t i = 0; i < SEVERAL; i++) {
                char *alone = answer_bytes(&options, several[i]);
                assert_string_equal(alone, together[i].data);
                free(alone);
                tidu_text_free(&together[i]);
            }
        }
    }
}

/* A block that was used before leaves nothing behind. */
static void
test_a_cleared_evaluation_answers_as_a_fresh_one(void **state)
{
    tidu_options options = asking(TIDU_EXPLAIN_FULL, TIDU_BOTH);
    tidu_evaluation *e = open_evaluation(&options);
    struct record record;
    (void)state;
    for (size_t i = 0; i < 2 * SEVERAL; i++) {
        tidu_text out = {0};
        tidu_evaluation_clear(e);
        feed(e, &record, several[i % SEVERAL]);
        tidu_evaluation_run(e);
        tidu_evaluation_write(e, 0, &out);
        tidu_text_putc(&out, '\0');
        char *fresh = answer_bytes(&options, several[i % SEVERAL]);
        assert_string_equal(fresh, out.data);
        free(fresh);
        tidu_text_free(&out);
    }
    tidu_evaluation_close(&e);
}

/* ---- errors as JSON ---- */

static json_t *
error_json(const tidu_error *error, int code, tidu_lang lang)
{
    tidu_text out = {0};
    tidu_error_write(error, code, lang, &out);
    tidu_text_putc(&out, '\0');
    json_t *json = parse(out.data);
    tidu_text_free(&out);
    return json;
}

static void
test_a_refused_record_says_the_fact_what_it_got_and_what_it_takes(void **state)
{
    tidu_options options = asking(TIDU_EXPLAIN_NONE, TIDU_ZH);
    tidu_evaluation *e = open_evaluation(&options);
    struct record record = {"{\"employees\":\"many \\\"people\\\"\"}"};
    tidu_error error = {0};
    (void)state;
    assert_int_equal(tidu_evaluation_json(e, record.text, strlen(record.text), &error),
                     TIDU_READ_ERROR);
    json_t *json = error_json(&error, -32001, TIDU_EN), *data = json_object_get(json, "data");
    assert_json(json_object_get(json, "code"), "-32001");
    assert_string_equal(text_of(data, "id"), tidu_error_id(error.code));
    assert_non_null(strstr(text_of(data, "fact"), "employees"));
    assert_non_null(strstr(text_of(data, "got"), "many"));
    assert_non_null(json_object_get(data, "takes"));
    assert_non_null(json_object_get(data, "hint"));
    json_decref(json);
    tidu_evaluation_close(&e);
}

static void
test_an_error_without_a_fact_names_none(void **state)
{
    tidu_error error;
    (void)state;
    tidu_error_set(&error, TIDU_NO_SUCH_TOPIC, "fax", NULL);
    json_t *json = error_json(&error, -32602, TIDU_ZH), *data = json_object_get(json, "data");
    assert_string_equal(text_of(json, "message"), "没有可描述的“fax”");
    assert_json(json_object_get(data, "id"), "\"E433\"");
    assert_null(json_object_get(data, "fact"));
    json_decref(json);
}

static void
test_a_report_is_a_list_of_diagnostics_with_both_places(void **state)
{
    tidu_report *report = tidu_report_open();
    tidu_error error;
    tidu_text out = {0};
    (void)state;
    tidu_error_at(&error, TIDU_NAME_TAKEN, "b.md", 7, 3, 9, "derive", "large", NULL);
    strcpy(error.also.document, "a.md");
    error.also.line = 5;
    tidu_report_add(report, &error);
    tidu_error_at(&error, TIDU_DESIGNATION_LAPSED, "c.md", 1, 0, 0, "x", "2020-01-01", NULL);
    tidu_report_add(report, &error);
    tidu_report_write(report, TIDU_EN, &out);
    tidu_text_putc(&out, '\0');
    json_t *json = parse(out.data);
    assert_json(json_array_get(json, 0),
                "{\"code\":\"E401\",\"column\":3,\"end_column\":9,\"hint\":\"Give one of them "
                "another name, or dates that do not overlap.\",\"line\":7,\"message\":\"derive "
                "\\\"large\\\" is declared twice\",\"path\":\"b.md\",\"related\":[{\"column\":0,"
                "\"end_column\":0,\"line\":5,\"path\":\"a.md\"}],\"severity\":\"error\"}");
    assert_string_equal(text_of(json_array_get(json, 1), "severity"), "warning");
    assert_json(json_object_get(json_array_get(json, 1), "related"), "[]");
    json_decref(json);
    tidu_text_free(&out);
    tidu_report_close(&report);
}

/* ---- describe ---- */

static json_t *
describe(const char *topic)
{
    tidu_text out = {0};
    tidu_error error = {0};
    assert_true(tidu_ruleset_describe(rules, topic, &out, &error));
    tidu_text_putc(&out, '\0');
    json_t *json = parse(out.data);
    tidu_text_free(&out);
    return json;
}

static void
test_describe_tells_every_topic_and_each_alone(void **state)
{
    static const char *const topics[] = {"facts",     "designations", "criteria", "parameters",
                                         "documents", "measures",     "demands",  "subsidies",
                                         "stacks",    "slots",        "transitions", "targets"};
    json_t *all = describe(NULL);
    (void)state;
    assert_int_equal(json_object_size(all), sizeof topics / sizeof *topics);
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++) {
        json_t *one = describe(topics[i]);
        assert_int_equal(json_object_size(one), 1);
        assert_true(json_is_array(json_object_get(one, topics[i])));
        assert_int_equal(json_array_size(json_object_get(one, topics[i])) > 0, i < 5);
        assert_true(json_equal(json_object_get(one, topics[i]), json_object_get(all, topics[i])));
        json_decref(one);
    }
    json_decref(all);
}

static void
test_describe_refuses_an_unknown_topic_and_writes_nothing(void **state)
{
    tidu_text out = {0};
    tidu_error error = {0};
    (void)state;
    assert_false(tidu_ruleset_describe(rules, "fact", &out, &error));
    assert_int_equal(error.code, TIDU_NO_SUCH_TOPIC);
    assert_int_equal(out.length, 0);
    tidu_text_free(&out);
}

static void
test_describe_lists_every_fact_of_the_vocabulary(void **state)
{
    json_t *json = describe("facts"), *facts = json_object_get(json, "facts");
    const tidu_vocabulary *vocabulary = tidu_ruleset_vocabulary(rules);
    (void)state;
    assert_int_equal(json_array_size(facts), vocabulary->fact_count);
    for (uint32_t i = 0; i < vocabulary->fact_count; i++)
        assert_non_null(item_with(facts, "name", vocabulary->facts[i].symbol.name));
    json_t *revenue = item_with(facts, "name", "revenue");
    assert_string_equal(text_of(revenue, "unit"), "万元");
    assert_json(json_object_get(revenue, "read"), "true");
    assert_json(json_object_get(revenue, "low"), "0");
    assert_json(json_object_get(revenue, "aliases"), "[\"营收\"]");
    assert_json(json_object_get(item_with(facts, "name", "payback"), "read"), "false");
    assert_json(json_object_get(item_with(facts, "name", "institution"), "ordered"), "true");
    assert_int_equal(json_array_size(json_object_get(item_with(facts, "name", "awards"), "fields")),
                     5);
    json_decref(json);
}

static void
test_describe_lists_each_version_of_a_designation_once(void **state)
{
    json_t *json = describe("designations"), *list = json_object_get(json, "designations");
    (void)state;
    assert_int_equal(json_array_size(list), 4);
    assert_non_null(item_with(list, "id", "club"));
    assert_json(json_object_get(item_with(list, "document", "m-2022"), "expires"),
                "\"2025-12-31\"");
    json_decref(json);
    json = describe("criteria");
    assert_int_equal(json_array_size(json_object_get(json, "criteria")), 2 + 10 + 4);
    json_decref(json);
}

/* The text a parameter's line and column point at. */
static const char *
text_at(tidu_arena *arena, const char *path, json_int_t line, json_int_t column)
{
    size_t length;
    const char *text = read_file(
        arena, test_path(arena, tidu_arena_printf(arena, "policy/answers/%s", path)), &length);
    assert_non_null(text);
    while (--line > 0)
        text = strchr(text, '\n') + 1;
    while (--column > 0)
        do
            text++;
        while (((unsigned char)*text & 0xc0) == 0x80);
    return text;
}

static void
test_each_threshold_has_an_address_of_its_own_and_its_place(void **state)
{
    json_t *json = describe("parameters"), *parameter, *other;
    const json_t *list = json_object_get(json, "parameters");
    tidu_arena *arena = tidu_arena_open();
    size_t i, k;
    (void)state;
    json_array_foreach (list, i, parameter) {
        const char *path = text_of(parameter, "path"), *value = text_of(parameter, "value");
        const char *at =
            text_at(arena, path, json_integer_value(json_object_get(parameter, "line")),
                    json_integer_value(json_object_get(parameter, "column")));
        if (strncmp(at, value, strlen(value)))
            fail_msg("%s: \"%s\" is not at its place", text_of(parameter, "address"), value);
        for (k = 0; k < i; k++) {
            other = json_array_get(list, k);
            if (!strcmp(text_of(other, "address"), text_of(parameter, "address")))
                assert_string_not_equal(text_of(other, "document"), text_of(parameter, "document"));
        }
    }
    tidu_arena_close(&arena);
    json_decref(json);
}

static void
test_thresholds_are_counted_in_the_order_they_stand(void **state)
{
    static const struct {
        const char *address, *value;
    } cases[] = {
        {"floor", "5000万元"},
        {"lg/scale#1", "1000万元"},
        {"lg/scale#2", "2.9994%"},
        {"lg/capital#1", "0.2亿元"},
        {"lg/founded#1", "2020-01-01"},
        {"lg/rd#1", "1万元"},
        {"lg/rd#2", "5%"},
        {"lg/rd#3", "10%"},
        {"lg/rd#4", "10%"},
        {"lg/stage#1", "3"},
        {"lg/stage#2", "1项"},
        {"lg/stage#3", "9"},
        {"lg/points#1", "2"},
        {"lg/points#2", "40"},
        {"srdi/patents#1", "1项"},
        {"srdi/share#1", "3%"},
        {"srdi/above_main#1", "3"},
    };
    json_t *json = describe("parameters");
    const json_t *list = json_object_get(json, "parameters");
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *found = item_with(list, "address", cases[i].address);
        if (!found)
            fail_msg("no %s", cases[i].address);
        assert_string_equal(text_of(found, "value"), cases[i].value);
    }
    assert_null(item_with(list, "address", "lg/rd#5"));
    assert_null(item_with(list, "address", "lg/stage#4"));
    json_decref(json);
}

/* ---- the ruleset ---- */

static void
test_a_program_prints_a_step_a_line(void **state)
{
    tidu_text out = {0};
    (void)state;
    tidu_ruleset_print_program(rules, day("2026-11-23"), &out);
    tidu_text_putc(&out, '\0');
    assert_false(out.failed);
    size_t lines = 0;
    for (const char *at = out.data; (at = strchr(at, '\n')); at++)
        lines++;
    assert_true(lines >= tidu_ruleset_program(rules, day("2026-11-23"))->step_count);
    assert_non_null(strstr(out.data, "lg/main_share"));
    assert_non_null(strstr(out.data, "le"));
    tidu_text_free(&out);
}

static void
test_counts_tell_what_the_ruleset_holds(void **state)
{
    tidu_counts counts = tidu_ruleset_counts(rules);
    (void)state;
    assert_int_equal(counts.documents, 4);
    assert_int_equal(counts.designations, 4);
    assert_int_equal(counts.criteria, 16);
    assert_int_equal(counts.programs, 3);
    assert_true(counts.memory_bytes > 0 && counts.steps > 0);
}

static void *
borrow(void *ruleset)
{
    for (int i = 0; i < 2000; i++) {
        tidu_ruleset *mine = tidu_ruleset_ref(ruleset);
        tidu_ruleset_unref(&mine);
        assert_null(mine);
    }
    tidu_ruleset *given = ruleset;
    tidu_ruleset_unref(&given);
    return NULL;
}

/* Each thread is given a reference and lets it go on its own; ours is the last
 * but one. */
static void
test_references_are_counted_across_threads(void **state)
{
    pthread_t threads[4];
    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, borrow, tidu_ruleset_ref(rules)), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&rules->references), 1);
}

static void
test_an_evaluation_keeps_its_ruleset_alive(void **state)
{
    tidu_options options = asking(TIDU_EXPLAIN_NONE, TIDU_ZH);
    tidu_evaluation *e = open_evaluation(&options);
    (void)state;
    assert_int_equal(atomic_load(&rules->references), 2);
    tidu_evaluation_close(&e);
    assert_null(e);
    assert_int_equal(atomic_load(&rules->references), 1);
}

/* ---- the group ---- */

static int
build(void **state)
{
    tidu_arena *arena = tidu_arena_open();
    tidu_source documents[2] = {{.path = "a-before.md"}, {.path = "b-now.md"}};
    tidu_report *report;
    uint32_t passed;
    if (require_helper(state))
        return -1;
    for (size_t i = 0; i < 2; i++) {
        const char *path = tidu_arena_printf(arena, "policy/answers/%s", documents[i].path);
        documents[i].text = read_file(arena, test_path(arena, path), &documents[i].length);
        if (!documents[i].text)
            return -1;
    }
    rules = build_rules(documents, 2, &report, &passed);
    tidu_text said = complaints(report, TIDU_EN);
    if (!rules || tidu_report_count(report))
        print_error("%s", said.data);
    tidu_text_free(&said);
    tidu_report_close(&report);
    tidu_arena_close(&arena);
    return rules ? 0 : -1;
}

static int
release(void **state)
{
    (void)state;
    tidu_ruleset_unref(&rules);
    return 0;
}

#define T(name) cmocka_unit_test(name)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_none_tells_the_status_of_each_designation_and_no_more),
        T(test_brief_tells_each_criterion_and_the_points_of_each_indicator),
        T(test_failed_tells_what_is_not_met_and_leaves_out_what_is),
        T(test_a_nested_criterion_is_told_when_what_it_is_part_of_fails),
        T(test_full_tells_every_criterion_and_every_indicator),
        T(test_each_scorecard_has_its_own_indicators_though_one_borrows_from_another),
        T(test_words_come_in_the_language_asked_for),
        T(test_a_criterion_says_its_verdict_in_a_sentence),
        T(test_what_must_not_hold_applies_or_does_not),
        T(test_a_value_never_reads_as_the_threshold_it_misses),
        T(test_a_compound_rate_reads_on_the_side_of_its_verdict),
        T(test_a_bound_is_written_in_full),
        T(test_a_bound_without_end_is_not_rounded_across_the_value),
        T(test_a_score_that_is_open_reads_as_an_interval),
        T(test_an_unknown_value_is_null_beside_what_it_must_be),
        T(test_reads_show_the_facts_as_they_were_stated),
        T(test_reads_show_null_for_what_nobody_stated),
        T(test_reads_keep_the_spelling_of_long_numbers),
        T(test_titles_are_read_by_id),
        T(test_a_group_shows_its_parts_and_its_title),
        T(test_a_criterion_that_asks_for_others_keeps_its_own_parts),
        T(test_a_criterion_cites_the_clause_it_stands_under),
        T(test_an_answer_names_the_enterprise_and_its_places),
        T(test_held_is_null_until_the_titles_are_stated),
        T(test_a_share_is_told_in_percent_where_its_bound_depends_on_money),
        T(test_missing_facts_come_most_decisive_first_and_only_where_undecided),
        T(test_nothing_is_missing_from_a_designation_that_is_unmet),
        T(test_facts_that_leave_points_open_are_missing),
        T(test_notes_say_how_sure_the_figures_are),
        T(test_notes_repeat_what_the_documents_note),
        T(test_notes_are_kept_to_the_criteria_that_are_told),
        T(test_notes_say_where_a_division_by_zero_left_no_value),
        T(test_only_the_designations_asked_for_are_answered),
        T(test_an_unknown_designation_is_refused_with_those_there_are),
        T(test_an_unknown_fact_is_refused_unless_it_is_to_be_ignored),
        T(test_a_date_picks_the_documents_in_force_and_back),
        T(test_an_answer_is_the_same_bytes_alone_in_a_block_and_in_any_order),
        T(test_a_cleared_evaluation_answers_as_a_fresh_one),
        T(test_a_refused_record_says_the_fact_what_it_got_and_what_it_takes),
        T(test_an_error_without_a_fact_names_none),
        T(test_a_report_is_a_list_of_diagnostics_with_both_places),
        T(test_describe_tells_every_topic_and_each_alone),
        T(test_describe_refuses_an_unknown_topic_and_writes_nothing),
        T(test_describe_lists_every_fact_of_the_vocabulary),
        T(test_describe_lists_each_version_of_a_designation_once),
        T(test_each_threshold_has_an_address_of_its_own_and_its_place),
        T(test_thresholds_are_counted_in_the_order_they_stand),
        T(test_a_program_prints_a_step_a_line),
        T(test_counts_tell_what_the_ruleset_holds),
        T(test_references_are_counted_across_threads),
        T(test_an_evaluation_keeps_its_ruleset_alive),
    };
    return cmocka_run_group_tests(tests, build, release);
}
