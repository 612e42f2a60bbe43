/*
 * sandbox.c: what a script sees, and for how long.
 *
 * One Lua state runs all chunks of a load. A script sees the words and the
 * harmless part of Lua's library, in an environment of its document that
 * refuses new globals (prelude.lua builds it); it never sees Lua's real
 * globals. Memory is counted by the allocator, time by a hook; a chunk that
 * stops takes its complaint to the report and the next one runs.
 *
 * Every chunk is named "#<document>#" to Lua, so that a frame of the stack
 * tells its document, and a message's prefix can be cut off exactly.
 *
 * Must not know what the words mean (bind.c does). Owns the Lua state.
 */
#include "internal.h"

#include <assert.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { HOOK_INSTRUCTIONS = 10000 };

static const unsigned char prelude_text[] = {
#include "prelude.inc"
};

static char prelude_key, stop_key; /* their addresses are keys */

struct author *
tidu_sandbox_author(lua_State *L)
{
    struct author *author = *(struct author **)lua_getextraspace(L);
    assert(author->magic == AUTHOR_MAGIC);
    return author;
}

/* The allocator: what all scripts have together is bounded. */
static void *
allocate(void *data, void *block, size_t old_size, size_t new_size)
{
    struct author *author = data;
    if (!block)
        old_size = 0; /* then it is a type */
    if (!new_size) {
        free(block);
        author->memory_used -= old_size;
        return NULL;
    }
    if (new_size > old_size && new_size - old_size > author->memory_limit - author->memory_used)
        return NULL;
    void *moved = realloc(block, new_size);
    if (moved)
        author->memory_used = author->memory_used - old_size + new_size;
    return moved;
}

/* The document of a function, or false when it is not a script's. */
static bool
source_document(const char *source, uint32_t *ret_document)
{
    char *end;
    if (source[0] != '=' || source[1] != '#')
        return false;
    *ret_document = (uint32_t)strtoul(source + 2, &end, 10);
    return *end == '#';
}

static bool
frame_place(lua_State *L, lua_Debug *frame, struct place *ret_place)
{
    uint32_t document;
    lua_getinfo(L, "Sl", frame);
    if (frame->currentline <= 0 || !source_document(frame->source, &document))
        return false;
    *ret_place = (struct place){document, (uint32_t)frame->currentline, 0, 0};
    return true;
}

bool
tidu_sandbox_place(lua_State *L, uint32_t document, struct place *ret_place)
{
    lua_Debug frame;
    for (int level = 0; lua_getstack(L, level, &frame); level++)
        if (frame_place(L, &frame, ret_place) &&
            (document == UINT32_MAX || document == ret_place->document))
            return true;
    return false;
}

static unsigned
cpu_used_ms(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now))
        return 0;
    return (unsigned)now.tv_sec * 1000 + (unsigned)(now.tv_nsec / 1000000);
}

/* Remember the line, for limits that leave no time to ask; look at the clock. */
static void
watch(lua_State *L, lua_Debug *event)
{
    struct author *author = tidu_sandbox_author(L);
    struct place place;
    if (event->event == LUA_HOOKLINE) {
        if (frame_place(L, event, &place))
            tidu_helper_at(place.document, place.line);
        return;
    }
    if (cpu_used_ms() < author->cpu_ms)
        return;
    char limit[16];
    snprintf(limit, sizeof limit, "%u", author->cpu_ms);
    author->stopped = TIDU_AUTHOR_LIMIT_CPU;
    tidu_sandbox_fail(L, TIDU_AUTHOR_LIMIT_CPU, NULL, limit, NULL);
}

int
tidu_sandbox_stop(lua_State *L)
{
    lua_pushlightuserdata(L, &stop_key);
    return lua_error(L);
}

/* The innermost line, and the line of the running document that led there when
 * that is another one. */
static void
complain_here(lua_State *L, tidu_code code, const char *find, const char *first, const char *second,
              const char *third)
{
    struct author *author = tidu_sandbox_author(L);
    struct place place = {author->running->document, tidu_helper_line(), 0, 0};
    struct place caller;
    bool elsewhere = tidu_sandbox_place(L, UINT32_MAX, &place) &&
                     place.document != author->running->document &&
                     tidu_sandbox_place(L, author->running->document, &caller);
    const struct document *document = &author->documents[place.document];
    int32_t token = find ? tidu_tokens_find(document, place.line, find, NULL) : -1;
    if (token >= 0) {
        place.column = document->tokens[token].column;
        place.end_column = place.column + (uint32_t)document->tokens[token].length;
    }
    tidu_helper_complain(author, code, place, elsewhere ? &caller : NULL, first, second, third);
}

int
tidu_sandbox_fail(lua_State *L, tidu_code code, const char *find, const char *first,
                  const char *second)
{
    complain_here(L, code, find, first, second, NULL);
    return tidu_sandbox_stop(L);
}

const char *
tidu_sandbox_text(lua_State *L, int index)
{
    size_t length;
    const char *text = lua_tolstring(L, index, &length);
    char *copy = tidu_helper_copy(tidu_sandbox_author(L), text, length);
    copy[tidu_marks_strip(text, length, copy)] = '\0';
    return copy;
}

static void
to_lower(const char *from, char *to, size_t size)
{
    size_t i = 0;
    for (; from[i] && i + 1 < size; i++)
        to[i] = from[i] >= 'A' && from[i] <= 'Z' ? (char)(from[i] + 32) : from[i];
    to[i] = '\0';
}

static unsigned
unlikeness(const char *a, const char *b, unsigned limit)
{
    char small_a[64], small_b[64];
    to_lower(a, small_a, sizeof small_a);
    to_lower(b, small_b, sizeof small_b);
    return tidu_distance(small_a, small_b, limit);
}

const char *
tidu_sandbox_nearest(lua_State *L, int index, const char *word)
{
    unsigned limit = 1 + (unsigned)strlen(word) / 4;
    const char *found = NULL;
    index = lua_absindex(L, index);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            continue;
        const char *name = lua_tostring(L, -2);
        unsigned distance = unlikeness(name, word, limit);
        if (distance > limit || (distance == limit && found && strcmp(found, name) <= 0))
            continue;
        limit = distance;
        found = name;
    }
    return found;
}

/* native.strip(text): text without marks. */
static int
native_strip(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    char *copy = lua_newuserdatauv(L, length + 1, 0);
    lua_pushlstring(L, copy, tidu_marks_strip(text, length, copy));
    return 1;
}

/* native.mark(text): the mark it begins with, or "". */
static int
native_mark(lua_State *L)
{
    size_t length;
    struct place place;
    const char *text = luaL_checklstring(L, 1, &length);
    bool marked = tidu_marks_place(tidu_sandbox_author(L), text, length, &place);
    lua_pushlstring(L, text, marked ? AUTHOR_MARK_BYTES : 0);
    return 1;
}

static tidu_code
code_named(const char *name)
{
    static const struct {
        const char *name;
        tidu_code code;
    } codes[] = {
#define X(name, id, severity, en, hint_en, zh, hint_zh) {#name, TIDU_##name},
#include "tidu/errors/author.def"
#undef X
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (!strcmp(codes[i].name, name))
            return codes[i].code;
    assert(false && "prelude.lua names a message that author.def has not");
    return TIDU_OK;
}

/* native.fail(code, find, …): complain and end the chunk; `find` is the name
 * to underline. */
static int
native_fail(lua_State *L)
{
    tidu_code code = code_named(luaL_checkstring(L, 1));
    const char *argument[4];
    for (int i = 0; i < 4; i++)
        argument[i] = lua_isstring(L, i + 2) ? tidu_sandbox_text(L, i + 2) : NULL;
    complain_here(L, code, argument[0], argument[1], argument[2], argument[3]);
    return tidu_sandbox_stop(L);
}

/* native.nearest(names, word) */
static int
native_nearest(lua_State *L)
{
    const char *found = tidu_sandbox_nearest(L, 1, luaL_checkstring(L, 2));
    lua_pushstring(L, found);
    return 1;
}

/* Put what the table at `from` holds into the one on top. */
static void
copy_into(lua_State *L, int from)
{
    int to = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, from);) {
        bool nothing = lua_islightuserdata(L, -1); /* null is the only one there is */
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        if (nothing) {
            lua_pop(L, 1);
            lua_pushnil(L);
        }
        lua_rawset(L, to);
    }
}

/* native.with(facts, changes): a copy of `facts`, changed. Scripts do this to
 * sixty facts for each of thousands of scenarios. */
static int
native_with(lua_State *L)
{
    lua_newtable(L);
    copy_into(L, 1);
    copy_into(L, 2);
    return 1;
}

static const luaL_Reg natives[] = {
    {"strip", native_strip},     {"mark", native_mark}, {"fail", native_fail},
    {"nearest", native_nearest}, {"with", native_with}, {NULL, NULL},
};

static int
open_state(lua_State *L)
{
    static const luaL_Reg libraries[] = {
        {LUA_GNAME, luaopen_base},       {LUA_STRLIBNAME, luaopen_string},
        {LUA_TABLIBNAME, luaopen_table}, {LUA_MATHLIBNAME, luaopen_math},
        {LUA_UTF8LIBNAME, luaopen_utf8},
    };
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        luaL_requiref(L, libraries[i].name, libraries[i].func, 1);
        lua_pop(L, 1);
    }
    if (luaL_loadbufferx(L, (const char *)prelude_text, sizeof prelude_text, "=prelude", "t"))
        return lua_error(L);
    luaL_newlib(L, natives);
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    lua_call(L, 1, 1);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &prelude_key);
    lua_getfield(L, -1, "base");
    lua_getfield(L, -2, "words");
    tidu_words_open(L);
    return 0;
}

/* A message without the prefix that names its chunk. */
static const char *
without_prefix(const char *message, uint32_t *ret_line)
{
    const char *at = message;
    *ret_line = 0;
    if (!strncmp(at, "prelude", 7))
        at += 7;
    else if (*at == '#')
        at += 1 + strspn(at + 1, "0123456789");
    else
        return message;
    at += *message == '#' && *at == '#';
    size_t digits = at[0] == ':' ? strspn(at + 1, "0123456789") : 0;
    if (!digits || at[1 + digits] != ':' || at[2 + digits] != ' ')
        return message;
    *ret_line = (uint32_t)strtoul(at + 1, NULL, 10);
    return at + 3 + digits;
}

/* Called where an error happens, while the stack still shows where. */
static int
explain_error(lua_State *L)
{
    char kind[64];
    uint32_t line;
    if (lua_touserdata(L, 1) == &stop_key)
        return 1;
    if (lua_type(L, 1) == LUA_TSTRING || lua_type(L, 1) == LUA_TNUMBER) {
        const char *message = without_prefix(tidu_sandbox_text(L, 1), &line);
        bool deep =
            !strncmp(message, "stack overflow", 14) || !strncmp(message, "C stack overflow", 16);
        complain_here(L, deep ? TIDU_AUTHOR_LIMIT_DEPTH : TIDU_AUTHOR_SCRIPT, NULL, message, NULL,
                      NULL);
    } else {
        snprintf(kind, sizeof kind, "error(%s)", luaL_typename(L, 1));
        complain_here(L, TIDU_AUTHOR_SCRIPT, NULL, kind, NULL, NULL);
    }
    lua_pushlightuserdata(L, &stop_key);
    return 1;
}

/* Line ends that bring a block to its line of the document, then the block. */
struct feeding {
    uint32_t lines;
    const char *code;
    size_t length;
};

static const char *
feed(lua_State *L, void *data, size_t *ret_length)
{
    static const char line_ends[] = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n";
    struct feeding *feeding = data;
    (void)L;
    if (feeding->lines) {
        uint32_t most = sizeof line_ends - 1;
        *ret_length = feeding->lines < most ? feeding->lines : most;
        feeding->lines -= (uint32_t)*ret_length;
        return line_ends;
    }
    *ret_length = feeding->length;
    feeding->length = 0;
    return feeding->code;
}

/* Chinese text or punctuation outside quotes is what authors get wrong most,
 * and what Lua tells least about: '<\\228>'. */
static void
complain_syntax(struct author *author, struct place place, const char *message)
{
    const struct document *document = &author->documents[place.document];
    int32_t foreign = tidu_tokens_foreign(document, place.line);
    if (foreign < 0 || !strstr(message, "near '<\\")) {
        tidu_helper_complain(author, TIDU_AUTHOR_SYNTAX, place, NULL, message, NULL, NULL);
        return;
    }
    const struct token *token = &document->tokens[foreign];
    place.column = token->column;
    place.end_column = token->column + 1;
    tidu_helper_complain(author, TIDU_AUTHOR_FOREIGN, place, NULL,
                         tidu_helper_copy(author, token->text, token->length), NULL, NULL);
}

/* Push the chunk as a function; what Lua cannot read ends it. */
static void
load_chunk(lua_State *L, const struct chunk *chunk)
{
    struct author *author = tidu_sandbox_author(L);
    struct feeding feeding = {.lines = chunk->line - 1};
    char name[24];
    uint32_t line;
    snprintf(name, sizeof name, "=#%u#", chunk->document);
    feeding.code = tidu_marks_put(author, chunk, &feeding.length);
    int status = lua_load(L, feed, &feeding, name, "t");
    if (status == LUA_OK)
        return;
    if (status == LUA_ERRMEM || lua_touserdata(L, -1) == &stop_key)
        lua_error(L);
    const char *message = without_prefix(tidu_sandbox_text(L, -1), &line);
    complain_syntax(author, (struct place){chunk->document, line, 0, 0}, message);
    tidu_sandbox_stop(L);
}

/* Give the layer below an environment the table above the chunk, or none. */
static void
set_above(lua_State *L, int index, const struct chunk *chunk)
{
    lua_pushliteral(L, "above");
    if (chunk->above >= 0)
        tidu_words_push_table(L, (uint32_t)chunk->above);
    else
        lua_pushnil(L);
    lua_rawset(L, index);
}

/* Hand what a vocabulary file returned to prelude.lua. */
static void
share(lua_State *L, const struct document *document)
{
    if (!document->lua || !document->vocabulary)
        return;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &prelude_key);
    lua_getfield(L, -1, "share");
    lua_pushvalue(L, -3);
    lua_pushstring(L, document->path);
    lua_call(L, 2, 0);
    lua_pop(L, 1);
}

/* Arguments: the environment, the layer below it, and the chunk. */
static int
run_chunk(lua_State *L)
{
    struct author *author = tidu_sandbox_author(L);
    const struct chunk *chunk = lua_touserdata(L, 3);
    set_above(L, 2, chunk);
    load_chunk(L, chunk);
    lua_pushvalue(L, 1);
    lua_setupvalue(L, -2, 1);
    lua_call(L, 0, 1);
    share(L, &author->documents[chunk->document]);
    return 0;
}

static void
complain_stopped(struct author *author, int status)
{
    struct place place = {author->running->document, tidu_helper_line(), 0, 0};
    char limit[24];
    if (status == LUA_ERRMEM) {
        snprintf(limit, sizeof limit, "%zu", author->memory_limit >> 10);
        author->stopped = TIDU_AUTHOR_LIMIT_MEMORY;
        tidu_helper_complain(author, TIDU_AUTHOR_LIMIT_MEMORY, place, NULL, limit, NULL, NULL);
    } else if (status == LUA_ERRERR) {
        tidu_helper_complain(author, TIDU_AUTHOR_LIMIT_DEPTH, place, NULL, NULL, NULL, NULL);
    }
}

/* On the stack: the error handler, the document's environment and its layer. */
static void
run(struct author *author, const struct chunk *chunk)
{
    lua_State *L = author->lua;
    struct document *document = &author->documents[chunk->document];
    uint32_t first = (uint32_t)author->declared_count;

    tidu_helper_progress(chunk->document, chunk->line);
    author->running = chunk;
    lua_pushcfunction(L, run_chunk);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, 3);
    lua_pushlightuserdata(L, (void *)chunk);
    int status = lua_pcall(L, 3, 0, 1);
    if (status == LUA_OK)
        return;
    lua_pop(L, 1);
    author->brief = false;
    complain_stopped(author, status);
    document->broken = author->any_broken = true;
    tidu_declare_break(author, first);
}

/* Push a new environment and its layer. */
static int
push_environment(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &prelude_key);
    lua_getfield(L, -1, "environment");
    lua_call(L, 0, 2);
    return 2;
}

void
tidu_sandbox_run(struct author *author, uint32_t index)
{
    lua_State *L = author->lua;
    struct document *document = &author->documents[index];

    if (author->stopped || !document->chunk_count)
        return;
    lua_settop(L, 0);
    lua_pushcfunction(L, explain_error);
    lua_pushcfunction(L, push_environment);
    author->running = document->chunks;
    if (lua_pcall(L, 0, 2, 0))
        tidu_helper_die("memory");
    for (size_t i = 0; i < document->chunk_count && !author->stopped; i++)
        run(author, &document->chunks[i]);
}

void
tidu_sandbox_open(struct author *author)
{
    lua_State *L = lua_newstate(allocate, author);
    if (!L)
        tidu_helper_die("memory");
    author->lua = L;
    *(struct author **)lua_getextraspace(L) = author;
    lua_pushcfunction(L, open_state);
    int status = lua_pcall(L, 0, 0, 0);
    if (status == LUA_ERRMEM)
        tidu_helper_die("memory");
    assert(status == LUA_OK && "prelude.lua does not run");
    /* Most of what scripts make is handed back: nothing is gained by looking for
     * garbage before there is ten times as much. */
    lua_gc(L, LUA_GCINC, 1000, 0, 0);
    lua_sethook(L, watch, LUA_MASKLINE | LUA_MASKCOUNT, HOOK_INSTRUCTIONS);
}

void
tidu_sandbox_close(struct author *author)
{
    lua_close(author->lua);
    author->lua = NULL;
}
