/*
 * enterprises.c: the cultivation library; see enterprises.h.
 */
#include "enterprises.h"

#include <stdlib.h>
#include <string.h>

const char tidu_enterprises_schema[] =
    "CREATE TABLE IF NOT EXISTS enterprise (uscc TEXT PRIMARY KEY, name TEXT NOT NULL,"
    " region TEXT NOT NULL, towards TEXT NOT NULL, titles TEXT, facts TEXT NOT NULL,"
    " since INTEGER NOT NULL, changed INTEGER NOT NULL, version INTEGER NOT NULL);"
    /* Whether there are any is asked after every change. */
    "CREATE INDEX IF NOT EXISTS enterprise_titled ON enterprise (uscc) WHERE titles IS NOT NULL;";

/* ---- writing ---------------------------------------------------------------------------- */

tidu_put
tidu_enterprise_put(struct database *database, const struct enterprise *enterprise, int64_t now_s)
{
    sqlite3_stmt *statement = tidu_database_query(
        database,
        enterprise->version
            ? "UPDATE enterprise SET name = ?2, region = ?3, towards = ?4, titles = ?5, facts = ?6,"
              " changed = ?7, version = version + 1 WHERE uscc = ?1 AND version = ?8"
            : "INSERT OR IGNORE INTO enterprise VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8 + 1)");
    bool good = statement && tidu_database_bind(statement, 1, enterprise->uscc) &&
                tidu_database_bind(statement, 2, enterprise->name) && tidu_database_bind(statement, 3, enterprise->region) &&
                tidu_database_bind(statement, 4, enterprise->towards) &&
                (!enterprise->titles.data || tidu_database_bind(statement, 5, enterprise->titles)) &&
                tidu_database_bind(statement, 6, enterprise->facts) && tidu_database_bind_number(statement, 7, now_s) &&
                tidu_database_bind_number(statement, 8, enterprise->version) &&
                sqlite3_step(statement) == SQLITE_DONE;
    bool changed = good && tidu_database_changes(database) > 0;
    sqlite3_finalize(statement);
    return !good ? TIDU_PUT_FAILED : changed ? TIDU_PUT_DONE : TIDU_PUT_OVERTAKEN;
}

bool
tidu_enterprise_remove(struct database *database, tidu_slice uscc)
{
    sqlite3_stmt *statement =
        tidu_database_query(database, "DELETE FROM enterprise WHERE uscc = ?");
    bool good = statement && tidu_database_bind(statement, 1, uscc) && sqlite3_step(statement) == SQLITE_DONE &&
                tidu_database_changes(database) > 0;
    sqlite3_finalize(statement);
    return good;
}

/* ---- reading ---------------------------------------------------------------------------- */

static struct enterprise
read_row(sqlite3_stmt *row)
{
    return (struct enterprise){
        .uscc = tidu_database_text(row, 0),
        .name = tidu_database_text(row, 1),
        .region = tidu_database_text(row, 2),
        .towards = tidu_database_text(row, 3),
        .titles = tidu_database_text(row, 4),
        .facts = tidu_database_text(row, 5),
        .since_s = sqlite3_column_int64(row, 6),
        .changed_s = sqlite3_column_int64(row, 7),
        .version = sqlite3_column_int64(row, 8),
    };
}

bool
tidu_enterprises_walk(struct database *database, const struct enterprise_filter *filter,
                      bool (*visit)(void *context, const struct enterprise *enterprise),
                      void *context)
{
    int step = SQLITE_ERROR;
    sqlite3_stmt *find = tidu_database_query(
        database,
        filter->uscc && *filter->uscc
            ? "SELECT * FROM enterprise WHERE uscc = ?1"
            : "SELECT * FROM enterprise WHERE uscc > ?2"
              " AND (?3 = '' OR substr(region, 1, length(?3)) = ?3)"
              " AND (?4 = '' OR instr(name, ?4) > 0 OR instr(uscc, ?4) > 0)"
              " AND (?5 = '' OR towards = ?5) ORDER BY uscc");
    bool one = filter->uscc && *filter->uscc;
    bool good = find && (one ? tidu_database_bind_word(find, 1, filter->uscc)
                             : tidu_database_bind_word(find, 2, filter->after) &&
                                   tidu_database_bind_word(find, 3, filter->region) &&
                                   tidu_database_bind_word(find, 4, filter->name) &&
                                   tidu_database_bind_word(find, 5, filter->towards));
    bool goes_on = good;
    while (goes_on && (step = sqlite3_step(find)) == SQLITE_ROW) {
        struct enterprise enterprise = read_row(find);
        goes_on = visit(context, &enterprise);
    }
    sqlite3_finalize(find);
    return good && (!goes_on || step == SQLITE_DONE);
}

static int64_t
ask_number(struct database *database, const char *sql)
{
    sqlite3_stmt *find = tidu_database_query(database, sql);
    int64_t number = find && sqlite3_step(find) == SQLITE_ROW ? sqlite3_column_int64(find, 0) : 0;
    sqlite3_finalize(find);
    return number;
}

uint64_t
tidu_enterprises_count(struct database *database)
{
    return (uint64_t)ask_number(database, "SELECT count(*) FROM enterprise");
}

bool
tidu_enterprises_have_titles(struct database *database)
{
    return ask_number(database,
                      "SELECT EXISTS (SELECT 1 FROM enterprise WHERE titles IS NOT NULL)") != 0;
}

/* ---- titles by code ---------------------------------------------------------------------- */

struct shelf {
    struct database *database;
    sqlite3_stmt *find;
    tidu_text titles; /* those found last */
};

struct shelf *
tidu_shelf_open(const char *file)
{
    tidu_error error;
    struct shelf *shelf = calloc(1, sizeof *shelf);
    if (!shelf)
        return NULL;
    shelf->database = tidu_database_read(file, &error);
    if (shelf->database)
        shelf->find =
            tidu_database_query(shelf->database, "SELECT titles FROM enterprise WHERE uscc = ?");
    if (!shelf->find)
        tidu_shelf_close(&shelf);
    return shelf;
}

void
tidu_shelf_close(struct shelf **shelf)
{
    if (!*shelf)
        return;
    sqlite3_finalize((*shelf)->find);
    tidu_database_close(&(*shelf)->database);
    tidu_text_free(&(*shelf)->titles);
    free(*shelf);
    *shelf = NULL;
}

/* The row is let go at once: as long as somebody reads it, the log cannot be
 * written back. */
tidu_slice
tidu_shelf_titles(struct shelf *shelf, tidu_slice uscc)
{
    tidu_slice titles = {0};
    shelf->titles.length = 0;
    if (tidu_database_bind(shelf->find, 1, uscc) && sqlite3_step(shelf->find) == SQLITE_ROW)
        titles = tidu_database_text(shelf->find, 0);
    if (titles.data) {
        tidu_text_add(&shelf->titles, titles.data, titles.length);
        titles.data = shelf->titles.failed ? NULL : shelf->titles.data;
        shelf->titles.failed = false;
    }
    sqlite3_reset(shelf->find);
    return titles;
}
