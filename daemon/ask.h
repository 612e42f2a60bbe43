/*
 * ask.h: questions about rules that tidud and tidu both answer.
 *
 * route, matrix, calendar, whatif, path and missing take the parameters of the protocol as a JSON
 * object; the daemon gets them over its socket, the command line makes them
 * from its options. One place reads them, so the answers are the same.
 *
 * Must not know: sockets, files, options.
 */
#ifndef TIDU_ASK_H
#define TIDU_ASK_H

#include <jansson.h>

#include "tidu/evaluate.h"
#include "tidu/places.h"

/* What reading the parameters and answering came to. */
typedef enum tidu_asked {
    TIDU_ASKED_ANSWERED,
    TIDU_ASKED_BAD,       /* a parameter */
    TIDU_ASKED_RECORD,    /* the record was refused */
    TIDU_ASKED_NOT_FOUND, /* no such measure, rule, region */
    TIDU_ASKED_MEMORY
} tidu_asked;

/* Whether long work is still wanted; `proceed` may be NULL. */
typedef struct tidu_patience {
    bool (*proceed)(void *context);
    void *context;
} tidu_patience;

/* Append the answer's JSON to `out`. `method` is "route", "matrix", "calendar",
 * "path", "missing" or "whatif", which may have a candidate: other rules (else NULL). `record` is
 * the raw text of params.record (data NULL: none), whose numbers are read as they were spelled;
 * `today` is the date when none is asked for. With anything but ANSWERED *reterr says why, and what
 * was appended is to be forgotten. */
tidu_asked tidu_ask_rules(tidu_ruleset *ruleset, tidu_ruleset *candidate, const char *method,
                          const json_t *params, tidu_slice record, int32_t today, tidu_lang lang,
                          tidu_patience patience, tidu_text *out, tidu_error *reterr);

/* The titles a record states, which has been read and is good. To be freed by the caller,
 * before the tree; *ret_terms is NULL when memory ran out. Returns how many. */
size_t tidu_title_terms(const json_t *titles, tidu_title_term **ret_terms);

#endif
