/*
 * dictionary.c: texts and the numbers they were given, in the order they came.
 *
 * Must not know: what the texts mean. Owns copies of them.
 */
#include "internal.h"

#include <stdlib.h>

struct dictionary {
    tidu_arena *arena;
    tidu_slice *texts;
    uint32_t *buckets; /* numbers counted from 1 */
    uint32_t count, capacity, mask;
};

enum { FIRST_TEXTS = 16 };

struct dictionary *
tidu_dictionary_open(void)
{
    struct dictionary *made = calloc(1, sizeof *made);
    if (!made)
        return NULL;
    made->arena = tidu_arena_open();
    made->capacity = FIRST_TEXTS;
    made->mask = FIRST_TEXTS * 2 - 1;
    made->texts = calloc(FIRST_TEXTS, sizeof *made->texts);
    made->buckets = calloc(FIRST_TEXTS * 2, sizeof *made->buckets);
    if (!made->arena || !made->texts || !made->buckets)
        tidu_dictionary_close(&made);
    return made;
}

void
tidu_dictionary_close(struct dictionary **dictionary)
{
    if (!*dictionary)
        return;
    tidu_arena_close(&(*dictionary)->arena);
    free((*dictionary)->texts);
    free((*dictionary)->buckets);
    free(*dictionary);
    *dictionary = NULL;
}

void
tidu_dictionary_clear(struct dictionary *dictionary)
{
    if (!dictionary->count)
        return;
    memset(dictionary->buckets, 0, ((size_t)dictionary->mask + 1) * sizeof *dictionary->buckets);
    tidu_arena_reset(dictionary->arena);
    dictionary->count = 0;
}

/* The bucket that has the text, or would have. */
static uint32_t *
find(const struct dictionary *dictionary, tidu_slice text)
{
    uint32_t at = (uint32_t)tidu_bytes_hash(text.data, text.length) & dictionary->mask;
    for (; dictionary->buckets[at]; at = (at + 1) & dictionary->mask) {
        const tidu_slice *there = &dictionary->texts[dictionary->buckets[at] - 1];
        if (there->length == text.length && !memcmp(there->data, text.data, text.length))
            break;
    }
    return &dictionary->buckets[at];
}

static bool
grow(struct dictionary *dictionary)
{
    uint32_t capacity = dictionary->capacity * 2;
    tidu_slice *texts = realloc(dictionary->texts, capacity * sizeof *texts);
    uint32_t *buckets = calloc((size_t)capacity * 2, sizeof *buckets);
    dictionary->texts = texts ? texts : dictionary->texts;
    if (!texts || !buckets) {
        free(buckets);
        return false;
    }
    free(dictionary->buckets);
    dictionary->buckets = buckets;
    dictionary->capacity = capacity;
    dictionary->mask = capacity * 2 - 1;
    for (uint32_t i = 0; i < dictionary->count; i++)
        *find(dictionary, texts[i]) = i + 1;
    return true;
}

bool
tidu_dictionary_add(struct dictionary *dictionary, tidu_slice text, uint32_t *ret_number)
{
    uint32_t *bucket = find(dictionary, text);
    if (*bucket) {
        *ret_number = *bucket - 1;
        return true;
    }
    if (dictionary->count == dictionary->capacity) {
        if (!grow(dictionary))
            return false;
        bucket = find(dictionary, text);
    }
    char *copy = tidu_arena_copy_n(dictionary->arena, text.data, text.length);
    if (!copy)
        return false;
    dictionary->texts[dictionary->count] = (tidu_slice){copy, text.length};
    *ret_number = dictionary->count++;
    *bucket = dictionary->count;
    return true;
}

uint32_t
tidu_dictionary_count(const struct dictionary *dictionary)
{
    return dictionary->count;
}

tidu_slice
tidu_dictionary_text(const struct dictionary *dictionary, uint32_t number)
{
    return dictionary->texts[number];
}
