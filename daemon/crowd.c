/*
 * crowd.c: who is connected how often.
 *
 * Users and tokens are few, so they stand in a plain list. One lock: a session enters and
 * leaves once each.
 *
 * Must not know: sessions, limits' names.
 */
#include "internal.h"

#include <stdlib.h>

struct visitor {
    struct who who;
    size_t count;
};

struct crowd {
    pthread_mutex_t lock; /* guards what follows */
    struct visitor *visitors;
    size_t count, capacity;
};

struct crowd *
tidu_crowd_open(void)
{
    struct crowd *crowd = calloc(1, sizeof *crowd);
    if (crowd)
        pthread_mutex_init(&crowd->lock, NULL);
    return crowd;
}

void
tidu_crowd_close(struct crowd **crowd)
{
    if (!*crowd)
        return;
    pthread_mutex_destroy(&(*crowd)->lock);
    free((*crowd)->visitors);
    free(*crowd);
    *crowd = NULL;
}

static struct visitor *
find(struct crowd *crowd, const struct who *who)
{
    for (size_t i = 0; i < crowd->count; i++)
        if (tidu_who_is_same(&crowd->visitors[i].who, who))
            return &crowd->visitors[i];
    return NULL;
}

static struct visitor *
find_or_add(struct crowd *crowd, const struct who *who)
{
    struct visitor *visitor = find(crowd, who);
    if (visitor)
        return visitor;
    if (crowd->count == crowd->capacity) {
        size_t capacity = crowd->capacity ? 2 * crowd->capacity : 8;
        visitor = realloc(crowd->visitors, capacity * sizeof *visitor);
        if (!visitor)
            return NULL;
        crowd->visitors = visitor;
        crowd->capacity = capacity;
    }
    crowd->visitors[crowd->count] = (struct visitor){.who = *who};
    return &crowd->visitors[crowd->count++];
}

bool
tidu_crowd_enter(struct crowd *crowd, const struct who *who, size_t most)
{
    pthread_mutex_lock(&crowd->lock);
    struct visitor *visitor = find_or_add(crowd, who);
    bool entered = visitor && (!most || visitor->count < most);
    if (entered)
        visitor->count++;
    pthread_mutex_unlock(&crowd->lock);
    return entered;
}

void
tidu_crowd_leave(struct crowd *crowd, const struct who *who)
{
    pthread_mutex_lock(&crowd->lock);
    struct visitor *visitor = find(crowd, who);
    if (!--visitor->count)
        *visitor = crowd->visitors[--crowd->count];
    pthread_mutex_unlock(&crowd->lock);
}
