/*
 * test_ask.c guards daemon/ask.c, cli/ask.c, route.c, matrix.c and calendar.c,
 * and what evaluate includes and where: a real daemon and the command line on
 * rules of three layers, small enough to be known by heart.
 *
 *   the country   lg from 100万元 on, an award until 2027, two measures, a demand
 *   Ningbo        lg from 200万元 on, an award until 2026, its own office; a
 *                 city that acts as a province
 *   Guangdong     lg from 150万元 on, leads the demand otherwise, with deadlines
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

#define CALL(method, params) \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" method "\",\"params\":" params "}"
#define HERE " --rules \"$RULES\" "
#define THERE " --socket \"$SOCKET\" "
#define DATE "--as-of 2026-06-01 "

static const char facts[] =
    "fact \"uscc\" { zh = \"统一社会信用代码\", en = \"Credit code\", type = \"text\" }\n"
    "fact \"enterprise_name\" { zh = \"企业名称\", en = \"Name\", type = \"text\" }\n"
    "fact \"region_code\" { zh = \"注册地\", en = \"Region\", type = \"text\", "
    "pattern = \"region\" }\n"
    "fact \"is_central_soe_subsidiary\" { zh = \"央企下属\", en = \"Of a central SOE\", "
    "type = \"flag\" }\n"
    "fact \"revenue\" { zh = \"营业收入\", en = \"Revenue\", type = \"money\", unit = \"万元\", "
    "annual = true }\n";

/* Beijing has a nominal city, Zhejiang and Guangdong have none. */
static const char places[] =
    "regions { codes = [[\n110000 北京市\n110100 市辖区\n110105 朝阳区\n330000 浙江省\n"
    "330100 杭州市\n330106 西湖区\n330200 宁波市\n330203 海曙区\n440000 广东省\n"
    "440100 广州市\n440106 天河区\n]], acts_as_province = { \"330200\" }, "
    "source = \"GB/T 2260\", mark = \"M\" }\n"
    "body \"miit\" { zh = \"工业和信息化部\", en = \"Industry\", province = \"工业和信息化厅\", "
    "city = \"工业和信息化局\", county = \"工业和信息化局\", mark = \"M\" }\n"
    "body \"most\" { zh = \"科学技术部\", en = \"Science\", province = \"科学技术厅\", "
    "city = \"科学技术局\", county = \"科学技术局\", mark = \"M\" }\n"
    "body \"csrc\" { zh = \"证监会\", en = \"Securities\", province = \"证监局\", "
    "instead = \"finance\", mark = \"M\" }\n"
    "body \"finance\" { zh = \"金融办\", en = \"Finance\", province = \"地方金融管理局\", "
    "city = \"金融工作办公室\", county = \"金融工作办公室\", mark = \"M\" }\n";

static const char country[] =
    "# 测试办法\n\n```lua\n"
    "policy { id = \"test\", zh = \"测试办法\", en = \"Test measures\", "
    "effective = \"2020-01-01\", mark = \"I\" }\n"
    "slot \"floor\" { zh = \"营业收入下限\", en = \"Least revenue\", sets = \"value\", "
    "unit = \"万元\",\n  level = { \"province\", \"city\" }, tighten = \"up\", "
    "low = [[ 100万元 ]], [[ 100万元 ]] }\n"
    "designation \"lg\" { zh = \"小巨人\", en = \"Little giant\", tier = 1, "
    "validity = \"3年\", ban = \"3年\" }\n```\n\n"
    "## 一、规模\n\n上年度营业收入不低于100万元。\n\n```lua\n"
    "criterion \"scale\" { zh = \"营业收入\", en = \"Revenue\", [[ revenue >= floor ]] }\n```\n\n"
    "## "
    "二、服务\n\n协调用能，帮助上市。（工业和信息化部牵头、科学技术部按照职责分工负责）\n\n```lua\n"
    "measure \"M2-01\" { zh = \"协调用能\", en = \"Coordinate energy\", tiers = { \"lg\" }, "
    "anchor = \"协调用能\", mark = \"inferred\" }\n"
    "measure \"M2-02\" { zh = \"帮助上市\", en = \"Help to list\", tiers = { \"lg\" }, "
    "anchor = \"帮助上市\", mark = \"inferred\" }\n```\n\n"
    "## 三、承办\n\n```lua\n"
    "demand \"DT-05\" { zh = \"上市\", en = \"Listing\", lead = \"csrc\", with = { \"miit\" }, "
    "level = \"county\", mark = \"M\" }\n"
    "route \"lg\" { lead = \"miit\", level = \"city\", headquarters = true, mark = \"M\" }\n"
    "subsidy \"grant\" { zh = \"奖励\", en = \"Award\", kind = \"award\", amount = [[ 50万元 ]],\n"
    "  expires = \"2027-12-31\", mark = \"I\", [[ meets('lg') ]] }\n```\n";

/* Its award's title is long enough to be folded more than once. */
static const char ningbo[] =
    "```lua\n"
    "policy { id = \"nb\", zh = \"宁波办法\", en = \"Ningbo\", effective = \"2020-01-01\", "
    "mark = \"I\" }\n"
    "office \"miit\" { zh = \"宁波市经济和信息化局\", level = \"city\", mark = \"I\" }\n"
    "fill \"floor\" [[ 200万元 ]]\n"
    "subsidy \"nb-grant\" { zh = \"宁波市对首次认定的专精特新小巨人企业给予的一次性奖励资金，"
    "由市和区按照一比一的比例分担\",\n  en = \"Ningbo award\", kind = \"award\", "
    "amount = [[ 20万元 ]], expires = \"2026-12-31\", mark = \"I\",\n  [[ meets('lg') ]] }\n```\n";

static const char guangdong[] =
    "```lua\n"
    "policy { id = \"gd\", zh = \"广东办法\", en = \"Guangdong\", effective = \"2020-01-01\", "
    "mark = \"I\" }\n"
    "fill \"floor\" [[ 150万元 ]]\n"
    "route \"DT-05\" { lead = \"most\", acknowledge_days = 2, plan_days = 5, settle_days = 20, "
    "mark = \"I\" }\n```\n";

/* A firm of Guangdong that qualifies there and not in Ningbo. */
#define REVENUE "\"revenue\":{\"2024\":180,\"2025\":180}"
#define FIRM "{\"uscc\":\"X1\",\"enterprise_name\":\"甲厂\",\"region_code\":\"440106\"," REVENUE "}"

struct talk {
    struct daemon *daemon;
    struct client *client;
};

static int
setup(void **state)
{
    struct talk *talk = calloc(1, sizeof *talk);
    void *daemon;
    if (!talk || daemon_setup(&daemon) != 0)
        return -1;
    talk->daemon = daemon;
    make_folder(daemon, "rules/local");
    make_folder(daemon, "rules/local/330200-ningbo");
    make_folder(daemon, "rules/local/440000-guangdong");
    write_file(daemon, "rules/vocabulary/facts.lua", facts);
    write_file(daemon, "rules/vocabulary/places.lua", places);
    write_file(daemon, "rules/national/test.md", country);
    write_file(daemon, "rules/local/330200-ningbo/a.md", ningbo);
    write_file(daemon, "rules/local/440000-guangdong/a.md", guangdong);
    write_file(daemon, "firm.json", FIRM);
    daemon_start(daemon, NULL);
    talk->client = client_open(daemon);
    *state = talk;
    return 0;
}

static int
teardown(void **state)
{
    struct talk *talk = *state;
    void *daemon = talk->daemon;
    client_close(talk->client);
    free(talk);
    return daemon_teardown(&daemon);
}

static struct client *
client_of(void **state)
{
    return ((struct talk *)*state)->client;
}

static struct daemon *
daemon_of(void **state)
{
    return ((struct talk *)*state)->daemon;
}

/* ---- asking ------------------------------------------------------------------- */

static json_t *
result_of(struct client *client, const char *line)
{
    json_t *answer = client_ask(client, line);
    json_t *result = json_incref(json_object_get(answer, "result"));
    if (!result)
        fail_msg("no result: %s: %s", line, json_dumps(answer, 0));
    json_decref(answer);
    return result;
}

static json_t *
ask(struct client *client, const char *method, const char *params)
{
    char line[4096];
    snprintf(line, sizeof line, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}",
             method, params);
    return result_of(client, line);
}

/* The connection still answers, and rightly. */
static void
assert_alive(struct client *client)
{
    json_t *result = ask(client, "evaluate", "{" AS_OF ",\"record\":" FIRM "}");
    assert_string_equal(lg_status(result), "met");
    json_decref(result);
}

struct refusal {
    const char *params;
    int code;
    const char *id, *words; /* that the message or the hint has */
};

static void
assert_refused(struct client *client, const char *method, const struct refusal *refusal)
{
    char line[8192];
    snprintf(line, sizeof line, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}",
             method, refusal->params);
    json_t *answer = client_ask(client, line), *error = json_object_get(answer, "error");
    const char *message = text_of(error, "message");
    const char *hint = text_of(json_object_get(error, "data"), "hint");
    if (error_code(answer) != refusal->code || strcmp(error_id(answer), refusal->id) != 0 ||
        (!strstr(message, refusal->words) && !strstr(hint, refusal->words)))
        fail_msg("%s %s: not %d %s “%s”: %s", method, refusal->params, refusal->code, refusal->id,
                 refusal->words, json_dumps(answer, JSON_COMPACT));
    assert_null(json_object_get(answer, "result"));
    json_decref(answer);
    assert_alive(client);
}

#define REFUSED(client, method, list)                          \
    for (size_t i = 0; i < sizeof(list) / sizeof *(list); i++) \
    assert_refused(client, method, &(list)[i])

static void
assert_tree(const json_t *tree, const char *wanted)
{
    json_t *other = json_loads(wanted, JSON_DECODE_ANY, NULL);
    assert_non_null(other);
    if (!json_equal(tree, other))
        fail_msg("%s\nnot\n%s", json_dumps(tree, JSON_COMPACT | JSON_ENCODE_ANY), wanted);
    json_decref(other);
}

/* "a b c" of one member of each object of a list. */
static const char *
column(const json_t *list, const char *outer, const char *name)
{
    static char text[1024];
    size_t length = 0, index;
    json_t *item;
    text[0] = '\0';
    json_array_foreach ((json_t *)list, index, item) {
        const json_t *object = outer ? json_object_get(item, outer) : item;
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s", index ? " " : "",
                                   text_of(object, name));
    }
    return text;
}

struct outcome {
    int status;
    char *out, *err;
};

static struct outcome
run(void **state, const char *command)
{
    struct outcome outcome;
    outcome.status = run_command(daemon_of(state), command, &outcome.out, &outcome.err);
    return outcome;
}

static void
drop(struct outcome *outcome)
{
    free(outcome->out);
    free(outcome->err);
}

static void
assert_prints(void **state, const char *command, int status, const char *out)
{
    struct outcome outcome = run(state, command);
    if (outcome.status != status || strcmp(outcome.out, out) != 0)
        fail_msg("%s\nstatus %d, not %d; printed:\n%s\nnot:\n%s\nand said: %s", command,
                 outcome.status, status, outcome.out, out, outcome.err);
    drop(&outcome);
}

static void
assert_says(void **state, const char *command, int status, const char *words)
{
    struct outcome outcome = run(state, command);
    if (outcome.status != status || (!strstr(outcome.err, words) && !strstr(outcome.out, words)))
        fail_msg("%s\nstatus %d, not %d; no \"%s\" in:\n%s%s", command, outcome.status, status,
                 words, outcome.out, outcome.err);
    drop(&outcome);
}

/* A daemon and a folder print the same. */
static void
assert_alike(void **state, const char *command, const char *options)
{
    char line[512];
    snprintf(line, sizeof line, "\"$TIDU\" %s" HERE "%s", command, options);
    struct outcome here = run(state, line);
    assert_int_equal(here.status, 0);
    assert_true(*here.out);
    snprintf(line, sizeof line, "\"$TIDU\" %s" THERE "%s", command, options);
    assert_prints(state, line, 0, here.out);
    drop(&here);
}

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
    assert_says(state, "\"$TIDU\" eval " DATE HERE "--include measures firm.json", 0,
                "\"designations\":[]");
    assert_says(state, "\"$TIDU\" eval " DATE HERE "--jurisdiction 330203 firm.json", 0,
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
            assert_says(state, line, 2, wrong[i][1]);
        }
}

/* ---- route ------------------------------------------------------------------------ */

/* A nominal city has no office, and a city that acts as a province speaks to
 * the ministry itself. */
static void
test_a_chain_goes_from_the_region_to_the_ministry(void **state)
{
    static const struct {
        const char *region, *codes, *levels;
    } cases[] = {
        {"100000", "100000", "country"},
        {"330000", "330000 100000", "province country"},
        {"330100", "330100 330000 100000", "city province country"},
        {"330106", "330106 330100 330000 100000", "county city province country"},
        {"330200", "330200 100000", "city country"},
        {"330203", "330203 330200 100000", "county city country"},
        {"110105", "110105 110000 100000", "county province country"},
    };
    static const char *const duties[] = {"\"measure\":\"M2-01\"", "\"demand\":\"DT-05\"",
                                         "\"designation\":\"lg\""};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t k = 0; k < 3; k++) {
            char params[256];
            snprintf(params, sizeof params, "{" AS_OF ",\"region_code\":\"%s\",%s}",
                     cases[i].region, duties[k]);
            json_t *result = ask(client_of(state), "route", params);
            const json_t *chain = json_object_get(result, "chain");
            assert_string_equal(column(chain, "region", "code"), cases[i].codes);
            assert_string_equal(column(chain, NULL, "level"), cases[i].levels);
            assert_string_equal(text_of(json_object_get(result, "region"), "code"),
                                cases[i].region);
            json_decref(result);
        }
}

static void
test_a_route_tells_who_leads_and_who_helps_and_how_that_is_known(void **state)
{
    json_t *result = ask(client_of(state), "route",
                         "{" AS_OF ",\"lang\":\"both\",\"measure\":\"M2-01\","
                         "\"region_code\":\"330000\"}");
    assert_string_equal(text_of(result, "measure"), "M2-01");
    assert_tree(json_object_get(result, "title"),
                "{\"zh\":\"协调用能\",\"en\":\"Coordinate energy\"}");
    assert_string_equal(text_of(result, "basis"), "explicit");
    assert_string_equal(text_of(json_object_get(result, "clause"), "path"), "二、服务");
    const json_t *link = json_array_get(json_object_get(result, "chain"), 0);
    assert_tree(json_object_get(link, "lead"),
                "{\"body\":\"miit\",\"name\":{\"zh\":\"浙江省工业和信息化厅\","
                "\"en\":\"Industry, provincial office, 浙江省\"}}");
    assert_string_equal(column(json_object_get(link, "with"), NULL, "body"), "most");
    assert_string_equal(
        text_of(json_object_get(json_array_get(json_object_get(result, "chain"), 1), "region"),
                "name"),
        "全国");
    json_decref(result);
}

/* The regulator has no office below the province: the finance office acts. */
static void
test_where_a_body_has_no_office_another_acts_for_it(void **state)
{
    json_t *result = ask(client_of(state), "route",
                         "{" AS_OF ",\"demand\":\"DT-05\",\"region_code\":\"330106\"}");
    const json_t *chain = json_object_get(result, "chain");
    assert_string_equal(column(chain, "lead", "body"), "finance finance csrc csrc");
    assert_true(json_is_true(json_object_get(json_array_get(chain, 0), "settles")));
    for (size_t i = 1; i < 4; i++)
        assert_null(json_object_get(json_array_get(chain, i), "settles"));
    json_decref(result);
}

/* An office that a place names has no English name of its own here; its id is
 * none either. */
static void
test_a_place_names_its_office_in_both_languages(void **state)
{
    json_t *result = ask(client_of(state), "route",
                         "{" AS_OF ",\"lang\":\"both\",\"designation\":\"lg\","
                         "\"region_code\":\"330200\"}");
    const json_t *lead =
        json_object_get(json_array_get(json_object_get(result, "chain"), 0), "lead");
    assert_tree(json_object_get(lead, "name"), "{\"zh\":\"宁波市经济和信息化局\","
                                               "\"en\":\"Industry, city office, 宁波市\"}");
    assert_string_equal(text_of(json_object_get(lead, "clause"), "document"), "nb");
    json_decref(result);
}

static void
test_a_place_hands_a_duty_to_another_with_deadlines_of_its_own(void **state)
{
    json_t *result = ask(client_of(state), "route",
                         "{" AS_OF ",\"demand\":\"上市\",\"region_code\":\"440106\"}");
    const json_t *chain = json_object_get(result, "chain"), *first = json_array_get(chain, 0);
    assert_string_equal(text_of(result, "demand"), "DT-05");
    assert_string_equal(column(chain, "lead", "body"), "most most most csrc");
    assert_tree(json_object_get(first, "working_days"),
                "{\"acknowledge\":2,\"plan\":5,\"settle\":20}");
    assert_string_equal(text_of(json_object_get(first, "said_by"), "place"), "440000");
    assert_null(json_object_get(json_array_get(chain, 3), "working_days"));
    json_decref(result);
}

static void
test_a_record_says_where_unless_a_region_is_asked_for(void **state)
{
    struct client *client = client_of(state);
    static const char *const cases[][2] = {
        {"{\"designation\":\"lg\",\"record\":" FIRM "}", "440106"},
        {"{\"designation\":\"lg\",\"record\":{\"注册地\":\"330203\"}}", "330203"},
        {"{\"designation\":\"lg\",\"record\":" FIRM ",\"region_code\":\"330203\"}", "330203"},
        {"{\"designation\":\"lg\",\"record\":{}}", "100000"},
        {"{\"designation\":\"lg\",\"record\":{\"region_code\":null}}", "100000"},
        {"{\"designation\":\"lg\",\"unknown_facts\":\"ignore\",\"record\":"
         "{\"nonsense\":1,\"region_code\":\"110105\"}}",
         "110105"},
        {"{\"designation\":\"lg\"}", "100000"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *result = ask(client, "route", cases[i][0]);
        assert_string_equal(text_of(json_object_get(result, "region"), "code"), cases[i][1]);
        json_decref(result);
    }
}

static void
test_a_central_subsidiary_goes_through_its_headquarters_where_the_route_says_so(void **state)
{
#define SUBSIDIARY "\"record\":{\"region_code\":\"330106\",\"is_central_soe_subsidiary\":true}"
    struct client *client = client_of(state);
    json_t *result = ask(client, "route", "{\"designation\":\"lg\"," SUBSIDIARY "}");
    assert_string_equal(column(json_object_get(result, "chain"), NULL, "level"),
                        "headquarters country");
    json_decref(result);
    result = ask(client, "route", "{\"demand\":\"DT-05\"," SUBSIDIARY "}");
    assert_string_equal(column(json_object_get(result, "chain"), NULL, "level"),
                        "county city province country");
    json_decref(result);
}

static void
test_what_cannot_be_routed_is_told(void **state)
{
    static const struct refusal refusals[] = {
        {"{}", -32602, "E513", "measure|demand|designation"},
        {"{\"measure\":\"M2-03\"}", -32006, "E642", "是否指 M2-0"},
        {"{\"measure\":\"M2-1\"}", -32006, "E642", "是否指 M2-01？"},
        {"{\"demand\":\"Listin\",\"lang\":\"en\"}", -32006, "E642", "Did you mean Listing?"},
        {"{\"designation\":\"nothing like it\"}", -32006, "E642", "称号的标识"},
        {"{\"designation\":\"\"}", -32006, "E642", "“”"},
        {"{\"measure\":1}", -32602, "E512", "\"M10-07\""},
        {"{\"demand\":null}", -32602, "E512", "\"DT-03\""},
        {"{\"designation\":[\"lg\"]}", -32602, "E512", "\"srdi\""},
        {"{\"designation\":\"lg\\u0000x\"}", -32602, "E512", "designation"},
        {"{\"measure\":\"M2-01\",\"demand\":\"DT-05\"}", -32602, "E514", "“measure”和“demand”"},
        {"{\"demand\":\"DT-05\",\"designation\":\"lg\"}", -32602, "E514",
         "“demand”和“designation”"},
        {"{\"measure\":\"M2-01\",\"region_code\":330203}", -32602, "E512", "330203"},
        {"{\"measure\":\"M2-01\",\"region_code\":\"3302\"}", -32602, "E512", "\"3302\""},
        {"{\"measure\":\"M2-01\",\"region_code\":\"330203\\u0000\"}", -32602, "E512",
         "region_code"},
        {"{\"measure\":\"M2-01\",\"region_code\":\"999999\"}", -32006, "E643", "999999"},
        {"{\"measure\":\"M2-01\",\"record\":{\"region_code\":\"999999\"}}", -32006, "E643",
         "999999"},
        {"{\"measure\":\"M2-01\",\"record\":{\"region_code\":330203}}", -32001, "E338", "330203"},
        {"{\"measure\":\"M2-01\",\"record\":{\"region\":\"330203\"}}", -32001, "E311", "Region"},
        {"{\"measure\":\"M2-01\",\"record\":[]}", -32602, "E512", "record"},
        {"{\"measure\":\"M2-01\",\"record\":null}", -32602, "E512", "record"},
        {"{\"measure\":\"M2-01\",\"unknown_facts\":\"drop\"}", -32602, "E512", "refuse|ignore"},
        {"{\"measure\":\"M2-01\",\"unknown_facts\":1}", -32602, "E512", "refuse|ignore"},
        {"{\"measure\":\"M2-01\",\"as_of\":\"2026-02-30\"}", -32602, "E512", "as_of"},
        {"{\"measure\":\"M2-01\",\"as_of\":20260101}", -32602, "E512", "as_of"},
        {"{\"measure\":\"M2-01\",\"lang\":\"fr\"}", -32602, "E512", "zh|en|both"},
        {"{\"measure\":\"M2-01\",\"until\":\"2027-01-01\"}", -32602, "E511", "until"},
        {"[\"M2-01\"]", -32602, "E510", "measure"},
        {"\"M2-01\"", -32600, "E506", "params"},
    };
    REFUSED(client_of(state), "route", refusals);
}

static void
test_route_prints_the_offices_level_by_level(void **state)
{
    assert_prints(state, "\"$TIDU\" route" HERE DATE "--region 330203 --demand 上市 --format text",
                  0,
                  "上市 DT-05（通常做法）\n"
                  "test 三、承办\n"
                  "\n"
                  "层级  地区    牵头                  会同、配合            \n"
                  "县级  海曙区  海曙区金融工作办公室  海曙区工业和信息化局  先在这一级办理\n"
                  "市级  宁波市  宁波市金融工作办公室  宁波市经济和信息化局  \n"
                  "国家  全国    证监会                工业和信息化部        \n");
    assert_prints(state,
                  "\"$TIDU\" route" HERE DATE "--region 440000 --demand DT-05 --lang en "
                  "--format text",
                  0,
                  "Listing DT-05 (usual practice)\n"
                  "test 三、承办\n"
                  "\n"
                  "level     region  lead                                with"
                  "                                 \n"
                  "province  广东省  Science, provincial office, 广东省  "
                  "Industry, provincial office, 广东省  settles it first, 2/5/20 working days to "
                  "acknowledge/plan/settle\n"
                  "country   全国    Securities                          Industry"
                  "                             \n");
}

static void
test_route_asks_a_daemon_and_a_folder_alike(void **state)
{
    static const char *const options[] = {
        "--region 330203 --measure M2-01 --format text",
        "--region 330203 --measure M2-01 --format json",
        "--region 330203 --measure M2-01 --format json --lang both",
        "--designation lg --format text --lang en firm.json",
        "--demand DT-05 --region 110105 --format text firm.json",
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        assert_alike(state, "route " DATE, options[i]);
    assert_says(state, "\"$TIDU\" route" HERE "--region 330203 --measure M2-01 --format json", 0,
                "{\"measure\":\"M2-01\"");
}

static void
test_route_tells_what_it_takes(void **state)
{
    static const char *const wrong[][2] = {
        {"--region 330203", "measure|demand|designation"},
        {"--region 999999 --measure M2-01", "999999"},
        {"--region 33 --measure M2-01", "\"33\""},
        {"--region '' --measure M2-01", "\"\""},
        {"--measure M2-1", "M2-01？"},
        {"--measure M2-01 --demand DT-05", "“measure”和“demand”"},
        {"--designation lg --designation srdi", "[\"lg\",\"srdi\"]"},
        {"--measure M2-01 --as-of 2026-02-30", "2026-02-30"},
        {"--measure M2-01 nothing.json", "nothing.json"},
        {"--measure M2-01 firm.json firm.json", "E554"},
        {"--measure M2-01 --format ics", "text|json"},
        {"--measure M2-01 --until 2027-01-01", "--until"},
        {"--measure M2-01 odd.json", "nonsense"},
    };
    write_file(daemon_of(state), "odd.json", "{\"nonsense\":1}");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        for (int there = 0; there < 2; there++) {
            char line[256];
            snprintf(line, sizeof line, "\"$TIDU\" route%s%s", there ? THERE : HERE, wrong[i][0]);
            assert_says(state, line, 2, wrong[i][1]);
        }
    assert_says(state, "\"$TIDU\" route" HERE "--measure M2-01 --unknown-facts ignore odd.json", 0,
                "M2-01");
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
    assert_prints(state, "\"$TIDU\" matrix" HERE "--rule lg --format text", 0,
                  "lg  小巨人  \n各地一致\n");
    assert_prints(state, "\"$TIDU\" matrix" HERE "--rule lg/scale --format text --lang en", 0,
                  "lg/scale  Revenue  \nthe same in every place\n");
}

/* Before the local documents began nobody deviates. */
static void
test_what_is_not_in_force_does_not_deviate(void **state)
{
    write_file(daemon_of(state), "rules/local/330200-ningbo/a.md",
               "```lua\npolicy { id = \"nb\", zh = \"宁波办法\", effective = \"2026-03-01\", "
               "mark = \"I\" }\nfill \"floor\" [[ 200万元 ]]\n```\n");
    assert_says(state, "\"$TIDU\" matrix" HERE "--rule floor --as-of 2026-03-01 --format text", 0,
                "330200");
    assert_prints(state, "\"$TIDU\" matrix" HERE "--rule floor --as-of 2026-02-28 --format text", 0,
                  "floor  营业收入下限  100万元\n有1地不同，其余各地一致\n\n"
                  "440000  广东省  更严  150万元  gd\n");
}

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
test_matrix_prints_a_row_a_place(void **state)
{
    assert_prints(state, "\"$TIDU\" matrix" HERE DATE "--format text firm.json", 0,
                  "区划    地方    奖补（万元）  符合的称号  可享受的奖补\n"
                  "100000  全国    50            lg          grant\n"
                  "330200  宁波市  0                         \n"
                  "440000  广东省  50            lg          grant\n");
    assert_prints(state, "\"$TIDU\" matrix" HERE DATE "--format text --lang en --rule floor", 0,
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
        assert_says(state, line, 2, wrong[i][1]);
    }
}

/* ---- calendar ------------------------------------------------------------------------- */

static const char *
events_of(json_t *result)
{
    static char text[1024];
    size_t length = 0, index;
    json_t *event;
    text[0] = '\0';
    json_array_foreach (json_object_get(result, "events"), index, event)
        length +=
            (size_t)snprintf(text + length, sizeof text - length, "%s%s %s %s", index ? "; " : "",
                             text_of(event, "date"), text_of(event, "kind"), text_of(event, "id"));
    json_decref(result);
    return text;
}

/* Both ends of the time are in it. */
static void
test_the_rules_have_a_calendar_of_what_begins_and_ends(void **state)
{
    struct client *client = client_of(state);
    static const char *const cases[][2] = {
        {"{" AS_OF "}", "2026-12-31 subsidy nb-grant; 2027-12-31 subsidy grant"},
        {"{" AS_OF ",\"until\":\"2026-12-31\"}", "2026-12-31 subsidy nb-grant"},
        {"{" AS_OF ",\"until\":\"2026-12-30\"}", ""},
        {"{\"as_of\":\"2026-12-31\",\"until\":\"2026-12-31\"}", "2026-12-31 subsidy nb-grant"},
        {"{\"as_of\":\"2027-01-01\"}", "2027-12-31 subsidy grant"},
        {"{\"as_of\":\"2024-12-30\"}", "2026-12-31 subsidy nb-grant"},
        {"{\"as_of\":\"2024-12-31\"}", "2026-12-31 subsidy nb-grant; 2027-12-31 subsidy grant"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(events_of(ask(client, "calendar", cases[i][0])), cases[i][1]);
    json_t *result = ask(client, "calendar", "{\"as_of\":\"9999-06-01\"}");
    assert_string_equal(text_of(result, "until"), "9999-12-31");
    json_decref(result);
}

#define TITLE(terms) "{" REVENUE ",\"titles\":[{\"id\":\"lg\"" terms "}]}"

/* none ─► granted ─► held ─► review due ─► lapsed, and banned ─► cancelled. */
static void
test_a_title_climbs_and_leaves_the_ladder_day_by_day(void **state)
{
    static const char expires[] = TITLE(",\"granted\":\"2024-06-01\",\"expires\":\"2027-05-31\"");
    static const char forever[] = TITLE("");
    static const char valid[] = TITLE(",\"granted\":\"2024-06-01\"");
    static const char reviewed[] = TITLE(",\"granted\":\"2021-06-01\",\"reviewed\":\"2024-06-01\"");
    static const char cancelled[] =
        TITLE(",\"granted\":\"2024-06-01\",\"cancelled\":\"2025-03-15\"");
    static const struct {
        const char *record, *as_of, *state, *last_day;
    } cases[] = {
        {"{}", "2026-06-01", "none", ""},
        {expires, "2024-05-31", "granted", "2027-05-31"},
        {expires, "2024-06-01", "held", "2027-05-31"},
        {expires, "2026-05-31", "held", "2027-05-31"},
        {expires, "2026-06-01", "review_due", "2027-05-31"},
        {expires, "2027-05-31", "review_due", "2027-05-31"},
        {expires, "2027-06-01", "lapsed", "2027-05-31"},
        {valid, "2026-05-31", "held", "2027-05-31"},
        {reviewed, "2026-06-01", "review_due", "2027-05-31"},
        {forever, "2040-01-01", "held", ""},
        {cancelled, "2025-03-14", "review_due", "2025-03-14"},
        {cancelled, "2025-03-15", "banned", "2025-03-14"},
        {cancelled, "2028-03-14", "banned", "2025-03-14"},
        {cancelled, "2028-03-15", "cancelled", "2025-03-14"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char params[512];
        snprintf(params, sizeof params, "{\"as_of\":\"%s\",\"record\":%s}", cases[i].as_of,
                 cases[i].record);
        json_t *result = ask(client_of(state), "calendar", params);
        const json_t *rung = json_array_get(json_object_get(result, "ladder"), 0);
        if (strcmp(text_of(rung, "state"), cases[i].state) != 0 ||
            strcmp(text_of(rung, "last_day"), cases[i].last_day) != 0)
            fail_msg("%s: not %s until %s: %s", params, cases[i].state, cases[i].last_day,
                     json_dumps(result, 0));
        json_decref(result);
    }
}

static void
test_an_enterprise_has_a_calendar_of_its_titles_bans_and_awards(void **state)
{
    struct client *client = client_of(state);
    json_t *result =
        ask(client, "calendar",
            "{" AS_OF ",\"record\":{\"region_code\":\"330203\",\"revenue\":300,\"titles\":"
            "[{\"id\":\"lg\",\"granted\":\"2024-06-01\"}]}}");
    assert_string_equal(events_of(result), "2026-12-31 subsidy nb-grant; 2027-05-31 title lg; "
                                           "2027-12-31 subsidy grant");
    result =
        ask(client, "calendar",
            "{" AS_OF
            ",\"record\":" TITLE(",\"granted\":\"2024-06-01\",\"cancelled\":\"2025-03-15\"") "}");
    assert_string_equal(events_of(result), "2027-12-31 subsidy grant; 2028-03-14 ban lg");
    /* Who does not qualify has no last day to draw it. */
    result = ask(client, "calendar", "{" AS_OF ",\"record\":{\"revenue\":5}}");
    assert_string_equal(events_of(result), "");
    result = ask(client, "calendar", "{" AS_OF ",\"record\":" FIRM "}");
    assert_tree(json_object_get(result, "enterprise"),
                "{\"uscc\":\"X1\",\"enterprise_name\":\"甲厂\"}");
    json_decref(result);
}

static void
test_what_has_no_calendar_is_told(void **state)
{
    static const struct refusal refusals[] = {
        {"{" AS_OF ",\"until\":\"2026-05-31\"}", -32602, "E512", "≥ \"2026-06-01\""},
        {"{\"until\":\"1999-01-01\"}", -32602, "E512", "1999-01-01"},
        {"{\"until\":\"2027-02-29\"}", -32602, "E512", "\"YYYY-MM-DD\""},
        {"{\"until\":\"2027-2-1\"}", -32602, "E512", "2027-2-1"},
        {"{\"until\":20270101}", -32602, "E512", "20270101"},
        {"{\"until\":null}", -32602, "E512", "null"},
        {"{\"until\":\"2027-01-01\\u0000\"}", -32602, "E512", "until"},
        {"{\"as_of\":\"10000-01-01\"}", -32602, "E512", "as_of"},
        {"{\"record\":\"x\"}", -32602, "E512", "record"},
        {"{\"record\":{\"titles\":7}}", -32001, "E343", "titles"},
        {"{\"record\":{\"titles\":[7]}}", -32001, "E344", "titles[0]"},
        {"{\"record\":{\"titles\":[{}]}}", -32001, "E350", "titles[0]"},
        {"{\"record\":{\"titles\":[{\"id\":\"x\"}]}}", -32001, "E351", "lg"},
        {"{\"record\":{\"titles\":[{\"id\":\"lg\",\"granted\":\"x\"}]}}", -32001, "E329",
         "granted"},
        {"{\"rule\":\"floor\"}", -32602, "E511", "rule"},
    };
    REFUSED(client_of(state), "calendar", refusals);
    static const char *const wrong[][2] = {
        {"--until 2026-05-31", "2026-06-01"},
        {"--until 2026-05-32", "2026-05-32"},
        {"--until ''", "until"},
        {"--as-of 2026-5-1", "2026-5-1"},
        {"--format csv", "text|json|ics"},
        {"nothing.json", "nothing.json"},
        {"--rule floor", "--rule"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char line[256];
        snprintf(line, sizeof line, "\"$TIDU\" calendar" HERE DATE "%s", wrong[i][0]);
        assert_says(state, line, 2, wrong[i][1]);
    }
}

static void
test_calendar_prints_the_ladder_and_then_the_days(void **state)
{
    write_file(daemon_of(state), "held.json",
               "{\"uscc\":\"X2\",\"enterprise_name\":\"乙厂\",\"region_code\":\"440106\"," REVENUE
               ",\"titles\":[{\"id\":\"lg\",\"granted\":\"2024-06-01\"}]}");
    assert_prints(state, "\"$TIDU\" calendar" HERE DATE "--format text held.json", 0,
                  "lg  小巨人  有效，一年内到期，应准备复核  2027-05-31\n\n"
                  "2027-05-31  lg       小巨人  有效期最后一天；此前须通过复核\n"
                  "2027-12-31  grant    奖励    可申请的最后一天\n");
    assert_prints(state, "\"$TIDU\" calendar" HERE DATE "--format text --lang en held.json", 0,
                  "lg  Little giant  held, due for review within a year  2027-05-31\n\n"
                  "2027-05-31  lg       Little giant  last day; to be reviewed before\n"
                  "2027-12-31  grant    Award         last day to draw it\n");
    static const char *const options[] = {
        "--format text",
        "--format json",
        "--format ics",
        "--format ics --lang en held.json",
        "--format json held.json",
        "--format text --until 2026-12-31",
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        assert_alike(state, "calendar " DATE, options[i]);
}

/* ---- iCalendar (RFC 5545) ---------------------------------------------------------------- */

/* Bytes that begin no character. */
static bool
is_inside_a_character(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Lines end in CRLF, hold 75 octets at most, and are not cut inside a
 * character. Returns them unfolded, '\n' after each; free() it. */
static char *
unfolded(const char *text)
{
    char *out = calloc(strlen(text) + 2, 1), *at = out;
    assert_non_null(out);
    for (const char *end; *text; text = end + 2) {
        end = strstr(text, "\r\n");
        assert_non_null(end);
        assert_null(memchr(text, '\n', (size_t)(end - text)));
        assert_in_range(end - text, 1, 75);
        if (*text == ' ' || *text == '\t') {
            assert_true(at > out);
            at--; /* the line goes on */
            text++;
        }
        assert_false(is_inside_a_character(*text));
        memcpy(at, text, (size_t)(end - text));
        at += end - text;
        *at++ = '\n';
    }
    return out;
}

static const char *
line_after(const char *text, const char *name, char *ret, size_t size)
{
    const char *at = strstr(text, name);
    assert_non_null(at);
    at += strlen(name);
    snprintf(ret, size, "%.*s", (int)strcspn(at, "\n"), at);
    return ret;
}

static size_t
count_of(const char *text, const char *word)
{
    size_t count = 0;
    for (; (text = strstr(text, word)); text += strlen(word))
        count++;
    return count;
}

static char *
icalendar(void **state, const char *options)
{
    char line[512];
    snprintf(line, sizeof line, "\"$TIDU\" calendar" HERE "--format ics %s", options);
    struct outcome outcome = run(state, line);
    if (outcome.status != 0)
        fail_msg("%s: %s", line, outcome.err);
    char *text = unfolded(outcome.out);
    drop(&outcome);
    return text;
}

static void
test_an_icalendar_is_one_that_other_programs_take(void **state)
{
    char *text = icalendar(state, DATE);
    assert_memory_equal(text, "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:", 35);
    assert_string_equal(strstr(text, "END:VCALENDAR"), "END:VCALENDAR\n");
    assert_int_equal(count_of(text, "BEGIN:VEVENT\n"), 2);
    static const char *const each[] = {"END:VEVENT\n", "\nUID:", "\nDTSTAMP:20260601T000000Z\n",
                                       "\nDTSTART;VALUE=DATE:", "\nSUMMARY:"};
    for (size_t i = 0; i < sizeof each / sizeof *each; i++)
        assert_int_equal(count_of(text, each[i]), 2);
    assert_non_null(strstr(text, "DTSTART;VALUE=DATE:20261231\n"));
    assert_non_null(strstr(text, "DTSTART;VALUE=DATE:20271231\n"));
    assert_non_null(strstr(text,
                           "\nSUMMARY:宁波市对首次认定的专精特新小巨人企业给予的一次性奖励资金，"
                           "由市和区按照一比一的比例分担：最后一天\n"));
    free(text);
}

/* An ending is the same ending for whoever asks on another day or in another
 * language; a program that takes both calendars keeps one of it. */
static void
test_events_keep_their_names(void **state)
{
    static const char *const options[] = {DATE, DATE "--lang en", "--as-of 2025-02-03",
                                          "--as-of 2026-12-31"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        char name[256], *text = icalendar(state, options[i]);
        assert_string_equal(line_after(text, "\nUID:", name, sizeof name),
                            "subsidy-nb-grant-2026-12-31@tidu");
        free(text);
    }
}

static void
test_events_of_two_enterprises_are_told_apart(void **state)
{
    static const char *const who[][2] = {{"X1", "甲厂"}, {"X2", "乙厂"}};
    for (size_t i = 0; i < 2; i++) {
        char record[256], wanted[256];
        snprintf(record, sizeof record,
                 "{\"uscc\":\"%s\",\"enterprise_name\":\"%s\",\"titles\":[{\"id\":\"lg\","
                 "\"granted\":\"2024-06-01\"}]}",
                 who[i][0], who[i][1]);
        write_file(daemon_of(state), "who.json", record);
        char *text = icalendar(state, DATE "who.json");
        snprintf(wanted, sizeof wanted, "\nUID:title-lg-2027-05-31-%s@tidu\n", who[i][0]);
        assert_non_null(strstr(text, wanted));
        snprintf(wanted, sizeof wanted, "\nSUMMARY:%s：小巨人：", who[i][1]);
        assert_non_null(strstr(text, wanted));
        free(text);
    }
}

static void
test_an_icalendar_speaks_both_languages(void **state)
{
    char *zh = icalendar(state, DATE), *en = icalendar(state, DATE "--lang en");
    assert_non_null(strstr(zh, "\nSUMMARY:奖励：最后一天\n"));
    assert_non_null(strstr(en, "\nSUMMARY:Award: last day\n"));
    assert_non_null(strstr(zh, "\nDESCRIPTION:test 三、承办\\n规则集 "));
    assert_non_null(strstr(en, "\nDESCRIPTION:test 三、承办\\nruleset "));
    assert_non_null(strstr(zh, "calendar//ZH\n"));
    assert_non_null(strstr(en, "calendar//EN\n"));
    free(zh);
    free(en);
}

/* A name may hold what the format keeps for itself. */
static void
test_marks_of_the_format_are_escaped_and_cannot_add_a_line(void **state)
{
    write_file(daemon_of(state), "odd.json",
               "{\"uscc\":\"X\\nSUMMARY:y\",\"enterprise_name\":\"A, B; C\\\\D\\r\\nEND:VEVENT\","
               "\"titles\":[{\"id\":\"lg\",\"granted\":\"2024-06-01\"}]}");
    char *text = icalendar(state, DATE "odd.json");
    assert_int_equal(count_of(text, "\nEND:VEVENT\n"), count_of(text, "\nBEGIN:VEVENT\n"));
    assert_int_equal(count_of(text, "\nSUMMARY:"), count_of(text, "\nBEGIN:VEVENT\n"));
    assert_non_null(strstr(text, "\nSUMMARY:A\\, B\\; C\\\\D"));
    free(text);
}

static void
test_a_calendar_without_events_is_one(void **state)
{
    char *text = icalendar(state, DATE "--until 2026-06-02");
    assert_string_equal(text, "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//tidu//calendar//ZH\n"
                              "END:VCALENDAR\n");
    free(text);
}

/* ---- what no method takes ------------------------------------------------------------------ */

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
    for (size_t i = 0; i < sizeof chains / sizeof *chains; i++) {
        char line[256];
        snprintf(line, sizeof line,
                 "\"$TIDU\" route" SHIPPED "--region %s --demand 用能 --format json", chains[i][0]);
        struct outcome outcome = run(state, line);
        json_t *result = json_loads(outcome.out, 0, NULL);
        if (!result)
            fail_msg("%s: %s", line, outcome.err);
        assert_string_equal(column(json_object_get(result, "chain"), "region", "code"),
                            chains[i][1]);
        json_decref(result);
        drop(&outcome);
    }
    assert_says(state,
                "\"$TIDU\" matrix" SHIPPED "--rule srdi/features --as-of 2026-03-01 --format text",
                0, "370000  山东省");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_only_the_parts_that_are_asked_for_are_told),
        TEST(test_requests_with_other_parts_and_places_do_not_answer_for_each_other),
        TEST(test_a_jurisdiction_stands_in_for_the_place_of_the_record),
        TEST(test_wrong_parts_and_places_are_told_and_the_next_request_is_answered),
        TEST(test_eval_takes_parts_and_places),
        TEST(test_a_chain_goes_from_the_region_to_the_ministry),
        TEST(test_a_route_tells_who_leads_and_who_helps_and_how_that_is_known),
        TEST(test_where_a_body_has_no_office_another_acts_for_it),
        TEST(test_a_place_names_its_office_in_both_languages),
        TEST(test_a_place_hands_a_duty_to_another_with_deadlines_of_its_own),
        TEST(test_a_record_says_where_unless_a_region_is_asked_for),
        TEST(test_a_central_subsidiary_goes_through_its_headquarters_where_the_route_says_so),
        TEST(test_what_cannot_be_routed_is_told),
        TEST(test_route_prints_the_offices_level_by_level),
        TEST(test_route_asks_a_daemon_and_a_folder_alike),
        TEST(test_route_tells_what_it_takes),
        TEST(test_one_enterprise_is_judged_in_every_place_that_has_rules),
        TEST(test_a_rule_is_compared_over_places_with_what_deviates),
        TEST(test_a_rule_that_is_the_same_everywhere_is_told_by_its_title),
        TEST(test_what_is_not_in_force_does_not_deviate),
        TEST(test_the_same_question_gets_the_same_bytes),
        TEST(test_matrix_prints_a_row_a_place),
        TEST(test_what_cannot_be_compared_is_told),
        TEST(test_the_rules_have_a_calendar_of_what_begins_and_ends),
        TEST(test_a_title_climbs_and_leaves_the_ladder_day_by_day),
        TEST(test_an_enterprise_has_a_calendar_of_its_titles_bans_and_awards),
        TEST(test_what_has_no_calendar_is_told),
        TEST(test_calendar_prints_the_ladder_and_then_the_days),
        TEST(test_an_icalendar_is_one_that_other_programs_take),
        TEST(test_events_keep_their_names),
        TEST(test_events_of_two_enterprises_are_told_apart),
        TEST(test_an_icalendar_speaks_both_languages),
        TEST(test_marks_of_the_format_are_escaped_and_cannot_add_a_line),
        TEST(test_a_calendar_without_events_is_one),
        TEST(test_no_message_keeps_the_daemon_from_answering_the_next),
        TEST(test_what_is_too_large_is_told_shortly),
        TEST(test_what_is_cut_short_is_cut_between_characters),
        TEST(test_the_shipped_rules_route_and_compare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
