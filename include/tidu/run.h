/*
 * run.h: one program applied to one block.
 *
 * A program is a list of pure steps in order. A run is the list of columns
 * those steps came to. Nothing is thrown away, so the columns are also the
 * evidence: explanations read them.
 *
 * Must not know: Lua, sockets, JSON, clocks. The same inputs fill the same
 * columns on every machine, next year too.
 *
 * Ownership: a run borrows its program and its block and owns its columns.
 */
#ifndef TIDU_RUN_H
#define TIDU_RUN_H

#include "tidu/block.h"
#include "tidu/program.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tidu_run tidu_run;

/* Reserve a column for every step. This is the only call here that can fail:
 * from now on the run has all the memory it will ever need. */
tidu_run *tidu_run_open(const tidu_program *program, tidu_block *block);
/* The same for these steps and what they need: others have no columns, and are not to be
 * asked for. TIDU_NO_STEP among them is passed over. */
tidu_run *tidu_run_open_for(const tidu_program *program, tidu_block *block,
                            const tidu_step *steps, uint32_t count);
/* Run another program over the same block, in the memory there is. False when
 * there is too little; then the run can only be closed. */
bool tidu_run_turn(tidu_run *run, const tidu_program *program);
/* A run that computes only what differs from another. Where the run before came to
 * the same by the same steps from the same inputs, its columns are looked at instead,
 * wherever those steps stand in its program; which they are is found here, in time
 * linear in the steps. Both blocks have one layout. `before` has to be evaluated as
 * far as this run will be, and it and its block stay as they are meanwhile. */
tidu_run *tidu_run_beside(const tidu_run *before, const tidu_program *program,
                          tidu_block *block);

/* From now on compute only what these steps need, and nothing once more (columns of
 * others are undefined). TIDU_NO_STEP among them is passed over. False when memory ran
 * out; then everything is computed as before. */
bool tidu_run_need(tidu_run *run, const tidu_step *steps, uint32_t count);

/* The same, but steps that `without` marks, flags, stay unknown, and nothing is computed for
 * them alone. A flag that is known nevertheless, by three-valued logic, would be the same
 * with them. */
bool tidu_run_need_without(tidu_run *run, const tidu_step *steps, uint32_t count,
                           const bool *without);

/* The same for the run before: only what `beside`, of which less is needed already, looks
 * at there, and a step of its own (or TIDU_NO_STEP). */
bool tidu_run_need_beside(tidu_run *before, const tidu_run *beside, tidu_step also);

/* Mark, by number in the layout, the input columns that are needed. */
void tidu_run_reads(const tidu_run *run, bool *columns);

/* The steps that are not shared with the run before although all they rest on is: where
 * the two programs part. Writes up to `most` and returns how many there are. */
uint32_t tidu_run_partings(const tidu_run *run, tidu_step *ret, uint32_t most);

/* What a step does, as a step of the program, and the step of the run before that is the
 * same; TIDU_NO_STEP for none. */
tidu_step tidu_run_twin(const tidu_run *run, tidu_step step);

/* A flag step that the caller fills before an eval instead: its column, true and known
 * bits of as many rows as the block has room for. INVARIANT: true only where known, no
 * bit beyond the last row. */
typedef struct tidu_given_flag {
    uint64_t *truth, *known;
} tidu_given_flag;
tidu_given_flag tidu_run_give(tidu_run *run, tidu_step step);

/* How many steps all evals together compute, and how many they would without a run
 * before. */
void tidu_run_work(const tidu_run *run, uint32_t *ret_steps, uint32_t *ret_all);
void tidu_run_close(tidu_run **run);

/* Fill the columns that designations need for the block's rows, in program
 * order. Linear in steps times rows. */
void tidu_run_eval(tidu_run *run);

/* Only those of the `steps` [step] that are marked; all they need has to be marked too.
 * Others stay as they are. */
void tidu_run_eval_some(tidu_run *run, const bool *steps);

/* After that, those of measures and money. */
void tidu_run_eval_support(tidu_run *run);

/* After both, those of derived facts that nothing else needs. */
void tidu_run_eval_derived(tidu_run *run);

typedef enum tidu_truth {
    TIDU_UNKNOWN,
    TIDU_FALSE,
    TIDU_TRUE
} tidu_truth;

/* What a flag step came to in a row (or item). */
tidu_truth tidu_run_truth(const tidu_run *run, tidu_step step, uint32_t row);

/* What a number step came to; false when it is unknown. */
bool tidu_run_number(const tidu_run *run, tidu_step step, uint32_t row, double *ret_value);

/* The exact value of a known number step (roots excepted: those are doubles).
 * `ret_value` must be initialised. */
void tidu_run_exact(const tidu_run *run, tidu_step step, uint32_t row, mpq_t ret_value);

/* Where a step's column stands, for writers that visit many rows: row r's value
 * is value[r & mask], its bits are bit r % 64 of word r / 64 & (mask >> 6).
 * Good as long as the run is. `value` is NULL for flags, `truth` for numbers. */
typedef struct tidu_view {
    const double *value;
    const uint64_t *truth, *known;
    uint32_t mask;
} tidu_view;
tidu_view tidu_run_view(const tidu_run *run, tidu_step step);

const tidu_program *tidu_run_program(const tidu_run *run);
const tidu_block *tidu_run_block(const tidu_run *run);

/* How many doubles at a time this processor computes, at most as many as the limit: 1,
 * 4 or 8. Runs that are opened later keep to it; the results are the same bits. */
unsigned tidu_lanes(void);
void tidu_lanes_limit(unsigned lanes);

/* How many comparisons of the last eval were decided in exact arithmetic. */
uint64_t tidu_run_exact_count(const tidu_run *run);

/* The input columns whose being unknown keeps `step` unknown in `row`: those
 * under undecided steps only. Calls `tell` for each, repeatedly for some. */
void tidu_run_missing(const tidu_run *run, tidu_step step, uint32_t row,
                      void (*tell)(void *context, uint32_t column), void *context);

/* The first step under an undecided `step` whose operands are known and whose
 * value still is not: a division by zero, or growth over a base that is not
 * above zero. TIDU_NO_STEP when there is none. */
tidu_step tidu_run_undefined(const tidu_run *run, tidu_step step, uint32_t row);

#ifdef __cplusplus
}
#endif

#endif
