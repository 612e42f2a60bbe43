/*
 * encode.c: a column of a group as a chunk: the narrowest type that says exactly the same.
 *
 * Most figures are whole, or decimals with few digits behind the point. Those are whole
 * numbers over a power of ten; dividing gives the same double again, since both are
 * exact and a division is rounded once. What is neither stays a double.
 *
 * Must not know: files, where the numbers come from.
 */
#include "internal.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_SCALE = 9 };

static const double powers[MOST_SCALE + 1] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
static const uint8_t widths[CODED_KINDS] = {
    [CODED_I8] = 1,  [CODED_U8] = 1,  [CODED_I16] = 2,
    [CODED_U16] = 2, [CODED_I32] = 4, [CODED_DOUBLE] = 8,
};

/* A column in its group's order. */
struct ordered {
    double *value; /* unknown ones are 0, but of items */
    uint64_t *truth, *known;
    uint32_t count, known_count;
};

/* ---- order ---- */

static bool
bit(const uint64_t *bits, uint32_t index)
{
    return bits[index / 64] >> index % 64 & 1;
}

static void
order_bits(const uint64_t *from, const uint32_t *order, uint32_t count, uint64_t *into)
{
    for (uint32_t i = 0; i < count; i++)
        into[i / 64] |= (uint64_t)bit(from, order[i]) << i % 64;
}

static void
order_values(const struct gathered *column, const uint32_t *order, const uint32_t *numbers,
             struct ordered *ret)
{
    for (uint32_t i = 0; i < ret->count; i++) {
        double value = bit(ret->known, i) ? column->value[order[i]] : 0;
        ret->value[i] = numbers && bit(ret->known, i) ? numbers[(uint32_t)value] : value;
    }
}

/* Counts of items, whether the list was stated or not, become where they begin. */
static void
order_items(const struct gathered *column, const uint32_t *order, struct ordered *ret)
{
    double begin = 0;
    for (uint32_t i = 0; i < ret->count; i++) {
        ret->value[i] = begin;
        begin += column->value[order[i]];
    }
}

/* free() all three; false when memory ran out. */
static bool
put_in_order(const struct group *group, uint32_t number, const uint32_t *numbers,
             struct ordered *ret)
{
    const struct keep_column *kept = &group->keeping->columns[number];
    const struct gathered *column = &group->columns[number];
    const uint32_t *order = group->order[kept->frame];
    uint32_t count = group->item_count[kept->frame];
    size_t words = ((size_t)count + 63) / 64;
    *ret = (struct ordered){.count = count,
                            .known = calloc(words + 1, sizeof *ret->known),
                            .truth = calloc(words + 1, sizeof *ret->truth),
                            .value = malloc(((size_t)count + 1) * sizeof *ret->value)};
    if (!ret->known || !ret->truth || !ret->value)
        return false;
    order_bits(column->known, order, count, ret->known);
    if (kept->kind == KEPT_FLAG)
        order_bits(column->truth, order, count, ret->truth);
    else if (kept->kind == KEPT_ITEMS)
        order_items(column, order, ret);
    else if (kept->kind != KEPT_TEXT)
        order_values(column, order, numbers, ret);
    for (size_t w = 0; w < words; w++)
        ret->known_count += (uint32_t)__builtin_popcountll(ret->known[w]);
    return true;
}

/* ---- numbers ---- */

/* Whether all are whole numbers over that power, and the least and the most of them. */
static bool
fits_scale(const struct ordered *ordered, int scale, double *ret_low, double *ret_high)
{
    double low = 0, high = 0;
    for (uint32_t i = 0; i < ordered->count; i++) {
        double value = ordered->value[i], whole = rint(value * powers[scale]);
        if (whole / powers[scale] != value || (value == 0 && signbit(value)))
            return false;
        low = whole < low ? whole : low;
        high = whole > high ? whole : high;
    }
    *ret_low = low;
    *ret_high = high;
    return true;
}

static uint8_t
narrowest(double low, double high)
{
    if (low >= 0 && high <= UINT8_MAX)
        return CODED_U8;
    if (low >= INT8_MIN && high <= INT8_MAX)
        return CODED_I8;
    if (low >= 0 && high <= UINT16_MAX)
        return CODED_U16;
    if (low >= INT16_MIN && high <= INT16_MAX)
        return CODED_I16;
    return low >= INT32_MIN && high <= INT32_MAX ? CODED_I32 : CODED_DOUBLE;
}

static void
choose_coding(const struct ordered *ordered, struct kept_chunk *chunk)
{
    chunk->coding = CODED_DOUBLE;
    chunk->scale = 0;
    for (int scale = 0; scale <= MOST_SCALE; scale++) {
        double low, high;
        if (!fits_scale(ordered, scale, &low, &high))
            continue;
        chunk->coding = narrowest(low, high);
        chunk->scale = chunk->coding == CODED_DOUBLE ? 0 : (uint8_t)scale;
        return;
    }
}

#define NARROW(type)                              \
    for (uint32_t i = 0; i < ordered->count; i++) \
    ((type *)into)[i] = (type)rint(ordered->value[i] * powers[chunk->scale])

static void
put_values(const struct ordered *ordered, const struct kept_chunk *chunk, void *into)
{
    switch (chunk->coding) {
    case CODED_U8:
        NARROW(uint8_t);
        break;
    case CODED_I8:
        NARROW(int8_t);
        break;
    case CODED_U16:
        NARROW(uint16_t);
        break;
    case CODED_I16:
        NARROW(int16_t);
        break;
    case CODED_I32:
        NARROW(int32_t);
        break;
    default:
        memcpy(into, ordered->value, ordered->count * sizeof(double));
    }
}

/* ---- chunks ---- */

/* Zeros up to the next multiple of an alignment. */
static bool
align(tidu_text *out)
{
    size_t more =
        (TIDU_CHUNK_ALIGNMENT - out->length % TIDU_CHUNK_ALIGNMENT) % TIDU_CHUNK_ALIGNMENT;
    if (!tidu_text_reserve(out, more + 1))
        return false;
    memset(out->data + out->length, 0, more);
    out->length += more;
    return true;
}

static void
put_bits(const uint64_t *bits, uint32_t count, tidu_text *out)
{
    tidu_text_add(out, (const char *)bits, ((size_t)count + 63) / 64 * sizeof *bits);
}

static bool
put_numbers(const struct ordered *ordered, struct kept_chunk *chunk, tidu_text *out)
{
    choose_coding(ordered, chunk);
    size_t size = (size_t)ordered->count * widths[chunk->coding];
    if (!tidu_text_reserve(out, size + 1))
        return false;
    put_values(ordered, chunk, out->data + out->length);
    out->length += size;
    return true;
}

/* Ends, then the text. */
static bool
put_texts(const struct group *group, const struct gathered *column, struct kept_chunk *chunk,
          tidu_text *out)
{
    uint32_t end = 0;
    chunk->coding = CODED_WORDS;
    for (uint32_t i = 0; i < group->row_count; i++) {
        tidu_text_add(out, (const char *)&end, sizeof end);
        end += column->words[group->order[0][i]].length;
    }
    tidu_text_add(out, (const char *)&end, sizeof end);
    for (uint32_t i = 0; i < group->row_count; i++) {
        const struct heap_word *word = &column->words[group->order[0][i]];
        tidu_text_add(out, group->heap.data + word->start, word->length);
    }
    return !out->failed;
}

/* A spelling and where its value went. */
struct placed {
    uint32_t index;
    struct heap_word text;
};

static int
compare_placed(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    return (x->index > y->index) - (x->index < y->index);
}

static void
put_placed(const struct group *group, const struct placed *placed, uint32_t count, size_t begin,
           tidu_text *out)
{
    uint64_t text = out->length - begin + (uint64_t)count * sizeof(struct kept_spelling);
    for (uint32_t i = 0; i < count; i++) {
        const struct kept_spelling made = {placed[i].index, placed[i].text.length, text};
        text += made.length;
        tidu_text_add(out, (const char *)&made, sizeof made);
    }
    for (uint32_t i = 0; i < count; i++)
        tidu_text_add(out, group->heap.data + placed[i].text.start, placed[i].text.length);
}

static bool
put_spellings(const struct group *group, uint32_t number, struct kept_chunk *chunk, tidu_text *out)
{
    const struct gathered *column = &group->columns[number];
    uint32_t frame = group->keeping->columns[number].frame;
    uint32_t count = group->item_count[frame];
    struct placed *placed = calloc((size_t)column->spelling_count + 1, sizeof *placed);
    uint32_t *where = calloc((size_t)count + 1, sizeof *where);
    bool good = placed && where && align(out);
    for (uint32_t i = 0; good && i < count; i++)
        where[group->order[frame][i]] = i;
    for (uint32_t i = 0; good && i < column->spelling_count; i++)
        placed[i] = (struct placed){where[column->spellings[i].index], column->spellings[i].text};
    if (good) {
        qsort(placed, column->spelling_count, sizeof *placed, compare_placed);
        chunk->spellings = out->length - chunk->offset;
        chunk->spelling_count = column->spelling_count;
        put_placed(group, placed, column->spelling_count, chunk->offset, out);
    }
    free(placed);
    free(where);
    return good && !out->failed;
}

static bool
put_chunk(const struct group *group, uint32_t number, const struct ordered *ordered,
          struct kept_chunk *chunk, tidu_text *out)
{
    const struct keep_column *kept = &group->keeping->columns[number];
    chunk->known = ordered->known_count == ordered->count ? KNOWN_ALL
                   : ordered->known_count                 ? KNOWN_SOME
                                                          : KNOWN_NONE;
    if (chunk->known == KNOWN_SOME)
        put_bits(ordered->known, ordered->count, out);
    if (!align(out))
        return false;
    chunk->values = out->length - chunk->offset;
    if (kept->kind == KEPT_TEXT)
        return put_texts(group, &group->columns[number], chunk, out);
    if (kept->kind == KEPT_FLAG) {
        chunk->coding = CODED_BITS;
        put_bits(ordered->truth, ordered->count, out);
        return !out->failed;
    }
    return put_numbers(ordered, chunk, out) &&
           (!group->columns[number].spelling_count || put_spellings(group, number, chunk, out));
}

bool
tidu_chunk_encode(const struct group *group, uint32_t column, const uint32_t *numbers,
                  tidu_text *out, struct kept_chunk *ret)
{
    struct kept_chunk chunk = {.known = KNOWN_NONE};
    struct ordered ordered = {.count = 0};
    if (!group->columns[column].any) {
        *ret = chunk;
        return true;
    }
    bool good = align(out);
    chunk.offset = out->length;
    good = good && put_in_order(group, column, numbers, &ordered) &&
           put_chunk(group, column, &ordered, &chunk, out) && !out->failed;
    if (good) {
        chunk.size = out->length - chunk.offset;
        chunk.sum = tidu_bytes_hash(out->data + chunk.offset, chunk.size);
        *ret = chunk;
    }
    free(ordered.known);
    free(ordered.truth);
    free(ordered.value);
    return good;
}
