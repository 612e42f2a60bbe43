/*
 * tally.c: what a thread has done, counted so that it costs nearly nothing.
 *
 * A worker counts for itself and nobody else; whoever looks on adds the workers
 * up. Latencies go into the bucket of the least bound that holds them. Outcomes
 * are counted by the id of the designation, a block of rows at a time, so that
 * no total goes back when rules change.
 *
 *   worker ─► first ─► "lg" met, unmet, undetermined ─► "srdi" … ─► …
 *
 * The list only grows, at its head, while others read it.
 *
 * Must not know: who looks on.
 *
 * Ownership: a list owns its counts; ids are copies.
 */
#include "internal.h"

#include <stdlib.h>
#include <time.h>

uint64_t
tidu_nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* ---- latencies ---------------------------------------------------------------------- */

const uint64_t tidu_latency_bounds_ns[TIDU_LATENCY_BOUNDS] = {
    25000,     50000,     100000,    250000,     500000,     1000000,
    2500000,   5000000,   10000000,  25000000,   50000000,   100000000,
    250000000, 500000000, 1000000000, 2500000000, 5000000000, 10000000000,
};

void
tidu_latency_add(struct latency *latency, uint64_t ns, uint64_t count)
{
    unsigned i = 0;
    while (i < TIDU_LATENCY_BOUNDS && ns > tidu_latency_bounds_ns[i])
        i++;
    tidu_tally_add(&latency->counts[i], count);
    tidu_tally_add(&latency->sum_ns, count * ns);
}

/* ---- verdicts ------------------------------------------------------------------------ */

static struct verdict *
first_of(const struct verdicts *verdicts)
{
    return atomic_load_explicit(&verdicts->first, memory_order_acquire);
}

/* NULL when memory ran out. */
static struct verdict *
add_verdict(struct verdicts *verdicts, const char *id)
{
    struct verdict *verdict = calloc(1, sizeof *verdict + strlen(id) + 1);
    if (!verdict)
        return NULL;
    strcpy(verdict->id, id);
    verdict->next = first_of(verdicts);
    atomic_store_explicit(&verdicts->first, verdict, memory_order_release);
    return verdict;
}

static struct verdict *
find_verdict(struct verdicts *verdicts, const char *id)
{
    struct verdict *verdict = first_of(verdicts);
    while (verdict && verdict->known_as != id)
        verdict = verdict->next;
    if (verdict)
        return verdict;
    for (verdict = first_of(verdicts); verdict && strcmp(verdict->id, id) != 0;)
        verdict = verdict->next;
    if (!verdict)
        verdict = add_verdict(verdicts, id);
    if (verdict)
        verdict->known_as = id;
    return verdict;
}

static void
note(void *context, const char *id, const uint32_t counts[3])
{
    struct verdict *verdict = find_verdict(context, id);
    for (int i = 0; verdict && i < 3; i++)
        tidu_tally_add(&verdict->counts[i], counts[i]);
}

void
tidu_verdicts_note(struct verdicts *verdicts, const tidu_evaluation *evaluation)
{
    tidu_evaluation_count(evaluation, note, verdicts);
}

void
tidu_verdicts_merge(struct verdicts *into, const struct verdicts *from)
{
    for (const struct verdict *added = first_of(from); added; added = added->next) {
        uint32_t counts[3];
        for (int i = 0; i < 3; i++)
            counts[i] = (uint32_t)tidu_tally_get(&added->counts[i]);
        note(into, added->id, counts);
    }
    tidu_verdicts_forget(into);
}

void
tidu_verdicts_forget(struct verdicts *verdicts)
{
    for (struct verdict *verdict = first_of(verdicts); verdict; verdict = verdict->next)
        verdict->known_as = NULL;
}

void
tidu_verdicts_free(struct verdicts *verdicts)
{
    struct verdict *verdict = first_of(verdicts);
    while (verdict) {
        struct verdict *next = verdict->next;
        free(verdict);
        verdict = next;
    }
    atomic_store_explicit(&verdicts->first, NULL, memory_order_relaxed);
}
