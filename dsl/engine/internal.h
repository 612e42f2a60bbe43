/* internal.h: what the files of the engine share. */
#ifndef TIDU_ENGINE_INTERNAL_H
#define TIDU_ENGINE_INTERNAL_H

#include "tidu/run.h"

/* Two sides that lie within this share of their size may have changed places
 * by rounding. One operation errs by 2^-53 of its result; 2^-42 leaves room
 * for two thousand of them in one expression. */
#define TIDU_NEARNESS 0x1p-42

struct column {
    double *value;
    uint64_t *truth;
    uint64_t *known;
    uint32_t stride; /* 64, or 0 for a constant: one word serves all */
    uint32_t known_stride; /* 1 or 0 */
};

struct tidu_run;

/* What one word of a step's work needs at hand. */
struct word {
    uint32_t index; /* of the word */
    uint32_t rows;  /* in it: 64, fewer in the last */
    uint64_t mask;  /* a bit for each of them */
};

/* Fills its step's column for so many rows (or items), at least one. */
typedef void (*tidu_kernel)(struct tidu_run *run, const tidu_instruction *step,
                            struct column *out, uint32_t rows);

/* A step that has something to compute: inputs and constants have not. */
struct work {
    tidu_kernel act;
    const tidu_instruction *step;
    struct column *out;
    uint32_t frame;
};

struct tidu_run {
    const tidu_program *program;
    tidu_block *block;
    struct column *columns; /* a column a step */
    struct work *work;      /* in program order */
    uint32_t work_count, ruled_work_count, supported_work_count;
    void *memory;           /* all columns that are the run's own */
    size_t word_room, step_room; /* in memory, and in columns and work */
    int32_t as_of;          /* what the AS_OF columns hold; INT32_MIN before the first eval */
    uint64_t exact_count;
    const struct tidu_run *before; /* or NULL: what has twins there is not computed here */
    tidu_step *twins;       /* [step of the program] of `before` */
    bool *needed;           /* [step], or NULL: all */
    mpq_t *scratch;         /* a stack for exact arithmetic */
    uint32_t scratch_count, scratch_used;
};

/* How the exact values of two number steps compare in a row: -1, 0, 1. */
int tidu_exact_compare(struct tidu_run *run, tidu_step a, tidu_step b, uint32_t row);

/* The same, and the floor of a step, where machine words are enough; false
 * where they are not. */
bool tidu_small_compare(const struct tidu_run *run, tidu_step a, tidu_step b, uint32_t row,
                        int *ret_order);
bool tidu_small_floor(const struct tidu_run *run, tidu_step step, uint32_t row, double *ret_value);

/* Those of `rows` in which the floor of a step's double is right without more work. */
uint64_t tidu_whole_quotients(const struct tidu_run *run, tidu_step step, struct word w,
                              uint64_t rows);

/* The exact value of a step, for kernels that round. */
void tidu_exact_value(struct tidu_run *run, tidu_step step, uint32_t row, mpq_t ret_value);

static inline uint32_t
tidu_mix(uint32_t hash, uint32_t word)
{
    hash ^= word;
    hash *= 0x9e3779b1u;
    return hash ^ hash >> 15;
}

static inline bool
tidu_bit(const uint64_t *bits, uint32_t index)
{
    return bits[index / 64] >> (index % 64) & 1;
}

static inline bool
tidu_column_known(const struct column *column, uint32_t row)
{
    return column->known[row / 64 * column->known_stride] >> (row % 64) & 1;
}

static inline bool
tidu_column_truth(const struct column *column, uint32_t row)
{
    return column->truth[row / 64 * column->known_stride] >> (row % 64) & 1;
}

static inline double
tidu_column_value(const struct column *column, uint32_t row)
{
    return column->value[column->stride ? row : row % 64];
}

/* ---- steps.c, for each kind of processor ---- */

/* By op; NULL for inputs and constants. */
extern const tidu_kernel tidu_kernels_plain[TIDU_DO_COUNT];
extern const tidu_kernel tidu_kernels_v3[TIDU_DO_COUNT];
extern const tidu_kernel tidu_kernels_v4[TIDU_DO_COUNT];

/* ---- variant.c ---- */

/* The kernels of the widest lanes this processor has, or of what tidu_lanes_limit said. */
const tidu_kernel *tidu_kernels(void);

/* Inputs and constants are filled when a run is opened or begins. */
static inline bool
tidu_has_kernel(uint8_t op)
{
    return tidu_kernels_plain[op] != NULL;
}

#endif
