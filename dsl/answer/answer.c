/*
 * answer.c: one row of a run as the JSON object that clients rely on.
 *
 * Written straight into the output buffer from the columns; nothing is built
 * in between.
 */
#include "internal.h"

#include <stdio.h>
#include <string.h>

const char *
tidu_answer_status(tidu_truth truth)
{
    static const char *const words[] = {"undetermined", "unmet", "met"};
    return words[truth];
}

void
tidu_answer_string(tidu_text *out, const char *text)
{
    tidu_text_json(out, text, strlen(text));
}

void
tidu_answer_words(tidu_text *out, tidu_lang lang, const char *zh, const char *en)
{
    tidu_text_putc(out, '{');
    if (lang != TIDU_EN) {
        tidu_text_puts(out, "\"zh\":");
        tidu_answer_string(out, zh);
    }
    if (lang == TIDU_BOTH)
        tidu_text_putc(out, ',');
    if (lang != TIDU_ZH) {
        tidu_text_puts(out, "\"en\":");
        tidu_answer_string(out, en);
    }
    tidu_text_putc(out, '}');
}

void
tidu_answer_key(tidu_text *out, const char *key, const char *value)
{
    tidu_text_puts(out, key);
    if (value)
        tidu_answer_string(out, value);
    else
        tidu_text_puts(out, "null");
}

/* ---- who is asked about ---- */

static const tidu_slice *
words_of(asked *e, int32_t fact, uint32_t row)
{
    if (fact == TIDU_NONE)
        return NULL;
    int32_t at = e->ruleset->vocabulary.facts[fact].slots.words;
    if (at == TIDU_NONE)
        return NULL;
    const tidu_slice *slice =
        &e->block->words[(size_t)row * e->block->layout->word_count + (uint32_t)at];
    return slice->length ? slice : NULL;
}

/* Country, province, city, county. */
static void
write_jurisdiction(asked *e, uint32_t row, tidu_text *out)
{
    uint32_t chain[TIDU_LEVEL_COUNT], count = 0;
    for (uint32_t at = e->places[row].region; at != TIDU_COUNTRY_CODE; at = tidu_region_parent(at))
        chain[count++] = at;
    tidu_text_printf(out, ",\"jurisdiction\":[\"%u\"", TIDU_COUNTRY_CODE);
    while (count)
        tidu_text_printf(out, ",\"%06u\"", chain[--count]);
    tidu_text_putc(out, ']');
}

void
tidu_answer_enterprise(asked *e, uint32_t row, tidu_text *out)
{
    const tidu_slice *uscc = words_of(e, e->ruleset->vocabulary.uscc, row);
    const tidu_slice *name = words_of(e, e->ruleset->vocabulary.enterprise_name, row);
    tidu_text_puts(out, ",\"enterprise\":{");
    if (uscc) {
        tidu_text_puts(out, "\"uscc\":");
        tidu_text_add(out, uscc->data, uscc->length);
    }
    if (name) {
        tidu_text_puts(out, uscc ? ",\"enterprise_name\":" : "\"enterprise_name\":");
        tidu_text_add(out, name->data, name->length);
    }
    tidu_text_putc(out, '}');
}

/* ---- what was read ---- */

static void
write_column(asked *e, const tidu_column *column, uint32_t number, uint32_t row, tidu_text *out)
{
    const tidu_block *block = e->block;
    char date[11];
    if (column->kind == TIDU_COLUMN_FLAG) {
        bool known = block->flag_known[column->place][row / 64] >> (row % 64) & 1;
        bool truth = block->flag[column->place][row / 64] >> (row % 64) & 1;
        tidu_text_puts(out, !known ? "null" : truth ? "true" : "false");
        return;
    }
    const tidu_fact *fact = column->fact != TIDU_NONE ? &e->program->vocabulary->facts[column->fact]
                                                      : NULL; /* the day of a title */
    const tidu_slice *words = words_of(e, column->fact, row);
    const tidu_spelling *spelling = tidu_block_spelling(block, number, row);
    double value = block->number[column->place][row];
    if (!(block->number_known[column->place][row / 64] >> (row % 64) & 1))
        tidu_text_puts(out, "null");
    else if (fact && fact->symbol.type.kind == TIDU_CODE && words)
        tidu_text_add(out, words->data, words->length);
    else if (!fact || fact->symbol.type.kind == TIDU_DATE)
        tidu_answer_string(out, tidu_date_format((int32_t)value, date));
    else if (spelling)
        tidu_text_add(out, spelling->text.data, spelling->text.length);
    else
        tidu_text_number(out, value);
}

/* "holds:lg", "granted:lg": what a record says of a title. */
static void
write_title_column(const tidu_layout *layout, uint32_t number, tidu_text *out)
{
    for (uint32_t t = 0; t < layout->title_count; t++) {
        const tidu_title_slot *title = &layout->titles[t];
        const char *what = title->column == (int32_t)number            ? "holds"
                           : title->granted_column == (int32_t)number  ? "granted"
                           : title->reviewed_column == (int32_t)number ? "reviewed"
                                                                       : NULL;
        if (!what)
            continue;
        tidu_text_putc(out, '"');
        tidu_text_puts(out, what);
        tidu_text_putc(out, ':');
        tidu_text_puts(out, title->id);
        tidu_text_puts(out, "\":");
    }
}

static void
write_list(asked *e, const tidu_column *column, uint32_t row, tidu_text *out)
{
    uint32_t frame = column->frame;
    if (!(e->block->list_known[frame][row / 64] >> (row % 64) & 1))
        tidu_text_puts(out, "null");
    else {
        tidu_text_puts(out, "{\"count\":");
        tidu_text_number(out, e->block->item_start[frame][row + 1] -
                                  e->block->item_start[frame][row]);
        tidu_text_putc(out, '}');
    }
}

/* One fact: its last year alone as a bare value, more years keyed by year. */
static uint32_t
write_fact(asked *e, const uint32_t *columns, uint32_t count, uint32_t row, tidu_text *out)
{
    const tidu_layout *layout = e->program->layout;
    const tidu_column *first = &layout->columns[columns[0]];
    const tidu_fact *fact = &e->program->vocabulary->facts[first->fact];
    uint32_t same = 1;
    while (same < count && layout->columns[columns[same]].fact == first->fact)
        same++;
    size_t from = out->length;
    if (!tidu_piece_put(e, PIECE_FACT, (size_t)first->fact, out)) {
        tidu_answer_string(out, fact->symbol.name);
        tidu_text_putc(out, ':');
        tidu_piece_keep(e, PIECE_FACT, (size_t)first->fact, from, out);
    }
    if (first->frame) {
        write_list(e, first, row, out);
        return same;
    }
    if (fact->symbol.type.kind == TIDU_SET || (same == 1 && first->lag == 0)) {
        write_column(e, first, columns[0], row, out);
        return same;
    }
    tidu_text_putc(out, '{');
    for (uint32_t i = 0; i < same; i++) {
        const tidu_column *column = &layout->columns[columns[i]];
        tidu_text_puts(out, i ? ",\"" : "\"");
        tidu_text_number(out, e->block->year - (int)column->lag);
        tidu_text_puts(out, "\":");
        write_column(e, column, columns[i], row, out);
    }
    tidu_text_putc(out, '}');
    return same;
}

static void
write_reads(asked *e, const uint32_t *columns, uint32_t count, uint32_t row, tidu_text *out)
{
    const tidu_layout *layout = e->program->layout;
    tidu_text_puts(out, ",\"reads\":{");
    for (uint32_t i = 0; i < count;) {
        const tidu_column *column = &layout->columns[columns[i]];
        if (i)
            tidu_text_putc(out, ',');
        if (column->fact != TIDU_NONE) {
            i += write_fact(e, columns + i, count - i, row, out);
            continue;
        }
        write_title_column(layout, columns[i], out);
        write_column(e, column, columns[i], row, out);
        i++;
    }
    tidu_text_putc(out, '}');
}

/* ---- parts ---- */

/* Numbers go straight into the answer; what turns out not to be there is taken
 * back. */
static void
write_number(asked *e, const tidu_part *part, uint32_t row, const char *key,
             bool (*show)(tidu_text *out, asked *e, const tidu_part *part, uint32_t row,
                          tidu_lang lang),
             tidu_text *out)
{
    size_t before = out->length;
    tidu_text_puts(out, key);
    if (show(out, e, part, row, e->options.lang == TIDU_EN ? TIDU_EN : TIDU_ZH))
        tidu_text_putc(out, '"');
    else
        out->length = before;
}

static bool
show_requirement(tidu_text *out, asked *e, const tidu_part *part, uint32_t row, tidu_lang lang)
{
    tidu_text_puts(out, tidu_show_operator(part->op));
    tidu_text_putc(out, ' ');
    return tidu_show_bound(out, e, part, row, lang);
}

/* The same for all rows, where it is a constant with an end. */
static void
write_requirement(asked *e, const tidu_part *part, uint32_t row, tidu_text *out)
{
    size_t number = (size_t)(part - e->program->parts), from = out->length;
    if (tidu_piece_put(e, PIECE_REQUIRES, number, out))
        return;
    write_number(e, part, row, ",\"requires\":\"", show_requirement, out);
    if (tidu_show_is_fixed(e, part))
        tidu_piece_keep(e, PIECE_REQUIRES, number, from, out);
}

static void
write_numbers(asked *e, const tidu_part *part, tidu_truth truth, uint32_t row, tidu_text *out)
{
    if (part->value_low == TIDU_NO_STEP)
        return;
    size_t before = out->length;
    write_number(e, part, row, ",\"value\":\"", tidu_show_value, out);
    if (out->length == before)
        tidu_text_puts(out, ",\"value\":null");
    write_requirement(e, part, row, out);
    if (truth == TIDU_FALSE)
        write_number(e, part, row, ",\"short_by\":\"", tidu_show_gap, out);
}

static void
write_part(asked *e, const tidu_part *part, uint32_t row, tidu_text *out)
{
    tidu_truth truth = tidu_run_truth(e->run, part->status, row);
    size_t number = (size_t)(part - e->program->parts) * 3 + truth, from = out->length;
    if (!tidu_piece_put(e, PIECE_PART, number, out)) {
        tidu_text_puts(out, "{\"status\":\"");
        tidu_text_puts(out, tidu_answer_status(truth));
        tidu_text_puts(out, "\",\"text\":");
        tidu_answer_words(out, e->options.lang, part->zh, part->en);
        tidu_piece_keep(e, PIECE_PART, number, from, out);
    }
    write_numbers(e, part, truth, row, out);
    write_reads(e, part->columns, part->column_count, row, out);
    tidu_text_putc(out, '}');
}

static const char *const group_keys[] = {
    [TIDU_BRANCH_ALL] = "all",
    [TIDU_BRANCH_ANY] = "any",
    [TIDU_BRANCH_NONE] = "none",
    [TIDU_BRANCH_AT_LEAST] = "at_least",
};

static void
write_branch(asked *e, const tidu_branch *branch, uint32_t row, tidu_text *out)
{
    if (branch->criterion != TIDU_NONE) {
        const tidu_criterion *criterion = &e->program->criteria[branch->criterion];
        tidu_text_puts(out, "{\"status\":\"");
        tidu_text_puts(out, tidu_answer_status(tidu_run_truth(e->run, branch->status, row)));
        tidu_answer_key(out, "\",\"criterion\":", criterion->id);
        tidu_text_putc(out, '}');
        return;
    }
    if (branch->kind == TIDU_BRANCH_PART) {
        write_part(e, &e->program->parts[branch->part], row, out);
        return;
    }
    tidu_text_puts(out, "{\"status\":\"");
    tidu_text_puts(out, tidu_answer_status(tidu_run_truth(e->run, branch->status, row)));
    if (branch->title.zh) {
        tidu_text_puts(out, "\",\"title\":");
        tidu_answer_words(out, e->options.lang, branch->title.zh, branch->title.en);
        tidu_text_puts(out, ",\"");
    } else
        tidu_text_puts(out, "\",\"");
    tidu_text_puts(out, group_keys[branch->kind]);
    tidu_text_puts(out, "\":");
    if (branch->kind == TIDU_BRANCH_AT_LEAST)
        tidu_text_printf(out, "%u,\"of\":", branch->least);
    tidu_text_putc(out, '[');
    for (uint32_t i = 0; i < branch->child_count; i++) {
        if (i)
            tidu_text_putc(out, ',');
        write_branch(e, &branch->child[i], row, out);
    }
    tidu_text_puts(out, "]}");
}

/* ---- criteria ---- */

void
tidu_answer_clause(const tidu_citation *citation, bool words, tidu_text *out)
{
    const tidu_document_info *document = citation->document;
    tidu_answer_key(out, ",\"clause\":{\"document\":", document->id ? document->id : document->path);
    tidu_answer_key(out, ",\"path\":", citation->path);
    tidu_text_puts(out, ",\"line\":");
    tidu_text_number(out, citation->line);
    if (words)
        tidu_answer_key(out, ",\"text\":", citation->words);
    tidu_text_putc(out, '}');
}

bool
tidu_answer_begin_says(asked *e, tidu_lang lang, tidu_text *out)
{
    tidu_lang wanted = e->options.lang;
    if (wanted != lang && wanted != TIDU_BOTH)
        return false;
    tidu_text_puts(out, lang == TIDU_ZH       ? "\"zh\":\""
                        : wanted == TIDU_BOTH ? ",\"en\":\""
                                              : "\"en\":\"");
    return true;
}

void
tidu_answer_sentence(asked *e, const tidu_criterion *criterion, uint32_t row, tidu_text *out)
{
    tidu_text_putc(out, '{');
    for (tidu_lang lang = TIDU_ZH; lang <= TIDU_EN; lang++) {
        if (!tidu_answer_begin_says(e, lang, out))
            continue;
        size_t from = out->length;
        tidu_says_criterion(out, e, criterion, row, lang);
        tidu_text_close_json(out, from);
    }
    tidu_text_putc(out, '}');
}

void
tidu_answer_says(asked *e, const tidu_criterion *criterion, uint32_t row, tidu_text *out)
{
    tidu_text_puts(out, ",\"says\":");
    tidu_answer_sentence(e, criterion, row, out);
}

/* The numbers of a condition of one part, or the tree of them. */
void
tidu_answer_condition(asked *e, const tidu_criterion *rule, uint32_t row, tidu_text *out)
{
    const tidu_branch *branch = &rule->condition;
    if (branch->kind == TIDU_BRANCH_PART) {
        const tidu_part *part = &e->program->parts[branch->part];
        write_numbers(e, part, tidu_run_truth(e->run, part->status, row), row, out);
        write_reads(e, part->columns, part->column_count, row, out);
    } else {
        tidu_text_puts(out, ",\"condition\":");
        write_branch(e, branch, row, out);
    }
}

static void
write_criterion(asked *e, const tidu_criterion *criterion, uint32_t row, tidu_text *out)
{
    tidu_truth truth = tidu_run_truth(e->run, criterion->status, row);
    size_t number = (size_t)(criterion - e->program->criteria), from = out->length;
    if (!tidu_piece_put(e, PIECE_CRITERION, number * 3 + truth, out)) {
        tidu_answer_key(out, "{\"id\":", criterion->id);
        tidu_text_puts(out, ",\"title\":");
        tidu_answer_words(out, e->options.lang, criterion->title.zh, criterion->title.en);
        tidu_text_puts(out, ",\"status\":\"");
        tidu_text_puts(out, tidu_answer_status(truth));
        tidu_text_putc(out, '"');
        if (criterion->parent != TIDU_NONE)
            tidu_answer_key(out, ",\"part_of\":", e->program->criteria[criterion->parent].id);
        tidu_piece_keep(e, PIECE_CRITERION, number * 3 + truth, from, out);
    }
    tidu_answer_condition(e, criterion, row, out);
    from = out->length;
    if (!tidu_piece_put(e, PIECE_CLAUSE, number, out)) {
        tidu_answer_clause(&criterion->citation, true, out);
        tidu_piece_keep(e, PIECE_CLAUSE, number, from, out);
    }
    tidu_answer_says(e, criterion, row, out);
    tidu_text_putc(out, '}');
}

void
tidu_evaluation_enterprise(const tidu_evaluation *evaluation, uint32_t row, tidu_text *out)
{
    struct tidu_evaluation view;
    if (tidu_look_nth(evaluation, row, 0, &view))
        tidu_answer_enterprise(&view, row, out);
}

bool
tidu_evaluation_criterion(const tidu_evaluation *evaluation, uint32_t row, const char *id,
                          tidu_text *out)
{
    struct tidu_evaluation view;
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW && tidu_look_nth(evaluation, row, nth, &view);
         nth++)
        for (uint32_t c = 0; c < view.program->criterion_count; c++)
            if (!strcmp(view.program->criteria[c].id, id)) {
                write_criterion(&view, &view.program->criteria[c], row, out);
                return true;
            }
    return false;
}

/* ---- points ---- */

void
tidu_answer_interval(asked *e, tidu_step low, tidu_step high, uint32_t row, tidu_text *out)
{
    double least = 0, most = 0;
    tidu_run_number(e->run, low, row, &least);
    tidu_run_number(e->run, high, row, &most);
    if (least == most) {
        tidu_text_number(out, least);
        return;
    }
    tidu_text_putc(out, '[');
    tidu_text_number(out, least);
    tidu_text_putc(out, ',');
    tidu_text_number(out, most);
    tidu_text_putc(out, ']');
}

static void
write_points_titles(asked *e, const tidu_scorecard *card, uint32_t row, tidu_text *out)
{
    tidu_text_puts(out, ",\"indicators\":[");
    for (uint32_t i = 0; i < card->indicator_count; i++) {
        const tidu_indicator *indicator = &e->program->indicators[card->first_indicator + i];
        tidu_answer_key(out, i ? ",{\"id\":" : "{\"id\":", indicator->id);
        tidu_text_puts(out, ",\"title\":");
        tidu_answer_words(out, e->options.lang, indicator->title.zh, indicator->title.en);
        tidu_text_puts(out, ",\"points\":");
        tidu_answer_interval(e, indicator->low, indicator->high, row, out);
        tidu_text_puts(out, ",\"max\":");
        tidu_text_number(out, indicator->most);
        write_reads(e, indicator->columns, indicator->column_count, row, out);
        tidu_answer_clause(&indicator->citation, true, out);
        tidu_text_putc(out, '}');
    }
    tidu_text_putc(out, ']');
}

void
tidu_answer_points(asked *e, const tidu_scorecard *card, uint32_t row, bool titles, tidu_text *out)
{
    double low = 0, high = 0;
    tidu_run_number(e->run, card->low, row, &low);
    tidu_run_number(e->run, card->high, row, &high);
    tidu_answer_key(out, "{\"id\":", card->id);
    tidu_text_puts(out, ",\"low\":");
    tidu_text_number(out, low);
    tidu_text_puts(out, ",\"high\":");
    tidu_text_number(out, high);
    tidu_text_puts(out, ",\"max\":");
    tidu_text_number(out, card->most);
    for (uint32_t g = 0; g < card->group_count; g++) {
        tidu_answer_key(out, g ? "," : ",\"groups\":{", card->groups[g].name);
        tidu_text_putc(out, ':');
        tidu_answer_interval(e, card->groups[g].low, card->groups[g].high, row, out);
    }
    if (card->group_count)
        tidu_text_putc(out, '}');
    tidu_text_puts(out, ",\"points\":{");
    for (uint32_t i = 0; i < card->indicator_count; i++) {
        const tidu_indicator *indicator = &e->program->indicators[card->first_indicator + i];
        tidu_answer_key(out, i ? "," : "", indicator->name);
        tidu_text_putc(out, ':');
        tidu_answer_interval(e, indicator->low, indicator->high, row, out);
    }
    tidu_text_putc(out, '}');
    if (titles)
        write_points_titles(e, card, row, out);
    tidu_text_putc(out, '}');
}

static void
write_scores(asked *e, const tidu_designation *designation, uint32_t row, tidu_text *out)
{
    bool full = e->options.explain == TIDU_EXPLAIN_FULL;
    const tidu_scorecard *cards = &e->program->scorecards[designation->first_scorecard];
    tidu_text_puts(out, ",\"score\":");
    if (!designation->scorecard_count) {
        tidu_text_puts(out, "null");
        return;
    }
    tidu_answer_points(e, cards, row, full, out);
    if (designation->scorecard_count == 1)
        return;
    tidu_text_puts(out, ",\"scores\":[");
    for (uint32_t i = 0; i < designation->scorecard_count; i++) {
        if (i)
            tidu_text_putc(out, ',');
        tidu_answer_points(e, &cards[i], row, full, out);
    }
    tidu_text_putc(out, ']');
}

/* ---- designations ---- */

static const char *
held(asked *e, const tidu_designation *designation, uint32_t row)
{
    if (designation->held_column == TIDU_NONE)
        return "null";
    const tidu_column *column = &e->program->layout->columns[designation->held_column];
    if (!(e->block->flag_known[column->place][row / 64] >> (row % 64) & 1))
        return "null";
    return e->block->flag[column->place][row / 64] >> (row % 64) & 1 ? "true" : "false";
}

static bool
is_told(asked *e, const tidu_criterion *criterion, uint32_t row)
{
    return e->options.explain == TIDU_EXPLAIN_FULL ||
           tidu_run_truth(e->run, criterion->status, row) != TIDU_TRUE;
}

/* A nested criterion that fails is told only when what it is part of fails. */
bool
tidu_answer_tells(asked *e, const tidu_criterion *criterion, uint32_t row)
{
    while (is_told(e, criterion, row)) {
        if (criterion->parent == TIDU_NONE)
            return true;
        criterion = &e->program->criteria[criterion->parent];
    }
    return false;
}

static void
write_undecided(asked *e, const tidu_designation *designation, uint32_t row, tidu_text *out)
{
    bool first = true;
    tidu_text_puts(out, ",\"missing\":[");
    for (uint32_t c = 0; c < designation->criterion_count; c++) {
        const tidu_criterion *criterion = &e->program->criteria[designation->first_criterion + c];
        if (criterion->parent != TIDU_NONE ||
            tidu_run_truth(e->run, criterion->status, row) != TIDU_UNKNOWN)
            continue;
        tidu_answer_key(out, first ? "" : ",", criterion->id);
        first = false;
    }
    tidu_text_putc(out, ']');
}

static void write_transition(asked *e, const tidu_designation *designation, uint32_t row,
                             tidu_text *out);

static void
write_designation(asked *e, const tidu_designation *designation, uint32_t row, tidu_text *out)
{
    const tidu_document_info *document = designation->document;
    bool first = true;
    tidu_answer_key(out, "{\"id\":", designation->id);
    tidu_text_puts(out, ",\"title\":");
    tidu_answer_words(out, e->options.lang, designation->title.zh, designation->title.en);
    tidu_text_puts(out, ",\"status\":\"");
    tidu_text_puts(out, tidu_answer_status(tidu_run_truth(e->run, designation->status, row)));
    tidu_text_puts(out, "\",\"held\":");
    tidu_text_puts(out, held(e, designation, row));
    tidu_answer_key(out, ",\"document\":", document->id ? document->id : document->path);
    tidu_text_puts(out, ",\"criteria\":[");
    for (uint32_t c = 0; c < designation->criterion_count; c++) {
        const tidu_criterion *criterion = &e->program->criteria[designation->first_criterion + c];
        if (!tidu_answer_tells(e, criterion, row))
            continue;
        if (!first)
            tidu_text_putc(out, ',');
        write_criterion(e, criterion, row, out);
        first = false;
    }
    tidu_text_putc(out, ']');
    write_undecided(e, designation, row, out);
    write_scores(e, designation, row, out);
    if (designation->transition)
        write_transition(e, designation, row, out);
    tidu_text_putc(out, '}');
}

/* Which side of a transition decides; NULL while neither does. */
static const char *
side_taken(asked *e, const tidu_designation *designation, uint32_t row)
{
    switch (tidu_run_truth(e->run, designation->status, row)) {
    case TIDU_UNKNOWN:
        return NULL;
    case TIDU_FALSE:
        return "new";
    default:
        return tidu_run_truth(e->run, designation->transition->now, row) == TIDU_TRUE ? "new"
                                                                                      : "old";
    }
}

/* Both results, and the one that counts. */
static void
write_transition(asked *e, const tidu_designation *designation, uint32_t row, tidu_text *out)
{
    const tidu_transition *transition = designation->transition;
    const tidu_criterion *rule = &transition->rule;
    char day[11];
    tidu_text_puts(out, ",\"transition\":{\"title\":");
    tidu_answer_words(out, e->options.lang, rule->title.zh, rule->title.en);
    tidu_answer_key(out, ",\"before\":", tidu_date_format(transition->before, day));
    tidu_answer_key(out, ",\"applies\":",
               tidu_answer_status(tidu_run_truth(e->run, rule->status, row)));
    tidu_answer_key(out, ",\"new\":",
               tidu_answer_status(tidu_run_truth(e->run, transition->now, row)));
    tidu_answer_key(out, ",\"takes\":", side_taken(e, designation, row));
    tidu_text_puts(out, ",\"old\":");
    write_designation(e, &e->program->designations[transition->old], row, out);
    if (rule->condition.kind == TIDU_BRANCH_PART || rule->condition.child_count)
        tidu_answer_condition(e, rule, row, out);
    tidu_answer_clause(&rule->citation, true, out);
    tidu_text_puts(out, ",\"says\":{");
    for (tidu_lang lang = TIDU_ZH; lang <= TIDU_EN; lang++) {
        if (!tidu_answer_begin_says(e, lang, out))
            continue;
        size_t from = out->length;
        tidu_says_transition(out, e, designation, row, lang);
        tidu_text_close_json(out, from);
    }
    tidu_text_puts(out, "}}");
}

/* ---- the answer ---- */

/* What is not asked for is an empty list. */
static void
write_designations(asked *e, uint32_t row, tidu_text *out)
{
    struct tidu_evaluation view;
    bool first = true, brief = e->options.explain <= TIDU_EXPLAIN_BRIEF;
    tidu_text_puts(out, ",\"designations\":[");
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW && tidu_wants(e, TIDU_INCLUDE_DESIGNATIONS) &&
                           tidu_look_nth(e, row, nth, &view);
         nth++) {
        if (brief) {
            tidu_brief_write(&view, row, &first, out);
            continue;
        }
        for (uint32_t d = 0; d < view.program->designation_count; d++) {
            if (!view.chosen[d])
                continue;
            if (!first)
                tidu_text_putc(out, ',');
            write_designation(&view, &view.program->designations[d], row, out);
            first = false;
        }
    }
    tidu_text_putc(out, ']');
}

void
tidu_evaluation_write(const tidu_evaluation *e, uint32_t row, tidu_text *out)
{
    tidu_text_add(out, e->head.data, e->head.length);
    write_jurisdiction(e, row, out);
    tidu_answer_enterprise(e, row, out);
    write_designations(e, row, out);
    if (e->options.explain <= TIDU_EXPLAIN_BRIEF) {
        tidu_support_brief(e, row, out);
        tidu_text_putc(out, '}');
        return;
    }
    tidu_support_write(e, row, out);
    tidu_missing_find(e, row);
    tidu_missing_write(e, row, out);
    tidu_notes_write(e, row, out);
    tidu_text_putc(out, '}');
}
