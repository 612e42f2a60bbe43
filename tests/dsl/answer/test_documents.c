/*
 * test_documents.c: whole documents, good and bad.
 *
 * Every document of tests/policy/bad/rules/ is built with the small vocabulary
 * and its scenarios are run (a folder: all its documents together, as a rules
 * folder of its own), then the lints; everything said about it, in both
 * languages, must be to the letter what stands in <name>.expected. Every document of
 * tests/policy/good/rules/ must be built without a word, and all its scenarios
 * must pass: together these pin the semantics of rules/README.md.
 *
 * To see what is said now, run with TIDU_SHOW=1.
 */
#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

/* Codes that no document in a folder beside a vocabulary can cause. */
static const char *const causeless[] = {
    "E407", /* no condition, many, no designation: the authoring helper refuses */
    "E408", /* them first, see tests/policy/bad/author/ */
    "E430",
    "E431", /* no facts: test_a_folder_without_facts_is_refused */
    "E433", /* no such topic: tests/dsl/answer/test_describe.c */
    "E434", /* no such designation: tests/dsl/answer/test_evaluation.c */
    "E482", /* a daemon that refuses what is stale: tests/daemon/test_command.c */
    "E483", /* no such document: there as well */
    "E470", /* no such threshold, or no such value: */
    "E471", /* tests/dsl/answer/test_overlay.c */
    "E654", /* no such body, no office of it there: tests/daemon/test_demand.c */
    "E655",
    "E642", /* no such duty, no such region: */
    "E643", /* tests/dsl/answer/test_route.c */
    "E644", /* no such rule: what-ifs are asked, not written */
};

/* Call `check` for every document of a folder; how many it found wanting. */
static int
check_folder(const char *folder,
             bool (*check)(tidu_arena *arena, const char *folder, const char *name))
{
    tidu_arena *arena = tidu_arena_open();
    struct dirent **entries;
    char *path = test_path(arena, folder);
    int failed = 0, count = scandir(path, &entries, is_document, alphasort);
    if (count <= 0)
        fail_msg("no documents in %s; run from the source folder or set srcdir", path);
    for (int i = 0; i < count; i++) {
        failed += !check(arena, path, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    tidu_arena_close(&arena);
    return failed;
}

static char *
read_text(tidu_arena *arena, const char *folder, const char *name)
{
    size_t length;
    return read_file(arena, tidu_arena_printf(arena, "%s/%s", folder, name), &length);
}

/* ---- bad ---- */

static char *
said_in_both_languages(tidu_arena *arena, const tidu_report *report)
{
    tidu_text en = complaints(report, TIDU_EN), zh = complaints(report, TIDU_ZH);
    char *said = tidu_arena_printf(arena, "%s\n%s", en.data, zh.data);
    tidu_text_free(&en);
    tidu_text_free(&zh);
    return said;
}

static bool
check_bad(tidu_arena *arena, const char *folder, const char *name)
{
    tidu_report *report;
    uint32_t passed;
    struct documents documents = read_documents(arena, folder, name);
    char *wanted = read_text(arena, folder, tidu_arena_printf(arena, "%s.expected", name));
    tidu_ruleset *ruleset = build_rules(documents.sources, documents.count, &report, &passed);
    if (ruleset && !tidu_report_error_count(report)) {
        tidu_ruleset_lint(ruleset, report);
        tidu_report_sort(report);
    }
    char *said = said_in_both_languages(arena, report);
    bool good = wanted && tidu_report_count(report) && !strcmp(wanted, said);
    if (getenv("TIDU_SHOW"))
        printf("=== %s\n%s", name, said);
    else if (!good)
        fprintf(stderr, "%s\n--- expected\n%s--- got\n%s", name, wanted ? wanted : "nothing\n",
                said);
    tidu_report_close(&report);
    tidu_ruleset_unref(&ruleset);
    return good;
}

static void
test_every_bad_document_gets_exactly_its_expected_complaints(void **state)
{
    (void)state;
    assert_int_equal(check_folder("policy/bad/rules", check_bad), 0);
}

static const char *const compile_codes[] = {
#define X(name, id, severity, en, hint_en, zh, hint_zh) id,
#include "tidu/errors/compile.def"
#include "tidu/errors/support.def"
#undef X
};

static tidu_text everything_expected;

static bool
gather_expected(tidu_arena *arena, const char *folder, const char *name)
{
    char *wanted = read_text(arena, folder, tidu_arena_printf(arena, "%s.expected", name));
    if (wanted)
        tidu_text_puts(&everything_expected, wanted);
    return wanted != NULL;
}

static bool
is_causeless(const char *id)
{
    for (size_t i = 0; i < sizeof causeless / sizeof *causeless; i++)
        if (!strcmp(causeless[i], id))
            return true;
    return false;
}

static void
test_every_code_of_the_compile_room_has_a_document_that_causes_it(void **state)
{
    int lonely = 0;
    char tag[16];
    (void)state;
    assert_int_equal(check_folder("policy/bad/rules", gather_expected), 0);
    tidu_text_putc(&everything_expected, '\0');
    for (size_t i = 0; i < sizeof compile_codes / sizeof *compile_codes; i++) {
        snprintf(tag, sizeof tag, "[%s]", compile_codes[i]);
        bool caused = strstr(everything_expected.data, tag) != NULL;
        if (caused == is_causeless(compile_codes[i]))
            fprintf(stderr, "%s %s\n", compile_codes[i],
                    caused ? "is caused by a document after all" : "has no document");
        lonely += caused == is_causeless(compile_codes[i]);
    }
    tidu_text_free(&everything_expected);
    assert_int_equal(lonely, 0);
}

static void
test_a_folder_without_facts_is_refused(void **state)
{
    tidu_report *report = tidu_report_open();
    tidu_ruleset *ruleset = NULL;
    const tidu_source source = {"empty.lua", "", 0};
    (void)state;
    assert_false(tidu_ruleset_build(&source, 1, NULL, &ruleset, report));
    assert_null(ruleset);
    assert_int_equal(tidu_report_count(report), 1);
    assert_int_equal(tidu_report_get(report, 0)->code, TIDU_NO_FACTS);
    tidu_report_close(&report);
}

/* ---- good ---- */

static bool
check_good(tidu_arena *arena, const char *folder, const char *name)
{
    tidu_report *report;
    uint32_t passed, stated = 0;
    struct documents documents = read_documents(arena, folder, name);
    tidu_ruleset *ruleset = build_rules(documents.sources, documents.count, &report, &passed);
    if (ruleset)
        stated = tidu_ruleset_counts(ruleset).scenarios;
    bool good = stated && passed == stated && !tidu_report_count(report);
    if (!good) {
        tidu_text said = complaints(report, TIDU_EN);
        fprintf(stderr, "%s: %u of %u scenarios pass\n%s", name, passed, stated, said.data);
        tidu_text_free(&said);
    }
    tidu_report_close(&report);
    tidu_ruleset_unref(&ruleset);
    return good;
}

static void
test_every_scenario_of_every_good_document_passes_without_a_word(void **state)
{
    (void)state;
    assert_int_equal(check_folder("policy/good/rules", check_good), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_bad_document_gets_exactly_its_expected_complaints),
        cmocka_unit_test(test_every_code_of_the_compile_room_has_a_document_that_causes_it),
        cmocka_unit_test(test_a_folder_without_facts_is_refused),
        cmocka_unit_test(test_every_scenario_of_every_good_document_passes_without_a_word),
    };
    return cmocka_run_group_tests(tests, require_helper, NULL);
}
