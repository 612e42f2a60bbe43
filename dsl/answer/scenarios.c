/*
 * scenarios.c: a ruleset's own tests, run like anyone's records.
 *
 * Each scenario says what should come of a record on a date, and optionally
 * because of which criteria; what differs is reported at its line.
 */
#include "internal.h"
#include "tidu/both.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A row is judged by its ladder and by what its place adds. */
struct judge {
    const tidu_run *run;
    const tidu_program *program;
};

struct trial {
    struct judge judges[TIDU_LANES_A_ROW];
    unsigned judge_count;
    uint32_t row;
    const tidu_run *run; /* of the judge looked at last */
    const tidu_program *program;
    const tidu_scenario *scenario;
    tidu_report *report; /* NULL: nobody asks what differs */
    bool passed;
};

/* Complain at a place in the scenario; line 0 is that of the scenario. */
static void
complain(struct trial *trial, tidu_code code, uint32_t line, uint32_t column, const char *first,
         const char *second, const char *third)
{
    const tidu_scenario *scenario = trial->scenario;
    tidu_error error;
    trial->passed = false;
    if (!trial->report)
        return;
    tidu_error_at(&error, code, scenario->path, line ? line : scenario->line, line ? column : 0, 0,
                  scenario->name, first, second, third, NULL);
    tidu_report_add(trial->report, &error);
}

static void
complain_outcome(struct trial *trial, const tidu_expectation *expected, const char *wanted,
                 const char *got)
{
    complain(trial, TIDU_SCENARIO_FAILED, expected->line, expected->column, expected->id, wanted,
             got);
}

/* ---- what came ---- */

/* Look at the row's next judge; false after the last. */
static bool
look(struct trial *trial, unsigned nth)
{
    if (nth >= trial->judge_count)
        return false;
    trial->run = trial->judges[nth].run;
    trial->program = trial->judges[nth].program;
    return true;
}

/* Whether a criterion is of old rules that count beside the new. */
static bool
is_past(const tidu_program *program, uint32_t criterion)
{
    for (uint32_t i = 0; i < program->designation_count; i++) {
        const tidu_designation *designation = &program->designations[i];
        if (criterion >= designation->first_criterion &&
            criterion - designation->first_criterion < designation->criterion_count)
            return designation->past;
    }
    return false;
}

/* Whose status an id is, in the program looked at; TIDU_NO_STEP for nothing. */
static tidu_step
step_of(const struct trial *trial, const char *id)
{
    const tidu_program *program = trial->program;
    bool old = !strncmp(id, "old:", 4), new = !strncmp(id, "new:", 4);
    for (uint32_t i = 0; i < program->designation_count; i++) {
        const tidu_designation *designation = &program->designations[i];
        if (!designation->told || strcmp(designation->id, old || new ? id + 4 : id))
            continue;
        if (!old && !new)
            return designation->status;
        const tidu_transition *transition = designation->transition;
        return !transition ? TIDU_NO_STEP
               : old       ? program->designations[transition->old].status
                           : transition->now;
    }
    for (uint32_t i = 0; i < program->criterion_count; i++)
        if (!strcmp(program->criteria[i].id, id) && !is_past(program, i))
            return program->criteria[i].status;
    for (uint32_t i = 0; i < program->subsidy_count; i++)
        if (program->subsidies[i].told && !strcmp(program->subsidies[i].rule.id, id))
            return program->subsidies[i].rule.status;
    for (uint32_t i = 0; i < program->measure_count; i++)
        if (!strcmp(program->measures[i].rule.id, id))
            return program->measures[i].rule.status;
    return TIDU_NO_STEP;
}

static const char *
status_of(struct trial *trial, const char *id)
{
    for (unsigned nth = 0; look(trial, nth); nth++) {
        tidu_step step = step_of(trial, id);
        if (step != TIDU_NO_STEP)
            return tidu_answer_status(tidu_run_truth(trial->run, step, trial->row));
    }
    return "absent";
}

/* Not the double of its step: what differs by a tenth of a yuan is not what
 * doubles make of it. */
static bool
exact_number(const tidu_run *run, tidu_step step, uint32_t row, double *ret)
{
    mpq_t value;
    if (!tidu_run_number(run, step, row, ret))
        return false;
    mpq_init(value);
    tidu_run_exact(run, step, row, value);
    *ret = mpq_get_d(value);
    mpq_clear(value);
    return true;
}

/* What a subsidy comes to after its stack; the local program knows best. */
static bool
amount_of(struct trial *trial, const char *id, double *ret_low, double *ret_high)
{
    bool found = false;
    for (unsigned nth = 0; look(trial, nth); nth++)
        for (uint32_t i = 0; i < trial->program->subsidy_count; i++) {
            const tidu_subsidy *subsidy = &trial->program->subsidies[i];
            if (subsidy->told && !strcmp(subsidy->rule.id, id) &&
                subsidy->net_low != TIDU_NO_STEP)
                found = exact_number(trial->run, subsidy->net_low, trial->row, ret_low) &&
                        exact_number(trial->run, subsidy->net_high, trial->row, ret_high);
        }
    return found;
}

/* The points of a card, of one of its groups, or of one of its indicators. */
static bool
find_points(const tidu_program *program, const tidu_scorecard *card, const char *id,
            tidu_step *ret_low, tidu_step *ret_high)
{
    size_t length = strlen(card->id);
    bool here = !strncmp(id, card->id, length) && (!id[length] || id[length] == '/');
    if (here && !id[length]) {
        *ret_low = card->low;
        *ret_high = card->high;
        return true;
    }
    for (uint32_t g = 0; here && g < card->group_count; g++)
        if (!strcmp(id + length + 1, card->groups[g].name)) {
            *ret_low = card->groups[g].low;
            *ret_high = card->groups[g].high;
            return true;
        }
    for (uint32_t i = 0; i < card->indicator_count; i++) {
        const tidu_indicator *indicator = &program->indicators[card->first_indicator + i];
        if (!strcmp(indicator->id, id)) {
            *ret_low = indicator->low;
            *ret_high = indicator->high;
            return true;
        }
    }
    return false;
}

static bool
score_in(const struct trial *trial, const char *id, double *ret_low, double *ret_high)
{
    const tidu_program *program = trial->program;
    tidu_step low = TIDU_NO_STEP, high = TIDU_NO_STEP;
    for (uint32_t d = 0; d < program->designation_count; d++) {
        const tidu_designation *designation = &program->designations[d];
        for (uint32_t c = 0; c < designation->scorecard_count && !designation->past; c++)
            if (find_points(program, &program->scorecards[designation->first_scorecard + c], id,
                            &low, &high))
                return tidu_run_number(trial->run, low, trial->row, ret_low) &&
                       tidu_run_number(trial->run, high, trial->row, ret_high);
    }
    return false;
}

static bool
score_of(struct trial *trial, const char *id, double *ret_low, double *ret_high)
{
    for (unsigned nth = 0; look(trial, nth); nth++)
        if (score_in(trial, id, ret_low, ret_high))
            return true;
    return false;
}

/* Its judge is the one looked at then. */
static const tidu_derived *
derived_named(struct trial *trial, const char *id)
{
    const tidu_derived *derived = NULL;
    for (unsigned nth = 0; !derived && look(trial, nth); nth++)
        derived = tidu_program_derived(trial->program, id);
    return derived;
}

static const char *
derived_status(const struct trial *trial, const tidu_derived *derived, char *buffer, size_t size)
{
    tidu_kind kind = derived->symbol->type.kind;
    double value;
    if (kind == TIDU_FLAG) {
        tidu_truth truth = tidu_run_truth(trial->run, derived->step, trial->row);
        return truth == TIDU_UNKNOWN ? "undetermined" : truth == TIDU_TRUE ? "true" : "false";
    }
    if (!tidu_run_number(trial->run, derived->step, trial->row, &value))
        return "undetermined";
    if (kind == TIDU_DATE)
        return tidu_date_format((int32_t)value, buffer);
    if (kind == TIDU_NUMBER || !derived->book)
        return "known";
    const tidu_slice *entry = &derived->book->entries[(uint32_t)value / 2];
    snprintf(buffer, size, "%.*s", (int)entry->length, entry->data);
    return buffer;
}

/* ---- what should have come ---- */

static void
check_status(struct trial *trial, const tidu_expectation *expected, const char *wanted)
{
    char buffer[80];
    double low, high;
    const tidu_derived *derived = derived_named(trial, expected->id);
    const char *got = derived ? derived_status(trial, derived, buffer, sizeof buffer)
                              : status_of(trial, expected->id);
    if (!strncmp(expected->id, "score:", 6) && score_of(trial, expected->id + 6, &low, &high))
        got = "in force";
    if (strcmp(got, wanted))
        complain_outcome(trial, expected, wanted, got);
}

static void
put_range(char *buffer, size_t size, double low, double high)
{
    if (low == high)
        snprintf(buffer, size, "%.15g", low);
    else
        snprintf(buffer, size, "%.15g–%.15g", low, high);
}

/* A derived number in the unit it was declared to have, or in its own scale. */
static double
derived_number(const struct trial *trial, const tidu_derived *derived, tidu_step step)
{
    const tidu_unit *unit = derived->symbol->type.unit;
    mpq_t value;
    mpq_init(value);
    tidu_run_exact(trial->run, step, trial->row, value);
    if (unit)
        tidu_show_rescale(value, derived->scale, unit);
    double number = mpq_get_d(value);
    mpq_clear(value);
    return number;
}

/* `ret_status` says what came when no number did. */
static bool
number_of(struct trial *trial, const char *id, double *ret_low, double *ret_high,
          const char **ret_status)
{
    const tidu_derived *derived = derived_named(trial, id);
    *ret_status = derived ? "undetermined" : "absent";
    if (!strncmp(id, "score:", 6))
        return score_of(trial, id + 6, ret_low, ret_high);
    if (!strncmp(id, "amount:", 7))
        return amount_of(trial, id + 7, ret_low, ret_high);
    if (!derived || !tidu_run_number(trial->run, derived->step, trial->row, ret_low) ||
        !tidu_run_number(trial->run, derived->high, trial->row, ret_high))
        return false;
    *ret_low = derived_number(trial, derived, derived->step);
    *ret_high = derived_number(trial, derived, derived->high);
    return true;
}

/* Fifteen digits are what a number in a script is good for. */
static bool
same_number(double a, double b)
{
    char first[32], second[32];
    snprintf(first, sizeof first, "%.15g", a);
    snprintf(second, sizeof second, "%.15g", b);
    return !strcmp(first, second);
}

static void
check_number(struct trial *trial, const tidu_expectation *expected)
{
    double low = 0, high = 0;
    char wanted[80], range[80];
    const char *got;
    bool known = number_of(trial, expected->id, &low, &high, &got);
    if (known && same_number(low, expected->low) && same_number(high, expected->high))
        return;
    put_range(wanted, sizeof wanted, expected->low, expected->high);
    put_range(range, sizeof range, low, high);
    complain_outcome(trial, expected, wanted, known ? range : got);
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
begins_with_id(const char *id, const char *designation)
{
    size_t length = strlen(designation);
    return !strncmp(id, designation, length) && (id[length] == '\0' || id[length] == '/');
}

/* Whether the scenario speaks of a designation or one of its criteria. */
static bool
is_expected(const tidu_scenario *scenario, const char *designation)
{
    for (uint32_t i = 0; i < scenario->expectation_count; i++)
        if (begins_with_id(scenario->expectations[i].id, designation))
            return true;
    for (uint32_t i = 0; i < scenario->because_count; i++)
        if (begins_with_id(scenario->because[i], designation))
            return true;
    return false;
}

/* Add the criteria of a designation that are the reason: those at the top that
 * are not met, and nested ones where they are listed. Returns how many of them
 * are listed; *ret_differs is set when one is not, or is listed and met. */
static uint32_t
gather_reasons(const struct trial *trial, const tidu_designation *designation, tidu_text *got,
               bool *ret_differs)
{
    const tidu_program *program = trial->program;
    uint32_t found = 0;
    for (uint32_t c = 0; c < designation->criterion_count; c++) {
        const tidu_criterion *criterion = &program->criteria[designation->first_criterion + c];
        bool fails = tidu_run_truth(trial->run, criterion->status, trial->row) != TIDU_TRUE;
        bool listed = is_listed(trial->scenario, criterion->id);
        found += listed;
        if (criterion->parent != TIDU_NONE && !listed)
            continue;
        *ret_differs = *ret_differs || fails != listed;
        if (fails && trial->report)
            tidu_text_printf(got, "%s%s", got->length ? ", " : "", criterion->id);
    }
    return found;
}

static void
complain_because(struct trial *trial, tidu_text *got)
{
    const tidu_scenario *scenario = trial->scenario;
    const tidu_attr *place = tidu_attr_find(&scenario->declaration->attrs, "because");
    tidu_text wanted = {0};
    for (uint32_t i = 0; i < scenario->because_count; i++)
        tidu_text_printf(&wanted, "%s%s", i ? ", " : "", scenario->because[i]);
    tidu_text_putc(&wanted, '\0');
    tidu_text_putc(got, '\0');
    if (wanted.failed || got->failed)
        complain(trial, TIDU_MEMORY, 0, 0, NULL, NULL, NULL);
    else
        complain(trial, TIDU_SCENARIO_BECAUSE, place->line, place->column,
                 *wanted.data ? wanted.data : "-", *got->data ? got->data : "-", NULL);
    tidu_text_free(&wanted);
}

static void
check_because(struct trial *trial)
{
    const tidu_scenario *scenario = trial->scenario;
    tidu_text got = {0};
    bool differs = false;
    uint32_t found = 0;
    for (unsigned nth = 0; look(trial, nth); nth++)
        for (uint32_t d = 0; d < trial->program->designation_count; d++) {
            const tidu_designation *designation = &trial->program->designations[d];
            if (designation->told && is_expected(scenario, designation->id))
                found += gather_reasons(trial, designation, &got, &differs);
        }
    if (differs || found != scenario->because_count)
        complain_because(trial, &got);
    tidu_text_free(&got);
}

static void
check_expectations(struct trial *trial)
{
    bool all = trial->report != NULL;
    for (uint32_t i = 0; i < trial->scenario->expectation_count && (all || trial->passed); i++) {
        const tidu_expectation *expected = &trial->scenario->expectations[i];
        if (expected->kind == TIDU_EXPECT_NUMBER)
            check_number(trial, expected);
        else if (expected->kind == TIDU_EXPECT_FLAG)
            check_status(trial, expected, expected->truth ? "true" : "false");
        else
            check_status(trial, expected, expected->status);
    }
    if (trial->scenario->has_because && (all || trial->passed))
        check_because(trial);
}

/* Complain at the record, and say why as a client would be told. */
static void
complain_of_record(struct trial *trial, const tidu_error *error)
{
    const tidu_attr *record = tidu_attr_find(&trial->scenario->declaration->attrs, "record");
    uint32_t line = record ? record->line : 0, column = record ? record->column : 0;
    complain(trial, TIDU_SCENARIO_RECORD, line, column, NULL, NULL, NULL);
    tidu_error why;
    tidu_error_at(&why, error->code, trial->scenario->path, line ? line : trial->scenario->line,
                  column, 0, error->argument[0], error->argument[1], error->argument[2],
                  error->argument[3], NULL);
    tidu_report_add(trial->report, &why);
}

/* The first difference is enough. */
bool
tidu_scenario_passes(tidu_run *const runs[TIDU_LANES_A_ROW], uint32_t row,
                     const tidu_scenario *scenario)
{
    struct trial trial = {.row = row, .scenario = scenario, .passed = true};
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW && runs[nth]; nth++)
        trial.judges[trial.judge_count++] = (struct judge){runs[nth], tidu_run_program(runs[nth])};
    check_expectations(&trial);
    return trial.passed;
}

/* ---- all of a ruleset ---- */

enum { ROWS = 32, LANES = 16 };

/* Scenarios of one date are judged as one block. */
struct trials {
    tidu_evaluation *e;
    tidu_report *report;
    const tidu_scenario *scenarios[ROWS]; /* by row */
    tidu_text records[ROWS];              /* what the rows were read from */
    uint32_t count, passed;
};

static void
judge_all(struct trials *trials)
{
    struct tidu_evaluation view;
    if (trials->count)
        tidu_evaluation_run(trials->e);
    for (uint32_t i = 0; trials->count && i < trials->e->lane_count; i++)
        if (trials->e->lanes[i] && trials->e->lanes[i]->due)
            tidu_run_eval_derived(trials->e->lanes[i]->run);
    for (uint32_t row = 0; row < trials->count; row++) {
        struct trial trial = {.scenario = trials->scenarios[row],
                              .report = trials->report,
                              .row = row,
                              .passed = true};
        for (unsigned nth = 0;
             nth < TIDU_LANES_A_ROW && tidu_look_nth(trials->e, row, nth, &view); nth++)
            trial.judges[trial.judge_count++] = (struct judge){view.run, view.program};
        check_expectations(&trial);
        trials->passed += trial.passed;
    }
    trials->count = 0;
    tidu_evaluation_clear(trials->e);
}

static void
refuse(struct trials *trials, const tidu_scenario *scenario, const tidu_error *error)
{
    struct trial trial = {.scenario = scenario, .report = trials->report};
    complain_of_record(&trial, error);
}

static void
add_scenario(struct trials *trials, const tidu_scenario *scenario)
{
    tidu_text *record = &trials->records[trials->count];
    tidu_error error = {0};
    tidu_read read = TIDU_READ_ERROR;
    if (tidu_ruleset_record(trials->e->ruleset, scenario, record))
        read = tidu_evaluation_json(trials->e, record->data, record->length, &error);
    else
        tidu_error_set(&error, TIDU_MEMORY, NULL);
    if (read == TIDU_READ_FULL && trials->count) {
        judge_all(trials);
        add_scenario(trials, scenario);
    } else if (read == TIDU_READ_ROW) {
        trials->scenarios[trials->count++] = scenario;
        if (trials->count == ROWS)
            judge_all(trials);
    } else {
        refuse(trials, scenario, &error);
    }
}

/* By date, and of one date in their order. */
static int
compare_scenarios(const void *a, const void *b)
{
    const tidu_scenario *x = *(const tidu_scenario *const *)a;
    const tidu_scenario *y = *(const tidu_scenario *const *)b;
    return x->as_of != y->as_of ? (x->as_of > y->as_of) - (x->as_of < y->as_of) : (x > y) - (x < y);
}

/* All of one date. */
static bool
run_stretch(struct trials *trials, const tidu_scenario *const *order, uint32_t count,
            tidu_error *reterr)
{
    tidu_options options = {.as_of = order[0]->as_of, .explain = TIDU_EXPLAIN_FAILED};
    if (!tidu_evaluation_reset(trials->e, &options, reterr))
        return false;
    for (uint32_t i = 0; i < count; i++)
        add_scenario(trials, order[i]);
    judge_all(trials);
    return true;
}

#ifdef TIDU_TIGHT
enum { STRETCH = 2, WORTH_SCENARIOS = 4 };
#else
enum { STRETCH = 128, WORTH_SCENARIOS = 256 };
#endif

/* What there is to run, by whoever is free. */
struct pile {
    tidu_ruleset *ruleset;
    const tidu_scenario **order;
    uint32_t count, taken;
    pthread_mutex_t lock; /* of `taken` */
};

struct runner {
    struct pile *pile;
    tidu_report *report;
    uint32_t passed;
};

/* The next scenarios of one date; their number, 0 when all are taken. */
static uint32_t
take_stretch(struct pile *pile, const tidu_scenario *const **ret)
{
    uint32_t count = 0;
    pthread_mutex_lock(&pile->lock);
    *ret = &pile->order[pile->taken];
    while (count < STRETCH && pile->taken + count < pile->count &&
           (*ret)[count]->as_of == (*ret)[0]->as_of)
        count++;
    pile->taken += count;
    pthread_mutex_unlock(&pile->lock);
    return count;
}

static void
run_some(void *argument)
{
    struct runner *runner = argument;
    tidu_options options = {.explain = TIDU_EXPLAIN_FAILED};
    struct trials trials = {.report = runner->report};
    const tidu_scenario *const *stretch;
    tidu_error error;
    trials.e = tidu_evaluation_open(runner->pile->ruleset, &options, ROWS, &error);
    bool good = trials.e != NULL;
    if (good && trials.e->most_lanes > LANES)
        trials.e->most_lanes = LANES; /* dates come one after another: few are needed at once */
    for (uint32_t count; good && (count = take_stretch(runner->pile, &stretch)) > 0;)
        good = run_stretch(&trials, stretch, count, &error);
    if (!good)
        tidu_report_add(runner->report, &error);
    for (uint32_t row = 0; row < ROWS; row++)
        tidu_text_free(&trials.records[row]);
    tidu_evaluation_close(&trials.e);
    runner->passed = trials.passed;
}

/* False when one has to run them all, so that complaints come in their order. */
static bool
run_at_once(struct pile *pile, uint32_t *ret_passed)
{
    struct runner one = {pile, tidu_report_open(), 0}, other = {pile, tidu_report_open(), 0};
    bool clean = one.report && other.report;
    if (clean) {
        tidu_both(run_some, &one, &other);
        clean = !tidu_report_count(one.report) && !tidu_report_count(other.report);
        *ret_passed = one.passed + other.passed;
    }
    tidu_report_close(&one.report);
    tidu_report_close(&other.report);
    return clean;
}

static uint32_t
run_pile(struct pile *pile, tidu_report *report)
{
    struct runner alone = {pile, report, 0};
    if (pile->count < WORTH_SCENARIOS || !tidu_two_processors() ||
        !run_at_once(pile, &alone.passed)) {
        pile->taken = 0;
        run_some(&alone);
    }
    return alone.passed;
}

uint32_t
tidu_ruleset_scenarios(tidu_ruleset *ruleset, tidu_report *report)
{
    struct pile pile = {.ruleset = ruleset, .count = ruleset->scenario_count};
    tidu_error error;
    pile.order = malloc((pile.count + 1) * sizeof *pile.order);
    if (!pile.order) {
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        tidu_report_add(report, &error);
        return 0;
    }
    for (uint32_t i = 0; i < pile.count; i++)
        pile.order[i] = &ruleset->scenarios[i];
    qsort(pile.order, pile.count, sizeof *pile.order, compare_scenarios);
    pthread_mutex_init(&pile.lock, NULL);
    uint32_t passed = run_pile(&pile, report);
    pthread_mutex_destroy(&pile.lock);
    free(pile.order);
    tidu_report_sort(report);
    return passed;
}
