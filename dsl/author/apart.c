/*
 * apart.c: many documents are run by two helpers at once.
 *
 *   sources ─┬─ vocabulary and one half ─► a helper ─┐
 *            └─ vocabulary and the other ─► a helper ┴─► declarations
 *
 * What a document declares depends on its own bytes and on the vocabulary alone
 * (see reuse.c), so two halves declare what the whole does. That is only done when
 * there is enough to run, and a processor for each; and with any complaint all is
 * run again by one, so that complaints come as they always do.
 *
 * Must not know Lua or processes. All that is handed on lives in the caller's
 * arena.
 */
#include "internal.h"
#include "tidu/both.h"

#include <stdlib.h>

#ifdef TIDU_TIGHT
enum { WORTH_BYTES = 1 };
#else
enum { WORTH_BYTES = 128 * 1024 };
#endif

/* One half, and what it came to. */
struct half {
    const char *helper;
    tidu_source *sources;
    size_t count, bytes;
    tidu_arena *arena;
    tidu_report *report;
    tidu_declarations declarations;
    bool done;
};

static void
run_half(void *argument)
{
    struct half *half = argument;
    half->done = tidu_author_run(half->helper, half->sources, half->count, NULL, half->arena,
                                 &half->declarations, half->report) &&
                 tidu_report_count(half->report) == 0;
}

static void
add(struct half *half, const tidu_source *source)
{
    half->sources[half->count++] = *source;
    half->bytes += source->length;
}

/* The vocabulary to both, each document to the one that has less. False when it is
 * not worth it. */
static bool
part(struct half halves[2], const tidu_source *sources, size_t count, tidu_arena *scratch)
{
    size_t bytes = 0;
    for (int h = 0; h < 2; h++) {
        halves[h].sources = tidu_arena_array(scratch, count, sizeof *halves[h].sources);
        if (!halves[h].sources)
            return false;
    }
    for (size_t i = 0; i < count; i++) {
        bool vocabulary = tidu_author_is_vocabulary(sources[i].path);
        int less = halves[1].bytes < halves[0].bytes;
        if (vocabulary)
            add(&halves[!less], &sources[i]);
        add(&halves[less], &sources[i]);
        bytes += vocabulary ? 0 : sources[i].length;
    }
    return bytes >= WORTH_BYTES && halves[0].count < count && halves[1].count < count;
}

static bool
open_halves(struct half halves[2], const char *helper)
{
    for (int h = 0; h < 2; h++) {
        halves[h].helper = helper;
        halves[h].arena = tidu_arena_open();
        halves[h].report = tidu_report_open();
    }
    return halves[0].arena && halves[0].report && halves[1].arena && halves[1].report;
}

static void
close_halves(struct half halves[2])
{
    for (int h = 0; h < 2; h++) {
        tidu_report_close(&halves[h].report);
        tidu_arena_close(&halves[h].arena);
    }
}

/* False when one has to run it all. */
static bool
run_halves(struct half halves[2], const tidu_source *sources, size_t count, tidu_arena *arena,
           tidu_declarations *ret_declarations)
{
    tidu_both(run_half, &halves[0], &halves[1]);
    if (!halves[0].done || !halves[1].done ||
        !tidu_author_merge(sources, count, &halves[0].declarations, &halves[1].declarations, arena,
                           ret_declarations))
        return false;
    for (int h = 0; h < 2; h++)
        tidu_arena_join(arena, &halves[h].arena);
    return true;
}

bool
tidu_author_run_apart(const char *helper, const tidu_source *sources, size_t source_count,
                      tidu_arena *arena, tidu_declarations *ret_declarations, tidu_report *report)
{
    struct half halves[2] = {0};
    tidu_arena *scratch = tidu_arena_open();
    bool done = scratch && tidu_two_processors() && open_halves(halves, helper) &&
                part(halves, sources, source_count, scratch) &&
                run_halves(halves, sources, source_count, arena, ret_declarations);
    close_halves(halves);
    tidu_arena_close(&scratch);
    return done || tidu_author_run(helper, sources, source_count, NULL, arena, ret_declarations,
                                   report);
}
