/*
 * coverage.c: what scenarios have seen the rules come to, clause by clause.
 *
 * A scenario looks at the rules that decide what it expects, and at no others:
 * that a criterion happened to fail in a record about something else shows
 * nothing. Every batch is judged once by the ruleset's own programs, its place's
 * ones included, and the columns are counted.
 */
#include "internal.h"

#include "tidu/mutate.h"

#include <string.h>

/* What a rule was seen to come to. */
struct seen {
    uint32_t scenarios;
    uint32_t yes, no, open; /* met, true or known; unmet or false; undetermined */
    uint32_t *bands;        /* [band] hits */
    bool flag;
};

struct survey {
    struct cases *cases;
    struct seen *seen; /* [rule] */
    tidu_text *out;
};

/* ---- counting ---- */

/* The steps that tell what a rule came to; TIDU_NO_STEP when the program does
 * not have it. */
struct target {
    tidu_step low, high;
    bool flag;
};

/* Places may fill a slot with rules of the same name: the document tells which. */
static bool
is_rule(const tidu_rule *rule, const char *id, const tidu_citation *citation)
{
    return !strcmp(rule->id, id) && rule->citation.document == citation->document;
}

static struct target
find_support(const tidu_program *program, const tidu_rule *rule)
{
    for (uint32_t i = 0; rule->kind == TIDU_RULE_MEASURE && i < program->measure_count; i++)
        if (!strcmp(program->measures[i].rule.id, rule->id))
            return (struct target){program->measures[i].rule.status, TIDU_NO_STEP, true};
    for (uint32_t i = 0; rule->kind == TIDU_RULE_SUBSIDY && i < program->subsidy_count; i++)
        if (!strcmp(program->subsidies[i].rule.id, rule->id))
            return (struct target){program->subsidies[i].rule.status, TIDU_NO_STEP, true};
    for (uint32_t i = 0; rule->kind == TIDU_RULE_STACK && i < program->stack_count; i++)
        if (!strcmp(program->stacks[i].id, rule->id))
            return (struct target){program->stacks[i].total_low, program->stacks[i].total_high,
                                   false};
    return (struct target){TIDU_NO_STEP, TIDU_NO_STEP, false};
}

static struct target
find_target(const tidu_program *program, const tidu_rule *rule)
{
    for (uint32_t i = 0; rule->kind == TIDU_RULE_CRITERION && i < program->criterion_count; i++)
        if (is_rule(rule, program->criteria[i].id, &program->criteria[i].citation))
            return (struct target){program->criteria[i].status, TIDU_NO_STEP, true};
    for (uint32_t i = 0; rule->kind == TIDU_RULE_INDICATOR && i < program->indicator_count; i++)
        if (is_rule(rule, program->indicators[i].id, &program->indicators[i].citation))
            return (struct target){program->indicators[i].low, program->indicators[i].high, false};
    for (uint32_t i = 0; rule->kind == TIDU_RULE_DERIVE && i < program->derived_count; i++) {
        const tidu_derived *derived = &program->derived[i];
        if (!strcmp(derived->symbol->name, rule->id))
            return (struct target){derived->step, derived->high,
                                   derived->symbol->type.kind == TIDU_FLAG};
    }
    return find_support(program, rule);
}

static void
count_flag(const tidu_run *run, tidu_step step, uint32_t row, struct seen *seen)
{
    tidu_truth truth = tidu_run_truth(run, step, row);
    seen->yes += truth == TIDU_TRUE;
    seen->no += truth == TIDU_FALSE;
    seen->open += truth == TIDU_UNKNOWN;
}

static void
count_number(const tidu_run *run, const struct target *target, uint32_t row, struct seen *seen)
{
    double low = 0, high = 0;
    bool settled = tidu_run_number(run, target->low, row, &low) &&
                   tidu_run_number(run, target->high, row, &high) && low == high;
    seen->yes += settled;
    seen->open += !settled;
}

/* The first band that is true is hit, unless one before it is unknown; of
 * points that add up, all that are true. The last stands for none of them. */
static void
count_bands(const tidu_run *run, const struct target *target, const tidu_rule *rule, uint32_t row,
            struct seen *seen)
{
    const tidu_program *program = tidu_run_program(run);
    const tidu_instruction *pick = &program->steps[target->low];
    bool adds = pick->op == TIDU_DO_COLLECT_LOW, any = false;
    if ((!adds && pick->op != TIDU_DO_PICK_LOW) || pick->count + 1 != rule->band_count)
        return;
    for (uint32_t b = 0; b < pick->count; b++) {
        tidu_truth truth = tidu_run_truth(run, program->pool[pick->first + b], row);
        seen->bands[b] += truth == TIDU_TRUE;
        any = any || truth != TIDU_FALSE;
        if (any && !adds)
            return;
    }
    seen->bands[pick->count] += !any;
}

/* The run that tells what a rule came to: the local program's where there is
 * one, for it knows best what is left of money; a rule of neither is seen in
 * what rests on it. */
static const tidu_run *
find_run(tidu_run *const runs[TIDU_LANES_A_ROW], const tidu_rule *rule, struct target *ret)
{
    const tidu_run *run = NULL;
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW && runs[nth]; nth++) {
        struct target target = find_target(tidu_run_program(runs[nth]), rule);
        if (run && target.low == TIDU_NO_STEP)
            continue;
        run = runs[nth];
        *ret = target;
    }
    return run;
}

static void
count_rows(tidu_run *const runs[TIDU_LANES_A_ROW], const struct batch *batch, const tidu_rule *rule,
           struct seen *seen)
{
    struct target target = {TIDU_NO_STEP, TIDU_NO_STEP, false};
    const tidu_run *run = find_run(runs, rule, &target);
    uint32_t rows = batch->block->row_count;
    seen->scenarios += rows;
    seen->flag = target.flag;
    for (uint32_t row = 0; target.low != TIDU_NO_STEP && row < rows; row++) {
        if (target.flag)
            count_flag(run, target.low, row, seen);
        else
            count_number(run, &target, row, seen);
        if (rule->band_count)
            count_bands(run, &target, rule, row, seen);
    }
}

static bool
count_batch(const struct survey *survey, const struct batch *batch)
{
    const tidu_rules *rules = survey->cases->rules;
    tidu_run *runs[TIDU_LANES_A_ROW];
    bool good = tidu_batches_judge(survey->cases, batch, runs);
    for (uint32_t r = 0; good && r < rules->count; r++)
        if (tidu_batches_concerned(survey->cases, batch, r))
            count_rows(runs, batch, &rules->list[r], &survey->seen[r]);
    tidu_batches_dismiss(runs);
    return good;
}

static bool
count_all(struct survey *survey)
{
    const tidu_rules *rules = survey->cases->rules;
    tidu_arena *arena = survey->cases->arena;
    survey->seen = tidu_arena_array(arena, rules->count, sizeof *survey->seen);
    for (uint32_t r = 0; survey->seen && r < rules->count; r++) {
        survey->seen[r].bands = tidu_arena_array(arena, rules->list[r].band_count,
                                                 sizeof(uint32_t));
        if (!survey->seen[r].bands)
            return false;
    }
    for (size_t b = 0; survey->seen && b < survey->cases->count; b++)
        if (!count_batch(survey, &survey->cases->batches[b]))
            return false;
    return survey->seen != NULL;
}

/* ---- what is covered ---- */

static bool
all_hit(const tidu_rule *rule, const struct seen *seen)
{
    for (uint32_t b = 0; b < rule->band_count; b++)
        if (!seen->bands[b])
            return false;
    return true;
}

/* Rules that are met or unmet. */
static bool
is_status(const tidu_rule *rule)
{
    return rule->kind == TIDU_RULE_CRITERION || rule->kind == TIDU_RULE_MEASURE ||
           rule->kind == TIDU_RULE_SUBSIDY;
}

/* A rule is covered when all it can come to was seen: a flag both ways (what
 * everybody gets: at all), a number at all, bands each. */
static bool
is_covered(const struct survey *survey, uint32_t r)
{
    const tidu_rule *rule = &survey->cases->rules->list[r];
    const struct seen *seen = &survey->seen[r];
    if (rule->kind != TIDU_RULE_CRITERION && is_status(rule) && !rule->conditional)
        return seen->yes;
    if (is_status(rule) || seen->flag)
        return seen->yes && seen->no;
    if (rule->kind == TIDU_RULE_DERIVE || rule->kind == TIDU_RULE_STACK)
        return seen->yes;
    return seen->scenarios && all_hit(rule, seen);
}

static bool
same_clause(const tidu_rule *a, const tidu_rule *b)
{
    return a->citation.document == b->citation.document && a->citation.line == b->citation.line;
}

/* Criteria, measures and subsidies decide; a clause without any is covered when
 * its other rules are. */
static bool
is_clause_covered(const struct survey *survey, const tidu_rule *first)
{
    const tidu_rules *rules = survey->cases->rules;
    bool decisive = true, others = true, some = false;
    for (uint32_t r = 0; r < rules->count; r++) {
        if (!same_clause(&rules->list[r], first))
            continue;
        bool decides = is_status(&rules->list[r]);
        bool covered = is_covered(survey, r);
        some = some || decides;
        decisive = decisive && (covered || !decides);
        others = others && covered;
    }
    return some ? decisive : others;
}

/* ---- writing ---- */

static void
write_bands(const struct survey *survey, const tidu_rule *rule, const struct seen *seen)
{
    tidu_text *out = survey->out;
    tidu_text_puts(out, ",\"bands\":[");
    for (uint32_t b = 0; b < rule->band_count; b++) {
        const tidu_band *band = &rule->bands[b];
        tidu_text_puts(out, b ? ",{\"condition\":" : "{\"condition\":");
        if (band->condition)
            tidu_answer_string(out, band->condition);
        else
            tidu_text_puts(out, "null");
        tidu_text_printf(out, ",\"points\":%s,\"scenarios\":%u}", band->points, seen->bands[b]);
    }
    tidu_text_putc(out, ']');
}

static void
write_outcomes(const struct survey *survey, const tidu_rule *rule, const struct seen *seen)
{
    static const char *const words[][2] = {{"known", NULL}, {"true", "false"}, {"met", "unmet"}};
    const char *const *word = words[is_status(rule) ? 2 : seen->flag];
    tidu_text *out = survey->out;
    if (rule->kind == TIDU_RULE_PARAM)
        return;
    tidu_text_printf(out, ",\"%s\":%u", word[0], seen->yes);
    if (word[1])
        tidu_text_printf(out, ",\"%s\":%u", word[1], seen->no);
    tidu_text_printf(out, ",\"undetermined\":%u", seen->open);
}

static void
write_rule(const struct survey *survey, uint32_t r)
{
    static const char *const kinds[] = {"param",   "derive",  "criterion", "indicator",
                                        "measure", "subsidy", "stack"};
    const tidu_rule *rule = &survey->cases->rules->list[r];
    const struct seen *seen = &survey->seen[r];
    tidu_text *out = survey->out;
    tidu_text_printf(out, "{\"kind\":\"%s\",\"id\":", kinds[rule->kind]);
    tidu_answer_string(out, rule->id);
    tidu_text_puts(out, ",\"title\":");
    tidu_answer_words(out, TIDU_BOTH, rule->title.zh, rule->title.en);
    tidu_text_printf(out, ",\"line\":%u,\"covered\":%s,\"scenarios\":%u", rule->citation.rule_line,
                     is_covered(survey, r) ? "true" : "false", seen->scenarios);
    write_outcomes(survey, rule, seen);
    if (rule->band_count)
        write_bands(survey, rule, seen);
    tidu_text_putc(out, '}');
}

static void
write_clause(const struct survey *survey, uint32_t first)
{
    const tidu_rules *rules = survey->cases->rules;
    const tidu_rule *rule = &rules->list[first];
    tidu_text *out = survey->out;
    bool begun = false;
    tidu_text_puts(out, "{\"document\":");
    tidu_answer_string(out, rule->citation.document->path);
    tidu_text_puts(out, ",\"path\":");
    tidu_answer_string(out, rule->citation.path);
    tidu_text_printf(out, ",\"line\":%u,\"covered\":%s,\"rules\":[", rule->citation.line,
                     is_clause_covered(survey, rule) ? "true" : "false");
    for (uint32_t r = 0; r < rules->count; r++) {
        if (!same_clause(&rules->list[r], rule))
            continue;
        tidu_text_puts(out, begun ? "," : "");
        write_rule(survey, r);
        begun = true;
    }
    tidu_text_puts(out, "]}");
}

/* The first rule of its clause, in the order of the list. */
static bool
is_first(const tidu_rules *rules, uint32_t rule)
{
    for (uint32_t r = 0; r < rule; r++)
        if (same_clause(&rules->list[r], &rules->list[rule]))
            return false;
    return true;
}

/* The clause of the document that comes next behind a line: its first rule, or
 * TIDU_NONE. */
static int32_t
next_clause(const tidu_rules *rules, const tidu_document_info *document, int64_t line)
{
    int32_t best = TIDU_NONE;
    for (uint32_t r = 0; r < rules->count; r++) {
        const tidu_citation *at = &rules->list[r].citation;
        if (at->document == document && (int64_t)at->line > line && is_first(rules, r) &&
            (best == TIDU_NONE || at->line < rules->list[best].citation.line))
            best = (int32_t)r;
    }
    return best;
}

static void
write_survey(const struct survey *survey)
{
    const tidu_ruleset *ruleset = survey->cases->ruleset;
    const tidu_rules *rules = survey->cases->rules;
    uint32_t clauses = 0, covered = 0;
    tidu_text_puts(survey->out, "{\"clauses\":[");
    for (uint32_t d = 0; d < ruleset->document_count; d++) {
        const tidu_document_info *document = &ruleset->documents[d];
        for (int32_t r = next_clause(rules, document, -1); r != TIDU_NONE;
             r = next_clause(rules, document, rules->list[r].citation.line)) {
            tidu_text_puts(survey->out, clauses++ ? "," : "");
            covered += is_clause_covered(survey, &rules->list[r]);
            write_clause(survey, (uint32_t)r);
        }
    }
    tidu_text_printf(survey->out, "],\"total\":%u,\"covered\":%u,\"scenarios\":%u}", clauses,
                     covered, ruleset->scenario_count);
}

bool
tidu_ruleset_coverage(tidu_ruleset *ruleset, tidu_text *out, tidu_error *reterr)
{
    struct survey survey = {.cases = tidu_batches_open(ruleset, reterr), .out = out};
    if (!survey.cases)
        return false;
    bool good = count_all(&survey) || tidu_error_set(reterr, TIDU_MEMORY, NULL);
    if (good)
        write_survey(&survey);
    if (good && out->failed)
        good = tidu_error_set(reterr, TIDU_MEMORY, NULL);
    tidu_batches_close(&survey.cases);
    return good;
}
