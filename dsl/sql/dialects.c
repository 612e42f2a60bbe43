/*
 * dialects.c: how the databases differ.
 *
 * What is not here is standard SQL, and three-valued as the engine is: AND, OR, NOT and
 * comparisons of NULL; CASE takes NULL for not true.
 */
#include "internal.h"

#include <string.h>

const struct dialect tidu_dialects[TIDU_SQL_DIALECTS] = {
    [TIDU_SQL_POSTGRES] =
        {
            .name = "postgres",
            .number = "NUMERIC",
            .text = "TEXT",
            .date = "DATE",
            .flag = "BOOLEAN",
            .unknown = "CAST(NULL AS BOOLEAN)",
            .as_number = {"CAST(", " AS NUMERIC)"},
            .as_days = {"CAST(", " - DATE '1970-01-01' AS NUMERIC)"},
            .as_digits = {"CAST(to_char(DATE '1970-01-01' + CAST(",
                          " AS INTEGER), 'YYYYMMDD') AS NUMERIC)"},
            .months = {"CAST(CAST(DATE '1970-01-01' + CAST(",
                       " MONTH' AS DATE) - DATE '1970-01-01' AS NUMERIC)"},
            .months_between = " AS INTEGER) + INTERVAL '",
            .substring = "substr",
            .fence = " OFFSET 0",
            .one = ".0",
            .as_count = {"CAST(", " AS NUMERIC)"},
            .exact = true,
            .copied = true,
        },
    [TIDU_SQL_DUCKDB] =
        {
            .name = "duckdb",
            .number = "DOUBLE",
            .text = "VARCHAR",
            .date = "DATE",
            .flag = "BOOLEAN",
            .unknown = "CAST(NULL AS BOOLEAN)",
            .as_number = {"CAST(", " AS DOUBLE)"},
            .as_days = {"CAST(", " - DATE '1970-01-01' AS DOUBLE)"},
            .as_digits = {"CAST(strftime(DATE '1970-01-01' + CAST(",
                          " AS INTEGER), '%Y%m%d') AS DOUBLE)"},
            .months = {"CAST(CAST(DATE '1970-01-01' + CAST(",
                       " MONTH' AS DATE) - DATE '1970-01-01' AS DOUBLE)"},
            .months_between = " AS INTEGER) + INTERVAL '",
            .substring = "substr",
            .fence = "",
            .one = "e0",
            .as_count = {"CAST(", " AS DOUBLE)"},
        },
    [TIDU_SQL_SQLITE] =
        {
            .name = "sqlite",
            .number = "REAL",
            .text = "TEXT",
            .date = "TEXT",
            .flag = "INTEGER",
            .unknown = "NULL",
            .as_number = {"CAST(", " AS REAL)"},
            .as_days = {"CAST(julianday(", ") - 2440587.5 AS INTEGER)"},
            .as_digits = {"CAST(strftime('%Y%m%d', (", ") * 86400, 'unixepoch') AS INTEGER)"},
            .substring = "substr",
            .fence = " LIMIT -1 OFFSET 0",
            .one = "e0",
            .as_count = {"CAST(", " AS REAL)"},
        },
    [TIDU_SQL_CLICKHOUSE] =
        {
            .name = "clickhouse",
            .number = "Nullable(Float64)",
            .text = "Nullable(String)",
            .date = "Nullable(Date32)",
            .flag = "Nullable(Bool)",
            .unknown = "CAST(NULL AS Nullable(Bool))",
            .as_number = {"CAST(", " AS Nullable(Float64))"},
            .as_days = {"toFloat64(toInt32(", "))"},
            .as_digits = {"toFloat64(toYYYYMMDD(toDate32(toInt32(", "))))"},
            .months = {"toFloat64(toInt32(addMonths(toDate32(toInt32(", ")))"},
            .months_between = ")), ",
            .substring = "substringUTF8",
            .fence = " LIMIT 9223372036854775807 BY r.",
            .fence_ends_in_key = true,
            .one = "e0",
            .as_count = {"toFloat64(", ")"},
            .arrays = true,
        },
};

tidu_sql_dialect
tidu_sql_dialect_find(const char *name)
{
    int d = 0;
    while (d < TIDU_SQL_DIALECTS && strcmp(tidu_dialects[d].name, name))
        d++;
    return (tidu_sql_dialect)d;
}
