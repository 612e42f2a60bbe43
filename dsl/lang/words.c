/*
 * words.c: where a word begins and ends.
 *
 * Chinese is written without spaces: 营业收入不低于1亿元且从业人员数达到300人 is
 * one run of word characters. A run is cut by what is known: names that the
 * scope has, words of words.def, and only for what nobody knows, the earliest
 * operator inside. A known name counts only if the run may end behind it, so
 * that a misspelt longer name is told as a whole.
 *
 * Must not know: what the words mean together.
 */
#include "internal.h"

enum {
    CUTS = TIDU_WORD_CUTS,
    ALONE = TIDU_WORD_ALONE,
    BAND = TIDU_WORD_BAND,
    FOREIGN = TIDU_WORD_FOREIGN
};

static const tidu_word words[] = {
#define X(spelling, token, value, flags, instead) \
    {spelling, TIDU_TOKEN_##token, value, flags, instead},
#include "words.def"
#undef X
};

enum { WORD_COUNT = sizeof words / sizeof words[0] };

static const char *const functions[TIDU_FUNCTION_COUNT][2] = {
#define X(name, en, zh, min_args, max_args, says) {zh, en},
#include "tidu/functions.def"
#undef X
};

bool
tidu_is_ascii_word(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_';
}

/* Punctuation, signs and spaces beyond ASCII; everything else may stand in a
 * name: ideographs, Ⅰ, full-width letters and digits, other alphabets. */
static bool
is_sign(uint32_t character)
{
    static const uint32_t ranges[][2] = {
        {0x0080, 0x00a9}, {0x00ab, 0x00b4}, {0x00b6, 0x00b9}, {0x00bb, 0x00bf}, {0x00d7, 0x00d7},
        {0x00f7, 0x00f7}, {0x2000, 0x206f}, {0x2190, 0x23ff}, {0x2500, 0x27bf}, {0x3000, 0x3004},
        {0x3008, 0x3020}, {0xfe10, 0xfe6f}, {0xfeff, 0xfeff}, {0xff00, 0xff0f}, {0xff1a, 0xff20},
        {0xff3b, 0xff40}, {0xff5b, 0xff65}, {0xffe0, 0xffff},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (character >= ranges[i][0] && character <= ranges[i][1])
            return true;
    return false;
}

/* The text was found to be UTF-8 before the first token was looked at. */
uint32_t
tidu_word_character(const tidu_parser *parser, uint32_t at)
{
    if (at >= parser->length)
        return 0;
    const unsigned char *byte = (const unsigned char *)parser->text + at;
    if (byte[0] < 0x80)
        return tidu_is_ascii_word((char)byte[0]);
    if (byte[0] < 0xe0)
        return is_sign((byte[0] & 0x1fu) << 6 | (byte[1] & 0x3fu)) ? 0 : 2;
    if (byte[0] < 0xf0) {
        uint32_t tail = (byte[1] & 0x3fu) << 6 | (byte[2] & 0x3fu);
        return is_sign((byte[0] & 0x0fu) << 12 | tail) ? 0 : 3;
    }
    return 4;
}

uint32_t
tidu_word_length(const tidu_word *word)
{
    return (uint32_t)strlen(word->spelling);
}

/* Two ASCII word characters side by side belong to one word. */
static bool
is_ascii_joint(const tidu_parser *parser, uint32_t at)
{
    return at > 0 && at < parser->length && tidu_is_ascii_word(parser->text[at - 1]) &&
           tidu_is_ascii_word(parser->text[at]);
}

static bool
word_stands(const tidu_parser *parser, const tidu_word *word, uint32_t at)
{
    uint32_t size = tidu_word_length(word);
    if (size > parser->length - at || memcmp(parser->text + at, word->spelling, size) != 0)
        return false;
    if ((word->flags & BAND) && !parser->band)
        return false;
    if (is_ascii_joint(parser, at + size))
        return false;
    return !(word->flags & ALONE) || !tidu_word_character(parser, at + size) ||
           tidu_word_at(parser, at + size, CUTS) != NULL;
}

const tidu_word *
tidu_word_at(const tidu_parser *parser, uint32_t at, unsigned needed_flags)
{
    const tidu_word *best = NULL;
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if ((words[i].flags & needed_flags) != needed_flags)
            continue;
        if (best && tidu_word_length(&words[i]) <= tidu_word_length(best))
            continue;
        if (word_stands(parser, &words[i], at))
            best = &words[i];
    }
    return best;
}

/* Is the character before `at` a sign, as the one in 70%? */
static bool
follows_sign(const tidu_parser *parser, uint32_t at)
{
    uint32_t before = at;
    while (before > 0 && ((unsigned char)parser->text[--before] & 0xc0) == 0x80)
        continue;
    return before < at && !tidu_word_character(parser, before);
}

/* A digit behind Chinese begins a number: 营业收入1亿元以上. */
bool
tidu_word_ends(const tidu_parser *parser, uint32_t at)
{
    if (!tidu_word_character(parser, at) || follows_sign(parser, at))
        return true;
    if (is_ascii_joint(parser, at))
        return false;
    if (parser->text[at] >= '0' && parser->text[at] <= '9')
        return true;
    return tidu_word_at(parser, at, CUTS) != NULL;
}

/* The length of `title` if `text` begins with it. */
static size_t
prefix_length(const char *title, const char *text, size_t length)
{
    size_t size = title ? strlen(title) : 0;
    return size <= length && memcmp(text, title ? title : "", size) == 0 ? size : 0;
}

static size_t
larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t
longest_name(const tidu_parser *parser, const char *text, size_t length)
{
    size_t best = parser->scope->prefix(parser->scope->context, text, length);
    for (const tidu_fields *in = parser->fields; in; in = in->outer) {
        for (uint32_t i = 0; in->list && i < in->list->field_count; i++) {
            const tidu_symbol *field = &in->list->fields[i];
            best = larger(best, prefix_length(field->name, text, length));
            best = larger(best, prefix_length(field->zh, text, length));
            best = larger(best, prefix_length(field->en, text, length));
        }
    }
    return best;
}

uint32_t
tidu_name_at(const tidu_parser *parser, uint32_t at)
{
    size_t room = parser->length - at;
    while (room > 0) {
        size_t length = longest_name(parser, parser->text + at, room);
        if (length == 0 || tidu_word_ends(parser, at + (uint32_t)length))
            return (uint32_t)length;
        room = length - 1;
    }
    return 0;
}

const char *
tidu_choice_at(const tidu_parser *parser, uint32_t at, uint32_t *ret_length)
{
    const tidu_choices *choices = parser->operand ? parser->operand->type.choices : NULL;
    const char *code = NULL;
    size_t best = 0;

    for (uint32_t i = 0; choices && i < choices->count; i++) {
        const tidu_choice *choice = &choices->items[i];
        const char *titles[] = {choice->code, choice->zh, choice->en};
        for (int t = 0; t < 3; t++) {
            size_t size = prefix_length(titles[t], parser->text + at, parser->length - at);
            if (size > best && tidu_word_ends(parser, at + (uint32_t)size)) {
                best = size;
                code = choice->code;
            }
        }
    }
    *ret_length = (uint32_t)best;
    return code;
}

const char *
tidu_choice_code(const tidu_choices *choices, const char *word, size_t length)
{
    for (uint32_t i = 0; i < choices->count; i++) {
        const tidu_choice *choice = &choices->items[i];
        const char *titles[] = {choice->code, choice->zh, choice->en};
        for (int t = 0; t < 3; t++)
            if (titles[t] && strlen(titles[t]) == length && !memcmp(titles[t], word, length))
                return choice->code;
    }
    return NULL;
}

static bool
is_called(const tidu_parser *parser, uint32_t at)
{
    tidu_scan_blank(parser, &at);
    const tidu_word *word = at < parser->length ? tidu_word_at(parser, at, 0) : NULL;
    return word && word->kind == TIDU_TOKEN_OPEN;
}

/* Chinese function names begin many other words (最低工资), so by default one
 * is only a function before its bracket. */
uint32_t
tidu_function_at(const tidu_parser *parser, uint32_t at, bool called, tidu_function *ret_function)
{
    size_t best = 0;
    for (int f = 0; f < TIDU_FUNCTION_COUNT; f++) {
        for (int lang = 0; lang < 2; lang++) {
            size_t size = prefix_length(functions[f][lang], parser->text + at, parser->length - at);
            uint32_t end = at + (uint32_t)size;
            if (size <= best || is_ascii_joint(parser, end))
                continue;
            if (called ? !is_called(parser, end) : !tidu_word_ends(parser, end))
                continue;
            best = size;
            *ret_function = (tidu_function)f;
        }
    }
    return (uint32_t)best;
}

/* A number with a unit that some operator follows is no part of a name, other
 * digits are: 近2年新增股权融资. */
static bool
literal_stands(const tidu_parser *parser, uint32_t at)
{
    const tidu_unit *unit;
    uint32_t end = at;
    while (end < parser->length &&
           ((parser->text[end] >= '0' && parser->text[end] <= '9') || parser->text[end] == '.'))
        end++;
    if (end == at || is_ascii_joint(parser, at))
        return false;
    end += tidu_unit_at(parser, end, &unit);
    return unit && (!tidu_word_character(parser, end) || tidu_word_at(parser, end, CUTS));
}

uint32_t
tidu_unknown_at(const tidu_parser *parser, uint32_t at)
{
    uint32_t end = at, size;
    while ((size = tidu_word_character(parser, end)) > 0) {
        bool cut = end > at && !is_ascii_joint(parser, end) &&
                   (tidu_word_at(parser, end, CUTS) || literal_stands(parser, end));
        if (cut)
            break;
        end += size;
    }
    return end - at;
}

static bool
is_called_so(const tidu_symbol *symbol, const char *name, size_t length)
{
    const char *titles[] = {symbol->name, symbol->zh, symbol->en};
    for (int t = 0; t < 3; t++)
        if (titles[t] && strlen(titles[t]) == length && !memcmp(titles[t], name, length))
            return true;
    return false;
}

const tidu_symbol *
tidu_symbol_find(const tidu_parser *parser, const char *name, size_t length, tidu_error *reterr)
{
    for (const tidu_fields *in = parser->fields; in; in = in->outer)
        for (uint32_t i = 0; in->list && i < in->list->field_count; i++)
            if (is_called_so(&in->list->fields[i], name, length))
                return &in->list->fields[i];
    return parser->scope->find(parser->scope->context, name, length, reterr);
}

/* Short words are close to everything, so they must be closer. */
static unsigned
near_enough(size_t length)
{
    return length < 4 ? 1 : 2;
}

/* Of the fields around, else of what the scope has, else of the functions. */
const char *
tidu_symbol_nearest(const tidu_parser *parser, const char *name, size_t length)
{
    char *word = tidu_arena_copy_n(parser->arena, name, length);
    if (!word)
        return NULL;
    for (const tidu_fields *in = parser->fields; in; in = in->outer)
        for (uint32_t i = 0; in->list && i < in->list->field_count; i++)
            if (tidu_distance(word, in->list->fields[i].name, 2) <= near_enough(length))
                return in->list->fields[i].name;
    const char *near = parser->scope->nearest(parser->scope->context, name, length);
    for (int f = 0; !near && f < TIDU_FUNCTION_COUNT; f++)
        if (tidu_distance(word, functions[f][1], 2) <= near_enough(length))
            near = functions[f][1];
    return near;
}
