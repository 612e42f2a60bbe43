/*
 * declare.h: what a rules folder says, as data.
 *
 * The authoring helper (a child process) runs Markdown and Lua and hands back
 * documents, clauses, tables and declarations. Nothing here is interpreted
 * yet: dsl/compile/ gives the words their meaning. No script and no Lua value
 * outlives the helper.
 *
 *   documents ──< clauses ──< declarations ──< attributes
 *            └──< tables
 *
 * Ownership: everything lives in the arena given to tidu_author_run.
 */
#ifndef TIDU_DECLARE_H
#define TIDU_DECLARE_H

#include "tidu/arena.h"
#include "tidu/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One file of a rules folder. `path` is relative to the folder, with '/'. */
typedef struct tidu_source {
    const char *path;
    const char *text; /* UTF-8, ended by a NUL that `length` does not count */
    size_t length;
} tidu_source;

/* A heading with the words under it, up to the next heading of any level.
 * Clause 0 of every document is what stands before its first heading; a .lua
 * file has only that one. */
typedef struct tidu_clause {
    uint32_t document;  /* index */
    uint32_t line;      /* of the heading */
    const char *path;   /* headings from the document's second level down: "附件2/二、规模" */
    const char *words;  /* the clause's plain text, code blocks left out, spaces folded */
    char digest[65];    /* SHA-256 of `words` */
} tidu_clause;

/* A Markdown table: row 0 holds the headings. Cell (r, c) is cells[r * columns + c]. */
typedef struct tidu_cell {
    const char *text; /* plain text, trimmed */
    uint32_t line;
    uint32_t column;
} tidu_cell;

typedef struct tidu_table {
    uint32_t document;
    uint32_t clause;
    uint32_t line;
    uint32_t rows;
    uint32_t columns;
    const tidu_cell *cells;
} tidu_table;

typedef struct tidu_document {
    const char *path;
    char digest[65]; /* of the file's bytes */
} tidu_document;

typedef enum tidu_attr_kind {
    TIDU_ATTR_FLAG,   /* number is 0 or 1 */
    TIDU_ATTR_NUMBER, /* text is the number's shortest spelling */
    TIDU_ATTR_TEXT,   /* text */
    TIDU_ATTR_EXPR,   /* text is an expression that began at line, column */
    TIDU_ATTR_TABLE,  /* reference is an index into tables */
    TIDU_ATTR_DECL,   /* reference is an index into declarations (a nested criterion or group) */
    TIDU_ATTR_LIST,   /* items without names */
    TIDU_ATTR_MAP,    /* items with names, in the order of their names' bytes */
    TIDU_ATTR_JSON    /* pieces make a JSON object: a scenario's record */
} tidu_attr_kind;

typedef struct tidu_attr {
    tidu_attr_kind kind;
    const char *name; /* NULL in a list */
    const char *text;
    union {
        double number;
        const uint32_t *pieces; /* of JSON: indices, in the order of the members' names */
    };
    uint32_t reference; /* of JSON: how many pieces */
    uint32_t line, column; /* of an expression's first character, or of the attribute's name.
                            * Column 0: only the line is known, as of an expression that a
                            * script put together or that stands in another document */
    uint32_t item_count;
    const struct tidu_attr *items;
} tidu_attr;

/* One word said by a script: `criterion "main_share" {…}`. */
typedef struct tidu_declaration {
    const char *word; /* "criterion", "fact", … and for groups "all", "any", "none", "at_least" */
    const char *name; /* NULL when the word takes none */
    uint32_t document;
    uint32_t clause;
    uint32_t line;
    int32_t parent; /* the declaration it nests in, or -1 */
    tidu_attr attrs; /* a MAP; positional items are a LIST named "items", as in any table that
                      * may have both names and positions (a code, a field, bands) */
} tidu_declaration;

typedef struct tidu_declarations {
    uint32_t document_count, clause_count, table_count, declaration_count, piece_count;
    const tidu_document *documents;
    const tidu_clause *clauses;
    const tidu_table *tables;
    const tidu_declaration *declarations; /* in the order they were said, but each before what
                                           * nests in it */
    const char *const *pieces; /* members of JSON objects, `"revenue":9999`, each once: records
                                * of scenarios differ in little */
} tidu_declarations;

/* What a load may cost; a script that wants more is stopped. */
typedef struct tidu_author_limits {
    size_t memory_bytes;  /* of the whole child */
    unsigned cpu_ms;      /* processor time of the whole load */
    unsigned wall_ms;     /* by the clock */
    size_t output_bytes;  /* of what it hands back */
} tidu_author_limits;

/* 256 MiB, 10 s, 20 s, 64 MiB. */
extern const tidu_author_limits tidu_author_default_limits;

/* Run the scripts of `sources` (in the order given: the caller sorts them) in
 * a child process and fetch what they declared. Complaints go to `report` at
 * their documents and lines. `helper` is the path of the authoring helper, or
 * NULL for the installed one (TIDU_AUTHOR in the environment wins over both).
 *
 * False when nothing could be fetched at all; the report then says why. With
 * complaints about single declarations it returns true: what was understood
 * is there, so that the rest can be checked too. `limits` may be NULL. */
bool tidu_author_run(const char *helper, const tidu_source *sources, size_t source_count,
                     const tidu_author_limits *limits, tidu_arena *arena,
                     tidu_declarations *ret_declarations, tidu_report *report);

/* The same, by two helpers at once where that is worth it. */
bool tidu_author_run_apart(const char *helper, const tidu_source *sources, size_t source_count,
                           tidu_arena *arena, tidu_declarations *ret_declarations,
                           tidu_report *report);

/* The same, where an earlier run of all sources was without complaint: documents
 * that have not changed since are taken from what it declared, unless the
 * vocabulary did. `earlier` is only read and may go afterwards. */
bool tidu_author_rerun(const char *helper, const tidu_source *sources, size_t source_count,
                       const tidu_declarations *earlier, tidu_arena *arena,
                       tidu_declarations *ret_declarations, tidu_report *report);

/* The attribute of that name, or NULL. */
const tidu_attr *tidu_attr_find(const tidu_attr *map, const char *name);

/* Its text (TEXT, EXPR or NUMBER), or `otherwise`. */
const char *tidu_attr_text(const tidu_attr *map, const char *name, const char *otherwise);

#ifdef __cplusplus
}
#endif

#endif
