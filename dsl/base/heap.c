/*
 * heap.c: malloc's thresholds, large pages for a while, and for large arrays.
 *
 *   heap │ in use │ large page │ large page │ … │
 *                 └ a piece of malloc's, so big that the heap had to grow
 *
 * glibc can ask for large pages by itself (glibc.malloc.hugetlb), but only for as long
 * as the process lives, and it reads a file of /sys for that, which a fence forbids.
 *
 * Must not know: what the memory is for. Owns nothing.
 */
#include "tidu/heap.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    LINE = 64,
    LARGE_PAGE = 2 << 20,
    MMAP_THRESHOLD = 4 << 20,
    TRIM_THRESHOLD = 16 << 20,
    TOP_PAD = 128 << 10, /* glibc's own */
};

/* ---- malloc ---- */

void
tidu_heap_keep(void)
{
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
    mallopt(M_TRIM_THRESHOLD, TRIM_THRESHOLD);
}

/* The large pages that lie wholly between two addresses. */
static tidu_large_pages
pages_between(char *start, char *end)
{
    start += (LARGE_PAGE - (uintptr_t)start % LARGE_PAGE) % LARGE_PAGE;
    size_t size = start < end ? (size_t)(end - start) : 0;
    return (tidu_large_pages){start, size / LARGE_PAGE * LARGE_PAGE};
}

tidu_large_pages
tidu_heap_enlarge(size_t bytes)
{
    tidu_large_pages large = {NULL, 0};
    mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
    mallopt(M_TRIM_THRESHOLD, (int)bytes * 2);
    mallopt(M_TOP_PAD, (int)bytes);
    char *piece = malloc(MMAP_THRESHOLD / 2);
    if (piece)
        large = pages_between(piece, sbrk(0));
    if (large.size && madvise(large.start, large.size, MADV_HUGEPAGE) != 0)
        large.size = 0;
    free(piece);
    mallopt(M_TOP_PAD, TOP_PAD);
    return large;
}

void
tidu_heap_settle(const tidu_large_pages *large)
{
    if (large->size)
        madvise(large->start, large->size, MADV_NOHUGEPAGE);
    mallopt(M_TRIM_THRESHOLD, TRIM_THRESHOLD);
    malloc_trim(0);
}

/* ---- arrays ---- */

/* So many bytes, and the rest of the last page of the usual size. */
static size_t
whole_pages(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (bytes + page - 1) / page * page;
}

void *
tidu_large_array(size_t count, size_t size)
{
    if (size && count > (SIZE_MAX - 2 * LARGE_PAGE) / size)
        return NULL;
    size_t bytes = count * size;
    if (bytes < LARGE_PAGE) {
        size_t lines = (bytes + LINE) / LINE * LINE;
        void *array = aligned_alloc(LINE, lines);
        return array ? memset(array, 0, lines) : NULL;
    }
    /* More than is wanted, to cut a piece out of it that begins where a page does. */
    char *all =
        mmap(NULL, bytes + LARGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED)
        return NULL;
    size_t before = (LARGE_PAGE - (uintptr_t)all % LARGE_PAGE) % LARGE_PAGE;
    size_t kept = whole_pages(bytes);
    if (before)
        munmap(all, before);
    if (before + kept < bytes + LARGE_PAGE)
        munmap(all + before + kept, bytes + LARGE_PAGE - before - kept);
    (void)madvise(all + before, kept, MADV_HUGEPAGE);
    return all + before;
}

void
tidu_large_free(void *array, size_t count, size_t size)
{
    if (!array || count * size < LARGE_PAGE)
        free(array);
    else
        munmap(array, whole_pages(count * size));
}
