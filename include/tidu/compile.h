/*
 * compile.h: from declarations to a ruleset of programs.
 *
 * The meaning of the words: facts become a vocabulary, documents and
 * parameters get their dates, conditions become trees, trees become steps, and
 * every stretch of time in which nothing changes gets its program.
 *
 *   declarations ─► vocabulary, versions ─► trees ─► layout ─► a program an epoch
 *
 * Must not know: Lua, Markdown, JSON, sockets.
 *
 * Ownership: a ruleset owns all of it and is immutable once built; it is
 * counted, atomically, since threads let go on their own.
 */
#ifndef TIDU_COMPILE_H
#define TIDU_COMPILE_H

#include "tidu/evaluate.h"
#include "tidu/program.h"
#include "tidu/routing.h"

#include <stdatomic.h>

/* A number that a what-if may move. */
typedef struct tidu_parameter {
    const char *address; /* "lg/main_share#1", or a param's name */
    const char *value;   /* as spelled, with its unit */
    tidu_titles title;
    const tidu_document_info *document; /* NULL for a param of the vocabulary */
    uint32_t line, column;
    const char *path;
} tidu_parameter;

/* What a scenario says should come of it. */
typedef struct tidu_expectation {
    const char *id;     /* designation, criterion, "score:<id>", derived fact */
    const char *status; /* "met", "unmet", "undetermined", "absent", a code, a date, or NULL */
    double low, high;   /* numbers and scores */
    bool truth;         /* a derived flag */
    enum { TIDU_EXPECT_STATUS, TIDU_EXPECT_NUMBER, TIDU_EXPECT_FLAG } kind;
    uint32_t line, column; /* of the id */
} tidu_expectation;

typedef struct tidu_scenario {
    const char *name;
    const char *path;
    uint32_t line;
    const tidu_declaration *declaration;
    int32_t as_of;
    const tidu_attr *record; /* JSON, or NULL: tidu_ruleset_record() writes it */
    const tidu_expectation *expectations;
    uint32_t expectation_count;
    const char *const *because; /* criterion ids; NULL when not stated */
    uint32_t because_count;
    bool has_because;
} tidu_scenario;

/* Programs by date, without gaps: each from the day after the last through the
 * day in `until`. A program may stand in several timelines, and answer for
 * more days than one of them asks it for. */
typedef struct tidu_timeline {
    const tidu_program *const *programs;
    const int32_t *until;
    uint32_t count;
} tidu_timeline;

/* What answers for a place: the ladder with measures and national money, and
 * what its own layer and those above it add. Places without a layer of their
 * own are answered by the plan of the place they lie in; the first plan is the
 * country's. A plan whose layers fill no slot of the ladder has the country's
 * ladder. */
typedef struct tidu_plan {
    uint32_t place;
    tidu_timeline ladder;
    tidu_timeline local; /* count 0: nothing is added */
} tidu_plan;

struct world; /* what the compiler knew: trees and dates */

struct tidu_ruleset {
    atomic_uint references;
    tidu_arena *arena; /* owns everything but the programs' steps */
    char digest[65];
    tidu_vocabulary vocabulary;
    tidu_declarations declarations;
    const tidu_document_info *documents;
    uint32_t document_count;
    tidu_program **programs; /* all of them; the country's ladder comes first, by date */
    uint32_t program_count;
    const tidu_plan *plans;  /* by place */
    uint32_t plan_count;
    tidu_regions regions;
    tidu_routing routing;
    const tidu_parameter *parameters;
    uint32_t parameter_count;
    const tidu_scenario *scenarios;
    uint32_t scenario_count;
    const tidu_effect *effects; /* what the change says it does */
    uint32_t effect_count;
    const struct world *world;
};

/* Give declarations their meaning. `arena` holds them and becomes the
 * ruleset's, on success; on failure the caller keeps it. NULL when there was
 * any error; all of them are in `report`. */
tidu_ruleset *tidu_compile(tidu_arena *arena, const tidu_declarations *declarations,
                           const char digest[65], tidu_report *report);

/* A scenario's record as a client would send it, with TIDU_RECORD_PADDING more
 * bytes behind it. What `out` held is lost. False when memory ran out. */
bool tidu_ruleset_record(const tidu_ruleset *ruleset, const tidu_scenario *scenario,
                         tidu_text *out);

/* The plan of a region: its own, or that of the nearest place it lies in. */
const tidu_plan *tidu_ruleset_plan(const tidu_ruleset *ruleset, uint32_t region);

/* The program of a timeline in force on a date; NULL for an empty one. */
const tidu_program *tidu_timeline_program(const tidu_timeline *timeline, int32_t as_of);

/* The country's ladder in force on a date. Every date has one. */
const tidu_program *tidu_ruleset_program(const tidu_ruleset *ruleset, int32_t as_of);

/* What one place says differently of a rule. */
typedef struct tidu_deviation {
    uint32_t place;
    tidu_titles title;
    const char *value;   /* as written; NULL for tables and conditions */
    double difference;   /* to the upper level's, in `unit` */
    const tidu_unit *unit; /* NULL: a plain number */
    int direction;       /* 1 stricter, -1 looser, 0 neither can be said */
    tidu_citation citation;
} tidu_deviation;

/* The places that deviate from a rule on a date: a slot, or a designation with
 * all its slots; any other rule is the same everywhere. *ret_base is what the
 * rest has. The list lives in `arena`. False with *reterr when there is no
 * such rule. */
bool tidu_ruleset_deviations(const tidu_ruleset *ruleset, const char *id, int32_t as_of,
                             tidu_arena *arena, tidu_deviation *ret_base,
                             const tidu_deviation **ret_list, uint32_t *ret_count,
                             tidu_error *reterr);

/* The first or the last day of something. */
typedef struct tidu_event {
    int32_t day;
    bool ends;         /* the last day; else the first */
    const char *kind;  /* "document", "parameter", "subsidy", "slot", "body", "target" */
    const char *id;
    tidu_titles title;
    uint32_t place;
    tidu_citation citation;
} tidu_event;

/* What begins or ends between two days, both included, by date. The list lives
 * in `arena`. False when memory ran out. */
bool tidu_ruleset_events(const tidu_ruleset *ruleset, int32_t from, int32_t until,
                         tidu_arena *arena, const tidu_event **ret_list, uint32_t *ret_count);

#endif
