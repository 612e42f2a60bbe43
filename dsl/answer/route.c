/*
 * route.c: who is responsible, from the county to the ministry.
 *
 * A chain goes up from the region asked about. Where the city of a region is
 * only a name for the districts of a municipality it is left out, and a city
 * that acts as a province speaks to the ministry itself.
 */
#include "internal.h"

#include <stdio.h>
#include <string.h>

/* 市辖区, 县, 省直辖县级行政区划: names for what lies below, with no office. */
static bool
is_nominal(const tidu_region *region)
{
    return !strcmp(region->name, "市辖区") || !strcmp(region->name, "县") ||
           strstr(region->name, "直辖县级");
}

/* The places with offices, from the region up to the country. */
static uint32_t
find_chain(const tidu_regions *regions, uint32_t region, uint32_t chain[TIDU_LEVEL_COUNT])
{
    uint32_t count = 0;
    for (uint32_t at = region; at != TIDU_COUNTRY_CODE; at = tidu_region_parent(at)) {
        const tidu_region *found = tidu_region_find(regions, at);
        if (found && is_nominal(found))
            continue;
        chain[count++] = at;
        if (found && found->acts_as_province)
            break;
    }
    chain[count++] = TIDU_COUNTRY_CODE;
    return count;
}

/* The name of a place as its offices carry it: a district is told with its city. */
static const char *
place_name(const tidu_ruleset *ruleset, uint32_t place)
{
    const tidu_region *region = tidu_region_find(&ruleset->regions, place);
    return place == TIDU_COUNTRY_CODE ? "全国" : region ? region->name : "";
}

static void
write_office(const tidu_ruleset *ruleset, const tidu_acting *acting, uint32_t place,
             tidu_lang lang, tidu_text *out)
{
    bool english = lang == TIDU_EN;
    const tidu_body *body = &ruleset->routing.bodies[acting->body];
    bool named = acting->office && (!english || strcmp(acting->name.en, body->id) != 0);
    if (named || place == TIDU_COUNTRY_CODE) {
        tidu_titles name = acting->office ? acting->name : body->title;
        tidu_text_puts(out, english ? name.en : name.zh);
        return;
    }
    tidu_text_puts(out, english ? body->title.en : place_name(ruleset, place));
    if (!english)
        tidu_text_puts(out, acting->name.zh);
    else
        tidu_text_printf(out, ", %s office, %s",
                         tidu_level_title(tidu_region_level(place), true),
                         place_name(ruleset, place));
}

bool
tidu_office_name(const tidu_ruleset *ruleset, uint32_t body, uint32_t place, int32_t as_of,
                 tidu_lang lang, tidu_text *out)
{
    tidu_acting acting;
    if (!tidu_routing_office(&ruleset->routing, body, place, as_of, &acting))
        return false;
    write_office(ruleset, &acting, place, lang, out);
    return true;
}

void
tidu_place_write(const tidu_ruleset *ruleset, uint32_t place, tidu_text *out)
{
    tidu_text_printf(out, "{\"code\":\"%06u\",\"name\":", place);
    tidu_answer_string(out, place_name(ruleset, place));
    tidu_text_printf(out, ",\"level\":\"%s\"}", tidu_level_name(tidu_region_level(place)));
}

/* ---- one question ---- */

struct question {
    const tidu_ruleset *ruleset;
    const tidu_duty *duty;
    uint32_t number; /* of the duty */
    int32_t as_of;
    tidu_lang lang;
    bool headquarters; /* a central enterprise's subsidiary, which goes through it */
};

static void
write_words(const struct question *question, tidu_text *zh, tidu_text *en, tidu_text *out)
{
    tidu_text_putc(zh, '\0');
    tidu_text_putc(en, '\0');
    if (zh->failed || en->failed)
        out->failed = true;
    else
        tidu_answer_words(out, question->lang, zh->data, en->data);
    tidu_text_free(zh);
    tidu_text_free(en);
}

/* {"body":"miit","name":{…}}; null when nobody acts. */
static void
write_acting(const struct question *question, uint32_t body, uint32_t place, tidu_text *out)
{
    tidu_acting acting;
    tidu_text zh = {0}, en = {0};
    if (!tidu_routing_office(&question->ruleset->routing, body, place, question->as_of, &acting)) {
        tidu_text_puts(out, "null");
        return;
    }
    write_office(question->ruleset, &acting, place, TIDU_ZH, &zh);
    write_office(question->ruleset, &acting, place, TIDU_EN, &en);
    tidu_text_puts(out, "{\"body\":");
    tidu_answer_string(out, question->ruleset->routing.bodies[acting.body].id);
    tidu_text_puts(out, ",\"name\":");
    write_words(question, &zh, &en, out);
    if (acting.office)
        tidu_answer_clause(&acting.office->citation, false, out);
    tidu_text_putc(out, '}');
}

/* All but one: where a place lets another body lead, that one does not help
 * itself. */
static void
write_actors(const struct question *question, const char *key, const uint32_t *bodies,
             uint32_t count, uint32_t but, uint32_t place, tidu_text *out)
{
    bool first = true;
    tidu_text_puts(out, key);
    for (uint32_t i = 0; i < count; i++) {
        if (bodies[i] == but)
            continue;
        if (!first)
            tidu_text_putc(out, ',');
        first = false;
        write_acting(question, bodies[i], place, out);
    }
    tidu_text_putc(out, ']');
}

static void
write_deadlines(const tidu_reroute *route, tidu_text *out)
{
    if (!route || !(route->acknowledge_days || route->plan_days || route->settle_days))
        return;
    tidu_text_printf(out,
                     ",\"working_days\":{\"acknowledge\":%u,\"plan\":%u,\"settle\":%u}",
                     route->acknowledge_days, route->plan_days, route->settle_days);
}

static const char *const certainty_codes[] = {
    [TIDU_VERIFIED] = "verified", [TIDU_ONE_COPY] = "one_copy", [TIDU_FROM_MEMORY] = "memory",
    [TIDU_INFERRED] = "inferred", [TIDU_ILLUSTRATIVE] = "illustrative",
};

/* A place's own word on it, with where it is said. */
static void
write_variation(const tidu_reroute *route, tidu_text *out)
{
    if (!route)
        return;
    tidu_text_printf(out, ",\"said_by\":{\"place\":\"%06u\",\"certainty\":\"%s\"", route->place,
                     certainty_codes[route->certainty]);
    tidu_answer_clause(&route->citation, false, out);
    tidu_text_putc(out, '}');
}

/* Where it is settled first: the lowest place of the chain that is not below
 * the level said. A city that acts as a province is not below one. */
static bool
is_settled_at(const struct question *question, const tidu_reroute *route, uint32_t place)
{
    const tidu_region *region = tidu_region_find(&question->ruleset->regions, place);
    tidu_level level = route && route->level != TIDU_LEVEL_COUNT ? route->level
                                                                 : question->duty->level;
    return tidu_region_level(place) <= level ||
           (level == TIDU_PROVINCE && region && region->acts_as_province);
}

static void
write_link(const struct question *question, uint32_t place, bool *settled, tidu_text *out)
{
    const tidu_duty *duty = question->duty;
    const tidu_reroute *route = tidu_routing_reroute(&question->ruleset->routing, question->number,
                                                     place, question->as_of);
    bool here = !*settled && is_settled_at(question, route, place);
    uint32_t lead = route && route->lead != TIDU_NONE ? (uint32_t)route->lead : duty->lead;
    bool with = route && route->has_with;
    tidu_text_printf(out, "{\"level\":\"%s\",\"region\":{\"code\":\"%06u\",\"name\":",
                     tidu_level_name(tidu_region_level(place)), place);
    tidu_answer_string(out, place_name(question->ruleset, place));
    tidu_text_puts(out, "},\"lead\":");
    write_acting(question, lead, place, out);
    write_actors(question, ",\"with\":[", with ? route->with : duty->joint,
                 with ? route->with_count : duty->joint_count, lead, place, out);
    write_actors(question, ",\"support\":[", duty->support, duty->support_count, lead, place, out);
    write_actors(question, ",\"handler\":[", duty->handlers, duty->handler_count, UINT32_MAX,
                 place, out);
    if (here)
        tidu_text_puts(out, ",\"settles\":true");
    *settled = *settled || here;
    write_deadlines(route, out);
    write_variation(route, out);
    tidu_text_putc(out, '}');
}

/* A subsidiary of a central enterprise: its headquarters, then the ministry. */
static void
write_headquarters(const struct question *question, tidu_text *out)
{
    bool settled = true;
    tidu_text_puts(out, "{\"level\":\"headquarters\",\"lead\":{\"name\":");
    tidu_answer_words(out, question->lang, "所属中央企业集团总部",
                      "headquarters of the central state-owned enterprise");
    tidu_text_puts(out, "}},");
    write_link(question, TIDU_COUNTRY_CODE, &settled, out);
}

static void
write_chain(const struct question *question, uint32_t region, tidu_text *out)
{
    uint32_t chain[TIDU_LEVEL_COUNT + 1];
    uint32_t count = find_chain(&question->ruleset->regions, region, chain);
    bool settled = false;
    tidu_text_puts(out, ",\"chain\":[");
    if (question->headquarters) {
        write_headquarters(question, out);
        count = 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            tidu_text_putc(out, ',');
        write_link(question, chain[i], &settled, out);
    }
    tidu_text_putc(out, ']');
}

static const char *const kind_keys[] = {
    [TIDU_DUTY_MEASURE] = "measure", [TIDU_DUTY_DEMAND] = "demand",
    [TIDU_DUTY_DESIGNATION] = "designation",
};

static const char *const basis_names[] = {
    [TIDU_BASIS_EXPLICIT] = "explicit", [TIDU_BASIS_FIRST_LISTED] = "first_listed",
    [TIDU_BASIS_PRACTICE] = "practice",
};

static void
write_duty(const struct question *question, tidu_text *out)
{
    const tidu_duty *duty = question->duty;
    tidu_text_printf(out, "{\"%s\":", kind_keys[duty->kind]);
    tidu_answer_string(out, duty->id);
    tidu_text_puts(out, ",\"title\":");
    tidu_answer_words(out, question->lang, duty->title.zh, duty->title.en);
    tidu_text_printf(out, ",\"basis\":\"%s\",\"certainty\":\"%s\"", basis_names[duty->basis],
                     certainty_codes[duty->certainty]);
    if (duty->mark) {
        tidu_text_puts(out, ",\"mark\":");
        tidu_answer_string(out, duty->mark);
    }
    tidu_answer_clause(&duty->citation, duty->kind == TIDU_DUTY_MEASURE, out);
    if (duty->note_zh) {
        tidu_text_puts(out, ",\"note\":");
        tidu_answer_words(out, question->lang, duty->note_zh, duty->note_en);
    }
}

/* By id, or by title: people ask for 用能, not for DT-03. */
static int32_t
find_duty(const tidu_routing *routing, const char *name)
{
    int32_t found = tidu_duty_find(routing, name);
    for (uint32_t i = 0; found == TIDU_NONE && i < routing->duty_count; i++)
        if (!strcmp(routing->duties[i].title.zh, name) ||
            !strcmp(routing->duties[i].title.en, name))
            found = (int32_t)i;
    return found;
}

/* With the name that was likely meant, a slip or two away. */
static bool
no_such_duty(const tidu_routing *routing, const char *name, tidu_error *reterr)
{
    size_t characters = tidu_utf8_length(name, strlen(name));
    unsigned limit = characters < 3 ? 0 : characters < 6 ? 1 : 2, best = limit + 1;
    const char *nearest = NULL;
    char en[120] = "", zh[120] = "";
    for (uint32_t i = 0; i < routing->duty_count; i++) {
        const tidu_duty *duty = &routing->duties[i];
        const char *names[] = {duty->id, duty->title.zh, duty->title.en};
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            unsigned distance = tidu_distance(names[k], name, limit);
            if (distance >= best)
                continue;
            best = distance;
            nearest = names[k];
        }
    }
    if (nearest) {
        snprintf(en, sizeof en, "Did you mean %s? ", nearest);
        snprintf(zh, sizeof zh, "是否指 %s？", nearest);
    }
    return tidu_error_set(reterr, TIDU_NO_SUCH_DUTY, name, en, zh, NULL);
}

bool
tidu_ruleset_route(const tidu_ruleset *ruleset, const tidu_route_question *asked_for,
                   tidu_text *out, tidu_error *reterr)
{
    char code[8];
    int32_t number = find_duty(&ruleset->routing, asked_for->duty);
    bool known = !ruleset->regions.count || asked_for->region == TIDU_COUNTRY_CODE ||
                 tidu_region_find(&ruleset->regions, asked_for->region);
    if (number == TIDU_NONE)
        return no_such_duty(&ruleset->routing, asked_for->duty, reterr);
    snprintf(code, sizeof code, "%06u", asked_for->region % 1000000);
    if (!known)
        return tidu_error_set(reterr, TIDU_NO_SUCH_REGION, code, NULL);
    struct question question = {.ruleset = ruleset, .number = (uint32_t)number,
                                .duty = &ruleset->routing.duties[number],
                                .as_of = asked_for->as_of, .lang = asked_for->lang};
    question.headquarters = question.duty->headquarters && asked_for->central_subsidiary;
    write_duty(&question, out);
    tidu_text_printf(out, ",\"ruleset\":\"%.12s\",\"region\":{\"code\":\"%s\",\"name\":",
                     tidu_ruleset_digest(ruleset), code);
    tidu_answer_string(out, place_name(ruleset, asked_for->region));
    tidu_text_putc(out, '}');
    write_chain(&question, asked_for->region, out);
    tidu_text_putc(out, '}');
    return true;
}

bool
tidu_ruleset_office(const tidu_ruleset *ruleset, const char *body, uint32_t region, int32_t as_of,
                    tidu_text *out, tidu_error *reterr)
{
    int32_t found = tidu_body_find(&ruleset->routing, body);
    struct question question = {.ruleset = ruleset, .as_of = as_of, .lang = TIDU_BOTH};
    tidu_acting acting;
    if (found == TIDU_NONE)
        return tidu_error_set(reterr, TIDU_NO_SUCH_BODY, body, NULL);
    if (!tidu_routing_office(&ruleset->routing, (uint32_t)found, region, as_of, &acting))
        return tidu_error_set(reterr, TIDU_NO_OFFICE, body, place_name(ruleset, region), NULL);
    write_acting(&question, (uint32_t)found, region, out);
    return true;
}
