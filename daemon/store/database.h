/*
 * database.h: SQLite as everything here uses it.
 *
 * Ownership: a database belongs to one thread at a time; statements are to be
 * finalized before it is closed.
 */
#ifndef TIDU_STORE_DATABASE_H
#define TIDU_STORE_DATABASE_H

#include "tidu/error.h"
#include "tidu/text.h"

#include <sqlite3.h>

struct database;

/* Open for reading and writing, with a write-ahead log; make the file and the
 * tables of the NULL-ended `schemas` if they are missing. With `sync` a transaction is on the
 * disk when it returns; without, it survives the process but not the machine. */
struct database *tidu_database_open(const char *file, bool sync, const char *const *schemas,
                                    tidu_error *reterr);

/* Open a file that is there, for reading alone. */
struct database *tidu_database_read(const char *file, tidu_error *reterr);
void tidu_database_close(struct database **database);

/* A statement, or NULL. */
sqlite3_stmt *tidu_database_query(struct database *database, const char *sql);

/* Run statements that give no rows. */
bool tidu_database_run(struct database *database, const char *sql);

/* How many rows the last statement changed; the id of the row added last. */
int tidu_database_changes(const struct database *database);
int64_t tidu_database_last_id(const struct database *database);

/* Values of a statement: texts are borrowed until it has been run. An empty text
 * stands for NULL data. */
bool tidu_database_bind(sqlite3_stmt *statement, int place, tidu_slice text);
bool tidu_database_bind_word(sqlite3_stmt *statement, int place, const char *word);
bool tidu_database_bind_number(sqlite3_stmt *statement, int place, int64_t number);

/* A column of the row there is just now; data NULL for NULL. Lives until the next step. */
tidu_slice tidu_database_text(sqlite3_stmt *row, int column);

/* What went wrong last, in SQLite's words; and whether it is the file itself. */
const char *tidu_database_why(const struct database *database);
bool tidu_database_damaged(const struct database *database);

#endif
