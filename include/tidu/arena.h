/*
 * arena.h: memory that is let go all at once.
 *
 * Tidu knows three lifetimes: process, ruleset, request. Each of the last two
 * is an arena, owned by the struct that says so.
 *
 * Ownership: what an arena hands out lives until the arena is reset or closed.
 * Nothing in it is freed one by one.
 */
#ifndef TIDU_ARENA_H
#define TIDU_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tidu_arena tidu_arena;

/* NULL when memory ran out. */
tidu_arena *tidu_arena_open(void);
void tidu_arena_close(tidu_arena **arena);

/* Take over what another arena has handed out; that one is gone. */
void tidu_arena_join(tidu_arena *arena, tidu_arena **other);

/* Forget everything handed out; the memory is kept for the next use. */
void tidu_arena_reset(tidu_arena *arena);

/* `size` zeroed bytes aligned for any type, or NULL when memory ran out.
 * A size of 0 gives a valid pointer. */
void *tidu_arena_alloc(tidu_arena *arena, size_t size);

/* The same for `count` items; NULL also when count * size overflows. */
void *tidu_arena_array(tidu_arena *arena, size_t count, size_t size);

/* Copies of text, ended by a NUL. */
char *tidu_arena_copy(tidu_arena *arena, const char *text);
char *tidu_arena_copy_n(tidu_arena *arena, const char *text, size_t length);
char *tidu_arena_printf(tidu_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Make room for one more item in a growing array: when `count` reached
 * *capacity the array is doubled (the old copy stays in the arena until reset).
 * Returns the array to use from now on, or NULL when memory ran out. */
void *tidu_arena_grow(tidu_arena *arena, void *array, size_t count, size_t *capacity,
                      size_t item_size);

/* Bytes taken from the system, for status and tests. */
size_t tidu_arena_size(const tidu_arena *arena);

#ifdef __cplusplus
}
#endif

#endif
