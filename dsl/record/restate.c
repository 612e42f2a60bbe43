/*
 * restate.c: a line of a table as a JSON record that says the same.
 *
 *   line ─► cells ─► one member a fact, the years of an annual fact together
 *
 * Must not know: what values mean: the line has been read before, so what stands
 * in it is good.
 */
#include "internal.h"

#include <stdio.h>

/* The cells of a line, all of them at hand. */
struct line {
    const struct tidu_csv *csv;
    tidu_slice *cells; /* [column] */
    int year;
    bool begun; /* a member stands in the object */
    tidu_text *out;
};

static void
next_member(struct line *line)
{
    if (line->begun)
        tidu_text_putc(line->out, ',');
    line->begun = true;
}

static void
put_string(tidu_text *out, tidu_slice text)
{
    tidu_text_json(out, text.data, text.length);
}

/* ---- facts ---- */

static void
put_set(tidu_text *out, tidu_slice cell)
{
    tidu_slice code;
    bool any = false;
    tidu_text_putc(out, '[');
    while (tidu_cells_split(&cell, &code)) {
        if (!code.length)
            continue;
        if (any)
            tidu_text_putc(out, ',');
        put_string(out, code);
        any = true;
    }
    tidu_text_putc(out, ']');
}

static void
put_value(tidu_text *out, tidu_kind kind, tidu_slice cell)
{
    bool flag = false;
    switch (kind) {
    case TIDU_NUMBER:
        tidu_text_add(out, cell.data, cell.length);
        break;
    case TIDU_FLAG:
        tidu_cell_flag(cell, &flag);
        tidu_text_puts(out, flag ? "true" : "false");
        break;
    case TIDU_SET:
        put_set(out, cell);
        break;
    default:
        put_string(out, cell);
    }
}

/* True when an earlier column is about the same fact and has a value. */
static bool
is_told(const struct line *line, uint32_t column)
{
    const struct tidu_csv_column *columns = line->csv->columns;
    for (uint32_t i = 0; i < column; i++)
        if (columns[i].kind == TIDU_HEADING_FACT && columns[i].fact == columns[column].fact &&
            line->cells[i].length)
            return true;
    return false;
}

static void
put_years(struct line *line, uint32_t first, tidu_kind kind)
{
    const struct tidu_csv_column *columns = line->csv->columns;
    bool any = false;
    tidu_text_putc(line->out, '{');
    for (uint32_t i = first; i < line->csv->column_count; i++) {
        if (columns[i].kind != TIDU_HEADING_FACT || columns[i].fact != columns[first].fact ||
            !line->cells[i].length)
            continue;
        tidu_text_printf(line->out, "%s\"%d\":", any ? "," : "",
                         columns[i].year ? columns[i].year : line->year);
        put_value(line->out, kind, line->cells[i]);
        any = true;
    }
    tidu_text_putc(line->out, '}');
}

static void
put_fact(struct line *line, uint32_t column)
{
    const tidu_fact *fact =
        &line->csv->filing->vocabulary->facts[line->csv->columns[column].fact];
    const tidu_type *type = &fact->symbol.type;
    if (!line->cells[column].length || is_told(line, column))
        return;
    next_member(line);
    put_string(line->out, tidu_slice_of(fact->symbol.name));
    tidu_text_putc(line->out, ':');
    if (type->annual)
        put_years(line, column, type->kind);
    else
        put_value(line->out, type->kind, line->cells[column]);
}

/* ---- titles ---- */

static void
put_day(tidu_text *out, const char *name, int32_t day)
{
    char date[11];
    if (day != INT32_MIN && day != INT32_MAX)
        tidu_text_printf(out, ",\"%s\":\"%s\"", name, tidu_date_format(day, date));
}

static void
put_title(struct line *line, tidu_slice id, const tidu_title_entry *entry, bool *any)
{
    tidu_text *out = line->out;
    tidu_text_puts(out, *any ? ",{\"id\":" : "{\"id\":");
    put_string(out, id);
    if (entry) {
        put_day(out, "granted", entry->granted);
        put_day(out, "expires", entry->expires);
        put_day(out, "reviewed", entry->reviewed);
        put_day(out, "cancelled", entry->cancelled);
    }
    tidu_text_putc(out, '}');
    *any = true;
}

static void
put_listed(struct line *line, tidu_slice cell, bool *any)
{
    tidu_slice piece, id;
    tidu_title_entry entry;
    while (tidu_cells_split(&cell, &piece))
        if (piece.length && tidu_title_parse(piece, &id, &entry))
            put_title(line, id, &entry, any);
}

/* All that stands in columns about titles; nothing when all of them are empty. */
static void
put_titles(struct line *line)
{
    const tidu_layout *layout = &line->csv->filing->vocabulary->layout;
    bool any = false, stated = false, held;
    size_t begin = line->out->length;
    bool begun = line->begun;
    next_member(line);
    tidu_text_puts(line->out, "\"titles\":[");
    for (uint32_t i = 0; i < line->csv->column_count; i++) {
        const struct tidu_csv_column *column = &line->csv->columns[i];
        tidu_slice cell = line->cells[i];
        if (!cell.length || (column->kind != TIDU_HEADING_TITLES && column->kind != TIDU_HEADING_HOLDS))
            continue;
        stated = true;
        if (column->kind == TIDU_HEADING_TITLES)
            put_listed(line, cell, &any);
        else if (tidu_cell_flag(cell, &held) && held)
            put_title(line, tidu_slice_of(layout->titles[column->title].id), NULL, &any);
    }
    tidu_text_putc(line->out, ']');
    if (stated)
        return;
    line->out->length = begin;
    line->begun = begun;
}

/* ---- the line ---- */

static bool
keep_cells(struct line *line, tidu_cells *cells, tidu_arena *arena)
{
    for (uint32_t i = 0; i < line->csv->column_count && cells->more; i++) {
        if (!tidu_cells_next(cells))
            return false;
        const tidu_text *cell = cells->cell;
        line->cells[i] = (tidu_slice){tidu_arena_copy_n(arena, cell->data, cell->length), cell->length};
        if (cell->length && !line->cells[i].data)
            return tidu_error_set(cells->reterr, TIDU_MEMORY, NULL);
    }
    return true;
}

static void
write_line(struct line *line)
{
    tidu_text_putc(line->out, '{');
    for (uint32_t i = 0; i < line->csv->column_count; i++)
        if (line->csv->columns[i].kind == TIDU_HEADING_FACT)
            put_fact(line, i);
    put_titles(line);
    tidu_text_putc(line->out, '}');
}

bool
tidu_csv_restate(tidu_csv *csv, const char *text, size_t length, int year, tidu_text *out,
                 tidu_error *reterr)
{
    tidu_cells cells;
    tidu_arena *arena = tidu_arena_open();
    struct line line = {.csv = csv, .year = year, .out = out};
    if (arena)
        line.cells = tidu_arena_array(arena, csv->column_count, sizeof *line.cells);
    bool good = line.cells ? tidu_cells_open(&cells, text, length, &csv->cell, reterr) &&
                                 keep_cells(&line, &cells, arena)
                           : tidu_error_set(reterr, TIDU_MEMORY, NULL);
    if (good)
        write_line(&line);
    tidu_arena_close(&arena);
    return good;
}
