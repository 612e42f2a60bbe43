/*
 * test_reload.c guards daemon/reload.c and watch.c: new rules take over without
 * a request lost, bad ones change nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support.h"

#include "../sparing.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WATCHING "reload = { settle_ms = 50; };"
#define BLIND "reload = { watch = false; };"
#define RECORD_LINE                                                            \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"evaluate\",\"params\":{" AS_OF \
    ",\"explain\":\"none\",\"record\":{\"revenue\":150}}}"
#define RELOAD_LINE "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"reload\"}"

static void
assert_status(struct client *client, const char *status)
{
    json_t *answer = client_ask(client, RECORD_LINE);
    assert_string_equal(lg_status(json_object_get(answer, "result")), status);
    json_decref(answer);
}

static const json_t *
last_reload(const json_t *status)
{
    return json_object_get(status, "last_reload");
}

static bool
has_changed(const json_t *status)
{
    return json_is_true(json_object_get(last_reload(status), "changed"));
}

static bool
was_refused(const json_t *status)
{
    return json_is_false(json_object_get(last_reload(status), "ok"));
}

static bool
has_reloaded(const json_t *status)
{
    return json_is_object(last_reload(status));
}

static void
test_an_edited_threshold_takes_effect_by_itself(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, WATCHING);
    struct client *client = client_open(daemon);
    assert_status(client, "met");
    write_rules(daemon, 200);
    wait_for(client, has_changed);
    assert_status(client, "unmet");
    client_close(client);
}

static void
test_a_document_in_a_new_folder_takes_effect(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, WATCHING);
    struct client *client = client_open(daemon);
    char path[128];
    snprintf(path, sizeof path, "%s/local", daemon->rules);
    assert_int_equal(mkdir(path, 0755), 0);
    write_file(daemon, "rules/local/notes.md", "# 说明\n");
    wait_for(client, has_changed);

    /* The folder is watched from then on. */
    json_t *answer = client_ask(client, RELOAD_LINE);
    assert_true(json_is_false(json_object_get(json_object_get(answer, "result"), "changed")));
    json_decref(answer);
    write_file(daemon, "rules/local/notes.md", "# 说明二\n");
    wait_for(client, has_changed);
    client_close(client);
}

static void
test_a_whole_folder_put_in_place_by_renaming_takes_effect(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, WATCHING);
    struct client *client = client_open(daemon);
    char command[1024];
    snprintf(command, sizeof command,
             "cp -r %s %s.new && sed -i s/100万元/200万元/g %s.new/national/test.md && "
             "mv %s %s.old && mv %s.new %s",
             daemon->rules, daemon->rules, daemon->rules, daemon->rules, daemon->rules,
             daemon->rules, daemon->rules);
    assert_int_equal(system(command), 0);
    wait_for(client, has_changed);
    assert_status(client, "unmet");
    client_close(client);
}

static void
test_a_broken_document_keeps_the_old_rules_and_says_why(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, WATCHING);
    struct client *client = client_open(daemon);
    write_file(
        daemon, "rules/national/more.md",
        "# 更多\n\n```lua\npolicy { id = \"m\", zh = \"更多\", effective = \"2020-01-01\" }\n"
        "designation \"x\" { zh = \"新\" }\ncriterion \"c\" [[ revenue >= 5人 ]]\n```\n");
    wait_for(client, was_refused);
    assert_status(client, "met");

    json_t *answer = client_ask(client, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\"}");
    const json_t *reload = last_reload(json_object_get(answer, "result"));
    const json_t *first = json_array_get(json_object_get(reload, "diagnostics"), 0);
    assert_string_equal(text_of(first, "path"), "national/more.md");
    assert_int_equal(json_integer_value(json_object_get(first, "line")), 6);
    json_decref(answer);
    char *log = daemon_log(daemon);
    assert_non_null(strstr(log, "national/more.md:6:"));
    free(log);

    write_file(daemon, "rules/national/more.md", "# 更多\n");
    wait_for(client, has_changed);
    assert_status(client, "met");
    client_close(client);
}

/* The document's scenario says that 5000 is met. */
static void
test_a_failing_scenario_refuses_the_reload(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, BLIND);
    struct client *client = client_open(daemon);
    write_rules(daemon, 6000);
    json_t *answer = client_ask(client, RELOAD_LINE);
    assert_int_equal(error_code(answer), -32002);
    const json_t *data = json_object_get(json_object_get(answer, "error"), "data");
    assert_true(json_array_size(data) >= 1);
    assert_string_equal(text_of(json_array_get(data, 0), "path"), "national/test.md");
    json_decref(answer);
    assert_status(client, "met");
    client_close(client);
}

static void
test_reload_tells_whether_anything_changed(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, BLIND);
    struct client *client = client_open(daemon);
    json_t *answer = client_ask(client, RELOAD_LINE);
    const json_t *result = json_object_get(answer, "result");
    assert_true(json_is_true(json_object_get(result, "ok")));
    assert_true(json_is_false(json_object_get(result, "changed")));
    json_decref(answer);

    write_rules(daemon, 200);
    assert_status(client, "met"); /* nobody watches */
    answer = client_ask(client, RELOAD_LINE);
    result = json_object_get(answer, "result");
    assert_true(json_is_true(json_object_get(result, "changed")));
    json_decref(answer);
    assert_status(client, "unmet");
    client_close(client);
}

static void
test_the_hang_up_signal_reloads(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, BLIND);
    struct client *client = client_open(daemon);
    write_rules(daemon, 200);
    daemon_signal(daemon, SIGHUP);
    wait_for(client, has_reloaded);
    assert_status(client, "unmet");
    client_close(client);
}

static void
test_a_reload_notification_reloads_in_silence(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, BLIND);
    struct client *client = client_open(daemon);
    write_rules(daemon, 200);
    client_send(client, "{\"jsonrpc\":\"2.0\",\"method\":\"reload\"}\n");
    wait_for(client, has_reloaded);
    assert_status(client, "unmet");
    client_close(client);
}

static void
test_many_who_ask_for_a_reload_are_all_answered(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, BLIND);
    struct client *client = client_open(daemon);
    for (int i = 0; i < 5; i++)
        client_send(client, RELOAD_LINE "\n");
    client_send(client, "[" RELOAD_LINE "," RELOAD_LINE "]\n");
    int answers = 0;
    while (answers < 7) {
        json_t *answer = client_answer(client);
        answers += json_is_array(answer) ? (int)json_array_size(answer) : 1;
        json_decref(answer);
    }
    assert_int_equal(answers, 7);
    client_close(client);
}

/* An edit while a client pipelines: every request is answered, in order, and
 * every answer agrees with the ruleset it names. */
static void
test_no_answer_is_lost_or_mixes_two_rulesets_while_a_threshold_is_edited(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, WATCHING);
    struct client *client = client_open(daemon), *watcher = client_open(daemon);
    enum { ROUNDS = 40, PIPELINED = 200 };
    char first[16] = "", second[16] = "";
    int of_second = 0;
    for (int round = 0; round < ROUNDS || !of_second; round++) {
        if (round == 5)
            write_rules(daemon, 200);
        assert_true(round < 100 * ROUNDS);
        for (int i = 0; i < PIPELINED; i++) {
            char line[256];
            snprintf(line, sizeof line,
                     "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"evaluate\",\"params\":{" AS_OF
                     ",\"explain\":\"none\",\"record\":{\"revenue\":150}}}\n",
                     i);
            client_send(client, line);
        }
        for (int i = 0; i < PIPELINED; i++) {
            json_t *answer = client_answer(client);
            const json_t *result = json_object_get(answer, "result");
            const char *digest = text_of(result, "ruleset");
            assert_int_equal(json_integer_value(json_object_get(answer, "id")), i);
            if (!*first)
                strcpy(first, digest);
            else if (strcmp(digest, first) != 0 && !*second)
                strcpy(second, digest);
            bool old = strcmp(digest, first) == 0;
            assert_true(old || strcmp(digest, second) == 0);
            assert_string_equal(lg_status(result), old ? "met" : "unmet");
            assert_false(old && of_second); /* never back */
            of_second += !old;
            json_decref(answer);
        }
    }
    assert_true(of_second > 0);
    client_close(client);
    client_close(watcher);
}

/* A reload and a check are on their way; nobody waits for them. */
static void
test_evaluate_is_answered_while_rules_are_built(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, BLIND);
    struct client *client = client_open(daemon);
    write_rules(daemon, 200);
    client_send(client, RELOAD_LINE "\n" RECORD_LINE "\n");
    json_t *answer = client_answer(client);
    assert_string_equal(lg_status(json_object_get(answer, "result")), "met");
    json_decref(answer);
    answer = client_answer(client);
    assert_int_equal(json_integer_value(json_object_get(answer, "id")), 9);
    json_decref(answer);
    assert_status(client, "unmet");
    client_close(client);
}

/* ---- many reloads under load ------------------------------------------------------- */

/* Ask until told to stop: every answer must be that of one ruleset or of the other,
 * as its digest says. 0 when all were. */
static int
ask_until(const struct daemon *daemon, int stop, const char digests[2][13])
{
    static const char *const statuses[] = {"met", "unmet"};
    struct client *client = client_open(daemon);
    struct pollfd readable = {.fd = stop, .events = POLLIN};
    while (poll(&readable, 1, 0) == 0) {
        json_t *answer = client_ask(client, RECORD_LINE);
        const json_t *result = json_object_get(answer, "result");
        const char *digest = text_of(result, "ruleset");
        int which = digest && strcmp(digest, digests[1]) == 0;
        if (!digest || strcmp(digest, digests[which]) != 0 ||
            strcmp(lg_status(result), statuses[which]) != 0)
            return 1;
        json_decref(answer);
    }
    client_close(client);
    return 0;
}

static void
change_to(const struct daemon *daemon, struct client *client, int threshold, char digest[13])
{
    write_rules(daemon, threshold);
    json_t *answer = client_ask(client, RELOAD_LINE);
    const json_t *result = json_object_get(answer, "result");
    assert_true(json_is_true(json_object_get(result, "changed")));
    if (*digest)
        assert_string_equal(text_of(result, "ruleset"), digest);
    snprintf(digest, 13, "%s", text_of(result, "ruleset"));
    json_decref(answer);
}

static void
test_reloads_under_load_lose_nothing_and_mix_nothing(void **state)
{
    struct daemon *daemon = *state;
    enum { CLIENTS = 3, WARM = 7 };
    const char *asked = getenv("TIDU_RELOADS");
    int rounds = asked ? atoi(asked) : 24 / STRIDE, stop[2];
    char digests[2][13] = {"", ""};
    pid_t children[CLIENTS];
    daemon_start(daemon, BLIND);
    struct client *client = client_open(daemon);
    change_to(daemon, client, 200, digests[1]);
    change_to(daemon, client, 100, digests[0]);
    assert_int_equal(pipe(stop), 0);
    for (int i = 0; i < CLIENTS; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0)
            _exit(ask_until(daemon, stop[0], (const char(*)[13])digests));
    }
    size_t before = 0;
    for (int i = 0; i < rounds; i++) {
        change_to(daemon, client, i % 2 ? 100 : 200, digests[i % 2 == 0]);
        if (i == WARM)
            before = daemon_resident(daemon) / 1024;
    }
    assert_int_equal(write(stop[1], "x", 1), 1);
    for (int i = 0; i < CLIENTS; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    if (rounds >= 1000) {
        size_t after = daemon_resident(daemon) / 1024;
        print_message("%d reloads: %zu KiB before, %zu KiB after\n", rounds, before, after);
        assert_true(after <= before + before / 20);
    }
    close(stop[0]);
    close(stop[1]);
    client_close(client);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, daemon_setup, daemon_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_edited_threshold_takes_effect_by_itself),
        TEST(test_a_document_in_a_new_folder_takes_effect),
        TEST(test_a_whole_folder_put_in_place_by_renaming_takes_effect),
        TEST(test_a_broken_document_keeps_the_old_rules_and_says_why),
        TEST(test_a_failing_scenario_refuses_the_reload),
        TEST(test_reload_tells_whether_anything_changed),
        TEST(test_the_hang_up_signal_reloads),
        TEST(test_a_reload_notification_reloads_in_silence),
        TEST(test_many_who_ask_for_a_reload_are_all_answered),
        TEST(test_no_answer_is_lost_or_mixes_two_rulesets_while_a_threshold_is_edited),
        TEST(test_evaluate_is_answered_while_rules_are_built),
        TEST(test_reloads_under_load_lose_nothing_and_mix_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
