/*
 * database.h: SQLite as everything here uses it.
 *
 * Ownership: a database belongs to one thread at a time; statements are to be
 * finalized before it is closed.
 */
#ifndef TIDU_STORE_DATABASE_H
#define TIDU_STORE_DATABASE_H

#include "tidu/error.h"

#include <sqlite3.h>

struct database;

/* Open for reading and writing, with a write-ahead log; make the file and the
 * tables of `schema` if they are missing. With `sync` a transaction is on the
 * disk when it returns; without, it survives the process but not the machine. */
struct database *tidu_database_open(const char *file, bool sync, const char *schema,
                                    tidu_error *reterr);

/* Open a file that is there, for reading alone. */
struct database *tidu_database_read(const char *file, tidu_error *reterr);
void tidu_database_close(struct database **database);

/* A statement, or NULL. */
sqlite3_stmt *tidu_database_query(struct database *database, const char *sql);

/* Run statements that give no rows. */
bool tidu_database_run(struct database *database, const char *sql);

/* What went wrong last, in SQLite's words; and whether it is the file itself. */
const char *tidu_database_why(const struct database *database);
bool tidu_database_damaged(const struct database *database);

#endif
