/*
 * test_transition.c: old rules that count beside the new, as they are told.
 *
 * The rules are those of tests/policy/good/rules/transition/, whose scenarios
 * say what should come of them. Guards write_transition in dsl/answer/answer.c
 * and tidu_says_transition in dsl/answer/says.c.
 */
#include "asking.h"

#include <stdlib.h>

#define MONEY "\"revenue\":{\"2025\":3000},\"rd_expense\":{\"2025\":105}"

static tidu_ruleset *rules;

static json_t *
ask(tidu_explain explain, tidu_lang lang, const char *date, const char *record)
{
    tidu_options options = {.as_of = day(date), .explain = explain, .lang = lang};
    return answer(rules, &options, record);
}

static const json_t *
transition_of(const json_t *json)
{
    const json_t *transition = json_object_get(told(json, "designations", "top"), "transition");
    assert_non_null(transition);
    return transition;
}

static void
test_both_results_are_told_and_which_of_them_counts(void **state)
{
    static const struct {
        const char *record, *status, *applies, *old, *now, *takes, *says;
    } cases[] = {
        {"{\"founded\":\"2019-01-01\"," MONEY "}", "met", "met", "met", "unmet", "old",
         "met by the rules before 2026-04-01, not met by those in force; the old rules favour "
         "the firm and count"},
        {"{\"founded\":\"2026-05-01\"," MONEY "}", "unmet", "unmet", "met", "unmet", "new",
         "met by the rules before 2026-04-01, not met by those in force; the old rules are not "
         "for this firm"},
        {"{" MONEY "}", "undetermined", "undetermined", "met", "unmet", NULL,
         "met by the rules before 2026-04-01, not met by those in force; whether the old rules "
         "apply is open"},
        {"{\"founded\":\"2019-01-01\",\"revenue\":{\"2025\":6000},\"rd_expense\":{\"2025\":300}}",
         "met", "met", "met", "met", "new",
         "met by the rules before 2026-04-01, met by those in force"},
        {"{\"founded\":\"2019-01-01\",\"revenue\":{\"2025\":6000},\"rd_expense\":{\"2025\":90}}",
         "unmet", "met", "unmet", "unmet", "new",
         "not met by the rules before 2026-04-01, not met by those in force"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *json = ask(TIDU_EXPLAIN_FAILED, TIDU_EN, "2026-06-01", cases[i].record);
        const json_t *transition = transition_of(json);
        char says[300];
        snprintf(says, sizeof says, "From old or new: %s", cases[i].says);
        assert_string_equal(text_of(told(json, "designations", "top"), "status"),
                            cases[i].status);
        assert_string_equal(text_of(transition, "before"), "2026-04-01");
        assert_string_equal(text_of(transition, "applies"), cases[i].applies);
        assert_string_equal(text_of(transition, "new"), cases[i].now);
        assert_string_equal(text_of(json_object_get(transition, "old"), "status"), cases[i].old);
        assert_string_equal(text_of(json_object_get(transition, "says"), "en"), says);
        if (cases[i].takes)
            assert_string_equal(text_of(transition, "takes"), cases[i].takes);
        else
            assert_true(json_is_null(json_object_get(transition, "takes")));
        json_decref(json);
    }
}

static void
test_the_old_result_has_the_criteria_and_the_document_of_then(void **state)
{
    json_t *json = ask(TIDU_EXPLAIN_FAILED, TIDU_ZH, "2026-06-01",
                       "{\"founded\":\"2019-01-01\",\"revenue\":{\"2025\":6000},"
                       "\"rd_expense\":{\"2025\":90}}");
    const json_t *transition = transition_of(json), *old = json_object_get(transition, "old");
    const json_t *criteria = json_object_get(old, "criteria");
    (void)state;
    assert_string_equal(text_of(old, "document"), "old");
    assert_ids(criteria, "id", "top/share");
    assert_string_equal(text_of(json_array_get(criteria, 0), "requires"), "≥ 3%");
    assert_json(json_object_get(json_object_get(old, "score"), "low"), "10");
    assert_json(json_object_get(json_object_get(told(json, "designations", "top"), "score"), "low"),
                "6");
    assert_string_equal(text_of(json_object_get(transition, "clause"), "path"), "二、过渡");
    json_decref(json);
}

static void
test_what_would_settle_whom_it_is_meant_for_is_asked(void **state)
{
    json_t *json = ask(TIDU_EXPLAIN_FAILED, TIDU_ZH, "2026-06-01", "{" MONEY "}");
    (void)state;
    assert_json(json_object_get(item_with(json_object_get(json, "missing"), "fact", "founded"),
                                "decides"),
                "[\"peak/top\",\"top/from_old_or_new\"]");
    json_decref(json);
    /* nothing to choose: the old rules refuse as well */
    json = ask(TIDU_EXPLAIN_FAILED, TIDU_ZH, "2026-06-01",
               "{\"revenue\":{\"2025\":6000},\"rd_expense\":{\"2025\":90}}");
    assert_json(json_object_get(json, "missing"), "[]");
    json_decref(json);
}

static void
test_the_old_rules_are_told_only_while_the_clause_is_in_force(void **state)
{
    static const char record[] = "{\"founded\":\"2019-01-01\"," MONEY "}";
    (void)state;
    for (int explain = TIDU_EXPLAIN_NONE; explain <= TIDU_EXPLAIN_FULL; explain++) {
        json_t *json = ask((tidu_explain)explain, TIDU_ZH, "2026-03-31", record);
        assert_null(json_object_get(told(json, "designations", "top"), "transition"));
        json_decref(json);
        json = ask((tidu_explain)explain, TIDU_ZH, "2026-12-31", record);
        assert_string_equal(text_of(told(json, "designations", "top"), "status"), "met");
        assert_ids(json_object_get(json, "designations"), "id", "base top peak");
        json_decref(json);
    }
}

static int
open_rules(void **state)
{
    if (require_helper(state))
        return -1;
    rules = load_rules("good/rules/transition");
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
        cmocka_unit_test(test_both_results_are_told_and_which_of_them_counts),
        cmocka_unit_test(test_the_old_result_has_the_criteria_and_the_document_of_then),
        cmocka_unit_test(test_what_would_settle_whom_it_is_meant_for_is_asked),
        cmocka_unit_test(test_the_old_rules_are_told_only_while_the_clause_is_in_force),
    };
    return cmocka_run_group_tests(tests, open_rules, close_rules);
}
