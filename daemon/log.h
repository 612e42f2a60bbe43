/*
 * log.h: what the daemon tells whoever runs it.
 */
#ifndef TIDU_DAEMON_LOG_H
#define TIDU_DAEMON_LOG_H

#include "tidu/error.h"

#include <stdatomic.h>

/* ---- log.c: one line an event ------------------------------------------- */

typedef enum tidu_log_level {
    TIDU_LOG_ERROR,
    TIDU_LOG_WARNING,
    TIDU_LOG_INFO,
    TIDU_LOG_DEBUG
} tidu_log_level;

typedef enum tidu_log_format {
    TIDU_LOG_AUTO, /* the journal's when standard error is the journal, else text */
    TIDU_LOG_TEXT,
    TIDU_LOG_JSON,
    TIDU_LOG_JOURNAL
} tidu_log_format;

struct logger {
    _Atomic tidu_log_level level; /* may change while threads write */
    tidu_lang lang;
    tidu_log_format format;
};

/* Something about an event that programs look for; a list ends with a NULL name. */
struct log_field {
    const char *name, *value;
};

struct settings;

/* Log as the settings say. */
void tidu_log_begin(struct logger *log, const struct settings *settings);

/* Write "<time> <level> <text>" to standard error. Facts of enterprises never
 * come here: a log is read by people who have no business with them. */
void tidu_log(const struct logger *log, tidu_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with fields, which are shown where there is room for such. The event is
 * what stands before the first ": ", a word of small letters. */
void tidu_log_event(const struct logger *log, tidu_log_level level, const struct log_field *fields,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same for an error's place and message, and for each entry of a report. */
void tidu_log_fault(const struct logger *log, tidu_log_level level, const tidu_error *error);
void tidu_log_report(const struct logger *log, const tidu_report *report);

#endif
