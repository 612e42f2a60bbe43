/*
 * text.c: bytes being written; UTF-8; dates; digests.
 *
 * Knows nothing of rules. Owns only the buffer of a tidu_text.
 */
#include "tidu/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef TIDU_TIGHT
enum { FIRST_SIZE = 8 };
#else
enum { FIRST_SIZE = 256 };
#endif

void
tidu_text_free(tidu_text *text)
{
    free(text->data);
    *text = (tidu_text){0};
}

bool
tidu_text_reserve(tidu_text *text, size_t more)
{
    if (text->capacity - text->length >= more && text->data)
        return !text->failed;
    if (text->failed || more > SIZE_MAX / 4 || text->length > SIZE_MAX / 4) {
        text->failed = true;
        return false;
    }
    size_t size = text->capacity ? text->capacity * 2 : FIRST_SIZE;
    if (size < text->length + more)
        size = text->length + more;
    char *data = realloc(text->data, size);
    if (!data) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = size;
    return true;
}

void
tidu_text_printf(tidu_text *text, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    if (length >= 0 && tidu_text_reserve(text, (size_t)length + 1)) {
        vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
    va_end(args);
}

static void
put_escape(tidu_text *text, unsigned char byte)
{
    switch (byte) {
    case '"':
        tidu_text_add(text, "\\\"", 2);
        break;
    case '\\':
        tidu_text_add(text, "\\\\", 2);
        break;
    case '\n':
        tidu_text_add(text, "\\n", 2);
        break;
    case '\r':
        tidu_text_add(text, "\\r", 2);
        break;
    case '\t':
        tidu_text_add(text, "\\t", 2);
        break;
    default:
        tidu_text_printf(text, "\\u%04x", byte);
    }
}

static bool
needs_escape(unsigned char byte)
{
    return byte < 0x20 || byte == '"' || byte == '\\';
}

/* Bytes before the first that must be escaped. Most texts have none: so many
 * at once are looked at without asking after each. */
static size_t
count_plain(const char *bytes, size_t length)
{
    enum { AT_ONCE = 32 };
    size_t at = 0;
    for (; length - at >= AT_ONCE; at += AT_ONCE) {
        unsigned char found = 0;
        for (size_t i = 0; i < AT_ONCE; i++) {
            unsigned char byte = (unsigned char)bytes[at + i];
            found |= (unsigned char)((byte < 0x20) | (byte == '"') | (byte == '\\'));
        }
        if (found)
            break;
    }
    while (at < length && !needs_escape((unsigned char)bytes[at]))
        at++;
    return at;
}

static void
put_escaped(tidu_text *text, const char *bytes, size_t length)
{
    while (length) {
        size_t plain = count_plain(bytes, length);
        tidu_text_add(text, bytes, plain);
        if (plain == length)
            return;
        put_escape(text, (unsigned char)bytes[plain]);
        bytes += plain + 1;
        length -= plain + 1;
    }
}

void
tidu_text_csv(tidu_text *text, const char *bytes, size_t length)
{
    bool quoted = false;
    for (size_t i = 0; i < length && !quoted; i++)
        quoted = bytes[i] == ',' || bytes[i] == '"' || bytes[i] == '\r' || bytes[i] == '\n';
    if (!quoted) {
        tidu_text_add(text, bytes, length);
        return;
    }
    tidu_text_putc(text, '"');
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '"')
            tidu_text_putc(text, '"');
        tidu_text_putc(text, bytes[i]);
    }
    tidu_text_putc(text, '"');
}

bool
tidu_ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text), tail = strlen(ending);
    return length > tail && !strcmp(text + length - tail, ending);
}

void
tidu_text_json(tidu_text *text, const char *bytes, size_t length)
{
    tidu_text_putc(text, '"');
    put_escaped(text, bytes, length);
    tidu_text_putc(text, '"');
}

void
tidu_text_close_json(tidu_text *text, size_t from)
{
    size_t length = text->length - from;
    size_t plain = length ? count_plain(text->data + from, length) : 0;
    if (plain < length) {
        tidu_text rest = {0};
        tidu_text_add(&rest, text->data + from + plain, length - plain);
        text->length = from + plain;
        put_escaped(text, rest.data ? rest.data : "", rest.length);
        text->failed = text->failed || rest.failed;
        tidu_text_free(&rest);
    }
    tidu_text_putc(text, '"');
}

/* Whole numbers below 2^53 are most of what is printed; they need no format. */
static void
put_whole(tidu_text *text, double value)
{
    char digits[24];
    size_t at = sizeof digits;
    bool negative = value < 0;
    uint64_t rest = (uint64_t)(negative ? -value : value);
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (negative)
        digits[--at] = '-';
    tidu_text_add(text, digits + at, sizeof digits - at);
}

void
tidu_text_number(tidu_text *text, double value)
{
    if (value > -9007199254740992.0 && value < 9007199254740992.0 &&
        value == (double)(int64_t)value) {
        put_whole(text, value);
        return;
    }
    char buffer[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(buffer, sizeof buffer, "%.*g", digits, value);
        if (digits == 17 || strtod(buffer, NULL) == value)
            break;
    }
    tidu_text_puts(text, buffer);
}

/* Bytes of the character at `text`, 0 if it is malformed. */
static size_t
utf8_step(const unsigned char *text, size_t size, uint32_t *ret_point)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = text[0];
    size_t length = lead < 0x80 ? 1 : (lead & 0xe0) == 0xc0 ? 2 : (lead & 0xf0) == 0xe0 ? 3
                                                            : (lead & 0xf8) == 0xf0 ? 4 : 0;
    if (!length || length > size)
        return 0;
    uint32_t point = length == 1 ? lead : lead & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (text[i] & 0x3fu);
    }
    if (point < least[length] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        return 0;
    *ret_point = point;
    return length;
}

size_t
tidu_utf8_check(const char *text, size_t size)
{
    size_t at = 0;
    uint32_t point;
    while (at < size) {
        size_t step = utf8_step((const unsigned char *)text + at, size - at, &point);
        if (!step)
            return at;
        at += step;
    }
    return size;
}

/* East Asian wide and fullwidth ranges, and the curly quotes and signs that
 * Chinese fonts draw wide are left narrow, as terminals do. */
static bool
is_wide(uint32_t point)
{
    return (point >= 0x1100 && point <= 0x115f) || (point >= 0x2e80 && point <= 0x303e) ||
           (point >= 0x3041 && point <= 0xa4cf) || (point >= 0xac00 && point <= 0xd7a3) ||
           (point >= 0xf900 && point <= 0xfaff) || (point >= 0xfe30 && point <= 0xfe4f) ||
           (point >= 0xff00 && point <= 0xff60) || (point >= 0xffe0 && point <= 0xffe6) ||
           (point >= 0x1f300 && point <= 0x1faff) || (point >= 0x20000 && point <= 0x3fffd);
}

static size_t
measure(const char *text, size_t size, bool wide)
{
    size_t at = 0, total = 0;
    while (at < size) {
        uint32_t point = 0;
        size_t step = utf8_step((const unsigned char *)text + at, size - at, &point);
        total += step && wide && is_wide(point) ? 2 : 1;
        at += step ? step : 1;
    }
    return total;
}

size_t
tidu_utf8_length(const char *text, size_t size)
{
    return measure(text, size, false);
}

size_t
tidu_utf8_width(const char *text, size_t size)
{
    return measure(text, size, true);
}

enum { LONGEST_WORD = 64 };

static size_t
decode(const char *word, uint32_t ret[LONGEST_WORD])
{
    size_t size = strlen(word), at = 0, count = 0;
    while (at < size && count < LONGEST_WORD) {
        uint32_t point = (unsigned char)word[at];
        size_t step = utf8_step((const unsigned char *)word + at, size - at, &point);
        ret[count++] = point;
        at += step ? step : 1;
    }
    return count;
}

static unsigned
least(unsigned a, unsigned b, unsigned c)
{
    unsigned smaller = a < b ? a : b;
    return smaller < c ? smaller : c;
}

/* Levenshtein's distance, one row of the table at a time. */
unsigned
tidu_distance(const char *a, const char *b, unsigned limit)
{
    uint32_t left[LONGEST_WORD], right[LONGEST_WORD];
    unsigned row[LONGEST_WORD + 1];
    size_t rows = decode(a, left), columns = decode(b, right);

    for (size_t c = 0; c <= columns; c++)
        row[c] = (unsigned)c;
    for (size_t r = 1; r <= rows; r++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)r;
        for (size_t c = 1; c <= columns; c++) {
            unsigned above = row[c];
            row[c] = least(above + 1, row[c - 1] + 1, diagonal + (left[r - 1] != right[c - 1]));
            diagonal = above;
        }
    }
    return row[columns] > limit ? limit + 1 : row[columns];
}

/* Days from civil and back: the calendar repeats every 400 years (146,097
 * days); counting years from March puts the leap day last. */
int32_t
tidu_date_join(int year, int month, int day)
{
    int shifted = year - (month <= 2);
    int era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    int of_era = shifted - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void
tidu_date_split(int32_t days, int *ret_year, int *ret_month, int *ret_day)
{
    int32_t since = days + 719468;
    int32_t era = (since >= 0 ? since : since - 146096) / 146097;
    int32_t of_era = since - era * 146097;
    int32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int32_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int32_t month = (5 * of_year + 2) / 153;
    *ret_day = of_year - (153 * month + 2) / 5 + 1;
    *ret_month = month + (month < 10 ? 3 : -9);
    *ret_year = year + era * 400 + (*ret_month <= 2);
}

static int
month_length(int year, int month)
{
    static const int lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : lengths[month - 1];
}

static int
digits(const char *text, size_t count)
{
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool
tidu_date_parse(const char *text, size_t length, int32_t *ret_days)
{
    if (length != 10 || text[4] != '-' || text[7] != '-')
        return false;
    int year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);
    if (year < 1000 || month < 1 || month > 12 || day < 1 || day > month_length(year, month))
        return false;
    *ret_days = tidu_date_join(year, month, day);
    return true;
}

char *
tidu_date_format(int32_t days, char ret[11])
{
    int year, month, day;
    tidu_date_split(days, &year, &month, &day);
    char buffer[40];
    snprintf(buffer, sizeof buffer, "%04d-%02d-%02d", year, month, day);
    memcpy(ret, buffer, 10);
    ret[10] = '\0';
    return ret;
}

int32_t
tidu_date_shift(int32_t days, int months)
{
    int year, month, day;
    tidu_date_split(days, &year, &month, &day);
    int total = year * 12 + month - 1 + months;
    year = total >= 0 ? total / 12 : -((11 - total) / 12);
    month = total - year * 12 + 1;
    int length = month_length(year, month);
    return tidu_date_join(year, month, day < length ? day : length);
}
