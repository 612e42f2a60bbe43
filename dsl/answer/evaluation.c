/*
 * evaluation.c: everything one caller needs to answer records.
 *
 * An evaluation holds a ruleset, the program in force on its date, a block and
 * a run over it. All memory is taken when it is opened or its program changes.
 */
#include "internal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const tidu_explain_names[] = {"none", "brief", "failed", "full", NULL};

static bool
wants(const struct tidu_evaluation *e, const char *id)
{
    return tidu_is_wanted((const char *const *)e->wanted, e->wanted_count, id);
}

static void
forget_wanted(struct tidu_evaluation *e)
{
    for (size_t i = 0; e->wanted && i < e->wanted_count; i++)
        free(e->wanted[i]);
    free(e->wanted);
    e->wanted = NULL;
    e->wanted_count = 0;
}

static bool
no_memory(tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

/* Any designation of the ruleset may be asked for, in force or not. */
static bool
declares_before(const tidu_ruleset *ruleset, uint32_t end, const char *id)
{
    for (uint32_t i = 0; i < end; i++) {
        const tidu_declaration *declaration = &ruleset->declarations.declarations[i];
        if (!strcmp(declaration->word, "designation") && !strcmp(declaration->name, id))
            return true;
    }
    return false;
}

static bool
check_wanted(const tidu_ruleset *ruleset, const char *id, tidu_error *reterr)
{
    uint32_t count = ruleset->declarations.declaration_count;
    tidu_text all = {0};
    if (declares_before(ruleset, count, id))
        return true;
    for (uint32_t i = 0; i < count; i++) {
        const tidu_declaration *declaration = &ruleset->declarations.declarations[i];
        if (!strcmp(declaration->word, "designation") &&
            !declares_before(ruleset, i, declaration->name))
            tidu_text_printf(&all, "%s%s", all.length ? ", " : "", declaration->name);
    }
    tidu_text_putc(&all, '\0');
    tidu_error_set(reterr, TIDU_NO_SUCH_DESIGNATION, id, all.failed ? "" : all.data, NULL);
    tidu_text_free(&all);
    return false;
}

static bool
keep_wanted(struct tidu_evaluation *e, const tidu_options *options, tidu_error *reterr)
{
    for (size_t i = 0; options->designations && i < options->designation_count; i++)
        if (!check_wanted(e->ruleset, options->designations[i], reterr))
            return false;
    forget_wanted(e);
    if (!options->designations)
        return true;
    e->wanted = calloc(options->designation_count + 1, sizeof *e->wanted);
    if (!e->wanted)
        return no_memory(reterr);
    for (size_t i = 0; i < options->designation_count; i++) {
        e->wanted[i] = strdup(options->designations[i]);
        e->wanted_count++;
        if (!e->wanted[i])
            return no_memory(reterr);
    }
    return true;
}

static bool
write_head(struct tidu_evaluation *e)
{
    char date[11];
    e->head.length = 0;
    tidu_text_printf(&e->head, "{\"ruleset\":\"%.12s\",\"as_of\":\"%s\"",
                     tidu_ruleset_digest(e->ruleset), tidu_date_format(e->options.as_of, date));
    return !e->head.failed;
}

/* ---- lanes ---- */

#ifdef TIDU_TIGHT
enum { MOST_LANES = 4 };
#else
enum { MOST_LANES = 96 };
#endif

static void
close_lane(struct lane **lane)
{
    struct lane *old = *lane;
    *lane = NULL;
    if (!old)
        return;
    tidu_run_close(&old->run);
    tidu_brief_free(&old->brief);
    tidu_pieces_free(&old->pieces);
    free(old->chosen);
    free(old);
}

static void
choose(const struct tidu_evaluation *e, struct lane *lane)
{
    for (uint32_t d = 0; d < lane->program->designation_count; d++)
        lane->chosen[d] = lane->program->designations[d].told &&
                          wants(e, lane->program->designations[d].id);
}

/* Pieces of brief answers take a while to write, and not everybody asks for
 * them. */
static bool
prepare(const struct tidu_evaluation *e, struct lane *lane)
{
    choose(e, lane);
    return e->options.explain > TIDU_EXPLAIN_BRIEF || lane->brief.starts || tidu_brief_build(lane);
}

/* A lane for a program, in what is left of an old one (NULL: of none), beside a
 * run of the evaluation before (NULL: of none). */
static struct lane *
make_lane(struct tidu_evaluation *e, const tidu_program *program, const tidu_run *before,
          struct lane *old)
{
    struct lane *lane = calloc(1, sizeof *lane);
    if (!lane) {
        close_lane(&old);
        return NULL;
    }
    lane->program = program;
    if (before) {
        close_lane(&old);
        lane->run = tidu_run_beside(before, program, e->block);
    } else if (old) {
        lane->run = old->run;
        old->run = NULL;
        close_lane(&old);
        if (!tidu_run_turn(lane->run, program))
            tidu_run_close(&lane->run);
    } else {
        lane->run = tidu_run_open(program, e->block);
    }
    lane->chosen = calloc((size_t)program->designation_count + 1, sizeof *lane->chosen);
    /* Items of two programs may wait for one fact. */
    bool ready = lane->run && lane->chosen && prepare(e, lane) &&
                 tidu_missing_reserve(e, tidu_missing_items(program));
    if (!ready)
        close_lane(&lane);
    return lane;
}

/* The place for one more lane: a free one, or that of the one not used for
 * longest. UINT32_MAX when all are needed for the rows there are. */
static uint32_t
find_room(struct tidu_evaluation *e)
{
    uint32_t oldest = UINT32_MAX;
    if (e->lane_count < e->most_lanes)
        return e->lane_count++;
    for (uint32_t i = 0; i < e->lane_count; i++)
        if (!e->lanes[i])
            return i;
        else if (!e->lanes[i]->due &&
                 (oldest == UINT32_MAX || e->lanes[i]->used < e->lanes[oldest]->used))
            oldest = i;
    return oldest;
}

static tidu_read
add_lane(struct tidu_evaluation *e, const tidu_program *program, const tidu_run *before,
         uint32_t *ret, tidu_error *reterr)
{
    uint32_t room = find_room(e);
    if (room == UINT32_MAX)
        return TIDU_READ_FULL;
    e->lanes[room] = make_lane(e, program, before, e->lanes[room]);
    if (!e->lanes[room]) {
        no_memory(reterr);
        return TIDU_READ_ERROR;
    }
    *ret = room;
    return TIDU_READ_ROW;
}

static uint32_t
number_of(const tidu_ruleset *ruleset, const tidu_program *program)
{
    uint32_t number = 0;
    while (ruleset->programs[number] != program)
        number++;
    return number;
}

/* The lane of the program in force, made if there is none; `before`: the one that
 * answers for the row in the evaluation before. */
static tidu_read
find_lane(struct tidu_evaluation *e, const tidu_timeline *timeline, uint32_t before,
          uint32_t *ret, tidu_error *reterr)
{
    const tidu_program *program = tidu_timeline_program(timeline, e->options.as_of);
    *ret = TIDU_NO_LANE;
    if (!program)
        return TIDU_READ_ROW;
    if (e->overlay)
        program = tidu_overlay_again(e->overlay, number_of(e->ruleset, program), reterr);
    if (!program)
        return TIDU_READ_ERROR;
    for (uint32_t i = 0; i < e->lane_count && *ret == TIDU_NO_LANE; i++)
        if (e->lanes[i] && e->lanes[i]->program == program)
            *ret = i;
    if (*ret == TIDU_NO_LANE) {
        const tidu_run *run =
            e->before && before != TIDU_NO_LANE ? e->before->lanes[before]->run : NULL;
        tidu_read read = add_lane(e, program, run, ret, reterr);
        if (read != TIDU_READ_ROW)
            return read;
    }
    e->lanes[*ret]->used = ++e->clock;
    return TIDU_READ_ROW;
}

/* ---- places ---- */

uint32_t
tidu_region_stated(const tidu_ruleset *ruleset, const tidu_block *block, uint32_t row)
{
    int32_t fact = ruleset->vocabulary.region_code;
    uint32_t region;
    if (fact == TIDU_NONE)
        return TIDU_COUNTRY_CODE;
    int32_t at = ruleset->vocabulary.facts[fact].slots.words;
    const tidu_slice *code = &block->words[(size_t)row * block->layout->word_count + (uint32_t)at];
    bool known = at != TIDU_NONE && code->length == 8 &&
                 tidu_region_parse(code->data + 1, 6, &region);
    return known ? region : TIDU_COUNTRY_CODE;
}

static bool
wants_support(const struct tidu_evaluation *e)
{
    return tidu_wants(e, TIDU_INCLUDE_SUBSIDIES) || tidu_wants(e, TIDU_INCLUDE_MEASURES);
}

/* Who answers for the row that was just read; without room for its lanes the
 * row is taken back. */
static tidu_read
place_row(struct tidu_evaluation *e, tidu_read read, tidu_error *reterr)
{
    static const struct row_place nowhere = {.ladder = TIDU_NO_LANE, .local = TIDU_NO_LANE};
    uint32_t row = e->block->row_count - 1;
    struct row_place *place = &e->places[row];
    if (read != TIDU_READ_ROW)
        return read;
    place->region = e->options.jurisdiction ? e->options.jurisdiction
                                            : tidu_region_stated(e->ruleset, e->block, row);
    const tidu_plan *plan = tidu_ruleset_plan(e->ruleset, place->region);
    const struct row_place *before = e->before ? &e->before->places[row] : &nowhere;
    read = find_lane(e, &plan->ladder, before->ladder, &place->ladder, reterr);
    if (read == TIDU_READ_ROW)
        e->lanes[place->ladder]->due = true;
    if (read == TIDU_READ_ROW)
        read = find_lane(e, &plan->local,
                         before->local == TIDU_NO_LANE ? before->ladder : before->local,
                         &place->local, reterr);
    if (read != TIDU_READ_ROW) {
        tidu_block_truncate(e->block, row);
        return read;
    }
    if (place->local != TIDU_NO_LANE)
        e->lanes[place->local]->due = true;
    return TIDU_READ_ROW;
}

struct tidu_evaluation
tidu_look(asked *e, uint32_t row, uint32_t lane)
{
    struct tidu_evaluation view = *e;
    view.program = e->lanes[lane]->program;
    view.run = e->lanes[lane]->run;
    view.chosen = e->lanes[lane]->chosen;
    view.brief = &e->lanes[lane]->brief;
    view.pieces = &e->lanes[lane]->pieces;
    view.region = e->places[row].region;
    return view;
}

bool
tidu_look_nth(asked *e, uint32_t row, unsigned nth, struct tidu_evaluation *ret)
{
    uint32_t lane = nth ? e->places[row].local : e->places[row].ladder;
    if (lane == TIDU_NO_LANE)
        return false;
    *ret = tidu_look(e, row, lane);
    return true;
}

/* ---- the life of an evaluation ---- */

/* A code that is asked for by mistake would be answered for the country. */
static bool
is_place(const tidu_ruleset *ruleset, uint32_t code, tidu_error *reterr)
{
    char digits[8];
    bool known = !code || code == TIDU_COUNTRY_CODE || !ruleset->regions.count ||
                 tidu_region_find(&ruleset->regions, code);
    for (uint32_t i = 0; !known && i < ruleset->plan_count; i++)
        known = ruleset->plans[i].place == code;
    snprintf(digits, sizeof digits, "%06u", code % 1000000);
    return known || tidu_error_set(reterr, TIDU_NO_SUCH_REGION, digits, NULL);
}

bool
tidu_evaluation_reset(tidu_evaluation *e, const tidu_options *options, tidu_error *reterr)
{
    uint32_t lane;
    if (!is_place(e->ruleset, options->jurisdiction, reterr) || !keep_wanted(e, options, reterr))
        return false;
    e->options = *options;
    e->options.designations = NULL;
    if (!e->options.include)
        e->options.include = e->wanted ? TIDU_INCLUDE_DESIGNATIONS : TIDU_INCLUDE_ALL;
    tidu_evaluation_clear(e);
    for (uint32_t i = 0; i < e->lane_count; i++)
        if (e->lanes[i] && !prepare(e, e->lanes[i]))
            return no_memory(reterr);
    if (!write_head(e))
        return no_memory(reterr);
    if (e->before) /* whose rows say beside what they are made */
        return true;
    const tidu_plan *country = tidu_ruleset_plan(e->ruleset, TIDU_COUNTRY_CODE);
    return find_lane(e, &country->ladder, TIDU_NO_LANE, &lane, reterr) == TIDU_READ_ROW;
}

tidu_evaluation *
tidu_evaluation_open(tidu_ruleset *ruleset, const tidu_options *options, uint32_t rows,
                     tidu_error *reterr)
{
    return tidu_evaluation_beside(ruleset, options, rows, NULL, NULL, reterr);
}

tidu_evaluation *
tidu_evaluation_beside(tidu_ruleset *ruleset, const tidu_options *options, uint32_t rows,
                       tidu_overlay *overlay, asked *before, tidu_error *reterr)
{
    struct tidu_evaluation *e = calloc(1, sizeof *e);
    if (!e) {
        no_memory(reterr);
        return NULL;
    }
    e->ruleset = tidu_ruleset_ref(ruleset);
    e->overlay = overlay;
    e->before = before && before->ruleset == ruleset ? before : NULL;
    e->rows = rows;
    e->most_lanes = MOST_LANES;
    e->reader = tidu_reader_open(&ruleset->vocabulary);
    e->block = tidu_block_open(&ruleset->vocabulary.layout, rows);
    e->lanes = calloc(MOST_LANES, sizeof(struct lane *));
    e->places = calloc(rows, sizeof *e->places);
    bool ready = e->reader && e->block && e->lanes && e->places
                     ? tidu_evaluation_reset(e, options, reterr)
                     : no_memory(reterr);
    if (!ready)
        tidu_evaluation_close(&e);
    return e;
}

void
tidu_evaluation_close(tidu_evaluation **evaluation)
{
    struct tidu_evaluation *e = *evaluation;
    if (!e)
        return;
    for (uint32_t i = 0; i < e->lane_count; i++)
        close_lane(&e->lanes[i]);
    free(e->lanes);
    free(e->places);
    tidu_missing_close(&e->missing);
    tidu_block_close(&e->block);
    tidu_reader_close(&e->reader);
    tidu_text_free(&e->head);
    forget_wanted(e);
    tidu_ruleset_unref(&e->ruleset);
    free(e);
    *evaluation = NULL;
}

void
tidu_evaluation_clear(tidu_evaluation *e)
{
    tidu_block_clear(e->block, e->options.as_of);
    for (uint32_t i = 0; i < e->lane_count; i++)
        if (e->lanes[i])
            e->lanes[i]->due = false;
}

tidu_read
tidu_evaluation_json(tidu_evaluation *e, const char *text, size_t length, tidu_error *reterr)
{
    return place_row(e,
                     tidu_reader_json(e->reader, text, length, e->options.ignore_unknown, e->block,
                                      reterr),
                     reterr);
}

tidu_read
tidu_evaluation_csv(tidu_evaluation *e, tidu_csv *csv, const char *text, size_t length,
                    tidu_error *reterr)
{
    return place_row(e, tidu_csv_read(csv, text, length, e->block, reterr), reterr);
}

void
tidu_evaluation_take_back(tidu_evaluation *e)
{
    assert(e->block->row_count);
    tidu_block_truncate(e->block, e->block->row_count - 1);
}

uint32_t
tidu_evaluation_region(const tidu_evaluation *e)
{
    return e->places[e->block->row_count - 1].region;
}

/* A record that states its titles states them all, so one known title says it. */
static bool
states_titles(const tidu_block *block, uint32_t row)
{
    const tidu_layout *layout = block->layout;
    for (uint32_t i = 0; i < layout->title_count; i++) {
        int32_t column = layout->titles[i].column;
        if (column != TIDU_NONE &&
            block->flag_known[layout->columns[column].place][row / 64] >> row % 64 & 1)
            return true;
    }
    return false;
}

bool
tidu_evaluation_untitled(const tidu_evaluation *e, tidu_slice *ret_uscc)
{
    const tidu_block *block = e->block;
    uint32_t row = block->row_count - 1;
    const tidu_fact *fact = tidu_vocabulary_find(&e->ruleset->vocabulary, "uscc", 4);
    if (states_titles(block, row))
        return false;
    *ret_uscc = fact && fact->slots.words != TIDU_NONE
                    ? block->words[(size_t)row * block->layout->word_count +
                                   (uint32_t)fact->slots.words]
                    : (tidu_slice){0};
    return true;
}

/* Local titles are a lane's as well; what is only asked about money is not
 * computed when nobody asks. */
void
tidu_evaluation_run(tidu_evaluation *e)
{
    bool support = wants_support(e) && e->options.explain >= TIDU_EXPLAIN_BRIEF;
    for (uint32_t i = 0; i < e->lane_count; i++) {
        if (!e->lanes[i] || !e->lanes[i]->due)
            continue;
        tidu_run_eval(e->lanes[i]->run);
        if (support)
            tidu_run_eval_support(e->lanes[i]->run);
    }
}

uint32_t
tidu_evaluation_rows(const tidu_evaluation *e)
{
    return e->block->row_count;
}

static const tidu_outcome outcomes[] = {
    [TIDU_FALSE] = TIDU_UNMET, [TIDU_TRUE] = TIDU_MET, [TIDU_UNKNOWN] = TIDU_UNDETERMINED};

void
tidu_evaluation_outcomes(const tidu_evaluation *e, uint32_t row,
                         void (*visit)(void *context, const char *id, tidu_outcome outcome),
                         void *context)
{
    struct tidu_evaluation view;
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW && tidu_look_nth(e, row, nth, &view); nth++)
        for (uint32_t d = 0; d < view.program->designation_count; d++) {
            const tidu_designation *designation = &view.program->designations[d];
            if (view.chosen[d])
                visit(context, designation->id,
                      outcomes[tidu_run_truth(view.run, designation->status, row)]);
        }
}

void
tidu_evaluation_criteria(const tidu_evaluation *e, uint32_t row, const char *designation,
                         void (*visit)(void *context, const char *id, tidu_outcome outcome),
                         void *context)
{
    struct tidu_evaluation view;
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW && tidu_look_nth(e, row, nth, &view); nth++)
        for (uint32_t d = 0; d < view.program->designation_count; d++) {
            const tidu_designation *found = &view.program->designations[d];
            if (!view.chosen[d] || strcmp(found->id, designation))
                continue;
            for (uint32_t c = 0; c < found->criterion_count; c++) {
                const tidu_criterion *criterion =
                    &view.program->criteria[found->first_criterion + c];
                if (criterion->parent == TIDU_NONE)
                    visit(context, criterion->id,
                          outcomes[tidu_run_truth(view.run, criterion->status, row)]);
            }
        }
}

uint32_t
tidu_ruleset_ladder(const tidu_ruleset *ruleset, int32_t as_of, tidu_rung *ret_rungs,
                    uint32_t most)
{
    const tidu_program *program = tidu_ruleset_program(ruleset, as_of);
    uint32_t count = 0;
    for (uint32_t d = 0; d < program->designation_count; d++) {
        const tidu_designation *designation = &program->designations[d];
        if (!designation->told || designation->past || count == most)
            continue;
        uint32_t at = count++;
        for (; at && ret_rungs[at - 1].tier > designation->tier; at--)
            ret_rungs[at] = ret_rungs[at - 1];
        ret_rungs[at] = (tidu_rung){designation->id, designation->title.zh,
                                      designation->title.en, designation->tier};
    }
    return count;
}

/* ---- outcomes of many rows ---- */

enum { BLOCK_WORDS = (TIDU_BLOCK_ROWS + 63) / 64 };

/* A bit for each row that a lane answers for, by lane. */
struct rows {
    uint64_t lanes[MOST_LANES][BLOCK_WORDS];
    uint32_t words;
};

static void
sort_rows(const struct tidu_evaluation *e, struct rows *ret_rows)
{
    uint32_t count = e->block->row_count;
    ret_rows->words = (count + 63) / 64;
    for (uint32_t i = 0; i < e->lane_count; i++)
        memset(ret_rows->lanes[i], 0, ret_rows->words * sizeof(uint64_t));
    for (uint32_t row = 0; row < count; row++) {
        const struct row_place *place = &e->places[row];
        ret_rows->lanes[place->ladder][row / 64] |= UINT64_C(1) << (row % 64);
        if (place->local != TIDU_NO_LANE)
            ret_rows->lanes[place->local][row / 64] |= UINT64_C(1) << (row % 64);
    }
}

static void
count_step(const tidu_run *run, tidu_step step, const uint64_t *rows, uint32_t words,
           uint32_t ret_counts[3])
{
    tidu_view view = tidu_run_view(run, step);
    ret_counts[TIDU_UNMET] = ret_counts[TIDU_MET] = ret_counts[TIDU_UNDETERMINED] = 0;
    for (uint32_t i = 0; i < words; i++) {
        uint64_t known = view.known[i & view.mask >> 6], truth = view.truth[i & view.mask >> 6];
        ret_counts[TIDU_UNMET] += (uint32_t)__builtin_popcountll(rows[i] & known & ~truth);
        ret_counts[TIDU_MET] += (uint32_t)__builtin_popcountll(rows[i] & known & truth);
        ret_counts[TIDU_UNDETERMINED] += (uint32_t)__builtin_popcountll(rows[i] & ~known);
    }
}

void
tidu_evaluation_count(const tidu_evaluation *e,
                      void (*visit)(void *context, const char *id, const uint32_t counts[3]),
                      void *context)
{
    struct rows rows;
    uint32_t counts[3];
    if (!tidu_wants(e, TIDU_INCLUDE_DESIGNATIONS))
        return;
    sort_rows(e, &rows);
    for (uint32_t i = 0; i < e->lane_count; i++) {
        const struct lane *lane = e->lanes[i];
        for (uint32_t d = 0; lane && lane->due && d < lane->program->designation_count; d++) {
            const tidu_designation *designation = &lane->program->designations[d];
            if (!lane->chosen[d])
                continue;
            count_step(lane->run, designation->status, rows.lanes[i], rows.words, counts);
            visit(context, designation->id, counts);
        }
    }
}
