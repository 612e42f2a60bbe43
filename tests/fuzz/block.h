/*
 * block.h: what a record came to, as text, and readers to try records with.
 *
 * The vocabulary is that of tests/dsl/record/fixture.h.
 */
#ifndef TIDU_TESTS_FUZZ_BLOCK_H
#define TIDU_TESTS_FUZZ_BLOCK_H

#include "fuzz.h"

#include "../dsl/record/fixture.h"

/* The fixture, opened once for the whole process. */
struct fixture *fuzz_fixture(void);

/* Everything a block's rows hold: equal texts, equal rows. The order in which a
 * record stated its facts does not show. */
void fuzz_block_write(const tidu_block *block, tidu_text *out);

/* Read one record into the fixture's emptied block and append what it came to, or
 * the error. A refusal must say why and leave nothing behind. */
tidu_read fuzz_read(struct fixture *fixture, tidu_slice record, bool ignore_unknown, tidu_text *out);

/* The same for a table: its heading and its records, up to the first that is
 * no row. */
tidu_read fuzz_read_table(struct fixture *fixture, tidu_slice table, tidu_text *out);

static inline bool
fuzz_same(const tidu_text *a, const tidu_text *b)
{
    return a->length == b->length && (!a->length || memcmp(a->data, b->data, a->length) == 0);
}

#endif
