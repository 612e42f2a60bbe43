/*
 * framing.c: where an HTTP request ends; see framing.h.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem */
#endif
#include "framing.h"

#include <stdio.h>
#include <strings.h>

void
tidu_refusal_show(char *words)
{
    for (; *words; words++)
        if (*words < ' ' || *words > '~')
            *words = '?';
}

static bool
refuse(struct refusal *refusal, int status, const char *words, tidu_slice about)
{
    size_t room = sizeof refusal->words - strlen(words) - 8;
    refusal->status = status;
    snprintf(refusal->words, sizeof refusal->words, "%s%.*s", words,
             (int)(about.length < room ? about.length : room), about.length ? about.data : "");
    tidu_refusal_show(refusal->words);
    return false;
}

static const tidu_slice nothing = {"", 0};

/* ---- finding the end ------------------------------------------------------------------ */

static const char *
wrong_byte(unsigned char before, unsigned char byte)
{
    if (byte == '\n' && before != '\r')
        return "LF without CR";
    if (before == '\r' && byte != '\n')
        return "CR without LF";
    if (byte == '\0')
        return "NUL";
    if ((byte < ' ' && !strchr("\t\r\n", byte)) || byte == 0x7f)
        return "control character";
    return NULL;
}

size_t
tidu_head_find(tidu_slice text, size_t *searched, struct refusal *ret_refusal)
{
    const char *data = text.data;
    for (; *searched < text.length && *searched < TIDU_HEAD_BYTES; ++*searched) {
        size_t at = *searched;
        unsigned char before = at ? (unsigned char)data[at - 1] : ' ';
        const char *wrong = wrong_byte(before, (unsigned char)data[at]);
        if (wrong)
            return refuse(ret_refusal, 400, wrong, nothing), 0;
        if (at >= 3 && memcmp(data + at - 3, "\r\n\r\n", 4) == 0)
            return at + 1;
        if (at == 1 && data[at] == '\n')
            return refuse(ret_refusal, 400, "empty line", nothing), 0;
    }
    if (*searched == TIDU_HEAD_BYTES)
        refuse(ret_refusal, 431, "head too long", nothing);
    return 0;
}

/* ---- the head ---------------------------------------------------------------------------- */

static bool
is_token(tidu_slice text)
{
    static const char allowed[] = "!#$%&'*+-.^_`|~0123456789"
                                  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (size_t i = 0; i < text.length; i++)
        if (!memchr(allowed, text.data[i], sizeof allowed - 1))
            return false;
    return text.length > 0;
}

static bool
is(tidu_slice text, const char *word)
{
    return text.length == strlen(word) && strncasecmp(text.data, word, text.length) == 0;
}

static tidu_slice
cut(tidu_slice *rest, char at)
{
    const char *end = memchr(rest->data, at, rest->length);
    size_t length = end ? (size_t)(end - rest->data) : rest->length;
    tidu_slice part = {rest->data, length};
    length += end != NULL;
    *rest = (tidu_slice){rest->data + length, rest->length - length};
    return part;
}

static tidu_slice
trimmed(tidu_slice text)
{
    while (text.length && strchr(" \t", text.data[0]))
        text = (tidu_slice){text.data + 1, text.length - 1};
    while (text.length && strchr(" \t", text.data[text.length - 1]))
        text.length--;
    return text;
}

static bool
is_visible(tidu_slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.data[i] < '!' || text.data[i] > '~')
            return false;
    return true;
}

/* METHOD /path HTTP/1.1, with one blank between them. Nothing in a path has to be
 * spelled with %, and who does may want to get past somebody. */
static bool
check_request_line(tidu_slice line, bool *ret_old, struct refusal *reterr)
{
    tidu_slice rest = line, method = cut(&rest, ' '), target = cut(&rest, ' '), path = target;
    path = cut(&path, '?');
    if (!is_token(method))
        return refuse(reterr, 400, "method", nothing);
    if (!path.length || path.data[0] != '/' || memchr(path.data, '%', path.length) ||
        !is_visible(target) || memchr(target.data, '#', target.length))
        return refuse(reterr, 400, "target", nothing);
    *ret_old = rest.length == 8 && memcmp(rest.data, "HTTP/1.0", 8) == 0;
    if (*ret_old || (rest.length == 8 && memcmp(rest.data, "HTTP/1.1", 8) == 0))
        return true;
    return refuse(reterr, rest.length == 8 && memcmp(rest.data, "HTTP/", 5) == 0 ? 505 : 400,
                  "version of HTTP", nothing);
}

/* The headers that count here. */
struct headers {
    tidu_slice length, coding, host, origin;
    bool lengths, codings, hosts, origins; /* they are there */
};

static bool
keep(tidu_slice value, tidu_slice *place, bool *there, const char *name, struct refusal *reterr)
{
    if (*there)
        return refuse(reterr, 400, name, (tidu_slice){" twice", 6});
    *place = value;
    *there = true;
    return true;
}

static bool
take_header(tidu_slice line, struct headers *headers, struct refusal *reterr)
{
    tidu_slice value = line, name = cut(&value, ':');
    if (name.length == line.length)
        return refuse(reterr, 400, "header without colon", nothing);
    if (!is_token(name))
        return refuse(reterr, 400, "name of a header", nothing);
    value = trimmed(value);
    /* Blanks behind a value, which not all servers pass over. */
    bool trails = value.data + value.length < line.data + line.length;
    if (is(name, "content-length"))
        return (!trails || refuse(reterr, 400, "Content-Length", nothing)) &&
               keep(value, &headers->length, &headers->lengths, "Content-Length", reterr);
    if (is(name, "transfer-encoding"))
        return (!trails || refuse(reterr, 400, "Transfer-Encoding", nothing)) &&
               keep(value, &headers->coding, &headers->codings, "Transfer-Encoding", reterr);
    if (is(name, "host"))
        return keep(value, &headers->host, &headers->hosts, "Host", reterr);
    if (is(name, "origin"))
        return keep(value, &headers->origin, &headers->origins, "Origin", reterr);
    return true;
}

static bool
read_length(tidu_slice digits, uint64_t *ret_length)
{
    uint64_t length = 0;
    if (!digits.length || digits.length > 15)
        return false;
    for (size_t i = 0; i < digits.length; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return false;
        length = 10 * length + (uint64_t)(digits.data[i] - '0');
    }
    *ret_length = length;
    return true;
}

static bool
read_framing(const struct headers *headers, bool old, struct framing *ret_framing,
             struct refusal *reterr)
{
    struct framing framing = {.state = TIDU_FRAME_END};
    if (headers->codings && headers->lengths)
        return refuse(reterr, 400, "Content-Length and Transfer-Encoding", nothing);
    if (headers->codings && (old || !is(headers->coding, "chunked")))
        return refuse(reterr, 400, "Transfer-Encoding", nothing);
    if (headers->lengths && !read_length(headers->length, &framing.remaining))
        return refuse(reterr, 400, "Content-Length", nothing);
    if (headers->codings)
        framing.state = TIDU_FRAME_SIZE;
    else if (framing.remaining)
        framing.state = TIDU_FRAME_BYTES;
    *ret_framing = framing;
    return true;
}

/* ---- who is meant, and who sent them here ---------------------------------------------------- */

static bool
is_port(tidu_slice text)
{
    uint64_t port;
    return read_length(text, &port) && port > 0 && port < 65536;
}

static bool
is_made_of(tidu_slice text, const char *allowed)
{
    for (size_t i = 0; i < text.length; i++)
        if (!text.data[i] || !strchr(allowed, text.data[i]))
            return false;
    return text.length > 0;
}

/* localhost, 127.…, [::1]; with or without a port. */
static bool
names_this_machine(tidu_slice host)
{
    tidu_slice port = host, name;
    if (host.length && host.data[0] == '[') {
        name = cut(&port, ']');
        if (!is(name, "[::1") || (port.length && port.data[0] != ':'))
            return false;
        port = (tidu_slice){port.data + (port.length > 0), port.length - (port.length > 0)};
        return !port.length ? host.data[host.length - 1] == ']' : is_port(port);
    }
    name = cut(&port, ':');
    if (name.length < host.length && !is_port(port))
        return false;
    return is(name, "localhost") || (name.length > 4 && memcmp(name.data, "127.", 4) == 0 &&
                                     is_made_of(name, ".0123456789"));
}

static bool
is_own_origin(tidu_slice origin, tidu_slice host)
{
    return origin.length == host.length + 7 && strncasecmp(origin.data, "http://", 7) == 0 &&
           strncasecmp(origin.data + 7, host.data, host.length) == 0;
}

static bool
check_names(const struct headers *headers, bool old, bool loopback, struct refusal *reterr)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789.-_:[]";
    bool named = headers->hosts && is_made_of(headers->host, allowed);
    if (headers->hosts ? !named : !old)
        return refuse(reterr, 400, "Host", nothing);
    if (named && loopback && !names_this_machine(headers->host))
        return refuse(reterr, 400, "Host: ", headers->host);
    if (headers->origins && !(named && is_own_origin(headers->origin, headers->host)))
        return refuse(reterr, 403, "Origin: ", headers->origin);
    return true;
}

bool
tidu_head_check(tidu_slice head, bool loopback, struct framing *ret_framing,
                struct refusal *ret_refusal)
{
    struct headers headers = {0};
    bool old;
    tidu_slice rest = {head.data, head.length - 2}, line = cut(&rest, '\n');
    line.length--; /* the CR */
    if (!check_request_line(line, &old, ret_refusal))
        return false;
    while (rest.length) {
        line = cut(&rest, '\n');
        line.length--;
        if (!take_header(line, &headers, ret_refusal))
            return false;
    }
    return check_names(&headers, old, loopback, ret_refusal) &&
           read_framing(&headers, old, ret_framing, ret_refusal);
}

/* ---- the body -------------------------------------------------------------------------------- */

static int
hex_digit(char byte)
{
    const char *digits = "0123456789abcdef", *at;
    if (byte >= 'A' && byte <= 'F')
        byte = (char)(byte - 'A' + 'a');
    at = byte ? strchr(digits, byte) : NULL;
    return at ? (int)(at - digits) : -1;
}

static bool
take_size(struct framing *framing, char byte)
{
    enum { MOST_DIGITS = 8 };
    int digit = hex_digit(byte);
    if (digit < 0) {
        framing->state = TIDU_FRAME_SIZE_LF;
        return byte == '\r' && framing->digits;
    }
    framing->remaining = framing->remaining * 16 + (uint64_t)digit;
    return ++framing->digits <= MOST_DIGITS;
}

/* One byte of what stands between chunks. No extensions, no trailers: nobody needs
 * them here. */
static bool
take_mark(struct framing *framing, char byte)
{
    switch (framing->state) {
    case TIDU_FRAME_SIZE:
        return take_size(framing, byte);
    case TIDU_FRAME_SIZE_LF:
        framing->state = framing->remaining ? TIDU_FRAME_CHUNK : TIDU_FRAME_LAST_CR;
        return byte == '\n';
    case TIDU_FRAME_CHUNK_CR:
        framing->state = TIDU_FRAME_CHUNK_LF;
        return byte == '\r';
    case TIDU_FRAME_CHUNK_LF:
        *framing = (struct framing){.state = TIDU_FRAME_SIZE};
        return byte == '\n';
    case TIDU_FRAME_LAST_CR:
        framing->state = TIDU_FRAME_LAST_LF;
        return byte == '\r';
    default:
        framing->state = TIDU_FRAME_END;
        return byte == '\n';
    }
}

size_t
tidu_framing_take(struct framing *framing, tidu_slice bytes, struct refusal *ret_refusal)
{
    size_t used = 0;
    while (used < bytes.length && framing->state != TIDU_FRAME_END) {
        if (framing->state != TIDU_FRAME_BYTES && framing->state != TIDU_FRAME_CHUNK) {
            if (!take_mark(framing, bytes.data[used++]))
                return refuse(ret_refusal, 400, "chunks", nothing), 0;
            continue;
        }
        size_t there = bytes.length - used;
        there = there < framing->remaining ? there : (size_t)framing->remaining;
        used += there;
        framing->remaining -= there;
        if (!framing->remaining)
            framing->state =
                framing->state == TIDU_FRAME_BYTES ? TIDU_FRAME_END : TIDU_FRAME_CHUNK_CR;
    }
    return used;
}
