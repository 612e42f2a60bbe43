/*
 * asking.h: records in, answers out, read back as a client would.
 */
#ifndef TIDU_TESTS_ANSWER_ASKING_H
#define TIDU_TESTS_ANSWER_ASKING_H

#include "support.h"

#include <jansson.h>

enum { RECORD_BYTES = 2048 };

/* A record with the padding that readers want. */
struct record {
    char text[RECORD_BYTES + TIDU_RECORD_PADDING];
};

int32_t day(const char *date);

/* Add a record as the next row; the test fails when it is not read. The record
 * must stay until its answer is written. */
void feed(tidu_evaluation *e, struct record *record, const char *text);

/* The answer to one record, as bytes; the caller frees them. */
char *answer_bytes(tidu_ruleset *rules, const tidu_options *options, const char *text);
/* The same, read; the caller lets go of it. */
json_t *answer(tidu_ruleset *rules, const tidu_options *options, const char *text);

json_t *parse(const char *text);

/* The item of a list whose member `key` is that text; NULL if there is none. */
json_t *item_with(const json_t *list, const char *key, const char *text);
/* The item of json[list] with that id; the test fails if there is none. */
json_t *told(const json_t *json, const char *list, const char *id);
bool is_told(const json_t *json, const char *list, const char *id);

const char *text_of(const json_t *json, const char *key);

/* That a value, written compactly with sorted keys, is this text. */
void assert_json(const json_t *json, const char *expected);

/* The members of a list of items, "id id id"; the caller frees it. */
char *ids_of(const json_t *list, const char *key);
void assert_ids(const json_t *list, const char *key, const char *expected);

#endif
