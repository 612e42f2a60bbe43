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
                    struct picks picks, double *ret)
{
    tidu_widener *widen = tidu_widen_plain;
#ifdef TIDU_LANES
    unsigned lanes = tidu_lanes();
    widen = lanes >= 8 ? tidu_widen_v4 : lanes >= 4 ? tidu_widen_v3 : widen;
#endif
    widen(bytes_of(population, chunk) + chunk->values, chunk->coding, chunk->scale, picks, ret);
}

/* What is below zero is beyond every dictionary. */
#define CODES(type)                                                                           \
    for (uint32_t i = 0; i < picks.count; i++) {                                              \
        uint32_t code = (uint32_t)((const type *)values)[picks.at ? picks.at[i] : first + i]; \
        ret[i] = code < most ? code : most;                                                   \
    }

void
tidu_decode_codes(const tidu_population *population, const struct kept_chunk *chunk,
                  struct picks picks, uint32_t most, uint32_t *ret)
{
    const void *values = bytes_of(population, chunk) + chunk->values;
    uint32_t first = picks.first;
    if (chunk->coding == CODED_U8)
        CODES(uint8_t)
    else if (chunk->coding == CODED_U16)
        CODES(uint16_t)
    else if (chunk->coding == CODED_I8)
        CODES(int8_t)
    else if (chunk->coding == CODED_I16)
        CODES(int16_t)
    else if (chunk->coding == CODED_I32)
        CODES(int32_t)
    else
        for (uint32_t i = 0; i < picks.count; i++)
            ret[i] = most; /* codes are whole numbers */
}

static void
pick_bits(const uint64_t *from, struct picks picks, uint64_t *ret)
{
    for (uint32_t w = 0; w < (picks.count + 63) / 64; w++) {
        const uint32_t *at = picks.at + w * 64;
        uint32_t some = picks.count - w * 64 < 64 ? picks.count - w * 64 : 64;
        uint64_t word = 0;
        for (uint32_t i = 0; i < some; i++)
            word |= (from[at[i] / 64] >> at[i] % 64 & 1) << i;
        ret[w] = word;
    }
}

static void
copy_bits(const uint64_t *from, struct picks picks, uint64_t *ret)
{
    uint32_t count = picks.count, words = (count + 63) / 64, shift = picks.first % 64;
    const uint64_t *at = from + picks.first / 64;
    if (picks.at) {
        pick_bits(from, picks, ret);
        return;
    }
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
tidu_decode_known(const tidu_population *population, const struct kept_chunk *chunk,
                  struct picks picks, uint64_t *ret)
{
    if (chunk->known == KNOWN_SOME)
        copy_bits((const uint64_t *)(const void *)bytes_of(population, chunk), picks, ret);
    else
        fill_bits(picks.count, chunk->known == KNOWN_ALL && chunk->size ? UINT64_MAX : 0, ret);
}

void
tidu_decode_truth(const tidu_population *population, const struct kept_chunk *chunk,
                  struct picks picks, uint64_t *ret)
{
    const char *values = bytes_of(population, chunk) + chunk->values;
    copy_bits((const uint64_t *)(const void *)values, picks, ret);
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
