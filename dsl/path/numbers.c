/*
 * numbers.c: rationals by the hundred.
 *
 * Forms, rows and bounds are rationals that nobody wants to let go one by one.
 */
#include "internal.h"

#include "tidu/decimal.h"

#include <stdlib.h>

enum { CHUNK = 256 };

void
tidu_numbers_open(struct numbers *numbers)
{
    *numbers = (struct numbers){0};
    mpq_init(numbers->spare);
}

void
tidu_numbers_close(struct numbers *numbers)
{
    for (size_t i = 0; i < numbers->ready; i++)
        mpq_clear(numbers->chunks[i / CHUNK][i % CHUNK]);
    for (size_t c = 0; c < numbers->chunk_count; c++)
        free(numbers->chunks[c]);
    free(numbers->chunks);
    mpq_clear(numbers->spare);
}

static bool
add_chunk(struct numbers *numbers)
{
    mpq_t **chunks = realloc(numbers->chunks, (numbers->chunk_count + 1) * sizeof *numbers->chunks);
    if (!chunks)
        return false;
    numbers->chunks = chunks;
    chunks[numbers->chunk_count] = calloc(CHUNK, sizeof **chunks);
    return chunks[numbers->chunk_count] && ++numbers->chunk_count;
}

mpq_ptr
tidu_numbers_new(struct numbers *numbers)
{
    if (numbers->used == numbers->chunk_count * CHUNK && !add_chunk(numbers)) {
        numbers->failed = true;
        return numbers->spare;
    }
    mpq_ptr number = numbers->chunks[numbers->used / CHUNK][numbers->used % CHUNK];
    if (numbers->used++ < numbers->ready) {
        mpq_set_ui(number, 0, 1);
        return number;
    }
    mpq_init(number);
    numbers->ready++;
    return number;
}

void
tidu_numbers_reset(struct numbers *numbers)
{
    numbers->used = 0;
}

mpq_ptr
tidu_numbers_copy(struct numbers *numbers, mpq_srcptr value)
{
    mpq_ptr copy = tidu_numbers_new(numbers);
    mpq_set(copy, value);
    return copy;
}

mpq_ptr
tidu_numbers_of(struct numbers *numbers, double value)
{
    mpq_ptr number = tidu_numbers_new(numbers);
    tidu_decimal_of_double(value, number);
    return number;
}
