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
    const char *record; /* JSON, with TIDU_RECORD_PADDING bytes behind it */
    size_t record_length;
    const tidu_expectation *expectations;
    uint32_t expectation_count;
    const char *const *because; /* criterion ids; NULL when not stated */
    uint32_t because_count;
    bool has_because;
} tidu_scenario;

struct tidu_ruleset {
    atomic_uint references;
    tidu_arena *arena; /* owns everything but the programs' steps */
    char digest[65];
    tidu_vocabulary vocabulary;
    tidu_declarations declarations;
    const tidu_document_info *documents;
    uint32_t document_count;
    tidu_program **programs; /* by date, without gaps: each from the day after the last */
    uint32_t program_count;
    const tidu_parameter *parameters;
    uint32_t parameter_count;
    const tidu_scenario *scenarios;
    uint32_t scenario_count;
    const struct world *world; /* what the documents say as trees, for the lints */
};

/* Give declarations their meaning. `arena` holds them and becomes the
 * ruleset's, on success; on failure the caller keeps it. NULL when there was
 * any error; all of them are in `report`. */
tidu_ruleset *tidu_compile(tidu_arena *arena, const tidu_declarations *declarations,
                           const char digest[65], tidu_report *report);

/* The program in force on a date. Every date has one. */
const tidu_program *tidu_ruleset_program(const tidu_ruleset *ruleset, int32_t as_of);

#endif
