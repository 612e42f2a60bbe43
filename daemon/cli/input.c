/*
 * input.c: files of records, cut into records.
 *
 *   data:  | handed out | next …            | room | padding |
 *          0          start                length  capacity
 *
 * A file is read in big pieces into one buffer, and records are handed out as
 * slices of it. They stay until the caller lets go of all of them; when there
 * is no room before that, the caller is told to. So memory does not grow with
 * the file, and a record is never copied.
 *
 * Four layouts: a record a line; objects one after the other, over as many
 * lines as they like; one array of objects; CSV. Which it is, is seen from the
 * name and the first lines.
 *
 * Must not know: facts, rules.
 *
 * Ownership: an input owns its file and buffer.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef TIDU_TIGHT
enum { READ_BYTES = 61, CAPACITY = 2 * TIDU_RECORD_SIZE };
#else
enum { READ_BYTES = 256 * 1024, CAPACITY = 4 * 1024 * 1024 };
#endif

typedef enum layout { LINES, OBJECTS, ARRAY, CSV } layout;

struct input {
    char *name;
    int file;
    layout layout;
    char *data;
    size_t start, length;
    bool last;     /* the file has been read to its end */
    bool ended;    /* nothing more will be handed out */
    bool begun;    /* the array's '[' has been taken */
    bool marked;   /* so has the '[' or ',' before the next item */
    bool first;    /* and it was the '[' */
    bool skipping; /* the rest of a line that was too long */
    size_t line;   /* of `start` */
    char *heading;
    size_t heading_length;
    uint64_t size, position;
};

/* ---- bytes ------------------------------------------------------------------ */

/* Read a piece; false when there is nothing more or no room. */
static bool
fill(struct input *input)
{
    size_t room = CAPACITY - input->length;
    while (!input->last && room) {
        ssize_t count =
            read(input->file, input->data + input->length, room < READ_BYTES ? room : READ_BYTES);
        if (count < 0 && errno == EINTR)
            continue;
        input->last = count <= 0;
        if (count <= 0)
            return false;
        input->length += (size_t)count;
        input->position += (uint64_t)count;
        return true;
    }
    return false;
}

void
tidu_input_release(struct input *input)
{
    input->length -= input->start;
    memmove(input->data, input->data + input->start, input->length);
    input->start = 0;
}

/* More bytes behind the present ones, for a record that has not ended. Says
 * FLUSH when records handed out stand in the way, or when waiting for more
 * would keep them waiting too. */
static tidu_piece_kind
want_more(struct input *input)
{
    struct pollfd event = {input->file, POLLIN, 0};
    bool out = input->start > 0;
    if (out && (input->length == CAPACITY || poll(&event, 1, 0) == 0))
        return TIDU_PIECE_FLUSH;
    return fill(input) ? TIDU_PIECE_RECORD : TIDU_PIECE_END;
}

static const char *
at_start(const struct input *input)
{
    return input->data + input->start;
}

static size_t
remaining(const struct input *input)
{
    return input->length - input->start;
}

static bool
is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static void
advance(struct input *input, size_t length)
{
    const char *at = at_start(input), *end = at + length;
    while ((at = memchr(at, '\n', (size_t)(end - at)))) {
        input->line++;
        at++;
    }
    input->start += length;
}

static void
skip_space(struct input *input)
{
    size_t length = 0;
    while (length < remaining(input) && is_space(at_start(input)[length]))
        length++;
    advance(input, length);
}

/* ---- layouts ------------------------------------------------------------------ */

static tidu_piece_kind
bad(struct input *input, tidu_code code, const char *argument, struct piece *ret_piece,
    tidu_error *reterr)
{
    *ret_piece = (struct piece){.line = input->line};
    tidu_error_set(reterr, code, argument, NULL);
    return TIDU_PIECE_BAD;
}

static tidu_piece_kind
too_long(struct input *input, struct piece *ret_piece, tidu_error *reterr)
{
    char limit[32];
    snprintf(limit, sizeof limit, "%d", (int)TIDU_RECORD_SIZE);
    return bad(input, TIDU_CLI_RECORD_LONG, limit, ret_piece, reterr);
}

static tidu_piece_kind
hand_out(struct input *input, size_t length, struct piece *ret_piece)
{
    *ret_piece = (struct piece){{at_start(input), length}, input->line};
    advance(input, length);
    return TIDU_PIECE_RECORD;
}

/* Pass over the rest of a line that was too long. */
static tidu_piece_kind
skip_line(struct input *input)
{
    for (;;) {
        const char *newline = memchr(at_start(input), '\n', remaining(input));
        if (newline) {
            advance(input, (size_t)(newline - at_start(input)) + 1);
            input->skipping = false;
            return TIDU_PIECE_RECORD;
        }
        input->start = input->length;
        tidu_input_release(input);
        if (!fill(input))
            return TIDU_PIECE_END;
    }
}

static tidu_slice
trim(tidu_slice text)
{
    while (text.length && is_space(*text.data)) {
        text.data++;
        text.length--;
    }
    while (text.length && is_space(text.data[text.length - 1]))
        text.length--;
    return text;
}

static tidu_piece_kind
next_line(struct input *input, struct piece *ret_piece, tidu_error *reterr)
{
    size_t searched = 0;
    if (input->skipping && skip_line(input) == TIDU_PIECE_END)
        return TIDU_PIECE_END;
    for (;;) {
        const char *at = at_start(input);
        size_t rest = remaining(input);
        const char *newline = rest > searched ? memchr(at + searched, '\n', rest - searched) : NULL;
        if (newline || (input->last && rest)) {
            size_t length = newline ? (size_t)(newline - at) : rest;
            *ret_piece = (struct piece){trim((tidu_slice){at, length}), input->line};
            input->start += length + (newline != NULL);
            input->line += newline != NULL;
            if (ret_piece->text.length)
                return TIDU_PIECE_RECORD;
            searched = 0;
            continue;
        }
        searched = rest;
        tidu_piece_kind more = want_more(input);
        if (more == TIDU_PIECE_FLUSH)
            return more;
        if (more == TIDU_PIECE_END && !input->last) {
            input->skipping = true;
            return too_long(input, ret_piece, reterr);
        }
        if (more == TIDU_PIECE_END && !remaining(input))
            return more;
    }
}

/* The length of the value at the start: a container to its end, anything else
 * to the next comma, bracket or line end. 0 when it does not end here. */
static size_t
measure_value(const struct input *input)
{
    const char *at = at_start(input), *end = input->data + input->length;
    if (*at == '{' || *at == '[') {
        const char *behind = tidu_skim_container_end(at, end);
        return behind ? (size_t)(behind - at) : 0;
    }
    size_t length = 0;
    while (at + length < end && !strchr(",]}\n", at[length]))
        length++;
    return at + length < end || input->last ? length : 0;
}

/* The value at the start, reading on until it ends. */
static tidu_piece_kind
next_value(struct input *input, struct piece *ret_piece, tidu_error *reterr)
{
    for (;;) {
        size_t length = measure_value(input);
        if (length)
            return hand_out(input, length, ret_piece);
        tidu_piece_kind more = want_more(input);
        if (more == TIDU_PIECE_FLUSH)
            return more;
        if (more == TIDU_PIECE_END) {
            input->ended = true;
            return input->last ? bad(input, TIDU_CLI_CUT_OFF, NULL, ret_piece, reterr)
                               : too_long(input, ret_piece, reterr);
        }
    }
}

/* Make sure that something other than white space is at the start. */
static tidu_piece_kind
find_something(struct input *input)
{
    for (;;) {
        skip_space(input);
        if (remaining(input))
            return TIDU_PIECE_RECORD;
        tidu_piece_kind more = want_more(input);
        if (more != TIDU_PIECE_RECORD)
            return more;
    }
}

static tidu_piece_kind
next_object(struct input *input, struct piece *ret_piece, tidu_error *reterr)
{
    tidu_piece_kind found = find_something(input);
    if (found != TIDU_PIECE_RECORD)
        return found;
    if (*at_start(input) == '{')
        return next_value(input, ret_piece, reterr);
    input->ended = true;
    return bad(input, TIDU_CLI_NO_OBJECT, NULL, ret_piece, reterr);
}

static tidu_piece_kind
end_array(struct input *input, bool good, char mark, struct piece *ret_piece, tidu_error *reterr)
{
    input->ended = true;
    if (good)
        return TIDU_PIECE_END;
    return bad(input, mark ? TIDU_CLI_ARRAY : TIDU_CLI_CUT_OFF, NULL, ret_piece, reterr);
}

/* An item of the array, with the '[' or ',' before it. */
static tidu_piece_kind
next_item(struct input *input, struct piece *ret_piece, tidu_error *reterr)
{
    tidu_piece_kind found = find_something(input);
    if (found == TIDU_PIECE_FLUSH)
        return found;
    char mark = found == TIDU_PIECE_RECORD ? *at_start(input) : '\0';
    if (!input->marked) {
        bool first = !input->begun, closed = mark == ']' && !first;
        if (mark != (first ? '[' : ','))
            return end_array(input, closed, mark, ret_piece, reterr);
        advance(input, 1);
        input->begun = input->marked = true;
        input->first = first;
        return next_item(input, ret_piece, reterr);
    }
    if (!mark || mark == ']' || mark == ',')
        return end_array(input, mark == ']' && input->first, mark, ret_piece, reterr);
    found = next_value(input, ret_piece, reterr);
    input->marked = found == TIDU_PIECE_FLUSH;
    return found;
}

static tidu_piece_kind
next_csv(struct input *input, struct piece *ret_piece, tidu_error *reterr)
{
    for (;;) {
        size_t rest = remaining(input);
        size_t length = rest ? tidu_csv_measure(at_start(input), rest, input->last) : 0;
        if (length) {
            if (trim((tidu_slice){at_start(input), length}).length)
                return hand_out(input, length, ret_piece);
            advance(input, length); /* an empty line */
            continue;
        }
        tidu_piece_kind more = want_more(input);
        if (more == TIDU_PIECE_FLUSH || (more == TIDU_PIECE_END && !rest))
            return more;
        if (more == TIDU_PIECE_END && !input->last) {
            input->ended = true;
            return too_long(input, ret_piece, reterr);
        }
    }
}

tidu_piece_kind
tidu_input_next(struct input *input, struct piece *ret_piece, tidu_error *reterr)
{
    static tidu_piece_kind (*const cutters[])(struct input *, struct piece *, tidu_error *) = {
        [LINES] = next_line,
        [OBJECTS] = next_object,
        [ARRAY] = next_item,
        [CSV] = next_csv,
    };
    if (input->ended)
        return TIDU_PIECE_END;
    return cutters[input->layout](input, ret_piece, reterr);
}

/* ---- finding out ------------------------------------------------------------------ */

/* The line that begins at `from`, read as far as needed. */
static tidu_slice
peek_line(struct input *input, size_t from)
{
    for (;;) {
        const char *newline =
            input->length > from ? memchr(input->data + from, '\n', input->length - from) : NULL;
        if (newline)
            return (tidu_slice){input->data + from, (size_t)(newline - input->data) - from};
        if (!fill(input))
            return (tidu_slice){input->data + from, input->length - from};
    }
}

/* An object that goes on over its line is a record over many lines, unless the
 * next line begins another: then the first one is only broken. */
static layout
find_object_layout(struct input *input)
{
    tidu_slice line = peek_line(input, input->start);
    if (tidu_skim_container_end(line.data, line.data + line.length))
        return LINES;
    for (;;) {
        size_t next = (size_t)(line.data - input->data) + line.length + 1;
        if (next >= input->length && !fill(input))
            return OBJECTS;
        line = peek_line(input, next);
        for (size_t i = 0; i < line.length; i++)
            if (!is_space(line.data[i]))
                return line.data[i] == '{' ? LINES : OBJECTS;
    }
}

static layout
find_layout(struct input *input, const char *kind)
{
    bool csv = kind ? strcmp(kind, "csv") == 0 : tidu_ends_with(input->name, ".csv");
    bool lines = kind ? strcmp(kind, "ndjson") == 0
                      : tidu_ends_with(input->name, ".ndjson") || tidu_ends_with(input->name, ".jsonl");
    if (csv || lines)
        return csv ? CSV : LINES;
    tidu_piece_kind found;
    while ((found = find_something(input)) == TIDU_PIECE_FLUSH)
        tidu_input_release(input);
    if (found == TIDU_PIECE_END)
        return LINES;
    switch (*at_start(input)) {
    case '[':
        return ARRAY;
    case '{':
        return find_object_layout(input);
    default:
        return kind || tidu_ends_with(input->name, ".json") ? LINES : CSV;
    }
}

/* Take the first record of a CSV as its heading. */
static bool
read_heading(struct input *input, tidu_error *reterr)
{
    struct piece piece;
    if (next_csv(input, &piece, reterr) != TIDU_PIECE_RECORD)
        return input->ended ? false : tidu_error_set(reterr, TIDU_CALL_CSV_HEADING, NULL);
    input->heading = malloc(piece.text.length + TIDU_RECORD_PADDING);
    if (!input->heading)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    memcpy(input->heading, piece.text.data, piece.text.length);
    input->heading_length = piece.text.length;
    tidu_input_release(input);
    return true;
}

static void
skip_byte_order_mark(struct input *input)
{
    while (input->length < 3 && fill(input))
        continue;
    if (input->length >= 3 && memcmp(input->data, "\xef\xbb\xbf", 3) == 0)
        input->start = 3;
    tidu_input_release(input);
}

static bool
open_file(struct input *input, tidu_error *reterr)
{
    struct stat status;
    bool standard = strcmp(input->name, "-") == 0;
    input->file = standard ? dup(STDIN_FILENO) : open(input->name, O_RDONLY | O_CLOEXEC);
    if (input->file < 0 || fstat(input->file, &status) != 0)
        return tidu_error_set(reterr, TIDU_FILE_READ, input->name, strerror(errno), NULL);
    if (S_ISDIR(status.st_mode))
        return tidu_error_set(reterr, TIDU_FILE_READ, input->name, strerror(EISDIR), NULL);
    input->size = S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
    return true;
}

struct input *
tidu_input_open(const char *path, const char *kind, tidu_error *reterr)
{
    struct input *input = calloc(1, sizeof *input);
    if (!input) {
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
        return NULL;
    }
    input->file = -1;
    input->line = 1;
    input->name = strdup(path);
    input->data = malloc(CAPACITY + TIDU_RECORD_PADDING);
    bool good = input->name && input->data;
    if (!good)
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
    good = good && open_file(input, reterr);
    if (good) {
        memset(input->data + CAPACITY, 0, TIDU_RECORD_PADDING);
        skip_byte_order_mark(input);
        input->layout = find_layout(input, kind);
        tidu_input_release(input);
        good = input->layout != CSV || read_heading(input, reterr);
    }
    if (!good)
        tidu_input_close(&input);
    return input;
}

void
tidu_input_close(struct input **input)
{
    struct input *leaving = *input;
    if (!leaving)
        return;
    if (leaving->file >= 0)
        close(leaving->file);
    free(leaving->name);
    free(leaving->data);
    free(leaving->heading);
    free(leaving);
    *input = NULL;
}

const char *
tidu_input_name(const struct input *input)
{
    return input->name;
}

tidu_slice
tidu_input_heading(const struct input *input)
{
    return (tidu_slice){input->heading, input->heading_length};
}

uint64_t
tidu_input_position(const struct input *input)
{
    return input->position - remaining(input);
}

uint64_t
tidu_input_size(const struct input *input)
{
    return input->size;
}
