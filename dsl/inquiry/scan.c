/*
 * scan.c: the rows of a population, stand by stand, on all processors.
 *
 *   groups, sorted by region:  │ 110000 … │ 310000 … │ 440300 … │   ─► segments
 *   a stand:                   its segments of all groups, taken by whoever is free
 *
 * Must not know: what is asked. Owns its threads' blocks and bindings.
 */
#include "internal.h"
#include "tidu/both.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_THREADS = 64 };

/* One stand's turn. */
struct round {
    struct scan *scan;
    const struct seeing *seeing;
    size_t next, end; /* segments */
    pthread_mutex_t lock;
    bool failed;
    tidu_error error;
};

static bool
no_memory(tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

/* ---- segments ---- */

static bool
add_segment(struct scan *scan, size_t *capacity, struct segment segment)
{
    if (scan->segment_count == *capacity) {
        size_t room = *capacity ? *capacity * 2 : 64;
        struct segment *wider = realloc(scan->segments, room * sizeof *wider);
        if (!wider)
            return false;
        scan->segments = wider;
        *capacity = room;
    }
    scan->segments[scan->segment_count++] = segment;
    return true;
}

static int
compare_segments(const void *a, const void *b)
{
    const struct segment *x = a, *y = b;
    if (x->stand != y->stand)
        return x->stand < y->stand ? -1 : 1;
    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

/* Rows lie by region, so a region is looked up once. */
static bool
cut_group(struct scan *scan, const struct stands *stands, tidu_binding *binding, uint32_t group,
          size_t *capacity)
{
    uint32_t rows = tidu_population_group_rows(scan->inquiry->population, group);
    struct segment segment = {.group = group};
    if (stands->count == 1) {
        segment.count = rows;
        return !rows || add_segment(scan, capacity, segment);
    }
    const uint32_t *regions = tidu_binding_regions(binding, group);
    if (!regions)
        return false;
    uint32_t region = 0, stand = 0;
    for (uint32_t r = 0; r < rows; r++) {
        uint32_t here = scan->inquiry->jurisdiction ? scan->inquiry->jurisdiction : regions[r];
        if (!r || here != region)
            stand = stands->find(stands->context, here);
        region = here;
        if (segment.count && stand != segment.stand) {
            if (!add_segment(scan, capacity, segment))
                return false;
            segment = (struct segment){.group = group, .first = r};
        }
        segment.stand = stand;
        segment.count++;
    }
    return !segment.count || add_segment(scan, capacity, segment);
}

bool
tidu_scan_open(struct scan *scan, const tidu_inquiry *inquiry, const tidu_vocabulary *vocabulary,
               const struct stands *stands, tidu_error *reterr)
{
    size_t capacity = 0;
    *scan = (struct scan){.inquiry = inquiry, .vocabulary = vocabulary};
    scan->total = tidu_population_about(inquiry->population).rows;
    scan->first_of = calloc((size_t)stands->count + 1, sizeof *scan->first_of);
    if (!scan->first_of)
        return no_memory(reterr);
    tidu_binding *binding =
        tidu_binding_open(inquiry->population, vocabulary, inquiry->as_of, reterr);
    if (!binding)
        return false;
    bool good = true;
    for (uint32_t g = 0; g < tidu_population_about(inquiry->population).groups && good; g++)
        good = cut_group(scan, stands, binding, g, &capacity) || no_memory(reterr);
    tidu_binding_close(&binding);
    if (!good)
        return false;
    if (scan->segment_count)
        qsort(scan->segments, scan->segment_count, sizeof *scan->segments, compare_segments);
    for (size_t i = 0; i < scan->segment_count; i++)
        scan->first_of[scan->segments[i].stand + 1] = i + 1;
    for (uint32_t s = 1; s <= stands->count; s++)
        if (scan->first_of[s] < scan->first_of[s - 1])
            scan->first_of[s] = scan->first_of[s - 1];
    return true;
}

void
tidu_scan_close(struct scan *scan)
{
    free(scan->segments);
    free(scan->first_of);
    scan->segments = NULL;
    scan->first_of = NULL;
}

/* ---- threads ---- */

static bool
take(struct scanner *scanner, struct segment *ret)
{
    struct round *round = scanner->round;
    pthread_mutex_lock(&round->lock);
    bool more = !round->failed && round->next < round->end;
    if (more)
        *ret = round->scan->segments[round->next++];
    pthread_mutex_unlock(&round->lock);
    return more;
}

static bool
tell(struct scanner *scanner, uint32_t rows)
{
    struct round *round = scanner->round;
    const tidu_inquiry *inquiry = round->scan->inquiry;
    pthread_mutex_lock(&round->lock);
    round->scan->done += rows;
    if (round->seeing->interim)
        round->seeing->interim(round->seeing->context);
    bool go_on = !inquiry->progress ||
                 inquiry->progress(inquiry->context, round->scan->done, round->scan->total);
    pthread_mutex_unlock(&round->lock);
    return go_on || tidu_error_set(&scanner->error, TIDU_POPULATION_STOPPED, NULL);
}

static bool
see_segment(struct scanner *scanner, const struct segment *segment)
{
    const struct seeing *seeing = scanner->round->seeing;
    for (uint32_t at = 0, count; at < segment->count; at += count) {
        scanner->group = segment->group;
        scanner->first = segment->first + at;
        count = tidu_binding_load(scanner->binding, segment->group, scanner->first,
                                  segment->count - at, false, scanner->block);
        if (!count)
            return no_memory(&scanner->error);
        if (!seeing->see(seeing->context, scanner))
            return false;
    }
    if (seeing->settle && !seeing->settle(seeing->context, scanner))
        return false;
    return tell(scanner, segment->count);
}

static bool
open_scanner(struct scanner *scanner)
{
    const struct scan *scan = scanner->round->scan;
    scanner->binding = tidu_binding_open(scan->inquiry->population, scan->vocabulary,
                                         scan->inquiry->as_of, &scanner->error);
    if (!scanner->binding)
        return false;
    scanner->block = tidu_block_open(&scan->vocabulary->layout, TIDU_BLOCK_ROWS);
    return scanner->block || no_memory(&scanner->error);
}

static void
work(void *data)
{
    struct scanner *scanner = data;
    struct round *round = scanner->round;
    const struct seeing *seeing = round->seeing;
    struct segment segment;
    bool good = true, opened = false;
    while (good && take(scanner, &segment)) {
        if (!opened)
            good = open_scanner(scanner) && seeing->open(seeing->context, scanner);
        opened = true;
        good = good && see_segment(scanner, &segment);
    }
    if (good)
        return;
    pthread_mutex_lock(&round->lock);
    if (!round->failed)
        round->error = scanner->error;
    round->failed = true;
    pthread_mutex_unlock(&round->lock);
}

bool
tidu_scan_stand(struct scan *scan, uint32_t stand, const struct seeing *seeing, tidu_error *reterr)
{
    struct round round = {.scan = scan,
                          .seeing = seeing,
                          .next = scan->first_of[stand],
                          .end = scan->first_of[stand + 1],
                          .lock = PTHREAD_MUTEX_INITIALIZER};
    unsigned count = scan->inquiry->threads ? scan->inquiry->threads : tidu_processor_count();
    if (count > MOST_THREADS)
        count = MOST_THREADS;
    if (count > round.end - round.next)
        count = (unsigned)(round.end - round.next);
    if (!count)
        return true;
    struct scanner *scanners = calloc(count, sizeof *scanners);
    if (!scanners)
        return no_memory(reterr);
    for (unsigned i = 0; i < count; i++) {
        scanners[i].scan = scan;
        scanners[i].round = &round;
    }
    tidu_all(work, scanners, sizeof *scanners, count);
    for (unsigned i = 0; i < count; i++) {
        if (scanners[i].own)
            seeing->close(seeing->context, &scanners[i]);
        tidu_block_close(&scanners[i].block);
        tidu_binding_close(&scanners[i].binding);
    }
    free(scanners);
    pthread_mutex_destroy(&round.lock);
    if (round.failed && reterr)
        *reterr = round.error;
    return !round.failed;
}
