/*
 * demands.c: demands and their changes; see demands.h.
 */
#include "demands.h"

#include <string.h>

const char tidu_demands_schema[] =
    "CREATE TABLE IF NOT EXISTS demand (id INTEGER PRIMARY KEY AUTOINCREMENT, uscc TEXT NOT NULL,"
    " name TEXT NOT NULL, region TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,"
    " state TEXT NOT NULL, body TEXT NOT NULL, place TEXT NOT NULL, office TEXT NOT NULL,"
    " accept_by INTEGER, settle_by INTEGER, filed INTEGER NOT NULL, changed INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS demand_change (demand INTEGER NOT NULL, number INTEGER NOT NULL,"
    " time INTEGER NOT NULL, user INTEGER NOT NULL, action TEXT NOT NULL, state TEXT NOT NULL,"
    " rules TEXT NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (demand, number)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS demand_uscc ON demand (uscc);";

/* ---- values ---------------------------------------------------------------------------- */

/* No deadline is NULL. */
static bool
bind_day(sqlite3_stmt *statement, int place, int64_t day)
{
    return day == INT64_MAX ? sqlite3_bind_null(statement, place) == SQLITE_OK
                            : tidu_database_bind_number(statement, place, day);
}

static int64_t
day_of(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ? INT64_MAX
                                                           : sqlite3_column_int64(row, column);
}

static bool
done(sqlite3_stmt *statement, bool good)
{
    good = good && sqlite3_step(statement) == SQLITE_DONE;
    sqlite3_finalize(statement);
    return good;
}

/* ---- writing ---------------------------------------------------------------------------- */

int64_t
tidu_demand_add(struct database *database, const struct demand *demand)
{
    const tidu_slice *texts[] = {&demand->uscc,  &demand->name,  &demand->region,
                                 &demand->kind,  &demand->text,  &demand->state,
                                 &demand->body,  &demand->place, &demand->office};
    sqlite3_stmt *statement = tidu_database_query(
        database, "INSERT INTO demand VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
                  " ?12, ?12)");
    bool good = statement != NULL;
    for (int i = 0; i < 9 && good; i++)
        good = tidu_database_bind(statement, i + 1, *texts[i]);
    good = good && bind_day(statement, 10, demand->accept_by) &&
           bind_day(statement, 11, demand->settle_by) &&
           tidu_database_bind_number(statement, 12, demand->filed_s);
    return done(statement, good) ? tidu_database_last_id(database) : 0;
}

bool
tidu_demand_move(struct database *database, const struct demand *demand)
{
    sqlite3_stmt *statement = tidu_database_query(
        database, "UPDATE demand SET state = ?2, body = ?3, place = ?4, office = ?5,"
                  " accept_by = ?6, settle_by = ?7, changed = ?8 WHERE id = ?1");
    return done(statement, statement && tidu_database_bind_number(statement, 1, demand->id) &&
                               tidu_database_bind(statement, 2, demand->state) &&
                               tidu_database_bind(statement, 3, demand->body) &&
                               tidu_database_bind(statement, 4, demand->place) &&
                               tidu_database_bind(statement, 5, demand->office) &&
                               bind_day(statement, 6, demand->accept_by) &&
                               bind_day(statement, 7, demand->settle_by) &&
                               tidu_database_bind_number(statement, 8, demand->changed_s));
}

bool
tidu_demand_note(struct database *database, const struct demand_change *change)
{
    sqlite3_stmt *statement = tidu_database_query(
        database, "INSERT INTO demand_change SELECT ?1, 1 + coalesce(max(number), 0), ?2, ?3, ?4,"
                  " ?5, ?6, ?7 FROM demand_change WHERE demand = ?1");
    return done(statement, statement && tidu_database_bind_number(statement, 1, change->demand) &&
                               tidu_database_bind_number(statement, 2, change->time_s) &&
                               tidu_database_bind_number(statement, 3, change->user) &&
                               tidu_database_bind(statement, 4, change->action) &&
                               tidu_database_bind(statement, 5, change->state) &&
                               tidu_database_bind(statement, 6, change->rules) &&
                               tidu_database_bind(statement, 7, change->detail));
}

/* ---- reading ---------------------------------------------------------------------------- */

static struct demand
read_demand(sqlite3_stmt *row)
{
    return (struct demand){
        .id = sqlite3_column_int64(row, 0),
        .uscc = tidu_database_text(row, 1),
        .name = tidu_database_text(row, 2),
        .region = tidu_database_text(row, 3),
        .kind = tidu_database_text(row, 4),
        .text = tidu_database_text(row, 5),
        .state = tidu_database_text(row, 6),
        .body = tidu_database_text(row, 7),
        .place = tidu_database_text(row, 8),
        .office = tidu_database_text(row, 9),
        .accept_by = day_of(row, 10),
        .settle_by = day_of(row, 11),
        .filed_s = sqlite3_column_int64(row, 12),
        .changed_s = sqlite3_column_int64(row, 13),
    };
}

bool
tidu_demands_walk(struct database *database, const struct demand_filter *filter,
                  bool (*visit)(void *context, const struct demand *demand), void *context)
{
    int step = SQLITE_ERROR;
    bool goes_on = true;
    sqlite3_stmt *find = tidu_database_query(
        database, "SELECT * FROM demand WHERE id > ?2 AND (?1 = 0 OR id = ?1)"
                  " AND (?3 = '' OR uscc = ?3) AND (?4 = '' OR substr(region, 1, length(?4)) = ?4)"
                  " AND (?5 = '' OR kind = ?5) AND (?6 = '' OR state = ?6)"
                  " AND (?7 = '' OR body = ?7) AND (?8 IS NULL OR (settle_by < ?8"
                  " AND state NOT IN ('settled', 'withdrawn')) OR (accept_by < ?8"
                  " AND state IN ('filed', 'routed', 'handed_over'))) ORDER BY id");
    bool good = find && tidu_database_bind_number(find, 1, filter->id) && tidu_database_bind_number(find, 2, filter->after) &&
                tidu_database_bind_word(find, 3, filter->uscc) && tidu_database_bind_word(find, 4, filter->region) &&
                tidu_database_bind_word(find, 5, filter->kind) && tidu_database_bind_word(find, 6, filter->state) &&
                tidu_database_bind_word(find, 7, filter->body) &&
                bind_day(find, 8, filter->overdue_on == INT64_MIN ? INT64_MAX : filter->overdue_on);
    while (good && goes_on && (step = sqlite3_step(find)) == SQLITE_ROW) {
        struct demand demand = read_demand(find);
        goes_on = visit(context, &demand);
    }
    sqlite3_finalize(find);
    return good && (!goes_on || step == SQLITE_DONE);
}

bool
tidu_demand_changes(struct database *database, int64_t id,
                    bool (*visit)(void *context, const struct demand_change *change),
                    void *context)
{
    int step = SQLITE_ERROR;
    sqlite3_stmt *find = tidu_database_query(
        database, "SELECT * FROM demand_change WHERE demand = ? ORDER BY number");
    bool good = find && tidu_database_bind_number(find, 1, id);
    while (good && (step = sqlite3_step(find)) == SQLITE_ROW) {
        struct demand_change change = {
            .demand = id,
            .number = sqlite3_column_int64(find, 1),
            .time_s = sqlite3_column_int64(find, 2),
            .user = (uint32_t)sqlite3_column_int64(find, 3),
            .action = tidu_database_text(find, 4),
            .state = tidu_database_text(find, 5),
            .rules = tidu_database_text(find, 6),
            .detail = tidu_database_text(find, 7),
        };
        if (!visit(context, &change))
            break;
    }
    sqlite3_finalize(find);
    return good && (step == SQLITE_DONE || step == SQLITE_ROW);
}
