/*
 * digest.c: SHA-256. The only home of nettle, which uses the processor's own
 * instructions for it where there are any.
 */
#include "tidu/text.h"

#include <nettle/sha2.h>

void
tidu_sha256(const tidu_slice *parts, size_t count, unsigned char ret[TIDU_HASH_SIZE])
{
    struct sha256_ctx context;
    sha256_init(&context);
    for (size_t i = 0; i < count; i++)
        sha256_update(&context, parts[i].length, (const uint8_t *)parts[i].data);
    sha256_digest(&context, TIDU_HASH_SIZE, ret);
}

char *
tidu_hash_print(const unsigned char hash[TIDU_HASH_SIZE], char ret[65])
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < TIDU_HASH_SIZE; i++) {
        ret[2 * i] = digits[hash[i] >> 4];
        ret[2 * i + 1] = digits[hash[i] & 15];
    }
    ret[2 * TIDU_HASH_SIZE] = '\0';
    return ret;
}

static int
digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
tidu_hash_parse(const char *text, size_t length, unsigned char ret[TIDU_HASH_SIZE])
{
    if (length != 2 * TIDU_HASH_SIZE)
        return false;
    for (int i = 0; i < TIDU_HASH_SIZE; i++) {
        int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

void
tidu_digest(const void *bytes, size_t length, char ret[65])
{
    unsigned char hash[TIDU_HASH_SIZE];
    tidu_sha256(&(tidu_slice){bytes, length}, 1, hash);
    tidu_hash_print(hash, ret);
}
