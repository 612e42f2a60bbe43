/*
 * path.c: the least that has to change for a designation.
 *
 * The cheapest changes on the day asked about; ways that do without one of them; when
 * there is none, which criteria forbid it and the first later day that has one. All of
 * them are searches over the same leeways, one a date.
 */
#include "internal.h"

#include <stdlib.h>

enum {
    MOST_DAYS = 64, /* that are looked at for the earliest */
    MOST_WAYS = 17  /* the cheapest and its alternatives */
};

static bool
no_memory(tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

/* ---- the question ---- */

static const tidu_title_slot *
title_called(const tidu_ruleset *ruleset, const char *name)
{
    const tidu_layout *layout = &ruleset->vocabulary.layout;
    for (uint32_t t = 0; t < layout->title_count; t++)
        if (!strcmp(layout->titles[t].id, name))
            return &layout->titles[t];
    return NULL;
}

/* The fact of that name that a record states; else a title: *ret_fact NULL. */
static bool
find_name(const tidu_ruleset *ruleset, const char *name, const tidu_fact **ret_fact,
          tidu_error *reterr)
{
    *ret_fact = tidu_vocabulary_find(&ruleset->vocabulary, name, strlen(name));
    if (*ret_fact && (*ret_fact)->derived)
        return tidu_error_set(reterr, TIDU_PATH_DERIVED, name, NULL);
    if (*ret_fact || title_called(ruleset, name))
        return true;
    const char *nearest = tidu_vocabulary_nearest(&ruleset->vocabulary, name, strlen(name));
    return tidu_error_set(reterr, nearest ? TIDU_PATH_NAME : TIDU_PATH_NAME_ALONE, name,
                          nearest ? nearest : "", NULL);
}

bool
tidu_question_efforts(struct question *question, tidu_error *reterr)
{
    const tidu_vocabulary *vocabulary = &question->ruleset->vocabulary;
    const tidu_path *path = question->path;
    const tidu_fact *fact;
    question->efforts = calloc(vocabulary->fact_count, sizeof *question->efforts);
    question->illustrative = calloc(vocabulary->fact_count, sizeof *question->illustrative);
    if (!question->efforts || !question->illustrative)
        return no_memory(reterr);
    for (uint32_t f = 0; f < vocabulary->fact_count; f++) {
        question->efforts[f] = vocabulary->facts[f].effort;
        question->illustrative[f] = true;
    }
    for (uint32_t i = 0; i < path->cost_count; i++) {
        const tidu_path_cost *cost = &path->costs[i];
        if (!find_name(question->ruleset, cost->name, &fact, reterr))
            return false;
        if (!fact)
            continue;
        question->efforts[fact - vocabulary->facts].up = cost->up;
        question->efforts[fact - vocabulary->facts].down = cost->down;
        question->illustrative[fact - vocabulary->facts] = false;
    }
    for (uint32_t i = 0; i < path->keep_count; i++) {
        if (!find_name(question->ruleset, path->keep[i], &fact, reterr))
            return false;
        if (fact)
            question->efforts[fact - vocabulary->facts].up =
                question->efforts[fact - vocabulary->facts].down = -1;
    }
    return true;
}

bool
tidu_question_base(struct question *question, tidu_error *reterr)
{
    const tidu_path *path = question->path;
    question->reader = tidu_reader_open(&question->ruleset->vocabulary);
    question->base = tidu_block_open(&question->ruleset->vocabulary.layout, 1);
    if (!question->reader || !question->base)
        return no_memory(reterr);
    tidu_block_clear(question->base, path->options->as_of);
    tidu_read read = tidu_reader_json(question->reader, path->record, path->length,
                                      path->options->ignore_unknown, question->base, reterr);
    if (read == TIDU_READ_FULL)
        return no_memory(reterr);
    return read == TIDU_READ_ROW;
}

/* For words: the record as it is judged now. */
bool
tidu_question_evaluate(struct question *question, tidu_error *reterr)
{
    const tidu_path *path = question->path;
    tidu_options options = *path->options;
    if (path->to) {
        options.designations = &path->to;
        options.designation_count = 1;
    }
    question->evaluation = tidu_evaluation_open(question->ruleset, &options, 1, reterr);
    if (!question->evaluation)
        return false;
    tidu_read read = tidu_evaluation_json(question->evaluation, path->record, path->length, reterr);
    if (read == TIDU_READ_FULL)
        return no_memory(reterr);
    if (read == TIDU_READ_ERROR)
        return false;
    tidu_evaluation_run(question->evaluation);
    question->region = tidu_evaluation_region(question->evaluation);
    return true;
}

void
tidu_question_close(struct question *question)
{
    tidu_evaluation_close(&question->evaluation);
    tidu_reader_close(&question->reader);
    tidu_block_close(&question->base);
    free(question->efforts);
    free(question->illustrative);
}

/* ---- one date ---- */

static struct goal
asked_goal(const struct leeway *leeway)
{
    const struct stage *stage = &leeway->stages[0];
    return (struct goal){.kind = GOAL_FLAG,
                         .lane = stage->lane,
                         .stage = 0,
                         .a = stage->designation->status,
                         .want = true};
}

static bool
find_met(struct leeway *leeway, bool *ret)
{
    const struct stage *stage = &leeway->stages[0];
    if (!tidu_leeway_try_nothing(leeway))
        return false;
    *ret =
        tidu_run_truth(leeway->lanes[stage->lane].run, stage->designation->status, 0) == TIDU_TRUE;
    return true;
}

/* ---- alternatives ---- */

/* Solutions by effort, each with what may not change in it: the cheapest that does
 * without some change of the solutions before it. */
struct candidate {
    struct solution solution;
    bool *quantities, *toggles; /* kept */
};

struct candidates {
    struct leeway *leeway;
    struct candidate items[MOST_WAYS * 16];
    uint32_t count;
    uint32_t node_count;
    bool complete;
};

static bool
changes_quantity(const struct leeway *leeway, const struct solution *solution, uint32_t q)
{
    return !mpq_equal(solution->values[q], leeway->quantities[q].now);
}

static bool
changes_toggle(const struct leeway *leeway, const struct solution *solution, uint32_t t)
{
    return solution->options[t] != leeway->toggles[t].now;
}

/* Search with one more thing kept (`quantity`, `toggle`: TIDU_NONE for not that). */
static bool
add_candidate(struct candidates *all, const struct candidate *from, int32_t quantity,
              int32_t toggle)
{
    struct leeway *leeway = all->leeway;
    struct candidate *candidate = &all->items[all->count];
    struct goal goal = asked_goal(leeway);
    if (all->count == sizeof all->items / sizeof *all->items)
        return true;
    candidate->quantities = tidu_arena_array(leeway->arena, leeway->quantity_count, sizeof(bool));
    candidate->toggles = tidu_arena_array(leeway->arena, leeway->toggle_count, sizeof(bool));
    if (!candidate->quantities || !candidate->toggles)
        return false;
    for (uint32_t q = 0; from && q < leeway->quantity_count; q++)
        candidate->quantities[q] = from->quantities[q];
    for (uint32_t t = 0; from && t < leeway->toggle_count; t++)
        candidate->toggles[t] = from->toggles[t];
    if (quantity != TIDU_NONE)
        candidate->quantities[quantity] = true;
    if (toggle != TIDU_NONE)
        candidate->toggles[toggle] = true;
    const struct kept kept = {.quantities = candidate->quantities, .toggles = candidate->toggles};
    if (!tidu_search_run(leeway, &goal, 1, kept, SEARCH_CHEAPEST, &candidate->solution))
        return false;
    all->node_count += candidate->solution.node_count;
    all->complete = all->complete && !candidate->solution.stopped && !candidate->solution.stuck;
    all->count += candidate->solution.found;
    return true;
}

/* The same changes as a way that is told already, or those and more. */
static bool
is_like(const struct leeway *leeway, const struct solution *solution, const struct way *way)
{
    bool like = true;
    for (uint32_t q = 0; like && q < leeway->quantity_count; q++)
        like =
            !changes_quantity(leeway, &way->solution, q) || changes_quantity(leeway, solution, q);
    for (uint32_t t = 0; like && t < leeway->toggle_count; t++)
        like = !changes_toggle(leeway, &way->solution, t) || changes_toggle(leeway, solution, t);
    return like;
}

static bool
branch(struct candidates *all, uint32_t number)
{
    const struct candidate from = all->items[number];
    for (uint32_t q = 0; q < all->leeway->quantity_count; q++)
        if (changes_quantity(all->leeway, &from.solution, q) &&
            !add_candidate(all, &from, (int32_t)q, TIDU_NONE))
            return false;
    for (uint32_t t = 0; t < all->leeway->toggle_count; t++)
        if (changes_toggle(all->leeway, &from.solution, t) &&
            !add_candidate(all, &from, TIDU_NONE, (int32_t)t))
            return false;
    return true;
}

static bool
is_better(const struct solution *a, const struct solution *b)
{
    return a->assumed != b->assumed ? a->assumed < b->assumed : mpq_cmp(a->effort, b->effort) < 0;
}

/* Take the best of the candidates that is no more than what was told. */
static bool
next_way(struct candidates *all, const struct way *ways, uint32_t count, uint32_t *ret)
{
    *ret = UINT32_MAX;
    for (uint32_t i = 0; i < all->count; i++) {
        struct solution *solution = &all->items[i].solution;
        for (uint32_t w = 0; solution->found && w < count; w++)
            if (is_like(all->leeway, solution, &ways[w]))
                solution->found = false;
        if (solution->found &&
            (*ret == UINT32_MAX || is_better(solution, &all->items[*ret].solution)))
            *ret = i;
    }
    return *ret != UINT32_MAX;
}

/* The cheapest way, and `more` after it. */
static bool
find_ways(struct leeway *leeway, int32_t as_of, uint32_t more, struct findings *findings,
          struct way *ways, uint32_t *ret_count)
{
    struct candidates *all = calloc(1, sizeof *all);
    uint32_t next;
    if (!all)
        return false;
    *all = (struct candidates){.leeway = leeway, .complete = true};
    bool good = add_candidate(all, NULL, TIDU_NONE, TIDU_NONE);
    bool first_complete = all->complete;
    while (good && next_way(all, ways, *ret_count, &next)) {
        ways[(*ret_count)++] = (struct way){leeway, all->items[next].solution, as_of};
        if (*ret_count > more)
            break;
        good = branch(all, next);
    }
    findings->node_count += all->node_count;
    findings->complete = findings->complete && first_complete;
    free(all);
    return good;
}

/* ---- what forbids it ---- */

struct blame {
    struct leeway *leeway;
    struct goal goals[512];
    const tidu_criterion *criteria[512];
    uint32_t count;
};

/* A search that was cut short, or left a way out, proves nothing: then it counts as so. */
static bool
is_possible(struct leeway *leeway, const struct goal *goals, uint32_t count, bool *ret)
{
    struct solution solution;
    if (!tidu_search_run(leeway, goals, count, (struct kept){0}, SEARCH_ANY, &solution))
        return false;
    *ret = solution.found || solution.stopped || solution.stuck;
    return true;
}

static void
list_criteria(struct blame *blame, uint32_t stage_number)
{
    const struct stage *stage = &blame->leeway->stages[stage_number];
    const tidu_program *program = blame->leeway->lanes[stage->lane].program;
    for (uint32_t c = 0; c < stage->designation->criterion_count; c++) {
        const tidu_criterion *criterion =
            &program->criteria[stage->designation->first_criterion + c];
        if (criterion->parent != TIDU_NONE || blame->count == 512)
            continue;
        blame->goals[blame->count] = (struct goal){.kind = GOAL_FLAG,
                                                   .lane = stage->lane,
                                                   .stage = stage_number,
                                                   .a = criterion->status,
                                                   .want = true};
        blame->criteria[blame->count++] = criterion;
    }
}

/* Leave out one after the other what is not needed for it to be impossible. */
static bool
find_together(struct blame *blame)
{
    for (uint32_t i = 0; i < blame->count;) {
        struct goal goal = blame->goals[i];
        const tidu_criterion *criterion = blame->criteria[i];
        bool possible;
        blame->goals[i] = blame->goals[blame->count - 1];
        blame->criteria[i] = blame->criteria[blame->count - 1];
        if (!is_possible(blame->leeway, blame->goals, blame->count - 1, &possible))
            return false;
        if (!possible) {
            blame->count--;
            continue;
        }
        blame->goals[i] = goal;
        blame->criteria[i] = criterion;
        i++;
    }
    return true;
}

static bool
find_forbidding(struct leeway *leeway, struct findings *findings)
{
    struct blame *blame = calloc(1, sizeof *blame);
    const tidu_criterion **forbids = tidu_arena_array(leeway->arena, 512, sizeof *forbids);
    bool good = blame && forbids;
    if (good)
        blame->leeway = leeway;
    for (uint32_t s = leeway->stage_count; good && s-- > 0;) {
        uint32_t first = blame->count;
        list_criteria(blame, s);
        for (uint32_t i = first; good && i < blame->count; i++) {
            bool possible = true;
            good = is_possible(leeway, &blame->goals[i], 1, &possible);
            if (!possible)
                forbids[findings->forbid_count++] = blame->criteria[i];
        }
        blame->count = 0;
    }
    if (good && !findings->forbid_count && *leeway->nodes_left) {
        list_criteria(blame, 0);
        good = find_together(blame);
        for (uint32_t i = 0; i < blame->count; i++)
            forbids[findings->forbid_count++] = blame->criteria[i];
        findings->together = true;
    }
    findings->forbids = forbids;
    free(blame);
    return good;
}

/* ---- later days ---- */

struct days {
    int32_t list[MOST_DAYS];
    uint32_t count;
    int32_t after, until;
};

static void
add_day(struct days *days, int32_t day)
{
    uint32_t at = 0;
    if (day <= days->after || day > days->until)
        return;
    while (at < days->count && days->list[at] < day)
        at++;
    if ((at < days->count && days->list[at] == day) || at == MOST_DAYS)
        return;
    if (days->count == MOST_DAYS)
        days->count--; /* the latest gives way */
    memmove(&days->list[at + 1], &days->list[at], (days->count - at) * sizeof *days->list);
    days->list[at] = day;
    days->count++;
}

/* Days on which other rules begin to answer. */
static void
add_turns(struct days *days, const tidu_timeline *timeline)
{
    for (uint32_t i = 0; i + 1 < timeline->count; i++)
        if (timeline->until[i] < INT32_MAX)
            add_day(days, timeline->until[i] + 1);
}

/* Anniversaries of a day, monthly where rules count months from it. */
static void
add_returns(struct days *days, int32_t day, bool monthly)
{
    for (int month = monthly ? 1 : 12; month <= 40 * 12; month += monthly ? 1 : 12) {
        int32_t later = tidu_date_shift(day, month);
        if (later > days->until)
            return;
        add_day(days, later);
        add_day(days, later + 1);
    }
}

/* Days that the designation's rules compare with the date: of the record, and its titles. */
static void
add_record_days(const struct question *question, const struct leeway *leeway, struct days *days)
{
    const tidu_layout *layout = question->base->layout;
    for (uint32_t l = 0; l < leeway->lane_count; l++) {
        const struct lane *lane = &leeway->lanes[l];
        bool monthly = false;
        for (uint32_t s = 0; s < lane->program->step_count; s++)
            monthly = monthly || (lane->reached[s] && lane->program->steps[s].op == TIDU_DO_SHIFT);
        for (uint32_t s = 0; s < lane->program->step_count; s++) {
            const tidu_instruction *step = &lane->program->steps[s];
            if (!lane->reached[s] || step->op != TIDU_DO_FACT)
                continue;
            const tidu_column *column = &layout->columns[step->number];
            bool date =
                column->fact == TIDU_NONE ||
                question->ruleset->vocabulary.facts[column->fact].symbol.type.kind == TIDU_DATE;
            if (!date || column->frame || !(question->base->number_known[column->place][0] & 1))
                continue;
            int32_t day = (int32_t)question->base->number[column->place][0];
            add_day(days, day);
            add_day(days, day + 1);
            add_returns(days, day, monthly);
        }
    }
}

static void
find_days(const struct question *question, const struct leeway *leeway, struct days *days)
{
    const tidu_plan *plan = tidu_ruleset_plan(question->ruleset, question->region);
    *days = (struct days){.after = question->path->options->as_of, .until = question->path->until};
    add_turns(days, &plan->ladder);
    add_turns(days, &plan->local);
    for (int year = question->base->year + 2; days->count < MOST_DAYS; year++) {
        int32_t day = tidu_date_join(year, 1, 1);
        if (day > days->until)
            break;
        add_day(days, day);
    }
    if (leeway)
        add_record_days(question, leeway, days);
}

/* The first of the days that has a way. */
static bool
find_earliest(const struct question *question, const struct leeway *now, struct findings *findings,
              struct way *ret, tidu_error *reterr)
{
    struct days days;
    find_days(question, now, &days);
    for (uint32_t d = 0; d < days.count; d++) {
        bool there = false;
        uint32_t count = 0;
        struct leeway *leeway = tidu_leeway_open(question, NULL, days.list[d], &there, reterr);
        if (!leeway)
            return false;
        if (there && !find_ways(leeway, days.list[d], 0, findings, ret, &count)) {
            tidu_leeway_close(&leeway);
            return no_memory(reterr);
        }
        if (count) {
            findings->earliest = ret;
            return true;
        }
        tidu_leeway_close(&leeway);
    }
    return true;
}

/* ---- all of it ---- */

static bool
answer(const struct question *question, tidu_text *out, tidu_error *reterr)
{
    const tidu_path *path = question->path;
    struct findings findings = {.question = question, .complete = true};
    struct way ways[MOST_WAYS] = {{0}}, later = {0};
    uint32_t more = path->alternatives < MOST_WAYS ? path->alternatives : MOST_WAYS - 1;
    bool there = false;
    struct leeway *leeway = tidu_leeway_open(question, NULL, path->options->as_of, &there, reterr);
    bool good = leeway != NULL;
    if (good && there) {
        good = find_met(leeway, &findings.met);
        if (good && !findings.met)
            good =
                find_ways(leeway, path->options->as_of, more, &findings, ways, &findings.way_count);
        if (good && !findings.met && !findings.way_count && findings.complete)
            good = find_forbidding(leeway, &findings);
        if (!good)
            no_memory(reterr);
    }
    findings.ways = ways;
    if (good && !findings.met && !findings.way_count)
        good = find_earliest(question, there ? leeway : NULL, &findings, &later, reterr);
    good = good && tidu_path_tell(&findings, out, reterr);
    tidu_leeway_close(&later.leeway);
    tidu_leeway_close(&leeway);
    return good;
}

bool
tidu_ruleset_path(tidu_ruleset *ruleset, const tidu_path *path, tidu_text *out, tidu_error *reterr)
{
    uint32_t nodes_left = MOST_NODES;
    bool stopped = false;
    size_t from = out->length;
    struct parked parked = {0};
    struct question question = {.parked = &parked,
                                .ruleset = ruleset,
                                .path = path,
                                .nodes_left = &nodes_left,
                                .stopped = &stopped};
    bool good = tidu_question_efforts(&question, reterr) &&
                tidu_question_evaluate(&question, reterr) &&
                tidu_question_base(&question, reterr) && answer(&question, out, reterr);
    tidu_question_close(&question);
    tidu_parked_close(&parked);
    if (!stopped)
        return good;
    out->length = from;
    return tidu_error_set(reterr, TIDU_POPULATION_STOPPED, NULL);
}
