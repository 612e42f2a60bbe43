/*
 * health.c: does the daemon live, and can it answer?
 *
 *   each second ── a letter ──► the main thread, every worker ── opened ──► it lives
 *
 * A thread that has not opened a letter for a while hangs. Ready is a daemon whose
 * rules are live, that is not on its way out, and that can keep what it decides if
 * it has promised to.
 *
 * Must not know: what threads do.
 *
 * Ownership: owns its letters, which may lie in mailboxes until those are closed.
 */
#include "http.h"

#include <assert.h>
#include <stdlib.h>

enum { HEALTH_MAGIC = 0x48454c54, EVERY_S = 1, PATIENCE_S = 5 };

struct pulse {
    struct letter letter; /* first */
    struct mailbox *mailbox;
    atomic_bool away;
    ev_tstamp since; /* when it was sent */
};

struct health {
    unsigned magic;
    struct ev_loop *loop;
    ev_timer timer;
    size_t count;
    struct pulse pulses[]; /* the main thread's, then the workers' */
};

static void
on_felt(struct letter *letter)
{
    atomic_store(&((struct pulse *)(void *)letter)->away, false);
}

static void
on_time(struct ev_loop *loop, ev_timer *watcher, int events)
{
    (void)events;
    struct health *health = watcher->data;
    assert(health->magic == HEALTH_MAGIC);
    for (size_t i = 0; i < health->count; i++) {
        struct pulse *pulse = &health->pulses[i];
        if (atomic_exchange(&pulse->away, true))
            continue;
        pulse->since = ev_now(loop);
        tidu_mailbox_send(pulse->mailbox, &pulse->letter);
    }
}

struct health *
tidu_health_open(struct http *http)
{
    const struct server *server = http->server;
    size_t count = server->worker_count + 1;
    struct health *health = calloc(1, sizeof *health + count * sizeof *health->pulses);
    if (!health)
        return NULL;
    health->magic = HEALTH_MAGIC;
    health->loop = http->loop;
    health->count = count;
    for (size_t i = 0; i < count; i++) {
        health->pulses[i].letter.open = on_felt;
        health->pulses[i].mailbox = i ? server->workers[i - 1]->mailbox : server->mailbox;
    }
    ev_timer_init(&health->timer, on_time, EVERY_S, EVERY_S);
    health->timer.data = health;
    ev_timer_start(http->loop, &health->timer);
    return health;
}

void
tidu_health_stop(struct health *health)
{
    ev_timer_stop(health->loop, &health->timer);
}

void
tidu_health_close(struct health **health)
{
    free(*health);
    *health = NULL;
}

static bool
is_silent(const struct health *health, const struct pulse *pulse)
{
    return atomic_load(&pulse->away) && ev_now(health->loop) - pulse->since > PATIENCE_S;
}

bool
tidu_health_write(const struct http *http, tidu_text *out)
{
    const struct health *health = http->health;
    bool well = true;
    for (size_t i = 0; i < health->count; i++)
        well &= !is_silent(health, &health->pulses[i]);
    tidu_text_printf(out, "{\"ok\":%s", well ? "true" : "false");
    for (size_t i = 0, told = 0; i < health->count; i++) {
        if (!is_silent(health, &health->pulses[i]))
            continue;
        tidu_text_puts(out, told++ ? "," : ",\"silent\":[");
        if (i)
            tidu_text_printf(out, "\"worker %zu\"", i);
        else
            tidu_text_puts(out, "\"main\"");
    }
    tidu_text_puts(out, well ? "}\n" : "]}\n");
    return well;
}

bool
tidu_readiness_write(const struct http *http, tidu_text *out)
{
    const struct world *world = http->world;
    struct store *store = http->server->store;
    const char *why = http->draining                            ? "stopping"
                      : !world->live                            ? "rules"
                      : store && !tidu_store_can_promise(store) ? "store"
                                                                : NULL;
    if (why)
        tidu_text_printf(out, "{\"ready\":false,\"why\":\"%s\"}\n", why);
    else
        tidu_text_printf(out, "{\"ready\":true,\"ruleset\":\"%.12s\"}\n",
                         tidu_ruleset_digest(world->live));
    return !why;
}
