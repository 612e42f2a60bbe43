/*
 * fixture.h: a small vocabulary, built by hand, and what tests of the readers
 * need to say about it.
 *
 * Everything a record may state is there once: annual and single values, codes
 * open and enumerated, sets, lists, titles, a derived fact, a fact no rule
 * reads.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "tidu/record.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum fact {
    USCC, ENTERPRISE_NAME, REGION_CODE, INDUSTRY_CODE, REVENUE, NET_PROFIT, EMPLOYEES, RD_RATIO,
    SHARE_NATIONAL, NICHE_YEARS, ESTABLISHED_DATE, IS_PRIVATE, ENERGY_ADVANCED,
    RD_INSTITUTION_LEVEL, CREDIT_GRADE, MANAGEMENT_CERTS, FACTORY_TITLES, SCIENCE_AWARDS,
    MAKER_CHINA_RANK, TAX_PAID, FACT_COUNT
};

/* Columns by their numbers in the layout. */
enum column {
    INDUSTRY, REVENUE_0, REVENUE_1, REVENUE_2, PROFIT_0, EMPLOYEES_0, SHARE_0, SHARE_1, NICHE,
    ESTABLISHED, PRIVATE, ENERGY_0, ENERGY_1, INSTITUTION, GRADE_0, GRADE_1, CERTS, CERTS_ISO,
    CERTS_CE, FACTORIES, HELD_HNTE, HELD_LG, AWARD_LEVEL, AWARD_RANK, AWARD_YEAR, AWARD_DATE,
    AWARD_SHARED, AWARD_SCORE, MAKER_RANK, MAKER_YEAR, COLUMN_COUNT
};

enum { AWARDS = 1, MAKERS = 2 }; /* frames */

enum { NO_WORDS = TIDU_NONE, USCC_WORDS = 0, NAME_WORDS, REGION_WORDS, INDUSTRY_WORDS, GRADE_WORDS };

struct fixture {
    tidu_arena *arena;
    tidu_vocabulary vocabulary;
    tidu_block *block;
    tidu_reader *reader;
    tidu_csv *csv;
    bool ignore_unknown;
    tidu_error error;
    char **texts; /* what was read: slices point there */
    size_t text_count;
};

/* cmocka setup and teardown: a block of three rows at 2026-11-23, so that 2025
 * is the last full year. */
int fixture_open(void **state);
int fixture_close(void **state);

/* The block anew, with another number of rows. */
void fixture_reopen_block(struct fixture *fixture, uint32_t rows);

/* Empty the block and forget the texts. */
void fixture_clear(struct fixture *fixture);

/* Read a record whose text lies in memory of exactly its own size and the
 * padding, which is filled with what would do harm if it were looked at. */
tidu_read read_json(struct fixture *fixture, const char *json);
tidu_read read_bytes(struct fixture *fixture, const char *json, size_t length);

/* Read a table: the heading line, then every record. The first that is not a
 * row ends it. */
tidu_read read_table(struct fixture *fixture, const char *table);

/* The record is a row; its number is returned. */
uint32_t accepted(struct fixture *fixture, const char *json);

/* The record (or table) is refused with exactly this id and these messages,
 * and the block is what it was. */
void refused(struct fixture *fixture, const char *json, const char *id, const char *en,
             const char *zh);
void refused_bytes(struct fixture *fixture, const char *json, size_t length, const char *id,
                   const char *en, const char *zh);
void refused_table(struct fixture *fixture, const char *table, const char *id, const char *en,
                   const char *zh);

/* The hints of the error that came last. */
void hinted(struct fixture *fixture, const char *en, const char *zh);

/* What a column holds in a row (or item). NAN is unknown. */
double number_at(struct fixture *fixture, enum column column, uint32_t row);
/* -1 unknown, 0 false, 1 true */
int flag_at(struct fixture *fixture, enum column column, uint32_t row);
/* The kept slice, "" if there is none. */
const char *words_at(struct fixture *fixture, int words, uint32_t row);
/* The kept spelling, "" if there is none. */
const char *spelling_at(struct fixture *fixture, enum column column, uint32_t index);
bool list_known(struct fixture *fixture, uint32_t frame, uint32_t row);

/* A literal that holds a NUL, for refused_bytes. */
#define BYTES(literal) literal, sizeof literal - 1

#define assert_number(fixture, column, row, expected)                                              \
    assert_true(number_at(fixture, column, row) == (expected))
#define assert_unknown(fixture, column, row) assert_true(isnan(number_at(fixture, column, row)))

#endif
