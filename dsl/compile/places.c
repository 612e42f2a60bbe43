/*
 * places.c: layers and regions.
 *
 * A document under local/<code>-<name>/ speaks for that region; every other
 * speaks for the country. What a place may say is a matter of slots.c; here is
 * only which documents a place listens to.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

static const char folder[] = "local/";

/* ---- regions ---- */

static int
compare_regions(const void *a, const void *b)
{
    const tidu_region *x = a, *y = b;
    return (x->code > y->code) - (x->code < y->code);
}

static uint32_t
count_lines(const char *text)
{
    uint32_t count = 1;
    while ((text = strchr(text, '\n')) != NULL) {
        text++;
        count++;
    }
    return count;
}

/* "440300 深圳市": the code, spaces, the name. */
static bool
read_region(struct world *world, const tidu_declaration *declaration, const char *line,
            size_t length, tidu_region *ret)
{
    size_t blank = strcspn(line, " \t\n"), name = blank + strspn(line + blank, " \t");
    while (length && strchr(" \t\r", line[length - 1]))
        length--;
    const char *words = tidu_arena_copy_n(world->arena, line, length);
    if (!words)
        return tidu_no_memory(world);
    if (!tidu_region_parse(line, blank, &ret->code) || name >= length)
        return tidu_compile_complain_at(world, declaration,
                                        tidu_attr_find(&declaration->attrs, "codes"),
                                        TIDU_REGION_LINE, words, NULL, NULL, NULL);
    ret->name = words + name;
    return true;
}

static bool
read_codes(struct world *world, const tidu_declaration *declaration, const char *text,
           tidu_region *items, uint32_t *count)
{
    bool good = true;
    while (text && good) {
        const char *end = strchr(text, '\n');
        size_t length = end ? (size_t)(end - text) : strlen(text);
        size_t blank = strspn(text, " \t\r");
        if (blank < length)
            good = read_region(world, declaration, text + blank, length - blank,
                               &items[(*count)++]);
        text = end ? end + 1 : NULL;
    }
    return good;
}

static bool
note_provinces(struct world *world, const tidu_declaration *declaration, tidu_region *items,
               uint32_t count)
{
    const tidu_attr *list = tidu_attr_find(&declaration->attrs, "acts_as_province");
    tidu_regions regions = {items, count};
    bool good = true;
    for (uint32_t i = 0; list && i < list->item_count; i++) {
        uint32_t code = 0;
        const char *text = list->items[i].text ? list->items[i].text : "";
        const tidu_region *region = tidu_region_parse(text, strlen(text), &code)
                                        ? tidu_region_find(&regions, code)
                                        : NULL;
        if (region)
            items[region - items].acts_as_province = true;
        else
            good = tidu_compile_complain_at(world, declaration, &list->items[i],
                                            TIDU_REGION_UNKNOWN, text, NULL, NULL, NULL);
    }
    return good;
}

static bool
read_regions(struct world *world, const tidu_declaration *declaration)
{
    const char *text = tidu_attr_text(&declaration->attrs, "codes", "");
    tidu_region *items = tidu_arena_array(world->arena, count_lines(text), sizeof *items);
    uint32_t count = 0;
    if (!items)
        return tidu_no_memory(world);
    if (!read_codes(world, declaration, text, items, &count))
        return false;
    qsort(items, count, sizeof *items, compare_regions);
    world->ruleset->regions = (tidu_regions){items, count};
    return note_provinces(world, declaration, items, count);
}

/* ---- layers ---- */

static bool
complain_folder(struct world *world, uint32_t document, tidu_code code, const char *path)
{
    tidu_error error;
    tidu_error_at(&error, code, world->declared->documents[document].path, 1, 0, 0, path, NULL);
    return tidu_report_add(world->report, &error);
}

static bool
add_layer(struct world *world, uint32_t place)
{
    size_t at = 0;
    while (at < world->layer_count && world->layers[at] < place)
        at++;
    if (at < world->layer_count && world->layers[at] == place)
        return true;
    if (!TIDU_APPEND(world, layer))
        return false;
    memmove(world->layers + at + 1, world->layers + at,
            (world->layer_count - 1 - at) * sizeof *world->layers);
    world->layers[at] = place;
    return true;
}

static bool
says_something(const struct world *world, uint32_t document)
{
    for (uint32_t i = 0; i < world->declared->declaration_count; i++)
        if (world->declared->declarations[i].document == document)
            return true;
    return false;
}

/* local/440300-shenzhen/awards.md; where nothing is declared the folder's name
 * does not matter. */
static bool
read_place(struct world *world, uint32_t document)
{
    const char *path = world->declared->documents[document].path;
    const tidu_regions *regions = &world->ruleset->regions;
    uint32_t *place = &world->places[document];
    *place = TIDU_COUNTRY_CODE;
    if (strncmp(path, folder, sizeof folder - 1) || !says_something(world, document))
        return true;
    const char *at = path + sizeof folder - 1;
    size_t digits = strspn(at, "0123456789");
    if (!tidu_region_parse(at, digits, place) || !strchr("-/", at[digits]) || !strchr(at, '/'))
        return complain_folder(world, document, TIDU_PLACE_FOLDER, path);
    if (regions->count && !tidu_region_find(regions, *place))
        return complain_folder(world, document, TIDU_PLACE_UNKNOWN, path);
    return add_layer(world, *place);
}

static bool
has_layer(const struct world *world, uint32_t place)
{
    for (size_t i = 0; i < world->layer_count; i++)
        if (world->layers[i] == place)
            return true;
    return false;
}

/* A city that acts as a province does not have all that its province says, so
 * it cannot be answered by the province's plan. */
static bool
add_planned_cities(struct world *world)
{
    const tidu_regions *regions = &world->ruleset->regions;
    bool good = true;
    for (uint32_t i = 0; i < regions->count; i++)
        if (regions->items[i].acts_as_province &&
            has_layer(world, tidu_region_parent(regions->items[i].code)))
            good = add_layer(world, regions->items[i].code) && good;
    return good;
}

bool
tidu_places_read(struct world *world)
{
    bool good = true;
    world->places = tidu_arena_array(world->arena, world->declared->document_count + 1,
                                     sizeof *world->places);
    if (!world->places)
        return tidu_no_memory(world);
    for (uint32_t i = 0; i < world->declared->declaration_count; i++)
        if (!strcmp(world->declared->declarations[i].word, "regions"))
            good = read_regions(world, &world->declared->declarations[i]) && good;
    for (uint32_t d = 0; d < world->declared->document_count; d++)
        good = read_place(world, d) && good;
    return add_planned_cities(world) && good;
}

uint32_t
tidu_places_of(const struct world *world, const tidu_declaration *declaration)
{
    return world->places[declaration->document];
}

struct chain
tidu_places_chain(const struct world *world, uint32_t place)
{
    struct chain chain = {.count = 0};
    for (; place != TIDU_COUNTRY_CODE; place = tidu_region_parent(place)) {
        if (!has_layer(world, place))
            continue;
        memmove(chain.places + 1, chain.places, chain.count * sizeof *chain.places);
        chain.places[0] = place;
        chain.count++;
    }
    return chain;
}

int32_t
tidu_chain_rank(const struct chain *chain, uint32_t place)
{
    if (place == TIDU_COUNTRY_CODE)
        return 0;
    for (uint32_t i = 0; i < chain->count; i++)
        if (chain->places[i] == place)
            return (int32_t)i + 1;
    return TIDU_NONE;
}

unsigned
tidu_places_levels(const struct world *world, uint32_t place)
{
    const tidu_region *region = tidu_region_find(&world->ruleset->regions, place);
    unsigned levels = 1u << tidu_region_level(place);
    return region && region->acts_as_province ? levels | 1u << TIDU_PROVINCE : levels;
}
