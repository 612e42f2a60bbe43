/*
 * missing.c: the facts to ask for, most decisive first.
 *
 * A fact is asked for when an undecided criterion, subsidy or measure waits for
 * it. Facts that more criteria wait for come first, then those that more of
 * the rest wait for; equals keep the vocabulary's order.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* The facts, and behind them the titles held, which a record states together. */
static uint32_t
topic_count(const tidu_vocabulary *vocabulary)
{
    return vocabulary->fact_count + 1;
}

/* Items of designations stand for their transitions. */
static uint32_t
first_transition(const tidu_program *program)
{
    return program->criterion_count + program->subsidy_count + program->measure_count;
}

uint32_t
tidu_missing_items(const tidu_program *program)
{
    return first_transition(program) + program->designation_count;
}

static struct missing *
open_missing(const tidu_vocabulary *vocabulary, uint32_t words)
{
    struct missing *missing = calloc(1, sizeof *missing);
    uint32_t topics = topic_count(vocabulary);
    if (!missing)
        return NULL;
    missing->words = words;
    missing->waits = calloc((size_t)topics * words, sizeof *missing->waits);
    missing->ruled = calloc(topics, sizeof *missing->ruled);
    missing->counts = calloc(topics, sizeof *missing->counts);
    missing->lags = calloc(topics, sizeof *missing->lags);
    missing->order = calloc(topics, sizeof *missing->order);
    if (!missing->waits || !missing->ruled || !missing->counts || !missing->lags ||
        !missing->order)
        tidu_missing_close(&missing);
    return missing;
}

/* Two programs answer for a row, and either may be the larger. */
bool
tidu_missing_reserve(struct tidu_evaluation *e, uint32_t items)
{
    uint32_t words = (items / 64 + 1) * TIDU_LANES_A_ROW;
    if (e->missing && e->missing->words >= words)
        return true;
    struct missing *larger = open_missing(&e->ruleset->vocabulary, words);
    if (!larger)
        return false;
    tidu_missing_close(&e->missing);
    e->missing = larger;
    return true;
}

void
tidu_missing_close(struct missing **missing)
{
    if (!*missing)
        return;
    free((*missing)->waits);
    free((*missing)->ruled);
    free((*missing)->counts);
    free((*missing)->lags);
    free((*missing)->order);
    free(*missing);
    *missing = NULL;
}

static uint32_t
topic_of(const tidu_program *program, uint32_t column)
{
    int32_t fact = program->layout->columns[column].fact;
    return fact == TIDU_NONE ? program->vocabulary->fact_count : (uint32_t)fact;
}

struct waiting {
    asked *e;
    uint32_t item;
    bool rules; /* a criterion */
};

static void
note_wait(void *context, uint32_t column)
{
    const struct waiting *waiting = context;
    const tidu_program *program = waiting->e->program;
    struct missing *missing = waiting->e->missing;
    uint32_t topic = topic_of(program, column);
    uint64_t *word = &missing->waits[(size_t)topic * missing->words + waiting->item / 64];
    uint64_t bit = UINT64_C(1) << (waiting->item % 64);
    missing->lags[topic] |= (uint16_t)(1u << program->layout->columns[column].lag);
    if (*word & bit)
        return;
    *word |= bit;
    missing->ruled[topic] += waiting->rules;
    if (!missing->counts[topic]++)
        missing->order[missing->count++] = topic;
}

static void
forget(struct missing *missing)
{
    for (uint32_t i = 0; i < missing->count; i++) {
        uint32_t topic = missing->order[i];
        memset(&missing->waits[(size_t)topic * missing->words], 0,
               missing->words * sizeof *missing->waits);
        missing->ruled[topic] = missing->counts[topic] = 0;
        missing->lags[topic] = 0;
    }
    missing->count = 0;
}

static bool
comes_before(const struct missing *missing, uint32_t a, uint32_t b)
{
    if (missing->ruled[a] != missing->ruled[b])
        return missing->ruled[a] > missing->ruled[b];
    if (missing->counts[a] != missing->counts[b])
        return missing->counts[a] > missing->counts[b];
    return a < b;
}

static void
sort_topics(struct missing *missing)
{
    for (uint32_t i = 1; i < missing->count; i++) {
        uint32_t moving = missing->order[i], at = i;
        for (; at && comes_before(missing, moving, missing->order[at - 1]); at--)
            missing->order[at] = missing->order[at - 1];
        missing->order[at] = moving;
    }
}

static void
find_of_criteria(asked *e, const tidu_designation *designation, uint32_t row, uint32_t first)
{
    for (uint32_t c = 0; c < designation->criterion_count; c++) {
        uint32_t number = designation->first_criterion + c;
        struct waiting waiting = {e, first + number, true};
        const tidu_criterion *criterion = &e->program->criteria[number];
        if (criterion->parent == TIDU_NONE)
            tidu_run_missing(e->run, criterion->status, row, note_wait, &waiting);
    }
}

/* Where old rules count too, both sides may be waiting, and so may the question
 * whom they are meant for. */
static void
find_of_designations(asked *e, uint32_t row, uint32_t first)
{
    for (uint32_t d = 0; d < e->program->designation_count; d++) {
        const tidu_designation *designation = &e->program->designations[d];
        const tidu_transition *transition = designation->transition;
        if (!e->chosen[d] || tidu_run_truth(e->run, designation->status, row) != TIDU_UNKNOWN)
            continue;
        find_of_criteria(e, designation, row, first);
        if (!transition)
            continue;
        const tidu_designation *old = &e->program->designations[transition->old];
        struct waiting waiting = {e, first + first_transition(e->program) + d, true};
        if (tidu_run_truth(e->run, old->status, row) != TIDU_FALSE)
            tidu_run_missing(e->run, transition->rule.status, row, note_wait, &waiting);
        if (tidu_run_truth(e->run, transition->rule.status, row) != TIDU_FALSE)
            find_of_criteria(e, old, row, first);
    }
}

/* What would tell whether it may be drawn, and how much it comes to. */
static void
find_of_support(asked *e, uint32_t row, uint32_t first)
{
    double amount;
    first += e->program->criterion_count;
    for (uint32_t i = 0; i < e->program->subsidy_count; i++) {
        const tidu_subsidy *subsidy = &e->program->subsidies[i];
        struct waiting waiting = {e, first + i, false};
        if (!tidu_wants(e, TIDU_INCLUDE_SUBSIDIES) || !tidu_subsidy_told(e, row, subsidy))
            continue;
        tidu_truth truth = tidu_run_truth(e->run, subsidy->rule.status, row);
        if (truth == TIDU_UNKNOWN)
            tidu_run_missing(e->run, subsidy->rule.status, row, note_wait, &waiting);
        else if (truth == TIDU_TRUE && subsidy->amount != TIDU_NO_STEP &&
                 !tidu_run_number(e->run, subsidy->amount, row, &amount))
            tidu_run_missing(e->run, subsidy->amount, row, note_wait, &waiting);
    }
    first += e->program->subsidy_count;
    for (uint32_t i = 0; i < e->program->measure_count; i++) {
        const tidu_measure *measure = &e->program->measures[i];
        struct waiting waiting = {e, first + i, false};
        if (tidu_wants(e, TIDU_INCLUDE_MEASURES) &&
            tidu_run_truth(e->run, measure->rule.status, row) == TIDU_UNKNOWN)
            tidu_run_missing(e->run, measure->rule.status, row, note_wait, &waiting);
    }
}

void
tidu_missing_find(asked *e, uint32_t row)
{
    struct tidu_evaluation view;
    uint32_t first = 0;
    forget(e->missing);
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW && tidu_look_nth(e, row, nth, &view); nth++) {
        if (tidu_wants(e, TIDU_INCLUDE_DESIGNATIONS))
            find_of_designations(&view, row, first);
        find_of_support(&view, row, first);
        first += tidu_missing_items(view.program);
    }
    sort_topics(e->missing);
}

static tidu_symbol
topic_symbol(const tidu_vocabulary *vocabulary, uint32_t topic)
{
    if (topic < vocabulary->fact_count)
        return vocabulary->facts[topic].symbol;
    return (tidu_symbol){.name = "titles", .zh = "已持有的称号", .en = "titles held"};
}

static void
write_years(asked *e, uint32_t topic, tidu_text *out)
{
    const tidu_vocabulary *vocabulary = &e->ruleset->vocabulary;
    uint16_t lags = e->missing->lags[topic];
    if (topic >= vocabulary->fact_count || !vocabulary->facts[topic].symbol.type.annual)
        return;
    tidu_text_puts(out, ",\"years\":[");
    bool first = true;
    for (int lag = 0; lag < 16; lag++) {
        if (!(lags >> lag & 1))
            continue;
        if (!first)
            tidu_text_putc(out, ',');
        tidu_text_number(out, e->block->year - lag);
        first = false;
    }
    tidu_text_putc(out, ']');
}

static const char *
id_of_item(const tidu_program *program, uint32_t item)
{
    if (item < program->criterion_count)
        return program->criteria[item].id;
    item -= program->criterion_count;
    if (item < program->subsidy_count)
        return program->subsidies[item].rule.id;
    item -= program->subsidy_count;
    if (item < program->measure_count)
        return program->measures[item].rule.id;
    return program->designations[item - program->measure_count].transition->rule.id;
}

/* The items of one of the row's programs, which are numbered from `from`. */
static void
write_items(asked *e, uint32_t topic, uint32_t from, bool *first, tidu_text *out)
{
    const uint64_t *waits = &e->missing->waits[(size_t)topic * e->missing->words];
    uint32_t end = from + tidu_missing_items(e->program);
    for (uint32_t item = from; item < end; item++) {
        uint64_t rest = waits[item / 64] >> (item % 64);
        if (!rest) { /* none in this word any more */
            item |= 63;
            continue;
        }
        item += (uint32_t)__builtin_ctzll(rest);
        if (item >= end)
            return;
        if (!*first)
            tidu_text_putc(out, ',');
        tidu_answer_string(out, id_of_item(e->program, item - from));
        *first = false;
    }
}

static void
write_decides(asked *e, uint32_t row, uint32_t topic, tidu_text *out)
{
    struct tidu_evaluation view;
    uint32_t from = 0;
    bool first = true;
    tidu_text_puts(out, ",\"decides\":[");
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW && tidu_look_nth(e, row, nth, &view); nth++) {
        write_items(&view, topic, from, &first, out);
        from += tidu_missing_items(view.program);
    }
    tidu_text_putc(out, ']');
}

void
tidu_missing_write(asked *e, uint32_t row, tidu_text *out)
{
    tidu_text_puts(out, ",\"missing\":[");
    for (uint32_t i = 0; i < e->missing->count; i++) {
        uint32_t topic = e->missing->order[i];
        tidu_symbol symbol = topic_symbol(&e->ruleset->vocabulary, topic);
        tidu_text_puts(out, i ? ",{\"fact\":" : "{\"fact\":");
        tidu_answer_string(out, symbol.name);
        tidu_text_puts(out, ",\"title\":");
        tidu_answer_words(out, e->options.lang, symbol.zh, symbol.en);
        write_years(e, topic, out);
        write_decides(e, row, topic, out);
        tidu_text_putc(out, '}');
    }
    tidu_text_putc(out, ']');
}

/* ---- the facts one step waits for, in words ---- */

struct naming {
    asked *e;
    tidu_text *out;
    tidu_lang lang;
    uint32_t named[8];
    uint32_t count;
};

static void
name_topic(void *context, uint32_t column)
{
    struct naming *naming = context;
    const tidu_program *program = naming->e->program;
    uint32_t topic = topic_of(program, column);
    for (uint32_t i = 0; i < naming->count; i++)
        if (naming->named[i] == topic)
            return;
    if (naming->count == sizeof naming->named / sizeof *naming->named)
        return;
    if (naming->count)
        tidu_text_puts(naming->out, naming->lang == TIDU_EN ? ", " : "、");
    naming->named[naming->count++] = topic;
    tidu_symbol symbol = topic_symbol(program->vocabulary, topic);
    tidu_text_puts(naming->out, naming->lang == TIDU_EN ? symbol.en : symbol.zh);
}

void
tidu_missing_names(tidu_text *out, asked *e, tidu_step step, uint32_t row, tidu_lang lang)
{
    struct naming naming = {.e = e, .out = out, .lang = lang};
    tidu_run_missing(e->run, step, row, name_topic, &naming);
}
