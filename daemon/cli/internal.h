/*
 * internal.h: what the files of the command line know of each other.
 *
 *   main ─► a command ─► options
 *   eval: input ─► engine (local or over a socket) ─► sink (text, ndjson, csv)
 *
 * Every command works on rules in a folder or on a daemon, with the same
 * output: what it prints is made from the same JSON.
 */
#ifndef TIDU_CLI_INTERNAL_H
#define TIDU_CLI_INTERNAL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <jansson.h>
#include <stdio.h>

#include "../defaults.h"
#include "../skim.h"
#include "tidu/evaluate.h"
#include "tidu/inquiry.h"

enum {
    TIDU_EXIT_DONE = 0,
    TIDU_EXIT_NO = 1,   /* the answer is no: a check found errors */
    TIDU_EXIT_WRONG = 2 /* wrong usage, or input that cannot be read */
};

/* ---- options.c -------------------------------------------------------------- */

/* What was given of an option that may come several times. */
struct words {
    const char **items;
    size_t count;
};

struct options {
#define VALUE(field) const char *field;
#define CHOICE(field) const char *field;
#define FLAG(field) bool field;
#define LIST(field) struct words field;
#define O(name, field, kind, takes, zh, en) kind(field)
#include "options.def"
#undef O
#undef VALUE
#undef CHOICE
#undef FLAG
#undef LIST
    unsigned parts; /* of `include`; 0 for all */
    uint32_t place; /* of `jurisdiction`; 0 for none */
    const char **arguments;
    size_t argument_count;
    tidu_lang language; /* `lang`, or TIDU_LANG, or Chinese */
};

/* Read what stands behind the command. False with *reterr; what was read until
 * then is there, so that the error can come in the language asked for. */
bool tidu_options_read(const char *command, const char *allowed, int count, char **arguments,
                       struct options *ret_options, tidu_error *reterr);
void tidu_options_free(struct options *options);

/* A command's options with what they do, for its help. */
void tidu_options_print(const char *allowed, tidu_lang lang);

/* The as-of date asked for, or today. */
bool tidu_options_date(const struct options *options, int32_t *ret_days, tidu_error *reterr);

/* The whole number an option's value says. */
bool tidu_read_count(const char *text, const char *option, uint64_t least, uint64_t most,
                     uint64_t *ret, tidu_error *reterr);

/* "json" or "text" (and so on) asked for, or text on a terminal. */
const char *tidu_options_format(const struct options *options, const char *in_a_pipe);

/* ---- table.c: what is shown on a terminal -------------------------------------- */

typedef enum tidu_colour {
    TIDU_PLAIN,
    TIDU_RED,
    TIDU_GREEN,
    TIDU_YELLOW,
    TIDU_BOLD,
    TIDU_FAINT
} tidu_colour;

/* True when standard output (or error) is a terminal that wants colours. */
bool tidu_colours_wanted(FILE *stream);

/* Text in a colour, or as it is. */
void tidu_put_coloured(tidu_text *out, bool colours, tidu_colour colour, const char *text);

/* What is said in one of two languages. */
static inline const char *
tidu_in(tidu_lang lang, const char *zh, const char *en)
{
    return lang == TIDU_EN ? en : zh;
}

/* Cells are added row by row; columns are as wide as their widest cell, a
 * Chinese character taking two places. The last column is not filled up. */
struct table {
    size_t columns, count, capacity;
    struct cell *cells;
    bool failed;
};

void tidu_table_add(struct table *table, const char *text, tidu_colour colour);
void tidu_table_write(const struct table *table, bool colours, tidu_text *out);
void tidu_table_free(struct table *table);

/* ---- client.c: a daemon on a socket --------------------------------------------- */

struct client;

struct client *tidu_client_open(const char *path, tidu_error *reterr);
void tidu_client_close(struct client **client);

/* Requests are appended here, a line each; tidu_client_turn sends them. */
tidu_text *tidu_client_output(struct client *client);

/* Send and receive without waiting for one to finish before the other. With
 * `wait` at least one line is there afterwards (see tidu_client_line). */
bool tidu_client_turn(struct client *client, bool wait, tidu_error *reterr);

/* The next answer that has arrived; valid until the next turn. */
bool tidu_client_line(struct client *client, tidu_slice *ret_line);

/* An answer's parts, as raw JSON. */
struct answer {
    uint64_t id;
    tidu_slice result, error; /* one of them, or neither: */
    tidu_slice notice;        /* the name of a notification, which is no answer */
};
bool tidu_client_parse(struct client *client, tidu_slice line, struct answer *ret_answer,
                       tidu_error *reterr);

/* A number for a request of one's own. */
uint64_t tidu_client_next_id(struct client *client);

/* One request and its answer, as raw JSON that is valid until the next turn.
 * Nothing else may be under way. `params` with NULL data: none. */
bool tidu_client_ask(struct client *client, const char *method, tidu_slice params,
                     struct answer *ret_answer, tidu_error *reterr);

/* The same with trees. `params` is a JSON object or NULL. With an error
 * answer *ret_refusal is the error object and the result NULL. */
bool tidu_client_call(struct client *client, const char *method, const json_t *params,
                      json_t **ret_result, json_t **ret_refusal, tidu_error *reterr);

/* ---- input.c: files of records ---------------------------------------------------- */

struct input;

typedef enum tidu_piece_kind {
    TIDU_PIECE_RECORD, /* a JSON record, or a CSV record */
    TIDU_PIECE_BAD,    /* no record; *reterr says why */
    TIDU_PIECE_FLUSH,  /* no more without letting go of the pieces handed out */
    TIDU_PIECE_END
} tidu_piece_kind;

struct piece {
    tidu_slice text; /* TIDU_RECORD_PADDING bytes can be read behind it */
    size_t line;     /* where it begins, counted from 1 */
};

/* Open a file ("-": standard input). `kind` is "ndjson", "json", "csv" or NULL
 * to find out. The heading of a CSV has been read then. */
struct input *tidu_input_open(const char *path, const char *kind, tidu_error *reterr);
void tidu_input_close(struct input **input);

const char *tidu_input_name(const struct input *input);

/* The heading line when it is a CSV; data NULL when it is not. */
tidu_slice tidu_input_heading(const struct input *input);

/* The next record. Pieces stay where they are until tidu_input_release. */
tidu_piece_kind tidu_input_next(struct input *input, struct piece *ret_piece, tidu_error *reterr);
void tidu_input_release(struct input *input);

/* Bytes taken so far, and the file's size or 0 when nobody knows. */
uint64_t tidu_input_position(const struct input *input);
uint64_t tidu_input_size(const struct input *input);

/* ---- sink.c: answers, as they are wanted ---------------------------------------------- */

struct sink;

/* `designations` names the columns of a CSV. */
struct sink *tidu_sink_open(const char *format, tidu_lang lang, const json_t *designations);
void tidu_sink_close(struct sink **sink);

/* Where an answer may be written directly (followed by tidu_sink_direct), or
 * NULL when the format wants to look at it. */
tidu_text *tidu_sink_text(struct sink *sink);
void tidu_sink_direct(struct sink *sink);

void tidu_sink_answer(struct sink *sink, tidu_slice answer);

/* A record that could not be read: the error object and where it stood. */
void tidu_sink_error(struct sink *sink, tidu_slice error, size_t line, const char *file);

/* Write what is held back. */
void tidu_sink_flush(struct sink *sink);

/* The same at the end of everything: a CSV has its heading even without rows.
 * False when the output could not be written, which has been said then. */
bool tidu_sink_end(struct sink *sink);
bool tidu_sink_failed(const struct sink *sink);

/* ---- show.c: answers for people ------------------------------------------------------- */

/* Append a page: a table of the answers, then each one's reasons. */
/* A status in words, in its colour; what is none as it is. */
void tidu_show_status(const char *name, tidu_lang lang, bool colours, tidu_text *out);

void tidu_show_page(const json_t *answers, tidu_lang lang, bool colours, tidu_text *out);

/* Text in one language of a {"zh","en"} object (or a plain string). */
const char *tidu_show_words(const json_t *words, tidu_lang lang);
/* The text a member holds, or "". */
const char *tidu_show_text(const json_t *object, const char *name);
/* The title of a designation, criterion, subsidy or measure, or its id. */
const char *tidu_show_title(const json_t *item, tidu_lang lang);

/* ---- support.c: what an enterprise may draw on, for people -------------------------- */

/* The money and the measures of an answer; nothing when it has none. */
void tidu_show_support(const json_t *answer, tidu_lang lang, bool colours, tidu_text *out);

/* ---- engine.c, local.c, remote.c: who judges -------------------------------------------- */

/* An engine takes records and hands their answers to the sink in the same
 * order, some time before the next flush returns. */
struct engine {
    const struct engine_kind *kind;
    const struct options *options;
    struct sink *sink;
    const char *explain; /* asked for, or what the format needs */
    const char *file;    /* whose records are being judged */
    uint64_t good, refused;
};

struct engine_kind {
    /* A CSV begins; *ret_usable is false when its heading was refused. */
    bool (*begin_csv)(struct engine *engine, tidu_slice heading, bool *ret_usable,
                      tidu_error *reterr);
    void (*end_csv)(struct engine *engine);
    bool (*add)(struct engine *engine, const struct piece *piece, tidu_error *reterr);
    /* A place where a record should have been. */
    bool (*add_error)(struct engine *engine, const tidu_error *why, size_t line,
                      tidu_error *reterr);
    bool (*flush)(struct engine *engine, tidu_error *reterr);
    json_t *(*describe)(struct engine *engine, const char *what, tidu_error *reterr);
    void (*close)(struct engine *engine);
};

struct engine *tidu_local_open(const struct options *options, const char *explain,
                               tidu_error *reterr);
struct engine *tidu_remote_open(const struct options *options, const char *explain,
                                tidu_error *reterr);

/* Judge all records of one file. `progress` is called now and then. False when
 * the engine can go on no more. */
bool tidu_engine_file(struct engine *engine, struct input *input,
                      void (*progress)(void *context, const struct input *input), void *context,
                      tidu_error *reterr);

/* The ids of all designations (or those asked for): the columns of a CSV. */
json_t *tidu_engine_designations(struct engine *engine, tidu_error *reterr);

/* What is no JSON at all is told in one way, whoever judges. */
bool tidu_engine_is_json(const struct piece *piece, tidu_error *reterr);

/* Load the rules of the options; complaints go to standard error. NULL when
 * they cannot be used. */
tidu_ruleset *tidu_rules_open(const struct options *options);

/* The same with a document more, which is in no folder; `earlier` are those without it. */
tidu_ruleset *tidu_rules_beside(const struct options *options, const tidu_ruleset *earlier,
                                const char *path, const char *text);

/* ---- cohort.c ---- */

/* The expressions that --rank gives, as derived facts of a document, of which the n-th is
 * called "rank_n". */
void tidu_cohort_document(const struct options *options, int32_t as_of, tidu_text *out);
/* In a result, the expressions in place of those names, and the digest of the rules without
 * the document. */
void tidu_cohort_restore(const struct options *options, const char *digest, json_t *result);

/* ---- mutate.c: how good are the scenarios? ------------------------------------------------- */

/* Whether --mutate or --coverage are given, and make sense. */
bool tidu_check_tests_asked(const struct options *options, bool *ret_asked, tidu_error *reterr);

/* Answer them for rules that pass their check. Returns the exit status;
 * *reterr says why when it is TIDU_EXIT_WRONG. */
int tidu_check_tests(const struct options *options, const char *folder, tidu_ruleset *ruleset,
                     tidu_error *reterr);

/* Put rules for a daemon into a member of the parameters: the documents of a folder, or the
 * name of a version; NULL: none. False with *reterr. */
bool tidu_put_candidate(json_t *params, const char *name, const char *candidate,
                        tidu_error *reterr);

/* ---- ask.c: questions of at most one record -------------------------------------------- */

/* Put options such as "employees=212" into a member of the parameters, if there are
 * any; a value that is no JSON is a text. False with *reterr. */
bool tidu_put_pairs(const struct words *pairs, const char *option, const char *takes,
                    json_t *params, const char *name, tidu_error *reterr);

/* Ask the daemon of the options: a request with these parameters, and `record` as it was
 * spelled (data NULL: none). NULL with *reterr. */
json_t *tidu_ask_there(const struct options *options, const char *method, json_t *params,
                       tidu_slice record, tidu_error *reterr);

/* Ask "route", "matrix", "calendar", "whatif", "path" or "missing" of the options' rules or daemon, with the
 * first record of the file if one is given. NULL with *reterr, or without one
 * when it has been said why. */
json_t *tidu_ask_question(const struct options *options, const char *method, tidu_error *reterr);

/* The whole command: ask, and print as JSON or as `show` does. */
int tidu_answer_question(const struct options *options, const char *method,
                         void (*show)(const struct options *options, const json_t *result,
                                      tidu_text *out));

/* ---- watch.c: long work told of ---- */

struct watch {
    double began, told; /* seconds */
    bool watched;       /* somebody sees it */
};

struct watch tidu_watch_begin(const struct options *options);

/* Whether a line of progress is due: not within a second, then four in one. */
bool tidu_watch_due(struct watch *watch);

/* How much is done, as a line of its own, when one is due; whether it was. */
bool tidu_watch_share(struct watch *watch, uint64_t done, uint64_t total);

double tidu_watch_seconds(const struct watch *watch);

/* Wipe the line of progress, if there is one. */
void tidu_watch_clear(const struct watch *watch);

/* ---- inquiry.c: what is asked of a population ---- */

/* The whole command: make the parameters of the protocol, ask here or the daemon, print as
 * JSON or as `show` does. Returns the exit status. `make` adds what only this command
 * takes; false with *reterr. */
int tidu_answer_inquiry(const struct options *options, const char *command,
                        bool (*make)(const struct options *options, json_t *params,
                                     tidu_error *reterr),
                        void (*show)(const struct options *options, const char *format,
                                     const json_t *result, tidu_text *out));

/* Lines of rows have no room for sums of money: false with *reterr when both are asked
 * for. */
bool tidu_asking_rows(const struct options *options, tidu_error *reterr);

/* ---- plot.c ---- */

/* Whether the name is that of a picture we draw; false with *reterr. */
bool tidu_plot_check(const char *file, tidu_error *reterr);
/* Draw the result of a sweep over one threshold or two. False with *reterr. */
bool tidu_plot_sweep(const char *file, const json_t *result, tidu_lang lang, tidu_error *reterr);

/* A list of the words. */
json_t *tidu_list_words(const struct words *words);

/* Whom a result is about: how many, when, and whether they are invented. */
void tidu_show_population(const json_t *result, tidu_lang lang, tidu_text *out);

/* Whether a result is about invented enterprises. */
bool tidu_is_synthetic(const json_t *result);

/* Lines for other programs, NDJSON or CSV; each says so when enterprises are invented. */
struct rows {
    tidu_text *out;
    bool csv, synthetic;
};
struct rows tidu_rows_of(const json_t *result, const char *format, tidu_text *out);
/* Names of columns, with commas between; nothing unless it is CSV. */
void tidu_put_heading(const struct rows *rows, const char *names);
/* An object as a line of JSON, or its values as a line of CSV; it gets `synthetic`. */
void tidu_put_row(const struct rows *rows, json_t *row);

/* ---- the commands ------------------------------------------------------------------------- */

#define C(name, takes, flags, zh, en) int tidu_command_##name(const struct options *options);
#include "commands.def"
#undef C

/* Print an error to standard error; returns TIDU_EXIT_WRONG. */
int tidu_fail(const tidu_error *error, tidu_lang lang);

/* Turn an error object of the daemon into an error; always false. */
bool tidu_refused(const json_t *refusal, tidu_error *reterr);

/* The rules folder and the daemon of the options. */
const char *tidu_rules_folder(const struct options *options);
const char *tidu_socket_path(const struct options *options);

/* Print diagnostics as interface section 5 wants them. `sources` shows the
 * lines; `folder` goes before the paths. */
void tidu_diagnostics_write(const json_t *diagnostics, const char *folder,
                            const tidu_source *sources, size_t source_count, tidu_lang lang,
                            bool colours, tidu_text *out);

/* A report as the array of interface section 5; NULL when memory ran out. */
json_t *tidu_report_tree(const tidu_report *report, tidu_lang lang);

/* A tree as one line of JSON. */
void tidu_put_tree(const json_t *tree, tidu_text *out);

/* Ask the daemon of the options, with the language as the only parameter. */
json_t *tidu_ask(const struct options *options, const char *method, json_t **ret_refusal,
                 tidu_error *reterr);

/* To standard output. False when it could not be written, which has been said
 * then. */
bool tidu_print(tidu_text *text, tidu_lang lang);

#endif
