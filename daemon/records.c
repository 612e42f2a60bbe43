/*
 * records.c: many records in one request.
 *
 *   records[] or csv ─► rows of a block ─► run ─► answers[], in order
 *
 * A record that cannot be read has an error object in its place. The answer is
 * written as it comes; when the request turns out to be refused as a whole
 * (too many, too large, no JSON after all) what was written is taken back.
 *
 * Must not know: sockets, whose evaluation it is.
 *
 * Ownership: borrows the evaluation, empty before and after.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

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
    size_t mark;  /* the text's length before this answer */
    size_t count; /* records read */
    bool begun;   /* an entry stands in the answer */
    bool checked; /* the message is known to be JSON */
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
    return tidu_rpc_refuse(sheet->call, code, &error);
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
answer_feed(struct call *call, tidu_evaluation *evaluation, struct feed *feed)
{
    struct sheet sheet = {
        .call = call, .evaluation = evaluation, .mark = tidu_rpc_mark(&call->asker)};
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
answer_array(struct call *call, tidu_evaluation *evaluation, tidu_slice records)
{
    struct feed feed = {.csv = NULL};
    tidu_skim_open(&feed.skim, records, (unsigned)call->worker->server->settings->depth);
    answer_feed(call, evaluation, &feed);
}

/* `text` is the CSV, decoded and padded. */
static void
answer_table(struct call *call, tidu_evaluation *evaluation, const struct terms *terms,
             tidu_slice text)
{
    struct feed feed = {.rest = text};
    tidu_error error;
    size_t heading = tidu_csv_measure(text.data, text.length, true);
    if (!heading) {
        tidu_error_set(&error, TIDU_CALL_CSV_HEADING, NULL);
        tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
        return;
    }
    feed.csv = tidu_csv_open(tidu_ruleset_vocabulary(terms->ruleset), text.data, heading,
                             terms->ignore_unknown, &error);
    if (!feed.csv) {
        tidu_rpc_refuse(call, TIDU_RPC_RECORD, &error);
        return;
    }
    feed.rest = (tidu_slice){text.data + heading, text.length - heading};
    answer_feed(call, evaluation, &feed);
    tidu_csv_close(&feed.csv);
}

static void
answer_csv(struct call *call, tidu_evaluation *evaluation, const struct terms *terms,
           tidu_slice csv)
{
    size_t length;
    tidu_error error;
    char *text = calloc(1, csv.length + TIDU_RECORD_PADDING);
    if (!text) {
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        tidu_rpc_refuse(call, TIDU_RPC_INTERNAL, &error);
    } else if (!tidu_skim_text(csv, text, csv.length, &length)) {
        tidu_question_bad(call, "csv", csv, "\"…\"");
    } else {
        answer_table(call, evaluation, terms, (tidu_slice){text, length});
    }
    free(text);
}

void
tidu_records_answer(struct call *call, tidu_evaluation *evaluation, const struct question *question)
{
    tidu_evaluate_flush(call->worker);
    if (question->records.data)
        answer_array(call, evaluation, question->records);
    else
        answer_csv(call, evaluation, &question->terms, question->csv);
}
