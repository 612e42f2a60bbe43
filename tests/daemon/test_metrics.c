/*
 * test_metrics.c guards daemon/metrics.c, tally.c and health.c: what whoever watches
 * the daemon is told.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem, strcasestr, prlimit */
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "web.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- how it is ---------------------------------------------------------------------------------------------- */

static void
test_health_and_readiness_need_no_token(void **state)
{
    web_start(*state, "");
    struct client *client = web_open(*state);
    struct reply reply = web_get(client, "/healthz");
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.body, "{\"ok\":true}\n");
    web_forget(&reply);
    reply = web_get(client, "/readyz?verbose=%31");
    assert_int_equal(reply.status, 200);
    json_t *ready = json_loads(reply.body, 0, NULL);
    assert_true(json_is_true(json_object_get(ready, "ready")));
    assert_int_equal(strlen(text_of(ready, "ruleset")), 12);
    json_decref(ready);
    web_forget(&reply);
    client_close(client);
}

/* Ask until a resource is answered with this status; its body has these words. */
static void
await_status(struct client *client, const char *path, int status, const char *words)
{
    for (int i = 0; i < PATIENCE_S * 50; i++) {
        struct reply reply = web_get(client, path);
        bool there = reply.status == status;
        if (there)
            assert_non_null(strstr(reply.body, words));
        web_forget(&reply);
        if (there)
            return;
        usleep(20 * 1000);
    }
    fail_msg("%s: never %d", path, status);
}

/* The process may write files up to so many bytes, as on a disk that is full. */
static void
limit_files(const struct daemon *daemon, rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(prlimit(daemon->process, RLIMIT_FSIZE, NULL, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(prlimit(daemon->process, RLIMIT_FSIZE, &limit, NULL), 0);
}

static void
test_a_daemon_that_cannot_keep_its_promise_is_not_ready(void **state)
{
    struct daemon *daemon = *state;
    char settings[256];
    make_folder(daemon, "store");
    snprintf(settings, sizeof settings, "store = { path = \"%s/store\"; durability = \"commit\"; };",
             daemon->folder);
    web_start(daemon, settings);
    struct client *client = web_open(daemon), *local = client_open(daemon);
    await_status(client, "/readyz", 200, "\"ready\":true");
    limit_files(daemon, 1);
    client_send(local, RECORD("150") "\n"); /* is answered when it has been kept */
    await_status(client, "/readyz", 503, "\"why\":\"store\"");
    await_status(client, "/healthz", 200, "\"ok\":true"); /* nothing that a new start would mend */
    struct client *other = client_open(daemon);
    json_t *answer = client_ask(other, RECORD("150"));
    assert_non_null(json_object_get(answer, "error"));
    json_decref(answer);
    limit_files(daemon, RLIM_INFINITY);
    await_status(client, "/readyz", 200, "\"ready\":true");
    answer = client_answer(local);
    assert_string_equal(lg_status(json_object_get(answer, "result")), "met");
    json_decref(answer);
    answer = client_ask(other, RECORD("150"));
    assert_string_equal(lg_status(json_object_get(answer, "result")), "met");
    json_decref(answer);
    client_close(other);
    client_close(local);
    client_close(client);
}

/* A thread of the daemon by its name. */
static pid_t
thread_of(const struct daemon *daemon, const char *wanted)
{
    char path[300], name[64];
    pid_t found = 0;
    snprintf(path, sizeof path, "/proc/%d/task", (int)daemon->process);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        snprintf(path, sizeof path, "/proc/%d/task/%s/comm", (int)daemon->process, entry->d_name);
        FILE *file = fopen(path, "r");
        if (file && fgets(name, sizeof name, file) && strcspn(name, "\n") == strlen(wanted) &&
            !strncmp(name, wanted, strlen(wanted)))
            found = (pid_t)strtol(entry->d_name, NULL, 10);
        if (file)
            fclose(file);
    }
    closedir(folder);
    assert_true(found > 0);
    return found;
}

static void
test_a_thread_that_hangs_is_told(void **state)
{
    struct daemon *daemon = *state;
    web_start(daemon, "threads = { workers = 1; };");
    struct client *client = web_open(daemon);
    pid_t worker = thread_of(daemon, "worker");
    assert_int_equal(ptrace(PTRACE_SEIZE, worker, 0, 0), 0);
    assert_int_equal(ptrace(PTRACE_INTERRUPT, worker, 0, 0), 0);
    assert_int_equal(waitpid(worker, NULL, __WALL), worker);
    await_status(client, "/healthz", 503, "\"silent\":[\"worker 1\"]");
    assert_int_equal(ptrace(PTRACE_DETACH, worker, 0, 0), 0);
    await_status(client, "/healthz", 200, "{\"ok\":true}\n");
    client_close(client);
}

static bool
is_name(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz_", text[i]) && !(i && text[i] >= '0' && text[i] <= '9'))
            return false;
    return length > 0;
}

/* A line as the text format of Prometheus has it; the name of its metric, copied. */
static void
check_sample(const char *line, size_t length, char *ret_name)
{
    size_t name = strcspn(line, "{ ");
    const char *at = line + name;
    assert_true(is_name(line, name));
    if (*at == '{') {
        do {
            at++;
            size_t label = strcspn(at, "=");
            assert_true(is_name(at, label));
            at += label + 1;
            assert_int_equal(*at, '"');
            at += 1 + strcspn(at + 1, "\"\\\n");
            assert_int_equal(*at++, '"');
        } while (*at == ',');
        assert_int_equal(*at++, '}');
    }
    assert_int_equal(*at++, ' ');
    char *end;
    assert_true(strtod(at, &end) >= 0);
    assert_ptr_equal(end, line + length);
    sprintf(ret_name, "%.*s", (int)name, line);
}

/* That each metric has its two lines, then samples of its own name, and comes once;
 * that counters are called so; that buckets add up. */
static void
check_metrics(char *text)
{
    char name[128] = "", type[32] = "", got[128], seen[8192] = "\n";
    double last = -1, infinite = -1;
    assert_int_equal(text[strlen(text) - 1], '\n');
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char word[160];
        if (sscanf(line, "# HELP %127s", name) == 1) {
            snprintf(word, sizeof word, "\n%s\n", name);
            assert_null(strstr(seen, word));
            strcat(seen, word + 1);
            assert_int_equal(strncmp(name, "tidu_", 5), 0);
            type[0] = '\0';
            continue;
        }
        if (line[0] == '#') {
            assert_int_equal(sscanf(line, "# TYPE %127s %31s", word, type), 2);
            assert_string_equal(word, name);
            bool total = strlen(name) > 6 && strcmp(name + strlen(name) - 6, "_total") == 0;
            assert_int_equal(total, strcmp(type, "counter") == 0);
            continue;
        }
        check_sample(line, strlen(line), got);
        assert_true(*type);
        double value = atof(strrchr(line, ' '));
        if (strcmp(type, "histogram") != 0) {
            assert_string_equal(got, name);
            continue;
        }
        const char *part = got + strlen(name);
        assert_int_equal(strncmp(got, name, strlen(name)), 0);
        if (strcmp(part, "_bucket") == 0) {
            assert_true(value >= last);
            last = value;
            infinite = strstr(line, "le=\"+Inf\"") ? value : -1;
        } else if (strcmp(part, "_count") == 0) {
            assert_true(value == last);
            last = -1;
        } else {
            assert_string_equal(part, "_sum");
            assert_true(infinite >= 0); /* right behind the last bucket */
        }
    }
}

static void
assert_sample(const char *metrics, const char *name, long long value)
{
    if (web_sample(metrics, name) != value)
        fail_msg("%s is %lld, not %lld", name, web_sample(metrics, name), value);
}

static void
test_metrics_are_well_formed_with_and_without_a_store(void **state)
{
    struct daemon *daemon = *state;
    char more_settings[256];
    make_folder(daemon, "store");
    snprintf(more_settings, sizeof more_settings, "store = { path = \"%s/store\"; };", daemon->folder);
    for (int with = 0; with < 2; with++) {
        web_start(daemon, with ? more_settings : "");
        struct client *client = web_open(daemon);
        web_assert_status(client, AS_REPORTING JSON, RECORD("150"), 200);
        struct reply reply = web_get(client, "/metrics");
        assert_int_equal(reply.status, 200);
        assert_non_null(strcasestr(reply.head, "Content-Type: text/plain; version=0.0.4"));
        assert_int_equal(web_sample(reply.body, "tidu_store_up"), with ? 1 : -1);
        check_metrics(reply.body);
        web_forget(&reply);
        client_close(client);
        daemon_signal(daemon, SIGTERM);
        assert_int_equal(daemon_wait(daemon), 0);
    }
}

#define LG(outcome) "tidu_decisions_total{designation=\"lg\",outcome=\"" outcome "\"}"
#define COUNT_OF(method) "tidu_request_duration_seconds_count{method=\"" method "\"}"

static void
test_counters_are_right_after_known_requests_and_do_not_go_back(void **state)
{
    struct daemon *daemon = *state;
    web_start(daemon, "");
    struct client *client = web_open(daemon), *line = client_open(daemon);
    web_assert_status(client, AS_REPORTING JSON, "[" RECORD("150") "," RECORD("99") "," RECORD("null") "]", 200);
    for (int i = 0; i < 100; i++) /* more than a block */
        client_send(line, RECORD("100") "\n");
    for (int i = 0; i < 100; i++)
        json_decref(client_answer(line));
    /* Few at once, many as a job, one that cannot be read, one that is refused, and
     * answers that do not tell of it. */
    json_decref(client_ask(line, CALL("evaluate", "{" AS_OF ",\"records\":[{\"revenue\":1},{\"x\":1}]}")));
    char *many = web_many_records(9000, -1);
    json_decref(client_ask(line, many));
    free(many);
    json_decref(client_ask(line, CALL("evaluate", "{\"record\":{\"x\":1}}")));
    json_decref(client_ask(line, CALL("evaluate", "{" AS_OF ",\"include\":[\"measures\"],\"record\":{}}")));
    struct reply reply = web_get(client, "/metrics");
    assert_sample(reply.body, LG("met"), 1 + 100 + 8900);
    assert_sample(reply.body, LG("unmet"), 1 + 1 + 100);
    assert_sample(reply.body, LG("undetermined"), 1);
    assert_sample(reply.body, COUNT_OF("evaluate"), 3 + 100 + 4);
    assert_sample(reply.body, "tidu_errors_total", 1);
    assert_sample(reply.body, "tidu_http_responses_total{path=\"/rpc\",status=\"200\"}", 1);
    web_forget(&reply);
    /* Other rules, the same title. */
    write_rules(daemon, 200);
    json_t *answer = client_ask(line, CALL("reload", "{}"));
    assert_non_null(json_object_get(answer, "result"));
    json_decref(answer);
    web_assert_status(client, AS_REPORTING JSON, RECORD("150"), 200);
    reply = web_get(client, "/metrics");
    assert_sample(reply.body, LG("met"), 1 + 100 + 8900);
    assert_sample(reply.body, LG("unmet"), 1 + 1 + 100 + 1);
    assert_sample(reply.body, COUNT_OF("reload"), 1);
    assert_true(web_sample(reply.body, "tidu_reloads_total{result=\"changed\"}") == 1);
    assert_sample(reply.body, "tidu_reloads_total{result=\"refused\"}", 0);
    assert_sample(reply.body, "tidu_jobs{state=\"running\"}", 0);
    web_forget(&reply);
    write_rules(daemon, -1); /* its scenario still passes; the next does not */
    write_file(daemon, "rules/national/test.md", "```lua\nnonsense\n```\n");
    json_decref(client_ask(line, CALL("reload", "{}")));
    reply = web_get(client, "/metrics");
    assert_true(web_sample(reply.body, "tidu_reloads_total{result=\"refused\"}") >= 1);
    web_forget(&reply);
    client_close(line);
    client_close(client);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, daemon_setup, daemon_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_health_and_readiness_need_no_token),
        TEST(test_a_daemon_that_cannot_keep_its_promise_is_not_ready),
        TEST(test_a_thread_that_hangs_is_told),
        TEST(test_metrics_are_well_formed_with_and_without_a_store),
        TEST(test_counters_are_right_after_known_requests_and_do_not_go_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
