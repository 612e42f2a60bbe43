/*
 * tables.c: the tables a view reads.
 *
 *   enterprise            a row an enterprise: figures, codes, titles, whether lists are stated
 *   enterprise_standards  a row an item, or a row a code of a set
 *
 * Where a dialect has arrays, items are arrays of the enterprise's row instead.
 */
#include "tables.h"

#include <string.h>

/* ---- finding them ---- */

static void
add_column(struct table *table, const char *name, const tidu_fact *fact, enum source source,
           uint32_t number)
{
    table->columns[table->column_count++] = (struct stored){name, fact, source, number};
}

/* A column of the layout that the set fills. */
static bool
needs_set(const struct writing *writing, const tidu_fact *set, uint32_t *ret_column)
{
    for (uint32_t c = 0; c < writing->layout->column_count; c++) {
        const tidu_column *input = &writing->layout->columns[c];
        *ret_column = c;
        if (writing->inputs[c].name && input->fact != TIDU_NONE && !input->frame &&
            &writing->ruleset->vocabulary.facts[input->fact] == set)
            return true;
    }
    return false;
}

static struct table *
add_table(struct tables *tables, const char *name, size_t room)
{
    struct table *table = &tables->list[tables->count++];
    table->name = name;
    table->columns = tidu_arena_array(tables->writing.arena, room + 1, sizeof *table->columns);
    tables->writing.starved = tables->writing.starved || !table->columns;
    return table->columns ? table : NULL;
}

static void
find_enterprises(struct tables *tables)
{
    struct writing *writing = &tables->writing;
    const tidu_vocabulary *vocabulary = &writing->ruleset->vocabulary;
    const tidu_layout *layout = writing->layout;
    struct table *table =
        add_table(tables, writing->table,
                  (size_t)layout->column_count + layout->frame_count + vocabulary->fact_count);
    if (!table)
        return;
    for (uint32_t c = 0; c < layout->column_count; c++) {
        const tidu_fact *list, *fact = NULL;
        if (!writing->inputs[c].name || layout->columns[c].frame || !tidu_sql_stored(writing, c))
            continue;
        if (layout->columns[c].fact != TIDU_NONE)
            fact = tidu_sql_fact(writing, c, &list);
        add_column(table, writing->inputs[c].name, fact, FROM_COLUMN, c);
    }
    for (uint32_t f = 1; f < layout->frame_count; f++)
        if (writing->lists[f].name)
            add_column(table, writing->lists[f].name, NULL, FROM_FRAME, f);
    for (uint32_t i = 0; i < vocabulary->fact_count; i++) {
        const tidu_fact *set = &vocabulary->facts[i];
        uint32_t column;
        if (set->symbol.type.kind == TIDU_SET && needs_set(writing, set, &column))
            add_column(table, tidu_sql_say(writing, "\"%s_stated\"", set->symbol.name), NULL,
                       FROM_SET, column);
    }
}

static void
find_lists(struct tables *tables)
{
    struct writing *writing = &tables->writing;
    const tidu_vocabulary *vocabulary = &writing->ruleset->vocabulary;
    const tidu_layout *layout = writing->layout;
    for (uint32_t f = 1; f < layout->frame_count; f++) {
        const tidu_fact *list = &vocabulary->facts[layout->frame_fact[f]];
        if (!writing->lists[f].name)
            continue;
        struct table *table =
            add_table(tables, tidu_sql_list_table(writing, list), list->field_count);
        for (uint32_t c = 0; table && c < layout->column_count; c++) {
            const tidu_fact *of;
            if (layout->columns[c].frame == f && writing->inputs[c].name)
                add_column(table, writing->inputs[c].name, tidu_sql_fact(writing, c, &of),
                           FROM_COLUMN, c);
        }
        if (table)
            table->frame = f;
        if (table)
            table->list = list;
    }
    for (uint32_t i = 0; i < vocabulary->fact_count; i++) {
        const tidu_fact *set = &vocabulary->facts[i];
        uint32_t column;
        if (set->symbol.type.kind != TIDU_SET || !needs_set(writing, set, &column))
            continue;
        struct table *table = add_table(tables, tidu_sql_list_table(writing, set), 1);
        if (table)
            add_column(table, "\"code\"", set, FROM_SET, column);
        if (table)
            table->set = set;
    }
}

bool
tidu_sql_open_tables(struct tables *tables, const tidu_ruleset *ruleset, const tidu_sql *sql,
                     tidu_error *reterr)
{
    struct writing *writing = &tables->writing;
    tables->count = 0;
    tables->list = NULL;
    if (!tidu_sql_open(writing, ruleset, sql, reterr))
        return false;
    tidu_sql_plan(writing);
    size_t most = (size_t)writing->layout->frame_count + ruleset->vocabulary.fact_count + 1;
    tables->list = tidu_arena_array(writing->arena, most, sizeof *tables->list);
    if (!tables->list || !tidu_sql_name_inputs(writing))
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    find_enterprises(tables);
    find_lists(tables);
    return !writing->starved || tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

void
tidu_sql_close_tables(struct tables *tables)
{
    for (uint32_t t = 0; t < tables->count; t++)
        tidu_text_free(&tables->list[t].rows);
    tidu_sql_close(&tables->writing);
}

/* ---- CREATE TABLE ---- */

static const char *
type_of(const struct writing *writing, const struct stored *column)
{
    const struct dialect *dialect = writing->dialect;
    if (!column->fact && column->source == FROM_COLUMN)
        return writing->layout->columns[column->number].kind == TIDU_COLUMN_FLAG ? dialect->flag
                                                                                 : dialect->date;
    if (!column->fact)
        return dialect->flag;
    switch (column->fact->symbol.type.kind) {
    case TIDU_FLAG:
        return dialect->flag;
    case TIDU_DATE:
        return dialect->date;
    case TIDU_NUMBER:
        return dialect->number;
    default:
        return dialect->text;
    }
}

static void
put_meaning(const struct stored *column, tidu_text *out)
{
    const tidu_fact *fact = column->fact;
    if (!fact)
        return;
    const tidu_unit *unit = fact->symbol.type.unit;
    tidu_text_printf(out, "  -- %s", fact->symbol.zh ? fact->symbol.zh : fact->symbol.name);
    if (unit)
        tidu_text_printf(out, "，%s (%s)", tidu_unit_title(unit, TIDU_ZH),
                         tidu_unit_title(unit, TIDU_EN));
    tidu_text_putc(out, '\n');
}

/* What a record must not go beyond, a row must not. */
static void
put_check(const struct stored *column, tidu_text *out)
{
    const tidu_fact *fact = column->fact;
    if (!fact || fact->symbol.type.kind != TIDU_NUMBER)
        return;
    bool low = fact->low > -1e300, high = fact->high < 1e300;
    if (!low && !high)
        return;
    tidu_text_puts(out, " CHECK (");
    if (low) {
        tidu_text_printf(out, "%s >= ", column->name);
        tidu_text_number(out, fact->low);
    }
    if (high) {
        tidu_text_printf(out, "%s%s <= ", low ? " AND " : "", column->name);
        tidu_text_number(out, fact->high);
    }
    tidu_text_putc(out, ')');
}

static void
put_table(struct writing *writing, const struct table *table, bool first, tidu_text *out)
{
    const char *key = writing->key;
    bool arrays = writing->dialect->arrays;
    tidu_text_printf(out, "CREATE TABLE %s (\n  %s %s%s", table->name, key,
                     arrays ? "String" : writing->dialect->text,
                     arrays  ? ""
                     : first ? " PRIMARY KEY"
                             : " NOT NULL");
    for (uint32_t c = 0; c < table->column_count; c++) {
        tidu_text_puts(out, ",\n");
        put_meaning(&table->columns[c], out);
        tidu_text_printf(out, "  %s %s", table->columns[c].name,
                         type_of(writing, &table->columns[c]));
        if (!arrays)
            put_check(&table->columns[c], out);
    }
}

/* Items are looked up by their enterprise. */
static void
put_index(const struct writing *writing, const struct table *table, tidu_text *out)
{
    const char *dot = strrchr(writing->sql->table, '.');
    const tidu_fact *list = table->list ? table->list : table->set;
    tidu_text_printf(out, "CREATE INDEX \"%s_%s_by_key\" ON %s (%s);\n",
                     dot ? dot + 1 : writing->sql->table, list->symbol.name, table->name,
                     writing->key);
}

const char *
tidu_sql_unquoted(struct writing *writing, const struct stored *column)
{
    size_t length = strlen(column->name);
    return length < 2 ? "" : tidu_sql_say(writing, "%.*s", (int)length - 2, column->name + 1);
}

/* Lists as arrays of the enterprises' table. */
static void
put_arrays(struct tables *tables, tidu_text *out)
{
    struct writing *writing = &tables->writing;
    for (uint32_t t = 1; t < tables->count; t++) {
        const struct table *table = &tables->list[t];
        const tidu_fact *list = table->list ? table->list : table->set;
        if (table->list)
            tidu_text_printf(out, ",\n  %s Array(UInt8)", tidu_sql_array(writing, list, NULL));
        for (uint32_t c = 0; c < table->column_count; c++) {
            const struct stored *column = &table->columns[c];
            tidu_text_puts(out, ",\n");
            put_meaning(column, out);
            tidu_text_printf(out, "  %s Array(%s)",
                             tidu_sql_array(writing, list, tidu_sql_unquoted(writing, column)),
                             type_of(writing, column));
        }
    }
}

bool
tidu_sql_tables(const tidu_ruleset *ruleset, const tidu_sql *sql, tidu_text *out,
                tidu_error *reterr)
{
    struct tables tables;
    bool good = tidu_sql_open_tables(&tables, ruleset, sql, reterr);
    if (good) {
        struct writing *writing = &tables.writing;
        bool arrays = writing->dialect->arrays;
        for (uint32_t t = 0; t < (arrays ? 1 : tables.count); t++) {
            put_table(writing, &tables.list[t], !t, out);
            if (arrays)
                put_arrays(&tables, out);
            tidu_text_puts(out, "\n)");
            if (arrays)
                tidu_text_printf(out, " ENGINE = MergeTree ORDER BY %s", writing->key);
            tidu_text_puts(out, ";\n");
            if (t)
                put_index(writing, &tables.list[t], out);
        }
        good = (!writing->starved && !out->failed) || tidu_error_set(reterr, TIDU_MEMORY, NULL);
    }
    tidu_sql_close_tables(&tables);
    return good;
}
