/*
 * test_framing.c guards daemon/framing.c and front.c: bytes that could be read in two
 * ways.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem, strcasestr */
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what could be read in two ways ------------------------------------------------------------------- */

struct bytes {
    const char *text;
    size_t length;
    int status;
};
#define RAW(status, text) {text, sizeof text - 1, status}
#define POST "POST /rpc HTTP/1.1\r\n"
#define GOOD HOST AS_REPORTING JSON
#define TWO "Content-Length: 2\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"

static const struct bytes smuggled[] = {
    RAW(400, POST GOOD TWO CHUNKED "\r\n0\r\n\r\n"),
    RAW(400, POST GOOD CHUNKED TWO "\r\n0\r\n\r\n"),
    RAW(400, POST GOOD TWO TWO "\r\n{}"),
    RAW(400, POST GOOD TWO "content-length: 3\r\n\r\n{}"),
    RAW(400, POST GOOD "Content-Length: 2, 2\r\n\r\n{}"),
    RAW(400, POST GOOD "Content-Length: +2\r\n\r\n{}"),
    RAW(400, POST GOOD "Content-Length: -2\r\n\r\n{}"),
    RAW(400, POST GOOD "Content-Length: 0x2\r\n\r\n{}"),
    RAW(400, POST GOOD "Content-Length:\r\n\r\n{}"),
    RAW(400, POST GOOD "Content-Length: 2 \r\n\r\n{}"),
    RAW(400, POST GOOD "Transfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n"),
    RAW(400, POST GOOD "Content-Length: 99999999999999999999\r\n\r\n{}"),
    RAW(400, POST GOOD "Content-Length : 2\r\n\r\n{}"),
    RAW(400, POST GOOD "Content-Length\t: 2\r\n\r\n{}"),
    RAW(400, POST GOOD "X: a\r\n Content-Length: 5\r\n" TWO "\r\n{}"),
    RAW(400, POST GOOD TWO "X: a\r\n\tb\r\n\r\n{}"),
    RAW(400, POST " " GOOD TWO "\r\n{}"),
    RAW(400, "POST /rpc HTTP/1.1\n" GOOD TWO "\r\n{}"),
    RAW(400, POST GOOD "X: a\n" TWO "\r\n{}"),
    RAW(400, POST GOOD TWO "\n{}"),
    RAW(400, POST GOOD "X: a\r" TWO "\r\n{}"),
    RAW(400, POST GOOD "X: a\0b\r\n" TWO "\r\n{}"),
    RAW(400, POST GOOD "X\0: a\r\n" TWO "\r\n{}"),
    RAW(400, POST GOOD "X: a\x01\r\n" TWO "\r\n{}"),
    RAW(400, POST GOOD "X: a\x7f\r\n" TWO "\r\n{}"),
    RAW(400, POST GOOD ": a\r\n" TWO "\r\n{}"),
    RAW(400, POST GOOD "no colon\r\n" TWO "\r\n{}"),
    RAW(400, POST GOOD "Transfer-Encoding: identity\r\n\r\n{}"),
    RAW(400, POST GOOD "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    RAW(400, POST GOOD "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    RAW(400, POST GOOD "Transfer-Encoding: \x0b" "chunked\r\n\r\n0\r\n\r\n"),
    RAW(400, POST GOOD CHUNKED CHUNKED "\r\n0\r\n\r\n"),
    RAW(400, "POST /rpc HTTP/1.0\r\n" GOOD CHUNKED "\r\n0\r\n\r\n"),
    RAW(400, POST GOOD CHUNKED "\r\n2;a=b\r\n{}\r\n0\r\n\r\n"),
    RAW(400, POST GOOD CHUNKED "\r\n2\n{}\n0\n\n"),
    RAW(400, POST GOOD CHUNKED "\r\n0x2\r\n{}\r\n0\r\n\r\n"),
    RAW(400, POST GOOD CHUNKED "\r\n-2\r\n{}\r\n0\r\n\r\n"),
    RAW(400, POST GOOD CHUNKED "\r\n 2\r\n{}\r\n0\r\n\r\n"),
    RAW(400, POST GOOD CHUNKED "\r\n2 \r\n{}\r\n0\r\n\r\n"),
    RAW(400, POST GOOD CHUNKED "\r\n2\r\n{}X\r\n0\r\n\r\n"),
    RAW(400, POST GOOD CHUNKED "\r\n\r\n{}\r\n0\r\n\r\n"),
    RAW(400, POST GOOD CHUNKED "\r\n000000002\r\n{}\r\n0\r\n\r\n"),
    RAW(400, POST GOOD CHUNKED "\r\n2\r\n{}\r\n0\r\nContent-Length: 3\r\n\r\n"),
    RAW(400, POST AS_REPORTING JSON TWO "\r\n{}"),
    RAW(400, POST GOOD "Host: 127.0.0.1\r\n" TWO "\r\n{}"),
    RAW(400, POST AS_REPORTING JSON TWO "Host:\r\n\r\n{}"),
    RAW(400, POST AS_REPORTING JSON TWO "Host: tidu.example\r\n\r\n{}"),
    RAW(400, POST AS_REPORTING JSON TWO "Host: 127.0.0.1.example\r\n\r\n{}"),
    RAW(400, POST AS_REPORTING JSON TWO "Host: 127.0.0.1:http\r\n\r\n{}"),
    RAW(400, POST AS_REPORTING JSON TWO "Host: localhost@example\r\n\r\n{}"),
    RAW(400, "POST  /rpc HTTP/1.1\r\n" GOOD TWO "\r\n{}"),
    RAW(400, "POST /rpc  HTTP/1.1\r\n" GOOD TWO "\r\n{}"),
    RAW(400, "POST /rpc HTTP/1.1 \r\n" GOOD TWO "\r\n{}"),
    RAW(400, "POST /%72pc HTTP/1.1\r\n" GOOD TWO "\r\n{}"),
    RAW(400, "POST /r\xb0" "c HTTP/1.1\r\n" GOOD TWO "\r\n{}"),
    RAW(400, "POST http://127.0.0.1/rpc HTTP/1.1\r\n" GOOD TWO "\r\n{}"),
    RAW(400, "PO(ST /rpc HTTP/1.1\r\n" GOOD TWO "\r\n{}"),
    RAW(400, "POST /rpc\r\n" GOOD TWO "\r\n{}"),
    RAW(400, "\r\nPOST /rpc HTTP/1.1\r\n" GOOD TWO "\r\n{}"),
    RAW(505, "POST /rpc HTTP/1.9\r\n" GOOD TWO "\r\n{}"),
    RAW(403, POST GOOD TWO "Origin: http://example.org\r\n\r\n{}"),
    RAW(403, POST GOOD TWO "Origin: null\r\n\r\n{}"),
};

static void
test_what_could_be_read_in_two_ways_is_refused_and_the_connection_closed(void **state)
{
    web_start(*state, "");
    int port = web_port(*state);
    for (size_t i = 0; i < sizeof smuggled / sizeof *smuggled; i++) {
        struct client *client = web_to(port);
        assert_non_null(client);
        assert_true(client_try_send(client, smuggled[i].text, smuggled[i].length));
        struct reply reply = web_reply(client);
        if (reply.status != smuggled[i].status)
            fail_msg("%zu: %d for %s", i, reply.status, smuggled[i].text);
        assert_non_null(strcasestr(reply.head, "Connection: close\r\n"));
        web_forget(&reply);
        if (!web_is_closed(client))
            fail_msg("%zu: more came: %.*s", i, (int)client->length, client->data);
        client_close(client);
    }
    /* None of it has been asked for. */
    struct client *client = client_open(*state);
    json_t *status = web_status(client);
    assert_int_equal(json_integer_value(json_object_get(status, "refused")), 0);
    json_decref(status);
    client_close(client);
}

static void
test_a_bad_request_behind_a_good_one_is_refused_after_its_answer(void **state)
{
    web_start(*state, "");
    struct client *client = web_open(*state);
    client_send(client, "GET /healthz HTTP/1.1\r\n" HOST "\r\n" POST GOOD TWO TWO "\r\n{}");
    struct reply reply = web_reply(client);
    assert_int_equal(reply.status, 200);
    web_forget(&reply);
    reply = web_reply(client);
    assert_int_equal(reply.status, 400);
    web_forget(&reply);
    assert_true(web_is_closed(client));
    client_close(client);
}

static void
test_a_head_that_does_not_end_is_refused(void **state)
{
    web_start(*state, "");
    struct client *client = web_open(*state);
    client_send(client, POST GOOD);
    for (int i = 0; i < 600; i++)
        if (!client_try_send(client, "X-Nothing: 0123456789012345678901234\r\n", 38))
            break;
    struct reply reply = web_reply(client);
    assert_int_equal(reply.status, 431);
    web_forget(&reply);
    client_close(client);
}

static void
test_requests_of_a_page_of_its_own_are_taken(void **state)
{
    static const char *const hosts[] = {"localhost", "LocalHost:8181", "127.0.0.1:8181", "127.8.8.8",
                                        "[::1]", "[::1]:8181"};
    web_start(*state, "");
    struct client *client = web_open(*state);
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        char request[512];
        snprintf(request, sizeof request, "GET /readyz HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\n\r\n",
                 hosts[i], hosts[i]);
        client_send(client, request);
        struct reply reply = web_reply(client);
        assert_int_equal(reply.status, 200);
        web_forget(&reply);
    }
    client_close(client);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, daemon_setup, daemon_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_could_be_read_in_two_ways_is_refused_and_the_connection_closed),
        TEST(test_a_bad_request_behind_a_good_one_is_refused_after_its_answer),
        TEST(test_a_head_that_does_not_end_is_refused),
        TEST(test_requests_of_a_page_of_its_own_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
