/*
 * mutate_json.c: changes that keep JSON JSON.
 *
 * Where an input is JSON, or lines of it, half of all changes are made in the
 * tree of one line: a value takes the place of another, goes, comes twice, or
 * becomes another number. Bytes alone seldom get past the brackets.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

static unsigned dice;

static size_t
roll(size_t sides)
{
    dice = dice * 1664525u + 1013904223u;
    return sides ? (dice >> 8) % sides : 0;
}

static size_t
count_values(const json_t *value)
{
    size_t count = 1, index;
    const char *key;
    json_t *item;
    json_object_foreach((json_t *)value, key, item)
        count += count_values(item);
    json_array_foreach(value, index, item)
        count += count_values(item);
    return count;
}

/* The value that is number *left of a tree, and what holds it. */
struct found {
    json_t *value, *holder;
    const char *key;
    size_t index;
};

static bool
find_value(json_t *value, struct found at, size_t *left, struct found *ret)
{
    const char *key;
    size_t index;
    json_t *item;
    if (!(*left)--) {
        at.value = value;
        *ret = at;
        return true;
    }
    json_object_foreach(value, key, item)
        if (find_value(item, (struct found){.holder = value, .key = key}, left, ret))
            return true;
    json_array_foreach(value, index, item)
        if (find_value(item, (struct found){.holder = value, .index = index}, left, ret))
            return true;
    return false;
}

static struct found
pick(json_t *tree)
{
    size_t left = roll(count_values(tree));
    struct found found = {0};
    find_value(tree, found, &left, &found);
    return found;
}

static json_t *
other_number(const json_t *value)
{
    static const json_int_t odd[] = {0, 1, 2, -1, 3, 7, 100, 2147483647, 4294967295, INT64_MAX};
    json_int_t now = json_integer_value(value);
    size_t which = roll(sizeof odd / sizeof *odd + 2);
    return json_integer(which < sizeof odd / sizeof *odd ? odd[which]
                                                         : (json_int_t)((uint64_t)now + (which & 1 ? 1 : UINT64_MAX)));
}

static json_t *
other_text(const json_t *value)
{
    uint8_t text[256];
    size_t length = json_string_length(value);
    length = length < sizeof text ? length : sizeof text;
    memcpy(text, json_string_value(value), length);
    return json_stringn((char *)text, LLVMFuzzerMutate(text, length, sizeof text));
}

static void
replace(const struct found *at, json_t *value)
{
    if (!value)
        return;
    if (at->key)
        json_object_set_new(at->holder, at->key, value);
    else
        json_array_set_new(at->holder, at->index, value);
}

static void
drop(const struct found *at)
{
    if (at->key)
        json_object_del(at->holder, at->key);
    else
        json_array_remove(at->holder, at->index);
}

static void
change(json_t *tree)
{
    struct found at = pick(tree);
    if (!at.holder)
        return;
    switch (roll(6)) {
    case 0:
        drop(&at);
        break;
    case 1:
        if (!at.key)
            json_array_insert_new(at.holder, at.index, json_deep_copy(at.value));
        break;
    case 2:
    case 3:
        replace(&at, json_deep_copy(pick(tree).value));
        break;
    default:
        replace(&at, json_is_string(at.value) ? other_text(at.value) : other_number(at.value));
    }
}

/* The same line changed, in memory of its own; NULL when it is no JSON. */
static char *
change_line(const char *line, size_t length)
{
    json_t *tree = json_loadb(line, length, 0, NULL);
    if (!tree)
        return NULL;
    for (size_t times = 1 + roll(3); times; times--)
        change(tree);
    char *text = json_dumps(tree, JSON_COMPACT);
    json_decref(tree);
    return text;
}

/* One of the lines, as offset and length. */
static void
pick_line(const uint8_t *data, size_t size, size_t *ret_start, size_t *ret_length)
{
    size_t start = roll(size);
    while (start && data[start - 1] != '\n')
        start--;
    const uint8_t *end = memchr(data + start, '\n', size - start);
    *ret_start = start;
    *ret_length = end ? (size_t)(end - data) - start : size - start;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    size_t start, length;
    dice = seed;
    if (!size || roll(2))
        return LLVMFuzzerMutate(data, size, most);
    pick_line(data, size, &start, &length);
    char *text = change_line((char *)data + start, length);
    size_t changed = text ? strlen(text) : 0;
    if (!text || size - length + changed > most) {
        free(text);
        return LLVMFuzzerMutate(data, size, most);
    }
    memmove(data + start + changed, data + start + length, size - start - length);
    memcpy(data + start, text, changed);
    free(text);
    return size - length + changed;
}
