/*
 * ask.c: the parameters of route, matrix, calendar, whatif, path and missing.
 */
#include "ask.h"

#include "params.h"
#include "skim.h"
#include "tidu/path.h"
#include "tidu/whatif.h"
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { YEARS_AHEAD = 3 };
static const char LAST_DAY[] = "9999-12-31"; /* that can be written */

struct asking {
    struct params params;
    tidu_ruleset *ruleset, *candidate;
    const json_t *record; /* as a tree: what is not judged */
    char *text;           /* with the padding that a reader wants; NULL for no record */
    size_t length;
    int32_t as_of;
    tidu_lang lang;
    bool ignore_unknown;
    tidu_patience patience;
    tidu_text *out;
};

/* What an error of the library is to whoever asked. */
static tidu_asked
refused(const struct asking *asking)
{
    return tidu_param_refused(asking->params.reterr);
}

/* ---- parameters ---- */

static bool
take_unknown_facts(struct asking *asking)
{
    const char *word;
    if (!tidu_param_name(&asking->params, "unknown_facts", &word))
        return false;
    asking->ignore_unknown = word && strcmp(word, "ignore") == 0;
    return !word || asking->ignore_unknown || strcmp(word, "refuse") == 0;
}

/* A fact of the record under any of its names. */
static const json_t *
fact_of(const struct asking *asking, const char *fact)
{
    const tidu_vocabulary *vocabulary = tidu_ruleset_vocabulary(asking->ruleset);
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)asking->record, name, value) {
        const tidu_fact *known = tidu_vocabulary_find(vocabulary, name, strlen(name));
        if (known && strcmp(known->symbol.name, fact) == 0)
            return value;
    }
    return NULL;
}

static bool
keep_record(struct asking *asking, tidu_slice record)
{
    if (!record.data)
        return true;
    asking->text = calloc(record.length + TIDU_RECORD_PADDING, 1);
    if (!asking->text)
        return false;
    memcpy(asking->text, record.data, record.length);
    asking->length = record.length;
    return true;
}

static tidu_options
options_of(const struct asking *asking)
{
    return (tidu_options){
        .as_of = asking->as_of, .lang = asking->lang, .ignore_unknown = asking->ignore_unknown};
}

/* ---- the questions ---- */

/* Exactly one thing to route. */
static tidu_asked
take_duty(const struct asking *asking, const char **ret_duty)
{
    static const struct {
        const char *name, *takes;
    } duties[] = {{"measure", "\"M10-07\""}, {"demand", "\"DT-03\""}, {"designation", "\"srdi\""}};
    const char *first = NULL, *duty;
    for (size_t i = 0; i < sizeof duties / sizeof *duties; i++) {
        if (!tidu_param_name(&asking->params, duties[i].name, &duty))
            return tidu_param_bad(&asking->params, duties[i].name, duties[i].takes);
        if (duty && first) {
            tidu_error_set(asking->params.reterr, TIDU_CALL_PARAM_CLASH, first, duties[i].name,
                           NULL);
            return TIDU_ASKED_BAD;
        }
        first = duty ? duties[i].name : first;
        *ret_duty = duty ? duty : *ret_duty;
    }
    return first ? TIDU_ASKED_ANSWERED
                 : tidu_param_lacks(&asking->params, "measure|demand|designation");
}

/* The record is read as evaluate reads it, so that a misspelt region is told
 * and not answered for the country. */
static bool
read_record(const struct asking *asking)
{
    tidu_options options = options_of(asking);
    tidu_evaluation *evaluation =
        tidu_evaluation_open(asking->ruleset, &options, 1, asking->params.reterr);
    bool good = evaluation && tidu_evaluation_json(evaluation, asking->text, asking->length,
                                                   asking->params.reterr) == TIDU_READ_ROW;
    tidu_evaluation_close(&evaluation);
    return good;
}

/* The region asked about, or where the enterprise is. */
static tidu_asked
ask_route(struct asking *asking)
{
    tidu_route_question question = {
        .region = TIDU_COUNTRY_CODE, .as_of = asking->as_of, .lang = asking->lang};
    tidu_asked asked = take_duty(asking, &question.duty);
    if (asked != TIDU_ASKED_ANSWERED)
        return asked;
    if (!tidu_param_region(&asking->params, "region_code", &question.region))
        return tidu_param_bad(&asking->params, "region_code", "\"440305\"");
    if (asking->text && !read_record(asking))
        return refused(asking);
    const json_t *stated = fact_of(asking, "region_code");
    if (!json_object_get(asking->params.tree, "region_code") && json_is_string(stated))
        tidu_region_parse(json_string_value(stated), json_string_length(stated), &question.region);
    question.central_subsidiary = json_is_true(fact_of(asking, "is_central_soe_subsidiary"));
    return tidu_ruleset_route(asking->ruleset, &question, asking->out, asking->params.reterr)
               ? TIDU_ASKED_ANSWERED
               : refused(asking);
}

static tidu_asked
ask_matrix(struct asking *asking)
{
    const char *rule;
    tidu_options options = options_of(asking);
    if (!tidu_param_name(&asking->params, "rule", &rule))
        return tidu_param_bad(&asking->params, "rule", "\"srdi/features\"");
    if (rule && asking->text) {
        tidu_error_set(asking->params.reterr, TIDU_CALL_PARAM_CLASH, "record", "rule", NULL);
        return TIDU_ASKED_BAD;
    }
    if (!rule && !asking->text)
        return tidu_param_lacks(&asking->params, "record|rule");
    bool good = rule ? tidu_ruleset_compare(asking->ruleset, rule, asking->as_of, asking->lang,
                                            asking->out, asking->params.reterr)
                     : tidu_ruleset_matrix(asking->ruleset, &options, asking->text, asking->length,
                                           asking->out, asking->params.reterr);
    return good ? TIDU_ASKED_ANSWERED : refused(asking);
}

static int32_t
day_of(const json_t *entry, const char *name, int32_t otherwise)
{
    const char *text = json_string_value(json_object_get(entry, name));
    int32_t day = otherwise;
    if (text && tidu_date_parse(text, strlen(text), &day))
        return day;
    return otherwise;
}

size_t
tidu_title_terms(const json_t *titles, tidu_title_term **ret_terms)
{
    const json_t *entry;
    size_t count = 0, index;
    tidu_title_term *terms = calloc(json_array_size(titles) + 1, sizeof *terms);
    *ret_terms = terms;
    if (!terms)
        return 0;
    json_array_foreach ((json_t *)titles, index, entry) {
        const char *id = json_string_value(json_object_get(entry, "id"));
        if (id)
            terms[count++] = (tidu_title_term){
                id, day_of(entry, "granted", INT32_MIN), day_of(entry, "reviewed", INT32_MIN),
                day_of(entry, "cancelled", INT32_MIN), day_of(entry, "expires", INT32_MAX)};
    }
    return count;
}

/* Not before the day it begins, not behind the last one a date can say. */
static tidu_asked
take_until(const struct asking *asking, int32_t *ret_until)
{
    int32_t last = 0;
    char date[11], takes[48];
    tidu_date_parse(LAST_DAY, sizeof LAST_DAY - 1, &last);
    *ret_until = tidu_date_shift(asking->as_of, 12 * YEARS_AHEAD);
    if (*ret_until > last)
        *ret_until = last;
    if (!tidu_param_date(&asking->params, "until", ret_until))
        return tidu_param_bad(&asking->params, "until", "\"YYYY-MM-DD\"");
    snprintf(takes, sizeof takes, "≥ \"%s\" (as_of)", tidu_date_format(asking->as_of, date));
    return *ret_until >= asking->as_of ? TIDU_ASKED_ANSWERED
                                       : tidu_param_bad(&asking->params, "until", takes);
}

static tidu_asked
ask_calendar(struct asking *asking)
{
    tidu_options options = options_of(asking);
    int32_t until;
    tidu_title_term *terms = NULL;
    tidu_asked asked = take_until(asking, &until);
    if (asked != TIDU_ASKED_ANSWERED)
        return asked;
    size_t count = tidu_title_terms(json_object_get(asking->record, "titles"), &terms);
    bool good = terms && tidu_ruleset_calendar(asking->ruleset, &options, until, asking->text,
                                               asking->length, terms, count, asking->out,
                                               asking->params.reterr);
    if (!terms)
        tidu_error_set(asking->params.reterr, TIDU_MEMORY, NULL);
    free(terms);
    return good ? TIDU_ASKED_ANSWERED : refused(asking);
}

/* ---- whatif ---- */

static bool
take_explain(const struct asking *asking, tidu_options *options)
{
    const char *word;
    options->explain = TIDU_EXPLAIN_BRIEF;
    if (!tidu_param_name(&asking->params, "explain", &word))
        return false;
    for (int i = 0; word && tidu_explain_names[i]; i++)
        if (!strcmp(tidu_explain_names[i], word)) {
            options->explain = (tidu_explain)i;
            return true;
        }
    return !word;
}

/* How the record spells the fact that a change names, so that it is replaced and not
 * stated twice; NULL when it does not state it. */
static const char *
spelled_in(const struct asking *asking, const tidu_fact *fact)
{
    const tidu_vocabulary *vocabulary = tidu_ruleset_vocabulary(asking->ruleset);
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)asking->record, name, value)
        if (tidu_vocabulary_find(vocabulary, name, strlen(name)) == fact)
            return name;
    return NULL;
}

/* One value of a fact with years is that of the last full year: the others stay. False
 * when memory ran out. */
static bool
put_change(const struct asking *asking, const char *name, json_t *value, json_t *changes)
{
    const tidu_vocabulary *vocabulary = tidu_ruleset_vocabulary(asking->ruleset);
    const char *dot = strchr(name, '.');
    const tidu_fact *fact =
        tidu_vocabulary_find(vocabulary, name, dot ? (size_t)(dot - name) : strlen(name));
    const char *spelled = fact ? spelled_in(asking, fact) : NULL;
    tidu_text key = {0};
    char date[11];
    if (!spelled)
        spelled = fact ? fact->symbol.name : name;
    bool year = fact && fact->symbol.type.annual && !dot && !json_is_object(value) &&
                json_is_object(json_object_get(asking->record, spelled));
    tidu_text_puts(&key, spelled);
    if (year)
        tidu_text_printf(&key, ".%ld", strtol(tidu_date_format(asking->as_of, date), NULL, 10) - 1);
    else if (fact && dot)
        tidu_text_puts(&key, dot);
    tidu_text_putc(&key, '\0');
    bool put = !key.failed && json_object_set(changes, key.data, value) == 0;
    tidu_text_free(&key);
    return put;
}

/* The record with its changes, padded; NULL when memory ran out. */
static char *
amend(const struct asking *asking, const json_t *asked, size_t *ret_length)
{
    const char *name;
    json_t *value, *changes = json_object();
    tidu_text text = {0};
    bool good = changes != NULL;
    json_object_foreach ((json_t *)asked, name, value)
        good = good && put_change(asking, name, value, changes);
    good = good && tidu_tree_amend(changes, (tidu_slice){asking->text, asking->length}, &text);
    *ret_length = text.length;
    for (int i = 0; i < TIDU_RECORD_PADDING; i++)
        tidu_text_putc(&text, '\0');
    json_decref(changes);
    if (good && !text.failed)
        return text.data;
    tidu_text_free(&text);
    return NULL;
}

static bool
set_thresholds(const struct asking *asking, const json_t *params, tidu_overlay *overlay)
{
    const char *address;
    json_t *value;
    json_object_foreach ((json_t *)params, address, value) {
        tidu_text text = {0};
        if (json_is_string(value))
            tidu_text_puts(&text, json_string_value(value));
        else
            tidu_tree_write(value, &text);
        tidu_text_putc(&text, '\0');
        bool good = text.failed
                        ? tidu_error_set(asking->params.reterr, TIDU_MEMORY, NULL)
                        : tidu_overlay_set(overlay, address, text.data, asking->params.reterr);
        tidu_text_free(&text);
        if (!good)
            return false;
    }
    return true;
}

static tidu_asked
judge_whatif(const struct asking *asking, const json_t *changes, const json_t *params,
             const tidu_options *options)
{
    tidu_whatif whatif = {.options = options,
                          .record = asking->text,
                          .length = asking->length,
                          .candidate = asking->candidate};
    char *changed = NULL;
    bool good = true, taken = true;
    if (json_object_size(changes)) {
        whatif.changed = changed = amend(asking, changes, &whatif.changed_length);
        good = changed || tidu_error_set(asking->params.reterr, TIDU_MEMORY, NULL);
    }
    if (good && json_object_size(params)) {
        whatif.overlay = tidu_overlay_open(asking->ruleset);
        good = whatif.overlay || tidu_error_set(asking->params.reterr, TIDU_MEMORY, NULL);
        good = good && (taken = set_thresholds(asking, params, whatif.overlay));
    }
    good =
        good && tidu_ruleset_whatif(asking->ruleset, &whatif, asking->out, asking->params.reterr);
    tidu_overlay_close(&whatif.overlay);
    free(changed);
    if (good)
        return TIDU_ASKED_ANSWERED;
    tidu_asked asked = refused(asking);
    return !taken && asked == TIDU_ASKED_RECORD ? TIDU_ASKED_BAD : asked; /* a wrong value */
}

static tidu_asked
ask_whatif(struct asking *asking)
{
    const json_t *changes = json_object_get(asking->params.tree, "changes");
    const json_t *params = json_object_get(asking->params.tree, "params");
    tidu_options options = options_of(asking);
    if (!asking->text)
        return tidu_param_lacks(&asking->params, "record");
    if (changes && !json_is_object(changes))
        return tidu_param_bad(&asking->params, "changes", "{\"revenue\": 6000, …}");
    if (params && !json_is_object(params))
        return tidu_param_bad(&asking->params, "params", "{\"lg/main_share#1\": \"65%\", …}");
    if (!json_object_size(changes) && !json_object_size(params) && !asking->candidate)
        return tidu_param_lacks(&asking->params, "changes|params");
    if (json_object_size(params) && asking->candidate) {
        tidu_error_set(asking->params.reterr, TIDU_CALL_PARAM_CLASH, "params", "candidate", NULL);
        return TIDU_ASKED_BAD;
    }
    if (!take_explain(asking, &options))
        return tidu_param_bad(&asking->params, "explain", "none|brief|failed|full");
    if (!tidu_param_region(&asking->params, "jurisdiction", &options.jurisdiction))
        return tidu_param_bad(&asking->params, "jurisdiction", "\"440305\"");
    return judge_whatif(asking, changes, params, &options);
}

/* ---- path ---- */

enum { ALTERNATIVES = 3, MOST_ALTERNATIVES = 16 };

/* Names of facts or titles. False when there is anything else. */
static bool
take_keep(const json_t *list, const char **ret_names)
{
    const json_t *entry;
    size_t index;
    json_array_foreach ((json_t *)list, index, entry) {
        ret_names[index] = json_string_value(entry);
        if (!ret_names[index] || strlen(ret_names[index]) != json_string_length(entry))
            return false;
    }
    return !list || json_is_array(list);
}

static bool
take_effort(const json_t *value, double *ret)
{
    *ret = value ? json_number_value(value) : -1;
    return !value || (json_is_number(value) && *ret >= 0);
}

/* A number is the effort in each direction that is open; for a fact that the vocabulary
 * says nothing of, in both. */
static bool
take_cost(const struct asking *asking, const char *name, const json_t *value, tidu_path_cost *ret)
{
    const tidu_fact *fact =
        tidu_vocabulary_find(tidu_ruleset_vocabulary(asking->ruleset), name, strlen(name));
    double effort = json_number_value(value);
    bool open = fact && (fact->effort.up >= 0 || fact->effort.down >= 0);
    *ret = (tidu_path_cost){name, effort, effort};
    if (json_is_object(value))
        return json_object_size(value) ==
                   !!json_object_get(value, "up") + (size_t) !!json_object_get(value, "down") &&
               json_object_size(value) > 0 && take_effort(json_object_get(value, "up"), &ret->up) &&
               take_effort(json_object_get(value, "down"), &ret->down);
    if (open && fact->effort.up < 0)
        ret->up = -1;
    if (open && fact->effort.down < 0)
        ret->down = -1;
    return json_is_number(value) && effort >= 0;
}

static bool
take_costs(const struct asking *asking, const json_t *costs, tidu_path_cost *ret_costs)
{
    const char *name;
    json_t *value;
    uint32_t count = 0;
    json_object_foreach ((json_t *)costs, name, value)
        if (!take_cost(asking, name, value, &ret_costs[count++]))
            return false;
    return !costs || json_is_object(costs);
}

static tidu_asked
take_path(const struct asking *asking, tidu_path *path, tidu_options *options, const char **names,
          tidu_path_cost *costs)
{
    const json_t *most = json_object_get(asking->params.tree, "alternatives");
    if (!tidu_param_name(&asking->params, "to", &path->to))
        return tidu_param_bad(&asking->params, "to", "\"srdi\"");
    if (!path->to)
        return tidu_param_lacks(&asking->params, "to");
    if (!asking->text)
        return tidu_param_lacks(&asking->params, "record");
    if (!take_keep(json_object_get(asking->params.tree, "keep"), names))
        return tidu_param_bad(&asking->params, "keep", "[\"employees\", …]");
    if (!take_costs(asking, json_object_get(asking->params.tree, "costs"), costs))
        return tidu_param_bad(&asking->params, "costs",
                              "{\"rd_expense\": 1, \"revenue\": {\"up\": 0.1}, …}");
    if (most && (!json_is_integer(most) || json_integer_value(most) < 0 ||
                 json_integer_value(most) > MOST_ALTERNATIVES))
        return tidu_param_bad(&asking->params, "alternatives", "0…16");
    if (!tidu_param_region(&asking->params, "jurisdiction", &options->jurisdiction))
        return tidu_param_bad(&asking->params, "jurisdiction", "\"440305\"");
    path->alternatives = most ? (uint32_t)json_integer_value(most) : ALTERNATIVES;
    return take_until(asking, &path->until);
}

static tidu_asked
ask_path(struct asking *asking)
{
    const json_t *keep = json_object_get(asking->params.tree, "keep");
    const json_t *priced = json_object_get(asking->params.tree, "costs");
    tidu_options options = options_of(asking);
    const char **names = calloc(json_array_size(keep) + 1, sizeof *names);
    tidu_path_cost *costs = calloc(json_object_size(priced) + 1, sizeof *costs);
    tidu_path path = {.options = &options,
                      .record = asking->text,
                      .length = asking->length,
                      .keep = names,
                      .keep_count = (uint32_t)json_array_size(keep),
                      .costs = costs,
                      .cost_count = (uint32_t)json_object_size(priced),
                      .proceed = asking->patience.proceed,
                      .context = asking->patience.context};
    tidu_asked asked = TIDU_ASKED_MEMORY;
    if (names && costs)
        asked = take_path(asking, &path, &options, names, costs);
    else
        tidu_error_set(asking->params.reterr, TIDU_MEMORY, NULL);
    if (asked == TIDU_ASKED_ANSWERED &&
        !tidu_ruleset_path(asking->ruleset, &path, asking->out, asking->params.reterr))
        asked = refused(asking);
    free(names);
    free(costs);
    return asked;
}

/* ---- missing ---- */

enum { MOST_DESIGNATIONS = 64 };

static tidu_asked
ask_missing(struct asking *asking)
{
    const json_t *designations = json_object_get(asking->params.tree, "designations");
    const char *ids[MOST_DESIGNATIONS];
    tidu_options options = options_of(asking);
    if (!asking->text)
        return tidu_param_lacks(&asking->params, "record");
    if (designations &&
        !tidu_param_names(designations, ids, MOST_DESIGNATIONS, &options.designation_count))
        return tidu_param_bad(&asking->params, "designations", "[\"lg\", …]");
    options.designations = options.designation_count ? ids : NULL;
    if (!tidu_param_region(&asking->params, "jurisdiction", &options.jurisdiction))
        return tidu_param_bad(&asking->params, "jurisdiction", "\"440305\"");
    const tidu_path path = {.options = &options,
                            .record = asking->text,
                            .length = asking->length,
                            .proceed = asking->patience.proceed,
                            .context = asking->patience.context};
    return tidu_ruleset_missing(asking->ruleset, &path, asking->out, asking->params.reterr)
               ? TIDU_ASKED_ANSWERED
               : refused(asking);
}

static const struct {
    const char *method;
    tidu_asked (*ask)(struct asking *asking);
} questions[] = {{"route", ask_route},   {"matrix", ask_matrix}, {"calendar", ask_calendar},
                 {"whatif", ask_whatif}, {"path", ask_path},     {"missing", ask_missing}};

tidu_asked
tidu_ask_rules(tidu_ruleset *ruleset, tidu_ruleset *candidate, const char *method,
               const json_t *params, tidu_slice record, int32_t today, tidu_lang lang,
               tidu_patience patience, tidu_text *out, tidu_error *reterr)
{
    struct asking asking = {.params = {params, method, reterr},
                            .ruleset = ruleset,
                            .candidate = candidate,
                            .record = json_object_get(params, "record"),
                            .as_of = today,
                            .lang = lang,
                            .patience = patience,
                            .out = out};
    tidu_asked asked = TIDU_ASKED_MEMORY;
    size_t i = 0;
    /* A record that does not fit a block is the one refusal the library leaves unsaid. */
    tidu_error_set(reterr, TIDU_CALL_RECORD_TOO_LARGE, NULL);
    while (strcmp(questions[i].method, method) != 0)
        i++;
    if (asking.record && !json_is_object(asking.record))
        return tidu_param_bad(&asking.params, "record", "{…}");
    if (!tidu_param_date(&asking.params, "as_of", &asking.as_of))
        return tidu_param_bad(&asking.params, "as_of", "\"YYYY-MM-DD\"");
    if (!take_unknown_facts(&asking))
        return tidu_param_bad(&asking.params, "unknown_facts", "refuse|ignore");
    if (keep_record(&asking, record))
        asked = questions[i].ask(&asking);
    else
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
    free(asking.text);
    return asked;
}
