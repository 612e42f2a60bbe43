/*
 * test_command.c guards daemon/cli/: what tidu prints, and its exit status.
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

#define EVAL "\"$TIDU\" eval --as-of 2026-06-01 --rules \"$RULES\" "
#define EVAL_THERE "\"$TIDU\" eval --as-of 2026-06-01 --socket \"$SOCKET\" "

/* ---- eval: layouts of the input ----------------------------------------------- */

static void
test_every_layout_of_the_input_gives_the_same_answers(void **state)
{
    const struct daemon *daemon = *state;
    static const char *const layouts[][2] = {
        {"a.ndjson", "{\"revenue\":150}\n\n  {\"revenue\":50}\r\n{}"},
        {"a.json", "[{\"revenue\":150},\n{\"revenue\":50} , {}]\n"},
        {"b.json", "{\n \"revenue\": 150\n}\n{\n \"revenue\": 50 }{ }"},
        {"c.json", "\xef\xbb\xbf  [ { \"revenue\" : 150 },{ \"revenue\" : 50 },{} ] "},
        {"a.csv", "revenue 2025\n150\n50\n\"\"\n"},
        {"b.csv", "\xef\xbb\xbf营业收入,uscc\r\n150,\r\n50,\r\n,\r\n"},
        {"a.txt", "{\"revenue\":150}\n{\"revenue\":50}\n{}\n"},
    };
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        char command[256];
        write_file(daemon, layouts[i][0], layouts[i][1]);
        snprintf(command, sizeof command, EVAL "--format csv %s && cat %s | " EVAL "--format csv -",
                 layouts[i][0], layouts[i][0]);
        assert_prints(daemon, command, 0,
                      "uscc,enterprise_name,lg,error\n,,met,\n,,unmet,\n,,undetermined,\n"
                      "uscc,enterprise_name,lg,error\n,,met,\n,,unmet,\n,,undetermined,\n");
    }
}

static void
test_a_cell_with_a_comma_or_a_quote_is_quoted(void **state)
{
    write_file(*state, "a.json", "{\"enterprise_name\":\"甲,\\\"乙\\\"\",\"revenue\":1}");
    assert_prints(*state, EVAL "--format csv a.json", 0,
                  "uscc,enterprise_name,lg,error\n,\"甲,\"\"乙\"\"\",unmet,\n");
}

static void
test_ndjson_answers_stand_in_the_order_of_the_records(void **state)
{
    const struct daemon *daemon = *state;
    enum { COUNT = 3000 };
    char *text = malloc(COUNT * 32), *at = text;
    assert_non_null(text);
    for (int i = 0; i < COUNT; i++)
        at += sprintf(at, i % 100 == 42 ? "{\"bad\":%d}\n" : "{\"uscc\":\"%d\"}\n", i);
    write_file(daemon, "a.ndjson", text);
    free(text);
    struct outcome outcome = run(daemon, EVAL "--explain none a.ndjson");
    assert_int_equal(outcome.status, 2);
    char *line = outcome.out;
    for (int i = 0; i < COUNT; i++) {
        json_t *answer = json_loads(line, JSON_DISABLE_EOF_CHECK, NULL);
        assert_non_null(answer);
        char number[16];
        snprintf(number, sizeof number, "%d", i);
        if (i % 100 == 42)
            assert_int_equal(json_integer_value(json_object_get(answer, "line")), i + 1);
        else
            assert_string_equal(text_of(json_object_get(answer, "enterprise"), "uscc"), number);
        json_decref(answer);
        line = strchr(line, '\n') + 1;
    }
    assert_string_equal(line, "");
    drop(&outcome);
}

static void
test_bad_records_are_told_in_their_places_and_the_rest_is_judged(void **state)
{
    const struct daemon *daemon = *state;
    write_file(daemon, "a.ndjson",
               "{\"revenue\":150}\n{\"revenu\":1}\n{\"revenue\":\nnonsense\n{\"revenue\":50}\n");
    struct outcome outcome = run(daemon, EVAL "--explain none --lang en a.ndjson");
    assert_int_equal(outcome.status, 2);
    assert_int_equal(count_of(outcome.out, "\n"), 5);
    assert_non_null(strstr(outcome.out, "\"line\":2,\"file\":\"a.ndjson\"}\n"));
    assert_non_null(strstr(outcome.out, "\"line\":3,"));
    assert_non_null(strstr(outcome.out, "\"line\":4,"));
    assert_int_equal(count_of(outcome.out, "{\"error\":{\"code\":-32001,"), 3);
    assert_non_null(strstr(outcome.err, "records judged: 2, not readable: 3"));
    drop(&outcome);
    assert_prints(daemon, EVAL "--explain none --quiet a.ndjson 2>&1 >/dev/null", 2, "");
}

static void
test_a_broken_end_of_the_input_is_told(void **state)
{
    const struct daemon *daemon = *state;
    static const char *const texts[] = {"[{\"revenue\":1}",   "[{\"revenue\":1},", "[",
                                        "[{\"revenue\"",      "[{} {}]",           "[1;2]",
                                        "{\n\"revenue\": 1\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        write_file(daemon, "a.json", texts[i]);
        assert_says(daemon, EVAL "a.json", 2, "{\"error\":");
    }
    write_file(daemon, "a.json", "[]");
    assert_prints(daemon, EVAL "a.json", 0, "");
    write_file(daemon, "a.json", "");
    assert_prints(daemon, EVAL "a.json", 0, "");
}

static void
test_a_line_longer_than_a_record_may_be_is_told_and_passed_over(void **state)
{
    const struct daemon *daemon = *state;
    const char *command = "{ echo '{\"revenue\":150}'; printf '{\"uscc\":\"'; "
                          "head -c 6000000 /dev/zero | tr '\\0' x; echo '\"}'; "
                          "echo '{\"revenue\":50}'; } | " EVAL "--explain none";
    struct outcome outcome = run(daemon, command);
    assert_int_equal(outcome.status, 2);
    assert_int_equal(count_of(outcome.out, "\n"), 3);
    assert_int_equal(count_of(outcome.out, "\"line\":2,"), 1);
    assert_int_equal(count_of(outcome.out, "\"status\":\"unmet\""), 1);
    drop(&outcome);
}

static void
test_a_csv_with_an_unknown_column_is_told_once(void **state)
{
    const struct daemon *daemon = *state;
    write_file(daemon, "a.csv", "revenu\n1\n2\n");
    struct outcome outcome = run(daemon, EVAL "a.csv");
    assert_int_equal(outcome.status, 2);
    assert_int_equal(count_of(outcome.out, "\n"), 1);
    assert_non_null(strstr(outcome.out, "\"line\":1,"));
    drop(&outcome);
    assert_prints(daemon, EVAL "--unknown-facts ignore --format csv --quiet a.csv", 0,
                  "uscc,enterprise_name,lg,error\n,,undetermined,\n,,undetermined,\n");
}

/* An answer comes before the next record is sent. */
static void
test_a_record_on_a_pipe_is_answered_without_waiting_for_more(void **state)
{
    assert_says(*state,
                "mkfifo pipe; { echo '{\"revenue\":150}'; while ! grep -q met answers 2>/dev/null; "
                "do sleep 0.05; done; } > pipe & "
                "timeout 20 " EVAL "--explain none pipe > answers; cat answers",
                0, "\"status\":\"met\"");
}

static void
test_a_file_that_is_not_there_does_not_stop_the_others(void **state)
{
    const struct daemon *daemon = *state;
    write_file(daemon, "a.json", "{\"revenue\":150}");
    assert_prints(daemon, EVAL "--format csv none.json a.json", 2,
                  "uscc,enterprise_name,lg,error\n,,met,\n");
    assert_says(daemon, EVAL "none.json", 2, "none.json");
}

/* ---- eval: text ------------------------------------------------------------------- */

static void
test_text_shows_a_table_and_then_why_not(void **state)
{
    const struct daemon *daemon = *state;
    write_file(daemon, "a.ndjson",
               "{\"enterprise_name\":\"某某精密\",\"revenue\":50}\n"
               "{\"enterprise_name\":\"Example Ltd\",\"revenue\":150}\n"
               "{\"uscc\":\"X1\"}\n");
    assert_prints(daemon, EVAL "--format text a.ndjson", 0,
                  "企业         小巨人\n"
                  "某某精密     ✗ 不符合\n"
                  "Example Ltd  ✓ 符合\n"
                  "X1           ? 待定\n"
                  "\n"
                  "某某精密\n"
                  "  ✗ 小巨人 (lg)\n"
                  "      ✗ 营业收入为50万元，要求不低于100万元，相差50万元\n"
                  "        test 一、规模，第 9 行\n"
                  "\n"
                  "X1\n"
                  "  ? 小巨人 (lg)\n"
                  "      ? 营业收入待定：缺少营业收入\n"
                  "        test 一、规模，第 9 行\n"
                  "  还需要：营业收入\n"
                  "\n");
}

static void
test_english_is_spoken_when_asked_for(void **state)
{
    const struct daemon *daemon = *state;
    write_file(daemon, "a.json", "{\"enterprise_name\":\"Example Ltd\",\"revenue\":150}\n");
    const char *wanted = "enterprise   Little giant\nExample Ltd  ✓ met\n\n";
    assert_prints(daemon, EVAL "--format text --lang en a.json", 0, wanted);
    assert_prints(daemon, "TIDU_LANG=en " EVAL "--format text a.json", 0, wanted);
    assert_prints(daemon, "LC_ALL=en_US.UTF-8 TIDU_LANG=zh " EVAL "--format text a.json", 0,
                  "企业         小巨人\nExample Ltd  ✓ 符合\n\n");
}

/* ---- the same from a daemon ---------------------------------------------------------- */

static void
test_a_daemon_and_a_folder_give_the_same_output(void **state)
{
    struct daemon *daemon = *state;
    static const char *const options[] = {
        "a.ndjson",
        "--format text a.ndjson",
        "--format csv a.ndjson",
        "--explain full a.ndjson",
        "--lang both a.ndjson",
        "--designation lg a.ndjson",
        "--unknown-facts ignore a.ndjson",
        "a.csv",
        "b.csv",
        "a.json",
    };
    write_file(daemon, "a.ndjson",
               "{\"enterprise_name\":\"某某精密\",\"revenue\":50}\n{\"revenu\":1}\n{\"revenue\":\n"
               "[1]\n7\n{\"revenue\":{\"2025\":150}}\n{\"uscc\":\"X1\"}\n");
    write_file(daemon, "a.csv", "enterprise_name,revenue 2025\n甲,1\n\"乙\n\"\"二\",500\n丙,x\n");
    write_file(daemon, "b.csv", "revenu\n1\n");
    write_file(daemon, "a.json", "[{\n\"revenue\":\n50},{\"revenue\":500}, tru, {}]");
    daemon_start(daemon, NULL);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        char here[256], there[256];
        snprintf(here, sizeof here, EVAL "%s", options[i]);
        snprintf(there, sizeof there, EVAL_THERE "%s", options[i]);
        struct outcome outcome = run(daemon, here);
        assert_true(*outcome.out);
        assert_prints(daemon, there, outcome.status, outcome.out);
        drop(&outcome);
    }
}

static void
test_many_records_go_through_a_daemon_in_order(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, NULL);
    const char *command =
        "i=0; while [ $i -lt 5000 ]; do echo \"{\\\"uscc\\\":\\\"$i\\\",\\\"revenue\\\":$i}\"; "
        "i=$((i+1)); done > many.ndjson; " EVAL "many.ndjson > here; " EVAL_THERE
        "many.ndjson > there; cmp here there && wc -l < here";
    assert_says(daemon, command, 0, "5000");
}

static void
test_a_daemon_that_is_not_there_is_named(void **state)
{
    const struct daemon *daemon = *state;
    write_file(daemon, "a.json", "{}");
    assert_says(daemon, EVAL_THERE "a.json", 2, "E544");
    assert_says(daemon, "\"$TIDU\" status --socket \"$SOCKET\"", 2, daemon->socket);
    assert_says(daemon, "\"$TIDU\" reload --socket \"$SOCKET\"", 2, "E544");
}

/* ---- the other commands ------------------------------------------------------------------ */

static void
test_check_shows_the_line_and_underlines_the_place(void **state)
{
    struct daemon *daemon = *state;
    static const char wanted[] =
        "rules/national/test.md:6:50: 错误：金额“营业收入”不能与数量“5人”比较 [E148]\n"
        "    criterion \"c\" { zh = \"规模，中文在前\", en = \"Scale\", [[ revenue >= 5人 ]] }\n"
        "                                                            ^~~~~~~~~~~~~~\n"
        "提示：两边的量纲必须相同。\n"
        "2 个文件，0 个情景通过，1 个错误，0 个警告\n";
    static const char sound[] =
        "2 个文件，1 个情景通过，0 个错误，0 个警告\n"
        "没有规则读取的声明：1，公平竞争豁免：0（--format json 逐项列出）\n";
    write_file(
        daemon, "rules/national/test.md",
        "# 测试\n\n```lua\npolicy { id = \"t\", zh = \"测试\", effective = \"2020-01-01\" }\n"
        "designation \"lg\" { zh = \"小巨人\" }\n"
        "criterion \"c\" { zh = \"规模，中文在前\", en = \"Scale\", [[ revenue >= 5人 ]] }\n"
        "```\n");
    assert_prints(daemon, "\"$TIDU\" check rules", 1, wanted);
    assert_prints(daemon, "\"$TIDU\" check rules/", 1, wanted);
    assert_says(daemon, "\"$TIDU\" check rules --lang en", 1, "error: cannot compare money");
    assert_says(daemon, "\"$TIDU\" check rules --format json", 1, "\"column\":");
    write_rules(daemon, 100);
    assert_prints(daemon, "\"$TIDU\" check rules", 0, sound);
    daemon_start(daemon, NULL);
    assert_prints(daemon, "\"$TIDU\" check rules --socket \"$SOCKET\"", 0, sound);
    assert_says(daemon, "\"$TIDU\" check nowhere", 2, "nowhere");
}

/* The rules of the folder with scenarios at one border and far from another. */
static void
write_tested_rules(const struct daemon *daemon)
{
    write_file(daemon, "rules/national/test.md",
               "# 测试\n\n```lua\n"
               "policy { id = \"t\", zh = \"测试\", effective = \"2020-01-01\" }\n"
               "designation \"lg\" { zh = \"小巨人\" }\n```\n\n## 一、规模\n\n```lua\n"
               "criterion \"c\" { zh = \"规模\", en = \"Scale\", [[ revenue >= 100万元 ]] }\n"
               "scenario \"恰好\" { as_of = \"2026-05-01\", record = { revenue = 100 }, "
               "expect = { lg = \"met\" } }\n"
               "scenario \"差很多\" { as_of = \"2026-05-01\", record = { revenue = 10 }, "
               "expect = { lg = \"unmet\" } }\n```\n");
}

static void
test_check_lists_the_changes_no_scenario_notices(void **state)
{
    struct daemon *daemon = *state;
    write_tested_rules(daemon);
    assert_prints(daemon, "\"$TIDU\" check rules --mutate", 0,
                  "rules/national/test.md:11:56: lg/c#1 门槛：100万元 → 99万元\n"
                  "文件              改动  被情景发现  得分\n"
                  "national/test.md  5     4           80.00%\n"
                  "合计              5     4           80.00%\n");
    assert_prints(daemon, "\"$TIDU\" check rules --mutate --lang en", 0,
                  "rules/national/test.md:11:56: lg/c#1 threshold: 100万元 → 99万元\n"
                  "document          mutants  killed  score\n"
                  "national/test.md  5        4       80.00%\n"
                  "all               5        4       80.00%\n");
    assert_says(daemon, "\"$TIDU\" check rules --mutate --format json", 0,
                "{\"mutants\":5,\"killed\":4,\"score\":80,\"survivors\":[{\"address\":\"lg/c#1\","
                "\"path\":\"national/test.md\",\"line\":11,\"column\":56,\"kind\":\"threshold\"");
    assert_says(daemon, "\"$TIDU\" check rules --mutate-least 80", 0, "80.00%");
    assert_says(daemon, "\"$TIDU\" check rules --mutate-least 81", 1, "80.00%");
}

static void
test_check_lists_what_each_clause_was_seen_to_come_to(void **state)
{
    struct daemon *daemon = *state;
    write_tested_rules(daemon);
    assert_prints(daemon, "\"$TIDU\" check rules --coverage", 0,
                  "✓ rules/national/test.md:8  一、规模\n"
                  "  ✓  lg/c  2  符合 1，不符合 1，不能确定 0\n"
                  "1 个有规则的条款，1 个被情景覆盖，共 2 个情景\n");
    assert_says(daemon, "\"$TIDU\" check rules --coverage --format json", 0,
                "\"scenarios\":2,\"met\":1,\"unmet\":1,\"undetermined\":0");
}

static void
test_scenarios_are_only_judged_when_they_pass(void **state)
{
    struct daemon *daemon = *state;
    write_tested_rules(daemon);
    assert_says(daemon,
                "sed -i 's/100万元/101万元/' rules/national/test.md && "
                "\"$TIDU\" check rules --mutate",
                1, "E423");
    assert_says(daemon, "\"$TIDU\" check rules --coverage", 1, "E423");
}

/* A local rule is warned about, one that is waived is listed; both ways alike. */
static void
test_check_lists_what_it_warns_of_what_is_waived_and_what_nothing_reads(void **state)
{
    struct daemon *daemon = *state;
    static const char here[] = "\"$TIDU\" check rules --format json --lang en";
    static const char there[] =
        "\"$TIDU\" check rules --format json --lang en --socket \"$SOCKET\"";
    static const char *const said[] = {
        "\"E479\"",
        "the one with here = 2 years is refused",
        "\"waivers\":[{\"kind\":\"criterion\",\"name\":\"allowed\",\"waiver\":\"省条例第十条\","
        "\"path\":\"local/440300-shenzhen/test.md\",\"line\":8}]",
        "{\"kind\":\"fact\",\"name\":\"idle\",\"path\":\"local/440300-shenzhen/"
        "test.md\",\"line\":5}",
    };
    make_folder(daemon, "rules/local");
    make_folder(daemon, "rules/local/440300-shenzhen");
    write_file(daemon, "rules/local/440300-shenzhen/test.md",
               "```lua\npolicy { id = \"l\", zh = \"本地\", effective = \"2020-01-01\" }\n"
               "fact \"here\" { zh = \"本地年限\", en = \"here\", type = \"years\", unit = \"年\", "
               "low = 0,\n"
               "  fairness = \"place_years\" }\n"
               "fact \"idle\" { zh = \"没人用\", type = \"flag\" }\n"
               "designation \"help\" { zh = \"扶持\" }\n"
               "criterion \"long\" [[ here >= 3年 ]]\n"
               "criterion \"allowed\" { waiver = \"省条例第十条\", [[ here >= 1年 ]] }\n```\n");
    daemon_start(daemon, NULL);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        assert_says(daemon, here, 0, said[i]);
        assert_says(daemon, there, 0, said[i]);
    }
    assert_says(daemon, "\"$TIDU\" check rules", 0, "公平竞争豁免：1");
}

static void
test_describe_lists_facts_here_and_there_alike(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, NULL);
    struct outcome here = run(daemon, "\"$TIDU\" describe facts --rules \"$RULES\"");
    assert_int_equal(here.status, 0);
    assert_non_null(strstr(here.out, "facts (4)"));
    assert_non_null(strstr(here.out, "营业收入"));
    assert_prints(daemon, "\"$TIDU\" describe facts --socket \"$SOCKET\"", 0, here.out);
    drop(&here);
    assert_says(daemon, "\"$TIDU\" describe --rules \"$RULES\" --format json", 0, "{\"documents\"");
    assert_says(daemon, "\"$TIDU\" describe nonsense --rules \"$RULES\"", 2, "nonsense");
    assert_says(daemon, "\"$TIDU\" describe nonsense --socket \"$SOCKET\"", 2, "nonsense");
}

static void
test_status_and_reload_tell_of_the_daemon(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "reload = { watch = false; };");
    assert_says(daemon, "\"$TIDU\" status --socket \"$SOCKET\"", 0, daemon->rules);
    assert_says(daemon, "\"$TIDU\" status --socket \"$SOCKET\" --format json", 0, "\"pid\":");
    assert_says(daemon, "\"$TIDU\" reload --socket \"$SOCKET\"", 0, "规则没有变化");
    write_rules(daemon, 200);
    assert_says(daemon, "\"$TIDU\" reload --socket \"$SOCKET\" --lang en", 0, "new rules are live");
    write_rules(daemon, 6000); /* the scenario fails */
    assert_says(daemon, "\"$TIDU\" reload --socket \"$SOCKET\"", 1, "national/test.md:");
}

static void
assert_hides(const struct daemon *daemon, const char *command, const char *words)
{
    struct outcome outcome = run(daemon, command);
    if (outcome.status || strstr(outcome.out, words))
        fail_msg("%s\nstatus %d; \"%s\" in:\n%s", command, outcome.status, words, outcome.out);
    drop(&outcome);
}

static void
write_clause(const struct daemon *daemon, const char *words)
{
    char text[1024];
    snprintf(text, sizeof text,
             "# 另一办法\n\n```lua\npolicy { id = \"other\", zh = \"另一办法\", effective = "
             "\"2020-01-01\" }\n"
             "designation \"other\" { zh = \"另一称号\" }\n```\n\n## 一、规模\n\n%s\n\n"
             "```lua\ncriterion \"size\" { zh = \"规模\", [[ revenue >= 5000万元 ]] }\n```\n",
             words);
    write_file(daemon, "rules/national/other.md", text);
}

/* The clauses of a document stand in its own order, not in that of their bytes. */
static void
test_a_review_of_one_document_leaves_the_stamps_of_others(void **state)
{
    struct daemon *daemon = *state;
    write_clause(daemon, "营业收入不低于5000万元。");
    write_file(daemon, "rules/national/third.md",
               "# 第三办法\n\n```lua\npolicy { id = \"third\", zh = \"第三办法\" }\n"
               "designation \"third\" { zh = \"第三称号\" }\n```\n\n## 二、规模\n\n规模较大。\n\n"
               "```lua\ncriterion \"size\" { zh = \"规模\", [[ revenue >= 5000万元 ]] }\n```\n\n"
               "## 三、年限\n\n满十年。\n\n"
               "```lua\ncriterion \"age\" { zh = \"年限\", [[ years >= 10年 ]] }\n```\n");
    assert_says(daemon, "\"$TIDU\" review --rules \"$RULES\" --lang en", 0, "0 had changed");
    assert_says(daemon,
                "cp \"$RULES/vocabulary/reviews.lua\" \"$RULES.kept\" && "
                "\"$TIDU\" review --rules \"$RULES\" --lang en other && "
                "cmp \"$RULES/vocabulary/reviews.lua\" \"$RULES.kept\"",
                0, "1 documents");
}

static void
test_rules_whose_clause_changed_are_stale_until_reviewed(void **state)
{
    struct daemon *daemon = *state;
    const char *eval =
        "echo '{\"revenue\":1}' | \"$TIDU\" eval --designation other --format ndjson "
        "--explain full --rules \"$RULES\"";
    write_clause(daemon, "营业收入不低于5000万元。");
    assert_says(daemon, "\"$TIDU\" review --rules \"$RULES\" --lang en", 0, "0 had changed");
    assert_hides(daemon, eval, "stale");
    daemon_start(daemon, "reload = { watch = false; stale = \"refuse\"; };");
    write_clause(daemon, "营业收入不低于1亿元。");
    assert_says(daemon, "\"$TIDU\" check --rules \"$RULES\"", 0, "E481");
    assert_says(daemon, eval, 0, "\"stale\":\"20");
    assert_says(daemon, "\"$TIDU\" reload --socket \"$SOCKET\"", 1, "E482");
    assert_says(daemon, "\"$TIDU\" review --rules \"$RULES\" nonsense.md", 2, "E483");
    assert_says(daemon, "\"$TIDU\" check --rules \"$RULES\"", 0, "E481");
    assert_says(daemon, "\"$TIDU\" review --rules \"$RULES\" other", 0, "1 个有改动");
    assert_says(daemon, "\"$TIDU\" reload --socket \"$SOCKET\" --lang en", 0, "new rules are live");
    assert_says(daemon, "\"$TIDU\" status --socket \"$SOCKET\" --format json", 0, "\"stale\":0");
    assert_hides(daemon, eval, "stale");
}

static void
test_two_folders_are_compared_with_an_example_of_each_difference(void **state)
{
    struct daemon *daemon = *state;
    assert_says(daemon, "\"$TIDU\" diff \"$RULES\" \"$RULES\" --lang en --format text", 0,
                "no title is judged otherwise");
    assert_says(daemon,
                "cp -r \"$RULES\" other && sed -i 's/revenue >= 100/revenue >= 120/' other/*/*.md && "
                "\"$TIDU\" diff \"$RULES\" other --lang en --format text",
                1, "lost: revenue is at least 100 wan yuan and below 120 wan yuan");
    assert_says(daemon, "\"$TIDU\" diff \"$RULES\" --lang en", 2, "OLD NEW");
}

static void
test_wrong_usage_is_told_with_what_would_be_right(void **state)
{
    static const char *const wrong[][2] = {
        {"\"$TIDU\"", "eval"},
        {"\"$TIDU\" evil", "E550"},
        {"\"$TIDU\" eval --asof 2026-01-01", "--as-of"},
        {"\"$TIDU\" eval --as-of", "E552"},
        {"\"$TIDU\" eval --quiet=yes", "E551"},
        {"\"$TIDU\" eval -x", "E551"},
        {"\"$TIDU\" eval --explain lots", "none|brief|failed|full"},
        {"\"$TIDU\" check --format csv", "text|json"},
        {"\"$TIDU\" eval --rules a --socket b", "E555"},
        {"\"$TIDU\" status extra", "E554"},
        {"\"$TIDU\" check a b", "E554"},
        {"\"$TIDU\" check rules --mutate-least lots", "0–100"},
        {"\"$TIDU\" check rules --mutate-least 101", "0–100"},
        {"\"$TIDU\" check rules --mutate --coverage", "E555"},
        {"\"$TIDU\" check rules --mutate --socket b", "E555"},
        {"\"$TIDU\" check rules --coverage --socket b", "E555"},
        {EVAL "--as-of 2026-02-30 /dev/null", "2026-02-30"},
        {EVAL "--designation xx /dev/null", "xx"},
        {"\"$TIDU\" eval --rules nowhere /dev/null", "nowhere"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_says(*state, wrong[i][0], 2, wrong[i][1]);
}

static void
test_help_names_every_command_and_option(void **state)
{
    assert_says(*state, "\"$TIDU\" --help", 0, "describe");
    assert_says(*state, "\"$TIDU\" eval --help", 0, "--unknown-facts ignore|refuse");
    assert_says(*state, "\"$TIDU\" eval --help --lang en", 0, "the date to judge by");
    assert_says(*state, "\"$TIDU\" --version", 0, "tidu ");
}

static void
test_output_that_nobody_reads_ends_the_work_quietly(void **state)
{
    assert_prints(*state,
                  "i=0; while [ $i -lt 3000 ]; do echo '{}'; i=$((i+1)); done > many.ndjson; " EVAL
                  "many.ndjson 2>errors | head -c 1; cat errors",
                  0, "{");
}

static void
test_output_that_cannot_be_written_is_told(void **state)
{
    write_file(*state, "a.json", "{}");
    assert_says(*state, EVAL "a.json > /dev/full", 2, "E561");
    assert_says(*state, "\"$TIDU\" describe --rules \"$RULES\" > /dev/full", 2, "E561");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, daemon_setup, daemon_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_layout_of_the_input_gives_the_same_answers),
        TEST(test_a_cell_with_a_comma_or_a_quote_is_quoted),
        TEST(test_ndjson_answers_stand_in_the_order_of_the_records),
        TEST(test_bad_records_are_told_in_their_places_and_the_rest_is_judged),
        TEST(test_a_broken_end_of_the_input_is_told),
        TEST(test_a_line_longer_than_a_record_may_be_is_told_and_passed_over),
        TEST(test_a_csv_with_an_unknown_column_is_told_once),
        TEST(test_a_record_on_a_pipe_is_answered_without_waiting_for_more),
        TEST(test_a_file_that_is_not_there_does_not_stop_the_others),
        TEST(test_text_shows_a_table_and_then_why_not),
        TEST(test_english_is_spoken_when_asked_for),
        TEST(test_a_daemon_and_a_folder_give_the_same_output),
        TEST(test_many_records_go_through_a_daemon_in_order),
        TEST(test_a_daemon_that_is_not_there_is_named),
        TEST(test_check_shows_the_line_and_underlines_the_place),
        TEST(test_check_lists_the_changes_no_scenario_notices),
        TEST(test_check_lists_what_each_clause_was_seen_to_come_to),
        TEST(test_scenarios_are_only_judged_when_they_pass),
        TEST(test_check_lists_what_it_warns_of_what_is_waived_and_what_nothing_reads),
        TEST(test_describe_lists_facts_here_and_there_alike),
        TEST(test_status_and_reload_tell_of_the_daemon),
        TEST(test_rules_whose_clause_changed_are_stale_until_reviewed),
        TEST(test_a_review_of_one_document_leaves_the_stamps_of_others),
        TEST(test_two_folders_are_compared_with_an_example_of_each_difference),
        TEST(test_wrong_usage_is_told_with_what_would_be_right),
        TEST(test_help_names_every_command_and_option),
        TEST(test_output_that_nobody_reads_ends_the_work_quietly),
        TEST(test_output_that_cannot_be_written_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
