/*
 * forms.c: numbers as linear forms of what can change.
 *
 * A step that depends on nothing changeable is its exact value. Sums, products with
 * constants and quotients stay linear over a common divisor; a choice, a minimum or an
 * absolute value is one of its pieces once a decision says which; what goes by leaps is a
 * term of its own.
 *
 * Must not know: efforts.
 */
#include "internal.h"

/* ---- sums of terms ---- */

static mpq_ptr
fresh(struct search *search)
{
    return tidu_numbers_new(&search->numbers);
}

static struct affine
constant_of(struct search *search, mpq_srcptr value)
{
    return (struct affine){.constant = tidu_numbers_copy(&search->numbers, value)};
}

static struct affine
one(struct search *search)
{
    struct affine affine = {.constant = fresh(search)};
    mpq_set_ui(affine.constant, 1, 1);
    return affine;
}

static struct affine
single(struct search *search, uint32_t term)
{
    struct affine affine = {.count = 1, .constant = fresh(search)};
    affine.terms = tidu_arena_array(search->arena, 1, sizeof *affine.terms);
    if (!affine.terms) {
        search->numbers.failed = true;
        return (struct affine){.constant = affine.constant};
    }
    affine.terms[0] = (struct term){term, fresh(search)};
    mpq_set_ui(affine.terms[0].factor, 1, 1);
    return affine;
}

static struct affine
times(struct search *search, struct affine a, mpq_srcptr by)
{
    struct affine product = {.constant = fresh(search)};
    mpq_mul(product.constant, a.constant, by);
    if (!mpq_sgn(by) || !a.count)
        return product;
    product.terms = tidu_arena_array(search->arena, a.count, sizeof *product.terms);
    if (!product.terms) {
        search->numbers.failed = true;
        return product;
    }
    for (uint32_t i = 0; i < a.count; i++) {
        product.terms[i] = (struct term){a.terms[i].term, fresh(search)};
        mpq_mul(product.terms[i].factor, a.terms[i].factor, by);
    }
    product.count = a.count;
    return product;
}

/* a and `sign` times b. */
static struct affine
plus(struct search *search, struct affine a, struct affine b, int sign)
{
    struct affine sum = {.constant = tidu_numbers_copy(&search->numbers, b.constant)};
    if (sign < 0)
        mpq_neg(sum.constant, sum.constant);
    mpq_add(sum.constant, a.constant, sum.constant);
    sum.terms = tidu_arena_array(search->arena, (size_t)a.count + b.count, sizeof *sum.terms);
    if (!sum.terms) {
        search->numbers.failed = true;
        return sum;
    }
    for (uint32_t i = 0, j = 0; i < a.count || j < b.count;) {
        bool left = j == b.count || (i < a.count && a.terms[i].term <= b.terms[j].term);
        bool right = i == a.count || (j < b.count && b.terms[j].term <= a.terms[i].term);
        struct term term = {left ? a.terms[i].term : b.terms[j].term, fresh(search)};
        if (right)
            mpq_set(term.factor, b.terms[j].factor);
        if (right && sign < 0)
            mpq_neg(term.factor, term.factor);
        if (left)
            mpq_add(term.factor, term.factor, a.terms[i].factor);
        i += left;
        j += right;
        if (mpq_sgn(term.factor))
            sum.terms[sum.count++] = term;
    }
    return sum;
}

static bool
same(struct affine a, struct affine b)
{
    bool equal = a.count == b.count && mpq_equal(a.constant, b.constant);
    for (uint32_t i = 0; equal && i < a.count; i++)
        equal =
            a.terms[i].term == b.terms[i].term && mpq_equal(a.terms[i].factor, b.terms[i].factor);
    return equal;
}

/* a times b, when one of them is constant. */
static bool
product(struct search *search, struct affine a, struct affine b, struct affine *ret)
{
    if (a.count && b.count)
        return false;
    *ret = a.count ? times(search, a, b.constant) : times(search, b, a.constant);
    return true;
}

/* The least (way < 0) or most that the state's bounds let the sum be; false when they do
 * not say. */
static bool
end_of(const struct search *search, struct affine a, int way, mpq_t ret)
{
    const struct state *state = &search->state;
    bool closed = true;
    mpq_t term;
    mpq_init(term);
    mpq_set(ret, a.constant);
    for (uint32_t i = 0; closed && i < a.count; i++) {
        uint32_t q = a.terms[i].term;
        mpq_srcptr bound = NULL;
        if (q < search->leeway->quantity_count)
            bound = mpq_sgn(a.terms[i].factor) * way < 0 ? state->low[q] : state->high[q];
        closed = bound != NULL;
        if (!closed)
            continue;
        mpq_mul(term, a.terms[i].factor, bound);
        mpq_add(ret, ret, term);
    }
    mpq_clear(term);
    return closed;
}

/* -1 or 1 when the sum has that sign wherever the state's bounds allow; 0 when it is not
 * sure. */
static int
sign_of(const struct search *search, struct affine a)
{
    int sign = 0;
    mpq_t end;
    mpq_init(end);
    if (end_of(search, a, -1, end) && mpq_sgn(end) > 0)
        sign = 1;
    else if (end_of(search, a, 1, end) && mpq_sgn(end) < 0)
        sign = -1;
    mpq_clear(end);
    return sign;
}

static bool
is_never_negative(const struct search *search, struct affine a)
{
    mpq_t end;
    mpq_init(end);
    bool never = end_of(search, a, -1, end) && mpq_sgn(end) >= 0;
    mpq_clear(end);
    return never;
}

/* ---- forms ---- */

/* What is under them is told apart only if they differ. */
static enum formed
add(struct search *search, struct form a, struct form b, int sign, struct form *ret)
{
    struct affine left, right;
    if (same(a.under, b.under)) {
        *ret = (struct form){plus(search, a.over, b.over, sign), a.under};
        return FORMED;
    }
    if (!product(search, a.over, b.under, &left) || !product(search, b.over, a.under, &right) ||
        !product(search, a.under, b.under, &ret->under))
        return FORM_STUCK;
    ret->over = plus(search, left, right, sign);
    return FORMED;
}

static enum formed
multiply(struct search *search, struct form a, struct form b, struct form *ret)
{
    return product(search, a.over, b.over, &ret->over) &&
                   product(search, a.under, b.under, &ret->under)
               ? FORMED
               : FORM_STUCK;
}

/* What comes to stand under must keep its sign, or nothing is known of the quotient's. */
static enum formed
divide(struct search *search, struct form a, struct form b, struct form *ret)
{
    int sign = sign_of(search, b.over);
    mpq_t by;
    if (!sign || !product(search, a.over, b.under, &ret->over) ||
        !product(search, a.under, b.over, &ret->under))
        return FORM_STUCK;
    if (sign < 0) {
        mpq_init(by);
        mpq_set_si(by, -1, 1);
        ret->over = times(search, ret->over, by);
        ret->under = times(search, ret->under, by);
        mpq_clear(by);
    }
    return FORMED;
}

static enum formed
two_operands(struct search *search, const struct goal *goal, const tidu_instruction *step,
             struct form *ret)
{
    struct form a, b;
    enum formed formed = tidu_form_of(search, goal, step->a, &a);
    if (formed == FORMED)
        formed = tidu_form_of(search, goal, step->b, &b);
    if (formed != FORMED)
        return formed;
    switch (step->op) {
    case TIDU_DO_MUL:
        return multiply(search, a, b, ret);
    case TIDU_DO_DIV:
        if (!sign_of(search, b.over) && is_never_negative(search, b.over)) {
            /* nothing is known of a quotient by zero */
            search->needs = (struct goal){.kind = GOAL_ORDER,
                                          .lane = goal->lane,
                                          .stage = goal->stage,
                                          .a = TIDU_NO_STEP,
                                          .b = step->b,
                                          .value = fresh(search),
                                          .strict = true,
                                          .firm = goal->firm};
            return FORM_NEEDS;
        }
        return divide(search, a, b, ret);
    default:
        return add(search, a, b, step->op == TIDU_DO_SUB ? -1 : 1, ret);
    }
}

static enum formed
sum_of(struct search *search, const struct goal *goal, const tidu_instruction *step,
       struct form *ret)
{
    const tidu_program *program = search->leeway->lanes[goal->lane].program;
    enum formed formed = tidu_form_of(search, goal, program->pool[step->first], ret);
    for (uint32_t i = 1; formed == FORMED && i < step->count; i++) {
        struct form sum = *ret, next;
        formed = tidu_form_of(search, goal, program->pool[step->first + i], &next);
        if (formed == FORMED)
            formed = add(search, sum, next, 1, ret);
    }
    return formed;
}

/* ---- pieces ---- */

int32_t
tidu_piece_of(const struct search *search, const struct goal *goal, tidu_step step)
{
    for (size_t i = 0; i < search->state.piece_count; i++) {
        const struct delta *piece = search->state.pieces[i];
        if (piece->goal.lane == goal->lane && piece->goal.stage == goal->stage &&
            piece->goal.a == step)
            return (int32_t)piece->index;
    }
    return TIDU_NONE;
}

/* What holds where a step is its first piece, or its second. */
static struct goal
holds_for(struct search *search, const struct goal *goal, const tidu_instruction *step,
          uint32_t piece)
{
    struct goal order = {
        .kind = GOAL_ORDER, .lane = goal->lane, .stage = goal->stage, .firm = goal->firm};
    if (step->op == TIDU_DO_SELECT)
        return tidu_goal_flag(goal, step->c, piece == 0);
    if (step->op == TIDU_DO_ABS) {
        order.value = fresh(search);
        order.a = piece ? step->a : TIDU_NO_STEP;
        order.b = piece ? TIDU_NO_STEP : step->a;
        return order;
    }
    bool first = (step->op == TIDU_DO_MIN) == (piece == 0); /* a is to be the smaller */
    order.a = first ? step->a : step->b;
    order.b = first ? step->b : step->a;
    return order;
}

static enum formed
split(struct search *search, const struct goal *goal, tidu_step at)
{
    const tidu_instruction *step = tidu_goal_step(search, goal, at);
    for (uint32_t piece = 0; piece < 2; piece++) {
        struct delta chosen = {.kind = CHOOSE, .goal = *goal, .index = piece};
        chosen.goal.a = at;
        search->split[piece] = tidu_delta_new(
            search, chosen, tidu_delta_goal(search, holds_for(search, goal, step, piece), NULL));
    }
    return FORM_SPLIT;
}

static enum formed
piece_of(struct search *search, const struct goal *goal, tidu_step at, struct form *ret)
{
    const tidu_instruction *step = tidu_goal_step(search, goal, at);
    int32_t piece = tidu_piece_of(search, goal, at);
    if (step->op == TIDU_DO_SELECT && !tidu_goal_moves(search, goal, step->c)) {
        tidu_truth truth = tidu_run_truth(tidu_goal_run(search, goal), step->c, goal->stage);
        if (truth == TIDU_UNKNOWN)
            return FORM_UNKNOWN;
        return tidu_form_of(search, goal, truth == TIDU_TRUE ? step->a : step->b, ret);
    }
    if (piece == TIDU_NONE)
        return split(search, goal, at);
    if (step->op != TIDU_DO_ABS)
        return tidu_form_of(search, goal, piece == 0 ? step->a : step->b, ret);
    enum formed formed = tidu_form_of(search, goal, step->a, ret);
    if (formed == FORMED && piece == 1) {
        mpq_t by;
        mpq_init(by);
        mpq_set_si(by, -1, 1);
        ret->over = times(search, ret->over, by);
        mpq_clear(by);
    }
    return formed;
}

/* A step that is known only where its operand is above zero, or not below. */
static enum formed
signed_operand(struct search *search, const struct goal *goal, tidu_step at, struct form *ret)
{
    const tidu_instruction *step = tidu_goal_step(search, goal, at);
    tidu_run *run = tidu_goal_run(search, goal);
    double value;
    if (!tidu_run_number(run, at, goal->stage, &value) &&
        tidu_run_number(run, step->a, goal->stage, &value)) {
        search->needs = (struct goal){.kind = GOAL_ORDER,
                                      .lane = goal->lane,
                                      .stage = goal->stage,
                                      .a = TIDU_NO_STEP,
                                      .b = step->a,
                                      .value = tidu_numbers_new(&search->numbers),
                                      .strict = step->op == TIDU_DO_POSITIVE,
                                      .firm = goal->firm};
        return FORM_NEEDS;
    }
    return tidu_form_of(search, goal, step->a, ret);
}

/* ---- steps ---- */

static enum formed
fixed(struct search *search, const struct goal *goal, tidu_step at, struct form *ret)
{
    tidu_run *run = tidu_goal_run(search, goal);
    double value;
    mpq_t exact;
    if (!tidu_run_number(run, at, goal->stage, &value))
        return FORM_UNKNOWN;
    mpq_init(exact);
    tidu_run_exact(run, at, goal->stage, exact);
    *ret = (struct form){constant_of(search, exact), one(search)};
    mpq_clear(exact);
    return FORMED;
}

static enum formed
leap(struct search *search, const struct goal *goal, tidu_step at, struct form *ret)
{
    uint32_t number = 0;
    while (number < search->leap_count &&
           (search->leaps[number].step != at || search->leaps[number].lane != goal->lane ||
            search->leaps[number].stage != goal->stage))
        number++;
    if (number == search->leap_count) {
        struct leap *leaps = tidu_arena_grow(search->arena, search->leaps, search->leap_count,
                                             &search->leap_capacity, sizeof *leaps);
        if (!leaps) {
            search->numbers.failed = true;
            return FORM_STUCK;
        }
        search->leaps = leaps;
        leaps[search->leap_count++] = (struct leap){goal->lane, goal->stage, at};
    }
    *ret = (struct form){single(search, search->leeway->quantity_count + number), one(search)};
    return FORMED;
}

enum formed
tidu_form_of(struct search *search, const struct goal *goal, tidu_step at, struct form *ret)
{
    const tidu_instruction *step = tidu_goal_step(search, goal, at);
    if (!tidu_goal_moves(search, goal, at))
        return fixed(search, goal, at, ret);
    if (tidu_is_leap(step))
        return leap(search, goal, at, ret);
    switch (step->op) {
    case TIDU_DO_FACT:
        if (search->leeway->quantity_of[goal->stage][step->number] == TIDU_NONE)
            return FORM_STUCK; /* a day that a title gives */
        *ret = (struct form){
            single(search, (uint32_t)search->leeway->quantity_of[goal->stage][step->number]),
            one(search)};
        return FORMED;
    case TIDU_DO_ADD:
    case TIDU_DO_SUB:
    case TIDU_DO_MUL:
    case TIDU_DO_DIV:
        return two_operands(search, goal, step, ret);
    case TIDU_DO_SUM:
        return sum_of(search, goal, step, ret);
    case TIDU_DO_NEG: {
        struct form operand, zero = {.over = {.constant = fresh(search)}, .under = one(search)};
        enum formed formed = tidu_form_of(search, goal, step->a, &operand);
        return formed == FORMED ? add(search, zero, operand, -1, ret) : formed;
    }
    case TIDU_DO_FILL:
        return tidu_form_of(search, goal, step->a, ret);
    case TIDU_DO_POSITIVE:
    case TIDU_DO_NONNEGATIVE:
        return signed_operand(search, goal, at, ret);
    case TIDU_DO_SELECT:
    case TIDU_DO_MIN:
    case TIDU_DO_MAX:
    case TIDU_DO_ABS:
        return piece_of(search, goal, at, ret);
    default:
        return FORM_STUCK;
    }
}

static enum formed
side(struct search *search, const struct goal *goal, tidu_step step, struct form *ret)
{
    if (step != TIDU_NO_STEP)
        return tidu_form_of(search, goal, step, ret);
    *ret = (struct form){constant_of(search, goal->value), one(search)};
    return FORMED;
}

enum formed
tidu_form_gap(struct search *search, const struct goal *goal, struct affine *ret)
{
    struct form a, b, gap;
    enum formed formed = side(search, goal, goal->a, &a);
    if (formed == FORMED)
        formed = side(search, goal, goal->b, &b);
    if (formed == FORMED)
        formed = add(search, b, a, -1, &gap);
    if (formed == FORMED)
        *ret = gap.over;
    return formed;
}
