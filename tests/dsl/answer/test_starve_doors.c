/*
 * test_starve_doors.c: each allocation fails in turn, behind every door.
 *
 * What test_starve.c does for compiling and answering is done here for all else
 * that include/tidu/ offers: loading, tables, matrices, calendars, comparisons,
 * reviews, overlays. In the n-th round the n-th request is refused, and in a
 * second pass that one and all after it. Whatever is refused, there is a clear
 * error or all of what there is without; and then the same is asked again, which
 * must give all of it: nothing that was half done is left behind.
 */
#include "../../sparing.h"
#include "hunger.h"
#include "support.h"

#include "tidu/compile.h"
#include "tidu/diff.h"
#include "tidu/mutants.h"
#include "tidu/overlay.h"
#include "tidu/review.h"
#include "tidu/sql.h"
#include "tidu/whatif.h"

#include <stdlib.h>

static const char record[] = "{\"region_code\":\"440305\",\"revenue\":{\"2025\":300},\"patents\":5,"
                             "\"grants\":1,\"honest\":true,"
                             "\"titles\":[{\"id\":\"lg\",\"granted\":\"2024-06-01\"}]}";

static struct {
    tidu_arena *arena;
    const char *folder;
    struct documents documents;    /* a rules folder: places, slots, money, bodies */
    tidu_ruleset *ruleset, *other; /* the same with another condition and code */
    int32_t day;
} rules;

/* ---- a door -------------------------------------------------------------------- */

/* Go through it and write what is behind; false with an error. */
typedef bool (*door)(tidu_text *out, tidu_error *reterr);

static door trying;
static tidu_text plenty;

/* All that there is, or the test fails and shows which refusal made half of it. */
static void
assert_plenty(const tidu_text *a)
{
    if (a->failed || a->length != plenty.length || memcmp(a->data, plenty.data, a->length))
        fail_msg("refusal %lu%s: %.*s\nnot: %.*s", hunger.refused, hunger.lasting ? " and on" : "",
                 (int)a->length, a->data, (int)plenty.length, plenty.data);
}

static bool
round_of_trying(void)
{
    tidu_text text = {0};
    tidu_error error = {0};
    hunger.armed = true;
    bool good = trying(&text, &error);
    hunger.armed = false;
    if (!good)
        assert_int_equal(error.code, TIDU_MEMORY);
    else if (!text.failed)
        assert_plenty(&text);
    text.length = 0;
    text.failed = false;
    assert_true(trying(&text, &error));
    assert_plenty(&text);
    tidu_text_free(&text);
    return hunger.calls < hunger.refused;
}

static void
starve_door(door through, unsigned long step)
{
    tidu_error error = {0};
    char words[1024];
    trying = through;
    plenty.length = 0;
    if (!through(&plenty, &error))
        fail_msg("%s", tidu_error_message(&error, TIDU_EN, words, sizeof words));
    assert_true(plenty.length > 0);
    starve(round_of_trying, false, step);
    starve(round_of_trying, true, step);
}

static tidu_options
options(void)
{
    return (tidu_options){.as_of = rules.day, .explain = TIDU_EXPLAIN_FULL, .lang = TIDU_BOTH};
}

/* A record as readers want it. */
static const char *
padded(void)
{
    static char text[sizeof record + TIDU_RECORD_PADDING];
    memcpy(text, record, sizeof record);
    return text;
}

/* ---- what there is ----------------------------------------------------------------- */

static bool
read_table(tidu_evaluation *e, tidu_csv *csv, tidu_text *out, tidu_error *reterr)
{
    static const char rows[] = "\"某\"\"某\",300,2.12345678901234567890,是,CE;ISO9001,3489\n";
    if (tidu_evaluation_csv(e, csv, rows, sizeof rows - 1, reterr) != TIDU_READ_ROW)
        return false;
    tidu_evaluation_run(e);
    tidu_evaluation_write(e, 0, out);
    return true;
}

static bool
ask_table(tidu_text *out, tidu_error *reterr)
{
    static const char heading[] =
        "enterprise_name,revenue 2025,capital,honest,certs,industry_code\n";
    tidu_options asked = options();
    tidu_csv *csv = tidu_csv_open(tidu_ruleset_vocabulary(rules.ruleset), heading,
                                  sizeof heading - 1, false, reterr);
    tidu_evaluation *e = csv ? tidu_evaluation_open(rules.ruleset, &asked, 3, reterr) : NULL;
    bool good = e && read_table(e, csv, out, reterr);
    tidu_evaluation_close(&e);
    tidu_csv_close(&csv);
    return good;
}

static bool
write_view(tidu_text *out, tidu_error *reterr)
{
    tidu_sql sql = {.dialect = TIDU_SQL_POSTGRES,
                    .region = 440305,
                    .as_of = rules.day,
                    .table = "enterprise",
                    .key = "uscc"};
    size_t begin = out->length;
    for (int d = 0; d < TIDU_SQL_DIALECTS; d++) {
        sql.dialect = (tidu_sql_dialect)d;
        if (!tidu_sql_view(rules.ruleset, &sql, out, reterr) ||
            !tidu_sql_tables(rules.ruleset, &sql, out, reterr)) {
            out->length = begin;
            return false;
        }
    }
    return true;
}

static bool
compare_rules(tidu_text *out, tidu_error *reterr)
{
    const tidu_diff diff = {.as_of = rules.day, .region = 440305};
    size_t begin = out->length;
    if (!tidu_ruleset_diff(rules.ruleset, rules.other, &diff, out, reterr))
        return false;
    if (tidu_ruleset_moved(rules.ruleset, rules.other, out))
        return true;
    out->length = begin;
    return tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

static void
write_outcome(void *context, const char *id, tidu_outcome outcome)
{
    tidu_text_printf(context, "%s %d\n", id, (int)outcome);
}

/* One after the other in one evaluation: in three places, by some titles, in parts. */
static bool
ask_by_turns(tidu_text *out, tidu_error *reterr)
{
    static const char *const wanted[] = {"lg"};
    tidu_options asked[3] = {options(), options(), options()};
    asked[1].jurisdiction = 440000;
    asked[1].designations = wanted;
    asked[1].designation_count = 1;
    asked[2].include = TIDU_INCLUDE_SUBSIDIES;
    tidu_evaluation *e = tidu_evaluation_open(rules.ruleset, &asked[0], 2, reterr);
    bool good = e != NULL;
    for (int i = 0; good && i < 3; i++) {
        good = tidu_evaluation_reset(e, &asked[i], reterr) &&
               tidu_evaluation_json(e, padded(), sizeof record - 1, reterr) == TIDU_READ_ROW;
        if (!good)
            break;
        tidu_evaluation_run(e);
        tidu_evaluation_write(e, 0, out);
        tidu_evaluation_outcomes(e, 0, write_outcome, out);
    }
    tidu_evaluation_close(&e);
    return good;
}

static bool
ask_matrix(tidu_text *out, tidu_error *reterr)
{
    tidu_options asked = options();
    return tidu_ruleset_matrix(rules.ruleset, &asked, padded(), sizeof record - 1, out, reterr);
}

/* Other facts and another threshold. */
static bool
ask_whatif(tidu_text *out, tidu_error *reterr)
{
    static const char other[sizeof "{\"revenue\":1,\"honest\":true}" + TIDU_RECORD_PADDING] =
        "{\"revenue\":1,\"honest\":true}";
    tidu_options asked = options();
    tidu_whatif whatif = {.options = &asked,
                          .record = padded(),
                          .length = sizeof record - 1,
                          .changed = other,
                          .changed_length = strlen(other),
                          .overlay = tidu_overlay_open(rules.ruleset)};
    tidu_error_set(reterr, TIDU_MEMORY, NULL);
    bool good = whatif.overlay && tidu_overlay_set(whatif.overlay, "least", "70万元", reterr) &&
                tidu_ruleset_whatif(rules.ruleset, &whatif, out, reterr);
    tidu_overlay_close(&whatif.overlay);
    return good;
}

static bool
compare_places(tidu_text *out, tidu_error *reterr)
{
    return tidu_ruleset_compare(rules.ruleset, "least", rules.day, TIDU_BOTH, out, reterr) &&
           tidu_ruleset_compare(rules.ruleset, "lg", rules.day, TIDU_ZH, out, reterr);
}

static bool
ask_calendar(tidu_text *out, tidu_error *reterr)
{
    tidu_options asked = options();
    tidu_title_term term = {"lg", rules.day - 400, INT32_MIN, INT32_MIN, INT32_MAX};
    return tidu_ruleset_calendar(rules.ruleset, &asked, rules.day + 2000, NULL, 0, NULL, 0, out,
                                 reterr) &&
           tidu_ruleset_calendar(rules.ruleset, &asked, rules.day + 2000, padded(),
                                 sizeof record - 1, &term, 1, out, reterr);
}

static bool
ask_routes(tidu_text *out, tidu_error *reterr)
{
    static const char *const duties[] = {"M1", "d", "lg"};
    for (size_t i = 0; i < sizeof duties / sizeof *duties; i++) {
        tidu_route_question question = {
            .duty = duties[i], .region = 440305, .as_of = rules.day, .lang = TIDU_BOTH};
        if (!tidu_ruleset_route(rules.ruleset, &question, out, reterr))
            return false;
    }
    return true;
}

static bool
describe_by_topic(tidu_text *out, tidu_error *reterr)
{
    static const char *const topics[] = {"stacks",  "slots",       "subsidies", "measures",
                                         "demands", "transitions", "targets",   "bodies",
                                         "regions", "programs"};
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
        if (!tidu_ruleset_describe(rules.ruleset, topics[i], out, reterr))
            return false;
    return true;
}

static bool
review(tidu_text *out, tidu_error *reterr)
{
    tidu_reviewed reviewed;
    return tidu_ruleset_review(rules.ruleset, NULL, 0, rules.day, out, &reviewed, reterr);
}

/* What the library has no error for: NULL or false says that memory ran out. */
static bool
no_memory(tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

static bool
list_events(tidu_text *out, tidu_error *reterr)
{
    const tidu_event *list;
    const tidu_deviation *deviations;
    tidu_deviation base;
    uint32_t count, deviation_count;
    tidu_arena *arena = tidu_arena_open();
    bool good = arena && tidu_ruleset_events(rules.ruleset, 0, 40000, arena, &list, &count);
    if (!good) {
        tidu_arena_close(&arena);
        return no_memory(reterr);
    }
    tidu_text_printf(out, "%u events", count);
    good = tidu_ruleset_deviations(rules.ruleset, "least", rules.day, arena, &base, &deviations,
                                   &deviation_count, reterr);
    if (good)
        tidu_text_printf(out, "%u deviations", deviation_count);
    tidu_arena_close(&arena);
    return good;
}

static bool
write_records(tidu_text *out, tidu_error *reterr)
{
    for (uint32_t i = 0; i < rules.ruleset->scenario_count; i++) {
        tidu_text text = {0};
        if (!tidu_ruleset_record(rules.ruleset, &rules.ruleset->scenarios[i], &text)) {
            tidu_text_free(&text);
            return no_memory(reterr);
        }
        tidu_text_puts(out, text.data);
        tidu_text_free(&text);
    }
    return true;
}

/* The first threshold of the rules with another value, and the first mutants. */
static bool
change_programs(tidu_overlay *overlay, tidu_arena *arena, tidu_text *out, tidu_error *reterr)
{
    enum { SOME = 5 };
    tidu_mutants mutants;
    const tidu_rules *list = tidu_rules_list(rules.ruleset, arena);
    if (!list || !tidu_mutants_list(list, arena, &mutants))
        return no_memory(reterr);
    for (uint32_t i = 0; i < mutants.count && i < SOME; i++) {
        if (!tidu_overlay_mutate(overlay, &mutants.list[i]))
            return no_memory(reterr);
        if (!tidu_overlay_program(overlay, rules.day, reterr))
            return false;
        tidu_text_printf(out, "%s\n", mutants.list[i].address);
    }
    tidu_overlay_clear(overlay);
    return tidu_overlay_set(overlay, "least", "200万元", reterr) &&
           tidu_overlay_program(overlay, rules.day, reterr);
}

static bool
change(tidu_text *out, tidu_error *reterr)
{
    tidu_arena *arena = tidu_arena_open();
    tidu_overlay *overlay = arena ? tidu_overlay_open(rules.ruleset) : NULL;
    bool good = overlay ? change_programs(overlay, arena, out, reterr) : no_memory(reterr);
    tidu_overlay_close(&overlay);
    tidu_arena_close(&arena);
    return good;
}

/* ---- loading ------------------------------------------------------------------------ */

/* What is behind a report's first error. For want of memory a file cannot be read, and
 * the helper's answer not be kept. */
static bool
loaded(const tidu_ruleset *ruleset, const tidu_report *report, tidu_text *out, tidu_error *reterr)
{
    const tidu_error *first = report ? tidu_report_get(report, 0) : NULL;
    if (ruleset) {
        tidu_text_puts(out, tidu_ruleset_digest(ruleset));
        return true;
    }
    assert_true(!report || tidu_report_error_count(report) > 0);
    if (!first || first->code == TIDU_FILE_READ || first->code == TIDU_AUTHOR_HELPER_ANSWER ||
        first->code == TIDU_AUTHOR_HELPER_DIED)
        return no_memory(reterr);
    *reterr = *first;
    return false;
}

static bool
build_again(tidu_text *out, tidu_error *reterr)
{
    tidu_report *report = tidu_report_open();
    tidu_ruleset *ruleset = NULL;
    if (report)
        tidu_ruleset_rebuild(rules.documents.sources, rules.documents.count, NULL, rules.ruleset,
                             &ruleset, report);
    bool good = loaded(ruleset, report, out, reterr);
    tidu_ruleset_unref(&ruleset);
    tidu_report_close(&report);
    return good;
}

static bool
build_anew(tidu_text *out, tidu_error *reterr)
{
    tidu_report *report = tidu_report_open();
    tidu_ruleset *ruleset = NULL;
    if (report)
        tidu_ruleset_build(rules.documents.sources, rules.documents.count, NULL, &ruleset, report);
    bool good = loaded(ruleset, report, out, reterr);
    tidu_ruleset_unref(&ruleset);
    tidu_report_close(&report);
    return good;
}

static bool
read_folder(tidu_text *out, tidu_error *reterr)
{
    tidu_source *sources;
    size_t count;
    tidu_arena *arena = tidu_arena_open();
    if (!arena)
        return no_memory(reterr);
    bool good = tidu_sources_read(rules.folder, arena, &sources, &count, reterr);
    if (good)
        tidu_text_printf(out, "%zu sources", count);
    else
        no_memory(reterr); /* of a folder that can be read */
    tidu_arena_close(&arena);
    return good;
}

/* ---- the tests -------------------------------------------------------------------- */

static void
test_tables_survive_every_refusal(void **state)
{
    (void)state;
    starve_door(ask_table, 1);
}

static void
test_one_evaluation_used_by_turns_survives_every_refusal(void **state)
{
    (void)state;
    starve_door(ask_by_turns, 1);
}

static void
test_matrices_and_comparisons_survive_every_refusal(void **state)
{
    (void)state;
    starve_door(ask_matrix, 1);
    starve_door(compare_places, 1);
}

static void
test_what_ifs_survive_every_refusal(void **state)
{
    (void)state;
    starve_door(ask_whatif, 1);
}

static void
test_calendars_and_events_survive_every_refusal(void **state)
{
    (void)state;
    starve_door(ask_calendar, 1);
    starve_door(list_events, 1);
}

static void
test_routes_and_lists_survive_every_refusal(void **state)
{
    (void)state;
    starve_door(ask_routes, 1);
    starve_door(describe_by_topic, 1);
}

static void
test_views_survive_every_refusal(void **state)
{
    (void)state;
    starve_door(write_view, 31);
}

static void
test_differences_survive_every_refusal(void **state)
{
    (void)state;
    starve_door(compare_rules, 97);
    assert_non_null(strstr(plenty.data, "\"example\":{"));
}

static void
test_reviews_and_records_survive_every_refusal(void **state)
{
    (void)state;
    starve_door(review, 1);
    starve_door(write_records, 1);
}

static void
test_changed_rules_survive_every_refusal(void **state)
{
    (void)state;
    starve_door(change, 1);
}

static void
test_reading_a_folder_survives_every_refusal(void **state)
{
    (void)state;
    starve_door(read_folder, 1);
}

/* A helper is started in each round: by samples, as compiling itself is starved
 * elsewhere. */
static void
test_loading_survives_refusals(void **state)
{
    (void)state;
    starve_door(build_anew, 61 * SPARING);
    starve_door(build_again, 61 * SPARING);
}

/* ---- the group -------------------------------------------------------------------- */

static int
by_path(const void *a, const void *b)
{
    return strcmp(((const tidu_source *)a)->path, ((const tidu_source *)b)->path);
}

/* The rules with one condition otherwise, which mentions a code of its own. */
static bool
build_other(void)
{
    static const char was[] = "revenue >= least";
    static const char is[] = "revenue >= least * 2 or industry_code in { 'C34' }";
    tidu_source *sources = tidu_arena_array(rules.arena, rules.documents.count, sizeof *sources);
    tidu_report *report = tidu_report_open();
    for (size_t i = 0; i < rules.documents.count; i++) {
        sources[i] = rules.documents.sources[i];
        const char *at = strstr(sources[i].text, was);
        if (!at)
            continue;
        tidu_text text = {0};
        tidu_text_add(&text, sources[i].text, (size_t)(at - sources[i].text));
        tidu_text_puts(&text, is);
        tidu_text_puts(&text, at + sizeof was - 1);
        sources[i].text = tidu_arena_copy_n(rules.arena, text.data, text.length);
        tidu_text_free(&text);
        sources[i].length = strlen(sources[i].text);
    }
    bool good = tidu_ruleset_build(sources, rules.documents.count, NULL, &rules.other, report);
    tidu_report_close(&report);
    return good;
}

static int
prepare(void **state)
{
    if (require_helper(state))
        return -1;
    rules.arena = tidu_arena_open();
    rules.folder = test_path(rules.arena, "policy/starve");
    rules.documents = read_documents(rules.arena, test_path(rules.arena, "policy"), "starve");
    rules.documents.sources[rules.documents.count++] = vocabulary_source(rules.arena);
    rules.documents.sources[rules.documents.count++] = places_source(rules.arena);
    qsort(rules.documents.sources, rules.documents.count, sizeof *rules.documents.sources, by_path);
    tidu_date_parse("2026-11-23", 10, &rules.day);
    tidu_report *report = tidu_report_open();
    bool good = tidu_ruleset_build(rules.documents.sources, rules.documents.count, NULL,
                                   &rules.ruleset, report);
    tidu_report_close(&report);
    return good && build_other() ? 0 : -1;
}

static int
release(void **state)
{
    (void)state;
    tidu_ruleset_unref(&rules.ruleset);
    tidu_ruleset_unref(&rules.other);
    tidu_arena_close(&rules.arena);
    tidu_text_free(&plenty);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_survive_every_refusal),
        cmocka_unit_test(test_one_evaluation_used_by_turns_survives_every_refusal),
        cmocka_unit_test(test_what_ifs_survive_every_refusal),
        cmocka_unit_test(test_matrices_and_comparisons_survive_every_refusal),
        cmocka_unit_test(test_calendars_and_events_survive_every_refusal),
        cmocka_unit_test(test_routes_and_lists_survive_every_refusal),
        cmocka_unit_test(test_views_survive_every_refusal),
        cmocka_unit_test(test_differences_survive_every_refusal),
        cmocka_unit_test(test_reviews_and_records_survive_every_refusal),
        cmocka_unit_test(test_changed_rules_survive_every_refusal),
        cmocka_unit_test(test_reading_a_folder_survives_every_refusal),
        cmocka_unit_test(test_loading_survives_refusals),
    };
    return cmocka_run_group_tests(tests, prepare, release);
}
