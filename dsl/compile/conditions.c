/*
 * conditions.c: designations, criteria and scorecards as declared.
 *
 * Expressions are parsed once here, whatever the number of epochs they will be
 * lowered in, so every complaint is made once.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

static bool
is_word(const tidu_declaration *declaration, const char *word)
{
    return strcmp(declaration->word, word) == 0;
}

static bool
is_group(const tidu_declaration *declaration)
{
    return is_word(declaration, "all") || is_word(declaration, "any") ||
           is_word(declaration, "none") || is_word(declaration, "at_least");
}

void *
tidu_world_append(struct world *world, void **table, size_t *count, size_t *capacity, size_t size)
{
    void *grown = tidu_arena_grow(world->arena, *table, *count, capacity, size);
    if (!grown) {
        tidu_no_memory(world);
        return NULL;
    }
    *table = grown;
    return (char *)grown + (*count)++ * size;
}

/* ---- who belongs to whom ---- */

/* Up its parents; a fill's is its slot's. */
int32_t
tidu_designation_of(const struct world *world, const tidu_declaration *declaration)
{
    const tidu_declaration *at = declaration;
    int32_t fill = tidu_slots_fill_of(world, declaration);
    if (fill != TIDU_NONE && world->slots[world->fills[fill].slot].sets != SLOT_VALUE)
        return (int32_t)world->slots[world->fills[fill].slot].designation;
    while (at && !is_word(at, "designation"))
        at = at->parent < 0 ? NULL : &world->declared->declarations[at->parent];
    for (size_t i = 0; at && i < world->designation_count; i++)
        if (world->designations[i].declaration == at)
            return (int32_t)i;
    return TIDU_NONE;
}

static int32_t
criterion_of(const struct world *world, const tidu_declaration *declaration)
{
    for (size_t i = 0; i < world->criterion_count; i++)
        if (world->criteria[i].declaration == declaration)
            return (int32_t)i;
    return TIDU_NONE;
}

static int32_t
parent_criterion(const struct world *world, const tidu_declaration *declaration)
{
    int32_t up = declaration->parent;
    while (up >= 0) {
        const tidu_declaration *parent = &world->declared->declarations[up];
        if (is_word(parent, "criterion"))
            return criterion_of(world, parent);
        up = parent->parent;
    }
    return TIDU_NONE;
}

static bool
no_designation(struct world *world, const tidu_declaration *declaration)
{
    return tidu_compile_complain(world, declaration, TIDU_NO_DESIGNATION, declaration->word,
                         declaration->name ? declaration->name : "", NULL);
}

/* ---- conditions ---- */

static bool
read_expression(struct world *world, const tidu_declaration *declaration, const tidu_attr *attr,
                struct condition *ret)
{
    ret->kind = CONDITION_PART;
    ret->written = tidu_write_down(world, declaration, attr);
    return ret->written.tree && tidu_expr_require(ret->written.tree, TIDU_FLAG, ret->written.text,
                                                  ret->written.place, world->report);
}

static bool
read_items(struct world *world, const tidu_declaration *group, struct condition *ret)
{
    const tidu_attr *items = tidu_attr_find(&group->attrs, "items");
    bool good = true;
    ret->child_count = items ? items->item_count : 0;
    ret->child = tidu_arena_array(world->arena, ret->child_count, sizeof *ret->child);
    if (!ret->child)
        return tidu_no_memory(world);
    for (uint32_t i = 0; i < ret->child_count; i++)
        good = tidu_condition_read(world, group, &items->items[i], &ret->child[i]) && good;
    return good;
}

static bool
read_group(struct world *world, const tidu_declaration *group, struct condition *ret)
{
    const tidu_attr *n = tidu_attr_find(&group->attrs, "n");
    ret->kind = is_word(group, "all")    ? CONDITION_ALL
                : is_word(group, "any")  ? CONDITION_ANY
                : is_word(group, "none") ? CONDITION_NONE
                                         : CONDITION_AT_LEAST;
    ret->least = n ? (uint32_t)n->number : 0;
    ret->line = group->line;
    ret->title.zh = tidu_attr_text(&group->attrs, "zh", NULL);
    ret->title.en = tidu_attr_text(&group->attrs, "en", ret->title.zh);
    return read_items(world, group, ret);
}

bool
tidu_condition_read(struct world *world, const tidu_declaration *declaration,
                    const tidu_attr *attr, struct condition *ret)
{
    if (attr->kind == TIDU_ATTR_DECL) {
        const tidu_declaration *nested = &world->declared->declarations[attr->reference];
        if (is_group(nested))
            return read_group(world, nested, ret);
        int32_t criterion = criterion_of(world, nested);
        ret->kind = CONDITION_CRITERION;
        ret->criterion = (uint32_t)criterion;
        return criterion != TIDU_NONE ||
               tidu_compile_complain(world, nested, TIDU_NO_CONDITION, nested->word,
                                     nested->name ? nested->name : "", NULL);
    }
    return read_expression(world, declaration, attr, ret);
}

static bool
read_criterion(struct world *world, struct criterion *criterion)
{
    const tidu_declaration *declaration = criterion->declaration;
    const tidu_attr *items = tidu_attr_find(&declaration->attrs, "items");
    if (!items || !items->item_count)
        return tidu_compile_complain(world, declaration, TIDU_NO_CONDITION, "criterion",
                             declaration->name, NULL);
    if (items->item_count > 1)
        return tidu_compile_complain_at(world, declaration, &items->items[1], TIDU_MANY_CONDITIONS,
                                        "criterion", declaration->name, NULL, NULL);
    criterion->parent = parent_criterion(world, declaration);
    return tidu_condition_read(world, declaration, &items->items[0], &criterion->condition);
}

/* ---- scorecards ---- */

int32_t
tidu_scorecard_of(const struct world *world, const tidu_declaration *indicator)
{
    int32_t found = TIDU_NONE, fill = tidu_slots_fill_of(world, indicator);
    if (fill != TIDU_NONE && world->slots[world->fills[fill].slot].sets == SLOT_TABLE)
        return (int32_t)world->slots[world->fills[fill].slot].scorecard;
    for (size_t i = 0; i < world->scorecard_count; i++) {
        const tidu_declaration *card = world->scorecards[i].declaration;
        bool before = card < indicator && card->document == indicator->document;
        bool parent = indicator->parent >= 0 &&
                      card == &world->declared->declarations[indicator->parent];
        if (parent)
            return (int32_t)i;
        if (before)
            found = (int32_t)i;
    }
    return found;
}

static bool
bad_points(struct world *world, const struct indicator *indicator, const tidu_attr *attr,
           const char *spelled)
{
    return tidu_compile_complain_at(world, indicator->declaration, attr, TIDU_POINTS_BAD,
                                    indicator->id, spelled, NULL, NULL);
}

static bool
is_decimal(const char *text)
{
    char *end;
    if (!text || !*text)
        return false;
    strtod(text, &end);
    return *end == '\0' && strspn(text, "0123456789.-") == strlen(text);
}

/* Points as they were spelled, in [[ ]] or not; NULL after a complaint. */
static const char *
read_number(struct world *world, const struct indicator *indicator, const tidu_attr *attr)
{
    const char *text = attr->text ? attr->text : "";
    text += strspn(text, " \t\n");
    size_t length = strlen(text);
    while (length && strchr(" \t\n", text[length - 1]))
        length--;
    const char *spelled = tidu_arena_copy_n(world->arena, text, length);
    if (!spelled)
        tidu_no_memory(world);
    else if (!is_decimal(spelled))
        bad_points(world, indicator, attr, spelled);
    return spelled && is_decimal(spelled) ? spelled : NULL;
}

static bool
check_points(struct world *world, const struct indicator *indicator, const tidu_attr *attr,
             const char *spelled)
{
    if (!spelled)
        return false;
    if (strtod(spelled, NULL) > strtod(indicator->most, NULL))
        return tidu_compile_complain_at(world, indicator->declaration, attr, TIDU_POINTS_ABOVE,
                                        indicator->id, spelled, indicator->most, NULL);
    return true;
}

static bool
reserve_bands(struct world *world, struct indicator *indicator, uint32_t count)
{
    indicator->bands = tidu_arena_array(world->arena, count, sizeof *indicator->bands);
    indicator->band_points = tidu_arena_array(world->arena, count, sizeof *indicator->band_points);
    return (indicator->bands && indicator->band_points) || tidu_no_memory(world);
}

/* One band: the condition, or what follows the operand, with its points. */
static bool
add_band(struct world *world, struct indicator *indicator, const char *text, tidu_place place,
         const tidu_attr *points)
{
    bool otherwise = false;
    struct written written = {NULL, text, place};
    written.tree = tidu_expr_parse_band(world->arena, text, place, &world->scope,
                                        indicator->operand.tree, &otherwise, world->report);
    const char *spelled = read_number(world, indicator, points);
    if (!check_points(world, indicator, points, spelled) || !written.tree)
        return false;
    if (otherwise) {
        indicator->otherwise = spelled;
        indicator->otherwise_stated = true;
        return true;
    }
    indicator->bands[indicator->band_count] = written;
    indicator->band_points[indicator->band_count++] = spelled;
    return tidu_expr_require(written.tree, TIDU_FLAG, text, place, world->report);
}

static bool
read_otherwise(struct world *world, struct indicator *indicator, const tidu_attr *bands)
{
    const tidu_attr *otherwise = tidu_attr_find(bands, "otherwise");
    if (!otherwise)
        return true;
    indicator->otherwise = read_number(world, indicator, otherwise);
    indicator->otherwise_stated = true;
    return check_points(world, indicator, otherwise, indicator->otherwise);
}

static bool
read_pairs(struct world *world, struct indicator *indicator, const tidu_attr *list)
{
    bool map = list->kind == TIDU_ATTR_MAP;
    const tidu_attr *pairs = map ? tidu_attr_find(list, "items") : list;
    uint32_t count = pairs ? pairs->item_count : 0;
    bool good = !map || read_otherwise(world, indicator, list);
    if (!reserve_bands(world, indicator, count))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const tidu_attr *pair = &pairs->items[i], *band = pair->items;
        if (pair->item_count < 2) {
            good = bad_points(world, indicator, pair, "");
            continue;
        }
        tidu_place place = {tidu_document_path(world, indicator->declaration), band->line,
                            band->column};
        good = add_band(world, indicator, band->text, place, &pair->items[1]) && good;
    }
    return good;
}

static bool
read_table(struct world *world, struct indicator *indicator, const tidu_table *table)
{
    bool good = true;
    if (table->columns < 2 || table->rows < 2)
        return tidu_compile_complain_at(world, indicator->declaration,
                                        tidu_attr_find(&indicator->declaration->attrs, "table"),
                                        TIDU_TABLE_SHAPE, indicator->id, NULL, NULL, NULL);
    if (!reserve_bands(world, indicator, table->rows))
        return false;
    for (uint32_t row = 1; row < table->rows; row++) {
        const tidu_cell *band = &table->cells[(size_t)row * table->columns];
        const tidu_cell *last = &band[table->columns - 1];
        const tidu_attr points = {.text = last->text, .line = last->line, .column = last->column};
        tidu_place place = {world->declared->documents[table->document].path, band->line,
                            band->column};
        good = add_band(world, indicator, band->text, place, &points) && good;
    }
    return good;
}

static bool
read_operand(struct world *world, struct indicator *indicator)
{
    const tidu_attr *on = tidu_attr_find(&indicator->declaration->attrs, "on");
    if (!on)
        return true;
    indicator->operand = tidu_write_down(world, indicator->declaration, on);
    return indicator->operand.tree != NULL;
}

/* Points are ones, or points; so are plain numbers that no unit was given to. */
static bool
is_points(const tidu_type *type)
{
    return !type->money && !type->count && !type->years && !type->days &&
           (type->score || type->scale.num == type->scale.den);
}

static bool
read_points(struct world *world, struct indicator *indicator, const tidu_attr *points)
{
    char en[80], zh[80];
    struct written *operand = &indicator->operand;
    indicator->kind = POINTS_EXPRESSION;
    *operand = tidu_write_down(world, indicator->declaration, points);
    if (!operand->tree || !tidu_expr_require(operand->tree, TIDU_NUMBER, operand->text,
                                             operand->place, world->report))
        return false;
    return is_points(&operand->tree->type) ||
           tidu_compile_complain_at(world, indicator->declaration, points, TIDU_POINTS_UNIT,
                                    tidu_type_title(&operand->tree->type, TIDU_EN, en, sizeof en),
                                    tidu_type_title(&operand->tree->type, TIDU_ZH, zh, sizeof zh),
                                    NULL, NULL);
}

/* The one way in which an indicator's points come about. */
static bool
find_way(struct world *world, const struct indicator *indicator, const tidu_attr **ret_way)
{
    static const char *const ways[] = {"bands", "table", "points", "each", "unknown"};
    const tidu_attr *map = &indicator->declaration->attrs;
    *ret_way = NULL;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const tidu_attr *way = tidu_attr_find(map, ways[i]);
        if (way && *ret_way)
            return tidu_compile_complain_at(world, indicator->declaration, way, TIDU_POINTS_TWICE,
                                            indicator->id, (*ret_way)->name, way->name, NULL);
        if (way)
            *ret_way = way;
    }
    return *ret_way || tidu_compile_complain(world, indicator->declaration, TIDU_POINTS_MISSING,
                                             indicator->id, NULL, NULL);
}

static bool
read_indicator(struct world *world, struct indicator *indicator)
{
    const tidu_attr *map = &indicator->declaration->attrs, *way;
    indicator->most = tidu_attr_text(map, indicator->slot == TIDU_NONE ? "max" : "points", "0");
    indicator->otherwise = "0";
    if (!is_decimal(indicator->most))
        return bad_points(world, indicator, tidu_attr_find(map, "max"), indicator->most);
    if (indicator->slot != TIDU_NONE) {
        indicator->kind = POINTS_UNKNOWN;
        return true;
    }
    if (!find_way(world, indicator, &way))
        return false;
    if (!strcmp(way->name, "unknown")) {
        indicator->kind = POINTS_UNKNOWN;
        return true;
    }
    if (!strcmp(way->name, "points"))
        return read_points(world, indicator, way);
    if (!read_operand(world, indicator))
        return false;
    indicator->kind = strcmp(way->name, "each") ? POINTS_BANDS : POINTS_EACH;
    if (way->kind == TIDU_ATTR_TABLE)
        return read_table(world, indicator, &world->declared->tables[way->reference]);
    return read_pairs(world, indicator, way);
}

static bool
check_scorecards(struct world *world)
{
    bool good = true;
    for (size_t c = 0; c < world->scorecard_count; c++) {
        bool found = false;
        for (size_t i = 0; i < world->indicator_count; i++)
            found = found || world->indicators[i].scorecard == c;
        if (!found)
            good = tidu_compile_complain(world, world->scorecards[c].declaration,
                                         TIDU_NO_INDICATORS, world->scorecards[c].id, NULL, NULL);
    }
    return good;
}

/* ---- the order of reading: names first, then what speaks of them ---- */

static bool
overlap(struct span a, struct span b)
{
    return a.from <= b.until && b.from <= a.until;
}

static bool
complain_taken(struct world *world, const tidu_declaration *here, const tidu_declaration *there,
               const char *id)
{
    return tidu_compile_collide(world, (struct said){here, NULL}, (struct said){there, NULL},
                                TIDU_NAME_TAKEN, here->word, id, NULL);
}

/* One that is taken is kept all the same: what belongs to it has a home. */
static bool
add_designation(struct world *world, const tidu_declaration *declaration)
{
    struct span span = tidu_words_span(world, declaration);
    struct designation *designation = TIDU_APPEND(world, designation);
    if (!designation)
        return false;
    *designation = (struct designation){declaration, span,
                                        &world->documents[declaration->document]};
    for (const struct designation *other = world->designations; other < designation; other++)
        if (!strcmp(other->declaration->name, declaration->name) && overlap(other->span, span))
            return complain_taken(world, declaration, other->declaration, declaration->name);
    return true;
}

static bool
add_criterion(struct world *world, const tidu_declaration *declaration)
{
    int32_t designation = tidu_designation_of(world, declaration);
    if (designation == TIDU_NONE)
        return no_designation(world, declaration);
    struct criterion *criterion = TIDU_APPEND_TO(world, criteria, criterion);
    if (!criterion)
        return false;
    criterion->declaration = declaration;
    criterion->fill = tidu_slots_fill_of(world, declaration);
    criterion->designation = (uint32_t)designation;
    criterion->parent = TIDU_NONE;
    criterion->id = tidu_arena_printf(world->arena, "%s/%s",
                                      world->designations[designation].declaration->name,
                                      declaration->name);
    return criterion->id || tidu_no_memory(world);
}

static bool
add_scorecard(struct world *world, const tidu_declaration *declaration)
{
    int32_t designation = tidu_designation_of(world, declaration);
    if (designation == TIDU_NONE)
        return no_designation(world, declaration);
    struct scorecard *card = TIDU_APPEND(world, scorecard);
    if (!card)
        return false;
    card->declaration = declaration;
    card->designation = (uint32_t)designation;
    card->id = declaration->name ? declaration->name
                                 : world->designations[designation].declaration->name;
    for (const struct scorecard *other = world->scorecards; other < card; other++)
        if (!strcmp(other->id, card->id) &&
            overlap(world->designations[other->designation].span,
                    world->designations[designation].span))
            return complain_taken(world, declaration, other->declaration, card->id);
    return true;
}

static bool
add_indicator(struct world *world, const tidu_declaration *declaration)
{
    int32_t card = tidu_scorecard_of(world, declaration);
    if (card == TIDU_NONE)
        return no_designation(world, declaration);
    struct indicator *indicator = TIDU_APPEND(world, indicator);
    if (!indicator)
        return false;
    indicator->declaration = declaration;
    indicator->scorecard = (uint32_t)card;
    indicator->slot = TIDU_NONE;
    indicator->fill = tidu_slots_fill_of(world, declaration);
    indicator->group = tidu_attr_text(&declaration->attrs, "group", NULL);
    if (indicator->fill != TIDU_NONE) {
        const struct slot *slot = &world->slots[world->fills[indicator->fill].slot];
        indicator->group = tidu_attr_text(&slot->declaration->attrs, "group", NULL);
    }
    indicator->id = tidu_arena_printf(world->arena, "%s/%s", world->scorecards[card].id,
                                      declaration->name);
    return indicator->id || tidu_no_memory(world);
}

/* A table that lower levels fill is an indicator too: until it is filled,
 * nobody can say how many points it gives. */
static bool
add_table_slot(struct world *world, const tidu_declaration *declaration)
{
    int32_t slot = TIDU_NONE;
    for (size_t i = 0; i < world->slot_count; i++)
        if (world->slots[i].declaration == declaration)
            slot = (int32_t)i;
    if (slot == TIDU_NONE || world->slots[slot].sets != SLOT_TABLE)
        return true;
    if (!add_indicator(world, declaration))
        return false;
    world->indicators[world->indicator_count - 1].slot = slot;
    return true;
}

static bool
is_indicator(const tidu_declaration *declaration)
{
    return is_word(declaration, "indicator") || is_word(declaration, "slot");
}

static bool
add_indicators(struct world *world)
{
    bool good = true;
    for (uint32_t i = 0; i < world->declared->declaration_count && !world->starved; i++) {
        const tidu_declaration *declaration = &world->declared->declarations[i];
        if (is_indicator(declaration))
            good = (is_word(declaration, "slot") ? add_table_slot : add_indicator)(world,
                                                                                   declaration) &&
                   good;
    }
    return good;
}

/* Ids that a fill must not take from what is there already. */
static bool
check_filled_names(struct world *world)
{
    bool good = true;
    for (size_t i = 0; i < world->indicator_count; i++)
        for (size_t k = 0; world->indicators[i].fill != TIDU_NONE && k < world->indicator_count; k++)
            if (world->indicators[k].fill == TIDU_NONE &&
                !strcmp(world->indicators[k].id, world->indicators[i].id) &&
                world->indicators[k].scorecard == world->indicators[i].scorecard)
                good = complain_taken(world, world->indicators[i].declaration,
                                      world->indicators[k].declaration, world->indicators[i].id);
    for (size_t i = 0; i < world->criterion_count; i++)
        for (size_t k = 0; world->criteria[i].fill != TIDU_NONE && k < world->criterion_count; k++)
            if (world->criteria[k].fill == TIDU_NONE &&
                !strcmp(world->criteria[k].id, world->criteria[i].id) &&
                world->criteria[k].designation == world->criteria[i].designation)
                good = complain_taken(world, world->criteria[i].declaration,
                                      world->criteria[k].declaration, world->criteria[i].id);
    return good;
}

/* While it is in force, and where: a fill's are its own. */
static struct span
span_of(const struct world *world, int32_t fill, uint32_t designation)
{
    return fill == TIDU_NONE ? world->designations[designation].span : world->fills[fill].span;
}

/* Some answer could hold both. */
static bool
are_together(const struct world *world, const struct criterion *criterion,
             const struct indicator *indicator)
{
    uint32_t here = tidu_places_of(world, criterion->declaration);
    uint32_t there = tidu_places_of(world, indicator->declaration);
    uint32_t designation = world->scorecards[indicator->scorecard].designation;
    return overlap(span_of(world, criterion->fill, criterion->designation),
                   span_of(world, indicator->fill, designation)) &&
           (tidu_region_within(here, there) || tidu_region_within(there, here));
}

/* Explanations, what-ifs and scenarios name criteria and indicators by their
 * ids alone: one that stood for both would be ambiguous. */
static bool
check_shared_ids(struct world *world)
{
    bool good = true;
    for (size_t i = 0; i < world->indicator_count; i++)
        for (size_t k = 0; k < world->criterion_count; k++) {
            const struct indicator *indicator = &world->indicators[i];
            const tidu_declaration *here = indicator->declaration;
            if (!strcmp(indicator->id, world->criteria[k].id) &&
                are_together(world, &world->criteria[k], indicator))
                good = tidu_compile_collide(world, (struct said){here, NULL},
                                            (struct said){world->criteria[k].declaration, NULL},
                                            TIDU_ID_SHARED, here->word, indicator->id, here->name);
        }
    return good;
}

static bool
add_all(struct world *world, const char *word,
        bool (*add)(struct world *world, const tidu_declaration *declaration))
{
    bool good = true;
    for (uint32_t i = 0; i < world->declared->declaration_count && !world->starved; i++)
        if (is_word(&world->declared->declarations[i], word))
            good = add(world, &world->declared->declarations[i]) && good;
    return good;
}

bool
tidu_conditions_read(struct world *world)
{
    bool good = add_all(world, "designation", add_designation);
    good = add_all(world, "scorecard", add_scorecard) && good;
    good = !world->starved && tidu_slots_settle(world) && good;
    good = add_all(world, "criterion", add_criterion) && good;
    good = add_indicators(world) && good;
    if (world->starved)
        return false;
    good = check_scorecards(world) && good;
    good = check_filled_names(world) && good;
    good = check_shared_ids(world) && good;
    for (size_t i = 0; i < world->name_count; i++)
        good = tidu_names_type(world, &world->names[i]) && good;
    for (size_t i = 0; i < world->criterion_count; i++)
        good = read_criterion(world, &world->criteria[i]) && good;
    for (size_t i = 0; i < world->indicator_count; i++)
        good = read_indicator(world, &world->indicators[i]) && good;
    return good;
}

/* ---- the addresses of thresholds ---- */

struct addresses {
    struct world *world;
    const tidu_declaration *declaration;
    const char *id;
    size_t first;    /* in `list`: where this criterion's begin */
    uint32_t before; /* thresholds of its expressions before this one */
    uint32_t last;   /* and with those of this one */
    tidu_parameter *list;
    size_t total, capacity;
    bool good;
};

static void
add_address(struct addresses *addresses, const char *address, const struct written *written,
            const tidu_node *node)
{
    struct world *world = addresses->world;
    tidu_parameter *list = tidu_arena_grow(world->arena, addresses->list, addresses->total,
                                           &addresses->capacity, sizeof *list);
    addresses->list = list ? list : addresses->list;
    const tidu_node **nodes = tidu_arena_grow(world->arena, world->thresholds,
                                              world->threshold_count,
                                              &world->threshold_capacity, sizeof *nodes);
    world->thresholds = nodes ? nodes : world->thresholds;
    const char *value = tidu_arena_copy_n(world->arena, written->text + node->start,
                                          node->end - node->start);
    if (!list || !nodes || !address || !value) {
        addresses->good = tidu_no_memory(world);
        return;
    }
    tidu_span span = tidu_expr_span(node, written->text, written->place);
    tidu_citation citation = tidu_words_citation(world, addresses->declaration);
    nodes[world->threshold_count++] = node;
    list[addresses->total++] = (tidu_parameter){
        address, value, tidu_words_titles_of(addresses->declaration), citation.document, span.line,
        span.column, citation.path};
}

static bool
has_address(const struct addresses *addresses, const char *address)
{
    for (size_t i = addresses->first; i < addresses->total; i++)
        if (!strcmp(addresses->list[i].address, address))
            return true;
    return false;
}

/* A tree's thresholds are numbered from 1 in the order they stand. A chain
 * `a <= x < b` has x in it twice, but its thresholds only once. The operand
 * that bands share is no part of theirs. */
static void
walk_thresholds(struct addresses *addresses, const struct written *written, const tidu_node *node,
                const tidu_node *operand)
{
    if (node == operand)
        return;
    if (node->threshold) {
        uint32_t number = addresses->before + node->threshold;
        const char *address = tidu_arena_printf(addresses->world->arena, "%s#%u", addresses->id,
                                                number);
        if (!address || !has_address(addresses, address))
            add_address(addresses, address, written, node);
        if (number > addresses->last)
            addresses->last = number;
    }
    for (uint32_t i = 0; i < node->child_count; i++)
        walk_thresholds(addresses, written, node->child[i], operand);
}

static void
walk_written(struct addresses *addresses, const struct written *written, const tidu_node *operand)
{
    addresses->before = addresses->last;
    walk_thresholds(addresses, written, written->tree, operand);
}

static void
walk_condition(struct addresses *addresses, const struct condition *condition)
{
    if (condition->kind == CONDITION_PART)
        walk_written(addresses, &condition->written, NULL);
    for (uint32_t i = 0; i < condition->child_count; i++)
        walk_condition(addresses, &condition->child[i]);
}

static void
walk_indicator(struct addresses *addresses, const struct indicator *indicator)
{
    if (indicator->operand.tree)
        walk_written(addresses, &indicator->operand, NULL);
    for (uint32_t i = 0; i < indicator->band_count; i++)
        walk_written(addresses, &indicator->bands[i], indicator->operand.tree);
}

static void
begin(struct addresses *addresses, const tidu_declaration *declaration, const char *id)
{
    addresses->declaration = declaration;
    addresses->id = id;
    addresses->first = addresses->total;
    addresses->last = 0;
}

/* A param is one threshold and has its name; those of a derived fact are
 * numbered, from 1 in each of its versions. */
static void
walk_names(struct addresses *addresses, tidu_symbol_kind kind)
{
    struct world *world = addresses->world;
    for (size_t i = 0; i < world->name_count; i++) {
        const struct name *name = &world->names[i];
        for (size_t v = 0; name->symbol.kind == kind && v < name->version_count; v++) {
            const struct version *version = &name->versions[v];
            if (version->decision)
                continue; /* its cells have texts of their own: walk_decisions */
            begin(addresses, version->declaration, name->symbol.name);
            if (kind == TIDU_SYMBOL_DERIVE)
                walk_written(addresses, &version->written, NULL);
            else
                add_address(addresses, name->symbol.name, &version->written,
                            version->written.tree);
        }
    }
}

/* A measure's tiers are titles: only its own condition has thresholds. */
static void
walk_support(struct addresses *addresses, const struct support *support)
{
    begin(addresses, support->declaration, support->declaration->name);
    if (support->has_condition)
        walk_condition(addresses, &support->condition);
}

static void
walk_money(struct addresses *addresses)
{
    const struct world *world = addresses->world;
    for (size_t i = 0; i < world->measure_count; i++)
        walk_support(addresses, &world->measures[i].support);
    for (size_t i = 0; i < world->subsidy_count; i++) {
        const struct subsidy *subsidy = &world->subsidies[i];
        walk_support(addresses, &subsidy->support);
        if (subsidy->amount.tree)
            walk_written(addresses, &subsidy->amount, NULL);
        if (subsidy->cap.tree)
            walk_written(addresses, &subsidy->cap, NULL);
    }
    for (size_t i = 0; i < world->stack_count; i++) {
        begin(addresses, world->stacks[i].declaration, world->stacks[i].declaration->name);
        if (world->stacks[i].cap.tree)
            walk_written(addresses, &world->stacks[i].cap, NULL);
    }
    for (size_t i = 0; i < world->transition_count; i++) {
        const struct transition *transition = &world->transitions[i];
        begin(addresses, transition->support.declaration, transition->id);
        if (transition->support.has_condition)
            walk_condition(addresses, &transition->support.condition);
    }
}

/* What cells compare with, and outcomes that are numbers, row by row. */
static void
walk_decision(struct addresses *addresses, const struct decision *decision)
{
    for (uint32_t r = 0; r < decision->row_count; r++) {
        const struct decision_row *row = &decision->rows[r];
        for (uint32_t c = 0; c < decision->column_count; c++)
            if (row->cells[c].tree)
                walk_written(addresses, &row->cells[c], decision->operands[c].tree);
        if (row->outcome.tree)
            walk_written(addresses, &row->outcome, NULL);
    }
}

static void
walk_decisions(struct addresses *addresses)
{
    struct world *world = addresses->world;
    for (size_t i = 0; i < world->name_count; i++) {
        const struct name *name = &world->names[i];
        for (size_t v = 0; v < name->version_count; v++) {
            if (!name->versions[v].decision)
                continue;
            begin(addresses, name->versions[v].declaration, name->symbol.name);
            walk_decision(addresses, name->versions[v].decision);
        }
    }
}

bool
tidu_conditions_parameters(struct world *world)
{
    struct addresses addresses = {.world = world, .good = true};
    walk_names(&addresses, TIDU_SYMBOL_PARAM);
    walk_names(&addresses, TIDU_SYMBOL_DERIVE);
    walk_decisions(&addresses);
    for (size_t i = 0; i < world->criterion_count; i++) {
        begin(&addresses, world->criteria[i].declaration, world->criteria[i].id);
        walk_condition(&addresses, &world->criteria[i].condition);
    }
    for (size_t i = 0; i < world->indicator_count; i++) {
        begin(&addresses, world->indicators[i].declaration, world->indicators[i].id);
        walk_indicator(&addresses, &world->indicators[i]);
    }
    walk_money(&addresses);
    world->ruleset->parameters = addresses.list;
    world->ruleset->parameter_count = (uint32_t)addresses.total;
    return addresses.good;
}
