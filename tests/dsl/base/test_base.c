/*
 * What the base promises: memory let go together, text that remembers failure,
 * dates, decimals that stay on their side, errors in two languages.
 */
#include "tidu/arena.h"
#include "tidu/decimal.h"
#include "tidu/error.h"
#include "tidu/heap.h"
#include "tidu/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static void
assert_text(tidu_text *text, const char *expected)
{
    tidu_text_putc(text, '\0');
    assert_false(text->failed);
    assert_string_equal(text->data, expected);
    tidu_text_free(text);
}

static void
test_an_arena_hands_out_zeroed_memory_that_does_not_overlap(void **state)
{
    (void)state;
    tidu_arena *arena = tidu_arena_open();
    unsigned char *pieces[200];
    for (size_t i = 0; i < 200; i++) {
        pieces[i] = tidu_arena_alloc(arena, i);
        for (size_t k = 0; k < i; k++)
            assert_int_equal(pieces[i][k], 0);
        memset(pieces[i], (int)i, i);
    }
    for (size_t i = 0; i < 200; i++)
        for (size_t k = 0; k < i; k++)
            assert_int_equal(pieces[i][k], (unsigned char)i);
    tidu_arena_reset(arena);
    unsigned char *again = tidu_arena_alloc(arena, 64);
    for (int k = 0; k < 64; k++)
        assert_int_equal(again[k], 0);
    tidu_arena_close(&arena);
    assert_null(arena);
}

static void
test_an_arena_that_is_joined_lives_as_long_as_the_other(void **state)
{
    (void)state;
    tidu_arena *arena = tidu_arena_open(), *empty = tidu_arena_open(), *other = tidu_arena_open();
    char *first = tidu_arena_copy(other, "first"), *large = tidu_arena_alloc(other, 5000000);
    size_t size = tidu_arena_size(other);
    tidu_arena_join(arena, &other); /* into one that has nothing */
    assert_null(other);
    tidu_arena_join(arena, &empty); /* nothing into one that has */
    assert_null(empty);
    assert_int_equal(tidu_arena_size(arena), size);
    char *second = tidu_arena_copy(arena, "second");
    other = tidu_arena_open();
    char *third = tidu_arena_copy(other, "third");
    tidu_arena_join(arena, &other);
    memset(large, 'x', 5000000);
    assert_string_equal(first, "first");
    assert_string_equal(second, "second");
    assert_string_equal(third, "third");
    tidu_arena_close(&arena); /* a sanitizer says whether all of it has gone */
}

static void
test_an_impossible_array_is_refused(void **state)
{
    (void)state;
    tidu_arena *arena = tidu_arena_open();
    assert_null(tidu_arena_array(arena, SIZE_MAX / 2, 16));
    assert_null(tidu_arena_alloc(arena, SIZE_MAX));
    tidu_arena_close(&arena);
}

static void
test_a_growing_array_keeps_what_it_held(void **state)
{
    (void)state;
    tidu_arena *arena = tidu_arena_open();
    int *numbers = NULL;
    size_t capacity = 0;
    for (int i = 0; i < 1000; i++) {
        numbers = tidu_arena_grow(arena, numbers, (size_t)i, &capacity, sizeof *numbers);
        assert_non_null(numbers);
        numbers[i] = i;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers[i], i);
    tidu_arena_close(&arena);
}

/* Below, at and above what goes into large pages. */
static void
test_a_large_array_is_zeroed_and_begins_at_a_line(void **state)
{
    static const size_t counts[] = {0, 1, 64, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, 5000001};
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        for (int twice = 0; twice < 2; twice++) {
            unsigned char *array = tidu_large_array(counts[i], 1), any = 0;
            assert_non_null(array);
            assert_int_equal((uintptr_t)array % 64, 0);
            for (size_t k = 0; k < counts[i]; k++)
                any |= array[k];
            assert_int_equal(any, 0);
            memset(array, 0xff, counts[i]);
            tidu_large_free(array, counts[i], 1);
        }
    }
    assert_null(tidu_large_array(SIZE_MAX / 2, 8));
    assert_null(tidu_large_array(SIZE_MAX - 100, 1));
    tidu_large_free(NULL, 10, 8);
}

static void
test_a_heap_that_was_enlarged_goes_on_as_before(void **state)
{
    (void)state;
    enum { PIECES = 3000, SIZE = 5000 };
    unsigned char *pieces[PIECES];
    tidu_heap_keep();
    tidu_large_pages large = tidu_heap_enlarge(TIDU_HEAP_OF_RULES);
    for (int i = 0; i < PIECES; i++) {
        pieces[i] = malloc(SIZE);
        memset(pieces[i], i, SIZE);
    }
    for (int i = 0; i < PIECES; i += 2)
        free(pieces[i]);
    tidu_heap_settle(&large);
    for (int i = 1; i < PIECES; i += 2)
        assert_true(pieces[i][0] == (unsigned char)i && pieces[i][SIZE - 1] == (unsigned char)i);
    for (int i = 0; i < PIECES; i += 2)
        pieces[i] = calloc(1, SIZE);
    for (int i = 0; i < PIECES; i++) {
        assert_true(i % 2 || !pieces[i][SIZE / 2]);
        free(pieces[i]);
    }
}

static void
test_json_text_escapes_what_it_must_and_nothing_else(void **state)
{
    (void)state;
    tidu_text text = {0};
    tidu_text_json(&text, "“小巨人”\"\\\n\t\x01/", strlen("“小巨人”\"\\\n\t\x01/"));
    assert_text(&text, "\"“小巨人”\\\"\\\\\\n\\t\\u0001/\"");
}

static void
test_numbers_print_as_short_as_they_read_back(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.1, "0.1"},     {12650, "12650"},   {-3, "-3"},
                 {0, "0"},         {1e15, "1000000000000000"}, {1e300, "1e+300"},
                 {0.1 + 0.2, "0.30000000000000004"}, {89.33, "89.33"}, {-0.5, "-0.5"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tidu_text text = {0};
        tidu_text_number(&text, cases[i].value);
        assert_text(&text, cases[i].text);
    }
}

static void
test_utf8_counts_characters_and_columns(void **state)
{
    (void)state;
    assert_int_equal(tidu_utf8_length("小巨人a", 10), 4);
    assert_int_equal(tidu_utf8_width("小巨人a", 10), 7);
    assert_int_equal(tidu_utf8_check("小巨人", 9), 9);
    assert_int_equal(tidu_utf8_check("a\xff", 2), 1);
    assert_int_equal(tidu_utf8_check("\xed\xa0\x80", 3), 0); /* a surrogate */
    assert_int_equal(tidu_utf8_check("\xc0\x80", 2), 0);     /* an overlong zero */
    assert_int_equal(tidu_utf8_check("小", 2), 0);           /* cut short */
}

static void
test_distance_counts_edits_between_characters(void **state)
{
    (void)state;
    assert_int_equal(tidu_distance("revenue", "revenu", 3), 1);
    assert_int_equal(tidu_distance("营业收入", "营业总收入", 3), 1);
    assert_int_equal(tidu_distance("", "abc", 5), 3);
    assert_int_equal(tidu_distance("abcdef", "uvwxyz", 2), 3);
}

static void
test_dates_go_there_and_back(void **state)
{
    (void)state;
    int32_t days;
    char buffer[11];
    for (int32_t day = -350000; day < 2900000; day += 997) {
        tidu_date_format(day, buffer);
        assert_true(tidu_date_parse(buffer, 10, &days));
        assert_int_equal(days, day);
    }
    static const char *const wrong[] = {"2026-02-29", "2026-13-01", "2026-00-10", "2026-01-32",
                                        "2026-1-01", "20260101", "2026-01-0a", "0999-01-01", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(tidu_date_parse(wrong[i], strlen(wrong[i]), &days));
    assert_true(tidu_date_parse("2024-02-29", 10, &days));
    assert_string_equal(tidu_date_format(tidu_date_shift(days, 12), buffer), "2025-02-28");
    assert_string_equal(tidu_date_format(tidu_date_shift(days, -1), buffer), "2024-01-29");
    assert_string_equal(tidu_date_format(tidu_date_shift(days, -36), buffer), "2021-02-28");
}

static void
test_decimals_are_read_exactly(void **state)
{
    (void)state;
    static const struct {
        const char *text, *rational;
    } cases[] = {{"0", "0"},        {"-0.0", "0"},     {"12.50", "25/2"}, {"-3e-2", "-3/100"},
                 {"1E3", "1000"},   {"007", "7"},      {".5", "1/2"},     {"+2", "2"},
                 {"0.1", "1/10"},   {"1e-5", "1/100000"}};
    static const char *const wrong[] = {"", "-", "1.2.3", "1e", "e5", "1a", "0x10", "1e999", "."};
    mpq_t value, expected;
    mpq_inits(value, expected, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(tidu_decimal_parse(cases[i].text, strlen(cases[i].text), value));
        mpq_set_str(expected, cases[i].rational, 10);
        assert_true(mpq_equal(value, expected));
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(tidu_decimal_parse(wrong[i], strlen(wrong[i]), value));
    tidu_decimal_of_double(0.1, value);
    mpq_set_str(expected, "1/10", 10);
    assert_true(mpq_equal(value, expected));
    mpq_clears(value, expected, NULL);
}

static void
test_a_written_decimal_never_crosses_its_bound(void **state)
{
    (void)state;
    static const struct {
        const char *value, *bound, *text;
    } cases[] = {
        {"2997/1000", "3", "2.997"},       {"29994/10000", "3", "2.999"},
        {"2999999999/1000000000", "3", "2.999999999"}, {"3", "3", "3"},
        {"3000001/1000000", "3", "3.000001"}, {"1/3", NULL, "0.33"}, {"2/3", NULL, "0.67"},
        {"8933333/100000", "90", "89.33"}, {"-5/1000", "0", "-0.01"}, {"1/1000", "0", "0.001"},
        {"12650", NULL, "12650"},          {"-1/3", NULL, "-0.33"},   {"5/2", "5/2", "2.5"},
    };
    mpq_t value, bound;
    mpq_inits(value, bound, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tidu_text text = {0};
        mpq_set_str(value, cases[i].value, 10);
        mpq_canonicalize(value);
        if (cases[i].bound)
            mpq_set_str(bound, cases[i].bound, 10);
        tidu_decimal_write(&text, value, 2, cases[i].bound ? bound : NULL);
        assert_text(&text, cases[i].text);
    }
    mpq_clears(value, bound, NULL);
}

static void
test_errors_speak_two_languages_and_sort_by_place(void **state)
{
    (void)state;
    tidu_report *report = tidu_report_open();
    tidu_error error;
    char words[200];
    tidu_error_at(&error, TIDU_BAD_DATE, "b.md", 3, 5, 9, "2026-13-01", NULL);
    tidu_report_add(report, &error);
    tidu_report_add(report, &error);
    tidu_error_at(&error, TIDU_FILE_READ, "a.md", 7, 0, 0, "x", "gone", NULL);
    tidu_report_add(report, &error);
    tidu_report_sort(report);
    assert_int_equal(tidu_report_count(report), 2);
    assert_int_equal(tidu_report_error_count(report), 2);
    assert_string_equal(tidu_report_get(report, 0)->span.document, "a.md");
    const tidu_error *date = tidu_report_get(report, 1);
    assert_string_equal(tidu_error_message(date, TIDU_EN, words, sizeof words),
                        "\"2026-13-01\" is not a date");
    assert_string_equal(tidu_error_message(date, TIDU_ZH, words, sizeof words),
                        "“2026-13-01”不是日期");
    assert_string_equal(tidu_error_hint(date, TIDU_ZH, words, sizeof words),
                        "日期写作 2026-04-01。");
    tidu_report_close(&report);
}

/* What is found again on another day stands between other things of its place. */
static void
test_a_repetition_is_dropped_wherever_it_stands_at_its_place(void **state)
{
    (void)state;
    tidu_report *report = tidu_report_open();
    tidu_error first, second;
    tidu_error_at(&first, TIDU_BAD_DATE, "a.md", 3, 5, 9, "2026-13-01", NULL);
    tidu_error_at(&second, TIDU_BAD_DATE, "a.md", 3, 5, 9, "2026-13-02", NULL);
    for (int day = 0; day < 2; day++) {
        tidu_report_add(report, &first);
        tidu_report_add(report, &second);
    }
    tidu_report_sort(report);
    assert_int_equal(tidu_report_count(report), 2);
    assert_int_equal(tidu_report_error_count(report), 2);
    tidu_report_close(&report);
}

static void
test_a_long_argument_is_cut_at_a_character(void **state)
{
    (void)state;
    char longest[900] = "";
    tidu_error error;
    for (int i = 0; i < 250; i++)
        strcat(longest, "梯");
    tidu_error_set(&error, TIDU_BAD_DATE, longest, NULL);
    size_t length = strlen(error.argument[0]);
    assert_true(length < TIDU_ARGUMENT_SIZE);
    assert_int_equal(tidu_utf8_check(error.argument[0], length), length);
    assert_int_equal(length % 3, 0);
}

/* Every message has both languages, and no two share an id. */
static void
test_every_code_has_words_and_an_id_of_its_own(void **state)
{
    (void)state;
    for (int a = 1; a < TIDU_CODE_COUNT; a++) {
        tidu_error error = {.code = (tidu_code)a};
        char zh[800], en[800];
        tidu_error_message(&error, TIDU_ZH, zh, sizeof zh);
        tidu_error_message(&error, TIDU_EN, en, sizeof en);
        assert_true(*zh && *en);
        assert_true(en[strlen(en) - 1] != '.');
        for (int b = 1; b < a; b++)
            if (!strcmp(tidu_error_id((tidu_code)a), tidu_error_id((tidu_code)b)))
                fail_msg("%s is used twice", tidu_error_id((tidu_code)a));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_arena_hands_out_zeroed_memory_that_does_not_overlap),
        cmocka_unit_test(test_an_arena_that_is_joined_lives_as_long_as_the_other),
        cmocka_unit_test(test_an_impossible_array_is_refused),
        cmocka_unit_test(test_a_growing_array_keeps_what_it_held),
        cmocka_unit_test(test_a_large_array_is_zeroed_and_begins_at_a_line),
        cmocka_unit_test(test_a_heap_that_was_enlarged_goes_on_as_before),
        cmocka_unit_test(test_json_text_escapes_what_it_must_and_nothing_else),
        cmocka_unit_test(test_numbers_print_as_short_as_they_read_back),
        cmocka_unit_test(test_utf8_counts_characters_and_columns),
        cmocka_unit_test(test_distance_counts_edits_between_characters),
        cmocka_unit_test(test_dates_go_there_and_back),
        cmocka_unit_test(test_decimals_are_read_exactly),
        cmocka_unit_test(test_a_written_decimal_never_crosses_its_bound),
        cmocka_unit_test(test_errors_speak_two_languages_and_sort_by_place),
        cmocka_unit_test(test_a_repetition_is_dropped_wherever_it_stands_at_its_place),
        cmocka_unit_test(test_a_long_argument_is_cut_at_a_character),
        cmocka_unit_test(test_every_code_has_words_and_an_id_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
