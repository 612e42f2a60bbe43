/*
 * metrics.c: what the daemon has done and how it is, for Prometheus.
 *
 * metrics.def is the list. Whoever counts does so for himself alone (tally.c); here
 * it is added up when somebody looks, so that counting needs no locks. A count that
 * is told with its parts is the sum of the parts that were read, not another
 * number that was read at another moment.
 *
 * Must not know: HTTP; facts of enterprises.
 */
#include "http.h"

#include <stdlib.h>

/* One look at everything. */
struct scrape {
    const struct http *http;
    const struct server *server;
    struct jobs_status jobs;
    struct store_status store; /* if there is one */
    const char *name;          /* of the metric at hand */
    tidu_text *out;
};

/* ---- samples ------------------------------------------------------------------------ */

static void
tell(const struct scrape *scrape, unsigned long long value)
{
    tidu_text_printf(scrape->out, "%s %llu\n", scrape->name, value);
}

static void
tell_time(const struct scrape *scrape, ev_tstamp time)
{
    tidu_text_printf(scrape->out, "%s %.3f\n", scrape->name, time);
}

/* With one label. Values of labels are words of ours, or ids, which are words too. */
static void
tell_for(const struct scrape *scrape, const char *label, const char *value,
         unsigned long long count)
{
    tidu_text_printf(scrape->out, "%s{%s=\"%s\"} %llu\n", scrape->name, label, value, count);
}

/* The sum of what each worker has counted at this place of itself. */
static unsigned long long
sum(const struct scrape *scrape, size_t place)
{
    const struct server *server = scrape->server;
    unsigned long long all = 0;
    for (size_t i = 0; i < server->worker_count; i++)
        all += tidu_tally_get(
            (const tidu_tally *)(const void *)((const char *)server->workers[i] + place));
    return all;
}

static void
sample_build(const struct scrape *scrape)
{
    tell_for(scrape, "version", TIDU_VERSION, 1);
}

static void
sample_start(const struct scrape *scrape)
{
    tell_time(scrape, scrape->server->started);
}

static void
sample_ruleset(const struct scrape *scrape)
{
    tell_for(scrape, "digest", tidu_ruleset_digest(scrape->http->world->live), 1);
}

static void
sample_since(const struct scrape *scrape)
{
    tell_time(scrape, scrape->http->world->live_since);
}

static void
sample_stale(const struct scrape *scrape)
{
    tell(scrape, tidu_ruleset_counts(scrape->http->world->live).stale);
}

static void
sample_reloads(const struct scrape *scrape)
{
    static const char *const results[TIDU_RELOAD_KINDS] = {
        [TIDU_RELOAD_CHANGED] = "changed",
        [TIDU_RELOAD_UNCHANGED] = "unchanged",
        [TIDU_RELOAD_REFUSED] = "refused",
    };
    for (int i = 0; i < TIDU_RELOAD_KINDS; i++)
        tell_for(scrape, "result", results[i], tidu_tally_get(&scrape->server->reloads[i]));
}

static void
sample_method(const struct scrape *scrape, tidu_method method)
{
    const char *name = tidu_method_name(method);
    size_t place = offsetof(struct worker, latency) + method * sizeof(struct latency);
    unsigned long long count = 0;
    for (unsigned i = 0; i < TIDU_LATENCY_BOUNDS; i++) {
        count += sum(scrape, place + offsetof(struct latency, counts) + i * sizeof(tidu_tally));
        tidu_text_printf(scrape->out, "%s_bucket{method=\"%s\",le=\"%g\"} %llu\n", scrape->name,
                         name, (double)tidu_latency_bounds_ns[i] / 1e9, count);
    }
    count += sum(scrape, place + offsetof(struct latency, counts) +
                             TIDU_LATENCY_BOUNDS * sizeof(tidu_tally));
    tidu_text_printf(scrape->out, "%s_bucket{method=\"%s\",le=\"+Inf\"} %llu\n", scrape->name, name,
                     count);
    tidu_text_printf(scrape->out, "%s_sum{method=\"%s\"} %.9f\n", scrape->name, name,
                     (double)sum(scrape, place + offsetof(struct latency, sum_ns)) / 1e9);
    tidu_text_printf(scrape->out, "%s_count{method=\"%s\"} %llu\n", scrape->name, name, count);
}

static void
sample_latency(const struct scrape *scrape)
{
    for (unsigned method = 0; method < TIDU_METHOD_COUNT; method++)
        sample_method(scrape, (tidu_method)method);
}

static void
sample_errors(const struct scrape *scrape)
{
    tell(scrape, sum(scrape, offsetof(struct worker, refused)));
}

static void
sample_records(const struct scrape *scrape)
{
    tell(scrape, sum(scrape, offsetof(struct worker, records)));
}

static int
by_id(const void *a, const void *b)
{
    return strcmp((*(const struct verdict *const *)a)->id, (*(const struct verdict *const *)b)->id);
}

/* Those of one designation, from all workers: they stand side by side. */
static void
tell_verdicts(const struct scrape *scrape, const struct verdict *const *same, size_t count)
{
    static const char *const outcomes[] = {
        [TIDU_UNMET] = "unmet", [TIDU_MET] = "met", [TIDU_UNDETERMINED] = "undetermined"};
    for (int outcome = 0; outcome < 3; outcome++) {
        unsigned long long all = 0;
        for (size_t i = 0; i < count; i++)
            all += tidu_tally_get(&same[i]->counts[outcome]);
        tidu_text_printf(scrape->out, "%s{designation=\"%s\",outcome=\"%s\"} %llu\n", scrape->name,
                         same[0]->id, outcomes[outcome], all);
    }
}

static const struct verdict *
verdicts_of(const struct scrape *scrape, size_t worker)
{
    return atomic_load_explicit(&scrape->server->workers[worker]->verdicts.first,
                                memory_order_acquire);
}

/* A list may grow meanwhile, at its head, so its length is that of what was read. */
static void
sample_decisions(const struct scrape *scrape)
{
    size_t workers = scrape->server->worker_count, count = 0, filled = 0;
    const struct verdict **firsts = calloc(workers + 1, sizeof *firsts);
    for (size_t i = 0; firsts && i < workers; i++) {
        firsts[i] = verdicts_of(scrape, i);
        for (const struct verdict *verdict = firsts[i]; verdict; verdict = verdict->next)
            count++;
    }
    const struct verdict **all = firsts ? calloc(count + 1, sizeof *all) : NULL;
    for (size_t i = 0; all && i < workers; i++)
        for (const struct verdict *verdict = firsts[i]; verdict; verdict = verdict->next)
            all[filled++] = verdict;
    if (!all)
        scrape->out->failed = true;
    else
        qsort(all, filled, sizeof *all, by_id);
    for (size_t i = 0, next; i < filled; i = next) {
        for (next = i + 1; next < filled && by_id(&all[i], &all[next]) == 0;)
            next++;
        tell_verdicts(scrape, &all[i], next - i);
    }
    free(all);
    free(firsts);
}

static void
sample_sessions(const struct scrape *scrape)
{
    tell(scrape, tidu_server_sessions(scrape->server));
}

static void
sample_sessions_total(const struct scrape *scrape)
{
    tell(scrape, sum(scrape, offsetof(struct worker, session_total)));
}

static void
sample_queued(const struct scrape *scrape)
{
    tell(scrape, atomic_load_explicit(&scrape->server->queued, memory_order_relaxed));
}

static void
sample_jobs(const struct scrape *scrape)
{
    tell_for(scrape, "state", "waiting", scrape->jobs.waiting);
    tell_for(scrape, "state", "running", scrape->jobs.running);
}

static void
sample_jobs_total(const struct scrape *scrape)
{
    tell(scrape, scrape->jobs.ended);
}

static void
sample_jobs_done(const struct scrape *scrape)
{
    tell(scrape, scrape->jobs.done);
}

static void
sample_jobs_steps(const struct scrape *scrape)
{
    tell(scrape, scrape->jobs.total);
}

static void
sample_store_up(const struct scrape *scrape)
{
    if (scrape->server->store)
        tell(scrape, !scrape->store.failing);
}

static void
sample_store_entries(const struct scrape *scrape)
{
    if (scrape->server->store)
        tell(scrape, scrape->store.head.count);
}

static void
sample_store_queued(const struct scrape *scrape)
{
    if (scrape->server->store)
        tell(scrape, scrape->store.queued_bytes);
}

static void
sample_store_bytes(const struct scrape *scrape)
{
    if (scrape->server->store)
        tell(scrape, scrape->store.file_bytes);
}

static void
sample_store_lost(const struct scrape *scrape)
{
    if (scrape->server->store)
        tell(scrape, scrape->store.lost);
}

static void
sample_http_connections(const struct scrape *scrape)
{
    tell(scrape, atomic_load_explicit(&scrape->http->front_count, memory_order_relaxed));
}

static void
sample_http_answers(const struct scrape *scrape)
{
    for (unsigned i = 0; i < TIDU_HTTP_RESOURCES; i++)
        for (unsigned k = 0; k < TIDU_HTTP_STATUSES; k++) {
            unsigned long long count = tidu_tally_get(&scrape->http->answers[i][k]);
            if (count)
                tidu_text_printf(scrape->out, "%s{path=\"%s\",status=\"%d\"} %llu\n", scrape->name,
                                 tidu_http_paths[i], tidu_http_statuses[k], count);
        }
}

/* ---- the table ------------------------------------------------------------------------ */

static const struct metric {
    const char *name, *type, *help;
    void (*sample)(const struct scrape *scrape);
} metrics[] = {
#define M(id, name, type, help) {name, type, help, sample_##id},
#include "metrics.def"
#undef M
};

/* A metric without samples is not told of at all. */
void
tidu_metrics_write(const struct http *http, tidu_text *out)
{
    struct scrape scrape = {.http = http, .server = http->server, .out = out};
    tidu_jobs_look(http->server->jobs, &scrape.jobs);
    if (http->server->store)
        tidu_store_look(http->server->store, &scrape.store);
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) {
        const struct metric *metric = &metrics[i];
        size_t begin = out->length;
        scrape.name = metric->name;
        tidu_text_printf(out, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help,
                         metric->name, metric->type);
        size_t head = out->length;
        metric->sample(&scrape);
        if (out->length == head)
            out->length = begin;
    }
}
