/*
 * skim.c: JSON text cut into raw slices, without a tree.
 *
 * Two walks share the small readers of strings and numbers: `skim_container`
 * jumps over a container 64 bytes at a time, `check_token` looks at all of it. The first runs on
 * every request, the second only before an error is told, so that what is not JSON is always called
 * so.
 *
 * Must not know: sessions, methods, records. Owns nothing.
 */
#include "skim.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* What a byte can mean, so that one load decides. */
enum {
    PLAIN = 0,
    SPACE = 1,
    BRACKET = 2, /* { } [ ] */
    QUOTE = 4,
    BACKSLASH = 8,
    CONTROL = 16, /* may not stand in a string */
    HIGH = 32     /* part of a character beyond ASCII */
};

static const unsigned char byte_kinds[256] = {
    [0 ... 8] = CONTROL,   ['\t'] = SPACE | CONTROL, ['\n'] = SPACE | CONTROL,
    [11 ... 12] = CONTROL, ['\r'] = SPACE | CONTROL, [14 ... 31] = CONTROL,
    [' '] = SPACE,         ['{'] = BRACKET,          ['}'] = BRACKET,
    ['['] = BRACKET,       [']'] = BRACKET,          ['"'] = QUOTE,
    ['\\'] = BACKSLASH,    [128 ... 255] = HIGH,
};

static inline unsigned
kind(const char *at)
{
    return byte_kinds[(unsigned char)*at];
}

static const char *
skip_space(const char *at, const char *end)
{
    while (at < end && (kind(at) & SPACE))
        at++;
    return at;
}

static bool
is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static int
hex_value(char byte)
{
    if (is_digit(byte))
        return byte - '0';
    char lower = (char)(byte | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* The four digits after \u, or -1. */
static int32_t
read_hex(const char *at, const char *end)
{
    int32_t value = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_value(at[i]);
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

/* The end of the escape at `at` (a backslash), a surrogate with its partner as
 * one. On failure NULL. */
static const char *
read_escape(const char *at, const char *end, uint32_t *ret_point)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    if (end - at < 2)
        return NULL;
    if (at[1] != 'u') {
        const char *name = memchr(names, at[1], sizeof names - 1);
        if (!name)
            return NULL;
        *ret_point = (unsigned char)values[name - names];
        return at + 2;
    }
    int32_t first = read_hex(at + 2, end);
    if (first < 0)
        return NULL;
    *ret_point = (uint32_t)first;
    if (first < 0xd800 || first > 0xdfff)
        return at + 6;
    int32_t second = end - at >= 12 && at[6] == '\\' && at[7] == 'u' ? read_hex(at + 8, end) : -1;
    if (first > 0xdbff || second < 0xdc00 || second > 0xdfff)
        return NULL;
    *ret_point = 0x10000u + ((uint32_t)(first - 0xd800) << 10) + (uint32_t)(second - 0xdc00);
    return at + 12;
}

/* What went wrong and where; `at` is the byte that cannot stand there. */
struct fault {
    tidu_skim_step step;
    const char *at;
};

static const char *
broken(struct fault *fault, const char *at)
{
    *fault = (struct fault){TIDU_SKIM_BROKEN, at};
    return NULL;
}

/* Check the string that begins at `at` (its quote) in full. */
static const char *
check_string(const char *at, const char *end, struct fault *fault)
{
    const char *start = at + 1;
    unsigned seen = 0;
    uint32_t point;
    for (at = start; at < end && !(kind(at) & QUOTE);) {
        unsigned what = kind(at);
        seen |= what;
        if (what & CONTROL)
            return broken(fault, at);
        const char *next = what & BACKSLASH ? read_escape(at, end, &point) : at + 1;
        if (!next)
            return broken(fault, at);
        at = next;
    }
    if (at == end)
        return broken(fault, end);
    if (seen & HIGH) {
        size_t length = (size_t)(at - start), good = tidu_utf8_check(start, length);
        if (good < length)
            return broken(fault, start + good);
    }
    return at + 1;
}

/* Digits, at least one. */
static const char *
check_digits(const char *at, const char *end, struct fault *fault)
{
    if (at == end || !is_digit(*at))
        return broken(fault, at);
    while (at < end && is_digit(*at))
        at++;
    return at;
}

static const char *
check_number(const char *at, const char *end, struct fault *fault)
{
    at += *at == '-';
    if (at < end && *at == '0')
        at++;
    else if (!(at = check_digits(at, end, fault)))
        return NULL;
    if (at < end && *at == '.' && !(at = check_digits(at + 1, end, fault)))
        return NULL;
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        at += at < end && (*at == '+' || *at == '-');
        at = check_digits(at, end, fault);
    }
    return at;
}

static const char *
check_word(const char *at, const char *end, const char *word, struct fault *fault)
{
    size_t length = strlen(word);
    if ((size_t)(end - at) < length || memcmp(at, word, length) != 0)
        return broken(fault, at);
    return at + length;
}

/* Anything but a container, checked in full. */
static const char *
check_scalar(const char *at, const char *end, struct fault *fault)
{
    if (at == end)
        return broken(fault, at);
    switch (*at) {
    case '"':
        return check_string(at, end, fault);
    case 't':
        return check_word(at, end, "true", fault);
    case 'f':
        return check_word(at, end, "false", fault);
    case 'n':
        return check_word(at, end, "null", fault);
    default:
        return *at == '-' || is_digit(*at) ? check_number(at, end, fault) : broken(fault, at);
    }
}

/* The open brackets of a walk, a bit each: 1 is '['. */
struct nest {
    uint64_t arrays;
    unsigned depth, limit;
};

static bool
nest_open(struct nest *nest, char bracket)
{
    if (nest->depth >= nest->limit || nest->depth >= TIDU_SKIM_DEPTH)
        return false;
    nest->arrays = nest->arrays << 1 | (bracket == '[');
    nest->depth++;
    return true;
}

static bool
nest_close(struct nest *nest, char bracket)
{
    if (!nest->depth || (nest->arrays & 1) != (bracket == ']'))
        return false;
    nest->arrays >>= 1;
    nest->depth--;
    return true;
}

/* Brackets and the ends of strings in up to 64 bytes, a bit each, lowest first. */
struct marks {
    uint64_t quotes, backslashes, brackets;
};

enum { STRIDE = 64 };

#ifdef __SSE2__
/* '{' and '[', '}' and ']' differ in one bit, so two comparisons find all four. */
static inline struct marks
find_marks(const char *at)
{
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    const __m128i open = _mm_set1_epi8('{'), close = _mm_set1_epi8('}');
    const __m128i fold = _mm_set1_epi8(0x20);
    struct marks marks = {0, 0, 0};
    for (unsigned i = 0; i < STRIDE; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(at + i));
        __m128i folded = _mm_or_si128(bytes, fold);
        __m128i bracket = _mm_or_si128(_mm_cmpeq_epi8(folded, open), _mm_cmpeq_epi8(folded, close));
        unsigned quotes = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, quote));
        unsigned backslashes = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, backslash));
        unsigned brackets = (unsigned)_mm_movemask_epi8(bracket);
        marks.quotes |= (uint64_t)quotes << i;
        marks.backslashes |= (uint64_t)backslashes << i;
        marks.brackets |= (uint64_t)brackets << i;
    }
    return marks;
}
#else
static inline struct marks
find_marks(const char *at)
{
    struct marks marks = {0, 0, 0};
    for (unsigned i = 0; i < STRIDE; i++) {
        uint64_t bit = (uint64_t)1 << i;
        unsigned what = kind(at + i);
        marks.quotes |= what & QUOTE ? bit : 0;
        marks.backslashes |= what & BACKSLASH ? bit : 0;
        marks.brackets |= what & BRACKET ? bit : 0;
    }
    return marks;
}
#endif

/* The last bytes of the text, which a full stride would read past. */
static struct marks
find_last_marks(const char *at, size_t length)
{
    char padded[STRIDE] = {0};
    memcpy(padded, at, length);
    return find_marks(padded);
}

/* Bits of characters that a backslash before them takes the meaning from.
 * *carry says whether the first byte is one, and is set for the next stride. */
static uint64_t
find_escaped(uint64_t backslashes, bool *carry)
{
    uint64_t escaped = *carry ? 1 : 0;
    *carry = false;
    for (uint64_t rest = backslashes & ~escaped; rest; rest &= rest - 1) {
        uint64_t bit = rest & (~rest + 1);
        if (escaped & bit)
            continue;
        *carry = bit >> 63;
        escaped |= bit << 1;
    }
    return escaped;
}

/* Each bit becomes the parity of the bits up to it: set from an opening quote
 * to before its closing one. */
static uint64_t
spread(uint64_t quotes)
{
    for (unsigned shift = 1; shift < 64; shift *= 2)
        quotes ^= quotes << shift;
    return quotes;
}

/* Where the walk over a container's bytes has got to. */
struct jump {
    bool escape;     /* the next byte is escaped */
    uint64_t inside; /* all ones within a string */
};

/* The brackets of one stride that are no part of a string. */
static inline uint64_t
real_brackets(struct jump *jump, struct marks marks)
{
    if (marks.backslashes || jump->escape)
        marks.quotes &= ~find_escaped(marks.backslashes, &jump->escape);
    uint64_t strings = spread(marks.quotes) ^ jump->inside;
    jump->inside = strings >> 63 ? ~(uint64_t)0 : 0;
    return marks.brackets & ~strings;
}

/* The longest container at the second level, kept up while brackets pass. */
static void
note_longest(const struct nest *nest, const char *bracket, bool opens, const char **begin,
             tidu_slice *longest)
{
    if (opens && nest->depth == 2)
        *begin = bracket;
    if (opens || nest->depth != 1)
        return;
    size_t length = (size_t)(bracket + 1 - *begin);
    if (length > longest->length)
        *longest = (tidu_slice){*begin, length};
}

/* Jump over the container at `at`, a stride at a time: only brackets outside
 * of strings are looked at one by one. */
static const char *
skim_container(const char *at, const char *end, unsigned depth, tidu_slice *longest,
               struct fault *fault)
{
    struct nest nest = {.limit = depth};
    const char *begin = at;
    struct jump jump = {false, 0};
    for (; at < end; at += STRIDE) {
        size_t rest = (size_t)(end - at);
        uint64_t brackets =
            real_brackets(&jump, rest < STRIDE ? find_last_marks(at, rest) : find_marks(at));
        for (; brackets; brackets &= brackets - 1) {
            const char *bracket = at + __builtin_ctzll(brackets);
            bool opens = *bracket == '{' || *bracket == '[';
            if (opens && !nest_open(&nest, *bracket)) {
                *fault = (struct fault){TIDU_SKIM_DEEP, bracket};
                return NULL;
            }
            if (!opens && !nest_close(&nest, *bracket))
                return broken(fault, bracket);
            if (!nest.depth)
                return bracket + 1;
            note_longest(&nest, bracket, opens, &begin, longest);
        }
    }
    return broken(fault, end);
}

const char *
tidu_skim_container_end(const char *at, const char *end)
{
    struct jump jump = {false, 0};
    unsigned depth = 0;
    for (; at < end; at += STRIDE) {
        size_t rest = (size_t)(end - at);
        uint64_t brackets =
            real_brackets(&jump, rest < STRIDE ? find_last_marks(at, rest) : find_marks(at));
        for (; brackets; brackets &= brackets - 1) {
            const char *bracket = at + __builtin_ctzll(brackets);
            depth += *bracket == '{' || *bracket == '[' ? 1u : -1u;
            if (!depth)
                return bracket + 1;
        }
    }
    return NULL;
}

bool
tidu_skim_open(tidu_skim *skim, tidu_slice text, unsigned depth)
{
    if (!text.data)
        return false;
    const char *end = text.data + text.length, *at = skip_space(text.data, end);
    if (at == end || (*at != '{' && *at != '[') || !depth)
        return false;
    depth = depth < TIDU_SKIM_DEPTH ? depth : TIDU_SKIM_DEPTH;
    *skim =
        (tidu_skim){.at = at + 1, .end = end, .depth = depth - 1, .closer = *at == '{' ? '}' : ']'};
    return true;
}

bool
tidu_skim_open_known(tidu_skim *skim, tidu_slice text, tidu_slice longest, unsigned depth)
{
    bool opened = tidu_skim_open(skim, text, depth);
    if (opened && longest.length)
        skim->known = longest;
    return opened;
}

/* The key at `at` and its colon. A key with escapes is decoded, so that
 * "\u0069d" is "id" and a second "id" is found out. */
static const char *
skim_key(const char *at, const char *end, tidu_skim_item *item, struct fault *fault)
{
    if (at == end || *at != '"')
        return broken(fault, at);
    const char *start = at;
    at = check_string(at, end, fault);
    if (!at)
        return NULL;
    item->key = (tidu_slice){start + 1, (size_t)(at - start) - 2};
    if (memchr(item->key.data, '\\', item->key.length)) {
        tidu_slice string = {start, (size_t)(at - start)};
        size_t length;
        if (tidu_skim_text(string, item->decoded, sizeof item->decoded, &length))
            item->key = (tidu_slice){item->decoded, length};
    }
    at = skip_space(at, end);
    if (at == end || *at != ':')
        return broken(fault, at);
    return skip_space(at + 1, end);
}

/* Step over what may stand before an item. False at the end of the container,
 * or with fault->step set. */
static bool
before_item(tidu_skim *skim, struct fault *fault)
{
    const char *at = skip_space(skim->at, skim->end);
    bool first = !skim->begun;
    skim->begun = true;
    if (at == skim->end) {
        broken(fault, at);
        return false;
    }
    if (*at == skim->closer) {
        skim->at = skip_space(at + 1, skim->end);
        *fault = (struct fault){skim->at == skim->end ? TIDU_SKIM_END : TIDU_SKIM_BROKEN, skim->at};
        return false;
    }
    if (!first && *at != ',') {
        broken(fault, at);
        return false;
    }
    skim->at = first ? at : skip_space(at + 1, skim->end);
    return true;
}

tidu_skim_step
tidu_skim_next(tidu_skim *skim, tidu_skim_item *ret_item)
{
    struct fault fault;
    if (!before_item(skim, &fault))
        return fault.step;
    const char *at = skim->at;
    ret_item->key = (tidu_slice){at, 0};
    if (skim->closer == '}' && !(at = skim_key(at, skim->end, ret_item, &fault)))
        return fault.step;
    const char *next;
    ret_item->longest = (tidu_slice){at, 0};
    if (at == skim->known.data)
        next = at + skim->known.length;
    else if (at < skim->end && (*at == '{' || *at == '['))
        next = skim_container(at, skim->end, skim->depth, &ret_item->longest, &fault);
    else
        next = check_scalar(at, skim->end, &fault);
    if (!next)
        return fault.step;
    ret_item->value = (tidu_slice){at, (size_t)(next - at)};
    skim->at = next;
    return TIDU_SKIM_ITEM;
}

/* What may come next in the strict walk. */
enum expect {
    VALUE,
    VALUE_OR_CLOSE, /* after '[' */
    KEY,            /* after ',' in an object */
    KEY_OR_CLOSE,   /* after '{' */
    COMMA_OR_CLOSE
};

static enum expect
after_comma(const struct nest *nest)
{
    return nest->arrays & 1 ? VALUE : KEY;
}

/* One token of the strict walk. NULL with *fault, or where the next begins. */
static const char *
check_token(const char *at, const char *end, struct nest *nest, enum expect *expect,
            struct fault *fault)
{
    tidu_skim_item unused;
    bool closing = *at == '}' || *at == ']';
    if (closing) {
        if (*expect == VALUE || *expect == KEY || !nest_close(nest, *at))
            return broken(fault, at);
        *expect = COMMA_OR_CLOSE;
        return at + 1;
    }
    if (*expect == COMMA_OR_CLOSE) {
        *expect = after_comma(nest);
        return *at == ',' ? at + 1 : broken(fault, at);
    }
    if (*expect == KEY || *expect == KEY_OR_CLOSE) {
        *expect = VALUE;
        return skim_key(at, end, &unused, fault);
    }
    if (*at == '{' || *at == '[') {
        if (!nest_open(nest, *at)) {
            *fault = (struct fault){TIDU_SKIM_DEEP, at};
            return NULL;
        }
        *expect = *at == '{' ? KEY_OR_CLOSE : VALUE_OR_CLOSE;
        return at + 1;
    }
    *expect = COMMA_OR_CLOSE;
    return check_scalar(at, end, fault);
}

tidu_skim_step
tidu_skim_check(tidu_slice text, unsigned depth, size_t *ret_offset)
{
    const char *end = text.data + text.length, *at = skip_space(text.data, end);
    struct nest nest = {.limit = depth};
    enum expect expect = VALUE;
    struct fault fault = {TIDU_SKIM_END, end};

    do {
        at = at < end ? check_token(at, end, &nest, &expect, &fault) : broken(&fault, end);
        at = at ? skip_space(at, end) : NULL;
    } while (at && nest.depth);
    if (at && at < end)
        broken(&fault, at);
    if (fault.step != TIDU_SKIM_END && ret_offset)
        *ret_offset = (size_t)(fault.at - text.data);
    return fault.step;
}

/* Append one character as UTF-8; false when it does not fit. */
static bool
put_point(uint32_t point, char *buffer, size_t size, size_t *length)
{
    size_t bytes = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char leads[5] = {0, 0, 0xc0, 0xe0, 0xf0};
    if (!point || *length + bytes >= size)
        return false;
    for (size_t i = bytes; i-- > 1; point >>= 6)
        buffer[*length + i] = (char)(0x80 | (point & 0x3f));
    buffer[*length] = (char)(leads[bytes] | point);
    *length += bytes;
    return true;
}

bool
tidu_skim_text(tidu_slice string, char *buffer, size_t size, size_t *ret_length)
{
    const char *at = string.data + 1, *end = string.data + string.length - 1;
    size_t length = 0;
    while (at < end) {
        uint32_t point;
        if (*at != '\\') {
            if (length + 1 >= size)
                return false;
            buffer[length++] = *at++;
            continue;
        }
        at = read_escape(at, end, &point);
        if (!at || !put_point(point, buffer, size, &length))
            return false;
    }
    buffer[length] = '\0';
    if (ret_length)
        *ret_length = length;
    return true;
}

tidu_slice
tidu_skim_member(tidu_slice object, const char *name)
{
    tidu_skim skim;
    tidu_skim_item item;
    if (object.length && tidu_skim_open(&skim, object, TIDU_SKIM_DEPTH))
        while (tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM)
            if (tidu_skim_is(item.key, name))
                return item.value;
    return (tidu_slice){0};
}

void
tidu_skim_squeeze(tidu_slice json, tidu_text *out)
{
    bool inside = false;
    if (!tidu_text_reserve(out, json.length))
        return;
    for (size_t i = 0; i < json.length; i++) {
        char c = json.data[i];
        if (!inside && (c == ' ' || c == '\t' || c == '\n' || c == '\r'))
            continue;
        out->data[out->length++] = c;
        if (inside && c == '\\' && i + 1 < json.length)
            out->data[out->length++] = json.data[++i];
        else if (c == '"')
            inside = !inside;
    }
}
