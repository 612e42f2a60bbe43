/*
 * fuzz.h: what fuzz targets share.
 *
 * A target is one file, fuzz_<subject>.c, with LLVMFuzzerTestOneInput. It says
 * at its top what is promised of every input beyond that nothing breaks, and
 * calls fuzz_fail when that is not kept. With libFuzzer it is fed inputs made
 * up as it goes; in `make check` main.c feeds it those that are known.
 */
#ifndef TIDU_TESTS_FUZZ_H
#define TIDU_TESTS_FUZZ_H

#include "tidu/evaluate.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *count, char ***arguments);

/* A promise was not kept: say which, and end. `text` (or NULL) is shown. */
_Noreturn void fuzz_fail(const char *promise, const char *text, size_t length);

static inline void
fuzz_must(bool kept, const char *promise)
{
    if (!kept)
        fuzz_fail(promise, NULL, 0);
}

/* A copy that ends where its allocation does, with `padding` bytes behind it
 * that would do harm if they were looked at. free() it. */
char *fuzz_copy(const uint8_t *data, size_t size, size_t padding);

/* ---- author.c: the authoring helper, without a process of its own -------------- */

/* Run documents as tidu-author does and append what it would hand back. Also
 * stands in for tidu_author_run, so that all that loads rules is without
 * processes where author.c is linked. */
void fuzz_author(const tidu_source *sources, size_t count, tidu_text *answer);

/* A document of tests/policy/, under the path it would have in a rules folder. */
tidu_source fuzz_source(tidu_arena *arena, const char *file, const char *as);

/* The vocabulary and the places of tests/policy/, then that many documents more
 * in the order of their paths. */
enum { FUZZ_VOCABULARY = 2 };
void fuzz_vocabulary(tidu_arena *arena, tidu_source ret_sources[FUZZ_VOCABULARY]);

/* ---- ask.c: everything that can be asked of a ruleset ---------------------------- */

/* Scenarios, lint, answers for some records on some days, routes, calendars and
 * all lists: what comes of them is appended. The same ruleset gives the same. */
void fuzz_ask(tidu_ruleset *ruleset, tidu_text *out);

#endif
