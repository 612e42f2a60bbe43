/*
 * stages.c: where the engine's time goes, one thread, no pipe and no socket.
 *
 *     stages RULES RECORDS [--as-of DATE] [--explain none|brief|failed|full] [--rows N]
 *            [--include designations]
 *
 * Reads the records into memory, then takes them through the three stages of
 * an evaluation a block at a time and times each apart:
 *     read 812 ns  judge 143 ns  write 391 ns  a record, 100000 records
 * Repeats all and prints the fastest pass of each stage. Uses only the public
 * doors of libtidu.
 */
#include "tidu/evaluate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PASSES = 7 };

struct times {
    double read, judge, write;
};

struct line {
    const char *text;
    size_t length;
};

struct input {
    char *bytes;
    struct line *lines;
    size_t count;
};

static void __attribute__((noreturn))
give_up(const char *what)
{
    fprintf(stderr, "stages: %s\n", what);
    exit(1);
}

static void __attribute__((noreturn))
give_up_with(const tidu_error *error)
{
    char message[1000];

    give_up(tidu_error_message(error, TIDU_EN, message, sizeof message));
}

static double
seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void
split_lines(struct input *input, size_t length)
{
    size_t capacity = length / 2 + 1;
    const char *line = input->bytes;
    const char *end = line + length;
    const char *stop;

    input->lines = malloc(sizeof *input->lines * capacity);
    if (input->lines == NULL)
        give_up("memory ran out");
    while ((stop = memchr(line, '\n', (size_t)(end - line))) != NULL) {
        if (stop > line)
            input->lines[input->count++] = (struct line){line, (size_t)(stop - line)};
        line = stop + 1;
    }
}

static struct input
read_input(const char *path)
{
    struct input input = {NULL, NULL, 0};
    FILE *file = fopen(path, "rb");

    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        give_up("the records cannot be read");
    size_t length = (size_t)ftell(file);
    rewind(file);
    input.bytes = calloc(1, length + TIDU_RECORD_PADDING);
    if (input.bytes == NULL || fread(input.bytes, 1, length, file) != length)
        give_up("the records cannot be read");
    fclose(file);
    split_lines(&input, length);
    if (input.count == 0)
        give_up("there are no records");
    return input;
}

static tidu_ruleset *
load_rules(const char *folder)
{
    tidu_report *report = tidu_report_open();
    tidu_ruleset *ruleset = NULL;

    if (report == NULL)
        give_up("memory ran out");
    if (!tidu_ruleset_load(folder, NULL, &ruleset, report)) {
        if (tidu_report_count(report) > 0)
            give_up_with(tidu_report_get(report, 0));
        give_up("the rules cannot be loaded");
    }
    tidu_report_close(&report);
    return ruleset;
}

/* Read records from `next` on until the block is full; the number read. */
static size_t
fill_block(tidu_evaluation *evaluation, const struct input *input, size_t next, size_t rows)
{
    tidu_error error;
    size_t count = 0;

    while (count < rows && next + count < input->count) {
        const struct line *line = &input->lines[next + count];
        tidu_read read = tidu_evaluation_json(evaluation, line->text, line->length, &error);

        if (read == TIDU_READ_ERROR)
            give_up_with(&error);
        if (read == TIDU_READ_FULL)
            break;
        count++;
    }
    return count;
}

static struct times
run_pass(tidu_evaluation *evaluation, const struct input *input, size_t rows, tidu_text *out)
{
    struct times times = {0, 0, 0};

    for (size_t next = 0; next < input->count;) {
        double start = seconds_now();
        tidu_evaluation_clear(evaluation);
        size_t count = fill_block(evaluation, input, next, rows);
        double filled = seconds_now();
        tidu_evaluation_run(evaluation);
        double judged = seconds_now();
        out->length = 0;
        for (size_t row = 0; row < count; row++)
            tidu_evaluation_write(evaluation, (uint32_t)row, out);
        double written = seconds_now();

        times.read += filled - start;
        times.judge += judged - filled;
        times.write += written - judged;
        next += count;
    }
    return times;
}

static double
smaller(double a, double b)
{
    return a < b ? a : b;
}

static tidu_explain
explain_named(const char *name)
{
    static const char *const names[] = {"none", "brief", "failed", "full"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0)
            return (tidu_explain)i;
    }
    give_up("explain is none, brief, failed or full");
}

static size_t
read_options(int argument_count, char **arguments, tidu_options *options)
{
    size_t rows = TIDU_BLOCK_ROWS;

    for (int i = 3; i + 1 < argument_count; i += 2) {
        const char *value = arguments[i + 1];

        if (strcmp(arguments[i], "--as-of") == 0) {
            if (!tidu_date_parse(value, strlen(value), &options->as_of))
                give_up("--as-of takes a date");
        } else if (strcmp(arguments[i], "--explain") == 0) {
            options->explain = explain_named(value);
        } else if (strcmp(arguments[i], "--include") == 0) {
            if (strcmp(value, "designations") != 0)
                give_up("--include takes designations");
            options->include = TIDU_INCLUDE_DESIGNATIONS;
        } else if (strcmp(arguments[i], "--rows") == 0) {
            rows = strtoul(value, NULL, 10);
        } else {
            give_up("unknown option");
        }
    }
    if (rows < 1 || rows > TIDU_BLOCK_ROWS)
        give_up("--rows takes 1 to the rows of a block");
    return rows;
}

int
main(int argument_count, char **arguments)
{
    tidu_options options = {.explain = TIDU_EXPLAIN_BRIEF, .lang = TIDU_ZH};
    tidu_text out = {0};
    tidu_error error;

    if (argument_count < 3 || argument_count % 2 == 0) {
        fputs("usage: stages RULES RECORDS [--as-of DATE] [--explain HOW] [--rows N] "
              "[--include designations]\n",
              stderr);
        return 2;
    }
    tidu_date_parse("2026-11-23", 10, &options.as_of);
    size_t rows = read_options(argument_count, arguments, &options);
    struct input input = read_input(arguments[2]);
    tidu_ruleset *ruleset = load_rules(arguments[1]);
    tidu_evaluation *evaluation =
        tidu_evaluation_open(ruleset, &options, (uint32_t)rows, &error);
    if (evaluation == NULL)
        give_up_with(&error);

    struct times best = run_pass(evaluation, &input, rows, &out);
    for (int pass = 1; pass < PASSES; pass++) {
        struct times times = run_pass(evaluation, &input, rows, &out);

        best.read = smaller(best.read, times.read);
        best.judge = smaller(best.judge, times.judge);
        best.write = smaller(best.write, times.write);
    }
    double each = 1e9 / (double)input.count;
    printf("read %.0f ns  judge %.1f ns  write %.0f ns  a record, %zu records\n",
           best.read * each, best.judge * each, best.write * each, input.count);

    tidu_evaluation_close(&evaluation);
    tidu_ruleset_unref(&ruleset);
    tidu_text_free(&out);
    free(input.lines);
    free(input.bytes);
    return 0;
}
