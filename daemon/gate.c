/*
 * gate.c: what new rules would do, before they do it.
 *
 *   population ─► blocks of records ─► judged by the rules before ─┐
 *                                 └──► judged by the candidate ────┴► who gains,
 *                                                                     who loses
 *
 * A change may say what it does (expect): then exactly that is let through.
 * Without a word more than so many in a hundred enterprises must not gain or
 * lose any one designation. What was said for an earlier change, and stands in
 * the live rules as well, is about that one and not looked at.
 *
 * The population is a file of records, NDJSON or CSV by its name, a snapshot
 * (.tidu), which is asked what the impact is, or the library.
 * Records that one of the two cannot read are counted and left out.
 *
 * Must not know: sockets, how rules take over.
 *
 * Ownership: a comparison owns its counts.
 */
#include "charge.h"

#include "sketch.h"
#include "store/enterprises.h"
#include "tidu/inquiry.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHUNK_BYTES = 1 << 20, MOST_SAMPLES = 5, MOST_IDS = 256 };

/* ---- counts ------------------------------------------------------------------------ */

struct flip {
    char id[32];
    uint64_t gain, lose;
    uint64_t met_before, met_after;
    char gained[MOST_SAMPLES][64], lost[MOST_SAMPLES][64]; /* who, by code or line */
};

struct comparison {
    struct flip flips[MOST_IDS];
    size_t count;
    uint64_t records, refused;
    int32_t as_of;
};

static struct flip *
find(struct comparison *comparison, const char *id)
{
    for (size_t i = 0; i < comparison->count; i++)
        if (strcmp(comparison->flips[i].id, id) == 0)
            return &comparison->flips[i];
    if (comparison->count == MOST_IDS)
        return NULL;
    struct flip *flip = &comparison->flips[comparison->count++];
    snprintf(flip->id, sizeof flip->id, "%s", id);
    return flip;
}

/* ---- judging a block by both ---------------------------------------------------------- */

/* The outcomes of one row: by the index of their designation in the comparison. */
struct outcomes {
    struct comparison *comparison;
    bool met[MOST_IDS];
};

static void
note_outcome(void *context, const char *id, tidu_outcome outcome)
{
    struct outcomes *outcomes = context;
    struct flip *flip = find(outcomes->comparison, id);
    if (flip)
        outcomes->met[flip - outcomes->comparison->flips] = outcome == TIDU_MET;
}

/* A block under way. */
struct trial {
    struct comparison *comparison;
    tidu_evaluation *before, *after;
    tidu_csv *csv_before, *csv_after; /* NULL for JSON */
    tidu_slice rows[TIDU_GATHER_ROWS];
    uint64_t lines[TIDU_GATHER_ROWS];
    uint32_t count;
    uint64_t line;
};

/* Who it is, for a sample: the code, or the number of the record. */
static void
name_row(const struct trial *trial, uint32_t row, char name[64])
{
    size_t length;
    tidu_slice code =
        trial->csv_before ? (tidu_slice){0} : tidu_skim_member(trial->rows[row], "uscc");
    if (!code.length || code.data[0] != '"' || !tidu_skim_text(code, name, 64, &length))
        snprintf(name, 64, "#%llu", (unsigned long long)trial->lines[row]);
}

static void
compare_row(struct trial *trial, uint32_t row)
{
    struct comparison *comparison = trial->comparison;
    struct outcomes before = {.comparison = comparison}, after = {.comparison = comparison};
    tidu_evaluation_outcomes(trial->before, row, note_outcome, &before);
    tidu_evaluation_outcomes(trial->after, row, note_outcome, &after);
    for (size_t i = 0; i < comparison->count; i++) {
        struct flip *flip = &comparison->flips[i];
        flip->met_before += before.met[i];
        flip->met_after += after.met[i];
        if (before.met[i] == after.met[i])
            continue;
        uint64_t nth = after.met[i] ? flip->gain++ : flip->lose++;
        if (nth < MOST_SAMPLES)
            name_row(trial, row, after.met[i] ? flip->gained[nth] : flip->lost[nth]);
    }
}

static void
compare_block(struct trial *trial)
{
    if (!trial->count)
        return;
    tidu_evaluation_run(trial->before);
    tidu_evaluation_run(trial->after);
    for (uint32_t i = 0; i < trial->count; i++)
        compare_row(trial, i);
    tidu_evaluation_clear(trial->before);
    tidu_evaluation_clear(trial->after);
    trial->comparison->records += trial->count;
    trial->count = 0;
}

static tidu_read
read_row(tidu_evaluation *evaluation, tidu_csv *csv, tidu_slice record)
{
    tidu_error error;
    return csv ? tidu_evaluation_csv(evaluation, csv, record.data, record.length, &error)
               : tidu_evaluation_json(evaluation, record.data, record.length, &error);
}

/* Both read it or neither has it: rows have to stay side by side. */
static bool
add_row(struct trial *trial, tidu_slice record)
{
    tidu_read before = read_row(trial->before, trial->csv_before, record);
    if (before == TIDU_READ_ROW) {
        tidu_read after = read_row(trial->after, trial->csv_after, record);
        if (after == TIDU_READ_ROW)
            return true;
        tidu_evaluation_take_back(trial->before);
    }
    return false;
}

static void
add_record(struct trial *trial, tidu_slice record)
{
    trial->line++;
    if (!add_row(trial, record)) {
        compare_block(trial); /* its lists may need the room */
        if (!add_row(trial, record)) {
            trial->comparison->refused++;
            return;
        }
    }
    trial->rows[trial->count] = record;
    trial->lines[trial->count++] = trial->line;
    if (trial->count == TIDU_GATHER_ROWS)
        compare_block(trial);
}

/* ---- the file ------------------------------------------------------------------------------ */

struct source {
    int fd;
    bool csv, last;
    char *data;
    size_t length, capacity;
};

static size_t
measure(const struct source *source, const char *at, size_t length)
{
    if (source->csv)
        return tidu_csv_measure(at, length, source->last);
    const char *newline = length ? memchr(at, '\n', length) : NULL;
    return newline ? (size_t)(newline - at) + 1 : source->last ? length : 0;
}

static bool
fill(struct source *source)
{
    if (source->capacity - source->length < CHUNK_BYTES + TIDU_RECORD_PADDING) {
        size_t capacity = source->length + 2 * CHUNK_BYTES + TIDU_RECORD_PADDING;
        char *data = realloc(source->data, capacity);
        if (!data)
            return false;
        source->data = data;
        source->capacity = capacity;
    }
    ssize_t count = read(source->fd, source->data + source->length, CHUNK_BYTES);
    if (count < 0)
        return false;
    source->last = count == 0;
    source->length += (size_t)count;
    memset(source->data + source->length, 0, TIDU_RECORD_PADDING);
    return true;
}

static bool
is_blank(const char *at, size_t length)
{
    while (length && strchr(" \t\r\n", at[length - 1]) && at[length - 1])
        length--;
    return length == 0;
}

static bool
begin_csv(struct trial *trial, const tidu_ruleset *before, const tidu_ruleset *after,
          tidu_slice heading, tidu_error *reterr)
{
    trial->csv_before = tidu_csv_open(tidu_ruleset_vocabulary(before), heading.data,
                                      heading.length, true, reterr);
    trial->csv_after = trial->csv_before ? tidu_csv_open(tidu_ruleset_vocabulary(after),
                                                         heading.data, heading.length, true, reterr)
                                         : NULL;
    return trial->csv_after != NULL;
}

/* All whole records of what has been read; the block is done when they go. */
static bool
take_records(struct trial *trial, struct source *source, const tidu_ruleset *before,
             const tidu_ruleset *after, tidu_error *reterr)
{
    size_t used = 0, length;
    while (used < source->length &&
           (length = measure(source, source->data + used, source->length - used)) > 0) {
        tidu_slice record = {source->data + used, length};
        used += length;
        if (source->csv && !trial->csv_before) {
            if (!begin_csv(trial, before, after, record, reterr))
                return false;
        } else if (!is_blank(record.data, record.length)) {
            add_record(trial, record);
        }
    }
    compare_block(trial);
    memmove(source->data, source->data + used, source->length - used);
    source->length -= used;
    return true;
}

static bool
read_population(struct trial *trial, const char *file, const tidu_ruleset *before,
                const tidu_ruleset *after, tidu_error *reterr)
{
    struct source source = {.fd = open(file, O_RDONLY | O_CLOEXEC),
                            .csv = tidu_ends_with(file, ".csv")};
    bool good = source.fd >= 0 || tidu_error_set(reterr, TIDU_FILE_READ, file, strerror(errno), NULL);
    while (good && !source.last)
        good = (fill(&source) ||
                tidu_error_set(reterr, TIDU_FILE_READ, file, strerror(errno), NULL)) &&
               take_records(trial, &source, before, after, reterr);
    if (source.fd >= 0)
        close(source.fd);
    free(source.data);
    return good;
}

/* ---- the library ---------------------------------------------------------------------------- */

struct stock {
    struct trial *trial;
    tidu_arena *arena; /* the records of the block */
    tidu_text record;
};

static bool
add_enterprise(void *context, const struct enterprise *enterprise)
{
    struct stock *stock = context;
    tidu_text *record = &stock->record;
    size_t length = tidu_sketch_whole(enterprise->facts, enterprise->titles, record);
    const char *text =
        record->failed ? NULL : tidu_arena_copy_n(stock->arena, record->data, record->length);
    if (!text)
        return false;
    add_record(stock->trial, (tidu_slice){text, length});
    if (!stock->trial->count)
        tidu_arena_reset(stock->arena);
    return true;
}

static bool
read_library(struct trial *trial, const char *folder, tidu_error *reterr)
{
    char file[PATH_MAX];
    struct stock stock = {.trial = trial};
    if (!folder)
        return tidu_error_set(reterr, TIDU_STORE_NO, NULL);
    stock.arena = tidu_arena_open();
    snprintf(file, sizeof file, "%.*s/tidu.db", PATH_MAX - 16, folder);
    struct database *database = tidu_database_read(file, reterr);
    bool good = database && stock.arena &&
                tidu_enterprises_walk(database, &(struct enterprise_filter){.uscc = NULL},
                                      add_enterprise, &stock);
    compare_block(trial);
    if (database && !good)
        tidu_error_set(reterr, TIDU_FILE_READ, file, tidu_database_why(database), NULL);
    tidu_database_close(&database);
    tidu_arena_close(&stock.arena);
    tidu_text_free(&stock.record);
    return good;
}

/* ---- a snapshot ------------------------------------------------------------------------------ */

static uint64_t
count_in(const json_t *of, const char *name)
{
    return (uint64_t)json_integer_value(json_object_get(of, name));
}

/* Those who gained and those who lost, in the order of the snapshot. */
static void
take_samples(const json_t *samples, struct flip *flip)
{
    size_t index, gained = 0, lost = 0;
    json_t *sample;
    json_array_foreach ((json_t *)samples, index, sample) {
        bool before = !strcmp(json_string_value(json_object_get(sample, "before")), "met");
        bool after = !strcmp(json_string_value(json_object_get(sample, "after")), "met");
        const char *uscc = json_string_value(json_object_get(sample, "uscc"));
        if (before == after || (after ? gained : lost) == MOST_SAMPLES)
            continue;
        char *name = after ? flip->gained[gained++] : flip->lost[lost++];
        if (uscc)
            snprintf(name, 64, "%s", uscc);
        else
            snprintf(name, 64, "#%llu", (unsigned long long)count_in(sample, "record"));
    }
}

static void
take_impact(struct comparison *comparison, const json_t *impact)
{
    size_t index;
    json_t *item;
    comparison->records = count_in(json_object_get(impact, "population"), "enterprises");
    json_array_foreach (json_object_get(impact, "designations"), index, item) {
        struct flip *flip = find(comparison, json_string_value(json_object_get(item, "id")));
        if (!flip)
            continue;
        flip->met_before = count_in(json_object_get(item, "before"), "met");
        flip->met_after = count_in(json_object_get(item, "after"), "met");
        flip->gain = count_in(item, "gained");
        flip->lose = count_in(item, "lost");
        take_samples(json_object_get(item, "samples"), flip);
    }
}

static bool
ask_snapshot(struct comparison *comparison, tidu_ruleset *before, tidu_ruleset *after,
             const struct settings *settings, tidu_error *reterr)
{
    tidu_population *population = tidu_population_open(settings->population, reterr);
    const tidu_inquiry inquiry = {.population = population,
                                  .as_of = comparison->as_of,
                                  .threads = (unsigned)settings->job_threads};
    const tidu_reform reforms[] = {{before, NULL, 0}, {after, NULL, 0}};
    tidu_text out = {0};
    bool good = population &&
                tidu_impact(&inquiry, &reforms[0], &reforms[1], MOST_SAMPLES, &out, reterr);
    json_t *impact = good ? json_loadb(out.data, out.length, 0, NULL) : NULL;
    if (impact)
        take_impact(comparison, impact);
    else if (good)
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
    json_decref(impact);
    tidu_text_free(&out);
    tidu_population_close(&population);
    return impact != NULL;
}

/* ---- both -------------------------------------------------------------------------------------- */

static tidu_evaluation *
open_evaluation(tidu_ruleset *ruleset, int32_t as_of, tidu_error *reterr)
{
    tidu_options options = {.as_of = as_of,
                            .explain = TIDU_EXPLAIN_NONE,
                            .lang = TIDU_ZH,
                            .ignore_unknown = true,
                            .include = TIDU_INCLUDE_DESIGNATIONS};
    return tidu_evaluation_open(ruleset, &options, TIDU_GATHER_ROWS, reterr);
}

static bool
compare(struct comparison *comparison, tidu_ruleset *before, tidu_ruleset *after,
        const struct settings *settings, tidu_error *reterr)
{
    struct trial trial = {.comparison = comparison};
    if (tidu_ends_with(settings->population, ".tidu"))
        return ask_snapshot(comparison, before, after, settings, reterr);
    trial.before = open_evaluation(before, comparison->as_of, reterr);
    trial.after = trial.before ? open_evaluation(after, comparison->as_of, reterr) : NULL;
    bool library = strcmp(settings->population, TIDU_POPULATION_LIBRARY) == 0;
    bool good = trial.after &&
                (library ? read_library(&trial, tidu_settings_store(settings), reterr)
                         : read_population(&trial, settings->population, before, after, reterr));
    tidu_csv_close(&trial.csv_before);
    tidu_csv_close(&trial.csv_after);
    tidu_evaluation_close(&trial.before);
    tidu_evaluation_close(&trial.after);
    return good;
}

/* ---- judging the change --------------------------------------------------------------------- */

static bool
same_effect(const tidu_effect *a, const tidu_effect *b)
{
    return strcmp(a->designation, b->designation) == 0 && a->gain == b->gain && a->low == b->low &&
           a->high == b->high && a->as_of == b->as_of;
}

/* True when the candidate says what it does, and not what the rules before it said. */
static bool
says_something(const tidu_ruleset *before, const tidu_ruleset *after)
{
    uint32_t old_count, count;
    const tidu_effect *old = tidu_ruleset_effects(before, &old_count);
    const tidu_effect *effects = tidu_ruleset_effects(after, &count);
    bool same = old_count == count;
    for (uint32_t i = 0; i < count && same; i++)
        same = same_effect(&old[i], &effects[i]);
    return count && !same;
}

/* What is said about one side of one designation: nothing said is none. */
static void
bounds_of(const tidu_ruleset *ruleset, const char *id, bool gain, const tidu_effect **ret_effect,
          double *ret_low, double *ret_high)
{
    uint32_t count;
    const tidu_effect *effects = tidu_ruleset_effects(ruleset, &count);
    *ret_effect = NULL;
    *ret_low = *ret_high = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(effects[i].designation, id) != 0 || effects[i].gain != gain)
            continue;
        *ret_effect = &effects[i];
        *ret_low = effects[i].low;
        *ret_high = effects[i].high;
    }
}

static void
complain(const tidu_ruleset *ruleset, const tidu_effect *effect, tidu_code code, const char *a,
         const char *b, const char *c, tidu_report *report)
{
    tidu_error error;
    if (effect)
        tidu_error_at(&error, code, tidu_ruleset_document(ruleset, effect->document), effect->line,
                      0, 0, a, b, c, NULL);
    else
        tidu_error_set(&error, code, a, b, c, NULL);
    tidu_report_add(report, &error);
}

static void
hold_to_word(const tidu_ruleset *ruleset, const struct flip *flip, bool gain,
             tidu_report *report)
{
    const tidu_effect *effect;
    double low, high;
    uint64_t got = gain ? flip->gain : flip->lose;
    char expected[64], came[32];
    bounds_of(ruleset, flip->id, gain, &effect, &low, &high);
    if ((double)got >= low && (double)got <= high)
        return;
    snprintf(expected, sizeof expected, low < high ? "%.0f–%.0f" : "%.0f", low, high);
    snprintf(came, sizeof came, "%llu", (unsigned long long)got);
    complain(ruleset, effect, gain ? TIDU_GATE_GAIN : TIDU_GATE_LOSE, flip->id, came, expected,
             report);
}

static void
guard(const struct comparison *comparison, const struct flip *flip, size_t most_percent,
      tidu_report *report)
{
    char count[64], of[32], most[32];
    double share = comparison->records ? 100.0 * (double)(flip->gain + flip->lose) /
                                             (double)comparison->records
                                       : 0;
    if (share <= (double)most_percent)
        return;
    tidu_error error;
    snprintf(count, sizeof count, "%llu", (unsigned long long)(flip->gain + flip->lose));
    snprintf(of, sizeof of, "%llu", (unsigned long long)comparison->records);
    snprintf(most, sizeof most, "%zu%%", most_percent);
    tidu_error_set(&error, TIDU_GATE_FLIPS, flip->id, count, of, most, NULL);
    tidu_report_add(report, &error);
}

static void
write_samples(const char *name, char samples[MOST_SAMPLES][64], tidu_text *out)
{
    tidu_text_printf(out, ",\"%s\":[", name);
    for (int i = 0; i < MOST_SAMPLES && samples[i][0]; i++) {
        tidu_text_puts(out, i ? "," : "");
        tidu_text_json(out, samples[i], strlen(samples[i]));
    }
    tidu_text_putc(out, ']');
}

static void
write_comparison(struct comparison *comparison, const tidu_ruleset *before,
                 const tidu_ruleset *after, tidu_text *out)
{
    char date[11];
    tidu_text_printf(out,
                     "{\"before\":\"%.12s\",\"after\":\"%.12s\",\"as_of\":\"%s\",\"records\":%llu,"
                     "\"refused\":%llu,\"designations\":[",
                     tidu_ruleset_digest(before), tidu_ruleset_digest(after),
                     tidu_date_format(comparison->as_of, date),
                     (unsigned long long)comparison->records,
                     (unsigned long long)comparison->refused);
    for (size_t i = 0; i < comparison->count; i++) {
        struct flip *flip = &comparison->flips[i];
        tidu_text_printf(out, "%s{\"id\":", i ? "," : "");
        tidu_text_json(out, flip->id, strlen(flip->id));
        tidu_text_printf(out, ",\"met_before\":%llu,\"met_after\":%llu,\"gain\":%llu,\"lose\":%llu",
                         (unsigned long long)flip->met_before,
                         (unsigned long long)flip->met_after, (unsigned long long)flip->gain,
                         (unsigned long long)flip->lose);
        write_samples("gained", flip->gained, out);
        write_samples("lost", flip->lost, out);
        tidu_text_putc(out, '}');
    }
    tidu_text_puts(out, "]}");
}

/* The day the change is about: its own word, or today. */
static int32_t
day_of(const tidu_ruleset *after, bool says, int32_t today)
{
    uint32_t count;
    const tidu_effect *effects = tidu_ruleset_effects(after, &count);
    for (uint32_t i = 0; i < count && says; i++)
        if (effects[i].as_of != INT32_MIN)
            return effects[i].as_of;
    return today;
}

void
tidu_gate(const struct settings *settings, tidu_ruleset *before, tidu_ruleset *after, int32_t today,
          tidu_report *report, tidu_text *ret_difference)
{
    struct comparison *comparison = calloc(1, sizeof *comparison);
    tidu_error error;
    bool says = says_something(before, after);
    if (!comparison) {
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        tidu_report_add(report, &error);
        return;
    }
    comparison->as_of = day_of(after, says, today);
    if (!compare(comparison, before, after, settings, &error)) {
        tidu_report_add(report, &error);
    } else {
        for (size_t i = 0; i < comparison->count; i++) {
            if (says) {
                hold_to_word(after, &comparison->flips[i], true, report);
                hold_to_word(after, &comparison->flips[i], false, report);
            } else {
                guard(comparison, &comparison->flips[i], settings->most_flips, report);
            }
        }
        write_comparison(comparison, before, after, ret_difference);
    }
    free(comparison);
}
