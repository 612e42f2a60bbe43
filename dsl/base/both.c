/*
 * both.c: a second thread, for as long as two things take.
 *
 * It has the priority of the thread that asks for it. Owns the thread.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_getaffinity */
#endif
#include "tidu/both.h"

#include <pthread.h>
#include <sched.h>
#include <stddef.h>

struct other {
    void (*act)(void *argument);
    void *argument;
};

bool
tidu_two_processors(void)
{
    cpu_set_t processors;
    return sched_getaffinity(0, sizeof processors, &processors) == 0 && CPU_COUNT(&processors) > 1;
}

static void *
act_on_other(void *data)
{
    struct other *other = data;
    other->act(other->argument);
    return NULL;
}

void
tidu_both(void (*act)(void *argument), void *one, void *other)
{
    struct other second = {act, other};
    pthread_t thread;
    bool apart = pthread_create(&thread, NULL, act_on_other, &second) == 0;
    act(one);
    if (apart)
        pthread_join(thread, NULL);
    else
        act(other);
}
