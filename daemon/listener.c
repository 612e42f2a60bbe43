/*
 * listener.c: the socket, and who may have it.
 *
 *   <socket>.lock   held (flock) as long as the daemon lives; names its process
 *   <socket>        removed when nobody answers on it, and on exit
 *
 * A socket that systemd passes is taken as it is, and its files are left alone.
 * One that a tidud passes, which this one replaces, comes with its lock: who
 * waits to be accepted meanwhile notices nothing.
 *
 * The lock decides between two daemons that start at once; the trial connection
 * finds one that holds no such lock. A lock file is taken away by its holder
 * alone, and who got a lock on a file that is no longer there asks again.
 *
 * Must not know: messages, rules.
 *
 * Ownership: owns the listening socket, the lock and both files.
 */
#include "internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    LISTENER_MAGIC = 0x4c495354,
    BACKLOG = 512,
    ACCEPT_AT_ONCE = 64,
    PAUSE_S = 1 /* when the system has no descriptors left */
};

struct listener {
    unsigned magic;
    struct server *server;
    int lock;   /* -1 when not held */
    bool bound; /* the files are ours */
    struct sockaddr_un address;
    char lock_path[PATH_MAX];
    ev_io acceptor;
    ev_timer pause;
    ev_tstamp strangers_since; /* the second they are counted in */
    unsigned strangers;        /* turned away for having no rights */
};

static bool
failed(const struct listener *listener, tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_SOCKET_OPEN, listener->address.sun_path, strerror(errno),
                          NULL);
}

/* ---- one daemon a socket ------------------------------------------------------- */

static bool
taken(const struct listener *listener, tidu_error *reterr)
{
    char pid[32] = "?";
    int file = open(listener->lock_path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file >= 0 ? read(file, pid, sizeof pid - 1) : 0;
    if (file >= 0)
        close(file);
    if (length > 0)
        pid[strcspn(pid, "\n")] = '\0';
    return tidu_error_set(reterr, TIDU_SOCKET_TAKEN, listener->address.sun_path, pid, NULL);
}

static bool
is_the_file(int file, const char *path)
{
    struct stat held, there;
    return fstat(file, &held) == 0 && stat(path, &there) == 0 && held.st_ino == there.st_ino &&
           held.st_dev == there.st_dev;
}

static bool
take_lock(struct listener *listener, tidu_error *reterr)
{
    for (;;) {
        int file = open(listener->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (file < 0)
            return failed(listener, reterr);
        if (flock(file, LOCK_EX | LOCK_NB) != 0) {
            close(file);
            return errno == EWOULDBLOCK ? taken(listener, reterr) : failed(listener, reterr);
        }
        if (is_the_file(file, listener->lock_path)) {
            listener->lock = file;
            break;
        }
        close(file);
    }
    if (ftruncate(listener->lock, 0) != 0 || dprintf(listener->lock, "%ld\n", (long)getpid()) < 0)
        return failed(listener, reterr);
    return true;
}

/* Remove a socket file that nobody answers on. */
static bool
clear_way(struct listener *listener, tidu_error *reterr)
{
    const char *path = listener->address.sun_path;
    struct stat status;
    if (lstat(path, &status) != 0)
        return errno == ENOENT ? true : failed(listener, reterr);
    if (!S_ISSOCK(status.st_mode))
        return tidu_error_set(reterr, TIDU_SOCKET_NO_SOCKET, path, NULL);
    int trial = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (trial < 0)
        return failed(listener, reterr);
    int result =
        connect(trial, (const struct sockaddr *)&listener->address, sizeof listener->address);
    bool refused = result != 0 && errno == ECONNREFUSED;
    bool alive = result == 0 || errno == EAGAIN;
    struct ucred peer;
    socklen_t size = sizeof peer;
    char pid[32] = "?";
    if (result == 0 && getsockopt(trial, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0)
        snprintf(pid, sizeof pid, "%ld", (long)peer.pid);
    int why = errno;
    close(trial);
    if (alive)
        return tidu_error_set(reterr, TIDU_SOCKET_TAKEN, path, pid, NULL);
    errno = why;
    return (refused && unlink(path) == 0) || failed(listener, reterr);
}

/* ---- accepting -------------------------------------------------------------------- */

/* The best that can be done for somebody who cannot be served: say why. */
static void
turn_away(const struct server *server, int fd, tidu_rpc_code code, const tidu_error *error)
{
    tidu_text out = {0};
    tidu_rpc_turn_away(code, error, (tidu_lang)server->world->settings->lang, &out);
    if (!out.failed)
        (void)!send(fd, out.data, out.length, MSG_NOSIGNAL | MSG_DONTWAIT);
    tidu_text_free(&out);
    close(fd);
    tidu_log_fault(&server->log, TIDU_LOG_WARNING, error);
}

static struct worker *
least_busy(const struct server *server)
{
    struct worker *best = server->workers[0];
    for (size_t i = 1; i < server->worker_count; i++)
        if (atomic_load_explicit(&server->workers[i]->session_count, memory_order_relaxed) <
            atomic_load_explicit(&best->session_count, memory_order_relaxed))
            best = server->workers[i];
    return best;
}

/* Let one more in, or say why not: the code, 0 when it is in. */
static tidu_rpc_code
enter(const struct server *server, const struct settings *settings, const struct peer *peer,
      tidu_error *reterr)
{
    struct rights rights = tidu_rights_of(settings, peer);
    char limit[32], name[TIDU_TOKEN_NAME_SIZE + 32];
    snprintf(limit, sizeof limit, "%zu", settings->sessions);
    if (*peer->who.token)
        snprintf(name, sizeof name, "%s", peer->who.token);
    else
        snprintf(name, sizeof name, "%lu", (unsigned long)peer->who.user);
    if (!rights.roles) {
        tidu_error_set(reterr, TIDU_CALL_STRANGER, name, NULL);
        return TIDU_RPC_DENIED;
    }
    if (tidu_server_sessions(server) >= settings->sessions) {
        tidu_error_set(reterr, TIDU_CALL_SESSIONS, limit, NULL);
        return TIDU_RPC_BUSY;
    }
    if (tidu_crowd_enter(server->crowd, &peer->who, rights.sessions))
        return 0;
    snprintf(limit, sizeof limit, "%zu", rights.sessions);
    tidu_error_set(reterr, TIDU_CALL_USER_SESSIONS, name, limit, NULL);
    return TIDU_RPC_BUSY;
}

tidu_rpc_code
tidu_server_admit(struct server *server, const struct settings *settings, int fd,
                  const struct peer *peer, tidu_error *reterr)
{
    tidu_rpc_code code = enter(server, settings, peer, reterr);
    if (code || tidu_worker_serve(least_busy(server), fd, peer))
        return code;
    tidu_crowd_leave(server->crowd, &peer->who);
    tidu_error_set(reterr, TIDU_MEMORY, NULL);
    return TIDU_RPC_INTERNAL;
}

/* A few a second are: nobody fills a disk by connecting in vain. */
static bool
is_worth_telling(struct listener *listener)
{
    enum { FEW = 5 };
    ev_tstamp now = ev_now(listener->server->loop);
    if (now - listener->strangers_since >= 1) {
        listener->strangers_since = now;
        listener->strangers = 0;
    }
    return listener->strangers++ < FEW;
}

/* Take one connection; false when none waits. */
static bool
accept_one(struct listener *listener)
{
    struct server *server = listener->server;
    tidu_error error;
    int fd = accept4(listener->acceptor.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM)) {
        tidu_log(&server->log, TIDU_LOG_ERROR, "listener: %s, pausing", strerror(errno));
        ev_io_stop(server->loop, &listener->acceptor);
        ev_timer_start(server->loop, &listener->pause);
    }
    if (fd < 0)
        return false;
    struct peer peer = tidu_peer_of(fd);
    tidu_rpc_code code = tidu_server_admit(server, server->world->settings, fd, &peer, &error);
    if (code == TIDU_RPC_DENIED && is_worth_telling(listener))
        tidu_witness_denied(server->store, &peer.who, NULL);
    if (code)
        turn_away(server, fd, code, &error);
    return true;
}

static void
on_acceptable(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)loop;
    (void)events;
    struct listener *listener = watcher->data;
    assert(listener->magic == LISTENER_MAGIC);
    for (int i = 0; i < ACCEPT_AT_ONCE && accept_one(listener); i++)
        continue;
}

static void
on_pause_over(struct ev_loop *loop, ev_timer *watcher, int events)
{
    (void)events;
    struct listener *listener = watcher->data;
    assert(listener->magic == LISTENER_MAGIC);
    ev_timer_set(watcher, PAUSE_S, 0);
    ev_io_start(loop, &listener->acceptor);
}

/* ---- life ------------------------------------------------------------------------- */

/* What has been passed to us, under the path it has. */
static bool
take_over(struct listener *listener, const struct inheritance *inherited, tidu_error *reterr)
{
    socklen_t size = sizeof listener->address;
    struct sockaddr *address = (struct sockaddr *)&listener->address;
    if (getsockname(inherited->socket, address, &size) != 0 ||
        fcntl(inherited->socket, F_SETFL, O_NONBLOCK) != 0)
        return failed(listener, reterr);
    snprintf(listener->lock_path, sizeof listener->lock_path, "%s.lock",
             listener->address.sun_path);
    ev_io_set(&listener->acceptor, inherited->socket, EV_READ);
    listener->lock = inherited->lock;
    listener->bound = inherited->own;
    return true;
}

static bool
bind_socket(struct listener *listener, tidu_error *reterr)
{
    const struct settings *settings = listener->server->world->settings;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return failed(listener, reterr);
    ev_io_set(&listener->acceptor, fd, EV_READ);
    /* The file appears with its final access bits; nothing else creates files
     * at this time. */
    mode_t before = umask((mode_t)(0777 & ~settings->socket_mode));
    listener->bound =
        bind(fd, (const struct sockaddr *)&listener->address, sizeof listener->address) == 0;
    umask(before);
    if (!listener->bound || listen(fd, BACKLOG) != 0)
        return failed(listener, reterr);
    return true;
}

/* The group is the user's too, unless the folder has given the socket one of its own. */
bool
tidu_listener_give(const struct listener *listener, uid_t user, gid_t group, tidu_error *reterr)
{
    const char *path = listener->address.sun_path;
    struct stat status;
    if (!listener->bound)
        return true;
    if (lstat(path, &status) != 0 ||
        lchown(path, user, status.st_gid == getegid() ? group : (gid_t)-1) != 0 ||
        (listener->lock >= 0 && fchown(listener->lock, user, group) != 0))
        return failed(listener, reterr);
    return true;
}

void
tidu_listener_accept(struct listener *listener)
{
    ev_io_start(listener->server->loop, &listener->acceptor);
}

static bool
set_paths(struct listener *listener, tidu_error *reterr)
{
    const char *path = listener->server->world->settings->socket_path;
    char limit[32];
    listener->address.sun_family = AF_UNIX;
    if (strlen(path) >= sizeof listener->address.sun_path) {
        snprintf(limit, sizeof limit, "%zu", sizeof listener->address.sun_path - 1);
        return tidu_error_set(reterr, TIDU_SOCKET_LONG, path, limit, NULL);
    }
    strcpy(listener->address.sun_path, path);
    snprintf(listener->lock_path, sizeof listener->lock_path, "%s.lock", path);
    return true;
}

struct listener *
tidu_listener_open(struct server *server, const struct inheritance *inherited, tidu_error *reterr)
{
    struct listener *listener = calloc(1, sizeof *listener);
    if (!listener) {
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
        return NULL;
    }
    listener->magic = LISTENER_MAGIC;
    listener->server = server;
    listener->lock = -1;
    ev_io_init(&listener->acceptor, on_acceptable, -1, EV_READ);
    ev_timer_init(&listener->pause, on_pause_over, PAUSE_S, 0);
    listener->acceptor.data = listener->pause.data = listener;
    bool opened = set_paths(listener, reterr);
    if (opened && inherited->socket >= 0)
        opened = take_over(listener, inherited, reterr);
    else if (opened)
        opened = take_lock(listener, reterr) && clear_way(listener, reterr) &&
                 bind_socket(listener, reterr);
    if (!opened)
        tidu_listener_close(&listener);
    return listener;
}

void
tidu_listener_drain(struct listener *listener)
{
    for (int i = 0; i < BACKLOG && accept_one(listener); i++)
        continue;
}

const char *
tidu_listener_path(const struct listener *listener)
{
    return listener->address.sun_path;
}

void
tidu_listener_pause(struct listener *listener)
{
    ev_io_stop(listener->server->loop, &listener->acceptor);
    ev_timer_stop(listener->server->loop, &listener->pause);
}

struct inheritance
tidu_listener_give_away(struct listener **listener)
{
    struct listener *leaving = *listener;
    struct inheritance given = {leaving->acceptor.fd, leaving->lock, -1, leaving->bound};
    tidu_listener_pause(leaving);
    free(leaving);
    *listener = NULL;
    return given;
}

void
tidu_listener_close(struct listener **listener)
{
    struct listener *leaving = *listener;
    if (!leaving)
        return;
    tidu_listener_pause(leaving);
    if (leaving->bound)
        unlink(leaving->address.sun_path);
    if (leaving->acceptor.fd >= 0)
        close(leaving->acceptor.fd);
    if (leaving->lock >= 0) {
        unlink(leaving->lock_path);
        close(leaving->lock);
    }
    free(leaving);
    *listener = NULL;
}
