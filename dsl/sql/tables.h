/* tables.h: the tables a view reads, and where their columns come from; see tables.c. */
#ifndef TIDU_SQL_TABLES_H
#define TIDU_SQL_TABLES_H

#include "internal.h"

/* Where a column of a table comes from. */
enum source { FROM_COLUMN, FROM_FRAME, FROM_SET };

struct stored {
    const char *name;
    const tidu_fact *fact; /* of figures and codes; NULL for titles and lists */
    enum source source;
    uint32_t number; /* column of the layout, or frame */
};

/* A table: of enterprises, of a list's items (`frame`), or of a set's codes (`set`). */
struct table {
    const char *name;
    const tidu_fact *list;
    uint32_t frame;
    const tidu_fact *set;
    struct stored *columns; /* beside the key */
    uint32_t column_count;
    tidu_text rows; /* of the statement being written */
    uint32_t row_count;
};

struct tables {
    struct writing writing;
    struct table *list; /* enterprises first */
    uint32_t count;
};

/* False with *reterr; close them either way. */
bool tidu_sql_open_tables(struct tables *tables, const tidu_ruleset *ruleset, const tidu_sql *sql,
                          tidu_error *reterr);
void tidu_sql_close_tables(struct tables *tables);

/* The name of a column without its quotes. */
const char *tidu_sql_unquoted(struct writing *writing, const struct stored *column);

#endif
