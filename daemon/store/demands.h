/*
 * demands.h: what enterprises have asked for (企业直通车), and every change of it.
 *
 * A demand is where it stands now; its changes are how it came there, each with
 * the version of the rules it was made under. Nothing is ever taken out.
 *
 * Must not know: rules; what states and bodies mean.
 */
#ifndef TIDU_STORE_DEMANDS_H
#define TIDU_STORE_DEMANDS_H

#include "database.h"
#include "tidu/text.h"

/* The tables, for tidu_database_open. */
extern const char tidu_demands_schema[];

struct demand {
    int64_t id;
    tidu_slice uscc, name, region; /* of the enterprise; empty when not stated */
    tidu_slice kind;               /* DT-03 */
    tidu_slice text;
    tidu_slice state;
    tidu_slice body, place;        /* who has it now: a body's id, a region's code */
    tidu_slice office;             /* its name, as JSON */
    int64_t accept_by, settle_by;  /* days since 1970; INT64_MAX: no deadline */
    int64_t filed_s, changed_s;
};

struct demand_change {
    int64_t demand, number, time_s;
    uint32_t user;
    tidu_slice action, state; /* what was done, and the state it led to */
    tidu_slice rules;         /* digest of the version */
    tidu_slice detail;        /* a JSON object */
};

/* Add one; its id is returned, 0 when that failed. */
int64_t tidu_demand_add(struct database *database, const struct demand *demand);

/* Put it where `demand` says it stands. */
bool tidu_demand_move(struct database *database, const struct demand *demand);

/* Add a change; its number is the next one of the demand's. */
bool tidu_demand_note(struct database *database, const struct demand_change *change);

/* Which; NULL or empty: all. */
struct demand_filter {
    int64_t id;    /* 0: any */
    int64_t after; /* those with higher ids */
    const char *uscc, *region, *kind, *state, *body; /* region: the digits it begins with */
    int64_t overdue_on; /* open ones with a deadline before this day; INT64_MIN: any */
};

/* Call `visit` with each, by id, until it says false. What it points to lives for the
 * call. False when the table cannot be read. */
bool tidu_demands_walk(struct database *database, const struct demand_filter *filter,
                       bool (*visit)(void *context, const struct demand *demand), void *context);
bool tidu_demand_changes(struct database *database, int64_t id,
                         bool (*visit)(void *context, const struct demand_change *change),
                         void *context);

#endif
