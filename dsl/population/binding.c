/*
 * binding.c: columns of a snapshot into the columns of rules.
 *
 *   revenue 2025, revenue ─► revenue, lag 0     figures of the year that is lag 0 on the
 *   revenue 2024          ─► revenue, lag 1     date, and those that name none
 *   industry_code         ─► classes            a table: number of a code ─► class
 *   certificates          ─► count, tests       a table: number of a set ─► count, tests
 *   titles                ─► held, granted      by record/held.c, entry by entry
 *
 * What is bound is found once; filling a block is a loop over columns.
 *
 * Must not know: programs.
 */
#include "internal.h"

#include <math.h>
#include <stdlib.h>

/* Where a layout's column comes from: at most two columns, known in different rows. */
struct link {
    int32_t from[2];       /* columns of the snapshot, or TIDU_NONE */
    const double *classes; /* [number]: what a code or set comes to; NULL for figures */
    const uint64_t *tests; /* [number]: of a set, one a bit */
    uint32_t test;
    bool filled;   /* something stands in the block's column */
    bool left_out; /* nobody wants it */
};

/* Where words come from: a text, or a code without a year or of the last one. */
struct spoken {
    int32_t from[2]; /* columns of the snapshot, or TIDU_NONE */
    bool coded;
};

/* A list, or the titles: where the items of each row of a block begin in the group, and
 * where the last end. */
struct list {
    int32_t begins; /* the column that says so, or TIDU_NONE */
    uint32_t *start;
};

struct tidu_binding {
    const tidu_population *population;
    const tidu_vocabulary *vocabulary;
    tidu_arena *arena;
    int32_t as_of;
    int year;           /* lag 0 */
    struct link *links; /* [column of the layout] */
    struct list *lists; /* [frame of the layout]; those of titles last */
    int32_t titles[TIDU_KEPT_FIELDS];
    const int32_t *title_of;   /* [number]: in the layout, or TIDU_NONE */
    struct spoken *words;      /* [words of a row] */
    int32_t region;            /* the snapshot's column, or TIDU_NONE */
    const uint32_t *region_of; /* [number]: its code */
    uint32_t *regions;         /* of the group asked about last */
    double *scratch;           /* as many as a group has rows */
    uint64_t *bits;
    bool titles_wanted;
};

enum { MOST_ROWS = 65536 };

static bool
no_memory(tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

/* ---- finding columns ---- */

static const char *const kinds[KEPT_KINDS][2] = {
    {"a number", "数值"}, {"a date", "日期"}, {"a flag", "是否"}, {"a code", "代码"},
    {"a set", "集合"},    {"a text", "文字"}, {"a list", "列表"}, {"a record", "记录"},
};

static uint32_t
kind_of(const tidu_fact *fact)
{
    switch (fact->symbol.type.kind) {
    case TIDU_NUMBER:
        return KEPT_NUMBER;
    case TIDU_DATE:
        return KEPT_DATE;
    case TIDU_FLAG:
        return KEPT_FLAG;
    case TIDU_CODE:
        return KEPT_CODE;
    case TIDU_SET:
        return KEPT_SET;
    case TIDU_TEXT:
        return KEPT_TEXT;
    default:
        return KEPT_ITEMS;
    }
}

static bool
same_unit(const struct kept_column *column, const tidu_type *type)
{
    const int8_t dimension[5] = {type->money, type->count, type->years, type->days, type->score};
    return column->scale_num == type->scale.num && column->scale_den == type->scale.den &&
           !memcmp(column->dimension, dimension, sizeof dimension);
}

static bool
refuse(const struct tidu_binding *binding, const struct kept_column *column, const tidu_fact *fact,
       tidu_error *reterr)
{
    const tidu_type *type = &fact->symbol.type;
    const char *unit = type->unit ? tidu_unit_title(type->unit, TIDU_ZH) : "-";
    const char *there = tidu_population_string(binding->population, column->unit);
    bool same = column->kind == kind_of(fact);
    return tidu_error_set(reterr, TIDU_POPULATION_KIND, fact->symbol.name,
                          same ? there : kinds[column->kind][0],
                          same ? unit : kinds[kind_of(fact)][0], NULL);
}

/* The column of that fact (and field, "" for none) in a year; TIDU_NONE when the
 * snapshot has none. */
static int32_t
find_column(const tidu_population *population, const char *fact, const char *field, int32_t year)
{
    for (uint32_t c = 0; c < population->directory->column_count; c++) {
        const struct kept_column *column = &population->columns[c];
        if (column->year == year &&
            !strcmp(tidu_population_string(population, column->fact), fact) &&
            !strcmp(tidu_population_string(population, column->field), field))
            return (int32_t)c;
    }
    return TIDU_NONE;
}

/* The same for a fact of the rules; false with *reterr when it is another kind of thing. */
static bool
find_fact(const struct tidu_binding *binding, const tidu_fact *list, const tidu_fact *fact,
          int32_t year, int32_t *ret, tidu_error *reterr)
{
    int32_t found =
        list ? find_column(binding->population, list->symbol.name, fact->symbol.name, year)
             : find_column(binding->population, fact->symbol.name, "", year);
    if (found != TIDU_NONE) {
        const struct kept_column *column = &binding->population->columns[found];
        if (column->kind != kind_of(fact) ||
            (column->kind == KEPT_NUMBER && !same_unit(column, &fact->symbol.type)))
            return refuse(binding, column, fact, reterr);
    }
    *ret = found;
    return true;
}

/* ---- tables ---- */

static const struct kept_dictionary *
dictionary_of(const tidu_population *population, int32_t column)
{
    return &population->dictionaries[population->columns[column].dictionary];
}

/* A number that no dictionary has comes to the entry behind the last. */
static double *
table(struct tidu_binding *binding, int32_t column)
{
    size_t count = dictionary_of(binding->population, column)->count;
    return tidu_arena_array(binding->arena, count + 1, sizeof(double));
}

static bool
tell_classes(struct tidu_binding *binding, struct link *link, const tidu_fact *fact)
{
    uint32_t count = dictionary_of(binding->population, link->from[0])->count;
    double *classes = table(binding, link->from[0]);
    for (uint32_t i = 0; classes && i < count; i++) {
        const char *code = tidu_population_entry(binding->population, (uint32_t)link->from[0], i);
        classes[i] = tidu_codebook_class(&fact->slots.book, code, strlen(code));
    }
    link->classes = classes;
    return classes != NULL;
}

/* A set's codes, each with a line end behind it. */
static bool
tell_sets(struct tidu_binding *binding, struct link *link, const tidu_fact *fact)
{
    uint32_t count = dictionary_of(binding->population, link->from[0])->count;
    double *counts = table(binding, link->from[0]);
    uint64_t *tests = tidu_arena_array(binding->arena, (size_t)count + 1, sizeof *tests);
    for (uint32_t i = 0; counts && tests && i < count; i++) {
        const char *code = tidu_population_entry(binding->population, (uint32_t)link->from[0], i);
        for (const char *end; (end = strchr(code, '\n')); code = end + 1) {
            uint32_t class = tidu_codebook_class(&fact->slots.book, code, (size_t)(end - code));
            counts[i]++;
            tests[i] |= fact->slots.test_count ? fact->slots.class_tests[class] : 0;
        }
    }
    link->classes = counts;
    link->tests = tests;
    return counts && tests;
}

/* ---- links ---- */

static const tidu_fact *
owner_of(const struct tidu_binding *binding, const tidu_column *input, const tidu_fact **ret_list)
{
    const tidu_fact *fact = &binding->vocabulary->facts[input->fact];
    *ret_list = input->field == TIDU_NONE ? NULL : fact;
    return input->field == TIDU_NONE ? fact : &fact->fields[input->field];
}

static bool
link_set(struct tidu_binding *binding, const tidu_fact *fact, uint32_t column)
{
    struct link *link = &binding->links[column];
    for (uint32_t t = 0; t < fact->slots.test_count; t++)
        if (fact->slots.test_columns[t] == (int32_t)column)
            link->test = t;
    return link->from[0] == TIDU_NONE || tell_sets(binding, link, fact);
}

/* Lag 0 is a figure of that year, or one that names no year. */
static bool
link_column(struct tidu_binding *binding, uint32_t column, tidu_error *reterr)
{
    const tidu_column *input = &binding->vocabulary->layout.columns[column];
    struct link *link = &binding->links[column];
    const tidu_fact *list, *fact;
    link->from[0] = link->from[1] = TIDU_NONE;
    if (input->fact == TIDU_NONE)
        return true; /* a title's: see file_titles */
    fact = owner_of(binding, input, &list);
    bool annual = fact->symbol.type.annual && !list;
    int32_t year = binding->year - (int32_t)input->lag;
    if ((!input->lag && !find_fact(binding, list, fact, 0, &link->from[0], reterr)) ||
        (annual && !find_fact(binding, list, fact, year, &link->from[1], reterr)))
        return false;
    if (link->from[0] == TIDU_NONE) {
        link->from[0] = link->from[1];
        link->from[1] = TIDU_NONE;
    }
    bool good = true;
    if (fact->symbol.type.kind == TIDU_SET)
        good = link_set(binding, fact, column);
    else if (fact->symbol.type.kind == TIDU_CODE && link->from[0] != TIDU_NONE)
        good = tell_classes(binding, link, fact);
    return good || no_memory(reterr);
}

static bool
link_list(struct tidu_binding *binding, struct list *list, const char *name)
{
    list->begins = find_column(binding->population, name, "", 0);
    if (list->begins != TIDU_NONE && binding->population->columns[list->begins].kind != KEPT_ITEMS)
        list->begins = TIDU_NONE;
    list->start = tidu_arena_array(binding->arena, TIDU_BLOCK_ROWS + 1, sizeof *list->start);
    return list->start != NULL;
}

static bool
link_lists(struct tidu_binding *binding)
{
    const tidu_layout *layout = &binding->vocabulary->layout;
    for (uint32_t f = 1; f < layout->frame_count; f++)
        if (!link_list(binding, &binding->lists[f],
                       binding->vocabulary->facts[layout->frame_fact[f]].symbol.name))
            return false;
    return link_list(binding, &binding->lists[layout->frame_count], "titles");
}

static bool
link_titles(struct tidu_binding *binding)
{
    static const char *const names[TIDU_KEPT_FIELDS] = {"id",       "state",   "granted",
                                                        "reviewed", "expires", "cancelled"};
    const tidu_population *population = binding->population;
    const tidu_layout *layout = &binding->vocabulary->layout;
    for (int i = 0; i < TIDU_KEPT_FIELDS; i++)
        binding->titles[i] = find_column(population, "titles", names[i], 0);
    int32_t ids = binding->titles[TIDU_KEPT_TITLE];
    if (ids == TIDU_NONE || population->columns[ids].kind != KEPT_CODE) {
        binding->titles[TIDU_KEPT_TITLE] = TIDU_NONE;
        return true;
    }
    uint32_t count = dictionary_of(population, ids)->count;
    int32_t *found = tidu_arena_array(binding->arena, (size_t)count + 1, sizeof *found);
    for (uint32_t i = 0; found && i <= count; i++) {
        found[i] = TIDU_NONE;
        for (uint32_t t = 0; i < count && t < layout->title_count; t++)
            if (!strcmp(layout->titles[t].id, tidu_population_entry(population, (uint32_t)ids, i)))
                found[i] = (int32_t)t;
    }
    binding->title_of = found;
    return found != NULL;
}

static void
link_words(struct tidu_binding *binding)
{
    const tidu_vocabulary *vocabulary = binding->vocabulary;
    for (uint32_t i = 0; i < vocabulary->fact_count; i++) {
        const tidu_fact *fact = &vocabulary->facts[i];
        if (fact->slots.words == TIDU_NONE)
            continue;
        struct spoken *spoken = &binding->words[fact->slots.words];
        spoken->coded = fact->symbol.type.kind == TIDU_CODE;
        for (int side = 0; side < 2; side++) {
            int32_t column =
                find_column(binding->population, fact->symbol.name, "", side ? binding->year : 0);
            bool same =
                column != TIDU_NONE && binding->population->columns[column].kind == kind_of(fact);
            spoken->from[side] = same ? column : TIDU_NONE;
        }
    }
}

static bool
link_regions(struct tidu_binding *binding)
{
    const tidu_population *population = binding->population;
    int32_t fact = binding->vocabulary->region_code;
    binding->region =
        fact == TIDU_NONE
            ? TIDU_NONE
            : find_column(population, binding->vocabulary->facts[fact].symbol.name, "", 0);
    if (binding->region == TIDU_NONE || population->columns[binding->region].kind != KEPT_CODE)
        return true;
    uint32_t count = dictionary_of(population, binding->region)->count;
    uint32_t *codes = tidu_arena_array(binding->arena, (size_t)count + 1, sizeof *codes);
    for (uint32_t i = 0; codes && i <= count; i++) {
        const char *code =
            i < count ? tidu_population_entry(population, (uint32_t)binding->region, i) : "";
        if (!tidu_region_parse(code, strlen(code), &codes[i]))
            codes[i] = TIDU_COUNTRY_CODE;
    }
    binding->region_of = codes;
    return codes != NULL;
}

/* ---- the life of a binding ---- */

static bool
reserve(struct tidu_binding *binding)
{
    const tidu_layout *layout = &binding->vocabulary->layout;
    tidu_arena *arena = binding->arena;
    binding->links = tidu_arena_array(arena, layout->column_count, sizeof *binding->links);
    binding->lists = tidu_arena_array(arena, layout->frame_count + 1, sizeof *binding->lists);
    binding->words = tidu_arena_array(arena, layout->word_count, sizeof *binding->words);
    binding->regions = tidu_arena_array(arena, MOST_ROWS, sizeof *binding->regions);
    binding->scratch = tidu_arena_array(arena, MOST_ROWS + 64, sizeof *binding->scratch);
    binding->bits = tidu_arena_array(arena, MOST_ROWS / 64 + 1, sizeof *binding->bits);
    return binding->links && binding->lists && binding->words && binding->regions &&
           binding->scratch && binding->bits;
}

tidu_binding *
tidu_binding_open(const tidu_population *population, const tidu_vocabulary *vocabulary,
                  int32_t as_of, tidu_error *reterr)
{
    int year, month, day;
    tidu_arena *arena = tidu_arena_open();
    struct tidu_binding *binding = arena ? tidu_arena_alloc(arena, sizeof *binding) : NULL;
    if (!binding) {
        tidu_arena_close(&arena);
        no_memory(reterr);
        return NULL;
    }
    tidu_date_split(as_of, &year, &month, &day);
    *binding = (struct tidu_binding){.population = population,
                                     .vocabulary = vocabulary,
                                     .arena = arena,
                                     .as_of = as_of,
                                     .year = year - 1,
                                     .titles_wanted = true};
    bool good = reserve(binding) || no_memory(reterr);
    for (uint32_t c = 0; good && c < vocabulary->layout.column_count; c++)
        good = link_column(binding, c, reterr);
    if (good && !(link_lists(binding) && link_titles(binding) && link_regions(binding)))
        good = no_memory(reterr);
    if (good)
        link_words(binding);
    if (!good)
        tidu_binding_close(&binding);
    return binding;
}

void
tidu_binding_close(tidu_binding **binding)
{
    if (!*binding)
        return;
    tidu_arena *arena = (*binding)->arena;
    *binding = NULL;
    tidu_arena_close(&arena);
}

/* ---- filling a block ---- */

static const struct kept_chunk *
chunk_of(const struct tidu_binding *binding, uint32_t group, int32_t column)
{
    return tidu_population_chunk(binding->population, group, (uint32_t)column);
}

/* Numbers of codes beyond their dictionary come only of a damaged file. */
static void
look_up(const double *numbers, const uint64_t *known, const double *classes, uint32_t most,
        uint32_t count, double *ret)
{
    for (uint32_t i = 0; i < count; i++) {
        double number = numbers[i];
        uint32_t at = number >= 0 && number < most ? (uint32_t)number : most;
        ret[i] = known[i / 64] >> i % 64 & 1 ? classes[at] : 0;
    }
}

/* What one column of the snapshot says, into `value` and `known`. */
static void
decode(const struct tidu_binding *binding, const struct link *link, const struct kept_chunk *chunk,
       int32_t from, uint32_t first, uint32_t count, double *value, uint64_t *known)
{
    tidu_decode_known(binding->population, chunk, first, count, known);
    if (!link->classes) {
        tidu_decode_numbers(binding->population, chunk, first, count, value);
        return;
    }
    tidu_decode_numbers(binding->population, chunk, first, count, binding->scratch);
    look_up(binding->scratch, known, link->classes, dictionary_of(binding->population, from)->count,
            count, value);
}

/* The second column is known in rows where the first is not, and unknown is 0. */
static void
decode_more(const struct tidu_binding *binding, const struct link *link,
            const struct kept_chunk *chunk, uint32_t first, uint32_t count, double *value,
            uint64_t *known)
{
    double *more = binding->scratch + MOST_ROWS / 2;
    decode(binding, link, chunk, link->from[1], first, count, more, binding->bits);
    for (uint32_t i = 0; i < count; i++)
        value[i] += more[i];
    for (uint32_t w = 0; w < (count + 63) / 64; w++)
        known[w] |= binding->bits[w];
}

/* A block's column and how much it could hold. */
struct target {
    double *value;
    uint64_t *known;
    uint32_t capacity;
};

static void
fill_numbers(struct tidu_binding *binding, struct link *link, uint32_t group, uint32_t first,
             uint32_t count, const struct target *into)
{
    const struct kept_chunk *chunks[2] = {NULL, NULL};
    for (int i = 0; i < 2; i++)
        if (link->from[i] != TIDU_NONE && chunk_of(binding, group, link->from[i])->size)
            chunks[i] = chunk_of(binding, group, link->from[i]);
    if (chunks[0]) {
        decode(binding, link, chunks[0], link->from[0], first, count, into->value, into->known);
    } else if (link->filled || chunks[1]) {
        memset(into->value, 0, into->capacity * sizeof *into->value);
        memset(into->known, 0, (into->capacity + 63) / 64 * sizeof *into->known);
    }
    if (chunks[1])
        decode_more(binding, link, chunks[1], first, count, into->value, into->known);
    link->filled = chunks[0] || chunks[1];
}

/* Tests of a set, a bit a row. */
static void
test_sets(struct tidu_binding *binding, const struct link *link, const struct kept_chunk *chunk,
          uint32_t first, uint32_t count, uint64_t *truth, uint64_t *known)
{
    uint32_t most = dictionary_of(binding->population, link->from[0])->count;
    tidu_decode_known(binding->population, chunk, first, count, known);
    tidu_decode_numbers(binding->population, chunk, first, count, binding->scratch);
    memset(truth, 0, (count + 63) / 64 * sizeof *truth);
    for (uint32_t i = 0; i < count; i++) {
        double number = binding->scratch[i];
        uint32_t at = number >= 0 && number < most ? (uint32_t)number : most;
        truth[i / 64] |= (link->tests[at] >> link->test & 1) << i % 64;
    }
    for (uint32_t w = 0; w < (count + 63) / 64; w++)
        truth[w] &= known[w];
}

static void
fill_one_flag(struct tidu_binding *binding, const struct link *link, int side, uint32_t group,
              uint32_t first, uint32_t count, uint64_t *truth, uint64_t *known)
{
    size_t size = (count + 63) / 64 * sizeof *truth;
    const struct kept_chunk *chunk =
        link->from[side] == TIDU_NONE ? NULL : chunk_of(binding, group, link->from[side]);
    if (!chunk || !chunk->size) {
        memset(truth, 0, size);
        memset(known, 0, size);
    } else if (link->tests) {
        test_sets(binding, link, chunk, first, count, truth, known);
    } else {
        tidu_decode_known(binding->population, chunk, first, count, known);
        tidu_decode_truth(binding->population, chunk, first, count, truth);
    }
}

static void
fill_flags(struct tidu_binding *binding, struct link *link, uint32_t group, uint32_t first,
           uint32_t count, uint64_t *truth, uint64_t *known)
{
    uint64_t *more = binding->bits, *more_known = more + MOST_ROWS / 128;
    fill_one_flag(binding, link, 0, group, first, count, truth, known);
    if (link->from[1] == TIDU_NONE)
        return;
    fill_one_flag(binding, link, 1, group, first, count, more, more_known);
    for (uint32_t w = 0; w < (count + 63) / 64; w++) {
        truth[w] |= more[w];
        known[w] |= more_known[w];
    }
}

static void
fill_columns(struct tidu_binding *binding, uint32_t group, uint32_t first, tidu_block *block)
{
    const tidu_layout *layout = block->layout;
    for (uint32_t c = 0; c < layout->column_count; c++) {
        const tidu_column *input = &layout->columns[c];
        uint32_t from = input->frame ? binding->lists[input->frame].start[0] : first;
        uint32_t count = input->frame ? block->item_count[input->frame] : block->row_count;
        if (binding->links[c].left_out || input->fact == TIDU_NONE)
            continue;
        if (input->kind == TIDU_COLUMN_NUMBER)
            fill_numbers(binding, &binding->links[c], group, from, count,
                         &(struct target){.value = block->number[input->place],
                                          .known = block->number_known[input->place],
                                          .capacity = input->frame ? block->item_capacity
                                                                   : block->row_capacity});
        else
            fill_flags(binding, &binding->links[c], group, from, count, block->flag[input->place],
                       block->flag_known[input->place]);
    }
}

/* ---- lists ---- */

/* Of a damaged file, at most what there is, and what a block has room for. */
static void
start_list(struct tidu_binding *binding, struct list *list, uint32_t group, uint32_t first,
           uint32_t count)
{
    const tidu_population *population = binding->population;
    const struct kept_chunk *chunk =
        list->begins == TIDU_NONE ? NULL : chunk_of(binding, group, list->begins);
    uint32_t rows = population->groups[group].row_count, before = 0;
    if (!chunk || !chunk->size) {
        memset(list->start, 0, ((size_t)count + 1) * sizeof *list->start);
        return;
    }
    double total = population->items[(size_t)group * population->directory->frame_count +
                                     population->columns[list->begins].items_of];
    bool last = first + count == rows;
    tidu_decode_numbers(population, chunk, first, count + !last, binding->scratch);
    if (last)
        binding->scratch[count] = total;
    for (uint32_t r = 0; r <= count; r++) {
        double most = r ? fmin(before + TIDU_BLOCK_ITEMS, total) : total;
        before = (uint32_t)fmin(fmax(binding->scratch[r], before), most);
        list->start[r] = before;
    }
}

/* How many of the rows have room for their items. */
static uint32_t
fitting(const struct tidu_binding *binding, uint32_t most, const tidu_block *block)
{
    for (uint32_t f = 1; f < block->layout->frame_count; f++) {
        const uint32_t *start = binding->lists[f].start;
        while (most > 1 && start[most] - start[0] > block->item_capacity)
            most--;
    }
    return most;
}

static void
fill_frames(struct tidu_binding *binding, uint32_t group, uint32_t first, tidu_block *block)
{
    for (uint32_t f = 1; f < block->layout->frame_count; f++) {
        const struct list *list = &binding->lists[f];
        const uint32_t *start = list->start;
        for (uint32_t r = 0; r < block->row_count; r++) {
            block->item_start[f][r] = start[r] - start[0];
            for (uint32_t i = start[r]; i < start[r + 1]; i++)
                block->item_row[f][i - start[0]] = r;
        }
        block->item_count[f] = start[block->row_count] - start[0];
        block->item_start[f][block->row_count] = block->item_count[f];
        memset(block->list_known[f], 0, (block->row_count + 63) / 64 * sizeof(uint64_t));
        if (list->begins != TIDU_NONE)
            tidu_decode_known(binding->population, chunk_of(binding, group, list->begins), first,
                              block->row_count, block->list_known[f]);
    }
}

/* ---- titles ---- */

/* A value of an entry; `otherwise` when it was not stated. */
static int32_t
day_of(const struct tidu_binding *binding, uint32_t group, int field, uint32_t item,
       int32_t otherwise)
{
    int32_t column = binding->titles[field];
    uint64_t known;
    double value;
    if (column == TIDU_NONE || binding->population->columns[column].kind == KEPT_TEXT)
        return otherwise;
    const struct kept_chunk *chunk = chunk_of(binding, group, column);
    tidu_decode_known(binding->population, chunk, item, 1, &known);
    if (!known)
        return otherwise;
    tidu_decode_numbers(binding->population, chunk, item, 1, &value);
    return value > INT32_MIN && value < INT32_MAX ? (int32_t)value : otherwise;
}

static void
file_title(struct tidu_binding *binding, uint32_t group, uint32_t item, uint32_t row,
           tidu_block *block)
{
    int32_t ids = binding->titles[TIDU_KEPT_TITLE];
    int32_t most = (int32_t)dictionary_of(binding->population, ids)->count;
    int32_t number = day_of(binding, group, TIDU_KEPT_TITLE, item, most);
    int32_t state = day_of(binding, group, TIDU_KEPT_STATE, item, TIDU_KEPT_ENTRY);
    int32_t title = binding->title_of[number >= 0 && number < most ? number : most];
    if (title == TIDU_NONE)
        return; /* these rules do not know it */
    if (state != TIDU_KEPT_ENTRY) {
        tidu_title_hold(block->layout, title, state == TIDU_KEPT_HELD, block, row);
        return;
    }
    const tidu_title_entry entry = {title,
                                    day_of(binding, group, TIDU_KEPT_GRANTED, item, INT32_MIN),
                                    day_of(binding, group, TIDU_KEPT_REVIEWED, item, INT32_MIN),
                                    day_of(binding, group, TIDU_KEPT_EXPIRES, item, INT32_MAX),
                                    day_of(binding, group, TIDU_KEPT_CANCELLED, item, INT32_MAX)};
    tidu_title_file(block->layout, &entry, block, row);
}

/* Who states titles states all of them: every other is not held. */
static void
begin_titles(struct tidu_binding *binding, uint32_t group, uint32_t first, tidu_block *block)
{
    const tidu_layout *layout = block->layout;
    const struct list *list = &binding->lists[layout->frame_count];
    size_t size = (block->row_count + 63) / 64 * sizeof(uint64_t);
    memset(binding->bits, 0, size);
    if (list->begins != TIDU_NONE)
        tidu_decode_known(binding->population, chunk_of(binding, group, list->begins), first,
                          block->row_count, binding->bits);
    for (uint32_t t = 0; t < layout->title_count; t++) {
        const tidu_title_slot *title = &layout->titles[t];
        if (title->column != TIDU_NONE) {
            uint32_t place = layout->columns[title->column].place;
            memset(block->flag[place], 0, size);
            memcpy(block->flag_known[place], binding->bits, size);
        }
        const int32_t days[2] = {title->granted_column, title->reviewed_column};
        for (int d = 0; d < 2; d++)
            if (days[d] != TIDU_NONE) {
                uint32_t place = layout->columns[days[d]].place;
                memset(block->number[place], 0, block->row_count * sizeof(double));
                memset(block->number_known[place], 0, size);
            }
    }
}

static void
fill_titles(struct tidu_binding *binding, uint32_t group, uint32_t first, tidu_block *block)
{
    const uint32_t *start = binding->lists[block->layout->frame_count].start;
    begin_titles(binding, group, first, block);
    if (binding->titles[TIDU_KEPT_TITLE] == TIDU_NONE)
        return;
    for (uint32_t r = 0; r < block->row_count; r++)
        for (uint32_t i = start[r]; i < start[r + 1]; i++)
            file_title(binding, group, i, r, block);
}

/* ---- words and spellings ---- */

/* A code as JSON text; data NULL when memory ran out, length 0 when it is not known. */
static tidu_slice
say_code(const struct tidu_binding *binding, uint32_t group, int32_t column, uint32_t row,
         tidu_block *block)
{
    const struct kept_chunk *chunk = chunk_of(binding, group, column);
    uint64_t known;
    double number = -1;
    tidu_decode_known(binding->population, chunk, row, 1, &known);
    if (known)
        tidu_decode_numbers(binding->population, chunk, row, 1, &number);
    if (number < 0 || number >= dictionary_of(binding->population, column)->count)
        return (tidu_slice){"", 0};
    const char *code =
        tidu_population_entry(binding->population, (uint32_t)column, (uint32_t)number);
    tidu_text json = {0};
    tidu_text_json(&json, code, strlen(code));
    char *copy = json.failed ? NULL : tidu_arena_copy_n(block->arena, json.data, json.length);
    tidu_slice said = {copy, json.length};
    tidu_text_free(&json);
    return said;
}

static bool
fill_words(struct tidu_binding *binding, uint32_t group, uint32_t first, tidu_block *block)
{
    uint32_t words = block->layout->word_count;
    uint32_t rows = binding->population->groups[group].row_count;
    memset(block->words, 0, (size_t)block->row_count * words * sizeof *block->words);
    for (uint32_t w = 0; w < words * 2; w++) {
        const struct spoken *spoken = &binding->words[w / 2];
        int32_t column = spoken->from[w % 2];
        for (uint32_t r = 0; column != TIDU_NONE && r < block->row_count; r++) {
            tidu_slice *into = &block->words[(size_t)r * words + w / 2];
            tidu_slice text =
                spoken->coded ? say_code(binding, group, column, first + r, block)
                              : tidu_decode_word(binding->population,
                                                 chunk_of(binding, group, column), rows, first + r);
            if (spoken->coded && !text.data)
                return false;
            if (text.length)
                *into = text;
        }
    }
    return true;
}

/* By row, as a reader would have kept them. */
static uint32_t
row_of(const tidu_block *block, const tidu_spelling *spelling)
{
    uint32_t frame = block->layout->columns[spelling->column].frame;
    return frame ? block->item_row[frame][spelling->index] : spelling->index;
}

static void
sort_spellings(tidu_block *block)
{
    for (uint32_t i = 1; i < block->spelling_count; i++) {
        tidu_spelling moving = block->spellings[i];
        uint32_t at = i;
        for (; at && row_of(block, &block->spellings[at - 1]) > row_of(block, &moving); at--)
            block->spellings[at] = block->spellings[at - 1];
        block->spellings[at] = moving;
    }
}

static bool
spell_column(struct tidu_binding *binding, uint32_t column, uint32_t group, uint32_t from,
             uint32_t count, tidu_block *block)
{
    const struct link *link = &binding->links[column];
    for (int side = 0; side < 2; side++) {
        const struct kept_chunk *chunk =
            link->from[side] == TIDU_NONE ? NULL : chunk_of(binding, group, link->from[side]);
        if (!chunk || !chunk->spelling_count)
            continue;
        const char *bytes = binding->population->bytes + chunk->offset;
        const struct kept_spelling *spellings = (const void *)(bytes + chunk->spellings);
        for (uint32_t i = 0; i < chunk->spelling_count; i++)
            if (spellings[i].index - from < count &&
                !tidu_block_spell(block, column, spellings[i].index - from,
                                  (tidu_slice){bytes + spellings[i].text, spellings[i].length}))
                return false;
    }
    return true;
}

static bool
fill_spellings(struct tidu_binding *binding, uint32_t group, uint32_t first, tidu_block *block)
{
    const tidu_layout *layout = block->layout;
    block->spelling_count = 0;
    for (uint32_t c = 0; c < layout->column_count; c++) {
        const tidu_column *input = &layout->columns[c];
        uint32_t from = input->frame ? binding->lists[input->frame].start[0] : first;
        uint32_t count = input->frame ? block->item_count[input->frame] : block->row_count;
        if (input->kind == TIDU_COLUMN_NUMBER && input->fact != TIDU_NONE &&
            !binding->links[c].left_out && !spell_column(binding, c, group, from, count, block))
            return false;
    }
    sort_spellings(block);
    return true;
}

void
tidu_binding_want(tidu_binding *binding, const bool *columns)
{
    const tidu_layout *layout = &binding->vocabulary->layout;
    for (uint32_t c = 0; c < layout->column_count; c++)
        binding->links[c].left_out = !columns[c];
    binding->titles_wanted = false;
    for (uint32_t t = 0; t < layout->title_count; t++) {
        const tidu_title_slot *title = &layout->titles[t];
        const int32_t of_title[3] = {title->column, title->granted_column, title->reviewed_column};
        for (int i = 0; i < 3; i++)
            binding->titles_wanted |= of_title[i] != TIDU_NONE && columns[of_title[i]];
    }
}

uint32_t
tidu_binding_load(tidu_binding *binding, uint32_t group, uint32_t first, uint32_t count, bool words,
                  tidu_block *block)
{
    uint32_t most = count < block->row_capacity ? count : block->row_capacity;
    for (uint32_t f = 1; f <= block->layout->frame_count; f++)
        start_list(binding, &binding->lists[f], group, first, most);
    block->as_of = binding->as_of;
    block->year = binding->year;
    block->row_count = fitting(binding, most, block);
    tidu_arena_reset(block->arena);
    fill_frames(binding, group, first, block);
    fill_columns(binding, group, first, block);
    if (binding->titles_wanted)
        fill_titles(binding, group, first, block);
    if (!fill_spellings(binding, group, first, block) ||
        (words && !fill_words(binding, group, first, block)))
        return 0;
    return block->row_count;
}

uint32_t
tidu_binding_first_item(const tidu_binding *binding, uint32_t frame)
{
    return binding->lists[frame].start[0];
}

tidu_slice
tidu_binding_code(const tidu_binding *binding, uint32_t column, uint32_t group, uint32_t at)
{
    const struct link *link = &binding->links[column];
    for (int side = 0; side < 2; side++) {
        const struct kept_chunk *chunk =
            link->from[side] == TIDU_NONE ? NULL : chunk_of(binding, group, link->from[side]);
        uint64_t known = 0;
        double number;
        if (chunk && chunk->size)
            tidu_decode_known(binding->population, chunk, at, 1, &known);
        if (!known)
            continue;
        tidu_decode_numbers(binding->population, chunk, at, 1, &number);
        if (number < 0 || number >= dictionary_of(binding->population, link->from[side])->count)
            continue;
        const char *code = tidu_population_entry(binding->population, (uint32_t)link->from[side],
                                                 (uint32_t)number);
        return (tidu_slice){code, strlen(code)};
    }
    return (tidu_slice){NULL, 0};
}

/* Regions that are texts, in quotes. */
static void
read_regions(struct tidu_binding *binding, const struct kept_chunk *chunk, uint32_t rows)
{
    bool text = binding->population->columns[binding->region].kind == KEPT_TEXT;
    for (uint32_t r = 0; text && r < rows; r++) {
        tidu_slice word = tidu_decode_word(binding->population, chunk, rows, r);
        if (word.length != 8 || !tidu_region_parse(word.data + 1, 6, &binding->regions[r]))
            binding->regions[r] = TIDU_COUNTRY_CODE;
    }
}

const uint32_t *
tidu_binding_regions(tidu_binding *binding, uint32_t group)
{
    const tidu_population *population = binding->population;
    uint32_t rows = population->groups[group].row_count;
    const struct kept_chunk *chunk =
        binding->region == TIDU_NONE ? NULL : chunk_of(binding, group, binding->region);
    for (uint32_t r = 0; r < rows; r++)
        binding->regions[r] = TIDU_COUNTRY_CODE;
    if (!chunk || !chunk->size)
        return binding->regions;
    if (!binding->region_of) {
        read_regions(binding, chunk, rows);
        return binding->regions;
    }
    uint32_t most = dictionary_of(population, binding->region)->count;
    tidu_decode_known(population, chunk, 0, rows, binding->bits);
    tidu_decode_numbers(population, chunk, 0, rows, binding->scratch);
    for (uint32_t r = 0; r < rows; r++) {
        double number = binding->scratch[r];
        if (binding->bits[r / 64] >> r % 64 & 1 && number >= 0 && number < most)
            binding->regions[r] = binding->region_of[(uint32_t)number];
    }
    return binding->regions;
}
