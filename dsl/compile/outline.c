/*
 * outline.c: the program of one epoch, and what its steps mean.
 *
 * Designations in force are lowered in the order of their documents; one that
 * asks for another's criteria or points pulls that one in first. Conditions
 * are taken apart at `and` and `or`, so that each piece explains itself.
 *
 * INVARIANT: criteria of a designation stand together in the program, whoever
 * pulled one of them in: their numbers are given out before anything of them is
 * lowered.
 */
#include "outline.h"

#include "tidu/decimal.h"

#include <stdlib.h>
#include <string.h>

static bool
fail(struct outline *outline)
{
    outline->lowering.failed = true;
    return false;
}

bool
tidu_outline_tells(const struct outline *outline, const tidu_declaration *declaration)
{
    uint32_t place = tidu_places_of(outline->world, declaration);
    return outline->part == PART_LADDER ? place == TIDU_COUNTRY_CODE
                                        : tidu_chain_rank(&outline->lowering.chain, place) > 0;
}

/* ---- parts ---- */

static const char *
words_of(struct outline *outline, const tidu_node *node, tidu_lang lang)
{
    const char *words = tidu_says_node(outline->world, node, lang);
    if (!words)
        fail(outline);
    return words;
}

static bool
same_quantity(const tidu_type *a, const tidu_type *b)
{
    return a->money == b->money && a->count == b->count && a->years == b->years &&
           a->days == b->days && a->score == b->score;
}

/* The unit a literal of such a quantity was written in, so that an answer
 * speaks as the text. What an `if` depends on is another quantity. */
static const tidu_unit *
unit_in(const tidu_node *node, const tidu_type *type)
{
    if (node->kind == TIDU_NODE_NUMBER)
        return node->unit && same_quantity(&node->type, type) ? node->unit : NULL;
    for (uint32_t i = node->kind == TIDU_NODE_IF; i < node->child_count; i++) {
        const tidu_unit *unit = unit_in(node->child[i], type);
        if (unit)
            return unit;
    }
    return NULL;
}

static void
fill_comparison(struct outline *outline, const tidu_node *node, const struct comparison *comparison,
                tidu_part *part)
{
    bool swapped = node->child[0]->type.constant && !node->child[1]->type.constant;
    const tidu_node *left = node->child[swapped], *right = node->child[!swapped];
    part->kind = comparison->left.kind;
    part->op = comparison->op;
    part->value_low = tidu_lower_step(&outline->lowering, comparison->left);
    part->value_high = comparison->left.constant ? part->value_low : comparison->left.high;
    part->bound = TIDU_NO_STEP;
    part->bound_constant = comparison->right.number;
    if (!comparison->right.constant)
        part->bound = comparison->right.low;
    part->scale = comparison->left.scale;
    part->unit = unit_in(right, &left->type);
    if (!part->unit)
        part->unit = left->type.unit;
    if (!part->unit)
        part->unit = right->type.unit;
    part->ratio = left->type.kind == TIDU_NUMBER && !left->type.bare && !left->type.money &&
                  !left->type.count && !left->type.years && !left->type.days && !left->type.score;
    part->label_zh = words_of(outline, left, TIDU_ZH);
    part->label_en = words_of(outline, left, TIDU_EN);
}

static bool
make_part(struct outline *outline, const tidu_node *node, tidu_part *part)
{
    struct comparison comparison;
    *part = (tidu_part){.op = TIDU_OP_AND,
                        .value_low = TIDU_NO_STEP,
                        .value_high = TIDU_NO_STEP,
                        .bound = TIDU_NO_STEP,
                        .kind = TIDU_FLAG,
                        .scale = {1, 1}};
    if (tidu_is_comparison(node)) {
        if (!tidu_lower_comparison(&outline->lowering, node, &comparison))
            return false;
        part->status = comparison.status;
        fill_comparison(outline, node, &comparison, part);
    } else
        part->status = tidu_lower(&outline->lowering, node, 0).low;
    part->zh = words_of(outline, node, TIDU_ZH);
    part->en = words_of(outline, node, TIDU_EN);
    return !outline->lowering.failed;
}

/* A part that asks for another designation's criteria may pull in their parts:
 * it gets its place only when it is made. */
static bool
add_part(struct outline *outline, const tidu_node *node, tidu_branch *ret)
{
    tidu_part part;
    if (!make_part(outline, node, &part))
        return false;
    tidu_part *parts = tidu_arena_grow(outline->scratch, outline->parts, outline->part_count,
                                       &outline->part_capacity, sizeof *parts);
    outline->parts = parts ? parts : outline->parts;
    if (!parts || !tidu_builder_columns(outline->lowering.builder, outline->arena, part.status,
                                        &part.columns, &part.column_count))
        return fail(outline);
    parts[outline->part_count] = part;
    *ret = (tidu_branch){.kind = TIDU_BRANCH_PART,
                         .status = part.status,
                         .part = (uint32_t)outline->part_count++,
                         .criterion = TIDU_NONE};
    return true;
}

/* ---- branches ---- */

static bool close_branch(struct outline *outline, tidu_branch *branch);

static bool
splits(const tidu_node *node, tidu_operator op)
{
    return node->kind == TIDU_NODE_BINARY && node->op == op;
}

static uint32_t
count_sides(const tidu_node *node, tidu_operator op)
{
    return splits(node, op) ? count_sides(node->child[0], op) + count_sides(node->child[1], op) : 1;
}

static bool branch_of_tree(struct outline *outline, const tidu_node *node, tidu_branch *ret);

static bool
add_sides(struct outline *outline, const tidu_node *node, tidu_operator op, tidu_branch **at)
{
    if (splits(node, op))
        return add_sides(outline, node->child[0], op, at) &&
               add_sides(outline, node->child[1], op, at);
    return branch_of_tree(outline, node, (*at)++);
}

static bool
branch_of_tree(struct outline *outline, const tidu_node *node, tidu_branch *ret)
{
    if (!splits(node, TIDU_OP_AND) && !splits(node, TIDU_OP_OR))
        return add_part(outline, node, ret);
    uint32_t count = count_sides(node, node->op);
    tidu_branch *children = tidu_arena_array(outline->arena, count, sizeof *children),
                *at = children;
    if (!children)
        return fail(outline);
    *ret = (tidu_branch){.kind = node->op == TIDU_OP_AND ? TIDU_BRANCH_ALL : TIDU_BRANCH_ANY,
                         .child = children,
                         .child_count = count,
                         .criterion = TIDU_NONE};
    return add_sides(outline, node, node->op, &at) && close_branch(outline, ret);
}

static int32_t emit_criterion(struct outline *outline, uint32_t number, int32_t parent);

static bool
branch_of_condition(struct outline *outline, const struct condition *condition, int32_t parent,
                    tidu_branch *ret)
{
    if (condition->kind == CONDITION_PART) {
        outline->lowering.written = &condition->written;
        return branch_of_tree(outline, condition->written.tree, ret);
    }
    if (condition->kind == CONDITION_CRITERION) {
        int32_t nested = emit_criterion(outline, condition->criterion, parent);
        if (nested == TIDU_NONE)
            return false;
        *ret = outline->criteria[nested].condition;
        ret->criterion = nested;
        return true;
    }
    tidu_branch *children =
        tidu_arena_array(outline->arena, condition->child_count, sizeof *children);
    if (!children)
        return fail(outline);
    *ret = (tidu_branch){.child = children,
                         .child_count = condition->child_count,
                         .least = condition->least,
                         .title = condition->title,
                         .criterion = TIDU_NONE};
    ret->kind = condition->kind == CONDITION_ALL    ? TIDU_BRANCH_ALL
                : condition->kind == CONDITION_ANY  ? TIDU_BRANCH_ANY
                : condition->kind == CONDITION_NONE ? TIDU_BRANCH_NONE
                                                    : TIDU_BRANCH_AT_LEAST;
    for (uint32_t i = 0; i < condition->child_count; i++)
        if (!branch_of_condition(outline, &condition->child[i], parent, &children[i]))
            return false;
    return close_branch(outline, ret);
}

/* The status of a group from those of its children. */
static bool
close_branch(struct outline *outline, tidu_branch *branch)
{
    tidu_builder *builder = outline->lowering.builder;
    tidu_step *steps = malloc((branch->child_count + 1) * sizeof *steps);
    if (!steps)
        return fail(outline);
    for (uint32_t i = 0; i < branch->child_count; i++)
        steps[i] = branch->child[i].status;
    tidu_op op = branch->kind == TIDU_BRANCH_ALL        ? TIDU_DO_AND
                 : branch->kind == TIDU_BRANCH_AT_LEAST ? TIDU_DO_AT_LEAST
                                                        : TIDU_DO_OR;
    uint32_t number = branch->kind == TIDU_BRANCH_AT_LEAST ? branch->least : 0;
    branch->status = tidu_builder_list(builder, op, number, steps, branch->child_count);
    if (branch->kind == TIDU_BRANCH_NONE)
        branch->status = tidu_builder_step(builder, TIDU_DO_NOT, branch->status, TIDU_NO_STEP, 0);
    free(steps);
    return branch->status != TIDU_NO_STEP || fail(outline);
}

/* ---- criteria ---- */

void
tidu_outline_rule(struct outline *outline, const tidu_declaration *declaration, const char *id,
                  tidu_criterion *ret)
{
    ret->id = id;
    ret->title = tidu_words_titles_of(declaration);
    ret->note_zh = tidu_attr_text(&declaration->attrs, "note_zh", NULL);
    ret->note_en = tidu_attr_text(&declaration->attrs, "note_en", ret->note_zh);
    ret->certainty = tidu_words_certainty(outline->world, declaration, &ret->mark);
    ret->citation = tidu_words_citation(outline->world, declaration);
    ret->parent = TIDU_NONE;
}

bool
tidu_outline_condition(struct outline *outline, const struct condition *condition, tidu_branch *ret)
{
    return branch_of_condition(outline, condition, TIDU_NONE, ret);
}

static int32_t
emit_criterion(struct outline *outline, uint32_t number, int32_t parent)
{
    const struct criterion *criterion = &outline->world->criteria[number];
    int32_t at = (int32_t)outline->next_criterion++;
    tidu_criterion *made = &outline->criteria[at];
    tidu_outline_rule(outline, criterion->declaration, criterion->id, made);
    made->parent = parent;
    if (!branch_of_condition(outline, &criterion->condition, at, &made->condition))
        return TIDU_NONE;
    made->status = made->condition.status;
    return at;
}

/* ---- what expressions ask of other rules ---- */

/* Whether what belongs to a fill (or to none) counts here. */
bool
tidu_outline_chosen(const struct outline *outline, int32_t fill)
{
    return fill == TIDU_NONE || outline->fills[outline->world->fills[fill].slot] == fill;
}

/* In force, and of a layer that speaks here. */
bool
tidu_outline_counts(const struct outline *outline, uint32_t number)
{
    const struct designation *designation = &outline->world->designations[number];
    uint32_t place = tidu_places_of(outline->world, designation->declaration);
    return tidu_chain_rank(&outline->lowering.chain, place) != TIDU_NONE &&
           tidu_epoch_within(outline->lowering.epoch, designation->span);
}

static bool
find_designation(struct lowering *lowering, const tidu_node *node, tidu_step *ret)
{
    struct outline *outline = lowering->context;
    const struct world *world = outline->world;
    for (uint32_t d = 0; d < world->designation_count; d++) {
        if (strcmp(world->designations[d].declaration->name, node->text) ||
            !tidu_outline_counts(outline, d))
            continue;
        if (outline->states[d] == ON_THE_WAY)
            return tidu_lower_complain(lowering, node, TIDU_MEETS_CIRCLE, node->text, NULL);
        if (!tidu_outline_designation(outline, d))
            return false;
        *ret = outline->designations[outline->designation_of[d]].status;
        return true;
    }
    return false;
}

/* ---- designations ---- */

static int32_t
held_column(const struct outline *outline, const char *id)
{
    const tidu_layout *layout = &outline->world->vocabulary->layout;
    for (uint32_t i = 0; i < layout->title_count; i++)
        if (!strcmp(layout->titles[i].id, id))
            return layout->titles[i].column;
    return TIDU_NONE;
}

static bool
conjoin(struct outline *outline, tidu_designation *made)
{
    tidu_step *steps = malloc((made->criterion_count + 1) * sizeof *steps);
    uint32_t count = 0;
    if (!steps)
        return fail(outline);
    for (uint32_t i = 0; i < made->criterion_count; i++) {
        const tidu_criterion *criterion = &outline->criteria[made->first_criterion + i];
        if (criterion->parent == TIDU_NONE)
            steps[count++] = criterion->status;
    }
    made->status = count
                       ? tidu_builder_list(outline->lowering.builder, TIDU_DO_AND, 0, steps, count)
                       : tidu_builder_step(outline->lowering.builder, TIDU_DO_TRUTH, TIDU_NO_STEP,
                                           TIDU_NO_STEP, 2);
    free(steps);
    return made->status != TIDU_NO_STEP || fail(outline);
}

static void
title_designation(const struct outline *outline, uint32_t number, tidu_designation *made)
{
    const struct designation *declared = &outline->world->designations[number];
    const tidu_attr *map = &declared->declaration->attrs;
    const tidu_attr *tier = tidu_attr_find(map, "tier");
    made->id = declared->declaration->name;
    made->past = outline->past;
    made->told = !outline->past && tidu_outline_tells(outline, declared->declaration);
    made->title = tidu_words_titles_of(declared->declaration);
    made->note_zh = tidu_attr_text(map, "note_zh", declared->document->note_zh);
    made->note_en = tidu_attr_text(map, "note_en", declared->document->note_en);
    made->document = declared->document;
    made->tier = tier ? (int32_t)tier->number : 0;
}

static bool
is_of_designation(const struct outline *outline, size_t criterion, uint32_t designation)
{
    return outline->world->criteria[criterion].designation == designation &&
           tidu_outline_chosen(outline, outline->world->criteria[criterion].fill);
}

/* The numbers of a designation's criteria, nested ones included: they stand in
 * the order they are lowered in. */
static void
number_criteria(struct outline *outline, uint32_t number, tidu_designation *made)
{
    made->first_criterion = outline->next_criterion = outline->criterion_count;
    for (size_t c = 0; c < outline->world->criterion_count; c++)
        made->criterion_count += is_of_designation(outline, c, number);
    outline->criterion_count += made->criterion_count;
}

static bool
emit_criteria(struct outline *outline, uint32_t number, tidu_designation *made)
{
    const struct world *world = outline->world;
    uint32_t outer = outline->next_criterion;
    number_criteria(outline, number, made);
    for (uint32_t c = 0; c < world->criterion_count; c++)
        if (is_of_designation(outline, c, number) && world->criteria[c].parent == TIDU_NONE &&
            emit_criterion(outline, c, TIDU_NONE) == TIDU_NONE)
            return false;
    outline->next_criterion = outer;
    return conjoin(outline, made);
}

bool
tidu_outline_designation(struct outline *outline, uint32_t number)
{
    tidu_designation made = {0};
    if (outline->states[number] != NOT_YET)
        return outline->states[number] == READY;
    outline->states[number] = ON_THE_WAY;
    if (outline->part == PART_LOCAL || outline->past)
        tidu_points_number(outline, number);
    title_designation(outline, number, &made);
    made.held_column = held_column(outline, made.id);
    tidu_points_place(outline, number, &made);
    if (!tidu_points_emit(outline, number) || !emit_criteria(outline, number, &made) ||
        !tidu_transition_emit(outline, number, &made))
        return false;
    outline->designation_of[number] = outline->designation_count;
    outline->designations[outline->designation_count++] = made;
    outline->states[number] = READY;
    return true;
}

/* ---- derived facts ---- */

/* Some version of the name is this program's to tell. */
static bool
tells_some(const struct outline *outline, const struct name *name)
{
    for (size_t i = 0; i < name->version_count; i++)
        if (tidu_outline_tells(outline, name->versions[i].declaration))
            return true;
    return false;
}

static bool
emit_derived(struct outline *outline, tidu_derived **ret, uint32_t *ret_count)
{
    struct world *world = outline->world;
    tidu_derived *derived = tidu_arena_array(outline->arena, world->name_count, sizeof *derived);
    uint32_t count = 0;
    if (!derived)
        return fail(outline);
    for (size_t i = 0; i < world->name_count; i++) {
        struct name *name = &world->names[i];
        if (name->symbol.kind != TIDU_SYMBOL_DERIVE || !tells_some(outline, name))
            continue;
        const struct version *version =
            tidu_names_version(name, outline->lowering.epoch, &outline->lowering.chain);
        if (!version || !tidu_outline_tells(outline, version->declaration))
            continue;
        tidu_node node = {
            .kind = TIDU_NODE_NAME, .symbol = &name->symbol, .type = name->symbol.type};
        outline->lowering.written = &version->written;
        struct value value = tidu_lower(&outline->lowering, &node, 0);
        if (outline->lowering.failed)
            return false;
        const tidu_choices *choices = name->symbol.type.choices;
        tidu_step low = tidu_lower_step(&outline->lowering, value);
        derived[count++] =
            (tidu_derived){&name->symbol, low, value.constant ? low : value.high, value.scale,
                           choices ? tidu_choices_book(world, choices) : NULL};
    }
    *ret = derived;
    *ret_count = count;
    return true;
}

/* ---- the epoch ---- */

/* What is known of one day; an old one is begun afresh. */
static bool
begin_day(struct outline *outline)
{
    const struct world *world = outline->world;
    tidu_arena *arena = outline->scratch;
    outline->states = tidu_arena_array(arena, world->designation_count, sizeof *outline->states);
    outline->designation_of =
        tidu_arena_array(arena, world->designation_count, sizeof *outline->designation_of);
    outline->cards = tidu_arena_array(arena, world->scorecard_count, sizeof *outline->cards);
    outline->indicator_states =
        tidu_arena_array(arena, world->indicator_count, sizeof *outline->indicator_states);
    outline->indicator_low = tidu_arena_array(arena, world->indicator_count, sizeof(tidu_step));
    outline->indicator_high = tidu_arena_array(arena, world->indicator_count, sizeof(tidu_step));
    outline->indicator_places = tidu_arena_array(arena, world->indicator_count, sizeof(uint32_t));
    outline->fills = tidu_arena_array(arena, world->slot_count, sizeof *outline->fills);
    outline->lowering.memo = tidu_arena_array(arena, world->name_count * 10, sizeof(struct value));
    outline->lowering.memo_done = tidu_arena_array(arena, world->name_count * 10, sizeof(bool));
    return outline->states && outline->designation_of && outline->cards &&
           outline->indicator_states && outline->indicator_low && outline->indicator_high &&
           outline->indicator_places && outline->fills && outline->lowering.memo &&
           outline->lowering.memo_done;
}

/* Each transition may bring all there is once more, as it was. */
static bool
reserve(struct outline *outline)
{
    const struct world *world = outline->world;
    tidu_arena *arena = outline->scratch;
    size_t times = 1 + world->transition_count;
    outline->designations =
        tidu_arena_array(arena, world->designation_count * times, sizeof *outline->designations);
    outline->scorecards =
        tidu_arena_array(arena, world->scorecard_count * times, sizeof *outline->scorecards);
    outline->criteria =
        tidu_arena_array(arena, world->criterion_count * times, sizeof *outline->criteria);
    outline->indicators =
        tidu_arena_array(arena, world->indicator_count * times, sizeof *outline->indicators);
    outline->olds = tidu_arena_array(arena, world->transition_count, sizeof *outline->olds);
    return outline->designations && outline->scorecards && outline->criteria &&
           outline->indicators && outline->olds && begin_day(outline) &&
           tidu_money_reserve(outline);
}

static void
choose_fills(struct outline *outline)
{
    for (uint32_t i = 0; i < outline->world->slot_count; i++)
        outline->fills[i] =
            tidu_slots_chosen(outline->world, i, outline->lowering.epoch, &outline->lowering.chain);
}

bool
tidu_outline_turn(struct outline *outline)
{
    if (!begin_day(outline))
        return fail(outline);
    choose_fills(outline);
    return true;
}

void
tidu_outline_return(struct outline *outline, const struct outline *before)
{
    outline->past = before->past;
    outline->states = before->states;
    outline->designation_of = before->designation_of;
    outline->cards = before->cards;
    outline->indicator_states = before->indicator_states;
    outline->indicator_low = before->indicator_low;
    outline->indicator_high = before->indicator_high;
    outline->indicator_places = before->indicator_places;
    outline->fills = before->fills;
    outline->next_criterion = before->next_criterion;
    outline->lowering.epoch = before->lowering.epoch;
    outline->lowering.memo = before->lowering.memo;
    outline->lowering.memo_done = before->lowering.memo_done;
    outline->lowering.written = before->lowering.written;
    outline->lowering.list = before->lowering.list;
}

static bool
emit_all(struct outline *outline)
{
    const struct world *world = outline->world;
    choose_fills(outline);
    for (uint32_t d = 0; outline->part == PART_LADDER && d < world->designation_count; d++)
        if (tidu_outline_counts(outline, d))
            tidu_points_number(outline, d);
    for (uint32_t d = 0; d < world->designation_count; d++)
        if (tidu_outline_tells(outline, world->designations[d].declaration) &&
            tidu_epoch_within(outline->lowering.epoch, world->designations[d].span) &&
            !tidu_outline_designation(outline, d))
            return false;
    return true;
}

/* Room was made for all that the world has; a program keeps what it needs. */
static void *
keep(struct outline *outline, const void *items, size_t count, size_t size)
{
    void *kept = tidu_arena_array(outline->arena, count + 1, size);
    if (kept && count)
        memcpy(kept, items, count * size);
    return kept;
}

static bool
keep_lists(struct outline *outline)
{
#define KEEP(items, count)                                                                       \
    ((outline->items = keep(outline, outline->items, outline->count, sizeof *outline->items)) != \
     NULL)
    return KEEP(designations, designation_count) && KEEP(criteria, criterion_count) &&
           KEEP(parts, part_count) && KEEP(scorecards, scorecard_count) && KEEP(indicators, indicator_count) &&
           KEEP(subsidies, subsidy_count) && KEEP(stacks, stack_count) &&
           KEEP(measures, measure_count);
#undef KEEP
}

static tidu_program *
freeze(struct outline *outline, const tidu_derived *derived, uint32_t derived_count)
{
    tidu_program *program =
        keep_lists(outline) ? tidu_builder_finish(&outline->lowering.builder) : NULL;
    if (!program)
        return NULL;
    program->from = outline->lowering.epoch.steady->from;
    program->until = outline->lowering.epoch.steady->until;
    program->designations = outline->designations;
    program->designation_count = outline->designation_count;
    program->criteria = outline->criteria;
    program->criterion_count = outline->criterion_count;
    program->parts = outline->parts;
    program->part_count = (uint32_t)outline->part_count;
    program->scorecards = outline->scorecards;
    program->scorecard_count = outline->scorecard_count;
    program->indicators = outline->indicators;
    program->indicator_count = outline->indicator_count;
    program->subsidies = outline->subsidies;
    program->subsidy_count = outline->subsidy_count;
    program->stacks = outline->stacks;
    program->stack_count = outline->stack_count;
    program->measures = outline->measures;
    program->measure_count = outline->measure_count;
    program->derived = derived;
    program->derived_count = derived_count;
    return program;
}

/* Titles, then measures and money, then derived facts: in that order runs may
 * stop. */
static tidu_program *
build_in_order(struct outline *outline)
{
    tidu_builder *builder = outline->lowering.builder;
    tidu_derived *derived = NULL;
    uint32_t derived_count = 0;
    if (!reserve(outline) || !emit_all(outline))
        return NULL;
    uint32_t ruled = tidu_builder_count(builder);
    if (!tidu_money_emit(outline))
        return NULL;
    uint32_t supported = tidu_builder_count(builder);
    if (!emit_derived(outline, &derived, &derived_count))
        return NULL;
    tidu_points_drop_idle(outline);
    tidu_program *program = freeze(outline, derived, derived_count);
    if (program) {
        program->ruled_count = ruled;
        program->supported_count = supported;
    }
    return program;
}

static void
leave_scratch(struct outline *outline)
{
    if (outline->world->scratch)
        tidu_arena_reset(outline->world->scratch);
    else
        tidu_arena_close(&outline->scratch);
}

tidu_program *
tidu_outline_build(struct world *world, struct span days, struct chain chain, enum part part)
{
    struct span steady = {INT32_MIN, INT32_MAX};
    struct outline outline = {.world = world, .part = part};
    tidu_builder *builder = tidu_builder_open(world->vocabulary);
    outline.scratch = world->scratch ? world->scratch : tidu_arena_open();
    if (!builder || !outline.scratch) {
        leave_scratch(&outline);
        tidu_builder_close(&builder);
        tidu_no_memory(world);
        return NULL;
    }
    outline.arena = tidu_builder_arena(builder);
    outline.lowering = (struct lowering){.world = world,
                                         .builder = builder,
                                         .epoch = {days, &steady},
                                         .chain = chain,
                                         .meets = find_designation,
                                         .score = tidu_points_score,
                                         .award = tidu_money_award,
                                         .context = &outline};
    tidu_program *program = build_in_order(&outline);
    if (!program && !tidu_report_error_count(world->report))
        tidu_no_memory(world);
    tidu_builder_close(&outline.lowering.builder);
    leave_scratch(&outline);
    return program;
}
