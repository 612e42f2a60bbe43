/*
 * test_poll.c guards sweep, calibrate, impact, cohort and judge over the socket: the same answers as
 * without a daemon, errors that name what is wrong, and nothing a file can do to it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char records[] = "{\"uscc\":\"91310000MA1K00001A\",\"revenue\":150}\n"
                              "{\"uscc\":\"91310000MA1K00002B\",\"revenue\":50}\n"
                              "{\"uscc\":\"91310000MA1K00003C\",\"revenue\":120}\n"
                              "{}\n";

static void
build(const struct daemon *daemon, const char *text)
{
    write_file(daemon, "firms.ndjson", text);
    assert_prints(daemon,
                  "\"$TIDU\" population build firms.ndjson -o pops/firms.tidu --quiet --rules "
                  "\"$RULES\"",
                  0, "");
}

static void
assert_serves(struct client *client)
{
    json_t *answer = client_ask(client, CALL("status", "{}"));
    assert_non_null(json_object_get(answer, "result"));
    json_decref(answer);
}

struct refusal {
    const char *params;
    int code;
    const char *id, *words; /* that the message or the hint has */
};

static void
refuse(struct client *client, const char *method, const struct refusal *refusals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char line[512];
        snprintf(line, sizeof line,
                 "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}", method,
                 refusals[i].params);
        json_t *answer = client_ask(client, line);
        char *said = json_dumps(answer, JSON_COMPACT);
        if (error_code(answer) != refusals[i].code || !strstr(said, refusals[i].id) ||
            !strstr(said, refusals[i].words))
            fail_msg("%s: %s", line, said);
        free(said);
        json_decref(answer);
        assert_serves(client);
    }
}

#define REFUSED(client, method, list) refuse(client, method, list, sizeof(list) / sizeof *(list))

/* A daemon that has the population "firms". */
static int
setup(void **state)
{
    char settings[160];
    if (daemon_setup(state))
        return -1;
    struct daemon *daemon = *state;
    make_folder(daemon, "pops");
    build(daemon, records);
    snprintf(settings, sizeof settings, "populations = \"%s/pops\"; threads = { jobs = 1; };",
             daemon->folder);
    daemon_start(daemon, settings);
    return 0;
}

static void
assert_same(const struct daemon *daemon, const char *command, const char *options)
{
    char line[700];
    snprintf(line, sizeof line,
             "\"$TIDU\" %s pops/firms.tidu %s --rules \"$RULES\" >here && "
             "\"$TIDU\" %s firms %s --socket \"$SOCKET\" >there && cmp here there",
             command, options, command, options);
    assert_prints(daemon, line, 0, "");
}

static void
test_a_daemon_answers_as_the_command_does(void **state)
{
    assert_same(*state, "sweep", "--as-of 2026-06-01 --format json");
    assert_same(*state, "sweep",
                "--as-of 2026-06-01 --param lg/scale#1=40万元..160万元 --steps 4 --format csv");
    assert_same(*state, "calibrate",
                "--as-of 2026-06-01 --param lg/scale#1 --designation lg --target 2 --format json");
    assert_same(*state, "impact",
                "--as-of 2026-06-01 --param lg/scale#1=130万元 --all --format json");
    assert_same(*state, "impact", "--as-of 2026-06-01 --param lg/scale#1=130万元 --format text");
    assert_same(*state, "judge", "--as-of 2026-06-01 --param lg/scale#1=130万元 --format json");
    assert_same(*state, "judge", "--as-of 2026-06-01 --format text");
    assert_same(*state, "cohort",
                "--as-of 2026-06-01 --designation lg --rank 'revenue asc' --most 2 --format json");
    assert_same(*state, "cohort",
                "--as-of 2026-06-01 --designation lg --rank revenue --most 2 --format text");
}

static void
test_every_criterion_of_everybody_is_told_and_written(void **state)
{
    const struct daemon *daemon = *state;
    assert_says(daemon,
                "\"$TIDU\" judge firms --socket \"$SOCKET\" --as-of 2026-06-01 --format text --lang en",
                0, "Little giant  met 2, unmet 1, undetermined 1\n");
    assert_says(daemon,
                "\"$TIDU\" judge firms --socket \"$SOCKET\" --as-of 2026-06-01 --format csv", 0,
                "lg,lg/scale,2,1,1,2\n");
    assert_prints(daemon,
                  "\"$TIDU\" judge pops/firms.tidu --rules \"$RULES\" --as-of 2026-06-01 --quiet "
                  "-o all.csv --format json >/dev/null && cut -d, -f2- all.csv | sort",
                  0,
                  ",,,\n91310000MA1K00001A,,1,1\n91310000MA1K00002B,,0,0\n"
                  "91310000MA1K00003C,,1,1\nuscc,enterprise_name,lg,lg/scale\n");
    assert_prints(daemon,
                  "\"$TIDU\" judge pops/firms.tidu --rules \"$RULES\" --as-of 2026-06-01 --quiet "
                  "-o all.ndjson --format json >/dev/null && grep -c '\"lg/scale\":true}' all.ndjson",
                  0, "2\n");
    assert_says(daemon, "\"$TIDU\" judge firms --socket \"$SOCKET\" -o all.csv", 2, "E555");
    assert_says(daemon,
                "\"$TIDU\" judge pops/firms.tidu --rules \"$RULES\" -o none/all.csv --quiet", 2,
                "E561");
    assert_says(daemon,
                "\"$TIDU\" judge pops/firms.tidu --rules \"$RULES\" -o none/all.csv --quiet", 2,
                "none/all.csv: No such file");
    assert_prints(daemon,
                  "\"$TIDU\" judge pops/firms.tidu --rules \"$RULES\" --quiet --designation zz -o "
                  "all.csv 2>/dev/null; wc -l <all.csv", /* as it was */
                  0, "5\n");
}

static json_int_t
met(const json_t *answer)
{
    const json_t *designations = json_object_get(json_object_get(answer, "result"), "designations");
    return json_integer_value(
        json_array_get(json_object_get(json_array_get(designations, 0), "met"), 0));
}

static void
test_a_snapshot_that_was_replaced_is_read_anew(void **state)
{
    static const char sweep[] = CALL("sweep", "{" AS_OF ",\"population\":\"firms\"}");
    const struct daemon *daemon = *state;
    struct client *client = client_open(daemon);
    char path[128], line[256];
    snprintf(path, sizeof path, "%s/pops/firms.tidu", daemon->folder);
    snprintf(line, sizeof line, CALL("sweep", "{" AS_OF ",\"population\":\"%s\"}"), path);
    json_t *answer = client_ask(client, sweep);
    assert_int_equal(met(answer), 2);
    json_decref(answer);
    answer = client_ask(client, line); /* by its path */
    assert_int_equal(met(answer), 2);
    json_decref(answer);
    build(daemon, "{\"revenue\":200}\n");
    answer = client_ask(client, sweep);
    assert_int_equal(met(answer), 1);
    json_decref(answer);
    /* Cut off in place, which a mapping would not survive. */
    assert_int_equal(truncate(path, 100), 0);
    answer = client_ask(client, sweep);
    assert_int_equal(error_code(answer), -32008);
    json_decref(answer);
    assert_serves(client);
    client_close(client);
}

static void
test_what_is_wrong_is_told(void **state)
{
    struct client *client = client_open(*state);
    static const struct refusal sweeps[] = {
        {"{}", -32602, "E513", "population"},
        {"{\"population\":7}", -32602, "E512", "population"},
        {"{\"population\":\"nobody\"}", -32006, "E817", "nobody"},
        {"{\"population\":\"../firms\"}", -32006, "E817", "firms"},
        {"{\"population\":\"/etc/passwd\"}", -32006, "E817", "passwd"},
        {"{\"population\":\"firms\",\"axes\":{}}", -32602, "E512", "axes"},
        {"{\"population\":\"firms\",\"axes\":[{\"param\":\"lg/scale#1\",\"from\":\"1万元\"}]}",
         -32602, "E512", "axes"},
        {"{\"population\":\"firms\",\"axes\":[{\"param\":\"nothing\",\"from\":\"1\",\"to\":\"2\"}]"
         "}",
         -32006, "E470", "nothing"},
        {"{\"population\":\"firms\",\"designations\":[1]}", -32602, "E512", "designations"},
        {"{\"population\":\"firms\",\"designations\":[\"zz\"]}", -32006, "E434", "zz"},
        {"{\"population\":\"firms\",\"by\":\"colour\"}", -32602, "E808", "colour"},
        {"{\"population\":\"firms\",\"money\":1}", -32602, "E512", "money"},
        {"{\"population\":\"firms\",\"threads\":0}", -32602, "E512", "threads"},
    };
    static const struct refusal calibrations[] = {
        {"{\"population\":\"firms\"}", -32602, "E513", "param"},
        {"{\"population\":\"firms\",\"param\":\"lg/scale#1\"}", -32602, "E513", "designation"},
        {"{\"population\":\"firms\",\"param\":\"lg/scale#1\",\"designation\":\"lg\"}", -32602,
         "E513", "target"},
        {"{\"population\":\"firms\",\"param\":\"lg/scale#1\",\"designation\":\"lg\",\"budget\":1}",
         -32602, "E514", "budget"},
    };
    static const struct refusal impacts[] = {
        {"{\"population\":\"firms\"}", -32602, "E513", "candidate|params"},
        {"{\"population\":\"firms\",\"params\":{\"nothing\":1}}", -32006, "E470", "nothing"},
        {"{\"population\":\"firms\",\"params\":{\"lg/scale#1\":\"1万元\"},\"samples\":-1}", -32602,
         "E512", "samples"},
    };
    REFUSED(client, "sweep", sweeps);
    REFUSED(client, "calibrate", calibrations);
    static const struct refusal cohorts[] = {
        {"{\"population\":\"firms\",\"rank\":[\"revenue\"]}", -32602, "E513",
         "designation|subsidy"},
        {"{\"population\":\"firms\",\"designation\":\"lg\"}", -32602, "E513", "rank"},
        {"{\"population\":\"firms\",\"designation\":\"lg\",\"rank\":[7]}", -32602, "E512", "rank"},
        {"{\"population\":\"firms\",\"designation\":\"lg\",\"rank\":[\"colour\"]}", -32602, "E820",
         "colour"},
        {"{\"population\":\"firms\",\"designation\":\"lg\",\"rank\":[\"revenue\"],\"budget\":1}",
         -32602, "E513", "subsidy"},
        {"{\"population\":\"firms\",\"subsidy\":\"no\",\"split\":true}", -32602, "E513", "budget"},
        {"{\"population\":\"firms\",\"subsidy\":\"no\",\"split\":true,\"budget\":1e300}", -32602,
         "E512", "budget"},
        {"{\"population\":\"firms\",\"subsidy\":\"no\",\"split\":true,\"budget\":1}", -32602,
         "E821", "no"},
    };
    REFUSED(client, "impact", impacts);
    REFUSED(client, "cohort", cohorts);
    assert_serves(client);
    client_close(client);
}

/* ---- rules that come with the request ---- */

/* The folder's rules with another threshold, whose scenario fails now. */
static void
draft(const struct daemon *daemon)
{
    assert_prints(daemon,
                  "cp -r \"$RULES\" draft && "
                  "sed -i 's/100万元/130万元/; s/5000/120/' draft/national/test.md && "
                  "! cmp -s draft/national/test.md \"$RULES/national/test.md\"",
                  0, "");
    write_file(daemon, "firm.json", "{\"revenue\":120}");
}

static json_t *
ask_of_draft(struct client *client, const char *method, const char *params, const char *path)
{
    size_t length;
    json_t *tree = json_loads(params, 0, NULL);
    FILE *file = fopen(path, "r");
    char text[8192];
    assert_non_null(file);
    assert_non_null(tree);
    length = fread(text, 1, sizeof text, file);
    fclose(file);
    json_object_set_new(tree, "candidate",
                        json_pack("{s:{s:s#}, s:b}", "documents", "national/test.md", text,
                                  (int)length, "base", 1));
    json_t *request = json_pack("{s:s, s:i, s:s, s:o}", "jsonrpc", "2.0", "id", 1, "method", method,
                                "params", tree);
    char *line = json_dumps(request, JSON_COMPACT);
    client_send(client, line);
    client_send(client, "\n");
    free(line);
    json_decref(request);
    return client_answer_but_progress(client);
}

static void
test_a_candidate_may_come_with_the_request(void **state)
{
    const struct daemon *daemon = *state;
    struct client *client = client_open(daemon);
    char path[160];
    draft(daemon);
    snprintf(path, sizeof path, "%s/draft/national/test.md", daemon->folder);
    assert_same(daemon, "impact", "--as-of 2026-06-01 --candidate draft --all --format json");
    assert_prints(daemon,
                  "\"$TIDU\" whatif firm.json --as-of 2026-06-01 --candidate draft --rules "
                  "\"$RULES\" >here && \"$TIDU\" whatif firm.json --as-of 2026-06-01 --candidate "
                  "draft --socket \"$SOCKET\" >there && cmp here there",
                  0, "");
    assert_prints(daemon,
                  "\"$TIDU\" diff \"$RULES\" draft --as-of 2026-06-01 --format text >here; "
                  "\"$TIDU\" diff live draft --as-of 2026-06-01 --socket \"$SOCKET\" --format text "
                  ">there; cmp here there && grep -q 130 there",
                  0, "");
    assert_says(daemon, "\"$TIDU\" diff draft \"$RULES\" --as-of 2026-06-01 --socket \"$SOCKET\" "
                        "--lang en --format text", 1, "gained");
    for (int i = 0; i < 2; i++) { /* built, and kept */
        json_t *answer =
            ask_of_draft(client, "impact", "{" AS_OF ",\"population\":\"firms\"}", path);
        const json_t *lg = json_array_get(
            json_object_get(json_object_get(answer, "result"), "designations"), 0);
        assert_int_equal(json_integer_value(json_object_get(lg, "lost")), 1);
        json_decref(answer);
    }
    json_t *answer = ask_of_draft(client, "whatif",
                                  "{" AS_OF ",\"record\":{\"revenue\":120}}", path);
    const json_t *result = json_object_get(answer, "result");
    assert_string_equal(lg_status(json_object_get(result, "before")), "met");
    assert_string_equal(lg_status(json_object_get(result, "after")), "unmet");
    json_decref(answer);
    /* Nothing of it is live. */
    answer = client_ask(client, CALL("evaluate", "{" AS_OF ",\"record\":{\"revenue\":120}}"));
    assert_string_equal(lg_status(json_object_get(answer, "result")), "met");
    json_decref(answer);
    client_close(client);
}

static void
test_what_is_wrong_with_a_candidate_is_told(void **state)
{
#define OF(candidate) "{\"population\":\"firms\",\"candidate\":" candidate "}"
    static const struct refusal refusals[] = {
        {OF("7"), -32602, "E512", "documents"},
        {OF("\"\""), -32602, "E512", "documents"},
        {OF("{}"), -32602, "E512", "documents"},
        {OF("{\"documents\":[]}"), -32602, "E512", "documents"},
        {OF("{\"documents\":{},\"base\":1}"), -32602, "E512", "base"},
        {OF("{\"documents\":{},\"folder\":\"x\"}"), -32602, "E512", "folder"},
        {OF("{\"documents\":{\"../secret.md\":\"\"}}"), -32602, "E526", "secret"},
        {OF("{\"documents\":{\"a.md\":7}}"), -32602, "E512", "a.md"},
        {OF("{\"documents\":{\"national/a.md\":\"```lua\\nnonsense\\n```\\n\"},\"base\":true}"), -32002,
         "national/a.md", "\"severity\":\"error\""},
        {OF("{\"documents\":{\"vocabulary/facts.lua\":null},\"base\":true}"), -32002, "revenue",
         "national/test.md"},
    };
    const struct daemon *daemon = *state;
    struct client *client = client_open(daemon);
    REFUSED(client, "impact", refusals);
    draft(daemon);
    write_file(daemon, "draft/national/test.md", "```lua\nnonsense\n```\n");
    assert_says(daemon, "\"$TIDU\" whatif firm.json --candidate draft --socket \"$SOCKET\" --lang en",
                2, "draft/national/test.md:3");
    assert_says(daemon, "\"$TIDU\" whatif firm.json --candidate draft --socket \"$SOCKET\" --lang en",
                2, "candidate rules have 1 errors");
    client_close(client);
}

/* Behind another job it has not begun when it is cancelled. */
static void
test_a_sweep_is_cancelled(void **state)
{
    struct client *client = client_open(*state);
    for (int i = 0; i < 4; i++)
        client_send(client, CALL("sweep", "{" AS_OF ",\"population\":\"firms\"}") "\n");
    client_send(client,
                "{\"jsonrpc\":\"2.0\",\"id\":\"last\",\"method\":\"sweep\",\"params\":{" AS_OF
                ",\"population\":\"firms\"}}\n"
                "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"cancel\",\"params\":{\"id\":"
                "\"last\"}}\n");
    int results = 0, cancelled = 0;
    for (int i = 0; i < 6; i++) {
        json_t *answer = client_answer_but_progress(client);
        results += json_object_get(answer, "result") != NULL;
        cancelled += error_code(answer) == -32007;
        json_decref(answer);
    }
    assert_true(results + cancelled == 6 && cancelled <= 1); /* or it was quicker */
    assert_serves(client);
    client_close(client);
}

static void
test_without_a_folder_there_are_none(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, NULL);
    struct client *client = client_open(daemon);
    static const struct refusal refusals[] = {
        {"{\"population\":\"firms\"}", -32006, "E816", "populations"},
        {"{\"population\":\"library\"}", -32008, "E712", "store"}};
    REFUSED(client, "sweep", refusals);
    client_close(client);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, daemon_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_daemon_answers_as_the_command_does),
        TEST(test_every_criterion_of_everybody_is_told_and_written),
        TEST(test_a_snapshot_that_was_replaced_is_read_anew),
        TEST(test_what_is_wrong_is_told),
        TEST(test_a_candidate_may_come_with_the_request),
        TEST(test_what_is_wrong_with_a_candidate_is_told),
        TEST(test_a_sweep_is_cancelled),
        cmocka_unit_test_setup_teardown(test_without_a_folder_there_are_none, daemon_setup,
                                        daemon_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
