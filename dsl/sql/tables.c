/*
 * tables.c: the tables a view reads, and a population as their rows.
 *
 *   enterprise            a row an enterprise: figures, codes, titles, whether lists are stated
 *   enterprise_standards  a row an item, or a row a code of a set
 *
 * Where a dialect has arrays, items are arrays of the enterprise's row instead.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum { STATEMENT_ROWS = 500, FLUSH_BYTES = 1 << 20 };

/* Where a column of a table comes from. */
enum source { FROM_COLUMN, FROM_FRAME, FROM_SET };

struct stored {
    const char *name;
    const tidu_fact *fact; /* of figures and codes; NULL for titles and lists */
    enum source source;
    uint32_t number; /* column of the layout, or frame */
};

/* A table: of enterprises, of a list's items (`frame`), or of a set's codes (`set`). */
struct table {
    const char *name;
    const tidu_fact *list;
    uint32_t frame;
    const tidu_fact *set;
    struct stored *columns; /* beside the key */
    uint32_t column_count;
    tidu_text rows; /* of the statement being written */
    uint32_t row_count;
};

/* Credit codes that have been keys: their hashes, 0 for none. */
struct seen {
    uint64_t *slots;
    size_t count, room;
};

struct tables {
    struct writing writing;
    struct table *list; /* enterprises first */
    uint32_t count;
};

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

static bool
open_tables(struct tables *tables, const tidu_ruleset *ruleset, const tidu_sql *sql,
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

static void
close_tables(struct tables *tables)
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

/* The name of a column without its quotes. */
static const char *
plain(struct writing *writing, const struct stored *column)
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
                             tidu_sql_array(writing, list, plain(writing, column)),
                             type_of(writing, column));
        }
    }
}

bool
tidu_sql_tables(const tidu_ruleset *ruleset, const tidu_sql *sql, tidu_text *out,
                tidu_error *reterr)
{
    struct tables tables;
    bool good = open_tables(&tables, ruleset, sql, reterr);
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
    close_tables(&tables);
    return good;
}

/* ---- rows ---- */

struct filling {
    struct tables tables;
    const tidu_sql_sink *sink;
    tidu_binding *binding;
    tidu_block *block;
    uint32_t group, first; /* of the block */
    struct seen seen;
    bool *twice; /* [row of the block]: its credit code was a key before */
    tidu_text out;
    tidu_error *reterr;
};

static bool
bit(const uint64_t *bits, uint32_t at)
{
    return bits[at / 64] >> at % 64 & 1;
}

/* A code as it was given; data NULL when it is not known. */
static tidu_slice
code_at(const struct filling *filling, uint32_t column, uint32_t at)
{
    uint32_t frame = filling->tables.writing.layout->columns[column].frame;
    uint32_t from = frame ? tidu_binding_first_item(filling->binding, frame) : filling->first;
    return tidu_binding_code(filling->binding, column, filling->group, from + at);
}

static void
put_number(const struct filling *filling, const struct stored *column, uint32_t at, tidu_text *out)
{
    const tidu_block *block = filling->block;
    const tidu_spelling *spelling = tidu_block_spelling(block, column->number, at);
    double value = block->number[block->layout->columns[column->number].place][at];
    char date[11];
    bool day = !column->fact || column->fact->symbol.type.kind == TIDU_DATE;
    if (day)
        tidu_text_printf(out, "'%s'", tidu_date_format((int32_t)value, date));
    else if (spelling)
        tidu_text_add(out, spelling->text.data, spelling->text.length);
    else
        tidu_text_number(out, value);
}

/* A value of the block's row or item. */
static void
put_value(struct filling *filling, const struct stored *column, uint32_t at, tidu_text *out)
{
    struct writing *writing = &filling->tables.writing;
    const tidu_block *block = filling->block;
    const tidu_column *input = &writing->layout->columns[column->number];
    bool flag = input->kind == TIDU_COLUMN_FLAG;
    if (column->source == FROM_FRAME) {
        tidu_text_puts(out, bit(block->list_known[column->number], at) ? "TRUE" : "FALSE");
    } else if (!bit(flag ? block->flag_known[input->place] : block->number_known[input->place],
                    at)) {
        tidu_text_puts(out, column->source == FROM_SET ? "FALSE" : "NULL");
    } else if (column->source == FROM_SET) {
        tidu_text_puts(out, "TRUE");
    } else if (flag) {
        tidu_text_puts(out, bit(block->flag[input->place], at) ? "TRUE" : "FALSE");
    } else if (column->fact && column->fact->symbol.type.kind == TIDU_CODE) {
        tidu_slice code = code_at(filling, column->number, at);
        tidu_sql_put_text(writing, code.data, code.length, out);
    } else {
        put_number(filling, column, at, out);
    }
}

static bool
end_statement(struct filling *filling, struct table *table)
{
    tidu_text *out = &filling->out;
    if (!table->row_count)
        return true;
    tidu_text_add(out, table->rows.data, table->rows.length);
    tidu_text_puts(out, ";\n");
    bool failed = out->failed || table->rows.failed;
    table->rows.length = 0;
    table->row_count = 0;
    if (failed)
        return tidu_error_set(filling->reterr, TIDU_MEMORY, NULL);
    return out->length < FLUSH_BYTES ||
           filling->sink->write(filling->sink->context, out, filling->reterr);
}

static void
begin_row(struct filling *filling, struct table *table)
{
    struct tables *tables = &filling->tables;
    tidu_text *out = &table->rows;
    if (table->row_count++) {
        tidu_text_puts(out, ",\n(");
        return;
    }
    tidu_text_printf(out, "INSERT INTO %s (%s", table->name, tables->writing.key);
    for (uint32_t c = 0; c < table->column_count; c++)
        tidu_text_printf(out, ", %s", table->columns[c].name);
    for (uint32_t t = 1; t < tables->count && tables->writing.dialect->arrays; t++) {
        const struct table *other = &tables->list[t];
        const tidu_fact *list = other->list ? other->list : other->set;
        if (other->list)
            tidu_text_printf(out, ", %s", tidu_sql_array(&tables->writing, list, NULL));
        for (uint32_t c = 0; c < other->column_count; c++)
            tidu_text_printf(out, ", %s",
                             tidu_sql_array(&tables->writing, list,
                                            plain(&tables->writing, &other->columns[c])));
    }
    tidu_text_puts(out, ") VALUES\n(");
}

static tidu_slice
uscc_of(const struct filling *filling, uint32_t row)
{
    const tidu_vocabulary *vocabulary = &filling->tables.writing.ruleset->vocabulary;
    const tidu_block *block = filling->block;
    int32_t words =
        vocabulary->uscc == TIDU_NONE ? TIDU_NONE : vocabulary->facts[vocabulary->uscc].slots.words;
    return words == TIDU_NONE
               ? (tidu_slice){NULL, 0}
               : block->words[(size_t)row * block->layout->word_count + (uint32_t)words];
}

static uint64_t
hash_of(tidu_slice text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < text.length; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * UINT64_C(0x100000001b3);
    return hash ? hash : 1;
}

/* The slot of a hash, or the free one where it goes. */
static uint64_t *
slot_of(const struct seen *seen, uint64_t hash)
{
    size_t at = (size_t)(hash ^ hash >> 32) & (seen->room - 1);
    while (seen->slots[at] && seen->slots[at] != hash)
        at = (at + 1) & (seen->room - 1);
    return &seen->slots[at];
}

static bool
make_room(struct seen *seen)
{
    struct seen wider = {.room = seen->room ? seen->room * 2 : 1024, .count = seen->count};
    if (seen->count * 2 < seen->room)
        return true;
    wider.slots = calloc(wider.room, sizeof *wider.slots);
    if (!wider.slots)
        return false;
    for (size_t i = 0; i < seen->room; i++)
        if (seen->slots[i])
            *slot_of(&wider, seen->slots[i]) = seen->slots[i];
    free(seen->slots);
    *seen = wider;
    return true;
}

/* Which rows of the block have a credit code that another had before. */
static bool
find_twice(struct filling *filling)
{
    for (uint32_t r = 0; r < filling->block->row_count; r++) {
        tidu_slice uscc = uscc_of(filling, r);
        filling->twice[r] = false;
        if (uscc.length <= 2)
            continue;
        if (!make_room(&filling->seen))
            return tidu_error_set(filling->reterr, TIDU_MEMORY, NULL);
        uint64_t hash = hash_of(uscc), *slot = slot_of(&filling->seen, hash);
        filling->twice[r] = *slot != 0;
        filling->seen.count += !*slot;
        *slot = hash;
    }
    return true;
}

/* Who the row is about: the credit code, or the number of the record. */
static void
put_key(struct filling *filling, const tidu_population *population, uint32_t row, tidu_text *out)
{
    tidu_slice word = uscc_of(filling, row);
    if (word.length > 2 && !filling->twice[row])
        tidu_sql_put_text(&filling->tables.writing, word.data + 1, word.length - 2, out);
    else
        tidu_text_printf(out, "'#%llu'",
                         (unsigned long long)tidu_population_record(population, filling->group,
                                                                    filling->first + row));
}

static bool
is_full(const struct table *table)
{
    return table->row_count == STATEMENT_ROWS;
}

/* Items `from` to `until` of a column as an array. */
static void
put_array(struct filling *filling, const struct stored *column, uint32_t from, uint32_t until,
          tidu_text *out)
{
    tidu_text_puts(out, ", [");
    for (uint32_t i = from; i < until; i++) {
        tidu_text_puts(out, i > from ? ", " : "");
        put_value(filling, column, i, out);
    }
    tidu_text_putc(out, ']');
}

static void
put_list(struct filling *filling, const struct table *table, uint32_t row, tidu_text *out)
{
    uint32_t from = filling->block->item_start[table->frame][row];
    uint32_t until = filling->block->item_start[table->frame][row + 1];
    tidu_text_puts(out, ", [");
    for (uint32_t i = from; i < until; i++)
        tidu_text_puts(out, i > from ? ", 1" : "1");
    tidu_text_putc(out, ']');
    for (uint32_t c = 0; c < table->column_count; c++)
        put_array(filling, &table->columns[c], from, until, out);
}

static void
put_codes(struct filling *filling, const struct table *table, uint32_t row, tidu_text *out)
{
    tidu_slice codes = code_at(filling, table->columns[0].number, row);
    const char *at = codes.data, *end = codes.data + codes.length;
    tidu_text_puts(out, ", [");
    while (at && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        tidu_text_puts(out, at > codes.data ? ", " : "");
        tidu_sql_put_text(&filling->tables.writing, at, (size_t)((stop ? stop : end) - at), out);
        at = stop ? stop + 1 : end;
    }
    tidu_text_putc(out, ']');
}

static bool
put_code_rows(struct filling *filling, const tidu_population *population, struct table *table,
              uint32_t row)
{
    tidu_slice codes = code_at(filling, table->columns[0].number, row);
    const char *at = codes.data, *end = codes.data + codes.length;
    while (at && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        begin_row(filling, table);
        put_key(filling, population, row, &table->rows);
        tidu_text_puts(&table->rows, ", ");
        tidu_sql_put_text(&filling->tables.writing, at, (size_t)((stop ? stop : end) - at),
                          &table->rows);
        tidu_text_putc(&table->rows, ')');
        if (is_full(table) && !end_statement(filling, table))
            return false;
        at = stop ? stop + 1 : end;
    }
    return true;
}

static bool
put_item_rows(struct filling *filling, const tidu_population *population, struct table *table,
              uint32_t row)
{
    const uint32_t *start = filling->block->item_start[table->frame];
    for (uint32_t i = start[row]; i < start[row + 1]; i++) {
        begin_row(filling, table);
        put_key(filling, population, row, &table->rows);
        for (uint32_t c = 0; c < table->column_count; c++) {
            tidu_text_puts(&table->rows, ", ");
            put_value(filling, &table->columns[c], i, &table->rows);
        }
        tidu_text_putc(&table->rows, ')');
        if (is_full(table) && !end_statement(filling, table))
            return false;
    }
    return true;
}

static bool
put_row(struct filling *filling, const tidu_population *population, uint32_t row)
{
    struct tables *tables = &filling->tables;
    struct table *main = &tables->list[0];
    bool arrays = tables->writing.dialect->arrays, good = true;
    begin_row(filling, main);
    put_key(filling, population, row, &main->rows);
    for (uint32_t c = 0; c < main->column_count; c++) {
        tidu_text_puts(&main->rows, ", ");
        put_value(filling, &main->columns[c], row, &main->rows);
    }
    for (uint32_t t = 1; t < tables->count && good; t++) {
        struct table *table = &tables->list[t];
        if (arrays && table->set)
            put_codes(filling, table, row, &main->rows);
        else if (arrays)
            put_list(filling, table, row, &main->rows);
        else
            good = table->set ? put_code_rows(filling, population, table, row)
                              : put_item_rows(filling, population, table, row);
    }
    tidu_text_putc(&main->rows, ')');
    return good && (!is_full(main) || end_statement(filling, main));
}

static bool
put_rows(struct filling *filling, const tidu_population *population)
{
    tidu_population_facts about = tidu_population_about(population);
    const tidu_sql_sink *sink = filling->sink;
    uint64_t done = 0;
    for (uint32_t g = 0; g < about.groups; g++) {
        uint32_t rows = tidu_population_group_rows(population, g), loaded;
        filling->group = g;
        for (filling->first = 0; filling->first < rows; filling->first += loaded) {
            loaded = tidu_binding_load(filling->binding, g, filling->first, rows - filling->first,
                                       true, filling->block);
            if (!loaded)
                return tidu_error_set(filling->reterr, TIDU_MEMORY, NULL);
            if (!find_twice(filling))
                return false;
            for (uint32_t r = 0; r < loaded; r++)
                if (!put_row(filling, population, r))
                    return false;
            done += loaded;
            if (sink->progress && !sink->progress(sink->context, done, about.rows))
                return tidu_error_set(filling->reterr, TIDU_POPULATION_STOPPED, NULL);
        }
    }
    return true;
}

static bool
want_columns(struct filling *filling)
{
    struct writing *writing = &filling->tables.writing;
    bool *wanted = tidu_arena_array(writing->arena, writing->layout->column_count, sizeof *wanted);
    if (!wanted)
        return tidu_error_set(filling->reterr, TIDU_MEMORY, NULL);
    for (uint32_t c = 0; c < writing->layout->column_count; c++)
        wanted[c] = writing->inputs[c].name != NULL;
    tidu_binding_want(filling->binding, wanted);
    return true;
}

static bool
fill_tables(struct filling *filling, const tidu_population *population)
{
    struct tables *tables = &filling->tables;
    bool arrays = tables->writing.dialect->arrays;
    if (!want_columns(filling))
        return false;
    tidu_population_facts about = tidu_population_about(population);
    if (about.synthetic)
        tidu_text_printf(&filling->out,
                         "-- 合成数据（种子 %llu），并非真实企业\n"
                         "-- synthetic (seed %llu): no real enterprises\n",
                         (unsigned long long)about.seed, (unsigned long long)about.seed);
    tidu_text_puts(&filling->out, arrays ? "" : "BEGIN;\n");
    if (!put_rows(filling, population))
        return false;
    for (uint32_t t = 0; t < tables->count; t++)
        if (!end_statement(filling, &tables->list[t]))
            return false;
    tidu_text_puts(&filling->out, arrays ? "" : "COMMIT;\n");
    return filling->sink->write(filling->sink->context, &filling->out, filling->reterr);
}

bool
tidu_sql_rows(const tidu_ruleset *ruleset, const tidu_sql *sql, const tidu_population *population,
              const tidu_sql_sink *sink, tidu_error *reterr)
{
    struct filling filling = {.sink = sink, .reterr = reterr};
    bool good = open_tables(&filling.tables, ruleset, sql, reterr);
    if (good) {
        filling.binding = tidu_binding_open(population, &ruleset->vocabulary, sql->as_of, reterr);
        good = filling.binding != NULL;
    }
    if (good) {
        filling.block = tidu_block_open(&ruleset->vocabulary.layout, TIDU_BLOCK_ROWS);
        filling.twice = calloc(TIDU_BLOCK_ROWS, sizeof *filling.twice);
        good = (filling.block && filling.twice) || tidu_error_set(reterr, TIDU_MEMORY, NULL);
    }
    good = good && fill_tables(&filling, population);
    tidu_text_free(&filling.out);
    free(filling.seen.slots);
    free(filling.twice);
    tidu_block_close(&filling.block);
    tidu_binding_close(&filling.binding);
    close_tables(&filling.tables);
    return good;
}
