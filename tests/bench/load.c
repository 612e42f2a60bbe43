/*
 * load.c: a load generator over a Unix socket.
 *
 *     load --socket PATH --records FILE [--connections N] [--depth N] [--requests N]
 *          [--repeats N] [--warmup N] [--wrap MEMBERS] [--function NAME]
 *
 * Every connection keeps `depth` requests outstanding. A request is a record a
 * line and its reply a line; with --wrap a record is wrapped in a JSON-RPC
 * request to evaluate, MEMBERS being what stands beside the record in params,
 * for example '"explain":"brief"'; with --function it is a call of that Redis
 * function. Requests are spelled before the clock starts.
 *
 * Prints a line a repeat and a line with the medians over the repeats:
 *     median 31250 requests/s p50 30.1 us p99 48.0 us
 *
 * One thread. Latency counts from the moment a request is queued to the moment
 * its reply is complete. It owns the requests, and a buffer pair a connection.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
    REQUEST_COUNT = 20000,  /* records kept; they are sent round and round */
    BUFFER_SIZE = 1 << 20,
    EVENT_COUNT = 64,
    BLOCKING_DEPTH = 16,    /* so many requests of one connection fit a socket's buffer */
    SILENCE_MS = 20000      /* give up when no reply comes for so long */
};

struct settings {
    const char *socket_path;
    const char *records_path;
    const char *wrap;
    const char *function;
    unsigned connections, depth, repeats;
    uint64_t requests, warmup;
};

struct request {
    char *text;
    size_t length;
};

/* `sent_at` is a ring: the moments at which outstanding requests were queued. */
struct connection {
    int fd;
    unsigned outstanding;
    unsigned first, next;
    double *sent_at;
    size_t output_start, output_end;
    size_t input_length;
    char *output;
    char *input;
};

struct round {
    uint64_t total, issued, done;
    size_t next_request;
    uint64_t failed_replies;
    double *latencies; /* NULL while warming up */
};

static struct settings settings = {
    .connections = 1, .depth = 1, .repeats = 5, .requests = 40000, .warmup = 4000,
};
static struct request *requests;
static size_t request_count;

static void __attribute__((noreturn))
give_up(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, errno != 0 ? strerror(errno) : "failed");
    exit(1);
}

static void *
allocate(size_t size)
{
    void *memory = malloc(size);

    if (memory == NULL)
        give_up("memory");
    return memory;
}

static double
seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* ---- requests ---- */

static struct request
spell_request(const char *record, size_t length, size_t number)
{
    struct request request;
    char *text = NULL;
    int size;

    if (settings.function != NULL)
        size = asprintf(&text, "*4\r\n$5\r\nFCALL\r\n$%zu\r\n%s\r\n$1\r\n0\r\n$%zu\r\n%.*s\r\n",
                        strlen(settings.function), settings.function, length, (int)length, record);
    else if (settings.wrap != NULL)
        size = asprintf(&text,
                        "{\"jsonrpc\":\"2.0\",\"id\":%zu,\"method\":\"evaluate\","
                        "\"params\":{%s%s\"record\":%.*s}}\n",
                        number, settings.wrap, *settings.wrap != '\0' ? "," : "", (int)length,
                        record);
    else
        size = asprintf(&text, "%.*s\n", (int)length, record);
    if (size < 0 || size > BUFFER_SIZE / 4)
        give_up("a record that long");
    request.text = text;
    request.length = (size_t)size;
    return request;
}

static void
read_requests(void)
{
    FILE *file = fopen(settings.records_path, "r");
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;

    if (file == NULL)
        give_up(settings.records_path);
    requests = allocate(sizeof *requests * REQUEST_COUNT);
    while (request_count < REQUEST_COUNT && (length = getline(&line, &capacity, file)) > 0) {
        if (line[length - 1] == '\n')
            length--;
        requests[request_count] = spell_request(line, (size_t)length, request_count);
        request_count++;
    }
    free(line);
    fclose(file);
    if (request_count == 0)
        give_up("no records");
}

/* ---- connections ---- */

static int
connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (strlen(path) >= sizeof address.sun_path)
        give_up("socket path too long");
    strcpy(address.sun_path, path);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        give_up(path);
    return fd;
}

/* Whether one connection waits in read() rather than many in epoll. */
static bool
is_blocking(void)
{
    return settings.connections == 1 && settings.depth <= BLOCKING_DEPTH;
}

static struct connection *
open_connections(int epoll)
{
    struct connection *list = allocate(sizeof *list * settings.connections);

    for (unsigned i = 0; i < settings.connections; i++) {
        struct connection *c = &list[i];

        memset(c, 0, sizeof *c);
        c->fd = connect_to(settings.socket_path);
        c->output = allocate(BUFFER_SIZE);
        c->input = allocate(BUFFER_SIZE);
        c->sent_at = allocate(sizeof *c->sent_at * settings.depth);
        if (is_blocking())
            continue; /* one system call fewer a request */

        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        if (fcntl(c->fd, F_SETFL, O_NONBLOCK) != 0 ||
            epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) != 0)
            give_up("epoll");
    }
    return list;
}

/* Queue requests until `depth` are outstanding. */
static void
queue_requests(struct connection *c, struct round *round)
{
    while (c->outstanding < settings.depth && round->issued < round->total) {
        const struct request *request = &requests[round->next_request];

        if (c->output_end + request->length > BUFFER_SIZE)
            break;
        memcpy(c->output + c->output_end, request->text, request->length);
        c->output_end += request->length;
        round->next_request = (round->next_request + 1) % request_count;
        c->sent_at[c->next] = seconds_now();
        c->next = (c->next + 1) % settings.depth;
        c->outstanding++;
        round->issued++;
    }
}

/* Send what is queued. False when the peer must read replies first. */
static bool
send_requests(struct connection *c)
{
    while (c->output_start < c->output_end) {
        ssize_t count =
            write(c->fd, c->output + c->output_start, c->output_end - c->output_start);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno == EAGAIN)
            return false;
        if (count < 0)
            give_up("write");
        c->output_start += (size_t)count;
    }
    c->output_start = c->output_end = 0;
    return true;
}

/* Length of the complete reply at `text`, or 0. */
static size_t
measure_reply(const char *text, size_t length, struct round *round)
{
    const char *end = memchr(text, '\n', length);

    if (end == NULL)
        return 0;
    size_t line = (size_t)(end - text) + 1;
    if (settings.function == NULL) {
        if (settings.wrap != NULL && memmem(text, line < 200 ? line : 200, "\"error\"", 7) != NULL)
            round->failed_replies++;
        return line;
    }
    if (*text != '$') {
        round->failed_replies++;
        return line;
    }
    size_t body = strtoul(text + 1, NULL, 10) + 2;
    return length >= line + body ? line + body : 0;
}

static void
note_reply(struct connection *c, struct round *round, double now)
{
    if (round->latencies != NULL)
        round->latencies[round->done] = now - c->sent_at[c->first];
    c->first = (c->first + 1) % settings.depth;
    c->outstanding--;
    round->done++;
}

static void
receive_replies(struct connection *c, struct round *round)
{
    ssize_t count = read(c->fd, c->input + c->input_length, BUFFER_SIZE - c->input_length);
    size_t used = 0, length;

    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count <= 0)
        give_up("the peer closed the connection");
    c->input_length += (size_t)count;

    double now = seconds_now();
    while (used < c->input_length &&
           (length = measure_reply(c->input + used, c->input_length - used, round)) > 0) {
        used += length;
        note_reply(c, round, now);
    }
    if (used == 0 && c->input_length == BUFFER_SIZE)
        give_up("a reply that long");
    c->input_length -= used;
    memmove(c->input, c->input + used, c->input_length);
}

/* ---- rounds ---- */

static void
run_one_connection(struct connection *c, struct round *round)
{
    while (round->done < round->total) {
        queue_requests(c, round);
        send_requests(c);
        receive_replies(c, round);
    }
}

static void
run_many_connections(int epoll, struct connection *list, struct round *round)
{
    struct epoll_event events[EVENT_COUNT];

    for (unsigned i = 0; i < settings.connections; i++) {
        queue_requests(&list[i], round);
        while (!send_requests(&list[i]))
            receive_replies(&list[i], round);
    }
    while (round->done < round->total) {
        int count = epoll_wait(epoll, events, EVENT_COUNT, SILENCE_MS);

        if (count == 0)
            give_up("no reply for a long time");
        for (int i = 0; i < count; i++) {
            struct connection *c = events[i].data.ptr;

            receive_replies(c, round);
            queue_requests(c, round);
            while (!send_requests(c))
                receive_replies(c, round);
        }
    }
}

static double
run_round(int epoll, struct connection *list, struct round *round, uint64_t total)
{
    double start = seconds_now();

    round->total = total;
    round->issued = round->done = 0;
    if (is_blocking())
        run_one_connection(&list[0], round);
    else
        run_many_connections(epoll, list, round);
    return seconds_now() - start;
}

static int
compare_numbers(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return a < b ? -1 : a > b;
}

static double
quantile(double *numbers, uint64_t count, double part)
{
    qsort(numbers, count, sizeof *numbers, compare_numbers);
    return numbers[(uint64_t)((double)(count - 1) * part)];
}

static void
measure(int epoll, struct connection *list)
{
    double *rates = allocate(sizeof *rates * settings.repeats);
    double *middles = allocate(sizeof *middles * settings.repeats);
    double *tails = allocate(sizeof *tails * settings.repeats);
    struct round round = {.latencies = NULL};

    if (settings.warmup > 0)
        run_round(epoll, list, &round, settings.warmup);
    round.latencies = allocate(sizeof *round.latencies * settings.requests);
    for (unsigned i = 0; i < settings.repeats; i++) {
        double seconds = run_round(epoll, list, &round, settings.requests);

        rates[i] = (double)settings.requests / seconds;
        middles[i] = quantile(round.latencies, settings.requests, 0.50) * 1e6;
        tails[i] = quantile(round.latencies, settings.requests, 0.99) * 1e6;
        printf("run %u: %.0f requests/s p50 %.1f us p99 %.1f us\n", i + 1, rates[i], middles[i],
               tails[i]);
    }
    printf("median %.0f requests/s p50 %.1f us p99 %.1f us\n",
           quantile(rates, settings.repeats, 0.5), quantile(middles, settings.repeats, 0.5),
           quantile(tails, settings.repeats, 0.5));
    if (round.failed_replies > 0) {
        fprintf(stderr, "load: %llu replies were errors\n",
                (unsigned long long)round.failed_replies);
        exit(1);
    }
    free(rates);
    free(middles);
    free(tails);
    free(round.latencies);
}

static void
read_settings(int argument_count, char **arguments)
{
    static const struct option options[] = {
        {"socket", required_argument, NULL, 's'},      {"records", required_argument, NULL, 'f'},
        {"connections", required_argument, NULL, 'c'}, {"depth", required_argument, NULL, 'd'},
        {"requests", required_argument, NULL, 'n'},    {"repeats", required_argument, NULL, 'r'},
        {"warmup", required_argument, NULL, 'w'},      {"wrap", required_argument, NULL, 'j'},
        {"function", required_argument, NULL, 'x'},    {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argument_count, arguments, "", options, NULL)) != -1) {
        switch (option) {
        case 's': settings.socket_path = optarg; break;
        case 'f': settings.records_path = optarg; break;
        case 'c': settings.connections = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'd': settings.depth = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'n': settings.requests = strtoull(optarg, NULL, 10); break;
        case 'r': settings.repeats = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'w': settings.warmup = strtoull(optarg, NULL, 10); break;
        case 'j': settings.wrap = optarg; break;
        case 'x': settings.function = optarg; break;
        default: exit(2);
        }
    }
    if (settings.socket_path == NULL || settings.records_path == NULL ||
        settings.connections == 0 || settings.depth == 0 || settings.repeats == 0 ||
        settings.requests == 0) {
        fputs("usage: load --socket PATH --records FILE [--connections N] [--depth N]\n"
              "            [--requests N] [--repeats N] [--warmup N] [--wrap MEMBERS]\n"
              "            [--function NAME]\n",
              stderr);
        exit(2);
    }
}

int
main(int argument_count, char **arguments)
{
    read_settings(argument_count, arguments);
    read_requests();

    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0)
        give_up("epoll");
    measure(epoll, open_connections(epoll));
    return 0;
}
