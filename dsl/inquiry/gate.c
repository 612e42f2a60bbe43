/*
 * gate.c: where a threshold decides, and for which values it says yes.
 *
 * Most thresholds stand in one comparison: x >= threshold. What the rest of the program
 * comes to depends on the threshold only through that flag, a gate. So a program is
 * evaluated with the gate open and with it shut, whatever the number of values, and each
 * row has a place among them: how many it opens for.
 *
 *   values:   3%   4%   5%   6%          x = 5%, x >= threshold
 *   gate:     yes  yes  yes  no          rank 3
 *
 * A threshold that is calculated with before it is compared has no such gate.
 *
 * Must not know: populations, what is counted.
 */
#include "internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* As the engine has it: closer than this share of their size, doubles may have changed
 * places by rounding. */
#define NEARNESS 0x1p-42

static const tidu_constant *
constant_of(const tidu_program *program, tidu_step step)
{
    const tidu_instruction *at = &program->steps[step];
    return at->op == TIDU_DO_CONST ? &program->constants[at->number] : NULL;
}

/* x < T, x <= T, T < x, T <= x; false for anything else. */
static bool
read_comparison(const tidu_program *program, tidu_step step, struct gate *ret)
{
    const tidu_instruction *at = &program->steps[step];
    if (at->op != TIDU_DO_LT && at->op != TIDU_DO_LE)
        return false;
    bool left = constant_of(program, at->a) != NULL, right = constant_of(program, at->b) != NULL;
    if (left == right)
        return false;
    *ret = (struct gate){.step = step,
                         .x = left ? at->b : at->a,
                         .threshold = left ? at->a : at->b,
                         .first = left, /* open for the first values, those below x */
                         .strict = at->op == TIDU_DO_LT,
                         .size = at->near == TIDU_NEAR_MAGNITUDE ? at->c : TIDU_NO_STEP};
    return true;
}

/* Whether the first program compares the same with `threshold` in the same way. */
static bool
has_comparison(const tidu_program *program, const struct gate *gate, uint8_t op, tidu_step x,
               const mpq_t threshold)
{
    for (uint32_t s = 0; s < program->step_count; s++) {
        const tidu_instruction *at = &program->steps[s];
        if (at->op != op || (gate->first ? at->b : at->a) != x)
            continue;
        const tidu_constant *constant = constant_of(program, gate->first ? at->a : at->b);
        if (constant && mpq_equal(constant->exact, threshold))
            return true;
    }
    return false;
}

/* Values as constants of the program: by the factor that one has, if the other has it
 * too. */
static bool
scale(struct gate *gate, const struct axis *axis, const tidu_run *low, const tidu_run *high)
{
    const tidu_program *program = tidu_run_program(high);
    const tidu_constant *end = constant_of(program, gate->threshold);
    mpq_t factor, start;
    if (!mpq_sgn(axis->numbers[axis->probes[1]]))
        return false;
    mpq_inits(factor, start, NULL);
    mpq_div(factor, end->exact, axis->numbers[axis->probes[1]]);
    gate->edges = calloc(axis->count, sizeof *gate->edges);
    gate->exact = calloc(axis->count, sizeof *gate->exact);
    bool good = gate->edges && gate->exact;
    for (uint32_t i = 0; good && i < axis->count; i++) {
        mpq_init(gate->exact[i]);
        gate->count++;
        mpq_mul(gate->exact[i], axis->numbers[i], factor);
        gate->edges[i] = mpq_get_d(gate->exact[i]);
    }
    tidu_step x = tidu_run_twin(high, gate->x);
    mpq_mul(start, axis->numbers[axis->probes[0]], factor);
    good = good && mpq_sgn(factor) > 0 && x != TIDU_NO_STEP &&
           has_comparison(tidu_run_program(low), gate, program->steps[gate->step].op, x, start);
    mpq_clears(factor, start, NULL);
    return good;
}

bool
tidu_gate_open(struct gate *gate, const struct axis *axis, tidu_step step, const tidu_run *low,
               const tidu_run *high)
{
    if (!read_comparison(tidu_run_program(high), step, gate))
        return false;
    gate->prefix = gate->first != axis->falling;
    return scale(gate, axis, low, high);
}

void
tidu_gate_close(struct gate *gate)
{
    for (uint32_t i = 0; i < gate->count; i++)
        mpq_clear(gate->exact[i]);
    free(gate->edges);
    free(gate->exact);
    gate->edges = NULL;
    gate->exact = NULL;
    gate->count = 0;
}

/* ---- ranks ---- */

static bool
decide_exactly(const struct gate *gate, const tidu_run *run, uint32_t row, uint32_t at)
{
    mpq_t x;
    mpq_init(x);
    tidu_run_exact(run, gate->x, row, x);
    int order = mpq_cmp(gate->exact[at], x);
    mpq_clear(x);
    if (!gate->first)
        order = -order;
    return gate->strict ? order < 0 : order <= 0;
}

static bool
is_open(const struct gate *gate, const tidu_run *run, uint32_t row, double x, double size,
        uint32_t at)
{
    double edge = gate->edges[at];
    double about = gate->size == TIDU_NO_STEP ? fabs(x) + fabs(edge) : size;
    if (!(fabs(x - edge) > about * NEARNESS))
        return decide_exactly(gate, run, row, at);
    return gate->first ? edge < x : x < edge;
}

uint32_t
tidu_gate_rank(const struct gate *gate, const tidu_run *run, uint32_t row)
{
    double x, size = HUGE_VAL; /* not known: nothing is far */
    uint32_t low = 0, high = gate->count;
    if (!tidu_run_number(run, gate->x, row, &x))
        return 0;
    if (gate->size != TIDU_NO_STEP)
        tidu_run_number(run, gate->size, row, &size);
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (is_open(gate, run, row, x, size, middle) == gate->prefix)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Known where x is; open or shut there. */
void
tidu_gate_give(const struct gate *gate, const tidu_run *run, tidu_given_flag given, bool open)
{
    tidu_view x = tidu_run_view(run, gate->x);
    uint32_t rows = tidu_run_block(run)->row_count;
    for (uint32_t w = 0; w < (rows + 63) / 64; w++) {
        uint64_t known = x.known[w & x.mask >> 6];
        if (w == rows / 64)
            known &= (UINT64_C(1) << rows % 64) - 1;
        given.known[w] = known;
        given.truth[w] = open ? known : 0;
    }
}
