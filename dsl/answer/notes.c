/*
 * notes.c: what to know beside a verdict: how sure a rule is, that its clause
 * has changed, that something cannot be computed.
 */
#include "internal.h"

#include <stdio.h>

static const struct {
    const char *code, *zh, *en;
} certainties[] = {
    [TIDU_VERIFIED] = {"verified", "", ""},
    [TIDU_ONE_COPY] = {"one_copy", "该条件仅见于一份转载，请核对原文",
                       "this condition was seen in one copy only; check it against the original"},
    [TIDU_FROM_MEMORY] = {"memory", "该条件凭记忆整理，未见原文，请核对",
                          "this condition rests on memory; check it against the original"},
    [TIDU_INFERRED] = {"inferred", "该条件含推断的解读",
                       "this condition rests on an inferred reading"},
    [TIDU_ILLUSTRATIVE] = {"illustrative", "该条件为示例，并非政策",
                           "this condition is illustrative, not policy"},
};

static void
begin_note(tidu_text *out, bool *first, const char *about)
{
    tidu_answer_key(out, *first ? "{\"about\":" : ",{\"about\":", about);
    *first = false;
}

static void
note_certainty(asked *e, const char *about, const char *mark, tidu_certainty certainty, bool *first,
               tidu_text *out)
{
    if (certainty == TIDU_VERIFIED)
        return;
    begin_note(out, first, about);
    tidu_answer_key(out, ",\"certainty\":", certainties[certainty].code);
    tidu_answer_key(out, ",\"mark\":", mark);
    tidu_text_puts(out, ",\"says\":");
    tidu_answer_words(out, e->options.lang, certainties[certainty].zh, certainties[certainty].en);
    tidu_text_putc(out, '}');
}

static void
note_words(asked *e, const char *about, const char *zh, const char *en, bool *first, tidu_text *out)
{
    if (!zh && !en)
        return;
    begin_note(out, first, about);
    tidu_text_puts(out, ",\"says\":");
    tidu_answer_words(out, e->options.lang, zh ? zh : en, en ? en : zh);
    tidu_text_putc(out, '}');
}

/* That the words under a rule are not those it was made from. */
static void
note_stale(asked *e, const char *about, const tidu_citation *citation, bool *first, tidu_text *out)
{
    char zh[160], en[160];
    if (!citation->stale)
        return;
    snprintf(zh, sizeof zh, "条文在%.10s复核之后有改动，规则可能已经过时", citation->stale);
    snprintf(en, sizeof en, "the clause changed after the review of %.10s: the rule may be stale",
             citation->stale);
    begin_note(out, first, about);
    tidu_answer_key(out, ",\"stale\":", citation->stale);
    tidu_text_puts(out, ",\"says\":");
    tidu_answer_words(out, e->options.lang, zh, en);
    tidu_text_putc(out, '}');
}

void
tidu_answer_notes(asked *e, const tidu_criterion *rule, uint32_t row, bool *first, tidu_text *out)
{
    (void)row;
    note_stale(e, rule->id, &rule->citation, first, out);
    note_certainty(e, rule->id, rule->mark, rule->certainty, first, out);
    note_words(e, rule->id, rule->note_zh, rule->note_en, first, out);
}

static void
note_undefined(asked *e, const tidu_criterion *criterion, uint32_t row, bool *first, tidu_text *out)
{
    if (tidu_run_truth(e->run, criterion->status, row) != TIDU_UNKNOWN)
        return;
    tidu_step step = tidu_run_undefined(e->run, criterion->status, row);
    if (step == TIDU_NO_STEP)
        return;
    bool divides = e->program->steps[step].op == TIDU_DO_DIV;
    note_words(e, criterion->id, divides ? "分母为零，无法计算" : "基数不为正，无法计算增长",
               divides ? "division by zero: no value"
                       : "growth over a base that is not above zero "
                         "has no value",
               first, out);
}

static void
write_notes_of(asked *e, const tidu_designation *designation, uint32_t row, bool *first,
               tidu_text *out)
{
    note_words(e, designation->id, designation->note_zh, designation->note_en, first, out);
    for (uint32_t c = 0; c < designation->criterion_count; c++) {
        const tidu_criterion *criterion = &e->program->criteria[designation->first_criterion + c];
        if (!tidu_answer_tells(e, criterion, row))
            continue;
        tidu_answer_notes(e, criterion, row, first, out);
        note_undefined(e, criterion, row, first, out);
    }
    if (designation->transition) {
        tidu_answer_notes(e, &designation->transition->rule, row, first, out);
        write_notes_of(e, &e->program->designations[designation->transition->old], row, first,
                       out);
    }
    for (uint32_t s = 0; s < designation->scorecard_count; s++) {
        const tidu_scorecard *card = &e->program->scorecards[designation->first_scorecard + s];
        for (uint32_t i = 0; i < card->indicator_count; i++) {
            const tidu_indicator *indicator = &e->program->indicators[card->first_indicator + i];
            note_stale(e, indicator->id, &indicator->citation, first, out);
            note_certainty(e, indicator->id, indicator->mark, indicator->certainty, first, out);
            note_words(e, indicator->id, indicator->note_zh, indicator->note_en, first, out);
        }
    }
}

/* ---- of an answer ---- */

void
tidu_notes_write(asked *e, uint32_t row, tidu_text *out)
{
    struct tidu_evaluation view;
    bool first = true;
    tidu_text_puts(out, ",\"notes\":[");
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW && tidu_wants(e, TIDU_INCLUDE_DESIGNATIONS) &&
                           tidu_look_nth(e, row, nth, &view);
         nth++)
        for (uint32_t d = 0; d < view.program->designation_count; d++)
            if (view.chosen[d])
                write_notes_of(&view, &view.program->designations[d], row, &first, out);
    tidu_support_notes(e, row, &first, out);
    tidu_text_puts(out, "]");
}
