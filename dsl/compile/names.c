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

/* FNV-1a. */
enum { HASH_START = 0x811c9dc5 };

static uint32_t
hash_byte(uint32_t hash, char byte)
{
    return (hash ^ (unsigned char)byte) * 0x01000193u;
}

static uint32_t
hash_text(const char *text, size_t length)
{
    uint32_t hash = HASH_START;
    for (size_t i = 0; i < length; i++)
        hash = hash_byte(hash, text[i]);
    return hash;
}

static struct entry *
slot(const struct table *table, uint32_t hash, const char *text, size_t length)
{
    size_t at = hash & (table->size - 1);
    while (table->entries[at].text && (table->entries[at].length != length ||
                                       memcmp(table->entries[at].text, text, length)))
        at = (at + 1) & (table->size - 1);
    return &table->entries[at];
}

static struct entry *
find_entry(const struct table *table, const char *text, size_t length)
{
    return slot(table, hash_text(text, length), text, length);
}

/* The word that declared a symbol. A derive or param of many versions has its
 * titles from the first. */
static const tidu_declaration *
declaration_of(const struct world *world, const tidu_symbol *symbol)
{
    const tidu_fact *fact = symbol->kind == TIDU_SYMBOL_FACT ? symbol->owner : NULL;
    for (uint32_t i = 0; i < world->declared->declaration_count; i++) {
        const tidu_declaration *declaration = &world->declared->declarations[i];
        const char *word = declaration->word;
        bool kind = fact ? !strcmp(word, "fact") && declaration->document == fact->document &&
                               declaration->line == fact->line
                         : !strcmp(word, "derive") || !strcmp(word, "decision") ||
                               !strcmp(word, "param") || !strcmp(word, "slot");
        if (kind && !strcmp(declaration->name, symbol->name))
            return declaration;
    }
    return &world->declared->declarations[0];
}

/* Where a symbol got that name, title or alias from. */
static struct said
said_of(const struct world *world, const tidu_symbol *symbol, const char *text)
{
    const tidu_declaration *declaration = declaration_of(world, symbol);
    const tidu_attr *zh = tidu_attr_find(&declaration->attrs, "zh");
    const tidu_attr *alias = tidu_attr_find(&declaration->attrs, "alias");
    struct said said = {declaration, NULL};
    if (zh && zh->text && !strcmp(zh->text, text))
        said.attr = zh;
    for (uint32_t i = 0; alias && i < alias->item_count; i++)
        if (alias->items[i].text && !strcmp(alias->items[i].text, text))
            said.attr = &alias->items[i];
    return said;
}

static bool
complain_taken(struct world *world, const char *text, const tidu_symbol *symbol,
               const tidu_symbol *other)
{
    struct said here = said_of(world, symbol, text), there = said_of(world, other, text);
    if (!strcmp(symbol->name, other->name))
        return tidu_compile_collide(world, here, there, TIDU_NAME_TAKEN, here.declaration->word,
                                    text, NULL);
    return tidu_compile_collide(world, here, there, TIDU_TITLE_TAKEN, text, symbol->name,
                                other->name);
}

static bool
add_text(struct world *world, const char *text, const tidu_symbol *symbol)
{
    struct table *table = world->index;
    if (!text || !*text)
        return true;
    size_t length = strlen(text);
    struct entry *entry = find_entry(table, text, length);
    if (entry->text)
        return entry->symbol == symbol || complain_taken(world, text, symbol, entry->symbol);
    *entry = (struct entry){text, length, symbol};
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
    const tidu_symbol *symbol = find_entry(world->index, text, length)->symbol;
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
    size_t most = length < table->longest ? length : table->longest, found = 0;
    uint32_t hash = HASH_START;
    for (size_t size = 1; size <= most; size++) {
        hash = hash_byte(hash, text[size - 1]);
        if (slot(table, hash, text, size)->text)
            found = size;
    }
    return found;
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

static bool
knows_subsidy(void *context, const char *id)
{
    return tidu_support_subsidy(context, id) != TIDU_NONE;
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
        name->number = (uint32_t)i;
        good = add_symbol(world, &name->symbol, name->aliases, name->alias_count) && good;
    }
    for (uint32_t i = 0; i < world->fact_count; i++) {
        const tidu_fact *fact = &world->facts[i];
        if (!fact->derived)
            good = add_symbol(world, &fact->symbol, fact->aliases, fact->alias_count) && good;
    }
    world->scope = (tidu_scope){world, find_symbol, longest_prefix, nearest_name, knows_title,
                                knows_designation, knows_score, knows_subsidy};
    return good;
}

const struct version *
tidu_names_version(const struct name *name, struct epoch epoch, const struct chain *chain)
{
    const struct version *best = NULL;
    int32_t best_rank = TIDU_NONE;
    for (size_t i = 0; i < name->version_count; i++) {
        const struct version *version = &name->versions[i];
        int32_t rank = tidu_chain_rank(chain, version->place);
        if (rank != TIDU_NONE && tidu_epoch_within(epoch, version->span) && rank > best_rank) {
            best = version;
            best_rank = rank;
        }
    }
    return best;
}

const struct name *
tidu_names_of(const struct world *world, const tidu_symbol *symbol)
{
    const struct name *name = symbol->owner;
    return &world->names[name->number];
}

static const char *
title_of_title(const struct world *world, const char *id)
{
    for (uint32_t i = 0; i < world->title_word_count; i++)
        if (!strcmp(world->title_words[i]->name, id))
            return tidu_attr_text(&world->title_words[i]->attrs, "zh", NULL);
    return NULL;
}

static const char *
title_of_designation(const struct world *world, const char *id)
{
    for (size_t i = 0; i < world->designation_count; i++)
        if (!strcmp(world->designations[i].declaration->name, id))
            return tidu_attr_text(&world->designations[i].declaration->attrs, "zh", NULL);
    return NULL;
}

static const char *
title_of_subsidy(const struct world *world, const char *id)
{
    int32_t number = tidu_support_subsidy(world, id);
    if (number == TIDU_NONE)
        return NULL;
    return tidu_attr_text(&world->subsidies[number].support.declaration->attrs, "zh", NULL);
}

/* Tell a tree what the ids in it are called. */
static void
entitle(const struct world *world, tidu_node *node)
{
    bool holds = node->kind == TIDU_NODE_CALL &&
                 (node->function == TIDU_FN_HOLDS || node->function == TIDU_FN_GRANTED ||
                  node->function == TIDU_FN_REVIEWED);
    bool meets = node->kind == TIDU_NODE_CALL && node->function == TIDU_FN_MEETS;
    if (holds)
        node->title = title_of_title(world, node->text);
    if ((holds || meets) && !node->title)
        node->title = title_of_designation(world, node->text);
    if (node->kind == TIDU_NODE_CALL && node->function == TIDU_FN_AWARD)
        node->title = title_of_subsidy(world, node->text);
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
apply_unit_to_name(struct world *world, struct name *name)
{
    return !name->unit ||
           tidu_words_unit(world, name->versions[0].declaration, name->unit, name->symbol.name,
                           &name->symbol.type, &name->symbol.type.unit);
}

static bool
same_type(const tidu_type *a, const tidu_type *b)
{
    return a->kind == b->kind && a->money == b->money && a->count == b->count &&
           a->years == b->years && a->days == b->days && a->score == b->score &&
           a->bare == b->bare && tidu_choices_same(a->choices, b->choices);
}

static bool
complain_version(struct world *world, const struct version *version, tidu_code code,
                 const char *name)
{
    return tidu_compile_complain_at(world, version->declaration, version->source, code, name,
                                    NULL, NULL, NULL);
}

static bool
complain_choice(struct world *world, const struct name *name, const struct version *version,
                const tidu_node *node)
{
    tidu_text list = {0}, what = {0};
    tidu_error error;
    for (uint32_t i = 0; i < name->choices->count; i++)
        tidu_text_printf(&list, "%s%s", i ? ", " : "", name->choices->items[i].code);
    tidu_text_printf(&what, "code \"%s\"", name->symbol.name);
    tidu_text_putc(&list, '\0');
    tidu_text_putc(&what, '\0');
    if (list.failed || what.failed)
        tidu_no_memory(world);
    else {
        tidu_error_set(&error, TIDU_EXPR_UNKNOWN_CHOICE, node->text, what.data, list.data,
                       name->symbol.zh, NULL);
        error.span = tidu_expr_span(node, version->written.text, version->written.place);
        tidu_report_add(world->report, &error);
    }
    tidu_text_free(&list);
    tidu_text_free(&what);
    return false;
}

static bool
has_choice(const tidu_choices *choices, const char *code)
{
    for (uint32_t i = 0; i < choices->count; i++)
        if (!strcmp(choices->items[i].code, code))
            return true;
    return false;
}

/* Every branch of a derived code gives one of its values, or codes of the very
 * same list: classes of different lists cannot be told apart. */
static bool
check_choices(struct world *world, const struct name *name, const struct version *version,
              const tidu_node *node)
{
    if (node->kind == TIDU_NODE_IF) {
        bool first = check_choices(world, name, version, node->child[1]);
        return check_choices(world, name, version, node->child[2]) && first;
    }
    if (node->kind == TIDU_NODE_STRING)
        return has_choice(name->choices, node->text) ||
               complain_choice(world, name, version, node);
    if (tidu_choices_same(node->type.choices, name->choices))
        return true;
    tidu_error error;
    tidu_error_set(&error, TIDU_CODES_DIFFER, NULL);
    error.span = tidu_expr_span(node, version->written.text, version->written.place);
    return tidu_report_add(world->report, &error);
}

static bool
merge_code(struct world *world, const struct name *name, const struct version *version,
           tidu_type *type)
{
    const tidu_node *tree = version->written.tree;
    if (name->choices) {
        type->choices = name->choices;
        return version->decision || check_choices(world, name, version, tree);
    }
    return type->choices || tree->kind == TIDU_NODE_NAME ||
           complain_version(world, version, TIDU_VALUES_MISSING, name->symbol.name);
}

static bool
is_derivable(tidu_kind kind)
{
    return kind == TIDU_NUMBER || kind == TIDU_FLAG || kind == TIDU_DATE || kind == TIDU_CODE;
}

/* All versions of a name share its type; the first decides. */
static bool
merge_type(struct world *world, struct name *name, const struct version *version, bool first)
{
    tidu_type type = version->written.tree->type;
    if (!is_derivable(type.kind))
        return complain_version(world, version, TIDU_DERIVE_KIND, name->symbol.name);
    if (type.kind == TIDU_CODE && !merge_code(world, name, version, &type))
        return false;
    if (first)
        name->symbol.type = type;
    else if (!same_type(&name->symbol.type, &type))
        return complain_version(world, version, TIDU_VERSIONS_DIFFER, name->symbol.name);
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
        version->written =
            strcmp(version->declaration->word, "decision")
                ? tidu_write_down(world, version->declaration, version->source)
                : tidu_decision_write_down(world, name, version);
        good = version->written.tree && merge_type(world, name, version, i == 0) && good;
    }
    good = good && name->version_count && apply_unit_to_name(world, name);
    name->state = good ? TYPED : BROKEN;
    return good;
}

/* ---- what derived facts come from ---- */

enum { MOST_SOURCES = 32 };

struct sources {
    const char *names[MOST_SOURCES];
    uint32_t count;
};

static void
add_source(struct sources *sources, const char *name)
{
    for (uint32_t i = 0; i < sources->count; i++)
        if (!strcmp(sources->names[i], name))
            return;
    if (sources->count < MOST_SOURCES)
        sources->names[sources->count++] = name;
}

static void
gather_sources(const tidu_node *node, struct sources *sources)
{
    const tidu_symbol *symbol = node->kind == TIDU_NODE_NAME ? node->symbol : NULL;
    if (node->kind == TIDU_NODE_CALL && node->function == TIDU_FN_HOLDS)
        add_source(sources, "titles");
    if (symbol && symbol->kind == TIDU_SYMBOL_FACT)
        add_source(sources, symbol->name);
    if (symbol && symbol->kind == TIDU_SYMBOL_DERIVE) {
        const struct name *name = symbol->owner;
        for (size_t v = 0; v < name->version_count; v++)
            gather_sources(name->versions[v].written.tree, sources);
    }
    for (uint32_t i = 0; i < node->child_count; i++)
        gather_sources(node->child[i], sources);
}

bool
tidu_names_sources(struct world *world)
{
    for (uint32_t f = 0; f < world->fact_count; f++) {
        tidu_fact *fact = &world->facts[f];
        if (!fact->derived)
            continue;
        struct sources sources = {.count = 0};
        tidu_node node = {.kind = TIDU_NODE_NAME,
                          .symbol = find_entry(world->index, fact->symbol.name,
                                               strlen(fact->symbol.name))->symbol};
        tidu_text list = {0};
        gather_sources(&node, &sources);
        for (uint32_t i = 0; i < sources.count; i++)
            tidu_text_printf(&list, "%s%s", i ? ", " : "", sources.names[i]);
        fact->derived_from = list.failed ? NULL
                                         : tidu_arena_copy_n(world->arena,
                                                             list.data ? list.data : "",
                                                             list.length);
        tidu_text_free(&list);
        if (!fact->derived_from)
            return tidu_no_memory(world);
    }
    return true;
}
