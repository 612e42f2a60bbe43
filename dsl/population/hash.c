/*
 * hash.c: sixty-four bits that tell bytes apart. The only home of xxHash, which reads
 * faster than memory does: every column of a snapshot is summed.
 */
#include "internal.h"

#include <xxhash.h>

uint64_t
tidu_bytes_hash(const void *bytes, size_t size)
{
    return XXH3_64bits(bytes, size);
}
