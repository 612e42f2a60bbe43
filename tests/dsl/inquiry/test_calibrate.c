/*
 * test_calibrate.c: the threshold that is told reaches what is told, and no other is nearer.
 *
 * Guards dsl/inquiry/calibrate.c. The judge is a sweep of many values, which test_sweep.c
 * guards, and one at the value itself.
 */
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static tidu_text
calibrate(const struct fixture *f, const tidu_goal *goal)
{
    const tidu_reform reform = {f->rules, NULL, 0};
    tidu_text out = {0};
    tidu_error error = {0};
    if (!tidu_calibrate(&f->inquiry, &reform, goal, &out, &error)) {
        char message[500];
        fail_msg("%s", tidu_error_message(&error, TIDU_EN, message, sizeof message));
    }
    tidu_text_putc(&out, '\0');
    return out;
}

static double
number_at(const tidu_text *text, const char *key)
{
    return strtod(find_in(text, key) + strlen(key), NULL);
}

static void
word_at(const tidu_text *text, const char *key, char ret[64])
{
    const char *at = find_in(text, key) + strlen(key);
    size_t length = strcspn(at, "\"");
    assert_true(length < 64);
    memcpy(ret, at, length);
    ret[length] = '\0';
}

/* What some values of the goal's thresholds reach. */
static size_t
reached_at(const struct fixture *f, const tidu_goal *goal, const char *from, const char *to,
           uint32_t steps, double *ret)
{
    const tidu_axis axis = {goal->addresses, goal->address_count, from, to, steps};
    const tidu_reform reform = {f->rules, NULL, 0};
    tidu_inquiry inquiry = f->inquiry;
    tidu_text out = {0};
    tidu_error error = {0};
    char key[64];
    inquiry.money = !goal->designation;
    assert_true(tidu_sweep(&inquiry, &reform, &axis, 1, &out, &error));
    tidu_text_putc(&out, '\0');
    snprintf(key, sizeof key, "{\"id\":\"%s\"", goal->designation ? goal->designation : "");
    size_t count = goal->designation ? numbers_in(&out, key, "\"met\":", ret, steps)
                                     : numbers_in(&out, "\"money\":", "\"low\":", ret, steps);
    tidu_text_free(&out);
    return count;
}

struct range {
    const char *address, *designation;
    const char *from, *to;
    uint32_t steps;
    double targets[6];
};

static const struct range ranges[] = {
    {"d/ratio#1", "d", "-2%", "12%", 701, {0, 1, 40, 100, 111, 100000}},
    {"d/ratio#1", "h", "-2%", "12%", 701, {0, 400, 450, 455, 460, 100000}},
    {"e/staff#1", "e", "0人", "20人", 101, {0, 300, 350, 400, 450, 500}},
    {"g/old#1", "g", "2020-04-01", "2020-09-01", 154, {0, 100, 150, 200, 250, 9000}},
    {"d/ratio#1", NULL, "-2%", "12%", 701, {0, 100, 1000.5, 3000, 5000, 1e9}},
};

static void
test_no_value_is_nearer_than_the_one_told(void **state)
{
    const struct fixture *f = *state;
    for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++)
        for (size_t t = 0; t < 6; t++) {
            tidu_goal goal = {&ranges[r].address, 1, ranges[r].designation, ranges[r].targets[t]};
            double *all = calloc(ranges[r].steps, sizeof *all), two[2];
            char value[64];
            tidu_text out = calibrate(f, &goal);
            double reached = number_at(&out, ",\"reached\":"), target = goal.target;
            word_at(&out, ",\"value\":\"", value);
            assert_int_equal(reached_at(f, &goal, value, ranges[r].to, 2, two), 2);
            if (fabs(two[0] - reached) > 1e-6)
                fail_msg("%s: %s reaches %g, not %g", ranges[r].address, value, two[0], reached);
            size_t count = reached_at(f, &goal, ranges[r].from, ranges[r].to, ranges[r].steps, all);
            double least = number_at(&out, "\"least\":"), most = number_at(&out, "\"most\":");
            for (size_t i = 0; i < count; i++) {
                assert_true(all[i] > least - 1e-6 && all[i] < most + 1e-6);
                bool below = goal.designation || reached > target || all[i] <= target;
                if (below && fabs(all[i] - target) < fabs(reached - target) - 1e-6)
                    fail_msg("%s for %g: %s reaches %g, step %zu %g", ranges[r].address, target,
                             value, reached, i, all[i]);
                if (!goal.designation && reached > target)
                    assert_true(all[i] > target - 1e-6);
            }
            tidu_text_free(&out);
            free(all);
        }
}

/* The ends of what is told reach the same when they are included, and not when they are
 * not. */
static void
test_the_range_ends_where_it_says(void **state)
{
    const struct fixture *f = *state;
    static const char *const address = "e/staff#1";
    const tidu_goal goal = {&address, 1, "e", 467};
    tidu_text out = calibrate(f, &goal);
    double reached = number_at(&out, ",\"reached\":"), at[2];
    static const char *const keys[2] = {"\"from\":{\"value\":\"", "\"to\":{\"value\":\""};
    for (int k = 0; k < 2; k++) {
        char value[64], included[64];
        word_at(&out, keys[k], value);
        const char *rest = find_in(&out, keys[k]);
        tidu_text behind = {.data = (char *)(uintptr_t)rest, .length = strlen(rest)};
        word_at(&behind, "\"included\":", included);
        reached_at(f, &goal, value, "20人", 2, at);
        assert_int_equal(at[0] == reached, included[0] == 't');
    }
    tidu_text_free(&out);
}

static void
refuses(const struct fixture *f, const char *address, const char *designation, const char *id)
{
    const tidu_goal goal = {&address, 1, designation, 100};
    const tidu_reform reform = {f->rules, NULL, 0};
    tidu_text out = {0};
    tidu_error error = {0};
    assert_false(tidu_calibrate(&f->inquiry, &reform, &goal, &out, &error));
    assert_string_equal(tidu_error_id(error.code), id);
    assert_int_equal(out.length, 0);
    tidu_text_free(&out);
}

static void
test_what_cannot_be_calibrated_is_told(void **state)
{
    const struct fixture *f = *state;
    refuses(f, "d/none#1", "d", "E470");
    refuses(f, "d/ratio#1", "nobody", "E434");
    refuses(f, "d/ratio#1", "e", "E812");
    refuses(f, "g/main#1", "g", "E811");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_value_is_nearer_than_the_one_told),
        cmocka_unit_test(test_the_range_ends_where_it_says),
        cmocka_unit_test(test_what_cannot_be_calibrated_is_told),
    };
    return cmocka_run_group_tests(tests, inquiry_setup, inquiry_teardown);
}
