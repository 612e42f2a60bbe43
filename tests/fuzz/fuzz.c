/*
 * fuzz.c: what fuzz.h promises to every target.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

void
fuzz_fail(const char *promise, const char *text, size_t length)
{
    fprintf(stderr, "not kept: %s\n%.*s\n", promise, (int)length, text ? text : "");
    abort();
}

char *
fuzz_copy(const uint8_t *data, size_t size, size_t padding)
{
    static const char harm[] = "9\"}e]:,{";
    char *copy = malloc(size + padding + !(size + padding));
    fuzz_must(copy != NULL, "there is memory for a copy");
    if (size)
        memcpy(copy, data, size);
    for (size_t i = 0; i < padding; i++)
        copy[size + i] = harm[i % (sizeof harm - 1)];
    return copy;
}
