/*
 * tell.c: what all results say first: about whom, when, by which rules.
 */
#include "internal.h"

#include <math.h>

#include <string.h>

void
tidu_inquiry_words(const tidu_titles *title, tidu_lang lang, tidu_text *out)
{
    const char *zh = title->zh ? title->zh : "", *en = title->en ? title->en : zh;
    tidu_text_putc(out, '{');
    if (lang != TIDU_EN) {
        tidu_text_puts(out, "\"zh\":");
        tidu_text_json(out, zh, strlen(zh));
    }
    if (lang == TIDU_BOTH)
        tidu_text_putc(out, ',');
    if (lang != TIDU_ZH) {
        tidu_text_puts(out, "\"en\":");
        tidu_text_json(out, en, strlen(en));
    }
    tidu_text_putc(out, '}');
}

void
tidu_inquiry_head(const tidu_inquiry *inquiry, const tidu_reform *reform, tidu_text *out)
{
    const tidu_population_facts about = tidu_population_about(inquiry->population);
    char date[11];
    tidu_text_printf(out,
                     "\"as_of\":\"%s\",\"population\":{\"digest\":\"%s\",\"enterprises\":%llu,"
                     "\"synthetic\":%s",
                     tidu_date_format(inquiry->as_of, date), about.digest,
                     (unsigned long long)about.rows, about.synthetic ? "true" : "false");
    if (about.synthetic)
        tidu_text_printf(out, ",\"seed\":%llu", (unsigned long long)about.seed);
    tidu_text_puts(out, "},");
    tidu_inquiry_rules(reform, out);
}

void
tidu_inquiry_rules(const tidu_reform *reform, tidu_text *out)
{
    tidu_text_printf(out, "\"ruleset\":\"%.12s\",\"changes\":{",
                     tidu_ruleset_digest(reform->ruleset));
    for (size_t i = 0; i < reform->change_count; i++) {
        tidu_text_puts(out, i ? "," : "");
        tidu_text_json(out, reform->changes[i].address, strlen(reform->changes[i].address));
        tidu_text_putc(out, ':');
        tidu_text_json(out, reform->changes[i].value, strlen(reform->changes[i].value));
    }
    tidu_text_putc(out, '}');
}

int64_t
tidu_money_fixed(double amount)
{
    return llround(amount * MONEY_SCALE);
}

void
tidu_money_put(int64_t amount, tidu_text *out)
{
    tidu_text_number(out, (double)amount / MONEY_SCALE);
}
