/*
 * thread.c: a thread of the daemon begins.
 */
#include "threads.h"

#include <signal.h>
#include <sys/prctl.h>

enum { NAME_BYTES = 16 }; /* of the kernel's names of threads, with NUL */

bool
tidu_thread_start(pthread_t *ret_thread, const char *name, void *(*run)(void *), void *argument)
{
    sigset_t all, before;
    char ours[NAME_BYTES] = "";
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    prctl(PR_GET_NAME, ours, 0, 0, 0);
    prctl(PR_SET_NAME, name, 0, 0, 0); /* a new thread has the name of its maker */
    bool started = pthread_create(ret_thread, NULL, run, argument) == 0;
    prctl(PR_SET_NAME, ours, 0, 0, 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}
