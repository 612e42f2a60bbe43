/*
 * test_sweep.c: a sweep is what every record comes to by rules that were written so.
 *
 * Guards dsl/inquiry/. The judge loads the rules anew for each value, and evaluates each
 * record by itself.
 */
#include "support.h"

#include "../../sparing.h"
#include "tidu/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DESIGNATIONS = 5, OUTCOMES = 3, STEPS = 5 };

static const char *const ids[DESIGNATIONS] = {"d", "e", "g", "h", "z"};

/* ---- the judge ---- */

struct judged {
    int count[DESIGNATIONS][OUTCOMES];
    double low, high;
    int open;
};

static void
note_outcome(void *context, const char *id, tidu_outcome outcome)
{
    static const int order[] = {[TIDU_MET] = 0, [TIDU_UNMET] = 1, [TIDU_UNDETERMINED] = 2};
    struct judged *judged = context;
    for (int d = 0; d < DESIGNATIONS; d++)
        if (!strcmp(ids[d], id))
            judged->count[d][order[outcome]]++;
}

static void
judge(const struct fixture *f, const struct values *values, const char *big, struct judged *ret)
{
    tidu_ruleset *rules = rules_with(values);
    const tidu_options options = {.as_of = f->inquiry.as_of, .explain = TIDU_EXPLAIN_FAILED};
    tidu_error error = {0};
    tidu_evaluation *e = tidu_evaluation_open(rules, &options, 1, &error);
    assert_non_null(e);
    memset(ret, 0, sizeof *ret);
    for (int i = 0; i < RECORDS; i++) {
        const char *text = f->people.texts[i];
        tidu_text out = {0};
        if (big && !strstr(text, big))
            continue;
        tidu_evaluation_clear(e);
        assert_int_equal(tidu_evaluation_json(e, text, strlen(text), &error), TIDU_READ_ROW);
        tidu_evaluation_run(e);
        tidu_evaluation_outcomes(e, 0, note_outcome, ret);
        tidu_evaluation_write(e, 0, &out);
        tidu_text_putc(&out, '\0');
        const char *money = strstr(out.data, "\"money\":{");
        assert_non_null(money);
        ret->low += strtod(strstr(money, "\"low\":") + 6, NULL);
        const char *high = strstr(money, "\"high\":") + 7;
        if (*high == 'n')
            ret->open++;
        else
            ret->high += strtod(high, NULL);
        tidu_text_free(&out);
    }
    tidu_evaluation_close(&e);
    tidu_ruleset_unref(&rules);
}

/* ---- asking ---- */

static tidu_text
sweep(const tidu_inquiry *inquiry, tidu_ruleset *rules, const tidu_axis *axes, size_t count)
{
    const tidu_reform reform = {rules, NULL, 0};
    tidu_text out = {0};
    tidu_error error = {0};
    if (!tidu_sweep(inquiry, &reform, axes, count, &out, &error)) {
        char message[500];
        fail_msg("%s", tidu_error_message(&error, TIDU_EN, message, sizeof message));
    }
    tidu_text_putc(&out, '\0');
    return out;
}

static void
check_cell(const tidu_text *out, size_t cell, size_t cells, const struct judged *judged,
           const char *where)
{
    static const char *const names[OUTCOMES] = {"\"met\":", "\"unmet\":", "\"undetermined\":"};
    double numbers[64];
    for (int d = 0; d < DESIGNATIONS; d++) {
        char key[80];
        snprintf(key, sizeof key, "{\"id\":\"%s\"", ids[d]);
        const char *at = where ? strstr(find_in(out, where), key) : strstr(out->data, key);
        if (!at)
            continue; /* unmoved */
        tidu_text rest = {.data = (char *)(uintptr_t)at, .length = strlen(at)};
        for (int o = 0; o < OUTCOMES; o++) {
            assert_int_equal(numbers_in(&rest, NULL, names[o], numbers, 64), cells);
            if ((int)numbers[cell] != judged->count[d][o])
                fail_msg("%s %s at %zu: %d, the judge says %d", ids[d], names[o], cell,
                         (int)numbers[cell], judged->count[d][o]);
        }
    }
}

static void
check_money(const tidu_text *out, size_t cell, const struct judged *judged)
{
    double low[64], high[64], open[64];
    numbers_in(out, "\"money\":", "\"low\":", low, 64);
    numbers_in(out, "\"money\":", "\"high\":", high, 64);
    numbers_in(out, "\"money\":", "\"open\":", open, 64);
    assert_true(low[cell] > judged->low - 1e-6 && low[cell] < judged->low + 1e-6);
    assert_int_equal((int)open[cell], judged->open);
    /* what is known of those without a limit is counted, the judge cannot */
    if (!judged->open)
        assert_true(high[cell] > judged->high - 1e-6 && high[cell] < judged->high + 1e-6);
}

struct moved {
    const char *addresses[2];
    size_t address_count;
    const char *from, *to;
    int slot; /* of the rules */
    const char *values[STEPS];
    const char *moves; /* ids of what has to be told */
    bool once;         /* one pass */
};

static const struct moved moved[] = {
    {{"floor"},
     1,
     "40万元",
     "80万元",
     0,
     {"40万元", "50万元", "60万元", "70万元", "80万元"},
     "dhz",
     false},
    {{"d/ratio#1"}, 1, "1%", "5%", 1, {"1%", "2%", "3%", "4%", "5%"}, "dh", true},
    {{"d/ratio#1"}, 1, "5%", "1%", 1, {"5%", "4%", "3%", "2%", "1%"}, "dh", true},
    {{"e/staff#1"}, 1, "8人", "12人", 2, {"8人", "9人", "10人", "11人", "12人"}, "ez", true},
    {{"e/i#1", "e/i#2"},
     2,
     "10万元",
     "30万元",
     3,
     {"10万元", "15万元", "20万元", "25万元", "30万元"},
     "ez",
     true},
    {{"g/old#1"},
     1,
     "2020-05-30",
     "2020-06-03",
     5,
     {"2020-05-30", "2020-05-31", "2020-06-01", "2020-06-02", "2020-06-03"},
     "gh",
     true},
    {{"a#2"},
     1,
     "0万元",
     "40万元",
     6,
     {"0万元", "10万元", "20万元", "30万元", "40万元"},
     "",
     false},
    {{"g/main#1"}, 1, "50%", "90%", 7, {"50%", "60%", "70%", "80%", "90%"}, "gh", false},
};

static void
test_every_value_is_what_rules_with_that_value_come_to(void **state)
{
    struct fixture *f = *state;
    for (size_t m = 0; m < sizeof moved / sizeof *moved; m += STRIDE) {
        const tidu_axis axis = {moved[m].addresses, moved[m].address_count, moved[m].from,
                                moved[m].to, STEPS};
        tidu_inquiry inquiry = f->inquiry;
        inquiry.money = true;
        tidu_text out = sweep(&inquiry, f->rules, &axis, 1);
        for (size_t v = 0; v < STEPS; v++) {
            struct values values = usual;
            struct judged judged;
            values.value[moved[m].slot] = moved[m].values[v];
            judge(f, &values, NULL, &judged);
            check_cell(&out, v, STEPS, &judged, NULL);
            check_money(&out, v, &judged);
        }
        for (const char *id = moved[m].moves; *id; id++) {
            char key[16];
            snprintf(key, sizeof key, "{\"id\":\"%c\"", *id);
            find_in(&out, key);
        }
        if (moved[m].once)
            find_in(&out, "\"passes\":1}");
        tidu_text_free(&out);
    }
}

/* So many that they are not all looked at in full (see dsl/inquiry/sieve.c). */
static void
test_of_many_it_counts_each(void **state)
{
    enum { TIMES = 24, CELLS = 64 };
    struct fixture *f = *state;
    struct people many;
    gather_people(&many, f->rules, TIMES);
    for (size_t m = 0; m < sizeof moved / sizeof *moved; m += STRIDE)
        for (int by = 0; by < 2; by++) {
            const tidu_axis axis = {moved[m].addresses, moved[m].address_count, moved[m].from,
                                    moved[m].to, STEPS};
            tidu_inquiry inquiry = f->inquiry;
            inquiry.by = by ? "stage" : NULL;
            tidu_text few = sweep(&inquiry, f->rules, &axis, 1);
            inquiry.population = many.population;
            tidu_text all = sweep(&inquiry, f->rules, &axis, 1);
            static const char *const names[] = {"\"met\":", "\"unmet\":", "\"undetermined\":"};
            const char *places[2] = {few.data, all.data};
            for (; (places[0] = strstr(places[0], "{\"id\":")); places[0]++, places[1]++) {
                double numbers[2][CELLS];
                places[1] = strstr(places[1], "{\"id\":");
                assert_non_null(places[1]);
                for (int o = 0; o < OUTCOMES; o++) {
                    for (int i = 0; i < 2; i++) {
                        tidu_text rest = {.data = (char *)(uintptr_t)places[i],
                                          .length = strlen(places[i])};
                        assert_int_equal(numbers_in(&rest, NULL, names[o], numbers[i], CELLS),
                                         STEPS);
                    }
                    for (int v = 0; v < STEPS; v++)
                        assert_int_equal((int)numbers[0][v] * TIMES, (int)numbers[1][v]);
                }
            }
            tidu_text_free(&few);
            tidu_text_free(&all);
        }
    dismiss_people(&many);
}

static void
test_two_thresholds_make_a_table_of_all_pairs(void **state)
{
    struct fixture *f = *state;
    static const char *const a[] = {"d/ratio#1"}, *const b[] = {"g/old#1"};
    const tidu_axis axes[] = {{a, 1, "1%", "5%", 3}, {b, 1, "2020-06-02", "2020-06-01", 2}};
    static const char *const shares[] = {"1%", "3%", "5%"};
    static const char *const days[] = {"2020-06-02", "2020-06-01"};
    tidu_text out = sweep(&f->inquiry, f->rules, axes, 2);
    find_in(&out, "\"passes\":1}");
    for (size_t i = 0; i < 6; i++) {
        struct values values = usual;
        struct judged judged;
        values.value[1] = shares[i / 2];
        values.value[5] = days[i % 2];
        judge(f, &values, NULL, &judged);
        check_cell(&out, i, 6, &judged, NULL);
    }
    tidu_text_free(&out);
}

static void
test_without_a_threshold_it_counts_what_is(void **state)
{
    struct fixture *f = *state;
    struct judged judged;
    tidu_inquiry inquiry = f->inquiry;
    inquiry.money = true;
    judge(f, &usual, NULL, &judged);
    tidu_text out = sweep(&inquiry, f->rules, NULL, 0);
    check_cell(&out, 0, 1, &judged, NULL);
    check_money(&out, 0, &judged);
    for (int d = 0; d < DESIGNATIONS; d++) {
        char key[16];
        snprintf(key, sizeof key, "{\"id\":\"%s\"", ids[d]);
        find_in(&out, key);
    }
    tidu_text_free(&out);
}

static void
test_groups_are_counted_each_by_itself(void **state)
{
    struct fixture *f = *state;
    static const char *const addresses[] = {"d/ratio#1"};
    const tidu_axis axis = {addresses, 1, "1%", "5%", STEPS};
    static const char *const stages[] = {"seed", "growth", "mature"};
    static const char *const shares[] = {"1%", "2%", "3%", "4%", "5%"};
    tidu_inquiry inquiry = f->inquiry;
    inquiry.by = "stage";
    tidu_text out = sweep(&inquiry, f->rules, &axis, 1);
    find_in(&out, "{\"group\":null");
    for (int g = 0; g < 3; g++) {
        char group[32], stage[32];
        snprintf(group, sizeof group, "{\"group\":\"%s\"", stages[g]);
        snprintf(stage, sizeof stage, "\"stage\":\"%s\"", stages[g]);
        for (size_t v = 0; v < STEPS; v++) {
            struct values values = usual;
            struct judged judged;
            values.value[1] = shares[v];
            judge(f, &values, stage, &judged);
            check_cell(&out, v, STEPS, &judged, group);
        }
    }
    tidu_text_free(&out);
    inquiry.by = "size";
    out = sweep(&inquiry, f->rules, &axis, 1);
    find_in(&out, "{\"group\":\"big\"");
    find_in(&out, "{\"group\":\"small\"");
    tidu_text_free(&out);
}

static void
test_changes_of_the_reform_hold_for_all_values(void **state)
{
    struct fixture *f = *state;
    static const char *const addresses[] = {"d/ratio#1"};
    const tidu_axis axis = {addresses, 1, "1%", "5%", STEPS};
    const tidu_change change = {"floor", "40万元"};
    const tidu_reform reform = {f->rules, &change, 1};
    static const char *const shares[] = {"1%", "2%", "3%", "4%", "5%"};
    tidu_text out = {0};
    tidu_error error = {0};
    assert_true(tidu_sweep(&f->inquiry, &reform, &axis, 1, &out, &error));
    tidu_text_putc(&out, '\0');
    for (size_t v = 0; v < STEPS; v++) {
        struct values values = usual;
        struct judged judged;
        values.value[0] = "40万元";
        values.value[1] = shares[v];
        judge(f, &values, NULL, &judged);
        check_cell(&out, v, STEPS, &judged, NULL);
    }
    find_in(&out, "\"changes\":{\"floor\":\"40万元\"}");
    tidu_text_free(&out);
}

/* The bytes are the same however many work on it, in lanes of any width. */
static void
test_threads_and_lanes_make_no_difference(void **state)
{
    struct fixture *f = *state;
    tidu_inquiry inquiry = f->inquiry;
    inquiry.money = true;
    inquiry.by = "stage";
    for (size_t m = 0; m < 2; m++) {
        const tidu_axis axis = {moved[m].addresses, moved[m].address_count, moved[m].from,
                                moved[m].to, STEPS};
        inquiry.threads = 1;
        tidu_lanes_limit(1);
        tidu_text first = sweep(&inquiry, f->rules, &axis, 1);
        for (unsigned lanes = 1; lanes <= 8; lanes = lanes == 1 ? 4 : lanes * 2)
            for (inquiry.threads = 1; inquiry.threads < 6; inquiry.threads += 2) {
                tidu_lanes_limit(lanes);
                tidu_text again = sweep(&inquiry, f->rules, &axis, 1);
                assert_string_equal(first.data, again.data);
                tidu_text_free(&again);
            }
        tidu_text_free(&first);
    }
    tidu_lanes_limit(8);
}

static bool
stop(void *context, uint64_t done, uint64_t total)
{
    assert_true(done <= total);
    ++*(int *)context;
    return false;
}

static void
refuses(struct fixture *f, const tidu_inquiry *inquiry, const tidu_axis *axis, const char *id)
{
    const tidu_reform reform = {f->rules, NULL, 0};
    tidu_text out = {0};
    tidu_error error = {0};
    tidu_text_puts(&out, "before");
    assert_false(tidu_sweep(inquiry, &reform, axis, 1, &out, &error));
    assert_string_equal(tidu_error_id(error.code), id);
    assert_int_equal(out.length, 6);
    tidu_text_free(&out);
}

static void
test_what_cannot_be_swept_is_told_and_nothing_is_written(void **state)
{
    struct fixture *f = *state;
    static const char *const ratio[] = {"d/ratio#1"}, *const none[] = {"d/none#1"};
    static const char *const old[] = {"g/old#1"};
    static const char *const unknown[] = {"nobody"};
    tidu_inquiry inquiry = f->inquiry;
    refuses(f, &inquiry, &(tidu_axis){none, 1, "1%", "5%", 3}, "E470");
    refuses(f, &inquiry, &(tidu_axis){ratio, 1, "1万元", "5万元", 3}, "E471");
    refuses(f, &inquiry, &(tidu_axis){ratio, 1, "1%", "5", 3}, "E809");
    refuses(f, &inquiry, &(tidu_axis){ratio, 1, "3%", "3%", 3}, "E809");
    refuses(f, &inquiry, &(tidu_axis){ratio, 1, "much", "more", 3}, "E809");
    refuses(f, &inquiry, &(tidu_axis){old, 1, "2020-01-01", "2020-01-03", 5}, "E809");
    refuses(f, &inquiry, &(tidu_axis){ratio, 1, "1%", "5%", 1}, "E810");
    refuses(f, &inquiry, &(tidu_axis){ratio, 1, "1%", "5%", TIDU_MOST_STEPS + 1}, "E810");
    inquiry.by = "weather";
    refuses(f, &inquiry, &(tidu_axis){ratio, 1, "1%", "5%", 3}, "E808");
    inquiry.by = NULL;
    inquiry.designations = unknown;
    inquiry.designation_count = 1;
    refuses(f, &inquiry, &(tidu_axis){ratio, 1, "1%", "5%", 3}, "E434");
    int calls = 0;
    inquiry = f->inquiry;
    inquiry.progress = stop;
    inquiry.context = &calls;
    refuses(f, &inquiry, &(tidu_axis){ratio, 1, "1%", "5%", 3}, "E807");
    assert_true(calls >= 1 && calls <= 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_value_is_what_rules_with_that_value_come_to),
        cmocka_unit_test(test_of_many_it_counts_each),
        cmocka_unit_test(test_two_thresholds_make_a_table_of_all_pairs),
        cmocka_unit_test(test_without_a_threshold_it_counts_what_is),
        cmocka_unit_test(test_groups_are_counted_each_by_itself),
        cmocka_unit_test(test_changes_of_the_reform_hold_for_all_values),
        cmocka_unit_test(test_threads_and_lanes_make_no_difference),
        cmocka_unit_test(test_what_cannot_be_swept_is_told_and_nothing_is_written),
    };
    return cmocka_run_group_tests(tests, inquiry_setup, inquiry_teardown);
}
