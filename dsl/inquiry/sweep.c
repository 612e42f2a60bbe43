/*
 * sweep.c: how outcomes and money follow one threshold, or two.
 *
 * With gates (gate.c) a program is evaluated once for each way they may stand, and every
 * enterprise is entered for the values where each holds. Where a threshold is calculated
 * with, its values are taken some at a time, each beside the first: what it does not
 * reach is computed once.
 *
 * Must not know: files, sockets.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum { AT_ONCE = 8, WORDS = TIDU_BLOCK_ROWS / 64 };
enum { MET, UNMET, UNDETERMINED, OUTCOMES };
enum { LOW, HIGH, OPEN, MONEY_METRICS };

struct sweep {
    const tidu_inquiry *inquiry;
    const tidu_reform *reform;
    struct gates gates;
    uint32_t counts[TIDU_MOST_AXES];
    struct groups *groups;
    struct scan scan;
    struct grid grid;
    bool gated;

    /* without gates: the stand being scanned, and cells at hand */
    uint32_t stand;
    struct lineup *cells[AT_ONCE];
    uint32_t first_cell, cell_count;
};

/* What a thread has for the stand. */
struct seer {
    struct gated gated;
    tidu_run *each[SIDES][AT_ONCE];
    struct grid grid;
    uint32_t keys[TIDU_BLOCK_ROWS];
    uint32_t ranks[MOST_GATES][TIDU_BLOCK_ROWS];
    uint64_t ranked[WORDS];  /* rows whose ranks are known */
    uint64_t *truth, *known; /* [way][told][word] */
    int64_t *money;          /* [way][metric][row] */
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
            const struct stand *stand, int side, uint32_t way, uint32_t rows)
{
    for (uint32_t t = 0; t < sweep->gates.low->told_count; t++) {
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
see_gated(const struct sweep *sweep, struct seer *seer, int s, uint32_t rows)
{
    const struct side *side = &sweep->gates.sides[s];
    const struct stand *stand = side->of_low;
    tidu_run *run = NULL;
    for (uint32_t way = 0; way < 1u << side->gate_count; way++) {
        run = tidu_gated_way(&sweep->gates, &seer->gated, s, way, &stand);
        copy_status(sweep, seer, run, stand, s, way, rows);
        if (sweep->inquiry->money)
            copy_money(seer, run, &stand->money[s], way, rows);
    }
    memset(seer->ranked, 0, sizeof seer->ranked);
    for (uint32_t t = 0; t < sweep->gates.low->told_count; t++)
        if (stand->status[s][t] != TIDU_NO_STEP)
            count_told(sweep, side, seer, run, t, rows);
    if (sweep->inquiry->money)
        count_money(sweep, side, seer, run, rows);
}

/* ---- value by value ---- */

static void
count_cell(const struct sweep *sweep, struct seer *seer, const struct stand *stand, int s,
           const tidu_run *run, uint32_t cell, uint32_t rows)
{
    const uint32_t first[2] = {cell / sweep->counts[1], cell % sweep->counts[1]};
    const uint32_t end[2] = {first[0] + 1, first[1] + 1};
    uint32_t told = sweep->gates.low->told_count;
    copy_status(sweep, seer, run, stand, s, 0, rows);
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
see(void *context, struct scanner *scanner)
{
    const struct sweep *sweep = context;
    struct seer *seer = scanner->own;
    uint32_t rows = scanner->block->row_count;
    tidu_gated_eval(&seer->gated);
    tidu_groups_keys(sweep->groups, scanner, seer->gated.low[0], seer->keys);
    for (int s = 0; s < SIDES; s++) {
        if (!seer->gated.low[s])
            continue;
        if (sweep->gated)
            see_gated(sweep, seer, s, rows);
        else
            see_each(sweep, seer, s, rows);
    }
    return true;
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
    bool good =
        seer->truth && seer->known && seer->money &&
        tidu_grid_open(&seer->grid, sweep->grid.metrics, sweep->grid.groups, sweep->counts) &&
        (sweep->gated ? tidu_gated_open(&sweep->gates, sweep->groups, scanner, &seer->gated)
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
    free(seer->truth);
    free(seer->known);
    free(seer->money);
    free(seer);
    scanner->own = NULL;
}

static const struct seeing *
seeing_for(struct sweep *sweep, struct seeing *into)
{
    *into = (struct seeing){sweep, open_seer, see, close_seer, NULL};
    return into;
}

/* ---- scanning ---- */

static bool
scan_gated(struct sweep *sweep, tidu_error *reterr)
{
    struct seeing seeing;
    for (uint32_t s = 0; s < sweep->gates.low->stand_count; s++)
        if (!tidu_gates_find(&sweep->gates, s) ||
            !tidu_scan_stand(&sweep->scan, s, seeing_for(sweep, &seeing), reterr))
            return false;
    return true;
}

static void
close_cells(struct sweep *sweep)
{
    for (uint32_t c = 0; c < sweep->cell_count; c++)
        tidu_lineup_close(&sweep->cells[c]);
    sweep->cell_count = 0;
}

static bool
open_cells(struct sweep *sweep, uint32_t first, tidu_error *reterr)
{
    uint32_t count = sweep->counts[0] * sweep->counts[1];
    sweep->first_cell = first;
    for (uint32_t c = first; c < count && sweep->cell_count < AT_ONCE; c++) {
        const uint32_t at[TIDU_MOST_AXES] = {c / sweep->counts[1], c % sweep->counts[1]};
        struct lineup *cell = tidu_gates_lineup(&sweep->gates, at, reterr);
        if (!cell)
            return false;
        sweep->cells[sweep->cell_count++] = cell;
    }
    return true;
}

static bool
scan_each(struct sweep *sweep, tidu_error *reterr)
{
    uint32_t count = sweep->counts[0] * sweep->counts[1];
    struct seeing seeing;
    bool good = true;
    sweep->scan.total *= (count + AT_ONCE - 1) / AT_ONCE;
    for (uint32_t first = 0; first < count && good; first += AT_ONCE) {
        good = open_cells(sweep, first, reterr);
        for (uint32_t s = 0; s < sweep->gates.low->stand_count && good; s++) {
            sweep->stand = s;
            good = tidu_scan_stand(&sweep->scan, s, seeing_for(sweep, &seeing), reterr);
        }
        close_cells(sweep);
    }
    return good;
}

/* ---- telling ---- */

static void
put_list(const struct sweep *sweep, const char *name, uint32_t metric, uint32_t group, bool money,
         tidu_text *out)
{
    tidu_text_printf(out, "\"%s\":[", name);
    for (uint32_t i = 0; i < sweep->counts[0]; i++) {
        tidu_text_puts(out, i ? "," : "");
        tidu_text_puts(out, sweep->gates.axis_count > 1 ? "[" : "");
        for (uint32_t j = 0; j < sweep->counts[1]; j++) {
            int64_t value = tidu_grid_at(&sweep->grid, metric, group, i, j);
            tidu_text_puts(out, j ? "," : "");
            if (money)
                tidu_money_put(value, out);
            else
                tidu_text_printf(out, "%lld", (long long)value);
        }
        tidu_text_puts(out, sweep->gates.axis_count > 1 ? "]" : "");
    }
    tidu_text_putc(out, ']');
}

static void
put_figures(const struct sweep *sweep, uint32_t group, tidu_text *out)
{
    static const char *const outcomes[OUTCOMES] = {"met", "unmet", "undetermined"};
    static const char *const sums[MONEY_METRICS] = {"low", "high", "open"};
    const struct lineup *lineup = sweep->gates.low;
    bool first = true;
    tidu_text_puts(out, "\"designations\":[");
    for (uint32_t t = 0; t < lineup->told_count; t++) {
        if (lineup->told[t].left_out)
            continue;
        tidu_text_printf(out, "%s{\"id\":\"%s\",\"title\":", first ? "" : ",", lineup->told[t].id);
        first = false;
        tidu_inquiry_words(&lineup->told[t].title, sweep->inquiry->lang, out);
        for (uint32_t o = 0; o < OUTCOMES; o++) {
            tidu_text_putc(out, ',');
            put_list(sweep, outcomes[o], t * OUTCOMES + o, group, false, out);
        }
        tidu_text_putc(out, '}');
    }
    tidu_text_putc(out, ']');
    if (!sweep->inquiry->money)
        return;
    tidu_text_puts(out, ",\"money\":{\"unit\":\"万元\"");
    for (uint32_t m = 0; m < MONEY_METRICS; m++) {
        tidu_text_putc(out, ',');
        put_list(sweep, sums[m], lineup->told_count * OUTCOMES + m, group, m != OPEN, out);
    }
    tidu_text_putc(out, '}');
}

/* All groups together stand first: they are added up into the first. */
static void
put_groups(struct sweep *sweep, tidu_text *out)
{
    uint32_t count = tidu_groups_count(sweep->groups);
    if (!sweep->inquiry->by)
        return;
    tidu_text_printf(out, ",\"by\":\"%s\",\"groups\":[", sweep->inquiry->by);
    for (uint32_t g = 0; g < count; g++) {
        const char *label = tidu_groups_label(sweep->groups, g);
        tidu_text_puts(out, g ? ",{\"group\":" : "{\"group\":");
        if (label)
            tidu_text_json(out, label, strlen(label));
        else
            tidu_text_puts(out, "null");
        tidu_text_putc(out, ',');
        put_figures(sweep, g, out);
        tidu_text_putc(out, '}');
    }
    tidu_text_putc(out, ']');
}

static void
put_unmoved(const struct lineup *lineup, tidu_text *out)
{
    bool first = true;
    tidu_text_puts(out, ",\"unmoved\":[");
    for (uint32_t t = 0; t < lineup->told_count; t++)
        if (lineup->told[t].left_out) {
            tidu_text_printf(out, "%s\"%s\"", first ? "" : ",", lineup->told[t].id);
            first = false;
        }
    tidu_text_putc(out, ']');
}

static void
put_axis(const struct sweep *sweep, const struct axis *axis, tidu_text *out)
{
    const tidu_ruleset *ruleset = sweep->reform->ruleset;
    tidu_text_puts(out, "{\"addresses\":[");
    for (size_t i = 0; i < axis->asked->address_count; i++) {
        tidu_text_puts(out, i ? "," : "");
        tidu_text_json(out, axis->asked->addresses[i], strlen(axis->asked->addresses[i]));
    }
    tidu_text_puts(out, "],\"now\":[");
    bool first = true;
    for (uint32_t p = 0; p < ruleset->parameter_count; p++)
        for (size_t i = 0; i < axis->asked->address_count; i++)
            if (!strcmp(ruleset->parameters[p].address, axis->asked->addresses[i])) {
                tidu_text_puts(out, first ? "" : ",");
                tidu_text_json(out, ruleset->parameters[p].value,
                               strlen(ruleset->parameters[p].value));
                first = false;
            }
    tidu_text_puts(out, "],\"values\":[");
    for (uint32_t i = 0; i < axis->count; i++) {
        tidu_text_puts(out, i ? "," : "");
        tidu_text_json(out, axis->spelled[i], strlen(axis->spelled[i]));
    }
    tidu_text_puts(out, "]}");
}

/* The figures of everybody: of all groups added up. */
static bool
add_groups_up(struct sweep *sweep)
{
    struct grid sum;
    if (!tidu_grid_open(&sum, sweep->grid.metrics, sweep->grid.groups + 1, sweep->counts))
        return false;
    size_t page = (size_t)sweep->grid.metrics * sweep->counts[0] * sweep->counts[1];
    memcpy(sum.cells, sweep->grid.cells, page * sweep->grid.groups * sizeof *sum.cells);
    for (uint32_t g = 0; g < sweep->grid.groups; g++)
        for (size_t i = 0; i < page; i++)
            sum.cells[page * sweep->grid.groups + i] += sweep->grid.cells[page * g + i];
    tidu_grid_close(&sweep->grid);
    sweep->grid = sum;
    return true;
}

static void
tell(struct sweep *sweep, tidu_text *out)
{
    tidu_text_putc(out, '{');
    tidu_inquiry_head(sweep->inquiry, sweep->reform, out);
    tidu_text_puts(out, ",\"axes\":[");
    for (uint32_t a = 0; a < sweep->gates.axis_count; a++) {
        tidu_text_puts(out, a ? "," : "");
        put_axis(sweep, &sweep->gates.axes[a], out);
    }
    tidu_text_puts(out, "],");
    put_figures(sweep, sweep->grid.groups - 1, out);
    put_unmoved(sweep->gates.low, out);
    put_groups(sweep, out);
    tidu_text_printf(out, ",\"passes\":%u}",
                     sweep->gated ? 1
                                  : (sweep->counts[0] * sweep->counts[1] + AT_ONCE - 1) / AT_ONCE);
}

/* ---- the life of a sweep ---- */

static bool
run_sweep(struct sweep *sweep, tidu_error *reterr)
{
    const struct lineup *lineup;
    if (!tidu_gates_open(&sweep->gates, reterr))
        return false;
    lineup = sweep->gates.low;
    sweep->groups = tidu_groups_open(sweep->inquiry, lineup, reterr);
    const struct stands stands = {lineup, tidu_lineup_find, lineup->stand_count};
    if (!sweep->groups ||
        !tidu_scan_open(&sweep->scan, sweep->inquiry, tidu_ruleset_vocabulary(lineup->ruleset),
                        &stands, reterr))
        return false;
    uint32_t metrics = lineup->told_count * OUTCOMES + (sweep->inquiry->money ? MONEY_METRICS : 0);
    if (!tidu_grid_open(&sweep->grid, metrics, tidu_groups_count(sweep->groups), sweep->counts))
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    sweep->gated = tidu_gates_all(&sweep->gates);
    if (sweep->gated)
        tidu_gates_leave_out(&sweep->gates);
    if (!(sweep->gated ? scan_gated : scan_each)(sweep, reterr))
        return false;
    tidu_grid_sum(&sweep->grid);
    return add_groups_up(sweep) || tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

bool
tidu_sweep(const tidu_inquiry *inquiry, const tidu_reform *reform, const tidu_axis *axes,
           size_t axis_count, tidu_text *out, tidu_error *reterr)
{
    struct sweep sweep = {.inquiry = inquiry,
                          .reform = reform,
                          .gates = {.inquiry = inquiry, .reform = reform},
                          .counts = {1, 1}};
    size_t before = out->length;
    tidu_error error = {.code = TIDU_MEMORY};
    bool good = true;
    for (size_t a = 0; a < axis_count && a < TIDU_MOST_AXES && good; a++) {
        good = tidu_axis_open(&sweep.gates.axes[a], &axes[a], &error);
        sweep.gates.axis_count++;
        sweep.counts[a] = axes[a].steps;
    }
    good = good && run_sweep(&sweep, &error);
    if (good)
        tell(&sweep, out);
    if (good && out->failed)
        good = tidu_error_set(&error, TIDU_MEMORY, NULL);
    if (!good) {
        out->length = before;
        if (reterr)
            *reterr = error;
    }
    close_cells(&sweep);
    tidu_scan_close(&sweep.scan);
    tidu_grid_close(&sweep.grid);
    tidu_groups_close(&sweep.groups);
    tidu_gates_close(&sweep.gates);
    return good;
}
