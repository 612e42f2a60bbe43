/*
 * encode.c: the helper's answer as one JSON document.
 *
 *   {"clauses":      [[document, line, path, words], …],
 *    "tables":       [[document, clause, line, rows, columns, [[text, line, column], …]], …],
 *    "pieces":       ["\"revenue\":9999", …],
 *    "declarations": [[word, name, document, clause, line, parent, attribute], …],
 *    "errors":       [[id, [argument, …], place, place], …]}
 *
 *   attribute: [kind, name, line, column, what it holds]     place: [path, line, column, end]
 *
 * decode.c reads it; the two must agree (grep "the helper's answer"). The same
 * sources give the same bytes.
 *
 * Must not know Lua. Owns nothing.
 */
#include "internal.h"

struct writing {
    tidu_text *out;
    struct author *author;
    struct order order;
};

/* A string; bytes that are no characters, which only names and messages of
 * scripts can hold, become question marks. */
static void
put_string(struct writing *w, const char *text)
{
    if (!text) {
        tidu_text_puts(w->out, "null");
        return;
    }
    size_t length = strlen(text);
    if (tidu_utf8_check(text, length) == length) {
        tidu_text_json(w->out, text, length);
        return;
    }
    char *copy = tidu_helper_copy(w->author, text, length);
    for (size_t bad = tidu_utf8_check(copy, length); bad < length;
         bad = tidu_utf8_check(copy, length))
        copy[bad] = '?';
    tidu_text_json(w->out, copy, length);
}

static void
put_comma(struct writing *w, size_t index)
{
    if (index)
        tidu_text_putc(w->out, ',');
}

static void
put_clauses(struct writing *w)
{
    tidu_text_puts(w->out, "{\"clauses\":[");
    for (size_t i = 0; i < w->author->clause_count; i++) {
        const tidu_clause *clause = &w->author->clauses[i];
        put_comma(w, i);
        tidu_text_printf(w->out, "[%u,%u,", clause->document, clause->line);
        put_string(w, clause->path);
        tidu_text_putc(w->out, ',');
        put_string(w, clause->words);
        tidu_text_putc(w->out, ']');
    }
}

static void
put_table(struct writing *w, const tidu_table *table)
{
    tidu_text_printf(w->out, "[%u,%u,%u,%u,%u,[", table->document, table->clause, table->line,
                     table->rows, table->columns);
    for (size_t i = 0; i < (size_t)table->rows * table->columns; i++) {
        put_comma(w, i);
        tidu_text_putc(w->out, '[');
        put_string(w, table->cells[i].text);
        tidu_text_printf(w->out, ",%u,%u]", table->cells[i].line, table->cells[i].column);
    }
    tidu_text_puts(w->out, "]]");
}

static void
put_tables(struct writing *w)
{
    tidu_text_puts(w->out, "],\"tables\":[");
    for (size_t i = 0; i < w->author->table_count; i++) {
        put_comma(w, i);
        put_table(w, &w->author->tables[i]);
    }
}

/* A scenario's record, by the numbers of its pieces, as text: most of what a
 * folder declares. */
static void
put_pieces(struct writing *w, const tidu_attr *record)
{
    tidu_text_putc(w->out, '"');
    for (uint32_t i = 0; i < record->reference; i++) {
        put_comma(w, i);
        tidu_text_number(w->out, record->pieces[i]);
    }
    tidu_text_putc(w->out, '"');
}

static void
put_all_pieces(struct writing *w)
{
    tidu_text_puts(w->out, "],\"pieces\":[");
    for (size_t i = 0; i < w->author->piece_count; i++) {
        put_comma(w, i);
        put_string(w, w->author->pieces[i]);
    }
}

static void put_value(struct writing *w, const tidu_attr *attr);

static void
put_attr(struct writing *w, const tidu_attr *attr)
{
    tidu_text_putc(w->out, '[');
    tidu_text_number(w->out, attr->kind);
    tidu_text_putc(w->out, ',');
    put_string(w, attr->name);
    tidu_text_putc(w->out, ',');
    tidu_text_number(w->out, attr->line);
    tidu_text_putc(w->out, ',');
    tidu_text_number(w->out, attr->column);
    tidu_text_putc(w->out, ',');
    put_value(w, attr);
    tidu_text_putc(w->out, ']');
}

static void
put_value(struct writing *w, const tidu_attr *attr)
{
    switch (attr->kind) {
    case TIDU_ATTR_FLAG:
    case TIDU_ATTR_NUMBER:
        tidu_text_number(w->out, attr->number);
        break;
    case TIDU_ATTR_TEXT:
    case TIDU_ATTR_EXPR:
        put_string(w, attr->text);
        break;
    case TIDU_ATTR_TABLE:
        tidu_text_printf(w->out, "%u", attr->reference);
        break;
    case TIDU_ATTR_DECL:
        tidu_text_printf(w->out, "%d", w->order.number[attr->reference]);
        break;
    case TIDU_ATTR_LIST:
    case TIDU_ATTR_MAP:
        tidu_text_putc(w->out, '[');
        for (uint32_t i = 0; i < attr->item_count; i++) {
            put_comma(w, i);
            put_attr(w, &attr->items[i]);
        }
        tidu_text_putc(w->out, ']');
        break;
    case TIDU_ATTR_JSON:
        put_pieces(w, attr);
        break;
    }
}

static int32_t
parent_number(const struct writing *w, const struct declared *declared)
{
    int32_t parent = declared->holder >= 0 ? declared->holder : declared->parent;
    return parent < 0 ? -1 : w->order.number[parent];
}

static void
put_declarations(struct writing *w)
{
    tidu_text_puts(w->out, "],\"declarations\":[");
    for (uint32_t i = 0; i < w->order.count; i++) {
        const struct declared *declared = &w->author->declared[w->order.declared[i]];
        put_comma(w, i);
        tidu_text_putc(w->out, '[');
        put_string(w, declared->word);
        tidu_text_putc(w->out, ',');
        put_string(w, declared->name);
        tidu_text_printf(w->out, ",%u,%u,%u,%d,", declared->place.document, declared->clause,
                         declared->place.line, parent_number(w, declared));
        put_attr(w, &declared->attrs);
        tidu_text_putc(w->out, ']');
    }
}

static void
put_span(struct writing *w, const tidu_span *span)
{
    tidu_text_puts(w->out, ",[");
    put_string(w, span->document);
    tidu_text_printf(w->out, ",%u,%u,%u]", span->line, span->column, span->end_column);
}

static void
put_error(struct writing *w, const tidu_error *error)
{
    tidu_text_printf(w->out, "[\"%s\",[", tidu_error_id(error->code));
    for (int i = 0; i < TIDU_ARGUMENT_COUNT; i++) {
        put_comma(w, (size_t)i);
        put_string(w, error->argument[i]);
    }
    tidu_text_putc(w->out, ']');
    put_span(w, &error->span);
    put_span(w, &error->also);
    tidu_text_putc(w->out, ']');
}

static void
put_errors(struct writing *w)
{
    tidu_text_puts(w->out, "],\"errors\":[");
    for (size_t i = 0; i < tidu_report_count(w->author->report); i++) {
        put_comma(w, i);
        put_error(w, tidu_report_get(w->author->report, i));
    }
    tidu_text_puts(w->out, "]}");
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
    tidu_text_puts(w->out, "{\"clauses\":[],\"tables\":[],\"pieces\":[],\"declarations\":[");
}

void
tidu_author_encode(struct author *author, tidu_text *out)
{
    struct writing w = {out, author, tidu_declare_order(author)};
    put_clauses(&w);
    put_tables(&w);
    put_all_pieces(&w);
    put_declarations(&w);
    if (out->length > author->output_limit)
        give_up(&w);
    put_errors(&w);
    if (out->failed)
        tidu_helper_die("memory");
}
