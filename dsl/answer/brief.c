/*
 * brief.c: answers that only tell outcomes, from pre-written pieces.
 *
 * A brief answer is the same text for every record but for the statuses and
 * points, so that text is written once and copied. This is the busiest writer
 * of all: room for the whole answer is reserved first, then nothing is checked.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum {
    STATUSES = 3,
    PIECE = 64,       /* bytes that are always copied, since that is fastest */
    POINTS_SIZE = 64, /* the most a number or an interval takes */
};

/* ---- before ---- */

static void
begin_piece(struct brief *brief)
{
    brief->starts[brief->count++] = (uint32_t)brief->bytes.length;
}

static void
build_criterion(struct brief *brief, const tidu_criterion *criterion)
{
    for (int s = 0; s < STATUSES; s++) {
        begin_piece(brief);
        tidu_text_puts(&brief->bytes, "{\"id\":");
        tidu_answer_string(&brief->bytes, criterion->id);
        tidu_text_printf(&brief->bytes, ",\"status\":\"%s\"},",
                         tidu_answer_status((tidu_truth)s));
    }
}

static void
build_designation(struct brief *brief, const tidu_designation *designation)
{
    for (int s = 0; s < STATUSES; s++) {
        begin_piece(brief);
        tidu_text_puts(&brief->bytes, "{\"id\":");
        tidu_answer_string(&brief->bytes, designation->id);
        tidu_text_printf(&brief->bytes, ",\"status\":\"%s\",\"held\":",
                         tidu_answer_status((tidu_truth)s));
    }
}

static void
build_indicator(struct brief *brief, const tidu_indicator *indicator, bool first)
{
    begin_piece(brief);
    if (!first)
        tidu_text_putc(&brief->bytes, ',');
    tidu_answer_string(&brief->bytes, indicator->name);
    tidu_text_putc(&brief->bytes, ':');
}

static bool
is_first_of_card(const tidu_program *program, uint32_t indicator)
{
    for (uint32_t c = 0; c < program->scorecard_count; c++)
        if (program->scorecards[c].first_indicator == indicator)
            return true;
    return false;
}

static void
build_views(struct lane *lane)
{
    const tidu_program *program = lane->program;
    tidu_view *view = lane->brief.views;
    for (uint32_t c = 0; c < program->criterion_count; c++)
        *view++ = tidu_run_view(lane->run, program->criteria[c].status);
    for (uint32_t d = 0; d < program->designation_count; d++)
        *view++ = tidu_run_view(lane->run, program->designations[d].status);
    for (uint32_t i = 0; i < program->indicator_count; i++) {
        *view++ = tidu_run_view(lane->run, program->indicators[i].low);
        *view++ = tidu_run_view(lane->run, program->indicators[i].high);
    }
}

bool
tidu_brief_build(struct lane *lane)
{
    const tidu_program *program = lane->program;
    struct brief *brief = &lane->brief;
    uint32_t ruled = program->criterion_count + program->designation_count;
    tidu_brief_free(brief);
    brief->view_count = ruled + 2 * program->indicator_count;
    brief->starts = calloc(STATUSES * (size_t)ruled + program->indicator_count + 1,
                           sizeof *brief->starts);
    brief->views = calloc((size_t)brief->view_count + 1, sizeof *brief->views);
    if (!brief->starts || !brief->views)
        return false;
    for (uint32_t c = 0; c < program->criterion_count; c++)
        build_criterion(brief, &program->criteria[c]);
    for (uint32_t d = 0; d < program->designation_count; d++)
        build_designation(brief, &program->designations[d]);
    for (uint32_t i = 0; i < program->indicator_count; i++)
        build_indicator(brief, &program->indicators[i], is_first_of_card(program, i));
    brief->starts[brief->count] = (uint32_t)brief->bytes.length;
    if (!tidu_text_reserve(&brief->bytes, PIECE)) /* the last piece may be copied past its end */
        return false;
    memset(brief->bytes.data + brief->bytes.length, 0, PIECE);
    build_views(lane);
    return true;
}

void
tidu_brief_free(struct brief *brief)
{
    tidu_text_free(&brief->bytes);
    free(brief->starts);
    free(brief->views);
    *brief = (struct brief){0};
}

/* ---- a row ---- */

/* The most a brief answer takes, so that writing it needs no further checks. */
static size_t
brief_size(asked *e)
{
    const struct brief *brief = e->brief;
    return brief->bytes.length + 128 * ((size_t)e->program->designation_count + 1) +
           POINTS_SIZE * ((size_t)e->program->indicator_count + 2) + PIECE;
}

static inline char *
put(char *to, const char *words, size_t length)
{
    memcpy(to, words, length);
    return to + length;
}

#define PUT(to, literal) put(to, literal, sizeof(literal) - 1)

static inline char *
put_piece(const struct brief *brief, uint32_t piece, char *to)
{
    const char *from = brief->bytes.data + brief->starts[piece];
    size_t length = brief->starts[piece + 1] - brief->starts[piece];
    memcpy(to, from, PIECE);
    if (length > PIECE)
        memcpy(to + PIECE, from + PIECE, length - PIECE);
    return to + length;
}

static inline tidu_truth
truth_in(const tidu_view *view, uint32_t row)
{
    uint32_t word = row / 64 & view->mask >> 6;
    uint64_t known = view->known[word] >> (row % 64) & 1;
    return (tidu_truth)(known + (view->truth[word] >> (row % 64) & 1));
}

static inline double
value_in(const tidu_view *view, uint32_t row)
{
    return view->value[row & view->mask];
}

/* Points are nearly always whole numbers up to a hundred. */
static const char small_numbers[101][4] = {
#define TEN(t) t "0", t "1", t "2", t "3", t "4", t "5", t "6", t "7", t "8", t "9"
    TEN(""), TEN("1"), TEN("2"), TEN("3"), TEN("4"), TEN("5"), TEN("6"), TEN("7"), TEN("8"),
    TEN("9"), "100",
#undef TEN
};

static char *
put_other_number(char *to, double value)
{
    char digits[32]; /* more than any number takes, so it never grows */
    tidu_text text = {.data = digits, .capacity = sizeof digits};
    tidu_text_number(&text, value);
    return put(to, text.data, text.length);
}

static inline char *
put_number(char *to, double value)
{
    unsigned whole = value >= 0 && value <= 100 ? (unsigned)value : 0;
    if ((double)whole != value)
        return put_other_number(to, value);
    memcpy(to, small_numbers[whole], 4);
    return to + 1 + (whole >= 10) + (whole >= 100);
}

static char *
put_interval(char *to, double low, double high)
{
    if (low == high)
        return put_number(to, low);
    *to++ = '[';
    to = put_number(to, low);
    *to++ = ',';
    to = put_number(to, high);
    *to++ = ']';
    return to;
}

static char *
put_criteria(asked *e, const tidu_designation *designation, uint32_t row, char *to)
{
    const tidu_view *views = e->brief->views + designation->first_criterion;
    to = PUT(to, ",\"criteria\":[");
    for (uint32_t c = 0; c < designation->criterion_count; c++) {
        uint32_t number = designation->first_criterion + c;
        to = put_piece(e->brief, STATUSES * number + (uint32_t)truth_in(&views[c], row), to);
    }
    to -= designation->criterion_count > 0; /* the comma behind the last */
    *to++ = ']';
    return to;
}

static char *
put_score(asked *e, const tidu_scorecard *card, uint32_t row, char *to)
{
    uint32_t ruled = e->program->criterion_count + e->program->designation_count;
    const tidu_view *views = e->brief->views + ruled + 2 * card->first_indicator;
    double low = 0, high = 0;
    tidu_run_number(e->run, card->low, row, &low);
    tidu_run_number(e->run, card->high, row, &high);
    to = put_number(PUT(to, ",\"score\":{\"low\":"), low);
    to = put_number(PUT(to, ",\"high\":"), high);
    to = PUT(to, ",\"points\":{");
    for (uint32_t i = 0; i < card->indicator_count; i++) {
        to = put_piece(e->brief, STATUSES * ruled + card->first_indicator + i, to);
        to = put_interval(to, value_in(&views[2 * i], row), value_in(&views[2 * i + 1], row));
    }
    return PUT(to, "}}");
}

static char *
put_held(asked *e, const tidu_designation *designation, uint32_t row, char *to)
{
    if (designation->held_column == TIDU_NONE)
        return PUT(to, "null");
    uint32_t place = e->program->layout->columns[designation->held_column].place;
    if (!(e->block->flag_known[place][row / 64] >> (row % 64) & 1))
        return PUT(to, "null");
    if (e->block->flag[place][row / 64] >> (row % 64) & 1)
        return PUT(to, "true");
    return PUT(to, "false");
}

void
tidu_brief_write(asked *e, uint32_t row, bool *first, tidu_text *out)
{
    bool criteria = e->options.explain == TIDU_EXPLAIN_BRIEF;
    const tidu_view *views = e->brief->views + e->program->criterion_count;
    if (!tidu_text_reserve(out, brief_size(e)))
        return;
    char *to = out->data + out->length;
    for (uint32_t d = 0; d < e->program->designation_count; d++) {
        const tidu_designation *designation = &e->program->designations[d];
        uint32_t piece = STATUSES * (e->program->criterion_count + d);
        if (!e->chosen[d])
            continue;
        if (!*first)
            *to++ = ',';
        *first = false;
        to = put_piece(e->brief, piece + (uint32_t)truth_in(&views[d], row), to);
        to = put_held(e, designation, row, to);
        if (criteria)
            to = put_criteria(e, designation, row, to);
        if (criteria && designation->scorecard_count)
            to = put_score(e, &e->program->scorecards[designation->first_scorecard], row, to);
        *to++ = '}';
    }
    out->length = (size_t)(to - out->data);
}
