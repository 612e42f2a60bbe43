/*
 * local.c: judging here, on rules in a folder.
 *
 * Records fill blocks of TIDU_BLOCK_ROWS rows. A record that cannot be read
 * leaves a stain between two rows, so that its error comes where its answer
 * would have stood and the block stays whole.
 *
 *   rows    0   1   2   3 …
 *   stains        ^ before row 2
 *
 * Must not know: sockets, files.
 *
 * Ownership: owns its ruleset and evaluation.
 */
#include "internal.h"

#include <stdlib.h>

/* An error's JSON, and the row whose answer comes after it. */
struct stain {
    uint32_t row;
    size_t begin, length; /* in the text of stains */
    size_t line;
};

struct local {
    struct engine engine; /* first: the engine is the local one */
    tidu_ruleset *ruleset;
    tidu_evaluation *evaluation;
    tidu_csv *csv;
    struct stain *stains;
    size_t stain_count, stain_capacity;
    tidu_text stain_text;
    tidu_text answer;
};

static bool
add_stain(struct local *local, const tidu_error *why, size_t line, tidu_error *reterr)
{
    enum { RECORD_REFUSED = -32001 };
    if (local->stain_count == local->stain_capacity) {
        size_t larger = local->stain_capacity ? local->stain_capacity * 2 : 64;
        struct stain *stains = realloc(local->stains, larger * sizeof *stains);
        if (!stains)
            return tidu_error_set(reterr, TIDU_MEMORY, NULL);
        local->stains = stains;
        local->stain_capacity = larger;
    }
    struct stain *stain = &local->stains[local->stain_count++];
    *stain =
        (struct stain){tidu_evaluation_rows(local->evaluation), local->stain_text.length, 0, line};
    tidu_error_write(why, RECORD_REFUSED, local->engine.options->language, &local->stain_text);
    stain->length = local->stain_text.length - stain->begin;
    local->engine.refused++;
    return !local->stain_text.failed || tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

static void
put_row(struct local *local, uint32_t row)
{
    struct sink *sink = local->engine.sink;
    tidu_text *direct = tidu_sink_text(sink);
    if (direct) {
        tidu_evaluation_write(local->evaluation, row, direct);
        tidu_sink_direct(sink);
        return;
    }
    local->answer.length = 0;
    tidu_evaluation_write(local->evaluation, row, &local->answer);
    tidu_sink_answer(sink, (tidu_slice){local->answer.data, local->answer.length});
}

static bool
flush(struct engine *engine, tidu_error *reterr)
{
    struct local *local = (struct local *)engine;
    uint32_t rows = tidu_evaluation_rows(local->evaluation);
    const struct stain *stain = local->stains;
    const struct stain *end = stain ? stain + local->stain_count : NULL;
    (void)reterr;
    if (rows)
        tidu_evaluation_run(local->evaluation);
    for (uint32_t row = 0; row <= rows; row++) {
        for (; stain < end && stain->row == row; stain++)
            tidu_sink_error(engine->sink,
                            (tidu_slice){local->stain_text.data + stain->begin, stain->length},
                            stain->line, engine->file);
        if (row < rows)
            put_row(local, row);
    }
    tidu_evaluation_clear(local->evaluation);
    engine->good += rows;
    local->stain_count = 0;
    local->stain_text.length = 0;
    return true;
}

static tidu_read
read_piece(struct local *local, const struct piece *piece, tidu_error *reterr)
{
    if (local->csv)
        return tidu_evaluation_csv(local->evaluation, local->csv, piece->text.data,
                                   piece->text.length, reterr);
    return tidu_evaluation_json(local->evaluation, piece->text.data, piece->text.length, reterr);
}

static bool
add(struct engine *engine, const struct piece *piece, tidu_error *reterr)
{
    struct local *local = (struct local *)engine;
    tidu_error why;
    if (tidu_evaluation_rows(local->evaluation) == TIDU_BLOCK_ROWS)
        flush(engine, reterr);
    tidu_read read = read_piece(local, piece, &why);
    if (read == TIDU_READ_FULL) {
        flush(engine, reterr);
        read = read_piece(local, piece, &why);
    }
    if (read == TIDU_READ_ROW)
        return true;
    if (read == TIDU_READ_FULL)
        tidu_error_set(&why, TIDU_CALL_RECORD_TOO_LARGE, NULL);
    else if (!local->csv)
        (void)tidu_engine_is_json(piece, &why); /* tells *why, if it is not */
    return add_stain(local, &why, piece->line, reterr);
}

static bool
add_error(struct engine *engine, const tidu_error *why, size_t line, tidu_error *reterr)
{
    return add_stain((struct local *)engine, why, line, reterr);
}

static bool
begin_csv(struct engine *engine, tidu_slice heading, bool *ret_usable, tidu_error *reterr)
{
    struct local *local = (struct local *)engine;
    tidu_error why;
    const struct options *options = engine->options;
    bool ignore = options->unknown_facts && strcmp(options->unknown_facts, "ignore") == 0;
    local->csv = tidu_csv_open(tidu_ruleset_vocabulary(local->ruleset), heading.data,
                               heading.length, ignore, &why);
    *ret_usable = local->csv != NULL;
    return local->csv || (add_stain(local, &why, 1, reterr) && flush(engine, reterr));
}

static void
end_csv(struct engine *engine)
{
    tidu_csv_close(&((struct local *)engine)->csv);
}

static json_t *
describe(struct engine *engine, const char *what, tidu_error *reterr)
{
    const struct local *local = (const struct local *)engine;
    tidu_text text = {0};
    json_t *result = NULL;
    if (tidu_ruleset_describe(local->ruleset, what, &text, reterr)) {
        result = json_loadb(text.data, text.length, 0, NULL);
        if (!result)
            tidu_error_set(reterr, TIDU_MEMORY, NULL);
    }
    tidu_text_free(&text);
    return result;
}

static void
close_local(struct engine *engine)
{
    struct local *local = (struct local *)engine;
    tidu_csv_close(&local->csv);
    tidu_evaluation_close(&local->evaluation);
    tidu_ruleset_unref(&local->ruleset);
    tidu_text_free(&local->stain_text);
    tidu_text_free(&local->answer);
    free(local->stains);
    free(local);
}

static const struct engine_kind local_kind = {
    .begin_csv = begin_csv,
    .end_csv = end_csv,
    .add = add,
    .add_error = add_error,
    .flush = flush,
    .describe = describe,
    .close = close_local,
};

static bool
read_terms(const struct options *options, const char *explain, tidu_options *ret_terms,
           tidu_error *reterr)
{
    *ret_terms = (tidu_options){
        .explain = TIDU_EXPLAIN_FAILED,
        .lang = options->language,
        .ignore_unknown = options->unknown_facts && strcmp(options->unknown_facts, "ignore") == 0,
        .designations = options->designations.count ? options->designations.items : NULL,
        .designation_count = options->designations.count,
        .include = options->parts,
        .jurisdiction = options->place,
    };
    for (unsigned i = 0; tidu_explain_names[i]; i++)
        if (strcmp(tidu_explain_names[i], explain) == 0)
            ret_terms->explain = (tidu_explain)i;
    return tidu_options_date(options, &ret_terms->as_of, reterr);
}

struct engine *
tidu_local_open(const struct options *options, const char *explain, tidu_error *reterr)
{
    tidu_options terms;
    reterr->code = TIDU_OK;
    if (!read_terms(options, explain, &terms, reterr))
        return NULL;
    struct local *local = calloc(1, sizeof *local);
    if (!local) {
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
        return NULL;
    }
    local->engine = (struct engine){.kind = &local_kind, .options = options, .explain = explain};
    local->ruleset = tidu_rules_open(options);
    if (local->ruleset)
        local->evaluation = tidu_evaluation_open(local->ruleset, &terms, TIDU_BLOCK_ROWS, reterr);
    if (local->evaluation)
        return &local->engine;
    close_local(&local->engine);
    return NULL;
}
