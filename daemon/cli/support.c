/*
 * support.c: what an enterprise may draw on, for people.
 *
 *   可享受的支持，合计114万元以上
 *       ✓ 研发费用加计扣除（100%）：0–114万元（按年）
 *       ? 待定：设备更新贷款贴息
 *   适用的扶持措施16项，待定29项
 *       南山区工业和信息化局：专精特新升小巨人、智能制造工程
 *
 * What is undetermined is only named: the facts it needs stand under what is
 * still needed.
 */
#include "internal.h"

struct support {
    const json_t *answer;
    tidu_lang lang;
    bool colours;
    tidu_text *out;
};

static bool
has_status(const json_t *item, const char *status)
{
    return strcmp(tidu_show_text(item, "status"), status) == 0;
}

static size_t
count_of(const json_t *items, const char *status)
{
    size_t place, count = 0;
    json_t *item;
    json_array_foreach ((json_t *)items, place, item)
        count += has_status(item, status);
    return count;
}

/* ---- money ---- */

static void
put_money(const struct support *support, double sum)
{
    tidu_text_number(support->out, sum);
    tidu_text_puts(support->out, tidu_in(support->lang, "万元", " wan yuan"));
}

/* The sum over all levels, after what may not be drawn together. */
static void
show_total(const struct support *support)
{
    const json_t *money = json_object_get(support->answer, "money");
    const json_t *low = json_object_get(money, "low"), *high = json_object_get(money, "high");
    if (!json_is_number(low) || (json_is_number(high) && json_number_value(high) <= 0))
        return;
    tidu_text_puts(support->out, tidu_in(support->lang, "，合计", ", in all "));
    if (json_is_number(high) && json_number_value(high) > json_number_value(low)) {
        tidu_text_number(support->out, json_number_value(low));
        tidu_text_puts(support->out, "–");
        put_money(support, json_number_value(high));
        return;
    }
    if (!json_is_number(high) && support->lang == TIDU_EN)
        tidu_text_puts(support->out, "at least ");
    put_money(support, json_number_value(low));
    if (!json_is_number(high) && support->lang != TIDU_EN)
        tidu_text_puts(support->out, "以上");
}

/* What may be drawn, one a line with what it comes to. */
static void
show_drawn(const struct support *support, const json_t *subsidies)
{
    size_t place;
    json_t *subsidy;
    json_array_foreach ((json_t *)subsidies, place, subsidy) {
        const char *says = tidu_show_words(json_object_get(subsidy, "says"), support->lang);
        if (!has_status(subsidy, "met"))
            continue;
        tidu_text_puts(support->out, "      ");
        tidu_put_coloured(support->out, support->colours, TIDU_GREEN, "✓");
        tidu_text_printf(support->out, " %s",
                         *says ? says : tidu_show_title(subsidy, support->lang));
        tidu_text_putc(support->out, '\n');
    }
}

static void
show_possible(const struct support *support, const json_t *subsidies)
{
    size_t place, shown = 0;
    json_t *subsidy;
    if (!count_of(subsidies, "undetermined"))
        return;
    tidu_text_puts(support->out, "      ");
    tidu_put_coloured(support->out, support->colours, TIDU_YELLOW, "?");
    tidu_text_puts(support->out, tidu_in(support->lang, " 待定：", " undetermined: "));
    json_array_foreach ((json_t *)subsidies, place, subsidy)
        if (has_status(subsidy, "undetermined"))
            tidu_text_printf(support->out, "%s%s",
                             shown++ ? tidu_in(support->lang, "、", ", ") : "",
                             tidu_show_title(subsidy, support->lang));
    tidu_text_putc(support->out, '\n');
}

static void
show_money(const struct support *support)
{
    const json_t *subsidies = json_object_get(support->answer, "subsidies");
    if (!count_of(subsidies, "met") && !count_of(subsidies, "undetermined"))
        return;
    tidu_text_puts(support->out, "  ");
    tidu_put_coloured(support->out, support->colours, TIDU_BOLD,
                      tidu_in(support->lang, "可享受的支持", "support"));
    show_total(support);
    tidu_text_putc(support->out, '\n');
    show_drawn(support, subsidies);
    show_possible(support, subsidies);
}

/* ---- measures ---- */

static const char *
office_of(const json_t *measure)
{
    const json_t *responsible = json_object_get(measure, "responsible");
    const char *office = tidu_show_text(responsible, "office");
    return *office ? office : tidu_show_text(responsible, "lead");
}

static bool
is_first_of_office(const json_t *measures, size_t place)
{
    size_t other;
    json_t *measure;
    const char *office = office_of(json_array_get(measures, place));
    json_array_foreach ((json_t *)measures, other, measure)
        if (has_status(measure, "met") && strcmp(office_of(measure), office) == 0)
            return other == place;
    return false;
}

static void
show_office(const struct support *support, const json_t *measures, const char *office)
{
    size_t place, shown = 0;
    json_t *measure;
    tidu_text_printf(support->out, tidu_in(support->lang, "      %s：", "      %s: "), office);
    json_array_foreach ((json_t *)measures, place, measure)
        if (has_status(measure, "met") && strcmp(office_of(measure), office) == 0)
            tidu_text_printf(support->out, "%s%s",
                             shown++ ? tidu_in(support->lang, "、", ", ") : "",
                             tidu_show_title(measure, support->lang));
    tidu_text_putc(support->out, '\n');
}

static void
show_measures(const struct support *support)
{
    const json_t *measures = json_object_get(support->answer, "measures");
    size_t met = count_of(measures, "met"), open = count_of(measures, "undetermined"), place;
    json_t *measure;
    char heading[96];
    if (!met && !open)
        return;
    snprintf(heading, sizeof heading,
             tidu_in(support->lang, "适用的扶持措施%zu项，待定%zu项",
                     "measures: %zu apply, %zu undetermined"),
             met, open);
    tidu_text_puts(support->out, "  ");
    tidu_put_coloured(support->out, support->colours, TIDU_BOLD, heading);
    tidu_text_putc(support->out, '\n');
    json_array_foreach ((json_t *)measures, place, measure)
        if (has_status(measure, "met") && is_first_of_office(measures, place))
            show_office(support, measures, office_of(measure));
}

void
tidu_show_support(const json_t *answer, tidu_lang lang, bool colours, tidu_text *out)
{
    const struct support support = {answer, lang, colours, out};
    show_money(&support);
    show_measures(&support);
}
