/*
 * supervise.c: whoever has started us, if that is systemd. The only home of
 * libsystemd, which does nothing for a daemon started by hand.
 *
 *   sockets it has opened for us ─► listener
 *   ready, reloading, stopping ──► notifications
 *   WATCHDOG_USEC ─► a timer that asks every thread for a sign of life
 *
 * The watchdog is told that all is well only while every worker has come round
 * since it was asked last: a daemon one of whose threads hangs is restarted.
 *
 * A daemon that replaces itself hands its sockets and its lock on in the same
 * way, under names of its own.
 *
 * Must not know: what is served.
 */
#include "internal.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <syslog.h>
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

static const char own_socket[] = "tidud", own_lock[] = "tidud-lock", own_http[] = "tidud-http";

/* ---- sockets --------------------------------------------------------------------- */

bool
tidu_supervisor_inheritance(struct inheritance *ret_inherited, tidu_error *reterr)
{
    char **names = NULL, number[16];
    *ret_inherited = (struct inheritance){.socket = -1, .lock = -1, .http = -1};
    int count = sd_listen_fds_with_names(1, &names);
    for (int i = 0; i < count; i++) {
        int fd = SD_LISTEN_FDS_START + i;
        if (strcmp(names[i], own_lock) == 0) {
            ret_inherited->lock = fd;
        } else if (strcmp(names[i], own_http) == 0) {
            ret_inherited->http = fd;
        } else if (ret_inherited->socket < 0 && sd_is_socket(fd, AF_UNIX, SOCK_STREAM, 1) > 0) {
            ret_inherited->socket = fd;
            ret_inherited->own = strcmp(names[i], own_socket) == 0;
        } else {
            snprintf(number, sizeof number, "%d", fd);
            tidu_error_set(reterr, TIDU_SOCKET_GIVEN, number, NULL);
            count = -1;
        }
    }
    for (int i = 0; names && names[i]; i++)
        free(names[i]);
    free(names);
    return count >= 0;
}

/* As many descriptors as are handed on at most. */
enum { GIVEN = 3 };

/* Move a descriptor out of the way, so that no target is one still needed. */
static int
lift(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, SD_LISTEN_FDS_START + GIVEN);
}

bool
tidu_supervisor_bequeath(const struct inheritance *inherited)
{
    const int given[GIVEN] = {inherited->socket, inherited->lock, inherited->http};
    const char *const names[GIVEN] = {inherited->own ? own_socket : "given", own_lock, own_http};
    char pid[32], number[32], list[64] = "";
    int fds[GIVEN], count = 0;
    for (int i = 0; i < GIVEN; i++) {
        if (given[i] < 0)
            continue;
        if ((fds[count++] = lift(given[i])) < 0)
            return false;
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", *list ? ":" : "", names[i]);
    }
    for (int i = 0; i < count; i++)
        if (dup2(fds[i], SD_LISTEN_FDS_START + i) < 0)
            return false;
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    snprintf(number, sizeof number, "%d", count);
    return setenv("LISTEN_PID", pid, 1) == 0 && setenv("LISTEN_FDS", number, 1) == 0 &&
           setenv("LISTEN_FDNAMES", list, 1) == 0;
}

/* ---- the journal --------------------------------------------------------------------- */

void
tidu_supervisor_journal(tidu_log_level level, const char *event, const char *message,
                        const struct log_field *fields)
{
    static const int priorities[] = {LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG};
    enum { MOST = 12, SIZE = 2200 };
    char texts[MOST][SIZE];
    struct iovec parts[MOST];
    int count = 3;
    snprintf(texts[0], SIZE, "MESSAGE=%s", message);
    snprintf(texts[1], SIZE, "PRIORITY=%d", priorities[level]);
    snprintf(texts[2], SIZE, "TIDU_EVENT=%s", event);
    for (; fields && fields->name && count < MOST; fields++, count++) {
        snprintf(texts[count], SIZE, "TIDU_%s=%s", fields->name, fields->value);
        for (char *at = texts[count]; *at && *at != '='; at++)
            *at = (char)toupper((unsigned char)*at);
    }
    for (int i = 0; i < count; i++)
        parts[i] = (struct iovec){texts[i], strlen(texts[i])};
    sd_journal_sendv(parts, count);
}

/* ---- notifications ---------------------------------------------------------------- */

void
tidu_supervisor_ready(const char *digest)
{
    sd_notifyf(0, "READY=1\nSTATUS=ruleset %.12s is live", digest);
}

void
tidu_supervisor_reloading(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
               (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

void
tidu_supervisor_stopping(void)
{
    sd_notify(0, "STOPPING=1");
}

/* ---- the watchdog ------------------------------------------------------------------- */

static void
on_watchdog(struct ev_loop *loop, ev_timer *watcher, int events)
{
    (void)loop;
    (void)events;
    struct server *server = watcher->data;
    bool alive = true;
    for (size_t i = 0; i < server->worker_count; i++)
        alive &= tidu_worker_came_round(server->workers[i]);
    if (alive)
        sd_notify(0, "WATCHDOG=1");
    else
        tidu_log(&server->log, TIDU_LOG_ERROR, "watchdog: a worker gives no sign of life");
}

void
tidu_supervisor_watch(struct server *server)
{
    uint64_t allowed_us = 0;
    ev_timer_init(&server->watchdog, on_watchdog, 0, 0);
    server->watchdog.data = server;
    if (sd_watchdog_enabled(0, &allowed_us) <= 0)
        return;
    double every_s = (double)allowed_us / 3e6;
    ev_timer_set(&server->watchdog, every_s, every_s);
    ev_timer_start(server->loop, &server->watchdog);
}
