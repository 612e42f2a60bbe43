/*
 * kept.h: tidu library and tidu demand.
 *
 *   kept.c   words to a method and its params, here or to a daemon
 *   stock.c  many enterprises: load, export
 *   kept_show.c   results for people
 *
 * Must not know: what the store looks like.
 */
#ifndef TIDU_CLI_KEPT_H
#define TIDU_CLI_KEPT_H

#include "internal.h"

/* Ask one question after the other, of a store's files or of a daemon. */
struct keeper {
    const struct options *options;
    struct client *client;  /* or: */
    tidu_ruleset *rules;
    tidu_text text;         /* the result asked for last */
};

/* False with *reterr; without a code when it has been said why. */
bool tidu_keeper_open(struct keeper *keeper, const struct options *options, tidu_error *reterr);
void tidu_keeper_close(struct keeper *keeper);

/* Ask `method` ("library.search") with params as JSON text; the result is in keeper->text
 * and, as a tree, to be let go of. NULL with *reterr. */
json_t *tidu_keeper_ask(struct keeper *keeper, const char *method, tidu_slice params,
                        tidu_error *reterr);

/* The params the options say, as JSON text; those not among the words of `takes` are an
 * error. `argument` names the param the first argument is for, or is NULL. */
bool tidu_kept_params(const struct options *options, const char *command, const char *takes,
                      const char *argument, tidu_text *ret_params, tidu_error *reterr);

/* In stock.c: the exit status. */
int tidu_stock_load(const struct options *options);
int tidu_stock_export(const struct options *options, const char *takes);

/* In kept_show.c: append a result in words. */
void tidu_kept_show_enterprises(const struct options *options, const json_t *result, tidu_text *out);
void tidu_kept_show_enterprise(const struct options *options, const json_t *result, tidu_text *out);
void tidu_kept_show_due(const struct options *options, const json_t *result, tidu_text *out);
void tidu_kept_show_progress(const struct options *options, const json_t *result, tidu_text *out);
void tidu_kept_show_demands(const struct options *options, const json_t *result, tidu_text *out);
void tidu_kept_show_demand(const struct options *options, const json_t *result, tidu_text *out);
void tidu_kept_show_done(const struct options *options, const json_t *result, tidu_text *out);

#endif
