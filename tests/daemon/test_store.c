/*
 * test_store.c guards daemon/store/: what a writer promises when the disk does
 * not play along.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../daemon/store/store.h"
#include "../../daemon/store/versions.h"
#include "faulty.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000 };

static int
setup(void **state)
{
    char *folder = strdup("/tmp/tidu-store-XXXXXX");
    faulty_set(SQLITE_OK);
    *state = folder;
    return folder && mkdtemp(folder) ? 0 : -1;
}

static int
teardown(void **state)
{
    char command[128];
    faulty_set(SQLITE_OK);
    snprintf(command, sizeof command, "rm -rf %s", (char *)*state);
    free(*state);
    return system(command);
}

static const char *const schemas[] = {tidu_versions_schema, NULL};

static struct store *
open_store(const char *folder, tidu_durability durability, size_t queue_bytes)
{
    struct store_terms terms = {folder, schemas, durability, queue_bytes, 0};
    tidu_error warning, error;
    struct store *store = tidu_store_open(&terms, &warning, &error);
    if (!store) {
        char message[512];
        tidu_error_message(&error, TIDU_EN, message, sizeof message);
        fail_msg("%s", message);
    }
    return store;
}

/* Entries of about `size` bytes each; the ticket. */
static uint64_t
append(struct store *store, size_t count, size_t size)
{
    static char facts[65536];
    tidu_text entries = {0};
    memset(facts, 'x', sizeof facts);
    struct entry entry = {.kind = TIDU_ENTRY_DECISION,
                          .user = 7,
                          .time_us = 1,
                          .terms = {"{}", 2},
                          .facts = {facts, size}};
    for (size_t i = 0; i < count; i++)
        tidu_entry_write(&entry, &entries);
    uint64_t ticket = tidu_store_append(store, &entries, count);
    tidu_text_free(&entries);
    return ticket;
}

static bool
become(struct store *store, bool (*what)(struct store *store, uint64_t ticket), uint64_t ticket)
{
    for (int i = 0; i < PATIENCE_MS; i++) {
        if (what(store, ticket))
            return true;
        usleep(1000);
    }
    return false;
}

static bool
is_durable(struct store *store, uint64_t ticket)
{
    return tidu_store_durable(store) >= ticket;
}

static bool
is_failing(struct store *store, uint64_t ticket)
{
    (void)ticket;
    struct store_status status;
    tidu_store_look(store, &status);
    return status.failing;
}

static bool
is_well(struct store *store, uint64_t ticket)
{
    return !is_failing(store, ticket);
}

static struct journal_walk
walk(const char *folder)
{
    char file[256], message[512];
    struct journal_walk walk;
    tidu_error error;
    snprintf(file, sizeof file, "%s/journal.db", folder);
    if (!tidu_journal_walk(file, 1, NULL, NULL, &walk, &error)) {
        tidu_error_message(&error, TIDU_EN, message, sizeof message);
        fail_msg("%s", message);
    }
    return walk;
}

/* ---- the disk refuses -------------------------------------------------------------- */

static void
refuses_and_recovers(const char *folder, int code)
{
    struct store *store = open_store(folder, TIDU_DURABILITY_COMMIT, 1 << 20);
    assert_true(become(store, is_durable, append(store, 3, 100)));
    faulty_set(code);
    uint64_t ticket = append(store, 2, 100);
    assert_true(become(store, is_failing, 0));
    assert_false(tidu_store_can_promise(store));
    assert_false(is_durable(store, ticket));
    assert_false(tidu_store_wait(store, ticket));
    faulty_set(SQLITE_OK);
    assert_true(become(store, is_durable, ticket));
    assert_true(tidu_store_can_promise(store));
    assert_false(is_failing(store, 0));
    tidu_store_close(&store);
    assert_int_equal(walk(folder).after.count, 5);
}

static void
test_a_full_disk_is_waited_for_and_nothing_promised_meanwhile(void **state)
{
    refuses_and_recovers(*state, SQLITE_FULL);
}

static void
test_a_disk_with_errors_is_waited_for(void **state)
{
    refuses_and_recovers(*state, SQLITE_IOERR_FSYNC);
}

static void
test_a_disk_that_became_read_only_is_waited_for(void **state)
{
    refuses_and_recovers(*state, SQLITE_READONLY);
}

/* With batches nobody waits: what the queue cannot hold is counted, and the
 * journal says how much is missing. */
static void
test_what_the_queue_cannot_hold_is_told_by_a_gap(void **state)
{
    struct store *store = open_store(*state, TIDU_DURABILITY_BATCH, 65536);
    assert_true(become(store, is_durable, append(store, 1, 100)));
    faulty_set(SQLITE_FULL);
    append(store, 1, 100);
    assert_true(become(store, is_failing, 0));
    assert_true(tidu_store_can_promise(store));
    int lost = 0, kept = 0;
    for (int i = 0; i < 40; i++)
        if (append(store, 1, 10000) == TIDU_STORE_LOST)
            lost++;
        else
            kept++;
    assert_true(lost > 0 && kept > 0);
    struct store_status status;
    tidu_store_look(store, &status);
    assert_int_equal(status.lost, lost);
    faulty_set(SQLITE_OK);
    assert_true(become(store, is_well, 0));
    assert_true(become(store, is_durable, append(store, 1, 100)));
    tidu_store_close(&store);
    struct journal_walk walked = walk(*state);
    assert_int_equal(walked.kinds[TIDU_ENTRY_DECISION], 3 + kept);
    assert_int_equal(walked.kinds[TIDU_ENTRY_GAP], 1);
}

/* Every single operation of a short life fails in turn: none loses what was called
 * durable, none breaks the chain. */
static void
live_shortly(const char *folder, long n)
{
    struct store_terms terms = {folder, schemas, TIDU_DURABILITY_COMMIT, 1 << 20, 0};
    tidu_error warning, error;
    uint64_t promised = 0;
    faulty_once(SQLITE_IOERR_WRITE, n);
    struct store *store = tidu_store_open(&terms, &warning, &error);
    for (int i = 0; store && i < 3; i++)
        promised += become(store, is_durable, append(store, 1, 3000));
    assert_true(!store || promised == 3);
    tidu_store_close(&store);
    if (promised)
        assert_int_equal(walk(folder).after.count, 3);
}

static void
test_any_one_operation_may_fail(void **state)
{
    char folder[64], command[160];
    long operations = 0;
    for (long n = 0; n <= operations; n++) {
        snprintf(folder, sizeof folder, "%s/%ld", (const char *)*state, n);
        snprintf(command, sizeof command, "mkdir %s", folder);
        assert_int_equal(system(command), 0);
        live_shortly(folder, n);
        if (n == 0)
            operations = faulty_count();
    }
    assert_true(operations > 10);
}

/* ---- the file goes bad ----------------------------------------------------------------- */

/* Somebody overwrites the journal while the disk is away. What was durable before is
 * in the file that is put aside; the chain goes on from where it was. */
static void
test_a_journal_damaged_meanwhile_is_put_aside_and_the_chain_goes_on(void **state)
{
    const char *folder = *state;
    char command[256];
    struct store *store = open_store(folder, TIDU_DURABILITY_COMMIT, 1 << 20);
    assert_true(become(store, is_durable, append(store, 3, 100)));
    faulty_set(SQLITE_FULL);
    uint64_t ticket = append(store, 1, 100);
    assert_true(become(store, is_failing, 0));
    snprintf(command, sizeof command,
             "cd %s && rm journal.db-wal journal.db-shm && echo nonsense > journal.db", folder);
    assert_int_equal(system(command), 0);
    faulty_set(SQLITE_OK);
    assert_true(become(store, is_durable, ticket));
    tidu_store_close(&store);
    struct journal_walk walked = walk(folder);
    assert_int_equal(walked.first, 4);
    assert_int_equal(walked.last, 4);
    assert_int_equal(walked.before.count, 3);
    snprintf(command, sizeof command, "test -f %s/journal-damaged-*.db", folder);
    assert_int_equal(system(command), 0);
}

/* ---- versions ------------------------------------------------------------------------------ */

struct keeping {
    const char *digest;
    tidu_source *sources;
    size_t count;
};

static bool
keep(struct database *database, void *context)
{
    const struct keeping *keeping = context;
    return tidu_versions_keep(database, keeping->digest, keeping->sources, keeping->count, 1000);
}

static bool
label_it(struct database *database, void *context)
{
    return tidu_versions_label(database, "pilot", context, 1000);
}

#define DIGEST(c) c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c \
    c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c

static void
test_versions_share_their_documents_and_come_back_as_they_were(void **state)
{
    struct store *store = open_store(*state, TIDU_DURABILITY_BATCH, 1 << 20);
    tidu_source first[] = {{"a.md", "one", 3}, {"b.md", "", 0}};
    tidu_source second[] = {{"a.md", "one", 3}, {"b.md", "two\n", 4}};
    struct keeping versions[] = {{DIGEST("a"), first, 2}, {DIGEST("b"), second, 2}};
    for (int i = 0; i < 2; i++)
        assert_true(tidu_store_do_now(store, keep, &versions[i]));
    assert_true(tidu_store_do_now(store, keep, &versions[0])); /* it becomes live again */
    assert_true(tidu_store_do_now(store, label_it, (void *)"bbbb"));
    assert_false(tidu_store_do_now(store, label_it, (void *)"cccc"));
    faulty_set(SQLITE_FULL);
    struct keeping third = {DIGEST("d"), second, 2};
    assert_false(tidu_store_do_now(store, keep, &third));
    faulty_set(SQLITE_OK);
    tidu_store_close(&store);

    char file[128], digest[65];
    tidu_error error;
    tidu_source *sources;
    size_t count;
    tidu_text listed = {0};
    snprintf(file, sizeof file, "%s/tidu.db", (const char *)*state);
    struct database *database = tidu_database_read(file, &error);
    tidu_arena *arena = tidu_arena_open();
    assert_non_null(database);
    assert_true(tidu_versions_find(database, "pilot", digest));
    assert_string_equal(digest, DIGEST("b"));
    assert_false(tidu_versions_find(database, "dddd", digest));
    assert_false(tidu_versions_find(database, "aaa", digest)); /* too short */
    assert_true(tidu_versions_load(database, DIGEST("b"), arena, &sources, &count, &error));
    assert_int_equal(count, 2);
    assert_string_equal(sources[1].path, "b.md");
    assert_string_equal(sources[1].text, "two\n");
    assert_false(tidu_versions_load(database, DIGEST("d"), arena, &sources, &count, &error));
    assert_int_equal(error.code, TIDU_JOURNAL_NO_RULES);
    assert_true(tidu_versions_list(database, &listed));
    tidu_text_putc(&listed, '\0');
    assert_non_null(strstr(listed.data, "\"labels\":[\"pilot\"]"));
    tidu_text_free(&listed);
    tidu_arena_close(&arena);
    tidu_database_close(&database);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* ---- a file is closed ---- */

static struct journal *
open_journal(const char *folder, size_t entries)
{
    struct journal *journal;
    tidu_text text = {0};
    tidu_error error;
    struct entry entry = {.kind = TIDU_ENTRY_DECISION, .user = 7, .time_us = 1, .terms = {"{}", 2}};
    assert_true(tidu_journal_open(folder, false, &journal, &error));
    for (size_t i = 0; i < entries; i++)
        tidu_entry_write(&entry, &text);
    assert_true(tidu_journal_append(journal, (tidu_slice){text.data, text.length}, entries, &error));
    tidu_text_free(&text);
    return journal;
}

/* How many files there are, and that they hold so many entries together. */
static size_t
files_with(const char *folder, uint64_t entries)
{
    tidu_error error;
    struct journal_walk walk = {0};
    size_t count = 0;
    char **files = tidu_journal_files(folder, &error);
    assert_non_null(files);
    for (; files[count]; count++) {
        assert_true(tidu_journal_walk(files[count], 0, NULL, NULL, &walk, &error));
        free(files[count]);
    }
    free(files);
    assert_int_equal(walk.after.count, entries);
    return count;
}

/* Who walks the files would miss the one that was just closed. */
static void
test_a_file_is_not_closed_while_the_folder_is_read(void **state)
{
    tidu_error error;
    struct journal *journal = open_journal(*state, 3);
    int hold = tidu_journal_hold(*state);
    assert_true(hold >= 0);
    assert_true(tidu_journal_rotate(journal, &error));
    assert_int_equal(files_with(*state, 3), 1);
    close(hold);
    assert_true(tidu_journal_rotate(journal, &error));
    assert_int_equal(files_with(*state, 3), 2);
    tidu_journal_close(&journal);
}

/* SQLite leaves in a second file what it cannot put into the first. */
static void
test_a_file_that_somebody_has_open_is_closed_later_and_loses_nothing(void **state)
{
    char path[256];
    sqlite3 *reader;
    tidu_error error;
    struct journal *journal = open_journal(*state, 3);
    snprintf(path, sizeof path, "%s/journal.db", (char *)*state);
    assert_int_equal(sqlite3_open_v2(path, &reader, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM block", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_true(tidu_journal_rotate(journal, &error));
    assert_int_equal(files_with(*state, 3), 1);
    sqlite3_close(reader);
    assert_true(tidu_journal_rotate(journal, &error));
    assert_int_equal(files_with(*state, 3), 2);
    tidu_journal_close(&journal);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_full_disk_is_waited_for_and_nothing_promised_meanwhile),
        TEST(test_a_disk_with_errors_is_waited_for),
        TEST(test_a_disk_that_became_read_only_is_waited_for),
        TEST(test_what_the_queue_cannot_hold_is_told_by_a_gap),
        TEST(test_any_one_operation_may_fail),
        TEST(test_a_journal_damaged_meanwhile_is_put_aside_and_the_chain_goes_on),
        TEST(test_versions_share_their_documents_and_come_back_as_they_were),
        TEST(test_a_file_is_not_closed_while_the_folder_is_read),
        TEST(test_a_file_that_somebody_has_open_is_closed_later_and_loses_nothing),
    };
    faulty_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
