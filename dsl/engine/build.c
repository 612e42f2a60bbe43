/*
 * build.c: steps, each said once.
 *
 * The builder gives every new step a number and remembers it by what it does
 * (hash-consing): asking for the same work again returns the old number. It
 * also decides how a comparison guards its border, from what it knows of the
 * operands: whether they are inputs, whole numbers, products or sums.
 *
 * Must not know: expressions, documents.
 */
#include "internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tidu/decimal.h"

struct op_info {
    const char *spelling;
    char result;
    const char *operands;
};

enum { N = 'N', F = 'F' };

static const struct op_info ops[TIDU_DO_COUNT] = {
#define X(name, spelling, result, operands, says) [TIDU_DO_##name] = {spelling, result, operands},
#include "tidu/ops.def"
#undef X
};

const char *
tidu_op_spelling(tidu_op op)
{
    return ops[op].spelling;
}

const char *
tidu_op_operands(tidu_op op)
{
    return ops[op].operands;
}

bool
tidu_op_is_flag(tidu_op op)
{
    return ops[op].result == F;
}

struct tidu_builder {
    const tidu_vocabulary *vocabulary;
    tidu_arena *arena;
    tidu_instruction *steps;
    uint32_t *hashes;
    uint32_t *depths; /* how many steps are stacked under each */
    tidu_step *magnitudes; /* 1 + the step bounding the rounding of each; 0 for its own size */
    size_t count, capacity;
    uint32_t *pool;
    size_t pool_count, pool_capacity;
    tidu_constant *constants;
    size_t constant_count, constant_capacity;
    tidu_class_set *sets;
    size_t set_count, set_capacity;
    tidu_step *buckets; /* 1 + step, 0 for empty; a power of two of them */
    size_t bucket_count;
    uint32_t *walked; /* [step] the number of the walk that looked at it last */
    size_t walked_count;
    uint32_t walks;
    bool bounding; /* making a magnitude: sums of sizes, which need none of their own */
};

tidu_builder *
tidu_builder_open(const tidu_vocabulary *vocabulary)
{
    tidu_builder *builder = calloc(1, sizeof *builder);
    if (!builder)
        return NULL;
    builder->vocabulary = vocabulary;
    builder->arena = tidu_arena_open();
    builder->bucket_count = 1024;
    builder->buckets = calloc(builder->bucket_count, sizeof *builder->buckets);
    if (!builder->arena || !builder->buckets)
        tidu_builder_close(&builder);
    return builder;
}

static void
clear_constants(const tidu_constant *constants, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mpq_t *exact = (mpq_t *)(uintptr_t)&constants[i].exact;
        mpq_clear(*exact);
    }
}

static void
free_tables(tidu_builder *builder)
{
    free(builder->steps);
    free(builder->hashes);
    free(builder->depths);
    free(builder->magnitudes);
    free(builder->walked);
    free(builder->pool);
    free(builder->constants);
    free(builder->sets);
    free(builder->buckets);
}

void
tidu_builder_close(tidu_builder **builder)
{
    if (!*builder)
        return;
    clear_constants((*builder)->constants, (*builder)->constant_count);
    free_tables(*builder);
    tidu_arena_close(&(*builder)->arena);
    free(*builder);
    *builder = NULL;
}

tidu_arena *
tidu_builder_arena(tidu_builder *builder)
{
    return builder->arena;
}

/* Room for one more in a table; every table grows the same way. */
static bool
grow(void *table, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return true;
    size_t larger = *capacity ? *capacity * 2 : 64;
    void *memory = realloc(*(void **)table, larger * size);
    if (!memory)
        return false;
    *(void **)table = memory;
    *capacity = larger;
    return true;
}

/* ---- constants and sets ---- */

/* A decimal of at most 15 digits is told apart by its double; others are not. */
static bool
is_short_decimal(const mpq_t value, double nearest)
{
    char digits[40];
    mpq_t back;
    gmp_snprintf(digits, sizeof digits, "%.15g", nearest);
    mpq_init(back);
    bool same = tidu_decimal_parse(digits, strlen(digits), back) && mpq_equal(back, value);
    mpq_clear(back);
    return same;
}

uint32_t
tidu_builder_constant(tidu_builder *builder, const mpq_t value)
{
    for (size_t i = 0; i < builder->constant_count; i++)
        if (mpq_equal(builder->constants[i].exact, value))
            return (uint32_t)i;
    if (!grow(&builder->constants, builder->constant_count, &builder->constant_capacity,
              sizeof *builder->constants))
        return UINT32_MAX;
    tidu_constant *constant = &builder->constants[builder->constant_count];
    mpq_init(constant->exact);
    mpq_set(constant->exact, value);
    constant->value = tidu_decimal_double(value);
    constant->decimal = is_short_decimal(value, constant->value);
    return (uint32_t)builder->constant_count++;
}

const tidu_constant *
tidu_builder_constant_at(const tidu_builder *builder, uint32_t constant)
{
    return &builder->constants[constant];
}

uint32_t
tidu_builder_set(tidu_builder *builder, const uint64_t *bits, uint32_t words)
{
    for (size_t i = 0; i < builder->set_count; i++)
        if (builder->sets[i].words == words &&
            !memcmp(builder->sets[i].bits, bits, words * sizeof *bits))
            return (uint32_t)i;
    if (!grow(&builder->sets, builder->set_count, &builder->set_capacity, sizeof *builder->sets))
        return UINT32_MAX;
    uint64_t *copy = tidu_arena_array(builder->arena, words, sizeof *bits);
    if (!copy)
        return UINT32_MAX;
    memcpy(copy, bits, words * sizeof *bits);
    builder->sets[builder->set_count] = (tidu_class_set){copy, words};
    return (uint32_t)builder->set_count++;
}

/* ---- hash-consing ---- */

static uint32_t
pool_length(const tidu_instruction *step)
{
    return tidu_gives_points(step) ? step->count * 2 + 1 : step->count;
}

static uint32_t
hash_step(const tidu_instruction *step, const uint32_t *operands)
{
    uint32_t hash = tidu_mix(step->op, step->frame);
    hash = tidu_mix(tidu_mix(tidu_mix(hash, step->a), step->b), tidu_mix(step->c, step->number));
    for (uint32_t i = 0; i < pool_length(step); i++)
        hash = tidu_mix(hash, operands[i]);
    return hash;
}

static bool
same_step(const tidu_builder *builder, const tidu_instruction *old, const tidu_instruction *new,
          const uint32_t *operands)
{
    return old->op == new->op && old->frame == new->frame && old->a == new->a &&
           old->b == new->b && old->c == new->c && old->number == new->number &&
           old->count == new->count &&
           (!old->count || !memcmp(builder->pool + old->first, operands,
                                   pool_length(old) * sizeof *operands));
}

static bool
rehash(tidu_builder *builder)
{
    size_t larger = builder->bucket_count * 2;
    tidu_step *buckets = calloc(larger, sizeof *buckets);
    if (!buckets)
        return false;
    for (size_t i = 0; i < builder->count; i++) {
        size_t at = builder->hashes[i] & (larger - 1);
        while (buckets[at])
            at = (at + 1) & (larger - 1);
        buckets[at] = (tidu_step)i + 1;
    }
    free(builder->buckets);
    builder->buckets = buckets;
    builder->bucket_count = larger;
    return true;
}

/* The step tables share one capacity; it only counts once all have grown. */
static bool
grow_steps(tidu_builder *builder)
{
    size_t steps = builder->capacity, hashes = steps, depths = steps, magnitudes = steps;
    if (!grow(&builder->steps, builder->count, &steps, sizeof *builder->steps) ||
        !grow(&builder->hashes, builder->count, &hashes, sizeof *builder->hashes) ||
        !grow(&builder->depths, builder->count, &depths, sizeof *builder->depths) ||
        !grow(&builder->magnitudes, builder->count, &magnitudes, sizeof *builder->magnitudes))
        return false;
    builder->capacity = steps;
    return builder->count * 2 < builder->bucket_count || rehash(builder);
}

static bool
add_operands(tidu_builder *builder, tidu_instruction *step, const uint32_t *operands)
{
    step->first = (uint32_t)builder->pool_count;
    for (uint32_t i = 0; i < pool_length(step); i++) {
        if (!grow(&builder->pool, builder->pool_count, &builder->pool_capacity,
                  sizeof *builder->pool))
            return false;
        builder->pool[builder->pool_count++] = operands[i];
    }
    return true;
}

static uint32_t
depth_under(const tidu_builder *builder, const tidu_instruction *step)
{
    const tidu_step direct[3] = {step->a, step->b, step->c};
    uint32_t deepest = 0;
    for (int i = 0; i < 3; i++)
        if (direct[i] != TIDU_NO_STEP && builder->depths[direct[i]] > deepest)
            deepest = builder->depths[direct[i]];
    for (uint32_t i = 0; i < step->count; i++) {
        tidu_step operand = builder->pool[step->first + i];
        if (builder->depths[operand] > deepest)
            deepest = builder->depths[operand];
    }
    return deepest + 1;
}

static tidu_step
intern(tidu_builder *builder, tidu_instruction *step, const uint32_t *operands)
{
    uint32_t hash = hash_step(step, operands);
    size_t mask = builder->bucket_count - 1;
    for (size_t at = hash & mask; builder->buckets[at]; at = (at + 1) & mask) {
        tidu_step old = builder->buckets[at] - 1;
        if (builder->hashes[old] == hash &&
            same_step(builder, &builder->steps[old], step, operands))
            return old;
    }
    if (!grow_steps(builder) || !add_operands(builder, step, operands))
        return TIDU_NO_STEP;
    mask = builder->bucket_count - 1;
    tidu_step new = (tidu_step)builder->count;
    builder->steps[new] = *step;
    builder->hashes[new] = hash;
    builder->magnitudes[new] = 0;
    builder->depths[new] = depth_under(builder, step);
    size_t at = hash & mask;
    while (builder->buckets[at])
        at = (at + 1) & mask;
    builder->buckets[at] = new + 1;
    builder->count++;
    return new;
}

/* ---- how sure a number is ---- */

static bool
is_whole(const tidu_builder *builder, tidu_step step)
{
    return step != TIDU_NO_STEP && builder->steps[step].whole;
}

/* A value that is as it was spelled: an input or a short decimal. */
static bool
is_spelled(const tidu_builder *builder, tidu_step step)
{
    const tidu_instruction *at = &builder->steps[step];
    if (at->op == TIDU_DO_FACT)
        return true;
    if (at->op == TIDU_DO_SPREAD)
        return is_spelled(builder, at->a);
    if (at->op == TIDU_DO_FILL)
        return is_spelled(builder, at->a) && builder->constants[at->number].decimal;
    if (at->op == TIDU_DO_CONST)
        return builder->constants[at->number].decimal;
    return at->whole;
}

static uint32_t
size_of_constant(tidu_builder *builder, uint32_t constant)
{
    mpq_t size;
    mpq_init(size);
    mpq_abs(size, builder->constants[constant].exact);
    constant = tidu_builder_constant(builder, size);
    mpq_clear(size);
    return constant;
}

/* The step whose value times 2^-53 bounds the rounding of `step`: products and
 * quotients err by their own size, sums by what went into them. */
static tidu_step
magnitude(tidu_builder *builder, tidu_step step)
{
    if (step == TIDU_NO_STEP)
        return TIDU_NO_STEP;
    if (builder->steps[step].op == TIDU_DO_CONST)
        return tidu_builder_constant_step(
            builder, size_of_constant(builder, builder->steps[step].number));
    if (builder->magnitudes[step])
        return builder->magnitudes[step] - 1;
    return tidu_builder_step(builder, TIDU_DO_ABS, step, TIDU_NO_STEP, 0);
}

static bool
has_magnitude(const tidu_builder *builder, tidu_step step)
{
    return step != TIDU_NO_STEP && builder->magnitudes[step] != 0;
}

static tidu_step
two(tidu_builder *builder, tidu_op op, tidu_step a, tidu_step b)
{
    return tidu_builder_step(builder, op, a, b, 0);
}

/* |a/b| (err a / |a| + err b / |b|) is at most A B / b^2, and A / |b| where b
 * is as good as its size. A divisor that cancelled may have been divided by
 * again: then the quotient errs by its own size. */
static tidu_step
magnitude_of_quotient(tidu_builder *builder, tidu_step quotient, const tidu_instruction *step)
{
    tidu_step a = magnitude(builder, step->a), b = magnitude(builder, step->b);
    if (!has_magnitude(builder, step->b))
        return two(builder, TIDU_DO_DIV, a, b);
    tidu_step square = two(builder, TIDU_DO_MUL, step->b, step->b);
    tidu_step own = tidu_builder_step(builder, TIDU_DO_ABS, quotient, TIDU_NO_STEP, 0);
    return two(builder, TIDU_DO_ADD,
               two(builder, TIDU_DO_DIV, two(builder, TIDU_DO_MUL, a, b), square), own);
}

static tidu_step
magnitude_of_two(tidu_builder *builder, tidu_step at, const tidu_instruction *step)
{
    if (step->op == TIDU_DO_DIV)
        return magnitude_of_quotient(builder, at, step);
    return two(builder, step->op == TIDU_DO_MUL ? TIDU_DO_MUL : TIDU_DO_ADD,
               magnitude(builder, step->a), magnitude(builder, step->b));
}

/* Points that are taken away may cancel those that are given. */
static tidu_step
magnitude_of_points(tidu_builder *builder, const tidu_instruction *step)
{
    bool cancels = false;
    mpq_t size, sum;
    mpq_inits(size, sum, NULL);
    for (uint32_t i = 0; i < step->count; i++) {
        uint32_t points = builder->pool[step->first + step->count + i];
        mpq_abs(size, builder->constants[points].exact);
        mpq_add(sum, sum, size);
        cancels = cancels || mpq_sgn(builder->constants[points].exact) < 0;
    }
    uint32_t constant = cancels ? tidu_builder_constant(builder, sum) : UINT32_MAX;
    mpq_clears(size, sum, NULL);
    return tidu_builder_constant_step(builder, constant);
}

static bool
passes_on(tidu_op op)
{
    return op == TIDU_DO_MUL || op == TIDU_DO_DIV || op == TIDU_DO_MIN || op == TIDU_DO_MAX;
}

static bool
single(tidu_op op)
{
    return op == TIDU_DO_NEG || op == TIDU_DO_ABS || op == TIDU_DO_POSITIVE ||
           op == TIDU_DO_NONNEGATIVE;
}

static tidu_step
find_bound(tidu_builder *builder, tidu_step step)
{
    tidu_instruction at = builder->steps[step];
    tidu_step bound = TIDU_NO_STEP;
    if (single((tidu_op)at.op) && has_magnitude(builder, at.a))
        bound = magnitude(builder, at.a);
    else if (at.op == TIDU_DO_FILL && has_magnitude(builder, at.a))
        bound = tidu_builder_step(builder, TIDU_DO_FILL, magnitude(builder, at.a), TIDU_NO_STEP,
                                  size_of_constant(builder, at.number));
    else if (at.op == TIDU_DO_SELECT &&
             (has_magnitude(builder, at.a) || has_magnitude(builder, at.b)))
        bound = tidu_builder_select(builder, at.c, magnitude(builder, at.a),
                                    magnitude(builder, at.b));
    else if (at.op == TIDU_DO_COLLECT_LOW || at.op == TIDU_DO_COLLECT_HIGH)
        bound = magnitude_of_points(builder, &at);
    else if (at.op == TIDU_DO_SPREAD && has_magnitude(builder, at.a))
        bound = tidu_builder_spread(builder, at.frame, magnitude(builder, at.a));
    else if (at.op == TIDU_DO_ADD || at.op == TIDU_DO_SUB ||
             (passes_on((tidu_op)at.op) &&
              (has_magnitude(builder, at.a) || has_magnitude(builder, at.b))))
        bound = magnitude_of_two(builder, step, &at);
    else if (at.op == TIDU_DO_SUM) {
        bound = magnitude(builder, builder->pool[at.first]);
        for (uint32_t i = 1; i < at.count; i++)
            bound = two(builder, TIDU_DO_ADD, bound,
                        magnitude(builder, builder->pool[at.first + i]));
    }
    return bound;
}

/* Remember what bounds the rounding of a step, when it is more than the step's
 * own size. Whole numbers do not round. */
static void
note_magnitude(tidu_builder *builder, tidu_step step)
{
    if (builder->bounding || builder->steps[step].whole || builder->magnitudes[step])
        return;
    builder->bounding = true;
    tidu_step bound = find_bound(builder, step);
    builder->bounding = false;
    if (bound != TIDU_NO_STEP)
        builder->magnitudes[step] = bound + 1;
}

static void
guard_border(tidu_builder *builder, tidu_instruction *step)
{
    tidu_step a = step->a, b = step->b;
    bool one = b == TIDU_NO_STEP;
    if (is_whole(builder, a) && (one || is_whole(builder, b)))
        step->near = TIDU_NEAR_NEVER;
    else if (is_spelled(builder, a) && (one || is_spelled(builder, b)))
        step->near = TIDU_NEAR_SPELLED;
    else if (has_magnitude(builder, a) || has_magnitude(builder, b)) {
        step->near = TIDU_NEAR_MAGNITUDE;
        builder->bounding = true;
        step->c = one ? magnitude(builder, a)
                      : two(builder, TIDU_DO_ADD, magnitude(builder, a), magnitude(builder, b));
        builder->bounding = false;
    } else
        step->near = TIDU_NEAR_SIZE;
}

static bool
is_guarded(tidu_op op)
{
    return op == TIDU_DO_LT || op == TIDU_DO_LE || op == TIDU_DO_EQ || op == TIDU_DO_FLOOR ||
           op == TIDU_DO_ROUND;
}

/* A quotient needs a guard only when its divisor may have cancelled to nearly
 * nothing, a domain test when its operand may have. */
static void
guard_zero(tidu_builder *builder, tidu_instruction *step, tidu_step tested)
{
    step->near = TIDU_NEAR_NEVER;
    if (!has_magnitude(builder, tested))
        return;
    step->near = TIDU_NEAR_MAGNITUDE;
    bool outer = builder->bounding;
    builder->bounding = true;
    step->c = magnitude(builder, tested);
    builder->bounding = outer;
}

static bool
results_in_whole(const tidu_builder *builder, const tidu_instruction *step)
{
    switch (step->op) {
    case TIDU_DO_FLOOR:
    case TIDU_DO_ROUND:
    case TIDU_DO_YEAR_OF:
    case TIDU_DO_FULL_YEARS:
    case TIDU_DO_SHIFT:
    case TIDU_DO_AS_OF:
    case TIDU_DO_COUNT_ITEMS:
        return true;
    case TIDU_DO_NEG:
    case TIDU_DO_ABS:
    case TIDU_DO_SPREAD:
    case TIDU_DO_POSITIVE:
    case TIDU_DO_NONNEGATIVE:
        return is_whole(builder, step->a);
    case TIDU_DO_ADD:
    case TIDU_DO_SUB:
    case TIDU_DO_MIN:
    case TIDU_DO_MAX:
    case TIDU_DO_SELECT:
        return is_whole(builder, step->a) && is_whole(builder, step->b);
    default:
        return false;
    }
}

static bool
is_whole_constant(const tidu_constant *constant)
{
    return mpz_cmp_ui(mpq_denref(constant->exact), 1) == 0 && fabs(constant->value) < 0x1p40;
}

/* Dates and code classes are whole by nature; other inputs may be anything. */
static bool
is_whole_input(const tidu_builder *builder, uint32_t column)
{
    const tidu_column *at = &builder->vocabulary->layout.columns[column];
    if (at->fact == TIDU_NONE)
        return false;
    const tidu_fact *fact = &builder->vocabulary->facts[at->fact];
    tidu_kind kind = fact->symbol.type.kind;
    if (kind == TIDU_LIST && at->field != TIDU_NONE)
        kind = fact->fields[at->field].symbol.type.kind;
    return kind == TIDU_DATE || kind == TIDU_CODE || kind == TIDU_SET;
}

static bool
missing_operand(const tidu_instruction *step)
{
    const char *operands = ops[step->op].operands;
    bool first = operands[0] == 'n' || operands[0] == 'f';
    bool second = operands[0] && operands[1] == 'n';
    if (strchr(operands, '*'))
        return false;
    return (first && step->a == TIDU_NO_STEP) || (second && step->b == TIDU_NO_STEP);
}

static uint8_t
frame_of(const tidu_builder *builder, const tidu_instruction *step)
{
    uint8_t frame = 0;
    if (step->op == TIDU_DO_FACT || step->op == TIDU_DO_FLAG)
        return (uint8_t)builder->vocabulary->layout.columns[step->number].frame;
    if (step->op >= TIDU_DO_ANY_ITEM)
        return 0;
    if (step->a != TIDU_NO_STEP)
        frame = builder->steps[step->a].frame;
    if (step->b != TIDU_NO_STEP && builder->steps[step->b].frame > frame)
        frame = builder->steps[step->b].frame;
    return frame;
}

/* Records meet items: the record's side is spread over the list. */
static void
align_frames(tidu_builder *builder, tidu_instruction *step)
{
    uint8_t frame = frame_of(builder, step);
    step->frame = frame;
    if (!frame || step->op == TIDU_DO_FACT || step->op == TIDU_DO_FLAG)
        return;
    if (step->a != TIDU_NO_STEP)
        step->a = tidu_builder_spread(builder, frame, step->a);
    if (step->b != TIDU_NO_STEP)
        step->b = tidu_builder_spread(builder, frame, step->b);
}

static tidu_step
finish_step(tidu_builder *builder, tidu_instruction *step, const uint32_t *operands)
{
    if (is_guarded((tidu_op)step->op))
        guard_border(builder, step);
    else if (step->op == TIDU_DO_DIV)
        guard_zero(builder, step, step->b);
    else if (step->op == TIDU_DO_POSITIVE || step->op == TIDU_DO_NONNEGATIVE)
        guard_zero(builder, step, step->a);
    if (step->near == TIDU_NEAR_MAGNITUDE && step->c == TIDU_NO_STEP)
        return TIDU_NO_STEP;
    tidu_step made = intern(builder, step, operands);
    if (made != TIDU_NO_STEP && !tidu_op_is_flag((tidu_op)step->op))
        note_magnitude(builder, made);
    return made;
}

tidu_step
tidu_builder_step(tidu_builder *builder, tidu_op op, tidu_step a, tidu_step b, uint32_t number)
{
    tidu_instruction step = {.op = (uint8_t)op, .a = a, .b = b, .c = TIDU_NO_STEP,
                             .number = number};
    /* A shift by -1 month is no missing number. */
    if (missing_operand(&step) || (number == UINT32_MAX && op != TIDU_DO_SHIFT))
        return TIDU_NO_STEP;
    align_frames(builder, &step);
    if (missing_operand(&step))
        return TIDU_NO_STEP;
    step.whole = results_in_whole(builder, &step) ||
                 (op == TIDU_DO_CONST && is_whole_constant(&builder->constants[number])) ||
                 (op == TIDU_DO_FACT && is_whole_input(builder, number)) ||
                 (op == TIDU_DO_FILL && is_whole(builder, a) &&
                  is_whole_constant(&builder->constants[number]));
    return finish_step(builder, &step, NULL);
}

tidu_step
tidu_builder_select(tidu_builder *builder, tidu_step flag, tidu_step a, tidu_step b)
{
    if (flag == TIDU_NO_STEP || a == TIDU_NO_STEP || b == TIDU_NO_STEP)
        return TIDU_NO_STEP;
    tidu_instruction step = {.op = TIDU_DO_SELECT, .a = a, .b = b, .c = flag};
    align_frames(builder, &step);
    uint8_t frame = builder->steps[flag].frame > step.frame ? builder->steps[flag].frame
                                                            : step.frame;
    step.frame = frame;
    step.a = tidu_builder_spread(builder, frame, step.a);
    step.b = tidu_builder_spread(builder, frame, step.b);
    step.c = tidu_builder_spread(builder, frame, flag);
    if (step.a == TIDU_NO_STEP || step.b == TIDU_NO_STEP || step.c == TIDU_NO_STEP)
        return TIDU_NO_STEP;
    step.whole = results_in_whole(builder, &step);
    return finish_step(builder, &step, NULL);
}

static bool
all_whole(const tidu_builder *builder, const tidu_step *operands, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!is_whole(builder, operands[i]))
            return false;
    return true;
}

/* Flags of a list may come from different frames; all meet in the deepest. */
static bool
spread_operands(tidu_builder *builder, tidu_instruction *step, tidu_step *operands)
{
    for (uint32_t i = 0; i < step->count; i++) {
        if (operands[i] == TIDU_NO_STEP)
            return false;
        if (builder->steps[operands[i]].frame > step->frame)
            step->frame = builder->steps[operands[i]].frame;
    }
    for (uint32_t i = 0; i < step->count; i++) {
        operands[i] = tidu_builder_spread(builder, step->frame, operands[i]);
        if (operands[i] == TIDU_NO_STEP)
            return false;
    }
    return true;
}

tidu_step
tidu_builder_list(tidu_builder *builder, tidu_op op, uint32_t number, const tidu_step *operands,
                  uint32_t count)
{
    if (count == 1 && op != TIDU_DO_AT_LEAST)
        return operands[0];
    tidu_instruction step = {.op = (uint8_t)op, .a = TIDU_NO_STEP, .b = TIDU_NO_STEP,
                             .c = TIDU_NO_STEP, .number = number, .count = count};
    uint32_t *copy = malloc((count + 1) * sizeof *copy);
    tidu_step made = TIDU_NO_STEP;
    if (copy) {
        memcpy(copy, operands, count * sizeof *copy);
        if (spread_operands(builder, &step, copy)) {
            step.whole = op == TIDU_DO_SUM && all_whole(builder, copy, count);
            made = finish_step(builder, &step, copy);
        }
    }
    free(copy);
    return made;
}

static bool
whole_points(const tidu_builder *builder, const uint32_t *points, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (points[i] == UINT32_MAX || !is_whole_constant(&builder->constants[points[i]]))
            return false;
    return true;
}

tidu_step
tidu_builder_points(tidu_builder *builder, tidu_op op, const tidu_step *flags,
                    const uint32_t *points, uint32_t count, uint32_t otherwise)
{
    tidu_instruction step = {.op = (uint8_t)op, .a = TIDU_NO_STEP, .b = TIDU_NO_STEP,
                             .c = TIDU_NO_STEP, .count = count};
    /* The most is the fewest but where a band is unknown: it starts from there. */
    if (op == TIDU_DO_PICK_HIGH) {
        step.a = tidu_builder_points(builder, TIDU_DO_PICK_LOW, flags, points, count, otherwise);
        if (step.a == TIDU_NO_STEP)
            return TIDU_NO_STEP;
    }
    uint32_t *operands = malloc((2 * (size_t)count + 1) * sizeof *operands);
    if (!operands)
        return TIDU_NO_STEP;
    memcpy(operands, flags, count * sizeof *operands);
    memcpy(operands + count, points, count * sizeof *operands);
    operands[2 * count] = otherwise;
    tidu_step made = TIDU_NO_STEP;
    if (spread_operands(builder, &step, operands)) {
        step.whole = whole_points(builder, operands + count, count + 1);
        made = finish_step(builder, &step, operands);
    }
    free(operands);
    return made;
}

tidu_step
tidu_builder_spread(tidu_builder *builder, uint32_t frame, tidu_step step)
{
    if (step == TIDU_NO_STEP || builder->steps[step].frame == frame)
        return step;
    bool flag = tidu_builder_is_flag(builder, step);
    tidu_instruction spread = {.op = flag ? TIDU_DO_SPREAD_FLAG : TIDU_DO_SPREAD,
                               .frame = (uint8_t)frame, .a = step, .b = TIDU_NO_STEP,
                               .c = TIDU_NO_STEP};
    spread.whole = is_whole(builder, step);
    return finish_step(builder, &spread, NULL);
}

tidu_step
tidu_builder_constant_step(tidu_builder *builder, uint32_t constant)
{
    return tidu_builder_step(builder, TIDU_DO_CONST, TIDU_NO_STEP, TIDU_NO_STEP, constant);
}

uint32_t
tidu_builder_count(const tidu_builder *builder)
{
    return (uint32_t)builder->count;
}

uint32_t
tidu_builder_frame(const tidu_builder *builder, tidu_step step)
{
    return builder->steps[step].frame;
}

bool
tidu_builder_is_flag(const tidu_builder *builder, tidu_step step)
{
    return tidu_op_is_flag((tidu_op)builder->steps[step].op);
}

/* ---- what a step reads ---- */

/* Steps looked at in this walk carry its number: nothing is cleared between. */
static void
mark_under(tidu_builder *builder, tidu_step step, bool *columns)
{
    if (step == TIDU_NO_STEP || builder->walked[step] == builder->walks)
        return;
    builder->walked[step] = builder->walks;
    const tidu_instruction *at = &builder->steps[step];
    if (at->op == TIDU_DO_FACT || at->op == TIDU_DO_FLAG) {
        columns[at->number] = true;
        return;
    }
    mark_under(builder, at->a, columns);
    mark_under(builder, at->b, columns);
    if (at->op == TIDU_DO_SELECT)
        mark_under(builder, at->c, columns);
    for (uint32_t i = 0; i < at->count; i++)
        mark_under(builder, builder->pool[at->first + i], columns);
}

static bool
begin_walk(tidu_builder *builder)
{
    if (builder->walked_count < builder->count) {
        uint32_t *walked = reallocarray(builder->walked, builder->capacity, sizeof *walked);
        if (!walked)
            return false;
        memset(walked + builder->walked_count, 0,
               (builder->capacity - builder->walked_count) * sizeof *walked);
        builder->walked = walked;
        builder->walked_count = builder->capacity;
    }
    builder->walks++;
    return true;
}

bool
tidu_builder_columns(tidu_builder *builder, tidu_arena *arena, tidu_step step,
                     const uint32_t **ret_columns, uint32_t *ret_count)
{
    uint32_t total = builder->vocabulary->layout.column_count, count = 0;
    bool *columns = calloc((size_t)total + 1, sizeof *columns);
    uint32_t *list = NULL;
    if (columns && begin_walk(builder)) {
        mark_under(builder, step, columns);
        for (uint32_t i = 0; i < total; i++)
            count += columns[i];
        list = tidu_arena_array(arena, count, sizeof *list);
    }
    for (uint32_t i = 0, at = 0; list && i < total; i++)
        if (columns[i])
            list[at++] = i;
    free(columns);
    *ret_columns = list;
    *ret_count = count;
    return list != NULL;
}

/* ---- freezing ---- */

static void *
keep(tidu_arena *arena, const void *table, size_t count, size_t size)
{
    void *copy = tidu_arena_array(arena, count, size);
    if (copy && count)
        memcpy(copy, table, count * size);
    return copy;
}

static uint32_t
deepest(const tidu_builder *builder)
{
    uint32_t depth = 0;
    for (size_t i = 0; i < builder->count; i++)
        if (builder->depths[i] > depth)
            depth = builder->depths[i];
    return depth;
}

tidu_program *
tidu_builder_finish(tidu_builder **builder)
{
    tidu_builder *b = *builder;
    tidu_program *program = tidu_arena_alloc(b->arena, sizeof *program);
    if (program) {
        program->layout = &b->vocabulary->layout;
        program->vocabulary = b->vocabulary;
        program->steps = keep(b->arena, b->steps, b->count, sizeof *b->steps);
        program->pool = keep(b->arena, b->pool, b->pool_count, sizeof *b->pool);
        program->constants = keep(b->arena, b->constants, b->constant_count, sizeof *b->constants);
        program->sets = keep(b->arena, b->sets, b->set_count, sizeof *b->sets);
    }
    if (!program || !program->steps || !program->pool || !program->constants || !program->sets) {
        tidu_builder_close(builder);
        return NULL;
    }
    program->arena = b->arena;
    program->step_count = (uint32_t)b->count;
    program->ruled_count = program->supported_count = (uint32_t)b->count;
    program->constant_count = (uint32_t)b->constant_count;
    program->set_count = (uint32_t)b->set_count;
    program->depth = deepest(b);
    free_tables(b);
    free(b);
    *builder = NULL;
    return program;
}

void
tidu_program_close(tidu_program **program)
{
    if (!*program)
        return;
    tidu_arena *arena = (*program)->arena;
    clear_constants((*program)->constants, (*program)->constant_count);
    tidu_arena_close(&arena);
    *program = NULL;
}
