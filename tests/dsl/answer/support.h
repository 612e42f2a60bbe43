/*
 * support.h: rulesets and answers in tests of dsl/answer/.
 *
 * Rules are built from sources in memory with the small vocabulary of
 * tests/policy/; records are written as clients write them.
 */
#ifndef TIDU_TESTS_ANSWER_SUPPORT_H
#define TIDU_TESTS_ANSWER_SUPPORT_H

#include "tidu/evaluate.h"

#include <dirent.h>
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

/* Whether a file of a folder is a document; for scandir. */
int is_document(const struct dirent *entry);

enum { MOST_DOCUMENTS = 16 };
struct documents {
    tidu_source sources[MOST_DOCUMENTS];
    size_t count;
};

/* A document, or all documents below a folder: it is a rules folder, so its
 * documents have their paths within it. */
struct documents read_documents(tidu_arena *arena, const char *folder, const char *name);

/* The rules of a folder of tests/policy/, or of some documents; the test fails
 * when anything is said about them. */
tidu_ruleset *load_rules(const char *name);
tidu_ruleset *load_documents(const struct documents *documents);

/* Build the vocabulary, the places and some documents and run their scenarios; all
 * complaints go to *ret_report, sorted. NULL when there was an error. */
tidu_ruleset *build_rules(const tidu_source *documents, size_t count, tidu_report **ret_report,
                          uint32_t *ret_passed);

/* The rules of one document, as national/t.md; the test fails when they do not hold
 * together. Warnings are let be. */
tidu_ruleset *rules_of_text(const char *text);

/* Every complaint as lines:
 *   path:line:column: error: message [E4xx]
 *     hint: …
 *     also: path:line:column
 * The caller frees the text. */
tidu_text complaints(const tidu_report *report, tidu_lang lang);

#endif
