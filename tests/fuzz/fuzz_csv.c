/*
 * fuzz_csv.c: whatever bytes come as a table, they are read alike each time, and
 * its first row comes to what the same facts come to as JSON.
 *
 * Headings that say what a plain JSON record cannot (titles, columns of one
 * title) end the comparison, not the test.
 */
#include "block.h"

#include "../../dsl/record/internal.h"

struct table {
    const struct fixture *fixture;
    const tidu_fact *facts[64]; /* of each column, NULL for one that is ignored */
    int years[64];
    char *cells[64];
    size_t lengths[64];
    uint32_t count;
};

/* "revenue 2025" to its fact and year. False when it is neither that nor a fact. */
static bool
name_column(struct table *table, const char *heading, size_t length)
{
    const tidu_vocabulary *vocabulary = &table->fixture->vocabulary;
    const tidu_fact *fact = tidu_vocabulary_find(vocabulary, heading, length);
    int year = 0;
    if (!fact && length > 5 && heading[length - 5] == ' ') {
        for (size_t i = length - 4; i < length; i++) {
            if (heading[i] < '0' || heading[i] > '9')
                return false;
            year = year * 10 + (heading[i] - '0');
        }
        fact = tidu_vocabulary_find(vocabulary, heading, length - 5);
    }
    table->facts[table->count] = fact;
    table->years[table->count] = year ? year : table->fixture->block->year;
    return fact != NULL;
}

/* The cells of a line; false when there are too many or one is not plain. */
static bool
cut_line(struct table *table, tidu_slice line, bool heading)
{
    tidu_text cell = {0};
    tidu_cells cells;
    tidu_error error;
    bool good = tidu_cells_open(&cells, line.data, line.length, &cell, &error);
    table->count = 0;
    while (good && cells.more) {
        good = table->count < 64 && tidu_cells_next(&cells);
        if (good && heading)
            good = name_column(table, cell.data, cell.length);
        if (good && !heading) {
            table->cells[table->count] = fuzz_copy((const uint8_t *)cell.data, cell.length, 1);
            table->cells[table->count][cell.length] = '\0';
            table->lengths[table->count] = cell.length;
        }
        table->count += good;
    }
    tidu_text_free(&cell);
    return good;
}

static const char *
flag_word(const char *cell)
{
    static const char *const yes[] = {"1", "是", "有"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (strcmp(cell, yes[i]) == 0)
            return "true";
    return (cell[0] | 0x20) == 't' ? "true" : "false";
}

static void
put_set(tidu_slice rest, tidu_text *out)
{
    tidu_slice piece;
    bool any = false;
    tidu_text_putc(out, '[');
    while (tidu_cells_split(&rest, &piece)) {
        if (!piece.length)
            continue;
        tidu_text_puts(out, any ? "," : "");
        tidu_text_json(out, piece.data, piece.length);
        any = true;
    }
    tidu_text_putc(out, ']');
}

static void
put_cell(const struct table *table, uint32_t column, tidu_text *out)
{
    const char *cell = table->cells[column];
    switch (table->facts[column]->symbol.type.kind) {
    case TIDU_NUMBER:
        tidu_text_puts(out, cell);
        break;
    case TIDU_FLAG:
        tidu_text_puts(out, flag_word(cell));
        break;
    case TIDU_SET:
        put_set((tidu_slice){cell, table->lengths[column]}, out);
        break;
    default:
        tidu_text_json(out, cell, table->lengths[column]);
    }
}

/* All columns of one fact, by year where it has such. */
static void
put_fact(const struct table *table, uint32_t first, tidu_text *out)
{
    const tidu_fact *fact = table->facts[first];
    const char *comma = "";
    tidu_text_printf(out, "%s\"%s\":", out->length > 1 ? "," : "", fact->symbol.name);
    if (!fact->symbol.type.annual) {
        put_cell(table, first, out);
        return;
    }
    tidu_text_putc(out, '{');
    for (uint32_t i = first; i < table->count; i++) {
        if (table->facts[i] != fact || !table->lengths[i])
            continue;
        tidu_text_printf(out, "%s\"%d\":", comma, table->years[i]);
        put_cell(table, i, out);
        comma = ",";
    }
    tidu_text_putc(out, '}');
}

static void
put_record(const struct table *table, tidu_text *out)
{
    tidu_text_putc(out, '{');
    for (uint32_t i = 0; i < table->count; i++) {
        bool told = !table->lengths[i];
        for (uint32_t k = 0; k < i; k++)
            told |= table->facts[k] == table->facts[i] && table->lengths[k];
        if (!told)
            put_fact(table, i, out);
    }
    tidu_text_putc(out, '}');
}

/* The heading with the first row as a table, and as JSON: the same row. */
static void
compare_first_row(struct fixture *fixture, tidu_slice text)
{
    struct table table = {.fixture = fixture};
    size_t heading = tidu_csv_measure(text.data, text.length, true);
    size_t row = tidu_csv_measure(text.data + heading, text.length - heading, true);
    tidu_text by_table = {0}, by_json = {0}, record = {0};
    if (row &&
        fuzz_read_table(fixture, (tidu_slice){text.data, heading + row}, &by_table) ==
            TIDU_READ_ROW &&
        cut_line(&table, (tidu_slice){text.data, heading}, true)) {
        fuzz_must(cut_line(&table, (tidu_slice){text.data + heading, row}, false),
                  "a row that was read has cells");
        put_record(&table, &record);
        tidu_read read = fuzz_read(fixture, (tidu_slice){record.data, record.length}, false, &by_json);
        if (read != TIDU_READ_ROW || !fuzz_same(&by_table, &by_json))
            fuzz_fail("a row is the same as JSON", record.data, record.length);
    }
    for (uint32_t i = 0; i < 64; i++)
        free(table.cells[i]);
    tidu_text_free(&by_table);
    tidu_text_free(&by_json);
    tidu_text_free(&record);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fixture *fixture = fuzz_fixture();
    char *copy = fuzz_copy(data, size, 0);
    tidu_slice text = {copy, size};
    tidu_text once = {0}, again = {0};
    tidu_read read = fuzz_read_table(fixture, text, &once);
    fuzz_must(fuzz_read_table(fixture, text, &again) == read, "read twice, judged twice alike");
    fuzz_must(fuzz_same(&once, &again), "read twice, the same twice");
    compare_first_row(fixture, text);
    tidu_text_free(&once);
    tidu_text_free(&again);
    free(copy);
    return 0;
}
