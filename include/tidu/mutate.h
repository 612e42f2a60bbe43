/*
 * mutate.h: which numbers does no scenario protect?
 *
 * Two questions about a ruleset's own tests. Mutation makes every small
 * mistake there is (mutants.h) and looks whether a scenario notices; what none
 * notices survives. Coverage lists, clause by clause, what scenarios have seen
 * each rule come to.
 *
 * Both want a ruleset that passes all its scenarios.
 *
 * Ownership: what is written goes to the caller's text.
 */
#ifndef TIDU_MUTATE_H
#define TIDU_MUTATE_H

#include "tidu/evaluate.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How far one has come, and somebody to tell. */
typedef struct tidu_progress {
    void (*tell)(void *context, uint32_t done, uint32_t total); /* or NULL */
    void *context;
} tidu_progress;

/* Try all mutants and write what became of them as one JSON object:
 *
 *   {"mutants":n,"killed":k,"score":k/n in %,
 *    "survivors":[{"address","path","line","column","kind","title","before","after"}],
 *    "documents":[{"path","mutants","killed","score"}]}
 *
 * Words are in `lang`. *ret_score is in %, 100 when there is nothing to try.
 * False with *reterr when memory ran out or a record is refused. */
bool tidu_ruleset_mutate(tidu_ruleset *ruleset, tidu_lang lang, tidu_progress progress,
                         double *ret_score, tidu_text *out, tidu_error *reterr);

/* Write what scenarios have seen each clause's rules come to, as one JSON
 * object:
 *
 *   {"clauses":[{"document","path","line","covered","rules":[
 *      {"kind":"criterion","id","title","line","covered","scenarios",
 *       "met","unmet","undetermined"},
 *      {"kind":"indicator",…,"known","undetermined","bands":[{"condition","points","scenarios"}]},
 *      {"kind":"derive",…,"true","false","undetermined" or "known","undetermined"},
 *      {"kind":"measure" or "subsidy",… as a criterion},
 *      {"kind":"stack",…,"known","undetermined"},
 *      {"kind":"param",…}]}],
 *    "total":clauses,"covered":clauses,"scenarios":n}
 *
 * A scenario counts for the rules that decide what it expects, while they are
 * in force in its place. A clause is covered when each of its criteria,
 * measures and subsidies was seen both met and unmet (met, if everybody gets
 * it); one without any when each band was hit, each derived flag was seen both
 * ways and everything else was seen at all. */
bool tidu_ruleset_coverage(tidu_ruleset *ruleset, tidu_text *out, tidu_error *reterr);

#ifdef __cplusplus
}
#endif

#endif
