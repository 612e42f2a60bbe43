/*
 * answers.h: the rules of tests/policy/answers/, asked.
 *
 * Three files of tests share them: a document in force until the end of 2025,
 * and the one that has replaced it since.
 */
#ifndef TIDU_TESTS_ANSWER_ANSWERS_H
#define TIDU_TESTS_ANSWER_ANSWERS_H

#include "asking.h"

/* The group's own, from its setup to its teardown. */
extern tidu_ruleset *rules;

int open_rules(void **state);
int close_rules(void **state);

/* On a day of the later document. */
tidu_options asking(tidu_explain explain, tidu_lang lang);

/* NULL if the answer does not tell of it. */
json_t *designation(const json_t *json, const char *id);

#endif
