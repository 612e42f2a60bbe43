/*
 * test_answer.c: what an answer tells, and what it never tells wrongly.
 *
 * Answers are written by the engine and read back with a JSON library, as a
 * client would.
 */
#include "answers.h"

#include <stdlib.h>

static json_t *
ask(tidu_explain explain, tidu_lang lang, const char *record)
{
    tidu_options options = asking(explain, lang);
    return answer(rules, &options, record);
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
    json_t *json = ask(TIDU_EXPLAIN_NONE, TIDU_ZH, plain);
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
    json_t *json = ask(TIDU_EXPLAIN_BRIEF, TIDU_ZH, plain);
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
    json_t *json = ask(TIDU_EXPLAIN_FAILED, TIDU_ZH, plain);
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
    json_t *json = ask(TIDU_EXPLAIN_FAILED, TIDU_ZH, "{\"revenue\":900,\"capital\":0.1}");
    (void)state;
    assert_string_equal(text_of(criterion(json, "lg/scale"), "status"), "unmet");
    assert_string_equal(text_of(criterion(json, "lg/capital"), "part_of"), "lg/scale");
    assert_string_equal(text_of(criterion(json, "lg/capital"), "status"), "unmet");
    json_decref(json);
}

static void
test_full_tells_every_criterion_and_every_indicator(void **state)
{
    json_t *json = ask(TIDU_EXPLAIN_FULL, TIDU_BOTH, plain);
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
    json_t *json = ask(TIDU_EXPLAIN_FULL, TIDU_ZH, plain);
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
        json_t *json = ask(TIDU_EXPLAIN_FAILED, cases[i].lang, plain);
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
    json_t *json = ask(TIDU_EXPLAIN_FULL, TIDU_BOTH, plain);
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
    json_t *json = ask(TIDU_EXPLAIN_FULL, TIDU_BOTH, "{\"honest\":false,\"rd_share\":0.5}");
    assert_json(json_object_get(criterion(json, "base/clean"), "says"),
                "{\"en\":\"Clean record is not met: dishonest (applies: not honest); rd_share is "
                "0.5%, which is below 1%\",\"zh\":\"清白不符合：不诚信（存在：非 诚信经营）；"
                "研发占比为0.5%，属于低于1%的情形\"}");
    json_decref(json);
    json = ask(TIDU_EXPLAIN_FULL, TIDU_BOTH, "{\"honest\":true,\"rd_share\":2}");
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
    json_t *json = ask(TIDU_EXPLAIN_FULL, TIDU_ZH, record);
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
    json_t *json =
        ask(TIDU_EXPLAIN_FULL, TIDU_ZH, "{\"revenue\":{\"2025\":11024.999999999,\"2023\":10000}}");
    json_t *compound = criterion(json, "srdi/compound");
    assert_string_equal(text_of(compound, "status"), "unmet");
    assert_true(!strncmp(text_of(compound, "value"), "4.99999", 7));
    json_decref(json);
}

static void
test_a_bound_is_written_in_full(void **state)
{
    json_t *json = ask(TIDU_EXPLAIN_FULL, TIDU_ZH, "{\"revenue\":1000000,\"rd_expense\":29993.9}");
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
    json_t *json = ask(TIDU_EXPLAIN_FULL, TIDU_ZH, "{}");
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
    json_t *json = ask(TIDU_EXPLAIN_FULL, TIDU_ZH, plain);
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
    json_t *json = ask(TIDU_EXPLAIN_FULL, TIDU_ZH, "{\"main_revenue\":{\"2024\":10}}");
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
    char *bytes = answer_bytes(rules, &options, "{\"rd_share\":2.99999999999999999999}");
    assert_non_null(strstr(bytes, "\"rd_share\":2.99999999999999999999}"));
    free(bytes);
}

static void
test_titles_are_read_by_id(void **state)
{
    json_t *json = ask(TIDU_EXPLAIN_FULL, TIDU_ZH, plain);
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
    json_t *json = ask(TIDU_EXPLAIN_FULL, TIDU_BOTH, plain);
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
    char *bytes = answer_bytes(rules, &options, "{\"revenue\":3,\"main_revenue\":1}");
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
    json_t *json = ask(TIDU_EXPLAIN_FULL, TIDU_ZH, plain);
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
        json_t *json = ask(TIDU_EXPLAIN_BRIEF, TIDU_ZH, cases[i].record);
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
            json_t *json = ask((tidu_explain)explain, TIDU_ZH, cases[i].record);
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
    json_t *json = ask(TIDU_EXPLAIN_FULL, TIDU_ZH,
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
    json_t *json = ask(TIDU_EXPLAIN_FAILED, TIDU_BOTH,
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
        ask(TIDU_EXPLAIN_FAILED, TIDU_ZH, "{\"rd_share\":1,\"main_revenue\":1,\"revenue\":100}");
    (void)state;
    assert_json(json_object_get(json, "missing"), "[]");
    json_decref(json);
}

/* The points are known as an interval, and the facts that leave them open are
 * asked for even through sums and products of scores. */
static void
test_facts_that_leave_points_open_are_missing(void **state)
{
    json_t *json = ask(TIDU_EXPLAIN_FAILED, TIDU_ZH,
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
    json_t *json = ask(TIDU_EXPLAIN_FULL, TIDU_ZH, plain);
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
    json_t *json = ask(TIDU_EXPLAIN_FAILED, TIDU_BOTH, "{\"titles\":[]}");
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
    json_t *json = ask(TIDU_EXPLAIN_FAILED, TIDU_ZH, plain);
    (void)state;
    assert_null(note_about(json, "lg/growth", "certainty"));
    assert_null(note_about(json, "lg/titles", "certainty"));
    json_decref(json);
}

static void
test_notes_say_where_a_division_by_zero_left_no_value(void **state)
{
    json_t *json = ask(TIDU_EXPLAIN_FAILED, TIDU_EN,
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
    };
    return cmocka_run_group_tests(tests, open_rules, close_rules);
}
