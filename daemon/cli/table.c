/*
 * table.c: tables and colours for a terminal.
 *
 * Cells are collected first, because a column is as wide as its widest cell.
 * Widths are counted as a terminal shows them: a Chinese character takes two
 * places.
 *
 * Must not know: answers.
 *
 * Ownership: a table owns copies of its cells.
 */
#include "internal.h"

#include <stdlib.h>
#include <unistd.h>

struct cell {
    char *text;
    tidu_colour colour;
};

bool
tidu_colours_wanted(FILE *stream)
{
    const char *none = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (none && *none)
        return false;
    return isatty(fileno(stream)) && terminal && strcmp(terminal, "dumb") != 0;
}

void
tidu_put_coloured(tidu_text *out, bool colours, tidu_colour colour, const char *text)
{
    static const char *const codes[] = {"",         "\033[31m", "\033[32m",
                                        "\033[33m", "\033[1m",  "\033[2m"};
    bool wanted = colours && colour != TIDU_PLAIN;
    if (wanted)
        tidu_text_puts(out, codes[colour]);
    tidu_text_puts(out, text);
    if (wanted)
        tidu_text_puts(out, "\033[0m");
}

void
tidu_table_add(struct table *table, const char *text, tidu_colour colour)
{
    if (table->count == table->capacity && !table->failed) {
        size_t larger = table->capacity ? table->capacity * 2 : 64;
        struct cell *cells = realloc(table->cells, larger * sizeof *cells);
        if (cells) {
            table->cells = cells;
            table->capacity = larger;
        }
        table->failed = !cells;
    }
    char *copy = table->failed ? NULL : strdup(text);
    table->failed |= !copy;
    if (copy)
        table->cells[table->count++] = (struct cell){copy, colour};
}

static size_t
width(const char *text)
{
    return tidu_utf8_width(text, strlen(text));
}

static size_t
column_width(const struct table *table, size_t column)
{
    size_t widest = 0;
    for (size_t i = column; i < table->count; i += table->columns) {
        size_t own = width(table->cells[i].text);
        widest = own > widest ? own : widest;
    }
    return widest;
}

void
tidu_table_write(const struct table *table, bool colours, tidu_text *out)
{
    size_t *widths = calloc(table->columns, sizeof *widths);
    if (!widths || table->failed) {
        out->failed = true;
        free(widths);
        return;
    }
    for (size_t c = 0; c < table->columns; c++)
        widths[c] = column_width(table, c);
    for (size_t i = 0; i < table->count; i++) {
        const struct cell *cell = &table->cells[i];
        size_t column = i % table->columns;
        bool last = column + 1 == table->columns || i + 1 == table->count;
        tidu_put_coloured(out, colours, cell->colour, cell->text);
        size_t fill = last ? 0 : widths[column] - width(cell->text) + 2;
        for (size_t k = 0; k < fill; k++)
            tidu_text_putc(out, ' ');
        if (last)
            tidu_text_putc(out, '\n');
    }
    free(widths);
}

void
tidu_table_free(struct table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->cells[i].text);
    free(table->cells);
    *table = (struct table){0};
}

static void
put_cell(const json_t *value, tidu_text *out)
{
    const char *text = json_string_value(value);
    if (json_is_boolean(value)) {
        tidu_text_puts(out, json_is_true(value) ? "1" : "0");
    } else if (json_is_integer(value)) {
        tidu_text_printf(out, "%lld", (long long)json_integer_value(value));
    } else if (json_is_number(value)) {
        tidu_text_number(out, json_number_value(value));
    } else if (text) {
        tidu_text_csv(out, text, strlen(text));
    }
}

struct rows
tidu_rows_of(const json_t *result, const char *format, tidu_text *out)
{
    return (struct rows){out, !strcmp(format, "csv"), tidu_is_synthetic(result)};
}

void
tidu_put_heading(const struct rows *rows, const char *names)
{
    if (rows->csv)
        tidu_text_printf(rows->out, "%s%s\n", names, rows->synthetic ? ",synthetic" : "");
}

void
tidu_put_row(const struct rows *rows, json_t *row)
{
    const char *name;
    json_t *value;
    bool first = true;
    if (rows->synthetic)
        json_object_set_new(row, "synthetic", json_true());
    if (!rows->csv) {
        tidu_put_tree(row, rows->out);
        return;
    }
    json_object_foreach (row, name, value) {
        tidu_text_puts(rows->out, first ? "" : ",");
        put_cell(value, rows->out);
        first = false;
    }
    tidu_text_putc(rows->out, '\n');
}
