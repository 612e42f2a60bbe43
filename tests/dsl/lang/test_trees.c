/*
 * test_trees.c: what a tree promises beyond its print: sharing, thresholds,
 * places, limits.
 */
#include "scope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct parsed
good(const char *text)
{
    struct parsed parsed = test_parse(text);
    if (!parsed.node)
        fail_msg("%s\n  %s", text, test_complaints(parsed.report, TIDU_EN));
    return parsed;
}

static void
test_a_chain_shares_its_middle(void **state)
{
    (void)state;
    struct parsed parsed = good("5000万元 <= revenue < 1亿元");
    const tidu_node *first = parsed.node->child[0], *second = parsed.node->child[1];
    assert_int_equal(parsed.node->op, TIDU_OP_AND);
    assert_int_equal(first->op, TIDU_OP_LE);
    assert_int_equal(second->op, TIDU_OP_LT);
    assert_ptr_equal(first->child[1], second->child[0]);
    test_parsed_free(&parsed);
}

/* Thresholds in the order they stand, as "1 2 0 …" for numbers and dates. */
static void
list_thresholds(const tidu_node *node, tidu_text *out)
{
    if (node->kind == TIDU_NODE_NUMBER || node->kind == TIDU_NODE_DATE)
        tidu_text_printf(out, "%s%u=%s", out->length ? " " : "", node->threshold,
                         node->text ? node->text : "date");
    else
        assert_int_equal(node->threshold, 0);
    for (uint32_t i = 0; i < node->child_count; i++)
        list_thresholds(node->child[i], out);
}

static void
assert_thresholds(const char *text, const char *expected)
{
    struct parsed parsed = good(text);
    tidu_text out = {0};
    list_thresholds(parsed.node, &out);
    tidu_text_putc(&out, '\0');
    assert_string_equal(out.data, expected);
    tidu_text_free(&out);
    test_parsed_free(&parsed);
}

static void
test_thresholds_are_numbered_in_the_order_they_stand(void **state)
{
    (void)state;
    assert_thresholds("revenue >= 1亿元 and employees * 2 > 0 and established < 2026-04-01",
                      "1=1 2=2 3=0 4=date");
    assert_thresholds("employees in {1, 2} or rd_ratio 3%以上", "1=1 2=2 3=3");
}

static void
test_years_are_no_thresholds(void **state)
{
    (void)state;
    assert_thresholds("mean(growth(revenue), 2) > 5% and revenue[-2] > 7万元", "1=5 2=7");
    assert_thresholds("cagr(revenue, 3年) > 8%", "1=8");
}

static void
test_a_decimal_keeps_its_spelling(void **state)
{
    (void)state;
    struct parsed parsed = good("rd_ratio >= 3.1400000000000000000000000000000001%");
    assert_string_equal(parsed.node->child[1]->text, "3.1400000000000000000000000000000001");
    test_parsed_free(&parsed);
}

static void
test_years_and_ids_belong_to_the_call(void **state)
{
    (void)state;
    struct parsed mean = good("mean(revenue, 3)"), score = good("score('inno/growth')");
    assert_int_equal(mean.node->lag, 3);
    assert_int_equal(mean.node->child_count, 1);
    assert_string_equal(score.node->text, "inno/growth");
    assert_int_equal(score.node->child_count, 0);
    test_parsed_free(&mean);
    test_parsed_free(&score);
}

static void
test_fields_shadow_facts_only_inside_their_filter(void **state)
{
    (void)state;
    struct parsed parsed = good("any(science_awards, employees > 5) and employees > 5");
    const tidu_node *inside = parsed.node->child[0]->child[1]->child[0];
    const tidu_node *outside = parsed.node->child[1]->child[0];
    assert_int_equal(inside->symbol->kind, TIDU_SYMBOL_FIELD);
    assert_int_equal(outside->symbol->kind, TIDU_SYMBOL_FACT);
    test_parsed_free(&parsed);
}

static void
test_a_title_of_a_code_becomes_the_code(void **state)
{
    (void)state;
    struct parsed parsed = good("size_class = '小型'");
    assert_string_equal(parsed.node->child[1]->text, "small");
    test_parsed_free(&parsed);
}

/* ---- places ---- */

static void
assert_span(const char *text, uint32_t line, uint32_t column, uint32_t end_column)
{
    tidu_arena *arena = tidu_arena_open();
    tidu_report *report = tidu_report_open();
    tidu_place place = {"national/miit-2026.md", 212, 14};
    assert_null(tidu_expr_parse(arena, text, place, test_scope(), report));
    assert_int_equal(tidu_report_count(report), 1);
    const tidu_span *span = &tidu_report_get(report, 0)->span;
    assert_string_equal(span->document, "national/miit-2026.md");
    assert_int_equal(span->line, line);
    assert_int_equal(span->column, column);
    assert_int_equal(span->end_column, end_column);
    tidu_report_close(&report);
    tidu_arena_close(&arena);
}

static void
test_places_count_characters_from_where_the_expression_began(void **state)
{
    (void)state;
    assert_span("营业收入 > 未知", 212, 21, 23);
    assert_span("营业收入 > 0 且\n  未知 > 0", 213, 3, 5);
    assert_span("revenue +\nrd_ratio", 212, 14, 23);
}

static void
test_nodes_know_their_place(void **state)
{
    (void)state;
    const char *text = "营业收入 > 0 且\n 规模以上";
    tidu_place place = {"a.md", 7, 4};
    struct parsed parsed = good(text);
    tidu_span span = tidu_expr_span(parsed.node->child[1], text, place);
    assert_int_equal(span.line, 8);
    assert_int_equal(span.column, 2);
    assert_int_equal(span.end_column, 6);
    test_parsed_free(&parsed);
}

static void
test_require_says_what_is_needed_and_what_is_there(void **state)
{
    (void)state;
    struct parsed parsed = good("revenue / employees");
    tidu_place place = {"a.md", 3, 9};
    char message[200];
    assert_true(
        tidu_expr_require(parsed.node, TIDU_NUMBER, "revenue / employees", place, parsed.report));
    assert_int_equal(tidu_report_count(parsed.report), 0);
    assert_false(
        tidu_expr_require(parsed.node, TIDU_FLAG, "revenue / employees", place, parsed.report));
    const tidu_error *error = tidu_report_get(parsed.report, 0);
    assert_string_equal(tidu_error_message(error, TIDU_EN, message, sizeof message),
                        "a condition is needed here, this is money / count");
    assert_int_equal(error->span.column, 9);
    assert_int_equal(error->span.end_column, 28);
    test_parsed_free(&parsed);
}

/* ---- limits ---- */

/* `count` times `part`, then `end`, then `count` times `close`. */
static char *
repeated(const char *part, int count, const char *end, const char *close)
{
    tidu_text out = {0};
    for (int i = 0; i < count; i++)
        tidu_text_puts(&out, part);
    tidu_text_puts(&out, end);
    for (int i = 0; i < count; i++)
        tidu_text_puts(&out, close);
    tidu_text_putc(&out, '\0');
    return out.data;
}

static void
assert_only_complaint(char *text, const char *id)
{
    struct parsed parsed = test_parse(text);
    if (!id) {
        assert_non_null(parsed.node);
    } else {
        assert_null(parsed.node);
        assert_int_equal(tidu_report_count(parsed.report), 1);
        assert_string_equal(tidu_error_id(tidu_report_get(parsed.report, 0)->code), id);
    }
    test_parsed_free(&parsed);
    free(text);
}

static void
test_nesting_ends_at_64_levels(void **state)
{
    (void)state;
    assert_only_complaint(repeated("(", 63, "revenue", ")"), NULL);
    assert_only_complaint(repeated("(", 64, "revenue", ")"), "E118");
    assert_only_complaint(repeated("not ", 64, "is_private", ""), "E118");
    assert_only_complaint(repeated("abs(", 64, "revenue", ")"), "E118");
    assert_only_complaint(repeated("if is_private then 1 else ", 64, "2", ""), "E118");
    assert_only_complaint(repeated("(", 5000, "", ""), "E118");
}

static void
test_length_ends_at_8192_bytes(void **state)
{
    (void)state;
    assert_only_complaint(repeated("revenue+", 1023, "revenue ", ""), NULL);
    assert_only_complaint(repeated("revenue+", 1023, "revenue  ", ""), "E101");
}

static void
test_garbage_is_not_told_line_by_line(void **state)
{
    (void)state;
    char *text = repeated("# ", 4000, "", "");
    struct parsed parsed = test_parse(text);
    assert_null(parsed.node);
    assert_int_equal(tidu_report_count(parsed.report), 32);
    test_parsed_free(&parsed);
    free(text);
}

static void
test_malformed_utf8_is_refused_at_its_byte(void **state)
{
    (void)state;
    struct parsed parsed = test_parse("revenue > \xe8\x90");
    assert_null(parsed.node);
    assert_int_equal(tidu_report_count(parsed.report), 1);
    assert_int_equal(tidu_report_get(parsed.report, 0)->code, TIDU_EXPR_NOT_UTF8);
    assert_int_equal(tidu_report_get(parsed.report, 0)->span.column, 11);
    test_parsed_free(&parsed);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_chain_shares_its_middle),
        cmocka_unit_test(test_thresholds_are_numbered_in_the_order_they_stand),
        cmocka_unit_test(test_years_are_no_thresholds),
        cmocka_unit_test(test_a_decimal_keeps_its_spelling),
        cmocka_unit_test(test_years_and_ids_belong_to_the_call),
        cmocka_unit_test(test_fields_shadow_facts_only_inside_their_filter),
        cmocka_unit_test(test_a_title_of_a_code_becomes_the_code),
        cmocka_unit_test(test_places_count_characters_from_where_the_expression_began),
        cmocka_unit_test(test_nodes_know_their_place),
        cmocka_unit_test(test_require_says_what_is_needed_and_what_is_there),
        cmocka_unit_test(test_nesting_ends_at_64_levels),
        cmocka_unit_test(test_length_ends_at_8192_bytes),
        cmocka_unit_test(test_garbage_is_not_told_line_by_line),
        cmocka_unit_test(test_malformed_utf8_is_refused_at_its_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
