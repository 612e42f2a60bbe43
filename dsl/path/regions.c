/*
 * regions.c: records for which two rulesets differ, as boxes.
 *
 * A search finds a record that one side meets and that fails a criterion of the other.
 * What of the criterion's pieces is not needed for that is let go of, and the rest is a
 * region: whoever is so, and meets all else, is told otherwise. The next region is looked
 * for where one of these pieces is not so, those before it being so; thus none is missed.
 */
#include "differ.h"

#include <stdlib.h>

enum {
    MOST_TRIES = 1500, /* nodes of one search */
    MOST_OPEN = 64     /* parts of the space that are still to be searched */
};

/* ---- pieces of a condition ---- */

static const tidu_part *
part_of(const struct version *version, tidu_step step)
{
    for (uint32_t p = 0; p < version->program->part_count; p++)
        if (version->program->parts[p].status == step)
            return &version->program->parts[p];
    return NULL;
}

static bool
joins(uint8_t op)
{
    return op == TIDU_DO_AND || op == TIDU_DO_OR || op == TIDU_DO_NOT || op == TIDU_DO_AT_LEAST;
}

struct pieces {
    struct differing *differing;
    struct atom *list;
    uint32_t count;
    bool too_many;
};

static int32_t
find_atom(const struct pieces *pieces, uint32_t side, tidu_step step)
{
    for (uint32_t i = 0; i < pieces->count; i++) {
        const struct atom *atom = &pieces->list[i];
        if (atom->side == side && atom->step == step)
            return (int32_t)i;
        if (atom->side != side &&
            tidu_same_steps(pieces->differing, side ? atom->step : step, side ? step : atom->step))
            return (int32_t)i;
    }
    return TIDU_NONE;
}

static void
gather(struct pieces *pieces, uint32_t side, tidu_step at)
{
    const struct version *version = &pieces->differing->sides[side];
    const tidu_instruction *step = &version->program->steps[at];
    const tidu_part *part = part_of(version, at);
    if (step->op == TIDU_DO_TRUTH || tidu_asks_known(step->op))
        return;
    if (joins(step->op)) {
        if (step->op == TIDU_DO_NOT)
            gather(pieces, side, step->a);
        for (uint32_t i = 0; i < step->count; i++)
            gather(pieces, side, version->program->pool[step->first + i]);
        return;
    }
    int32_t found = find_atom(pieces, side, at);
    if (found != TIDU_NONE) {
        pieces->list[found].changed =
            pieces->list[found].changed && pieces->list[found].side == side;
        return;
    }
    pieces->too_many = pieces->too_many || pieces->count == MOST_ATOMS;
    if (!pieces->too_many)
        pieces->list[pieces->count++] = (struct atom){side, at, false, true, part};
}

/* ---- what a condition comes to when some pieces are left open ---- */

static tidu_truth
turned(tidu_truth truth)
{
    return truth == TIDU_TRUE ? TIDU_FALSE : truth == TIDU_FALSE ? TIDU_TRUE : TIDU_UNKNOWN;
}

static tidu_truth
come_to(const struct pieces *pieces, const bool *kept, uint32_t side, tidu_step at)
{
    const tidu_program *program = pieces->differing->sides[side].program;
    const tidu_instruction *step = &program->steps[at];
    if (step->op == TIDU_DO_TRUTH)
        return step->number == 1 ? TIDU_TRUE : step->number ? TIDU_UNKNOWN : TIDU_FALSE;
    if (tidu_asks_known(step->op))
        return TIDU_TRUE;
    if (step->op == TIDU_DO_NOT)
        return turned(come_to(pieces, kept, side, step->a));
    if (joins(step->op)) {
        uint32_t met = 0, failed = 0;
        for (uint32_t i = 0; i < step->count; i++) {
            tidu_truth one = come_to(pieces, kept, side, program->pool[step->first + i]);
            met += one == TIDU_TRUE;
            failed += one == TIDU_FALSE;
        }
        uint32_t needed = step->op == TIDU_DO_AND  ? step->count
                          : step->op == TIDU_DO_OR ? 1
                                                   : step->number;
        return met >= needed                   ? TIDU_TRUE
               : step->count - failed < needed ? TIDU_FALSE
                                               : TIDU_UNKNOWN;
    }
    int32_t atom = find_atom(pieces, side, at);
    if (atom == TIDU_NONE || !kept[atom])
        return TIDU_UNKNOWN;
    return pieces->list[atom].truth ? TIDU_TRUE : TIDU_FALSE;
}

/* A criterion that is failed, and the one of its name on the other side, or NULL. */
struct facing {
    bool gain;
    uint32_t side;
    const tidu_criterion *criterion, *other;
};

static bool
still_differs(const struct pieces *pieces, const bool *kept, const struct facing *facing)
{
    return come_to(pieces, kept, facing->side, facing->criterion->status) == TIDU_FALSE &&
           (!facing->other ||
            come_to(pieces, kept, !facing->side, facing->other->status) == TIDU_TRUE);
}

/* Pieces that need not be so for the criterion to differ; those that did not change go
 * first. */
static void
let_go(const struct pieces *pieces, const struct facing *facing, bool *kept)
{
    for (int changed = 0; changed < 2; changed++)
        for (uint32_t i = 0; i < pieces->count; i++) {
            if (pieces->list[i].changed != changed)
                continue;
            kept[i] = false;
            kept[i] = !still_differs(pieces, kept, facing);
        }
}

/* ---- searching ---- */

struct searching {
    struct differing *differing;
    struct facing facing;
    struct leeway *leeway;
    int32_t day;
    size_t first; /* region of this criterion */
    struct pieces pieces;
};

/* What is asked of the steps of a part of the space. */
struct corner {
    struct goal goals[MOST_ATOMS];
    uint32_t count;
};

static struct goal
goal_of(uint32_t side, tidu_step step, bool want)
{
    return (struct goal){.kind = GOAL_FLAG, .lane = side, .a = step, .want = want, .firm = true};
}

static bool
search_corner(struct searching *searching, const struct corner *corner, struct solution *ret)
{
    struct differing *differing = searching->differing;
    const struct facing *facing = &searching->facing;
    const struct version *met = &differing->sides[!facing->side];
    struct goal goals[MOST_ATOMS + 2];
    uint32_t count = 0;
    goals[count++] = goal_of(!facing->side, met->designation->status, true);
    goals[count++] = goal_of(facing->side, facing->criterion->status, false);
    for (uint32_t g = 0; g < corner->count; g++)
        goals[count++] = corner->goals[g];
    *differing->question->nodes_left = MOST_TRIES;
    bool good = tidu_search_run(searching->leeway, goals, count, (struct kept){0}, SEARCH_PART, ret);
    differing->failed = differing->failed || !good;
    differing->complete = differing->complete && !ret->stuck && !ret->stopped;
    return good && ret->found;
}

/* The solution's record in the block, and what the pieces come to there. */
static bool
try_solution(struct searching *searching, const struct solution *solution)
{
    struct leeway *leeway = searching->leeway;
    mpq_t *values = tidu_arena_array(leeway->arena, leeway->quantity_count, sizeof *values);
    if (!values) {
        searching->differing->failed = true;
        return false;
    }
    for (uint32_t q = 0; q < leeway->quantity_count; q++) {
        mpq_init(values[q]);
        mpq_set(values[q], solution->values[q]);
    }
    tidu_leeway_try(leeway, values, solution->options);
    for (uint32_t q = 0; q < leeway->quantity_count; q++)
        mpq_clear(values[q]);
    bool known = true;
    for (uint32_t i = 0; i < searching->pieces.count; i++) {
        struct atom *atom = &searching->pieces.list[i];
        tidu_truth truth = tidu_run_truth(leeway->lanes[atom->side].run, atom->step, 0);
        known = known && truth != TIDU_UNKNOWN;
        atom->truth = truth == TIDU_TRUE;
    }
    return known;
}

/* Facts that the region's pieces rest on. */
static const bool *
facts_of(struct searching *searching, const struct region *region)
{
    struct differing *differing = searching->differing;
    const tidu_vocabulary *vocabulary = &differing->joint->vocabulary;
    bool *facts = tidu_arena_array(differing->arena, vocabulary->fact_count + 1, sizeof *facts);
    bool *columns =
        tidu_arena_array(differing->arena, vocabulary->layout.column_count, sizeof *columns);
    bool good = facts && columns;
    for (uint32_t i = 0; i < region->atom_count && good; i++)
        good = tidu_leeway_reads(searching->leeway, region->atoms[i].side, region->atoms[i].step,
                                 columns);
    for (uint32_t c = 0; c < vocabulary->layout.column_count && good; c++)
        if (columns[c])
            facts[vocabulary->layout.columns[c].fact == TIDU_NONE
                      ? vocabulary->fact_count
                      : (uint32_t)vocabulary->layout.columns[c].fact] = true;
    differing->failed = differing->failed || !good;
    return good ? facts : NULL;
}

/* Whether a region of the same pieces is told already. */
static bool
is_told(const struct searching *searching, const bool *kept)
{
    const struct differing *differing = searching->differing;
    for (size_t r = searching->first; r < differing->region_count; r++) {
        const struct region *region = &differing->regions[r];
        uint32_t same = 0, count = 0;
        for (uint32_t i = 0; i < searching->pieces.count; i++) {
            const struct atom *atom = &searching->pieces.list[i];
            count += kept[i];
            for (uint32_t a = 0; kept[i] && a < region->atom_count; a++)
                same += region->atoms[a].side == atom->side &&
                        region->atoms[a].step == atom->step &&
                        region->atoms[a].truth == atom->truth;
        }
        if (same == count && count == region->atom_count)
            return true;
    }
    return false;
}

/* A record that neither side says so of is no example: a search knows no lists. */
static bool
keep_region(struct searching *searching, const bool *kept)
{
    struct differing *differing = searching->differing;
    if (is_told(searching, kept))
        return false;
    struct atom *atoms = tidu_arena_array(differing->arena, searching->pieces.count, sizeof *atoms);
    struct region region = {.gain = searching->facing.gain,
                            .side = searching->facing.side,
                            .criterion = searching->facing.criterion,
                            .atoms = atoms};
    struct region *list =
        tidu_arena_grow(differing->arena, differing->regions, differing->region_count,
                        &differing->region_capacity, sizeof *list);
    if (!atoms || !list) {
        differing->failed = true;
        return false;
    }
    differing->regions = list;
    for (uint32_t i = 0; i < searching->pieces.count; i++)
        if (kept[i])
            atoms[region.atom_count++] = searching->pieces.list[i];
    region.reads = facts_of(searching, &region);
    tidu_put_invented(differing, searching->leeway, searching->day, &region.example);
    differing->failed = differing->failed || region.example.failed;
    bool judged = region.reads && !region.example.failed &&
                  differing->judge(differing->context, &region.example, region.judged);
    if (!judged || region.judged[1] != region.gain || region.judged[0] == region.gain) {
        tidu_text_free(&region.example);
        differing->complete = false;
        return false;
    }
    list[differing->region_count++] = region;
    return true;
}

/* Where the region's pieces are so up to one that is not. */
static void
split(struct searching *searching, const struct corner *corner, const bool *kept,
      struct corner *open, uint32_t *open_count)
{
    struct corner next = *corner;
    for (uint32_t i = 0; i < searching->pieces.count; i++) {
        const struct atom *atom = &searching->pieces.list[i];
        if (!kept[i])
            continue;
        if (*open_count == MOST_OPEN || next.count + 1 >= MOST_ATOMS) {
            searching->differing->complete = false;
            return;
        }
        next.goals[next.count] = goal_of(atom->side, atom->step, !atom->truth);
        open[*open_count] = next;
        open[(*open_count)++].count++;
        next.goals[next.count++].want = atom->truth;
    }
}

static void
search_all(struct searching *searching)
{
    struct differing *differing = searching->differing;
    struct corner *open = calloc(MOST_OPEN, sizeof *open);
    uint32_t open_count = 1, found = 0, tries = 0;
    if (!open) {
        differing->failed = true;
        return;
    }
    while (open_count && found < MOST_REGIONS && !differing->failed &&
           !*differing->question->stopped) {
        struct corner corner = open[--open_count];
        struct solution solution;
        bool kept[MOST_ATOMS];
        if (++tries > 4 * MOST_REGIONS) {
            differing->complete = false;
            break;
        }
        if (!search_corner(searching, &corner, &solution))
            continue;
        if (!try_solution(searching, &solution)) {
            differing->complete = false;
            continue;
        }
        memset(kept, true, sizeof kept);
        let_go(&searching->pieces, &searching->facing, kept);
        found += keep_region(searching, kept);
        split(searching, &corner, kept, open, &open_count);
    }
    differing->complete = differing->complete && !open_count;
    free(open);
}

/* ---- whether all there is can be found ---- */

/* Of a criterion that is one of the two. */
static void
judge_completeness(struct searching *searching)
{
    struct differing *differing = searching->differing;
    const struct facing *facing = &searching->facing;
    for (uint32_t side = 0; side < 2 && differing->complete; side++) {
        const tidu_criterion *criterion = side == facing->side ? facing->criterion : facing->other;
        if (!criterion)
            continue;
        struct cone own = tidu_cone_of(differing, side, criterion->status);
        differing->complete = !differing->failed && !own.fixed && !own.unknowns &&
                              !tidu_is_blind(searching->leeway, &own) &&
                              !tidu_is_entangled(differing, &own, criterion->id);
    }
}

/* ---- one criterion ---- */

static bool
open_pieces(struct searching *searching)
{
    struct differing *differing = searching->differing;
    searching->pieces = (struct pieces){.differing = differing};
    searching->pieces.list =
        tidu_arena_array(differing->arena, MOST_ATOMS, sizeof *searching->pieces.list);
    if (!searching->pieces.list) {
        differing->failed = true;
        return false;
    }
    gather(&searching->pieces, searching->facing.side, searching->facing.criterion->status);
    if (searching->facing.other)
        gather(&searching->pieces, !searching->facing.side, searching->facing.other->status);
    if (!searching->facing.other)
        for (uint32_t i = 0; i < searching->pieces.count; i++)
            searching->pieces.list[i].changed = true;
    differing->complete = differing->complete && !searching->pieces.too_many;
    return !searching->pieces.too_many;
}

/* Days are not free: if nobody of an old enterprise differs, maybe a young one does. */
static void
search_facing(struct differing *differing, struct facing facing)
{
    static const int32_t ages[] = {20 * 365, 400};
    struct searching searching = {.differing = differing, .facing = facing};
    size_t before = differing->region_count;
    if (!open_pieces(&searching))
        return;
    searching.first = before;
    for (int a = 0; a < 2 && !differing->failed; a++) {
        struct between between = {.vocabulary = &differing->joint->vocabulary,
                                  .as_of = differing->as_of,
                                  .day = differing->as_of - ages[a]};
        tidu_step needs[2][2];
        for (uint32_t side = 0; side < 2; side++) {
            const tidu_criterion *criterion = side == facing.side ? facing.criterion : facing.other;
            between.programs[side] = differing->sides[side].program;
            needs[side][0] = differing->sides[side].designation->status;
            needs[side][1] = criterion ? criterion->status : needs[side][0];
            between.needs[side] = needs[side];
            between.need_counts[side] = 2;
        }
        searching.day = between.day;
        searching.leeway = tidu_leeway_between(differing->question, &between);
        differing->failed = differing->failed || !searching.leeway;
        if (searching.leeway)
            search_all(&searching);
        if (searching.leeway && !a)
            judge_completeness(&searching);
        tidu_leeway_close(&searching.leeway);
    }
    /* nobody so old and without lists meets all else: others may */
    for (uint32_t side = 0; side < 2 && differing->region_count == before; side++)
        differing->complete =
            differing->complete &&
            !tidu_cone_of(differing, side, differing->sides[side].designation->status).fixed;
}

static const tidu_criterion *
criterion_of(const struct version *version, const char *id)
{
    for (uint32_t c = 0; c < version->designation->criterion_count; c++) {
        const tidu_criterion *criterion =
            &version->program->criteria[version->designation->first_criterion + c];
        if (criterion->parent == TIDU_NONE && !strcmp(criterion->id, id))
            return criterion;
    }
    return NULL;
}

/* Criteria of the new rules that are failed take away, those of the old ones gave. Where
 * something else makes the difference, only that is known. */
void
tidu_find_regions(struct differing *differing)
{
    bool searched = false;
    for (uint32_t side = 2; side-- > 0;) {
        const struct version *version = &differing->sides[side];
        for (uint32_t c = 0; c < version->designation->criterion_count && !differing->failed; c++) {
            const tidu_criterion *criterion =
                &version->program->criteria[version->designation->first_criterion + c];
            if (criterion->parent != TIDU_NONE)
                continue;
            const tidu_criterion *other = criterion_of(&differing->sides[!side], criterion->id);
            bool same =
                other && tidu_same_steps(differing, side ? other->status : criterion->status,
                                         side ? criterion->status : other->status);
            if (!same)
                search_facing(differing, (struct facing){!side, side, criterion, other});
            searched = searched || !same;
        }
    }
    differing->complete = differing->complete && searched &&
                          !differing->sides[0].designation->transition &&
                          !differing->sides[1].designation->transition;
}
