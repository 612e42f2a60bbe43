/*
 * groups.c: into which group each enterprise falls.
 *
 *   region ─► province        a code ─► itself
 *   industry ─► division      a derived code ─► itself
 *
 * The groups there can be are known before the first row is looked at.
 *
 * Must not know: what is counted.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_GROUPS = 4096 };

struct groups {
    const tidu_population *population;
    tidu_arena *arena;
    int32_t codes; /* a column of the population, or TIDU_NONE: a derived code */
    const char *derived;
    const char **labels; /* the last is NULL: not known */
    uint32_t count;
    uint32_t *key_of; /* [number of a code] */
};

/* The key of a label, a new one if it has none; in the order of the labels later. */
static uint32_t
key_of(struct groups *groups, const char *text, size_t length)
{
    for (uint32_t i = 0; i < groups->count; i++)
        if (strlen(groups->labels[i]) == length && !memcmp(groups->labels[i], text, length))
            return i;
    if (groups->count == MOST_GROUPS - 1)
        return MOST_GROUPS - 1;
    char *copy = tidu_arena_copy_n(groups->arena, text, length);
    if (!copy)
        return UINT32_MAX;
    groups->labels[groups->count] = copy;
    return groups->count++;
}

/* How much of a code says the group: "31" of 310115, "C34" of C3489. */
static size_t
length_of(const char *by, const char *code)
{
    size_t length = strlen(code), most = length;
    if (!strcmp(by, "region"))
        most = 2;
    else if (!strcmp(by, "industry"))
        most = *code >= 'A' && *code <= 'Z' ? 3 : 2;
    return length < most ? length : most;
}

/* "region" and "industry" may be called by their codes. */
static int32_t
find_codes(const tidu_population *population, const char *by)
{
    char name[64];
    snprintf(name, sizeof name, "%s_code", by);
    int32_t codes = tidu_population_codes(population, name);
    return codes == TIDU_NONE ? tidu_population_codes(population, by) : codes;
}

static int
compare_labels(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
read_codes(struct groups *groups, const char *by)
{
    uint32_t count = tidu_population_code_count(groups->population, groups->codes);
    groups->key_of = tidu_arena_array(groups->arena, (size_t)count + 1, sizeof *groups->key_of);
    if (!groups->key_of)
        return false;
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < count; i++) {
            const char *code = tidu_population_code(groups->population, groups->codes, i);
            groups->key_of[i] = key_of(groups, code, length_of(by, code));
            if (groups->key_of[i] == UINT32_MAX)
                return false;
        }
        qsort(groups->labels, groups->count, sizeof *groups->labels, compare_labels);
    }
    return true;
}

static const tidu_derived *
find_code(const tidu_program *program, const char *name)
{
    const tidu_derived *derived = tidu_program_derived(program, name);
    return derived && derived->book ? derived : NULL;
}

static bool
read_derived(struct groups *groups, const struct lineup *lineup)
{
    for (uint32_t s = 0; s < lineup->stand_count; s++) {
        const tidu_derived *derived = find_code(lineup->stands[s].programs[0], groups->derived);
        for (uint32_t e = 0; derived && e < derived->book->count; e++)
            if (key_of(groups, derived->book->entries[e].data, derived->book->entries[e].length) ==
                UINT32_MAX)
                return false;
    }
    qsort(groups->labels, groups->count, sizeof *groups->labels, compare_labels);
    return true;
}

struct groups *
tidu_groups_open(const tidu_inquiry *inquiry, const struct lineup *lineup, tidu_error *reterr)
{
    tidu_arena *arena = tidu_arena_open();
    struct groups *groups = arena ? tidu_arena_alloc(arena, sizeof *groups) : NULL;
    const char *by = inquiry->by;
    if (groups)
        groups->labels = tidu_arena_array(arena, MOST_GROUPS, sizeof *groups->labels);
    if (!groups || !groups->labels) {
        tidu_arena_close(&arena);
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
        return NULL;
    }
    groups->arena = arena;
    groups->population = inquiry->population;
    groups->codes = by ? find_codes(inquiry->population, by) : TIDU_NONE;
    bool derived = by && groups->codes == TIDU_NONE && find_code(lineup->stands[0].programs[0], by);
    bool good = true;
    if (derived)
        groups->derived = by;
    if (by && !derived && groups->codes == TIDU_NONE)
        good = tidu_error_set(reterr, TIDU_INQUIRY_BY, by, NULL);
    else if (by && !(derived ? read_derived(groups, lineup) : read_codes(groups, by)))
        good = tidu_error_set(reterr, TIDU_MEMORY, NULL);
    if (good)
        groups->labels[groups->count++] = NULL;
    else
        tidu_groups_close(&groups);
    return groups;
}

void
tidu_groups_close(struct groups **groups)
{
    if (!*groups)
        return;
    tidu_arena *arena = (*groups)->arena;
    *groups = NULL;
    tidu_arena_close(&arena);
}

uint32_t
tidu_groups_count(const struct groups *groups)
{
    return groups->count;
}

const char *
tidu_groups_label(const struct groups *groups, uint32_t key)
{
    return groups->labels[key];
}

void
tidu_groups_put(const struct groups *groups, uint32_t key, tidu_text *out)
{
    const char *label = tidu_groups_label(groups, key);
    tidu_text_puts(out, "\"group\":");
    if (label)
        tidu_text_json(out, label, strlen(label));
    else
        tidu_text_puts(out, "null");
}

tidu_step
tidu_groups_step(const struct groups *groups, const tidu_program *program)
{
    const tidu_derived *derived = groups->derived ? find_code(program, groups->derived) : NULL;
    return derived ? derived->step : TIDU_NO_STEP;
}

static void
read_keys(const struct groups *groups, const tidu_run *run, uint32_t rows, uint32_t *ret)
{
    const tidu_derived *derived = find_code(tidu_run_program(run), groups->derived);
    for (uint32_t r = 0; r < rows; r++) {
        double class;
        uint32_t key = groups->count - 1;
        if (derived && tidu_run_number(run, derived->step, r, &class) && class >= 1) {
            const tidu_slice *entry = &derived->book->entries[((uint32_t) class - 1) / 2];
            for (key = 0; key + 1 < groups->count; key++)
                if (strlen(groups->labels[key]) == entry->length &&
                    !memcmp(groups->labels[key], entry->data, entry->length))
                    break;
        }
        ret[r] = key;
    }
}

void
tidu_groups_keys(const struct groups *groups, const struct scanner *scanner, const tidu_run *run,
                 uint32_t *ret)
{
    uint32_t rows = scanner->block->row_count, unknown = groups->count - 1;
    if (!unknown) {
        memset(ret, 0, rows * sizeof *ret);
        return;
    }
    if (groups->codes != TIDU_NONE)
        tidu_population_number(groups->population, groups->codes, scanner->group, scanner->first,
                               rows, ret);
    for (uint32_t r = 0; r < rows; r++)
        ret[r] =
            groups->codes == TIDU_NONE || ret[r] == UINT32_MAX ? unknown : groups->key_of[ret[r]];
    if (groups->derived)
        read_keys(groups, run, rows, ret);
}
