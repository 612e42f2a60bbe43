/* test_lists.c: sets, lists and titles, and how they fill a block. */
#include "fixture.h"

static void
test_a_set_counts_its_codes_and_answers_the_tests_of_rules(void **state)
{
    struct fixture *f = *state;
    fixture_reopen_block(f, 4);
    accepted(f, "{\"management_certs\":[\"ISO9001\",\"ISO9001\",\"\\u0049SO9001\",\"UL\"]}");
    assert_number(f, CERTS, 0, 4);
    assert_int_equal(flag_at(f, CERTS_ISO, 0), 1);
    assert_int_equal(flag_at(f, CERTS_CE, 0), 0);
    accepted(f, "{\"management_certs\":[\"CE-RED\",\"ISO9001:2015\"]}");
    assert_number(f, CERTS, 1, 2);
    assert_int_equal(flag_at(f, CERTS_ISO, 1), 0);
    assert_int_equal(flag_at(f, CERTS_CE, 1), 1);
    accepted(f, "{\"management_certs\":[ ]}");
    assert_number(f, CERTS, 2, 0);
    assert_int_equal(flag_at(f, CERTS_ISO, 2), 0);
    accepted(f, "{}");
    assert_unknown(f, CERTS, 3);
    assert_int_equal(flag_at(f, CERTS_ISO, 3), -1);
}

static void
test_choices_in_a_set_go_by_code_and_by_title(void **state)
{
    struct fixture *f = *state;
    assert_number(f, FACTORIES,
                  accepted(f, "{\"factory_titles\":[\"smart\",\"绿色工厂\",\"green factory\"]}"),
                  3);
}

static void
test_items_stand_in_their_frame_behind_those_of_earlier_rows(void **state)
{
    struct fixture *f = *state;
    accepted(f, "{\"science_awards\":[{\"level\":\"city\",\"rank\":1,\"year\":2023},"
                "{\"级别\":\"国家级\",\"单位排名\":2,\"年度\":2024,\"granted\":\"2024-05-01\","
                "\"shared\":false}]}");
    accepted(f, "{\"maker_china_rank\":[{\"rank\":7}],\"science_awards\":[]}");
    accepted(f, "{\"science_awards\":[{\"rank\":3,\"level\":null}],"
                "\"maker_china_rank\":[{\"year\":2025},{}]}");
    const tidu_block *b = f->block;
    assert_int_equal(b->item_count[AWARDS], 3);
    assert_int_equal(b->item_count[MAKERS], 3);
    static const uint32_t award_starts[] = {0, 2, 2, 3}, maker_starts[] = {0, 0, 1, 3};
    static const uint32_t award_rows[] = {0, 0, 2}, maker_rows[] = {1, 2, 2};
    assert_memory_equal(b->item_start[AWARDS], award_starts, sizeof award_starts);
    assert_memory_equal(b->item_start[MAKERS], maker_starts, sizeof maker_starts);
    assert_memory_equal(b->item_row[AWARDS], award_rows, sizeof award_rows);
    assert_memory_equal(b->item_row[MAKERS], maker_rows, sizeof maker_rows);
    assert_number(f, AWARD_LEVEL, 0, 1);
    assert_number(f, AWARD_LEVEL, 1, 3);
    assert_unknown(f, AWARD_LEVEL, 2);
    assert_number(f, AWARD_RANK, 2, 3);
    assert_number(f, AWARD_YEAR, 1, 2024);
    assert_number(f, AWARD_DATE, 1, tidu_date_join(2024, 5, 1));
    assert_int_equal(flag_at(f, AWARD_SHARED, 0), -1);
    assert_int_equal(flag_at(f, AWARD_SHARED, 1), 0);
    assert_unknown(f, MAKER_RANK, 2);
    assert_true(list_known(f, AWARDS, 0) && list_known(f, AWARDS, 1) && list_known(f, AWARDS, 2));
    assert_false(list_known(f, MAKERS, 0));
    assert_true(list_known(f, MAKERS, 1));
}

static void
test_item_starts_are_right_after_every_row(void **state)
{
    struct fixture *f = *state;
    for (uint32_t row = 0; row < 3; row++) {
        accepted(f, row % 2 ? "{}" : "{\"maker_china_rank\":[{},{}]}");
        assert_int_equal(f->block->item_start[MAKERS][row + 1], f->block->item_count[MAKERS]);
        assert_int_equal(f->block->item_start[AWARDS][row + 1], 0);
    }
}

static void
test_a_list_without_room_left_asks_for_an_empty_block(void **state)
{
    struct fixture *f = *state;
    tidu_text text = {0};
    tidu_text_puts(&text, "{\"revenue\":5,\"maker_china_rank\":[{}");
    for (int i = 0; i < TIDU_BLOCK_ITEMS / 2; i++)
        tidu_text_puts(&text, ",{\"rank\":1}");
    tidu_text_puts(&text, "]}");
    tidu_text_putc(&text, '\0');

    accepted(f, text.data);
    assert_int_equal(read_json(f, text.data), TIDU_READ_FULL);
    assert_int_equal(f->block->row_count, 1);
    assert_unknown(f, REVENUE_0, 1);
    assert_int_equal(f->block->item_count[MAKERS], TIDU_BLOCK_ITEMS / 2 + 1);
    accepted(f, "{\"maker_china_rank\":[{}]}");
    fixture_clear(f);
    accepted(f, text.data);
    tidu_text_free(&text);
}

static void
test_a_title_counts_from_its_first_day_through_its_last(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *dates;
        int held;
    } cases[] = {
        {"", 1},
        {",\"granted\":\"2026-11-23\"", 1},
        {",\"granted\":\"2026-11-24\"", 0},
        {",\"expires\":\"2026-11-23\"", 1},
        {",\"expires\":\"2026-11-22\"", 0},
        {",\"granted\":\"2026-11-23\",\"expires\":\"2026-11-23\"", 1},
        {",\"granted\":null,\"expires\":null", 1},
        {",\"number\":\"GR2024\",\"place\":\"440300\",\"chain\":null,\"batch\":5", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char json[200];
        snprintf(json, sizeof json, "{\"titles\":[{\"id\":\"lg\"%s}]}", cases[i].dates);
        fixture_clear(f);
        uint32_t row = accepted(f, json);
        assert_int_equal(flag_at(f, HELD_LG, row), cases[i].held);
        assert_int_equal(flag_at(f, HELD_HNTE, row), 0);
    }
}

static void
test_titles_that_are_stated_are_all_of_them(void **state)
{
    struct fixture *f = *state;
    uint32_t row = accepted(f, "{\"称号\":[{\"id\":\"srdi\"}]}");
    assert_int_equal(flag_at(f, HELD_LG, row), 0);
    row = accepted(f, "{\"titles\":[]}");
    assert_int_equal(flag_at(f, HELD_LG, row), 0);
    row = accepted(f, "{}");
    assert_int_equal(flag_at(f, HELD_LG, row), -1);
}

static void
test_a_title_renewed_is_held_if_either_term_counts(void **state)
{
    struct fixture *f = *state;
    uint32_t row = accepted(f, "{\"titles\":[{\"id\":\"lg\",\"granted\":\"2025-01-01\"},"
                               "{\"expires\":\"2024-12-31\",\"id\":\"lg\"}]}");
    assert_int_equal(flag_at(f, HELD_LG, row), 1);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_set_counts_its_codes_and_answers_the_tests_of_rules),
        CASE(test_choices_in_a_set_go_by_code_and_by_title),
        CASE(test_items_stand_in_their_frame_behind_those_of_earlier_rows),
        CASE(test_item_starts_are_right_after_every_row),
        CASE(test_a_list_without_room_left_asks_for_an_empty_block),
        CASE(test_a_title_counts_from_its_first_day_through_its_last),
        CASE(test_titles_that_are_stated_are_all_of_them),
        CASE(test_a_title_renewed_is_held_if_either_term_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
