/*
 * watch.c: when somebody at a terminal is told how far long work has come.
 *
 * Work that is soon done says nothing, and nothing is said into a file or with --quiet.
 */
#include "internal.h"

#include <time.h>
#include <unistd.h>

static double
now(void)
{
    struct timespec moment;
    clock_gettime(CLOCK_MONOTONIC, &moment);
    return (double)moment.tv_sec + (double)moment.tv_nsec * 1e-9;
}

struct watch
tidu_watch_begin(const struct options *options)
{
    return (struct watch){.watched = !options->quiet && isatty(STDERR_FILENO), .began = now()};
}

double
tidu_watch_seconds(const struct watch *watch)
{
    return now() - watch->began;
}

bool
tidu_watch_due(struct watch *watch)
{
    double moment = watch->watched ? now() : 0;
    if (!watch->watched || moment - watch->began < 1 || moment - watch->told < 0.25)
        return false;
    watch->told = moment;
    return true;
}

bool
tidu_watch_share(struct watch *watch, uint64_t done, uint64_t total)
{
    if (!tidu_watch_due(watch))
        return false;
    fprintf(stderr, "\r%.0f%%\033[K", total ? 100 * (double)done / (double)total : 0);
    return true;
}

void
tidu_watch_clear(const struct watch *watch)
{
    if (watch->told > 0)
        fputs("\r\033[K", stderr);
}
