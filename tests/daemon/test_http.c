/*
 * test_http.c guards daemon/http.c and relay.c: requests over HTTP, and who goes away.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem, strcasestr */
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../sparing.h"
#include "web.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- requests ---------------------------------------------------------------------------------------- */

static void
test_what_is_not_there_or_not_meant_has_a_status_of_its_own(void **state)
{
    web_start(*state, "");
    struct client *client = web_open(*state);
    struct reply reply = web_get(client, "/");
    assert_int_equal(reply.status, 404);
    web_forget(&reply);
    reply = web_get(client, "/rpc");
    assert_int_equal(reply.status, 405);
    assert_non_null(strcasestr(reply.head, "Allow: POST\r\n"));
    web_forget(&reply);
    client_send(client, "DELETE /metrics HTTP/1.1\r\n" HOST "\r\n");
    reply = web_reply(client);
    assert_int_equal(reply.status, 405);
    assert_non_null(strcasestr(reply.head, "Allow: GET, HEAD\r\n"));
    web_forget(&reply);
    web_assert_status(client, AS_REPORTING, RECORD("150"), 415);
    web_assert_status(client, AS_REPORTING "Content-Type: text/plain\r\n", RECORD("150"), 415);
    web_assert_status(client, AS_REPORTING "Content-Type: application/jsonp\r\n", RECORD("150"), 415);
    web_assert_status(client, AS_REPORTING "Content-Type: Application/JSON; charset=utf-8\r\n", RECORD("150"),
                  200);
    web_assert_status(client, AS_REPORTING JSON, "no json", 400);
    web_assert_status(client, AS_REPORTING JSON, "{\"jsonrpc\":\"2.0\",\"id\":1,", 400);
    web_assert_status(client, AS_REPORTING JSON, " \n\t ", 400);
    web_assert_status(client, AS_REPORTING JSON, "", 400);
    /* What the protocol itself answers with an error is an answer. */
    json_t *answer = web_call(client, AS_REPORTING, CALL("nothing", "{}"));
    assert_int_equal(error_code(answer), -32601);
    json_decref(answer);
    client_close(client);
}

static void
test_a_head_request_is_told_the_length_and_nothing_else(void **state)
{
    web_start(*state, "");
    struct client *client = web_open(*state);
    client_send(client, "HEAD /healthz HTTP/1.1\r\n" HOST "\r\nGET /readyz HTTP/1.1\r\n" HOST "\r\n");
    while (client->length < 9)
        assert_true(web_more(client));
    const char *end;
    while (!(end = memmem(client->data, client->length, "\r\n\r\n", 4)))
        assert_true(web_more(client));
    client->length -= (size_t)(end - client->data) + 4;
    memmove(client->data, end + 4, client->length);
    struct reply reply = web_reply(client);
    assert_int_equal(reply.status, 200);
    assert_non_null(strstr(reply.body, "\"ready\":true"));
    web_forget(&reply);
    client_close(client);
}

static void
test_bodies_may_have_lines_and_come_in_chunks(void **state)
{
    web_start(*state, "");
    struct client *client = web_open(*state);
    json_t *answer = web_call(client, AS_REPORTING,
                             "\r\n{\"jsonrpc\":\"2.0\",\n\"id\":1,\r\n\"method\":\"evaluate\",\n\"params\":"
                             "{" AS_OF ",\n\"record\":{\"revenue\":99}}}\n\n");
    assert_string_equal(lg_status(json_object_get(answer, "result")), "unmet");
    json_decref(answer);
    static const char body[] = CALL("evaluate", "{" AS_OF ",\"record\":{\"revenue\":100}}");
    char chunks[2048] = "POST /rpc HTTP/1.1\r\n" HOST AS_REPORTING JSON "Transfer-Encoding: chunked\r\n\r\n";
    for (size_t at = 0; at < sizeof body - 1; at += 11)
        sprintf(chunks + strlen(chunks), "%X\r\n%.11s\r\n",
                (unsigned)(sizeof body - 1 - at < 11 ? sizeof body - 1 - at : 11), body + at);
    strcat(chunks, "0\r\n\r\n");
    client_send(client, chunks);
    struct reply reply = web_reply(client);
    assert_int_equal(reply.status, 200);
    assert_non_null(strstr(reply.body, "\"met\""));
    web_forget(&reply);
    client_close(client);
}

static void
test_requests_of_one_connection_are_answered_in_turn(void **state)
{
    enum { COUNT = 40 };
    web_start(*state, "");
    struct client *client = web_open(*state);
    /* All at once, long ones and short ones; one is answered by a job. */
    char *text = calloc(COUNT, 4096);
    assert_non_null(text);
    for (int i = 0; i < COUNT; i++) {
        char body[4000];
        snprintf(body, sizeof body,
                 "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":{%s}}", i,
                 i % 8 == 3 ? "describe" : "evaluate",
                 i % 8 == 3 ? "\"what\":\"programs\"" : AS_OF ",\"record\":{\"revenue\":150}");
        sprintf(text + strlen(text), "POST /rpc HTTP/1.1\r\n" HOST AS_REPORTING JSON
                                     "Content-Length: %zu\r\n\r\n%s",
                strlen(body), body);
    }
    client_send(client, text);
    free(text);
    for (int i = 0; i < COUNT; i++) {
        struct reply reply = web_reply(client);
        assert_int_equal(reply.status, 200);
        json_t *answer = json_loadb(reply.body, reply.length, 0, NULL);
        assert_int_equal(json_integer_value(json_object_get(answer, "id")), i);
        assert_non_null(json_object_get(answer, "result"));
        json_decref(answer);
        web_forget(&reply);
    }
    client_send(client, "GET /healthz HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
    struct reply reply = web_reply(client);
    assert_int_equal(reply.status, 200);
    web_forget(&reply);
    assert_true(web_is_closed(client));
    client_close(client);
}

static void
test_batches_and_notifications_are_answered_as_on_the_socket(void **state)
{
    web_start(*state, "");
    struct client *client = web_open(*state);
    json_t *answers =
        web_call(client, AS_REPORTING,
                "[" RECORD("99") ",\n{\"jsonrpc\":\"2.0\",\"method\":\"status\"},\n" RECORD("101") "]");
    assert_int_equal(json_array_size(answers), 2);
    json_decref(answers);
    struct reply reply =
        web_post(client, AS_REPORTING JSON, "{\"jsonrpc\":\"2.0\",\"method\":\"status\",\"params\":{}}");
    assert_int_equal(reply.status, 204);
    assert_int_equal(reply.length, 0);
    web_forget(&reply);
    web_assert_status(client, AS_OFFICE JSON, "{\"jsonrpc\":\"2.0\",\"method\":\"reload\"}", 204);
    web_assert_status(client, AS_REPORTING JSON,
                  "[{\"jsonrpc\":\"2.0\",\"method\":\"status\"},{\"jsonrpc\":\"2.0\",\"method\":\"status\"}]",
                  204);
    web_assert_status(client, AS_REPORTING JSON, RECORD("150"), 200);
    client_close(client);
}

/* A job tells of its progress on the socket; here there is room for one answer. */
static void
test_many_records_are_answered_without_anything_before(void **state)
{
    web_start(*state, "");
    struct client *client = web_open(*state);
    char *body = web_many_records(9000, -1);
    json_t *answer = web_call(client, AS_REPORTING, body);
    assert_int_equal(json_array_size(json_object_get(json_object_get(answer, "result"), "answers")), 9000);
    json_decref(answer);
    free(body);
    client_close(client);
}

static void
test_what_would_come_later_is_refused(void **state)
{
    web_start(*state, "");
    struct client *client = web_open(*state);
    static const char *const bodies[] = {
        CALL("check", "{\"documents\":{},\"async\":true}"),
        CALL("evaluate", "{\"records\":[{}],\"async\":true}"),
        CALL("subscribe", "{\"events\":[\"ruleset.changed\"]}"),
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        json_t *answer = web_call(client, AS_OFFICE, bodies[i]);
        assert_string_equal(error_id(answer), "E600");
        json_decref(answer);
    }
    client_close(client);
}

static void
test_a_body_over_the_limit_is_refused_however_it_comes(void **state)
{
    web_start(*state, "limits = { line_bytes = 400; };");
    char *big = web_many_records(100, -1);
    struct client *client = web_open(*state);
    web_assert_status(client, AS_REPORTING JSON, big, 413);
    assert_true(web_is_closed(client));
    client_close(client);
    client = web_open(*state);
    char head[256];
    snprintf(head, sizeof head,
             "POST /rpc HTTP/1.1\r\n" HOST AS_REPORTING JSON "Transfer-Encoding: chunked\r\n\r\n%zx\r\n",
             strlen(big));
    client_send(client, head);
    client_send(client, big);
    client_send(client, "\r\n0\r\n\r\n");
    struct reply reply = web_reply(client);
    assert_int_equal(reply.status, 413);
    assert_non_null(strstr(reply.body, "400"));
    web_forget(&reply);
    web_assert_status(client, AS_REPORTING JSON, RECORD("150"), 200);
    client_close(client);
    free(big);
}

static void
test_who_was_told_to_go_on_is_still_told_what_is_wrong(void **state)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    web_start(*state, "");
    struct client *client = web_open(*state);
    client_send(client, "POST /rpc HTTP/1.1\r\n" HOST AS_REPORTING JSON
                        "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (client->length < sizeof go_on - 1)
        assert_true(web_more(client));
    assert_int_equal(client->length, sizeof go_on - 1);
    assert_memory_equal(client->data, go_on, sizeof go_on - 1);
    client->length = 0;
    client_send(client, "10 \r\n");
    struct reply reply = web_reply(client);
    assert_int_equal(reply.status, 400);
    assert_non_null(strstr(reply.body, "chunks"));
    web_forget(&reply);
    assert_true(web_is_closed(client));
    client_close(client);
}

static void
test_who_does_not_end_a_request_is_told_so_and_closed(void **state)
{
    static const char *const begun[] = {
        "POST /rpc HTTP/1.1\r\nHost: 127.",
        "POST /rpc HTTP/1.1\r\n" HOST AS_REPORTING JSON "Content-Length: 20\r\n\r\n{",
    };
    web_start(*state, "timeouts = { line_s = 1; };");
    for (size_t i = 0; i < sizeof begun / sizeof *begun; i++) {
        struct client *client = web_open(*state);
        client_send(client, begun[i]);
        struct reply reply = web_reply(client);
        assert_int_equal(reply.status, 408);
        web_forget(&reply);
        assert_true(web_is_closed(client));
        client_close(client);
    }
    struct client *client = web_open(*state); /* nothing asked, nothing told */
    assert_true(web_is_closed(client));
    client_close(client);
}

/* ---- going away ------------------------------------------------------------------------------------------ */

static bool
has_jobs(const json_t *status, int count)
{
    return json_integer_value(json_object_get(status, "jobs")) == count;
}

static bool
is_busy(const json_t *status)
{
    return has_jobs(status, 1);
}

static bool
has_two_jobs(const json_t *status)
{
    return has_jobs(status, 2);
}

static bool
is_quiet(const json_t *status)
{
    return has_jobs(status, 0);
}

/* But for who looks and who keeps the thread busy. */
static bool
has_gone(const json_t *status)
{
    return json_integer_value(json_object_get(json_object_get(status, "sessions"), "open")) == 2;
}

/* The one thread for jobs is kept busy until the asker's leaving has been seen; none
 * of those that keep it busy is met. */
static void
test_the_job_of_a_client_that_hangs_up_is_cancelled(void **state)
{
    enum { MANY = 400000 / SPARING, SOME = 10000 };
    web_start(*state, "threads = { jobs = 1; };\n"
                      "limits = { records = 1000000; line_bytes = 16777216; answer_bytes = 1000000000; };");
    struct client *client = web_open(*state), *looker = client_open(*state), *before = client_open(*state);
    char *body = web_many_records(MANY, 0), *met = web_many_records(SOME, 150);
    client_send(before, body);
    client_send(before, "\n");
    wait_for(looker, is_busy);
    web_send_post(client, AS_REPORTING JSON, met);
    wait_for(looker, has_two_jobs);
    client_close(client);
    wait_for(looker, has_gone);
    client_close(before);
    wait_for(looker, is_quiet);
    client = web_open(*state);
    struct reply reply = web_get(client, "/metrics");
    assert_true(web_sample(reply.body, "tidu_decisions_total{designation=\"lg\",outcome=\"met\"}") <= 0);
    web_forget(&reply);
    client_close(client);
    client_close(looker);
    free(body);
    free(met);
}

static void
test_what_has_been_asked_is_answered_at_the_end(void **state)
{
    struct daemon *daemon = *state;
    web_start(daemon, "timeouts = { stop_s = 60; };");
    struct client *client = web_open(daemon), *idle = web_open(daemon), *looker = client_open(daemon);
    struct reply reply = web_get(idle, "/healthz");
    web_forget(&reply);
    char *body = web_many_records(9000, -1);
    web_send_post(client, AS_REPORTING JSON, body);
    free(body);
    for (long long asked = 0; !asked;) {
        json_t *status = web_status(looker);
        asked = json_integer_value(json_object_get(json_object_get(status, "requests"), "evaluate"));
        json_decref(status);
    }
    daemon_signal(daemon, SIGTERM);
    reply = web_reply(client);
    assert_int_equal(reply.status, 200);
    assert_int_equal(count_of(reply.body, "\"as_of\""), 9000);
    web_forget(&reply);
    assert_true(web_is_closed(client));
    assert_true(web_is_closed(idle));
    assert_int_equal(daemon_wait(daemon), 0);
    client_close(client);
    client_close(idle);
    client_close(looker);
}

static struct client *
open_ready(int port)
{
    struct client *client = web_to(port);
    assert_non_null(client);
    struct reply reply = web_get(client, "/readyz");
    assert_int_equal(reply.status, 200);
    web_forget(&reply);
    return client;
}

/* Below those ports that other tests get for their connections. */
static void
test_after_its_end_another_listens_on_the_same_port_at_once(void **state)
{
    struct daemon *daemon = *state;
    char settings[256];
    int port = 20000 + (int)(getpid() % 10000);
    snprintf(settings, sizeof settings, "http = { listen = \"127.0.0.1:%d\"; };", port);
    daemon_start(daemon, settings);
    client_close(open_ready(port));
    daemon_signal(daemon, SIGTERM);
    assert_int_equal(daemon_wait(daemon), 0);
    daemon_start(daemon, settings);
    client_close(open_ready(port));
}

/* On a port that it found by itself, and another program could be given meanwhile. */
static void
test_a_restart_refuses_nobody_and_keeps_the_port(void **state)
{
    struct daemon *daemon = *state;
    web_start(daemon, "");
    int port = web_port(daemon);
    struct client *client = open_ready(port);
    for (int i = 0; i < 2; i++) {
        daemon_signal(daemon, SIGUSR2);
        assert_true(web_is_closed(client));
        client_close(client);
        client = open_ready(port);
        assert_int_equal(web_port(daemon), port);
    }
    client_close(client);
}

/* What the settings no longer name is not kept open. */
static void
test_a_restart_goes_where_the_settings_say(void **state)
{
    struct daemon *daemon = *state;
    web_start(daemon, "");
    int port = web_port(daemon);
    struct client *client = open_ready(port);
    write_file(daemon, "tidud.conf", "");
    daemon_signal(daemon, SIGUSR2);
    assert_true(web_is_closed(client));
    client_close(client);
    struct client *looker = client_open(daemon);
    json_t *status = web_status(looker);
    assert_true(json_is_null(json_object_get(status, "http")));
    json_decref(status);
    client_close(looker);
    assert_null(web_to(port));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, daemon_setup, daemon_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_not_there_or_not_meant_has_a_status_of_its_own),
        TEST(test_a_head_request_is_told_the_length_and_nothing_else),
        TEST(test_bodies_may_have_lines_and_come_in_chunks),
        TEST(test_requests_of_one_connection_are_answered_in_turn),
        TEST(test_batches_and_notifications_are_answered_as_on_the_socket),
        TEST(test_many_records_are_answered_without_anything_before),
        TEST(test_what_would_come_later_is_refused),
        TEST(test_a_body_over_the_limit_is_refused_however_it_comes),
        TEST(test_who_was_told_to_go_on_is_still_told_what_is_wrong),
        TEST(test_who_does_not_end_a_request_is_told_so_and_closed),
        TEST(test_the_job_of_a_client_that_hangs_up_is_cancelled),
        TEST(test_what_has_been_asked_is_answered_at_the_end),
        TEST(test_after_its_end_another_listens_on_the_same_port_at_once),
        TEST(test_a_restart_refuses_nobody_and_keeps_the_port),
        TEST(test_a_restart_goes_where_the_settings_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
