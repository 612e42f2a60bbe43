#include "fixture.h"

#include "tidu/decimal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

enum { FACTS = 8, LIST = 5 };

static const tidu_column columns[] = {
    [COLUMN_A] = {TIDU_COLUMN_NUMBER, 0, 0, TIDU_NONE, 0, 0},
    [COLUMN_B] = {TIDU_COLUMN_NUMBER, 0, 1, TIDU_NONE, 0, 1},
    [COLUMN_C] = {TIDU_COLUMN_NUMBER, 0, 2, TIDU_NONE, 0, 2},
    [COLUMN_K] = {TIDU_COLUMN_NUMBER, 0, 3, TIDU_NONE, 0, 3},
    [COLUMN_D] = {TIDU_COLUMN_NUMBER, 0, 4, TIDU_NONE, 0, 4},
    [COLUMN_N] = {TIDU_COLUMN_NUMBER, 1, LIST, 0, 0, 5},
    [COLUMN_P] = {TIDU_COLUMN_FLAG, 0, 6, TIDU_NONE, 0, 0},
    [COLUMN_Q] = {TIDU_COLUMN_FLAG, 0, 7, TIDU_NONE, 0, 1},
};

static const int32_t frame_fact[] = {TIDU_NONE, LIST};

static tidu_fact facts[FACTS];
static tidu_fact field;

static void
name_fact(tidu_fact *fact, const char *name, tidu_kind kind)
{
    fact->symbol = (tidu_symbol){.kind = TIDU_SYMBOL_FACT, .name = name, .zh = name, .en = name,
                                 .type = {.kind = kind, .scale = {1, 1}}};
}

void
fixture_open(struct fixture *fixture)
{
    static const char *const names[FACTS] = {"a", "b", "c", "k", "d", "items", "p", "q"};
    static const tidu_kind kinds[FACTS] = {TIDU_NUMBER, TIDU_NUMBER, TIDU_NUMBER, TIDU_CODE,
                                           TIDU_DATE,   TIDU_LIST,   TIDU_FLAG,   TIDU_FLAG};
    *fixture = (struct fixture){0};
    for (int i = 0; i < FACTS; i++)
        name_fact(&facts[i], names[i], kinds[i]);
    name_fact(&field, "n", TIDU_NUMBER);
    facts[LIST].fields = &field;
    facts[LIST].field_count = 1;
    fixture->vocabulary.facts = facts;
    fixture->vocabulary.fact_count = FACTS;
    fixture->vocabulary.layout = (tidu_layout){
        .columns = columns, .column_count = sizeof columns / sizeof *columns, .number_count = 6,
        .flag_count = 2, .frame_count = 2, .frame_fact = frame_fact, .lag_count = 1,
    };
    fixture->builder = tidu_builder_open(&fixture->vocabulary);
    assert_non_null(fixture->builder);
}

void
fixture_close(struct fixture *fixture)
{
    tidu_run_close(&fixture->run);
    tidu_block_close(&fixture->block);
    tidu_program_close(&fixture->program);
    tidu_builder_close(&fixture->builder);
}

tidu_step
input(struct fixture *fixture, uint32_t column)
{
    tidu_op op = columns[column].kind == TIDU_COLUMN_FLAG ? TIDU_DO_FLAG : TIDU_DO_FACT;
    return tidu_builder_step(fixture->builder, op, TIDU_NO_STEP, TIDU_NO_STEP, column);
}

uint32_t
constant(struct fixture *fixture, const char *decimal)
{
    mpq_t value;
    mpq_init(value);
    assert_true(tidu_decimal_parse(decimal, strlen(decimal), value));
    uint32_t made = tidu_builder_constant(fixture->builder, value);
    mpq_clear(value);
    return made;
}

tidu_step
number(struct fixture *fixture, const char *decimal)
{
    return tidu_builder_constant_step(fixture->builder, constant(fixture, decimal));
}

void
fixture_ready(struct fixture *fixture, uint32_t rows)
{
    fixture->program = tidu_builder_finish(&fixture->builder);
    fixture->block = tidu_block_open(&fixture->vocabulary.layout, rows);
    assert_non_null(fixture->program);
    assert_non_null(fixture->block);
    tidu_block_clear(fixture->block, tidu_date_join(2026, 11, 23));
    fixture->block->row_count = rows;
    fixture->run = tidu_run_open(fixture->program, fixture->block);
    assert_non_null(fixture->run);
}

static void
set_bit(uint64_t *bits, uint32_t index)
{
    bits[index / 64] |= UINT64_C(1) << (index % 64);
}

void
state_number(struct fixture *fixture, uint32_t column, uint32_t row, double value)
{
    uint32_t place = columns[column].place;
    fixture->block->number[place][row] = value;
    set_bit(fixture->block->number_known[place], row);
}

void
state_spelled(struct fixture *fixture, uint32_t column, uint32_t row, const char *text)
{
    tidu_block *block = fixture->block;
    state_number(fixture, column, row, strtod(text, NULL));
    assert_true(block->spelling_count < 64);
    if (!block->spellings) {
        block->spellings = calloc(64, sizeof *block->spellings);
        block->spelling_capacity = 64;
    }
    block->spellings[block->spelling_count++] =
        (tidu_spelling){column, row, {text, strlen(text)}};
}

void
state_flag(struct fixture *fixture, uint32_t column, uint32_t row, bool value)
{
    uint32_t place = columns[column].place;
    set_bit(fixture->block->flag_known[place], row);
    if (value)
        set_bit(fixture->block->flag[place], row);
}

void
state_list(struct fixture *fixture, uint32_t row, const double *values, uint32_t count)
{
    tidu_block *block = fixture->block;
    set_bit(block->list_known[1], row);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t item = block->item_count[1]++;
        block->item_row[1][item] = row;
        if (!isnan(values[i]))
            state_number(fixture, COLUMN_N, item, values[i]);
    }
    for (uint32_t later = row + 1; later <= block->row_capacity; later++)
        block->item_start[1][later] = block->item_count[1];
}
