/*
 * prove.c: a decision table, proved complete and free of overlaps.
 *
 * Rows are areas of cases. What no row takes is a gap, what two rows take is
 * an overlap, and each is shown by a case. A case that rests on two columns
 * which cannot be chosen apart (a figure and its ratio to itself) shows nothing:
 * then the table is said not to be proved.
 */
#include "cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct proof {
    struct world *world;
    const struct version *version;
    struct decision *decision;
    struct cases cases;
    tidu_arena *arena; /* of one day's proof */
    struct tidu_area *rows;
    uint32_t *place;
    bool good;
};

/* ---- complaints ---- */

static void
complain(struct proof *proof, tidu_code code, const tidu_place *at, const char *const arguments[4])
{
    tidu_error error;
    const char *path = tidu_document_path(proof->world, proof->version->declaration);
    tidu_error_at(&error, code, path, proof->decision->line, 0, 0, arguments[0], arguments[1],
                  arguments[2], arguments[3], NULL);
    if (at) {
        error.also.line = at->line;
        error.also.column = at->column;
        strncpy(error.also.document, at->document, TIDU_DOCUMENT_SIZE - 1);
    }
    tidu_report_add(proof->world->report, &error);
    proof->good = proof->good && tidu_error_is_warning(code);
}

static const char *
name_of(const struct proof *proof)
{
    return proof->version->declaration->name;
}

static const char *
case_in(struct proof *proof, tidu_lang lang)
{
    return tidu_cases_show(&proof->cases, proof->place, TIDU_ANY_ATOM, lang);
}

static const char *
line_of(const struct proof *proof, uint32_t row, char buffer[16])
{
    const struct decision_row *at = &proof->decision->rows[row];
    uint32_t line = at->outcome.place.line;
    snprintf(buffer, 16, "%u", at->cells[0].place.line ? at->cells[0].place.line : line);
    return buffer;
}

static const tidu_place *
place_of(const struct proof *proof, uint32_t row)
{
    return &proof->decision->rows[row].cells[0].place;
}

/* The table is left unproved because of a cell, or of a case that may not be. */
static void
give_up_over(struct proof *proof, const tidu_place *at, const char *en, const char *zh)
{
    complain(proof, TIDU_DECISION_UNPROVED, at, (const char *[]){name_of(proof), en, zh, NULL});
    proof->decision->complete = false;
}

static const char *
printed(struct proof *proof, const tidu_node *node, tidu_lang lang)
{
    tidu_text out = {0};
    tidu_expr_print(node, lang, &out);
    const char *words =
        out.failed ? NULL : tidu_arena_copy_n(proof->arena, out.data ? out.data : "", out.length);
    tidu_text_free(&out);
    proof->cases.starved |= !words;
    return words ? words : "";
}

/* ---- rows to areas ---- */

/* False, and said why, when a cell compares no operand with a constant. */
static bool
read_row(struct proof *proof, const struct decision_row *row)
{
    for (uint32_t c = 0; c < proof->decision->column_count; c++) {
        if (!row->cells[c].tree)
            continue;
        tidu_cases_read(&proof->cases, row->cells[c].tree);
        const tidu_node *puzzle = proof->cases.puzzle;
        if (!puzzle)
            continue;
        give_up_over(proof, &row->cells[c].place, printed(proof, puzzle, TIDU_EN),
                     printed(proof, puzzle, TIDU_ZH));
        return false;
    }
    return true;
}

/* A row whose cells exclude each other holds nowhere. The case meets the cells
 * before the one that makes it so. */
static void
complain_never(struct proof *proof, uint32_t row, const struct written *cell,
               struct tidu_area before)
{
    char line[16];
    uint32_t axis;
    if (!tidu_area_meet(&proof->cases.space, before, before, proof->place))
        return;
    if (tidu_cases_axis(&proof->cases, cell->tree, &axis))
        tidu_cases_pick(&proof->cases, axis, proof->place);
    complain(proof, TIDU_DECISION_NEVER, &cell->place,
             (const char *[]){line_of(proof, row, line), case_in(proof, TIDU_EN),
                              case_in(proof, TIDU_ZH), NULL});
}

static struct tidu_area
area_of_row(struct proof *proof, uint32_t number)
{
    struct cases *cases = &proof->cases;
    const struct decision_row *row = &proof->decision->rows[number];
    struct tidu_area area = tidu_area_all(&cases->space);
    if (row->otherwise)
        return tidu_area_none();
    for (uint32_t c = 0; c < proof->decision->column_count; c++) {
        if (!row->cells[c].tree)
            continue;
        struct tidu_area before = area;
        struct tidu_area cell = tidu_cases_area(cases, row->cells[c].tree, false);
        area = tidu_area_and(&cases->space, before, cell);
        if (!area.count && !cases->space.gave_up) {
            complain_never(proof, number, &row->cells[c], before);
            return area;
        }
    }
    return area;
}

static bool
map_rows(struct proof *proof)
{
    const struct decision *decision = proof->decision;
    for (uint32_t r = 0; r < decision->row_count; r++)
        if (!read_row(proof, &decision->rows[r]))
            return false;
    proof->rows = tidu_arena_array(proof->arena, decision->row_count, sizeof *proof->rows);
    proof->place = tidu_arena_array(proof->arena, proof->cases.axis_count, sizeof *proof->place);
    if (!proof->rows || !proof->place || !tidu_cases_stand(&proof->cases)) {
        proof->cases.starved = true;
        return false;
    }
    for (uint32_t r = 0; r < decision->row_count; r++)
        proof->rows[r] = area_of_row(proof, r);
    return true;
}

/* ---- what is proved ---- */

static bool
has_otherwise(const struct decision *decision)
{
    return decision->rows[decision->row_count - 1].otherwise;
}

static void
check_pair(struct proof *proof, uint32_t first, uint32_t second)
{
    char lines[2][16];
    if (!tidu_area_meet(&proof->cases.space, proof->rows[first], proof->rows[second], proof->place))
        return;
    if (tidu_cases_free(&proof->cases, proof->place))
        complain(proof, TIDU_DECISION_OVERLAP, place_of(proof, second),
                 (const char *[]){line_of(proof, first, lines[0]), line_of(proof, second, lines[1]),
                                  case_in(proof, TIDU_EN), case_in(proof, TIDU_ZH)});
    else
        give_up_over(proof, place_of(proof, second), case_in(proof, TIDU_EN),
                     case_in(proof, TIDU_ZH));
}

static void
prove_apart(struct proof *proof)
{
    for (uint32_t second = 1; second < proof->decision->row_count; second++)
        for (uint32_t first = 0; first < second; first++)
            check_pair(proof, first, second);
}

/* A row that only takes what rows before it have taken. */
static void
prove_reachable(struct proof *proof, uint32_t row)
{
    char lines[2][16];
    struct tidu_space *space = &proof->cases.space;
    uint32_t before = 0;
    if (!proof->rows[row].count ||
        tidu_area_gap(space, proof->rows[row], proof->rows, row, proof->place) || space->gave_up)
        return;
    while (!tidu_area_meet(space, proof->rows[row], proof->rows[before], proof->place))
        before++;
    complain(proof, TIDU_DECISION_DEAD, place_of(proof, row),
             (const char *[]){line_of(proof, row, lines[0]), line_of(proof, before, lines[1]),
                              case_in(proof, TIDU_EN), case_in(proof, TIDU_ZH)});
}

static void
prove_complete(struct proof *proof)
{
    struct decision *decision = proof->decision;
    struct tidu_space *space = &proof->cases.space;
    if (has_otherwise(decision) || decision->hit >= HIT_SUM) {
        decision->complete &=
            has_otherwise(decision) || !tidu_area_gap(space, tidu_area_all(space), proof->rows,
                                                      decision->row_count, proof->place);
        return;
    }
    if (!tidu_area_gap(space, tidu_area_all(space), proof->rows, decision->row_count, proof->place))
        return;
    decision->complete = false;
    if (tidu_cases_free(&proof->cases, proof->place))
        complain(proof, TIDU_DECISION_GAP, NULL,
                 (const char *[]){name_of(proof), case_in(proof, TIDU_EN), case_in(proof, TIDU_ZH),
                                  NULL});
    else
        give_up_over(proof, NULL, case_in(proof, TIDU_EN), case_in(proof, TIDU_ZH));
}

static void
prove_rows(struct proof *proof)
{
    struct decision *decision = proof->decision;
    if (decision->hit == HIT_UNIQUE)
        prove_apart(proof);
    for (uint32_t r = 1; decision->hit == HIT_FIRST && r < decision->row_count; r++)
        prove_reachable(proof, r);
    prove_complete(proof);
    if (proof->cases.space.gave_up)
        give_up_over(proof, NULL, "too many combinations", "组合过多");
}

static void
prove_on(struct proof *proof, int32_t day)
{
    proof->arena = tidu_arena_open();
    if (!proof->arena) {
        proof->good = tidu_no_memory(proof->world);
        return;
    }
    tidu_cases_open(&proof->cases, proof->world, proof->version->place, day, proof->arena);
    if (map_rows(proof))
        prove_rows(proof);
    else
        proof->decision->complete = false;
    if (tidu_cases_starved(&proof->cases))
        proof->good = tidu_no_memory(proof->world);
    tidu_cases_close(&proof->cases);
    tidu_arena_close(&proof->arena);
}

bool
tidu_decision_prove(struct world *world, const struct version *version)
{
    struct proof proof = {
        .world = world, .version = version, .decision = version->decision, .good = true};
    size_t count = 0;
    const int32_t *days = tidu_days_within(world, world->arena, version->span, &count);
    proof.decision->complete = true;
    for (size_t i = 0; i < count; i++)
        prove_on(&proof, days[i]);
    return days && proof.good && !world->starved;
}

bool
tidu_decisions_prove(struct world *world)
{
    bool good = true;
    for (size_t i = 0; i < world->name_count; i++)
        for (size_t v = 0; v < world->names[i].version_count; v++)
            if (world->names[i].versions[v].decision)
                good = tidu_decision_prove(world, &world->names[i].versions[v]) && good;
    return good;
}

/* ---- days ---- */

static int
compare_days(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

const int32_t *
tidu_days_within(struct world *world, tidu_arena *arena, struct span span, size_t *ret_count)
{
    size_t most = 1, count = 0, kept = 0;
    for (size_t i = 0; i < world->name_count; i++)
        most += world->names[i].version_count;
    int32_t *days = tidu_arena_array(arena, most, sizeof *days);
    if (!days) {
        tidu_no_memory(world);
        return NULL;
    }
    days[count++] = span.from;
    for (size_t i = 0; i < world->name_count; i++)
        for (size_t v = 0; v < world->names[i].version_count; v++) {
            int32_t day = world->names[i].versions[v].span.from;
            if (world->names[i].version_count > 1 && day > span.from && day <= span.until)
                days[count++] = day;
        }
    qsort(days, count, sizeof *days, compare_days);
    for (size_t i = 0; i < count; i++)
        if (!kept || days[kept - 1] != days[i])
            days[kept++] = days[i];
    *ret_count = kept;
    return days;
}
