/*
 * say.c: complaints about an expression, with their place.
 *
 * A message exists in two languages, so whatever it quotes must too: a node is
 * described once in each, as `money "revenue"` and 金额“营业收入”.
 *
 * Must not know: what is right or wrong.
 */
#include "internal.h"

enum { EXCERPT_BYTES = 60 };

/* The text's lines count from the place of its first character; on the first
 * line the columns do too. */
tidu_span
tidu_expr_span(const tidu_node *node, const char *text, tidu_place place)
{
    tidu_span span = {.line = place.line, .column = place.column};
    const char *line = text, *start = text + node->start, *end = text + node->end, *newline;

    if (place.document) {
        size_t length = strlen(place.document);
        length = length < TIDU_DOCUMENT_SIZE ? length : TIDU_DOCUMENT_SIZE - 1;
        memcpy(span.document, place.document, length);
    }
    if (!place.column) /* a script put the text together: only its line is known */
        return span;
    while ((newline = memchr(line, '\n', (size_t)(start - line)))) {
        line = newline + 1;
        span.line++;
        span.column = 1;
    }
    newline = memchr(start, '\n', (size_t)(end - start));
    span.column += (uint32_t)tidu_utf8_length(line, (size_t)(start - line));
    end = newline ? newline : end;
    span.end_column = span.column + (uint32_t)tidu_utf8_length(start, (size_t)(end - start));
    return span;
}

tidu_range
tidu_range_of(const tidu_parser *parser, const tidu_node *node)
{
    if (node == parser->operand)
        return (tidu_range){0, parser->length};
    return (tidu_range){node->start, node->end};
}

void *
tidu_say(tidu_parser *parser, tidu_code code, tidu_range range, const char *a, const char *b,
         const char *c, const char *d)
{
    tidu_error error;
    tidu_node here = {.start = range.start, .end = range.end};

    if (++parser->complaints > TIDU_EXPR_COMPLAINTS)
        return NULL;
    tidu_error_set(&error, code, a, b, c, d, NULL);
    error.span = tidu_expr_span(&here, parser->text, parser->place);
    tidu_report_add(parser->report, &error);
    return NULL;
}

void *
tidu_say_grammar(tidu_parser *parser, tidu_code code, tidu_range range, const char *a,
                 const char *b)
{
    if (parser->stuck == range.start + 1)
        return NULL;
    parser->stuck = range.start + 1;
    return tidu_say(parser, code, range, a, b, NULL, NULL);
}

/* `length` bytes, or fewer with an ellipsis. */
static const char *
shortened(tidu_parser *parser, const char *text, size_t length)
{
    size_t cut = EXCERPT_BYTES;
    if (length > cut)
        while (((unsigned char)text[cut] & 0xc0) == 0x80)
            cut--;
    const char *copy = length <= cut ? tidu_arena_copy_n(parser->arena, text, length)
                                     : tidu_arena_printf(parser->arena, "%.*s…", (int)cut, text);
    return copy ? copy : "";
}

const char *
tidu_excerpt(tidu_parser *parser, tidu_range range)
{
    return shortened(parser, parser->text + range.start, range.end - range.start);
}

const char *
tidu_printed(tidu_parser *parser, const tidu_node *node, tidu_lang lang)
{
    tidu_text out = {0};
    tidu_expr_print(node, lang, &out);
    const char *text = shortened(parser, out.data ? out.data : "", out.length);
    tidu_text_free(&out);
    return text;
}

static const char *
described(tidu_parser *parser, const tidu_node *node, tidu_lang lang)
{
    char buffer[120];
    const char *title = tidu_type_title(&node->type, lang, buffer, sizeof buffer);
    if (node->kind == TIDU_NODE_STRING)
        title = lang == TIDU_ZH ? "文字" : "text";
    const char *words = tidu_arena_printf(
        parser->arena, lang == TIDU_ZH ? "%s“%s”" : "%s \"%s\"", title,
        node->kind == TIDU_NODE_STRING ? node->text : tidu_printed(parser, node, lang));
    return words ? words : "";
}

void *
tidu_say_one(tidu_parser *parser, tidu_code code, tidu_range range, const tidu_node *node,
             const char *c, const char *d)
{
    return tidu_say(parser, code, range, described(parser, node, TIDU_EN),
                    described(parser, node, TIDU_ZH), c, d);
}

void *
tidu_say_two(tidu_parser *parser, tidu_code code, tidu_range range, const tidu_node *left,
             const tidu_node *right)
{
    return tidu_say_one(parser, code, range, left, described(parser, right, TIDU_EN),
                        described(parser, right, TIDU_ZH));
}

/* What is needed, and what it is instead, in both languages. */
static void
fill_need(const tidu_node *node, tidu_kind kind, tidu_error *error)
{
    static const char *const nouns[][2] = {
        [TIDU_NUMBER] = {"数", "a number"}, [TIDU_FLAG] = {"条件", "a condition"},
        [TIDU_DATE] = {"日期", "a date"},   [TIDU_CODE] = {"代码", "a code"},
        [TIDU_SET] = {"集合", "a set"},     [TIDU_TEXT] = {"文字", "a text"},
        [TIDU_LIST] = {"清单", "a list"},
    };
    char en[120], zh[120];
    tidu_kind is = node->type.kind;
    tidu_code code = kind == TIDU_FLAG ? TIDU_EXPR_WRONG_KIND : TIDU_EXPR_OTHER_KIND;
    bool noun = is != TIDU_NUMBER || tidu_is_plain(&node->type);

    tidu_type_title(&node->type, TIDU_EN, en, sizeof en);
    tidu_type_title(&node->type, TIDU_ZH, zh, sizeof zh);
    tidu_error_set(error, code, nouns[kind][1], nouns[kind][0], noun ? nouns[is][1] : en, zh, NULL);
}

bool
tidu_need(tidu_parser *parser, const tidu_node *node, tidu_kind kind)
{
    tidu_error error;
    if (!node || node->type.kind == kind)
        return node != NULL;
    fill_need(node, kind, &error);
    tidu_say(parser, error.code, tidu_range_of(parser, node), error.argument[0], error.argument[1],
             error.argument[2], error.argument[3]);
    return false;
}

bool
tidu_expr_require(const tidu_node *node, tidu_kind kind, const char *text, tidu_place place,
                  tidu_report *report)
{
    tidu_error error;
    if (node->type.kind == kind)
        return true;
    fill_need(node, kind, &error);
    error.span = tidu_expr_span(node, text, place);
    return tidu_report_add(report, &error);
}
