/* sweep.h: a sweep, for what asks the rows (seer.c) and what tells of them (sweep.c). */
#ifndef TIDU_INQUIRY_SWEEP_H
#define TIDU_INQUIRY_SWEEP_H

#include "internal.h"

enum { AT_ONCE = 8 };
enum { MET, UNMET, UNDETERMINED, OUTCOMES };
enum { LOW, HIGH, OPEN, MONEY_METRICS };

struct sweep {
    const tidu_inquiry *inquiry;
    const tidu_reform *reform;
    struct gates gates;
    uint32_t counts[TIDU_MOST_AXES];
    struct groups *groups;
    struct scan scan;
    struct grid grid;
    bool gated;
    struct sieve sieves[SIDES]; /* of the stand being scanned; empty: one look at everything */

    /* without gates: the stand being scanned, and cells at hand */
    uint32_t stand;
    struct lineup *cells[AT_ONCE];
    uint32_t first_cell, cell_count;
};

/* A thread of the sweep, for tidu_scan_stand. */
struct seeing tidu_sweep_seeing(struct sweep *sweep);

#endif
