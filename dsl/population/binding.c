/*
 * binding.c: columns of a snapshot into the columns of rules.
 *
 *   revenue 2025, revenue ─► revenue, lag 0     figures of the year that is lag 0 on the
 *   revenue 2024          ─► revenue, lag 1     date, and those that name none
 *   industry_code         ─► classes            a table: number of a code ─► class
 *   certificates          ─► count, tests       a table: number of a set ─► count, tests
 *   titles                ─► held, granted      by record/held.c, entry by entry
 *
 * What is bound is found once; filling a block (filling.c) is a loop over columns.
 *
 * Must not know: programs.
 */
#include "binding.h"

#include <stdlib.h>

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

/* A number that no dictionary has comes to the entry behind the last. */
static double *
table(struct tidu_binding *binding, int32_t column)
{
    size_t count = tidu_dictionary_of(binding->population, column)->count;
    return tidu_arena_array(binding->arena, count + 1, sizeof(double));
}

static bool
tell_classes(struct tidu_binding *binding, struct link *link, const tidu_fact *fact)
{
    uint32_t count = tidu_dictionary_of(binding->population, link->from[0])->count;
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
    uint32_t count = tidu_dictionary_of(binding->population, link->from[0])->count;
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
    list->begin = tidu_arena_array(binding->arena, TIDU_BLOCK_ROWS, sizeof *list->begin);
    list->end = tidu_arena_array(binding->arena, TIDU_BLOCK_ROWS, sizeof *list->end);
    list->items = tidu_arena_array(binding->arena, TIDU_BLOCK_ITEMS, sizeof *list->items);
    return list->begin && list->end && list->items;
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
    uint32_t count = tidu_dictionary_of(population, ids)->count;
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
    uint32_t count = tidu_dictionary_of(population, binding->region)->count;
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
    binding->scratch = tidu_arena_array(arena, 2 * MOST_PICKS, sizeof *binding->scratch);
    binding->codes = tidu_arena_array(arena, MOST_PICKS, sizeof *binding->codes);
    binding->bits = tidu_arena_array(arena, 2 * MOST_PICKS / 64, sizeof *binding->bits);
    return binding->links && binding->lists && binding->words && binding->scratch &&
           binding->codes && binding->bits;
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

tidu_slice
tidu_binding_code(const tidu_binding *binding, uint32_t column, uint32_t group, uint32_t at)
{
    const struct link *link = &binding->links[column];
    for (int side = 0; side < 2; side++) {
        const struct kept_chunk *chunk = link->from[side] == TIDU_NONE
                                             ? NULL
                                             : tidu_binding_chunk(binding, group, link->from[side]);
        uint64_t known = 0;
        double number;
        if (chunk && chunk->size)
            tidu_decode_known(binding->population, chunk, tidu_stretch(at, 1), &known);
        if (!known)
            continue;
        tidu_decode_numbers(binding->population, chunk, tidu_stretch(at, 1), &number);
        if (number < 0 ||
            number >= tidu_dictionary_of(binding->population, link->from[side])->count)
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

static void
read_region_codes(struct tidu_binding *binding, const struct kept_chunk *chunk, uint32_t rows)
{
    const tidu_population *population = binding->population;
    uint32_t most = tidu_dictionary_of(population, binding->region)->count;
    for (uint32_t at = 0, count; at < rows; at += count) {
        count = rows - at < MOST_PICKS ? rows - at : MOST_PICKS;
        tidu_decode_known(population, chunk, tidu_stretch(at, count), binding->bits);
        tidu_decode_codes(population, chunk, tidu_stretch(at, count), most, binding->codes);
        for (uint32_t i = 0; i < count; i++)
            if (binding->bits[i / 64] >> i % 64 & 1 && binding->codes[i] < most)
                binding->regions[at + i] = binding->region_of[binding->codes[i]];
    }
}

const uint32_t *
tidu_binding_regions(tidu_binding *binding, uint32_t group)
{
    const tidu_population *population = binding->population;
    uint32_t rows = population->groups[group].row_count;
    const struct kept_chunk *chunk =
        binding->region == TIDU_NONE ? NULL : tidu_binding_chunk(binding, group, binding->region);
    if (!binding->regions)
        binding->regions = tidu_arena_array(binding->arena, MOST_ROWS, sizeof *binding->regions);
    if (!binding->regions)
        return NULL;
    for (uint32_t r = 0; r < rows; r++)
        binding->regions[r] = TIDU_COUNTRY_CODE;
    if (!chunk || !chunk->size)
        return binding->regions;
    if (!binding->region_of) {
        read_regions(binding, chunk, rows);
        return binding->regions;
    }
    read_region_codes(binding, chunk, rows);
    return binding->regions;
}
