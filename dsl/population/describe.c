/*
 * describe.c: what a population looks like, column by column.
 *
 * Quantiles are found by selection, so they are exact and cost little more than a look at
 * every value.
 *
 * Must not know: how it is shown.
 */
#include "internal.h"

#include <stdlib.h>

static const double shares[5] = {0.05, 0.25, 0.5, 0.75, 0.95};

struct describing {
    const tidu_population *population;
    uint32_t column;
    tidu_distribution seen;
    double *values; /* known ones */
    uint64_t *bits;
    double *scratch;
    tidu_code_count *codes;
    uint64_t *counts;         /* [number] */
    struct dictionary *texts; /* single codes of sets */
};

enum { MOST_ROWS = 65536 };

/* ---- selection ---- */

static void
swap(double *a, double *b)
{
    double was = *a;
    *a = *b;
    *b = was;
}

/* The value of rank `rank`; what is smaller goes before it, what is larger behind it. */
static double
select_rank(double *values, uint64_t count, uint64_t rank)
{
    uint64_t low = 0, high = count - 1;
    while (low < high) {
        double pivot = values[low + (high - low) / 2];
        uint64_t i = low, j = high;
        while (i <= j) {
            while (values[i] < pivot)
                i++;
            while (values[j] > pivot)
                j--;
            if (i <= j) {
                swap(&values[i++], &values[j]);
                if (!j)
                    break;
                j--;
            }
        }
        if (rank <= j)
            high = j;
        else if (rank >= i)
            low = i;
        else
            break;
    }
    return values[rank];
}

/* The least value that the share of all does not exceed. */
static void
find_quantiles(struct describing *describing)
{
    tidu_distribution *seen = &describing->seen;
    for (int q = 0; q < 5 && seen->known; q++) {
        uint64_t rank = (uint64_t)(shares[q] * (double)(seen->known - 1) + 0.5);
        seen->quantile[q] = select_rank(describing->values, seen->known, rank);
    }
}

/* ---- columns ---- */

static void
add_value(struct describing *describing, double value)
{
    tidu_distribution *seen = &describing->seen;
    if (!seen->known || value < seen->low)
        seen->low = value;
    if (!seen->known || value > seen->high)
        seen->high = value;
    describing->values[seen->known] = value;
    seen->mean += (value - seen->mean) / (double)(seen->known + 1);
    seen->known++;
}

static void
add_code(struct describing *describing, double value)
{
    const tidu_population *population = describing->population;
    uint32_t dictionary = population->columns[describing->column].dictionary;
    describing->seen.known++;
    if (value >= 0 && value < population->dictionaries[dictionary].count)
        describing->counts[(uint32_t)value]++;
}

/* How many items a row's list has: from where they begin to where the next row's do. */
static void
count_items(const struct describing *describing, uint32_t group, uint32_t at, uint32_t count,
            double *values)
{
    const tidu_population *population = describing->population;
    const struct kept_column *column = &population->columns[describing->column];
    const struct kept_chunk *chunk = tidu_population_chunk(population, group, describing->column);
    double end =
        population->items[(size_t)group * population->directory->frame_count + column->items_of];
    if (at + count < tidu_population_length(population, group, describing->column))
        tidu_decode_numbers(population, chunk, tidu_stretch(at + count, 1), &end);
    for (uint32_t i = count; i--;) {
        double begin = values[i];
        values[i] = end - begin;
        end = begin;
    }
}

static void
add_group_values(struct describing *describing, uint32_t group, const struct kept_chunk *chunk,
                 uint32_t length)
{
    uint32_t kind = describing->population->columns[describing->column].kind;
    for (uint32_t at = 0; at < length; at += MOST_ROWS) {
        uint32_t count = length - at < MOST_ROWS ? length - at : MOST_ROWS;
        tidu_decode_known(describing->population, chunk, tidu_stretch(at, count), describing->bits);
        if (kind != KEPT_FLAG && kind != KEPT_TEXT)
            tidu_decode_numbers(describing->population, chunk, tidu_stretch(at, count),
                                describing->scratch);
        if (kind == KEPT_ITEMS)
            count_items(describing, group, at, count, describing->scratch);
        for (uint32_t i = 0; i < count; i++) {
            if (!(describing->bits[i / 64] >> i % 64 & 1))
                continue;
            if (kind == KEPT_CODE || kind == KEPT_SET)
                add_code(describing, describing->scratch[i]);
            else if (kind == KEPT_FLAG || kind == KEPT_TEXT)
                describing->seen.known++;
            else
                add_value(describing, describing->scratch[i]);
        }
        if (kind != KEPT_FLAG)
            continue;
        tidu_decode_truth(describing->population, chunk, tidu_stretch(at, count), describing->bits);
        for (uint32_t w = 0; w < (count + 63) / 64; w++)
            describing->seen.yes += (uint64_t)__builtin_popcountll(describing->bits[w]);
    }
}

static int
compare_counts(const void *a, const void *b)
{
    const tidu_code_count *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->code, y->code);
}

static bool
tell_codes(struct describing *describing)
{
    const tidu_population *population = describing->population;
    uint32_t dictionary = population->columns[describing->column].dictionary, used = 0;
    uint32_t count = population->dictionaries[dictionary].count;
    describing->codes = calloc((size_t)count + 1, sizeof *describing->codes);
    if (!describing->codes)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (describing->counts[i])
            describing->codes[used++] = (tidu_code_count){
                tidu_population_entry(population, describing->column, i), describing->counts[i]};
    qsort(describing->codes, used, sizeof *describing->codes, compare_counts);
    describing->seen.codes = describing->codes;
    describing->seen.code_count = used;
    return true;
}

/* Each code of a set counts by itself, once for each time it was stated. */
static bool
tell_sets(struct describing *describing)
{
    const tidu_population *population = describing->population;
    uint32_t dictionary = population->columns[describing->column].dictionary, number;
    uint32_t count = population->dictionaries[dictionary].count;
    uint64_t *sums = NULL;
    size_t room = 0;
    bool good = true;
    describing->texts = tidu_dictionary_open();
    for (uint32_t i = 0; describing->texts && i < count && good; i++) {
        const char *code = tidu_population_entry(population, describing->column, i);
        for (const char *end; good && (end = strchr(code, '\n')); code = end + 1) {
            good = tidu_dictionary_add(describing->texts, (tidu_slice){code, (size_t)(end - code)},
                                       &number);
            if (good && number >= room) {
                uint64_t *wider = realloc(sums, (room + 64) * sizeof *sums);
                good = wider != NULL;
                sums = good ? wider : sums;
                if (good)
                    memset(sums + room, 0, 64 * sizeof *sums);
                room += good ? 64 : 0;
            }
            if (good)
                sums[number] += describing->counts[i];
        }
    }
    uint32_t used = describing->texts ? tidu_dictionary_count(describing->texts) : 0;
    describing->codes = calloc((size_t)used + 1, sizeof *describing->codes);
    good = good && describing->texts && describing->codes;
    for (uint32_t i = 0; good && i < used; i++)
        describing->codes[i] =
            (tidu_code_count){tidu_dictionary_text(describing->texts, i).data, sums[i]};
    if (good)
        qsort(describing->codes, used, sizeof *describing->codes, compare_counts);
    describing->seen.codes = describing->codes;
    describing->seen.code_count = used;
    free(sums);
    return good;
}

static bool
reserve(struct describing *describing)
{
    const tidu_population *population = describing->population;
    const struct kept_column *column = &population->columns[describing->column];
    uint64_t length = 0, codes = 0;
    for (uint32_t g = 0; g < population->directory->group_count; g++)
        length += tidu_population_length(population, g, describing->column);
    describing->seen.count = length;
    bool coded = column->kind == KEPT_CODE || column->kind == KEPT_SET;
    if (coded)
        codes = population->dictionaries[column->dictionary].count;
    bool kept = !coded && column->kind != KEPT_FLAG && column->kind != KEPT_TEXT;
    describing->values = calloc(kept ? length + 1 : 1, sizeof *describing->values);
    describing->counts = calloc(codes + 1, sizeof *describing->counts);
    return describing->values && describing->counts;
}

static bool
describe_column(struct describing *describing)
{
    const tidu_population *population = describing->population;
    const struct kept_column *column = &population->columns[describing->column];
    static const tidu_kept_kind kinds[KEPT_KINDS] = {
        [KEPT_NUMBER] = TIDU_KEPT_NUMBERS, [KEPT_DATE] = TIDU_KEPT_DATES,
        [KEPT_FLAG] = TIDU_KEPT_FLAGS,     [KEPT_CODE] = TIDU_KEPT_CODES,
        [KEPT_SET] = TIDU_KEPT_SETS,       [KEPT_TEXT] = TIDU_KEPT_TEXTS,
        [KEPT_ITEMS] = TIDU_KEPT_LISTS,
    };
    describing->seen = (tidu_distribution){
        .fact = tidu_population_string(population, column->fact),
        .field = tidu_population_string(population, column->field),
        .unit = tidu_population_string(population, column->unit),
        .year = column->year,
        .kind = kinds[column->kind],
    };
    if (!reserve(describing))
        return false;
    for (uint32_t g = 0; g < population->directory->group_count; g++) {
        const struct kept_chunk *chunk = tidu_population_chunk(population, g, describing->column);
        if (chunk->size)
            add_group_values(describing, g, chunk,
                             tidu_population_length(population, g, describing->column));
    }
    if (column->kind == KEPT_CODE)
        return tell_codes(describing);
    if (column->kind == KEPT_SET)
        return tell_sets(describing);
    if (column->kind != KEPT_FLAG && column->kind != KEPT_TEXT)
        find_quantiles(describing);
    return true;
}

static void
let_go(struct describing *describing)
{
    free(describing->values);
    free(describing->counts);
    free(describing->codes);
    tidu_dictionary_close(&describing->texts);
    describing->values = NULL;
    describing->counts = NULL;
    describing->codes = NULL;
}

/* How a title is told, and which record a row was, is for us alone. */
static bool
is_told(const tidu_population *population, const struct kept_column *column)
{
    bool title = !strcmp(tidu_population_string(population, column->fact), "titles");
    return column->kind != KEPT_RECORD &&
           !(title && !strcmp(tidu_population_string(population, column->field), "state"));
}

bool
tidu_population_describe(const tidu_population *population,
                         void (*visit)(void *context, const tidu_distribution *column),
                         void *context, tidu_error *reterr)
{
    struct describing describing = {
        .population = population,
        .bits = calloc(MOST_ROWS / 64, sizeof(uint64_t)),
        .scratch = calloc(MOST_ROWS, sizeof(double)),
    };
    bool good = describing.bits && describing.scratch;
    for (uint32_t c = 0; good && c < population->directory->column_count; c++) {
        describing.column = c;
        if (!is_told(population, &population->columns[c]))
            continue;
        good = describe_column(&describing);
        if (good)
            visit(context, &describing.seen);
        let_go(&describing);
    }
    let_go(&describing);
    free(describing.bits);
    free(describing.scratch);
    return good || tidu_error_set(reterr, TIDU_MEMORY, NULL);
}
