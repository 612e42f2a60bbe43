/*
 * tree.h: JSON trees as text.
 *
 * A tree holds numbers as doubles, and a double printed with 17 digits is not what
 * somebody wrote: 0.1 would come back as 0.10000000000000001, which to exact
 * arithmetic is another number. So numbers are written with the fewest digits that
 * give the same double.
 */
#ifndef TIDU_DAEMON_TREE_H
#define TIDU_DAEMON_TREE_H

#include <jansson.h>
#include <stdbool.h>

#include "tidu/text.h"

/* Append a tree, without white space, members in the order they were set. */
void tidu_tree_write(const json_t *tree, tidu_text *out);

/* Append the record `facts` with each member of the object `changes` in place of
 * what it had under that name, or added. "revenue.2025" is one year of a fact.
 * What is not changed stays as it was spelled. False when memory ran out. */
bool tidu_tree_amend(const json_t *changes, tidu_slice facts, tidu_text *out);

#endif
