/*
 * leeway.c: what can change on a date, and the rows in which changes are tried.
 *
 * The record is read once for each stage, figures are moved to the years of the date, and
 * what the asked designation depends on is followed down to the columns an enterprise can
 * do something about. A title that rules ask for is earned in a stage of its own, in which
 * only the titles it rests on are held.
 *
 * Must not know: goals, decisions.
 */
#include "internal.h"

#include "tidu/decimal.h"

#include <math.h>

/* ---- the record on a later date ---- */

/* Figures of years to come are those of the last year; those of years past are what the
 * record says of them. */
static void
move_fact(tidu_block *block, const tidu_block *base, const tidu_fact *fact, uint32_t row)
{
    int years = block->year - base->year;
    for (uint32_t lag = 0; lag < fact->slots.lag_count; lag++) {
        int32_t number = fact->slots.columns[lag];
        int before = (int)lag - years; /* the base's year */
        if (number == TIDU_NONE)
            continue;
        struct cellular to = cell_of(block, (uint32_t)number);
        if (before < 0 && is_known(to, row))
            continue;
        before = before < 0 ? 0 : before;
        int32_t from =
            (uint32_t)before < fact->slots.lag_count ? fact->slots.columns[before] : TIDU_NONE;
        if (from == TIDU_NONE)
            continue;
        struct cellular old = cell_of((tidu_block *)(uintptr_t)base, (uint32_t)from);
        put(to, row, is_known(old, 0), value_in(old, 0));
    }
}

static void
grow(tidu_block *block, const tidu_fact *fact, int years, uint32_t row)
{
    if (!fact->slots.lag_count || fact->slots.columns[0] == TIDU_NONE)
        return;
    struct cellular at = cell_of(block, (uint32_t)fact->slots.columns[0]);
    if (is_known(at, row))
        put(at, row, true, value_in(at, row) + years * fact->effort.yearly);
}

static void
move_years(const struct question *question, tidu_block *block, uint32_t row)
{
    const tidu_vocabulary *vocabulary = &question->ruleset->vocabulary;
    int years = block->year - question->base->year;
    for (uint32_t f = 0; years > 0 && f < vocabulary->fact_count; f++) {
        const tidu_fact *fact = &vocabulary->facts[f];
        tidu_kind kind = fact->symbol.type.kind;
        if (fact->derived || kind == TIDU_SET || kind == TIDU_LIST)
            continue;
        if (fact->symbol.type.annual)
            move_fact(block, question->base, fact, row);
        else if (fact->effort.yearly != 0)
            grow(block, fact, years, row);
    }
}

static bool
read_row(const struct question *question, tidu_block *block, tidu_error *reterr)
{
    const tidu_path *path = question->path;
    tidu_read read = tidu_reader_json(question->reader, path->record, path->length,
                                      path->options->ignore_unknown, block, reterr);
    if (read == TIDU_READ_FULL)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    if (read == TIDU_READ_ROW)
        move_years(question, block, block->row_count - 1);
    return read == TIDU_READ_ROW;
}

/* ---- what is reached ---- */

void
tidu_program_reach(const tidu_program *program, tidu_step from, bool *reached)
{
    reached[from] = true;
    for (tidu_step s = from + 1; s-- > 0;) {
        const tidu_instruction *step = &program->steps[s];
        const tidu_step direct[3] = {step->a, step->b, step->c};
        if (!reached[s])
            continue;
        for (int d = 0; d < 3; d++)
            if (direct[d] != TIDU_NO_STEP)
                reached[direct[d]] = true;
        for (uint32_t o = 0; o < step->count; o++)
            reached[program->pool[step->first + o]] = true;
    }
}

/* Mark the columns that reached steps read. */
void
tidu_lane_columns(const struct lane *lane, const bool *reached, bool *columns)
{
    for (uint32_t s = 0; s < lane->program->step_count; s++) {
        const tidu_instruction *step = &lane->program->steps[s];
        if (reached[s] && (step->op == TIDU_DO_FACT || step->op == TIDU_DO_FLAG))
            columns[step->number] = true;
    }
}

/* ---- stages ---- */

static const tidu_designation *
find_designation(const struct leeway *leeway, const char *id, uint32_t *ret_lane)
{
    for (uint32_t l = 0; l < leeway->lane_count; l++)
        for (uint32_t d = 0; d < leeway->lanes[l].program->designation_count; d++) {
            const tidu_designation *designation = &leeway->lanes[l].program->designations[d];
            if (!designation->past && !strcmp(designation->id, id)) {
                *ret_lane = l;
                return designation;
            }
        }
    return NULL;
}

bool
tidu_leeway_reads(const struct leeway *leeway, uint32_t lane, tidu_step step, bool *columns)
{
    const tidu_program *program = leeway->lanes[lane].program;
    bool *reached = tidu_arena_array(leeway->arena, program->step_count, sizeof *reached);
    if (!reached)
        return false;
    tidu_program_reach(program, step, reached);
    tidu_lane_columns(&leeway->lanes[lane], reached, columns);
    return true;
}

static uint32_t
stage_of(const struct leeway *leeway, const tidu_designation *designation)
{
    uint32_t stage = 0;
    while (stage < leeway->stage_count && leeway->stages[stage].designation != designation)
        stage++;
    return stage;
}

static bool
keeps(const struct question *question, const char *name)
{
    for (uint32_t i = 0; i < question->path->keep_count; i++)
        if (!strcmp(question->path->keep[i], name))
            return true;
    return false;
}

/* A title that can be earned: a designation, not held now, that may change. */
static const tidu_designation *
earnable(const struct question *question, const struct leeway *leeway, const tidu_title_slot *title,
         uint32_t *ret_lane)
{
    if (title->column == TIDU_NONE || keeps(question, title->id))
        return NULL;
    struct cellular at = cell_of(leeway->block, (uint32_t)title->column);
    return is_known(at, 0) && value_in(at, 0) != 0 ? NULL
                                                   : find_designation(leeway, title->id, ret_lane);
}

/* Stages behind the asked one, which comes first here; whom a stage rests on. */
static bool
find_stages(const struct question *question, struct leeway *leeway)
{
    const tidu_layout *layout = leeway->block->layout;
    for (uint32_t s = 0; s < leeway->stage_count; s++) {
        bool *columns = tidu_arena_array(leeway->arena, layout->column_count, sizeof *columns);
        if (!columns || !tidu_leeway_reads(leeway, leeway->stages[s].lane,
                                           leeway->stages[s].designation->status, columns))
            return false;
        for (uint32_t t = 0; t < layout->title_count; t++) {
            uint32_t lane = 0;
            const tidu_designation *designation =
                layout->titles[t].column != TIDU_NONE && columns[layout->titles[t].column]
                    ? earnable(question, leeway, &layout->titles[t], &lane)
                    : NULL;
            uint32_t stage = designation ? stage_of(leeway, designation) : 0;
            if (!designation || stage == MOST_STAGES)
                continue;
            if (stage == leeway->stage_count)
                leeway->stages[leeway->stage_count++] =
                    (struct stage){.designation = designation, .lane = lane};
            leeway->stages[s].rests |= UINT64_C(1) << stage;
        }
    }
    for (uint32_t round = 0; round < leeway->stage_count; round++)
        for (uint32_t s = 0; s < leeway->stage_count; s++)
            for (uint32_t on = 0; on < leeway->stage_count; on++)
                if (leeway->stages[s].rests >> on & 1)
                    leeway->stages[s].rests |= leeway->stages[on].rests;
    return true;
}

/* ---- what can change ---- */

static bool
can(double effort)
{
    return effort >= 0;
}

static mpq_ptr
effort_of(struct leeway *leeway, double effort)
{
    return can(effort) ? tidu_numbers_of(&leeway->numbers, effort) : NULL;
}

static mpq_ptr
bound_of(struct leeway *leeway, double bound, bool open, mpq_ptr now)
{
    if (!open)
        return now;
    return isfinite(bound) ? tidu_numbers_of(&leeway->numbers, bound) : NULL;
}

uint32_t
tidu_leeway_lags(const struct question *question, const struct leeway *leeway,
                 const tidu_fact *fact)
{
    int years = leeway->block->year - question->base->year;
    uint32_t open = fact->symbol.type.annual && years > 1 ? (uint32_t)years : 1;
    return open < fact->slots.lag_count ? open : fact->slots.lag_count;
}

static void
add_quantity(struct leeway *leeway, const tidu_effort *effort, const tidu_fact *fact,
             uint32_t number, uint32_t lag)
{
    struct cellular at = cell_of(leeway->block, number);
    if (!is_known(at, 0) || tidu_block_spelling(leeway->block, number, 0))
        return;
    struct quantity *quantity = &leeway->quantities[leeway->quantity_count];
    double value = value_in(at, 0);
    mpq_ptr now = tidu_numbers_of(&leeway->numbers, value);
    *quantity = (struct quantity){.fact = fact,
                                  .rows = UINT32_MAX,
                                  .column = number,
                                  .lag = lag,
                                  .now = now,
                                  .value = value,
                                  .up = effort_of(leeway, effort->up),
                                  .down = effort_of(leeway, effort->down),
                                  .step = tidu_numbers_of(&leeway->numbers, effort->step),
                                  .low = bound_of(leeway, fact->low, can(effort->down), now),
                                  .high = bound_of(leeway, fact->high, can(effort->up), now)};
    leeway->quantity_of[0][number] = (int32_t)leeway->quantity_count++;
}

struct toggle *
tidu_leeway_toggle(struct leeway *leeway, struct toggle toggle)
{
    struct toggle *toggles = tidu_arena_grow(leeway->arena, leeway->toggles, leeway->toggle_count,
                                             &leeway->toggle_capacity, sizeof *toggles);
    struct toggle *added = toggles ? &toggles[leeway->toggle_count++] : leeway->toggles;
    leeway->numbers.failed = leeway->numbers.failed || !toggles;
    leeway->toggles = toggles ? toggles : leeway->toggles;
    *added = toggle;
    added->rows = added->rows ? added->rows : UINT32_MAX;
    added->effort[added->now] = tidu_numbers_new(&leeway->numbers);
    return added;
}

static void
add_flag(struct leeway *leeway, const tidu_effort *effort, const tidu_fact *fact, uint32_t lag)
{
    uint32_t number = (uint32_t)fact->slots.columns[lag];
    struct cellular at = cell_of(leeway->block, number);
    if (!is_known(at, 0) || !can(value_in(at, 0) != 0 ? effort->down : effort->up))
        return;
    leeway->toggle_of[0][number] = (int32_t)leeway->toggle_count;
    struct toggle *toggle = tidu_leeway_toggle(
        leeway,
        (struct toggle){
            .kind = TOGGLE_FLAG, .fact = fact, .column = number, .lag = lag, .option_count = 2});
    toggle->class[0] = value_in(at, 0) != 0;
    toggle->class[1] = !toggle->class[0];
    toggle->effort[1] = effort_of(leeway, toggle->class[0] ? effort->down : effort->up);
}

/* Which of its values a code has: as it is written, or the first of its class. */
static uint32_t
choice_now(const struct leeway *leeway, const tidu_fact *fact, double class)
{
    const tidu_choices *choices = fact->symbol.type.choices;
    const tidu_slice *words =
        fact->slots.words == TIDU_NONE ? NULL : &leeway->block->words[fact->slots.words];
    for (uint32_t c = 0; words && c < choices->count; c++)
        if (strlen(choices->items[c].code) + 2 == words->length &&
            !memcmp(choices->items[c].code, words->data + 1, words->length - 2))
            return c;
    for (uint32_t c = 0; c < choices->count; c++)
        if (tidu_codebook_class(&fact->slots.book, choices->items[c].code,
                                strlen(choices->items[c].code)) == class)
            return c;
    return choices->count;
}

static void
add_code(struct leeway *leeway, const tidu_effort *effort, const tidu_fact *fact, uint32_t lag)
{
    const tidu_choices *choices = fact->symbol.type.choices;
    uint32_t number = (uint32_t)fact->slots.columns[lag];
    struct cellular at = cell_of(leeway->block, number);
    if (!choices || choices->count > MOST_OPTIONS || !is_known(at, 0))
        return;
    uint32_t now = choice_now(leeway, fact, value_in(at, 0));
    if (now == choices->count)
        return;
    leeway->toggle_of[0][number] = (int32_t)leeway->toggle_count;
    struct toggle *toggle =
        tidu_leeway_toggle(leeway, (struct toggle){.kind = TOGGLE_CODE,
                                                   .fact = fact,
                                                   .column = number,
                                                   .lag = lag,
                                                   .option_count = choices->count,
                                                   .now = now});
    for (uint32_t c = 0; c < choices->count; c++) {
        double unit = choices->ordered && c < now ? effort->down : effort->up;
        double units = !choices->ordered ? 1 : c < now ? now - c : c - now;
        toggle->class[c] = tidu_codebook_class(&fact->slots.book, choices->items[c].code,
                                               strlen(choices->items[c].code));
        if (c == now || !can(unit))
            continue;
        mpq_t times;
        mpq_init(times);
        mpq_set_d(times, units);
        toggle->effort[c] = effort_of(leeway, unit);
        mpq_mul(toggle->effort[c], toggle->effort[c], times);
        mpq_clear(times);
    }
}

/* Whether an earlier code does to the tests what this one does. */
static bool
is_spare(const tidu_slots *slots, uint64_t open, uint32_t entry)
{
    for (uint32_t e = 0; e < entry; e++)
        if (((slots->class_tests[2 * e + 1] ^ slots->class_tests[2 * entry + 1]) & open) == 0)
            return true;
    return false;
}

/* Codes that are neither listed nor a toggle; without a list of values there is no end of
 * them. */
static void
count_spare(struct leeway *leeway, const tidu_fact *fact, size_t first_toggle)
{
    const tidu_choices *choices = fact->symbol.type.choices;
    struct quantity *count = &leeway->quantities[leeway->quantity_of[0][fact->slots.count_column]];
    double rest =
        choices ? choices->count - count->value - (double)(leeway->toggle_count - first_toggle)
                : (double)UINT32_MAX;
    count->spare = rest > 0 ? (unsigned long)rest : 0;
}

/* One code more of a set, for tests that it would make true. Where rules count the codes,
 * the effort is that of the count. */
static void
add_entries(struct leeway *leeway, const tidu_effort *effort, const tidu_fact *fact,
            const bool *columns)
{
    const tidu_slots *slots = &fact->slots;
    uint64_t open = 0;
    tidu_effort added = *effort;
    int32_t count = slots->count_column;
    size_t first_toggle = leeway->toggle_count;
    bool counted = false;
    if (count != TIDU_NONE && columns[count] && can(effort->up)) {
        added.down = -1;
        added.step = 1;
        add_quantity(leeway, &added, fact, (uint32_t)count, 0);
        counted = leeway->quantity_of[0][count] != TIDU_NONE;
        added.up = counted ? 0 : -1;
    }
    for (uint32_t test = 0; test < slots->test_count; test++) {
        uint32_t number = (uint32_t)slots->test_columns[test];
        struct cellular at = cell_of(leeway->block, number);
        leeway->opens[number] = columns[number] && is_known(at, 0) && value_in(at, 0) == 0;
        open |= (uint64_t)leeway->opens[number] << test;
    }
    for (uint32_t e = 0; open && can(added.up) && e < slots->book.count; e++) {
        bool alike = (!counted || !fact->symbol.type.choices) && is_spare(slots, open, e);
        if (!(slots->class_tests[2 * e + 1] & open) || alike)
            continue;
        struct toggle *toggle = tidu_leeway_toggle(
            leeway,
            (struct toggle){.kind = TOGGLE_ENTRY, .fact = fact, .entry = e, .option_count = 2});
        toggle->effort[1] = effort_of(leeway, added.up);
    }
    if (counted)
        count_spare(leeway, fact, first_toggle);
}

static void
add_fact(const struct question *question, struct leeway *leeway, const tidu_fact *fact,
         const bool *columns)
{
    const tidu_effort *effort = &question->efforts[fact - question->ruleset->vocabulary.facts];
    tidu_kind kind = fact->symbol.type.kind;
    if (fact->derived || (!can(effort->up) && !can(effort->down)))
        return;
    if (kind == TIDU_SET)
        add_entries(leeway, effort, fact, columns);
    for (uint32_t lag = 0; kind != TIDU_SET && lag < tidu_leeway_lags(question, leeway, fact);
         lag++) {
        if (fact->slots.columns[lag] == TIDU_NONE || !columns[fact->slots.columns[lag]])
            continue;
        if (kind == TIDU_NUMBER)
            add_quantity(leeway, effort, fact, (uint32_t)fact->slots.columns[lag], lag);
        else if (kind == TIDU_FLAG)
            add_flag(leeway, effort, fact, lag);
        else if (kind == TIDU_CODE)
            add_code(leeway, effort, fact, lag);
    }
}

/* Titles come first, so that a stage can tell them by a bit. */
static void
add_titles(const struct question *question, struct leeway *leeway)
{
    const tidu_layout *layout = leeway->block->layout;
    for (uint32_t t = 0; t < layout->title_count; t++) {
        uint32_t lane = 0;
        const tidu_designation *designation = earnable(question, leeway, &layout->titles[t], &lane);
        uint32_t stage = designation ? stage_of(leeway, designation) : leeway->stage_count;
        if (!stage || stage == leeway->stage_count)
            continue;
        const tidu_title_slot *title = &layout->titles[t];
        struct cellular held = cell_of(leeway->block, (uint32_t)title->column);
        double granted = NAN, fee = 0;
        if (title->granted_column != TIDU_NONE) {
            struct cellular day = cell_of(leeway->block, (uint32_t)title->granted_column);
            granted = is_known(day, 0) ? value_in(day, 0) : NAN;
        }
        for (uint32_t c = 0; c < question->path->cost_count; c++)
            if (!strcmp(question->path->costs[c].name, title->id))
                fee = question->path->costs[c].up;
        leeway->toggle_of[0][title->column] = (int32_t)leeway->toggle_count;
        for (uint32_t s = 0; s < leeway->stage_count; s++)
            if (leeway->stages[s].rests >> stage & 1 && !(leeway->stages[stage].rests >> s & 1) &&
                s != stage)
                leeway->stages[s].holds |= UINT64_C(1) << leeway->toggle_count;
        struct toggle *toggle =
            tidu_leeway_toggle(leeway, (struct toggle){.kind = TOGGLE_TITLE,
                                                       .title = title,
                                                       .option_count = 2,
                                                       .column = (uint32_t)title->column,
                                                       .stage = stage,
                                                       .known = is_known(held, 0),
                                                       .granted = granted});
        toggle->effort[1] = effort_of(leeway, fee);
    }
}

/* ---- columns ---- */

/* All stages share it but for a twin's. */
bool
tidu_leeway_columns(struct leeway *leeway, bool apart)
{
    uint32_t count = leeway->block->layout->column_count;
    leeway->toggle_capacity = 16;
    leeway->quantities = tidu_arena_array(leeway->arena, 2 * count, sizeof *leeway->quantities);
    leeway->toggles = tidu_arena_array(leeway->arena, 16, sizeof *leeway->toggles);
    leeway->opens = tidu_arena_array(leeway->arena, count, sizeof *leeway->opens);
    if (!leeway->quantities || !leeway->toggles || !leeway->opens)
        return false;
    for (uint32_t s = 0; s < leeway->stage_count; s++) {
        bool own = !s || apart;
        int32_t *quantity_of = own ? tidu_arena_array(leeway->arena, count, sizeof *quantity_of)
                                   : leeway->quantity_of[0];
        int32_t *toggle_of =
            own ? tidu_arena_array(leeway->arena, count, sizeof *toggle_of) : leeway->toggle_of[0];
        leeway->quantity_of[s] = quantity_of;
        leeway->toggle_of[s] = toggle_of;
        if (!quantity_of || !toggle_of)
            return false;
        for (uint32_t c = 0; own && c < count; c++)
            quantity_of[c] = toggle_of[c] = TIDU_NONE;
    }
    return true;
}

static bool
find_changes(const struct question *question, const struct freedom *freedom, struct leeway *leeway)
{
    const tidu_vocabulary *vocabulary = &question->ruleset->vocabulary;
    bool *columns =
        tidu_arena_array(leeway->arena, leeway->block->layout->column_count, sizeof *columns);
    if (!columns || !tidu_leeway_columns(leeway, freedom && freedom->twin != TIDU_NONE))
        return false;
    for (uint32_t s = 0; s < leeway->stage_count; s++)
        tidu_program_reach(leeway->lanes[leeway->stages[s].lane].program,
                           leeway->stages[s].designation->status,
                           leeway->lanes[leeway->stages[s].lane].reached);
    for (uint32_t l = 0; l < leeway->lane_count; l++)
        tidu_lane_columns(&leeway->lanes[l], leeway->lanes[l].reached, columns);
    if (freedom)
        return tidu_leeway_free(leeway, vocabulary, freedom, columns);
    tidu_parts_wholes(question, columns);
    add_titles(question, leeway);
    for (uint32_t f = 0; f < vocabulary->fact_count; f++)
        add_fact(question, leeway, &vocabulary->facts[f], columns);
    return tidu_parts_bind(question, leeway);
}

/* ---- which steps move ---- */

static bool
column_moves(const struct leeway *leeway, uint32_t number)
{
    for (uint32_t s = 0; s < leeway->stage_count; s++)
        if (leeway->quantity_of[s][number] != TIDU_NONE ||
            leeway->toggle_of[s][number] != TIDU_NONE)
            return true;
    for (uint32_t t = 0; t < leeway->toggle_count; t++) {
        const struct toggle *toggle = &leeway->toggles[t];
        const tidu_title_slot *title = toggle->title;
        if (toggle->kind == TOGGLE_TITLE && title->granted_column == (int32_t)number)
            return true;
        for (uint32_t test = 0;
             toggle->kind == TOGGLE_ENTRY && test < toggle->fact->slots.test_count; test++)
            if (toggle->fact->slots.test_columns[test] == (int32_t)number &&
                toggle->fact->slots.class_tests[2 * toggle->entry + 1] >> test & 1 &&
                leeway->opens[number])
                return true;
    }
    return false;
}

static bool
step_moves(const struct leeway *leeway, const struct lane *lane, tidu_step at)
{
    const tidu_instruction *step = &lane->program->steps[at];
    const tidu_step direct[3] = {step->a, step->b, step->c};
    if (step->op == TIDU_DO_FACT || step->op == TIDU_DO_FLAG)
        return column_moves(leeway, step->number);
    for (int d = 0; d < 3; d++)
        if (direct[d] != TIDU_NO_STEP && lane->moves[direct[d]])
            return true;
    for (uint32_t o = 0; o < step->count; o++)
        if (lane->moves[lane->program->pool[step->first + o]])
            return true;
    return false;
}

/* What can change is known and stays so: whether it is known does not move. */
static bool
is_input_known(const struct lane *lane, const tidu_instruction *step)
{
    if (step->op != TIDU_DO_KNOWN && step->op != TIDU_DO_KNOWN_FLAG)
        return false;
    const tidu_instruction *input = &lane->program->steps[step->a];
    return input->op == TIDU_DO_FACT ||
           (input->op == TIDU_DO_FLAG &&
            lane->program->layout->columns[input->number].fact != TIDU_NONE);
}

void
tidu_lane_moves(struct leeway *leeway, struct lane *lane)
{
    for (tidu_step s = 0; s < lane->program->step_count; s++)
        lane->moves[s] = lane->reached[s] && !is_input_known(lane, &lane->program->steps[s]) &&
                         step_moves(leeway, lane, s);
}

/* ---- all of it ---- */

bool
tidu_lane_open(struct leeway *leeway, const tidu_program *program)
{
    struct lane *lane = &leeway->lanes[leeway->lane_count++];
    lane->program = program;
    lane->moves = tidu_arena_array(leeway->arena, program->step_count, sizeof *lane->moves);
    lane->reached = tidu_arena_array(leeway->arena, program->step_count, sizeof *lane->reached);
    return lane->moves && lane->reached;
}

/* ---- what a leeway leaves to the next ---- */

static bool
needs_same(const struct lane *a, const struct lane *b)
{
    return a->program == b->program && a->needed_count == b->needed_count &&
           !memcmp(a->needed, b->needed, a->needed_count * sizeof *a->needed);
}

/* A run for the same, of the leeway's block, or NULL. */
static tidu_run *
take_run(const struct leeway *leeway, const struct lane *lane)
{
    struct parked *parked = leeway->question->parked;
    for (int l = 0; parked && parked->of == leeway->block && l < MOST_LANES; l++)
        if (parked->lanes[l].run && needs_same(&parked->lanes[l], lane)) {
            tidu_run *run = parked->lanes[l].run;
            parked->lanes[l].run = NULL;
            return run;
        }
    return NULL;
}

static tidu_block *
take_block(const struct question *question)
{
    struct parked *parked = question->parked;
    tidu_block *block = parked ? parked->block : NULL;
    if (!block)
        return tidu_block_open(&question->ruleset->vocabulary.layout, MOST_STAGES);
    parked->block = NULL;
    return block;
}

/* Runs that nobody took go. */
static void
park(struct parked *parked, struct leeway *leeway)
{
    for (uint32_t l = 0; l < MOST_LANES; l++) {
        tidu_run_close(&parked->lanes[l].run);
        if (l < leeway->lane_count)
            parked->lanes[l] = leeway->lanes[l];
        leeway->lanes[l].run = NULL;
    }
    parked->block = parked->of = leeway->block;
    leeway->block = NULL;
}

void
tidu_parked_close(struct parked *parked)
{
    for (int l = 0; l < MOST_LANES; l++)
        tidu_run_close(&parked->lanes[l].run);
    tidu_block_close(&parked->block);
}

static bool
open_runs(struct leeway *leeway)
{
    for (uint32_t l = 0; l < leeway->lane_count; l++) {
        struct lane *lane = &leeway->lanes[l];
        for (uint32_t s = 0; s < leeway->stage_count; s++)
            if (leeway->stages[s].lane == l)
                lane->needed[lane->needed_count++] = leeway->stages[s].designation->status;
        lane->run = take_run(leeway, lane);
        if (!lane->run)
            lane->run = tidu_run_open_for(lane->program, leeway->block, lane->needed,
                                          lane->needed_count);
        if (!lane->run)
            return false;
        tidu_lane_moves(leeway, lane);
    }
    return true;
}

static bool
fill(const struct question *question, const struct freedom *freedom, struct leeway *leeway,
     int32_t as_of, bool *ret_there, tidu_error *reterr)
{
    const tidu_plan *plan = tidu_ruleset_plan(question->ruleset, question->region);
    const tidu_program *ladder = tidu_timeline_program(&plan->ladder, as_of);
    const tidu_program *local = tidu_timeline_program(&plan->local, as_of);
    uint32_t lane = 0;
    leeway->block = take_block(question);
    if (!leeway->block || !tidu_lane_open(leeway, ladder) ||
        (local && !tidu_lane_open(leeway, local)))
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    const tidu_designation *designation = find_designation(leeway, question->path->to, &lane);
    *ret_there = designation != NULL;
    if (!designation)
        return true;
    tidu_block_clear(leeway->block, as_of);
    if (!read_row(question, leeway->block, reterr))
        return false;
    leeway->stages[leeway->stage_count++] =
        (struct stage){.designation = designation, .lane = lane};
    if (freedom && freedom->twin != TIDU_NONE)
        leeway->stages[leeway->stage_count++] = leeway->stages[0];
    if (!freedom && !find_stages(question, leeway))
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    while (leeway->block->row_count < leeway->stage_count)
        if (!read_row(question, leeway->block, reterr))
            return false;
    if (!find_changes(question, freedom, leeway) || !open_runs(leeway) || leeway->numbers.failed)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    return true;
}

struct leeway *
tidu_leeway_open(const struct question *question, const struct freedom *freedom, int32_t as_of,
                 bool *ret_there, tidu_error *reterr)
{
    tidu_arena *arena = tidu_arena_open();
    struct leeway *leeway = arena ? tidu_arena_alloc(arena, sizeof *leeway) : NULL;
    if (!leeway) {
        tidu_arena_close(&arena);
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
        return NULL;
    }
    leeway->arena = arena;
    leeway->nodes_left = question->nodes_left;
    leeway->question = question;
    tidu_numbers_open(&leeway->numbers);
    if (!fill(question, freedom, leeway, as_of, ret_there, reterr))
        tidu_leeway_close(&leeway);
    return leeway;
}

void
tidu_leeway_close(struct leeway **leeway)
{
    struct leeway *s = *leeway;
    if (!s)
        return;
    struct parked *parked = s->question->parked;
    tidu_workshops_close(s);
    if (parked && !parked->block && s->block)
        park(parked, s);
    for (uint32_t l = 0; l < s->lane_count; l++)
        tidu_run_close(&s->lanes[l].run);
    tidu_block_close(&s->block);
    tidu_numbers_close(&s->numbers);
    tidu_arena *arena = s->arena;
    tidu_arena_close(&arena);
    *leeway = NULL;
}

/* ---- trying ---- */

static void
try_toggle(struct leeway *leeway, uint32_t number, uint32_t option, uint32_t row)
{
    const struct toggle *toggle = &leeway->toggles[number];
    const tidu_slots *slots = toggle->fact ? &toggle->fact->slots : NULL;
    switch (toggle->kind) {
    case TOGGLE_FLAG:
    case TOGGLE_CODE:
        put(cell_of(leeway->block, toggle->column), row, true, toggle->class[option]);
        break;
    case TOGGLE_ENTRY:
        for (uint32_t test = 0; option && test < slots->test_count; test++)
            if (slots->class_tests[2 * toggle->entry + 1] >> test & 1 &&
                leeway->opens[slots->test_columns[test]])
                put(cell_of(leeway->block, (uint32_t)slots->test_columns[test]), row, true, 1);
        break;
    case TOGGLE_TITLE: {
        bool on = option && leeway->stages[row].holds >> number & 1;
        put(cell_of(leeway->block, toggle->column), row, on || toggle->known, on);
        if (toggle->title->granted_column != TIDU_NONE)
            put(cell_of(leeway->block, (uint32_t)toggle->title->granted_column), row,
                on || !isnan(toggle->granted), on ? leeway->block->as_of : toggle->granted);
        break;
    }
    }
}

void
tidu_leeway_try(struct leeway *leeway, mpq_t *values, const uint32_t *options)
{
    for (uint32_t row = 0; row < leeway->stage_count; row++) {
        for (uint32_t q = 0; q < leeway->quantity_count; q++) {
            const struct quantity *quantity = &leeway->quantities[q];
            if (!(quantity->rows >> row & 1))
                continue;
            double value = mpq_equal(values[q], quantity->now) ? quantity->value
                                                               : tidu_decimal_double(values[q]);
            put(cell_of(leeway->block, quantity->column), row, true, value);
        }
        for (uint32_t c = 0; c < leeway->block->layout->column_count; c++)
            if (leeway->opens[c])
                put(cell_of(leeway->block, c), row, true, 0);
        for (uint32_t t = 0; t < leeway->toggle_count; t++)
            if (leeway->toggles[t].rows >> row & 1)
                try_toggle(leeway, t, options[t], row);
    }
    if (leeway->within) {
        tidu_run_eval_some(leeway->lanes[leeway->within->lane].run, leeway->within->steps);
        return;
    }
    for (uint32_t l = 0; l < leeway->lane_count; l++)
        tidu_run_eval(leeway->lanes[l].run);
}

bool
tidu_leeway_try_nothing(struct leeway *leeway)
{
    mpq_t *values = tidu_arena_array(leeway->arena, leeway->quantity_count, sizeof *values);
    uint32_t *options = tidu_arena_array(leeway->arena, leeway->toggle_count, sizeof *options);
    if (!values || !options)
        return false;
    for (uint32_t q = 0; q < leeway->quantity_count; q++) {
        mpq_init(values[q]);
        mpq_set(values[q], leeway->quantities[q].now);
    }
    for (uint32_t t = 0; t < leeway->toggle_count; t++)
        options[t] = leeway->toggles[t].now;
    tidu_leeway_try(leeway, values, options);
    for (uint32_t q = 0; q < leeway->quantity_count; q++)
        mpq_clear(values[q]);
    return true;
}
