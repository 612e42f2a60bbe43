/*
 * test_diff.c: what two rulesets say differently, at the edges.
 *
 * Guards dsl/path/diff.c and dsl/answer/moved.c. That regions are all there is, and that
 * examples are so, is tested against counting: tests/agree/regions.py.
 */
#include "../answer/support.h"

#include "tidu/diff.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define POLICY                                                                         \
    "# T\n\n```lua\n"                                                                  \
    "policy { id = \"t\", zh = \"测试\", en = \"T\", effective = \"2020-01-01\" }\n" \
    "designation \"d\" { zh = \"甲\", en = \"D\" }\n"

static tidu_ruleset *
rules_of(const char *criteria)
{
    tidu_text text = {0};
    tidu_text_printf(&text, POLICY "%s```\n", criteria);
    tidu_text_putc(&text, '\0');
    assert_false(text.failed);
    tidu_ruleset *rules = rules_of_text(text.data);
    tidu_text_free(&text);
    return rules;
}

/* What the only designation comes to, with the words that moved beside it. */
static json_t *
compared(const char *old_criteria, const char *new_criteria)
{
    tidu_ruleset *old = rules_of(old_criteria), *new = rules_of(new_criteria);
    const tidu_diff diff = {.as_of = tidu_date_join(2026, 5, 1), .region = TIDU_COUNTRY_CODE};
    tidu_text out = {0};
    tidu_error error;
    assert_true(tidu_ruleset_diff(old, new, &diff, &out, &error));
    out.length--;
    tidu_text_putc(&out, ',');
    assert_true(tidu_ruleset_moved(old, new, &out));
    tidu_text_putc(&out, '}');
    json_t *result = json_loadb(out.data, out.length, 0, NULL);
    assert_non_null(result);
    tidu_text_free(&out);
    tidu_ruleset_unref(&old);
    tidu_ruleset_unref(&new);
    return result;
}

static const json_t *
designation_of(const json_t *result)
{
    const json_t *list = json_object_get(result, "designations");
    assert_int_equal(json_array_size(list), 1);
    return json_array_get(list, 0);
}

static const json_t *
region_of(const json_t *result, size_t count, size_t number)
{
    const json_t *regions = json_object_get(designation_of(result), "regions");
    if (json_array_size(regions) != count)
        fail_msg("%s", json_dumps(result, JSON_INDENT(1)));
    return json_array_get(regions, number);
}

static const char *
word_in(const json_t *object, const char *key)
{
    const char *word = json_string_value(json_object_get(object, key));
    return word ? word : "";
}

static const json_t *
piece_of(const json_t *region, size_t count, size_t number)
{
    const json_t *when = json_object_get(region, "when");
    assert_int_equal(json_array_size(when), count);
    return json_array_get(when, number);
}

static void
assert_complete(const json_t *result, bool complete)
{
    assert_int_equal(json_is_true(json_object_get(designation_of(result), "complete")), complete);
}

/* ---- tests ---- */

static void
test_a_threshold_that_moves_is_a_range_of_its_number(void **state)
{
    (void)state;
    json_t *result = compared(
        "criterion \"c\" { zh = \"占比\", en = \"Share\", [[ rd_expense / revenue >= 5% ]] }\n",
        "criterion \"c\" { zh = \"占比\", en = \"Share\", [[ rd_expense / revenue > 3% ]] }\n");
    const json_t *region = region_of(result, 1, 0), *piece = piece_of(region, 1, 0);
    assert_string_equal(word_in(region, "effect"), "gain");
    assert_string_equal(word_in(piece, "zh"), "研发费用 / 营业收入高于3%且低于5%");
    assert_true(json_number_value(json_object_get(piece, "low")) == 3);
    assert_false(json_is_true(json_object_get(piece, "low_in")));
    assert_true(json_number_value(json_object_get(piece, "high")) == 5);
    assert_string_equal(word_in(region, "old"), "unmet");
    assert_string_equal(word_in(region, "new"), "met");
    assert_complete(result, true);
    json_decref(result);
}

static void
test_what_is_said_otherwise_and_comes_to_the_same_has_no_region(void **state)
{
    (void)state;
    json_t *result = compared(
        "criterion \"c\" { zh = \"收入\", en = \"Revenue\", [[ revenue >= 100万元 ]] }\n",
        "criterion \"c\" { zh = \"收入\", en = \"Revenue\", [[ revenue * 2 >= 200万元 ]] }\n");
    region_of(result, 0, 0);
    assert_string_equal(word_in(designation_of(result), "change"), "changed");
    assert_complete(result, true);
    json_decref(result);
}

static void
test_titles_and_words_do_not_change_an_answer(void **state)
{
    (void)state;
    json_t *result =
        compared("criterion \"c\" { zh = \"收入\", en = \"Revenue\", [[ revenue >= 100万元 ]] }\n",
                 "criterion \"c\" { zh = \"营收\", en = \"Sales\", [[ revenue >= 100万元 ]] }\n");
    assert_string_equal(word_in(designation_of(result), "change"), "same");
    const json_t *word = json_array_get(json_object_get(result, "words"), 0);
    const json_t *was = json_object_get(word, "was");
    assert_int_equal(json_array_size(was), 2);
    assert_string_equal(word_in(json_array_get(was, 1), "at"), "zh");
    assert_string_equal(word_in(json_array_get(was, 1), "new"), "营收");
    json_decref(result);
}

static void
test_a_criterion_more_takes_away_and_one_less_gives(void **state)
{
    (void)state;
    static const char one[] = "criterion \"c\" { zh = \"甲\", en = \"C\", [[ listed ]] }\n";
    static const char two[] = "criterion \"c\" { zh = \"甲\", en = \"C\", [[ listed ]] }\n"
                              "criterion \"e\" { zh = \"乙\", en = \"E\", [[ honest ]] }\n";
    json_t *more = compared(one, two), *less = compared(two, one);
    assert_string_equal(word_in(region_of(more, 1, 0), "effect"), "lose");
    assert_string_equal(word_in(region_of(less, 1, 0), "effect"), "gain");
    const json_t *example = json_object_get(region_of(less, 1, 0), "example");
    assert_true(json_is_false(json_object_get(example, "honest")));
    assert_string_equal(word_in(json_array_get(json_object_get(more, "words"), 0), "change"),
                        "added");
    assert_string_equal(word_in(json_array_get(json_object_get(less, "words"), 0), "change"),
                        "removed");
    json_decref(more);
    json_decref(less);
}

/* Each side tells codes apart that the other does not. */
static void
test_codes_are_those_that_either_side_mentions(void **state)
{
    (void)state;
    json_t *result = compared(
        "criterion \"c\" { zh = \"行业\", en = \"Industry\", [[ industry_code in { 'C34' } ]] }\n",
        "criterion \"c\" { zh = \"行业\", en = \"Industry\", [[ industry_code in { 'C3489', 'C35' "
        "} ]] }\n");
    const json_t *lose = region_of(result, 2, 0), *gain = region_of(result, 2, 1);
    assert_string_equal(word_in(json_object_get(lose, "example"), "industry_code"), "C34");
    assert_string_equal(word_in(json_object_get(gain, "example"), "industry_code"), "C3489");
    assert_complete(result, true);
    json_decref(result);
}

static void
test_sets_are_filled_with_codes_that_do(void **state)
{
    (void)state;
    json_t *result =
        compared("criterion \"c\" { zh = \"证\", en = \"C\", [[ count(certs) >= 3 ]] }\n",
                 "criterion \"c\" { zh = \"证\", en = \"C\", [[ count(certs) >= 2 and has(certs, "
                 "'CE') ]] }\n");
    const json_t *regions = json_object_get(designation_of(result), "regions");
    assert_int_equal(json_array_size(regions), 2);
    assert_complete(result, true);
    json_decref(result);
}

static void
test_days_are_not_turned_round_and_that_is_said(void **state)
{
    (void)state;
    json_t *result = compared(
        "criterion \"c\" { zh = \"年限\", en = \"Age\", [[ years_since(founded) >= 3年 ]] }\n",
        "criterion \"c\" { zh = \"年限\", en = \"Age\", [[ years_since(founded) >= 2年 ]] }\n");
    assert_complete(result, false);
    json_decref(result);
}

/* In a search all is known. */
static void
test_what_unknown_facts_come_to_is_not_looked_at_and_that_is_said(void **state)
{
    (void)state;
    json_t *result = compared(
        "criterion \"c\" { zh = \"人\", en = \"C\", [[ patents >= 5项 or not known(patents) ]] }\n",
        "criterion \"c\" { zh = \"人\", en = \"C\", [[ patents >= 5项 ]] }\n");
    assert_complete(result, false);
    json_decref(result);
}

/* Numbers are as fine as the thresholds. */
static void
test_thresholds_may_be_close(void **state)
{
    (void)state;
    json_t *result =
        compared("criterion \"c\" { zh = \"收入\", en = \"C\", [[ revenue >= 5.00005万元 ]] }\n",
                 "criterion \"c\" { zh = \"收入\", en = \"C\", [[ revenue >= 5.00002万元 ]] }\n");
    const json_t *piece = piece_of(region_of(result, 1, 0), 1, 0);
    assert_true(json_number_value(json_object_get(piece, "low")) == 5.00002);
    assert_true(json_number_value(json_object_get(piece, "high")) == 5.00005);
    json_decref(result);
}

/* More codes than a choice has room for, of which rules tell few kinds apart. */
static void
test_many_codes_are_told_apart_by_what_rules_ask_of_them(void **state)
{
    (void)state;
    tidu_text old = {0}, new = {0};
    tidu_text_puts(&old,
                   "criterion \"c\" { zh = \"行业\", en = \"C\", [[ industry_code in { 'C13'");
    for (int i = 1000; i < 1050; i++)
        tidu_text_printf(&old, ", 'C2%d'", i);
    tidu_text_add(&new, old.data, old.length);
    tidu_text_printf(&old, " } ]] }\n%c", 0);
    tidu_text_printf(&new, ", 'I6511' } ]] }\n%c", 0);
    json_t *result = compared(old.data, new.data);
    const json_t *example = json_object_get(region_of(result, 1, 0), "example");
    assert_string_equal(word_in(example, "industry_code"), "I6511");
    assert_complete(result, true);
    json_decref(result);
    tidu_text_free(&old);
    tidu_text_free(&new);
}

static void
test_a_designation_that_neither_has_is_an_error(void **state)
{
    (void)state;
    static const char *const asked[] = {"nobody"};
    tidu_ruleset *rules = rules_of("criterion \"c\" { zh = \"甲\", en = \"C\", [[ listed ]] }\n");
    const tidu_diff diff = {.as_of = tidu_date_join(2026, 5, 1),
                            .region = TIDU_COUNTRY_CODE,
                            .designations = asked,
                            .designation_count = 1};
    tidu_text out = {0};
    tidu_error error;
    assert_false(tidu_ruleset_diff(rules, rules, &diff, &out, &error));
    assert_int_equal(error.code, TIDU_NO_SUCH_DESIGNATION);
    assert_int_equal(out.length, 0);
    tidu_text_free(&out);
    tidu_ruleset_unref(&rules);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_threshold_that_moves_is_a_range_of_its_number),
        cmocka_unit_test(test_what_is_said_otherwise_and_comes_to_the_same_has_no_region),
        cmocka_unit_test(test_titles_and_words_do_not_change_an_answer),
        cmocka_unit_test(test_a_criterion_more_takes_away_and_one_less_gives),
        cmocka_unit_test(test_codes_are_those_that_either_side_mentions),
        cmocka_unit_test(test_sets_are_filled_with_codes_that_do),
        cmocka_unit_test(test_days_are_not_turned_round_and_that_is_said),
        cmocka_unit_test(test_what_unknown_facts_come_to_is_not_looked_at_and_that_is_said),
        cmocka_unit_test(test_thresholds_may_be_close),
        cmocka_unit_test(test_many_codes_are_told_apart_by_what_rules_ask_of_them),
        cmocka_unit_test(test_a_designation_that_neither_has_is_an_error),
    };
    return cmocka_run_group_tests(tests, require_helper, NULL);
}
