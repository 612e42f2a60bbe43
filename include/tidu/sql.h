/*
 * sql.h: the rules of a place and a date as one view of a database.
 *
 * The steps of the compiled program, written in the words of a database: a table of
 * enterprises goes in, a column of TRUE, FALSE or NULL (undetermined) comes out for each
 * designation and criterion. So the rules run inside the warehouse that holds the data.
 *
 *   table enterprise ─► view enterprise_titles
 *     uscc, revenue_2025, revenue_2024, industry_code, holds_inno, …
 *   table enterprise_standards (a list or a set)
 *     uscc, level, role, year
 *
 * PostgreSQL computes in NUMERIC, quotients as numerators over denominators: borders are
 * decided exactly, as the engine does. The others compute in doubles; two sides within
 * 1e-14 of their size are taken as equal, which decides as the engine does for figures of
 * up to 13 digits.
 *
 * Figures are not checked on the way in: what `tidu eval` would refuse, such as a negative
 * number of employees, the database takes (the tables' CHECKs refuse most of it).
 *
 * Must not know: sockets, Lua, who runs what is written here.
 */
#ifndef TIDU_SQL_H
#define TIDU_SQL_H

#include "tidu/compile.h"
#include "tidu/population.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tidu_sql_dialect {
    TIDU_SQL_POSTGRES,
    TIDU_SQL_DUCKDB,
    TIDU_SQL_SQLITE,
    TIDU_SQL_CLICKHOUSE,
    TIDU_SQL_DIALECTS
} tidu_sql_dialect;

/* "postgres", "duckdb", "sqlite" or "clickhouse"; TIDU_SQL_DIALECTS when it is none. */
tidu_sql_dialect tidu_sql_dialect_find(const char *name);

typedef struct tidu_sql {
    tidu_sql_dialect dialect;
    uint32_t region; /* whose rules; TIDU_COUNTRY_CODE for the country's */
    int32_t as_of;
    const char *const *designations; /* NULL: all that are told there */
    size_t designation_count;
    const char *table; /* of enterprises, maybe with its schema before a dot */
    const char *key;   /* its column that tells them apart */
} tidu_sql;

/* Append the view, named as the table with "_titles" behind it. False with *reterr when a
 * name is none or memory ran out. */
bool tidu_sql_view(const tidu_ruleset *ruleset, const tidu_sql *sql, tidu_text *out,
                   tidu_error *reterr);

/* Append the tables the view reads: of enterprises, and of each list and set. */
bool tidu_sql_tables(const tidu_ruleset *ruleset, const tidu_sql *sql, tidu_text *out,
                     tidu_error *reterr);

/* Who takes the rows of a population. Each returns false to stop, with *reterr. */
typedef struct tidu_sql_sink {
    void *context;
    bool (*write)(void *context, tidu_text *text, tidu_error *reterr); /* empties the text */
    bool (*progress)(void *context, uint64_t done, uint64_t total);    /* may be NULL */
} tidu_sql_sink;

/* Write a population as rows of those tables: INSERT statements, or for PostgreSQL COPY with
 * the rows behind it, which its psql reads several times as fast. An enterprise without a
 * credit code, or with one that another had before it, has "#n" for a key, n being the
 * number of its record. */
bool tidu_sql_rows(const tidu_ruleset *ruleset, const tidu_sql *sql,
                   const tidu_population *population, const tidu_sql_sink *sink,
                   tidu_error *reterr);

#ifdef __cplusplus
}
#endif

#endif
