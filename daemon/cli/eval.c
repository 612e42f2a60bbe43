/*
 * eval.c: tidu eval [FILE|-]….
 *
 * Records in, answers out, one after the other in any amount. A record that
 * cannot be read is an error object in its place and does not stop the rest.
 *
 * Exit status: 0 every record was judged, 2 something could not be read.
 */
#include "internal.h"

struct evaluation {
    const struct options *options;
    struct engine *engine;
    struct sink *sink;
    json_t *designations;
    struct watch watch;
    uint64_t unreadable; /* files */
};

static void
tell_progress(void *context, const struct input *input)
{
    struct evaluation *evaluation = context;
    if (!tidu_watch_due(&evaluation->watch))
        return;
    uint64_t records = evaluation->engine->good + evaluation->engine->refused;
    uint64_t size = tidu_input_size(input);
    fprintf(stderr, "\r%llu %s, %.0f/s", (unsigned long long)records,
            evaluation->options->language == TIDU_ZH ? "条记录" : "records",
            (double)records / tidu_watch_seconds(&evaluation->watch));
    if (size)
        fprintf(stderr, ", %.0f%%", 100 * (double)tidu_input_position(input) / (double)size);
    fputs("\033[K", stderr);
}

static void
tell_summary(struct evaluation *evaluation)
{
    const struct engine *engine = evaluation->engine;
    double seconds = tidu_watch_seconds(&evaluation->watch);
    bool chinese = evaluation->options->language == TIDU_ZH;
    tidu_watch_clear(&evaluation->watch);
    if (evaluation->options->quiet || (!engine->refused && evaluation->watch.told <= 0))
        return;
    fprintf(stderr,
            chinese ? "%llu 条记录已判断，%llu 条无法读取，用时 %.1f 秒\n"
                    : "records judged: %llu, not readable: %llu, seconds: %.1f\n",
            (unsigned long long)engine->good, (unsigned long long)engine->refused, seconds);
}

/* A file that cannot be opened does not stop the others; a daemon that is gone
 * does. */
static bool
judge_file(struct evaluation *evaluation, const char *path)
{
    const struct options *options = evaluation->options;
    tidu_error error;
    struct input *input = tidu_input_open(path, options->input, &error);
    if (!input) {
        tidu_fail(&error, options->language);
        evaluation->unreadable++;
        return true;
    }
    bool good = tidu_engine_file(evaluation->engine, input, tell_progress, evaluation, &error);
    tidu_input_close(&input);
    if (!good) {
        tidu_sink_flush(evaluation->sink);
        tidu_fail(&error, options->language);
        evaluation->unreadable++;
    }
    return good;
}

static int
judge_all(struct evaluation *evaluation)
{
    const struct options *options = evaluation->options;
    bool good = true;
    evaluation->watch = tidu_watch_begin(options);
    if (!options->argument_count)
        good = judge_file(evaluation, "-");
    for (size_t i = 0; i < options->argument_count && good; i++)
        good = judge_file(evaluation, options->arguments[i]);
    bool written = tidu_sink_end(evaluation->sink);
    tell_summary(evaluation);
    bool all = written && !evaluation->unreadable && !evaluation->engine->refused;
    return all ? TIDU_EXIT_DONE : TIDU_EXIT_WRONG;
}

/* A CSV shows no reasons, so none are asked for. */
static const char *
choose_explain(const struct options *options, const char *format)
{
    if (options->explain)
        return options->explain;
    return strcmp(format, "csv") == 0 ? "none" : "failed";
}

static bool
open_parts(struct evaluation *evaluation, const char *format, tidu_error *reterr)
{
    const struct options *options = evaluation->options;
    const char *explain = choose_explain(options, format);
    evaluation->engine = options->socket ? tidu_remote_open(options, explain, reterr)
                                         : tidu_local_open(options, explain, reterr);
    if (!evaluation->engine)
        return false;
    if (strcmp(format, "csv") == 0) {
        evaluation->designations = tidu_engine_designations(evaluation->engine, reterr);
        if (!evaluation->designations)
            return false;
    }
    evaluation->sink = tidu_sink_open(format, options->language, evaluation->designations);
    if (!evaluation->sink)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    evaluation->engine->sink = evaluation->sink;
    return true;
}

int
tidu_command_eval(const struct options *options)
{
    struct evaluation evaluation = {
        .options = options,
    };
    tidu_error error = {.code = TIDU_OK};
    int status = TIDU_EXIT_WRONG;
    if (open_parts(&evaluation, tidu_options_format(options, "ndjson"), &error))
        status = judge_all(&evaluation);
    else if (error.code)
        tidu_fail(&error, options->language);
    if (evaluation.engine)
        evaluation.engine->kind->close(evaluation.engine);
    tidu_sink_close(&evaluation.sink);
    json_decref(evaluation.designations);
    return status;
}
