/*
 * test_places.c: regions, layers, and which programs answer for a place.
 *
 * What a place does not say itself it must not pay for: programs are shared as
 * pointers, so equality of pointers is the promise. Guards dsl/compile/places.c,
 * compile.c and dsl/base/places.c.
 */
#include "../answer/asking.h"

#include "tidu/compile.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- codes ---- */

static void
test_six_digits_are_a_code_and_nothing_else_is(void **state)
{
    static const char *const bad[] = {"",       "44030",  "4403000", "04030a",
                                      "040300", "44030x", " 440300"};
    uint32_t code = 0;
    (void)state;
    assert_true(tidu_region_parse("440300", 6, &code));
    assert_int_equal(code, 440300);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(tidu_region_parse(bad[i], strlen(bad[i]), &code));
    assert_int_equal(code, 440300);
}

static void
test_a_code_says_its_level_and_what_it_lies_in(void **state)
{
    static const struct {
        uint32_t code, parent;
        tidu_level level;
    } cases[] = {
        {310115, 310100, TIDU_COUNTY},
        {310100, 310000, TIDU_CITY},
        {310000, TIDU_COUNTRY_CODE, TIDU_PROVINCE},
        {441900, 440000, TIDU_CITY},
        {TIDU_COUNTRY_CODE, TIDU_COUNTRY_CODE, TIDU_COUNTRY},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(tidu_region_level(cases[i].code), cases[i].level);
        assert_int_equal(tidu_region_parent(cases[i].code), cases[i].parent);
    }
}

static void
test_a_place_lies_in_itself_and_in_all_above_it(void **state)
{
    static const uint32_t chain[] = {440305, 440300, 440000, TIDU_COUNTRY_CODE};
    (void)state;
    for (int inner = 0; inner < 4; inner++)
        for (int outer = 0; outer < 4; outer++)
            assert_int_equal(tidu_region_within(chain[inner], chain[outer]), inner <= outer);
    assert_false(tidu_region_within(440305, 440100));
    assert_false(tidu_region_within(440305, 330000));
}

static void
test_levels_have_names_both_ways(void **state)
{
    (void)state;
    for (tidu_level level = TIDU_COUNTRY; level < TIDU_LEVEL_COUNT; level++)
        assert_int_equal(tidu_level_find(tidu_level_name(level)), level);
    assert_int_equal(tidu_level_find("village"), TIDU_LEVEL_COUNT);
}

/* ---- regions and layers ---- */

static void
test_regions_are_sorted_and_know_which_of_them_act_as_provinces(void **state)
{
    tidu_ruleset *ruleset = load_rules("good/rules/slots");
    const tidu_regions *regions = &ruleset->regions;
    (void)state;
    for (uint32_t i = 1; i < regions->count; i++)
        assert_true(regions->items[i - 1].code < regions->items[i].code);
    assert_string_equal(tidu_region_find(regions, 440300)->name, "深圳市");
    assert_true(tidu_region_find(regions, 440300)->acts_as_province);
    assert_false(tidu_region_find(regions, 440100)->acts_as_province);
    assert_null(tidu_region_find(regions, 440399));
    tidu_ruleset_unref(&ruleset);
}

static tidu_source
source(const char *path, const char *text)
{
    return (tidu_source){path, text, strlen(text)};
}

#define POLICY(id) "# T\n\n```lua\npolicy { id = \"" id "\", effective = \"2020-01-01\" }\n"
#define END "```\n"

static const char national[] =
    POLICY("a") "designation \"x\" { zh = \"称号\" }\nslot \"least\" { [[ 500万元 ]] }\n"
                "criterion \"revenue\" [[ revenue >= least ]]\n" END;

/* Only these sources and the facts: no regions but those written there. */
static tidu_ruleset *
build_bare(tidu_source first, tidu_source second)
{
    tidu_arena *arena = tidu_arena_open();
    tidu_report *report = tidu_report_open();
    tidu_ruleset *ruleset = NULL;
    const tidu_source sources[] = {first, source("national/a.md", national),
                                   vocabulary_source(arena), second};
    bool built = tidu_ruleset_build(sources, 4, NULL, &ruleset, report);
    tidu_text said = complaints(report, TIDU_EN);
    if (!built || tidu_report_count(report))
        fail_msg("%s", said.data);
    tidu_text_free(&said);
    tidu_report_close(&report);
    tidu_arena_close(&arena);
    return ruleset;
}

static void
test_without_regions_every_code_is_a_place(void **state)
{
    tidu_ruleset *ruleset = build_bare(
        source("local/999900-somewhere/b.md",
               POLICY("b") "subsidy \"here\" { zh = \"奖励\", amount = [[ 10万元 ]] }\n" END),
        source("vocabulary/more.lua", ""));
    (void)state;
    assert_int_equal(ruleset->plan_count, 2);
    assert_int_equal(tidu_ruleset_plan(ruleset, 999988)->place, 999900);
    assert_int_equal(tidu_ruleset_plan(ruleset, 998800)->place, TIDU_COUNTRY_CODE);
    tidu_ruleset_unref(&ruleset);
}

/* ---- who answers ---- */

static const tidu_program *
ladder(const tidu_ruleset *ruleset, uint32_t place, const char *date)
{
    return tidu_timeline_program(&tidu_ruleset_plan(ruleset, place)->ladder, day(date));
}

static void
test_a_place_without_a_layer_is_answered_by_the_place_it_lies_in(void **state)
{
    static const struct {
        uint32_t region, place;
    } cases[] = {
        {440305, 440305},
        {440304, 440300},
        {440106, 440000},
        {441900, 440000},
        {330106, 330000},
        {330203, 330200},
        {310115, TIDU_COUNTRY_CODE},
        {TIDU_COUNTRY_CODE, TIDU_COUNTRY_CODE},
    };
    tidu_ruleset *ruleset = load_rules("good/rules/places");
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(tidu_ruleset_plan(ruleset, cases[i].region)->place, cases[i].place);
    tidu_ruleset_unref(&ruleset);
}

static void
test_a_place_that_fills_nothing_has_the_programs_of_the_country(void **state)
{
    tidu_ruleset *ruleset = load_rules("good/rules/places");
    const tidu_plan *country = &ruleset->plans[0];
    (void)state;
    assert_int_equal(country->local.count, 0);
    for (uint32_t i = 1; i < ruleset->plan_count; i++) {
        assert_ptr_equal(ruleset->plans[i].ladder.programs, country->ladder.programs);
        assert_true(ruleset->plans[i].local.count > 0);
    }
    tidu_ruleset_unref(&ruleset);
}

/* Hangzhou fills for 2025 only, its province since 2023. */
static void
test_a_place_has_programs_of_its_own_only_while_a_fill_counts(void **state)
{
    tidu_ruleset *ruleset = load_rules("good/rules/slots");
    (void)state;
    assert_ptr_equal(ladder(ruleset, 330106, "2022-06-01"),
                     tidu_ruleset_program(ruleset, day("2022-06-01")));
    assert_ptr_not_equal(ladder(ruleset, 330106, "2023-01-01"),
                         tidu_ruleset_program(ruleset, day("2023-01-01")));
    assert_ptr_not_equal(ladder(ruleset, 330106, "2025-06-01"),
                         ladder(ruleset, 330000, "2025-06-01"));
    assert_true(tidu_program_same(ladder(ruleset, 330106, "2026-01-01"),
                                  ladder(ruleset, 330000, "2026-01-01")));
    assert_ptr_equal(ladder(ruleset, 440106, "2025-06-01"),
                     tidu_ruleset_program(ruleset, day("2025-06-01")));
    tidu_ruleset_unref(&ruleset);
}

static void
test_timelines_have_no_gaps_and_answer_for_every_day(void **state)
{
    static const char *const folders[] = {"good/rules/places", "good/rules/slots", "money"};
    (void)state;
    for (size_t f = 0; f < sizeof folders / sizeof *folders; f++) {
        tidu_ruleset *ruleset = load_rules(folders[f]);
        for (uint32_t i = 0; i < ruleset->plan_count; i++) {
            const tidu_timeline *timelines[] = {&ruleset->plans[i].ladder,
                                                &ruleset->plans[i].local};
            for (int t = 0; t < 2; t++) {
                const tidu_timeline *timeline = timelines[t];
                for (uint32_t p = 0; p < timeline->count; p++) {
                    assert_true(timeline->programs[p]->until >= timeline->until[p]);
                    assert_true(!p || timeline->programs[p]->from <= timeline->until[p - 1] + 1);
                }
                if (timeline->count)
                    assert_int_equal(timeline->until[timeline->count - 1], INT32_MAX);
            }
        }
        tidu_ruleset_unref(&ruleset);
    }
}

/* More than the 3,348 there are, by number: 31 provinces of 9 cities of 11 counties. */
static tidu_text
many_regions(uint32_t *ret_count)
{
    tidu_text text = {0};
    uint32_t count = 0;
    tidu_text_puts(&text, "regions { codes = [[\n");
    for (uint32_t province = 11; province < 42; province++)
        for (uint32_t city = 0; city < 10; city++)
            for (uint32_t county = 0; county < (city ? 12u : 1u); county++, count++)
                tidu_text_printf(&text, "%u 地方%u\n",
                                 (unsigned)(province * 10000 + city * 100 + county),
                                 (unsigned)count);
    tidu_text_puts(&text, "]] }\n");
    tidu_text_putc(&text, '\0');
    *ret_count = count;
    return text;
}

static void
test_regions_cost_their_names_and_no_programs(void **state)
{
    uint32_t count;
    tidu_text regions = many_regions(&count);
    tidu_source layer =
        source("local/440300-shenzhen/b.md", POLICY("b") "fill \"least\" [[ 600万元 ]]\n" END);
    tidu_source province =
        source("local/330000-zhejiang/b.md", POLICY("b") "fill \"least\" [[ 600万元 ]]\n" END);
    tidu_ruleset *few = build_bare(layer, source("vocabulary/more.lua", ""));
    tidu_ruleset *many = build_bare(province, source("vocabulary/regions.lua", regions.data));
    tidu_counts a = tidu_ruleset_counts(few), b = tidu_ruleset_counts(many);
    (void)state;
    assert_true(count >= 3348);
    assert_int_equal(many->regions.count, count);
    assert_int_equal(a.programs, b.programs);
    assert_int_equal(a.steps, b.steps);
    assert_int_equal(many->plan_count, 2);
    /* a name, its code, and the text it was read from */
    assert_true(b.memory_bytes - a.memory_bytes < (size_t)count * 128);
    tidu_text_free(&regions);
    tidu_ruleset_unref(&few);
    tidu_ruleset_unref(&many);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_six_digits_are_a_code_and_nothing_else_is),
        cmocka_unit_test(test_a_code_says_its_level_and_what_it_lies_in),
        cmocka_unit_test(test_a_place_lies_in_itself_and_in_all_above_it),
        cmocka_unit_test(test_levels_have_names_both_ways),
        cmocka_unit_test(test_regions_are_sorted_and_know_which_of_them_act_as_provinces),
        cmocka_unit_test(test_without_regions_every_code_is_a_place),
        cmocka_unit_test(test_a_place_without_a_layer_is_answered_by_the_place_it_lies_in),
        cmocka_unit_test(test_a_place_that_fills_nothing_has_the_programs_of_the_country),
        cmocka_unit_test(test_a_place_has_programs_of_its_own_only_while_a_fill_counts),
        cmocka_unit_test(test_timelines_have_no_gaps_and_answer_for_every_day),
        cmocka_unit_test(test_regions_cost_their_names_and_no_programs),
    };
    return cmocka_run_group_tests(tests, require_helper, NULL);
}
