/*
 * test_gate.c guards daemon/gate.c, load.c, operate.c and announce.c: rules take
 * over only when what they do is what was meant, and can be taken back.
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
#include <unistd.h>

#define RECORD_LINE CALL("evaluate", "{" AS_OF ",\"explain\":\"none\",\"record\":{\"revenue\":150}}")
#define RELOAD_LINE CALL("reload", "{}")

/* A hundred enterprises with revenues of 1 to 100 times ten, as NDJSON and CSV. */
static void
write_population(const struct daemon *daemon)
{
    char lines[100 * 96], table[100 * 32] = "uscc,revenue 2025\n";
    size_t length = 0, width = strlen(table);
    for (int i = 1; i <= 100; i++) {
        length += (size_t)sprintf(lines + length,
                                  "{\"uscc\":\"firm-%d\",\"revenue\":{\"2025\":%d}}\n%s", i, 10 * i,
                                  i == 50 ? "\n{\"revenue\":\"no record\"}\n" : "");
        width += (size_t)sprintf(table + width, "firm-%d,%d\n", i, 10 * i);
    }
    write_file(daemon, "firms.ndjson", lines);
    write_file(daemon, "firms.csv", table);
}

static void
start_guarded(struct daemon *daemon, const char *file, const char *more)
{
    char settings[512];
    write_population(daemon);
    snprintf(settings, sizeof settings, "%s/store", daemon->folder);
    if (access(settings, F_OK) != 0)
        make_folder(daemon, "store");
    snprintf(settings, sizeof settings,
             "reload = { watch = false; };\ngate = { population = \"%s/%s\"; };\n"
             "store = { path = \"%s/store\"; };\n%s",
             daemon->folder, file, daemon->folder, more);
    daemon_start(daemon, settings);
}

/* What is judged is by today's date, for which 2025 is the last full year. */
static void
assert_status(struct client *client, const char *status)
{
    json_t *answer = client_ask(client, RECORD_LINE);
    assert_string_equal(lg_status(json_object_get(answer, "result")), status);
    json_decref(answer);
}

static void
expect_change(const struct daemon *daemon, const char *words)
{
    char text[512];
    snprintf(text, sizeof text, "%s\n", words);
    write_file(daemon, "rules/change.lua", text);
}

static void
assert_reloaded(struct client *client)
{
    json_t *answer = client_ask(client, RELOAD_LINE);
    if (!json_is_true(json_object_get(json_object_get(answer, "result"), "changed")))
        fail_msg("%s", json_dumps(answer, 0));
    json_decref(answer);
}

static void
assert_refused(struct client *client, const char *id)
{
    json_t *answer = client_ask(client, RELOAD_LINE);
    assert_int_equal(error_code(answer), -32002);
    const json_t *first = json_array_get(
        json_object_get(json_object_get(answer, "error"), "data"), 0);
    if (!first || strcmp(text_of(first, "code"), id) != 0)
        fail_msg("%s", json_dumps(answer, 0));
    json_decref(answer);
}

/* ---- the guard ----------------------------------------------------------------------- */

static void
guards(struct daemon *daemon, const char *file)
{
    start_guarded(daemon, file, "");
    struct client *client = client_open(daemon);
    write_rules(daemon, 130); /* three firms of a hundred lose it: 100, 110, 120 */
    assert_reloaded(client);
    write_rules(daemon, 200); /* and seven more: 130 to 190 */
    assert_refused(client, "E572");
    assert_status(client, "met");
    json_t *answer = client_ask(client, CALL("status", "{}"));
    const json_t *last =
        json_object_get(json_object_get(answer, "result"), "last_reload");
    const json_t *difference = json_object_get(last, "difference");
    const json_t *lg = json_array_get(json_object_get(difference, "designations"), 0);
    assert_int_equal(json_integer_value(json_object_get(difference, "records")), 100);
    assert_int_equal(json_integer_value(json_object_get(lg, "lose")), 7);
    assert_int_equal(json_integer_value(json_object_get(lg, "gain")), 0);
    assert_int_equal(json_integer_value(json_object_get(lg, "met_after")), 81);
    assert_int_equal(json_array_size(json_object_get(lg, "lost")), 5);
    assert_non_null(text_of(last, "candidate"));
    json_decref(answer);
    client_close(client);
}

static void
test_more_than_a_few_in_a_hundred_must_not_flip_unsaid(void **state)
{
    guards(*state, "firms.ndjson");
}

/* Rules that take a while to load, and meanwhile settings that would not let them through. */
static void
test_settings_that_come_during_a_load_decide_about_it(void **state)
{
    struct daemon *daemon = *state;
    char settings[256];
    write_population(daemon);
    daemon_start(daemon, "reload = { watch = false; };\n");
    snprintf(settings, sizeof settings,
             "reload = { watch = false; };\ngate = { population = \"%s/firms.ndjson\"; };\n",
             daemon->folder);
    write_file(daemon, "tidud.conf", settings);
    write_rules(daemon, 200);
    write_file(daemon, "rules/slow.lua", "local n = 0\nfor i = 1, 8000000 do n = n + i end\n");
    struct client *client = client_open(daemon);
    client_send(client, RELOAD_LINE "\n");
    usleep(100 * 1000); /* that it may have begun; if it has not, the promise is the same */
    daemon_signal(daemon, SIGHUP);
    json_t *answer = client_answer_but_progress(client);
    assert_int_equal(error_code(answer), -32002);
    json_decref(answer);
    assert_status(client, "met");
    client_close(client);
}

static void
test_a_population_may_be_a_table(void **state)
{
    guards(*state, "firms.csv");
}

static void
test_a_population_may_be_a_snapshot(void **state)
{
    struct daemon *daemon = *state;
    write_population(daemon);
    assert_prints(daemon,
                  "\"$TIDU\" population build firms.csv -o firms.tidu --quiet --rules "
                  "\"$RULES\"",
                  0, "");
    guards(daemon, "firms.tidu");
}

static void
test_a_snapshot_that_is_cut_off_lets_nothing_through(void **state)
{
    struct daemon *daemon = *state;
    write_file(daemon, "firms.tidu", "TIDU");
    start_guarded(daemon, "firms.tidu", "");
    struct client *client = client_open(daemon);
    write_rules(daemon, 110);
    json_t *answer = client_ask(client, RELOAD_LINE);
    assert_int_equal(error_code(answer), -32002);
    json_decref(answer);
    assert_status(client, "met");
    client_close(client);
}

static void
test_a_change_is_held_to_what_it_says(void **state)
{
    struct daemon *daemon = *state;
    start_guarded(daemon, "firms.ndjson", "");
    struct client *client = client_open(daemon);
    write_rules(daemon, 200); /* ten firms lose it */
    expect_change(daemon, "expect { lg = { lose = 9 } }");
    assert_refused(client, "E571");
    expect_change(daemon, "expect { lg = { lose = {5, 12}, gain = {1, 3} } }");
    assert_refused(client, "E570");
    expect_change(daemon, "expect { lg = { lose = {5, 12} } }");
    assert_reloaded(client);
    assert_status(client, "unmet");

    /* What was said for that change does not excuse the next. */
    write_rules(daemon, 400);
    assert_refused(client, "E572");
    /* Nor does it forbid one that is small. */
    write_rules(daemon, 210);
    assert_reloaded(client);
    client_close(client);
}

static void
test_a_population_that_is_not_there_lets_nothing_through(void **state)
{
    struct daemon *daemon = *state;
    start_guarded(daemon, "nobody.ndjson", "");
    struct client *client = client_open(daemon);
    write_rules(daemon, 110);
    assert_refused(client, "E002");
    client_close(client);
}

/* ---- by hand --------------------------------------------------------------------------- */

static json_t *
ask(struct client *client, const char *method, const char *params)
{
    char line[512];
    snprintf(line, sizeof line, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}", method,
             params);
    return client_ask(client, line);
}

static void
assert_done(struct client *client, const char *method, const char *params)
{
    json_t *answer = ask(client, method, params);
    if (!json_object_get(answer, "result"))
        fail_msg("%s", json_dumps(answer, 0));
    json_decref(answer);
}

static void
assert_error(struct client *client, const char *method, const char *params, const char *id)
{
    json_t *answer = ask(client, method, params);
    const char *got = error_id(answer);
    if (!got || strcmp(got, id) != 0)
        fail_msg("%s", json_dumps(answer, 0));
    json_decref(answer);
}

/* How often the journal tells of an action; it is written by and by. */
static void
assert_written(struct client *client, const char *words)
{
    for (int i = 0; i < PATIENCE_S * 20; i++) {
        json_t *answer = ask(client, "journal.list", "{\"limit\":1000}");
        char *text = json_dumps(answer, JSON_COMPACT | JSON_SORT_KEYS);
        bool there = strstr(text, words) != NULL;
        free(text);
        json_decref(answer);
        if (there)
            return;
        usleep(50 * 1000);
    }
    fail_msg("the journal does not say %s", words);
}

static void
test_refused_rules_are_activated_with_a_reason_that_is_written_down(void **state)
{
    struct daemon *daemon = *state;
    start_guarded(daemon, "firms.ndjson", "");
    struct client *client = client_open(daemon);
    assert_error(client, "activate", "{\"reason\":\"because\"}", "E573");
    write_rules(daemon, 200);
    assert_refused(client, "E572");
    assert_error(client, "activate", "{}", "E513");
    assert_error(client, "activate", "{\"reason\":\"\"}", "E513");
    assert_error(client, "activate", "{\"reason\":5}", "E512");
    assert_status(client, "met");
    assert_done(client, "activate", "{\"reason\":\"the minister has said so\"}");
    assert_status(client, "unmet");
    assert_written(client, "the minister has said so");
    assert_error(client, "activate", "{\"reason\":\"again\"}", "E573");
    client_close(client);
}

/* What was taken out of charge stays out, for reloads and for restarts, until the
 * folder changes again. */
static void
test_a_rollback_holds_until_the_folder_changes(void **state)
{
    struct daemon *daemon = *state;
    start_guarded(daemon, "firms.ndjson", "");
    struct client *client = client_open(daemon);
    assert_error(client, "rollback", "{\"reason\":\"nothing was before\"}", "E575");
    sleep(1); /* versions are told apart by the second in which they became live */
    write_rules(daemon, 100 + 50 * 2);
    expect_change(daemon, "expect { lg = { lose = 10 } }");
    assert_reloaded(client);
    assert_status(client, "unmet");
    assert_done(client, "rollback", "{\"reason\":\"a mistake\"}");
    assert_status(client, "met");
    json_t *answer = client_ask(client, RELOAD_LINE);
    assert_true(json_is_false(json_object_get(json_object_get(answer, "result"), "changed")));
    json_decref(answer);
    client_close(client);

    daemon_signal(daemon, SIGTERM);
    assert_int_equal(daemon_wait(daemon), 0);
    start_guarded(daemon, "firms.ndjson", "");
    client = client_open(daemon);
    assert_status(client, "met");
    write_rules(daemon, 103);
    assert_refused(client, "E571"); /* it still says what the other change did */
    expect_change(daemon, "expect { lg = { lose = 1 } }");
    assert_reloaded(client);
    client_close(client);
}

static void
test_versions_have_labels_and_come_back_by_them(void **state)
{
    struct daemon *daemon = *state;
    start_guarded(daemon, "firms.ndjson", "");
    struct client *client = client_open(daemon);
    assert_error(client, "label", "{\"name\":\"beef\",\"ruleset\":\"live\"}", "E512");
    json_t *answer = ask(client, "rulesets", "{}");
    char params[256];
    snprintf(params, sizeof params, "{\"name\":\"first-one\",\"ruleset\":\"%.16s\"}",
             text_of(json_object_get(answer, "result"), "live"));
    json_decref(answer);
    assert_done(client, "label", params);
    assert_error(client, "label", "{\"name\":\"other\",\"ruleset\":\"0000000000\"}", "E574");
    write_rules(daemon, 120);
    assert_reloaded(client);
    answer = ask(client, "rulesets", "{}");
    assert_int_equal(
        json_array_size(json_object_get(json_object_get(answer, "result"), "versions")), 2);
    json_decref(answer);
    assert_done(client, "activate", "{\"ruleset\":\"first-one\",\"reason\":\"back\"}");
    answer = ask(client, "status", "{}");
    assert_int_equal(strncmp(text_of(json_object_get(json_object_get(answer, "result"), "ruleset"),
                                     "digest"),
                             strstr(params, "ruleset\":\"") + 10, 16),
                     0);
    json_decref(answer);
    assert_error(client, "activate", "{\"ruleset\":\"nobody\",\"reason\":\"x\"}", "E574");
    client_close(client);
}

/* By the live digest, by a label, by another digest: each by its own rules, and what
 * was decided so is kept so. */
static void
test_a_request_may_be_judged_by_a_named_version(void **state)
{
    struct daemon *daemon = *state;
    start_guarded(daemon, "firms.ndjson", "");
    struct client *client = client_open(daemon);
    char first[65], params[256];
    json_t *answer = ask(client, "rulesets", "{}");
    snprintf(first, sizeof first, "%s", text_of(json_object_get(answer, "result"), "live"));
    json_decref(answer);
    snprintf(params, sizeof params, "{\"name\":\"before\",\"ruleset\":\"%s\"}", first);
    assert_done(client, "label", params);
    write_rules(daemon, 120);
    assert_reloaded(client);
    for (int i = 0; i < 3; i++) {
        char name[80];
        snprintf(name, sizeof name, i == 2 ? "before" : i == 1 ? "%.6s" : "%s", first);
        snprintf(params, sizeof params,
                 "{" AS_OF ",\"ruleset\":\"%s\",\"record\":{\"revenue\":110}}", name);
        answer = ask(client, "evaluate", params);
        const json_t *result = json_object_get(answer, "result");
        assert_string_equal(lg_status(result), "met");
        assert_int_equal(strncmp(text_of(result, "ruleset"), first, 12), 0);
        json_decref(answer);
    }
    answer = ask(client, "evaluate",
                 "{" AS_OF ",\"ruleset\":\"before\",\"records\":[{\"revenue\":110},{\"x\":1}]}");
    const json_t *answers = json_object_get(json_object_get(answer, "result"), "answers");
    assert_string_equal(lg_status(json_array_get(answers, 0)), "met");
    assert_int_equal(error_code(json_array_get(answers, 1)), -32001);
    json_decref(answer);
    assert_error(client, "evaluate", "{\"ruleset\":\"nobody\",\"record\":{}}", "E574");
    assert_error(client, "evaluate", "{\"ruleset\":\"before\",\"record\":{\"x\":1}}", "E310");
    assert_error(client, "evaluate",
                 "{\"ruleset\":\"before\",\"designations\":[\"x\"],\"record\":{}}", "E434");
    answer = ask(client, "evaluate", "{" AS_OF ",\"record\":{\"revenue\":110}}");
    assert_string_equal(lg_status(json_object_get(answer, "result")), "unmet");
    json_decref(answer);
    client_close(client);
    daemon_signal(daemon, SIGTERM);
    assert_int_equal(daemon_wait(daemon), 0);
    assert_says(daemon, "\"$TIDU\" journal replay --store store --lang en", 0, "the same: 5, different: 0");
}

static const json_t *
shadow_of(json_t *answer)
{
    return json_object_get(answer, "result");
}

static void
test_a_shadow_judges_beside_and_tells_what_differs(void **state)
{
    struct daemon *daemon = *state;
    start_guarded(daemon, "firms.ndjson", "");
    struct client *client = client_open(daemon);
    json_t *answer = ask(client, "rulesets", "{}");
    char params[256];
    snprintf(params, sizeof params, "{\"name\":\"before\",\"ruleset\":\"%s\"}",
             text_of(json_object_get(answer, "result"), "live"));
    json_decref(answer);
    assert_done(client, "label", params);
    write_rules(daemon, 120);
    assert_reloaded(client);
    assert_error(client, "shadow", "{\"ruleset\":\"nobody\"}", "E574");
    assert_error(client, "shadow", "{\"ruleset\":\"before\",\"share\":2}", "E512");
    assert_done(client, "shadow", "{\"ruleset\":\"before\",\"share\":0.5}");
    for (int i = 0; i < 40; i++) {
        snprintf(params, sizeof params, "{" AS_OF ",\"record\":{\"uscc\":\"firm-%d\",\"revenue\":%d}}",
                 i, i % 2 ? 110 : 50 + i % 4 * 30);
        assert_done(client, "evaluate", params);
    }
    assert_done(client, "evaluate",
                "{" AS_OF ",\"records\":[{\"revenue\":110},{\"revenue\":110}]}");
    answer = ask(client, "shadow", "{}");
    const json_t *shadow = shadow_of(answer);
    assert_int_equal(json_integer_value(json_object_get(shadow, "compared")), 21);
    long long different = json_integer_value(json_object_get(shadow, "different"));
    assert_true(different > 0 && different <= 21);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(shadow, "designations"), "lg")),
                     different);
    const json_t *sample = json_array_get(json_object_get(shadow, "samples"), 0);
    assert_string_equal(text_of(sample, "live"), "unmet");
    assert_string_equal(text_of(sample, "shadow"), "met");
    json_decref(answer);
    /* Many at once, on a job thread. */
    char *many = malloc(200000);
    assert_non_null(many);
    size_t length = (size_t)sprintf(many, "{" AS_OF ",\"explain\":\"none\",\"records\":[{}");
    for (int i = 0; i < 5000; i++)
        length += (size_t)sprintf(many + length, ",{\"revenue\":110}");
    strcpy(many + length, "]}");
    client_send(client, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"evaluate\",\"params\":");
    client_send(client, many);
    client_send(client, "}\n");
    free(many);
    for (answer = client_answer(client); json_object_get(answer, "method");
         answer = client_answer(client))
        json_decref(answer);
    json_decref(answer);
    answer = ask(client, "shadow", "{}");
    assert_true(json_integer_value(json_object_get(shadow_of(answer), "compared")) >= 2500);
    json_decref(answer);
    assert_done(client, "shadow", "{\"ruleset\":null}");
    answer = ask(client, "shadow", "{}");
    assert_true(json_is_null(json_object_get(shadow_of(answer), "ruleset")));
    json_decref(answer);
    client_close(client);
}

/* The folder is broken when the daemon starts: what was live last serves on. */
static void
test_a_broken_folder_does_not_keep_the_last_rules_from_serving(void **state)
{
    struct daemon *daemon = *state;
    start_guarded(daemon, "firms.ndjson", "");
    daemon_signal(daemon, SIGTERM);
    assert_int_equal(daemon_wait(daemon), 0);
    write_file(daemon, "rules/national/bad.md", "# 坏\n\n```lua\npolicy {\n```\n");
    start_guarded(daemon, "firms.ndjson", "");
    struct client *client = client_open(daemon);
    assert_status(client, "met");
    char *log = daemon_log(daemon);
    assert_non_null(strstr(log, "bad.md"));
    free(log);
    json_t *answer = client_ask(client, RELOAD_LINE); /* it is as broken as it was */
    assert_int_equal(error_code(answer), -32002);
    json_decref(answer);
    write_file(daemon, "rules/national/bad.md", "# 好\n");
    assert_reloaded(client);
    client_close(client);
}

/* ---- subscribers --------------------------------------------------------------------------- */

static json_t *
next_notice(struct client *client, const char *method)
{
    json_t *notice = client_answer(client);
    if (!text_of(notice, "method") || strcmp(text_of(notice, "method"), method) != 0)
        fail_msg("%s", json_dumps(notice, 0));
    return notice;
}

static void
test_subscribers_hear_of_rules_that_change_or_are_refused(void **state)
{
    struct daemon *daemon = *state;
    start_guarded(daemon, "firms.ndjson", "threads = { workers = 2; };");
    struct client *client = client_open(daemon), *listener = client_open(daemon);
    assert_error(listener, "subscribe", "{}", "E513");
    assert_error(listener, "subscribe", "{\"events\":[\"all\"]}", "E512");
    assert_done(listener, "subscribe", "{\"events\":[\"ruleset.changed\",\"reload.refused\"]}");
    write_rules(daemon, 120);
    assert_reloaded(client);
    json_decref(next_notice(listener, "ruleset.changed"));
    write_rules(daemon, 500);
    assert_refused(client, "E572");
    json_t *notice = next_notice(listener, "reload.refused");
    const json_t *params = json_object_get(notice, "params");
    assert_int_equal(json_array_size(json_object_get(params, "diagnostics")), 1);
    assert_non_null(json_object_get(params, "difference"));
    json_decref(notice);
    assert_done(listener, "subscribe", "{\"events\":[]}");
    write_rules(daemon, 125);
    assert_reloaded(client);
    assert_done(listener, "status", "{}"); /* and nothing before it */
    client_close(client);
    client_close(listener);
}

/* Revenues without a year are those of the last full one, whatever today is. */
static void
test_subscribers_hear_whose_decision_changed(void **state)
{
    struct daemon *daemon = *state;
    start_guarded(daemon, "firms.ndjson", "");
    struct client *client = client_open(daemon), *listener = client_open(daemon);
    assert_done(listener, "subscribe",
                "{\"events\":[\"decision.changed\"],\"records\":[{\"uscc\":\"a\",\"revenue\":99},"
                "{\"uscc\":\"b\",\"revenue\":105},{\"revenue\":130}]}");
    write_rules(daemon, 110);
    assert_reloaded(client);
    json_t *notice = next_notice(listener, "decision.changed");
    const json_t *params = json_object_get(notice, "params");
    assert_string_equal(text_of(params, "uscc"), "b");
    assert_int_equal(json_integer_value(json_object_get(params, "record")), 1);
    const json_t *lg = json_object_get(json_object_get(params, "designations"), "lg");
    assert_string_equal(text_of(lg, "before"), "met");
    assert_string_equal(text_of(lg, "after"), "unmet");
    json_decref(notice);
    assert_done(listener, "status", "{}"); /* and nothing else */
    client_close(client);
    client_close(listener);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, daemon_setup, daemon_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_more_than_a_few_in_a_hundred_must_not_flip_unsaid),
        TEST(test_settings_that_come_during_a_load_decide_about_it),
        TEST(test_a_population_may_be_a_table),
        TEST(test_a_population_may_be_a_snapshot),
        TEST(test_a_snapshot_that_is_cut_off_lets_nothing_through),
        TEST(test_a_change_is_held_to_what_it_says),
        TEST(test_a_population_that_is_not_there_lets_nothing_through),
        TEST(test_refused_rules_are_activated_with_a_reason_that_is_written_down),
        TEST(test_a_rollback_holds_until_the_folder_changes),
        TEST(test_versions_have_labels_and_come_back_by_them),
        TEST(test_a_request_may_be_judged_by_a_named_version),
        TEST(test_a_shadow_judges_beside_and_tells_what_differs),
        TEST(test_a_broken_folder_does_not_keep_the_last_rules_from_serving),
        TEST(test_subscribers_hear_of_rules_that_change_or_are_refused),
        TEST(test_subscribers_hear_whose_decision_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
