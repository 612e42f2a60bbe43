/*
 * transition.c: from old or new, whichever is better (从旧兼从有利).
 *
 *   from_old_or_new "lg" { before = "2026-04-01", [[ applied < 2026-04-01 ]] }
 *
 *   rules of the day before ──► old ──┐ and for whom it is meant
 *                                     ├─ or ──► the designation
 *   rules in force ───────────► new ──┘
 *
 * While the clause is in force, whoever it is meant for meets the designation
 * by the old rules too. The old rules are those of one day, with all that they
 * ask for, so they are lowered as if it were that day: with parameters,
 * designations and fills of then. The facts are those of the day asked about.
 *
 * Must not know: how either is lowered (outline.c).
 */
#include "outline.h"

#include <stdlib.h>
#include <string.h>

/* ---- as declared ---- */

/* The version of a designation in force on a day, or TIDU_NONE. */
static int32_t
version_on(const struct world *world, const char *id, uint32_t place, int32_t day)
{
    for (size_t d = 0; d < world->designation_count; d++) {
        const struct designation *designation = &world->designations[d];
        if (!strcmp(designation->declaration->name, id) &&
            tidu_places_of(world, designation->declaration) == place &&
            designation->span.from <= day && day <= designation->span.until)
            return (int32_t)d;
    }
    return TIDU_NONE;
}

static bool
read_before(struct world *world, const tidu_declaration *declaration, int32_t *ret)
{
    const tidu_attr *before = tidu_attr_find(&declaration->attrs, "before");
    if (!before)
        return tidu_compile_complain(world, declaration, TIDU_TRANSITION_BEFORE,
                                     declaration->name, NULL, NULL);
    return tidu_date_parse(before->text, strlen(before->text), ret) ||
           tidu_compile_complain_at(world, declaration, before, TIDU_BAD_DATE, before->text, NULL,
                                    NULL, NULL);
}

static bool
find_old(struct world *world, struct transition *transition)
{
    const tidu_declaration *declaration = transition->support.declaration;
    const char *before = tidu_attr_text(&declaration->attrs, "before", "");
    int32_t old = version_on(world, declaration->name, tidu_places_of(world, declaration),
                             transition->before - 1);
    if (old == TIDU_NONE)
        return tidu_compile_complain(world, declaration, TIDU_TRANSITION_OLD, declaration->name,
                                     before, NULL);
    transition->old = (uint32_t)old;
    if (world->designations[old].span.until < transition->span.from)
        return true;
    return tidu_compile_collide(world, (struct said){declaration, NULL},
                                (struct said){world->designations[old].declaration, NULL},
                                TIDU_TRANSITION_SAME, declaration->name, before, NULL);
}

/* Whether another clause says it for some of the same days. */
static bool
check_alone(struct world *world, const struct transition *transition)
{
    const tidu_declaration *declaration = transition->support.declaration;
    for (const struct transition *other = world->transitions; other < transition; other++)
        if (!strcmp(other->support.declaration->name, declaration->name) &&
            tidu_places_of(world, other->support.declaration) ==
                tidu_places_of(world, declaration) &&
            other->span.from <= transition->span.until &&
            transition->span.from <= other->span.until)
            return tidu_compile_collide(world, (struct said){declaration, NULL},
                                        (struct said){other->support.declaration, NULL},
                                        TIDU_NAME_TAKEN, declaration->word, declaration->name,
                                        NULL);
    return true;
}

static bool
read_transition(struct world *world, const tidu_declaration *declaration)
{
    struct transition *transition = TIDU_APPEND(world, transition);
    if (!transition)
        return false;
    *transition = (struct transition){.support = {.declaration = declaration}};
    transition->id = tidu_arena_printf(world->arena, "%s/from_old_or_new", declaration->name);
    if (!transition->id)
        return tidu_no_memory(world);
    bool good = read_before(world, declaration, &transition->before);
    good = tidu_words_dates(world, declaration, &transition->span) && good;
    good = tidu_support_condition(world, &transition->support) && good;
    return good && find_old(world, transition) && check_alone(world, transition);
}

bool
tidu_transitions_read(struct world *world)
{
    bool good = true;
    for (uint32_t i = 0; i < world->declared->declaration_count && !world->starved; i++)
        if (!strcmp(world->declared->declarations[i].word, "from_old_or_new"))
            good = read_transition(world, &world->declared->declarations[i]) && good;
    return good;
}

/* ---- lowered ---- */

static bool
fail(struct outline *outline)
{
    outline->lowering.failed = true;
    return false;
}

/* The clause that speaks for the designation now, or NULL. */
static const struct transition *
transition_of(const struct outline *outline, const struct designation *designation)
{
    const struct world *world = outline->world;
    for (size_t i = 0; i < world->transition_count; i++) {
        const struct transition *transition = &world->transitions[i];
        const tidu_declaration *declaration = transition->support.declaration;
        if (!strcmp(declaration->name, designation->declaration->name) &&
            tidu_places_of(world, declaration) ==
                tidu_places_of(world, designation->declaration) &&
            tidu_epoch_within(outline->lowering.epoch, transition->span))
            return transition;
    }
    return NULL;
}

/* Lower a designation as on the day before; its number in the program. What is
 * lowered on the way stands beside what the present has. */
static bool
emit_old(struct outline *outline, const struct transition *transition, uint32_t *ret)
{
    uint32_t *emitted = &outline->olds[transition - outline->world->transitions];
    struct outline now = *outline;
    int32_t day = transition->before - 1;
    if (*emitted) {
        *ret = *emitted - 1;
        return true;
    }
    outline->lowering.epoch = (struct epoch){{day, day}, NULL};
    outline->past = true;
    bool good = tidu_outline_turn(outline) && tidu_outline_designation(outline, transition->old);
    if (good)
        *emitted = (*ret = outline->designation_of[transition->old]) + 1;
    tidu_outline_return(outline, &now);
    return good || fail(outline);
}

static bool
lower_condition(struct outline *outline, const struct support *support, tidu_criterion *rule)
{
    rule->condition = (tidu_branch){.kind = TIDU_BRANCH_ALL, .criterion = TIDU_NONE};
    if (support->has_condition)
        return tidu_outline_condition(outline, &support->condition, &rule->condition);
    rule->condition.status = tidu_builder_step(outline->lowering.builder, TIDU_DO_TRUTH,
                                               TIDU_NO_STEP, TIDU_NO_STEP, 1);
    return true;
}

bool
tidu_transition_emit(struct outline *outline, uint32_t number, tidu_designation *made)
{
    const struct transition *declared =
        transition_of(outline, &outline->world->designations[number]);
    if (!declared || declared->old == number)
        return true;
    tidu_builder *builder = outline->lowering.builder;
    tidu_transition *transition = tidu_arena_alloc(outline->arena, sizeof *transition);
    if (!transition)
        return fail(outline);
    tidu_outline_rule(outline, declared->support.declaration, declared->id, &transition->rule);
    transition->before = declared->before;
    transition->now = made->status;
    if (!emit_old(outline, declared, &transition->old) ||
        !lower_condition(outline, &declared->support, &transition->rule))
        return false;
    transition->rule.status = transition->rule.condition.status;
    tidu_step both[2] = {transition->rule.status,
                         outline->designations[transition->old].status};
    tidu_step either[2] = {made->status, tidu_builder_list(builder, TIDU_DO_AND, 0, both, 2)};
    made->status = tidu_builder_list(builder, TIDU_DO_OR, 0, either, 2);
    made->transition = transition;
    return made->status != TIDU_NO_STEP || fail(outline);
}
