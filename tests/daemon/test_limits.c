/*
 * test_limits.c guards what bounds a session: line length, depth, records,
 * answers, sessions, unread output, jobs, time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORD_LINE                                                            \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"evaluate\",\"params\":{" AS_OF \
    ",\"record\":{\"revenue\":100}}}\n"

static void
assert_alive(struct client *client)
{
    json_t *answer = client_ask(client, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\"}");
    assert_non_null(json_object_get(answer, "result"));
    json_decref(answer);
}

static void
assert_refused(struct client *client, const char *line, long long code, const char *id)
{
    json_t *answer = client_ask(client, line);
    assert_int_equal(error_code(answer), code);
    assert_string_equal(error_id(answer), id);
    json_decref(answer);
}

/* The session is told why, and closed. */
static void
assert_farewell(struct client *client, long long code, const char *id)
{
    json_t *answer = client_answer(client);
    assert_int_equal(error_code(answer), code);
    assert_string_equal(error_id(answer), id);
    json_decref(answer);
    assert_null(client_line(client));
}

/* A line of `length` bytes without its end: a request with a long id. */
static char *
long_line(size_t length)
{
    static const char begin[] = "{\"jsonrpc\":\"2.0\",\"method\":\"status\",\"id\":\"";
    char *line = malloc(length + 1);
    assert_non_null(line);
    memset(line, 'x', length);
    memcpy(line, begin, sizeof begin - 1);
    memcpy(line + length - 2, "\"}", 3);
    return line;
}

static void
test_a_line_up_to_the_limit_is_answered_and_one_byte_more_closes(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "limits = { line_bytes = 100000; };");
    struct client *client = client_open(daemon);
    char *line = long_line(100000);
    json_t *answer = client_ask(client, line);
    assert_non_null(json_object_get(answer, "result"));
    json_decref(answer);
    free(line);

    line = long_line(100001);
    assert_refused(client, line, -32004, "E515");
    assert_null(client_line(client));
    free(line);
    client_close(client);

    client = client_open(daemon);
    assert_alive(client);
    client_close(client);
}

/* The sender is still writing when the limit is passed; it gets to end its line
 * and to read why. What stood before the line is answered. */
static void
test_the_sender_of_an_endless_line_reads_why(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "limits = { line_bytes = 4096; };");
    struct client *client = client_open(daemon);
    enum { LENGTH = 400 * 1000 }; /* more than a socket holds */
    char *line = long_line(LENGTH);
    client_send(client, RECORD_LINE);
    assert_true(client_try_send(client, line, LENGTH));
    client_send(client, "\n");
    json_t *answer = client_answer(client);
    assert_string_equal(lg_status(json_object_get(answer, "result")), "met");
    json_decref(answer);
    answer = client_answer(client);
    assert_int_equal(error_code(answer), -32004);
    assert_true(json_is_null(json_object_get(answer, "id")));
    json_decref(answer);
    assert_null(client_line(client));
    free(line);
    client_close(client);
}

static void
test_a_message_nested_too_deep_is_refused_and_the_next_answered(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "limits = { depth = 6; };");
    struct client *client = client_open(daemon);
    assert_refused(client,
                   "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\",\"params\":"
                   "{\"a\":[[[[[1]]]]]}}",
                   -32004, "E516");
    assert_refused(client, "[[[[[[[1]]]]]]]", -32004, "E516");
    assert_alive(client);
    client_close(client);
}

static void
test_too_many_records_are_refused_as_a_whole(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "limits = { records = 3; };");
    struct client *client = client_open(daemon);
    json_t *answer = client_ask(client, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"evaluate\","
                                        "\"params\":{\"records\":[{},{},{}]}}");
    assert_int_equal(json_array_size(json_object_get(json_object_get(answer, "result"), "answers")),
                     3);
    json_decref(answer);
    assert_refused(client,
                   "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"evaluate\",\"params\":"
                   "{\"records\":[{},{},{},{}]}}",
                   -32004, "E517");
    assert_refused(client, "[1,2,3,4]", -32004, "E518");
    assert_alive(client);
    client_close(client);
}

static void
test_an_answer_too_large_is_refused_as_a_whole(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "limits = { answer_bytes = 4096; };");
    struct client *client = client_open(daemon);
    char line[2048] =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"evaluate\",\"params\":{\"records\":[{}";
    for (int i = 0; i < 100; i++)
        strcat(line, ",{}");
    strcat(line, "]}}");
    assert_refused(client, line, -32004, "E519");
    assert_alive(client);
    client_close(client);
}

static void
test_a_session_too_many_is_told_so_and_closed(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "limits = { sessions = 2; };");
    struct client *one = client_open(daemon), *two = client_open(daemon);
    assert_alive(one);
    assert_alive(two);
    struct client *three = client_open(daemon);
    assert_farewell(three, -32005, "E520");
    client_close(three);
    assert_alive(one);
    client_close(one);
    client_close(two);
}

static bool
is_alone(const json_t *status)
{
    return json_integer_value(
               json_object_get(json_object_get(status, "sessions"), "open")) == 1;
}

static bool
has_queued(const json_t *status)
{
    return json_integer_value(json_object_get(status, "queued_bytes")) > 100000;
}

static bool
has_room(const json_t *status)
{
    return json_integer_value(json_object_get(status, "queued_bytes")) <= 100000;
}

/* The client writes and does not read. The daemon stops reading from it, so the
 * client cannot write for ever either; when it reads, every answer is there. */
static void
test_a_slow_reader_is_waited_for_at_a_bounded_cost(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "limits = { output_bytes = 65536; };");
    struct client *slow = client_open(daemon), *other = client_open(daemon);
    size_t sent = 0, length = strlen(RECORD_LINE), before = daemon_resident(daemon);
    struct pollfd writable = {.fd = slow->fd, .events = POLLOUT};
    while (poll(&writable, 1, 500) == 1 && sent < 1000 * 1000) {
        client_send(slow, RECORD_LINE);
        sent++;
    }
    assert_true(sent < 1000 * 1000);
    assert_true(daemon_resident(daemon) < before + (32u << 20));
    assert_alive(other);
    for (size_t i = 0; i < sent; i++) {
        const char *line = client_line(slow);
        assert_non_null(line);
        assert_true(strlen(line) > length / 2);
    }
    assert_alive(slow);
    client_close(slow);
    client_close(other);
}

static void
test_a_client_that_leaves_its_answers_behind_harms_nobody(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, NULL);
    for (int round = 0; round < 20; round++) {
        struct client *client = client_open(daemon);
        for (int i = 0; i < 300; i++)
            client_send(client, RECORD_LINE);
        client_send(client, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"check\",\"params\":"
                            "{\"documents\":{}}}\n");
        client_send(client,
                    "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"check\",\"params\":"
                    "{\"documents\":{}}}]\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"reload\"}\n");
        client_close(client);
    }
    struct client *client = client_open(daemon);
    assert_alive(client);
    client_close(client);
}

static void
test_an_idle_session_is_closed_when_so_configured(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "timeouts = { idle_s = 1; };");
    struct client *client = client_open(daemon);
    assert_alive(client);
    assert_farewell(client, -32007, "E567");
    client_close(client);
}

/* A byte now and then does not help: it is the line that has to end. */
static void
test_a_line_that_does_not_end_closes_its_session(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "timeouts = { line_s = 1; };");
    struct client *slow = client_open(daemon), *other = client_open(daemon);
    client_send(slow, "{\"jsonrpc\"");
    for (int i = 0; i < 6 && client_try_send(slow, " ", 1); i++)
        usleep(250 * 1000);
    assert_farewell(slow, -32007, "E568");
    assert_alive(other);
    client_close(slow);
    client_close(other);
}

static void
test_answers_nobody_reads_close_their_session(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "limits = { output_bytes = 65536; };\ntimeouts = { write_s = 1; };");
    struct client *deaf = client_open(daemon), *other = client_open(daemon);
    struct pollfd writable = {.fd = deaf->fd, .events = POLLOUT};
    while (poll(&writable, 1, 200) == 1 && client_try_send(deaf, RECORD_LINE, strlen(RECORD_LINE)))
        continue;
    wait_for(other, is_alone);
    client_close(deaf);
    client_close(other);
}

static void
test_one_user_may_be_kept_to_fewer_sessions(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "limits = { user_sessions = 2; };");
    struct client *one = client_open(daemon), *two = client_open(daemon);
    assert_alive(one);
    assert_alive(two);
    struct client *three = client_open(daemon);
    assert_farewell(three, -32005, "E565");
    client_close(three);
    client_close(two);
    wait_for(one, is_alone);
    two = client_open(daemon);
    assert_alive(two);
    client_close(one);
    client_close(two);
}

/* Somebody does not read; others are told that the daemon is busy, and may still
 * ask how it is. When the answers are read, all is as before. */
static void
test_too_many_unread_answers_make_the_daemon_busy_until_they_are_read(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "limits = { output_bytes = 1000000; queued_bytes = 100000; };");
    struct client *deaf = client_open(daemon), *other = client_open(daemon);
    struct pollfd writable = {.fd = deaf->fd, .events = POLLOUT};
    size_t sent = 0;
    json_t *answer;
    while (sent < 20000 && poll(&writable, 1, 200) == 1) {
        client_send(deaf, RECORD_LINE);
        sent++;
    }
    wait_for(other, has_queued);
    assert_refused(other, CALL("evaluate", "{\"record\":{}}"), -32005, "E566");
    for (size_t i = 0; i < sent; i++)
        assert_non_null(client_line(deaf));
    wait_for(other, has_room); /* read is read before it is counted */
    answer = client_ask(other, CALL("evaluate", "{\"record\":{}}"));
    assert_non_null(json_object_get(answer, "result"));
    json_decref(answer);
    client_close(deaf);
    client_close(other);
}

static void
test_more_checks_than_may_wait_are_told_to_come_back(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "limits = { jobs = 2; session_jobs = 12; };");
    struct client *client = client_open(daemon);
    enum { COUNT = 12 };
    int done = 0, busy = 0;
    for (int i = 0; i < COUNT; i++)
        client_send(client, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"check\",\"params\":"
                            "{\"base\":true,\"documents\":{}}}\n");
    for (int i = 0; i < COUNT; i++) {
        json_t *answer = client_answer_but_progress(client);
        done += json_object_get(answer, "result") != NULL;
        busy += error_code(answer) == -32005 && strcmp(error_id(answer), "E521") == 0;
        json_decref(answer);
    }
    assert_int_equal(done + busy, COUNT);
    assert_true(done >= 2);
    assert_true(busy >= 1);
    client_close(client);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, daemon_setup, daemon_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_line_up_to_the_limit_is_answered_and_one_byte_more_closes),
        TEST(test_the_sender_of_an_endless_line_reads_why),
        TEST(test_a_message_nested_too_deep_is_refused_and_the_next_answered),
        TEST(test_too_many_records_are_refused_as_a_whole),
        TEST(test_an_answer_too_large_is_refused_as_a_whole),
        TEST(test_a_session_too_many_is_told_so_and_closed),
        TEST(test_a_slow_reader_is_waited_for_at_a_bounded_cost),
        TEST(test_a_client_that_leaves_its_answers_behind_harms_nobody),
        TEST(test_an_idle_session_is_closed_when_so_configured),
        TEST(test_a_line_that_does_not_end_closes_its_session),
        TEST(test_answers_nobody_reads_close_their_session),
        TEST(test_one_user_may_be_kept_to_fewer_sessions),
        TEST(test_too_many_unread_answers_make_the_daemon_busy_until_they_are_read),
        TEST(test_more_checks_than_may_wait_are_told_to_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
