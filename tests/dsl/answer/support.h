/*
 * support.h: rulesets and answers in tests of dsl/answer/.
 *
 * Rules are built from sources in memory with the small vocabulary of
 * tests/policy/; records are written as clients write them.
 */
#ifndef TIDU_TESTS_ANSWER_SUPPORT_H
#define TIDU_TESTS_ANSWER_SUPPORT_H

#include "tidu/evaluate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Fail with a clear message when there is no authoring helper to run. For use
 * as the group's setup. */
int require_helper(void **state);

/* A file under the source folder, NUL-ended, in the arena; NULL if it is not
 * there. */
char *read_file(tidu_arena *arena, const char *path, size_t *ret_length);

/* The path of something under tests/. */
char *test_path(tidu_arena *arena, const char *relative);

/* The small vocabulary, as the engine sees it. */
tidu_source vocabulary_source(tidu_arena *arena);

/* Some regions and bodies. */
tidu_source places_source(tidu_arena *arena);

/* Build the vocabulary, the places and some documents and run their scenarios; all
 * complaints go to *ret_report, sorted. NULL when there was an error. */
tidu_ruleset *build_rules(const tidu_source *documents, size_t count, tidu_report **ret_report,
                          uint32_t *ret_passed);

/* Every complaint as lines:
 *   path:line:column: error: message [E4xx]
 *     hint: …
 *     also: path:line:column
 * The caller frees the text. */
tidu_text complaints(const tidu_report *report, tidu_lang lang);

#endif
