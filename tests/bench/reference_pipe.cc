/*
 * reference_pipe.cc: NDJSON on stdin to decisions on stdout, by hand.
 *
 *     reference_pipe < records.ndjson > decisions.ndjson
 *     reference_pipe evaluate FILE     judging alone: records per second, in memory
 *
 * See reference.h for what it is measured for. It owns two buffers and a parser.
 */
#include "reference.h"

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>
#include <vector>

enum { READ_SIZE = 1 << 18, LINE_SIZE = 1 << 20, REPETITIONS = 7 };

static char input[LINE_SIZE + READ_SIZE + simdjson::SIMDJSON_PADDING];
static char output[READ_SIZE + DECISION_SIZE];

static bool
write_all(const char *text, size_t length)
{
    while (length > 0) {
        ssize_t count = write(STDOUT_FILENO, text, length);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        text += count;
        length -= (size_t)count;
    }
    return true;
}

/* Answer every whole line of input[0..length) and return how much that was;
 * -1 when the output is gone. */
static ssize_t
answer_lines(simdjson::ondemand::parser *parser, size_t length, char **out)
{
    const char *line = input;
    const char *end = input + length;
    const char *stop;

    while ((stop = (const char *)memchr(line, '\n', (size_t)(end - line))) != nullptr) {
        size_t capacity = (size_t)(input + sizeof input - line);

        *out = reference_answer(parser, line, (size_t)(stop - line), capacity, *out);
        if (*out - output > READ_SIZE) {
            if (!write_all(output, (size_t)(*out - output)))
                return -1;
            *out = output;
        }
        line = stop + 1;
    }
    return line - input;
}

static int
run_pipe(void)
{
    simdjson::ondemand::parser parser;
    size_t held = 0;
    char *out = output;
    ssize_t count;

    while ((count = read(STDIN_FILENO, input + held, READ_SIZE)) > 0) {
        held += (size_t)count;
        ssize_t used = answer_lines(&parser, held, &out);
        if (used < 0)
            return 1;
        held -= (size_t)used;
        memmove(input, input + used, held);
        if (held > LINE_SIZE) {
            fputs("reference_pipe: a line is too long\n", stderr);
            return 1;
        }
    }
    return count == 0 && write_all(output, (size_t)(out - output)) ? 0 : 1;
}

static double
seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static bool
read_enterprises(const char *path, std::vector<enterprise> *ret_list)
{
    simdjson::ondemand::parser parser;
    FILE *file = fopen(path, "r");

    if (file == nullptr)
        return false;
    while (fgets(input, LINE_SIZE, file) != nullptr) {
        enterprise e;

        if (reference_read(&parser, input, strlen(input), sizeof input, &e))
            ret_list->push_back(e);
    }
    fclose(file);
    return !ret_list->empty();
}

/* The best of several passes: judging has no waiting in it, so the fastest
 * pass is the one least disturbed. */
static int
run_evaluate(const char *path)
{
    std::vector<enterprise> list;
    double best = 1e9;
    unsigned met = 0;

    if (!read_enterprises(path, &list)) {
        fprintf(stderr, "reference_pipe: no records in %s\n", path);
        return 1;
    }
    for (int repetition = 0; repetition < REPETITIONS; repetition++) {
        double start = seconds_now();

        for (const enterprise &e : list) {
            decision d;

            reference_judge(&e, &d);
            met += d.titles.innov + d.titles.srdi + d.titles.giant + d.titles.champ +
                   (unsigned)(d.innov_score + d.srdi_score) + d.criteria.g16 + d.criteria.c04;
        }
        double taken = seconds_now() - start;
        best = taken < best ? taken : best;
    }
    printf("%.0f records/s, %.1f ns a record (sum %u)\n", (double)list.size() / best,
           best * 1e9 / (double)list.size(), met);
    return 0;
}

int
main(int argument_count, char **arguments)
{
    reference_prepare();
    if (argument_count == 3 && strcmp(arguments[1], "evaluate") == 0)
        return run_evaluate(arguments[2]);
    if (argument_count != 1) {
        fputs("usage: reference_pipe < RECORDS > DECISIONS | reference_pipe evaluate FILE\n",
              stderr);
        return 2;
    }
    return run_pipe();
}
