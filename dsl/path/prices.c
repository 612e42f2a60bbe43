/*
 * prices.c: what the points of one indicator take.
 *
 * All it can come to is listed; what each level takes is searched once for the bounds that are
 * decided (a ratio's points are dearer once revenue has to rise).
 *
 * INVARIANT: a price is never more than what any solution takes for the level. The effort of a
 * quantity that several indicators use is divided between them, so that nothing is counted
 * twice (a cost partitioning: M. Katz, C. Domshlak, Optimal admissible composition of
 * abstraction heuristics, 2010).
 *
 * Must not know: what points are needed for.
 */
#include "sums.h"

#include <math.h>
#include <stdlib.h>

enum { SHARINGS = 3 }; /* how often efforts are divided anew */

/* ---- levels ---- */

static int
compare_points(const void *a, const void *b)
{
    return mpq_cmp(*(const mpq_ptr *)a, *(const mpq_ptr *)b);
}

static bool
add_level(struct search *search, struct climb *climb, mpq_srcptr points)
{
    for (uint32_t l = 0; l < climb->level_count; l++)
        if (mpq_equal(climb->points[l], points))
            return true;
    if (climb->level_count == MOST_LEVELS)
        return false;
    climb->points[climb->level_count++] = tidu_numbers_copy(&search->leeway->numbers, points);
    return true;
}

/* What flags that add up can come to: each gives its points to all that came before. */
static bool
list_subsets(struct search *search, struct climb *climb, const uint32_t *constants,
             const tidu_program *program, uint32_t count)
{
    mpq_srcptr most = program->constants[constants[count]].exact;
    mpq_t total;
    mpq_init(total);
    bool good = add_level(search, climb, total);
    for (uint32_t i = 0; good && i < count; i++)
        for (uint32_t l = climb->level_count; good && l-- > 0;) {
            mpq_add(total, climb->points[l], program->constants[constants[i]].exact);
            good = mpq_sgn(program->constants[constants[i]].exact) >= 0 &&
                   add_level(search, climb, total);
        }
    for (uint32_t l = 0; good && l < climb->level_count; l++)
        if (mpq_cmp(climb->points[l], most) > 0)
            mpq_set(climb->points[l], most);
    mpq_clear(total);
    return good;
}

/* All that a step can come to. */
static bool
list_levels(struct search *search, struct climb *climb)
{
    const struct lane *lane = &search->leeway->lanes[climb->leap.lane];
    const tidu_instruction *step = &lane->program->steps[climb->leap.step];
    const uint32_t *constants = lane->program->pool + step->first + step->count;
    mpq_ptr now = tidu_numbers_new(&search->numbers);
    uint32_t kept = 0;
    bool good = true;
    switch (step->op) {
    case TIDU_DO_PICK_LOW:
    case TIDU_DO_PICK_HIGH:
        for (uint32_t i = 0; good && i <= step->count; i++)
            good = add_level(search, climb, lane->program->constants[constants[i]].exact);
        break;
    case TIDU_DO_COLLECT_LOW:
    case TIDU_DO_COLLECT_HIGH:
        good = list_subsets(search, climb, constants, lane->program, step->count);
        break;
    default:
        good = false;
    }
    if (!good)
        return false;
    tidu_run_exact(lane->run, climb->leap.step, climb->leap.stage, now);
    qsort(climb->points, climb->level_count, sizeof *climb->points, compare_points);
    mpq_ptr *points = climb->points;
    for (uint32_t i = 0; i < climb->level_count; i++)
        if (!kept || mpq_cmp(points[i], points[kept - 1]) > 0)
            points[kept++] = points[i];
    climb->level_count = kept;
    while (climb->free_count < kept && mpq_cmp(points[climb->free_count], now) <= 0)
        climb->free_count++;
    return kept && mpq_sgn(points[0]) >= 0;
}

/* ---- efforts, divided ---- */

static bool
open_shares(struct leeway *leeway, struct sum *sum)
{
    tidu_arena *arena = leeway->arena;
    struct shares *shares = sum->shares = tidu_arena_alloc(arena, sizeof *shares);
    if (!shares)
        return false;
    shares->quantities =
        tidu_arena_array(arena, leeway->quantity_count, sizeof *shares->quantities);
    shares->toggles = tidu_arena_array(arena, leeway->toggle_count, sizeof *shares->toggles);
    shares->quantity_users =
        tidu_arena_array(arena, leeway->quantity_count, sizeof *shares->quantity_users);
    shares->toggle_users =
        tidu_arena_array(arena, leeway->toggle_count, sizeof *shares->toggle_users);
    if (!shares->quantities || !shares->toggles || !shares->quantity_users || !shares->toggle_users)
        return false;
    for (uint32_t q = 0; q < leeway->quantity_count; q++) {
        shares->quantities[q][0] = leeway->quantities[q].up;
        shares->quantities[q][1] = leeway->quantities[q].down;
    }
    for (uint32_t t = 0; t < leeway->toggle_count; t++)
        memcpy(shares->toggles[t], leeway->toggles[t].effort, sizeof shares->toggles[t]);
    return true;
}

static mpq_ptr
share(struct leeway *leeway, mpq_srcptr whole, bool uses, uint32_t users)
{
    if (!whole)
        return NULL;
    mpq_ptr part = tidu_numbers_new(&leeway->numbers);
    if (!uses)
        return part;
    mpq_set_ui(part, 1, users);
    mpq_mul(part, part, whole);
    return part;
}

/* The share of what an indicator uses, nothing for the rest. */
static void
divide(struct leeway *leeway, const struct shares *shares, struct climb *climb)
{
    for (uint32_t q = 0; q < leeway->quantity_count; q++)
        for (int way = 0; way < 2; way++)
            climb->quantity_shares[q][way] = share(leeway, shares->quantities[q][way],
                                                   climb->quantities[q], shares->quantity_users[q]);
    for (uint32_t t = 0; t < leeway->toggle_count; t++)
        for (uint32_t o = 0; o < leeway->toggles[t].option_count; o++)
            climb->toggle_shares[t][o] = share(leeway, shares->toggles[t][o], climb->toggles[t],
                                               shares->toggle_users[t]);
}

/* Efforts as an indicator sees them; NULL: the whole ones again. */
static void
set_efforts(struct leeway *leeway, const struct shares *shares, const struct climb *climb)
{
    mpq_ptr(*quantities)[2] = climb ? climb->quantity_shares : shares->quantities;
    mpq_ptr(*toggles)[MOST_OPTIONS] = climb ? climb->toggle_shares : shares->toggles;
    for (uint32_t q = 0; q < leeway->quantity_count; q++) {
        leeway->quantities[q].up = quantities[q][0];
        leeway->quantities[q].down = quantities[q][1];
    }
    for (uint32_t t = 0; t < leeway->toggle_count; t++)
        memcpy(leeway->toggles[t].effort, toggles[t], sizeof toggles[t]);
}

/* Between how many everything is divided; an indicator is `stale` when that has changed for
 * something it uses. */
static void
count_users(const struct leeway *leeway, struct sum *sum)
{
    struct shares *shares = sum->shares;
    for (uint32_t q = 0; q < leeway->quantity_count; q++) {
        uint32_t users = 0;
        for (uint32_t c = 0; c < sum->climb_count; c++)
            users += sum->climbs[c].quantities[q];
        for (uint32_t c = 0; c < sum->climb_count && users != shares->quantity_users[q]; c++)
            sum->climbs[c].stale |= sum->climbs[c].quantities[q];
        shares->quantity_users[q] = users;
    }
    for (uint32_t t = 0; t < leeway->toggle_count; t++) {
        uint32_t users = 0;
        for (uint32_t c = 0; c < sum->climb_count; c++)
            users += sum->climbs[c].toggles[t];
        for (uint32_t c = 0; c < sum->climb_count && users != shares->toggle_users[t]; c++)
            sum->climbs[c].stale |= sum->climbs[c].toggles[t];
        shares->toggle_users[t] = users;
    }
}

/* ---- what a level takes ---- */

/* True when the search used something that the indicator was not known to use. */
static bool
note_uses(const struct leeway *leeway, struct climb *climb, const struct solution *solution)
{
    bool more = false;
    for (uint32_t q = 0; q < leeway->quantity_count; q++)
        if (!climb->quantities[q] && !mpq_equal(solution->values[q], leeway->quantities[q].now))
            more = climb->quantities[q] = true;
    for (uint32_t t = 0; t < leeway->toggle_count; t++)
        if (!climb->toggles[t] && solution->options[t] != leeway->toggles[t].now)
            more = climb->toggles[t] = true;
    return more;
}

struct goal
tidu_climb_goal(const struct climb *climb, uint32_t level, bool firm)
{
    return (struct goal){.kind = GOAL_ORDER,
                         .lane = climb->leap.lane,
                         .stage = climb->leap.stage,
                         .a = TIDU_NO_STEP,
                         .b = climb->leap.step,
                         .value = climb->points[level],
                         .firm = firm};
}

static bool
price_level(struct leeway *leeway, const struct climb *climb, uint32_t level, struct kept kept,
            struct solution *ret)
{
    struct goal goal = tidu_climb_goal(climb, level, true);
    leeway->within = &climb->footing;
    bool good = tidu_search_run(leeway, &goal, 1, kept, SEARCH_PART, ret);
    leeway->within = NULL;
    return good;
}

static double
effort_of(const struct solution *solution)
{
    if (solution->found)
        return mpq_get_d(solution->effort) * TIDU_SURE;
    return solution->stopped || solution->stuck ? 0 /* who knows */ : INFINITY;
}

/* By the efforts as they are set now, from level `first` on; those that cannot be reached are
 * dropped. */
static bool
price_levels(struct leeway *leeway, struct climb *climb, uint32_t first, bool *ret_more)
{
    for (uint32_t l = first; l < climb->level_count; l++) {
        struct solution solution;
        if (!price_level(leeway, climb, l, (struct kept){0}, &solution))
            return false;
        climb->price->effort[l] = effort_of(&solution);
        if (isinf(climb->price->effort[l]))
            climb->level_count = l;
        if (solution.found)
            *ret_more = note_uses(leeway, climb, &solution) || *ret_more;
    }
    return true;
}

/* What the highest level uses says most of what an indicator does; what it uses besides is
 * seen when all levels are tried. */
bool
tidu_prices_set(struct leeway *leeway, struct sum *sum)
{
    bool more = true, good = open_shares(leeway, sum);
    for (uint32_t c = 0; good && c < sum->climb_count; c++) {
        uint32_t levels = sum->climbs[c].level_count;
        if (sum->climbs[c].free_count < levels)
            good = price_levels(leeway, &sum->climbs[c], levels - 1, &more);
    }
    for (int round = 0; good && more && round < SHARINGS; round++) {
        more = false;
        count_users(leeway, sum);
        for (uint32_t c = 0; good && c < sum->climb_count; c++) {
            struct climb *climb = &sum->climbs[c];
            if (round && !climb->stale)
                continue;
            climb->stale = false;
            divide(leeway, sum->shares, climb);
            set_efforts(leeway, sum->shares, climb);
            good = price_levels(leeway, climb, climb->free_count, &more);
        }
        set_efforts(leeway, sum->shares, NULL);
    }
    return good;
}

/* ---- what it takes where bounds are decided ---- */

static bool
is_same(mpq_srcptr a, mpq_srcptr b)
{
    return a == b || (a && b && mpq_equal(a, b));
}

static bool
has_bounds(const struct search *search, const struct climb *climb, const struct price *price)
{
    const struct state *state = &search->state;
    for (uint32_t q = 0; q < search->leeway->quantity_count; q++)
        if (climb->reads[q] && (!is_same(state->least[q], price->low[q]) ||
                                !is_same(state->most[q], price->high[q])))
            return false;
    return true;
}

static struct price *
new_price(struct leeway *leeway, const struct climb *climb, mpq_srcptr *low, mpq_srcptr *high)
{
    struct price *price = tidu_arena_alloc(leeway->arena, sizeof *price);
    if (!price)
        return NULL;
    *price = (struct price){
        .low = tidu_arena_array(leeway->arena, leeway->quantity_count, sizeof *price->low),
        .high = tidu_arena_array(leeway->arena, leeway->quantity_count, sizeof *price->high)};
    if (!price->low || !price->high)
        return NULL;
    for (uint32_t q = 0; q < leeway->quantity_count; q++) {
        mpq_srcptr from = low ? low[q] : leeway->quantities[q].low;
        mpq_srcptr to = high ? high[q] : leeway->quantities[q].high;
        if (!climb->reads[q])
            continue;
        price->low[q] = from ? tidu_numbers_copy(&leeway->numbers, from) : NULL;
        price->high[q] = to ? tidu_numbers_copy(&leeway->numbers, to) : NULL;
    }
    return price;
}

/* All that a step reads, and what bounds of that reach over parts and wholes. */
static bool
find_reads(struct leeway *leeway, struct climb *climb)
{
    bool *columns = tidu_arena_array(leeway->arena, leeway->block->layout->column_count,
                                     sizeof *columns);
    bool more = true;
    if (!columns || !tidu_leeway_reads(leeway, climb->leap.lane, climb->leap.step, columns))
        return false;
    for (uint32_t q = 0; q < leeway->quantity_count; q++)
        climb->reads[q] = columns[leeway->quantities[q].column];
    while (more) {
        more = false;
        for (uint32_t r = 0; r < leeway->part_count; r++) {
            const uint32_t *pair = leeway->parts[r]->quantities;
            if (climb->reads[pair[0]] != climb->reads[pair[1]])
                more = climb->reads[pair[0]] = climb->reads[pair[1]] = true;
        }
    }
    return true;
}

const struct price *
tidu_price_now(struct search *search, const struct sum *sum, struct climb *climb)
{
    struct leeway *leeway = search->leeway;
    struct state *state = &search->state;
    for (const struct price *known = climb->price; known; known = known->next)
        if (!sum->priced || has_bounds(search, climb, known))
            return known;
    struct price *made = new_price(leeway, climb, state->least, state->most);
    bool good = made != NULL;
    set_efforts(leeway, sum->shares, climb);
    for (uint32_t l = 1; good && l < climb->level_count; l++) {
        struct solution solution;
        if (l > 1 && isinf(made->effort[l - 1])) {
            made->effort[l] = INFINITY;
            continue;
        }
        good = price_level(leeway, climb, l, (struct kept){.low = made->low, .high = made->high},
                           &solution);
        made->effort[l] = good ? effort_of(&solution) : 0;
    }
    set_efforts(leeway, sum->shares, NULL);
    if (!good) {
        search->numbers.failed = true;
        return climb->price;
    }
    made->next = climb->price->next;
    climb->price->next = made;
    return made;
}

static bool
make_climb(struct leeway *leeway, struct climb *climb)
{
    tidu_arena *arena = leeway->arena;
    const tidu_program *program = leeway->lanes[climb->leap.lane].program;
    uint32_t quantities = leeway->quantity_count;
    climb->quantities = tidu_arena_array(arena, quantities, sizeof *climb->quantities);
    climb->reads = tidu_arena_array(arena, quantities, sizeof *climb->reads);
    climb->quantity_shares = tidu_arena_array(arena, quantities, sizeof *climb->quantity_shares);
    climb->toggles = tidu_arena_array(arena, leeway->toggle_count, sizeof *climb->toggles);
    climb->toggle_shares =
        tidu_arena_array(arena, leeway->toggle_count, sizeof *climb->toggle_shares);
    if (!climb->quantities || !climb->reads || !climb->quantity_shares || !climb->toggles ||
        !climb->toggle_shares || !find_reads(leeway, climb))
        return false;
    climb->footing.lane = climb->leap.lane;
    climb->footing.steps = tidu_arena_array(arena, program->step_count, sizeof *climb->footing.steps);
    climb->price = new_price(leeway, climb, NULL, NULL);
    if (!climb->footing.steps || !climb->price)
        return false;
    tidu_program_reach(program, climb->leap.step, climb->footing.steps);
    return true;
}

bool
tidu_climb_open(struct search *search, struct climb *climb)
{
    if (!make_climb(search->leeway, climb)) {
        search->numbers.failed = true;
        return false;
    }
    return list_levels(search, climb);
}
