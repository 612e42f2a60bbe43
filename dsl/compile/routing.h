/*
 * routing.h: who is responsible, while declarations are read.
 *
 *   bodies.c   departments and their offices
 *   note.c     the note at the end of a clause, and `responsible`
 *   routing.c  duties, who acts, and that every duty has one lead everywhere
 */
#ifndef TIDU_COMPILE_ROUTING_H
#define TIDU_COMPILE_ROUTING_H

#include "internal.h"

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

/* ---- bodies.c ---- */
bool tidu_body_read(struct routing *routing, const tidu_declaration *declaration);
/* What bodies say of each other, once all are known. */
bool tidu_body_relate(struct routing *routing, tidu_body *body);
bool tidu_office_read(struct routing *routing, const tidu_declaration *declaration);
/* The body that an attribute names, or TIDU_NONE; the list of them. */
bool tidu_body_named(struct routing *routing, const tidu_declaration *declaration,
                     const char *name, int32_t *ret);
bool tidu_bodies_named(struct routing *routing, const tidu_declaration *declaration,
                       const char *name, const uint32_t **ret, uint32_t *ret_count);
/* The level a declaration names, or the one it has anyway. */
bool tidu_level_read(struct world *world, const tidu_declaration *declaration,
                     tidu_level otherwise, tidu_level *ret);
tidu_certainty tidu_routing_certainty(const struct routing *routing,
                                      const tidu_declaration *declaration, const char **ret_mark);
/* Whether two spans of days share one. */
bool tidu_routing_overlap(int32_t from, int32_t until, int32_t other_from, int32_t other_until);
/* Two declarations for the same days and places. */
bool tidu_routing_collide(struct routing *routing, const tidu_declaration *here,
                          const tidu_citation *there, const char *word);

/* ---- note.c ---- */
/* A duty's bodies from the note of its clause. */
bool tidu_note_respond(struct routing *routing, const tidu_declaration *measure, tidu_duty *duty);
bool tidu_answerable_add(struct routing *routing, const tidu_declaration *declaration);
/* The `responsible` of a measure's clause, or NULL. */
const struct answerable *tidu_answerable_of(const struct routing *routing,
                                            const tidu_declaration *measure);
void tidu_answerable_fill(tidu_duty *duty, const tidu_duty *says);
/* There is one, and it may lead. */
bool tidu_lead_check(struct routing *routing, const tidu_declaration *declaration, int32_t lead);
/* Take the spaces out of a text, in place. */
void tidu_note_squeeze(char *text);

#endif
