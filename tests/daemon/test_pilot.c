/*
 * test_pilot.c guards daemon/pilot.c: a region can be judged by other rules than the
 * rest, on every way a record comes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "layers.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char settings[] =
    "reload = { watch = false; };\nstore = { path = \"%s/store\"; durability = \"commit\"; };\n";

#define FIRM_IN(region) "{\"region_code\":\"" region "\"," REVENUE "}"

/* The rules of layers.h have the label "old"; those in charge let nobody pass. */
static int
setup(void **state)
{
    char text[256];
    if (daemon_setup(state) != 0)
        return -1;
    struct daemon *daemon = *state;
    layers_write(daemon);
    make_folder(daemon, "store");
    snprintf(text, sizeof text, settings, daemon->folder);
    daemon_start(daemon, text);
    struct talk *talk = calloc(1, sizeof *talk);
    assert_non_null(talk);
    talk->daemon = daemon;
    talk->client = client_open(daemon);
    *state = talk;
    json_t *result = ask(talk->client, "status", "{}");
    char label[160];
    snprintf(label, sizeof label, "{\"name\":\"old\",\"ruleset\":\"%s\"}",
             text_of(json_object_get(result, "ruleset"), "digest"));
    json_decref(ask(talk->client, "label", label));
    json_decref(result);
    layers_tighten(daemon);
    return 0;
}

static const char *
status_in(struct client *client, const char *record)
{
    static char status[32];
    char params[512];
    snprintf(params, sizeof params, "{" AS_OF ",\"explain\":\"none\",\"record\":%s}", record);
    json_t *result = ask(client, "evaluate", params);
    snprintf(status, sizeof status, "%s", lg_status(result));
    json_decref(result);
    return status;
}

static void
assert_zone(struct client *client, const char *region, const char *ruleset)
{
    char params[160];
    snprintf(params, sizeof params, "{\"region_code\":\"%s\",\"ruleset\":%s,\"reason\":\"试点\"}",
             region, ruleset);
    json_decref(ask(client, "pilot", params));
}

static void
begin(struct client *client)
{
    json_t *result = ask(client, "reload", "{}");
    assert_true(json_is_true(json_object_get(result, "changed")));
    json_decref(result);
    assert_string_equal(status_in(client, FIRM_IN("440106")), "unmet");
}

static void
test_a_zone_and_all_below_it_are_judged_by_its_version(void **state)
{
    struct client *client = client_of(state);
    begin(client);
    assert_zone(client, "440000", "\"old\"");
    assert_string_equal(status_in(client, FIRM_IN("440106")), "met");
    assert_string_equal(status_in(client, FIRM_IN("330106")), "unmet");
    assert_string_equal(status_in(client, "{" REVENUE "}"), "unmet");
    assert_zone(client, "440106", "\"live\""); /* the smallest zone goes first */
    assert_string_equal(status_in(client, FIRM_IN("440106")), "unmet");
    assert_string_equal(status_in(client, FIRM_IN("440100")), "met");
    assert_zone(client, "440106", "null");
    assert_string_equal(status_in(client, FIRM_IN("440106")), "met");
    assert_zone(client, "440000", "null");
    assert_string_equal(status_in(client, FIRM_IN("440106")), "unmet");
}

static void
test_lists_and_tables_are_judged_row_by_row(void **state)
{
    struct client *client = client_of(state);
    begin(client);
    assert_zone(client, "440100", "\"old\"");
    json_t *result =
        ask(client, "evaluate",
            "{" AS_OF ",\"explain\":\"none\",\"records\":[" FIRM_IN("330106") "," FIRM_IN(
                "440106") "," FIRM_IN("330106") ",{\"x\":1}," FIRM_IN("440100") "]}");
    const json_t *answers = json_object_get(result, "answers");
    static const char *const wanted[] = {"unmet", "met", "unmet", NULL, "met"};
    for (size_t i = 0; i < 5; i++)
        if (wanted[i])
            assert_string_equal(lg_status(json_array_get(answers, i)), wanted[i]);
    assert_non_null(json_object_get(json_array_get(answers, 3), "error"));
    json_decref(result);
    result = ask(client, "evaluate",
                 "{" AS_OF ",\"explain\":\"none\",\"csv\":\"region_code,revenue 2024,revenue\\n"
                 "440106,180,180\\n330106,180,180\\n\"}");
    answers = json_object_get(result, "answers");
    assert_string_equal(lg_status(json_array_get(answers, 0)), "met");
    assert_string_equal(lg_status(json_array_get(answers, 1)), "unmet");
    json_decref(result);
}

static void
test_a_request_that_names_its_rules_is_not_concerned(void **state)
{
    struct client *client = client_of(state);
    begin(client);
    assert_zone(client, "330000", "\"old\"");
    json_t *result = ask(
        client, "evaluate",
        "{" AS_OF ",\"explain\":\"none\",\"ruleset\":\"old\",\"record\":" FIRM_IN("440106") "}");
    assert_string_equal(lg_status(result), "met");
    json_decref(result);
}

static void
test_decisions_of_a_zone_are_replayed_by_its_rules(void **state)
{
    struct client *client = client_of(state);
    begin(client);
    assert_zone(client, "440100", "\"old\"");
    status_in(client, FIRM_IN("440106"));
    json_t *result = ask(client, "journal.replay", "{}");
    assert_int_equal(json_integer_value(json_object_get(result, "same")), 2);
    json_decref(result);
}

static void
test_zones_are_the_same_after_a_restart_and_a_reload(void **state)
{
    struct daemon *daemon = daemon_of(state);
    struct talk *talk = *state;
    char text[256];
    begin(talk->client);
    assert_zone(talk->client, "440100", "\"old\"");
    write_file(daemon, "rules/national/note.md",
               "# 注\n\n```lua\npolicy { id = \"note\", zh = \"注\", en = \"Note\", "
               "effective = \"2021-01-01\", mark = \"I\" }\n```\n");
    json_decref(ask(talk->client, "reload", "{}"));
    assert_string_equal(status_in(talk->client, FIRM_IN("440106")), "met");
    client_close(talk->client);
    daemon_signal(daemon, SIGTERM);
    assert_int_equal(daemon_wait(daemon), 0);
    snprintf(text, sizeof text, settings, daemon->folder);
    daemon_start(daemon, text);
    talk->client = client_open(daemon);
    assert_string_equal(status_in(talk->client, FIRM_IN("440106")), "met");
    assert_string_equal(status_in(talk->client, FIRM_IN("330106")), "unmet");
    json_t *zones = ask(talk->client, "pilot", "{}");
    assert_string_equal(column(zones, NULL, "region_code"), "440100");
    json_decref(zones);
}

static void
test_subscribers_in_a_zone_are_not_told_of_rules_that_are_not_theirs(void **state)
{
    struct client *client = client_of(state);
    assert_zone(client, "440100", "\"live\"");
    json_decref(ask(client, "subscribe",
                    "{\"events\":[\"decision.changed\"],\"records\":[" FIRM_IN(
                        "440106") "," FIRM_IN("330106") "]}"));
    struct client *other = client_open(daemon_of(state));
    json_decref(ask(other, "reload", "{}"));
    client_close(other);
    json_t *told = client_answer(client);
    assert_string_equal(text_of(told, "method"), "decision.changed");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(told, "params"), "record")),
                     1);
    json_decref(told);
    assert_string_equal(status_in(client, FIRM_IN("440106")), "met"); /* the next line */
}

static void
test_a_zone_that_cannot_be_is_refused(void **state)
{
    static const struct refusal refusals[] = {
        {"{\"region_code\":\"440100\",\"ruleset\":\"none\",\"reason\":\"x\"}", -32006, "E574",
         "none"},
        {"{\"region_code\":\"999999\",\"ruleset\":\"old\",\"reason\":\"x\"}", -32006, "E643",
         "999999"},
        {"{\"region_code\":\"44\",\"ruleset\":\"old\",\"reason\":\"x\"}", -32602, "E512", "440300"},
        {"{\"region_code\":\"440100\",\"ruleset\":\"old\"}", -32602, "E513", "reason"},
        {"{\"ruleset\":\"old\",\"reason\":\"x\"}", -32602, "E513", "region_code"},
        {"{\"region_code\":\"440100\",\"ruleset\":7,\"reason\":\"x\"}", -32602, "E512", "ruleset"},
    };
    struct client *client = client_of(state);
    REFUSED(client, "pilot", refusals);
    json_t *zones = ask(client, "pilot", "{}");
    assert_int_equal(json_array_size(zones), 0);
    json_decref(zones);
}

/* The line that tells of the record: which rules judge it now, and to what. */
static void
assert_told(struct client *client, int record, const char *after, char *ret_ruleset)
{
    json_t *told = client_answer(client), *params = json_object_get(told, "params");
    assert_string_equal(text_of(told, "method"), "decision.changed");
    assert_int_equal(json_integer_value(json_object_get(params, "record")), record);
    const json_t *lg = json_object_get(json_object_get(params, "designations"), "lg");
    assert_string_equal(text_of(lg, "after"), after);
    snprintf(ret_ruleset, 13, "%s", text_of(params, "ruleset"));
    json_decref(told);
}

static void
test_subscribers_are_told_when_a_zone_begins_and_ends(void **state)
{
    char zone[13], live[13];
    struct client *client = client_of(state), *other = client_open(daemon_of(state));
    begin(client);
    json_decref(ask(client, "subscribe",
                    "{\"events\":[\"decision.changed\"],\"records\":[" FIRM_IN(
                        "330106") "," FIRM_IN("440106") ",{" REVENUE "}]}"));
    assert_zone(other, "440100", "\"old\"");
    assert_told(client, 1, "met", zone);
    assert_says(daemon_of(state), "\"$TIDU\" status --socket \"$SOCKET\" --format text", 0,
                "pilots: 1\n  440100  ");
    assert_zone(other, "440100", "null");
    assert_told(client, 1, "unmet", live);
    assert_string_not_equal(zone, live);
    assert_string_equal(status_in(client, FIRM_IN("440106")), "unmet"); /* the next line */
    client_close(other);
}

static void
test_what_if_other_rules_were_in_charge(void **state)
{
    static const struct refusal refusals[] = {
        {"{\"record\":{},\"candidate\":\"none\"}", -32006, "E574", "none"},
        {"{\"record\":{},\"candidate\":7}", -32602, "E512", "candidate"},
        {"{\"candidate\":\"old\"}", -32602, "E513", "record"},
        {"{\"record\":{},\"candidate\":\"old\",\"params\":{\"floor\":\"1万元\"}}", -32602, "E514",
         "params"},
        {"{\"record\":{\"height\":1},\"candidate\":\"old\"}", -32001, "E310", "height"},
    };
    struct client *client = client_of(state);
    REFUSED(client, "whatif", refusals);
    begin(client);
    json_t *result =
        ask(client, "whatif", "{" AS_OF ",\"candidate\":\"old\",\"record\":" FIRM_IN("440106") "}");
    assert_string_equal(lg_status(json_object_get(result, "before")), "unmet");
    assert_string_equal(lg_status(json_object_get(result, "after")), "met");
    assert_int_equal(strlen(text_of(result, "candidate")), 12);
    json_decref(result);
    write_file(daemon_of(state), "firm.json", FIRM_IN("440106"));
    assert_says(daemon_of(state),
                "\"$TIDU\" whatif firm.json --socket \"$SOCKET\" --candidate old --as-of "
                "2026-06-01 --format text",
                0, "不符合 → 符合");
}

/* The old version and the live one have another threshold. */
static void
test_versions_are_compared_with_an_example_of_each_difference(void **state)
{
    static const struct refusal refusals[] = {
        {"{}", -32602, "E513", "candidate"},
        {"{\"candidate\":7}", -32602, "E512", "candidate"},
        {"{\"candidate\":\"none\"}", -32006, "E574", "none"},
        {"{\"candidate\":\"old\",\"old\":[]}", -32602, "E512", "old"},
        {"{\"candidate\":\"old\",\"as_of\":\"soon\"}", -32602, "E512", "as_of"},
        {"{\"candidate\":\"old\",\"designations\":[\"nobody\"]}", -32006, "E434", "nobody"},
    };
    struct client *client = client_of(state);
    REFUSED(client, "diff", refusals);
    begin(client);
    json_t *result = ask(client, "diff", "{" AS_OF ",\"candidate\":\"old\"}");
    const json_t *lg = json_array_get(json_object_get(result, "designations"), 0);
    const json_t *region = json_array_get(json_object_get(lg, "regions"), 0);
    assert_string_equal(text_of(lg, "change"), "changed");
    assert_string_equal(text_of(region, "effect"), "gain");
    assert_true(json_array_size(json_object_get(result, "words")) > 0);
    json_decref(result);
    assert_says(
        daemon_of(state),
        "\"$TIDU\" diff live old --socket \"$SOCKET\" --as-of 2026-06-01 --lang en --format text",
        1, "gained: revenue is at least");
    assert_says(
        daemon_of(state),
        "\"$TIDU\" diff old old --socket \"$SOCKET\" --as-of 2026-06-01 --lang en --format text", 0,
        "no title is judged otherwise");
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, talk_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_zone_and_all_below_it_are_judged_by_its_version),
        TEST(test_lists_and_tables_are_judged_row_by_row),
        TEST(test_a_request_that_names_its_rules_is_not_concerned),
        TEST(test_decisions_of_a_zone_are_replayed_by_its_rules),
        TEST(test_zones_are_the_same_after_a_restart_and_a_reload),
        TEST(test_subscribers_in_a_zone_are_not_told_of_rules_that_are_not_theirs),
        TEST(test_subscribers_are_told_when_a_zone_begins_and_ends),
        TEST(test_what_if_other_rules_were_in_charge),
        TEST(test_versions_are_compared_with_an_example_of_each_difference),
        TEST(test_a_zone_that_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
