/*
 * support.c: a real tidud on a socket of its own, and somebody to talk to it.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "support.h"

#include "../sparing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char facts[] =
    "fact \"uscc\" { zh = \"统一社会信用代码\", en = \"Credit code\", type = \"text\" }\n"
    "fact \"enterprise_name\" { zh = \"企业名称\", en = \"Name\", type = \"text\" }\n"
    "fact \"revenue\" { zh = \"营业收入\", en = \"Revenue\", type = \"money\", unit = \"万元\",\n"
    "  annual = true }\n"
    "fact \"years\" { zh = \"年限\", en = \"Years\", type = \"years\", unit = \"年\" }\n";

static const char document[] =
    "# 测试办法\n\n"
    "```lua\n"
    "policy { id = \"test\", zh = \"测试办法\", en = \"Test measures\",\n"
    "  effective = \"2020-01-01\", mark = \"I\" }\n"
    "designation \"lg\" { zh = \"小巨人\", en = \"Little giant\", tier = 1 }\n"
    "```\n\n"
    "## 一、规模\n\n"
    "上年度营业收入不低于%d万元。\n\n"
    "```lua\n"
    "criterion \"scale\" { zh = \"营业收入\", en = \"Revenue\", [[ revenue >= %d万元 ]] }\n"
    "scenario \"大企业符合\" { as_of = \"2026-06-01\", record = { revenue = 5000 },\n"
    "  expect = { lg = \"met\" } }\n"
    "```\n";

static const char *
need(const char *name)
{
    const char *value = getenv(name);
    if (!value)
        fail_msg("%s is not set", name);
    return value;
}

static void
nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
}

static time_t
now(void)
{
    struct timespec moment;
    clock_gettime(CLOCK_MONOTONIC, &moment);
    return moment.tv_sec;
}

/* ---- files -------------------------------------------------------------------- */

void
write_file(const struct daemon *daemon, const char *path, const char *text)
{
    char whole[256], aside[256];
    snprintf(whole, sizeof whole, "%s/%s", daemon->folder, path);
    snprintf(aside, sizeof aside, "%s/.aside", daemon->folder);
    FILE *file = fopen(aside, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(rename(aside, whole), 0);
}

void
write_rules(const struct daemon *daemon, int threshold)
{
    char text[sizeof document + 64];
    snprintf(text, sizeof text, document, threshold, threshold);
    write_file(daemon, "rules/national/test.md", text);
}

void
make_folder(const struct daemon *daemon, const char *path)
{
    char whole[256];
    snprintf(whole, sizeof whole, "%s/%s", daemon->folder, path);
    assert_int_equal(mkdir(whole, 0755), 0);
}

static char *
read_all(int file)
{
    size_t length = 0, capacity = 4096;
    char *text = malloc(capacity);
    assert_non_null(text);
    for (ssize_t count; (count = read(file, text + length, capacity - length - 1)) > 0;) {
        length += (size_t)count;
        if (capacity - length < 2)
            text = realloc(text, capacity *= 2);
        assert_non_null(text);
    }
    text[length] = '\0';
    return text;
}

/* ---- the daemon --------------------------------------------------------------- */

int
daemon_setup(void **state)
{
    struct daemon *daemon = calloc(1, sizeof *daemon);
    if (!daemon)
        return -1;
    signal(SIGPIPE, SIG_IGN);
    strcpy(daemon->folder, "/tmp/tidu-test-XXXXXX");
    if (!mkdtemp(daemon->folder))
        return -1;
    snprintf(daemon->rules, sizeof daemon->rules, "%s/rules", daemon->folder);
    snprintf(daemon->socket, sizeof daemon->socket, "%s/socket", daemon->folder);
    snprintf(daemon->settings, sizeof daemon->settings, "%s/tidud.conf", daemon->folder);
    snprintf(daemon->log, sizeof daemon->log, "%s/log", daemon->folder);
    make_folder(daemon, "rules");
    make_folder(daemon, "rules/vocabulary");
    make_folder(daemon, "rules/national");
    write_file(daemon, "rules/vocabulary/facts.lua", facts);
    write_rules(daemon, 100);
    *state = daemon;
    return 0;
}

int
daemon_teardown(void **state)
{
    struct daemon *daemon = *state;
    char command[128];
    int status = 0;
    if (daemon->process) {
        kill(daemon->process, SIGTERM);
        status = daemon_wait(daemon);
    }
    if (status != 0)
        print_message("the daemon ended badly:\n%s\n", daemon_log(daemon));
    snprintf(command, sizeof command, "rm -rf %s", daemon->folder);
    status |= system(command);
    free(daemon);
    return status;
}

void
daemon_launch(struct daemon *daemon, const char *settings)
{
    const char *program = need("TIDUD");
    write_file(daemon, "tidud.conf", settings ? settings : "");
    daemon->process = fork();
    assert_true(daemon->process >= 0);
    if (daemon->process)
        return;
    int log = open(daemon->log, O_WRONLY | O_CREAT | O_APPEND, 0644);
    dup2(log, STDERR_FILENO);
    if (daemon->passed) {
        char pid[32];
        snprintf(pid, sizeof pid, "%ld", (long)getpid());
        if (dup2(daemon->passed, 3) < 0 || fcntl(3, F_SETFD, 0) != 0) /* it may be 3 already */
            _exit(127);
        setenv("LISTEN_PID", pid, 1);
        setenv("LISTEN_FDS", "1", 1);
    }
    execl(program, program, "-c", daemon->settings, "--rules", daemon->rules, "--socket",
          daemon->socket, (char *)NULL);
    _exit(127);
}

static int
try_connect(const struct daemon *daemon)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    strcpy(address.sun_path, daemon->socket);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

int
daemon_await(struct daemon *daemon)
{
    time_t until = now() + PATIENCE_S;
    int fd;
    for (; (fd = try_connect(daemon)) < 0; nap()) {
        if (waitpid(daemon->process, NULL, WNOHANG) == 0 && now() < until)
            continue;
        daemon->process = 0;
        fail_msg("the daemon did not start:\n%s", daemon_log(daemon));
    }
    return fd;
}

void
daemon_start(struct daemon *daemon, const char *settings)
{
    daemon_launch(daemon, settings);
    int fd = daemon_await(daemon);
    /* Until the daemon has let go of this connection too. */
    char byte;
    shutdown(fd, SHUT_WR);
    assert_int_equal(read(fd, &byte, 1), 0);
    close(fd);
}

int
daemon_wait(struct daemon *daemon)
{
    time_t until = now() + PATIENCE_S;
    int status;
    while (waitpid(daemon->process, &status, WNOHANG) == 0) {
        if (now() > until)
            fail_msg("the daemon did not end:\n%s", daemon_log(daemon));
        nap();
    }
    daemon->process = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void
daemon_signal(struct daemon *daemon, int number)
{
    assert_int_equal(kill(daemon->process, number), 0);
}

size_t
daemon_resident(const struct daemon *daemon)
{
    char path[64];
    size_t pages = 0;
    snprintf(path, sizeof path, "/proc/%ld/statm", (long)daemon->process);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%*u %zu", &pages), 1);
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

char *
daemon_log(const struct daemon *daemon)
{
    int file = open(daemon->log, O_RDONLY);
    assert_true(file >= 0);
    char *text = read_all(file);
    close(file);
    return text;
}

/* ---- a client ------------------------------------------------------------------- */

struct client *
client_open(const struct daemon *daemon)
{
    struct client *client = calloc(1, sizeof *client);
    assert_non_null(client);
    client->fd = try_connect(daemon);
    assert_true(client->fd >= 0);
    struct timeval patience = {.tv_sec = PATIENCE_S};
    setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(client->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    return client;
}

void
client_close(struct client *client)
{
    close(client->fd);
    free(client->data);
    free(client);
}

bool
client_try_send(struct client *client, const char *text, size_t length)
{
    while (length) {
        ssize_t count = send(client->fd, text, length, MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        text += count;
        length -= (size_t)count;
    }
    return true;
}

void
client_send(struct client *client, const char *text)
{
    assert_true(client_try_send(client, text, strlen(text)));
}

void
client_end(struct client *client)
{
    assert_int_equal(shutdown(client->fd, SHUT_WR), 0);
}

static bool
receive(struct client *client)
{
    if (client->capacity - client->length < 65536) {
        client->capacity = client->capacity * 2 + 65536;
        client->data = realloc(client->data, client->capacity);
        assert_non_null(client->data);
    }
    ssize_t count = recv(client->fd, client->data + client->length, 65535, 0);
    if (count < 0 && errno != ECONNRESET)
        fail_msg("no answer came: %s", strerror(errno));
    client->length += count > 0 ? (size_t)count : 0;
    return count > 0;
}

const char *
client_line(struct client *client)
{
    if (client->taken) {
        client->length -= client->taken;
        memmove(client->data, client->data + client->taken, client->length);
        client->taken = 0;
    }
    size_t searched = 0;
    for (;;) {
        char *newline = client->length > searched
                            ? memchr(client->data + searched, '\n', client->length - searched)
                            : NULL;
        if (newline) {
            *newline = '\0';
            client->taken = (size_t)(newline - client->data) + 1;
            return client->data;
        }
        searched = client->length;
        if (!receive(client))
            return NULL;
    }
}

json_t *
client_answer(struct client *client)
{
    json_error_t error;
    const char *line = client_line(client);
    if (!line)
        fail_msg("the connection was closed");
    json_t *answer = json_loads(line, JSON_REJECT_DUPLICATES, &error);
    if (!answer)
        fail_msg("not JSON: %s: %s", error.text, line);
    return answer;
}

json_t *
client_answer_but_progress(struct client *client)
{
    for (;;) {
        json_t *answer = client_answer(client);
        const char *method = json_string_value(json_object_get(answer, "method"));
        if (!method || strcmp(method, "progress") != 0)
            return answer;
        json_decref(answer);
    }
}

json_t *
client_ask(struct client *client, const char *line)
{
    client_send(client, line);
    client_send(client, "\n");
    return client_answer_but_progress(client);
}

/* ---- a daemon and a client --------------------------------------------------------- */

int
talk_start(void **state)
{
    struct talk *talk = calloc(1, sizeof *talk);
    if (!talk)
        return -1;
    talk->daemon = *state;
    daemon_start(talk->daemon, NULL);
    talk->client = client_open(talk->daemon);
    *state = talk;
    return 0;
}

int
talk_setup(void **state)
{
    return daemon_setup(state) == 0 ? talk_start(state) : -1;
}

int
talk_teardown(void **state)
{
    struct talk *talk = *state;
    void *daemon = talk->daemon;
    client_close(talk->client);
    free(talk);
    return daemon_teardown(&daemon);
}

struct client *
client_of(void **state)
{
    return ((struct talk *)*state)->client;
}

struct daemon *
daemon_of(void **state)
{
    return ((struct talk *)*state)->daemon;
}

/* ---- answers ----------------------------------------------------------------------- */

const char *
text_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? json_string_value(value) : "";
}

long long
error_code(const json_t *answer)
{
    return json_integer_value(json_object_get(json_object_get(answer, "error"), "code"));
}

const char *
error_id(const json_t *answer)
{
    return text_of(json_object_get(json_object_get(answer, "error"), "data"), "id");
}

const char *
lg_status(const json_t *result)
{
    const json_t *designations = json_object_get(result, "designations");
    assert_int_equal(json_array_size(designations), 1);
    assert_string_equal(text_of(json_array_get(designations, 0), "id"), "lg");
    return text_of(json_array_get(designations, 0), "status");
}

void
wait_for(struct client *client, bool (*met)(const json_t *status))
{
    time_t until = now() + PATIENCE_S;
    for (bool done = false; !done; nap()) {
        json_t *answer = client_ask(client, "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"status\"}");
        done = met(json_object_get(answer, "result"));
        if (!done && now() > until)
            fail_msg("it never came about: %s", json_dumps(answer, 0));
        json_decref(answer);
    }
}

/* ---- commands ------------------------------------------------------------------------- */

/* What a command has not freed is looked for in one of SPARING: the search takes longer
 * than the command. Before the other options, which may say otherwise. */
static void
spare_leaks(void)
{
    const char *options = getenv("ASAN_OPTIONS");
    char *spared;
    if (asprintf(&spared, "detect_leaks=0:%s", options ? options : "") >= 0)
        setenv("ASAN_OPTIONS", spared, 1);
}

int
run_command(const struct daemon *daemon, const char *command, char **ret_out, char **ret_err)
{
    static unsigned commands;
    char out_path[128], err_path[128];
    int status;
    snprintf(out_path, sizeof out_path, "%s/out", daemon->folder);
    snprintf(err_path, sizeof err_path, "%s/err", daemon->folder);
    need("TIDU");
    commands++;
    pid_t process = fork();
    assert_true(process >= 0);
    if (!process) {
        int out = open(out_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
        int err = open(err_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
        int in = open("/dev/null", O_RDONLY);
        dup2(in, STDIN_FILENO);
        dup2(out, STDOUT_FILENO);
        dup2(err, STDERR_FILENO);
        setenv("RULES", daemon->rules, 1);
        setenv("SOCKET", daemon->socket, 1);
        unsetenv("TIDU_LANG");
        if (commands % SPARING)
            spare_leaks();
        if (chdir(daemon->folder) == 0)
            execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(process, &status, 0), process);
    int out = open(out_path, O_RDONLY), err = open(err_path, O_RDONLY);
    assert_true(out >= 0 && err >= 0);
    *ret_out = read_all(out);
    *ret_err = read_all(err);
    close(out);
    close(err);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

struct outcome
run(const struct daemon *daemon, const char *command)
{
    struct outcome outcome;
    outcome.status = run_command(daemon, command, &outcome.out, &outcome.err);
    return outcome;
}

void
drop(struct outcome *outcome)
{
    free(outcome->out);
    free(outcome->err);
}

void
assert_prints(const struct daemon *daemon, const char *command, int status, const char *out)
{
    struct outcome outcome = run(daemon, command);
    if (outcome.status != status || strcmp(outcome.out, out) != 0)
        fail_msg("%s\nstatus %d, not %d; printed:\n%s\nnot:\n%s\nand said: %s", command,
                 outcome.status, status, outcome.out, out, outcome.err);
    drop(&outcome);
}

void
assert_says(const struct daemon *daemon, const char *command, int status, const char *words)
{
    struct outcome outcome = run(daemon, command);
    if (outcome.status != status || (!strstr(outcome.err, words) && !strstr(outcome.out, words)))
        fail_msg("%s\nstatus %d, not %d; no \"%s\" in:\n%s%s", command, outcome.status, status,
                 words, outcome.out, outcome.err);
    drop(&outcome);
}

size_t
count_of(const char *text, const char *word)
{
    size_t count = 0;
    for (; (text = strstr(text, word)); text += strlen(word))
        count++;
    return count;
}
