/*
 * test_journal.c guards daemon/witness.c, history.c, receipt.c and the journal's
 * commands: every decision can be shown again, and nobody can change one unseen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support.h"

#include <glob.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORD_LINE(revenue)                                                   \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"evaluate\",\"params\":{" AS_OF \
    ",\"record\":{\"revenue\":" revenue "}}}"

/* Start with a store; the settings get `more` as well. */
static void
start_keeping(struct daemon *daemon, const char *durability, const char *more)
{
    char settings[512], path[128];
    snprintf(path, sizeof path, "%s/store", daemon->folder);
    if (access(path, F_OK) != 0)
        make_folder(daemon, "store");
    snprintf(settings, sizeof settings,
             "reload = { watch = false; };\nstore = { path = \"%s\"; durability = \"%s\"; %s };\n",
             path, durability, more);
    daemon_start(daemon, settings);
}

static void
stop(struct daemon *daemon)
{
    daemon_signal(daemon, SIGTERM);
    assert_int_equal(daemon_wait(daemon), 0);
}

static void
decide(struct client *client, const char *line, const char *status)
{
    json_t *answer = client_ask(client, line);
    assert_string_equal(lg_status(json_object_get(answer, "result")), status);
    json_decref(answer);
}

/* What a journal command prints, as JSON, with its exit status. */
static json_t *
ask_journal(const struct daemon *daemon, const char *words, int status)
{
    char command[512], *out, *err;
    snprintf(command, sizeof command, "\"$TIDU\" journal %s --store store --format json", words);
    int got = run_command(daemon, command, &out, &err);
    if (got != status)
        fail_msg("%s: %d\n%s%s", command, got, out, err);
    json_t *result = json_loads(out, JSON_ALLOW_NUL, NULL);
    assert_non_null(result);
    free(out);
    free(err);
    return result;
}

static long long
number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

/* ---- decisions ------------------------------------------------------------------------ */

/* Of every kind of request: single, pipelined, many at once, CSV, big and small. */
static void
test_every_decision_is_kept_and_comes_out_the_same_again(void **state)
{
    struct daemon *daemon = *state;
    start_keeping(daemon, "batch", "");
    struct client *client = client_open(daemon);
    decide(client, RECORD_LINE("150"), "met");
    json_decref(client_ask(client, CALL("evaluate", "{" AS_OF ",\"explain\":\"full\",\"lang\":\"both\","
                                        "\"records\":[{\"revenue\":1},{\"revenue\":\"x\"},{}]}")));
    json_decref(client_ask(client, CALL("evaluate", "{" AS_OF ",\"explain\":\"none\",\"designations\":"
                                        "[\"lg\"],\"csv\":\"revenue\\n99\\n100\\n\"}")));
    json_decref(client_ask(client, CALL("evaluate", "{\"unknown_facts\":\"ignore\",\"include\":"
                                        "[\"designations\"],\"record\":{\"height\":3,\"revenue\" : 100.10}}")));
    char *many = malloc(200000);
    assert_non_null(many);
    size_t length = (size_t)sprintf(many, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"evaluate\","
                                          "\"params\":{" AS_OF ",\"records\":[{}");
    for (int i = 0; i < 5000; i++)
        length += (size_t)sprintf(many + length, ",{\"revenue\":%d}", i);
    strcpy(many + length, "]}}\n");
    client_send(client, many);
    free(many);
    json_t *answer = client_answer(client);
    while (json_object_get(answer, "method")) {
        json_decref(answer);
        answer = client_answer(client);
    }
    json_decref(answer);

    /* Under other rules too, and again under the first. */
    write_rules(daemon, 200);
    json_decref(client_ask(client, CALL("reload", "{}")));
    decide(client, RECORD_LINE("150"), "unmet");
    client_close(client);
    stop(daemon);
    enum { DECISIONS = 1 + 2 + 2 + 1 + 5001 + 1 };
    json_t *result = ask_journal(daemon, "verify", 0);
    assert_true(json_is_true(json_object_get(result, "ok")));
    assert_int_equal(number(json_object_get(result, "kinds"), "decision"), DECISIONS);
    json_decref(result);
    result = ask_journal(daemon, "replay", 0);
    assert_int_equal(number(json_object_get(result, "coverage"), "replayable"), DECISIONS);
    assert_int_equal(number(result, "same"), DECISIONS);
    assert_int_equal(number(result, "different"), 0);
    json_decref(result);
}

static void
test_one_decision_is_shown_again_and_judged_with_a_correction(void **state)
{
    struct daemon *daemon = *state;
    start_keeping(daemon, "batch", "");
    struct client *client = client_open(daemon);
    decide(client, CALL("evaluate", "{" AS_OF ",\"record\":{\"revenue\":{\"2025\":99.5}}}"), "unmet");
    client_close(client);
    stop(daemon);
    json_t *result = ask_journal(daemon, "replay 1 --set revenue.2025=100", 0);
    assert_true(json_is_true(json_object_get(result, "same")));
    assert_string_equal(lg_status(json_object_get(result, "answer")), "unmet");
    assert_string_equal(lg_status(json_object_get(result, "corrected")), "met");
    assert_int_equal(number(json_object_get(result, "decision"), "user"), getuid());
    json_decref(result);
    result = ask_journal(daemon, "replay 1 --set revenue=100", 0);
    assert_string_equal(lg_status(json_object_get(result, "corrected")), "met");
    json_decref(result);
    assert_says(daemon, "\"$TIDU\" journal replay 7 --store store 2>&1", 2, "E707");
    assert_says(daemon, "\"$TIDU\" journal replay 1 --set revenue --store store 2>&1", 2, "E553");
    assert_says(daemon, "\"$TIDU\" journal replay 1 --set 'height=1' --store store 2>&1", 2, "height");
    assert_says(daemon, "\"$TIDU\" journal verify --store nowhere 2>&1", 2, "nowhere");
    assert_says(daemon, "\"$TIDU\" journal burn --store store 2>&1", 2, "verify|list|replay");
}

static void
test_a_running_daemon_is_asked_the_same(void **state)
{
    struct daemon *daemon = *state;
    start_keeping(daemon, "commit", "");
    struct client *client = client_open(daemon);
    decide(client, RECORD_LINE("1"), "unmet");
    decide(client, RECORD_LINE("100"), "met");
    json_t *answer = client_ask(client, CALL("journal.verify", "{}"));
    assert_int_equal(number(json_object_get(answer, "result"), "entries"), 2);
    json_decref(answer);
    answer = client_ask(client, CALL("journal.replay", "{\"decision\":\"2\"}"));
    assert_true(json_is_true(json_object_get(json_object_get(answer, "result"), "same")));
    json_decref(answer);
    answer = client_ask(client, CALL("journal.replay", "{\"decision\":\"9\"}"));
    assert_int_equal(error_code(answer), -32006);
    json_decref(answer);
    answer = client_ask(client, CALL("journal.list", "{\"limit\":1}"));
    assert_int_equal(json_array_size(json_object_get(json_object_get(answer, "result"), "entries")), 1);
    json_decref(answer);
    answer = client_ask(client, CALL("journal.list", "{\"limit\":0}"));
    assert_int_equal(error_code(answer), -32602);
    json_decref(answer);
    assert_says(daemon, "\"$TIDU\" journal verify --socket \"$SOCKET\" --lang en", 0, "is whole");
    client_close(client);
}

static void
test_a_daemon_without_a_store_says_so(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, NULL);
    struct client *client = client_open(daemon);
    json_t *answer = client_ask(client, CALL("journal.verify", "{}"));
    assert_int_equal(error_code(answer), -32008);
    assert_string_equal(error_id(answer), "E712");
    json_decref(answer);
    client_close(client);
}

static void
test_nothing_is_kept_when_so_configured(void **state)
{
    struct daemon *daemon = *state;
    start_keeping(daemon, "none", "");
    struct client *client = client_open(daemon);
    decide(client, RECORD_LINE("100"), "met");
    client_close(client);
    stop(daemon);
    json_t *result = ask_journal(daemon, "verify", 0);
    assert_int_equal(number(result, "entries"), 0);
    json_decref(result);
}

/* Some of a request's records had been judged when it turned out too large: it is
 * refused as a whole, so nothing was decided. */
static void
test_what_is_taken_back_is_not_kept(void **state)
{
    struct daemon *daemon = *state;
    start_keeping(daemon, "batch", "}; limits = { answer_bytes = 4096;");
    struct client *client = client_open(daemon);
    char line[2048] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"evaluate\",\"params\":{\"records\":[{}";
    for (int i = 0; i < 100; i++)
        strcat(line, ",{}");
    strcat(line, "]}}");
    json_t *answer = client_ask(client, line);
    assert_string_equal(error_id(answer), "E519");
    json_decref(answer);
    decide(client, RECORD_LINE("100"), "met");
    client_close(client);
    stop(daemon);
    json_t *result = ask_journal(daemon, "verify", 0);
    assert_int_equal(number(result, "entries"), 1);
    json_decref(result);
}

/* ---- what the rules call personal ---------------------------------------------------------- */

static void
test_personal_facts_are_hidden_and_their_decisions_called_so(void **state)
{
    struct daemon *daemon = *state;
    write_file(daemon, "rules/vocabulary/person.lua",
               "fact \"contact\" { zh = \"联系人\", type = \"text\", personal = true }\n");
    start_keeping(daemon, "batch", "");
    struct client *client = client_open(daemon);
    decide(client, CALL("evaluate", "{" AS_OF ",\"record\":{\"revenue\":1,\"contact\":\"secret-1\"}}"),
           "unmet");
    decide(client, CALL("evaluate", "{" AS_OF ",\"record\":{\"联系人\":\"secret-2\",\"revenue\":100}}"),
           "met");
    decide(client, RECORD_LINE("3"), "unmet");
    json_decref(client_ask(client, CALL("evaluate", "{\"csv\":\"contact\\nsecret-3\\n\"}")));
    client_close(client);
    stop(daemon);
    char *log = daemon_log(daemon);
    assert_null(strstr(log, "secret"));
    free(log);
    json_t *result = ask_journal(daemon, "replay", 0);
    const json_t *coverage = json_object_get(result, "coverage");
    assert_int_equal(number(coverage, "decisions"), 4);
    assert_int_equal(number(coverage, "replayable"), 1);
    assert_int_equal(number(coverage, "masked"), 3);
    json_decref(result);
    assert_says(daemon, "\"$TIDU\" journal replay 2 --store store 2>&1", 2, "E708");
    result = ask_journal(daemon, "replay 2 --set 联系人=secret-2", 0);
    assert_true(json_is_true(json_object_get(result, "same")));
    const json_t *facts = json_object_get(result, "facts");
    assert_string_equal(text_of(facts, "联系人"), "*");
    json_decref(result);
}

/* ---- the chain --------------------------------------------------------------------------------- */

static void
run_sql(const struct daemon *daemon, const char *sql)
{
    sqlite3 *database;
    char path[128], *why = NULL;
    snprintf(path, sizeof path, "%s/store/journal.db", daemon->folder);
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    if (sqlite3_exec(database, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s", why);
    sqlite3_close(database);
}

static void
test_a_journal_that_was_changed_is_found_out(void **state)
{
    struct daemon *daemon = *state;
    char words[256], hash[65];
    start_keeping(daemon, "commit", "");
    struct client *client = client_open(daemon);
    for (int i = 0; i < 5; i++)
        decide(client, RECORD_LINE("7"), "unmet");
    client_close(client);
    stop(daemon);
    json_t *result = ask_journal(daemon, "verify", 0);
    snprintf(hash, sizeof hash, "%s", text_of(result, "hash"));
    json_decref(result);
    snprintf(words, sizeof words, "verify --entry 5 --hash %s", hash);
    json_decref(ask_journal(daemon, words, 0));

    /* Cut off at the end: only who noted the head can tell. */
    run_sql(daemon, "CREATE TABLE aside AS SELECT * FROM block; DELETE FROM block WHERE first = 5");
    result = ask_journal(daemon, "verify", 0);
    assert_int_equal(number(result, "entries"), 4);
    assert_non_null(json_object_get(result, "not_proved"));
    json_decref(result);
    json_decref(ask_journal(daemon, words, 1));

    /* Taken out of the middle; exchanged; changed. */
    run_sql(daemon, "DELETE FROM block; INSERT INTO block SELECT * FROM aside WHERE first <> 3");
    json_decref(ask_journal(daemon, "verify", 1));
    run_sql(daemon, "DELETE FROM block; INSERT INTO block SELECT * FROM aside;"
                    "UPDATE block SET entries = (SELECT entries FROM aside WHERE first = 2)"
                    " WHERE first = 4");
    json_decref(ask_journal(daemon, "verify", 1));
    run_sql(daemon, "DELETE FROM block; INSERT INTO block SELECT * FROM aside;"
                    "UPDATE block SET hash = zeroblob(32) WHERE first = 2");
    json_decref(ask_journal(daemon, "verify", 1));
    run_sql(daemon, "DELETE FROM block; INSERT INTO block SELECT * FROM aside");
    json_decref(ask_journal(daemon, words, 0));
}

static void
test_files_are_closed_by_size_and_hang_together(void **state)
{
    struct daemon *daemon = *state;
    char pattern[128];
    glob_t heads;
    start_keeping(daemon, "commit", "rotate_bytes = 1;");
    struct client *client = client_open(daemon);
    for (int i = 0; i < 3; i++)
        decide(client, RECORD_LINE("7"), "unmet");
    client_close(client);
    stop(daemon);
    start_keeping(daemon, "commit", "rotate_bytes = 1;");
    client = client_open(daemon);
    decide(client, RECORD_LINE("7"), "unmet");
    client_close(client);
    stop(daemon);
    json_t *result = ask_journal(daemon, "verify", 0);
    assert_int_equal(number(result, "entries"), 4);
    assert_int_equal(json_array_size(json_object_get(result, "files")), 5); /* one to grow */
    json_decref(result);
    json_decref(ask_journal(daemon, "replay 3", 0));
    snprintf(pattern, sizeof pattern, "%s/store/journal-*.head", daemon->folder);
    assert_int_equal(glob(pattern, 0, NULL, &heads), 0);
    assert_int_equal(heads.gl_pathc, 4);
    json_t *head = json_load_file(heads.gl_pathv[1], 0, NULL);
    assert_int_equal(number(head, "first"), 2);
    assert_int_equal(number(head, "count"), 1);
    assert_non_null(text_of(head, "hash"));
    json_decref(head);
    globfree(&heads);

    /* A file that is taken away is missed. */
    char *out, *err;
    assert_int_equal(run_command(daemon, "rm store/journal-*2-*2.db", &out, &err), 0);
    free(out);
    free(err);
    json_decref(ask_journal(daemon, "verify", 1));
}

/* ---- receipts --------------------------------------------------------------------------------------- */

static void
test_a_receipt_binds_rules_facts_and_answer(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, NULL);
    struct client *client = client_open(daemon);
    client_send(client, CALL("evaluate", "{" AS_OF ",\"lang\":\"en\",\"receipt\":true,"
                             "\"record\":{ \"revenue\": 150.50 }}") "\n");
    const char *line = client_line(client);
    assert_non_null(line);
    write_file(daemon, "reply.json", line);
    write_file(daemon, "record.json", "{\"revenue\":150.50}");
    write_file(daemon, "other.json", "{\"revenue\":150.51}");
    assert_says(daemon, "\"$TIDU\" verify reply.json --lang en", 0, "unchanged");
    assert_says(daemon,
                "\"$TIDU\" verify reply.json --rules \"$RULES\" --record record.json --lang en", 0,
                "byte for byte");
    assert_says(daemon, "\"$TIDU\" verify reply.json --record other.json --lang en", 1,
                "not that of the receipt");
    assert_says(daemon, "sed s/met/unmet/ reply.json | \"$TIDU\" verify - --lang en", 1,
                "the answer was changed");
    assert_says(daemon, "sed 's/2026-06-01/2026-06-02/g' reply.json | \"$TIDU\" verify - --lang en", 1,
                "do not fit");
    write_rules(daemon, 200);
    assert_says(daemon, "\"$TIDU\" verify reply.json --rules \"$RULES\" --lang en", 1,
                "rules are not those");
    assert_says(daemon, "\"$TIDU\" verify record.json 2>&1", 2, "E717");
    client_close(client);
}

/* The receipt is not part of what is kept, but names it. */
static void
test_a_decision_is_found_by_its_receipt(void **state)
{
    struct daemon *daemon = *state;
    char words[128];
    start_keeping(daemon, "batch", "");
    struct client *client = client_open(daemon);
    decide(client, RECORD_LINE("5"), "unmet");
    json_t *answer = client_ask(client, CALL("evaluate", "{" AS_OF ",\"receipt\":true,"
                                             "\"record\":{\"revenue\":  150}}"));
    const char *digest =
        text_of(json_object_get(json_object_get(answer, "result"), "receipt"), "digest");
    assert_non_null(digest);
    snprintf(words, sizeof words, "replay %.16s", digest);
    json_decref(answer);
    client_close(client);
    stop(daemon);
    json_t *result = ask_journal(daemon, words, 0);
    assert_int_equal(number(json_object_get(result, "decision"), "number"), 2);
    assert_true(json_is_true(json_object_get(result, "same")));
    json_decref(result);
}

/* ---- durability ------------------------------------------------------------------------------------------ */

/* Killed at moments nobody chose, with several clients asking: what was answered
 * is in the journal, the chain holds, and the daemon starts again. */
static void
test_no_answered_decision_is_lost_when_it_is_killed(void **state)
{
    struct daemon *daemon = *state;
    const char *asked = getenv("TIDU_KILLS");
    int rounds = asked ? atoi(asked) : 5;
    long long answered = 0, entries = 0;
    for (int round = 0; round < rounds; round++) {
        start_keeping(daemon, "commit", round % 3 ? "" : "rotate_bytes = 100000;");
        enum { CLIENTS = 8 };
        struct client *clients[CLIENTS];
        for (int i = 0; i < CLIENTS; i++)
            clients[i] = client_open(daemon);
        pid_t killer = fork();
        assert_true(killer >= 0);
        if (killer == 0) {
            usleep((useconds_t)(1000 + rand() % 60000 + round * 37 % 20000));
            kill(daemon->process, SIGKILL);
            _exit(0);
        }
        for (int turn = 0; turn < 100000; turn++) {
            bool gone = false;
            for (int i = 0; i < CLIENTS && !gone; i++)
                gone = !client_try_send(clients[i], RECORD_LINE("7") "\n",
                                        sizeof RECORD_LINE("7") "\n" - 1);
            for (int i = 0; i < CLIENTS; i++) {
                const char *line = client_line(clients[i]);
                answered += line != NULL;
                gone |= !line;
            }
            if (gone)
                break;
        }
        assert_int_equal(daemon_wait(daemon), -1);
        json_t *result = ask_journal(daemon, "verify", 0);
        entries = number(result, "entries");
        json_decref(result);
        if (entries < answered)
            fail_msg("%lld were answered, %lld are kept", answered, entries);
        /* What was kept and not answered counts for the next round, too. */
        answered = entries;
        for (int i = 0; i < CLIENTS; i++)
            client_close(clients[i]);
        srand((unsigned)(entries + round));
    }
    start_keeping(daemon, "commit", "");
    struct client *client = client_open(daemon);
    decide(client, RECORD_LINE("7"), "unmet");
    client_close(client);
}

/* ---- damage ------------------------------------------------------------------------------------------------ */

static void
test_a_damaged_journal_is_put_aside_and_kept(void **state)
{
    struct daemon *daemon = *state;
    char pattern[128];
    glob_t files;
    start_keeping(daemon, "commit", "");
    struct client *client = client_open(daemon);
    decide(client, RECORD_LINE("7"), "unmet");
    client_close(client);
    stop(daemon);
    write_file(daemon, "store/journal.db", "this is no database, whatever it was before ..........\n");
    start_keeping(daemon, "commit", "");
    client = client_open(daemon);
    decide(client, RECORD_LINE("7"), "unmet");
    client_close(client);
    stop(daemon);
    char *log = daemon_log(daemon);
    assert_non_null(strstr(log, "E711"));
    free(log);
    json_decref(ask_journal(daemon, "verify", 0));
    snprintf(pattern, sizeof pattern, "%s/store/journal-damaged-*.db", daemon->folder);
    assert_int_equal(glob(pattern, 0, NULL, &files), 0);
    globfree(&files);
}

static void
test_a_store_that_cannot_be_opened_keeps_the_daemon_from_starting(void **state)
{
    struct daemon *daemon = *state;
    daemon_launch(daemon, "store = { path = \"/nowhere/at/all\"; };");
    assert_int_equal(daemon_wait(daemon), 1);
    char *log = daemon_log(daemon);
    assert_non_null(strstr(log, "/nowhere/at/all"));
    free(log);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, daemon_setup, daemon_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_decision_is_kept_and_comes_out_the_same_again),
        TEST(test_one_decision_is_shown_again_and_judged_with_a_correction),
        TEST(test_a_running_daemon_is_asked_the_same),
        TEST(test_a_daemon_without_a_store_says_so),
        TEST(test_what_is_taken_back_is_not_kept),
        TEST(test_nothing_is_kept_when_so_configured),
        TEST(test_personal_facts_are_hidden_and_their_decisions_called_so),
        TEST(test_a_journal_that_was_changed_is_found_out),
        TEST(test_files_are_closed_by_size_and_hang_together),
        TEST(test_a_receipt_binds_rules_facts_and_answer),
        TEST(test_a_decision_is_found_by_its_receipt),
        TEST(test_no_answered_decision_is_lost_when_it_is_killed),
        TEST(test_a_damaged_journal_is_put_aside_and_kept),
        TEST(test_a_store_that_cannot_be_opened_keeps_the_daemon_from_starting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
