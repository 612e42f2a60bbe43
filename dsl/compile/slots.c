/*
 * slots.c: what an upper level lets a lower one set, and what it sets.
 *
 * The order of decision is time, place, competence, layer: a fill counts only
 * while its slot is open, in the places below the one that opened it, when its
 * level may fill it, and of those that remain the most local one counts. What
 * has no slot, or goes beyond it, is an error that shows both places.
 *
 *   slot (national) ◄── fill (province) ◄── fill (city): the city's counts there
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
is_word(const tidu_declaration *declaration, const char *word)
{
    return strcmp(declaration->word, word) == 0;
}

static const tidu_declaration *
parent_of(const struct world *world, const tidu_declaration *declaration)
{
    return declaration->parent < 0 ? NULL : &world->declared->declarations[declaration->parent];
}

/* ---- slots ---- */

static bool
read_sets(struct world *world, struct slot *slot)
{
    static const char *const names[] = {"value", "table", "conditions", NULL};
    const tidu_declaration *declaration = slot->declaration;
    const char *sets = tidu_attr_text(&declaration->attrs, "sets", "value");
    unsigned kind = 0;
    while (names[kind] && strcmp(names[kind], sets))
        kind++;
    if (!names[kind])
        return tidu_compile_complain_at(world, declaration,
                                        tidu_attr_find(&declaration->attrs, "sets"),
                                        TIDU_SLOT_SETS, declaration->name, sets, NULL, NULL);
    slot->sets = kind;
    return true;
}

/* Nobody named: whoever lies below. */
static bool
read_levels(struct world *world, struct slot *slot)
{
    const tidu_attr *list = tidu_attr_find(&slot->declaration->attrs, "level");
    bool good = true;
    slot->levels = list ? 0 : 1u << TIDU_PROVINCE | 1u << TIDU_CITY | 1u << TIDU_COUNTY;
    for (uint32_t i = 0; list && i < list->item_count; i++) {
        tidu_level level = tidu_level_find(list->items[i].text);
        slot->levels |= 1u << level;
        if (level == TIDU_LEVEL_COUNT)
            good = tidu_compile_complain_at(world, slot->declaration, &list->items[i],
                                            TIDU_BAD_LEVEL, list->items[i].text, NULL, NULL,
                                            NULL);
    }
    return good;
}

static bool
check_tighten(struct world *world, const tidu_declaration *slot)
{
    const tidu_attr *attr = tidu_attr_find(&slot->attrs, "tighten");
    return !attr || !strcmp(attr->text, "up") || !strcmp(attr->text, "down") ||
           tidu_compile_complain_at(world, slot, attr, TIDU_SLOT_TIGHTEN, slot->name, attr->text,
                                    NULL, NULL);
}

/* "srdi/features": what it stands in, and its name. */
static const char *
id_of(struct world *world, const struct slot *slot)
{
    const tidu_declaration *at = slot->declaration, *above = parent_of(world, at);
    if (slot->sets == SLOT_VALUE)
        return at->name;
    if (!above) {
        tidu_compile_complain(world, at, TIDU_NO_DESIGNATION, at->word, at->name, NULL);
        return NULL;
    }
    const char *home = above->name;
    if (slot->sets == SLOT_CONDITIONS || !home) /* a scorecard without a name has its designation's */
        while (above && !is_word(above, "designation"))
            above = parent_of(world, above);
    const char *id = tidu_arena_printf(world->arena, "%s/%s", above ? above->name : home, at->name);
    if (slot->sets == SLOT_TABLE && home)
        id = tidu_arena_printf(world->arena, "%s/%s", home, at->name);
    if (!id)
        tidu_no_memory(world);
    return id;
}

static bool
overlap(struct span a, struct span b)
{
    return a.from <= b.until && b.from <= a.until;
}

static bool
check_only_slot(struct world *world, const struct slot *slot)
{
    for (const struct slot *other = world->slots; other < slot; other++)
        if (!strcmp(other->id, slot->id) && overlap(other->span, slot->span))
            return tidu_compile_collide(world, (struct said){slot->declaration, NULL},
                                        (struct said){other->declaration, NULL}, TIDU_NAME_TAKEN,
                                        "slot", slot->id, NULL);
    return true;
}

static bool
read_slot(struct world *world, const tidu_declaration *declaration)
{
    struct slot *slot = TIDU_APPEND(world, slot);
    if (!slot)
        return false;
    slot->declaration = declaration;
    slot->place = tidu_places_of(world, declaration);
    bool good = read_sets(world, slot);
    good = read_levels(world, slot) && good;
    good = check_tighten(world, declaration) && good;
    good = tidu_words_dates(world, declaration, &slot->span) && good;
    slot->id = id_of(world, slot);
    if (!slot->id)
        slot->id = declaration->name;
    return check_only_slot(world, slot) && good;
}

int32_t
tidu_slots_find(const struct world *world, const char *id)
{
    for (size_t i = 0; i < world->slot_count; i++)
        if (!strcmp(world->slots[i].id, id))
            return (int32_t)i;
    return TIDU_NONE;
}

/* ---- fills ---- */

static bool
complain_fill(struct world *world, const struct fill *fill, tidu_code code, const char *first,
              const char *second)
{
    return tidu_compile_collide(world, (struct said){fill->declaration, NULL},
                                (struct said){world->slots[fill->slot].declaration, NULL}, code,
                                fill->declaration->name, first, second);
}

/* Of slots of one name, the first that is open while the fill lasts. */
static int32_t
slot_for(const struct world *world, const char *id, struct span span)
{
    const struct slot *found = NULL;
    for (size_t i = 0; i < world->slot_count; i++) {
        const struct slot *slot = &world->slots[i];
        bool open = overlap(slot->span, span), other = found && overlap(found->span, span);
        if (!strcmp(slot->id, id) &&
            (!found || open > other || (open == other && slot->span.from < found->span.from)))
            found = slot;
    }
    return found ? (int32_t)(found - world->slots) : TIDU_NONE;
}

static bool
check_time(struct world *world, struct fill *fill)
{
    const struct slot *slot = &world->slots[fill->slot];
    char day[11];
    if (fill->span.from > slot->span.until)
        return complain_fill(world, fill, TIDU_FILL_LATE,
                             tidu_show_date(day, slot->span.until), NULL);
    if (fill->span.until < slot->span.from)
        return complain_fill(world, fill, TIDU_FILL_EARLY, tidu_show_date(day, slot->span.from),
                             NULL);
    if (fill->span.from < slot->span.from)
        fill->span.from = slot->span.from;
    if (fill->span.until > slot->span.until)
        fill->span.until = slot->span.until;
    return true;
}

static bool
check_place(struct world *world, const struct fill *fill)
{
    const struct slot *slot = &world->slots[fill->slot];
    bool below = fill->place != slot->place && tidu_region_within(fill->place, slot->place);
    return below || complain_fill(world, fill, TIDU_FILL_PLACE, NULL, NULL);
}

static bool
check_competence(struct world *world, const struct fill *fill)
{
    const struct slot *slot = &world->slots[fill->slot];
    tidu_level level = tidu_region_level(fill->place);
    return tidu_places_levels(world, fill->place) & slot->levels ||
           complain_fill(world, fill, TIDU_FILL_LEVEL, tidu_level_title(level, true),
                         tidu_level_title(level, false));
}

static bool
check_only_fill(struct world *world, const struct fill *fill)
{
    for (const struct fill *other = world->fills; other < fill; other++)
        if (other->slot == fill->slot && other->place == fill->place &&
            overlap(other->span, fill->span))
            return tidu_compile_collide(world, (struct said){fill->declaration, NULL},
                                        (struct said){other->declaration, NULL}, TIDU_NAME_TAKEN,
                                        "fill", fill->declaration->name, NULL);
    return true;
}

static bool
check_value_given(struct world *world, const struct fill *fill)
{
    const tidu_attr *items = tidu_attr_find(&fill->declaration->attrs, "items");
    bool value = world->slots[fill->slot].sets == SLOT_VALUE;
    if (value == (items && items->item_count))
        return true;
    return complain_fill(world, fill, value ? TIDU_FILL_NO_VALUE : TIDU_FILL_NO_ITEMS, NULL, NULL);
}

static bool
read_fill(struct world *world, const tidu_declaration *declaration)
{
    struct fill fill = {.declaration = declaration, .place = tidu_places_of(world, declaration)};
    if (!tidu_words_dates(world, declaration, &fill.span))
        return false;
    int32_t slot = slot_for(world, declaration->name, fill.span);
    if (slot == TIDU_NONE)
        return tidu_compile_complain(world, declaration, TIDU_FILL_NO_SLOT, declaration->name, NULL,
                                     NULL);
    fill.slot = (uint32_t)slot;
    bool good = check_time(world, &fill) && check_place(world, &fill) &&
                check_competence(world, &fill) && check_value_given(world, &fill);
    struct fill *kept = TIDU_APPEND(world, fill);
    if (!kept)
        return false;
    *kept = fill;
    return good && check_only_fill(world, kept);
}

static bool
read_all(struct world *world, const char *word,
         bool (*read)(struct world *world, const tidu_declaration *declaration))
{
    bool good = true;
    for (uint32_t i = 0; i < world->declared->declaration_count && !world->starved; i++)
        if (is_word(&world->declared->declarations[i], word))
            good = read(world, &world->declared->declarations[i]) && good;
    return good;
}

bool
tidu_slots_read(struct world *world)
{
    bool good = read_all(world, "slot", read_slot);
    return read_all(world, "fill", read_fill) && good;
}

int32_t
tidu_slots_fill_of(const struct world *world, const tidu_declaration *declaration)
{
    while (declaration && !is_word(declaration, "fill"))
        declaration = parent_of(world, declaration);
    for (size_t i = 0; declaration && i < world->fill_count; i++)
        if (world->fills[i].declaration == declaration)
            return (int32_t)i;
    return TIDU_NONE;
}

bool
tidu_slots_settle(struct world *world)
{
    for (size_t i = 0; i < world->slot_count; i++) {
        struct slot *slot = &world->slots[i];
        if (slot->sets == SLOT_VALUE)
            continue;
        int32_t designation = tidu_designation_of(world, slot->declaration);
        int32_t card = slot->sets == SLOT_TABLE ? tidu_scorecard_of(world, slot->declaration) : 0;
        if (designation == TIDU_NONE || card == TIDU_NONE)
            return tidu_compile_complain(world, slot->declaration, TIDU_NO_DESIGNATION, "slot",
                                         slot->declaration->name, NULL);
        slot->designation = (uint32_t)designation;
        slot->scorecard = (uint32_t)card;
    }
    return true;
}

int32_t
tidu_slots_chosen(const struct world *world, uint32_t slot, struct epoch epoch,
                  const struct chain *chain)
{
    int32_t best = TIDU_NONE, best_rank = 0;
    for (size_t i = 0; i < world->fill_count; i++) {
        const struct fill *fill = &world->fills[i];
        int32_t rank = tidu_chain_rank(chain, fill->place);
        if (fill->slot == slot && rank > 0 && tidu_epoch_within(epoch, fill->span) &&
            rank > best_rank) {
            best = (int32_t)i;
            best_rank = rank;
        }
    }
    return best;
}

/* ---- what a slot allows ---- */

/* The value of an expression of the slot's, as words and exactly. */
static bool
limit_of(struct world *world, const struct fill *fill, const char *name, mpq_t ret)
{
    const struct slot *slot = &world->slots[fill->slot];
    const tidu_attr *attr = tidu_attr_find(&slot->declaration->attrs, name);
    struct chain chain = {.count = 0};
    if (!attr)
        return false;
    if (!strcmp(name, "items"))
        attr = &attr->items[0];
    struct written written = tidu_write_down(world, slot->declaration, attr);
    return written.tree && tidu_lower_exact(world, &written, fill->span, &chain, ret);
}

/* An expression without the blanks around it. */
static const char *
spelled(struct world *world, const char *text)
{
    size_t first = text ? strspn(text, " \t\n") : 0, length = text ? strlen(text) : 0;
    while (length > first && strchr(" \t\n", text[length - 1]))
        length--;
    const char *words = text ? tidu_arena_copy_n(world->arena, text + first, length - first) : NULL;
    return words ? words : "";
}

static bool
complain_limit(struct world *world, const struct fill *fill, tidu_code code, const char *name)
{
    const tidu_declaration *slot = world->slots[fill->slot].declaration;
    const tidu_attr *attr = tidu_attr_find(&slot->attrs, name);
    const tidu_attr *items = tidu_attr_find(&fill->declaration->attrs, "items");
    if (attr && !strcmp(name, "items"))
        attr = &attr->items[0];
    return tidu_compile_collide(world, (struct said){fill->declaration, &items->items[0]},
                                (struct said){slot, attr}, code, fill->declaration->name,
                                spelled(world, items->items[0].text),
                                spelled(world, attr ? attr->text : NULL));
}

static bool
check_tighter(struct world *world, const struct fill *fill, const mpq_t value, mpq_t limit)
{
    const tidu_declaration *slot = world->slots[fill->slot].declaration;
    const char *tighten = tidu_attr_text(&slot->attrs, "tighten", NULL);
    if (!tighten)
        return true;
    if (!limit_of(world, fill, "items", limit))
        return true;
    int order = mpq_cmp(value, limit);
    return (strcmp(tighten, "up") ? order <= 0 : order >= 0) ||
           complain_limit(world, fill, TIDU_FILL_LOOSER, "items");
}

static bool
check_value(struct world *world, const struct fill *fill)
{
    const tidu_attr *items = tidu_attr_find(&fill->declaration->attrs, "items");
    struct chain chain = tidu_places_chain(world, fill->place);
    mpq_t value, limit;
    if (!items || !items->item_count)
        return true;
    struct written written = tidu_write_down(world, fill->declaration, &items->items[0]);
    if (!written.tree)
        return false;
    mpq_inits(value, limit, NULL);
    bool good = tidu_lower_exact(world, &written, fill->span, &chain, value);
    if (!good)
        complain_limit(world, fill, TIDU_FILL_NOT_FIXED, "items");
    good = good && check_tighter(world, fill, value, limit);
    if (good && limit_of(world, fill, "low", limit) && mpq_cmp(value, limit) < 0)
        good = complain_limit(world, fill, TIDU_FILL_BEYOND, "low");
    if (good && limit_of(world, fill, "high", limit) && mpq_cmp(value, limit) > 0)
        good = complain_limit(world, fill, TIDU_FILL_BEYOND, "high");
    mpq_clears(value, limit, NULL);
    return good;
}

static const char *
count_words(struct world *world, double number)
{
    const char *words = tidu_arena_printf(world->arena, "%.15g", number);
    return words ? words : "";
}

/* How many the slot allows: by its range, or what it tolerates of one place. */
static bool
check_count(struct world *world, const struct fill *fill, uint32_t count)
{
    const tidu_attr *map = &world->slots[fill->slot].declaration->attrs;
    const tidu_attr *range = tidu_attr_find(map, "indicators"), *most = tidu_attr_find(map, "most");
    const tidu_attr *tolerated = tidu_attr_find(map, "tolerates");
    char place[8];
    double least = range ? range->items[0].number : 0;
    double limit = range ? range->items[1].number : most ? most->number : (double)count;
    snprintf(place, sizeof place, "%06u", fill->place % 1000000);
    tolerated = tolerated ? tidu_attr_find(tolerated, place) : NULL;
    if (tolerated && tolerated->number > limit)
        limit = tolerated->number;
    if (count >= least && count <= limit)
        return true;
    const char *range_words = tidu_arena_printf(world->arena, "%.15g–%.15g", least, limit);
    return complain_fill(world, fill, TIDU_FILL_COUNT, count_words(world, count), range_words);
}

static bool
check_table(struct world *world, const struct fill *fill)
{
    const tidu_attr *points = tidu_attr_find(&world->slots[fill->slot].declaration->attrs,
                                             "points");
    double sum = 0;
    uint32_t count = 0;
    for (size_t i = 0; i < world->indicator_count; i++)
        if (world->indicators[i].fill == (int32_t)(fill - world->fills)) {
            sum += strtod(world->indicators[i].most, NULL);
            count++;
        }
    if (points && sum > points->number)
        return complain_fill(world, fill, TIDU_FILL_POINTS, count_words(world, sum),
                             count_words(world, points->number));
    return check_count(world, fill, count);
}

static bool
check_conditions(struct world *world, const struct fill *fill)
{
    uint32_t count = 0;
    for (size_t i = 0; i < world->criterion_count; i++)
        count += world->criteria[i].fill == (int32_t)(fill - world->fills) &&
                 world->criteria[i].parent == TIDU_NONE;
    return count ? check_count(world, fill, count)
                 : complain_fill(world, fill, TIDU_FILL_NO_ITEMS, NULL, NULL);
}

bool
tidu_slots_check(struct world *world)
{
    bool good = true;
    for (size_t i = 0; i < world->fill_count; i++) {
        const struct fill *fill = &world->fills[i];
        const struct slot *slot = &world->slots[fill->slot];
        good = (slot->sets == SLOT_VALUE   ? check_value(world, fill)
                : slot->sets == SLOT_TABLE ? check_table(world, fill)
                                           : check_conditions(world, fill)) &&
               good;
    }
    return good;
}
