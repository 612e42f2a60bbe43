/*
 * search.c: best first, over decisions.
 *
 * A node is a list of decisions: bounds, linear conditions, allowed values, goals. The
 * least effort that keeps them is found exactly and tried by the engine; if every goal is
 * met, nothing cheaper exists, since all other nodes need at least as much. If not, the
 * goals say which decisions are missing: those without alternative join the node, a choice
 * makes a node of each way.
 *
 * Numbers between the steps in which a quantity changes are a choice too: at most the step
 * below, or at least the one above.
 */
#include "internal.h"

#include <stdlib.h>

enum {
    MOST_ROUNDS = 1000, /* of one node; far fewer are needed */
    ASK_EVERY = 64      /* nodes */
};

struct delta *
tidu_delta_new(struct search *search, struct delta delta, struct delta *next)
{
    struct delta *copy = tidu_arena_alloc(search->arena, sizeof *copy);
    if (!copy) {
        search->numbers.failed = true;
        return next;
    }
    *copy = delta;
    copy->next = next;
    return copy;
}

struct delta *
tidu_delta_goal(struct search *search, struct goal goal, struct delta *next)
{
    return tidu_delta_new(search, (struct delta){.kind = ADD_GOAL, .goal = goal}, next);
}

/* ---- nodes, the most promising first ---- */

/* Fewer assumptions, less effort; of equals the deeper, then the older. When any way will do,
 * the deepest. */
static bool
comes_before(const struct search *search, const struct node *a, const struct node *b)
{
    if (search->aim == SEARCH_ANY && a->depth != b->depth)
        return a->depth > b->depth;
    if (a->assumed != b->assumed)
        return a->assumed < b->assumed;
    int order = mpq_cmp(a->effort, b->effort);
    if (order)
        return order < 0;
    return a->depth != b->depth ? a->depth > b->depth : a->serial < b->serial;
}

static void
push(struct search *search, struct node *node)
{
    struct node **heap = tidu_arena_grow(search->arena, search->heap, search->heap_count,
                                         &search->heap_capacity, sizeof *heap);
    if (!heap || !node) {
        search->numbers.failed = true;
        return;
    }
    search->heap = heap;
    size_t at = search->heap_count++;
    for (; at && comes_before(search, node, heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = node;
}

static struct node *
pop(struct search *search)
{
    struct node **heap = search->heap, *top = heap[0], *last = heap[--search->heap_count];
    size_t at = 0, count = search->heap_count;
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && comes_before(search, heap[child + 1], heap[child]))
            child++;
        if (!comes_before(search, heap[child], last))
            break;
        heap[at] = heap[child];
    }
    heap[at] = last;
    return top;
}

static void
push_way(struct search *search, const struct node *parent, const struct delta *deltas,
         mpq_srcptr effort, uint32_t assumed)
{
    struct node *node = tidu_arena_alloc(search->arena, sizeof *node);
    if (node)
        *node = (struct node){
            parent, deltas, effort, assumed, parent ? parent->depth + 1 : 0, search->serial++};
    push(search, node);
}

/* ---- the state of a node ---- */

#define KEEP(state, list, what, search)                                                          \
    do {                                                                                         \
        void *grown_ = tidu_arena_grow((search)->arena, (state)->list##s, (state)->list##_count, \
                                       &(state)->list##_capacity, sizeof *(state)->list##s);     \
        if (grown_) {                                                                            \
            (state)->list##s = grown_;                                                           \
            (state)->list##s[(state)->list##_count++] = (what);                                  \
        } else {                                                                                 \
            (search)->numbers.failed = true;                                                     \
        }                                                                                        \
    } while (0)

static void
decide(struct search *search, const struct delta *delta)
{
    struct state *state = &search->state;
    mpq_srcptr *bound;
    switch (delta->kind) {
    case ADD_GOAL:
        KEEP(state, goal, &delta->goal, search);
        break;
    case AT_LEAST:
        bound = &state->low[delta->index];
        if (!*bound || mpq_cmp(*bound, delta->value) < 0)
            *bound = delta->value;
        break;
    case AT_MOST:
        bound = &state->high[delta->index];
        if (!*bound || mpq_cmp(*bound, delta->value) > 0)
            *bound = delta->value;
        break;
    case ALLOW:
        state->masks[delta->index] &= delta->mask;
        break;
    case ADD_ROW:
        KEEP(state, row, delta->row, search);
        break;
    case CHOOSE:
        KEEP(state, piece, delta, search);
        break;
    case ASSUME:
        KEEP(state, assumption, &delta->goal, search);
        break;
    case ADD_SUM:
        KEEP(state, sum, delta->sum, search);
        break;
    case LEVEL:
        KEEP(state, level, delta, search);
        break;
    }
}

/* From the root on, so that the newest goals come last. */
static void
decide_path(struct search *search, const struct node *node)
{
    if (!node)
        return;
    decide_path(search, node->parent);
    for (const struct delta *d = node->deltas; d; d = d->next)
        decide(search, d);
}

static void
enter(struct search *search, const struct node *node, const struct goal *goals, uint32_t goal_count,
      struct kept kept)
{
    struct state *state = &search->state;
    const struct leeway *leeway = search->leeway;
    state->row_count = state->goal_count = state->piece_count = state->assumption_count = 0;
    state->sum_count = state->level_count = 0;
    for (uint32_t q = 0; q < leeway->quantity_count; q++) {
        bool stays = kept.quantities && kept.quantities[q];
        const struct quantity *quantity = &leeway->quantities[q];
        state->low[q] = stays ? quantity->now : kept.low ? kept.low[q] : quantity->low;
        state->high[q] = stays ? quantity->now : kept.high ? kept.high[q] : quantity->high;
    }
    for (uint32_t t = 0; t < leeway->toggle_count; t++) {
        const struct toggle *toggle = &leeway->toggles[t];
        bool stays = kept.toggles && kept.toggles[t];
        state->masks[t] = 0;
        for (uint32_t o = 0; o < toggle->option_count; o++)
            if (toggle->effort[o] && (!stays || o == toggle->now))
                state->masks[t] |= UINT64_C(1) << o;
    }
    for (uint32_t r = 0; r < leeway->part_count; r++)
        KEEP(state, row, leeway->parts[r], search);
    for (uint32_t g = 0; g < goal_count; g++)
        KEEP(state, goal, &goals[g], search);
    decide_path(search, node);
}

/* The option of least effort that is allowed; of equals the one it has. */
static bool
choose_options(struct search *search)
{
    struct state *state = &search->state;
    for (uint32_t t = 0; t < search->leeway->toggle_count; t++) {
        const struct toggle *toggle = &search->leeway->toggles[t];
        uint32_t best = toggle->now;
        if (!(state->masks[t] >> best & 1)) {
            best = UINT32_MAX;
            for (uint32_t o = 0; o < toggle->option_count; o++)
                if (state->masks[t] >> o & 1 &&
                    (best == UINT32_MAX || mpq_cmp(toggle->effort[o], toggle->effort[best]) < 0))
                    best = o;
        }
        if (best == UINT32_MAX)
            return false;
        state->options[t] = best;
        mpq_add(state->effort, state->effort, toggle->effort[best]);
    }
    return true;
}

/* The least effort of the node, and what takes it. */
static bool
relax(struct search *search)
{
    mpq_set_ui(search->state.effort, 0, 1);
    return choose_options(search) && tidu_simplex(search);
}

static bool
is_costlier(mpq_srcptr effort, uint32_t assumed, const struct node *next)
{
    return assumed != next->assumed ? assumed > next->assumed : mpq_cmp(effort, next->effort) > 0;
}

/* ---- what a node lacks ---- */

/* A quantity between two values it can take. */
static bool
is_between(const struct quantity *quantity, mpq_srcptr value, mpq_t below)
{
    if (mpq_equal(value, quantity->now))
        return false;
    mpq_set(below, value);
    tidu_quantity_below(quantity, below, false);
    return !mpq_equal(below, value);
}

static enum verdict
seek_steps(struct search *search, struct fork *fork)
{
    enum verdict verdict = MET;
    mpq_t below;
    mpq_init(below);
    for (uint32_t q = 0; verdict == MET && q < search->leeway->quantity_count; q++) {
        struct numbers *numbers = &search->numbers;
        if (!is_between(&search->leeway->quantities[q], search->state.values[q], below))
            continue;
        struct delta **ways = tidu_arena_array(search->arena, 2, sizeof *ways), *none = NULL;
        mpq_ptr above = tidu_numbers_copy(numbers, search->state.values[q]);
        if (!ways) {
            numbers->failed = true;
            break;
        }
        tidu_quantity_above(&search->leeway->quantities[q], above, false);
        struct delta most = {
            .kind = AT_MOST, .index = q, .value = tidu_numbers_copy(numbers, below)};
        struct delta least = {.kind = AT_LEAST, .index = q, .value = above};
        ways[0] = tidu_delta_new(search, least, NULL);
        ways[1] = tidu_delta_new(search, most, NULL);
        verdict = tidu_fork_ways(ways, 2, &none, fork);
    }
    mpq_clear(below);
    return verdict;
}

static bool
is_entry_of(const struct toggle *toggle, const tidu_fact *fact)
{
    return toggle->kind == TOGGLE_ENTRY && toggle->fact == fact;
}

/* A set has more codes than are there for it: fewer have to do, or one that a test tells
 * is one of them. */
static enum verdict
fork_count(struct search *search, uint32_t q, mpq_srcptr most, struct delta **forced,
           struct fork *fork)
{
    const struct leeway *leeway = search->leeway;
    struct delta **ways = tidu_arena_array(search->arena, leeway->toggle_count + 1, sizeof *ways);
    if (!ways) {
        search->numbers.failed = true;
        return DEAD;
    }
    for (uint32_t t = 0; t < leeway->toggle_count; t++)
        if (is_entry_of(&leeway->toggles[t], leeway->quantities[q].fact) &&
            !search->state.options[t])
            ways[t] =
                tidu_delta_new(search, (struct delta){.kind = ALLOW, .index = t, .mask = 2}, NULL);
    struct delta fewer = {
        .kind = AT_MOST, .index = q, .value = tidu_numbers_copy(&search->numbers, most)};
    ways[leeway->toggle_count] = tidu_delta_new(search, fewer, NULL);
    return tidu_fork_ways(ways, (uint32_t)leeway->toggle_count + 1, forced, fork);
}

/* Codes that are added to a set are counted with it. */
static enum verdict
seek_count(struct search *search, uint32_t q, struct delta **forced, struct fork *fork)
{
    const struct leeway *leeway = search->leeway;
    const struct quantity *quantity = &leeway->quantities[q];
    unsigned long added = 0;
    enum verdict verdict = MET;
    mpq_t bound;
    for (uint32_t t = 0; t < leeway->toggle_count; t++)
        if (is_entry_of(&leeway->toggles[t], quantity->fact))
            added += search->state.options[t];
    mpq_init(bound);
    mpq_set_ui(bound, added, 1);
    mpq_add(bound, bound, quantity->now);
    if (mpq_cmp(bound, search->state.values[q]) > 0) {
        *forced = tidu_delta_new(
            search,
            (struct delta){
                .kind = AT_LEAST, .index = q, .value = tidu_numbers_copy(&search->numbers, bound)},
            *forced);
        verdict = FORCED;
    }
    mpq_set_ui(bound, added + quantity->spare, 1);
    mpq_add(bound, bound, quantity->now);
    if (mpq_cmp(bound, search->state.values[q]) < 0)
        verdict = fork_count(search, q, bound, forced, fork);
    mpq_clear(bound);
    return verdict;
}

static enum verdict
seek_counts(struct search *search, struct delta **forced, struct fork *fork)
{
    enum verdict verdict = MET;
    for (uint32_t q = 0; verdict == MET && q < search->leeway->quantity_count; q++)
        if (search->leeway->quantities[q].fact->symbol.type.kind == TIDU_SET)
            verdict = seek_count(search, q, forced, fork);
    return verdict;
}

/* A title that is to be earned has to be earned in its stage. */
static enum verdict
seek_titles(struct search *search, struct delta **forced, struct fork *fork)
{
    const struct leeway *leeway = search->leeway;
    enum verdict worst = MET;
    bool any = search->aim != SEARCH_PART;
    for (uint32_t t = 0; any && worst != DEAD && t < leeway->toggle_count; t++) {
        const struct toggle *toggle = &leeway->toggles[t];
        if (toggle->kind != TOGGLE_TITLE || !search->state.options[t])
            continue;
        const struct stage *stage = &leeway->stages[toggle->stage];
        struct goal earned = {.kind = GOAL_FLAG,
                              .lane = stage->lane,
                              .stage = toggle->stage,
                              .a = stage->designation->status,
                              .want = true};
        worst = tidu_worse(worst, tidu_seek(search, &earned, forced, fork));
    }
    return worst;
}

static bool
is_same_goal(const struct goal *a, const struct goal *b)
{
    return a->kind == b->kind && a->lane == b->lane && a->stage == b->stage && a->a == b->a &&
           (a->kind == GOAL_FLAG ? a->want == b->want
                                 : a->b == b->b && a->strict == b->strict &&
                                       (a->value == b->value ||
                                        (a->value && b->value && mpq_equal(a->value, b->value))));
}

static bool
is_goal(const struct state *state, const struct goal *goal)
{
    for (size_t g = 0; g < state->goal_count; g++)
        if (is_same_goal(goal, state->goals[g]))
            return true;
    return false;
}

/* One of the ways was taken, and is not gone to its end. */
static bool
is_taken(const struct search *search, const struct fork *fork)
{
    for (uint32_t w = 0; w < fork->count; w++) {
        bool taken = true;
        for (const struct delta *d = fork->ways[w]; taken && d; d = d->next)
            taken = d->kind == ADD_GOAL && is_goal(&search->state, &d->goal);
        if (taken)
            return true;
    }
    return false;
}

/* Levels come after what else there is to decide, which tells what they have to make up for;
 * those of the oldest goal first, which asks for most. What was decided already comes last. */
static void
prefer(const struct search *search, const struct fork *other, struct fork *fork)
{
    bool levels = fork->count && fork->ways[0]->kind == LEVEL;
    if (!other->count || (fork->count && !levels))
        return;
    if (!fork->count || other->ways[0]->kind == LEVEL || !is_taken(search, other))
        *fork = *other;
}

/* The newest goal first: it is how an older one is to be met, which needs no fork of its
 * own while that is open. */
static enum verdict
seek_goals(struct search *search, struct delta **forced, struct fork *fork)
{
    struct state *state = &search->state;
    enum verdict worst = MET;
    for (size_t g = state->goal_count; worst != DEAD && g-- > 0;) {
        struct fork other = {0};
        worst = tidu_worse(worst, tidu_seek(search, state->goals[g], forced, &other));
        prefer(search, &other, fork);
    }
    struct fork other = {0};
    if (worst != DEAD)
        worst = tidu_worse(worst, seek_titles(search, forced, &other));
    prefer(search, &other, fork);
    return worst;
}

/* Whether a decision is news: how a goal is to be met may be decided and not done yet. */
static bool
is_news(const struct search *search, const struct delta *delta)
{
    const struct state *state = &search->state;
    if (delta->kind == ALLOW)
        return (state->masks[delta->index] & ~delta->mask) != 0;
    if (delta->kind == CHOOSE)
        return tidu_piece_of(search, &delta->goal, delta->goal.a) == TIDU_NONE;
    return delta->kind != ADD_GOAL || !is_goal(state, &delta->goal);
}

/* Decide what every solution of the node has to have. False when none of it is news. */
static bool
decide_all(struct search *search, struct node *node, struct delta *forced)
{
    bool any = false;
    for (struct delta *delta = forced, *next; delta; delta = next) {
        next = delta->next;
        if (!is_news(search, delta))
            continue;
        decide(search, delta);
        delta->next = (struct delta *)(uintptr_t)node->deltas;
        node->deltas = delta;
        any = true;
    }
    return any;
}

/* Go on with a node until it is met, splits, dies or costs more than another. */
static enum verdict
expand(struct search *search, struct node *node)
{
    struct state *state = &search->state;
    for (int round = 0; round < MOST_ROUNDS && !search->numbers.failed; round++) {
        struct fork fork = {0};
        struct delta *forced = NULL;
        uint32_t assumed = (uint32_t)state->assumption_count;
        mpq_ptr least = tidu_numbers_new(&search->numbers);
        if (!relax(search) || !tidu_sums_bound(search, least))
            return DEAD;
        if (search->aim != SEARCH_ANY && search->heap_count &&
            is_costlier(least, assumed, search->heap[0])) {
            node->effort = least;
            node->assumed = assumed;
            push(search, node);
            return OPEN;
        }
        enum verdict verdict = seek_steps(search, &fork);
        if (verdict == MET)
            verdict = seek_counts(search, &forced, &fork);
        if (verdict == MET) {
            tidu_leeway_try(search->leeway, state->values, state->options);
            verdict = seek_goals(search, &forced, &fork);
        }
        if (verdict == MET || verdict == DEAD)
            return verdict;
        if (decide_all(search, node, forced))
            continue;
        if (!fork.count)
            break;
        for (uint32_t w = 0; w < fork.count; w++)
            push_way(search, node, fork.ways[w],
                     fork.ways[w]->kind == LEVEL ? fork.ways[w]->value : least, assumed);
        return OPEN;
    }
    search->stuck = true;
    return DEAD;
}

/* Whether somebody still waits for it. */
static bool
is_wanted(const struct search *search)
{
    const struct question *question = search->leeway->question;
    const tidu_path *path = question->path;
    if (!*question->stopped && search->node_count % ASK_EVERY == 0 && path->proceed)
        *question->stopped = !path->proceed(path->context);
    return !*question->stopped;
}

/* ---- from the root to a solution ---- */

static bool
open_state(struct search *search)
{
    struct state *state = &search->state;
    const struct leeway *leeway = search->leeway;
    state->low = tidu_arena_array(search->arena, leeway->quantity_count, sizeof *state->low);
    state->high = tidu_arena_array(search->arena, leeway->quantity_count, sizeof *state->high);
    state->least = tidu_arena_array(search->arena, leeway->quantity_count, sizeof *state->least);
    state->most = tidu_arena_array(search->arena, leeway->quantity_count, sizeof *state->most);
    state->values = tidu_arena_array(search->arena, leeway->quantity_count, sizeof *state->values);
    state->masks = tidu_arena_array(search->arena, leeway->toggle_count, sizeof *state->masks);
    state->options = tidu_arena_array(search->arena, leeway->toggle_count, sizeof *state->options);
    if (!state->low || !state->high || !state->least || !state->most || !state->values ||
        !state->masks || !state->options)
        return false;
    for (uint32_t q = 0; q < leeway->quantity_count; q++)
        mpq_init(state->values[q]);
    mpq_init(state->effort);
    return true;
}

static void
close_state(struct search *search)
{
    for (uint32_t q = 0; q < search->leeway->quantity_count; q++)
        mpq_clear(search->state.values[q]);
    mpq_clear(search->state.effort);
}

static bool
keep_solution(struct search *search, struct solution *ret)
{
    struct leeway *leeway = search->leeway;
    const struct state *state = &search->state;
    ret->found = true;
    ret->effort = tidu_numbers_copy(&leeway->numbers, state->effort);
    ret->assumed = (uint32_t)state->assumption_count;
    ret->values = tidu_arena_array(leeway->arena, leeway->quantity_count, sizeof *ret->values);
    ret->options = tidu_arena_array(leeway->arena, leeway->toggle_count, sizeof *ret->options);
    if (!ret->values || !ret->options)
        return false;
    for (uint32_t q = 0; q < leeway->quantity_count; q++)
        ret->values[q] = tidu_numbers_copy(&leeway->numbers, state->values[q]);
    for (uint32_t t = 0; t < leeway->toggle_count; t++)
        ret->options[t] = state->options[t];
    return true;
}

/* NULL when memory ran out. */
static struct workshop *
take_workshop(struct leeway *leeway)
{
    struct workshop *workshop = leeway->workshops;
    if (workshop) {
        leeway->workshops = workshop->next;
        return workshop;
    }
    workshop = tidu_arena_alloc(leeway->arena, sizeof *workshop);
    if (!workshop)
        return NULL;
    *workshop = (struct workshop){.arena = tidu_arena_open(), .scratch = tidu_arena_open()};
    tidu_numbers_open(&workshop->numbers);
    return workshop;
}

static void
return_workshop(struct search *search, struct workshop *workshop)
{
    if (search->arena)
        tidu_arena_reset(search->arena);
    tidu_numbers_reset(&search->numbers);
    workshop->numbers = search->numbers;
    workshop->next = search->leeway->workshops;
    search->leeway->workshops = workshop;
}

void
tidu_workshops_close(struct leeway *leeway)
{
    for (struct workshop *workshop = leeway->workshops; workshop; workshop = workshop->next) {
        tidu_numbers_close(&workshop->numbers);
        tidu_arena_close(&workshop->scratch);
        tidu_arena_close(&workshop->arena);
    }
}

static bool
run_search(struct search *search, const struct goal *goals, uint32_t goal_count, struct kept kept,
           struct solution *ret)
{
    struct leeway *leeway = search->leeway;
    bool good = true;
    push_way(search, NULL, NULL, tidu_numbers_new(&search->numbers), 0);
    while (good && search->heap_count && !ret->found && !search->numbers.failed) {
        if (!*leeway->nodes_left || !is_wanted(search)) {
            ret->stopped = true;
            break;
        }
        --*leeway->nodes_left;
        search->node_count++;
        struct node *node = pop(search);
        enter(search, node, goals, goal_count, kept);
        if (expand(search, node) == MET)
            good = keep_solution(search, ret);
    }
    ret->stuck = search->stuck;
    ret->node_count = search->node_count;
    close_state(search);
    return good && !search->numbers.failed && !leeway->numbers.failed;
}

bool
tidu_search_run(struct leeway *leeway, const struct goal *goals, uint32_t goal_count,
                struct kept kept, enum aim aim, struct solution *ret)
{
    struct workshop *workshop = take_workshop(leeway);
    *ret = (struct solution){0};
    if (!workshop)
        return false;
    struct search search = {.leeway = leeway,
                            .arena = workshop->arena,
                            .scratch = workshop->scratch,
                            .numbers = workshop->numbers,
                            .aim = aim};
    bool good = search.arena && search.scratch && open_state(&search) &&
                run_search(&search, goals, goal_count, kept, ret);
    return_workshop(&search, workshop);
    return good;
}
