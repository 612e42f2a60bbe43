/*
 * test_describe.c: what a ruleset tells of itself, without a record.
 *
 * Each topic of describe, the place of each threshold in its document, the
 * program as text, and the counts.
 */
#include "answers.h"

#include "tidu/compile.h"

/* ---- describe ---- */

static json_t *
describe(const char *topic)
{
    tidu_text out = {0};
    tidu_error error = {0};
    assert_true(tidu_ruleset_describe(rules, topic, &out, &error));
    tidu_text_putc(&out, '\0');
    json_t *json = parse(out.data);
    tidu_text_free(&out);
    return json;
}

static void
test_describe_tells_every_topic_and_each_alone(void **state)
{
    static const char *const topics[] = {"facts",     "designations", "criteria",    "parameters",
                                         "documents", "measures",     "demands",     "subsidies",
                                         "stacks",    "slots",        "transitions", "targets"};
    json_t *all = describe(NULL);
    (void)state;
    assert_int_equal(json_object_size(all), sizeof topics / sizeof *topics);
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++) {
        json_t *one = describe(topics[i]);
        assert_int_equal(json_object_size(one), 1);
        assert_true(json_is_array(json_object_get(one, topics[i])));
        assert_int_equal(json_array_size(json_object_get(one, topics[i])) > 0, i < 5);
        assert_true(json_equal(json_object_get(one, topics[i]), json_object_get(all, topics[i])));
        json_decref(one);
    }
    json_decref(all);
}

static void
test_describe_refuses_an_unknown_topic_and_writes_nothing(void **state)
{
    tidu_text out = {0};
    tidu_error error = {0};
    (void)state;
    assert_false(tidu_ruleset_describe(rules, "fact", &out, &error));
    assert_int_equal(error.code, TIDU_NO_SUCH_TOPIC);
    assert_int_equal(out.length, 0);
    tidu_text_free(&out);
}

static void
test_describe_lists_every_fact_of_the_vocabulary(void **state)
{
    json_t *json = describe("facts"), *facts = json_object_get(json, "facts");
    const tidu_vocabulary *vocabulary = tidu_ruleset_vocabulary(rules);
    (void)state;
    assert_int_equal(json_array_size(facts), vocabulary->fact_count);
    for (uint32_t i = 0; i < vocabulary->fact_count; i++)
        assert_non_null(item_with(facts, "name", vocabulary->facts[i].symbol.name));
    json_t *revenue = item_with(facts, "name", "revenue");
    assert_string_equal(text_of(revenue, "unit"), "万元");
    assert_json(json_object_get(revenue, "read"), "true");
    assert_json(json_object_get(revenue, "low"), "0");
    assert_json(json_object_get(revenue, "aliases"), "[\"营收\"]");
    assert_json(json_object_get(item_with(facts, "name", "payback"), "read"), "false");
    assert_json(json_object_get(item_with(facts, "name", "institution"), "ordered"), "true");
    assert_int_equal(json_array_size(json_object_get(item_with(facts, "name", "awards"), "fields")),
                     5);
    json_decref(json);
}

static void
test_describe_lists_each_version_of_a_designation_once(void **state)
{
    json_t *json = describe("designations"), *list = json_object_get(json, "designations");
    (void)state;
    assert_int_equal(json_array_size(list), 4);
    assert_non_null(item_with(list, "id", "club"));
    assert_json(json_object_get(item_with(list, "document", "m-2022"), "expires"),
                "\"2025-12-31\"");
    json_decref(json);
    json = describe("criteria");
    assert_int_equal(json_array_size(json_object_get(json, "criteria")), 2 + 10 + 4);
    json_decref(json);
}

/* The text a parameter's line and column point at. */
static const char *
text_at(tidu_arena *arena, const char *path, json_int_t line, json_int_t column)
{
    size_t length;
    const char *text = read_file(
        arena, test_path(arena, tidu_arena_printf(arena, "policy/answers/%s", path)), &length);
    assert_non_null(text);
    while (--line > 0)
        text = strchr(text, '\n') + 1;
    while (--column > 0)
        do
            text++;
        while (((unsigned char)*text & 0xc0) == 0x80);
    return text;
}

static void
test_each_threshold_has_an_address_of_its_own_and_its_place(void **state)
{
    json_t *json = describe("parameters"), *parameter, *other;
    const json_t *list = json_object_get(json, "parameters");
    tidu_arena *arena = tidu_arena_open();
    size_t i, k;
    (void)state;
    json_array_foreach (list, i, parameter) {
        const char *path = text_of(parameter, "path"), *value = text_of(parameter, "value");
        const char *at =
            text_at(arena, path, json_integer_value(json_object_get(parameter, "line")),
                    json_integer_value(json_object_get(parameter, "column")));
        if (strncmp(at, value, strlen(value)))
            fail_msg("%s: \"%s\" is not at its place", text_of(parameter, "address"), value);
        for (k = 0; k < i; k++) {
            other = json_array_get(list, k);
            if (!strcmp(text_of(other, "address"), text_of(parameter, "address")))
                assert_string_not_equal(text_of(other, "document"), text_of(parameter, "document"));
        }
    }
    tidu_arena_close(&arena);
    json_decref(json);
}

static void
test_thresholds_are_counted_in_the_order_they_stand(void **state)
{
    static const struct {
        const char *address, *value;
    } cases[] = {
        {"floor", "5000万元"},
        {"lg/scale#1", "1000万元"},
        {"lg/scale#2", "2.9994%"},
        {"lg/capital#1", "0.2亿元"},
        {"lg/founded#1", "2020-01-01"},
        {"lg/rd#1", "1万元"},
        {"lg/rd#2", "5%"},
        {"lg/rd#3", "10%"},
        {"lg/rd#4", "10%"},
        {"lg/stage#1", "3"},
        {"lg/stage#2", "1项"},
        {"lg/stage#3", "9"},
        {"lg/points#1", "2"},
        {"lg/points#2", "40"},
        {"srdi/patents#1", "1项"},
        {"srdi/share#1", "3%"},
        {"srdi/above_main#1", "3"},
    };
    json_t *json = describe("parameters");
    const json_t *list = json_object_get(json, "parameters");
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *found = item_with(list, "address", cases[i].address);
        if (!found)
            fail_msg("no %s", cases[i].address);
        assert_string_equal(text_of(found, "value"), cases[i].value);
    }
    assert_null(item_with(list, "address", "lg/rd#5"));
    assert_null(item_with(list, "address", "lg/stage#4"));
    json_decref(json);
}

/* ---- the ruleset ---- */

static void
test_a_program_prints_a_step_a_line(void **state)
{
    tidu_text out = {0};
    (void)state;
    tidu_ruleset_print_program(rules, day("2026-11-23"), &out);
    tidu_text_putc(&out, '\0');
    assert_false(out.failed);
    size_t lines = 0;
    for (const char *at = out.data; (at = strchr(at, '\n')); at++)
        lines++;
    assert_true(lines >= tidu_ruleset_program(rules, day("2026-11-23"))->step_count);
    assert_non_null(strstr(out.data, "lg/main_share"));
    assert_non_null(strstr(out.data, "le"));
    tidu_text_free(&out);
}

static void
test_counts_tell_what_the_ruleset_holds(void **state)
{
    tidu_counts counts = tidu_ruleset_counts(rules);
    (void)state;
    assert_int_equal(counts.documents, 4);
    assert_int_equal(counts.designations, 4);
    assert_int_equal(counts.criteria, 16);
    assert_int_equal(counts.programs, 3);
    assert_true(counts.memory_bytes > 0 && counts.steps > 0);
}

#define T(name) cmocka_unit_test(name)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_describe_tells_every_topic_and_each_alone),
        T(test_describe_refuses_an_unknown_topic_and_writes_nothing),
        T(test_describe_lists_every_fact_of_the_vocabulary),
        T(test_describe_lists_each_version_of_a_designation_once),
        T(test_each_threshold_has_an_address_of_its_own_and_its_place),
        T(test_thresholds_are_counted_in_the_order_they_stand),
        T(test_a_program_prints_a_step_a_line),
        T(test_counts_tell_what_the_ruleset_holds),
    };
    return cmocka_run_group_tests(tests, open_rules, close_rules);
}
