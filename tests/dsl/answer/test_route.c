/*
 * test_route.c: the chain of offices from a region up to the ministry.
 *
 * The rules are those of tests/policy/route/. A chain is compared as its
 * offices, "*" behind the one that settles the matter. Guards
 * dsl/answer/route.c.
 */
#include "asking.h"

#include "tidu/places.h"

#include <stdlib.h>

static tidu_ruleset *rules;

static json_t *
route(tidu_route_question question)
{
    tidu_error error = {0};
    tidu_text out = {0};
    char message[400];
    if (!tidu_ruleset_route(rules, &question, &out, &error))
        fail_msg("%s", tidu_error_message(&error, TIDU_EN, message, sizeof message));
    tidu_text_putc(&out, '\0');
    json_t *json = parse(out.data);
    tidu_text_free(&out);
    return json;
}

static const char *
name_of(const json_t *acting)
{
    return json_is_null(acting)
               ? "nobody"
               : json_string_value(json_object_get(json_object_get(acting, "name"), "zh"));
}

static void
assert_chain(const char *duty, uint32_t region, const char *date, const char *expected)
{
    json_t *json = route(
        (tidu_route_question){.duty = duty, .region = region, .as_of = day(date), .lang = TIDU_ZH});
    json_t *link;
    size_t i;
    tidu_text got = {0};
    json_array_foreach (json_object_get(json, "chain"), i, link)
        tidu_text_printf(&got, "%s%s%s", i ? " " : "", name_of(json_object_get(link, "lead")),
                         json_is_true(json_object_get(link, "settles")) ? "*" : "");
    tidu_text_putc(&got, '\0');
    if (strcmp(got.data, expected))
        fail_msg("%s in %u: %s, not %s", duty, (unsigned)region, got.data, expected);
    tidu_text_free(&got);
    json_decref(json);
}

static void
test_a_chain_goes_from_the_county_to_the_ministry(void **state)
{
    (void)state;
    assert_chain("DT-01", 330106, "2026-01-01", "西湖区财政局* 杭州市财政局 浙江省财政厅 财政部");
    assert_chain("DT-01", 330100, "2026-01-01", "杭州市财政局* 浙江省财政厅 财政部");
    assert_chain("DT-01", 330000, "2026-01-01", "浙江省财政厅* 财政部");
    assert_chain("DT-01", TIDU_COUNTRY_CODE, "2026-01-01", "财政部*");
}

static void
test_a_district_of_a_municipality_answers_to_the_municipality(void **state)
{
    (void)state;
    assert_chain("DT-01", 310115, "2026-01-01", "浦东新区财政局* 上海市财政厅 财政部");
    assert_chain("DT-01", 500229, "2026-01-01", "城口县财政局* 重庆市财政厅 财政部");
    assert_chain("DT-03", 310115, "2026-01-01",
                 "浦东新区工业和信息化局 上海市工业和信息化厅* 工业和信息化部");
}

static void
test_a_county_under_the_province_answers_to_the_province(void **state)
{
    (void)state;
    assert_chain("DT-01", 469001, "2026-01-01", "五指山市财政局* 海南省财政厅 财政部");
}

static void
test_a_planned_city_answers_to_the_ministry(void **state)
{
    (void)state;
    assert_chain("DT-01", 440305, "2026-01-01", "南山区财政局* 深圳市财政局 财政部");
    assert_chain("DT-01", 440300, "2026-01-01", "深圳市财政局* 财政部");
    assert_chain("DT-01", 330203, "2026-01-01", "海曙区财政局* 宁波市财政局 财政部");
}

static void
test_a_city_without_counties_settles_what_a_county_would(void **state)
{
    (void)state;
    assert_chain("DT-01", 441900, "2026-01-01", "东莞市财政局* 广东省财政厅 财政部");
}

static void
test_a_matter_is_settled_at_the_first_place_of_its_level_or_above(void **state)
{
    (void)state;
    assert_chain("DT-03", 330106, "2026-01-01",
                 "西湖区工业和信息化局 杭州市工业和信息化局* 浙江省工业和信息化厅 工业和信息化部");
    assert_chain(
        "DT-05", 330106, "2026-01-01",
        "西湖区金融工作办公室 杭州市金融工作办公室 浙江省地方金融管理局* 中央金融委员会办公室");
    assert_chain("DT-09", 330106, "2026-01-01",
                 "西湖区工业和信息化局 杭州市工业和信息化局 浙江省工业和信息化厅 工业和信息化部*");
}

/* What a province settles is not sent from Shenzhen to the ministry. */
static void
test_a_planned_city_settles_what_a_province_would(void **state)
{
    (void)state;
    assert_chain("DT-05", 440305, "2026-01-01",
                 "南山区金融工作办公室 深圳市金融工作办公室* 中央金融委员会办公室");
}

static void
test_offices_of_a_chain_are_those_of_the_day(void **state)
{
    (void)state;
    assert_chain("DT-20", 330100, "2023-12-31", "杭州市能源局* 浙江省能源局 能源委员会");
    assert_chain("DT-20", 330100, "2024-01-01", "杭州市能源办* 浙江省能源厅 能源总局");
}

static void
test_a_place_may_route_a_matter_differently_for_a_time(void **state)
{
    (void)state;
    assert_chain("DT-03", 440305, "2024-12-31",
                 "南山区工业和信息化局 深圳市工业和信息化局* 工业和信息化部");
    assert_chain("DT-03", 440305, "2025-01-01", "南山区财政局* 深圳市财政局 工业和信息化部");
    assert_chain("DT-03", 440305, "2025-12-31", "南山区财政局* 深圳市财政局 工业和信息化部");
    assert_chain("DT-03", 440305, "2026-01-01",
                 "南山区工业和信息化局 深圳市工业和信息化局* 工业和信息化部");
}

static void
test_a_link_that_a_place_says_differently_tells_where_and_until_when_it_acts(void **state)
{
    json_t *json = route((tidu_route_question){
        .duty = "DT-03", .region = 440300, .as_of = day("2025-06-01"), .lang = TIDU_BOTH});
    (void)state;
    assert_json(json_array_get(json_object_get(json, "chain"), 0),
                "{\"handler\":[],\"lead\":{\"body\":\"mof\",\"name\":{\"en\":\"Finance, city "
                "office, 深圳市\",\"zh\":\"深圳市财政局\"}},\"level\":\"city\","
                "\"region\":{\"code\":\"440300\",\"name\":\"深圳市\"},"
                "\"said_by\":{\"certainty\":\"illustrative\",\"clause\":{\"document\":\"sz\","
                "\"line\":8,\"path\":\"用能\"},\"place\":\"440300\"},"
                "\"settles\":true,\"support\":[],"
                "\"with\":[{\"body\":\"miit\",\"clause\":{\"document\":\"sz\",\"line\":1,"
                "\"path\":\"\"},\"name\":{\"en\":\"Shenzhen industry bureau\","
                "\"zh\":\"深圳市工业和信息化局\"}}],"
                "\"working_days\":{\"acknowledge\":1,\"plan\":5,\"settle\":15}}");
    json_decref(json);
}

/* The treasury helps with finance, until a place lets it lead. */
static void
test_who_is_let_to_lead_does_not_help_itself(void **state)
{
    json_t *json = route((tidu_route_question){
        .duty = "DT-11", .region = 440300, .as_of = day("2025-06-01"), .lang = TIDU_ZH});
    const json_t *here = json_array_get(json_object_get(json, "chain"), 0);
    const json_t *above = json_array_get(json_object_get(json, "chain"), 1);
    (void)state;
    assert_string_equal(text_of(json_object_get(here, "lead"), "body"), "mof");
    assert_ids(json_object_get(here, "with"), "body", "mofcom");
    assert_string_equal(text_of(json_object_get(above, "lead"), "body"), "miit");
    assert_ids(json_object_get(above, "with"), "body", "mof mofcom");
    json_decref(json);
}

static void
test_a_route_tells_what_it_is_about_and_how_that_is_known(void **state)
{
    json_t *json = route((tidu_route_question){
        .duty = "DT-03", .region = 310115, .as_of = day("2026-01-01"), .lang = TIDU_BOTH});
    (void)state;
    assert_string_equal(text_of(json, "demand"), "DT-03");
    assert_json(json_object_get(json, "title"), "{\"en\":\"Energy\",\"zh\":\"用能\"}");
    assert_string_equal(text_of(json, "basis"), "practice");
    assert_string_equal(text_of(json, "certainty"), "memory");
    assert_string_equal(text_of(json, "mark"), "M");
    assert_json(json_object_get(json, "note"),
                "{\"en\":\"Quota is held by the province.\",\"zh\":\"指标在省。\"}");
    assert_json(json_object_get(json, "region"), "{\"code\":\"310115\",\"name\":\"浦东新区\"}");
    json_decref(json);
    json = route((tidu_route_question){
        .duty = "M10", .region = 330106, .as_of = day("2026-01-01"), .lang = TIDU_EN});
    assert_string_equal(text_of(json, "measure"), "M10");
    assert_string_equal(text_of(json, "basis"), "explicit");
    json_t *first = json_array_get(json_object_get(json, "chain"), 0);
    assert_json(json_object_get(first, "support"),
                "[{\"body\":\"associations\",\"name\":{\"en\":\"Industry associations, county "
                "office, 西湖区\"}}]");
    assert_json(json_object_get(first, "handler"),
                "[{\"body\":\"mofcom\",\"name\":{\"en\":\"Commerce, county office, 西湖区\"}}]");
    json_decref(json);
}

static void
test_a_duty_is_found_by_its_title_in_either_language(void **state)
{
    static const char *const names[] = {"DT-03", "用能", "Energy"};
    (void)state;
    for (int i = 0; i < 3; i++) {
        json_t *json = route((tidu_route_question){
            .duty = names[i], .region = 330106, .as_of = day("2026-01-01"), .lang = TIDU_ZH});
        assert_string_equal(text_of(json, "demand"), "DT-03");
        json_decref(json);
    }
}

static void
test_a_subsidiary_of_a_central_enterprise_goes_through_its_headquarters(void **state)
{
    tidu_route_question question = {.duty = "sc",
                                    .region = 330106,
                                    .as_of = day("2026-01-01"),
                                    .lang = TIDU_ZH,
                                    .central_subsidiary = true};
    json_t *json = route(question), *chain = json_object_get(json, "chain");
    (void)state;
    assert_string_equal(text_of(json, "designation"), "sc");
    assert_int_equal(json_array_size(chain), 2);
    assert_json(
        json_array_get(chain, 0),
        "{\"lead\":{\"name\":{\"zh\":\"所属中央企业集团总部\"}},\"level\":\"headquarters\"}");
    assert_string_equal(text_of(json_array_get(chain, 1), "level"), "country");
    json_decref(json);
    question.duty = "DT-01"; /* which does not go that way */
    json = route(question);
    assert_int_equal(json_array_size(json_object_get(json, "chain")), 4);
    json_decref(json);
    assert_chain("sc", 330106, "2026-01-01",
                 "西湖区工业和信息化局 杭州市工业和信息化局* 浙江省工业和信息化厅 工业和信息化部");
}

static void
assert_refused(tidu_route_question question, tidu_code code, const char *says)
{
    tidu_error error = {0};
    tidu_text out = {0};
    char message[400];
    assert_false(tidu_ruleset_route(rules, &question, &out, &error));
    assert_int_equal(error.code, code);
    assert_string_equal(tidu_error_message(&error, TIDU_EN, message, sizeof message), says);
    assert_int_equal(out.length, 0);
    tidu_text_free(&out);
}

static void
test_an_unknown_duty_or_region_is_refused(void **state)
{
    (void)state;
    assert_refused((tidu_route_question){.duty = "DT-99", .region = 330106}, TIDU_NO_SUCH_DUTY,
                   "there is no measure, demand or designation \"DT-99\"");
    assert_refused((tidu_route_question){.duty = "DT-01", .region = 999999}, TIDU_NO_SUCH_REGION,
                   "there is no region \"999999\"");
    assert_refused((tidu_route_question){.duty = "DT-01", .region = 330199}, TIDU_NO_SUCH_REGION,
                   "there is no region \"330199\"");
}

static int
open_rules(void **state)
{
    if (require_helper(state))
        return -1;
    rules = load_rules("route");
    return 0;
}

static int
close_rules(void **state)
{
    (void)state;
    tidu_ruleset_unref(&rules);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_chain_goes_from_the_county_to_the_ministry),
        cmocka_unit_test(test_a_district_of_a_municipality_answers_to_the_municipality),
        cmocka_unit_test(test_a_county_under_the_province_answers_to_the_province),
        cmocka_unit_test(test_a_planned_city_answers_to_the_ministry),
        cmocka_unit_test(test_a_city_without_counties_settles_what_a_county_would),
        cmocka_unit_test(test_a_matter_is_settled_at_the_first_place_of_its_level_or_above),
        cmocka_unit_test(test_a_planned_city_settles_what_a_province_would),
        cmocka_unit_test(test_offices_of_a_chain_are_those_of_the_day),
        cmocka_unit_test(test_a_place_may_route_a_matter_differently_for_a_time),
        cmocka_unit_test(
            test_a_link_that_a_place_says_differently_tells_where_and_until_when_it_acts),
        cmocka_unit_test(test_who_is_let_to_lead_does_not_help_itself),
        cmocka_unit_test(test_a_route_tells_what_it_is_about_and_how_that_is_known),
        cmocka_unit_test(test_a_duty_is_found_by_its_title_in_either_language),
        cmocka_unit_test(test_a_subsidiary_of_a_central_enterprise_goes_through_its_headquarters),
        cmocka_unit_test(test_an_unknown_duty_or_region_is_refused),
    };
    return cmocka_run_group_tests(tests, open_rules, close_rules);
}
