/*
 * records.c: many records in one request.
 *
 *   records[] or csv ─► rows of a block ─► run ─► answers[], in order
 *
 * A record that cannot be read has an error object in its place. The answer is
 * written as it comes; when the request turns out to be refused as a whole
 * (too many, too large, no JSON after all) what was written is to be taken back.
 *
 * Must not know: sockets, workers, whose evaluation it is: it runs on any thread.
 *
 * Ownership: borrows the evaluation, empty before and after.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

enum { KEPT_PILOTS = 4 };

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
    const struct sheaf *sheaf;
    tidu_evaluation *evaluation;
    tidu_text *out;
    size_t mark;   /* the text's length before this answer */
    size_t count;  /* records read */
    size_t judged; /* of them */
    struct lent rows[TIDU_GATHER_ROWS]; /* the records that are gathered */
    tidu_slice heading;                /* of CSV */
    struct {
        struct terms terms;
        tidu_evaluation *evaluation; /* of one row; NULL: free */
    } pilots[KEPT_PILOTS]; /* other rules some records are judged by */
    unsigned next_pilot;   /* gives way when there is no room */
    bool begun;    /* an entry stands in the answer */
    bool checked;  /* the message is known to be JSON */
    tidu_rpc_code code;
    tidu_error *error; /* why it is refused as a whole */
};

static void
next_entry(struct sheet *sheet)
{
    if (sheet->begun)
        tidu_text_putc(sheet->out, ',');
    sheet->begun = true;
}

/* Of CSV the heading and the line, as a file of one record. */
static void
testify(struct sheet *sheet, struct deposition *deposition, size_t begin)
{
    tidu_text table = {0};
    if (sheet->heading.length && !deposition->flags) {
        tidu_text_add(&table, sheet->heading.data, sheet->heading.length);
        tidu_text_add(&table, deposition->facts.data, deposition->facts.length);
        deposition->facts = (tidu_slice){table.data, table.length};
        deposition->flags = TIDU_ENTRY_CSV;
    }
    tidu_witness_decision(sheet->sheaf->witness, deposition, sheet->out, begin);
    tidu_text_free(&table);
}

static void
write_answer(struct sheet *sheet, const struct terms *terms, const tidu_evaluation *evaluation,
             uint32_t row, const struct lent *lent)
{
    const struct sheaf *sheaf = sheet->sheaf;
    size_t begin = sheet->out->length;
    tidu_evaluation_write(evaluation, row, sheet->out);
    if (!sheaf->witness->store && !sheaf->witness->shadow && !sheaf->terms->receipt)
        return;
    struct deposition deposition = {.terms = terms,
                                    .written = sheaf->written,
                                    .facts = lent->record,
                                    .flags = lent->titles.data ? TIDU_ENTRY_LIBRARY : 0,
                                    .who = &sheaf->who,
                                    .time = sheaf->time,
                                    .evaluation = evaluation,
                                    .row = row,
                                    .alone = terms != sheaf->terms};
    testify(sheet, &deposition, begin);
    tidu_lender_mark(lent->titles, sheet->out);
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
        write_answer(sheet, sheet->sheaf->terms, sheet->evaluation, i, &sheet->rows[i]);
    }
    tidu_verdicts_note(sheet->sheaf->verdicts, sheet->evaluation);
    tidu_evaluation_clear(sheet->evaluation);
    tidu_lender_clear(sheet->sheaf->lender);
    sheet->judged += rows;
    if (sheet->sheaf->errand)
        atomic_store_explicit(&sheet->sheaf->errand->job.done, sheet->count, memory_order_relaxed);
}

/* Refuse the request as a whole. */
static bool
give_up(struct sheet *sheet, tidu_rpc_code code, tidu_code what, size_t limit)
{
    char number[32];
    tidu_evaluation_clear(sheet->evaluation);
    snprintf(number, sizeof number, "%zu", limit);
    sheet->code = code;
    return tidu_error_set(sheet->error, what, number, NULL);
}

static void
write_error(struct sheet *sheet, const tidu_error *error)
{
    write_rows(sheet);
    next_entry(sheet);
    tidu_text_puts(sheet->out, "{\"error\":");
    tidu_error_write(error, TIDU_RPC_RECORD, sheet->sheaf->terms->lang, sheet->out);
    tidu_text_putc(sheet->out, '}');
}

/* A record that cannot be read may be the sign of a message that is no JSON at
 * all, which is another error. Looked at once. */
static bool
message_is_json(struct sheet *sheet)
{
    if (!sheet->checked &&
        tidu_skim_check(sheet->sheaf->message, TIDU_SKIM_DEPTH, NULL) != TIDU_SKIM_END)
        return false;
    sheet->checked = true;
    return true;
}

static tidu_read
read_record(struct sheet *sheet, struct feed *feed, tidu_slice record, struct lent *ret_lent,
            tidu_error *reterr)
{
    struct lender *lender = sheet->sheaf->lender;
    char date[11];
    if (!feed->csv)
        return tidu_lender_json(lender, sheet->evaluation, record, ret_lent, reterr);
    return tidu_lender_csv(lender, sheet->evaluation, feed->csv, record,
                           atoi(tidu_date_format(sheet->sheaf->terms->as_of, date)) - 1, ret_lent,
                           reterr);
}

/* ---- zones that have rules of their own ---- */

/* The terms with other rules, and an evaluation for them; NULL with *reterr. */
static unsigned
find_pilot(struct sheet *sheet, tidu_ruleset *ruleset, tidu_error *reterr)
{
    unsigned at = 0;
    while (at < KEPT_PILOTS &&
           (!sheet->pilots[at].evaluation || sheet->pilots[at].terms.ruleset != ruleset))
        at++;
    if (at < KEPT_PILOTS)
        return at;
    at = sheet->next_pilot++ % KEPT_PILOTS;
    tidu_evaluation_close(&sheet->pilots[at].evaluation);
    sheet->pilots[at].terms = *sheet->sheaf->terms;
    sheet->pilots[at].terms.ruleset = ruleset;
    sheet->pilots[at].evaluation = tidu_terms_open(&sheet->pilots[at].terms, 1, reterr);
    return at;
}

/* The record as JSON, padded: a table's columns are those of the rules it was opened by. */
static bool
as_json(const struct sheet *sheet, struct feed *feed, tidu_slice *record, tidu_text *text,
        tidu_error *reterr)
{
    char date[11];
    int year = atoi(tidu_date_format(sheet->sheaf->terms->as_of, date)) - 1;
    if (!feed->csv)
        return true;
    if (!tidu_csv_restate(feed->csv, record->data, record->length, year, text, reterr) ||
        !tidu_text_reserve(text, TIDU_RECORD_PADDING))
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    *record = (tidu_slice){text->data, text->length};
    return true;
}

/* Judge the record of the last row by other rules, by itself. */
static void
write_piloted(struct sheet *sheet, struct feed *feed, tidu_slice record, tidu_ruleset *ruleset)
{
    tidu_text text = {0};
    tidu_error error;
    struct lent lent;
    tidu_evaluation_take_back(sheet->evaluation);
    write_rows(sheet);
    tidu_error_set(&error, TIDU_CALL_RECORD_TOO_LARGE, NULL); /* the one refusal left unsaid */
    unsigned at = find_pilot(sheet, ruleset, &error);
    tidu_evaluation *evaluation = sheet->pilots[at].evaluation;
    if (evaluation && as_json(sheet, feed, &record, &text, &error) &&
        tidu_lender_json(sheet->sheaf->lender, evaluation, record, &lent, &error) ==
            TIDU_READ_ROW) {
        tidu_evaluation_run(evaluation);
        next_entry(sheet);
        write_answer(sheet, &sheet->pilots[at].terms, evaluation, 0, &lent);
        tidu_verdicts_note(sheet->sheaf->verdicts, evaluation);
        tidu_evaluation_clear(evaluation);
        tidu_lender_clear(sheet->sheaf->lender);
        sheet->judged++;
    } else {
        write_error(sheet, &error);
    }
    tidu_text_free(&text);
}

/* The rules of the zone the last row is in, when they are others. */
static tidu_ruleset *
pilot_of(const struct sheet *sheet)
{
    const struct sheaf *sheaf = sheet->sheaf;
    tidu_ruleset *ruleset =
        sheaf->pilots
            ? tidu_pilots_find(sheaf->pilots, tidu_evaluation_region(sheet->evaluation))
            : NULL;
    return ruleset == sheaf->terms->ruleset ? NULL : ruleset;
}

/* Add one record to the sheet; false when the request is to be refused. */
static bool
add_record(struct sheet *sheet, struct feed *feed, tidu_slice record)
{
    const struct settings *settings = sheet->sheaf->settings;
    tidu_error error;
    if (++sheet->count > settings->records)
        return give_up(sheet, TIDU_RPC_TOO_LARGE, TIDU_CALL_TOO_MANY_RECORDS, settings->records);
    if (tidu_evaluation_rows(sheet->evaluation) == TIDU_GATHER_ROWS)
        write_rows(sheet);
    struct lent lent;
    tidu_read read = read_record(sheet, feed, record, &lent, &error);
    if (read == TIDU_READ_FULL) {
        write_rows(sheet);
        read = read_record(sheet, feed, record, &lent, &error);
    }
    if (read == TIDU_READ_FULL)
        tidu_error_set(&error, TIDU_CALL_RECORD_TOO_LARGE, NULL);
    tidu_ruleset *pilot = read == TIDU_READ_ROW ? pilot_of(sheet) : NULL;
    if (pilot) {
        write_piloted(sheet, feed, record, pilot);
    } else if (read == TIDU_READ_ROW) {
        sheet->rows[tidu_evaluation_rows(sheet->evaluation) - 1] = lent;
    } else {
        if (!message_is_json(sheet))
            return give_up(sheet, TIDU_RPC_PARSE, TIDU_CALL_NOT_JSON, 1);
        write_error(sheet, &error);
    }
    if (sheet->out->length - sheet->mark > settings->answer_bytes)
        return give_up(sheet, TIDU_RPC_TOO_LARGE, TIDU_CALL_ANSWER_TOO_LARGE,
                       settings->answer_bytes);
    return true;
}

static bool
is_cancelled(const struct sheaf *sheaf)
{
    return sheaf->errand && tidu_errand_cancelled(sheaf->errand);
}

static bool
write_feed(struct sheet *sheet, struct feed *feed)
{
    tidu_slice record;
    tidu_skim_step step;
    tidu_text_puts(sheet->out, "{\"answers\":[");
    while ((step = next_record(feed, &record)) == TIDU_SKIM_ITEM) {
        if (is_cancelled(sheet->sheaf))
            return give_up(sheet, TIDU_RPC_CANCELLED, TIDU_CALL_CANCELLED, 0);
        if (!add_record(sheet, feed, record))
            return false;
    }
    if (step != TIDU_SKIM_END)
        return give_up(sheet, TIDU_RPC_PARSE, TIDU_CALL_NOT_JSON, 1);
    write_rows(sheet);
    tidu_text_puts(sheet->out, "]}");
    return true;
}

/* How many there are is worth a walk only when somebody is told. */
static void
tell_total(const struct sheaf *sheaf, tidu_slice records)
{
    tidu_skim skim;
    tidu_skim_item item;
    size_t count = 0;
    if (!sheaf->errand || !tidu_skim_open(&skim, records, (unsigned)sheaf->settings->depth))
        return;
    while (tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM)
        count++;
    atomic_store_explicit(&sheaf->errand->job.total, count, memory_order_relaxed);
}

static bool
write_array(struct sheet *sheet)
{
    const struct sheaf *sheaf = sheet->sheaf;
    struct feed feed = {.csv = NULL};
    tell_total(sheaf, sheaf->records);
    tidu_skim_open(&feed.skim, sheaf->records, (unsigned)sheaf->settings->depth);
    return write_feed(sheet, &feed);
}

/* `text` is the CSV, decoded and padded. */
static bool
write_table(struct sheet *sheet, tidu_slice text)
{
    const struct terms *terms = sheet->sheaf->terms;
    struct feed feed = {.rest = text};
    size_t heading = tidu_csv_measure(text.data, text.length, true);
    if (!heading)
        return give_up(sheet, TIDU_RPC_BAD_PARAMS, TIDU_CALL_CSV_HEADING, 0);
    feed.csv = tidu_csv_open(tidu_ruleset_vocabulary(terms->ruleset), text.data, heading,
                             terms->ignore_unknown, sheet->error);
    sheet->code = TIDU_RPC_RECORD;
    if (!feed.csv)
        return false;
    feed.rest = (tidu_slice){text.data + heading, text.length - heading};
    sheet->heading = (tidu_slice){text.data, heading};
    bool written = write_feed(sheet, &feed);
    tidu_csv_close(&feed.csv);
    return written;
}

static bool
write_csv(struct sheet *sheet)
{
    tidu_slice csv = sheet->sheaf->csv;
    size_t length;
    char shown[64];
    bool written = false;
    char *text = calloc(1, csv.length + TIDU_RECORD_PADDING);
    if (!text)
        return give_up(sheet, TIDU_RPC_INTERNAL, TIDU_MEMORY, 0);
    if (tidu_skim_text(csv, text, csv.length, &length)) {
        written = write_table(sheet, (tidu_slice){text, length});
    } else {
        sheet->code = TIDU_RPC_BAD_PARAMS;
        tidu_error_set(sheet->error, TIDU_CALL_BAD_PARAM, "csv",
                       tidu_shorten(csv, shown, sizeof shown), "\"…\"", NULL);
    }
    free(text);
    return written;
}

/* A single record: its answer alone, or the reason why there is none. */
static bool
write_one(struct sheet *sheet)
{
    tidu_read read = tidu_lender_json(sheet->sheaf->lender, sheet->evaluation,
                                      sheet->sheaf->record, &sheet->rows[0], sheet->error);
    sheet->code = TIDU_RPC_RECORD;
    if (read == TIDU_READ_FULL) {
        sheet->code = TIDU_RPC_TOO_LARGE;
        tidu_error_set(sheet->error, TIDU_CALL_RECORD_TOO_LARGE, NULL);
    }
    if (read != TIDU_READ_ROW) {
        tidu_evaluation_clear(sheet->evaluation);
        return message_is_json(sheet) ? false
                                      : give_up(sheet, TIDU_RPC_PARSE, TIDU_CALL_NOT_JSON, 1);
    }
    tidu_ruleset *pilot = pilot_of(sheet);
    if (pilot) {
        struct feed feed = {.csv = NULL};
        write_piloted(sheet, &feed, sheet->sheaf->record, pilot);
        return true;
    }
    tidu_evaluation_run(sheet->evaluation);
    write_answer(sheet, sheet->sheaf->terms, sheet->evaluation, 0, &sheet->rows[0]);
    tidu_verdicts_note(sheet->sheaf->verdicts, sheet->evaluation);
    tidu_evaluation_clear(sheet->evaluation);
    sheet->judged = 1;
    return true;
}

bool
tidu_records_write(const struct sheaf *sheaf, tidu_evaluation *evaluation, tidu_text *out,
                   size_t *ret_count, tidu_rpc_code *ret_code, tidu_error *reterr)
{
    struct sheet sheet = {.sheaf = sheaf,
                          .evaluation = evaluation,
                          .out = out,
                          .mark = out->length,
                          .error = reterr};
    bool written = sheaf->record.data    ? write_one(&sheet)
                   : sheaf->records.data ? write_array(&sheet)
                                         : write_csv(&sheet);
    for (int i = 0; i < KEPT_PILOTS; i++)
        tidu_evaluation_close(&sheet.pilots[i].evaluation);
    *ret_count = sheet.judged;
    if (!written)
        *ret_code = sheet.code;
    return written;
}
