/*
 * diff.h: what two rulesets say differently, without a population.
 *
 * Two things are told. Which words moved: documents, clauses, declarations and thresholds
 * that one has and the other has not, or otherwise. And which answers differ: for each
 * criterion that is not the same, the regions of facts in which a designation is gained or
 * lost by it, as ranges of numbers and codes, each with an enterprise that was made up for
 * it and judged by both rulesets.
 *
 *   old: main_revenue / revenue >= 70%   ─►  gained: 65% <= … < 70%, and an example
 *   new: main_revenue / revenue >= 65%
 *
 * Regions are found by the search behind path.h: exact where conditions are linear. Lists
 * of records and days are not turned round; a designation whose difference rests on them is
 * "complete": false, and a population shows what became of it (inquiry.h).
 *
 * Must not know: sockets, files.
 */
#ifndef TIDU_DIFF_H
#define TIDU_DIFF_H

#include "tidu/evaluate.h"
#include "tidu/places.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tidu_diff {
    int32_t as_of;
    uint32_t region;                 /* whose rules; TIDU_COUNTRY_CODE for the country's */
    const char *const *designations; /* NULL: all */
    size_t designation_count;
    /* Asked now and then; false stops (TIDU_POPULATION_STOPPED). May be NULL. */
    bool (*proceed)(void *context);
    void *context;
} tidu_diff;

/* Append
 *   {"old":digest,"new":digest,"as_of":…,"designations":[{"id":…,"title":…,
 *     "change":"same"|"changed"|"added"|"removed","complete":true,"regions":[REGION,…]},…]}
 * REGION is {"effect":"gain"|"lose","criterion":{"id":…,"title":…},"when":[PIECE,…],
 * "facts":[name,…],"example":RECORD,"old":"met"|"unmet","new":…}: whoever is so and meets all
 * else. "criterion" is the new one that is failed (lose), or the old one that was (gain);
 * "facts" are those "when" rests on. PIECE is {"zh":…,"en":…}, of a range with "of", "unit" and
 * the ends there are: "low", "low_in", "high", "high_in". Regions may overlap. Examples are
 * made up, and judged by both rulesets. "complete" says that everybody who is judged otherwise
 * and of whom all is known that the criterion asks for lies in a region.
 *
 * False with *reterr when a designation is in neither or memory ran out; then nothing is
 * appended. */
bool tidu_ruleset_diff(tidu_ruleset *old, tidu_ruleset *new, const tidu_diff *diff, tidu_text *out,
                       tidu_error *reterr);

/* Append which words moved, as two members of a JSON object:
 *   "clauses":[{"document":…,"clause":…,"change":"changed"|"added"|"removed"},…],
 *   "words":[{"word":"criterion","name":…,"in":…,"title":…,"document":…,"clause":…,"line":n,
 *     "change":…,"was":[{"at":"items/1","old":…,"new":…},…]},…]
 * in the order of the documents; "in" is the name of what a nameless word stands in. Scenarios and
 * reviews are not told of. "old" and "new" are null where there is none. False when memory ran out.
 */
bool tidu_ruleset_moved(const tidu_ruleset *old, const tidu_ruleset *new, tidu_text *out);

#ifdef __cplusplus
}
#endif

#endif
