/*
 * test_rounds.c guards daemon/session.c where sessions meet: what many ask in
 * one round of the loop is judged together and answered to each.
 *
 * The daemon is stopped while they ask, so that it finds all of it at once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENTS = 90 }; /* more than one block holds */

#define ONE_WORKER "threads = { workers = 1; };"

/* Odd ones are met, even ones are not. */
static int
revenue_of(int id)
{
    return id % 2 ? 200 : 50;
}

static void
ask(struct client *client, int id, const char *explain)
{
    char line[300];
    snprintf(line, sizeof line,
             "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"evaluate\",\"params\":{" AS_OF
             ",\"explain\":\"%s\",\"record\":{\"revenue\":%d}}}\n",
             id, explain, revenue_of(id));
    client_send(client, line);
}

static void
assert_judged(struct client *client, int id)
{
    json_t *answer = client_answer(client);
    assert_int_equal(json_integer_value(json_object_get(answer, "id")), id);
    assert_string_equal(lg_status(json_object_get(answer, "result")), id % 2 ? "met" : "unmet");
    json_decref(answer);
}

static void
open_all(const struct daemon *daemon, struct client *clients[CLIENTS])
{
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = client_open(daemon);
        ask(clients[i], i, "none"); /* it is with its worker when it has been answered */
        assert_judged(clients[i], i);
    }
}

static void
close_all(struct client *clients[CLIENTS])
{
    for (int i = 0; i < CLIENTS; i++)
        client_close(clients[i]);
}

static void
assert_all_judged(struct daemon *daemon)
{
    struct client *clients[CLIENTS];
    open_all(daemon, clients);
    daemon_signal(daemon, SIGSTOP);
    for (int i = 0; i < CLIENTS; i++)
        ask(clients[i], i, "brief");
    daemon_signal(daemon, SIGCONT);
    for (int i = 0; i < CLIENTS; i++)
        assert_judged(clients[i], i);
    close_all(clients);
}

static void
test_what_many_ask_at_once_is_answered_to_each(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, ONE_WORKER);
    assert_all_judged(daemon);
}

/* Answers wait until they are on the disk, those of all sessions. */
static void
test_a_round_is_written_down_before_it_is_told(void **state)
{
    struct daemon *daemon = *state;
    char settings[300];
    make_folder(daemon, "store");
    snprintf(settings, sizeof settings,
             ONE_WORKER " store = { path = \"%s/store\"; durability = \"commit\"; };",
             daemon->folder);
    daemon_start(daemon, settings);
    assert_all_judged(daemon);
    struct client *client = client_open(daemon);
    json_t *answer = client_ask(client, CALL("journal.verify", "{}"));
    assert_true(json_is_true(json_object_get(json_object_get(answer, "result"), "ok")));
    json_decref(answer);
    client_close(client);
}

/* Other terms, other methods and errors between what is gathered. */
static void
test_each_session_is_answered_in_its_order(void **state)
{
    struct daemon *daemon = *state;
    struct client *clients[CLIENTS];
    daemon_start(daemon, ONE_WORKER);
    open_all(daemon, clients);
    daemon_signal(daemon, SIGSTOP);
    for (int i = 0; i < CLIENTS; i++) {
        ask(clients[i], i, "brief");
        if (i % 3 == 0)
            ask(clients[i], i + 1, "failed");
        if (i % 5 == 0)
            client_send(clients[i], "no request\n" CALL("status", "{}") "\n");
        ask(clients[i], i + 2, "brief");
    }
    daemon_signal(daemon, SIGCONT);
    for (int i = 0; i < CLIENTS; i++) {
        assert_judged(clients[i], i);
        if (i % 3 == 0)
            assert_judged(clients[i], i + 1);
        if (i % 5 == 0) {
            json_t *refused = client_answer(clients[i]);
            assert_int_equal(error_code(refused), -32700);
            json_decref(refused);
            json_t *status = client_answer(clients[i]);
            assert_non_null(json_object_get(json_object_get(status, "result"), "sessions"));
            json_decref(status);
        }
        assert_judged(clients[i], i + 2);
    }
    close_all(clients);
}

static void
test_who_leaves_in_a_round_takes_nobody_along(void **state)
{
    struct daemon *daemon = *state;
    struct client *clients[CLIENTS];
    daemon_start(daemon, ONE_WORKER);
    open_all(daemon, clients);
    daemon_signal(daemon, SIGSTOP);
    for (int i = 0; i < CLIENTS; i++) {
        ask(clients[i], i, "brief");
        if (i % 4 == 0)
            client_close(clients[i]);
        else if (i % 4 == 1)
            client_end(clients[i]);
    }
    daemon_signal(daemon, SIGCONT);
    for (int i = 0; i < CLIENTS; i++) {
        if (i % 4 == 0)
            continue;
        assert_judged(clients[i], i);
        if (i % 4 == 1)
            assert_null(client_line(clients[i]));
        client_close(clients[i]);
    }
}

/* Asked before the end, and all that is left of the daemon's time. */
static void
test_the_end_signal_in_a_round_lets_all_be_answered(void **state)
{
    struct daemon *daemon = *state;
    struct client *clients[CLIENTS];
    daemon_start(daemon, ONE_WORKER);
    open_all(daemon, clients);
    daemon_signal(daemon, SIGSTOP);
    for (int i = 0; i < CLIENTS; i++)
        ask(clients[i], i, "brief");
    daemon_signal(daemon, SIGTERM);
    daemon_signal(daemon, SIGCONT);
    for (int i = 0; i < CLIENTS; i++)
        assert_judged(clients[i], i);
    assert_int_equal(daemon_wait(daemon), 0);
    close_all(clients);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, daemon_setup, daemon_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_many_ask_at_once_is_answered_to_each),
        TEST(test_a_round_is_written_down_before_it_is_told),
        TEST(test_each_session_is_answered_in_its_order),
        TEST(test_who_leaves_in_a_round_takes_nobody_along),
        TEST(test_the_end_signal_in_a_round_lets_all_be_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
