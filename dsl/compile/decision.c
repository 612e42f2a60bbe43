/*
 * decision.c: decision tables, read.
 *
 *   | 行业 | 营业收入   | 补助 |      on = { [[ industry_code ]], [[ revenue ]] }
 *   | 'C39' | ≥ 1亿元   | 100  |      a row: cells that are all to hold, and what then
 *   | -     | 不足1亿元 | 50   |
 *
 * A cell is what follows the operand of its column, as in score bands; a column
 * without an operand holds whole conditions. A table gives a name, as a derive
 * does. For all who only want to know what it reads and what type it has, it is
 * also a chain of `if`; its meaning is in choose.c, its proof in prove.c.
 */
#include "internal.h"

#include <stdio.h>
#include <string.h>

struct reading {
    struct world *world;
    const struct name *name;
    const tidu_declaration *declaration;
    struct decision *decision;
    const char *path; /* of the document the table stands in */
};

static bool
complain_at(const struct reading *reading, tidu_place place, tidu_code code, const char *first,
            const char *second, const char *third, const char *fourth)
{
    tidu_error error;
    tidu_error_at(&error, code, place.document, place.line, place.column, 0, first, second, third,
                  fourth, NULL);
    return tidu_report_add(reading->world->report, &error);
}

/* ---- words of the declaration ---- */

static bool
complain_word(const struct reading *reading, const char *name, const char *known)
{
    const tidu_attr *attr = tidu_attr_find(&reading->declaration->attrs, name);
    return tidu_compile_complain_at(reading->world, reading->declaration, attr, TIDU_WORD_UNKNOWN,
                                    name, attr->text, known, NULL);
}

static bool
read_hit(const struct reading *reading)
{
    static const char *const collects[] = {"sum", "min", "max", "count"};
    const tidu_attr *map = &reading->declaration->attrs;
    const char *hit =
        tidu_attr_text(map, "hit", tidu_attr_find(map, "collect") ? "collect" : "unique");
    const char *collect = tidu_attr_text(map, "collect", "sum");
    reading->decision->hit = strcmp(hit, "first") ? HIT_UNIQUE : HIT_FIRST;
    if (!strcmp(hit, "unique") || !strcmp(hit, "first"))
        return true;
    if (strcmp(hit, "collect"))
        return complain_word(reading, "hit", "\"unique\", \"first\", \"collect\"");
    for (uint32_t i = 0; i < sizeof collects / sizeof *collects; i++)
        if (!strcmp(collect, collects[i])) {
            reading->decision->hit = HIT_SUM + i;
            return true;
        }
    return complain_word(reading, "collect", "\"sum\", \"min\", \"max\", \"count\"");
}

/* ---- cells ---- */

static const char *
trimmed(const struct reading *reading, const char *text)
{
    text += strspn(text, " \t\n");
    size_t length = strlen(text);
    while (length && strchr(" \t\n", text[length - 1]))
        length--;
    const char *copy = tidu_arena_copy_n(reading->world->arena, text, length);
    if (!copy)
        tidu_no_memory(reading->world);
    return copy ? copy : "";
}

static bool
takes_anything(const char *text)
{
    static const char *const words[] = {"", "-", "—", "–", "－", "/", "*", "任意", "不限", "any"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(text, words[i]))
            return true;
    return false;
}

static bool
read_operand(const struct reading *reading, const tidu_attr *attr, struct written *ret)
{
    if (takes_anything(trimmed(reading, attr->text ? attr->text : "")))
        return true;
    *ret = tidu_write_down(reading->world, reading->declaration, attr);
    return ret->tree != NULL;
}

static bool
read_operands(const struct reading *reading)
{
    struct decision *decision = reading->decision;
    const tidu_attr *on = tidu_attr_find(&reading->declaration->attrs, "on");
    char given[16], columns[16];
    bool good = true;
    if (on && on->item_count > decision->column_count) {
        snprintf(given, sizeof given, "%u", on->item_count);
        snprintf(columns, sizeof columns, "%u", decision->column_count);
        return tidu_compile_complain_at(reading->world, reading->declaration, on,
                                        TIDU_DECISION_OPERANDS, reading->name->symbol.name, given,
                                        columns, NULL);
    }
    for (uint32_t i = 0; on && i < on->item_count; i++)
        good = read_operand(reading, &on->items[i], &decision->operands[i]) && good;
    return good;
}

/* A condition, or nothing where the cell takes anything. */
static bool
read_condition(const struct reading *reading, tidu_node *operand, const char *text,
               tidu_place place, struct decision_row *row, struct written *ret)
{
    bool otherwise = false;
    *ret = (struct written){NULL, text, place};
    if (takes_anything(trimmed(reading, text)))
        return true;
    tidu_node *tree =
        tidu_expr_parse_band(reading->world->arena, text, place, &reading->world->scope, operand,
                             &otherwise, reading->world->report);
    row->otherwise |= otherwise;
    if (!otherwise)
        ret->tree = tree;
    return tree && tidu_expr_require(tree, TIDU_FLAG, text, place, reading->world->report);
}

/* ---- outcomes ---- */

static const char *
choice_named(const tidu_choices *choices, const char *word)
{
    for (uint32_t i = 0; choices && i < choices->count; i++)
        if (!strcmp(choices->items[i].code, word) || !strcmp(choices->items[i].zh, word) ||
            !strcmp(choices->items[i].en, word))
            return choices->items[i].code;
    return NULL;
}

static tidu_node *
make_node(const struct reading *reading, tidu_node_kind kind, uint32_t child_count)
{
    tidu_node *node = tidu_arena_alloc(reading->world->arena, sizeof *node);
    tidu_node **child = tidu_arena_array(reading->world->arena, child_count, sizeof *child);
    if (!node || !child) {
        tidu_no_memory(reading->world);
        return NULL;
    }
    node->kind = kind;
    node->child_count = child_count;
    node->child = child;
    node->type.scale = (tidu_scale){1, 1};
    return node;
}

/* A code may be written by its title, without quotes. */
static tidu_node *
code_outcome(const struct reading *reading, const char *code)
{
    tidu_node *node = make_node(reading, TIDU_NODE_STRING, 0);
    if (node) {
        node->text = code;
        node->type.kind = TIDU_CODE;
        node->type.constant = true;
    }
    return node;
}

/* A number without a unit is in the unit that the table declares. */
static void
give_unit(const struct reading *reading, tidu_node *node)
{
    const tidu_attr *unit = reading->name->unit;
    const tidu_unit *found = unit ? tidu_unit_find(unit->text, strlen(unit->text)) : NULL;
    if (!found || node->kind != TIDU_NODE_NUMBER || node->unit)
        return;
    node->unit = found;
    tidu_unit_type(found, &node->type);
    node->type.bare = false;
}

static bool
read_outcome(const struct reading *reading, const char *text, tidu_place place, struct written *ret)
{
    const struct world *world = reading->world;
    const char *code = choice_named(reading->name->choices, trimmed(reading, text));
    *ret = (struct written){NULL, text, place};
    if (reading->decision->hit == HIT_COUNT)
        return true;
    ret->tree = code ? code_outcome(reading, code)
                     : tidu_expr_parse(world->arena, text, place, &world->scope, world->report);
    if (ret->tree)
        give_unit(reading, ret->tree);
    if (ret->tree && ret->tree->kind == TIDU_NODE_STRING && reading->name->choices &&
        !choice_named(reading->name->choices, ret->tree->text))
        return complain_at(reading, place, TIDU_CODES_DIFFER, NULL, NULL, NULL, NULL);
    return ret->tree != NULL;
}

/* ---- rows ---- */

static bool
reserve(const struct reading *reading, uint32_t rows, uint32_t columns)
{
    struct decision *decision = reading->decision;
    tidu_arena *arena = reading->world->arena;
    decision->column_count = columns - 1;
    decision->operands = tidu_arena_array(arena, columns, sizeof *decision->operands);
    decision->rows = tidu_arena_array(arena, rows, sizeof *decision->rows);
    for (uint32_t r = 0; decision->rows && r < rows; r++) {
        decision->rows[r].cells = tidu_arena_array(arena, columns, sizeof(struct written));
        if (!decision->rows[r].cells)
            return tidu_no_memory(reading->world);
    }
    return (decision->operands && decision->rows) || tidu_no_memory(reading->world);
}

static bool
read_cell(const struct reading *reading, struct decision_row *row, uint32_t column,
          const char *text, tidu_place place)
{
    const struct decision *decision = reading->decision;
    if (column == decision->column_count)
        return read_outcome(reading, text, place, &row->outcome);
    return read_condition(reading, decision->operands[column].tree, text, place, row,
                          &row->cells[column]);
}

/* `otherwise` is for the whole of the last row: what stands in its other cells
 * would be forgotten. */
static bool
check_otherwise(const struct reading *reading, const struct decision_row *row, bool last)
{
    bool good = !row->otherwise || last;
    for (uint32_t c = 0; row->otherwise && c < reading->decision->column_count; c++)
        good = good && !row->cells[c].tree;
    return good || complain_at(reading, row->cells[0].place, TIDU_DECISION_OTHERWISE, NULL, NULL,
                               NULL, NULL);
}

static bool
complain_shape(const struct reading *reading)
{
    const tidu_attr *map = &reading->declaration->attrs;
    const tidu_attr *source = tidu_attr_find(map, "table");
    return tidu_compile_complain_at(
        reading->world, reading->declaration, source ? source : tidu_attr_find(map, "rows"),
        TIDU_DECISION_SHAPE, reading->name->symbol.name, NULL, NULL, NULL);
}

static bool
read_table(struct reading *reading, const tidu_table *table)
{
    bool good = true;
    reading->path = reading->world->declared->documents[table->document].path;
    reading->decision->line = table->line;
    if (table->columns < 2 || table->rows < 2)
        return complain_shape(reading);
    if (!reserve(reading, table->rows - 1, table->columns) || !read_operands(reading))
        return false;
    reading->decision->row_count = table->rows - 1;
    for (uint32_t r = 0; r < reading->decision->row_count; r++) {
        struct decision_row *row = &reading->decision->rows[r];
        for (uint32_t c = 0; c < table->columns; c++) {
            const tidu_cell *cell = &table->cells[(size_t)(r + 1) * table->columns + c];
            tidu_place place = {reading->path, cell->line, cell->column};
            good = read_cell(reading, row, c, cell->text, place) && good;
        }
        good = check_otherwise(reading, row, r + 2 == table->rows) && good;
    }
    return good;
}

static const char *
text_of(const tidu_attr *attr)
{
    if (attr->kind == TIDU_ATTR_FLAG)
        return attr->number != 0 ? "true" : "false";
    return attr->text ? attr->text : "";
}

static bool
check_width(const struct reading *reading, const tidu_attr *row)
{
    char cells[16], wanted[16];
    if (row->item_count == reading->decision->column_count + 1)
        return true;
    snprintf(cells, sizeof cells, "%u", row->item_count);
    snprintf(wanted, sizeof wanted, "%u", reading->decision->column_count + 1);
    return tidu_compile_complain_at(reading->world, reading->declaration, row, TIDU_DECISION_WIDTH,
                                    cells, wanted, NULL, NULL);
}

static bool
read_rows(struct reading *reading, const tidu_attr *rows)
{
    bool good = true;
    reading->path = tidu_document_path(reading->world, reading->declaration);
    reading->decision->line = rows->line;
    if (!rows->item_count || rows->items[0].item_count < 2)
        return complain_shape(reading);
    if (!reserve(reading, rows->item_count, rows->items[0].item_count) || !read_operands(reading))
        return false;
    reading->decision->row_count = rows->item_count;
    for (uint32_t r = 0; r < rows->item_count; r++) {
        const tidu_attr *cells = &rows->items[r];
        struct decision_row *row = &reading->decision->rows[r];
        if (!check_width(reading, cells)) {
            good = false;
            continue;
        }
        for (uint32_t c = 0; c < cells->item_count; c++) {
            const tidu_attr *cell = &cells->items[c];
            tidu_place place = {reading->path, cell->line, cell->column};
            good = read_cell(reading, row, c, text_of(cell), place) && good;
        }
        good = check_otherwise(reading, row, r + 1 == rows->item_count) && good;
    }
    return good;
}

/* ---- what it gives ---- */

static bool
is_zero(const tidu_node *node)
{
    return node->kind == TIDU_NODE_NUMBER && !node->unit && node->type.bare &&
           !node->text[strspn(node->text, "0.")];
}

static bool
fits(const tidu_node *node, const tidu_type *type)
{
    const tidu_type *own = &node->type;
    return own->kind == type->kind &&
           ((is_zero(node) && type->kind == TIDU_NUMBER) ||
            (own->money == type->money && own->count == type->count && own->years == type->years &&
             own->days == type->days && own->score == type->score && own->bare == type->bare));
}

/* The type of what the rows give: that of the first which is not just zero. */
static const tidu_type *
leading_type(const struct decision *decision)
{
    for (uint32_t r = 0; r < decision->row_count; r++)
        if (!is_zero(decision->rows[r].outcome.tree))
            return &decision->rows[r].outcome.tree->type;
    return &decision->rows[0].outcome.tree->type;
}

static bool
complain_outcome(const struct reading *reading, const struct decision_row *row,
                 const tidu_type *wanted)
{
    static const tidu_type number = {.kind = TIDU_NUMBER, .scale = {1, 1}};
    char words[4][80];
    const tidu_type *type = &row->outcome.tree->type;
    wanted = wanted ? wanted : &number;
    return complain_at(reading, row->outcome.place, TIDU_DECISION_OUTCOME,
                       tidu_type_title(type, TIDU_EN, words[0], sizeof words[0]),
                       tidu_type_title(wanted, TIDU_EN, words[1], sizeof words[1]),
                       tidu_type_title(type, TIDU_ZH, words[2], sizeof words[2]),
                       tidu_type_title(wanted, TIDU_ZH, words[3], sizeof words[3]));
}

/* The least and the most of several can only be told of fixed numbers. */
static bool
can_be_collected(const struct decision *decision, const tidu_node *node)
{
    if (node->type.kind != TIDU_NUMBER)
        return decision->hit < HIT_SUM;
    return (decision->hit != HIT_MIN && decision->hit != HIT_MAX) || node->type.constant;
}

static bool
check_outcomes(const struct reading *reading)
{
    const struct decision *decision = reading->decision;
    const tidu_type *type = leading_type(decision);
    bool good = true;
    for (uint32_t r = 0; r < decision->row_count; r++) {
        const struct decision_row *row = &decision->rows[r];
        if (!can_be_collected(decision, row->outcome.tree))
            good = complain_outcome(reading, row, NULL);
        else if (!fits(row->outcome.tree, type))
            good = complain_outcome(reading, row, type);
    }
    return good;
}

static tidu_type
type_of(const struct decision *decision)
{
    if (decision->hit != HIT_COUNT)
        return *leading_type(decision);
    return (tidu_type){.kind = TIDU_NUMBER, .bare = true, .scale = {1, 1}};
}

/* ---- the tree ---- */

static tidu_node *
truth_node(const struct reading *reading)
{
    tidu_node *node = make_node(reading, TIDU_NODE_TRUTH, 0);
    if (node) {
        node->truth = true;
        node->type.kind = TIDU_FLAG;
        node->type.constant = true;
    }
    return node;
}

/* All cells of a row together. */
static tidu_node *
row_condition(const struct reading *reading, const struct decision_row *row)
{
    tidu_node *all = NULL;
    for (uint32_t c = 0; c < reading->decision->column_count; c++) {
        tidu_node *cell = row->cells[c].tree, *both;
        if (!cell || !all) {
            all = all ? all : cell;
            continue;
        }
        both = make_node(reading, TIDU_NODE_BINARY, 2);
        if (!both)
            return NULL;
        both->op = TIDU_OP_AND;
        both->child[0] = all;
        both->child[1] = cell;
        both->type.kind = TIDU_FLAG;
        both->type.annual = all->type.annual || cell->type.annual;
        all = both;
    }
    return all ? all : truth_node(reading);
}

static tidu_node *
outcome_node(const struct reading *reading, const struct decision_row *row)
{
    tidu_node *one;
    if (row->outcome.tree)
        return row->outcome.tree;
    one = make_node(reading, TIDU_NODE_NUMBER, 0);
    if (one) {
        one->text = "1";
        one->type = type_of(reading->decision);
        give_unit(reading, one);
    }
    return one;
}

/* if row 1 then its outcome else if row 2 … ; the last outcome stands for none. */
static tidu_node *
tree_of(const struct reading *reading)
{
    const struct decision *decision = reading->decision;
    tidu_node *rest = outcome_node(reading, &decision->rows[decision->row_count - 1]);
    tidu_type type = rest ? rest->type : (tidu_type){0};
    if (decision->hit != HIT_COUNT)
        type = type_of(decision);
    for (uint32_t r = decision->row_count; rest && r-- > 0;) {
        tidu_node *node = make_node(reading, TIDU_NODE_IF, 3);
        if (!node)
            return NULL;
        node->child[0] = row_condition(reading, &decision->rows[r]);
        node->child[1] = outcome_node(reading, &decision->rows[r]);
        node->child[2] = rest;
        if (!node->child[0] || !node->child[1])
            return NULL;
        type.annual |= node->child[0]->type.annual || node->child[1]->type.annual;
        node->type = type;
        node->type.constant = false;
        rest = node;
    }
    return rest;
}

struct written
tidu_decision_write_down(struct world *world, const struct name *name, struct version *version)
{
    const tidu_attr *map = &version->declaration->attrs;
    const tidu_attr *table = tidu_attr_find(map, "table"), *rows = tidu_attr_find(map, "rows");
    struct decision *decision = tidu_arena_alloc(world->arena, sizeof *decision);
    struct reading reading = {world, name, version->declaration, decision, NULL};
    struct written written = {
        NULL, "", {tidu_document_path(world, version->declaration), version->declaration->line, 0}};
    if (!decision) {
        tidu_no_memory(world);
        return written;
    }
    version->decision = decision;
    if (!table == !rows) {
        complain_shape(&reading);
        return written;
    }
    bool good = read_hit(&reading);
    good = (table ? read_table(&reading, &world->declared->tables[table->reference])
                  : read_rows(&reading, rows)) &&
           good && !world->starved;
    written.place.line = decision->line;
    if (good && (decision->hit == HIT_COUNT || check_outcomes(&reading)))
        written.tree = tree_of(&reading);
    return written;
}
