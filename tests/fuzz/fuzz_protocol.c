/*
 * fuzz_protocol.c: whatever lines come, each request gets exactly one answer.
 *
 * The lines go through a socket pair to a worker of a server that is opened here,
 * with its job thread, but without listener and store. Every answer is JSON, has
 * the id of its request or null where that cannot be known, and a result or an
 * error; and after all of it the connection still answers, unless a line was over
 * the limit. jansson says what is JSON.
 */
#include "fuzz.h"
#include "server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LINE_BYTES = FUZZ_LINE_BYTES, BATCH = FUZZ_BATCH, PATIENCE_S = 20, KNOWN_DEPTH = 12 };

static const char probe[] = "\n{\"jsonrpc\":\"2.0\",\"id\":\"the end\",\"method\":\"status\"}\n";

static struct server *server;

int
LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    server = fuzz_server_open(NULL);
    return 0;
}

/* False at the end of what the server has to say. */
static bool
exchange(int fd, tidu_slice *input, tidu_text *output)
{
    if (input->length) {
        ssize_t sent = send(fd, input->data, input->length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            input->data += sent;
            input->length -= (size_t)sent;
        } else if (sent < 0 && errno != EAGAIN) {
            input->length = 0; /* closed after a line over the limit */
        }
        if (!input->length)
            shutdown(fd, SHUT_WR);
    }
    fuzz_server_turn(server);
    fuzz_must(tidu_text_reserve(output, 1 << 16), "there is memory for answers");
    ssize_t got = recv(fd, output->data + output->length, 1 << 16, MSG_DONTWAIT);
    if (got > 0)
        output->length += (size_t)got;
    return got > 0 || (got < 0 && errno != ECONNRESET);
}

/* All that the server says to this, until it closes the connection. */
static void
converse(tidu_slice input, tidu_text *output)
{
    int ends[2];
    time_t began = time(NULL);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends))
        abort();
    struct peer peer = tidu_peer_of(ends[1]);
    fuzz_must(tidu_crowd_enter(server->crowd, &peer.who, 0), "everybody may come");
    fuzz_must(tidu_worker_serve(server->workers[0], ends[1], &peer), "a connection can be served");
    while (exchange(ends[0], &input, output)) {
        fuzz_must(time(NULL) - began < PATIENCE_S, "a connection comes to its end");
        if (server->workers[0]->errands)
            usleep(100);
    }
    close(ends[0]);
    fuzz_server_settle(server);
    fuzz_must(!server->workers[0]->sessions, "a session ends with its connection");
    fuzz_must(atomic_load(&server->queued) == 0, "nothing is counted that has gone");
}

/* ---- what is to be answered ---- */

struct expected {
    json_t *ids;            /* each once */
    size_t nulls, optional; /* answers to nobody: those that must come, and may */
    bool vague;             /* it cannot be said */
    bool cut;               /* by a line that was too long */
};

static json_t *
parse(const char *text, size_t length, bool *ret_known)
{
    json_error_t error;
    json_t *tree = json_loadb(text, length, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL,
                              &error);
    enum json_error_code code = json_error_code(&error);
    *ret_known = !memchr(text, '\0', length) &&
                 (tree || (code != json_error_numeric_overflow &&
                           code != json_error_null_byte_in_key && code != json_error_null_character));
    return tree;
}

static bool
is_deep(const json_t *value, unsigned depth)
{
    const char *key;
    size_t index;
    json_t *item;
    if (depth > KNOWN_DEPTH)
        return true;
    json_object_foreach((json_t *)value, key, item)
        if (is_deep(item, depth + 1))
            return true;
    json_array_foreach(value, index, item)
        if (is_deep(item, depth + 1))
            return true;
    return false;
}

/* The same of a line that may be no JSON, whose depth may be told before that is. */
static bool
looks_deep(const char *line, size_t length)
{
    unsigned depth = 0, deepest = 0;
    for (size_t i = 0; i < length; i++) {
        depth += line[i] == '[' || line[i] == '{';
        deepest = depth > deepest ? depth : deepest;
        depth -= depth && (line[i] == ']' || line[i] == '}');
    }
    return deepest > KNOWN_DEPTH;
}

static void
expect_message(struct expected *expected, const json_t *message)
{
    json_t *id = json_object_get(message, "id");
    if (json_is_string(id) || json_is_number(id))
        json_array_append(expected->ids, id);
    else if (id || !json_is_object(message))
        expected->nulls++;
    else
        expected->optional++; /* unless it is good, or an unknown method */
}

static void
expect_line(struct expected *expected, const char *line, size_t length)
{
    bool known;
    json_t *message = parse(line, length, &known), *item;
    size_t index, count = json_array_size(message);
    expected->vague |= !known || is_deep(message, 0) || (!message && looks_deep(line, length));
    if (!message || (json_is_array(message) && (!count || count > BATCH)))
        expected->nulls++;
    else if (!json_is_array(message))
        expect_message(expected, message);
    json_array_foreach(count <= BATCH ? message : NULL, index, item)
        expect_message(expected, item);
    json_decref(message);
}

static bool
is_blank(const char *line, size_t length)
{
    while (length && strchr(" \t\r", *line) && *line) {
        line++;
        length--;
    }
    return !length;
}

static void
expect(struct expected *expected, const char *text, size_t size)
{
    while (size && !expected->cut) {
        const char *end = memchr(text, '\n', size);
        size_t length = end ? (size_t)(end - text) : size;
        if (length > LINE_BYTES) {
            expected->nulls++;
            expected->cut = true;
        } else if (!is_blank(text, length)) {
            expect_line(expected, text, length);
        }
        length += end != NULL;
        text += length;
        size -= length;
    }
}

/* ---- what was answered ---- */

static bool
take_id(json_t *ids, const json_t *id)
{
    size_t index;
    json_t *wanted;
    json_array_foreach(ids, index, wanted)
        if (json_equal(wanted, id))
            return json_array_remove(ids, index) == 0;
    return false;
}

static void
check_answer(struct expected *expected, const json_t *answer, const char *line)
{
    const json_t *id = json_object_get(answer, "id");
    bool result = json_object_get(answer, "result"), error = json_object_get(answer, "error");
    if (!json_is_object(answer) || !id || result == error)
        fuzz_fail("an answer has an id, and a result or an error", line, strlen(line));
    if (expected->vague)
        return;
    if (!json_is_null(id)) {
        if (!take_id(expected->ids, id))
            fuzz_fail("an answer has the id of a request that has none yet", line, strlen(line));
    } else if (expected->nulls) {
        expected->nulls--;
    } else {
        if (!expected->optional)
            fuzz_fail("nobody is answered without a reason", line, strlen(line));
        expected->optional--;
    }
}

static void
check_line(struct expected *expected, const char *line, size_t length)
{
    size_t index;
    json_t *item;
    char *text = fuzz_copy((const uint8_t *)line, length, 1);
    text[length] = '\0';
    json_t *answer = json_loadb(line, length, JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, NULL);
    if (!answer && !expected->vague)
        fuzz_fail("an answer is JSON", text, length);
    json_array_foreach(answer, index, item)
        check_answer(expected, item, text);
    if (json_is_object(answer) && !json_object_get(answer, "method"))
        check_answer(expected, answer, text);
    json_decref(answer);
    free(text);
}

static void
check_answers(struct expected *expected, tidu_slice output)
{
    while (output.length) {
        const char *end = memchr(output.data, '\n', output.length);
        fuzz_must(end != NULL, "an answer ends with its line");
        size_t length = (size_t)(end - output.data);
        check_line(expected, output.data, length);
        output.data += length + 1;
        output.length -= length + 1;
    }
    if (!expected->vague && (expected->nulls || json_array_size(expected->ids))) {
        char *left = json_dumps(expected->ids, 0);
        fuzz_fail("each request is answered", left, strlen(left));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct expected expected = {.ids = json_array()};
    tidu_text input = {0}, output = {0};
    tidu_text_add(&input, (const char *)data, size);
    tidu_text_puts(&input, probe);
    expect(&expected, input.data, input.length);
    converse((tidu_slice){input.data, input.length}, &output);
    if (!expected.cut)
        fuzz_must(memmem(output.data, output.length, "\"the end\"", 9) != NULL,
                  "after all of it the connection still answers");
    check_answers(&expected, (tidu_slice){output.data, output.length});
    json_decref(expected.ids);
    tidu_text_free(&input);
    tidu_text_free(&output);
    return 0;
}
