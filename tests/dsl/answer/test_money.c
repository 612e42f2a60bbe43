/*
 * test_money.c: what an answer tells of money and measures.
 *
 * The rules are those of tests/policy/money/ (a country, a province, a planned
 * city) and of tests/policy/good/rules/places/. Guards dsl/answer/support.c and
 * what missing.c says of it.
 */
#include "asking.h"

#include "tidu/places.h"

#include <stdlib.h>

static tidu_ruleset *rules;

static tidu_options
asking(tidu_explain explain, tidu_lang lang)
{
    return (tidu_options){.as_of = day("2026-11-23"), .explain = explain, .lang = lang};
}

static json_t *
ask(tidu_explain explain, tidu_lang lang, const char *record)
{
    tidu_options options = asking(explain, lang);
    return answer(rules, &options, record);
}

#define FACTS                                                                             \
    "\"revenue\":12000,\"rd_expense\":100,\"honest\":true,\"listed\":false,\"profit\":1," \
    "\"grants\":150,\"patents\":5"
#define LG "\"titles\":[{\"id\":\"lg\"}]"

static const char *const here = "{\"region_code\":\"440305\"," FACTS "," LG "}";
static const char *const elsewhere = "{\"region_code\":\"370102\"," FACTS "," LG "}";

/* ---- one subsidy ---- */

static void
test_a_subsidy_tells_its_amount_its_payer_its_days_and_its_clause(void **state)
{
    json_t *json = ask(TIDU_EXPLAIN_FAILED, TIDU_BOTH, here);
    (void)state;
    assert_json(told(json, "subsidies", "sz-lg"),
                "{\"amount\":50,"
                "\"clause\":{\"document\":\"sz\",\"line\":9,\"path\":\"一、奖励\","
                "\"text\":\"小巨人奖励50万元，与全国奖励就高不重复。\"},"
                "\"effective\":\"2025-04-03\",\"expires\":\"2026-12-31\",\"forgone\":[],"
                "\"id\":\"sz-lg\",\"kind\":\"award\",\"level\":\"city\",\"payer\":\"深圳市\","
                "\"period\":\"one_off\","
                "\"says\":{\"en\":\"Award of the city: 50 wan yuan, paid by Shenzhen\","
                "\"zh\":\"小巨人市级奖励：50万元，深圳市支付\"},"
                "\"status\":\"met\",\"title\":{\"en\":\"Award of the city\","
                "\"zh\":\"小巨人市级奖励\"},\"unit\":\"万元\"}");
    json_decref(json);
}

static void
test_what_a_stack_takes_away_is_told_with_the_stack_and_its_clause(void **state)
{
    json_t *json = ask(TIDU_EXPLAIN_FAILED, TIDU_BOTH, here);
    json_t *award = told(json, "subsidies", "nat-lg");
    (void)state;
    assert_json(json_object_get(award, "amount"), "0");
    assert_json(json_object_get(award, "before"), "30");
    assert_json(json_object_get(award, "forgone"),
                "[{\"amount\":30,\"clause\":{\"document\":\"sz\",\"line\":9,"
                "\"path\":\"一、奖励\"},\"rule\":\"highest\","
                "\"says\":{\"en\":\"only the highest is paid: 30 wan yuan less\","
                "\"zh\":\"就高不重复：少领30万元\"},\"stack\":\"sz-higher\"}]");
    assert_json(json_object_get(award, "says"),
                "{\"en\":\"Little-giant award: 0 wan yuan, paid by central government (only the "
                "highest is paid: 30 wan yuan "
                "less)\",\"zh\":\"小巨人奖励：0万元，中央支付（就高不重复：少领30万元）\"}");
    json_decref(json);
    json = ask(TIDU_EXPLAIN_FAILED, TIDU_BOTH, elsewhere);
    award = told(json, "subsidies", "nat-lg");
    assert_json(json_object_get(award, "amount"), "30");
    assert_null(json_object_get(award, "before"));
    assert_json(json_object_get(award, "forgone"), "[]");
    json_decref(json);
}

/* One of them is told by the ladder and taken over by the city: once is enough. */
static void
test_an_award_that_a_place_takes_over_is_told_once(void **state)
{
    json_t *json = ask(TIDU_EXPLAIN_FULL, TIDU_ZH, here);
    (void)state;
    assert_ids(json_object_get(json, "subsidies"), "id",
               "nat-tax nat-state nat-help nat-old nat-soon nat-interest sz-lg sz-honest sz-tenth "
               "sz-fifth nat-lg");
    json_decref(json);
    json = ask(TIDU_EXPLAIN_BRIEF, TIDU_ZH, here);
    assert_ids(json_object_get(json, "subsidies"), "id",
               "nat-tax nat-state nat-interest sz-lg sz-honest sz-tenth sz-fifth nat-lg");
    json_decref(json);
}

static void
test_one_language_is_told_when_one_is_asked_for(void **state)
{
    json_t *zh = ask(TIDU_EXPLAIN_FAILED, TIDU_ZH, here);
    json_t *en = ask(TIDU_EXPLAIN_FAILED, TIDU_EN, here);
    (void)state;
    assert_json(json_object_get(told(zh, "subsidies", "sz-lg"), "says"),
                "{\"zh\":\"小巨人市级奖励：50万元，深圳市支付\"}");
    assert_json(json_object_get(told(en, "subsidies", "sz-lg"), "says"),
                "{\"en\":\"Award of the city: 50 wan yuan, paid by Shenzhen\"}");
    assert_string_equal(text_of(told(en, "subsidies", "sz-lg"), "payer"), "Shenzhen");
    assert_string_equal(text_of(told(en, "subsidies", "nat-lg"), "payer"), "central government");
    assert_json(json_object_get(told(en, "measures", "M1"), "title"), "{\"en\":\"Matchmaking\"}");
    assert_json(json_object_get(told(en, "measures", "M1"), "responsible"),
                "{\"basis\":\"explicit\",\"handler\":[\"Commerce\","
                "\"Industry and information technology\"],"
                "\"lead\":\"Industry and information technology\","
                "\"office\":\"Industry and information technology, county office, 南山区\","
                "\"support\":[\"Industry associations\"],\"with\":[\"Related departments\"]}");
    json_decref(zh);
    json_decref(en);
}

static void
test_kinds_periods_and_ceilings_are_told_as_what_they_are(void **state)
{
    json_t *json = ask(TIDU_EXPLAIN_FAILED, TIDU_BOTH,
                       "{\"region_code\":\"370102\",\"rd_expense\":100,\"grants\":201,"
                       "\"listed\":true}");
    json_t *tax = told(json, "subsidies", "nat-tax");
    json_t *interest = told(json, "subsidies", "nat-interest");
    json_t *help = told(json, "subsidies", "nat-help");
    (void)state;
    assert_string_equal(text_of(tax, "kind"), "tax");
    assert_string_equal(text_of(tax, "period"), "yearly");
    assert_json(
        json_object_get(tax, "says"),
        "{\"en\":\"Extra deduction: 15 wan yuan a year\",\"zh\":\"加计抵减：15万元（按年）\"}");
    assert_json(json_object_get(interest, "amount"), "[0,20]");
    assert_json(json_object_get(interest, "up_to"), "true");
    assert_json(json_object_get(interest, "says"),
                "{\"en\":\"Interest: up to 20 wan yuan, paid by Ministry of Finance\","
                "\"zh\":\"贴息：最高20万元，财政部支付\"}");
    assert_json(json_object_get(help, "amount"), "null");
    assert_null(json_object_get(help, "unit"));
    assert_json(json_object_get(help, "says"),
                "{\"en\":\"Diagnosis: may be used\",\"zh\":\"诊断服务：可享受\"}");
    json_decref(json);
}

/* 10.000001 wan yuan is a hundredth of a yuan more than ten. */
static void
test_amounts_are_written_as_exactly_as_money_is_paid(void **state)
{
    tidu_options options = asking(TIDU_EXPLAIN_BRIEF, TIDU_ZH);
    char *bytes = answer_bytes(rules, &options, here);
    (void)state;
    assert_non_null(
        strstr(bytes, "{\"id\":\"sz-honest\",\"status\":\"met\",\"amount\":10.000001}"));
    assert_non_null(strstr(bytes, "\"amount\":0.1}"));
    free(bytes);
}

static void
test_what_is_not_to_be_had_is_told_only_when_all_is_asked_for(void **state)
{
    json_t *json = ask(TIDU_EXPLAIN_FAILED, TIDU_BOTH, here);
    (void)state;
    assert_false(is_told(json, "subsidies", "nat-old"));
    assert_false(is_told(json, "subsidies", "nat-help"));
    assert_false(is_told(json, "subsidies", "gd-lg"));
    json_decref(json);
    json = ask(TIDU_EXPLAIN_FULL, TIDU_BOTH, here);
    json_t *old = told(json, "subsidies", "nat-old"), *soon = told(json, "subsidies", "nat-soon");
    assert_json(json_object_get(old, "in_force"), "false");
    assert_json(json_object_get(old, "amount"), "0");
    assert_json(json_object_get(old, "says"),
                "{\"en\":\"Ended award: could be drawn until 2024-12-31\","
                "\"zh\":\"已停止的奖励：已于2024-12-31到期\"}");
    assert_json(json_object_get(soon, "says"),
                "{\"en\":\"Coming award: can be drawn from 2027-01-01\","
                "\"zh\":\"将施行的奖励：自2027-01-01起施行\"}");
    assert_json(json_object_get(told(json, "subsidies", "nat-help"), "status"), "\"unmet\"");
    assert_null(json_object_get(told(json, "subsidies", "nat-help"), "in_force"));
    assert_false(is_told(json, "subsidies", "gd-lg")); /* does not reach the city */
    json_decref(json);
}

/* ---- the sum ---- */

/* 15 of tax, 0 to 15 of interest, 50 of the city's award, 10.3 for honesty;
 * 500 to the locality are shown and not counted. */
static void
test_the_sum_counts_stacks_once_and_nothing_that_goes_to_a_locality(void **state)
{
    json_t *json = ask(TIDU_EXPLAIN_FAILED, TIDU_ZH, here);
    (void)state;
    assert_json(json_object_get(told(json, "subsidies", "nat-state"), "amount"), "500");
    assert_string_equal(text_of(told(json, "subsidies", "nat-state"), "to"), "government");
    assert_json(json_object_get(json, "money"),
                "{\"high\":90.300001,\"low\":75.300001,\"unit\":\"万元\"}");
    json_decref(json);
    json = ask(TIDU_EXPLAIN_BRIEF, TIDU_ZH, elsewhere);
    assert_json(json_object_get(json, "money"), "{\"high\":60,\"low\":45,\"unit\":\"万元\"}");
    json_decref(json);
}

static void
test_the_sum_is_an_interval_while_facts_are_missing(void **state)
{
    json_t *json = ask(TIDU_EXPLAIN_BRIEF, TIDU_ZH,
                       "{\"region_code\":\"440305\",\"rd_expense\":100,\"honest\":false,"
                       "\"grants\":0}");
    (void)state;
    /* the title is not known: 30 or 50 of the stack, which pays one of them */
    assert_json(json_object_get(json, "money"), "{\"high\":65,\"low\":15,\"unit\":\"万元\"}");
    json_decref(json);
    json = ask(TIDU_EXPLAIN_BRIEF, TIDU_ZH, "{\"region_code\":\"370102\",\"titles\":[]}");
    assert_json(json_object_get(json, "money"), "{\"high\":null,\"low\":0,\"unit\":\"万元\"}");
    json_decref(json);
}

/* A stack of the country inside one of the city was counted with both. */
static void
test_a_stack_that_a_place_takes_over_is_counted_once(void **state)
{
    tidu_ruleset *places = load_rules("good/rules/places");
    tidu_options options = asking(TIDU_EXPLAIN_BRIEF, TIDU_ZH);
    json_t *json = answer(places, &options,
                          "{\"region_code\":\"440305\",\"listed\":true,\"honest\":true,"
                          "\"patents\":1}");
    (void)state;
    /* 60 the higher of A, 50 of B, 50 under the ceiling with it, 50 of the
     * title's stacks, 25 matched, 70 and 30 alone, 2 of the city's titles, 10 of
     * the province, 5 of the district */
    assert_json(json_object_get(json, "money"), "{\"high\":352,\"low\":352,\"unit\":\"万元\"}");
    json_decref(json);
    tidu_ruleset_unref(&places);
}

/* ---- measures ---- */

static void
test_a_measure_tells_who_is_responsible_and_where_to_go(void **state)
{
    json_t *json = ask(TIDU_EXPLAIN_FAILED, TIDU_ZH, here);
    (void)state;
    /* the district's commerce is in the hands of industry */
    assert_json(
        told(json, "measures", "M1"),
        "{\"clause\":{\"document\":\"nat\",\"line\":25,\"path\":\"二、服务\"},"
        "\"group\":\"G1\",\"id\":\"M1\","
        "\"responsible\":{\"basis\":\"explicit\",\"handler\":[\"商务部\","
        "\"工业和信息化部\"],\"lead\":\"工业和信息化部\",\"office\":\"南山区工业和信息化局\","
        "\"support\":[\"有关行业协会\"],\"with\":[\"相关部门\"]},"
        "\"status\":\"met\",\"title\":{\"zh\":\"参加对接\"}}");
    assert_json(json_object_get(told(json, "measures", "SZ1"), "responsible"),
                "{\"basis\":\"first_listed\",\"lead\":\"工业和信息化部\","
                "\"office\":\"南山区工业和信息化局\",\"with\":[]}");
    assert_false(is_told(json, "measures", "M2"));
    json_decref(json);
}

static void
test_an_undecided_measure_says_what_it_waits_for_and_an_unmet_one_is_not_told(void **state)
{
    json_t *json = ask(TIDU_EXPLAIN_FAILED, TIDU_BOTH, "{\"titles\":[],\"patents\":3}");
    (void)state;
    assert_false(is_told(json, "measures", "M1"));
    assert_json(json_object_get(told(json, "measures", "M3"), "says"),
                "{\"en\":\"Profitable firms is undetermined: missing Net profit\","
                "\"zh\":\"盈利企业待定：缺少净利润\"}");
    /* nobody knows where the enterprise is */
    assert_null(
        json_object_get(json_object_get(told(json, "measures", "M3"), "responsible"), "office"));
    json_decref(json);
    json = ask(TIDU_EXPLAIN_FULL, TIDU_BOTH, "{\"titles\":[],\"patents\":3}");
    assert_string_equal(text_of(told(json, "measures", "M1"), "status"), "unmet");
    assert_non_null(json_object_get(told(json, "measures", "M1"), "condition"));
    json_decref(json);
}

/* ---- what to ask for ---- */

static void
test_what_criteria_wait_for_is_asked_before_what_money_and_measures_wait_for(void **state)
{
    json_t *json = ask(TIDU_EXPLAIN_FAILED, TIDU_ZH, "{\"region_code\":\"440305\"}");
    json_t *missing = json_object_get(json, "missing");
    (void)state;
    assert_ids(missing, "fact", "patents revenue honest titles listed profit rd_expense grants");
    assert_ids(json_object_get(item_with(missing, "fact", "patents"), "decides"), NULL,
               "lg/revenue M1 sz-star/patents");
    assert_ids(json_object_get(item_with(missing, "fact", "titles"), "decides"), NULL,
               "nat-state M1 sz-lg nat-lg");
    assert_ids(json_object_get(item_with(missing, "fact", "honest"), "decides"), NULL,
               "sz-honest sz-tenth sz-fifth SZ1");
    assert_ids(json_object_get(item_with(missing, "fact", "rd_expense"), "decides"), NULL,
               "nat-tax");
    assert_json(json_object_get(item_with(missing, "fact", "rd_expense"), "years"), "[2025]");
    json_decref(json);
}

static void
test_nothing_is_asked_for_what_is_not_asked(void **state)
{
    tidu_options options = asking(TIDU_EXPLAIN_FAILED, TIDU_ZH);
    json_t *json;
    (void)state;
    options.include = TIDU_INCLUDE_DESIGNATIONS;
    json = answer(rules, &options, "{\"region_code\":\"440305\"}");
    assert_ids(json_object_get(json, "missing"), "fact", "patents revenue");
    json_decref(json);
    options.include = TIDU_INCLUDE_MEASURES;
    json = answer(rules, &options, "{\"region_code\":\"440305\"}");
    assert_ids(json_object_get(json, "missing"), "fact", "honest profit patents titles");
    json_decref(json);
}

/* ---- parts, places ---- */

static void
test_an_answer_has_the_parts_that_are_asked_for(void **state)
{
    static const struct {
        unsigned include;
        bool designations, subsidies, measures;
    } cases[] = {
        {0, true, true, true},
        {TIDU_INCLUDE_ALL, true, true, true},
        {TIDU_INCLUDE_DESIGNATIONS, true, false, false},
        {TIDU_INCLUDE_SUBSIDIES, false, true, false},
        {TIDU_INCLUDE_MEASURES, false, false, true},
        {TIDU_INCLUDE_SUBSIDIES | TIDU_INCLUDE_MEASURES, false, true, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (tidu_explain explain = TIDU_EXPLAIN_BRIEF; explain <= TIDU_EXPLAIN_FULL; explain++) {
            tidu_options options = asking(explain, TIDU_ZH);
            options.include = cases[i].include;
            json_t *json = answer(rules, &options, here);
            size_t counts[] = {json_array_size(json_object_get(json, "designations")),
                               json_array_size(json_object_get(json, "subsidies")),
                               json_array_size(json_object_get(json, "measures"))};
            assert_int_equal(counts[0] > 0, cases[i].designations);
            assert_int_equal(counts[1] > 0, cases[i].subsidies);
            assert_int_equal(counts[2] > 0, cases[i].measures);
            assert_int_equal(json_object_get(json, "money") != NULL, cases[i].subsidies);
            json_decref(json);
        }
}

static void
test_who_asks_for_one_designation_is_told_of_nothing_else(void **state)
{
    static const char *const wanted[] = {"sz-star"};
    tidu_options options = asking(TIDU_EXPLAIN_FAILED, TIDU_ZH);
    (void)state;
    options.designations = wanted;
    options.designation_count = 1;
    json_t *json = answer(rules, &options, here);
    assert_ids(json_object_get(json, "designations"), "id", "sz-star");
    assert_int_equal(json_array_size(json_object_get(json, "subsidies")), 0);
    assert_int_equal(json_array_size(json_object_get(json, "measures")), 0);
    json_decref(json);
}

static void
test_a_jurisdiction_asked_for_replaces_the_place_of_the_record(void **state)
{
    tidu_options options = asking(TIDU_EXPLAIN_BRIEF, TIDU_ZH);
    json_t *json;
    (void)state;
    options.jurisdiction = 440106;
    json = answer(rules, &options, here);
    assert_json(json_object_get(json, "jurisdiction"),
                "[\"100000\",\"440000\",\"440100\",\"440106\"]");
    assert_true(is_told(json, "subsidies", "gd-lg"));
    assert_false(is_told(json, "subsidies", "sz-lg"));
    assert_false(is_told(json, "designations", "sz-star"));
    json_decref(json);
    options.jurisdiction = TIDU_COUNTRY_CODE;
    json = answer(rules, &options, here);
    assert_json(json_object_get(json, "jurisdiction"), "[\"100000\"]");
    assert_false(is_told(json, "subsidies", "sz-lg"));
    json_decref(json);
    options.jurisdiction = 440300;
    json = answer(rules, &options, elsewhere);
    assert_true(is_told(json, "subsidies", "sz-lg"));
    json_decref(json);
}

/* ---- brief ---- */

static void
test_brief_lists_what_may_be_drawn_with_its_amount_and_no_words(void **state)
{
    json_t *json = ask(TIDU_EXPLAIN_BRIEF, TIDU_ZH, elsewhere);
    (void)state;
    assert_json(json_object_get(json, "subsidies"),
                "[{\"amount\":30,\"id\":\"nat-lg\",\"status\":\"met\"},"
                "{\"amount\":15,\"id\":\"nat-tax\",\"status\":\"met\"},"
                "{\"amount\":500,\"id\":\"nat-state\",\"status\":\"met\"},"
                "{\"amount\":[0,15],\"id\":\"nat-interest\",\"status\":\"met\"}]");
    assert_json(json_object_get(json, "measures"),
                "[{\"id\":\"M1\",\"status\":\"met\"},{\"id\":\"M3\",\"status\":\"met\"}]");
    json_decref(json);
    json = ask(TIDU_EXPLAIN_NONE, TIDU_ZH, elsewhere);
    assert_null(json_object_get(json, "subsidies"));
    assert_null(json_object_get(json, "money"));
    assert_null(json_object_get(json, "measures"));
    json_decref(json);
}

static void
test_rules_without_money_have_brief_answers_without_it(void **state)
{
    tidu_ruleset *plain = load_rules("good/rules/borders.md");
    tidu_options options = asking(TIDU_EXPLAIN_BRIEF, TIDU_ZH);
    json_t *json = answer(plain, &options, "{\"revenue\":100}");
    (void)state;
    assert_null(json_object_get(json, "subsidies"));
    assert_null(json_object_get(json, "money"));
    assert_null(json_object_get(json, "measures"));
    json_decref(json);
    tidu_ruleset_unref(&plain);
}

/* Pieces that are kept from one answer to the next must not outlive what they
 * rest on: the language, the region, the day. */
static void
test_an_evaluation_that_goes_on_answers_as_a_fresh_one(void **state)
{
    const struct {
        tidu_lang lang;
        uint32_t jurisdiction;
        const char *date;
        const char *record;
    } turns[] = {
        {TIDU_ZH, 440305, "2026-06-01", here},     {TIDU_ZH, 440305, "2026-06-01", "{}"},
        {TIDU_BOTH, 440305, "2026-06-01", here},   {TIDU_EN, 370102, "2026-06-01", here},
        {TIDU_EN, 370102, "2026-06-01", "{}"},     {TIDU_ZH, 100000, "2026-06-01", here},
        {TIDU_ZH, 370102, "2026-06-01", here},     {TIDU_ZH, 440305, "2026-06-01", here},
        {TIDU_ZH, 440305, "2021-06-01", here},     {TIDU_BOTH, 370102, "2026-06-01", "{}"},
    };
    tidu_options options = {.as_of = day("2026-06-01"), .explain = TIDU_EXPLAIN_FULL};
    tidu_error error = {0};
    struct record record;
    tidu_text out = {0};
    tidu_evaluation *e = tidu_evaluation_open(rules, &options, 1, &error);
    (void)state;
    assert_non_null(e);
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
        options.lang = turns[i].lang;
        options.jurisdiction = turns[i].jurisdiction;
        options.as_of = day(turns[i].date);
        char *fresh = answer_bytes(rules, &options, turns[i].record);
        assert_true(tidu_evaluation_reset(e, &options, &error));
        for (int again = 0; again < 2; again++) {
            tidu_evaluation_clear(e);
            feed(e, &record, turns[i].record);
            tidu_evaluation_run(e);
            out.length = 0;
            tidu_evaluation_write(e, 0, &out);
            tidu_text_putc(&out, '\0');
            assert_string_equal(out.data, fresh);
        }
        free(fresh);
    }
    tidu_text_free(&out);
    tidu_evaluation_close(&e);
}

static int
open_rules(void **state)
{
    if (require_helper(state))
        return -1;
    rules = load_rules("money");
    return 0;
}

static int
close_rules(void **state)
{
    (void)state;
    tidu_ruleset_unref(&rules);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_subsidy_tells_its_amount_its_payer_its_days_and_its_clause),
        cmocka_unit_test(test_what_a_stack_takes_away_is_told_with_the_stack_and_its_clause),
        cmocka_unit_test(test_an_award_that_a_place_takes_over_is_told_once),
        cmocka_unit_test(test_one_language_is_told_when_one_is_asked_for),
        cmocka_unit_test(test_kinds_periods_and_ceilings_are_told_as_what_they_are),
        cmocka_unit_test(test_amounts_are_written_as_exactly_as_money_is_paid),
        cmocka_unit_test(test_what_is_not_to_be_had_is_told_only_when_all_is_asked_for),
        cmocka_unit_test(test_the_sum_counts_stacks_once_and_nothing_that_goes_to_a_locality),
        cmocka_unit_test(test_the_sum_is_an_interval_while_facts_are_missing),
        cmocka_unit_test(test_a_stack_that_a_place_takes_over_is_counted_once),
        cmocka_unit_test(test_a_measure_tells_who_is_responsible_and_where_to_go),
        cmocka_unit_test(
            test_an_undecided_measure_says_what_it_waits_for_and_an_unmet_one_is_not_told),
        cmocka_unit_test(
            test_what_criteria_wait_for_is_asked_before_what_money_and_measures_wait_for),
        cmocka_unit_test(test_nothing_is_asked_for_what_is_not_asked),
        cmocka_unit_test(test_an_answer_has_the_parts_that_are_asked_for),
        cmocka_unit_test(test_who_asks_for_one_designation_is_told_of_nothing_else),
        cmocka_unit_test(test_a_jurisdiction_asked_for_replaces_the_place_of_the_record),
        cmocka_unit_test(test_brief_lists_what_may_be_drawn_with_its_amount_and_no_words),
        cmocka_unit_test(test_rules_without_money_have_brief_answers_without_it),
        cmocka_unit_test(test_an_evaluation_that_goes_on_answers_as_a_fresh_one),
    };
    return cmocka_run_group_tests(tests, open_rules, close_rules);
}
