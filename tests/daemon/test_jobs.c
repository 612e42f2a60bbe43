/*
 * test_jobs.c guards daemon/errand.c and job.c, and worker.c: who asks much does
 * not make others wait, knows how far it is, and may change its mind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATUS_LINE "{\"jsonrpc\":\"2.0\",\"id\":\"status\",\"method\":\"status\"}"
#define CHECK_PARAMS "\"base\":true,\"documents\":{}"

/* A request with `count` records and the members given beside them. */
static char *
many_records(const char *id, const char *members, size_t count)
{
    enum { RECORD_SIZE = 64 };
    char *line = malloc(1024 + count * RECORD_SIZE);
    assert_non_null(line);
    size_t length = (size_t)sprintf(line,
                                    "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"evaluate\","
                                    "\"params\":{" AS_OF "%s,\"records\":[",
                                    id, members);
    for (size_t i = 0; i < count; i++)
        length += (size_t)sprintf(line + length, "%s{\"revenue\":%zu}", i ? "," : "", i);
    strcpy(line + length, "]}}\n");
    return line;
}

static void
send_records(struct client *client, const char *id, const char *members, size_t count)
{
    char *line = many_records(id, members, count);
    client_send(client, line);
    free(line);
}

static size_t
answer_count(const json_t *result)
{
    return json_array_size(json_object_get(result, "answers"));
}

static bool
is_quiet(const json_t *status)
{
    return json_integer_value(json_object_get(status, "jobs")) == 0;
}

/* One worker: what it is asked behind the many comes back before them. */
static void
test_many_records_do_not_hold_up_what_comes_behind(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "threads = { workers = 1; };");
    struct client *client = client_open(daemon);
    send_records(client, "\"many\"", "", 10000);
    client_send(client, STATUS_LINE "\n");
    json_t *first = client_answer(client), *second = client_answer_but_progress(client);
    assert_string_equal(text_of(first, "id"), "status");
    assert_string_equal(text_of(second, "id"), "many");
    assert_int_equal(answer_count(json_object_get(second, "result")), 10000);
    json_decref(first);
    json_decref(second);
    client_close(client);
}

static void
test_many_records_as_a_job_are_answered_as_few_are(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, NULL);
    struct client *client = client_open(daemon);
    char *line = many_records("1", ",\"explain\":\"brief\",\"designations\":[\"lg\"]", 5000);
    client_send(client, line);
    free(line);
    json_t *many = client_answer_but_progress(client);
    const json_t *answers = json_object_get(json_object_get(many, "result"), "answers");
    for (size_t i = 0; i < 5000; i++)
        assert_string_equal(lg_status(json_array_get(answers, i)), i < 100 ? "unmet" : "met");
    json_decref(many);

    /* What is wrong with them is told as ever. */
    line = many_records("1", ",\"explain\":\"brief\"", 5000);
    memcpy(strstr(line, ":4321}"), ":\"no\"", 5);
    client_send(client, line);
    free(line);
    many = client_answer_but_progress(client);
    answers = json_object_get(json_object_get(many, "result"), "answers");
    assert_int_equal(json_array_size(answers), 5000);
    assert_int_equal(error_code(json_array_get(answers, 4321)), -32001);
    json_decref(many);

    /* And what is no JSON, and so has no id. */
    line = many_records("1", ",\"explain\":\"brief\"", 5000);
    char *broken = strstr(line, ":4321}"), place[32];
    broken[1] = '\xff';
    snprintf(place, sizeof place, " %td", broken + 1 - line + 1);
    client_send(client, line);
    free(line);
    many = client_answer_but_progress(client);
    assert_true(json_is_null(json_object_get(many, "id")));
    assert_int_equal(error_code(many), -32700);
    const char *message = text_of(json_object_get(many, "error"), "message");
    if (!strstr(message, place))
        fail_msg("not at%s: %s", place, message);
    json_decref(many);
    client_close(client);
}

static void
test_an_async_request_is_answered_with_a_job_and_told_when_it_is_done(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, NULL);
    struct client *client = client_open(daemon);
    client_send(client, CALL("check", "{" CHECK_PARAMS ",\"async\":true}") "\n");
    json_t *answer = client_answer(client);
    assert_int_equal(json_integer_value(json_object_get(answer, "id")), 1);
    const char *job = text_of(json_object_get(answer, "result"), "job");
    assert_non_null(job);
    json_t *done = client_answer_but_progress(client);
    assert_string_equal(text_of(done, "method"), "done");
    assert_null(json_object_get(done, "id"));
    const json_t *params = json_object_get(done, "params");
    assert_string_equal(text_of(params, "job"), job);
    assert_true(json_is_true(json_object_get(json_object_get(params, "result"), "ok")));
    json_decref(answer);
    json_decref(done);

    /* What cannot be done is told there too. */
    client_send(client, CALL("describe", "{\"what\":\"programs\"}") "\n");
    send_records(client, "7", ",\"async\":true,\"designations\":[\"none\"]", 2);
    for (int i = 0; i < 2; i++) {
        answer = client_answer_but_progress(client);
        if (json_integer_value(json_object_get(answer, "id")) == 7)
            assert_int_equal(error_code(answer), -32602);
        else
            assert_non_null(json_object_get(answer, "result"));
        json_decref(answer);
    }
    client_close(client);
}

/* Two of everything: the first jobs keep the threads busy, so those behind them
 * have not begun when they are cancelled. */
static void
test_a_cancelled_job_ends_with_an_error_and_the_next_is_served(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "threads = { jobs = 1; };");
    struct client *client = client_open(daemon);
    client_send(client, CALL("check", "{" CHECK_PARAMS "}") "\n");
    client_send(client, "{\"jsonrpc\":\"2.0\",\"id\":\"second\",\"method\":\"check\",\"params\":"
                        "{" CHECK_PARAMS "}}\n");
    client_send(client, "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"cancel\",\"params\":"
                        "{\"id\":\"second\"}}\n");
    json_t *answer = client_answer_but_progress(client);
    assert_int_equal(json_integer_value(json_object_get(answer, "id")), 3);
    assert_true(json_is_true(json_object_get(json_object_get(answer, "result"), "cancelled")));
    json_decref(answer);
    answer = client_answer_but_progress(client);
    assert_int_equal(json_integer_value(json_object_get(answer, "id")), 1);
    assert_non_null(json_object_get(answer, "result"));
    json_decref(answer);
    answer = client_answer_but_progress(client);
    assert_string_equal(text_of(answer, "id"), "second");
    assert_int_equal(error_code(answer), -32007);
    assert_string_equal(error_id(answer), "E528");
    json_decref(answer);

    answer = client_ask(client, CALL("cancel", "{\"id\":\"second\"}"));
    assert_int_equal(error_code(answer), -32006);
    assert_string_equal(error_id(answer), "E529");
    json_decref(answer);
    answer = client_ask(client, CALL("cancel", "{}"));
    assert_string_equal(error_id(answer), "E513");
    json_decref(answer);
    answer = client_ask(client, CALL("check", "{" CHECK_PARAMS "}"));
    assert_non_null(json_object_get(answer, "result"));
    json_decref(answer);
    client_close(client);
}

static void
test_jobs_can_be_cancelled_by_their_name_but_not_by_strangers(void **state)
{
    struct daemon *daemon = *state;
    char line[256];
    daemon_start(daemon, "threads = { jobs = 1; };");
    struct client *client = client_open(daemon), *stranger = client_open(daemon);
    client_send(client, CALL("check", "{" CHECK_PARAMS "}") "\n");
    client_send(client, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"check\",\"params\":"
                        "{" CHECK_PARAMS ",\"async\":true}}\n");
    json_t *named = client_answer_but_progress(client);
    snprintf(line, sizeof line, CALL("cancel", "{\"job\":\"%s\"}") "\n",
             text_of(json_object_get(named, "result"), "job"));
    json_decref(named);
    client_send(stranger, line);
    json_t *answer = client_answer(stranger);
    assert_string_equal(error_id(answer), "E529");
    json_decref(answer);
    client_send(client, line);
    bool cancelled = false;
    for (int i = 0; i < 3; i++) {
        answer = client_answer_but_progress(client);
        cancelled |= error_code(json_object_get(answer, "params")) == -32007;
        json_decref(answer);
    }
    assert_true(cancelled);
    client_close(client);
    client_close(stranger);
}

static void
test_jobs_of_a_client_that_left_are_over_soon(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "threads = { jobs = 1; };");
    struct client *other = client_open(daemon);
    for (int i = 0; i < 5; i++) {
        struct client *client = client_open(daemon);
        for (int j = 0; j < 3; j++)
            client_send(client, CALL("check", "{" CHECK_PARAMS "}") "\n");
        send_records(client, "1", "", 10000);
        client_close(client);
    }
    wait_for(other, is_quiet);
    json_t *answer = client_ask(other, CALL("check", "{" CHECK_PARAMS "}"));
    assert_non_null(json_object_get(answer, "result"));
    json_decref(answer);
    client_close(other);
}

static void
test_one_session_may_have_so_many_jobs_and_no_more(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "limits = { session_jobs = 1; };");
    struct client *client = client_open(daemon), *other = client_open(daemon);
    client_send(client, CALL("check", "{" CHECK_PARAMS "}") "\n" CALL("check", "{" CHECK_PARAMS "}") "\n");
    json_t *answer = client_answer_but_progress(client);
    assert_int_equal(error_code(answer), -32005);
    assert_string_equal(error_id(answer), "E522");
    json_decref(answer);
    answer = client_ask(other, CALL("check", "{" CHECK_PARAMS "}"));
    assert_non_null(json_object_get(answer, "result"));
    json_decref(answer);
    client_close(client);
    client_close(other);
}

/* Many records are not refused but wait for each other; a batch of such, too. */
static void
test_many_records_many_times_wait_for_each_other(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "limits = { session_jobs = 1; };");
    struct client *client = client_open(daemon);
    enum { COUNT = 4, RECORDS = 5000 };
    for (int i = 0; i < COUNT; i++)
        send_records(client, "1", "", RECORDS);
    for (int i = 0; i < COUNT; i++) {
        json_t *answer = client_answer_but_progress(client);
        assert_int_equal(answer_count(json_object_get(answer, "result")), RECORDS);
        json_decref(answer);
    }
    client_send(client, "[");
    for (int i = 0; i < COUNT; i++) {
        char *line = many_records("2", "", RECORDS);
        line[strlen(line) - 1] = i + 1 < COUNT ? ',' : ']';
        client_send(client, line);
        free(line);
    }
    client_send(client, "\n");
    json_t *answers = client_answer_but_progress(client);
    assert_int_equal(json_array_size(answers), COUNT);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(
            answer_count(json_object_get(json_array_get(answers, i), "result")), RECORDS);
    json_decref(answers);
    answers = client_ask(client, STATUS_LINE);
    const json_t *requests =
        json_object_get(json_object_get(answers, "result"), "requests");
    assert_int_equal(json_integer_value(json_object_get(requests, "evaluate")), 2 * COUNT);
    json_decref(answers);
    client_close(client);
}

/* Whoever asks much waits for itself: the other's only check is not behind its
 * five. Both have one job thread. */
static void
test_the_first_job_of_one_goes_before_the_second_of_another(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "threads = { jobs = 1; workers = 1; };");
    struct client *greedy = client_open(daemon), *modest = client_open(daemon);
    for (int i = 0; i < 6; i++)
        client_send(greedy, CALL("check", "{" CHECK_PARAMS "}") "\n");
    json_t *answer = client_ask(greedy, STATUS_LINE);
    assert_string_equal(text_of(answer, "id"), "status"); /* all have been taken in */
    json_decref(answer);
    answer = client_ask(modest, CALL("check", "{" CHECK_PARAMS "}"));
    assert_non_null(json_object_get(answer, "result"));
    json_decref(answer);
    answer = client_ask(modest, STATUS_LINE);
    assert_true(json_integer_value(json_object_get(json_object_get(answer, "result"), "jobs")) >= 2);
    json_decref(answer);
    client_close(greedy);
    client_close(modest);
}

/* ---- workers ------------------------------------------------------------------- */

static void
test_sessions_are_spread_over_the_workers(void **state)
{
    struct daemon *daemon = *state;
    enum { COUNT = 6 };
    struct client *clients[COUNT];
    daemon_start(daemon, "threads = { workers = 3; };");
    for (int i = 0; i < COUNT; i++) {
        clients[i] = client_open(daemon);
        json_decref(client_ask(clients[i], STATUS_LINE));
    }
    json_t *answer = client_ask(clients[0], STATUS_LINE);
    const json_t *sessions = json_object_get(json_object_get(answer, "result"), "sessions");
    const json_t *workers = json_object_get(sessions, "workers");
    assert_int_equal(json_array_size(workers), 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(json_integer_value(json_array_get(workers, i)), 2);
    json_decref(answer);
    for (int i = 0; i < COUNT; i++)
        client_close(clients[i]);
}

/* One worker, and a client whose requests would keep it busy for long: another's
 * single request is answered between them. */
static void
test_a_busy_session_lets_others_have_their_turn(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "threads = { workers = 1; };\nlimits = { output_bytes = 100000000; };");
    struct client *busy = client_open(daemon), *other = client_open(daemon);
    enum { COUNT = 20000 };
    char *lines = malloc(COUNT * 128);
    assert_non_null(lines);
    size_t length = 0;
    for (int i = 0; i < COUNT; i++)
        length += (size_t)sprintf(lines + length, "%s\n",
                                  CALL("evaluate", "{" AS_OF ",\"record\":{\"revenue\":1}}"));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        client_send(busy, lines);
        for (int i = 0; i < COUNT; i++)
            if (!client_line(busy))
                _exit(1);
        _exit(0);
    }
    json_t *answer = client_ask(other, CALL("evaluate", "{" AS_OF ",\"record\":{\"revenue\":1}}"));
    assert_string_equal(lg_status(json_object_get(answer, "result")), "unmet");
    json_decref(answer);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    free(lines);
    client_close(busy);
    client_close(other);
}

/* A batch of many is taken in over several turns, and is one array all the same. */
static void
test_a_long_batch_is_answered_as_one_array_in_order(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, NULL);
    struct client *client = client_open(daemon);
    enum { COUNT = 9000 };
    char *line = malloc(COUNT * 128), name[16];
    assert_non_null(line);
    size_t length = (size_t)sprintf(line, "  [");
    for (int i = 0; i < COUNT; i++)
        length += (size_t)sprintf(line + length,
                                  "%s{\"jsonrpc\":\"2.0\",\"id\":\"%d\",\"method\":\"evaluate\","
                                  "\"params\":{" AS_OF ",\"record\":{\"revenue\":%d}}}",
                                  i ? " ,\t" : "", i, i);
    strcpy(line + length, "]\n" STATUS_LINE "\n");
    client_send(client, line);
    free(line);
    json_t *answers = client_answer(client);
    assert_int_equal(json_array_size(answers), COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        const json_t *answer = json_array_get(answers, i);
        snprintf(name, sizeof name, "%zu", i);
        assert_string_equal(text_of(answer, "id"), name);
        assert_string_equal(lg_status(json_object_get(answer, "result")),
                            i < 100 ? "unmet" : "met");
    }
    json_decref(answers);
    answers = client_answer(client);
    assert_string_equal(text_of(answers, "id"), "status");
    json_decref(answers);
    client_close(client);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, daemon_setup, daemon_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_many_records_do_not_hold_up_what_comes_behind),
        TEST(test_many_records_as_a_job_are_answered_as_few_are),
        TEST(test_an_async_request_is_answered_with_a_job_and_told_when_it_is_done),
        TEST(test_a_cancelled_job_ends_with_an_error_and_the_next_is_served),
        TEST(test_jobs_can_be_cancelled_by_their_name_but_not_by_strangers),
        TEST(test_jobs_of_a_client_that_left_are_over_soon),
        TEST(test_one_session_may_have_so_many_jobs_and_no_more),
        TEST(test_many_records_many_times_wait_for_each_other),
        TEST(test_the_first_job_of_one_goes_before_the_second_of_another),
        TEST(test_sessions_are_spread_over_the_workers),
        TEST(test_a_busy_session_lets_others_have_their_turn),
        TEST(test_a_long_batch_is_answered_as_one_array_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
