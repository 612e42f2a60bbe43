/*
 * layers.c: rules of three layers, and questions about them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "layers.h"

#include <stdio.h>
#include <string.h>

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

void
layers_write(const struct daemon *daemon)
{
    make_folder(daemon, "rules/local");
    make_folder(daemon, "rules/local/330200-ningbo");
    make_folder(daemon, "rules/local/440000-guangdong");
    write_file(daemon, "rules/vocabulary/facts.lua", facts);
    write_file(daemon, "rules/vocabulary/places.lua", places);
    write_file(daemon, "rules/national/test.md", country);
    write_file(daemon, "rules/local/330200-ningbo/a.md", ningbo);
    write_file(daemon, "rules/local/440000-guangdong/a.md", guangdong);
    write_file(daemon, "firm.json", FIRM);
}

void
layers_tighten(const struct daemon *daemon)
{
    static const char condition[] = "[[ revenue >= floor ]]";
    char text[sizeof country + 64];
    const char *at = strstr(country, condition);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s[[ revenue >= floor and revenue >= 9亿元 ]]%s",
             (int)(at - country), country, at + sizeof condition - 1);
    write_file(daemon, "rules/national/test.md", text);
}

int
layers_setup(void **state)
{
    if (daemon_setup(state) != 0)
        return -1;
    layers_write(*state);
    return talk_start(state);
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

json_t *
ask(struct client *client, const char *method, const char *params)
{
    char line[4096];
    snprintf(line, sizeof line, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}",
             method, params);
    return result_of(client, line);
}

void
assert_alive(struct client *client)
{
    json_t *result = ask(client, "evaluate", "{" AS_OF ",\"record\":" FIRM "}");
    assert_string_equal(lg_status(result), "met");
    json_decref(result);
}

void
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

void
assert_tree(const json_t *tree, const char *wanted)
{
    json_t *other = json_loads(wanted, JSON_DECODE_ANY, NULL);
    assert_non_null(other);
    if (!json_equal(tree, other))
        fail_msg("%s\nnot\n%s", json_dumps(tree, JSON_COMPACT | JSON_ENCODE_ANY), wanted);
    json_decref(other);
}

const char *
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

void
assert_alike(void **state, const char *command, const char *options)
{
    char line[512];
    snprintf(line, sizeof line, "\"$TIDU\" %s" HERE "%s", command, options);
    struct outcome here = run(daemon_of(state), line);
    assert_int_equal(here.status, 0);
    assert_true(*here.out);
    snprintf(line, sizeof line, "\"$TIDU\" %s" THERE "%s", command, options);
    assert_prints(daemon_of(state), line, 0, here.out);
    drop(&here);
}
