/*
 * events.c: what begins and ends in a rules folder, and when.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct search {
    const tidu_ruleset *ruleset;
    tidu_arena *arena;
    struct span span; /* of interest */
    tidu_event *list;
    size_t count, capacity;
    bool starved;
};

static void
add(struct search *search, tidu_event event)
{
    if (event.day < search->span.from || event.day > search->span.until)
        return;
    tidu_event *list = tidu_arena_grow(search->arena, search->list, search->count,
                                       &search->capacity, sizeof *list);
    if (!list) {
        search->starved = true;
        return;
    }
    search->list = list;
    list[search->count++] = event;
}

/* Its first day, and its last. */
static void
add_span(struct search *search, struct span span, tidu_event event)
{
    event.day = span.from;
    event.ends = false;
    if (span.from != INT32_MIN)
        add(search, event);
    event.day = span.until;
    event.ends = true;
    if (span.until != INT32_MAX)
        add(search, event);
}

static tidu_event
event_of(const struct search *search, const tidu_declaration *declaration, const char *kind,
         const char *id)
{
    return (tidu_event){.kind = kind, .id = id, .title = tidu_words_titles_of(declaration),
                        .place = tidu_places_of(search->ruleset->world, declaration),
                        .citation = tidu_words_citation(search->ruleset->world, declaration)};
}

static void
find_documents(struct search *search)
{
    const tidu_declarations *declared = &search->ruleset->declarations;
    for (uint32_t i = 0; i < declared->declaration_count; i++) {
        const tidu_declaration *declaration = &declared->declarations[i];
        if (strcmp(declaration->word, "policy"))
            continue;
        add_span(search, tidu_words_span(search->ruleset->world, declaration),
                 event_of(search, declaration, "document",
                          search->ruleset->documents[declaration->document].id));
    }
}

/* Values that come and go while their document stays. */
static void
find_parameters(struct search *search)
{
    const struct world *world = search->ruleset->world;
    for (size_t i = 0; i < world->name_count; i++)
        for (size_t v = 0; v < world->names[i].version_count; v++) {
            const struct version *version = &world->names[i].versions[v];
            struct span document = tidu_words_span(world, version->declaration);
            if (document.from == version->span.from && document.until == version->span.until)
                continue;
            add_span(search, version->span,
                     event_of(search, version->declaration, "parameter",
                              world->names[i].symbol.name));
        }
}

static void
find_support(struct search *search)
{
    const struct world *world = search->ruleset->world;
    for (size_t i = 0; i < world->subsidy_count; i++) {
        const struct subsidy *subsidy = &world->subsidies[i];
        add_span(search, subsidy->span,
                 event_of(search, subsidy->support.declaration, "subsidy",
                          subsidy->support.declaration->name));
    }
    for (size_t i = 0; i < world->slot_count; i++)
        add_span(search, world->slots[i].span,
                 event_of(search, world->slots[i].declaration, "slot", world->slots[i].id));
    for (size_t i = 0; i < world->transition_count; i++)
        add_span(search, world->transitions[i].span,
                 event_of(search, world->transitions[i].support.declaration, "transition",
                          world->transitions[i].id));
}

static void
find_bodies(struct search *search)
{
    const tidu_routing *routing = &search->ruleset->routing;
    for (uint32_t i = 0; i < routing->body_count; i++) {
        const tidu_body *body = &routing->bodies[i];
        add_span(search, (struct span){body->effective, body->expires},
                 event_of(search, body->declaration, "body", body->id));
    }
    for (uint32_t i = 0; i < routing->target_count; i++) {
        const tidu_target *target = &routing->targets[i];
        if (target->by != INT32_MAX)
            add(search, (tidu_event){.day = target->by, .ends = true, .kind = "target",
                                     .id = target->id, .title = target->title,
                                     .place = TIDU_COUNTRY_CODE, .citation = target->citation});
    }
}

static int
compare(const void *a, const void *b)
{
    const tidu_event *x = a, *y = b;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->ends != y->ends)
        return x->ends ? -1 : 1;
    int order = strcmp(x->kind, y->kind);
    return order ? order : strcmp(x->id, y->id);
}

bool
tidu_ruleset_events(const tidu_ruleset *ruleset, int32_t from, int32_t until, tidu_arena *arena,
                    const tidu_event **ret_list, uint32_t *ret_count)
{
    struct search search = {.ruleset = ruleset, .arena = arena, .span = {from, until}};
    find_documents(&search);
    find_parameters(&search);
    find_support(&search);
    find_bodies(&search);
    if (search.count)
        qsort(search.list, search.count, sizeof *search.list, compare);
    *ret_list = search.list;
    *ret_count = (uint32_t)search.count;
    return !search.starved;
}
