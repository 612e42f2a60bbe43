/*
 * scenarios.c: a ruleset's own tests, run like anyone's records.
 *
 * Each scenario says what should come of a record on a date, and optionally
 * because of which criteria; what differs is reported at its line.
 */
#include "internal.h"

#include <stdio.h>
#include <string.h>

struct trial {
    const struct tidu_evaluation *e;
    const tidu_scenario *scenario;
    tidu_report *report;
    bool passed;
};

static void
complain(struct trial *trial, tidu_code code, const char *first, const char *second,
         const char *third)
{
    tidu_error error;
    tidu_error_at(&error, code, trial->scenario->path, trial->scenario->line, 0, 0,
                  trial->scenario->name, first, second, third, NULL);
    tidu_report_add(trial->report, &error);
    trial->passed = false;
}

/* ---- what came ---- */

static const char *
status_of(const struct trial *trial, const char *id)
{
    const tidu_program *program = trial->e->program;
    for (uint32_t i = 0; i < program->designation_count; i++)
        if (!strcmp(program->designations[i].id, id))
            return tidu_answer_status(
                tidu_run_truth(trial->e->run, program->designations[i].status, 0));
    for (uint32_t i = 0; i < program->criterion_count; i++)
        if (!strcmp(program->criteria[i].id, id))
            return tidu_answer_status(
                tidu_run_truth(trial->e->run, program->criteria[i].status, 0));
    return "absent";
}

static bool
score_of(const struct trial *trial, const char *id, double *ret_low, double *ret_high)
{
    const tidu_program *program = trial->e->program;
    tidu_step low = TIDU_NO_STEP, high = TIDU_NO_STEP;
    for (uint32_t c = 0; c < program->scorecard_count; c++) {
        const tidu_scorecard *card = &program->scorecards[c];
        size_t length = strlen(card->id);
        if (!strcmp(card->id, id)) {
            low = card->low;
            high = card->high;
        }
        for (uint32_t g = 0; g < card->group_count; g++)
            if (!strncmp(id, card->id, length) && id[length] == '/' &&
                !strcmp(id + length + 1, card->groups[g].name)) {
                low = card->groups[g].low;
                high = card->groups[g].high;
            }
    }
    for (uint32_t i = 0; i < program->indicator_count; i++)
        if (!strcmp(program->indicators[i].id, id)) {
            low = program->indicators[i].low;
            high = program->indicators[i].high;
        }
    return low != TIDU_NO_STEP && tidu_run_number(trial->e->run, low, 0, ret_low) &&
           tidu_run_number(trial->e->run, high, 0, ret_high);
}

static const tidu_derived *
derived_named(const struct trial *trial, const char *id)
{
    const tidu_program *program = trial->e->program;
    for (uint32_t i = 0; i < program->derived_count; i++)
        if (!strcmp(program->derived[i].symbol->name, id))
            return &program->derived[i];
    return NULL;
}

static const char *
derived_status(const struct trial *trial, const tidu_derived *derived, char *buffer, size_t size)
{
    double class;
    const char *word = "undetermined";
    if (derived->symbol->type.kind == TIDU_FLAG) {
        tidu_truth truth = tidu_run_truth(trial->e->run, derived->step, 0);
        return truth == TIDU_UNKNOWN ? word : truth == TIDU_TRUE ? "true" : "false";
    }
    if (!tidu_run_number(trial->e->run, derived->step, 0, &class))
        return word;
    if (!derived->book)
        return "a number";
    const tidu_slice *entry = &derived->book->entries[(uint32_t)class / 2];
    snprintf(buffer, size, "%.*s", (int)entry->length, entry->data);
    return buffer;
}

/* ---- what should have come ---- */

static void
check_status(struct trial *trial, const tidu_expectation *expected, const char *wanted)
{
    char buffer[80];
    const tidu_derived *derived = derived_named(trial, expected->id);
    const char *got = derived ? derived_status(trial, derived, buffer, sizeof buffer)
                              : status_of(trial, expected->id);
    if (strcmp(got, wanted))
        complain(trial, TIDU_SCENARIO_FAILED, expected->id, wanted, got);
}

static void
put_range(char *buffer, size_t size, double low, double high)
{
    if (low == high)
        snprintf(buffer, size, "%.15g", low);
    else
        snprintf(buffer, size, "%.15g–%.15g", low, high);
}

static void
check_number(struct trial *trial, const tidu_expectation *expected)
{
    const tidu_derived *derived = derived_named(trial, expected->id);
    double low = 0, high = 0;
    char wanted[80], got[80] = "undetermined";
    bool known = !strncmp(expected->id, "score:", 6)
                     ? score_of(trial, expected->id + 6, &low, &high)
                     : derived && tidu_run_number(trial->e->run, derived->step, 0, &low);
    if (known && derived)
        high = low;
    if (known && low == expected->low && high == expected->high)
        return;
    put_range(wanted, sizeof wanted, expected->low, expected->high);
    if (known)
        put_range(got, sizeof got, low, high);
    complain(trial, TIDU_SCENARIO_FAILED, expected->id, wanted, got);
}

static bool
is_listed(const tidu_scenario *scenario, const char *id)
{
    for (uint32_t i = 0; i < scenario->because_count; i++)
        if (!strcmp(scenario->because[i], id))
            return true;
    return false;
}

static bool
is_expected(const tidu_scenario *scenario, const char *designation)
{
    for (uint32_t i = 0; i < scenario->expectation_count; i++) {
        const char *id = scenario->expectations[i].id;
        size_t length = strlen(designation);
        if (!strncmp(id, designation, length) && (id[length] == '\0' || id[length] == '/'))
            return true;
    }
    return false;
}

/* Top-level criteria, of the designations the scenario speaks of, that are not
 * met. A nested criterion may be listed too: then it counts. */
static void
check_because(struct trial *trial)
{
    const tidu_program *program = trial->e->program;
    tidu_text wanted = {0}, got = {0};
    bool differs = false;
    for (uint32_t d = 0; d < program->designation_count; d++) {
        const tidu_designation *designation = &program->designations[d];
        if (!is_expected(trial->scenario, designation->id))
            continue;
        for (uint32_t c = 0; c < designation->criterion_count; c++) {
            const tidu_criterion *criterion =
                &program->criteria[designation->first_criterion + c];
            bool fails = tidu_run_truth(trial->e->run, criterion->status, 0) != TIDU_TRUE;
            bool listed = is_listed(trial->scenario, criterion->id);
            if (criterion->parent != TIDU_NONE && !listed)
                continue;
            differs = differs || fails != listed;
            if (fails)
                tidu_text_printf(&got, "%s%s", got.length ? ", " : "", criterion->id);
        }
    }
    for (uint32_t i = 0; i < trial->scenario->because_count; i++)
        tidu_text_printf(&wanted, "%s%s", i ? ", " : "", trial->scenario->because[i]);
    tidu_text_putc(&wanted, '\0');
    tidu_text_putc(&got, '\0');
    if (differs && !wanted.failed && !got.failed)
        complain(trial, TIDU_SCENARIO_BECAUSE, *wanted.data ? wanted.data : "-",
                 *got.data ? got.data : "-", NULL);
    tidu_text_free(&wanted);
    tidu_text_free(&got);
}

static void
check_expectations(struct trial *trial)
{
    for (uint32_t i = 0; i < trial->scenario->expectation_count; i++) {
        const tidu_expectation *expected = &trial->scenario->expectations[i];
        if (expected->kind == TIDU_EXPECT_NUMBER)
            check_number(trial, expected);
        else if (expected->kind == TIDU_EXPECT_FLAG)
            check_status(trial, expected, expected->truth ? "true" : "false");
        else
            check_status(trial, expected, expected->status);
    }
    if (trial->scenario->has_because)
        check_because(trial);
}

static void
complain_of_record(struct trial *trial, const tidu_error *error)
{
    char message[400], hint[400];
    tidu_error_message(error, TIDU_ZH, message, sizeof message);
    tidu_error_hint(error, TIDU_ZH, hint, sizeof hint);
    complain(trial, TIDU_SCENARIO_RECORD, message, hint, NULL);
}

static bool
run_scenario(struct tidu_evaluation *e, const tidu_scenario *scenario, tidu_report *report)
{
    struct trial trial = {e, scenario, report, true};
    tidu_options options = {.as_of = scenario->as_of, .explain = TIDU_EXPLAIN_NONE};
    tidu_error error;
    if (!tidu_evaluation_reset(e, &options, &error)) {
        complain_of_record(&trial, &error);
        return false;
    }
    if (tidu_evaluation_json(e, scenario->record, scenario->record_length, &error) !=
        TIDU_READ_ROW) {
        complain_of_record(&trial, &error);
        return false;
    }
    tidu_evaluation_run(e);
    tidu_run_eval_derived(e->run);
    check_expectations(&trial);
    return trial.passed;
}

uint32_t
tidu_ruleset_scenarios(tidu_ruleset *ruleset, tidu_report *report)
{
    tidu_options options = {.explain = TIDU_EXPLAIN_NONE};
    tidu_error error;
    uint32_t passed = 0;
    tidu_evaluation *e = tidu_evaluation_open(ruleset, &options, 1, &error);
    if (!e) {
        tidu_report_add(report, &error);
        return 0;
    }
    for (uint32_t i = 0; i < ruleset->scenario_count; i++)
        passed += run_scenario(e, &ruleset->scenarios[i], report);
    tidu_evaluation_close(&e);
    return passed;
}
