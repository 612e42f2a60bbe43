/*
 * path.c: how long the least that has to change takes to find.
 *
 *     path RULES RECORD DATE DESIGNATION…
 *
 * A line a designation: its name, the median time in milliseconds of the cheapest way, and
 * of three more beside it.
 */
#include "tidu/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 15 };

static double
now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int
compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double
median(tidu_ruleset *rules, const tidu_path *path)
{
    double times[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        tidu_text out = {0};
        tidu_error error;
        double began = now_ms();
        if (!tidu_ruleset_path(rules, path, &out, &error))
            exit(2);
        times[i] = now_ms() - began;
        tidu_text_free(&out);
    }
    qsort(times, ROUNDS, sizeof *times, compare);
    return times[ROUNDS / 2];
}

int
main(int count, char **arguments)
{
    static char record[1 << 16];
    tidu_report *report = tidu_report_open();
    tidu_ruleset *rules = NULL;
    tidu_options options = {.lang = TIDU_ZH};
    FILE *file = count > 4 ? fopen(arguments[2], "r") : NULL;
    if (!file || !tidu_ruleset_load(arguments[1], NULL, &rules, report) ||
        !tidu_date_parse(arguments[3], strlen(arguments[3]), &options.as_of)) {
        fprintf(stderr, "path RULES RECORD DATE DESIGNATION…\n");
        return 2;
    }
    tidu_path path = {.options = &options, .record = record, .until = options.as_of + 1200};
    path.length = fread(record, 1, sizeof record - TIDU_RECORD_PADDING, file);
    fclose(file);
    for (int i = 4; i < count; i++) {
        path.to = arguments[i];
        path.alternatives = 0;
        printf("%s %.2f", path.to, median(rules, &path));
        path.alternatives = 3;
        printf(" %.2f\n", median(rules, &path));
    }
    tidu_ruleset_unref(&rules);
    tidu_report_close(&report);
    return 0;
}
