/*
 * survey.c: what is asked about the enterprises of the library together.
 *
 *   due        titles that end, and so are to be reviewed, soon
 *   near       enterprises that lack little for a designation
 *   progress   how many hold what, against what policies aim at
 *
 * Must not know: sockets.
 */
#include "look.h"

#include "sketch.h"
#include "skim.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_AIMS = 64 };

/* ---- due --------------------------------------------------------------------------------------------- */

struct ending {
    int32_t day;
    char uscc[TIDU_USCC_LENGTH + 1];
    char region[7];
    char *name;
    char id[32];
    int32_t granted, reviewed;
    bool stated; /* the day; or it comes from the policy's validity */
};

struct endings {
    struct ending *items;
    size_t count, capacity;
    int32_t from, until;
    const char *title; /* only this one; NULL: any of the ladder */
};

static bool
is_told(const struct look *look, const struct endings *endings, const char *id)
{
    bool rung = false;
    for (uint32_t r = 0; r < look->rung_count; r++)
        rung |= strcmp(look->rungs[r].id, id) == 0;
    return endings->title ? strcmp(endings->title, id) == 0 : rung;
}

static bool
add_ending(struct endings *endings, const struct enterprise *enterprise,
           const tidu_title_term *term, int32_t day)
{
    if (endings->count == endings->capacity) {
        size_t capacity = endings->capacity ? 2 * endings->capacity : 64;
        struct ending *items = realloc(endings->items, capacity * sizeof *items);
        if (!items)
            return false;
        endings->items = items;
        endings->capacity = capacity;
    }
    struct ending *ending = &endings->items[endings->count++];
    *ending = (struct ending){.day = day,
                              .granted = term->granted,
                              .reviewed = term->reviewed,
                              .stated = term->expires != INT32_MAX};
    snprintf(ending->uscc, sizeof ending->uscc, "%.*s", (int)enterprise->uscc.length,
             enterprise->uscc.data);
    snprintf(ending->region, sizeof ending->region, "%.*s", (int)enterprise->region.length,
             enterprise->region.data);
    snprintf(ending->id, sizeof ending->id, "%s", term->id);
    ending->name = strndup(enterprise->name.data, enterprise->name.length);
    return true;
}

static bool
look_for_endings(void *context, const struct enterprise *enterprise)
{
    struct look *look = context;
    struct endings *endings = look->context;
    json_t *tree;
    tidu_title_term *terms;
    bool good = tidu_look_goes_on(look);
    size_t count = tidu_look_titles(enterprise, &tree, &terms);
    for (size_t i = 0; i < count && good; i++) {
        int32_t day = tidu_ruleset_last_day(look->desk->rules, &terms[i]);
        if (is_told(look, endings, terms[i].id) && terms[i].cancelled == INT32_MIN &&
            endings->from <= day && day <= endings->until &&
            !add_ending(endings, enterprise, &terms[i], day)) {
            look->failed = true;
            good = tidu_error_set(look->reterr, TIDU_MEMORY, NULL);
        }
    }
    free(terms);
    json_decref(tree);
    return good;
}

static int
by_day(const void *a, const void *b)
{
    const struct ending *x = a, *y = b;
    int order = strcmp(x->uscc, y->uscc);
    return x->day != y->day ? (x->day < y->day ? -1 : 1) : order ? order : strcmp(x->id, y->id);
}

static void
put_day(tidu_text *out, const char *name, int32_t day)
{
    char date[11];
    if (day != INT32_MIN)
        tidu_text_printf(out, ",\"%s\":\"%s\"", name, tidu_date_format(day, date));
}

static void
put_ending(const struct ending *ending, bool first, tidu_text *out)
{
    char date[11];
    tidu_text_printf(out, "%s{\"last_day\":\"%s\",\"uscc\":\"%s\"", first ? "" : ",",
                     tidu_date_format(ending->day, date), ending->uscc);
    tidu_desk_put(out, "enterprise_name",
                  (tidu_slice){ending->name, ending->name ? strlen(ending->name) : 0});
    tidu_desk_put(out, "region_code", (tidu_slice){ending->region, strlen(ending->region)});
    tidu_desk_put(out, "title", (tidu_slice){ending->id, strlen(ending->id)});
    put_day(out, "granted", ending->granted);
    put_day(out, "reviewed", ending->reviewed);
    tidu_text_printf(out, ",\"basis\":\"%s\"}", ending->stated ? "stated" : "validity");
}

static void
write_endings(const struct look *look, struct endings *endings)
{
    size_t told = endings->count < look->limit ? endings->count : (size_t)look->limit;
    if (endings->count)
        qsort(endings->items, endings->count, sizeof *endings->items, by_day);
    tidu_text_printf(look->out, "{\"total\":%zu,\"due\":[", endings->count);
    for (size_t i = 0; i < told; i++)
        put_ending(&endings->items[i], i == 0, look->out);
    tidu_text_puts(look->out, "]}");
}

/* One that a record may hold, on the ladder or beside it. */
static bool
check_title(const struct look *look, const char *id, tidu_error *reterr)
{
    const tidu_layout *layout = &tidu_ruleset_vocabulary(look->desk->rules)->layout;
    for (uint32_t i = 0; id && i < layout->title_count; i++)
        if (strcmp(layout->titles[i].id, id) == 0)
            return true;
    return !id || tidu_rung_find(look->rungs, look->rung_count, id, reterr);
}

bool
tidu_survey_due(struct look *look, const json_t *params, tidu_error *reterr)
{
    struct endings endings = {0};
    look->context = &endings;
    if (!tidu_desk_text(params, "title", &endings.title, reterr) ||
        !tidu_look_open(look, params, reterr))
        return false;
    endings.from = look->as_of;
    endings.until = tidu_date_shift(look->as_of, 12);
    bool good = check_title(look, endings.title, reterr) &&
                tidu_desk_date(params, "from", &endings.from, reterr) &&
                tidu_desk_date(params, "until", &endings.until, reterr);
    if (!good)
        tidu_database_close(&look->database);
    good = good && tidu_look_walk(look, look_for_endings);
    if (good)
        write_endings(look, &endings);
    for (size_t i = 0; i < endings.count; i++)
        free(endings.items[i].name);
    free(endings.items);
    return good;
}

/* ---- progress ------------------------------------------------------------------------------------------ */

/* A number some place aims at; of the country the prefix is empty. */
struct aim {
    char prefix[7];
    uint32_t rung;
    uint64_t held;
};

struct tally {
    uint64_t held[TIDU_MOST_RUNGS], highest[TIDU_MOST_RUNGS], towards[TIDU_MOST_RUNGS];
    uint64_t none; /* who hold none of them */
    struct aim aims[MOST_AIMS];
    size_t aim_count;
};

static bool
count_one(void *context, const struct enterprise *enterprise)
{
    struct look *look = context;
    struct tally *tally = look->context;
    uint32_t held = tidu_look_held(look, enterprise);
    const tidu_rung *tier = tidu_look_tier(look, held);
    for (uint32_t r = 0; r < look->rung_count; r++) {
        tally->held[r] += held >> r & 1;
        tally->towards[r] += tidu_skim_is(enterprise->towards, look->rungs[r].id);
    }
    for (size_t i = 0; i < tally->aim_count; i++) {
        struct aim *aim = &tally->aims[i];
        size_t length = strlen(aim->prefix);
        aim->held += (held >> aim->rung & 1) && enterprise->region.length >= length &&
                     (!length || memcmp(enterprise->region.data, aim->prefix, length) == 0);
    }
    if (tier)
        tally->highest[tier - look->rungs]++;
    else
        tally->none++;
    look->count++;
    return tidu_look_goes_on(look);
}

static void
put_rungs(const struct look *look, const struct tally *tally)
{
    for (uint32_t r = 0; r < look->rung_count; r++) {
        const tidu_rung *rung = &look->rungs[r];
        tidu_text_printf(look->out, "%s{\"id\":\"%s\",\"tier\":%d,\"title\":{\"zh\":",
                         r ? "," : "", rung->id, rung->tier);
        tidu_text_json(look->out, rung->zh, strlen(rung->zh));
        tidu_text_puts(look->out, ",\"en\":");
        tidu_text_json(look->out, rung->en ? rung->en : rung->zh,
                       strlen(rung->en ? rung->en : rung->zh));
        tidu_text_printf(look->out, "},\"hold\":%llu,\"as_highest\":%llu,\"towards\":%llu}",
                         (unsigned long long)tally->held[r], (unsigned long long)tally->highest[r],
                         (unsigned long long)tally->towards[r]);
    }
}

/* What the rules aim at: the tree of their targets, and what has to be counted for each
 * that is about a rung. */
static json_t *
read_targets(const struct look *look, struct tally *tally)
{
    tidu_text text = {0};
    tidu_error error;
    json_t *target, *list = json_array();
    size_t index;
    bool described = tidu_ruleset_describe(look->desk->rules, "targets", &text, &error);
    json_t *tree = described ? json_loadb(text.data, text.length, 0, NULL) : NULL;
    json_array_foreach (json_object_get(tree, "targets"), index, target) {
        const char *id = json_string_value(json_object_get(target, "designation"));
        struct aim *aim = &tally->aims[tally->aim_count];
        for (uint32_t r = 0; r < look->rung_count && id && tally->aim_count < MOST_AIMS; r++) {
            if (strcmp(look->rungs[r].id, id) != 0)
                continue;
            *aim = (struct aim){.rung = r};
            if (json_object_get(target, "place"))
                tidu_desk_prefix(json_string_value(json_object_get(target, "place")), aim->prefix);
            json_array_append(list, target);
            tally->aim_count++;
            break;
        }
    }
    json_decref(tree);
    tidu_text_free(&text);
    return list;
}

/* Each as the rules tell it, with how many of the library count towards it. */
static void
put_targets(const struct look *look, const struct tally *tally, json_t *targets)
{
    json_t *target;
    size_t index;
    json_array_foreach (targets, index, target) {
        double most = json_number_value(json_object_get(target, "count"));
        uint64_t held = tally->aims[index].held;
        json_object_set_new(target, "hold", json_integer((json_int_t)held));
        if (most > 0)
            json_object_set_new(target, "percent",
                                json_real((double)(int64_t)(1000 * (double)held / most) / 10));
    }
    char *written = json_dumps(targets, JSON_COMPACT | JSON_REAL_PRECISION(6));
    tidu_text_puts(look->out, written ? written : "[]");
    free(written);
}

bool
tidu_survey_progress(struct look *look, const json_t *params, tidu_error *reterr)
{
    struct tally tally = {0};
    char date[11];
    look->context = &tally;
    if (!tidu_look_open(look, params, reterr))
        return false;
    json_t *targets = read_targets(look, &tally);
    if (!tidu_look_walk(look, count_one)) {
        json_decref(targets);
        return false;
    }
    tidu_text_printf(look->out, "{\"as_of\":\"%s\",\"enterprises\":%llu,\"without_title\":%llu,\"ladder\":[",
                     tidu_date_format(look->as_of, date), (unsigned long long)look->count,
                     (unsigned long long)tally.none);
    put_rungs(look, &tally);
    tidu_text_puts(look->out, "],\"targets\":");
    put_targets(look, &tally, targets);
    json_decref(targets);
    tidu_text_puts(look->out,
                   ",\"note\":{\"zh\":\"目标是全国或当地的数量，这里只计入本库所列企业\","
                   "\"en\":\"targets are for the country or a place; only what this library lists is counted\"}}");
    return true;
}

/* ---- near ------------------------------------------------------------------------------------------------ */

enum { MOST_LACKING = 8 };

/* What a row comes to: the criteria that are not met, and those nobody can tell. */
struct shortfall {
    size_t unmet, unknown;
    const char *names[2][MOST_LACKING];
};

struct nearness {
    tidu_evaluation *evaluation;
    const char *designation;
    uint64_t most;
    tidu_text record;
    uint64_t unreadable;
};

static void
note_criterion(void *context, const char *id, tidu_outcome outcome)
{
    struct shortfall *shortfall = context;
    size_t *count = outcome == TIDU_UNMET ? &shortfall->unmet : &shortfall->unknown;
    if (outcome == TIDU_MET)
        return;
    if (*count < MOST_LACKING)
        shortfall->names[outcome != TIDU_UNMET][*count] = id;
    ++*count;
}

static void
note_outcome(void *context, const char *id, tidu_outcome outcome)
{
    void **pair = context;
    if (strcmp(id, pair[0]) == 0)
        *(tidu_outcome *)pair[1] = outcome;
}

static void
put_names(tidu_text *out, const char *name, const char *const *ids, size_t count)
{
    tidu_text_printf(out, ",\"%s\":[", name);
    for (size_t i = 0; i < count && i < MOST_LACKING; i++) {
        tidu_text_puts(out, i ? "," : "");
        tidu_text_json(out, ids[i], strlen(ids[i]));
    }
    tidu_text_putc(out, ']');
}

static void
tell_near(struct look *look, const struct enterprise *enterprise)
{
    struct nearness *nearness = look->context;
    struct shortfall shortfall = {0};
    tidu_outcome outcome = TIDU_MET;
    void *pair[] = {(void *)nearness->designation, &outcome};
    tidu_evaluation_run(nearness->evaluation);
    tidu_evaluation_outcomes(nearness->evaluation, 0, note_outcome, pair);
    tidu_evaluation_criteria(nearness->evaluation, 0, nearness->designation, note_criterion,
                             &shortfall);
    if (outcome == TIDU_MET || shortfall.unmet > nearness->most || !tidu_look_next(look, enterprise))
        return;
    tidu_look_begin(look, enterprise);
    put_names(look->out, "unmet", shortfall.names[0], shortfall.unmet);
    put_names(look->out, "undetermined", shortfall.names[1], shortfall.unknown);
    tidu_text_putc(look->out, '}');
    look->count++;
}

static bool
judge_one(void *context, const struct enterprise *enterprise)
{
    struct look *look = context;
    struct nearness *nearness = look->context;
    tidu_text *record = &nearness->record;
    tidu_error error;
    size_t length = tidu_sketch_whole(enterprise->facts, enterprise->titles, record);
    if (!record->failed && tidu_look_wants(look, enterprise) &&
        tidu_evaluation_json(nearness->evaluation, record->data, length, &error) == TIDU_READ_ROW)
        tell_near(look, enterprise);
    else if (tidu_look_wants(look, enterprise))
        nearness->unreadable++;
    tidu_evaluation_clear(nearness->evaluation);
    return tidu_look_goes_on(look) && !look->more;
}

bool
tidu_survey_near(struct look *look, const json_t *params, tidu_error *reterr)
{
    struct nearness nearness = {.most = 1};
    look->context = &nearness;
    if (!tidu_desk_text(params, "designation", &nearness.designation, reterr) ||
        !tidu_desk_number(params, "most", 0, MOST_LACKING, &nearness.most, reterr))
        return false;
    if (!nearness.designation)
        return tidu_desk_lacks("library.near", "designation", reterr);
    if (!tidu_look_open(look, params, reterr))
        return false;
    const char *ids[] = {nearness.designation};
    tidu_options options = {.as_of = look->as_of,
                            .explain = TIDU_EXPLAIN_BRIEF,
                            .ignore_unknown = true,
                            .designations = ids,
                            .designation_count = 1};
    nearness.evaluation = tidu_evaluation_open(look->desk->rules, &options, 1, reterr);
    tidu_text_puts(look->out, "{\"enterprises\":[");
    bool good = nearness.evaluation && tidu_look_walk(look, judge_one);
    tidu_database_close(&look->database);
    tidu_evaluation_close(&nearness.evaluation);
    tidu_text_free(&nearness.record);
    if (!good)
        return false;
    tidu_look_end(look);
    look->out->length--; /* the brace */
    tidu_text_printf(look->out, ",\"unreadable\":%llu}", (unsigned long long)nearness.unreadable);
    return true;
}
