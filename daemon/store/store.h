/*
 * store.h: what is kept, and the one thread that writes it.
 *
 *   any thread ── entries ──► queue ─► writer: one transaction for all that has
 *   any thread ── deeds ────►          come meanwhile ─► durable: tickets, letters
 *
 * Entries are for the journal, deeds for the tables. What comes while a
 * transaction is under way shares the next one, so that a disk that takes its
 * time costs each of many askers no more than one of them.
 *
 * When the disk refuses, what is queued stays queued and is tried again each
 * second, by the same process, until the disk takes it. Meanwhile decisions
 * whose durability was promised are not made; others are, and what does not
 * fit the queue is counted and told by a gap in the journal.
 *
 * Must not know: sessions, requests, rules.
 *
 * Ownership: the store owns its thread, files and queue.
 */
#ifndef TIDU_STORE_STORE_H
#define TIDU_STORE_STORE_H

#include "database.h"
#include "entry.h"
#include "journal.h"

typedef enum tidu_durability {
    TIDU_DURABILITY_NONE,  /* decisions are not kept */
    TIDU_DURABILITY_BATCH, /* they are, soon */
    TIDU_DURABILITY_COMMIT /* they are on the disk before they are told */
} tidu_durability;

struct store_terms {
    const char *folder;
    const char *const *schemas; /* of the tables, NULL-ended; must live as long */
    tidu_durability durability;
    size_t queue_bytes;    /* that may wait to be written */
    uint64_t rotate_bytes; /* size at which a journal's file is closed; 0: never */
};

/* Something to write into the tables, on the writer's thread. */
struct deed {
    bool (*apply)(struct deed *deed, struct database *database);
    void (*done)(struct deed *deed, bool kept); /* after the transaction, on the writer's thread */
    struct deed *next;
    bool applied;
};

struct store;

/* Open what is there or make it, and start the thread. A damaged file is put
 * aside; `ret_warning` says so then (its code is TIDU_OK otherwise). */
struct store *tidu_store_open(const struct store_terms *terms, tidu_error *ret_warning,
                              tidu_error *reterr);

/* Write what is queued, as far as that can be, and end the thread. */
void tidu_store_stop(struct store *store);
void tidu_store_close(struct store **store);

/* Call back on the writer's thread whenever something has become durable or the
 * state has changed. Before anything is appended. */
void tidu_store_listen(struct store *store, void (*changed)(void *context), void *context);

/* ---- the journal, from any thread ----------------------------------------------- */

#define TIDU_STORE_LOST UINT64_MAX

/* Hand `count` entries over. The text's memory goes with them, and comes back
 * emptied. Waits while the queue is full and the disk is not to blame. Returns a
 * ticket, or TIDU_STORE_LOST when they could not be queued. */
uint64_t tidu_store_append(struct store *store, tidu_text *entries, size_t count);

/* All tickets up to this one are durable. */
uint64_t tidu_store_durable(const struct store *store);

/* Wait for a ticket; false when the disk refuses meanwhile. */
bool tidu_store_wait(struct store *store, uint64_t ticket);

/* False while decisions must not be made, as they could not be written down. */
const char *tidu_store_folder(const struct store *store);
bool tidu_store_can_promise(const struct store *store);
tidu_durability tidu_store_durability(const struct store *store);

/* ---- the tables ------------------------------------------------------------------ */

/* Queue a deed. Its `done` is called exactly once. */
void tidu_store_do(struct store *store, struct deed *deed);

/* The same, waiting for it: true when it is kept. Not on the writer's thread. */
bool tidu_store_do_now(struct store *store,
                       bool (*apply)(struct database *database, void *context), void *context);

/* ---- how it is --------------------------------------------------------------------- */

struct store_status {
    bool failing;
    int64_t since_s; /* when that began */
    tidu_error why;  /* when failing */
    struct head head;
    uint64_t file_bytes, queued_bytes, lost, blocks;
};

void tidu_store_look(struct store *store, struct store_status *ret_status);

#endif
