/*
 * fuzz_http.c: whatever bytes come by HTTP, nobody could read them in another way.
 *
 * The bytes go through a socket pair to a front of a server that is opened here; the
 * first says whether the client is a user of this machine (a letter in lower case) or
 * came by TCP. What comes back is read as a client reads it: whole answers, bodies of
 * JSON. A second reader, who is as generous as a proxy may be, says how many requests
 * there are. An open connection has answered each of them; a closed one answered each
 * up to the one that it refused or that asked to close. In pieces the same comes back.
 * And then the server serves somebody else.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create, memmem, strcasestr */
#endif
#include "../../daemon/http.h"
#include "fuzz.h"
#include "server.h"

#include <errno.h>
#include <jansson.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_S = 20, QUIET_TURNS = 40, MOST_ANSWERS = 512, WHOLE = 1 << 20 };

static const char secret[] = "office evaluate, inquire, operate "
                             "3ec8cd13db712fd6956e99a79216f03f9a833f444589bd8c84efab68ea492861\n";
static const char probe[] = "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n";

static struct server *server;
static struct http *http;

/* ---- nobody listens: in place of entrance.c ---- */

void
tidu_entrance_init(struct http *of)
{
    ev_io_init(&of->acceptor, NULL, -1, EV_READ);
}

bool
tidu_entrance_open(struct http *of, int inherited, tidu_error *reterr)
{
    (void)of;
    (void)inherited;
    (void)reterr;
    return true;
}

void
tidu_http_discard(int inherited)
{
    (void)inherited;
}

void
tidu_entrance_drain(struct http *of)
{
    (void)of;
}

void
tidu_entrance_pause(struct http *of)
{
    (void)of;
}

void
tidu_entrance_close(struct http *of)
{
    (void)of;
}

int
LLVMFuzzerInitialize(int *count, char ***arguments)
{
    char path[64];
    tidu_error error;
    (void)count;
    (void)arguments;
    int file = memfd_create("tokens", MFD_CLOEXEC);
    fuzz_must(file >= 0 && write(file, secret, sizeof secret - 1) == (ssize_t)sizeof secret - 1 &&
                  fchmod(file, 0600) == 0,
              "tokens can be written");
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    server = fuzz_server_open(path);
    close(file);
    http = server->http = tidu_http_open(server, -1, &error);
    fuzz_must(http != NULL, "HTTP can be opened");
    http->health = tidu_health_open(http);
    return 0;
}

/* ---- a client ---- */

struct client {
    int fd;
    tidu_slice input;
    size_t piece; /* sent at once */
    tidu_text output;
    bool closed; /* by the server */
};

static bool
send_some(struct client *client)
{
    size_t count = client->input.length < client->piece ? client->input.length : client->piece;
    ssize_t sent =
        count ? send(client->fd, client->input.data, count, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;
    if (sent < 0 && errno != EAGAIN)
        client->input.length = 0; /* closed after a refusal */
    if (sent <= 0)
        return false;
    client->input.data += sent;
    client->input.length -= (size_t)sent;
    return true;
}

static bool
receive_some(struct client *client)
{
    fuzz_must(tidu_text_reserve(&client->output, 1 << 16), "there is memory for answers");
    ssize_t got =
        recv(client->fd, client->output.data + client->output.length, 1 << 16, MSG_DONTWAIT);
    client->closed = got == 0 || (got < 0 && errno != EAGAIN);
    client->output.length += got > 0 ? (size_t)got : 0;
    return got > 0;
}

/* Bytes that the server has not taken yet. */
static bool
is_on_its_way(const struct client *client)
{
    int count = 0;
    return ioctl(client->fd, SIOCOUTQ, &count) == 0 && count > 0;
}

/* All that the server says to this, until it closes the connection or waits for more. */
static void
converse(struct client *client, tidu_slice input, size_t piece)
{
    int ends[2];
    time_t began = time(NULL);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends))
        abort();
    struct peer peer = {.who.user = TIDU_NOBODY};
    if (http->local)
        peer = tidu_peer_of(ends[1]);
    peer.http = true;
    client->fd = ends[0];
    client->input = input;
    client->piece = piece;
    fuzz_must(tidu_front_open(http, ends[1], &peer), "a connection can be served");
    for (int quiet = 0; quiet < QUIET_TURNS && !client->closed; quiet++) {
        bool moved = send_some(client);
        ev_run(http->loop, EVRUN_NOWAIT);
        fuzz_server_turn(server);
        if (receive_some(client) || moved || is_on_its_way(client) || fuzz_server_is_busy(server))
            quiet = 0;
        if (fuzz_server_is_busy(server))
            usleep(50);
        fuzz_must(time(NULL) - began < PATIENCE_S, "a connection comes to its end");
    }
    close(client->fd);
    fuzz_server_settle(server);
    for (int i = 0; http->fronts || server->workers[0]->sessions; i++) {
        ev_run(http->loop, EVRUN_NOWAIT);
        fuzz_server_turn(server);
        fuzz_must(i < WHOLE, "a front and its session end with their connection");
    }
}

/* ---- the second reader ---- */

struct requests {
    size_t count;
    bool head[MOST_ANSWERS];
    size_t last; /* the first that asks for the end of the connection; else count */
};

/* The value of a header, whoever spells it how. */
static bool
find_header(tidu_slice head, const char *name, tidu_slice *ret_value)
{
    const char *end = head.data + head.length;
    size_t length = strlen(name);
    for (const char *at = head.data; at && at < end;
         at = memchr(at, '\n', (size_t)(end - at)), at = at ? at + 1 : NULL) {
        if ((size_t)(end - at) <= length || strncasecmp(at, name, length) || at[length] != ':')
            continue;
        at += length + 1;
        const char *stop = memchr(at, '\r', (size_t)(end - at));
        *ret_value = (tidu_slice){at, (size_t)((stop ? stop : end) - at)};
        return true;
    }
    return false;
}

static bool
has_word(tidu_slice text, const char *word)
{
    char *copy = fuzz_copy((const uint8_t *)text.data, text.length, 1);
    copy[text.length] = '\0';
    bool found = strcasestr(copy, word);
    free(copy);
    return found;
}

/* Bytes of the body's chunks; false when the last has not come. */
static bool
skip_chunks(tidu_slice *text)
{
    for (;;) {
        const char *line = memmem(text->data, text->length, "\r\n", 2);
        if (!line)
            return false;
        char *stop, number[24] = "";
        size_t length = (size_t)(line - text->data);
        memcpy(number, text->data, length < sizeof number - 1 ? length : sizeof number - 1);
        unsigned long size = strtoul(number, &stop, 16);
        if (size > WHOLE || text->length < length + 2 + size + 2)
            return false;
        *text = (tidu_slice){line + 2 + size + 2, text->length - length - 2 - size - 2};
        if (!size)
            return true;
    }
}

static bool
skip_body(tidu_slice head, tidu_slice *text)
{
    tidu_slice value;
    if (find_header(head, "transfer-encoding", &value))
        return skip_chunks(text);
    if (!find_header(head, "content-length", &value))
        return true;
    char number[24] = "";
    for (; value.length && (*value.data == ' ' || *value.data == '\t'); value.length--)
        value.data++;
    memcpy(number, value.data, value.length < sizeof number - 1 ? value.length : sizeof number - 1);
    unsigned long size = strtoul(number, NULL, 10);
    if (size > text->length)
        return false;
    *text = (tidu_slice){text->data + size, text->length - size};
    return true;
}

static struct requests
count_requests(tidu_slice text)
{
    struct requests requests = {.last = MOST_ANSWERS};
    const char *end;
    while (requests.count < MOST_ANSWERS &&
           (end = memmem(text.data, text.length, "\r\n\r\n", 4)) != NULL) {
        tidu_slice head = {text.data, (size_t)(end + 2 - text.data)}, value;
        text = (tidu_slice){end + 4, text.length - head.length - 2};
        requests.head[requests.count] = head.length > 5 && !memcmp(head.data, "HEAD ", 5);
        if (!skip_body(head, &text))
            break;
        bool closes = find_header(head, "connection", &value) && value.length == 6 &&
                      !strncasecmp(value.data, " close", 6);
        if (closes && requests.last == MOST_ANSWERS)
            requests.last = requests.count;
        requests.count++;
    }
    return requests;
}

/* ---- what was answered ---- */

struct answers {
    size_t count;
    int status[MOST_ANSWERS];
    bool closing; /* the last says so */
};

/* One answer off the front of the text. */
static void
read_answer(tidu_slice *text, const struct requests *requests, struct answers *answers)
{
    tidu_slice value;
    const char *end = memmem(text->data, text->length, "\r\n\r\n", 4);
    if (!end || text->length < 12 || memcmp(text->data, "HTTP/1.1 ", 9))
        fuzz_fail("an answer has a head", text->data, text->length);
    tidu_slice head = {text->data, (size_t)(end + 2 - text->data)};
    int status = atoi(text->data + 9);
    bool known = status == 100;
    for (int i = 0; i < TIDU_HTTP_STATUSES; i++)
        known |= tidu_http_statuses[i] == status;
    if (!known)
        fuzz_fail("an answer has a status that is counted", text->data, head.length);
    *text = (tidu_slice){end + 4, text->length - head.length - 2};
    if (status == 100)
        return;
    bool has = find_header(head, "content-length", &value);
    size_t length = has ? strtoul(value.data, NULL, 10) : 0;
    if (!has && status != 204)
        fuzz_fail("an answer has a length", head.data, head.length);
    answers->closing = find_header(head, "connection", &value) && has_word(value, "close");
    fuzz_must(answers->count < MOST_ANSWERS, "there are no more answers than requests");
    /* What is refused for its bytes is not a HEAD request, whatever it begins with. */
    bool bare = answers->count < requests->count && requests->head[answers->count];
    if (!bare || (answers->closing && length == text->length)) {
        if (length > text->length)
            fuzz_fail("an answer has a body as long as it says", head.data, head.length);
        json_t *tree = NULL;
        if (length && find_header(head, "content-type", &value) && has_word(value, "json") &&
            !(tree =
                  json_loadb(text->data, length, JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, NULL)))
            fuzz_fail("a body is the JSON it says it is", text->data, length);
        json_decref(tree);
        *text = (tidu_slice){text->data + length, text->length - length};
    }
    /* A busy machine may seem to hang. */
    answers->status[answers->count++] = status == 503 ? 200 : status;
}

static struct answers
check(const struct client *client, const struct requests *requests)
{
    struct answers answers = {0};
    tidu_slice text = {client->output.data, client->output.length};
    while (text.length)
        read_answer(&text, requests, &answers);
    fuzz_must(answers.count <= requests->count + 1, "nobody is answered who has not asked");
    fuzz_must(answers.closing == client->closed || !answers.count,
              "a connection is closed when that was said, and only then");
    if (!client->closed && answers.count != requests->count)
        fuzz_fail("an open connection has answered all requests", client->output.data,
                  client->output.length);
    if (requests->last < requests->count)
        fuzz_must(answers.count <= requests->last + 1, "nothing is done behind the end");
    return answers;
}

static struct answers
answers_of(tidu_slice input, const struct requests *requests, size_t piece)
{
    struct client client = {0};
    converse(&client, input, piece);
    struct answers answers = check(&client, requests);
    tidu_text_free(&client.output);
    return answers;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { ONCE_IN = 4, MOST_BYTES = 4096 };
    static const struct requests one = {.count = 1, .last = MOST_ANSWERS};
    if (!size || size > MOST_BYTES)
        return 0;
    http->local = *data >= 'a' && *data <= 'z';
    tidu_slice input = {(const char *)data + 1, size - 1};
    struct requests requests = count_requests(input);
    struct answers answers = answers_of(input, &requests, WHOLE);
    if (size % ONCE_IN == 0) {
        struct answers again = answers_of(input, &requests, 1 + *data % 64);
        fuzz_must(again.count == answers.count &&
                      !memcmp(again.status, answers.status, answers.count * sizeof *answers.status),
                  "in pieces the same comes back");
    }
    struct answers other = answers_of((tidu_slice){probe, sizeof probe - 1}, &one, WHOLE);
    fuzz_must(other.count == 1 && other.status[0] == 200, "the next is served");
    return 0;
}
