/*
 * scope.h: a small fixed vocabulary for the tests of expressions, and a few
 * hands to hold a parser with.
 *
 * The names are those of the real vocabulary, the types too; there are just
 * enough of them to say every kind of thing. `broken` is a name that exists
 * but cannot be used.
 */
#ifndef TIDU_TEST_SCOPE_H
#define TIDU_TEST_SCOPE_H

#include "tidu/expr.h"

/* The scope; valid until the process ends. */
const tidu_scope *test_scope(void);

/* A symbol of it by its identifier. */
const tidu_symbol *test_symbol(const char *name);

/* Everything a parse needs and leaves behind. */
struct parsed {
    tidu_arena *arena;
    tidu_report *report;
    tidu_node *node;
    bool otherwise;
};

struct parsed test_parse(const char *text);
/* `operand` is an expression of its own, or NULL. */
struct parsed test_parse_band(const char *operand, const char *text);
void test_parsed_free(struct parsed *parsed);

/* `line:column-end: [E1xx] message | hint`, a line for each complaint, in the
 * order of their places. The caller frees. */
char *test_complaints(tidu_report *report, tidu_lang lang);

/* The printed tree and its type, such as "money 万元, annual". The caller frees. */
char *test_printed(const tidu_node *node, tidu_lang lang);
char *test_type(const tidu_node *node);

/* Equal but for the place in the text. */
bool test_same_tree(const tidu_node *a, const tidu_node *b);

/* A file next to the tests, whole; \n in it stays as it is. The caller frees. */
char *test_file(const char *name);
/* The next line of *at, ended by a NUL in place; NULL at the end. */
char *test_line(char **at);
/* Turn the two characters \n into a line end, in place. */
char *test_unescape(char *line);

#endif
