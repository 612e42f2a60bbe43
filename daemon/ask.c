/*
 * ask.c: the parameters of route, matrix and calendar.
 */
#include "ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { YEARS_AHEAD = 3 };

struct asking {
    tidu_ruleset *ruleset;
    const char *method;
    const json_t *params;
    const json_t *record; /* as a tree: what is not judged */
    char *text;           /* with the padding that a reader wants; NULL for no record */
    size_t length;
    int32_t as_of;
    tidu_lang lang;
    tidu_text *out;
    tidu_error *reterr;
};

static tidu_asked
bad(const struct asking *asking, const char *name, const char *takes)
{
    char got[TIDU_ARGUMENT_SIZE] = "…";
    const json_t *value = json_object_get(asking->params, name);
    size_t length = value ? json_dumpb(value, got, 60, JSON_ENCODE_ANY | JSON_COMPACT) : 0;
    if (length < 60)
        got[length] = '\0';
    else
        snprintf(got, sizeof got, "…");
    tidu_error_set(asking->reterr, TIDU_CALL_BAD_PARAM, name, got, takes, NULL);
    return TIDU_ASKED_BAD;
}

static tidu_asked
lacks(const struct asking *asking, const char *name)
{
    tidu_error_set(asking->reterr, TIDU_CALL_PARAM_MISSING, asking->method, name, NULL);
    return TIDU_ASKED_BAD;
}

/* What an error of the library is to whoever asked. */
static tidu_asked
refused(const struct asking *asking)
{
    switch (asking->reterr->code) {
    case TIDU_MEMORY:
        return TIDU_ASKED_MEMORY;
    case TIDU_NO_SUCH_DUTY:
    case TIDU_NO_SUCH_REGION:
    case TIDU_NO_SUCH_RULE:
        return TIDU_ASKED_NOT_FOUND;
    default:
        return TIDU_ASKED_RECORD;
    }
}

/* ---- parameters ---- */

/* False when the parameter is there and is no date. */
static bool
take_date(const struct asking *asking, const char *name, int32_t *ret)
{
    const char *text = json_string_value(json_object_get(asking->params, name));
    return !json_object_get(asking->params, name) ||
           (text && tidu_date_parse(text, strlen(text), ret));
}

static bool
take_region(const struct asking *asking, const char *name, uint32_t *ret)
{
    const char *text = json_string_value(json_object_get(asking->params, name));
    return !json_object_get(asking->params, name) ||
           (text && tidu_region_parse(text, strlen(text), ret));
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
    const char *unknown = json_string_value(json_object_get(asking->params, "unknown_facts"));
    return (tidu_options){.as_of = asking->as_of, .lang = asking->lang,
                          .ignore_unknown = unknown && strcmp(unknown, "ignore") == 0};
}

/* ---- the questions ---- */

/* The region asked about, or where the enterprise is. */
static tidu_asked
ask_route(struct asking *asking)
{
    static const char *const names[] = {"measure", "demand", "designation"};
    tidu_route_question question = {.region = TIDU_COUNTRY_CODE, .as_of = asking->as_of,
                                    .lang = asking->lang};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const json_t *value = json_object_get(asking->params, names[i]);
        if (value && question.duty) {
            tidu_error_set(asking->reterr, TIDU_CALL_PARAM_CLASH, names[i], "measure|demand", NULL);
            return TIDU_ASKED_BAD;
        }
        if (value && !json_is_string(value))
            return bad(asking, names[i], "\"M10-07\"");
        question.duty = value ? json_string_value(value) : question.duty;
    }
    const char *stated = json_string_value(fact_of(asking, "region_code"));
    if (!question.duty)
        return lacks(asking, "measure, demand or designation");
    if (!take_region(asking, "region_code", &question.region))
        return bad(asking, "region_code", "\"440305\"");
    if (!json_object_get(asking->params, "region_code") && stated)
        tidu_region_parse(stated, strlen(stated), &question.region);
    question.central_subsidiary = json_is_true(fact_of(asking, "is_central_soe_subsidiary"));
    return tidu_ruleset_route(asking->ruleset, &question, asking->out, asking->reterr)
               ? TIDU_ASKED_ANSWERED
               : refused(asking);
}

static tidu_asked
ask_matrix(struct asking *asking)
{
    const json_t *rule = json_object_get(asking->params, "rule");
    tidu_options options = options_of(asking);
    if (rule && asking->text) {
        tidu_error_set(asking->reterr, TIDU_CALL_PARAM_CLASH, "record", "rule", NULL);
        return TIDU_ASKED_BAD;
    }
    if (rule && !json_is_string(rule))
        return bad(asking, "rule", "\"srdi/features\"");
    if (!rule && !asking->text)
        return lacks(asking, "record or rule");
    bool good = rule ? tidu_ruleset_compare(asking->ruleset, json_string_value(rule), asking->as_of,
                                            asking->lang, asking->out, asking->reterr)
                     : tidu_ruleset_matrix(asking->ruleset, &options, asking->text, asking->length,
                                           asking->out, asking->reterr);
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

/* The titles as the record states them; it has been read by then. */
static size_t
read_terms(const struct asking *asking, tidu_title_term **ret)
{
    const json_t *titles = json_object_get(asking->record, "titles"), *entry;
    size_t count = 0, index;
    *ret = calloc(json_array_size(titles) + 1, sizeof **ret);
    if (!*ret)
        return 0;
    json_array_foreach ((json_t *)titles, index, entry) {
        const char *id = json_string_value(json_object_get(entry, "id"));
        if (id)
            (*ret)[count++] = (tidu_title_term){
                id, day_of(entry, "granted", INT32_MIN), day_of(entry, "reviewed", INT32_MIN),
                day_of(entry, "cancelled", INT32_MIN), day_of(entry, "expires", INT32_MAX)};
    }
    return count;
}

static tidu_asked
ask_calendar(struct asking *asking)
{
    tidu_options options = options_of(asking);
    int32_t until = tidu_date_shift(asking->as_of, 12 * YEARS_AHEAD);
    tidu_title_term *terms = NULL;
    if (!take_date(asking, "until", &until))
        return bad(asking, "until", "\"YYYY-MM-DD\"");
    size_t count = read_terms(asking, &terms);
    bool good = terms &&
                tidu_ruleset_calendar(asking->ruleset, &options, until, asking->text,
                                      asking->length, terms, count, asking->out, asking->reterr);
    if (!terms)
        tidu_error_set(asking->reterr, TIDU_MEMORY, NULL);
    free(terms);
    return good ? TIDU_ASKED_ANSWERED : refused(asking);
}

static const struct {
    const char *method;
    tidu_asked (*ask)(struct asking *asking);
} questions[] = {{"route", ask_route}, {"matrix", ask_matrix}, {"calendar", ask_calendar}};

tidu_asked
tidu_ask_rules(tidu_ruleset *ruleset, const char *method, const json_t *params, tidu_slice record,
               int32_t today, tidu_lang lang, tidu_text *out, tidu_error *reterr)
{
    struct asking asking = {.ruleset = ruleset, .method = method, .params = params,
                            .record = json_object_get(params, "record"), .as_of = today,
                            .lang = lang, .out = out, .reterr = reterr};
    tidu_asked asked = TIDU_ASKED_MEMORY;
    size_t i = 0;
    while (strcmp(questions[i].method, method) != 0)
        i++;
    if (asking.record && !json_is_object(asking.record))
        return bad(&asking, "record", "{…}");
    if (!take_date(&asking, "as_of", &asking.as_of))
        return bad(&asking, "as_of", "\"YYYY-MM-DD\"");
    if (keep_record(&asking, record))
        asked = questions[i].ask(&asking);
    else
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
    free(asking.text);
    return asked;
}
