/*
 * helper.c: memory and complaints.
 *
 * Must not know Lua, Markdown, or how the parent is told anything (tell.c does).
 * Owns nothing.
 */
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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
