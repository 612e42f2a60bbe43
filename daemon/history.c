/*
 * history.c: what can be asked of a journal; see history.h.
 *
 *   files ─► entries, in order, their chain checked ─► verify, list
 *                  └─► rules of that version ─► evaluation ─► the same bytes? ─► replay
 *
 * Rulesets and the last evaluation are kept for the next decision: one after the
 * other they mostly agree in both.
 */
#include "history.h"

#include "receipt.h"
#include "skim.h"
#include "store/journal.h"
#include "store/versions.h"
#include "tidu/places.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { KEPT_RULES = 4, TELL_EVERY = 4096 };

/* ---- walking all files ------------------------------------------------------------------ */

/* A walk from file to file. */
struct walk {
    const struct history *history;
    tidu_journal_visit *visit;
    void *context;
    uint64_t from, seen, total;
    bool cancelled;
    bool stopped; /* by the visitor */
    struct journal_walk last; /* the file walked last */
    struct head head;
};

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
static bool
walk_all(struct walk *walk, void (*each)(void *context, const char *file, const struct journal_walk *),
         void *each_context, tidu_error *reterr)
{
    struct journal_walk end;
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
    bool whole = walk_all(&walk, add_file, &verification, reterr);
    bool answered = whole || reterr->code == TIDU_JOURNAL_BROKEN ||
                    reterr->code == TIDU_JOURNAL_APART || reterr->code == TIDU_STORE_FOREIGN ||
                    reterr->code == TIDU_STORE_OPEN;
    if (answered)
        write_verification(&verification, whole ? NULL : reterr, history->lang, out);
    tidu_text_free(&verification.files);
    return answered;
}

/* ---- list ------------------------------------------------------------------------------------------ */

static tidu_slice
member(tidu_slice object, const char *name)
{
    tidu_skim skim;
    tidu_skim_item item;
    if (object.length && tidu_skim_open(&skim, object, TIDU_SKIM_DEPTH))
        while (tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM)
            if (tidu_skim_is(item.key, name))
                return item.value;
    return (tidu_slice){0};
}

static void
write_entry(uint64_t number, const struct entry *entry, tidu_text *out)
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
                                                              : member(entry->facts, "uscc");
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
    tidu_slice value = member(entry->facts, "uscc");
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
    write_entry(number, entry, listing->out);
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
    if (!walk_all(&walk, NULL, NULL, reterr))
        return false;
    tidu_text_printf(out, "],\"entries_in_all\":%llu}", (unsigned long long)walk.total);
    return true;
}

/* ---- replay: rules as they were ---------------------------------------------------------------------- */

struct kept_rules {
    char digest[65];
    tidu_ruleset *ruleset; /* NULL: cannot be had */
};

struct replay {
    const struct history *history;
    struct database *database; /* of the versions; NULL when there is none */
    struct kept_rules rules[KEPT_RULES];
    unsigned next_rules;
    tidu_evaluation *evaluation;
    char of[65];       /* the rules of the evaluation */
    tidu_text terms;   /* and its terms */
    tidu_text facts;   /* padded */
    tidu_text answer;
    /* what it came to */
    uint64_t decisions, replayable, masked, unkept, same, different;
    tidu_text differences, missing;
    const char *name;  /* the decision asked for, or NULL */
    const json_t *set; /* corrections */
    bool counting;     /* only the coverage */
    bool found;
    tidu_text shown;   /* the one decision's part of the answer */
    tidu_error error;
    bool failed;
};

static tidu_ruleset *
build_rules(struct replay *replay, const char *digest)
{
    tidu_source *sources = NULL;
    size_t count = 0;
    tidu_error error;
    char found[65];
    tidu_ruleset *ruleset = NULL;
    tidu_arena *arena = tidu_arena_open();
    tidu_report *report = tidu_report_open();
    bool there = arena && report && replay->database &&
                 tidu_versions_load(replay->database, digest, arena, &sources, &count, &error);
    if (!there && arena && report && replay->history->rules &&
        tidu_sources_read(replay->history->rules, arena, &sources, &count, &error)) {
        tidu_sources_digest(sources, count, found);
        there = strcmp(found, digest) == 0;
    }
    const char *helper = replay->history->helper;
    if (there)
        tidu_ruleset_build(sources, count, helper && *helper ? helper : NULL, &ruleset, report);
    tidu_report_close(&report);
    tidu_arena_close(&arena);
    return ruleset;
}

static tidu_ruleset *
rules_of(struct replay *replay, const unsigned char rules[TIDU_HASH_SIZE])
{
    char digest[65];
    tidu_hash_print(rules, digest);
    for (int i = 0; i < KEPT_RULES; i++)
        if (strcmp(replay->rules[i].digest, digest) == 0)
            return replay->rules[i].ruleset;
    struct kept_rules *place = &replay->rules[replay->next_rules++ % KEPT_RULES];
    tidu_evaluation_close(&replay->evaluation);
    tidu_ruleset_unref(&place->ruleset);
    memcpy(place->digest, digest, sizeof digest);
    place->ruleset = build_rules(replay, digest);
    return place->ruleset;
}

/* ---- replay: terms as they were ------------------------------------------------------------------------ */

static unsigned
choice(const json_t *terms, const char *name, const char *const *names, unsigned otherwise)
{
    const char *text = json_string_value(json_object_get(terms, name));
    for (unsigned i = 0; text && names[i]; i++)
        if (strcmp(text, names[i]) == 0)
            return i;
    return otherwise;
}

static bool
read_terms(const json_t *terms, const char **names, tidu_options *ret_options)
{
    static const char *const explains[] = {"none", "brief", "failed", "full", NULL};
    static const char *const langs[] = {"zh", "en", "both", NULL};
    static const char *const parts[] = {"designations", "subsidies", "measures", NULL};
    const char *as_of = json_string_value(json_object_get(terms, "as_of"));
    const char *place = json_string_value(json_object_get(terms, "jurisdiction"));
    const json_t *ids = json_object_get(terms, "designations");
    size_t index;
    json_t *part;
    *ret_options = (tidu_options){
        .explain = (tidu_explain)choice(terms, "explain", explains, TIDU_EXPLAIN_FAILED),
        .lang = (tidu_lang)choice(terms, "lang", langs, TIDU_ZH),
        .ignore_unknown = json_object_get(terms, "unknown_facts") != NULL,
        .designations = ids ? names : NULL,
        .designation_count = json_array_size(ids),
    };
    for (size_t i = 0; i < json_array_size(ids); i++)
        names[i] = json_string_value(json_array_get(ids, i));
    json_array_foreach (json_object_get(terms, "include"), index, part)
        for (unsigned i = 0; parts[i]; i++)
            if (strcmp(json_string_value(part), parts[i]) == 0)
                ret_options->include |= 1u << i;
    return as_of && tidu_date_parse(as_of, strlen(as_of), &ret_options->as_of) &&
           (!place || tidu_region_parse(place, strlen(place), &ret_options->jurisdiction));
}

/* The evaluation for this decision; NULL with the replay's error. */
static tidu_evaluation *
evaluation_for(struct replay *replay, const struct entry *entry, tidu_ruleset *ruleset)
{
    const char *digest = tidu_ruleset_digest(ruleset);
    tidu_options options;
    if (replay->evaluation && strcmp(replay->of, digest) == 0 &&
        replay->terms.length == entry->terms.length &&
        memcmp(replay->terms.data, entry->terms.data, entry->terms.length) == 0)
        return replay->evaluation;
    tidu_evaluation_close(&replay->evaluation);
    replay->terms.length = 0;
    tidu_text_add(&replay->terms, entry->terms.data, entry->terms.length);
    memcpy(replay->of, digest, sizeof replay->of);
    json_t *terms = json_loadb(entry->terms.data, entry->terms.length, 0, NULL);
    size_t count = json_array_size(json_object_get(terms, "designations"));
    const char **names = calloc(count + 1, sizeof *names);
    if (names && read_terms(terms, names, &options))
        replay->evaluation = tidu_evaluation_open(ruleset, &options, 1, &replay->error);
    else
        tidu_error_set(&replay->error, TIDU_MEMORY, NULL);
    free(names);
    json_decref(terms);
    return replay->evaluation;
}

/* ---- replay: one decision -------------------------------------------------------------------------------- */

static tidu_read
read_facts(tidu_evaluation *evaluation, tidu_ruleset *ruleset, tidu_slice facts, bool csv,
           tidu_error *reterr)
{
    if (!csv)
        return tidu_evaluation_json(evaluation, facts.data, facts.length, reterr);
    size_t heading = tidu_csv_measure(facts.data, facts.length, true);
    tidu_csv *table = tidu_csv_open(tidu_ruleset_vocabulary(ruleset), facts.data, heading, true,
                                    reterr);
    if (!table)
        return TIDU_READ_ERROR;
    tidu_read read = tidu_evaluation_csv(evaluation, table, facts.data + heading,
                                         facts.length - heading, reterr);
    tidu_csv_close(&table);
    return read;
}

/* Judge these facts; the answer is in replay->answer. False with the replay's error. */
static bool
judge(struct replay *replay, const struct entry *entry, tidu_ruleset *ruleset, tidu_slice facts)
{
    tidu_evaluation *evaluation = evaluation_for(replay, entry, ruleset);
    if (!evaluation)
        return false;
    replay->facts.length = replay->answer.length = 0;
    tidu_text_add(&replay->facts, facts.data, facts.length);
    if (!tidu_text_reserve(&replay->facts, TIDU_RECORD_PADDING))
        return tidu_error_set(&replay->error, TIDU_MEMORY, NULL);
    memset(replay->facts.data + facts.length, 0, TIDU_RECORD_PADDING);
    tidu_slice padded = {replay->facts.data, facts.length};
    bool read = read_facts(evaluation, ruleset, padded, entry->flags & TIDU_ENTRY_CSV,
                           &replay->error) == TIDU_READ_ROW;
    if (read) {
        tidu_evaluation_run(evaluation);
        tidu_evaluation_write(evaluation, 0, &replay->answer);
    }
    tidu_evaluation_clear(evaluation);
    return read;
}

static bool
is_same(const struct replay *replay, const struct entry *entry)
{
    unsigned char hash[TIDU_HASH_SIZE];
    tidu_slice answer = {replay->answer.data, replay->answer.length};
    tidu_sha256(&answer, 1, hash);
    return memcmp(hash, entry->answer, TIDU_HASH_SIZE) == 0;
}

/* ---- replay: corrections ------------------------------------------------------------------------------------ */

/* `object` with its member `name` replaced by `value`, or added. A name with a dot
 * goes one level down: "revenue.2025". */
static void
put_member(tidu_slice object, const char *name, const char *value, tidu_text *out)
{
    char head[64];
    const char *dot = strchr(name, '.');
    snprintf(head, sizeof head, "%.*s", dot ? (int)(dot - name) : 63, name);
    tidu_slice old = member(object, head);
    tidu_text inner = {0};
    if (dot && old.length && old.data[0] == '{') {
        put_member(old, dot + 1, value, &inner);
    } else if (dot) {
        tidu_text_printf(&inner, "{\"%s\":%s}", dot + 1, value);
    } else {
        tidu_text_puts(&inner, value);
    }
    const char *end = object.data + object.length;
    if (old.length) {
        tidu_text_add(out, object.data, (size_t)(old.data - object.data));
        tidu_text_add(out, inner.data, inner.length);
        tidu_text_add(out, old.data + old.length, (size_t)(end - old.data) - old.length);
    } else {
        tidu_skim skim;
        tidu_skim_item item;
        bool empty = !tidu_skim_open(&skim, object, TIDU_SKIM_DEPTH) ||
                     tidu_skim_next(&skim, &item) != TIDU_SKIM_ITEM;
        const char *brace = end;
        while (brace > object.data && brace[-1] != '}')
            brace--;
        tidu_text_add(out, object.data, (size_t)(brace - 1 - object.data));
        tidu_text_puts(out, empty ? "" : ",");
        tidu_text_json(out, head, strlen(head));
        tidu_text_putc(out, ':');
        tidu_text_add(out, inner.data, inner.length);
        tidu_text_putc(out, '}');
    }
    tidu_text_free(&inner);
}

static bool
correct(const json_t *set, tidu_slice facts, tidu_text *out)
{
    const char *name;
    json_t *value;
    tidu_text now = {0};
    tidu_text_add(&now, facts.data, facts.length);
    json_object_foreach ((json_t *)set, name, value) {
        char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        tidu_text next = {0};
        if (text)
            put_member((tidu_slice){now.data, now.length}, name, text, &next);
        else
            next.failed = true;
        free(text);
        tidu_text_free(&now);
        now = next;
    }
    *out = now;
    return !now.failed;
}

static void
show_one(struct replay *replay, uint64_t number, const struct entry *entry, tidu_ruleset *ruleset)
{
    tidu_text *out = &replay->shown;
    tidu_text corrected = {0};
    bool masked = entry->flags & TIDU_ENTRY_MASKED, csv = entry->flags & TIDU_ENTRY_CSV;
    size_t corrections = json_object_size(replay->set);
    tidu_text_puts(out, ",\"decision\":");
    write_entry(number, entry, out);
    tidu_text_puts(out, ",\"facts\":");
    if (csv)
        tidu_text_json(out, entry->facts.data, entry->facts.length);
    else
        tidu_text_add(out, entry->facts.data, entry->facts.length);
    replay->failed = true;
    if (masked && !corrections) {
        tidu_error_set(&replay->error, TIDU_JOURNAL_MASKED, replay->name, NULL);
        return;
    }
    if (csv && corrections) {
        tidu_error_set(&replay->error, TIDU_JOURNAL_CSV, replay->name, NULL);
        return;
    }
    if (!masked) {
        if (!judge(replay, entry, ruleset, entry->facts))
            return;
        tidu_text_puts(out, ",\"answer\":");
        tidu_text_add(out, replay->answer.data, replay->answer.length);
        tidu_text_printf(out, ",\"same\":%s", is_same(replay, entry) ? "true" : "false");
    }
    if (corrections) {
        bool good = correct(replay->set, entry->facts, &corrected) &&
                    judge(replay, entry, ruleset, (tidu_slice){corrected.data, corrected.length});
        if (good) {
            tidu_text_puts(out, ",\"corrected\":");
            tidu_text_add(out, replay->answer.data, replay->answer.length);
            if (masked)
                tidu_text_printf(out, ",\"same\":%s", is_same(replay, entry) ? "true" : "false");
        }
        tidu_text_free(&corrected);
        if (!good)
            return;
    }
    replay->failed = false;
}

/* ---- replay: all ------------------------------------------------------------------------------------------------ */

static bool
is_meant(const struct replay *replay, uint64_t number, const struct entry *entry)
{
    char shown[32];
    size_t length = strlen(replay->name);
    if (length < 8 || strspn(replay->name, "0123456789") == length) {
        snprintf(shown, sizeof shown, "%llu", (unsigned long long)number);
        if (strcmp(shown, replay->name) == 0)
            return true;
    }
    if (length < 8)
        return false;
    struct receipt receipt = {.terms = entry->terms};
    tidu_hash_print(entry->rules, receipt.rules);
    tidu_hash_print(entry->answer, receipt.answer);
    if (!tidu_facts_digest(entry->facts, entry->flags & TIDU_ENTRY_CSV, receipt.facts))
        return false;
    tidu_receipt_seal(&receipt);
    return strncmp(receipt.digest, replay->name, length) == 0;
}

static void
note_missing(struct replay *replay, const struct entry *entry)
{
    char digest[65];
    tidu_hash_print(entry->rules, digest);
    replay->unkept++;
    if (replay->missing.length && memmem(replay->missing.data, replay->missing.length, digest, 64))
        return;
    tidu_text_printf(&replay->missing, "%s\"%s\"", replay->missing.length ? "," : "", digest);
}

static void
compare_one(struct replay *replay, uint64_t number, const struct entry *entry, tidu_ruleset *ruleset)
{
    enum { MOST_SHOWN = 100 };
    if (judge(replay, entry, ruleset, entry->facts) && is_same(replay, entry)) {
        replay->same++;
        return;
    }
    if (replay->different++ < MOST_SHOWN)
        tidu_text_printf(&replay->differences, "%s%llu", replay->differences.length ? "," : "",
                         (unsigned long long)number);
}

static bool
replay_entry(void *context, uint64_t number, const struct entry *entry)
{
    struct replay *replay = context;
    if (entry->kind != TIDU_ENTRY_DECISION || (replay->name && !is_meant(replay, number, entry)))
        return true;
    tidu_ruleset *ruleset = rules_of(replay, entry->rules);
    if (replay->counting) {
        replay->decisions++;
        replay->masked += (entry->flags & TIDU_ENTRY_MASKED) != 0;
        replay->replayable += ruleset && !(entry->flags & TIDU_ENTRY_MASKED);
        if (!ruleset)
            note_missing(replay, entry);
    } else if (!ruleset && replay->name) {
        char digest[65];
        tidu_error_set(&replay->error, TIDU_JOURNAL_NO_RULES, tidu_hash_print(entry->rules, digest),
                       NULL);
        replay->failed = true;
    } else if (replay->name) {
        show_one(replay, number, entry, ruleset);
    } else if (ruleset && !(entry->flags & TIDU_ENTRY_MASKED)) {
        compare_one(replay, number, entry, ruleset);
    }
    replay->found = true;
    return !replay->name;
}

static void
write_replay(const struct replay *replay, tidu_text *out)
{
    tidu_text_printf(out,
                     "{\"coverage\":{\"decisions\":%llu,\"replayable\":%llu,\"masked\":%llu,"
                     "\"unkept\":%llu,\"rules_not_kept\":[",
                     (unsigned long long)replay->decisions, (unsigned long long)replay->replayable,
                     (unsigned long long)replay->masked, (unsigned long long)replay->unkept);
    tidu_text_add(out, replay->missing.data, replay->missing.length);
    tidu_text_puts(out, "]}");
    if (replay->name) {
        tidu_text_add(out, replay->shown.data, replay->shown.length);
    } else {
        tidu_text_printf(out, ",\"same\":%llu,\"different\":%llu,\"decisions_that_differ\":[",
                         (unsigned long long)replay->same, (unsigned long long)replay->different);
        tidu_text_add(out, replay->differences.data, replay->differences.length);
        tidu_text_putc(out, ']');
    }
    tidu_text_putc(out, '}');
}

static bool
run_replay(struct replay *replay, tidu_error *reterr)
{
    struct walk walk = {
        .history = replay->history, .visit = replay_entry, .context = replay, .from = 1};
    replay->counting = true;
    if (!walk_all(&walk, NULL, NULL, reterr))
        return false;
    if (replay->name && !replay->found)
        return tidu_error_set(reterr, TIDU_JOURNAL_NO_ENTRY, replay->name, NULL);
    walk = (struct walk){
        .history = replay->history, .visit = replay_entry, .context = replay, .from = 1};
    replay->counting = false;
    if (!walk_all(&walk, NULL, NULL, reterr))
        return false;
    if (replay->failed)
        *reterr = replay->error;
    return !replay->failed;
}

static struct database *
open_versions(const char *folder)
{
    char file[PATH_MAX];
    tidu_error error;
    snprintf(file, sizeof file, "%.*s/tidu.db", PATH_MAX - 16, folder);
    return access(file, F_OK) == 0 ? tidu_database_read(file, &error) : NULL;
}

static bool
replay_all(const struct history *history, const json_t *params, tidu_text *out, tidu_error *reterr)
{
    struct replay replay = {
        .history = history,
        .database = open_versions(history->folder),
        .name = json_string_value(json_object_get(params, "decision")),
        .set = json_object_get(params, "set"),
    };
    bool good = run_replay(&replay, reterr);
    if (good)
        write_replay(&replay, out);
    tidu_evaluation_close(&replay.evaluation);
    for (int i = 0; i < KEPT_RULES; i++)
        tidu_ruleset_unref(&replay.rules[i].ruleset);
    tidu_database_close(&replay.database);
    tidu_text *const texts[] = {&replay.terms, &replay.facts, &replay.answer, &replay.differences,
                                &replay.missing, &replay.shown};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        tidu_text_free(texts[i]);
    return good;
}

/* ---- one record, one ruleset ------------------------------------------------------------------------------------------ */

bool
tidu_history_judge(tidu_ruleset *ruleset, tidu_slice terms, tidu_slice facts, tidu_text *out,
                   tidu_error *reterr)
{
    struct replay replay = {0};
    struct entry entry = {.terms = terms};
    bool judged = judge(&replay, &entry, ruleset, facts);
    if (judged)
        tidu_text_add(out, replay.answer.data, replay.answer.length);
    else
        *reterr = replay.error;
    tidu_evaluation_close(&replay.evaluation);
    tidu_text_free(&replay.terms);
    tidu_text_free(&replay.facts);
    tidu_text_free(&replay.answer);
    return judged;
}

tidu_ruleset *
tidu_history_rules(const struct history *history, const char *digest)
{
    struct replay replay = {.history = history, .database = open_versions(history->folder)};
    tidu_ruleset *ruleset = build_rules(&replay, digest);
    tidu_database_close(&replay.database);
    return ruleset;
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
    return replay_all(history, params, out, reterr);
}
