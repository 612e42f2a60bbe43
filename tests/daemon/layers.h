/*
 * layers.h: a daemon with rules of three layers, small enough to be known by heart.
 *
 *   the country   lg from 100万元 on, an award until 2027, two measures, a demand
 *   Ningbo        lg from 200万元 on, an award until 2026, its own office; a
 *                 city that acts as a province
 *   Guangdong     lg from 150万元 on, leads the demand otherwise, with deadlines
 */
#ifndef TIDU_TESTS_DAEMON_LAYERS_H
#define TIDU_TESTS_DAEMON_LAYERS_H

#include "support.h"

/* Parts of command lines. */
#define HERE " --rules \"$RULES\" "
#define THERE " --socket \"$SOCKET\" "
#define DATE "--as-of 2026-06-01 "

/* A firm of Guangdong that qualifies there and not in Ningbo; firm.json in the
 * daemon's folder is the same. */
#define REVENUE "\"revenue\":{\"2024\":180,\"2025\":180}"
#define FIRM "{\"uscc\":\"X1\",\"enterprise_name\":\"甲厂\",\"region_code\":\"440106\"," REVENUE "}"

/* Write these rules, in place of those there are. */
void layers_write(const struct daemon *daemon);

/* Change them so that nobody meets lg who has less than 9亿元. */
void layers_tighten(const struct daemon *daemon);

/* A daemon on these rules and a connection. Use as cmocka's setup, with
 * talk_teardown. */
int layers_setup(void **state);

/* The result of a method, to be let go of; the test fails when there is none. */
json_t *ask(struct client *client, const char *method, const char *params);

/* The connection still answers, and rightly. */
void assert_alive(struct client *client);

/* A wrong question, and what is said of it. The connection must survive it. */
struct refusal {
    const char *params;
    int code;
    const char *id, *words; /* that the message or the hint has */
};

void assert_refused(struct client *client, const char *method, const struct refusal *refusal);

#define REFUSED(client, method, list)                          \
    for (size_t i = 0; i < sizeof(list) / sizeof *(list); i++) \
    assert_refused(client, method, &(list)[i])

/* That a value is this JSON, in whatever order its members stand. */
void assert_tree(const json_t *tree, const char *wanted);

/* "a b c" of one member of each object of a list; valid until the next call. */
const char *column(const json_t *list, const char *outer, const char *name);

/* A daemon and a folder print the same. */
void assert_alike(void **state, const char *command, const char *options);

#endif
