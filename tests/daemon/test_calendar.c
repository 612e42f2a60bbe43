/*
 * test_calendar.c guards calendar, of daemon/ask.c and cli/calendar.c: the days of
 * the rules and of one enterprise, as a list and as iCalendar.
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

/* ---- calendar ------------------------------------------------------------------------- */

static const char *
events_of(json_t *result)
{
    static char text[1024];
    size_t length = 0, index;
    json_t *event;
    text[0] = '\0';
    json_array_foreach (json_object_get(result, "events"), index, event)
        length +=
            (size_t)snprintf(text + length, sizeof text - length, "%s%s %s %s", index ? "; " : "",
                             text_of(event, "date"), text_of(event, "kind"), text_of(event, "id"));
    json_decref(result);
    return text;
}

/* Both ends of the time are in it. */
static void
test_the_rules_have_a_calendar_of_what_begins_and_ends(void **state)
{
    struct client *client = client_of(state);
    static const char *const cases[][2] = {
        {"{" AS_OF "}", "2026-12-31 subsidy nb-grant; 2027-12-31 subsidy grant"},
        {"{" AS_OF ",\"until\":\"2026-12-31\"}", "2026-12-31 subsidy nb-grant"},
        {"{" AS_OF ",\"until\":\"2026-12-30\"}", ""},
        {"{\"as_of\":\"2026-12-31\",\"until\":\"2026-12-31\"}", "2026-12-31 subsidy nb-grant"},
        {"{\"as_of\":\"2027-01-01\"}", "2027-12-31 subsidy grant"},
        {"{\"as_of\":\"2024-12-30\"}", "2026-12-31 subsidy nb-grant"},
        {"{\"as_of\":\"2024-12-31\"}", "2026-12-31 subsidy nb-grant; 2027-12-31 subsidy grant"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(events_of(ask(client, "calendar", cases[i][0])), cases[i][1]);
    json_t *result = ask(client, "calendar", "{\"as_of\":\"9999-06-01\"}");
    assert_string_equal(text_of(result, "until"), "9999-12-31");
    json_decref(result);
}

#define TITLE(terms) "{" REVENUE ",\"titles\":[{\"id\":\"lg\"" terms "}]}"

/* none ─► granted ─► held ─► review due ─► lapsed, and banned ─► cancelled. */
static void
test_a_title_climbs_and_leaves_the_ladder_day_by_day(void **state)
{
    static const char expires[] = TITLE(",\"granted\":\"2024-06-01\",\"expires\":\"2027-05-31\"");
    static const char forever[] = TITLE("");
    static const char valid[] = TITLE(",\"granted\":\"2024-06-01\"");
    static const char reviewed[] = TITLE(",\"granted\":\"2021-06-01\",\"reviewed\":\"2024-06-01\"");
    static const char cancelled[] =
        TITLE(",\"granted\":\"2024-06-01\",\"cancelled\":\"2025-03-15\"");
    static const struct {
        const char *record, *as_of, *state, *last_day;
    } cases[] = {
        {"{}", "2026-06-01", "none", ""},
        {expires, "2024-05-31", "granted", "2027-05-31"},
        {expires, "2024-06-01", "held", "2027-05-31"},
        {expires, "2026-05-31", "held", "2027-05-31"},
        {expires, "2026-06-01", "review_due", "2027-05-31"},
        {expires, "2027-05-31", "review_due", "2027-05-31"},
        {expires, "2027-06-01", "lapsed", "2027-05-31"},
        {valid, "2026-05-31", "held", "2027-05-31"},
        {reviewed, "2026-06-01", "review_due", "2027-05-31"},
        {forever, "2040-01-01", "held", ""},
        {cancelled, "2025-03-14", "review_due", "2025-03-14"},
        {cancelled, "2025-03-15", "banned", "2025-03-14"},
        {cancelled, "2028-03-14", "banned", "2025-03-14"},
        {cancelled, "2028-03-15", "cancelled", "2025-03-14"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char params[512];
        snprintf(params, sizeof params, "{\"as_of\":\"%s\",\"record\":%s}", cases[i].as_of,
                 cases[i].record);
        json_t *result = ask(client_of(state), "calendar", params);
        const json_t *rung = json_array_get(json_object_get(result, "ladder"), 0);
        if (strcmp(text_of(rung, "state"), cases[i].state) != 0 ||
            strcmp(text_of(rung, "last_day"), cases[i].last_day) != 0)
            fail_msg("%s: not %s until %s: %s", params, cases[i].state, cases[i].last_day,
                     json_dumps(result, 0));
        json_decref(result);
    }
}

static void
test_an_enterprise_has_a_calendar_of_its_titles_bans_and_awards(void **state)
{
    struct client *client = client_of(state);
    json_t *result =
        ask(client, "calendar",
            "{" AS_OF ",\"record\":{\"region_code\":\"330203\",\"revenue\":300,\"titles\":"
            "[{\"id\":\"lg\",\"granted\":\"2024-06-01\"}]}}");
    assert_string_equal(events_of(result), "2026-12-31 subsidy nb-grant; 2027-05-31 title lg; "
                                           "2027-12-31 subsidy grant");
    result =
        ask(client, "calendar",
            "{" AS_OF
            ",\"record\":" TITLE(",\"granted\":\"2024-06-01\",\"cancelled\":\"2025-03-15\"") "}");
    assert_string_equal(events_of(result), "2027-12-31 subsidy grant; 2028-03-14 ban lg");
    /* Who does not qualify has no last day to draw it. */
    result = ask(client, "calendar", "{" AS_OF ",\"record\":{\"revenue\":5}}");
    assert_string_equal(events_of(result), "");
    result = ask(client, "calendar", "{" AS_OF ",\"record\":" FIRM "}");
    assert_tree(json_object_get(result, "enterprise"),
                "{\"uscc\":\"X1\",\"enterprise_name\":\"甲厂\"}");
    json_decref(result);
}

static void
test_what_has_no_calendar_is_told(void **state)
{
    static const struct refusal refusals[] = {
        {"{" AS_OF ",\"until\":\"2026-05-31\"}", -32602, "E512", "≥ \"2026-06-01\""},
        {"{\"until\":\"1999-01-01\"}", -32602, "E512", "1999-01-01"},
        {"{\"until\":\"2027-02-29\"}", -32602, "E512", "\"YYYY-MM-DD\""},
        {"{\"until\":\"2027-2-1\"}", -32602, "E512", "2027-2-1"},
        {"{\"until\":20270101}", -32602, "E512", "20270101"},
        {"{\"until\":null}", -32602, "E512", "null"},
        {"{\"until\":\"2027-01-01\\u0000\"}", -32602, "E512", "until"},
        {"{\"as_of\":\"10000-01-01\"}", -32602, "E512", "as_of"},
        {"{\"record\":\"x\"}", -32602, "E512", "record"},
        {"{\"record\":{\"titles\":7}}", -32001, "E343", "titles"},
        {"{\"record\":{\"titles\":[7]}}", -32001, "E344", "titles[0]"},
        {"{\"record\":{\"titles\":[{}]}}", -32001, "E350", "titles[0]"},
        {"{\"record\":{\"titles\":[{\"id\":\"x\"}]}}", -32001, "E351", "lg"},
        {"{\"record\":{\"titles\":[{\"id\":\"lg\",\"granted\":\"x\"}]}}", -32001, "E329",
         "granted"},
        {"{\"rule\":\"floor\"}", -32602, "E511", "rule"},
    };
    REFUSED(client_of(state), "calendar", refusals);
    static const char *const wrong[][2] = {
        {"--until 2026-05-31", "2026-06-01"},
        {"--until 2026-05-32", "2026-05-32"},
        {"--until ''", "until"},
        {"--as-of 2026-5-1", "2026-5-1"},
        {"--format csv", "text|json|ics"},
        {"nothing.json", "nothing.json"},
        {"--rule floor", "--rule"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char line[256];
        snprintf(line, sizeof line, "\"$TIDU\" calendar" HERE DATE "%s", wrong[i][0]);
        assert_says(daemon_of(state), line, 2, wrong[i][1]);
    }
}

static void
test_calendar_prints_the_ladder_and_then_the_days(void **state)
{
    write_file(daemon_of(state), "held.json",
               "{\"uscc\":\"X2\",\"enterprise_name\":\"乙厂\",\"region_code\":\"440106\"," REVENUE
               ",\"titles\":[{\"id\":\"lg\",\"granted\":\"2024-06-01\"}]}");
    assert_prints(daemon_of(state), "\"$TIDU\" calendar" HERE DATE "--format text held.json", 0,
                  "lg  小巨人  有效，一年内到期，应准备复核  2027-05-31\n\n"
                  "2027-05-31  lg       小巨人  有效期最后一天；此前须通过复核\n"
                  "2027-12-31  grant    奖励    可申请的最后一天\n");
    assert_prints(daemon_of(state),
                  "\"$TIDU\" calendar" HERE DATE "--format text --lang en held.json", 0,
                  "lg  Little giant  held, due for review within a year  2027-05-31\n\n"
                  "2027-05-31  lg       Little giant  last day; to be reviewed before\n"
                  "2027-12-31  grant    Award         last day to draw it\n");
    static const char *const options[] = {
        "--format text",
        "--format json",
        "--format ics",
        "--format ics --lang en held.json",
        "--format json held.json",
        "--format text --until 2026-12-31",
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        assert_alike(state, "calendar " DATE, options[i]);
}

/* ---- iCalendar (RFC 5545) ---------------------------------------------------------------- */

/* Bytes that begin no character. */
static bool
is_inside_a_character(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Lines end in CRLF, hold 75 octets at most, and are not cut inside a
 * character. Returns them unfolded, '\n' after each; free() it. */
static char *
unfolded(const char *text)
{
    char *out = calloc(strlen(text) + 2, 1), *at = out;
    assert_non_null(out);
    for (const char *end; *text; text = end + 2) {
        end = strstr(text, "\r\n");
        assert_non_null(end);
        assert_null(memchr(text, '\n', (size_t)(end - text)));
        assert_in_range(end - text, 1, 75);
        if (*text == ' ' || *text == '\t') {
            assert_true(at > out);
            at--; /* the line goes on */
            text++;
        }
        assert_false(is_inside_a_character(*text));
        memcpy(at, text, (size_t)(end - text));
        at += end - text;
        *at++ = '\n';
    }
    return out;
}

static const char *
line_after(const char *text, const char *name, char *ret, size_t size)
{
    const char *at = strstr(text, name);
    assert_non_null(at);
    at += strlen(name);
    snprintf(ret, size, "%.*s", (int)strcspn(at, "\n"), at);
    return ret;
}

static char *
icalendar(void **state, const char *options)
{
    char line[512];
    snprintf(line, sizeof line, "\"$TIDU\" calendar" HERE "--format ics %s", options);
    struct outcome outcome = run(daemon_of(state), line);
    if (outcome.status != 0)
        fail_msg("%s: %s", line, outcome.err);
    char *text = unfolded(outcome.out);
    drop(&outcome);
    return text;
}

static void
test_an_icalendar_is_one_that_other_programs_take(void **state)
{
    char *text = icalendar(state, DATE);
    assert_memory_equal(text, "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:", 35);
    assert_string_equal(strstr(text, "END:VCALENDAR"), "END:VCALENDAR\n");
    assert_int_equal(count_of(text, "BEGIN:VEVENT\n"), 2);
    static const char *const each[] = {"END:VEVENT\n", "\nUID:", "\nDTSTAMP:20260601T000000Z\n",
                                       "\nDTSTART;VALUE=DATE:", "\nSUMMARY:"};
    for (size_t i = 0; i < sizeof each / sizeof *each; i++)
        assert_int_equal(count_of(text, each[i]), 2);
    assert_non_null(strstr(text, "DTSTART;VALUE=DATE:20261231\n"));
    assert_non_null(strstr(text, "DTSTART;VALUE=DATE:20271231\n"));
    assert_non_null(strstr(text,
                           "\nSUMMARY:宁波市对首次认定的专精特新小巨人企业给予的一次性奖励资金，"
                           "由市和区按照一比一的比例分担：最后一天\n"));
    free(text);
}

/* An ending is the same ending for whoever asks on another day or in another
 * language; a program that takes both calendars keeps one of it. */
static void
test_events_keep_their_names(void **state)
{
    static const char *const options[] = {DATE, DATE "--lang en", "--as-of 2025-02-03",
                                          "--as-of 2026-12-31"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        char name[256], *text = icalendar(state, options[i]);
        assert_string_equal(line_after(text, "\nUID:", name, sizeof name),
                            "subsidy-nb-grant-2026-12-31@tidu");
        free(text);
    }
}

static void
test_events_of_two_enterprises_are_told_apart(void **state)
{
    static const char *const who[][2] = {{"X1", "甲厂"}, {"X2", "乙厂"}};
    for (size_t i = 0; i < 2; i++) {
        char record[256], wanted[256];
        snprintf(record, sizeof record,
                 "{\"uscc\":\"%s\",\"enterprise_name\":\"%s\",\"titles\":[{\"id\":\"lg\","
                 "\"granted\":\"2024-06-01\"}]}",
                 who[i][0], who[i][1]);
        write_file(daemon_of(state), "who.json", record);
        char *text = icalendar(state, DATE "who.json");
        snprintf(wanted, sizeof wanted, "\nUID:title-lg-2027-05-31-%s@tidu\n", who[i][0]);
        assert_non_null(strstr(text, wanted));
        snprintf(wanted, sizeof wanted, "\nSUMMARY:%s：小巨人：", who[i][1]);
        assert_non_null(strstr(text, wanted));
        free(text);
    }
}

static void
test_an_icalendar_speaks_both_languages(void **state)
{
    char *zh = icalendar(state, DATE), *en = icalendar(state, DATE "--lang en");
    char *both = icalendar(state, DATE "--lang both");
    assert_non_null(strstr(both, "\nSUMMARY:奖励：最后一天 / Award: last day\n"));
    free(both);
    assert_non_null(strstr(zh, "\nSUMMARY:奖励：最后一天\n"));
    assert_non_null(strstr(en, "\nSUMMARY:Award: last day\n"));
    assert_non_null(strstr(zh, "\nDESCRIPTION:test 三、承办\\n规则集 "));
    assert_non_null(strstr(en, "\nDESCRIPTION:test 三、承办\\nruleset "));
    assert_non_null(strstr(zh, "calendar//ZH\n"));
    assert_non_null(strstr(en, "calendar//EN\n"));
    free(zh);
    free(en);
}

/* A name may hold what the format keeps for itself. */
static void
test_marks_of_the_format_are_escaped_and_cannot_add_a_line(void **state)
{
    write_file(daemon_of(state), "odd.json",
               "{\"uscc\":\"X\\nSUMMARY:y\",\"enterprise_name\":\"A, B; C\\\\D\\r\\nEND:VEVENT\","
               "\"titles\":[{\"id\":\"lg\",\"granted\":\"2024-06-01\"}]}");
    char *text = icalendar(state, DATE "odd.json");
    assert_int_equal(count_of(text, "\nEND:VEVENT\n"), count_of(text, "\nBEGIN:VEVENT\n"));
    assert_int_equal(count_of(text, "\nSUMMARY:"), count_of(text, "\nBEGIN:VEVENT\n"));
    assert_non_null(strstr(text, "\nSUMMARY:A\\, B\\; C\\\\D"));
    free(text);
}

static void
test_a_calendar_without_events_is_one(void **state)
{
    char *text = icalendar(state, DATE "--until 2026-06-02");
    assert_string_equal(text, "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//tidu//calendar//ZH\n"
                              "END:VCALENDAR\n");
    free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, layers_setup, talk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_rules_have_a_calendar_of_what_begins_and_ends),
        TEST(test_a_title_climbs_and_leaves_the_ladder_day_by_day),
        TEST(test_an_enterprise_has_a_calendar_of_its_titles_bans_and_awards),
        TEST(test_what_has_no_calendar_is_told),
        TEST(test_calendar_prints_the_ladder_and_then_the_days),
        TEST(test_an_icalendar_is_one_that_other_programs_take),
        TEST(test_events_keep_their_names),
        TEST(test_events_of_two_enterprises_are_told_apart),
        TEST(test_an_icalendar_speaks_both_languages),
        TEST(test_marks_of_the_format_are_escaped_and_cannot_add_a_line),
        TEST(test_a_calendar_without_events_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
