/*
 * routing.c: bodies, duties, and the proof that every duty has one lead.
 *
 * The note at the end of a clause is read from the text:
 *
 *   （科技部、工业和信息化部、国务院国资委按照职责分工负责）   first listed leads
 *   （工业和信息化部牵头、相关部门按照职责分工负责、有关行业协会配合相关工作）
 *
 * What is declared about it must say the same. Totality is proved over the
 * bodies that lead: each has an office, or one that acts instead, at every
 * level of every place with a layer, on every day on which something changes
 * while it leads; places without a layer are like each other.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bodies {
    uint32_t *items;
    uint32_t count;
};

/* Who a clause makes responsible. */
struct responsibility {
    bool found;
    tidu_basis basis;
    int32_t lead; /* or TIDU_NONE */
    struct bodies joint, support;
};

/* What a `responsible` came to; not good after a complaint. */
struct answerable {
    const tidu_declaration *declaration;
    tidu_duty says;
    bool good;
};

struct routing {
    struct world *world;
    struct answerable *answerables;
    uint32_t answerable_count;
    tidu_body *bodies;
    tidu_office *offices;
    tidu_duty *duties;
    tidu_reroute *reroutes;
    tidu_target *targets;
    tidu_routing made; /* the same tables, and their counts */
};

static bool
is_word(const tidu_declaration *declaration, const char *word)
{
    return strcmp(declaration->word, word) == 0;
}

static uint32_t
count_words(const struct world *world, const char *word)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < world->declared->declaration_count; i++)
        count += is_word(&world->declared->declarations[i], word);
    return count;
}

static tidu_certainty
certainty_of(const struct routing *routing, const tidu_declaration *declaration,
             const char **ret_mark)
{
    const char *mark;
    return tidu_words_certainty(routing->world, declaration, ret_mark ? ret_mark : &mark);
}

/* ---- bodies ---- */

static bool
complain_body(struct world *world, const tidu_declaration *declaration, const tidu_attr *attr,
              const char *id)
{
    return tidu_compile_complain_at(world, declaration, attr, TIDU_NO_BODY, id, NULL, NULL, NULL);
}

/* The body an attribute names; TIDU_NONE when it names none. */
static bool
body_named(struct routing *routing, const tidu_declaration *declaration, const char *name,
           int32_t *ret)
{
    const tidu_attr *attr = tidu_attr_find(&declaration->attrs, name);
    *ret = TIDU_NONE;
    if (!attr)
        return true;
    *ret = tidu_body_find(&routing->made, attr->text);
    return *ret != TIDU_NONE || complain_body(routing->world, declaration, attr, attr->text);
}

static bool
bodies_named(struct routing *routing, const tidu_declaration *declaration, const char *name,
             const uint32_t **ret, uint32_t *ret_count)
{
    const tidu_attr *list = tidu_attr_find(&declaration->attrs, name);
    uint32_t count = list ? list->item_count : 0;
    uint32_t *items = tidu_arena_array(routing->world->arena, count, sizeof *items);
    bool good = true;
    if (!items)
        return tidu_no_memory(routing->world);
    for (uint32_t i = 0; i < count; i++) {
        int32_t body = tidu_body_find(&routing->made, list->items[i].text);
        if (body == TIDU_NONE)
            good = complain_body(routing->world, declaration, &list->items[i],
                                 list->items[i].text);
        items[i] = body == TIDU_NONE ? 0 : (uint32_t)body;
    }
    *ret = items;
    *ret_count = count;
    return good;
}

static bool
read_body(struct routing *routing, const tidu_declaration *declaration)
{
    const tidu_attr *map = &declaration->attrs, *alias = tidu_attr_find(map, "alias");
    tidu_body *body = &routing->bodies[routing->made.body_count++];
    struct span span;
    const char **aliases = tidu_arena_array(routing->world->arena, alias ? alias->item_count : 0,
                                            sizeof *aliases);
    if (!aliases)
        return tidu_no_memory(routing->world);
    for (uint32_t i = 0; alias && i < alias->item_count; i++)
        aliases[i] = alias->items[i].text;
    body->id = declaration->name;
    body->title = tidu_words_titles_of(declaration);
    body->aliases = aliases;
    body->alias_count = alias ? alias->item_count : 0;
    body->names[TIDU_COUNTRY] = body->title.zh;
    for (tidu_level level = TIDU_PROVINCE; level < TIDU_LEVEL_COUNT; level++)
        body->names[level] = tidu_attr_text(map, tidu_level_name(level), NULL);
    body->supports = tidu_flag_attr(map, "supports");
    body->certainty = certainty_of(routing, declaration, &body->mark);
    body->declaration = declaration;
    bool good = tidu_words_dates(routing->world, declaration, &span);
    body->effective = span.from;
    body->expires = span.until;
    return good;
}

static bool
relate_body(struct routing *routing, tidu_body *body)
{
    bool good = body_named(routing, body->declaration, "instead", &body->instead);
    return body_named(routing, body->declaration, "successor", &body->successor) && good;
}

int32_t
tidu_body_find(const tidu_routing *routing, const char *id)
{
    for (uint32_t i = 0; i < routing->body_count; i++)
        if (!strcmp(routing->bodies[i].id, id))
            return (int32_t)i;
    return TIDU_NONE;
}

static bool
read_level(struct world *world, const tidu_declaration *declaration, tidu_level otherwise,
           tidu_level *ret)
{
    const tidu_attr *attr = tidu_attr_find(&declaration->attrs, "level");
    *ret = attr ? tidu_level_find(attr->text) : otherwise;
    return !attr || *ret != TIDU_LEVEL_COUNT ||
           tidu_compile_complain_at(world, declaration, attr, TIDU_BAD_LEVEL, attr->text, NULL,
                                    NULL, NULL);
}

static bool
overlap(int32_t from, int32_t until, int32_t other_from, int32_t other_until)
{
    return from <= other_until && other_from <= until;
}

/* ---- offices ---- */

static bool
collide(struct routing *routing, const tidu_declaration *here, const tidu_citation *there,
        const char *word)
{
    tidu_error error;
    tidu_error_at(&error, TIDU_NAME_TAKEN, tidu_document_path(routing->world, here), here->line, 0,
                  0, word, here->name, NULL);
    error.also.line = there->rule_line;
    strncpy(error.also.document, there->document->path, TIDU_DOCUMENT_SIZE - 1);
    return tidu_report_add(routing->world->report, &error);
}

static bool
check_only_office(struct routing *routing, const tidu_declaration *declaration,
                  const tidu_office *office)
{
    for (const tidu_office *other = routing->offices; other < office; other++)
        if (other->body == office->body && other->place == office->place &&
            other->level == office->level &&
            overlap(other->effective, other->expires, office->effective, office->expires))
            return collide(routing, declaration, &other->citation, "office");
    return true;
}

static bool
read_office(struct routing *routing, const tidu_declaration *declaration)
{
    struct world *world = routing->world;
    tidu_office *office = &routing->offices[routing->made.office_count++];
    int32_t body = tidu_body_find(&routing->made, declaration->name);
    struct span span;
    if (body == TIDU_NONE)
        return complain_body(world, declaration, NULL, declaration->name);
    office->body = (uint32_t)body;
    office->place = tidu_places_of(world, declaration);
    if (tidu_attr_find(&declaration->attrs, "zh"))
        office->name = tidu_words_titles_of(declaration);
    bool good = body_named(routing, declaration, "by", &office->by);
    good = read_level(world, declaration, tidu_region_level(office->place), &office->level) && good;
    good = tidu_words_dates(world, declaration, &span) && good;
    office->effective = span.from;
    office->expires = span.until;
    office->citation = tidu_words_citation(world, declaration);
    office->certainty = certainty_of(routing, declaration, NULL);
    if (!office->name.zh && office->by == TIDU_NONE && good)
        good = tidu_compile_complain(world, declaration, TIDU_OFFICE_EMPTY, declaration->name, NULL,
                                     NULL);
    return check_only_office(routing, declaration, office) && good;
}

/* ---- the note at the end of a clause ---- */

static const char *
skip(const char *text, const char *word)
{
    size_t length = strlen(word);
    return strncmp(text, word, length) ? NULL : text + length;
}

/* The last bracket of the words that says who answers for it; NULL for none. */
static bool
find_note(struct world *world, const char *words, char **ret_note)
{
    *ret_note = NULL;
    for (const char *at = words; (at = strstr(at, "（")) != NULL;) {
        const char *close = strstr(at, "）");
        at += strlen("（");
        char *note = tidu_arena_copy_n(world->arena, at,
                                       close ? (size_t)(close - at) : strlen(at));
        if (!note)
            return tidu_no_memory(world);
        if (strstr(note, "负责") || strstr(note, "牵头"))
            *ret_note = note;
    }
    return true;
}

static void
drop_spaces(char *text)
{
    char *to = text;
    for (; *text; text++)
        if (*text != ' ' && *text != '\n')
            *to++ = *text;
    *to = '\0';
}

/* The body whose name the text begins with, the longest of them. */
static int32_t
body_at(const struct routing *routing, const char *text, const char **ret_rest)
{
    int32_t found = TIDU_NONE;
    size_t longest = 0;
    for (uint32_t i = 0; i < routing->made.body_count; i++) {
        const tidu_body *body = &routing->bodies[i];
        for (uint32_t a = 0; a <= body->alias_count; a++) {
            const char *name = a ? body->aliases[a - 1] : body->title.zh;
            size_t length = strlen(name);
            if (length > longest && !strncmp(text, name, length)) {
                longest = length;
                found = (int32_t)i;
            }
        }
    }
    *ret_rest = text + longest;
    return found;
}

/* Takes the bodies named since the last role was said. */
static void
take(struct responsibility *responsibility, struct bodies *pending, const char *role)
{
    bool leads = skip(role, "牵头") != NULL, supports = skip(role, "配合") != NULL;
    uint32_t from = 0;
    if (leads) {
        responsibility->basis = TIDU_BASIS_EXPLICIT;
        responsibility->lead = (int32_t)pending->items[0];
        from = 1;
    } else if (!supports && responsibility->lead == TIDU_NONE) {
        responsibility->basis = TIDU_BASIS_FIRST_LISTED;
        responsibility->lead = (int32_t)pending->items[0];
        from = 1;
    }
    struct bodies *into = supports ? &responsibility->support : &responsibility->joint;
    for (uint32_t i = from; i < pending->count; i++)
        into->items[into->count++] = pending->items[i];
    pending->count = 0;
}

/* The end of a piece: "、" and then a body; "，" or "；" and then a body or other
 * words. The end of the text when there is none. */
static const char *
piece_end(const char *text)
{
    static const char *const ends[] = {"、", "，", "；"};
    const char *end = text + strlen(text);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const char *found = strstr(text, ends[i]);
        if (found && found < end)
            end = found;
    }
    return end;
}

static bool
complain_note(struct routing *routing, const tidu_clause *clause, const char *text)
{
    tidu_error error;
    char *piece = tidu_arena_copy_n(routing->world->arena, text,
                                    (size_t)(piece_end(text) - text));
    tidu_error_at(&error, TIDU_NOTE_BODY, routing->world->declared->documents[clause->document].path,
                  clause->line, 0, 0, piece ? piece : text, NULL);
    return tidu_report_add(routing->world->report, &error);
}

static bool
open_bodies(struct world *world, struct bodies *bodies, size_t most)
{
    bodies->items = tidu_arena_array(world->arena, most, sizeof *bodies->items);
    bodies->count = 0;
    return bodies->items || tidu_no_memory(world);
}

/* note = piece {("、" | "，" | "；") piece} ["，" words] ; piece = body [role] */
static bool
read_note(struct routing *routing, const tidu_clause *clause, struct responsibility *ret)
{
    struct world *world = routing->world;
    char *note;
    struct bodies pending;
    *ret = (struct responsibility){.lead = TIDU_NONE};
    if (!find_note(world, clause->words, &note) || !note)
        return !world->starved;
    drop_spaces(note);
    size_t most = strlen(note) / 3 + 1;
    if (!open_bodies(world, &ret->joint, most) || !open_bodies(world, &ret->support, most) ||
        !open_bodies(world, &pending, most))
        return false;
    bool listed = true;
    for (const char *at = note, *rest; *at; at = rest) {
        int32_t body = body_at(routing, at, &rest);
        if (body == TIDU_NONE && listed)
            return complain_note(routing, clause, at);
        if (body == TIDU_NONE)
            break;
        pending.items[pending.count++] = (uint32_t)body;
        const char *end = piece_end(rest);
        if (end != rest)
            take(ret, &pending, rest);
        listed = skip(end, "、") != NULL;
        rest = *end ? end + strlen("、") : end; /* all three are as long */
    }
    ret->found = ret->lead != TIDU_NONE;
    return true;
}

/* ---- responsible { … } ---- */

static bool
same_bodies(const struct bodies *a, const uint32_t *items, uint32_t count)
{
    if (a->count != count)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (a->items[i] != items[i])
            return false;
    return true;
}

static bool
is_basis(const char *basis, tidu_basis wanted)
{
    return !basis || !strcmp(basis, "explicit") == (wanted == TIDU_BASIS_EXPLICIT);
}

/* What was declared against what the text says. */
static bool
compare_note(struct routing *routing, const tidu_declaration *declared, const tidu_clause *clause,
             const struct responsibility *note, const tidu_duty *says)
{
    const char *basis = tidu_attr_text(&declared->attrs, "basis", NULL);
    tidu_error error;
    bool same = !note->found ||
                (note->lead == (int32_t)says->lead &&
                 same_bodies(&note->joint, says->joint, says->joint_count) &&
                 same_bodies(&note->support, says->support, says->support_count) &&
                 is_basis(basis, note->basis));
    if (same)
        return true;
    tidu_error_at(&error, TIDU_NOTE_DIFFERS, tidu_document_path(routing->world, declared),
                  declared->line, 0, 0, routing->bodies[note->lead].title.zh,
                  note->basis == TIDU_BASIS_EXPLICIT ? "explicit" : "first_listed", NULL);
    error.also.line = clause->line;
    strncpy(error.also.document, tidu_document_path(routing->world, declared),
            TIDU_DOCUMENT_SIZE - 1);
    return tidu_report_add(routing->world->report, &error);
}

/* What the clause a measure stands in declares; NULL for nothing. */
static const struct answerable *
answerable_of(const struct routing *routing, const tidu_declaration *measure)
{
    for (uint32_t i = 0; i < routing->answerable_count; i++)
        if (routing->answerables[i].declaration->clause == measure->clause)
            return &routing->answerables[i];
    return NULL;
}

/* A body that can only support does not lead. */
static bool
check_lead(struct routing *routing, const tidu_declaration *declaration, int32_t lead)
{
    const tidu_attr *attr = tidu_attr_find(&declaration->attrs, "lead");
    if (lead == TIDU_NONE)
        return tidu_compile_complain(routing->world, declaration, TIDU_NO_LEAD, declaration->word,
                                     declaration->name ? declaration->name : "", NULL);
    return !routing->bodies[lead].supports ||
           tidu_compile_complain_at(routing->world, declaration, attr, TIDU_LEAD_SUPPORTS,
                                    routing->bodies[lead].id, NULL, NULL, NULL);
}

static bool
check_basis(struct world *world, const tidu_declaration *declaration)
{
    const tidu_attr *basis = tidu_attr_find(&declaration->attrs, "basis");
    return !basis || !strcmp(basis->text, "explicit") || !strcmp(basis->text, "first_listed") ||
           tidu_compile_complain_at(world, declaration, basis, TIDU_BAD_WORD, "basis", basis->text,
                                    "explicit, first_listed", NULL);
}

static bool
read_responsible(struct routing *routing, const tidu_declaration *declaration, tidu_duty *duty)
{
    const tidu_clause *clause = &routing->world->declared->clauses[declaration->clause];
    struct responsibility note;
    int32_t lead;
    bool good = read_note(routing, clause, &note);
    good = check_basis(routing->world, declaration) && good;
    good = body_named(routing, declaration, "lead", &lead) && good;
    good = bodies_named(routing, declaration, "joint", &duty->joint, &duty->joint_count) && good;
    good = bodies_named(routing, declaration, "support", &duty->support, &duty->support_count) &&
           good;
    if (!good || !check_lead(routing, declaration, lead))
        return false;
    const char *basis = tidu_attr_text(&declaration->attrs, "basis", NULL);
    duty->lead = (uint32_t)lead;
    duty->basis = note.found ? note.basis
                  : basis && !strcmp(basis, "explicit") ? TIDU_BASIS_EXPLICIT
                                                        : TIDU_BASIS_FIRST_LISTED;
    return compare_note(routing, declaration, clause, &note, duty);
}

static bool
respond_by_note(struct routing *routing, const tidu_declaration *measure, tidu_duty *duty)
{
    const tidu_clause *clause = &routing->world->declared->clauses[measure->clause];
    struct responsibility note;
    if (!read_note(routing, clause, &note))
        return false;
    if (!note.found)
        return tidu_compile_complain(routing->world, measure, TIDU_NO_LEAD, measure->word,
                                     measure->name, NULL);
    duty->lead = (uint32_t)note.lead;
    duty->basis = note.basis;
    duty->joint = note.joint.items;
    duty->joint_count = note.joint.count;
    duty->support = note.support.items;
    duty->support_count = note.support.count;
    return check_lead(routing, measure, note.lead);
}

/* Every `responsible` is compared with its clause, with measures or without. */
static bool
add_answerable(struct routing *routing, const tidu_declaration *declaration)
{
    struct answerable *answerable = &routing->answerables[routing->answerable_count++];
    answerable->declaration = declaration;
    answerable->good = read_responsible(routing, declaration, &answerable->says);
    return answerable->good;
}

static void
answer_for(tidu_duty *duty, const tidu_duty *says)
{
    duty->lead = says->lead;
    duty->basis = says->basis;
    duty->joint = says->joint;
    duty->joint_count = says->joint_count;
    duty->support = says->support;
    duty->support_count = says->support_count;
}

/* ---- duties ---- */

static tidu_duty *
add_duty(struct routing *routing, const tidu_declaration *declaration, tidu_duty_kind kind)
{
    tidu_duty *duty = &routing->duties[routing->made.duty_count++];
    const tidu_attr *map = &declaration->attrs;
    duty->kind = kind;
    duty->id = declaration->name;
    duty->title = tidu_words_titles_of(declaration);
    duty->government = tidu_flag_attr(map, "government");
    duty->group = tidu_attr_text(map, "group", NULL);
    duty->basis = TIDU_BASIS_PRACTICE;
    duty->level = TIDU_COUNTY;
    duty->citation = tidu_words_citation(routing->world, declaration);
    duty->certainty = certainty_of(routing, declaration, &duty->mark);
    duty->note_zh = tidu_attr_text(map, "note_zh", NULL);
    duty->note_en = tidu_attr_text(map, "note_en", duty->note_zh);
    return duty;
}

static bool
has_anchor(struct world *world, const tidu_declaration *measure, const char *anchor)
{
    const tidu_clause *clause = &world->declared->clauses[measure->clause];
    char *words = strdup(clause->words);
    char *phrase = strdup(anchor);
    bool good = words && phrase, found = false;
    if (good) {
        drop_spaces(words);
        drop_spaces(phrase);
        found = strstr(words, phrase);
    }
    free(words);
    free(phrase);
    if (!good)
        return tidu_no_memory(world);
    return found ||
           tidu_compile_complain_at(world, measure, tidu_attr_find(&measure->attrs, "anchor"),
                                    TIDU_ANCHOR_LOST, measure->name, anchor, NULL, NULL);
}

static bool
read_measure(struct routing *routing, const tidu_declaration *declaration)
{
    tidu_duty *duty = add_duty(routing, declaration, TIDU_DUTY_MEASURE);
    const struct answerable *answerable = answerable_of(routing, declaration);
    const char *anchor = tidu_attr_text(&declaration->attrs, "anchor", NULL);
    bool good = answerable ? answerable->good : respond_by_note(routing, declaration, duty);
    if (answerable)
        answer_for(duty, &answerable->says);
    good = bodies_named(routing, declaration, "handler", &duty->handlers, &duty->handler_count) &&
           good;
    return (!anchor || has_anchor(routing->world, declaration, anchor)) && good;
}

static bool
read_lead(struct routing *routing, const tidu_declaration *declaration, tidu_duty *duty)
{
    int32_t lead;
    bool good = body_named(routing, declaration, "lead", &lead);
    good = bodies_named(routing, declaration, "with", &duty->joint, &duty->joint_count) && good;
    good = read_level(routing->world, declaration, TIDU_COUNTY, &duty->level) && good;
    if (!good || !check_lead(routing, declaration, lead))
        return false;
    duty->lead = (uint32_t)lead;
    return true;
}

static bool
read_demand(struct routing *routing, const tidu_declaration *declaration)
{
    return read_lead(routing, declaration, add_duty(routing, declaration, TIDU_DUTY_DEMAND));
}

static const tidu_declaration *
designation_named(const struct world *world, const char *id)
{
    for (uint32_t i = 0; i < world->declared->declaration_count; i++) {
        const tidu_declaration *declaration = &world->declared->declarations[i];
        if (is_word(declaration, "designation") && !strcmp(declaration->name, id))
            return declaration;
    }
    return NULL;
}

int32_t
tidu_duty_find(const tidu_routing *routing, const char *id)
{
    for (uint32_t i = 0; i < routing->duty_count; i++)
        if (!strcmp(routing->duties[i].id, id))
            return (int32_t)i;
    return TIDU_NONE;
}

/* The first route of a designation in its own layer says who leads it; measures
 * and demands say so themselves. */
static bool
read_first_route(struct routing *routing, const tidu_declaration *declaration)
{
    const tidu_declaration *designation = designation_named(routing->world, declaration->name);
    if (!designation || tidu_duty_find(&routing->made, declaration->name) != TIDU_NONE ||
        tidu_places_of(routing->world, designation) != tidu_places_of(routing->world, declaration))
        return true;
    tidu_duty *duty = add_duty(routing, declaration, TIDU_DUTY_DESIGNATION);
    duty->title = tidu_words_titles_of(designation);
    duty->headquarters = tidu_flag_attr(&declaration->attrs, "headquarters");
    return read_lead(routing, declaration, duty);
}

static uint32_t
days_attr(const tidu_attr *map, const char *name)
{
    const tidu_attr *attr = tidu_attr_find(map, name);
    return attr && attr->number > 0 ? (uint32_t)attr->number : 0;
}

static bool
check_only_route(struct routing *routing, const tidu_declaration *declaration,
                 const tidu_reroute *route)
{
    for (const tidu_reroute *other = routing->reroutes; other < route; other++)
        if (other->duty == route->duty && other->place == route->place &&
            overlap(other->effective, other->expires, route->effective, route->expires))
            return collide(routing, declaration, &other->citation, "route");
    return true;
}

static bool
fill_route(struct routing *routing, const tidu_declaration *declaration, tidu_reroute *route)
{
    const tidu_attr *map = &declaration->attrs;
    struct span span;
    bool good = body_named(routing, declaration, "lead", &route->lead);
    good = bodies_named(routing, declaration, "with", &route->with, &route->with_count) && good;
    good = read_level(routing->world, declaration, TIDU_LEVEL_COUNT, &route->level) && good;
    good = tidu_words_dates(routing->world, declaration, &span) && good;
    route->has_with = tidu_attr_find(map, "with") != NULL;
    route->acknowledge_days = days_attr(map, "acknowledge_days");
    route->plan_days = days_attr(map, "plan_days");
    route->settle_days = days_attr(map, "settle_days");
    route->effective = span.from;
    route->expires = span.until;
    route->citation = tidu_words_citation(routing->world, declaration);
    route->certainty = certainty_of(routing, declaration, NULL);
    route->note_zh = tidu_attr_text(map, "note_zh", NULL);
    route->note_en = tidu_attr_text(map, "note_en", route->note_zh);
    if (good && route->lead != TIDU_NONE)
        good = check_lead(routing, declaration, route->lead);
    return good;
}

static bool
read_route(struct routing *routing, const tidu_declaration *declaration)
{
    int32_t duty = tidu_duty_find(&routing->made, declaration->name);
    if (duty == TIDU_NONE)
        return tidu_compile_complain(routing->world, declaration, TIDU_NO_DUTY, declaration->name,
                                     NULL, NULL);
    tidu_reroute *route = &routing->reroutes[routing->made.reroute_count++];
    route->duty = (uint32_t)duty;
    route->place = tidu_places_of(routing->world, declaration);
    return fill_route(routing, declaration, route) && check_only_route(routing, declaration, route);
}

static bool
read_target(struct routing *routing, const tidu_declaration *declaration)
{
    const tidu_attr *map = &declaration->attrs, *count = tidu_attr_find(map, "count");
    const char *by = tidu_attr_text(map, "by", NULL);
    tidu_target *target = &routing->targets[routing->made.target_count++];
    target->id = declaration->name;
    target->title = tidu_words_titles_of(declaration);
    target->designation = tidu_attr_text(map, "designation", "");
    target->count = count ? count->number : 0;
    target->by = INT32_MAX;
    target->citation = tidu_words_citation(routing->world, declaration);
    target->certainty = certainty_of(routing, declaration, NULL);
    if (by && !tidu_date_parse(by, strlen(by), &target->by))
        return tidu_compile_complain_at(routing->world, declaration, tidu_attr_find(map, "by"),
                                        TIDU_BAD_DATE, by, NULL, NULL, NULL);
    return designation_named(routing->world, target->designation) ||
           tidu_compile_complain_at(routing->world, declaration,
                                    tidu_attr_find(map, "designation"), TIDU_EXPR_UNKNOWN_DESIGNATION,
                                    target->designation, NULL, NULL, NULL);
}

/* ---- who acts ---- */

static bool
in_span(int32_t day, int32_t from, int32_t until)
{
    return from <= day && day <= until;
}

/* The nearest layer's word for the office of a body in a place. */
static const tidu_office *
office_of(const tidu_routing *routing, uint32_t body, uint32_t place, int32_t as_of)
{
    const tidu_office *found = NULL;
    tidu_level level = tidu_region_level(place);
    for (uint32_t i = 0; i < routing->office_count; i++) {
        const tidu_office *office = &routing->offices[i];
        bool fits = office->body == body && office->level == level &&
                    in_span(as_of, office->effective, office->expires) &&
                    tidu_region_within(place, office->place);
        if (fits && (!found || tidu_region_within(office->place, found->place)))
            found = office;
    }
    return found;
}

bool
tidu_routing_office(const tidu_routing *routing, uint32_t body, uint32_t place, int32_t as_of,
                    tidu_acting *ret)
{
    enum { MOST_HANDOVERS = 8 };
    tidu_level level = tidu_region_level(place);
    for (int steps = 0; steps < MOST_HANDOVERS; steps++) {
        const tidu_body *at = &routing->bodies[body];
        const tidu_office *office = office_of(routing, body, place, as_of);
        int32_t next = as_of > at->expires          ? at->successor
                       : as_of < at->effective      ? TIDU_NONE
                       : office && office->by >= 0  ? office->by
                       : office || at->names[level] ? TIDU_NONE - 1
                                                    : at->instead;
        if (next == TIDU_NONE - 1) {
            *ret = (tidu_acting){body, {at->names[level], at->title.en}, office};
            if (office)
                ret->name = office->name;
            return true;
        }
        if (next == TIDU_NONE)
            return false;
        body = (uint32_t)next;
    }
    return false;
}

const tidu_reroute *
tidu_routing_reroute(const tidu_routing *routing, uint32_t duty, uint32_t place, int32_t as_of)
{
    const tidu_reroute *found = NULL;
    for (uint32_t i = 0; i < routing->reroute_count; i++) {
        const tidu_reroute *route = &routing->reroutes[i];
        if (route->duty == duty && in_span(as_of, route->effective, route->expires) &&
            tidu_region_within(place, route->place) &&
            (!found || tidu_region_within(route->place, found->place)))
            found = route;
    }
    return found;
}

/* ---- every duty has a lead at every level, everywhere ---- */

/* Days on which something about bodies and what they lead may change. */
struct days {
    int32_t *items;
    uint32_t count;
};

static void
add_day(struct days *days, int32_t day)
{
    for (uint32_t i = 0; i < days->count; i++)
        if (days->items[i] == day)
            return;
    days->items[days->count++] = day;
}

static void
add_span(struct days *days, int32_t from, int32_t until)
{
    if (from != INT32_MIN)
        add_day(days, from);
    if (until != INT32_MAX)
        add_day(days, until + 1);
}

static int
compare_days(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static bool
find_days(struct routing *routing, struct days *days)
{
    const tidu_routing *made = &routing->made;
    uint32_t most = (made->body_count + made->office_count) * 2 + made->duty_count +
                    made->reroute_count + 1;
    days->items = tidu_arena_array(routing->world->arena, most, sizeof *days->items);
    if (!days->items)
        return tidu_no_memory(routing->world);
    for (uint32_t i = 0; i < made->duty_count; i++)
        add_span(days, made->duties[i].citation.document->effective, INT32_MAX);
    for (uint32_t i = 0; i < made->reroute_count; i++)
        add_span(days, made->reroutes[i].effective, INT32_MAX);
    for (uint32_t i = 0; i < made->body_count; i++)
        add_span(days, made->bodies[i].effective, made->bodies[i].expires);
    for (uint32_t i = 0; i < made->office_count; i++)
        add_span(days, made->offices[i].effective, made->offices[i].expires);
    if (!days->count)
        add_day(days, 0);
    qsort(days->items, days->count, sizeof *days->items, compare_days);
    return true;
}

/* Whether there is something for a body to lead on a day. */
static bool
leads_on(const tidu_routing *made, uint32_t body, int32_t day)
{
    for (uint32_t i = 0; i < made->duty_count; i++) {
        const tidu_document_info *document = made->duties[i].citation.document;
        if (made->duties[i].lead == body && in_span(day, document->effective, document->expires))
            return true;
    }
    for (uint32_t i = 0; i < made->reroute_count; i++) {
        const tidu_reroute *route = &made->reroutes[i];
        if (route->lead == (int32_t)body && in_span(day, route->effective, route->expires))
            return true;
    }
    return false;
}

/* A place of each level: any will do where no layer says otherwise. */
static const uint32_t samples[TIDU_LEVEL_COUNT] = {TIDU_COUNTRY_CODE, 990000, 999900, 999999};

static bool
complain_hole(struct routing *routing, const tidu_declaration *declaration, uint32_t body,
              uint32_t place, int32_t day)
{
    char date[11], code[8];
    const tidu_region *region = tidu_region_find(&routing->world->ruleset->regions, place);
    tidu_level level = tidu_region_level(place);
    snprintf(code, sizeof code, "%06u", place % 1000000);
    const char *where = region ? region->name
                        : place == samples[level] ? tidu_level_title(level, false) : code;
    return tidu_compile_complain_at(routing->world, declaration, NULL, TIDU_ROUTE_HOLE,
                                    routing->bodies[body].id, where, tidu_show_date(date, day),
                                    tidu_level_title(level, true));
}

/* A place of a level that stands for the others in `place`, or `place` itself. */
static uint32_t
sample_of(uint32_t place, tidu_level level)
{
    if (place == TIDU_COUNTRY_CODE)
        return samples[level];
    if (level == TIDU_CITY && place % 10000 == 0)
        return place + 9900;
    if (level == TIDU_COUNTY && place % 100 == 0)
        return place + (place % 10000 == 0 ? 9999u : 99u);
    return place;
}

/* The levels a layer's place stands for: its own, and those below it. */
static bool
check_place(struct routing *routing, const tidu_declaration *declaration, uint32_t body,
            uint32_t place, const struct days *days)
{
    tidu_acting acting;
    for (uint32_t d = 0; d < days->count; d++) {
        if (!leads_on(&routing->made, body, days->items[d]))
            continue;
        for (tidu_level level = tidu_region_level(place); level < TIDU_LEVEL_COUNT; level++) {
            uint32_t at = sample_of(place, level);
            if (!tidu_routing_office(&routing->made, body, at, days->items[d], &acting))
                return complain_hole(routing, declaration, body, at, days->items[d]);
        }
    }
    return true;
}

static bool
check_body(struct routing *routing, const tidu_declaration *declaration, uint32_t body,
           const struct days *days)
{
    const struct world *world = routing->world;
    bool good = check_place(routing, declaration, body, TIDU_COUNTRY_CODE, days);
    for (size_t i = 0; i < world->layer_count && good; i++)
        good = check_place(routing, declaration, body, world->layers[i], days);
    return good;
}

/* Each body that leads something, once. */
static bool
prove_total(struct routing *routing)
{
    const tidu_routing *made = &routing->made;
    struct days days = {0};
    bool *seen = tidu_arena_array(routing->world->arena, made->body_count, sizeof *seen);
    bool good = true;
    if (!seen)
        return tidu_no_memory(routing->world);
    if (!find_days(routing, &days))
        return false;
    for (uint32_t i = 0; i < made->duty_count + made->reroute_count; i++) {
        bool duty = i < made->duty_count;
        const tidu_reroute *route = duty ? NULL : &made->reroutes[i - made->duty_count];
        int32_t lead = duty ? (int32_t)made->duties[i].lead : route->lead;
        if (lead == TIDU_NONE || seen[lead])
            continue;
        seen[lead] = true;
        good = check_body(routing, routing->bodies[lead].declaration, (uint32_t)lead, &days) &&
               good;
    }
    return good;
}

/* ---- all of it ---- */

static bool
reserve(struct routing *routing)
{
    struct world *world = routing->world;
    uint32_t routes = count_words(world, "route");
    routing->bodies = tidu_arena_array(world->arena, count_words(world, "body"),
                                       sizeof *routing->bodies);
    routing->offices = tidu_arena_array(world->arena, count_words(world, "office"),
                                        sizeof *routing->offices);
    routing->duties = tidu_arena_array(world->arena,
                                       count_words(world, "measure") +
                                           count_words(world, "demand") + routes,
                                       sizeof *routing->duties);
    routing->reroutes = tidu_arena_array(world->arena, routes, sizeof *routing->reroutes);
    routing->targets = tidu_arena_array(world->arena, count_words(world, "target"),
                                        sizeof *routing->targets);
    routing->answerables = tidu_arena_array(world->arena, count_words(world, "responsible"),
                                            sizeof *routing->answerables);
    if (!routing->answerables || !routing->bodies || !routing->offices || !routing->duties || !routing->reroutes ||
        !routing->targets)
        return tidu_no_memory(world);
    routing->made = (tidu_routing){.bodies = routing->bodies,     .offices = routing->offices,
                                   .duties = routing->duties,     .reroutes = routing->reroutes,
                                   .targets = routing->targets};
    return true;
}

static bool
read_all(struct routing *routing, const char *word,
         bool (*read)(struct routing *routing, const tidu_declaration *declaration))
{
    const struct world *world = routing->world;
    bool good = true;
    for (uint32_t i = 0; i < world->declared->declaration_count && !world->starved; i++)
        if (is_word(&world->declared->declarations[i], word))
            good = read(routing, &world->declared->declarations[i]) && good;
    return good;
}

bool
tidu_routing_read(struct world *world)
{
    struct routing routing = {.world = world};
    if (!reserve(&routing))
        return false;
    bool good = read_all(&routing, "body", read_body);
    for (uint32_t i = 0; i < routing.made.body_count && !world->starved; i++)
        good = relate_body(&routing, &routing.bodies[i]) && good;
    good = read_all(&routing, "office", read_office) && good;
    good = read_all(&routing, "responsible", add_answerable) && good;
    good = read_all(&routing, "measure", read_measure) && good;
    good = read_all(&routing, "demand", read_demand) && good;
    good = read_all(&routing, "route", read_first_route) && good;
    good = read_all(&routing, "route", read_route) && good;
    good = read_all(&routing, "target", read_target) && good;
    good = good && !world->starved && prove_total(&routing);
    world->ruleset->routing = routing.made;
    return good;
}
