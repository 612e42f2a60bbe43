/*
 * test_cohort.c: a cohort is what sorting all who qualify comes to.
 *
 * Guards dsl/inquiry/cohort.c. The judge evaluates each record by itself, reads its figures
 * from its text and sorts.
 */
#include "support.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Who qualifies, by the judge. */
struct candidate {
    int record; /* from 1 */
    double revenue, staff, amount;
};

struct judged {
    struct candidate list[RECORDS];
    size_t count;
    int undetermined;
};

/* ---- the judge ---- */

static double
figure_of(const char *text, const char *fact, const char *year)
{
    json_t *record = json_loads(text, JSON_DECODE_INT_AS_REAL, NULL);
    const json_t *value = json_object_get(record, fact);
    if (json_is_object(value))
        value = json_object_get(value, year);
    double figure = json_is_number(value) ? json_number_value(value) : NAN;
    json_decref(record);
    return figure;
}

struct asked_for {
    const char *id;
    tidu_outcome outcome;
};

static void
note(void *context, const char *id, tidu_outcome outcome)
{
    struct asked_for *asked = context;
    if (!strcmp(id, asked->id))
        asked->outcome = outcome;
}

/* Those who meet a designation; half of their R&D, at most 30, is what "a" pays. */
static void
judge(const struct fixture *f, const char *designation, struct judged *ret)
{
    const tidu_options options = {.as_of = f->inquiry.as_of};
    tidu_error error;
    tidu_evaluation *e = tidu_evaluation_open(f->rules, &options, 1, &error);
    assert_non_null(e);
    ret->count = 0;
    ret->undetermined = 0;
    for (int i = 0; i < RECORDS; i++) {
        const char *text = f->people.texts[i];
        struct asked_for asked = {designation, TIDU_UNMET};
        tidu_evaluation_clear(e);
        assert_int_equal(tidu_evaluation_json(e, text, strlen(text), &error), TIDU_READ_ROW);
        tidu_evaluation_run(e);
        tidu_evaluation_outcomes(e, 0, note, &asked);
        ret->undetermined += asked.outcome == TIDU_UNDETERMINED;
        if (asked.outcome != TIDU_MET)
            continue;
        double rd = figure_of(text, "rd_expense", "2025");
        ret->list[ret->count++] = (struct candidate){i + 1, figure_of(text, "revenue", "2025"),
                                                     figure_of(text, "employees", "2025"),
                                                     isnan(rd) ? 0 : fmin(rd / 2, 30)};
    }
    tidu_evaluation_close(&e);
}

static int
compare_figures(double a, double b, bool rising)
{
    if (isnan(a) || isnan(b))
        return isnan(a) - isnan(b);
    return a == b ? 0 : (a < b) == rising ? -1 : 1;
}

/* Largest revenue first, then fewest staff. */
static int
compare(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    int order = compare_figures(x->revenue, y->revenue, false);
    order = order ? order : compare_figures(x->staff, y->staff, true);
    return order ? order : x->record - y->record;
}

/* ---- asking ---- */

static const tidu_rank_key by_revenue[] = {{"revenue", false}, {"employees", true}};

static tidu_cohort
usual_cohort(void)
{
    return (tidu_cohort){.designation = "d",
                         .keys = by_revenue,
                         .key_count = 2,
                         .most = UINT64_MAX,
                         .budget = INFINITY,
                         .samples = UINT32_MAX};
}

static json_t *
formed(const struct fixture *f, const tidu_cohort *cohort, unsigned threads)
{
    tidu_inquiry inquiry = f->inquiry;
    const tidu_reform reform = {f->rules, NULL, 0};
    tidu_text out = {0};
    tidu_error error;
    char words[512];
    inquiry.threads = threads;
    if (!tidu_cohort_form(&inquiry, &reform, cohort, &out, &error))
        fail_msg("%s", tidu_error_message(&error, TIDU_EN, words, sizeof words));
    json_t *result = json_loadb(out.data, out.length, JSON_DECODE_INT_AS_REAL, NULL);
    assert_non_null(result);
    tidu_text_free(&out);
    return result;
}

static double
number(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

/* ---- tests ---- */

static void
test_the_best_are_those_that_sorting_puts_first(void **state)
{
    static struct judged judged;
    const struct fixture *f = *state;
    tidu_cohort cohort = usual_cohort();
    judge(f, "d", &judged);
    qsort(judged.list, judged.count, sizeof *judged.list, compare);
    assert_true(judged.count > 50);
    cohort.most = 20;
    json_t *result = formed(f, &cohort, 2);
    const json_t *members = json_object_get(result, "members");
    assert_int_equal(json_array_size(members), judged.count);
    assert_true(number(result, "candidates") == (double)judged.count);
    assert_true(number(result, "undetermined") == judged.undetermined);
    for (size_t i = 0; i < judged.count; i++) {
        const json_t *member = json_array_get(members, i);
        if (number(member, "record") != judged.list[i].record)
            fail_msg("place %zu has record %g, expected %d", i, number(member, "record"),
                     judged.list[i].record);
        assert_int_equal(json_is_true(json_object_get(member, "taken")), i < 20);
    }
    assert_true(number(json_object_get(result, "line"), "record") == judged.list[19].record);
    assert_true(number(json_object_get(result, "next"), "record") == judged.list[20].record);
    json_decref(result);
}

static void
test_who_is_equal_has_one_rank_and_a_line_through_them_is_told(void **state)
{
    static struct judged judged;
    const struct fixture *f = *state;
    tidu_cohort cohort = usual_cohort();
    size_t from, until;
    judge(f, "d", &judged);
    qsort(judged.list, judged.count, sizeof *judged.list, compare);
    for (from = 0; judged.list[from].revenue != judged.list[from + 1].revenue;)
        from++;
    for (until = from; judged.list[until].revenue == judged.list[from].revenue;)
        until++;
    cohort.key_count = 1;
    cohort.most = from + 1;
    json_t *result = formed(f, &cohort, 1);
    const json_t *tied = json_object_get(result, "tied");
    assert_true(number(tied, "enterprises") == (double)(until - from));
    assert_true(number(tied, "taken") == 1);
    assert_true(number(json_object_get(result, "line"), "rank") == (double)(from + 1));
    assert_true(number(json_object_get(result, "next"), "rank") == (double)(from + 1));
    json_decref(result);
    cohort.most = until;
    result = formed(f, &cohort, 1);
    assert_true(json_is_null(json_object_get(result, "tied")));
    json_decref(result);
}

static void
test_a_budget_ends_before_the_first_it_does_not_pay_in_full(void **state)
{
    static struct judged judged;
    const struct fixture *f = *state;
    tidu_cohort cohort = usual_cohort();
    double spent = 0;
    size_t taken = 0;
    judge(f, "d", &judged);
    qsort(judged.list, judged.count, sizeof *judged.list, compare);
    cohort.designation = NULL;
    cohort.subsidy = "a";
    cohort.budget = 500;
    for (; taken < judged.count && spent + judged.list[taken].amount <= 500; taken++)
        spent += judged.list[taken].amount;
    json_t *result = formed(f, &cohort, 2);
    assert_true(taken < judged.count);
    assert_true(number(result, "taken") == (double)taken);
    assert_true(fabs(number(result, "spent") - spent) < 1e-4);
    assert_true(fabs(number(result, "left") - (500 - spent)) < 1e-4);
    const json_t *next = json_object_get(result, "next");
    assert_true(number(next, "record") == judged.list[taken].record);
    assert_true(number(next, "paid") == 0);
    json_decref(result);
}

static void
test_a_budget_that_is_split_gives_all_the_same_part(void **state)
{
    static struct judged judged;
    const struct fixture *f = *state;
    tidu_cohort cohort = usual_cohort();
    double asked = 0, paid = 0;
    judge(f, "d", &judged);
    for (size_t i = 0; i < judged.count; i++)
        asked += judged.list[i].amount;
    cohort.designation = NULL;
    cohort.subsidy = "a";
    cohort.key_count = 0;
    cohort.split = true;
    cohort.budget = asked / 3;
    json_t *result = formed(f, &cohort, 2);
    size_t index;
    json_t *member;
    json_array_foreach (json_object_get(result, "members"), index, member) {
        assert_true(fabs(number(member, "paid") - number(member, "amount") / 3) < 2e-6);
        paid += number(member, "paid");
    }
    assert_true(paid <= cohort.budget + 1e-9);
    assert_true(fabs(number(result, "spent") - paid) < 1e-6);
    assert_true(json_is_null(json_object_get(result, "line")));
    json_decref(result);
    cohort.budget = 1e300; /* more than there is */
    result = formed(f, &cohort, 2);
    assert_true(number(result, "share") == 1);
    assert_true(fabs(number(result, "spent") - asked) < 1e-4);
    json_decref(result);
}

static void
test_threads_do_not_matter(void **state)
{
    const struct fixture *f = *state;
    tidu_cohort cohort = usual_cohort();
    json_t *one = formed(f, &cohort, 1), *three = formed(f, &cohort, 3);
    assert_true(json_equal(one, three));
    json_decref(one);
    json_decref(three);
}

static void
test_an_enterprise_is_told_wherever_it_stands(void **state)
{
    static struct judged judged;
    const struct fixture *f = *state;
    tidu_cohort cohort = usual_cohort();
    char name[64];
    judge(f, "d", &judged);
    qsort(judged.list, judged.count, sizeof *judged.list, compare);
    const struct candidate *last = &judged.list[judged.count - 1];
    snprintf(name, sizeof name, "企业%d", last->record - 1);
    cohort.samples = 0;
    cohort.enterprise = name;
    json_t *result = formed(f, &cohort, 2);
    const json_t *enterprise = json_object_get(result, "enterprise");
    assert_true(number(enterprise, "record") == last->record);
    assert_int_equal(json_array_size(json_object_get(result, "members")), 0);
    json_decref(result);
    cohort.enterprise = "nobody";
    result = formed(f, &cohort, 2);
    assert_true(json_is_null(json_object_get(result, "enterprise")));
    json_decref(result);
}

static void
assert_refused(const struct fixture *f, const tidu_cohort *cohort, tidu_code code)
{
    const tidu_reform reform = {f->rules, NULL, 0};
    tidu_text out = {0};
    tidu_error error;
    assert_false(tidu_cohort_form(&f->inquiry, &reform, cohort, &out, &error));
    assert_int_equal(error.code, code);
    assert_int_equal(out.length, 0);
    tidu_text_free(&out);
}

static void
test_what_is_no_number_and_who_is_not_there_are_errors(void **state)
{
    static const tidu_rank_key code[] = {{"size", false}}, unknown[] = {{"revenu", false}};
    const struct fixture *f = *state;
    tidu_cohort cohort = usual_cohort();
    cohort.key_count = 1;
    cohort.keys = code;
    assert_refused(f, &cohort, TIDU_INQUIRY_RANK);
    cohort.keys = unknown;
    assert_refused(f, &cohort, TIDU_INQUIRY_RANK);
    cohort = usual_cohort();
    cohort.designation = "nobody";
    assert_refused(f, &cohort, TIDU_NO_SUCH_DESIGNATION);
    cohort.designation = NULL;
    cohort.subsidy = "nothing";
    assert_refused(f, &cohort, TIDU_INQUIRY_AWARD);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_best_are_those_that_sorting_puts_first),
        cmocka_unit_test(test_who_is_equal_has_one_rank_and_a_line_through_them_is_told),
        cmocka_unit_test(test_a_budget_ends_before_the_first_it_does_not_pay_in_full),
        cmocka_unit_test(test_a_budget_that_is_split_gives_all_the_same_part),
        cmocka_unit_test(test_threads_do_not_matter),
        cmocka_unit_test(test_an_enterprise_is_told_wherever_it_stands),
        cmocka_unit_test(test_what_is_no_number_and_who_is_not_there_are_errors),
    };
    return cmocka_run_group_tests(tests, inquiry_setup, inquiry_teardown);
}
