/*
 * matrix.c: one enterprise in every place, and one rule in every place.
 *
 * Only places with a layer of their own can differ from the place they lie in.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- one enterprise ---- */

static bool
write_place(tidu_evaluation *e, const tidu_options *options, const char *text, size_t length,
            tidu_text *out, tidu_error *reterr)
{
    if (!tidu_evaluation_reset(e, options, reterr) ||
        tidu_evaluation_json(e, text, length, reterr) != TIDU_READ_ROW)
        return false;
    tidu_evaluation_run(e);
    tidu_text_puts(out, "{\"place\":");
    tidu_place_write(e->ruleset, options->jurisdiction, out);
    tidu_text_puts(out, ",\"answer\":");
    tidu_evaluation_write(e, 0, out);
    tidu_text_putc(out, '}');
    return true;
}

static bool
write_places(tidu_evaluation *e, tidu_options *options, const char *text, size_t length,
             tidu_text *out, tidu_error *reterr)
{
    for (uint32_t i = 0; i < e->ruleset->plan_count; i++) {
        options->jurisdiction = e->ruleset->plans[i].place;
        if (i)
            tidu_text_putc(out, ',');
        if (!write_place(e, options, text, length, out, reterr))
            return false;
    }
    return true;
}

bool
tidu_ruleset_matrix(tidu_ruleset *ruleset, const tidu_options *options, const char *text,
                    size_t length, tidu_text *out, tidu_error *reterr)
{
    tidu_options wanted = *options;
    char date[11];
    wanted.explain = TIDU_EXPLAIN_BRIEF;
    wanted.include = TIDU_INCLUDE_DESIGNATIONS | TIDU_INCLUDE_SUBSIDIES;
    wanted.jurisdiction = TIDU_COUNTRY_CODE;
    tidu_evaluation *e = tidu_evaluation_open(ruleset, &wanted, 1, reterr);
    if (!e)
        return false;
    tidu_text_printf(out, "{\"ruleset\":\"%.12s\",\"as_of\":\"%s\",\"places\":[",
                     tidu_ruleset_digest(ruleset), tidu_date_format(options->as_of, date));
    bool good = write_places(e, &wanted, text, length, out, reterr);
    tidu_text_putc(out, ']');
    if (good)
        tidu_answer_enterprise(e, 0, out);
    tidu_text_putc(out, '}');
    tidu_evaluation_close(&e);
    return good;
}

/* ---- one rule ---- */

static void
write_deviation(const tidu_ruleset *ruleset, const tidu_deviation *deviation, bool base,
                tidu_lang lang, tidu_text *out)
{
    static const char *const directions[] = {"\"looser\"", "null", "\"stricter\""};
    tidu_text_puts(out, "{\"place\":");
    tidu_place_write(ruleset, deviation->place, out);
    tidu_text_puts(out, ",\"title\":");
    tidu_answer_words(out, lang, deviation->title.zh, deviation->title.en);
    if (deviation->value) {
        tidu_text_puts(out, ",\"value\":");
        tidu_put_spelled(deviation->value, out);
        if (!base) {
            tidu_text_puts(out, ",\"difference\":");
            tidu_text_number(out, deviation->difference);
            if (deviation->unit)
                tidu_text_printf(
                    out, ",\"unit\":\"%s\"",
                    tidu_unit_title(deviation->unit, lang == TIDU_EN ? TIDU_EN : TIDU_ZH));
        }
    }
    if (!base)
        tidu_text_printf(out, ",\"direction\":%s", directions[deviation->direction + 1]);
    if (deviation->citation.document)
        tidu_answer_clause(&deviation->citation, true, out);
    tidu_text_putc(out, '}');
}

bool
tidu_ruleset_compare(const tidu_ruleset *ruleset, const char *rule, int32_t as_of, tidu_lang lang,
                     tidu_text *out, tidu_error *reterr)
{
    tidu_arena *arena = tidu_arena_open();
    const tidu_deviation *list = NULL;
    tidu_deviation base;
    uint32_t count = 0;
    char date[11];
    if (!arena)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    bool good = tidu_ruleset_deviations(ruleset, rule, as_of, arena, &base, &list, &count, reterr);
    if (good) {
        tidu_text_printf(out, "{\"ruleset\":\"%.12s\",\"as_of\":\"%s\",\"rule\":",
                         tidu_ruleset_digest(ruleset), tidu_date_format(as_of, date));
        tidu_answer_string(out, rule);
        tidu_text_puts(out, ",\"default\":");
        write_deviation(ruleset, &base, true, lang, out);
        tidu_text_puts(out, ",\"places\":[");
        for (uint32_t i = 0; i < count; i++) {
            if (i)
                tidu_text_putc(out, ',');
            write_deviation(ruleset, &list[i], false, lang, out);
        }
        tidu_text_printf(out, "],\"same\":%u}",
                         ruleset->plan_count - 1 - (count < ruleset->plan_count ? count : 0));
    }
    tidu_arena_close(&arena);
    return good;
}
