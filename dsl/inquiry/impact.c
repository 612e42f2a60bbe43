/*
 * impact.c: two sets of rules over a population: who gains, who loses, why, and money.
 *
 * Both judge the same rows. Rules that differ in thresholds share a block, and what the
 * thresholds do not reach is computed once; other rules have blocks of their own layout.
 *
 *   rows ─► before ─┬─► transitions, counted a word at a time
 *        └► after  ─┘   └─► changes, one by one: who, and which criterion decides
 *
 * Must not know: files, sockets.
 */
#include "internal.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { MET, UNMET, UNDETERMINED, ABSENT, STATES };
enum { BEFORE, AFTER, TIMES };
enum { LOW, HIGH, OPEN, MONEY_METRICS, WORDS = TIDU_BLOCK_ROWS / 64 };

static const char *const state_names[STATES] = {"met", "unmet", "undetermined", "absent"};
static const char *const time_names[TIMES] = {"before", "after"};

/* A designation of either set of rules, and where it is told in each. */
struct thing {
    const struct told *told;
    uint32_t number[TIMES]; /* in the lineup, or UINT32_MAX */
};

/* An award of either. */
struct award {
    const tidu_subsidy *subsidy;
    int64_t low[TIMES], enterprises[TIMES];
};

struct change {
    uint32_t group, row, thing, key;
    uint8_t from, to;
    uint16_t failing;                /* criteria on the side that does not meet it */
    const tidu_criterion *criterion; /* the first that decides, or NULL */
};

struct tally {
    uint64_t *transitions; /* [thing][from][to] */
    int64_t money[TIMES][MONEY_METRICS];
    struct award *awards;
    struct change *changes;
    size_t change_count, change_room;
};

struct impact {
    const tidu_inquiry *inquiry;
    const tidu_reform *reforms[TIMES];
    struct lineup *lineups[TIMES];
    struct groups *groups;
    struct scan scan;
    struct thing *things;
    uint32_t thing_count;
    struct award *awards; /* figures of the tally are the sums */
    uint32_t award_count, award_room;
    bool shared; /* one ruleset, so one layout */
    bool starved;
    uint32_t stand; /* before * stands after + after */
    struct tally tally;
    atomic_uint_fast64_t *moved; /* [thing][gained, lost], so far */
    tidu_interim *interim;       /* [thing] */
};

struct seer {
    tidu_run *runs[TIMES][SIDES];
    tidu_binding *binding; /* of other rules after */
    tidu_block *block;
    struct tally tally;
    uint32_t keys[TIDU_BLOCK_ROWS];
    uint32_t *award_of[TIMES][SIDES]; /* [subsidy of the program]: among the awards */
};

/* ---- stands ---- */

static uint32_t
find_stand(const void *context, uint32_t region)
{
    const struct impact *impact = context;
    return tidu_lineup_find(impact->lineups[BEFORE], region) * impact->lineups[AFTER]->stand_count +
           tidu_lineup_find(impact->lineups[AFTER], region);
}

static const struct stand *
stand_at(const struct impact *impact, int time)
{
    uint32_t after = impact->lineups[AFTER]->stand_count;
    return &impact->lineups[time]
                ->stands[time == BEFORE ? impact->stand / after : impact->stand % after];
}

/* ---- what there is ---- */

static bool
list_things(struct impact *impact)
{
    const struct lineup *before = impact->lineups[BEFORE], *after = impact->lineups[AFTER];
    impact->things = tidu_arena_array(
        before->arena, (size_t)before->told_count + after->told_count + 1, sizeof *impact->things);
    if (!impact->things)
        return false;
    for (uint32_t t = 0; t < before->told_count; t++)
        impact->things[impact->thing_count++] = (struct thing){&before->told[t], {t, UINT32_MAX}};
    for (uint32_t t = 0; t < after->told_count; t++) {
        uint32_t i = 0;
        while (i < impact->thing_count && strcmp(impact->things[i].told->id, after->told[t].id))
            i++;
        if (i == impact->thing_count)
            impact->things[impact->thing_count++] =
                (struct thing){&after->told[t], {UINT32_MAX, UINT32_MAX}};
        impact->things[i].number[AFTER] = t;
    }
    return true;
}

static bool
is_counted(const struct stand *stand, int s, const tidu_subsidy *subsidy)
{
    const tidu_program *local = s ? NULL : stand->programs[1];
    return subsidy->told && !subsidy->to_government && subsidy->net_low != TIDU_NO_STEP &&
           !tidu_is_taken_over(local, subsidy);
}

static uint32_t
award_of(const struct impact *impact, const tidu_subsidy *subsidy)
{
    uint32_t a = 0;
    while (a < impact->award_count &&
           strcmp(impact->awards[a].subsidy->rule.id, subsidy->rule.id) != 0)
        a++;
    return a;
}

static bool
list_awards(struct impact *impact)
{
    for (int time = 0; time < TIMES && impact->inquiry->money; time++)
        for (uint32_t i = 0; i < impact->lineups[time]->stand_count * SIDES; i++) {
            const struct stand *stand = &impact->lineups[time]->stands[i / SIDES];
            const tidu_program *program = stand->programs[i % SIDES];
            for (uint32_t u = 0; program && u < program->subsidy_count; u++) {
                const tidu_subsidy *subsidy = &program->subsidies[u];
                if (!is_counted(stand, (int)(i % SIDES), subsidy) ||
                    award_of(impact, subsidy) < impact->award_count)
                    continue;
                if (impact->award_count == impact->award_room) {
                    uint32_t room = impact->award_room * 2 + 64;
                    struct award *wider = realloc(impact->awards, room * sizeof *wider);
                    if (!wider)
                        return false;
                    impact->awards = wider;
                    impact->award_room = room;
                }
                impact->awards[impact->award_count++] = (struct award){.subsidy = subsidy};
            }
        }
    return true;
}

static bool
open_tally(const struct impact *impact, struct tally *tally)
{
    tally->transitions =
        calloc((size_t)impact->thing_count * STATES * STATES + 1, sizeof *tally->transitions);
    tally->awards = calloc((size_t)impact->award_count + 1, sizeof *tally->awards);
    return tally->transitions && tally->awards;
}

static void
close_tally(struct tally *tally)
{
    free(tally->transitions);
    free(tally->awards);
    free(tally->changes);
    *tally = (struct tally){.change_count = 0};
}

static bool
merge_tally(const struct impact *impact, struct tally *into, const struct tally *from)
{
    size_t count = into->change_count + from->change_count;
    struct change *wider = realloc(into->changes, (count + 1) * sizeof *wider);
    if (!wider)
        return false;
    into->changes = wider;
    if (from->change_count)
        memcpy(wider + into->change_count, from->changes, from->change_count * sizeof *wider);
    into->change_count = into->change_room = count;
    for (size_t i = 0; i < (size_t)impact->thing_count * STATES * STATES; i++)
        into->transitions[i] += from->transitions[i];
    for (int i = 0; i < TIMES * MONEY_METRICS; i++)
        into->money[i / MONEY_METRICS][i % MONEY_METRICS] +=
            from->money[i / MONEY_METRICS][i % MONEY_METRICS];
    for (uint32_t a = 0; a < impact->award_count; a++)
        for (int time = 0; time < TIMES; time++) {
            into->awards[a].low[time] += from->awards[a].low[time];
            into->awards[a].enterprises[time] += from->awards[a].enterprises[time];
        }
    return true;
}

/* ---- why ---- */

static const tidu_criterion *
find_criterion(const tidu_program *program, const tidu_designation *designation, const char *id)
{
    for (uint32_t c = 0; designation && c < designation->criterion_count; c++) {
        const tidu_criterion *criterion = &program->criteria[designation->first_criterion + c];
        if (!strcmp(criterion->id, id))
            return criterion;
    }
    return NULL;
}

/* Criteria that fail on the side that does not meet it and hold on the other, or have no
 * other; how many fail there in all. */
static void
explain_change(const struct seer *seer, const char *id, uint32_t rows[TIMES], struct change *change)
{
    int failing = change->to == MET ? BEFORE : AFTER;
    for (int s = 0; s < SIDES; s++) {
        const tidu_run *run = seer->runs[failing][s], *other = seer->runs[!failing][s];
        const tidu_program *program = run ? tidu_run_program(run) : NULL;
        const tidu_program *beside = other ? tidu_run_program(other) : NULL;
        const tidu_designation *here = tidu_program_told(program, id);
        const tidu_designation *there = tidu_program_told(beside, id);
        for (uint32_t c = 0; here && c < here->criterion_count; c++) {
            const tidu_criterion *criterion = &program->criteria[here->first_criterion + c];
            if (criterion->parent != TIDU_NONE ||
                tidu_run_truth(run, criterion->status, rows[failing]) == TIDU_TRUE)
                continue;
            const tidu_criterion *twin = find_criterion(beside, there, criterion->id);
            bool held = !twin || tidu_run_truth(other, twin->status, rows[!failing]) == TIDU_TRUE;
            change->failing++;
            if (held && !change->criterion)
                change->criterion = criterion;
        }
    }
}

static bool
add_change(struct tally *tally, const struct change *change)
{
    if (tally->change_count == tally->change_room) {
        size_t room = tally->change_room ? tally->change_room * 2 : 256;
        struct change *wider = realloc(tally->changes, room * sizeof *wider);
        if (!wider)
            return false;
        tally->changes = wider;
        tally->change_room = room;
    }
    tally->changes[tally->change_count++] = *change;
    return true;
}

/* ---- counting ---- */

/* Bits of `rows` rows from `first` on in each state. */
static void
read_states(const struct impact *impact, const struct seer *seer, int time,
            const struct thing *thing, uint32_t first, uint32_t rows, uint64_t ret[STATES][WORDS])
{
    const tidu_run *run = NULL;
    tidu_step step = TIDU_NO_STEP;
    for (int s = 0; s < SIDES && step == TIDU_NO_STEP && thing->number[time] != UINT32_MAX; s++) {
        run = seer->runs[time][s];
        step = run ? stand_at(impact, time)->status[s][thing->number[time]] : TIDU_NO_STEP;
    }
    memset(ret, 0, STATES * sizeof *ret);
    for (uint32_t r = 0; r < rows; r++) {
        tidu_truth truth =
            step == TIDU_NO_STEP ? TIDU_UNKNOWN : tidu_run_truth(run, step, first + r);
        int state = step == TIDU_NO_STEP  ? ABSENT
                    : truth == TIDU_TRUE  ? MET
                    : truth == TIDU_FALSE ? UNMET
                                          : UNDETERMINED;
        ret[state][r / 64] |= UINT64_C(1) << r % 64;
    }
}

/* `first` is the row before of the first; after they begin at 0 unless both share a
 * block. */
static bool
count_thing(const struct impact *impact, struct scanner *scanner, uint32_t number, uint32_t first,
            uint32_t rows)
{
    struct seer *seer = scanner->own;
    const struct thing *thing = &impact->things[number];
    uint64_t states[TIMES][STATES][WORDS];
    uint32_t first_after = impact->shared ? first : 0;
    read_states(impact, seer, BEFORE, thing, first, rows, states[BEFORE]);
    read_states(impact, seer, AFTER, thing, first_after, rows, states[AFTER]);
    for (int i = 0; i < STATES * STATES; i++) {
        int from = i / STATES, to = i % STATES;
        for (uint32_t w = 0; w < (rows + 63) / 64; w++) {
            uint64_t both = states[BEFORE][from][w] & states[AFTER][to][w];
            if (both && (from == MET) != (to == MET))
                atomic_fetch_add_explicit(&impact->moved[number * 2 + (from == MET)],
                                          (uint64_t)__builtin_popcountll(both),
                                          memory_order_relaxed);
            seer->tally.transitions[(size_t)number * STATES * STATES + (size_t)i] +=
                (uint64_t)__builtin_popcountll(both);
            for (; from != to && both; both &= both - 1) {
                uint32_t r = w * 64 + (uint32_t)__builtin_ctzll(both);
                struct change change = {.group = scanner->group,
                                        .row = scanner->first + first + r,
                                        .thing = number,
                                        .key = seer->keys[first + r],
                                        .from = (uint8_t)from,
                                        .to = (uint8_t)to};
                uint32_t at[TIMES] = {first + r, first_after + r};
                if (from == MET || to == MET)
                    explain_change(seer, thing->told->id, at, &change);
                if (!add_change(&seer->tally, &change))
                    return false;
            }
        }
    }
    return true;
}

static void
add_up(const tidu_run *run, tidu_step step, uint32_t row, int64_t *ret, bool *ret_open)
{
    double value;
    if (tidu_run_number(run, step, row, &value))
        tidu_money_add(ret, tidu_money_fixed(value));
    else
        *ret_open = true;
}

static void
count_money(const struct impact *impact, struct seer *seer, int time, uint32_t first, uint32_t rows)
{
    const struct stand *stand = stand_at(impact, time);
    int64_t *money = seer->tally.money[time];
    for (int s = 0; s < SIDES; s++) {
        const tidu_run *run = seer->runs[time][s];
        const tidu_program *program = run ? tidu_run_program(run) : NULL;
        for (uint32_t r = first; run && r < first + rows; r++) {
            bool open = false, none = false;
            for (uint32_t i = 0; i < stand->money[s].count; i++) {
                add_up(run, stand->money[s].low[i], r, &money[LOW], &none);
                add_up(run, stand->money[s].high[i], r, &money[HIGH], &open);
            }
            money[OPEN] += open;
            for (uint32_t u = 0; u < program->subsidy_count; u++) {
                uint32_t a = seer->award_of[time][s][u];
                int64_t low = 0;
                if (a == UINT32_MAX)
                    continue;
                add_up(run, program->subsidies[u].net_low, r, &low, &none);
                tidu_money_add(&seer->tally.awards[a].low[time], low);
                seer->tally.awards[a].enterprises[time] += low > 0;
            }
        }
    }
}

static bool
count_rows(const struct impact *impact, struct scanner *scanner, uint32_t first, uint32_t rows)
{
    struct seer *seer = scanner->own;
    for (uint32_t t = 0; t < impact->thing_count; t++)
        if (!count_thing(impact, scanner, t, first, rows))
            return false;
    if (impact->inquiry->money) {
        count_money(impact, seer, BEFORE, first, rows);
        count_money(impact, seer, AFTER, impact->shared ? first : 0, rows);
    }
    return true;
}

/* ---- a thread ---- */

static void
eval(const struct seer *seer, int time)
{
    for (int s = 0; s < SIDES; s++)
        if (seer->runs[time][s])
            tidu_eval_all(seer->runs[time][s]);
}

/* Other rules may have room for fewer rows at a time. */
static bool
see(void *context, struct scanner *scanner)
{
    const struct impact *impact = context;
    struct seer *seer = scanner->own;
    uint32_t rows = scanner->block->row_count;
    eval(seer, BEFORE);
    tidu_groups_keys(impact->groups, scanner, seer->runs[BEFORE][0], seer->keys);
    if (impact->shared)
        eval(seer, AFTER);
    for (uint32_t at = 0, count; at < rows; at += count) {
        count = impact->shared
                    ? rows
                    : tidu_binding_load(seer->binding, scanner->group, scanner->first + at,
                                        rows - at, false, seer->block);
        if (!impact->shared && count)
            eval(seer, AFTER);
        if (!count || !count_rows(impact, scanner, at, count))
            return tidu_error_set(&scanner->error, TIDU_MEMORY, NULL);
    }
    return true;
}

static bool
map_awards(const struct impact *impact, struct seer *seer, int time, int s)
{
    const struct stand *stand = stand_at(impact, time);
    const tidu_program *program = stand->programs[s];
    uint32_t *map = calloc((size_t)program->subsidy_count + 1, sizeof *map);
    seer->award_of[time][s] = map;
    for (uint32_t u = 0; map && u < program->subsidy_count; u++)
        map[u] = is_counted(stand, s, &program->subsidies[u]) && impact->inquiry->money
                     ? award_of(impact, &program->subsidies[u])
                     : UINT32_MAX;
    return map != NULL;
}

static bool
open_run(const struct impact *impact, struct scanner *scanner, int time, int s)
{
    struct seer *seer = scanner->own;
    const tidu_program *program = stand_at(impact, time)->programs[s];
    tidu_block *block = time == AFTER && !impact->shared ? seer->block : scanner->block;
    if (!program)
        return true;
    const tidu_run *beside = time == AFTER && impact->shared ? seer->runs[BEFORE][s] : NULL;
    seer->runs[time][s] =
        beside ? tidu_run_beside(beside, program, block) : tidu_run_open(program, block);
    return seer->runs[time][s] && map_awards(impact, seer, time, s);
}

static bool
open_seer(void *context, struct scanner *scanner)
{
    const struct impact *impact = context;
    const tidu_vocabulary *vocabulary = tidu_ruleset_vocabulary(impact->lineups[AFTER]->ruleset);
    struct seer *seer = scanner->own = calloc(1, sizeof *seer);
    bool good = seer && open_tally(impact, &seer->tally);
    if (good && !impact->shared) {
        seer->binding = tidu_binding_open(impact->inquiry->population, vocabulary,
                                          impact->inquiry->as_of, &scanner->error);
        if (!seer->binding)
            return false;
        seer->block = tidu_block_open(&vocabulary->layout, TIDU_BLOCK_ROWS);
        good = seer->block != NULL;
    }
    for (int i = 0; i < TIMES * SIDES && good; i++)
        good = open_run(impact, scanner, i / SIDES, i % SIDES);
    return good || tidu_error_set(&scanner->error, TIDU_MEMORY, NULL);
}

static void
close_seer(void *context, struct scanner *scanner)
{
    struct impact *impact = context;
    struct seer *seer = scanner->own;
    if (seer->tally.transitions && !merge_tally(impact, &impact->tally, &seer->tally))
        impact->starved = true;
    close_tally(&seer->tally);
    for (int i = TIMES * SIDES; i--;) {
        tidu_run_close(&seer->runs[i / SIDES][i % SIDES]);
        free(seer->award_of[i / SIDES][i % SIDES]);
    }
    tidu_block_close(&seer->block);
    tidu_binding_close(&seer->binding);
    free(seer);
    scanner->own = NULL;
}

static void
tell_interim(void *context)
{
    const struct impact *impact = context;
    for (uint32_t t = 0; t < impact->thing_count; t++)
        impact->interim[t] =
            (tidu_interim){impact->things[t].told->id,
                           atomic_load_explicit(&impact->moved[t * 2], memory_order_relaxed),
                           atomic_load_explicit(&impact->moved[t * 2 + 1], memory_order_relaxed)};
    if (impact->inquiry->interim)
        impact->inquiry->interim(impact->inquiry->context, impact->interim, impact->thing_count);
}

/* ---- telling ---- */

static int
compare_changes(const void *a, const void *b)
{
    const struct change *x = a, *y = b;
    if (x->thing != y->thing)
        return x->thing < y->thing ? -1 : 1;
    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static bool
is_gain(const struct change *change)
{
    return change->to == MET;
}

static bool
is_loss(const struct change *change)
{
    return change->from == MET;
}

static void
put_title(const struct impact *impact, const tidu_titles *title, tidu_text *out)
{
    tidu_text_puts(out, "\"title\":");
    tidu_inquiry_words(title, impact->inquiry->lang, out);
}

/* A criterion and how often it decided. */
struct reason {
    const tidu_criterion *criterion;
    uint64_t gained, lost, alone;
};

static int
compare_reasons(const void *a, const void *b)
{
    const struct reason *x = a, *y = b;
    uint64_t all = x->gained + x->lost, others = y->gained + y->lost;
    if (all != others)
        return all < others ? 1 : -1;
    return strcmp(x->criterion->id, y->criterion->id);
}

static bool
put_reasons(const struct impact *impact, const struct change *changes, size_t count, tidu_text *out)
{
    struct reason *reasons = calloc(count + 1, sizeof *reasons);
    size_t used = 0;
    if (!reasons)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct change *change = &changes[i];
        size_t r = 0;
        if (!change->criterion)
            continue;
        while (r < used && strcmp(reasons[r].criterion->id, change->criterion->id) != 0)
            r++;
        if (r == used)
            reasons[used++].criterion = change->criterion;
        reasons[r].gained += is_gain(change);
        reasons[r].lost += is_loss(change);
        reasons[r].alone += change->failing == 1;
    }
    qsort(reasons, used, sizeof *reasons, compare_reasons);
    tidu_text_puts(out, ",\"because\":[");
    for (size_t r = 0; r < used; r++) {
        tidu_text_printf(out, "%s{\"criterion\":\"%s\",", r ? "," : "", reasons[r].criterion->id);
        put_title(impact, &reasons[r].criterion->title, out);
        tidu_text_printf(out, ",\"gained\":%llu,\"lost\":%llu,\"alone\":%llu}",
                         (unsigned long long)reasons[r].gained, (unsigned long long)reasons[r].lost,
                         (unsigned long long)reasons[r].alone);
    }
    tidu_text_putc(out, ']');
    free(reasons);
    return true;
}

static bool
put_groups(const struct impact *impact, const struct change *changes, size_t count, tidu_text *out)
{
    uint32_t groups = tidu_groups_count(impact->groups);
    bool first = true;
    if (!impact->inquiry->by)
        return true;
    uint64_t *sums = calloc((size_t)groups * 2, sizeof *sums);
    if (!sums)
        return false;
    for (size_t i = 0; i < count; i++) {
        sums[changes[i].key * 2] += is_gain(&changes[i]);
        sums[changes[i].key * 2 + 1] += is_loss(&changes[i]);
    }
    tidu_text_puts(out, ",\"groups\":[");
    for (uint32_t g = 0; g < groups; g++) {
        if (!sums[g * 2] && !sums[g * 2 + 1])
            continue;
        tidu_text_puts(out, first ? "{" : ",{");
        tidu_groups_put(impact->groups, g, out);
        tidu_text_printf(out, ",\"gained\":%llu,\"lost\":%llu}", (unsigned long long)sums[g * 2],
                         (unsigned long long)sums[g * 2 + 1]);
        first = false;
    }
    tidu_text_putc(out, ']');
    free(sums);
    return true;
}

static bool
put_sample(const struct impact *impact, struct witness *witness, const struct change *change,
           bool first, tidu_text *out)
{
    tidu_text_puts(out, first ? "{" : ",{");
    if (!tidu_witness_put(witness, change->group, change->row, out))
        return false;
    if (impact->inquiry->by) {
        tidu_text_putc(out, ',');
        tidu_groups_put(impact->groups, change->key, out);
    }
    tidu_text_printf(out, ",\"before\":\"%s\",\"after\":\"%s\"", state_names[change->from],
                     state_names[change->to]);
    if (change->criterion)
        tidu_text_printf(out, ",\"criterion\":\"%s\",\"failing\":%u", change->criterion->id,
                         change->failing);
    tidu_text_putc(out, '}');
    return true;
}

static bool
put_samples(const struct impact *impact, struct witness *witness, const struct change *changes,
            size_t count, uint32_t samples, tidu_text *out)
{
    uint64_t told[STATES][STATES] = {{0}};
    bool good = true, first = true;
    tidu_text_puts(out, ",\"samples\":[");
    for (size_t i = 0; i < count && good; i++)
        if (told[changes[i].from][changes[i].to]++ < samples) {
            good = put_sample(impact, witness, &changes[i], first, out);
            first = false;
        }
    tidu_text_putc(out, ']');
    return good;
}

static void
put_transitions(const struct impact *impact, uint32_t thing, tidu_text *out)
{
    const uint64_t *all = impact->tally.transitions + (size_t)thing * STATES * STATES;
    for (int time = 0; time < TIMES; time++) {
        tidu_text_printf(out, ",\"%s\":{", time_names[time]);
        for (int state = 0; state < STATES; state++) {
            uint64_t sum = 0;
            for (int other = 0; other < STATES; other++)
                sum += time == BEFORE ? all[state * STATES + other] : all[other * STATES + state];
            tidu_text_printf(out, "%s\"%s\":%llu", state ? "," : "", state_names[state],
                             (unsigned long long)sum);
        }
        tidu_text_putc(out, '}');
    }
    tidu_text_puts(out, ",\"transitions\":[");
    for (int i = 0; i < STATES * STATES; i++)
        tidu_text_printf(out, "%s%llu%s",
                         i % STATES ? ","
                         : i        ? ",["
                                    : "[",
                         (unsigned long long)all[i], i % STATES == STATES - 1 ? "]" : "");
    tidu_text_putc(out, ']');
}

static bool
put_thing(const struct impact *impact, struct witness *witness, uint32_t thing,
          const struct change *changes, size_t count, uint32_t samples, tidu_text *out)
{
    uint64_t gained = 0, lost = 0;
    for (size_t i = 0; i < count; i++) {
        gained += is_gain(&changes[i]);
        lost += is_loss(&changes[i]);
    }
    tidu_text_printf(out, "%s{\"id\":\"%s\",", thing ? "," : "", impact->things[thing].told->id);
    put_title(impact, &impact->things[thing].told->title, out);
    put_transitions(impact, thing, out);
    tidu_text_printf(out, ",\"gained\":%llu,\"lost\":%llu", (unsigned long long)gained,
                     (unsigned long long)lost);
    bool good = put_reasons(impact, changes, count, out) &&
                put_groups(impact, changes, count, out) &&
                put_samples(impact, witness, changes, count, samples, out);
    tidu_text_putc(out, '}');
    return good;
}

static void
put_amount(const char *name, int64_t amount, tidu_text *out)
{
    tidu_text_printf(out, "\"%s\":", name);
    tidu_money_put(amount, out);
}

static void
put_money(const struct impact *impact, tidu_text *out)
{
    const struct tally *tally = &impact->tally;
    tidu_text_puts(out, ",\"money\":{\"unit\":\"万元\"");
    for (int time = 0; time < TIMES; time++) {
        tidu_text_printf(out, ",\"%s\":{", time_names[time]);
        put_amount("low", tally->money[time][LOW], out);
        tidu_text_putc(out, ',');
        put_amount("high", tally->money[time][HIGH], out);
        tidu_text_printf(out, ",\"open\":%lld}", (long long)tally->money[time][OPEN]);
    }
    tidu_text_puts(out, ",\"awards\":[");
    for (uint32_t a = 0; a < impact->award_count; a++) {
        const tidu_subsidy *subsidy = impact->awards[a].subsidy;
        tidu_text_printf(out, "%s{\"id\":\"%s\",", a ? "," : "", subsidy->rule.id);
        put_title(impact, &subsidy->rule.title, out);
        tidu_text_puts(out, ",\"payer\":");
        tidu_inquiry_words(&subsidy->payer, impact->inquiry->lang, out);
        tidu_text_printf(out, ",\"level\":\"%s\"",
                         tidu_level_name(tidu_region_level(subsidy->place)));
        for (int time = 0; time < TIMES; time++) {
            tidu_text_printf(out, ",\"%s\":{\"enterprises\":%lld,", time_names[time],
                             (long long)tally->awards[a].enterprises[time]);
            put_amount("low", tally->awards[a].low[time], out);
            tidu_text_putc(out, '}');
        }
        tidu_text_putc(out, '}');
    }
    tidu_text_puts(out, "]}");
}

static bool
tell(struct impact *impact, uint32_t samples, tidu_text *out, tidu_error *reterr)
{
    struct witness witness;
    bool good =
        tidu_witness_open(&witness, impact->inquiry,
                          tidu_ruleset_vocabulary(impact->lineups[BEFORE]->ruleset), reterr);
    struct tally *tally = &impact->tally;
    if (tally->change_count)
        qsort(tally->changes, tally->change_count, sizeof *tally->changes, compare_changes);
    tidu_text_putc(out, '{');
    tidu_inquiry_head(impact->inquiry, impact->reforms[BEFORE], out);
    tidu_text_puts(out, ",\"candidate\":{");
    tidu_inquiry_rules(impact->reforms[AFTER], out);
    tidu_text_puts(out, "},\"designations\":[");
    size_t at = 0;
    for (uint32_t t = 0; t < impact->thing_count && good; t++) {
        size_t first = at;
        while (at < tally->change_count && tally->changes[at].thing == t)
            at++;
        good = put_thing(impact, &witness, t, tally->changes + first, at - first, samples, out);
    }
    tidu_text_putc(out, ']');
    if (impact->inquiry->money)
        put_money(impact, out);
    tidu_text_putc(out, '}');
    tidu_witness_close(&witness);
    return (good && !out->failed) || tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

/* ---- the life of an impact ---- */

static bool
open_interim(struct impact *impact)
{
    tidu_arena *arena = impact->lineups[BEFORE]->arena;
    impact->moved = tidu_arena_array(arena, 2 * (size_t)impact->thing_count, sizeof *impact->moved);
    impact->interim = tidu_arena_array(arena, impact->thing_count, sizeof *impact->interim);
    return impact->moved && impact->interim;
}

static bool
open_impact(struct impact *impact, tidu_error *reterr)
{
    for (int time = 0; time < TIMES; time++) {
        impact->lineups[time] = tidu_lineup_open(impact->inquiry, impact->reforms[time], reterr);
        if (!impact->lineups[time])
            return false;
    }
    if (!tidu_lineup_knows(impact->lineups[BEFORE], impact->lineups[AFTER], impact->inquiry,
                           reterr))
        return false;
    impact->shared = impact->reforms[BEFORE]->ruleset == impact->reforms[AFTER]->ruleset;
    impact->groups = tidu_groups_open(impact->inquiry, impact->lineups[BEFORE], reterr);
    if (!impact->groups)
        return false;
    return (list_things(impact) && open_interim(impact) && list_awards(impact) &&
            open_tally(impact, &impact->tally)) ||
           tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

static bool
run_impact(struct impact *impact, tidu_error *reterr)
{
    const struct seeing seeing = {impact, open_seer, see, close_seer, NULL, tell_interim};
    const struct stands stands = {impact, find_stand,
                                  impact->lineups[BEFORE]->stand_count *
                                      impact->lineups[AFTER]->stand_count};
    if (!tidu_scan_open(&impact->scan, impact->inquiry,
                        tidu_ruleset_vocabulary(impact->lineups[BEFORE]->ruleset), &stands, reterr))
        return false;
    for (impact->stand = 0; impact->stand < stands.count; impact->stand++)
        if (!tidu_scan_stand(&impact->scan, impact->stand, &seeing, reterr))
            return false;
    return !impact->starved || tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

bool
tidu_impact(const tidu_inquiry *inquiry, const tidu_reform *before, const tidu_reform *after,
            uint32_t samples, tidu_text *out, tidu_error *reterr)
{
    struct impact impact = {.inquiry = inquiry, .reforms = {before, after}};
    size_t begin = out->length;
    tidu_error error = {.code = TIDU_MEMORY};
    bool good = open_impact(&impact, &error) && run_impact(&impact, &error) &&
                tell(&impact, samples, out, &error);
    if (!good) {
        out->length = begin;
        if (reterr)
            *reterr = error;
    }
    close_tally(&impact.tally);
    tidu_scan_close(&impact.scan);
    tidu_groups_close(&impact.groups);
    free(impact.awards);
    tidu_lineup_close(&impact.lineups[AFTER]);
    tidu_lineup_close(&impact.lineups[BEFORE]);
    return good;
}
