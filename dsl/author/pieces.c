/*
 * pieces.c: scenarios' records, in pieces.
 *
 * A record is a JSON object, and most scenarios of a document change one or
 * two members of the same record. So each member is kept once, as the text a
 * client would send, and a record is a list of their numbers:
 *
 *   {"revenue":9999,"staff":50}   ─►   0 1
 *   {"revenue":9999,"staff":51}   ─►   0 2
 *
 * Must not know Lua. The texts live in the arena.
 */
#include "internal.h"

#include <stdlib.h>

/* Plain data as the JSON a client would send. */
static void
put_plain(tidu_text *out, const tidu_attr *attr)
{
    switch (attr->kind) {
    case TIDU_ATTR_FLAG:
        tidu_text_puts(out, attr->number != 0 ? "true" : "false");
        return;
    case TIDU_ATTR_NUMBER:
        tidu_text_number(out, attr->number);
        return;
    case TIDU_ATTR_LIST:
    case TIDU_ATTR_MAP:
        break;
    default:
        if (attr->text)
            tidu_text_json(out, attr->text, strlen(attr->text));
        else
            tidu_text_puts(out, "null");
        return;
    }
    bool map = attr->kind == TIDU_ATTR_MAP;
    tidu_text_putc(out, map ? '{' : '[');
    for (uint32_t i = 0; i < attr->item_count; i++) {
        if (i)
            tidu_text_putc(out, ',');
        if (map) {
            tidu_text_json(out, attr->items[i].name, strlen(attr->items[i].name));
            tidu_text_putc(out, ':');
        }
        put_plain(out, &attr->items[i]);
    }
    tidu_text_putc(out, map ? '}' : ']');
}

/* ---- the table of pieces ---- */

/* FNV-1a. */
static size_t
hash_of(const char *text, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
    return (size_t)(hash ^ hash >> 32);
}

/* Where the text is or belongs. */
static uint32_t *
find_slot(const struct author *author, const char *text, size_t length)
{
    size_t mask = author->piece_slots - 1, at = hash_of(text, length) & mask;
    while (author->piece_table[at]) {
        const char *piece = author->pieces[author->piece_table[at] - 1];
        if (!strncmp(piece, text, length) && !piece[length])
            break;
        at = (at + 1) & mask;
    }
    return &author->piece_table[at];
}

static void
make_room(struct author *author)
{
    if (author->piece_count * 2 < author->piece_slots)
        return;
    free(author->piece_table);
    author->piece_slots = author->piece_slots ? author->piece_slots * 2 : 1024;
    author->piece_table = calloc(author->piece_slots, sizeof *author->piece_table);
    if (!author->piece_table)
        tidu_helper_die("memory");
    for (size_t i = 0; i < author->piece_count; i++)
        *find_slot(author, author->pieces[i], strlen(author->pieces[i])) = (uint32_t)i + 1;
}

static uint32_t
number_of(struct author *author, const char *text, size_t length)
{
    make_room(author);
    uint32_t *slot = find_slot(author, text, length);
    if (*slot)
        return *slot - 1;
    author->pieces = tidu_helper_grow(author->pieces, author->piece_count,
                                      &author->piece_capacity, sizeof *author->pieces);
    author->pieces[author->piece_count++] = tidu_helper_copy(author, text, length);
    *slot = (uint32_t)author->piece_count;
    return *slot - 1;
}

void
tidu_pieces_take(struct author *author, const tidu_attr *map, tidu_attr *ret)
{
    uint32_t *pieces = tidu_helper_take(author, map->item_count, sizeof *pieces);
    tidu_text text = {0};
    for (uint32_t i = 0; i < map->item_count; i++) {
        text.length = 0;
        tidu_text_json(&text, map->items[i].name, strlen(map->items[i].name));
        tidu_text_putc(&text, ':');
        put_plain(&text, &map->items[i]);
        if (text.failed)
            tidu_helper_die("memory");
        pieces[i] = number_of(author, text.data, text.length);
    }
    tidu_text_free(&text);
    ret->kind = TIDU_ATTR_JSON;
    ret->pieces = pieces;
    ret->reference = map->item_count;
}
