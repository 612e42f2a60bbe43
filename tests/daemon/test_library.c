/*
 * test_library.c guards daemon/library.c, intake.c, sketch.c, lend.c and
 * store/enterprises.c: what is kept of enterprises is what was stated, and titles
 * that are kept count.
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

static const char facts[] =
    "fact \"uscc\" { zh = \"统一社会信用代码\", en = \"Credit code\", type = \"text\", "
    "pattern = \"uscc\" }\n"
    "fact \"enterprise_name\" { zh = \"企业名称\", en = \"Name\", type = \"text\" }\n"
    "fact \"region_code\" { zh = \"注册地\", en = \"Region\", type = \"text\", "
    "pattern = \"region\" }\n"
    "fact \"contact\" { zh = \"联系人\", en = \"Contact\", type = \"text\", personal = true }\n"
    "fact \"staff\" { zh = \"人数\", en = \"Staff\", type = \"count\", unit = \"人\" }\n"
    "fact \"revenue\" { zh = \"营业收入\", en = \"Revenue\", type = \"money\", unit = \"万元\", "
    "annual = true }\n";

static const char rules[] =
    "# 测试办法\n\n```lua\n"
    "policy { id = \"test\", zh = \"测试办法\", en = \"Test measures\", "
    "effective = \"2020-01-01\", mark = \"I\" }\n"
    "target \"lg-2030\" { zh = \"四家\", en = \"Four\", designation = \"lg\", count = 4, "
    "by = \"2030-12-31\", mark = \"I\" }\n"
    "designation \"srdi\" { zh = \"专精特新\", en = \"SRDI\", tier = 2, validity = \"3年\" }\n```\n\n"
    "## 一、规模\n\n营业收入不低于100万元。\n\n```lua\n"
    "criterion \"scale\" { zh = \"营业收入\", en = \"Revenue\", [[ revenue >= 100万元 ]] }\n"
    "designation \"lg\" { zh = \"小巨人\", en = \"Little giant\", tier = 3, validity = \"3年\" }\n"
    "```\n\n## 二、小巨人\n\n是专精特新企业，营业收入不低于200万元，人数不少于10人。\n\n```lua\n"
    "criterion \"base\" { zh = \"称号\", en = \"Title\", [[ holds('srdi') ]] }\n"
    "criterion \"large\" { zh = \"营业收入\", en = \"Revenue\", [[ revenue >= 200万元 ]] }\n"
    "criterion \"staff\" { zh = \"人数\", en = \"Staff\", [[ staff >= 10人 ]] }\n```\n";

#define A "91440300MA5EXAMPL0"
#define B "91440300MA5EXAMPL1"
#define C "91330200MA5EXAMPL2"
#define SRDI "[{\"id\":\"srdi\",\"granted\":\"2025-03-01\"}]"

static int
setup(void **state)
{
    char settings[256];
    if (daemon_setup(state) != 0)
        return -1;
    struct daemon *daemon = *state;
    make_folder(daemon, "store");
    write_file(daemon, "rules/vocabulary/facts.lua", facts);
    write_file(daemon, "rules/national/test.md", rules);
    snprintf(settings, sizeof settings,
             "reload = { watch = false; };\nstore = { path = \"%s/store\"; durability = \"commit\"; };\n"
             "gate = { population = \"library\"; most_flips_percent = 40; };\n",
             daemon->folder);
    daemon_start(daemon, settings);
    struct talk *talk = calloc(1, sizeof *talk);
    assert_non_null(talk);
    talk->daemon = daemon;
    talk->client = client_open(daemon);
    *state = talk;
    return 0;
}

/* Three firms: one that holds srdi, one that says nothing of titles, one with a name. */
static void
load_three(struct client *client)
{
    json_t *result = ask(
        client, "library.load",
        "{\"enterprises\":[{\"uscc\":\"" A "\",\"营业收入\":{\"2025\":250.10},\"staff\":12,"
        "\"region_code\":\"440305\",\"titles\":" SRDI ",\"towards\":\"lg\"},"
        "{\"uscc\":\"" B "\",\"revenue\":{\"2025\":150},\"region_code\":\"440106\"},"
        "{\"uscc\":\"" C "\",\"enterprise_name\":\"宁波某厂\",\"region_code\":\"330203\","
        "\"titles\":[{\"id\":\"lg\",\"granted\":\"2022-01-01\",\"reviewed\":\"2025-01-01\"},"
        "{\"id\":\"srdi\",\"granted\":\"2020-01-01\",\"expires\":\"2022-12-31\"}]}]}");
    assert_int_equal(json_integer_value(json_object_get(result, "added")), 3);
    json_decref(result);
}

static void
assert_facts(struct client *client, const char *uscc, const char *wanted)
{
    char params[64];
    snprintf(params, sizeof params, "{\"uscc\":\"%s\"}", uscc);
    json_t *result = ask(client, "library.get", params);
    assert_tree(json_object_get(result, "facts"), wanted);
    json_decref(result);
}

/* ---- taking in --------------------------------------------------------------------------- */

static void
test_facts_are_kept_by_identifier_and_year(void **state)
{
    struct client *client = client_of(state);
    json_decref(ask(client, "library.load",
                    "{\"enterprises\":[{\"统一社会信用代码\":\"" A "\",\"营业收入\": 12.5, \"人数\" : null}]}"));
    json_t *result = ask(client, "library.get", "{\"uscc\":\"" A "\"}");
    const json_t *kept = json_object_get(result, "facts");
    json_t *years = json_object_get(kept, "revenue");
    assert_int_equal(json_object_size(years), 1);
    assert_true(json_real_value(json_object_iter_value(json_object_iter(years))) == 12.5);
    assert_int_equal(json_object_size(kept), 2);
    json_decref(result);
}

static void
test_what_is_loaded_again_changes_what_it_states(void **state)
{
    struct client *client = client_of(state);
    load_three(client);
    json_t *result = ask(client, "library.load",
                         "{\"enterprises\":[{\"uscc\":\"" A "\",\"revenue\":{\"2024\":200,\"2025\":260},"
                         "\"staff\":null},{\"uscc\":\"" B "\",\"revenue\":{\"2025\":150}}]}");
    assert_tree(result, "{\"added\":0,\"changed\":1,\"same\":1,\"refused\":0,\"dry_run\":false,"
                        "\"personal_left_out\":false,\"refusals\":[]}");
    json_decref(result);
    assert_facts(client, A, "{\"uscc\":\"" A "\",\"revenue\":{\"2024\":200,\"2025\":260},"
                            "\"region_code\":\"440305\"}");
    json_decref(ask(client, "library.load", "{\"mode\":\"replace\",\"enterprises\":[{\"uscc\":\"" A "\"}]}"));
    assert_facts(client, A, "{\"uscc\":\"" A "\"}");
    result = ask(client, "library.get", "{\"uscc\":\"" A "\"}");
    assert_true(json_is_null(json_object_get(result, "titles")));
    json_decref(result);
}

static void
test_each_enterprise_is_taken_or_refused_by_itself(void **state)
{
    struct client *client = client_of(state);
    json_t *result = ask(client, "library.load",
                         "{\"enterprises\":[{\"uscc\":\"" A "\",\"revenue\":{\"2025\":1}},7,"
                         "{\"revenue\":{\"2025\":1}},{\"uscc\":\"" B "\",\"revenu\":1},"
                         "{\"uscc\":\"x\"},{\"uscc\":\"" C "\",\"towards\":\"zz\"},"
                         "{\"uscc\":\"" C "\",\"revenue\":1,\"营业收入\":2},"
                         "{\"uscc\":\"" C "\",\"titles\":[{\"id\":\"zz\"}]}]}");
    const json_t *refusals = json_object_get(result, "refusals");
    static const char *const ids[] = {"E303", "E719", "E311", "E336", "E721", "E313", "E351"};
    assert_int_equal(json_integer_value(json_object_get(result, "added")), 1);
    assert_int_equal(json_array_size(refusals), 7);
    for (size_t i = 0; i < 7; i++) {
        const json_t *refusal = json_array_get(refusals, i);
        const json_t *data = json_object_get(json_object_get(refusal, "error"), "data");
        assert_int_equal(json_integer_value(json_object_get(refusal, "index")), (int)i + 1);
        assert_string_equal(text_of(data, "id"), ids[i]);
    }
    json_decref(result);
    result = ask(client, "library.search", "{}");
    assert_int_equal(json_array_size(json_object_get(result, "enterprises")), 1);
    json_decref(result);
}

static void
test_a_dry_run_changes_nothing(void **state)
{
    struct client *client = client_of(state);
    json_t *result = ask(client, "library.load", "{\"dry_run\":true,\"enterprises\":[{\"uscc\":\"" A "\"}]}");
    assert_int_equal(json_integer_value(json_object_get(result, "added")), 1);
    json_decref(result);
    json_t *answer = client_ask(client, CALL("library.get", "{\"uscc\":\"" A "\"}"));
    assert_int_equal(error_code(answer), -32006);
    json_decref(answer);
}

static void
test_what_is_personal_is_not_kept(void **state)
{
    struct client *client = client_of(state);
    json_t *result = ask(client, "library.load",
                         "{\"enterprises\":[{\"uscc\":\"" A "\",\"contact\":\"张三\",\"staff\":3}]}");
    assert_true(json_is_true(json_object_get(result, "personal_left_out")));
    json_decref(result);
    assert_facts(client, A, "{\"uscc\":\"" A "\",\"staff\":3}");
}

static void
test_a_table_is_taken_like_records(void **state)
{
    struct client *client = client_of(state);
    json_t *result = ask(client, "library.load",
                         "{\"csv\":\"uscc,营业收入2024,revenue 2025,人数,titles\\n"
                         A ",10,11.50,7,srdi:2024-06-01..2027-05-31\\n" B ",,,x,\\n" C ",1,,,\\n\"}");
    assert_int_equal(json_integer_value(json_object_get(result, "added")), 2);
    const json_t *refusal = json_array_get(json_object_get(result, "refusals"), 0);
    assert_int_equal(json_integer_value(json_object_get(refusal, "index")), 1);
    json_decref(result);
    assert_facts(client, A, "{\"uscc\":\"" A "\",\"revenue\":{\"2024\":10,\"2025\":11.50},\"staff\":7}");
    assert_facts(client, C, "{\"uscc\":\"" C "\",\"revenue\":{\"2024\":1}}");
    result = ask(client, "library.search", "{\"tier\":\"srdi\"," AS_OF "}");
    assert_string_equal(column(json_object_get(result, "enterprises"), NULL, "uscc"), A);
    json_decref(result);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void
test_enterprises_are_found_by_place_name_and_tier(void **state)
{
    struct client *client = client_of(state);
    static const struct {
        const char *params, *found;
    } cases[] = {
        {"{" AS_OF "}", C " " A " " B},
        {"{\"region_code\":\"440000\"," AS_OF "}", A " " B},
        {"{\"region_code\":\"440305\"," AS_OF "}", A},
        {"{\"region_code\":\"100000\"," AS_OF "}", C " " A " " B},
        {"{\"name\":\"某厂\"," AS_OF "}", C},
        {"{\"name\":\"EXAMPL1\"," AS_OF "}", B},
        {"{\"tier\":\"srdi\"," AS_OF "}", A},
        {"{\"tier\":\"lg\"," AS_OF "}", C},
        {"{\"tier\":\"lg\",\"as_of\":\"2028-01-01\"}", ""}, /* three years after its review */
        {"{\"tier\":\"none\"," AS_OF "}", B},
        {"{\"towards\":\"lg\"," AS_OF "}", A},
        {"{\"after\":\"" A "\"," AS_OF "}", B},
    };
    load_three(client);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *result = ask(client, "library.search", cases[i].params);
        assert_string_equal(column(json_object_get(result, "enterprises"), NULL, "uscc"), cases[i].found);
        assert_true(json_is_null(json_object_get(result, "next")));
        json_decref(result);
    }
}

static void
test_a_long_list_comes_in_pages(void **state)
{
    struct client *client = client_of(state);
    load_three(client);
    json_t *result = ask(client, "library.search", "{\"limit\":2}");
    assert_string_equal(column(json_object_get(result, "enterprises"), NULL, "uscc"), C " " A);
    assert_string_equal(text_of(result, "next"), A);
    json_decref(result);
    result = ask(client, "library.search", "{\"limit\":2,\"after\":\"" A "\"}");
    assert_string_equal(column(json_object_get(result, "enterprises"), NULL, "uscc"), B);
    json_decref(result);
}

static void
test_what_is_exported_can_be_loaded_again(void **state)
{
    struct client *client = client_of(state);
    load_three(client);
    json_t *result = ask(client, "library.export", "{}");
    char *records = json_dumps(json_object_get(result, "enterprises"), 0), params[2048];
    json_decref(result);
    snprintf(params, sizeof params, "{\"enterprises\":%s}", records);
    free(records);
    result = ask(client, "library.load", params);
    assert_int_equal(json_integer_value(json_object_get(result, "refused")), 0);
    assert_int_equal(json_integer_value(json_object_get(result, "added")), 0);
    json_decref(result);
}

static void
test_titles_that_end_are_told_by_day(void **state)
{
    struct client *client = client_of(state);
    load_three(client);
    json_t *result =
        ask(client, "library.due", "{\"from\":\"2026-06-01\",\"until\":\"2028-12-31\"," AS_OF "}");
    assert_string_equal(column(json_object_get(result, "due"), NULL, "last_day"), "2027-12-31 2028-02-29");
    assert_string_equal(column(json_object_get(result, "due"), NULL, "title"), "lg srdi");
    assert_string_equal(column(json_object_get(result, "due"), NULL, "basis"), "validity validity");
    json_decref(result);
    result = ask(client, "library.due", "{\"from\":\"2022-01-01\",\"until\":\"2022-12-31\"}");
    assert_string_equal(column(json_object_get(result, "due"), NULL, "basis"), "stated");
    json_decref(result);
}

static void
test_who_lacks_little_is_told_with_what(void **state)
{
    struct client *client = client_of(state);
    load_three(client);
    json_t *result = ask(client, "library.near", "{\"designation\":\"lg\",\"most\":0," AS_OF "}");
    assert_string_equal(column(json_object_get(result, "enterprises"), NULL, "uscc"), "");
    json_decref(result);
    json_decref(ask(client, "library.load", "{\"enterprises\":[{\"uscc\":\"" A "\",\"staff\":9}]}"));
    result = ask(client, "library.near", "{\"designation\":\"lg\"," AS_OF "}");
    assert_string_equal(column(json_object_get(result, "enterprises"), NULL, "uscc"), C " " A " " B);
    const json_t *firm = json_array_get(json_object_get(result, "enterprises"), 1);
    assert_tree(json_object_get(firm, "unmet"), "[\"lg/staff\"]");
    firm = json_array_get(json_object_get(result, "enterprises"), 0);
    assert_tree(json_object_get(firm, "undetermined"), "[\"lg/large\",\"lg/staff\"]");
    json_decref(result);
}

static void
test_progress_is_told_against_what_policies_aim_at(void **state)
{
    struct client *client = client_of(state);
    load_three(client);
    json_t *result = ask(client, "library.progress", "{" AS_OF "}");
    assert_int_equal(json_integer_value(json_object_get(result, "enterprises")), 3);
    assert_int_equal(json_integer_value(json_object_get(result, "without_title")), 1);
    const json_t *target = json_array_get(json_object_get(result, "targets"), 0);
    assert_string_equal(text_of(target, "id"), "lg-2030");
    assert_int_equal(json_integer_value(json_object_get(target, "hold")), 1);
    assert_true(json_number_value(json_object_get(target, "percent")) == 25);
    json_decref(result);
}

static void
test_what_is_not_in_the_rules_is_no_empty_list(void **state)
{
    static const struct refusal searching[] = {
        {"{\"tier\":\"zz\"}", -32006, "E721", "srdi, lg"},
        {"{\"towards\":\"zz\"}", -32006, "E721", "zz"},
        {"{\"region_code\":\"44\"}", -32602, "E512", "region_code"},
        {"{\"limit\":0}", -32602, "E512", "limit"},
    };
    static const struct refusal ending[] = {{"{\"title\":\"zz\"}", -32006, "E721", "zz"}};
    static const struct refusal nearing[] = {{"{\"designation\":\"zz\"}", -32006, "E434", "zz"},
                                             {"{}", -32602, "E513", "designation"}};
    static const struct refusal loading[] = {{"{\"csv\":\"usc,x\\n\"}", -32001, "E311", "usc"},
                                             {"{}", -32602, "E513", "enterprises|csv"}};
    struct client *client = client_of(state);
    json_t *answer;
    const struct {
        const char *method;
        const struct refusal *refusals;
        size_t count;
    } all[] = {{"library.search", searching, 4}, {"library.export", searching, 4},
               {"library.due", ending, 1},       {"library.near", nearing, 2},
               {"library.load", loading, 2}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (size_t k = 0; k < all[i].count; k++) {
            const struct refusal *refusal = &all[i].refusals[k];
            char line[256];
            snprintf(line, sizeof line,
                     "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}", all[i].method,
                     refusal->params);
            answer = client_ask(client, line);
            assert_int_equal(error_code(answer), refusal->code);
            assert_string_equal(error_id(answer), refusal->id);
            char *whole = json_dumps(answer, 0);
            assert_non_null(strstr(whole, refusal->words));
            free(whole);
            json_decref(answer);
        }
}

/* ---- titles lent ------------------------------------------------------------------------------- */

#define ASKED "\"revenue\":{\"2025\":250},\"staff\":12"

static void
assert_lent(const json_t *answer, const char *status, bool lent)
{
    const json_t *list = json_object_get(answer, "designations");
    assert_string_equal(text_of(json_array_get(list, 1), "status"), status);
    assert_int_equal(json_object_get(answer, "library") != NULL, lent);
}

static void
test_titles_of_the_library_count_when_a_record_brings_none(void **state)
{
    struct client *client = client_of(state);
    json_t *result = ask(client, "evaluate", "{" AS_OF ",\"record\":{\"uscc\":\"" A "\"," ASKED "}}");
    assert_lent(result, "undetermined", false);
    json_decref(result);
    load_three(client);
    result = ask(client, "evaluate", "{" AS_OF ",\"record\":{\"uscc\":\"" A "\"," ASKED "}}");
    assert_lent(result, "met", true);
    assert_tree(json_object_get(result, "library"), "{\"titles\":" SRDI "}");
    json_decref(result);
    result = ask(client, "evaluate", "{" AS_OF ",\"record\":{\"uscc\":\"" A "\",\"titles\":null," ASKED " }}");
    assert_lent(result, "met", true);
    json_decref(result);
    result = ask(client, "evaluate", "{" AS_OF ",\"record\":{\"uscc\":\"" A "\",\"titles\":[]," ASKED "}}");
    assert_lent(result, "unmet", false);
    json_decref(result);
    result = ask(client, "evaluate", "{" AS_OF ",\"record\":{\"uscc\":\"" B "\"," ASKED "}}");
    assert_lent(result, "undetermined", false);
    json_decref(result);
    json_decref(ask(client, "library.remove", "{\"uscc\":\"" A "\",\"reason\":\"moved\"}"));
    json_decref(ask(client, "library.remove", "{\"uscc\":\"" C "\",\"reason\":\"moved\"}"));
    result = ask(client, "evaluate", "{" AS_OF ",\"record\":{\"uscc\":\"" A "\"," ASKED "}}");
    assert_lent(result, "undetermined", false);
    json_decref(result);
}

static void
test_titles_are_lent_to_lists_and_tables_too(void **state)
{
    struct client *client = client_of(state);
    load_three(client);
    json_t *result = ask(client, "evaluate",
                         "{" AS_OF ",\"records\":[{" ASKED "},{\"uscc\":\"" A "\"," ASKED "},{\"x\":1}]}");
    const json_t *answers = json_object_get(result, "answers");
    assert_lent(json_array_get(answers, 0), "undetermined", false);
    assert_lent(json_array_get(answers, 1), "met", true);
    json_decref(result);
    result = ask(client, "evaluate",
                 "{" AS_OF ",\"csv\":\"uscc,revenue,staff,titles\\n" A ",250,12,\\n" B ",250,12,srdi\\n\"}");
    answers = json_object_get(result, "answers");
    assert_lent(json_array_get(answers, 0), "met", true);
    assert_lent(json_array_get(answers, 1), "met", false);
    json_decref(result);
    result = ask(client, "evaluate",
                 "{" AS_OF ",\"async\":false,\"ruleset\":\"live\",\"record\":{\"uscc\":\"" A "\"," ASKED "}}");
    assert_lent(result, "met", true);
    json_decref(result);
}

static void
test_a_decision_with_lent_titles_can_be_replayed_after_they_change(void **state)
{
    struct client *client = client_of(state);
    load_three(client);
    json_decref(ask(client, "evaluate", "{" AS_OF ",\"record\":{\"uscc\":\"" A "\"," ASKED "}}"));
    json_decref(ask(client, "evaluate", "{" AS_OF ",\"csv\":\"uscc,revenue,staff\\n" A ",250,12\\n\"}"));
    json_decref(ask(client, "library.load", "{\"enterprises\":[{\"uscc\":\"" A "\",\"titles\":[]}]}"));
    json_t *result = ask(client, "journal.replay", "{}");
    assert_tree(json_object_get(result, "coverage"),
                "{\"decisions\":2,\"replayable\":2,\"masked\":0,\"unkept\":0,\"rules_not_kept\":[]}");
    assert_int_equal(json_array_size(json_object_get(result, "different")), 0);
    json_decref(result);
}

static void
test_a_receipt_with_lent_titles_is_verified_with_the_record_they_stand_in(void **state)
{
    struct client *client = client_of(state);
    load_three(client);
    json_t *result = ask(client, "evaluate",
                         "{" AS_OF ",\"receipt\":true,\"record\":{\"uscc\":\"" A "\"," ASKED "}}");
    char *answer = json_dumps(result, JSON_COMPACT);
    write_file(daemon_of(state), "answer.json", answer);
    write_file(daemon_of(state), "record.json", "{\"uscc\":\"" A "\"," ASKED ",\"titles\":" SRDI "}");
    free(answer);
    json_decref(result);
    assert_says(daemon_of(state), "\"$TIDU\" verify answer.json --record record.json --rules \"$RULES\" --lang en",
                0, "byte for byte");
}

/* ---- the gate ------------------------------------------------------------------------------------ */

static void
test_new_rules_are_tried_on_the_library(void **state)
{
    struct client *client = client_of(state);
    char changed[sizeof rules];
    load_three(client);
    memcpy(changed, rules, sizeof rules);
    memcpy(strstr(changed, "revenue >= 100"), "revenue >= 900", 14); /* both that met it lose */
    write_file(daemon_of(state), "rules/national/test.md", changed);
    json_t *answer = client_ask(client, CALL("reload", "{}"));
    assert_int_equal(error_code(answer), -32002);
    const json_t *first = json_array_get(json_object_get(json_object_get(answer, "error"), "data"), 0);
    assert_string_equal(text_of(first, "code"), "E572");
    json_decref(answer);
}

/* ---- the command ------------------------------------------------------------------------------------ */

static void
test_files_are_loaded_and_exported_by_the_command(void **state)
{
    struct daemon *daemon = daemon_of(state);
    write_file(daemon, "firms.ndjson",
               "{\"uscc\":\"" A "\",\"revenue\":{\"2025\":250.10},\"titles\":" SRDI "}\n"
               "{\"uscc\":\"x\"}\nno json\n{\"uscc\":\"" B "\"}\n");
    assert_prints(daemon, "\"$TIDU\" library load firms.ndjson --socket \"$SOCKET\" --format text 2>/dev/null", 2,
                  "新增 2，更改 0，未变 0，拒绝 2\n");
    assert_says(daemon, "\"$TIDU\" library load firms.ndjson --socket \"$SOCKET\" 2>&1 >/dev/null", 2,
                "firms.ndjson:2: ");
    assert_prints(daemon, "\"$TIDU\" library export --socket \"$SOCKET\"", 0,
                  "{\"uscc\":\"" A "\",\"revenue\":{\"2025\":250.10},\"titles\":" SRDI "}\n"
                  "{\"uscc\":\"" B "\"}\n");
    write_file(daemon, "firms.csv", "uscc,人数\n" A ",5\n" C ",\"x\"\n");
    assert_prints(daemon, "\"$TIDU\" library load firms.csv --socket \"$SOCKET\" --format text --lang en 2>/dev/null", 2,
                  "added 0, changed 1, same as before 0, refused 1\n");
}

static void
test_the_command_reads_the_store_by_itself_and_changes_it_through_a_daemon(void **state)
{
    struct daemon *daemon = daemon_of(state);
    load_three(client_of(state));
    static const char *const questions[] = {"search --as-of 2026-06-01", "near lg --as-of 2026-06-01",
                                            "progress --as-of 2026-06-01", ("get " A)};
    char there[256], here[256];
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        snprintf(there, sizeof there, "\"$TIDU\" library %s --format json --socket \"$SOCKET\"",
                 questions[i]);
        snprintf(here, sizeof here, "\"$TIDU\" library %s --format json --rules \"$RULES\" --store store",
                 questions[i]);
        struct outcome a = run(daemon, there), b = run(daemon, here);
        assert_int_equal(a.status, 0);
        assert_string_equal(a.out, b.out);
        drop(&a);
        drop(&b);
    }
    assert_says(daemon, "\"$TIDU\" library remove " A " --reason x --rules \"$RULES\" --store store --lang en 2>&1",
                2, "E718");
    assert_says(daemon, "\"$TIDU\" library search --most 3 --lang en --socket \"$SOCKET\" 2>&1", 2, "most");
}

/* ---- as a population ------------------------------------------------------------------------ */

static void
assert_counts(struct client *client, int met, int unmet)
{
    json_t *result = ask(client, "sweep",
                         "{\"population\":\"library\",\"as_of\":\"2026-06-01\",\"designations\":[\"lg\"]}");
    const json_t *lg = json_array_get(json_object_get(result, "designations"), 0);
    assert_int_equal(json_integer_value(json_array_get(json_object_get(lg, "met"), 0)), met);
    assert_int_equal(json_integer_value(json_array_get(json_object_get(lg, "unmet"), 0)), unmet);
    json_decref(result);
}

/* What was asked before is not what is answered after a change; no file is left of it. */
static void
test_the_library_is_a_population_as_it_is_now(void **state)
{
    struct client *client = client_of(state);
    json_t *answer = client_ask(client, CALL("sweep", "{\"population\":\"library\"}"));
    assert_int_equal(error_code(answer), -32006);
    json_decref(answer);
    load_three(client);
    assert_counts(client, 1, 2);
    assert_counts(client, 1, 2);
    json_decref(ask(client, "library.load",
                    "{\"enterprises\":[{\"uscc\":\"" A "\",\"staff\":9}]}"));
    assert_counts(client, 0, 3);
    json_decref(ask(client, "library.remove", "{\"uscc\":\"" C "\",\"reason\":\"x\"}"));
    assert_counts(client, 0, 2);
    assert_prints(daemon_of(state), "ls store | grep -c tidu$", 1, "0\n");
}

static void
test_a_snapshot_of_the_library_answers_as_the_library_does(void **state)
{
    struct daemon *daemon = daemon_of(state);
    load_three(client_of(state));
    assert_prints(daemon,
                  "\"$TIDU\" population build --store store -o kept.tidu --rules \"$RULES\" --quiet && "
                  "for of in sweep judge 'impact --param lg/large#1=100万元 --all' "
                  "'cohort --designation lg --rank revenue'; do "
                  "\"$TIDU\" $of kept.tidu --as-of 2026-06-01 --format json --rules \"$RULES\" >here && "
                  "\"$TIDU\" $of library --as-of 2026-06-01 --format json --socket \"$SOCKET\" >there && "
                  "cmp here there || exit 3; done",
                  0, "");
    assert_says(daemon,
                "\"$TIDU\" population build a.csv --store store -o kept.tidu --rules \"$RULES\"", 2,
                "E554");
    assert_says(daemon,
                "\"$TIDU\" population build --store store --input csv -o kept.tidu --rules \"$RULES\"",
                2, "E555");
    assert_says(daemon, "\"$TIDU\" population build --store none -o kept.tidu --rules \"$RULES\"", 2,
                "none/tidu.db");
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, talk_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_facts_are_kept_by_identifier_and_year),
        TEST(test_what_is_loaded_again_changes_what_it_states),
        TEST(test_each_enterprise_is_taken_or_refused_by_itself),
        TEST(test_a_dry_run_changes_nothing),
        TEST(test_what_is_personal_is_not_kept),
        TEST(test_a_table_is_taken_like_records),
        TEST(test_enterprises_are_found_by_place_name_and_tier),
        TEST(test_a_long_list_comes_in_pages),
        TEST(test_what_is_exported_can_be_loaded_again),
        TEST(test_titles_that_end_are_told_by_day),
        TEST(test_who_lacks_little_is_told_with_what),
        TEST(test_progress_is_told_against_what_policies_aim_at),
        TEST(test_what_is_not_in_the_rules_is_no_empty_list),
        TEST(test_titles_of_the_library_count_when_a_record_brings_none),
        TEST(test_titles_are_lent_to_lists_and_tables_too),
        TEST(test_a_decision_with_lent_titles_can_be_replayed_after_they_change),
        TEST(test_a_receipt_with_lent_titles_is_verified_with_the_record_they_stand_in),
        TEST(test_new_rules_are_tried_on_the_library),
        TEST(test_files_are_loaded_and_exported_by_the_command),
        TEST(test_the_command_reads_the_store_by_itself_and_changes_it_through_a_daemon),
        TEST(test_the_library_is_a_population_as_it_is_now),
        TEST(test_a_snapshot_of_the_library_answers_as_the_library_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
