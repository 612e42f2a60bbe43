/*
 * test_ask.c guards daemon/ask.c, cli/ask.c and cli/matrix.c, and what evaluate
 * includes and where: a real daemon and the command line on rules of three
 * layers. What is wrong with a question is told alike by every method.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../sparing.h"
#include "layers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- evaluate: include and jurisdiction ------------------------------------------ */

static void
test_only_the_parts_that_are_asked_for_are_told(void **state)
{
    static const struct {
        const char *params;
        size_t designations, subsidies, measures;
    } cases[] = {
        {"", 1, 1, 2},
        {",\"include\":[\"designations\"]", 1, 0, 0},
        {",\"include\":[\"subsidies\",\"measures\"]", 0, 1, 2},
        {",\"include\":[\"measures\",\"measures\"]", 0, 0, 2},
        {",\"designations\":[\"lg\"]", 1, 0, 0},
        {",\"designations\":[\"lg\"],\"include\":[\"designations\",\"subsidies\"]", 1, 1, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char params[512];
        snprintf(params, sizeof params, "{" AS_OF ",\"explain\":\"full\",\"record\":" FIRM "%s}",
                 cases[i].params);
        json_t *result = ask(client_of(state), "evaluate", params);
        const char *const keys[] = {"designations", "subsidies", "measures"};
        const size_t counts[] = {cases[i].designations, cases[i].subsidies, cases[i].measures};
        for (int k = 0; k < 3; k++)
            if (json_array_size(json_object_get(result, keys[k])) != counts[k])
                fail_msg("%s: not %zu %s: %s", cases[i].params, counts[k], keys[k],
                         json_dumps(result, 0));
        json_decref(result);
    }
}

/* One connection, one evaluation kept ready for each of the terms: none may
 * answer for the other. */
static void
test_requests_with_other_parts_and_places_do_not_answer_for_each_other(void **state)
{
    struct client *client = client_of(state);
    client_send(client,
                CALL("evaluate", "{" AS_OF ",\"record\":" FIRM "}") "\n" CALL(
                    "evaluate", "{" AS_OF ",\"jurisdiction\":\"330203\",\"record\":" FIRM
                                "}") "\n" CALL("evaluate", "{" AS_OF ",\"include\":[\"measures\"],"
                                                           "\"record\":" FIRM "}") "\n");
    static const char *const statuses[] = {"met", "unmet", ""};
    for (int i = 0; i < 3; i++) {
        json_t *answer = client_answer(client);
        const json_t *list = json_object_get(json_object_get(answer, "result"), "designations");
        assert_string_equal(column(list, NULL, "status"), statuses[i]);
        json_decref(answer);
    }
}

static void
test_a_jurisdiction_stands_in_for_the_place_of_the_record(void **state)
{
    static const struct {
        const char *code, *chain, *status;
    } cases[] = {
        {"330203", "[\"100000\",\"330000\",\"330200\",\"330203\"]", "unmet"},
        {"330106", "[\"100000\",\"330000\",\"330100\",\"330106\"]", "met"},
        {"440000", "[\"100000\",\"440000\"]", "met"},
        {"100000", "[\"100000\"]", "met"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char params[512];
        snprintf(params, sizeof params, "{" AS_OF ",\"jurisdiction\":\"%s\",\"record\":" FIRM "}",
                 cases[i].code);
        json_t *result = ask(client_of(state), "evaluate", params);
        assert_tree(json_object_get(result, "jurisdiction"), cases[i].chain);
        assert_string_equal(lg_status(result), cases[i].status);
        json_decref(result);
    }
}

#define WITH(more) "{" AS_OF ",\"record\":" FIRM "," more "}"

static void
test_wrong_parts_and_places_are_told_and_the_next_request_is_answered(void **state)
{
    static const struct refusal refusals[] = {
        {WITH("\"include\":[]"), -32602, "E512", "include"},
        {WITH("\"include\":null"), -32602, "E512", "include"},
        {WITH("\"include\":\"measures\""), -32602, "E512", "\"measures\""},
        {WITH("\"include\":{\"measures\":true}"), -32602, "E512", "include"},
        {WITH("\"include\":[\"measures\",\"money\"]"), -32602, "E512", "\"subsidies\""},
        {WITH("\"include\":[1]"), -32602, "E512", "[1]"},
        {WITH("\"include\":[[\"measures\"]]"), -32602, "E512", "include"},
        {WITH("\"include\":[\"measures\"],\"include\":[\"measures\"]"), -32602, "E507", "include"},
        {WITH("\"jurisdiction\":\"999999\""), -32006, "E643", "999999"},
        {WITH("\"jurisdiction\":\"110101\""), -32006, "E643", "110101"},
        {WITH("\"jurisdiction\":330203"), -32602, "E512", "330203"},
        {WITH("\"jurisdiction\":null"), -32602, "E512", "null"},
        {WITH("\"jurisdiction\":\"\""), -32602, "E512", "jurisdiction"},
        {WITH("\"jurisdiction\":\"3302\""), -32602, "E512", "\"3302\""},
        {WITH("\"jurisdiction\":\"3302033\""), -32602, "E512", "\"440305\""},
        {WITH("\"jurisdiction\":\"宁波\""), -32602, "E512", "宁波"},
    };
    REFUSED(client_of(state), "evaluate", refusals);
}

static void
test_eval_takes_parts_and_places(void **state)
{
    assert_alike(state, "eval " DATE "--format ndjson", "firm.json");
    assert_alike(state, "eval " DATE "--format ndjson --include subsidies,measures", "firm.json");
    assert_alike(state, "eval " DATE "--format ndjson --jurisdiction 330203", "firm.json");
    assert_says(daemon_of(state), "\"$TIDU\" eval " DATE HERE "--include measures firm.json", 0,
                "\"designations\":[]");
    assert_says(daemon_of(state), "\"$TIDU\" eval " DATE HERE "--jurisdiction 330203 firm.json", 0,
                "\"jurisdiction\":[\"100000\",\"330000\",\"330200\",\"330203\"]");
    static const char *const wrong[][2] = {
        {"--include money", "designations,subsidies,measures"},
        {"--include ''", "E553"},
        {"--include measures,,subsidies", "E553"},
        {"--include", "E552"},
        {"--jurisdiction 999999", "999999"},
        {"--jurisdiction 33", "E643"},
        {"--jurisdiction ''", "E643"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        for (int there = 0; there < 2; there++) {
            char line[256];
            snprintf(line, sizeof line, "\"$TIDU\" eval%sfirm.json %s", there ? THERE : HERE,
                     wrong[i][0]);
            assert_says(daemon_of(state), line, 2, wrong[i][1]);
        }
}

/* ---- whatif --------------------------------------------------------------------------- */

#define WHATIF(more) "{" AS_OF ",\"record\":" FIRM more "}"

static void
test_what_if_a_fact_or_a_threshold_were_different(void **state)
{
    json_t *result = ask(client_of(state), "whatif", WHATIF(",\"changes\":{\"revenue\":1}"));
    assert_string_equal(lg_status(json_object_get(result, "before")), "met");
    assert_string_equal(lg_status(json_object_get(result, "after")), "unmet");
    const json_t *changed = json_object_get(result, "changed");
    assert_string_equal(text_of(json_array_get(changed, 0), "id"), "lg");
    assert_string_equal(text_of(json_array_get(changed, 0), "after"), "unmet");
    json_decref(result);
    /* By its Chinese name it is the same fact, and is not stated twice. */
    result = ask(client_of(state), "whatif", WHATIF(",\"changes\":{\"营业收入\":1}"));
    assert_string_equal(lg_status(json_object_get(result, "after")), "unmet");
    json_decref(result);
    /* Of a fact with years one value is the last; the others stay. */
    result = ask(client_of(state), "whatif",
                 "{" AS_OF ",\"record\":{\"营业收入\":{\"2025\":1,\"2024\":300}},\"explain\":\"full\","
                 "\"changes\":{\"revenue\":200.1}}");
    assert_string_equal(lg_status(json_object_get(result, "after")), "met");
    json_t *criterion = json_array_get(
        json_object_get(json_array_get(json_object_get(json_object_get(result, "after"), "designations"), 0),
                        "criteria"), 0);
    assert_string_equal(text_of(criterion, "value"), "200.1万元");
    json_decref(result);
    /* Rules that a threshold makes harder; nothing else is computed again. */
    result = ask(client_of(state), "whatif", WHATIF(",\"params\":{\"floor\":\"1亿元\"}"));
    assert_string_equal(lg_status(json_object_get(result, "before")), "met");
    assert_string_equal(lg_status(json_object_get(result, "after")), "unmet");
    const json_t *work = json_object_get(result, "work");
    assert_true(json_integer_value(json_object_get(work, "steps")) <
                json_integer_value(json_object_get(work, "of")));
    json_decref(result);
    static const struct refusal refusals[] = {
        {WHATIF(""), -32602, "E513", "changes|params"},
        {"{\"changes\":{\"revenue\":1}}", -32602, "E513", "record"},
        {WHATIF(",\"changes\":[1]"), -32602, "E512", "changes"},
        {WHATIF(",\"changes\":{\"revenu\":1}"), -32001, "E311", "revenue"},
        {WHATIF(",\"changes\":{\"revenue.\\\"x\":1}"), -32001, "E315", "revenue"},
        {WHATIF(",\"params\":{\"nothing\":\"1\"}"), -32006, "E470", "nothing"},
        {WHATIF(",\"params\":{\"floor\":\"soon\"}"), -32602, "E124", "soon"},
        {WHATIF(",\"params\":{\"floor\":\"3年\"}"), -32602, "E471", "3年"},
        {WHATIF(",\"params\":7"), -32602, "E512", "params"},
    };
    REFUSED(client_of(state), "whatif", refusals);
}

/* Workers lower changed rules at once; the ruleset they share stays as it is. */
static void
test_what_ifs_of_many_are_answered_at_once(void **state)
{
    enum { CLIENTS = 4, EACH = 15 };
    static const char easy[] = CALL("whatif", WHATIF(",\"params\":{\"floor\":\"1万元\"}")) "\n";
    static const char hard[] = CALL("whatif", WHATIF(",\"params\":{\"floor\":\"1亿元\"}")) "\n";
    struct client *clients[CLIENTS];
    for (int c = 0; c < CLIENTS; c++) {
        clients[c] = client_open(daemon_of(state));
        for (int i = 0; i < EACH; i++)
            client_send(clients[c], c % 2 ? hard : easy);
    }
    for (int c = 0; c < CLIENTS; c++) {
        for (int i = 0; i < EACH; i++) {
            json_t *answer = client_answer(clients[c]);
            const json_t *after = json_object_get(json_object_get(answer, "result"), "after");
            assert_string_equal(lg_status(after), c % 2 ? "unmet" : "met");
            json_decref(answer);
        }
        client_close(clients[c]);
    }
    assert_alive(client_of(state));
}

static void
test_whatif_tells_what_moved_and_why(void **state)
{
    assert_alike(state, "whatif " DATE "--set revenue=1 --format json", "firm.json");
    assert_says(daemon_of(state), "\"$TIDU\" whatif " DATE HERE "--set revenue=1 firm.json --format text", 0,
                "小巨人  符合 → 不符合\n    营业收入  符合 → 不符合\n        原：");
    assert_says(daemon_of(state),
                "\"$TIDU\" whatif " DATE HERE "--param floor=1亿元 --lang en --format text firm.json", 0,
                "Little giant  met → unmet\n    Revenue  met → unmet\n        before: ");
    assert_prints(daemon_of(state), "\"$TIDU\" whatif " DATE HERE "--candidate \"$RULES\" --format text firm.json",
                  0, "没有变化\n");
    assert_says(daemon_of(state), "\"$TIDU\" whatif " DATE HERE "--set revenue firm.json", 2, "FACT=VALUE");
    assert_says(daemon_of(state), "\"$TIDU\" whatif " DATE HERE "firm.json", 2, "changes|params");
    assert_says(daemon_of(state), "\"$TIDU\" whatif " DATE THERE "--candidate nothing firm.json", 2,
                "E560");
}

/* ---- path ---------------------------------------------------------------------------- */

#define SMALL "{\"enterprise_name\":\"小厂\",\"revenue\":{\"2025\":20}}"
#define PATH(more) "{" AS_OF ",\"record\":" SMALL ",\"to\":\"lg\"" more "}"

/* What is told of a path holds when the facts are changed so. */
static void
test_the_least_that_has_to_change_is_told_and_holds(void **state)
{
    char changes[128];
    json_t *result = ask(client_of(state), "path", PATH(",\"costs\":{\"revenue\":2}"));
    const json_t *way = json_object_get(result, "cheapest");
    const json_t *change = json_array_get(json_object_get(way, "changes"), 0);
    double to = json_number_value(json_object_get(change, "to"));
    assert_string_equal(text_of(way, "status"), "met");
    assert_string_equal(text_of(change, "fact"), "revenue");
    assert_true(json_number_value(json_object_get(way, "effort")) == 2 * (to - 20));
    for (int less = 0; less < 2; less++) {
        snprintf(changes, sizeof changes,
                 "{" AS_OF ",\"record\":" SMALL ",\"changes\":{\"revenue\":%.2f}}",
                 less ? to - 0.01 : to);
        json_t *after = ask(client_of(state), "whatif", changes);
        assert_string_equal(lg_status(json_object_get(after, "after")), less ? "unmet" : "met");
        json_decref(after);
    }
    json_decref(result);
    result = ask(client_of(state), "path", PATH("")); /* nobody says that revenue can change */
    assert_true(json_is_null(json_object_get(result, "cheapest")));
    assert_int_equal(json_array_size(json_object_get(result, "forbids")), 1);
    json_decref(result);
    static const struct refusal refusals[] = {
        {"{\"to\":\"lg\"}", -32602, "E513", "record"},
        {"{\"record\":{}}", -32602, "E513", "to"},
        {"{\"record\":{},\"to\":\"nothing\"}", -32006, "E434", "nothing"},
        {PATH(",\"keep\":\"revenue\""), -32602, "E512", "keep"},
        {PATH(",\"keep\":[\"revenu\"]"), -32001, "E814", "revenue"},
        {PATH(",\"costs\":{\"revenue\":-1}"), -32602, "E512", "costs"},
        {PATH(",\"costs\":{\"revenue\":{\"up\":1,\"left\":2}}"), -32602, "E512", "costs"},
        {PATH(",\"alternatives\":17"), -32602, "E512", "alternatives"},
        {PATH(",\"until\":\"2020-01-01\""), -32602, "E512", "until"},
        {"{\"record\":{\"revenu\":1},\"to\":\"lg\"}", -32001, "E311", "revenue"},
    };
    REFUSED(client_of(state), "path", refusals);
}

static void
test_path_tells_changes_and_what_forbids(void **state)
{
    assert_alike(state, "path " DATE "--to lg --cost revenue=1 --format json", "firm.json");
    assert_says(daemon_of(state), "\"$TIDU\" path " DATE HERE "--to lg firm.json --format text", 0,
                "已经符合\n");
    assert_says(daemon_of(state),
                "echo '{\"revenue\":20}' | \"$TIDU\" path " DATE HERE
                "--to lg --cost revenue=1 - --format text",
                0, "营业收入 2025  20 → ");
    assert_says(daemon_of(state),
                "echo '{\"revenue\":20}' | \"$TIDU\" path " DATE HERE
                "--to lg - --lang en --format text",
                0, "nothing that can change meets these:\n  lg/");
    assert_says(daemon_of(state), "\"$TIDU\" path " DATE HERE "firm.json", 2, "E513");
    assert_says(daemon_of(state), "\"$TIDU\" path " DATE HERE "--to lg --cost revenue firm.json", 2,
                "FACT=N");
    assert_says(daemon_of(state), "\"$TIDU\" path " DATE HERE "--to lg --alternatives x firm.json", 2,
                "alternatives");
}

/* ---- missing ------------------------------------------------------------------------- */

static void
test_what_is_missing_is_told_with_what_may_come_of_it(void **state)
{
    json_t *result = ask(client_of(state), "missing", "{" AS_OF ",\"record\":{},\"designations\":[\"lg\"]}");
    const json_t *lg = json_array_get(json_object_get(result, "designations"), 0);
    const json_t *fact = json_array_get(json_object_get(lg, "facts"), 0);
    assert_int_equal(json_array_size(json_object_get(lg, "possible")), 2);
    assert_int_equal(json_array_size(json_object_get(lg, "facts")), 1);
    assert_string_equal(text_of(fact, "fact"), "revenue");
    assert_int_equal(json_array_size(json_object_get(fact, "alone")), 2);
    json_decref(result);
    result = ask(client_of(state), "missing", "{" AS_OF ",\"record\":" FIRM ",\"designations\":[\"lg\"]}");
    assert_int_equal(json_array_size(json_object_get(result, "designations")), 0);
    json_decref(result);
    static const struct refusal refusals[] = {
        {"{}", -32602, "E513", "record"},
        {"{\"record\":{},\"designations\":7}", -32602, "E512", "designations"},
        {"{\"record\":{},\"designations\":[\"zz\"]}", -32006, "E434", "zz"},
    };
    REFUSED(client_of(state), "missing", refusals);
    assert_alike(state, "missing " DATE "--designation lg --format json", "firm.json");
    assert_says(daemon_of(state), "echo '{}' | \"$TIDU\" missing " DATE HERE "--designation lg --format text -",
                0, "可能符合，也可能不符合；补充 1 项即可判定\n  1  营业收入 2025  单凭它就可能判定");
}

/* ---- matrix -------------------------------------------------------------------------- */

static void
test_one_enterprise_is_judged_in_every_place_that_has_rules(void **state)
{
    json_t *result = ask(client_of(state), "matrix", "{" AS_OF ",\"record\":" FIRM "}");
    const json_t *list = json_object_get(result, "places");
    static const char *const statuses[] = {"met", "unmet", "met"};
    assert_string_equal(column(list, "place", "code"), "100000 330200 440000");
    assert_string_equal(column(list, "place", "name"), "全国 宁波市 广东省");
    assert_string_equal(column(list, "place", "level"), "country city province");
    assert_tree(json_object_get(result, "enterprise"),
                "{\"uscc\":\"X1\",\"enterprise_name\":\"甲厂\"}");
    assert_string_equal(text_of(result, "as_of"), "2026-06-01");
    assert_int_equal(strlen(text_of(result, "ruleset")), 12);
    for (size_t i = 0; i < 3; i++) {
        const json_t *answer = json_object_get(json_array_get(list, i), "answer");
        assert_string_equal(lg_status(answer), statuses[i]);
        assert_null(json_object_get(answer, "measures"));
    }
    json_decref(result);
}

static void
test_a_rule_is_compared_over_places_with_what_deviates(void **state)
{
    json_t *result = ask(client_of(state), "matrix", "{" AS_OF ",\"rule\":\"floor\"}");
    const json_t *list = json_object_get(result, "places");
    const json_t *base = json_object_get(result, "default");
    assert_string_equal(text_of(result, "rule"), "floor");
    assert_string_equal(text_of(base, "value"), "100万元");
    assert_tree(json_object_get(base, "title"), "{\"zh\":\"营业收入下限\"}");
    assert_string_equal(column(list, "place", "code"), "330200 440000");
    assert_string_equal(column(list, NULL, "value"), "200万元 150万元");
    assert_string_equal(column(list, NULL, "direction"), "stricter stricter");
    assert_string_equal(column(list, "clause", "document"), "nb gd");
    assert_tree(json_object_get(result, "same"), "0");
    double nb = json_number_value(json_object_get(json_array_get(list, 0), "difference"));
    double gd = json_number_value(json_object_get(json_array_get(list, 1), "difference"));
    assert_true(nb == 100 && gd == 50);
    assert_string_equal(text_of(json_array_get(list, 0), "unit"), "万元");
    assert_int_equal(json_object_size(json_array_get(list, 0)), 7);
    assert_int_equal(json_object_size(result), 6);
    json_decref(result);
}

static void
test_a_rule_that_is_the_same_everywhere_is_told_by_its_title(void **state)
{
    static const char *const rules[][2] = {
        {"lg", "{\"zh\":\"小巨人\",\"en\":\"Little giant\"}"},
        {"lg/scale", "{\"zh\":\"营业收入\",\"en\":\"Revenue\"}"}};
    for (size_t i = 0; i < 2; i++) {
        char params[128];
        snprintf(params, sizeof params, "{\"lang\":\"both\",\"rule\":\"%s\"}", rules[i][0]);
        json_t *result = ask(client_of(state), "matrix", params);
        assert_tree(json_object_get(json_object_get(result, "default"), "title"), rules[i][1]);
        assert_tree(json_object_get(result, "places"), "[]");
        assert_tree(json_object_get(result, "same"), "2");
        json_decref(result);
    }
    assert_prints(daemon_of(state), "\"$TIDU\" matrix" HERE "--rule lg --format text", 0,
                  "lg  小巨人  \n各地一致\n");
    assert_prints(daemon_of(state),
                  "\"$TIDU\" matrix" HERE "--rule lg/scale --format text --lang en", 0,
                  "lg/scale  Revenue  \nthe same in every place\n");
}

/* Before the local documents began nobody deviates. */
static void
test_what_is_not_in_force_does_not_deviate(void **state)
{
    write_file(daemon_of(state), "rules/local/330200-ningbo/a.md",
               "```lua\npolicy { id = \"nb\", zh = \"宁波办法\", effective = \"2026-03-01\", "
               "mark = \"I\" }\nfill \"floor\" [[ 200万元 ]]\n```\n");
    assert_says(daemon_of(state),
                "\"$TIDU\" matrix" HERE "--rule floor --as-of 2026-03-01 --format text", 0,
                "330200");
    assert_prints(daemon_of(state),
                  "\"$TIDU\" matrix" HERE "--rule floor --as-of 2026-02-28 --format text", 0,
                  "floor  营业收入下限  100万元\n有1地不同，其余各地一致\n\n"
                  "440000  广东省  更严  150万元  gd\n");
}

static void
test_matrix_prints_a_row_a_place(void **state)
{
    assert_prints(daemon_of(state), "\"$TIDU\" matrix" HERE DATE "--format text firm.json", 0,
                  "区划    地方    奖补（万元）  符合的称号  可享受的奖补\n"
                  "100000  全国    50            lg          grant\n"
                  "330200  宁波市  0                         \n"
                  "440000  广东省  50            lg          grant\n");
    assert_prints(daemon_of(state),
                  "\"$TIDU\" matrix" HERE DATE "--format text --lang en --rule floor", 0,
                  "floor  Least revenue  100万元\n"
                  "places that differ: 2; all others are the same\n\n"
                  "330200  宁波市  stricter  200万元  nb\n"
                  "440000  广东省  stricter  150万元  gd\n");
    static const char *const options[] = {
        "firm.json",    "--format text firm.json",    "--lang both firm.json",
        "--rule floor", "--rule floor --format text", "--rule lg/scale --lang en",
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        assert_alike(state, "matrix " DATE, options[i]);
}

static void
test_what_cannot_be_compared_is_told(void **state)
{
    static const struct refusal refusals[] = {
        {"{}", -32602, "E513", "record|rule"},
        {"{\"rule\":\"floor\",\"record\":{}}", -32602, "E514", "“record”和“rule”"},
        {"{\"rule\":\"flor\"}", -32006, "E644", "flor"},
        {"{\"rule\":\"\"}", -32006, "E644", "“”"},
        {"{\"rule\":7}", -32602, "E512", "\"srdi/features\""},
        {"{\"rule\":null}", -32602, "E512", "null"},
        {"{\"rule\":\"floor\\u0000x\"}", -32602, "E512", "rule"},
        {"{\"record\":7}", -32602, "E512", "7"},
        {"{\"record\":{\"revenu\":1}}", -32001, "E311", "revenue"},
        {"{\"record\":{\"revenue\":\"x\"}}", -32001, "E321", "\"x\""},
        {"{\"record\":{},\"unknown_facts\":true}", -32602, "E512", "refuse|ignore"},
        {"{\"record\":{},\"as_of\":\"yesterday\"}", -32602, "E512", "yesterday"},
        {"{\"record\":{},\"region_code\":\"330203\"}", -32602, "E511", "region_code"},
    };
    REFUSED(client_of(state), "matrix", refusals);
    static const char *const wrong[][2] = {
        {"", "record|rule"},
        {"--rule nothing", "nothing"},
        {"--rule floor firm.json", "“record”和“rule”"},
        {"two.csv", "E5"},
        {"empty.json", "empty.json"},
        {"--format ics --rule floor", "text|json"},
    };
    write_file(daemon_of(state), "two.csv", "uscc,revenue 2025\nX1,100\n");
    write_file(daemon_of(state), "empty.json", "\n");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char line[256];
        snprintf(line, sizeof line, "\"$TIDU\" matrix" HERE "%s", wrong[i][0]);
        assert_says(daemon_of(state), line, 2, wrong[i][1]);
    }
}

/* ---- every method -------------------------------------------------------------- */

/* Not the tree: the bytes. */
static void
test_the_same_question_gets_the_same_bytes(void **state)
{
    static const char *const lines[] = {
        CALL("matrix", "{" AS_OF ",\"record\":" FIRM "}") "\n",
        CALL("matrix", "{" AS_OF ",\"rule\":\"floor\"}") "\n",
        CALL("route", "{" AS_OF ",\"demand\":\"DT-05\",\"region_code\":\"440106\"}") "\n",
        CALL("calendar", "{" AS_OF "}") "\n",
        CALL("calendar", "{" AS_OF ",\"record\":" FIRM "}") "\n",
    };
    struct client *client = client_of(state);
    struct client *other = client_open(daemon_of(state));
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        client_send(client, lines[i]);
        client_send(other, lines[i]);
        const char *first = client_line(client), *second = client_line(other);
        assert_non_null(strstr(first, "\"result\""));
        assert_string_equal(first, second);
        client_send(client, lines[i]);
        second = client_line(client);
        char *again = strdup(second);
        client_send(other, lines[i]);
        assert_string_equal(again, client_line(other));
        free(again);
    }
    client_close(other);
}

static void
test_no_message_keeps_the_daemon_from_answering_the_next(void **state)
{
    static const char *const methods[] = {"evaluate", "route", "matrix", "calendar"};
    static const struct refusal refusals[] = {
        {"[]", -32602, "E510", "params"},
        {"[{}]", -32602, "E510", "params"},
        {"7", -32600, "E506", "params"},
        {"\"x\"", -32600, "E506", "params"},
        {"{\"nonsense\":1}", -32602, "E511", "nonsense"},
        {"{\"record\":{},\"record\":{}}", -32602, "E507", "record"},
        {"{\"lang\":7}", -32602, "E512", "lang"},
        {"{\"as_of\":\"2026-06-01T00:00\"}", -32602, "E512", "as_of"},
        {"{\"as_of\":[]}", -32602, "E512", "as_of"},
        {"{\"record\":{\"revenue\":NaN}}", -32700, "E501", "JSON"},
        {"{\"record\":{\"revenue\":Infinity}}", -32700, "E501", "JSON"},
        {"{\"record\":{\"revenue\":1", -32700, "E501", "JSON"},
        {"{\"record\":{\"revenue\":01}}", -32700, "E501", "JSON"},
        {"{\"record\":{\"revenue\":\"\xff\"}}", -32700, "E501", "JSON"},
        {"{\"record\":{\"revenue\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":"
         "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":"
         "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}"
         "}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}",
         -32004, "E516", "32"},
    };
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++)
        for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
            assert_refused(client_of(state), methods[m], &refusals[i]);
}

/* A number that no double holds, a name of many kilobytes: told, and cut short. */
static void
test_what_is_too_large_is_told_shortly(void **state)
{
    static const char *const heads[] = {
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"route\",\"params\":{\"measure\":\"",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"route\",\"params\":{\"demand\":\"DT-01\",\"region_code\":\"",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"matrix\",\"params\":{\"rule\":\"",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"calendar\",\"params\":{\"until\":\"",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"evaluate\",\"params\":{\"jurisdiction\":\"",
    };
    enum { LONG = 50000 };
    char *word = calloc(LONG + 1, 1);
    assert_non_null(word);
    memset(word, 'x', LONG);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        client_send(client_of(state), heads[i]);
        client_send(client_of(state), word);
        client_send(client_of(state), "\"}}\n");
        json_t *answer = client_answer(client_of(state));
        const char *message = text_of(json_object_get(answer, "error"), "message");
        assert_in_range(strlen(message), 10, 500);
        json_decref(answer);
        assert_alive(client_of(state));
    }
    free(word);
    static const struct refusal refusals[] = {
        {"{\"rule\":1e999}", -32602, "E512", "1e999"},
        {"{\"record\":{\"revenue\":1e999}}", -32602, "E512", "1e999"},
    };
    REFUSED(client_of(state), "matrix", refusals);
}

/* jansson takes no answer whose UTF-8 is broken: wherever the cut falls. */
static void
test_what_is_cut_short_is_cut_between_characters(void **state)
{
    for (size_t shift = 0; shift < 3; shift++) {
        char word[256] = "", params[512];
        static const struct {
            const char *method, *format, *id;
        } cases[] = {
            {"evaluate", "{\"as_of\":\"%s\"}", "E512"},
            {"evaluate", "{\"include\":[\"%s\"]}", "E512"},
            {"evaluate", "{\"%s\":1}", "E511"},
            {"route", "{\"measure\":\"%s\"}", "E642"},
            {"route", "{\"as_of\":\"%s\"}", "E512"},
            {"matrix", "{\"rule\":\"%s\"}", "E644"},
            {"calendar", "{\"until\":\"%s\"}", "E512"},
            {"calendar", "{\"%s\":1}", "E511"},
        };
        memset(word, 'x', shift);
        for (size_t i = 0; i < 80; i++)
            strcat(word, "地");
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            snprintf(params, sizeof params, cases[i].format, word);
            assert_refused(
                client_of(state), cases[i].method,
                &(struct refusal){
                    params,
                    !strcmp(cases[i].id, "E642") || !strcmp(cases[i].id, "E644") ? -32006 : -32602,
                    cases[i].id, ""});
        }
    }
}

/* ---- the shipped rules ---------------------------------------------------------------------- */

static void
test_the_shipped_rules_route_and_compare(void **state)
{
#define SHIPPED " --rules \"$TIDU_RULES\" " DATE
    static const char *const chains[][2] = {
        {"330203", "330203 330200 100000"}, /* a planned city */
        {"310115", "310115 310000 100000"}, /* a municipality's district */
        {"441900", "441900 440000 100000"}, /* a city without counties */
        {"440106", "440106 440100 440000 100000"},
    };
    for (size_t i = 0; i < sizeof chains / sizeof *chains; i += SPARING) {
        char line[256];
        snprintf(line, sizeof line,
                 "\"$TIDU\" route" SHIPPED "--region %s --demand 用能 --format json", chains[i][0]);
        struct outcome outcome = run(daemon_of(state), line);
        json_t *result = json_loads(outcome.out, 0, NULL);
        if (!result)
            fail_msg("%s: %s", line, outcome.err);
        assert_string_equal(column(json_object_get(result, "chain"), "region", "code"),
                            chains[i][1]);
        json_decref(result);
        drop(&outcome);
    }
    assert_says(daemon_of(state),
                "\"$TIDU\" matrix" SHIPPED "--rule srdi/features --as-of 2026-03-01 --format text",
                0, "370000  山东省");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, layers_setup, talk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_only_the_parts_that_are_asked_for_are_told),
        TEST(test_requests_with_other_parts_and_places_do_not_answer_for_each_other),
        TEST(test_a_jurisdiction_stands_in_for_the_place_of_the_record),
        TEST(test_wrong_parts_and_places_are_told_and_the_next_request_is_answered),
        TEST(test_eval_takes_parts_and_places),
        TEST(test_what_if_a_fact_or_a_threshold_were_different),
        TEST(test_what_ifs_of_many_are_answered_at_once),
        TEST(test_whatif_tells_what_moved_and_why),
        TEST(test_the_least_that_has_to_change_is_told_and_holds),
        TEST(test_path_tells_changes_and_what_forbids),
        TEST(test_what_is_missing_is_told_with_what_may_come_of_it),
        TEST(test_one_enterprise_is_judged_in_every_place_that_has_rules),
        TEST(test_a_rule_is_compared_over_places_with_what_deviates),
        TEST(test_a_rule_that_is_the_same_everywhere_is_told_by_its_title),
        TEST(test_what_is_not_in_force_does_not_deviate),
        TEST(test_matrix_prints_a_row_a_place),
        TEST(test_what_cannot_be_compared_is_told),
        TEST(test_the_same_question_gets_the_same_bytes),
        TEST(test_no_message_keeps_the_daemon_from_answering_the_next),
        TEST(test_what_is_too_large_is_told_shortly),
        TEST(test_what_is_cut_short_is_cut_between_characters),
        TEST(test_the_shipped_rules_route_and_compare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
