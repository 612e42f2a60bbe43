/*
 * history.c: what can be asked of a journal; see history.h.
 *
 *   files ─► entries, in order, their chain checked ─► verify, list
 *                                                  └─► replay.c
 */
#include "walk.h"

#include "skim.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { TELL_EVERY = 4096 };

/* ---- walking all files ------------------------------------------------------------------ */

static bool
visit_one(void *context, uint64_t number, const struct entry *entry)
{
    struct walk *walk = context;
    const struct history *history = walk->history;
    if (history->progress && walk->seen++ % TELL_EVERY == 0 &&
        !history->progress(history->context, number, walk->total))
        walk->cancelled = true;
    walk->stopped = walk->visit && !walk->cancelled && !walk->visit(walk->context, number, entry);
    return !walk->cancelled && !walk->stopped;
}

static bool
goes_on(const struct walk *walk, const char *file, bool first, tidu_error *reterr)
{
    char number[32];
    const struct head *before = &walk->last.before;
    if (first || (before->count == walk->head.count &&
                  memcmp(before->hash, walk->head.hash, TIDU_HASH_SIZE) == 0))
        return true;
    snprintf(number, sizeof number, "%llu", (unsigned long long)walk->head.count);
    return tidu_error_set(reterr, TIDU_JOURNAL_APART, file, number, NULL);
}

static void
free_files(char **files)
{
    for (size_t i = 0; files && files[i]; i++)
        free(files[i]);
    free(files);
}

/* `each` (may be NULL) is called with a file that has been walked. */
bool
tidu_history_walk(struct walk *walk, void (*each)(void *context, const char *file, const struct journal_walk *),
         void *each_context, tidu_error *reterr)
{
    struct journal_walk end;
    int hold = tidu_journal_hold(walk->history->folder);
    char **files = tidu_journal_files(walk->history->folder, reterr);
    bool good = files != NULL;
    if (good && !files[0])
        good = tidu_error_set(reterr, TIDU_JOURNAL_NONE, walk->history->folder, NULL);
    for (size_t i = 0; good && files[i]; i++)
        if (tidu_journal_walk(files[i], UINT64_MAX, NULL, NULL, &end, reterr))
            walk->total = end.after.count;
        else
            good = false;
    for (size_t i = 0; good && files[i] && !walk->cancelled && !walk->stopped; i++) {
        good = tidu_journal_walk(files[i], walk->from, visit_one, walk, &walk->last, reterr) &&
               goes_on(walk, files[i], i == 0, reterr);
        walk->head = walk->last.after;
        if (good && each)
            each(each_context, files[i], &walk->last);
    }
    if (good && walk->cancelled)
        good = tidu_error_set(reterr, TIDU_CALL_CANCELLED, NULL);
    free_files(files);
    if (hold >= 0)
        close(hold);
    return good;
}

/* ---- words ---------------------------------------------------------------------------------- */

static char *
print_time(int64_t time_us, char buffer[40])
{
    time_t seconds = (time_t)(time_us / 1000000);
    struct tm moment;
    gmtime_r(&seconds, &moment);
    size_t length = strftime(buffer, 40, "%Y-%m-%dT%H:%M:%S", &moment);
    snprintf(buffer + length, 40 - length, ".%06dZ", (int)(time_us % 1000000));
    return buffer;
}

static const char *const kind_names[] = {"unknown", "decision", "action", "denied", "gap"};
enum { KIND_COUNT = sizeof kind_names / sizeof *kind_names };

static void
write_digest(const unsigned char hash[TIDU_HASH_SIZE], const char *name, tidu_text *out)
{
    char text[65];
    tidu_text_printf(out, ",\"%s\":\"%s\"", name, tidu_hash_print(hash, text));
}

static void
put_both(tidu_text *out, const char *name, const char *zh, const char *en)
{
    tidu_text_printf(out, ",\"%s\":{\"zh\":", name);
    tidu_text_json(out, zh, strlen(zh));
    tidu_text_puts(out, ",\"en\":");
    tidu_text_json(out, en, strlen(en));
    tidu_text_putc(out, '}');
}

/* ---- verify ----------------------------------------------------------------------------------- */

struct verification {
    tidu_text files;
    uint64_t kinds[KIND_COUNT], masked, entries;
    int64_t from_us, until_us;
    unsigned char head[TIDU_HASH_SIZE];
    uint64_t asked; /* an entry whose hash was noted elsewhere; 0: none */
    unsigned char noted[TIDU_HASH_SIZE];
    unsigned char chain[TIDU_HASH_SIZE]; /* while a file is walked */
    bool met, differs;
};

static void
add_file(void *context, const char *file, const struct journal_walk *walk)
{
    struct verification *verification = context;
    tidu_text *out = &verification->files;
    const char *name = strrchr(file, '/') + 1;
    char from[40], until[40];
    tidu_text_puts(out, out->length ? ",{\"file\":" : "{\"file\":");
    tidu_text_json(out, name, strlen(name));
    tidu_text_printf(out, ",\"first\":%llu,\"last\":%llu", (unsigned long long)walk->first,
                     (unsigned long long)walk->last);
    if (walk->last >= walk->first)
        tidu_text_printf(out, ",\"from\":\"%s\",\"until\":\"%s\"", print_time(walk->from_us, from),
                         print_time(walk->until_us, until));
    write_digest(walk->after.hash, "hash", out);
    tidu_text_putc(out, '}');
    for (size_t i = 0; i < KIND_COUNT; i++)
        verification->kinds[i] += walk->kinds[i];
    verification->masked += walk->masked;
    verification->entries = walk->after.count;
    memcpy(verification->head, walk->after.hash, TIDU_HASH_SIZE);
    if (walk->from_us && (!verification->from_us || walk->from_us < verification->from_us))
        verification->from_us = walk->from_us;
    if (walk->until_us > verification->until_us)
        verification->until_us = walk->until_us;
    if (verification->asked == walk->after.count && walk->after.count) {
        verification->met = true;
        verification->differs =
            memcmp(verification->noted, walk->after.hash, TIDU_HASH_SIZE) != 0;
    }
}

/* The chain as it is at the entry asked for: hashed once more, since a walk only
 * tells where each file ended. */
static bool
follow_chain(void *context, uint64_t number, const struct entry *entry)
{
    struct verification *verification = context;
    tidu_text bytes = {0};
    if (number > verification->asked)
        return true;
    tidu_entry_write(entry, &bytes);
    tidu_chain(verification->chain, (tidu_slice){bytes.data, bytes.length});
    tidu_text_free(&bytes);
    if (number == verification->asked) {
        verification->met = true;
        verification->differs =
            memcmp(verification->noted, verification->chain, TIDU_HASH_SIZE) != 0;
    }
    return true;
}

static bool
read_noted(const json_t *params, struct verification *verification, tidu_error *reterr)
{
    const json_t *entry = json_object_get(params, "entry"), *hash = json_object_get(params, "hash");
    if (!entry && !hash)
        return true;
    if (!json_is_integer(entry) || json_integer_value(entry) < 1)
        return tidu_error_set(reterr, TIDU_CALL_BAD_PARAM, "entry", "…", "1, 2, 3, …", NULL);
    const char *text = json_string_value(hash);
    if (!text || !tidu_hash_parse(text, strlen(text), verification->noted))
        return tidu_error_set(reterr, TIDU_CALL_BAD_PARAM, "hash", "…", "64 × 0-9a-f", NULL);
    verification->asked = (uint64_t)json_integer_value(entry);
    return true;
}

static void
write_proved(const struct verification *verification, tidu_text *out)
{
    char zh[512], en[512], noted[96] = "", noted_en[96] = "";
    if (verification->met && !verification->differs) {
        snprintf(noted, sizeof noted, "；第 %llu 条处与另行记下的值一致",
                 (unsigned long long)verification->asked);
        snprintf(noted_en, sizeof noted_en, "; at entry %llu it is what was noted elsewhere",
                 (unsigned long long)verification->asked);
    }
    snprintf(zh, sizeof zh, "%llu 条记录首尾相接，没有修改、抽去或插入%s",
             (unsigned long long)verification->entries, noted);
    snprintf(en, sizeof en,
             "the %llu entries hang together: none was changed, taken out or put in between%s",
             (unsigned long long)verification->entries, noted_en);
    put_both(out, "proved", zh, en);
    put_both(out, "not_proved",
             "末尾是否被截去，或整条链是否被重写：须与另行保存的值（--entry、--hash）比对；"
             "写入时所述是否属实",
             "that nothing was cut off at the end and that the chain was not written anew as a whole: "
             "compare with a head kept elsewhere (--entry, --hash); that what was written was true");
}

static void
write_verification(const struct verification *verification, const tidu_error *why, tidu_lang lang,
                   tidu_text *out)
{
    char from[40], until[40], message[1024];
    bool ok = !why && !verification->differs && (!verification->asked || verification->met);
    tidu_text_printf(out, "{\"ok\":%s,\"entries\":%llu", ok ? "true" : "false",
                     (unsigned long long)verification->entries);
    if (verification->from_us)
        tidu_text_printf(out, ",\"from\":\"%s\",\"until\":\"%s\"",
                         print_time(verification->from_us, from),
                         print_time(verification->until_us, until));
    write_digest(verification->head, "hash", out);
    tidu_text_puts(out, ",\"files\":[");
    tidu_text_add(out, verification->files.data, verification->files.length);
    tidu_text_puts(out, "],\"kinds\":{");
    for (size_t i = 1; i < KIND_COUNT; i++)
        tidu_text_printf(out, "%s\"%s\":%llu", i > 1 ? "," : "", kind_names[i],
                         (unsigned long long)verification->kinds[i]);
    tidu_text_printf(out, "},\"masked\":%llu", (unsigned long long)verification->masked);
    if (why) {
        tidu_error_message(why, lang, message, sizeof message);
        tidu_text_puts(out, ",\"why\":");
        tidu_text_json(out, message, strlen(message));
    } else if (!ok) {
        tidu_text_puts(out, ",\"why\":");
        const char *text = lang == TIDU_EN ? "the chain is not what was noted elsewhere"
                                           : "与另行记下的值不一致";
        tidu_text_json(out, text, strlen(text));
    }
    write_proved(verification, out);
    tidu_text_putc(out, '}');
}

static bool
verify(const struct history *history, const json_t *params, tidu_text *out, tidu_error *reterr)
{
    struct verification verification = {0};
    if (!read_noted(params, &verification, reterr))
        return false;
    struct walk walk = {.history = history,
                        .visit = verification.asked ? follow_chain : NULL,
                        .context = &verification,
                        .from = 1};
    bool whole = tidu_history_walk(&walk, add_file, &verification, reterr);
    bool answered = whole || reterr->code == TIDU_JOURNAL_BROKEN ||
                    reterr->code == TIDU_JOURNAL_APART || reterr->code == TIDU_STORE_FOREIGN ||
                    reterr->code == TIDU_STORE_OPEN;
    if (answered)
        write_verification(&verification, whole ? NULL : reterr, history->lang, out);
    tidu_text_free(&verification.files);
    return answered;
}

/* ---- list ------------------------------------------------------------------------------------------ */

void
tidu_history_entry(uint64_t number, const struct entry *entry, tidu_text *out)
{
    char moment[40];
    size_t kind = (size_t)entry->kind < KIND_COUNT ? entry->kind : 0;
    tidu_text_printf(out, "{\"number\":%llu,\"kind\":\"%s\",\"time\":\"%s\"",
                     (unsigned long long)number, kind_names[kind],
                     print_time(entry->time_us, moment));
    if (entry->user != TIDU_NOBODY)
        tidu_text_printf(out, ",\"user\":%lu", (unsigned long)entry->user);
    tidu_text_puts(out, ",\"terms\":");
    tidu_text_add(out, entry->terms.data, entry->terms.length);
    if (entry->kind == TIDU_ENTRY_DECISION) {
        tidu_slice enterprise = entry->flags & TIDU_ENTRY_CSV ? (tidu_slice){0}
                                                              : tidu_skim_member(entry->facts, "uscc");
        write_digest(entry->rules, "ruleset", out);
        write_digest(entry->answer, "answer", out);
        if (enterprise.length) {
            tidu_text_puts(out, ",\"uscc\":");
            tidu_text_add(out, enterprise.data, enterprise.length);
        }
        if (entry->flags & TIDU_ENTRY_MASKED)
            tidu_text_puts(out, ",\"masked\":true");
    }
    tidu_text_putc(out, '}');
}

struct listing {
    tidu_text *out;
    const char *enterprise; /* its code, or NULL */
    uint64_t limit, count;
};

static bool
is_about(const struct entry *entry, const char *enterprise)
{
    char code[64];
    size_t length;
    tidu_slice value = tidu_skim_member(entry->facts, "uscc");
    if (entry->flags & TIDU_ENTRY_CSV)
        return memmem(entry->facts.data, entry->facts.length, enterprise, strlen(enterprise));
    return value.length && value.data[0] == '"' &&
           tidu_skim_text(value, code, sizeof code, &length) && strcmp(code, enterprise) == 0;
}

static bool
list_entry(void *context, uint64_t number, const struct entry *entry)
{
    struct listing *listing = context;
    if (listing->enterprise &&
        (entry->kind != TIDU_ENTRY_DECISION || !is_about(entry, listing->enterprise)))
        return true;
    tidu_text_puts(listing->out, listing->count ? "," : "");
    tidu_history_entry(number, entry, listing->out);
    return ++listing->count < listing->limit;
}

static bool
take_count(const json_t *params, const char *name, uint64_t *ret_count, tidu_error *reterr)
{
    const json_t *value = json_object_get(params, name);
    if (!value)
        return true;
    if (!json_is_integer(value) || json_integer_value(value) < 1)
        return tidu_error_set(reterr, TIDU_CALL_BAD_PARAM, name, "…", "1, 2, 3, …", NULL);
    *ret_count = (uint64_t)json_integer_value(value);
    return true;
}

static bool
list(const struct history *history, const json_t *params, tidu_text *out, tidu_error *reterr)
{
    struct listing listing = {
        .out = out,
        .enterprise = json_string_value(json_object_get(params, "enterprise")),
        .limit = 100,
    };
    struct walk walk = {
        .history = history, .visit = list_entry, .context = &listing, .from = 1};
    if (!take_count(params, "from", &walk.from, reterr) ||
        !take_count(params, "limit", &listing.limit, reterr))
        return false;
    tidu_text_puts(out, "{\"entries\":[");
    if (!tidu_history_walk(&walk, NULL, NULL, reterr))
        return false;
    tidu_text_printf(out, "],\"entries_in_all\":%llu}", (unsigned long long)walk.total);
    return true;
}

/* ---- the door ----------------------------------------------------------------------------------------------------- */

bool
tidu_history_ask(const struct history *history, const char *what, const json_t *params,
                 tidu_text *out, tidu_error *reterr)
{
    if (strcmp(what, "verify") == 0)
        return verify(history, params, out, reterr);
    if (strcmp(what, "list") == 0)
        return list(history, params, out, reterr);
    return tidu_history_replay(history, params, out, reterr);
}
