/*
 * names.c: the names that expressions may use, and what they are.
 *
 * One table of identifiers, titles and aliases of facts, derived facts and
 * params. Derived facts and params are typed when first asked for, so their
 * order in the documents does not matter; a circle is found on the way.
 */
#include "internal.h"

#include <string.h>

struct entry {
    const char *text;
    size_t length;
    const tidu_symbol *symbol;
};

struct table {
    struct entry *entries; /* a power of two, open addressing */
    size_t size, count, longest;
};

static uint32_t
hash_text(const char *text, size_t length)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash;
}

static struct entry *
slot(const struct table *table, const char *text, size_t length)
{
    size_t at = hash_text(text, length) & (table->size - 1);
    while (table->entries[at].text && (table->entries[at].length != length ||
                                       memcmp(table->entries[at].text, text, length)))
        at = (at + 1) & (table->size - 1);
    return &table->entries[at];
}

static const tidu_declaration *
declaration_of(const struct world *world, const tidu_symbol *symbol)
{
    for (uint32_t i = 0; i < world->declared->declaration_count; i++) {
        const tidu_declaration *declaration = &world->declared->declarations[i];
        if (declaration->name && !strcmp(declaration->name, symbol->name))
            return declaration;
    }
    return &world->declared->declarations[0];
}

static bool
add_text(struct world *world, const char *text, const tidu_symbol *symbol)
{
    struct table *table = world->index;
    if (!text || !*text)
        return true;
    struct entry *entry = slot(table, text, strlen(text));
    if (entry->text)
        return entry->symbol == symbol ||
               tidu_compile_complain(world, declaration_of(world, symbol), TIDU_TITLE_TAKEN, text,
                             symbol->name, entry->symbol->name);
    *entry = (struct entry){text, strlen(text), symbol};
    table->count++;
    if (entry->length > table->longest)
        table->longest = entry->length;
    return true;
}

static bool
add_symbol(struct world *world, const tidu_symbol *symbol, const char *const *aliases,
           uint32_t alias_count)
{
    bool good = add_text(world, symbol->name, symbol);
    if (strcmp(symbol->zh, symbol->name))
        good = add_text(world, symbol->zh, symbol) && good;
    for (uint32_t i = 0; i < alias_count; i++)
        good = add_text(world, aliases[i], symbol) && good;
    return good;
}

static const tidu_symbol *
find_symbol(void *context, const char *text, size_t length, tidu_error *reterr)
{
    struct world *world = context;
    const tidu_symbol *symbol = slot(world->index, text, length)->symbol;
    if (!symbol || symbol->kind == TIDU_SYMBOL_FACT)
        return symbol;
    struct name *name = symbol->owner;
    if (name->state == TYPING) {
        tidu_error_set(reterr, TIDU_DERIVE_CIRCLE, symbol->name, NULL);
        return NULL;
    }
    if (!tidu_names_type(world, name)) {
        tidu_error_set(reterr, TIDU_NAME_BROKEN, symbol->name, NULL);
        return NULL;
    }
    return symbol;
}

static size_t
longest_prefix(void *context, const char *text, size_t length)
{
    const struct world *world = context;
    const struct table *table = world->index;
    size_t most = length < table->longest ? length : table->longest;
    for (size_t size = most; size > 0; size--)
        if (slot(table, text, size)->text)
            return size;
    return 0;
}

static const char *
nearest_name(void *context, const char *name, size_t length)
{
    const struct world *world = context;
    char word[128];
    const char *best = NULL;
    unsigned best_distance = 4;
    if (length >= sizeof word)
        return NULL;
    memcpy(word, name, length);
    word[length] = '\0';
    unsigned limit = (unsigned)tidu_utf8_length(word, length) / 3 + 1;
    for (size_t i = 0; i < world->index->size; i++) {
        const char *text = world->index->entries[i].text;
        if (!text)
            continue;
        unsigned distance = tidu_distance(word, text, limit);
        bool nearer = distance < best_distance ||
                      (distance == best_distance && best && strcmp(text, best) < 0);
        if (distance <= limit && nearer) {
            best = text;
            best_distance = distance;
        }
    }
    return best;
}

static bool
knows_title(void *context, const char *id)
{
    const struct world *world = context;
    for (uint32_t i = 0; i < world->title_count; i++)
        if (!strcmp(world->titles[i].id, id))
            return true;
    return false;
}

static bool
knows_designation(void *context, const char *id)
{
    const struct world *world = context;
    for (size_t i = 0; i < world->designation_count; i++)
        if (!strcmp(world->designations[i].declaration->name, id))
            return true;
    return false;
}

static bool
knows_score(void *context, const char *id)
{
    const struct world *world = context;
    for (size_t i = 0; i < world->scorecard_count; i++)
        if (!strcmp(world->scorecards[i].id, id))
            return true;
    for (size_t i = 0; i < world->indicator_count; i++) {
        const struct indicator *indicator = &world->indicators[i];
        size_t length = strlen(world->scorecards[indicator->scorecard].id);
        if (!strcmp(indicator->id, id))
            return true;
        if (indicator->group && !strncmp(id, indicator->id, length + 1) &&
            !strcmp(id + length + 1, indicator->group))
            return true;
    }
    return false;
}

static size_t
count_texts(const struct world *world)
{
    size_t count = 0;
    for (uint32_t i = 0; i < world->fact_count; i++)
        count += 2 + world->facts[i].alias_count;
    for (size_t i = 0; i < world->name_count; i++)
        count += 2 + world->names[i].alias_count;
    return count;
}

bool
tidu_names_index(struct world *world)
{
    size_t size = 64;
    bool good = true;
    while (size < count_texts(world) * 2)
        size *= 2;
    world->index = tidu_arena_alloc(world->arena, sizeof *world->index);
    struct entry *entries = tidu_arena_array(world->arena, size, sizeof *entries);
    if (!world->index || !entries)
        return tidu_no_memory(world);
    *world->index = (struct table){entries, size, 0, 0};
    for (size_t i = 0; i < world->name_count; i++) {
        struct name *name = &world->names[i];
        name->symbol.owner = name;
        good = add_symbol(world, &name->symbol, name->aliases, name->alias_count) && good;
    }
    for (uint32_t i = 0; i < world->fact_count; i++) {
        const tidu_fact *fact = &world->facts[i];
        if (!fact->derived)
            good = add_symbol(world, &fact->symbol, fact->aliases, fact->alias_count) && good;
    }
    world->scope = (tidu_scope){world, find_symbol, longest_prefix, nearest_name, knows_title,
                                knows_designation, knows_score};
    return good;
}

const tidu_symbol *
tidu_names_find(struct world *world, const char *name)
{
    return slot(world->index, name, strlen(name))->symbol;
}

const struct version *
tidu_names_version(const struct name *name, struct span epoch)
{
    for (size_t i = 0; i < name->version_count; i++)
        if (name->versions[i].span.from <= epoch.from && epoch.until <= name->versions[i].span.until)
            return &name->versions[i];
    return NULL;
}

static const char *
title_of_id(const struct world *world, const char *word, const char *id)
{
    for (uint32_t i = 0; i < world->declared->declaration_count; i++) {
        const tidu_declaration *declaration = &world->declared->declarations[i];
        if (!strcmp(declaration->word, word) && declaration->name && !strcmp(declaration->name, id))
            return tidu_attr_text(&declaration->attrs, "zh", NULL);
    }
    return NULL;
}

/* Tell a tree what the ids in it are called. */
static void
entitle(const struct world *world, tidu_node *node)
{
    bool holds = node->kind == TIDU_NODE_CALL && node->function == TIDU_FN_HOLDS;
    bool meets = node->kind == TIDU_NODE_CALL && node->function == TIDU_FN_MEETS;
    if (holds)
        node->title = title_of_id(world, "title", node->text);
    if ((holds || meets) && !node->title)
        node->title = title_of_id(world, "designation", node->text);
    if (node->kind == TIDU_NODE_CALL && node->function == TIDU_FN_SCORE) {
        for (size_t i = 0; i < world->indicator_count; i++)
            if (!strcmp(world->indicators[i].id, node->text))
                node->title = tidu_words_titles_of(world->indicators[i].declaration).zh;
        for (size_t i = 0; i < world->scorecard_count; i++)
            if (!strcmp(world->scorecards[i].id, node->text))
                node->title = tidu_words_titles_of(world->scorecards[i].declaration).zh;
    }
    for (uint32_t i = 0; i < node->child_count; i++)
        entitle(world, node->child[i]);
}

struct written
tidu_write_down(struct world *world, const tidu_declaration *declaration, const tidu_attr *attr)
{
    tidu_place place = {tidu_document_path(world, declaration), attr->line, attr->column};
    struct written written = {NULL, attr->text ? attr->text : "", place};
    written.tree = tidu_expr_parse(world->arena, written.text, place, &world->scope,
                                   world->report);
    if (written.tree)
        entitle(world, written.tree);
    return written;
}

static bool
apply_unit_to_name(struct world *world, struct name *name, const tidu_declaration *declaration)
{
    const tidu_unit *unit;
    if (!name->unit)
        return true;
    unit = tidu_unit_find(name->unit, strlen(name->unit));
    if (!unit)
        return tidu_compile_complain(world, declaration, TIDU_UNKNOWN_UNIT, name->symbol.name, name->unit,
                             NULL);
    name->symbol.type.unit = unit;
    return true;
}

static bool
same_numbers(const tidu_type *a, const tidu_type *b)
{
    return a->money == b->money && a->count == b->count && a->years == b->years &&
           a->days == b->days && a->score == b->score && tidu_scale_same(a->scale, b->scale);
}

/* All versions of a name share its type; the first decides. */
static bool
merge_type(struct world *world, struct name *name, const struct version *version, bool first)
{
    tidu_type type = version->written.tree->type;
    if (type.kind == TIDU_CODE && name->choices)
        type.choices = name->choices;
    if (type.kind == TIDU_CODE && !type.choices && version->written.tree->kind != TIDU_NODE_NAME)
        return tidu_compile_complain(world, version->declaration, TIDU_VALUES_MISSING, name->symbol.name,
                             NULL, NULL);
    if (first)
        name->symbol.type = type;
    else if (name->symbol.type.kind != type.kind || !same_numbers(&name->symbol.type, &type))
        return tidu_expr_require(version->written.tree, name->symbol.type.kind,
                                 version->written.text, version->written.place, world->report) &&
               false;
    name->symbol.type.annual |= type.annual;
    name->symbol.type.constant &= type.constant;
    name->symbol.type.irrational |= type.irrational;
    return true;
}

bool
tidu_names_type(struct world *world, struct name *name)
{
    bool good = true;
    if (name->state != UNTYPED)
        return name->state == TYPED;
    name->state = TYPING;
    for (size_t i = 0; i < name->version_count; i++) {
        struct version *version = &name->versions[i];
        version->written = tidu_write_down(world, version->declaration, version->source);
        good = version->written.tree && merge_type(world, name, version, i == 0) && good;
    }
    good = good && name->version_count && apply_unit_to_name(world, name, name->versions[0].declaration);
    name->state = good ? TYPED : BROKEN;
    return good;
}
