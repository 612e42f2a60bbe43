/*
 * entry.c: entries as bytes, and their chain; see entry.h.
 */
#include "entry.h"

enum { FIXED_SIZE = 4 + 4 + 8 + 2 * TIDU_HASH_SIZE + 4 };

/* ---- numbers, least byte first ------------------------------------------------ */

static unsigned char *
put(unsigned char *at, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        at[i] = (unsigned char)(value >> (8 * i));
    return at + size;
}

static uint64_t
get(const unsigned char *at, unsigned size)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value |= (uint64_t)at[i] << (8 * i);
    return value;
}

/* ---- entries --------------------------------------------------------------------- */

void
tidu_entry_write(const struct entry *entry, tidu_text *out)
{
    size_t size = FIXED_SIZE + entry->terms.length + entry->facts.length;
    if (!tidu_text_reserve(out, size + 4))
        return;
    unsigned char *at = (unsigned char *)out->data + out->length;
    at = put(at, size, 4);
    at = put(at, entry->kind, 1);
    at = put(at, entry->flags, 1);
    at = put(at, 0, 2);
    at = put(at, entry->user, 4);
    at = put(at, (uint64_t)entry->time_us, 8);
    memcpy(at, entry->rules, TIDU_HASH_SIZE);
    memcpy(at + TIDU_HASH_SIZE, entry->answer, TIDU_HASH_SIZE);
    put(at + 2 * TIDU_HASH_SIZE, entry->terms.length, 4);
    out->length += 4 + FIXED_SIZE;
    tidu_text_add(out, entry->terms.data, entry->terms.length);
    tidu_text_add(out, entry->facts.data, entry->facts.length);
}

bool
tidu_entry_read(tidu_slice *bytes, struct entry *ret_entry, tidu_slice *ret_bytes)
{
    const unsigned char *at = (const unsigned char *)bytes->data;
    if (bytes->length < 4 + FIXED_SIZE)
        return false;
    size_t size = get(at, 4), terms = get(at + FIXED_SIZE, 4);
    if (size > bytes->length - 4 || size < FIXED_SIZE || terms > size - FIXED_SIZE)
        return false;
    *ret_entry = (struct entry){
        .kind = (tidu_entry_kind)at[4],
        .flags = at[5],
        .user = (uint32_t)get(at + 8, 4),
        .time_us = (int64_t)get(at + 12, 8),
        .terms = {bytes->data + 4 + FIXED_SIZE, terms},
        .facts = {bytes->data + 4 + FIXED_SIZE + terms, size - FIXED_SIZE - terms},
    };
    memcpy(ret_entry->rules, at + 20, TIDU_HASH_SIZE);
    memcpy(ret_entry->answer, at + 20 + TIDU_HASH_SIZE, TIDU_HASH_SIZE);
    *ret_bytes = (tidu_slice){bytes->data, size + 4};
    *bytes = (tidu_slice){bytes->data + size + 4, bytes->length - size - 4};
    return true;
}

tidu_slice
tidu_entry_unsigned(const struct entry *entry, tidu_text *out)
{
    static const char member[] = ",\"token\":\"";
    size_t end = entry->terms.length;
    const char *text = entry->terms.data;
    if (!(entry->flags & TIDU_ENTRY_TOKEN))
        return entry->terms;
    while (end >= sizeof member && memcmp(text + end - sizeof member + 1, member, sizeof member - 1))
        end--;
    if (end < sizeof member)
        return entry->terms;
    tidu_text_add(out, text, end - sizeof member + 1);
    tidu_text_putc(out, '}');
    return out->failed ? entry->terms : (tidu_slice){out->data, out->length};
}

void
tidu_chain(unsigned char hash[TIDU_HASH_SIZE], tidu_slice bytes)
{
    tidu_slice parts[] = {{(const char *)hash, TIDU_HASH_SIZE}, bytes};
    tidu_sha256(parts, 2, hash);
}
