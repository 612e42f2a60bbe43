/*
 * text.h: bytes being written, and the few things text needs everywhere.
 *
 * A tidu_text grows as it is written. When memory runs out it remembers so and
 * ignores what follows: a writer appends freely and asks once at the end.
 *
 * Ownership: a tidu_text owns `data`; tidu_text_free lets it go. A zeroed
 * struct is a valid empty text.
 */
#ifndef TIDU_TEXT_H
#define TIDU_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tidu_text {
    char *data;
    size_t length;
    size_t capacity;
    bool failed;
} tidu_text;

/* Bytes that somebody else owns. */
typedef struct tidu_slice {
    const char *data;
    size_t length;
} tidu_slice;

void tidu_text_free(tidu_text *text);

/* Room for `more` bytes; false when memory ran out. After true, up to `more`
 * bytes may be written at data + length by hand. */
bool tidu_text_reserve(tidu_text *text, size_t more);

/* Append. Short and everywhere, so they stand here. */
static inline void
tidu_text_add(tidu_text *text, const char *bytes, size_t length)
{
    if (text->capacity - text->length < length && !tidu_text_reserve(text, length))
        return;
    if (length)
        memcpy(text->data + text->length, bytes, length);
    text->length += length;
}

static inline void
tidu_text_puts(tidu_text *text, const char *string)
{
    tidu_text_add(text, string, strlen(string));
}

static inline void
tidu_text_putc(tidu_text *text, char byte)
{
    tidu_text_add(text, &byte, 1);
}

void tidu_text_printf(tidu_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same as a cell of CSV (RFC 4180): between quotes where a comma, a quote or the end of a
 * line makes them necessary. */
void tidu_text_csv(tidu_text *text, const char *bytes, size_t length);

/* `bytes` as a JSON string with its quotes. Bytes must be UTF-8; control
 * characters, quotes and backslashes are escaped, nothing else. */
void tidu_text_json(tidu_text *text, const char *bytes, size_t length);

/* Make what was appended since `from`, behind a quote, the rest of a JSON string
 * in the same way. */
void tidu_text_close_json(tidu_text *text, size_t from);

/* A number as short as possible that still reads back as the same double, in
 * JSON syntax: 0.1, 12650, 1e+300. NaN and infinities must not come here. */
void tidu_text_number(tidu_text *text, double value);

/* Characters (code points) in UTF-8 text, and columns on a terminal, where a
 * Chinese character takes two. Malformed bytes count one each. */
size_t tidu_utf8_length(const char *text, size_t size);
size_t tidu_utf8_width(const char *text, size_t size);

/* The first malformed byte's offset, or `size` when all of it is UTF-8. */
size_t tidu_utf8_check(const char *text, size_t size);

/* How unlike two words are (edits between characters), for "did you mean". At
 * most `limit` is told exactly; beyond it limit + 1. */
unsigned tidu_distance(const char *a, const char *b, unsigned limit);

/* A civil date as days since 1970-01-01 (proleptic Gregorian), and back.
 * tidu_date_parse takes exactly YYYY-MM-DD, years 1000 to 9999; false if the
 * text is no such day. `ret` buffers need 11 bytes. */
bool tidu_date_parse(const char *text, size_t length, int32_t *ret_days);
char *tidu_date_format(int32_t days, char ret[11]);
void tidu_date_split(int32_t days, int *ret_year, int *ret_month, int *ret_day);
int32_t tidu_date_join(int year, int month, int day);

/* The date `months` later (earlier if negative); a day the month lacks becomes
 * its last: 2024-02-29 plus 12 months is 2025-02-28. */
int32_t tidu_date_shift(int32_t days, int months);

/* Whether a name has this ending, and something before it. */
bool tidu_ends_with(const char *text, const char *ending);

/* SHA-256 in hexadecimal, 64 characters and a NUL. */
void tidu_digest(const void *bytes, size_t length, char ret[65]);

/* The same over several parts, one behind the other, as 32 bytes; and how these are
 * written and read. False when the text is no 64 hexadecimal digits, small letters. */
enum { TIDU_HASH_SIZE = 32 };
void tidu_sha256(const tidu_slice *parts, size_t count, unsigned char ret[TIDU_HASH_SIZE]);
char *tidu_hash_print(const unsigned char hash[TIDU_HASH_SIZE], char ret[65]);
bool tidu_hash_parse(const char *text, size_t length, unsigned char ret[TIDU_HASH_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
