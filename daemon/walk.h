/*
 * walk.h: what history.c and replay.c share: a walk through all files of a journal.
 */
#ifndef TIDU_DAEMON_WALK_H
#define TIDU_DAEMON_WALK_H

#include "history.h"
#include "store/journal.h"

/* A walk from file to file. */
struct walk {
    const struct history *history;
    tidu_journal_visit *visit;
    void *context;
    uint64_t from, seen, total;
    bool cancelled;
    bool stopped; /* by the visitor */
    struct journal_walk last; /* the file walked last */
    struct head head;
};

/* Visit all entries from `from` on, as tidu_journal_walk does; files have to hang
 * together. `each` (may be NULL) is called with a file that has been walked. */
bool tidu_history_walk(struct walk *walk,
                       void (*each)(void *context, const char *file, const struct journal_walk *),
                       void *each_context, tidu_error *reterr);

/* Append an entry as a JSON object, without its facts. */
void tidu_history_entry(uint64_t number, const struct entry *entry, tidu_text *out);

bool tidu_history_replay(const struct history *history, const json_t *params, tidu_text *out,
                         tidu_error *reterr);

#endif
