/*
 * remote.c: having a daemon judge.
 *
 *   pieces ─► requests, one a record ─► socket ─► answers ─► sink, in order
 *
 * Requests are sent without waiting for answers, at most WINDOW ahead. Answers
 * come in the order of completion; those that come early wait in their slot.
 *
 * A record goes into the request as it is, so what is no JSON is found here: it
 * would break the request around it. Line ends between its members become
 * spaces, since a request is one line.
 *
 * Must not know: rules, facts.
 *
 * Ownership: owns its client and slots.
 */
#include "internal.h"

#include <stdlib.h>

#ifdef TIDU_TIGHT
enum { WINDOW = 2, SEND_BYTES = 64 };
#else
enum { WINDOW = 1024, SEND_BYTES = 64 * 1024 };
#endif

struct slot {
    size_t line;
    bool done, refused;
    tidu_text text; /* the answer, or the error object */
};

struct remote {
    struct engine engine; /* first: the engine is the remote one */
    struct client *client;
    tidu_text terms;   /* "as_of":…,"lang":… and a comma */
    tidu_text heading; /* of a CSV, as the inside of a JSON string; empty for JSON */
    struct slot slots[WINDOW];
    size_t first, count;
    uint64_t first_id; /* of the request in the first slot */
};

/* ---- answers --------------------------------------------------------------------- */

static void
hand_over(struct remote *remote, const struct slot *slot, tidu_slice text, bool refused)
{
    struct engine *engine = &remote->engine;
    if (refused)
        tidu_sink_error(engine->sink, text, slot->line, engine->file);
    else
        tidu_sink_answer(engine->sink, text);
    engine->refused += refused;
    engine->good += !refused;
}

static void
drop_first(struct remote *remote)
{
    struct slot *slot = &remote->slots[remote->first];
    slot->done = false;
    slot->text.length = 0;
    remote->first = (remote->first + 1) % WINDOW;
    remote->first_id++;
    remote->count--;
}

static void
hand_over_done(struct remote *remote)
{
    while (remote->count && remote->slots[remote->first].done) {
        const struct slot *slot = &remote->slots[remote->first];
        hand_over(remote, slot, (tidu_slice){slot->text.data, slot->text.length}, slot->refused);
        drop_first(remote);
    }
}

/* The only answer of a CSV request: {"answers":[…]}. */
static tidu_slice
only_answer(tidu_slice result)
{
    tidu_skim skim;
    tidu_skim_item item;
    if (tidu_skim_open(&skim, result, TIDU_SKIM_DEPTH) &&
        tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM &&
        tidu_skim_open(&skim, item.value, TIDU_SKIM_DEPTH) &&
        tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM)
        return item.value;
    return result;
}

/* {"error":…} in place of an answer. */
static bool
is_refusal(tidu_slice answer, tidu_slice *ret_error)
{
    tidu_skim skim;
    tidu_skim_item item;
    if (!tidu_skim_open(&skim, answer, TIDU_SKIM_DEPTH) ||
        tidu_skim_next(&skim, &item) != TIDU_SKIM_ITEM || !tidu_skim_is(item.key, "error"))
        return false;
    *ret_error = item.value;
    return true;
}

static bool
take_line(struct remote *remote, tidu_slice line, tidu_error *reterr)
{
    struct answer answer;
    if (!tidu_client_parse(remote->client, line, &answer, reterr))
        return false;
    if (answer.notice.data)
        return true;
    tidu_slice text = answer.error.data ? answer.error : answer.result;
    bool refused = answer.error.data != NULL;
    if (!refused && remote->heading.length) {
        text = only_answer(text);
        refused = is_refusal(text, &text);
    }
    uint64_t place = answer.id - remote->first_id;
    if (place >= remote->count) /* not ours: said to nobody, as before a close */
        return tidu_error_set(reterr, TIDU_SOCKET_ANSWER, tidu_socket_path(remote->engine.options),
                              "id", NULL);
    struct slot *slot = &remote->slots[(remote->first + place) % WINDOW];
    if (place == 0) {
        hand_over(remote, slot, text, refused);
        drop_first(remote);
        hand_over_done(remote);
        return true;
    }
    slot->done = true;
    slot->refused = refused;
    tidu_text_add(&slot->text, text.data, text.length);
    return !slot->text.failed || tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

static bool
turn(struct remote *remote, bool wait, tidu_error *reterr)
{
    tidu_slice line;
    if (!tidu_client_turn(remote->client, wait, reterr))
        return false;
    while (tidu_client_line(remote->client, &line))
        if (!take_line(remote, line, reterr))
            return false;
    return true;
}

static bool
flush(struct engine *engine, tidu_error *reterr)
{
    struct remote *remote = (struct remote *)engine;
    hand_over_done(remote);
    while (remote->count)
        if (!turn(remote, true, reterr))
            return false;
    return true;
}

/* ---- requests -------------------------------------------------------------------- */

/* The next free slot; waits for answers when there is none. */
static struct slot *
take_slot(struct remote *remote, size_t line, tidu_error *reterr)
{
    hand_over_done(remote);
    while (remote->count == WINDOW)
        if (!turn(remote, true, reterr))
            return NULL;
    uint64_t id = tidu_client_next_id(remote->client);
    if (!remote->count)
        remote->first_id = id;
    struct slot *slot = &remote->slots[(remote->first + remote->count++) % WINDOW];
    slot->line = line;
    return slot;
}

static void
put_on_one_line(tidu_text *out, tidu_slice text)
{
    size_t begin = out->length;
    tidu_text_add(out, text.data, text.length);
    for (size_t i = begin; i < out->length; i++)
        if (out->data[i] == '\n' || out->data[i] == '\r')
            out->data[i] = ' ';
}

/* The inside of a JSON string. */
static void
put_quoted(tidu_text *out, tidu_slice text)
{
    tidu_text quoted = {0};
    tidu_text_json(&quoted, text.data, text.length);
    if (quoted.failed)
        out->failed = true;
    else
        tidu_text_add(out, quoted.data + 1, quoted.length - 2);
    tidu_text_free(&quoted);
}

static bool
send_record(struct remote *remote, tidu_slice record, tidu_error *reterr)
{
    tidu_text *out = tidu_client_output(remote->client);
    uint64_t id = remote->first_id + remote->count - 1;
    tidu_text_printf(out, "{\"jsonrpc\":\"2.0\",\"id\":%llu,\"method\":\"evaluate\",\"params\":{",
                     (unsigned long long)id);
    tidu_text_add(out, remote->terms.data, remote->terms.length);
    if (remote->heading.length) {
        tidu_text_puts(out, "\"csv\":\"");
        tidu_text_add(out, remote->heading.data, remote->heading.length);
        put_quoted(out, record);
        tidu_text_puts(out, "\"}}\n");
    } else {
        tidu_text_puts(out, "\"record\":");
        put_on_one_line(out, record);
        tidu_text_puts(out, "}}\n");
    }
    return out->length < SEND_BYTES || turn(remote, false, reterr);
}

static bool
add_error(struct engine *engine, const tidu_error *why, size_t line, tidu_error *reterr)
{
    enum { RECORD_REFUSED = -32001 };
    struct slot *slot = take_slot((struct remote *)engine, line, reterr);
    if (!slot)
        return false;
    slot->done = slot->refused = true;
    tidu_error_write(why, RECORD_REFUSED, engine->options->language, &slot->text);
    return true;
}

static bool
add(struct engine *engine, const struct piece *piece, tidu_error *reterr)
{
    struct remote *remote = (struct remote *)engine;
    tidu_error why;
    if (!remote->heading.length && !tidu_engine_is_json(piece, &why))
        return add_error(engine, &why, piece->line, reterr);
    return take_slot(remote, piece->line, reterr) && send_record(remote, piece->text, reterr);
}

/* Ask for no record at all, to hear whether the rest of the request is good.
 * `tail` ends the parameters. */
static bool
ask_nothing(struct remote *remote, const char *tail, tidu_slice more, struct answer *ret_answer,
            tidu_error *reterr)
{
    tidu_text params = {0};
    tidu_text_putc(&params, '{');
    tidu_text_add(&params, remote->terms.data, remote->terms.length);
    tidu_text_puts(&params, tail);
    tidu_text_add(&params, more.data, more.length);
    tidu_text_puts(&params, more.data ? "\"}" : "}");
    bool asked = tidu_client_ask(remote->client, "evaluate",
                                 (tidu_slice){params.data, params.length}, ret_answer, reterr);
    tidu_text_free(&params);
    return asked;
}

/* The daemon may know no such designation; that is wrong usage, not a fault of
 * each record. */
static bool
try_terms(struct remote *remote, tidu_error *reterr)
{
    struct answer answer;
    if (!ask_nothing(remote, "\"records\":[]", (tidu_slice){0}, &answer, reterr))
        return false;
    if (answer.result.data)
        return true;
    json_t *refusal = json_loadb(answer.error.data, answer.error.length, 0, NULL);
    tidu_refused(refusal, reterr);
    json_decref(refusal);
    return false;
}

static bool
begin_csv(struct engine *engine, tidu_slice heading, bool *ret_usable, tidu_error *reterr)
{
    struct remote *remote = (struct remote *)engine;
    const struct slot first_line = {.line = 1};
    struct answer answer;
    remote->heading.length = 0;
    put_quoted(&remote->heading, heading);
    if (heading.length && heading.data[heading.length - 1] != '\n')
        tidu_text_puts(&remote->heading, "\\n");
    tidu_slice inside = {remote->heading.data, remote->heading.length};
    bool asked = ask_nothing(remote, "\"csv\":\"", inside, &answer, reterr);
    *ret_usable = asked && answer.result.data;
    if (asked && answer.error.data)
        hand_over(remote, &first_line, answer.error, true);
    return asked;
}

static void
end_csv(struct engine *engine)
{
    ((struct remote *)engine)->heading.length = 0;
}

static json_t *
describe(struct engine *engine, const char *what, tidu_error *reterr)
{
    struct remote *remote = (struct remote *)engine;
    json_t *params = json_pack("{s:s}", "what", what), *result = NULL, *refusal = NULL;
    if (!tidu_client_call(remote->client, "describe", params, &result, &refusal, reterr))
        result = NULL;
    else if (refusal)
        tidu_refused(refusal, reterr);
    json_decref(refusal);
    json_decref(params);
    return result;
}

/* ---- life ---------------------------------------------------------------------------- */

static void
close_remote(struct engine *engine)
{
    struct remote *remote = (struct remote *)engine;
    tidu_client_close(&remote->client);
    tidu_text_free(&remote->terms);
    tidu_text_free(&remote->heading);
    for (size_t i = 0; i < WINDOW; i++)
        tidu_text_free(&remote->slots[i].text);
    free(remote);
}

static const struct engine_kind remote_kind = {
    .begin_csv = begin_csv,
    .end_csv = end_csv,
    .add = add,
    .add_error = add_error,
    .flush = flush,
    .describe = describe,
    .close = close_remote,
};

static void
write_parts(const struct options *options, tidu_text *out)
{
    static const char *const names[] = {"designations", "subsidies", "measures"};
    bool first = true;
    for (unsigned i = 0; i < 3; i++)
        if (options->parts >> i & 1) {
            tidu_text_printf(out, "%s\"%s\"", first ? "\"include\":[" : ",", names[i]);
            first = false;
        }
    if (options->parts)
        tidu_text_puts(out, "],");
}

static bool
write_terms(const struct options *options, const char *explain, tidu_text *out, tidu_error *reterr)
{
    static const char *const langs[] = {"zh", "en", "both"};
    int32_t as_of;
    char date[11];
    if (!tidu_options_date(options, &as_of, reterr))
        return false;
    tidu_text_printf(out, "\"as_of\":\"%s\",\"explain\":\"%s\",\"lang\":\"%s\",",
                     tidu_date_format(as_of, date), explain, langs[options->language]);
    if (options->unknown_facts)
        tidu_text_printf(out, "\"unknown_facts\":\"%s\",", options->unknown_facts);
    write_parts(options, out);
    if (options->jurisdiction)
        tidu_text_printf(out, "\"jurisdiction\":\"%s\",", options->jurisdiction);
    for (size_t i = 0; i < options->designations.count; i++) {
        tidu_text_puts(out, i ? "," : "\"designations\":[");
        tidu_text_json(out, options->designations.items[i], strlen(options->designations.items[i]));
    }
    if (options->designations.count)
        tidu_text_puts(out, "],");
    return !out->failed || tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

struct engine *
tidu_remote_open(const struct options *options, const char *explain, tidu_error *reterr)
{
    struct remote *remote = calloc(1, sizeof *remote);
    if (!remote) {
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
        return NULL;
    }
    remote->engine = (struct engine){.kind = &remote_kind, .options = options, .explain = explain};
    if (write_terms(options, explain, &remote->terms, reterr))
        remote->client = tidu_client_open(tidu_socket_path(options), reterr);
    if (remote->client && try_terms(remote, reterr))
        return &remote->engine;
    close_remote(&remote->engine);
    return NULL;
}
