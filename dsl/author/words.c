/*
 * words.c: words, declarations and tables as a script sees them.
 *
 *   criterion "main_share"  { … }
 *   a word:   gives an      whose call with a
 *   its name  object        table says the rest
 *
 * An object stands for a declaration; all a script can do with it is to say
 * its table or to put it into a group. Whatever else Lua would do with it is
 * an error that says what to write instead.
 *
 * Must not know what may stand in a table (prelude.lua, bind.c).
 */
#include "internal.h"

#include <assert.h>
#include <lauxlib.h>
#include <lua.h>

static const char reference_type[] = "tidu.declaration";
static char tables_key; /* its address: Lua tables that stand for Markdown tables */

/* What a script holds of a declaration. */
struct reference {
    uint32_t magic;
    uint32_t index;
};

static const struct reference *
to_reference(lua_State *L, int index)
{
    struct reference *reference = luaL_testudata(L, index, reference_type);
    assert(!reference || reference->magic == AUTHOR_MAGIC);
    return reference;
}

const struct declared *
tidu_words_declared(lua_State *L, int index)
{
    const struct reference *reference = to_reference(L, index);
    return reference ? &tidu_sandbox_author(L)->declared[reference->index] : NULL;
}

static void
push_reference(lua_State *L, uint32_t index, int word)
{
    struct reference *reference = lua_newuserdatauv(L, sizeof *reference, 1);
    *reference = (struct reference){AUTHOR_MAGIC, index};
    lua_pushvalue(L, word);
    lua_setiuservalue(L, -2, 1);
    luaL_setmetatable(L, reference_type);
}

/* object { … } or object [[ … ]]: what comes after the name. */
static int
call_object(lua_State *L)
{
    struct author *author = tidu_sandbox_author(L);
    const struct reference *reference = to_reference(L, 1);
    const char *title = author->declared[reference->index].title;
    const char *word = author->declared[reference->index].word;
    int type = lua_type(L, 2);
    if (author->declared[reference->index].said != SAID_NAME)
        return tidu_sandbox_fail(L, TIDU_AUTHOR_SAID_TWICE, word, title, NULL);
    if (lua_gettop(L) > 2)
        return tidu_sandbox_fail(L, TIDU_AUTHOR_ARGUMENTS, word, title, NULL);
    if (type != LUA_TTABLE && type != LUA_TSTRING)
        return tidu_sandbox_fail(L, TIDU_AUTHOR_BODY, word, title, tidu_value_spell(L, 2));
    lua_settop(L, 2);
    lua_getiuservalue(L, 1, 1);
    if (type == LUA_TSTRING) { /* as if it stood alone in a table */
        lua_createtable(L, 1, 0);
        lua_pushvalue(L, 2);
        lua_rawseti(L, -2, 1);
        lua_replace(L, 2);
    }
    tidu_bind(L, reference->index, 2, 3);
    lua_settop(L, 1);
    return 1;
}

static bool
is_identifier(const char *name)
{
    size_t length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    return length && !name[length] && (name[0] < '0' || name[0] > '9');
}

static size_t
name_length(const char *text)
{
    return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");
}

static bool
is_name(const char *name)
{
    size_t length = name_length(name);
    return length && !name[length];
}

/* "srdi/features": a name, or names within names. */
static bool
is_path(const char *path)
{
    size_t length = name_length(path);
    while (length && path[length] == '/') {
        path += length + 1;
        length = name_length(path);
    }
    return length && !path[length];
}

static bool
is_said(const char *name)
{
    size_t length = strlen(name);
    return name[strspn(name, " \t\n")] && tidu_utf8_check(name, length) == length;
}

/* How a word begins. */
static const struct beginning {
    const char *takes;
    int type; /* of its first argument, LUA_TTABLE when it has no name */
    bool table_too;
    bool (*is_good)(const char *name);
    tidu_code missing, malformed;
} beginnings[] = {
    {"name", LUA_TSTRING, false, is_name, TIDU_AUTHOR_NAME_MISSING, TIDU_AUTHOR_NAME_SYNTAX},
    {"path", LUA_TSTRING, false, is_path, TIDU_AUTHOR_NAME_MISSING, TIDU_AUTHOR_NAME_SYNTAX},
    {"identifier", LUA_TSTRING, false, is_identifier, TIDU_AUTHOR_NAME_MISSING,
     TIDU_AUTHOR_NAME_IDENTIFIER},
    {"text", LUA_TSTRING, false, is_said, TIDU_AUTHOR_NAME_MISSING, TIDU_AUTHOR_NAME_EMPTY},
    {"optional", LUA_TSTRING, true, is_name, TIDU_AUTHOR_NAME_MISSING, TIDU_AUTHOR_NAME_SYNTAX},
    {"number", LUA_TNUMBER, false, NULL, TIDU_AUTHOR_NUMBER_MISSING, TIDU_OK},
    {"none", LUA_TTABLE, false, NULL, TIDU_AUTHOR_NAME_NONE, TIDU_OK},
};

static const struct beginning *
find_beginning(lua_State *L, int word)
{
    size_t i = 0, count = sizeof beginnings / sizeof *beginnings;
    lua_getfield(L, word, "takes");
    while (i < count && strcmp(beginnings[i].takes, lua_tostring(L, -1)) != 0)
        i++;
    assert(i < count && "prelude.lua says a word takes what nothing takes");
    lua_pop(L, 1);
    return &beginnings[i];
}

/* at_least(n): the number is an attribute. */
static void
take_number(lua_State *L, uint32_t index, const char *word)
{
    struct author *author = tidu_sandbox_author(L);
    tidu_attr *number = tidu_helper_take(author, 1, sizeof *number);
    lua_Integer value = lua_isinteger(L, 1) ? lua_tointeger(L, 1) : -1;
    if (value < 0 || value > UINT32_MAX)
        tidu_sandbox_fail(L, TIDU_AUTHOR_NUMBER_MISSING, word, word, tidu_value_spell(L, 1));
    *number = (tidu_attr){.kind = TIDU_ATTR_NUMBER,
                          .name = "n",
                          .number = (double)value,
                          .line = author->declared[index].place.line};
    author->declared[index].attrs.items = number;
    author->declared[index].attrs.item_count = 1;
}

static void
check_name(lua_State *L, uint32_t index, const struct beginning *beginning)
{
    struct author *author = tidu_sandbox_author(L);
    const struct declared *declared = &author->declared[index];
    if (!beginning->is_good(declared->name))
        tidu_helper_complain(author, beginning->malformed, declared->place, NULL, declared->word,
                             declared->name, NULL);
}

/* A word is said; its table of prelude.lua is the function's upvalue. */
static int
call_word(lua_State *L)
{
    int word = lua_upvalueindex(1);
    const struct beginning *beginning = find_beginning(L, word);
    lua_getfield(L, word, "word");
    const char *said = lua_tostring(L, -1); /* prelude.lua's tables keep it */
    lua_pop(L, 1);
    if (lua_gettop(L) > 1)
        return tidu_sandbox_fail(L, TIDU_AUTHOR_ARGUMENTS, said, said, NULL);
    lua_settop(L, 1);
    int type = lua_type(L, 1);
    bool table = type == LUA_TTABLE && (beginning->table_too || beginning->type == LUA_TTABLE);
    if (type != beginning->type && !table)
        return tidu_sandbox_fail(L, beginning->missing, said, said, tidu_value_spell(L, 1));
    const char *name = type == LUA_TSTRING ? tidu_sandbox_text(L, 1) : NULL;
    uint32_t index = tidu_declare(L, said, name);
    if (name)
        check_name(L, index, beginning);
    else if (type == LUA_TNUMBER)
        take_number(L, index, said);
    push_reference(L, index, word);
    if (!table)
        return 1;
    lua_pushvalue(L, word);
    tidu_bind(L, index, 1, 3);
    lua_settop(L, 2);
    return 1;
}

static int
refuse_operator(lua_State *L)
{
    const struct declared *declared = tidu_words_declared(L, 1);
    if (!declared)
        declared = tidu_words_declared(L, 2);
    const char *sign = lua_tostring(L, lua_upvalueindex(1));
    return tidu_sandbox_fail(L, TIDU_AUTHOR_OPERATOR, NULL, sign, declared->title);
}

static int
refuse_field(lua_State *L)
{
    const char *field = lua_isstring(L, 2) ? tidu_sandbox_text(L, 2) : tidu_value_spell(L, 2);
    return tidu_sandbox_fail(L, TIDU_AUTHOR_NO_FIELDS, field, tidu_words_declared(L, 1)->title,
                             field);
}

static const struct {
    const char *event, *sign;
} operators[] = {
    {"__eq", "== or ~="}, {"__lt", "< or >"}, {"__le", "<= or >="}, {"__add", "+"},  {"__sub", "-"},
    {"__mul", "*"},       {"__div", "/"},     {"__idiv", "//"},     {"__mod", "%"},  {"__pow", "^"},
    {"__unm", "-"},       {"__len", "#"},     {"__concat", ".."},   {"__band", "&"}, {"__bor", "|"},
    {"__bxor", "~"},      {"__bnot", "~"},    {"__shl", "<<"},      {"__shr", ">>"},
};

static void
make_reference_type(lua_State *L)
{
    luaL_newmetatable(L, reference_type);
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        lua_pushstring(L, operators[i].sign);
        lua_pushcclosure(L, refuse_operator, 1);
        lua_setfield(L, -2, operators[i].event);
    }
    lua_pushcfunction(L, call_object);
    lua_setfield(L, -2, "__call");
    lua_pushcfunction(L, refuse_field);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse_field);
    lua_setfield(L, -2, "__newindex");
    lua_pop(L, 1);
}

/* Lua tables to numbers of Markdown tables; forgets those no script holds. */
static void
make_table_registry(lua_State *L)
{
    lua_newtable(L);
    lua_newtable(L);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &tables_key);
}

void
tidu_words_open(lua_State *L)
{
    int words = lua_gettop(L);
    make_reference_type(L);
    make_table_registry(L);
    for (lua_pushnil(L); lua_next(L, words);) {
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2);
        lua_pushcclosure(L, call_word, 1);
        lua_rawset(L, words - 1);
        lua_pop(L, 1);
    }
}

bool
tidu_words_table(lua_State *L, int index, uint32_t *ret_table)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &tables_key);
    lua_pushvalue(L, index);
    bool known = lua_rawget(L, -2) == LUA_TNUMBER;
    *ret_table = (uint32_t)lua_tointeger(L, -1);
    lua_pop(L, 2);
    return known;
}

static void
push_row(lua_State *L, const tidu_table *table, uint32_t row)
{
    const tidu_cell *cells = table->cells + (size_t)row * table->columns;
    lua_createtable(L, (int)table->columns, 1);
    for (uint32_t i = 0; i < table->columns; i++) {
        lua_pushstring(L, cells[i].text);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_pushinteger(L, table->columns ? (lua_Integer)cells[0].line : 0);
    lua_setfield(L, -2, "line");
}

void
tidu_words_push_table(lua_State *L, uint32_t index)
{
    const tidu_table *table = &tidu_sandbox_author(L)->tables[index];
    lua_newtable(L);
    push_row(L, table, 0);
    lua_setfield(L, -2, "columns");
    lua_createtable(L, (int)table->rows, 0);
    for (uint32_t i = 1; i < table->rows; i++) {
        push_row(L, table, i);
        lua_rawseti(L, -2, (lua_Integer)i);
    }
    lua_setfield(L, -2, "rows");
    lua_pushinteger(L, table->line);
    lua_setfield(L, -2, "line");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &tables_key);
    lua_pushvalue(L, -2);
    lua_pushinteger(L, (lua_Integer)index);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}
