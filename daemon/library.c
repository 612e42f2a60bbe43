/*
 * library.c: what the cultivation library (分级培育库) is asked.
 *
 *   get, search, export   the enterprises, one or many
 *   due                   titles that end, and so are to be reviewed, soon
 *   near                  enterprises that lack little for a designation
 *   progress              how many hold what, against what policies aim at
 *   remove                one, with a reason
 *
 * Titles are told by what they come to on a date. An enterprise's tier is the
 * highest designation of the ladder it holds then.
 *
 * Must not know: sockets.
 */
#include "desk.h"

#include "ask.h"
#include "sketch.h"
#include "skim.h"
#include "store/enterprises.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_RUNGS = 32, MOST_AIMS = 64, USUAL_LIMIT = 100, MOST_LIMIT = 10000, TELL_EVERY = 1024 };

/* The library as one question sees it. */
struct look {
    const struct desk *desk;
    struct database *database;
    struct enterprise_filter filter;
    char region[7];
    const char *tier; /* only these; "none": who holds nothing */
    int32_t as_of;
    uint64_t limit;
    tidu_rung rungs[MOST_RUNGS];
    uint32_t rung_count;
    uint64_t seen, total, count;
    char last[TIDU_USCC_LENGTH + 1]; /* the code that was told last */
    bool more;                       /* there are some behind it */
    bool with_facts;
    tidu_text *out;
    tidu_error *reterr;
    bool failed; /* with *reterr */
    void *context;
};

static bool
open_look(struct look *look, const json_t *params, tidu_error *reterr)
{
    const struct desk *desk = look->desk;
    look->as_of = desk->today;
    look->limit = USUAL_LIMIT;
    look->reterr = reterr;
    if (!tidu_desk_date(params, "as_of", &look->as_of, reterr) ||
        !tidu_desk_region(params, look->region, reterr) ||
        !tidu_desk_number(params, "limit", 1, MOST_LIMIT, &look->limit, reterr) ||
        !tidu_desk_text(params, "name", &look->filter.name, reterr) ||
        !tidu_desk_text(params, "after", &look->filter.after, reterr) ||
        !tidu_desk_text(params, "towards", &look->filter.towards, reterr) ||
        !tidu_desk_text(params, "tier", &look->tier, reterr) ||
        !tidu_desk_flag(params, "facts", &look->with_facts, reterr))
        return false;
    look->filter.region = look->region;
    look->rung_count = tidu_ruleset_ladder(desk->rules, look->as_of, look->rungs, MOST_RUNGS);
    look->database = tidu_desk_open(desk, reterr);
    if (look->database)
        look->total = tidu_enterprises_count(look->database);
    return look->database != NULL;
}

/* Walk, and close. False with the error of whoever came first. */
static bool
walk(struct look *look, bool (*visit)(void *context, const struct enterprise *enterprise))
{
    bool walked = tidu_enterprises_walk(look->database, &look->filter, visit, look);
    if (!walked && !look->failed)
        tidu_error_set(look->reterr, TIDU_STORE_OPEN, look->desk->folder,
                       tidu_database_why(look->database), NULL);
    tidu_database_close(&look->database);
    return walked && !look->failed;
}

static bool
goes_on(struct look *look)
{
    if (look->seen++ % TELL_EVERY == 0 &&
        !tidu_desk_goes_on(look->desk, look->seen - 1, look->total, look->reterr))
        look->failed = true;
    return !look->failed;
}

/* ---- titles on a date ----------------------------------------------------------------------- */

/* The titles of an enterprise; `tree` is theirs, to be let go after them. */
static size_t
read_titles(const struct enterprise *enterprise, json_t **ret_tree, tidu_title_term **ret_terms)
{
    *ret_tree = enterprise->titles.data
                    ? json_loadb(enterprise->titles.data, enterprise->titles.length, 0, NULL)
                    : NULL;
    return tidu_title_terms(*ret_tree, ret_terms);
}

static bool
counts(const struct look *look, const tidu_title_term *term)
{
    return (term->granted == INT32_MIN || term->granted <= look->as_of) &&
           look->as_of <= tidu_ruleset_last_day(look->desk->rules, term);
}

/* Which rungs are held, a bit each. */
static uint32_t
rungs_held(const struct look *look, const struct enterprise *enterprise)
{
    json_t *tree;
    tidu_title_term *terms;
    uint32_t held = 0;
    size_t count = read_titles(enterprise, &tree, &terms);
    for (size_t i = 0; i < count; i++)
        for (uint32_t r = 0; r < look->rung_count; r++)
            if (strcmp(look->rungs[r].id, terms[i].id) == 0 && counts(look, &terms[i]))
                held |= 1u << r;
    free(terms);
    json_decref(tree);
    return held;
}

/* The highest of them; NULL when there is none. */
static const tidu_rung *
tier_of(const struct look *look, uint32_t held)
{
    for (uint32_t r = look->rung_count; r; r--)
        if (held >> (r - 1) & 1 && look->rungs[r - 1].tier)
            return &look->rungs[r - 1];
    return NULL;
}

/* ---- enterprises, told ----------------------------------------------------------------------- */

static void
begin_enterprise(const struct look *look, const struct enterprise *enterprise)
{
    const tidu_rung *tier = tier_of(look, rungs_held(look, enterprise));
    tidu_text *out = look->out;
    tidu_text_puts(out, look->count ? ",{\"uscc\":" : "{\"uscc\":");
    tidu_text_json(out, enterprise->uscc.data, enterprise->uscc.length);
    tidu_desk_put(out, "enterprise_name", enterprise->name);
    tidu_desk_put(out, "region_code", enterprise->region);
    tidu_text_puts(out, ",\"tier\":");
    if (tier)
        tidu_text_json(out, tier->id, strlen(tier->id));
    else
        tidu_text_puts(out, "null");
    tidu_desk_put(out, "towards", enterprise->towards);
}

static void
put_enterprise(const struct look *look, const struct enterprise *enterprise)
{
    tidu_text *out = look->out;
    begin_enterprise(look, enterprise);
    tidu_text_puts(out, ",\"titles\":");
    if (enterprise->titles.data)
        tidu_text_add(out, enterprise->titles.data, enterprise->titles.length);
    else
        tidu_text_puts(out, "null");
    tidu_desk_put_time(out, "since", enterprise->since_s);
    tidu_desk_put_time(out, "changed", enterprise->changed_s);
    if (look->with_facts) {
        tidu_text_puts(out, ",\"facts\":");
        tidu_text_add(out, enterprise->facts.data, enterprise->facts.length);
    }
    tidu_text_putc(out, '}');
}

static bool
is_asked_for(const struct look *look, const struct enterprise *enterprise)
{
    if (!look->tier)
        return true;
    const tidu_rung *tier = tier_of(look, rungs_held(look, enterprise));
    return strcmp(tier ? tier->id : "none", look->tier) == 0;
}

/* True when there is room for one more; the one behind the last says that there is more. */
static bool
next_one(struct look *look, const struct enterprise *enterprise)
{
    if (look->count == look->limit) {
        look->more = true;
        return false;
    }
    snprintf(look->last, sizeof look->last, "%.*s", (int)enterprise->uscc.length,
             enterprise->uscc.data);
    return true;
}

static bool
tell_one(void *context, const struct enterprise *enterprise)
{
    struct look *look = context;
    if (!goes_on(look) || (is_asked_for(look, enterprise) && !next_one(look, enterprise)))
        return false;
    if (is_asked_for(look, enterprise)) {
        put_enterprise(look, enterprise);
        look->count++;
    }
    return true;
}

static void
end_list(const struct look *look)
{
    tidu_text_puts(look->out, "],\"next\":");
    if (look->more)
        tidu_text_json(look->out, look->last, strlen(look->last));
    else
        tidu_text_puts(look->out, "null");
    tidu_text_putc(look->out, '}');
}

static bool
is_rung(const struct look *look, const char *id, tidu_error *reterr)
{
    char list[256] = "";
    size_t length = 0;
    for (uint32_t r = 0; r < look->rung_count; r++) {
        if (strcmp(look->rungs[r].id, id) == 0)
            return true;
        if (length < sizeof list)
            length += (size_t)snprintf(list + length, sizeof list - length, "%s%s", r ? ", " : "",
                                       look->rungs[r].id);
    }
    return tidu_error_set(reterr, TIDU_LIBRARY_NO_RUNG, id, list, NULL);
}

static bool
search(struct look *look, const json_t *params, tidu_error *reterr)
{
    if (!open_look(look, params, reterr))
        return false;
    if (look->tier && strcmp(look->tier, "none") != 0 && !is_rung(look, look->tier, reterr)) {
        tidu_database_close(&look->database);
        return false;
    }
    tidu_text_puts(look->out, "{\"enterprises\":[");
    if (!walk(look, tell_one))
        return false;
    end_list(look);
    return true;
}

/* ---- get ------------------------------------------------------------------------------------------ */

static bool
get(struct look *look, const json_t *params, tidu_error *reterr)
{
    if (!tidu_desk_text(params, "uscc", &look->filter.uscc, reterr))
        return false;
    if (!look->filter.uscc)
        return tidu_desk_lacks("library.get", "uscc", reterr);
    if (!open_look(look, params, reterr))
        return false;
    look->with_facts = true;
    if (!walk(look, tell_one))
        return false;
    return look->count || tidu_error_set(reterr, TIDU_LIBRARY_NONE, look->filter.uscc, NULL);
}

/* ---- export ---------------------------------------------------------------------------------------- */

/* As a record that "load" and "evaluate" take, and "towards" beside. */
static bool
export_one(void *context, const struct enterprise *enterprise)
{
    struct look *look = context;
    if (!goes_on(look) || (is_asked_for(look, enterprise) && !next_one(look, enterprise)))
        return false;
    if (!is_asked_for(look, enterprise))
        return true;
    tidu_text_puts(look->out, look->count++ ? "," : "");
    size_t begin = look->out->length;
    if (enterprise->titles.data)
        tidu_sketch_join(enterprise->facts, enterprise->titles, look->out);
    else
        tidu_text_add(look->out, enterprise->facts.data, enterprise->facts.length);
    if (enterprise->towards.length && look->out->length > begin) {
        look->out->length--; /* the brace */
        tidu_desk_put(look->out, "towards", enterprise->towards);
        tidu_text_putc(look->out, '}');
    }
    return true;
}

static bool
export_all(struct look *look, const json_t *params, tidu_error *reterr)
{
    if (!open_look(look, params, reterr))
        return false;
    tidu_text_puts(look->out, "{\"enterprises\":[");
    if (!walk(look, export_one))
        return false;
    end_list(look);
    return true;
}

/* ---- remove ----------------------------------------------------------------------------------------- */

struct removal {
    tidu_slice uscc;
    bool found;
};

static bool
take_out(struct database *database, void *context)
{
    struct removal *removal = context;
    removal->found = tidu_enterprise_remove(database, removal->uscc);
    return true;
}

static bool
take_away(struct look *look, const json_t *params, tidu_error *reterr)
{
    const char *uscc = NULL, *reason = NULL;
    tidu_text note = {0};
    if (!tidu_desk_text(params, "uscc", &uscc, reterr) ||
        !tidu_desk_text(params, "reason", &reason, reterr))
        return false;
    if (!uscc || !reason || !*reason)
        return tidu_desk_lacks("library.remove", uscc ? "reason" : "uscc", reterr);
    struct removal removal = {.uscc = {uscc, strlen(uscc)}};
    if (!tidu_desk_write(look->desk, take_out, &removal, reterr))
        return false;
    if (!removal.found)
        return tidu_error_set(reterr, TIDU_LIBRARY_NONE, uscc, NULL);
    tidu_text_puts(&note, "\"uscc\":");
    tidu_text_json(&note, uscc, strlen(uscc));
    tidu_desk_put(&note, "reason", (tidu_slice){reason, strlen(reason)});
    tidu_text_putc(&note, '\0');
    tidu_desk_note(look->desk, "library.remove", note.failed ? "" : note.data);
    tidu_text_free(&note);
    tidu_text_puts(look->out, "{\"removed\":true}");
    return true;
}

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
    bool good = goes_on(look);
    size_t count = read_titles(enterprise, &tree, &terms);
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

static bool
due(struct look *look, const json_t *params, tidu_error *reterr)
{
    struct endings endings = {0};
    look->context = &endings;
    if (!tidu_desk_text(params, "title", &endings.title, reterr) ||
        !open_look(look, params, reterr))
        return false;
    endings.from = look->as_of;
    endings.until = tidu_date_shift(look->as_of, 12);
    bool good = tidu_desk_date(params, "from", &endings.from, reterr) &&
                tidu_desk_date(params, "until", &endings.until, reterr);
    if (!good)
        tidu_database_close(&look->database);
    good = good && walk(look, look_for_endings);
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
    uint64_t held[MOST_RUNGS], highest[MOST_RUNGS], towards[MOST_RUNGS];
    uint64_t none; /* who hold none of them */
    struct aim aims[MOST_AIMS];
    size_t aim_count;
};

static bool
count_one(void *context, const struct enterprise *enterprise)
{
    struct look *look = context;
    struct tally *tally = look->context;
    uint32_t held = rungs_held(look, enterprise);
    const tidu_rung *tier = tier_of(look, held);
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
    return goes_on(look);
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

static bool
progress(struct look *look, const json_t *params, tidu_error *reterr)
{
    struct tally tally = {0};
    char date[11];
    look->context = &tally;
    if (!open_look(look, params, reterr))
        return false;
    json_t *targets = read_targets(look, &tally);
    if (!walk(look, count_one)) {
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
    if (outcome == TIDU_MET || shortfall.unmet > nearness->most || !next_one(look, enterprise))
        return;
    begin_enterprise(look, enterprise);
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
    if (!record->failed && is_asked_for(look, enterprise) &&
        tidu_evaluation_json(nearness->evaluation, record->data, length, &error) == TIDU_READ_ROW)
        tell_near(look, enterprise);
    else if (is_asked_for(look, enterprise))
        nearness->unreadable++;
    tidu_evaluation_clear(nearness->evaluation);
    return goes_on(look) && !look->more;
}

static bool
near(struct look *look, const json_t *params, tidu_error *reterr)
{
    struct nearness nearness = {.most = 1};
    look->context = &nearness;
    if (!tidu_desk_text(params, "designation", &nearness.designation, reterr) ||
        !tidu_desk_number(params, "most", 0, MOST_LACKING, &nearness.most, reterr))
        return false;
    if (!nearness.designation)
        return tidu_desk_lacks("library.near", "designation", reterr);
    if (!open_look(look, params, reterr))
        return false;
    const char *ids[] = {nearness.designation};
    tidu_options options = {.as_of = look->as_of,
                            .explain = TIDU_EXPLAIN_BRIEF,
                            .ignore_unknown = true,
                            .designations = ids,
                            .designation_count = 1};
    nearness.evaluation = tidu_evaluation_open(look->desk->rules, &options, 1, reterr);
    tidu_text_puts(look->out, "{\"enterprises\":[");
    bool good = nearness.evaluation && walk(look, judge_one);
    tidu_database_close(&look->database);
    tidu_evaluation_close(&nearness.evaluation);
    tidu_text_free(&nearness.record);
    if (!good)
        return false;
    end_list(look);
    look->out->length--; /* the brace */
    tidu_text_printf(look->out, ",\"unreadable\":%llu}", (unsigned long long)nearness.unreadable);
    return true;
}

/* ---- the methods --------------------------------------------------------------------------------------------- */

static const struct {
    const char *what;
    bool (*ask)(struct look *look, const json_t *params, tidu_error *reterr);
} questions[] = {{"get", get},       {"search", search}, {"export", export_all}, {"due", due},
                 {"near", near},     {"progress", progress}, {"remove", take_away}};

bool
tidu_library_ask(const struct desk *desk, const char *what, const json_t *params, tidu_slice raw,
                 tidu_text *out, tidu_error *reterr)
{
    struct look look = {.desk = desk, .out = out};
    size_t i = 0;
    if (strcmp(what, "load") == 0)
        return tidu_library_load(desk, params, raw, out, reterr);
    while (strcmp(questions[i].what, what) != 0)
        i++;
    return questions[i].ask(&look, params, reterr);
}
