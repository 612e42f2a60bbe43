/*
 * error.h: what went wrong, where, and what to do about it.
 *
 * Every message Tidu can say stands in one of the tables errors/<room>.def, in
 * English and Chinese, with a hint. An error value is a code, up to four
 * arguments and one or two places; it becomes words only when somebody reads
 * it. The world's mistakes are errors, our own are assertions.
 *
 * Ownership: a tidu_error is plain data and owns nothing. A tidu_report owns
 * copies of what was added to it.
 */
#ifndef TIDU_ERROR_H
#define TIDU_ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    TIDU_ARGUMENT_COUNT = 4,
    TIDU_ARGUMENT_SIZE = 200,
    TIDU_DOCUMENT_SIZE = 200
};

typedef enum tidu_lang {
    TIDU_ZH,
    TIDU_EN,
    TIDU_BOTH
} tidu_lang;

typedef enum tidu_code {
    TIDU_OK,
#define X(name, id, severity, en, hint_en, zh, hint_zh) TIDU_##name,
#include "tidu/errors/all.def"
#undef X
    TIDU_CODE_COUNT
} tidu_code;

/* A place in a source. Lines and columns count from 1; a column counts
 * characters, not bytes; 0 means not known. `end_column` is one past the last
 * character. An empty document means the error has no place. */
typedef struct tidu_span {
    char document[TIDU_DOCUMENT_SIZE];
    uint32_t line;
    uint32_t column;
    uint32_t end_column;
} tidu_span;

typedef struct tidu_error {
    tidu_code code;
    char argument[TIDU_ARGUMENT_COUNT][TIDU_ARGUMENT_SIZE];
    tidu_span span;
    tidu_span also; /* the other place, when two collide; line 0 if none */
} tidu_error;

/* Fill *error with a code and its arguments {1}, {2}, … (strings; NULL ends
 * the list). Arguments that are too long are cut at a character border. Spans
 * are cleared. A NULL error is ignored, so callers may pass what they got.
 * Always returns false, so that `return tidu_error_set(…)` reads well. */
bool tidu_error_set(tidu_error *error, tidu_code code, ...) __attribute__((sentinel));

/* The same, with a place. `document` may be NULL. */
bool tidu_error_at(tidu_error *error, tidu_code code, const char *document, uint32_t line,
                   uint32_t column, uint32_t end_column, ...) __attribute__((sentinel));

/* The id that users see, such as "E117". */
const char *tidu_error_id(tidu_code code);

/* True for what only deserves attention and stops nothing. */
bool tidu_error_is_warning(tidu_code code);

/* Write the message (or the hint) in one language into `buffer`, always ended
 * by a NUL, cut at a character border when it does not fit. The hint may be
 * empty. TIDU_BOTH reads as TIDU_EN. Returns `buffer`. */
char *tidu_error_message(const tidu_error *error, tidu_lang lang, char *buffer, size_t size);
char *tidu_error_hint(const tidu_error *error, tidu_lang lang, char *buffer, size_t size);

/* A growing list of errors and warnings: loading collects every complaint. */
typedef struct tidu_report tidu_report;

/* NULL when memory ran out. */
tidu_report *tidu_report_open(void);
void tidu_report_close(tidu_report **report);

/* Append a copy. Always returns false, as tidu_error_set does. When memory ran
 * out the error is counted, not kept. */
bool tidu_report_add(tidu_report *report, const tidu_error *error);

size_t tidu_report_count(const tidu_report *report);
/* NULL behind the last. */
const tidu_error *tidu_report_get(const tidu_report *report, size_t index);

/* Errors only; warnings are not counted. */
size_t tidu_report_error_count(const tidu_report *report);

/* Order by document, line, column; what stands at the same place keeps its
 * order. Exact repetitions are dropped. */
void tidu_report_sort(tidu_report *report);

#ifdef __cplusplus
}
#endif

#endif
