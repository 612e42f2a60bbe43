/*
 * marks.c: where things stand in a script.
 *
 * Lua tells the line of a call, and nothing of where a string came from. So
 * before a chunk is loaded it is scanned, as lightly as Lua's own rules allow:
 * every long string gets a mark of seven control bytes behind its opening
 * bracket, which says where the string began and goes with it through Lua;
 * and the tokens are kept, to find a table's fields again.
 *
 *   [[ revenue >= 1亿元 ]]   ─►   [[<mark 12> revenue >= 1亿元 ]]
 *
 * INVARIANT: sources hold no control bytes but tab and line end (document.c
 * sees to it), so a mark is never mistaken for text, and a piece of a mark
 * that a script cut off is still known and dropped.
 *
 * Must not know what the words mean.
 */
#include "internal.h"

enum { MARK_START = 0x01, MARK_DIGIT = 0x10 };

struct scan {
    struct author *author;
    struct document *document;
    const struct chunk *chunk;
    const char *at, *end;
    uint32_t line;
    const char *counted; /* `column` is that of this byte */
    uint32_t column;
    char *out;          /* the marked copy, NULL while nothing is written */
    const char *copied; /* up to here */
    int32_t open;       /* the innermost bracket that is open */
};

static void
start_line(struct scan *scan)
{
    uint32_t number = scan->line - scan->chunk->line;
    bool known = scan->chunk->indents && number < scan->chunk->line_count;
    scan->counted = scan->at;
    scan->column = 1 + (known ? scan->chunk->indents[number] : 0);
}

/* Step over one byte. */
static void
step(struct scan *scan)
{
    if (*scan->at++ == '\n') {
        scan->line++;
        start_line(scan);
    }
}

static uint32_t
column_here(struct scan *scan)
{
    scan->column += (uint32_t)tidu_utf8_length(scan->counted, (size_t)(scan->at - scan->counted));
    scan->counted = scan->at;
    return scan->column;
}

static bool
ahead(const struct scan *scan, const char *text)
{
    size_t length = strlen(text);
    return (size_t)(scan->end - scan->at) >= length && !memcmp(scan->at, text, length);
}

static struct token *
add_token(struct scan *scan, enum token_kind kind)
{
    struct document *document = scan->document;
    document->tokens = tidu_helper_grow(document->tokens, document->token_count,
                                        &document->token_capacity, sizeof *document->tokens);
    struct token *token = &document->tokens[document->token_count++];
    *token = (struct token){.kind = kind,
                            .line = scan->line,
                            .column = column_here(scan),
                            .match = -1,
                            .text = scan->at};
    return token;
}

/* The level of the long bracket here: 0 for [[, 1 for [=[, -1 for none. */
static int
long_level(const struct scan *scan)
{
    if (scan->at == scan->end || *scan->at != '[')
        return -1;
    const char *at = scan->at + 1;
    while (at < scan->end && *at == '=')
        at++;
    return at < scan->end && *at == '[' ? (int)(at - scan->at - 1) : -1;
}

static bool
closes_long(const struct scan *scan, int level)
{
    const char *at = scan->at;
    if (scan->end - at < level + 2 || at[0] != ']' || at[level + 1] != ']')
        return false;
    for (int i = 1; i <= level; i++)
        if (at[i] != '=')
            return false;
    return true;
}

/* Step over a long bracket; `ret_*` is what stands in it. Lua drops a line end
 * right behind the opening. */
static void
pass_long(struct scan *scan, int level, const char **ret_start, struct place *ret_place)
{
    for (int i = 0; i < level + 2; i++)
        step(scan);
    if (scan->at < scan->end && *scan->at == '\n')
        step(scan);
    *ret_start = scan->at;
    *ret_place = (struct place){scan->chunk->document, scan->line, column_here(scan), 0};
    while (scan->at < scan->end && !closes_long(scan, level))
        step(scan);
}

static void
copy_until(struct scan *scan, const char *until)
{
    size_t length = (size_t)(until - scan->copied);
    memcpy(scan->out, scan->copied, length);
    scan->out += length;
    scan->copied = until;
}

static void
put_mark(struct scan *scan, struct place place)
{
    struct author *author = scan->author;
    author->marks = tidu_helper_grow(author->marks, author->mark_count,
                                     &author->mark_capacity, sizeof *author->marks);
    size_t number = author->mark_count++;
    author->marks[number] = place;
    *scan->out++ = MARK_START;
    for (int shift = 4 * (AUTHOR_MARK_BYTES - 2); shift >= 0; shift -= 4)
        *scan->out++ = (char)(MARK_DIGIT | (number >> shift & 0xf));
}

static void
scan_long_string(struct scan *scan, int level)
{
    const char *start;
    struct place place;
    int32_t index = (int32_t)scan->document->token_count;
    add_token(scan, TOKEN_STRING);
    pass_long(scan, level, &start, &place);
    struct token *token = &scan->document->tokens[index];
    token->text = start;
    token->length = (size_t)(scan->at - start);
    copy_until(scan, start);
    put_mark(scan, place);
    for (int i = 0; i < level + 2 && scan->at < scan->end; i++)
        step(scan);
}

static void
scan_comment(struct scan *scan)
{
    const char *start;
    struct place place;
    scan->at += 2;
    int level = long_level(scan);
    if (level >= 0) {
        pass_long(scan, level, &start, &place);
        for (int i = 0; i < level + 2 && scan->at < scan->end; i++)
            step(scan);
        return;
    }
    while (scan->at < scan->end && *scan->at != '\n')
        scan->at++;
}

static bool
is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n';
}

/* A backslash and what it escapes; \z takes all blanks after it. */
static void
pass_escape(struct scan *scan)
{
    step(scan);
    if (scan->at == scan->end)
        return;
    bool blanks = *scan->at == 'z';
    step(scan);
    while (blanks && scan->at < scan->end && is_blank(*scan->at))
        step(scan);
}

static void
scan_string(struct scan *scan)
{
    char quote = *scan->at;
    struct token *token = add_token(scan, TOKEN_STRING);
    const char *start = ++scan->at;
    while (scan->at < scan->end && *scan->at != quote && *scan->at != '\n') {
        if (*scan->at == '\\')
            pass_escape(scan);
        else
            step(scan);
    }
    token->text = start;
    token->length = (size_t)(scan->at - start);
    if (scan->at < scan->end && *scan->at == quote)
        scan->at++;
}

static bool
is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static bool
is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static void
scan_name(struct scan *scan)
{
    struct token *token = add_token(scan, TOKEN_NAME);
    while (scan->at < scan->end && (is_letter(*scan->at) || is_digit(*scan->at)))
        scan->at++;
    token->length = (size_t)(scan->at - token->text);
}

static void
scan_number(struct scan *scan)
{
    struct token *token = add_token(scan, TOKEN_OTHER);
    while (scan->at < scan->end &&
           (is_letter(*scan->at) || is_digit(*scan->at) || *scan->at == '.'))
        scan->at++;
    token->length = (size_t)(scan->at - token->text);
}

static bool
brackets_match(char open, char close)
{
    return (open == '(' && close == ')') || (open == '[' && close == ']') ||
           (open == '{' && close == '}');
}

/* An open bracket keeps in `match` the bracket around it until it is closed. */
static void
scan_bracket(struct scan *scan)
{
    bool open = strchr("([{", *scan->at);
    int32_t index = (int32_t)scan->document->token_count;
    struct token *token = add_token(scan, open ? TOKEN_OPEN : TOKEN_CLOSE);
    token->byte = *scan->at++;
    token->length = 1;
    if (open) {
        token->match = scan->open;
        scan->open = index;
        return;
    }
    struct token *tokens = scan->document->tokens;
    if (scan->open < 0 || !brackets_match(tokens[scan->open].byte, token->byte))
        return;
    int32_t outer = tokens[scan->open].match;
    tokens[scan->open].match = index;
    scan->open = outer;
}

/* A sign; of a character that is not Lua's, all bytes. */
static void
scan_sign(struct scan *scan)
{
    struct token *token = add_token(scan, TOKEN_OTHER);
    if (ahead(scan, "==") || ahead(scan, "~=") || ahead(scan, "<=") || ahead(scan, ">=")) {
        scan->at += 2;
        return;
    }
    if ((unsigned char)*scan->at < 0x80)
        token->byte = *scan->at;
    scan->at++;
    while (scan->at < scan->end && ((unsigned char)*scan->at & 0xc0) == 0x80)
        scan->at++;
    token->length = (size_t)(scan->at - token->text);
}

static void
scan_token(struct scan *scan)
{
    char byte = *scan->at;
    int level = long_level(scan);
    if (is_blank(byte))
        step(scan);
    else if (ahead(scan, "--"))
        scan_comment(scan);
    else if (level >= 0)
        scan_long_string(scan, level);
    else if (byte == '"' || byte == '\'')
        scan_string(scan);
    else if (is_letter(byte))
        scan_name(scan);
    else if (is_digit(byte))
        scan_number(scan);
    else if (strchr("()[]{}", byte))
        scan_bracket(scan);
    else
        scan_sign(scan);
}

/* Brackets left open hold the one around them in `match`: forget that. */
static void
leave_open(struct scan *scan)
{
    while (scan->open >= 0) {
        struct token *token = &scan->document->tokens[scan->open];
        scan->open = token->match;
        token->match = -1;
    }
}

static size_t
count_brackets(const struct chunk *chunk)
{
    size_t count = 0;
    for (size_t i = 0; i < chunk->length; i++)
        count += chunk->code[i] == '[';
    return count;
}

char *
tidu_marks_put(struct author *author, const struct chunk *chunk, size_t *ret_length)
{
    size_t size = chunk->length + AUTHOR_MARK_BYTES * count_brackets(chunk) + 1;
    char *marked = tidu_helper_take(author, size, 1);
    struct scan scan = {.author = author,
                        .document = &author->documents[chunk->document],
                        .chunk = chunk,
                        .at = chunk->code,
                        .end = chunk->code + chunk->length,
                        .line = chunk->line,
                        .out = marked,
                        .copied = chunk->code,
                        .open = -1};
    start_line(&scan);
    while (scan.at < scan.end)
        scan_token(&scan);
    leave_open(&scan);
    copy_until(&scan, scan.end);
    *ret_length = (size_t)(scan.out - marked);
    return marked;
}

static bool
is_mark_byte(char byte)
{
    return byte == MARK_START || ((unsigned char)byte & 0xf0) == MARK_DIGIT;
}

bool
tidu_marks_place(const struct author *author, const char *text, size_t length,
                 struct place *ret_place)
{
    size_t number = 0;
    if (length < AUTHOR_MARK_BYTES || text[0] != MARK_START)
        return false;
    for (int i = 1; i < AUTHOR_MARK_BYTES; i++) {
        if (((unsigned char)text[i] & 0xf0) != MARK_DIGIT)
            return false;
        number = number << 4 | ((unsigned char)text[i] & 0xf);
    }
    if (number >= author->mark_count)
        return false;
    *ret_place = author->marks[number];
    return true;
}

size_t
tidu_marks_strip(const char *from, size_t length, char *to)
{
    size_t kept = 0;
    for (size_t i = 0; i < length; i++)
        if (!is_mark_byte(from[i]))
            to[kept++] = from[i];
    return kept;
}

/* The first token on a line, or the end. */
static size_t
line_start(const struct document *document, uint32_t line)
{
    size_t low = 0, high = document->token_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (document->tokens[middle].line < line)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool
token_is(const struct document *document, size_t index, enum token_kind kind, const char *text)
{
    if (index >= document->token_count)
        return false;
    const struct token *token = &document->tokens[index];
    return token->kind == kind && token->length == strlen(text) &&
           !memcmp(token->text, text, token->length);
}

static bool
byte_is(const struct document *document, int32_t index, char byte)
{
    return index >= 0 && (size_t)index < document->token_count &&
           document->tokens[index].byte == byte;
}

int32_t
tidu_tokens_find(const struct document *document, uint32_t line, const char *name,
                 const char *string)
{
    int32_t found = -1;
    for (size_t i = line_start(document, line);
         i < document->token_count && document->tokens[i].line == line; i++) {
        if (!token_is(document, i, TOKEN_NAME, name))
            continue;
        size_t next = i + 1;
        if (byte_is(document, (int32_t)next, '('))
            next++;
        if (!string || token_is(document, next, TOKEN_STRING, string))
            return (int32_t)i;
        if (found < 0)
            found = (int32_t)i;
    }
    return found;
}

int32_t
tidu_tokens_foreign(const struct document *document, uint32_t line)
{
    for (size_t i = line_start(document, line);
         i < document->token_count && document->tokens[i].line == line; i++)
        if (document->tokens[i].kind == TOKEN_OTHER &&
            (unsigned char)document->tokens[i].text[0] >= 0x80)
            return (int32_t)i;
    return -1;
}

int32_t
tidu_tokens_table(const struct document *document, int32_t word)
{
    int32_t next = word + 1;
    if (word < 0 || (size_t)next >= document->token_count)
        return -1;
    if (document->tokens[next].kind == TOKEN_STRING)
        next++;
    else if (byte_is(document, next, '(') && !byte_is(document, next + 1, '{') &&
             document->tokens[next].match >= 0)
        next = document->tokens[next].match + 1;
    if (byte_is(document, next, '('))
        next++;
    return byte_is(document, next, '{') && document->tokens[next].match >= 0 ? next : -1;
}

/* Names that open and close a stretch in which commas separate no fields. */
static int
block_change(const struct document *document, int32_t index)
{
    static const char *const open[] = {"function", "if", "do", "repeat"};
    if (document->tokens[index].kind != TOKEN_NAME)
        return 0;
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (token_is(document, (size_t)index, TOKEN_NAME, open[i]))
            return 1;
    return token_is(document, (size_t)index, TOKEN_NAME, "end") ||
                   token_is(document, (size_t)index, TOKEN_NAME, "until")
               ? -1
               : 0;
}

/* The separator behind a field that starts at `at`, or the table's end. */
static int32_t
field_end(const struct document *document, int32_t at, int32_t end)
{
    int depth = 0;
    for (; at < end; at++) {
        const struct token *token = &document->tokens[at];
        depth += block_change(document, at);
        if (token->kind == TOKEN_OPEN && token->match > at)
            at = token->match;
        else if (depth <= 0 && (token->byte == ',' || token->byte == ';'))
            break;
    }
    return at < end ? at : end;
}

static struct field
read_field(const struct document *document, int32_t at)
{
    const struct token *token = &document->tokens[at];
    if (token->kind == TOKEN_NAME && byte_is(document, at + 1, '='))
        return (struct field){at, at + 2};
    if (token->kind == TOKEN_OPEN && token->byte == '[' && token->match > at)
        return (struct field){at + 1, token->match + 2};
    return (struct field){-1, at};
}

struct field *
tidu_tokens_fields(struct author *author, const struct document *document, int32_t open,
                   size_t *ret_count)
{
    struct field *fields = NULL;
    size_t capacity = 0;
    *ret_count = 0;
    if (open < 0)
        return NULL;
    int32_t end = document->tokens[open].match;
    for (int32_t at = open + 1; at < end; at = field_end(document, at, end) + 1) {
        fields = tidu_helper_scratch_grow(author, fields, *ret_count, &capacity, sizeof *fields);
        fields[(*ret_count)++] = read_field(document, at);
    }
    return fields;
}
