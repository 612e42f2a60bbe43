/*
 * tokens.c: who may ask over HTTP, by what they know.
 *
 *   # name      roles               SHA-256 of the token
 *   reporting   evaluate            9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
 *   office      evaluate,inquire    …
 *
 * The file holds digests, so that whoever reads it cannot ask with what it says.
 * Still others must not read it, nor write it. All mistakes are told at once, each
 * at its line. How long a comparison takes does not tell how much of it fitted.
 *
 * Must not know: HTTP.
 *
 * Ownership: settings own their tokens.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_BYTES = 1 << 20 };

struct tokens {
    size_t count;
    struct token tokens[];
};

/* ---- the file ------------------------------------------------------------------------ */

static bool
cannot_read(const char *path, const char *why, tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_TOKENS_FILE, path, why, NULL);
}

static bool
check_file(int file, const char *path, tidu_error *reterr)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        return cannot_read(path, strerror(errno), reterr);
    if (!S_ISREG(status.st_mode) || status.st_size > MOST_BYTES)
        return cannot_read(path, strerror(S_ISREG(status.st_mode) ? EFBIG : EINVAL), reterr);
    if ((status.st_mode & (S_IRWXO | S_IWGRP)) || (status.st_uid && status.st_uid != geteuid()))
        return tidu_error_set(reterr, TIDU_TOKENS_MODE, path, NULL);
    return true;
}

/* All of it as a text with a zero at its end. */
static bool
read_file(const char *path, tidu_text *out, tidu_error *reterr)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t count = 1;
    if (file < 0)
        return cannot_read(path, strerror(errno), reterr);
    bool good = check_file(file, path, reterr);
    while (good && count > 0) {
        if (!tidu_text_reserve(out, 4096)) {
            good = tidu_error_set(reterr, TIDU_MEMORY, NULL);
            break;
        }
        count = read(file, out->data + out->length, 4095);
        if (count < 0)
            good = cannot_read(path, strerror(errno), reterr);
        out->length += count > 0 ? (size_t)count : 0;
    }
    close(file);
    if (good)
        out->data[out->length] = '\0';
    return good;
}

/* ---- a line ---------------------------------------------------------------------------- */

static const char blanks[] = " \t\r,";

/* The next word, ended in place; NULL when there is none. */
static char *
next_word(char **text)
{
    char *word = *text + strspn(*text, blanks);
    size_t length = strcspn(word, blanks);
    *text = word + length;
    if (!length)
        return NULL;
    if (**text)
        *(*text)++ = '\0';
    return word;
}

static bool
take_name(const char *word, struct token *token)
{
    size_t length = strlen(word);
    if (length >= sizeof token->name || strspn(word, TIDU_TOKEN_NAME_LETTERS) != length)
        return false;
    memcpy(token->name, word, length + 1);
    return true;
}

static bool
take_role(const char *word, struct token *token)
{
    for (unsigned bit = 0; tidu_role_names[bit]; bit++) {
        if (strcmp(word, tidu_role_names[bit]) != 0)
            continue;
        token->roles |= 1u << bit;
        return true;
    }
    return false;
}

/* False with the word that is not understood. */
static bool
read_line(char *line, struct token *ret_token, const char **ret_wrong)
{
    bool ended = false;
    char *word = next_word(&line);
    *ret_wrong = word;
    if (!take_name(word, ret_token))
        return false;
    while (!ended && (word = next_word(&line))) {
        *ret_wrong = word;
        ended = strlen(word) == 2 * TIDU_HASH_SIZE;
        if (ended ? !tidu_hash_parse(word, 2 * TIDU_HASH_SIZE, ret_token->digest)
                  : !take_role(word, ret_token))
            return false;
    }
    *ret_wrong = ended ? next_word(&line) : "…";
    if (ended && !*ret_wrong && !ret_token->roles)
        *ret_wrong = ret_token->name;
    return !*ret_wrong;
}

static bool
is_new(const struct tokens *tokens, const struct token *token)
{
    for (size_t i = 0; i < tokens->count; i++)
        if (strcmp(tokens->tokens[i].name, token->name) == 0 ||
            memcmp(tokens->tokens[i].digest, token->digest, TIDU_HASH_SIZE) == 0)
            return false;
    return true;
}

static void
read_lines(char *text, const char *path, struct tokens *tokens, tidu_report *report)
{
    tidu_error error;
    for (uint32_t number = 1; text; number++) {
        char *line = strsep(&text, "\n");
        const char *wrong = NULL;
        line[strcspn(line, "#")] = '\0';
        if (!line[strspn(line, blanks)])
            continue;
        struct token *token = &tokens->tokens[tokens->count];
        *token = (struct token){0};
        if (read_line(line, token, &wrong) && is_new(tokens, token)) {
            tokens->count++;
            continue;
        }
        tidu_error_at(&error, TIDU_TOKENS_LINE, path, number, 0, 0, wrong ? wrong : token->name,
                      NULL);
        tidu_report_add(report, &error);
    }
}

static size_t
count_lines(const char *text)
{
    size_t count = 1;
    while ((text = strchr(text, '\n'))) {
        text++;
        count++;
    }
    return count;
}

struct tokens *
tidu_tokens_open(const char *path, tidu_report *report)
{
    tidu_text text = {0};
    tidu_error error;
    struct tokens *tokens = NULL;
    size_t before = tidu_report_error_count(report);
    if (!read_file(path, &text, &error)) {
        tidu_report_add(report, &error);
        tidu_text_free(&text);
        return NULL;
    }
    tokens = calloc(1, sizeof *tokens + (count_lines(text.data) + 1) * sizeof *tokens->tokens);
    if (tokens) {
        read_lines(text.data, path, tokens, report);
    } else {
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        tidu_report_add(report, &error);
    }
    tidu_text_free(&text);
    if (tidu_report_error_count(report) != before)
        tidu_tokens_close(&tokens);
    return tokens;
}

void
tidu_tokens_close(struct tokens **tokens)
{
    free(*tokens);
    *tokens = NULL;
}

/* ---- a question ---------------------------------------------------------------------------- */

const struct token *
tidu_token_find(const struct tokens *tokens, tidu_slice presented)
{
    unsigned char digest[TIDU_HASH_SIZE];
    const struct token *found = NULL;
    tidu_sha256(&presented, 1, digest);
    for (size_t i = 0; tokens && i < tokens->count; i++) {
        const struct token *token = &tokens->tokens[i];
        unsigned different = 0;
        for (int k = 0; k < TIDU_HASH_SIZE; k++)
            different |= (unsigned)(token->digest[k] ^ digest[k]);
        if (!different)
            found = token;
    }
    return found;
}
