/*
 * web.h: somebody who speaks HTTP with a real tidud.
 *
 * The daemon listens on a port of 127.0.0.1 that it finds by itself, and knows two
 * tokens: "reporting" may evaluate, "office" all but edit. Clients are those of
 * support.h. Whatever goes wrong here fails the test that asked for it.
 */
#ifndef TIDU_TESTS_DAEMON_WEB_H
#define TIDU_TESTS_DAEMON_WEB_H

#include "support.h"

#include <sys/socket.h>

#define REPORTING "reporting evaluate c980fa86e43fd26b9bba4f8e752d2a072f3b23730c72c3791eb50878dc3b1075\n"
#define OFFICE "office evaluate, inquire, operate 3ec8cd13db712fd6956e99a79216f03f9a833f444589bd8c84efab68ea492861 # all but edit\n"
#define AS_REPORTING "Authorization: Bearer reporting-secret\r\n"
#define AS_OFFICE "Authorization: Bearer office-secret\r\n"
#define JSON "Content-Type: application/json\r\n"
#define HOST "Host: 127.0.0.1\r\n"

#define RECORD(revenue) \
    CALL("evaluate", "{" AS_OF ",\"explain\":\"none\",\"record\":{\"revenue\":" revenue "}}")

/* Begin with HTTP and both tokens, and with these settings beside. */
void web_start(struct daemon *daemon, const char *settings);
void web_write_tokens(const struct daemon *daemon, const char *lines);

/* What `status` says, and where the daemon listens; asked over its Unix socket. */
json_t *web_status(struct client *client);
int web_port(const struct daemon *daemon);

/* A connection; NULL when it is refused, but for the first. */
struct client *web_open(const struct daemon *daemon);
struct client *web_to(int port);
struct client *web_connected(int fd, const struct sockaddr *address, socklen_t size);

struct reply {
    int status;
    char *head, *body;
    size_t length; /* of the body */
};

/* The next reply; status 0 when the connection has been closed instead. */
struct reply web_reply(struct client *client);
void web_forget(struct reply *reply);

/* Wait for more bytes; false at the end. And that there is nothing but the end. */
bool web_more(struct client *client);
bool web_is_closed(struct client *client);

struct reply web_get(struct client *client, const char *path);
struct reply web_post(struct client *client, const char *headers, const char *body);
void web_send_post(struct client *client, const char *headers, const char *body);
void web_assert_status(struct client *client, const char *headers, const char *body, int status);

/* What a call comes to that is to be answered with 200; `who` is a header. */
json_t *web_call(struct client *client, const char *who, const char *body);

/* An evaluate of so many records with this revenue, -1: with revenues from 0 on; free() it. */
char *web_many_records(size_t count, long revenue);

/* The value of a sample, named with its labels; -1 when it is not there. */
long long web_sample(const char *metrics, const char *name);

#endif
