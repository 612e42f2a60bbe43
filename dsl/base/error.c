/*
 * error.c: error codes and their words.
 *
 * The tables under include/tidu/errors/ are the only place where messages
 * stand; this file fills in the arguments. Knows nothing of who complains.
 */
#include "tidu/error.h"

#include "tidu/text.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    const char *id;
    char severity;
    const char *message[2]; /* indexed by TIDU_ZH, TIDU_EN */
    const char *hint[2];
};

enum { E = 'E', W = 'W' };

static const struct entry entries[TIDU_CODE_COUNT] = {
    [TIDU_OK] = {"E000", E, {"没有错误", "no error"}, {"", ""}},
#define X(name, id, severity, en, hint_en, zh, hint_zh)                                            \
    [TIDU_##name] = {id, severity, {zh, en}, {hint_zh, hint_en}},
#include "tidu/errors/all.def"
#undef X
};

/* Copy at most size - 1 bytes, ending at a character border. */
static void
copy_cut(char *to, const char *from, size_t size)
{
    size_t length = strlen(from);
    if (length >= size) {
        length = size - 1;
        while (length && ((unsigned char)from[length] & 0xc0) == 0x80)
            length--;
    }
    memcpy(to, from, length);
    to[length] = '\0';
}

static void
fill(tidu_error *error, tidu_code code, va_list args)
{
    memset(error, 0, sizeof *error);
    error->code = code;
    for (int i = 0; i < TIDU_ARGUMENT_COUNT; i++) {
        const char *argument = va_arg(args, const char *);
        if (!argument)
            break;
        copy_cut(error->argument[i], argument, TIDU_ARGUMENT_SIZE);
    }
}

bool
tidu_error_set(tidu_error *error, tidu_code code, ...)
{
    if (!error)
        return false;
    va_list args;
    va_start(args, code);
    fill(error, code, args);
    va_end(args);
    return false;
}

bool
tidu_error_at(tidu_error *error, tidu_code code, const char *document, uint32_t line,
              uint32_t column, uint32_t end_column, ...)
{
    if (!error)
        return false;
    va_list args;
    va_start(args, end_column);
    fill(error, code, args);
    va_end(args);
    if (document)
        copy_cut(error->span.document, document, TIDU_DOCUMENT_SIZE);
    error->span.line = line;
    error->span.column = column;
    error->span.end_column = end_column;
    return false;
}

const char *
tidu_error_id(tidu_code code)
{
    return entries[code].id;
}

bool
tidu_error_is_warning(tidu_code code)
{
    return entries[code].severity == W;
}

static char *
render(const tidu_error *error, const char *words, char *buffer, size_t size)
{
    tidu_text out = {0};
    for (const char *at = words; *at; at++) {
        int argument = at[0] == '{' && at[1] >= '1' && at[1] <= '4' && at[2] == '}' ? at[1] - '1'
                                                                                    : -1;
        if (argument < 0) {
            tidu_text_putc(&out, *at);
            continue;
        }
        tidu_text_puts(&out, error->argument[argument]);
        at += 2;
    }
    tidu_text_putc(&out, '\0');
    copy_cut(buffer, out.failed ? words : out.data, size);
    tidu_text_free(&out);
    return buffer;
}

char *
tidu_error_message(const tidu_error *error, tidu_lang lang, char *buffer, size_t size)
{
    return render(error, entries[error->code].message[lang == TIDU_ZH ? 0 : 1], buffer, size);
}

char *
tidu_error_hint(const tidu_error *error, tidu_lang lang, char *buffer, size_t size)
{
    return render(error, entries[error->code].hint[lang == TIDU_ZH ? 0 : 1], buffer, size);
}

struct tidu_report {
    tidu_error *items;
    size_t count, capacity;
    size_t errors;
};

tidu_report *
tidu_report_open(void)
{
    return calloc(1, sizeof(tidu_report));
}

void
tidu_report_close(tidu_report **report)
{
    if (!*report)
        return;
    free((*report)->items);
    free(*report);
    *report = NULL;
}

bool
tidu_report_add(tidu_report *report, const tidu_error *error)
{
    if (!tidu_error_is_warning(error->code))
        report->errors++;
    if (report->count == report->capacity) {
        size_t larger = report->capacity ? report->capacity * 2 : 8;
        tidu_error *items = realloc(report->items, larger * sizeof *items);
        if (!items)
            return false;
        report->items = items;
        report->capacity = larger;
    }
    report->items[report->count++] = *error;
    return false;
}

size_t
tidu_report_count(const tidu_report *report)
{
    return report->count;
}

const tidu_error *
tidu_report_get(const tidu_report *report, size_t index)
{
    return index < report->count ? &report->items[index] : NULL;
}

size_t
tidu_report_error_count(const tidu_report *report)
{
    return report->errors;
}

static int
compare_places(const tidu_error *a, const tidu_error *b)
{
    int order = strcmp(a->span.document, b->span.document);
    if (order)
        return order;
    if (a->span.line != b->span.line)
        return a->span.line < b->span.line ? -1 : 1;
    if (a->span.column != b->span.column)
        return a->span.column < b->span.column ? -1 : 1;
    return 0;
}

static bool
same_error(const tidu_error *a, const tidu_error *b)
{
    return a->code == b->code && !compare_places(a, b) &&
           !memcmp(a->argument, b->argument, sizeof a->argument);
}

/* Whether one of the first `count` items that stand at its place says the same. */
static bool
is_repeated(const tidu_report *report, size_t count, const tidu_error *error)
{
    while (count && !compare_places(&report->items[count - 1], error))
        if (same_error(&report->items[--count], error))
            return true;
    return false;
}

static void
drop_repetitions(tidu_report *report)
{
    size_t kept = 0;
    for (size_t i = 0; i < report->count; i++) {
        if (is_repeated(report, kept, &report->items[i])) {
            report->errors -= !tidu_error_is_warning(report->items[i].code);
            continue;
        }
        report->items[kept++] = report->items[i];
    }
    report->count = kept;
}

/* Insertion keeps the order of equals, and reports are short. */
void
tidu_report_sort(tidu_report *report)
{
    for (size_t i = 1; i < report->count; i++) {
        tidu_error moving = report->items[i];
        size_t at = i;
        for (; at && compare_places(&report->items[at - 1], &moving) > 0; at--)
            report->items[at] = report->items[at - 1];
        report->items[at] = moving;
    }
    drop_repetitions(report);
}
