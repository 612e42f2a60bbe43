/*
 * params.h: the parameters of a question, as a JSON object.
 *
 * Lengths are JSON's: what stands behind a \u0000 is not to be overlooked.
 *
 * Must not know: sockets, questions.
 */
#ifndef TIDU_DAEMON_PARAMS_H
#define TIDU_DAEMON_PARAMS_H

#include "ask.h"

struct params {
    const json_t *tree;
    const char *method; /* what they are given to */
    tidu_error *reterr;
};

/* *reterr says what is wrong with a parameter, or which one is missing. */
tidu_asked tidu_param_bad(const struct params *params, const char *name, const char *takes);
tidu_asked tidu_param_lacks(const struct params *params, const char *name);

/* False when the parameter is there and is nothing of the kind; *ret is left alone
 * without one (a name is then NULL). */
bool tidu_param_date(const struct params *params, const char *name, int32_t *ret);
bool tidu_param_region(const struct params *params, const char *name, uint32_t *ret);
bool tidu_param_name(const struct params *params, const char *name, const char **ret);
bool tidu_param_flag(const struct params *params, const char *name, bool *ret);
bool tidu_param_count(const struct params *params, const char *name, uint64_t least, uint64_t most,
                      uint64_t *ret);

/* A name or a list of names, at most so many, into `ret_names`; false when it is anything
 * else. */
bool tidu_param_names(const json_t *value, const char **ret_names, size_t most, size_t *ret_count);

/* What an error of the library is to whoever asked. */
tidu_asked tidu_param_refused(const tidu_error *error);

#endif
