/*
 * seek.c: why a goal is not met, and which decisions would meet it.
 *
 * From a step that is not what it has to be, down to the comparisons, flags and codes that
 * make it so. What nothing else can mend is decided at once; where there is a choice it
 * becomes a fork. Every way to meet the goal passes through one of a fork's ways, so
 * nothing is lost.
 */
#include "internal.h"

tidu_run *
tidu_goal_run(const struct search *search, const struct goal *goal)
{
    return search->leeway->lanes[goal->lane].run;
}

const tidu_instruction *
tidu_goal_step(const struct search *search, const struct goal *goal, tidu_step step)
{
    return &search->leeway->lanes[goal->lane].program->steps[step];
}

bool
tidu_goal_moves(const struct search *search, const struct goal *goal, tidu_step step)
{
    return search->leeway->lanes[goal->lane].moves[step];
}

struct goal
tidu_goal_flag(const struct goal *like, tidu_step step, bool want)
{
    return (struct goal){.kind = GOAL_FLAG,
                         .lane = like->lane,
                         .stage = like->stage,
                         .a = step,
                         .want = want,
                         .firm = like->firm};
}

static tidu_truth
truth_of(const struct search *search, const struct goal *goal, tidu_step step)
{
    return tidu_run_truth(tidu_goal_run(search, goal), step, goal->stage);
}

static const tidu_step *
operands_of(const struct search *search, const struct goal *goal, const tidu_instruction *step)
{
    return search->leeway->lanes[goal->lane].program->pool + step->first;
}

/* ---- what is assumed ---- */

static bool
is_assumed(const struct search *search, const struct goal *goal)
{
    for (size_t i = 0; i < search->state.assumption_count; i++) {
        const struct goal *assumed = search->state.assumptions[i];
        if (assumed->lane == goal->lane && assumed->stage == goal->stage && assumed->a == goal->a &&
            assumed->want == goal->want)
            return true;
    }
    return false;
}

static bool holds(const struct search *search, const struct goal *goal);

/* So many of the operands are as they have to be; for a goal of false so many that too few
 * are left. */
static bool
holds_count(const struct search *search, const struct goal *goal, const tidu_instruction *step)
{
    const tidu_step *operands = operands_of(search, goal, step);
    uint32_t enough = goal->want ? step->number : step->count + 1 - step->number, count = 0;
    for (uint32_t i = 0; i < step->count; i++) {
        struct goal operand = tidu_goal_flag(goal, operands[i], goal->want);
        count += holds(search, &operand);
    }
    return count >= enough;
}

/* A flag goal that is met, by itself or by what is assumed under it. */
static bool
holds(const struct search *search, const struct goal *goal)
{
    const tidu_instruction *step = tidu_goal_step(search, goal, goal->a);
    tidu_truth truth = truth_of(search, goal, goal->a);
    if (truth != TIDU_UNKNOWN || !search->state.assumption_count || goal->firm)
        return truth == (goal->want ? TIDU_TRUE : TIDU_FALSE);
    if (is_assumed(search, goal))
        return true;
    if (step->op == TIDU_DO_NOT) {
        struct goal operand = tidu_goal_flag(goal, step->a, !goal->want);
        return holds(search, &operand);
    }
    if (step->op == TIDU_DO_AT_LEAST)
        return holds_count(search, goal, step);
    if (step->op != TIDU_DO_AND && step->op != TIDU_DO_OR)
        return false;
    bool every = (step->op == TIDU_DO_AND) == goal->want;
    const tidu_step *operands = operands_of(search, goal, step);
    for (uint32_t i = 0; i < step->count; i++) {
        struct goal operand = tidu_goal_flag(goal, operands[i], goal->want);
        if (holds(search, &operand) != every)
            return !every;
    }
    return every;
}

/* Nothing changeable decides it: it is what it is, or unknown. */
static enum verdict
settle(struct search *search, const struct goal *goal, struct delta **forced)
{
    if (truth_of(search, goal, goal->a) != TIDU_UNKNOWN || goal->firm)
        return DEAD;
    *forced = tidu_delta_new(search, (struct delta){.kind = ASSUME, .goal = *goal}, *forced);
    return FORCED;
}

/* ---- choices ---- */

enum verdict
tidu_fork_ways(struct delta **ways, uint32_t count, struct delta **forced, struct fork *fork)
{
    uint32_t open = 0;
    for (uint32_t i = 0; i < count; i++)
        if (ways[i])
            ways[open++] = ways[i];
    if (!open)
        return DEAD;
    if (open == 1) {
        struct delta *last = ways[0];
        while (last->next)
            last = last->next;
        last->next = *forced;
        *forced = ways[0];
        return FORCED;
    }
    /* of one goal the shortest, levels after all else */
    bool levels = ways[0]->kind == LEVEL;
    bool others = fork->count && fork->ways[0]->kind != LEVEL;
    if (!fork->count || (levels ? !others && open < fork->count : !others || open < fork->count))
        *fork = (struct fork){ways, open};
    return OPEN;
}

static struct delta **
new_ways(struct search *search, uint32_t count)
{
    struct delta **ways = tidu_arena_array(search->arena, count, sizeof *ways);
    if (!ways)
        search->numbers.failed = true;
    return ways;
}

/* A flag that nothing changes, and that is not for anybody to assume. */
static bool
is_settled(const struct search *search, const struct goal *goal, tidu_step step)
{
    return !tidu_goal_moves(search, goal, step) &&
           (goal->firm || truth_of(search, goal, step) != TIDU_UNKNOWN);
}

/* One of the operands has to be what is wanted. */
static enum verdict
seek_some(struct search *search, const struct goal *goal, const tidu_instruction *step,
          struct delta **forced, struct fork *fork)
{
    const tidu_step *operands = operands_of(search, goal, step);
    struct delta **ways = new_ways(search, step->count);
    for (uint32_t i = 0; ways && i < step->count; i++) {
        if (!is_settled(search, goal, operands[i]))
            ways[i] = tidu_delta_goal(search, tidu_goal_flag(goal, operands[i], goal->want), NULL);
    }
    return ways ? tidu_fork_ways(ways, step->count, forced, fork) : DEAD;
}

enum verdict
tidu_worse(enum verdict a, enum verdict b)
{
    static const int badness[] = {[MET] = 0, [OPEN] = 1, [FORCED] = 2, [DEAD] = 3};
    return badness[a] > badness[b] ? a : b;
}

/* All of them have to be. */
static enum verdict
seek_every(struct search *search, const struct goal *goal, const tidu_instruction *step,
           struct delta **forced, struct fork *fork)
{
    const tidu_step *operands = operands_of(search, goal, step);
    enum verdict worst = MET;
    for (uint32_t i = 0; worst != DEAD && i < step->count; i++) {
        struct goal operand = tidu_goal_flag(goal, operands[i], goal->want);
        worst = tidu_worse(worst, tidu_seek(search, &operand, forced, fork));
    }
    return worst;
}

/* At least so many: one that is not yet, while those before it stay as they are; thus no
 * set of them is looked at twice. */
static enum verdict
seek_count(struct search *search, const struct goal *goal, const tidu_instruction *step,
           struct delta **forced, struct fork *fork)
{
    const tidu_step *operands = operands_of(search, goal, step);
    struct delta **ways = new_ways(search, step->count), *before = NULL;
    for (uint32_t i = 0; ways && i < step->count; i++) {
        struct goal operand = tidu_goal_flag(goal, operands[i], goal->want);
        if (holds(search, &operand) || is_settled(search, goal, operands[i]))
            continue;
        ways[i] = tidu_delta_goal(search, operand, NULL);
        for (struct delta *d = before; d; d = d->next)
            ways[i] = tidu_delta_goal(search, d->goal, ways[i]);
        operand.want = !operand.want;
        if (truth_of(search, goal, operands[i]) != TIDU_UNKNOWN)
            before = tidu_delta_goal(search, operand, before);
    }
    return ways ? tidu_fork_ways(ways, step->count, forced, fork) : DEAD;
}

/* ---- flags, codes and sets ---- */

/* Some code more would make this test of a set true; none makes it false. */
static enum verdict
seek_entry(struct search *search, const struct goal *goal, const tidu_column *column,
           uint32_t number, struct delta **forced, struct fork *fork)
{
    const struct leeway *leeway = search->leeway;
    struct delta **ways = new_ways(search, (uint32_t)leeway->toggle_count);
    uint32_t test = 0;
    const tidu_fact *fact = &leeway->lanes[goal->lane].program->vocabulary->facts[column->fact];
    while (fact->slots.test_columns[test] != (int32_t)number)
        test++;
    for (uint32_t t = 0; ways && goal->want && t < leeway->toggle_count; t++) {
        const struct toggle *toggle = &leeway->toggles[t];
        if (toggle->kind == TOGGLE_ENTRY && toggle->fact == fact &&
            fact->slots.class_tests[2 * toggle->entry + 1] >> test & 1)
            ways[t] =
                tidu_delta_new(search, (struct delta){.kind = ALLOW, .index = t, .mask = 2}, NULL);
    }
    return ways ? tidu_fork_ways(ways, (uint32_t)leeway->toggle_count, forced, fork) : DEAD;
}

static enum verdict
seek_flag(struct search *search, const struct goal *goal, uint32_t number, struct delta **forced,
          struct fork *fork)
{
    const struct leeway *leeway = search->leeway;
    const tidu_column *column = &leeway->lanes[goal->lane].program->layout->columns[number];
    int32_t at = leeway->toggle_of[goal->stage][number];
    if (at == TIDU_NONE)
        return column->fact == TIDU_NONE ? DEAD
                                         : seek_entry(search, goal, column, number, forced, fork);
    const struct toggle *toggle = &leeway->toggles[at];
    if (toggle->kind == TOGGLE_TITLE && !(leeway->stages[goal->stage].holds >> at & 1))
        return DEAD; /* it is earned after this stage */
    if (truth_of(search, goal, goal->a) == TIDU_UNKNOWN && !goal->want)
        return settle(search, goal, forced);         /* nobody said whether it is held */
    uint32_t option = search->state.options[at] ^ 1; /* the one it has is not what is wanted */
    *forced = tidu_delta_new(
        search, (struct delta){.kind = ALLOW, .index = (uint32_t)at, .mask = UINT64_C(1) << option},
        *forced);
    return FORCED;
}

static bool
in_set(const tidu_program *program, uint32_t set, uint32_t class)
{
    const tidu_class_set *members = &program->sets[set];
    return class / 64 < members->words && members->bits[class / 64] >> (class % 64) & 1;
}

/* A code of a set: some of its values, or a choice between codes. */
static enum verdict
seek_code(struct search *search, const struct goal *goal, tidu_step at, uint32_t set,
          struct delta **forced, struct fork *fork)
{
    const struct leeway *leeway = search->leeway;
    const tidu_program *program = leeway->lanes[goal->lane].program;
    const tidu_instruction *step = &program->steps[at];
    int32_t piece = tidu_piece_of(search, goal, at);
    if (step->op == TIDU_DO_SELECT && piece == TIDU_NONE && !tidu_goal_moves(search, goal, step->c))
        piece = truth_of(search, goal, step->c) == TIDU_FALSE;
    if (step->op == TIDU_DO_SELECT && piece != TIDU_NONE)
        return seek_code(search, goal, piece ? step->b : step->a, set, forced, fork);
    if (step->op == TIDU_DO_SELECT) {
        struct delta **ways = new_ways(search, 2);
        for (uint32_t i = 0; ways && i < 2; i++) {
            struct delta chosen = {.kind = CHOOSE, .goal = *goal, .index = i};
            chosen.goal.a = at;
            ways[i] = tidu_delta_new(
                search, chosen,
                tidu_delta_goal(search, tidu_goal_flag(goal, step->c, i == 0), NULL));
        }
        return ways ? tidu_fork_ways(ways, 2, forced, fork) : DEAD;
    }
    int32_t number =
        step->op == TIDU_DO_FACT ? leeway->toggle_of[goal->stage][step->number] : TIDU_NONE;
    if (number == TIDU_NONE) {
        double class;
        bool moves = tidu_goal_moves(search, goal, at);
        bool known = tidu_run_number(tidu_goal_run(search, goal), at, goal->stage, &class);
        search->stuck = search->stuck || moves;
        return !moves && known && in_set(program, set, (uint32_t) class) == goal->want ? MET : DEAD;
    }
    uint64_t mask = 0;
    for (uint32_t o = 0; o < leeway->toggles[number].option_count; o++)
        mask |= (uint64_t)(in_set(program, set, leeway->toggles[number].class[o]) == goal->want)
                << o;
    *forced = tidu_delta_new(
        search, (struct delta){.kind = ALLOW, .index = (uint32_t)number, .mask = mask}, *forced);
    return FORCED;
}

/* ---- comparisons ---- */

static bool
exact_of(struct search *search, const struct goal *goal, tidu_step step, mpq_t ret)
{
    double value;
    if (step == TIDU_NO_STEP)
        mpq_set(ret, goal->value);
    else if (tidu_run_number(tidu_goal_run(search, goal), step, goal->stage, &value))
        tidu_run_exact(tidu_goal_run(search, goal), step, goal->stage, ret);
    else
        return false;
    return true;
}

static bool
in_order(struct search *search, const struct goal *goal)
{
    mpq_t a, b;
    mpq_inits(a, b, NULL);
    bool known = exact_of(search, goal, goal->a, a) && exact_of(search, goal, goal->b, b);
    int order = mpq_cmp(a, b);
    mpq_clears(a, b, NULL);
    return known && (goal->strict ? order < 0 : order <= 0);
}

/* The largest rational of which both are multiples. */
static void
common_part(mpq_t a, mpq_srcptr b)
{
    mpz_t left, right;
    mpz_inits(left, right, NULL);
    mpz_mul(left, mpq_numref(a), mpq_denref(b));
    mpz_mul(right, mpq_numref(b), mpq_denref(a));
    mpz_gcd(mpq_numref(a), left, right);
    mpz_mul(mpq_denref(a), mpq_denref(a), mpq_denref(b));
    mpq_canonicalize(a);
    mpz_clears(left, right, NULL);
}

/* Quantities take multiples of their steps, or their value now: so a sum that has to be
 * above zero is so by at least the part that all these have in common. */
static void
least_above_zero(const struct leeway *leeway, const struct affine *gap, mpq_t ret)
{
    mpq_t one;
    mpq_init(one);
    mpq_set(ret, gap->constant);
    for (uint32_t i = 0; i < gap->count; i++) {
        const struct quantity *quantity = &leeway->quantities[gap->terms[i].term];
        mpq_mul(one, gap->terms[i].factor, quantity->step);
        common_part(ret, one);
        mpq_mul(one, gap->terms[i].factor, quantity->now);
        common_part(ret, one);
    }
    mpq_clear(one);
}

static struct delta *
bound_delta(struct search *search, const struct affine *gap, bool strict, struct delta *next)
{
    const struct quantity *quantity = &search->leeway->quantities[gap->terms[0].term];
    mpq_ptr value = tidu_numbers_new(&search->numbers);
    bool above = mpq_sgn(gap->terms[0].factor) > 0;
    mpq_div(value, gap->constant, gap->terms[0].factor);
    mpq_neg(value, value);
    if (above)
        tidu_quantity_above(quantity, value, strict);
    else
        tidu_quantity_below(quantity, value, strict);
    return tidu_delta_new(search,
                          (struct delta){.kind = above ? AT_LEAST : AT_MOST,
                                         .index = gap->terms[0].term,
                                         .value = value},
                          next);
}

static struct delta *
row_delta(struct search *search, const struct affine *gap, bool strict, struct delta *next)
{
    struct row *row = tidu_arena_alloc(search->arena, sizeof *row);
    uint32_t *quantities = tidu_arena_array(search->arena, gap->count, sizeof *quantities);
    mpq_ptr *factors = tidu_arena_array(search->arena, gap->count, sizeof *factors);
    if (!row || !quantities || !factors) {
        search->numbers.failed = true;
        return next;
    }
    for (uint32_t i = 0; i < gap->count; i++) {
        quantities[i] = gap->terms[i].term;
        factors[i] = gap->terms[i].factor;
    }
    *row = (struct row){gap->count, quantities, factors,
                        tidu_numbers_copy(&search->numbers, gap->constant)};
    if (strict) {
        mpq_ptr least = tidu_numbers_new(&search->numbers);
        least_above_zero(search->leeway, gap, least);
        mpq_sub(row->constant, row->constant, least);
    }
    return tidu_delta_new(search, (struct delta){.kind = ADD_ROW, .row = row}, next);
}

/* A form without leaps has to be at least, or above, zero. */
static struct delta *
linear_delta(struct search *search, const struct affine *gap, bool strict, struct delta *next)
{
    return gap->count == 1 ? bound_delta(search, gap, strict, next)
                           : row_delta(search, gap, strict, next);
}

/* What a leap is now, as a goal: the step beyond it, or no further than it is. */
static struct goal
leap_goal(struct search *search, const struct goal *goal, const struct leap *leap, bool up,
          bool beyond)
{
    mpq_ptr now = tidu_numbers_new(&search->numbers);
    tidu_run_exact(search->leeway->lanes[leap->lane].run, leap->step, leap->stage, now);
    struct goal level = {.kind = GOAL_ORDER,
                         .lane = leap->lane,
                         .stage = leap->stage,
                         .value = now,
                         .strict = beyond,
                         .firm = goal->firm};
    bool above = up == beyond; /* the step is to be above `now` */
    level.a = above ? TIDU_NO_STEP : leap->step;
    level.b = above ? leap->step : TIDU_NO_STEP;
    return level;
}

static bool
is_summed(const struct search *search, const struct sum *sum)
{
    for (size_t i = 0; i < search->state.sum_count; i++)
        if (search->state.sums[i] == sum)
            return true;
    return false;
}

/* Some leap goes on, those before it do not; or none does and the rest makes up for it. */
static enum verdict
seek_leaps(struct search *search, const struct goal *goal, const struct affine *gap,
           struct delta **forced, struct fork *fork)
{
    uint32_t first = 0, quantities = search->leeway->quantity_count;
    while (gap->terms[first].term < quantities)
        first++;
    bool summed = !first && search->aim != SEARCH_PART;
    const struct sum *sum = summed ? tidu_sum_of(search, goal, gap) : NULL;
    if (sum && !is_summed(search, sum)) {
        *forced = tidu_delta_new(search, (struct delta){.kind = ADD_SUM, .sum = sum}, *forced);
        return FORCED;
    }
    if (sum && !tidu_sum_is_loose(sum))
        return tidu_sum_fork(search, sum, goal, forced, fork);
    struct delta **ways = new_ways(search, gap->count - first + 1), *before = NULL;
    struct affine rest = {first, gap->terms, tidu_numbers_copy(&search->numbers, gap->constant)};
    if (!ways)
        return DEAD;
    for (uint32_t i = first; i < gap->count; i++) {
        const struct leap *leap = &search->leaps[gap->terms[i].term - quantities];
        bool up = mpq_sgn(gap->terms[i].factor) > 0;
        struct goal stays = leap_goal(search, goal, leap, up, false);
        mpq_t part;
        ways[i - first] = tidu_delta_goal(search, leap_goal(search, goal, leap, up, true), NULL);
        for (struct delta *d = before; d; d = d->next)
            ways[i - first] = tidu_delta_goal(search, d->goal, ways[i - first]);
        before = tidu_delta_goal(search, stays, before);
        mpq_init(part);
        mpq_mul(part, gap->terms[i].factor, stays.value);
        mpq_add(rest.constant, rest.constant, part);
        mpq_clear(part);
    }
    if (first)
        ways[gap->count - first] = linear_delta(search, &rest, goal->strict, before);
    return tidu_fork_ways(ways, gap->count - first + 1, forced, fork);
}

/* ret: the leap that is compared with a value, and on which side of it. */
static bool
is_level(const struct search *search, const struct goal *goal, bool *ret_above)
{
    *ret_above = goal->a == TIDU_NO_STEP;
    tidu_step step = *ret_above ? goal->b : goal->b == TIDU_NO_STEP ? goal->a : TIDU_NO_STEP;
    return step != TIDU_NO_STEP && tidu_goal_moves(search, goal, step) &&
           tidu_is_leap(tidu_goal_step(search, goal, step));
}

/* By the values tried: a chosen piece may do what is asked before it holds. */
static bool
is_enough(const struct search *search, const struct affine *gap, bool strict)
{
    mpq_t sum, one;
    mpq_inits(sum, one, NULL);
    mpq_set(sum, gap->constant);
    for (uint32_t i = 0; i < gap->count; i++) {
        mpq_mul(one, gap->terms[i].factor, search->state.values[gap->terms[i].term]);
        mpq_add(sum, sum, one);
    }
    int sign = mpq_sgn(sum);
    mpq_clears(sum, one, NULL);
    return strict ? sign > 0 : sign >= 0;
}

/* `told` is the flag that says the same, for what may be assumed of it; or NULL. */
static enum verdict
seek_order(struct search *search, const struct goal *goal, const struct goal *told,
           struct delta **forced, struct fork *fork)
{
    struct affine gap;
    bool above;
    if (is_level(search, goal, &above))
        return tidu_seek_level(search, goal, above, forced, fork);
    switch (tidu_form_gap(search, goal, &gap)) {
    case FORM_UNKNOWN:
        return told ? settle(search, told, forced) : DEAD;
    case FORM_SPLIT: {
        struct delta **ways = new_ways(search, 2);
        for (int i = 0; ways && i < 2; i++)
            ways[i] = search->split[i];
        return ways ? tidu_fork_ways(ways, 2, forced, fork) : DEAD;
    }
    case FORM_NEEDS:
        *forced = tidu_delta_goal(search, search->needs, *forced);
        return FORCED;
    case FORM_STUCK:
        search->stuck = true;
        return DEAD;
    case FORMED:
        break;
    }
    if (gap.count && gap.terms[gap.count - 1].term >= search->leeway->quantity_count)
        return seek_leaps(search, goal, &gap, forced, fork);
    if (is_enough(search, &gap, goal->strict))
        return MET;
    if (!gap.count)
        return DEAD;
    *forced = linear_delta(search, &gap, goal->strict, *forced);
    return FORCED;
}

/* A comparison's flag, as an order: a < b, a <= b, or the other way round when it has to
 * be false. */
static enum verdict
seek_comparison(struct search *search, const struct goal *goal, const tidu_instruction *step,
                struct delta **forced, struct fork *fork)
{
    struct goal order = {.kind = GOAL_ORDER,
                         .lane = goal->lane,
                         .stage = goal->stage,
                         .a = step->a,
                         .b = step->b,
                         .strict = step->op == TIDU_DO_LT,
                         .firm = goal->firm};
    struct goal turned = order;
    turned.a = step->b;
    turned.b = step->a;
    if (step->op != TIDU_DO_EQ) {
        turned.strict = !order.strict;
        return seek_order(search, goal->want ? &order : &turned, goal, forced, fork);
    }
    if (goal->want) {
        const struct goal *broken = in_order(search, &order) ? &turned : &order;
        return seek_order(search, broken, goal, forced, fork);
    }
    struct delta **ways = new_ways(search, 2);
    if (!ways)
        return DEAD;
    order.strict = turned.strict = true;
    ways[0] = tidu_delta_goal(search, order, NULL);
    ways[1] = tidu_delta_goal(search, turned, NULL);
    return tidu_fork_ways(ways, 2, forced, fork);
}

/* ---- any goal ---- */

enum verdict
tidu_seek(struct search *search, const struct goal *goal, struct delta **forced, struct fork *fork)
{
    if (goal->kind == GOAL_ORDER)
        return in_order(search, goal) ? MET : seek_order(search, goal, NULL, forced, fork);
    if (holds(search, goal))
        return MET;
    const tidu_instruction *step = tidu_goal_step(search, goal, goal->a);
    if (!tidu_goal_moves(search, goal, goal->a))
        return settle(search, goal, forced);
    struct goal operand;
    switch (step->op) {
    case TIDU_DO_FLAG:
        return seek_flag(search, goal, step->number, forced, fork);
    case TIDU_DO_NOT:
        operand = tidu_goal_flag(goal, step->a, !goal->want);
        return tidu_seek(search, &operand, forced, fork);
    case TIDU_DO_AND:
        return goal->want ? seek_every(search, goal, step, forced, fork)
                          : seek_some(search, goal, step, forced, fork);
    case TIDU_DO_OR:
        return goal->want ? seek_some(search, goal, step, forced, fork)
                          : seek_every(search, goal, step, forced, fork);
    case TIDU_DO_AT_LEAST:
        return seek_count(search, goal, step, forced, fork);
    case TIDU_DO_SETTLE:
        operand = tidu_goal_flag(goal, goal->want ? step->a : step->b, goal->want);
        return tidu_seek(search, &operand, forced, fork);
    case TIDU_DO_LT:
    case TIDU_DO_LE:
    case TIDU_DO_EQ:
        return seek_comparison(search, goal, step, forced, fork);
    case TIDU_DO_IN:
        return seek_code(search, goal, step->a, step->number, forced, fork);
    case TIDU_DO_KNOWN: /* what can change is known and stays so */
    case TIDU_DO_KNOWN_FLAG:
        return settle(search, goal, forced);
    default: /* lists */
        search->stuck = true;
        return DEAD;
    }
}
