/*
 * client.c: a daemon on a socket.
 *
 * Requests go out and answers come in at the same time: who only wrote until
 * all is written would wait for a daemon that waits for its answers to be
 * read.
 *
 * Must not know: records, what methods mean.
 *
 * Ownership: a client owns its socket and both texts.
 */
#include "internal.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { READ_BYTES = 256 * 1024, ANSWER_DEPTH = TIDU_SKIM_DEPTH };

struct client {
    int fd;
    char *path;
    tidu_text out, in;
    size_t sent;
    size_t taken;    /* bytes of `in` already handed out */
    size_t searched; /* bytes of `in` known to hold no further line end */
    uint64_t last_id;
};

struct client *
tidu_client_open(const char *path, tidu_error *reterr)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct client *client = calloc(1, sizeof *client);
    if (!client || !(client->path = strdup(path))) {
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
        free(client);
        return NULL;
    }
    client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool fits = strlen(path) < sizeof address.sun_path;
    if (fits)
        strcpy(address.sun_path, path);
    errno = fits ? errno : ENAMETOOLONG;
    if (fits && client->fd >= 0 &&
        connect(client->fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return client;
    tidu_error_set(reterr, TIDU_SOCKET_CONNECT, path, strerror(errno), NULL);
    tidu_client_close(&client);
    return NULL;
}

void
tidu_client_close(struct client **client)
{
    struct client *leaving = *client;
    if (!leaving)
        return;
    if (leaving->fd >= 0)
        close(leaving->fd);
    free(leaving->path);
    tidu_text_free(&leaving->out);
    tidu_text_free(&leaving->in);
    free(leaving);
    *client = NULL;
}

tidu_text *
tidu_client_output(struct client *client)
{
    return &client->out;
}

static bool
lost(const struct client *client, tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_SOCKET_LOST, client->path, NULL);
}

static bool
has_line(const struct client *client)
{
    size_t from = client->taken > client->searched ? client->taken : client->searched;
    return client->in.length > from &&
           memchr(client->in.data + from, '\n', client->in.length - from);
}

static void
drop_taken(struct client *client)
{
    if (!client->taken)
        return;
    client->in.length -= client->taken;
    memmove(client->in.data, client->in.data + client->taken, client->in.length);
    client->searched -= client->searched < client->taken ? client->searched : client->taken;
    client->taken = 0;
}

static bool
receive(struct client *client, tidu_error *reterr)
{
    if (!tidu_text_reserve(&client->in, READ_BYTES))
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    ssize_t count = recv(client->fd, client->in.data + client->in.length, READ_BYTES, MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
        return lost(client, reterr);
    client->in.length += count > 0 ? (size_t)count : 0;
    return true;
}

/* A daemon that closes has often said why before: what cannot be sent any more
 * is no error as long as there is something to read. */
static bool
send_some(struct client *client)
{
    ssize_t count = send(client->fd, client->out.data + client->sent,
                         client->out.length - client->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    client->sent += count > 0 ? (size_t)count : 0;
    bool gone = count < 0 && errno != EAGAIN && errno != EINTR;
    if (gone || client->sent == client->out.length)
        client->out.length = client->sent = 0;
    return !gone;
}

bool
tidu_client_turn(struct client *client, bool wait, tidu_error *reterr)
{
    drop_taken(client);
    if (client->out.failed)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    for (;;) {
        bool sending = client->out.length > 0, waiting = wait && !has_line(client);
        if (!sending && !waiting)
            return true;
        struct pollfd event = {client->fd, POLLIN, 0};
        event.events |= sending ? POLLOUT : 0;
        if (poll(&event, 1, -1) < 0 && errno != EINTR)
            return lost(client, reterr);
        if ((event.revents & (POLLIN | POLLHUP | POLLERR)) && !receive(client, reterr))
            return false;
        if (event.revents & POLLOUT)
            send_some(client);
    }
}

bool
tidu_client_line(struct client *client, tidu_slice *ret_line)
{
    size_t rest = client->in.length - client->taken;
    const char *at = client->in.data + client->taken;
    const char *newline = rest ? memchr(at, '\n', rest) : NULL;
    if (!newline) {
        client->searched = client->in.length;
        return false;
    }
    *ret_line = (tidu_slice){at, (size_t)(newline - at)};
    client->taken += ret_line->length + 1;
    return true;
}

bool
tidu_client_parse(struct client *client, tidu_slice line, struct answer *ret_answer,
                  tidu_error *reterr)
{
    tidu_skim skim;
    tidu_skim_item item;
    tidu_skim_step step = TIDU_SKIM_BROKEN;
    char shown[61];
    *ret_answer = (struct answer){0};
    if (tidu_skim_open(&skim, line, ANSWER_DEPTH))
        while ((step = tidu_skim_next(&skim, &item)) == TIDU_SKIM_ITEM) {
            if (tidu_skim_is(item.key, "id"))
                ret_answer->id = strtoull(item.value.data, NULL, 10);
            else if (tidu_skim_is(item.key, "result"))
                ret_answer->result = item.value;
            else if (tidu_skim_is(item.key, "error"))
                ret_answer->error = item.value;
            else if (tidu_skim_is(item.key, "method"))
                ret_answer->notice = item.value;
        }
    if (step == TIDU_SKIM_END &&
        (ret_answer->result.data || ret_answer->error.data || ret_answer->notice.data))
        return true;
    snprintf(shown, sizeof shown, "%.*s", line.length > 60 ? 60 : (int)line.length, line.data);
    return tidu_error_set(reterr, TIDU_SOCKET_ANSWER, client->path, shown, NULL);
}

uint64_t
tidu_client_next_id(struct client *client)
{
    return ++client->last_id;
}

bool
tidu_client_ask(struct client *client, const char *method, tidu_slice params,
                struct answer *ret_answer, tidu_error *reterr)
{
    tidu_slice line;
    tidu_text_printf(&client->out, "{\"jsonrpc\":\"2.0\",\"id\":%llu,\"method\":\"%s\"",
                     (unsigned long long)tidu_client_next_id(client), method);
    if (params.data) {
        tidu_text_puts(&client->out, ",\"params\":");
        tidu_text_add(&client->out, params.data, params.length);
    }
    tidu_text_puts(&client->out, "}\n");
    do {
        if (!tidu_client_turn(client, true, reterr) || !tidu_client_line(client, &line) ||
            !tidu_client_parse(client, line, ret_answer, reterr))
            return false;
    } while (ret_answer->notice.data);
    return true;
}

bool
tidu_client_call(struct client *client, const char *method, const json_t *params,
                 json_t **ret_result, json_t **ret_refusal, tidu_error *reterr)
{
    struct answer answer;
    char *text = params ? json_dumps(params, JSON_COMPACT) : NULL;
    if (params && !text)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    bool asked = tidu_client_ask(client, method, (tidu_slice){text, text ? strlen(text) : 0},
                                 &answer, reterr);
    free(text);
    if (!asked)
        return false;
    tidu_slice part = answer.result.data ? answer.result : answer.error;
    json_t *value = json_loadb(part.data, part.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    if (!value)
        return tidu_error_set(reterr, TIDU_SOCKET_ANSWER, client->path, "…", NULL);
    *ret_result = answer.result.data ? value : NULL;
    *ret_refusal = answer.result.data ? NULL : value;
    return true;
}
