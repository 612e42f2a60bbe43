/*
 * report.c: errors and diagnostics as JSON.
 */
#include "internal.h"

#include <stdio.h>
#include <string.h>

enum { WORDS = 1200 };

static void
write_words(const tidu_error *error, tidu_lang lang, bool hint, tidu_text *out)
{
    char words[WORDS];
    if (hint)
        tidu_error_hint(error, lang, words, sizeof words);
    else
        tidu_error_message(error, lang, words, sizeof words);
    tidu_answer_string(out, words);
}

static void
write_member(const char *key, const char *value, tidu_text *out)
{
    if (!*value)
        return;
    tidu_text_puts(out, key);
    tidu_answer_string(out, value);
}

void
tidu_error_write(const tidu_error *error, int rpc_code, tidu_lang lang, tidu_text *out)
{
    const char *id = tidu_error_id(error->code);
    char hint[WORDS];
    tidu_text_printf(out, "{\"code\":%d,\"message\":", rpc_code);
    write_words(error, lang, false, out);
    tidu_text_printf(out, ",\"data\":{\"id\":\"%s\"", id);
    if (id[1] == '3') { /* a record's error names fact, got, takes */
        write_member(",\"fact\":", error->argument[0], out);
        write_member(",\"got\":", error->argument[1], out);
        write_member(",\"takes\":", error->argument[2], out);
    }
    write_member(",\"hint\":", tidu_error_hint(error, lang, hint, sizeof hint), out);
    tidu_text_puts(out, "}}");
}

static void
write_place(const tidu_span *span, tidu_text *out)
{
    tidu_text_puts(out, "\"path\":");
    tidu_answer_string(out, span->document);
    tidu_text_printf(out, ",\"line\":%u,\"column\":%u,\"end_column\":%u", span->line,
                     span->column, span->end_column);
}

static void
write_diagnostic(const tidu_error *error, tidu_lang lang, tidu_text *out)
{
    tidu_text_putc(out, '{');
    write_place(&error->span, out);
    tidu_text_printf(out, ",\"severity\":\"%s\",\"code\":\"%s\",\"message\":",
                     tidu_error_is_warning(error->code) ? "warning" : "error",
                     tidu_error_id(error->code));
    write_words(error, lang, false, out);
    tidu_text_puts(out, ",\"hint\":");
    write_words(error, lang, true, out);
    tidu_text_puts(out, ",\"related\":[");
    if (error->also.line) {
        tidu_text_putc(out, '{');
        write_place(&error->also, out);
        tidu_text_putc(out, '}');
    }
    tidu_text_puts(out, "]}");
}

void
tidu_report_write(const tidu_report *report, tidu_lang lang, tidu_text *out)
{
    tidu_text_putc(out, '[');
    for (size_t i = 0; i < tidu_report_count(report); i++) {
        if (i)
            tidu_text_putc(out, ',');
        write_diagnostic(tidu_report_get(report, i), lang, out);
    }
    tidu_text_putc(out, ']');
}
