/*
 * decode.c: values of a chunk, as many as are wanted, as doubles and bits.
 *
 * INVARIANT: whoever mapped the file has made sure that chunks lie in it.
 */
#include "internal.h"
#include "tidu/run.h"

static const char *
bytes_of(const tidu_population *population, const struct kept_chunk *chunk)
{
    return population->bytes + chunk->offset;
}

void
tidu_decode_numbers(const tidu_population *population, const struct kept_chunk *chunk,
                    uint32_t first, uint32_t count, double *ret)
{
    tidu_widener *widen = tidu_widen_plain;
#ifdef TIDU_LANES
    unsigned lanes = tidu_lanes();
    widen = lanes >= 8 ? tidu_widen_v4 : lanes >= 4 ? tidu_widen_v3 : widen;
#endif
    widen(bytes_of(population, chunk) + chunk->values, chunk->coding, chunk->scale, first, count,
          ret);
}

static void
copy_bits(const uint64_t *from, uint32_t first, uint32_t count, uint64_t *ret)
{
    uint32_t words = (count + 63) / 64, shift = first % 64;
    const uint64_t *at = from + first / 64;
    for (uint32_t w = 0; w < words; w++) {
        ret[w] = at[w] >> shift;
        if (shift && w * 64 + 64 - shift < count)
            ret[w] |= at[w + 1] << (64 - shift);
    }
    if (count % 64)
        ret[words - 1] &= (UINT64_C(1) << count % 64) - 1;
}

static void
fill_bits(uint32_t count, uint64_t word, uint64_t *ret)
{
    for (uint32_t w = 0; w < (count + 63) / 64; w++)
        ret[w] = word;
    if (count % 64)
        ret[count / 64] &= (UINT64_C(1) << count % 64) - 1;
}

void
tidu_decode_known(const tidu_population *population, const struct kept_chunk *chunk, uint32_t first,
                  uint32_t count, uint64_t *ret)
{
    if (chunk->known == KNOWN_SOME)
        copy_bits((const uint64_t *)(const void *)bytes_of(population, chunk), first, count, ret);
    else
        fill_bits(count, chunk->known == KNOWN_ALL && chunk->size ? UINT64_MAX : 0, ret);
}

void
tidu_decode_truth(const tidu_population *population, const struct kept_chunk *chunk, uint32_t first,
                  uint32_t count, uint64_t *ret)
{
    const char *values = bytes_of(population, chunk) + chunk->values;
    copy_bits((const uint64_t *)(const void *)values, first, count, ret);
}

tidu_slice
tidu_decode_word(const tidu_population *population, const struct kept_chunk *chunk, uint32_t rows,
                 uint32_t row)
{
    const char *values = bytes_of(population, chunk) + chunk->values;
    const uint32_t *ends = (const uint32_t *)(const void *)values;
    uint64_t begin = ((uint64_t)rows + 1) * sizeof *ends;
    /* The file's own figures: of a damaged one they may say anything. */
    if (!chunk->size || ends[row + 1] < ends[row] ||
        chunk->values + begin + ends[row + 1] > chunk->size)
        return (tidu_slice){NULL, 0};
    return (tidu_slice){values + begin + ends[row], ends[row + 1] - ends[row]};
}
