/*
 * overlay.c: a world with something different in it.
 *
 * A changed world is the ruleset's own but for copies of the tables that hold
 * trees (names, criteria, indicators, measures, subsidies, stacks), which are
 * shared except for the path from the root to what was edited. It is lowered by
 * the same outline as any other. A decision table that changed is proved again:
 * with a gap or an overlap it is refused, as it would be in a document.
 *
 *   world  ─► criteria ─► tree:  a ─┬─ b          b, d are shared
 *                                   └─ c ─┬─ d
 *   changed ─► criteria ─► tree: a' ┴─ c' ┴─ e'   e stands where it was edited
 *
 * INVARIANT: the ruleset's world is never written to.
 *
 * Must not know: who asks for the change.
 */
#include "internal.h"

#include "tidu/mutants.h"
#include "tidu/overlay.h"

#include <stdlib.h>
#include <string.h>

struct tidu_overlay {
    tidu_ruleset *ruleset;
    tidu_arena *arena; /* edits, and what differs from the ruleset's world */
    tidu_report *report;
    struct edit *edits;
    size_t edit_count, edit_capacity;
    struct world *world;     /* NULL until a program is asked for */
    struct home *homes;      /* [program of the ruleset] */
    tidu_program **programs; /* [the same]; NULL until asked for */
    bool starved;
};

/* For whom a program of the ruleset was built. */
struct home {
    struct chain chain;
    enum part part;
};

static void
close_programs(struct tidu_overlay *overlay)
{
    for (uint32_t i = 0; overlay->world && i < overlay->ruleset->program_count; i++)
        tidu_program_close(&overlay->programs[i]);
    overlay->world = NULL;
}

/* Programs are numbered in the order of plans and dates; one that a timeline
 * shares with the country's has its number already. */
static void
find_homes(struct tidu_overlay *overlay, const tidu_timeline *timeline, struct home home,
           uint32_t *number)
{
    const tidu_ruleset *ruleset = overlay->ruleset;
    for (uint32_t i = 0; i < timeline->count && *number < ruleset->program_count; i++)
        if (timeline->programs[i] == ruleset->programs[*number])
            overlay->homes[(*number)++] = home;
}

static void
find_all_homes(struct tidu_overlay *overlay)
{
    const tidu_ruleset *ruleset = overlay->ruleset;
    uint32_t number = 0;
    for (uint32_t p = 0; p < ruleset->plan_count; p++) {
        const tidu_plan *plan = &ruleset->plans[p];
        struct home home = {.part = PART_LADDER};
        if (p)
            home.chain = tidu_places_chain(ruleset->world, plan->place);
        find_homes(overlay, &plan->ladder, home, &number);
        home.part = PART_LOCAL;
        find_homes(overlay, &plan->local, home, &number);
    }
}

tidu_overlay *
tidu_overlay_open(tidu_ruleset *ruleset)
{
    struct tidu_overlay *overlay = calloc(1, sizeof *overlay);
    if (!overlay)
        return NULL;
    overlay->ruleset = tidu_ruleset_ref(ruleset);
    overlay->arena = tidu_arena_open();
    overlay->report = tidu_report_open();
    overlay->programs = calloc(ruleset->program_count, sizeof(tidu_program *));
    overlay->homes = calloc(ruleset->program_count, sizeof *overlay->homes);
    if (overlay->arena && overlay->report && overlay->programs && overlay->homes)
        find_all_homes(overlay);
    else
        tidu_overlay_close(&overlay);
    return overlay;
}

void
tidu_overlay_close(tidu_overlay **overlay)
{
    struct tidu_overlay *o = *overlay;
    if (!o)
        return;
    if (o->programs)
        close_programs(o);
    free(o->programs);
    free(o->homes);
    tidu_arena_close(&o->arena);
    tidu_report_close(&o->report);
    tidu_ruleset_unref(&o->ruleset);
    free(o);
    *overlay = NULL;
}

void
tidu_overlay_clear(tidu_overlay *overlay)
{
    close_programs(overlay);
    tidu_arena_reset(overlay->arena);
    overlay->edits = NULL;
    overlay->edit_count = overlay->edit_capacity = 0;
    overlay->starved = false;
}

/* ---- edits ---- */

/* An edit of the same thing takes the place of an earlier one. */
bool
tidu_overlay_add(struct tidu_overlay *overlay, struct edit edit)
{
    close_programs(overlay);
    for (size_t i = 0; i < overlay->edit_count; i++)
        if (overlay->edits[i].at == edit.at) {
            overlay->edits[i] = edit;
            return true;
        }
    struct edit *edits = tidu_arena_grow(overlay->arena, overlay->edits, overlay->edit_count,
                                         &overlay->edit_capacity, sizeof *edits);
    if (!edits)
        return false;
    overlay->edits = edits;
    edits[overlay->edit_count++] = edit;
    return true;
}

static const struct edit *
find_edit(const struct tidu_overlay *overlay, const void *at)
{
    for (size_t i = 0; i < overlay->edit_count; i++)
        if (overlay->edits[i].at == at)
            return &overlay->edits[i];
    return NULL;
}

static void *
copy_table(struct tidu_overlay *overlay, const void *table, size_t count, size_t size)
{
    void *copy = tidu_arena_array(overlay->arena, count, size);
    if (!copy)
        overlay->starved = true;
    else if (count)
        memcpy(copy, table, count * size);
    return copy;
}

/* ---- trees ---- */

static tidu_node *change_tree(struct tidu_overlay *overlay, tidu_node *node);

/* The node with its children changed: itself when none of them is. */
static tidu_node *
change_children(struct tidu_overlay *overlay, tidu_node *node)
{
    tidu_node *changed = NULL;
    for (uint32_t i = 0; i < node->child_count && !overlay->starved; i++) {
        tidu_node *child = change_tree(overlay, node->child[i]);
        if (child == node->child[i])
            continue;
        if (!changed) {
            changed = copy_table(overlay, node, 1, sizeof *node);
            tidu_node **children = copy_table(overlay, node->child, node->child_count,
                                              sizeof(tidu_node *));
            if (overlay->starved)
                return node;
            changed->child = children;
        }
        changed->child[i] = child;
    }
    return changed ? changed : node;
}

static tidu_node *
change_tree(struct tidu_overlay *overlay, tidu_node *node)
{
    const struct edit *edit = node ? find_edit(overlay, node) : NULL;
    if (edit)
        node = (tidu_node *)(uintptr_t)edit->node;
    return node ? change_children(overlay, node) : NULL;
}

/* ---- conditions ---- */

static const tidu_node always_true = {
    .kind = TIDU_NODE_TRUTH, .truth = true, .type = {.kind = TIDU_FLAG, .constant = true}};
static const tidu_node never_true = {
    .kind = TIDU_NODE_TRUTH, .truth = false, .type = {.kind = TIDU_FLAG, .constant = true}};

/* A condition that no longer decides stays where it is, beside one that does:
 * criteria in it keep their places. */
static struct condition
overrule(struct tidu_overlay *overlay, struct condition condition, bool truth)
{
    struct condition *sides = tidu_arena_array(overlay->arena, 2, sizeof *sides);
    if (!sides) {
        overlay->starved = true;
        return condition;
    }
    sides[0] = condition;
    sides[1] = (struct condition){.kind = CONDITION_PART};
    sides[1].written.tree = (tidu_node *)(uintptr_t)(truth ? &always_true : &never_true);
    return (struct condition){.kind = truth ? CONDITION_ANY : CONDITION_ALL, .child = sides,
                              .child_count = 2};
}

static struct condition
change_condition(struct tidu_overlay *overlay, const struct condition *condition)
{
    struct condition changed = *condition;
    const struct edit *edit = find_edit(overlay, condition);
    changed.written.tree = change_tree(overlay, condition->written.tree);
    if (condition->child_count)
        changed.child =
            copy_table(overlay, condition->child, condition->child_count, sizeof *condition->child);
    for (uint32_t i = 0; i < condition->child_count && !overlay->starved; i++)
        changed.child[i] = change_condition(overlay, &condition->child[i]);
    return edit ? overrule(overlay, changed, edit->truth) : changed;
}

/* ---- the tables ---- */

static struct decision *
change_decision(struct tidu_overlay *overlay, const struct decision *old)
{
    struct decision *decision = copy_table(overlay, old, 1, sizeof *old);
    if (!decision)
        return NULL;
    decision->operands =
        copy_table(overlay, old->operands, old->column_count, sizeof *old->operands);
    decision->rows = copy_table(overlay, old->rows, old->row_count, sizeof *old->rows);
    for (uint32_t c = 0; c < old->column_count && !overlay->starved; c++)
        decision->operands[c].tree = change_tree(overlay, old->operands[c].tree);
    for (uint32_t r = 0; r < old->row_count && !overlay->starved; r++) {
        struct decision_row *row = &decision->rows[r];
        row->outcome.tree = change_tree(overlay, row->outcome.tree);
        row->cells = copy_table(overlay, row->cells, old->column_count, sizeof *row->cells);
        for (uint32_t c = 0; c < old->column_count && !overlay->starved; c++)
            row->cells[c].tree = change_tree(overlay, row->cells[c].tree);
    }
    return decision;
}

static void
change_version(struct tidu_overlay *overlay, struct version *version)
{
    tidu_node *old = version->written.tree;
    version->written.tree = change_tree(overlay, old);
    if (version->decision && version->written.tree != old)
        version->decision = change_decision(overlay, version->decision);
}

static void
change_names(struct tidu_overlay *overlay, struct world *world)
{
    world->names = copy_table(overlay, world->names, world->name_count, sizeof *world->names);
    for (size_t i = 0; i < world->name_count && !overlay->starved; i++) {
        struct name *name = &world->names[i];
        name->versions = copy_table(overlay, name->versions, name->version_count,
                                    sizeof *name->versions);
        for (size_t v = 0; v < name->version_count && !overlay->starved; v++)
            change_version(overlay, &name->versions[v]);
    }
}

static void
change_criteria(struct tidu_overlay *overlay, struct world *world)
{
    const struct criterion *old = world->criteria;
    world->criteria = copy_table(overlay, old, world->criterion_count, sizeof *old);
    for (size_t i = 0; i < world->criterion_count && !overlay->starved; i++)
        world->criteria[i].condition = change_condition(overlay, &old[i].condition);
}

static void
change_points(struct tidu_overlay *overlay, struct indicator *indicator,
              const struct indicator *old)
{
    const struct edit *edit = find_edit(overlay, &old->otherwise);
    if (edit)
        indicator->otherwise = edit->points;
    for (uint32_t i = 0; i < old->band_count; i++) {
        edit = find_edit(overlay, &old->band_points[i]);
        if (edit)
            indicator->band_points[i] = edit->points;
    }
}

static void
change_indicators(struct tidu_overlay *overlay, struct world *world)
{
    const struct indicator *old = world->indicators;
    world->indicators = copy_table(overlay, old, world->indicator_count, sizeof *old);
    for (size_t i = 0; i < world->indicator_count && !overlay->starved; i++) {
        struct indicator *indicator = &world->indicators[i];
        uint32_t count = indicator->band_count;
        indicator->bands = copy_table(overlay, old[i].bands, count, sizeof *old[i].bands);
        indicator->band_points = copy_table(overlay, old[i].band_points, count,
                                            sizeof *old[i].band_points);
        if (overlay->starved)
            return;
        indicator->operand.tree = change_tree(overlay, old[i].operand.tree);
        for (uint32_t b = 0; b < count; b++)
            indicator->bands[b].tree = change_tree(overlay, old[i].bands[b].tree);
        change_points(overlay, indicator, &old[i]);
    }
}

/* ---- measures and money ---- */

static void
change_support(struct tidu_overlay *overlay, struct support *support, const struct support *old)
{
    if (old->has_condition && !overlay->starved)
        support->condition = change_condition(overlay, &old->condition);
}

static void
change_money(struct tidu_overlay *overlay, struct world *world)
{
    const struct measure *measures = world->measures;
    const struct subsidy *subsidies = world->subsidies;
    const struct stack *stacks = world->stacks;
    world->measures = copy_table(overlay, measures, world->measure_count, sizeof *measures);
    world->subsidies = copy_table(overlay, subsidies, world->subsidy_count, sizeof *subsidies);
    world->stacks = copy_table(overlay, stacks, world->stack_count, sizeof *stacks);
    for (size_t i = 0; i < world->measure_count && !overlay->starved; i++)
        change_support(overlay, &world->measures[i].support, &measures[i].support);
    for (size_t i = 0; i < world->subsidy_count && !overlay->starved; i++) {
        struct subsidy *subsidy = &world->subsidies[i];
        change_support(overlay, &subsidy->support, &subsidies[i].support);
        subsidy->amount.tree = change_tree(overlay, subsidies[i].amount.tree);
        subsidy->cap.tree = change_tree(overlay, subsidies[i].cap.tree);
    }
    for (size_t i = 0; i < world->stack_count && !overlay->starved; i++)
        world->stacks[i].cap.tree = change_tree(overlay, stacks[i].cap.tree);
    const struct transition *transitions = world->transitions;
    world->transitions =
        copy_table(overlay, transitions, world->transition_count, sizeof *transitions);
    for (size_t i = 0; i < world->transition_count && !overlay->starved; i++)
        change_support(overlay, &world->transitions[i].support, &transitions[i].support);
}

static struct world *
change_world(struct tidu_overlay *overlay)
{
    struct world *world = copy_table(overlay, overlay->ruleset->world, 1, sizeof *world);
    if (!world)
        return NULL;
    world->arena = overlay->arena;
    world->report = overlay->report;
    world->says = NULL;
    world->lapsed = NULL;
    world->lapsed_count = world->lapsed_capacity = 0;
    overlay->starved |= !tidu_inputs_apart(world);
    change_names(overlay, world);
    change_criteria(overlay, world);
    change_indicators(overlay, world);
    change_money(overlay, world);
    return overlay->starved ? NULL : world;
}

/* Tables that changed hold together as the ruleset's do. */
static bool
is_sound(const struct tidu_overlay *overlay, struct world *world)
{
    const struct world *old = overlay->ruleset->world;
    for (size_t i = 0; i < world->name_count; i++)
        for (size_t v = 0; v < world->names[i].version_count; v++) {
            const struct version *version = &world->names[i].versions[v];
            if (version->decision != old->names[i].versions[v].decision &&
                !tidu_decision_prove(world, version))
                return false;
        }
    return true;
}

/* ---- programs ---- */

static bool
refuse(struct tidu_overlay *overlay, tidu_error *reterr)
{
    tidu_error_set(reterr, TIDU_MEMORY, NULL);
    for (size_t i = 0; i < tidu_report_count(overlay->report); i++) {
        const tidu_error *error = tidu_report_get(overlay->report, i);
        if (!tidu_error_is_warning(error->code)) {
            *reterr = *error;
            return false;
        }
    }
    return false;
}

/* Complaints about earlier changes are forgotten. */
static bool
renew_report(struct tidu_overlay *overlay)
{
    if (!tidu_report_count(overlay->report))
        return true;
    tidu_report *fresh = tidu_report_open();
    if (!fresh)
        return false;
    tidu_report_close(&overlay->report);
    overlay->report = fresh;
    if (overlay->world)
        overlay->world->report = fresh;
    return true;
}

/* The changed world, once; one that does not hold together is not kept. */
static bool
open_world(struct tidu_overlay *overlay, tidu_error *reterr)
{
    if (!renew_report(overlay))
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    if (overlay->world)
        return true;
    struct world *world = change_world(overlay);
    if (!world)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    if (!is_sound(overlay, world))
        return refuse(overlay, reterr);
    overlay->world = world;
    return true;
}

const tidu_program *
tidu_overlay_again(tidu_overlay *overlay, uint32_t number, tidu_error *reterr)
{
    const tidu_program *old = overlay->ruleset->programs[number];
    const struct home *home = &overlay->homes[number];
    struct span epoch = {old->from, old->until};
    if (overlay->programs[number])
        return overlay->programs[number];
    if (!open_world(overlay, reterr))
        return NULL;
    overlay->programs[number] = tidu_outline_build(overlay->world, epoch, home->chain, home->part);
    if (!overlay->programs[number])
        refuse(overlay, reterr);
    return overlay->programs[number];
}

/* The country's ladder comes first of all programs, by date. */
const tidu_program *
tidu_overlay_program(tidu_overlay *overlay, int32_t as_of, tidu_error *reterr)
{
    return tidu_overlay_again(overlay, tidu_ruleset_epoch(overlay->ruleset, as_of), reterr);
}

/* ---- thresholds by address ---- */

/* A bare number fits a count, years, days and a score, as in a document. */
static bool
same_kind(const tidu_type *a, const tidu_type *b)
{
    const tidu_type *spelled = a->bare ? b : a;
    if (a->kind != b->kind)
        return false;
    if (a->bare != b->bare)
        return spelled->count || spelled->years || spelled->days || spelled->score;
    return a->money == b->money && a->count == b->count && a->years == b->years &&
           a->days == b->days && a->score == b->score;
}

/* A parameter has its dates, which the programs of an overlay are not cut by. */
static bool
names_something(const tidu_node *node)
{
    bool names = node->kind == TIDU_NODE_NAME;
    for (uint32_t i = 0; !names && i < node->child_count; i++)
        names = names_something(node->child[i]);
    return names;
}

/* The value as a tree, or NULL. */
static const tidu_node *
parse_value(struct tidu_overlay *overlay, const char *address, const char *value,
            const tidu_type *type, tidu_error *reterr)
{
    tidu_place place = {"", 1, 1};
    const char *text = tidu_arena_copy(overlay->arena, value);
    if (!text || !renew_report(overlay)) {
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
        return NULL;
    }
    const tidu_node *node = tidu_expr_parse(overlay->arena, text, place,
                                            &overlay->ruleset->world->scope, overlay->report);
    if (!node)
        refuse(overlay, reterr);
    else if (!node->type.constant || names_something(node) || !same_kind(&node->type, type))
        tidu_error_set(reterr, TIDU_OVERLAY_VALUE, address, value, NULL);
    else
        return node;
    return NULL;
}

bool
tidu_overlay_set(tidu_overlay *overlay, const char *address, const char *value, tidu_error *reterr)
{
    const struct world *world = overlay->ruleset->world;
    bool found = false;
    for (size_t i = 0; i < world->threshold_count; i++) {
        const tidu_node *old = world->thresholds[i];
        if (strcmp(world->ruleset->parameters[i].address, address))
            continue;
        const tidu_node *node = parse_value(overlay, address, value, &old->type, reterr);
        if (!node)
            return false;
        found = true;
        if (!tidu_overlay_add(overlay, (struct edit){.kind = EDIT_NODE, .at = old, .node = node}))
            return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    }
    return found || tidu_error_set(reterr, TIDU_OVERLAY_ADDRESS, address, NULL);
}

bool
tidu_overlay_mutate(tidu_overlay *overlay, const tidu_mutant *mutant)
{
    tidu_overlay_clear(overlay);
    return tidu_overlay_add(overlay, *mutant->edit);
}
