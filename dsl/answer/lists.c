/*
 * lists.c: what enterprises are supported with, who answers for it and where
 * places may differ, as JSON for those who ask what there is.
 */
#include "internal.h"

#include "tidu/routing.h"

#include <string.h>

/* ---- who answers ---- */

static void
put_bodies(const tidu_routing *routing, const char *key, const uint32_t *bodies, uint32_t count,
           tidu_text *out)
{
    tidu_text_printf(out, ",\"%s\":[", key);
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            tidu_text_putc(out, ',');
        tidu_answer_string(out, routing->bodies[bodies[i]].id);
    }
    tidu_text_putc(out, ']');
}

static void
put_duty(const tidu_ruleset *ruleset, const tidu_duty *duty, tidu_text *out)
{
    const tidu_routing *routing = &ruleset->routing;
    tidu_text_puts(out, "{\"id\":");
    tidu_answer_string(out, duty->id);
    tidu_put_titles(out, duty->title.zh, duty->title.en);
    if (duty->group)
        tidu_put_member(out, "group", duty->group);
    if (duty->kind == TIDU_DUTY_MEASURE)
        tidu_put_member(out, "concerns", duty->government ? "government" : "enterprise");
    tidu_put_member(out, "lead", routing->bodies[duty->lead].id);
    put_bodies(routing, "joint", duty->joint, duty->joint_count, out);
    put_bodies(routing, "support", duty->support, duty->support_count, out);
    tidu_put_member(out, "level", tidu_level_name(duty->level));
    tidu_put_member(out, "mark", duty->mark);
    tidu_answer_clause(&duty->citation, true, out);
    tidu_text_putc(out, '}');
}

static void
list_duties(const tidu_ruleset *ruleset, tidu_duty_kind kind, tidu_text *out)
{
    bool first = true;
    for (uint32_t i = 0; i < ruleset->routing.duty_count; i++) {
        if (ruleset->routing.duties[i].kind != kind)
            continue;
        tidu_put_comma(out, &first);
        put_duty(ruleset, &ruleset->routing.duties[i], out);
    }
}

void
tidu_list_measures(const tidu_ruleset *ruleset, tidu_text *out)
{
    list_duties(ruleset, TIDU_DUTY_MEASURE, out);
}

void
tidu_list_demands(const tidu_ruleset *ruleset, tidu_text *out)
{
    list_duties(ruleset, TIDU_DUTY_DEMAND, out);
}

void
tidu_list_bodies(const tidu_ruleset *ruleset, tidu_text *out)
{
    const tidu_routing *routing = &ruleset->routing;
    bool first = true;
    for (uint32_t i = 0; i < routing->body_count; i++) {
        const tidu_body *body = &routing->bodies[i];
        tidu_put_comma(out, &first);
        tidu_text_puts(out, "{\"id\":");
        tidu_answer_string(out, body->id);
        tidu_put_titles(out, body->title.zh, body->title.en);
        for (int level = TIDU_PROVINCE; level < TIDU_LEVEL_COUNT; level++)
            tidu_put_member(out, tidu_level_name((tidu_level)level), body->names[level]);
        if (body->successor != TIDU_NONE)
            tidu_put_member(out, "successor", routing->bodies[body->successor].id);
        tidu_put_date("effective", body->effective, out);
        tidu_put_date("expires", body->expires, out);
        tidu_put_member(out, "mark", body->mark);
        tidu_text_putc(out, '}');
    }
}

/* Of a local document, the region whose word it is. */
static void
put_place(const tidu_citation *citation, tidu_text *out)
{
    static const char folder[] = "local/";
    const char *path = citation->document ? citation->document->path : "";
    uint32_t code;
    if (strncmp(path, folder, sizeof folder - 1) == 0 &&
        tidu_region_parse(path + sizeof folder - 1, strcspn(path + sizeof folder - 1, "-"), &code))
        tidu_text_printf(out, ",\"place\":\"%06u\"", code);
}

void
tidu_list_targets(const tidu_ruleset *ruleset, tidu_text *out)
{
    bool first = true;
    for (uint32_t i = 0; i < ruleset->routing.target_count; i++) {
        const tidu_target *target = &ruleset->routing.targets[i];
        tidu_put_comma(out, &first);
        tidu_text_puts(out, "{\"id\":");
        tidu_answer_string(out, target->id);
        tidu_put_titles(out, target->title.zh, target->title.en);
        tidu_put_member(out, "designation", target->designation);
        put_place(&target->citation, out);
        tidu_text_puts(out, ",\"count\":");
        tidu_text_number(out, target->count);
        tidu_put_date("by", target->by, out);
        tidu_answer_clause(&target->citation, true, out);
        tidu_text_putc(out, '}');
    }
}

void
tidu_list_regions(const tidu_ruleset *ruleset, tidu_text *out)
{
    const tidu_regions *regions = &ruleset->regions;
    bool first = true;
    for (uint32_t i = 0; i < regions->count; i++) {
        const tidu_region *region = &regions->items[i];
        tidu_put_comma(out, &first);
        tidu_text_printf(out, "{\"code\":\"%06u\"", region->code);
        tidu_put_member(out, "name", region->name);
        tidu_put_member(out, "level", tidu_level_name(tidu_region_level(region->code)));
        if (region->acts_as_province)
            tidu_text_puts(out, ",\"acts_as_province\":true");
        tidu_text_putc(out, '}');
    }
}

/* ---- as declared ---- */

void
tidu_put_spelled(const char *text, tidu_text *out)
{
    text += strspn(text, " \n\t");
    size_t length = strlen(text);
    while (length && strchr(" \n\t", text[length - 1]))
        length--;
    tidu_text_json(out, text, length);
}

static void
put_attribute(const tidu_declaration *declaration, const char *name, tidu_text *out)
{
    const tidu_attr *attr = tidu_attr_find(&declaration->attrs, name);
    if (!attr)
        return;
    tidu_text_printf(out, ",\"%s\":", name);
    if (attr->text) {
        tidu_put_spelled(attr->text, out);
        return;
    }
    tidu_text_putc(out, '[');
    for (uint32_t i = 0; i < attr->item_count; i++) {
        if (i)
            tidu_text_putc(out, ',');
        tidu_answer_string(out, attr->items[i].text ? attr->items[i].text : "");
    }
    tidu_text_putc(out, ']');
}

/* A declaration's own date, or that of its document. */
static void
put_window(const tidu_document_info *document, const tidu_declaration *declaration, tidu_text *out)
{
    if (tidu_attr_find(&declaration->attrs, "effective"))
        put_attribute(declaration, "effective", out);
    else
        tidu_put_date("effective", document->effective, out);
    if (tidu_attr_find(&declaration->attrs, "expires"))
        put_attribute(declaration, "expires", out);
    else
        tidu_put_date("expires", document->expires, out);
}

/* Every declaration of a word, with those of its attributes that are named. */
static void
list_declared(const tidu_ruleset *ruleset, const char *word, const char *const *attributes,
              tidu_text *out)
{
    const tidu_declarations *declared = &ruleset->declarations;
    bool first = true;
    for (uint32_t i = 0; i < declared->declaration_count; i++) {
        const tidu_declaration *declaration = &declared->declarations[i];
        const tidu_document_info *document = &ruleset->documents[declaration->document];
        if (strcmp(declaration->word, word))
            continue;
        tidu_put_comma(out, &first);
        tidu_text_puts(out, "{\"id\":");
        tidu_answer_string(out, declaration->name);
        const char *en = tidu_attr_text(&declaration->attrs, "en", NULL);
        tidu_put_titles(out, tidu_attr_text(&declaration->attrs, "zh", en ? en : declaration->name),
                        en ? en : declaration->name);
        for (size_t a = 0; attributes[a]; a++)
            put_attribute(declaration, attributes[a], out);
        put_window(document, declaration, out);
        put_attribute(declaration, "mark", out);
        tidu_put_member(out, "document", document->id);
        tidu_put_member(out, "path", document->path);
        tidu_text_printf(out, ",\"line\":%u}", declaration->line);
    }
}

void
tidu_list_subsidies(const tidu_ruleset *ruleset, tidu_text *out)
{
    list_declared(ruleset, "subsidy",
                  (const char *const[]){"kind", "amount", "cap", "period", "payer", NULL}, out);
}

void
tidu_list_stacks(const tidu_ruleset *ruleset, tidu_text *out)
{
    list_declared(ruleset, "stack", (const char *const[]){"rule", "of", "counts", "cap", NULL},
                  out);
}

void
tidu_list_slots(const tidu_ruleset *ruleset, tidu_text *out)
{
    list_declared(ruleset, "slot",
                  (const char *const[]){"sets", "level", "tighten", "low", "high", NULL}, out);
}

void
tidu_list_transitions(const tidu_ruleset *ruleset, tidu_text *out)
{
    list_declared(ruleset, "from_old_or_new", (const char *const[]){"before", NULL}, out);
}
