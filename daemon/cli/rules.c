/*
 * rules.c: the rules a command works on, and what is wrong with them.
 *
 *   rules/national/x.md:212:14: 错误：… [E417]
 *   criterion "rd" [[ revenue + rd_ratio >= 3% ]]
 *                     ^~~~~~~~~~~~~~~~~~
 *   提示：…
 *
 * Must not know: how rules are built.
 */
#include "internal.h"
#include "tidu/heap.h"

#include <stdlib.h>
#include <sys/stat.h>

enum { WIDEST_LINE = 100, BEFORE_PLACE = 40 };

/* Diagnostics while they are written. */
struct scribe {
    const char *folder;
    const tidu_source *sources;
    size_t source_count;
    tidu_lang lang;
    bool colours;
    tidu_text *out;
};

static const char *
text_at(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? json_string_value(value) : "";
}

static size_t
number_at(const json_t *object, const char *name)
{
    json_int_t value = json_integer_value(json_object_get(object, name));
    return value > 0 ? (size_t)value : 0;
}

static const char *
in_lang(const struct scribe *scribe, const char *zh, const char *en)
{
    return scribe->lang == TIDU_ZH ? zh : en;
}

/* A line of a source, without its end; data NULL when it is not known. */
static tidu_slice
find_line(const struct scribe *scribe, const char *path, size_t line)
{
    const tidu_source *source = NULL;
    for (size_t i = 0; i < scribe->source_count && !source; i++)
        if (strcmp(scribe->sources[i].path, path) == 0)
            source = &scribe->sources[i];
    if (!source || !line)
        return (tidu_slice){0};
    const char *at = source->text, *end = at + source->length;
    for (; line > 1 && at; line--) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at ? at + 1 : NULL;
    }
    if (!at)
        return (tidu_slice){0};
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    return (tidu_slice){at, (size_t)((newline ? newline : end) - at)};
}

/* The byte where character `column` (from 1) begins, or the line's length. */
static size_t
byte_of(tidu_slice line, size_t column)
{
    size_t at = 0;
    for (; at < line.length; at++) {
        bool begins = ((unsigned char)line.data[at] & 0xc0) != 0x80;
        if (begins && column-- == 1)
            break;
    }
    return at;
}

/* Tabs would shift the caret, so they are shown as one space. */
static void
put_shown(struct scribe *scribe, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        tidu_text_putc(scribe->out, text[i] == '\t' || text[i] == '\r' ? ' ' : text[i]);
}

static void
put_times(struct scribe *scribe, char byte, size_t count)
{
    while (count--)
        tidu_text_putc(scribe->out, byte);
}

/* Where to begin showing a line too wide for a terminal. */
static size_t
first_shown(tidu_slice line, size_t place)
{
    size_t from = place;
    if (tidu_utf8_width(line.data, line.length) <= WIDEST_LINE)
        return 0;
    while (from && tidu_utf8_width(line.data + from, place - from) < BEFORE_PLACE)
        from--;
    while (from && ((unsigned char)line.data[from] & 0xc0) == 0x80)
        from--;
    return from;
}

static size_t
last_shown(tidu_slice line, size_t from)
{
    size_t to = line.length;
    while (to > from && tidu_utf8_width(line.data + from, to - from) > WIDEST_LINE)
        to--;
    while (to < line.length && to > from && ((unsigned char)line.data[to] & 0xc0) == 0x80)
        to--;
    return to;
}

static void
put_place(struct scribe *scribe, const char *path, size_t line_number, size_t column,
          size_t end_column)
{
    tidu_slice line = find_line(scribe, path, line_number);
    if (!line.data || !line.length)
        return;
    size_t begin = byte_of(line, column ? column : 1);
    size_t end = end_column > column ? byte_of(line, end_column) : begin;
    size_t from = first_shown(line, begin), to = last_shown(line, from);
    end = end < to ? end : to;
    size_t marked = end > begin ? tidu_utf8_width(line.data + begin, end - begin) : 1;
    tidu_text_puts(scribe->out, from ? "    …" : "    ");
    put_shown(scribe, line.data + from, to - from);
    tidu_text_puts(scribe->out, to < line.length ? "…\n" : "\n");
    if (!column)
        return;
    put_times(scribe, ' ', (from ? 5 : 4) + tidu_utf8_width(line.data + from, begin - from));
    tidu_text caret = {0};
    tidu_text_putc(&caret, '^');
    for (size_t i = 1; i < marked; i++)
        tidu_text_putc(&caret, '~');
    tidu_text_putc(&caret, '\0');
    tidu_put_coloured(scribe->out, scribe->colours, TIDU_GREEN, caret.failed ? "^" : caret.data);
    tidu_text_free(&caret);
    tidu_text_putc(scribe->out, '\n');
}

/* "rules/x.md:212:14: " as far as it is known. */
static void
put_address(struct scribe *scribe, const json_t *place)
{
    const char *path = text_at(place, "path");
    size_t line = number_at(place, "line"), column = number_at(place, "column");
    tidu_text words = {0};
    if (!*path)
        return;
    if (scribe->folder && *scribe->folder) {
        size_t length = strlen(scribe->folder);
        tidu_text_puts(&words, scribe->folder);
        if (scribe->folder[length - 1] != '/')
            tidu_text_putc(&words, '/');
    }
    tidu_text_puts(&words, path);
    if (line)
        tidu_text_printf(&words, ":%zu", line);
    if (line && column)
        tidu_text_printf(&words, ":%zu", column);
    tidu_text_puts(&words, ": ");
    tidu_text_putc(&words, '\0');
    tidu_put_coloured(scribe->out, scribe->colours, TIDU_BOLD, words.failed ? path : words.data);
    tidu_text_free(&words);
}

static void
put_related(struct scribe *scribe, const json_t *related)
{
    const char *message = text_at(related, "message");
    put_address(scribe, related);
    tidu_text_puts(scribe->out, in_lang(scribe, "另见：", "also: "));
    tidu_text_puts(scribe->out, message);
    tidu_text_putc(scribe->out, '\n');
    put_place(scribe, text_at(related, "path"), number_at(related, "line"),
              number_at(related, "column"), number_at(related, "end_column"));
}

static void
put_diagnostic(struct scribe *scribe, const json_t *diagnostic)
{
    bool warning = strcmp(text_at(diagnostic, "severity"), "warning") == 0;
    const char *hint = text_at(diagnostic, "hint");
    size_t index;
    json_t *related;
    put_address(scribe, diagnostic);
    tidu_put_coloured(scribe->out, scribe->colours, warning ? TIDU_YELLOW : TIDU_RED,
                      warning ? in_lang(scribe, "警告：", "warning: ")
                              : in_lang(scribe, "错误：", "error: "));
    tidu_text_printf(scribe->out, "%s [%s]\n", text_at(diagnostic, "message"),
                     text_at(diagnostic, "code"));
    put_place(scribe, text_at(diagnostic, "path"), number_at(diagnostic, "line"),
              number_at(diagnostic, "column"), number_at(diagnostic, "end_column"));
    if (*hint)
        tidu_text_printf(scribe->out, "%s%s\n", in_lang(scribe, "提示：", "hint: "), hint);
    json_array_foreach (json_object_get(diagnostic, "related"), index, related)
        put_related(scribe, related);
}

void
tidu_diagnostics_write(const json_t *diagnostics, const char *folder, const tidu_source *sources,
                       size_t source_count, tidu_lang lang, bool colours, tidu_text *out)
{
    struct scribe scribe = {folder, sources, source_count, lang, colours, out};
    size_t index;
    json_t *diagnostic;
    json_array_foreach ((json_t *)diagnostics, index, diagnostic)
        put_diagnostic(&scribe, diagnostic);
}

json_t *
tidu_report_tree(const tidu_report *report, tidu_lang lang)
{
    tidu_text text = {0};
    tidu_report_write(report, lang, &text);
    json_t *tree = text.failed ? NULL : json_loadb(text.data, text.length, 0, NULL);
    tidu_text_free(&text);
    return tree;
}

/* ---- rules of a folder --------------------------------------------------------- */

const char *
tidu_rules_folder(const struct options *options)
{
    return options->rules ? options->rules : TIDU_RULES_DIR;
}

bool
tidu_put_candidate(json_t *params, const char *name, const char *candidate, tidu_error *reterr)
{
    struct stat status;
    if (!candidate)
        return true;
    if (stat(candidate, &status) != 0 || !S_ISDIR(status.st_mode))
        return json_object_set_new(params, name, json_string(candidate)) == 0 ||
               tidu_error_set(reterr, TIDU_MEMORY, NULL);
    tidu_arena *arena = tidu_arena_open();
    tidu_source *sources;
    size_t count;
    bool good = arena ? tidu_sources_read(candidate, arena, &sources, &count, reterr)
                      : tidu_error_set(reterr, TIDU_MEMORY, NULL);
    if (good) {
        json_t *documents = json_object();
        for (size_t i = 0; i < count; i++)
            json_object_set_new(documents, sources[i].path,
                                json_stringn(sources[i].text, sources[i].length));
        good = json_object_set_new(params, name, json_pack("{s:o}", "documents", documents)) == 0 ||
               tidu_error_set(reterr, TIDU_MEMORY, NULL);
    }
    tidu_arena_close(&arena);
    return good;
}

static void
complain(const tidu_report *report, const struct options *options)
{
    tidu_arena *arena = tidu_arena_open();
    tidu_source *sources = NULL;
    size_t count = 0;
    tidu_error error;
    tidu_text out = {0};
    const char *folder = tidu_rules_folder(options);
    if (!arena || !tidu_sources_read(folder, arena, &sources, &count, &error))
        count = 0;
    json_t *diagnostics = tidu_report_tree(report, options->language);
    tidu_diagnostics_write(diagnostics, folder, sources, count, options->language,
                           tidu_colours_wanted(stderr), &out);
    if (out.length)
        fwrite(out.data, 1, out.length, stderr);
    json_decref(diagnostics);
    tidu_text_free(&out);
    tidu_arena_close(&arena);
}

tidu_ruleset *
tidu_rules_beside(const struct options *options, const tidu_ruleset *earlier, const char *path,
                  const char *text)
{
    tidu_arena *arena = tidu_arena_open();
    tidu_report *report = tidu_report_open();
    tidu_source *sources = NULL, *all = NULL;
    tidu_ruleset *ruleset = NULL;
    tidu_error error;
    size_t count = 0;
    bool good = arena && report &&
                tidu_sources_read(tidu_rules_folder(options), arena, &sources, &count, &error);
    if (good)
        all = tidu_arena_array(arena, count + 1, sizeof *all);
    if (all) {
        /* in the order of their paths, as all are */
        size_t at = 0;
        for (size_t i = 0; i < count; i++)
            at += strcmp(sources[i].path, path) < 0;
        memcpy(all, sources, at * sizeof *all);
        all[at] = (tidu_source){path, text, strlen(text)};
        memcpy(all + at + 1, sources + at, (count - at) * sizeof *all);
        if (!tidu_ruleset_rebuild(all, count + 1, NULL, earlier, &ruleset, report)) {
            tidu_report_sort(report);
            complain(report, options);
        }
    } else {
        if (good || !arena || !report)
            tidu_error_set(&error, TIDU_MEMORY, NULL);
        tidu_fail(&error, options->language);
    }
    tidu_report_close(&report);
    tidu_arena_close(&arena);
    return ruleset;
}

tidu_ruleset *
tidu_rules_open(const struct options *options)
{
    tidu_report *report = tidu_report_open();
    tidu_ruleset *ruleset = NULL;
    if (!report)
        return NULL;
    tidu_heap_enlarge(TIDU_HEAP_OF_RULES);
    if (!tidu_ruleset_load(tidu_rules_folder(options), NULL, &ruleset, report)) {
        tidu_report_sort(report);
        complain(report, options);
    }
    tidu_report_close(&report);
    return ruleset;
}
