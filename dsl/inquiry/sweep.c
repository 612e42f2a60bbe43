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
#include "sweep.h"

#include <stdlib.h>
#include <string.h>

/* ---- scanning ---- */

static void
close_sieves(struct sweep *sweep)
{
    for (int s = 0; s < SIDES; s++)
        tidu_sieve_close(&sweep->sieves[s]);
}

/* Both sides or none; money is never known before everything is. */
static void
open_sieves(struct sweep *sweep, uint32_t stand)
{
    for (int s = 0; s < SIDES; s++) {
        const struct side *side = &sweep->gates.sides[s];
        const struct stand *of;
        const tidu_program *program = tidu_side_program(side, &of);
        if (program &&
            !tidu_sieve_open(&sweep->sieves[s], side, of->status[s], sweep->gates.low->told_count,
                             s ? TIDU_NO_STEP : tidu_groups_step(sweep->groups, program),
                             &sweep->scan, stand)) {
            close_sieves(sweep);
            return;
        }
    }
}

static bool
scan_gated(struct sweep *sweep, tidu_error *reterr)
{
    const struct seeing seeing = tidu_sweep_seeing(sweep);
    bool good = true;
    for (uint32_t s = 0; s < sweep->gates.low->stand_count && good; s++) {
        good = tidu_gates_find(&sweep->gates, s);
        if (good && !sweep->inquiry->money)
            open_sieves(sweep, s);
        good = good && tidu_scan_stand(&sweep->scan, s, &seeing, reterr);
        close_sieves(sweep);
    }
    return good;
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
    const struct seeing seeing = tidu_sweep_seeing(sweep);
    bool good = true;
    sweep->scan.total *= (count + AT_ONCE - 1) / AT_ONCE;
    for (uint32_t first = 0; first < count && good; first += AT_ONCE) {
        good = open_cells(sweep, first, reterr);
        for (uint32_t s = 0; s < sweep->gates.low->stand_count && good; s++) {
            sweep->stand = s;
            good = tidu_scan_stand(&sweep->scan, s, &seeing, reterr);
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
        tidu_text_puts(out, g ? ",{" : "{");
        tidu_groups_put(sweep->groups, g, out);
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
