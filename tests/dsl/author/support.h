/*
 * support.h: running documents in tests of dsl/author/.
 *
 * The helper's path comes from TIDU_AUTHOR, which the Makefile sets.
 */
#ifndef TIDU_TESTS_AUTHOR_SUPPORT_H
#define TIDU_TESTS_AUTHOR_SUPPORT_H

#include "tidu/declare.h"
#include "tidu/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* What one load gave. */
struct load {
    tidu_arena *arena;
    tidu_report *report;
    tidu_declarations found;
    bool done;
};

/* Fail with a clear message when there is no helper to run. For use as the
 * group's setup. */
int require_helper(void **state);

/* Sources given as path, text, path, text, …, NULL. */
struct load load_texts(const tidu_author_limits *limits, ...) __attribute__((sentinel));
struct load load_sources(const tidu_author_limits *limits, const tidu_source *sources,
                         size_t count);
void load_close(struct load *load);

/* Every complaint as lines, sorted by place:
 *   path:line:column: error: message [E2xx]
 *     hint: …
 *     also: path:line:column
 * The caller frees the text. */
tidu_text load_complaints(struct load *load);

/* All of what was found, as lines; for comparing two loads. */
tidu_text load_print(const struct load *load);

/* The declaration with that word and name (NULL: the first with that word). */
const tidu_declaration *find_declaration(const struct load *load, const char *word,
                                         const char *name);

/* Follow names and positions ("items", "0", …) down from a declaration. */
const tidu_attr *find_attr(const tidu_declaration *declaration, ...) __attribute__((sentinel));

/* Check one complaint's text in full, and that there is no other. */
#define assert_complaints(load, expected) check_complaints(load, expected, __FILE__, __LINE__)
void check_complaints(struct load *load, const char *expected, const char *file, int line);

/* An executable shell script in a temporary file, to stand for the helper. */
char *fake_helper(const char *script);

#endif
