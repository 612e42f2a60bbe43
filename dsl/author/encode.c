/*
 * encode.c: the helper's answer.
 *
 *   number      12         digits and a space
 *   text        5:hello,   its bytes, counted; -  where there is none
 *   list        2 …      how many, then each
 *
 *   clauses       [document, line, path, words]
 *   tables        [document, clause, line, rows, columns, cells without a count: text, line, column]
 *   pieces        [text]
 *   declarations  [word, name, document, clause, line, parent + 1, attribute]
 *   errors        [id, argument × 4, place, place]
 *
 *   attribute: kind, name, line, column, what it holds     place: path, line, column, end
 *
 * decode.c reads it, where it lies; the two must agree (grep "the helper's
 * answer"). The same sources give the same bytes.
 *
 * Must not know Lua. Owns nothing.
 */
#include "internal.h"

struct writing {
    tidu_text *out;
    struct author *author;
    struct order order;
};

static void
put_number(struct writing *w, uint64_t number, char behind)
{
    char digits[24];
    size_t at = sizeof digits;
    digits[--at] = behind;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    tidu_text_add(w->out, digits + at, sizeof digits - at);
}

static void
put_count(struct writing *w, uint64_t number)
{
    put_number(w, number, ' ');
}

/* A text; bytes that are no characters, which only names and messages of
 * scripts can hold, become question marks. */
static void
put_string(struct writing *w, const char *text)
{
    if (!text) {
        tidu_text_puts(w->out, "- ");
        return;
    }
    size_t length = strlen(text);
    put_number(w, length, ':');
    size_t from = w->out->length;
    tidu_text_add(w->out, text, length);
    tidu_text_putc(w->out, ',');
    if (w->out->failed)
        return;
    char *copy = w->out->data + from;
    for (size_t bad = tidu_utf8_check(copy, length); bad < length;
         bad += tidu_utf8_check(copy + bad, length - bad))
        copy[bad] = '?';
}

static void
put_clauses(struct writing *w)
{
    put_count(w, w->author->clause_count);
    for (size_t i = 0; i < w->author->clause_count; i++) {
        const tidu_clause *clause = &w->author->clauses[i];
        put_count(w, clause->document);
        put_count(w, clause->line);
        put_string(w, clause->path);
        put_string(w, clause->words);
    }
}

static void
put_table(struct writing *w, const tidu_table *table)
{
    put_count(w, table->document);
    put_count(w, table->clause);
    put_count(w, table->line);
    put_count(w, table->rows);
    put_count(w, table->columns);
    for (size_t i = 0; i < (size_t)table->rows * table->columns; i++) {
        put_string(w, table->cells[i].text);
        put_count(w, table->cells[i].line);
        put_count(w, table->cells[i].column);
    }
}

static void
put_tables(struct writing *w)
{
    put_count(w, w->author->table_count);
    for (size_t i = 0; i < w->author->table_count; i++)
        put_table(w, &w->author->tables[i]);
}

/* A scenario's record, by the numbers of its pieces: most of what a folder
 * declares. */
static void
put_record(struct writing *w, const tidu_attr *record)
{
    put_count(w, record->reference);
    for (uint32_t i = 0; i < record->reference; i++)
        put_count(w, record->pieces[i]);
}

static void
put_pieces(struct writing *w)
{
    put_count(w, w->author->piece_count);
    for (size_t i = 0; i < w->author->piece_count; i++)
        put_string(w, w->author->pieces[i]);
}

static void put_value(struct writing *w, const tidu_attr *attr);

static void
put_attr(struct writing *w, const tidu_attr *attr)
{
    put_count(w, attr->kind);
    put_string(w, attr->name);
    put_count(w, attr->line);
    put_count(w, attr->column);
    put_value(w, attr);
}

static void
put_value(struct writing *w, const tidu_attr *attr)
{
    switch (attr->kind) {
    case TIDU_ATTR_FLAG:
        put_count(w, attr->number != 0);
        break;
    case TIDU_ATTR_NUMBER:
        tidu_text_number(w->out, attr->number);
        tidu_text_putc(w->out, ' ');
        break;
    case TIDU_ATTR_TEXT:
    case TIDU_ATTR_EXPR:
        put_string(w, attr->text);
        break;
    case TIDU_ATTR_TABLE:
        put_count(w, attr->reference);
        break;
    case TIDU_ATTR_DECL:
        put_count(w, (uint32_t)w->order.number[attr->reference]);
        break;
    case TIDU_ATTR_LIST:
    case TIDU_ATTR_MAP:
        put_count(w, attr->item_count);
        for (uint32_t i = 0; i < attr->item_count; i++)
            put_attr(w, &attr->items[i]);
        break;
    case TIDU_ATTR_JSON:
        put_record(w, attr);
        break;
    }
}

/* Counted from 1; 0: none. */
static uint32_t
parent_number(const struct writing *w, const struct declared *declared)
{
    int32_t parent = declared->holder >= 0 ? declared->holder : declared->parent;
    return parent < 0 ? 0 : (uint32_t)w->order.number[parent] + 1;
}

static void
put_declarations(struct writing *w)
{
    put_count(w, w->order.count);
    for (uint32_t i = 0; i < w->order.count; i++) {
        const struct declared *declared = &w->author->declared[w->order.declared[i]];
        put_string(w, declared->word);
        put_string(w, declared->name);
        put_count(w, declared->place.document);
        put_count(w, declared->clause);
        put_count(w, declared->place.line);
        put_count(w, parent_number(w, declared));
        put_attr(w, &declared->attrs);
    }
}

static void
put_span(struct writing *w, const tidu_span *span)
{
    put_string(w, span->document);
    put_count(w, span->line);
    put_count(w, span->column);
    put_count(w, span->end_column);
}

static void
put_errors(struct writing *w)
{
    put_count(w, tidu_report_count(w->author->report));
    for (size_t i = 0; i < tidu_report_count(w->author->report); i++) {
        const tidu_error *error = tidu_report_get(w->author->report, i);
        put_string(w, tidu_error_id(error->code));
        for (int a = 0; a < TIDU_ARGUMENT_COUNT; a++)
            put_string(w, error->argument[a]);
        put_span(w, &error->span);
        put_span(w, &error->also);
    }
}

/* Hand back complaints only. A script that was stopped for it is complained
 * about already. */
static void
give_up(struct writing *w)
{
    struct place nowhere = {UINT32_MAX, 0, 0, 0};
    const char *limit = tidu_helper_format(w->author, "%zu", w->author->output_limit >> 10);
    if (w->author->stopped != TIDU_AUTHOR_LIMIT_OUTPUT)
        tidu_helper_complain(w->author, TIDU_AUTHOR_LIMIT_OUTPUT, nowhere, NULL, limit, NULL, NULL);
    w->out->length = 0;
    tidu_text_puts(w->out, "0 0 0 0 ");
}

void
tidu_author_encode(struct author *author, tidu_text *out)
{
    struct writing w = {out, author, tidu_declare_order(author)};
    put_clauses(&w);
    put_tables(&w);
    put_pieces(&w);
    put_declarations(&w);
    if (out->length > author->output_limit)
        give_up(&w);
    put_errors(&w);
    if (out->failed)
        tidu_helper_die("memory");
}
