/*
 * view.c: the tables, and the view over them.
 *
 *   l0  what the rules read, of the tables' columns
 *   l1  steps over l0, and what later layers need of it
 *   …
 *   SELECT  a column for each designation and criterion
 */
#include "internal.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST_NAME = 63 }; /* PostgreSQL cuts off what is longer */

/* ---- what is asked ---- */

static bool
is_name(const char *text, bool dotted)
{
    size_t length = strlen(text);
    bool start = true;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
        if (dotted && c == '.' && !start) {
            start = true;
            continue;
        }
        if (!letter && (start || c < '0' || c > '9'))
            return false;
        start = false;
    }
    return !start && length <= LONGEST_NAME;
}

static bool
check_wanted(const struct writing *writing, const tidu_program *const programs[2])
{
    const tidu_sql *sql = writing->sql;
    for (size_t i = 0; sql->designations && i < sql->designation_count; i++)
        if (!tidu_program_told(programs[0], sql->designations[i]) &&
            !tidu_program_told(programs[1], sql->designations[i]))
            return tidu_no_such_designation(sql->designations[i], programs, 2, writing->reterr);
    return true;
}

/* ---- answers ---- */

/* Databases that fold case take such for one. */
static bool
same_name(const char *a, const char *b)
{
    for (; *a || *b; a++, b++) {
        char x = *a >= 'A' && *a <= 'Z' ? (char)(*a | 0x20) : *a;
        char y = *b >= 'A' && *b <= 'Z' ? (char)(*b | 0x20) : *b;
        if (x != y)
            return false;
    }
    return true;
}

static bool
add_answer(struct writing *writing, const char *id, tidu_titles title, const char *note,
           uint32_t node)
{
    const char *plain = tidu_sql_plain(writing, id), *name = tidu_sql_name(writing, plain);
    if (writing->starved)
        return tidu_error_set(writing->reterr, TIDU_MEMORY, NULL);
    if (strlen(plain) > LONGEST_NAME)
        return tidu_error_set(writing->reterr, TIDU_SQL_LONG, id, NULL);
    if (same_name(name, writing->key))
        return tidu_error_set(writing->reterr, TIDU_SQL_TWICE, id, writing->sql->key, NULL);
    for (uint32_t a = 0; a < writing->answer_count; a++)
        if (same_name(name, writing->answers[a].name))
            return tidu_error_set(writing->reterr, TIDU_SQL_TWICE, id, writing->answers[a].id,
                                  NULL);
    writing->answers[writing->answer_count++] = (struct answer){name, id, title, note, node};
    return true;
}

static bool
add_designation(struct writing *writing, const tidu_program *program, uint32_t base,
                const tidu_designation *designation)
{
    if (!add_answer(writing, designation->id, designation->title, NULL, base + designation->status))
        return false;
    for (uint32_t c = 0; c < designation->criterion_count; c++) {
        const tidu_criterion *criterion = &program->criteria[designation->first_criterion + c];
        const char *note =
            criterion->certainty == TIDU_ILLUSTRATIVE ? "示意，并非政策规定 (illustrative)" : NULL;
        if (!add_answer(writing, criterion->id, criterion->title, note, base + criterion->status))
            return false;
    }
    return true;
}

static bool
find_answers(struct writing *writing, const tidu_program *const programs[2])
{
    size_t most = 0, steps = 0;
    for (int p = 0; p < 2; p++) {
        most += programs[p] ? programs[p]->designation_count + programs[p]->criterion_count : 0;
        steps += programs[p] ? programs[p]->step_count : 0;
    }
    writing->answers = tidu_arena_array(writing->arena, most + 1, sizeof *writing->answers);
    writing->nodes = tidu_arena_array(writing->arena, steps + 1, sizeof *writing->nodes);
    if (!writing->answers || !writing->nodes)
        return tidu_error_set(writing->reterr, TIDU_MEMORY, NULL);
    for (int p = 0; p < 2; p++) {
        const tidu_program *program = programs[p];
        uint32_t base = writing->node_count;
        for (uint32_t s = 0; program && s < program->step_count; s++)
            writing->nodes[writing->node_count++] =
                (struct node){.program = program, .step = &program->steps[s], .base = base};
        for (uint32_t d = 0; program && d < program->designation_count; d++)
            if (program->designations[d].told &&
                tidu_is_wanted(writing->sql->designations, writing->sql->designation_count,
                               program->designations[d].id) &&
                !add_designation(writing, program, base, &program->designations[d]))
                return false;
    }
    return true;
}

/* A column of one of the tables has the key's name. */
static bool
is_taken(const tidu_vocabulary *vocabulary, const char *key)
{
    if (same_name(key, "code"))
        return true;
    for (uint32_t f = 0; f < vocabulary->fact_count; f++) {
        const tidu_fact *fact = &vocabulary->facts[f];
        if (fact->symbol.type.kind != TIDU_TEXT && same_name(key, fact->symbol.name))
            return true;
        for (uint32_t i = 0; i < fact->field_count; i++)
            if (same_name(key, fact->fields[i].symbol.name))
                return true;
    }
    return false;
}

bool
tidu_sql_open(struct writing *writing, const tidu_ruleset *ruleset, const tidu_sql *sql,
              tidu_error *reterr)
{
    int month, day;
    const tidu_plan *plan = tidu_ruleset_plan(ruleset, sql->region);
    const tidu_program *const programs[2] = {tidu_timeline_program(&plan->ladder, sql->as_of),
                                             tidu_timeline_program(&plan->local, sql->as_of)};
    *writing = (struct writing){.ruleset = ruleset,
                                .sql = sql,
                                .dialect = &tidu_dialects[sql->dialect],
                                .layout = &ruleset->vocabulary.layout,
                                .arena = tidu_arena_open(),
                                .reterr = reterr};
    tidu_date_split(sql->as_of, &writing->year, &month, &day);
    writing->year--;
    if (!writing->arena)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    if (!is_name(sql->table, true))
        return tidu_error_set(reterr, TIDU_SQL_NAME, sql->table, NULL);
    if (!is_name(sql->key, false))
        return tidu_error_set(reterr, TIDU_SQL_NAME, sql->key, NULL);
    if (is_taken(&ruleset->vocabulary, sql->key))
        return tidu_error_set(reterr, TIDU_SQL_TWICE, sql->key, sql->key, NULL);
    const char *dot = strrchr(sql->table, '.');
    if (strlen(dot ? dot + 1 : sql->table) + strlen("_titles") > LONGEST_NAME)
        return tidu_error_set(reterr, TIDU_SQL_NAME, sql->table, NULL);
    writing->key = tidu_sql_name(writing, sql->key);
    writing->table = tidu_sql_name(writing, sql->table);
    writing->view = tidu_sql_name(writing, tidu_sql_say(writing, "%s_titles", sql->table));
    return check_wanted(writing, programs) && find_answers(writing, programs);
}

void
tidu_sql_close(struct writing *writing)
{
    tidu_arena_close(&writing->arena);
}

/* ---- the heading ---- */

static void
put_heading(const struct writing *writing, const char *zh, const char *en, tidu_text *out)
{
    char date[11];
    tidu_text_printf(out, "-- %s\n-- %s\n", zh, en);
    tidu_text_printf(out, "-- ruleset %s, jurisdiction %06u, as of %s\n", writing->ruleset->digest,
                     writing->sql->region, tidu_date_format(writing->sql->as_of, date));
    if (!writing->dialect->exact)
        tidu_text_puts(out,
                       "-- 按双精度计算，相差不超过 1e-14 的两数视为相等\n"
                       "-- computed in doubles; two sides within 1e-14 of their size are equal\n");
}

/* ---- the view ---- */

/* Expressions of the columns; they also tell which layers name what. */
static struct words *
say_all(struct writing *writing, uint32_t layers, const char **answers)
{
    struct words *said = tidu_arena_array(writing->arena, writing->node_count, sizeof *said);
    for (uint32_t n = 0; said && n < writing->node_count; n++)
        if (writing->nodes[n].named) {
            writing->layer = writing->nodes[n].level;
            said[n] = tidu_sql_express(writing, n);
        }
    writing->layer = layers + 1;
    for (uint32_t a = 0; a < writing->answer_count; a++)
        answers[a] = tidu_sql_words(writing, writing->answers[a].node).over;
    return said;
}

static const char *
fence(struct writing *writing)
{
    const struct dialect *dialect = writing->dialect;
    return dialect->fence_ends_in_key ? tidu_sql_say(writing, "%s%s", dialect->fence, writing->key)
                                      : dialect->fence;
}

/* The table; codes of it that lack their section's letter beside it, with the letter. */
static void
put_source(struct writing *writing, tidu_text *out)
{
    tidu_text full = {0};
    for (uint32_t c = 0; c < writing->layout->column_count; c++) {
        const tidu_fact *list;
        const char *stored = writing->inputs[c].name ? tidu_sql_stored(writing, c) : NULL;
        if (!stored || writing->layout->columns[c].fact == TIDU_NONE)
            continue;
        const tidu_fact *fact = tidu_sql_fact(writing, c, &list);
        if (fact->section_count)
            tidu_text_printf(
                &full, ",\n  %s AS \"%s_full\"",
                tidu_sql_full_code(writing, fact, tidu_sql_say(writing, "r.%s", stored)),
                writing->inputs[c].plain);
    }
    if (full.length)
        tidu_text_printf(out, "(SELECT r.*%.*s\n FROM %s AS r%s)", (int)full.length, full.data,
                         writing->table, fence(writing));
    else
        tidu_text_puts(out, writing->table);
    writing->starved = writing->starved || full.failed;
    tidu_text_free(&full);
}

/* Lists that are arrays of the row. */
static void
carry_arrays(struct writing *writing, uint32_t layer, tidu_text *out)
{
    for (uint32_t f = 1; f < writing->layout->frame_count && writing->dialect->arrays; f++) {
        const char *array;
        uint32_t at = 0;
        while (writing->lists[f].last > layer &&
               (array = tidu_sql_next_array(writing, f, &at)) != NULL)
            tidu_text_printf(out, ", r.%s AS %s", array, array);
    }
}

static void
put_first_layer(struct writing *writing, tidu_text *out)
{
    tidu_text_printf(out, "WITH l0 AS (\nSELECT r.%s", writing->key);
    for (uint32_t f = 1; f < writing->layout->frame_count; f++)
        if (writing->lists[f].last)
            tidu_text_printf(out, ",\n  r.%s AS %s", writing->lists[f].name,
                             writing->lists[f].name);
    carry_arrays(writing, 0, out);
    for (uint32_t c = 0; c < writing->layout->column_count; c++)
        if (writing->inputs[c].last)
            tidu_text_printf(out, ",\n  %s AS %s", tidu_sql_input(writing, c),
                             writing->inputs[c].name);
    tidu_text_puts(out, "\nFROM ");
    put_source(writing, out);
    tidu_text_printf(out, " AS r%s\n)", fence(writing));
}

static void
carry(const struct input *inputs, uint32_t count, uint32_t layer, tidu_text *out)
{
    for (uint32_t i = 0; i < count; i++)
        if (inputs[i].last > layer)
            tidu_text_printf(out, ", r.%s", inputs[i].name);
}

static void
put_layer(struct writing *writing, uint32_t layer, const struct words *said, tidu_text *out)
{
    tidu_text_printf(out, ", l%u AS (\nSELECT r.%s", layer, writing->key);
    carry_arrays(writing, layer, out);
    carry(writing->lists, writing->layout->frame_count, layer, out);
    carry(writing->inputs, writing->layout->column_count, layer, out);
    for (uint32_t n = 0; n < writing->node_count; n++) {
        const struct node *node = &writing->nodes[n];
        if (node->named && node->level < layer && node->last > layer)
            tidu_text_printf(out, node->fraction ? ", r.s%u, r.s%ud" : ", r.s%u", n, n);
    }
    for (uint32_t n = 0; n < writing->node_count; n++) {
        if (!writing->nodes[n].named || writing->nodes[n].level != layer)
            continue;
        tidu_text_printf(out, ",\n  %s AS s%u", said[n].over, n);
        if (writing->nodes[n].fraction)
            tidu_text_printf(out, ",\n  %s AS s%ud", said[n].under ? said[n].under : "1", n);
    }
    tidu_text_printf(out, "\nFROM l%u AS r%s\n)", layer - 1, fence(writing));
}

static void
put_answers(const struct writing *writing, uint32_t layers, const char *const *answers,
            tidu_text *out)
{
    tidu_text_printf(out, "\nSELECT r.%s", writing->key);
    for (uint32_t a = 0; a < writing->answer_count; a++) {
        const struct answer *answer = &writing->answers[a];
        tidu_text_printf(out, ",\n  %s AS %s", answers[a], answer->name);
    }
    tidu_text_printf(out, "\nFROM l%u AS r;\n", layers);
}

/* What the columns mean: a database forgets comments inside a view. */
static void
put_meanings(struct writing *writing, tidu_text *out)
{
    bool kept = writing->sql->dialect == TIDU_SQL_POSTGRES;
    for (uint32_t a = 0; a < writing->answer_count; a++) {
        const struct answer *answer = &writing->answers[a];
        const char *zh = answer->title.zh ? answer->title.zh : answer->title.en;
        const char *says = tidu_sql_say(writing, "%s%s%s", zh ? zh : "", answer->note ? "；" : "",
                                        answer->note ? answer->note : "");
        if (!*says)
            continue;
        if (kept)
            tidu_text_printf(out, "COMMENT ON COLUMN %s.%s IS %s;\n", writing->view, answer->name,
                             tidu_sql_quote(writing, says, strlen(says)));
        else
            tidu_text_printf(out, "-- %s: %s\n", answer->name, says);
    }
}

static bool
finish(const struct writing *writing, const tidu_text *out)
{
    return (!writing->starved && !out->failed) ||
           tidu_error_set(writing->reterr, TIDU_MEMORY, NULL);
}

bool
tidu_sql_view(const tidu_ruleset *ruleset, const tidu_sql *sql, tidu_text *out, tidu_error *reterr)
{
    struct writing writing;
    bool good = tidu_sql_open(&writing, ruleset, sql, reterr);
    if (good) {
        uint32_t layers = tidu_sql_plan(&writing);
        const char **answers =
            tidu_arena_array(writing.arena, writing.answer_count, sizeof *answers);
        const struct words *said =
            answers && tidu_sql_name_inputs(&writing) ? say_all(&writing, layers, answers) : NULL;
        writing.starved = writing.starved || !said;
        put_heading(
            &writing, "每家企业一行，每项称号和条件一列：TRUE 符合，FALSE 不符合，NULL 待定",
            "a row an enterprise, a column a title or criterion: TRUE met, FALSE unmet, NULL "
            "undetermined",
            out);
        if (!writing.starved) {
            tidu_text_printf(out, "DROP VIEW IF EXISTS %s;\nCREATE VIEW %s AS\n", writing.view,
                             writing.view);
            put_first_layer(&writing, out);
            for (uint32_t l = 1; l <= layers; l++)
                put_layer(&writing, l, said, out);
            put_answers(&writing, layers, answers, out);
            put_meanings(&writing, out);
        }
        good = finish(&writing, out);
    }
    tidu_sql_close(&writing);
    return good;
}
