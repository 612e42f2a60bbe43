/*
 * path.c: how long the least that has to change takes to find.
 *
 *     path RULES RECORDS DATE DESIGNATION…
 *
 * RECORDS are NDJSON. A line a designation: its name, then for the cheapest way, and again
 * with three more beside it, the median, the 95th percentile and the longest of all records,
 * in milliseconds; the time of a record is its best of three.
 */
#include "tidu/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 3, MOST_RECORDS = 10000, LINE = 1 << 17 };

static double times[MOST_RECORDS];

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
best(tidu_ruleset *rules, const tidu_path *path)
{
    double least = 0;
    for (int i = 0; i < ROUNDS; i++) {
        tidu_text out = {0};
        tidu_error error;
        double began = now_ms();
        if (!tidu_ruleset_path(rules, path, &out, &error))
            exit(2);
        double took = now_ms() - began;
        least = i && least < took ? least : took;
        tidu_text_free(&out);
    }
    return least;
}

static void
measure(tidu_ruleset *rules, tidu_path *path, FILE *records)
{
    static char line[LINE];
    int count = 0;
    rewind(records);
    while (count < MOST_RECORDS && fgets(line, LINE - TIDU_RECORD_PADDING, records)) {
        path->record = line;
        path->length = strcspn(line, "\n");
        memset(line + path->length, 0, TIDU_RECORD_PADDING);
        times[count++] = best(rules, path);
    }
    if (!count)
        exit(2);
    qsort(times, (size_t)count, sizeof *times, compare);
    printf(" %.2f %.2f %.2f", times[count / 2], times[count * 95 / 100], times[count - 1]);
}

int
main(int count, char **arguments)
{
    tidu_report *report = tidu_report_open();
    tidu_ruleset *rules = NULL;
    tidu_options options = {.lang = TIDU_ZH};
    FILE *records = count > 4 ? fopen(arguments[2], "r") : NULL;
    if (!records || !tidu_ruleset_load(arguments[1], NULL, &rules, report) ||
        !tidu_date_parse(arguments[3], strlen(arguments[3]), &options.as_of)) {
        fprintf(stderr, "path RULES RECORDS DATE DESIGNATION…\n");
        return 2;
    }
    tidu_path path = {.options = &options, .until = options.as_of + 1200};
    for (int i = 4; i < count; i++) {
        path.to = arguments[i];
        printf("%s", path.to);
        path.alternatives = 0;
        measure(rules, &path, records);
        path.alternatives = 3;
        measure(rules, &path, records);
        putchar('\n');
    }
    fclose(records);
    tidu_ruleset_unref(&rules);
    tidu_report_close(&report);
    return 0;
}
