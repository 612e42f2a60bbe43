/*
 * fixture.h: a vocabulary small enough to reason about, for engine tests.
 *
 * Facts a, b, c are numbers, k a code with the values x, y, z, p and q flags,
 * d a date, and items a list whose records have one number field n.
 */
#ifndef TIDU_TEST_ENGINE_FIXTURE_H
#define TIDU_TEST_ENGINE_FIXTURE_H

#include "tidu/run.h"

enum { COLUMN_A, COLUMN_B, COLUMN_C, COLUMN_K, COLUMN_D, COLUMN_N, COLUMN_P, COLUMN_Q };

struct fixture {
    tidu_vocabulary vocabulary;
    tidu_builder *builder;
    tidu_program *program;
    tidu_block *block;
    tidu_run *run;
};

void fixture_open(struct fixture *fixture);
void fixture_close(struct fixture *fixture);

/* An input column as a step. */
tidu_step input(struct fixture *fixture, uint32_t column);
/* A decimal as a step. */
tidu_step number(struct fixture *fixture, const char *decimal);
uint32_t constant(struct fixture *fixture, const char *decimal);

/* Freeze the steps and make a block of `rows`, all unknown. */
void fixture_ready(struct fixture *fixture, uint32_t rows);

/* State values; spelled keeps more digits than a double. */
void state_number(struct fixture *fixture, uint32_t column, uint32_t row, double value);
void state_spelled(struct fixture *fixture, uint32_t column, uint32_t row, const char *text);
void state_flag(struct fixture *fixture, uint32_t column, uint32_t row, bool value);
/* The list of a row: its fields, NAN for an unknown one. Rows in order. */
void state_list(struct fixture *fixture, uint32_t row, const double *values, uint32_t count);

#endif
