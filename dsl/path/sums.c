/*
 * sums.c: the least effort that points take together.
 *
 * A scorecard offers its points in many combinations. What each of its indicators costs,
 * level by level, is searched once for the bounds that are decided (a ratio's points are
 * dearer once revenue has to rise); a node is known to need at least the cheapest combination
 * of levels that adds up, so combinations that cannot win are never tried.
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

/* What levels take where bounds are decided. */
struct price {
    mpq_srcptr *low, *high; /* [quantity] that the indicator reads */
    double effort[MOST_LEVELS];
    const struct price *next;
};

/* One indicator: all it can come to, ascending, and what it takes to come to at least so
 * many points. */
struct climb {
    struct leap leap;
    uint32_t level_count, free_count; /* free: no more than it has with nothing changed */
    mpq_ptr points[MOST_LEVELS];
    uint32_t whole[MOST_LEVELS]; /* points in the sum's unit */
    struct price *price;         /* with nothing decided, then as bounds have been met */
    bool *quantities, *toggles;  /* that it uses */
    bool *reads;                 /* [quantity] whose bounds may change its price */
    mpq_ptr (*quantity_shares)[2];
    mpq_ptr (*toggle_shares)[MOST_OPTIONS]; /* its part of the efforts */
    uint32_t atom;      /* indicators that share nothing have different ones */
    uint32_t influence; /* how many others read what it uses */
};

/* Efforts before they were divided, and between how many. */
struct shares {
    mpq_ptr (*quantities)[2]; /* up and down */
    mpq_ptr (*toggles)[MOST_OPTIONS];
    uint32_t *quantity_users, *toggle_users;
};

struct sum {
    const struct goal *goal; /* whose points they are: lane, stage, steps */
    struct shares *shares;
    bool loose;              /* nothing can be said of it */
    bool priced;             /* else all that can be listed costs nothing */
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

static void
count_users(const struct leeway *leeway, struct sum *sum)
{
    struct shares *shares = sum->shares;
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

/* To come to a level, or beyond. */
static struct goal
level_goal(const struct climb *climb, uint32_t level, bool firm)
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
    struct goal goal = level_goal(climb, level, true);
    return tidu_search_run(leeway, &goal, 1, kept, SEARCH_PART, ret);
}

static double
effort_of(const struct solution *solution)
{
    if (solution->found)
        return mpq_get_d(solution->effort) * SURE;
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
static bool
price(struct leeway *leeway, struct sum *sum)
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

/* Prices by the bounds of the node at hand: they may make a level dearer, and what was free.
 * When memory ran out the search has failed, and these are the first ones. */
static const struct price *
price_now(struct search *search, const struct sum *sum, struct climb *climb)
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
open_climb(struct leeway *leeway, struct climb *climb)
{
    tidu_arena *arena = leeway->arena;
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
    climb->price = new_price(leeway, climb, NULL, NULL);
    return climb->price;
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
        if (!open_climb(leeway, climb))
            return false;
        if (!list_levels(search, climb))
            return true;
    }
    mpq_div(need, gap->constant, gap->terms[0].factor);
    mpq_neg(need, need);
    if (!find_unit(sum, need))
        return true;
    for (uint32_t c = 0; c < sum->climb_count; c++)
        sum->climbs[c].atom = c;
    sum->loose = false;
    return true;
}

static bool
put_prices(struct leeway *leeway, struct sum *sum)
{
    sum->priced = true;
    if (!tidu_leeway_try_nothing(leeway) || !price(leeway, sum))
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

/* One indicator more: with one level, or any (TIDU_NONE). */
static void
add_climb(struct search *search, const struct sum *sum, struct climb *climb, int32_t level,
          struct curve *curve)
{
    struct curve next;
    const struct price *price = price_now(search, sum, climb);
    for (uint32_t p = 0; p <= sum->need; p++)
        next.least[p] = INFINITY;
    for (uint32_t l = 0; l < climb->level_count; l++) {
        if (level != TIDU_NONE && l != (uint32_t)level)
            continue;
        for (uint32_t p = 0; p <= sum->need; p++) {
            uint32_t to = p + climb->whole[l] < sum->need ? p + climb->whole[l] : sum->need;
            double effort = curve->least[p] + price->effort[l];
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
add_atom(struct search *search, const struct sum *sum, uint32_t atom, const struct delta *trial,
         struct curve *total)
{
    struct curve curve, next;
    double own = own_effort(search, sum, atom);
    for (uint32_t p = 0; p <= sum->need; p++) {
        curve.least[p] = p ? INFINITY : 0;
        next.least[p] = INFINITY;
    }
    for (uint32_t c = 0; c < sum->climb_count; c++) {
        int32_t level = c == trial->index ? (int32_t)trial->mask : level_of(search, sum, c);
        if (sum->climbs[c].atom == atom)
            add_climb(search, sum, &sum->climbs[c], level, &curve);
    }
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

/* What the points of a sum take at least, were the `trial` decided too; INFINITY when there are
 * not so many. */
static double
sum_effort(struct search *search, const struct sum *sum, const struct delta *trial)
{
    struct curve total = {{0}};
    for (uint32_t p = 1; p <= sum->need; p++)
        total.least[p] = INFINITY;
    for (uint32_t c = 0; c < sum->climb_count; c++)
        if (sum->climbs[c].atom == c)
            add_atom(search, sum, c, trial, &total);
    return total.least[sum->need] + own_effort(search, sum, sum->climb_count);
}

static const struct delta no_trial = {.kind = LEVEL, .index = UINT32_MAX};

/* `ret` is raised to the bound; false when there is none. */
static bool
raise_to(double least, mpq_ptr ret)
{
    mpq_t bound;
    if (!isfinite(least))
        return false;
    mpq_init(bound);
    mpq_set_d(bound, least * SURE);
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
                   raise_to(sum_effort(search, search->state.sums[i], &no_trial), ret);
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
    const struct climb *climb = &sum->climbs[next];
    for (uint32_t l = climb->level_count, way = 0; l-- > 0; way++) {
        struct delta trial = {.kind = LEVEL, .sum = sum, .index = next, .mask = l};
        mpq_ptr effort = tidu_numbers_copy(&search->numbers, search->state.effort);
        if (!raise_to(sum_effort(search, sum, &trial), effort))
            continue;
        trial.value = effort;
        ways[way] = tidu_delta_new(
            search, trial,
            l ? tidu_delta_goal(search, level_goal(climb, l, goal->firm), NULL) : NULL);
    }
    return tidu_fork_ways(ways, climb->level_count, forced, fork);
}
