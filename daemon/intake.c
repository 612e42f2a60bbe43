/*
 * intake.c: enterprises into the library.
 *
 *   records, CSV ─► sketch ─► what is kept already, changed by it ─► read by the
 *   rules' reader ─► rows, some hundred a transaction
 *
 * Each enterprise by itself is taken or refused, and the answer says which. One
 * that somebody else has changed since it was looked at is done again.
 *
 * Must not know: sockets.
 */
#include "look.h"

#include "sketch.h"
#include "skim.h"

#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 500, MOST_REFUSALS = 100, MOST_TRIES = 5 };

/* An enterprise to be written. */
struct pending {
    size_t number;     /* in the request, from 0 */
    tidu_slice record; /* as it was given */
    struct enterprise row;
    tidu_put put;
};

struct intake {
    const struct desk *desk;
    const tidu_vocabulary *vocabulary;
    bool replace, dry_run, ignore_unknown;
    int year;
    tidu_evaluation *evaluation; /* its reader says what is wrong with a record */
    struct database *database;
    struct sketch sketch;
    tidu_text merged, whole;
    tidu_arena *arena; /* of the batch */
    struct pending pending[BATCH];
    size_t pending_count;
    size_t number, total, added, changed, same, refused;
    bool personal;
    tidu_text refusals;
};

/* ---- what cannot be taken ------------------------------------------------------------------ */

static void
refuse(struct intake *intake, size_t number, tidu_slice uscc, const tidu_error *error)
{
    tidu_text *out = &intake->refusals;
    if (intake->refused++ >= MOST_REFUSALS)
        return;
    tidu_text_printf(out, "%s{\"index\":%zu", intake->refused > 1 ? "," : "", number);
    tidu_desk_put(out, "uscc", uscc);
    tidu_text_puts(out, ",\"error\":");
    tidu_error_write(error, -32001, intake->desk->lang, out);
    tidu_text_putc(out, '}');
}

/* ---- one enterprise -------------------------------------------------------------------------- */

static bool
keep_row(void *context, const struct enterprise *row)
{
    struct pending *pending = ((void **)context)[0];
    tidu_arena *arena = ((void **)context)[1];
    const tidu_slice *from[] = {&row->facts, &row->titles, &row->towards};
    tidu_slice *to[] = {&pending->row.facts, &pending->row.titles, &pending->row.towards};
    for (int i = 0; i < 3; i++)
        *to[i] = (tidu_slice){
            from[i]->data ? tidu_arena_copy_n(arena, from[i]->data, from[i]->length) : NULL,
            from[i]->length};
    pending->row.version = row->version;
    return false;
}

/* A text among the facts, decoded, in the arena; empty when there is none. */
static tidu_slice
text_fact(struct intake *intake, tidu_slice facts, const char *name)
{
    size_t length;
    tidu_slice value = tidu_skim_member(facts, name);
    char *text = value.length ? tidu_arena_alloc(intake->arena, value.length) : NULL;
    if (!text || value.data[0] != '"' || !tidu_skim_text(value, text, value.length, &length))
        return (tidu_slice){"", 0};
    return (tidu_slice){text, length};
}

/* The designation it is brought up to; null is none. */
static bool
take_towards(struct intake *intake, tidu_slice *towards, tidu_error *reterr)
{
    tidu_slice raw = intake->sketch.towards;
    tidu_rung rungs[TIDU_MOST_RUNGS];
    char id[64] = "";
    size_t length = 0;
    if (!raw.data || tidu_skim_is(raw, "null")) {
        *towards = raw.data ? (tidu_slice){"", 0} : *towards;
        return true;
    }
    if (raw.data[0] != '"' || !tidu_skim_text(raw, id, sizeof id, &length))
        snprintf(id, sizeof id, "%.*s", raw.length < 60 ? (int)raw.length : 60, raw.data);
    uint32_t count =
        tidu_ruleset_ladder(intake->desk->rules, intake->desk->today, rungs, TIDU_MOST_RUNGS);
    const tidu_rung *rung = tidu_rung_find(rungs, count, id, reterr);
    if (rung)
        *towards = (tidu_slice){rung->id, strlen(rung->id)};
    return rung != NULL;
}

/* Have the reader look at the whole. */
static bool
check(struct intake *intake, tidu_slice facts, tidu_slice titles, tidu_error *reterr)
{
    tidu_text *whole = &intake->whole;
    size_t length = tidu_sketch_whole(facts, titles, whole);
    if (whole->failed)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    tidu_read read = tidu_evaluation_json(intake->evaluation, whole->data, length, reterr);
    tidu_evaluation_clear(intake->evaluation);
    if (read == TIDU_READ_FULL)
        tidu_error_set(reterr, TIDU_CALL_RECORD_TOO_LARGE, NULL);
    return read == TIDU_READ_ROW;
}

static bool
is_same(tidu_slice a, tidu_slice b)
{
    return a.length == b.length && !a.data == !b.data &&
           (!a.length || memcmp(a.data, b.data, a.length) == 0);
}

static tidu_slice
copied(struct intake *intake, tidu_slice text)
{
    if (text.data)
        text.data = tidu_arena_copy_n(intake->arena, text.data, text.length);
    return text;
}

/* Make the row it is to become. False when it is refused; `*ret_same` when there is
 * nothing to be written. */
static bool
make_row(struct intake *intake, struct pending *pending, bool *ret_same, tidu_error *reterr)
{
    struct sketch *sketch = &intake->sketch;
    void *context[] = {pending, intake->arena};
    tidu_slice given = {sketch->facts.data, sketch->facts.length};
    tidu_slice titles = copied(intake, (tidu_slice){sketch->titles.length ? sketch->titles.data : NULL,
                                                    sketch->titles.length});
    tidu_slice uscc = text_fact(intake, given, "uscc");
    struct enterprise *row = &pending->row;
    row->uscc = uscc;
    if (uscc.length != TIDU_USCC_LENGTH && !check(intake, given, titles, reterr))
        return false; /* the reader says better what is wrong with a code */
    if (uscc.length != TIDU_USCC_LENGTH)
        return tidu_error_set(reterr, TIDU_LIBRARY_NO_USCC, NULL);
    *row = (struct enterprise){.uscc = uscc, .facts = {"{}", 2}, .towards = {"", 0}};
    tidu_enterprises_walk(intake->database, &(struct enterprise_filter){.uscc = uscc.data},
                          keep_row, context);
    struct enterprise before = *row;
    if (!check(intake, given, (tidu_slice){0}, reterr))
        return false; /* merging would hide what is said twice */
    tidu_slice base = intake->replace ? (tidu_slice){"{}", 2} : before.facts;
    if (intake->replace) {
        row->titles = (tidu_slice){0};
        row->towards = (tidu_slice){"", 0};
    }
    intake->merged.length = 0;
    tidu_sketch_merge(intake->vocabulary, base, given, &intake->merged);
    row->facts = copied(intake, (tidu_slice){intake->merged.data, intake->merged.length});
    if (titles.data)
        row->titles = tidu_skim_is(titles, "null") ? (tidu_slice){0} : titles;
    row->name = text_fact(intake, row->facts, "enterprise_name");
    row->region = text_fact(intake, row->facts, "region_code");
    if (!take_towards(intake, &row->towards, reterr) ||
        !check(intake, row->facts, row->titles, reterr))
        return false;
    *ret_same = before.version && is_same(before.facts, row->facts) &&
                is_same(before.titles, row->titles) && is_same(before.towards, row->towards);
    return true;
}

static void
take(struct intake *intake, size_t number, tidu_slice record)
{
    struct pending *pending = &intake->pending[intake->pending_count];
    bool same = false;
    tidu_error error;
    *pending = (struct pending){.number = number, .record = record};
    if (!tidu_sketch_record(&intake->sketch, intake->vocabulary, record, intake->year)) {
        /* No object, or broken inside: its reader knows the place. */
        if (check(intake, record, (tidu_slice){0}, &error))
            tidu_error_set(&error, TIDU_MEMORY, NULL);
        refuse(intake, number, (tidu_slice){0}, &error);
    } else if (!make_row(intake, pending, &same, &error)) {
        refuse(intake, number, pending->row.uscc, &error);
    } else if (same) {
        intake->same++;
    } else {
        intake->pending_count++;
    }
    intake->personal |= intake->sketch.personal;
}

/* ---- a batch ----------------------------------------------------------------------------------- */

static bool
put_rows(struct database *database, void *context)
{
    struct intake *intake = context;
    bool good = true;
    for (size_t i = 0; i < intake->pending_count && good; i++) {
        struct pending *pending = &intake->pending[i];
        pending->put = tidu_enterprise_put(database, &pending->row, intake->desk->now_s);
        good = pending->put != TIDU_PUT_FAILED;
    }
    return good;
}

/* Those that others were quicker with are left in `pending`. */
static void
count_rows(struct intake *intake)
{
    size_t left = 0;
    for (size_t i = 0; i < intake->pending_count; i++) {
        struct pending *pending = &intake->pending[i];
        if (!intake->dry_run && pending->put == TIDU_PUT_OVERTAKEN)
            intake->pending[left++] = *pending;
        else if (pending->row.version)
            intake->changed++;
        else
            intake->added++;
    }
    intake->pending_count = left;
}

/* Look at them again. */
static void
take_again(struct intake *intake)
{
    size_t count = intake->pending_count;
    intake->pending_count = 0;
    for (size_t i = 0; i < count; i++)
        take(intake, intake->pending[i].number, intake->pending[i].record);
}

static bool
write_batch(struct intake *intake, tidu_error *reterr)
{
    tidu_error error;
    for (int tries = 0; intake->pending_count; tries++) {
        if (tries == MOST_TRIES) {
            for (size_t i = 0; i < intake->pending_count; i++) {
                tidu_error_set(&error, TIDU_LIBRARY_OVERTAKEN, intake->pending[i].row.uscc.data, NULL);
                refuse(intake, intake->pending[i].number, intake->pending[i].row.uscc, &error);
            }
            intake->pending_count = 0;
        }
        if (tries)
            take_again(intake);
        if (!intake->dry_run && !tidu_desk_write(intake->desk, put_rows, intake, reterr))
            return false;
        count_rows(intake);
    }
    tidu_arena_reset(intake->arena);
    return tidu_desk_goes_on(intake->desk, intake->number, intake->total, reterr);
}

static bool
add(struct intake *intake, tidu_slice record, tidu_error *reterr)
{
    take(intake, intake->number++, record);
    return intake->pending_count < BATCH || write_batch(intake, reterr);
}

/* ---- where they come from ------------------------------------------------------------------------ */

static bool
take_array(struct intake *intake, tidu_slice array, tidu_error *reterr)
{
    tidu_skim skim;
    tidu_skim_item item;
    for (tidu_skim_open(&skim, array, TIDU_SKIM_DEPTH);
         tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM;)
        intake->total++;
    for (tidu_skim_open(&skim, array, TIDU_SKIM_DEPTH);
         tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM;)
        if (!add(intake, item.value, reterr))
            return false;
    return true;
}

/* A line is read as CSV first, so that what is said about it is about its cells. */
static bool
take_line(struct intake *intake, tidu_csv *csv, tidu_slice line, tidu_error *reterr)
{
    tidu_error error;
    tidu_text json = {0};
    bool restated =
        tidu_evaluation_csv(intake->evaluation, csv, line.data, line.length, &error) ==
            TIDU_READ_ROW &&
        tidu_csv_restate(csv, line.data, line.length, intake->year, &json, &error) && !json.failed;
    tidu_evaluation_clear(intake->evaluation);
    bool goes_on = true;
    if (restated) {
        tidu_slice record = copied(intake, (tidu_slice){json.data, json.length});
        goes_on = add(intake, record, reterr);
    } else {
        refuse(intake, intake->number++, (tidu_slice){0}, &error);
    }
    tidu_text_free(&json);
    return goes_on;
}

static bool
take_table(struct intake *intake, tidu_slice text, tidu_error *reterr)
{
    size_t length = tidu_csv_measure(text.data, text.length, true);
    bool goes_on = true;
    tidu_csv *csv = tidu_csv_open(intake->vocabulary, text.data, length, intake->ignore_unknown,
                                  reterr);
    if (!csv)
        return false;
    while (goes_on && (text.data += length, text.length -= length) &&
           (length = tidu_csv_measure(text.data, text.length, true)))
        goes_on = take_line(intake, csv, (tidu_slice){text.data, length}, reterr);
    tidu_csv_close(&csv);
    return goes_on;
}

static bool
take_csv(struct intake *intake, const json_t *csv, tidu_error *reterr)
{
    size_t length = json_string_length(csv);
    char *text = calloc(1, length + TIDU_RECORD_PADDING);
    if (!text)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    memcpy(text, json_string_value(csv), length);
    bool taken = take_table(intake, (tidu_slice){text, length}, reterr);
    free(text);
    return taken;
}

/* ---- the method ------------------------------------------------------------------------------------- */

static bool
read_choice(const json_t *params, const char *name, const char *usual, const char *other,
            const char *takes, bool *ret_other, tidu_error *reterr)
{
    const char *word = usual;
    if (!tidu_desk_text(params, name, &word, reterr))
        return false;
    *ret_other = strcmp(word, other) == 0;
    return *ret_other || strcmp(word, usual) == 0 || tidu_desk_bad(params, name, takes, reterr);
}

static bool
open_intake(struct intake *intake, const json_t *params, tidu_error *reterr)
{
    const struct desk *desk = intake->desk;
    char date[11];
    if (!read_choice(params, "mode", "merge", "replace", "merge|replace", &intake->replace, reterr) ||
        !read_choice(params, "unknown_facts", "refuse", "ignore", "refuse|ignore",
                     &intake->ignore_unknown, reterr) ||
        !tidu_desk_flag(params, "dry_run", &intake->dry_run, reterr))
        return false;
    tidu_options options = {.as_of = desk->today,
                            .explain = TIDU_EXPLAIN_NONE,
                            .ignore_unknown = intake->ignore_unknown};
    intake->vocabulary = tidu_ruleset_vocabulary(desk->rules);
    intake->year = atoi(tidu_date_format(desk->today, date)) - 1;
    intake->arena = tidu_arena_open();
    intake->database = tidu_desk_open(desk, reterr);
    if (!intake->database)
        return false;
    intake->evaluation = tidu_evaluation_open(desk->rules, &options, 1, reterr);
    return intake->evaluation && (intake->arena || tidu_error_set(reterr, TIDU_MEMORY, NULL));
}

static void
close_intake(struct intake *intake)
{
    tidu_evaluation_close(&intake->evaluation);
    tidu_database_close(&intake->database);
    tidu_arena_close(&intake->arena);
    tidu_text_free(&intake->sketch.facts);
    tidu_text_free(&intake->sketch.titles);
    tidu_text_free(&intake->merged);
    tidu_text_free(&intake->whole);
    tidu_text_free(&intake->refusals);
}

/* What has been written stays, even if the rest does not come to it. */
static void
note(const struct intake *intake, const char *counts)
{
    if (!intake->dry_run && intake->added + intake->changed)
        tidu_desk_note(intake->desk, "library.load", counts);
}

static void
write_counts(const struct intake *intake, char *counts, size_t size)
{
    snprintf(counts, size, "\"added\":%zu,\"changed\":%zu,\"same\":%zu,\"refused\":%zu",
             intake->added, intake->changed, intake->same, intake->refused);
}

static void
write_result(const struct intake *intake, const char *counts, tidu_text *out)
{
    tidu_text_printf(out, "{%s,\"dry_run\":%s,\"personal_left_out\":%s,\"refusals\":[", counts,
                     intake->dry_run ? "true" : "false", intake->personal ? "true" : "false");
    tidu_text_add(out, intake->refusals.data, intake->refusals.length);
    tidu_text_puts(out, "]}");
}

bool
tidu_library_load(const struct desk *desk, const json_t *params, tidu_slice raw, tidu_text *out,
                  tidu_error *reterr)
{
    tidu_slice array = tidu_skim_member(raw, "enterprises");
    const json_t *csv = json_object_get(params, "csv");
    if (array.data && csv)
        return tidu_error_set(reterr, TIDU_CALL_PARAM_CLASH, "enterprises", "csv", NULL);
    if (!array.data && !csv)
        return tidu_desk_lacks("library.load", "enterprises|csv", reterr);
    if (array.data && array.data[0] != '[')
        return tidu_desk_bad(params, "enterprises", "[{…}, …]", reterr);
    if (csv && !json_is_string(csv))
        return tidu_desk_bad(params, "csv", "\"…\"", reterr);
    char counts[160];
    struct intake *intake = calloc(1, sizeof *intake);
    if (!intake)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    intake->desk = desk;
    bool good = open_intake(intake, params, reterr) &&
                (csv ? take_csv(intake, csv, reterr) : take_array(intake, array, reterr)) &&
                write_batch(intake, reterr);
    write_counts(intake, counts, sizeof counts);
    note(intake, counts);
    if (good)
        write_result(intake, counts, out);
    close_intake(intake);
    free(intake);
    return good;
}
