/*
 * shadow.c: other rules answer beside the live ones, and nobody is told.
 *
 *   decision ─► of every so many: the same record by the shadow's rules
 *                       └─► the same outcomes? counted, and some that differ kept
 *
 * The shadow is part of the world, so it changes as rules do, and it is judged
 * with on the thread that has judged by the live rules. Records given as CSV are
 * not compared.
 *
 * Must not know: who asks.
 *
 * Ownership: a shadow holds its rules and is counted; its counts are atomic, its
 * samples have a lock. An understudy is its worker's or its job's.
 */
#include "charge.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_SAMPLES = 20, MOST_IDS = 64 };

struct sample {
    char who[64], id[32];
    tidu_outcome live, shadow;
    ev_tstamp time;
};

struct shadow {
    atomic_size_t holders;
    tidu_ruleset *ruleset;
    double share;
    _Atomic uint64_t compared, different, unread;
    pthread_mutex_t lock; /* guards what follows */
    struct sample samples[MOST_SAMPLES];
    size_t sample_count; /* of all; the last are kept */
    struct {
        char id[32];
        uint64_t count;
    } by[MOST_IDS];
    size_t id_count;
};

struct shadow *
tidu_shadow_open(tidu_ruleset *ruleset, double share)
{
    struct shadow *shadow = calloc(1, sizeof *shadow);
    if (!shadow)
        return NULL;
    atomic_init(&shadow->holders, 1);
    shadow->ruleset = tidu_ruleset_ref(ruleset);
    shadow->share = share;
    pthread_mutex_init(&shadow->lock, NULL);
    return shadow;
}

struct shadow *
tidu_shadow_hold(struct shadow *shadow)
{
    if (shadow)
        atomic_fetch_add(&shadow->holders, 1);
    return shadow;
}

void
tidu_shadow_close(struct shadow **shadow)
{
    struct shadow *leaving = *shadow;
    *shadow = NULL;
    if (!leaving || atomic_fetch_sub(&leaving->holders, 1) != 1)
        return;
    tidu_ruleset_unref(&leaving->ruleset);
    pthread_mutex_destroy(&leaving->lock);
    free(leaving);
}

/* ---- comparing ------------------------------------------------------------------------ */

struct outcomes {
    size_t count;
    struct {
        const char *id;
        tidu_outcome outcome;
    } items[MOST_IDS];
};

static void
note_outcome(void *context, const char *id, tidu_outcome outcome)
{
    struct outcomes *outcomes = context;
    if (outcomes->count == MOST_IDS)
        return;
    outcomes->items[outcomes->count].id = id;
    outcomes->items[outcomes->count++].outcome = outcome;
}

static void
count_for(struct shadow *shadow, const char *id)
{
    size_t i = 0;
    while (i < shadow->id_count && strcmp(shadow->by[i].id, id) != 0)
        i++;
    if (i == MOST_IDS)
        return;
    if (i == shadow->id_count)
        snprintf(shadow->by[shadow->id_count++].id, sizeof shadow->by[i].id, "%s", id);
    shadow->by[i].count++;
}

static void
name_record(tidu_slice record, char who[64])
{
    size_t length;
    tidu_slice code = tidu_skim_member(record, "uscc");
    if (!code.length || code.data[0] != '"' || !tidu_skim_text(code, who, 64, &length))
        who[0] = '\0';
}

static void
note_difference(struct shadow *shadow, const struct deposition *deposition, const char *id,
                tidu_outcome live, tidu_outcome other)
{
    pthread_mutex_lock(&shadow->lock);
    struct sample *sample = &shadow->samples[shadow->sample_count++ % MOST_SAMPLES];
    *sample = (struct sample){.live = live, .shadow = other, .time = deposition->time};
    snprintf(sample->id, sizeof sample->id, "%s", id);
    name_record(deposition->facts, sample->who);
    count_for(shadow, id);
    pthread_mutex_unlock(&shadow->lock);
}

/* What only one of the two knows is no difference in what was decided. */
static void
compare(struct shadow *shadow, const struct deposition *deposition, const struct outcomes *live,
        const struct outcomes *other)
{
    bool any = false;
    for (size_t i = 0; i < live->count; i++)
        for (size_t j = 0; j < other->count; j++) {
            if (strcmp(live->items[i].id, other->items[j].id) != 0 ||
                live->items[i].outcome == other->items[j].outcome)
                continue;
            note_difference(shadow, deposition, live->items[i].id, live->items[i].outcome,
                            other->items[j].outcome);
            any = true;
        }
    atomic_fetch_add_explicit(&shadow->compared, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&shadow->different, any, memory_order_relaxed);
}

/* The evaluation for these terms, kept from one decision to the next. */
static bool
prepare(struct understudy *understudy, struct shadow *shadow, const struct terms *terms)
{
    tidu_options options = {.as_of = terms->as_of,
                            .explain = TIDU_EXPLAIN_NONE,
                            .lang = terms->lang,
                            .ignore_unknown = true,
                            .include = TIDU_INCLUDE_DESIGNATIONS,
                            .jurisdiction = terms->jurisdiction};
    tidu_error error;
    if (understudy->shadow != shadow)
        tidu_understudy_leave(understudy);
    if (understudy->evaluation && understudy->as_of == terms->as_of &&
        understudy->jurisdiction == terms->jurisdiction)
        return true;
    tidu_evaluation_close(&understudy->evaluation);
    tidu_shadow_close(&understudy->shadow);
    understudy->evaluation = tidu_evaluation_open(shadow->ruleset, &options, 1, &error);
    understudy->shadow = tidu_shadow_hold(shadow);
    understudy->as_of = terms->as_of;
    understudy->jurisdiction = terms->jurisdiction;
    return understudy->evaluation != NULL;
}

static bool
is_due(struct understudy *understudy, const struct shadow *shadow)
{
    understudy->credit += shadow->share;
    if (understudy->credit < 1)
        return false;
    understudy->credit -= 1;
    return true;
}

void
tidu_understudy_see(struct understudy *understudy, struct shadow *shadow,
                    const struct deposition *deposition)
{
    struct outcomes live = {0}, other = {0};
    tidu_error error;
    if (!is_due(understudy, shadow) || (deposition->flags & TIDU_ENTRY_CSV) ||
        !prepare(understudy, shadow, deposition->terms))
        return;
    if (tidu_evaluation_json(understudy->evaluation, deposition->facts.data,
                             deposition->facts.length, &error) != TIDU_READ_ROW) {
        atomic_fetch_add_explicit(&shadow->unread, 1, memory_order_relaxed);
        return;
    }
    tidu_evaluation_run(understudy->evaluation);
    tidu_evaluation_outcomes(deposition->evaluation, deposition->row, note_outcome, &live);
    tidu_evaluation_outcomes(understudy->evaluation, 0, note_outcome, &other);
    compare(shadow, deposition, &live, &other);
    tidu_evaluation_clear(understudy->evaluation);
}

void
tidu_understudy_leave(struct understudy *understudy)
{
    tidu_evaluation_close(&understudy->evaluation);
    tidu_shadow_close(&understudy->shadow);
}

/* ---- telling ---------------------------------------------------------------------------- */

static void
write_samples(const struct shadow *shadow, tidu_text *out)
{
    static const char *const names[] = {"unmet", "met", "undetermined"};
    size_t kept = shadow->sample_count < MOST_SAMPLES ? shadow->sample_count : MOST_SAMPLES;
    char moment[32];
    for (size_t i = 0; i < kept; i++) {
        const struct sample *sample =
            &shadow->samples[(shadow->sample_count - kept + i) % MOST_SAMPLES];
        tidu_text_puts(out, i ? ",{\"uscc\":" : "{\"uscc\":");
        tidu_text_json(out, sample->who, strlen(sample->who));
        tidu_text_puts(out, ",\"designation\":");
        tidu_text_json(out, sample->id, strlen(sample->id));
        tidu_text_printf(out, ",\"live\":\"%s\",\"shadow\":\"%s\",\"time\":\"%s\"}",
                         names[sample->live], names[sample->shadow],
                         tidu_time_format(sample->time, moment));
    }
}

void
tidu_shadow_write(struct shadow *shadow, tidu_text *out)
{
    if (!shadow) {
        tidu_text_puts(out, "{\"ruleset\":null}");
        return;
    }
    pthread_mutex_lock(&shadow->lock);
    tidu_text_printf(out,
                     "{\"ruleset\":\"%.12s\",\"share\":%g,\"compared\":%llu,\"different\":%llu,"
                     "\"unread\":%llu,\"designations\":{",
                     tidu_ruleset_digest(shadow->ruleset), shadow->share,
                     (unsigned long long)atomic_load(&shadow->compared),
                     (unsigned long long)atomic_load(&shadow->different),
                     (unsigned long long)atomic_load(&shadow->unread));
    for (size_t i = 0; i < shadow->id_count; i++) {
        tidu_text_puts(out, i ? "," : "");
        tidu_text_json(out, shadow->by[i].id, strlen(shadow->by[i].id));
        tidu_text_printf(out, ":%llu", (unsigned long long)shadow->by[i].count);
    }
    tidu_text_puts(out, "},\"samples\":[");
    write_samples(shadow, out);
    tidu_text_puts(out, "]}");
    pthread_mutex_unlock(&shadow->lock);
}

/* ---- the request --------------------------------------------------------------------------- */

/* Put a shadow into the world, or take it out. */
struct casting {
    struct errand errand; /* first */
    char *name;           /* NULL: none from now on */
    double share;
    struct shadow *shadow;
};

static void
on_cast(struct letter *letter)
{
    struct casting *casting = (struct casting *)(void *)letter;
    struct server *server = casting->errand.worker->server;
    tidu_error error;
    const struct change change = {.shadow = casting->shadow, .shadow_changes = true};
    if (tidu_server_change(server, &change)) {
        tidu_shadow_write(casting->shadow, tidu_errand_answer(&casting->errand));
        tidu_log(&server->log, TIDU_LOG_INFO, "shadow: %s",
                 casting->name ? casting->name : "none from now on");
    } else {
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        tidu_errand_refuse(&casting->errand, TIDU_RPC_INTERNAL, &error);
    }
    tidu_errand_return(&casting->errand);
}

static void
run_casting(struct errand *errand)
{
    struct casting *casting = (struct casting *)errand;
    tidu_error error;
    tidu_ruleset *ruleset = tidu_gallery_get(errand->worker->server->gallery, errand->world,
                                             casting->name, &error);
    casting->shadow = ruleset ? tidu_shadow_open(ruleset, casting->share) : NULL;
    if (ruleset && !casting->shadow)
        tidu_error_set(&error, TIDU_MEMORY, NULL);
    tidu_ruleset_unref(&ruleset);
    if (!casting->shadow)
        tidu_errand_refuse(errand, tidu_gallery_code(&error), &error);
}

/* From the job thread on to the main one. */
static void
after_casting(struct errand *errand)
{
    tidu_errand_post(errand, on_cast);
}

static void
close_casting(struct errand *errand)
{
    struct casting *casting = (struct casting *)errand;
    tidu_shadow_close(&casting->shadow);
    free(casting->name);
}

static bool
read_share(const struct call *call, const json_t *params, double *ret_share)
{
    const json_t *share = json_object_get(params, "share");
    *ret_share = share ? json_number_value(share) : 1;
    return (!share || json_is_number(share)) && *ret_share > 0 && *ret_share <= 1
               ? true
               : tidu_params_bad(call, "share", share, "0.01 … 1");
}

void
tidu_shadow(struct call *call, json_t *params)
{
    const json_t *name = json_object_get(params, "ruleset");
    double share;
    if (!name) {
        tidu_text *out = tidu_rpc_begin(&call->asker);
        if (out) {
            tidu_shadow_write(call->worker->world->shadow, out);
            tidu_rpc_end(&call->asker);
        }
        return;
    }
    if (!json_is_string(name) && !json_is_null(name)) {
        tidu_params_bad(call, "ruleset", name, "\"…\"|null");
        return;
    }
    if (!read_share(call, params, &share))
        return;
    struct casting *casting = (struct casting *)tidu_errand_open(call, sizeof *casting);
    if (!casting)
        return;
    casting->errand.run = run_casting;
    casting->errand.close = close_casting;
    casting->errand.after = after_casting;
    casting->share = share;
    casting->name = json_is_string(name) ? strdup(json_string_value(name)) : NULL;
    if (casting->name)
        tidu_errand_submit(&casting->errand);
    else
        tidu_errand_post(&casting->errand, on_cast);
}
