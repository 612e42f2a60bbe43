/*
 * run.c: a program over a block, a step at a time.
 *
 * Opens the columns that steps fill (steps.c) and goes through them in order.
 *
 * Must not know: what the steps mean. Owns its columns, borrows program and
 * block.
 */
#include "beside.h"

#include <stdlib.h>
#include <string.h>

typedef const tidu_instruction instruction;

static uint32_t
words_for(uint32_t rows)
{
    return (rows + 63) / 64;
}

static uint32_t
frame_words(const tidu_block *block, uint32_t frame)
{
    return words_for(frame ? block->item_capacity : block->row_capacity);
}

static bool
is_constant(instruction *step)
{
    return step->op == TIDU_DO_CONST || step->op == TIDU_DO_AS_OF || step->op == TIDU_DO_TRUTH;
}

/* Its column is one of the run before. */
static bool
is_shared(const struct tidu_run *run, uint32_t s)
{
    return run->twins && run->twins[s] != TIDU_NO_STEP && tidu_has_kernel(run->program->steps[s].op);
}

enum { LINE_WORDS = 8 };

/* Numbers begin at a cache line, so that no eight of them lie in two. */
static uint64_t *
at_line(uint64_t *at)
{
    const size_t line = LINE_WORDS * sizeof *at;
    return at + (line - (uintptr_t)at % line) % line / sizeof *at;
}

static bool
is_input(instruction *step)
{
    return step->op == TIDU_DO_FACT || step->op == TIDU_DO_FLAG;
}

static bool
is_needed(const struct tidu_run *run, uint32_t s)
{
    return !run->needed || run->needed[s];
}

/* Words of memory that a step's own column takes. */
static size_t
column_words(const struct tidu_run *run, uint32_t s)
{
    instruction *step = &run->program->steps[s];
    if (is_input(step) || is_shared(run, s) || !is_needed(run, s))
        return 0;
    size_t words = is_constant(step) ? 1 : frame_words(run->block, step->frame);
    return tidu_op_is_flag((tidu_op)step->op) ? words * 2 : words * 65;
}

static void
place_input(struct tidu_run *run, instruction *step, struct column *column)
{
    const tidu_column *input = &run->program->layout->columns[step->number];
    tidu_block *block = run->block;
    bool flag = input->kind == TIDU_COLUMN_FLAG;
    column->value = flag ? NULL : block->number[input->place];
    column->truth = flag ? block->flag[input->place] : NULL;
    column->known = flag ? block->flag_known[input->place] : block->number_known[input->place];
    column->stride = 64;
    column->known_stride = 1;
}

static void
place_constant(struct tidu_run *run, instruction *step, struct column *column)
{
    column->stride = 0;
    column->known_stride = 0;
    column->known[0] = UINT64_MAX;
    if (step->op == TIDU_DO_TRUTH) {
        column->truth[0] = step->number == 1 ? UINT64_MAX : 0;
        column->known[0] = step->number == 2 ? 0 : UINT64_MAX;
    }
    for (int i = 0; step->op == TIDU_DO_CONST && i < 64; i++)
        column->value[i] = run->program->constants[step->number].value;
}

static void
place_columns(struct tidu_run *run)
{
    uint64_t *at = run->memory;
    for (uint32_t s = 0; s < run->program->step_count; s++) {
        instruction *step = &run->program->steps[s];
        struct column *column = &run->columns[s];
        size_t words = column_words(run, s);
        if (is_shared(run, s))
            *column = run->before->columns[run->twins[s]];
        else if (is_input(step))
            place_input(run, step, column);
        if (!words)
            continue;
        bool flag = tidu_op_is_flag((tidu_op)step->op);
        size_t bitmap = flag ? words / 2 : words / 65;
        if (!flag)
            at = at_line(at);
        column->value = flag ? NULL : (double *)at;
        column->truth = flag ? at : NULL;
        column->known = at + (words - bitmap);
        column->stride = 64;
        column->known_stride = 1;
        if (is_constant(step))
            place_constant(run, step, column);
        at += words;
    }
}

static bool
open_scratch(struct tidu_run *run)
{
    /* Each level of exact arithmetic holds at most two values beside its result. */
    run->scratch_count = run->program->depth * 2 + 8;
    run->scratch = calloc(run->scratch_count, sizeof *run->scratch);
    if (!run->scratch)
        return false;
    for (uint32_t i = 0; i < run->scratch_count; i++)
        mpq_init(run->scratch[i]);
    return true;
}

static void
list_work(struct tidu_run *run)
{
    const tidu_kernel *kernels = tidu_kernels();
    for (uint32_t s = 0; s < run->program->step_count; s++) {
        instruction *step = &run->program->steps[s];
        if (s == run->program->ruled_count)
            run->ruled_work_count = run->work_count;
        if (s == run->program->supported_count)
            run->supported_work_count = run->work_count;
        if (kernels[step->op] && !is_shared(run, s) && is_needed(run, s))
            run->work[run->work_count++] =
                (struct work){kernels[step->op], step, &run->columns[s], step->frame};
    }
    if (run->program->ruled_count == run->program->step_count)
        run->ruled_work_count = run->work_count;
    if (run->program->supported_count == run->program->step_count)
        run->supported_work_count = run->work_count;
}

static void
close_scratch(struct tidu_run *run)
{
    for (uint32_t i = 0; run->scratch && i < run->scratch_count; i++)
        mpq_clear(run->scratch[i]);
    free(run->scratch);
    run->scratch = NULL;
}

/* Room for a program's columns: what there is, if it suffices. */
static bool
make_room(struct tidu_run *run, const tidu_program *program)
{
    size_t words = 0, steps = (size_t)program->step_count + 1;
    for (uint32_t s = 0; s < program->step_count; s++) {
        size_t own = column_words(run, s);
        bool number = own && !tidu_op_is_flag((tidu_op)program->steps[s].op);
        words += own + (number ? LINE_WORDS : 0);
    }
    if (steps > run->step_room) {
        free(run->columns);
        free(run->work);
        run->columns = calloc(steps, sizeof *run->columns);
        run->work = calloc(steps, sizeof *run->work);
        run->step_room = run->columns && run->work ? steps : 0;
    }
    if (words > run->word_room || !run->memory) {
        free(run->memory);
        run->memory = calloc(words + 1, sizeof(uint64_t));
        run->word_room = run->memory ? words : 0;
    }
    return run->columns && run->work && run->memory;
}

/* The run has its program, and twins if it has a run beside. */
static bool
set_up(struct tidu_run *run, const tidu_program *program)
{
    run->program = program;
    run->as_of = INT32_MIN;
    run->work_count = run->ruled_work_count = run->supported_work_count = 0;
    close_scratch(run);
    if (!make_room(run, program) || !open_scratch(run))
        return false;
    place_columns(run);
    list_work(run);
    return true;
}

bool
tidu_run_turn(tidu_run *run, const tidu_program *program)
{
    free(run->twins);
    free(run->needed);
    run->twins = NULL;
    run->needed = NULL;
    run->before = NULL;
    return set_up(run, program);
}

tidu_run *
tidu_run_open(const tidu_program *program, tidu_block *block)
{
    struct tidu_run *run = calloc(1, sizeof *run);
    if (!run)
        return NULL;
    run->block = block;
    if (!set_up(run, program))
        tidu_run_close(&run);
    return run;
}

tidu_run *
tidu_run_beside(const tidu_run *before, const tidu_program *program, tidu_block *block)
{
    struct tidu_run *run = calloc(1, sizeof *run);
    if (!run)
        return NULL;
    run->block = block;
    run->before = before;
    run->twins = tidu_beside_twins(before, program, block);
    if (!run->twins || !set_up(run, program))
        tidu_run_close(&run);
    return run;
}

/* ---- less than everything ---- */

static void
mark_operands(const tidu_program *program, instruction *step, bool *needed)
{
    const tidu_step direct[3] = {step->a, step->b, step->c};
    for (int i = 0; i < 3; i++)
        if (direct[i] != TIDU_NO_STEP)
            needed[direct[i]] = true;
    for (uint32_t i = 0; i < step->count; i++)
        needed[program->pool[step->first + i]] = true;
}

/* Work that `keep` says no to goes; the rest stays in order. */
static void
thin_out(struct tidu_run *run, bool (*keep)(const void *context, uint32_t step),
         const void *context)
{
    uint32_t kept = 0, ruled = 0, supported = 0;
    for (uint32_t i = 0; i < run->work_count; i++) {
        uint32_t step = (uint32_t)(run->work[i].step - run->program->steps);
        if (!keep(context, step))
            continue;
        ruled += i < run->ruled_work_count;
        supported += i < run->supported_work_count;
        run->work[kept++] = run->work[i];
    }
    run->work_count = kept;
    run->ruled_work_count = ruled;
    run->supported_work_count = supported;
}

static bool
is_marked(const void *context, uint32_t step)
{
    return ((const bool *)context)[step];
}

/* Takes `needed` over; `without` may be NULL. */
static void
need_all_under(struct tidu_run *run, bool *needed, const bool *without)
{
    const tidu_program *program = run->program;
    for (uint32_t s = program->step_count; s--;) {
        if (without && without[s])
            needed[s] = false;
        if (needed[s])
            mark_operands(program, &program->steps[s], needed);
    }
    thin_out(run, is_marked, needed);
    free(run->needed);
    run->needed = needed;
}

static bool
need_under(struct tidu_run *run, const tidu_step *steps, uint32_t count, const bool *without)
{
    bool *needed = calloc((size_t)run->program->step_count + 1, sizeof *needed);
    if (!needed)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (steps[i] != TIDU_NO_STEP)
            needed[steps[i]] = true;
    need_all_under(run, needed, without);
    return true;
}

tidu_run *
tidu_run_open_for(const tidu_program *program, tidu_block *block, const tidu_step *steps,
                  uint32_t count)
{
    struct tidu_run *run = calloc(1, sizeof *run);
    if (!run)
        return NULL;
    run->block = block;
    run->program = program;
    if (!need_under(run, steps, count, NULL) || !set_up(run, program))
        tidu_run_close(&run);
    return run;
}

bool
tidu_run_need(tidu_run *run, const tidu_step *steps, uint32_t count)
{
    return need_under(run, steps, count, NULL);
}

bool
tidu_run_need_without(tidu_run *run, const tidu_step *steps, uint32_t count, const bool *without)
{
    static uint64_t nothing[1]; /* never written: such steps have no work */
    if (!need_under(run, steps, count, without))
        return false;
    for (uint32_t s = 0; s < run->program->step_count; s++)
        if (without[s])
            run->columns[s] = (struct column){.truth = nothing, .known = nothing};
    return true;
}

bool
tidu_run_need_beside(tidu_run *before, const tidu_run *beside, tidu_step also)
{
    bool *needed = calloc((size_t)before->program->step_count + 1, sizeof *needed);
    if (!needed)
        return false;
    if (also != TIDU_NO_STEP)
        needed[also] = true;
    for (uint32_t s = 0; s < beside->program->step_count; s++)
        if (is_needed(beside, s) && is_shared(beside, s))
            needed[beside->twins[s]] = true;
    need_all_under(before, needed, NULL);
    return true;
}

void
tidu_run_reads(const tidu_run *run, bool *columns)
{
    const tidu_program *program = run->program;
    for (uint32_t s = 0; s < program->step_count; s++) {
        if (is_input(&program->steps[s]) && is_needed(run, s))
            columns[program->steps[s].number] = true;
    }
}

uint32_t
tidu_run_partings(const tidu_run *run, tidu_step *ret, uint32_t most)
{
    const tidu_program *program = run->program;
    uint32_t found = 0;
    for (uint32_t i = 0; i < run->work_count; i++) {
        instruction *step = run->work[i].step;
        const tidu_step direct[3] = {step->a, step->b, step->c};
        bool parting = true;
        for (int d = 0; d < 3; d++)
            parting = parting && (direct[d] == TIDU_NO_STEP ||
                                  is_constant(&program->steps[direct[d]]) ||
                                  run->twins[direct[d]] != TIDU_NO_STEP);
        for (uint32_t o = 0; o < step->count; o++)
            parting = parting && run->twins[program->pool[step->first + o]] != TIDU_NO_STEP;
        if (parting && found < most)
            ret[found] = (tidu_step)(step - program->steps);
        found += parting;
    }
    return found;
}

static bool
is_other(const void *context, uint32_t step)
{
    return *(const tidu_step *)context != step;
}

tidu_step
tidu_run_twin(const tidu_run *run, tidu_step step)
{
    return run->twins ? run->twins[step] : TIDU_NO_STEP;
}

tidu_given_flag
tidu_run_give(tidu_run *run, tidu_step step)
{
    const struct column *column = &run->columns[step];
    thin_out(run, is_other, &step);
    return (tidu_given_flag){column->truth, column->known};
}

void
tidu_run_work(const tidu_run *run, uint32_t *ret_steps, uint32_t *ret_all)
{
    *ret_steps = run->work_count;
    *ret_all = 0;
    for (uint32_t s = 0; s < run->program->step_count; s++)
        *ret_all += tidu_has_kernel(run->program->steps[s].op);
}

void
tidu_run_close(tidu_run **run)
{
    struct tidu_run *r = *run;
    if (!r)
        return;
    close_scratch(r);
    free(r->columns);
    free(r->work);
    free(r->memory);
    free(r->twins);
    free(r->needed);
    free(r);
    *run = NULL;
}

static uint32_t
frame_rows(const struct tidu_run *run, uint32_t frame)
{
    return frame ? run->block->item_count[frame] : run->block->row_count;
}

static void
set_date(struct tidu_run *run)
{
    if (run->as_of == run->block->as_of)
        return;
    run->as_of = run->block->as_of;
    for (uint32_t s = 0; s < run->program->step_count; s++)
        if (run->program->steps[s].op == TIDU_DO_AS_OF && is_needed(run, s))
            for (int i = 0; i < 64; i++)
                run->columns[s].value[i] = run->as_of;
}

/* Steps of an empty list have nothing to do. */
static void
eval_work(struct tidu_run *run, const struct work *work, const struct work *end)
{
    uint32_t rows = run->block->row_count;
    for (; work < end; work++) {
        uint32_t count = work->frame ? frame_rows(run, work->frame) : rows;
        if (count)
            work->act(run, work->step, work->out, count);
    }
}

void
tidu_run_eval(tidu_run *run)
{
    run->exact_count = 0;
    set_date(run);
    eval_work(run, run->work, run->work + run->ruled_work_count);
}

void
tidu_run_eval_some(tidu_run *run, const bool *steps)
{
    run->exact_count = 0;
    set_date(run);
    for (uint32_t i = 0; i < run->work_count; i++)
        if (steps[run->work[i].step - run->program->steps])
            eval_work(run, &run->work[i], &run->work[i] + 1);
}

void
tidu_run_eval_support(tidu_run *run)
{
    eval_work(run, run->work + run->ruled_work_count, run->work + run->supported_work_count);
}

void
tidu_run_eval_derived(tidu_run *run)
{
    eval_work(run, run->work + run->supported_work_count, run->work + run->work_count);
}

tidu_truth
tidu_run_truth(const tidu_run *run, tidu_step step, uint32_t row)
{
    const struct column *column = &run->columns[step];
    if (!tidu_column_known(column, row))
        return TIDU_UNKNOWN;
    return tidu_column_truth(column, row) ? TIDU_TRUE : TIDU_FALSE;
}

bool
tidu_run_number(const tidu_run *run, tidu_step step, uint32_t row, double *ret_value)
{
    const struct column *column = &run->columns[step];
    if (!tidu_column_known(column, row))
        return false;
    *ret_value = tidu_column_value(column, row);
    return true;
}

tidu_view
tidu_run_view(const tidu_run *run, tidu_step step)
{
    const struct column *column = &run->columns[step];
    return (tidu_view){column->value, column->truth, column->known,
                       column->stride ? UINT32_MAX : 63};
}

const tidu_program *
tidu_run_program(const tidu_run *run)
{
    return run->program;
}

const tidu_block *
tidu_run_block(const tidu_run *run)
{
    return run->block;
}

uint64_t
tidu_run_exact_count(const tidu_run *run)
{
    return run->exact_count;
}
