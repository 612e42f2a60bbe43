/*
 * test_mutation.c: rulesets of which it is known what no scenario protects.
 *
 * Each document is a few lines; what survives is compared to the letter, so a
 * mutant too many, too few or in another place shows. Guards
 * dsl/compile/mutants.c, dsl/compile/rules.c, dsl/answer/mutation.c, cases.c
 * and coverage.c.
 */
#include "support.h"

#include "tidu/mutate.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define POLICY                                                                            \
    "# T\n\n```lua\npolicy { id = \"t\", zh = \"测试\", effective = \"2020-01-01\" }\n" \
    "designation \"d\" { zh = \"称号\" }\n"
#define SCENARIO(name, record, expect)                                                            \
    "scenario \"" name "\" { as_of = \"2026-05-01\", record = { " record " }, expect = { " expect \
    " } }\n"
#define END "```\n"

/* Documents until a path is NULL. */
static tidu_ruleset *
build_all(const tidu_source *sources)
{
    tidu_report *report = NULL;
    uint32_t passed;
    size_t count = 0;
    while (sources[count].path)
        count++;
    tidu_ruleset *ruleset = build_rules(sources, count, &report, &passed);
    tidu_text said = complaints(report, TIDU_EN);
    if (!ruleset || said.length > 1)
        fail_msg("%s", said.data);
    tidu_text_free(&said);
    tidu_report_close(&report);
    return ruleset;
}

static tidu_ruleset *
build(const char *text)
{
    const tidu_source sources[] = {{"t.md", text, strlen(text)}, {NULL, NULL, 0}};
    return build_all(sources);
}

static json_t *
parse(tidu_text *text)
{
    json_error_t error;
    json_t *json = json_loadb(text->data, text->length, 0, &error);
    if (!json)
        fail_msg("%s in %.*s", error.text, (int)text->length, text->data);
    tidu_text_free(text);
    return json;
}

static json_t *
mutate_ruleset(tidu_ruleset *ruleset)
{
    tidu_text out = {0};
    tidu_error error = {0};
    double score = -1;
    assert_true(
        tidu_ruleset_mutate(ruleset, TIDU_EN, (tidu_progress){NULL, NULL}, &score, &out, &error));
    json_t *json = parse(&out);
    double told = json_number_value(json_object_get(json, "score"));
    assert_true(score - told < 0.006 && told - score < 0.006);
    tidu_ruleset_unref(&ruleset);
    return json;
}

static json_t *
mutate(const char *text)
{
    return mutate_ruleset(build(text));
}

/* What survived, "address kind: before → after", a line each. The caller frees
 * it. */
static char *
survivors(const json_t *json)
{
    tidu_text out = {0};
    json_t *survivor;
    size_t index;
    json_array_foreach (json_object_get(json, "survivors"), index, survivor)
        tidu_text_printf(&out, "%s %s: %s → %s\n",
                         json_string_value(json_object_get(survivor, "address")),
                         json_string_value(json_object_get(survivor, "kind")),
                         json_string_value(json_object_get(survivor, "before")),
                         json_string_value(json_object_get(survivor, "after")));
    tidu_text_putc(&out, '\0');
    assert_false(out.failed);
    return out.data;
}

static void
assert_fates(json_t *json, int mutants, const char *wanted)
{
    char *got = survivors(json);
    assert_string_equal(got, wanted);
    assert_int_equal(json_integer_value(json_object_get(json, "mutants")), mutants);
    assert_int_equal(json_integer_value(json_object_get(json, "killed")),
                     mutants - (int)json_array_size(json_object_get(json, "survivors")));
    free(got);
    json_decref(json);
}

static void
assert_mutation(const char *text, int mutants, const char *wanted)
{
    assert_fates(mutate(text), mutants, wanted);
}

/* ---- mutation --------------------------------------------------------------- */

static void
test_a_scenario_on_each_side_of_a_border_protects_its_number(void **state)
{
    (void)state;
    assert_mutation(POLICY "criterion \"scale\" [[ revenue >= 100万元 ]]\n" SCENARIO(
                        "at", "revenue = 100", "d = \"met\"")
                        SCENARIO("below", "revenue = 99.5", "d = \"unmet\"") END,
                    5, "");
}

static void
test_a_scenario_far_from_the_border_protects_only_the_direction(void **state)
{
    (void)state;
    assert_mutation(POLICY "criterion \"staff\" [[ employees >= 10人 ]]\n" SCENARIO(
                        "many", "employees = 20", "d = \"met\"") END,
                    5,
                    "d/staff drop: employees >= 10 persons → (dropped)\n"
                    "d/staff strictness: employees >= 10 persons → employees > 10 persons\n"
                    "d/staff#1 threshold: 10人 → 11人\n"
                    "d/staff#1 threshold: 10人 → 9人\n");
}

static void
test_a_number_moves_by_the_last_digit_it_was_spelled_with(void **state)
{
    (void)state;
    json_t *json = mutate(POLICY "criterion \"a\" [[ rd_share = 2.5% ]]\n"
                                 "criterion \"b\" [[ founded = 2020-01-01 ]]\n"
                                 "criterion \"c\" [[ revenue = 99万元 ]]\n"
                                 "criterion \"d\" [[ profit = 0万元 ]]\n"
                                 "criterion \"e\" [[ capital = 1.0亿元 ]]\n"
                                 "criterion \"f\" [[ patents = 10 ]]\n" END);
    static const char *const moves[] = {
        "a#1 threshold: 2.5% → 2.6%\n",
        "a#1 threshold: 2.5% → 2.4%\n",
        "b#1 threshold: 2020-01-01 → 2020-01-02\n",
        "b#1 threshold: 2020-01-01 → 2019-12-31\n",
        "c#1 threshold: 99万元 → 100万元\n",
        "c#1 threshold: 99万元 → 98万元\n",
        "d#1 threshold: 0万元 → 1万元\n",
        "d#1 threshold: 0万元 → -1万元\n",
        "e#1 threshold: 1.0亿元 → 1.1亿元\n",
        "e#1 threshold: 1.0亿元 → 0.9亿元\n",
        "f#1 threshold: 10 → 11\n",
        "f#1 threshold: 10 → 9\n",
    };
    char *got = survivors(json);
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if (!strstr(got, moves[i]))
            fail_msg("no \"%s\" in:\n%s", moves[i], got);
    assert_int_equal(json_integer_value(json_object_get(json, "mutants")), 6 * 4);
    free(got);
    json_decref(json);
}

static void
test_bands_and_their_points_are_protected_at_every_border(void **state)
{
    (void)state;
    assert_mutation(
        POLICY
        "scorecard \"s\" { max = 10 }\n"
        "indicator \"share\" { max = 10, on = [[ main_revenue / revenue ]],\n"
        "  bands = { { [[ >= 80% ]], 10 }, { [[ >= 60% ]], 5 }, otherwise = 0 } }\n" SCENARIO(
            "10", "revenue = 100, main_revenue = 80", "[\"score:s\"] = 10")
            SCENARIO("5", "revenue = 100, main_revenue = 79.5", "[\"score:s\"] = 5")
                SCENARIO("5 at 60", "revenue = 100, main_revenue = 60", "[\"score:s\"] = 5")
                    SCENARIO("0", "revenue = 100, main_revenue = 59.5", "[\"score:s\"] = 0") END,
        13, "");
}

/* Eleven points of ten would be refused: that is no mistake a scenario has to
 * find. */
static void
test_a_band_nobody_reaches_is_not_protected(void **state)
{
    (void)state;
    assert_mutation(POLICY
                    "scorecard \"s\" { max = 10 }\n"
                    "indicator \"patents\" { max = 10, bands = { { [[ patents >= 5 ]], 10 }, "
                    "otherwise = 0 } }\n" SCENARIO("0", "patents = 0", "[\"score:s\"] = 0") END,
                    7,
                    "s/patents strictness: patents >= 5 → patents > 5\n"
                    "s/patents points: 10 → 9\n"
                    "s/patents#1 threshold: 5 → 6\n"
                    "s/patents#1 threshold: 5 → 4\n");
}

static void
test_an_item_of_any_is_protected_where_it_alone_decides(void **state)
{
    (void)state;
    assert_mutation(POLICY "criterion \"one\" { any { [[ listed ]], [[ honest ]] } }\n" SCENARIO(
                        "listed", "listed = true, honest = false", "d = \"met\"")
                        SCENARIO("neither", "listed = false, honest = false", "d = \"unmet\"") END,
                    3, "d/one drop: honest → (dropped)\n");
}

static void
test_items_of_all_none_and_at_least_are_dropped_as_if_they_did_not_count(void **state)
{
    (void)state;
    assert_mutation(
        POLICY
        "criterion \"x\" { all { [[ listed ]], none { [[ honest ]] },\n"
        "  at_least(1) { [[ patents = 1 and rating = 2 ]] } } }\n" SCENARIO(
            "good", "listed = true, honest = false, patents = 1, rating = 2", "d = \"met\"")
            SCENARIO("not listed", "listed = false, honest = false, patents = 1, rating = 2",
                     "d = \"unmet\"")
                SCENARIO("honest", "listed = true, honest = true, patents = 1, rating = 2",
                         "d = \"unmet\"")
                    SCENARIO("patents", "listed = true, honest = false, patents = 0, rating = 2",
                             "d = \"unmet\"")
                        SCENARIO("rating", "listed = true, honest = false, patents = 1, rating = 3",
                                 "d = \"unmet\"") END,
        14, "");
}

/* A chain is two comparisons over one value: both ends are borders. */
static void
test_each_end_of_a_chain_is_a_border(void **state)
{
    (void)state;
    assert_mutation(POLICY "criterion \"size\" [[ 10人 <= employees < 20人 ]]\n" SCENARIO(
                        "low", "employees = 10", "d = \"met\"")
                        SCENARIO("high", "employees = 20", "d = \"unmet\"")
                            SCENARIO("under", "employees = 9", "d = \"unmet\"") END,
                    11, "d/size#2 threshold: 20人 → 19人\n");
}

static void
test_a_scenario_of_another_designation_protects_what_it_rests_on(void **state)
{
    (void)state;
    assert_mutation(POLICY "derive \"big\" { zh = \"大\", [[ revenue >= 100万元 ]] }\n"
                           "criterion \"scale\" [[ big ]]\n"
                           "designation \"e\" { zh = \"上级\" }\n"
                           "criterion \"base\" [[ meets('d') ]]\n" SCENARIO("at", "revenue = 100",
                                                                            "e = \"met\"")
                               SCENARIO("below", "revenue = 99.5", "e = \"unmet\"") END,
                    6, "");
}

/* Met or not, a scenario about something else does not look. */
static void
test_a_scenario_about_something_else_protects_nothing(void **state)
{
    (void)state;
    assert_mutation(POLICY "criterion \"scale\" [[ listed = true ]]\n"
                           "designation \"e\" { zh = \"别的\" }\n"
                           "criterion \"x\" [[ honest ]]\n" SCENARIO(
                               "good", "listed = true, honest = true", "e = \"met\"")
                               SCENARIO("bad", "listed = true, honest = false", "e = \"unmet\"")
                                   END,
                    3,
                    "d/scale drop: listed = true → (dropped)\n"
                    "d/scale direction: listed = true → listed <> true\n");
}

static void
test_a_change_nobody_could_notice_is_no_mutant(void **state)
{
    (void)state;
    assert_mutation(POLICY "param \"unused\" { zh = \"未用\", [[ 5% ]] }\n"
                           "criterion \"x\" [[ honest ]]\n" SCENARIO("bad", "honest = false",
                                                                     "d = \"unmet\"") END,
                    1, "");
}

/* One value a year: the scenario looks at the second. */
static void
test_a_version_is_protected_by_scenarios_of_its_time_only(void **state)
{
    (void)state;
    assert_mutation(POLICY "param \"floor\" { zh = \"下限\", values = {\n"
                           "  { expires = \"2025-12-31\", [[ 10万元 ]] }, { effective = "
                           "\"2026-01-01\", [[ 20万元 ]] } } }\n"
                           "criterion \"x\" [[ revenue >= floor ]]\n" SCENARIO("at", "revenue = 20",
                                                                               "d = \"met\"")
                               SCENARIO("below", "revenue = 19.5", "d = \"unmet\"") END,
                    7,
                    "floor threshold: 10万元 → 11万元\n"
                    "floor threshold: 10万元 → 9万元\n");
}

static void
test_a_criterion_inside_a_group_is_dropped_in_its_place(void **state)
{
    (void)state;
    assert_mutation(
        POLICY
        "criterion \"outer\" { any { [[ listed ]], criterion \"inner\" [[ honest ]] } }\n" SCENARIO(
            "inner", "listed = false, honest = true", "d = \"met\"")
            SCENARIO("neither", "listed = false, honest = false", "d = \"unmet\"") END,
        3, "d/outer drop: listed → (dropped)\n");
}

static void
test_survivors_say_where_they_stand(void **state)
{
    (void)state;
    json_t *json = mutate(POLICY "criterion \"x\" [[ revenue >= 5万元 ]]\n" END), *survivor;
    size_t index;
    int columns[3] = {0};
    json_array_foreach (json_object_get(json, "survivors"), index, survivor) {
        json_int_t column = json_integer_value(json_object_get(survivor, "column"));
        assert_string_equal(json_string_value(json_object_get(survivor, "path")), "t.md");
        assert_int_equal(json_integer_value(json_object_get(survivor, "line")), 6);
        columns[0] += column == 0;  /* the criterion: only its line is known */
        columns[1] += column == 18; /* the comparison */
        columns[2] += column == 29; /* the number */
    }
    assert_int_equal(columns[0], 1);
    assert_int_equal(columns[1], 2);
    assert_int_equal(columns[2], 2);
    json_decref(json);
}

static void
test_documents_are_told_apart(void **state)
{
    (void)state;
    json_t *json = mutate(POLICY "criterion \"x\" [[ revenue >= 5万元 ]]\n" SCENARIO(
        "at", "revenue = 5", "d = \"met\"") END);
    json_t *documents = json_object_get(json, "documents");
    assert_int_equal(json_array_size(documents), 1);
    json_t *document = json_array_get(documents, 0);
    assert_string_equal(json_string_value(json_object_get(document, "path")), "t.md");
    assert_int_equal(json_integer_value(json_object_get(document, "mutants")), 5);
    assert_int_equal(json_integer_value(json_object_get(document, "killed")), 3);
    assert_true(json_number_value(json_object_get(document, "score")) == 60);
    json_decref(json);
}

static void
count_progress(void *context, uint32_t done, uint32_t total)
{
    uint32_t *last = context;
    assert_int_equal(done, *last + 1);
    assert_true(done <= total);
    *last = done;
}

static void
test_somebody_who_waits_is_told_how_far_it_is(void **state)
{
    (void)state;
    tidu_ruleset *ruleset = build(POLICY "criterion \"x\" [[ revenue >= 5万元 ]]\n" END);
    tidu_text out = {0};
    tidu_error error;
    uint32_t last = 0;
    double score = -1;
    assert_true(tidu_ruleset_mutate(ruleset, TIDU_ZH, (tidu_progress){count_progress, &last},
                                    &score, &out, &error));
    assert_int_equal(last, 5);
    assert_true(score == 0);
    tidu_text_free(&out);
    tidu_ruleset_unref(&ruleset);
}

/* ---- measures, money and decision tables ------------------------------------- */

static void
test_what_a_subsidy_asks_for_and_pays_is_protected_by_expecting_it(void **state)
{
    (void)state;
    assert_mutation(
        POLICY "subsidy \"s\" { zh = \"奖\", amount = [[ revenue * 10% ]], cap = [[ 50万元 ]],\n"
               "  [[ patents >= 2 ]] }\n" SCENARIO("two", "patents = 2, revenue = 300",
                                                   "[\"amount:s\"] = 30")
                   SCENARIO("one", "patents = 1, revenue = 300", "s = \"unmet\"")
                       SCENARIO("much", "patents = 3, revenue = 900", "[\"amount:s\"] = 50") END,
        9, "");
}

/* Met is not how much: nobody looked at the amount. */
static void
test_a_subsidy_that_is_met_says_nothing_of_its_amount(void **state)
{
    (void)state;
    assert_mutation(POLICY
                    "subsidy \"s\" { zh = \"奖\", amount = [[ 50万元 ]], [[ listed ]] }\n" SCENARIO(
                        "met", "listed = true", "s = \"met\"")
                        SCENARIO("unmet", "listed = false", "s = \"unmet\"") END,
                    3,
                    "s#1 threshold: 50万元 → 51万元\n"
                    "s#1 threshold: 50万元 → 49万元\n");
}

static void
test_the_cap_of_a_stack_is_protected_by_the_amount_of_a_member(void **state)
{
    (void)state;
    assert_mutation(POLICY "subsidy \"a\" { zh = \"甲\", amount = [[ 30万元 ]] }\n"
                           "subsidy \"b\" { zh = \"乙\", amount = [[ 30万元 ]] }\n"
                           "stack \"s\" { zh = \"合计\", rule = \"累计上限\", cap = [[ 40万元 ]], "
                           "of = { \"a\", \"b\" } }\n" SCENARIO("b", "", "[\"amount:b\"] = 10") END,
                    6,
                    "b#1 threshold: 30万元 → 31万元\n"
                    "b#1 threshold: 30万元 → 29万元\n");
}

static void
test_tiers_and_preconditions_of_a_measure_are_mistaken_one_by_one(void **state)
{
    (void)state;
    assert_mutation(POLICY
                    "measure \"m\" { zh = \"措施\", tiers = { \"d\", \"hnte\" }, [[ listed ]] }\n"
                    "responsible { lead = \"miit\" }\n" SCENARIO(
                        "titled", "titles = { { id = \"d\" } }, listed = true", "m = \"met\"")
                        SCENARIO("untitled", "titles = {}, listed = true", "m = \"unmet\"") END,
                    5,
                    "m drop: holds('hnte') → (dropped)\n"
                    "m drop: listed → (dropped)\n");
}

static void
test_cells_and_outcomes_of_a_decision_table_are_mistaken_in_their_places(void **state)
{
    (void)state;
    json_t *json = mutate(POLICY "decision \"grant\" { zh = \"扶持\", unit = \"万元\", on = { [[ "
                                 "patents ]], [[ listed ]] },\n"
                                 "  rows = { { [[ >= 3 ]], true, 20 },\n"
                                 "           { [[ 其他 ]], [[ - ]], 5 } } }\n" SCENARIO(
                                     "20", "patents = 3, listed = true", "grant = 20")
                                     SCENARIO("5", "patents = 3, listed = false", "grant = 5") END);
    json_t *survivor = json_array_get(json_object_get(json, "survivors"), 0);
    char *got = survivors(json);
    assert_string_equal(got, "grant drop: patents >= 3 → (dropped)\n"
                             "grant#1 threshold: 3 → 2\n");
    assert_int_equal(json_integer_value(json_object_get(json, "mutants")), 11);
    assert_int_equal(json_integer_value(json_object_get(survivor, "line")), 7);
    free(got);
    json_decref(json);
}

/* Two rows that share a border: with it moved in one of them alone there is a
 * gap or an overlap, and the compiler would say so. */
static void
test_a_row_that_gives_another_rows_answer_is_a_mistake(void **state)
{
    (void)state;
    assert_mutation(POLICY "decision \"good\" { zh = \"好\", on = { [[ patents ]] },\n"
                           "  rows = { { [[ >= 3 ]], true }, { [[ < 3 ]], false } } }\n" SCENARIO(
                               "good", "patents = 3", "good = true") END,
                    2, "good direction: false → true\n");
}

/* ---- places ------------------------------------------------------------------ */

#define PLACE(id) \
    "# P\n\n```lua\npolicy { id = \"" id "\", zh = \"地方\", effective = \"2020-01-01\" }\n"
#define SOURCE(path, text)           \
    {                                \
        path, text, sizeof(text) - 1 \
    }
#define GUANGDONG "local/440000-guangdong/g.md"
#define SHENZHEN "local/440300-shenzhen/s.md"

static void
assert_places(const tidu_source *sources, int mutants, const char *wanted)
{
    assert_fates(mutate_ruleset(build_all(sources)), mutants, wanted);
}

static void
test_what_a_place_pays_is_protected_by_firms_of_that_place(void **state)
{
    (void)state;
    static const tidu_source sources[] = {
        SOURCE("t.md", POLICY "criterion \"x\" [[ listed ]]\n" SCENARIO(
                           "home", "listed = true, region_code = \"440106\"", "d = \"met\"")
                           SCENARIO("not", "listed = false", "d = \"unmet\"") END),
        SOURCE(
            SHENZHEN,
            PLACE("s") "subsidy \"sz\" { zh = \"奖\", amount = [[ 20万元 ]], [[ meets('d') ]] }\n"
                       "designation \"own\" { zh = \"市称号\" }\n"
                       "criterion \"staff\" [[ patents >= 1 ]]\n" SCENARIO(
                           "in", "listed = true, region_code = \"440305\", patents = 1",
                           "[\"amount:sz\"] = 20, own = \"met\"")
                           SCENARIO("unlisted", "listed = false, region_code = \"440305\"",
                                    "sz = \"unmet\"")
                               SCENARIO("elsewhere", "listed = true, region_code = \"440106\"",
                                        "sz = \"absent\"") END),
        {NULL, NULL, 0}};
    assert_places(sources, 9,
                  "own/staff drop: patents >= 1 → (dropped)\n"
                  "own/staff#1 threshold: 1 → 0\n");
}

/* The national criterion has no scenario of its own; the city's award looks. */
static void
test_an_award_of_a_place_protects_the_national_rule_it_rests_on(void **state)
{
    (void)state;
    static const tidu_source sources[] = {
        SOURCE("t.md", POLICY "criterion \"x\" [[ patents >= 2 ]]\n" END),
        SOURCE(SHENZHEN,
               PLACE("s") "subsidy \"sz\" { zh = \"奖\", amount = [[ 20万元 ]], [[ meets('d') ]] "
                          "}\n" SCENARIO("two", "patents = 2, region_code = \"440300\"",
                                         "[\"amount:sz\"] = 20")
                              SCENARIO("one", "patents = 1, region_code = \"440300\"",
                                       "sz = \"unmet\"") END),
        {NULL, NULL, 0}};
    assert_places(sources, 8, "");
}

/* A slot's default is what counts where nobody filled it, and what fills it
 * counts only there. */
static void
test_a_slot_and_what_fills_it_are_protected_each_in_its_place(void **state)
{
    (void)state;
    static const tidu_source sources[] = {
        SOURCE("t.md", POLICY
               "slot \"least\" { sets = \"value\", zh = \"下限\", [[ 100万元 ]] }\n"
               "criterion \"x\" [[ revenue >= least ]]\n" SCENARIO(
                   "100", "revenue = 100, region_code = \"370102\"", "d = \"met\"")
                   SCENARIO("99", "revenue = 99.5, region_code = \"370102\"", "d = \"unmet\"") END),
        SOURCE(GUANGDONG, PLACE("g") "fill \"least\" [[ 150万元 ]]\n" SCENARIO(
                              "150", "revenue = 150, region_code = \"440106\"", "d = \"met\"") END),
        {NULL, NULL, 0}};
    assert_places(sources, 7, "least threshold: 150万元 → 149万元\n");
}

static void
test_indicators_and_criteria_that_fill_a_slot_are_protected_there(void **state)
{
    (void)state;
    static const tidu_source sources[] = {
        SOURCE("t.md", POLICY
               "slot \"more\" { sets = \"conditions\", zh = \"附加\" }\n"
               "criterion \"x\" [[ listed ]]\n"
               "scorecard { max = 10 }\n"
               "slot \"table\" { sets = \"table\", points = 10, zh = \"特色\" }\n" SCENARIO(
                   "home", "listed = true, honest = false, region_code = \"370102\"", "d = \"met\"")
                   SCENARIO("not", "listed = false", "d = \"unmet\"") END),
        SOURCE(GUANGDONG,
               PLACE("g") "fill \"d/more\" {}\n"
                          "criterion \"honest\" [[ honest ]]\n"
                          "fill \"d/table\" { zh = \"特色\" }\n"
                          "indicator \"p\" { max = 10, bands = { { [[ patents >= 3 ]], 9 } } "
                          "}\n" SCENARIO("honest",
                                         "listed = true, honest = true, patents = 3, region_code = "
                                         "\"440106\"",
                                         "d = \"met\", [\"score:d\"] = 9")
                              SCENARIO("dishonest",
                                       "listed = true, honest = false, patents = 2, region_code = "
                                       "\"440106\"",
                                       "d = \"unmet\", [\"score:d\"] = 0") END),
        {NULL, NULL, 0}};
    assert_places(sources, 8, "");
}

/* ---- coverage --------------------------------------------------------------- */

static json_t *
cover_ruleset(tidu_ruleset *ruleset)
{
    tidu_text out = {0};
    tidu_error error = {0};
    assert_true(tidu_ruleset_coverage(ruleset, &out, &error));
    tidu_ruleset_unref(&ruleset);
    return parse(&out);
}

static json_t *
cover(const char *text)
{
    return cover_ruleset(build(text));
}

/* A rule by its id, in any clause. */
static const json_t *
rule_of(const json_t *json, const char *id, const json_t **ret_clause)
{
    json_t *clause, *rule;
    size_t c, r;
    json_array_foreach (json_object_get(json, "clauses"), c, clause)
        json_array_foreach (json_object_get(clause, "rules"), r, rule)
            if (!strcmp(json_string_value(json_object_get(rule, "id")), id)) {
                *ret_clause = clause;
                return rule;
            }
    fail_msg("no rule %s", id);
    return NULL;
}

static long long
count_in(const json_t *rule, const char *name)
{
    const json_t *count = json_object_get(rule, name);
    return count ? json_integer_value(count) : -1;
}

static void
assert_seen(const json_t *json, const char *id, int met, int unmet, int undetermined)
{
    const json_t *clause, *rule = rule_of(json, id, &clause);
    assert_int_equal(count_in(rule, "met"), met);
    assert_int_equal(count_in(rule, "unmet"), unmet);
    assert_int_equal(count_in(rule, "undetermined"), undetermined);
    assert_int_equal(count_in(rule, "scenarios"), met + unmet + undetermined);
}

static void
test_a_clause_is_covered_when_each_criterion_was_met_and_unmet(void **state)
{
    (void)state;
    const json_t *clause;
    json_t *json = cover(
        POLICY END
        "\n## 一、规模\n\n```lua\n"
        "criterion \"scale\" [[ revenue >= 100万元 ]]\n" END "\n## 二、人员\n\n```lua\n"
        "criterion \"staff\" [[ employees >= 10人 ]]\n" END
        "\n## 情形\n\n```lua\n" SCENARIO("good", "revenue = 100, employees = 10", "d = \"met\"")
            SCENARIO("small", "revenue = 1, employees = 10", "d = \"unmet\"")
                SCENARIO("open", "revenue = 100", "d = \"undetermined\"") END);
    assert_seen(json, "d/scale", 2, 1, 0);
    assert_seen(json, "d/staff", 2, 0, 1);
    rule_of(json, "d/scale", &clause);
    assert_true(json_is_true(json_object_get(clause, "covered")));
    assert_string_equal(json_string_value(json_object_get(clause, "document")), "t.md");
    assert_string_equal(json_string_value(json_object_get(clause, "path")), "一、规模");
    assert_int_equal(json_integer_value(json_object_get(clause, "line")), 8);
    rule_of(json, "d/staff", &clause);
    assert_true(json_is_false(json_object_get(clause, "covered")));
    assert_int_equal(json_integer_value(json_object_get(json, "total")), 2);
    assert_int_equal(json_integer_value(json_object_get(json, "covered")), 1);
    assert_int_equal(json_integer_value(json_object_get(json, "scenarios")), 3);
    json_decref(json);
}

static void
test_bands_are_counted_one_by_one(void **state)
{
    (void)state;
    static const int wanted[] = {1, 0, 2};
    const json_t *clause;
    json_t *band,
        *json = cover(
            POLICY
            "scorecard \"s\" { max = 10 }\n"
            "indicator \"share\" { max = 10, on = [[ main_revenue / revenue ]],\n"
            "  bands = { { [[ >= 80% ]], 10 }, { [[ >= 60% ]], 5 }, otherwise = 0 } }\n" SCENARIO(
                "10", "revenue = 100, main_revenue = 80", "[\"score:s\"] = 10")
                SCENARIO("0", "revenue = 100, main_revenue = 5", "[\"score:s/share\"] = 0")
                    SCENARIO("also 0", "revenue = 100, main_revenue = 0", "[\"score:s\"] = 0")
                        SCENARIO("open", "revenue = 100", "[\"score:s\"] = { 0, 10 }") END);
    const json_t *rule = rule_of(json, "s/share", &clause);
    size_t index;
    assert_int_equal(json_array_size(json_object_get(rule, "bands")), 3);
    json_array_foreach (json_object_get(rule, "bands"), index, band)
        assert_int_equal(count_in(band, "scenarios"), wanted[index]);
    assert_int_equal(count_in(rule, "known"), 3);
    assert_int_equal(count_in(rule, "undetermined"), 1);
    assert_true(json_is_false(json_object_get(rule, "covered")));
    assert_true(json_is_false(json_object_get(clause, "covered")));
    json_decref(json);
}

static void
test_a_score_of_a_group_looks_at_the_indicators_of_the_group(void **state)
{
    (void)state;
    const json_t *clause;
    json_t *json =
        cover(POLICY "scorecard \"s\" { max = 10 }\n"
                     "indicator \"a\" { max = 5, group = \"g\", bands = { { [[ listed ]], 5 } } }\n"
                     "indicator \"b\" { max = 5, group = \"h\", bands = { { [[ honest ]], 5 } } }\n"
              SCENARIO("g", "listed = true", "[\"score:s/g\"] = 5")
              SCENARIO("b", "honest = true", "[\"score:s/b\"] = 5")
              SCENARIO("b not", "honest = false", "[\"score:s/b\"] = 0") END);
    const json_t *a = rule_of(json, "s/a", &clause), *b = rule_of(json, "s/b", &clause);
    assert_int_equal(count_in(a, "scenarios"), 1);
    assert_int_equal(count_in(b, "scenarios"), 2);
    assert_true(json_is_false(json_object_get(a, "covered")));
    assert_true(json_is_true(json_object_get(b, "covered")));
    json_decref(json);
}

static void
test_a_scenario_looks_only_at_what_decides_it(void **state)
{
    (void)state;
    const json_t *clause;
    json_t *json = cover(
        POLICY "derive \"big\" { zh = \"大\", [[ revenue >= 100万元 ]] }\n"
               "criterion \"scale\" [[ big ]]\n"
               "designation \"e\" { zh = \"别的\" }\n"
               "criterion \"x\" [[ honest ]]\n" SCENARIO("one", "revenue = 1, honest = true",
                                                         "e = \"met\"")
                   SCENARIO("other", "revenue = 1, honest = true", "[\"d/scale\"] = \"unmet\"")
                       SCENARIO("big", "revenue = 100, honest = true", "big = true") END);
    assert_seen(json, "d/scale", 0, 1, 0);
    assert_seen(json, "e/x", 1, 0, 0);
    const json_t *big = rule_of(json, "big", &clause);
    assert_int_equal(count_in(big, "true"), 1);
    assert_int_equal(count_in(big, "false"), 1);
    assert_true(json_is_true(json_object_get(big, "covered")));
    json_decref(json);
}

static void
test_a_scenario_before_a_rule_is_in_force_does_not_count(void **state)
{
    (void)state;
    json_t *json =
        cover(POLICY "criterion \"x\" [[ honest ]]\n"
                     "scenario \"early\" { as_of = \"2019-12-31\", record = { honest = true },\n"
                     "  expect = { d = \"absent\" } }\n" END);
    assert_seen(json, "d/x", 0, 0, 0);
    json_decref(json);
}

static void
test_measures_and_money_are_seen_where_they_are_expected(void **state)
{
    (void)state;
    static const tidu_source sources[] = {
        SOURCE("t.md", POLICY END
               "\n## 一、措施\n\n```lua\nmeasure \"m\" { zh = \"措施\", [[ listed ]] }\n"
               "responsible { lead = \"miit\" }\n" END
               "\n## 二、人人都有\n\n```lua\nsubsidy \"all\" { zh = \"奖\", amount = [[ 1万元 ]] "
               "}\n" END
               "\n## 情形\n\n```lua\n" SCENARIO("on", "listed = true", "m = \"met\", all = \"met\"")
                   SCENARIO("off", "listed = false", "m = \"unmet\"") END),
        SOURCE(SHENZHEN,
               PLACE("s") "subsidy \"sz\" { zh = \"奖\", amount = [[ 20万元 ]], [[ honest ]] "
                          "}\n" SCENARIO("in", "honest = true, region_code = \"440305\"",
                                         "[\"amount:sz\"] = 20")
                              SCENARIO("elsewhere", "honest = false, region_code = \"440106\"",
                                       "sz = \"absent\"") END),
        {NULL, NULL, 0}};
    const json_t *clause;
    tidu_ruleset *ruleset = build_all(sources);
    json_t *json = cover_ruleset(ruleset);
    assert_seen(json, "m", 1, 1, 0);
    assert_seen(json, "all", 1, 0, 0);
    assert_seen(json, "sz", 1, 0, 0);
    assert_string_equal(json_string_value(json_object_get(rule_of(json, "m", &clause), "kind")),
                        "measure");
    assert_true(json_is_true(json_object_get(clause, "covered")));
    rule_of(json, "all", &clause);
    assert_true(json_is_true(json_object_get(clause, "covered")));
    rule_of(json, "sz", &clause);
    assert_true(json_is_false(json_object_get(clause, "covered")));
    json_decref(json);
}

/* Two provinces call what they add the same. */
static void
test_what_fills_a_slot_is_seen_in_its_own_place(void **state)
{
    (void)state;
    static const tidu_source sources[] = {
        SOURCE("t.md", POLICY "slot \"more\" { sets = \"conditions\", zh = \"附加\" }\n"
                              "criterion \"x\" [[ listed ]]\n" END),
        SOURCE(GUANGDONG,
               PLACE("g") "fill \"d/more\" {}\ncriterion \"own\" [[ honest ]]\n" SCENARIO(
                   "in", "listed = true, honest = true, region_code = \"440106\"", "d = \"met\"")
                   END),
        SOURCE("local/370000-shandong/z.md",
               PLACE("z") "fill \"d/more\" {}\ncriterion \"own\" [[ patents >= 1 ]]\n" END),
        {NULL, NULL, 0}};
    json_t *clause, *json = cover_ruleset(build_all(sources));
    size_t index;
    json_array_foreach (json_object_get(json, "clauses"), index, clause) {
        const char *path = json_string_value(json_object_get(clause, "document"));
        const json_t *rule = json_array_get(json_object_get(clause, "rules"), 0);
        if (strcmp(path, "t.md"))
            assert_int_equal(count_in(rule, "met"), !strcmp(path, GUANGDONG));
    }
    json_decref(json);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_scenario_on_each_side_of_a_border_protects_its_number),
        cmocka_unit_test(test_a_scenario_far_from_the_border_protects_only_the_direction),
        cmocka_unit_test(test_a_number_moves_by_the_last_digit_it_was_spelled_with),
        cmocka_unit_test(test_bands_and_their_points_are_protected_at_every_border),
        cmocka_unit_test(test_a_band_nobody_reaches_is_not_protected),
        cmocka_unit_test(test_an_item_of_any_is_protected_where_it_alone_decides),
        cmocka_unit_test(test_items_of_all_none_and_at_least_are_dropped_as_if_they_did_not_count),
        cmocka_unit_test(test_each_end_of_a_chain_is_a_border),
        cmocka_unit_test(test_a_scenario_of_another_designation_protects_what_it_rests_on),
        cmocka_unit_test(test_a_scenario_about_something_else_protects_nothing),
        cmocka_unit_test(test_a_change_nobody_could_notice_is_no_mutant),
        cmocka_unit_test(test_a_version_is_protected_by_scenarios_of_its_time_only),
        cmocka_unit_test(test_a_criterion_inside_a_group_is_dropped_in_its_place),
        cmocka_unit_test(test_survivors_say_where_they_stand),
        cmocka_unit_test(test_documents_are_told_apart),
        cmocka_unit_test(test_somebody_who_waits_is_told_how_far_it_is),
        cmocka_unit_test(test_what_a_subsidy_asks_for_and_pays_is_protected_by_expecting_it),
        cmocka_unit_test(test_a_subsidy_that_is_met_says_nothing_of_its_amount),
        cmocka_unit_test(test_the_cap_of_a_stack_is_protected_by_the_amount_of_a_member),
        cmocka_unit_test(test_tiers_and_preconditions_of_a_measure_are_mistaken_one_by_one),
        cmocka_unit_test(test_cells_and_outcomes_of_a_decision_table_are_mistaken_in_their_places),
        cmocka_unit_test(test_a_row_that_gives_another_rows_answer_is_a_mistake),
        cmocka_unit_test(test_what_a_place_pays_is_protected_by_firms_of_that_place),
        cmocka_unit_test(test_an_award_of_a_place_protects_the_national_rule_it_rests_on),
        cmocka_unit_test(test_a_slot_and_what_fills_it_are_protected_each_in_its_place),
        cmocka_unit_test(test_indicators_and_criteria_that_fill_a_slot_are_protected_there),
        cmocka_unit_test(test_a_clause_is_covered_when_each_criterion_was_met_and_unmet),
        cmocka_unit_test(test_bands_are_counted_one_by_one),
        cmocka_unit_test(test_a_score_of_a_group_looks_at_the_indicators_of_the_group),
        cmocka_unit_test(test_a_scenario_looks_only_at_what_decides_it),
        cmocka_unit_test(test_a_scenario_before_a_rule_is_in_force_does_not_count),
        cmocka_unit_test(test_measures_and_money_are_seen_where_they_are_expected),
        cmocka_unit_test(test_what_fills_a_slot_is_seen_in_its_own_place),
    };
    return cmocka_run_group_tests(tests, require_helper, NULL);
}
