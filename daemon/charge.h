/*
 * charge.h: which rules are in charge, and how others come to be.
 *
 *   reload.c   the order of things, on the main thread
 *   gate.c     what new rules would do        gallery.c   others, asked for by name
 *   check.c    rules that are only looked at  draft.c     or come with a question
 *   operate.c  what is done by hand           announce.c  what subscribers are told of it
 *
 * See load.h for one try to put rules in charge.
 */
#ifndef TIDU_DAEMON_CHARGE_H
#define TIDU_DAEMON_CHARGE_H

#include "internal.h"

/* ---- reload.c: new rules beside the old, then a change of one pointer ------- */

struct reload;

struct reload *tidu_reload_open(struct server *server);
void tidu_reload_close(struct reload **reload);

/* Load the rules for the first time, with nothing to fall back on. NULL with
 * the report saying why. */
tidu_ruleset *tidu_reload_first(struct server *server, const struct settings *settings,
                                tidu_report *report);

/* Look at the folder again soon. `waiter` (or NULL) is answered then. */
void tidu_reload_start(struct reload *reload, struct errand *waiter);

/* Put other rules in charge than the folder's, or say why not. */
struct activation {
    struct errand errand; /* first */
    const char *action;   /* "activate" or "rollback", for the journal */
    char *name;           /* a version; NULL: the candidate, "": the one before */
    char *reason;
    struct who who;
};
void tidu_reload_activate(struct reload *reload, struct activation *activation);

/* All workers serve by the current world. */
void tidu_reload_adopted(struct reload *reload);

/* Build and run the scenarios; any complaint that is an error refuses. `earlier`
 * as in tidu_ruleset_rebuild; `errand` (or NULL) is told how far it is, and may
 * cut it short. */
bool tidu_rules_build(const tidu_source *sources, size_t count, const char *helper,
                      const tidu_ruleset *earlier, tidu_ruleset **ret_ruleset,
                      uint32_t *ret_passed, tidu_report *report, struct errand *errand);

/* The last reload for `status`, as JSON: an object, or null before the first.
 * From any thread. */
void tidu_reload_write(struct reload *reload, const char *digest, tidu_lang lang, tidu_text *out);

/* ---- gallery.c: rulesets that are asked for by name ------------------------------ */

struct gallery;

/* NULL when memory ran out. */
struct gallery *tidu_gallery_open(struct server *server);
void tidu_gallery_close(struct gallery **gallery);

/* The version with this label or digest, built if need be. On a job thread. NULL
 * with *reterr. */
tidu_ruleset *tidu_gallery_get(struct gallery *gallery, const struct world *world,
                               const char *name, tidu_error *reterr);

/* One that is kept under this digest; NULL: none. And keep one, as long as it is asked for. */
tidu_ruleset *tidu_gallery_find(struct gallery *gallery, const char *digest);
void tidu_gallery_keep(struct gallery *gallery, tidu_ruleset *ruleset);

/* What such an error is to whoever named the version. */
tidu_rpc_code tidu_gallery_code(const tidu_error *error);

/* ---- draft.c: the rules a request is asked of beside the live ones ------------------ */

/* Whether `draft` has `documents`, paths to texts or to null for one to leave out, and
 * perhaps `base`, true: they are laid over the rules folder's. Refused otherwise. */
bool tidu_documents_check(struct call *call, const json_t *draft);

/* All documents of it, by path; texts live in `draft` or the arena. */
bool tidu_documents_lay(const json_t *draft, const struct settings *settings, tidu_arena *arena,
                        tidu_source **ret_sources, size_t *ret_count, tidu_error *reterr);

/* Whether the parameter `name` is a version's name, such documents, or not there; refused
 * otherwise. */
bool tidu_candidate_check(struct call *call, const json_t *params, const char *name);

/* The rules it means, to be let go; NULL without it. On a job thread; false when there are
 * none such: the errand is refused. */
bool tidu_candidate_get(struct errand *errand, const json_t *params, const char *name,
                        tidu_ruleset **ret_ruleset);

/* ---- operate.c: which rules are in charge, by hand ------------------------------ */

void tidu_activate(struct call *call, json_t *params);
void tidu_rollback(struct call *call, json_t *params);
void tidu_rulesets(struct call *call, json_t *params);
void tidu_label(struct call *call, json_t *params);

/* In pilot.c: the zones there are, or another one. */
void tidu_pilot(struct call *call, json_t *params);

/* The zones of the store, before anybody is served. False with *reterr when one of them
 * cannot be had: its enterprises must not be judged otherwise. */
bool tidu_pilots_first(struct server *server, tidu_error *reterr);

/* In shadow.c. */
void tidu_shadow(struct call *call, json_t *params);

/* ---- polled.c: sweep, calibrate, impact, cohort, judge -------------------------------------- */

void tidu_ballot(struct call *call, json_t *params);

/* ---- differ.c: what versions say differently ------------------------------------- */

void tidu_compare_versions(struct call *call, json_t *params);

/* ---- asked.c: route, matrix, calendar, whatif, path, missing------------------------- */

void tidu_ask(struct call *call, json_t *params);

/* ---- announce.c: what subscribers are told --------------------------------------- */

enum { TIDU_EVENT_CHANGED = 1, TIDU_EVENT_REFUSED = 2, TIDU_EVENT_DECISION = 4 };

/* What a session wants to be told; its records are a JSON array. */
struct subscription {
    unsigned events;
    char *records;
    size_t length;
};

void tidu_subscribe(struct call *call, json_t *params);

/* From the main thread: tell all who have subscribed. */
void tidu_server_announce(struct server *server, unsigned event, tidu_slice params);

/* A worker has taken up new rules or other zones: look at what its sessions have
 * subscribed with. */
void tidu_subscriptions_review(struct worker *worker, struct world *before);

/* ---- gate.c: what new rules would do, before they do it ------------------------ */

/* Judge the settings' population by both, and add an error to the report for each
 * designation that would change otherwise than the change expects, or more than
 * the guard allows. What differs is appended as JSON. On any thread. */
void tidu_gate(const struct settings *settings, tidu_ruleset *before, tidu_ruleset *after,
               int32_t today, tidu_report *report, tidu_text *ret_difference);

/* ---- check.c: rules that are only looked at --------------------------------- */

/* Check documents over the socket; `params` as jansson read them. */
void tidu_check(struct call *call, json_t *params);

#endif
