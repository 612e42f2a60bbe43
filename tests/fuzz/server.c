/*
 * server.c: a daemon's server in this process.
 */
#include "server.h"

#include "fuzz.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_S = 20 };

struct settings *
tidu_options_settings(const struct options *options, const struct logger *log)
{
    (void)options;
    (void)log;
    return NULL; /* there is no command line */
}

/* Job threads give way to everybody; here somebody waits for them, on a machine that
 * may be busy. In place of libc's. */
int
setpriority(__priority_which_t which, id_t who, int priority)
{
    (void)which;
    (void)who;
    (void)priority;
    return 0;
}

static tidu_ruleset *
rules(void)
{
    tidu_arena *arena = tidu_arena_open();
    tidu_report *report = tidu_report_open();
    tidu_source sources[FUZZ_VOCABULARY + 1];
    tidu_ruleset *ruleset = NULL;
    sources[0] = fuzz_source(arena, "answers/c-all.md", "national/a.md");
    fuzz_vocabulary(arena, sources + 1);
    fuzz_must(tidu_ruleset_build(sources, FUZZ_VOCABULARY + 1, NULL, &ruleset, report),
              "the rules of tests/policy/ can be loaded");
    tidu_report_close(&report);
    tidu_arena_close(&arena);
    return ruleset;
}

static struct settings *
settings_with(const char *tokens)
{
    tidu_report *report = tidu_report_open();
    struct settings *settings = tidu_settings_open(NULL, report);
    fuzz_must(settings != NULL, "all settings have defaults");
    settings->line_bytes = FUZZ_LINE_BYTES;
    settings->records = FUZZ_BATCH;
    settings->watch = false;
    tidu_settings_replace(&settings->rules, "/nowhere");
    if (tokens)
        settings->tokens = tidu_tokens_open(tokens, report);
    fuzz_must(!tokens || settings->tokens, "the tokens can be read");
    tidu_report_close(&report);
    return settings;
}

struct server *
fuzz_server_open(const char *tokens)
{
    static struct server server;
    struct settings *settings = settings_with(tokens);
    tidu_ruleset *live = rules();
    server.log.level = TIDU_LOG_ERROR;
    server.loop = ev_loop_new(EVFLAG_AUTO);
    server.started = ev_time();
    server.world = tidu_world_open(1, settings, live, ev_time(), NULL, NULL);
    server.mailbox = tidu_mailbox_open(server.loop);
    server.jobs = tidu_jobs_open(1);
    server.crowd = tidu_crowd_open();
    server.gallery = tidu_gallery_open(&server);
    server.reload = tidu_reload_open(&server);
    server.workers = calloc(1, sizeof(struct worker *));
    ev_async_init(&server.adopted, NULL);
    server.workers[0] = tidu_worker_open(&server, server.world);
    fuzz_must(server.workers[0] != NULL, "there is memory for a worker");
    server.worker_count = 1;
    tidu_settings_close(&settings);
    tidu_ruleset_unref(&live);
    return &server;
}

void
fuzz_server_turn(struct server *server)
{
    ev_run(server->loop, EVRUN_NOWAIT);
    ev_run(server->workers[0]->loop, EVRUN_NOWAIT);
}

bool
fuzz_server_is_busy(struct server *server)
{
    return server->workers[0]->errands || tidu_jobs_count(server->jobs);
}

void
fuzz_server_settle(struct server *server)
{
    time_t began = time(NULL);
    while (fuzz_server_is_busy(server)) {
        fuzz_server_turn(server);
        usleep(100);
        fuzz_must(time(NULL) - began < PATIENCE_S, "jobs come to their end");
    }
}
