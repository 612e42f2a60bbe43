/* test_block.c: blocks are taken once, filled, taken back and emptied. */
#include "fixture.h"

static const char full_record[] =
    "{\"uscc\":\"91440300MA5EXAMPL0\",\"revenue\":{\"2025\":1.2345678901234567,\"2024\":2},"
    "\"is_private\":true,\"management_certs\":[\"CE\"],\"titles\":[{\"id\":\"lg\"}],"
    "\"science_awards\":[{\"level\":\"city\",\"score\":0.1234567890123456789,\"shared\":true},"
    "{\"year\":2024}],\"maker_china_rank\":[{\"rank\":3}]}";

/* Is nothing known, and every value 0, in every place there is? */
static void
assert_empty(const tidu_block *block)
{
    const tidu_layout *layout = block->layout;
    for (uint32_t i = 0; i < layout->column_count; i++) {
        const tidu_column *column = &layout->columns[i];
        uint32_t capacity = column->frame ? block->item_capacity : block->row_capacity;
        bool number = column->kind == TIDU_COLUMN_NUMBER;
        for (uint32_t word = 0; word < (capacity + 63) / 64; word++) {
            if (number)
                assert_int_equal(block->number_known[column->place][word], 0);
            else
                assert_int_equal(
                    block->flag[column->place][word] | block->flag_known[column->place][word], 0);
        }
        for (uint32_t at = 0; number && at < capacity; at++)
            assert_true(block->number[column->place][at] == 0);
    }
    for (uint32_t frame = 1; frame < layout->frame_count; frame++) {
        assert_int_equal(block->item_count[frame], 0);
        assert_int_equal(block->item_start[frame][0], 0);
        for (uint32_t word = 0; word < (block->row_capacity + 63) / 64; word++)
            assert_int_equal(block->list_known[frame][word], 0);
    }
    for (uint32_t i = 0; i < block->row_capacity * layout->word_count; i++)
        assert_null(block->words[i].data);
    assert_int_equal(block->row_count, 0);
    assert_int_equal(block->spelling_count, 0);
}

static void
test_a_block_is_empty_when_it_opens_and_when_it_is_cleared(void **state)
{
    struct fixture *f = *state;
    static const uint32_t sizes[] = {1, 2, 63, 64, 65, TIDU_BLOCK_ROWS};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (sizes[i] > TIDU_BLOCK_ROWS)
            continue;
        fixture_reopen_block(f, sizes[i]);
        assert_empty(f->block);
        while (f->block->row_count < sizes[i])
            if (read_json(f, full_record) != TIDU_READ_ROW)
                break;
        assert_true(f->block->row_count > 0);
        fixture_clear(f);
        assert_empty(f->block);
    }
}

static void
test_clearing_sets_the_date_and_the_last_full_year(void **state)
{
    struct fixture *f = *state;
    tidu_block_clear(f->block, tidu_date_join(2025, 12, 31));
    assert_int_equal(f->block->year, 2024);
    tidu_block_clear(f->block, tidu_date_join(2026, 1, 1));
    assert_int_equal(f->block->year, 2025);
    assert_int_equal(f->block->as_of, tidu_date_join(2026, 1, 1));
}

static void
test_rows_beyond_the_first_word_are_kept_apart(void **state)
{
    struct fixture *f = *state;
    uint32_t rows = TIDU_BLOCK_ROWS < 130 ? TIDU_BLOCK_ROWS : 130;
    fixture_reopen_block(f, rows);
    for (uint32_t row = 0; row < rows; row++) {
        char json[80];
        snprintf(json, sizeof json, "{\"revenue\":%u,\"is_private\":%s}", row,
                 row % 3 ? "true" : "false");
        accepted(f, row % 5 ? json : "{}");
    }
    for (uint32_t row = 0; row < rows; row++) {
        if (row % 5)
            assert_number(f, REVENUE_0, row, row);
        else
            assert_unknown(f, REVENUE_0, row);
        assert_int_equal(flag_at(f, PRIVATE, row), row % 5 ? row % 3 != 0 : -1);
    }
}

static void
test_truncating_takes_rows_items_words_and_spellings_back(void **state)
{
    struct fixture *f = *state;
    uint32_t rows = TIDU_BLOCK_ROWS < 100 ? 30 : 100;
    for (uint32_t keep = 0; keep <= rows; keep += 7) {
        fixture_reopen_block(f, rows);
        for (uint32_t row = 0; row < rows; row++)
            accepted(f, full_record);
        tidu_block_truncate(f->block, keep);
        assert_int_equal(f->block->row_count, keep);
        assert_int_equal(f->block->item_count[AWARDS], 2 * keep);
        assert_int_equal(f->block->item_count[MAKERS], keep);
        assert_int_equal(f->block->spelling_count, 2 * keep);
        for (uint32_t row = 0; row < rows; row++) {
            assert_int_equal(isnan(number_at(f, REVENUE_1, row)), row >= keep);
            assert_int_equal(flag_at(f, PRIVATE, row), row < keep ? 1 : -1);
            assert_int_equal(words_at(f, USCC_WORDS, row)[0] != '\0', row < keep);
            assert_int_equal(list_known(f, MAKERS, row), row < keep);
            assert_int_equal(flag_at(f, AWARD_SHARED, 2 * row), row < keep ? 1 : -1);
        }
        tidu_block_truncate(f->block, 0);
        assert_empty(f->block);
    }
}

static void
test_a_truncated_block_fills_as_a_fresh_one(void **state)
{
    struct fixture *f = *state;
    for (int row = 0; row < 3; row++)
        accepted(f, full_record);
    tidu_block_truncate(f->block, 1);
    accepted(f, "{\"revenue\":9876.5432109876543,\"maker_china_rank\":[{\"year\":2020}]}");
    assert_string_equal(spelling_at(f, REVENUE_0, 1), "9876.5432109876543");
    assert_string_equal(spelling_at(f, REVENUE_0, 0), "1.2345678901234567");
    assert_number(f, MAKER_YEAR, 1, 2020);
    assert_unknown(f, MAKER_RANK, 1);
    assert_int_equal(f->block->item_row[MAKERS][1], 1);
    assert_int_equal(flag_at(f, PRIVATE, 1), -1);
}

static void
test_spellings_are_found_among_many(void **state)
{
    struct fixture *f = *state;
    uint32_t rows = TIDU_BLOCK_ROWS < 200 ? TIDU_BLOCK_ROWS : 200;
    char json[200], expected[40];
    fixture_reopen_block(f, rows);
    for (uint32_t row = 0; row < rows; row++) {
        snprintf(json, sizeof json,
                 "{\"niche_years\":%u.1234567890123456,"
                 "\"science_awards\":[{\"score\":%u.6543210987654321}]}",
                 row, row);
        accepted(f, row % 3 ? json : "{\"niche_years\":5,\"science_awards\":[{\"score\":5}]}");
    }
    for (uint32_t row = 0; row < rows; row++) {
        snprintf(expected, sizeof expected, "%u.1234567890123456", row);
        assert_string_equal(spelling_at(f, NICHE, row), row % 3 ? expected : "");
        snprintf(expected, sizeof expected, "%u.6543210987654321", row);
        assert_string_equal(spelling_at(f, AWARD_SCORE, row), row % 3 ? expected : "");
        assert_null(tidu_block_spelling(f->block, REVENUE_0, row));
    }
}

static void
test_columns_begin_at_a_cache_line_and_hold_whole_words(void **state)
{
    struct fixture *f = *state;
    fixture_reopen_block(f, 1);
    for (uint32_t place = 0; place < f->block->layout->number_count; place++) {
        assert_int_equal((uintptr_t)f->block->number[place] % 64, 0);
        assert_true(f->block->number[place][63] == 0);
    }
}

static void
test_a_closed_block_is_null(void **state)
{
    struct fixture *f = *state;
    tidu_block_close(&f->block);
    assert_null(f->block);
    tidu_block_close(&f->block);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

/* The fixture clears its block when it goes, so one must be there again. */
static int
reopen_and_close(void **state)
{
    fixture_reopen_block(*state, 1);
    return fixture_close(state);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_block_is_empty_when_it_opens_and_when_it_is_cleared),
        CASE(test_clearing_sets_the_date_and_the_last_full_year),
        CASE(test_rows_beyond_the_first_word_are_kept_apart),
        CASE(test_truncating_takes_rows_items_words_and_spellings_back),
        CASE(test_a_truncated_block_fills_as_a_fresh_one),
        CASE(test_spellings_are_found_among_many),
        CASE(test_columns_begin_at_a_cache_line_and_hold_whole_words),
        cmocka_unit_test_setup_teardown(test_a_closed_block_is_null, fixture_open,
                                        reopen_and_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
