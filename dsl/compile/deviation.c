/*
 * deviation.c: one rule in every place.
 *
 * What a place says differently is a fill of a slot; nothing else can differ.
 */
#include "internal.h"

#include <string.h>

struct search {
    const tidu_ruleset *ruleset;
    tidu_arena *arena;
    int32_t as_of;
    tidu_deviation *list;
    size_t count, capacity;
    bool starved;
};

static tidu_deviation *
add(struct search *search, const tidu_declaration *declaration, uint32_t place)
{
    tidu_deviation *list = tidu_arena_grow(search->arena, search->list, search->count,
                                           &search->capacity, sizeof *list);
    if (!list) {
        search->starved = true;
        return NULL;
    }
    search->list = list;
    tidu_deviation *made = &list[search->count++];
    *made = (tidu_deviation){.place = place, .title = tidu_words_titles_of(declaration)};
    made->citation = tidu_words_citation(search->ruleset->world, declaration);
    return made;
}

static bool
counts(const struct search *search, struct span span)
{
    return span.from <= search->as_of && search->as_of <= span.until;
}

/* In base units, as doubles: it is shown, not judged. */
static double
number_of(struct search *search, const struct version *version)
{
    struct span day = {search->as_of, search->as_of};
    struct world world = *search->ruleset->world;
    struct chain chain = {.count = 0};
    double number = 0;
    mpq_t exact;
    world.arena = search->arena;
    world.report = tidu_report_open();
    if (!world.report) {
        search->starved = true;
        return number;
    }
    mpq_init(exact);
    if (tidu_lower_exact(&world, &version->written, day, &chain, exact))
        number = mpq_get_d(exact);
    else if (world.starved || tidu_report_error_count(world.report))
        search->starved = true; /* it could be told when the rules were compiled */
    mpq_clear(exact);
    tidu_report_close(&world.report);
    return number;
}

/* A value that may only be tightened shows which way it went. */
static int
direction_of(const struct slot *slot, double difference)
{
    const char *tighten = tidu_attr_text(&slot->declaration->attrs, "tighten", NULL);
    if (!tighten || difference == 0)
        return 0;
    return (difference > 0) == !strcmp(tighten, "up") ? 1 : -1;
}

static double
in_unit(double base, const tidu_unit *unit)
{
    tidu_scale scale = unit ? tidu_unit_scale(unit) : (tidu_scale){1, 1};
    return base * (double)scale.den / (double)scale.num;
}

static void
find_values(struct search *search, const struct slot *slot, tidu_deviation *ret_base)
{
    const struct world *world = search->ruleset->world;
    const struct version *base = NULL;
    for (size_t i = 0; i < world->name_count; i++) {
        const struct name *name = &world->names[i];
        if (strcmp(name->symbol.name, slot->id))
            continue;
        for (size_t v = 0; v < name->version_count; v++) {
            const struct version *version = &name->versions[v];
            if (!counts(search, version->span))
                continue;
            if (version->place == slot->place) {
                base = version;
                ret_base->value = version->written.text;
                continue;
            }
            tidu_deviation *made = add(search, version->declaration, version->place);
            if (!made)
                return;
            made->value = version->written.text;
            made->unit = name->symbol.type.unit;
            made->difference = in_unit(
                number_of(search, version) - (base ? number_of(search, base) : 0), made->unit);
            made->direction = direction_of(slot, made->difference);
        }
    }
}

static void
find_fills(struct search *search, uint32_t slot)
{
    const struct world *world = search->ruleset->world;
    for (size_t i = 0; i < world->fill_count; i++) {
        const struct fill *fill = &world->fills[i];
        if (fill->slot != slot || !counts(search, fill->span))
            continue;
        tidu_deviation *made = add(search, fill->declaration, fill->place);
        if (made && world->slots[slot].sets == SLOT_CONDITIONS)
            made->direction = 1; /* one condition more */
    }
}

static bool
is_rule(const tidu_ruleset *ruleset, const char *id)
{
    const struct world *world = ruleset->world;
    size_t length = strlen(id);
    for (uint32_t i = 0; i < ruleset->parameter_count; i++)
        if (!strcmp(ruleset->parameters[i].address, id))
            return true;
    for (size_t i = 0; i < world->criterion_count; i++)
        if (!strcmp(world->criteria[i].id, id) ||
            (!strncmp(world->criteria[i].id, id, length) && world->criteria[i].id[length] == '/'))
            return true;
    for (size_t i = 0; i < world->indicator_count; i++)
        if (!strcmp(world->indicators[i].id, id))
            return true;
    return tidu_support_subsidy(world, id) != TIDU_NONE;
}

/* What the rule is called, when it is declared and not an address within one. */
static tidu_titles
titles_of(const struct world *world, const char *id)
{
    for (size_t i = 0; i < world->designation_count; i++)
        if (!strcmp(world->designations[i].declaration->name, id))
            return tidu_words_titles_of(world->designations[i].declaration);
    for (size_t i = 0; i < world->criterion_count; i++)
        if (!strcmp(world->criteria[i].id, id))
            return tidu_words_titles_of(world->criteria[i].declaration);
    for (size_t i = 0; i < world->indicator_count; i++)
        if (!strcmp(world->indicators[i].id, id))
            return tidu_words_titles_of(world->indicators[i].declaration);
    return (tidu_titles){id, id};
}

/* The slot itself, or all slots of the designation. */
static bool
concerns(const struct world *world, const struct slot *slot, const char *id)
{
    if (!strcmp(slot->id, id))
        return true;
    return slot->sets != SLOT_VALUE &&
           !strcmp(world->designations[slot->designation].declaration->name, id);
}

bool
tidu_ruleset_deviations(const tidu_ruleset *ruleset, const char *id, int32_t as_of,
                        tidu_arena *arena, tidu_deviation *ret_base,
                        const tidu_deviation **ret_list, uint32_t *ret_count, tidu_error *reterr)
{
    const struct world *world = ruleset->world;
    struct search search = {.ruleset = ruleset, .arena = arena, .as_of = as_of};
    bool known = is_rule(ruleset, id);
    *ret_base = (tidu_deviation){.place = TIDU_COUNTRY_CODE, .title = titles_of(world, id)};
    for (uint32_t i = 0; i < world->slot_count; i++) {
        const struct slot *slot = &world->slots[i];
        if (!concerns(world, slot, id))
            continue;
        known = true;
        if (!counts(&search, slot->span))
            continue;
        ret_base->title = tidu_words_titles_of(slot->declaration);
        ret_base->place = slot->place;
        ret_base->citation = tidu_words_citation(world, slot->declaration);
        if (slot->sets == SLOT_VALUE)
            find_values(&search, slot, ret_base);
        else
            find_fills(&search, i);
    }
    if (search.starved)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    *ret_list = search.list;
    *ret_count = (uint32_t)search.count;
    return known || tidu_error_set(reterr, TIDU_NO_SUCH_RULE, id, NULL);
}
