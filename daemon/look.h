/*
 * look.h: the library as one question sees it.
 *
 * Titles are told by what they come to on a date. An enterprise's tier is the
 * highest designation of the ladder it holds then.
 *
 * Must not know: sockets.
 */
#ifndef TIDU_DAEMON_LOOK_H
#define TIDU_DAEMON_LOOK_H

#include "desk.h"
#include "store/enterprises.h"

enum { TIDU_MOST_RUNGS = 32 };

/* The library as one question sees it. */
struct look {
    const struct desk *desk;
    struct database *database;
    struct enterprise_filter filter;
    char region[7];
    const char *tier; /* only these; "none": who holds nothing */
    int32_t as_of;
    uint64_t limit;
    tidu_rung rungs[TIDU_MOST_RUNGS];
    uint32_t rung_count;
    uint64_t seen, total, count;
    char last[TIDU_USCC_LENGTH + 1]; /* the code that was told last */
    bool more;                       /* there are some behind it */
    bool with_facts;
    tidu_text *out;
    tidu_error *reterr;
    bool failed; /* with *reterr */
    void *context;
};

/* Read what all questions may say (as_of, region_code, limit, name, after, towards, tier,
 * facts), and open the table. False with *reterr. */
bool tidu_look_open(struct look *look, const json_t *params, tidu_error *reterr);

/* Call `visit` with the look and each enterprise of the filter until it says false, and close the
 * table. False with *reterr of the opening. */
bool tidu_look_walk(struct look *look,
                    bool (*visit)(void *context, const struct enterprise *enterprise));

/* Call once an enterprise: false when nobody waits any more. */
bool tidu_look_goes_on(struct look *look);

/* The titles of an enterprise; `tree` is theirs, to be let go after them. */
size_t tidu_look_titles(const struct enterprise *enterprise, json_t **ret_tree,
                        tidu_title_term **ret_terms);

/* Which rungs are held on the day, a bit each; the highest of them, NULL when none is. */
uint32_t tidu_look_held(const struct look *look, const struct enterprise *enterprise);
const tidu_rung *tidu_look_tier(const struct look *look, uint32_t held);

/* True when the enterprise has the tier that is asked for. */
bool tidu_look_wants(const struct look *look, const struct enterprise *enterprise);

/* True when there is room for one more; the one behind the last says that there is more. */
bool tidu_look_next(struct look *look, const struct enterprise *enterprise);

/* Begin an enterprise's object in a list, and end the list: "]", "next", and the brace. */
void tidu_look_begin(const struct look *look, const struct enterprise *enterprise);
void tidu_look_end(const struct look *look);

/* The rung with this id; NULL with *reterr, which lists them, when there is none. */
const tidu_rung *tidu_rung_find(const tidu_rung *rungs, uint32_t count, const char *id,
                                tidu_error *reterr);

/* ---- survey.c ---------------------------------------------------------------------- */

/* The methods "due", "near" and "progress". */
bool tidu_survey_due(struct look *look, const json_t *params, tidu_error *reterr);
bool tidu_survey_near(struct look *look, const json_t *params, tidu_error *reterr);
bool tidu_survey_progress(struct look *look, const json_t *params, tidu_error *reterr);

#endif
