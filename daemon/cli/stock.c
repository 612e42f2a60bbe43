/*
 * stock.c: many enterprises into the library, and out of it.
 *
 * Files are sent some hundred records at a time, so that neither side needs room
 * for all of them and nobody waits long behind them.
 */
#include "kept.h"

#include <stdlib.h>
#include <unistd.h>

enum { BATCH_RECORDS = 500, BATCH_BYTES = 1 << 20, PAGE = 1000 };

/* ---- load ------------------------------------------------------------------------------ */

struct load {
    const struct options *options;
    struct keeper keeper;
    const char *file;
    tidu_slice heading; /* of a CSV */
    tidu_text head;     /* the params but for the records, and the brace that ends them */
    tidu_text records;  /* of the batch */
    size_t lines[BATCH_RECORDS], count;
    long long added, changed, same, refused;
    bool personal, watched;
    json_t *refusals; /* for JSON */
};

static long long
number_at(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static void
note_refusal(struct load *load, json_t *refusal, size_t line)
{
    tidu_error error;
    const json_t *why = json_object_get(refusal, "error");
    json_object_set_new(refusal, "file", json_string(load->file));
    json_object_set_new(refusal, "line", json_integer((json_int_t)line));
    json_object_del(refusal, "index");
    json_array_append(load->refusals, refusal);
    tidu_refused(why, &error);
    fprintf(stderr, "%s:%zu: %s\n", load->file, line,
            tidu_show_text(why, "message"));
}

static void
count_result(struct load *load, const json_t *result)
{
    json_t *refusal;
    size_t index;
    load->added += number_at(result, "added");
    load->changed += number_at(result, "changed");
    load->same += number_at(result, "same");
    load->refused += number_at(result, "refused");
    load->personal |= json_is_true(json_object_get(result, "personal_left_out"));
    json_array_foreach (json_object_get(result, "refusals"), index, refusal) {
        size_t at = (size_t)number_at(refusal, "index");
        note_refusal(load, refusal, at < load->count ? load->lines[at] : 0);
    }
}

static bool
send_batch(struct load *load, tidu_error *reterr)
{
    tidu_text params = {0};
    if (!load->count)
        return true;
    tidu_text_add(&params, load->head.data, load->head.length);
    if (load->heading.data) {
        tidu_text table = {0};
        tidu_text_add(&table, load->heading.data, load->heading.length);
        tidu_text_add(&table, load->records.data, load->records.length);
        tidu_text_puts(&params, ",\"csv\":");
        tidu_text_json(&params, table.data, table.length);
        tidu_text_free(&table);
    } else {
        tidu_text_puts(&params, ",\"enterprises\":[");
        tidu_text_add(&params, load->records.data, load->records.length);
        tidu_text_putc(&params, ']');
    }
    tidu_text_putc(&params, '}');
    json_t *result = tidu_keeper_ask(&load->keeper, "library.load",
                                     (tidu_slice){params.data, params.length}, reterr);
    if (result)
        count_result(load, result);
    json_decref(result);
    tidu_text_free(&params);
    load->records.length = load->count = 0;
    if (load->watched)
        fprintf(stderr, "\r%lld", load->added + load->changed + load->same + load->refused);
    return result != NULL;
}

static bool
add_piece(struct load *load, const struct piece *piece, tidu_error *reterr)
{
    if (load->count == BATCH_RECORDS || load->records.length + piece->text.length > BATCH_BYTES)
        if (!send_batch(load, reterr))
            return false;
    if (load->count && !load->heading.data)
        tidu_text_putc(&load->records, ',');
    for (size_t i = 0; i < piece->text.length; i++) {
        char byte = piece->text.data[i];
        tidu_text_putc(&load->records, byte == '\n' && !load->heading.data ? ' ' : byte);
    }
    load->lines[load->count++] = piece->line;
    return true;
}

/* What is no JSON would spoil its batch, so it is looked at here. */
static bool
load_pieces(struct load *load, struct input *input, tidu_error *reterr)
{
    struct piece piece;
    tidu_error error;
    for (;;) {
        tidu_piece_kind kind = tidu_input_next(input, &piece, &error);
        if (kind == TIDU_PIECE_END)
            return send_batch(load, reterr);
        if (kind == TIDU_PIECE_FLUSH) {
            if (!send_batch(load, reterr))
                return false;
            tidu_input_release(input);
        } else if (kind == TIDU_PIECE_BAD ||
                   (!load->heading.data && !tidu_engine_is_json(&piece, &error))) {
            load->refused++;
            tidu_fail(&error, load->options->language);
        } else if (!add_piece(load, &piece, reterr)) {
            return false;
        }
    }
}

static bool
load_file(struct load *load, const char *path, tidu_error *reterr)
{
    struct input *input = tidu_input_open(path, load->options->input, reterr);
    if (!input)
        return false;
    load->file = tidu_input_name(input);
    load->heading = tidu_input_heading(input);
    bool good = load_pieces(load, input, reterr);
    tidu_input_close(&input);
    return good;
}

static void
print_load(const struct load *load)
{
    const struct options *options = load->options;
    tidu_text out = {0};
    if (strcmp(tidu_options_format(options, "text"), "json") == 0) {
        json_t *result = json_pack("{s:I,s:I,s:I,s:I,s:b,s:b,s:O}", "added", load->added, "changed",
                                   load->changed, "same", load->same, "refused", load->refused,
                                   "dry_run", (int)options->dry_run, "personal_left_out",
                                   (int)load->personal, "refusals", load->refusals);
        tidu_put_tree(result, &out);
        json_decref(result);
    } else {
        bool english = options->language == TIDU_EN;
        tidu_text_printf(&out,
                         english ? "%sadded %lld, changed %lld, same as before %lld, refused %lld\n"
                                 : "%s新增 %lld，更改 %lld，未变 %lld，拒绝 %lld\n",
                         !options->dry_run ? "" : english ? "dry run: " : "试运行：", load->added,
                         load->changed, load->same, load->refused);
        if (load->personal)
            tidu_text_puts(&out, english ? "personal facts were left out\n" : "个人信息未保存\n");
    }
    tidu_print(&out, options->language);
    tidu_text_free(&out);
}

static bool
open_load(struct load *load, tidu_error *reterr)
{
    const struct options *options = load->options;
    struct options without_files = *options;
    without_files.argument_count = 1;
    if (!tidu_kept_params(&without_files, "library load", "mode dry-run unknown-facts input", NULL,
                          &load->head, reterr) ||
        !tidu_keeper_open(&load->keeper, options, reterr))
        return false;
    load->head.length--;
    return true;
}

int
tidu_stock_load(const struct options *options)
{
    struct load load = {.options = options,
                        .watched = !options->quiet && isatty(STDERR_FILENO),
                        .refusals = json_array()};
    tidu_error error = {.code = TIDU_OK};
    bool good = open_load(&load, &error);
    if (good && options->argument_count < 2)
        good = load_file(&load, "-", &error);
    for (size_t i = 1; i < options->argument_count && good; i++)
        good = load_file(&load, options->arguments[i], &error);
    if (load.watched)
        fputs("\r\033[K", stderr);
    if (load.keeper.client || load.keeper.rules)
        print_load(&load);
    if (!good && error.code)
        tidu_fail(&error, options->language);
    json_decref(load.refusals);
    tidu_text_free(&load.head);
    tidu_text_free(&load.records);
    tidu_keeper_close(&load.keeper);
    return good && !load.refused ? TIDU_EXIT_DONE : TIDU_EXIT_WRONG;
}

/* ---- export ------------------------------------------------------------------------------- */

/* The records of a page as they are spelled, a line each. */
static bool
print_page(const struct keeper *keeper, tidu_lang lang)
{
    tidu_skim skim;
    tidu_skim_item item;
    tidu_text out = {0};
    tidu_slice records =
        tidu_skim_member((tidu_slice){keeper->text.data, keeper->text.length}, "enterprises");
    if (records.data && tidu_skim_open(&skim, records, TIDU_SKIM_DEPTH))
        while (tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM) {
            tidu_text_add(&out, item.value.data, item.value.length);
            tidu_text_putc(&out, '\n');
        }
    bool printed = tidu_print(&out, lang);
    tidu_text_free(&out);
    return printed;
}

static bool
export_pages(struct keeper *keeper, tidu_text *params, tidu_error *reterr)
{
    size_t end = params->length - 1; /* before the brace */
    char next[64] = "";
    do {
        params->length = end;
        tidu_text_printf(params, *next ? ",\"limit\":%d,\"after\":\"%s\"}" : ",\"limit\":%d}", PAGE,
                         next);
        json_t *result = tidu_keeper_ask(keeper, "library.export",
                                         (tidu_slice){params->data, params->length}, reterr);
        snprintf(next, sizeof next, "%s", tidu_show_text(result, "next"));
        json_decref(result);
        if (!result || !print_page(keeper, keeper->options->language))
            return false;
    } while (*next);
    return true;
}

int
tidu_stock_export(const struct options *options, const char *takes)
{
    struct keeper keeper = {0};
    tidu_text params = {0};
    tidu_error error = {.code = TIDU_OK};
    bool good = tidu_kept_params(options, "library export", takes, "name", &params, &error) &&
                tidu_keeper_open(&keeper, options, &error) &&
                export_pages(&keeper, &params, &error);
    if (!good && error.code)
        tidu_fail(&error, options->language);
    tidu_text_free(&params);
    tidu_keeper_close(&keeper);
    return good ? TIDU_EXIT_DONE : TIDU_EXIT_WRONG;
}
