/*
 * token.c: tidu token, make one for whoever asks over HTTP.
 *
 *     tidu token reporting evaluate >> /etc/tidu/tokens
 *
 * The line for the file goes to standard output, the token to standard error, this
 * once: the file knows its digest only.
 *
 * Exit status: 0 made, 2 wrong usage.
 */
#include "internal.h"

#include "../defaults.h"

#include <errno.h>
#include <sys/random.h>

static const char *const roles[] = {TIDU_ROLE_NAMES, NULL};

static bool
is_role(const char *word)
{
    unsigned i = 0;
    while (roles[i] && strcmp(roles[i], word) != 0)
        i++;
    return roles[i] != NULL;
}

static bool
is_name(const char *word)
{
    size_t length = strlen(word);
    return length && length < TIDU_TOKEN_NAME_SIZE && strspn(word, TIDU_TOKEN_NAME_LETTERS) == length;
}

static bool
check_words(const struct options *options, tidu_error *reterr)
{
    const char *const *words = (const char *const *)options->arguments;
    if (options->argument_count < 2)
        return tidu_error_set(reterr, TIDU_CLI_VALUE, "token", "NAME ROLE…", NULL);
    for (size_t i = 0; i < options->argument_count; i++)
        if (i ? !is_role(words[i]) : !is_name(words[i]))
            return tidu_error_set(reterr, TIDU_CLI_ARGUMENT, "token", words[i], NULL);
    return true;
}

/* 256 bits of chance, as words of hexadecimal digits. */
static bool
make_token(char ret_token[65], char ret_digest[65], tidu_error *reterr)
{
    unsigned char bytes[TIDU_HASH_SIZE], digest[TIDU_HASH_SIZE];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return tidu_error_set(reterr, TIDU_FILE_READ, "getrandom", strerror(errno), NULL);
    tidu_hash_print(bytes, ret_token);
    tidu_sha256(&(tidu_slice){ret_token, 64}, 1, digest);
    tidu_hash_print(digest, ret_digest);
    return true;
}

int
tidu_command_token(const struct options *options)
{
    char token[65], digest[65];
    tidu_error error;
    tidu_text out = {0};
    if (!check_words(options, &error) || !make_token(token, digest, &error))
        return tidu_fail(&error, options->language);
    for (size_t i = 0; i < options->argument_count; i++)
        tidu_text_printf(&out, "%s ", options->arguments[i]);
    tidu_text_printf(&out, "%s\n", digest);
    int status = tidu_print(&out, options->language) ? TIDU_EXIT_DONE : TIDU_EXIT_WRONG;
    if (status == TIDU_EXIT_DONE)
        fprintf(stderr, options->language == TIDU_EN ? "the token, told this once: %s\n"
                                                     : "令牌（仅显示这一次）：%s\n", token);
    tidu_text_free(&out);
    return status;
}
