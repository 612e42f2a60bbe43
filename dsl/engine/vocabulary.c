/*
 * vocabulary.c: facts by name, and codes by class.
 *
 * Names, titles and aliases share one hash table, built once per ruleset and
 * asked once per key of every record:
 *
 *   slots ─► │ ends, length, fact, name │ – │ ends, length, fact, name │ …
 *
 * A slot holds the eight bytes at either end of its name, and at least half
 * the slots are free: most names are found, or found missing, in one place.
 *
 * Must not know: records, programs. Everything lives in the ruleset's arena.
 */
#include "tidu/vocabulary.h"

#include <string.h>

/* Eight bytes at either end of a name. They overlap in short names; names of
 * up to sixteen bytes are equal when these and their lengths are. */
struct ends {
    uint64_t head, tail;
};

struct slot {
    struct ends ends;
    const char *name; /* NULL when the slot is free */
    uint32_t length;
    uint32_t fact;
};

struct tidu_name_table {
    const tidu_fact *facts;
    uint32_t fact_count;
    struct slot *slots;
    uint32_t mask;  /* slots are a power of two */
    uint32_t shift; /* that many high bits of a hash choose the slot */
};

static inline struct ends
ends_of(const char *name, size_t length)
{
    struct ends ends = {0, 0};
    uint32_t first, last;

    if (length >= 8) {
        memcpy(&ends.head, name, 8);
        memcpy(&ends.tail, name + length - 8, 8);
    } else if (length >= 4) {
        memcpy(&first, name, 4);
        memcpy(&last, name + length - 4, 4);
        ends = (struct ends){first, last};
    } else {
        for (size_t i = 0; i < length; i++)
            ends.head = ends.head << 8 | (unsigned char)name[i];
    }
    return ends;
}

static inline uint64_t
hash(struct ends ends, size_t length)
{
    uint64_t mixed = ends.head ^ (ends.tail * 0x9e3779b97f4a7c15u) ^ length;
    return (mixed ^ mixed >> 32) * 0xd6e8feb86659fd93u;
}

static inline bool
is_slot_of(const struct slot *slot, struct ends ends, const char *name, size_t length)
{
    return slot->ends.head == ends.head && slot->ends.tail == ends.tail && slot->length == length &&
           (length <= 16 || !memcmp(slot->name + 8, name + 8, length - 16));
}

static inline struct slot *
find_slot(const struct tidu_name_table *table, const char *name, size_t length)
{
    struct ends ends = ends_of(name, length);
    uint32_t at = (uint32_t)(hash(ends, length) >> table->shift);
    while (table->slots[at].name && !is_slot_of(&table->slots[at], ends, name, length))
        at = (at + 1) & table->mask;
    return &table->slots[at];
}

const tidu_fact *
tidu_vocabulary_find(const tidu_vocabulary *vocabulary, const char *name, size_t length)
{
    const struct slot *slot = find_slot(vocabulary->names, name, length);
    return slot->name ? &vocabulary->facts[slot->fact] : NULL;
}

/* Whoever comes first keeps the name: a title never takes over an identifier. */
static void
add_name(struct tidu_name_table *table, const char *name, uint32_t fact)
{
    if (!name || !*name)
        return;
    size_t length = strlen(name);
    struct slot *slot = find_slot(table, name, length);
    if (!slot->name)
        *slot = (struct slot){ends_of(name, length), name, (uint32_t)length, fact};
}

static void
add_names(struct tidu_name_table *table)
{
    const tidu_fact *facts = table->facts;
    for (uint32_t i = 0; i < table->fact_count; i++)
        add_name(table, facts[i].symbol.name, i);
    for (uint32_t i = 0; i < table->fact_count; i++)
        add_name(table, facts[i].symbol.zh, i);
    for (uint32_t i = 0; i < table->fact_count; i++)
        for (uint32_t a = 0; a < facts[i].alias_count; a++)
            add_name(table, facts[i].aliases[a], i);
    for (uint32_t i = 0; i < table->fact_count; i++)
        add_name(table, facts[i].symbol.en, i);
}

const struct tidu_name_table *
tidu_name_table_build(tidu_arena *arena, const tidu_fact *facts, uint32_t fact_count)
{
    size_t names = 3 * (size_t)fact_count, size = 8;
    uint32_t bits = 3;
    for (uint32_t i = 0; i < fact_count; i++)
        names += facts[i].alias_count;
    for (; size < 2 * names; size *= 2)
        bits++;

    struct tidu_name_table *table = tidu_arena_alloc(arena, sizeof *table);
    if (!table)
        return NULL;
    table->facts = facts;
    table->fact_count = fact_count;
    table->mask = (uint32_t)(size - 1);
    table->shift = 64 - bits;
    table->slots = tidu_arena_array(arena, size, sizeof *table->slots);
    if (!table->slots)
        return NULL;
    add_names(table);
    return table;
}

enum { LONGEST_NAME = 128 };

const char *
tidu_vocabulary_nearest(const tidu_vocabulary *vocabulary, const char *name, size_t length)
{
    const struct tidu_name_table *table = vocabulary->names;
    char wanted[LONGEST_NAME];
    if (!length || length >= sizeof wanted)
        return NULL;
    memcpy(wanted, name, length);
    wanted[length] = '\0';

    /* One slip in three characters is a slip; more is another name. */
    const struct slot *nearest = NULL;
    unsigned characters = (unsigned)tidu_utf8_length(name, length);
    unsigned limit = characters < 3 ? 0 : characters > 7 ? 3 : (characters + 1) / 3;
    unsigned best = limit + 1;
    for (uint32_t at = 0; at <= table->mask; at++) {
        const struct slot *slot = &table->slots[at];
        unsigned distance = slot->name ? tidu_distance(slot->name, wanted, limit) : best + 1;
        bool earlier = nearest && distance == best && slot->fact < nearest->fact;
        if (distance < best || earlier) {
            nearest = slot;
            best = distance;
        }
    }
    return nearest ? nearest->name : NULL;
}

/* Entries up to the last that is not behind `code` in the order of bytes. */
static uint32_t
count_up_to(const tidu_codebook *book, uint32_t count, const char *code, size_t length)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const tidu_slice *entry = &book->entries[middle];
        int order = memcmp(entry->data, code, entry->length < length ? entry->length : length);
        if (order < 0 || (order == 0 && entry->length <= length))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The last entry not behind the code is the longest it begins with, if it
 * begins with it at all. If not, what they share is all that a shorter entry
 * can be, so look again with that. */
uint32_t
tidu_codebook_class(const tidu_codebook *book, const char *code, size_t length)
{
    uint32_t count = book->count;
    size_t shared = length;
    while ((count = count_up_to(book, count, code, shared))) {
        const tidu_slice *entry = &book->entries[count - 1];
        size_t common = 0;
        while (common < entry->length && common < shared && entry->data[common] == code[common])
            common++;
        if (common == entry->length)
            return 2 * (count - 1) + (entry->length == length ? 1 : 2);
        shared = common;
    }
    return 0;
}
