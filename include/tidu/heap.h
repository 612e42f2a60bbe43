/*
 * heap.h: large pages, where much memory is touched at once.
 *
 * To build rules is to touch some 30 MB of fresh memory for a quarter of a second,
 * and to let go of most of it at the end. Asked for page by page, that is 7,000
 * times; large pages are 16. What such pages hold beside what is in use would stay
 * with us, so a program that goes on settles when the work is done.
 *
 * What is about malloc has a say over the whole process: it is for programs, not for
 * libraries. Where there are no large pages all goes as before.
 */
#ifndef TIDU_HEAP_H
#define TIDU_HEAP_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What building the shipped rules takes, and running their scenarios. */
enum { TIDU_HEAP_OF_RULES = 32 << 20 };

/* What the system was asked to give in large pages. */
typedef struct tidu_large_pages {
    char *start;
    size_t size; /* 0: nothing */
} tidu_large_pages;

/* For a process that answers for long, before it has threads: one heap for all,
 * since requests are answered without allocating and a heap a thread grows by a page
 * at a time and never shrinks; and some of what was given back is kept, since a
 * question to a population takes 2 MB each time. */
void tidu_heap_keep(void);

/* The heap grows by `bytes` (below 1 GiB), in large pages. */
tidu_large_pages tidu_heap_enlarge(size_t bytes);

/* Give back what is not in use, and go on with pages of the usual size. */
void tidu_heap_settle(const tidu_large_pages *large);

/* An array of `count` zeroed items of `size` bytes that will be touched whole, at a
 * cache line, in large pages where it fills some; NULL when memory ran out. Let go of
 * with the same figures. */
void *tidu_large_array(size_t count, size_t size);
void tidu_large_free(void *array, size_t count, size_t size);

#ifdef __cplusplus
}
#endif

#endif
