/*
 * fuzz_skim.c: whatever bytes come, the skimmer reads none beyond them, and it
 * agrees with jansson about what is JSON.
 */
#include "fuzz.h"

#include "../../daemon/skim.h"

#include <jansson.h>
#include <stdlib.h>

enum { DEPTH = 32 };

static tidu_skim_step
walk(tidu_slice text)
{
    tidu_skim skim;
    tidu_skim_item item;
    tidu_skim_step step = TIDU_SKIM_BROKEN;
    if (!tidu_skim_open(&skim, text, DEPTH))
        return step;
    while ((step = tidu_skim_next(&skim, &item)) == TIDU_SKIM_ITEM)
        if (item.value.data < text.data || item.value.length > text.length || !item.value.length)
            fuzz_fail("a slice is a part of the text", text.data, text.length);
    return step;
}

/* jansson refuses numbers that no double holds and NUL in keys, which are JSON,
 * and takes a NUL byte for the end; everything else must be told alike. */
static bool
is_json(tidu_slice text, bool *ret_known)
{
    json_error_t error;
    json_t *tree = json_loadb(text.data, text.length,
                              JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error);
    enum json_error_code code = json_error_code(&error);
    bool odd = code == json_error_numeric_overflow || code == json_error_null_byte_in_key ||
               code == json_error_null_character;
    *ret_known = !memchr(text.data, '\0', text.length) && (tree || !odd);
    json_decref(tree);
    return tree != NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = fuzz_copy(data, size, 0);
    tidu_slice text = {copy, size};
    size_t offset = 0;
    bool known;
    tidu_skim_step step = tidu_skim_check(text, DEPTH, &offset), walked = walk(text);
    bool json = is_json(text, &known);
    if (step == TIDU_SKIM_BROKEN && offset > size)
        fuzz_fail("an offset is inside of the text", copy, size);
    if (step != TIDU_SKIM_DEEP && known && json != (step == TIDU_SKIM_END))
        fuzz_fail("jansson thinks the same", copy, size);
    if (step == TIDU_SKIM_END && size && strchr("{[", *copy) && *copy && walked != TIDU_SKIM_END)
        fuzz_fail("what is checked can be walked", copy, size);
    free(copy);
    return 0;
}
