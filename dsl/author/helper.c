/*
 * helper.c: memory, complaints, and what the parent hears on the way.
 *
 * The helper talks to its parent in lines, so that the parent knows where it
 * was even if the kernel ends it:
 *
 *   @ <document> <line>            about to work on this
 *   ! <reason> <document> <line>   a limit was met here: memory or cpu
 *   = <bytes>                      the answer follows, and nothing after it
 *
 * Must not know Lua or Markdown. Owns nothing but the place it was told.
 */
#include "internal.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Read by a signal handler. */
static volatile sig_atomic_t at_document, at_line, at_end;

void
tidu_helper_at(uint32_t document, uint32_t line)
{
    at_document = (sig_atomic_t)document;
    at_line = (sig_atomic_t)line;
}

uint32_t
tidu_helper_line(void)
{
    return (uint32_t)at_line;
}

void
tidu_helper_write(const char *bytes, size_t length)
{
    while (length) {
        ssize_t written = write(STDOUT_FILENO, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            _exit(1);
        bytes += written;
        length -= (size_t)written;
    }
}

/* Write a decimal number; usable where printf is not. */
static char *
put_number(char *to, unsigned long value)
{
    char digits[24];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    while (count)
        *to++ = digits[--count];
    return to;
}

static void
tell_place(const char *start)
{
    char line[128];
    char *to = line;
    while (*start)
        *to++ = *start++;
    to = put_number(to, (unsigned long)at_document);
    *to++ = ' ';
    to = put_number(to, (unsigned long)at_line);
    *to++ = '\n';
    tidu_helper_write(line, (size_t)(to - line));
}

void
tidu_helper_progress(uint32_t document, uint32_t line)
{
    tidu_helper_at(document, line);
    tell_place("@ ");
}

void
tidu_helper_die(const char *reason)
{
    if (!at_end) {
        tidu_helper_write("! ", 2);
        tidu_helper_write(reason, strlen(reason));
        tell_place(" ");
    }
    _exit(1);
}

void
tidu_helper_answer(const tidu_text *answer)
{
    char line[32];
    at_end = 1;
    int length = snprintf(line, sizeof line, "= %zu\n", answer->length);
    tidu_helper_write(line, (size_t)length);
    tidu_helper_write(answer->data, answer->length);
}

static void *
must(void *memory)
{
    if (!memory)
        tidu_helper_die("memory");
    return memory;
}

void *
tidu_helper_take(struct author *author, size_t count, size_t size)
{
    return must(tidu_arena_array(author->brief ? author->scratch : author->arena, count, size));
}

void *
tidu_helper_scratch(struct author *author, size_t count, size_t size)
{
    return must(tidu_arena_array(author->scratch, count, size));
}

char *
tidu_helper_copy(struct author *author, const char *text, size_t length)
{
    return must(tidu_arena_copy_n(author->brief ? author->scratch : author->arena, text, length));
}

char *
tidu_helper_format(struct author *author, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    size_t size = (size_t)(length < 0 ? 0 : length) + 1;
    char *text = tidu_helper_take(author, size, 1);
    vsnprintf(text, size, format, again);
    va_end(again);
    return text;
}

void *
tidu_helper_grow(void *array, size_t count, size_t *capacity, size_t item_size)
{
    if (count < *capacity)
        return array;
    *capacity = *capacity ? *capacity * 2 : 16;
    return must(reallocarray(array, *capacity, item_size));
}

void *
tidu_helper_scratch_grow(struct author *author, void *array, size_t count, size_t *capacity,
                         size_t item_size)
{
    return must(tidu_arena_grow(author->scratch, array, count, capacity, item_size));
}

static const char *
path_of(const struct author *author, struct place place)
{
    return place.document < author->document_count ? author->documents[place.document].path : NULL;
}

void
tidu_helper_complain(struct author *author, tidu_code code, struct place place,
                     const struct place *also, const char *first, const char *second,
                     const char *third)
{
    tidu_error error, other;
    if (tidu_report_count(author->report) >= AUTHOR_ERRORS)
        return;
    tidu_error_at(&error, code, path_of(author, place), place.line, place.column, place.end_column,
                  first, second, third, NULL);
    if (also) {
        tidu_error_at(&other, code, path_of(author, *also), also->line, also->column,
                      also->end_column, NULL);
        error.also = other.span;
    }
    tidu_report_add(author->report, &error);
}
