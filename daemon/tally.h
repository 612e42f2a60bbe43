/*
 * tally.h: what a thread has done, counted.
 *
 * Counted up by one thread, read by others.
 */
#ifndef TIDU_DAEMON_TALLY_H
#define TIDU_DAEMON_TALLY_H

#include "threads.h"
#include "tidu/evaluate.h"

/* ---- tally.c: what a thread has done ------------------------------------------- */

/* Nanoseconds of a clock that only goes forward. */
uint64_t tidu_nanoseconds(void);

enum { TIDU_LATENCY_BOUNDS = 18 };
extern const uint64_t tidu_latency_bounds_ns[TIDU_LATENCY_BOUNDS];

/* How long answers took: a count for each bound, and one for what was longer still. */
struct latency {
    tidu_tally counts[TIDU_LATENCY_BOUNDS + 1];
    tidu_tally sum_ns;
};

/* So many took that long. */
void tidu_latency_add(struct latency *latency, uint64_t ns, uint64_t count);

/* How often a designation came to what. */
struct verdict {
    struct verdict *next;
    const char *known_as; /* the id of the rules it was last counted for, where that stands */
    tidu_tally counts[3]; /* by tidu_outcome */
    char id[];
};

/* Counted up by one thread, read by others. All zeros is empty. */
struct verdicts {
    _Atomic(struct verdict *) first;
};

/* Count all rows of an evaluation that has run. */
void tidu_verdicts_note(struct verdicts *verdicts, const tidu_evaluation *evaluation);
void tidu_verdicts_merge(struct verdicts *into, const struct verdicts *from);

/* The rules they were counted for are going. */
void tidu_verdicts_forget(struct verdicts *verdicts);
void tidu_verdicts_free(struct verdicts *verdicts);

#endif
