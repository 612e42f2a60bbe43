/*
 * test_routing.c: who is responsible, as the text says and as it is declared.
 *
 * Rules are built with the bodies of tests/policy/places.lua. Who answers for a
 * measure is written as "lead; joint; support (basis)" in ids, so a case is a
 * line. Guards dsl/compile/routing.c.
 */
#include "../answer/asking.h"

#include "tidu/compile.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- building ---- */

enum { MOST_SOURCES = 8 };

struct rules {
    tidu_ruleset *ruleset;
    tidu_report *report;
};

static struct rules
build(const tidu_source *sources, size_t count)
{
    struct rules rules;
    uint32_t passed;
    rules.ruleset = build_rules(sources, count, &rules.report, &passed);
    return rules;
}

static void
close_rules(struct rules *rules)
{
    tidu_ruleset_unref(&rules->ruleset);
    tidu_report_close(&rules->report);
}

static tidu_source
source(const char *path, const char *text)
{
    return (tidu_source){path, text, strlen(text)};
}

static tidu_ruleset *
built(const tidu_source *sources, size_t count)
{
    struct rules rules = build(sources, count);
    tidu_text said = complaints(rules.report, TIDU_EN);
    if (!rules.ruleset || tidu_report_count(rules.report))
        fail_msg("%s", said.data);
    tidu_text_free(&said);
    tidu_report_close(&rules.report);
    return rules.ruleset;
}

#define POLICY(id, more) \
    "# T\n\n```lua\npolicy { id = \"" id "\", zh = \"测试\", en = \"Test\", " more " }\n"
#define SINCE_2020 "effective = \"2020-01-01\""
#define END "```\n"

/* ---- notes at a clause's end ---- */

static void
put_bodies(const tidu_routing *routing, const uint32_t *bodies, uint32_t count, tidu_text *out)
{
    tidu_text_putc(out, ';');
    for (uint32_t i = 0; i < count; i++)
        tidu_text_printf(out, " %s", routing->bodies[bodies[i]].id);
}

/* "miit; related; associations (explicit)". The caller frees it. */
static char *
answerable(const tidu_ruleset *ruleset, const char *id)
{
    static const char *const bases[] = {"explicit", "first_listed", "practice"};
    const tidu_routing *routing = &ruleset->routing;
    int32_t number = tidu_duty_find(routing, id);
    tidu_text out = {0};
    assert_true(number >= 0);
    const tidu_duty *duty = &routing->duties[number];
    tidu_text_puts(&out, routing->bodies[duty->lead].id);
    put_bodies(routing, duty->joint, duty->joint_count, &out);
    put_bodies(routing, duty->support, duty->support_count, &out);
    tidu_text_printf(&out, " (%s)", bases[duty->basis]);
    tidu_text_putc(&out, '\0');
    return out.data;
}

/* A clause with these words and a measure under it. */
static tidu_text
clause(const char *words, const char *declared)
{
    tidu_text text = {0};
    tidu_text_printf(&text,
                     POLICY("t", SINCE_2020) END "\n## 一、条款\n\n%s\n\n```lua\n%s\nmeasure \"m\" "
                                                 "{ zh = \"措施\", en = \"Measure\" }\n" END,
                     words, declared);
    tidu_text_putc(&text, '\0');
    return text;
}

static void
assert_note(const char *words, const char *declared, const char *expected)
{
    tidu_text text = clause(words, declared);
    tidu_source document = source("t.md", text.data);
    tidu_ruleset *ruleset = built(&document, 1);
    char *got = answerable(ruleset, "m");
    if (strcmp(got, expected))
        fail_msg("%s: %s, not %s", words, got, expected);
    free(got);
    tidu_ruleset_unref(&ruleset);
    tidu_text_free(&text);
}

/* The notes of the nine articles of 工信部联政法〔2021〕70号 that have one. */
static void
test_every_note_of_the_opinions_says_who_leads_and_how_that_is_known(void **state)
{
    static const struct {
        const char *note, *expected;
    } cases[] = {
        {"工业和信息化部、国务院国资委按照职责分工负责", "miit; sasac; (first_listed)"},
        {"科技部、工业和信息化部、国务院国资委按照职责分工负责",
         "most; miit sasac; (first_listed)"},
        {"工业和信息化部、财政部、商务部、国务院国资委、证监会按照职责分工负责",
         "miit; mof mofcom sasac csrc; (first_listed)"},
        {"商务部、工业和信息化部、科技部、国务院国资委按照职责分工负责",
         "mofcom; miit most sasac; (first_listed)"},
        {"财政部、证监会、工业和信息化部、国务院国资委按照职责分工负责",
         "mof; csrc miit sasac; (first_listed)"},
        {"工业和信息化部牵头、相关部门按照职责分工负责、有关行业协会配合相关工作",
         "miit; related; associations (explicit)"},
    };
    char words[400];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(words, sizeof words, "支持企业。（%s）", cases[i].note);
        assert_note(words, "", cases[i].expected);
    }
}

static void
test_a_note_is_read_through_spaces_line_breaks_and_other_brackets(void **state)
{
    static const struct {
        const char *words, *expected;
    } cases[] = {
        {"支持企业。（科技部、\n工业和信息化部、国务院\n国资委按照职责\n分工负责）",
         "most; miit sasac; (first_listed)"},
        {"支持企业。（ 科技部 、 工业和信息化部 按照职责分工负责 ）", "most; miit; (first_listed)"},
        {"支持企业（含个体工商户）。（科技部负责）", "most;; (first_listed)"},
        {"（科技部负责）此前由别的部门负责（见附件）。", "most;; (first_listed)"},
        {"各项工作（财政部负责）另有分工。（科技部负责）", "most;; (first_listed)"},
        {"支持企业。（工业和信息化部、财政部牵头、科技部配合）", "miit; mof; most (explicit)"},
        {"支持企业。（工业和信息化部牵头）", "miit;; (explicit)"},
        {"支持企业。（有关行业协会配合、科技部负责）", "most;; associations (first_listed)"},
        {"支持企业。（工业和信息化部牵头，财政部、科技部按职责分工负责，有关行业协会配合）",
         "miit; mof most; associations (explicit)"},
        {"支持企业。（工业和信息化部牵头；财政部配合）", "miit;; mof (explicit)"},
        {"支持企业。（工业和信息化部、财政部负责，2025年底前完成）", "miit; mof; (first_listed)"},
        /* of two names that begin alike the longer counts */
        {"支持企业。（工业和信息化部门负责）", "miit;; (first_listed)"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_note(cases[i].words, "", cases[i].expected);
}

static void
test_what_is_declared_counts_where_the_text_says_nothing(void **state)
{
    (void)state;
    assert_note("支持企业。", "responsible { lead = \"mof\", joint = { \"miit\" } }",
                "mof; miit; (first_listed)");
    assert_note(
        "支持企业（含个体工商户）。",
        "responsible { lead = \"mof\", support = { \"associations\" }, basis = \"explicit\" }",
        "mof;; associations (explicit)");
}

static void
test_what_is_declared_may_repeat_what_the_text_says(void **state)
{
    (void)state;
    assert_note("（科技部、工业和信息化部按照职责分工负责）",
                "responsible { lead = \"most\", joint = { \"miit\" }, basis = \"first_listed\" }",
                "most; miit; (first_listed)");
    assert_note("（科技部牵头、工业和信息化部配合）",
                "responsible { lead = \"most\", support = { \"miit\" } }",
                "most;; miit (explicit)");
}

static void
test_what_is_declared_against_the_text_is_an_error_at_both_places(void **state)
{
    static const char *const declared[] = {
        "responsible { lead = \"miit\", joint = { \"most\" } }",
        "responsible { lead = \"most\" }",
        "responsible { lead = \"most\", joint = { \"miit\", \"mof\" } }",
        "responsible { lead = \"most\", support = { \"miit\" } }",
        "responsible { lead = \"most\", joint = { \"miit\" }, support = { \"associations\" } }",
        "responsible { lead = \"most\", joint = { \"miit\" }, basis = \"explicit\" }",
    };
    (void)state;
    for (size_t i = 0; i < sizeof declared / sizeof *declared; i++) {
        tidu_text text = clause("（科技部、工业和信息化部按照职责分工负责）", declared[i]);
        tidu_source document = source("t.md", text.data);
        struct rules rules = build(&document, 1);
        assert_null(rules.ruleset);
        assert_int_equal(tidu_report_count(rules.report), 1);
        const tidu_error *error = tidu_report_get(rules.report, 0);
        assert_int_equal(error->code, TIDU_NOTE_DIFFERS);
        assert_int_equal(error->span.line, 12);
        assert_int_equal(error->also.line, 7);
        assert_string_equal(error->also.document, "t.md");
        close_rules(&rules);
        tidu_text_free(&text);
    }
}

static void
test_a_declaration_answers_only_for_the_measures_of_its_clause(void **state)
{
    const char *text = POLICY("t", SINCE_2020) END
        "\n## 一、甲\n\n（科技部负责）\n\n```lua\nmeasure \"m1\" { zh = \"一\", en = \"1\" }\n" END
        "\n## 二、乙\n\n```lua\nresponsible { lead = \"mof\" }\nmeasure \"m2\" { zh = \"二\", en = "
        "\"2\" }\nmeasure \"m3\" { zh = \"三\", en = \"3\" }\n" END;
    tidu_source document = source("t.md", text);
    tidu_ruleset *ruleset = built(&document, 1);
    static const char *const expected[] = {"most;; (first_listed)", "mof;; (first_listed)",
                                           "mof;; (first_listed)"};
    (void)state;
    for (int i = 0; i < 3; i++) {
        char id[] = {'m', (char)('1' + i), '\0'};
        char *got = answerable(ruleset, id);
        assert_string_equal(got, expected[i]);
        free(got);
    }
    tidu_ruleset_unref(&ruleset);
}

/* ---- who acts ---- */

/* "miit 深圳市工业和信息化局 *": who acts, what it is called there, whether a layer
 * says so. Empty when nobody acts. */
static void
assert_acts(const tidu_ruleset *ruleset, const char *body, uint32_t place, const char *date,
            const char *expected)
{
    char got[200] = "";
    tidu_acting acting;
    const tidu_routing *routing = &ruleset->routing;
    int32_t number = tidu_body_find(routing, body);
    assert_true(number >= 0);
    if (tidu_routing_office(routing, (uint32_t)number, place, day(date), &acting))
        snprintf(got, sizeof got, "%s %s%s", routing->bodies[acting.body].id, acting.name.zh,
                 acting.office ? " *" : "");
    if (strcmp(got, expected))
        fail_msg("%s in %u on %s: %s, not %s", body, (unsigned)place, date, got, expected);
}

static tidu_ruleset *
offices(void)
{
    const tidu_source sources[] = {
        source("local/440000-guangdong/a.md",
               POLICY("a", SINCE_2020) "office \"most\" { zh = \"广东省科技厅\", en = \"GD\" }\n"
                                       "office \"most\" { zh = \"科技和工业局\", en = \"GD "
                                       "counties\", level = \"county\" }\n" END),
        source("local/440300-shenzhen/b.md",
               POLICY("b",
                      SINCE_2020) "office \"miit\" { zh = \"深圳市工业和信息化局\", en = \"SZ\" }\n"
                                  "office \"most\" { by = \"miit\", effective = \"2024-01-01\", "
                                  "expires = \"2024-12-31\" }\n"
                                  "office \"mof\" { zh = \"深圳市财政局\", en = \"SZ\", expires = "
                                  "\"2022-12-31\" }\n"
                                  "office \"mof\" { zh = \"深圳市财政委\", en = \"SZ\", effective "
                                  "= \"2023-01-01\" }\n"
                                  "office \"mofcom\" { by = \"most\", effective = \"2024-01-01\" "
                                  "}\n" END),
        source(
            "local/440305-nanshan/c.md",
            POLICY("c", SINCE_2020) "office \"most\" { zh = \"南山区科创局\", en = \"NS\" }\n" END),
        source("national/d.md", POLICY("d", SINCE_2020) "demand \"d\" { zh = \"诉求\", en = "
                                                        "\"Demand\", lead = \"miit\" }\n" END),
    };
    return built(sources, sizeof sources / sizeof *sources);
}

static void
test_an_office_has_the_usual_name_of_its_level_unless_a_layer_names_it(void **state)
{
    tidu_ruleset *ruleset = offices();
    (void)state;
    assert_acts(ruleset, "miit", TIDU_COUNTRY_CODE, "2026-01-01", "miit 工业和信息化部");
    assert_acts(ruleset, "miit", 330000, "2026-01-01", "miit 工业和信息化厅");
    assert_acts(ruleset, "miit", 330100, "2026-01-01", "miit 工业和信息化局");
    assert_acts(ruleset, "sasac", 330106, "2026-01-01", "sasac 国资办");
    assert_acts(ruleset, "miit", 440300, "2026-01-01", "miit 深圳市工业和信息化局 *");
    /* an office of the city is none of its districts */
    assert_acts(ruleset, "miit", 440305, "2026-01-01", "miit 工业和信息化局");
    tidu_ruleset_unref(&ruleset);
}

static void
test_the_nearest_layer_names_an_office_also_for_levels_below_it(void **state)
{
    tidu_ruleset *ruleset = offices();
    (void)state;
    assert_acts(ruleset, "most", 440000, "2026-01-01", "most 广东省科技厅 *");
    assert_acts(ruleset, "most", 440100, "2026-01-01", "most 科学技术局");
    assert_acts(ruleset, "most", 440106, "2026-01-01", "most 科技和工业局 *");
    assert_acts(ruleset, "most", 440305, "2026-01-01", "most 南山区科创局 *");
    assert_acts(ruleset, "most", 330106, "2026-01-01", "most 科学技术局");
    tidu_ruleset_unref(&ruleset);
}

static void
test_a_duty_handed_over_is_another_bodys_while_that_lasts(void **state)
{
    tidu_ruleset *ruleset = offices();
    (void)state;
    assert_acts(ruleset, "most", 440300, "2023-12-31", "most 科学技术局");
    assert_acts(ruleset, "most", 440300, "2024-01-01", "miit 深圳市工业和信息化局 *");
    assert_acts(ruleset, "most", 440300, "2024-12-31", "miit 深圳市工业和信息化局 *");
    assert_acts(ruleset, "most", 440300, "2025-01-01", "most 科学技术局");
    /* handed on twice */
    assert_acts(ruleset, "mofcom", 440300, "2023-12-31", "mofcom 商务局");
    assert_acts(ruleset, "mofcom", 440300, "2024-06-01", "miit 深圳市工业和信息化局 *");
    assert_acts(ruleset, "mofcom", 440300, "2025-06-01", "most 科学技术局");
    tidu_ruleset_unref(&ruleset);
}

static void
test_an_office_renamed_has_each_name_in_its_days(void **state)
{
    tidu_ruleset *ruleset = offices();
    (void)state;
    assert_acts(ruleset, "mof", 440300, "2022-12-31", "mof 深圳市财政局 *");
    assert_acts(ruleset, "mof", 440300, "2023-01-01", "mof 深圳市财政委 *");
    tidu_ruleset_unref(&ruleset);
}

static void
test_a_body_that_ended_has_its_successor_and_one_to_come_has_nobody(void **state)
{
    tidu_ruleset *ruleset = offices();
    (void)state;
    assert_acts(ruleset, "old_energy", 330100, "2023-12-31", "old_energy 能源局");
    assert_acts(ruleset, "old_energy", 330100, "2024-01-01", "energy 能源办");
    assert_acts(ruleset, "energy", 330100, "2024-01-01", "energy 能源办");
    assert_acts(ruleset, "energy", 330100, "2023-12-31", "");
    tidu_ruleset_unref(&ruleset);
}

static void
test_where_a_body_has_no_office_the_one_named_instead_acts(void **state)
{
    tidu_ruleset *ruleset = offices();
    (void)state;
    assert_acts(ruleset, "csrc", TIDU_COUNTRY_CODE, "2026-01-01", "csrc 中国证券监督管理委员会");
    assert_acts(ruleset, "csrc", 330000, "2026-01-01", "csrc 证监局");
    assert_acts(ruleset, "csrc", 330100, "2026-01-01", "finance_office 金融工作办公室");
    tidu_ruleset_unref(&ruleset);
}

/* Two that stand in for each other stand in for nobody. */
static void
test_bodies_that_hand_over_in_a_circle_act_nowhere(void **state)
{
    const char *text =
        POLICY("t", SINCE_2020) "body \"a\" { zh = \"甲\", en = \"A\", instead = \"b\" }\n"
                                "body \"b\" { zh = \"乙\", en = \"B\", instead = \"a\" }\n" END;
    tidu_source document = source("t.md", text);
    tidu_ruleset *ruleset = built(&document, 1);
    (void)state;
    assert_acts(ruleset, "a", 330100, "2026-01-01", "");
    tidu_ruleset_unref(&ruleset);
}

/* ---- holes ---- */

/* What is said about bodies and a demand of "lead", one line of it. */
static void
assert_hole(const char *bodies, const char *expected)
{
    tidu_text text = {0};
    char words[300];
    tidu_text_puts(&text, POLICY("t", SINCE_2020));
    tidu_text_puts(&text, bodies);
    tidu_text_puts(&text, "demand \"d\" { zh = \"诉求\", en = \"D\", lead = \"lead\" }\n" END);
    tidu_text_putc(&text, '\0');
    tidu_source document = source("t.md", text.data);
    struct rules rules = build(&document, 1);
    if (!*expected) {
        assert_int_equal(tidu_report_count(rules.report), 0);
        assert_non_null(rules.ruleset);
    } else {
        assert_null(rules.ruleset);
        assert_int_equal(tidu_report_count(rules.report), 1);
        const tidu_error *error = tidu_report_get(rules.report, 0);
        assert_int_equal(error->code, TIDU_ROUTE_HOLE);
        assert_string_equal(tidu_error_message(error, TIDU_EN, words, sizeof words), expected);
        assert_int_equal(error->span.line, 5); /* of the body */
    }
    close_rules(&rules);
    tidu_text_free(&text);
}

static void
test_a_lead_without_an_office_is_named_with_the_level_and_the_day(void **state)
{
    (void)state;
    assert_hole("body \"lead\" { zh = \"部\", en = \"L\", province = \"厅\", city = \"局\", county "
                "= \"局\" }\n",
                "");
    assert_hole("body \"lead\" { zh = \"部\", en = \"L\", province = \"厅\", city = \"局\" }\n",
                "nobody acts for \"lead\" in 县级 (county level) on 2020-01-01");
    assert_hole("body \"lead\" { zh = \"部\", en = \"L\", province = \"厅\", county = \"局\" }\n",
                "nobody acts for \"lead\" in 市级 (city level) on 2020-01-01");
    assert_hole("body \"lead\" { zh = \"部\", en = \"L\", instead = \"miit\" }\n", "");
    assert_hole(
        "body \"lead\" { zh = \"部\", en = \"L\", instead = \"miit\", expires = \"2023-06-30\" }\n",
        "nobody acts for \"lead\" in 国家级 (national level) on 2023-07-01");
    assert_hole(
        "body \"lead\" { zh = \"部\", en = \"L\", instead = \"miit\", expires = \"2023-06-30\", "
        "successor = \"mof\" }\n",
        "");
}

/* A body founded in 2024 was a hole in 2020, when others had duties. */
static void
test_a_body_needs_an_office_only_while_it_leads(void **state)
{
    const tidu_source sources[] = {
        source(
            "national/a.md",
            POLICY("a",
                   SINCE_2020) "demand \"d\" { zh = \"诉求\", en = \"D\", lead = \"miit\" }\n" END),
        source("national/b.md",
               POLICY("b", "effective = \"2024-06-01\"") "demand \"e\" { zh = \"能源\", en = "
                                                         "\"E\", lead = \"energy\" }\n" END),
        source(
            "national/c.md",
            POLICY(
                "c",
                "effective = \"2021-01-01\", expires = \"2022-12-31\"") "body \"pilot\" { zh = "
                                                                        "\"试点办\", en = \"P\", "
                                                                        "instead = \"miit\", "
                                                                        "expires = \"2022-12-31\" "
                                                                        "}\n"
                                                                        "demand \"p\" { zh = "
                                                                        "\"试点\", en = \"P\", "
                                                                        "lead = \"pilot\" }\n" END),
    };
    tidu_ruleset *ruleset = built(sources, 3);
    (void)state;
    tidu_ruleset_unref(&ruleset);
    struct rules rules =
        build((tidu_source[]){source(
                  "national/b.md",
                  POLICY("b", "effective = \"2023-12-31\"") "demand \"e\" { zh = \"能源\", en = "
                                                            "\"E\", lead = \"energy\" }\n" END)},
              1);
    assert_null(rules.ruleset);
    assert_int_equal(tidu_report_get(rules.report, 0)->code, TIDU_ROUTE_HOLE);
    close_rules(&rules);
}

static void
test_bodies_that_lead_nothing_may_have_holes(void **state)
{
    const char *text = POLICY("t", SINCE_2020) "body \"b\" { zh = \"部\", en = \"B\" }\n"
                                               "demand \"d\" { zh = \"诉求\", en = \"D\", lead = "
                                               "\"miit\", with = { \"b\" } }\n" END;
    tidu_source document = source("t.md", text);
    tidu_ruleset *ruleset = built(&document, 1);
    (void)state;
    assert_acts(ruleset, "b", 330100, "2026-01-01", "");
    tidu_ruleset_unref(&ruleset);
}

/* What a place leads differently has to have an office there as well. */
static void
test_a_lead_of_a_place_must_have_an_office_too(void **state)
{
    const tidu_source sources[] = {
        source("local/330100-hangzhou/a.md",
               POLICY("a", SINCE_2020) "body \"local\" { zh = \"委\", en = \"L\", city = \"委\" }\n"
                                       "route \"d\" { lead = \"local\" }\n" END),
        source(
            "national/b.md",
            POLICY("b",
                   SINCE_2020) "demand \"d\" { zh = \"诉求\", en = \"D\", lead = \"miit\" }\n" END),
    };
    struct rules rules = build(sources, 2);
    (void)state;
    assert_null(rules.ruleset);
    assert_int_equal(tidu_report_get(rules.report, 0)->code, TIDU_ROUTE_HOLE);
    close_rules(&rules);
}

/* ---- what a place says differently ---- */

static const tidu_reroute *
reroute(const tidu_ruleset *ruleset, uint32_t place, const char *date)
{
    int32_t duty = tidu_duty_find(&ruleset->routing, "d");
    assert_true(duty >= 0);
    return tidu_routing_reroute(&ruleset->routing, (uint32_t)duty, place, day(date));
}

static void
test_the_nearest_place_that_says_otherwise_counts_while_it_does(void **state)
{
    const tidu_source sources[] = {
        source("local/440000-guangdong/a.md",
               POLICY("a", SINCE_2020) "route \"d\" { level = \"city\" }\n" END),
        source("local/440300-shenzhen/b.md",
               POLICY("b", SINCE_2020) "route \"d\" { lead = \"mof\", effective = \"2024-01-01\", "
                                       "expires = \"2024-12-31\" }\n" END),
        source(
            "national/c.md",
            POLICY("c",
                   SINCE_2020) "demand \"d\" { zh = \"诉求\", en = \"D\", lead = \"miit\" }\n" END),
    };
    tidu_ruleset *ruleset = built(sources, 3);
    (void)state;
    assert_null(reroute(ruleset, 330106, "2024-06-01"));
    assert_null(reroute(ruleset, TIDU_COUNTRY_CODE, "2024-06-01"));
    assert_int_equal(reroute(ruleset, 440106, "2024-06-01")->place, 440000);
    assert_int_equal(reroute(ruleset, 440305, "2023-12-31")->place, 440000);
    assert_int_equal(reroute(ruleset, 440305, "2024-01-01")->place, 440300);
    assert_int_equal(reroute(ruleset, 440305, "2024-12-31")->place, 440300);
    assert_int_equal(reroute(ruleset, 440305, "2025-01-01")->place, 440000);
    tidu_ruleset_unref(&ruleset);
}

/* Documents of places are read first; their word once was the country's. */
static void
test_a_place_that_routes_a_title_differently_does_not_speak_for_the_country(void **state)
{
    const tidu_source sources[] = {
        source("local/440300-shenzhen/a.md",
               POLICY("a", SINCE_2020) "route \"lg\" { lead = \"most\" }\nroute \"lg\" { level = "
                                       "\"city\", effective = \"2025-01-01\" }\n" END),
        source("local/440000-guangdong/b.md",
               POLICY("b", SINCE_2020) "route \"lg\" { level = \"city\" }\n" END),
        source("national/c.md",
               POLICY("c", SINCE_2020) "designation \"lg\" { zh = \"小巨人\", en = \"LG\" "
                                       "}\ncriterion \"c\" [[ listed ]]\n"
                                       "route \"lg\" { lead = \"miit\", with = { \"mof\" }, level "
                                       "= \"province\", headquarters = true }\n" END),
    };
    tidu_source without[] = {sources[1], sources[2]};
    tidu_ruleset *ruleset = built(without, 2);
    const tidu_duty *duty = &ruleset->routing.duties[tidu_duty_find(&ruleset->routing, "lg")];
    (void)state;
    assert_string_equal(ruleset->routing.bodies[duty->lead].id, "miit");
    assert_int_equal(duty->kind, TIDU_DUTY_DESIGNATION);
    assert_int_equal(duty->level, TIDU_PROVINCE);
    assert_true(duty->headquarters);
    assert_int_equal(ruleset->routing.duty_count, 1);
    tidu_ruleset_unref(&ruleset);
    /* two words of one place at one time collide, see E401 */
    struct rules rules = build(sources, 3);
    assert_null(rules.ruleset);
    assert_int_equal(tidu_report_count(rules.report), 1);
    assert_int_equal(tidu_report_get(rules.report, 0)->code, TIDU_NAME_TAKEN);
    close_rules(&rules);
}

static void
test_targets_keep_their_numbers_and_days(void **state)
{
    const char *text = POLICY("t", SINCE_2020) "designation \"lg\" { zh = \"小巨人\", en = \"LG\" "
                                               "}\ncriterion \"c\" [[ listed ]]\n"
                                               "target \"lg-2025\" { zh = \"一万家\", en = \"Ten "
                                               "thousand\", designation = \"lg\", count = 10000, "
                                               "by = \"2025-12-31\", mark = \"M\" }\n"
                                               "target \"lg-open\" { zh = \"更多\", en = \"More\", "
                                               "designation = \"lg\", count = 20000 }\n" END;
    tidu_source document = source("t.md", text);
    tidu_ruleset *ruleset = built(&document, 1);
    const tidu_target *targets = ruleset->routing.targets;
    (void)state;
    assert_int_equal(ruleset->routing.target_count, 2);
    assert_true(targets[0].count == 10000);
    assert_int_equal(targets[0].by, day("2025-12-31"));
    assert_int_equal(targets[0].certainty, TIDU_FROM_MEMORY);
    assert_int_equal(targets[1].by, INT32_MAX);
    tidu_ruleset_unref(&ruleset);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_note_of_the_opinions_says_who_leads_and_how_that_is_known),
        cmocka_unit_test(test_a_note_is_read_through_spaces_line_breaks_and_other_brackets),
        cmocka_unit_test(test_what_is_declared_counts_where_the_text_says_nothing),
        cmocka_unit_test(test_what_is_declared_may_repeat_what_the_text_says),
        cmocka_unit_test(test_what_is_declared_against_the_text_is_an_error_at_both_places),
        cmocka_unit_test(test_a_declaration_answers_only_for_the_measures_of_its_clause),
        cmocka_unit_test(test_an_office_has_the_usual_name_of_its_level_unless_a_layer_names_it),
        cmocka_unit_test(test_the_nearest_layer_names_an_office_also_for_levels_below_it),
        cmocka_unit_test(test_a_duty_handed_over_is_another_bodys_while_that_lasts),
        cmocka_unit_test(test_an_office_renamed_has_each_name_in_its_days),
        cmocka_unit_test(test_a_body_that_ended_has_its_successor_and_one_to_come_has_nobody),
        cmocka_unit_test(test_where_a_body_has_no_office_the_one_named_instead_acts),
        cmocka_unit_test(test_bodies_that_hand_over_in_a_circle_act_nowhere),
        cmocka_unit_test(test_a_lead_without_an_office_is_named_with_the_level_and_the_day),
        cmocka_unit_test(test_a_body_needs_an_office_only_while_it_leads),
        cmocka_unit_test(test_bodies_that_lead_nothing_may_have_holes),
        cmocka_unit_test(test_a_lead_of_a_place_must_have_an_office_too),
        cmocka_unit_test(test_the_nearest_place_that_says_otherwise_counts_while_it_does),
        cmocka_unit_test(
            test_a_place_that_routes_a_title_differently_does_not_speak_for_the_country),
        cmocka_unit_test(test_targets_keep_their_numbers_and_days),
    };
    return cmocka_run_group_tests(tests, require_helper, NULL);
}
