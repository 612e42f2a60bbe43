/*
 * sieve.c: what to look at first, so that most rows need no second look.
 *
 * A designation is conditions under "all" and "any". With some of them left unknown,
 * three-valued logic settles many rows nevertheless, and nothing that is settled so can
 * come out otherwise. So the conditions are looked at first that settle most for the
 * least work, and the rest only in rows that are still open.
 *
 *   srdi = sme ∧ clean ∧ score ≥ 60      first: sme, clean, in all rows
 *                                        then: the score, in rows that are still open
 *
 * Which those are is found on a sample of the rows. It decides how much work there is,
 * never what comes out.
 *
 * Must not know: what is counted.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#ifdef TIDU_TIGHT
enum { FEWEST_ROWS = 0, SAMPLE_ROWS = 64, MOST_SHARE = 1000 };
#else
enum {
    FEWEST_ROWS = 512, /* a step: fewer are looked at in less time than this takes */
    SAMPLE_ROWS = 512,
    MOST_SHARE = 75 /* of the work of one look at everything, in hundredths */
};
#endif

enum { WORDS = SAMPLE_ROWS / 64 };

/* A flag of the sample. */
struct sampled {
    uint64_t truth[WORDS], known[WORDS];
};

struct search {
    struct sieve *sieve;
    const tidu_program *program;
    const tidu_step *roots;
    uint32_t root_count, rows;
    uint32_t *nodes, node_count; /* "all", "any", "not" under the roots, from the last on */
    bool *under;                 /* [root][step]: stands under it */
    double *left;                /* [root]: the work of its second looks, a row of all */
    tidu_step *leaves;
    uint32_t leaf_count;
    struct sampled *samples; /* [leaf] */
    struct sampled *now;     /* [step]: what is known with the chosen ones */
    bool *barred;            /* [step]: rests on a gate */
    bool *have;              /* [step]: computed for the chosen ones */
    bool *chosen;            /* [leaf] */
    uint32_t *seen, turn;    /* [step]: by which walk */
    tidu_step *stack;
    double *second; /* [root]: the work of a second look at a row */
    double first;   /* the work of the chosen ones, a row */
};

/* ---- work, in hundredths of a nanosecond a row; only ratios matter ---- */

static double
work_of(const tidu_program *program, tidu_step s, bool picked)
{
    const tidu_instruction *at = &program->steps[s];
    bool near = at->near != TIDU_NEAR_NEVER && at->near != TIDU_NEAR_SPELLED;
    switch (at->op) {
    case TIDU_DO_FACT:
        return picked ? 250 : 70;
    case TIDU_DO_FLAG:
        return picked ? 150 : 5;
    case TIDU_DO_CONST:
    case TIDU_DO_AS_OF:
    case TIDU_DO_TRUTH:
    case TIDU_DO_NOT:
    case TIDU_DO_KNOWN:
    case TIDU_DO_KNOWN_FLAG:
    case TIDU_DO_SETTLE:
        return 1;
    case TIDU_DO_AND:
    case TIDU_DO_OR:
        return at->count;
    case TIDU_DO_LT:
    case TIDU_DO_LE:
    case TIDU_DO_EQ:
        return near ? 50 : 20;
    case TIDU_DO_DIV:
        return 90;
    case TIDU_DO_IN:
        return 60;
    case TIDU_DO_SUM:
        return 10 * at->count;
    case TIDU_DO_PICK_LOW:
    case TIDU_DO_COLLECT_LOW:
    case TIDU_DO_COLLECT_HIGH:
        return 30 + 15 * at->count;
    case TIDU_DO_AT_LEAST:
        return 100 * at->count;
    case TIDU_DO_FLOOR:
    case TIDU_DO_ROUND:
    case TIDU_DO_YEAR_OF:
    case TIDU_DO_SPREAD:
    case TIDU_DO_SPREAD_FLAG:
        return 300;
    case TIDU_DO_FULL_YEARS:
    case TIDU_DO_SHIFT:
    case TIDU_DO_ROOT:
    case TIDU_DO_ANY_ITEM:
    case TIDU_DO_EVERY_ITEM:
    case TIDU_DO_COUNT_ITEMS:
        return 1000;
    default:
        return 30;
    }
}

static void
push(struct search *search, uint32_t *depth, tidu_step s)
{
    if (s == TIDU_NO_STEP || search->seen[s] == search->turn)
        return;
    search->seen[s] = search->turn;
    search->stack[(*depth)++] = s;
}

/* The work of a step and all under it that this turn has not walked over: of what there is
 * already only with `all`. With `keep` it is there from now on. */
static double
work_under(struct search *search, tidu_step top, bool all, bool picked, bool keep)
{
    uint32_t depth = 0;
    double work = 0;
    push(search, &depth, top);
    while (depth) {
        tidu_step s = search->stack[--depth];
        const tidu_instruction *at = &search->program->steps[s];
        if (search->have[s] && !all)
            continue;
        work += work_of(search->program, s, picked);
        search->have[s] |= keep;
        push(search, &depth, at->a);
        push(search, &depth, at->b);
        push(search, &depth, at->c);
        for (uint32_t i = 0; i < at->count; i++)
            push(search, &depth, search->program->pool[at->first + i]);
    }
    return work;
}

/* ---- the skeleton ---- */

static bool
is_inner(const tidu_instruction *at)
{
    return at->op == TIDU_DO_AND || at->op == TIDU_DO_OR || at->op == TIDU_DO_NOT;
}

static void
mark_barred(struct search *search, const struct side *side)
{
    const tidu_program *program = search->program;
    for (uint32_t g = 0; g < side->gate_count; g++)
        search->barred[side->gates[g].step] = true;
    for (uint32_t s = 0; s < program->step_count; s++) {
        const tidu_instruction *at = &program->steps[s];
        const tidu_step direct[3] = {at->a, at->b, at->c};
        for (int i = 0; i < 3; i++)
            search->barred[s] |= direct[i] != TIDU_NO_STEP && search->barred[direct[i]];
        for (uint32_t i = 0; i < at->count; i++)
            search->barred[s] |= search->barred[program->pool[at->first + i]];
    }
}

static void
find_skeleton(struct search *search)
{
    const tidu_program *program = search->program;
    search->turn++;
    for (uint32_t r = 0; r < search->root_count; r++)
        if (search->roots[r] != TIDU_NO_STEP)
            search->seen[search->roots[r]] = search->turn;
    for (uint32_t s = program->step_count; s--;) {
        const tidu_instruction *at = &program->steps[s];
        if (search->seen[s] != search->turn)
            continue;
        if (!is_inner(at)) {
            search->leaves[search->leaf_count++] = s;
            continue;
        }
        search->nodes[search->node_count++] = s;
        if (at->op == TIDU_DO_NOT)
            search->seen[at->a] = search->turn;
        for (uint32_t i = 0; i < at->count; i++)
            search->seen[program->pool[at->first + i]] = search->turn;
    }
}

static void
mark_under(struct search *search)
{
    const tidu_program *program = search->program;
    for (uint32_t r = 0; r < search->root_count; r++) {
        bool *under = search->under + (size_t)r * program->step_count;
        if (search->roots[r] != TIDU_NO_STEP)
            under[search->roots[r]] = true;
        for (uint32_t n = 0; n < search->node_count; n++) {
            const tidu_instruction *at = &program->steps[search->nodes[n]];
            if (!under[search->nodes[n]])
                continue;
            if (at->op == TIDU_DO_NOT)
                under[at->a] = true;
            for (uint32_t i = 0; i < at->count; i++)
                under[program->pool[at->first + i]] = true;
        }
    }
}

/* ---- what is settled with the chosen ones ---- */

static void
combine(const struct search *search, tidu_step s)
{
    const tidu_instruction *at = &search->program->steps[s];
    struct sampled *into = &search->now[s];
    bool all = at->op == TIDU_DO_AND;
    if (at->op == TIDU_DO_NOT) {
        const struct sampled *from = &search->now[at->a];
        for (uint32_t w = 0; w < WORDS; w++) {
            into->known[w] = from->known[w];
            into->truth[w] = from->known[w] & ~from->truth[w];
        }
        return;
    }
    for (uint32_t w = 0; w < WORDS; w++) {
        uint64_t every = UINT64_MAX, some = 0, none = UINT64_MAX, fails = 0;
        for (uint32_t i = 0; i < at->count; i++) {
            const struct sampled *from = &search->now[search->program->pool[at->first + i]];
            uint64_t no = from->known[w] & ~from->truth[w];
            every &= from->truth[w];
            some |= from->truth[w];
            none &= no;
            fails |= no;
        }
        into->truth[w] = all ? every : some;
        into->known[w] = all ? every | fails : some | none;
    }
}

static uint32_t
open_rows(const struct search *search, tidu_step root)
{
    uint32_t open = 0;
    for (uint32_t w = 0; w * 64 < search->rows; w++) {
        uint32_t rest = search->rows - w * 64;
        uint64_t mask = rest >= 64 ? UINT64_MAX : (UINT64_C(1) << rest) - 1;
        open += (uint32_t)__builtin_popcountll(~search->now[root].known[w] & mask);
    }
    return open;
}

/* The work of a root's second looks, a row of all. */
static double
work_left(struct search *search, uint32_t root)
{
    const bool *under = search->under + (size_t)root * search->program->step_count;
    for (uint32_t n = search->node_count; n--;)
        if (under[search->nodes[n]])
            combine(search, search->nodes[n]);
    return search->second[root] * open_rows(search, search->roots[root]) / search->rows;
}

/* What second looks cost less with one more leaf. */
static double
work_saved(struct search *search, uint32_t leaf)
{
    double saved = 0;
    for (uint32_t r = 0; r < search->root_count; r++)
        if (search->under[(size_t)r * search->program->step_count + search->leaves[leaf]])
            saved += search->left[r] - work_left(search, r);
    return saved;
}

static void
choose(struct search *search, uint32_t leaf, bool chosen)
{
    search->chosen[leaf] = chosen;
    if (chosen)
        search->now[search->leaves[leaf]] = search->samples[leaf];
    else
        memset(&search->now[search->leaves[leaf]], 0, sizeof *search->now);
}

/* Whether one more leaf was worth it. */
static bool
choose_one(struct search *search)
{
    double best = 0;
    uint32_t which = search->leaf_count;
    for (uint32_t i = 0; i < search->leaf_count; i++) {
        if (search->chosen[i] || search->barred[search->leaves[i]])
            continue;
        search->turn++;
        double more = work_under(search, search->leaves[i], false, false, false);
        choose(search, i, true);
        double gain = work_saved(search, i) - more;
        choose(search, i, false);
        if (gain > best) {
            best = gain;
            which = i;
        }
    }
    if (which == search->leaf_count)
        return false;
    search->turn++;
    search->first += work_under(search, search->leaves[which], false, false, true);
    choose(search, which, true);
    for (uint32_t r = 0; r < search->root_count; r++)
        if (search->under[(size_t)r * search->program->step_count + search->leaves[which]])
            search->left[r] = work_left(search, r);
    return true;
}

static void
choose_leaves_of(struct search *search, tidu_step root)
{
    search->turn++;
    work_under(search, root, true, false, true);
    for (uint32_t i = 0; i < search->leaf_count; i++)
        if (search->seen[search->leaves[i]] == search->turn)
            choose(search, i, true);
}

/* Designations that are looked at whole the first time: gathering the rows that are open
 * would cost more. */
static void
choose_whole(struct search *search)
{
    for (uint32_t r = 0; r < search->root_count; r++) {
        tidu_step root = search->roots[r];
        if (root == TIDU_NO_STEP || search->barred[root])
            continue;
        search->turn++;
        double more = work_under(search, root, false, false, false);
        if (more > work_left(search, r))
            continue;
        search->first += more;
        search->left[r] = 0;
        search->sieve->strained[r] = false;
        choose_leaves_of(search, root);
    }
}

/* ---- the sample ---- */

static bool
take_sample(struct search *search, const struct scan *scan, uint32_t stand)
{
    size_t middle = (scan->first_of[stand] + scan->first_of[stand + 1]) / 2;
    const struct segment *segment = &scan->segments[middle];
    const tidu_layout *layout = &scan->vocabulary->layout;
    bool *columns = calloc((size_t)layout->column_count + 1, sizeof *columns);
    tidu_block *block = tidu_block_open(layout, SAMPLE_ROWS);
    tidu_binding *binding =
        tidu_binding_open(scan->inquiry->population, scan->vocabulary, scan->inquiry->as_of, NULL);
    tidu_run *run = block ? tidu_run_open(search->program, block) : NULL;
    bool good = columns && binding && run && tidu_run_need(run, search->leaves, search->leaf_count);
    if (good) {
        tidu_run_reads(run, columns);
        tidu_binding_want(binding, columns);
        search->rows = tidu_binding_load(binding, segment->group, segment->first, segment->count,
                                         false, block);
        good = search->rows > 0;
    }
    if (good)
        tidu_eval_all(run);
    for (uint32_t i = 0; good && i < search->leaf_count; i++) {
        tidu_view view = tidu_run_view(run, search->leaves[i]);
        for (uint32_t w = 0; w * 64 < search->rows; w++) {
            search->samples[i].truth[w] = view.truth[w & view.mask >> 6];
            search->samples[i].known[w] = view.known[w & view.mask >> 6];
        }
    }
    tidu_run_close(&run);
    tidu_binding_close(&binding);
    tidu_block_close(&block);
    free(columns);
    return good;
}

/* ---- the life of a sieve ---- */

static void
close_search(struct search *search)
{
    free(search->nodes);
    free(search->under);
    free(search->left);
    free(search->leaves);
    free(search->samples);
    free(search->now);
    free(search->barred);
    free(search->have);
    free(search->chosen);
    free(search->seen);
    free(search->stack);
    free(search->second);
}

static bool
open_search(struct search *search)
{
    size_t steps = (size_t)search->program->step_count + 1;
    search->sieve->without = calloc(steps, sizeof *search->sieve->without);
    search->sieve->strained = calloc((size_t)search->root_count + 1, sizeof(bool));
    search->nodes = calloc(steps, sizeof *search->nodes);
    search->under = calloc((size_t)search->root_count + 1, steps * sizeof *search->under);
    search->left = calloc((size_t)search->root_count + 1, sizeof *search->left);
    search->leaves = calloc(steps, sizeof *search->leaves);
    search->now = calloc(steps, sizeof *search->now);
    search->barred = calloc(steps, sizeof *search->barred);
    search->have = calloc(steps, sizeof *search->have);
    search->seen = calloc(steps, sizeof *search->seen);
    search->stack = calloc(steps, sizeof *search->stack);
    search->second = calloc((size_t)search->root_count + 1, sizeof *search->second);
    return search->sieve->without && search->sieve->strained && search->nodes && search->under &&
           search->left && search->leaves && search->now && search->barred && search->have &&
           search->seen && search->stack && search->second;
}

/* False when a second look would save little. */
static bool
search_leaves(struct search *search)
{
    double whole = 0, total;
    bool any = false;
    search->turn++;
    for (uint32_t r = 0; r < search->root_count; r++)
        whole += work_under(search, search->roots[r], false, false, false);
    for (uint32_t r = 0; r < search->root_count; r++) {
        if (search->roots[r] == TIDU_NO_STEP)
            continue;
        search->turn++;
        search->second[r] = work_under(search, search->roots[r], true, true, false);
        search->left[r] = work_left(search, r);
        search->sieve->strained[r] = true;
    }
    while (choose_one(search)) {
    }
    choose_whole(search);
    /* What others rest on is never left unknown: they may ask whether it is known. */
    for (uint32_t i = 0; i < search->leaf_count; i++)
        search->sieve->without[search->leaves[i]] =
            !search->chosen[i] && !search->have[search->leaves[i]];
    total = search->first;
    for (uint32_t r = 0; r < search->root_count; r++) {
        any |= search->sieve->strained[r];
        total += search->left[r];
    }
    return any && total * 100 < whole * MOST_SHARE;
}

bool
tidu_sieve_open(struct sieve *sieve, const struct side *side, const tidu_step *roots,
                uint32_t root_count, tidu_step also, const struct scan *scan, uint32_t stand)
{
    struct search search = {.sieve = sieve,
                            .program = side->gate_count ? side->high : side->low,
                            .roots = roots,
                            .root_count = root_count};
    uint64_t rows = 0;
    *sieve = (struct sieve){NULL, NULL};
    for (size_t i = scan->first_of[stand]; i < scan->first_of[stand + 1]; i++)
        rows += scan->segments[i].count;
    if (!search.program || !rows || rows < (uint64_t)FEWEST_ROWS * search.program->step_count)
        return false;
    bool good = open_search(&search);
    if (good) {
        mark_barred(&search, side);
        find_skeleton(&search);
        mark_under(&search);
        search.turn++;
        work_under(&search, also, true, false, true);
        search.samples = calloc((size_t)search.leaf_count + 1, sizeof *search.samples);
        search.chosen = calloc((size_t)search.leaf_count + 1, sizeof *search.chosen);
        good = search.samples && search.chosen && take_sample(&search, scan, stand) &&
               search_leaves(&search);
    }
    close_search(&search);
    if (!good)
        tidu_sieve_close(sieve);
    return good;
}

void
tidu_sieve_close(struct sieve *sieve)
{
    free(sieve->without);
    free(sieve->strained);
    *sieve = (struct sieve){NULL, NULL};
}
