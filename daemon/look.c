/*
 * look.c: the library as one question sees it; see look.h.
 */
#include "look.h"

#include "ask.h"
#include "skim.h"

#include <stdio.h>
#include <stdlib.h>

enum { USUAL_LIMIT = 100, MOST_LIMIT = 10000, TELL_EVERY = 1024 };

/* What is not in the ladder would silently be nobody's. */
static bool
check_rungs(const struct look *look, tidu_error *reterr)
{
    const char *tier = look->tier, *towards = look->filter.towards;
    return (!tier || strcmp(tier, "none") == 0 ||
            tidu_rung_find(look->rungs, look->rung_count, tier, reterr)) &&
           (!towards || tidu_rung_find(look->rungs, look->rung_count, towards, reterr));
}

bool
tidu_look_open(struct look *look, const json_t *params, tidu_error *reterr)
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
    look->rung_count = tidu_ruleset_ladder(desk->rules, look->as_of, look->rungs, TIDU_MOST_RUNGS);
    if (!check_rungs(look, reterr))
        return false;
    look->database = tidu_desk_open(desk, reterr);
    if (look->database)
        look->total = tidu_enterprises_count(look->database);
    return look->database != NULL;
}

bool
tidu_look_walk(struct look *look, bool (*visit)(void *context, const struct enterprise *enterprise))
{
    bool walked = tidu_enterprises_walk(look->database, &look->filter, visit, look);
    if (!walked && !look->failed)
        tidu_error_set(look->reterr, TIDU_STORE_OPEN, look->desk->folder,
                       tidu_database_why(look->database), NULL);
    tidu_database_close(&look->database);
    return walked && !look->failed;
}

bool
tidu_look_goes_on(struct look *look)
{
    if (look->seen++ % TELL_EVERY == 0 &&
        !tidu_desk_goes_on(look->desk, look->seen - 1, look->total, look->reterr))
        look->failed = true;
    return !look->failed;
}

/* ---- titles on a date ----------------------------------------------------------------------- */

size_t
tidu_look_titles(const struct enterprise *enterprise, json_t **ret_tree, tidu_title_term **ret_terms)
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

uint32_t
tidu_look_held(const struct look *look, const struct enterprise *enterprise)
{
    json_t *tree;
    tidu_title_term *terms;
    uint32_t held = 0;
    size_t count = tidu_look_titles(enterprise, &tree, &terms);
    for (size_t i = 0; i < count; i++)
        for (uint32_t r = 0; r < look->rung_count; r++)
            if (strcmp(look->rungs[r].id, terms[i].id) == 0 && counts(look, &terms[i]))
                held |= 1u << r;
    free(terms);
    json_decref(tree);
    return held;
}

const tidu_rung *
tidu_look_tier(const struct look *look, uint32_t held)
{
    for (uint32_t r = look->rung_count; r; r--)
        if (held >> (r - 1) & 1 && look->rungs[r - 1].tier)
            return &look->rungs[r - 1];
    return NULL;
}

/* ---- an enterprise, told ----------------------------------------------------------- */

void
tidu_look_begin(const struct look *look, const struct enterprise *enterprise)
{
    const tidu_rung *tier = tidu_look_tier(look, tidu_look_held(look, enterprise));
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

bool
tidu_look_wants(const struct look *look, const struct enterprise *enterprise)
{
    if (!look->tier)
        return true;
    const tidu_rung *tier = tidu_look_tier(look, tidu_look_held(look, enterprise));
    return strcmp(tier ? tier->id : "none", look->tier) == 0;
}

bool
tidu_look_next(struct look *look, const struct enterprise *enterprise)
{
    if (look->count == look->limit) {
        look->more = true;
        return false;
    }
    snprintf(look->last, sizeof look->last, "%.*s", (int)enterprise->uscc.length,
             enterprise->uscc.data);
    return true;
}

void
tidu_look_end(const struct look *look)
{
    tidu_text_puts(look->out, "],\"next\":");
    if (look->more)
        tidu_text_json(look->out, look->last, strlen(look->last));
    else
        tidu_text_puts(look->out, "null");
    tidu_text_putc(look->out, '}');
}

const tidu_rung *
tidu_rung_find(const tidu_rung *rungs, uint32_t count, const char *id, tidu_error *reterr)
{
    char list[256] = "";
    size_t length = 0;
    for (uint32_t r = 0; r < count; r++) {
        if (strcmp(rungs[r].id, id) == 0)
            return &rungs[r];
        if (length < sizeof list)
            length += (size_t)snprintf(list + length, sizeof list - length, "%s%s", r ? ", " : "",
                                       rungs[r].id);
    }
    tidu_error_set(reterr, TIDU_LIBRARY_NO_RUNG, id, list, NULL);
    return NULL;
}
