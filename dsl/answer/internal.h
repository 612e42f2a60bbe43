/*
 * internal.h: what the files of the answer room share.
 *
 *   evaluation.c  a block, a run and what is asked of them
 *   answer.c      one row as a JSON object      brief.c   the same, pre-written
 *   pieces.c      what is the same in each       notes.c   what to know beside it
 *   says.c        conditions in sentences       show.c    numbers with units
 *   missing.c     which facts to ask for        describe.c, lists.c, scenarios.c, report.c
 *   support.c     measures and money            route.c   who is responsible
 *   matrix.c      every place                   calendar.c  every date
 *   cases.c       scenarios as rows             mutation.c, coverage.c
 *   whatif.c      before and after
 */
#ifndef TIDU_ANSWER_INTERNAL_H
#define TIDU_ANSWER_INTERNAL_H

#include "tidu/compile.h"
#include "tidu/overlay.h"
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

/* Facts (then titles) against what waits for them: the criteria, subsidies and
 * measures of a row's ladder, then those of its local program. */
struct missing {
    uint64_t *waits;    /* [fact * words + item / 64] */
    uint32_t words;
    uint32_t *ruled;    /* criteria waiting for each fact */
    uint32_t *counts;   /* items waiting for each fact */
    uint16_t *lags;     /* years asked for, a bit each */
    uint32_t *order;    /* facts missing, most decisive first */
    uint32_t count;
};

/* A program and its run over the block. */
struct lane {
    const tidu_program *program;
    tidu_run *run;
    bool *chosen;       /* [designation of the program] */
    struct brief brief;
    struct pieces *pieces;
    uint64_t used;      /* when it was last needed: the longest unused gives way */
    bool due;           /* a row of the block needs it */
};

enum { TIDU_NO_LANE = UINT32_MAX };

/* Who answers for a row. */
struct row_place {
    uint32_t region;    /* TIDU_COUNTRY_CODE when it is not known */
    uint32_t ladder, local; /* lanes; no local one: TIDU_NO_LANE */
};

struct tidu_evaluation {
    tidu_ruleset *ruleset;
    tidu_options options; /* designations is not used: see chosen */
    char **wanted;        /* ids asked for; NULL for all */
    size_t wanted_count;
    tidu_reader *reader;
    tidu_block *block;
    struct lane **lanes; /* NULL where memory ran out */
    uint32_t lane_count, most_lanes;
    uint64_t clock;
    struct row_place *places; /* [row] */
    struct missing *missing;
    tidu_text head;       /* "ruleset" and "as_of", the same for all rows */
    uint32_t rows;
    tidu_overlay *overlay; /* what is different from the ruleset, or NULL */
    const struct tidu_evaluation *before; /* whose columns runs share, or NULL */
    /* what a writer looks through: one lane of one row, see tidu_look */
    const tidu_program *program;
    tidu_run *run;
    const bool *chosen;
    const struct brief *brief;
    struct pieces **pieces;
    uint32_t region;
};

typedef const struct tidu_evaluation asked;

/* An evaluation of a ruleset with something changed (NULL: nothing), which computes
 * only what differs from another one of the same ruleset (NULL: all) that has
 * been run over as many rows and stays open. The overlay stays the caller's. */
tidu_evaluation *tidu_evaluation_beside(tidu_ruleset *ruleset, const tidu_options *options,
                                        uint32_t rows, tidu_overlay *overlay, asked *before,
                                        tidu_error *reterr);

/* The evaluation as seen through a lane of a row. */
struct tidu_evaluation tidu_look(asked *e, uint32_t row, uint32_t lane);
/* The same for the lane's number among the row's (0 the ladder, 1 the local
 * program); false when there is none. */
enum { TIDU_LANES_A_ROW = 2 };
bool tidu_look_nth(asked *e, uint32_t row, unsigned nth, struct tidu_evaluation *ret);

/* The region a record states, or the country. */
uint32_t tidu_region_stated(const tidu_ruleset *ruleset, const tidu_block *block, uint32_t row);

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
/* Whether a part's bound looks the same in every row. */
bool tidu_show_is_fixed(asked *e, const tidu_part *part);
const char *tidu_show_operator(tidu_operator op);

/* ---- says.c ---- */
void tidu_says_criterion(tidu_text *out, asked *e, const tidu_criterion *criterion, uint32_t row,
                         tidu_lang lang);

/* By which rules a designation with a transition is met, and which count. */
void tidu_says_transition(tidu_text *out, asked *e, const tidu_designation *designation,
                          uint32_t row, tidu_lang lang);

/* ---- missing.c ---- */
/* Room for so many items; false when memory ran out. */
bool tidu_missing_reserve(struct tidu_evaluation *e, uint32_t items);
uint32_t tidu_missing_items(const tidu_program *program);
void tidu_missing_close(struct missing **missing);
void tidu_missing_find(asked *e, uint32_t row);
void tidu_missing_write(asked *e, uint32_t row, tidu_text *out);
/* Titles of the facts that keep one step unknown, "、" between them. */
void tidu_missing_names(tidu_text *out, asked *e, tidu_step step, uint32_t row, tidu_lang lang);

/* ---- scenarios.c ---- */
/* Whether a row came to what the scenario expects of it, by the runs of its
 * ladder and of what its place adds (NULL: nothing). */
bool tidu_scenario_passes(tidu_run *const runs[TIDU_LANES_A_ROW], uint32_t row,
                          const tidu_scenario *scenario);

/* ---- cases.c ---- */

/* Who answers for a batch: the ladder, and what its place adds. */
struct judges {
    uint32_t numbers[TIDU_LANES_A_ROW];      /* among the ruleset's programs; TIDU_NO_LANE: none */
    const uint64_t *rules[TIDU_LANES_A_ROW]; /* that each is made of, a bit each */
};

/* Scenarios of one date and place that speak of the same rules, a row each. */
struct batch {
    int32_t as_of;
    uint32_t place; /* whose plan answers */
    struct judges judges;
    uint64_t *rules;     /* that decide what they expect, a bit each */
    tidu_block *block;   /* their records, read once */
    const tidu_scenario **scenarios; /* [row] */
    bool *counts;        /* [row] it came to what is expected: what fails anyway tells nothing */
    uint32_t wanted;     /* scenarios that belong here */
};

struct cases {
    tidu_ruleset *ruleset;
    tidu_arena *arena;
    const tidu_rules *rules;
    const uint64_t **rules_in; /* [program of the ruleset] once asked for */
    tidu_reader *reader;
    tidu_text record; /* of the scenario being read */
    struct batch *batches;
    size_t count, capacity;
};

/* All scenarios of a ruleset that passes them. NULL with *reterr when memory
 * ran out, or a record is refused. */
struct cases *tidu_batches_open(tidu_ruleset *ruleset, tidu_error *reterr);
void tidu_batches_close(struct cases **cases);
/* The rules that one of the ruleset's programs is made of; NULL when memory ran
 * out. */
const uint64_t *tidu_batches_rules(struct cases *cases, uint32_t number);
/* Whether a rule is in force for a batch and decides what it expects. */
bool tidu_batches_concerned(const struct cases *cases, const struct batch *batch, uint32_t rule);
/* Judge a batch; NULL when memory ran out. */
tidu_run *tidu_batches_run(const struct batch *batch, const tidu_program *program);
/* By the ruleset's own programs. False when memory ran out; close them either way. */
bool tidu_batches_judge(const struct cases *cases, const struct batch *batch,
                        tidu_run *ret_runs[TIDU_LANES_A_ROW]);
void tidu_batches_dismiss(tidu_run *runs[TIDU_LANES_A_ROW]);

/* ---- pieces.c ---- */
enum piece {
    PIECE_PART,      /* of a part, for each truth: the status and its words */
    PIECE_REQUIRES,  /* its bound, for "requires" */
    PIECE_BOUND_ZH,  /* and in a sentence */
    PIECE_BOUND_EN,
    PIECE_CRITERION, /* of a criterion, for each truth: id, title, status */
    PIECE_CLAUSE,    /* its clause */
    PIECE_SUBSIDY,   /* of a subsidy: id and title */
    PIECE_SOURCE,    /* its clause */
    PIECE_MEASURE,   /* of a measure: id and title */
    PIECE_GROUNDS,   /* its clause */
    PIECE_DUTY,      /* who is responsible for it */
    PIECE_FACT,      /* of a fact: its name as a key */
    PIECE_OFFICE,    /* of a body: its office where the enterprise is */
    PIECE_KINDS
};
/* Append the piece; false when it is not there. */
bool tidu_piece_put(asked *e, enum piece kind, size_t number, tidu_text *out);
/* What was written since `from` is the piece. */
void tidu_piece_keep(asked *e, enum piece kind, size_t number, size_t from, const tidu_text *out);
void tidu_pieces_free(struct pieces **pieces);

/* ---- brief.c ---- */
bool tidu_brief_build(struct lane *lane);
void tidu_brief_free(struct brief *brief);
/* The designations of the lane looked through, as members of an array. */
void tidu_brief_write(asked *e, uint32_t row, bool *first, tidu_text *out);

/* ---- support.c ---- */
bool tidu_wants(asked *e, unsigned part);
/* ,"subsidies":[…],"money":{…},"measures":[…] */
void tidu_support_write(asked *e, uint32_t row, tidu_text *out);
void tidu_support_brief(asked *e, uint32_t row, tidu_text *out);
void tidu_support_notes(asked *e, uint32_t row, bool *first, tidu_text *out);
/* Whether the answer's detail tells of it. */
bool tidu_subsidy_told(asked *e, uint32_t row, const tidu_subsidy *subsidy);
bool tidu_measure_told(asked *e, uint32_t row, const tidu_measure *measure);
bool tidu_subsidy_in_force(const tidu_subsidy *subsidy, int32_t as_of);

/* ---- route.c ---- */
/* What the office of a body is called in a place; false when nobody acts. */
bool tidu_office_name(const tidu_ruleset *ruleset, uint32_t body, uint32_t place, int32_t as_of,
                      tidu_lang lang, tidu_text *out);

/* {"code":…,"name":…,"level":…} */
void tidu_place_write(const tidu_ruleset *ruleset, uint32_t place, tidu_text *out);

/* ---- answer.c ---- */
void tidu_answer_points(asked *e, const tidu_scorecard *card, uint32_t row, bool titles,
                        tidu_text *out);
const char *tidu_answer_status(tidu_truth truth);
/* A number, or [low, high] where it is open. */
void tidu_answer_interval(asked *e, tidu_step low, tidu_step high, uint32_t row, tidu_text *out);
void tidu_answer_clause(const tidu_citation *citation, bool words, tidu_text *out);
void tidu_answer_condition(asked *e, const tidu_criterion *rule, uint32_t row, tidu_text *out);
/* A member: `key` with its punctuation, and a string or null. */
void tidu_answer_key(tidu_text *out, const char *key, const char *value);
/* Whether an answer of this detail tells a criterion and all it is part of. */
bool tidu_answer_tells(asked *e, const tidu_criterion *criterion, uint32_t row);
/* ,"notes":[…], in notes.c */
void tidu_notes_write(asked *e, uint32_t row, tidu_text *out);
/* The name of a sentence in that language and its quote; false when nobody asked for it. */
bool tidu_answer_begin_says(asked *e, tidu_lang lang, tidu_text *out);
void tidu_answer_sentence(asked *e, const tidu_criterion *criterion, uint32_t row, tidu_text *out);
void tidu_answer_says(asked *e, const tidu_criterion *criterion, uint32_t row, tidu_text *out);
void tidu_answer_notes(asked *e, const tidu_criterion *rule, uint32_t row, bool *first,
                       tidu_text *out);
/* {"zh":…,"en":…}, as the evaluation's language asks. */
/* ,"enterprise":{…} */
void tidu_answer_enterprise(asked *e, uint32_t row, tidu_text *out);
void tidu_answer_words(tidu_text *out, tidu_lang lang, const char *zh, const char *en);
void tidu_answer_string(tidu_text *out, const char *text);

/* ---- describe.c: ,"key":… */
void tidu_put_member(tidu_text *out, const char *key, const char *value);
void tidu_put_titles(tidu_text *out, const char *zh, const char *en);
void tidu_put_date(const char *key, int32_t day, tidu_text *out);
/* A comma, but not before the first. */
void tidu_put_comma(tidu_text *out, bool *first);

/* ---- lists.c: what is supported, and who answers for it */
/* An expression as it is spelled, without the blanks around it. */
void tidu_put_spelled(const char *text, tidu_text *out);
void tidu_list_measures(const tidu_ruleset *ruleset, tidu_text *out);
void tidu_list_demands(const tidu_ruleset *ruleset, tidu_text *out);
void tidu_list_subsidies(const tidu_ruleset *ruleset, tidu_text *out);
void tidu_list_stacks(const tidu_ruleset *ruleset, tidu_text *out);
void tidu_list_slots(const tidu_ruleset *ruleset, tidu_text *out);
void tidu_list_transitions(const tidu_ruleset *ruleset, tidu_text *out);
void tidu_list_targets(const tidu_ruleset *ruleset, tidu_text *out);
void tidu_list_bodies(const tidu_ruleset *ruleset, tidu_text *out);
void tidu_list_regions(const tidu_ruleset *ruleset, tidu_text *out);

#endif
