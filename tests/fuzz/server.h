/*
 * server.h: a daemon's server in this process, for targets that speak with it.
 *
 * One worker and a job thread, the rules of tests/policy/answers/c-all.md; without
 * listener, store and settings file. Its loops turn when they are told to.
 */
#ifndef TIDU_TESTS_FUZZ_SERVER_H
#define TIDU_TESTS_FUZZ_SERVER_H

#include "../../daemon/charge.h"

/* Its limits: bytes of a line, requests of a batch and records of a request. */
enum { FUZZ_LINE_BYTES = 3000, FUZZ_BATCH = 20 };

/* Open it, once. `tokens`: the path of a file of tokens, or NULL. */
struct server *fuzz_server_open(const char *tokens);

/* One turn of the loops of its main thread and its worker. */
void fuzz_server_turn(struct server *server);

/* Something is under way that turning alone does not end: a job on its thread. */
bool fuzz_server_is_busy(struct server *server);

/* Turn until nothing is, which is promised to come. */
void fuzz_server_settle(struct server *server);

#endif
