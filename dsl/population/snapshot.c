/*
 * snapshot.c: a snapshot's file, mapped and looked over.
 *
 * Opening trusts nothing: every place the directory names has to lie where it may. What
 * the columns say is not read here; tidu_population_verify does that.
 *
 * Owns the mapping.
 */
#include "internal.h"
#include "tidu/heap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_GROUP_ROWS = 65536, MOST_SCALE = 9 };

/* ---- the file ---- */

static void
let_go(const char *bytes, size_t size, bool loaded)
{
    if (loaded)
        tidu_large_free((void *)(uintptr_t)bytes, size, 1);
    else if (bytes)
        munmap((void *)(uintptr_t)bytes, size);
}

/* So many bytes of a file in memory of our own; MAP_FAILED with errno. */
static void *
read_file(int fd, size_t size)
{
    char *bytes = tidu_large_array(size, 1);
    size_t done = 0;
    if (!bytes) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    while (done < size) {
        ssize_t got = read(fd, bytes + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            int why = got ? errno : EIO; /* shorter than it was a moment ago */
            let_go(bytes, size, true);
            errno = why;
            return MAP_FAILED;
        }
        done += (size_t)got;
    }
    return bytes;
}

static bool
map_file(struct tidu_population *population, const char *path, bool load, tidu_error *reterr)
{
    struct stat found;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return tidu_error_set(reterr, TIDU_FILE_READ, path, strerror(errno), NULL);
    bool good = fstat(fd, &found) == 0;
    if (good && (!S_ISREG(found.st_mode) || found.st_size < (off_t)sizeof(struct header))) {
        close(fd);
        return tidu_error_set(reterr, TIDU_POPULATION_FOREIGN, path, NULL);
    }
    void *bytes = MAP_FAILED;
    if (good && load)
        bytes = read_file(fd, (size_t)found.st_size);
    else if (good)
        bytes = mmap(NULL, (size_t)found.st_size, PROT_READ, MAP_SHARED, fd, 0);
    int why = errno;
    close(fd);
    if (bytes == MAP_FAILED)
        return tidu_error_set(reterr, TIDU_FILE_READ, path, strerror(why), NULL);
    population->bytes = bytes;
    population->size = (size_t)found.st_size;
    population->loaded = load;
    return true;
}

static bool
check_header(struct tidu_population *population, const char *path, tidu_error *reterr)
{
    const struct header *header = (const void *)population->bytes;
    char here[24], there[24];
    if (memcmp(header->magic, TIDU_SNAPSHOT_MAGIC, sizeof header->magic) != 0)
        return tidu_error_set(reterr, TIDU_POPULATION_FOREIGN, path, NULL);
    if (header->version != TIDU_SNAPSHOT_VERSION || header->byte_order != TIDU_SNAPSHOT_ORDER) {
        snprintf(there, sizeof there, "%u", header->version);
        snprintf(here, sizeof here, "%d", TIDU_SNAPSHOT_VERSION);
        return tidu_error_set(reterr, TIDU_POPULATION_VERSION, path, there, here, NULL);
    }
    if (header->sum != tidu_bytes_hash(header, offsetof(struct header, sum)))
        return tidu_error_set(reterr, TIDU_POPULATION_DAMAGED, path, "header", NULL);
    if (header->size != population->size) {
        snprintf(here, sizeof here, "%zu", population->size);
        snprintf(there, sizeof there, "%llu", (unsigned long long)header->size);
        return tidu_error_set(reterr, TIDU_POPULATION_CUT, path, here, there, NULL);
    }
    population->header = header;
    return true;
}

/* ---- the directory ---- */

/* Whether `count` things of `size` bytes lie at `at` in `all` bytes, aligned for them. */
static bool
lies_in(uint64_t at, uint64_t count, uint64_t size, uint64_t all)
{
    return at <= all && at % 8 == 0 && count <= (all - at) / size;
}

static const void *
part(const struct tidu_population *population, uint64_t at)
{
    return (const char *)population->directory + at;
}

static bool
find_parts(struct tidu_population *population)
{
    const struct header *header = population->header;
    uint64_t all = header->directory_size;
    if (all < sizeof(struct directory) || !lies_in(header->directory, 1, all, header->size))
        return false;
    const struct directory *directory = (const void *)(population->bytes + header->directory);
    if (tidu_bytes_hash(directory, all) != header->directory_sum)
        return false;
    uint64_t groups = directory->group_count;
    population->directory = directory;
    population->columns = part(population, directory->columns);
    population->dictionaries = part(population, directory->dictionaries);
    population->entries = part(population, directory->entries);
    population->groups = part(population, directory->groups);
    population->items = part(population, directory->items);
    population->chunks = part(population, directory->chunks);
    population->strings = part(population, directory->strings);
    return lies_in(directory->columns, directory->column_count, sizeof(struct kept_column), all) &&
           lies_in(directory->dictionaries, directory->dictionary_count,
                   sizeof(struct kept_dictionary), all) &&
           lies_in(directory->entries, directory->entry_count, sizeof(uint64_t), all) &&
           lies_in(directory->groups, groups, sizeof(struct kept_group), all) &&
           lies_in(directory->items, groups * directory->frame_count, sizeof(uint32_t), all) &&
           lies_in(directory->chunks, groups * directory->column_count, sizeof(struct kept_chunk),
                   all) &&
           lies_in(directory->strings, directory->string_size, 1, all) && directory->frame_count &&
           directory->string_size && population->strings[directory->string_size - 1] == '\0';
}

static bool
check_columns(const struct tidu_population *population)
{
    const struct directory *directory = population->directory;
    for (uint32_t c = 0; c < directory->column_count; c++) {
        const struct kept_column *column = &population->columns[c];
        bool coded = column->kind == KEPT_CODE || column->kind == KEPT_SET;
        if (column->kind >= KEPT_KINDS || column->frame >= directory->frame_count ||
            column->fact >= directory->string_size || column->field >= directory->string_size ||
            column->unit >= directory->string_size || column->items_of >= directory->frame_count ||
            (coded && column->dictionary >= directory->dictionary_count))
            return false;
    }
    for (uint32_t d = 0; d < directory->dictionary_count; d++)
        if (population->dictionaries[d].first > directory->entry_count ||
            population->dictionaries[d].count >
                directory->entry_count - population->dictionaries[d].first)
            return false;
    for (uint64_t i = 0; i < directory->entry_count; i++)
        if (population->entries[i] >= directory->string_size)
            return false;
    return true;
}

static uint64_t
bytes_needed(const struct kept_chunk *chunk, uint64_t length)
{
    switch (chunk->coding) {
    case CODED_I8:
    case CODED_U8:
        return length;
    case CODED_I16:
    case CODED_U16:
        return length * 2;
    case CODED_I32:
        return length * 4;
    case CODED_BITS:
        return (length + 63) / 64 * 8;
    case CODED_WORDS:
        return (length + 1) * 4;
    default:
        return length * 8;
    }
}

static bool
fits_kind(const struct kept_chunk *chunk, uint32_t kind)
{
    if (kind == KEPT_FLAG)
        return chunk->coding == CODED_BITS;
    if (kind == KEPT_TEXT)
        return chunk->coding == CODED_WORDS;
    return chunk->coding <= CODED_DOUBLE;
}

static bool
check_spellings(const struct tidu_population *population, const struct kept_chunk *chunk,
                uint64_t length)
{
    const struct kept_spelling *spellings =
        (const void *)(population->bytes + chunk->offset + chunk->spellings);
    if (!lies_in(chunk->spellings, chunk->spelling_count, sizeof *spellings, chunk->size))
        return false;
    for (uint32_t i = 0; i < chunk->spelling_count; i++)
        if (spellings[i].index >= length || spellings[i].text > chunk->size ||
            spellings[i].length > chunk->size - spellings[i].text)
            return false;
    return true;
}

static bool
check_chunk(const struct tidu_population *population, uint32_t group, uint32_t column)
{
    const struct kept_chunk *chunk = tidu_population_chunk(population, group, column);
    uint64_t length = tidu_population_length(population, group, column);
    uint64_t end = population->header->directory;
    if (!chunk->size)
        return true;
    uint64_t bits = chunk->known == KNOWN_SOME ? (length + 63) / 64 * 8 : 0;
    return chunk->known <= KNOWN_SOME && chunk->scale <= MOST_SCALE && chunk->offset <= end &&
           chunk->size <= end - chunk->offset && chunk->offset % TIDU_CHUNK_ALIGNMENT == 0 &&
           fits_kind(chunk, population->columns[column].kind) && bits <= chunk->size &&
           chunk->values <= chunk->size && chunk->values >= bits &&
           chunk->values % TIDU_CHUNK_ALIGNMENT == 0 &&
           bytes_needed(chunk, length) <= chunk->size - chunk->values &&
           (!chunk->spelling_count || check_spellings(population, chunk, length));
}

static bool
check_groups(const struct tidu_population *population)
{
    const struct directory *directory = population->directory;
    uint64_t rows = 0;
    for (uint32_t g = 0; g < directory->group_count; g++) {
        const struct kept_group *group = &population->groups[g];
        uint32_t first = population->items[(size_t)g * directory->frame_count];
        if (group->row_count > MOST_GROUP_ROWS || first != group->row_count ||
            group->first_row != rows)
            return false;
        rows += group->row_count;
        for (uint32_t c = 0; c < directory->column_count; c++)
            if (!check_chunk(population, g, c))
                return false;
    }
    return rows == directory->row_count;
}

static tidu_population *
open_file(const char *path, bool load, tidu_error *reterr)
{
    struct tidu_population *population = calloc(1, sizeof *population);
    if (!population) {
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
        return NULL;
    }
    bool good = map_file(population, path, load, reterr) && check_header(population, path, reterr);
    if (good && !(find_parts(population) && check_columns(population) && check_groups(population)))
        good = tidu_error_set(reterr, TIDU_POPULATION_DAMAGED, path, "directory", NULL);
    if (!good) {
        tidu_population_close(&population);
        return NULL;
    }
    population->path = strdup(path);
    snprintf(population->digest, sizeof population->digest, "%016llx",
             (unsigned long long)population->header->directory_sum);
    return population;
}

tidu_population *
tidu_population_open(const char *path, tidu_error *reterr)
{
    return open_file(path, false, reterr);
}

tidu_population *
tidu_population_load(const char *path, tidu_error *reterr)
{
    return open_file(path, true, reterr);
}

void
tidu_population_close(tidu_population **population)
{
    struct tidu_population *old = *population;
    if (!old)
        return;
    let_go(old->bytes, old->size, old->loaded);
    free(old->path);
    free(old);
    *population = NULL;
}

/* ---- what it is ---- */

bool
tidu_population_verify(const tidu_population *population, tidu_error *reterr)
{
    const struct directory *directory = population->directory;
    for (uint32_t g = 0; g < directory->group_count; g++)
        for (uint32_t c = 0; c < directory->column_count; c++) {
            const struct kept_chunk *chunk = tidu_population_chunk(population, g, c);
            if (tidu_bytes_hash(population->bytes + chunk->offset, chunk->size) == chunk->sum ||
                !chunk->size)
                continue;
            return tidu_error_set(
                reterr, TIDU_POPULATION_DAMAGED, population->path ? population->path : "",
                tidu_population_string(population, population->columns[c].fact), NULL);
        }
    return true;
}

tidu_population_facts
tidu_population_about(const tidu_population *population)
{
    const struct directory *directory = population->directory;
    return (tidu_population_facts){
        .rows = directory->row_count,
        .refused = directory->refused_count,
        .size = population->size,
        .synthetic = directory->synthetic != 0,
        .seed = (uint64_t)directory->seed_high << 32 | directory->seed_low,
        .digest = population->digest,
        .groups = directory->group_count,
    };
}

uint32_t
tidu_population_group_rows(const tidu_population *population, uint32_t group)
{
    return population->groups[group].row_count;
}

const char *
tidu_population_entry(const tidu_population *population, uint32_t column, uint32_t number)
{
    const struct kept_dictionary *dictionary =
        &population->dictionaries[population->columns[column].dictionary];
    return tidu_population_string(population, population->entries[dictionary->first + number]);
}

uint64_t
tidu_population_record(const tidu_population *population, uint32_t group, uint32_t row)
{
    const struct directory *directory = population->directory;
    double number = row;
    for (uint32_t c = 0; c < directory->column_count; c++)
        if (population->columns[c].kind == KEPT_RECORD)
            tidu_decode_numbers(population, tidu_population_chunk(population, group, c),
                                tidu_stretch(row, 1), &number);
    return population->groups[group].first_record + (uint64_t)number;
}

/* ---- codes ---- */

int32_t
tidu_population_codes(const tidu_population *population, const char *fact)
{
    for (uint32_t c = 0; c < population->directory->column_count; c++) {
        const struct kept_column *column = &population->columns[c];
        if (column->kind == KEPT_CODE && !column->year && !column->frame &&
            !strcmp(tidu_population_string(population, column->fact), fact))
            return (int32_t)c;
    }
    return TIDU_NONE;
}

uint32_t
tidu_population_code_count(const tidu_population *population, int32_t codes)
{
    return population->dictionaries[population->columns[codes].dictionary].count;
}

const char *
tidu_population_code(const tidu_population *population, int32_t codes, uint32_t number)
{
    return tidu_population_entry(population, (uint32_t)codes, number);
}

void
tidu_population_number(const tidu_population *population, int32_t codes, uint32_t group,
                       uint32_t first, uint32_t count, uint32_t *ret)
{
    const struct kept_chunk *chunk = tidu_population_chunk(population, group, (uint32_t)codes);
    uint32_t most = tidu_population_code_count(population, codes);
    for (uint32_t at = 0; at < count; at += 64) {
        uint32_t some = count - at < 64 ? count - at : 64;
        uint64_t known = 0;
        double numbers[64];
        if (chunk->size) {
            tidu_decode_known(population, chunk, tidu_stretch(first + at, some), &known);
            tidu_decode_numbers(population, chunk, tidu_stretch(first + at, some), numbers);
        }
        for (uint32_t i = 0; i < some; i++)
            ret[at + i] = known >> i & 1 && numbers[i] >= 0 && numbers[i] < most
                              ? (uint32_t)numbers[i]
                              : UINT32_MAX;
    }
}
