/*
 * mailbox.c: letters into another thread's loop.
 *
 * One lock, one list, one ev_async. Letters are taken out all at once, so that
 * the lock is held for two assignments however many have come.
 *
 * Must not know: what letters say.
 *
 * Ownership: letters own themselves; `open` lets them go.
 */
#include "threads.h"

#include <assert.h>
#include <stdlib.h>

enum { MAILBOX_MAGIC = 0x4d41494c };

struct mailbox {
    unsigned magic;
    struct ev_loop *loop;
    ev_async arrived;
    pthread_mutex_t lock; /* guards what follows */
    struct letter *first, **last;
};

static struct letter *
empty(struct mailbox *mailbox)
{
    pthread_mutex_lock(&mailbox->lock);
    struct letter *letters = mailbox->first;
    mailbox->first = NULL;
    mailbox->last = &mailbox->first;
    pthread_mutex_unlock(&mailbox->lock);
    return letters;
}

static void
open_all(struct mailbox *mailbox)
{
    struct letter *letter = empty(mailbox);
    while (letter) {
        struct letter *next = letter->next;
        letter->open(letter);
        letter = next;
    }
}

static void
on_arrived(struct ev_loop *loop, ev_async *watcher, int events)
{
    (void)loop;
    (void)events;
    struct mailbox *mailbox = watcher->data;
    assert(mailbox->magic == MAILBOX_MAGIC);
    open_all(mailbox);
}

struct mailbox *
tidu_mailbox_open(struct ev_loop *loop)
{
    struct mailbox *mailbox = calloc(1, sizeof *mailbox);
    if (!mailbox)
        return NULL;
    mailbox->magic = MAILBOX_MAGIC;
    mailbox->loop = loop;
    mailbox->last = &mailbox->first;
    pthread_mutex_init(&mailbox->lock, NULL);
    ev_async_init(&mailbox->arrived, on_arrived);
    mailbox->arrived.data = mailbox;
    ev_async_start(loop, &mailbox->arrived);
    return mailbox;
}

void
tidu_mailbox_send(struct mailbox *mailbox, struct letter *letter)
{
    letter->next = NULL;
    pthread_mutex_lock(&mailbox->lock);
    *mailbox->last = letter;
    mailbox->last = &letter->next;
    pthread_mutex_unlock(&mailbox->lock);
    ev_async_send(mailbox->loop, &mailbox->arrived);
}

void
tidu_mailbox_close(struct mailbox **mailbox)
{
    struct mailbox *leaving = *mailbox;
    if (!leaving)
        return;
    ev_async_stop(leaving->loop, &leaving->arrived);
    open_all(leaving);
    pthread_mutex_destroy(&leaving->lock);
    free(leaving);
    *mailbox = NULL;
}
