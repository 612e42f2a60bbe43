/*
 * run.c: starting the authoring helper, feeding it, and fetching its answer.
 *
 *   parent                                   tidu-author
 *     │ sources ────────── a socket pair ─────► │ reads all of it
 *     │ ◄──────── where it is, then the answer  │ runs, answers, ends
 *     └ waits at most wall_ms, keeps at most output_bytes, always reaps
 *
 * Works from any thread of any process: nothing of the process changes, no
 * signal is raised, the helper inherits the sockets it needs and nothing else.
 * A process that reaps all its children elsewhere, as an event loop may, does
 * no harm: the helper says itself why it ends, whenever it can.
 *
 * Must not know Lua or Markdown. Owns the child and the socket until
 * tidu_author_run returns.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef TIDU_AUTHOR_PATH
#define TIDU_AUTHOR_PATH "/usr/local/libexec/tidu/tidu-author"
#endif

enum {
    LAST_MS = 200,   /* what the helper gets to end by itself after its answer */
    LINE_BYTES = 128 /* its lines on the way are shorter */
};

extern char **environ;

const tidu_author_limits tidu_author_default_limits = {
    .memory_bytes = 256u << 20, .cpu_ms = 10000, .wall_ms = 20000, .output_bytes = 64u << 20};

/* What the helper said of itself on the way. */
struct progress {
    size_t document;
    uint32_t line;
    tidu_code limit;
    size_t read;     /* bytes of its lines taken in */
    bool over;       /* no more lines come: the answer begins, or what comes is none */
    size_t declared; /* bytes of the answer; SIZE_MAX: none has begun */
};

struct exchange {
    const tidu_source *sources;
    size_t source_count;
    const tidu_author_limits *limits;
    tidu_report *report;
    pid_t child;
    int socket;
    tidu_text request, answer;
    size_t sent;
    struct progress progress;
    int status; /* of waitpid */
    bool status_known;
    tidu_code killed; /* the limit for which we ended it */
};

static int64_t
now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
write_request(struct exchange *x)
{
    size_t bytes = 32;
    for (size_t i = 0; i < x->source_count; i++)
        bytes += 48 + strlen(x->sources[i].path) + x->sources[i].length;
    if (!tidu_text_reserve(&x->request, bytes))
        return;
    tidu_text_printf(&x->request, "%zu\n", x->source_count);
    for (size_t i = 0; i < x->source_count; i++) {
        const tidu_source *source = &x->sources[i];
        tidu_text_printf(&x->request, "%zu %zu\n", strlen(source->path), source->length);
        tidu_text_puts(&x->request, source->path);
        tidu_text_add(&x->request, source->text, source->length);
    }
}

static const char *
helper_path(const char *helper)
{
    const char *path = getenv("TIDU_AUTHOR");
    if (path && *path)
        return path;
    return helper ? helper : TIDU_AUTHOR_PATH;
}

/* The child's signals as if nobody had changed any. */
static int
prepare_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int failed = posix_spawnattr_setsigmask(attributes, &none);
    if (!failed)
        failed = posix_spawnattr_setsigdefault(attributes, &all);
    if (!failed)
        failed =
            posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return failed;
}

/* Start the helper with `socket` as its input and output. Returns an errno. */
static int
spawn(struct exchange *x, const char *path, int socket)
{
    char memory[24], cpu[24], output[24];
    snprintf(memory, sizeof memory, "%zu", x->limits->memory_bytes);
    snprintf(cpu, sizeof cpu, "%u", x->limits->cpu_ms);
    snprintf(output, sizeof output, "%zu", x->limits->output_bytes);
    char *arguments[] = {(char *)path, memory, cpu, output, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;

    int failed = posix_spawn_file_actions_init(&actions);
    if (!failed) {
        failed = posix_spawnattr_init(&attributes);
        if (failed)
            posix_spawn_file_actions_destroy(&actions);
    }
    if (failed)
        return failed;
    failed = posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(&actions, socket, STDOUT_FILENO);
    if (!failed)
        failed = prepare_attributes(&attributes);
    if (!failed)
        failed = posix_spawn(&x->child, path, &actions, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

/* A descriptor above the standard ones: the child could not tell it apart. */
static int
above_standard(int descriptor)
{
    if (descriptor < 0 || descriptor > STDERR_FILENO)
        return descriptor;
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    close(descriptor);
    return moved;
}

static bool
start(struct exchange *x, const char *helper)
{
    int ends[2] = {-1, -1};
    const char *path = helper_path(helper);
    int failed = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) ? errno : 0;
    if (!failed) {
        ends[0] = above_standard(ends[0]);
        ends[1] = above_standard(ends[1]);
        failed = ends[0] < 0 || ends[1] < 0 ? EMFILE : spawn(x, path, ends[1]);
    }
    if (ends[1] >= 0)
        close(ends[1]);
    x->socket = ends[0];
    if (!failed)
        return true;
    tidu_error error;
    tidu_error_set(&error, TIDU_AUTHOR_HELPER_START, path, strerror(failed), NULL);
    return tidu_report_add(x->report, &error);
}

/* Give the helper as much as it takes. One that ended takes nothing any more:
 * its answer will say why. */
static void
send_some(struct exchange *x)
{
    size_t left = x->request.length - x->sent;
    ssize_t sent = send(x->socket, x->request.data + x->sent, left, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0)
        x->sent += (size_t)sent;
    else if (errno != EINTR && errno != EAGAIN)
        x->sent = x->request.length;
    if (x->sent == x->request.length)
        shutdown(x->socket, SHUT_WR);
}

static tidu_code
limit_named(const char *line, size_t *ret_length)
{
    static const struct {
        const char *name;
        tidu_code code;
    } limits[] = {{"memory ", TIDU_AUTHOR_LIMIT_MEMORY}, {"cpu ", TIDU_AUTHOR_LIMIT_CPU}};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        *ret_length = strlen(limits[i].name);
        if (!strncmp(line, limits[i].name, *ret_length))
            return limits[i].code;
    }
    *ret_length = 0;
    return TIDU_OK;
}

static void
read_line(struct progress *progress, const char *line)
{
    size_t skipped = 0;
    char *end;
    if (line[0] == '!')
        progress->limit = limit_named(line + 2, &skipped);
    progress->document = strtoul(line + 2 + skipped, &end, 10);
    progress->line = (uint32_t)strtoul(end, NULL, 10);
}

/* Take in what has come of the helper's lines up to its answer. */
static void
read_progress(struct exchange *x)
{
    struct progress *progress = &x->progress;
    while (!progress->over) {
        const char *at = x->answer.data + progress->read, *line_end = NULL;
        size_t left = x->answer.length - progress->read;
        if (left)
            line_end = memchr(at, '\n', left < LINE_BYTES ? left : LINE_BYTES);
        if (!line_end && left < LINE_BYTES)
            return;
        progress->over = !line_end || line_end - at < 3 || (*at != '@' && *at != '!');
        if (line_end && line_end - at >= 3 && *at == '=') {
            progress->declared = strtoul(at + 2, NULL, 10);
            progress->read += (size_t)(line_end + 1 - at);
        } else if (!progress->over) {
            read_line(progress, at);
            progress->read += (size_t)(line_end + 1 - at);
        }
    }
}

static bool
is_answered(const struct exchange *x)
{
    return x->progress.declared != SIZE_MAX && !x->killed &&
           x->answer.length - x->progress.read == x->progress.declared;
}

/* False when there is no more to come: a helper takes a while to end, and nobody waits
 * for that once its answer is there. */
static bool
receive_some(struct exchange *x)
{
    if (!tidu_text_reserve(&x->answer, AUTHOR_READ_BYTES))
        return false;
    ssize_t got =
        recv(x->socket, x->answer.data + x->answer.length, AUTHOR_READ_BYTES, MSG_DONTWAIT);
    if (got < 0)
        return errno == EINTR || errno == EAGAIN;
    x->answer.length += (size_t)got;
    if (x->answer.length > x->limits->output_bytes + AUTHOR_PROGRESS_BYTES) {
        x->killed = TIDU_AUTHOR_LIMIT_OUTPUT;
        return false;
    }
    read_progress(x);
    return got > 0 && !is_answered(x);
}

static void
exchange(struct exchange *x)
{
    int64_t deadline = now_ms() + x->limits->wall_ms;
    for (;;) {
        bool sending = x->sent < x->request.length;
        struct pollfd wait = {x->socket, (short)(POLLIN | (sending ? POLLOUT : 0)), 0};
        int64_t left = deadline - now_ms();
        if (left <= 0) {
            x->killed = TIDU_AUTHOR_LIMIT_WALL;
            return;
        }
        int ready = poll(&wait, 1, (int)left);
        if (ready < 0 && errno != EINTR)
            return;
        if (ready <= 0)
            continue;
        if (sending && (wait.revents & (POLLOUT | POLLERR | POLLHUP)))
            send_some(x);
        if ((wait.revents & (POLLIN | POLLERR | POLLHUP)) && !receive_some(x))
            return;
    }
}

/* Take leave of the child, whatever it does. Whoever reaps all children of
 * this process may have been quicker; then its status is not known. */
static void
reap(struct exchange *x)
{
    int64_t patience = x->killed ? 0 : now_ms() + LAST_MS;
    const struct timespec moment = {0, 1000000};
    for (;;) {
        pid_t got = waitpid(x->child, &x->status, WNOHANG);
        x->status_known = got == x->child;
        if (x->status_known || (got < 0 && errno != EINTR))
            return;
        if (now_ms() >= patience)
            kill(x->child, SIGKILL);
        nanosleep(&moment, NULL);
    }
}

static bool
complain(const struct exchange *x, tidu_code code, const char *argument)
{
    const struct progress *progress = &x->progress;
    tidu_error error;
    const char *document =
        progress->document < x->source_count ? x->sources[progress->document].path : NULL;
    tidu_error_at(&error, code, document, document ? progress->line : 0, 0, 0, argument, NULL);
    return tidu_report_add(x->report, &error);
}

/* What is known of a helper that gave no reason. */
static void
spell_status(const struct exchange *x, char *words, size_t size)
{
    if (!x->status_known)
        snprintf(words, size, "?");
    else if (WIFSIGNALED(x->status))
        snprintf(words, size, "signal %d", WTERMSIG(x->status));
    else
        snprintf(words, size, "exit %d", WEXITSTATUS(x->status));
}

/* The helper gave no answer: say why, as far as one can know. */
static bool
explain(const struct exchange *x)
{
    const tidu_author_limits *limits = x->limits;
    const struct {
        tidu_code code;
        size_t limit;
    } causes[] = {
        {TIDU_AUTHOR_LIMIT_MEMORY, limits->memory_bytes >> 10},
        {TIDU_AUTHOR_LIMIT_OUTPUT, limits->output_bytes >> 10},
        {TIDU_AUTHOR_LIMIT_CPU, limits->cpu_ms},
        {TIDU_AUTHOR_LIMIT_WALL, limits->wall_ms},
    };
    tidu_code code = x->killed ? x->killed : x->progress.limit;
    char words[40];
    spell_status(x, words, sizeof words);
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
        if (code == causes[i].code)
            snprintf(words, sizeof words, "%zu", causes[i].limit);
    return complain(x, code ? code : TIDU_AUTHOR_HELPER_DIED, words);
}

bool
tidu_author_run(const char *helper, const tidu_source *sources, size_t source_count,
                const tidu_author_limits *limits, tidu_arena *arena,
                tidu_declarations *ret_declarations, tidu_report *report)
{
    struct exchange x = {.sources = sources,
                         .source_count = source_count,
                         .limits = limits ? limits : &tidu_author_default_limits,
                         .report = report,
                         .socket = -1,
                         .progress = {.document = SIZE_MAX, .declared = SIZE_MAX}};
    bool done = false;
    write_request(&x);
    if (!x.request.failed && start(&x, helper)) {
        exchange(&x);
        bool answered = is_answered(&x);
        if (answered)
            done = tidu_author_decode(x.answer.data + x.progress.read, x.progress.declared, sources,
                                      source_count, arena, ret_declarations, report);
        reap(&x);
        if (!answered)
            done = explain(&x);
    }
    if (x.request.failed || x.answer.failed) {
        tidu_error error;
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        tidu_report_add(report, &error);
    }
    if (x.socket >= 0)
        close(x.socket);
    tidu_text_free(&x.request);
    tidu_text_free(&x.answer);
    return done;
}
