/*
 * rpc.c: JSON-RPC 2.0, from lines to calls and from results to lines.
 *
 * A request is skimmed, not parsed: its members come as raw slices, the id is
 * echoed as it was spelled, the params go to the method as they are. Only when
 * an error is about to be told is the whole message checked, so that what is
 * not JSON is called so, and good requests do not pay for it.
 *
 * A batch collects its answers in a text of its own and is sent when the last
 * one is there, however late that is. A long one is taken in over several
 * turns of its session.
 *
 * Must not know: records, rules, sockets.
 *
 * Ownership: a batch is counted: once while its line is read, once for each
 * request that answers later.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

struct batch {
    struct session *session; /* NULL once the connection is gone */
    tidu_text text;
    size_t holders;
    size_t taken; /* bytes of its line that have been taken in */
};

/* ---- answers --------------------------------------------------------------- */

static tidu_text *
text_of(const struct asker *asker)
{
    return asker->batch ? &asker->batch->text : tidu_session_output(asker->session);
}

static tidu_text *
begin_answer(const struct asker *asker, const char *member, size_t length)
{
    if (!asker->session || !asker->id.data)
        return NULL;
    tidu_text *out = text_of(asker);
    if (asker->batch && out->length)
        tidu_text_putc(out, ',');
    tidu_text_add(out, "{\"jsonrpc\":\"2.0\",\"id\":", 22);
    tidu_text_add(out, asker->id.data, asker->id.length);
    tidu_text_add(out, member, length);
    return out;
}

tidu_text *
tidu_rpc_begin(const struct asker *asker)
{
    return begin_answer(asker, ",\"result\":", 10);
}

void
tidu_rpc_end(const struct asker *asker)
{
    tidu_text *out = text_of(asker);
    if (asker->batch)
        tidu_text_putc(out, '}');
    else
        tidu_text_add(out, "}\n", 2);
}

size_t
tidu_rpc_mark(const struct asker *asker)
{
    return text_of(asker)->length;
}

void
tidu_rpc_rewind(const struct asker *asker, size_t length)
{
    text_of(asker)->length = length;
}

void
tidu_rpc_write_error(tidu_rpc_code code, const tidu_error *error, const tidu_text *data,
                     tidu_lang lang, tidu_text *out)
{
    char message[1024];
    if (!data || !data->length) {
        tidu_error_write(error, code, lang, out);
        return;
    }
    tidu_error_message(error, lang, message, sizeof message);
    tidu_text_printf(out, "{\"code\":%d,\"message\":", code);
    tidu_text_json(out, message, strlen(message));
    tidu_text_puts(out, ",\"data\":");
    tidu_text_add(out, data->data, data->length);
    tidu_text_putc(out, '}');
}

void
tidu_rpc_refuse_late(const struct asker *asker, tidu_rpc_code code, const tidu_error *error,
                     const tidu_text *data, tidu_lang lang)
{
    if (!asker->session)
        return;
    tidu_tally_add(&tidu_session_worker(asker->session)->refused, 1);
    tidu_text *out = begin_answer(asker, ",\"error\":", 9);
    if (!out)
        return;
    tidu_rpc_write_error(code, error, data, lang, out);
    tidu_rpc_end(asker);
}

bool
tidu_rpc_check(tidu_slice message, unsigned depth, tidu_rpc_code *ret_code, tidu_error *reterr)
{
    char number[32];
    size_t offset;
    switch (tidu_skim_check(message, depth, &offset)) {
    case TIDU_SKIM_END:
        return true;
    case TIDU_SKIM_DEEP:
        *ret_code = TIDU_RPC_TOO_LARGE;
        snprintf(number, sizeof number, "%u", depth);
        return tidu_error_set(reterr, TIDU_CALL_TOO_DEEP, number, NULL);
    default:
        *ret_code = TIDU_RPC_PARSE;
        snprintf(number, sizeof number, "%zu", offset + 1);
        return tidu_error_set(reterr, TIDU_CALL_NOT_JSON, number, NULL);
    }
}

static unsigned
depth_of(const struct worker *worker)
{
    return (unsigned)tidu_worker_settings(worker)->depth;
}

bool
tidu_rpc_refuse(const struct call *call, tidu_rpc_code code, const tidu_error *error)
{
    struct asker asker = call->asker;
    tidu_error other;
    tidu_evaluate_flush(call->worker);
    bool readable = tidu_rpc_check(call->message, depth_of(call->worker), &code, &other);
    if (!readable)
        error = &other;
    /* Without an id it may be a notification, which gets no answer; what cannot
     * be told to be one gets an answer to nobody. */
    if (code == TIDU_RPC_PARSE || ((!readable || code == TIDU_RPC_INVALID) && !asker.id.data))
        asker.id = (tidu_slice){"null", 4};
    tidu_rpc_refuse_late(&asker, code, error, NULL, call->lang);
    return false;
}

bool
tidu_rpc_refuse_lasting(const struct call *call, const char *what)
{
    tidu_error error;
    if (!tidu_session_is_http(call->asker.session))
        return false;
    tidu_error_set(&error, TIDU_CALL_LASTING, what, NULL);
    return !tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
}

static void
write_unasked(const tidu_error *error, tidu_rpc_code code, tidu_lang lang, tidu_text *out)
{
    tidu_text_puts(out, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":");
    tidu_error_write(error, code, lang, out);
    tidu_text_puts(out, "}\n");
}

void
tidu_rpc_turn_away(tidu_rpc_code code, const tidu_error *error, tidu_lang lang, tidu_text *out)
{
    write_unasked(error, code, lang, out);
}

void
tidu_rpc_farewell(struct session *session, tidu_rpc_code code, const tidu_error *error)
{
    struct worker *worker = tidu_session_worker(session);
    tidu_tally_add(&worker->refused, 1);
    write_unasked(error, code, (tidu_lang)tidu_worker_settings(worker)->lang,
                  tidu_session_output(session));
}

void
tidu_rpc_overlong(struct session *session)
{
    struct worker *worker = tidu_session_worker(session);
    char limit[32];
    tidu_error error;
    tidu_evaluate_flush(worker);
    snprintf(limit, sizeof limit, "%zu", tidu_worker_settings(worker)->line_bytes);
    tidu_error_set(&error, TIDU_CALL_LINE_TOO_LONG, limit, NULL);
    tidu_rpc_farewell(session, TIDU_RPC_TOO_LARGE, &error);
}

/* ---- requests ----------------------------------------------------------------- */

/* The members of a request, and the first thing wrong with them. */
struct envelope {
    tidu_slice version, id, method, params;
    tidu_slice longest; /* container in the params */
    tidu_error fault;
};

static void
note_fault(struct envelope *envelope, tidu_code code, const char *argument)
{
    if (!envelope->fault.code)
        tidu_error_set(&envelope->fault, code, argument, NULL);
}

static void
take_member(struct envelope *envelope, const tidu_skim_item *item)
{
    char name[TIDU_SKIM_KEY_SIZE];
    tidu_slice *place = tidu_skim_is(item->key, "id")        ? &envelope->id
                        : tidu_skim_is(item->key, "method")  ? &envelope->method
                        : tidu_skim_is(item->key, "params")  ? &envelope->params
                        : tidu_skim_is(item->key, "jsonrpc") ? &envelope->version
                                                             : NULL;
    if (!place) {
        /* Nobody will look into it, so it is looked into here. */
        if (tidu_skim_check(item->value, TIDU_SKIM_DEPTH, NULL) != TIDU_SKIM_END)
            note_fault(envelope, TIDU_CALL_NOT_OBJECT, NULL);
        return;
    }
    if (place->data) {
        tidu_shorten(item->key, name, sizeof name);
        note_fault(envelope, TIDU_CALL_TWICE, name);
    }
    *place = item->value;
    if (place == &envelope->params)
        envelope->longest = item->longest;
}

static bool
is_id(tidu_slice value)
{
    return strchr("\"-0123456789n", value.data[0]) != NULL;
}

/* What is wrong with the envelope as a whole, the first of it. */
static void
judge(struct envelope *envelope)
{
    if (envelope->id.data && !is_id(envelope->id)) {
        note_fault(envelope, TIDU_CALL_ID, NULL);
        envelope->id = (tidu_slice){0};
    }
    if (!envelope->version.data || !tidu_skim_is(envelope->version, "\"2.0\""))
        note_fault(envelope, TIDU_CALL_VERSION, NULL);
    if (!envelope->method.data || envelope->method.data[0] != '"')
        note_fault(envelope, TIDU_CALL_METHOD, NULL);
    if (envelope->params.data && envelope->params.data[0] != '{' && envelope->params.data[0] != '[')
        note_fault(envelope, TIDU_CALL_PARAMS, NULL);
}

/* Read the envelope into *ret_envelope. What is broken or too deep ends the
 * walk with a fault, and tidu_rpc_refuse finds out which it was. */
static void
read_envelope(tidu_slice message, unsigned depth, struct envelope *ret_envelope)
{
    tidu_skim skim;
    tidu_skim_item item;
    tidu_skim_step step;
    ret_envelope->version = ret_envelope->id = (tidu_slice){0};
    ret_envelope->method = ret_envelope->params = ret_envelope->longest = (tidu_slice){0};
    ret_envelope->fault.code = TIDU_OK;
    if (!tidu_skim_open(&skim, message, depth) || skim.closer != '}') {
        note_fault(ret_envelope, TIDU_CALL_NOT_OBJECT, NULL);
        return;
    }
    while ((step = tidu_skim_next(&skim, &item)) == TIDU_SKIM_ITEM)
        take_member(ret_envelope, &item);
    if (step != TIDU_SKIM_END)
        note_fault(ret_envelope, TIDU_CALL_NOT_OBJECT, NULL);
    judge(ret_envelope);
}

static void
refuse_method(const struct call *call, tidu_slice method)
{
    tidu_error error;
    char name[TIDU_ARGUMENT_SIZE], list[TIDU_ARGUMENT_SIZE];
    if (!tidu_skim_text(method, name, sizeof name, NULL))
        snprintf(name, sizeof name, "…");
    tidu_method_list(list, sizeof list);
    tidu_error_set(&error, TIDU_CALL_UNKNOWN_METHOD, name, list, NULL);
    tidu_rpc_refuse(call, TIDU_RPC_METHOD_NOT_FOUND, &error);
}

static void
refuse_positional(const struct call *call)
{
    tidu_error error;
    tidu_error_set(&error, TIDU_CALL_POSITIONAL, tidu_method_name(call->method),
                   tidu_method_parameters(call->method), NULL);
    tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
}

/* A notification that asks for nothing but an answer: nothing to do, but it
 * should be JSON. */
static void
check_notification(const struct call *call)
{
    tidu_rpc_code code;
    tidu_error error;
    if (!tidu_rpc_check(call->message, depth_of(call->worker), &code, &error))
        tidu_rpc_refuse(call, code, &error);
}

/* True when so many answers wait to be read, of all sessions together, that no
 * more are made. */
static bool
is_overloaded(const struct call *call)
{
    size_t limit = tidu_worker_settings(call->worker)->queued_bytes;
    size_t queued = atomic_load_explicit(&call->worker->server->queued, memory_order_relaxed);
    char number[32];
    tidu_error error;
    if (queued <= limit || tidu_method_is_light(call->method))
        return false;
    snprintf(number, sizeof number, "%zu", queued);
    tidu_error_set(&error, TIDU_CALL_QUEUED, number, NULL);
    return !tidu_rpc_refuse(call, TIDU_RPC_BUSY, &error);
}

/* Who is not allowed a method is told which role it takes; that it was tried is
 * written down. */
bool
tidu_rpc_allowed(const struct call *call, tidu_method method)
{
    unsigned role = tidu_method_role(method), bit = 0;
    const struct server *server = call->worker->server;
    tidu_error error;
    if (!role || (tidu_session_rights(call->asker.session)->roles & role))
        return true;
    while (!(role >> bit & 1))
        bit++;
    if (tidu_session_denied(call->asker.session)) {
        const struct who *who = tidu_session_who(call->asker.session);
        tidu_witness_denied(server->store, who, tidu_method_name(method));
        char name[TIDU_TOKEN_NAME_SIZE];
        if (*who->token)
            snprintf(name, sizeof name, "%s", who->token);
        else
            snprintf(name, sizeof name, "%lu", (unsigned long)who->user);
        const struct log_field fields[] = {
            {*who->token ? "token" : "user", name}, {"method", tidu_method_name(method)}, {0}};
        tidu_log_event(&server->log, TIDU_LOG_WARNING, fields,
                       "access: %s %s is not allowed %s", *who->token ? "token" : "user", name,
                       tidu_method_name(method));
    }
    tidu_error_set(&error, TIDU_CALL_DENIED, tidu_method_name(method), tidu_role_names[bit], NULL);
    return tidu_rpc_refuse(call, TIDU_RPC_DENIED, &error);
}

/* What is not answered yet is counted when it is. */
static void
count_time(const struct call *call)
{
    uint64_t since = tidu_session_received_ns(call->asker.session);
    if (!call->later && !call->away)
        tidu_latency_add(&call->worker->latency[call->method], tidu_nanoseconds() - since, 1);
}

static void
act(struct call *call)
{
    if (!tidu_rpc_allowed(call, call->method) || is_overloaded(call))
        return;
    if (call->asker.id.data || tidu_method_acts(call->method))
        tidu_method_call(call);
    else
        check_notification(call);
}

/* One request, on its own or in a batch. False when it is to be taken later. */
static bool
take_request(struct session *session, struct batch *batch, tidu_slice message)
{
    struct worker *worker = tidu_session_worker(session);
    struct envelope envelope;
    read_envelope(message, depth_of(worker), &envelope);
    struct call call = {
        .asker = {.session = session, .batch = batch, .id = envelope.id},
        .worker = worker,
        .message = message,
        .params = envelope.params,
        .longest = envelope.longest,
        .lang = (tidu_lang)tidu_worker_settings(worker)->lang,
    };
    if (envelope.fault.code)
        return tidu_rpc_refuse(&call, TIDU_RPC_INVALID, &envelope.fault), true;
    call.method = tidu_method_find(envelope.method);
    if (call.method == TIDU_METHOD_COUNT)
        return refuse_method(&call, envelope.method), true;
    if (call.params.data && call.params.data[0] == '[')
        return refuse_positional(&call), true;
    tidu_tally_add(&worker->requests[call.method], 1);
    act(&call);
    count_time(&call);
    if (call.later)
        tidu_tally_add(&worker->requests[call.method], (uint64_t)-1);
    return !call.later;
}

/* ---- batches -------------------------------------------------------------------- */

void
tidu_batch_hold(struct batch *batch)
{
    batch->holders++;
}

void
tidu_batch_orphan(struct batch *batch)
{
    batch->session = NULL;
}

void
tidu_batch_release(struct batch *batch)
{
    if (--batch->holders)
        return;
    if (batch->session && (batch->text.length || batch->text.failed)) {
        tidu_text *out = tidu_session_output(batch->session);
        tidu_text_putc(out, '[');
        tidu_text_add(out, batch->text.data, batch->text.length);
        tidu_text_puts(out, "]\n");
        out->failed |= batch->text.failed;
    }
    tidu_text_free(&batch->text);
    free(batch);
}

static size_t
count_items(tidu_slice array, unsigned depth)
{
    tidu_skim skim;
    tidu_skim_item item;
    size_t count = 0;
    if (tidu_skim_open(&skim, array, depth))
        while (tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM)
            count++;
    return count;
}

/* Refuse a batch as a whole, with one answer that is not in an array. */
static bool
refuse_batch(const struct call *call, tidu_rpc_code code, tidu_code what, size_t limit)
{
    char number[32];
    tidu_error error;
    struct call answered = *call;
    answered.asker.id = (tidu_slice){"null", 4};
    snprintf(number, sizeof number, "%zu", limit);
    tidu_error_set(&error, what, number, NULL);
    tidu_rpc_refuse(&answered, code, &error);
    return false;
}

static bool
batch_is_good(const struct call *call)
{
    size_t limit = tidu_worker_settings(call->worker)->records;
    tidu_rpc_code code;
    tidu_error error;
    if (!tidu_rpc_check(call->message, depth_of(call->worker), &code, &error))
        return refuse_batch(call, code, error.code, 0); /* told anew, with its arguments */
    size_t count = count_items(call->message, depth_of(call->worker));
    if (!count)
        return refuse_batch(call, TIDU_RPC_INVALID, TIDU_CALL_EMPTY_BATCH, 0);
    if (count > limit)
        return refuse_batch(call, TIDU_RPC_TOO_LARGE, TIDU_CALL_BATCH_TOO_LONG, limit);
    return true;
}

/* Answers so far may not grow without end; what comes behind is refused. False
 * when the item is to be taken later. */
static bool
take_batch_item(struct session *session, struct batch *batch, tidu_slice message)
{
    struct worker *worker = tidu_session_worker(session);
    size_t limit = tidu_worker_settings(worker)->answer_bytes;
    if (batch->text.length <= limit)
        return take_request(session, batch, message);
    struct envelope envelope;
    char number[32];
    tidu_error error;
    read_envelope(message, depth_of(worker), &envelope);
    struct asker asker = {.session = session, .batch = batch, .id = envelope.id};
    snprintf(number, sizeof number, "%zu", limit);
    tidu_error_set(&error, TIDU_CALL_ANSWER_TOO_LARGE, number, NULL);
    tidu_rpc_refuse_late(&asker, TIDU_RPC_TOO_LARGE, &error, NULL,
                         (tidu_lang)tidu_worker_settings(worker)->lang);
    return true;
}

/* A batch for this line, or NULL when it has been refused. */
static struct batch *
begin_batch(struct session *session, tidu_slice line)
{
    struct worker *worker = tidu_session_worker(session);
    struct call call = {.asker = {.session = session},
                        .worker = worker,
                        .message = line,
                        .lang = (tidu_lang)tidu_worker_settings(worker)->lang};
    if (!batch_is_good(&call))
        return NULL;
    struct batch *batch = calloc(1, sizeof *batch);
    if (!batch) {
        refuse_batch(&call, TIDU_RPC_INTERNAL, TIDU_MEMORY, 0);
        return NULL;
    }
    batch->session = session;
    batch->holders = 1;
    return batch;
}

/* Go on with a batch; false when its turn is over before its end. */
static bool
continue_batch(struct session *session, struct batch *batch, tidu_slice line)
{
    struct worker *worker = tidu_session_worker(session);
    tidu_skim skim;
    tidu_skim_item item;
    bool over = false;
    tidu_skim_open(&skim, line, depth_of(worker));
    if (batch->taken) {
        skim.at = line.data + batch->taken;
        skim.begun = true;
    }
    tidu_evaluate_flush(worker);
    while (!over && tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM) {
        over = !take_batch_item(session, batch, item.value);
        if (over)
            break;
        batch->taken = (size_t)(skim.at - line.data);
        over = tidu_session_turn_over(session);
    }
    tidu_evaluate_flush(worker);
    return !over;
}

static bool
take_batch(struct session *session, tidu_slice line)
{
    struct batch **place = tidu_session_batch(session);
    if (!*place)
        *place = begin_batch(session, line);
    if (!*place)
        return true;
    if (!continue_batch(session, *place, line))
        return false;
    tidu_batch_release(*place);
    *place = NULL;
    return true;
}

void
tidu_rpc_abandon(struct session *session)
{
    struct batch **place = tidu_session_batch(session);
    if (!*place)
        return;
    tidu_batch_orphan(*place);
    tidu_batch_release(*place);
    *place = NULL;
}

/* A line of nothing but white space is no message and gets no answer. */
bool
tidu_rpc_line(struct session *session, tidu_slice line)
{
    size_t at = 0;
    while (at < line.length && strchr(" \t\r", line.data[at]) && line.data[at])
        at++;
    if (at == line.length)
        return true;
    if (line.data[at] == '[')
        return take_batch(session, line);
    return take_request(session, NULL, line);
}
