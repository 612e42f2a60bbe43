/*
 * evaluate.c: records to answers, as fast as we know how.
 *
 * A block of rows costs little more than one row, so requests that arrive in
 * one read and agree in their terms are gathered into one block and run
 * together. Nobody waits for company: at the end of what was read the block is
 * run, however few rows it has.
 *
 *   line ─► skim ─► terms ─► evaluation kept ready ─► row ┐
 *   line ─► skim ─► the same terms ──────────────────► row ┤ run ─► answers,
 *   line ─► skim ─► the same terms ──────────────────► row ┘        in order
 *
 * Evaluations are expensive to open and cheap to use again, so a few are kept,
 * found by their terms. Each holds its ruleset; after a reload those of the
 * old one are let go.
 *
 * Must not know: sockets, jansson's trees (but for a list of designations, the
 * first time it is seen).
 *
 * Ownership: evaluations belong to one worker. Gathered requests point into
 * the read buffer.
 *
 * INVARIANT: an evaluation has `count` rows while it is gathering and none
 * otherwise.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

enum { KEPT_READY = 8 };

/* What two requests must agree in to share a block. */
struct terms {
    tidu_ruleset *ruleset; /* borrowed; whoever has an evaluation for it holds it */
    int32_t as_of;
    tidu_explain explain;
    tidu_lang lang;
    bool ignore_unknown;
    tidu_slice designations; /* raw JSON array; data NULL for all */
};

struct ready {
    tidu_evaluation *evaluation; /* NULL when this place is free */
    struct terms terms;          /* owns designations.data */
    uint64_t used;
};

struct evaluations {
    struct ready ready[KEPT_READY];
    uint64_t clock;
    struct ready *gathering;
    struct asker askers[TIDU_GATHER_ROWS];
    uint32_t count;
};

/* One evaluate request's parameters. */
struct question {
    struct terms terms;
    tidu_slice record, records, csv; /* one of them */
};

struct evaluations *
tidu_evaluations_open(void)
{
    return calloc(1, sizeof(struct evaluations));
}

static void
let_go(struct ready *ready)
{
    tidu_evaluation_close(&ready->evaluation);
    free((char *)ready->terms.designations.data);
    *ready = (struct ready){0};
}

void
tidu_evaluations_close(struct evaluations **evaluations)
{
    if (!*evaluations)
        return;
    for (int i = 0; i < KEPT_READY; i++)
        let_go(&(*evaluations)->ready[i]);
    free(*evaluations);
    *evaluations = NULL;
}

void
tidu_evaluate_forget(struct worker *worker)
{
    struct ready *ready = worker->evaluations->ready;
    for (int i = 0; i < KEPT_READY; i++)
        if (ready[i].evaluation && ready[i].terms.ruleset != worker->server->live)
            let_go(&ready[i]);
}

/* ---- the gathered block ------------------------------------------------------ */

void
tidu_evaluate_flush(struct worker *worker)
{
    struct evaluations *all = worker->evaluations;
    if (!all->gathering)
        return;
    tidu_evaluation *evaluation = all->gathering->evaluation;
    tidu_evaluation_run(evaluation);
    for (uint32_t i = 0; i < all->count; i++) {
        tidu_evaluation_write(evaluation, i, tidu_rpc_begin(&all->askers[i]));
        tidu_rpc_end(&all->askers[i]);
    }
    tidu_evaluation_clear(evaluation);
    worker->records += all->count;
    all->gathering = NULL;
    all->count = 0;
}

static void
gather(struct call *call, struct ready *ready, tidu_slice record)
{
    struct evaluations *all = call->worker->evaluations;
    tidu_error error;
    tidu_read read = tidu_evaluation_json(ready->evaluation, record.data, record.length, &error);
    if (read == TIDU_READ_FULL && all->count) {
        tidu_evaluate_flush(call->worker);
        read = tidu_evaluation_json(ready->evaluation, record.data, record.length, &error);
    }
    if (read == TIDU_READ_ERROR) {
        tidu_rpc_refuse(call, TIDU_RPC_RECORD, &error);
    } else if (read == TIDU_READ_FULL) {
        tidu_error_set(&error, TIDU_CALL_RECORD_TOO_LARGE, NULL);
        tidu_rpc_refuse(call, TIDU_RPC_TOO_LARGE, &error);
    } else {
        all->gathering = ready;
        all->askers[all->count++] = call->asker;
        if (all->count == TIDU_GATHER_ROWS)
            tidu_evaluate_flush(call->worker);
    }
}

/* ---- parameters --------------------------------------------------------------- */

static const char *const explain_names[] = {"none", "brief", "failed", "full", NULL};
static const char *const unknown_names[] = {"refuse", "ignore", NULL};

static bool
refuse(const struct call *call, tidu_rpc_code code, const tidu_error *error)
{
    tidu_rpc_refuse(call, code, error);
    return false;
}

static bool
bad_param(const struct call *call, const char *name, tidu_slice got, const char *takes)
{
    char shown[64];
    tidu_error error;
    snprintf(shown, sizeof shown, "%.*s", got.length > 60 ? 60 : (int)got.length, got.data);
    tidu_error_set(&error, TIDU_CALL_BAD_PARAM, name, shown, takes, NULL);
    return refuse(call, TIDU_RPC_BAD_PARAMS, &error);
}

static bool
clash(const struct call *call, const char *one, const char *other)
{
    tidu_error error;
    tidu_error_set(&error, TIDU_CALL_PARAM_CLASH, one, other, NULL);
    return refuse(call, TIDU_RPC_BAD_PARAMS, &error);
}

static bool
take_slice(struct call *call, const char *name, tidu_slice value, char first, const char *takes,
           tidu_slice *place)
{
    if (value.data[0] != first)
        return bad_param(call, name, value, takes);
    *place = value;
    return true;
}

static bool
take_record(struct call *call, struct question *question, tidu_slice value)
{
    return take_slice(call, "record", value, '{', "{…}", &question->record);
}

static bool
take_records(struct call *call, struct question *question, tidu_slice value)
{
    return take_slice(call, "records", value, '[', "[{…}, …]", &question->records);
}

static bool
take_csv(struct call *call, struct question *question, tidu_slice value)
{
    return take_slice(call, "csv", value, '"', "\"…\"", &question->csv);
}

static bool
take_designations(struct call *call, struct question *question, tidu_slice value)
{
    return take_slice(call, "designations", value, '[', "[\"lg\", …]",
                      &question->terms.designations);
}

static bool
take_as_of(struct call *call, struct question *question, tidu_slice value)
{
    if (value.length != 12 || !tidu_date_parse(value.data + 1, 10, &question->terms.as_of))
        return bad_param(call, "as_of", value, "\"YYYY-MM-DD\"");
    return true;
}

static bool
take_explain(struct call *call, struct question *question, tidu_slice value)
{
    unsigned choice;
    if (!tidu_choice_find(value, explain_names, &choice))
        return bad_param(call, "explain", value, "none|brief|failed|full");
    question->terms.explain = (tidu_explain)choice;
    return true;
}

static bool
take_lang(struct call *call, struct question *question, tidu_slice value)
{
    unsigned choice;
    if (!tidu_choice_find(value, tidu_lang_names, &choice))
        return bad_param(call, "lang", value, "zh|en|both");
    question->terms.lang = call->lang = (tidu_lang)choice;
    return true;
}

static bool
take_unknown_facts(struct call *call, struct question *question, tidu_slice value)
{
    unsigned choice;
    if (!tidu_choice_find(value, unknown_names, &choice))
        return bad_param(call, "unknown_facts", value, "refuse|ignore");
    question->terms.ignore_unknown = choice == 1;
    return true;
}

/* "live", or the beginning of the live one's digest. */
static bool
take_ruleset(struct call *call, struct question *question, tidu_slice value)
{
    enum { SHORTEST = 4 };
    char name[65], shown[13];
    size_t length;
    tidu_error error;
    const char *digest = tidu_ruleset_digest(question->terms.ruleset);
    if (value.data[0] != '"')
        return bad_param(call, "ruleset", value, "\"live\"");
    if (!tidu_skim_text(value, name, sizeof name, &length))
        snprintf(name, sizeof name, "…");
    else if (strcmp(name, "live") == 0 ||
             (length >= SHORTEST && strncmp(name, digest, length) == 0))
        return true;
    snprintf(shown, sizeof shown, "%.12s", digest);
    tidu_error_set(&error, TIDU_CALL_NO_RULESET, name, shown, NULL);
    return refuse(call, TIDU_RPC_NOT_FOUND, &error);
}

/* What evaluate can be told. */
static const struct parameter {
    const char *name;
    bool (*take)(struct call *call, struct question *question, tidu_slice value);
} parameters[] = {
    {"record", take_record},   {"as_of", take_as_of},
    {"explain", take_explain}, {"lang", take_lang},
    {"records", take_records}, {"designations", take_designations},
    {"csv", take_csv},         {"unknown_facts", take_unknown_facts},
    {"ruleset", take_ruleset},
};
enum { PARAMETER_COUNT = sizeof parameters / sizeof *parameters };

static bool
take_parameter(struct call *call, struct question *question, const tidu_skim_item *item,
               unsigned *seen)
{
    char name[TIDU_SKIM_KEY_SIZE];
    tidu_error error;
    for (unsigned i = 0; i < PARAMETER_COUNT; i++) {
        if (!tidu_skim_is(item->key, parameters[i].name))
            continue;
        if (!(*seen & 1u << i)) {
            *seen |= 1u << i;
            return parameters[i].take(call, question, item->value);
        }
        tidu_error_set(&error, TIDU_CALL_TWICE, parameters[i].name, NULL);
        return refuse(call, TIDU_RPC_BAD_PARAMS, &error);
    }
    snprintf(name, sizeof name, "%.*s", (int)item->key.length, item->key.data);
    tidu_error_set(&error, TIDU_CALL_UNKNOWN_PARAM, "evaluate", name,
                   tidu_method_parameters(TIDU_METHOD_evaluate), NULL);
    return refuse(call, TIDU_RPC_BAD_PARAMS, &error);
}

static bool
check_question(struct call *call, const struct question *question)
{
    tidu_error error;
    if (question->record.data && question->records.data)
        return clash(call, "record", "records");
    if (question->csv.data && (question->record.data || question->records.data))
        return clash(call, question->record.data ? "record" : "records", "csv");
    if (question->record.data || question->records.data || question->csv.data)
        return true;
    tidu_error_set(&error, TIDU_CALL_PARAM_MISSING, "evaluate", "record", NULL);
    return refuse(call, TIDU_RPC_BAD_PARAMS, &error);
}

/* Read the params; false when the request has been refused. */
static bool
read_question(struct call *call, struct question *ret_question)
{
    tidu_skim skim;
    tidu_skim_item item;
    tidu_skim_step step = TIDU_SKIM_END;
    unsigned seen = 0;
    tidu_error error;
    *ret_question = (struct question){
        .terms = {.ruleset = call->worker->server->live,
                  .as_of = tidu_worker_today(call->worker),
                  .explain = TIDU_EXPLAIN_FAILED,
                  .lang = call->lang},
    };
    if (call->params.data) {
        tidu_skim_open(&skim, call->params, (unsigned)call->worker->server->settings->depth);
        while ((step = tidu_skim_next(&skim, &item)) == TIDU_SKIM_ITEM)
            if (!take_parameter(call, ret_question, &item, &seen))
                return false;
    }
    if (step == TIDU_SKIM_END)
        return check_question(call, ret_question);
    /* The message is broken or too deep; tidu_rpc_refuse says which. */
    tidu_error_set(&error, TIDU_CALL_PARAMS, NULL);
    return refuse(call, TIDU_RPC_INVALID, &error);
}

/* ---- evaluations kept ready ------------------------------------------------------ */

static bool
same_terms(const struct terms *a, const struct terms *b)
{
    return a->ruleset == b->ruleset && a->as_of == b->as_of && a->explain == b->explain &&
           a->lang == b->lang && a->ignore_unknown == b->ignore_unknown &&
           a->designations.length == b->designations.length &&
           (!a->designations.length ||
            memcmp(a->designations.data, b->designations.data, a->designations.length) == 0);
}

static struct ready *
find_ready(struct evaluations *all, const struct terms *terms)
{
    for (int i = 0; i < KEPT_READY; i++)
        if (all->ready[i].evaluation && same_terms(&all->ready[i].terms, terms))
            return &all->ready[i];
    return NULL;
}

/* A free place, or the one not used for longest. */
static struct ready *
find_place(struct evaluations *all)
{
    struct ready *place = &all->ready[0];
    for (int i = 0; i < KEPT_READY; i++)
        if (all->ready[i].used < place->used)
            place = &all->ready[i];
    let_go(place);
    return place;
}

/* Open an evaluation; `ids` is the list of designations or NULL. */
static tidu_evaluation *
open_evaluation(const struct terms *terms, const json_t *ids, tidu_error *reterr)
{
    size_t count = json_array_size(ids);
    const char **names = calloc(count + 1, sizeof *names);
    if (!names) {
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        names[i] = json_string_value(json_array_get(ids, i));
    tidu_options options = {
        .as_of = terms->as_of,
        .explain = terms->explain,
        .lang = terms->lang,
        .ignore_unknown = terms->ignore_unknown,
        .designations = ids ? names : NULL,
        .designation_count = count,
    };
    tidu_evaluation *evaluation = tidu_evaluation_open(terms->ruleset, &options, TIDU_GATHER_ROWS,
                                                       reterr);
    free(names);
    return evaluation;
}

static bool
all_texts(const json_t *ids)
{
    size_t index;
    json_t *id;
    json_array_foreach((json_t *)ids, index, id)
        if (!json_is_string(id))
            return false;
    return json_array_size(ids) > 0;
}

/* Keep an evaluation for these terms; NULL when the request has been refused. */
static struct ready *
make_ready(struct call *call, const struct terms *terms)
{
    tidu_slice raw = terms->designations;
    json_t *ids = NULL;
    char *copy = NULL;
    tidu_error error;
    if (raw.data) {
        ids = json_loadb(raw.data, raw.length, 0, NULL);
        copy = ids && all_texts(ids) ? malloc(raw.length) : NULL;
        if (!copy) {
            json_decref(ids);
            bad_param(call, "designations", raw, "[\"lg\", …]");
            return NULL;
        }
        memcpy(copy, raw.data, raw.length);
    }
    tidu_evaluation *evaluation = open_evaluation(terms, ids, &error);
    json_decref(ids);
    if (!evaluation) {
        free(copy);
        refuse(call, error.code == TIDU_MEMORY ? TIDU_RPC_INTERNAL : TIDU_RPC_BAD_PARAMS, &error);
        return NULL;
    }
    struct ready *place = find_place(call->worker->evaluations);
    *place = (struct ready){.evaluation = evaluation, .terms = *terms};
    place->terms.designations.data = copy;
    return place;
}

/* The evaluation for these terms with nothing else gathered in it. */
static struct ready *
get_ready(struct call *call, const struct terms *terms)
{
    struct evaluations *all = call->worker->evaluations;
    struct ready *ready = all->gathering;
    if (!ready || !same_terms(&ready->terms, terms)) {
        tidu_evaluate_flush(call->worker);
        ready = find_ready(all, terms);
    }
    if (!ready)
        ready = make_ready(call, terms);
    if (ready)
        ready->used = ++all->clock;
    return ready;
}

/* ---- many records in one request --------------------------------------------------- */

/* Where records come from: an array of them, or CSV text. */
struct feed {
    tidu_skim skim;
    tidu_csv *csv; /* NULL for an array */
    tidu_slice rest;
};

static tidu_skim_step
next_record(struct feed *feed, tidu_slice *ret_record)
{
    tidu_skim_item item;
    if (!feed->csv) {
        tidu_skim_step step = tidu_skim_next(&feed->skim, &item);
        *ret_record = step == TIDU_SKIM_ITEM ? item.value : (tidu_slice){0};
        return step;
    }
    if (!feed->rest.length)
        return TIDU_SKIM_END;
    size_t length = tidu_csv_measure(feed->rest.data, feed->rest.length, true);
    *ret_record = (tidu_slice){feed->rest.data, length};
    feed->rest = (tidu_slice){feed->rest.data + length, feed->rest.length - length};
    return TIDU_SKIM_ITEM;
}

/* One answer to many records while it is written. */
struct sheet {
    struct call *call;
    tidu_evaluation *evaluation;
    tidu_text *out;
    size_t mark;     /* the text's length before this answer */
    size_t count;    /* records read */
    bool begun;      /* an entry stands in the answer */
    bool checked;    /* the message is known to be JSON */
};

static void
next_entry(struct sheet *sheet)
{
    if (sheet->begun)
        tidu_text_putc(sheet->out, ',');
    sheet->begun = true;
}

static void
write_rows(struct sheet *sheet)
{
    uint32_t rows = tidu_evaluation_rows(sheet->evaluation);
    if (!rows)
        return;
    tidu_evaluation_run(sheet->evaluation);
    for (uint32_t i = 0; i < rows; i++) {
        next_entry(sheet);
        tidu_evaluation_write(sheet->evaluation, i, sheet->out);
    }
    tidu_evaluation_clear(sheet->evaluation);
    sheet->call->worker->records += rows;
}

/* Take the answer back and refuse the request as a whole. */
static bool
give_up(struct sheet *sheet, tidu_rpc_code code, tidu_code what, size_t limit)
{
    char number[32];
    tidu_error error;
    tidu_evaluation_clear(sheet->evaluation);
    tidu_rpc_rewind(&sheet->call->asker, sheet->mark);
    snprintf(number, sizeof number, "%zu", limit);
    tidu_error_set(&error, what, number, NULL);
    return refuse(sheet->call, code, &error);
}

static void
write_error(struct sheet *sheet, const tidu_error *error)
{
    write_rows(sheet);
    next_entry(sheet);
    tidu_text_puts(sheet->out, "{\"error\":");
    tidu_error_write(error, TIDU_RPC_RECORD, sheet->call->lang, sheet->out);
    tidu_text_putc(sheet->out, '}');
}

/* A record that cannot be read may be the sign of a message that is no JSON at
 * all, which is another error. Looked at once. */
static bool
message_is_json(struct sheet *sheet)
{
    if (!sheet->checked &&
        tidu_skim_check(sheet->call->message, TIDU_SKIM_DEPTH, NULL) != TIDU_SKIM_END)
        return false;
    sheet->checked = true;
    return true;
}

static tidu_read
read_record(struct sheet *sheet, struct feed *feed, tidu_slice record, tidu_error *reterr)
{
    if (feed->csv)
        return tidu_evaluation_csv(sheet->evaluation, feed->csv, record.data, record.length,
                                   reterr);
    return tidu_evaluation_json(sheet->evaluation, record.data, record.length, reterr);
}

/* Add one record to the sheet; false when the request has been refused. */
static bool
add_record(struct sheet *sheet, struct feed *feed, tidu_slice record)
{
    const struct settings *settings = sheet->call->worker->server->settings;
    tidu_error error;
    if (++sheet->count > settings->records)
        return give_up(sheet, TIDU_RPC_TOO_LARGE, TIDU_CALL_TOO_MANY_RECORDS, settings->records);
    if (tidu_evaluation_rows(sheet->evaluation) == TIDU_GATHER_ROWS)
        write_rows(sheet);
    tidu_read read = read_record(sheet, feed, record, &error);
    if (read == TIDU_READ_FULL) {
        write_rows(sheet);
        read = read_record(sheet, feed, record, &error);
    }
    if (read == TIDU_READ_FULL)
        tidu_error_set(&error, TIDU_CALL_RECORD_TOO_LARGE, NULL);
    if (read != TIDU_READ_ROW) {
        if (!message_is_json(sheet))
            return give_up(sheet, TIDU_RPC_PARSE, TIDU_CALL_NOT_JSON, 0);
        write_error(sheet, &error);
    }
    if (sheet->out->length - sheet->mark > settings->answer_bytes)
        return give_up(sheet, TIDU_RPC_TOO_LARGE, TIDU_CALL_ANSWER_TOO_LARGE,
                       settings->answer_bytes);
    return true;
}

static void
answer_many(struct call *call, struct ready *ready, struct feed *feed)
{
    tidu_evaluate_flush(call->worker);
    struct sheet sheet = {.call = call, .evaluation = ready->evaluation,
                          .mark = tidu_rpc_mark(&call->asker)};
    tidu_slice record;
    tidu_skim_step step;
    sheet.out = tidu_rpc_begin(&call->asker);
    tidu_text_puts(sheet.out, "{\"answers\":[");
    while ((step = next_record(feed, &record)) == TIDU_SKIM_ITEM)
        if (!add_record(&sheet, feed, record))
            return;
    if (step != TIDU_SKIM_END) {
        give_up(&sheet, TIDU_RPC_PARSE, TIDU_CALL_NOT_JSON, 0);
        return;
    }
    write_rows(&sheet);
    tidu_text_puts(sheet.out, "]}");
    tidu_rpc_end(&call->asker);
}

static void
answer_records(struct call *call, struct ready *ready, tidu_slice records)
{
    struct feed feed = {.csv = NULL};
    tidu_skim_open(&feed.skim, records, (unsigned)call->worker->server->settings->depth);
    answer_many(call, ready, &feed);
}

/* `text` is the CSV, decoded and padded. */
static void
answer_csv_text(struct call *call, struct ready *ready, tidu_slice text)
{
    struct feed feed = {.rest = text};
    tidu_error error;
    size_t heading = tidu_csv_measure(text.data, text.length, true);
    if (!heading) {
        tidu_error_set(&error, TIDU_CALL_CSV_HEADING, NULL);
        tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
        return;
    }
    feed.csv = tidu_csv_open(tidu_ruleset_vocabulary(ready->terms.ruleset), text.data, heading,
                             ready->terms.ignore_unknown, &error);
    if (!feed.csv) {
        tidu_rpc_refuse(call, TIDU_RPC_RECORD, &error);
        return;
    }
    feed.rest = (tidu_slice){text.data + heading, text.length - heading};
    answer_many(call, ready, &feed);
    tidu_csv_close(&feed.csv);
}

static void
answer_csv(struct call *call, struct ready *ready, tidu_slice csv)
{
    size_t length;
    tidu_error error;
    char *text = calloc(1, csv.length + TIDU_RECORD_PADDING);
    if (!text) {
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        tidu_rpc_refuse(call, TIDU_RPC_INTERNAL, &error);
    } else if (!tidu_skim_text(csv, text, csv.length, &length)) {
        bad_param(call, "csv", csv, "\"…\"");
    } else {
        answer_csv_text(call, ready, (tidu_slice){text, length});
    }
    free(text);
}

void
tidu_evaluate(struct call *call)
{
    struct question question;
    if (!read_question(call, &question))
        return;
    struct ready *ready = get_ready(call, &question.terms);
    if (!ready)
        return;
    if (question.record.data)
        gather(call, ready, question.record);
    else if (question.records.data)
        answer_records(call, ready, question.records);
    else
        answer_csv(call, ready, question.csv);
}
