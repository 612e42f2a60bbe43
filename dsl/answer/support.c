/*
 * support.c: what an enterprise may draw on: money, and measures.
 *
 * Awards that a local stack holds are told by the local program, with what the
 * stack leaves of them; the ladder's own entry gives way. The sum over all of
 * them is one interval: what is sure, and what unknown facts leave possible.
 */
#include "internal.h"

#include "tidu/decimal.h"

#include <stdio.h>
#include <string.h>

bool
tidu_wants(asked *e, unsigned part)
{
    return e->options.include & part;
}

/* ---- who tells ---- */

bool
tidu_subsidy_in_force(const tidu_subsidy *subsidy, int32_t as_of)
{
    return subsidy->effective <= as_of && as_of <= subsidy->expires;
}

bool
tidu_measure_told(asked *e, uint32_t row, const tidu_measure *measure)
{
    return e->options.explain == TIDU_EXPLAIN_FULL ||
           tidu_run_truth(e->run, measure->rule.status, row) != TIDU_FALSE;
}

/* The local program of a row whose ladder is looked through. */
static bool
look_past_ladder(asked *e, uint32_t row, struct tidu_evaluation *ret_local)
{
    return e->program == e->lanes[e->places[row].ladder]->program &&
           tidu_look_nth(e, row, 1, ret_local);
}

/* Whether the local program of the row tells of this award of the country. */
static bool
is_taken_over(asked *e, uint32_t row, const tidu_subsidy *subsidy)
{
    struct tidu_evaluation local;
    if (!look_past_ladder(e, row, &local))
        return false;
    for (uint32_t i = 0; i < local.program->subsidy_count; i++) {
        const tidu_subsidy *other = &local.program->subsidies[i];
        if (other->told && other->place == TIDU_COUNTRY_CODE &&
            !strcmp(other->rule.id, subsidy->rule.id))
            return true;
    }
    return false;
}

/* A stack of the country that is inside one of the place's. */
static bool
is_stacked_there(asked *e, uint32_t row, const tidu_stack *stack)
{
    struct tidu_evaluation local;
    if (!look_past_ladder(e, row, &local))
        return false;
    for (uint32_t i = 0; i < local.program->stack_count; i++)
        if (!strcmp(local.program->stacks[i].id, stack->id))
            return true;
    return false;
}

/* What may be drawn, or may be; the rest only when everything is asked for. */
bool
tidu_subsidy_told(asked *e, uint32_t row, const tidu_subsidy *subsidy)
{
    return subsidy->told && !is_taken_over(e, row, subsidy) &&
           (e->options.explain == TIDU_EXPLAIN_FULL ||
            tidu_run_truth(e->run, subsidy->rule.status, row) != TIDU_FALSE);
}

/* ---- amounts ---- */

/* Exact to a hundredth of a yuan, as money is paid. */
static void
write_money(asked *e, tidu_step step, uint32_t row, tidu_text *out)
{
    double value;
    mpq_t exact;
    if (step == TIDU_NO_STEP || !tidu_run_number(e->run, step, row, &value)) {
        tidu_text_puts(out, "null");
        return;
    }
    mpq_init(exact);
    tidu_run_exact(e->run, step, row, exact);
    tidu_decimal_write(out, exact, 6, NULL);
    mpq_clear(exact);
}

static bool
is_settled(asked *e, tidu_step low, tidu_step high, uint32_t row)
{
    double least, most;
    return tidu_run_number(e->run, low, row, &least) && tidu_run_number(e->run, high, row, &most) &&
           least == most;
}

static void
write_amount(asked *e, tidu_step low, tidu_step high, uint32_t row, tidu_text *out)
{
    if (is_settled(e, low, high, row)) {
        write_money(e, low, row, out);
        return;
    }
    tidu_text_putc(out, '[');
    write_money(e, low, row, out);
    tidu_text_putc(out, ',');
    write_money(e, high, row, out);
    tidu_text_putc(out, ']');
}

/* The stack takes something away from it. */
static bool
is_cut(asked *e, const tidu_subsidy *subsidy, uint32_t row)
{
    double gross, net;
    if (subsidy->stack == TIDU_NONE || subsidy->gross_high == TIDU_NO_STEP)
        return false;
    bool known = tidu_run_number(e->run, subsidy->gross_high, row, &gross) &&
                 tidu_run_number(e->run, subsidy->net_high, row, &net);
    return known && net < gross;
}

static const struct {
    const char *id, *zh, *en;
} stack_rules[TIDU_STACK_RULE_COUNT] = {
    [TIDU_STACK_HIGHEST] = {"highest", "就高不重复", "only the highest is paid"},
    [TIDU_STACK_DIFFERENCE] = {"difference", "晋级补差",
                               "only the difference to lower titles is paid"},
    [TIDU_STACK_CEILING] = {"ceiling", "累计上限", "a ceiling holds for all together"},
    [TIDU_STACK_ONE_OF] = {"one_of", "二选一", "only one of them may be drawn"},
    [TIDU_STACK_BUDGET] = {"budget", "总额控制", "a fixed sum limits them all"},
};

/* [{"amount":30,"stack":"…","rule":"…","says":{…}}]; empty when nothing is lost. */
static void
write_forgone(asked *e, const tidu_subsidy *subsidy, uint32_t row, tidu_text *out)
{
    double gross = 0, net = 0;
    char zh[160], en[160];
    tidu_text_puts(out, ",\"forgone\":[");
    if (is_cut(e, subsidy, row)) {
        const tidu_stack *stack = &e->program->stacks[subsidy->stack];
        tidu_run_number(e->run, subsidy->gross_high, row, &gross);
        tidu_run_number(e->run, subsidy->net_high, row, &net);
        snprintf(zh, sizeof zh, "%s：少领%.15g万元", stack_rules[stack->rule].zh, gross - net);
        snprintf(en, sizeof en, "%s: %.15g wan yuan less", stack_rules[stack->rule].en,
                 gross - net);
        tidu_text_puts(out, "{\"amount\":");
        tidu_text_number(out, gross - net);
        tidu_text_puts(out, ",\"stack\":");
        tidu_answer_string(out, stack->id);
        tidu_text_printf(out, ",\"rule\":\"%s\",\"says\":", stack_rules[stack->rule].id);
        tidu_answer_words(out, e->options.lang, zh, en);
        tidu_answer_clause(&stack->citation, false, out);
        tidu_text_putc(out, '}');
    }
    tidu_text_putc(out, ']');
}

/* ---- one subsidy ---- */

static void
say_sum(tidu_text *out, bool english, const char *zh, const char *en, double sum)
{
    tidu_text_puts(out, english ? en : zh);
    tidu_text_printf(out, "%.15g%s", sum, english ? " wan yuan" : "万元");
}

static void
say_money(asked *e, const tidu_subsidy *subsidy, uint32_t row, bool english, tidu_text *out)
{
    double least = 0, most = 0;
    bool low = tidu_run_number(e->run, subsidy->net_low, row, &least);
    bool high = tidu_run_number(e->run, subsidy->net_high, row, &most);
    if (high && subsidy->up_to)
        say_sum(out, english, "最高", "up to ", most);
    else if (high && low && least < most) {
        tidu_text_printf(out, "%.15g–", least);
        say_sum(out, english, "", "", most);
    } else if (high)
        say_sum(out, english, "", "", most);
    else if (low && least > 0)
        say_sum(out, english, "不少于", "at least ", least);
    else
        tidu_text_puts(out, english ? "an amount not known yet" : "金额待定");
    if (subsidy->yearly)
        tidu_text_puts(out, !english                     ? "（按年）"
                            : high || (low && least > 0) ? " a year"
                                                         : " (yearly)");
}

static void
say_window(const tidu_subsidy *subsidy, int32_t as_of, bool english, tidu_text *out)
{
    char day[11];
    bool over = as_of > subsidy->expires;
    tidu_date_format(over ? subsidy->expires : subsidy->effective, day);
    if (english)
        tidu_text_printf(out, over ? "could be drawn until %s" : "can be drawn from %s", day);
    else
        tidu_text_printf(out, over ? "已于%s到期" : "自%s起施行", day);
}

static void
say_cut(asked *e, const tidu_subsidy *subsidy, uint32_t row, bool english, tidu_text *out)
{
    tidu_stack_rule rule = e->program->stacks[subsidy->stack].rule;
    double gross = 0, net = 0;
    tidu_run_number(e->run, subsidy->gross_high, row, &gross);
    tidu_run_number(e->run, subsidy->net_high, row, &net);
    if (english)
        tidu_text_printf(out, " (%s: %.15g wan yuan less)", stack_rules[rule].en, gross - net);
    else
        tidu_text_printf(out, "（%s：少领%.15g万元）", stack_rules[rule].zh, gross - net);
}

static void
say_subsidy(asked *e, const tidu_subsidy *subsidy, uint32_t row, bool english, tidu_text *out)
{
    tidu_truth truth = tidu_run_truth(e->run, subsidy->rule.status, row);
    const tidu_titles *title = &subsidy->rule.title;
    if (!tidu_subsidy_in_force(subsidy, e->options.as_of)) {
        tidu_text_puts(out, english ? title->en : title->zh);
        tidu_text_puts(out, english ? ": " : "：");
        say_window(subsidy, e->options.as_of, english, out);
        return;
    }
    if (truth == TIDU_TRUE) {
        tidu_text_puts(out, english ? title->en : title->zh);
        tidu_text_puts(out, english ? ": " : "：");
        if (subsidy->gross_high != TIDU_NO_STEP)
            say_money(e, subsidy, row, english, out);
        else
            tidu_text_puts(out, english ? "may be used" : "可享受");
        if (subsidy->kind == TIDU_AWARD || subsidy->kind == TIDU_INTEREST)
            tidu_text_printf(out, english ? ", paid by %s" : "，%s支付",
                             english ? subsidy->payer.en : subsidy->payer.zh);
        if (is_cut(e, subsidy, row))
            say_cut(e, subsidy, row, english, out);
        return;
    }
    tidu_says_criterion(out, e, &subsidy->rule, row, english ? TIDU_EN : TIDU_ZH);
}

static void
write_says(asked *e, const tidu_subsidy *subsidy, uint32_t row, tidu_text *out)
{
    tidu_text_puts(out, ",\"says\":{");
    for (tidu_lang lang = TIDU_ZH; lang <= TIDU_EN; lang++) {
        if (!tidu_answer_begin_says(e, lang, out))
            continue;
        size_t from = out->length;
        say_subsidy(e, subsidy, row, lang == TIDU_EN, out);
        tidu_text_close_json(out, from);
    }
    tidu_text_putc(out, '}');
}

static const char *const kind_names[] = {
    [TIDU_AWARD] = "award",
    [TIDU_TAX] = "tax",
    [TIDU_INTEREST] = "interest",
    [TIDU_SERVICE] = "service",
};

static void
write_day(const char *key, int32_t day, tidu_text *out)
{
    char date[11];
    if (day != INT32_MIN && day != INT32_MAX)
        tidu_text_printf(out, ",\"%s\":\"%s\"", key, tidu_date_format(day, date));
}

static void
write_sums(asked *e, const tidu_subsidy *subsidy, uint32_t row, tidu_text *out)
{
    tidu_text_puts(out, ",\"amount\":");
    if (subsidy->gross_high == TIDU_NO_STEP) {
        tidu_text_puts(out, "null");
        return;
    }
    write_amount(e, subsidy->net_low, subsidy->net_high, row, out);
    tidu_text_puts(out, ",\"unit\":\"万元\"");
    if (is_cut(e, subsidy, row)) {
        tidu_text_puts(out, ",\"before\":");
        write_amount(e, subsidy->gross_low, subsidy->gross_high, row, out);
    }
    if (subsidy->up_to)
        tidu_text_puts(out, ",\"up_to\":true");
    tidu_text_printf(out, ",\"period\":\"%s\"", subsidy->yearly ? "yearly" : "one_off");
}

/* Up to the status. */
static void
write_heading(asked *e, const tidu_criterion *rule, tidu_text *out)
{
    tidu_text_puts(out, "{\"id\":");
    tidu_answer_string(out, rule->id);
    tidu_text_puts(out, ",\"title\":");
    tidu_answer_words(out, e->options.lang, rule->title.zh, rule->title.en);
    tidu_text_puts(out, ",\"status\":\"");
}

static void
write_subsidy(asked *e, const tidu_subsidy *subsidy, uint32_t row, tidu_text *out)
{
    const tidu_criterion *rule = &subsidy->rule;
    size_t number = (size_t)(subsidy - e->program->subsidies), from = out->length;
    if (!tidu_piece_put(e, PIECE_SUBSIDY, number, out)) {
        write_heading(e, rule, out);
        tidu_piece_keep(e, PIECE_SUBSIDY, number, from, out);
    }
    tidu_text_puts(out, tidu_answer_status(tidu_run_truth(e->run, rule->status, row)));
    tidu_text_puts(out, "\",\"kind\":\"");
    tidu_text_puts(out, kind_names[subsidy->kind]);
    tidu_text_putc(out, '"');
    write_sums(e, subsidy, row, out);
    tidu_text_puts(out, ",\"payer\":");
    tidu_answer_string(out, e->options.lang == TIDU_EN ? subsidy->payer.en : subsidy->payer.zh);
    tidu_text_printf(out, ",\"level\":\"%s\"", tidu_level_name(tidu_region_level(subsidy->place)));
    if (subsidy->to_government)
        tidu_text_puts(out, ",\"to\":\"government\"");
    write_day("effective", subsidy->effective, out);
    write_day("expires", subsidy->expires, out);
    bool in_force = tidu_subsidy_in_force(subsidy, e->options.as_of);
    if (!in_force)
        tidu_text_puts(out, ",\"in_force\":false");
    write_forgone(e, subsidy, row, out);
    /* Out of its days it is not to be had, whatever it asks for. */
    if (in_force && (e->options.explain == TIDU_EXPLAIN_FULL ||
                     tidu_run_truth(e->run, rule->status, row) != TIDU_TRUE))
        tidu_answer_condition(e, rule, row, out);
    from = out->length;
    if (!tidu_piece_put(e, PIECE_SOURCE, number, out)) {
        tidu_answer_clause(&rule->citation, true, out);
        tidu_piece_keep(e, PIECE_SOURCE, number, from, out);
    }
    write_says(e, subsidy, row, out);
    tidu_text_putc(out, '}');
}

/* ---- the sum ---- */

struct sum {
    double low, high;
    bool open; /* the most is not known */
};

static void
add_up(asked *e, tidu_step low, tidu_step high, uint32_t row, struct sum *sum)
{
    double value;
    if (tidu_run_number(e->run, low, row, &value))
        sum->low += value;
    if (tidu_run_number(e->run, high, row, &value))
        sum->high += value;
    else
        sum->open = true;
}

/* Money to the enterprise: stacks as a whole, and what is in no stack. */
static void
sum_lane(asked *e, uint32_t row, struct sum *sum)
{
    const tidu_program *program = e->program;
    for (uint32_t i = 0; i < program->subsidy_count; i++) {
        const tidu_subsidy *subsidy = &program->subsidies[i];
        if (subsidy->told && subsidy->stack == TIDU_NONE && !subsidy->to_government &&
            subsidy->gross_low != TIDU_NO_STEP && !is_taken_over(e, row, subsidy))
            add_up(e, subsidy->gross_low, subsidy->gross_high, row, sum);
    }
    for (uint32_t i = 0; i < program->stack_count; i++) {
        const tidu_stack *stack = &program->stacks[i];
        if (stack->told && stack->stack == TIDU_NONE && !is_stacked_there(e, row, stack))
            add_up(e, stack->total_low, stack->total_high, row, sum);
    }
}

static void
write_sum(asked *e, uint32_t row, tidu_text *out)
{
    struct tidu_evaluation view;
    struct sum sum = {0};
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW && tidu_look_nth(e, row, nth, &view); nth++)
        sum_lane(&view, row, &sum);
    tidu_text_puts(out, ",\"money\":{\"unit\":\"万元\",\"low\":");
    tidu_text_number(out, sum.low);
    tidu_text_puts(out, ",\"high\":");
    if (sum.open)
        tidu_text_puts(out, "null");
    else
        tidu_text_number(out, sum.high);
    tidu_text_putc(out, '}');
}

/* ---- measures ---- */

static const char *
body_title(asked *e, uint32_t body)
{
    const tidu_titles *title = &e->ruleset->routing.bodies[body].title;
    return e->options.lang == TIDU_EN ? title->en : title->zh;
}

static void
write_bodies(asked *e, const char *key, const uint32_t *bodies, uint32_t count, tidu_text *out)
{
    tidu_text_puts(out, key);
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            tidu_text_putc(out, ',');
        tidu_answer_string(out, body_title(e, bodies[i]));
    }
    tidu_text_putc(out, ']');
}

/* The office to go to first, where the enterprise is. */
static void
write_first_office(asked *e, const tidu_duty *duty, tidu_text *out)
{
    uint32_t body = duty->handler_count ? duty->handlers[0] : duty->lead;
    size_t before = out->length;
    if (tidu_piece_put(e, PIECE_OFFICE, body, out))
        return;
    tidu_text_puts(out, ",\"office\":\"");
    size_t from = out->length;
    if (e->region != TIDU_COUNTRY_CODE &&
        tidu_office_name(e->ruleset, body, e->region, e->options.as_of, e->options.lang, out))
        tidu_text_close_json(out, from);
    else
        out->length = before;
    tidu_piece_keep(e, PIECE_OFFICE, body, before, out);
}

static void
write_responsible(asked *e, const tidu_measure *measure, tidu_text *out)
{
    static const char *const basis[] = {[TIDU_BASIS_EXPLICIT] = "explicit",
                                        [TIDU_BASIS_FIRST_LISTED] = "first_listed",
                                        [TIDU_BASIS_PRACTICE] = "practice"};
    const tidu_duty *duty = &e->ruleset->routing.duties[measure->duty];
    tidu_text_puts(out, ",\"responsible\":{\"lead\":");
    tidu_answer_string(out, body_title(e, duty->lead));
    write_bodies(e, ",\"with\":[", duty->joint, duty->joint_count, out);
    if (duty->support_count)
        write_bodies(e, ",\"support\":[", duty->support, duty->support_count, out);
    tidu_text_printf(out, ",\"basis\":\"%s\"", basis[duty->basis]);
    if (duty->handler_count)
        write_bodies(e, ",\"handler\":[", duty->handlers, duty->handler_count, out);
}

/* From the status to the office. */
static void
write_duty(asked *e, const tidu_measure *measure, tidu_text *out)
{
    tidu_text_putc(out, '"');
    if (measure->group) {
        tidu_text_puts(out, ",\"group\":");
        tidu_answer_string(out, measure->group);
    }
    write_responsible(e, measure, out);
}

static void
write_measure(asked *e, const tidu_measure *measure, uint32_t row, tidu_text *out)
{
    const tidu_criterion *rule = &measure->rule;
    tidu_truth truth = tidu_run_truth(e->run, rule->status, row);
    bool full = e->options.explain == TIDU_EXPLAIN_FULL;
    size_t number = (size_t)(measure - e->program->measures), from = out->length;
    if (!tidu_piece_put(e, PIECE_MEASURE, number, out)) {
        write_heading(e, rule, out);
        tidu_piece_keep(e, PIECE_MEASURE, number, from, out);
    }
    tidu_text_puts(out, tidu_answer_status(truth));
    from = out->length;
    if (!tidu_piece_put(e, PIECE_DUTY, number, out)) {
        write_duty(e, measure, out);
        tidu_piece_keep(e, PIECE_DUTY, number, from, out);
    }
    write_first_office(e, &e->ruleset->routing.duties[measure->duty], out);
    tidu_text_putc(out, '}');
    if (full)
        tidu_answer_condition(e, rule, row, out);
    from = out->length;
    if (!tidu_piece_put(e, PIECE_GROUNDS, number, out)) {
        tidu_answer_clause(&rule->citation, false, out);
        tidu_piece_keep(e, PIECE_GROUNDS, number, from, out);
    }
    if (full || truth != TIDU_TRUE)
        tidu_answer_says(e, rule, row, out);
    tidu_text_putc(out, '}');
}

/* ---- the lists ---- */

static void
write_subsidies(asked *e, uint32_t row, tidu_text *out)
{
    struct tidu_evaluation view;
    bool first = true;
    tidu_text_puts(out, ",\"subsidies\":[");
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW && tidu_wants(e, TIDU_INCLUDE_SUBSIDIES) &&
                           tidu_look_nth(e, row, nth, &view);
         nth++)
        for (uint32_t i = 0; i < view.program->subsidy_count; i++) {
            const tidu_subsidy *subsidy = &view.program->subsidies[i];
            if (!tidu_subsidy_told(&view, row, subsidy))
                continue;
            if (!first)
                tidu_text_putc(out, ',');
            write_subsidy(&view, subsidy, row, out);
            first = false;
        }
    tidu_text_putc(out, ']');
}

static void
write_measures(asked *e, uint32_t row, tidu_text *out)
{
    struct tidu_evaluation view;
    bool first = true;
    tidu_text_puts(out, ",\"measures\":[");
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW && tidu_wants(e, TIDU_INCLUDE_MEASURES) &&
                           tidu_look_nth(e, row, nth, &view);
         nth++)
        for (uint32_t i = 0; i < view.program->measure_count; i++) {
            const tidu_measure *measure = &view.program->measures[i];
            if (!tidu_measure_told(&view, row, measure))
                continue;
            if (!first)
                tidu_text_putc(out, ',');
            write_measure(&view, measure, row, out);
            first = false;
        }
    tidu_text_putc(out, ']');
}

void
tidu_support_write(asked *e, uint32_t row, tidu_text *out)
{
    write_subsidies(e, row, out);
    if (tidu_wants(e, TIDU_INCLUDE_SUBSIDIES))
        write_sum(e, row, out);
    write_measures(e, row, out);
}

/* {"id":"…","status":"…"}; only what may be drawn, with its amount. */
static void
brief_lane(asked *e, uint32_t row, bool measures, bool *first, tidu_text *out)
{
    uint32_t count = measures ? e->program->measure_count : e->program->subsidy_count;
    for (uint32_t i = 0; i < count; i++) {
        const tidu_subsidy *subsidy = measures ? NULL : &e->program->subsidies[i];
        const tidu_criterion *rule = measures ? &e->program->measures[i].rule : &subsidy->rule;
        tidu_truth truth = tidu_run_truth(e->run, rule->status, row);
        if (truth == TIDU_FALSE || (subsidy && (!subsidy->told || is_taken_over(e, row, subsidy))))
            continue;
        tidu_text_puts(out, *first ? "{\"id\":" : ",{\"id\":");
        *first = false;
        tidu_answer_string(out, rule->id);
        tidu_text_printf(out, ",\"status\":\"%s\"", tidu_answer_status(truth));
        if (subsidy && subsidy->net_low != TIDU_NO_STEP) {
            tidu_text_puts(out, ",\"amount\":");
            write_amount(e, subsidy->net_low, subsidy->net_high, row, out);
        }
        tidu_text_putc(out, '}');
    }
}

static void
brief_list(asked *e, uint32_t row, bool measures, tidu_text *out)
{
    struct tidu_evaluation view;
    bool first = true;
    tidu_text_puts(out, measures ? ",\"measures\":[" : ",\"subsidies\":[");
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW && tidu_look_nth(e, row, nth, &view); nth++)
        brief_lane(&view, row, measures, &first, out);
    tidu_text_putc(out, ']');
    if (!measures)
        write_sum(e, row, out);
}

/* Rules without money or measures answer as they always did. */
static bool
has_any(asked *e, uint32_t row, bool measures)
{
    struct tidu_evaluation view;
    uint32_t count = 0;
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW && tidu_look_nth(e, row, nth, &view); nth++)
        count += measures ? view.program->measure_count : view.program->subsidy_count;
    return count;
}

void
tidu_support_brief(asked *e, uint32_t row, tidu_text *out)
{
    if (e->options.explain != TIDU_EXPLAIN_BRIEF)
        return;
    if (tidu_wants(e, TIDU_INCLUDE_SUBSIDIES) && has_any(e, row, false))
        brief_list(e, row, false, out);
    if (tidu_wants(e, TIDU_INCLUDE_MEASURES) && has_any(e, row, true))
        brief_list(e, row, true, out);
}

/* Notes of what is told; those of measures come once, with their document. */
void
tidu_support_notes(asked *e, uint32_t row, bool *first, tidu_text *out)
{
    struct tidu_evaluation view;
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW && tidu_wants(e, TIDU_INCLUDE_SUBSIDIES) &&
                           tidu_look_nth(e, row, nth, &view);
         nth++)
        for (uint32_t i = 0; i < view.program->subsidy_count; i++) {
            const tidu_subsidy *subsidy = &view.program->subsidies[i];
            if (tidu_subsidy_told(&view, row, subsidy))
                tidu_answer_notes(&view, &subsidy->rule, row, first, out);
        }
}
