/*
 * test_evaluation.c: an evaluation from its options to its end.
 *
 * Whatever it answered before and whatever stands beside a record, the record
 * is answered with the same bytes; what it refuses is told as JSON; and it
 * keeps its ruleset alive.
 */
#include "answers.h"

#include "tidu/compile.h"

#include <pthread.h>
#include <stdlib.h>

enum { ROWS = 8 };

static tidu_evaluation *
open_evaluation(const tidu_options *options)
{
    tidu_error error = {0};
    tidu_evaluation *e = tidu_evaluation_open(rules, options, ROWS, &error);
    assert_non_null(e);
    return e;
}

/* ---- options ---- */

static void
test_only_the_designations_asked_for_are_answered(void **state)
{
    static const char *const wanted[] = {"srdi"};
    (void)state;
    for (int explain = TIDU_EXPLAIN_NONE; explain <= TIDU_EXPLAIN_FULL; explain++) {
        tidu_options options = asking((tidu_explain)explain, TIDU_ZH);
        options.designations = wanted;
        options.designation_count = 1;
        char *bytes = answer_bytes(rules, &options, "{}");
        json_t *json = parse(bytes);
        assert_int_equal(json_array_size(json_object_get(json, "designations")), 1);
        assert_non_null(designation(json, "srdi"));
        assert_null(strstr(bytes, "lg/"));
        json_decref(json);
        free(bytes);
    }
}

static void
test_an_unknown_designation_is_refused_with_those_there_are(void **state)
{
    static const char *const wanted[] = {"lg", "srd"};
    tidu_options options = asking(TIDU_EXPLAIN_NONE, TIDU_ZH);
    tidu_error error = {0};
    char words[400];
    (void)state;
    options.designations = wanted;
    options.designation_count = 2;
    assert_null(tidu_evaluation_open(rules, &options, 1, &error));
    assert_int_equal(error.code, TIDU_NO_SUCH_DESIGNATION);
    assert_string_equal(tidu_error_message(&error, TIDU_EN, words, sizeof words),
                        "designation \"srd\" does not exist");
    assert_string_equal(tidu_error_hint(&error, TIDU_EN, words, sizeof words),
                        "Designations are club, lg, srdi.");
}

static void
test_an_unknown_fact_is_refused_unless_it_is_to_be_ignored(void **state)
{
    tidu_options options = asking(TIDU_EXPLAIN_NONE, TIDU_ZH);
    tidu_evaluation *e = open_evaluation(&options);
    struct record record = {"{\"revenu\":1}"};
    tidu_error error = {0};
    (void)state;
    assert_int_equal(tidu_evaluation_json(e, record.text, strlen(record.text), &error),
                     TIDU_READ_ERROR);
    assert_int_equal(tidu_evaluation_rows(e), 0);
    options.ignore_unknown = true;
    assert_true(tidu_evaluation_reset(e, &options, &error));
    assert_int_equal(tidu_evaluation_json(e, record.text, strlen(record.text), &error),
                     TIDU_READ_ROW);
    assert_int_equal(tidu_evaluation_rows(e), 1);
    tidu_evaluation_close(&e);
}

static void
test_a_date_picks_the_documents_in_force_and_back(void **state)
{
    static const char *const record = "{\"main_revenue\":61,\"revenue\":100}";
    static const struct {
        const char *date, *status, *document;
    } cases[] = {
        {"2026-01-01", "unmet", "m-2026"}, {"2025-12-31", "met", "m-2022"},
        {"2022-01-01", "met", "m-2022"},   {"2021-12-31", NULL, NULL},
        {"2026-11-23", "unmet", "m-2026"}, {"2025-12-31", "met", "m-2022"},
        {"2099-12-31", "unmet", "m-2026"},
    };
    tidu_options options = asking(TIDU_EXPLAIN_FULL, TIDU_ZH);
    tidu_evaluation *e = open_evaluation(&options);
    struct record fed;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tidu_error error = {0};
        tidu_text out = {0};
        options.as_of = day(cases[i].date);
        assert_true(tidu_evaluation_reset(e, &options, &error));
        feed(e, &fed, record);
        tidu_evaluation_run(e);
        tidu_evaluation_write(e, 0, &out);
        tidu_text_putc(&out, '\0');
        json_t *json = parse(out.data), *lg = designation(json, "lg");
        assert_string_equal(text_of(json, "as_of"), cases[i].date);
        assert_string_equal(text_of(lg, "status"), cases[i].status ? cases[i].status : "(none)");
        assert_string_equal(text_of(lg, "document"),
                            cases[i].document ? cases[i].document : "(none)");
        json_decref(json);
        tidu_text_free(&out);
    }
    tidu_evaluation_close(&e);
}

/* ---- the same bytes ---- */

static const char *const several[] = {
    "{}",
    "{\"rd_share\":2.99999999999999999999,\"awards\":[{\"level\":\"city\"},{}]}",
    "{\"revenue\":{\"2025\":11025,\"2023\":10000},\"titles\":[]}",
    "{\"main_revenue\":11300,\"revenue\":12650,\"rd_expense\":4000,\"patents\":4}",
    "{\"industry_code\":\"C3412\",\"stage\":\"seed\",\"certs\":[],\"channels\":[\"agent\"]}",
};
enum { SEVERAL = sizeof several / sizeof *several };

/* Answers to the records in that order, each at its own place in `ret`. */
static void
answer_block(tidu_explain explain, const size_t *order, tidu_text *ret)
{
    tidu_options options = asking(explain, TIDU_BOTH);
    tidu_evaluation *e = open_evaluation(&options);
    struct record *records = calloc(SEVERAL, sizeof *records);
    assert_non_null(records);
    for (size_t i = 0; i < SEVERAL; i++)
        feed(e, &records[i], several[order[i]]);
    tidu_evaluation_run(e);
    for (uint32_t i = 0; i < SEVERAL; i++) {
        tidu_evaluation_write(e, i, &ret[order[i]]);
        tidu_text_putc(&ret[order[i]], '\0');
    }
    tidu_evaluation_close(&e);
    free(records);
}

static void
test_an_answer_is_the_same_bytes_alone_in_a_block_and_in_any_order(void **state)
{
    static const size_t orders[][SEVERAL] = {{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 0, 4, 1, 3}};
    (void)state;
    for (int explain = TIDU_EXPLAIN_NONE; explain <= TIDU_EXPLAIN_FULL; explain++) {
        tidu_options options = asking((tidu_explain)explain, TIDU_BOTH);
        for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
            tidu_text together[SEVERAL] = {{0}};
            answer_block((tidu_explain)explain, orders[o], together);
            for (size_t i = 0; i < SEVERAL; i++) {
                char *alone = answer_bytes(rules, &options, several[i]);
                assert_string_equal(alone, together[i].data);
                free(alone);
                tidu_text_free(&together[i]);
            }
        }
    }
}

/* A block that was used before leaves nothing behind. */
static void
test_a_cleared_evaluation_answers_as_a_fresh_one(void **state)
{
    tidu_options options = asking(TIDU_EXPLAIN_FULL, TIDU_BOTH);
    tidu_evaluation *e = open_evaluation(&options);
    struct record record;
    (void)state;
    for (size_t i = 0; i < 2 * SEVERAL; i++) {
        tidu_text out = {0};
        tidu_evaluation_clear(e);
        feed(e, &record, several[i % SEVERAL]);
        tidu_evaluation_run(e);
        tidu_evaluation_write(e, 0, &out);
        tidu_text_putc(&out, '\0');
        char *fresh = answer_bytes(rules, &options, several[i % SEVERAL]);
        assert_string_equal(fresh, out.data);
        free(fresh);
        tidu_text_free(&out);
    }
    tidu_evaluation_close(&e);
}

/* ---- errors as JSON ---- */

static json_t *
error_json(const tidu_error *error, int code, tidu_lang lang)
{
    tidu_text out = {0};
    tidu_error_write(error, code, lang, &out);
    tidu_text_putc(&out, '\0');
    json_t *json = parse(out.data);
    tidu_text_free(&out);
    return json;
}

static void
test_a_refused_record_says_the_fact_what_it_got_and_what_it_takes(void **state)
{
    tidu_options options = asking(TIDU_EXPLAIN_NONE, TIDU_ZH);
    tidu_evaluation *e = open_evaluation(&options);
    struct record record = {"{\"employees\":\"many \\\"people\\\"\"}"};
    tidu_error error = {0};
    (void)state;
    assert_int_equal(tidu_evaluation_json(e, record.text, strlen(record.text), &error),
                     TIDU_READ_ERROR);
    json_t *json = error_json(&error, -32001, TIDU_EN), *data = json_object_get(json, "data");
    assert_json(json_object_get(json, "code"), "-32001");
    assert_string_equal(text_of(data, "id"), tidu_error_id(error.code));
    assert_non_null(strstr(text_of(data, "fact"), "employees"));
    assert_non_null(strstr(text_of(data, "got"), "many"));
    assert_non_null(json_object_get(data, "takes"));
    assert_non_null(json_object_get(data, "hint"));
    json_decref(json);
    tidu_evaluation_close(&e);
}

static void
test_an_error_without_a_fact_names_none(void **state)
{
    tidu_error error;
    (void)state;
    tidu_error_set(&error, TIDU_NO_SUCH_TOPIC, "fax", NULL);
    json_t *json = error_json(&error, -32602, TIDU_ZH), *data = json_object_get(json, "data");
    assert_string_equal(text_of(json, "message"), "没有可描述的“fax”");
    assert_json(json_object_get(data, "id"), "\"E433\"");
    assert_null(json_object_get(data, "fact"));
    json_decref(json);
}

static void
test_a_report_is_a_list_of_diagnostics_with_both_places(void **state)
{
    tidu_report *report = tidu_report_open();
    tidu_error error;
    tidu_text out = {0};
    (void)state;
    tidu_error_at(&error, TIDU_NAME_TAKEN, "b.md", 7, 3, 9, "derive", "large", NULL);
    strcpy(error.also.document, "a.md");
    error.also.line = 5;
    tidu_report_add(report, &error);
    tidu_error_at(&error, TIDU_DESIGNATION_LAPSED, "c.md", 1, 0, 0, "x", "2020-01-01", NULL);
    tidu_report_add(report, &error);
    tidu_report_write(report, TIDU_EN, &out);
    tidu_text_putc(&out, '\0');
    json_t *json = parse(out.data);
    assert_json(json_array_get(json, 0),
                "{\"code\":\"E401\",\"column\":3,\"end_column\":9,\"hint\":\"Give one of them "
                "another name, or dates that do not overlap.\",\"line\":7,\"message\":\"derive "
                "\\\"large\\\" is declared twice\",\"path\":\"b.md\",\"related\":[{\"column\":0,"
                "\"end_column\":0,\"line\":5,\"path\":\"a.md\"}],\"severity\":\"error\"}");
    assert_string_equal(text_of(json_array_get(json, 1), "severity"), "warning");
    assert_json(json_object_get(json_array_get(json, 1), "related"), "[]");
    json_decref(json);
    tidu_text_free(&out);
    tidu_report_close(&report);
}

/* ---- the life of the ruleset ---- */

static void *
borrow(void *ruleset)
{
    for (int i = 0; i < 2000; i++) {
        tidu_ruleset *mine = tidu_ruleset_ref(ruleset);
        tidu_ruleset_unref(&mine);
        assert_null(mine);
    }
    tidu_ruleset *given = ruleset;
    tidu_ruleset_unref(&given);
    return NULL;
}

/* Each thread is given a reference and lets it go on its own; ours is the last
 * but one. */
static void
test_references_are_counted_across_threads(void **state)
{
    pthread_t threads[4];
    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, borrow, tidu_ruleset_ref(rules)), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&rules->references), 1);
}

static void
test_an_evaluation_keeps_its_ruleset_alive(void **state)
{
    tidu_options options = asking(TIDU_EXPLAIN_NONE, TIDU_ZH);
    tidu_evaluation *e = open_evaluation(&options);
    (void)state;
    assert_int_equal(atomic_load(&rules->references), 2);
    tidu_evaluation_close(&e);
    assert_null(e);
    assert_int_equal(atomic_load(&rules->references), 1);
}

#define T(name) cmocka_unit_test(name)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_only_the_designations_asked_for_are_answered),
        T(test_an_unknown_designation_is_refused_with_those_there_are),
        T(test_an_unknown_fact_is_refused_unless_it_is_to_be_ignored),
        T(test_a_date_picks_the_documents_in_force_and_back),
        T(test_an_answer_is_the_same_bytes_alone_in_a_block_and_in_any_order),
        T(test_a_cleared_evaluation_answers_as_a_fresh_one),
        T(test_a_refused_record_says_the_fact_what_it_got_and_what_it_takes),
        T(test_an_error_without_a_fact_names_none),
        T(test_a_report_is_a_list_of_diagnostics_with_both_places),
        T(test_references_are_counted_across_threads),
        T(test_an_evaluation_keeps_its_ruleset_alive),
    };
    return cmocka_run_group_tests(tests, open_rules, close_rules);
}
