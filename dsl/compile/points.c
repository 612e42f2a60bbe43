/*
 * points.c: scorecards and their indicators, while a program is made.
 *
 * INVARIANT: scorecards of a designation and a card's indicators stand together
 * in the program, whoever pulled one of them in: their numbers are given out
 * before anything of them is lowered.
 */
#include "outline.h"

#include <stdlib.h>
#include <string.h>

static bool
fail(struct outline *outline)
{
    outline->lowering.failed = true;
    return false;
}

/* ---- indicators ---- */

static bool
pick_points(struct outline *outline, const struct indicator *indicator, tidu_step *ret_low,
            tidu_step *ret_high)
{
    struct lowering *lowering = &outline->lowering;
    uint32_t count = indicator->band_count;
    tidu_step *flags = malloc((count + 1) * sizeof *flags);
    uint32_t *points = malloc((count + 1) * sizeof *points);
    bool each = indicator->kind == POINTS_EACH;
    for (uint32_t i = 0; flags && points && i < count; i++) {
        lowering->written = &indicator->bands[i];
        flags[i] = tidu_lower(lowering, indicator->bands[i].tree, 0).low;
        points[i] = tidu_lower_decimal(lowering, indicator->band_points[i]);
    }
    if (flags && points && !lowering->failed) {
        uint32_t last = tidu_lower_decimal(lowering, each ? indicator->most : indicator->otherwise);
        *ret_low =
            tidu_builder_points(lowering->builder, each ? TIDU_DO_COLLECT_LOW : TIDU_DO_PICK_LOW,
                                flags, points, count, last);
        *ret_high =
            tidu_builder_points(lowering->builder, each ? TIDU_DO_COLLECT_HIGH : TIDU_DO_PICK_HIGH,
                                flags, points, count, last);
    }
    free(flags);
    free(points);
    return !lowering->failed;
}

static tidu_step
clamp(tidu_builder *builder, tidu_step step, uint32_t least, uint32_t most)
{
    step = tidu_builder_step(builder, TIDU_DO_MAX, step, tidu_builder_constant_step(builder, least),
                             0);
    return tidu_builder_step(builder, TIDU_DO_MIN, step, tidu_builder_constant_step(builder, most),
                             0);
}

static bool
express_points(struct outline *outline, const struct indicator *indicator, tidu_step *ret_low,
               tidu_step *ret_high)
{
    struct lowering *lowering = &outline->lowering;
    tidu_builder *builder = lowering->builder;
    uint32_t none = tidu_lower_decimal(lowering, "0");
    uint32_t most = tidu_lower_decimal(lowering, indicator->most);
    lowering->written = &indicator->operand;
    struct value value = tidu_lower_points(lowering, indicator->operand.tree);
    if (lowering->failed)
        return false;
    tidu_step low = clamp(builder, value.low, none, most);
    tidu_step high = clamp(builder, value.high, none, most);
    *ret_low = tidu_builder_step(builder, TIDU_DO_FILL, low, TIDU_NO_STEP, none);
    *ret_high = tidu_builder_step(builder, TIDU_DO_FILL, high, TIDU_NO_STEP, most);
    return true;
}

static bool
unknown_points(struct outline *outline, const struct indicator *indicator, tidu_step *ret_low,
               tidu_step *ret_high)
{
    struct lowering *lowering = &outline->lowering;
    *ret_low = tidu_builder_constant_step(lowering->builder, tidu_lower_decimal(lowering, "0"));
    *ret_high = tidu_builder_constant_step(lowering->builder,
                                           tidu_lower_decimal(lowering, indicator->most));
    return true;
}

static bool
lower_indicator(struct outline *outline, const struct indicator *indicator, tidu_step *ret_low,
                tidu_step *ret_high)
{
    bool good = indicator->kind == POINTS_UNKNOWN
                    ? unknown_points(outline, indicator, ret_low, ret_high)
                : indicator->kind == POINTS_EXPRESSION
                    ? express_points(outline, indicator, ret_low, ret_high)
                    : pick_points(outline, indicator, ret_low, ret_high);
    return (good && *ret_low != TIDU_NO_STEP && *ret_high != TIDU_NO_STEP) || fail(outline);
}

/* An indicator of the card that counts here: a slot that is filled gives way
 * to what fills it. */
static bool
stands_in(const struct outline *outline, const struct indicator *indicator, uint32_t card)
{
    return indicator->scorecard == card && tidu_outline_chosen(outline, indicator->fill) &&
           (indicator->slot == TIDU_NONE || outline->fills[indicator->slot] == TIDU_NONE);
}

/* False, and nothing said, when the indicator asks for itself. */
static bool
emit_indicator(struct outline *outline, size_t number)
{
    const struct indicator *indicator = &outline->world->indicators[number];
    const tidu_declaration *declaration = indicator->declaration;
    tidu_step low = TIDU_NO_STEP, high = TIDU_NO_STEP;
    if (outline->indicator_states[number] != NOT_YET)
        return outline->indicator_states[number] == READY;
    outline->indicator_states[number] = ON_THE_WAY;
    if (!lower_indicator(outline, indicator, &low, &high))
        return false;
    outline->indicator_states[number] = READY;
    tidu_indicator *made = &outline->indicators[outline->indicator_places[number]];
    made->id = indicator->id;
    made->name = declaration->name;
    made->group = indicator->group;
    made->title = tidu_words_titles_of(declaration);
    const char *why = tidu_attr_text(&declaration->attrs, "unknown", NULL);
    made->note_zh = tidu_attr_text(&declaration->attrs, "note_zh", why);
    made->note_en = tidu_attr_text(&declaration->attrs, "note_en", made->note_zh);
    made->certainty = tidu_words_certainty(outline->world, declaration, &made->mark);
    made->citation = tidu_words_citation(outline->world, declaration);
    made->most = strtod(indicator->most, NULL);
    made->low = outline->indicator_low[number] = low;
    made->high = outline->indicator_high[number] = high;
    return tidu_builder_columns(outline->lowering.builder, outline->arena, high, &made->columns,
                                &made->column_count) ||
           fail(outline);
}

static bool
is_of(const struct outline *outline, const struct indicator *indicator, uint32_t card,
      const char *group)
{
    return stands_in(outline, indicator, card) &&
           (!group || (indicator->group && !strcmp(indicator->group, group)));
}

/* The sum over a card's indicators, or over those of one group. False, and
 * nothing said, when there are none or one of them asks for the sum. */
static bool
sum_points(struct outline *outline, uint32_t card, const char *group, tidu_step *ret_low,
           tidu_step *ret_high)
{
    const struct world *world = outline->world;
    tidu_step *low = malloc((world->indicator_count + 1) * sizeof *low);
    tidu_step *high = malloc((world->indicator_count + 1) * sizeof *high);
    uint32_t count = 0;
    bool good = (low && high) || fail(outline);
    for (size_t i = 0; good && i < world->indicator_count; i++) {
        if (!is_of(outline, &world->indicators[i], card, group))
            continue;
        good = emit_indicator(outline, i);
        low[count] = outline->indicator_low[i];
        high[count++] = outline->indicator_high[i];
    }
    if (good && count) {
        *ret_low = tidu_builder_list(outline->lowering.builder, TIDU_DO_SUM, 0, low, count);
        *ret_high = tidu_builder_list(outline->lowering.builder, TIDU_DO_SUM, 0, high, count);
        good = (*ret_low != TIDU_NO_STEP && *ret_high != TIDU_NO_STEP) || fail(outline);
    }
    free(low);
    free(high);
    return good && count;
}

/* What fills a slot comes where the slot stands. */
static void
place_fill(struct outline *outline, uint32_t card, int32_t fill)
{
    for (size_t i = 0; i < outline->world->indicator_count; i++)
        if (outline->world->indicators[i].fill == fill &&
            outline->world->indicators[i].scorecard == card)
            outline->indicator_places[i] = outline->indicator_count++;
}

static void
number_card(struct outline *outline, uint32_t card)
{
    const struct world *world = outline->world;
    outline->cards[card] =
        (struct card_place){outline->scorecard_count++, outline->indicator_count};
    for (size_t i = 0; i < world->indicator_count; i++) {
        const struct indicator *indicator = &world->indicators[i];
        if (indicator->scorecard != card || indicator->fill != TIDU_NONE)
            continue;
        if (stands_in(outline, indicator, card))
            outline->indicator_places[i] = outline->indicator_count++;
        else
            place_fill(outline, card, outline->fills[indicator->slot]);
    }
}

/* A designation's cards are numbered in the order they were declared in, and
 * so are their indicators. */
void
tidu_points_number(struct outline *outline, uint32_t designation)
{
    for (uint32_t c = 0; c < outline->world->scorecard_count; c++)
        if (outline->world->scorecards[c].designation == designation)
            number_card(outline, c);
}

static bool
has_group(const tidu_group_score *groups, uint32_t count, const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (!strcmp(groups[i].name, name))
            return true;
    return false;
}

static bool
emit_groups(struct outline *outline, uint32_t card, tidu_scorecard *made)
{
    const struct world *world = outline->world;
    tidu_group_score *groups =
        tidu_arena_array(outline->arena, world->indicator_count, sizeof *groups);
    if (!groups)
        return fail(outline);
    for (size_t i = 0; i < world->indicator_count; i++) {
        const struct indicator *indicator = &world->indicators[i];
        if (!stands_in(outline, indicator, card) || !indicator->group ||
            has_group(groups, made->group_count, indicator->group))
            continue;
        tidu_group_score *group = &groups[made->group_count++];
        group->name = indicator->group;
        if (!sum_points(outline, card, group->name, &group->low, &group->high))
            return fail(outline);
    }
    made->groups = groups;
    return true;
}

static bool
emit_scorecard(struct outline *outline, uint32_t card)
{
    const struct scorecard *declared = &outline->world->scorecards[card];
    const struct card_place *place = &outline->cards[card];
    const tidu_attr *most = tidu_attr_find(&declared->declaration->attrs, "max");
    tidu_scorecard *made = &outline->scorecards[place->number];
    *made = (tidu_scorecard){.id = declared->id,
                             .title = tidu_words_titles_of(declared->declaration),
                             .most = most ? most->number : 0,
                             .first_indicator = place->first_indicator};
    for (size_t i = 0; i < outline->world->indicator_count; i++)
        made->indicator_count += stands_in(outline, &outline->world->indicators[i], card);
    return (sum_points(outline, card, NULL, &made->low, &made->high) &&
            emit_groups(outline, card, made)) ||
           fail(outline);
}

/* ---- what expressions ask of points ---- */

static bool
card_in_force(const struct outline *outline, uint32_t card)
{
    return tidu_outline_counts(outline, outline->world->scorecards[card].designation);
}

/* The points of a slot that is filled: those of the indicators that fill it. */
static bool
points_of_fill(struct outline *outline, int32_t fill, tidu_step *ret_low, tidu_step *ret_high)
{
    const struct world *world = outline->world;
    tidu_builder *builder = outline->lowering.builder;
    *ret_low = *ret_high =
        tidu_builder_constant_step(builder, tidu_lower_decimal(&outline->lowering, "0"));
    for (size_t i = 0; i < world->indicator_count; i++) {
        if (world->indicators[i].fill != fill)
            continue;
        if (!emit_indicator(outline, i))
            return false;
        *ret_low = tidu_builder_step(builder, TIDU_DO_ADD, *ret_low, outline->indicator_low[i], 0);
        *ret_high =
            tidu_builder_step(builder, TIDU_DO_ADD, *ret_high, outline->indicator_high[i], 0);
    }
    return true;
}

/* The points of an indicator, of a group, or of the whole card. */
static bool
points_of(struct outline *outline, uint32_t card, const char *id, tidu_step *ret_low,
          tidu_step *ret_high)
{
    const struct world *world = outline->world;
    size_t length = strlen(world->scorecards[card].id);
    for (size_t i = 0; i < world->indicator_count; i++) {
        const struct indicator *indicator = &world->indicators[i];
        if (indicator->scorecard != card || strcmp(indicator->id, id) ||
            !tidu_outline_chosen(outline, indicator->fill))
            continue;
        if (!stands_in(outline, indicator, card))
            return points_of_fill(outline, outline->fills[indicator->slot], ret_low, ret_high);
        bool ready = emit_indicator(outline, i);
        *ret_low = outline->indicator_low[i];
        *ret_high = outline->indicator_high[i];
        return ready;
    }
    return sum_points(outline, card, id[length] ? id + length + 1 : NULL, ret_low, ret_high);
}

static bool
has_points(const struct outline *outline, uint32_t card, const char *id)
{
    const struct world *world = outline->world;
    size_t length = strlen(world->scorecards[card].id);
    if (!id[length])
        return true;
    for (size_t i = 0; i < world->indicator_count; i++)
        if (world->indicators[i].scorecard == card &&
            ((!strcmp(world->indicators[i].id, id) &&
              tidu_outline_chosen(outline, world->indicators[i].fill)) ||
             is_of(outline, &world->indicators[i], card, id + length + 1)))
            return true;
    return false;
}

/* The ladder numbers all its cards first. A card that a local rule asks for
 * brings its designation along, so that it is whole. */
static bool
open_card(struct outline *outline, uint32_t card)
{
    uint32_t designation = outline->world->scorecards[card].designation;
    bool numbered = outline->part == PART_LADDER && !outline->past;
    return numbered || outline->states[designation] != NOT_YET ||
           tidu_outline_designation(outline, designation);
}

bool
tidu_points_score(struct lowering *lowering, const tidu_node *node, tidu_step *ret_low,
           tidu_step *ret_high)
{
    struct outline *outline = lowering->context;
    const struct world *world = outline->world;
    const char *id = node->text;
    for (uint32_t c = 0; c < world->scorecard_count; c++) {
        size_t length = strlen(world->scorecards[c].id);
        if (!card_in_force(outline, c) || strncmp(world->scorecards[c].id, id, length) ||
            (id[length] && id[length] != '/') || !has_points(outline, c, id))
            continue;
        if (!open_card(outline, c))
            return false;
        if (points_of(outline, c, id, ret_low, ret_high))
            return true;
        return !lowering->failed &&
               tidu_lower_complain(lowering, node, TIDU_SCORE_CIRCLE, id, NULL);
    }
    return false;
}

/* ---- the cards of a designation ---- */

bool
tidu_points_emit(struct outline *outline, uint32_t number)
{
    for (uint32_t c = 0; c < outline->world->scorecard_count; c++)
        if (outline->world->scorecards[c].designation == number && !emit_scorecard(outline, c))
            return false;
    return true;
}

void
tidu_points_place(const struct outline *outline, uint32_t number, tidu_designation *made)
{
    for (uint32_t c = 0; c < outline->world->scorecard_count; c++) {
        if (outline->world->scorecards[c].designation != number)
            continue;
        if (!made->scorecard_count++)
            made->first_scorecard = outline->cards[c].number;
    }
}

/* Cards were numbered for all designations in force. A local program lowers
 * few of them; those it does not are left out. */
void
tidu_points_drop_idle(struct outline *outline)
{
    uint32_t cards = 0, indicators = 0;
    for (uint32_t old = 0; old < outline->scorecard_count; old++) {
        tidu_scorecard card = outline->scorecards[old];
        if (!card.id)
            continue;
        memmove(&outline->indicators[indicators], &outline->indicators[card.first_indicator],
                card.indicator_count * sizeof *outline->indicators);
        card.first_indicator = indicators;
        indicators += card.indicator_count;
        for (uint32_t d = 0; d < outline->designation_count; d++)
            if (outline->designations[d].first_scorecard == old)
                outline->designations[d].first_scorecard = cards;
        outline->scorecards[cards++] = card;
    }
    outline->scorecard_count = cards;
    outline->indicator_count = indicators;
}
