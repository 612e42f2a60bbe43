/*
 * web.c: somebody who speaks HTTP with a real tidud.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem, strcasestr */
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "web.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a daemon that listens ------------------------------------------------------------ */

void
web_write_tokens(const struct daemon *daemon, const char *lines)
{
    char path[128];
    write_file(daemon, "tokens", lines);
    snprintf(path, sizeof path, "%s/tokens", daemon->folder);
    assert_int_equal(chmod(path, 0600), 0);
}

/* On any port, with both tokens, and with these settings beside. */
void
web_start(struct daemon *daemon, const char *more)
{
    char settings[1024];
    web_write_tokens(daemon, "# who may ask\n\n" REPORTING OFFICE);
    snprintf(settings, sizeof settings,
             "http = { listen = \"127.0.0.1:0\"; tokens = \"%s/tokens\"; };\n%s", daemon->folder,
             more);
    daemon_start(daemon, settings);
}

json_t *
web_status(struct client *client)
{
    json_t *answer = client_ask(client, CALL("status", "{}"));
    json_t *result = json_incref(json_object_get(answer, "result"));
    json_decref(answer);
    return result;
}

int
web_port(const struct daemon *daemon)
{
    struct client *client = client_open(daemon);
    json_t *status = web_status(client);
    const char *address = text_of(status, "http");
    assert_int_equal(strncmp(address, "127.0.0.1:", 10), 0);
    int port = atoi(address + 10);
    json_decref(status);
    client_close(client);
    return port;
}

struct client *
web_connected(int fd, const struct sockaddr *address, socklen_t size)
{
    struct client *client = calloc(1, sizeof *client);
    struct timeval patience = {.tv_sec = PATIENCE_S};
    assert_non_null(client);
    assert_true(fd >= 0);
    if (connect(fd, address, size) != 0) {
        close(fd);
        free(client);
        return NULL;
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    client->fd = fd;
    return client;
}

struct client *
web_to(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return web_connected(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
                     (const struct sockaddr *)&address, sizeof address);
}

struct client *
web_open(const struct daemon *daemon)
{
    struct client *client = web_to(web_port(daemon));
    assert_non_null(client);
    return client;
}

/* ---- replies ----------------------------------------------------------------------------- */

/* More bytes; false at the end. */
bool
web_more(struct client *client)
{
    if (client->capacity - client->length < 4096) {
        client->capacity = 2 * client->capacity + 8192;
        client->data = realloc(client->data, client->capacity);
        assert_non_null(client->data);
    }
    ssize_t count = recv(client->fd, client->data + client->length, 4096, 0);
    client->length += count > 0 ? (size_t)count : 0;
    return count > 0;
}

static char *
copy(const char *text, size_t length)
{
    char *whole = malloc(length + 1);
    assert_non_null(whole);
    memcpy(whole, text, length);
    whole[length] = '\0';
    return whole;
}

/* The next reply; status 0 when the connection has been closed instead. Free with
 * web_forget(). */
struct reply
web_reply(struct client *client)
{
    struct reply reply = {0};
    const char *end = NULL;
    while (!client->length || !(end = memmem(client->data, client->length, "\r\n\r\n", 4)))
        if (!web_more(client))
            return reply;
    size_t head = (size_t)(end - client->data) + 4;
    reply.head = copy(client->data, head);
    assert_int_equal(sscanf(reply.head, "HTTP/1.1 %d ", &reply.status), 1);
    const char *length = strcasestr(reply.head, "\r\nContent-Length: ");
    reply.length = length ? strtoul(length + 18, NULL, 10) : 0;
    while (client->length < head + reply.length)
        assert_true(web_more(client));
    reply.body = copy(client->data + head, reply.length);
    client->length -= head + reply.length;
    memmove(client->data, client->data + head + reply.length, client->length);
    return reply;
}

void
web_forget(struct reply *reply)
{
    free(reply->head);
    free(reply->body);
    *reply = (struct reply){0};
}

bool
web_is_closed(struct client *client)
{
    return !client->length && !web_more(client);
}

struct reply
web_get(struct client *client, const char *path)
{
    char request[256];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n" HOST "\r\n", path);
    client_send(client, request);
    return web_reply(client);
}

void
web_send_post(struct client *client, const char *headers, const char *body)
{
    char head[512];
    snprintf(head, sizeof head, "POST /rpc HTTP/1.1\r\n" HOST "%sContent-Length: %zu\r\n\r\n", headers,
             strlen(body));
    client_send(client, head);
    client_send(client, body);
}

struct reply
web_post(struct client *client, const char *headers, const char *body)
{
    web_send_post(client, headers, body);
    return web_reply(client);
}

/* What a call comes to that is to be answered with 200. */
json_t *
web_call(struct client *client, const char *who, const char *body)
{
    char headers[256];
    snprintf(headers, sizeof headers, "%s" JSON, who);
    struct reply reply = web_post(client, headers, body);
    if (reply.status != 200)
        fail_msg("%d: %s", reply.status, reply.body ? reply.body : "closed");
    assert_non_null(strcasestr(reply.head, "Content-Type: application/json\r\n"));
    json_t *answer = json_loadb(reply.body, reply.length, 0, NULL);
    assert_non_null(answer);
    web_forget(&reply);
    return answer;
}

void
web_assert_status(struct client *client, const char *headers, const char *body, int status)
{
    struct reply reply = web_post(client, headers, body);
    if (reply.status != status)
        fail_msg("%d instead of %d: %s", reply.status, status, reply.body ? reply.body : "closed");
    web_forget(&reply);
}

char *
web_many_records(size_t count, long revenue)
{
    char *body = malloc(256 + 32 * count);
    assert_non_null(body);
    size_t length = (size_t)sprintf(body, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"evaluate\","
                                          "\"params\":{" AS_OF ",\"records\":[");
    for (size_t i = 0; i < count; i++)
        length += (size_t)sprintf(body + length, "%s{\"revenue\":%zu}", i ? "," : "",
                                  revenue < 0 ? i : (size_t)revenue);
    strcpy(body + length, "]}}");
    return body;
}

long long
web_sample(const char *metrics, const char *name)
{
    char line[256];
    snprintf(line, sizeof line, "\n%s ", name);
    const char *at = strstr(metrics, line);
    return at ? atoll(at + strlen(line)) : -1;
}
