/*
 * replay.c: decisions judged again, by the rules of then.
 *
 *   entry ─► its version of the rules, built anew ─► an evaluation by its terms
 *                     record as it was given ──► answer ─► the same bytes?
 *                     record with corrections ─► answer
 *
 * Rulesets and the last evaluation are kept for the next decision: one after the
 * other they mostly agree in both.
 *
 * Must not know: sockets, sessions, how the journal is kept.
 */
#include "walk.h"

#include "receipt.h"
#include "skim.h"
#include "tree.h"
#include "store/versions.h"
#include "tidu/places.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { KEPT_RULES = 4 };

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
    static const char *const langs[] = {"zh", "en", "both", NULL};
    static const char *const parts[] = {"designations", "subsidies", "measures", NULL};
    const char *as_of = json_string_value(json_object_get(terms, "as_of"));
    const char *place = json_string_value(json_object_get(terms, "jurisdiction"));
    const json_t *ids = json_object_get(terms, "designations");
    size_t index;
    json_t *part;
    *ret_options = (tidu_options){
        .explain = (tidu_explain)choice(terms, "explain", tidu_explain_names, TIDU_EXPLAIN_FAILED),
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

static void
show_one(struct replay *replay, uint64_t number, const struct entry *entry, tidu_ruleset *ruleset)
{
    tidu_text *out = &replay->shown;
    tidu_text corrected = {0};
    bool masked = entry->flags & TIDU_ENTRY_MASKED, csv = entry->flags & TIDU_ENTRY_CSV;
    size_t corrections = json_object_size(replay->set);
    tidu_text_puts(out, ",\"decision\":");
    tidu_history_entry(number, entry, out);
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
        bool good = tidu_tree_amend(replay->set, entry->facts, &corrected) &&
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
    tidu_text terms = {0};
    struct receipt receipt = {.terms = tidu_entry_unsigned(entry, &terms)};
    tidu_hash_print(entry->rules, receipt.rules);
    tidu_hash_print(entry->answer, receipt.answer);
    bool known = tidu_facts_digest(entry->facts, entry->flags & TIDU_ENTRY_CSV, receipt.facts);
    if (known)
        tidu_receipt_seal(&receipt);
    tidu_text_free(&terms);
    return known && strncmp(receipt.digest, replay->name, length) == 0;
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
    if (!tidu_history_walk(&walk, NULL, NULL, reterr))
        return false;
    if (replay->name && !replay->found)
        return tidu_error_set(reterr, TIDU_JOURNAL_NO_ENTRY, replay->name, NULL);
    walk = (struct walk){
        .history = replay->history, .visit = replay_entry, .context = replay, .from = 1};
    replay->counting = false;
    if (!tidu_history_walk(&walk, NULL, NULL, reterr))
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

bool
tidu_history_replay(const struct history *history, const json_t *params, tidu_text *out, tidu_error *reterr)
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
