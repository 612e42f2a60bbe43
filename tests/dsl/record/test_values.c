/* test_values.c: what a record states stands in its columns. */
#include "fixture.h"

static void
test_the_record_of_the_interface_page_is_read(void **state)
{
    struct fixture *f = *state;
    uint32_t row = accepted(f, "{\"uscc\":\"91440300MA5EXAMPL0\",\"enterprise_name\":\"某某精密\","
                               "\"region_code\":\"440305\",\"industry_code\":\"3489\","
                               "\"employees\":{\"2025\":212},"
                               "\"revenue\":{\"2023\":9800,\"2024\":11200,\"2025\":12650},"
                               "\"niche_years\":6,"
                               "\"titles\":[{\"id\":\"lg\",\"granted\":\"2024-06-01\","
                               "\"expires\":\"2027-05-31\"}]}");
    assert_number(f, EMPLOYEES_0, row, 212);
    assert_number(f, REVENUE_0, row, 12650);
    assert_number(f, REVENUE_1, row, 11200);
    assert_number(f, REVENUE_2, row, 9800);
    assert_number(f, NICHE, row, 6);
    assert_int_equal(flag_at(f, HELD_LG, row), 1);
    assert_string_equal(words_at(f, NAME_WORDS, row), "\"某某精密\"");
    assert_string_equal(words_at(f, USCC_WORDS, row), "\"91440300MA5EXAMPL0\"");
    assert_string_equal(words_at(f, INDUSTRY_WORDS, row), "\"C3489\"");
}

static void
test_facts_nobody_states_are_unknown(void **state)
{
    struct fixture *f = *state;
    uint32_t row = accepted(f, "{}");
    assert_int_equal(f->block->row_count, 1);
    assert_unknown(f, REVENUE_0, row);
    assert_int_equal(flag_at(f, PRIVATE, row), -1);
    assert_int_equal(flag_at(f, HELD_HNTE, row), -1);
    assert_string_equal(words_at(f, NAME_WORDS, row), "");
    assert_false(list_known(f, AWARDS, row));
}

static void
test_null_says_nothing_wherever_it_stands(void **state)
{
    struct fixture *f = *state;
    uint32_t row =
        accepted(f, "{\"revenue\":null,\"net_profit\":{\"2025\":null},\"is_private\":null,"
                    "\"enterprise_name\":null,\"titles\":null,\"management_certs\":null,"
                    "\"science_awards\":null,\"rd_ratio\":null}");
    assert_unknown(f, REVENUE_0, row);
    assert_unknown(f, PROFIT_0, row);
    assert_int_equal(flag_at(f, PRIVATE, row), -1);
    assert_int_equal(flag_at(f, HELD_HNTE, row), -1);
    assert_unknown(f, CERTS, row);
    assert_false(list_known(f, AWARDS, row));
}

static void
test_facts_go_by_identifier_title_alias_and_english_title(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = {"revenue",      "营业收入", "营收",
                                        "sales",        "Revenue",  "\\u8425\\u4e1a\\u6536\\u5165",
                                        "re\\u0076enue"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char json[128];
        snprintf(json, sizeof json, "{\"%s\":%zu}", names[i], i + 1);
        fixture_clear(f);
        assert_number(f, REVENUE_0, accepted(f, json), (double)(i + 1));
    }
}

static void
test_records_may_state_facts_in_any_order_and_change_it(void **state)
{
    struct fixture *f = *state;
    uint32_t row =
        accepted(f, "{\"revenue\":1,\"niche_years\":2,\"净利润\":3,\"is_private\":true}");
    row = accepted(f, "{\"is_private\":false,\"净利润\":6,\"revenue\":4,\"niche_years\":5}");
    row = accepted(f, "{\"净利润\":9,\"niche_years\":8,\"营业收入\":7}");
    for (uint32_t i = 0; i <= row; i++) {
        assert_number(f, REVENUE_0, i, 3 * i + 1);
        assert_number(f, NICHE, i, 3 * i + 2);
        assert_number(f, PROFIT_0, i, 3 * i + 3);
    }
    assert_int_equal(flag_at(f, PRIVATE, 0), 1);
    assert_int_equal(flag_at(f, PRIVATE, 1), 0);
    assert_int_equal(flag_at(f, PRIVATE, 2), -1);
}

static void
test_a_bare_value_is_that_of_the_last_full_year(void **state)
{
    struct fixture *f = *state;
    uint32_t row =
        accepted(f, "{\"revenue\":12650,\"energy_advanced\":true,\"credit_grade\":\"AA\"}");
    assert_number(f, REVENUE_0, row, 12650);
    assert_unknown(f, REVENUE_1, row);
    assert_int_equal(flag_at(f, ENERGY_0, row), 1);
    assert_int_equal(flag_at(f, ENERGY_1, row), -1);
    assert_number(f, GRADE_0, row, 3);
}

static void
test_flags_and_codes_may_be_annual_too(void **state)
{
    struct fixture *f = *state;
    uint32_t row = accepted(f, "{\"energy_advanced\":{\"2024\":true,\"2025\":false},"
                               "\"credit_grade\":{\"2024\":\"AAA\",\"2025\":\"A\"}}");
    assert_int_equal(flag_at(f, ENERGY_0, row), 0);
    assert_int_equal(flag_at(f, ENERGY_1, row), 1);
    assert_number(f, GRADE_0, row, 1);
    assert_number(f, GRADE_1, row, 5);
    assert_string_equal(words_at(f, GRADE_WORDS, row), "\"A\"");
}

static void
test_years_nobody_looks_back_to_are_checked_and_left_out(void **state)
{
    struct fixture *f = *state;
    uint32_t row = accepted(f, "{\"revenue\":{\"1900\":1,\"2022\":2,\"2026\":3,\"2100\":4,"
                               "\"20\\u00324\":5},\"tax_paid\":{\"2025\":6},\"net_profit\":{}}");
    assert_unknown(f, REVENUE_0, row);
    assert_number(f, REVENUE_1, row, 5);
    assert_unknown(f, REVENUE_2, row);
    refused(f, "{\"revenue\":{\"2026\":-1}}", "E324",
            "revenue 2026 (营业收入) is at least 0, got -1",
            "revenue 2026 (营业收入) 不小于 0，收到的是 -1");
    refused(f, "{\"revenue\":{\"1900\":\"x\"}}", "E321",
            "revenue 1900 (营业收入) takes a number in 万元, got \"x\"",
            "revenue 1900 (营业收入) 应为以万元为单位的数字，收到的是 \"x\"");
    refused(f, "{\"tax_paid\":-1}", "E324", "tax_paid (上年纳税额) is at least 0, got -1",
            "tax_paid (上年纳税额) 不小于 0，收到的是 -1");
}

static void
test_the_last_full_year_moves_with_the_date(void **state)
{
    struct fixture *f = *state;
    tidu_block_clear(f->block, tidu_date_join(2025, 1, 1));
    uint32_t row = accepted(f, "{\"revenue\":{\"2023\":9800,\"2024\":11200,\"2025\":12650}}");
    assert_number(f, REVENUE_0, row, 11200);
    assert_number(f, REVENUE_1, row, 9800);
}

static void
test_numbers_are_the_nearest_doubles(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *text;
        double value;
    } cases[] = {
        {"0", 0},
        {"-0", 0},
        {"-0.0", 0},
        {"0e5", 0},
        {"7", 7},
        {"-7", -7},
        {"12345678", 12345678},
        {"-12345678", -12345678},
        {"123456789", 123456789},
        {"999999999999999", 999999999999999},
        {"0.1", 0.1},
        {"3.2", 3.2},
        {"12650.37", 12650.37},
        {"-0.5", -0.5},
        {"1e3", 1000},
        {"1E+3", 1000},
        {"25e-1", 2.5},
        {"1e22", 1e22},
        {"1e23", 1e23},
        {"123456789012345e-22", 123456789012345e-22},
        {"1e300", 1e300},
        {"2.5e-300", 2.5e-300},
        {"0.000000000000000001", 1e-18},
        {"1000000000000000000000", 1e21},
        {"9007199254740993", 9007199254740992},
        {"0.30000000000000004", 0.30000000000000004},
        {"2.2250738585072014e-308", 2.2250738585072014e-308},
        {"1.7976931348623157e308", 1.7976931348623157e308},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char json[128];
        snprintf(json, sizeof json, "{\"niche_years\":%s}", cases[i].text);
        fixture_clear(f);
        uint32_t row = accepted(f, json);
        assert_number(f, NICHE, row, cases[i].value);
        assert_int_equal(signbit(number_at(f, NICHE, row)) != 0, cases[i].value < 0);
        snprintf(json, sizeof json, "{ \"niche_years\" : %s \n}", cases[i].text);
        assert_number(f, NICHE, accepted(f, json), cases[i].value);
    }
}

static void
test_spellings_are_kept_when_doubles_cannot_tell(void **state)
{
    struct fixture *f = *state;
    uint32_t row =
        accepted(f, "{\"revenue\":{\"2025\":70.00000000000000001,\"2024\":70.5},"
                    "\"niche_years\":-1234567890.1234567e-3,"
                    "\"science_awards\":[{\"score\":1},{\"score\":0.1234567890123456}]}");
    assert_string_equal(spelling_at(f, REVENUE_0, row), "70.00000000000000001");
    assert_string_equal(spelling_at(f, REVENUE_1, row), "");
    assert_string_equal(spelling_at(f, NICHE, row), "-1234567890.1234567e-3");
    assert_string_equal(spelling_at(f, AWARD_SCORE, 0), "");
    assert_string_equal(spelling_at(f, AWARD_SCORE, 1), "0.1234567890123456");
    assert_int_equal(f->block->spelling_count, 3);

    row = accepted(f, "{\"revenue\":123456789012345,\"niche_years\":1234567890123456}");
    assert_string_equal(spelling_at(f, REVENUE_0, row), "");
    assert_string_equal(spelling_at(f, NICHE, row), "1234567890123456");
    assert_string_equal(spelling_at(f, NICHE, 0), "-1234567890.1234567e-3");
}

static void
test_long_numbers_with_few_digits_need_no_spelling(void **state)
{
    struct fixture *f = *state;
    accepted(f, "{\"niche_years\":0.000000000000000001,\"revenue\":1000000000000000000000,"
                "\"net_profit\":1.50000000000000000000}");
    assert_int_equal(f->block->spelling_count, 0);
}

static void
test_values_no_rule_reads_keep_no_spelling(void **state)
{
    struct fixture *f = *state;
    accepted(f, "{\"tax_paid\":1.2345678901234567,\"revenue\":{\"2000\":1.2345678901234567}}");
    assert_int_equal(f->block->spelling_count, 0);
}

static void
test_whole_numbers_may_be_spelled_with_a_point(void **state)
{
    struct fixture *f = *state;
    fixture_reopen_block(f, 4);
    assert_number(f, EMPLOYEES_0, accepted(f, "{\"employees\":212.0}"), 212);
    assert_number(f, EMPLOYEES_0, accepted(f, "{\"employees\":2.12e2}"), 212);
    assert_number(f, EMPLOYEES_0, accepted(f, "{\"employees\":212.000000000000000000000}"), 212);
    refused(f, "{\"employees\":212.00000000000000001}", "E323",
            "employees (从业人员数) takes a whole number, got 212.00000000000000001",
            "employees (从业人员数) 应为整数，收到的是 212.00000000000000001");
}

static void
test_borders_belong_to_the_range(void **state)
{
    struct fixture *f = *state;
    uint32_t row = accepted(f, "{\"share_national\":{\"2025\":0,\"2024\":100}}");
    assert_number(f, SHARE_0, row, 0);
    assert_number(f, SHARE_1, row, 100);
    assert_number(f, SHARE_0, accepted(f, "{\"share_national\":100.0}"), 100);
}

static void
test_dates_are_days(void **state)
{
    struct fixture *f = *state;
    assert_number(f, ESTABLISHED, accepted(f, "{\"established_date\":\"1970-01-02\"}"), 1);
    assert_number(f, ESTABLISHED, accepted(f, "{\"established_date\":\"2024\\u002d02-29\"}"),
                  tidu_date_join(2024, 2, 29));
}

static void
test_codes_fall_into_the_classes_of_their_book(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *code;
        int class_number;
        const char *words;
    } cases[] = {
        {"C", 1, "\"C\""},         {"C13", 2, "\"C13\""},
        {"C34", 3, "\"C34\""},     {"C3489", 5, "\"C3489\""},
        {"3489", 5, "\"C3489\""},  {"34", 3, "\"C34\""},
        {"3480", 4, "\"C3480\""},  {"C34890", 6, "\"C34890\""},
        {"I6513", 8, "\"I6513\""}, {"0111", 0, "\"A0111\""},
        {"64", 0, "\"I64\""},      {"\\u00433489", 5, "\"\\u00433489\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char json[128];
        snprintf(json, sizeof json, "{\"industry_code\":\"%s\"}", cases[i].code);
        fixture_clear(f);
        uint32_t row = accepted(f, json);
        assert_number(f, INDUSTRY, row, cases[i].class_number);
        assert_string_equal(words_at(f, INDUSTRY_WORDS, row), cases[i].words);
    }
}

static void
test_choices_go_by_code_and_by_title(void **state)
{
    struct fixture *f = *state;
    assert_number(f, INSTITUTION, accepted(f, "{\"rd_institution_level\":\"national\"}"), 3);
    assert_number(f, INSTITUTION, accepted(f, "{\"研发机构级别\":\"国家级\"}"), 3);
    assert_number(f, INSTITUTION, accepted(f, "{\"研发机构级别\":\"\\u65e0\"}"), 5);
    fixture_clear(f);
    uint32_t row = accepted(f, "{\"credit_grade\":\"A\\u0041\"}");
    assert_number(f, GRADE_0, row, 3);
    assert_string_equal(words_at(f, GRADE_WORDS, row), "\"A\\u0041\"");
}

static void
test_words_are_kept_as_they_stand(void **state)
{
    struct fixture *f = *state;
    uint32_t row =
        accepted(f, "{\"enterprise_name\" : \"a\\\"b\\\\c\\/\\b\\f\\n\\r\\t\\ud83d\\ude00\"  }");
    assert_string_equal(words_at(f, NAME_WORDS, row),
                        "\"a\\\"b\\\\c\\/\\b\\f\\n\\r\\t\\ud83d\\ude00\"");
    row = accepted(f, "{\"enterprise_name\":\"\"}");
    assert_string_equal(words_at(f, NAME_WORDS, row), "\"\"");
    assert_true(f->block->words[NAME_WORDS].data > f->texts[0]);
}

static void
test_long_words_with_escapes_are_kept_too(void **state)
{
    struct fixture *f = *state;
    char json[4000] = "{\"enterprise_name\":\"";
    while (strlen(json) < 3000)
        strcat(json, "\\u4e00");
    strcat(json, "\"}");
    uint32_t row = accepted(f, json);
    assert_int_equal(strlen(words_at(f, NAME_WORDS, row)), strlen(json) - 20);
}

static void
test_white_space_stands_anywhere_between_tokens(void **state)
{
    struct fixture *f = *state;
    uint32_t row = accepted(f, " \r\n\t{ \"revenue\" \t:\n { \"2025\" : 1 , \"2024\":2\r\n} ,\n"
                               "\"is_private\" : true , \"management_certs\" : [ \"CE\" , \"X\" ] ,"
                               "\"niche_years\" : 3 \n } \n");
    assert_number(f, REVENUE_0, row, 1);
    assert_number(f, REVENUE_1, row, 2);
    assert_int_equal(flag_at(f, PRIVATE, row), 1);
    assert_number(f, CERTS, row, 2);
    assert_number(f, NICHE, row, 3);
}

static void
test_unknown_facts_are_skipped_when_so_asked(void **state)
{
    struct fixture *f = *state;
    f->ignore_unknown = true;
    uint32_t row = accepted(f, "{\"x\":{\"a\":[1,-2.5e3,true,false,null,\"\\u4e00\",{}],\"b\":[]},"
                               "\"revenue\":5,\"y\":\"}\",\"z\":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]],"
                               "\"x\":0,\"niche_years\":6}");
    assert_number(f, REVENUE_0, row, 5);
    assert_number(f, NICHE, row, 6);
}

static void
test_several_readers_share_a_vocabulary(void **state)
{
    struct fixture *f = *state;
    tidu_reader *other = tidu_reader_open(&f->vocabulary);
    tidu_block *block = tidu_block_open(&f->vocabulary.layout, 1);
    char json[128] = "{\"revenue\":8}";
    assert_int_equal(tidu_reader_json(other, json, strlen(json), false, block, &f->error),
                     TIDU_READ_ROW);
    assert_number(f, REVENUE_0, accepted(f, "{\"revenue\":9}"), 9);
    assert_true(block->number[1][0] == 8);
    tidu_block_close(&block);
    tidu_reader_close(&other);
    assert_null(other);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_the_record_of_the_interface_page_is_read),
        CASE(test_facts_nobody_states_are_unknown),
        CASE(test_null_says_nothing_wherever_it_stands),
        CASE(test_facts_go_by_identifier_title_alias_and_english_title),
        CASE(test_records_may_state_facts_in_any_order_and_change_it),
        CASE(test_a_bare_value_is_that_of_the_last_full_year),
        CASE(test_flags_and_codes_may_be_annual_too),
        CASE(test_years_nobody_looks_back_to_are_checked_and_left_out),
        CASE(test_the_last_full_year_moves_with_the_date),
        CASE(test_numbers_are_the_nearest_doubles),
        CASE(test_spellings_are_kept_when_doubles_cannot_tell),
        CASE(test_long_numbers_with_few_digits_need_no_spelling),
        CASE(test_values_no_rule_reads_keep_no_spelling),
        CASE(test_whole_numbers_may_be_spelled_with_a_point),
        CASE(test_borders_belong_to_the_range),
        CASE(test_dates_are_days),
        CASE(test_codes_fall_into_the_classes_of_their_book),
        CASE(test_choices_go_by_code_and_by_title),
        CASE(test_words_are_kept_as_they_stand),
        CASE(test_long_words_with_escapes_are_kept_too),
        CASE(test_white_space_stands_anywhere_between_tokens),
        CASE(test_unknown_facts_are_skipped_when_so_asked),
        CASE(test_several_readers_share_a_vocabulary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
