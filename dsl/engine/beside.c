/*
 * beside.c: which steps of a program another run has come to already.
 *
 *   the run before:  fact 0, fact 1, 0 >= 30%, 1 >= 10, both, …
 *   the program now: fact 0, fact 1, 0 >= 25%, 1 >= 10, both, …
 *                       =       =      new        =     new
 *
 * Two steps are twins when they do the same to twins; inputs are when both blocks
 * have the same in them. What a changed threshold or fact does not reach is found
 * so, wherever it stands in the two lists.
 *
 * Must not know: what the steps mean.
 */
#include "beside.h"

#include <stdlib.h>
#include <string.h>

struct search {
    const struct tidu_run *before;
    const tidu_program *old, *new;
    const tidu_block *block; /* of the new run */
    bool *frame_same;        /* [frame] */
    tidu_step *buckets;      /* old steps by their hash, counted from 1 */
    size_t mask;
    uint32_t *operands; /* of the step looked for, as old steps */
    tidu_step *twins;   /* [new step] */
};

/* ---- inputs ---- */

static bool
same_bits(const uint64_t *a, const uint64_t *b, uint32_t count)
{
    uint64_t rest = (UINT64_C(1) << count % 64) - 1;
    return !memcmp(a, b, count / 64 * sizeof *a) &&
           (!rest || !((a[count / 64] ^ b[count / 64]) & rest));
}

static bool
same_spelling(const tidu_spelling *a, const tidu_spelling *b)
{
    if (!a || !b)
        return a == b;
    return a->text.length == b->text.length && !memcmp(a->text.data, b->text.data, a->text.length);
}

static bool
same_numbers(const struct search *search, uint32_t column, uint32_t place, uint32_t count)
{
    const tidu_block *a = search->before->block, *b = search->block;
    if (!same_bits(a->number_known[place], b->number_known[place], count))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (tidu_bit(a->number_known[place], i) &&
            (memcmp(&a->number[place][i], &b->number[place][i], sizeof(double)) ||
             !same_spelling(tidu_block_spelling(a, column, i), tidu_block_spelling(b, column, i))))
            return false;
    return true;
}

/* All blocks look the same to themselves. */
static bool
same_input(const struct search *search, uint32_t column)
{
    const tidu_block *a = search->before->block, *b = search->block;
    const tidu_column *input = &b->layout->columns[column];
    uint32_t count = input->frame ? b->item_count[input->frame] : b->row_count;
    if (a == b || !count)
        return true;
    if (input->kind != TIDU_COLUMN_FLAG)
        return same_numbers(search, column, input->place, count);
    return same_bits(a->flag_known[input->place], b->flag_known[input->place], count) &&
           same_bits(a->flag[input->place], b->flag[input->place], count);
}

static bool
same_frame(const tidu_block *a, const tidu_block *b, uint32_t frame)
{
    return a == b || (a->item_count[frame] == b->item_count[frame] &&
                      same_bits(a->list_known[frame], b->list_known[frame], b->row_count) &&
                      !memcmp(a->item_start[frame], b->item_start[frame],
                              (b->row_count + 1) * sizeof *b->item_start[frame]));
}

/* ---- steps ---- */

/* Numbers of constants and sets are a program's own, so they do not count. */
static uint32_t
hash_of(const tidu_instruction *step, const tidu_step direct[3], const uint32_t *operands)
{
    uint32_t hash = tidu_mix(tidu_mix(step->op, step->frame), step->near);
    for (int i = 0; i < 3; i++)
        hash = tidu_mix(hash, direct[i]);
    for (uint32_t i = 0; i < step->count; i++)
        hash = tidu_mix(hash, operands[i]);
    return hash;
}

/* What `number` means: a letter of the operands in ops.def, 0 for nothing. */
static char
number_kind(const tidu_instruction *step)
{
    const char *at = strpbrk(tidu_op_operands((tidu_op)step->op), "ksci");
    return tidu_gives_points(step) || !at ? 0 : *at;
}

static bool
same_constant(const struct search *search, uint32_t old, uint32_t new)
{
    const tidu_constant *a = &search->old->constants[old], *b = &search->new->constants[new];
    return a->decimal == b->decimal && mpq_equal(a->exact, b->exact);
}

static bool
same_set(const struct search *search, uint32_t old, uint32_t new)
{
    const tidu_class_set *a = &search->old->sets[old], *b = &search->new->sets[new];
    return a->words == b->words && !memcmp(a->bits, b->bits, a->words * sizeof *a->bits);
}

static bool
same_meaning(const struct search *search, const tidu_instruction *old, const tidu_instruction *new)
{
    switch (number_kind(new)) {
    case 'k':
        return same_constant(search, old->number, new->number);
    case 's':
        return same_set(search, old->number, new->number);
    case 'c':
        return old->number == new->number &&same_input(search, new->number);
    default:
        return old->number == new->number;
    }
}

static bool
same_points(const struct search *search, const tidu_instruction *old, const tidu_instruction *new)
{
    const uint32_t *a = search->old->pool + old->first + old->count;
    const uint32_t *b = search->new->pool + new->first + new->count;
    if (!tidu_gives_points(new))
        return true;
    for (uint32_t i = 0; i <= new->count; i++)
        if (!same_constant(search, a[i], b[i]))
            return false;
    return true;
}

static bool
is_twin(const struct search *search, tidu_step number, const tidu_instruction *new,
        const tidu_step direct[3])
{
    const tidu_instruction *old = &search->old->steps[number];
    return old->op == new->op && old->frame == new->frame && old->near == new->near &&
           old->whole == new->whole && old->a == direct[0] && old->b == direct[1] &&
           old->c == direct[2] && old->count == new->count &&
           (!new->count || !memcmp(search->old->pool + old->first, search->operands,
                                   new->count * sizeof *search->operands)) &&
           same_meaning(search, old, new) && same_points(search, old, new);
}

/* How far a run has to be evaluated for the step. */
static int
part_of(const tidu_program *program, tidu_step step)
{
    return (step >= program->ruled_count) + (step >= program->supported_count);
}

/* Its operands as old steps; false when one has no twin. */
static bool
take_operands(struct search *search, const tidu_instruction *step, tidu_step ret_direct[3])
{
    const tidu_step direct[3] = {step->a, step->b, step->c};
    for (int i = 0; i < 3; i++) {
        ret_direct[i] = direct[i] == TIDU_NO_STEP ? TIDU_NO_STEP : search->twins[direct[i]];
        if (ret_direct[i] == TIDU_NO_STEP && direct[i] != TIDU_NO_STEP)
            return false;
    }
    for (uint32_t i = 0; i < step->count; i++) {
        search->operands[i] = search->twins[search->new->pool[step->first + i]];
        if (search->operands[i] == TIDU_NO_STEP)
            return false;
    }
    return true;
}

static tidu_step
find_twin(struct search *search, tidu_step number)
{
    const tidu_instruction *step = &search->new->steps[number];
    tidu_step direct[3];
    if (!search->frame_same[step->frame] || !take_operands(search, step, direct))
        return TIDU_NO_STEP;
    if (step->op == TIDU_DO_AS_OF && search->before->block->as_of != search->block->as_of)
        return TIDU_NO_STEP;
    size_t at = hash_of(step, direct, search->operands) & search->mask;
    for (; search->buckets[at]; at = (at + 1) & search->mask) {
        tidu_step old = search->buckets[at] - 1;
        if (part_of(search->old, old) <= part_of(search->new, number) &&
            is_twin(search, old, step, direct))
            return old;
    }
    return TIDU_NO_STEP;
}

static void
fill_buckets(struct search *search)
{
    for (uint32_t s = 0; s < search->old->step_count; s++) {
        const tidu_instruction *step = &search->old->steps[s];
        const tidu_step direct[3] = {step->a, step->b, step->c};
        size_t at = hash_of(step, direct, search->old->pool + step->first) & search->mask;
        while (search->buckets[at])
            at = (at + 1) & search->mask;
        search->buckets[at] = s + 1;
    }
}

static uint32_t
most_operands(const tidu_program *program)
{
    uint32_t most = 0;
    for (uint32_t s = 0; s < program->step_count; s++)
        if (program->steps[s].count > most)
            most = program->steps[s].count;
    return most;
}

static bool
reserve(struct search *search)
{
    size_t size = 16;
    while (size < (size_t)search->old->step_count * 2)
        size *= 2;
    search->mask = size - 1;
    search->buckets = calloc(size, sizeof *search->buckets);
    search->operands = calloc((size_t)most_operands(search->new) + 1, sizeof *search->operands);
    search->frame_same =
        calloc((size_t)search->block->layout->frame_count + 1, sizeof *search->frame_same);
    search->twins = calloc((size_t)search->new->step_count + 1, sizeof *search->twins);
    return search->buckets && search->operands && search->frame_same && search->twins;
}

tidu_step *
tidu_beside_twins(const struct tidu_run *before, const tidu_program *program,
                  const tidu_block *block)
{
    struct search search = {
        .before = before, .old = before->program, .new = program, .block = block};
    if (reserve(&search)) {
        search.frame_same[0] = before->block->row_count == block->row_count;
        for (uint32_t f = 1; f < block->layout->frame_count; f++)
            search.frame_same[f] = search.frame_same[0] && same_frame(before->block, block, f);
        fill_buckets(&search);
        for (uint32_t s = 0; s < program->step_count; s++)
            search.twins[s] = find_twin(&search, s);
    } else {
        free(search.twins);
        search.twins = NULL;
    }
    free(search.buckets);
    free(search.operands);
    free(search.frame_same);
    return search.twins;
}
