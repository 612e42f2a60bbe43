/*
 * test_verdicts.c: what is kept of every criterion is what each record comes to by itself.
 *
 * Guards dsl/inquiry/verdicts.c.
 */
#include "support.h"

#include "tidu/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COLUMNS = 32 };

static bool
keep(void *context, const char *data, size_t length)
{
    tidu_text_add(context, data, length);
    return true;
}

static tidu_verdicts *
open_verdicts(const tidu_inquiry *inquiry, const tidu_reform *reform)
{
    tidu_error error = {0};
    tidu_verdicts *verdicts = tidu_judge(inquiry, reform, &error);
    if (!verdicts) {
        char message[500];
        fail_msg("%s", tidu_error_message(&error, TIDU_EN, message, sizeof message));
    }
    return verdicts;
}

static tidu_text
lines_of(const tidu_verdicts *verdicts, bool csv)
{
    tidu_text out = {0};
    tidu_error error = {0};
    const tidu_verdicts_lines lines = {csv, keep, &out};
    assert_true(tidu_verdicts_write(verdicts, &lines, &error));
    tidu_text_putc(&out, '\0');
    return out;
}

static tidu_text
told_of(const tidu_verdicts *verdicts)
{
    tidu_text out = {0};
    tidu_error error = {0};
    assert_true(tidu_verdicts_tell(verdicts, &out, &error));
    tidu_text_putc(&out, '\0');
    return out;
}

/* The answer about a record by itself, with every criterion. */
static void
answer(tidu_evaluation *e, const char *record, tidu_text *out)
{
    tidu_error error = {0};
    tidu_evaluation_clear(e);
    assert_int_equal(tidu_evaluation_json(e, record, strlen(record), &error), TIDU_READ_ROW);
    tidu_evaluation_run(e);
    out->length = 0;
    tidu_evaluation_write(e, 0, out);
    tidu_text_putc(out, '\0');
}

static const char *
status_in(const char *answer, const char *id, size_t length)
{
    char key[80];
    snprintf(key, sizeof key, "\"id\":\"%.*s\",", (int)length, id);
    const char *at = strstr(answer, key);
    assert_non_null(at);
    at = strstr(at, "\"status\":\"");
    assert_non_null(at);
    return at + 10;
}

/* Members of a line behind who it is about: as many as there are. */
static int
check_line(const char *line, const char *end, const char *answer)
{
    int count = 0;
    const char *at = line;
    while ((at = strchr(at, '"')) && at < end) {
        const char *id = at + 1, *close = strchr(id, '"');
        at = close + 2;
        bool truth = strncmp(at, "true", 4) == 0, no = strncmp(at, "false", 5) == 0;
        if (!truth && !no && strncmp(at, "null", 4) != 0)
            continue;
        const char *status = status_in(answer, id, (size_t)(close - id));
        assert_int_equal(truth, strncmp(status, "met", 3) == 0);
        assert_int_equal(no, strncmp(status, "unmet", 5) == 0);
        count++;
    }
    return count;
}

static void
test_each_line_is_what_the_record_comes_to_by_itself(void **state)
{
    const struct fixture *f = *state;
    const tidu_options options = {.as_of = f->inquiry.as_of, .explain = TIDU_EXPLAIN_FULL};
    const tidu_reform now = {f->rules, NULL, 0};
    tidu_error error = {0};
    tidu_verdicts *verdicts = open_verdicts(&f->inquiry, &now);
    tidu_text lines = lines_of(verdicts, false), said = {0};
    tidu_evaluation *e = tidu_evaluation_open(f->rules, &options, 1, &error);
    assert_non_null(e);
    int count = 0, most = 0, least = MOST_COLUMNS;
    for (const char *line = lines.data, *end; (end = strchr(line, '\n')); line = end + 1) {
        long record = strtol(line + strlen("{\"record\":"), NULL, 10) - 1;
        answer(e, f->people.texts[record % RECORDS], &said);
        int members = check_line(line, end, said.data);
        most = members > most ? members : most;
        least = members < least ? members : least;
        count++;
    }
    assert_int_equal(count, RECORDS * f->people.times);
    assert_int_equal(most, least + 2); /* what Shenzhen adds */
    tidu_evaluation_close(&e);
    tidu_text_free(&said);
    tidu_text_free(&lines);
    tidu_verdicts_close(&verdicts);
}

/* Whether a line says so of a member. */
static bool
says(const char *line, const char *end, const char *id, const char *value)
{
    char key[64];
    int length = snprintf(key, sizeof key, "\"%s\":%s", id, value);
    return memmem(line, (size_t)(end - line), key, (size_t)length) != NULL;
}

static int
count_lines(const tidu_text *lines, const char *id, const char *value)
{
    int count = 0;
    for (const char *line = lines->data, *end; (end = strchr(line, '\n')); line = end + 1)
        count += says(line, end, id, value);
    return count;
}

/* Who does not meet "d", of all whose other criteria hold. */
static int
count_alone(const tidu_text *lines, int criterion)
{
    static const char *const criteria[] = {"d/scale", "d/before", "d/ratio"};
    int count = 0;
    for (const char *line = lines->data, *end; (end = strchr(line, '\n')); line = end + 1) {
        bool alone = !says(line, end, "d", "true");
        for (int c = 0; c < 3; c++)
            alone &= says(line, end, criteria[c], "true") == (c != criterion);
        count += alone;
    }
    return count;
}

static void
assert_figures(const tidu_text *told, const tidu_text *lines, const char *id, int alone)
{
    char key[200];
    const char *at;
    snprintf(key, sizeof key, "{\"id\":\"%s\",", id);
    at = find_in(told, key);
    int length = snprintf(key, sizeof key, "\"met\":%d,\"unmet\":%d,\"undetermined\":%d",
                          count_lines(lines, id, "true"), count_lines(lines, id, "false"),
                          count_lines(lines, id, "null"));
    if (alone >= 0)
        snprintf(key + length, sizeof key - (size_t)length, ",\"alone\":%d}", alone);
    assert_ptr_equal(strstr(at, "\"met\":"), strstr(at, key));
}

static void
test_figures_are_those_of_the_lines(void **state)
{
    const struct fixture *f = *state;
    const tidu_change changes[] = {{"floor", "60万元"}, {"d/ratio#1", "2%"}};
    for (size_t changed = 0; changed <= 2; changed++) {
        const tidu_reform reform = {f->rules, changes, changed};
        tidu_verdicts *verdicts = open_verdicts(&f->inquiry, &reform);
        tidu_text lines = lines_of(verdicts, false), told = told_of(verdicts);
        assert_true(count_alone(&lines, 0) > 0 && count_alone(&lines, 1) > 0);
        assert_figures(&told, &lines, "d", -1);
        assert_figures(&told, &lines, "d/scale", count_alone(&lines, 0));
        assert_figures(&told, &lines, "d/before", count_alone(&lines, 1));
        assert_figures(&told, &lines, "d/ratio", count_alone(&lines, 2));
        assert_figures(&told, &lines, "e/points", -1);
        assert_figures(&told, &lines, "z", -1);
        assert_figures(&told, &lines, "z/there", -1);
        tidu_text_free(&told);
        tidu_text_free(&lines);
        tidu_verdicts_close(&verdicts);
    }
}

static void
test_nothing_depends_on_the_number_of_threads(void **state)
{
    const struct fixture *f = *state;
    const tidu_reform now = {f->rules, NULL, 0};
    tidu_text first[2] = {{0}, {0}};
    for (unsigned threads = 1; threads <= 4; threads++) {
        tidu_inquiry inquiry = f->inquiry;
        inquiry.threads = threads;
        inquiry.by = "size";
        tidu_verdicts *verdicts = open_verdicts(&inquiry, &now);
        tidu_text each[2] = {lines_of(verdicts, true), told_of(verdicts)};
        for (int i = 0; i < 2; i++) {
            if (first[i].data)
                assert_string_equal(each[i].data, first[i].data);
            else
                first[i] = each[i];
            if (first[i].data != each[i].data)
                tidu_text_free(&each[i]);
        }
        tidu_verdicts_close(&verdicts);
    }
    tidu_text_free(&first[0]);
    tidu_text_free(&first[1]);
}

/* Groups add up to all. */
static void
test_groups_are_parts_of_the_whole(void **state)
{
    const struct fixture *f = *state;
    const tidu_reform now = {f->rules, NULL, 0};
    static const char *const only[] = {"d"};
    tidu_inquiry inquiry = f->inquiry;
    inquiry.by = "size";
    inquiry.designations = only;
    inquiry.designation_count = 1;
    tidu_verdicts *verdicts = open_verdicts(&inquiry, &now);
    tidu_text told = told_of(verdicts);
    static const char key[] = "\"id\":\"d/scale\"";
    long whole = 0, sum = 0;
    int groups = -1;
    for (const char *at = told.data; (at = strstr(at, key)); at++, groups++) {
        long met = strtol(strstr(at, "\"met\":") + 6, NULL, 10);
        whole = groups < 0 ? met : whole;
        sum += groups < 0 ? 0 : met;
    }
    assert_int_equal(groups, 3); /* big, small, not known */
    assert_true(whole > 0);
    assert_int_equal(sum, whole);
    assert_null(strstr(told.data, "\"id\":\"e\""));
    tidu_text_free(&told);
    tidu_verdicts_close(&verdicts);
}

static void
test_what_cannot_be_is_refused(void **state)
{
    const struct fixture *f = *state;
    static const char *const nobody[] = {"nobody"};
    const tidu_change change = {"nothing", "1"};
    const tidu_reform now = {f->rules, NULL, 0}, wrong = {f->rules, &change, 1};
    tidu_inquiry inquiry = f->inquiry;
    tidu_error error = {0};
    assert_null(tidu_judge(&inquiry, &wrong, &error));
    assert_int_not_equal(error.code, TIDU_MEMORY);
    inquiry.designations = nobody;
    inquiry.designation_count = 1;
    assert_null(tidu_judge(&inquiry, &now, &error));
    assert_int_equal(error.code, TIDU_NO_SUCH_DESIGNATION);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_line_is_what_the_record_comes_to_by_itself),
        cmocka_unit_test(test_figures_are_those_of_the_lines),
        cmocka_unit_test(test_nothing_depends_on_the_number_of_threads),
        cmocka_unit_test(test_groups_are_parts_of_the_whole),
        cmocka_unit_test(test_what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, inquiry_setup, inquiry_teardown);
}
