/*
 * support.h: rules and a population for tests of dsl/inquiry/, and the judge of both: every
 * record evaluated by itself.
 */
#ifndef TIDU_TESTS_INQUIRY_SUPPORT_H
#define TIDU_TESTS_INQUIRY_SUPPORT_H

#include "../answer/support.h"

#include "tidu/inquiry.h"

enum { RECORDS = 1500, MOST_VALUES = 8 };

/* What stands in the rules instead of "$0" to "$7". */
struct values {
    const char *value[MOST_VALUES];
};

/* As documents have it when nothing is changed. */
extern const struct values usual;

/* The rules with those values, of the country and of Shenzhen. */
tidu_ruleset *rules_with(const struct values *values);

/* Records on the borders of those values, the same each time. */
struct people {
    tidu_population *population;
    char *texts[RECORDS]; /* padded */
    int times;            /* that each stands in the population */
};
void gather_people(struct people *people, tidu_ruleset *rules, int times);
void dismiss_people(struct people *people);

/* Rules, people and what is asked of them on 2026-05-01. Setup and teardown of a group. */
struct fixture {
    tidu_ruleset *rules;
    struct people people;
    tidu_inquiry inquiry;
};
int inquiry_setup(void **state);
int inquiry_teardown(void **state);

/* A text of the result, without what comes before `key`; the test fails without it. */
const char *find_in(const tidu_text *text, const char *key);

/* The numbers of the first list behind `key`, which stands behind `where`. */
size_t numbers_in(const tidu_text *text, const char *where, const char *key, double *ret,
                  size_t most);

#endif
