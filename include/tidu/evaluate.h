/*
 * evaluate.h: rulesets, and answers to records.
 *
 * The whole engine for one caller in a few calls: load a folder of policy
 * documents, open an evaluation for a date, feed records, write answers.
 *
 *   tidu_ruleset *rules;  tidu_report *report = tidu_report_open();
 *   if (!tidu_ruleset_load("rules", NULL, &rules, report)) …print report…
 *   tidu_evaluation *e = tidu_evaluation_open(rules, &options, rows, &error);
 *   tidu_evaluation_json(e, text, length, &error);
 *   tidu_evaluation_run(e);
 *   tidu_evaluation_write(e, 0, &out);
 *
 * Ownership: a ruleset is immutable and counted, atomically; an evaluation
 * holds its ruleset and belongs to one thread at a time.
 */
#ifndef TIDU_EVALUATE_H
#define TIDU_EVALUATE_H

#include "tidu/declare.h"
#include "tidu/record.h"
#include "tidu/text.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tidu_ruleset tidu_ruleset;

/* Read every .md and .lua file under `folder` into `arena`, sorted by path.
 * Hidden files, README.md files and editors' leavings (~, .swp, .bak) are
 * skipped. False with *reterr when a file cannot be read. */
bool tidu_sources_read(const char *folder, tidu_arena *arena, tidu_source **ret_sources,
                       size_t *ret_count, tidu_error *reterr);

/* The digest that names a ruleset: over the paths and bytes of its sources. */
void tidu_sources_digest(const tidu_source *sources, size_t count, char ret[65]);

/* Load a folder, or sources already in memory. Complaints and warnings go to
 * `report`. False when there was any error; then *ret_ruleset is untouched.
 * `helper` as in tidu_author_run. Scenarios are not run here. */
bool tidu_ruleset_load(const char *folder, const char *helper, tidu_ruleset **ret_ruleset,
                       tidu_report *report);
bool tidu_ruleset_build(const tidu_source *sources, size_t count, const char *helper,
                        tidu_ruleset **ret_ruleset, tidu_report *report);

/* The same as tidu_ruleset_build, quicker: documents that have not changed since
 * `earlier` was built (NULL: nothing) are not run again. It must have been built
 * by the same helper. */
bool tidu_ruleset_rebuild(const tidu_source *sources, size_t count, const char *helper,
                          const tidu_ruleset *earlier, tidu_ruleset **ret_ruleset,
                          tidu_report *report);

tidu_ruleset *tidu_ruleset_ref(tidu_ruleset *ruleset);
void tidu_ruleset_unref(tidu_ruleset **ruleset);

/* SHA-256 of the sources, 64 hexadecimal digits. Answers show the first 12. */
const char *tidu_ruleset_digest(const tidu_ruleset *ruleset);
const tidu_vocabulary *tidu_ruleset_vocabulary(const tidu_ruleset *ruleset);

typedef struct tidu_counts {
    uint32_t documents, facts, parameters, designations, criteria, scenarios, programs, steps;
    uint32_t stale; /* clauses whose words changed after their rules were reviewed */
    size_t memory_bytes;
} tidu_counts;
tidu_counts tidu_ruleset_counts(const tidu_ruleset *ruleset);

/* Run every scenario. Each that fails adds an error at its line saying what
 * was expected and what came. Returns how many passed. */
uint32_t tidu_ruleset_scenarios(tidu_ruleset *ruleset, tidu_report *report);

/* Look for what is legal but hardly meant: conditions that nobody or everybody
 * meets, borders claimed twice or left out, what is used by nothing, what keeps
 * others out. All of it are warnings, each with a case that shows it. False
 * when memory ran out. */
bool tidu_ruleset_lint(const tidu_ruleset *ruleset, tidu_report *report);

/* Append what nothing reads and what was waived, as two members of a JSON
 * object: "unused":[…],"waivers":[…]. */
void tidu_ruleset_findings(const tidu_ruleset *ruleset, tidu_text *out);

/* Write what the ruleset needs and knows as one JSON object, a key a topic:
 * "documents", "designations", "criteria", "parameters", "measures", "demands",
 * "subsidies", "stacks", "slots", "transitions", "targets", "facts"; `what`
 * chooses one of them (the object then has only that key), NULL all. "bodies", "regions" and
 * "programs", each with its steps as text, come only when asked for by name.
 * False with *reterr when there is no such thing. */
bool tidu_ruleset_describe(const tidu_ruleset *ruleset, const char *what, tidu_text *out,
                           tidu_error *reterr);

/* The program in force on a date as readable text, a step a line. */
void tidu_ruleset_print_program(const tidu_ruleset *ruleset, int32_t as_of, tidu_text *out);

/* What a change says it does when these rules take over: so many enterprises of a
 * population gain or lose a designation. */
typedef struct tidu_effect {
    const char *designation;
    bool gain; /* or lose */
    double low, high;
    int32_t as_of; /* the day it is about; INT32_MIN: that of taking over */
    uint32_t document, line;
} tidu_effect;

/* All of them, in the order they were said; they live as long as the ruleset. */
const tidu_effect *tidu_ruleset_effects(const tidu_ruleset *ruleset, uint32_t *ret_count);

/* The path of a document, for its place in a message. */
const char *tidu_ruleset_document(const tidu_ruleset *ruleset, uint32_t document);

typedef enum tidu_explain {
    TIDU_EXPLAIN_NONE,
    TIDU_EXPLAIN_BRIEF,
    TIDU_EXPLAIN_FAILED,
    TIDU_EXPLAIN_FULL
} tidu_explain;

/* What they are called in requests, in that order, and NULL. */
extern const char *const tidu_explain_names[TIDU_EXPLAIN_FULL + 2];

/* Parts of an answer. */
enum {
    TIDU_INCLUDE_DESIGNATIONS = 1,
    TIDU_INCLUDE_SUBSIDIES = 2,
    TIDU_INCLUDE_MEASURES = 4,
    TIDU_INCLUDE_ALL = 7
};

typedef struct tidu_options {
    int32_t as_of; /* days since 1970-01-01: see tidu_date_parse */
    tidu_explain explain;
    tidu_lang lang;
    bool ignore_unknown;               /* skip facts the vocabulary lacks */
    const char *const *designations;   /* only these; NULL for all */
    size_t designation_count;
    unsigned include;                  /* parts of the answer; 0: all, or with `designations` only
                                        * those */
    uint32_t jurisdiction;             /* a region's code for all records; 0: each record's own */
} tidu_options;

typedef struct tidu_evaluation tidu_evaluation;

/* Everything one caller needs to answer up to `rows` records at a time (1 to
 * TIDU_BLOCK_ROWS). Memory is taken here, and when the first record of a place
 * is added; judging takes none. NULL with *reterr when memory ran out or
 * options name an unknown designation or region. Options are copied. */
tidu_evaluation *tidu_evaluation_open(tidu_ruleset *ruleset, const tidu_options *options,
                                      uint32_t rows, tidu_error *reterr);
void tidu_evaluation_close(tidu_evaluation **evaluation);

/* Change date, explain, lang and the rest, and forget all records. Cheap when
 * the date stays. */
bool tidu_evaluation_reset(tidu_evaluation *evaluation, const tidu_options *options,
                           tidu_error *reterr);

/* Forget all records, keep the options. */
void tidu_evaluation_clear(tidu_evaluation *evaluation);

/* Add a record as the next row; see record.h for the promises and padding. The
 * text must stay until its answer is written. */
tidu_read tidu_evaluation_json(tidu_evaluation *evaluation, const char *text, size_t length,
                               tidu_error *reterr);
tidu_read tidu_evaluation_csv(tidu_evaluation *evaluation, tidu_csv *csv, const char *text,
                              size_t length, tidu_error *reterr);

/* Take back the row that was added last. */
void tidu_evaluation_take_back(tidu_evaluation *evaluation);

/* True when the row that was added last says nothing of titles; *ret_uscc is then
 * its unified social credit code as a JSON string, data NULL when it has none. */
bool tidu_evaluation_untitled(const tidu_evaluation *evaluation, tidu_slice *ret_uscc);

/* The region whose rules judge the row that was added last: a code, or
 * TIDU_COUNTRY_CODE. */
uint32_t tidu_evaluation_region(const tidu_evaluation *evaluation);

/* Judge all rows. Cannot fail. */
void tidu_evaluation_run(tidu_evaluation *evaluation);
uint32_t tidu_evaluation_rows(const tidu_evaluation *evaluation);

/* Append one row's answer as a JSON object (interface section 2), no line end. */
void tidu_evaluation_write(const tidu_evaluation *evaluation, uint32_t row, tidu_text *out);

/* Append what a row says of the enterprise, as the member ,"enterprise":{…}. */
void tidu_evaluation_enterprise(const tidu_evaluation *evaluation, uint32_t row, tidu_text *out);

/* Append one criterion of a row that has been judged as a full answer tells it, whether
 * its designation was asked for or not. False when the row's rules have no such
 * criterion. */
bool tidu_evaluation_criterion(const tidu_evaluation *evaluation, uint32_t row, const char *id,
                               tidu_text *out);

/* What a designation came to. */
typedef enum tidu_outcome { TIDU_UNMET, TIDU_MET, TIDU_UNDETERMINED } tidu_outcome;

/* Call `visit` with each designation of a row, in the order of the answer. */
void tidu_evaluation_outcomes(const tidu_evaluation *evaluation, uint32_t row,
                              void (*visit)(void *context, const char *id, tidu_outcome outcome),
                              void *context);

/* Call `visit` with each criterion of a designation in a row: a group counts as one,
 * and what stands inside it is not visited. Nothing when the row has no such
 * designation. */
void tidu_evaluation_criteria(const tidu_evaluation *evaluation, uint32_t row,
                              const char *designation,
                              void (*visit)(void *context, const char *id, tidu_outcome outcome),
                              void *context);

/* A designation of the country's ladder: the higher its tier, the further up. */
typedef struct tidu_rung {
    const char *id, *zh, *en;
    int32_t tier; /* 0: beside the ladder */
} tidu_rung;

/* The ladder in force on a date, lowest tier first, at most `most` rungs. Returns how many. */
uint32_t tidu_ruleset_ladder(const tidu_ruleset *ruleset, int32_t as_of, tidu_rung *ret_rungs,
                             uint32_t most);

/* Call `visit` with how many rows each designation came to what in, by outcome: in
 * none of them when answers do not tell of designations. One may come more than
 * once. Costs little for many rows. */
void tidu_evaluation_count(const tidu_evaluation *evaluation,
                           void (*visit)(void *context, const char *id, const uint32_t counts[3]),
                           void *context);

/* Who is responsible for a measure, a demand or a designation. */
typedef struct tidu_route_question {
    const char *duty;        /* an id such as "DT-03", or a title such as "用能" */
    uint32_t region;         /* a region's code; TIDU_COUNTRY_CODE for the country alone */
    int32_t as_of;
    tidu_lang lang;
    bool central_subsidiary; /* the enterprise belongs to a central state-owned one */
} tidu_route_question;

/* Append the chain of offices from the region up to the ministry as a JSON
 * object: who leads, who cooperates, who supports at each level, how that is
 * known ("basis"), by which clause. False with *reterr when there is no such
 * duty or region. */
bool tidu_ruleset_route(const tidu_ruleset *ruleset, const tidu_route_question *question,
                        tidu_text *out, tidu_error *reterr);

/* Append who acts for a body (its id) in a place, as {"body":…,"name":{"zh":…,"en":…}}.
 * False with *reterr when there is no such body, or nobody acts for it there. */
bool tidu_ruleset_office(const tidu_ruleset *ruleset, const char *body, uint32_t region,
                         int32_t as_of, tidu_text *out, tidu_error *reterr);

/* One enterprise in every place: append {"ruleset":…,"as_of":…,"enterprise":…,
 * "places":[{"place":{"code":…,"name":…,"level":…},"answer":{…}},…]}, a brief
 * answer for the country and for each place with a layer of its own; all other
 * places are like the nearest of these. `options` says the date, the language
 * and what to do about unknown facts. `text` as for tidu_evaluation_json. */
bool tidu_ruleset_matrix(tidu_ruleset *ruleset, const tidu_options *options, const char *text,
                         size_t length, tidu_text *out, tidu_error *reterr);

/* One rule in every place: append {"rule":…,"default":{…},"places":[{"place":…,
 * "value":…,"difference":…,"direction":"stricter"|"looser"|null,"clause":…},…],
 * "same":n}: who deviates, which way, by how much. */
bool tidu_ruleset_compare(const tidu_ruleset *ruleset, const char *rule, int32_t as_of,
                          tidu_lang lang, tidu_text *out, tidu_error *reterr);

/* A title an enterprise holds or held, for its calendar. */
typedef struct tidu_title_term {
    const char *id;
    int32_t granted, reviewed, cancelled; /* INT32_MIN when not stated */
    int32_t expires;                      /* INT32_MAX when not stated */
} tidu_title_term;

/* The last day a title counts: as stated, or what its policy's validity makes of the day it
 * was granted or reviewed last; INT32_MAX when nothing ends it. */
int32_t tidu_ruleset_last_day(const tidu_ruleset *ruleset, const tidu_title_term *term);

/* Dates from `from` through `until`: append {"ruleset":…,"events":[{"date":…,
 * "kind":…,"id":…,"title":…,"says":…},…]}. Without a record those of the rules:
 * documents, parameters, awards, slots that begin or end. With a record (`text`
 * not NULL) those of the enterprise: its titles' ends and reviews, bans, and
 * the last days of awards it may draw; "ladder" tells the state of each title. */
bool tidu_ruleset_calendar(tidu_ruleset *ruleset, const tidu_options *options, int32_t until,
                           const char *text, size_t length, const tidu_title_term *terms,
                           size_t term_count, tidu_text *out, tidu_error *reterr);

/* Append an error as a JSON-RPC error object:
 * {"code":-32001,"message":"…","data":{"id":"E301","fact":…,"got":…,"takes":…,"hint":…}}.
 * `rpc_code` is the protocol's number. */
void tidu_error_write(const tidu_error *error, int rpc_code, tidu_lang lang, tidu_text *out);

/* Append a report as the JSON array of interface section 5. */
void tidu_report_write(const tidu_report *report, tidu_lang lang, tidu_text *out);

#ifdef __cplusplus
}
#endif

#endif
