/*
 * tell.c: what the parent hears on the way.
 *
 * The helper talks to its parent in lines, so that the parent knows where it
 * was even if the kernel ends it:
 *
 *   @ <document> <line>            about to work on this
 *   ! <reason> <document> <line>   a limit was met here: memory or cpu
 *   = <bytes>                      the answer follows, and nothing after it
 *
 * Must not know Lua or Markdown. Owns nothing but the place it was told.
 */
#include "internal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* Read by a signal handler. */
static volatile sig_atomic_t at_document, at_line, at_end;

void
tidu_helper_at(uint32_t document, uint32_t line)
{
    at_document = (sig_atomic_t)document;
    at_line = (sig_atomic_t)line;
}

uint32_t
tidu_helper_line(void)
{
    return (uint32_t)at_line;
}

void
tidu_helper_write(const char *bytes, size_t length)
{
    while (length) {
        ssize_t written = write(STDOUT_FILENO, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            _exit(1);
        bytes += written;
        length -= (size_t)written;
    }
}

/* Write a decimal number; usable where printf is not. */
static char *
put_number(char *to, unsigned long value)
{
    char digits[24];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    while (count)
        *to++ = digits[--count];
    return to;
}

static void
tell_place(const char *start)
{
    char line[128];
    char *to = line;
    while (*start)
        *to++ = *start++;
    to = put_number(to, (unsigned long)at_document);
    *to++ = ' ';
    to = put_number(to, (unsigned long)at_line);
    *to++ = '\n';
    tidu_helper_write(line, (size_t)(to - line));
}

void
tidu_helper_progress(uint32_t document, uint32_t line)
{
    tidu_helper_at(document, line);
    tell_place("@ ");
}

void
tidu_helper_die(const char *reason)
{
    if (!at_end) {
        tidu_helper_write("! ", 2);
        tidu_helper_write(reason, strlen(reason));
        tell_place(" ");
    }
    _exit(1);
}

void
tidu_helper_answer(const tidu_text *answer)
{
    char line[32];
    at_end = 1;
    int length = snprintf(line, sizeof line, "= %zu\n", answer->length);
    tidu_helper_write(line, (size_t)length);
    tidu_helper_write(answer->data, answer->length);
}
