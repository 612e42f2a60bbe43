/*
 * journal.h: a journal's file: entries in blocks, chained.
 *
 *   <folder>/journal.db                      the one that grows
 *   <folder>/journal-<first>-<last>.db       those before it, closed
 *   <folder>/journal-<first>-<last>.head     what each came to, to be kept elsewhere
 *
 * Each file says at which number it begins and with which hash, so that files
 * hold together like the entries in them. A block is what was written in one
 * transaction, compressed.
 *
 * Must not know: threads, rules, who asks.
 *
 * Ownership: a journal belongs to one thread at a time.
 */
#ifndef TIDU_STORE_JOURNAL_H
#define TIDU_STORE_JOURNAL_H

#include "entry.h"
#include "tidu/error.h"

/* Where a chain has got to. */
struct head {
    uint64_t count; /* entries up to here, of all files */
    unsigned char hash[TIDU_HASH_SIZE];
};

struct journal;

/* Open the growing file of a folder for appending, make it if there is none.
 * With `sync` an append is on the disk when it returns; without, it survives the
 * process but perhaps not the machine. */
bool tidu_journal_open(const char *folder, bool sync, struct journal **ret_journal,
                       tidu_error *reterr);
void tidu_journal_close(struct journal **journal);
struct head tidu_journal_head(const struct journal *journal);

/* Append entries, all or none. */
bool tidu_journal_append(struct journal *journal, tidu_slice entries, size_t count,
                         tidu_error *reterr);

/* Bytes of the file. */
uint64_t tidu_journal_size(const struct journal *journal);

/* Close the growing file under the numbers of its entries, write its head beside
 * it, and go on with a new one. Put off, which is no error, while somebody reads. */
bool tidu_journal_rotate(struct journal *journal, tidu_error *reterr);

/* Put a file that cannot be used aside under a name that says when, and go on
 * with a new one from `head`, or from the last closed file (NULL). The name goes
 * to `ret_name`. */
bool tidu_journal_set_aside(const char *folder, bool sync, const struct head *head,
                            struct journal **ret_journal, char ret_name[64], tidu_error *reterr);

/* ---- reading, from any process ------------------------------------------------- */

/* Keep files from being closed as long as the descriptor that is returned is open: who
 * reads the files of a folder one after the other finds all entries in them. -1 when
 * that cannot be; then they may be looked at all the same. */
int tidu_journal_hold(const char *folder);

/* One file that has been walked. */
struct journal_walk {
    uint64_t first, last; /* numbers of its entries; last < first when it is empty */
    int64_t from_us, until_us;
    struct head before, after;
    uint64_t kinds[5]; /* entries of each kind */
    uint64_t masked;
};

/* Call `visit` (may be NULL) with each entry of a file from number `from` on until it
 * says stop, checking the chain on the way. False with *reterr when the file cannot
 * be read or the chain does not hold, naming the entry. */
typedef bool tidu_journal_visit(void *context, uint64_t number, const struct entry *entry);
bool tidu_journal_walk(const char *file, uint64_t from, tidu_journal_visit *visit, void *context,
                       struct journal_walk *ret_walk, tidu_error *reterr);

/* The files of a folder in the order of their entries, NULL-ended; free the list
 * and each name. */
char **tidu_journal_files(const char *folder, tidu_error *reterr);

#endif
