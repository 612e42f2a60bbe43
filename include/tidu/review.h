/*
 * review.h: whether the rules of a clause were compared with its words.
 *
 * A review stamps every clause that has rules with the digest of its words. When
 * the words change afterwards, the rules under them are stale until somebody has
 * compared the two and reviews again. A clause that was never stamped is not
 * stale.
 *
 *   clause ─► digest of its words ─► `review` in vocabulary/reviews.lua
 *
 * Must not know: files, programs.
 */
#ifndef TIDU_REVIEW_H
#define TIDU_REVIEW_H

#include "tidu/evaluate.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where stamps are kept in a rules folder. */
#define TIDU_REVIEW_PATH "vocabulary/reviews.lua"

typedef struct tidu_reviewed {
    uint32_t documents, clauses; /* stamped now */
    uint32_t changed;            /* of those, were stale */
    uint32_t fresh;              /* of those, had no stamp */
} tidu_reviewed;

/* Append the new text of TIDU_REVIEW_PATH: the documents named (paths in the
 * rules folder, or ids; count 0: all) stamped as of `today`, the stamps of the
 * others as they were. False with *reterr when a document is unknown; then
 * nothing is written. */
bool tidu_ruleset_review(const tidu_ruleset *ruleset, const char *const *documents, size_t count,
                         int32_t today, tidu_text *out, tidu_reviewed *ret, tidu_error *reterr);

/* Append an error for each stale clause: for those who activate none. False
 * when memory ran out. */
bool tidu_ruleset_refuse_stale(const tidu_ruleset *ruleset, tidu_report *report);

#ifdef __cplusplus
}
#endif

#endif
