/*
 * test_route.c guards route, of daemon/ask.c and cli/route.c: who handles a
 * matter, from the region up to the ministry.
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
    assert_prints(daemon_of(state),
                  "\"$TIDU\" route" HERE DATE "--region 330203 --demand 上市 --format text", 0,
                  "上市 DT-05（通常做法）\n"
                  "test 三、承办\n"
                  "\n"
                  "层级  地区    牵头                  会同、配合            \n"
                  "县级  海曙区  海曙区金融工作办公室  海曙区工业和信息化局  先在这一级办理\n"
                  "市级  宁波市  宁波市金融工作办公室  宁波市经济和信息化局  \n"
                  "国家  全国    证监会                工业和信息化部        \n");
    assert_prints(daemon_of(state),
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
    assert_says(daemon_of(state),
                "\"$TIDU\" route" HERE "--region 330203 --measure M2-01 --format json", 0,
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
            assert_says(daemon_of(state), line, 2, wrong[i][1]);
        }
    assert_says(daemon_of(state),
                "\"$TIDU\" route" HERE "--measure M2-01 --unknown-facts ignore odd.json", 0,
                "M2-01");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, layers_setup, talk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
