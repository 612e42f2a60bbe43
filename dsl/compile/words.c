/*
 * words.c: declarations become facts, titles, documents and dated names.
 *
 * Each reader takes the declarations of its word and checks what the authoring
 * helper could not: units against types, dates against each other, titles
 * against titles.
 */
#include "internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *
tidu_document_path(const struct world *world, const tidu_declaration *declaration)
{
    return world->declared->documents[declaration->document].path;
}

static tidu_span
place_of(const struct world *world, struct said said)
{
    bool known = said.attr && said.attr->line;
    tidu_span span = {.line = known ? said.attr->line : said.declaration->line,
                      .column = known ? said.attr->column : 0};
    strncpy(span.document, tidu_document_path(world, said.declaration), TIDU_DOCUMENT_SIZE - 1);
    return span;
}

bool
tidu_compile_complain_at(struct world *world, const tidu_declaration *declaration,
                         const tidu_attr *attr, tidu_code code, const char *first,
                         const char *second, const char *third, const char *fourth)
{
    tidu_error error;
    tidu_error_set(&error, code, first ? first : "", second ? second : "", third ? third : "",
                   fourth ? fourth : "", NULL);
    error.span = place_of(world, (struct said){declaration, attr});
    return tidu_report_add(world->report, &error);
}

bool
tidu_compile_complain(struct world *world, const tidu_declaration *declaration, tidu_code code,
                      const char *first, const char *second, const char *third)
{
    return tidu_compile_complain_at(world, declaration, NULL, code, first, second, third, NULL);
}

bool
tidu_compile_collide(struct world *world, struct said here, struct said there, tidu_code code,
                     const char *first, const char *second, const char *third)
{
    tidu_error error;
    tidu_error_set(&error, code, first ? first : "", second ? second : "", third ? third : "",
                   NULL);
    error.span = place_of(world, here);
    error.also = place_of(world, there);
    return tidu_report_add(world->report, &error);
}

bool
tidu_no_memory(struct world *world)
{
    tidu_error error;
    if (world->starved)
        return false;
    world->starved = true;
    tidu_error_set(&error, TIDU_MEMORY, NULL);
    return tidu_report_add(world->report, &error);
}

const char *
tidu_show_date(char buffer[11], int32_t days)
{
    return tidu_date_format(days, buffer);
}

static bool
is_word(const tidu_declaration *declaration, const char *word)
{
    return strcmp(declaration->word, word) == 0;
}

/* What a name is computed from, by an expression or by a table. */
static bool
is_derived(const tidu_declaration *declaration)
{
    return is_word(declaration, "derive") || is_word(declaration, "decision");
}

/* ---- dates ---- */

static bool
read_date(struct world *world, const tidu_declaration *declaration, const tidu_attr *map,
          const char *name, int32_t *ret)
{
    const char *text = tidu_attr_text(map, name, NULL);
    if (!text || tidu_date_parse(text, strlen(text), ret))
        return true;
    return tidu_compile_complain_at(world, declaration, tidu_attr_find(map, name), TIDU_BAD_DATE,
                                    text, NULL, NULL, NULL);
}

static bool
read_span(struct world *world, const tidu_declaration *declaration, const tidu_attr *map,
          struct span *ret)
{
    char from[11], until[11];
    bool good = read_date(world, declaration, map, "effective", &ret->from);
    good = read_date(world, declaration, map, "expires", &ret->until) && good;
    if (!good || ret->from <= ret->until)
        return good;
    return tidu_compile_complain_at(
        world, declaration, tidu_attr_find(map, "expires"), TIDU_DATES_CROSS,
        declaration->name ? declaration->name : declaration->word, tidu_show_date(from, ret->from),
        tidu_show_date(until, ret->until), NULL);
}

static struct span
always(void)
{
    return (struct span){INT32_MIN, INT32_MAX};
}

struct span
tidu_words_span(const struct world *world, const tidu_declaration *declaration)
{
    const tidu_document_info *info = &world->documents[declaration->document];
    return (struct span){info->effective, info->expires};
}

bool
tidu_words_dates(struct world *world, const tidu_declaration *declaration, struct span *ret)
{
    struct span own = {INT32_MIN, INT32_MAX}, outer = tidu_words_span(world, declaration);
    bool good = read_span(world, declaration, &declaration->attrs, &own);
    ret->from = own.from > outer.from ? own.from : outer.from;
    ret->until = own.until < outer.until ? own.until : outer.until;
    return good;
}

/* ---- documents ---- */

static struct said
id_of_policy(const tidu_declaration *policy)
{
    return (struct said){policy, tidu_attr_find(&policy->attrs, "id")};
}

/* Documents read so far have their ids; a document without one has its path. */
static bool
same_policy_id(struct world *world, const tidu_document_info *info,
               const tidu_declaration *declaration)
{
    for (uint32_t d = 0; d < world->declared->document_count; d++)
        if (&world->documents[d] != info && world->documents[d].id &&
            !strcmp(world->documents[d].id, info->id))
            return tidu_compile_collide(world, id_of_policy(declaration),
                                        id_of_policy(world->policies[d]), TIDU_POLICY_TWICE,
                                        info->id, NULL, NULL);
    return true;
}

static bool
read_policy(struct world *world, const tidu_declaration *declaration)
{
    tidu_document_info *info = &world->documents[declaration->document];
    const tidu_attr *map = &declaration->attrs;
    struct span span = always();
    bool good = read_span(world, declaration, map, &span);
    info->id = tidu_attr_text(map, "id", info->path);
    info->zh = tidu_attr_text(map, "zh", info->id);
    info->en = tidu_attr_text(map, "en", info->zh);
    info->number = tidu_attr_text(map, "number", NULL);
    info->source = tidu_attr_text(map, "source", NULL);
    info->mark = tidu_attr_text(map, "mark", NULL);
    info->note_zh = tidu_attr_text(map, "note_zh", NULL);
    info->note_en = tidu_attr_text(map, "note_en", info->note_zh);
    info->effective = span.from;
    info->expires = span.until;
    return same_policy_id(world, info, declaration) && good;
}

bool
tidu_words_documents(struct world *world)
{
    const tidu_declarations *declared = world->declared;
    bool good = true;
    world->documents =
        tidu_arena_array(world->arena, declared->document_count, sizeof *world->documents);
    world->policies =
        tidu_arena_array(world->arena, declared->document_count, sizeof *world->policies);
    if (!world->documents || !world->policies)
        return tidu_no_memory(world);
    for (uint32_t d = 0; d < declared->document_count; d++) {
        world->documents[d].path = declared->documents[d].path;
        world->documents[d].effective = INT32_MIN;
        world->documents[d].expires = INT32_MAX;
    }
    for (uint32_t i = 0; i < declared->declaration_count; i++) {
        const tidu_declaration *declaration = &declared->declarations[i];
        if (!is_word(declaration, "policy"))
            continue;
        if (!world->policies[declaration->document])
            world->policies[declaration->document] = declaration;
        good = read_policy(world, declaration) && good;
    }
    return good;
}

/* ---- citations and certainty ---- */

tidu_citation
tidu_words_citation(const struct world *world, const tidu_declaration *declaration)
{
    const tidu_clause *clause = &world->declared->clauses[declaration->clause];
    return (tidu_citation){&world->documents[declaration->document],
                           clause->path,
                           clause->words,
                           clause->digest,
                           clause->line,
                           declaration->line,
                           world->stale[declaration->clause]};
}

tidu_titles
tidu_words_titles_of(const tidu_declaration *declaration)
{
    const char *name = declaration->name ? declaration->name : declaration->word;
    const char *zh = tidu_attr_text(&declaration->attrs, "zh", NULL);
    const char *en = tidu_attr_text(&declaration->attrs, "en", NULL);
    return (tidu_titles){zh ? zh : en ? en : name, en ? en : name};
}

/* Pages behind "V:W01,W04": how many, and whether one of them is better than a
 * copy (grade A or B in the policy's sources). */
static tidu_certainty
certainty_of_pages(const tidu_attr *sources, const char *pages)
{
    unsigned count = 0;
    bool good = false;
    while (*pages) {
        size_t length = strcspn(pages, ", ");
        char page[32];
        if (length > 0 && length < sizeof page) {
            memcpy(page, pages, length);
            page[length] = '\0';
            const char *grade = sources ? tidu_attr_text(sources, page, "") : "";
            good = good || strchr(grade, 'A') || strchr(grade, 'B');
            count++;
        }
        pages += length;
        pages += strspn(pages, ", ");
    }
    return count > 1 || good ? TIDU_VERIFIED : TIDU_ONE_COPY;
}

tidu_certainty
tidu_words_certainty(const struct world *world, const tidu_declaration *declaration,
                     const char **ret_mark)
{
    const char *mark = tidu_attr_text(&declaration->attrs, "mark", NULL);
    const tidu_declaration *policy = world->policies[declaration->document];
    if (!mark && policy)
        mark = tidu_attr_text(&policy->attrs, "mark", NULL);
    *ret_mark = mark;
    if (!mark)
        return TIDU_VERIFIED;
    if (strstr(mark, "I") && !strncmp(mark, "I", 1))
        return TIDU_ILLUSTRATIVE;
    if (strchr(mark, 'M'))
        return TIDU_FROM_MEMORY;
    if (strstr(mark, "inferred") || strstr(mark, "calc"))
        return TIDU_INFERRED;
    if (!strncmp(mark, "V:", 2))
        return certainty_of_pages(policy ? tidu_attr_find(&policy->attrs, "sources") : NULL,
                                  mark + 2);
    return TIDU_VERIFIED;
}

/* ---- facts ---- */

static const struct {
    const char *word;
    tidu_kind kind;
    int8_t money, count, years, days, score;
} types[] = {
    {"money", TIDU_NUMBER, 1, 0, 0, 0, 0},  {"ratio", TIDU_NUMBER, 0, 0, 0, 0, 0},
    {"count", TIDU_NUMBER, 0, 1, 0, 0, 0},  {"years", TIDU_NUMBER, 0, 0, 1, 0, 0},
    {"days", TIDU_NUMBER, 0, 0, 0, 1, 0},   {"score", TIDU_NUMBER, 0, 0, 0, 0, 1},
    {"number", TIDU_NUMBER, 0, 0, 0, 0, 0}, {"date", TIDU_DATE, 0, 0, 0, 0, 0},
    {"flag", TIDU_FLAG, 0, 0, 0, 0, 0},     {"code", TIDU_CODE, 0, 0, 0, 0, 0},
    {"set", TIDU_SET, 0, 0, 0, 0, 0},       {"text", TIDU_TEXT, 0, 0, 0, 0, 0},
    {"list", TIDU_LIST, 0, 0, 0, 0, 0},
};

static bool
type_of_word(const char *word, tidu_type *ret)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i].word, word))
            continue;
        *ret = (tidu_type){.kind = types[i].kind,
                           .money = types[i].money,
                           .count = types[i].count,
                           .years = types[i].years,
                           .days = types[i].days,
                           .score = types[i].score,
                           .scale = {1, 1}};
        ret->bare = !strcmp(word, "number");
        return true;
    }
    return false;
}

static bool
same_dimension(const tidu_type *a, const tidu_type *b)
{
    return a->kind == b->kind && a->money == b->money && a->count == b->count &&
           a->years == b->years && a->days == b->days && a->score == b->score;
}

bool
tidu_words_unit(struct world *world, const tidu_declaration *declaration, const tidu_attr *attr,
                const char *name, const tidu_type *type, const tidu_unit **ret_unit)
{
    const tidu_unit *unit = tidu_unit_find(attr->text, strlen(attr->text));
    tidu_type of_unit = {0};
    char en[80], zh[80];
    if (!unit)
        return tidu_compile_complain_at(world, declaration, attr, TIDU_UNKNOWN_UNIT, name,
                                        attr->text, NULL, NULL);
    tidu_unit_type(unit, &of_unit);
    if (!same_dimension(type, &of_unit))
        return tidu_compile_complain_at(world, declaration, attr, TIDU_UNIT_MISFIT, name,
                                        attr->text, tidu_type_title(type, TIDU_EN, en, sizeof en),
                                        tidu_type_title(type, TIDU_ZH, zh, sizeof zh));
    *ret_unit = unit;
    return true;
}

static bool
apply_unit(struct world *world, const tidu_declaration *declaration, const tidu_attr *attr,
           const char *name, tidu_type *type)
{
    const tidu_unit *unit;
    if (!attr)
        return true;
    if (!tidu_words_unit(world, declaration, attr, name, type, &unit))
        return false;
    type->scale = tidu_unit_scale(unit);
    type->unit = unit;
    type->bare = false;
    return true;
}

/* values = { "a", { "b", zh=…, en=… } } */
static const tidu_choices *
read_choices(struct world *world, const tidu_attr *map)
{
    const tidu_attr *values = tidu_attr_find(map, "values");
    if (!values)
        return NULL;
    tidu_choices *choices = tidu_arena_alloc(world->arena, sizeof *choices);
    tidu_choice *items = tidu_arena_array(world->arena, values->item_count, sizeof *items);
    if (!choices || !items) {
        tidu_no_memory(world);
        return NULL;
    }
    for (uint32_t i = 0; i < values->item_count; i++) {
        const tidu_attr *value = &values->items[i];
        const char *code = value->text;
        if (value->kind == TIDU_ATTR_MAP) {
            const tidu_attr *first = tidu_attr_find(value, "items");
            code = first && first->item_count ? first->items[0].text : NULL;
        }
        code = code ? code : "";
        bool map_value = value->kind == TIDU_ATTR_MAP;
        items[i].code = code;
        items[i].zh = map_value ? tidu_attr_text(value, "zh", code) : code;
        items[i].en = map_value ? tidu_attr_text(value, "en", code) : code;
    }
    const tidu_attr *ordered = tidu_attr_find(map, "ordered");
    *choices = (tidu_choices){items, values->item_count, ordered && ordered->number != 0};
    return choices;
}

bool
tidu_flag_attr(const tidu_attr *map, const char *name)
{
    const tidu_attr *attr = tidu_attr_find(map, name);
    return attr && attr->number != 0;
}

static double
number_attr(const tidu_attr *map, const char *name, double otherwise)
{
    const tidu_attr *attr = tidu_attr_find(map, name);
    return attr && attr->kind == TIDU_ATTR_NUMBER ? attr->number : otherwise;
}

static bool
read_aliases(struct world *world, const tidu_attr *map, const char *const **ret,
             uint32_t *ret_count)
{
    const tidu_attr *list = tidu_attr_find(map, "alias");
    *ret = NULL;
    *ret_count = 0;
    if (!list)
        return true;
    uint32_t count = list->kind == TIDU_ATTR_LIST ? list->item_count : 1;
    const char **aliases = tidu_arena_array(world->arena, count, sizeof *aliases);
    if (!aliases)
        return tidu_no_memory(world);
    for (uint32_t i = 0; i < count; i++)
        aliases[i] = list->kind == TIDU_ATTR_LIST ? list->items[i].text : list->text;
    *ret = aliases;
    *ret_count = count;
    return true;
}

static bool
read_sections(struct world *world, const tidu_attr *map, tidu_fact *fact)
{
    const tidu_attr *list = tidu_attr_find(map, "sections");
    if (!list)
        return true;
    tidu_section *sections = tidu_arena_array(world->arena, list->item_count, sizeof *sections);
    if (!sections)
        return tidu_no_memory(world);
    for (uint32_t i = 0; i < list->item_count; i++) {
        const tidu_attr *entry = &list->items[i];
        if (entry->item_count < 3 || !entry->items[2].text)
            continue;
        strncpy(sections[i].from, entry->items[0].text, 2);
        strncpy(sections[i].to, entry->items[1].text, 2);
        sections[i].letter = entry->items[2].text[0];
    }
    fact->sections = sections;
    fact->section_count = list->item_count;
    return true;
}

static void
no_slots(tidu_fact *fact)
{
    fact->slots.count_column = TIDU_NONE;
    fact->slots.frame = TIDU_NONE;
    fact->slots.words = TIDU_NONE;
}

/* What facts and the fields of lists have in common. */
static bool
read_fact_type(struct world *world, const tidu_declaration *declaration, const char *name,
               const tidu_attr *map, tidu_fact *fact)
{
    const char *word = tidu_attr_text(map, "type", "");
    tidu_type *type = &fact->symbol.type;
    fact->symbol.name = name;
    fact->symbol.zh = tidu_attr_text(map, "zh", name);
    fact->symbol.en = tidu_attr_text(map, "en", name);
    fact->symbol.owner = fact;
    no_slots(fact);
    if (!type_of_word(word, type)) {
        const tidu_attr *attr = tidu_attr_find(map, "type");
        return tidu_compile_complain_at(world, declaration, attr ? attr : map, TIDU_UNKNOWN_TYPE,
                                        name, word, NULL, NULL);
    }
    fact->whole = tidu_flag_attr(map, "whole");
    fact->low = number_attr(map, "low", -INFINITY);
    fact->high = number_attr(map, "high", INFINITY);
    type->annual = tidu_flag_attr(map, "annual");
    type->choices = read_choices(world, map);
    return apply_unit(world, declaration, tidu_attr_find(map, "unit"), name, type);
}

/* A kind of unfairness that somebody knows. */
static bool
read_fairness(struct world *world, const tidu_declaration *declaration, tidu_fact *fact)
{
    static const char *const words[] = {
#define X(word, en, zh) word,
#include "tidu/fairness.def"
#undef X
    };
    fact->fairness = tidu_attr_text(&declaration->attrs, "fairness", NULL);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!fact->fairness || !strcmp(fact->fairness, words[i]))
            return true;
    return tidu_compile_complain_at(
        world, declaration, tidu_attr_find(&declaration->attrs, "fairness"), TIDU_WORD_UNKNOWN,
        "fairness", fact->fairness, "\"place_years\", \"local_share\", \"ownership\", \"supplier\"",
        NULL);
}

static bool
is_measure(tidu_kind kind)
{
    return kind == TIDU_NUMBER || kind == TIDU_FLAG || kind == TIDU_CODE || kind == TIDU_SET;
}

static bool
read_change(struct world *world, const tidu_declaration *declaration, tidu_fact *fact)
{
    const tidu_attr *map = tidu_attr_find(&declaration->attrs, "change");
    tidu_effort *change = &fact->effort;
    bool number = fact->symbol.type.kind == TIDU_NUMBER;
    *change = (tidu_effort){.up = -1, .down = -1, .step = fact->whole ? 1 : 0.01};
    if (!map)
        return true;
    change->up = number_attr(map, "up", -1);
    change->down = number_attr(map, "down", -1);
    change->step = number_attr(map, "step", change->step);
    change->yearly = number_attr(map, "yearly", 0);
    if (is_measure(fact->symbol.type.kind) && change->step > 0 && (number || change->yearly == 0))
        return true;
    return tidu_compile_complain_at(world, declaration, map, TIDU_CHANGE_BAD, fact->symbol.name,
                                    NULL, NULL, NULL);
}

/* Facts are all known by now. */
static bool
read_part_of(struct world *world, const tidu_declaration *declaration, tidu_fact *fact)
{
    const char *whole = tidu_attr_text(&declaration->attrs, "part_of", NULL);
    const tidu_type *type = &fact->symbol.type;
    for (uint32_t i = 0; whole && i < world->fact_count; i++) {
        const tidu_symbol *symbol = &world->facts[i].symbol;
        if (!strcmp(symbol->name, whole) && symbol->kind == TIDU_SYMBOL_FACT &&
            symbol->type.kind == TIDU_NUMBER && type->kind == TIDU_NUMBER &&
            symbol->type.annual == type->annual)
            fact->effort.part_of = &world->facts[i];
    }
    if (!whole || fact->effort.part_of)
        return true;
    return tidu_compile_complain_at(world, declaration,
                                    tidu_attr_find(&declaration->attrs, "part_of"),
                                    TIDU_PART_UNKNOWN, fact->symbol.name, whole, NULL, NULL);
}

enum { MOST_FIELDS = 64 };

static bool
read_fields(struct world *world, const tidu_declaration *declaration, tidu_fact *fact)
{
    const tidu_attr *list = tidu_attr_find(&declaration->attrs, "fields");
    uint32_t count = list ? list->item_count : 0;
    tidu_fact *fields = tidu_arena_array(world->arena, count, sizeof *fields);
    tidu_symbol *symbols = tidu_arena_array(world->arena, count, sizeof *symbols);
    bool good = true;
    if (!fields || !symbols)
        return tidu_no_memory(world);
    if (count > MOST_FIELDS)
        return tidu_compile_complain_at(world, declaration, list, TIDU_FIELDS_MANY,
                                        declaration->name, NULL, NULL, NULL);
    for (uint32_t i = 0; i < count; i++) {
        const tidu_attr *map = &list->items[i], *first = tidu_attr_find(map, "items");
        const char *name = first && first->item_count ? first->items[0].text : "";
        fields[i].symbol.kind = TIDU_SYMBOL_FIELD;
        name = name ? name : "";
        good = read_fact_type(world, declaration, name, map, &fields[i]) && good;
        tidu_kind kind = fields[i].symbol.type.kind;
        if (kind == TIDU_SET || kind == TIDU_LIST)
            good = tidu_compile_complain_at(world, declaration, tidu_attr_find(map, "type"),
                                            TIDU_FIELD_TYPE, name, fact->symbol.name,
                                            tidu_attr_text(map, "type", ""), NULL);
        fields[i].symbol.kind = TIDU_SYMBOL_FIELD;
        symbols[i] = fields[i].symbol;
        symbols[i].owner = &fields[i];
    }
    fact->fields = fields;
    fact->field_count = count;
    fact->symbol.fields = symbols;
    fact->symbol.field_count = count;
    return good;
}

static bool
read_fact(struct world *world, const tidu_declaration *declaration, tidu_fact *fact)
{
    const tidu_attr *map = &declaration->attrs;
    bool good = read_fact_type(world, declaration, declaration->name, map, fact);
    fact->symbol.kind = TIDU_SYMBOL_FACT;
    fact->pattern = tidu_attr_text(map, "pattern", NULL);
    fact->group = tidu_attr_text(map, "group", "");
    fact->source = tidu_attr_text(map, "source", "");
    fact->document = declaration->document;
    fact->line = declaration->line;
    fact->personal = tidu_flag_attr(map, "personal");
    good = read_aliases(world, map, &fact->aliases, &fact->alias_count) && good;
    good = read_sections(world, map, fact) && good;
    good = read_fairness(world, declaration, fact) && good;
    good = read_change(world, declaration, fact) && good;
    if (fact->symbol.type.kind == TIDU_LIST)
        good = read_fields(world, declaration, fact) && good;
    return good;
}

static uint32_t
count_words(const struct world *world, const char *word)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < world->declared->declaration_count; i++)
        count += is_word(&world->declared->declarations[i], word);
    return count;
}

/* Derived facts stand in the vocabulary too, so that a record that states one
 * is told what to state instead. */
static void
add_derived(struct world *world, const tidu_declaration *declaration)
{
    for (uint32_t i = 0; i < world->fact_count; i++)
        if (!strcmp(world->facts[i].symbol.name, declaration->name))
            return;
    tidu_fact *fact = &world->facts[world->fact_count++];
    fact->symbol = (tidu_symbol){.kind = TIDU_SYMBOL_DERIVE, .name = declaration->name};
    fact->symbol.zh = tidu_attr_text(&declaration->attrs, "zh", declaration->name);
    fact->symbol.en = tidu_attr_text(&declaration->attrs, "en", declaration->name);
    read_aliases(world, &declaration->attrs, &fact->aliases, &fact->alias_count);
    fact->group = tidu_attr_text(&declaration->attrs, "group", "");
    fact->source = "";
    fact->derived = true;
    fact->derived_from = "";
    fact->number = world->fact_count;
    fact->document = declaration->document;
    fact->line = declaration->line;
    no_slots(fact);
}

bool
tidu_words_facts(struct world *world)
{
    uint32_t most =
        count_words(world, "fact") + count_words(world, "derive") + count_words(world, "decision");
    bool good = true;
    world->facts = tidu_arena_array(world->arena, most, sizeof *world->facts);
    if (!world->facts)
        return tidu_no_memory(world);
    for (uint32_t i = 0; i < world->declared->declaration_count; i++) {
        const tidu_declaration *declaration = &world->declared->declarations[i];
        if (is_word(declaration, "fact")) {
            tidu_fact *fact = &world->facts[world->fact_count++];
            fact->number = world->fact_count;
            good = read_fact(world, declaration, fact) && good;
        } else if (is_derived(declaration))
            add_derived(world, declaration);
    }
    for (uint32_t i = 0, f = 0; i < world->declared->declaration_count; i++)
        if (is_word(&world->declared->declarations[i], "fact")) {
            while (world->facts[f].derived)
                f++;
            good =
                read_part_of(world, &world->declared->declarations[i], &world->facts[f++]) && good;
        }
    if (world->fact_count)
        return good;
    tidu_error error;
    tidu_error_set(&error, TIDU_NO_FACTS, NULL);
    return tidu_report_add(world->report, &error);
}

/* ---- derives and params ---- */

static struct name *
name_called(struct world *world, const tidu_declaration *declaration, tidu_symbol_kind kind)
{
    for (size_t i = 0; i < world->name_count; i++)
        if (!strcmp(world->names[i].symbol.name, declaration->name) &&
            world->names[i].symbol.kind == kind)
            return &world->names[i];
    struct name *names = tidu_arena_grow(world->arena, world->names, world->name_count,
                                         &world->name_capacity, sizeof *names);
    if (!names)
        return NULL;
    world->names = names;
    struct name *name = &names[world->name_count++];
    name->symbol.kind = kind;
    name->symbol.name = declaration->name;
    name->symbol.zh = tidu_attr_text(&declaration->attrs, "zh", declaration->name);
    name->symbol.en = tidu_attr_text(&declaration->attrs, "en", declaration->name);
    name->unit = tidu_attr_find(&declaration->attrs, "unit");
    return name;
}

static bool
overlaps(struct span a, struct span b)
{
    return a.from <= b.until && b.from <= a.until;
}

/* Both speak in some place at some time. */
static bool
meet(const struct version *version, struct span span, uint32_t place)
{
    return overlaps(version->span, span) &&
           (tidu_region_within(version->place, place) || tidu_region_within(place, version->place));
}

/* Two versions of a name collide: in one place, or in a layer and above it. Then
 * the layer is in the wrong, whichever was read first. */
static bool
complain_version(struct world *world, struct said here, struct said there)
{
    uint32_t place = tidu_places_of(world, here.declaration);
    uint32_t other = tidu_places_of(world, there.declaration);
    bool above = place != other && tidu_region_within(other, place);
    return tidu_compile_collide(world, above ? there : here, above ? here : there,
                                place == other ? TIDU_NAME_TAKEN : TIDU_LAYER_OVERRIDES,
                                (above ? there : here).declaration->word, here.declaration->name,
                                NULL);
}

/* Only a fill may say in a place what is said above it. */
static bool
check_version(struct world *world, const struct name *name, const tidu_declaration *declaration,
              struct span span, const tidu_attr *source)
{
    uint32_t place = tidu_places_of(world, declaration);
    for (size_t i = 0; i < name->version_count; i++) {
        const struct version *other = &name->versions[i];
        if (!meet(other, span, place) || (other->place != place && is_word(declaration, "fill")))
            continue;
        return complain_version(world, (struct said){declaration, source},
                                (struct said){other->declaration, other->source});
    }
    return true;
}

static bool
add_version(struct world *world, struct name *name, const tidu_declaration *declaration,
            struct span span, const tidu_attr *source)
{
    if (!check_version(world, name, declaration, span, source))
        return false;
    struct version *versions = tidu_arena_grow(world->arena, name->versions, name->version_count,
                                               &name->version_capacity, sizeof *versions);
    if (!versions)
        return tidu_no_memory(world);
    name->versions = versions;
    versions[name->version_count++] = (struct version){.span = span,
                                                       .declaration = declaration,
                                                       .place = tidu_places_of(world, declaration),
                                                       .source = source};
    return true;
}

static struct span
within(struct span inner, struct span outer)
{
    return (struct span){inner.from > outer.from ? inner.from : outer.from,
                         inner.until < outer.until ? inner.until : outer.until};
}

static bool
read_dated_values(struct world *world, struct name *name, const tidu_declaration *declaration,
                  const tidu_attr *values)
{
    bool good = true;
    for (uint32_t i = 0; i < values->item_count; i++) {
        struct span span = always();
        const tidu_attr *items = tidu_attr_find(&values->items[i], "items");
        if (!items || !items->item_count) {
            good = tidu_compile_complain(world, declaration, TIDU_NO_CONDITION, declaration->word,
                                         declaration->name, NULL);
            continue;
        }
        good = read_span(world, declaration, &values->items[i], &span) &&
               add_version(world, name, declaration,
                           within(span, tidu_words_span(world, declaration)), &items->items[0]) &&
               good;
    }
    return good;
}

static bool
read_name(struct world *world, const tidu_declaration *declaration)
{
    bool derive = is_derived(declaration);
    struct name *name =
        name_called(world, declaration, derive ? TIDU_SYMBOL_DERIVE : TIDU_SYMBOL_PARAM);
    const tidu_attr *items = tidu_attr_find(&declaration->attrs, "items");
    const tidu_attr *values = tidu_attr_find(&declaration->attrs, "values");
    if (!name)
        return tidu_no_memory(world);
    if (!read_aliases(world, &declaration->attrs, &name->aliases, &name->alias_count))
        return false;
    if (derive)
        name->choices = read_choices(world, &declaration->attrs);
    else if (values)
        return read_dated_values(world, name, declaration, values);
    if (is_word(declaration, "decision")) {
        const tidu_attr *table = tidu_attr_find(&declaration->attrs, "table");
        return add_version(world, name, declaration, tidu_words_span(world, declaration),
                           table ? table : tidu_attr_find(&declaration->attrs, "rows"));
    }
    if (!items || !items->item_count)
        return tidu_compile_complain(world, declaration, TIDU_NO_CONDITION, declaration->word,
                                     declaration->name, NULL);
    return add_version(world, name, declaration, tidu_words_span(world, declaration),
                       &items->items[0]);
}

/* A slot's value is a name like a param's; the places that fill it have
 * versions of it. */
static bool
read_slot_value(struct world *world, const struct slot *slot)
{
    const tidu_attr *items = tidu_attr_find(&slot->declaration->attrs, "items");
    if (!items || !items->item_count)
        return tidu_compile_complain(world, slot->declaration, TIDU_NO_CONDITION, "slot",
                                     slot->declaration->name, NULL);
    struct name *name = name_called(world, slot->declaration, TIDU_SYMBOL_PARAM);
    return name ? add_version(world, name, slot->declaration, slot->span, &items->items[0])
                : tidu_no_memory(world);
}

static bool
read_fill_value(struct world *world, const struct fill *fill)
{
    const tidu_attr *items = tidu_attr_find(&fill->declaration->attrs, "items");
    struct name *name = name_called(world, fill->declaration, TIDU_SYMBOL_PARAM);
    if (!items || !items->item_count)
        return true;
    return name ? add_version(world, name, fill->declaration, fill->span, &items->items[0])
                : tidu_no_memory(world);
}

static bool
read_slot_values(struct world *world)
{
    bool good = true;
    for (size_t i = 0; i < world->slot_count; i++)
        if (world->slots[i].sets == SLOT_VALUE)
            good = read_slot_value(world, &world->slots[i]) && good;
    for (size_t i = 0; i < world->fill_count; i++)
        if (world->slots[world->fills[i].slot].sets == SLOT_VALUE)
            good = read_fill_value(world, &world->fills[i]) && good;
    return good;
}

bool
tidu_words_names(struct world *world)
{
    bool good = read_slot_values(world);
    for (uint32_t i = 0; i < world->declared->declaration_count; i++) {
        const tidu_declaration *declaration = &world->declared->declarations[i];
        if (is_derived(declaration) || is_word(declaration, "param"))
            good = read_name(world, declaration) && good;
    }
    return good;
}

/* ---- titles ---- */

static int
compare_titles(const void *a, const void *b)
{
    return strcmp(((const tidu_title_slot *)a)->id, ((const tidu_title_slot *)b)->id);
}

/* "3年", "36个月": in months; 0 for what cannot be read. */
static uint32_t
months_of(const char *text)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    const tidu_unit *unit = tidu_unit_find(end, strlen(end));
    tidu_type type = {0};
    if (end == text || !unit || number > 1200)
        return 0;
    tidu_unit_type(unit, &type);
    tidu_scale scale = tidu_unit_scale(unit);
    return type.years ? (uint32_t)((int64_t)number * 12 * scale.num / scale.den) : 0;
}

/* Months that an attribute says, or 0 where there is none. */
static bool
read_months(struct world *world, const tidu_declaration *declaration, const char *name,
            tidu_code refused, uint32_t *ret)
{
    const tidu_attr *attr = tidu_attr_find(&declaration->attrs, name);
    *ret = attr && attr->text ? months_of(attr->text) : 0;
    return !attr || *ret ||
           tidu_compile_complain_at(world, declaration, attr, refused, declaration->name,
                                    attr->text ? attr->text : "", NULL, NULL);
}

/* One whose months cannot be read is a title all the same: others speak of it. */
static bool
add_title(struct world *world, const tidu_declaration *declaration)
{
    uint32_t months, ban_months;
    bool good = read_months(world, declaration, "validity", TIDU_BAD_VALIDITY, &months);
    good = read_months(world, declaration, "ban", TIDU_BAD_BAN, &ban_months) && good;
    for (uint32_t i = 0; i < world->title_count; i++)
        if (!strcmp(world->titles[i].id, declaration->name)) {
            if (!world->titles[i].ban_months)
                world->titles[i].ban_months = ban_months;
            if (!world->titles[i].validity_months)
                world->titles[i].validity_months = months;
            return good;
        }
    world->titles[world->title_count++] =
        (tidu_title_slot){declaration->name, TIDU_NONE, TIDU_NONE, TIDU_NONE, months, ban_months};
    return good;
}

/* What a title comes after is a title too; `titles` are sorted. */
static bool
check_after(struct world *world, const tidu_declaration *declaration)
{
    const tidu_attr *after = tidu_attr_find(&declaration->attrs, "after");
    bool good = true;
    for (uint32_t i = 0; after && i < after->item_count; i++) {
        tidu_title_slot wanted = {.id = after->items[i].text};
        if (!bsearch(&wanted, world->titles, world->title_count, sizeof *world->titles,
                     compare_titles))
            good =
                tidu_compile_complain_at(world, declaration, &after->items[i], TIDU_AFTER_UNKNOWN,
                                         declaration->name, wanted.id, NULL, NULL);
    }
    return good;
}

bool
tidu_words_titles(struct world *world)
{
    uint32_t most = count_words(world, "title") + count_words(world, "designation");
    bool good = true;
    world->titles = tidu_arena_array(world->arena, most, sizeof *world->titles);
    world->title_words = tidu_arena_array(world->arena, most, sizeof *world->title_words);
    if (!world->titles || !world->title_words)
        return tidu_no_memory(world);
    for (uint32_t i = 0; i < world->declared->declaration_count; i++) {
        const tidu_declaration *declaration = &world->declared->declarations[i];
        bool title = is_word(declaration, "title");
        if (title)
            world->title_words[world->title_word_count++] = declaration;
        if (title || is_word(declaration, "designation"))
            good = add_title(world, declaration) && good;
    }
    if (world->title_count)
        qsort(world->titles, world->title_count, sizeof *world->titles, compare_titles);
    for (uint32_t i = 0; i < world->declared->declaration_count; i++)
        if (is_word(&world->declared->declarations[i], "designation"))
            good = check_after(world, &world->declared->declarations[i]) && good;
    return good;
}
