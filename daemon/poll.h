/*
 * poll.h: questions about populations that tidud and tidu both answer.
 *
 * sweep, calibrate, impact, cohort and judge take the parameters of the protocol as a JSON object; the
 * daemon gets them over its socket, the command line makes them from its options. One
 * place reads them, so the answers are the same.
 *
 * Must not know: sockets, options, where populations come from.
 */
#ifndef TIDU_DAEMON_POLL_H
#define TIDU_DAEMON_POLL_H

#include "ask.h"
#include "tidu/inquiry.h"

typedef struct tidu_poll {
    const tidu_population *population;
    tidu_ruleset *ruleset, *candidate; /* the candidate: of "impact", or NULL */
    const char *method;                /* "sweep", "calibrate", "impact", "cohort" or "judge" */
    const json_t *params;
    int32_t today; /* the date when none is asked for */
    tidu_lang lang;
    unsigned most_threads; /* asked for, and one otherwise; 0: as many as asked for, and one a
                            * processor otherwise */
    const tidu_verdicts_lines *lines; /* of "judge": who takes a line an enterprise, or NULL */
    /* See tidu_inquiry. */
    bool (*progress)(void *context, uint64_t done, uint64_t total);
    void (*interim)(void *context, const tidu_interim *list, size_t count);
    void *context;
} tidu_poll;

/* Append the answer's JSON to `out`; see inquiry.h. With anything but ANSWERED *reterr
 * says why, and what was appended is to be forgotten. */
tidu_asked tidu_poll_rules(const tidu_poll *poll, tidu_text *out, tidu_error *reterr);

#endif
