/*
 * money.c: measures, subsidies and stacks become steps.
 *
 * An amount lies between what is sure and what is possible:
 *
 *   least  the amount where it surely fires, nothing elsewhere
 *   most   the amount where it may fire, nothing elsewhere; unknown when the
 *          amount is unknown and nothing caps it
 *
 * and so does what is left of it after its stack. A stack of a local layer may
 * hold awards of the levels above: then they are lowered and told here, with
 * what the stack leaves of them.
 *
 * INVARIANT: what is sure is always known, if it is nothing; a stack's total is
 * at least as tight as the sum of its members.
 */
#include "outline.h"

#include <stdio.h>
#include <string.h>

static bool
fail(struct outline *outline)
{
    outline->lowering.failed = true;
    return false;
}

/* What a member of a stack comes to. */
struct amount {
    tidu_step low, high;
};

/* No step is made when memory ran out. */
static bool
is_there(struct outline *outline, struct amount amount)
{
    return (amount.low != TIDU_NO_STEP && amount.high != TIDU_NO_STEP) || fail(outline);
}

static tidu_step
step(struct outline *outline, tidu_op op, tidu_step a, tidu_step b)
{
    return tidu_builder_step(outline->lowering.builder, op, a, b, 0);
}

static tidu_step
nothing(struct outline *outline)
{
    return tidu_builder_constant_step(outline->lowering.builder,
                                      tidu_lower_decimal(&outline->lowering, "0"));
}

static tidu_step
both(struct outline *outline, tidu_step a, tidu_step b)
{
    tidu_step sides[2] = {a, b};
    return tidu_builder_list(outline->lowering.builder, TIDU_DO_AND, 0, sides, 2);
}

static tidu_step
negate(struct outline *outline, tidu_step flag)
{
    return step(outline, TIDU_DO_NOT, flag, TIDU_NO_STEP);
}

/* Known and true; known and false. Both are always known. */
static tidu_step
surely(struct outline *outline, tidu_step flag)
{
    return both(outline, step(outline, TIDU_DO_KNOWN_FLAG, flag, TIDU_NO_STEP), flag);
}

static tidu_step
possibly(struct outline *outline, tidu_step flag)
{
    return negate(outline, surely(outline, negate(outline, flag)));
}

/* ---- rules ---- */

static tidu_step
always(struct outline *outline)
{
    return tidu_builder_step(outline->lowering.builder, TIDU_DO_TRUTH, TIDU_NO_STEP, TIDU_NO_STEP,
                             1);
}

static bool
emit_condition(struct outline *outline, const struct support *support, tidu_criterion *rule)
{
    rule->condition = (tidu_branch){.kind = TIDU_BRANCH_ALL, .criterion = TIDU_NONE};
    if (support->has_condition)
        return tidu_outline_condition(outline, &support->condition, &rule->condition);
    rule->condition.status = always(outline);
    return rule->condition.status != TIDU_NO_STEP || fail(outline);
}

/* ---- the days on which money may be drawn ---- */

static tidu_step
day_step(struct outline *outline, int32_t day)
{
    char number[16];
    snprintf(number, sizeof number, "%d", day);
    return tidu_builder_constant_step(outline->lowering.builder,
                                      tidu_lower_decimal(&outline->lowering, number));
}

static tidu_step
in_window(struct outline *outline, struct span span)
{
    tidu_step now = step(outline, TIDU_DO_AS_OF, TIDU_NO_STEP, TIDU_NO_STEP);
    tidu_step window = always(outline);
    if (span.from != INT32_MIN)
        window = step(outline, TIDU_DO_LE, day_step(outline, span.from), now);
    if (span.until != INT32_MAX) {
        tidu_step end = step(outline, TIDU_DO_LE, now, day_step(outline, span.until));
        window = span.from != INT32_MIN ? both(outline, window, end) : end;
    }
    return window;
}

/* ---- subsidies ---- */

/* The smaller of two bounds; where one is unknown the other still holds. */
static tidu_step
at_most(struct outline *outline, tidu_step a, tidu_step b)
{
    tidu_builder *builder = outline->lowering.builder;
    tidu_step smaller = tidu_builder_select(builder, step(outline, TIDU_DO_KNOWN, b, TIDU_NO_STEP),
                                            step(outline, TIDU_DO_MIN, a, b), a);
    return tidu_builder_select(builder, step(outline, TIDU_DO_KNOWN, a, TIDU_NO_STEP), smaller, b);
}

/* What is sure of an amount: nothing, where it is unknown. */
static tidu_step
or_nothing(struct outline *outline, tidu_step amount)
{
    struct lowering *lowering = &outline->lowering;
    return tidu_builder_step(lowering->builder, TIDU_DO_FILL, amount, TIDU_NO_STEP,
                             tidu_lower_decimal(lowering, "0"));
}

/* Caps hold for both ends; where the amount is unknown the cap is the most. */
static bool
apply_cap(struct outline *outline, const struct subsidy *declared, struct amount *amount)
{
    struct lowering *lowering = &outline->lowering;
    if (!declared->cap.tree)
        return true;
    lowering->written = &declared->cap;
    struct value cap = tidu_lower_money(lowering, declared->cap.tree);
    if (lowering->failed)
        return false;
    amount->low = step(outline, TIDU_DO_MIN, amount->low, cap.low);
    amount->high = at_most(outline, amount->high, cap.high);
    return true;
}

static bool
emit_amount(struct outline *outline, const struct subsidy *declared, tidu_subsidy *made)
{
    struct lowering *lowering = &outline->lowering;
    tidu_step none = nothing(outline);
    lowering->written = &declared->amount;
    struct value value = tidu_lower_money(lowering, declared->amount.tree);
    if (lowering->failed)
        return false;
    made->amount = value.high;
    /* Nobody is asked to pay: an amount below nothing is nothing. */
    struct amount amount = {step(outline, TIDU_DO_MAX, value.low, none),
                            step(outline, TIDU_DO_MAX, value.high, none)};
    if (!apply_cap(outline, declared, &amount))
        return false;
    amount.low = made->up_to ? none : or_nothing(outline, amount.low);
    tidu_step status = made->rule.status;
    made->gross_low = tidu_builder_select(lowering->builder, surely(outline, status), amount.low,
                                          none);
    made->gross_high = tidu_builder_select(lowering->builder, possibly(outline, status),
                                           amount.high, none);
    made->net_low = made->gross_low;
    made->net_high = made->gross_high;
    return !lowering->failed &&
           is_there(outline, (struct amount){made->gross_low, made->gross_high});
}

/* A province's award does not reach a city that acts as a province, unless it
 * says so. */
static bool
reaches(const struct outline *outline, const struct subsidy *declared)
{
    const struct world *world = outline->world;
    const struct chain *chain = &outline->lowering.chain;
    uint32_t place = tidu_places_of(world, declared->support.declaration);
    if (tidu_region_level(place) != TIDU_PROVINCE ||
        tidu_flag_attr(&declared->support.declaration->attrs, "planned_cities"))
        return true;
    for (uint32_t i = 0; i < chain->count; i++) {
        const tidu_region *region = tidu_region_find(&world->ruleset->regions, chain->places[i]);
        if (region && region->acts_as_province)
            return false;
    }
    return true;
}

static tidu_titles
payer_of(const struct outline *outline, const tidu_declaration *declaration)
{
    const struct world *world = outline->world;
    uint32_t place = tidu_places_of(world, declaration);
    const tidu_region *region = tidu_region_find(&world->ruleset->regions, place);
    bool central = place == TIDU_COUNTRY_CODE;
    const char *zh = tidu_attr_text(&declaration->attrs, "payer",
                                    central  ? "中央"
                                    : region ? region->name
                                             : tidu_level_title(tidu_region_level(place), false));
    const char *en = central ? "central government" : zh;
    return (tidu_titles){zh, tidu_attr_text(&declaration->attrs, "payer_en", en)};
}

static tidu_subsidy_kind
kind_of(const tidu_declaration *declaration)
{
    static const char *const kinds[] = {
        [TIDU_AWARD] = "award", [TIDU_TAX] = "tax", [TIDU_INTEREST] = "interest",
        [TIDU_SERVICE] = "service"};
    const char *word = tidu_attr_text(&declaration->attrs, "kind", "award");
    unsigned kind = 0;
    while (kind < TIDU_SERVICE && strcmp(kinds[kind], word))
        kind++;
    return (tidu_subsidy_kind)kind;
}

static void
entitle_subsidy(struct outline *outline, const struct subsidy *declared, tidu_subsidy *made)
{
    const tidu_declaration *declaration = declared->support.declaration;
    const tidu_attr *map = &declaration->attrs;
    tidu_outline_rule(outline, declaration, declaration->name, &made->rule);
    made->told = tidu_outline_tells(outline, declaration) && reaches(outline, declared);
    made->kind = kind_of(declaration);
    made->up_to = tidu_flag_attr(map, "up_to");
    made->to_government = !strcmp(tidu_attr_text(map, "to", "enterprise"), "government");
    made->yearly = !strcmp(tidu_attr_text(map, "period", "one_off"), "yearly");
    made->payer = payer_of(outline, declaration);
    made->place = tidu_places_of(outline->world, declaration);
    made->effective = declared->span.from;
    made->expires = declared->span.until;
    made->stack = TIDU_NONE;
    made->amount = made->gross_low = made->gross_high = TIDU_NO_STEP;
    made->net_low = made->net_high = TIDU_NO_STEP;
}

/* Outside its days and beyond its reach a subsidy is not to be had, whatever it
 * asks for. */
static bool
emit_lapsed(struct outline *outline, tidu_subsidy *made, bool money)
{
    tidu_builder *builder = outline->lowering.builder;
    made->rule.condition = (tidu_branch){.kind = TIDU_BRANCH_ALL, .criterion = TIDU_NONE};
    made->rule.status = made->rule.condition.status =
        tidu_builder_step(builder, TIDU_DO_TRUTH, TIDU_NO_STEP, TIDU_NO_STEP, 0);
    if (money) {
        made->amount = made->gross_low = made->gross_high = nothing(outline);
        made->net_low = made->net_high = made->amount;
        if (made->amount == TIDU_NO_STEP)
            return fail(outline);
    }
    return made->rule.status != TIDU_NO_STEP || fail(outline);
}

static bool
emit_current(struct outline *outline, const struct subsidy *declared, tidu_subsidy *made)
{
    if (!emit_condition(outline, &declared->support, &made->rule))
        return false;
    made->rule.status = both(outline, in_window(outline, declared->span),
                             made->rule.condition.status);
    return (!declared->amount.tree || emit_amount(outline, declared, made)) &&
           (made->rule.status != TIDU_NO_STEP || fail(outline));
}

/* Whether some of the epoch lies in the span. */
static bool
is_current(const struct outline *outline, struct span span)
{
    const struct span *days = &outline->lowering.epoch.days;
    return (span.from <= days->until && days->from <= span.until) ||
           tidu_epoch_within(outline->lowering.epoch, span);
}

/* False, and nothing said, when the subsidy asks for itself. */
static bool
emit_subsidy(struct outline *outline, uint32_t number)
{
    const struct subsidy *declared = &outline->world->subsidies[number];
    tidu_subsidy made = {0};
    if (outline->subsidy_states[number] != NOT_YET)
        return outline->subsidy_states[number] == READY;
    outline->subsidy_states[number] = ON_THE_WAY;
    entitle_subsidy(outline, declared, &made);
    bool current = reaches(outline, declared) && is_current(outline, declared->span);
    if (!(current ? emit_current(outline, declared, &made)
                  : emit_lapsed(outline, &made, declared->amount.tree != NULL)))
        return false;
    outline->subsidy_of[number] = outline->subsidy_count;
    outline->subsidies[outline->subsidy_count++] = made;
    outline->subsidy_states[number] = READY;
    return true;
}

bool
tidu_money_award(struct lowering *lowering, const tidu_node *node, tidu_step *ret_low,
                 tidu_step *ret_high)
{
    struct outline *outline = lowering->context;
    int32_t number = tidu_support_subsidy(outline->world, node->text);
    if (number == TIDU_NONE || !emit_subsidy(outline, (uint32_t)number))
        return false;
    const tidu_subsidy *subsidy = &outline->subsidies[outline->subsidy_of[number]];
    bool money = subsidy->gross_low != TIDU_NO_STEP;
    *ret_low = money ? subsidy->gross_low : nothing(outline);
    *ret_high = money ? subsidy->gross_high : *ret_low;
    return true;
}

/* ---- stacks ---- */

/* The members of a stack, in the order it names them. */
struct members {
    struct amount *before, *after; /* what each comes to by itself, and in the stack */
    uint32_t count;
};

static struct amount
subtract(struct outline *outline, struct amount a, struct amount taken)
{
    tidu_step none = nothing(outline);
    tidu_step low = step(outline, TIDU_DO_MAX, step(outline, TIDU_DO_SUB, a.low, taken.high), none);
    tidu_step high = step(outline, TIDU_DO_MAX, step(outline, TIDU_DO_SUB, a.high, taken.low), none);
    return (struct amount){or_nothing(outline, low), high};
}

/* What of an amount fits into what there is room for. */
static struct amount
fit(struct outline *outline, struct amount own, struct amount room)
{
    return (struct amount){step(outline, TIDU_DO_MIN, own.low, room.low),
                           at_most(outline, own.high, room.high)};
}

static struct amount
larger(struct outline *outline, struct amount a, struct amount b)
{
    return (struct amount){step(outline, TIDU_DO_MAX, a.low, b.low),
                           step(outline, TIDU_DO_MAX, a.high, b.high)};
}

static struct amount
add(struct outline *outline, struct amount a, struct amount b)
{
    return (struct amount){step(outline, TIDU_DO_ADD, a.low, b.low),
                           step(outline, TIDU_DO_ADD, a.high, b.high)};
}

static struct amount
none_of_it(struct outline *outline)
{
    return (struct amount){nothing(outline), nothing(outline)};
}

/* Each pays what it adds to the ones before: 晋级补差. */
static struct amount
stack_differences(struct outline *outline, struct members *members)
{
    struct amount most = none_of_it(outline);
    for (uint32_t i = 0; i < members->count; i++) {
        members->after[i] = subtract(outline, members->before[i], most);
        most = larger(outline, most, members->before[i]);
    }
    return most;
}

/* The best alone is paid; of equals the first named. */
static struct amount
best_of(struct outline *outline, const struct members *members, uint32_t number)
{
    tidu_builder *builder = outline->lowering.builder;
    struct amount own = members->before[number];
    tidu_step surest = always(outline), may = always(outline), none = nothing(outline);
    for (uint32_t i = 0; i < members->count; i++) {
        if (i == number)
            continue;
        struct amount other = members->before[i];
        tidu_op below = i < number ? TIDU_DO_LT : TIDU_DO_LE;
        surest = both(outline, surest,
                      surely(outline, step(outline, below, other.high, own.low)));
        may = both(outline, may, possibly(outline, step(outline, below, other.low, own.high)));
    }
    return (struct amount){tidu_builder_select(builder, surest, own.low, none),
                           tidu_builder_select(builder, may, own.high, none)};
}

static struct amount
stack_best(struct outline *outline, struct members *members)
{
    struct amount most = none_of_it(outline);
    for (uint32_t i = 0; i < members->count; i++) {
        members->after[i] = best_of(outline, members, i);
        most = larger(outline, most, members->before[i]);
    }
    return most;
}

/* Of a pool nobody is sure. */
static struct amount
stack_budget(struct outline *outline, struct members *members)
{
    struct amount sum = none_of_it(outline);
    for (uint32_t i = 0; i < members->count; i++) {
        members->after[i] = (struct amount){nothing(outline), members->before[i].high};
        sum = add(outline, sum, members->after[i]);
    }
    return sum;
}

/* What counts against a ceiling without being cut by it. */
static bool
counted(struct outline *outline, const struct stack *declared, struct amount *ret)
{
    const tidu_attr *counts = tidu_attr_find(&declared->declaration->attrs, "counts");
    *ret = none_of_it(outline);
    for (uint32_t i = 0; counts && i < counts->item_count; i++) {
        int32_t number = tidu_support_subsidy(outline->world, counts->items[i].text);
        if (number == TIDU_NONE || !emit_subsidy(outline, (uint32_t)number))
            return fail(outline);
        const tidu_subsidy *subsidy = &outline->subsidies[outline->subsidy_of[number]];
        if (subsidy->gross_low != TIDU_NO_STEP)
            *ret = add(outline, *ret, (struct amount){subsidy->gross_low, subsidy->gross_high});
    }
    return true;
}

/* Each gets what the ones before it leave of the ceiling: 累计上限. */
static bool
stack_ceiling(struct outline *outline, const struct stack *declared, struct members *members,
              tidu_stack *made, struct amount *ret_total)
{
    struct lowering *lowering = &outline->lowering;
    struct amount used, sum = none_of_it(outline);
    lowering->written = &declared->cap;
    struct value value = tidu_lower_money(lowering, declared->cap.tree);
    struct amount cap = {value.low, value.high};
    if (lowering->failed || !counted(outline, declared, &used))
        return false;
    made->cap = cap.high;
    struct amount room = subtract(outline, cap, used);
    for (uint32_t i = 0; i < members->count; i++) {
        members->after[i] = fit(outline, members->before[i], subtract(outline, cap, used));
        used = add(outline, used, members->after[i]);
        sum = add(outline, sum, members->before[i]);
    }
    *ret_total = fit(outline, sum, room);
    return true;
}

static bool
stack_up(struct outline *outline, const struct stack *declared, struct members *members,
         tidu_stack *made)
{
    struct amount total = {TIDU_NO_STEP, TIDU_NO_STEP};
    bool good = true;
    switch (declared->rule) {
    case TIDU_STACK_DIFFERENCE:
        total = stack_differences(outline, members);
        break;
    case TIDU_STACK_CEILING:
        good = stack_ceiling(outline, declared, members, made, &total);
        break;
    case TIDU_STACK_BUDGET:
        total = stack_budget(outline, members);
        break;
    default:
        total = stack_best(outline, members);
    }
    made->total_low = total.low;
    made->total_high = total.high;
    return good || fail(outline);
}

static bool
all_are_there(struct outline *outline, const struct members *members, const tidu_stack *made)
{
    bool good = is_there(outline, (struct amount){made->total_low, made->total_high});
    for (uint32_t i = 0; i < members->count; i++)
        good = is_there(outline, members->after[i]) && good;
    return good;
}

static bool emit_stack(struct outline *outline, uint32_t number);

/* A member, lowered: what it comes to by itself. */
static bool
open_member(struct outline *outline, const char *id, struct amount *ret)
{
    int32_t subsidy = tidu_support_subsidy(outline->world, id);
    if (subsidy != TIDU_NONE) {
        if (!emit_subsidy(outline, (uint32_t)subsidy))
            return fail(outline);
        const tidu_subsidy *made = &outline->subsidies[outline->subsidy_of[subsidy]];
        *ret = made->gross_low == TIDU_NO_STEP || made->to_government
                   ? none_of_it(outline)
                   : (struct amount){made->gross_low, made->gross_high};
        return true;
    }
    uint32_t inner = (uint32_t)tidu_support_stack(outline->world, id);
    if (!emit_stack(outline, inner))
        return false;
    const tidu_stack *made = &outline->stacks[outline->stack_of[inner]];
    *ret = (struct amount){made->total_low, made->total_high};
    return true;
}

/* What is left of a member; upper levels' awards are told here then. */
static void
close_member(struct outline *outline, const char *id, uint32_t stack, struct amount left)
{
    int32_t subsidy = tidu_support_subsidy(outline->world, id);
    if (subsidy != TIDU_NONE) {
        tidu_subsidy *made = &outline->subsidies[outline->subsidy_of[subsidy]];
        made->stack = (int32_t)stack;
        made->told = reaches(outline, &outline->world->subsidies[subsidy]);
        if (made->gross_low != TIDU_NO_STEP && !made->to_government) {
            made->net_low = left.low;
            made->net_high = left.high;
        }
        return;
    }
    uint32_t inner = outline->stack_of[tidu_support_stack(outline->world, id)];
    outline->stacks[inner].stack = (int32_t)stack;
}

static void
entitle_stack(struct outline *outline, const struct stack *declared, tidu_stack *made)
{
    const tidu_attr *map = &declared->declaration->attrs;
    made->id = declared->declaration->name;
    made->title = tidu_words_titles_of(declared->declaration);
    made->note_zh = tidu_attr_text(map, "note_zh", NULL);
    made->note_en = tidu_attr_text(map, "note_en", made->note_zh);
    made->citation = tidu_words_citation(outline->world, declared->declaration);
    made->rule = declared->rule;
    made->told = true;
    made->cap = TIDU_NO_STEP;
    made->stack = TIDU_NONE;
}

static bool
emit_members(struct outline *outline, const tidu_attr *of, struct members *members)
{
    members->before = tidu_arena_array(outline->arena, of->item_count, sizeof *members->before);
    members->after = tidu_arena_array(outline->arena, of->item_count, sizeof *members->after);
    members->count = of->item_count;
    if (!members->before || !members->after)
        return fail(outline);
    for (uint32_t i = 0; i < of->item_count; i++)
        if (!open_member(outline, of->items[i].text, &members->before[i]))
            return false;
    return true;
}

/* Outside the days of its document a stack takes nothing from anyone. */
static void
bound_stack(struct outline *outline, const struct stack *declared, struct members *members,
            tidu_stack *made)
{
    tidu_builder *builder = outline->lowering.builder;
    struct span span = tidu_words_span(outline->world, declared->declaration);
    struct amount sum = none_of_it(outline);
    if (tidu_epoch_within(outline->lowering.epoch, span))
        return;
    tidu_step counts = in_window(outline, span);
    for (uint32_t i = 0; i < members->count; i++) {
        struct amount *before = &members->before[i], *after = &members->after[i];
        after->low = tidu_builder_select(builder, counts, after->low, before->low);
        after->high = tidu_builder_select(builder, counts, after->high, before->high);
        sum = add(outline, sum, *before);
    }
    made->total_low = tidu_builder_select(builder, counts, made->total_low, sum.low);
    made->total_high = tidu_builder_select(builder, counts, made->total_high, sum.high);
}

static bool
emit_stack(struct outline *outline, uint32_t number)
{
    const struct stack *declared = &outline->world->stacks[number];
    const tidu_attr *of = tidu_attr_find(&declared->declaration->attrs, "of");
    struct members members;
    tidu_stack made = {0};
    if (outline->stack_of[number] != UINT32_MAX)
        return true;
    entitle_stack(outline, declared, &made);
    if (!emit_members(outline, of, &members) || !stack_up(outline, declared, &members, &made))
        return false;
    bound_stack(outline, declared, &members, &made);
    if (!all_are_there(outline, &members, &made))
        return false;
    uint32_t at = outline->stack_count++;
    outline->stack_of[number] = at;
    outline->stacks[at] = made;
    for (uint32_t i = 0; i < of->item_count; i++)
        close_member(outline, of->items[i].text, at, members.after[i]);
    return true;
}

/* ---- measures ---- */

static bool
emit_measure(struct outline *outline, const struct measure *declared)
{
    const tidu_declaration *declaration = declared->support.declaration;
    tidu_measure made = {.told = true, .duty = declared->duty};
    tidu_outline_rule(outline, declaration, declaration->name, &made.rule);
    made.group = tidu_attr_text(&declaration->attrs, "group", NULL);
    if (!emit_condition(outline, &declared->support, &made.rule))
        return false;
    made.rule.status = made.rule.condition.status;
    outline->measures[outline->measure_count++] = made;
    return true;
}

/* ---- all of it ---- */

bool
tidu_money_reserve(struct outline *outline)
{
    const struct world *world = outline->world;
    tidu_arena *arena = outline->scratch;
    outline->subsidy_states = tidu_arena_array(arena, world->subsidy_count,
                                               sizeof *outline->subsidy_states);
    outline->subsidy_of = tidu_arena_array(arena, world->subsidy_count, sizeof(uint32_t));
    outline->subsidies = tidu_arena_array(arena, world->subsidy_count,
                                          sizeof *outline->subsidies);
    outline->stack_of = tidu_arena_array(arena, world->stack_count, sizeof(uint32_t));
    outline->stacks = tidu_arena_array(arena, world->stack_count, sizeof *outline->stacks);
    outline->measures = tidu_arena_array(arena, world->measure_count, sizeof *outline->measures);
    for (size_t i = 0; outline->stack_of && i < world->stack_count; i++)
        outline->stack_of[i] = UINT32_MAX;
    return outline->subsidy_states && outline->subsidy_of && outline->subsidies &&
           outline->stack_of && outline->stacks && outline->measures;
}

/* The document of a measure is in force. */
static bool
in_force(const struct outline *outline, const tidu_declaration *declaration)
{
    return tidu_epoch_within(outline->lowering.epoch,
                             tidu_words_span(outline->world, declaration));
}

bool
tidu_money_emit(struct outline *outline)
{
    const struct world *world = outline->world;
    outline->lowering.lenient = true;
    for (size_t i = 0; i < world->measure_count; i++)
        if (tidu_outline_tells(outline, world->measures[i].support.declaration) &&
            in_force(outline, world->measures[i].support.declaration) &&
            !emit_measure(outline, &world->measures[i]))
            return false;
    for (uint32_t i = 0; i < world->subsidy_count; i++)
        if (tidu_outline_tells(outline, world->subsidies[i].support.declaration) &&
            !emit_subsidy(outline, i))
            return false;
    for (uint32_t i = 0; i < world->stack_count; i++)
        if (tidu_outline_tells(outline, world->stacks[i].declaration) && !emit_stack(outline, i))
            return false;
    return true;
}
