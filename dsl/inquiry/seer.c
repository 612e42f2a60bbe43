/*
 * seer.c: what a thread of a sweep makes of each block of rows.
 *
 *   gates   ─► every way they may stand, and each row where its gates turn
 *   cells   ─► value by value, some at a time
 *   sieves  ─► a first look at all rows; those still open are gathered, designation by
 *              designation, and looked at with gates once there is a block of them
 *
 * Must not know: files, sockets, how results are told.
 */
#include "sweep.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS = TIDU_BLOCK_ROWS / 64 };

#ifdef TIDU_TIGHT
enum { STRAINED_ROWS = 64 };
#else
enum { STRAINED_ROWS = 256 }; /* less memory to touch for the first time */
#endif

/* Rows of a segment that are still open after the first look, for one designation. */
struct strainer {
    tidu_binding *binding; /* NULL before the first row */
    tidu_block *block;
    struct gated gated;
    uint32_t rows[STRAINED_ROWS], keys[STRAINED_ROWS], count;
};

/* What a thread has for the stand. */
struct seer {
    struct gated gated;
    tidu_run *first[SIDES];      /* with sieves: what is looked at first */
    struct strainer **strainers; /* [side][told], or NULL */
    tidu_run *each[SIDES][AT_ONCE];
    struct grid grid;
    uint32_t own_keys[TIDU_BLOCK_ROWS];
    const uint32_t *keys; /* of the rows at hand */
    uint32_t ranks[MOST_GATES][TIDU_BLOCK_ROWS];
    uint64_t ranked[WORDS];  /* rows whose ranks are known */
    uint64_t *truth, *known; /* [way][told][word] */
    int64_t *money;          /* [way][metric][row] */
};

/* Which designations. */
struct range {
    uint32_t first, end;
};

/* ---- evaluating ---- */

static uint64_t
row_mask(uint32_t rows, uint32_t word)
{
    uint32_t rest = rows - word * 64;
    return rest >= 64 ? UINT64_MAX : (UINT64_C(1) << rest) - 1;
}

static void
copy_status(const struct sweep *sweep, struct seer *seer, const tidu_run *run,
            const struct stand *stand, int side, struct range told, uint32_t way, uint32_t rows)
{
    for (uint32_t t = told.first; t < told.end; t++) {
        tidu_step step = stand->status[side][t];
        if (step == TIDU_NO_STEP)
            continue;
        tidu_view view = tidu_run_view(run, step);
        size_t at = ((size_t)way * sweep->gates.low->told_count + t) * WORDS;
        for (uint32_t w = 0; w < (rows + 63) / 64; w++) {
            seer->truth[at + w] = view.truth[w & view.mask >> 6] & row_mask(rows, w);
            seer->known[at + w] = view.known[w & view.mask >> 6] & row_mask(rows, w);
        }
    }
}

/* Sums per row: what is sure, what may be, and how many have no known limit. */
static void
copy_money(struct seer *seer, const tidu_run *run, const struct sum *sum, uint32_t way,
           uint32_t rows)
{
    int64_t *low = seer->money + (size_t)way * MONEY_METRICS * TIDU_BLOCK_ROWS;
    int64_t *high = low + TIDU_BLOCK_ROWS, *open = high + TIDU_BLOCK_ROWS;
    memset(low, 0, (size_t)MONEY_METRICS * TIDU_BLOCK_ROWS * sizeof *low);
    for (uint32_t i = 0; i < sum->count; i++)
        for (uint32_t r = 0; r < rows; r++) {
            double value;
            if (tidu_run_number(run, sum->low[i], r, &value))
                low[r] += tidu_money_fixed(value);
            if (tidu_run_number(run, sum->high[i], r, &value))
                high[r] += tidu_money_fixed(value);
            else
                open[r] = 1;
        }
}

/* ---- counting ---- */

static uint32_t
outcome_metric(uint32_t told, bool truth, bool known)
{
    return told * OUTCOMES + (truth ? MET : known ? UNMET : UNDETERMINED);
}

/* Rows in which it is the same for all values. */
static void
count_settled(const struct sweep *sweep, struct seer *seer, uint32_t told, uint32_t word,
              uint64_t rows, uint64_t truth, uint64_t known)
{
    const uint64_t sets[OUTCOMES] = {truth & rows, known & ~truth & rows, ~known & rows};
    bool grouped = tidu_groups_count(sweep->groups) > 1;
    for (int o = 0; o < OUTCOMES; o++) {
        if (!grouped)
            tidu_grid_add(&seer->grid, told * OUTCOMES + (uint32_t)o, 0,
                          __builtin_popcountll(sets[o]));
        for (uint64_t rest = grouped ? sets[o] : 0; rest; rest &= rest - 1)
            tidu_grid_add(&seer->grid, told * OUTCOMES + (uint32_t)o,
                          seer->keys[word * 64 + (uint32_t)__builtin_ctzll(rest)], 1);
    }
}

static void
find_ranks(const struct side *side, struct seer *seer, const tidu_run *run, uint32_t row)
{
    if (seer->ranked[row / 64] >> row % 64 & 1)
        return;
    seer->ranked[row / 64] |= UINT64_C(1) << row % 64;
    for (uint32_t g = 0; g < side->gate_count; g++)
        seer->ranks[g][row] = tidu_gate_rank(&side->gates[g], run, row);
}

/* The way the gates of a row stand at a pair of values, an open one a bit. */
static uint32_t
way_at(const struct side *side, const struct seer *seer, uint32_t row, const uint32_t at[2])
{
    uint32_t way = 0;
    for (uint32_t g = 0; g < side->gate_count; g++) {
        const struct gate *gate = &side->gates[g];
        bool front = at[gate->axis] < seer->ranks[g][row];
        way |= (uint32_t)(front == gate->prefix) << g;
    }
    return way;
}

/* The next value at which some gate of the axis turns, or the end. */
static uint32_t
next_turn(const struct side *side, const struct seer *seer, uint32_t row, uint32_t axis,
          uint32_t from, uint32_t end)
{
    for (uint32_t g = 0; g < side->gate_count; g++)
        if (side->gates[g].axis == axis && seer->ranks[g][row] > from && seer->ranks[g][row] < end)
            end = seer->ranks[g][row];
    return end;
}

/* Call `enter` for each part of the grid in which a row's gates stand one way. */
static void
walk_parts(const struct sweep *sweep, const struct side *side, struct seer *seer, uint32_t row,
           void (*enter)(void *context, uint32_t way, const uint32_t first[2],
                         const uint32_t end[2]),
           void *context)
{
    uint32_t first[2], end[2];
    for (first[0] = 0; first[0] < sweep->counts[0]; first[0] = end[0]) {
        end[0] = next_turn(side, seer, row, 0, first[0], sweep->counts[0]);
        for (first[1] = 0; first[1] < sweep->counts[1]; first[1] = end[1]) {
            end[1] = next_turn(side, seer, row, 1, first[1], sweep->counts[1]);
            enter(context, way_at(side, seer, row, first), first, end);
        }
    }
}

/* A row whose outcome, or money, depends on the gates. */
struct entry {
    const struct sweep *sweep;
    struct seer *seer;
    uint32_t told, row;
};

static void
enter_outcome(void *context, uint32_t way, const uint32_t first[2], const uint32_t end[2])
{
    const struct entry *entry = context;
    struct seer *seer = entry->seer;
    size_t at =
        ((size_t)way * entry->sweep->gates.low->told_count + entry->told) * WORDS + entry->row / 64;
    uint32_t metric = outcome_metric(entry->told, seer->truth[at] >> entry->row % 64 & 1,
                                     seer->known[at] >> entry->row % 64 & 1);
    tidu_grid_add_part(&seer->grid, metric, seer->keys[entry->row], first, end, 1);
}

static void
count_told(const struct sweep *sweep, const struct side *side, struct seer *seer,
           const tidu_run *run, uint32_t told, uint32_t rows)
{
    size_t stride = (size_t)sweep->gates.low->told_count * WORDS;
    const uint64_t *truth = seer->truth + (size_t)told * WORDS;
    const uint64_t *known = seer->known + (size_t)told * WORDS;
    for (uint32_t w = 0; w < (rows + 63) / 64; w++) {
        uint64_t turning = 0;
        for (uint32_t way = 1; way < 1u << side->gate_count; way++)
            turning |= (truth[way * stride + w] ^ truth[w]) | (known[way * stride + w] ^ known[w]);
        count_settled(sweep, seer, told, w, row_mask(rows, w) & ~turning, truth[w], known[w]);
        for (; turning; turning &= turning - 1) {
            struct entry entry = {sweep, seer, told, w * 64 + (uint32_t)__builtin_ctzll(turning)};
            find_ranks(side, seer, run, entry.row);
            walk_parts(sweep, side, seer, entry.row, enter_outcome, &entry);
        }
    }
}

static int64_t
money_at(const struct seer *seer, uint32_t way, uint32_t metric, uint32_t row)
{
    return seer->money[((size_t)way * MONEY_METRICS + metric) * TIDU_BLOCK_ROWS + row];
}

static void
enter_money(void *context, uint32_t way, const uint32_t first[2], const uint32_t end[2])
{
    const struct entry *entry = context;
    for (uint32_t m = 0; m < MONEY_METRICS; m++)
        tidu_grid_add_part(&entry->seer->grid, entry->sweep->gates.low->told_count * OUTCOMES + m,
                           entry->seer->keys[entry->row], first, end,
                           money_at(entry->seer, way, m, entry->row));
}

static void
count_money(const struct sweep *sweep, const struct side *side, struct seer *seer,
            const tidu_run *run, uint32_t rows)
{
    uint32_t metric = sweep->gates.low->told_count * OUTCOMES;
    for (uint32_t r = 0; r < rows; r++) {
        bool turning = false;
        for (uint32_t way = 1; way < 1u << side->gate_count && !turning; way++)
            for (uint32_t m = 0; m < MONEY_METRICS; m++)
                turning |= money_at(seer, way, m, r) != money_at(seer, 0, m, r);
        if (turning) {
            struct entry entry = {sweep, seer, 0, r};
            find_ranks(side, seer, run, r);
            walk_parts(sweep, side, seer, r, enter_money, &entry);
            continue;
        }
        for (uint32_t m = 0; m < MONEY_METRICS; m++)
            tidu_grid_add(&seer->grid, metric + m, seer->keys[r], money_at(seer, 0, m, r));
    }
}

/* ---- with gates ---- */

static void
see_gated(const struct sweep *sweep, struct seer *seer, const struct gated *gated, int s,
          struct range told, uint32_t rows)
{
    const struct side *side = &sweep->gates.sides[s];
    const struct stand *stand = side->of_low;
    tidu_run *run = NULL;
    for (uint32_t way = 0; way < 1u << side->gate_count; way++) {
        run = tidu_gated_way(&sweep->gates, gated, s, way, &stand);
        copy_status(sweep, seer, run, stand, s, told, way, rows);
        if (sweep->inquiry->money)
            copy_money(seer, run, &stand->money[s], way, rows);
    }
    memset(seer->ranked, 0, sizeof seer->ranked);
    for (uint32_t t = told.first; t < told.end; t++)
        if (stand->status[s][t] != TIDU_NO_STEP)
            count_told(sweep, side, seer, run, t, rows);
    if (sweep->inquiry->money)
        count_money(sweep, side, seer, run, rows);
}

/* ---- a second look ---- */

static struct strainer **
strainer_of(const struct sweep *sweep, const struct seer *seer, int s, uint32_t told)
{
    return &seer->strainers[(size_t)s * sweep->gates.low->told_count + told];
}

static bool
no_memory(struct scanner *scanner)
{
    return tidu_error_set(&scanner->error, TIDU_MEMORY, NULL);
}

static void
close_strainer(struct strainer **strainer)
{
    if (!*strainer)
        return;
    tidu_gated_close(&(*strainer)->gated);
    tidu_block_close(&(*strainer)->block);
    tidu_binding_close(&(*strainer)->binding);
    free(*strainer);
    *strainer = NULL;
}

static struct strainer *
open_strainer(const struct sweep *sweep, struct scanner *scanner, int s, uint32_t told)
{
    const struct scan *scan = scanner->scan;
    struct strainer *strainer = calloc(1, sizeof *strainer);
    if (!strainer)
        return NULL;
    strainer->binding = tidu_binding_open(scan->inquiry->population, scan->vocabulary,
                                          scan->inquiry->as_of, &scanner->error);
    strainer->block = tidu_block_open(&scan->vocabulary->layout, STRAINED_ROWS);
    if (!strainer->binding || !strainer->block ||
        !tidu_gated_open_one(&sweep->gates, s, told, strainer->binding, strainer->block,
                             &strainer->gated))
        close_strainer(&strainer);
    return strainer;
}

static bool
look_again(const struct sweep *sweep, struct scanner *scanner, int s, uint32_t told)
{
    struct seer *seer = scanner->own;
    struct strainer *strainer = *strainer_of(sweep, seer, s, told);
    const struct range one = {told, told + 1};
    for (uint32_t at = 0, count; at < strainer->count; at += count) {
        count = tidu_binding_pick(strainer->binding, scanner->group, strainer->rows + at,
                                  strainer->count - at, strainer->block);
        if (!count)
            return no_memory(scanner);
        seer->keys = strainer->keys + at;
        tidu_gated_eval(&strainer->gated);
        see_gated(sweep, seer, &strainer->gated, s, one, count);
    }
    strainer->count = 0;
    seer->keys = seer->own_keys;
    return true;
}

static bool
strain(const struct sweep *sweep, struct scanner *scanner, int s, uint32_t told, uint32_t word,
       uint64_t open)
{
    struct seer *seer = scanner->own;
    struct strainer **strainer = strainer_of(sweep, seer, s, told);
    if (open && !*strainer)
        *strainer = open_strainer(sweep, scanner, s, told);
    if (open && !*strainer)
        return no_memory(scanner);
    for (; open; open &= open - 1) {
        uint32_t row = word * 64 + (uint32_t)__builtin_ctzll(open);
        (*strainer)->rows[(*strainer)->count] = scanner->first + row;
        (*strainer)->keys[(*strainer)->count] = seer->keys[row];
        (*strainer)->count++;
        if ((*strainer)->count == STRAINED_ROWS && !look_again(sweep, scanner, s, told))
            return false;
    }
    return true;
}

/* What the first look settles is counted, the rest is kept. */
static bool
look_first(const struct sweep *sweep, struct scanner *scanner, int s, uint32_t rows)
{
    struct seer *seer = scanner->own;
    const struct stand *stand;
    tidu_side_program(&sweep->gates.sides[s], &stand);
    for (uint32_t t = 0; t < sweep->gates.low->told_count; t++) {
        if (stand->status[s][t] == TIDU_NO_STEP)
            continue;
        tidu_view view = tidu_run_view(seer->first[s], stand->status[s][t]);
        for (uint32_t w = 0; w < (rows + 63) / 64; w++) {
            uint64_t truth = view.truth[w & view.mask >> 6], known = view.known[w & view.mask >> 6];
            uint64_t all = row_mask(rows, w);
            uint64_t open = sweep->sieves[s].strained[t] ? all & ~known : 0;
            count_settled(sweep, seer, t, w, all & ~open, truth, known);
            if (!strain(sweep, scanner, s, t, w, open))
                return false;
        }
    }
    return true;
}

static bool
settle(void *context, struct scanner *scanner)
{
    const struct sweep *sweep = context;
    struct seer *seer = scanner->own;
    for (uint32_t i = 0; seer->strainers && i < SIDES * sweep->gates.low->told_count; i++) {
        const struct strainer *strainer = seer->strainers[i];
        if (strainer && strainer->count &&
            !look_again(sweep, scanner, (int)(i / sweep->gates.low->told_count),
                        i % sweep->gates.low->told_count))
            return false;
    }
    return true;
}

/* ---- value by value ---- */

static void
count_cell(const struct sweep *sweep, struct seer *seer, const struct stand *stand, int s,
           const tidu_run *run, uint32_t cell, uint32_t rows)
{
    const uint32_t first[2] = {cell / sweep->counts[1], cell % sweep->counts[1]};
    const uint32_t end[2] = {first[0] + 1, first[1] + 1};
    uint32_t told = sweep->gates.low->told_count;
    copy_status(sweep, seer, run, stand, s, (struct range){0, told}, 0, rows);
    for (uint32_t t = 0; t < told; t++)
        for (uint32_t r = 0; stand->status[s][t] != TIDU_NO_STEP && r < rows; r++) {
            size_t at = (size_t)t * WORDS + r / 64;
            uint32_t metric =
                outcome_metric(t, seer->truth[at] >> r % 64 & 1, seer->known[at] >> r % 64 & 1);
            tidu_grid_add_part(&seer->grid, metric, seer->keys[r], first, end, 1);
        }
    if (!sweep->inquiry->money)
        return;
    copy_money(seer, run, &stand->money[s], 0, rows);
    for (uint32_t r = 0; r < rows; r++)
        for (uint32_t m = 0; m < MONEY_METRICS; m++)
            tidu_grid_add_part(&seer->grid, told * OUTCOMES + m, seer->keys[r], first, end,
                               money_at(seer, 0, m, r));
}

static void
see_each(const struct sweep *sweep, struct seer *seer, int s, uint32_t rows)
{
    for (uint32_t c = 0; c < sweep->cell_count; c++) {
        tidu_eval_all(seer->each[s][c]);
        count_cell(sweep, seer, &sweep->cells[c]->stands[sweep->stand], s, seer->each[s][c],
                   sweep->first_cell + c, rows);
    }
}

/* ---- a thread ---- */

static bool
is_sieved(const struct sweep *sweep)
{
    return sweep->sieves[0].without || sweep->sieves[1].without;
}

static bool
see_sieved(const struct sweep *sweep, struct scanner *scanner, uint32_t rows)
{
    struct seer *seer = scanner->own;
    for (int s = 0; s < SIDES; s++)
        if (seer->first[s])
            tidu_eval_all(seer->first[s]);
    tidu_groups_keys(sweep->groups, scanner, seer->first[0], seer->own_keys);
    for (int s = 0; s < SIDES; s++)
        if (seer->first[s] && !look_first(sweep, scanner, s, rows))
            return false;
    return true;
}

static bool
see(void *context, struct scanner *scanner)
{
    const struct sweep *sweep = context;
    struct seer *seer = scanner->own;
    uint32_t rows = scanner->block->row_count;
    seer->keys = seer->own_keys;
    if (is_sieved(sweep))
        return see_sieved(sweep, scanner, rows);
    tidu_gated_eval(&seer->gated);
    tidu_groups_keys(sweep->groups, scanner, seer->gated.low[0], seer->own_keys);
    for (int s = 0; s < SIDES; s++) {
        if (!seer->gated.low[s])
            continue;
        if (sweep->gated)
            see_gated(sweep, seer, &seer->gated, s, (struct range){0, sweep->gates.low->told_count},
                      rows);
        else
            see_each(sweep, seer, s, rows);
    }
    return true;
}

/* Only what is looked at first is computed, and only that is read of the population. */
static bool
open_sieved(const struct sweep *sweep, struct scanner *scanner, struct seer *seer)
{
    uint32_t told = sweep->gates.low->told_count;
    bool *columns = calloc((size_t)scanner->block->layout->column_count + 1, sizeof *columns);
    tidu_step *steps = calloc((size_t)told + 1, sizeof *steps);
    seer->strainers = calloc((size_t)SIDES * told + 1, sizeof(struct strainer *));
    bool good = columns && steps && seer->strainers;
    for (int s = 0; s < SIDES && good; s++) {
        const struct stand *stand;
        const tidu_program *program = tidu_side_program(&sweep->gates.sides[s], &stand);
        if (!program)
            continue;
        memcpy(steps, stand->status[s], told * sizeof *steps);
        steps[told] = s ? TIDU_NO_STEP : tidu_groups_step(sweep->groups, program);
        seer->first[s] = tidu_run_open(program, scanner->block);
        good = seer->first[s] &&
               tidu_run_need_without(seer->first[s], steps, told + 1, sweep->sieves[s].without);
        if (good)
            tidu_run_reads(seer->first[s], columns);
    }
    if (good)
        tidu_binding_want(scanner->binding, columns);
    free(steps);
    free(columns);
    return good;
}

/* Everything is computed once, and what is different in each cell. */
static bool
open_each(const struct sweep *sweep, struct scanner *scanner, struct seer *seer)
{
    for (int s = 0; s < SIDES; s++) {
        const tidu_program *program = sweep->gates.low->stands[sweep->stand].programs[s];
        if (!program)
            continue;
        seer->gated.low[s] = tidu_run_open(program, scanner->block);
        for (uint32_t c = 0; seer->gated.low[s] && c < sweep->cell_count; c++) {
            program = sweep->cells[c]->stands[sweep->stand].programs[s];
            seer->each[s][c] = tidu_run_beside(seer->gated.low[s], program, scanner->block);
            if (!seer->each[s][c])
                return false;
        }
        if (!seer->gated.low[s])
            return false;
    }
    return true;
}

static bool
open_seer(void *context, struct scanner *scanner)
{
    const struct sweep *sweep = context;
    size_t told = (size_t)sweep->gates.low->told_count + 1;
    struct seer *seer = scanner->own = calloc(1, sizeof *seer);
    if (!seer)
        return tidu_error_set(&scanner->error, TIDU_MEMORY, NULL);
    seer->truth = calloc(MOST_WAYS * told * WORDS, sizeof *seer->truth);
    seer->known = calloc(MOST_WAYS * told * WORDS, sizeof *seer->known);
    seer->money = calloc((size_t)MOST_WAYS * MONEY_METRICS * TIDU_BLOCK_ROWS, sizeof *seer->money);
    seer->keys = seer->own_keys;
    bool good =
        seer->truth && seer->known && seer->money &&
        tidu_grid_open(&seer->grid, sweep->grid.metrics, sweep->grid.groups, sweep->counts) &&
        (is_sieved(sweep) ? open_sieved(sweep, scanner, seer)
         : sweep->gated   ? tidu_gated_open(&sweep->gates, sweep->groups, scanner, &seer->gated)
                          : open_each(sweep, scanner, seer));
    return good || tidu_error_set(&scanner->error, TIDU_MEMORY, NULL);
}

static void
close_seer(void *context, struct scanner *scanner)
{
    struct sweep *sweep = context;
    struct seer *seer = scanner->own;
    if (seer->grid.cells)
        tidu_grid_merge(&sweep->grid, &seer->grid);
    tidu_grid_close(&seer->grid);
    for (int i = 0; i < SIDES * AT_ONCE; i++)
        tidu_run_close(&seer->each[i / AT_ONCE][i % AT_ONCE]);
    tidu_gated_close(&seer->gated);
    for (int s = 0; s < SIDES; s++)
        tidu_run_close(&seer->first[s]);
    for (uint32_t i = 0; seer->strainers && i < SIDES * sweep->gates.low->told_count; i++)
        close_strainer(&seer->strainers[i]);
    free(seer->strainers);
    free(seer->truth);
    free(seer->known);
    free(seer->money);
    free(seer);
    scanner->own = NULL;
}

struct seeing
tidu_sweep_seeing(struct sweep *sweep)
{
    return (struct seeing){sweep, open_seer, see, close_seer, settle, NULL};
}
