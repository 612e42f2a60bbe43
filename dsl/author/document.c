/*
 * document.c: clauses and their words, tables, blocks of rules.
 *
 * A Markdown document is cut at its headings: each opens a clause, whose words
 * are the text under it. Tables keep the place of each cell. The blocks marked
 * lua become chunks; each knows the clause and the table it stands under.
 *
 * Must not know what a script says. The Markdown parser's tree lives only as
 * long as tidu_document_read.
 */
#include "internal.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <cmark-gfm.h>
#include <stdlib.h>
#include <strings.h>

enum { HEADING_LEVELS = 6 };

struct reading {
    struct author *author;
    struct document *document;
    uint32_t index;
    uint32_t *line_starts; /* offsets; line n starts at [n - 1] */
    uint32_t line_count;
    unsigned title_level; /* 1 when the level-1 heading is the title, else 0 */
    const char *heading[HEADING_LEVELS + 1];
    tidu_text words; /* of the open clause */
    int32_t above;
};

/* Folding text: one space for any run of spaces, none at the ends; a line end
 * between two wide characters is no space at all, so that a Chinese paragraph
 * reads the same however it is wrapped. */
struct fold {
    tidu_text *out;
    bool space, line_end;
};

static bool
is_wide(const char *text, size_t length)
{
    return tidu_utf8_width(text, length) == 2;
}

/* The last character of a text, as a pointer into it. */
static const char *
last_character(const tidu_text *text, size_t *ret_length)
{
    size_t start = text->length;
    while (start && ((unsigned char)text->data[start - 1] & 0xc0) == 0x80)
        start--;
    if (start)
        start--;
    *ret_length = text->length - start;
    return text->data + start;
}

static void
fold_space(struct fold *fold, const char *next, size_t length)
{
    size_t before_length;
    if (!fold->out->length)
        return;
    const char *before = last_character(fold->out, &before_length);
    if (fold->line_end && is_wide(before, before_length) && is_wide(next, length))
        return;
    tidu_text_putc(fold->out, ' ');
}

/* Bytes of the space at `text`: ASCII, no-break (U+00A0), ideographic (U+3000). */
static size_t
space_length(const char *text, size_t length)
{
    if (*text == ' ' || (*text >= '\t' && *text <= '\r'))
        return 1;
    if (length >= 2 && !memcmp(text, "\xc2\xa0", 2))
        return 2;
    return length >= 3 && !memcmp(text, "\xe3\x80\x80", 3) ? 3 : 0;
}

static size_t
character_length(const char *text, size_t length)
{
    size_t size = 1;
    while (size < length && ((unsigned char)text[size] & 0xc0) == 0x80)
        size++;
    return size;
}

static void
fold_text(struct fold *fold, const char *text)
{
    size_t length = strlen(text);
    while (length) {
        size_t size = space_length(text, length);
        if (size) {
            fold->line_end = false;
            fold->space = true;
        } else {
            size = character_length(text, length);
            if (fold->space || fold->line_end)
                fold_space(fold, text, size);
            fold->space = fold->line_end = false;
            tidu_text_add(fold->out, text, size);
        }
        text += size;
        length -= size;
    }
}

static void
fold_break(struct fold *fold)
{
    if (!fold->space)
        fold->line_end = true;
}

static void
fold_apart(struct fold *fold)
{
    fold->space = true;
    fold->line_end = false;
}

/* A node of the inline text: what it adds to the plain words. */
static void
fold_node(struct fold *fold, cmark_node *node)
{
    cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
        fold_text(fold, cmark_node_get_literal(node));
    else if (type == CMARK_NODE_SOFTBREAK)
        fold_break(fold);
    else if (type == CMARK_NODE_LINEBREAK)
        fold_apart(fold);
}

static char *
finish_text(struct author *author, tidu_text *text)
{
    if (text->failed)
        tidu_helper_die("memory");
    char *copy = tidu_helper_copy(author, text->data ? text->data : "", text->length);
    text->length = 0;
    return copy;
}

/* The plain text of everything in a node. */
static char *
plain_text(struct author *author, cmark_node *node)
{
    tidu_text out = {0};
    struct fold fold = {&out, false, false};
    cmark_iter *iterator = cmark_iter_new(node);
    while (cmark_iter_next(iterator) != CMARK_EVENT_DONE)
        if (cmark_iter_get_event_type(iterator) == CMARK_EVENT_ENTER)
            fold_node(&fold, cmark_iter_get_node(iterator));
    cmark_iter_free(iterator);
    char *text = finish_text(author, &out);
    tidu_text_free(&out);
    return text;
}

static void
open_clause(struct author *author, uint32_t document, uint32_t line, const char *path)
{
    author->clauses = tidu_helper_grow(author->clauses, author->clause_count,
                                       &author->clause_capacity, sizeof *author->clauses);
    author->clauses[author->clause_count++] =
        (tidu_clause){.document = document, .line = line, .path = path, .words = ""};
}

static void
close_clause(struct reading *reading)
{
    tidu_clause *clause = &reading->author->clauses[reading->author->clause_count - 1];
    clause->words = finish_text(reading->author, &reading->words);
}

static const char *
join_path(struct reading *reading, unsigned level)
{
    tidu_text path = {0};
    for (unsigned i = reading->title_level + 1; i <= level; i++) {
        if (!reading->heading[i])
            continue;
        if (path.length)
            tidu_text_putc(&path, '/');
        tidu_text_puts(&path, reading->heading[i]);
    }
    const char *text = finish_text(reading->author, &path);
    tidu_text_free(&path);
    return text;
}

static uint32_t
start_line(cmark_node *node)
{
    int line = cmark_node_get_start_line(node);
    return line > 0 ? (uint32_t)line : 0;
}

static void
read_heading(struct reading *reading, cmark_node *node)
{
    unsigned level = (unsigned)cmark_node_get_heading_level(node);
    close_clause(reading);
    reading->heading[level] = plain_text(reading->author, node);
    for (unsigned i = level + 1; i <= HEADING_LEVELS; i++)
        reading->heading[i] = NULL;
    open_clause(reading->author, reading->index, start_line(node), join_path(reading, level));
}

/* One line of the document, without its end. */
static const char *
line_text(const struct reading *reading, uint32_t line, size_t *ret_length)
{
    *ret_length = 0;
    if (!line || line > reading->line_count)
        return "";
    uint32_t start = reading->line_starts[line - 1];
    *ret_length = reading->line_starts[line] - start - 1;
    return reading->document->text + start;
}

/* The parser counts a cell's column in bytes and from its bar. */
static uint32_t
cell_column(const struct reading *reading, cmark_node *cell)
{
    size_t length;
    const char *line = line_text(reading, start_line(cell), &length);
    int column = cmark_node_get_start_column(cell);
    size_t at = column > 0 ? (size_t)column - 1 : length;
    while (at < length && space_length(line + at, length - at))
        at += space_length(line + at, length - at);
    return at < length ? (uint32_t)tidu_utf8_length(line, at) + 1 : 0;
}

static uint32_t
count_rows(cmark_node *node)
{
    uint32_t count = 0;
    for (cmark_node *row = cmark_node_first_child(node); row; row = cmark_node_next(row))
        count++;
    return count;
}

/* Cells of a row that has fewer than the heading are there, and empty. */
static void
read_row(struct reading *reading, cmark_node *row, tidu_cell *cells, uint32_t columns)
{
    cmark_node *cell = cmark_node_first_child(row);
    for (uint32_t i = 0; i < columns; i++) {
        cells[i] = (tidu_cell){"", start_line(row), 0};
        if (!cell)
            continue;
        cells[i].text = plain_text(reading->author, cell);
        cells[i].column = *cells[i].text ? cell_column(reading, cell) : 0;
        cell = cmark_node_next(cell);
    }
}

static void
read_table(struct reading *reading, cmark_node *node)
{
    struct author *author = reading->author;
    tidu_table table = {.document = reading->index,
                        .clause = (uint32_t)author->clause_count - 1,
                        .line = start_line(cmark_node_first_child(node)),
                        .rows = count_rows(node),
                        .columns = cmark_gfm_extensions_get_table_columns(node)};
    tidu_cell *cells = tidu_helper_take(author, (size_t)table.rows * table.columns, sizeof *cells);
    cmark_node *row = cmark_node_first_child(node);
    for (uint32_t i = 0; i < table.rows; i++, row = cmark_node_next(row))
        read_row(reading, row, cells + (size_t)i * table.columns, table.columns);
    table.cells = cells;
    author->tables = tidu_helper_grow(author->tables, author->table_count,
                                      &author->table_capacity, sizeof *author->tables);
    reading->above = (int32_t)author->table_count;
    author->tables[author->table_count++] = table;
}

/* ```lua, perhaps with more words behind it. */
static bool
is_rule(cmark_node *node)
{
    const char *info = cmark_node_get_fence_info(node);
    return info && !strncasecmp(info, "lua", 3) && (!info[3] || space_length(info + 3, 1));
}

static uint32_t
count_lines(const char *text)
{
    uint32_t count = 1;
    for (; *text; text++)
        count += *text == '\n';
    return count;
}

/* Characters that a list or a quotation puts before each line of a block. */
static uint32_t *
measure_indents(const struct reading *reading, const struct chunk *chunk)
{
    uint32_t *indents = tidu_helper_take(reading->author, chunk->line_count, sizeof *indents);
    const char *code = chunk->code;
    for (uint32_t i = 0; i < chunk->line_count; i++) {
        size_t whole, part = strcspn(code, "\n");
        const char *line = line_text(reading, chunk->line + i, &whole);
        if (whole > part && !memcmp(line + whole - part, code, part))
            indents[i] = (uint32_t)tidu_utf8_length(line, whole - part);
        code += part + (code[part] == '\n');
    }
    return indents;
}

static void
add_chunk(struct document *document, struct chunk chunk)
{
    document->chunks = tidu_helper_grow(document->chunks, document->chunk_count,
                                        &document->chunk_capacity, sizeof chunk);
    document->chunks[document->chunk_count++] = chunk;
}

static void
read_block(struct reading *reading, cmark_node *node)
{
    if (!is_rule(node))
        return;
    const char *code = cmark_node_get_literal(node);
    struct chunk chunk = {.document = reading->index,
                          .clause = (uint32_t)reading->author->clause_count - 1,
                          .line = start_line(node) + 1,
                          .above = reading->above,
                          .length = strlen(code)};
    chunk.code = tidu_helper_copy(reading->author, code, chunk.length);
    chunk.line_count = count_lines(chunk.code);
    chunk.indents = measure_indents(reading, &chunk);
    add_chunk(reading->document, chunk);
}

/* Nodes of the table extension have no numbers to compare with. */
static bool
is_extension(cmark_node *node, const char *type)
{
    return !strcmp(cmark_node_get_type_string(node), type);
}

/* A block is apart from the one before it; cells of a row get bars. */
static void
read_words(struct fold *fold, cmark_node *node)
{
    if ((cmark_node_get_type(node) & CMARK_NODE_TYPE_MASK) != CMARK_NODE_TYPE_BLOCK) {
        fold_node(fold, node);
        return;
    }
    fold_apart(fold);
    if (is_extension(node, "table_cell") && cmark_node_previous(node))
        fold_text(fold, "| ");
}

/* False when the node's inside is not to be visited: headings and code are
 * not words, and comments are for editors. */
static bool
read_node(struct reading *reading, struct fold *fold, cmark_node *node)
{
    cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_HEADING) {
        read_heading(reading, node);
        fold->space = fold->line_end = false;
        return false;
    }
    if (type == CMARK_NODE_CODE_BLOCK || type == CMARK_NODE_HTML_BLOCK) {
        if (type == CMARK_NODE_CODE_BLOCK)
            read_block(reading, node);
        fold_apart(fold);
        return false;
    }
    if (is_extension(node, "table"))
        read_table(reading, node);
    read_words(fold, node);
    return true;
}

static void
read_tree(struct reading *reading, cmark_node *root)
{
    struct fold fold = {&reading->words, false, false};
    cmark_iter *iterator = cmark_iter_new(root);
    while (cmark_iter_next(iterator) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iterator);
        if (cmark_iter_get_event_type(iterator) == CMARK_EVENT_ENTER &&
            !read_node(reading, &fold, node))
            cmark_iter_reset(iterator, node, CMARK_EVENT_EXIT);
    }
    cmark_iter_free(iterator);
    close_clause(reading);
    tidu_text_free(&reading->words);
}

/* The level-1 heading is the document's title, if there is one of it and
 * something below. */
static unsigned
find_title_level(cmark_node *root)
{
    unsigned first = 0, deeper = 0;
    cmark_iter *iterator = cmark_iter_new(root);
    while (cmark_iter_next(iterator) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iterator);
        if (cmark_iter_get_event_type(iterator) != CMARK_EVENT_ENTER ||
            cmark_node_get_type(node) != CMARK_NODE_HEADING)
            continue;
        if (cmark_node_get_heading_level(node) == 1)
            first++;
        else
            deeper++;
    }
    cmark_iter_free(iterator);
    return first == 1 && deeper ? 1 : 0;
}

static void *
parser_calloc(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory)
        tidu_helper_die("memory");
    return memory;
}

static void *
parser_realloc(void *old, size_t size)
{
    void *memory = realloc(old, size);
    if (!memory)
        tidu_helper_die("memory");
    return memory;
}

static cmark_mem parser_memory = {parser_calloc, parser_realloc, free};

static void
read_markdown(struct reading *reading)
{
    const struct document *document = reading->document;
    cmark_parser *parser = cmark_parser_new_with_mem(CMARK_OPT_DEFAULT, &parser_memory);
    cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension("table"));
    cmark_parser_feed(parser, document->text, document->length);
    cmark_node *root = cmark_parser_finish(parser);
    reading->title_level = find_title_level(root);
    read_tree(reading, root);
    cmark_node_free(root);
    cmark_parser_free(parser);
}

static void
find_lines(struct reading *reading)
{
    const struct document *document = reading->document;
    reading->line_count = count_lines(document->text);
    reading->line_starts =
        tidu_helper_take(reading->author, (size_t)reading->line_count + 1, sizeof(uint32_t));
    uint32_t line = 0;
    for (size_t i = 0; i < document->length; i++)
        if (document->text[i] == '\n')
            reading->line_starts[++line] = (uint32_t)i + 1;
    reading->line_starts[reading->line_count] = (uint32_t)document->length + 1;
}

/* Line and column of a byte. */
static struct place
byte_place(uint32_t index, const char *text, size_t offset)
{
    struct place place = {.document = index, .line = 1};
    const char *start = text;
    for (const char *at = text; at < text + offset; at++)
        if (*at == '\n') {
            place.line++;
            start = at + 1;
        }
    place.column = (uint32_t)tidu_utf8_length(start, (size_t)(text + offset - start)) + 1;
    place.end_column = place.column + 1;
    return place;
}

/* Only what an author can see may stand in a source: marks and messages rely
 * on it. */
static bool
check_bytes(struct author *author, uint32_t index, const char *text, size_t length)
{
    struct place place = {.document = index, .line = 1};
    if (length >= 4 && !memcmp(text, "\x1bLua", 4)) {
        tidu_helper_complain(author, TIDU_AUTHOR_BYTECODE, place, NULL, NULL, NULL, NULL);
        return false;
    }
    size_t bad = tidu_utf8_check(text, length);
    if (bad < length) {
        place = byte_place(index, text, bad);
        tidu_helper_complain(author, TIDU_AUTHOR_NOT_UTF8, place, NULL, NULL, NULL, NULL);
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if ((byte >= 0x20 && byte != 0x7f) || byte == '\t' || byte == '\n')
            continue;
        char name[8];
        snprintf(name, sizeof name, "U+%04X", byte);
        tidu_helper_complain(author, TIDU_AUTHOR_CONTROL, byte_place(index, text, i), NULL, name,
                             NULL, NULL);
        return false;
    }
    return true;
}

/* Copy with every line end made \n and without a byte order mark. */
static char *
copy_text(struct author *author, const char *bytes, size_t length, size_t *ret_length)
{
    if (length >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3)) {
        bytes += 3;
        length -= 3;
    }
    char *text = tidu_helper_take(author, length + 1, 1);
    size_t to = 0;
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\r' && i + 1 < length && bytes[i + 1] == '\n')
            continue;
        text[to++] = bytes[i] == '\r' ? '\n' : bytes[i];
    }
    *ret_length = to;
    return text;
}

void
tidu_document_read(struct author *author, uint32_t index, const char *bytes, size_t length)
{
    struct document *document = &author->documents[index];
    struct reading reading = {.author = author, .document = document, .index = index, .above = -1};
    uint32_t clause = (uint32_t)author->clause_count;

    document->text = copy_text(author, bytes, length, &document->length);
    open_clause(author, index, 1, "");
    if (!check_bytes(author, index, document->text, document->length)) {
        document->broken = author->any_broken = true;
        return;
    }
    if (document->lua) {
        add_chunk(document,
                  (struct chunk){.document = index,
                                 .clause = clause,
                                 .line = 1,
                                 .above = -1,
                                 .code = document->text,
                                 .length = document->length,
                                 .line_count = count_lines(document->text)});
        return;
    }
    find_lines(&reading);
    read_markdown(&reading);
}
