/*
 * describe.c: what a ruleset needs and knows, as JSON.
 */
#include "internal.h"

#include <math.h>
#include <string.h>

void
tidu_put_member(tidu_text *out, const char *key, const char *value)
{
    tidu_text_printf(out, ",\"%s\":", key);
    if (value)
        tidu_answer_string(out, value);
    else
        tidu_text_puts(out, "null");
}

void
tidu_put_titles(tidu_text *out, const char *zh, const char *en)
{
    tidu_text_puts(out, ",\"title\":");
    tidu_answer_words(out, TIDU_BOTH, zh, en);
}

static const char *
type_word(const tidu_type *type)
{
    switch (type->kind) {
    case TIDU_FLAG:
        return "flag";
    case TIDU_DATE:
        return "date";
    case TIDU_CODE:
        return "code";
    case TIDU_SET:
        return "set";
    case TIDU_TEXT:
        return "text";
    case TIDU_LIST:
        return "list";
    default:
        return type->money   ? "money"
               : type->count ? "count"
               : type->years ? "years"
               : type->days  ? "days"
               : type->score ? "score"
               : type->bare  ? "number"
                             : "ratio";
    }
}

static void
write_choices(const tidu_choices *choices, tidu_text *out)
{
    tidu_text_puts(out, ",\"values\":[");
    for (uint32_t i = 0; i < choices->count; i++) {
        const tidu_choice *choice = &choices->items[i];
        tidu_text_puts(out, i ? ",{\"code\":" : "{\"code\":");
        tidu_answer_string(out, choice->code);
        tidu_put_titles(out, choice->zh, choice->en);
        tidu_text_putc(out, '}');
    }
    tidu_text_printf(out, "],\"ordered\":%s", choices->ordered ? "true" : "false");
}

static void
write_bound(const char *key, double bound, tidu_text *out)
{
    if (!isfinite(bound))
        return;
    tidu_text_printf(out, ",\"%s\":", key);
    tidu_text_number(out, bound);
}

static bool
is_read(const tidu_fact *fact)
{
    for (uint32_t i = 0; i < fact->slots.lag_count; i++)
        if (fact->slots.columns[i] != TIDU_NONE)
            return true;
    return fact->slots.test_count || fact->slots.count_column != TIDU_NONE ||
           fact->slots.frame != TIDU_NONE;
}

static void
write_fact_body(const tidu_fact *fact, tidu_text *out)
{
    const tidu_type *type = &fact->symbol.type;
    tidu_text_puts(out, "{\"name\":");
    tidu_answer_string(out, fact->symbol.name);
    tidu_put_titles(out, fact->symbol.zh, fact->symbol.en);
    if (!fact->derived)
        tidu_put_member(out, "type", type_word(type));
    if (type->unit)
        tidu_put_member(out, "unit", tidu_unit_title(type->unit, TIDU_ZH));
    if (type->annual)
        tidu_text_puts(out, ",\"annual\":true");
    if (type->choices)
        write_choices(type->choices, out);
    write_bound("low", fact->low, out);
    write_bound("high", fact->high, out);
}

static void
write_share(const char *key, double value, bool there, bool *first, tidu_text *out)
{
    if (!there)
        return;
    tidu_text_printf(out, "%s\"%s\":", *first ? "" : ",", key);
    tidu_text_number(out, value);
    *first = false;
}

/* What an enterprise can do about it. */
static void
write_effort(const tidu_effort *effort, tidu_text *out)
{
    bool first = true;
    if (effort->up >= 0 || effort->down >= 0 || effort->yearly != 0) {
        tidu_text_puts(out, ",\"change\":{");
        write_share("up", effort->up, effort->up >= 0, &first, out);
        write_share("down", effort->down, effort->down >= 0, &first, out);
        write_share("step", effort->step, effort->up >= 0 || effort->down >= 0, &first, out);
        write_share("yearly", effort->yearly, effort->yearly != 0, &first, out);
        tidu_text_putc(out, '}');
    }
    if (effort->part_of)
        tidu_put_member(out, "part_of", effort->part_of->symbol.name);
}

static void
write_fact(const tidu_ruleset *ruleset, uint32_t number, tidu_text *out)
{
    const tidu_fact *fact = &ruleset->vocabulary.facts[number];
    write_fact_body(fact, out);
    tidu_text_puts(out, ",\"aliases\":[");
    for (uint32_t i = 0; i < fact->alias_count; i++) {
        if (i)
            tidu_text_putc(out, ',');
        tidu_answer_string(out, fact->aliases[i]);
    }
    tidu_text_puts(out, "]");
    if (fact->field_count)
        tidu_text_puts(out, ",\"fields\":[");
    for (uint32_t i = 0; i < fact->field_count; i++) {
        if (i)
            tidu_text_putc(out, ',');
        write_fact_body(&fact->fields[i], out);
        tidu_text_putc(out, '}');
    }
    if (fact->field_count)
        tidu_text_putc(out, ']');
    tidu_put_member(out, "group", fact->group);
    tidu_put_member(out, "source", fact->source);
    if (fact->derived)
        tidu_put_member(out, "derived_from", fact->derived_from);
    else
        tidu_text_printf(out, ",\"read\":%s", is_read(fact) ? "true" : "false");
    if (!fact->derived)
        write_effort(&fact->effort, out);
    tidu_put_member(out, "path", ruleset->documents[fact->document].path);
    tidu_text_printf(out, ",\"line\":%u}", fact->line);
}

void
tidu_put_date(const char *key, int32_t day, tidu_text *out)
{
    char date[11];
    if (day == INT32_MIN || day == INT32_MAX)
        tidu_text_printf(out, ",\"%s\":null", key);
    else
        tidu_text_printf(out, ",\"%s\":\"%s\"", key, tidu_date_format(day, date));
}

static void
write_document(const tidu_ruleset *ruleset, uint32_t number, tidu_text *out)
{
    const tidu_document_info *info = &ruleset->documents[number];
    tidu_text_puts(out, "{\"path\":");
    tidu_answer_string(out, info->path);
    tidu_put_member(out, "id", info->id);
    if (info->zh)
        tidu_put_titles(out, info->zh, info->en);
    tidu_put_member(out, "number", info->number);
    tidu_put_member(out, "source", info->source);
    tidu_put_member(out, "mark", info->mark);
    tidu_put_date("effective", info->effective, out);
    tidu_put_date("expires", info->expires, out);
    tidu_put_member(out, "digest", ruleset->declarations.documents[number].digest);
    tidu_text_putc(out, '}');
}

static bool
is_told_before(const tidu_ruleset *ruleset, uint32_t program, const tidu_document_info *document,
               const char *id)
{
    for (uint32_t p = 0; p < program; p++) {
        const tidu_program *earlier = ruleset->programs[p];
        for (uint32_t d = 0; d < earlier->designation_count; d++)
            if (earlier->designations[d].document == document &&
                !strcmp(earlier->designations[d].id, id))
                return true;
    }
    return false;
}

static void
write_designation(const tidu_program *program, const tidu_designation *designation, tidu_text *out)
{
    tidu_text_puts(out, "{\"id\":");
    tidu_answer_string(out, designation->id);
    tidu_put_titles(out, designation->title.zh, designation->title.en);
    tidu_text_printf(out, ",\"tier\":%d", designation->tier);
    tidu_put_member(out, "document", designation->document->id);
    tidu_put_date("effective", designation->document->effective, out);
    tidu_put_date("expires", designation->document->expires, out);
    tidu_text_puts(out, ",\"criteria\":[");
    for (uint32_t c = 0; c < designation->criterion_count; c++) {
        if (c)
            tidu_text_putc(out, ',');
        tidu_answer_string(out, program->criteria[designation->first_criterion + c].id);
    }
    tidu_text_puts(out, "]}");
}

static void
write_criterion(const tidu_criterion *criterion, tidu_text *out)
{
    tidu_text_puts(out, "{\"id\":");
    tidu_answer_string(out, criterion->id);
    tidu_put_titles(out, criterion->title.zh, criterion->title.en);
    tidu_put_member(out, "document", criterion->citation.document->id);
    tidu_put_member(out, "path", criterion->citation.path);
    tidu_text_printf(out, ",\"line\":%u", criterion->citation.rule_line);
    tidu_put_member(out, "text", criterion->citation.words);
    tidu_put_member(out, "mark", criterion->mark);
    tidu_text_putc(out, '}');
}

static void
write_parameter(const tidu_parameter *parameter, tidu_text *out)
{
    tidu_text_puts(out, "{\"address\":");
    tidu_answer_string(out, parameter->address);
    tidu_put_member(out, "value", parameter->value);
    tidu_put_titles(out, parameter->title.zh, parameter->title.en);
    tidu_put_member(out, "document", parameter->document->id);
    tidu_put_member(out, "path", parameter->document->path);
    tidu_put_member(out, "clause", parameter->path);
    tidu_text_printf(out, ",\"line\":%u,\"column\":%u}", parameter->line, parameter->column);
}

/* ---- the lists ---- */

void
tidu_put_comma(tidu_text *out, bool *first)
{
    if (!*first)
        tidu_text_putc(out, ',');
    *first = false;
}

static void
list_facts(const tidu_ruleset *ruleset, tidu_text *out)
{
    bool first = true;
    for (uint32_t i = 0; i < ruleset->vocabulary.fact_count; i++) {
        tidu_put_comma(out, &first);
        write_fact(ruleset, i, out);
    }
}

static void
list_documents(const tidu_ruleset *ruleset, tidu_text *out)
{
    bool first = true;
    for (uint32_t i = 0; i < ruleset->document_count; i++) {
        tidu_put_comma(out, &first);
        write_document(ruleset, i, out);
    }
}

static void
list_ruled(const tidu_ruleset *ruleset, bool criteria, tidu_text *out)
{
    bool first = true;
    for (uint32_t p = 0; p < ruleset->program_count; p++) {
        const tidu_program *program = ruleset->programs[p];
        for (uint32_t d = 0; d < program->designation_count; d++) {
            const tidu_designation *designation = &program->designations[d];
            if (!designation->told ||
                is_told_before(ruleset, p, designation->document, designation->id))
                continue;
            if (!criteria) {
                tidu_put_comma(out, &first);
                write_designation(program, designation, out);
            }
            for (uint32_t c = 0; criteria && c < designation->criterion_count; c++) {
                tidu_put_comma(out, &first);
                write_criterion(&program->criteria[designation->first_criterion + c], out);
            }
        }
    }
}

static void
list_designations(const tidu_ruleset *ruleset, tidu_text *out)
{
    list_ruled(ruleset, false, out);
}

static void
list_criteria(const tidu_ruleset *ruleset, tidu_text *out)
{
    list_ruled(ruleset, true, out);
}

static void
list_parameters(const tidu_ruleset *ruleset, tidu_text *out)
{
    bool first = true;
    for (uint32_t i = 0; i < ruleset->parameter_count; i++) {
        tidu_put_comma(out, &first);
        write_parameter(&ruleset->parameters[i], out);
    }
}

/* A stretch of time in which nothing changes, and its steps as text. */
static void
write_program(const tidu_program *program, uint32_t place, tidu_text *out)
{
    tidu_text steps = {0};
    tidu_text_printf(out, "{\"place\":\"%06u\",\"steps\":%u", place, program->step_count);
    tidu_put_date("effective", program->from, out);
    tidu_put_date("expires", program->until, out);
    tidu_program_print(program, &steps);
    tidu_text_puts(out, ",\"text\":");
    tidu_text_json(out, steps.data ? steps.data : "", steps.length);
    tidu_text_putc(out, '}');
    out->failed = out->failed || steps.failed;
    tidu_text_free(&steps);
}

/* A place's timeline, but for what it shares with the country. */
static void
list_timeline(const tidu_ruleset *ruleset, const tidu_timeline *timeline, uint32_t place,
              bool *first, tidu_text *out)
{
    const tidu_timeline *country = &ruleset->plans[0].ladder;
    for (uint32_t p = 0; p < timeline->count; p++) {
        const tidu_program *program = timeline->programs[p];
        if (timeline != country && tidu_timeline_program(country, program->from) == program)
            continue;
        tidu_put_comma(out, first);
        write_program(program, place, out);
    }
}

static void
list_programs(const tidu_ruleset *ruleset, tidu_text *out)
{
    bool first = true;
    for (uint32_t i = 0; i < ruleset->plan_count; i++) {
        const tidu_plan *plan = &ruleset->plans[i];
        if (!i || plan->ladder.programs != ruleset->plans[0].ladder.programs)
            list_timeline(ruleset, &plan->ladder, plan->place, &first, out);
        list_timeline(ruleset, &plan->local, plan->place, &first, out);
    }
}

/* Long lists, and what only engineers ask for, are told when asked for by name. */
static const struct {
    const char *name;
    bool by_name;
    void (*list)(const tidu_ruleset *ruleset, tidu_text *out);
} topics[] = {
    {"documents", false, list_documents},      {"designations", false, list_designations},
    {"criteria", false, list_criteria},        {"parameters", false, list_parameters},
    {"measures", false, tidu_list_measures},   {"demands", false, tidu_list_demands},
    {"subsidies", false, tidu_list_subsidies}, {"stacks", false, tidu_list_stacks},
    {"slots", false, tidu_list_slots},         {"transitions", false, tidu_list_transitions},
    {"targets", false, tidu_list_targets},     {"facts", false, list_facts},
    {"bodies", true, tidu_list_bodies},        {"regions", true, tidu_list_regions},
    {"programs", true, list_programs},
};

static bool
is_topic(const char *what)
{
    for (size_t t = 0; t < sizeof topics / sizeof *topics; t++)
        if (!strcmp(what, topics[t].name))
            return true;
    return false;
}

static bool
refuse_topic(const char *what, tidu_error *reterr)
{
    tidu_text all = {0};
    for (size_t t = 0; t < sizeof topics / sizeof *topics; t++)
        tidu_text_printf(&all, "%s%s", t ? ", " : "", topics[t].name);
    tidu_text_putc(&all, '\0');
    tidu_error_set(reterr, TIDU_NO_SUCH_TOPIC, what, all.failed ? "" : all.data, NULL);
    tidu_text_free(&all);
    return false;
}

bool
tidu_ruleset_describe(const tidu_ruleset *ruleset, const char *what, tidu_text *out,
                      tidu_error *reterr)
{
    bool first = true;
    if (what && !is_topic(what))
        return refuse_topic(what, reterr);
    tidu_text_putc(out, '{');
    for (size_t t = 0; t < sizeof topics / sizeof *topics; t++) {
        if (what ? strcmp(what, topics[t].name) : topics[t].by_name)
            continue;
        tidu_put_comma(out, &first);
        tidu_text_printf(out, "\"%s\":[", topics[t].name);
        topics[t].list(ruleset, out);
        tidu_text_putc(out, ']');
    }
    tidu_text_putc(out, '}');
    return true;
}
