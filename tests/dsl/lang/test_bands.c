/*
 * test_bands.c: cells of score tables.
 *
 * The cases stand in bands.txt: `operand|cell` (the operand - for none), then
 * the condition in English and Chinese, or the complaints, and an empty line.
 */
#include "scope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

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

static void
add_taken(tidu_text *out, char *text, const char *end)
{
    tidu_text_puts(out, text);
    tidu_text_puts(out, end);
    free(text);
}

static char *
said_about(struct parsed *parsed)
{
    tidu_text out = {0};
    if (parsed->node) {
        tidu_text_puts(&out, parsed->otherwise ? "otherwise: " : "");
        add_taken(&out, test_printed(parsed->node, TIDU_EN), "\n");
        add_taken(&out, test_printed(parsed->node, TIDU_ZH), "\n");
    } else {
        add_taken(&out, test_complaints(parsed->report, TIDU_EN), "");
        add_taken(&out, test_complaints(parsed->report, TIDU_ZH), "");
    }
    tidu_text_putc(&out, '\0');
    return out.data;
}

static void
test_cells_become_conditions_on_their_operand(void **state)
{
    (void)state;
    char *file = test_file("bands.txt"), *at = file, *line;

    while ((line = test_line(&at))) {
        char *expected = block(&at), *cell = strchr(line, '|');
        assert_non_null(cell);
        *cell++ = '\0';
        struct parsed parsed = test_parse_band(strcmp(line, "-") ? line : NULL, cell);
        char *said = said_about(&parsed);
        if (strcmp(said, expected) != 0)
            fail_msg("%s|%s\ngives\n%sexpected\n%s", line, cell, said, expected);
        free(said);
        free(expected);
        test_parsed_free(&parsed);
    }
    free(file);
}

/* The operand is lowered once, however many bands look at it. */
static void
test_a_range_shares_its_operand(void **state)
{
    (void)state;
    struct parsed parsed = test_parse_band("rd_ratio", "70%—80%");
    assert_non_null(parsed.node);
    assert_int_equal(parsed.node->op, TIDU_OP_AND);
    assert_ptr_equal(parsed.node->child[0]->child[1], parsed.node->child[1]->child[0]);
    assert_false(parsed.otherwise);
    test_parsed_free(&parsed);
}

static void
test_thresholds_of_a_cell_count_from_one(void **state)
{
    (void)state;
    struct parsed parsed = test_parse_band("revenue / 2", "5000万元—1亿元");
    assert_non_null(parsed.node);
    assert_int_equal(parsed.node->child[0]->child[0]->threshold, 1);
    assert_int_equal(parsed.node->child[1]->child[1]->threshold, 2);
    test_parsed_free(&parsed);
}

static void
test_a_bad_cell_leaves_otherwise_alone(void **state)
{
    (void)state;
    struct parsed parsed = test_parse_band("rd_ratio", "其余 80%");
    assert_null(parsed.node);
    assert_false(parsed.otherwise);
    test_parsed_free(&parsed);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells_become_conditions_on_their_operand),
        cmocka_unit_test(test_a_range_shares_its_operand),
        cmocka_unit_test(test_thresholds_of_a_cell_count_from_one),
        cmocka_unit_test(test_a_bad_cell_leaves_otherwise_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
