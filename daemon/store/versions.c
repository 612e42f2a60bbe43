/*
 * versions.c: every ruleset that was ever live; see versions.h.
 */
#include "versions.h"

#include <stdio.h>
#include <stdlib.h>
#include <zstd.h>

enum { LEVEL = 9, MOST_RAW = 64 << 20 };

const char tidu_versions_schema[] =
    "CREATE TABLE IF NOT EXISTS version (digest TEXT PRIMARY KEY, documents INTEGER NOT NULL,"
    " first_live INTEGER NOT NULL, last_live INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS document (version TEXT NOT NULL, path TEXT NOT NULL,"
    " text TEXT NOT NULL, PRIMARY KEY (version, path)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS text (digest TEXT PRIMARY KEY, size INTEGER NOT NULL,"
    " packed BLOB NOT NULL);"
    "CREATE TABLE IF NOT EXISTS label (name TEXT PRIMARY KEY, version TEXT NOT NULL,"
    " since INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS live (id INTEGER PRIMARY KEY CHECK (id = 1),"
    " version TEXT NOT NULL, held TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS pilot (region TEXT PRIMARY KEY, version TEXT NOT NULL,"
    " since INTEGER NOT NULL) WITHOUT ROWID;";

/* Run a statement that gives no rows, with up to three texts. */
static bool
execute(struct database *database, const char *sql, const char *a, const char *b, const char *c)
{
    sqlite3_stmt *statement = tidu_database_query(database, sql);
    const char *texts[] = {a, b, c};
    bool good = statement != NULL;
    for (int i = 0; i < 3 && good && texts[i]; i++)
        good = sqlite3_bind_text(statement, i + 1, texts[i], -1, SQLITE_STATIC) == SQLITE_OK;
    good = good && sqlite3_step(statement) == SQLITE_DONE;
    sqlite3_finalize(statement);
    return good;
}

/* ---- keeping ------------------------------------------------------------------------ */

static bool
keep_text(struct database *database, const char *digest, tidu_slice text)
{
    sqlite3_stmt *find = tidu_database_query(database, "SELECT 1 FROM text WHERE digest = ?");
    bool there = find && sqlite3_bind_text(find, 1, digest, -1, SQLITE_STATIC) == SQLITE_OK &&
                 sqlite3_step(find) == SQLITE_ROW;
    sqlite3_finalize(find);
    if (there)
        return true;
    size_t most = ZSTD_compressBound(text.length);
    void *packed = malloc(most);
    size_t size = packed ? ZSTD_compress(packed, most, text.data, text.length, LEVEL) : 0;
    sqlite3_stmt *insert = tidu_database_query(database, "INSERT INTO text VALUES (?, ?, ?)");
    bool good = packed && !ZSTD_isError(size) && insert &&
                sqlite3_bind_text(insert, 1, digest, -1, SQLITE_STATIC) == SQLITE_OK &&
                sqlite3_bind_int64(insert, 2, (sqlite3_int64)text.length) == SQLITE_OK &&
                sqlite3_bind_blob64(insert, 3, packed, size, SQLITE_STATIC) == SQLITE_OK &&
                sqlite3_step(insert) == SQLITE_DONE;
    sqlite3_finalize(insert);
    free(packed);
    return good;
}

static bool
touch(struct database *database, const char *digest, size_t count, int64_t now_s)
{
    sqlite3_stmt *statement = tidu_database_query(
        database, "INSERT INTO version VALUES (?1, ?2, ?3, ?3)"
                  " ON CONFLICT (digest) DO UPDATE SET last_live = max(last_live, ?3),"
                  " first_live = iif(first_live = 0, ?3, first_live)");
    bool good = statement &&
                sqlite3_bind_text(statement, 1, digest, -1, SQLITE_STATIC) == SQLITE_OK &&
                sqlite3_bind_int64(statement, 2, (sqlite3_int64)count) == SQLITE_OK &&
                sqlite3_bind_int64(statement, 3, now_s) == SQLITE_OK &&
                sqlite3_step(statement) == SQLITE_DONE;
    sqlite3_finalize(statement);
    return good;
}

static bool
is_kept(struct database *database, const char *digest)
{
    char found[65];
    return tidu_versions_find(database, digest, found);
}

bool
tidu_versions_keep(struct database *database, const char *digest, const tidu_source *sources,
                   size_t count, int64_t now_s)
{
    bool good = true;
    char text[65];
    bool known = is_kept(database, digest);
    if (!known && !sources) /* a name alone could not be replayed */
        return false;
    for (size_t i = 0; i < count && good && !known; i++) {
        tidu_digest(sources[i].text, sources[i].length, text);
        good = keep_text(database, text, (tidu_slice){sources[i].text, sources[i].length}) &&
               execute(database, "INSERT OR IGNORE INTO document VALUES (?, ?, ?)", digest,
                       sources[i].path, text);
    }
    return good && touch(database, digest, count, now_s);
}

bool
tidu_versions_set_live(struct database *database, const char *digest, const char *held)
{
    return execute(database, "INSERT OR REPLACE INTO live VALUES (1, ?, ?)", digest, held, NULL);
}

bool
tidu_versions_get_live(struct database *database, char ret_digest[65], char ret_held[65])
{
    sqlite3_stmt *find = tidu_database_query(database, "SELECT version, held FROM live");
    bool found = find && sqlite3_step(find) == SQLITE_ROW;
    if (found) {
        snprintf(ret_digest, 65, "%s", (const char *)sqlite3_column_text(find, 0));
        snprintf(ret_held, 65, "%s", (const char *)sqlite3_column_text(find, 1));
    }
    sqlite3_finalize(find);
    return found;
}

bool
tidu_versions_before(struct database *database, const char *digest, char ret_digest[65])
{
    sqlite3_stmt *find = tidu_database_query(
        database, "SELECT digest FROM version WHERE digest <> ? AND last_live > 0"
                  " ORDER BY last_live DESC, digest LIMIT 1");
    bool found = find && sqlite3_bind_text(find, 1, digest, -1, SQLITE_STATIC) == SQLITE_OK &&
                 sqlite3_step(find) == SQLITE_ROW;
    if (found)
        snprintf(ret_digest, 65, "%s", (const char *)sqlite3_column_text(find, 0));
    sqlite3_finalize(find);
    return found;
}

bool
tidu_versions_label(struct database *database, const char *label, const char *digest,
                    int64_t now_s)
{
    char since[32], found[65];
    if (!digest)
        return execute(database, "DELETE FROM label WHERE name = ?", label, NULL, NULL);
    snprintf(since, sizeof since, "%lld", (long long)now_s);
    return tidu_versions_find(database, digest, found) &&
           execute(database, "INSERT OR REPLACE INTO label VALUES (?, ?, CAST(? AS INTEGER))",
                   label, found, since);
}

bool
tidu_versions_set_pilot(struct database *database, const char *region, const char *digest,
                        int64_t now_s)
{
    char since[32];
    snprintf(since, sizeof since, "%lld", (long long)now_s);
    if (!digest)
        return execute(database, "DELETE FROM pilot WHERE region = ?", region, NULL, NULL);
    return execute(database, "INSERT OR REPLACE INTO pilot VALUES (?, ?, CAST(? AS INTEGER))",
                   region, digest, since);
}

bool
tidu_versions_pilots(struct database *database,
                     void (*visit)(void *context, const char *region, const char *version,
                                   int64_t since_s),
                     void *context)
{
    int step = SQLITE_ERROR;
    sqlite3_stmt *find =
        tidu_database_query(database, "SELECT region, version, since FROM pilot ORDER BY region");
    while (find && (step = sqlite3_step(find)) == SQLITE_ROW)
        visit(context, (const char *)sqlite3_column_text(find, 0),
              (const char *)sqlite3_column_text(find, 1), sqlite3_column_int64(find, 2));
    sqlite3_finalize(find);
    return step == SQLITE_DONE;
}

/* ---- finding ------------------------------------------------------------------------- */

bool
tidu_versions_find(struct database *database, const char *name, char ret_digest[65])
{
    sqlite3_stmt *find = tidu_database_query(
        database, "SELECT version FROM label WHERE name = ?1"
                  " UNION SELECT digest FROM version WHERE length(?1) >= 4"
                  " AND substr(digest, 1, length(?1)) = ?1 LIMIT 2");
    int found = 0;
    if (find && sqlite3_bind_text(find, 1, name, -1, SQLITE_STATIC) == SQLITE_OK)
        while (sqlite3_step(find) == SQLITE_ROW) {
            snprintf(ret_digest, 65, "%s", (const char *)sqlite3_column_text(find, 0));
            found++;
        }
    sqlite3_finalize(find);
    return found == 1;
}

static bool
load_text(sqlite3_stmt *row, tidu_arena *arena, tidu_source *ret_source)
{
    sqlite3_int64 size = sqlite3_column_int64(row, 1);
    if (size < 0 || size > MOST_RAW)
        return false;
    char *path = tidu_arena_copy(arena, (const char *)sqlite3_column_text(row, 0));
    char *text = tidu_arena_alloc(arena, (size_t)size + 1);
    if (!path || !text ||
        ZSTD_decompress(text, (size_t)size, sqlite3_column_blob(row, 2),
                        (size_t)sqlite3_column_bytes(row, 2)) != (size_t)size)
        return false;
    text[size] = '\0';
    *ret_source = (tidu_source){path, text, (size_t)size};
    return true;
}

bool
tidu_versions_load(struct database *database, const char *digest, tidu_arena *arena,
                   tidu_source **ret_sources, size_t *ret_count, tidu_error *reterr)
{
    sqlite3_stmt *find = tidu_database_query(
        database, "SELECT path, size, packed FROM document JOIN text ON text.digest = document.text"
                  " WHERE version = ? ORDER BY path");
    size_t count = 0, capacity = 0;
    tidu_source *sources = NULL;
    bool good = find && sqlite3_bind_text(find, 1, digest, -1, SQLITE_STATIC) == SQLITE_OK;
    while (good && sqlite3_step(find) == SQLITE_ROW) {
        if (count == capacity) {
            size_t more = capacity ? 2 * capacity : 128;
            tidu_source *larger = tidu_arena_array(arena, more, sizeof *larger);
            if (larger && count)
                memcpy(larger, sources, count * sizeof *larger);
            sources = larger;
            capacity = more;
        }
        good = sources && load_text(find, arena, &sources[count++]);
    }
    sqlite3_finalize(find);
    if (!good || !count)
        return tidu_error_set(reterr, TIDU_JOURNAL_NO_RULES, digest, NULL);
    *ret_sources = sources;
    *ret_count = count;
    return true;
}

/* ---- listing --------------------------------------------------------------------------- */

static void
write_labels(struct database *database, const char *digest, tidu_text *out)
{
    sqlite3_stmt *find =
        tidu_database_query(database, "SELECT name FROM label WHERE version = ? ORDER BY name");
    bool any = false;
    tidu_text_puts(out, ",\"labels\":[");
    if (find && sqlite3_bind_text(find, 1, digest, -1, SQLITE_STATIC) == SQLITE_OK)
        while (sqlite3_step(find) == SQLITE_ROW) {
            const char *name = (const char *)sqlite3_column_text(find, 0);
            tidu_text_puts(out, any ? "," : "");
            tidu_text_json(out, name, strlen(name));
            any = true;
        }
    tidu_text_putc(out, ']');
    sqlite3_finalize(find);
}

bool
tidu_versions_list(struct database *database, tidu_text *out)
{
    sqlite3_stmt *find = tidu_database_query(
        database, "SELECT digest, documents,"
                  " strftime('%Y-%m-%dT%H:%M:%SZ', nullif(first_live, 0), 'unixepoch'),"
                  " strftime('%Y-%m-%dT%H:%M:%SZ', nullif(last_live, 0), 'unixepoch')"
                  " FROM version ORDER BY last_live DESC, digest");
    bool any = false;
    int step = SQLITE_ERROR;
    tidu_text_putc(out, '[');
    while (find && (step = sqlite3_step(find)) == SQLITE_ROW) {
        const char *digest = (const char *)sqlite3_column_text(find, 0);
        tidu_text_printf(out, "%s{\"digest\":\"%s\",\"documents\":%d", any ? "," : "", digest,
                         sqlite3_column_int(find, 1));
        for (int i = 2; i < 4 && sqlite3_column_type(find, i) != SQLITE_NULL; i++)
            tidu_text_printf(out, ",\"%s_live\":\"%s\"", i == 2 ? "first" : "last",
                             sqlite3_column_text(find, i));
        write_labels(database, digest, out);
        tidu_text_putc(out, '}');
        any = true;
    }
    sqlite3_finalize(find);
    tidu_text_putc(out, ']');
    return step == SQLITE_DONE;
}
