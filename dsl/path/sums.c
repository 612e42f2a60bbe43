/*
 * sums.c: the least effort that points take together.
 *
 * A scorecard offers its points in many combinations. What each of its indicators costs,
 * level by level, is searched once; from then on a node is known to need at least the
 * cheapest combination of levels that adds up, so combinations that cannot win are never
 * tried.
 *
 * INVARIANT: a bound is never more than any solution takes. The effort of a quantity that
 * several indicators use is divided between them, so that nothing is counted twice (a cost
 * partitioning: M. Katz, C. Domshlak, Optimal admissible composition of abstraction
 * heuristics, 2010); sums are taken in doubles and rounded down.
 */
#include "internal.h"

#include <math.h>
#include <stdlib.h>

enum {
    MOST_LEVELS = 40,  /* of an indicator */
    MOST_SUMMED = 40,  /* indicators of a sum */
    MOST_POINTS = 400, /* that are needed, in the unit in which all are whole */
    SHARINGS = 3       /* how often efforts are divided anew */
};

static const double SURE = 1 - 1e-9; /* what rounding may have added is taken off */

/* One indicator: all it can come to, ascending, and what it takes to come to at least so
 * many points. */
struct climb {
    struct leap leap;
    uint32_t level_count, free_count; /* free: no more than it has with nothing changed */
    mpq_ptr points[MOST_LEVELS];
    uint32_t whole[MOST_LEVELS]; /* points in the sum's unit */
    double effort[MOST_LEVELS];
    bool *quantities, *toggles; /* that it uses */
    uint32_t atom;              /* indicators that share nothing have different ones */
};

struct sum {
    const struct goal *goal; /* whose points they are: lane, stage, steps */
    bool loose;              /* nothing can be said of it */
    struct climb *climbs;
    uint32_t climb_count;
    uint32_t need; /* points, in the sum's unit */
};

/* ---- levels ---- */

static int
compare_points(const void *a, const void *b)
{
    return mpq_cmp(*(const mpq_ptr *)a, *(const mpq_ptr *)b);
}

static bool
add_level(struct search *search, struct climb *climb, mpq_srcptr points)
{
    if (climb->level_count == MOST_LEVELS)
        return false;
    climb->points[climb->level_count++] = tidu_numbers_copy(&search->leeway->numbers, points);
    return true;
}

/* What flags that add up can come to. */
static bool
list_subsets(struct search *search, struct climb *climb, const uint32_t *constants,
             const tidu_program *program, uint32_t count)
{
    mpq_srcptr most = program->constants[constants[count]].exact;
    mpq_t total;
    bool good = count <= 5;
    mpq_init(total);
    for (uint32_t set = 0; good && set < UINT32_C(1) << count; set++) {
        mpq_set_ui(total, 0, 1);
        for (uint32_t i = 0; i < count; i++)
            if (set >> i & 1)
                mpq_add(total, total, program->constants[constants[i]].exact);
        good = add_level(search, climb, mpq_cmp(total, most) > 0 ? most : total);
    }
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

struct shares {
    struct search *search;
    mpq_ptr (*quantities)[2]; /* the whole efforts, up and down */
    mpq_ptr (*toggles)[MOST_OPTIONS];
    uint32_t *quantity_users, *toggle_users;
};

static bool
open_shares(struct search *search, struct shares *shares)
{
    const struct leeway *leeway = search->leeway;
    tidu_arena *arena = search->arena;
    *shares = (struct shares){.search = search};
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
share(struct search *search, mpq_srcptr whole, bool uses, uint32_t users)
{
    if (!whole)
        return NULL;
    mpq_ptr part = tidu_numbers_new(&search->numbers);
    if (!uses)
        return part;
    mpq_set_ui(part, 1, users);
    mpq_mul(part, part, whole);
    return part;
}

/* Efforts as an indicator sees them: its share of what it uses, nothing for the rest.
 * NULL: the whole ones again. */
static void
set_efforts(struct shares *shares, const struct climb *climb)
{
    struct search *search = shares->search;
    struct leeway *leeway = search->leeway;
    for (uint32_t q = 0; q < leeway->quantity_count; q++) {
        mpq_ptr *whole = shares->quantities[q];
        struct quantity *quantity = &leeway->quantities[q];
        quantity->up =
            climb ? share(search, whole[0], climb->quantities[q], shares->quantity_users[q])
                  : whole[0];
        quantity->down =
            climb ? share(search, whole[1], climb->quantities[q], shares->quantity_users[q])
                  : whole[1];
    }
    for (uint32_t t = 0; t < leeway->toggle_count; t++)
        for (uint32_t o = 0; o < leeway->toggles[t].option_count; o++) {
            mpq_ptr whole = shares->toggles[t][o];
            leeway->toggles[t].effort[o] =
                climb ? share(search, whole, climb->toggles[t], shares->toggle_users[t]) : whole;
        }
}

static void
count_users(struct shares *shares, const struct sum *sum)
{
    const struct leeway *leeway = shares->search->leeway;
    for (uint32_t q = 0; q < leeway->quantity_count; q++) {
        shares->quantity_users[q] = 0;
        for (uint32_t c = 0; c < sum->climb_count; c++)
            shares->quantity_users[q] += sum->climbs[c].quantities[q];
    }
    for (uint32_t t = 0; t < leeway->toggle_count; t++) {
        shares->toggle_users[t] = 0;
        for (uint32_t c = 0; c < sum->climb_count; c++)
            shares->toggle_users[t] += sum->climbs[c].toggles[t];
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

/* By the efforts as they are set now; levels that cannot be reached are dropped. */
static bool
price_levels(struct search *search, struct climb *climb, bool *ret_more)
{
    struct leeway *leeway = search->leeway;
    for (uint32_t l = climb->free_count; l < climb->level_count; l++) {
        struct goal goal = {.kind = GOAL_ORDER,
                            .lane = climb->leap.lane,
                            .stage = climb->leap.stage,
                            .a = TIDU_NO_STEP,
                            .b = climb->leap.step,
                            .value = climb->points[l],
                            .firm = true};
        struct solution solution;
        if (!tidu_search_run(leeway, &goal, 1, (struct kept){0}, true, &solution))
            return false;
        if (!solution.found && (solution.stopped || solution.stuck))
            climb->effort[l] = 0; /* who knows */
        else if (!solution.found)
            climb->level_count = l;
        else
            climb->effort[l] = mpq_get_d(solution.effort) * SURE;
        if (solution.found)
            *ret_more = note_uses(leeway, climb, &solution) || *ret_more;
    }
    return true;
}

static bool
price(struct search *search, struct sum *sum)
{
    struct shares shares;
    bool more = true, good = open_shares(search, &shares);
    for (uint32_t c = 0; good && c < sum->climb_count; c++)
        good = price_levels(search, &sum->climbs[c], &more);
    for (int round = 0; good && more && round < SHARINGS; round++) {
        more = false;
        count_users(&shares, sum);
        for (uint32_t c = 0; good && c < sum->climb_count; c++) {
            set_efforts(&shares, &sum->climbs[c]);
            good = price_levels(search, &sum->climbs[c], &more);
        }
        set_efforts(&shares, NULL);
    }
    return good;
}

/* Indicators that use the same things are in one atom. */
static bool
meet(const struct leeway *leeway, const struct climb *a, const struct climb *b)
{
    for (uint32_t q = 0; q < leeway->quantity_count; q++)
        if (a->quantities[q] && b->quantities[q])
            return true;
    for (uint32_t t = 0; t < leeway->toggle_count; t++)
        if (a->toggles[t] && b->toggles[t])
            return true;
    return false;
}

static void
find_atoms(const struct leeway *leeway, struct sum *sum)
{
    for (uint32_t c = 0; c < sum->climb_count; c++)
        sum->climbs[c].atom = c;
    for (uint32_t c = 0; c < sum->climb_count; c++)
        for (uint32_t d = 0; d < c; d++) {
            uint32_t from = sum->climbs[c].atom, to = sum->climbs[d].atom;
            if (from == to || !meet(leeway, &sum->climbs[c], &sum->climbs[d]))
                continue;
            for (uint32_t e = 0; e < sum->climb_count; e++)
                if (sum->climbs[e].atom == from)
                    sum->climbs[e].atom = to;
        }
}

/* ---- sums ---- */

/* A unit in which all points are whole. */
static bool
find_unit(struct sum *sum, mpq_srcptr need)
{
    static const unsigned units[] = {1, 2, 4, 10, 20, 100};
    mpq_t scaled;
    bool whole = false;
    mpq_init(scaled);
    for (size_t u = 0; !whole && u < sizeof units / sizeof *units; u++) {
        whole = true;
        for (uint32_t c = 0; c < sum->climb_count; c++)
            for (uint32_t l = 0; whole && l < sum->climbs[c].level_count; l++) {
                mpz_mul_ui(mpq_numref(scaled), mpq_numref(sum->climbs[c].points[l]), units[u]);
                mpz_set(mpq_denref(scaled), mpq_denref(sum->climbs[c].points[l]));
                mpq_canonicalize(scaled);
                whole = !mpz_cmp_ui(mpq_denref(scaled), 1) &&
                        mpz_cmp_ui(mpq_numref(scaled), MOST_POINTS) <= 0;
                sum->climbs[c].whole[l] = (uint32_t)mpz_get_ui(mpq_numref(scaled));
            }
        mpq_set_ui(scaled, units[u], 1);
        mpq_mul(scaled, scaled, need);
        mpz_cdiv_q(mpq_numref(scaled), mpq_numref(scaled), mpq_denref(scaled));
        whole = whole && mpz_sgn(mpq_numref(scaled)) > 0 &&
                mpz_cmp_ui(mpq_numref(scaled), MOST_POINTS) <= 0;
        sum->need = (uint32_t)mpz_get_ui(mpq_numref(scaled));
    }
    mpq_clear(scaled);
    return whole;
}

static bool
build(struct search *search, const struct affine *gap, struct sum *sum)
{
    struct leeway *leeway = search->leeway;
    mpq_ptr need = tidu_numbers_new(&search->numbers);
    if (gap->count > MOST_SUMMED)
        return true;
    if (!tidu_leeway_try_nothing(leeway))
        return false;
    sum->climbs = tidu_arena_array(leeway->arena, gap->count, sizeof *sum->climbs);
    if (!sum->climbs)
        return false;
    for (uint32_t i = 0; i < gap->count; i++) {
        struct climb *climb = &sum->climbs[sum->climb_count++];
        if (gap->terms[i].term < leeway->quantity_count ||
            !mpq_equal(gap->terms[i].factor, gap->terms[0].factor) ||
            mpq_sgn(gap->terms[i].factor) < 0)
            return true;
        climb->leap = search->leaps[gap->terms[i].term - leeway->quantity_count];
        climb->quantities =
            tidu_arena_array(leeway->arena, leeway->quantity_count, sizeof *climb->quantities);
        climb->toggles =
            tidu_arena_array(leeway->arena, leeway->toggle_count, sizeof *climb->toggles);
        if (!climb->quantities || !climb->toggles)
            return false;
        if (!list_levels(search, climb))
            return true;
    }
    mpq_div(need, gap->constant, gap->terms[0].factor);
    mpq_neg(need, need);
    if (!find_unit(sum, need))
        return true;
    sum->loose = false;
    if (!price(search, sum))
        return false;
    find_atoms(leeway, sum);
    return true;
}

const struct sum *
tidu_sum_of(struct search *search, const struct goal *goal, const struct affine *gap)
{
    struct leeway *leeway = search->leeway;
    for (size_t i = 0; i < leeway->sum_count; i++) {
        const struct goal *known = leeway->sums[i]->goal;
        if (known->lane == goal->lane && known->stage == goal->stage && known->a == goal->a &&
            known->b == goal->b)
            return leeway->sums[i];
    }
    struct sum *sum = tidu_arena_alloc(leeway->arena, sizeof *sum);
    struct goal *copy = tidu_arena_alloc(leeway->arena, sizeof *copy);
    const struct sum **sums = tidu_arena_grow(leeway->arena, leeway->sums, leeway->sum_count,
                                              &leeway->sum_capacity, sizeof *sums);
    if (!sum || !copy || !sums) {
        search->numbers.failed = true;
        return NULL;
    }
    *copy = *goal;
    *sum = (struct sum){.goal = copy, .loose = true};
    leeway->sums = sums;
    sums[leeway->sum_count++] = sum;
    if (!build(search, gap, sum))
        search->numbers.failed = true;
    /* the levels were tried in the same rows */
    tidu_leeway_try(leeway, search->state.values, search->state.options);
    return sum;
}

/* ---- bounds ---- */

/* What a decided bound makes a quantity take by itself. */
static double
quantity_effort(const struct search *search, uint32_t q)
{
    const struct quantity *quantity = &search->leeway->quantities[q];
    mpq_srcptr low = search->state.low[q], high = search->state.high[q];
    double effort = 0;
    mpq_t by;
    mpq_init(by);
    if (low && mpq_cmp(low, quantity->now) > 0 && quantity->up) {
        mpq_sub(by, low, quantity->now);
        mpq_mul(by, by, quantity->up);
        effort = mpq_get_d(by) * SURE;
    } else if (high && mpq_cmp(high, quantity->now) < 0 && quantity->down) {
        mpq_sub(by, quantity->now, high);
        mpq_mul(by, by, quantity->down);
        effort = mpq_get_d(by) * SURE;
    }
    mpq_clear(by);
    return effort;
}

static double
toggle_effort(const struct search *search, uint32_t t)
{
    return mpq_get_d(search->leeway->toggles[t].effort[search->state.options[t]]) * SURE;
}

/* Whether the goals of the node leave an indicator this level. */
static bool
is_left(const struct search *search, const struct climb *climb, mpq_srcptr points)
{
    const struct state *state = &search->state;
    for (size_t g = 0; g < state->goal_count; g++) {
        const struct goal *goal = state->goals[g];
        if (goal->kind != GOAL_ORDER || goal->lane != climb->leap.lane ||
            goal->stage != climb->leap.stage)
            continue;
        int order = goal->value ? mpq_cmp(points, goal->value) : 0;
        if (goal->a == TIDU_NO_STEP && goal->b == climb->leap.step &&
            (goal->strict ? order <= 0 : order < 0))
            return false;
        if (goal->b == TIDU_NO_STEP && goal->a == climb->leap.step &&
            (goal->strict ? order >= 0 : order > 0))
            return false;
    }
    return true;
}

/* Efforts by points, the most standing for all beyond. */
struct curve {
    double least[MOST_POINTS + 1];
};

/* One indicator more. */
static void
add_climb(const struct search *search, const struct sum *sum, const struct climb *climb,
          struct curve *curve)
{
    struct curve next;
    for (uint32_t p = 0; p <= sum->need; p++)
        next.least[p] = INFINITY;
    for (uint32_t l = 0; l < climb->level_count; l++) {
        if (!is_left(search, climb, climb->points[l]))
            continue;
        for (uint32_t p = 0; p <= sum->need; p++) {
            uint32_t to = p + climb->whole[l] < sum->need ? p + climb->whole[l] : sum->need;
            double effort = curve->least[p] + climb->effort[l];
            if (effort < next.least[to])
                next.least[to] = effort;
        }
    }
    *curve = next;
}

/* What the quantities and toggles of an atom take by themselves; those of no atom when
 * `atom` is none of them. */
static double
own_effort(const struct search *search, const struct sum *sum, uint32_t atom)
{
    double effort = 0;
    for (uint32_t q = 0; q < search->leeway->quantity_count; q++) {
        uint32_t of = sum->climb_count;
        for (uint32_t c = 0; c < sum->climb_count; c++)
            if (sum->climbs[c].quantities[q])
                of = sum->climbs[c].atom;
        effort += of == atom ? quantity_effort(search, q) : 0;
    }
    for (uint32_t t = 0; t < search->leeway->toggle_count; t++) {
        uint32_t of = sum->climb_count;
        for (uint32_t c = 0; c < sum->climb_count; c++)
            if (sum->climbs[c].toggles[t])
                of = sum->climbs[c].atom;
        effort += of == atom ? toggle_effort(search, t) : 0;
    }
    return effort;
}

/* An atom takes what its levels take, but no less than its bounds. */
static void
add_atom(const struct search *search, const struct sum *sum, uint32_t atom, struct curve *total)
{
    struct curve curve, next;
    double own = own_effort(search, sum, atom);
    bool any = false;
    for (uint32_t p = 0; p <= sum->need; p++) {
        curve.least[p] = p ? INFINITY : 0;
        next.least[p] = INFINITY;
    }
    for (uint32_t c = 0; c < sum->climb_count; c++)
        if (sum->climbs[c].atom == atom) {
            add_climb(search, sum, &sum->climbs[c], &curve);
            any = true;
        }
    if (!any)
        return;
    for (uint32_t more = 0; more <= sum->need; more++) {
        double effort = curve.least[more] < own ? own : curve.least[more];
        for (uint32_t p = 0; isfinite(effort) && p <= sum->need; p++) {
            uint32_t to = p + more < sum->need ? p + more : sum->need;
            if (total->least[p] + effort < next.least[to])
                next.least[to] = total->least[p] + effort;
        }
    }
    *total = next;
}

bool
tidu_sums_bound(struct search *search, mpq_ptr ret)
{
    mpq_t bound;
    bool possible = true;
    mpq_init(bound);
    mpq_set(ret, search->state.effort);
    for (size_t i = 0; possible && i < search->state.sum_count; i++) {
        const struct sum *sum = search->state.sums[i];
        struct curve total = {{0}};
        if (sum->loose)
            continue;
        for (uint32_t p = 1; p <= sum->need; p++)
            total.least[p] = INFINITY;
        for (uint32_t c = 0; c < sum->climb_count; c++)
            if (sum->climbs[c].atom == c)
                add_atom(search, sum, c, &total);
        double least = total.least[sum->need] + own_effort(search, sum, sum->climb_count);
        possible = isfinite(least);
        if (!possible)
            continue;
        mpq_set_d(bound, least * SURE);
        if (mpq_cmp(bound, ret) > 0)
            mpq_set(ret, bound);
    }
    mpq_clear(bound);
    return possible;
}
