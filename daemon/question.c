/*
 * question.c: the parameters of evaluate.
 *
 * They are skimmed like the envelope around them: the record stays a slice of
 * the read buffer for its reader, the rest are short words. To add a parameter,
 * add a line to the table and its name to requests.def.
 *
 * Must not know: rules beyond the live ruleset's name, sessions.
 */
#include "internal.h"

#include <stdio.h>

char *
tidu_shorten(tidu_slice text, char *buffer, size_t size)
{
    static const char more[] = "…";
    size_t length = text.length;
    if (length < size) {
        memcpy(buffer, text.data, length);
        buffer[length] = '\0';
        return buffer;
    }
    length = size - sizeof more;
    while (length && ((unsigned char)text.data[length] & 0xC0) == 0x80)
        length--;
    memcpy(buffer, text.data, length);
    memcpy(buffer + length, more, sizeof more);
    return buffer;
}

bool
tidu_question_bad(const struct call *call, const char *name, tidu_slice got, const char *takes)
{
    char shown[64];
    tidu_error error;
    tidu_error_set(&error, TIDU_CALL_BAD_PARAM, name, tidu_shorten(got, shown, sizeof shown), takes,
                   NULL);
    return tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
}

static const char *const unknown_names[] = {"refuse", "ignore", NULL};

static bool
clash(const struct call *call, const char *one, const char *other)
{
    tidu_error error;
    tidu_error_set(&error, TIDU_CALL_PARAM_CLASH, one, other, NULL);
    return tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
}

static bool
take_slice(struct call *call, const char *name, tidu_slice value, char first, const char *takes,
           tidu_slice *place)
{
    if (value.data[0] != first)
        return tidu_question_bad(call, name, value, takes);
    *place = value;
    return true;
}

/* Whatever it is: its reader says best what a record is. */
static bool
take_record(struct call *call, struct question *question, tidu_slice value)
{
    (void)call;
    question->record = value;
    return true;
}

static bool
take_records(struct call *call, struct question *question, tidu_slice value)
{
    return take_slice(call, "records", value, '[', "[{…}, …]", &question->records);
}

static bool
take_csv(struct call *call, struct question *question, tidu_slice value)
{
    return take_slice(call, "csv", value, '"', "\"…\"", &question->csv);
}

static bool
take_designations(struct call *call, struct question *question, tidu_slice value)
{
    return take_slice(call, "designations", value, '[', "[\"lg\", …]",
                      &question->terms.designations);
}

static bool
take_as_of(struct call *call, struct question *question, tidu_slice value)
{
    if (value.length != 12 || !tidu_date_parse(value.data + 1, 10, &question->terms.as_of))
        return tidu_question_bad(call, "as_of", value, "\"YYYY-MM-DD\"");
    return true;
}

static bool
take_explain(struct call *call, struct question *question, tidu_slice value)
{
    unsigned choice;
    if (!tidu_choice_find(value, tidu_explain_names, &choice))
        return tidu_question_bad(call, "explain", value, "none|brief|failed|full");
    question->terms.explain = (tidu_explain)choice;
    return true;
}

static bool
take_lang(struct call *call, struct question *question, tidu_slice value)
{
    unsigned choice;
    if (!tidu_choice_find(value, tidu_lang_names, &choice))
        return tidu_question_bad(call, "lang", value, "zh|en|both");
    question->terms.lang = call->lang = (tidu_lang)choice;
    return true;
}

static bool
take_unknown_facts(struct call *call, struct question *question, tidu_slice value)
{
    unsigned choice;
    if (!tidu_choice_find(value, unknown_names, &choice))
        return tidu_question_bad(call, "unknown_facts", value, "refuse|ignore");
    question->terms.ignore_unknown = choice == 1;
    return true;
}

/* ["designations", "subsidies", "measures"], any of them. */
static bool
take_include(struct call *call, struct question *question, tidu_slice value)
{
    static const char *const parts[] = {"designations", "subsidies", "measures", NULL};
    static const char takes[] = "[\"designations\", \"subsidies\", \"measures\"]";
    tidu_skim skim;
    tidu_skim_item item;
    tidu_skim_step step = TIDU_SKIM_BROKEN;
    unsigned choice;
    if (value.data[0] != '[' || !tidu_skim_open(&skim, value, 1))
        return tidu_question_bad(call, "include", value, takes);
    while ((step = tidu_skim_next(&skim, &item)) == TIDU_SKIM_ITEM) {
        if (!tidu_choice_find(item.value, parts, &choice))
            return tidu_question_bad(call, "include", value, takes);
        question->terms.include |= 1u << choice;
    }
    return (step == TIDU_SKIM_END && question->terms.include) ||
           tidu_question_bad(call, "include", value, takes);
}

static bool
take_jurisdiction(struct call *call, struct question *question, tidu_slice value)
{
    return (value.length == 8 &&
            tidu_region_parse(value.data + 1, 6, &question->terms.jurisdiction)) ||
           tidu_question_bad(call, "jurisdiction", value, "\"440305\"");
}

static bool
take_async(struct call *call, struct question *question, tidu_slice value)
{
    (void)question;
    call->async = tidu_skim_is(value, "true");
    if (call->async && tidu_rpc_refuse_lasting(call, "async"))
        return false;
    return call->async || tidu_skim_is(value, "false") ||
           tidu_question_bad(call, "async", value, "true|false");
}

static bool
take_receipt(struct call *call, struct question *question, tidu_slice value)
{
    question->terms.receipt = tidu_skim_is(value, "true");
    return question->terms.receipt || tidu_skim_is(value, "false") ||
           tidu_question_bad(call, "receipt", value, "true|false");
}

/* "live", or the beginning of the live one's digest; or what the store may have. */
static bool
take_ruleset(struct call *call, struct question *question, tidu_slice value)
{
    enum { SHORTEST = 4 };
    char shown[13], *name = question->ruleset;
    size_t length;
    tidu_error error;
    const char *digest = tidu_ruleset_digest(question->terms.ruleset);
    if (value.data[0] != '"')
        return tidu_question_bad(call, "ruleset", value, "\"live\"");
    if (!tidu_skim_text(value, name, sizeof question->ruleset, &length)) {
        snprintf(name, sizeof question->ruleset, "…");
    } else if (strcmp(name, "live") == 0 ||
               (length >= SHORTEST && strncmp(name, digest, length) == 0)) {
        *name = '\0';
        return true;
    } else if (call->worker->server->store) {
        return true;
    }
    snprintf(shown, sizeof shown, "%.12s", digest);
    tidu_error_set(&error, TIDU_CALL_NO_RULESET, name, shown, NULL);
    return tidu_rpc_refuse(call, TIDU_RPC_NOT_FOUND, &error);
}

/* What evaluate can be told. */
static const struct parameter {
    const char *name;
    bool (*take)(struct call *call, struct question *question, tidu_slice value);
} parameters[] = {
    {"record", take_record},   {"as_of", take_as_of},
    {"explain", take_explain}, {"lang", take_lang},
    {"records", take_records}, {"designations", take_designations},
    {"csv", take_csv},         {"unknown_facts", take_unknown_facts},
    {"ruleset", take_ruleset}, {"include", take_include},
    {"jurisdiction", take_jurisdiction}, {"async", take_async},
    {"receipt", take_receipt},
};
enum { PARAMETER_COUNT = sizeof parameters / sizeof *parameters };

static bool
take_parameter(struct call *call, struct question *question, const tidu_skim_item *item,
               unsigned *seen)
{
    char name[TIDU_SKIM_KEY_SIZE];
    tidu_error error;
    for (unsigned i = 0; i < PARAMETER_COUNT; i++) {
        if (!tidu_skim_is(item->key, parameters[i].name))
            continue;
        if (!(*seen & 1u << i)) {
            *seen |= 1u << i;
            return parameters[i].take(call, question, item->value);
        }
        tidu_error_set(&error, TIDU_CALL_TWICE, parameters[i].name, NULL);
        return tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
    }
    tidu_error_set(&error, TIDU_CALL_UNKNOWN_PARAM, "evaluate",
                   tidu_shorten(item->key, name, sizeof name),
                   tidu_method_parameters(TIDU_METHOD_evaluate), NULL);
    return tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
}

static bool
check_question(struct call *call, const struct question *question)
{
    tidu_error error;
    if (question->record.data && question->records.data)
        return clash(call, "record", "records");
    if (question->csv.data && (question->record.data || question->records.data))
        return clash(call, question->record.data ? "record" : "records", "csv");
    if (question->record.data && call->async)
        return clash(call, "record", "async");
    if (question->record.data || question->records.data || question->csv.data)
        return true;
    tidu_error_set(&error, TIDU_CALL_PARAM_MISSING, "evaluate", "record", NULL);
    return tidu_rpc_refuse(call, TIDU_RPC_BAD_PARAMS, &error);
}

bool
tidu_question_read(struct call *call, struct question *ret_question)
{
    tidu_skim skim;
    tidu_skim_item item;
    tidu_skim_step step = TIDU_SKIM_END;
    unsigned seen = 0;
    tidu_error error;
    *ret_question = (struct question){
        .terms = {.ruleset = call->worker->world->live,
                  .as_of = tidu_worker_today(call->worker),
                  .explain = TIDU_EXPLAIN_FAILED,
                  .lang = call->lang},
    };
    if (call->params.data) {
        tidu_skim_open_known(&skim, call->params, call->longest,
                             (unsigned)tidu_worker_settings(call->worker)->depth);
        while ((step = tidu_skim_next(&skim, &item)) == TIDU_SKIM_ITEM)
            if (!take_parameter(call, ret_question, &item, &seen))
                return false;
    }
    if (step == TIDU_SKIM_END)
        return check_question(call, ret_question);
    /* The message is broken or too deep; tidu_rpc_refuse says which. */
    tidu_error_set(&error, TIDU_CALL_PARAMS, NULL);
    return tidu_rpc_refuse(call, TIDU_RPC_INVALID, &error);
}
