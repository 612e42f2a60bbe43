/*
 * store.c: the writer's thread; see store.h.
 */
#include "store.h"

#include "../threads.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

enum { STORE_MAGIC = 0x53544f52, SPARE_CHUNKS = 16 };

#ifdef TIDU_TIGHT
enum { BLOCK_BYTES = 512, GATHER_NS = 1000000, RETRY_MS = 100 };
#else
enum {
    BLOCK_BYTES = 4 << 20, /* of one transaction, about */
    GATHER_NS = 20000000,  /* what a batch waits for company */
    RETRY_MS = 1000
};
#endif


/* Entries that were handed over together. */
struct chunk {
    tidu_text entries;
    size_t count;
    uint64_t ticket;
    struct chunk *next;
};

struct store {
    unsigned magic;
    struct store_terms terms;
    char folder[PATH_MAX];
    pthread_t thread;
    bool running;
    void (*changed)(void *context);
    void *context;
    _Atomic uint64_t durable;
    atomic_bool failing;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t work, room;
    struct chunk *first, **last, *spare;
    size_t spare_count, queued_bytes;
    uint64_t tickets;
    struct deed *deeds, **last_deed;
    bool stopping;
    uint64_t lost;          /* decisions that could not even be queued */
    uint64_t lost_untold;   /* of them, not in the journal as a gap */
    struct store_status status;

    /* the writer's own */
    struct journal *journal;
    struct database *database;
    tidu_text block;
};

static int64_t
now_us(void)
{
    struct timeval now;
    gettimeofday(&now, NULL);
    return (int64_t)now.tv_sec * 1000000 + now.tv_usec;
}

/* ---- handing over -------------------------------------------------------------------- */

static struct chunk *
take_spare(struct store *store)
{
    struct chunk *chunk = store->spare;
    if (!chunk)
        return calloc(1, sizeof *chunk);
    store->spare = chunk->next;
    store->spare_count--;
    return chunk;
}

/* What is full because the disk is slow is waited for; because it refuses, not. */
static bool
wait_for_room(struct store *store)
{
    while (store->queued_bytes >= store->terms.queue_bytes && !store->status.failing &&
           !store->stopping)
        pthread_cond_wait(&store->room, &store->lock);
    return store->queued_bytes < store->terms.queue_bytes;
}

static void
enqueue(struct store *store, struct chunk *chunk, tidu_text *entries, size_t count)
{
    tidu_text emptied = chunk->entries;
    emptied.length = 0;
    *chunk = (struct chunk){.entries = *entries, .count = count, .ticket = ++store->tickets};
    *entries = emptied;
    bool was_empty = !store->first;
    *store->last = chunk;
    store->last = &chunk->next;
    store->queued_bytes += chunk->entries.length;
    if (was_empty)
        pthread_cond_signal(&store->work);
}

uint64_t
tidu_store_append(struct store *store, tidu_text *entries, size_t count)
{
    pthread_mutex_lock(&store->lock);
    struct chunk *chunk = wait_for_room(store) && !entries->failed ? take_spare(store) : NULL;
    if (chunk) {
        enqueue(store, chunk, entries, count);
    } else {
        store->lost += count;
        store->lost_untold += count;
        tidu_text_free(entries);
    }
    uint64_t ticket = chunk ? store->tickets : TIDU_STORE_LOST;
    pthread_mutex_unlock(&store->lock);
    return ticket;
}

uint64_t
tidu_store_durable(const struct store *store)
{
    return atomic_load(&store->durable);
}

bool
tidu_store_wait(struct store *store, uint64_t ticket)
{
    pthread_mutex_lock(&store->lock);
    while (tidu_store_durable(store) < ticket && !store->status.failing && store->running)
        pthread_cond_wait(&store->room, &store->lock);
    pthread_mutex_unlock(&store->lock);
    return tidu_store_durable(store) >= ticket;
}

bool
tidu_store_can_promise(const struct store *store)
{
    return store->terms.durability != TIDU_DURABILITY_COMMIT || !atomic_load(&store->failing);
}

const char *
tidu_store_folder(const struct store *store)
{
    return store->folder;
}

tidu_durability
tidu_store_durability(const struct store *store)
{
    return store->terms.durability;
}

void
tidu_store_do(struct store *store, struct deed *deed)
{
    deed->next = NULL;
    pthread_mutex_lock(&store->lock);
    *store->last_deed = deed;
    store->last_deed = &deed->next;
    pthread_cond_signal(&store->work);
    pthread_mutex_unlock(&store->lock);
}

void
tidu_store_listen(struct store *store, void (*changed)(void *context), void *context)
{
    store->changed = changed;
    store->context = context;
}

void
tidu_store_look(struct store *store, struct store_status *ret_status)
{
    pthread_mutex_lock(&store->lock);
    *ret_status = store->status;
    ret_status->queued_bytes = store->queued_bytes;
    ret_status->lost = store->lost;
    pthread_mutex_unlock(&store->lock);
}

/* ---- a deed that is waited for -------------------------------------------------------- */

struct waited_deed {
    struct deed deed; /* first */
    bool (*apply)(struct database *database, void *context);
    void *context;
    pthread_mutex_t lock;
    pthread_cond_t over;
    bool done, kept;
};

static bool
apply_waited(struct deed *deed, struct database *database)
{
    struct waited_deed *waited = (struct waited_deed *)deed;
    return waited->apply(database, waited->context);
}

static void
done_waited(struct deed *deed, bool kept)
{
    struct waited_deed *waited = (struct waited_deed *)deed;
    pthread_mutex_lock(&waited->lock);
    waited->done = true;
    waited->kept = kept;
    pthread_cond_signal(&waited->over);
    pthread_mutex_unlock(&waited->lock);
}

bool
tidu_store_do_now(struct store *store, bool (*apply)(struct database *database, void *context),
                  void *context)
{
    struct waited_deed waited = {.deed = {.apply = apply_waited, .done = done_waited},
                                 .apply = apply,
                                 .context = context};
    pthread_mutex_init(&waited.lock, NULL);
    pthread_cond_init(&waited.over, NULL);
    tidu_store_do(store, &waited.deed);
    pthread_mutex_lock(&waited.lock);
    while (!waited.done)
        pthread_cond_wait(&waited.over, &waited.lock);
    pthread_mutex_unlock(&waited.lock);
    pthread_cond_destroy(&waited.over);
    pthread_mutex_destroy(&waited.lock);
    return waited.kept;
}

/* ---- the writer: its state ---------------------------------------------------------------- */

static void
tell(struct store *store)
{
    if (store->changed)
        store->changed(store->context);
}

static void
note_failure(struct store *store, const tidu_error *error)
{
    pthread_mutex_lock(&store->lock);
    if (!store->status.failing)
        store->status.since_s = (int64_t)time(NULL);
    store->status.failing = true;
    store->status.why = *error;
    atomic_store(&store->failing, true);
    pthread_cond_broadcast(&store->room);
    pthread_mutex_unlock(&store->lock);
    tell(store);
}

static void
note_success(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    store->status.failing = false;
    store->status.head = tidu_journal_head(store->journal);
    store->status.file_bytes = tidu_journal_size(store->journal);
    store->status.blocks++;
    atomic_store(&store->failing, false);
    pthread_mutex_unlock(&store->lock);
}

/* The file may have been mended, replaced or damaged since it was opened. */
static bool
open_again(struct store *store, tidu_error *reterr)
{
    struct head head = tidu_journal_head(store->journal);
    struct journal *again = NULL;
    char name[64];
    bool sync = store->terms.durability == TIDU_DURABILITY_COMMIT;
    bool opened = tidu_journal_open(store->folder, sync, &again, reterr);
    bool same = opened && tidu_journal_head(again).count == head.count &&
                memcmp(tidu_journal_head(again).hash, head.hash, TIDU_HASH_SIZE) == 0;
    if (!same && (opened || reterr->code == TIDU_STORE_DAMAGED)) {
        tidu_journal_close(&again);
        same = tidu_journal_set_aside(store->folder, sync, &head, &again, name, reterr);
    }
    if (!same)
        return false;
    tidu_journal_close(&store->journal);
    store->journal = again;
    return true;
}

/* ---- the writer: deeds ---------------------------------------------------------------------- */

static void
do_deeds(struct store *store, struct deed *deeds)
{
    if (!deeds)
        return;
    bool begun = tidu_database_run(store->database, "BEGIN IMMEDIATE");
    for (struct deed *deed = deeds; deed; deed = deed->next) {
        deed->applied = begun && tidu_database_run(store->database, "SAVEPOINT deed") &&
                        deed->apply(deed, store->database);
        if (begun)
            tidu_database_run(store->database,
                              deed->applied ? "RELEASE deed" : "ROLLBACK TO deed; RELEASE deed");
    }
    bool kept = begun && tidu_database_run(store->database, "COMMIT");
    if (begun && !kept)
        tidu_database_run(store->database, "ROLLBACK");
    for (struct deed *deed = deeds, *next; deed; deed = next) {
        next = deed->next;
        deed->done(deed, kept && deed->applied);
    }
}

static struct deed *
take_deeds(struct store *store)
{
    struct deed *deeds = store->deeds;
    store->deeds = NULL;
    store->last_deed = &store->deeds;
    return deeds;
}

/* ---- the writer: one group ------------------------------------------------------------------- */

static void
drop_spares(struct store *store)
{
    while (store->spare_count > SPARE_CHUNKS) {
        struct chunk *chunk = take_spare(store);
        tidu_text_free(&chunk->entries);
        free(chunk);
    }
}

/* Take chunks out of the queue into the block; the last ticket, 0 if there was none. */
static uint64_t
collect(struct store *store, size_t *ret_count)
{
    uint64_t ticket = 0;
    *ret_count = 0;
    store->block.length = 0;
    while (store->first && store->block.length < BLOCK_BYTES) {
        struct chunk *chunk = store->first;
        if (!tidu_text_reserve(&store->block, chunk->entries.length)) {
            store->block.failed = false; /* less at a time, then */
            break;
        }
        tidu_text_add(&store->block, chunk->entries.data, chunk->entries.length);
        ticket = chunk->ticket;
        *ret_count += chunk->count;
        store->first = chunk->next;
        if (!store->first)
            store->last = &store->first;
        store->queued_bytes -= chunk->entries.length;
        chunk->next = store->spare;
        store->spare = chunk;
        store->spare_count++;
    }
    drop_spares(store);
    pthread_cond_broadcast(&store->room);
    return ticket;
}

static void
write_gap(uint64_t lost, tidu_text *out)
{
    char terms[96];
    int length = snprintf(terms, sizeof terms,
                          "{\"lost\":%llu,\"why\":\"the store could not be written\"}",
                          (unsigned long long)lost);
    struct entry entry = {.kind = TIDU_ENTRY_GAP,
                          .user = TIDU_NOBODY,
                          .time_us = now_us(),
                          .terms = {terms, (size_t)length}};
    tidu_entry_write(&entry, out);
}

/* Put an entry about what was lost behind what is written next. */
static void
tell_gap(struct store *store, size_t *count)
{
    size_t before = store->block.length;
    pthread_mutex_lock(&store->lock);
    if (store->lost_untold) {
        write_gap(store->lost_untold, &store->block);
        if (store->block.length > before) {
            store->lost_untold = 0;
            ++*count;
        }
        store->block.failed = false;
    }
    pthread_mutex_unlock(&store->lock);
}

/* Sleep between two tries, but for deeds, and not when the end has come. */
static bool
rest(struct store *store)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)RETRY_MS * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&store->lock);
    while (!store->stopping && !store->deeds &&
           pthread_cond_timedwait(&store->work, &store->lock, &until) != ETIMEDOUT)
        continue;
    bool go_on = !store->stopping;
    struct deed *deeds = take_deeds(store);
    pthread_mutex_unlock(&store->lock);
    do_deeds(store, deeds);
    return go_on;
}

/* Write the block, however often it takes. False when the end came first. */
static bool
write_block(struct store *store, size_t count)
{
    tidu_error error;
    bool failed = false;
    for (;;) {
        tidu_slice entries = {store->block.data, store->block.length};
        if ((!failed || open_again(store, &error)) &&
            tidu_journal_append(store->journal, entries, count, &error))
            break;
        failed = true;
        note_failure(store, &error);
        if (!rest(store))
            return false;
        tell_gap(store, &count);
    }
    note_success(store);
    return true;
}

static void
rotate_if_due(struct store *store)
{
    tidu_error error;
    uint64_t most = store->terms.rotate_bytes;
    if (most && tidu_journal_size(store->journal) >= most &&
        !tidu_journal_rotate(store->journal, &error))
        note_failure(store, &error);
}

static void
write_group(struct store *store, uint64_t ticket, size_t count)
{
    if (!ticket)
        return;
    tell_gap(store, &count);
    if (write_block(store, count))
        rotate_if_due(store);
    else
        return;
    pthread_mutex_lock(&store->lock);
    atomic_store(&store->durable, ticket);
    pthread_cond_broadcast(&store->room);
    pthread_mutex_unlock(&store->lock);
    tell(store);
}

/* ---- the writer ------------------------------------------------------------------------------- */

/* A batch that is small waits a moment for company. */
static void
gather(struct store *store)
{
    if (store->terms.durability == TIDU_DURABILITY_COMMIT || store->stopping ||
        !store->first || store->queued_bytes >= BLOCK_BYTES)
        return;
    pthread_mutex_unlock(&store->lock);
    nanosleep(&(struct timespec){.tv_nsec = GATHER_NS}, NULL);
    pthread_mutex_lock(&store->lock);
}

static void *
serve(void *argument)
{
    struct store *store = argument;
    assert(store->magic == STORE_MAGIC);
    size_t count;
    pthread_mutex_lock(&store->lock);
    while (!store->stopping || store->first || store->deeds) {
        if (!store->first && !store->deeds) {
            pthread_cond_wait(&store->work, &store->lock);
            continue;
        }
        gather(store);
        struct deed *deeds = take_deeds(store);
        uint64_t ticket = collect(store, &count);
        pthread_mutex_unlock(&store->lock);
        do_deeds(store, deeds);
        write_group(store, ticket, count);
        if (!ticket && !deeds)
            rest(store); /* there was no memory for one chunk */
        pthread_mutex_lock(&store->lock);
        if (store->stopping && store->status.failing && !store->deeds)
            break;
    }
    pthread_mutex_unlock(&store->lock);
    return NULL;
}

/* ---- life ---------------------------------------------------------------------------------------- */

static bool
open_journal(struct store *store, tidu_error *ret_warning, tidu_error *reterr)
{
    char name[64];
    bool sync = store->terms.durability == TIDU_DURABILITY_COMMIT;
    if (tidu_journal_open(store->folder, sync, &store->journal, reterr))
        return true;
    if (reterr->code != TIDU_STORE_DAMAGED ||
        !tidu_journal_set_aside(store->folder, sync, NULL, &store->journal, name, reterr))
        return false;
    tidu_error_set(ret_warning, TIDU_STORE_SET_ASIDE, "journal.db", name, NULL);
    return true;
}

static bool
open_files(struct store *store, tidu_error *ret_warning, tidu_error *reterr)
{
    char file[PATH_MAX];
    snprintf(file, sizeof file, "%.*s/tidu.db", PATH_MAX - 16, store->folder);
    if (!open_journal(store, ret_warning, reterr))
        return false;
    store->status.head = tidu_journal_head(store->journal);
    store->status.file_bytes = tidu_journal_size(store->journal);
    store->database = tidu_database_open(file, true, store->terms.schemas, reterr);
    return store->database != NULL;
}

struct store *
tidu_store_open(const struct store_terms *terms, tidu_error *ret_warning, tidu_error *reterr)
{
    struct store *store = calloc(1, sizeof *store);
    ret_warning->code = TIDU_OK;
    if (!store) {
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
        return NULL;
    }
    store->magic = STORE_MAGIC;
    store->terms = *terms;
    store->last = &store->first;
    store->last_deed = &store->deeds;
    snprintf(store->folder, sizeof store->folder, "%s", terms->folder);
    store->terms.folder = store->folder;
    pthread_mutex_init(&store->lock, NULL);
    pthread_cond_init(&store->work, NULL);
    pthread_cond_init(&store->room, NULL);
    if (open_files(store, ret_warning, reterr)) {
        store->running = tidu_thread_start(&store->thread, "store", serve, store);
        if (store->running)
            return store;
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
    }
    tidu_store_close(&store);
    return NULL;
}

static void
free_chunks(struct chunk *chunk)
{
    while (chunk) {
        struct chunk *next = chunk->next;
        tidu_text_free(&chunk->entries);
        free(chunk);
        chunk = next;
    }
}

void
tidu_store_stop(struct store *store)
{
    if (!store->running)
        return;
    pthread_mutex_lock(&store->lock);
    store->stopping = true;
    pthread_cond_broadcast(&store->work);
    pthread_cond_broadcast(&store->room);
    pthread_mutex_unlock(&store->lock);
    pthread_join(store->thread, NULL);
    store->running = false;
}

void
tidu_store_close(struct store **store)
{
    struct store *leaving = *store;
    if (!leaving)
        return;
    *store = NULL;
    tidu_store_stop(leaving);
    free_chunks(leaving->first);
    free_chunks(leaving->spare);
    tidu_journal_close(&leaving->journal);
    tidu_database_close(&leaving->database);
    tidu_text_free(&leaving->block);
    pthread_cond_destroy(&leaving->room);
    pthread_cond_destroy(&leaving->work);
    pthread_mutex_destroy(&leaving->lock);
    free(leaving);
}
