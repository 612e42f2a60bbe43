/*
 * keys.c: what a Lua table holds, in an order, and where each thing stands.
 *
 * Lua keeps names in no order and forgets how a table was written. Here names
 * are sorted, positions are told from names, and each value finds its place
 * again in the tokens of its document, when the table was written where it is
 * used: a table that a function put together has only its declaration's place.
 *
 * Must not know what the values mean. All of it lives in the arena.
 */
#include "internal.h"

#include <lua.h>
#include <stdlib.h>

static int
compare_keys(const void *a, const void *b)
{
    return strcmp(((const struct key *)a)->name, ((const struct key *)b)->name);
}

static void
add_key(struct binding *b, struct keys *keys, struct key key)
{
    keys->names = tidu_helper_scratch_grow(b->author, keys->names, keys->name_count, &keys->name_capacity,
                                   sizeof *keys->names);
    keys->names[keys->name_count++] = key;
}

/* Values 1, 2, … up to the first that is missing. */
static uint32_t
count_items(lua_State *L, int table)
{
    uint32_t count = 0;
    while (lua_rawgeti(L, table, (lua_Integer)count + 1) != LUA_TNIL) {
        lua_pop(L, 1);
        count++;
    }
    lua_pop(L, 1);
    return count;
}

/* A key that is neither: kept in order, since Lua has none. */
static void
add_bad_key(struct binding *b, struct keys *keys, struct key key)
{
    keys->bad = tidu_helper_scratch_grow(b->author, keys->bad, keys->bad_count, &keys->bad_capacity,
                                 sizeof *keys->bad);
    key.name = tidu_value_spell(b->L, lua_gettop(b->L));
    keys->bad[keys->bad_count++] = key;
}

/* The key on top of the stack. Whole numbers are positions, but years are
 * names. */
static void
read_key(struct binding *b, struct keys *keys, bool *hole)
{
    lua_State *L = b->L;
    struct key key = {0};
    if (lua_type(L, -1) == LUA_TSTRING) {
        key.raw = lua_tolstring(L, -1, &key.raw_length);
        key.name = tidu_sandbox_text(L, -1);
        add_key(b, keys, key);
        return;
    }
    key.year = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : 0;
    if (key.year >= 1 && key.year <= keys->item_count)
        return;
    if (key.year >= 1000 && key.year <= 9999) {
        key.name = tidu_helper_format(b->author, "%lld", key.year);
        add_key(b, keys, key);
    } else if (key.year > 0) {
        *hole = true;
    } else {
        add_bad_key(b, keys, key);
    }
}

static void
refuse_bad_keys(struct binding *b, const struct slot *slot, struct keys *keys)
{
    if (keys->bad_count)
        qsort(keys->bad, keys->bad_count, sizeof *keys->bad, compare_keys);
    for (size_t i = 0; i < keys->bad_count; i++)
        tidu_value_complain(b, TIDU_AUTHOR_KEY, slot, keys->bad[i].name);
}

static void
sort_names(struct binding *b, const struct slot *slot, struct keys *keys)
{
    size_t kept = 0;
    if (keys->name_count)
        qsort(keys->names, keys->name_count, sizeof *keys->names, compare_keys);
    for (size_t i = 0; i < keys->name_count; i++) {
        if (kept && !strcmp(keys->names[kept - 1].name, keys->names[i].name))
            tidu_value_complain(b, TIDU_AUTHOR_KEY_TWICE, slot, keys->names[i].name);
        else
            keys->names[kept++] = keys->names[i];
    }
    keys->name_count = kept;
}

/* Find the table's fields as they are written. */
static void
read_literal(struct binding *b, const struct slot *slot, struct keys *keys)
{
    if (!b->document || slot->literal < 0)
        return;
    keys->fields = tidu_tokens_fields(b->author, b->document, slot->literal, &keys->field_count);
    keys->item_tokens = tidu_helper_scratch(b->author, keys->field_count, sizeof *keys->item_tokens);
    for (size_t i = 0; i < keys->field_count; i++)
        if (keys->fields[i].name < 0)
            keys->item_tokens[keys->item_token_count++] = keys->fields[i].value;
}

struct keys
tidu_keys_read(struct binding *b, const struct slot *slot)
{
    lua_State *L = b->L;
    struct keys keys = {.item_count = count_items(L, slot->value)};
    bool hole = false;
    read_literal(b, slot, &keys);
    for (lua_pushnil(L); lua_next(L, slot->value);) {
        lua_pop(L, 1);
        read_key(b, &keys, &hole);
    }
    if (hole)
        tidu_value_complain(b, TIDU_AUTHOR_ITEM_HOLE, slot,
                            tidu_helper_format(b->author, "%u", keys.item_count + 1));
    sort_names(b, slot, &keys);
    refuse_bad_keys(b, slot, &keys);
    return keys;
}

static void
set_token(const struct binding *b, struct slot *slot, int32_t token, int32_t value)
{
    const struct token *tokens = b->document->tokens;
    slot->place.line = tokens[token].line;
    slot->place.column = tokens[token].column;
    slot->place.end_column = tokens[token].column + (uint32_t)tokens[token].length;
    if (tokens[value].byte == '{' && tokens[value].match >= 0)
        slot->literal = value;
}

static bool
is_token_text(const struct token *token, const char *text)
{
    return token->length == strlen(text) && !memcmp(token->text, text, token->length);
}

struct slot
tidu_keys_name(struct binding *b, const struct slot *table, const struct keys *keys, size_t index)
{
    const struct key *key = &keys->names[index];
    struct slot slot = {.path = key->name, .place = table->place, .literal = -1};
    if (key->raw)
        lua_pushlstring(b->L, key->raw, key->raw_length);
    else
        lua_pushinteger(b->L, key->year);
    lua_rawget(b->L, table->value);
    slot.value = lua_gettop(b->L);
    if (table->path && !b->quiet)
        slot.path = tidu_helper_format(b->author, "%s.%s", table->path, key->name);
    for (size_t i = 0; i < keys->field_count; i++) {
        const struct field *field = &keys->fields[i];
        if (field->name < 0 || !is_token_text(&b->document->tokens[field->name], key->name))
            continue;
        set_token(b, &slot, field->name, field->value);
        break;
    }
    return slot;
}

struct slot
tidu_keys_item(struct binding *b, const struct slot *table, const struct keys *keys, uint32_t index)
{
    struct slot slot = {.place = table->place, .literal = -1};
    lua_rawgeti(b->L, table->value, (lua_Integer)index + 1);
    slot.value = lua_gettop(b->L);
    if (!b->quiet)
        slot.path = tidu_helper_format(b->author, "%s[%u]", table->path ? table->path : "", index + 1);
    if (index < keys->item_token_count)
        set_token(b, &slot, keys->item_tokens[index], keys->item_tokens[index]);
    return slot;
}
