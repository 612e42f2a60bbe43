/*
 * rows.c: a population as rows of the tables.
 *
 * Must not know: which columns there are, see tables.c.
 */
#include "tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATEMENT_ROWS = 500, FLUSH_BYTES = 1 << 20 };

/* Credit codes that have been keys: their hashes, 0 for none. */
struct seen {
    uint64_t *slots;
    size_t count, room;
};

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

static bool
is_copied(const struct filling *filling)
{
    return filling->tables.writing.dialect->copied;
}

/* Between two values of a row. */
static void
put_comma(const struct filling *filling, tidu_text *out)
{
    tidu_text_puts(out, is_copied(filling) ? "\t" : ", ");
}

/* In quotes, or as COPY reads it. */
static void
put_text(const struct filling *filling, const char *text, size_t length, tidu_text *out)
{
    static const char special[4] = {'\\', '\t', '\n', '\r'}, written[4] = {'\\', 't', 'n', 'r'};
    if (!is_copied(filling)) {
        tidu_sql_put_text(&filling->tables.writing, text, length, out);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        const char *at = memchr(special, text[i], sizeof special);
        if (at)
            tidu_text_putc(out, '\\');
        tidu_text_putc(out, at ? written[at - special] : text[i]);
    }
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
        tidu_date_format((int32_t)value, date);
    if (day)
        put_text(filling, date, strlen(date), out);
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
        tidu_text_puts(out, column->source == FROM_SET ? "FALSE"
                            : is_copied(filling)       ? "\\N"
                                                       : "NULL");
    } else if (column->source == FROM_SET) {
        tidu_text_puts(out, "TRUE");
    } else if (flag) {
        tidu_text_puts(out, bit(block->flag[input->place], at) ? "TRUE" : "FALSE");
    } else if (column->fact && column->fact->symbol.type.kind == TIDU_CODE) {
        tidu_slice code = code_at(filling, column->number, at);
        put_text(filling, code.data, code.length, out);
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
    tidu_text_puts(out, is_copied(filling) ? "\\.\n" : ";\n");
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
        tidu_text_puts(out, is_copied(filling) ? "" : ",\n(");
        return;
    }
    tidu_text_printf(out, "%s %s (%s", is_copied(filling) ? "COPY" : "INSERT INTO", table->name,
                     tables->writing.key);
    for (uint32_t c = 0; c < table->column_count; c++)
        tidu_text_printf(out, ", %s", table->columns[c].name);
    for (uint32_t t = 1; t < tables->count && tables->writing.dialect->arrays; t++) {
        const struct table *other = &tables->list[t];
        const tidu_fact *list = other->list ? other->list : other->set;
        if (other->list)
            tidu_text_printf(out, ", %s", tidu_sql_array(&tables->writing, list, NULL));
        for (uint32_t c = 0; c < other->column_count; c++)
            tidu_text_printf(
                out, ", %s",
                tidu_sql_array(&tables->writing, list,
                               tidu_sql_unquoted(&tables->writing, &other->columns[c])));
    }
    tidu_text_puts(out, is_copied(filling) ? ") FROM STDIN;\n" : ") VALUES\n(");
}

static void
end_row(const struct filling *filling, tidu_text *out)
{
    tidu_text_putc(out, is_copied(filling) ? '\n' : ')');
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
    char number[24];
    tidu_slice word = uscc_of(filling, row);
    if (word.length > 2 && !filling->twice[row]) {
        put_text(filling, word.data + 1, word.length - 2, out);
        return;
    }
    snprintf(number, sizeof number, "#%llu",
             (unsigned long long)tidu_population_record(population, filling->group,
                                                        filling->first + row));
    put_text(filling, number, strlen(number), out);
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
        put_comma(filling, &table->rows);
        put_text(filling, at, (size_t)((stop ? stop : end) - at), &table->rows);
        end_row(filling, &table->rows);
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
            put_comma(filling, &table->rows);
            put_value(filling, &table->columns[c], i, &table->rows);
        }
        end_row(filling, &table->rows);
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
        put_comma(filling, &main->rows);
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
    end_row(filling, &main->rows);
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
    bool good = tidu_sql_open_tables(&filling.tables, ruleset, sql, reterr);
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
    tidu_sql_close_tables(&filling.tables);
    return good;
}
