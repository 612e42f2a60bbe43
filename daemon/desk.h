/*
 * desk.h: questions about what is kept, by tidud and tidu alike.
 *
 *   params ─► library.c, demand.c ─► rows of the store ─► an answer
 *
 * Reading opens the store's file; changing goes through the store's writer, so
 * it takes a daemon. Each change leaves an entry in the journal.
 *
 * Must not know: sockets, sessions.
 */
#ifndef TIDU_DAEMON_DESK_H
#define TIDU_DAEMON_DESK_H

#include <jansson.h>
#include <sys/types.h>

#include "store/database.h"
#include "tidu/evaluate.h"

/* Who asks, and by what. */
struct desk {
    tidu_ruleset *rules;
    const char *folder;  /* of the store */
    /* Change the tables: true when all that `act` did is kept. NULL: nothing can be changed. */
    bool (*change)(void *context, bool (*act)(struct database *database, void *context),
                   void *act_context);
    void (*note)(void *context, tidu_slice action); /* into the journal; goes with `change` */
    int32_t today;
    int64_t now_s; /* seconds since 1970 */
    tidu_lang lang;
    uid_t user; /* of whoever asks */
    /* Called now and then; false ends the work. May be NULL. */
    bool (*progress)(void *context, uint64_t done, uint64_t total);
    void *context; /* of all three */
};

/* Answer a method of the library, "load", "get", "search", "export", "remove", "due",
 * "near", "progress", or of demands, "file", "list", "get", "accept", "hand_over",
 * "reroute", "settle", "withdraw". `raw` are the params as they were spelled, with
 * TIDU_RECORD_PADDING bytes behind. What they take and append is told in README.md.
 * False with *reterr when it cannot be answered; what was appended is to be forgotten. */
bool tidu_library_ask(const struct desk *desk, const char *what, const json_t *params,
                      tidu_slice raw, tidu_text *out, tidu_error *reterr);
bool tidu_demand_ask(const struct desk *desk, const char *what, const json_t *params,
                     tidu_slice raw, tidu_text *out, tidu_error *reterr);

/* The method "load", in intake.c. */
bool tidu_library_load(const struct desk *desk, const json_t *params, tidu_slice raw,
                       tidu_text *out, tidu_error *reterr);

/* ---- for the two ------------------------------------------------------------------ */

/* A parameter, if it is there; *ret stays as it is when not. False with *reterr when it
 * is of the wrong kind. Numbers from `low` to `high`. */
bool tidu_desk_text(const json_t *params, const char *name, const char **ret, tidu_error *reterr);
bool tidu_desk_date(const json_t *params, const char *name, int32_t *ret, tidu_error *reterr);
bool tidu_desk_flag(const json_t *params, const char *name, bool *ret, tidu_error *reterr);
bool tidu_desk_number(const json_t *params, const char *name, uint64_t low, uint64_t high,
                      uint64_t *ret, tidu_error *reterr);

/* Refuse a parameter's value, or the lack of one. Always false. */
bool tidu_desk_bad(const json_t *params, const char *name, const char *takes, tidu_error *reterr);
bool tidu_desk_lacks(const char *method, const char *name, tidu_error *reterr);

/* The digits the codes of a region begin with: "44" of 440000, "" of the country, as of
 * what is no code. The second reads the param region_code; false when it is no code. */
void tidu_desk_prefix(const char *region, char ret_prefix[7]);
bool tidu_desk_region(const json_t *params, char ret_prefix[7], tidu_error *reterr);

/* The store's tables, to be read; NULL with *reterr. */
struct database *tidu_desk_open(const struct desk *desk, tidu_error *reterr);

/* Change the tables: true when all that `act` did is kept. */
bool tidu_desk_write(const struct desk *desk,
                     bool (*act)(struct database *database, void *context), void *context,
                     tidu_error *reterr);

/* Write into the journal that something was done: {"action":…,<members>}. */
void tidu_desk_note(const struct desk *desk, const char *action, const char *members);

/* True when the work goes on. */
bool tidu_desk_goes_on(const struct desk *desk, uint64_t done, uint64_t total, tidu_error *reterr);

/* A member ,"name":"…" of an object; nothing when the text is empty. */
void tidu_desk_put(tidu_text *out, const char *name, tidu_slice text);
void tidu_desk_put_time(tidu_text *out, const char *name, int64_t time_s);

#endif
