/*
 * support.h: a real tidud on a socket of its own, and somebody to talk to it.
 *
 * Each test gets a temporary folder with a small set of rules (one designation,
 * "lg", met from a threshold of revenue on), starts the daemon named by TIDUD
 * in the environment and stops it again. TIDU names the command line,
 * TIDU_AUTHOR the authoring helper.
 *
 * Whatever goes wrong here fails the test that asked for it. Nothing waits
 * longer than PATIENCE_S.
 */
#ifndef TIDU_TESTS_DAEMON_SUPPORT_H
#define TIDU_TESTS_DAEMON_SUPPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { PATIENCE_S = 30 };

/* A record's revenue and the date it is judged at: 2025 is its last full year. */
#define AS_OF "\"as_of\":\"2026-06-01\""

/* A request with the id 1, without its line end. */
#define CALL(method, params) \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" method "\",\"params\":" params "}"

struct daemon {
    char folder[64]; /* everything is below it */
    char rules[96];
    char socket[96];
    char settings[96];
    char log[96];  /* standard error */
    pid_t process; /* 0 when it does not run */
    int passed;    /* a descriptor to pass it as systemd does; 0: none */
};

/* A folder with rules whose threshold is 100. Use as cmocka's setup; teardown
 * stops the daemon if it runs and removes the folder. */
int daemon_setup(void **state);
int daemon_teardown(void **state);

/* Begin, with lines for the settings file (NULL: none), and wait until it
 * accepts connections. */
void daemon_start(struct daemon *daemon, const char *settings);

/* The same without waiting. */
void daemon_launch(struct daemon *daemon, const char *settings);

/* Wait until it accepts connections: the first one. */
int daemon_await(struct daemon *daemon);

/* Its exit status when it has ended; -1 when a signal ended it. */
int daemon_wait(struct daemon *daemon);
void daemon_signal(struct daemon *daemon, int number);

/* Bytes of its memory. */
size_t daemon_resident(const struct daemon *daemon);

/* What it has logged so far; free() it. */
char *daemon_log(const struct daemon *daemon);

/* Write the document of the rules anew: "lg" is met from `threshold` on. */
void write_rules(const struct daemon *daemon, int threshold);

/* Write any file below the daemon's folder. */
void write_file(const struct daemon *daemon, const char *path, const char *text);
void make_folder(const struct daemon *daemon, const char *path);

/* A connection. Lines are read one by one. */
struct client {
    int fd;
    char *data;
    size_t length, capacity, taken;
};

struct client *client_open(const struct daemon *daemon);
void client_close(struct client *client);

/* Send all of it, or fail; the second says whether the other side took it. */
void client_send(struct client *client, const char *text);
bool client_try_send(struct client *client, const char *text, size_t length);

/* No more will be sent. */
void client_end(struct client *client);

/* The next line (valid until the next call), or NULL when the connection has
 * been closed. */
const char *client_line(struct client *client);

/* The next line as JSON. */
json_t *client_answer(struct client *client);

/* The same, but for notifications of progress. */
json_t *client_answer_but_progress(struct client *client);

/* Send a line, receive a line, which is no notification of progress. */
json_t *client_ask(struct client *client, const char *line);

/* A daemon and a connection to it. Use as cmocka's setup and teardown; to add to
 * the rules first, use daemon_setup, write them, and then talk_start. */
struct talk {
    struct daemon *daemon;
    struct client *client;
};

int talk_setup(void **state);
int talk_start(void **state);
int talk_teardown(void **state);

struct client *client_of(void **state);
struct daemon *daemon_of(void **state);

/* Parts of answers, borrowed. */
long long error_code(const json_t *answer);
const char *error_id(const json_t *answer);
const char *lg_status(const json_t *result);
const char *text_of(const json_t *object, const char *name);

/* Ask `status` until `met` says so. */
void wait_for(struct client *client, bool (*met)(const json_t *status));

/* Run a command with /bin/sh in the daemon's folder; $TIDU, $TIDUD, $RULES and
 * $SOCKET are set. Its exit status; what it printed is to be freed. */
int run_command(const struct daemon *daemon, const char *command, char **ret_out, char **ret_err);

/* What a command came to. */
struct outcome {
    int status;
    char *out, *err;
};

struct outcome run(const struct daemon *daemon, const char *command);
void drop(struct outcome *outcome);

/* That a command ends with this status and prints exactly this, or has these
 * words somewhere in what it prints. */
void assert_prints(const struct daemon *daemon, const char *command, int status, const char *out);
void assert_says(const struct daemon *daemon, const char *command, int status, const char *words);

/* How often a word stands in a text. */
size_t count_of(const char *text, const char *word);

#endif
