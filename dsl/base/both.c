/*
 * both.c: more threads, for as long as some things take.
 *
 * They have the priority of the thread that asks for them. Owns the threads.
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

unsigned
tidu_processor_count(void)
{
    cpu_set_t processors;
    int count = sched_getaffinity(0, sizeof processors, &processors) == 0 ? CPU_COUNT(&processors)
                                                                          : 1;
    return count > 0 ? (unsigned)count : 1;
}

bool
tidu_two_processors(void)
{
    return tidu_processor_count() > 1;
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

/* The first is this thread's own, and what no thread could be had for. */
void
tidu_all(void (*act)(void *argument), void *arguments, size_t size, unsigned count)
{
    enum { MOST = 64 };
    struct other others[MOST];
    pthread_t threads[MOST];
    unsigned apart = 1;
    for (; apart < count && apart < MOST; apart++) {
        others[apart] = (struct other){act, (char *)arguments + apart * size};
        if (pthread_create(&threads[apart], NULL, act_on_other, &others[apart]) != 0)
            break;
    }
    act(arguments);
    for (unsigned i = apart; i < count; i++)
        act((char *)arguments + i * size);
    for (unsigned i = 1; i < apart; i++)
        pthread_join(threads[i], NULL);
}
