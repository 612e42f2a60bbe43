/*
 * load.h: one try to put rules in charge, as a job.
 *
 * Ownership: a load owns all it works on, and what it has found until that is
 * taken from it.
 */
#ifndef TIDU_DAEMON_LOAD_H
#define TIDU_DAEMON_LOAD_H

#include "charge.h"

struct load {
    struct job job; /* first */
    unsigned magic;
    struct server *server;
    struct settings *settings;
    tidu_ruleset *earlier; /* what was live when it began; NULL at the start */
    int32_t today;
    ev_tstamp began;
    char held[65]; /* digest of what the folder may have in it without being loaded */
    /* Of an activation: what is wanted instead of what the folder has. */
    char *wanted;            /* a label or a digest */
    tidu_ruleset *candidate; /* or rules that were refused */
    /* What has come of it. */
    tidu_report *report;
    tidu_ruleset *ruleset; /* to be put in charge; NULL when refused or unchanged */
    tidu_ruleset *refused; /* sound, but not let through by the gate */
    tidu_text difference;  /* what the gate saw, as JSON */
    char folder[65];       /* digest of what the folder has */
    bool unchanged;
};

/* NULL when memory ran out. Its report may be replaced. */
struct load *tidu_load_open(struct server *server, const struct settings *settings,
                            tidu_ruleset *earlier, const char *held);
void tidu_load_close(struct load **load);

/* The digest of a version by its label or the beginning of its digest. From any
 * thread, as the next. */
bool tidu_load_find_version(const struct server *server, const char *name, char ret_digest[65],
                            tidu_error *reterr);

/* A version of the store, built anew; NULL with complaints in the load's report. */
tidu_ruleset *tidu_load_build_version(struct load *load, const char *digest);

/* On a job thread, or at the start before there are any. */
void tidu_load_run(struct job *job);

#endif
