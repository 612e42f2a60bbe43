/*
 * test_population.c guards what tidu prints about populations, and its exit status.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support.h"

#include <stdio.h>

#define TIDU(command) "\"$TIDU\" " command " --rules \"$RULES\" --lang en "
#define BUILD TIDU("population build a.ndjson -o a.tidu --quiet")

static const char records[] = "{\"uscc\":\"91310000MA1K00001A\",\"revenue\":150}\n"
                              "{\"uscc\":\"91310000MA1K00002B\",\"revenue\":50}\n"
                              "{\"uscc\":\"91310000MA1K00003C\",\"revenue\":120}\n"
                              "{}\n";

static void
build(const struct daemon *daemon)
{
    write_file(daemon, "a.ndjson", records);
    assert_prints(daemon, BUILD, 0, "");
}

static void
test_records_of_every_layout_make_the_same_snapshot(void **state)
{
    const struct daemon *daemon = *state;
    build(daemon);
    write_file(daemon, "b.json",
               "[{\"uscc\":\"91310000MA1K00001A\",\n \"revenue\":150},{\"uscc\":"
               "\"91310000MA1K00002B\",\"revenue\":50}, {\"uscc\":\"91310000MA1K00003C\","
               "\"revenue\":120},{}]");
    assert_prints(daemon,
                  TIDU("population build b.json -o b.tidu --quiet") "&& cmp a.tidu b.tidu && " TIDU(
                      "population build -o c.tidu --quiet") "<a.ndjson && cmp a.tidu c.tidu",
                  0, "");
}

static void
test_what_cannot_be_read_is_told_by_line_and_the_rest_is_in_it(void **state)
{
    const struct daemon *daemon = *state;
    write_file(daemon, "a.ndjson",
               "{\"revenue\":150}\n\n{\"revenu\":1}\nnonsense\n{\"revenue\":5}\n");
    assert_says(daemon, TIDU("population build a.ndjson -o a.tidu"), 2, "a.ndjson:3: ");
    assert_says(daemon, TIDU("population build a.ndjson -o a.tidu"), 2, "a.ndjson:4: ");
    assert_says(daemon, TIDU("population info a.tidu --format text"), 0, "a.tidu: 2 enterprises");
    assert_says(daemon, TIDU("population build a.ndjson"), 2, "option \"output\" needs FILE");
    assert_says(daemon, TIDU("population info a.ndjson"), 2, "is no snapshot of a population");
    assert_says(daemon, TIDU("population info"), 2, "needs POPULATION");
    assert_says(daemon, TIDU("population synth -n 3 -o s.ndjson extra"), 2,
                "does not take \"extra");
    assert_says(daemon, TIDU("population synth -n 3000 -o -") " >/dev/full", 2, "No space left");
    assert_says(daemon, TIDU("population burn a.ndjson"), 2, "build|info|synth");
}

static void
test_a_sweep_counts_for_every_value(void **state)
{
    const struct daemon *daemon = *state;
    build(daemon);
    assert_prints(daemon,
                  TIDU("sweep a.tidu --as-of 2026-06-01 --param lg/scale#1 --from 40万元 --to "
                       "160万元 --steps 4 --format csv"),
                  0,
                  "value,designation,met,unmet,undetermined\n"
                  "40万元,lg,3,0,1\n80万元,lg,2,1,1\n120万元,lg,2,1,1\n160万元,lg,0,3,1\n");
    assert_prints(daemon, TIDU("sweep a.tidu --as-of 2026-06-01 --format csv"), 0,
                  "designation,met,unmet,undetermined\nlg,2,1,1\n");
    assert_says(daemon, TIDU("sweep a.tidu --as-of 2026-06-01 --param lg/scale#1=1..2万元"), 2,
                "[E809]");
    assert_says(daemon, TIDU("sweep a.tidu --param lg/scale#1 --from 1万元"), 2,
                "option \"to\" needs");
    assert_says(daemon, TIDU("sweep a.tidu --against lg/scale#1=1万元..2万元"), 2,
                "option \"param\" needs");
    assert_says(daemon, TIDU("sweep a.tidu --money --format csv"), 2, "exclude each other");
    assert_says(daemon, TIDU("sweep a.tidu --plot a.svg"), 2, "option \"param\" needs");
    assert_says(daemon, TIDU("sweep a.tidu --param lg/scale#1=1万元..2万元 --plot a.pdf"), 2,
                "FILE.svg|FILE.png");
    assert_says(daemon,
                TIDU("sweep a.tidu --param lg/scale#1=40万元..160万元 --steps 4 --plot a.svg") ">it"
                "; PATH=/nowhere " TIDU("sweep a.tidu --param lg/scale#1=40万元..160万元 --plot b.svg"),
                2, "gnuplot cannot draw");
    /* where there is a gnuplot */
    assert_prints(daemon, "! command -v gnuplot >it || { test -s a.svg && grep -q '40万元' a.svg; }", 0,
                  "");
}

static void
test_money_is_in_the_text_too(void **state)
{
    const struct daemon *daemon = *state;
    build(daemon);
    assert_says(daemon, TIDU("sweep a.tidu --as-of 2026-06-01 --money --format text"), 0,
                "awards in wan yuan");
}

static void
test_a_calibration_tells_the_shortest_value(void **state)
{
    const struct daemon *daemon = *state;
    build(daemon);
    assert_says(daemon,
                TIDU("calibrate a.tidu --as-of 2026-06-01 --param lg/scale#1 --designation lg "
                     "--target 1 --format json"),
                0, "\"reached\":1,\"value\":\"121万元\"");
    assert_says(daemon,
                TIDU("calibrate a.tidu --as-of 2026-06-01 --param lg/scale#1 --designation lg"), 2,
                "option \"target\" needs N");
    assert_says(daemon, TIDU("calibrate a.tidu --param lg/scale#1 --designation lg --budget 1"), 2,
                "\"designation\" and \"budget\"");
}

static void
test_an_impact_tells_who_and_why(void **state)
{
    const struct daemon *daemon = *state;
    build(daemon);
    assert_prints(
        daemon, TIDU("impact a.tidu --as-of 2026-06-01 --param lg/scale#1=130万元 --format csv"), 0,
        "designation,record,uscc,name,group,before,after,criterion,failing\n"
        "lg,3,91310000MA1K00003C,,,met,unmet,lg/scale,1\n");
    assert_says(daemon, TIDU("impact a.tidu --as-of 2026-06-01"), 2, "option \"candidate\" needs");
}

static void
test_what_is_invented_is_labelled_wherever_it_is_shown(void **state)
{
    const struct daemon *daemon = *state;
    /* Rules of the whole country suffice. */
    assert_prints(daemon, "mkdir country && cp -r \"$TIDU_RULES\"/national \"$TIDU_RULES\"/vocabulary country",
                  0, "");
    static const char synth[] =
        "\"$TIDU\" population synth -n 300 --seed 5 --as-of 2026-06-01 --quiet ";
    char command[600];
    snprintf(command, sizeof command,
             "%s -o s.ndjson && wc -l <s.ndjson && grep -c 合成企业 s.ndjson", synth);
    assert_prints(daemon, command, 0, "300\n300\n");
    snprintf(command, sizeof command,
             "%s --rules country -o s.tidu && \"$TIDU\" population info s.tidu --lang en "
             "--format text",
             synth);
    assert_says(daemon, command, 0, "synthetic (seed 5): no real enterprises");
    assert_says(daemon,
                "\"$TIDU\" sweep s.tidu --rules country --as-of 2026-06-01 --lang zh "
                "--designation lg --format text",
                0, "合成数据（种子 5），并非真实企业");
    assert_says(daemon,
                "\"$TIDU\" sweep s.tidu --rules country --as-of 2026-06-01 --lang zh "
                "--designation lg --format text --by size_class",
                0, "medium");
    assert_prints(daemon,
                  "for as in csv ndjson; do \"$TIDU\" judge s.tidu --rules country --as-of "
                  "2026-06-01 --quiet -o s.$as --format json >/dev/null || exit; done; head -1 s.csv | "
                  "cut -d, -f1-4 && cut -d, -f4 s.csv | grep -c 1 && "
                  "grep -c '\"synthetic\":true' s.ndjson",
                  0, "record,uscc,enterprise_name,synthetic\n300\n300\n");
    assert_prints(daemon,
                  "ask() { \"$TIDU\" \"$@\" --rules country --as-of 2026-06-01 --quiet; };"
                  "for as in csv ndjson; do ask sweep s.tidu --format $as; "
                  "ask judge s.tidu --format $as; "
                  "ask impact s.tidu --format $as --param lg/main_share#1=50% --all; "
                  "ask cohort s.tidu --format $as --designation srdi --most 1 --rank revenue; "
                  "done > rows; grep -v -c -e ',1$' -e ',synthetic$' -e '\"synthetic\":true}$' rows; "
                  "grep -c -e ',synthetic$' rows",
                  0, "0\n4\n");
}

static void
test_rows_of_a_cohort_say_who_is_taken(void **state)
{
    build(*state);
    assert_prints(*state,
                  TIDU("cohort a.tidu --as-of 2026-06-01 --designation lg --most 1 --rank revenue "
                       "--format csv")
                  " | cut -d, -f1,2",
                  0, "rank,taken\n1,1\n2,0\n");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, daemon_setup, daemon_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_records_of_every_layout_make_the_same_snapshot),
        TEST(test_what_cannot_be_read_is_told_by_line_and_the_rest_is_in_it),
        TEST(test_a_sweep_counts_for_every_value),
        TEST(test_money_is_in_the_text_too),
        TEST(test_a_calibration_tells_the_shortest_value),
        TEST(test_an_impact_tells_who_and_why),
        TEST(test_what_is_invented_is_labelled_wherever_it_is_shown),
        TEST(test_rows_of_a_cohort_say_who_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
