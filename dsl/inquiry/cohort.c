/*
 * cohort.c: the best so many, or those a budget reaches.
 *
 * One pass gathers who is in the pool, with the values of the keys and the amount; they are
 * sorted once, and the line is drawn where the number or the budget ends. Values are
 * computed exactly and rounded once, so that equal ones are equal.
 *
 * Must not know: files, sockets.
 */
#include "internal.h"

#include "tidu/decimal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One of the pool. */
struct member {
    uint64_t record; /* what is left equal stands in the order of the records */
    uint32_t group, row;
    int64_t amount, paid;
    uint64_t rank;
    bool taken, ranked;
    double keys[TIDU_MOST_KEYS];
};

struct pool {
    struct member *list;
    size_t count, room;
    uint64_t undetermined;
};

/* Where a stand's answers are read from, of one side. */
struct source {
    tidu_step pool, amount; /* TIDU_NO_STEP where they are not */
    tidu_step keys[TIDU_MOST_KEYS], highs[TIDU_MOST_KEYS];
    bool whole[TIDU_MOST_KEYS];
};

struct forming {
    const tidu_inquiry *inquiry;
    const tidu_reform *reform;
    const tidu_cohort *cohort;
    struct lineup *lineup;
    struct scan scan;
    uint32_t stand;
    int32_t columns[TIDU_MOST_KEYS]; /* of a key that is a fact of the record, or TIDU_NONE */
    tidu_kind kinds[TIDU_MOST_KEYS];
    tidu_titles title;
    struct pool pool;
    bool starved;
    struct witness witness;
    int64_t spent, asked;
    size_t taken;
    double share;
};

/* A thread's. */
struct former {
    tidu_run *runs[SIDES];
    struct source sources[SIDES];
    struct pool pool;
};

/* ---- what is asked ---- */

static bool
is_ordered(tidu_kind kind)
{
    return kind == TIDU_NUMBER || kind == TIDU_DATE;
}

/* A fact of the record that the rules read, or a derived one in any program. */
static bool
find_key(struct forming *forming, size_t key, tidu_error *reterr)
{
    const tidu_vocabulary *vocabulary = tidu_ruleset_vocabulary(forming->lineup->ruleset);
    const char *name = forming->cohort->keys[key].name;
    const tidu_fact *fact = tidu_vocabulary_find(vocabulary, name, strlen(name));
    forming->columns[key] = TIDU_NONE;
    if (fact && !fact->derived && is_ordered(fact->symbol.type.kind) && fact->slots.lag_count &&
        fact->slots.columns[0] != TIDU_NONE) {
        forming->columns[key] = fact->slots.columns[0];
        forming->kinds[key] = fact->symbol.type.kind;
        return true;
    }
    for (uint32_t s = 0; s < forming->lineup->stand_count * SIDES; s++) {
        const tidu_derived *derived =
            tidu_program_derived(forming->lineup->stands[s / SIDES].programs[s % SIDES], name);
        if (derived && is_ordered(derived->symbol->type.kind)) {
            forming->kinds[key] = derived->symbol->type.kind;
            return true;
        }
    }
    return tidu_error_set(reterr, TIDU_INQUIRY_RANK, name, NULL);
}

static const tidu_subsidy *
find_subsidy(const tidu_program *program, const char *id)
{
    for (uint32_t i = 0; program && i < program->subsidy_count; i++)
        if (program->subsidies[i].told && !strcmp(program->subsidies[i].rule.id, id) &&
            program->subsidies[i].net_low != TIDU_NO_STEP)
            return &program->subsidies[i];
    return NULL;
}

static bool
find_subject(struct forming *forming, tidu_error *reterr)
{
    const struct lineup *lineup = forming->lineup;
    const tidu_cohort *cohort = forming->cohort;
    for (uint32_t s = 0; s < lineup->stand_count * SIDES; s++) {
        const tidu_program *program = lineup->stands[s / SIDES].programs[s % SIDES];
        if (cohort->subsidy && find_subsidy(program, cohort->subsidy))
            forming->title = find_subsidy(program, cohort->subsidy)->rule.title;
        else if (!cohort->subsidy && tidu_program_told(program, cohort->designation))
            forming->title = tidu_program_told(program, cohort->designation)->title;
        if (forming->title.zh)
            return true;
    }
    if (cohort->subsidy)
        return tidu_error_set(reterr, TIDU_INQUIRY_AWARD, cohort->subsidy, NULL);
    const tidu_inquiry one = {.designations = &cohort->designation, .designation_count = 1};
    return tidu_lineup_knows(lineup, lineup, &one, reterr);
}

/* Of one side of the stand that is looked at. What a place has taken over is its own. */
static struct source
source_of(const struct forming *forming, int side)
{
    const struct stand *stand = &forming->lineup->stands[forming->stand];
    const tidu_program *program = stand->programs[side];
    const tidu_cohort *cohort = forming->cohort;
    struct source source = {.pool = TIDU_NO_STEP, .amount = TIDU_NO_STEP};
    if (cohort->subsidy) {
        const tidu_subsidy *subsidy = find_subsidy(program, cohort->subsidy);
        if (subsidy && (side || !tidu_is_taken_over(stand->programs[1], subsidy))) {
            source.pool = subsidy->rule.status;
            source.amount = subsidy->net_low;
        }
    } else {
        const tidu_designation *designation = tidu_program_told(program, cohort->designation);
        source.pool = designation ? designation->status : TIDU_NO_STEP;
    }
    for (size_t k = 0; k < cohort->key_count; k++) {
        const tidu_derived *derived = forming->columns[k] == TIDU_NONE
                                          ? tidu_program_derived(program, cohort->keys[k].name)
                                          : NULL;
        source.keys[k] = derived ? derived->step : TIDU_NO_STEP;
        source.highs[k] = derived ? derived->high : TIDU_NO_STEP;
        source.whole[k] = derived && program->steps[derived->step].whole;
    }
    return source;
}

/* ---- a thread ---- */

static bool
add_member(struct pool *pool, const struct member *member)
{
    if (pool->count == pool->room) {
        size_t room = pool->room ? pool->room * 2 : 1024;
        struct member *wider = realloc(pool->list, room * sizeof *wider);
        if (!wider)
            return false;
        pool->list = wider;
        pool->room = room;
    }
    pool->list[pool->count++] = *member;
    return true;
}

/* The value of a step, rounded once; false when it is open. */
static bool
read_step(const tidu_run *run, const struct source *source, size_t key, uint32_t row, double *ret)
{
    double high;
    if (source->keys[key] == TIDU_NO_STEP || !tidu_run_number(run, source->keys[key], row, ret))
        return false;
    if (source->highs[key] != source->keys[key] &&
        (!tidu_run_number(run, source->highs[key], row, &high) || high != *ret))
        return false;
    if (source->whole[key])
        return true;
    mpq_t exact;
    mpq_init(exact);
    tidu_run_exact(run, source->keys[key], row, exact);
    *ret = tidu_decimal_double(exact);
    mpq_clear(exact);
    return true;
}

static bool
read_column(const tidu_block *block, int32_t column, uint32_t row, double *ret)
{
    uint32_t place = block->layout->columns[column].place;
    if (!(block->number_known[place][row / 64] >> row % 64 & 1))
        return false;
    *ret = block->number[place][row];
    return true;
}

static void
read_keys(const struct forming *forming, const struct scanner *scanner, uint32_t row,
          struct member *member)
{
    const struct former *former = scanner->own;
    member->ranked = true;
    for (size_t k = 0; k < forming->cohort->key_count; k++) {
        bool known = false;
        if (forming->columns[k] != TIDU_NONE)
            known = read_column(scanner->block, forming->columns[k], row, &member->keys[k]);
        for (int s = 0; s < SIDES && !known && forming->columns[k] == TIDU_NONE; s++)
            known = former->runs[s] &&
                    read_step(former->runs[s], &former->sources[s], k, row, &member->keys[k]);
        member->ranked = member->ranked && known;
        if (!known)
            member->keys[k] = NAN;
    }
}

static bool
see(void *context, struct scanner *scanner)
{
    const struct forming *forming = context;
    struct former *former = scanner->own;
    for (int s = 0; s < SIDES; s++)
        if (former->runs[s])
            tidu_eval_all(former->runs[s]);
    for (uint32_t r = 0; r < scanner->block->row_count; r++)
        for (int s = 0; s < SIDES; s++) {
            const struct source *source = &former->sources[s];
            double amount = 0;
            if (!former->runs[s] || source->pool == TIDU_NO_STEP)
                continue;
            tidu_truth truth = tidu_run_truth(former->runs[s], source->pool, r);
            former->pool.undetermined += truth == TIDU_UNKNOWN;
            if (truth != TIDU_TRUE)
                continue;
            if (source->amount != TIDU_NO_STEP)
                tidu_run_number(former->runs[s], source->amount, r, &amount);
            struct member member = {.group = scanner->group,
                                    .row = scanner->first + r,
                                    .amount = tidu_money_fixed(amount)};
            member.record =
                tidu_population_record(forming->inquiry->population, member.group, member.row);
            read_keys(forming, scanner, r, &member);
            if (!add_member(&former->pool, &member))
                return tidu_error_set(&scanner->error, TIDU_MEMORY, NULL);
        }
    return true;
}

static bool
open_side(const struct forming *forming, struct scanner *scanner, int s, bool *columns)
{
    struct former *former = scanner->own;
    const tidu_program *program = forming->lineup->stands[forming->stand].programs[s];
    tidu_step needed[2 + 2 * TIDU_MOST_KEYS];
    uint32_t count = 0;
    if (!program)
        return true;
    former->sources[s] = source_of(forming, s);
    former->runs[s] = tidu_run_open(program, scanner->block);
    if (!former->runs[s])
        return false;
    needed[count++] = former->sources[s].pool;
    needed[count++] = former->sources[s].amount;
    for (size_t k = 0; k < forming->cohort->key_count; k++) {
        needed[count++] = former->sources[s].keys[k];
        needed[count++] = former->sources[s].highs[k];
    }
    if (!tidu_run_need(former->runs[s], needed, count))
        return false;
    tidu_run_reads(former->runs[s], columns);
    return true;
}

static bool
open_former(void *context, struct scanner *scanner)
{
    const struct forming *forming = context;
    const tidu_layout *layout = &tidu_ruleset_vocabulary(forming->lineup->ruleset)->layout;
    bool *columns = calloc((size_t)layout->column_count + 1, sizeof *columns);
    scanner->own = calloc(1, sizeof(struct former));
    bool good = columns && scanner->own;
    for (int s = 0; s < SIDES && good; s++)
        good = open_side(forming, scanner, s, columns);
    for (size_t k = 0; k < forming->cohort->key_count && good; k++)
        if (forming->columns[k] != TIDU_NONE)
            columns[forming->columns[k]] = true;
    if (good)
        tidu_binding_want(scanner->binding, columns);
    free(columns);
    return good || tidu_error_set(&scanner->error, TIDU_MEMORY, NULL);
}

static void
close_former(void *context, struct scanner *scanner)
{
    struct forming *forming = context;
    struct former *former = scanner->own;
    for (size_t i = 0; i < former->pool.count; i++)
        forming->starved = forming->starved || !add_member(&forming->pool, &former->pool.list[i]);
    forming->pool.undetermined += former->pool.undetermined;
    for (int s = 0; s < SIDES; s++)
        tidu_run_close(&former->runs[s]);
    free(former->pool.list);
    free(former);
    scanner->own = NULL;
}

/* ---- the order ---- */

/* By the keys alone. What has no value comes last. */
static int
compare_keys(const struct member *a, const struct member *b, const tidu_cohort *cohort)
{
    for (size_t k = 0; k < cohort->key_count; k++) {
        double x = a->keys[k], y = b->keys[k];
        if (isnan(x) || isnan(y)) {
            if (isnan(x) != isnan(y))
                return isnan(x) ? 1 : -1;
        } else if (x != y) {
            return (x < y) == cohort->keys[k].rising ? -1 : 1;
        }
    }
    return 0;
}

static int
compare_members(const void *a, const void *b, void *context)
{
    const struct member *x = a, *y = b;
    int order = compare_keys(x, y, context);
    return order ? order : (x->record > y->record) - (x->record < y->record);
}

static void
give_ranks(struct forming *forming)
{
    struct pool *pool = &forming->pool;
    if (pool->count)
        qsort_r(pool->list, pool->count, sizeof *pool->list, compare_members,
                (void *)(uintptr_t)forming->cohort);
    for (size_t i = 0; i < pool->count; i++) {
        bool equal = i && !compare_keys(&pool->list[i - 1], &pool->list[i], forming->cohort);
        pool->list[i].rank = equal ? pool->list[i - 1].rank : i + 1;
        tidu_money_add(&forming->asked, pool->list[i].amount);
    }
}

/* In the order, until there are enough or the budget does not pay the next in full. */
static void
take_in_turn(struct forming *forming)
{
    const tidu_cohort *cohort = forming->cohort;
    bool limited = isfinite(cohort->budget);
    int64_t budget = limited ? tidu_money_fixed(cohort->budget) : 0;
    struct pool *pool = &forming->pool;
    while (forming->taken < pool->count && forming->taken < cohort->most) {
        struct member *member = &pool->list[forming->taken];
        if (limited && member->amount > budget - forming->spent)
            break;
        tidu_money_add(&forming->spent, member->amount);
        member->paid = member->amount;
        member->taken = true;
        forming->taken++;
    }
}

/* Everybody gets the same part of what they may draw, cut off to hundredths of a yuan. */
static void
share_out(struct forming *forming)
{
    int64_t budget = tidu_money_fixed(forming->cohort->budget);
    bool enough = forming->asked <= budget || forming->asked <= 0;
    struct pool *pool = &forming->pool;
    forming->share = enough ? 1 : (double)budget / (double)forming->asked;
    for (size_t i = 0; i < pool->count; i++) {
        struct member *member = &pool->list[i];
        member->paid =
            enough ? member->amount : (int64_t)((__int128)member->amount * budget / forming->asked);
        member->taken = true;
        tidu_money_add(&forming->spent, member->paid);
    }
    forming->taken = pool->count;
}

/* ---- telling ---- */

static void
put_amount(const char *name, int64_t amount, tidu_text *out)
{
    tidu_text_printf(out, ",\"%s\":", name);
    tidu_money_put(amount, out);
}

static void
put_values(const struct forming *forming, const struct member *member, tidu_text *out)
{
    char date[11];
    tidu_text_puts(out, ",\"values\":[");
    for (size_t k = 0; k < forming->cohort->key_count; k++) {
        tidu_text_puts(out, k ? "," : "");
        if (isnan(member->keys[k]))
            tidu_text_puts(out, "null");
        else if (forming->kinds[k] == TIDU_DATE)
            tidu_text_printf(out, "\"%s\"", tidu_date_format((int32_t)member->keys[k], date));
        else
            tidu_text_number(out, member->keys[k]);
    }
    tidu_text_putc(out, ']');
}

static bool
put_member(struct forming *forming, const struct member *member, tidu_text *out)
{
    tidu_text_printf(out, "{\"rank\":%llu,\"taken\":%s,", (unsigned long long)member->rank,
                     member->taken ? "true" : "false");
    if (!tidu_witness_put(&forming->witness, member->group, member->row, out))
        return false;
    put_values(forming, member, out);
    if (forming->cohort->subsidy) {
        put_amount("amount", member->amount, out);
        put_amount("paid", member->paid, out);
    }
    tidu_text_putc(out, '}');
    return true;
}

/* A member, or null when the pool has none there. */
static bool
put_one(struct forming *forming, const char *name, size_t at, bool there, tidu_text *out)
{
    tidu_text_printf(out, ",\"%s\":", name);
    if (there)
        return put_member(forming, &forming->pool.list[at], out);
    tidu_text_puts(out, "null");
    return true;
}

/* Who is equal to the last that is taken, if one of them is not. */
static void
put_tied(const struct forming *forming, bool lined, tidu_text *out)
{
    const struct pool *pool = &forming->pool;
    size_t from = forming->taken, until = forming->taken;
    tidu_text_puts(out, ",\"tied\":");
    if (!lined || forming->taken == pool->count ||
        pool->list[forming->taken].rank != pool->list[forming->taken - 1].rank) {
        tidu_text_puts(out, "null");
        return;
    }
    while (from && pool->list[from - 1].rank == pool->list[forming->taken].rank)
        from--;
    while (until < pool->count && pool->list[until].rank == pool->list[forming->taken].rank)
        until++;
    tidu_text_printf(out, "{\"enterprises\":%zu,\"taken\":%zu}", until - from,
                     forming->taken - from);
}

static bool
put_enterprise(struct forming *forming, tidu_text *out)
{
    const struct pool *pool = &forming->pool;
    tidu_text_puts(out, ",\"enterprise\":");
    for (size_t i = 0; i < pool->count; i++) {
        size_t begin = out->length;
        if (!put_member(forming, &pool->list[i], out))
            return false;
        if (tidu_witness_is(&forming->witness, forming->cohort->enterprise))
            return true;
        out->length = begin;
    }
    tidu_text_puts(out, "null");
    return true;
}

static void
put_head(const struct forming *forming, tidu_text *out)
{
    const tidu_cohort *cohort = forming->cohort;
    const char *id = cohort->subsidy ? cohort->subsidy : cohort->designation;
    tidu_inquiry_head(forming->inquiry, forming->reform, out);
    tidu_text_printf(out, ",\"%s\":", cohort->subsidy ? "subsidy" : "designation");
    tidu_text_json(out, id, strlen(id));
    tidu_text_puts(out, ",\"title\":");
    tidu_inquiry_words(&forming->title, forming->inquiry->lang, out);
    tidu_text_puts(out, ",\"keys\":[");
    for (size_t k = 0; k < cohort->key_count; k++) {
        tidu_text_puts(out, k ? ",{\"name\":" : "{\"name\":");
        tidu_text_json(out, cohort->keys[k].name, strlen(cohort->keys[k].name));
        tidu_text_printf(out, ",\"rising\":%s}", cohort->keys[k].rising ? "true" : "false");
    }
    tidu_text_putc(out, ']');
}

static void
put_sums(const struct forming *forming, tidu_text *out)
{
    const tidu_cohort *cohort = forming->cohort;
    uint64_t unranked = 0;
    for (size_t i = 0; i < forming->pool.count; i++)
        unranked += !forming->pool.list[i].ranked;
    tidu_text_printf(out,
                     ",\"candidates\":%zu,\"undetermined\":%llu,\"unranked\":%llu,\"taken\":%zu",
                     forming->pool.count, (unsigned long long)forming->pool.undetermined,
                     (unsigned long long)unranked, forming->taken);
    if (cohort->most != UINT64_MAX)
        tidu_text_printf(out, ",\"most\":%llu", (unsigned long long)cohort->most);
    if (!cohort->subsidy)
        return;
    if (isfinite(cohort->budget)) {
        put_amount("budget", tidu_money_fixed(cohort->budget), out);
        put_amount("left", tidu_money_fixed(cohort->budget) - forming->spent, out);
    }
    put_amount("asked", forming->asked, out);
    put_amount("spent", forming->spent, out);
    if (cohort->split) {
        tidu_text_puts(out, ",\"share\":");
        tidu_text_number(out, forming->share);
    }
}

static bool
tell(struct forming *forming, tidu_text *out, tidu_error *reterr)
{
    const tidu_cohort *cohort = forming->cohort;
    const struct pool *pool = &forming->pool;
    bool lined = !cohort->split && forming->taken;
    tidu_text_putc(out, '{');
    put_head(forming, out);
    put_sums(forming, out);
    bool good = tidu_witness_open(&forming->witness, forming->inquiry,
                                  tidu_ruleset_vocabulary(forming->lineup->ruleset), reterr) &&
                put_one(forming, "line", forming->taken - 1, lined, out) &&
                put_one(forming, "next", forming->taken,
                        !cohort->split && forming->taken < pool->count, out);
    put_tied(forming, lined, out);
    tidu_text_puts(out, ",\"members\":[");
    for (size_t i = 0; i < pool->count && i < cohort->samples && good; i++) {
        tidu_text_puts(out, i ? "," : "");
        good = put_member(forming, &pool->list[i], out);
    }
    tidu_text_putc(out, ']');
    good = good && (!cohort->enterprise || put_enterprise(forming, out));
    tidu_text_putc(out, '}');
    return (good && !out->failed) || tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

/* ---- all of it ---- */

static bool
gather(struct forming *forming, tidu_error *reterr)
{
    const struct seeing seeing = {forming, open_former, see, close_former, NULL, NULL};
    const struct stands stands = {forming->lineup, tidu_lineup_find, forming->lineup->stand_count};
    if (!tidu_scan_open(&forming->scan, forming->inquiry,
                        tidu_ruleset_vocabulary(forming->lineup->ruleset), &stands, reterr))
        return false;
    for (forming->stand = 0; forming->stand < stands.count; forming->stand++)
        if (!tidu_scan_stand(&forming->scan, forming->stand, &seeing, reterr))
            return false;
    return !forming->starved || tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

static bool
form(struct forming *forming, tidu_text *out, tidu_error *reterr)
{
    forming->lineup = tidu_lineup_open(forming->inquiry, forming->reform, reterr);
    if (!forming->lineup || !find_subject(forming, reterr))
        return false;
    for (size_t k = 0; k < forming->cohort->key_count; k++)
        if (!find_key(forming, k, reterr))
            return false;
    if (!gather(forming, reterr))
        return false;
    give_ranks(forming);
    if (forming->cohort->split)
        share_out(forming);
    else
        take_in_turn(forming);
    return tell(forming, out, reterr);
}

bool
tidu_cohort_form(const tidu_inquiry *inquiry, const tidu_reform *reform, const tidu_cohort *cohort,
                 tidu_text *out, tidu_error *reterr)
{
    struct forming forming = {.inquiry = inquiry, .reform = reform, .cohort = cohort};
    size_t begin = out->length;
    tidu_error error = {.code = TIDU_MEMORY};
    bool good = form(&forming, out, &error);
    if (!good) {
        out->length = begin;
        if (reterr)
            *reterr = error;
    }
    tidu_witness_close(&forming.witness);
    free(forming.pool.list);
    tidu_scan_close(&forming.scan);
    tidu_lineup_close(&forming.lineup);
    return good;
}
