/*
 * journal.c: a journal's files; see journal.h.
 *
 *   head    one row: format, number of the file's first entry, hash before it
 *   block   first, count, from, until, raw size, hash after it, entries (zstd)
 *
 * The last block's hash is where the chain has got to, so that a block and its
 * hash are written by one statement: there is no half-written state to mend.
 *
 * The hash is never taken from the file when entries are walked, only compared
 * with it.
 */
#include "journal.h"

#include "database.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

enum {
    FORMAT = 1,
    LEVEL = 1,          /* of compression: the writer is in a hurry */
    MOST_RAW = 256 << 20 /* of a block, when it is read */
};

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS head (id INTEGER PRIMARY KEY CHECK (id = 1), format INTEGER NOT NULL,"
    " first INTEGER NOT NULL, hash BLOB NOT NULL);"
    "CREATE TABLE IF NOT EXISTS block (first INTEGER PRIMARY KEY, count INTEGER NOT NULL,"
    " began INTEGER NOT NULL, ended INTEGER NOT NULL, raw INTEGER NOT NULL,"
    " hash BLOB NOT NULL, entries BLOB NOT NULL);";

struct journal {
    struct database *database;
    char folder[PATH_MAX], file[PATH_MAX];
    bool sync;
    uint64_t first; /* number of the file's first entry */
    struct head head;
    ZSTD_CCtx *compressor;
    tidu_text packed;
    sqlite3_stmt *insert;
};

static bool
failed(const struct journal *journal, tidu_code code, tidu_error *reterr)
{
    if (tidu_database_damaged(journal->database))
        code = TIDU_STORE_DAMAGED;
    return tidu_error_set(reterr, code, journal->file, tidu_database_why(journal->database), NULL);
}

static bool
foreign(const char *file, tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_STORE_FOREIGN, file, NULL);
}

/* ---- opening ------------------------------------------------------------------------- */

static bool
take_hash(sqlite3_stmt *row, int column, unsigned char ret[TIDU_HASH_SIZE])
{
    if (sqlite3_column_bytes(row, column) != TIDU_HASH_SIZE)
        return false;
    memcpy(ret, sqlite3_column_blob(row, column), TIDU_HASH_SIZE);
    return true;
}

/* The row that begins a file; one is made if there is none. */
static bool
read_beginning(struct journal *journal, struct head before, tidu_error *reterr)
{
    struct database *database = journal->database;
    sqlite3_stmt *row = tidu_database_query(
        database, "SELECT first, hash, format FROM head WHERE id = 1");
    int step = row ? sqlite3_step(row) : SQLITE_ERROR;
    bool good = true;
    if (step == SQLITE_ROW) {
        journal->first = (uint64_t)sqlite3_column_int64(row, 0);
        journal->head.count = journal->first - 1;
        good = (take_hash(row, 1, journal->head.hash) && sqlite3_column_int(row, 2) == FORMAT) ||
               foreign(journal->file, reterr);
    }
    sqlite3_finalize(row);
    if (step == SQLITE_ROW)
        return good;
    if (step != SQLITE_DONE)
        return failed(journal, TIDU_STORE_OPEN, reterr);
    journal->first = before.count + 1;
    journal->head = before;
    row = tidu_database_query(database, "INSERT INTO head VALUES (1, ?, ?, ?)");
    bool made = row && sqlite3_bind_int(row, 1, FORMAT) == SQLITE_OK &&
                sqlite3_bind_int64(row, 2, (sqlite3_int64)journal->first) == SQLITE_OK &&
                sqlite3_bind_blob(row, 3, before.hash, TIDU_HASH_SIZE, SQLITE_STATIC) ==
                    SQLITE_OK &&
                sqlite3_step(row) == SQLITE_DONE;
    sqlite3_finalize(row);
    return made || failed(journal, TIDU_STORE_OPEN, reterr);
}

static bool
read_end(struct journal *journal, tidu_error *reterr)
{
    sqlite3_stmt *row = tidu_database_query(
        journal->database,
        "SELECT first + count - 1, hash FROM block ORDER BY first DESC LIMIT 1");
    int step = row ? sqlite3_step(row) : SQLITE_ERROR;
    bool good = step == SQLITE_DONE;
    if (step == SQLITE_ROW) {
        journal->head.count = (uint64_t)sqlite3_column_int64(row, 0);
        good = take_hash(row, 1, journal->head.hash);
    }
    sqlite3_finalize(row);
    return good || failed(journal, TIDU_STORE_OPEN, reterr);
}

static bool
prepare(struct journal *journal, tidu_error *reterr)
{
    journal->insert = tidu_database_query(
        journal->database, "INSERT INTO block VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    return journal->insert || failed(journal, TIDU_STORE_OPEN, reterr);
}

static void
finish(struct journal *journal)
{
    sqlite3_finalize(journal->insert);
    journal->insert = NULL;
    tidu_database_close(&journal->database);
}

static bool
begin_file(struct journal *journal, struct head before, tidu_error *reterr)
{
    journal->database = tidu_database_open(journal->file, journal->sync,
                                           (const char *const[]){schema, NULL}, reterr);
    if (journal->database && read_beginning(journal, before, reterr) &&
        read_end(journal, reterr) && prepare(journal, reterr))
        return true;
    finish(journal);
    return false;
}

static bool
open_journal(const char *folder, bool sync, struct head before, struct journal **ret_journal,
             tidu_error *reterr)
{
    struct journal *journal = calloc(1, sizeof *journal);
    if (!journal || !(journal->compressor = ZSTD_createCCtx())) {
        free(journal);
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    }
    snprintf(journal->folder, sizeof journal->folder, "%s", folder);
    snprintf(journal->file, sizeof journal->file, "%.*s/journal.db", PATH_MAX - 16, folder);
    journal->sync = sync;
    if (!begin_file(journal, before, reterr)) {
        tidu_journal_close(&journal);
        return false;
    }
    *ret_journal = journal;
    return true;
}

/* A new file goes on where the last closed one ended. */
static bool
find_last(const char *folder, struct head *ret_head, tidu_error *reterr)
{
    char **files = tidu_journal_files(folder, reterr);
    const char *last = NULL;
    bool good = true;
    struct journal_walk walk;
    *ret_head = (struct head){0};
    for (size_t i = 0; files && files[i]; i++)
        if (!strstr(files[i], "/journal.db"))
            last = files[i];
    if (last && (good = tidu_journal_walk(last, UINT64_MAX, NULL, NULL, &walk, reterr)))
        *ret_head = walk.after;
    for (size_t i = 0; files && files[i]; i++)
        free(files[i]);
    free(files);
    return good;
}

bool
tidu_journal_open(const char *folder, bool sync, struct journal **ret_journal, tidu_error *reterr)
{
    char file[PATH_MAX];
    struct head before = {0};
    snprintf(file, sizeof file, "%.*s/journal.db", PATH_MAX - 16, folder);
    if (access(file, F_OK) != 0 && !find_last(folder, &before, reterr))
        return false;
    return open_journal(folder, sync, before, ret_journal, reterr);
}

void
tidu_journal_close(struct journal **journal)
{
    struct journal *leaving = *journal;
    if (!leaving)
        return;
    finish(leaving);
    ZSTD_freeCCtx(leaving->compressor);
    tidu_text_free(&leaving->packed);
    free(leaving);
    *journal = NULL;
}

struct head
tidu_journal_head(const struct journal *journal)
{
    return journal->head;
}

/* ---- appending ------------------------------------------------------------------------- */

static bool
pack(struct journal *journal, tidu_slice entries, tidu_error *reterr)
{
    size_t most = ZSTD_compressBound(entries.length);
    journal->packed.length = 0;
    if (!tidu_text_reserve(&journal->packed, most)) {
        tidu_text_free(&journal->packed); /* it may be tried again */
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    }
    size_t size = ZSTD_compressCCtx(journal->compressor, journal->packed.data, most, entries.data,
                                    entries.length, LEVEL);
    if (ZSTD_isError(size))
        return tidu_error_set(reterr, TIDU_STORE_WRITE, journal->file, ZSTD_getErrorName(size),
                              NULL);
    journal->packed.length = size;
    return true;
}

static bool
execute(sqlite3_stmt *statement)
{
    bool done = sqlite3_step(statement) == SQLITE_DONE;
    sqlite3_reset(statement);
    return done;
}

/* Chain the entries and find their times. */
static struct head
chain_all(struct head head, tidu_slice entries, int64_t *ret_from, int64_t *ret_until)
{
    struct entry entry;
    tidu_slice bytes;
    *ret_from = INT64_MAX;
    *ret_until = INT64_MIN;
    while (tidu_entry_read(&entries, &entry, &bytes)) {
        tidu_chain(head.hash, bytes);
        head.count++;
        *ret_from = entry.time_us < *ret_from ? entry.time_us : *ret_from;
        *ret_until = entry.time_us > *ret_until ? entry.time_us : *ret_until;
    }
    return head;
}

bool
tidu_journal_append(struct journal *journal, tidu_slice entries, size_t count, tidu_error *reterr)
{
    int64_t from, until;
    sqlite3_stmt *insert = journal->insert;
    struct head head = chain_all(journal->head, entries, &from, &until);
    if (!pack(journal, entries, reterr))
        return false;
    sqlite3_bind_int64(insert, 1, (sqlite3_int64)(journal->head.count + 1));
    sqlite3_bind_int64(insert, 2, (sqlite3_int64)count);
    sqlite3_bind_int64(insert, 3, from);
    sqlite3_bind_int64(insert, 4, until);
    sqlite3_bind_int64(insert, 5, (sqlite3_int64)entries.length);
    sqlite3_bind_blob(insert, 6, head.hash, TIDU_HASH_SIZE, SQLITE_STATIC);
    sqlite3_bind_blob64(insert, 7, journal->packed.data, journal->packed.length, SQLITE_STATIC);
    /* One statement is a transaction of its own. */
    if (!execute(insert))
        return failed(journal, TIDU_STORE_WRITE, reterr);
    journal->head = head;
    return true;
}

uint64_t
tidu_journal_size(const struct journal *journal)
{
    struct stat status;
    return stat(journal->file, &status) == 0 ? (uint64_t)status.st_size : 0;
}

/* ---- a new file ---------------------------------------------------------------------------- */

static bool
write_head(const char *file, const struct journal_walk *walk, tidu_error *reterr)
{
    char path[PATH_MAX], hash[65], before[65];
    snprintf(path, sizeof path, "%.*s.head", (int)(strlen(file) - strlen(".db")), file);
    FILE *out = fopen(path, "w");
    if (!out)
        return tidu_error_set(reterr, TIDU_FILE_WRITE, path, strerror(errno), NULL);
    fprintf(out,
            "{\"first\":%llu,\"last\":%llu,\"count\":%llu,\"from_us\":%lld,\"until_us\":%lld,"
            "\"before\":\"%s\",\"hash\":\"%s\"}\n",
            (unsigned long long)walk->first, (unsigned long long)walk->last,
            (unsigned long long)(walk->last - walk->first + 1), (long long)walk->from_us,
            (long long)walk->until_us, tidu_hash_print(walk->before.hash, before),
            tidu_hash_print(walk->after.hash, hash));
    bool written = fflush(out) == 0 && fsync(fileno(out)) == 0;
    written = fclose(out) == 0 && written;
    return written || tidu_error_set(reterr, TIDU_FILE_WRITE, path, strerror(errno), NULL);
}

/* The folder itself is what is locked: shared by who reads, by the writer alone while
 * a file is closed. */
static int
lock_folder(const char *folder, int how)
{
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0 || flock(descriptor, how) == 0)
        return descriptor;
    close(descriptor);
    return -1;
}

int
tidu_journal_hold(const char *folder)
{
    return lock_folder(folder, LOCK_SH);
}

/* Somebody who has the file open, though not by this program, keeps SQLite from
 * putting all of it into one file. */
static bool
is_whole(const struct journal *journal)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%.*s/journal.db-wal", PATH_MAX - 32, journal->folder);
    return access(path, F_OK) != 0;
}

static bool
close_file(struct journal *journal, tidu_error *reterr)
{
    char name[PATH_MAX];
    struct head head = journal->head;
    struct journal_walk walk;
    snprintf(name, sizeof name, "%.*s/journal-%012llu-%012llu.db", PATH_MAX - 64, journal->folder,
             (unsigned long long)journal->first, (unsigned long long)head.count);
    finish(journal);
    if (!is_whole(journal))
        return begin_file(journal, head, reterr);
    if (rename(journal->file, name) != 0) {
        tidu_error_set(reterr, TIDU_STORE_WRITE, journal->file, strerror(errno), NULL);
        tidu_error other;
        (void)begin_file(journal, head, &other); /* goes on as before, or fails at the next append */
        return false;
    }
    /* As recorded: to walk it would keep all who wait for the writer waiting. */
    bool told = tidu_journal_walk(name, UINT64_MAX, NULL, NULL, &walk, reterr) &&
                write_head(name, &walk, reterr);
    return begin_file(journal, head, reterr) && told;
}

bool
tidu_journal_rotate(struct journal *journal, tidu_error *reterr)
{
    if (journal->head.count < journal->first) /* nothing in it yet */
        return true;
    int lock = lock_folder(journal->folder, LOCK_EX | LOCK_NB);
    if (lock < 0)
        return true;
    bool closed = close_file(journal, reterr);
    close(lock);
    return closed;
}

bool
tidu_journal_set_aside(const char *folder, bool sync, const struct head *head,
                       struct journal **ret_journal, char ret_name[64], tidu_error *reterr)
{
    struct head before;
    static const char *const tails[] = {"", "-wal", "-shm"};
    char from[PATH_MAX], to[PATH_MAX];
    snprintf(ret_name, 64, "journal-damaged-%lld.db", (long long)time(NULL));
    for (int i = 0; i < 3; i++) {
        snprintf(from, sizeof from, "%.*s/journal.db%s", PATH_MAX - 32, folder, tails[i]);
        snprintf(to, sizeof to, "%.*s/%s%s", PATH_MAX - 80, folder, ret_name, tails[i]);
        if (rename(from, to) != 0 && errno != ENOENT)
            return tidu_error_set(reterr, TIDU_STORE_WRITE, from, strerror(errno), NULL);
    }
    return (head || find_last(folder, &before, reterr)) &&
           open_journal(folder, sync, head ? *head : before, ret_journal, reterr);
}

/* ---- reading ---------------------------------------------------------------------------------- */

/* One walk through a file. */
struct reading {
    const char *file;
    uint64_t from;
    tidu_journal_visit *visit;
    void *context;
    struct journal_walk *walk;
    tidu_text raw;
    bool stopped;
};

static bool
broken(const struct reading *reading, uint64_t number, tidu_error *reterr)
{
    char shown[32];
    snprintf(shown, sizeof shown, "%llu", (unsigned long long)number);
    return tidu_error_set(reterr, TIDU_JOURNAL_BROKEN, reading->file, shown, NULL);
}

static bool
unpack(struct reading *reading, sqlite3_stmt *row)
{
    sqlite3_int64 raw = sqlite3_column_int64(row, 4);
    reading->raw.length = 0;
    if (raw < 0 || raw > MOST_RAW || !tidu_text_reserve(&reading->raw, (size_t)raw))
        return false;
    size_t size = ZSTD_decompress(reading->raw.data, (size_t)raw, sqlite3_column_blob(row, 6),
                                  (size_t)sqlite3_column_bytes(row, 6));
    reading->raw.length = (size_t)raw;
    return size == (size_t)raw;
}

static void
count_entry(struct journal_walk *walk, const struct entry *entry)
{
    size_t kind = (size_t)entry->kind < sizeof walk->kinds / sizeof *walk->kinds ? entry->kind : 0;
    walk->kinds[kind]++;
    walk->masked += (entry->flags & TIDU_ENTRY_MASKED) != 0;
    if (!walk->from_us || entry->time_us < walk->from_us)
        walk->from_us = entry->time_us;
    if (entry->time_us > walk->until_us)
        walk->until_us = entry->time_us;
}

static bool
walk_block(struct reading *reading, sqlite3_stmt *row, tidu_error *reterr)
{
    struct journal_walk *walk = reading->walk;
    unsigned char hash[TIDU_HASH_SIZE];
    struct entry entry;
    tidu_slice bytes;
    uint64_t number = walk->after.count + 1;
    sqlite3_int64 count = sqlite3_column_int64(row, 1);
    if ((uint64_t)sqlite3_column_int64(row, 0) != number || !take_hash(row, 5, hash) ||
        !unpack(reading, row))
        return broken(reading, number, reterr);
    tidu_slice rest = {reading->raw.data, reading->raw.length};
    for (; count > 0 && tidu_entry_read(&rest, &entry, &bytes); count--, number++) {
        tidu_chain(walk->after.hash, bytes);
        walk->after.count = walk->last = number;
        count_entry(walk, &entry);
        if (reading->visit && number >= reading->from && !reading->stopped)
            reading->stopped = !reading->visit(reading->context, number, &entry);
    }
    if (count || rest.length || memcmp(hash, walk->after.hash, TIDU_HASH_SIZE) != 0)
        return broken(reading, number - (count == 0), reterr);
    return true;
}

/* Without a visitor and with `from` beyond all, the recorded end is enough. */
static bool
take_recorded_end(struct database *database, struct reading *reading, tidu_error *reterr)
{
    struct journal_walk *walk = reading->walk;
    sqlite3_stmt *row = tidu_database_query(
        database, "SELECT first + count - 1, hash, (SELECT min(began) FROM block),"
                  " (SELECT max(ended) FROM block) FROM block ORDER BY first DESC LIMIT 1");
    int step = row ? sqlite3_step(row) : SQLITE_ERROR;
    bool good = step == SQLITE_DONE;
    if (step == SQLITE_ROW) {
        walk->after.count = walk->last = (uint64_t)sqlite3_column_int64(row, 0);
        walk->from_us = sqlite3_column_int64(row, 2);
        walk->until_us = sqlite3_column_int64(row, 3);
        good = take_hash(row, 1, walk->after.hash);
    }
    sqlite3_finalize(row);
    return good || tidu_error_set(reterr, TIDU_STORE_OPEN, reading->file,
                                  tidu_database_why(database), NULL);
}

static bool
walk_blocks(struct database *database, struct reading *reading, tidu_error *reterr)
{
    sqlite3_stmt *row = tidu_database_query(
        database, "SELECT first, count, began, ended, raw, hash, entries FROM block ORDER BY first");
    int step = SQLITE_ERROR;
    bool good = true;
    while (good && row && !reading->stopped && (step = sqlite3_step(row)) == SQLITE_ROW)
        good = walk_block(reading, row, reterr);
    if (good && step != SQLITE_DONE && step != SQLITE_ROW)
        good = tidu_error_set(reterr, TIDU_STORE_OPEN, reading->file, tidu_database_why(database),
                              NULL);
    sqlite3_finalize(row);
    return good;
}

static bool
walk_file(struct database *database, struct reading *reading, tidu_error *reterr)
{
    struct journal_walk *walk = reading->walk;
    sqlite3_stmt *row =
        tidu_database_query(database, "SELECT first, hash, format FROM head WHERE id = 1");
    bool good = row && sqlite3_step(row) == SQLITE_ROW && take_hash(row, 1, walk->before.hash) &&
                sqlite3_column_int(row, 2) == FORMAT;
    if (good) {
        walk->first = (uint64_t)sqlite3_column_int64(row, 0);
        walk->last = walk->before.count = walk->first - 1;
        walk->after = walk->before;
    }
    sqlite3_finalize(row);
    if (!good)
        return foreign(reading->file, reterr);
    if (!reading->visit && reading->from == UINT64_MAX)
        return take_recorded_end(database, reading, reterr);
    return walk_blocks(database, reading, reterr);
}

bool
tidu_journal_walk(const char *file, uint64_t from, tidu_journal_visit *visit, void *context,
                  struct journal_walk *ret_walk, tidu_error *reterr)
{
    struct reading reading = {
        .file = file, .from = from, .visit = visit, .context = context, .walk = ret_walk};
    *ret_walk = (struct journal_walk){0};
    struct database *database = tidu_database_read(file, reterr);
    bool good = database && walk_file(database, &reading, reterr);
    tidu_text_free(&reading.raw);
    tidu_database_close(&database);
    return good;
}

/* ---- the folder --------------------------------------------------------------------------------- */

static bool
is_journal(const char *name)
{
    size_t length = strlen(name);
    if (strcmp(name, "journal.db") == 0)
        return true;
    return length == strlen("journal-000000000000-000000000000.db") &&
           strncmp(name, "journal-", 8) == 0 && strspn(name + 8, "0123456789") == 12 &&
           strcmp(name + length - 3, ".db") == 0;
}

/* Closed files by their numbers, then the one that grows: '-' comes before '.'. */
static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
add_file(char ***files, size_t *count, const char *folder, const char *name)
{
    char path[PATH_MAX];
    char **more = realloc(*files, (*count + 2) * sizeof **files);
    if (!more)
        return false;
    *files = more;
    snprintf(path, sizeof path, "%.*s/%.*s", PATH_MAX - 300, folder, 255, name);
    more[*count] = strdup(path);
    more[*count + 1] = NULL;
    return more[*count] && ++*count;
}

char **
tidu_journal_files(const char *folder, tidu_error *reterr)
{
    char **files = calloc(1, sizeof *files);
    size_t count = 0;
    bool good = files != NULL;
    DIR *stream = opendir(folder);
    if (!stream) {
        free(files);
        tidu_error_set(reterr, TIDU_FILE_READ, folder, strerror(errno), NULL);
        return NULL;
    }
    for (struct dirent *entry; good && (entry = readdir(stream));)
        if (is_journal(entry->d_name))
            good = add_file(&files, &count, folder, entry->d_name);
    closedir(stream);
    if (good) {
        qsort(files, count, sizeof *files, compare_names);
        return files;
    }
    for (size_t i = 0; i < count; i++)
        free(files[i]);
    free(files);
    tidu_error_set(reterr, TIDU_MEMORY, NULL);
    return NULL;
}
