/*
 * log.c: one line an event, to standard error.
 *
 *   text     <time> <level> <event>: <sentence>
 *   json     {"time","level","event","message",…}, its fields as members
 *   journal  fields of the systemd journal: TIDU_EVENT, TIDU_CODE, …
 *
 * Whoever runs the daemon decides where standard error goes; when that is the
 * journal, it gets fields by itself. Control characters in a text are shown as
 * '?', so that nothing from outside can fake a line. Enterprises' facts never come
 * here.
 *
 * Must not know: sessions, rules.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { LINE_SIZE = 2048, MOST_FIELDS = 8 };

static const char *const level_names[] = {"error", "warning", "info", "debug"};

char *
tidu_time_format(ev_tstamp moment, char buffer[32])
{
    time_t seconds = (time_t)moment;
    struct tm local;
    char zone[8];
    localtime_r(&seconds, &local);
    strftime(buffer, 32, "%Y-%m-%dT%H:%M:%S", &local);
    strftime(zone, sizeof zone, "%z", &local);
    /* +0800 becomes +08:00 */
    size_t length = strlen(buffer);
    snprintf(buffer + length, 32 - length, "%.3s:%.2s", zone, zone + 3);
    return buffer;
}

/* Standard error is the journal's when systemd says so and it still is. */
static bool
is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat status;
    return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
           fstat(STDERR_FILENO, &status) == 0 && status.st_dev == device && status.st_ino == inode;
}

void
tidu_log_begin(struct logger *log, const struct settings *settings)
{
    log->lang = (tidu_lang)settings->lang;
    log->format = (tidu_log_format)settings->log_format;
    if (log->format == TIDU_LOG_AUTO)
        log->format = is_journal() ? TIDU_LOG_JOURNAL : TIDU_LOG_TEXT;
    atomic_store(&log->level, (tidu_log_level)settings->log_level);
}

/* ---- one line --------------------------------------------------------------------------- */

static void
hide_controls(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

static void
put_member(tidu_text *line, const char *name, const char *value)
{
    if (line->length > 1)
        tidu_text_putc(line, ',');
    tidu_text_json(line, name, strlen(name));
    tidu_text_putc(line, ':');
    tidu_text_json(line, value, strlen(value));
}

static void
write_json(tidu_log_level level, const char *event, const char *message,
           const struct log_field *fields)
{
    char moment[32];
    tidu_text line = {0};
    tidu_text_putc(&line, '{');
    put_member(&line, "time", tidu_time_format(ev_time(), moment));
    put_member(&line, "level", level_names[level]);
    put_member(&line, "event", event);
    put_member(&line, "message", message);
    for (; fields && fields->name; fields++)
        put_member(&line, fields->name, fields->value);
    tidu_text_puts(&line, "}\n");
    if (!line.failed)
        fwrite(line.data, 1, line.length, stderr);
    tidu_text_free(&line);
}

/* What stands before the first ": " is what kind of thing has happened. */
static const char *
split(char *line, char event[32])
{
    char *colon = strstr(line, ": ");
    size_t length = colon ? (size_t)(colon - line) : 0;
    if (!length || length > 31 || strspn(line, "abcdefghijklmnopqrstuvwxyz") != length) {
        snprintf(event, 32, "note");
        return line;
    }
    memcpy(event, line, length);
    event[length] = '\0';
    return colon + 2;
}

static void
emit(const struct logger *log, tidu_log_level level, char *line, const struct log_field *fields)
{
    char moment[32], event[32];
    hide_controls(line);
    const char *message = split(line, event);
    if (log->format == TIDU_LOG_JOURNAL)
        tidu_supervisor_journal(level, event, line, fields);
    else if (log->format == TIDU_LOG_JSON)
        write_json(level, event, message, fields);
    else
        fprintf(stderr, "%s %s %s\n", tidu_time_format(ev_time(), moment), level_names[level],
                line);
}

static void
say(const struct logger *log, tidu_log_level level, const struct log_field *fields,
    const char *format, va_list args)
{
    char line[LINE_SIZE];
    if (level > log->level)
        return;
    vsnprintf(line, sizeof line, format, args);
    emit(log, level, line, fields);
}

void
tidu_log(const struct logger *log, tidu_log_level level, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(log, level, NULL, format, args);
    va_end(args);
}

void
tidu_log_event(const struct logger *log, tidu_log_level level, const struct log_field *fields,
               const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(log, level, fields, format, args);
    va_end(args);
}

void
tidu_log_fault(const struct logger *log, tidu_log_level level, const tidu_error *error)
{
    char message[1024], hint[1024], place[TIDU_DOCUMENT_SIZE + 32] = "", number[16];
    struct log_field fields[MOST_FIELDS] = {{"code", tidu_error_id(error->code)}};
    size_t count = 1;
    tidu_error_message(error, log->lang, message, sizeof message);
    tidu_error_hint(error, log->lang, hint, sizeof hint);
    if (error->span.document[0] && error->span.column)
        snprintf(place, sizeof place, "%s:%u:%u: ", error->span.document, error->span.line,
                 error->span.column);
    else if (error->span.document[0])
        snprintf(place, sizeof place, "%s:%u: ", error->span.document, error->span.line);
    if (*place) {
        snprintf(number, sizeof number, "%u", error->span.line);
        fields[count++] = (struct log_field){"document", error->span.document};
        fields[count++] = (struct log_field){"line", number};
    }
    tidu_log_event(log, level, fields, "%s%s [%s]%s%s", place, message,
                   tidu_error_id(error->code), hint[0] ? " " : "", hint);
}

void
tidu_log_report(const struct logger *log, const tidu_report *report)
{
    for (size_t i = 0; i < tidu_report_count(report); i++) {
        const tidu_error *error = tidu_report_get(report, i);
        bool warning = tidu_error_is_warning(error->code);
        tidu_log_fault(log, warning ? TIDU_LOG_WARNING : TIDU_LOG_ERROR, error);
    }
}
