/*
 * expect.c: what a change says it will do.
 *
 *   expect { lg = { lose = 0, gain = {40, 80} }, as_of = "2026-12-01" }
 *
 * A number, or the least and the most, of enterprises of a population that gain
 * or lose a designation when these rules take over from those before. It decides
 * nothing here; who lets rules take over compares.
 */
#include "internal.h"

#include <math.h>
#include <string.h>

/* A designation of some version of the rules. */
static bool
is_designation(const struct world *world, const char *id)
{
    const tidu_declarations *declared = world->declared;
    for (uint32_t i = 0; i < declared->declaration_count; i++)
        if (!strcmp(declared->declarations[i].word, "designation") &&
            declared->declarations[i].name && !strcmp(declared->declarations[i].name, id))
            return true;
    return false;
}

static bool
read_bounds(struct world *world, const tidu_declaration *declaration, const tidu_attr *attr,
            tidu_effect *ret)
{
    bool pair = attr->kind == TIDU_ATTR_LIST;
    const tidu_attr *low = pair ? &attr->items[0] : attr;
    const tidu_attr *high = pair ? &attr->items[attr->item_count - 1] : attr;
    ret->low = low->number;
    ret->high = high->number;
    return (ret->low >= 0 && ret->low <= ret->high && floor(ret->low) == ret->low &&
            floor(ret->high) == ret->high) ||
           tidu_compile_complain_at(world, declaration, attr, TIDU_EXPECT_COUNT, ret->designation,
                                    attr->name, NULL, NULL);
}

static bool
read_effect(struct world *world, const tidu_declaration *declaration, const tidu_attr *effect,
            int32_t as_of)
{
    tidu_ruleset *ruleset = world->ruleset;
    bool good = true;
    if (!is_designation(world, effect->name))
        return tidu_compile_complain_at(world, declaration, effect, TIDU_EXPECT_UNKNOWN,
                                        effect->name, NULL, NULL, NULL);
    for (uint32_t i = 0; i < effect->item_count; i++) {
        const tidu_attr *attr = &effect->items[i];
        tidu_effect *made =
            (tidu_effect *)&ruleset->effects[ruleset->effect_count];
        bool gain = !strcmp(attr->name, "gain");
        if (!gain && strcmp(attr->name, "lose")) {
            good = tidu_compile_complain_at(world, declaration, attr, TIDU_EXPECT_WORD, attr->name,
                                            NULL, NULL, NULL);
            continue;
        }
        *made = (tidu_effect){.designation = effect->name,
                                   .gain = gain,
                                   .as_of = as_of,
                                   .document = declaration->document,
                                   .line = declaration->line};
        good = read_bounds(world, declaration, attr, made) && good;
        ruleset->effect_count++;
    }
    return good;
}

static bool
read_declaration(struct world *world, const tidu_declaration *declaration)
{
    const tidu_attr *day = tidu_attr_find(&declaration->attrs, "as_of");
    int32_t as_of = INT32_MIN;
    bool good = !day || tidu_date_parse(day->text, strlen(day->text), &as_of) ||
                tidu_compile_complain_at(world, declaration, day, TIDU_BAD_DATE, day->text, NULL,
                                         NULL, NULL);
    for (uint32_t i = 0; i < declaration->attrs.item_count; i++) {
        const tidu_attr *attr = &declaration->attrs.items[i];
        if (attr != day && attr->kind == TIDU_ATTR_MAP)
            good = read_effect(world, declaration, attr, as_of) && good;
    }
    return good;
}

bool
tidu_effects_read(struct world *world)
{
    const tidu_declarations *declared = world->declared;
    uint32_t most = 0;
    bool good = true;
    for (uint32_t i = 0; i < declared->declaration_count; i++)
        if (!strcmp(declared->declarations[i].word, "expect"))
            for (uint32_t a = 0; a < declared->declarations[i].attrs.item_count; a++)
                most += declared->declarations[i].attrs.items[a].item_count;
    world->ruleset->effects =
        tidu_arena_array(world->arena, most, sizeof(tidu_effect));
    if (!world->ruleset->effects)
        return tidu_no_memory(world);
    for (uint32_t i = 0; i < declared->declaration_count; i++)
        if (!strcmp(declared->declarations[i].word, "expect"))
            good = read_declaration(world, &declared->declarations[i]) && good;
    return good;
}
