/*
 * test_life.c guards daemon/main.c, loop.c, listener.c and settings.c: how a
 * daemon begins and ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define RECORD_LINE                                                            \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"evaluate\",\"params\":{" AS_OF \
    ",\"record\":{\"revenue\":100}}}\n"

static bool
exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static void
assert_logged(const struct daemon *daemon, const char *words)
{
    char *log = daemon_log(daemon);
    if (!strstr(log, words))
        fail_msg("\"%s\" is not in the log:\n%s", words, log);
    free(log);
}

static void
wait_for_log(const struct daemon *daemon, const char *words)
{
    for (int i = 0; i < PATIENCE_S * 100; i++) {
        char *log = daemon_log(daemon);
        bool there = strstr(log, words) != NULL;
        free(log);
        if (there)
            return;
        usleep(10 * 1000);
    }
    assert_logged(daemon, words);
}

/* ---- the log ------------------------------------------------------------------------ */

/* Each line an object by itself, whatever stands in it; fields where there are any. */
static void
test_the_log_can_be_json_a_line_an_event(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "log = { format = \"json\"; level = \"debug\"; };\nreload = { watch = false; };");
    struct client *client = client_open(daemon);
    write_file(daemon, "rules/national/bad.md", "# 坏\"\n\n```lua\npolicy {\n```\n");
    json_decref(client_ask(client, CALL("reload", "{}")));
    client_close(client);
    daemon_signal(daemon, SIGTERM);
    assert_int_equal(daemon_wait(daemon), 0);
    char *log = daemon_log(daemon), *rest = log;
    bool started = false, refused = false, faulty = false;
    for (char *line; (line = strsep(&rest, "\n")) && *line;) {
        json_t *event = json_loads(line, 0, NULL);
        if (!event)
            fail_msg("%s", line);
        assert_non_null(text_of(event, "time"));
        assert_non_null(text_of(event, "level"));
        assert_non_null(text_of(event, "message"));
        const char *name = text_of(event, "event");
        started |= strcmp(name, "start") == 0 && text_of(event, "ruleset");
        refused |= strcmp(name, "reload") == 0 && text_of(event, "duration_ms");
        faulty |= text_of(event, "code") && text_of(event, "document") &&
                  strcmp(text_of(event, "document"), "national/bad.md") == 0;
        json_decref(event);
    }
    assert_true(started);
    assert_true(refused);
    assert_true(faulty);
    free(log);
}

/* ---- settings while it runs ------------------------------------------------------ */

static bool
has_reloaded(const json_t *status)
{
    return json_is_object(json_object_get(status, "last_reload"));
}

/* One of two limits of a file can change while the daemon runs; the other is
 * said to wait. What is wrong changes nothing. */
static void
test_a_hang_up_reads_what_can_change_and_says_what_cannot(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "limits = { records = 2; };");
    struct client *client = client_open(daemon);
    static const char three[] = CALL("evaluate", "{\"records\":[{},{},{}]}");
    json_t *answer = client_ask(client, three);
    assert_int_equal(error_code(answer), -32004);
    json_decref(answer);

    write_file(daemon, "tidud.conf", "limits = { records = 3; };\nthreads = { workers = 7; };\n");
    daemon_signal(daemon, SIGHUP);
    wait_for(client, has_reloaded);
    answer = client_ask(client, three);
    assert_non_null(json_object_get(answer, "result"));
    json_decref(answer);
    wait_for_log(daemon, "settings: threads.workers changes at the next start");

    write_file(daemon, "tidud.conf", "limits = { records = 1; sesions = 3; };\n");
    daemon_signal(daemon, SIGHUP);
    wait_for_log(daemon, "settings: the old ones stay");
    assert_logged(daemon, "limits.sessions");
    answer = client_ask(client, three);
    assert_non_null(json_object_get(answer, "result"));
    json_decref(answer);
    client_close(client);
}

/* ---- ending -------------------------------------------------------------------- */

/* What has been written before the signal is answered, also what the daemon has
 * not read yet. */
static void
test_the_end_signal_answers_what_was_sent_before_it(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, NULL);
    struct client *client = client_open(daemon);
    enum { COUNT = 400 };
    for (int i = 0; i < COUNT; i++)
        client_send(client, RECORD_LINE);
    client_send(client, "{\"jsonrpc\":\"2.0\",\"id\":\"k\",\"method\":\"check\",\"params\":"
                        "{\"base\":true,\"documents\":{}}}\n");
    daemon_signal(daemon, SIGTERM);
    for (int i = 0; i < COUNT + 1; i++) {
        json_t *answer = client_answer_but_progress(client);
        assert_non_null(json_object_get(answer, "result"));
        json_decref(answer);
    }
    assert_null(client_line(client));
    assert_int_equal(daemon_wait(daemon), 0);
    assert_false(exists(daemon->socket));
    client_close(client);
}

/* The daemon stands still while a client comes, asks, and the signal arrives. */
static void
test_who_connected_before_the_end_signal_is_answered(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, NULL);
    daemon_signal(daemon, SIGSTOP);
    struct client *client = client_open(daemon);
    client_send(client, RECORD_LINE);
    daemon_signal(daemon, SIGTERM);
    daemon_signal(daemon, SIGCONT);
    json_t *answer = client_answer(client);
    assert_non_null(json_object_get(answer, "result"));
    json_decref(answer);
    assert_null(client_line(client));
    assert_int_equal(daemon_wait(daemon), 0);
    client_close(client);
}

static void
test_the_interrupt_ends_it_too_and_removes_its_files(void **state)
{
    struct daemon *daemon = *state;
    char lock[128];
    snprintf(lock, sizeof lock, "%s.lock", daemon->socket);
    daemon_start(daemon, NULL);
    assert_true(exists(lock));
    daemon_signal(daemon, SIGINT);
    assert_int_equal(daemon_wait(daemon), 0);
    assert_false(exists(daemon->socket));
    assert_false(exists(lock));
}

/* A request cut off by the end is not called broken: nobody sent it whole. */
static void
test_half_a_line_at_the_end_is_not_answered(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, NULL);
    struct client *client = client_open(daemon);
    client_send(client, RECORD_LINE "{\"jsonrpc\":\"2.0\",");
    json_t *answer = client_answer(client);
    json_decref(answer);
    daemon_signal(daemon, SIGTERM);
    assert_null(client_line(client));
    assert_int_equal(daemon_wait(daemon), 0);
    client_close(client);
}

static void
test_a_client_that_does_not_read_cannot_keep_it_from_ending(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "timeouts = { stop_s = 1; }; limits = { output_bytes = 4096; };");
    struct client *client = client_open(daemon);
    char *line = malloc(70000);
    assert_non_null(line);
    strcpy(line,
           "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"evaluate\",\"params\":{\"records\":[{}");
    for (int i = 0; i < 9000; i++)
        strcat(line + i, ",{}");
    strcat(line, "]}}\n");
    client_send(client, line);
    free(line);
    client_send(client, RECORD_LINE);
    daemon_signal(daemon, SIGTERM);
    assert_int_equal(daemon_wait(daemon), 0);
    client_close(client);
}

/* ---- the socket ------------------------------------------------------------------ */

static void
test_a_stale_socket_is_replaced(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, NULL);
    daemon_signal(daemon, SIGKILL);
    assert_int_equal(daemon_wait(daemon), -1);
    assert_true(exists(daemon->socket));
    daemon_start(daemon, NULL);
    struct client *client = client_open(daemon);
    json_t *answer = client_ask(client, RECORD_LINE);
    assert_non_null(json_object_get(answer, "result"));
    json_decref(answer);
    client_close(client);
}

static void
test_a_second_daemon_names_the_first_and_leaves_it_alone(void **state)
{
    struct daemon *daemon = *state, second;
    char number[32];
    daemon_start(daemon, NULL);
    second = *daemon;
    daemon_launch(&second, NULL);
    assert_int_equal(daemon_wait(&second), 1);
    snprintf(number, sizeof number, "%ld", (long)daemon->process);
    assert_logged(daemon, "E541");
    assert_logged(daemon, number);
    struct client *client = client_open(daemon);
    json_t *answer = client_ask(client, RECORD_LINE);
    assert_non_null(json_object_get(answer, "result"));
    json_decref(answer);
    client_close(client);
}

/* Somebody who took no lock listens there. */
static void
test_a_socket_that_answers_is_never_taken_away(void **state)
{
    struct daemon *daemon = *state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, daemon->socket);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 1), 0);
    daemon_launch(daemon, NULL);
    assert_int_equal(daemon_wait(daemon), 1);
    assert_logged(daemon, "E541");
    assert_true(exists(daemon->socket));
    close(fd);
}

static void
test_a_file_in_the_place_of_the_socket_is_left_alone(void **state)
{
    struct daemon *daemon = *state;
    write_file(daemon, "socket", "precious");
    daemon_launch(daemon, NULL);
    assert_int_equal(daemon_wait(daemon), 1);
    assert_logged(daemon, "E542");
    assert_true(exists(daemon->socket));
}

static void
test_the_socket_has_the_access_bits_asked_for(void **state)
{
    struct daemon *daemon = *state;
    struct stat status;
    daemon_start(daemon, "socket = { mode = \"0600\"; };");
    assert_int_equal(stat(daemon->socket, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

/* ---- beginning --------------------------------------------------------------------- */

static void
test_broken_rules_at_the_start_are_told_and_end_it(void **state)
{
    struct daemon *daemon = *state;
    write_file(
        daemon, "rules/national/test.md",
        "# 测试\n\n```lua\npolicy { id = \"t\", zh = \"测试\", effective = \"2020-01-01\" }\n"
        "designation \"lg\" { zh = \"小巨人\" }\ncriterion \"c\" [[ revenu >= 5万元 ]]\n```\n");
    daemon_launch(daemon, NULL);
    assert_int_equal(daemon_wait(daemon), 1);
    assert_logged(daemon, "national/test.md:6:");
    assert_false(exists(daemon->socket));
}

static void
test_a_folder_that_is_not_there_ends_it(void **state)
{
    struct daemon *daemon = *state;
    strcat(daemon->rules, "-none");
    daemon_launch(daemon, NULL);
    assert_int_equal(daemon_wait(daemon), 1);
    assert_logged(daemon, "rules-none");
}

/* ---- settings ------------------------------------------------------------------------ */

/* Run with --check-config; what it says, and its exit status. */
static int
check_settings(const struct daemon *daemon, const char *text, char **ret_err)
{
    char *out;
    write_file(daemon, "tidud.conf", text);
    int status = run_command(daemon, "\"$TIDUD\" -c tidud.conf --check-config", &out, ret_err);
    free(out);
    return status;
}

static void
test_every_wrong_setting_is_told_at_its_line(void **state)
{
    static const struct {
        const char *text, *said[4];
    } wrong[] = {
        {"rules = 5;", {"tidud.conf:1:", "E532", "rules"}},
        {"\nlimits = {\n  line_byte = 5;\n};", {"tidud.conf:3:", "E531", "limits.line_bytes"}},
        {"lime = { };", {"tidud.conf:1:", "E531"}},
        {"settle_ms = 100;", {"tidud.conf:1:", "E531", "reload.settle_ms"}},
        {"limits = { records = 0; };", {"E533", "limits.records", "1000000"}},
        {"limits = { records = \"5\"; };", {"E532", "limits.records"}},
        {"limits = { records = 5.5; };", {"E532", "limits.records"}},
        {"limits = 5;", {"E532", "limits"}},
        {"reload = { watch = 1; };", {"E532", "reload.watch", "true|false"}},
        {"socket = { mode = 660; };", {"E532", "socket.mode"}},
        {"socket = { mode = \"0999\"; };", {"E532", "socket.mode"}},
        {"log = { level = \"loud\"; };", {"E532", "log.level", "warning"}},
        {"lang = \"fr\";", {"E532", "lang", "zh"}},
        {"rules = \"x\"\nlimits {", {"tidud.conf:2:", "E530"}},
        {"a = 1;\nb = 2;", {"tidud.conf:1:", "tidud.conf:2:"}},
    };
    struct daemon *daemon = *state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *err;
        assert_int_equal(check_settings(daemon, wrong[i].text, &err), 1);
        for (size_t k = 0; k < 4 && wrong[i].said[k]; k++)
            if (!strstr(err, wrong[i].said[k]))
                fail_msg("%s: no \"%s\" in: %s", wrong[i].text, wrong[i].said[k], err);
        free(err);
    }
}

static void
test_good_settings_are_called_good(void **state)
{
    char *err;
    assert_int_equal(check_settings(*state, "", &err), 0);
    free(err);
    assert_int_equal(check_settings(*state,
                                    "log = { level = \"debug\"; };\nlang = \"en\";\n"
                                    "limits = { line_bytes = 1000L; };\n",
                                    &err),
                     0);
    free(err);
}

/* Every setting there is, by the name it has in its group. */
static const char *const setting_names[] = {
#define TEXT(name, field, when, value) name,
#define NUMBER(name, field, when, lowest, highest, value) name,
#define FLAG(name, field, when, value) name,
#define MODE(name, field, when, value) name,
#define CHOICE(name, field, when, choices, value) name,
#include "../../daemon/settings.def"
};

/* With its '#'s taken away the sample is a file like any other. */
static void
test_the_sample_shows_every_setting_and_is_good(void **state)
{
    const struct daemon *daemon = *state;
    const char *source = getenv("srcdir");
    char path[PATH_MAX], command[PATH_MAX + 256], shown[64], *out, *err;
    assert_non_null(realpath(source ? source : ".", path));
    snprintf(command, sizeof command,
             "sed 's/^#\\([a-z_ ]*[={})]\\)/\\1/' '%s/contrib/tidud.conf' > all.conf && "
             "cat all.conf && \"$TIDUD\" -c all.conf --check-config",
             path);
    int status = run_command(daemon, command, &out, &err);
    if (status != 0)
        fail_msg("%s", err);
    for (size_t i = 0; i < sizeof setting_names / sizeof *setting_names; i++) {
        const char *dot = strrchr(setting_names[i], '.');
        snprintf(shown, sizeof shown, "\n%s%s = ", dot ? "  " : "",
                 dot ? dot + 1 : setting_names[i]);
        if (!strstr(out, shown))
            fail_msg("the sample does not show %s", setting_names[i]);
    }
    free(out);
    free(err);
}

static void
test_the_manual_tells_of_every_setting(void **state)
{
    const struct daemon *daemon = *state;
    const char *source = getenv("srcdir");
    char path[PATH_MAX], command[PATH_MAX + 64], shown[64], *out, *err;
    assert_non_null(realpath(source ? source : ".", path));
    snprintf(command, sizeof command, "cat '%s/contrib/man/tidud.conf.5'", path);
    assert_int_equal(run_command(daemon, command, &out, &err), 0);
    for (size_t i = 0; i < sizeof setting_names / sizeof *setting_names; i++) {
        snprintf(shown, sizeof shown, ".It Ic %s\n", setting_names[i]);
        if (!strstr(out, shown))
            fail_msg("the manual does not tell of %s", setting_names[i]);
    }
    free(out);
    free(err);
}

static void
test_a_settings_file_that_is_not_there_is_an_error(void **state)
{
    char *out, *err;
    assert_int_equal(run_command(*state, "\"$TIDUD\" -c none.conf", &out, &err), 1);
    assert_non_null(strstr(err, "none.conf"));
    free(out);
    free(err);
}

static void
test_wrong_usage_is_told_from_wrong_settings(void **state)
{
    char *out, *err;
    assert_int_equal(run_command(*state, "\"$TIDUD\" --nonsense", &out, &err), 2);
    assert_non_null(strstr(err, "usage: tidud"));
    free(out);
    free(err);
    assert_int_equal(run_command(*state, "\"$TIDUD\" extra", &out, &err), 2);
    free(out);
    free(err);
    assert_int_equal(run_command(*state, "\"$TIDUD\" --version && \"$TIDUD\" --help", &out, &err),
                     0);
    assert_int_equal(strncmp(out, "tidud ", 6), 0);
    assert_non_null(strstr(out, "--check-config"));
    free(out);
    free(err);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, daemon_setup, daemon_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_log_can_be_json_a_line_an_event),
        TEST(test_a_hang_up_reads_what_can_change_and_says_what_cannot),
        TEST(test_the_end_signal_answers_what_was_sent_before_it),
        TEST(test_who_connected_before_the_end_signal_is_answered),
        TEST(test_the_interrupt_ends_it_too_and_removes_its_files),
        TEST(test_half_a_line_at_the_end_is_not_answered),
        TEST(test_a_client_that_does_not_read_cannot_keep_it_from_ending),
        TEST(test_a_stale_socket_is_replaced),
        TEST(test_a_second_daemon_names_the_first_and_leaves_it_alone),
        TEST(test_a_socket_that_answers_is_never_taken_away),
        TEST(test_a_file_in_the_place_of_the_socket_is_left_alone),
        TEST(test_the_socket_has_the_access_bits_asked_for),
        TEST(test_broken_rules_at_the_start_are_told_and_end_it),
        TEST(test_a_folder_that_is_not_there_ends_it),
        TEST(test_every_wrong_setting_is_told_at_its_line),
        TEST(test_good_settings_are_called_good),
        TEST(test_the_sample_shows_every_setting_and_is_good),
        TEST(test_the_manual_tells_of_every_setting),
        TEST(test_a_settings_file_that_is_not_there_is_an_error),
        TEST(test_wrong_usage_is_told_from_wrong_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
