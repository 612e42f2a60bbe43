/*
 * cells.c: a line of a table cell by cell, after RFC 4180.
 *
 * A cell is what stands between commas; in quotes it may hold commas, line
 * ends and doubled quotes. Spaces around a cell do not count. Blank lines
 * before a record belong to it and say nothing.
 *
 * Must not know: facts. Borrows the text and the buffer for a cell.
 */
#include "internal.h"

#include <stdio.h>

static const char byte_order_mark[] = "\xef\xbb\xbf";

/* The bytes before a record that say nothing. */
static size_t
count_blank(const char *text, size_t length)
{
    size_t at = length >= 3 && !memcmp(text, byte_order_mark, 3) ? 3 : 0;
    while (at < length) {
        size_t end = at + (text[at] == '\r');
        if (end == length || text[end] != '\n')
            break;
        at = end + 1;
    }
    return at;
}

static bool
is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

size_t
tidu_csv_measure(const char *text, size_t length, bool last)
{
    size_t start = count_blank(text, length);
    bool quoted = false; /* between quotes */
    bool fresh = true;   /* only spaces since the last comma */
    bool closed = false; /* right behind a closing quote */

    for (size_t at = start; at < length; at++) {
        char byte = text[at];
        bool quote = byte == '"' && (quoted || fresh || closed);
        closed = quote && quoted;
        if (quote)
            quoted = !quoted;
        else if (byte == '\n' && !quoted)
            return at + 1;
        fresh = !quote && !quoted && (byte == ',' || (fresh && is_blank(byte)));
    }
    return last && start < length ? length : 0;
}

bool
tidu_cells_open(tidu_cells *cells, const char *text, size_t length, tidu_text *cell,
                tidu_error *reterr)
{
    size_t blank = count_blank(text, length);
    *cells = (tidu_cells){text, text + blank, text + length, 0, true, cell, reterr};
    if (length > TIDU_RECORD_SIZE) {
        char size[24], most[24];
        snprintf(size, sizeof size, "%zu", length);
        snprintf(most, sizeof most, "%d", TIDU_RECORD_SIZE);
        return tidu_error_set(reterr, TIDU_RECORD_TOO_LARGE, "", size, most, NULL);
    }
    if (!tidu_index_is_utf8(text, length))
        return tidu_complain_text(reterr, TIDU_RECORD_UTF8, tidu_utf8_check(text, length),
                                  (tidu_slice){0}, NULL);
    if (cells->end > cells->at && cells->end[-1] == '\n')
        cells->end--;
    if (cells->end > cells->at && cells->end[-1] == '\r')
        cells->end--;
    return true;
}

static bool
refuse_quote(const tidu_cells *cells, tidu_code code, const char *at)
{
    return tidu_complain_cell(cells->reterr, code, cells->number,
                              (tidu_slice){at, (size_t)(cells->end - at)});
}

/* Append what stands at `from` to the cell; control characters other than
 * tabs and line ends are refused. */
static bool
take_bytes(tidu_cells *cells, const char *from, const char *to)
{
    for (const char *at = from; at < to; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte >= 0x20 || tidu_is_space(*at))
            continue;
        char name[16];
        snprintf(name, sizeof name, "U+%04X", byte);
        return tidu_complain_text(cells->reterr, TIDU_RECORD_CONTROL, (size_t)(at - cells->text),
                                  tidu_slice_of(name), NULL);
    }
    tidu_text_add(cells->cell, from, (size_t)(to - from));
    return true;
}

/* quoted = '"' { any but '"' | '""' } '"' */
static bool
take_quoted(tidu_cells *cells)
{
    const char *start = cells->at++;
    for (;;) {
        const char *quote = memchr(cells->at, '"', (size_t)(cells->end - cells->at));
        if (!quote)
            return refuse_quote(cells, TIDU_RECORD_QUOTE_OPEN, start);
        bool doubled = quote + 1 < cells->end && quote[1] == '"';
        if (!take_bytes(cells, cells->at, quote + doubled))
            return false;
        cells->at = quote + 1 + doubled;
        if (!doubled)
            break;
    }
    while (cells->at < cells->end && is_blank(*cells->at))
        cells->at++;
    return cells->at == cells->end || *cells->at == ',' ||
           refuse_quote(cells, TIDU_RECORD_QUOTE, cells->at);
}

static bool
take_plain(tidu_cells *cells)
{
    const char *start = cells->at;
    const char *comma = memchr(start, ',', (size_t)(cells->end - start));
    cells->at = comma ? comma : cells->end;
    if (memchr(start, '"', (size_t)(cells->at - start)))
        return refuse_quote(cells, TIDU_RECORD_QUOTE, start);
    return take_bytes(cells, start, cells->at);
}

static tidu_slice
trim(tidu_slice text)
{
    while (text.length && tidu_is_space(text.data[text.length - 1]))
        text.length--;
    while (text.length && tidu_is_space(*text.data)) {
        text.data++;
        text.length--;
    }
    return text;
}

bool
tidu_cells_next(tidu_cells *cells)
{
    tidu_text *cell = cells->cell;

    cells->number++;
    cell->length = 0;
    while (cells->at < cells->end && is_blank(*cells->at))
        cells->at++;
    bool quoted = cells->at < cells->end && *cells->at == '"';
    if (!(quoted ? take_quoted(cells) : take_plain(cells)))
        return false;
    cells->more = cells->at < cells->end;
    cells->at += cells->more;

    tidu_slice trimmed = trim((tidu_slice){cell->data, cell->length});
    if (trimmed.length)
        memmove(cell->data, trimmed.data, trimmed.length);
    cell->length = trimmed.length;
    tidu_text_putc(cell, '\0');
    if (cell->failed)
        return tidu_error_set(cells->reterr, TIDU_MEMORY, NULL);
    cell->length--;
    return true;
}

bool
tidu_cells_split(tidu_slice *rest, tidu_slice *ret_piece)
{
    static const char wide[] = "；";
    size_t at = 0, sign = 0;

    if (!rest->length)
        return false;
    while (at < rest->length && !sign) {
        if (rest->data[at] == ';')
            sign = 1;
        else if (rest->length - at >= 3 && !memcmp(rest->data + at, wide, 3))
            sign = 3;
        else
            at++;
    }
    *ret_piece = trim((tidu_slice){rest->data, at});
    rest->data += at + sign;
    rest->length -= at + sign;
    return true;
}
