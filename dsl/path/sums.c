/*
 * sums.c: the least effort that points take together.
 *
 * A scorecard offers its points in many combinations. What each of its indicators takes, level
 * by level, is its price (prices.c); a node is known to need at least the cheapest combination
 * of levels that adds up, so combinations that cannot win are never tried.
 *
 * INVARIANT: a bound is never more than any solution takes; sums are taken in doubles and
 * rounded down.
 */
#include "sums.h"

#include <math.h>

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

static bool
uses_read(const struct leeway *leeway, const struct climb *user, const struct climb *reader)
{
    for (uint32_t q = 0; q < leeway->quantity_count; q++)
        if (user->quantities[q] && reader->reads[q])
            return true;
    return false;
}

static void
find_influence(const struct leeway *leeway, struct sum *sum)
{
    for (uint32_t c = 0; c < sum->climb_count; c++)
        for (uint32_t d = 0; d < sum->climb_count; d++)
            sum->climbs[c].influence +=
                c != d && uses_read(leeway, &sum->climbs[c], &sum->climbs[d]);
}

static void
find_atoms(const struct leeway *leeway, struct sum *sum)
{
    for (uint32_t c = 0; c < sum->climb_count; c++)
        for (uint32_t d = 0; d < c; d++) {
            uint32_t from = sum->climbs[c].atom, to = sum->climbs[d].atom;
            if (from == to || !meet(leeway, &sum->climbs[c], &sum->climbs[d]))
                continue;
            for (uint32_t e = 0; e < sum->climb_count; e++)
                if (sum->climbs[e].atom == from)
                    sum->climbs[e].atom = to;
        }
    for (uint32_t c = 0; c < sum->climb_count; c++) {
        for (uint32_t q = 0; q < leeway->quantity_count; q++)
            if (sum->climbs[c].quantities[q])
                sum->quantity_atom[q] = sum->climbs[c].atom;
        for (uint32_t t = 0; t < leeway->toggle_count; t++)
            if (sum->climbs[c].toggles[t])
                sum->toggle_atom[t] = sum->climbs[c].atom;
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

/* Before it is known what they use, indicators have nothing in common. */
static bool
open_atoms(struct leeway *leeway, struct sum *sum)
{
    sum->quantity_atom =
        tidu_arena_array(leeway->arena, leeway->quantity_count, sizeof *sum->quantity_atom);
    sum->toggle_atom =
        tidu_arena_array(leeway->arena, leeway->toggle_count, sizeof *sum->toggle_atom);
    if (!sum->quantity_atom || !sum->toggle_atom)
        return false;
    for (uint32_t q = 0; q < leeway->quantity_count; q++)
        sum->quantity_atom[q] = sum->climb_count;
    for (uint32_t t = 0; t < leeway->toggle_count; t++)
        sum->toggle_atom[t] = sum->climb_count;
    for (uint32_t c = 0; c < sum->climb_count; c++)
        sum->climbs[c].atom = c;
    return true;
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
        if (!tidu_climb_open(search, climb))
            return true;
    }
    mpq_div(need, gap->constant, gap->terms[0].factor);
    mpq_neg(need, need);
    if (!find_unit(sum, need))
        return true;
    sum->loose = false;
    return open_atoms(leeway, sum);
}

static bool
put_prices(struct leeway *leeway, struct sum *sum)
{
    sum->priced = true;
    if (!tidu_leeway_try_nothing(leeway) || !tidu_prices_set(leeway, sum))
        return false;
    find_atoms(leeway, sum);
    find_influence(leeway, sum);
    return true;
}

/* The sum of that goal's steps; NULL when memory ran out. */
static struct sum *
find_sum(struct search *search, const struct goal *goal, const struct affine *gap)
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
    struct sum **sums = tidu_arena_grow(leeway->arena, leeway->sums, leeway->sum_count,
                                        &leeway->sum_capacity, sizeof *sums);
    if (!sum || !copy || !sums)
        return NULL;
    *copy = *goal;
    *sum = (struct sum){.goal = copy, .loose = true};
    leeway->sums = sums;
    sums[leeway->sum_count++] = sum;
    return build(search, gap, sum) ? sum : NULL;
}

/* Where any way will do nobody asks what levels take. */
const struct sum *
tidu_sum_of(struct search *search, const struct goal *goal, const struct affine *gap)
{
    struct leeway *leeway = search->leeway;
    size_t known = leeway->sum_count;
    struct sum *sum = find_sum(search, goal, gap);
    bool wanted = sum && !sum->loose && !sum->priced && search->aim == SEARCH_CHEAPEST;
    if (!sum || (wanted && !put_prices(leeway, sum)))
        search->numbers.failed = true;
    if (wanted || leeway->sum_count > known) /* levels were tried in the same rows */
        tidu_leeway_try(leeway, search->state.values, search->state.options);
    return sum;
}

/* ---- bounds ---- */

/* What a decided bound makes a quantity take by itself. */
static double
quantity_effort(const struct search *search, uint32_t q)
{
    const struct quantity *quantity = &search->leeway->quantities[q];
    mpq_srcptr low = search->state.least[q], high = search->state.most[q];
    double effort = 0;
    mpq_t by;
    mpq_init(by);
    if (low && mpq_cmp(low, quantity->now) > 0 && quantity->up) {
        mpq_sub(by, low, quantity->now);
        mpq_mul(by, by, quantity->up);
        effort = mpq_get_d(by) * TIDU_SURE;
    } else if (high && mpq_cmp(high, quantity->now) < 0 && quantity->down) {
        mpq_sub(by, quantity->now, high);
        mpq_mul(by, by, quantity->down);
        effort = mpq_get_d(by) * TIDU_SURE;
    }
    mpq_clear(by);
    return effort;
}

static double
toggle_effort(const struct search *search, uint32_t t)
{
    return mpq_get_d(search->leeway->toggles[t].effort[search->state.options[t]]) * TIDU_SURE;
}

/* The level that an indicator is to count with, or TIDU_NONE. */
static int32_t
level_of(const struct search *search, const struct sum *sum, uint32_t climb)
{
    for (size_t i = 0; i < search->state.level_count; i++) {
        const struct delta *level = search->state.levels[i];
        if (level->sum == sum && level->index == climb)
            return (int32_t)level->mask;
    }
    return TIDU_NONE;
}

/* Efforts by points, the most standing for all beyond. */
struct curve {
    double least[MOST_POINTS + 1];
};

/* What the bounds of an atom's quantities and toggles take by themselves; the last is what
 * those of no atom take. */
struct floors {
    double least[MOST_SUMMED + 1];
};

static void
find_floors(const struct search *search, const struct sum *sum, struct floors *ret)
{
    for (uint32_t a = 0; a <= sum->climb_count; a++)
        ret->least[a] = 0;
    for (uint32_t q = 0; q < search->leeway->quantity_count; q++)
        ret->least[sum->quantity_atom[q]] += quantity_effort(search, q);
    for (uint32_t t = 0; t < search->leeway->toggle_count; t++)
        ret->least[sum->toggle_atom[t]] += toggle_effort(search, t);
}

static void
start_curve(const struct sum *sum, struct curve *ret)
{
    ret->least[0] = 0;
    for (uint32_t p = 1; p <= sum->need; p++)
        ret->least[p] = INFINITY;
}

static uint32_t
points_with(const struct sum *sum, uint32_t points, uint32_t more)
{
    return points + more < sum->need ? points + more : sum->need;
}

/* One indicator more: with one level, or any (TIDU_NONE). */
static void
add_climb(struct search *search, const struct sum *sum, struct climb *climb, int32_t level,
          struct curve *curve)
{
    struct curve next;
    const struct price *price = tidu_price_now(search, sum, climb);
    for (uint32_t p = 0; p <= sum->need; p++)
        next.least[p] = INFINITY;
    for (uint32_t l = 0; l < climb->level_count; l++) {
        if (level != TIDU_NONE && l != (uint32_t)level)
            continue;
        for (uint32_t p = 0; p <= sum->need; p++) {
            uint32_t to = points_with(sum, p, climb->whole[l]);
            double effort = curve->least[p] + price->effort[l];
            if (effort < next.least[to])
                next.least[to] = effort;
        }
    }
    *curve = next;
}

/* The points of an atom, but for those of one indicator (`without`). */
static void
find_atom(struct search *search, const struct sum *sum, uint32_t atom, uint32_t without,
          struct curve *ret)
{
    start_curve(sum, ret);
    for (uint32_t c = 0; c < sum->climb_count; c++)
        if (sum->climbs[c].atom == atom && c != without)
            add_climb(search, sum, &sum->climbs[c], level_of(search, sum, c), ret);
}

/* An atom takes what its levels take, but no less than its bounds. */
static void
add_atom(const struct sum *sum, const struct curve *atom, double floor, struct curve *total)
{
    struct curve next;
    for (uint32_t p = 0; p <= sum->need; p++)
        next.least[p] = INFINITY;
    for (uint32_t more = 0; more <= sum->need; more++) {
        double effort = atom->least[more] < floor ? floor : atom->least[more];
        for (uint32_t p = 0; isfinite(effort) && p <= sum->need; p++) {
            uint32_t to = points_with(sum, p, more);
            if (total->least[p] + effort < next.least[to])
                next.least[to] = total->least[p] + effort;
        }
    }
    *total = next;
}

/* The points of all atoms but one, which may be none of them. */
static void
find_total(struct search *search, const struct sum *sum, const struct floors *floors,
           uint32_t without, struct curve *ret)
{
    start_curve(sum, ret);
    for (uint32_t a = 0; a < sum->climb_count; a++) {
        struct curve atom;
        if (sum->climbs[a].atom != a || a == without)
            continue;
        find_atom(search, sum, a, sum->climb_count, &atom);
        add_atom(sum, &atom, floors->least[a], ret);
    }
}

/* What the points of a sum take at least; INFINITY when there are not so many. */
static double
sum_effort(struct search *search, const struct sum *sum)
{
    struct floors floors;
    struct curve total;
    find_floors(search, sum, &floors);
    find_total(search, sum, &floors, sum->climb_count, &total);
    return total.least[sum->need] + floors.least[sum->climb_count];
}

/* `ret` is raised to the bound; false when there is none. */
static bool
raise_to(double least, mpq_ptr ret)
{
    mpq_t bound;
    if (!isfinite(least))
        return false;
    mpq_init(bound);
    mpq_set_d(bound, least * TIDU_SURE);
    if (mpq_cmp(bound, ret) > 0)
        mpq_set(ret, bound);
    mpq_clear(bound);
    return true;
}

bool
tidu_sums_bound(struct search *search, mpq_ptr ret)
{
    bool possible = true;
    mpq_set(ret, search->state.effort);
    if (search->state.sum_count)
        tidu_bounds_imply(search);
    for (size_t i = 0; possible && i < search->state.sum_count; i++)
        possible = search->state.sums[i]->loose ||
                   raise_to(sum_effort(search, search->state.sums[i]), ret);
    return possible;
}

/* ---- decisions ---- */

bool
tidu_sum_is_loose(const struct sum *sum)
{
    return sum->loose;
}

static uint32_t
next_climb(const struct search *search, const struct sum *sum)
{
    uint32_t next = UINT32_MAX;
    for (uint32_t c = 0; c < sum->climb_count; c++)
        if (level_of(search, sum, c) == TIDU_NONE &&
            (next == UINT32_MAX || sum->climbs[c].influence > sum->climbs[next].influence))
            next = c;
    return next;
}

/* What points take at least, by the level that one indicator counts with: what is the same
 * whatever the level. */
struct trial {
    struct curve beside; /* the points of its atom without it */
    struct curve rest;   /* of other atoms: for so many points, or more */
    double floor, free;  /* what its atom takes at least; what belongs to no atom */
};

static void
prepare_trial(struct search *search, const struct sum *sum, uint32_t climb, struct trial *ret)
{
    struct floors floors;
    uint32_t atom = sum->climbs[climb].atom;
    find_floors(search, sum, &floors);
    find_atom(search, sum, atom, climb, &ret->beside);
    find_total(search, sum, &floors, atom, &ret->rest);
    for (uint32_t p = sum->need; p-- > 0;)
        if (ret->rest.least[p + 1] < ret->rest.least[p])
            ret->rest.least[p] = ret->rest.least[p + 1];
    ret->floor = floors.least[atom];
    ret->free = floors.least[sum->climb_count];
}

static double
trial_effort(const struct sum *sum, const struct trial *trial, uint32_t points, double effort)
{
    double least = INFINITY;
    for (uint32_t p = 0; p <= sum->need; p++) {
        double own = trial->beside.least[p] + effort;
        own = own < trial->floor ? trial->floor : own;
        own += trial->rest.least[sum->need - points_with(sum, p, points)];
        least = own < least ? own : least;
    }
    return least + trial->free;
}

/* To count with a level is to have it, or more. Every solution has some level of each
 * indicator, so each is below one of the ways. */
enum verdict
tidu_sum_fork(struct search *search, const struct sum *sum, const struct goal *goal,
              struct delta **forced, struct fork *fork)
{
    uint32_t next = next_climb(search, sum);
    struct delta **ways = tidu_arena_array(search->arena, MOST_LEVELS, sizeof *ways);
    if (!ways)
        search->numbers.failed = true;
    if (!ways || next == UINT32_MAX)
        return ways ? MET : DEAD;
    struct climb *climb = &sum->climbs[next];
    const struct price *price = tidu_price_now(search, sum, climb);
    struct trial trial;
    prepare_trial(search, sum, next, &trial);
    for (uint32_t l = climb->level_count, way = 0; l-- > 0; way++) {
        struct delta level = {.kind = LEVEL, .sum = sum, .index = next, .mask = l};
        mpq_ptr effort = tidu_numbers_copy(&search->numbers, search->state.effort);
        if (!raise_to(trial_effort(sum, &trial, climb->whole[l], price->effort[l]), effort))
            continue;
        level.value = effort;
        ways[way] = tidu_delta_new(
            search, level,
            l ? tidu_delta_goal(search, tidu_climb_goal(climb, l, goal->firm), NULL) : NULL);
    }
    return tidu_fork_ways(ways, climb->level_count, forced, fork);
}
