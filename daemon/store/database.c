/*
 * database.c: SQLite as everything here uses it; see database.h.
 */
#include "database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE_MS = 5000, PAGE_BYTES = 16384 };

struct database {
    sqlite3 *sqlite;
};

const char *
tidu_database_why(const struct database *database)
{
    return database && database->sqlite ? sqlite3_errmsg(database->sqlite) : "out of memory";
}

bool
tidu_database_damaged(const struct database *database)
{
    int code = database ? sqlite3_errcode(database->sqlite) : SQLITE_OK;
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

sqlite3_stmt *
tidu_database_query(struct database *database, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v3(database->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
        SQLITE_OK)
        return NULL;
    return statement;
}

bool
tidu_database_run(struct database *database, const char *sql)
{
    return sqlite3_exec(database->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK;
}

int
tidu_database_changes(const struct database *database)
{
    return sqlite3_changes(database->sqlite);
}

int64_t
tidu_database_last_id(const struct database *database)
{
    return sqlite3_last_insert_rowid(database->sqlite);
}

bool
tidu_database_bind(sqlite3_stmt *statement, int place, tidu_slice text)
{
    return sqlite3_bind_text64(statement, place, text.data ? text.data : "", text.length,
                               SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK;
}

bool
tidu_database_bind_word(sqlite3_stmt *statement, int place, const char *word)
{
    return tidu_database_bind(statement, place, (tidu_slice){word, word ? strlen(word) : 0});
}

bool
tidu_database_bind_number(sqlite3_stmt *statement, int place, int64_t number)
{
    return sqlite3_bind_int64(statement, place, number) == SQLITE_OK;
}

tidu_slice
tidu_database_text(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return (tidu_slice){text, text ? (size_t)sqlite3_column_bytes(row, column) : 0};
}

static struct database *
open_file(const char *file, int flags, tidu_error *reterr)
{
    struct database *database = calloc(1, sizeof *database);
    if (database && sqlite3_open_v2(file, &database->sqlite, flags | SQLITE_OPEN_NOMUTEX, NULL) ==
                        SQLITE_OK) {
        sqlite3_busy_timeout(database->sqlite, PATIENCE_MS);
        /* Nothing is written anywhere but beside the file. */
        tidu_database_run(database, "PRAGMA temp_store = MEMORY");
        return database;
    }
    tidu_error_set(reterr, TIDU_STORE_OPEN, file, tidu_database_why(database), NULL);
    tidu_database_close(&database);
    return NULL;
}

struct database *
tidu_database_open(const char *file, bool sync, const char *const *schemas, tidu_error *reterr)
{
    char settings[128];
    struct database *database =
        open_file(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, reterr);
    if (!database)
        return NULL;
    snprintf(settings, sizeof settings,
             "PRAGMA page_size = %d; PRAGMA journal_mode = WAL; PRAGMA synchronous = %s;",
             PAGE_BYTES, sync ? "FULL" : "NORMAL");
    bool good = tidu_database_run(database, settings);
    while (good && *schemas)
        good = tidu_database_run(database, *schemas++);
    if (good)
        return database;
    tidu_error_set(reterr, tidu_database_damaged(database) ? TIDU_STORE_DAMAGED : TIDU_STORE_OPEN,
                   file, tidu_database_why(database), NULL);
    tidu_database_close(&database);
    return NULL;
}

struct database *
tidu_database_read(const char *file, tidu_error *reterr)
{
    return open_file(file, SQLITE_OPEN_READONLY, reterr);
}

void
tidu_database_close(struct database **database)
{
    struct database *leaving = *database;
    if (!leaving)
        return;
    sqlite3_close(leaving->sqlite);
    free(leaving);
    *database = NULL;
}
