/*
 * test_supervise.c guards daemon/supervise.c and restart.c: sockets from systemd,
 * what it is told, its watchdog, and a program that takes the daemon's place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define STATUS_LINE "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\"}"
#define RECORD_LINE                                                            \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"evaluate\",\"params\":{" AS_OF \
    ",\"record\":{\"revenue\":150}}}"

static int
bound_socket(const char *path, int kind)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, kind | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    strcpy(address.sun_path, path);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void
assert_answered(const struct daemon *daemon)
{
    struct client *client = client_open(daemon);
    json_t *answer = client_ask(client, RECORD_LINE);
    assert_string_equal(lg_status(json_object_get(answer, "result")), "met");
    json_decref(answer);
    client_close(client);
}

static void
wait_for_log(const struct daemon *daemon, const char *words, size_t times)
{
    for (int i = 0; i < PATIENCE_S * 100; i++) {
        char *log = daemon_log(daemon);
        size_t count = count_of(log, words);
        free(log);
        if (count >= times)
            return;
        usleep(10 * 1000);
    }
    fail_msg("\"%s\" is not in the log %zu times:\n%s", words, times, daemon_log(daemon));
}

/* ---- sockets that are passed ----------------------------------------------------- */

/* Who connects before the daemon has started waits in the socket's queue. The
 * socket's file belongs to who has made it. */
static void
test_a_socket_that_is_passed_is_served_and_left_alone(void **state)
{
    struct daemon *daemon = *state;
    daemon->passed = bound_socket(daemon->socket, SOCK_STREAM);
    assert_int_equal(listen(daemon->passed, 16), 0);
    struct client *early = client_open(daemon);
    client_send(early, RECORD_LINE "\n");
    daemon_launch(daemon, NULL);
    json_t *answer = client_answer(early);
    assert_string_equal(lg_status(json_object_get(answer, "result")), "met");
    json_decref(answer);
    answer = client_ask(early, STATUS_LINE);
    assert_string_equal(text_of(json_object_get(answer, "result"), "socket"), daemon->socket);
    json_decref(answer);
    client_close(early);
    daemon_signal(daemon, SIGTERM);
    assert_int_equal(daemon_wait(daemon), 0);
    assert_int_equal(access(daemon->socket, F_OK), 0);
    close(daemon->passed);
}

static void
test_a_descriptor_that_is_no_listening_socket_is_refused(void **state)
{
    struct daemon *daemon = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/other", daemon->folder);
    daemon->passed = bound_socket(path, SOCK_DGRAM);
    daemon_launch(daemon, NULL);
    assert_int_equal(daemon_wait(daemon), 1);
    wait_for_log(daemon, "E548", 1);
    close(daemon->passed);
}

/* ---- what the supervisor is told ---------------------------------------------------- */

/* Receive until a message has these words. */
static void
wait_for_message(int fd, const char *words)
{
    char message[512];
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    while (poll(&readable, 1, PATIENCE_S * 1000) == 1) {
        ssize_t length = recv(fd, message, sizeof message - 1, 0);
        assert_true(length >= 0);
        message[length] = '\0';
        if (strstr(message, words))
            return;
    }
    fail_msg("no message with %s came", words);
}

static void
test_the_supervisor_hears_of_start_life_and_end(void **state)
{
    struct daemon *daemon = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/notify", daemon->folder);
    int fd = bound_socket(path, SOCK_DGRAM);
    setenv("NOTIFY_SOCKET", path, 1);
    setenv("WATCHDOG_USEC", "300000", 1);
    daemon_start(daemon, NULL);
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    wait_for_message(fd, "READY=1");
    wait_for_message(fd, "WATCHDOG=1");
    wait_for_message(fd, "WATCHDOG=1");
    daemon_signal(daemon, SIGTERM);
    wait_for_message(fd, "STOPPING=1");
    assert_int_equal(daemon_wait(daemon), 0);
    close(fd);
}

/* ---- another program in its place ----------------------------------------------------- */

static double
start_of(struct client *client)
{
    json_t *answer = client_ask(client, STATUS_LINE);
    double uptime =
        json_number_value(json_object_get(json_object_get(answer, "result"), "uptime_s"));
    json_decref(answer);
    return uptime;
}

/* Clients come all the time and none is refused; what was sent before the change
 * is answered by the old program, what comes after by the new. */
static void
test_a_restart_refuses_nobody(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, NULL);
    pid_t before = daemon->process;
    struct client *old = client_open(daemon);
    assert_true(start_of(old) >= 0);
    daemon_signal(daemon, SIGUSR2);
    client_send(old, RECORD_LINE "\n");
    json_t *answer = client_answer(old);
    assert_string_equal(lg_status(json_object_get(answer, "result")), "met");
    json_decref(answer);
    for (int i = 0; i < PATIENCE_S * 100; i++) {
        char *log = daemon_log(daemon);
        bool twice = count_of(log, "start: tidud") == 2;
        free(log);
        struct client *client = client_open(daemon); /* never refused */
        client_close(client);
        if (twice)
            break;
        usleep(1000);
    }
    assert_null(client_line(old));
    client_close(old);
    assert_answered(daemon);
    assert_int_equal(kill(before, 0), 0);

    /* And once more: it has got everything it needs to pass on. */
    daemon_signal(daemon, SIGUSR2);
    wait_for_log(daemon, "start: tidud", 3);
    assert_answered(daemon);
    daemon_signal(daemon, SIGTERM);
    assert_int_equal(daemon_wait(daemon), 0);
    assert_int_equal(access(daemon->socket, F_OK), -1);
}

static void
test_a_restart_that_would_fail_does_not_begin(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "reload = { watch = false; };");
    write_file(daemon, "rules/national/bad.md", "# 坏\n\n```lua\npolicy {\n```\n");
    daemon_signal(daemon, SIGUSR2);
    wait_for_log(daemon, "restart: the program on disk cannot start", 1);
    assert_answered(daemon);
    write_file(daemon, "rules/national/bad.md", "# 好\n");
    write_file(daemon, "tidud.conf", "lang = 5;\n");
    daemon_signal(daemon, SIGUSR2);
    wait_for_log(daemon, "restart: the program on disk cannot start", 2);
    assert_answered(daemon);
    write_file(daemon, "tidud.conf", "");
    daemon_signal(daemon, SIGUSR2);
    wait_for_log(daemon, "start: tidud", 2);
    assert_answered(daemon);
}

static void
test_rules_and_settings_can_be_checked_as_a_start_would(void **state)
{
    const struct daemon *daemon = *state;
    assert_says(daemon, "\"$TIDUD\" --rules \"$RULES\" --check", 0, "");
    write_file(daemon, "rules/national/bad.md", "# 坏\n\n```lua\npolicy {\n```\n");
    assert_says(daemon, "\"$TIDUD\" --rules \"$RULES\" --check 2>&1", 1, "bad.md");
    assert_says(daemon, "\"$TIDUD\" --rules \"$RULES\" --check-config", 0, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, daemon_setup, daemon_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_socket_that_is_passed_is_served_and_left_alone),
        TEST(test_a_descriptor_that_is_no_listening_socket_is_refused),
        TEST(test_the_supervisor_hears_of_start_life_and_end),
        TEST(test_a_restart_refuses_nobody),
        TEST(test_a_restart_that_would_fail_does_not_begin),
        TEST(test_rules_and_settings_can_be_checked_as_a_start_would),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
