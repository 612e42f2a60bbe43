/*
 * fuzz_skim.c: whatever bytes come, the skimmer reads none beyond them, and it
 * agrees with jansson about what is JSON.
 *
 * Built with -fsanitize=fuzzer it fuzzes; built with a main of its own
 * (-DFUZZ_STANDALONE) it runs over the files named, or mutates its seeds a
 * given number of times: fuzz_skim --count 100000 [--seed 1].
 */
#include "../../daemon/skim.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { DEPTH = 32 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
die(const char *why, const char *text, size_t length)
{
    fprintf(stderr, "%s: %.*s\n", why, (int)length, text);
    abort();
}

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
            die("a slice outside of the text", text.data, text.length);
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
    /* A copy that ends where the allocation does. */
    char *copy = malloc(size ? size : 1);
    if (!copy)
        return 0;
    memcpy(copy, data, size);
    tidu_slice text = {copy, size};
    size_t offset = 0;
    bool known;
    tidu_skim_step step = tidu_skim_check(text, DEPTH, &offset), walked = walk(text);
    bool json = is_json(text, &known);
    if (step == TIDU_SKIM_BROKEN && offset > size)
        die("an offset outside of the text", copy, size);
    if (step != TIDU_SKIM_DEEP && known && json != (step == TIDU_SKIM_END))
        die("jansson thinks otherwise", copy, size);
    if (step == TIDU_SKIM_END && size && strchr("{[", *copy) && *copy && walked != TIDU_SKIM_END)
        die("checked, but not walked", copy, size);
    free(copy);
    return 0;
}

#ifdef FUZZ_STANDALONE
static const char *const seeds[] = {
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"evaluate\",\"params\":{\"record\":{\"revenue\":"
    "{\"2025\":12650},\"name\":\"\\u4e2d\\\"文\",\"titles\":[{\"id\":\"srdi\"}],\"x\":-1.5e+3}}}",
    "[{\"a\":[[],{}],\"b\":null},true,false,\"\\\\\",0.5,\"\\ud83d\\ude00\"]",
};

static void
mutate(char *text, size_t *length)
{
    static const char bytes[] = "{}[]\",:\\0123456789eE+-.utfn \n\x80\xff/";
    for (int times = 1 + rand() % 4; times > 0 && *length; times--) {
        size_t place = (size_t)rand() % *length;
        switch (rand() % 4) {
        case 0:
            text[place] = bytes[(size_t)rand() % (sizeof bytes - 1)];
            break;
        case 1:
            memmove(text + place, text + place + 1, --*length - place);
            break;
        case 2:
            *length = place;
            break;
        default:
            text[place] = text[(size_t)rand() % *length];
        }
    }
}

static void
fuzz(long count)
{
    char text[512];
    for (long i = 0; i < count; i++) {
        const char *seed = seeds[(size_t)i % (sizeof seeds / sizeof *seeds)];
        size_t length = strlen(seed);
        memcpy(text, seed, length);
        mutate(text, &length);
        LLVMFuzzerTestOneInput((const uint8_t *)text, length);
    }
}

int
main(int count, char **arguments)
{
    long times = 100000;
    srand(1);
    for (int i = 1; i + 1 < count; i += 2) {
        if (strcmp(arguments[i], "--count") == 0)
            times = atol(arguments[i + 1]);
        else if (strcmp(arguments[i], "--seed") == 0)
            srand((unsigned)atoi(arguments[i + 1]));
    }
    fuzz(times);
    return 0;
}
#endif
