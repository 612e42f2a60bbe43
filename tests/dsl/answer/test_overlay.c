/*
 * test_overlay.c: a ruleset with a number changed, and the ruleset as it was.
 *
 * Guards dsl/compile/overlay.c and dsl/engine/same.c. One record is judged by
 * the ruleset's programs and by the overlay's. A city pays an award on top and
 * fills a slot.
 */
#include "support.h"

#include "tidu/compile.h"
#include "tidu/overlay.h"
#include "tidu/run.h"

#include <stdio.h>

static const char document[] =
    "# T\n\n```lua\n"
    "policy { id = \"t\", zh = \"测试\", effective = \"2020-01-01\" }\n"
    "param \"floor\" { zh = \"下限\", values = {\n"
    "  { expires = \"2025-12-31\", [[ 10万元 ]] }, { effective = "
    "\"2026-01-01\", [[ 20万元 ]] } } }\n"
    "derive \"big\" { zh = \"大\", [[ revenue >= 100万元 ]] }\n"
    "designation \"d\" { zh = \"称号\" }\n"
    "criterion \"scale\" [[ revenue >= 50万元 and revenue >= floor ]]\n"
    "criterion \"staff\" [[ employees >= 10人 ]]\n"
    "criterion \"share\" [[ rd_share >= 3% ]]\n"
    "criterion \"big\" [[ not big ]]\n"
    "slot \"least\" { sets = \"value\", zh = \"收入线\", [[ 40万元 ]] }\n"
    "criterion \"least\" [[ revenue >= least ]]\n"
    "decision \"bonus\" { zh = \"奖金\", unit = \"万元\", on = { [[ employees ]] },\n"
    "  rows = { { [[ >= 12人 ]], 20 }, { [[ < 12人 ]], 5 } } }\n"
    "```\n";
static const char city[] =
    "# S\n\n```lua\n"
    "policy { id = \"s\", zh = \"市\", effective = \"2020-01-01\" }\n"
    "fill \"least\" [[ 45万元 ]]\n"
    "subsidy \"a\" { zh = \"甲\", amount = [[ bonus ]], cap = [[ 30万元 ]], [[ meets('d') ]] }\n"
    "subsidy \"b\" { zh = \"乙\", amount = [[ 50万元 ]] }\n"
    "stack \"both\" { zh = \"合计\", rule = \"累计上限\", cap = [[ 60万元 ]], of = { \"a\", \"b\" "
    "} }\n"
    "```\n";

struct fixture {
    tidu_ruleset *ruleset;
    tidu_overlay *overlay;
    int32_t day;
};

static int
setup(void **state)
{
    static struct fixture fixture;
    tidu_source sources[] = {{"t.md", document, sizeof document - 1},
                             {"local/440300-shenzhen/s.md", city, sizeof city - 1}};
    tidu_report *report = NULL;
    uint32_t passed;
    if (require_helper(state))
        return -1;
    fixture.ruleset = build_rules(sources, 2, &report, &passed);
    tidu_report_close(&report);
    assert_non_null(fixture.ruleset);
    fixture.overlay = tidu_overlay_open(fixture.ruleset);
    assert_non_null(fixture.overlay);
    assert_true(tidu_date_parse("2026-05-01", 10, &fixture.day));
    *state = &fixture;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;
    tidu_overlay_close(&f->overlay);
    tidu_ruleset_unref(&f->ruleset);
    return 0;
}

/* A program's run over a revenue of 60 and 12 people: what `read` makes of it. */
static double
judge_by(const struct fixture *f, const tidu_program *program,
         double (*read)(const tidu_run *run, const tidu_program *program))
{
    static const char
        record[sizeof "{\"revenue\":60,\"employees\":12,\"rd_share\":3}" + TIDU_RECORD_PADDING] =
            "{\"revenue\":60,\"employees\":12,\"rd_share\":3}";
    tidu_error error = {0};
    tidu_block *block = tidu_block_open(&f->ruleset->vocabulary.layout, 1);
    tidu_reader *reader = tidu_reader_open(&f->ruleset->vocabulary);
    assert_true(block && reader && program);
    tidu_block_clear(block, f->day);
    assert_int_equal(tidu_reader_json(reader, record, strlen(record), false, block, &error),
                     TIDU_READ_ROW);
    tidu_run *run = tidu_run_open(program, block);
    assert_non_null(run);
    tidu_run_eval(run);
    tidu_run_eval_support(run);
    double came = read(run, program);
    tidu_run_close(&run);
    tidu_reader_close(&reader);
    tidu_block_close(&block);
    return came;
}

static double
read_title(const tidu_run *run, const tidu_program *program)
{
    return tidu_run_truth(run, program->designations[0].status, 0);
}

/* What is left of both awards. */
static double
read_money(const tidu_run *run, const tidu_program *program)
{
    double sum = 0, left = 0;
    for (uint32_t i = 0; i < program->subsidy_count; i++, sum += left)
        assert_true(tidu_run_number(run, program->subsidies[i].net_low, 0, &left));
    return sum;
}

static tidu_truth
judge(const struct fixture *f, const tidu_program *program)
{
    return (tidu_truth)judge_by(f, program, read_title);
}

/* The number among the ruleset's programs of one of the city's. */
static uint32_t
city_program(const struct fixture *f, bool local)
{
    const tidu_plan *plan = tidu_ruleset_plan(f->ruleset, 440305);
    const tidu_program *program =
        tidu_timeline_program(local ? &plan->local : &plan->ladder, f->day);
    uint32_t number = 0;
    while (f->ruleset->programs[number] != program)
        number++;
    return number;
}

static const tidu_program *
changed(const struct fixture *f, const char *address, const char *value)
{
    tidu_error error = {0};
    char words[1200];
    tidu_overlay_clear(f->overlay);
    if (!tidu_overlay_set(f->overlay, address, value, &error))
        fail_msg("%s", tidu_error_message(&error, TIDU_EN, words, sizeof words));
    const tidu_program *program = tidu_overlay_program(f->overlay, f->day, &error);
    assert_non_null(program);
    return program;
}

static void
test_an_overlay_answers_by_its_own_numbers_and_the_ruleset_by_its_own(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *address, *value;
        tidu_truth truth;
    } cases[] = {
        {"d/scale#1", "60万元", TIDU_TRUE},    {"d/scale#1", "61万元", TIDU_FALSE},
        {"d/scale#1", "0.01亿元", TIDU_FALSE}, {"d/staff#1", "12", TIDU_TRUE},
        {"d/staff#1", "13人", TIDU_FALSE},     {"d/share#1", "3.1%", TIDU_FALSE},
        {"floor", "60万元", TIDU_TRUE},        {"floor", "60.01万元", TIDU_FALSE},
        {"big#1", "60万元", TIDU_FALSE},       {"big#1", "61万元", TIDU_TRUE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const tidu_program *program = changed(f, cases[i].address, cases[i].value);
        if (judge(f, program) != cases[i].truth)
            fail_msg("%s = %s", cases[i].address, cases[i].value);
        assert_int_equal(judge(f, tidu_ruleset_program(f->ruleset, f->day)), TIDU_TRUE);
    }
}

static void
test_changes_add_up_and_the_last_of_one_number_counts(void **state)
{
    struct fixture *f = *state;
    tidu_error error = {0};
    changed(f, "d/scale#1", "61万元");
    assert_true(tidu_overlay_set(f->overlay, "d/staff#1", "13", &error));
    assert_true(tidu_overlay_set(f->overlay, "d/scale#1", "59万元", &error));
    assert_int_equal(judge(f, tidu_overlay_program(f->overlay, f->day, &error)), TIDU_FALSE);
    assert_true(tidu_overlay_set(f->overlay, "d/staff#1", "11", &error));
    assert_int_equal(judge(f, tidu_overlay_program(f->overlay, f->day, &error)), TIDU_TRUE);
}

static void
test_a_changed_condition_is_told_as_it_is_now(void **state)
{
    struct fixture *f = *state;
    const tidu_program *program = changed(f, "d/share#1", "4.5%");
    bool found = false;
    for (uint32_t p = 0; p < program->part_count; p++)
        found = found || !strcmp(program->parts[p].en, "rd_share >= 4.5%");
    assert_true(found);
}

static void
test_an_overlay_without_changes_is_the_ruleset(void **state)
{
    struct fixture *f = *state;
    tidu_error error = {0};
    const tidu_program *old = tidu_ruleset_program(f->ruleset, f->day);
    assert_false(tidu_program_same(changed(f, "floor", "21万元"), old));
    assert_true(tidu_program_same(changed(f, "floor", "20万元"), old));
    tidu_overlay_clear(f->overlay);
    assert_true(tidu_program_same(tidu_overlay_program(f->overlay, f->day, &error), old));
}

static void
test_the_programs_of_a_place_are_changed_too(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *address, *value;
        double money;
    } cases[] = {
        {"a#1", "10万元", 60}, /* its cap: the other has room */
        {"both#1", "59万元", 59},    {"both#1", "100万元", 70}, {"b#1", "10万元", 30},
        {"bonus#2", "8万元", 58},    {"bonus#2", "40万元", 60}, {"d/staff#1", "13人", 50},
        {"d/scale#1", "61万元", 50},
    };
    tidu_error error = {0};
    uint32_t number = city_program(f, true);
    assert_true(judge_by(f, f->ruleset->programs[number], read_money) == 60);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        changed(f, cases[i].address, cases[i].value);
        const tidu_program *program = tidu_overlay_again(f->overlay, number, &error);
        double money = judge_by(f, program, read_money);
        if (money != cases[i].money)
            fail_msg("%s = %s: %g", cases[i].address, cases[i].value, money);
        assert_false(tidu_program_same(program, f->ruleset->programs[number]));
    }
}

/* The slot's number changes for the country and for the place that filled it. */
static void
test_a_slot_is_changed_with_what_fills_it(void **state)
{
    struct fixture *f = *state;
    tidu_error error = {0};
    const tidu_program *country = changed(f, "least", "61万元");
    assert_int_equal(judge(f, country), TIDU_FALSE);
    uint32_t number = city_program(f, false);
    assert_int_equal(judge(f, f->ruleset->programs[number]), TIDU_TRUE);
    assert_int_equal(judge(f, tidu_overlay_again(f->overlay, number, &error)), TIDU_FALSE);
    changed(f, "least", "59万元");
    assert_int_equal(judge(f, tidu_overlay_again(f->overlay, number, &error)), TIDU_TRUE);
}

static void
test_a_place_without_changes_is_as_it_was(void **state)
{
    struct fixture *f = *state;
    tidu_error error = {0};
    tidu_overlay_clear(f->overlay);
    for (uint32_t i = 0; i < f->ruleset->program_count; i++)
        assert_true(
            tidu_program_same(tidu_overlay_again(f->overlay, i, &error), f->ruleset->programs[i]));
}

/* 13 in one row and 12 in the other leaves a gap. */
static void
test_a_decision_table_with_a_gap_is_refused(void **state)
{
    struct fixture *f = *state;
    tidu_error error = {0};
    tidu_overlay_clear(f->overlay);
    assert_true(tidu_overlay_set(f->overlay, "bonus#1", "13人", &error));
    for (int again = 0; again < 2; again++) {
        error.code = TIDU_OK;
        assert_null(tidu_overlay_program(f->overlay, f->day, &error));
        assert_int_equal(error.code, TIDU_DECISION_GAP);
    }
    assert_true(tidu_overlay_set(f->overlay, "bonus#3", "13人", &error));
    assert_non_null(tidu_overlay_program(f->overlay, f->day, &error));
}

static void
test_a_wrong_address_or_value_is_refused_with_a_reason(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *address, *value;
        tidu_code code;
    } cases[] = {
        {"d/scale#3", "5万元", TIDU_OVERLAY_ADDRESS},
        {"d/scale", "5万元", TIDU_OVERLAY_ADDRESS},
        {"d/scale#1", "5人", TIDU_OVERLAY_VALUE},
        {"d/scale#1", "5", TIDU_OVERLAY_VALUE},
        {"d/share#1", "70", TIDU_OVERLAY_VALUE},
        {"d/scale#1", "revenue", TIDU_OVERLAY_VALUE},
        {"d/scale#1", "floor", TIDU_OVERLAY_VALUE},
        {"d/scale#1", "floor + 1万元", TIDU_OVERLAY_VALUE},
        {"d/scale#1", "honest", TIDU_OVERLAY_VALUE},
        {"d/scale#1", "2026-01-01", TIDU_OVERLAY_VALUE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tidu_error error = {0};
        tidu_overlay_clear(f->overlay);
        if (tidu_overlay_set(f->overlay, cases[i].address, cases[i].value, &error) ||
            error.code != cases[i].code)
            fail_msg("%s = %s: %s", cases[i].address, cases[i].value, tidu_error_id(error.code));
    }
    tidu_error error = {0};
    assert_false(tidu_overlay_set(f->overlay, "d/scale#1", "5万元 +", &error));
    assert_int_not_equal(error.code, TIDU_OK);
    assert_true(tidu_overlay_set(f->overlay, "d/scale#1", "5万元", &error));
}

/* ---- one after another ---- */

/* Codes that rules make are looked up in books, which an overlay may be the first to
 * need: they go with it, and the ruleset stays as it is. */
static void
test_what_an_overlay_needs_goes_with_it(void **state)
{
    static const char sizes[] =
        "# T\n\n```lua\n"
        "policy { id = \"t\", zh = \"测试\", effective = \"2020-01-01\" }\n"
        "derive \"size\" { zh = \"规模\", values = { \"big\", \"small\" },\n"
        "  [[ if revenue >= 100万元 then 'big' else 'small' ]] }\n"
        "designation \"d\" { zh = \"称号\" }\n"
        "criterion \"staff\" [[ employees >= 10人 ]]\n"
        "criterion \"small\" [[ size = 'small' ]]\n"
        "```\n";
    static const char *const regions[] = {"310000", "330000", "330100", "370000", "370100",
                                          "440000", "440100", "440300", "500000"};
    enum { REGIONS = sizeof regions / sizeof *regions }; /* enough to be built by two threads */
    char paths[REGIONS][64], places[REGIONS][400];
    tidu_source sources[REGIONS + 1] = {{"t.md", sizes, sizeof sizes - 1}};
    struct fixture f = *(struct fixture *)*state;
    tidu_report *report = NULL;
    uint32_t passed;
    for (int i = 0; i < REGIONS; i++) {
        snprintf(paths[i], sizeof paths[i], "local/%s-x/s.md", regions[i]);
        int length = snprintf(
            places[i], sizeof places[i],
            "```lua\npolicy { id = \"s%d\", zh = \"市\", effective = \"2020-01-01\" }\n"
            "subsidy \"a%d\" { zh = \"甲\", amount = [[ 5万元 ]], [[ size = 'small' ]] }\n```\n",
            i, i);
        sources[i + 1] = (tidu_source){paths[i], places[i], (size_t)length};
    }
    f.ruleset = build_rules(sources, REGIONS + 1, &report, &passed);
    tidu_report_close(&report);
    assert_non_null(f.ruleset);
    for (int i = 0; i < 3; i++) {
        tidu_error error = {0};
        f.overlay = tidu_overlay_open(f.ruleset);
        assert_non_null(f.overlay);
        assert_true(tidu_overlay_set(f.overlay, "d/staff#1", i ? "10人" : "13人", &error));
        for (uint32_t number = 0; number < f.ruleset->program_count; number++)
            assert_non_null(tidu_overlay_again(f.overlay, number, &error));
        assert_int_equal(judge(&f, tidu_overlay_program(f.overlay, f.day, &error)),
                         i ? TIDU_TRUE : TIDU_FALSE);
        tidu_overlay_close(&f.overlay);
    }
    tidu_ruleset_unref(&f.ruleset);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_overlay_answers_by_its_own_numbers_and_the_ruleset_by_its_own),
        cmocka_unit_test(test_changes_add_up_and_the_last_of_one_number_counts),
        cmocka_unit_test(test_a_changed_condition_is_told_as_it_is_now),
        cmocka_unit_test(test_an_overlay_without_changes_is_the_ruleset),
        cmocka_unit_test(test_the_programs_of_a_place_are_changed_too),
        cmocka_unit_test(test_a_slot_is_changed_with_what_fills_it),
        cmocka_unit_test(test_a_place_without_changes_is_as_it_was),
        cmocka_unit_test(test_a_decision_table_with_a_gap_is_refused),
        cmocka_unit_test(test_a_wrong_address_or_value_is_refused_with_a_reason),
        cmocka_unit_test(test_what_an_overlay_needs_goes_with_it),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
