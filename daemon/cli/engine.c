/*
 * engine.c: from a file to the sink, whoever judges.
 *
 *   input ─► pieces ─► engine (local or remote) ─► sink
 *
 * Pieces stay in the input's buffer until the engine has been flushed.
 *
 * Must not know: rules, sockets.
 */
#include "internal.h"

bool
tidu_engine_is_json(const struct piece *piece, tidu_error *reterr)
{
    enum { SHOWN = 24 };
    char number[32], rest[SHOWN + 1] = "…";
    size_t offset;
    if (tidu_skim_check(piece->text, TIDU_SKIM_DEPTH, &offset) != TIDU_SKIM_BROKEN)
        return true;
    size_t length = piece->text.length - offset, shown = length < SHOWN ? length : SHOWN;
    const char *at = piece->text.data + offset;
    while (shown < length && shown && ((unsigned char)at[shown] & 0xc0) == 0x80)
        shown--;
    if (shown && tidu_utf8_check(at, shown) == shown)
        snprintf(rest, sizeof rest, "%.*s", (int)shown, at);
    snprintf(number, sizeof number, "%zu", offset + 1);
    return tidu_error_set(reterr, TIDU_CLI_NOT_JSON, number, rest, NULL);
}

/* Take pieces until the input is at its end. */
static bool
judge_pieces(struct engine *engine, struct input *input,
             void (*progress)(void *context, const struct input *input), void *context,
             tidu_error *reterr)
{
    const struct engine_kind *kind = engine->kind;
    struct piece piece;
    tidu_error why;
    for (bool more = true, good = true; more;) {
        switch (tidu_input_next(input, &piece, &why)) {
        case TIDU_PIECE_RECORD:
            good = kind->add(engine, &piece, reterr);
            break;
        case TIDU_PIECE_BAD:
            good = kind->add_error(engine, &why, piece.line, reterr);
            break;
        case TIDU_PIECE_FLUSH:
            good = kind->flush(engine, reterr);
            tidu_input_release(input);
            tidu_sink_flush(engine->sink);
            if (progress)
                progress(context, input);
            break;
        case TIDU_PIECE_END:
            more = false;
        }
        if (!good || tidu_sink_failed(engine->sink))
            return good;
    }
    return kind->flush(engine, reterr);
}

bool
tidu_engine_file(struct engine *engine, struct input *input,
                 void (*progress)(void *context, const struct input *input), void *context,
                 tidu_error *reterr)
{
    tidu_slice heading = tidu_input_heading(input);
    bool usable = true;
    engine->file = tidu_input_name(input);
    if (heading.data && !engine->kind->begin_csv(engine, heading, &usable, reterr))
        return false;
    bool good = !usable || judge_pieces(engine, input, progress, context, reterr);
    if (heading.data)
        engine->kind->end_csv(engine);
    return good;
}

/* A title has as many entries as it has had versions, and one column. */
static void
add_once(json_t *ids, json_t *id)
{
    size_t index;
    json_t *known;
    json_array_foreach (ids, index, known)
        if (json_equal(known, id))
            return;
    json_array_append(ids, id);
}

json_t *
tidu_engine_designations(struct engine *engine, tidu_error *reterr)
{
    const struct options *options = engine->options;
    json_t *ids = json_array(), *designation;
    size_t index;
    for (size_t i = 0; i < options->designations.count; i++)
        json_array_append_new(ids, json_string(options->designations.items[i]));
    if (options->designations.count)
        return ids;
    json_t *described = engine->kind->describe(engine, "designations", reterr);
    if (!described) {
        json_decref(ids);
        return NULL;
    }
    json_array_foreach (json_object_get(described, "designations"), index, designation)
        add_once(ids, json_object_get(designation, "id"));
    json_decref(described);
    return ids;
}
