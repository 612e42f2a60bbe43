/*
 * whatif.h: one enterprise, before and after something changes.
 *
 * Its facts may change, thresholds may (overlay.h), or all the rules. What neither
 * reaches is not computed again: the answer says how much was.
 *
 *   record, rules ──────────► before ─┐
 *      │ changes                      ├─► what moved, and why
 *      └───────────────────► after  ──┘
 *
 * Must not know: Lua, sockets.
 */
#ifndef TIDU_WHATIF_H
#define TIDU_WHATIF_H

#include "tidu/overlay.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tidu_whatif {
    const tidu_options *options;
    const char *record; /* with padding: see record.h */
    size_t length;
    const char *changed; /* the record with other facts, padded; NULL: the same */
    size_t changed_length;
    tidu_overlay *overlay;   /* thresholds of the ruleset that change, or NULL */
    tidu_ruleset *candidate; /* or other rules altogether, or NULL */
} tidu_whatif;

/* Append what comes of it as a JSON object:
 *   {"ruleset":…,"as_of":…,"before":{answer},"after":{answer},
 *    "changed":[{"kind":…,"id":…,"title":…,"before":…,"after":…},…],
 *    "work":{"steps":n,"of":m}}
 * `kind` is "designation", "criterion" (then also "designation", "clause" and "says"
 * with "before" and "after"), "indicator" (points: a number, or [low, high] while that is open),
 * "subsidy" (and "amount", before and after, in 万元) or "measure". What is not there
 * at one side is "absent". With a candidate its digest stands in "candidate". False
 * with *reterr when a record is refused or the changed rules do not hold together;
 * then nothing is appended. */
bool tidu_ruleset_whatif(tidu_ruleset *ruleset, const tidu_whatif *whatif, tidu_text *out,
                         tidu_error *reterr);

#ifdef __cplusplus
}
#endif

#endif
