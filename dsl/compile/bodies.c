/*
 * bodies.c: departments, their names by level, and their offices.
 */
#include "routing.h"

#include <string.h>

tidu_certainty
tidu_routing_certainty(const struct routing *routing, const tidu_declaration *declaration,
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
bool
tidu_body_named(struct routing *routing, const tidu_declaration *declaration, const char *name,
                int32_t *ret)
{
    const tidu_attr *attr = tidu_attr_find(&declaration->attrs, name);
    *ret = TIDU_NONE;
    if (!attr)
        return true;
    *ret = tidu_body_find(&routing->made, attr->text);
    return *ret != TIDU_NONE || complain_body(routing->world, declaration, attr, attr->text);
}

bool
tidu_bodies_named(struct routing *routing, const tidu_declaration *declaration, const char *name,
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
            good = complain_body(routing->world, declaration, &list->items[i], list->items[i].text);
        items[i] = body == TIDU_NONE ? 0 : (uint32_t)body;
    }
    *ret = items;
    *ret_count = count;
    return good;
}

bool
tidu_body_read(struct routing *routing, const tidu_declaration *declaration)
{
    const tidu_attr *map = &declaration->attrs, *alias = tidu_attr_find(map, "alias");
    tidu_body *body = &routing->bodies[routing->made.body_count++];
    struct span span;
    const char **aliases =
        tidu_arena_array(routing->world->arena, alias ? alias->item_count : 0, sizeof *aliases);
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
    body->certainty = tidu_routing_certainty(routing, declaration, &body->mark);
    body->declaration = declaration;
    bool good = tidu_words_dates(routing->world, declaration, &span);
    body->effective = span.from;
    body->expires = span.until;
    return good;
}

bool
tidu_body_relate(struct routing *routing, tidu_body *body)
{
    bool good = tidu_body_named(routing, body->declaration, "instead", &body->instead);
    return tidu_body_named(routing, body->declaration, "successor", &body->successor) && good;
}

int32_t
tidu_body_find(const tidu_routing *routing, const char *id)
{
    for (uint32_t i = 0; i < routing->body_count; i++)
        if (!strcmp(routing->bodies[i].id, id))
            return (int32_t)i;
    return TIDU_NONE;
}

bool
tidu_level_read(struct world *world, const tidu_declaration *declaration, tidu_level otherwise,
                tidu_level *ret)
{
    const tidu_attr *attr = tidu_attr_find(&declaration->attrs, "level");
    *ret = attr ? tidu_level_find(attr->text) : otherwise;
    return !attr || *ret != TIDU_LEVEL_COUNT ||
           tidu_compile_complain_at(world, declaration, attr, TIDU_BAD_LEVEL, attr->text, NULL,
                                    NULL, NULL);
}

bool
tidu_routing_overlap(int32_t from, int32_t until, int32_t other_from, int32_t other_until)
{
    return from <= other_until && other_from <= until;
}

/* ---- offices ---- */

bool
tidu_routing_collide(struct routing *routing, const tidu_declaration *here,
                     const tidu_citation *there, const char *word)
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
            tidu_routing_overlap(other->effective, other->expires, office->effective,
                                 office->expires))
            return tidu_routing_collide(routing, declaration, &other->citation, "office");
    return true;
}

bool
tidu_office_read(struct routing *routing, const tidu_declaration *declaration)
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
    bool good = tidu_body_named(routing, declaration, "by", &office->by);
    good = tidu_level_read(world, declaration, tidu_region_level(office->place), &office->level) &&
           good;
    good = tidu_words_dates(world, declaration, &span) && good;
    office->effective = span.from;
    office->expires = span.until;
    office->citation = tidu_words_citation(world, declaration);
    office->certainty = tidu_routing_certainty(routing, declaration, NULL);
    if (!office->name.zh && office->by == TIDU_NONE && good)
        good = tidu_compile_complain(world, declaration, TIDU_OFFICE_EMPTY, declaration->name, NULL,
                                     NULL);
    return check_only_office(routing, declaration, office) && good;
}
