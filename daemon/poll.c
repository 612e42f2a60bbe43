/*
 * poll.c: the parameters of sweep, calibrate, impact, cohort and judge.
 */
#include "poll.h"

#include "params.h"
#include "tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_CHANGES = 64,
    MOST_SHARED = 16,
    MOST_DESIGNATIONS = 64,
    USUAL_STEPS = 21,
    USUAL_SAMPLES = 3
};

/* Of enterprises, or 万元: more than there are. */
#define MOST_FIGURE 1e12

struct polling {
    const tidu_poll *poll;
    struct params params;
    tidu_inquiry inquiry;
    const char *designations[MOST_DESIGNATIONS];
    tidu_change changes[MOST_CHANGES];
    tidu_text words[MOST_CHANGES]; /* values that were no texts */
    size_t change_count;
    tidu_text *out;
};

static tidu_asked
done(const struct polling *polling, bool good)
{
    return good ? TIDU_ASKED_ANSWERED : tidu_param_refused(polling->params.reterr);
}

/* ---- what all of them take ---- */

static tidu_asked
take_whom(struct polling *polling)
{
    tidu_inquiry *inquiry = &polling->inquiry;
    const struct params *params = &polling->params;
    const json_t *designations = json_object_get(params->tree, "designations");
    uint64_t threads = 0;
    if (!tidu_param_date(params, "as_of", &inquiry->as_of))
        return tidu_param_bad(params, "as_of", "\"YYYY-MM-DD\"");
    if (!tidu_param_region(params, "jurisdiction", &inquiry->jurisdiction))
        return tidu_param_bad(params, "jurisdiction", "\"440305\"");
    if (!tidu_param_name(params, "by", &inquiry->by))
        return tidu_param_bad(params, "by", "\"region\"");
    if (!tidu_param_flag(params, "money", &inquiry->money))
        return tidu_param_bad(params, "money", "true|false");
    if (!tidu_param_count(params, "threads", 1, 64, &threads))
        return tidu_param_bad(params, "threads", "1…64");
    if (designations && !tidu_param_names(designations, polling->designations, MOST_DESIGNATIONS,
                                          &inquiry->designation_count))
        return tidu_param_bad(params, "designations", "[\"lg\", …]");
    unsigned most = polling->poll->most_threads;
    if (most && !threads)
        threads = 1;
    inquiry->threads = most && threads > most ? most : (unsigned)threads;
    inquiry->designations = inquiry->designation_count ? polling->designations : NULL;
    return TIDU_ASKED_ANSWERED;
}

static tidu_asked
take_changes(struct polling *polling)
{
    const json_t *changes = json_object_get(polling->params.tree, "params");
    const char *address;
    json_t *value;
    if (changes && (!json_is_object(changes) || json_object_size(changes) > MOST_CHANGES))
        return tidu_param_bad(&polling->params, "params", "{\"lg/main_share#1\": \"65%\", …}");
    json_object_foreach ((json_t *)changes, address, value) {
        tidu_text *word = &polling->words[polling->change_count];
        if (json_is_string(value))
            tidu_text_puts(word, json_string_value(value));
        else
            tidu_tree_write(value, word);
        tidu_text_putc(word, '\0');
        if (word->failed)
            return done(polling, tidu_error_set(polling->params.reterr, TIDU_MEMORY, NULL));
        polling->changes[polling->change_count++] = (tidu_change){address, word->data};
    }
    return TIDU_ASKED_ANSWERED;
}

static tidu_reform
reform_of(const struct polling *polling)
{
    return (tidu_reform){polling->poll->ruleset, polling->changes, polling->change_count};
}

/* ---- sweep ---- */

struct axes {
    tidu_axis list[TIDU_MOST_AXES];
    const char *addresses[TIDU_MOST_AXES][MOST_SHARED];
    size_t count;
};

static bool
take_axis(const struct polling *polling, const json_t *asked, struct axes *axes)
{
    tidu_axis *axis = &axes->list[axes->count];
    const char **addresses = axes->addresses[axes->count];
    const struct params params = {asked, polling->params.method, polling->params.reterr};
    uint64_t steps = USUAL_STEPS;
    if (!tidu_param_names(json_object_get(asked, "param"), addresses, MOST_SHARED,
                          &axis->address_count) ||
        !axis->address_count || !tidu_param_name(&params, "from", &axis->from) || !axis->from ||
        !tidu_param_name(&params, "to", &axis->to) || !axis->to ||
        !tidu_param_count(&params, "steps", 2, TIDU_MOST_STEPS, &steps))
        return false;
    axis->addresses = addresses;
    axis->steps = (uint32_t)steps;
    axes->count++;
    return true;
}

static tidu_asked
poll_sweep(struct polling *polling)
{
    static const char takes[] =
        "[{\"param\": \"lg/main_share#1\", \"from\": \"60%\", \"to\": \"80%\", \"steps\": 21}, …]";
    const json_t *asked = json_object_get(polling->params.tree, "axes"), *axis;
    struct axes axes = {.count = 0};
    size_t index;
    if (asked && (!json_is_array(asked) || json_array_size(asked) > TIDU_MOST_AXES))
        return tidu_param_bad(&polling->params, "axes", takes);
    json_array_foreach ((json_t *)asked, index, axis)
        if (!take_axis(polling, axis, &axes))
            return tidu_param_bad(&polling->params, "axes", takes);
    const tidu_reform reform = reform_of(polling);
    return done(polling, tidu_sweep(&polling->inquiry, &reform, axes.list, axes.count, polling->out,
                                    polling->params.reterr));
}

/* ---- calibrate ---- */

static bool
take_figure(const struct polling *polling, const char *name, double *ret)
{
    const json_t *value = json_object_get(polling->params.tree, name);
    *ret = json_number_value(value);
    return json_is_number(value) && *ret >= 0 && *ret <= MOST_FIGURE;
}

static tidu_asked
poll_calibrate(struct polling *polling)
{
    const char *addresses[MOST_SHARED];
    const struct params *params = &polling->params;
    const json_t *asked = json_object_get(params->tree, "param");
    bool budget = json_object_get(params->tree, "budget") != NULL;
    tidu_goal goal = {.addresses = addresses};
    if (!asked)
        return tidu_param_lacks(params, "param");
    if (!tidu_param_names(asked, addresses, MOST_SHARED, &goal.address_count) ||
        !goal.address_count)
        return tidu_param_bad(params, "param", "\"lg/main_share#1\"");
    if (!tidu_param_name(params, "designation", &goal.designation))
        return tidu_param_bad(params, "designation", "\"lg\"");
    if (budget && (goal.designation || json_object_get(params->tree, "target"))) {
        tidu_error_set(params->reterr, TIDU_CALL_PARAM_CLASH,
                       goal.designation ? "designation" : "target", "budget", NULL);
        return TIDU_ASKED_BAD;
    }
    if (!budget && !goal.designation)
        return tidu_param_lacks(params, "designation");
    if (!budget && !json_object_get(params->tree, "target"))
        return tidu_param_lacks(params, "target");
    if (!take_figure(polling, budget ? "budget" : "target", &goal.target))
        return tidu_param_bad(params, budget ? "budget" : "target", "0…1e12");
    const tidu_reform reform = reform_of(polling);
    return done(polling,
                tidu_calibrate(&polling->inquiry, &reform, &goal, polling->out, params->reterr));
}

/* ---- impact ---- */

static tidu_asked
poll_impact(struct polling *polling)
{
    const struct params *params = &polling->params;
    uint64_t samples = USUAL_SAMPLES;
    bool all = false;
    if (!tidu_param_count(params, "samples", 0, UINT32_MAX, &samples))
        return tidu_param_bad(params, "samples", "0…");
    if (!tidu_param_flag(params, "all", &all))
        return tidu_param_bad(params, "all", "true|false");
    if (polling->change_count && polling->poll->candidate) {
        tidu_error_set(params->reterr, TIDU_CALL_PARAM_CLASH, "params", "candidate", NULL);
        return TIDU_ASKED_BAD;
    }
    if (!polling->change_count && !polling->poll->candidate)
        return tidu_param_lacks(params, "candidate|params");
    const tidu_reform before = {polling->poll->ruleset, NULL, 0};
    tidu_reform after = reform_of(polling);
    if (polling->poll->candidate)
        after.ruleset = polling->poll->candidate;
    return done(polling,
                tidu_impact(&polling->inquiry, &before, &after,
                            all ? UINT32_MAX : (uint32_t)samples, polling->out, params->reterr));
}

/* ---- cohort ---- */

/* "rd_ratio" is the largest first; {"by": …, "rising": true} the smallest. */
static bool
take_key(const json_t *value, tidu_rank_key *ret)
{
    const json_t *by = json_is_object(value) ? json_object_get(value, "by") : value;
    const json_t *rising = json_object_get(value, "rising");
    ret->name = json_string_value(by);
    ret->rising = json_is_true(rising);
    return ret->name && (!rising || json_is_boolean(rising));
}

static bool
take_keys(const json_t *asked, tidu_rank_key *ret, size_t *ret_count)
{
    size_t index;
    json_t *key;
    *ret_count = 0;
    if (!asked)
        return true;
    if (!json_is_array(asked) || json_array_size(asked) > TIDU_MOST_KEYS)
        return false;
    json_array_foreach (asked, index, key)
        if (!take_key(key, &ret[(*ret_count)++]))
            return false;
    return true;
}

/* A number or a budget, or a budget that is shared. */
static tidu_asked
take_ends(const struct polling *polling, tidu_cohort *cohort)
{
    const struct params *params = &polling->params;
    bool budget = json_object_get(params->tree, "budget") != NULL;
    if (!tidu_param_count(params, "most", 0, UINT32_MAX, &cohort->most))
        return tidu_param_bad(params, "most", "0…");
    if (budget && !take_figure(polling, "budget", &cohort->budget))
        return tidu_param_bad(params, "budget", "0…1e12");
    if (!tidu_param_flag(params, "split", &cohort->split))
        return tidu_param_bad(params, "split", "true|false");
    if (budget && !cohort->subsidy)
        return tidu_param_lacks(params, "subsidy");
    if (cohort->split && !budget)
        return tidu_param_lacks(params, "budget");
    if (cohort->split && cohort->most != UINT64_MAX) {
        tidu_error_set(params->reterr, TIDU_CALL_PARAM_CLASH, "split", "most", NULL);
        return TIDU_ASKED_BAD;
    }
    if (!cohort->split && !cohort->key_count)
        return tidu_param_lacks(params, "rank");
    return TIDU_ASKED_ANSWERED;
}

static tidu_asked
poll_cohort(struct polling *polling)
{
    const struct params *params = &polling->params;
    tidu_rank_key keys[TIDU_MOST_KEYS];
    tidu_cohort cohort = {.keys = keys, .most = UINT64_MAX, .budget = INFINITY};
    uint64_t samples = USUAL_SAMPLES;
    bool all = false;
    if (!tidu_param_name(params, "designation", &cohort.designation))
        return tidu_param_bad(params, "designation", "\"lg\"");
    if (!tidu_param_name(params, "subsidy", &cohort.subsidy))
        return tidu_param_bad(params, "subsidy", "\"…\"");
    if (cohort.designation && cohort.subsidy) {
        tidu_error_set(params->reterr, TIDU_CALL_PARAM_CLASH, "designation", "subsidy", NULL);
        return TIDU_ASKED_BAD;
    }
    if (!cohort.designation && !cohort.subsidy)
        return tidu_param_lacks(params, "designation|subsidy");
    if (!take_keys(json_object_get(params->tree, "rank"), keys, &cohort.key_count))
        return tidu_param_bad(params, "rank",
                              "[\"rd_ratio\", {\"by\": \"established_date\", \"rising\": true}]");
    tidu_asked asked = take_ends(polling, &cohort);
    if (asked != TIDU_ASKED_ANSWERED)
        return asked;
    if (!tidu_param_count(params, "samples", 0, UINT32_MAX, &samples))
        return tidu_param_bad(params, "samples", "0…");
    if (!tidu_param_flag(params, "all", &all))
        return tidu_param_bad(params, "all", "true|false");
    if (!tidu_param_name(params, "enterprise", &cohort.enterprise))
        return tidu_param_bad(params, "enterprise", "\"…\"");
    cohort.samples = all ? UINT32_MAX : (uint32_t)samples;
    const tidu_reform reform = reform_of(polling);
    return done(polling, tidu_cohort_form(&polling->inquiry, &reform, &cohort, polling->out,
                                          params->reterr));
}

/* ---- judge ---- */

static tidu_asked
poll_judge(struct polling *polling)
{
    tidu_error *reterr = polling->params.reterr;
    const tidu_verdicts_lines *lines = polling->poll->lines;
    const tidu_reform reform = reform_of(polling);
    tidu_verdicts *verdicts = tidu_judge(&polling->inquiry, &reform, reterr);
    bool good = verdicts && tidu_verdicts_tell(verdicts, polling->out, reterr) &&
                (!lines || tidu_verdicts_write(verdicts, lines, reterr));
    tidu_verdicts_close(&verdicts);
    return done(polling, good);
}

/* ---- all of them ---- */

static const struct {
    const char *method;
    tidu_asked (*poll)(struct polling *polling);
} polls[] = {{"sweep", poll_sweep},
             {"calibrate", poll_calibrate},
             {"impact", poll_impact},
             {"cohort", poll_cohort},
             {"judge", poll_judge}};

tidu_asked
tidu_poll_rules(const tidu_poll *poll, tidu_text *out, tidu_error *reterr)
{
    size_t i = 0;
    struct polling polling = {.poll = poll,
                              .params = {poll->params, poll->method, reterr},
                              .out = out,
                              .inquiry = {.population = poll->population,
                                          .as_of = poll->today,
                                          .lang = poll->lang,
                                          .progress = poll->progress,
                                          .interim = poll->interim,
                                          .context = poll->context}};
    while (strcmp(polls[i].method, poll->method) != 0)
        i++;
    tidu_asked asked = take_whom(&polling);
    if (asked == TIDU_ASKED_ANSWERED)
        asked = take_changes(&polling);
    if (asked == TIDU_ASKED_ANSWERED)
        asked = polls[i].poll(&polling);
    for (size_t w = 0; w < MOST_CHANGES; w++)
        tidu_text_free(&polling.words[w]);
    return asked;
}
