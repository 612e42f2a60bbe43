/*
 * test_units.c: spellings, exact factors, names of dimensions.
 */
#include "scope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const tidu_unit *
unit(const char *spelling)
{
    return tidu_unit_find(spelling, strlen(spelling));
}

static void
test_all_spellings_of_a_unit_are_one_unit(void **state)
{
    (void)state;
    assert_ptr_equal(unit("万元"), unit("wan yuan"));
    assert_ptr_equal(unit("万元"), unit("10k yuan"));
    assert_ptr_equal(unit("亿元"), unit("hundred million yuan"));
    assert_ptr_equal(unit("个月"), unit("month"));
    assert_ptr_equal(unit("%"), unit("％"));
    assert_ptr_not_equal(unit("个"), unit("个百分点"));
    assert_null(unit("万"));
    assert_null(unit("元人"));
    assert_null(unit(""));
}

/* Titles are shown behind numbers and read again, so they are spellings. */
static void
test_titles_are_spellings(void **state)
{
    (void)state;
    static const char *const some[] = {"元", "亿元", "%",    "‰",  "人",
                                       "项", "年",   "个月", "天", "分"};
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        assert_non_null(unit(some[i]));
        assert_ptr_equal(unit(tidu_unit_title(unit(some[i]), TIDU_ZH)), unit(some[i]));
        assert_ptr_equal(unit(tidu_unit_title(unit(some[i]), TIDU_EN)), unit(some[i]));
    }
}

static void
assert_scale(tidu_scale scale, int64_t num, int64_t den)
{
    assert_true(tidu_scale_same(scale, (tidu_scale){num, den}));
}

static void
test_factors_are_exact(void **state)
{
    (void)state;
    assert_scale(tidu_unit_scale(unit("亿元")), 100000000, 1);
    assert_scale(tidu_unit_scale(unit("个月")), 1, 12);
    assert_scale(tidu_unit_scale(unit("%")), 1, 100);
    assert_scale(tidu_scale_mul((tidu_scale){1, 12}, (tidu_scale){12, 1}), 1, 1);
    assert_scale(tidu_scale_mul((tidu_scale){2, 3}, (tidu_scale){3, 4}), 1, 2);
    assert_scale(tidu_scale_div((tidu_scale){10000, 1}, (tidu_scale){1, 100}), 1000000, 1);
}

static void
test_factors_that_overflow_say_so(void **state)
{
    (void)state;
    tidu_scale huge = {INT64_MAX, 1}, tiny = {1, INT64_MAX}, none = {0, 1};
    assert_scale(tidu_scale_mul(huge, huge), 0, 1);
    assert_scale(tidu_scale_mul(tiny, tiny), 0, 1);
    assert_scale(tidu_scale_mul(huge, tiny), 1, 1);
    assert_scale(tidu_scale_div(huge, tiny), 0, 1);
    assert_scale(tidu_scale_mul(none, huge), 0, 1);
    assert_scale(tidu_scale_div(huge, none), 0, 1);
}

static void
assert_title(tidu_type type, const char *en, const char *zh)
{
    char buffer[100];
    assert_string_equal(tidu_type_title(&type, TIDU_EN, buffer, sizeof buffer), en);
    assert_string_equal(tidu_type_title(&type, TIDU_ZH, buffer, sizeof buffer), zh);
}

static void
test_dimensions_have_names(void **state)
{
    (void)state;
    assert_title((tidu_type){.kind = TIDU_NUMBER}, "number", "数");
    assert_title((tidu_type){.kind = TIDU_NUMBER, .unit = unit("%")}, "ratio", "比率");
    assert_title((tidu_type){.kind = TIDU_NUMBER, .money = 1}, "money", "金额");
    assert_title((tidu_type){.kind = TIDU_NUMBER, .money = 1, .count = -1}, "money / count",
                 "金额 / 数量");
    assert_title((tidu_type){.kind = TIDU_NUMBER, .count = 2, .years = 1}, "count^2 * years",
                 "数量^2 * 年数");
    assert_title((tidu_type){.kind = TIDU_NUMBER, .days = -1}, "1 / days", "1 / 天数");
    assert_title((tidu_type){.kind = TIDU_FLAG}, "condition", "条件");
    assert_title((tidu_type){.kind = TIDU_DATE}, "date", "日期");
}

static void
test_a_title_is_cut_to_its_buffer(void **state)
{
    (void)state;
    char buffer[4];
    tidu_type type = {.kind = TIDU_NUMBER, .money = 1};
    assert_string_equal(tidu_type_title(&type, TIDU_EN, buffer, sizeof buffer), "mon");
    assert_string_equal(tidu_type_title(&type, TIDU_ZH, buffer, sizeof buffer), "金");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_spellings_of_a_unit_are_one_unit),
        cmocka_unit_test(test_titles_are_spellings),
        cmocka_unit_test(test_factors_are_exact),
        cmocka_unit_test(test_factors_that_overflow_say_so),
        cmocka_unit_test(test_dimensions_have_names),
        cmocka_unit_test(test_a_title_is_cut_to_its_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
