/*
 * missing.c: the facts to ask for, most decisive first.
 *
 * A fact is asked for when an undecided criterion waits for it. Facts that
 * more criteria wait for come first; equals keep the vocabulary's order.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* The facts, and behind them the titles held, which a record states together. */
static uint32_t
topic_count(const tidu_program *program)
{
    return program->vocabulary->fact_count + 1;
}

struct missing *
tidu_missing_open(const tidu_program *program)
{
    struct missing *missing = calloc(1, sizeof *missing);
    uint32_t topics = topic_count(program);
    if (!missing)
        return NULL;
    missing->words = program->criterion_count / 64 + 1;
    missing->waits = calloc((size_t)topics * missing->words, sizeof *missing->waits);
    missing->counts = calloc(topics, sizeof *missing->counts);
    missing->lags = calloc(topics, sizeof *missing->lags);
    missing->order = calloc(topics, sizeof *missing->order);
    if (!missing->waits || !missing->counts || !missing->lags || !missing->order)
        tidu_missing_close(&missing);
    return missing;
}

void
tidu_missing_close(struct missing **missing)
{
    if (!*missing)
        return;
    free((*missing)->waits);
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
    const struct tidu_evaluation *e;
    uint32_t criterion;
};

static void
note_wait(void *context, uint32_t column)
{
    const struct waiting *waiting = context;
    const tidu_program *program = waiting->e->program;
    struct missing *missing = waiting->e->missing;
    uint32_t topic = topic_of(program, column);
    uint64_t *word = &missing->waits[(size_t)topic * missing->words + waiting->criterion / 64];
    uint64_t bit = UINT64_C(1) << (waiting->criterion % 64);
    missing->lags[topic] |= (uint16_t)(1u << program->layout->columns[column].lag);
    if (*word & bit)
        return;
    *word |= bit;
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
        missing->counts[topic] = 0;
        missing->lags[topic] = 0;
    }
    missing->count = 0;
}

static bool
comes_before(const struct missing *missing, uint32_t a, uint32_t b)
{
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

void
tidu_missing_find(asked *e, uint32_t row)
{
    forget(e->missing);
    for (uint32_t d = 0; d < e->program->designation_count; d++) {
        const tidu_designation *designation = &e->program->designations[d];
        if (!e->chosen[d] || tidu_run_truth(e->run, designation->status, row) != TIDU_UNKNOWN)
            continue;
        for (uint32_t c = 0; c < designation->criterion_count; c++) {
            struct waiting waiting = {e, designation->first_criterion + c};
            const tidu_criterion *criterion = &e->program->criteria[waiting.criterion];
            if (criterion->parent == TIDU_NONE)
                tidu_run_missing(e->run, criterion->status, row, note_wait, &waiting);
        }
    }
    sort_topics(e->missing);
}

static tidu_symbol
topic_symbol(const tidu_program *program, uint32_t topic)
{
    if (topic < program->vocabulary->fact_count)
        return program->vocabulary->facts[topic].symbol;
    return (tidu_symbol){.name = "titles", .zh = "已持有的称号", .en = "titles held"};
}

static void
write_years(asked *e, uint32_t topic, tidu_text *out)
{
    const tidu_vocabulary *vocabulary = e->program->vocabulary;
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

static void
write_decides(asked *e, uint32_t topic, tidu_text *out)
{
    bool first = true;
    tidu_text_puts(out, ",\"decides\":[");
    for (uint32_t c = 0; c < e->program->criterion_count; c++) {
        uint64_t word = e->missing->waits[(size_t)topic * e->missing->words + c / 64];
        if (!(word >> (c % 64) & 1))
            continue;
        if (!first)
            tidu_text_putc(out, ',');
        tidu_answer_string(out, e->program->criteria[c].id);
        first = false;
    }
    tidu_text_putc(out, ']');
}

void
tidu_missing_write(asked *e, tidu_text *out)
{
    tidu_text_puts(out, ",\"missing\":[");
    for (uint32_t i = 0; i < e->missing->count; i++) {
        uint32_t topic = e->missing->order[i];
        tidu_symbol symbol = topic_symbol(e->program, topic);
        tidu_text_puts(out, i ? ",{\"fact\":" : "{\"fact\":");
        tidu_answer_string(out, symbol.name);
        tidu_text_puts(out, ",\"title\":");
        tidu_answer_words(out, e->options.lang, symbol.zh, symbol.en);
        write_years(e, topic, out);
        write_decides(e, topic, out);
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
    tidu_symbol symbol = topic_symbol(program, topic);
    tidu_text_puts(naming->out, naming->lang == TIDU_EN ? symbol.en : symbol.zh);
}

void
tidu_missing_names(tidu_text *out, asked *e, tidu_step step, uint32_t row, tidu_lang lang)
{
    struct naming naming = {.e = e, .out = out, .lang = lang};
    tidu_run_missing(e->run, step, row, name_topic, &naming);
}
