/*
 * exact.c: the border, decided over the decimals that were spelled.
 *
 * When doubles cannot tell two sides apart, both are computed again as
 * rationals, from the inputs' decimals through the same steps. Only the steps
 * under the comparison are redone, and only for that row. Flags are not
 * redone: they are exact already.
 *
 * Owns nothing: values live on the run's scratch stack.
 */
#include "internal.h"

#include "tidu/decimal.h"

#include <assert.h>
#include <math.h>

static mpq_t *
push(struct tidu_run *run)
{
    assert(run->scratch_used < run->scratch_count);
    return &run->scratch[run->scratch_used++];
}

static void
pop(struct tidu_run *run)
{
    run->scratch_used--;
}

static void
input_value(struct tidu_run *run, uint32_t column, uint32_t row, mpq_t ret)
{
    const tidu_column *input = &run->program->layout->columns[column];
    const tidu_spelling *spelling = tidu_block_spelling(run->block, column, row);
    if (spelling && tidu_decimal_parse(spelling->text.data, spelling->text.length, ret))
        return;
    tidu_decimal_of_double(run->block->number[input->place][row], ret);
}

static void
two_operands(struct tidu_run *run, const tidu_instruction *step, uint32_t row, mpq_t ret)
{
    mpq_t *b = push(run);
    tidu_exact_value(run, step->a, row, ret);
    tidu_exact_value(run, step->b, row, *b);
    int order = mpq_cmp(ret, *b);
    switch (step->op) {
    case TIDU_DO_ADD:
        mpq_add(ret, ret, *b);
        break;
    case TIDU_DO_SUB:
        mpq_sub(ret, ret, *b);
        break;
    case TIDU_DO_MUL:
        mpq_mul(ret, ret, *b);
        break;
    case TIDU_DO_DIV:
        if (mpq_sgn(*b))
            mpq_div(ret, ret, *b);
        break;
    default:
        if (step->op == TIDU_DO_MIN ? order > 0 : order < 0)
            mpq_set(ret, *b);
    }
    pop(run);
}

/* The nearest whole number, halves away from zero: n / d becomes
 * (2n ± d) / 2d, cut off. */
static void
round_value(mpq_t value)
{
    mpz_ptr whole = mpq_numref(value), parts = mpq_denref(value);
    int sign = mpq_sgn(value);
    mpz_mul_2exp(whole, whole, 1);
    if (sign < 0)
        mpz_sub(whole, whole, parts);
    else
        mpz_add(whole, whole, parts);
    mpz_mul_2exp(parts, parts, 1);
    mpz_tdiv_q(whole, whole, parts);
    mpz_set_ui(parts, 1);
}

static void
floor_value(mpq_t value)
{
    mpz_fdiv_q(mpq_numref(value), mpq_numref(value), mpq_denref(value));
    mpz_set_ui(mpq_denref(value), 1);
}

static void
sum_value(struct tidu_run *run, const tidu_instruction *step, uint32_t row, mpq_t ret)
{
    mpq_t *one = push(run);
    mpq_set_ui(ret, 0, 1);
    for (uint32_t i = 0; i < step->count; i++) {
        tidu_exact_value(run, run->program->pool[step->first + i], row, *one);
        mpq_add(ret, ret, *one);
    }
    pop(run);
}

/* Whether a flag's points count: where it is true, and where it is unknown if
 * they move the sum towards the end that is asked for. */
static bool
counts(const struct tidu_run *run, tidu_step flag, uint32_t row, const mpq_t points, bool most)
{
    const struct column *column = &run->columns[flag];
    bool moves = most ? mpq_sgn(points) > 0 : mpq_sgn(points) < 0;
    return tidu_column_truth(column, row) || (moves && !tidu_column_known(column, row));
}

static void
collect_value(struct tidu_run *run, const tidu_instruction *step, uint32_t row, mpq_t ret)
{
    const uint32_t *operands = run->program->pool + step->first, *points = operands + step->count;
    const tidu_constant *constants = run->program->constants;
    mpq_set_ui(ret, 0, 1);
    for (uint32_t i = 0; i < step->count; i++)
        if (counts(run, operands[i], row, constants[points[i]].exact,
                   step->op == TIDU_DO_COLLECT_HIGH))
            mpq_add(ret, ret, constants[points[i]].exact);
    if (mpq_cmp(ret, constants[points[step->count]].exact) > 0)
        mpq_set(ret, constants[points[step->count]].exact);
}

/* The column holds the double of one of the step's constants: find which. */
static void
pick_value(struct tidu_run *run, const tidu_instruction *step, double value, mpq_t ret)
{
    const uint32_t *points = run->program->pool + step->first + step->count;
    for (uint32_t i = 0; i <= step->count; i++) {
        const tidu_constant *constant = &run->program->constants[points[i]];
        if (constant->value == value) {
            mpq_set(ret, constant->exact);
            return;
        }
    }
}

static void
fill_value(struct tidu_run *run, const tidu_instruction *step, uint32_t row, mpq_t ret)
{
    if (tidu_column_known(&run->columns[step->a], row))
        tidu_exact_value(run, step->a, row, ret);
    else
        mpq_set(ret, run->program->constants[step->number].exact);
}

static void
select_value(struct tidu_run *run, const tidu_instruction *step, uint32_t row, mpq_t ret)
{
    bool second = tidu_column_known(&run->columns[step->c], row) &&
                  !tidu_column_truth(&run->columns[step->c], row);
    tidu_exact_value(run, second ? step->b : step->a, row, ret);
}

void
tidu_exact_value(struct tidu_run *run, tidu_step at, uint32_t row, mpq_t ret)
{
    const tidu_instruction *step = &run->program->steps[at];
    switch (step->op) {
    case TIDU_DO_FACT:
        input_value(run, step->number, row, ret);
        break;
    case TIDU_DO_CONST:
        mpq_set(ret, run->program->constants[step->number].exact);
        break;
    case TIDU_DO_ADD:
    case TIDU_DO_SUB:
    case TIDU_DO_MUL:
    case TIDU_DO_DIV:
    case TIDU_DO_MIN:
    case TIDU_DO_MAX:
        two_operands(run, step, row, ret);
        break;
    case TIDU_DO_NEG:
        tidu_exact_value(run, step->a, row, ret);
        mpq_neg(ret, ret);
        break;
    case TIDU_DO_ABS:
        tidu_exact_value(run, step->a, row, ret);
        mpq_abs(ret, ret);
        break;
    case TIDU_DO_POSITIVE:
    case TIDU_DO_NONNEGATIVE:
        tidu_exact_value(run, step->a, row, ret);
        break;
    case TIDU_DO_SELECT:
        select_value(run, step, row, ret);
        break;
    case TIDU_DO_FILL:
        fill_value(run, step, row, ret);
        break;
    case TIDU_DO_SUM:
        sum_value(run, step, row, ret);
        break;
    case TIDU_DO_COLLECT_LOW:
    case TIDU_DO_COLLECT_HIGH:
        collect_value(run, step, row, ret);
        break;
    case TIDU_DO_PICK_LOW:
    case TIDU_DO_PICK_HIGH:
        pick_value(run, step, tidu_column_value(&run->columns[at], row), ret);
        break;
    case TIDU_DO_SPREAD:
        tidu_exact_value(run, step->a, run->block->item_row[step->frame][row], ret);
        break;
    case TIDU_DO_FLOOR:
        tidu_exact_value(run, step->a, row, ret);
        floor_value(ret);
        break;
    case TIDU_DO_ROUND:
        tidu_exact_value(run, step->a, row, ret);
        round_value(ret);
        break;
    case TIDU_DO_ROOT: /* only for showing: of its digits, fifteen are sure */
        tidu_decimal_of_double(tidu_column_value(&run->columns[at], row), ret);
        break;
    default: /* whole by nature: the double is the value */
        mpq_set_d(ret, tidu_column_value(&run->columns[at], row));
    }
}

int
tidu_exact_compare(struct tidu_run *run, tidu_step a, tidu_step b, uint32_t row)
{
    int order;
    if (tidu_small_compare(run, a, b, row, &order))
        return order;
    mpq_t *left = push(run), *right = push(run);
    tidu_exact_value(run, a, row, *left);
    tidu_exact_value(run, b, row, *right);
    order = mpq_cmp(*left, *right);
    pop(run);
    pop(run);
    return (order > 0) - (order < 0);
}

void
tidu_run_exact(const tidu_run *run, tidu_step step, uint32_t row, mpq_t ret_value)
{
    /* The scratch stack is working memory, empty again on return. */
    tidu_exact_value((struct tidu_run *)(uintptr_t)run, step, row, ret_value);
}
