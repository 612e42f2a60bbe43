/*
 * missing.c: what is not known, what may come of it, which facts would settle it.
 *
 * What may come of it: a search for values of the unknown facts with which the designation
 * is met, and one for values with which it is not. Which facts settle it: a fact matters
 * if there are two records that differ in it alone, one of which meets the designation;
 * those that matter settle it together, and no fewer do. A search for such a pair is a
 * search over two rows.
 */
#include "internal.h"

#include <stdlib.h>

enum {
    MOST_WAITING = 64,
    MOST_TRIES = 500 /* nodes of one search; what takes more counts as so */
};

/* An unknown fact that an undecided step waits for; the titles held are one more. */
struct gap {
    uint32_t number;
    uint16_t lags;                                /* a bit each */
    const tidu_criterion *criteria[MOST_WAITING]; /* that wait for it */
    uint32_t criterion_count;
    bool alone[2]; /* it may settle it as unmet, met */
};

struct gaps {
    const struct question *question;
    struct leeway *leeway; /* in which nothing is free */
    struct gap *list;
    uint32_t count;
    const tidu_criterion *criterion; /* that is being looked at */
    bool possible[2];                /* unmet, met */
};

static uint32_t
titles_number(const struct gaps *gaps)
{
    return gaps->question->ruleset->vocabulary.fact_count;
}

static void
note_gap(void *context, uint32_t column)
{
    struct gaps *gaps = context;
    const tidu_column *input = &gaps->leeway->block->layout->columns[column];
    uint32_t number = input->fact == TIDU_NONE ? titles_number(gaps) : (uint32_t)input->fact,
             at = 0;
    while (at < gaps->count && gaps->list[at].number != number)
        at++;
    struct gap *gap = &gaps->list[at];
    if (at == gaps->count)
        gaps->list[gaps->count++] = (struct gap){.number = number};
    gap->lags |= (uint16_t)(1u << input->lag);
    if (gaps->criterion && gap->criterion_count < MOST_WAITING &&
        (!gap->criterion_count || gap->criteria[gap->criterion_count - 1] != gaps->criterion))
        gap->criteria[gap->criterion_count++] = gaps->criterion;
}

/* ---- searches ---- */

/* Whether there are values of what is free with which the first row comes to `want`, and
 * the second, if there is one, to the opposite. What cannot be searched counts as so. */
static bool
ask(const struct gaps *gaps, struct freedom freedom, bool want, bool firm, bool *ret,
    tidu_error *reterr)
{
    bool there;
    struct solution solution;
    struct goal goals[2];
    *gaps->question->nodes_left = MOST_TRIES;
    struct leeway *leeway = tidu_leeway_open(gaps->question, &freedom,
                                             gaps->question->path->options->as_of, &there, reterr);
    if (!leeway)
        return false;
    for (uint32_t s = 0; s < leeway->stage_count; s++)
        goals[s] = (struct goal){.kind = GOAL_FLAG,
                                 .lane = leeway->stages[s].lane,
                                 .stage = s,
                                 .a = leeway->stages[s].designation->status,
                                 .want = s ? !want : want,
                                 .firm = firm};
    bool good =
        tidu_search_run(leeway, goals, leeway->stage_count, (struct kept){0}, SEARCH_PART, &solution);
    tidu_leeway_close(&leeway);
    *ret = solution.found || (!firm && (solution.stuck || solution.stopped));
    return good || tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

static bool
find_possible(struct gaps *gaps, tidu_error *reterr)
{
    const struct freedom all = {.only = TIDU_NONE, .twin = TIDU_NONE};
    for (int want = 0; want < 2; want++)
        if (!ask(gaps, all, want, false, &gaps->possible[want], reterr))
            return false;
    return true;
}

/* Keep those that matter. */
static bool
weed(struct gaps *gaps, tidu_error *reterr)
{
    uint32_t kept = 0;
    for (uint32_t g = 0; g < gaps->count; g++) {
        const struct freedom twin = {.only = TIDU_NONE, .twin = (int32_t)gaps->list[g].number};
        bool matters = gaps->leeway->blind[gaps->list[g].number];
        if (!matters && !ask(gaps, twin, true, false, &matters, reterr))
            return false;
        if (matters)
            gaps->list[kept++] = gaps->list[g];
    }
    gaps->count = kept;
    return true;
}

static bool
find_alone(struct gaps *gaps, tidu_error *reterr)
{
    for (uint32_t g = 0; g < gaps->count; g++)
        for (int want = 0; want < 2; want++) {
            const struct freedom one = {.only = (int32_t)gaps->list[g].number, .twin = TIDU_NONE};
            if (!ask(gaps, one, want, true, &gaps->list[g].alone[want], reterr))
                return false;
        }
    return true;
}

static int
compare_gaps(const void *a, const void *b)
{
    const struct gap *left = a, *right = b;
    bool first = left->alone[0] || left->alone[1], second = right->alone[0] || right->alone[1];
    if (first != second)
        return second - first;
    if (left->criterion_count != right->criterion_count)
        return left->criterion_count < right->criterion_count ? 1 : -1;
    return left->number < right->number ? -1 : left->number > right->number;
}

/* ---- one designation ---- */

static void
find_gaps(struct gaps *gaps)
{
    const struct stage *stage = &gaps->leeway->stages[0];
    const struct lane *lane = &gaps->leeway->lanes[stage->lane];
    tidu_leeway_try(gaps->leeway, NULL, NULL);
    for (uint32_t c = 0; c < stage->designation->criterion_count; c++) {
        gaps->criterion = &lane->program->criteria[stage->designation->first_criterion + c];
        if (gaps->criterion->parent == TIDU_NONE &&
            tidu_run_truth(lane->run, gaps->criterion->status, 0) == TIDU_UNKNOWN)
            tidu_run_missing(lane->run, gaps->criterion->status, 0, note_gap, gaps);
    }
    gaps->criterion = NULL;
    tidu_run_missing(lane->run, stage->designation->status, 0, note_gap, gaps);
}

/* "unmet", "met": those that are so. */
static void
put_outcomes(const bool outcomes[2], tidu_text *out)
{
    tidu_text_printf(out, "[%s%s%s]", outcomes[1] ? "\"met\"" : "",
                     outcomes[0] && outcomes[1] ? "," : "", outcomes[0] ? "\"unmet\"" : "");
}

static void
put_gap(const struct gaps *gaps, const struct gap *gap, tidu_text *out)
{
    const tidu_vocabulary *vocabulary = &gaps->question->ruleset->vocabulary;
    bool titles = gap->number == vocabulary->fact_count, first = true;
    const tidu_symbol *symbol = titles ? NULL : &vocabulary->facts[gap->number].symbol;
    tidu_text_puts(out, "{\"fact\":");
    tidu_path_string(out, titles ? "titles" : symbol->name);
    tidu_path_titles(out, ",\"title\":", titles ? "已持有的称号" : symbol->zh,
                     titles ? "titles held" : symbol->en);
    if (symbol && symbol->type.annual) {
        tidu_text_puts(out, ",\"years\":[");
        for (int lag = 0; lag < 16; lag++) {
            if (!(gap->lags >> lag & 1))
                continue;
            tidu_text_printf(out, "%s%d", first ? "" : ",", gaps->leeway->block->year - lag);
            first = false;
        }
        tidu_text_putc(out, ']');
    }
    tidu_text_puts(out, ",\"alone\":");
    put_outcomes(gap->alone, out);
    tidu_text_puts(out, ",\"decides\":[");
    for (uint32_t c = 0; c < gap->criterion_count; c++) {
        tidu_text_puts(out, c ? "," : "");
        tidu_path_string(out, gap->criteria[c]->id);
    }
    tidu_text_puts(out, "]}");
}

static void
put_designation(const struct gaps *gaps, bool *first, tidu_text *out)
{
    const tidu_designation *designation = gaps->leeway->stages[0].designation;
    tidu_text_puts(out, *first ? "{\"id\":" : ",{\"id\":");
    *first = false;
    tidu_path_string(out, designation->id);
    tidu_path_titles(out, ",\"title\":", designation->title.zh, designation->title.en);
    tidu_text_puts(out, ",\"possible\":");
    put_outcomes(gaps->possible, out);
    tidu_text_puts(out, ",\"facts\":[");
    for (uint32_t g = 0; g < gaps->count; g++) {
        tidu_text_puts(out, g ? "," : "");
        put_gap(gaps, &gaps->list[g], out);
    }
    tidu_text_puts(out, "]}");
}

static bool
settle(struct question *question, bool *first, tidu_text *out, tidu_error *reterr)
{
    const struct freedom nothing = {.only = NO_FACT, .twin = TIDU_NONE};
    bool there = false;
    struct gaps gaps = {.question = question};
    gaps.list = calloc(question->ruleset->vocabulary.fact_count + 1, sizeof *gaps.list);
    if (!gaps.list)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    gaps.leeway =
        tidu_leeway_open(question, &nothing, question->path->options->as_of, &there, reterr);
    bool good = gaps.leeway != NULL;
    if (good && there) {
        find_gaps(&gaps);
        good = find_possible(&gaps, reterr) && weed(&gaps, reterr) && find_alone(&gaps, reterr);
        if (good && gaps.count)
            qsort(gaps.list, gaps.count, sizeof *gaps.list, compare_gaps);
        if (good)
            put_designation(&gaps, first, out);
    }
    tidu_leeway_close(&gaps.leeway);
    free(gaps.list);
    return good;
}

/* ---- all of them ---- */

struct undetermined {
    const char *ids[256];
    uint32_t count;
};

static void
note_undetermined(void *context, const char *id, tidu_outcome outcome)
{
    struct undetermined *undetermined = context;
    if (outcome == TIDU_UNDETERMINED && undetermined->count < 256)
        undetermined->ids[undetermined->count++] = id;
}

static bool
answer(struct question *question, tidu_path *path, tidu_text *out, tidu_error *reterr)
{
    struct undetermined undetermined = {.count = 0};
    bool first = true, good = true;
    uint32_t nodes_left = 0;
    char date[11];
    question->nodes_left = &nodes_left;
    tidu_text_printf(out, "{\"ruleset\":\"%.12s\",\"as_of\":\"%s\"",
                     tidu_ruleset_digest(question->ruleset),
                     tidu_date_format(path->options->as_of, date));
    tidu_evaluation_enterprise(question->evaluation, 0, out);
    tidu_text_puts(out, ",\"designations\":[");
    tidu_evaluation_outcomes(question->evaluation, 0, note_undetermined, &undetermined);
    for (uint32_t u = 0; good && !*question->stopped && u < undetermined.count; u++) {
        path->to = undetermined.ids[u];
        good = settle(question, &first, out, reterr);
    }
    tidu_text_puts(out, "]}");
    return good;
}

bool
tidu_ruleset_missing(tidu_ruleset *ruleset, const tidu_path *asked, tidu_text *out,
                     tidu_error *reterr)
{
    bool stopped = false;
    tidu_path path = {.options = asked->options,
                      .record = asked->record,
                      .length = asked->length,
                      .proceed = asked->proceed,
                      .context = asked->context};
    struct parked parked = {0};
    struct question question = {
        .parked = &parked, .ruleset = ruleset, .path = &path, .stopped = &stopped};
    size_t from = out->length;
    bool good = tidu_question_efforts(&question, reterr) &&
                tidu_question_evaluate(&question, reterr) &&
                tidu_question_base(&question, reterr) && answer(&question, &path, out, reterr);
    tidu_question_close(&question);
    tidu_parked_close(&parked);
    if (stopped)
        good = tidu_error_set(reterr, TIDU_POPULATION_STOPPED, NULL);
    if (!good)
        out->length = from;
    return good;
}
