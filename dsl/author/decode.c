/*
 * decode.c: the helper's answer, read by its parent.
 *
 * A script that broke out of Lua would write this JSON. So nothing in it is
 * trusted: every index, kind and depth is checked, and what a reader will
 * recurse into is known to end, since a declaration's parent always comes
 * before it and what it refers to always after it.
 *
 * Must not know Lua or processes. Owns the JSON while it is read; all that is
 * handed on lives in the caller's arena.
 */
#include "internal.h"

#include <jansson.h>
#include <stdlib.h>

enum {
    LARGEST_TABLE = 1 << 24, /* cells */
    ATTR_DEPTH = AUTHOR_TABLE_DEPTH + 8
};

struct decoding {
    tidu_arena *arena;
    const tidu_source *sources;
    tidu_declarations *found;
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

/* A whole number up to `limit`, excluded. */
static bool
read_count(struct decoding *d, const json_t *value, uint64_t limit, uint32_t *ret)
{
    if (!json_is_integer(value))
        return refuse(d, "a number is missing");
    json_int_t number = json_integer_value(value);
    if (number < 0 || (uint64_t)number >= limit)
        return refuse(d, "a number is out of range");
    *ret = (uint32_t)number;
    return true;
}

static bool
read_string(struct decoding *d, const json_t *value, const char **ret)
{
    if (!json_is_string(value))
        return refuse(d, "a text is missing");
    *ret = tidu_arena_copy_n(d->arena, json_string_value(value), json_string_length(value));
    return *ret || refuse(d, "out of memory");
}

static bool
read_optional_string(struct decoding *d, const json_t *value, const char **ret)
{
    *ret = NULL;
    return json_is_null(value) || read_string(d, value, ret);
}

static bool
read_clause(struct decoding *d, const json_t *value, tidu_clause *ret)
{
    bool good = read_count(d, json_array_get(value, 0), d->found->document_count, &ret->document) &&
                read_count(d, json_array_get(value, 1), UINT32_MAX, &ret->line) &&
                read_string(d, json_array_get(value, 2), &ret->path) &&
                read_string(d, json_array_get(value, 3), &ret->words);
    if (good)
        tidu_digest(ret->words, strlen(ret->words), ret->digest);
    return good;
}

static bool
read_clauses(struct decoding *d, const json_t *list)
{
    tidu_clause *clauses;
    size_t count = json_array_size(list);
    if (!take_array(d, count, sizeof *clauses, &clauses))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!read_clause(d, json_array_get(list, i), &clauses[i]))
            return false;
    d->found->clauses = clauses;
    d->found->clause_count = (uint32_t)count;
    return true;
}

static bool
read_cell(struct decoding *d, const json_t *value, tidu_cell *ret)
{
    return read_string(d, json_array_get(value, 0), &ret->text) &&
           read_count(d, json_array_get(value, 1), UINT32_MAX, &ret->line) &&
           read_count(d, json_array_get(value, 2), UINT32_MAX, &ret->column);
}

static bool
read_table(struct decoding *d, const json_t *value, tidu_table *ret)
{
    tidu_cell *cells;
    const json_t *list = json_array_get(value, 5);
    if (!read_count(d, json_array_get(value, 0), d->found->document_count, &ret->document) ||
        !read_count(d, json_array_get(value, 1), d->found->clause_count, &ret->clause) ||
        !read_count(d, json_array_get(value, 2), UINT32_MAX, &ret->line) ||
        !read_count(d, json_array_get(value, 3), LARGEST_TABLE, &ret->rows) ||
        !read_count(d, json_array_get(value, 4), LARGEST_TABLE, &ret->columns))
        return false;
    size_t count = (size_t)ret->rows * ret->columns;
    if (count != json_array_size(list))
        return refuse(d, "a table has not the cells it says");
    if (!take_array(d, count, sizeof *cells, &cells))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!read_cell(d, json_array_get(list, i), &cells[i]))
            return false;
    ret->cells = cells;
    return true;
}

static bool
read_tables(struct decoding *d, const json_t *list)
{
    tidu_table *tables;
    size_t count = json_array_size(list);
    if (!take_array(d, count, sizeof *tables, &tables))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!read_table(d, json_array_get(list, i), &tables[i]))
            return false;
    d->found->tables = tables;
    d->found->table_count = (uint32_t)count;
    return true;
}

static bool
read_pieces(struct decoding *d, const json_t *list)
{
    const char **pieces;
    size_t count = json_array_size(list);
    if (!take_array(d, count, sizeof *pieces, &pieces))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!read_string(d, json_array_get(list, i), &pieces[i]))
            return false;
    d->found->pieces = pieces;
    d->found->piece_count = (uint32_t)count;
    return true;
}

/* What is being read: its number among the declarations, and how deep. */
struct spot {
    uint32_t declaration;
    unsigned depth;
};

static bool read_attr(struct decoding *d, const json_t *value, struct spot spot, bool named,
                      tidu_attr *ret);

static bool
read_number(struct decoding *d, const json_t *value, tidu_attr *ret)
{
    tidu_text text = {0};
    if (!json_is_number(value))
        return refuse(d, "a number is missing");
    ret->number = json_number_value(value);
    tidu_text_number(&text, ret->number);
    if (!text.failed)
        ret->text = tidu_arena_copy_n(d->arena, text.data, text.length);
    tidu_text_free(&text);
    return ret->text || refuse(d, "out of memory");
}

static bool
read_flag(struct decoding *d, const json_t *value, tidu_attr *ret)
{
    uint32_t flag;
    if (!read_count(d, value, 2, &flag))
        return false;
    ret->number = flag;
    return true;
}

/* "0,12,5": which pieces a record is made of. */
static bool
read_record(struct decoding *d, const json_t *value, tidu_attr *ret)
{
    uint32_t *pieces;
    const char *at = json_string_value(value);
    size_t most = json_string_length(value) / 2 + 1, count = 0;
    if (!at)
        return refuse(d, "a record is missing");
    if (!take_array(d, most, sizeof *pieces, &pieces))
        return false;
    while (*at) {
        char *end;
        unsigned long number = strtoul(at, &end, 10);
        if (*at < '0' || *at > '9' || number >= d->found->piece_count || count == most)
            return refuse(d, "a piece of a record is none");
        pieces[count++] = (uint32_t)number;
        at = *end == ',' ? end + 1 : end;
    }
    ret->pieces = pieces;
    ret->reference = (uint32_t)count;
    return true;
}

static bool
read_items(struct decoding *d, const json_t *list, struct spot spot, tidu_attr *ret)
{
    tidu_attr *items;
    size_t count = json_array_size(list);
    if (!json_is_array(list) || ++spot.depth > ATTR_DEPTH)
        return refuse(d, "a list is missing");
    if (!take_array(d, count, sizeof *items, &items))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!read_attr(d, json_array_get(list, i), spot, ret->kind == TIDU_ATTR_MAP, &items[i]))
            return false;
    ret->items = items;
    ret->item_count = (uint32_t)count;
    return true;
}

static bool
read_held(struct decoding *d, const json_t *value, struct spot spot, tidu_attr *ret)
{
    switch (ret->kind) {
    case TIDU_ATTR_FLAG:
        return read_flag(d, value, ret);
    case TIDU_ATTR_NUMBER:
        return read_number(d, value, ret);
    case TIDU_ATTR_TEXT:
    case TIDU_ATTR_EXPR:
        return read_string(d, value, &ret->text);
    case TIDU_ATTR_JSON:
        return read_record(d, value, ret);
    case TIDU_ATTR_TABLE:
        return read_count(d, value, d->found->table_count, &ret->reference);
    case TIDU_ATTR_DECL:
        return read_count(d, value, d->found->declaration_count, &ret->reference) &&
               (ret->reference > spot.declaration ||
                refuse(d, "a declaration holds an earlier one"));
    case TIDU_ATTR_LIST:
    case TIDU_ATTR_MAP:
        return read_items(d, value, spot, ret);
    }
    return false;
}

static bool
read_attr(struct decoding *d, const json_t *value, struct spot spot, bool named, tidu_attr *ret)
{
    uint32_t kind;
    if (!read_count(d, json_array_get(value, 0), TIDU_ATTR_JSON + 1, &kind) ||
        !read_optional_string(d, json_array_get(value, 1), &ret->name) ||
        !read_count(d, json_array_get(value, 2), UINT32_MAX, &ret->line) ||
        !read_count(d, json_array_get(value, 3), UINT32_MAX, &ret->column))
        return false;
    if (named != (ret->name != NULL))
        return refuse(d, "an attribute has no name, or one too many");
    ret->kind = (tidu_attr_kind)kind;
    return read_held(d, json_array_get(value, 4), spot, ret);
}

/* -1, or the number of an earlier one. */
static bool
read_parent(struct decoding *d, const json_t *value, uint32_t index, int32_t *ret)
{
    json_int_t parent = json_integer_value(value);
    if (!json_is_integer(value) || parent < -1 || parent >= (json_int_t)index)
        return refuse(d, "a declaration's parent is none");
    *ret = (int32_t)parent;
    return true;
}

static bool
read_declaration(struct decoding *d, const json_t *value, uint32_t index, uint32_t *depths,
                 tidu_declaration *ret)
{
    struct spot spot = {index, 0};
    if (!read_string(d, json_array_get(value, 0), &ret->word) ||
        !read_optional_string(d, json_array_get(value, 1), &ret->name) ||
        !read_count(d, json_array_get(value, 2), d->found->document_count, &ret->document) ||
        !read_count(d, json_array_get(value, 3), d->found->clause_count, &ret->clause) ||
        !read_count(d, json_array_get(value, 4), UINT32_MAX, &ret->line) ||
        !read_parent(d, json_array_get(value, 5), index, &ret->parent) ||
        !read_attr(d, json_array_get(value, 6), spot, false, &ret->attrs))
        return false;
    depths[index] = ret->parent < 0 ? 0 : depths[ret->parent] + 1;
    if (depths[index] > AUTHOR_NESTING + 4)
        return refuse(d, "declarations nest too deeply");
    return ret->attrs.kind == TIDU_ATTR_MAP || refuse(d, "a declaration has no attributes");
}

static bool
read_declarations(struct decoding *d, const json_t *list)
{
    tidu_declaration *declarations;
    uint32_t *depths;
    size_t count = json_array_size(list);
    if (count > AUTHOR_DECLARATIONS)
        return refuse(d, "too many declarations");
    d->found->declaration_count = (uint32_t)count;
    if (!take_array(d, count, sizeof *declarations, &declarations) ||
        !take_array(d, count, sizeof *depths, &depths))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!read_declaration(d, json_array_get(list, i), i, depths, &declarations[i]))
            return false;
    d->found->declarations = declarations;
    return true;
}

static tidu_code
code_of(const char *id)
{
    for (int code = TIDU_OK + 1; id && code < TIDU_CODE_COUNT; code++)
        if (!strcmp(tidu_error_id((tidu_code)code), id))
            return (tidu_code)code;
    return TIDU_OK;
}

static bool
read_span(struct decoding *d, const json_t *value, tidu_span *ret)
{
    tidu_error cut;
    uint32_t line, column, end;
    const char *path = json_string_value(json_array_get(value, 0));
    if (!path || !read_count(d, json_array_get(value, 1), UINT32_MAX, &line) ||
        !read_count(d, json_array_get(value, 2), UINT32_MAX, &column) ||
        !read_count(d, json_array_get(value, 3), UINT32_MAX, &end))
        return refuse(d, "a place is missing");
    tidu_error_at(&cut, TIDU_OK, path, line, column, end, NULL);
    *ret = cut.span;
    return true;
}

static bool
read_error(struct decoding *d, const json_t *value, tidu_report *report)
{
    const char *argument[TIDU_ARGUMENT_COUNT];
    tidu_error error;
    tidu_code code = code_of(json_string_value(json_array_get(value, 0)));
    if (code == TIDU_OK)
        return refuse(d, "an error has no known number");
    for (size_t i = 0; i < TIDU_ARGUMENT_COUNT; i++) {
        argument[i] = json_string_value(json_array_get(json_array_get(value, 1), i));
        if (!argument[i])
            argument[i] = "";
    }
    tidu_error_set(&error, code, argument[0], argument[1], argument[2], argument[3], NULL);
    if (!read_span(d, json_array_get(value, 2), &error.span) ||
        !read_span(d, json_array_get(value, 3), &error.also))
        return false;
    tidu_report_add(report, &error);
    return true;
}

static bool
read_errors(struct decoding *d, const json_t *list, tidu_report *report)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!read_error(d, json_array_get(list, i), report))
            return false;
    return true;
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
    json_error_t unread;
    json_t *answer = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &unread);
    bool good = answer ? read_documents(&d, source_count) &&
                             read_clauses(&d, json_object_get(answer, "clauses")) &&
                             read_tables(&d, json_object_get(answer, "tables")) &&
                             read_pieces(&d, json_object_get(answer, "pieces")) &&
                             read_declarations(&d, json_object_get(answer, "declarations")) &&
                             read_errors(&d, json_object_get(answer, "errors"), report)
                       : refuse(&d, unread.text);
    if (good) {
        *ret_declarations = found;
    } else {
        tidu_error error;
        tidu_error_set(&error, TIDU_AUTHOR_HELPER_ANSWER, d.wrong, NULL);
        tidu_report_add(report, &error);
    }
    json_decref(answer);
    return good;
}
