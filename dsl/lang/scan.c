/*
 * scan.c: bytes to tokens, one at a time.
 *
 * A token is a literal, a name, a word of words.def, or something that was
 * complained about. Numbers keep the decimal as it was spelled: no rounding
 * happens in this room.
 *
 * Must not know: the grammar, types.
 */
#include "internal.h"

static bool
is_digit(const tidu_parser *parser, uint32_t at)
{
    return at < parser->length && parser->text[at] >= '0' && parser->text[at] <= '9';
}

static bool
begins(const tidu_parser *parser, uint32_t at, const char *with)
{
    size_t size = strlen(with);
    return size <= parser->length - at && memcmp(parser->text + at, with, size) == 0;
}

/* Step over spaces, the ideographic and the no-break one too. */
bool
tidu_scan_blank(const tidu_parser *parser, uint32_t *at)
{
    static const char *const blanks[] = {" ", "\t", "\n", "\r", "　", "\xc2\xa0"};
    enum { BLANK_COUNT = sizeof blanks / sizeof blanks[0] };
    uint32_t from = *at;

    for (int i = 0; i < BLANK_COUNT && *at < parser->length; i++) {
        if (begins(parser, *at, blanks[i])) {
            *at += (uint32_t)strlen(blanks[i]);
            i = -1;
        }
    }
    return *at > from;
}

static void
take(tidu_parser *parser, tidu_token_kind kind, uint32_t length)
{
    parser->token.kind = kind;
    parser->token.range = (tidu_range){parser->at, parser->at + length};
    parser->at += length;
}

/* A complaint about the next `length` bytes, which are then behind us. */
static void
refuse(tidu_parser *parser, tidu_code code, uint32_t length, const char *a, const char *b)
{
    take(parser, TIDU_TOKEN_BAD, length);
    tidu_say(parser, code, parser->token.range, a, b, NULL, NULL);
}

static const char *
copied(tidu_parser *parser, uint32_t start, uint32_t length)
{
    const char *copy = tidu_arena_copy_n(parser->arena, parser->text + start, length);
    parser->starved = parser->starved || !copy;
    return copy ? copy : "";
}

static uint32_t
digits_at(const tidu_parser *parser, uint32_t at)
{
    uint32_t end = at;
    while (is_digit(parser, end))
        end++;
    return end - at;
}

/* number = digit {digit} ["." digit {digit}] ; dates look like it, and so do
 * many mistakes, so take all digits and points first. */
static uint32_t
decimal_at(const tidu_parser *parser, uint32_t at)
{
    uint32_t end = at;
    while (is_digit(parser, end) || (end < parser->length && parser->text[end] == '.'))
        end++;
    return end - at;
}

static bool
is_decimal(const char *text, uint32_t length)
{
    const char *point = memchr(text, '.', length);
    uint32_t whole = point ? (uint32_t)(point - text) : length;

    if (whole == 0 || (whole > 1 && text[0] == '0'))
        return false;
    return !point || (whole + 1 < length && !memchr(point + 1, '.', length - whole - 1));
}

/* "1,500" where no comma may stand; the length of all groups. */
static uint32_t
groups_at(const tidu_parser *parser, uint32_t at)
{
    uint32_t end = at;
    while (!parser->commas) {
        uint32_t comma = begins(parser, end, ",") ? 1 : begins(parser, end, "，") ? 3 : 0;
        if (!comma || digits_at(parser, end + comma) != 3)
            break;
        end += comma + 3;
    }
    return end - at;
}

/* date = 4 digits "-" 2 digits "-" 2 digits ; shorter parts and 2026年4月1日
 * are seen as dates too, to be complained about as such. */
static uint32_t
date_at(const tidu_parser *parser, uint32_t at)
{
    static const char *const marks[][2] = {{"-", "-"}, {"年", "月"}, {"/", "/"}};
    uint32_t years = digits_at(parser, at);
    for (int i = 0; i < 3 && years == 4; i++) {
        uint32_t end = at + years;
        if (!begins(parser, end, marks[i][0]))
            continue;
        end += (uint32_t)strlen(marks[i][0]);
        uint32_t months = digits_at(parser, end);
        end += months;
        if (months < 1 || months > 2 || !begins(parser, end, marks[i][1]))
            continue;
        end += (uint32_t)strlen(marks[i][1]);
        uint32_t days = digits_at(parser, end);
        if (days > 2 || (days == 0 && i != 1))
            continue;
        end += days;
        return end - at + (days && begins(parser, end, "日") ? 3 : 0);
    }
    return 0;
}

static void
scan_date(tidu_parser *parser, uint32_t length)
{
    int32_t days;
    if (!tidu_date_parse(parser->text + parser->at, length, &days)) {
        refuse(parser, TIDU_BAD_DATE, length, copied(parser, parser->at, length), NULL);
        return;
    }
    take(parser, TIDU_TOKEN_DATE, length);
    parser->token.days = days;
}

/* "1,500" becomes "1500", for the hint. */
static const char *
without_groups(tidu_parser *parser, uint32_t length)
{
    char *copy = tidu_arena_copy_n(parser->arena, parser->text + parser->at, length);
    uint32_t kept = 0;
    for (uint32_t i = 0; copy && i < length; i++)
        if ((copy[i] >= '0' && copy[i] <= '9') || copy[i] == '.')
            copy[kept++] = copy[i];
    if (copy)
        copy[kept] = '\0';
    return copy ? copy : "";
}

/* What is wrong with the number of `length` bytes; false when nothing is. */
static bool
refuse_number(tidu_parser *parser, uint32_t length)
{
    uint32_t groups = groups_at(parser, parser->at + length);

    if (!is_decimal(parser->text + parser->at, length))
        refuse(parser, TIDU_EXPR_BAD_NUMBER, length, copied(parser, parser->at, length), NULL);
    else if (length > TIDU_EXPR_DIGITS)
        refuse(parser, TIDU_EXPR_LONG_NUMBER, length, copied(parser, parser->at, 20), NULL);
    else if (groups > 0)
        refuse(parser, TIDU_EXPR_THOUSANDS, length + groups,
               copied(parser, parser->at, length + groups),
               without_groups(parser, length + groups));
    else
        return false;
    return true;
}

/* literal = number [unit] ; a unit may stand apart, other words may not touch
 * the number. */
static void
scan_number(tidu_parser *parser)
{
    uint32_t start = parser->at, length = decimal_at(parser, start), unknown;
    const tidu_unit *unit;

    if (refuse_number(parser, length)) {
        parser->at += tidu_unit_at(parser, parser->at, &unit);
        return;
    }
    uint32_t end = start + length, spelling = end;
    tidu_scan_blank(parser, &spelling);
    uint32_t size = tidu_unit_at(parser, spelling, &unit);
    if (!unit && tidu_word_character(parser, end) && !tidu_word_at(parser, end, TIDU_WORD_CUTS)) {
        unknown = tidu_unknown_at(parser, end);
        refuse(parser, TIDU_EXPR_UNKNOWN_UNIT, length + unknown, copied(parser, end, unknown),
               NULL);
        return;
    }
    take(parser, TIDU_TOKEN_NUMBER, unit ? spelling + size - start : length);
    parser->token.text = copied(parser, start, length);
    parser->token.unit = unit;
}

/* Quotes that open a text and those that close it. Chinese ones are read and
 * complained about. */
static const struct quotes {
    const char *open, *close;
    bool foreign;
} quotes[] = {
    {"'", "'", false}, {"\"", "\"", false}, {"‘", "’", true},
    {"“", "”", true},  {"’", "’", true},    {"”", "”", true},
};

enum { QUOTES_COUNT = sizeof quotes / sizeof quotes[0] };

static const struct quotes *
quotes_at(const tidu_parser *parser)
{
    for (int i = 0; i < QUOTES_COUNT; i++)
        if (begins(parser, parser->at, quotes[i].open) &&
            (!quotes[i].foreign || !tidu_name_at(parser, parser->at)))
            return &quotes[i];
    return NULL;
}

/* string = "'" {any but "'" and line ends} "'" , or the same with '"' . */
static void
scan_string(tidu_parser *parser, const struct quotes *quote)
{
    uint32_t size = (uint32_t)strlen(quote->open), start = parser->at + size, end = start;
    while (end < parser->length && parser->text[end] != '\n' && !begins(parser, end, quote->close))
        end++;
    if (end == parser->length || parser->text[end] == '\n') {
        refuse(parser, TIDU_EXPR_OPEN_STRING, end - parser->at, NULL, NULL);
        return;
    }
    if (end == start) {
        refuse(parser, TIDU_EXPR_EMPTY_STRING, 2 * size, NULL, NULL);
        return;
    }
    take(parser, TIDU_TOKEN_STRING, end + size - parser->at);
    parser->token.text = copied(parser, start, end - start);
    if (quote->foreign)
        tidu_say(parser, TIDU_EXPR_FOREIGN_WORD, parser->token.range,
                 tidu_excerpt(parser, parser->token.range),
                 tidu_arena_printf(parser->arena, "'%s'", parser->token.text), NULL, NULL);
}

static void
scan_name(tidu_parser *parser, uint32_t length)
{
    tidu_error error = {.code = TIDU_OK};
    const tidu_symbol *symbol = tidu_symbol_find(parser, parser->text + parser->at, length, &error);

    take(parser, symbol ? TIDU_TOKEN_NAME : TIDU_TOKEN_UNKNOWN, length);
    parser->token.symbol = symbol;
    if (symbol || error.code == TIDU_OK)
        return;
    parser->token.kind = TIDU_TOKEN_BAD;
    parser->complaints++;
    if (error.span.line == 0) {
        tidu_node here = {.start = parser->token.range.start, .end = parser->token.range.end};
        error.span = tidu_expr_span(&here, parser->text, parser->place);
    }
    tidu_report_add(parser->report, &error);
}

static void
scan_word(tidu_parser *parser, const tidu_word *word)
{
    take(parser, word->kind, tidu_word_length(word));
    parser->token.value = word->value;
    if (word->flags & TIDU_WORD_FOREIGN)
        tidu_say(parser, TIDU_EXPR_FOREIGN_WORD, parser->token.range, word->spelling, word->instead,
                 NULL, NULL);
}

/* １００ looks like a number, and its author could not tell. False when no
 * full-width digit stands here. */
static bool
refuse_wide_digits(tidu_parser *parser)
{
    static const char zero[] = "０";
    char narrow[TIDU_EXPR_DIGITS + 1];
    uint32_t count = 0, at = parser->at;

    for (; count < TIDU_EXPR_DIGITS && at + 3 <= parser->length; at += 3) {
        int digit = (unsigned char)parser->text[at + 2] - (unsigned char)zero[2];
        if (memcmp(parser->text + at, zero, 2) != 0 || digit < 0 || digit > 9)
            break;
        narrow[count++] = (char)('0' + digit);
    }
    narrow[count] = '\0';
    if (count > 0)
        refuse(parser, TIDU_EXPR_FOREIGN_WORD, at - parser->at,
               copied(parser, parser->at, at - parser->at), narrow);
    return count > 0;
}

static void
scan_unknown(tidu_parser *parser)
{
    tidu_function function = TIDU_FUNCTION_COUNT;
    uint32_t alone = tidu_function_at(parser, parser->at, false, &function);
    uint32_t length = tidu_unknown_at(parser, parser->at);

    if (refuse_wide_digits(parser))
        return;
    if (length == 0) {
        unsigned char first = (unsigned char)parser->text[parser->at];
        length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        refuse(parser, TIDU_EXPR_UNKNOWN_CHARACTER, length, copied(parser, parser->at, length),
               NULL);
        return;
    }
    take(parser, alone == length ? TIDU_TOKEN_FUNCTION : TIDU_TOKEN_UNKNOWN, length);
    parser->token.value = (int)function;
}

/* Of everything that could stand here the longest wins; a name wins a tie,
 * except that only a function can be called. */
static void
scan_any_word(tidu_parser *parser)
{
    tidu_function function = TIDU_FUNCTION_COUNT;
    uint32_t choice_length;
    const char *choice = tidu_choice_at(parser, parser->at, &choice_length);
    const tidu_word *word = tidu_word_at(parser, parser->at, 0);
    uint32_t name = tidu_name_at(parser, parser->at);
    uint32_t called = tidu_function_at(parser, parser->at, true, &function);
    uint32_t best = word ? tidu_word_length(word) : 0;

    if (choice && choice_length >= name && choice_length >= best) {
        take(parser, TIDU_TOKEN_CHOICE, choice_length);
        parser->token.text = choice;
    } else if (called > 0 && called >= name && called >= best) {
        take(parser, TIDU_TOKEN_FUNCTION, called);
        parser->token.value = (int)function;
    } else if (name > 0 && name >= best) {
        scan_name(parser, name);
    } else if (word) {
        scan_word(parser, word);
    } else {
        scan_unknown(parser);
    }
}

/* A name may begin with a digit (5G基站数), but then it must be longer than the
 * number it could be. */
static bool
is_literal(const tidu_parser *parser)
{
    const tidu_unit *unit;
    if (!is_digit(parser, parser->at) && parser->text[parser->at] != '.')
        return false;
    uint32_t length = decimal_at(parser, parser->at);
    length += tidu_unit_at(parser, parser->at + length, &unit);
    return tidu_name_at(parser, parser->at) <= length;
}

void
tidu_scan(tidu_parser *parser)
{
    const struct quotes *quote;
    uint32_t date;

    parser->last_end = parser->token.range.end;
    tidu_scan_blank(parser, &parser->at);
    parser->token = (tidu_token){0};
    if (parser->at >= parser->length)
        take(parser, TIDU_TOKEN_END, 0);
    else if ((quote = quotes_at(parser)))
        scan_string(parser, quote);
    else if (!is_literal(parser))
        scan_any_word(parser);
    else if ((date = date_at(parser, parser->at)) > 0)
        scan_date(parser, date);
    else
        scan_number(parser);
}
