/*
 * What every step promises, asked of the run: values, what is unknown, and what
 * is decided in exact arithmetic.
 */
#include "fixture.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>

static int
setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fixture_open(fixture);
    *state = fixture;
    return 0;
}

static int
teardown(void **state)
{
    fixture_close(*state);
    free(*state);
    return 0;
}

static tidu_step
two(struct fixture *f, tidu_op op, tidu_step a, tidu_step b)
{
    return tidu_builder_step(f->builder, op, a, b, 0);
}

static void
assert_number(struct fixture *f, tidu_step step, uint32_t row, double expected)
{
    double value = NAN;
    assert_true(tidu_run_number(f->run, step, row, &value));
    assert_true(fabs(value - expected) < 1e-9);
}

static void
assert_unknown(struct fixture *f, tidu_step step, uint32_t row)
{
    double value;
    assert_false(tidu_run_number(f->run, step, row, &value));
}

static void
assert_truth(struct fixture *f, tidu_step step, uint32_t row, tidu_truth expected)
{
    assert_int_equal(tidu_run_truth(f->run, step, row), expected);
}

/* ---- every operator has a case: what(a = 7, b = 2, p = true, q = unknown) ---- */

struct operator_case {
    tidu_op op;
    double number;    /* of number steps */
    tidu_truth truth; /* of flag steps */
};

static const struct operator_case cases[] = {
    {TIDU_DO_FACT, 7, 0},          {TIDU_DO_FLAG, 0, TIDU_TRUE},
    {TIDU_DO_CONST, 2.5, 0},       {TIDU_DO_TRUTH, 0, TIDU_TRUE},
    {TIDU_DO_AS_OF, 20780, 0},     {TIDU_DO_ADD, 9, 0},
    {TIDU_DO_SUB, 5, 0},           {TIDU_DO_MUL, 14, 0},
    {TIDU_DO_DIV, 3.5, 0},         {TIDU_DO_NEG, -7, 0},
    {TIDU_DO_ABS, 7, 0},           {TIDU_DO_MIN, 2, 0},
    {TIDU_DO_MAX, 7, 0},           {TIDU_DO_FLOOR, 7, 0},
    {TIDU_DO_ROUND, 7, 0},         {TIDU_DO_ROOT, 2.6457513110645907, 0},
    {TIDU_DO_POSITIVE, 7, 0},      {TIDU_DO_NONNEGATIVE, 7, 0},
    {TIDU_DO_SELECT, 7, 0},        {TIDU_DO_FILL, 7, 0},
    {TIDU_DO_YEAR_OF, 1970, 0},    {TIDU_DO_FULL_YEARS, -1, 0},
    {TIDU_DO_SHIFT, 66, 0},        {TIDU_DO_LT, 0, TIDU_FALSE},
    {TIDU_DO_LE, 0, TIDU_FALSE},   {TIDU_DO_EQ, 0, TIDU_FALSE},
    {TIDU_DO_IN, 0, TIDU_TRUE},    {TIDU_DO_NOT, 0, TIDU_FALSE},
    {TIDU_DO_AND, 0, TIDU_UNKNOWN}, {TIDU_DO_OR, 0, TIDU_TRUE},
    {TIDU_DO_AT_LEAST, 0, TIDU_TRUE}, {TIDU_DO_KNOWN, 0, TIDU_TRUE},
    {TIDU_DO_KNOWN_FLAG, 0, TIDU_TRUE}, {TIDU_DO_SETTLE, 0, TIDU_TRUE},
    {TIDU_DO_PICK_LOW, 2.5, 0},    {TIDU_DO_PICK_HIGH, 2.5, 0},
    {TIDU_DO_COLLECT_LOW, 2.5, 0}, {TIDU_DO_COLLECT_HIGH, 4, 0},
    {TIDU_DO_SUM, 9, 0},           {TIDU_DO_SPREAD, 7, 0},
    {TIDU_DO_SPREAD_FLAG, 0, TIDU_TRUE}, {TIDU_DO_ANY_ITEM, 0, TIDU_TRUE},
    {TIDU_DO_EVERY_ITEM, 0, TIDU_FALSE}, {TIDU_DO_COUNT_ITEMS, 1, 0},
};

static tidu_step
build_case(struct fixture *f, tidu_op op)
{
    tidu_step a = input(f, COLUMN_A), b = input(f, COLUMN_B), p = input(f, COLUMN_P);
    tidu_step flags[2] = {p, input(f, COLUMN_Q)}, numbers[2] = {a, b};
    uint32_t points[2] = {constant(f, "2.5"), constant(f, "3")};
    static const uint64_t classes[1] = {1u << 7};
    tidu_step positive = two(f, TIDU_DO_LT, number(f, "0"), input(f, COLUMN_N));
    switch (op) {
    case TIDU_DO_FACT:
        return a;
    case TIDU_DO_FLAG:
        return p;
    case TIDU_DO_CONST:
        return number(f, "2.5");
    case TIDU_DO_TRUTH:
        return tidu_builder_step(f->builder, op, TIDU_NO_STEP, TIDU_NO_STEP, 1);
    case TIDU_DO_AS_OF:
        return tidu_builder_step(f->builder, op, TIDU_NO_STEP, TIDU_NO_STEP, 0);
    case TIDU_DO_ROOT:
    case TIDU_DO_SHIFT:
        return tidu_builder_step(f->builder, op, a, TIDU_NO_STEP, 2);
    case TIDU_DO_SELECT:
        return tidu_builder_select(f->builder, p, a, b);
    case TIDU_DO_FILL:
        return tidu_builder_step(f->builder, op, a, TIDU_NO_STEP, points[0]);
    case TIDU_DO_IN:
        return tidu_builder_step(f->builder, op, a, TIDU_NO_STEP,
                                 tidu_builder_set(f->builder, classes, 1));
    case TIDU_DO_NOT:
    case TIDU_DO_KNOWN_FLAG:
        return tidu_builder_step(f->builder, op, p, TIDU_NO_STEP, 0);
    case TIDU_DO_AND:
    case TIDU_DO_OR:
        return tidu_builder_list(f->builder, op, 0, flags, 2);
    case TIDU_DO_AT_LEAST:
        return tidu_builder_list(f->builder, op, 1, flags, 2);
    case TIDU_DO_SETTLE:
        return two(f, op, p, p);
    case TIDU_DO_PICK_LOW:
    case TIDU_DO_PICK_HIGH:
        return tidu_builder_points(f->builder, op, flags, points, 2, constant(f, "0"));
    case TIDU_DO_COLLECT_LOW:
    case TIDU_DO_COLLECT_HIGH:
        return tidu_builder_points(f->builder, op, flags, points, 2, constant(f, "4"));
    case TIDU_DO_SUM:
        return tidu_builder_list(f->builder, op, 0, numbers, 2);
    case TIDU_DO_SPREAD:
        return tidu_builder_spread(f->builder, 1, a);
    case TIDU_DO_SPREAD_FLAG:
        return tidu_builder_spread(f->builder, 1, p);
    case TIDU_DO_ANY_ITEM:
    case TIDU_DO_EVERY_ITEM:
    case TIDU_DO_COUNT_ITEMS:
        return tidu_builder_step(f->builder, op, positive, TIDU_NO_STEP, 0);
    default:
        return strchr(tidu_op_operands(op), 'n') && strcmp(tidu_op_operands(op), "nn")
                   ? tidu_builder_step(f->builder, op, a, TIDU_NO_STEP, 0)
                   : two(f, op, a, b);
    }
}

static void
test_every_operator_does_what_its_line_says(void **state)
{
    struct fixture *f = *state;
    tidu_step steps[TIDU_DO_COUNT];
    bool asked[TIDU_DO_COUNT] = {false};
    static const double list[] = {4, -1};
    size_t count = sizeof cases / sizeof *cases;
    for (size_t i = 0; i < count; i++) {
        steps[cases[i].op] = build_case(f, cases[i].op);
        assert_int_not_equal(steps[cases[i].op], TIDU_NO_STEP);
        asked[cases[i].op] = true;
    }
    for (int op = 0; op < TIDU_DO_COUNT; op++)
        if (!asked[op])
            fail_msg("operator %s has no case", tidu_op_spelling((tidu_op)op));
    fixture_ready(f, 1);
    state_number(f, COLUMN_A, 0, 7);
    state_number(f, COLUMN_B, 0, 2);
    state_flag(f, COLUMN_P, 0, true);
    state_list(f, 0, list, 2);
    tidu_run_eval(f->run);
    for (size_t i = 0; i < count; i++) {
        if (tidu_op_is_flag(cases[i].op))
            assert_truth(f, steps[cases[i].op], 0, cases[i].truth);
        else
            assert_number(f, steps[cases[i].op], 0, cases[i].number);
    }
}

static void
test_an_unknown_operand_makes_arithmetic_unknown(void **state)
{
    struct fixture *f = *state;
    static const tidu_op ops[] = {TIDU_DO_ADD, TIDU_DO_SUB, TIDU_DO_MUL,
                                  TIDU_DO_DIV, TIDU_DO_MIN, TIDU_DO_MAX};
    tidu_step steps[6], less;
    for (int i = 0; i < 6; i++)
        steps[i] = two(f, ops[i], input(f, COLUMN_A), input(f, COLUMN_B));
    less = two(f, TIDU_DO_LT, input(f, COLUMN_A), input(f, COLUMN_B));
    fixture_ready(f, 1);
    state_number(f, COLUMN_A, 0, 7);
    tidu_run_eval(f->run);
    for (int i = 0; i < 6; i++)
        assert_unknown(f, steps[i], 0);
    assert_truth(f, less, 0, TIDU_UNKNOWN);
}

static void
test_division_by_zero_is_unknown_and_can_be_told(void **state)
{
    struct fixture *f = *state;
    tidu_step quotient = two(f, TIDU_DO_DIV, input(f, COLUMN_A), input(f, COLUMN_B));
    tidu_step less = two(f, TIDU_DO_LT, quotient, number(f, "1"));
    fixture_ready(f, 1);
    state_number(f, COLUMN_A, 0, 7);
    state_number(f, COLUMN_B, 0, 0);
    tidu_run_eval(f->run);
    assert_unknown(f, quotient, 0);
    assert_truth(f, less, 0, TIDU_UNKNOWN);
    assert_int_equal(tidu_run_undefined(f->run, less, 0), quotient);
}

/* a - b in doubles leaves a crumb; only exact arithmetic sees the zero. */
static void
test_a_divisor_that_cancels_to_zero_is_unknown(void **state)
{
    struct fixture *f = *state;
    tidu_step sum = two(f, TIDU_DO_ADD, input(f, COLUMN_A), input(f, COLUMN_B));
    tidu_step zero = two(f, TIDU_DO_SUB, sum, input(f, COLUMN_C));
    tidu_step quotient = two(f, TIDU_DO_DIV, number(f, "1"), zero);
    fixture_ready(f, 1);
    state_number(f, COLUMN_A, 0, 0.1);
    state_number(f, COLUMN_B, 0, 0.2);
    state_number(f, COLUMN_C, 0, 0.3);
    tidu_run_eval(f->run);
    assert_unknown(f, quotient, 0);
}

/* ---- Kleene ---- */

static void
test_and_or_follow_kleene_for_all_nine_pairs(void **state)
{
    struct fixture *f = *state;
    tidu_step flags[2] = {input(f, COLUMN_P), input(f, COLUMN_Q)};
    tidu_step both = tidu_builder_list(f->builder, TIDU_DO_AND, 0, flags, 2);
    tidu_step either = tidu_builder_list(f->builder, TIDU_DO_OR, 0, flags, 2);
    tidu_step one = tidu_builder_list(f->builder, TIDU_DO_AT_LEAST, 1, flags, 2);
    fixture_ready(f, 9);
    for (uint32_t row = 0; row < 9; row++) {
        if (row / 3)
            state_flag(f, COLUMN_P, row, row / 3 == 2);
        if (row % 3)
            state_flag(f, COLUMN_Q, row, row % 3 == 2);
    }
    tidu_run_eval(f->run);
    /* rows and columns in the order unknown, false, true, as tidu_truth is */
    static const tidu_truth conjunction[9] = {0, 1, 0, 1, 1, 1, 0, 1, 2};
    static const tidu_truth disjunction[9] = {0, 0, 2, 0, 1, 2, 2, 2, 2};
    for (uint32_t row = 0; row < 9; row++) {
        assert_truth(f, both, row, conjunction[row]);
        assert_truth(f, either, row, disjunction[row]);
        assert_truth(f, one, row, disjunction[row]);
    }
}

static void
test_select_is_known_when_both_branches_agree(void **state)
{
    struct fixture *f = *state;
    tidu_step choice = tidu_builder_select(f->builder, input(f, COLUMN_P), input(f, COLUMN_A),
                                           input(f, COLUMN_B));
    fixture_ready(f, 2);
    for (uint32_t row = 0; row < 2; row++) {
        state_number(f, COLUMN_A, row, 5);
        state_number(f, COLUMN_B, row, row ? 6 : 5);
    }
    tidu_run_eval(f->run);
    assert_number(f, choice, 0, 5);
    assert_unknown(f, choice, 1);
}

/* ---- the border ---- */

struct border {
    const char *part, *whole, *percent;
    bool reaches;
};

/* Quotients that doubles put on the wrong side, or on the border itself. */
static const struct border borders[] = {
    {"70", "100", "0.7", true},
    {"2.9994", "99.98", "0.03", true},
    {"0.3", "10", "0.03", true},
    {"0.21", "0.3", "0.7", true},
    {"100", "3334", "0.03", false},
    {"0.35", "5", "0.07", true},
    {"0.34999999999999999", "5", "0.07", false},
    {"0.35000000000000001", "5", "0.07", true},
    {"70.00000000000000000000000001", "100", "0.7", true},
    {"69.99999999999999999999999999", "100", "0.7", false},
    {"7e300", "1e301", "0.7", true},
    {"-0.21", "-0.3", "0.7", true},
};

static void
test_the_border_is_exact_in_the_decimals_that_were_spelled(void **state)
{
    struct fixture *f = *state;
    enum { COUNT = sizeof borders / sizeof *borders };
    tidu_step quotient = two(f, TIDU_DO_DIV, input(f, COLUMN_A), input(f, COLUMN_B));
    tidu_step reaches[COUNT];
    for (int i = 0; i < COUNT; i++)
        reaches[i] = two(f, TIDU_DO_LE, number(f, borders[i].percent), quotient);
    fixture_ready(f, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        state_spelled(f, COLUMN_A, i, borders[i].part);
        state_spelled(f, COLUMN_B, i, borders[i].whole);
    }
    tidu_run_eval(f->run);
    for (uint32_t i = 0; i < COUNT; i++)
        if ((tidu_run_truth(f->run, reaches[i], i) == TIDU_TRUE) != borders[i].reaches)
            fail_msg("%s / %s against %s", borders[i].part, borders[i].whole, borders[i].percent);
}

/* 1.1 / 1 - 1 is 0.1000...0888 in doubles: the subtraction cancels. */
static void
test_growth_at_its_border_is_exact_although_it_cancels(void **state)
{
    struct fixture *f = *state;
    tidu_step quotient = two(f, TIDU_DO_DIV, input(f, COLUMN_A), input(f, COLUMN_B));
    tidu_step growth = two(f, TIDU_DO_SUB, quotient, number(f, "1"));
    tidu_step above = two(f, TIDU_DO_LT, number(f, "0.1"), growth);
    tidu_step reaches = two(f, TIDU_DO_LE, number(f, "0.1"), growth);
    fixture_ready(f, 1);
    state_number(f, COLUMN_A, 0, 1.1);
    state_number(f, COLUMN_B, 0, 1);
    tidu_run_eval(f->run);
    assert_truth(f, above, 0, TIDU_FALSE);
    assert_truth(f, reaches, 0, TIDU_TRUE);
}

/* Short decimals are decided in machine words, long ones in rationals: the same
 * border, spelled so that each way has to take it, comes to the same. */
static void
test_both_ways_over_the_border_agree(void **state)
{
    struct fixture *f = *state;
    tidu_step a = input(f, COLUMN_A), b = input(f, COLUMN_B);
    tidu_step sum = two(f, TIDU_DO_SUB, two(f, TIDU_DO_ADD, a, b), number(f, "1.5"));
    tidu_step quotient = two(f, TIDU_DO_DIV, sum, b);
    tidu_step below = two(f, TIDU_DO_LT, quotient, number(f, "0.35"));
    tidu_step whole = tidu_builder_step(f->builder, TIDU_DO_FLOOR,
                                        two(f, TIDU_DO_MUL, quotient, number(f, "20")),
                                        TIDU_NO_STEP, 0);
    static const char *const spelled[][2] = {
        {"-11.5", "20"}, {"-11.500000000000000000000", "20"},
        {"-11.50001", "20"}, {"-11.500000000000000000001", "20"},
        {"-1.15e1", "2e1"},
    };
    enum { COUNT = sizeof spelled / sizeof *spelled };
    static const bool lies_below[COUNT] = {false, false, true, true, false};
    fixture_ready(f, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        if (strlen(spelled[i][0]) > 15)
            state_spelled(f, COLUMN_A, i, spelled[i][0]);
        else
            state_number(f, COLUMN_A, i, strtod(spelled[i][0], NULL));
        state_number(f, COLUMN_B, i, strtod(spelled[i][1], NULL));
    }
    tidu_run_eval(f->run);
    for (uint32_t i = 0; i < COUNT; i++) {
        assert_truth(f, below, i, lies_below[i] ? TIDU_TRUE : TIDU_FALSE);
        assert_number(f, whole, i, lies_below[i] ? 6 : 7);
    }
}

static void
test_far_from_the_border_nothing_is_computed_twice(void **state)
{
    struct fixture *f = *state;
    tidu_step quotient = two(f, TIDU_DO_DIV, input(f, COLUMN_A), input(f, COLUMN_B));
    two(f, TIDU_DO_LE, number(f, "0.7"), quotient);
    fixture_ready(f, 64);
    for (uint32_t row = 0; row < 64; row++) {
        state_number(f, COLUMN_A, row, row == 5 ? 70 : 71 + row);
        state_number(f, COLUMN_B, row, 100);
    }
    tidu_run_eval(f->run);
    assert_int_equal(tidu_run_exact_count(f->run), 1);
}

static void
test_floor_of_a_quotient_is_exact_at_whole_numbers(void **state)
{
    struct fixture *f = *state;
    tidu_step quotient = two(f, TIDU_DO_DIV, input(f, COLUMN_A), input(f, COLUMN_B));
    tidu_step whole = tidu_builder_step(f->builder, TIDU_DO_FLOOR, quotient, TIDU_NO_STEP, 0);
    tidu_step rounded = tidu_builder_step(f->builder, TIDU_DO_ROUND, quotient, TIDU_NO_STEP, 0);
    fixture_ready(f, 3);
    state_number(f, COLUMN_A, 0, 0.3);
    state_number(f, COLUMN_B, 0, 0.1);
    state_number(f, COLUMN_A, 1, 0.15);
    state_number(f, COLUMN_B, 1, 0.1);
    state_number(f, COLUMN_A, 2, -0.15);
    state_number(f, COLUMN_B, 2, 0.1);
    tidu_run_eval(f->run);
    assert_number(f, whole, 0, 3);
    assert_number(f, rounded, 1, 2);
    assert_number(f, rounded, 2, -2);
    assert_number(f, whole, 2, -2);
}

/* Whole by whole is floored without exact work; what is not whole by a whole is not. */
static void
test_floor_of_whole_by_whole_needs_nothing_exact(void **state)
{
    struct fixture *f = *state;
    tidu_step third = two(f, TIDU_DO_DIV, input(f, COLUMN_A), number(f, "3"));
    tidu_step whole = tidu_builder_step(f->builder, TIDU_DO_FLOOR, third, TIDU_NO_STEP, 0);
    static const struct {
        double a, floor;
    } rows[] = {{9, 3}, {8, 2}, {-9, -3}, {-8, -3}, {1e15, 333333333333333}, {0, 0}};
    enum { COUNT = sizeof rows / sizeof *rows };
    fixture_ready(f, COUNT + 1);
    for (uint32_t i = 0; i < COUNT; i++)
        state_number(f, COLUMN_A, i, rows[i].a);
    state_number(f, COLUMN_A, COUNT, 0.9 * 10);
    tidu_run_eval(f->run);
    for (uint32_t i = 0; i < COUNT; i++)
        assert_number(f, whole, i, rows[i].floor);
    assert_number(f, whole, COUNT, 3);
    assert_int_equal(tidu_run_exact_count(f->run), 0);
}

/* ---- less than everything ---- */

/* What is known with some flags left out is what it is with them. */
static void
test_what_is_known_without_some_flags_stays(void **state)
{
    struct fixture *f = *state;
    tidu_step p = input(f, COLUMN_P), q = input(f, COLUMN_Q);
    tidu_step dear = two(f, TIDU_DO_LT, input(f, COLUMN_A), input(f, COLUMN_B));
    const tidu_step all[2] = {p, dear}, any[2] = {q, dear};
    tidu_step both = tidu_builder_list(f->builder, TIDU_DO_AND, 0, all, 2);
    tidu_step some = tidu_builder_list(f->builder, TIDU_DO_OR, 0, any, 2);
    fixture_ready(f, 2);
    for (uint32_t row = 0; row < 2; row++) {
        state_flag(f, COLUMN_P, row, row == 1);
        state_flag(f, COLUMN_Q, row, row == 0);
        state_number(f, COLUMN_A, row, 1);
        state_number(f, COLUMN_B, row, 2);
    }
    const tidu_step roots[2] = {both, some};
    bool *without = calloc(tidu_run_program(f->run)->step_count, sizeof *without);
    bool reads[16] = {false};
    without[dear] = true;
    assert_true(tidu_run_need_without(f->run, roots, 2, without));
    tidu_run_reads(f->run, reads);
    assert_true(reads[COLUMN_P] && reads[COLUMN_Q]);
    assert_false(reads[COLUMN_A] || reads[COLUMN_B]);
    tidu_run_eval(f->run);
    assert_truth(f, both, 0, TIDU_FALSE);
    assert_truth(f, both, 1, TIDU_UNKNOWN);
    assert_truth(f, some, 0, TIDU_TRUE);
    assert_truth(f, some, 1, TIDU_UNKNOWN);
    free(without);
}

/* ---- points ---- */

static void
test_points_with_unknown_bands_are_an_interval(void **state)
{
    struct fixture *f = *state;
    tidu_step flags[2] = {input(f, COLUMN_P), input(f, COLUMN_Q)};
    uint32_t points[2] = {constant(f, "10"), constant(f, "5")};
    tidu_step low = tidu_builder_points(f->builder, TIDU_DO_PICK_LOW, flags, points, 2,
                                        constant(f, "1"));
    tidu_step high = tidu_builder_points(f->builder, TIDU_DO_PICK_HIGH, flags, points, 2,
                                         constant(f, "1"));
    fixture_ready(f, 4);
    state_flag(f, COLUMN_Q, 1, true);
    state_flag(f, COLUMN_P, 2, true);
    state_flag(f, COLUMN_P, 3, false);
    tidu_run_eval(f->run);
    static const double expected[4][2] = {{1, 10}, {5, 10}, {10, 10}, {1, 5}};
    for (uint32_t row = 0; row < 4; row++) {
        assert_number(f, low, row, expected[row][0]);
        assert_number(f, high, row, expected[row][1]);
    }
}

/* As many bands as kernels take at a time, fewer and more, in no order, in lanes of all
 * widths. */
static void
test_of_many_bands_the_first_one_counts(void **state)
{
    enum { MOST = 40, ROWS = TIDU_BLOCK_ROWS < 150 ? TIDU_BLOCK_ROWS : 150 };
    static const uint32_t counts[] = {1, 2, 3, 8, 14, 15, 16, 31, MOST};
    (void)state;
    for (unsigned lanes = 1; lanes <= 8; lanes *= 2)
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            struct fixture f;
            tidu_step flags[MOST];
            uint32_t points[MOST], count = counts[c];
            char decimal[16];
            fixture_open(&f);
            tidu_lanes_limit(lanes);
            for (uint32_t k = 0; k < count; k++) {
                snprintf(decimal, sizeof decimal, "%u", k * 7 % count);
                flags[k] = two(&f, TIDU_DO_EQ, input(&f, k % 2 ? COLUMN_A : COLUMN_B),
                               number(&f, decimal));
                snprintf(decimal, sizeof decimal, "%u.5", k);
                points[k] = constant(&f, decimal);
            }
            tidu_step low = tidu_builder_points(f.builder, TIDU_DO_PICK_LOW, flags, points, count,
                                                constant(&f, "-1"));
            fixture_ready(&f, ROWS);
            for (uint32_t row = 0; row < ROWS; row++) {
                state_number(&f, COLUMN_A, row, row % (count + 2));
                state_number(&f, COLUMN_B, row, row / 3 % (count + 2));
            }
            tidu_run_eval(f.run);
            for (uint32_t row = 0; row < ROWS; row++) {
                double expected = -1;
                for (uint32_t k = count; k--;)
                    if ((k % 2 ? row : row / 3) % (count + 2) == k * 7 % count)
                        expected = k + 0.5;
                assert_number(&f, low, row, expected);
            }
            fixture_close(&f);
        }
    tidu_lanes_limit(8);
}

/* ---- lists ---- */

static void
test_lists_decide_as_early_as_kleene_allows(void **state)
{
    struct fixture *f = *state;
    static const double mixed[] = {1, NAN, -1}, open[] = {NAN, -1}, good[] = {1, 2};
    tidu_step positive = two(f, TIDU_DO_LT, number(f, "0"), input(f, COLUMN_N));
    tidu_step any = tidu_builder_step(f->builder, TIDU_DO_ANY_ITEM, positive, TIDU_NO_STEP, 0);
    tidu_step every = tidu_builder_step(f->builder, TIDU_DO_EVERY_ITEM, positive, TIDU_NO_STEP, 0);
    tidu_step count = tidu_builder_step(f->builder, TIDU_DO_COUNT_ITEMS, positive, TIDU_NO_STEP, 0);
    fixture_ready(f, 5);
    state_list(f, 0, mixed, 3);
    state_list(f, 1, open, 2);
    state_list(f, 2, good, 2);
    state_list(f, 3, NULL, 0);
    tidu_run_eval(f->run);
    static const tidu_truth anyone[5] = {TIDU_TRUE, TIDU_UNKNOWN, TIDU_TRUE, TIDU_FALSE,
                                         TIDU_UNKNOWN};
    static const tidu_truth everyone[5] = {TIDU_FALSE, TIDU_FALSE, TIDU_TRUE, TIDU_TRUE,
                                           TIDU_UNKNOWN};
    for (uint32_t row = 0; row < 5; row++) {
        assert_truth(f, any, row, anyone[row]);
        assert_truth(f, every, row, everyone[row]);
    }
    assert_unknown(f, count, 0);
    assert_number(f, count, 2, 2);
    assert_number(f, count, 3, 0);
    assert_unknown(f, count, 4);
}

/* ---- blocks ---- */

static void
test_a_row_comes_to_the_same_alone_and_in_a_block(void **state)
{
    struct fixture *f = *state;
    tidu_step quotient = two(f, TIDU_DO_DIV, input(f, COLUMN_A), input(f, COLUMN_B));
    tidu_step less = two(f, TIDU_DO_LT, quotient, number(f, "0.5"));
    uint32_t rows = TIDU_BLOCK_ROWS - 1;
    tidu_truth *together = calloc(rows, sizeof *together);
    fixture_ready(f, rows);
    for (uint32_t row = 0; row < rows; row++) {
        if (row % 7)
            state_number(f, COLUMN_A, row, row);
        state_number(f, COLUMN_B, row, (row * 31) % 97);
    }
    tidu_run_eval(f->run);
    for (uint32_t row = 0; row < rows; row++)
        together[row] = tidu_run_truth(f->run, less, row);
    for (uint32_t row = 0; row < rows; row++) {
        tidu_block_clear(f->block, f->block->as_of);
        f->block->row_count = 1;
        if (row % 7)
            state_number(f, COLUMN_A, 0, row);
        state_number(f, COLUMN_B, 0, (row * 31) % 97);
        tidu_run_eval(f->run);
        assert_truth(f, less, 0, together[row]);
    }
    free(together);
}

static void
tell_column(void *context, uint32_t column)
{
    *(uint32_t *)context |= 1u << column;
}

static void
test_only_facts_under_undecided_steps_are_missing(void **state)
{
    struct fixture *f = *state;
    tidu_step flags[2] = {two(f, TIDU_DO_LT, input(f, COLUMN_A), number(f, "1")),
                          two(f, TIDU_DO_LT, input(f, COLUMN_B), number(f, "1"))};
    tidu_step both = tidu_builder_list(f->builder, TIDU_DO_AND, 0, flags, 2);
    uint32_t missing = 0;
    fixture_ready(f, 2);
    state_number(f, COLUMN_A, 0, 0);
    state_number(f, COLUMN_A, 1, 2);
    tidu_run_eval(f->run);
    tidu_run_missing(f->run, both, 0, tell_column, &missing);
    assert_int_equal(missing, 1u << COLUMN_B);
    missing = 0;
    tidu_run_missing(f->run, both, 1, tell_column, &missing);
    assert_int_equal(missing, 0);
}

static void
test_the_same_work_is_one_step(void **state)
{
    struct fixture *f = *state;
    tidu_step first = two(f, TIDU_DO_DIV, input(f, COLUMN_A), input(f, COLUMN_B));
    tidu_step again = two(f, TIDU_DO_DIV, input(f, COLUMN_A), input(f, COLUMN_B));
    tidu_step other = two(f, TIDU_DO_DIV, input(f, COLUMN_B), input(f, COLUMN_A));
    assert_int_equal(first, again);
    assert_int_not_equal(first, other);
}

static void
test_a_program_prints_a_line_a_step(void **state)
{
    struct fixture *f = *state;
    tidu_step a = input(f, COLUMN_A), b = input(f, COLUMN_B);
    tidu_step quotient = two(f, TIDU_DO_DIV, a, b);
    two(f, TIDU_DO_LE, number(f, "0.7"), quotient);
    fixture_ready(f, 1);
    tidu_text text = {0};
    tidu_program_print(f->program, &text);
    tidu_text_putc(&text, '\0');
    assert_string_equal(text.data, "     0  fact         a\n"
                                   "     1  fact         b\n"
                                   "     2  div          0 1\n"
                                   "     3  const        0.7\n"
                                   "     4  le           3 2 near\n");
    tidu_text_free(&text);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_every_operator_does_what_its_line_says),
        T(test_an_unknown_operand_makes_arithmetic_unknown),
        T(test_division_by_zero_is_unknown_and_can_be_told),
        T(test_a_divisor_that_cancels_to_zero_is_unknown),
        T(test_and_or_follow_kleene_for_all_nine_pairs),
        T(test_select_is_known_when_both_branches_agree),
        T(test_the_border_is_exact_in_the_decimals_that_were_spelled),
        T(test_growth_at_its_border_is_exact_although_it_cancels),
        T(test_both_ways_over_the_border_agree),
        T(test_far_from_the_border_nothing_is_computed_twice),
        T(test_floor_of_a_quotient_is_exact_at_whole_numbers),
        T(test_floor_of_whole_by_whole_needs_nothing_exact),
        T(test_what_is_known_without_some_flags_stays),
        T(test_points_with_unknown_bands_are_an_interval),
        T(test_of_many_bands_the_first_one_counts),
        T(test_lists_decide_as_early_as_kleene_allows),
        T(test_a_row_comes_to_the_same_alone_and_in_a_block),
        T(test_only_facts_under_undecided_steps_are_missing),
        T(test_the_same_work_is_one_step),
        T(test_a_program_prints_a_line_a_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
