/*
 * decode.c: the helper's answer, read by its parent where it lies.
 *
 * A script that broke out of Lua would write it. So nothing in it is
 * trusted: every length, index, kind and depth is checked, and what a reader will
 * recurse into is known to end, since a declaration's parent always comes
 * before it and what it refers to always after it. A list that says how long it
 * is is believed as far as there are bytes for it.
 *
 * Texts are not copied: the comma behind each becomes the NUL that ends it.
 *
 * Must not know Lua or processes. The answer and all that is handed on live in
 * the caller's arena.
 */
#include "internal.h"

#include <math.h>
#include <stdlib.h>

enum { ATTR_DEPTH = AUTHOR_TABLE_DEPTH + 8 };

/* The fewest bytes that an item of a list takes. */
enum { LEAST_CLAUSE = 10, LEAST_TABLE = 10, LEAST_CELL = 7, LEAST_TEXT = 3, LEAST_NUMBER = 2,
       LEAST_ATTR = 10, LEAST_DECLARATION = 23, LEAST_ERROR = 33 };

struct decoding {
    char *at, *end; /* what is left to read; a NUL stands at the end */
    tidu_arena *arena;
    const tidu_source *sources;
    tidu_declarations *found;
    tidu_text spelling; /* of a number */
    const char *wrong; /* the first thing that makes no sense */
};

static bool
refuse(struct decoding *d, const char *what)
{
    if (!d->wrong)
        d->wrong = what;
    return false;
}

static bool
take_array(struct decoding *d, size_t count, size_t size, void *ret)
{
    void *memory = tidu_arena_array(d->arena, count, size);
    memcpy(ret, &memory, sizeof memory);
    return memory || refuse(d, "out of memory");
}

/* Digits and the byte behind them. */
static bool
read_digits(struct decoding *d, char behind, uint64_t *ret)
{
    const char *at = d->at;
    uint64_t number = 0;
    while (*at >= '0' && *at <= '9' && number <= UINT32_MAX)
        number = number * 10 + (uint64_t)(*at++ - '0');
    if (at == d->at || *at != behind)
        return false;
    d->at += at + 1 - d->at;
    *ret = number;
    return true;
}

/* A whole number up to `limit`, excluded. */
static bool
read_count(struct decoding *d, uint64_t limit, uint32_t *ret)
{
    uint64_t number;
    if (!read_digits(d, ' ', &number))
        return refuse(d, "a number is missing");
    if (number >= limit)
        return refuse(d, "a number is out of range");
    *ret = (uint32_t)number;
    return true;
}

/* How many items follow; never more than there are bytes for. */
static bool
read_size(struct decoding *d, size_t least, uint32_t *ret)
{
    uint64_t number;
    if (!read_digits(d, ' ', &number))
        return refuse(d, "a list is missing");
    if (number > (size_t)(d->end - d->at) / least)
        return refuse(d, "a list is longer than the answer");
    *ret = (uint32_t)number;
    return true;
}

static bool
read_string(struct decoding *d, const char **ret)
{
    uint64_t length;
    if (!read_digits(d, ':', &length))
        return refuse(d, "a text is missing");
    if (length >= (size_t)(d->end - d->at) || d->at[length] != ',')
        return refuse(d, "a text does not end where it says");
    if (memchr(d->at, 0, length) || tidu_utf8_check(d->at, length) < length)
        return refuse(d, "a text has bytes that are no characters");
    d->at[length] = '\0';
    *ret = d->at;
    d->at += length + 1;
    return true;
}

static bool
read_optional_string(struct decoding *d, const char **ret)
{
    if (d->at[0] != '-' || d->at[1] != ' ')
        return read_string(d, ret);
    *ret = NULL;
    d->at += 2;
    return true;
}

static bool
read_clauses(struct decoding *d)
{
    tidu_clause *clauses;
    uint32_t count;
    if (!read_size(d, LEAST_CLAUSE, &count) || !take_array(d, count, sizeof *clauses, &clauses))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (!read_count(d, d->found->document_count, &clauses[i].document) ||
            !read_count(d, UINT32_MAX, &clauses[i].line) || !read_string(d, &clauses[i].path) ||
            !read_string(d, &clauses[i].words))
            return false;
        tidu_digest(clauses[i].words, strlen(clauses[i].words), clauses[i].digest);
    }
    d->found->clauses = clauses;
    d->found->clause_count = count;
    return true;
}

static bool
read_cell(struct decoding *d, tidu_cell *ret)
{
    return read_string(d, &ret->text) && read_count(d, UINT32_MAX, &ret->line) &&
           read_count(d, UINT32_MAX, &ret->column);
}

static bool
read_table(struct decoding *d, tidu_table *ret)
{
    tidu_cell *cells;
    if (!read_count(d, d->found->document_count, &ret->document) ||
        !read_count(d, d->found->clause_count, &ret->clause) ||
        !read_count(d, UINT32_MAX, &ret->line) || !read_count(d, UINT32_MAX, &ret->rows) ||
        !read_count(d, UINT32_MAX, &ret->columns))
        return false;
    uint64_t count = (uint64_t)ret->rows * ret->columns;
    if (count > (size_t)(d->end - d->at) / LEAST_CELL)
        return refuse(d, "a table has not the cells it says");
    if (!take_array(d, count, sizeof *cells, &cells))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!read_cell(d, &cells[i]))
            return false;
    ret->cells = cells;
    return true;
}

static bool
read_tables(struct decoding *d)
{
    tidu_table *tables;
    uint32_t count;
    if (!read_size(d, LEAST_TABLE, &count) || !take_array(d, count, sizeof *tables, &tables))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!read_table(d, &tables[i]))
            return false;
    d->found->tables = tables;
    d->found->table_count = count;
    return true;
}

static bool
read_pieces(struct decoding *d)
{
    const char **pieces;
    uint32_t count;
    if (!read_size(d, LEAST_TEXT, &count) || !take_array(d, count, sizeof *pieces, &pieces))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!read_string(d, &pieces[i]))
            return false;
    d->found->pieces = pieces;
    d->found->piece_count = count;
    return true;
}

/* What is being read: its number among the declarations, and how deep. */
struct spot {
    uint32_t declaration;
    unsigned depth;
};

static bool read_attr(struct decoding *d, struct spot spot, bool named, tidu_attr *ret);

static bool
read_number(struct decoding *d, tidu_attr *ret)
{
    char *end = d->at;
    double number = (*d->at >= '0' && *d->at <= '9') || *d->at == '-' ? strtod(d->at, &end) : 0;
    if (end == d->at || *end != ' ' || !isfinite(number))
        return refuse(d, "a number is missing");
    d->at = end + 1;
    d->spelling.length = 0;
    tidu_text_number(&d->spelling, number);
    ret->number = number;
    ret->text = d->spelling.failed
                    ? NULL
                    : tidu_arena_copy_n(d->arena, d->spelling.data, d->spelling.length);
    return ret->text || refuse(d, "out of memory");
}

static bool
read_flag(struct decoding *d, tidu_attr *ret)
{
    uint32_t flag;
    if (!read_count(d, 2, &flag))
        return false;
    ret->number = flag;
    return true;
}

/* Which pieces a record is made of. */
static bool
read_record(struct decoding *d, tidu_attr *ret)
{
    uint32_t *pieces;
    if (!read_size(d, LEAST_NUMBER, &ret->reference) ||
        !take_array(d, ret->reference, sizeof *pieces, &pieces))
        return false;
    for (uint32_t i = 0; i < ret->reference; i++)
        if (!read_count(d, d->found->piece_count, &pieces[i]))
            return false;
    ret->pieces = pieces;
    return true;
}

static bool
read_items(struct decoding *d, struct spot spot, tidu_attr *ret)
{
    tidu_attr *items;
    if (++spot.depth > ATTR_DEPTH)
        return refuse(d, "tables nest too deeply");
    if (!read_size(d, LEAST_ATTR, &ret->item_count) ||
        !take_array(d, ret->item_count, sizeof *items, &items))
        return false;
    for (uint32_t i = 0; i < ret->item_count; i++)
        if (!read_attr(d, spot, ret->kind == TIDU_ATTR_MAP, &items[i]))
            return false;
    ret->items = items;
    return true;
}

static bool
read_held(struct decoding *d, struct spot spot, tidu_attr *ret)
{
    switch (ret->kind) {
    case TIDU_ATTR_FLAG:
        return read_flag(d, ret);
    case TIDU_ATTR_NUMBER:
        return read_number(d, ret);
    case TIDU_ATTR_TEXT:
    case TIDU_ATTR_EXPR:
        return read_string(d, &ret->text);
    case TIDU_ATTR_JSON:
        return read_record(d, ret);
    case TIDU_ATTR_TABLE:
        return read_count(d, d->found->table_count, &ret->reference);
    case TIDU_ATTR_DECL:
        return read_count(d, d->found->declaration_count, &ret->reference) &&
               (ret->reference > spot.declaration ||
                refuse(d, "a declaration holds an earlier one"));
    case TIDU_ATTR_LIST:
    case TIDU_ATTR_MAP:
        return read_items(d, spot, ret);
    }
    return false;
}

static bool
read_attr(struct decoding *d, struct spot spot, bool named, tidu_attr *ret)
{
    uint32_t kind;
    if (!read_count(d, TIDU_ATTR_JSON + 1, &kind) || !read_optional_string(d, &ret->name) ||
        !read_count(d, UINT32_MAX, &ret->line) || !read_count(d, UINT32_MAX, &ret->column))
        return false;
    if (named != (ret->name != NULL))
        return refuse(d, "an attribute has no name, or one too many");
    ret->kind = (tidu_attr_kind)kind;
    ret->text = ""; /* whoever takes it for a text finds that it says nothing */
    return read_held(d, spot, ret);
}

/* An earlier one, counted from 1, or 0. */
static bool
read_parent(struct decoding *d, uint32_t index, int32_t *ret)
{
    uint32_t parent;
    if (!read_count(d, AUTHOR_DECLARATIONS, &parent))
        return false;
    *ret = (int32_t)parent - 1;
    return parent <= index || refuse(d, "a declaration's parent is none");
}

/* All other words take a name, by `takes` of prelude.lua. */
static bool
may_be_nameless(const char *word)
{
    static const char *const words[] = {"policy",   "all",       "any",     "none",       "at_least",
                                        "scorecard", "regions", "responsible", "expect"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i], word))
            return true;
    return false;
}

/* What a reader follows to somewhere else is of the kind that prelude.lua gives it:
 * a scenario's record in pieces, a decision's table. */
static bool
check_kinds(struct decoding *d, const tidu_declaration *declaration)
{
    bool scenario = !strcmp(declaration->word, "scenario");
    bool decision = !strcmp(declaration->word, "decision");
    for (uint32_t i = 0; i < declaration->attrs.item_count; i++) {
        const tidu_attr *attr = &declaration->attrs.items[i];
        bool refers = attr->kind == TIDU_ATTR_TABLE || attr->kind == TIDU_ATTR_DECL;
        if ((scenario && !strcmp(attr->name, "record") && refers) ||
            (decision && !strcmp(attr->name, "table") && attr->kind != TIDU_ATTR_TABLE))
            return refuse(d, "an attribute is of another kind than its word has");
    }
    return true;
}

static bool
read_declaration(struct decoding *d, uint32_t index, uint32_t *depths, tidu_declaration *ret)
{
    struct spot spot = {index, 0};
    if (!read_string(d, &ret->word) || !read_optional_string(d, &ret->name) ||
        !read_count(d, d->found->document_count, &ret->document) ||
        !read_count(d, d->found->clause_count, &ret->clause) ||
        !read_count(d, UINT32_MAX, &ret->line) || !read_parent(d, index, &ret->parent) ||
        !read_attr(d, spot, false, &ret->attrs))
        return false;
    if (!ret->name && !may_be_nameless(ret->word))
        return refuse(d, "a declaration has no name");
    depths[index] = ret->parent < 0 ? 0 : depths[ret->parent] + 1;
    if (depths[index] > AUTHOR_NESTING + 4)
        return refuse(d, "declarations nest too deeply");
    if (ret->attrs.kind != TIDU_ATTR_MAP)
        return refuse(d, "a declaration has no attributes");
    return check_kinds(d, ret);
}

static bool
read_declarations(struct decoding *d)
{
    tidu_declaration *declarations;
    uint32_t *depths, count;
    if (!read_size(d, LEAST_DECLARATION, &count))
        return false;
    if (count > AUTHOR_DECLARATIONS)
        return refuse(d, "too many declarations");
    d->found->declaration_count = count;
    if (!take_array(d, count, sizeof *declarations, &declarations) ||
        !take_array(d, count, sizeof *depths, &depths))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!read_declaration(d, i, depths, &declarations[i]))
            return false;
    d->found->declarations = declarations;
    return true;
}

static tidu_code
code_of(const char *id)
{
    for (int code = TIDU_OK + 1; code < TIDU_CODE_COUNT; code++)
        if (!strcmp(tidu_error_id((tidu_code)code), id))
            return (tidu_code)code;
    return TIDU_OK;
}

static bool
read_span(struct decoding *d, tidu_span *ret)
{
    tidu_error cut;
    uint32_t line, column, end;
    const char *path;
    if (!read_string(d, &path) || !read_count(d, UINT32_MAX, &line) ||
        !read_count(d, UINT32_MAX, &column) || !read_count(d, UINT32_MAX, &end))
        return false;
    tidu_error_at(&cut, TIDU_OK, path, line, column, end, NULL);
    *ret = cut.span;
    return true;
}

static bool
read_error(struct decoding *d, tidu_report *report)
{
    const char *id, *argument[TIDU_ARGUMENT_COUNT];
    tidu_error error;
    if (!read_string(d, &id))
        return false;
    tidu_code code = code_of(id);
    if (code == TIDU_OK)
        return refuse(d, "an error has no known number");
    for (size_t i = 0; i < TIDU_ARGUMENT_COUNT; i++)
        if (!read_string(d, &argument[i]))
            return false;
    tidu_error_set(&error, code, argument[0], argument[1], argument[2], argument[3], NULL);
    if (!read_span(d, &error.span) || !read_span(d, &error.also))
        return false;
    tidu_report_add(report, &error);
    return true;
}

static bool
read_errors(struct decoding *d, tidu_report *report)
{
    uint32_t count;
    if (!read_size(d, LEAST_ERROR, &count))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!read_error(d, report))
            return false;
    return d->at == d->end || refuse(d, "there is more than an answer");
}

static bool
read_documents(struct decoding *d, size_t count)
{
    tidu_document *documents;
    if (!take_array(d, count, sizeof *documents, &documents))
        return false;
    for (size_t i = 0; i < count; i++) {
        documents[i].path = tidu_arena_copy(d->arena, d->sources[i].path);
        if (!documents[i].path)
            return refuse(d, "out of memory");
        tidu_digest(d->sources[i].text, d->sources[i].length, documents[i].digest);
    }
    d->found->documents = documents;
    d->found->document_count = (uint32_t)count;
    return true;
}

bool
tidu_author_decode(const char *bytes, size_t length, const tidu_source *sources,
                   size_t source_count, tidu_arena *arena, tidu_declarations *ret_declarations,
                   tidu_report *report)
{
    tidu_declarations found = {0};
    struct decoding d = {.arena = arena, .sources = sources, .found = &found};
    d.at = tidu_arena_copy_n(arena, bytes, length);
    d.end = d.at ? d.at + length : NULL;
    bool good = (d.at || refuse(&d, "out of memory")) && read_documents(&d, source_count) &&
                read_clauses(&d) && read_tables(&d) && read_pieces(&d) && read_declarations(&d) &&
                read_errors(&d, report);
    if (good) {
        *ret_declarations = found;
    } else {
        tidu_error error;
        tidu_error_set(&error, TIDU_AUTHOR_HELPER_ANSWER, d.wrong, NULL);
        tidu_report_add(report, &error);
    }
    tidu_text_free(&d.spelling);
    return good;
}
