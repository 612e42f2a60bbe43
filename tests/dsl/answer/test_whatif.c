/*
 * test_whatif.c: one enterprise before and after, and how little of it was computed.
 *
 * Guards dsl/answer/whatif.c and dsl/engine/beside.c. What is told of the changed
 * record has to be what an evaluation of its own tells, to the byte; what is told of
 * changed thresholds, what rules that were written so from the beginning do.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem */
#endif
#include "support.h"

#include "tidu/whatif.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOCUMENT(least, points)                                                                    \
    "# T\n\n```lua\n"                                                                              \
    "policy { id = \"t\", zh = \"测试\", en = \"T\", effective = \"2020-01-01\" }\n"             \
    "param \"floor\" { zh = \"下限\", en = \"floor\", [[ " least "万元 ]] }\n"                   \
    "designation \"d\" { zh = \"甲\", en = \"D\" }\n"                                             \
    "criterion \"scale\" { zh = \"规模\", en = \"Scale\", [[ revenue >= floor ]] }\n"            \
    "criterion \"ratio\" { zh = \"占比\", en = \"Ratio\", [[ rd_expense / revenue >= 3% ]] }\n"  \
    "criterion \"award\" { zh = \"奖\", en = \"Award\", any { [[ any(awards, level = 'city' and " \
    "bonus > 5万元) ]], [[ patents >= 3项 ]] } }\n"                                             \
    "designation \"e\" { zh = \"乙\", en = \"E\" }\n"                                             \
    "criterion \"staff\" { zh = \"人数\", en = \"Staff\", [[ employees >= 10人 ]] }\n"          \
    "criterion \"points\" { zh = \"得分\", en = \"Points\", [[ score('e') >= 4 ]] }\n"           \
    "scorecard { zh = \"评分\", en = \"Card\", max = 10 }\n"                                     \
    "indicator \"i\" { zh = \"研发\", en = \"R&D\", max = 10, on = [[ rd_expense ]],\n"          \
    "  bands = { { [[ >= 20万元 ]], " points " }, { [[ < 20万元 ]], 2 } } }\n"                   \
    "subsidy \"a\" { zh = \"奖励\", en = \"Grant\", amount = [[ rd_expense / 2 ]], cap = [[ "    \
    "30万元 ]], [[ meets('d') ]] }\n"                                                            \
    "```\n"

static const char document[] = DOCUMENT("50", "8");
static const char other[] = DOCUMENT("70", "3");

struct fixture {
    tidu_ruleset *ruleset, *other;
    tidu_options options;
};

static int
setup(void **state)
{
    static struct fixture fixture;
    if (require_helper(state))
        return -1;
    fixture.ruleset = rules_of_text(document);
    fixture.other = rules_of_text(other);
    fixture.options.explain = TIDU_EXPLAIN_FULL;
    fixture.options.lang = TIDU_BOTH;
    assert_true(tidu_date_parse("2026-05-01", 10, &fixture.options.as_of));
    *state = &fixture;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;
    tidu_ruleset_unref(&f->ruleset);
    tidu_ruleset_unref(&f->other);
    return 0;
}

static char *
padded(const char *text)
{
    char *copy = calloc(strlen(text) + TIDU_RECORD_PADDING, 1);
    assert_non_null(copy);
    return strcpy(copy, text);
}

/* An answer of an evaluation of its own. */
static tidu_text
answer_of(tidu_ruleset *ruleset, const tidu_options *options, const char *record)
{
    tidu_text out = {0};
    tidu_error error = {0};
    char *text = padded(record);
    tidu_evaluation *e = tidu_evaluation_open(ruleset, options, 1, &error);
    assert_non_null(e);
    assert_int_equal(tidu_evaluation_json(e, text, strlen(record), &error), TIDU_READ_ROW);
    tidu_evaluation_run(e);
    tidu_evaluation_write(e, 0, &out);
    tidu_evaluation_close(&e);
    free(text);
    return out;
}

/* What comes of it, NUL-ended; the test fails when it is refused. */
static tidu_text
ask(const struct fixture *f, const char *record, const char *changed, tidu_overlay *overlay,
    tidu_ruleset *candidate)
{
    tidu_text out = {0};
    tidu_error error = {0};
    char words[400], *text = padded(record), *after = changed ? padded(changed) : NULL;
    tidu_whatif whatif = {.options = &f->options,
                          .record = text,
                          .length = strlen(record),
                          .changed = after,
                          .changed_length = changed ? strlen(changed) : 0,
                          .overlay = overlay,
                          .candidate = candidate};
    if (!tidu_ruleset_whatif(f->ruleset, &whatif, &out, &error))
        fail_msg("%s", tidu_error_message(&error, TIDU_EN, words, sizeof words));
    tidu_text_putc(&out, '\0');
    free(text);
    free(after);
    assert_false(out.failed);
    return out;
}

static void
assert_says(const tidu_text *out, const char *words)
{
    if (!strstr(out->data, words))
        fail_msg("%s\nis not in %s", words, strstr(out->data, "\"changed\""));
}

/* The part of `out` that is told of a side is this answer, but for its ruleset. */
static void
assert_side(const tidu_text *out, const char *side, const tidu_text *answer)
{
    const char *from = strstr(out->data, side);
    const char *body = memmem(answer->data, answer->length, ",\"as_of\"", 8);
    assert_true(from && body);
    from = strstr(from, ",\"as_of\"");
    size_t length = answer->length - (size_t)(body - answer->data);
    assert_non_null(from);
    if (strncmp(from, body, length) != 0)
        fail_msg("%s%s\nis not %.*s", side, from, (int)length, body);
}

/* ---- facts ---- */

#define RECORD(more) "{\"revenue\":60,\"rd_expense\":18,\"employees\":12,\"patents\":1" more "}"

static const char *const records[] = {
    RECORD(""),
    RECORD(",\"awards\":[]"),
    RECORD(",\"awards\":[{\"level\":\"city\",\"bonus\":6}]"),
    RECORD(",\"awards\":[{\"level\":\"city\",\"bonus\":5.00000000000000000001}]"),
    RECORD(",\"awards\":[{\"level\":\"city\",\"bonus\":5}]"),
    RECORD(",\"awards\":[{\"level\":\"city\"},{\"level\":\"city\",\"bonus\":5}]"),
    "{\"revenue\":60.000000000000000000001,\"rd_expense\":1.8,\"employees\":12,\"patents\":1}",
    "{\"revenue\":60,\"rd_expense\":1.8,\"employees\":9,\"patents\":3}",
    "{\"revenue\":49.99,\"rd_expense\":20,\"employees\":10,\"patents\":3}",
    "{\"rd_expense\":20}",
    "{}",
};
enum { RECORDS = sizeof records / sizeof *records };

static void
test_both_sides_are_what_each_is_by_itself(void **state)
{
    const struct fixture *f = *state;
    for (int i = 0; i < RECORDS; i++)
        for (int j = 0; j < RECORDS; j++) {
            tidu_text before = answer_of(f->ruleset, &f->options, records[i]);
            tidu_text after = answer_of(f->ruleset, &f->options, records[j]);
            tidu_text out = ask(f, records[i], records[j], NULL, NULL);
            assert_side(&out, "\"before\":{", &before);
            assert_side(&out, ",\"after\":{\"ruleset\"", &after);
            if (i == j)
                assert_says(&out, "\"changed\":[],\"work\":{\"steps\":0,");
            tidu_text_free(&out);
            tidu_text_free(&before);
            tidu_text_free(&after);
        }
}

static void
test_what_moved_is_told_with_both_reasons(void **state)
{
    tidu_text out =
        ask(*state, RECORD(""), "{\"revenue\":40,\"rd_expense\":18,\"employees\":12,\"patents\":3}",
            NULL, NULL);
    assert_says(&out,
                "{\"kind\":\"criterion\",\"id\":\"d/scale\",\"title\":{\"zh\":\"规模\",\"en\":"
                "\"Scale\"},\"before\":\"met\",\"after\":\"unmet\",\"designation\":\"d\","
                "\"clause\":{\"document\":\"t\",");
    assert_says(&out, "\"says\":{\"before\":{\"zh\":\"规模为60万元，符合不低于50万元的要求\"");
    assert_says(&out, "\"after\":{\"zh\":\"规模为40万元，要求不低于50万元，相差10万元\"");
    assert_says(&out, "\"id\":\"d/award\"");
    assert_null(strstr(strstr(out.data, "\"changed\""), "d/ratio"));
    tidu_text_free(&out);
    /* Money moves with the title it hangs on, points with what they are given for. */
    out = ask(*state, RECORD(""),
              "{\"revenue\":60,\"rd_expense\":22,\"employees\":12,\"patents\":3}", NULL, NULL);
    assert_says(&out,
                "{\"kind\":\"designation\",\"id\":\"d\",\"title\":{\"zh\":\"甲\",\"en\":\"D\"},"
                "\"before\":\"undetermined\",\"after\":\"met\"}");
    assert_says(&out, "{\"kind\":\"indicator\",\"id\":\"e/i\",\"title\":{\"zh\":\"研发\",\"en\":"
                      "\"R&D\"},\"before\":2,\"after\":8}");
    assert_says(&out, "\"amount\":{\"before\":[0,9],\"after\":11}}");
    tidu_text_free(&out);
    /* That is told also where answers tell of titles only. */
    struct fixture brief = *(struct fixture *)*state;
    brief.options.explain = TIDU_EXPLAIN_NONE;
    out = ask(&brief, RECORD(""),
              "{\"revenue\":60,\"rd_expense\":22,\"employees\":12,\"patents\":3}", NULL, NULL);
    assert_says(&out, "\"amount\":{\"before\":[0,9],\"after\":11}}");
    tidu_text_free(&out);
}

/* ---- how much was computed ---- */

static unsigned
steps_of(const tidu_text *out)
{
    const char *work = strstr(out->data, "\"work\":{\"steps\":");
    assert_non_null(work);
    return (unsigned)strtoul(work + 16, NULL, 10);
}

static void
test_only_what_depends_on_the_change_is_computed(void **state)
{
    const struct fixture *f = *state;
    /* employees >= 10, and the designation over both of its criteria. */
    tidu_text out =
        ask(f, RECORD(""), "{\"revenue\":60,\"rd_expense\":18,\"employees\":13,\"patents\":1}",
            NULL, NULL);
    assert_int_equal(steps_of(&out), 2);
    tidu_text_free(&out);
    /* A fact that no rule asks for. */
    out = ask(f, RECORD(""), RECORD(",\"capital\":7"), NULL, NULL);
    assert_int_equal(steps_of(&out), 0);
    tidu_text_free(&out);
    /* All of it at most. */
    out = ask(f, RECORD(""), "{}", NULL, NULL);
    unsigned all = (unsigned)strtoul(strstr(out.data, ",\"of\":") + 6, NULL, 10);
    assert_true(all > 10 && steps_of(&out) <= all);
    tidu_text_free(&out);
}

/* ---- rules ---- */

static void
test_a_threshold_is_as_if_it_had_been_written_so(void **state)
{
    const struct fixture *f = *state;
    tidu_error error = {0};
    tidu_overlay *overlay = tidu_overlay_open(f->ruleset);
    assert_non_null(overlay);
    assert_true(tidu_overlay_set(overlay, "floor", "70万元", &error));
    for (int i = 0; i < RECORDS; i++) {
        tidu_text wanted = answer_of(f->other, &f->options, records[i]);
        tidu_text out = ask(f, records[i], NULL, overlay, NULL);
        /* The other rules give other points too: all before them is to be the same. */
        const char *end = memmem(wanted.data, wanted.length, "{\"id\":\"e\"", 9);
        assert_non_null(end);
        wanted.length = (size_t)(end - wanted.data);
        assert_side(&out, ",\"after\":{\"ruleset\"", &wanted);
        /* The comparison, the designation over it; the money that hangs on it. */
        assert_true(steps_of(&out) >= 2 && steps_of(&out) <= 12);
        tidu_text_free(&out);
        tidu_text_free(&wanted);
    }
    tidu_overlay_close(&overlay);
}

static void
test_other_rules_are_compared_by_their_ids(void **state)
{
    static const char fewer[] = "# T\n\n```lua\n"
                                "policy { id = \"t\", zh = \"测试\", effective = \"2020-01-01\" }\n"
                                "designation \"d\" { zh = \"甲\" }\n"
                                "criterion \"scale\" { zh = \"规模\", [[ revenue >= 50万元 ]] }\n"
                                "criterion \"years\" { zh = \"人数\", [[ employees >= 100人 ]] }\n"
                                "```\n";
    const struct fixture *f = *state;
    tidu_ruleset *candidate = rules_of_text(fewer);
    tidu_text wanted = answer_of(candidate, &f->options, records[2]);
    tidu_text out = ask(f, records[2], NULL, NULL, candidate);
    assert_side(&out, ",\"after\":{\"ruleset\"", &wanted);
    assert_says(&out, "\"candidate\":\"");
    assert_says(&out, "\"id\":\"d/years\",\"title\":{\"zh\":\"人数\",\"en\":\"years\"},"
                      "\"before\":\"absent\",\"after\":\"unmet\"");
    assert_says(&out, "\"id\":\"d/ratio\",\"title\":{\"zh\":\"占比\",\"en\":\"Ratio\"},"
                      "\"before\":\"met\",\"after\":\"absent\"");
    assert_says(&out, "{\"kind\":\"designation\",\"id\":\"e\",");
    assert_null(strstr(strstr(out.data, "\"changed\""), "d/scale"));
    tidu_text_free(&out);
    tidu_text_free(&wanted);
    tidu_ruleset_unref(&candidate);
}

static void
test_a_refusal_leaves_nothing_behind(void **state)
{
    const struct fixture *f = *state;
    tidu_error error = {0};
    tidu_text out = {0};
    char *good = padded("{}"), *bad = padded("{\"revenue\":\"x\"}");
    tidu_whatif whatif = {.options = &f->options, .record = bad, .length = 15};
    assert_false(tidu_ruleset_whatif(f->ruleset, &whatif, &out, &error));
    assert_true(error.code != TIDU_OK);
    whatif = (tidu_whatif){
        .options = &f->options, .record = good, .length = 2, .changed = bad, .changed_length = 15};
    error.code = TIDU_OK;
    assert_false(tidu_ruleset_whatif(f->ruleset, &whatif, &out, &error));
    assert_true(error.code != TIDU_OK);
    assert_int_equal(out.length, 0);
    free(good);
    free(bad);
    tidu_text_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_sides_are_what_each_is_by_itself),
        cmocka_unit_test(test_what_moved_is_told_with_both_reasons),
        cmocka_unit_test(test_only_what_depends_on_the_change_is_computed),
        cmocka_unit_test(test_a_threshold_is_as_if_it_had_been_written_so),
        cmocka_unit_test(test_other_rules_are_compared_by_their_ids),
        cmocka_unit_test(test_a_refusal_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
