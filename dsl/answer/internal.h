/*
 * internal.h: what the files of the answer room share.
 *
 *   evaluation.c  a block, a run and what is asked of them
 *   answer.c      one row as a JSON object      brief.c   the same, pre-written
 *   says.c        conditions in sentences       show.c    numbers with units
 *   missing.c     which facts to ask for        describe.c, scenarios.c, report.c
 *   cases.c       scenarios as rows             mutation.c, coverage.c
 */
#ifndef TIDU_ANSWER_INTERNAL_H
#define TIDU_ANSWER_INTERNAL_H

#include "tidu/compile.h"
#include "tidu/rules.h"
#include "tidu/run.h"

/* Pre-written pieces of brief answers: piece 3c + s is criterion c with status
 * s, then designations in the same way, then indicators. `views` are the
 * columns they speak of, in that order; indicators have two. */
struct brief {
    tidu_text bytes;
    uint32_t *starts; /* [piece], and one more */
    uint32_t count;
    tidu_view *views;
    uint32_t view_count;
};

/* Facts (then titles) against criteria: who waits for what. */
struct missing {
    uint64_t *waits;    /* [fact * words + criterion / 64] */
    uint32_t words;
    uint32_t *counts;   /* criteria waiting for each fact */
    uint16_t *lags;     /* years asked for, a bit each */
    uint32_t *order;    /* facts missing, most decisive first */
    uint32_t count;
};

struct tidu_evaluation {
    tidu_ruleset *ruleset;
    tidu_options options; /* designations is not used: see chosen */
    char **wanted;        /* ids asked for; NULL for all */
    size_t wanted_count;
    tidu_reader *reader;
    tidu_block *block;
    const tidu_program *program;
    tidu_run *run;
    bool *chosen;         /* [designation of the program] */
    struct brief brief;
    struct missing *missing;
    tidu_text head;       /* "ruleset" and "as_of", the same for all rows */
    uint32_t rows;
};

typedef const struct tidu_evaluation asked;

/* ---- show.c ---- */

/* From a scale to a unit (NULL: base units). */
void tidu_show_rescale(mpq_t value, tidu_scale scale, const tidu_unit *unit);

/* The value, the bound and the gap of a part in a row, as "89.33%", "5000万元":
 * what is shown of a value stays on its side of what is shown of its bound. */
bool tidu_show_value(tidu_text *out, asked *e, const tidu_part *part, uint32_t row,
                     tidu_lang lang);
bool tidu_show_bound(tidu_text *out, asked *e, const tidu_part *part, uint32_t row,
                     tidu_lang lang);
bool tidu_show_gap(tidu_text *out, asked *e, const tidu_part *part, uint32_t row, tidu_lang lang);
const char *tidu_show_operator(tidu_operator op);

/* ---- says.c ---- */
void tidu_says_criterion(tidu_text *out, asked *e, const tidu_criterion *criterion, uint32_t row,
                         tidu_lang lang);

/* ---- missing.c ---- */
struct missing *tidu_missing_open(const tidu_program *program);
void tidu_missing_close(struct missing **missing);
void tidu_missing_find(asked *e, uint32_t row);
void tidu_missing_write(asked *e, tidu_text *out);
/* Titles of the facts that keep one step unknown, "、" between them. */
void tidu_missing_names(tidu_text *out, asked *e, tidu_step step, uint32_t row, tidu_lang lang);

/* ---- scenarios.c ---- */
/* Whether a row came to what the scenario expects of it. */
bool tidu_scenario_passes(const tidu_run *run, uint32_t row, const tidu_scenario *scenario);

/* ---- cases.c ---- */

/* Scenarios of one date that speak of the same rules, a row each. */
struct batch {
    int32_t as_of;
    uint64_t *rules;     /* that decide what they expect, a bit each */
    tidu_block *block;   /* their records, read once */
    const tidu_scenario **scenarios; /* [row] */
    uint32_t wanted;     /* scenarios that belong here */
};

struct cases {
    tidu_ruleset *ruleset;
    tidu_arena *arena;
    const tidu_rules *rules;
    tidu_reader *reader;
    struct batch *batches;
    size_t count, capacity;
};

/* All scenarios of a ruleset that passes them. NULL with *reterr when memory
 * ran out, or a record is refused. */
struct cases *tidu_cases_open(tidu_ruleset *ruleset, tidu_error *reterr);
void tidu_cases_close(struct cases **cases);
/* Judge a batch; NULL when memory ran out. */
tidu_run *tidu_cases_run(const struct batch *batch, const tidu_program *program);

/* ---- brief.c ---- */
bool tidu_brief_build(struct tidu_evaluation *e);
void tidu_brief_free(struct brief *brief);
void tidu_brief_write(asked *e, uint32_t row, tidu_text *out);

/* ---- answer.c ---- */
void tidu_answer_points(asked *e, const tidu_scorecard *card, uint32_t row, bool titles,
                        tidu_text *out);
const char *tidu_answer_status(tidu_truth truth);
/* {"zh":…,"en":…}, as the evaluation's language asks. */
void tidu_answer_words(tidu_text *out, tidu_lang lang, const char *zh, const char *en);
void tidu_answer_string(tidu_text *out, const char *text);

#endif
