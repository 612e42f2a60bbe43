/*
 * reference_server.cc: the hand-written rules behind a Unix socket.
 *
 *     reference_server SOCKET judge        a record a line in, a decision a line out
 *     reference_server SOCKET echo BYTES   BYTES for every line: what the transport alone costs
 *
 * One thread, one libev loop, no timers, no limits on clients: less than any
 * real daemon does, which is the point. It ends on SIGTERM. A connection owns
 * its two buffers and goes when its client goes.
 */
#include "reference.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ev.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { INPUT_SIZE = 1 << 18, OUTPUT_SIZE = 1 << 19, ECHO_SIZE = 1 << 16 };

struct connection {
    ev_io reading;
    ev_io writing;
    size_t input_length;
    size_t output_start, output_end;
    char input[INPUT_SIZE + simdjson::SIMDJSON_PADDING];
    char output[OUTPUT_SIZE];
};

static simdjson::ondemand::parser server_parser;
static char echo_line[ECHO_SIZE];
static size_t echo_length; /* 0: judge */

static void
close_connection(struct ev_loop *loop, connection *c)
{
    ev_io_stop(loop, &c->reading);
    ev_io_stop(loop, &c->writing);
    close(c->reading.fd);
    delete c;
}

/* Send what is waiting. False when the client is gone; *c is then closed. */
static bool
send_output(struct ev_loop *loop, connection *c)
{
    while (c->output_start < c->output_end) {
        ssize_t count = write(c->reading.fd, c->output + c->output_start,
                              c->output_end - c->output_start);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno == EAGAIN) {
            ev_io_start(loop, &c->writing);
            return true;
        }
        if (count < 0) {
            close_connection(loop, c);
            return false;
        }
        c->output_start += (size_t)count;
    }
    c->output_start = c->output_end = 0;
    ev_io_stop(loop, &c->writing);
    return true;
}

static void
answer_line(connection *c, const char *line, size_t length)
{
    char *out = c->output + c->output_end;

    if (echo_length > 0) {
        memcpy(out, echo_line, echo_length);
        c->output_end += echo_length;
        return;
    }
    size_t capacity = (size_t)(c->input + sizeof c->input - line);
    out = reference_answer(&server_parser, line, length, capacity, out);
    c->output_end = (size_t)(out - c->output);
}

static bool
has_room(const connection *c)
{
    size_t longest = echo_length > 0 ? echo_length : (size_t)DECISION_SIZE;

    return OUTPUT_SIZE - c->output_end >= longest;
}

/* Answer the whole lines held, as far as there is room for answers; the rest
 * waits until the client has read some. */
static void
answer_input(connection *c)
{
    const char *line = c->input;
    const char *end = c->input + c->input_length;
    const char *stop;

    while (has_room(c) &&
           (stop = (const char *)memchr(line, '\n', (size_t)(end - line))) != nullptr) {
        answer_line(c, line, (size_t)(stop - line));
        line = stop + 1;
    }
    c->input_length = (size_t)(end - line);
    memmove(c->input, line, c->input_length);
}

static void
on_readable(struct ev_loop *loop, ev_io *watcher, int)
{
    connection *c = (connection *)watcher->data;
    ssize_t count = 0;

    if (c->input_length < INPUT_SIZE) {
        count = read(watcher->fd, c->input + c->input_length, INPUT_SIZE - c->input_length);
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (count <= 0) {
            close_connection(loop, c);
            return;
        }
    }
    c->input_length += (size_t)count;
    answer_input(c);
    send_output(loop, c);
}

static void
on_writable(struct ev_loop *loop, ev_io *watcher, int)
{
    connection *c = (connection *)watcher->data;

    if (send_output(loop, c) && c->output_end == 0) {
        answer_input(c);
        send_output(loop, c);
    }
}

static void
on_client(struct ev_loop *loop, ev_io *watcher, int)
{
    int fd = accept4(watcher->fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0)
        return;
    connection *c = new connection;
    c->input_length = c->output_start = c->output_end = 0;
    c->reading.data = c->writing.data = c;
    ev_io_init(&c->reading, on_readable, fd, EV_READ);
    ev_io_init(&c->writing, on_writable, fd, EV_WRITE);
    ev_io_start(loop, &c->reading);
}

static void
on_stop(struct ev_loop *loop, ev_signal *, int)
{
    ev_break(loop, EVBREAK_ALL);
}

static int
listen_on(const char *path)
{
    struct sockaddr_un address = {};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0 || strlen(path) >= sizeof address.sun_path)
        return -1;
    address.sun_family = AF_UNIX;
    strcpy(address.sun_path, path);
    unlink(path);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 128) != 0)
        return -1;
    return fd;
}

static bool
choose_mode(int argument_count, char **arguments)
{
    if (argument_count == 3 && strcmp(arguments[2], "judge") == 0)
        return true;
    if (argument_count != 4 || strcmp(arguments[2], "echo") != 0)
        return false;
    echo_length = strtoul(arguments[3], nullptr, 10);
    if (echo_length < 1 || echo_length > ECHO_SIZE)
        return false;
    memset(echo_line, 'x', echo_length);
    echo_line[echo_length - 1] = '\n';
    return true;
}

int
main(int argument_count, char **arguments)
{
    if (!choose_mode(argument_count, arguments)) {
        fputs("usage: reference_server SOCKET judge | reference_server SOCKET echo BYTES\n",
              stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    reference_prepare();

    int fd = listen_on(arguments[1]);
    if (fd < 0) {
        perror("reference_server");
        return 1;
    }
    struct ev_loop *loop = ev_default_loop(0);
    ev_io accepting;
    ev_signal stopping;

    ev_io_init(&accepting, on_client, fd, EV_READ);
    ev_io_start(loop, &accepting);
    ev_signal_init(&stopping, on_stop, SIGTERM);
    ev_signal_start(loop, &stopping);
    ev_run(loop, 0);
    close(fd);
    unlink(arguments[1]);
    return 0;
}
