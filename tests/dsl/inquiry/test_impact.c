/*
 * test_impact.c: what is told of two sets of rules is what every record comes to by each.
 *
 * Guards dsl/inquiry/impact.c. The judge evaluates each record by itself, twice.
 */
#include "support.h"

#include "tidu/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DESIGNATIONS = 5, STATES = 4 };

static const char *const ids[DESIGNATIONS] = {"d", "e", "g", "h", "z"};

/* ---- the judge ---- */

typedef uint8_t states[RECORDS][DESIGNATIONS];

static void
note_outcome(void *context, const char *id, tidu_outcome outcome)
{
    static const uint8_t order[] = {[TIDU_MET] = 0, [TIDU_UNMET] = 1, [TIDU_UNDETERMINED] = 2};
    uint8_t *judged = context;
    for (int d = 0; d < DESIGNATIONS; d++)
        if (!strcmp(ids[d], id))
            judged[d] = order[outcome];
}

static void
judge(const struct fixture *f, tidu_ruleset *rules, states ret)
{
    const tidu_options options = {.as_of = f->inquiry.as_of};
    tidu_error error = {0};
    tidu_evaluation *e = tidu_evaluation_open(rules, &options, 1, &error);
    assert_non_null(e);
    memset(ret, 3, sizeof(states));
    for (int i = 0; i < RECORDS; i++) {
        tidu_evaluation_clear(e);
        assert_int_equal(
            tidu_evaluation_json(e, f->people.texts[i], strlen(f->people.texts[i]), &error),
            TIDU_READ_ROW);
        tidu_evaluation_run(e);
        tidu_evaluation_outcomes(e, 0, note_outcome, ret[i]);
    }
    tidu_evaluation_close(&e);
}

static tidu_text
impact(const tidu_inquiry *inquiry, const tidu_reform *before, const tidu_reform *after,
       uint32_t samples)
{
    tidu_text out = {0};
    tidu_error error = {0};
    if (!tidu_impact(inquiry, before, after, samples, &out, &error)) {
        char message[500];
        fail_msg("%s", tidu_error_message(&error, TIDU_EN, message, sizeof message));
    }
    tidu_text_putc(&out, '\0');
    return out;
}

/* What is told of one designation. */
static tidu_text
part_of(const tidu_text *out, const char *id)
{
    char key[32];
    snprintf(key, sizeof key, "{\"id\":\"%s\"", id);
    const char *at = find_in(out, key);
    return (tidu_text){.data = (char *)(uintptr_t)at, .length = strlen(at)};
}

static void
check(const tidu_text *out, states before, states after)
{
    for (int d = 0; d < DESIGNATIONS; d++) {
        tidu_text part = part_of(out, ids[d]);
        double told[STATES * STATES];
        int counts[STATES * STATES] = {0}, gained = 0, lost = 0;
        char key[64];
        for (int i = 0; i < RECORDS; i++) {
            counts[before[i][d] * STATES + after[i][d]]++;
            gained += before[i][d] && !after[i][d];
            lost += !before[i][d] && after[i][d];
        }
        assert_int_equal(numbers_in(&part, NULL, "\"transitions\":", told, STATES * STATES),
                         STATES * STATES);
        for (int i = 0; i < STATES * STATES; i++)
            assert_int_equal((int)told[i], counts[i]);
        snprintf(key, sizeof key, ",\"gained\":%d,\"lost\":%d,", gained, lost);
        assert_ptr_equal(find_in(&part, ",\"gained\":"), find_in(&part, key));
    }
}

/* Every change is told once, of the record it is about. */
static void
check_samples(const tidu_text *out, states before, states after)
{
    static const char *const names[STATES] = {"met", "unmet", "undetermined", "absent"};
    for (int d = 0; d < DESIGNATIONS; d++) {
        tidu_text part = part_of(out, ids[d]);
        const char *at = strstr(part.data, "\"samples\":["), *end = strstr(at, "]}");
        int told = 0, changed = 0;
        for (const char *sample = at; (sample = strstr(sample, "{\"record\":")) && sample < end;
             sample++) {
            long record = strtol(sample + 10, NULL, 10) - 1;
            char key[80];
            assert_true(record >= 0 && record < RECORDS);
            snprintf(key, sizeof key, ",\"before\":\"%s\",\"after\":\"%s\"",
                     names[before[record][d]], names[after[record][d]]);
            assert_ptr_equal(strstr(sample, ",\"before\":"), strstr(sample, key));
            assert_int_not_equal(before[record][d], after[record][d]);
            told++;
        }
        for (int i = 0; i < RECORDS; i++)
            changed += before[i][d] != after[i][d];
        assert_int_equal(told, changed);
    }
}

static void
test_changed_thresholds_are_as_rules_written_so(void **state)
{
    const struct fixture *f = *state;
    static states before, after;
    struct values values = usual;
    const tidu_change changes[] = {{"d/ratio#1", "2%"}, {"floor", "60万元"}, {"e/staff#1", "11人"}};
    values.value[0] = "60万元";
    values.value[1] = "2%";
    values.value[2] = "11人";
    tidu_ruleset *other = rules_with(&values);
    judge(f, f->rules, before);
    judge(f, other, after);
    const tidu_reform now = {f->rules, NULL, 0}, changed = {f->rules, changes, 3};
    const tidu_reform candidate = {other, NULL, 0};
    tidu_text out = impact(&f->inquiry, &now, &changed, UINT32_MAX);
    check(&out, before, after);
    check_samples(&out, before, after);
    tidu_text_free(&out);
    out = impact(&f->inquiry, &now, &candidate, UINT32_MAX);
    check(&out, before, after);
    check_samples(&out, before, after);
    tidu_text_free(&out);
    out = impact(&f->inquiry, &changed, &now, UINT32_MAX);
    check(&out, after, before);
    tidu_text_free(&out);
    tidu_ruleset_unref(&other);
}

/* Rules with other facts, designations that came and went, and nothing for a place. */
static void
test_rules_of_another_kind_are_compared_too(void **state)
{
    const struct fixture *f = *state;
    static const char text[] = "# T\n\n```lua\n"
                               "policy { id = \"t\", zh = \"测试\", effective = \"2020-01-01\" }\n"
                               "designation \"d\" { zh = \"甲\" }\n"
                               "criterion \"ratio\" { zh = \"占比\", [[ rd_expense >= 30万元 ]] }\n"
                               "designation \"n\" { zh = \"新\" }\n"
                               "criterion \"awarded\" { zh = \"奖\", [[ stage = 'growth' ]] }\n"
                               "```\n";
    static states before, after;
    const tidu_source source = {"national/t.md", text, sizeof text - 1};
    tidu_report *report = NULL;
    uint32_t passed;
    tidu_ruleset *other = build_rules(&source, 1, &report, &passed);
    assert_non_null(other);
    tidu_report_close(&report);
    judge(f, f->rules, before);
    judge(f, other, after);
    const tidu_reform now = {f->rules, NULL, 0}, candidate = {other, NULL, 0};
    tidu_text out = impact(&f->inquiry, &now, &candidate, UINT32_MAX);
    check(&out, before, after);
    check_samples(&out, before, after);
    find_in(&out, "{\"id\":\"n\"");
    tidu_text_free(&out);
    tidu_ruleset_unref(&other);
}

/* One who fails by one criterion alone is told so, by its name. */
static void
test_the_criterion_that_decides_is_named(void **state)
{
    const struct fixture *f = *state;
    const tidu_change change = {"d/ratio#1", "5%"};
    const tidu_reform now = {f->rules, NULL, 0}, changed = {f->rules, &change, 1};
    tidu_inquiry inquiry = f->inquiry;
    static const char *const only[] = {"d"};
    inquiry.designations = only;
    inquiry.designation_count = 1;
    tidu_text out = impact(&inquiry, &now, &changed, 1);
    double lost = strtod(find_in(&out, "\"lost\":") + 7, NULL);
    char key[200];
    assert_true(lost > 0);
    snprintf(key, sizeof key,
             "\"because\":[{\"criterion\":\"d/ratio\",\"title\":{\"en\":\"Ratio\"},\"gained\":0,"
             "\"lost\":%.0f,\"alone\":%.0f}]",
             lost, lost);
    find_in(&out, key);
    static const char kind[] = "\"before\":\"met\",\"after\":\"unmet\",\"criterion\":\"d/ratio\"";
    const char *sample = find_in(&out, kind); /* one of each kind */
    assert_null(strstr(sample + 1, kind));
    tidu_text_free(&out);
}

/* What was told in the middle: it only grows, and ends as the result says. */
struct so_far {
    uint64_t gained, lost;
    int calls;
    bool shrank;
};

static void
note_interim(void *context, const tidu_interim *list, size_t count)
{
    struct so_far *so_far = context;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].designation, "d") != 0)
            continue;
        so_far->shrank =
            so_far->shrank || list[i].gained < so_far->gained || list[i].lost < so_far->lost;
        so_far->gained = list[i].gained;
        so_far->lost = list[i].lost;
        so_far->calls++;
    }
}

static void
test_what_is_told_in_the_middle_grows_to_the_result(void **state)
{
    const struct fixture *f = *state;
    const tidu_change change = {"d/ratio#1", "5%"};
    const tidu_reform now = {f->rules, NULL, 0}, changed = {f->rules, &change, 1};
    struct so_far so_far = {0};
    tidu_inquiry inquiry = f->inquiry;
    inquiry.threads = 2;
    inquiry.interim = note_interim;
    inquiry.context = &so_far;
    tidu_text out = impact(&inquiry, &now, &changed, 0);
    const char *d = find_in(&out, "{\"id\":\"d\"");
    assert_true(so_far.calls > 1);
    assert_false(so_far.shrank);
    assert_true((double)so_far.gained == strtod(strstr(d, "\"gained\":") + 9, NULL));
    assert_true((double)so_far.lost == strtod(strstr(d, "\"lost\":") + 7, NULL));
    assert_true(so_far.lost > 0);
    tidu_text_free(&out);
}

static void
test_groups_add_up_to_everybody(void **state)
{
    const struct fixture *f = *state;
    const tidu_change change = {"d/ratio#1", "5%"};
    const tidu_reform now = {f->rules, NULL, 0}, changed = {f->rules, &change, 1};
    tidu_inquiry inquiry = f->inquiry;
    inquiry.by = "stage";
    tidu_text out = impact(&inquiry, &now, &changed, 0);
    tidu_text part = part_of(&out, "d");
    double lost = strtod(find_in(&part, "\"lost\":") + 7, NULL), sum = 0;
    const char *end = strstr(find_in(&part, "\"groups\":["), "]");
    for (const char *at = find_in(&part, "\"groups\":[");
         (at = strstr(at, "\"lost\":")) && at < end; at++)
        sum += strtod(at + 7, NULL);
    assert_true(lost > 0 && lost == sum);
    tidu_text_free(&out);
}

static void
test_money_is_what_two_counts_come_to(void **state)
{
    const struct fixture *f = *state;
    const tidu_change change = {"d/ratio#1", "2%"};
    const tidu_reform now = {f->rules, NULL, 0}, changed = {f->rules, &change, 1};
    const tidu_reform *const reforms[] = {&now, &changed};
    static const char *const keys[] = {"\"before\":{\"low\":", "\"after\":{\"low\":"};
    tidu_inquiry inquiry = f->inquiry;
    inquiry.money = true;
    tidu_text out = impact(&inquiry, &now, &changed, 0);
    tidu_error error = {0};
    for (int time = 0; time < 2; time++) {
        tidu_text counts = {0};
        double low;
        assert_true(tidu_sweep(&inquiry, reforms[time], NULL, 0, &counts, &error));
        tidu_text_putc(&counts, '\0');
        numbers_in(&counts, "\"money\":", "\"low\":", &low, 1);
        assert_true(strtod(find_in(&out, keys[time]) + strlen(keys[time]), NULL) == low);
        tidu_text_free(&counts);
    }
    find_in(&out, "{\"id\":\"a\",\"title\":{\"en\":\"Grant\"},\"payer\":");
    find_in(&out, "{\"id\":\"b\"");
    tidu_text_free(&out);
}

static void
test_threads_and_lanes_make_no_difference(void **state)
{
    const struct fixture *f = *state;
    const tidu_change change = {"floor", "60万元"};
    const tidu_reform now = {f->rules, NULL, 0}, changed = {f->rules, &change, 1};
    tidu_inquiry inquiry = f->inquiry;
    inquiry.money = true;
    inquiry.by = "stage";
    inquiry.threads = 1;
    tidu_lanes_limit(1);
    tidu_text first = impact(&inquiry, &now, &changed, UINT32_MAX);
    tidu_lanes_limit(8);
    for (inquiry.threads = 1; inquiry.threads < 6; inquiry.threads++) {
        tidu_text again = impact(&inquiry, &now, &changed, UINT32_MAX);
        assert_string_equal(first.data, again.data);
        tidu_text_free(&again);
    }
    tidu_text_free(&first);
}

static void
test_a_threshold_that_is_not_there_is_told(void **state)
{
    const struct fixture *f = *state;
    const tidu_change change = {"d/none#1", "5%"};
    const tidu_reform now = {f->rules, NULL, 0}, changed = {f->rules, &change, 1};
    tidu_text out = {0};
    tidu_error error = {0};
    assert_false(tidu_impact(&f->inquiry, &now, &changed, 0, &out, &error));
    assert_string_equal(tidu_error_id(error.code), "E470");
    assert_int_equal(out.length, 0);
    tidu_text_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changed_thresholds_are_as_rules_written_so),
        cmocka_unit_test(test_rules_of_another_kind_are_compared_too),
        cmocka_unit_test(test_the_criterion_that_decides_is_named),
        cmocka_unit_test(test_what_is_told_in_the_middle_grows_to_the_result),
        cmocka_unit_test(test_groups_add_up_to_everybody),
        cmocka_unit_test(test_money_is_what_two_counts_come_to),
        cmocka_unit_test(test_threads_and_lanes_make_no_difference),
        cmocka_unit_test(test_a_threshold_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, inquiry_setup, inquiry_teardown);
}
