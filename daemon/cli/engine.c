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

void
tidu_engine_refuse(struct engine *engine, const tidu_error *error, size_t line)
{
    enum { RECORD_REFUSED = -32001 };
    tidu_text object = {0};
    tidu_error_write(error, RECORD_REFUSED, engine->options->language, &object);
    tidu_sink_error(engine->sink, (tidu_slice){object.data, object.length}, line, engine->file);
    tidu_text_free(&object);
    engine->refused++;
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

json_t *
tidu_engine_designations(struct engine *engine, tidu_error *reterr)
{
    const struct options *options = engine->options;
    json_t *ids = json_array(), *designation;
    size_t index;
    for (size_t i = 0; i < options->designation_count; i++)
        json_array_append_new(ids, json_string(options->designations[i]));
    if (options->designation_count)
        return ids;
    json_t *described = engine->kind->describe(engine, "designations", reterr);
    if (!described) {
        json_decref(ids);
        return NULL;
    }
    json_array_foreach(json_object_get(described, "designations"), index, designation)
        json_array_append(ids, json_object_get(designation, "id"));
    json_decref(described);
    return ids;
}
