/*
 * hunger.c: an allocator that refuses.
 */
#include "hunger.h"

#include "tidu/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct hunger hunger;


void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_tidu_arena_alloc(tidu_arena *arena, size_t size);
void *__real_tidu_arena_array(tidu_arena *arena, size_t count, size_t size);
void *__real_tidu_arena_grow(tidu_arena *arena, void *array, size_t count, size_t *capacity,
                             size_t item_size);
char *__real_tidu_arena_copy_n(tidu_arena *arena, const char *text, size_t length);
void *__real_tidu_large_array(size_t count, size_t size);
void *__wrap_tidu_large_array(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);
void *__wrap_tidu_arena_alloc(tidu_arena *arena, size_t size);
void *__wrap_tidu_arena_array(tidu_arena *arena, size_t count, size_t size);
void *__wrap_tidu_arena_grow(tidu_arena *arena, void *array, size_t count, size_t *capacity,
                             size_t item_size);
char *__wrap_tidu_arena_copy_n(tidu_arena *arena, const char *text, size_t length);
char *__wrap_tidu_arena_copy(tidu_arena *arena, const char *text);
char *__wrap_tidu_arena_printf(tidu_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool
refuse(void)
{
    if (!hunger.armed)
        return false;
    hunger.calls++;
    return hunger.lasting ? hunger.calls >= hunger.refused : hunger.calls == hunger.refused;
}

void *
__wrap_malloc(size_t size)
{
    return refuse() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
    return refuse() ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *memory, size_t size)
{
    return refuse() ? NULL : __real_realloc(memory, size);
}

char *
__wrap_strdup(const char *text)
{
    char *copy = refuse() ? NULL : __real_malloc(strlen(text) + 1);
    return copy ? strcpy(copy, text) : NULL;
}

void *
__wrap_tidu_large_array(size_t count, size_t size)
{
    return refuse() ? NULL : __real_tidu_large_array(count, size);
}

void *
__wrap_tidu_arena_alloc(tidu_arena *arena, size_t size)
{
    return refuse() ? NULL : __real_tidu_arena_alloc(arena, size);
}

void *
__wrap_tidu_arena_array(tidu_arena *arena, size_t count, size_t size)
{
    return refuse() ? NULL : __real_tidu_arena_array(arena, count, size);
}

void *
__wrap_tidu_arena_grow(tidu_arena *arena, void *array, size_t count, size_t *capacity,
                       size_t item_size)
{
    return refuse() ? NULL : __real_tidu_arena_grow(arena, array, count, capacity, item_size);
}

char *
__wrap_tidu_arena_copy_n(tidu_arena *arena, const char *text, size_t length)
{
    return refuse() ? NULL : __real_tidu_arena_copy_n(arena, text, length);
}

char *
__wrap_tidu_arena_copy(tidu_arena *arena, const char *text)
{
    return refuse() ? NULL : __real_tidu_arena_copy_n(arena, text, strlen(text));
}

char *
__wrap_tidu_arena_printf(tidu_arena *arena, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    assert_true(length >= 0 && (size_t)length < sizeof text);
    return refuse() ? NULL : __real_tidu_arena_copy_n(arena, text, (size_t)length);
}

void
starve(bool (*round)(void), bool lasting, unsigned long step)
{
    bool over = false;
    for (unsigned long n = 1; !over; n += step) {
        hunger.calls = 0;
        hunger.refused = n;
        hunger.lasting = lasting;
        over = round();
    }
}
