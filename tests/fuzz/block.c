/*
 * block.c: what a record came to, as text.
 */
#include "block.h"

struct fixture *
fuzz_fixture(void)
{
    static void *state;
    if (!state)
        fixture_open(&state);
    return state;
}

static bool
bit(const uint64_t *bits, uint32_t index)
{
    return bits[index / 64] >> index % 64 & 1;
}

static void
write_value(const tidu_block *block, uint32_t number, uint32_t index, tidu_text *out)
{
    const tidu_column *column = &block->layout->columns[number];
    const tidu_spelling *spelling = tidu_block_spelling(block, number, index);
    bool flag = column->kind == TIDU_COLUMN_FLAG;
    if (bit((flag ? block->flag_known : block->number_known)[column->place], index))
        tidu_text_printf(out, "%u[%u]=%a", number, index,
                         flag ? bit(block->flag[column->place], index)
                              : block->number[column->place][index]);
    else
        fuzz_must(!flag || !bit(block->flag[column->place], index), "what is unknown is not true");
    if (spelling)
        tidu_text_printf(out, " %.*s", (int)spelling->text.length, spelling->text.data);
    tidu_text_putc(out, '\n');
}

static void
write_words(const tidu_block *block, tidu_text *out)
{
    for (uint32_t i = 0; i < block->row_count * block->layout->word_count; i++) {
        const tidu_slice *words = &block->words[i];
        if (words->data)
            tidu_text_add(out, words->data, words->length);
        tidu_text_putc(out, '\n');
    }
}

void
fuzz_block_write(const tidu_block *block, tidu_text *out)
{
    tidu_text_printf(out, "%u rows\n", block->row_count);
    for (uint32_t number = 0; number < block->layout->column_count; number++) {
        uint32_t frame = block->layout->columns[number].frame;
        uint32_t count = frame ? block->item_count[frame] : block->row_count;
        for (uint32_t i = 0; i < count; i++)
            write_value(block, number, i, out);
    }
    for (uint32_t frame = 1; frame < block->layout->frame_count; frame++)
        for (uint32_t row = 0; row < block->row_count; row++)
            tidu_text_printf(out, "%u: %d %u-%u\n", frame, bit(block->list_known[frame], row),
                             block->item_start[frame][row], block->item_start[frame][row + 1]);
    write_words(block, out);
}

/* What is left of a block by a record that was no row. */
static void
check_refusal(const struct fixture *fixture, tidu_text *out)
{
    char words[2048];
    fuzz_must(fixture->block->row_count == 0, "what is refused is no row");
    fuzz_must(fixture->block->spelling_count == 0, "what is refused leaves no spelling");
    for (uint32_t frame = 1; frame < fixture->block->layout->frame_count; frame++)
        fuzz_must(fixture->block->item_count[frame] == 0, "what is refused leaves no items");
    fuzz_must(fixture->error.code != TIDU_OK, "a refusal says why");
    tidu_text_puts(out, tidu_error_message(&fixture->error, TIDU_EN, words, sizeof words));
    tidu_text_puts(out, tidu_error_hint(&fixture->error, TIDU_ZH, words, sizeof words));
    fuzz_must(tidu_utf8_check(out->data, out->length) == out->length, "errors are UTF-8");
}

tidu_read
fuzz_read(struct fixture *fixture, tidu_slice record, bool ignore_unknown, tidu_text *out)
{
    char *text = fuzz_copy((const uint8_t *)record.data, record.length, TIDU_RECORD_PADDING);
    fixture_clear(fixture);
    fixture->error.code = TIDU_OK;
    tidu_read read = tidu_reader_json(fixture->reader, text, record.length, ignore_unknown,
                                      fixture->block, &fixture->error);
    if (read == TIDU_READ_ERROR)
        check_refusal(fixture, out);
    else
        fuzz_block_write(fixture->block, out);
    fuzz_must(read != TIDU_READ_ROW || fixture->block->row_count == 1, "a record is one row");
    tidu_block_clear(fixture->block, fixture->block->as_of);
    free(text);
    return read;
}

/* The records behind the heading. Cells that are kept are in the block's arena, so
 * each line may go once it is read. */
static tidu_read
read_rows(struct fixture *fixture, tidu_csv *csv, tidu_slice rest)
{
    tidu_read read = TIDU_READ_ROW;
    while (read == TIDU_READ_ROW && fixture->block->row_count < fixture->block->row_capacity) {
        uint32_t before = fixture->block->row_count;
        size_t length = tidu_csv_measure(rest.data, rest.length, true);
        fuzz_must(length <= rest.length, "a record ends in its text");
        if (!length)
            break;
        char *line = fuzz_copy((const uint8_t *)rest.data, length, 0);
        read = tidu_csv_read(csv, line, length, fixture->block, &fixture->error);
        free(line);
        fuzz_must(fixture->block->row_count == before + (read == TIDU_READ_ROW),
                  "a line is a row or nothing");
        rest.data += length;
        rest.length -= length;
    }
    return read;
}

tidu_read
fuzz_read_table(struct fixture *fixture, tidu_slice table, tidu_text *out)
{
    fixture_clear(fixture);
    fixture->error.code = TIDU_OK;
    size_t length = tidu_csv_measure(table.data, table.length, true);
    fuzz_must(length <= table.length, "a heading ends in its text");
    char *heading = fuzz_copy((const uint8_t *)table.data, length, 0);
    tidu_csv *csv =
        tidu_csv_open(&fixture->vocabulary, heading, length, fixture->ignore_unknown, &fixture->error);
    free(heading);
    tidu_slice rest = {table.data + length, table.length - length};
    tidu_read read = csv ? read_rows(fixture, csv, rest) : TIDU_READ_ERROR;
    fuzz_must(read != TIDU_READ_ERROR || fixture->error.code != TIDU_OK, "a refusal says why");
    fuzz_block_write(fixture->block, out);
    if (read == TIDU_READ_ERROR) {
        char words[2048];
        tidu_text_puts(out, tidu_error_message(&fixture->error, TIDU_EN, words, sizeof words));
    }
    tidu_csv_close(&csv);
    tidu_block_clear(fixture->block, fixture->block->as_of);
    return read;
}
