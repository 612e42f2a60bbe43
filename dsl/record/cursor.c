/*
 * cursor.c: a JSON text token by token, and where it is wrong.
 *
 * The index says where tokens begin; what they are and whether they stand in
 * the right order is found here. Readers step over what they expect with the
 * small functions of internal.h; this file has the rest: values nobody asked
 * for, escapes, and errors with their places.
 *
 * Must not know: facts. Borrows the text and the marks.
 */
#include "internal.h"

#include <stdio.h>

enum { KEY_SIZE = 64 }; /* of members; longer keys with escapes are cut, and match nothing */

/* ---- where it is wrong ---- */

static tidu_slice
rest_from(const tidu_cursor *cursor, const char *at)
{
    return (tidu_slice){at, (size_t)(cursor->text + cursor->length - at)};
}

static bool
refuse_control(const tidu_cursor *cursor, const char *at)
{
    char name[16];
    snprintf(name, sizeof name, "U+%04X", (unsigned)(unsigned char)*at);
    return tidu_complain_text(cursor->reterr, TIDU_RECORD_CONTROL, (size_t)(at - cursor->text),
                              tidu_slice_of(name), NULL);
}

tidu_mark
tidu_cursor_refuse_at(const tidu_cursor *cursor, const char *at)
{
    if (at >= cursor->text + cursor->length)
        tidu_error_set(cursor->reterr, TIDU_RECORD_UNFINISHED, NULL);
    else if ((unsigned char)*at < 0x20 && !tidu_is_space(*at))
        refuse_control(cursor, at);
    else
        tidu_complain_text(cursor->reterr, TIDU_RECORD_SYNTAX, (size_t)(at - cursor->text),
                           rest_from(cursor, at), NULL);
    return NULL;
}

tidu_mark
tidu_cursor_refuse(const tidu_cursor *cursor, tidu_mark mark)
{
    return tidu_cursor_refuse_at(cursor,
                                 cursor->text + (mark < cursor->end ? *mark : cursor->length));
}

/* The index only says that something is wrong with strings or bytes; walk
 * through the text again to say what. */
static bool
refuse_text(const tidu_cursor *cursor)
{
    const char *end = cursor->text + cursor->length;
    size_t good = tidu_utf8_check(cursor->text, cursor->length);
    if (good < cursor->length)
        return tidu_complain_text(cursor->reterr, TIDU_RECORD_UTF8, good, (tidu_slice){0}, NULL);

    bool inside = false;
    for (const char *at = cursor->text; at < end; at++) {
        if (inside && (unsigned char)*at < 0x20)
            return refuse_control(cursor, at);
        if (!inside && *at == '\\')
            return tidu_cursor_refuse_at(cursor, at) != NULL;
        if (inside && *at == '\\')
            at++;
        else if (*at == '"')
            inside = !inside;
    }
    return tidu_cursor_refuse_at(cursor, end) != NULL;
}

/* The last token is not the brace that ends the object: either that brace is
 * missing, or something stands behind it. */
static bool
refuse_end(const tidu_cursor *cursor)
{
    int depth = 0;
    for (tidu_mark mark = cursor->start; mark < cursor->end; mark++) {
        const char *at = cursor->text + *mark;
        if (mark > cursor->start && !depth)
            return tidu_complain_text(cursor->reterr, TIDU_RECORD_TRAILING,
                                      (size_t)(at - cursor->text), rest_from(cursor, at), NULL);
        depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
    }
    return tidu_cursor_refuse(cursor, cursor->end) != NULL;
}

bool
tidu_cursor_open(tidu_cursor *cursor, tidu_index *index, const char *text, size_t length,
                 tidu_error *reterr)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    tidu_marks marks = {0};
    bool marked = length >= 3 && !memcmp(text, byte_order_mark, 3);

    text += marked ? 3 : 0;
    length -= marked ? 3 : 0;
    *cursor = (tidu_cursor){.text = text, .length = length, .reterr = reterr};
    if (length > TIDU_RECORD_SIZE) {
        char size[24], most[24];
        snprintf(size, sizeof size, "%zu", length);
        snprintf(most, sizeof most, "%d", TIDU_RECORD_SIZE);
        return tidu_error_set(reterr, TIDU_RECORD_TOO_LARGE, "", size, most, NULL);
    }
    switch (tidu_index_text(index, text, length, &marks)) {
    case TIDU_INDEXED:
        break;
    case TIDU_INDEX_MALFORMED:
        return refuse_text(cursor);
    case TIDU_INDEX_MEMORY:
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    }
    cursor->start = marks.at;
    cursor->end = marks.at + marks.count;
    const char *first = text + marks.at[0];
    if ((unsigned char)*first < 0x20)
        return tidu_cursor_refuse_at(cursor, first) != NULL;
    if (*first != '{')
        return tidu_complain_text(reterr, TIDU_RECORD_NOT_OBJECT, (size_t)(first - text),
                                  rest_from(cursor, first), "{\"…\": …}");
    return text[cursor->end[-1]] == '}' || refuse_end(cursor);
}

bool
tidu_cursor_finish(const tidu_cursor *cursor, tidu_mark mark)
{
    return mark == cursor->end || refuse_end(cursor);
}

/* ---- strings ---- */

static int
hex_value(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* The four digits behind \u, or -1. */
static int32_t
hex_unit(const char *at, const char *end)
{
    int32_t unit = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_value(at[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

/* Read the \u at `at`, with its second half if it is one of a pair. Returns
 * the code point, or -1; *ret_end is where it ends. */
static int32_t
unicode_escape(const char *at, const char *end, const char **ret_end)
{
    int32_t high = hex_unit(at + 2, end);
    *ret_end = at + 6;
    if (high < 0xd800 || high > 0xdfff)
        return high > 0 ? high : -1;
    if (high > 0xdbff || end - at < 12 || at[6] != '\\' || at[7] != 'u')
        return -1;
    int32_t low = hex_unit(at + 8, end);
    *ret_end = at + 12;
    if (low < 0xdc00 || low > 0xdfff)
        return -1;
    return 0x10000 + (high - 0xd800) * 0x400 + (low - 0xdc00);
}

static size_t
encode(int32_t point, char ret[4])
{
    static const unsigned char leads[5] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i; i--, point >>= 6)
        ret[i] = (char)(0x80 | (point & 0x3f));
    ret[0] = (char)(leads[length] | point);
    return length;
}

/* The code point of the escape at `at`, or -1. */
static int32_t
read_escape(const char *at, const char *end, const char **ret_end)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (at[1] == 'u')
        return unicode_escape(at, end, ret_end);
    const char *letter = at[1] ? strchr(letters, at[1]) : NULL;
    *ret_end = at + 2;
    return letter ? meanings[letter - letters] : -1;
}

/* The escape as it stands, whole characters only. */
static bool
refuse_escape(const tidu_cursor *cursor, const char *at, const char *end)
{
    const char *last = at + 2;
    if (at[1] == 'u')
        while (last < end && last < at + 6 && hex_value(*last) >= 0)
            last++;
    while (last < end && ((unsigned char)*last & 0xc0) == 0x80)
        last++;
    return tidu_complain_text(cursor->reterr, TIDU_RECORD_ESCAPE, (size_t)(at - cursor->text),
                              (tidu_slice){at, (size_t)(last - at)}, NULL);
}

bool
tidu_cursor_unescape(const tidu_cursor *cursor, tidu_slice string, char *buffer, size_t size,
                     tidu_slice *ret_text)
{
    const char *at = string.data + 1, *end = string.data + string.length - 1;
    size_t length = 0;
    while (at < end) {
        char bytes[4] = {*at};
        const char *next = at + 1;
        size_t count = 1;
        if (*at == '\\') {
            int32_t point = read_escape(at, end, &next);
            if (point < 0)
                return refuse_escape(cursor, at, end);
            count = encode(point, bytes);
        }
        for (size_t i = 0; i < count && length < size; i++)
            buffer[length++] = bytes[i];
        at = next;
    }
    *ret_text = (tidu_slice){buffer, length};
    return true;
}

/* ---- values with values in them ---- */

/* list = '[' [ value { ',' value } ] ']' */
tidu_mark
tidu_cursor_items(const tidu_cursor *cursor, tidu_mark mark, void *context,
                  tidu_mark (*read_item)(void *context, tidu_mark mark))
{
    if (tidu_cursor_byte(cursor, mark + 1) == ']')
        return mark + 2;
    do {
        mark = read_item(context, mark + 1);
        if (!mark)
            return NULL;
    } while (tidu_cursor_peek(cursor, mark) == ',');
    return tidu_cursor_peek(cursor, mark) == ']' ? mark + 1 : tidu_cursor_refuse(cursor, mark);
}

/* object = '{' [ string ':' value { ',' string ':' value } ] '}' */
tidu_mark
tidu_cursor_members(const tidu_cursor *cursor, tidu_mark mark, void *context,
                    tidu_mark (*read_member)(void *context, tidu_mark mark, const tidu_given *key))
{
    char buffer[KEY_SIZE];
    tidu_given key;

    if (tidu_cursor_byte(cursor, mark + 1) == '}')
        return mark + 2;
    do {
        mark++;
        if (tidu_cursor_byte(cursor, mark) != '"')
            return tidu_cursor_refuse(cursor, mark);
        mark = tidu_cursor_given(cursor, mark, buffer, sizeof buffer, &key);
        if (!mark)
            return NULL;
        if (tidu_cursor_byte(cursor, mark) != ':')
            return tidu_cursor_refuse(cursor, mark);
        mark = read_member(context, mark + 1, &key);
        if (!mark)
            return NULL;
    } while (tidu_cursor_peek(cursor, mark) == ',');
    return tidu_cursor_peek(cursor, mark) == '}' ? mark + 1 : tidu_cursor_refuse(cursor, mark);
}

/* ---- values nobody asked for ---- */

tidu_mark
tidu_cursor_word(const tidu_cursor *cursor, tidu_mark mark, const char *word)
{
    const char *here = cursor->text + *mark;
    size_t length = strlen(word);
    if (memcmp(here, word, length) || !tidu_cursor_ends(cursor, mark, here + length))
        return tidu_cursor_refuse(cursor, mark);
    return mark + 1;
}

static tidu_mark
skip_number(const tidu_cursor *cursor, tidu_mark mark)
{
    tidu_number number;
    const char *end;
    tidu_number_status status = tidu_number_read(cursor->text + *mark, &end, &number);
    if (status == TIDU_NUMBER_MALFORMED || !tidu_cursor_ends(cursor, mark, end))
        return tidu_cursor_refuse_at(cursor, end);
    return mark + 1;
}

static tidu_mark skip_value(const tidu_cursor *cursor, tidu_mark mark, unsigned depth);

/* A value being skipped, and the brackets around it. */
struct skip {
    const tidu_cursor *cursor;
    unsigned depth;
};

static tidu_mark
skip_item(void *context, tidu_mark mark)
{
    const struct skip *skip = context;
    return skip_value(skip->cursor, mark, skip->depth);
}

static tidu_mark
skip_member(void *context, tidu_mark mark, const tidu_given *key)
{
    (void)key;
    return skip_item(context, mark);
}

static tidu_mark
skip_brackets(const tidu_cursor *cursor, tidu_mark mark, unsigned depth)
{
    struct skip skip = {cursor, depth + 1};
    if (depth == TIDU_RECORD_DEPTH) {
        char most[16];
        snprintf(most, sizeof most, "%d", TIDU_RECORD_DEPTH);
        tidu_complain_text(cursor->reterr, TIDU_RECORD_TOO_DEEP, *mark, (tidu_slice){0}, most);
        return NULL;
    }
    return cursor->text[*mark] == '{' ? tidu_cursor_members(cursor, mark, &skip, skip_member)
                                      : tidu_cursor_items(cursor, mark, &skip, skip_item);
}

static tidu_mark
skip_value(const tidu_cursor *cursor, tidu_mark mark, unsigned depth)
{
    tidu_given given;
    char first = tidu_cursor_byte(cursor, mark);
    switch (first) {
    case '{':
    case '[':
        return skip_brackets(cursor, mark, depth);
    case '"':
        return tidu_cursor_given(cursor, mark, NULL, 0, &given);
    case 't':
        return tidu_cursor_word(cursor, mark, "true");
    case 'f':
        return tidu_cursor_word(cursor, mark, "false");
    case 'n':
        return tidu_cursor_word(cursor, mark, "null");
    default:
        if (first == '-' || (first >= '0' && first <= '9'))
            return skip_number(cursor, mark);
        return tidu_cursor_refuse(cursor, mark);
    }
}

tidu_mark
tidu_cursor_skip(const tidu_cursor *cursor, tidu_mark mark, unsigned depth, tidu_slice *ret_value)
{
    const char *start = cursor->text + *mark;
    mark = skip_value(cursor, mark, depth);
    if (!mark)
        return NULL;
    const char *end = cursor->text + *mark;
    while (tidu_is_space(end[-1]))
        end--;
    *ret_value = (tidu_slice){start, (size_t)(end - start)};
    return mark;
}
