/*
 * bind.c: a word's table to a declaration's attributes.
 *
 *   criterion "main_share" { zh = "…", [[ main_revenue / revenue >= 70% ]] }
 *                            a name    a value without one: an item
 *
 * What may stand in the table, prelude.lua says: for each word and name a kind
 * of value. Kinds that are made of others are here (start in `table_kinds`),
 * the others in values.c. What is wrong with one value is a complaint, and the
 * rest is bound: an author sees all of them at once.
 *
 * Must not know what rules mean. Everything bound lives in the arena.
 */
#include "internal.h"

#include <assert.h>
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>

/* The values so far. */
struct attrs {
    tidu_attr *items;
    uint32_t count;
};

static bool bind_kind(struct binding *b, const struct slot *slot, int kind, tidu_attr *ret);

/* Bind the slot's value, on top of the stack, as the next attribute. */
static void
bind_next(struct binding *b, const struct slot *slot, const char *name, int kind, struct attrs *out)
{
    tidu_attr attr = {.name = name, .line = slot->place.line, .column = slot->place.column};
    tidu_value_spend(b, 24 + (name ? strlen(name) : 0));
    if (bind_kind(b, slot, kind, &attr))
        out->items[out->count++] = attr;
    lua_pop(b->L, 1);
}

static struct attrs
room_for(struct binding *b, size_t count)
{
    return (struct attrs){tidu_helper_take(b->author, count, sizeof(tidu_attr)), 0};
}

static void
finish(tidu_attr *attr, tidu_attr_kind kind, struct attrs attrs)
{
    attr->kind = kind;
    attr->items = attrs.items;
    attr->item_count = attrs.count;
}

/* All values without a name, of one kind. */
static void
bind_items(struct binding *b, const struct slot *slot, const struct keys *keys, int of,
           tidu_attr *ret)
{
    struct attrs out = room_for(b, keys->item_count);
    for (uint32_t i = 0; i < keys->item_count; i++) {
        struct slot item = tidu_keys_item(b, slot, keys, i);
        bind_next(b, &item, NULL, of, &out);
    }
    finish(ret, TIDU_ATTR_LIST, out);
}

/* Values without a name, each of its own kind: as many as there are kinds. */
static bool
bind_columns(struct binding *b, const struct slot *slot, const struct keys *keys, int kind,
             tidu_attr *ret)
{
    uint32_t width = (uint32_t)lua_rawlen(b->L, kind);
    struct attrs out = room_for(b, width);
    if (keys->item_count < width) {
        tidu_value_complain(b, TIDU_AUTHOR_ITEM_FEW, slot,
                            tidu_helper_format(b->author, "%u", width));
        return false;
    }
    for (uint32_t i = 0; i < width; i++) {
        lua_rawgeti(b->L, kind, (lua_Integer)i + 1);
        int of = lua_gettop(b->L);
        struct slot item = tidu_keys_item(b, slot, keys, i);
        bind_next(b, &item, NULL, of, &out);
        lua_pop(b->L, 1);
    }
    if (keys->item_count > width) {
        struct slot item = tidu_keys_item(b, slot, keys, width);
        item.path = slot->path;
        tidu_value_refuse(b, TIDU_AUTHOR_ITEM_COUNT, &item);
        lua_pop(b->L, 1);
    }
    finish(ret, TIDU_ATTR_LIST, out);
    return out.count == width;
}

static void
refuse_names(struct binding *b, const struct slot *slot, const struct keys *keys)
{
    for (size_t i = 0; i < keys->name_count; i++) {
        struct slot named = tidu_keys_name(b, slot, keys, i);
        named.path = slot->path;
        tidu_value_complain(b, TIDU_AUTHOR_KEY, &named,
                            tidu_helper_format(b->author, "\"%s\"", keys->names[i].name));
        lua_pop(b->L, 1);
    }
}

static bool
bind_list(struct binding *b, const struct slot *slot, int kind, tidu_attr *ret)
{
    struct keys keys = tidu_keys_read(b, slot);
    refuse_names(b, slot, &keys);
    lua_getfield(b->L, kind, "of");
    bind_items(b, slot, &keys, lua_gettop(b->L), ret);
    lua_pop(b->L, 1);
    return true;
}

static bool
bind_row(struct binding *b, const struct slot *slot, int kind, tidu_attr *ret)
{
    struct keys keys = tidu_keys_read(b, slot);
    refuse_names(b, slot, &keys);
    return bind_columns(b, slot, &keys, kind, ret);
}

static bool
bind_map(struct binding *b, const struct slot *slot, int kind, tidu_attr *ret)
{
    struct keys keys = tidu_keys_read(b, slot);
    struct attrs out = room_for(b, keys.name_count);
    if (keys.item_count)
        return tidu_value_refuse(b, TIDU_AUTHOR_WANT_RECORD, slot);
    lua_getfield(b->L, kind, "of");
    int of = lua_gettop(b->L);
    for (size_t i = 0; i < keys.name_count; i++) {
        struct slot named = tidu_keys_name(b, slot, &keys, i);
        bind_next(b, &named, keys.names[i].name, of, &out);
    }
    lua_pop(b->L, 1);
    finish(ret, TIDU_ATTR_MAP, out);
    return true;
}

static int
compare_strings(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names a table on the stack has, in order. */
static const char *
join_names(struct binding *b, int names)
{
    lua_State *L = b->L;
    const char *all[64];
    size_t count = 0;
    const char *joined = "";
    for (lua_pushnil(L); lua_next(L, names); lua_pop(L, 1))
        if (count < sizeof all / sizeof *all)
            all[count++] = lua_tostring(L, -2);
    qsort(all, count, sizeof *all, compare_strings);
    for (size_t i = 0; i < count; i++)
        joined = tidu_helper_format(b->author, "%s%s%s", joined, i ? ", " : "", all[i]);
    return joined;
}

/* `names` is the table of attributes that are known. */
static void
refuse_attribute(struct binding *b, const struct slot *slot, int names, const char *name)
{
    const char *near = tidu_sandbox_nearest(b->L, names, name);
    tidu_helper_complain(b->author, near ? TIDU_AUTHOR_ATTRIBUTE : TIDU_AUTHOR_ATTRIBUTE_ALONE,
                         slot->place, NULL, b->title, slot->path,
                         near ? near : join_names(b, names));
}

/* All values that have a name, by the kinds in the table `names`. */
static void
bind_names(struct binding *b, const struct slot *slot, const struct keys *keys, int names,
           struct attrs *out)
{
    for (size_t i = 0; i < keys->name_count; i++) {
        const char *name = keys->names[i].name;
        int type = lua_getfield(b->L, names, name);
        int kind = lua_gettop(b->L);
        struct slot named = tidu_keys_name(b, slot, keys, i);
        if (type != LUA_TNIL) {
            bind_next(b, &named, name, kind, out);
        } else {
            refuse_attribute(b, &named, names, name);
            lua_pop(b->L, 1);
        }
        lua_pop(b->L, 1);
    }
}

static int
compare_attrs(const void *a, const void *b)
{
    return strcmp(((const tidu_attr *)a)->name, ((const tidu_attr *)b)->name);
}

static void
finish_map(tidu_attr *attr, struct attrs attrs)
{
    qsort(attrs.items, attrs.count, sizeof *attrs.items, compare_attrs);
    finish(attr, TIDU_ATTR_MAP, attrs);
}

static tidu_attr *
add_items(struct attrs *out, struct place place)
{
    tidu_attr *items = &out->items[out->count++];
    *items = (tidu_attr){.name = "items", .line = place.line, .column = place.column};
    return items;
}

/* A table with both: a MAP whose values without a name are its "items". */
static bool
bind_record(struct binding *b, const struct slot *slot, int kind, tidu_attr *ret)
{
    struct keys keys = tidu_keys_read(b, slot);
    struct attrs out = room_for(b, keys.name_count + 1);
    bool good = true;
    lua_getfield(b->L, kind, "items");
    int items = lua_gettop(b->L);
    tidu_attr *list = add_items(&out, slot->place);
    if (lua_getfield(b->L, items, "of") != LUA_TNIL)
        bind_items(b, slot, &keys, lua_gettop(b->L), list);
    else
        good = bind_columns(b, slot, &keys, items, list);
    lua_getfield(b->L, kind, "names");
    bind_names(b, slot, &keys, lua_gettop(b->L), &out);
    lua_settop(b->L, items - 1);
    finish_map(ret, out);
    return good;
}

static bool bind_data(struct binding *b, const struct slot *slot, tidu_attr *ret);

/* The value pushed last, unless it is null, which says nothing. */
static void
bind_next_data(struct binding *b, const struct slot *slot, const char *name, struct attrs *out)
{
    tidu_attr attr = {.name = name, .line = slot->place.line, .column = slot->place.column};
    tidu_value_spend(b, 24 + (name ? strlen(name) : 0));
    if (lua_type(b->L, slot->value) != LUA_TLIGHTUSERDATA && bind_data(b, slot, &attr))
        out->items[out->count++] = attr;
    lua_pop(b->L, 1);
}

static bool
bind_data_table(struct binding *b, const struct slot *slot, tidu_attr *ret)
{
    struct keys keys = tidu_keys_read(b, slot);
    struct attrs out = room_for(b, keys.name_count + keys.item_count);
    if (keys.name_count && keys.item_count)
        return tidu_value_refuse(b, TIDU_AUTHOR_MIXED, slot);
    for (size_t i = 0; i < keys.name_count; i++) {
        struct slot named = tidu_keys_name(b, slot, &keys, i);
        bind_next_data(b, &named, keys.names[i].name, &out);
    }
    for (uint32_t i = 0; i < keys.item_count; i++) {
        struct slot item = tidu_keys_item(b, slot, &keys, i);
        bind_next_data(b, &item, NULL, &out);
    }
    finish(ret, keys.name_count ? TIDU_ATTR_MAP : TIDU_ATTR_LIST, out);
    return true;
}

/* False with a complaint when tables are nested too deeply; true means that
 * `depth` was counted up. */
static bool
go_deeper(struct binding *b, const struct slot *slot)
{
    if (b->depth >= AUTHOR_TABLE_DEPTH) {
        tidu_value_complain(b, TIDU_AUTHOR_TABLE_DEPTH, slot, NULL);
        return false;
    }
    luaL_checkstack(b->L, 16, NULL);
    b->depth++;
    return true;
}

static bool
bind_data(struct binding *b, const struct slot *slot, tidu_attr *ret)
{
    static const char *const plain[] = {"text", "number", "flag"};
    int type = lua_type(b->L, slot->value);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        const struct value_kind *kind = tidu_value_kind(plain[i]);
        if (kind->lua_type == type)
            return kind->bind(b, slot, ret);
    }
    if (type != LUA_TTABLE)
        return tidu_value_refuse(b, TIDU_AUTHOR_WANT_DATA, slot);
    if (!go_deeper(b, slot))
        return false;
    bool good = bind_data_table(b, slot, ret);
    b->depth--;
    return good;
}

/* Plain data that is handed back as JSON. Where it is all good nobody asks for
 * its places, which take longer to find than the data: so it is bound once
 * without, and only what is wrong again. */
static bool
bind_json(struct binding *b, const struct slot *slot, tidu_attr *ret)
{
    struct author *author = b->author;
    struct binding quiet = *b;
    size_t spent = author->output_used;
    tidu_attr data = {0};
    quiet.document = NULL;
    quiet.quiet = true;
    quiet.wrong = false;
    author->brief = true;
    bool good = bind_data(&quiet, slot, &data) && !quiet.wrong;
    author->brief = false;
    if (good && data.kind == TIDU_ATTR_MAP) {
        tidu_pieces_take(author, &data, ret);
        return true;
    }
    author->output_used = spent;
    return bind_data(b, slot, ret);
}

static const struct {
    const char *name;
    tidu_code refused;
    bool (*bind)(struct binding *b, const struct slot *slot, int kind, tidu_attr *ret);
} table_kinds[] = {
    {"list", TIDU_AUTHOR_WANT_LIST, bind_list},
    {"map", TIDU_AUTHOR_WANT_RECORD, bind_map},
    {"row", TIDU_AUTHOR_WANT_ROW, bind_row},
    {"record", TIDU_AUTHOR_WANT_ROW, bind_record},
};

static const struct {
    const char *name;
    tidu_code refused;
} choices[] = {
    {"points", TIDU_AUTHOR_WANT_POINTS},
    {"scalar", TIDU_AUTHOR_WANT_SCALAR},
    {"text", TIDU_AUTHOR_WANT_TEXT},
};

static const struct value_kind *
simple_kind(lua_State *L, int kind)
{
    static const struct value_kind made[] = {{"data", LUA_TTABLE, bind_data},
                                             {"json", LUA_TTABLE, bind_json}};
    const char *name = lua_tostring(L, kind);
    const struct value_kind *found = tidu_value_kind(name);
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        if (!strcmp(made[i].name, name))
            found = &made[i];
    assert(found && "prelude.lua names a kind that is none");
    return found;
}

/* The Lua type that a kind of value has. */
static int
type_of_kind(lua_State *L, int kind)
{
    return lua_type(L, kind) == LUA_TSTRING ? simple_kind(L, kind)->lua_type : LUA_TTABLE;
}

/* One of several kinds: the first whose type the value has. */
static bool
bind_either(struct binding *b, const struct slot *slot, int kind, tidu_attr *ret)
{
    lua_State *L = b->L;
    int type = lua_type(L, slot->value);
    int base = lua_gettop(L);
    for (lua_Integer i = 1; lua_rawgeti(L, kind, i) != LUA_TNIL; i++) {
        if (type_of_kind(L, base + 1) == type) {
            bool good = bind_kind(b, slot, base + 1, ret);
            lua_settop(L, base);
            return good;
        }
        lua_settop(L, base);
    }
    lua_getfield(L, kind, "want");
    const char *want = lua_tostring(L, -1);
    size_t i = 0;
    while (i + 1 < sizeof choices / sizeof *choices && strcmp(choices[i].name, want) != 0)
        i++;
    lua_settop(L, base);
    return tidu_value_refuse(b, choices[i].refused, slot);
}

static bool
bind_table_kind(struct binding *b, const struct slot *slot, const char *name, int kind,
                tidu_attr *ret)
{
    size_t i = 0;
    while (i + 1 < sizeof table_kinds / sizeof *table_kinds &&
           strcmp(table_kinds[i].name, name) != 0)
        i++;
    if (lua_type(b->L, slot->value) != LUA_TTABLE)
        return tidu_value_refuse(b, table_kinds[i].refused, slot);
    if (!go_deeper(b, slot))
        return false;
    bool good = table_kinds[i].bind(b, slot, kind, ret);
    b->depth--;
    return good;
}

static bool
bind_kind(struct binding *b, const struct slot *slot, int kind, tidu_attr *ret)
{
    lua_State *L = b->L;
    if (lua_type(L, kind) == LUA_TSTRING)
        return simple_kind(L, kind)->bind(b, slot, ret);
    lua_getfield(L, kind, "kind");
    const char *name = lua_tostring(L, -1);
    lua_pop(L, 1); /* the table of kinds keeps the name */
    if (!strcmp(name, "either"))
        return bind_either(b, slot, kind, ret);
    return bind_table_kind(b, slot, name, kind, ret);
}

/* ---- a word's table */

static lua_Integer
number_field(lua_State *L, int table, const char *name, lua_Integer otherwise)
{
    lua_Integer number = otherwise;
    if (lua_getfield(L, table, name) != LUA_TNIL)
        number = lua_tointeger(L, -1);
    lua_pop(L, 1);
    return number;
}

/* Whether another attribute stands for the items. */
static bool
has_substitute(struct binding *b, int items, const struct attrs *attrs)
{
    bool found = false;
    if (lua_getfield(b->L, items, "unless") != LUA_TNIL)
        for (uint32_t i = 0; i < attrs->count; i++)
            found = found || !strcmp(attrs->items[i].name, lua_tostring(b->L, -1));
    lua_pop(b->L, 1);
    return found;
}

static void
complain_count(struct binding *b, tidu_code code, const struct slot *slot)
{
    const struct declared *declared = &b->author->declared[b->index];
    bool elsewhere = slot->place.line != declared->place.line;
    tidu_helper_complain(b->author, code, slot->place, elsewhere ? &declared->place : NULL,
                         b->title, NULL, NULL);
}

/* Which complaint there is about too few or too many items. */
static tidu_code
count_code(const struct declared *declared, bool few)
{
    if (tidu_declare_is_group(declared->word))
        return TIDU_AUTHOR_EMPTY_GROUP;
    if (!strcmp(declared->word, "criterion"))
        return few ? TIDU_AUTHOR_NO_CONDITION : TIDU_AUTHOR_TWO_CONDITIONS;
    return few ? TIDU_AUTHOR_NO_EXPRESSION : TIDU_AUTHOR_TWO_EXPRESSIONS;
}

/* As many values without a name as the word takes. */
static void
check_item_count(struct binding *b, const struct slot *slot, const struct keys *keys, int items,
                 const struct attrs *attrs)
{
    const struct declared *declared = &b->author->declared[b->index];
    lua_Integer least = number_field(b->L, items, "least", 0);
    lua_Integer most = number_field(b->L, items, "most", UINT32_MAX);
    if (keys->item_count > most) {
        struct slot extra = tidu_keys_item(b, slot, keys, (uint32_t)most);
        complain_count(b, count_code(declared, false), &extra);
        lua_pop(b->L, 1);
    }
    if (keys->item_count < least && !has_substitute(b, items, attrs))
        complain_count(b, count_code(declared, true), slot);
}

static void
bind_word_items(struct binding *b, const struct slot *slot, const struct keys *keys, int word,
                struct attrs *out)
{
    int top = lua_gettop(b->L);
    if (lua_getfield(b->L, word, "items") == LUA_TNIL) {
        if (keys->item_count) {
            struct slot item = tidu_keys_item(b, slot, keys, 0);
            tidu_helper_complain(b->author, TIDU_AUTHOR_NO_ITEMS, item.place, NULL, b->title,
                                 tidu_value_spell(b->L, item.value), NULL);
        }
    } else {
        check_item_count(b, slot, keys, top + 1, out);
        lua_getfield(b->L, top + 1, "of");
        if (keys->item_count)
            bind_items(b, slot, keys, top + 2, add_items(out, slot->place));
    }
    lua_settop(b->L, top);
}

void
tidu_bind(lua_State *L, uint32_t index, int value, int word)
{
    struct author *author = tidu_sandbox_author(L);
    struct declared *declared = &author->declared[index];
    struct binding b = {.L = L, .author = author, .index = index, .title = declared->title};
    struct slot slot = {.value = value, .place = declared->place, .literal = -1};
    struct place inner;
    if (declared->token >= 0 && tidu_sandbox_place(L, UINT32_MAX, &inner) &&
        inner.document == declared->place.document) {
        b.document = &author->documents[inner.document];
        slot.literal = tidu_tokens_table(b.document, declared->token);
    }
    luaL_checkstack(L, 16, NULL);
    tidu_arena_reset(author->scratch);
    struct keys keys = tidu_keys_read(&b, &slot);
    struct attrs out = room_for(&b, keys.name_count + 2 + declared->attrs.item_count);
    for (uint32_t i = 0; i < declared->attrs.item_count; i++)
        out.items[out.count++] = declared->attrs.items[i];
    lua_getfield(L, word, "names");
    bind_names(&b, &slot, &keys, lua_gettop(L), &out);
    lua_pop(L, 1);
    bind_word_items(&b, &slot, &keys, word, &out);
    declared = &author->declared[index];
    declared->said = SAID_ALL;
    declared->attrs.line = declared->place.line;
    finish_map(&declared->attrs, out);
}
