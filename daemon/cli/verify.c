/*
 * verify.c: tidu verify RECEIPT, without a daemon.
 *
 * RECEIPT is a file with a receipt, or with the answer (or the whole reply of
 * the daemon) it is part of. What else is given is held against it: the rules
 * (--rules, or the versions of --store), the record (--record), and with both
 * the answer is made again. Exit status: 0 all that was looked at fits, 1 not so.
 */
#include "internal.h"

#include "../history.h"
#include "../receipt.h"

#include <errno.h>
#include <stdlib.h>

/* What is there to be looked at. */
struct case_file {
    const struct options *options;
    tidu_text file, record;
    tidu_text answer; /* without the receipt; empty when there was only a receipt */
    struct receipt receipt;
    tidu_ruleset *ruleset; /* NULL: not at hand */
    json_t *checks;
    bool ok;
};

static bool
read_file(const char *path, tidu_text *ret_text, tidu_error *reterr)
{
    char buffer[65536];
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (!file)
        return tidu_error_set(reterr, TIDU_FILE_READ, path, strerror(errno), NULL);
    for (size_t count; (count = fread(buffer, 1, sizeof buffer, file)) > 0;)
        tidu_text_add(ret_text, buffer, count);
    bool good = !ferror(file) && !ret_text->failed;
    if (file != stdin)
        fclose(file);
    while (good && ret_text->length && strchr("\n\r \t", ret_text->data[ret_text->length - 1]))
        ret_text->length--;
    return good || tidu_error_set(reterr, TIDU_FILE_READ, path, strerror(errno), NULL);
}

/* The receipt may stand by itself, in an answer, or in the reply with the answer. */
static bool
find_receipt(struct case_file *file, tidu_error *reterr)
{
    tidu_slice text = {file->file.data, file->file.length};
    tidu_slice result = text.length ? tidu_skim_member(text, "result") : text;
    if (result.length)
        text = result;
    if (text.length && tidu_receipt_read(text, &file->receipt))
        return true;
    if (text.length && tidu_receipt_detach(text, &file->answer, &file->receipt))
        return true;
    return tidu_error_set(reterr, TIDU_RECEIPT_NONE, file->options->arguments[0], NULL);
}

static void
note(struct case_file *file, const char *what, bool fits, const char *zh, const char *en)
{
    file->ok &= fits;
    json_array_append_new(file->checks,
                          json_pack("{s:s,s:b,s:{s:s,s:s}}", "what", what, "ok", (int)fits, "says",
                                    "zh", zh, "en", en));
}

static void
check_seal(struct case_file *file)
{
    struct receipt sealed = file->receipt;
    tidu_receipt_seal(&sealed);
    bool fits = strcmp(sealed.digest, file->receipt.digest) == 0;
    note(file, "digest", fits, fits ? "回执各部分与其摘要相符" : "回执各部分与其摘要不符",
         fits ? "the receipt's parts fit its digest" : "the receipt's parts do not fit its digest");
}

static void
check_answer(struct case_file *file)
{
    char digest[65];
    if (!file->answer.length)
        return;
    tidu_digest(file->answer.data, file->answer.length, digest);
    bool fits = strcmp(digest, file->receipt.answer) == 0;
    note(file, "answer", fits, fits ? "回答未被改动" : "回答已被改动",
         fits ? "the answer is unchanged" : "the answer was changed");
}

static bool
open_rules(struct case_file *file)
{
    const struct options *options = file->options;
    if (options->rules) {
        file->ruleset = tidu_rules_open(options);
        return file->ruleset != NULL;
    }
    if (options->store)
        file->ruleset = tidu_history_rules(&(struct history){.folder = options->store},
                                           file->receipt.rules);
    return true;
}

static void
check_rules(struct case_file *file)
{
    if (!file->options->rules && !file->options->store)
        return;
    bool fits = file->ruleset &&
                strcmp(tidu_ruleset_digest(file->ruleset), file->receipt.rules) == 0;
    note(file, "rules", fits, fits ? "规则即回执所指的规则" : "规则不是回执所指的规则",
         fits ? "the rules are those of the receipt" : "the rules are not those of the receipt");
    if (!fits)
        tidu_ruleset_unref(&file->ruleset);
}

static void
check_facts(struct case_file *file)
{
    char digest[65] = "";
    if (!file->options->record)
        return;
    tidu_slice record = {file->record.data, file->record.length};
    bool fits = record.length && tidu_facts_digest(record, record.data[0] != '{', digest) &&
                strcmp(digest, file->receipt.facts) == 0;
    note(file, "facts", fits, fits ? "记录即回执所指的记录" : "记录不是回执所指的记录",
         fits ? "the record is that of the receipt" : "the record is not that of the receipt");
}

static void
check_again(struct case_file *file)
{
    tidu_text again = {0};
    tidu_error error;
    char digest[65];
    if (!file->ruleset || !file->options->record)
        return;
    tidu_slice record = {file->record.data, file->record.length};
    bool fits = tidu_history_judge(file->ruleset, file->receipt.terms, record, &again, &error);
    if (fits) {
        tidu_digest(again.data, again.length, digest);
        fits = strcmp(digest, file->receipt.answer) == 0;
    }
    note(file, "again", fits, fits ? "按同样的规则重判，回答逐字节相同" : "按同样的规则重判，回答不同",
         fits ? "judged again by the same rules, the answer is the same byte for byte"
              : "judged again by the same rules, the answer differs");
    tidu_text_free(&again);
}

static int
show(const struct case_file *file)
{
    const struct options *options = file->options;
    tidu_text out = {0};
    size_t index;
    json_t *check;
    if (strcmp(tidu_options_format(options, "text"), "json") == 0) {
        json_t *result = json_pack("{s:b,s:s,s:O}", "ok", (int)file->ok, "digest",
                                   file->receipt.digest, "checks", file->checks);
        tidu_put_tree(result, &out);
        json_decref(result);
    } else {
        json_array_foreach (file->checks, index, check) {
            bool fits = json_is_true(json_object_get(check, "ok"));
            tidu_put_coloured(&out, tidu_colours_wanted(stdout), fits ? TIDU_GREEN : TIDU_RED,
                              fits ? "✓ " : "✗ ");
            tidu_text_printf(&out, "%s\n",
                             tidu_show_words(json_object_get(check, "says"), options->language));
        }
    }
    int status = file->ok ? TIDU_EXIT_DONE : TIDU_EXIT_NO;
    if (!tidu_print(&out, options->language))
        status = TIDU_EXIT_WRONG;
    tidu_text_free(&out);
    return status;
}

static int
examine(struct case_file *file)
{
    const struct options *options = file->options;
    tidu_error error;
    bool read = read_file(options->arguments[0], &file->file, &error) &&
                find_receipt(file, &error) &&
                (!options->record || read_file(options->record, &file->record, &error));
    if (!read)
        return tidu_fail(&error, options->language);
    if (!open_rules(file))
        return TIDU_EXIT_WRONG; /* why has been told */
    check_seal(file);
    check_answer(file);
    check_rules(file);
    check_facts(file);
    check_again(file);
    return show(file);
}

int
tidu_command_verify(const struct options *options)
{
    struct case_file file = {.options = options, .checks = json_array(), .ok = true};
    tidu_error error;
    if (!options->argument_count) {
        tidu_error_set(&error, TIDU_CLI_ARGUMENT, "verify", "", NULL);
        json_decref(file.checks);
        return tidu_fail(&error, options->language);
    }
    int status = examine(&file);
    tidu_ruleset_unref(&file.ruleset);
    tidu_text_free(&file.file);
    tidu_text_free(&file.record);
    tidu_text_free(&file.answer);
    json_decref(file.checks);
    return status;
}
