/*
 * tell.c: paths in JSON.
 *
 * Every way is tried once more before it is told: what stands beside "status" is what the
 * engine says of the changed figures.
 */
#include "internal.h"

#include "tidu/decimal.h"

#include <stdlib.h>

/* ---- words ---- */

void
tidu_path_string(tidu_text *out, const char *text)
{
    tidu_text_json(out, text, strlen(text));
}

void
tidu_path_titles(tidu_text *out, const char *key, const char *zh, const char *en)
{
    tidu_text_puts(out, key);
    tidu_text_puts(out, "{\"zh\":");
    tidu_path_string(out, zh);
    tidu_text_puts(out, ",\"en\":");
    tidu_path_string(out, en ? en : zh);
    tidu_text_putc(out, '}');
}

static void
put_number(tidu_text *out, const char *key, mpq_srcptr value)
{
    tidu_text_puts(out, key);
    tidu_decimal_write(out, value, 6, NULL);
}

static void
put_date(tidu_text *out, const char *key, int32_t day)
{
    char date[11];
    tidu_text_puts(out, key);
    tidu_path_string(out, tidu_date_format(day, date));
}

/* ---- a way, tried ---- */

struct tried {
    const struct findings *findings;
    struct leeway *leeway;
    const struct way *way;
    mpq_t *values;
    const tidu_criterion **mended; /* not met before, met now */
    bool **reads;                  /* [mended][column] */
    uint32_t mended_count;
    tidu_text *out;
};

static bool
add_mended(struct tried *tried, uint32_t lane, const tidu_criterion *criterion)
{
    bool *columns = tidu_arena_array(tried->leeway->arena,
                                     tried->leeway->block->layout->column_count, sizeof *columns);
    if (!columns || !tidu_leeway_reads(tried->leeway, lane, criterion->status, columns))
        return false;
    tried->mended[tried->mended_count] = criterion;
    tried->reads[tried->mended_count++] = columns;
    return true;
}

/* A stage counts when it is asked for or earned on the way. */
static bool
is_on_the_way(const struct tried *tried, uint32_t stage)
{
    const struct leeway *leeway = tried->leeway;
    for (uint32_t t = 0; t < leeway->toggle_count; t++)
        if (leeway->toggles[t].kind == TOGGLE_TITLE && leeway->toggles[t].stage == stage)
            return tried->way->solution.options[t] != 0;
    return stage == 0;
}

static tidu_truth
truth_in(const struct leeway *leeway, uint32_t stage, tidu_step step)
{
    return tidu_run_truth(leeway->lanes[leeway->stages[stage].lane].run, step, stage);
}

static uint32_t
criterion_count(const struct leeway *leeway)
{
    uint32_t count = 0;
    for (uint32_t s = 0; s < leeway->stage_count; s++)
        count += leeway->stages[s].designation->criterion_count;
    return count;
}

static const tidu_criterion *
criteria_of(const struct leeway *leeway, uint32_t stage)
{
    const struct stage *at = &leeway->stages[stage];
    return &leeway->lanes[at->lane].program->criteria[at->designation->first_criterion];
}

/* What the criteria of all stages came to, by what was tried last. */
static void
read_truths(const struct leeway *leeway, tidu_truth *ret)
{
    for (uint32_t s = 0; s < leeway->stage_count; s++)
        for (uint32_t c = 0; c < leeway->stages[s].designation->criterion_count; c++)
            *ret++ = truth_in(leeway, s, criteria_of(leeway, s)[c].status);
}

/* The way's values in place, and which criteria they mend. */
static bool
try_way(struct tried *tried)
{
    struct leeway *leeway = tried->leeway;
    uint32_t total = criterion_count(leeway);
    tidu_truth *before = tidu_arena_array(leeway->arena, total, sizeof *before);
    tidu_truth *after = tidu_arena_array(leeway->arena, total, sizeof *after);
    tried->mended = tidu_arena_array(leeway->arena, total, sizeof *tried->mended);
    tried->reads = tidu_arena_array(leeway->arena, total, sizeof *tried->reads);
    if (!before || !after || !tried->mended || !tried->reads || !tidu_leeway_try_nothing(leeway))
        return false;
    read_truths(leeway, before);
    for (uint32_t q = 0; q < leeway->quantity_count; q++)
        mpq_set(tried->values[q], tried->way->solution.values[q]);
    tidu_leeway_try(leeway, tried->values, tried->way->solution.options);
    read_truths(leeway, after);
    for (uint32_t s = 0, at = 0; s < leeway->stage_count; s++)
        for (uint32_t c = 0; c < leeway->stages[s].designation->criterion_count; c++, at++)
            if (after[at] == TIDU_TRUE && before[at] != TIDU_TRUE && is_on_the_way(tried, s) &&
                !add_mended(tried, leeway->stages[s].lane, &criteria_of(leeway, s)[c]))
                return false;
    return true;
}

/* ---- changes ---- */

/* ,"for":[…] the criteria that read the column and are mended */
static void
put_for(const struct tried *tried, uint32_t column)
{
    bool first = true;
    tidu_text_puts(tried->out, ",\"for\":[");
    for (uint32_t m = 0; m < tried->mended_count; m++) {
        if (!tried->reads[m][column])
            continue;
        tidu_text_puts(tried->out, first ? "" : ",");
        tidu_path_string(tried->out, tried->mended[m]->id);
        first = false;
    }
    tidu_text_putc(tried->out, ']');
}

static void
begin_change(const struct tried *tried, const tidu_fact *fact, uint32_t lag, bool *first)
{
    tidu_text_puts(tried->out, *first ? "{\"fact\":" : ",{\"fact\":");
    *first = false;
    tidu_path_string(tried->out, fact->symbol.name);
    tidu_path_titles(tried->out, ",\"title\":", fact->symbol.zh, fact->symbol.en);
    if (fact->symbol.type.annual)
        tidu_text_printf(tried->out, ",\"year\":%d", tried->leeway->block->year - (int)lag);
}

static void
end_change(const struct tried *tried, mpq_srcptr effort, uint32_t column)
{
    put_number(tried->out, ",\"effort\":", effort);
    put_for(tried, column);
    tidu_text_putc(tried->out, '}');
}

static void
put_quantity(const struct tried *tried, uint32_t number, bool *first)
{
    const struct quantity *quantity = &tried->leeway->quantities[number];
    mpq_srcptr value = tried->way->solution.values[number];
    const tidu_unit *unit = quantity->fact->symbol.type.unit;
    mpq_t by, effort;
    if (mpq_equal(value, quantity->now))
        return;
    mpq_inits(by, effort, NULL);
    mpq_sub(by, value, quantity->now);
    mpq_abs(effort, by);
    mpq_mul(effort, effort, mpq_sgn(by) > 0 ? quantity->up : quantity->down);
    begin_change(tried, quantity->fact, quantity->lag, first);
    if (quantity->fact->symbol.type.kind == TIDU_SET)
        tidu_text_puts(tried->out, ",\"count\":true");
    put_number(tried->out, ",\"from\":", quantity->now);
    put_number(tried->out, ",\"to\":", value);
    put_number(tried->out, ",\"by\":", by);
    if (unit)
        tidu_path_titles(tried->out, ",\"unit\":", tidu_unit_title(unit, TIDU_ZH),
                         tidu_unit_title(unit, TIDU_EN));
    end_change(tried, effort, quantity->column);
    mpq_clears(by, effort, NULL);
}

static void
put_choice(const struct tried *tried, const tidu_fact *fact, uint32_t from, uint32_t to)
{
    const tidu_choice *choices = fact->symbol.type.choices->items;
    tidu_text_puts(tried->out, ",\"from\":");
    tidu_path_string(tried->out, choices[from].code);
    tidu_text_puts(tried->out, ",\"to\":");
    tidu_path_string(tried->out, choices[to].code);
    tidu_path_titles(tried->out, ",\"from_title\":", choices[from].zh, choices[from].en);
    tidu_path_titles(tried->out, ",\"to_title\":", choices[to].zh, choices[to].en);
}

/* A code that is added to a set; its test's column tells what it is for. */
static uint32_t
put_entry(const struct tried *tried, const struct toggle *toggle)
{
    const tidu_slots *slots = &toggle->fact->slots;
    const tidu_slice *code = &slots->book.entries[toggle->entry];
    uint32_t test = 0;
    tidu_text_puts(tried->out, ",\"add\":");
    tidu_text_json(tried->out, code->data, code->length);
    while (!(slots->class_tests[2 * toggle->entry + 1] >> test & 1 &&
             tried->leeway->opens[slots->test_columns[test]]))
        test++;
    return (uint32_t)slots->test_columns[test];
}

static void
put_toggle(const struct tried *tried, uint32_t number, bool *first)
{
    const struct toggle *toggle = &tried->leeway->toggles[number];
    uint32_t option = tried->way->solution.options[number], column = toggle->column;
    if (option == toggle->now || toggle->kind == TOGGLE_TITLE)
        return;
    begin_change(tried, toggle->fact, toggle->lag, first);
    if (toggle->kind == TOGGLE_CODE)
        put_choice(tried, toggle->fact, toggle->now, option);
    else if (toggle->kind == TOGGLE_ENTRY)
        column = put_entry(tried, toggle);
    else
        tidu_text_printf(tried->out, ",\"from\":%s,\"to\":%s", toggle->class[0] ? "true" : "false",
                         toggle->class[1] ? "true" : "false");
    end_change(tried, toggle->effort[option], column);
}

/* Criteria that are not met on the day asked about. */
struct unmet {
    const char *ids[256];
    uint32_t count;
};

static void
note_unmet(void *context, const char *id, tidu_outcome outcome)
{
    struct unmet *unmet = context;
    if (outcome != TIDU_MET && unmet->count < 256)
        unmet->ids[unmet->count++] = id;
}

static bool
is_unmet(const struct unmet *unmet, const char *id)
{
    for (uint32_t i = 0; i < unmet->count; i++)
        if (!strcmp(unmet->ids[i], id))
            return true;
    return false;
}

/* Mark the columns of criteria that time has mended. */
static bool
mark_mended(const struct tried *tried, bool *columns)
{
    const struct question *question = tried->findings->question;
    const struct stage *stage = &tried->leeway->stages[0];
    const tidu_program *program = tried->leeway->lanes[stage->lane].program;
    struct unmet unmet = {.count = 0};
    tidu_evaluation_criteria(question->evaluation, 0, stage->designation->id, note_unmet, &unmet);
    for (uint32_t c = 0; c < stage->designation->criterion_count; c++) {
        const tidu_criterion *criterion =
            &program->criteria[stage->designation->first_criterion + c];
        if (truth_in(tried->leeway, 0, criterion->status) == TIDU_TRUE &&
            is_unmet(&unmet, criterion->id) &&
            !tidu_leeway_reads(tried->leeway, stage->lane, criterion->status, columns))
            return false;
    }
    return true;
}

/* What has grown by itself until that day. */
static bool
put_grown(const struct tried *tried)
{
    const struct question *question = tried->findings->question;
    const tidu_vocabulary *vocabulary = &question->ruleset->vocabulary;
    int years = tried->leeway->block->year - question->base->year;
    bool *columns = tidu_arena_array(tried->leeway->arena,
                                     tried->leeway->block->layout->column_count, sizeof *columns);
    bool first = true;
    if (!columns || !mark_mended(tried, columns))
        return false;
    tidu_text_puts(tried->out, ",\"by_itself\":[");
    for (uint32_t f = 0; years > 0 && f < vocabulary->fact_count; f++) {
        const tidu_fact *fact = &vocabulary->facts[f];
        if (fact->effort.yearly == 0 || !fact->slots.lag_count ||
            fact->slots.columns[0] == TIDU_NONE || !columns[fact->slots.columns[0]])
            continue;
        tidu_text_puts(tried->out, first ? "{\"fact\":" : ",{\"fact\":");
        tidu_path_string(tried->out, fact->symbol.name);
        tidu_path_titles(tried->out, ",\"title\":", fact->symbol.zh, fact->symbol.en);
        tidu_text_puts(tried->out, ",\"by\":");
        tidu_text_number(tried->out, years * fact->effort.yearly);
        tidu_text_putc(tried->out, '}');
        first = false;
    }
    tidu_text_putc(tried->out, ']');
    return true;
}

/* Titles to earn, those that rest on fewer others first. */
static void
put_stages(const struct tried *tried)
{
    const struct leeway *leeway = tried->leeway;
    bool first = true;
    tidu_text_puts(tried->out, ",\"titles\":[");
    for (uint32_t rests = 0; rests <= MOST_STAGES; rests++)
        for (uint32_t s = 1; s < leeway->stage_count; s++) {
            const tidu_designation *designation = leeway->stages[s].designation;
            if ((uint32_t)__builtin_popcountll(leeway->stages[s].rests) != rests ||
                !is_on_the_way(tried, s))
                continue;
            tidu_text_puts(tried->out, first ? "{\"id\":" : ",{\"id\":");
            tidu_path_string(tried->out, designation->id);
            tidu_path_titles(tried->out, ",\"title\":", designation->title.zh,
                             designation->title.en);
            tidu_text_putc(tried->out, '}');
            first = false;
        }
    tidu_text_putc(tried->out, ']');
}

struct assuming {
    const struct tried *tried;
    uint64_t told[16]; /* facts */
    bool first;
};

static void
put_assumed(void *context, uint32_t number)
{
    struct assuming *assuming = context;
    const struct tried *tried = assuming->tried;
    int32_t at = tried->leeway->block->layout->columns[number].fact;
    const tidu_vocabulary *vocabulary = &tried->findings->question->ruleset->vocabulary;
    uint32_t place = at == TIDU_NONE ? 0 : (uint32_t)at + 1;
    if (place >= 64 * 16 || assuming->told[place / 64] >> (place % 64) & 1)
        return;
    assuming->told[place / 64] |= UINT64_C(1) << (place % 64);
    tidu_text_puts(tried->out, assuming->first ? "{\"fact\":" : ",{\"fact\":");
    assuming->first = false;
    tidu_path_string(tried->out, at == TIDU_NONE ? "titles" : vocabulary->facts[at].symbol.name);
    tidu_path_titles(tried->out, ",\"title\":",
                     at == TIDU_NONE ? "已持有的称号" : vocabulary->facts[at].symbol.zh,
                     at == TIDU_NONE ? "titles held" : vocabulary->facts[at].symbol.en);
    tidu_text_putc(tried->out, '}');
}

/* Facts that nobody stated and that have to be favourable. */
static void
put_assumptions(const struct tried *tried)
{
    const struct leeway *leeway = tried->leeway;
    struct assuming assuming = {.tried = tried, .first = true};
    tidu_text_puts(tried->out, ",\"assumes\":[");
    for (uint32_t s = 0; s < leeway->stage_count; s++) {
        tidu_step status = leeway->stages[s].designation->status;
        if (is_on_the_way(tried, s) && truth_in(leeway, s, status) == TIDU_UNKNOWN)
            tidu_run_missing(leeway->lanes[leeway->stages[s].lane].run, status, s, put_assumed,
                             &assuming);
    }
    tidu_text_putc(tried->out, ']');
}

static bool
put_way(const struct findings *findings, const struct way *way, tidu_text *out)
{
    static const char *const words[] = {"undetermined", "unmet", "met"};
    struct leeway *leeway = way->leeway;
    struct tried tried = {.findings = findings, .leeway = leeway, .way = way, .out = out};
    bool first = true;
    tried.values = tidu_arena_array(leeway->arena, leeway->quantity_count, sizeof *tried.values);
    if (!tried.values)
        return false;
    for (uint32_t q = 0; q < leeway->quantity_count; q++)
        mpq_init(tried.values[q]);
    bool good = try_way(&tried);
    if (good) {
        put_date(out, "{\"as_of\":", way->as_of);
        put_number(out, ",\"effort\":", way->solution.effort);
        tidu_text_printf(out, ",\"status\":\"%s\",\"changes\":[",
                         words[truth_in(leeway, 0, leeway->stages[0].designation->status)]);
        for (uint32_t q = 0; q < leeway->quantity_count; q++)
            put_quantity(&tried, q, &first);
        for (uint32_t t = 0; t < leeway->toggle_count; t++)
            put_toggle(&tried, t, &first);
        tidu_text_putc(out, ']');
        put_stages(&tried);
        good = put_grown(&tried);
        put_assumptions(&tried);
        tidu_text_putc(out, '}');
    }
    for (uint32_t q = 0; q < leeway->quantity_count; q++)
        mpq_clear(tried.values[q]);
    return good;
}

/* ---- the answer ---- */

static void
put_forbids(const struct findings *findings, tidu_text *out)
{
    tidu_text_puts(out, ",\"forbids\":[");
    for (uint32_t i = 0; i < findings->forbid_count; i++) {
        if (i)
            tidu_text_putc(out, ',');
        tidu_evaluation_criterion(findings->question->evaluation, 0, findings->forbids[i]->id, out);
    }
    tidu_text_printf(out, "],\"together\":%s", findings->together ? "true" : "false");
}

/* Whose effort nobody but the vocabulary says. */
static void
put_illustrative(const struct findings *findings, tidu_text *out)
{
    const struct question *question = findings->question;
    const tidu_vocabulary *vocabulary = &question->ruleset->vocabulary;
    bool *used = calloc(vocabulary->fact_count, sizeof *used), first = true;
    for (uint32_t w = 0; used && w <= findings->way_count; w++) {
        const struct way *way = w < findings->way_count ? &findings->ways[w] : findings->earliest;
        for (uint32_t q = 0; way && q < way->leeway->quantity_count; q++)
            if (!mpq_equal(way->solution.values[q], way->leeway->quantities[q].now))
                used[way->leeway->quantities[q].fact - vocabulary->facts] = true;
        for (uint32_t t = 0; way && t < way->leeway->toggle_count; t++)
            if (way->leeway->toggles[t].fact &&
                way->solution.options[t] != way->leeway->toggles[t].now)
                used[way->leeway->toggles[t].fact - vocabulary->facts] = true;
    }
    tidu_text_puts(out, ",\"costs\":{\"illustrative\":[");
    for (uint32_t f = 0; used && f < vocabulary->fact_count; f++) {
        if (!used[f] || !question->illustrative[f])
            continue;
        tidu_text_puts(out, first ? "" : ",");
        tidu_path_string(out, vocabulary->facts[f].symbol.name);
        first = false;
    }
    tidu_text_puts(out, "]}");
    free(used);
}

static void
put_designation(const struct findings *findings, tidu_text *out)
{
    const tidu_ruleset *ruleset = findings->question->ruleset;
    const char *id = findings->question->path->to;
    const tidu_designation *found = NULL;
    for (uint32_t p = 0; !found && p < ruleset->program_count; p++)
        for (uint32_t d = 0; !found && d < ruleset->programs[p]->designation_count; d++)
            if (!strcmp(ruleset->programs[p]->designations[d].id, id))
                found = &ruleset->programs[p]->designations[d];
    tidu_text_puts(out, ",\"to\":{\"id\":");
    tidu_path_string(out, id);
    tidu_path_titles(out, ",\"title\":", found ? found->title.zh : id,
                     found ? found->title.en : id);
    tidu_text_putc(out, '}');
}

bool
tidu_path_tell(const struct findings *findings, tidu_text *out, tidu_error *reterr)
{
    const struct question *question = findings->question;
    size_t from = out->length;
    bool good = true;
    tidu_text_printf(out, "{\"ruleset\":\"%.12s\"", tidu_ruleset_digest(question->ruleset));
    put_date(out, ",\"as_of\":", question->path->options->as_of);
    tidu_evaluation_enterprise(question->evaluation, 0, out);
    put_designation(findings, out);
    tidu_text_printf(out, ",\"met\":%s,\"cheapest\":", findings->met ? "true" : "false");
    if (findings->way_count)
        good = put_way(findings, &findings->ways[0], out);
    else
        tidu_text_puts(out, "null");
    tidu_text_puts(out, ",\"alternatives\":[");
    for (uint32_t w = 1; good && w < findings->way_count; w++) {
        tidu_text_puts(out, w > 1 ? "," : "");
        good = put_way(findings, &findings->ways[w], out);
    }
    tidu_text_puts(out, "],\"earliest\":");
    if (findings->earliest)
        good = good && put_way(findings, findings->earliest, out);
    else
        tidu_text_puts(out, "null");
    put_forbids(findings, out);
    tidu_text_printf(out, ",\"complete\":%s", findings->complete ? "true" : "false");
    put_illustrative(findings, out);
    tidu_text_printf(out, ",\"work\":{\"nodes\":%u}}", findings->node_count);
    if (good)
        return true;
    out->length = from;
    return tidu_error_set(reterr, TIDU_MEMORY, NULL);
}
