/*
 * test_starve.c: each allocation fails in turn.
 *
 * A small ruleset with one of everything is compiled, asked and described
 * again and again; in the n-th round the n-th request for memory is refused,
 * and in a second pass that one and all after it. Whatever is refused, there
 * is a clear error or the full answer: never a crash, a leak or half a truth.
 *
 * See hunger.h for how. What else the library's doors lead to is starved in
 * test_starve_doors.c.
 */
#include "../../sparing.h"
#include "hunger.h"
#include "support.h"

#include "tidu/compile.h"
#include "tidu/mutate.h"

/* ---- what is tried ---- */

static struct {
    tidu_arena *arena;
    tidu_declarations declarations;
    tidu_ruleset *ruleset; /* compiled in plenty */
    const char *record;
    const char *const *wanted; /* two designations, or NULL for all */
    const char *route;         /* a duty to ask about, or NULL */
} rules;

static const char record[] =
    "{\"revenue\":{\"2025\":3000,\"2024\":2900,\"2023\":0},\"honest\":true,\"titles\":[],"
    "\"awards\":[{\"level\":\"city\",\"bonus\":2999.99999999999999999}],\"certs\":[\"CE\"],"
    "\"channels\":[\"shop\"],\"industry_code\":\"3912\",\"founded\":\"2020-05-20\","
    "\"patents\":5,\"rd_expense\":100,\"enterprise_name\":\"甲\",\"profit\":{\"2025\":1}}";

static bool
ask_route(tidu_ruleset *ruleset, tidu_text *ret, tidu_error *reterr)
{
    tidu_route_question question = {.duty = rules.route, .region = 440305, .lang = TIDU_BOTH};
    tidu_date_parse("2026-11-23", 10, &question.as_of);
    return tidu_ruleset_route(ruleset, &question, ret, reterr);
}

/* A decision table, and something for each lint to find. */
static const char tables[] =
    "decision \"grade\" { zh = \"等次\", unit = \"分\", on = { [[ patents ]], [[ industry_code ]] },\n"
    "  rows = { { [[ ≥ 3 ]], [[ within 'C39' ]], 5 }, { [[ 其他 ]], [[ - ]], 1 } } }\n"
    "decision \"merit\" { zh = \"加分\", unit = \"分\", hit = \"collect\", collect = \"max\", on = { [[ listed ]] },\n"
    "  rows = { { true, 2 }, { [[ - ]], 1 } } }\n"
    "fact \"here\" { zh = \"本地年限\", type = \"years\", unit = \"年\", fairness = \"place_years\" }\n"
    "param \"idle\" { zh = \"没人用\", [[ 3% ]] }\n"
    "designation \"odd\" { zh = \"怪\" }\n"
    "criterion \"never\" [[ grade >= 5分 and grade < 5分 ]]\n"
    "criterion \"apart\" { any { [[ revenue > 1亿元 and listed ]], [[ revenue < 1亿元 and honest ]] } }\n"
    "criterion \"long\" [[ here >= 3年 ]]\n"
    "criterion \"brief\" [[ here < 2年 ]]\n"
    "scorecard \"idle\" { zh = \"没人用\", max = 5 }\n"
    "indicator \"up\" { zh = \"升\", max = 5, on = [[ revenue ]], bands = { { [[ ≥ 1亿元 ]], 3 }, { [[ ≥ 2亿元 ]], 5 } } }\n";

/* Everything an evaluation can be asked, in `ret`; false with *reterr. A text
 * that failed says so and holds nothing to compare. */
static bool
ask_everything(tidu_ruleset *ruleset, tidu_text *ret, tidu_error *reterr)
{
    static char text[1024 + TIDU_RECORD_PADDING];
    size_t length = strlen(rules.record);
    tidu_options options = {.explain = TIDU_EXPLAIN_FULL, .lang = TIDU_BOTH,
                            .designations = rules.wanted,
                            .designation_count = rules.wanted ? 2 : 0};
    tidu_date_parse("2026-11-23", 10, &options.as_of);
    tidu_evaluation *e = tidu_evaluation_open(ruleset, &options, 1, reterr);
    if (!e)
        return false;
    assert_true(length < 1024);
    strcpy(text, rules.record);
    bool good = tidu_evaluation_json(e, text, length, reterr) == TIDU_READ_ROW;
    for (int explain = TIDU_EXPLAIN_NONE; good && explain <= TIDU_EXPLAIN_FULL; explain++) {
        tidu_evaluation_run(e);
        tidu_evaluation_write(e, 0, ret);
        options.explain = (tidu_explain)explain;
        options.as_of -= 400; /* another program */
        good = tidu_evaluation_reset(e, &options, reterr) &&
               tidu_evaluation_json(e, text, length, reterr) == TIDU_READ_ROW;
    }
    tidu_evaluation_close(&e);
    return good && (!rules.route || ask_route(ruleset, ret, reterr));
}

static tidu_ruleset *
compile(tidu_report *report)
{
    static const char digest[65] = "0123456789abcdef";
    tidu_arena *arena = tidu_arena_open();
    if (!arena)
        return NULL;
    tidu_ruleset *ruleset = tidu_compile(arena, &rules.declarations, digest, report);
    if (!ruleset)
        tidu_arena_close(&arena);
    return ruleset;
}

static tidu_text plenty_answers, plenty_descriptions, plenty_coverage, plenty_mutation;
static size_t plenty_of_warnings;

static void
describe(tidu_ruleset *ruleset, tidu_text *ret)
{
    tidu_error error;
    assert_true(tidu_ruleset_describe(ruleset, NULL, ret, &error));
    tidu_ruleset_print_program(ruleset, 20000, ret);
}

static bool
same_text(const tidu_text *a, const tidu_text *b)
{
    return a->length == b->length && !memcmp(a->data, b->data, a->length);
}

/* Once through with a refusal; true when the round was over before it came. */
static bool
round_of_compiling(void)
{
    tidu_report *report = tidu_report_open();
    tidu_text answers = {0}, descriptions = {0};
    tidu_error error = {0};
    hunger.armed = true;
    tidu_ruleset *ruleset = compile(report);
    hunger.armed = false;
    if (ruleset) {
        assert_int_equal(tidu_report_error_count(report), 0);
        assert_true(ask_everything(ruleset, &answers, &error));
        describe(ruleset, &descriptions);
        assert_true(same_text(&answers, &plenty_answers));
        assert_true(same_text(&descriptions, &plenty_descriptions));
    } else if (hunger.refused > 1) { /* the first is the arena */
        assert_true(tidu_report_error_count(report) > 0);
    }
    tidu_ruleset_unref(&ruleset);
    tidu_report_close(&report);
    tidu_text_free(&answers);
    tidu_text_free(&descriptions);
    return hunger.calls < hunger.refused;
}

static bool
round_of_asking(void)
{
    tidu_text answers = {0};
    tidu_error error = {0};
    hunger.armed = true;
    bool good = ask_everything(rules.ruleset, &answers, &error);
    hunger.armed = false;
    if (!good)
        assert_int_equal(error.code, TIDU_MEMORY);
    else if (!answers.failed)
        assert_true(same_text(&answers, &plenty_answers));
    tidu_text_free(&answers);
    return hunger.calls < hunger.refused;
}

static bool
round_of_describing(void)
{
    tidu_text descriptions = {0};
    tidu_report *report = tidu_report_open();
    hunger.armed = true;
    describe(rules.ruleset, &descriptions);
    uint32_t passed = tidu_ruleset_scenarios(rules.ruleset, report);
    tidu_report_write(report, TIDU_ZH, &descriptions);
    hunger.armed = false;
    assert_true(passed == 1 || tidu_report_error_count(report) > 0);
    tidu_report_close(&report);
    tidu_text_free(&descriptions);
    return hunger.calls < hunger.refused;
}

static bool
cover(tidu_text *ret, tidu_error *reterr)
{
    return tidu_ruleset_coverage(rules.ruleset, ret, reterr);
}

static bool
mutate(tidu_text *ret, tidu_error *reterr)
{
    double score;
    return tidu_ruleset_mutate(rules.ruleset, TIDU_BOTH, (tidu_progress){NULL, NULL}, &score, ret,
                               reterr);
}

/* The full text or a clear error. */
static bool
round_of_testing(bool (*test)(tidu_text *ret, tidu_error *reterr), const tidu_text *plenty)
{
    tidu_text text = {0};
    tidu_error error = {0};
    hunger.armed = true;
    bool good = test(&text, &error);
    hunger.armed = false;
    if (good)
        assert_true(same_text(&text, plenty));
    else
        assert_int_equal(error.code, TIDU_MEMORY);
    tidu_text_free(&text);
    return hunger.calls < hunger.refused;
}

static bool
round_of_covering(void)
{
    return round_of_testing(cover, &plenty_coverage);
}

static bool
round_of_mutating(void)
{
    return round_of_testing(mutate, &plenty_mutation);
}

/* The lints say all they have to say, or that they could not. Where it is the
 * report that was refused, it lacks the one warning. */
static bool
round_of_linting(void)
{
    tidu_text findings = {0};
    tidu_report *report = tidu_report_open();
    hunger.armed = true;
    bool good = tidu_ruleset_lint(rules.ruleset, report);
    tidu_ruleset_findings(rules.ruleset, &findings);
    hunger.armed = false;
    assert_true(good ? tidu_report_count(report) + 1 >= plenty_of_warnings
                     : tidu_report_error_count(report) == 1);
    tidu_report_close(&report);
    tidu_text_free(&findings);
    return hunger.calls < hunger.refused;
}

static void
test_compiling_survives_every_refusal(void **state)
{
    (void)state;
    starve(round_of_compiling, false, 1);
}

static void
test_compiling_survives_running_dry(void **state)
{
    (void)state;
    starve(round_of_compiling, true, 7);
}

static void
test_asking_survives_every_refusal(void **state)
{
    (void)state;
    starve(round_of_asking, false, 1);
    starve(round_of_asking, true, 1);
}

static void
test_describing_and_scenarios_survive_every_refusal(void **state)
{
    (void)state;
    starve(round_of_describing, false, 1);
    starve(round_of_describing, true, 1);
}

static void
test_covering_survives_every_refusal(void **state)
{
    (void)state;
    starve(round_of_covering, false, 1);
    starve(round_of_covering, true, 1);
}

/* Every mutant asks for the same again: a round for each of its requests would
 * take hours, so they are refused by samples. */
static void
test_mutating_survives_refusals(void **state)
{
    (void)state;
    starve(round_of_mutating, false, 211 * SPARING);
    starve(round_of_mutating, true, 211 * SPARING);
}

static void
test_linting_survives_every_refusal(void **state)
{
    (void)state;
    starve(round_of_linting, false, 1);
    starve(round_of_linting, true, 3);
}

/* ---- the group ---- */

static int
prepare(const struct documents *documents)
{
    tidu_report *report = tidu_report_open();
    tidu_error error = {0};
    bool good = tidu_author_run(NULL, documents->sources, documents->count, NULL, rules.arena,
                                &rules.declarations, report);
    rules.ruleset = good ? compile(report) : NULL;
    good = rules.ruleset && ask_everything(rules.ruleset, &plenty_answers, &error);
    if (good) {
        describe(rules.ruleset, &plenty_descriptions);
        good = cover(&plenty_coverage, &error) && mutate(&plenty_mutation, &error);
    }
    size_t before = tidu_report_count(report);
    good = good && tidu_ruleset_lint(rules.ruleset, report);
    plenty_of_warnings = tidu_report_count(report) - before;
    tidu_text said = complaints(report, TIDU_EN);
    if (!good)
        print_error("%s", said.data);
    tidu_text_free(&said);
    tidu_report_close(&report);
    return good ? 0 : -1;
}

/* The rules of one place, with one of everything else. */
static int
prepare_one_of_everything(void **state)
{
    static const char *const wanted[] = {"base", "top"};
    if (require_helper(state))
        return -1;
    rules.arena = tidu_arena_open();
    rules.record = record;
    rules.wanted = wanted;
    struct documents documents = read_documents(
        rules.arena, test_path(rules.arena, "policy/answers"), "c-all.md");
    documents.sources[documents.count++] =
        (tidu_source){"local/440300-shenzhen/tables.lua", tables, sizeof tables - 1};
    documents.sources[documents.count++] = vocabulary_source(rules.arena);
    return prepare(&documents) || plenty_of_warnings < 7 ? -1 : 0;
}

/* Places, slots, money, measures and bodies. */
static int
prepare_places(void **state)
{
    if (require_helper(state))
        return -1;
    rules.arena = tidu_arena_open();
    rules.record = "{\"region_code\":\"440305\",\"revenue\":12000,\"honest\":true,\"listed\":true,"
                   "\"titles\":[{\"id\":\"lg\"}]}";
    rules.wanted = NULL;
    rules.route = "M1";
    struct documents documents = read_documents(rules.arena, test_path(rules.arena, "policy"),
                                                "starve");
    documents.sources[documents.count++] = vocabulary_source(rules.arena);
    documents.sources[documents.count++] = places_source(rules.arena);
    return prepare(&documents);
}

static int
release(void **state)
{
    (void)state;
    tidu_ruleset_unref(&rules.ruleset);
    tidu_arena_close(&rules.arena);
    memset(&rules, 0, sizeof rules);
    tidu_text_free(&plenty_answers);
    tidu_text_free(&plenty_descriptions);
    tidu_text_free(&plenty_coverage);
    tidu_text_free(&plenty_mutation);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compiling_survives_every_refusal),
        cmocka_unit_test(test_compiling_survives_running_dry),
        cmocka_unit_test(test_asking_survives_every_refusal),
        cmocka_unit_test(test_describing_and_scenarios_survive_every_refusal),
        cmocka_unit_test(test_covering_survives_every_refusal),
        cmocka_unit_test(test_mutating_survives_refusals),
        cmocka_unit_test(test_linting_survives_every_refusal),
    };
    const struct CMUnitTest places[] = {
        cmocka_unit_test(test_compiling_survives_every_refusal),
        cmocka_unit_test(test_compiling_survives_running_dry),
        cmocka_unit_test(test_asking_survives_every_refusal),
        cmocka_unit_test(test_describing_and_scenarios_survive_every_refusal),
    };
    int failed = cmocka_run_group_tests(tests, prepare_one_of_everything, release);
    return failed + cmocka_run_group_tests_name("places", places, prepare_places, release);
}
