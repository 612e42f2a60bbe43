/*
 * calibrate.c: the threshold that gives a wanted number, or stays within a budget.
 *
 * Whatever the threshold, an enterprise turns only where a gate of its own does: at the
 * value it has there. So one pass gathers all turns, and in their order every threshold
 * there is has been looked at:
 *
 *   values that turn someone    3.1%      3.4%   3.4%   4%
 *   so many meet it         90 ─┤ 89 ─────┤ 87 ─────────┤ 86 ─…
 *
 * Positions are exact; what is told is the shortest decimal that reaches the same.
 *
 * Must not know: files, sockets.
 */
#include "internal.h"

#include "tidu/decimal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An enterprise turns: from this value on, or only behind it. */
struct turn {
    double about;
    mpq_t at;
    bool behind;
    int64_t by;
};

struct turns {
    struct turn *items;
    size_t count, capacity;
    int64_t start; /* what the smallest values reach */
};

struct calibration {
    const tidu_inquiry *inquiry;
    const tidu_reform *reform;
    const tidu_goal *goal;
    struct gates gates;
    struct scan scan;
    uint32_t told; /* of the goal */
    struct turns turns;
    bool starved;
    mpq_t factors[SIDES][MOST_GATES]; /* a gate's constants by values as spelled */
    const char *now;
};

struct seer {
    struct gated gated;
    struct turns turns;
    int64_t *reached; /* [way][row] */
};

/* ---- turns ---- */

static bool
add_turn(struct turns *turns, const mpq_t at, bool behind, int64_t by)
{
    if (turns->count == turns->capacity) {
        size_t room = turns->capacity ? turns->capacity * 2 : 256;
        struct turn *wider = realloc(turns->items, room * sizeof *wider);
        if (!wider)
            return false;
        turns->items = wider;
        turns->capacity = room;
    }
    struct turn *turn = &turns->items[turns->count++];
    *turn = (struct turn){.about = mpq_get_d(at), .behind = behind, .by = by};
    mpq_init(turn->at);
    mpq_set(turn->at, at);
    return true;
}

/* Doubles decide where they are far enough apart. */
static int
compare_turns(const void *a, const void *b)
{
    const struct turn *x = a, *y = b;
    double gap = x->about - y->about, size = fabs(x->about) + fabs(y->about);
    if (fabs(gap) > size * 0x1p-40)
        return gap < 0 ? -1 : 1;
    int order = mpq_cmp(x->at, y->at);
    return order ? order : x->behind - y->behind;
}

/* Take over another's; they are its no longer. */
static bool
merge_turns(struct turns *into, struct turns *from)
{
    struct turn *wider =
        realloc(into->items, (into->count + from->count + 1) * sizeof *into->items);
    if (!wider)
        return false;
    if (from->count)
        memcpy(wider + into->count, from->items, from->count * sizeof *wider);
    into->items = wider;
    into->count += from->count;
    into->capacity = into->count + 1;
    into->start += from->start;
    from->count = 0;
    return true;
}

static void
free_turns(struct turns *turns)
{
    for (size_t i = 0; i < turns->count; i++)
        mpq_clear(turns->items[i].at);
    free(turns->items);
    *turns = (struct turns){.count = 0};
}

/* ---- an enterprise ---- */

static int64_t
reached_at(const struct seer *seer, uint32_t way, uint32_t row)
{
    return seer->reached[(size_t)way * TIDU_BLOCK_ROWS + row];
}

/* A gate of a row: where its x is among the values, and which way it turns there. */
struct hinge {
    uint32_t gate;
    mpq_t at;
    bool behind; /* the value itself is still as before */
};

static int
compare_hinges(const void *a, const void *b)
{
    const struct hinge *x = a, *y = b;
    int order = mpq_cmp(x->at, y->at);
    return order ? order : x->behind - y->behind;
}

/* Below all values gates of "threshold <= x" are open, the others shut. */
static uint32_t
first_way(const struct side *side)
{
    uint32_t way = 0;
    for (uint32_t g = 0; g < side->gate_count; g++)
        way |= (uint32_t)side->gates[g].first << g;
    return way;
}

/* threshold <= x turns behind x, threshold < x at it; x <= threshold at it, x < threshold
 * behind it. */
static bool
turns_behind(const struct gate *gate)
{
    return gate->first != gate->strict;
}

static bool
enter_row(const struct calibration *calibration, const struct side *side, struct seer *seer,
          const tidu_run *run, int s, uint32_t row)
{
    struct hinge hinges[MOST_GATES];
    uint32_t count = 0, way = first_way(side);
    double known;
    bool good = true;
    for (uint32_t g = 0; g < side->gate_count; g++) {
        if (!tidu_run_number(run, side->gates[g].x, row, &known))
            continue; /* the gate is unknown, whatever the value */
        hinges[count] = (struct hinge){.gate = g, .behind = turns_behind(&side->gates[g])};
        mpq_init(hinges[count].at);
        tidu_run_exact(run, side->gates[g].x, row, hinges[count].at);
        mpq_div(hinges[count].at, hinges[count].at, calibration->factors[s][g]);
        count++;
    }
    qsort(hinges, count, sizeof *hinges, compare_hinges);
    int64_t before = reached_at(seer, way, row);
    seer->turns.start += before;
    for (uint32_t h = 0; h < count && good; h++) {
        way ^= 1u << hinges[h].gate;
        int64_t after = reached_at(seer, way, row);
        if (after != before)
            good = add_turn(&seer->turns, hinges[h].at, hinges[h].behind, after - before);
        before = after;
    }
    for (uint32_t h = 0; h < count; h++)
        mpq_clear(hinges[h].at);
    return good;
}

/* What the goal counts, in each row: one who meets it, or money. */
static void
read_reached(const struct calibration *calibration, struct seer *seer, const tidu_run *run,
             const struct stand *stand, int s, uint32_t way, uint32_t rows)
{
    int64_t *reached = seer->reached + (size_t)way * TIDU_BLOCK_ROWS;
    const struct sum *sum = &stand->money[s];
    memset(reached, 0, rows * sizeof *reached);
    if (calibration->goal->designation) {
        tidu_step status = stand->status[s][calibration->told];
        for (uint32_t r = 0; status != TIDU_NO_STEP && r < rows; r++)
            reached[r] = tidu_run_truth(run, status, r) == TIDU_TRUE;
        return;
    }
    for (uint32_t i = 0; i < sum->count; i++)
        for (uint32_t r = 0; r < rows; r++) {
            double value;
            if (tidu_run_number(run, sum->low[i], r, &value))
                reached[r] += tidu_money_fixed(value);
        }
}

static bool
see_side(const struct calibration *calibration, struct seer *seer, int s, uint32_t rows)
{
    const struct side *side = &calibration->gates.sides[s];
    uint32_t ways = 1u << side->gate_count;
    tidu_run *run = NULL;
    for (uint32_t way = 0; way < ways; way++) {
        const struct stand *stand;
        run = tidu_gated_way(&calibration->gates, &seer->gated, s, way, &stand);
        read_reached(calibration, seer, run, stand, s, way, rows);
    }
    for (uint32_t r = 0; r < rows; r++) {
        bool turning = false;
        for (uint32_t way = 1; way < ways; way++)
            turning |= reached_at(seer, way, r) != reached_at(seer, 0, r);
        if (!turning)
            seer->turns.start += reached_at(seer, 0, r);
        else if (!enter_row(calibration, side, seer, run, s, r))
            return false;
    }
    return true;
}

/* ---- a thread ---- */

static bool
see(void *context, struct scanner *scanner)
{
    const struct calibration *calibration = context;
    struct seer *seer = scanner->own;
    tidu_gated_eval(&seer->gated);
    for (int s = 0; s < SIDES; s++)
        if (seer->gated.low[s] && !see_side(calibration, seer, s, scanner->block->row_count))
            return tidu_error_set(&scanner->error, TIDU_MEMORY, NULL);
    return true;
}

static bool
open_seer(void *context, struct scanner *scanner)
{
    const struct calibration *calibration = context;
    struct seer *seer = scanner->own = calloc(1, sizeof *seer);
    if (seer)
        seer->reached = calloc((size_t)MOST_WAYS * TIDU_BLOCK_ROWS, sizeof *seer->reached);
    if (!seer || !seer->reached)
        return tidu_error_set(&scanner->error, TIDU_MEMORY, NULL);
    return tidu_gated_open(&calibration->gates, NULL, scanner, &seer->gated);
}

static void
close_seer(void *context, struct scanner *scanner)
{
    struct calibration *calibration = context;
    struct seer *seer = scanner->own;
    if (!merge_turns(&calibration->turns, &seer->turns))
        calibration->starved = true;
    free_turns(&seer->turns);
    tidu_gated_close(&seer->gated);
    free(seer->reached);
    free(seer);
    scanner->own = NULL;
}

/* Constants of a gate by values as they are spelled. */
static void
find_factors(struct calibration *calibration)
{
    const struct axis *axis = &calibration->gates.axes[0];
    uint32_t at = mpq_sgn(axis->numbers[0]) ? 0 : axis->count - 1;
    for (int s = 0; s < SIDES; s++)
        for (uint32_t g = 0; g < calibration->gates.sides[s].gate_count; g++)
            mpq_div(calibration->factors[s][g], calibration->gates.sides[s].gates[g].exact[at],
                    axis->numbers[at]);
}

static bool
scan(struct calibration *calibration, tidu_error *reterr)
{
    const struct seeing seeing = {calibration, open_seer, see, close_seer, NULL, NULL};
    for (uint32_t s = 0; s < calibration->gates.low->stand_count; s++) {
        if (!tidu_gates_find(&calibration->gates, s))
            return tidu_error_set(reterr, TIDU_MEMORY, NULL);
        find_factors(calibration);
        if (!tidu_scan_stand(&calibration->scan, s, &seeing, reterr))
            return false;
    }
    return !calibration->starved || tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

/* ---- choosing ---- */

/* All values that reach the same, from behind or at one turn to before or at another. */
struct reach {
    size_t from, to; /* turns; SIZE_MAX for no end */
    int64_t reached;
};

/* The reach that begins with turn `from`, and the turn behind its end. */
static size_t
reach_end(const struct turns *turns, size_t from)
{
    const struct turn *first = &turns->items[from];
    size_t end = from;
    while (end < turns->count && !compare_turns(first, &turns->items[end]))
        end++;
    return end;
}

static double
miss(const struct calibration *calibration, int64_t reached)
{
    double scale = calibration->goal->designation ? 1 : MONEY_SCALE;
    return (double)reached - calibration->goal->target * scale;
}

/* Nearer, or as near and not above; money never above if anything is not. */
static bool
is_better(const struct calibration *calibration, int64_t a, int64_t b)
{
    double x = miss(calibration, a), y = miss(calibration, b);
    if (!calibration->goal->designation && (x <= 0) != (y <= 0))
        return x <= 0;
    if (fabs(x) != fabs(y))
        return fabs(x) < fabs(y);
    return x <= 0 && y > 0;
}

/* Reaches in order, those that reach the same made one. */
struct reaches {
    struct reach *items;
    size_t count;
};

static bool
list_reaches(const struct turns *turns, struct reaches *ret)
{
    int64_t reached = turns->start;
    ret->items = calloc(turns->count + 1, sizeof *ret->items);
    ret->count = 0;
    if (!ret->items)
        return false;
    ret->items[ret->count++] = (struct reach){SIZE_MAX, SIZE_MAX, reached};
    for (size_t at = 0; at < turns->count;) {
        size_t end = reach_end(turns, at);
        int64_t before = reached;
        for (size_t i = at; i < end; i++)
            reached += turns->items[i].by;
        if (reached != before) {
            ret->items[ret->count - 1].to = at;
            ret->items[ret->count++] = (struct reach){at, SIZE_MAX, reached};
        }
        at = end;
    }
    return true;
}

/* ---- decimals ---- */

/* A whole number over 10^digits in a reach; false when there is none. */
static bool
fits(const struct turns *turns, const struct reach *reach, unsigned digits, mpz_t ret)
{
    mpz_t power, low, high;
    mpq_t at;
    bool found = true;
    mpz_inits(power, low, high, NULL);
    mpq_init(at);
    mpz_ui_pow_ui(power, 10, digits);
    if (reach->from != SIZE_MAX) {
        const struct turn *turn = &turns->items[reach->from];
        mpq_set_z(at, power);
        mpq_mul(at, at, turn->at);
        mpz_cdiv_q(low, mpq_numref(at), mpq_denref(at));
        if (turn->behind && mpz_divisible_p(mpq_numref(at), mpq_denref(at)))
            mpz_add_ui(low, low, 1);
    }
    if (reach->to != SIZE_MAX) {
        const struct turn *turn = &turns->items[reach->to];
        mpq_set_z(at, power);
        mpq_mul(at, at, turn->at);
        mpz_fdiv_q(high, mpq_numref(at), mpq_denref(at));
        if (!turn->behind && mpz_divisible_p(mpq_numref(at), mpq_denref(at)))
            mpz_sub_ui(high, high, 1);
    }
    if (reach->from == SIZE_MAX)
        mpz_set(ret, high);
    else if (reach->to == SIZE_MAX || mpz_cmp(low, high) <= 0)
        mpz_set(ret, low);
    else
        found = false;
    mpz_clears(power, low, high, NULL);
    mpq_clear(at);
    return found;
}

/* How many digits the ends of a range are shown with, and a value may have. */
enum { SHOWN_DIGITS = 12, MOST_DIGITS = 30 };

/* The decimal with the fewest digits in a reach. */
static bool
shortest(const struct turns *turns, const struct reach *reach, const struct axis *axis, mpq_t ret)
{
    mpz_t found, power;
    bool good = false;
    mpz_inits(found, power, NULL);
    for (unsigned digits = 0; digits <= (axis->date ? 0 : MOST_DIGITS) && !good; digits++) {
        good = fits(turns, reach, digits, found);
        mpz_ui_pow_ui(power, 10, digits);
    }
    if (good) {
        mpq_set_z(ret, found);
        mpz_set(mpq_denref(ret), power);
        mpq_canonicalize(ret);
    }
    mpz_clears(found, power, NULL);
    return good;
}

/* ---- telling ---- */

static void
put_value(const struct axis *axis, const mpq_t value, unsigned digits, tidu_text *out)
{
    char date[11];
    tidu_text_putc(out, '"');
    if (axis->date)
        tidu_text_puts(out, tidu_date_format((int32_t)mpq_get_d(value), date));
    else
        tidu_decimal_write(out, value, digits, NULL);
    tidu_text_puts(out, axis->unit);
    tidu_text_putc(out, '"');
}

static void
put_reached(const struct calibration *calibration, int64_t reached, tidu_text *out)
{
    if (calibration->goal->designation)
        tidu_text_printf(out, "%lld", (long long)reached);
    else
        tidu_money_put(reached, out);
}

static void
put_end(const struct calibration *calibration, size_t turn, bool from, tidu_text *out)
{
    const struct turn *at = turn == SIZE_MAX ? NULL : &calibration->turns.items[turn];
    if (!at) {
        tidu_text_puts(out, "null");
        return;
    }
    tidu_text_puts(out, "{\"value\":");
    put_value(&calibration->gates.axes[0], at->at, SHOWN_DIGITS, out);
    tidu_text_printf(out, ",\"included\":%s}", at->behind != from ? "true" : "false");
}

/* A reach as one value of it, or null when none can be spelled. */
static void
put_reach(const struct calibration *calibration, const struct reaches *reaches, size_t which,
          tidu_text *out)
{
    mpq_t value;
    if (which >= reaches->count) {
        tidu_text_puts(out, "null");
        return;
    }
    mpq_init(value);
    tidu_text_puts(out, "{\"value\":");
    if (shortest(&calibration->turns, &reaches->items[which], &calibration->gates.axes[0], value))
        put_value(&calibration->gates.axes[0], value, MOST_DIGITS, out);
    else
        tidu_text_puts(out, "null");
    tidu_text_puts(out, ",\"reached\":");
    put_reached(calibration, reaches->items[which].reached, out);
    tidu_text_putc(out, '}');
    mpq_clear(value);
}

/* The best of all that can be spelled: days have none between them. */
static size_t
choose(const struct calibration *calibration, const struct reaches *reaches)
{
    size_t best = SIZE_MAX;
    mpq_t value;
    mpq_init(value);
    for (size_t r = 0; r < reaches->count; r++)
        if ((best == SIZE_MAX ||
             is_better(calibration, reaches->items[r].reached, reaches->items[best].reached)) &&
            shortest(&calibration->turns, &reaches->items[r], &calibration->gates.axes[0], value))
            best = r;
    mpq_clear(value);
    return best;
}

static void
put_extremes(const struct calibration *calibration, const struct reaches *reaches, tidu_text *out)
{
    int64_t least = reaches->items[0].reached, most = least;
    for (size_t r = 1; r < reaches->count; r++) {
        int64_t reached = reaches->items[r].reached;
        least = reached < least ? reached : least;
        most = reached > most ? reached : most;
    }
    tidu_text_puts(out, ",\"least\":");
    put_reached(calibration, least, out);
    tidu_text_puts(out, ",\"most\":");
    put_reached(calibration, most, out);
}

static void
put_goal(const struct calibration *calibration, tidu_text *out)
{
    const tidu_goal *goal = calibration->goal;
    tidu_text_puts(out, ",\"addresses\":[");
    for (size_t i = 0; i < goal->address_count; i++) {
        tidu_text_puts(out, i ? "," : "");
        tidu_text_json(out, goal->addresses[i], strlen(goal->addresses[i]));
    }
    tidu_text_puts(out, "],\"now\":");
    tidu_text_json(out, calibration->now, strlen(calibration->now));
    if (goal->designation) {
        const struct told *told = &calibration->gates.low->told[calibration->told];
        tidu_text_printf(out, ",\"designation\":\"%s\",\"title\":", told->id);
        tidu_inquiry_words(&told->title, calibration->inquiry->lang, out);
    } else
        tidu_text_puts(out, ",\"unit\":\"万元\"");
    tidu_text_puts(out, ",\"target\":");
    tidu_text_number(out, goal->target);
}

static bool
tell(const struct calibration *calibration, tidu_text *out)
{
    struct reaches reaches;
    if (!list_reaches(&calibration->turns, &reaches))
        return false;
    size_t best = choose(calibration, &reaches);
    tidu_text_putc(out, '{');
    tidu_inquiry_head(calibration->inquiry, calibration->reform, out);
    put_goal(calibration, out);
    const struct reach *reach = &reaches.items[best];
    mpq_t value;
    mpq_init(value);
    shortest(&calibration->turns, reach, &calibration->gates.axes[0], value);
    tidu_text_puts(out, ",\"reached\":");
    put_reached(calibration, reach->reached, out);
    tidu_text_puts(out, ",\"value\":");
    put_value(&calibration->gates.axes[0], value, MOST_DIGITS, out);
    tidu_text_puts(out, ",\"from\":");
    put_end(calibration, reach->from, true, out);
    tidu_text_puts(out, ",\"to\":");
    put_end(calibration, reach->to, false, out);
    put_extremes(calibration, &reaches, out);
    tidu_text_puts(out, ",\"below\":");
    put_reach(calibration, &reaches, best - 1, out);
    tidu_text_puts(out, ",\"above\":");
    put_reach(calibration, &reaches, best + 1, out);
    tidu_text_putc(out, '}');
    mpq_clear(value);
    free(reaches.items);
    return true;
}

/* ---- the life of a calibration ---- */

static const char *
value_now(const tidu_ruleset *ruleset, const char *address)
{
    for (uint32_t p = 0; p < ruleset->parameter_count; p++)
        if (!strcmp(ruleset->parameters[p].address, address))
            return ruleset->parameters[p].value;
    return NULL;
}

static bool
find_goal(struct calibration *calibration, tidu_error *reterr)
{
    const struct lineup *lineup = calibration->gates.low;
    const char *designation = calibration->goal->designation;
    bool moves = !designation;
    while (designation && strcmp(lineup->told[calibration->told].id, designation) != 0)
        calibration->told++; /* an unknown one was refused with the lineup */
    if (!tidu_gates_all(&calibration->gates))
        return tidu_error_set(reterr, TIDU_INQUIRY_GATE, calibration->goal->addresses[0], NULL);
    moves = moves || calibration->gates.moves[calibration->told];
    return moves || tidu_error_set(reterr, TIDU_INQUIRY_GOAL, calibration->goal->addresses[0],
                                   designation, NULL);
}

static bool
run_calibration(struct calibration *calibration, tidu_error *reterr)
{
    if (!tidu_gates_open(&calibration->gates, reterr) || !find_goal(calibration, reterr))
        return false;
    const struct lineup *lineup = calibration->gates.low;
    const struct stands stands = {lineup, tidu_lineup_find, lineup->stand_count};
    if (!tidu_scan_open(&calibration->scan, calibration->inquiry,
                        tidu_ruleset_vocabulary(lineup->ruleset), &stands, reterr) ||
        !scan(calibration, reterr))
        return false;
    qsort(calibration->turns.items, calibration->turns.count, sizeof *calibration->turns.items,
          compare_turns);
    return true;
}

bool
tidu_calibrate(const tidu_inquiry *inquiry, const tidu_reform *reform, const tidu_goal *goal,
               tidu_text *out, tidu_error *reterr)
{
    tidu_inquiry asked = *inquiry;
    struct calibration calibration = {.inquiry = &asked, .reform = reform, .goal = goal};
    size_t before = out->length;
    tidu_error error = {.code = TIDU_MEMORY};
    asked.designations = goal->designation ? &goal->designation : NULL;
    asked.designation_count = goal->designation != NULL;
    asked.money = !goal->designation;
    calibration.gates = (struct gates){.inquiry = &asked, .reform = reform, .axis_count = 1};
    for (int i = 0; i < SIDES * MOST_GATES; i++)
        mpq_init(calibration.factors[i / MOST_GATES][i % MOST_GATES]);
    calibration.now = value_now(reform->ruleset, goal->addresses[0]);
    const tidu_axis axis = {goal->addresses, goal->address_count, calibration.now, NULL, 2};
    bool good = calibration.now
                    ? tidu_axis_open_around(&calibration.gates.axes[0], &axis, &error)
                    : tidu_error_set(&error, TIDU_OVERLAY_ADDRESS, goal->addresses[0], NULL);
    good = good && run_calibration(&calibration, &error);
    if (good && (!tell(&calibration, out) || out->failed))
        good = tidu_error_set(&error, TIDU_MEMORY, NULL);
    if (!good) {
        out->length = before;
        if (reterr)
            *reterr = error;
    }
    free_turns(&calibration.turns);
    for (int i = 0; i < SIDES * MOST_GATES; i++)
        mpq_clear(calibration.factors[i / MOST_GATES][i % MOST_GATES]);
    tidu_scan_close(&calibration.scan);
    tidu_gates_close(&calibration.gates);
    return good;
}
