/*
 * test_bad_expressions.c: the message is the product.
 *
 * The cases stand in bad_expressions.txt: the expression, then what is said
 * about it in English and the same in Chinese, to the byte, and an empty line.
 */
#include "scope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { CODES_SIZE = TIDU_CODE_COUNT };

/* The lines up to the next empty one, joined again. */
static char *
block(char **at)
{
    tidu_text out = {0};
    for (char *line; (line = test_line(at)) && *line;) {
        tidu_text_puts(&out, line);
        tidu_text_putc(&out, '\n');
    }
    tidu_text_putc(&out, '\0');
    return out.data;
}

static char *
both_languages(tidu_report *report)
{
    char *english = test_complaints(report, TIDU_EN), *chinese = test_complaints(report, TIDU_ZH);
    tidu_text out = {0};
    tidu_text_puts(&out, english);
    tidu_text_puts(&out, chinese);
    tidu_text_putc(&out, '\0');
    free(english);
    free(chinese);
    return out.data;
}

static void
test_bad_expressions_get_exactly_their_diagnostics(void **state)
{
    (void)state;
    char *file = test_file("bad_expressions.txt"), *at = file, *expression;
    int count = 0;

    while ((expression = test_line(&at))) {
        char *expected = block(&at);
        struct parsed parsed = test_parse(test_unescape(expression));
        char *said = both_languages(parsed.report);
        assert_null(parsed.node);
        if (strcmp(said, expected) != 0)
            fail_msg("%s\ngives\n%sexpected\n%s", expression, said, expected);
        free(said);
        free(expected);
        test_parsed_free(&parsed);
        count++;
    }
    assert_true(count >= 60);
    free(file);
}

static void
mark_codes(const char *text, bool *seen)
{
    struct parsed parsed = test_parse(text);
    for (size_t i = 0; i < tidu_report_count(parsed.report); i++)
        seen[tidu_report_get(parsed.report, i)->code] = true;
    test_parsed_free(&parsed);
}

/* What the file cannot hold: too long, too deep, no text at all, not UTF-8. */
static void
mark_codes_of_odd_texts(bool *seen)
{
    char longest[9001], deep[200];
    memset(longest, 'a', 9000);
    longest[9000] = '\0';
    memset(deep, '(', 199);
    deep[199] = '\0';
    mark_codes(longest, seen);
    mark_codes(deep, seen);
    mark_codes("", seen);
    mark_codes("revenue > \xff", seen);
}

/* A message nobody can provoke is dead, and one without a case may read badly
 * for years. */
static void
test_every_message_of_the_language_has_its_case(void **state)
{
    (void)state;
    bool seen[CODES_SIZE] = {false};
    char *file = test_file("bad_expressions.txt"), *at = file, *expression;

    while ((expression = test_line(&at))) {
        mark_codes(test_unescape(expression), seen);
        free(block(&at));
    }
    free(file);
    mark_codes_of_odd_texts(seen);
    for (int code = 0; code < TIDU_CODE_COUNT; code++)
        if (strncmp(tidu_error_id((tidu_code)code), "E1", 2) == 0 && !seen[code])
            fail_msg("no bad expression provokes %s", tidu_error_id((tidu_code)code));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_expressions_get_exactly_their_diagnostics),
        cmocka_unit_test(test_every_message_of_the_language_has_its_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
