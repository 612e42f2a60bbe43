/*
 * entry.h: what the journal keeps, and the chain that holds it together.
 *
 * An entry is a decision, or something done to the daemon. Entries stand one
 * behind the other in the order in which they became durable, and each is
 * chained to the one before:
 *
 *   hash(n) = SHA-256( hash(n-1) , bytes of entry n )      hash(0): 32 zeros
 *
 * So whoever knows one hash can tell whether anything before it was changed,
 * taken out or put in between.
 *
 * An entry's bytes, numbers least byte first:
 *
 *   size      4   of all that follows
 *   kind      1   flags  1   zero 2
 *   user      4   uid of the peer, 0xffffffff when no user of this machine asked
 *   time      8   microseconds since 1970
 *   rules    32   digest of the ruleset      answer   32   digest of the answer
 *   length    4   of the terms
 *   terms         JSON: the parameters beside the record, or what was done; the
 *                 last member is "token" and its name when one was used
 *   facts         the record as it was given; of CSV the heading and its line
 *
 * Must not know: SQLite, sockets, rules.
 *
 * Ownership: slices of a decoded entry point into the bytes it came from.
 */
#ifndef TIDU_STORE_ENTRY_H
#define TIDU_STORE_ENTRY_H

#include "tidu/text.h"

#define TIDU_NOBODY 0xffffffffu

typedef enum tidu_entry_kind {
    TIDU_ENTRY_DECISION = 1,
    TIDU_ENTRY_ACTION = 2, /* terms: {"action":…,…} */
    TIDU_ENTRY_DENIED = 3, /* terms: {"method":…} */
    TIDU_ENTRY_GAP = 4     /* terms: {"lost":n,…}: what could not be kept */
} tidu_entry_kind;

enum {
    TIDU_ENTRY_MASKED = 1, /* facts the rules call personal are hidden: not replayable */
    TIDU_ENTRY_CSV = 2,    /* the facts are CSV */
    TIDU_ENTRY_LIBRARY = 4, /* the titles in the facts come from the library */
    TIDU_ENTRY_TOKEN = 8    /* the terms end with the name of a token */
};

struct entry {
    tidu_entry_kind kind;
    unsigned flags;
    uint32_t user;
    int64_t time_us;
    unsigned char rules[TIDU_HASH_SIZE], answer[TIDU_HASH_SIZE];
    tidu_slice terms, facts;
};

/* Append an entry's bytes. */
void tidu_entry_write(const struct entry *entry, tidu_text *out);

/* Take the first entry off `bytes`; false when they are no entry. */
bool tidu_entry_read(tidu_slice *bytes, struct entry *ret_entry, tidu_slice *ret_bytes);

/* The terms without the name of a token, appended to an empty text if it has to be
 * taken away: what receipts and answers know of. */
tidu_slice tidu_entry_unsigned(const struct entry *entry, tidu_text *out);

/* Put the next entry's bytes onto the chain. */
void tidu_chain(unsigned char hash[TIDU_HASH_SIZE], tidu_slice bytes);

#endif
