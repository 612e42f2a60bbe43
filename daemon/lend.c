/*
 * lend.c: titles the library holds, for records that bring none.
 *
 *   record ─► read ─► says nothing of titles? ─► look its code up ─► take the row
 *   back, read the record with them
 *
 * From then on the record is the longer one: it is what the journal keeps, so a
 * decision can be shown again whatever the library says later. The answer tells
 * which titles were used.
 *
 * Must not know: sockets, methods.
 *
 * Ownership: a lender belongs to one thread. Records it has made live until it
 * is cleared.
 */
#include "internal.h"

#include "sketch.h"
#include "store/enterprises.h"

#include <limits.h>
#include <stdio.h>

static bool
look_for_titles(struct database *database, void *context)
{
    atomic_bool *titled = context;
    atomic_store(titled, tidu_enterprises_have_titles(database));
    return true;
}

bool
tidu_lender_look(struct server *server)
{
    return tidu_store_do_now(server->store, look_for_titles, &server->titled);
}

/* The shelf, opened when it is needed first. */
static bool
open_shelf(struct lender *lender)
{
    char file[PATH_MAX];
    struct store *store = lender->server->store;
    if (!store || !atomic_load_explicit(&lender->server->titled, memory_order_relaxed))
        return false;
    snprintf(file, sizeof file, "%.*s/tidu.db", PATH_MAX - 16, tidu_store_folder(store));
    if (!lender->shelf)
        lender->shelf = tidu_shelf_open(file);
    return lender->shelf;
}

/* The titles for the row that was added last; data NULL when there are none. */
static tidu_slice
look_up(struct lender *lender, const tidu_evaluation *evaluation)
{
    tidu_slice uscc;
    char code[TIDU_USCC_LENGTH + 1];
    size_t length;
    if (!tidu_evaluation_untitled(evaluation, &uscc) || !uscc.data ||
        !tidu_skim_text(uscc, code, sizeof code, &length) || !open_shelf(lender))
        return (tidu_slice){0};
    return tidu_shelf_titles(lender->shelf, (tidu_slice){code, length});
}

/* The record with its titles, padded, until the lender is cleared. */
static bool
keep(struct lender *lender, tidu_slice record, tidu_slice titles, struct lent *ret)
{
    tidu_text joined = {0};
    tidu_sketch_join(record, titles, &joined);
    size_t length = joined.length;
    if (tidu_text_reserve(&joined, TIDU_RECORD_PADDING))
        memset(joined.data + length, 0, TIDU_RECORD_PADDING);
    if (!lender->arena)
        lender->arena = tidu_arena_open();
    const char *text = lender->arena && length && !joined.failed
                           ? tidu_arena_copy_n(lender->arena, joined.data,
                                               length + TIDU_RECORD_PADDING)
                           : NULL;
    const char *held =
        text ? tidu_arena_copy_n(lender->arena, titles.data, titles.length) : NULL;
    tidu_text_free(&joined);
    if (!held)
        return false;
    *ret = (struct lent){{text, length}, {held, titles.length}};
    return true;
}

/* Read the longer record in place of the row. If these rules do not take its titles, the
 * row stays away, and the shorter one is to be read again. */
static tidu_read
read_longer(tidu_evaluation *evaluation, const struct lent *lent)
{
    tidu_error error;
    tidu_evaluation_take_back(evaluation);
    return tidu_evaluation_json(evaluation, lent->record.data, lent->record.length, &error);
}

tidu_read
tidu_lender_json(struct lender *lender, tidu_evaluation *evaluation, tidu_slice record,
                 struct lent *ret_lent, tidu_error *reterr)
{
    tidu_read read = tidu_evaluation_json(evaluation, record.data, record.length, reterr);
    *ret_lent = (struct lent){record, {0}};
    if (read != TIDU_READ_ROW)
        return read;
    tidu_slice titles = look_up(lender, evaluation);
    if (!titles.data || !keep(lender, record, titles, ret_lent))
        return TIDU_READ_ROW;
    read = read_longer(evaluation, ret_lent);
    if (read != TIDU_READ_ERROR)
        return read;
    *ret_lent = (struct lent){record, {0}};
    return tidu_evaluation_json(evaluation, record.data, record.length, reterr);
}

/* A line as JSON is told by that: the answer is the same. */
tidu_read
tidu_lender_csv(struct lender *lender, tidu_evaluation *evaluation, tidu_csv *csv, tidu_slice line,
                int year, struct lent *ret_lent, tidu_error *reterr)
{
    tidu_error error;
    tidu_text json = {0};
    tidu_read read = tidu_evaluation_csv(evaluation, csv, line.data, line.length, reterr);
    *ret_lent = (struct lent){line, {0}};
    if (read != TIDU_READ_ROW)
        return read;
    tidu_slice titles = look_up(lender, evaluation);
    bool kept = titles.data &&
                tidu_csv_restate(csv, line.data, line.length, year, &json, &error) &&
                keep(lender, (tidu_slice){json.data, json.length}, titles, ret_lent);
    tidu_text_free(&json);
    if (!kept)
        return TIDU_READ_ROW;
    read = read_longer(evaluation, ret_lent);
    if (read != TIDU_READ_ERROR)
        return read;
    *ret_lent = (struct lent){line, {0}};
    return tidu_evaluation_csv(evaluation, csv, line.data, line.length, reterr);
}

void
tidu_lender_mark(tidu_slice titles, tidu_text *out)
{
    if (!titles.data || out->failed || !out->length)
        return;
    out->length--; /* the brace */
    tidu_text_puts(out, ",\"library\":{\"titles\":");
    tidu_text_add(out, titles.data, titles.length);
    tidu_text_puts(out, "}}");
}

void
tidu_lender_clear(struct lender *lender)
{
    if (lender->arena)
        tidu_arena_reset(lender->arena);
}

void
tidu_lender_close(struct lender *lender)
{
    tidu_shelf_close(&lender->shelf);
    tidu_arena_close(&lender->arena);
}
