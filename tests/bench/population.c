/*
 * population.c: what is asked of a population, timed through the public doors of libtidu.
 *
 *     population RULES SNAPSHOT DATE ADDRESS FROM TO STEPS [DESIGNATION]
 *
 * Prints milliseconds, the median of several: counts by title, every criterion of everybody
 * kept, and a sweep, with one thread and with two. Memory is kept as tidud keeps it.
 * Compile with TIDU_LIBRARY="-L… -ltidu".
 */
#include <tidu/heap.h>
#include <tidu/inquiry.h>
#include <tidu/run.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TIMES = 9 };

static double
now(void)
{
    struct timespec moment;
    clock_gettime(CLOCK_MONOTONIC, &moment);
    return (double)moment.tv_sec * 1e3 + (double)moment.tv_nsec * 1e-6;
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void
fail(const tidu_error *error)
{
    char message[1024];
    fprintf(stderr, "%s\n", tidu_error_message(error, TIDU_EN, message, sizeof message));
    exit(2);
}

static double
time_it(const tidu_inquiry *inquiry, const tidu_reform *reform, const tidu_axis *axes, size_t count,
        tidu_text *out)
{
    double took[TIMES];
    for (int i = 0; i < TIMES; i++) {
        tidu_error error;
        out->length = 0;
        double began = now();
        if (!tidu_sweep(inquiry, reform, axes, count, out, &error))
            fail(&error);
        took[i] = now() - began;
    }
    qsort(took, TIMES, sizeof *took, compare);
    return took[TIMES / 2];
}

static double
time_judge(const tidu_inquiry *inquiry, const tidu_reform *reform)
{
    double took[TIMES];
    for (int i = 0; i < TIMES; i++) {
        tidu_error error;
        double began = now();
        tidu_verdicts *verdicts = tidu_judge(inquiry, reform, &error);
        if (!verdicts)
            fail(&error);
        took[i] = now() - began;
        tidu_verdicts_close(&verdicts);
    }
    qsort(took, TIMES, sizeof *took, compare);
    return took[TIMES / 2];
}

int
main(int count, char **arguments)
{
    tidu_error error;
    tidu_report *report = tidu_report_open();
    tidu_ruleset *rules = NULL;
    tidu_inquiry inquiry = {.lang = TIDU_EN};
    tidu_text out = {0};
    tidu_heap_keep();
    if (count < 8) {
        fprintf(stderr, "population RULES SNAPSHOT DATE ADDRESS FROM TO STEPS [DESIGNATION]\n");
        return 2;
    }
    if (!tidu_ruleset_load(arguments[1], NULL, &rules, report))
        return 2;
    tidu_population *population = tidu_population_open(arguments[2], &error);
    if (!population)
        fail(&error);
    inquiry.population = population;
    tidu_date_parse(arguments[3], strlen(arguments[3]), &inquiry.as_of);
    const char *addresses[] = {arguments[4]}, *only[] = {count > 8 ? arguments[8] : NULL};
    const tidu_axis axis = {addresses, 1, arguments[5], arguments[6], (uint32_t)atoi(arguments[7])};
    const tidu_reform reform = {rules, NULL, 0};
    for (unsigned lanes = 8; lanes; lanes /= 2) {
        if (lanes == 2)
            continue;
        tidu_lanes_limit(lanes);
        for (inquiry.threads = 1; inquiry.threads <= 2; inquiry.threads++) {
            inquiry.designations = NULL;
            inquiry.designation_count = 0;
            printf("lanes %u threads %u counts %.1f", tidu_lanes(), inquiry.threads,
                   time_it(&inquiry, &reform, NULL, 0, &out));
            printf(" criteria %.1f", time_judge(&inquiry, &reform));
            inquiry.designations = *only ? only : NULL;
            inquiry.designation_count = *only != NULL;
            printf(" sweep %.1f\n", time_it(&inquiry, &reform, &axis, 1, &out));
        }
    }
    tidu_text_free(&out);
    tidu_population_close(&population);
    tidu_ruleset_unref(&rules);
    tidu_report_close(&report);
    return 0;
}
