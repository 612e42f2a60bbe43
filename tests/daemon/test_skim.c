/*
 * test_skim.c guards daemon/skim.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../daemon/skim.h"

#include <stdio.h>
#include <stdlib.h>

static tidu_slice
slice(const char *text)
{
    return (tidu_slice){text, strlen(text)};
}

static void
assert_slice(tidu_slice got, const char *wanted)
{
    char shown[256];
    snprintf(shown, sizeof shown, "%.*s", (int)got.length, got.data);
    assert_string_equal(shown, wanted);
}

static tidu_skim_step
check(const char *text, unsigned depth, size_t *ret_offset)
{
    return tidu_skim_check(slice(text), depth, ret_offset);
}

static void
assert_broken_at(const char *text, size_t offset)
{
    size_t got = SIZE_MAX;
    assert_int_equal(check(text, 8, &got), TIDU_SKIM_BROKEN);
    if (got != offset)
        fail_msg("%s: broken at %zu, not %zu", text, got, offset);
}

/* How a walk over all items ends. */
static tidu_skim_step
walk(const char *text, unsigned depth)
{
    tidu_skim skim;
    tidu_skim_item item;
    tidu_skim_step step;
    if (!tidu_skim_open(&skim, slice(text), depth))
        return TIDU_SKIM_BROKEN;
    while ((step = tidu_skim_next(&skim, &item)) == TIDU_SKIM_ITEM)
        continue;
    return step;
}

static void
test_members_come_as_raw_slices_in_their_order(void **state)
{
    (void)state;
    tidu_skim skim;
    tidu_skim_item item;
    assert_true(tidu_skim_open(
        &skim, slice(" { \"a\" : 1.50 , \"b\":{\"c\":[\"}\"]},\"\":\"x\\ny\"} "), 8));
    assert_int_equal(tidu_skim_next(&skim, &item), TIDU_SKIM_ITEM);
    assert_slice(item.key, "a");
    assert_slice(item.value, "1.50");
    assert_int_equal(tidu_skim_next(&skim, &item), TIDU_SKIM_ITEM);
    assert_slice(item.key, "b");
    assert_slice(item.value, "{\"c\":[\"}\"]}");
    assert_slice(item.longest, "[\"}\"]");
    assert_int_equal(tidu_skim_next(&skim, &item), TIDU_SKIM_ITEM);
    assert_slice(item.key, "");
    assert_slice(item.value, "\"x\\ny\"");
    assert_int_equal(tidu_skim_next(&skim, &item), TIDU_SKIM_END);
}

static void
test_a_key_with_escapes_is_the_key_it_means(void **state)
{
    (void)state;
    tidu_skim skim;
    tidu_skim_item item;
    assert_true(tidu_skim_open(&skim, slice("{\"\\u0069d\":1,\"\\uD83D\\uDE00\":2}"), 8));
    assert_int_equal(tidu_skim_next(&skim, &item), TIDU_SKIM_ITEM);
    assert_true(tidu_skim_is(item.key, "id"));
    assert_int_equal(tidu_skim_next(&skim, &item), TIDU_SKIM_ITEM);
    assert_true(tidu_skim_is(item.key, "😀"));
}

static void
test_brackets_and_quotes_inside_strings_do_not_count(void **state)
{
    (void)state;
    tidu_skim skim;
    tidu_skim_item item;
    /* Escapes at every distance from the border of a stride. */
    for (int shift = 0; shift < 130; shift++) {
        char text[512], value[400];
        snprintf(value, sizeof value, "{\"%*s\":\"\\\\\\\"}]\\\\\",\"b\":[{},\"\\\\\"]}", shift,
                 "");
        snprintf(text, sizeof text, "[%s,7]", value);
        assert_true(tidu_skim_open(&skim, slice(text), 8));
        assert_int_equal(tidu_skim_next(&skim, &item), TIDU_SKIM_ITEM);
        assert_int_equal(item.value.length, strlen(value));
        assert_int_equal(tidu_skim_next(&skim, &item), TIDU_SKIM_ITEM);
        assert_slice(item.value, "7");
        assert_ptr_equal(tidu_skim_container_end(text + 1, text + strlen(text)),
                         text + 1 + strlen(value));
        assert_null(tidu_skim_container_end(text + 1, text + strlen(value)));
    }
}

static void
test_a_container_known_from_another_walk_is_not_looked_at_again(void **state)
{
    (void)state;
    tidu_skim skim;
    tidu_skim_item item;
    char text[] = "[{\"x\":1,\"record\":{\"a\":[1,2]}}]";
    assert_true(tidu_skim_open(&skim, slice(text), 8));
    assert_int_equal(tidu_skim_next(&skim, &item), TIDU_SKIM_ITEM);
    assert_slice(item.longest, "{\"a\":[1,2]}");
    /* Only who skips it does not notice that it is broken now. */
    *strstr(text, "[1,2]") = '}';
    tidu_slice longest = item.longest;
    assert_true(tidu_skim_open_known(&skim, item.value, longest, 8));
    assert_int_equal(tidu_skim_next(&skim, &item), TIDU_SKIM_ITEM);
    assert_int_equal(tidu_skim_next(&skim, &item), TIDU_SKIM_ITEM);
    assert_int_equal(item.value.length, longest.length);
    assert_int_equal(tidu_skim_next(&skim, &item), TIDU_SKIM_END);
}

static void
test_what_is_no_json_ends_the_walk(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{",          "[",          "{\"a\"}",     "{\"a\":}",
        "{\"a\":1",   "{\"a\":1,}", "[1,]",        "[,1]",
        "[1 2]",      "{a:1}",      "{\"a\" 1}",   "{\"a\":[}",
        "{\"a\":{]}", "[\"\\x\"]",  "[\"\\u12\"]", "[\"\t\"]",
        "[01]",       "[1.]",       "[.5]",        "[+1]",
        "[1e]",       "[-]",        "[tru]",       "[nul]",
        "[NaN]",      "{\"a\":1}x", "[1]]",        "[\"\\ud800\"]",
        "['a']",      "[\"a]",      "[\"\xff\"]",  "[\"\xc0\x80\"]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (walk(texts[i], 8) != TIDU_SKIM_BROKEN)
            fail_msg("taken for JSON: %s", texts[i]);
        if (check(texts[i], 8, NULL) != TIDU_SKIM_BROKEN)
            fail_msg("checked as JSON: %s", texts[i]);
    }
}

static void
test_all_kinds_of_values_pass(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{}",
        "[]",
        " [ ] ",
        "{\"a\":[{\"b\":null}],\"c\":\"\\u4e2d\\\"\\/\"}",
        "[true,false,null]",
        "[0,-0,1.5,-2.25e+10,1E5,0.1e-3]",
        "[\"\"]",
        "[\"中文\"]",
        "[[[]]]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (walk(texts[i], 8) != TIDU_SKIM_END || check(texts[i], 8, NULL) != TIDU_SKIM_END)
            fail_msg("not taken for JSON: %s", texts[i]);
    }
    assert_int_equal(check("1", 8, NULL), TIDU_SKIM_END);
    assert_int_equal(check("\"a\"", 8, NULL), TIDU_SKIM_END);
}

static void
test_the_check_names_the_first_byte_that_cannot_stand_there(void **state)
{
    (void)state;
    assert_broken_at("", 0);
    assert_broken_at("xx", 0);
    assert_broken_at("{\"a\":tru}", 5);
    assert_broken_at("{\"a\":1}}", 7);
    assert_broken_at("[1,]", 3);
    assert_broken_at("{\"a\":[1,2}", 9);
    assert_broken_at("[\"ab\xff\"]", 4);
    assert_broken_at("[\"abc", 5);
}

static void
test_nesting_is_allowed_up_to_the_limit(void **state)
{
    (void)state;
    assert_int_equal(walk("[[[1]]]", 3), TIDU_SKIM_END);
    assert_int_equal(walk("[[[1]]]", 2), TIDU_SKIM_DEEP);
    assert_int_equal(check("[[[1]]]", 3, NULL), TIDU_SKIM_END);
    assert_int_equal(check("[[[1]]]", 2, NULL), TIDU_SKIM_DEEP);
    char deep[2 * TIDU_SKIM_DEPTH + 3];
    memset(deep, '[', TIDU_SKIM_DEPTH + 1);
    memset(deep + TIDU_SKIM_DEPTH + 1, ']', TIDU_SKIM_DEPTH + 1);
    deep[2 * TIDU_SKIM_DEPTH + 2] = '\0';
    assert_int_equal(check(deep, 1000, NULL), TIDU_SKIM_DEEP);
    assert_int_equal(walk(deep, 1000), TIDU_SKIM_DEEP);
}

static void
test_a_string_is_decoded_when_it_fits(void **state)
{
    (void)state;
    char buffer[8];
    size_t length;
    assert_true(tidu_skim_text(slice("\"a\\n\\u4e2d\""), buffer, sizeof buffer, &length));
    assert_int_equal(length, 5);
    assert_string_equal(buffer, "a\n中");
    assert_true(tidu_skim_text(slice("\"1234567\""), buffer, sizeof buffer, NULL));
    assert_false(tidu_skim_text(slice("\"12345678\""), buffer, sizeof buffer, NULL));
    assert_false(tidu_skim_text(slice("\"a\\u0000\""), buffer, sizeof buffer, NULL));
}

/* Every cut of a good text is bad, and none is read past its end: the copy ends
 * where the allocation does, so that the sanitizer sees it. */
static void
test_a_text_cut_anywhere_is_broken_and_not_read_past(void **state)
{
    (void)state;
    const char *text =
        "{\"jsonrpc\":\"2.0\",\"id\":\"\\u00e9\",\"params\":{\"record\":{\"a\":[1,2.5e3,"
        "\"b\\\\\",null],\"名\":{\"c\":true}},\"x\":false}}";
    for (size_t length = 0; length < strlen(text); length++) {
        char *copy = malloc(length + 1);
        assert_non_null(copy);
        char *end = copy + 1;
        memcpy(end, text, length);
        tidu_slice cut = {end, length};
        tidu_skim skim;
        tidu_skim_item item;
        tidu_skim_step step = TIDU_SKIM_BROKEN;
        if (tidu_skim_open(&skim, cut, 8))
            while ((step = tidu_skim_next(&skim, &item)) == TIDU_SKIM_ITEM)
                continue;
        assert_int_equal(step, TIDU_SKIM_BROKEN);
        assert_int_equal(tidu_skim_check(cut, 8, NULL), TIDU_SKIM_BROKEN);
        free(copy);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members_come_as_raw_slices_in_their_order),
        cmocka_unit_test(test_a_key_with_escapes_is_the_key_it_means),
        cmocka_unit_test(test_brackets_and_quotes_inside_strings_do_not_count),
        cmocka_unit_test(test_a_container_known_from_another_walk_is_not_looked_at_again),
        cmocka_unit_test(test_what_is_no_json_ends_the_walk),
        cmocka_unit_test(test_all_kinds_of_values_pass),
        cmocka_unit_test(test_the_check_names_the_first_byte_that_cannot_stand_there),
        cmocka_unit_test(test_nesting_is_allowed_up_to_the_limit),
        cmocka_unit_test(test_a_string_is_decoded_when_it_fits),
        cmocka_unit_test(test_a_text_cut_anywhere_is_broken_and_not_read_past),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
