/*
 * history.h: what can be asked of a journal, by tidud and tidu alike.
 *
 * A decision is shown again by its own rules: the version that was live then is
 * built anew, the record is read as it was given, and the answer has to have the
 * digest that was written down. With corrections (an appeal) the same is done
 * for the corrected record.
 *
 * A decision is named by its number in the journal, or by the digest of its
 * receipt (8 digits or more).
 *
 * Must not know: sockets, sessions.
 */
#ifndef TIDU_DAEMON_HISTORY_H
#define TIDU_DAEMON_HISTORY_H

#include <jansson.h>

#include "tidu/evaluate.h"

/* Where to look, and what to say meanwhile. */
struct history {
    const char *folder; /* of the store */
    const char *helper; /* as in tidu_ruleset_build */
    const char *rules;  /* a folder of rules to be used for versions not kept, or NULL */
    tidu_lang lang;
    /* Called now and then; false ends the work. May be NULL. */
    bool (*progress)(void *context, uint64_t done, uint64_t total);
    void *context;
};

/* "verify": params "entry" and "hash", a head noted elsewhere. Appends
 *   {"ok","entries","from","until","hash","files":[…],"kinds":{…},"proved":{zh,en},
 *    "not_proved":{zh,en}}, and with ok false "why".
 * "list": params "from", "limit", "enterprise". Appends {"entries":[…],"entries_in_all"}.
 * "replay": params "decision" (a name; without it all), "set":{fact: value}. Appends
 *   {"coverage":{"decisions","replayable","masked","unkept"},"same","different":[…]}, and
 *   for one decision {"coverage":…,"decision":{…},"answer","same","corrected"}.
 * False with *reterr when it cannot be answered; what was appended is to be forgotten. */
bool tidu_history_ask(const struct history *history, const char *what, const json_t *params,
                      tidu_text *out, tidu_error *reterr);

/* Judge a record again by these rules and these terms (JSON, as a receipt has them):
 * append the answer. False with *reterr. */
bool tidu_history_judge(tidu_ruleset *ruleset, tidu_slice terms, tidu_slice facts, tidu_text *out,
                        tidu_error *reterr);

/* The kept version of rules with this digest, built anew; NULL when there is none. */
tidu_ruleset *tidu_history_rules(const struct history *history, const char *digest);

#endif
