/*
 * arena.c: chunks of memory that are let go together.
 *
 *   arena ─► chunk ─► chunk ─► chunk
 *            newest    each twice as large, up to a limit
 *
 * Knows nothing of what it holds. Owns its chunks.
 */
#include "tidu/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef TIDU_TIGHT
enum { FIRST_CHUNK = 64, LARGEST_CHUNK = 256 };
#else
enum { FIRST_CHUNK = 8192, LARGEST_CHUNK = 1 << 20 };
#endif

struct chunk {
    struct chunk *older;
    size_t size, used;
    alignas(max_align_t) unsigned char bytes[];
};

struct tidu_arena {
    struct chunk *newest;
    size_t total;
};

tidu_arena *
tidu_arena_open(void)
{
    return calloc(1, sizeof(tidu_arena));
}

static void
free_chunks(struct chunk *chunk)
{
    while (chunk) {
        struct chunk *older = chunk->older;
        free(chunk);
        chunk = older;
    }
}

void
tidu_arena_close(tidu_arena **arena)
{
    if (!*arena)
        return;
    free_chunks((*arena)->newest);
    free(*arena);
    *arena = NULL;
}

/* Behind the newest chunk, which is still being filled. */
void
tidu_arena_join(tidu_arena *arena, tidu_arena **other)
{
    struct chunk **behind = arena->newest ? &arena->newest->older : &arena->newest;
    struct chunk *oldest = (*other)->newest;
    while (oldest && oldest->older)
        oldest = oldest->older;
    if (oldest) {
        oldest->older = *behind;
        *behind = (*other)->newest;
    }
    arena->total += (*other)->total;
    free(*other);
    *other = NULL;
}

/* The newest chunk is the largest, so keeping only that one makes the next use
 * of the arena a single chunk. */
void
tidu_arena_reset(tidu_arena *arena)
{
    struct chunk *chunk = arena->newest;
    if (!chunk)
        return;
    free_chunks(chunk->older);
    chunk->older = NULL;
    chunk->used = 0;
    arena->total = chunk->size;
}

static bool
add_chunk(tidu_arena *arena, size_t size)
{
    size_t next = arena->newest ? arena->newest->size * 2 : FIRST_CHUNK;
    if (next > LARGEST_CHUNK)
        next = LARGEST_CHUNK;
    if (next < size)
        next = size;
    struct chunk *chunk = malloc(sizeof *chunk + next);
    if (!chunk)
        return false;
    chunk->older = arena->newest;
    chunk->size = next;
    chunk->used = 0;
    arena->newest = chunk;
    arena->total += next;
    return true;
}

/* Not zeroed, for what is written at once. */
static void *
take(tidu_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 4)
        return NULL;
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct chunk *chunk = arena->newest;
    if (!chunk || chunk->size - chunk->used < size) {
        if (!add_chunk(arena, size))
            return NULL;
        chunk = arena->newest;
    }
    void *memory = chunk->bytes + chunk->used;
    chunk->used += size;
    return memory;
}

void *
tidu_arena_alloc(tidu_arena *arena, size_t size)
{
    void *memory = take(arena, size);
    return memory ? memset(memory, 0, size) : NULL;
}

void *
tidu_arena_array(tidu_arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return NULL;
    return tidu_arena_alloc(arena, count * size);
}

char *
tidu_arena_copy_n(tidu_arena *arena, const char *text, size_t length)
{
    char *copy = take(arena, length + 1);
    if (!copy)
        return NULL;
    if (length)
        memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *
tidu_arena_copy(tidu_arena *arena, const char *text)
{
    return tidu_arena_copy_n(arena, text, strlen(text));
}

char *
tidu_arena_printf(tidu_arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    char *text = length < 0 ? NULL : tidu_arena_alloc(arena, (size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

void *
tidu_arena_grow(tidu_arena *arena, void *array, size_t count, size_t *capacity, size_t item_size)
{
    if (count < *capacity)
        return array;
    size_t larger = *capacity ? *capacity * 2 : 8;
    char *copy = larger > SIZE_MAX / item_size ? NULL : take(arena, larger * item_size);
    if (!copy)
        return NULL;
    if (count)
        memcpy(copy, array, count * item_size);
    memset(copy + count * item_size, 0, (larger - count) * item_size);
    *capacity = larger;
    return copy;
}

size_t
tidu_arena_size(const tidu_arena *arena)
{
    return arena->total;
}
