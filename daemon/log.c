/*
 * log.c: one line an event, to standard error.
 *
 * Whoever runs the daemon decides where standard error goes. A line is a time,
 * a level and a sentence; control characters in it are shown as '?', so that
 * nothing from outside can fake a line. Enterprises' facts never come here.
 *
 * Must not know: sessions, rules.
 */
#include "internal.h"

#include <stdio.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

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

static void
hide_controls(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

void
tidu_log(const struct logger *log, tidu_log_level level, const char *format, ...)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};
    char line[2048], moment[32];
    if (level > log->level)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    hide_controls(line);
    fprintf(stderr, "%s %s %s\n", tidu_time_format(ev_time(), moment), names[level], line);
}

void
tidu_log_fault(const struct logger *log, tidu_log_level level, const tidu_error *error)
{
    char message[1024], hint[1024], place[TIDU_DOCUMENT_SIZE + 32] = "";
    tidu_error_message(error, log->lang, message, sizeof message);
    tidu_error_hint(error, log->lang, hint, sizeof hint);
    if (error->span.document[0] && error->span.column)
        snprintf(place, sizeof place, "%s:%u:%u: ", error->span.document, error->span.line,
                 error->span.column);
    else if (error->span.document[0])
        snprintf(place, sizeof place, "%s:%u: ", error->span.document, error->span.line);
    tidu_log(log, level, "%s%s [%s]%s%s", place, message, tidu_error_id(error->code),
             hint[0] ? " " : "", hint);
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
