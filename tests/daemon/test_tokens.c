/*
 * test_tokens.c guards daemon/tokens.c: who may ask what over HTTP, where it listens,
 * and what is written down.
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

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- who asks --------------------------------------------------------------------------------- */

static void
test_a_token_may_ask_what_its_roles_say(void **state)
{
    web_start(*state, "");
    struct client *client = web_open(*state);
    json_t *answer = web_call(client, AS_REPORTING, RECORD("150"));
    assert_string_equal(lg_status(json_object_get(answer, "result")), "met");
    json_decref(answer);
    answer = web_call(client, AS_REPORTING, CALL("check", "{\"documents\":{}}"));
    assert_int_equal(error_code(answer), -32003);
    json_decref(answer);
    /* The same connection, somebody else. */
    answer = web_call(client, AS_OFFICE, CALL("reload", "{}"));
    assert_non_null(json_object_get(answer, "result"));
    json_decref(answer);
    answer = web_call(client, AS_REPORTING, CALL("reload", "{}"));
    assert_int_equal(error_code(answer), -32003);
    json_decref(answer);
    client_close(client);
}

static void
test_without_a_token_that_is_known_rpc_is_refused_and_says_what_it_takes(void **state)
{
    static const char *const headers[] = {
        JSON,
        JSON "Authorization: Bearer \r\n",
        JSON "Authorization: Bearer reporting-secre\r\n",
        JSON "Authorization: Bearer reporting-secret office-secret\r\n",
        JSON "Authorization: Basic cmVwb3J0aW5nLXNlY3JldA==\r\n",
    };
    web_start(*state, "");
    struct client *client = web_open(*state);
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct reply reply = web_post(client, headers[i], RECORD("150"));
        assert_int_equal(reply.status, 401);
        assert_non_null(strcasestr(reply.head, "WWW-Authenticate: Bearer"));
        assert_non_null(strstr(reply.body, "E596"));
        web_forget(&reply);
    }
    web_assert_status(client, AS_REPORTING JSON, RECORD("150"), 200);
    client_close(client);
}

static void
test_one_token_may_be_kept_to_fewer_sessions(void **state)
{
    enum { MOST = 2 };
    web_start(*state, "limits = { user_sessions = 2; };");
    int port = web_port(*state);
    struct client *clients[MOST + 1];
    for (int i = 0; i <= MOST; i++)
        clients[i] = web_to(port);
    for (int i = 0; i < 2 * MOST; i++)
        web_assert_status(clients[i % MOST], AS_REPORTING JSON, RECORD("150"), 200);
    struct reply reply = web_post(clients[MOST], AS_REPORTING JSON, RECORD("150"));
    assert_int_equal(reply.status, 503);
    assert_non_null(strstr(reply.body, "E565"));
    assert_non_null(strstr(reply.body, "reporting"));
    web_forget(&reply);
    web_assert_status(clients[MOST], AS_OFFICE JSON, CALL("status", "{}"), 200);
    for (int i = 0; i <= MOST; i++)
        client_close(clients[i]);
}

static void
test_without_a_file_of_tokens_nobody_may_use_rpc_over_tcp(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "http = { listen = \"127.0.0.1:0\"; };");
    struct client *client = web_open(daemon);
    web_assert_status(client, AS_REPORTING JSON, RECORD("150"), 401);
    struct reply reply = web_get(client, "/metrics");
    assert_int_equal(reply.status, 200);
    web_forget(&reply);
    char *log = daemon_log(daemon);
    assert_non_null(strstr(log, "without http.tokens"));
    free(log);
    client_close(client);
}

static void
test_tokens_are_read_again_when_the_settings_are(void **state)
{
    struct daemon *daemon = *state;
    web_start(daemon, "");
    struct client *client = web_open(daemon);
    web_assert_status(client, AS_REPORTING JSON, RECORD("150"), 200);
    web_write_tokens(daemon, OFFICE);
    daemon_signal(daemon, SIGHUP);
    int status = 200;
    for (int i = 0; i < PATIENCE_S * 50 && status == 200; i++) {
        struct reply reply = web_post(client, AS_REPORTING JSON, RECORD("150"));
        status = reply.status;
        web_forget(&reply);
        usleep(20 * 1000);
    }
    assert_int_equal(status, 401);
    web_assert_status(client, AS_OFFICE JSON, RECORD("150"), 200);
    /* A mistake leaves things as they were. */
    web_write_tokens(daemon, "office everything\n");
    daemon_signal(daemon, SIGHUP);
    for (int i = 0; i < PATIENCE_S * 50; i++) {
        char *log = daemon_log(daemon);
        bool told = strstr(log, "E594");
        free(log);
        if (told)
            break;
        usleep(20 * 1000);
    }
    web_assert_status(client, AS_OFFICE JSON, RECORD("150"), 200);
    client_close(client);
}

static void
assert_settings_refused(const struct daemon *daemon, const char *settings, const char *words)
{
    write_file(daemon, "http.conf", settings);
    struct outcome outcome = run(daemon, "\"$TIDUD\" -c http.conf --check-config");
    assert_int_equal(outcome.status, 1);
    if (!strstr(outcome.err, words))
        fail_msg("%s is not in: %s", words, outcome.err);
    drop(&outcome);
}

static void
test_mistakes_in_the_file_of_tokens_are_told_at_their_line(void **state)
{
    static const struct {
        const char *lines, *words;
    } bad[] = {
        {"# fine\n" REPORTING "office inquire\n", "tokens:3"},
        {"office judge 00\n", "judge"},
        {"office evaluate 12345678901234567890123456789012345678901234567890123456789012zz\n", "zz"},
        {REPORTING "reporting evaluate 1234567890123456789012345678901234567890123456789012345678901234\n",
         "tokens:2"},
        {"of/fice evaluate 1234567890123456789012345678901234567890123456789012345678901234\n", "of/fice"},
        {"office 1234567890123456789012345678901234567890123456789012345678901234\n", "office"},
    };
    const struct daemon *daemon = *state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        web_write_tokens(daemon, bad[i].lines);
        assert_settings_refused(daemon, "http = { tokens = \"tokens\"; };", bad[i].words);
    }
    web_write_tokens(daemon, OFFICE);
    assert_says(daemon, "chmod 0644 tokens && ! \"$TIDUD\" -c http.conf --check-config 2>&1", 0, "E593");
    assert_says(daemon, "chmod 0620 tokens && ! \"$TIDUD\" -c http.conf --check-config 2>&1", 0, "E593");
    assert_settings_refused(daemon, "http = { tokens = \"none\"; };", "E592");
}

static void
test_a_token_that_was_made_can_be_used(void **state)
{
    struct daemon *daemon = *state;
    struct outcome made = run(daemon, "\"$TIDU\" token made-here evaluate inquire --lang en");
    assert_int_equal(made.status, 0);
    const char *token = strrchr(made.err, ' ');
    assert_int_equal(strncmp(made.out, "made-here evaluate inquire ", 27), 0);
    assert_null(strstr(made.out, token + 1));
    web_start(daemon, "");
    web_write_tokens(daemon, made.out);
    daemon_signal(daemon, SIGHUP);
    struct client *client = web_open(daemon);
    char headers[256];
    snprintf(headers, sizeof headers, "Authorization: Bearer %.64s\r\n" JSON, token + 1);
    int status = 401;
    for (int i = 0; i < PATIENCE_S * 50 && status == 401; i++) {
        struct reply reply = web_post(client, headers, RECORD("150"));
        status = reply.status;
        web_forget(&reply);
        usleep(20 * 1000);
    }
    assert_int_equal(status, 200);
    client_close(client);
    drop(&made);
    assert_says(daemon, "\"$TIDU\" token --lang en 2>&1", 2, "NAME ROLE");
    assert_says(daemon, "\"$TIDU\" token name judge --lang en 2>&1", 2, "judge");
    assert_says(daemon, "\"$TIDU\" token na/me evaluate --lang en 2>&1", 2, "na/me");
}

static void
test_only_this_machine_is_listened_to(void **state)
{
    static const char *const bad[] = {"0.0.0.0:80", "10.0.0.1:8181", "[::]:8181", "localhost:8181",
                                      "8181", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999",
                                      "127.0.0.1:8a", "run/http.sock"};
    const struct daemon *daemon = *state;
    char settings[128];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(settings, sizeof settings, "http = { listen = \"%s\"; };", bad[i]);
        assert_settings_refused(daemon, settings, "E590");
    }
    write_file(daemon, "http.conf", "http = { listen = \"[::1]:8181\"; };");
    assert_says(daemon, "\"$TIDUD\" -c http.conf --check-config", 0, "good");
}

/* ---- a Unix socket ------------------------------------------------------------------------------ */

static struct client *
try_web_local(const struct daemon *daemon)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/http", daemon->folder);
    return web_connected(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0),
                     (const struct sockaddr *)&address, sizeof address);
}

static struct client *
web_local(const struct daemon *daemon)
{
    struct client *client = try_web_local(daemon);
    assert_non_null(client);
    return client;
}

static void
start_local(struct daemon *daemon, const char *more)
{
    char settings[1024];
    web_write_tokens(daemon, REPORTING OFFICE);
    snprintf(settings, sizeof settings, "http = { listen = \"%s/http\"; tokens = \"%s/tokens\"; };\n%s",
             daemon->folder, daemon->folder, more);
    daemon_start(daemon, settings);
}

static void
test_on_a_unix_socket_users_have_their_roles_and_a_token_goes_before_them(void **state)
{
    struct daemon *daemon = *state;
    char access[128];
    snprintf(access, sizeof access, "access = ( { users = [ %ld ]; roles = [ \"inquire\" ]; } );",
             (long)getuid());
    start_local(daemon, access);
    struct client *client = web_local(daemon);
    json_t *answer = web_call(client, "", CALL("check", "{\"documents\":{}}"));
    assert_non_null(json_object_get(answer, "result"));
    json_decref(answer);
    answer = web_call(client, "", RECORD("150"));
    assert_int_equal(error_code(answer), -32003);
    json_decref(answer);
    answer = web_call(client, AS_REPORTING, RECORD("150"));
    assert_string_equal(lg_status(json_object_get(answer, "result")), "met");
    json_decref(answer);
    web_assert_status(client, JSON "Authorization: Bearer wrong\r\n", RECORD("150"), 401);
    client_close(client);
}

static void
test_who_has_no_role_gets_403(void **state)
{
    struct daemon *daemon = *state;
    char settings[256];
    snprintf(settings, sizeof settings, "http = { listen = \"%s/http\"; };\n"
             "access = ( { users = [ 2000000000 ]; roles = [ \"inquire\" ]; } );", daemon->folder);
    daemon_launch(daemon, settings);
    struct client *client = NULL;
    for (int i = 0; i < PATIENCE_S * 100 && !(client = try_web_local(daemon)); i++)
        usleep(10 * 1000);
    assert_non_null(client);
    struct reply reply = web_post(client, JSON, RECORD("150"));
    assert_int_equal(reply.status, 403);
    assert_non_null(strstr(reply.body, "E581"));
    web_forget(&reply);
    client_close(client);
}

static void
test_a_socket_that_is_left_over_is_taken_and_its_file_goes_at_the_end(void **state)
{
    struct daemon *daemon = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/http", daemon->folder);
    start_local(daemon, "");
    daemon_signal(daemon, SIGKILL);
    daemon_wait(daemon);
    assert_int_equal(access(path, F_OK), 0);
    start_local(daemon, "");
    struct client *client = web_local(daemon);
    web_assert_status(client, JSON, RECORD("150"), 200);
    client_close(client);
    daemon_signal(daemon, SIGTERM);
    assert_int_equal(daemon_wait(daemon), 0);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void
test_a_restart_keeps_the_socket_and_its_file_goes_when_it_is_named_no_more(void **state)
{
    struct daemon *daemon = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/http", daemon->folder);
    start_local(daemon, "");
    struct client *client = web_local(daemon);
    web_assert_status(client, JSON, RECORD("150"), 200);
    daemon_signal(daemon, SIGUSR2);
    assert_true(web_is_closed(client));
    client_close(client);
    client = web_local(daemon);
    web_assert_status(client, JSON, RECORD("150"), 200);
    write_file(daemon, "tidud.conf", "");
    daemon_signal(daemon, SIGUSR2);
    assert_true(web_is_closed(client));
    client_close(client);
    client_close(client_open(daemon));
    for (int i = 0; i < PATIENCE_S * 100 && access(path, F_OK) == 0; i++)
        usleep(10 * 1000);
    assert_int_not_equal(access(path, F_OK), 0);
}

/* ---- what is written down ------------------------------------------------------------------------------------- */

static void
test_the_journal_names_the_token_and_can_be_replayed(void **state)
{
    struct daemon *daemon = *state;
    char more_settings[256];
    make_folder(daemon, "store");
    snprintf(more_settings, sizeof more_settings,
             "store = { path = \"%s/store\"; durability = \"commit\"; };", daemon->folder);
    web_start(daemon, more_settings);
    struct client *client = web_open(daemon);
    json_t *answer =
        web_call(client, AS_REPORTING,
                CALL("evaluate", "{" AS_OF ",\"receipt\":true,\"record\":{\"revenue\":150}}"));
    const json_t *receipt = json_object_get(json_object_get(answer, "result"), "receipt");
    assert_null(json_object_get(json_object_get(receipt, "terms"), "token"));
    char by_digest[256];
    snprintf(by_digest, sizeof by_digest, CALL("journal.replay", "{\"decision\":\"%s\"}"),
             text_of(receipt, "digest"));
    json_decref(answer);
    answer = web_call(client, AS_REPORTING, CALL("reload", "{}"));
    assert_int_equal(error_code(answer), -32003);
    json_decref(answer);
    answer = web_call(client, AS_OFFICE, CALL("journal.list", "{}"));
    char *text = json_dumps(answer, JSON_COMPACT);
    assert_int_equal(count_of(text, "\"token\":\"reporting\""), 2); /* the decision, and what was denied */
    assert_null(strstr(text, "\"user\""));
    free(text);
    json_decref(answer);
    answer = web_call(client, AS_OFFICE, by_digest);
    text = json_dumps(answer, JSON_COMPACT);
    if (!json_object_get(answer, "result"))
        fail_msg("%s", text);
    free(text);
    json_decref(answer);
    answer = web_call(client, AS_OFFICE, CALL("journal.replay", "{}"));
    assert_int_equal(json_integer_value(json_object_get(json_object_get(answer, "result"), "same")), 1);
    json_decref(answer);
    client_close(client);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, daemon_setup, daemon_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_token_may_ask_what_its_roles_say),
        TEST(test_without_a_token_that_is_known_rpc_is_refused_and_says_what_it_takes),
        TEST(test_one_token_may_be_kept_to_fewer_sessions),
        TEST(test_without_a_file_of_tokens_nobody_may_use_rpc_over_tcp),
        TEST(test_tokens_are_read_again_when_the_settings_are),
        TEST(test_mistakes_in_the_file_of_tokens_are_told_at_their_line),
        TEST(test_a_token_that_was_made_can_be_used),
        TEST(test_only_this_machine_is_listened_to),
        TEST(test_on_a_unix_socket_users_have_their_roles_and_a_token_goes_before_them),
        TEST(test_who_has_no_role_gets_403),
        TEST(test_a_socket_that_is_left_over_is_taken_and_its_file_goes_at_the_end),
        TEST(test_a_restart_keeps_the_socket_and_its_file_goes_when_it_is_named_no_more),
        TEST(test_the_journal_names_the_token_and_can_be_replayed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
