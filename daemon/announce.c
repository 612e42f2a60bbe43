/*
 * announce.c: what subscribers are told without asking again.
 *
 *   main thread: announce ─► a letter to every worker ─► its subscribed sessions
 *   a worker takes up new rules ─► errands: the records a session has subscribed
 *                                  with, by the rules before and after
 *
 * Must not know: why rules change.
 *
 * Ownership: an announcement is shared by its letters and counted; a
 * subscription is its session's.
 */
#include "charge.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *name;
    unsigned bit;
} events[] = {
    {"ruleset.changed", TIDU_EVENT_CHANGED},
    {"reload.refused", TIDU_EVENT_REFUSED},
    {"decision.changed", TIDU_EVENT_DECISION},
};
enum { EVENT_COUNT = sizeof events / sizeof *events };

static const char *
name_of(unsigned event)
{
    int i = 0;
    while (i + 1 < EVENT_COUNT && events[i].bit != event)
        i++;
    return events[i].name;
}

/* ---- to all ------------------------------------------------------------------------ */

struct announcement {
    atomic_size_t holders;
    unsigned event;
    tidu_text line;
};

struct notice {
    struct letter letter; /* first */
    struct worker *worker;
    struct announcement *announcement;
};

static void
let_go(struct announcement *announcement)
{
    if (atomic_fetch_sub(&announcement->holders, 1) != 1)
        return;
    tidu_text_free(&announcement->line);
    free(announcement);
}

static void
on_notice(struct letter *letter)
{
    struct notice *notice = (struct notice *)(void *)letter;
    const struct announcement *announcement = notice->announcement;
    struct session *session = notice->worker->sessions, *next;
    for (; session; session = next) {
        next = tidu_session_next(session);
        if (!(tidu_session_subscription(session)->events & announcement->event))
            continue;
        tidu_text_add(tidu_session_output(session), announcement->line.data,
                      announcement->line.length);
        tidu_session_settle(session);
    }
    let_go(notice->announcement);
    free(notice);
}

void
tidu_server_announce(struct server *server, unsigned event, tidu_slice params)
{
    struct announcement *announcement = calloc(1, sizeof *announcement);
    if (!announcement)
        return;
    announcement->event = event;
    atomic_init(&announcement->holders, 1);
    tidu_text_printf(&announcement->line, "{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"params\":",
                     name_of(event));
    tidu_text_add(&announcement->line, params.data, params.length);
    tidu_text_puts(&announcement->line, "}\n");
    for (size_t i = 0; i < server->worker_count && !announcement->line.failed; i++) {
        struct notice *notice = calloc(1, sizeof *notice);
        if (!notice)
            break;
        *notice = (struct notice){{.open = on_notice}, server->workers[i], announcement};
        atomic_fetch_add(&announcement->holders, 1);
        tidu_mailbox_send(server->workers[i]->mailbox, &notice->letter);
    }
    let_go(announcement);
}

/* ---- decisions that change -------------------------------------------------------------- */

/* The records of one session, judged by the world before and after. */
struct review {
    struct errand errand; /* first */
    struct world *before;
    char *records;
    size_t length;
    int32_t as_of;
};

/* The rules that some records are judged by: those of two worlds, and of zones. */
struct bench {
    struct lender lender;
    int32_t as_of;
    struct seat {
        tidu_ruleset *ruleset; /* a world's, or a zone's of it */
        tidu_evaluation *evaluation;
    } seats[4];
    unsigned next; /* to give way */
};

/* Outcomes of a record, by designation. */
struct outcomes {
    size_t count;
    struct {
        char id[32];
        tidu_outcome outcome;
    } items[64];
};

static void
note_outcome(void *context, const char *id, tidu_outcome outcome)
{
    struct outcomes *outcomes = context;
    size_t most = sizeof outcomes->items / sizeof *outcomes->items;
    if (outcomes->count == most)
        return;
    snprintf(outcomes->items[outcomes->count].id, sizeof outcomes->items->id, "%s", id);
    outcomes->items[outcomes->count++].outcome = outcome;
}

static tidu_evaluation *
open_evaluation(tidu_ruleset *ruleset, int32_t as_of)
{
    tidu_options options = {.as_of = as_of,
                            .explain = TIDU_EXPLAIN_NONE,
                            .ignore_unknown = true,
                            .include = TIDU_INCLUDE_DESIGNATIONS};
    tidu_error error;
    return tidu_evaluation_open(ruleset, &options, 1, &error);
}

/* NULL when memory ran out. */
static tidu_evaluation *
evaluation_by(struct bench *bench, tidu_ruleset *ruleset)
{
    enum { SEATS = sizeof bench->seats / sizeof *bench->seats };
    for (unsigned i = 0; i < SEATS; i++)
        if (bench->seats[i].ruleset == ruleset && bench->seats[i].evaluation)
            return bench->seats[i].evaluation;
    struct seat *seat = &bench->seats[bench->next++ % SEATS];
    tidu_evaluation_close(&seat->evaluation);
    *seat = (struct seat){ruleset, open_evaluation(ruleset, bench->as_of)};
    return seat->evaluation;
}

static void
close_bench(struct bench *bench)
{
    for (size_t i = 0; i < sizeof bench->seats / sizeof *bench->seats; i++)
        tidu_evaluation_close(&bench->seats[i].evaluation);
    tidu_lender_close(&bench->lender);
}

/* False when the rules cannot read the record. With outcomes (NULL: none) it is judged;
 * *ret_region is where it belongs. */
static bool
judge(struct bench *bench, tidu_ruleset *ruleset, tidu_slice record, uint32_t *ret_region,
      struct outcomes *ret_outcomes)
{
    struct lent lent;
    tidu_error error;
    tidu_evaluation *evaluation = evaluation_by(bench, ruleset);
    bool read = evaluation && tidu_lender_json(&bench->lender, evaluation, record, &lent,
                                               &error) == TIDU_READ_ROW;
    if (read)
        *ret_region = tidu_evaluation_region(evaluation);
    if (read && ret_outcomes) {
        ret_outcomes->count = 0;
        tidu_evaluation_run(evaluation);
        tidu_evaluation_outcomes(evaluation, 0, note_outcome, ret_outcomes);
    }
    if (evaluation)
        tidu_evaluation_clear(evaluation);
    tidu_lender_clear(&bench->lender);
    return read;
}

static tidu_ruleset *
rules_of(const struct world *world, uint32_t region)
{
    tidu_ruleset *zone = tidu_pilots_find(world->pilots, region);
    return zone ? zone : world->live;
}

static const char *
outcome_of(const struct outcomes *outcomes, const char *id)
{
    static const char *const names[] = {"\"unmet\"", "\"met\"", "\"undetermined\""};
    for (size_t i = 0; i < outcomes->count; i++)
        if (strcmp(outcomes->items[i].id, id) == 0)
            return names[outcomes->items[i].outcome];
    return "null";
}

/* Append those designations of `of` that differ, as members. */
static void
write_changes(const struct outcomes *of, const struct outcomes *before,
              const struct outcomes *after, bool only_new, bool *any, tidu_text *out)
{
    for (size_t i = 0; i < of->count; i++) {
        const char *id = of->items[i].id;
        const char *was = outcome_of(before, id), *is = outcome_of(after, id);
        if (strcmp(was, is) == 0 || (only_new && strcmp(was, "null") != 0))
            continue;
        tidu_text_puts(out, *any ? "," : "");
        tidu_text_json(out, id, strlen(id));
        tidu_text_printf(out, ":{\"before\":%s,\"after\":%s}", was, is);
        *any = true;
    }
}

static void
write_decision(const tidu_ruleset *ruleset, size_t index, tidu_slice record,
               const struct outcomes *before, const struct outcomes *after, tidu_text *out)
{
    size_t mark = out->length;
    bool any = false;
    tidu_slice code = tidu_skim_member(record, "uscc");
    tidu_text_printf(out,
                     "{\"jsonrpc\":\"2.0\",\"method\":\"decision.changed\",\"params\":{\"record\":%zu,",
                     index);
    if (code.length) {
        tidu_text_puts(out, "\"uscc\":");
        tidu_text_add(out, code.data, code.length);
        tidu_text_putc(out, ',');
    }
    tidu_text_printf(out, "\"ruleset\":\"%.12s\",\"designations\":{",
                     tidu_ruleset_digest(ruleset));
    write_changes(before, before, after, false, &any, out);
    write_changes(after, before, after, true, &any, out);
    tidu_text_puts(out, "}}}\n");
    if (!any)
        out->length = mark;
}

/* Who is judged by the same rules as before has nothing to be told. */
static void
review_one(const struct review *review, struct bench *bench, size_t index, tidu_slice record,
           tidu_text *out)
{
    const struct world *world = review->errand.world;
    struct outcomes was, is;
    uint32_t region;
    if (!judge(bench, world->live, record, &region, NULL))
        return;
    tidu_ruleset *before = rules_of(review->before, region), *after = rules_of(world, region);
    if (before != after && judge(bench, before, record, &region, &was) &&
        judge(bench, after, record, &region, &is))
        write_decision(after, index, record, &was, &is, out);
}

static void
run_review(struct errand *errand)
{
    struct review *review = (struct review *)errand;
    struct bench bench = {.lender = {.server = errand->worker->server}, .as_of = review->as_of};
    tidu_text *out = tidu_errand_answer(errand);
    tidu_skim skim;
    tidu_skim_item item;
    bool open =
        tidu_skim_open(&skim, (tidu_slice){review->records, review->length}, TIDU_SKIM_DEPTH);
    for (size_t i = 0; open && !tidu_errand_cancelled(errand) &&
                       tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM;
         i++)
        review_one(review, &bench, i, item.value, out);
    close_bench(&bench);
}

static void
close_review(struct errand *errand)
{
    struct review *review = (struct review *)errand;
    tidu_world_close(&review->before);
    free(review->records);
}

static void
send_review(struct session *session, struct world *before)
{
    struct worker *worker = tidu_session_worker(session);
    const struct subscription *subscription = tidu_session_subscription(session);
    struct call call = {.asker = {.session = session}, .worker = worker};
    struct review *review = (struct review *)tidu_errand_open(&call, sizeof *review);
    if (!review)
        return;
    review->errand.notice = true;
    review->errand.run = run_review;
    review->errand.close = close_review;
    review->before = tidu_world_hold(before);
    review->as_of = tidu_worker_today(worker);
    review->length = subscription->length;
    review->records = malloc(subscription->length + TIDU_RECORD_PADDING);
    if (review->records) {
        memcpy(review->records, subscription->records, subscription->length);
        memset(review->records + subscription->length, 0, TIDU_RECORD_PADDING);
        tidu_errand_submit(&review->errand);
    } else {
        tidu_errand_return(&review->errand);
    }
}

void
tidu_subscriptions_review(struct worker *worker, struct world *before)
{
    for (struct session *session = worker->sessions; session; session = tidu_session_next(session)) {
        const struct subscription *subscription = tidu_session_subscription(session);
        if ((subscription->events & TIDU_EVENT_DECISION) && subscription->records)
            send_review(session, before);
    }
}

/* ---- the request -------------------------------------------------------------------------- */

static bool
read_events(const struct call *call, const json_t *names, unsigned *ret_events)
{
    size_t index;
    json_t *name;
    *ret_events = 0;
    if (!json_is_array(names))
        return tidu_params_bad(call, "events", names, "[\"ruleset.changed\", …]");
    json_array_foreach ((json_t *)names, index, name) {
        int i = 0;
        while (i < EVENT_COUNT &&
               (!json_is_string(name) || strcmp(events[i].name, json_string_value(name)) != 0))
            i++;
        if (i == EVENT_COUNT)
            return tidu_params_bad(call, "events", name,
                                   "ruleset.changed|reload.refused|decision.changed");
        *ret_events |= events[i].bit;
    }
    return true;
}

static size_t
count_records(tidu_slice records)
{
    tidu_skim skim;
    tidu_skim_item item;
    size_t count = 0;
    if (tidu_skim_open(&skim, records, TIDU_SKIM_DEPTH))
        while (tidu_skim_next(&skim, &item) == TIDU_SKIM_ITEM)
            count++;
    return count;
}

/* A copy of the records to be watched; false when refused. */
static bool
keep_records(const struct call *call, tidu_slice records, struct subscription *subscription)
{
    size_t most = tidu_worker_settings(call->worker)->records;
    char limit[32];
    tidu_error error;
    if (records.data && count_records(records) > most) {
        snprintf(limit, sizeof limit, "%zu", most);
        tidu_error_set(&error, TIDU_CALL_TOO_MANY_RECORDS, limit, NULL);
        return tidu_rpc_refuse(call, TIDU_RPC_TOO_LARGE, &error);
    }
    char *copy = records.data ? malloc(records.length) : NULL;
    if (records.data && !copy) {
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        return tidu_rpc_refuse(call, TIDU_RPC_INTERNAL, &error);
    }
    if (copy)
        memcpy(copy, records.data, records.length);
    free(subscription->records);
    subscription->records = copy;
    subscription->length = records.length;
    return true;
}

void
tidu_subscribe(struct call *call, json_t *params)
{
    tidu_slice records = tidu_skim_member(call->params, "records");
    struct subscription *subscription = tidu_session_subscription(call->asker.session);
    unsigned chosen;
    const json_t *names = json_object_get(params, "events");
    if (tidu_rpc_refuse_lasting(call, "subscribe"))
        return;
    if (!names) {
        tidu_params_lack(call, "events");
        return;
    }
    if (!read_events(call, names, &chosen))
        return;
    if (records.data && records.data[0] != '[') {
        tidu_params_bad(call, "records", json_object_get(params, "records"), "[{…}, …]");
        return;
    }
    if (!keep_records(call, records, subscription))
        return;
    subscription->events = chosen;
    tidu_text *out = tidu_rpc_begin(&call->asker);
    if (!out)
        return;
    tidu_text_printf(out, "{\"records\":%zu,\"events\":[", count_records(records));
    bool any = false;
    for (int i = 0; i < EVENT_COUNT; i++)
        if (chosen & events[i].bit) {
            tidu_text_printf(out, "%s\"%s\"", any ? "," : "", events[i].name);
            any = true;
        }
    tidu_text_puts(out, "]}");
    tidu_rpc_end(&call->asker);
}
