/*
 * routing.c: duties, and the proof that every duty has one lead.
 *
 * Totality is proved over the bodies that lead: each has an office, or one that
 * acts instead, at every level of every place with a layer, on every day on
 * which something changes while it leads; places without a layer are like each
 * other.
 */
#include "routing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    duty->certainty = tidu_routing_certainty(routing, declaration, &duty->mark);
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
        tidu_note_squeeze(words);
        tidu_note_squeeze(phrase);
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
    const struct answerable *answerable = tidu_answerable_of(routing, declaration);
    const char *anchor = tidu_attr_text(&declaration->attrs, "anchor", NULL);
    bool good = answerable ? answerable->good : tidu_note_respond(routing, declaration, duty);
    if (answerable)
        tidu_answerable_fill(duty, &answerable->says);
    good =
        tidu_bodies_named(routing, declaration, "handler", &duty->handlers, &duty->handler_count) &&
        good;
    return (!anchor || has_anchor(routing->world, declaration, anchor)) && good;
}

static bool
read_lead(struct routing *routing, const tidu_declaration *declaration, tidu_duty *duty)
{
    int32_t lead;
    bool good = tidu_body_named(routing, declaration, "lead", &lead);
    good =
        tidu_bodies_named(routing, declaration, "with", &duty->joint, &duty->joint_count) && good;
    good = tidu_level_read(routing->world, declaration, TIDU_COUNTY, &duty->level) && good;
    if (!good || !tidu_lead_check(routing, declaration, lead))
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
            tidu_routing_overlap(other->effective, other->expires, route->effective,
                                 route->expires))
            return tidu_routing_collide(routing, declaration, &other->citation, "route");
    return true;
}

static bool
fill_route(struct routing *routing, const tidu_declaration *declaration, tidu_reroute *route)
{
    const tidu_attr *map = &declaration->attrs;
    struct span span;
    bool good = tidu_body_named(routing, declaration, "lead", &route->lead);
    good =
        tidu_bodies_named(routing, declaration, "with", &route->with, &route->with_count) && good;
    good = tidu_level_read(routing->world, declaration, TIDU_LEVEL_COUNT, &route->level) && good;
    good = tidu_words_dates(routing->world, declaration, &span) && good;
    route->has_with = tidu_attr_find(map, "with") != NULL;
    route->acknowledge_days = days_attr(map, "acknowledge_days");
    route->plan_days = days_attr(map, "plan_days");
    route->settle_days = days_attr(map, "settle_days");
    route->effective = span.from;
    route->expires = span.until;
    route->citation = tidu_words_citation(routing->world, declaration);
    route->certainty = tidu_routing_certainty(routing, declaration, NULL);
    route->note_zh = tidu_attr_text(map, "note_zh", NULL);
    route->note_en = tidu_attr_text(map, "note_en", route->note_zh);
    if (good && route->lead != TIDU_NONE)
        good = tidu_lead_check(routing, declaration, route->lead);
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
    target->certainty = tidu_routing_certainty(routing, declaration, NULL);
    if (by && !tidu_date_parse(by, strlen(by), &target->by))
        return tidu_compile_complain_at(routing->world, declaration, tidu_attr_find(map, "by"),
                                        TIDU_BAD_DATE, by, NULL, NULL, NULL);
    return designation_named(routing->world, target->designation) ||
           tidu_compile_complain_at(routing->world, declaration, tidu_attr_find(map, "designation"),
                                    TIDU_EXPR_UNKNOWN_DESIGNATION, target->designation, NULL, NULL,
                                    NULL);
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
    uint32_t most =
        (made->body_count + made->office_count) * 2 + made->duty_count + made->reroute_count + 1;
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
    const char *where = region                    ? region->name
                        : place == samples[level] ? tidu_level_title(level, false)
                                                  : code;
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
        good =
            check_body(routing, routing->bodies[lead].declaration, (uint32_t)lead, &days) && good;
    }
    return good;
}

/* ---- all of it ---- */

static bool
reserve(struct routing *routing)
{
    struct world *world = routing->world;
    uint32_t routes = count_words(world, "route");
    routing->bodies =
        tidu_arena_array(world->arena, count_words(world, "body"), sizeof *routing->bodies);
    routing->offices =
        tidu_arena_array(world->arena, count_words(world, "office"), sizeof *routing->offices);
    routing->duties = tidu_arena_array(
        world->arena, count_words(world, "measure") + count_words(world, "demand") + routes,
        sizeof *routing->duties);
    routing->reroutes = tidu_arena_array(world->arena, routes, sizeof *routing->reroutes);
    routing->targets =
        tidu_arena_array(world->arena, count_words(world, "target"), sizeof *routing->targets);
    routing->answerables = tidu_arena_array(world->arena, count_words(world, "responsible"),
                                            sizeof *routing->answerables);
    if (!routing->answerables || !routing->bodies || !routing->offices || !routing->duties ||
        !routing->reroutes || !routing->targets)
        return tidu_no_memory(world);
    routing->made = (tidu_routing){.bodies = routing->bodies,
                                   .offices = routing->offices,
                                   .duties = routing->duties,
                                   .reroutes = routing->reroutes,
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
    bool good = read_all(&routing, "body", tidu_body_read);
    for (uint32_t i = 0; i < routing.made.body_count && !world->starved; i++)
        good = tidu_body_relate(&routing, &routing.bodies[i]) && good;
    good = read_all(&routing, "office", tidu_office_read) && good;
    good = read_all(&routing, "responsible", tidu_answerable_add) && good;
    good = read_all(&routing, "measure", read_measure) && good;
    good = read_all(&routing, "demand", read_demand) && good;
    good = read_all(&routing, "route", read_first_route) && good;
    good = read_all(&routing, "route", read_route) && good;
    good = read_all(&routing, "target", read_target) && good;
    good = good && !world->starved && prove_total(&routing);
    world->ruleset->routing = routing.made;
    return good;
}
