/*
 * levels.c: points and other steps that go by leaps.
 *
 * Points of bands, points that add up, whole parts and rounded numbers: which flags or
 * operands have to be otherwise for them to come above or below a value.
 */
#include "internal.h"

bool
tidu_is_leap(const tidu_instruction *step)
{
    switch (step->op) {
    case TIDU_DO_PICK_LOW:
    case TIDU_DO_PICK_HIGH:
    case TIDU_DO_COLLECT_LOW:
    case TIDU_DO_COLLECT_HIGH:
    case TIDU_DO_FLOOR:
    case TIDU_DO_ROUND:
        return true;
    default:
        return false;
    }
}

struct level {
    struct search *search;
    const struct goal *goal;
    const tidu_program *program;
    const tidu_instruction *step;
    bool above;
};

static mpq_srcptr
points_of(const struct level *level, uint32_t band)
{
    const tidu_instruction *step = level->step;
    return level->program->constants[level->program->pool[step->first + step->count + band]].exact;
}

static tidu_step
flag_of(const struct level *level, uint32_t band)
{
    return level->program->pool[level->step->first + band];
}

/* Points that would meet the goal. */
static bool
is_enough(const struct level *level, mpq_srcptr points)
{
    int order = mpq_cmp(points, level->goal->value) * (level->above ? 1 : -1);
    return level->goal->strict ? order > 0 : order >= 0;
}

static bool
is_true(const struct level *level, uint32_t band)
{
    return tidu_run_truth(tidu_goal_run(level->search, level->goal), flag_of(level, band),
                          level->goal->stage) == TIDU_TRUE;
}

static struct delta *
flag_way(const struct level *level, uint32_t band, bool want)
{
    struct goal flag = tidu_goal_flag(level->goal, flag_of(level, band), want);
    flag.firm = true; /* points are what is known of them */
    return tidu_goal_moves(level->search, level->goal, flag.a)
               ? tidu_delta_goal(level->search, flag, NULL)
               : NULL;
}

/* The first true band counts: an earlier one that is enough becomes true, or this one
 * gives way to a later one that is. */
static enum verdict
seek_bands(const struct level *level, struct delta **forced, struct fork *fork)
{
    uint32_t count = level->step->count, now = 0;
    struct delta **ways = tidu_arena_array(level->search->arena, count + 1, sizeof *ways);
    bool later = false;
    if (!ways)
        return DEAD;
    while (now < count && !is_true(level, now))
        now++;
    for (uint32_t b = 0; b < now; b++)
        if (is_enough(level, points_of(level, b)))
            ways[b] = flag_way(level, b, true);
    for (uint32_t b = now + 1; b <= count; b++)
        later = later || is_enough(level, points_of(level, b));
    if (later)
        ways[now] = flag_way(level, now, false);
    return tidu_fork_ways(ways, count + 1, forced, fork);
}

/* Points add up: one more flag that moves them the right way, those before it stay. */
static enum verdict
seek_sum(const struct level *level, struct delta **forced, struct fork *fork)
{
    uint32_t count = level->step->count;
    struct delta **ways = tidu_arena_array(level->search->arena, count, sizeof *ways);
    struct delta *before = NULL;
    for (uint32_t b = 0; ways && b < count; b++) {
        bool want = (mpq_sgn(points_of(level, b)) > 0) == level->above;
        if (is_true(level, b) == want)
            continue;
        ways[b] = flag_way(level, b, want);
        if (!ways[b])
            continue;
        struct goal stays = ways[b]->goal;
        for (struct delta *d = before; d; d = d->next)
            ways[b] = tidu_delta_goal(level->search, d->goal, ways[b]);
        stays.want = !want;
        if (tidu_run_truth(tidu_goal_run(level->search, level->goal), stays.a,
                           level->goal->stage) == TIDU_UNKNOWN)
            continue;
        before = tidu_delta_goal(level->search, stays, before);
    }
    return ways ? tidu_fork_ways(ways, count, forced, fork) : DEAD;
}

/* The least whole number that is enough, or the most; then a bound for what is rounded:
 * halves go away from zero. */
static enum verdict
seek_rounded(const struct level *level, struct delta **forced)
{
    struct search *search = level->search;
    mpq_ptr bound = tidu_numbers_copy(&search->numbers, level->goal->value);
    bool on = !mpz_cmp_ui(mpq_denref(bound), 1), strict = level->goal->strict;
    bool floors = level->step->op == TIDU_DO_FLOOR;
    mpq_t half;
    if (level->above)
        mpz_cdiv_q(mpq_numref(bound), mpq_numref(bound), mpq_denref(bound));
    else
        mpz_fdiv_q(mpq_numref(bound), mpq_numref(bound), mpq_denref(bound));
    mpz_set_ui(mpq_denref(bound), 1);
    if (on && strict && level->above)
        mpz_add_ui(mpq_numref(bound), mpq_numref(bound), 1);
    else if (on && strict)
        mpz_sub_ui(mpq_numref(bound), mpq_numref(bound), 1);
    struct goal operand = {.kind = GOAL_ORDER,
                           .lane = level->goal->lane,
                           .stage = level->goal->stage,
                           .value = bound,
                           .firm = level->goal->firm};
    operand.a = level->above ? TIDU_NO_STEP : level->step->a;
    operand.b = level->above ? level->step->a : TIDU_NO_STEP;
    if (floors && !level->above) { /* floor(x) <= n is x < n + 1 */
        mpz_add_ui(mpq_numref(bound), mpq_numref(bound), 1);
        operand.strict = true;
    } else if (!floors) {
        operand.strict = level->above ? mpq_sgn(bound) <= 0 : mpq_sgn(bound) >= 0;
        mpq_init(half);
        mpq_set_si(half, level->above ? -1 : 1, 2);
        mpq_add(bound, bound, half);
        mpq_clear(half);
    }
    *forced = tidu_delta_goal(search, operand, *forced);
    return FORCED;
}

enum verdict
tidu_seek_level(struct search *search, const struct goal *goal, bool above, struct delta **forced,
                struct fork *fork)
{
    const struct level level = {search, goal, search->leeway->lanes[goal->lane].program,
                                tidu_goal_step(search, goal, above ? goal->b : goal->a), above};
    switch (level.step->op) {
    case TIDU_DO_PICK_LOW:
    case TIDU_DO_PICK_HIGH:
        return seek_bands(&level, forced, fork);
    case TIDU_DO_COLLECT_LOW:
    case TIDU_DO_COLLECT_HIGH:
        return seek_sum(&level, forced, fork);
    default:
        return seek_rounded(&level, forced);
    }
}
