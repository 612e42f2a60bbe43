/*
 * test_good_expressions.c: what is well said is understood, printed, and
 * understood again.
 *
 * The cases stand in good_expressions.txt: the expression, its type, the
 * English and the Chinese print, and an empty line.
 */
#include "scope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void
assert_said(const char *expression, char *said, const char *expected)
{
    if (strcmp(said, expected) != 0)
        fail_msg("%s\n  gives    %s\n  expected %s", expression, said, expected);
    free(said);
}

static void
assert_parses_back(const char *expression, const tidu_node *node)
{
    char *english = test_printed(node, TIDU_EN);
    struct parsed again = test_parse(english);
    if (!again.node || !test_same_tree(node, again.node))
        fail_msg("%s\n  prints as %s, which is another tree", expression, english);
    free(english);
    test_parsed_free(&again);
}

static void
test_good_expressions_have_their_type_and_print_in_both_languages(void **state)
{
    (void)state;
    char *file = test_file("good_expressions.txt"), *at = file, *expression;
    int count = 0;

    while ((expression = test_line(&at))) {
        const char *type = test_line(&at), *english = test_line(&at), *chinese = test_line(&at);
        test_line(&at);
        struct parsed parsed = test_parse(test_unescape(expression));
        if (!parsed.node)
            fail_msg("%s\n  %s", expression, test_complaints(parsed.report, TIDU_EN));
        assert_int_equal(tidu_report_count(parsed.report), 0);
        assert_said(expression, test_type(parsed.node), type);
        assert_said(expression, test_printed(parsed.node, TIDU_EN), english);
        assert_said(expression, test_printed(parsed.node, TIDU_ZH), chinese);
        test_parsed_free(&parsed);
        count++;
    }
    assert_true(count >= 100);
    free(file);
}

static void
test_english_print_parses_back_to_the_same_tree(void **state)
{
    (void)state;
    char *file = test_file("good_expressions.txt"), *at = file, *expression;

    while ((expression = test_line(&at))) {
        for (int i = 0; i < 4; i++)
            test_line(&at);
        struct parsed parsed = test_parse(test_unescape(expression));
        assert_non_null(parsed.node);
        assert_parses_back(expression, parsed.node);
        test_parsed_free(&parsed);
    }
    free(file);
}

/* Titles are names too; only quoted titles of codes are for people's eyes. */
static void
test_chinese_print_of_plain_conditions_parses_back(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "5000万元 <= revenue < 1亿元 and employees >= 300人",
        "mean(growth(main_revenue), 2) >= 5% or not is_private",
        "if is_listed then floor(niche_years / 2年) else 3",
        "established + 18个月 <= as_of and audited = true",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct parsed parsed = test_parse(texts[i]);
        assert_non_null(parsed.node);
        char *chinese = test_printed(parsed.node, TIDU_ZH);
        struct parsed again = test_parse(chinese);
        if (!again.node)
            fail_msg("%s\n  %s", chinese, test_complaints(again.report, TIDU_EN));
        assert_true(test_same_tree(parsed.node, again.node));
        free(chinese);
        test_parsed_free(&parsed);
        test_parsed_free(&again);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_expressions_have_their_type_and_print_in_both_languages),
        cmocka_unit_test(test_english_print_parses_back_to_the_same_tree),
        cmocka_unit_test(test_chinese_print_of_plain_conditions_parses_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
