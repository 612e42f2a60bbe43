/*
 * enterprises.h: the cultivation library (分级培育库), a row an enterprise.
 *
 * What is kept is what was stated: facts as a JSON object, titles as a JSON
 * array. Whoever changes a row says which version of it he has seen; when it
 * is another by now, nothing is changed.
 *
 * Must not know: rules; what facts and titles mean.
 */
#ifndef TIDU_STORE_ENTERPRISES_H
#define TIDU_STORE_ENTERPRISES_H

#include "database.h"
#include "tidu/text.h"

enum { TIDU_USCC_LENGTH = 18 };

/* The table, for tidu_database_open. */
extern const char tidu_enterprises_schema[];

struct enterprise {
    tidu_slice uscc;
    tidu_slice name, region, towards; /* empty when not stated; towards: a designation's id */
    tidu_slice facts;                 /* without titles */
    tidu_slice titles;                /* data NULL when not stated */
    int64_t since_s, changed_s;       /* seconds since 1970 */
    int64_t version;                  /* counts up from 1; 0: not there */
};

typedef enum tidu_put {
    TIDU_PUT_DONE,
    TIDU_PUT_OVERTAKEN, /* it has another version by now */
    TIDU_PUT_FAILED
} tidu_put;

/* Write a row in place of the version the struct names (0: there is none yet). */
tidu_put tidu_enterprise_put(struct database *database, const struct enterprise *enterprise,
                             int64_t now_s);

/* Take it out; false when it is not there. */
bool tidu_enterprise_remove(struct database *database, tidu_slice uscc);

/* Which rows; NULL or empty: all. */
struct enterprise_filter {
    const char *uscc;
    const char *after;   /* those behind this code */
    const char *region;  /* whose region begins with these digits */
    const char *name;    /* whose name, or code, has this in it */
    const char *towards;
};

/* Call `visit` with each row, in the order of their codes, until it says false. What a row
 * points to lives for the call. False when the table cannot be read. */
bool tidu_enterprises_walk(struct database *database, const struct enterprise_filter *filter,
                           bool (*visit)(void *context, const struct enterprise *enterprise),
                           void *context);

/* How many there are; any whose titles are stated. */
uint64_t tidu_enterprises_count(struct database *database);
bool tidu_enterprises_have_titles(struct database *database);

/* ---- titles by code, for whoever judges -------------------------------------------- */

struct shelf;

/* To look titles up on one thread; NULL when there is nothing to read. */
struct shelf *tidu_shelf_open(const char *file);
void tidu_shelf_close(struct shelf **shelf);

/* The titles kept for a code; data NULL when there are none. Valid until the next call. */
tidu_slice tidu_shelf_titles(struct shelf *shelf, tidu_slice uscc);

#endif
