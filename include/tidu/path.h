/*
 * path.h: the least that has to change for a designation.
 *
 * The vocabulary says which facts an enterprise can change, in which direction and with
 * what effort (`change` of a fact). A path is a set of such changes after which a
 * designation is met, those of the designations it rests on first; the one of least
 * effort is found, not guessed: each condition that is not met is turned round, and the
 * choices between conditions, bands and titles are searched best first.
 *
 *   record, rules ─► what is not met ─► decisions ─► changes ─► evaluated again: met
 *
 * Exact where conditions are linear in what can change, which those of the shipped rules
 * are; elsewhere the answer says that a way was not followed ("complete": false). What is
 * told was evaluated by the engine, always.
 *
 * Must not know: Lua, sockets.
 */
#ifndef TIDU_PATH_H
#define TIDU_PATH_H

#include "tidu/evaluate.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The effort of one unit of a fact more or less; negative: it cannot. `name` is a fact,
 * or a title of the ladder (`up` then is the effort of applying for it). */
typedef struct tidu_path_cost {
    const char *name;
    double up, down;
} tidu_path_cost;

typedef struct tidu_path {
    const tidu_options *options; /* the date, the language, the place */
    const char *record;          /* with padding: see record.h */
    size_t length;
    const char *to;          /* a designation */
    const char *const *keep; /* facts and titles that stay as they are */
    uint32_t keep_count;
    const tidu_path_cost *costs; /* in place of the vocabulary's */
    uint32_t cost_count;
    uint32_t alternatives; /* at most so many besides the cheapest */
    int32_t until;         /* the last day on which it is looked for */
    /* Asked now and then; false stops (TIDU_POPULATION_STOPPED). May be NULL. */
    bool (*proceed)(void *context);
    void *context;
} tidu_path;

/* Append the answer as a JSON object:
 *   {"ruleset":…,"as_of":…,"enterprise":{…},"to":{"id":…,"title":…},"met":false,
 *    "cheapest":PATH|null,"alternatives":[PATH,…],"earliest":PATH|null,
 *    "forbids":[{"id":…,"title":…,"designation":…,"clause":…,"says":…},…],
 *    "together":false,"complete":true,"costs":{"illustrative":[fact,…]},"work":{"nodes":n}}
 * PATH is {"as_of":…,"effort":n,"changes":[{"fact":…,"title":…,"year":…,"from":…,"to":…,
 * "by":…,"unit":…,"effort":…,"for":[criterion,…]},…],"titles":[{"id":…,"title":…},…],
 * "assumes":[{"fact":…,"title":…},…]}: titles to earn in that order, facts that are
 * unknown and would have to be favourable.
 *
 * "cheapest" is for the day asked about, on which figures of the last full year count as
 * changeable. When there is none, "earliest" is the cheapest on the first day that has
 * one, up to `until`: on a later day figures of years to come are those of the last year
 * unless changed, and facts that grow by themselves have grown. "forbids" are the criteria that
 * nothing changeable meets on the day asked about, "together" when each could be met
 * alone. False with *reterr when the record is refused, a name is unknown or memory ran
 * out; then nothing is appended. */
bool tidu_ruleset_path(tidu_ruleset *ruleset, const tidu_path *path, tidu_text *out,
                       tidu_error *reterr);

/* What is not known, and what it would take to know. Append
 *   {"ruleset":…,"as_of":…,"enterprise":{…},"designations":[{"id":…,"title":…,
 *    "possible":["met","unmet"],"facts":[{"fact":…,"title":…,"years":[…],"alone":["unmet"],
 *    "decides":[criterion,…]},…]},…]}
 * for each designation (of the options: those asked for) that is undetermined; of `asked`
 * only options, record and `proceed` count. "possible" is
 * what it may still come to, whatever the unknown facts are. "facts" is the shortest list
 * that settles it whatever they turn out to be: a fact is on it when there are values of
 * all others with which it alone makes the difference. Those come first that may settle
 * it with nothing else known ("alone": as what), then those more criteria wait for.
 * A date, a list, what a condition that is not linear reads, and what a search of 500
 * nodes leaves open is on the list when three-valued logic waits for it. False with *reterr when
 * the record is refused or memory ran out. */
bool tidu_ruleset_missing(tidu_ruleset *ruleset, const tidu_path *asked, tidu_text *out,
                          tidu_error *reterr);

#ifdef __cplusplus
}
#endif

#endif
