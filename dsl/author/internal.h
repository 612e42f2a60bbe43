/*
 * internal.h: what the files of the authoring helper share.
 *
 *   sources ─► document.c: clauses, tables, chunks ─► marks.c: marked chunks, tokens
 *           ─► sandbox.c runs them ─► bind.c, declare.c: declarations ─► encode.c ─► parent
 *
 * Everything here runs in the helper but tidu_author_decode, which reads its
 * answer in the parent. Memory that cannot be had ends the helper at once
 * (tidu_helper_take): so no file of it needs to handle that.
 *
 * Ownership: `struct author` owns all; its arena holds everything but the Lua
 * state, the report and the arrays that grow. INVARIANT: no C frame between lua_pcall and an error
 * owns anything else, since Lua's errors jump over it.
 */
#ifndef TIDU_AUTHOR_INTERNAL_H
#define TIDU_AUTHOR_INTERNAL_H

#include "tidu/declare.h"
#include "tidu/text.h"

struct lua_State;

enum {
    AUTHOR_DECLARATIONS = 100000,    /* a load that says more is stopped */
    AUTHOR_ERRORS = 500,             /* complaints kept; the first ones tell the story */
    AUTHOR_TABLE_DEPTH = 32,         /* tables in tables of one attribute */
    AUTHOR_NESTING = 64,             /* groups in groups */
    AUTHOR_HEAP_BYTES = 16 << 20,    /* what all shipped documents take */
    AUTHOR_OWN_BYTES = 48 << 20,     /* what the helper maps before it reads anything */
    AUTHOR_PROGRESS_BYTES = 1 << 20, /* what progress lines may add to the answer */
#ifdef TIDU_TIGHT
    AUTHOR_READ_BYTES = 61, /* at a time, from the socket: less would take most of a test's time */
#else
    AUTHOR_READ_BYTES = 1 << 16,
#endif
    AUTHOR_MARK_BYTES = 7,
    AUTHOR_MAGIC = 0x7a11d5
};

/* A place in a document. Line and column 0: not known. */
struct place {
    uint32_t document, line, column, end_column;
};

/* Lua's own words, as far as places need them. */
enum token_kind {
    TOKEN_NAME,
    TOKEN_STRING,
    TOKEN_OPEN,  /* ( [ { */
    TOKEN_CLOSE, /* ) ] } */
    TOKEN_OTHER
};

struct token {
    enum token_kind kind;
    char byte; /* of OPEN, CLOSE, and of an OTHER that is one byte long */
    uint32_t line, column;
    int32_t match;    /* of OPEN: its CLOSE, or -1 */
    const char *text; /* of NAME and STRING, not ended */
    size_t length;
};

/* A piece of Lua: a ```lua block, or a whole .lua file. */
struct chunk {
    uint32_t document, clause;
    uint32_t line; /* of its first line of code */
    int32_t above; /* the table above it, or -1 */
    const char *code;
    size_t length;
    const uint32_t *indents; /* characters cut off the left of each line; NULL for none */
    uint32_t line_count;
};

struct document {
    const char *path;
    const char *text; /* line ends made \n, byte order mark dropped */
    size_t length;
    bool lua, vocabulary;
    bool broken; /* a chunk of it stopped: what is missing is no surprise */
    struct chunk *chunks;
    size_t chunk_count, chunk_capacity;
    struct token *tokens; /* of all chunks that ran, by line */
    size_t token_count, token_capacity;
    int32_t policy; /* declarations opened last, or -1 */
    int32_t designation, scorecard;
    int32_t first; /* the first declaration, or -1 */
};

enum said {
    SAID_NAME, /* criterion "x": its table has yet to come */
    SAID_ALL,
    SAID_BROKEN /* its chunk stopped before it was said */
};

/* A declaration while scripts run. */
struct declared {
    const char *word, *name;
    const char *title; /* criterion "x", for messages */
    enum said said;
    struct place place;
    uint32_t clause;
    int32_t token;  /* the word's, or -1 */
    int32_t holder; /* the criterion or group it is an item of, or -1 */
    int32_t parent; /* what it belongs to if it has no holder, or -1 */
    uint32_t depth; /* levels of groups below it */
    tidu_attr attrs;
};

struct author {
    uint32_t magic;
    tidu_arena *arena;
    tidu_arena *scratch; /* emptied before each table is bound */
    bool brief;          /* what is taken now goes to scratch */
    tidu_report *report;
    struct lua_State *lua;
    size_t memory_limit, memory_used;
    size_t output_limit, output_used;
    unsigned cpu_ms;

    struct document *documents;
    uint32_t document_count;
    tidu_clause *clauses;
    size_t clause_count, clause_capacity;
    tidu_table *tables;
    size_t table_count, table_capacity;
    struct declared *declared;
    size_t declared_count, declared_capacity;
    struct place *marks;
    size_t mark_count, mark_capacity;
    const char **pieces;
    size_t piece_count, piece_capacity;
    uint32_t *piece_table; /* numbers + 1 by hash; 0 is empty */
    size_t piece_slots;

    const struct chunk *running;
    tidu_code stopped; /* the limit that stopped the scripts, or TIDU_OK */
    bool any_broken;
};

/* helper.c: memory, complaints. */

/* Zeroed memory that lives as long as the helper. Ends the helper when there
 * is none. */
void *tidu_helper_take(struct author *author, size_t count, size_t size);
char *tidu_helper_copy(struct author *author, const char *text, size_t length);
char *tidu_helper_format(struct author *author, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Room for one more item in an array that lives as long as the helper. */
void *tidu_helper_grow(void *array, size_t count, size_t *capacity, size_t item_size);
/* The same and zeroed memory in scratch. */
void *tidu_helper_scratch(struct author *author, size_t count, size_t size);
void *tidu_helper_scratch_grow(struct author *author, void *array, size_t count, size_t *capacity,
                               size_t item_size);

/* Add a complaint; arguments after the first NULL are not used. `also` may be
 * NULL. */
void tidu_helper_complain(struct author *author, tidu_code code, struct place place,
                          const struct place *also, const char *first, const char *second,
                          const char *third);

/* tell.c: what the parent is told on the way. */

/* Where the helper is; kept for the parent in case the helper must end. */
void tidu_helper_at(uint32_t document, uint32_t line);
uint32_t tidu_helper_line(void);
/* The same, and tell the parent now. */
void tidu_helper_progress(uint32_t document, uint32_t line);

/* Tell the parent which limit was met and end. Safe in a signal handler. */
_Noreturn void tidu_helper_die(const char *reason);

/* Write all of it to the parent, or end. */
void tidu_helper_write(const char *bytes, size_t length);

/* Hand the answer over: from now on limits of time end the helper in silence. */
void tidu_helper_answer(const tidu_text *answer);

/* confine.c */

/* Give up what the process could do: files, memory, time, children, system
 * calls. Nothing is parsed before. */
void tidu_helper_confine(size_t memory_bytes, unsigned cpu_ms);

/* document.c */

/* Check a source, find its clauses, tables and chunks. */
void tidu_document_read(struct author *author, uint32_t index, const char *bytes, size_t length);

/* marks.c */

/* The chunk's code with a mark after the opening bracket of every long string.
 * Its tokens are added to its document. */
char *tidu_marks_put(struct author *author, const struct chunk *chunk, size_t *ret_length);

/* The place a marked string begins at; false when it begins with no mark. */
bool tidu_marks_place(const struct author *author, const char *text, size_t length,
                      struct place *ret_place);

/* Text without marks, also broken ones; returns the new length. May work in place. */
size_t tidu_marks_strip(const char *from, size_t length, char *to);

/* The token of a name (of a word followed by a string) on a line, or -1.
 * `string` may be NULL. */
int32_t tidu_tokens_find(const struct document *document, uint32_t line, const char *name,
                         const char *string);

/* The first character on a line that Lua knows only in quotes, or -1. */
int32_t tidu_tokens_foreign(const struct document *document, uint32_t line);

/* The '{' of the table that follows a word and its name, or -1. */
int32_t tidu_tokens_table(const struct document *document, int32_t word);

/* The fields of a table as written, in scratch: for each its name (or -1) and
 * value. */
struct field {
    int32_t name, value;
};
struct field *tidu_tokens_fields(struct author *author, const struct document *document,
                                 int32_t open, size_t *ret_count);

/* sandbox.c */

void tidu_sandbox_open(struct author *author);
void tidu_sandbox_close(struct author *author);

/* Run all chunks of a document. */
void tidu_sandbox_run(struct author *author, uint32_t document);

struct author *tidu_sandbox_author(struct lua_State *lua);

/* The innermost line of a script that is running; false when there is none.
 * With `document` only lines of that document count (or pass UINT32_MAX). */
bool tidu_sandbox_place(struct lua_State *lua, uint32_t document, struct place *ret_place);

/* Complain at the innermost line and end the chunk: this does not return. The
 * name `find` on that line is underlined; NULL for none. */
int tidu_sandbox_fail(struct lua_State *lua, tidu_code code, const char *find, const char *first,
                      const char *second);

/* End the chunk; the complaint has been made. */
int tidu_sandbox_stop(struct lua_State *lua);

/* The string at `index` without marks. The copy lives in the arena. */
const char *tidu_sandbox_text(struct lua_State *lua, int index);

/* The word most like `word` among the names in the table at `index`, or NULL.
 * Names are compared without looking at case. */
const char *tidu_sandbox_nearest(struct lua_State *lua, int index, const char *word);

/* words.c */

/* Put a function for each word of the table on top of the stack into the table
 * below it. */
void tidu_words_open(struct lua_State *lua);

/* Push the Markdown table `table` as a Lua value; tell which one a value is. */
void tidu_words_push_table(struct lua_State *lua, uint32_t table);
bool tidu_words_table(struct lua_State *lua, int index, uint32_t *ret_table);

/* The declaration a Lua value stands for, or NULL. Valid until the next one is
 * declared. */
const struct declared *tidu_words_declared(struct lua_State *lua, int index);

/* bind.c: a word's table */

/* One declaration's table being bound. */
struct binding {
    struct lua_State *L;
    struct author *author;
    uint32_t index; /* of the declaration */
    const char *title;
    const struct document *document; /* where its table is written, or NULL */
    unsigned depth;
    bool quiet; /* nobody is told what is wrong, but that something is: */
    bool wrong;
};

/* One value of it. `path` is its name in messages, `literal` the token of the
 * '{' that it is written with, or -1. */
struct slot {
    int value; /* on the Lua stack */
    const char *path;
    struct place place;
    int32_t literal;
};

/* Bind the table at `value` as everything that is said of a declaration, by
 * the word's table of prelude.lua at `word`. */
void tidu_bind(struct lua_State *lua, uint32_t declaration, int value, int word);

/* pieces.c */

/* Make of a MAP of plain data a record: each of its members is kept once. */
void tidu_pieces_take(struct author *author, const tidu_attr *map, tidu_attr *ret);

/* keys.c */

struct key {
    const char *name; /* without marks */
    const char *raw;  /* as Lua has it; NULL for a year */
    size_t raw_length;
    long long year;
};

/* A table's names in order, how many values stand without one, and how it is
 * written. Lives in scratch. */
struct keys {
    struct key *names;
    size_t name_count, name_capacity;
    struct key *bad;
    size_t bad_count, bad_capacity;
    uint32_t item_count;
    struct field *fields;
    size_t field_count;
    int32_t *item_tokens;
    size_t item_token_count;
};

struct keys tidu_keys_read(struct binding *b, const struct slot *table);

/* Push the value of a name, or the value at a position; its slot. */
struct slot tidu_keys_name(struct binding *b, const struct slot *table, const struct keys *keys,
                           size_t index);
struct slot tidu_keys_item(struct binding *b, const struct slot *table, const struct keys *keys,
                           uint32_t index);

/* values.c */

/* A value as a message shows it. */
const char *tidu_value_spell(struct lua_State *lua, int index);

/* Complain about a slot; `third` is the message's third argument. */
void tidu_value_complain(struct binding *b, tidu_code code, const struct slot *slot,
                         const char *third);

/* The same, showing the value. Always returns false. */
bool tidu_value_refuse(struct binding *b, tidu_code code, const struct slot *slot);

/* Count what will be handed back, and end the chunk when it is too much. */
void tidu_value_spend(struct binding *b, size_t bytes);

/* A kind of value that is not made of others: the Lua type it has, and how it
 * becomes an attribute (false with a complaint when it does not). NULL when
 * there is none of that name. */
struct value_kind {
    const char *name;
    int lua_type;
    bool (*bind)(struct binding *b, const struct slot *slot, tidu_attr *ret);
};
const struct value_kind *tidu_value_kind(const char *name);

/* declare.c */

/* Record that a word was said here, with its name; returns its index. What
 * else is said of it comes through tidu_bind. */
uint32_t tidu_declare(struct lua_State *lua, const char *word, const char *name);

/* Take `item` (a group or criterion) as a part of `holder`; false with a
 * complaint when it is part of something already. */
bool tidu_declare_adopt(struct lua_State *lua, uint32_t holder, uint32_t item);

/* A chunk stopped: what it was saying, from `first` on, stays unsaid. */
void tidu_declare_break(struct author *author, uint32_t first);

/* Complain about what is missing, lost or there twice. */
void tidu_declare_check(struct author *author);

/* The order in which declarations are handed back: as they were said, but each
 * before what nests in it, and without what nobody can use. */
struct order {
    uint32_t count;
    uint32_t *declared; /* by new number */
    int32_t *number;    /* by old index; -1 for what is left out */
};
struct order tidu_declare_order(struct author *author);

bool tidu_declare_is_group(const char *word);

/* encode.c */

/* The answer. When it is larger than allowed, only the
 * complaints and that one more. */
void tidu_author_encode(struct author *author, tidu_text *out);

/* decode.c, in the parent */

/* Read the helper's answer. Nothing in it is trusted: lengths, indices, kinds and
 * depths are checked. False with a complaint when it makes no sense. */
bool tidu_author_decode(const char *bytes, size_t length, const tidu_source *sources,
                        size_t source_count, tidu_arena *arena, tidu_declarations *ret_declarations,
                        tidu_report *report);

/* ---- reuse.c, in the parent ---- */

bool tidu_author_is_vocabulary(const char *path);

/* Put together what two runs declared, both with the whole vocabulary: documents that
 * only one has come from there. Both have to live in `arena`, or to be joined to it
 * afterwards: they are taken, not copied, and of no use any more. False when a
 * document cannot be taken alone, or memory ran out. */
bool tidu_author_merge(const tidu_source *sources, size_t source_count,
                       const tidu_declarations *fresh, const tidu_declarations *other,
                       tidu_arena *arena, tidu_declarations *ret_declarations);

#endif
