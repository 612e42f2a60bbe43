/*
 * sink.c: answers, as they are wanted.
 *
 *   ndjson   answers go to the output as they come
 *   csv      one line an enterprise, one column a designation
 *   text     a page of some enterprises: a table, then why not
 *
 * Output is collected and written in big pieces. A reader that has gone (head,
 * a closed pager) ends the work quietly.
 *
 * Must not know: where answers come from.
 *
 * Ownership: owns its texts and the answers of the page at hand.
 */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef TIDU_TIGHT
enum { WRITE_BYTES = 64, PAGE_ROWS = 3 };
#else
enum { WRITE_BYTES = 256 * 1024, PAGE_ROWS = 64 };
#endif

typedef enum sink_format { TEXT, NDJSON, CSV } sink_format;

struct sink {
    sink_format format;
    tidu_lang lang;
    bool colours;
    bool failed; /* standard output takes no more */
    int reason;  /* errno of that */
    bool headed; /* the CSV's heading has been written */
    tidu_text out;
    const json_t *designations;
    json_t *page;
};

struct sink *
tidu_sink_open(const char *format, tidu_lang lang, const json_t *designations)
{
    struct sink *sink = calloc(1, sizeof *sink);
    if (!sink)
        return NULL;
    sink->format = strcmp(format, "csv") == 0 ? CSV : strcmp(format, "text") == 0 ? TEXT : NDJSON;
    sink->lang = lang;
    sink->colours = tidu_colours_wanted(stdout);
    sink->designations = designations;
    sink->page = json_array();
    if (sink->page)
        return sink;
    free(sink);
    return NULL;
}

void
tidu_sink_close(struct sink **sink)
{
    if (!*sink)
        return;
    json_decref((*sink)->page);
    tidu_text_free(&(*sink)->out);
    free(*sink);
    *sink = NULL;
}

static void
write_out(struct sink *sink)
{
    size_t done = 0;
    if (sink->out.failed) {
        sink->failed = true;
        sink->reason = ENOMEM;
    }
    while (done < sink->out.length && !sink->failed) {
        ssize_t count = write(STDOUT_FILENO, sink->out.data + done, sink->out.length - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            sink->failed = true;
            sink->reason = errno;
        }
        done += count > 0 ? (size_t)count : 0;
    }
    sink->out.length = 0;
}

/* A reader that has had enough is no failure; a full disk is. */
static bool
told_failure(const struct sink *sink, tidu_lang lang)
{
    tidu_error error;
    if (!sink->failed || sink->reason == EPIPE)
        return false;
    tidu_error_set(&error, TIDU_CLI_OUTPUT, strerror(sink->reason), NULL);
    tidu_fail(&error, lang);
    return true;
}

bool
tidu_print(tidu_text *text, tidu_lang lang)
{
    struct sink sink = {.out = *text};
    write_out(&sink);
    *text = sink.out;
    return !told_failure(&sink, lang);
}

bool
tidu_sink_failed(const struct sink *sink)
{
    return sink->failed;
}

tidu_text *
tidu_sink_text(struct sink *sink)
{
    return sink->format == NDJSON ? &sink->out : NULL;
}

void
tidu_sink_direct(struct sink *sink)
{
    tidu_text_putc(&sink->out, '\n');
    if (sink->out.length >= WRITE_BYTES)
        write_out(sink);
}

/* ---- CSV ---------------------------------------------------------------------- */

static void
put_csv_cell(tidu_text *out, const char *text)
{
    if (!strpbrk(text, "\",\r\n")) {
        tidu_text_puts(out, text);
        return;
    }
    tidu_text_putc(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            tidu_text_putc(out, '"');
        tidu_text_putc(out, *text);
    }
    tidu_text_putc(out, '"');
}

static void
put_csv_heading(struct sink *sink)
{
    size_t index;
    json_t *designation;
    if (sink->headed)
        return;
    sink->headed = true;
    tidu_text_puts(&sink->out, "uscc,enterprise_name");
    json_array_foreach ((json_t *)sink->designations, index, designation) {
        tidu_text_putc(&sink->out, ',');
        put_csv_cell(&sink->out, json_string_value(designation));
    }
    tidu_text_puts(&sink->out, ",error\n");
}

static const char *
text_at(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? json_string_value(value) : "";
}

static const char *
status_of(const json_t *answer, const char *id)
{
    size_t index;
    json_t *designation;
    json_array_foreach (json_object_get(answer, "designations"), index, designation)
        if (strcmp(text_at(designation, "id"), id) == 0)
            return text_at(designation, "status");
    return "";
}

static void
put_csv_line(struct sink *sink, const json_t *answer)
{
    const json_t *enterprise = json_object_get(answer, "enterprise");
    size_t index;
    json_t *designation;
    put_csv_heading(sink);
    put_csv_cell(&sink->out, text_at(enterprise, "uscc"));
    tidu_text_putc(&sink->out, ',');
    put_csv_cell(&sink->out, text_at(enterprise, "enterprise_name"));
    json_array_foreach ((json_t *)sink->designations, index, designation) {
        tidu_text_putc(&sink->out, ',');
        put_csv_cell(&sink->out, status_of(answer, json_string_value(designation)));
    }
    tidu_text_puts(&sink->out, ",\n");
}

static void
put_csv_error(struct sink *sink, const json_t *error, size_t line, const char *file)
{
    tidu_text words = {0};
    put_csv_heading(sink);
    tidu_text_putc(&sink->out, ',');
    for (size_t i = 0; i < json_array_size(sink->designations); i++)
        tidu_text_putc(&sink->out, ',');
    tidu_text_printf(&words, "%s:%zu: %s", file, line, text_at(error, "message"));
    tidu_text_putc(&words, '\0');
    tidu_text_putc(&sink->out, ',');
    if (!words.failed)
        put_csv_cell(&sink->out, words.data);
    tidu_text_putc(&sink->out, '\n');
    tidu_text_free(&words);
}

/* ---- text ------------------------------------------------------------------------ */

static void
show_page(struct sink *sink)
{
    if (!json_array_size(sink->page))
        return;
    tidu_show_page(sink->page, sink->lang, sink->colours, &sink->out);
    json_array_clear(sink->page);
    write_out(sink);
}

static void
show_error(struct sink *sink, const json_t *error, size_t line, const char *file)
{
    char place[64];
    show_page(sink);
    const char *hint = text_at(json_object_get(error, "data"), "hint");
    const char *id = text_at(json_object_get(error, "data"), "id");
    snprintf(place, sizeof place, ":%zu: ", line);
    tidu_text_puts(&sink->out, file);
    tidu_text_puts(&sink->out, place);
    tidu_put_coloured(&sink->out, sink->colours, TIDU_RED, text_at(error, "message"));
    if (*id)
        tidu_text_printf(&sink->out, " [%s]", id);
    tidu_text_putc(&sink->out, '\n');
    if (*hint)
        tidu_text_printf(&sink->out, "    %s\n", hint);
    write_out(sink);
}

/* ---- all -------------------------------------------------------------------------- */

void
tidu_sink_answer(struct sink *sink, tidu_slice answer)
{
    if (sink->format == NDJSON) {
        tidu_text_add(&sink->out, answer.data, answer.length);
        tidu_sink_direct(sink);
        return;
    }
    json_t *tree = json_loadb(answer.data, answer.length, 0, NULL);
    sink->out.failed |= !tree;
    if (sink->format == CSV) {
        put_csv_line(sink, tree);
        json_decref(tree);
        if (sink->out.length >= WRITE_BYTES)
            write_out(sink);
        return;
    }
    json_array_append_new(sink->page, tree);
    if (json_array_size(sink->page) == PAGE_ROWS)
        show_page(sink);
}

void
tidu_sink_error(struct sink *sink, tidu_slice error, size_t line, const char *file)
{
    if (sink->format == NDJSON) {
        tidu_text_puts(&sink->out, "{\"error\":");
        tidu_text_add(&sink->out, error.data, error.length);
        tidu_text_printf(&sink->out, ",\"line\":%zu,\"file\":", line);
        tidu_text_json(&sink->out, file, strlen(file));
        tidu_text_putc(&sink->out, '}');
        tidu_sink_direct(sink);
        return;
    }
    json_t *tree = json_loadb(error.data, error.length, 0, NULL);
    if (sink->format == CSV)
        put_csv_error(sink, tree, line, file);
    else
        show_error(sink, tree, line, file);
    json_decref(tree);
}

void
tidu_sink_flush(struct sink *sink)
{
    if (sink->format == TEXT)
        show_page(sink);
    write_out(sink);
}

bool
tidu_sink_end(struct sink *sink)
{
    if (sink->format == CSV)
        put_csv_heading(sink);
    tidu_sink_flush(sink);
    return !told_failure(sink, sink->lang);
}
