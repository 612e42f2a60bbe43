/*
 * cones.c: what a step rests on, and whether a search can turn it round.
 *
 * Must not know: searches.
 */
#include "differ.h"

#include <stdlib.h>

bool
tidu_asks_known(uint8_t op)
{
    return op == TIDU_DO_KNOWN || op == TIDU_DO_KNOWN_FLAG;
}

/* Days and lists: see between.c. */
static bool
is_fixed(const struct differing *differing, const tidu_instruction *step)
{
    if (step->op >= TIDU_DO_ANY_ITEM && step->op <= TIDU_DO_COUNT_ITEMS)
        return true;
    if (step->op != TIDU_DO_FACT)
        return false;
    const tidu_column *column = &differing->joint->vocabulary.layout.columns[step->number];
    return column->fact == TIDU_NONE ||
           differing->joint->vocabulary.facts[column->fact].symbol.type.kind == TIDU_DATE;
}

/* In a search everything is known: what comes of it when it is not is another matter. */
static bool
minds_unknowns(const tidu_instruction *step)
{
    return tidu_asks_known(step->op) || step->op == TIDU_DO_FILL ||
           (step->op == TIDU_DO_TRUTH && step->number == 2);
}

struct cone
tidu_cone_of(struct differing *differing, uint32_t side, tidu_step at)
{
    const tidu_program *program = differing->sides[side].program;
    struct cone cone = {.columns = tidu_arena_array(differing->arena, program->layout->column_count,
                                                    sizeof *cone.columns)};
    bool *reached = calloc(program->step_count, sizeof *reached);
    differing->failed = differing->failed || !reached || !cone.columns;
    if (reached && cone.columns)
        tidu_program_reach(program, at, reached);
    for (uint32_t s = 0; s < program->step_count && !differing->failed; s++) {
        const tidu_instruction *step = &program->steps[s];
        if (!reached[s])
            continue;
        cone.fixed = cone.fixed || is_fixed(differing, step);
        cone.unknowns = cone.unknowns || minds_unknowns(step);
        if (step->op == TIDU_DO_FACT || step->op == TIDU_DO_FLAG)
            cone.columns[step->number] = true;
    }
    free(reached);
    return cone;
}

static bool
shares(const struct differing *differing, const struct cone *a, const struct cone *b)
{
    for (uint32_t c = 0; c < differing->joint->vocabulary.layout.column_count; c++)
        if (a->columns[c] && b->columns[c])
            return true;
    return false;
}

bool
tidu_is_entangled(struct differing *differing, const struct cone *own, const char *id)
{
    for (uint32_t side = 0; side < 2; side++) {
        const struct version *version = &differing->sides[side];
        for (uint32_t c = 0; c < version->designation->criterion_count; c++) {
            const tidu_criterion *other =
                &version->program->criteria[version->designation->first_criterion + c];
            if (other->parent != TIDU_NONE || !strcmp(other->id, id))
                continue;
            struct cone cone = tidu_cone_of(differing, side, other->status);
            if (differing->failed || (cone.fixed && shares(differing, own, &cone)))
                return true;
        }
    }
    return false;
}

bool
tidu_is_blind(const struct leeway *leeway, const struct cone *cone)
{
    const tidu_layout *layout = leeway->block->layout;
    for (uint32_t c = 0; c < layout->column_count; c++)
        if (cone->columns[c] && layout->columns[c].fact != TIDU_NONE &&
            leeway->blind[layout->columns[c].fact])
            return true;
    return false;
}

bool
tidu_reads_oddly(struct differing *differing)
{
    for (uint32_t side = 0; side < 2; side++) {
        struct cone cone =
            tidu_cone_of(differing, side, differing->sides[side].designation->status);
        for (uint32_t c = 0; c < differing->joint->vocabulary.layout.column_count; c++)
            if (!differing->failed && cone.columns[c] && differing->joint->odd[c])
                return true;
    }
    return false;
}
