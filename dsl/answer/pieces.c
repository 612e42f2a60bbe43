/*
 * pieces.c: what is the same in every answer, written once.
 *
 * Titles, clauses and bounds are most of a full answer, and do not depend on
 * the row. A writer asks whether its piece is there; if not, it writes it and
 * has it kept:
 *
 *   if (!tidu_piece_put(e, PIECE_CLAUSE, number, out)) {
 *       size_t from = out->length;
 *       …write to out…
 *       tidu_piece_keep(e, PIECE_CLAUSE, number, from, out);
 *   }
 *
 * Pieces are of one lane and language. Those of offices also rest on the
 * region and the day. Where there is no memory for them nothing is kept.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct slot {
    uint32_t start, length; /* length 0: not there */
};

struct pieces {
    tidu_text bytes;
    struct slot *slots;
    uint32_t first[PIECE_KINDS + 1]; /* slot of each kind */
    tidu_lang lang;
    uint32_t region;
    int32_t as_of;
};

static struct pieces *
open_pieces(asked *e)
{
    const tidu_program *program = e->program;
    const uint32_t counts[PIECE_KINDS] = {
        [PIECE_PART] = program->part_count * 3,
        [PIECE_REQUIRES] = program->part_count,
        [PIECE_BOUND_ZH] = program->part_count,
        [PIECE_BOUND_EN] = program->part_count,
        [PIECE_CRITERION] = program->criterion_count * 3,
        [PIECE_CLAUSE] = program->criterion_count,
        [PIECE_SUBSIDY] = program->subsidy_count,
        [PIECE_SOURCE] = program->subsidy_count,
        [PIECE_MEASURE] = program->measure_count,
        [PIECE_GROUNDS] = program->measure_count,
        [PIECE_DUTY] = program->measure_count,
        [PIECE_FACT] = e->ruleset->vocabulary.fact_count,
        [PIECE_OFFICE] = e->ruleset->routing.body_count,
    };
    struct pieces *pieces = calloc(1, sizeof *pieces);
    if (!pieces)
        return NULL;
    for (unsigned kind = 0; kind < PIECE_KINDS; kind++)
        pieces->first[kind + 1] = pieces->first[kind] + counts[kind];
    pieces->slots = calloc(pieces->first[PIECE_KINDS] + 1, sizeof *pieces->slots);
    if (!pieces->slots)
        tidu_pieces_free(&pieces);
    return pieces;
}

void
tidu_pieces_free(struct pieces **pieces)
{
    if (!*pieces)
        return;
    tidu_text_free(&(*pieces)->bytes);
    free((*pieces)->slots);
    free(*pieces);
    *pieces = NULL;
}

static void
forget(struct pieces *pieces, unsigned from, unsigned to)
{
    memset(&pieces->slots[pieces->first[from]], 0,
           (pieces->first[to] - pieces->first[from]) * sizeof *pieces->slots);
}

/* The lane's pieces, without those that no longer hold. */
static struct pieces *
pieces_of(asked *e)
{
    if (!e->pieces) /* nobody looks through a lane */
        return NULL;
    struct pieces *pieces = *e->pieces;
    if (!pieces) {
        pieces = *e->pieces = open_pieces(e);
        if (!pieces)
            return NULL;
        pieces->lang = e->options.lang;
    }
    if (pieces->lang != e->options.lang) {
        forget(pieces, 0, PIECE_KINDS);
        pieces->bytes.length = 0;
        pieces->lang = e->options.lang;
    }
    if (pieces->region != e->region || pieces->as_of != e->options.as_of) {
        forget(pieces, PIECE_OFFICE, PIECE_OFFICE + 1);
        pieces->region = e->region;
        pieces->as_of = e->options.as_of;
    }
    return pieces;
}

bool
tidu_piece_put(asked *e, enum piece kind, size_t number, tidu_text *out)
{
    const struct pieces *pieces = pieces_of(e);
    const struct slot *slot = pieces ? &pieces->slots[pieces->first[kind] + number] : NULL;
    if (!slot || !slot->length)
        return false;
    tidu_text_add(out, pieces->bytes.data + slot->start, slot->length);
    return true;
}

/* Offices of one region after another would pile up. */
static bool
is_full(const struct pieces *pieces)
{
    enum { MOST_BYTES = 1 << 20 };
    return pieces->bytes.length > MOST_BYTES;
}

void
tidu_piece_keep(asked *e, enum piece kind, size_t number, size_t from, const tidu_text *out)
{
    struct pieces *pieces = pieces_of(e);
    if (!pieces || out->failed)
        return;
    if (is_full(pieces)) {
        forget(pieces, 0, PIECE_KINDS);
        pieces->bytes.length = 0;
    }
    size_t start = pieces->bytes.length, length = out->length - from;
    tidu_text_add(&pieces->bytes, out->data + from, length);
    if (!pieces->bytes.failed)
        pieces->slots[pieces->first[kind] + number] =
            (struct slot){(uint32_t)start, (uint32_t)length};
}
