/*
 * entrance.c: where HTTP is listened to, and who comes in.
 *
 * Only this machine is listened to, by an address of its own or a Unix socket: what
 * comes from elsewhere has to come through a proxy that encrypts.
 *
 * Must not know: requests.
 *
 * Ownership: owns the listening socket and, of a Unix socket, its file.
 */
#include "http.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 256, ACCEPT_AT_ONCE = 64, PAUSE_S = 1 };

/* ---- where to listen ------------------------------------------------------------------------------------ */

union address {
    struct sockaddr any;
    struct sockaddr_un local;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};

static bool
read_port(const char *text, in_port_t *ret_port)
{
    char *end;
    unsigned long port = strtoul(text, &end, 10);
    if (!*text || strspn(text, "0123456789") != strlen(text) || port > 65535)
        return false;
    *ret_port = htons((in_port_t)port);
    return true;
}

/* 127.0.0.1:8181, [::1]:8181 or /path. The size of the address, 0 when it is none. */
static socklen_t
read_address(const char *text, union address *ret_address)
{
    const char *colon = strrchr(text, ':');
    char host[64];
    memset(ret_address, 0, sizeof *ret_address);
    if (*text == '/' && strlen(text) < sizeof ret_address->local.sun_path) {
        ret_address->local.sun_family = AF_UNIX;
        strcpy(ret_address->local.sun_path, text);
        return sizeof ret_address->local;
    }
    if (!colon || (size_t)(colon - text) >= sizeof host)
        return 0;
    snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
    if (strcmp(host, "[::1]") == 0) {
        ret_address->six.sin6_family = AF_INET6;
        ret_address->six.sin6_addr = in6addr_loopback;
        return read_port(colon + 1, &ret_address->six.sin6_port) ? sizeof ret_address->six : 0;
    }
    ret_address->four.sin_family = AF_INET;
    if (inet_pton(AF_INET, host, &ret_address->four.sin_addr) != 1 ||
        ntohl(ret_address->four.sin_addr.s_addr) >> 24 != IN_LOOPBACKNET)
        return 0;
    return read_port(colon + 1, &ret_address->four.sin_port) ? sizeof ret_address->four : 0;
}

bool
tidu_http_check(const struct settings *settings, tidu_error *reterr)
{
    union address address;
    return !*settings->http_listen || read_address(settings->http_listen, &address) ||
           tidu_error_set(reterr, TIDU_HTTP_ADDRESS, settings->http_listen, NULL);
}

/* Remove a socket that nobody answers on. */
static bool
clear_way(const union address *address)
{
    struct stat status;
    if (lstat(address->local.sun_path, &status) != 0)
        return errno == ENOENT;
    errno = EEXIST;
    if (!S_ISSOCK(status.st_mode))
        return false;
    int trial = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool refused = trial >= 0 && connect(trial, &address->any, sizeof address->local) != 0 &&
                   errno == ECONNREFUSED;
    if (trial >= 0)
        close(trial);
    errno = EADDRINUSE;
    return refused && unlink(address->local.sun_path) == 0;
}

static bool
bind_socket(struct http *http, int fd, const union address *address, socklen_t size)
{
    int on = 1;
    mode_t mode = (mode_t)http->world->settings->socket_mode;
    if (!http->local) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        return bind(fd, &address->any, size) == 0;
    }
    if (!clear_way(address))
        return false;
    mode_t before = umask((mode_t)(0777 & ~mode));
    http->bound = bind(fd, &address->any, size) == 0;
    umask(before);
    return http->bound;
}

/* Whether it listens where the settings say; port 0 is any. */
static bool
is_place(int fd, const union address *wanted)
{
    union address address;
    socklen_t size = sizeof address;
    memset(&address, 0, sizeof address);
    if (getsockname(fd, &address.any, &size) != 0 ||
        address.any.sa_family != wanted->any.sa_family)
        return false;
    if (address.any.sa_family == AF_UNIX)
        return strcmp(address.local.sun_path, wanted->local.sun_path) == 0;
    if (address.any.sa_family == AF_INET)
        return address.four.sin_addr.s_addr == wanted->four.sin_addr.s_addr &&
               (!wanted->four.sin_port || address.four.sin_port == wanted->four.sin_port);
    return !wanted->six.sin6_port || address.six.sin6_port == wanted->six.sin6_port;
}

void
tidu_http_discard(int inherited)
{
    union address address;
    socklen_t size = sizeof address;
    memset(&address, 0, sizeof address);
    if (getsockname(inherited, &address.any, &size) == 0 && address.any.sa_family == AF_UNIX)
        unlink(address.local.sun_path);
    close(inherited);
}

/* As it was asked for, with the port that port 0 came to. */
static void
note_address(struct http *http, int fd)
{
    const char *text = http->world->settings->http_listen;
    union address address;
    socklen_t size = sizeof address;
    snprintf(http->address, sizeof http->address, "%s", text);
    if (http->local || getsockname(fd, &address.any, &size) != 0)
        return;
    in_port_t port =
        address.any.sa_family == AF_INET ? address.four.sin_port : address.six.sin6_port;
    snprintf(http->address, sizeof http->address, "%.*s:%u", (int)(strrchr(text, ':') - text), text,
             (unsigned)ntohs(port));
}

bool
tidu_entrance_open(struct http *http, int inherited, tidu_error *reterr)
{
    const char *text = http->world->settings->http_listen;
    union address address;
    socklen_t size = read_address(text, &address);
    if (!size)
        return tidu_http_check(http->world->settings, reterr);
    http->local = address.any.sa_family == AF_UNIX;
    if (inherited >= 0 && is_place(inherited, &address)) {
        ev_io_set(&http->acceptor, inherited, EV_READ);
        http->bound = http->local;
        note_address(http, inherited);
        return true;
    }
    if (inherited >= 0)
        tidu_http_discard(inherited);
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    ev_io_set(&http->acceptor, fd, EV_READ);
    if (fd < 0 || !bind_socket(http, fd, &address, size) || listen(fd, BACKLOG) != 0)
        return tidu_error_set(reterr, TIDU_HTTP_OPEN, text, strerror(errno), NULL);
    note_address(http, fd);
    return true;
}

/* ---- accepting -------------------------------------------------------------------------------------- */

static struct peer
peer_of(const struct http *http, int fd)
{
    struct peer peer = {.who.user = TIDU_NOBODY};
    int on = 1;
    if (http->local)
        peer = tidu_peer_of(fd);
    else
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    peer.http = true;
    return peer;
}

/* Take one connection; false when none waits. Above the limit of sessions it is
 * closed at once. */
static bool
accept_one(struct http *http)
{
    int fd = accept4(http->acceptor.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM)) {
        tidu_log(&http->server->log, TIDU_LOG_ERROR, "http: %s, pausing", strerror(errno));
        ev_io_stop(http->loop, &http->acceptor);
        ev_timer_start(http->loop, &http->pause);
    }
    if (fd < 0)
        return false;
    struct peer peer = peer_of(http, fd);
    if (atomic_load_explicit(&http->front_count, memory_order_relaxed) >=
        http->world->settings->sessions) {
        tidu_log(&http->server->log, TIDU_LOG_WARNING, "http: too many connections");
        close(fd);
    } else if (!tidu_front_open(http, fd, &peer)) {
        tidu_log(&http->server->log, TIDU_LOG_ERROR, "http: out of memory or descriptors");
    }
    return true;
}

static void
on_acceptable(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)loop;
    (void)events;
    struct http *http = watcher->data;
    assert(http->magic == TIDU_HTTP_MAGIC);
    for (int i = 0; i < ACCEPT_AT_ONCE && accept_one(http); i++)
        continue;
}

static void
on_pause_over(struct ev_loop *loop, ev_timer *watcher, int events)
{
    (void)events;
    struct http *http = watcher->data;
    assert(http->magic == TIDU_HTTP_MAGIC);
    ev_io_start(loop, &http->acceptor);
}

/* ---- life ------------------------------------------------------------------------- */

void
tidu_entrance_init(struct http *http)
{
    ev_io_init(&http->acceptor, on_acceptable, -1, EV_READ);
    ev_timer_init(&http->pause, on_pause_over, PAUSE_S, 0);
    http->acceptor.data = http->pause.data = http;
}

void
tidu_entrance_drain(struct http *http)
{
    for (int i = 0; i < BACKLOG && accept_one(http); i++)
        continue;
}

void
tidu_entrance_pause(struct http *http)
{
    ev_io_stop(http->loop, &http->acceptor);
    ev_timer_stop(http->loop, &http->pause);
}

void
tidu_entrance_close(struct http *http)
{
    tidu_entrance_pause(http);
    if (http->bound)
        unlink(http->world->settings->http_listen);
    if (http->acceptor.fd >= 0)
        close(http->acceptor.fd);
    http->bound = false;
    ev_io_set(&http->acceptor, -1, EV_READ);
}
