/*
 * test_demand.c guards daemon/demand.c and store/demands.c: a demand goes to whom the
 * rules say, and every step of it is kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "layers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
setup(void **state)
{
    char settings[160];
    if (daemon_setup(state) != 0)
        return -1;
    struct daemon *daemon = *state;
    layers_write(daemon);
    write_file(daemon, "rules/vocabulary/court.lua", /* has offices nowhere */
               "body \"court\" { zh = \"法院\", en = \"Court\", mark = \"M\" }\n");
    make_folder(daemon, "store");
    snprintf(settings, sizeof settings, "store = { path = \"%s/store\"; durability = \"commit\"; };\n", daemon->folder);
    daemon_start(daemon, settings);
    struct talk *talk = calloc(1, sizeof *talk);
    assert_non_null(talk);
    talk->daemon = daemon;
    talk->client = client_open(daemon);
    *state = talk;
    return 0;
}

static json_t *
file_one(struct client *client, const char *region)
{
    char params[256];
    snprintf(params, sizeof params,
             "{\"demand\":\"上市\",\"text\":\"需要辅导\",\"enterprise_name\":\"甲厂\",\"region_code\":\"%s\"}",
             region);
    return ask(client, "demand.file", params);
}

/* The names of its steps so far, and whether the state is this. */
static void
assert_course(struct client *client, const char *id, const char *state, const char *steps)
{
    char params[64];
    snprintf(params, sizeof params, "{\"id\":%s}", id);
    json_t *demand = ask(client, "demand.get", params);
    assert_string_equal(text_of(demand, "state"), state);
    assert_string_equal(column(json_object_get(demand, "changes"), NULL, "action"), steps);
    json_decref(demand);
}

static void
test_a_demand_goes_where_the_rules_of_its_place_send_it(void **state)
{
    struct client *client = client_of(state);
    json_t *demand = file_one(client, "440106");
    assert_string_equal(text_of(demand, "state"), "routed");
    assert_string_equal(text_of(demand, "demand"), "DT-05");
    assert_string_equal(text_of(demand, "place"), "440106");
    assert_string_equal(text_of(json_object_get(demand, "office"), "body"), "most");
    assert_non_null(text_of(demand, "accept_by"));
    assert_non_null(text_of(demand, "settle_by"));
    const json_t *change = json_array_get(json_object_get(demand, "changes"), 0);
    assert_int_equal(strlen(text_of(change, "ruleset")), 64);
    assert_true(json_is_object(json_object_get(change, "proposed")));
    json_decref(demand);
    demand = file_one(client, "330106"); /* no deadlines were set there */
    assert_string_equal(text_of(json_object_get(demand, "office"), "body"), "finance");
    assert_null(json_object_get(demand, "settle_by"));
    json_decref(demand);
}

static void
test_a_demand_is_followed_from_filed_to_settled(void **state)
{
    struct client *client = client_of(state);
    json_decref(file_one(client, "440106"));
    json_decref(ask(client, "demand.accept", "{\"id\":1}"));
    json_t *demand =
        ask(client, "demand.hand_over", "{\"id\":1,\"place\":\"440000\",\"reason\":\"由省办理\"}");
    assert_string_equal(text_of(demand, "place"), "440000");
    assert_string_equal(text_of(demand, "state"), "handed_over");
    json_decref(demand);
    json_decref(ask(client, "demand.accept", "{\"id\":1}"));
    json_decref(ask(client, "demand.settle", "{\"id\":1,\"result\":\"已完成辅导\"}"));
    assert_course(client, "1", "settled", "file accept hand_over accept settle");
    json_decref(file_one(client, "440106"));
    json_decref(ask(client, "demand.withdraw", "{\"id\":2,\"reason\":\"不再需要\"}"));
    assert_course(client, "2", "withdrawn", "file withdraw");
}

static void
test_an_official_may_overrule_the_proposal_with_a_reason(void **state)
{
    struct client *client = client_of(state);
    json_decref(file_one(client, "440106"));
    json_t *before = ask(client, "demand.get", "{\"id\":1}");
    json_t *after = ask(client, "demand.reroute", "{\"id\":1,\"body\":\"finance\",\"reason\":\"属金融\"}");
    assert_string_equal(text_of(after, "state"), "routed");
    assert_string_equal(text_of(json_object_get(after, "office"), "body"), "finance");
    assert_string_equal(text_of(after, "settle_by"), text_of(before, "settle_by"));
    const json_t *change = json_array_get(json_object_get(after, "changes"), 1);
    assert_string_equal(text_of(change, "reason"), "属金融");
    json_decref(before);
    json_decref(after);
}

static void
test_a_step_that_cannot_follow_changes_nothing(void **state)
{
    struct client *client = client_of(state);
    json_decref(file_one(client, "440106"));
    static const struct refusal settling[] = {
        {"{\"id\":1,\"result\":\"x\"}", -32602, "E724", "accepted"},
        {"{\"id\":1}", -32602, "E513", "result"},
        {"{\"id\":9,\"result\":\"x\"}", -32006, "E723", "9"},
        {"{\"id\":\"1\",\"result\":\"x\"}", -32602, "E512", "id"},
    };
    static const struct refusal moving[] = {
        {"{\"id\":1,\"reason\":\"x\"}", -32602, "E513", "body|place"},
        {"{\"id\":1,\"body\":\"miit\"}", -32602, "E513", "reason"},
        {"{\"id\":1,\"body\":\"zz\",\"reason\":\"x\"}", -32006, "E654", "zz"},
        {"{\"id\":1,\"body\":\"court\",\"reason\":\"x\"}", -32006, "E655", "court"},
        {"{\"id\":1,\"place\":\"44\",\"reason\":\"x\"}", -32602, "E512", "place"},
    };
    static const struct refusal filing[] = {
        {"{\"demand\":\"DT-05\",\"text\":\"x\"}", -32602, "E725", ""},
        {"{\"demand\":\"M2-01\",\"text\":\"x\",\"region_code\":\"440106\"}", -32006, "E726", "M2-01"},
        {"{\"demand\":\"DT-05\",\"region_code\":\"440106\"}", -32602, "E513", "text"},
    };
    REFUSED(client, "demand.settle", settling);
    REFUSED(client, "demand.hand_over", moving);
    REFUSED(client, "demand.file", filing);
    assert_course(client, "1", "routed", "file");
}

static void
test_demands_are_listed_by_state_place_and_body(void **state)
{
    struct client *client = client_of(state);
    static const struct {
        const char *params, *found;
    } cases[] = {
        {"{}", "1 2 3"},
        {"{\"state\":\"accepted\"}", "2"},
        {"{\"region_code\":\"440000\"}", "1 2"},
        {"{\"region_code\":\"330106\"}", "3"},
        {"{\"body\":\"most\"}", "1 2"},
        {"{\"demand\":\"DT-05\",\"after\":1,\"limit\":1}", "2"},
        {"{\"overdue\":true}", ""},
        {"{\"uscc\":\"91440300MA5EXAMPL0\"}", ""},
    };
    json_decref(file_one(client, "440106"));
    json_decref(file_one(client, "440106"));
    json_decref(file_one(client, "330106"));
    json_decref(ask(client, "demand.accept", "{\"id\":2}"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *result = ask(client, "demand.list", cases[i].params), *demand;
        char found[64] = "";
        size_t index;
        json_array_foreach (json_object_get(result, "demands"), index, demand)
            snprintf(found + strlen(found), sizeof found - strlen(found), "%s%lld",
                     *found ? " " : "", (long long)json_integer_value(json_object_get(demand, "id")));
        assert_string_equal(found, cases[i].found);
        json_decref(result);
    }
}

static void
test_each_step_leaves_an_entry_in_the_journal(void **state)
{
    struct client *client = client_of(state);
    json_decref(file_one(client, "440106"));
    json_decref(ask(client, "demand.accept", "{\"id\":1}"));
    json_t *result = ask(client, "journal.list", "{\"from\":1}");
    const json_t *entries = json_object_get(result, "entries");
    const char *actions[] = {"demand.file", "demand.accept"};
    for (size_t i = 0; i < 2; i++)
        assert_string_equal(
            text_of(json_object_get(json_array_get(entries, i), "terms"), "action"), actions[i]);
    json_decref(result);
}

static void
test_the_command_files_and_follows_a_demand(void **state)
{
    struct daemon *daemon = daemon_of(state);
    assert_says(daemon, "\"$TIDU\" demand file 上市 --text 需要辅导 --region 440106 --format text --socket \"$SOCKET\"", 0, "已分派");
    assert_says(daemon, "\"$TIDU\" demand hand-over 1 --place 440000 --reason 由省办理 --format text --socket \"$SOCKET\"", 0, "广东省科学技术厅");
    assert_says(daemon, "\"$TIDU\" demand settle 1 --result x --socket \"$SOCKET\" 2>&1", 2, "E560");
    assert_says(daemon, "\"$TIDU\" demand list --state handed_over --format text --lang en --rules \"$RULES\" --store store", 0, "handed_over");
    assert_says(daemon, "\"$TIDU\" demand foo --lang en 2>&1", 2, "file|list|get");
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, talk_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_demand_goes_where_the_rules_of_its_place_send_it),
        TEST(test_a_demand_is_followed_from_filed_to_settled),
        TEST(test_an_official_may_overrule_the_proposal_with_a_reason),
        TEST(test_a_step_that_cannot_follow_changes_nothing),
        TEST(test_demands_are_listed_by_state_place_and_body),
        TEST(test_the_command_files_and_follows_a_demand),
        TEST(test_each_step_leaves_an_entry_in_the_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
