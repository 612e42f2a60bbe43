/*
 * values.c: the values that attributes are made of.
 *
 * Each kind has a name, which prelude.lua uses, and a function that turns a
 * Lua value into an attribute or complains: start in `kinds` below to add one.
 *
 * Must not know tables (bind.c) nor words. Owns nothing.
 */
#include "internal.h"

#include <lauxlib.h>
#include <lua.h>
#include <math.h>

enum { SPELLED_BYTES = 60 };

/* The beginning of a text on one line. */
static const char *
shorten(struct author *author, const char *text)
{
    size_t length = strlen(text);
    if (length > SPELLED_BYTES) {
        length = SPELLED_BYTES;
        while (((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
    }
    char *copy = tidu_helper_copy(author, text, length);
    for (char *at = copy; *at; at++)
        if (*at == '\n')
            *at = ' ';
    return text[length] ? tidu_helper_format(author, "%s…", copy) : copy;
}

const char *
tidu_value_spell(lua_State *L, int index)
{
    struct author *author = tidu_sandbox_author(L);
    const struct declared *declared = tidu_words_declared(L, index);
    struct place place;
    size_t length;
    const char *text;
    switch (lua_type(L, index)) {
    case LUA_TSTRING:
        text = lua_tolstring(L, index, &length);
        return tidu_helper_format(
            author, tidu_marks_place(author, text, length, &place) ? "[[%s]]" : "\"%s\"",
            shorten(author, tidu_sandbox_text(L, index)));
    case LUA_TNUMBER:
        if (isnan(lua_tonumber(L, index)))
            return "nan"; /* its sign is the machine's */
        lua_pushvalue(L, index);
        text = tidu_sandbox_text(L, -1);
        lua_pop(L, 1);
        return text;
    case LUA_TBOOLEAN:
        return lua_toboolean(L, index) ? "true" : "false";
    case LUA_TTABLE:
        return "{ … }";
    case LUA_TLIGHTUSERDATA:
        return "null";
    case LUA_TUSERDATA:
        return tidu_declare_is_group(declared->word)
                   ? tidu_helper_format(author, "%s { … }", declared->word)
                   : declared->title;
    default:
        return luaL_typename(L, index);
    }
}

void
tidu_value_complain(struct binding *b, tidu_code code, const struct slot *slot, const char *third)
{
    b->wrong = true;
    if (b->quiet)
        return;
    tidu_helper_complain(b->author, code, slot->place, NULL, slot->path ? slot->path : "{ }",
                         b->title, third);
}

bool
tidu_value_refuse(struct binding *b, tidu_code code, const struct slot *slot)
{
    tidu_value_complain(b, code, slot, tidu_value_spell(b->L, slot->value));
    return false;
}

void
tidu_value_spend(struct binding *b, size_t bytes)
{
    struct author *author = b->author;
    author->output_used += bytes;
    if (author->output_used <= author->output_limit)
        return;
    author->stopped = TIDU_AUTHOR_LIMIT_OUTPUT;
    tidu_sandbox_fail(b->L, TIDU_AUTHOR_LIMIT_OUTPUT, NULL,
                      tidu_helper_format(author, "%zu", author->output_limit >> 10), NULL);
}

/* The text at the slot, without marks; NULL with a complaint when its bytes
 * are no characters. */
static const char *
take_text(struct binding *b, const struct slot *slot)
{
    const char *text = tidu_sandbox_text(b->L, slot->value);
    size_t whole, length = strlen(text);
    const char *raw = lua_tolstring(b->L, slot->value, &whole);
    bool good = tidu_utf8_check(text, length) == length && !memchr(raw, 0, whole);
    for (const char *at = text; *at; at++)
        good = good && ((unsigned char)*at >= 0x20 || *at == '\t' || *at == '\n') && *at != 0x7f;
    if (!good) {
        tidu_value_complain(b, TIDU_AUTHOR_BAD_TEXT, slot, NULL);
        return NULL;
    }
    tidu_value_spend(b, length);
    return text;
}

static bool
bind_text(struct binding *b, const struct slot *slot, tidu_attr *ret)
{
    if (lua_type(b->L, slot->value) != LUA_TSTRING)
        return tidu_value_refuse(b, TIDU_AUTHOR_WANT_TEXT, slot);
    ret->kind = TIDU_ATTR_TEXT;
    ret->text = take_text(b, slot);
    return ret->text;
}

static bool
bind_number(struct binding *b, const struct slot *slot, tidu_attr *ret)
{
    if (lua_type(b->L, slot->value) != LUA_TNUMBER)
        return tidu_value_refuse(b, TIDU_AUTHOR_WANT_NUMBER, slot);
    ret->kind = TIDU_ATTR_NUMBER;
    ret->number = lua_tonumber(b->L, slot->value);
    return isfinite(ret->number) || tidu_value_refuse(b, TIDU_AUTHOR_BAD_NUMBER, slot);
}

static bool
bind_flag(struct binding *b, const struct slot *slot, tidu_attr *ret)
{
    if (lua_type(b->L, slot->value) != LUA_TBOOLEAN)
        return tidu_value_refuse(b, TIDU_AUTHOR_WANT_FLAG, slot);
    ret->kind = TIDU_ATTR_FLAG;
    ret->number = lua_toboolean(b->L, slot->value);
    return true;
}

static bool
is_blank(const char *text)
{
    return !text[strspn(text, " \t\n")];
}

static bool
refuse_empty(struct binding *b, struct place place, const char *text)
{
    const struct place *declared = &b->author->declared[b->index].place;
    place.end_column = place.column + (uint32_t)strcspn(text, "\n");
    tidu_helper_complain(b->author, TIDU_AUTHOR_EMPTY_EXPRESSION, place,
                         place.document == declared->document ? NULL : declared, NULL, NULL, NULL);
    return false;
}

/* An expression begins where its first [[ stands. One that a script put
 * together otherwise, or that stands in another document, has only the line. */
static bool
take_expression(struct binding *b, const struct slot *slot, tidu_attr *ret)
{
    size_t length;
    struct slot here = *slot;
    const char *raw = lua_tolstring(b->L, slot->value, &length);
    bool marked = tidu_marks_place(b->author, raw, length, &here.place);
    ret->kind = TIDU_ATTR_EXPR;
    ret->text = take_text(b, &here);
    ret->line = slot->place.line;
    ret->column = 0;
    if (!ret->text)
        return false;
    if (is_blank(ret->text))
        return refuse_empty(b, here.place, ret->text);
    if (marked && here.place.document == b->author->declared[b->index].place.document) {
        ret->line = here.place.line;
        ret->column = here.place.column;
    }
    return true;
}

static bool
bind_expression(struct binding *b, const struct slot *slot, tidu_attr *ret)
{
    if (lua_type(b->L, slot->value) != LUA_TSTRING)
        return tidu_value_refuse(b, TIDU_AUTHOR_WANT_EXPRESSION, slot);
    return take_expression(b, slot, ret);
}

static bool
bind_table(struct binding *b, const struct slot *slot, tidu_attr *ret)
{
    ret->kind = TIDU_ATTR_TABLE;
    return tidu_words_table(b->L, slot->value, &ret->reference) ||
           tidu_value_refuse(b, TIDU_AUTHOR_WANT_TABLE, slot);
}

/* Take a group (or criterion) as an item of this declaration. */
static bool
take_declaration(struct binding *b, const struct slot *slot, tidu_attr *ret)
{
    ret->kind = TIDU_ATTR_DECL;
    ret->reference = (uint32_t)(tidu_words_declared(b->L, slot->value) - b->author->declared);
    return tidu_declare_adopt(b->L, b->index, ret->reference);
}

static bool
bind_condition(struct binding *b, const struct slot *slot, tidu_attr *ret)
{
    const struct declared *declared = tidu_words_declared(b->L, slot->value);
    if (lua_type(b->L, slot->value) == LUA_TSTRING)
        return take_expression(b, slot, ret);
    if (!declared || !tidu_declare_is_group(declared->word))
        return tidu_value_refuse(b, TIDU_AUTHOR_WANT_CONDITION, slot);
    return take_declaration(b, slot, ret);
}

static bool
bind_part(struct binding *b, const struct slot *slot, tidu_attr *ret)
{
    const struct declared *declared = tidu_words_declared(b->L, slot->value);
    if (lua_type(b->L, slot->value) == LUA_TSTRING)
        return take_expression(b, slot, ret);
    if (!declared ||
        (!tidu_declare_is_group(declared->word) && strcmp(declared->word, "criterion") != 0))
        return tidu_value_refuse(b, TIDU_AUTHOR_WANT_PART, slot);
    return take_declaration(b, slot, ret);
}

static const struct value_kind kinds[] = {
    {"text", LUA_TSTRING, bind_text},  {"number", LUA_TNUMBER, bind_number},
    {"flag", LUA_TBOOLEAN, bind_flag}, {"expression", LUA_TSTRING, bind_expression},
    {"table", LUA_TTABLE, bind_table}, {"condition", LUA_TSTRING, bind_condition},
    {"part", LUA_TSTRING, bind_part},
};

const struct value_kind *
tidu_value_kind(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].name, name))
            return &kinds[i];
    return NULL;
}
