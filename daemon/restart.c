/*
 * restart.c: another program in our place, without a connection refused.
 *
 *   SIGUSR2 ─► a job: tidud --check ─► good: answer what has been received,
 *                                      then exec with socket and lock
 *                                  └─► bad: say so and go on
 *
 * Whoever connects from then on waits in the socket's queue until the new
 * program accepts. It has the same process number, so nobody who supervises it
 * needs to know.
 *
 * Must not know: what is served.
 *
 * Ownership: a trial owns the words it starts a process with.
 */
#include "internal.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TRIAL_MAGIC = 0x54525933 };

extern char **environ;

struct trial {
    struct job job; /* first */
    unsigned magic;
    struct server *server;
    char **words;
    int status; /* of the process, as waitpid gives it; -1: not started */
};

/* The program as it was called, and not as it was when it was last opened: after
 * an upgrade the link points to what has been removed. */
static const char *
program(char buffer[PATH_MAX])
{
    static const char removed[] = " (deleted)";
    ssize_t length = readlink("/proc/self/exe", buffer, PATH_MAX - 1);
    if (length <= 0)
        return NULL;
    buffer[length] = '\0';
    char *end = strstr(buffer, removed);
    if (end && !end[sizeof removed - 1])
        *end = '\0';
    return buffer;
}

static void
run_trial(struct job *job)
{
    struct trial *trial = (struct trial *)job;
    char path[PATH_MAX];
    pid_t process;
    posix_spawnattr_t attributes;
    sigset_t none;
    assert(trial->magic == TRIAL_MAGIC);
    trial->status = -1;
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none); /* this thread has all blocked */
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    if (program(path) &&
        posix_spawn(&process, path, NULL, &attributes, trial->words, environ) == 0)
        while (waitpid(process, &trial->status, 0) < 0 && errno == EINTR)
            continue;
    posix_spawnattr_destroy(&attributes);
}

static void
done_trial(struct letter *letter)
{
    struct trial *trial = (struct trial *)(void *)letter;
    assert(trial->magic == TRIAL_MAGIC);
    struct server *server = trial->server;
    if (trial->status == 0 && !server->stopping) {
        tidu_supervisor_reloading();
        tidu_server_stop(server, "restart");
    } else {
        tidu_log(&server->log, TIDU_LOG_ERROR,
                 "restart: the program on disk cannot start, this one stays");
        server->restarting = false;
    }
    free(trial->words);
    free(trial);
}

static struct trial *
open_trial(struct server *server)
{
    struct trial *trial = calloc(1, sizeof *trial);
    size_t count = 0;
    while (server->options.arguments[count])
        count++;
    char **words = calloc(count + 2, sizeof *words);
    if (!trial || !words) {
        free(trial);
        free(words);
        return NULL;
    }
    memcpy(words, server->options.arguments, count * sizeof *words);
    words[count] = (char *)"--check";
    trial->job =
        (struct job){.letter.open = done_trial, .run = run_trial, .home = server->mailbox};
    trial->magic = TRIAL_MAGIC;
    trial->server = server;
    trial->words = words;
    return trial;
}

void
tidu_restart_begin(struct server *server)
{
    if (server->stopping || server->restarting)
        return;
    struct trial *trial = open_trial(server);
    if (!trial) {
        tidu_log(&server->log, TIDU_LOG_ERROR, "restart: out of memory");
        return;
    }
    tidu_log(&server->log, TIDU_LOG_INFO, "restart: trying the program on disk");
    server->restarting = true;
    tidu_jobs_submit(server->jobs, &trial->job, 0);
}

void
tidu_restart_exec(const struct server *server, const struct inheritance *inherited)
{
    char path[PATH_MAX];
    if (program(path) && tidu_supervisor_bequeath(inherited))
        execv(path, server->options.arguments);
    tidu_log(&server->log, TIDU_LOG_ERROR, "restart: %s", strerror(errno));
}
