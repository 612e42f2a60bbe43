/*
 * diff.c: what two rulesets say differently, designation by designation.
 *
 * Must not know: how regions are found.
 */
#include "differ.h"

#include <stdlib.h>

enum { SIDES = 2, LAYERS = 2 };

struct diffing {
    tidu_ruleset *rulesets[SIDES];
    const tidu_diff *asked;
    struct joint *joint;
    bool joined;
    const tidu_program *programs[SIDES][LAYERS]; /* of the joint: ladder, local */
    struct question question;
    tidu_path path;
    uint32_t nodes_left;
    bool stopped;
    const char *designation; /* being looked at */
    bool starved;            /* while an example was judged */
    tidu_text *out;
    tidu_error *reterr;
    bool first;
};

static bool
no_memory(struct diffing *diffing)
{
    return tidu_error_set(diffing->reterr, TIDU_MEMORY, NULL);
}

/* ---- designations ---- */

static struct version
find_version(const struct diffing *diffing, int side, const char *id)
{
    struct version version = {NULL, NULL};
    for (int layer = 0; layer < LAYERS && !version.designation; layer++) {
        version.program = diffing->programs[side][layer];
        version.designation = tidu_program_told(version.program, id);
    }
    return version;
}

static bool
check_wanted(struct diffing *diffing)
{
    const tidu_diff *asked = diffing->asked;
    for (size_t i = 0; asked->designations && i < asked->designation_count; i++)
        if (!find_version(diffing, 0, asked->designations[i]).designation &&
            !find_version(diffing, 1, asked->designations[i]).designation)
            return tidu_no_such_designation(asked->designations[i], diffing->programs[1], LAYERS,
                                            diffing->reterr);
    return true;
}

/* ---- judging examples ---- */

struct verdict_of {
    const char *designation;
    bool met, found;
};

static void
note_outcome(void *context, const char *id, tidu_outcome outcome)
{
    struct verdict_of *verdict = context;
    if (strcmp(id, verdict->designation) != 0)
        return;
    verdict->found = outcome != TIDU_UNDETERMINED;
    verdict->met = outcome == TIDU_MET;
}

static bool
judge_by(struct diffing *diffing, int side, const char *record, size_t length, bool *ret_met)
{
    const tidu_options options = {.as_of = diffing->asked->as_of,
                                  .explain = TIDU_EXPLAIN_NONE,
                                  .ignore_unknown = true,
                                  .jurisdiction = diffing->asked->region};
    struct verdict_of verdict = {diffing->designation, false, false};
    tidu_error error = {.code = TIDU_OK};
    tidu_evaluation *e = tidu_evaluation_open(diffing->rulesets[side], &options, 1, &error);
    if (e && tidu_evaluation_json(e, record, length, &error) == TIDU_READ_ROW) {
        tidu_evaluation_run(e);
        tidu_evaluation_outcomes(e, 0, note_outcome, &verdict);
    }
    tidu_evaluation_close(&e);
    diffing->starved = diffing->starved || error.code == TIDU_MEMORY;
    *ret_met = verdict.met;
    return verdict.found;
}

static bool
judge(void *context, const tidu_text *record, bool ret_met[2])
{
    struct diffing *diffing = context;
    char *padded = calloc(record->length + TIDU_RECORD_PADDING, 1);
    bool good = padded != NULL;
    diffing->starved = diffing->starved || !good;
    if (good)
        memcpy(padded, record->data, record->length);
    for (int side = 0; side < SIDES && good; side++)
        good = judge_by(diffing, side, padded, record->length, &ret_met[side]);
    free(padded);
    return good;
}

/* ---- telling ---- */

static void
put_facts(const struct differing *differing, const struct region *region, tidu_text *out)
{
    const tidu_vocabulary *vocabulary = &differing->joint->vocabulary;
    bool first = true;
    for (uint32_t f = 0; f <= vocabulary->fact_count; f++) {
        if (!region->reads[f])
            continue;
        tidu_text_puts(out, first ? "" : ",");
        first = false;
        tidu_path_string(out,
                         f < vocabulary->fact_count ? vocabulary->facts[f].symbol.name : "titles");
    }
}

static void
put_region(struct differing *differing, const struct region *region, bool first, tidu_text *out)
{
    tidu_text_printf(out, "%s{\"effect\":\"%s\",\"criterion\":{\"id\":", first ? "" : ",",
                     region->gain ? "gain" : "lose");
    tidu_path_string(out, region->criterion->id);
    if (region->criterion->title.zh)
        tidu_path_titles(out, ",\"title\":", region->criterion->title.zh,
                         region->criterion->title.en);
    tidu_text_puts(out, "},\"when\":");
    tidu_put_box(differing, region, out);
    tidu_text_puts(out, ",\"facts\":[");
    put_facts(differing, region, out);
    tidu_text_puts(out, "],\"example\":");
    tidu_text_add(out, region->example.data, region->example.length);
    tidu_text_printf(out, ",\"old\":\"%s\",\"new\":\"%s\"}", region->judged[0] ? "met" : "unmet",
                     region->judged[1] ? "met" : "unmet");
}

static void
begin_designation(struct diffing *diffing, const tidu_designation *designation, const char *change)
{
    tidu_text *out = diffing->out;
    tidu_text_puts(out, diffing->first ? "{\"id\":" : ",{\"id\":");
    diffing->first = false;
    tidu_path_string(out, designation->id);
    tidu_path_titles(out, ",\"title\":", designation->title.zh, designation->title.en);
    tidu_text_printf(out, ",\"change\":\"%s\"", change);
}

static bool
open_differing(struct diffing *diffing, struct differing *differing)
{
    differing->arena = tidu_arena_open();
    if (!differing->arena)
        return no_memory(diffing);
    uint32_t steps = differing->sides[1].program->step_count;
    differing->same_as = tidu_arena_array(differing->arena, steps, sizeof *differing->same_as);
    for (uint32_t s = 0; differing->same_as && s < steps; s++)
        differing->same_as[s] = TIDU_NO_STEP;
    return differing->same_as || no_memory(diffing);
}

static void
close_differing(struct differing *differing)
{
    for (size_t r = 0; r < differing->region_count; r++)
        tidu_text_free(&differing->regions[r].example);
    tidu_arena_close(&differing->arena);
}

static bool
compare(struct diffing *diffing, struct version old, struct version new)
{
    struct differing differing = {.question = &diffing->question,
                                  .joint = diffing->joint,
                                  .sides = {old, new},
                                  .as_of = diffing->asked->as_of,
                                  .complete = true,
                                  .judge = judge,
                                  .context = diffing};
    diffing->designation = new.designation->id;
    bool good = open_differing(diffing, &differing);
    bool same =
        good && tidu_same_steps(&differing, old.designation->status, new.designation->status);
    if (good && !same)
        tidu_find_regions(&differing);
    if (good && tidu_reads_oddly(&differing))
        same = differing.complete = false;
    good = good && ((!differing.failed && !diffing->starved) || no_memory(diffing));
    if (good) {
        begin_designation(diffing, new.designation, same ? "same" : "changed");
        tidu_text_printf(diffing->out, ",\"complete\":%s,\"regions\":[",
                         differing.complete ? "true" : "false");
        for (size_t r = 0; r < differing.region_count; r++)
            put_region(&differing, &differing.regions[r], !r, diffing->out);
        tidu_text_puts(diffing->out, "]}");
    }
    close_differing(&differing);
    return good;
}

/* Facts that cannot be brought together: that they are said otherwise is all there is. */
static void
tell_apart(struct diffing *diffing, struct version new)
{
    begin_designation(diffing, new.designation, "changed");
    tidu_text_puts(diffing->out, ",\"complete\":false,\"regions\":[]}");
}

static bool
tell_designations(struct diffing *diffing)
{
    for (int side = 1; side >= 0; side--)
        for (int layer = 0; layer < LAYERS; layer++) {
            const tidu_program *program = diffing->programs[side][layer];
            for (uint32_t d = 0; program && d < program->designation_count; d++) {
                struct version at = {program, &program->designations[d]};
                if (!at.designation->told ||
                    !tidu_is_wanted(diffing->asked->designations, diffing->asked->designation_count,
                                    at.designation->id))
                    continue;
                struct version other = find_version(diffing, !side, at.designation->id);
                if (!other.designation) {
                    begin_designation(diffing, at.designation, side ? "added" : "removed");
                    tidu_text_puts(diffing->out, ",\"complete\":false,\"regions\":[]}");
                } else if (side && !diffing->joined) {
                    tell_apart(diffing, at);
                } else if (side && !compare(diffing, other, at)) {
                    return false;
                }
                if (diffing->stopped)
                    return tidu_error_set(diffing->reterr, TIDU_POPULATION_STOPPED, NULL);
            }
        }
    return true;
}

/* ---- both rulesets ---- */

static bool
open_programs(struct diffing *diffing)
{
    for (int side = 0; side < SIDES; side++) {
        const tidu_plan *plan = tidu_ruleset_plan(diffing->rulesets[side], diffing->asked->region);
        const tidu_timeline *const layers[LAYERS] = {&plan->ladder, &plan->local};
        for (int layer = 0; layer < LAYERS; layer++) {
            const tidu_program *program =
                tidu_timeline_program(layers[layer], diffing->asked->as_of);
            if (program && diffing->joined)
                program = tidu_joint_program(diffing->joint, side, program);
            else if (!program)
                continue;
            if (!program)
                return no_memory(diffing);
            diffing->programs[side][layer] = program;
        }
    }
    return true;
}

bool
tidu_ruleset_diff(tidu_ruleset *old, tidu_ruleset *new, const tidu_diff *asked, tidu_text *out,
                  tidu_error *reterr)
{
    struct diffing diffing = {.rulesets = {old, new},
                              .asked = asked,
                              .path = {.proceed = asked->proceed, .context = asked->context},
                              .out = out,
                              .reterr = reterr,
                              .first = true};
    size_t from = out->length;
    char date[11];
    diffing.question = (struct question){
        .path = &diffing.path, .nodes_left = &diffing.nodes_left, .stopped = &diffing.stopped};
    diffing.joint = tidu_joint_open(old, new, &diffing.joined);
    bool good = diffing.joint || no_memory(&diffing);
    good = good && open_programs(&diffing) && check_wanted(&diffing);
    tidu_text_printf(
        out, "{\"old\":\"%.12s\",\"new\":\"%.12s\",\"as_of\":\"%s\",\"designations\":[",
        tidu_ruleset_digest(old), tidu_ruleset_digest(new), tidu_date_format(asked->as_of, date));
    good = good && tell_designations(&diffing);
    tidu_text_puts(out, "]}");
    tidu_joint_close(&diffing.joint);
    if (good && out->failed)
        good = no_memory(&diffing);
    if (!good)
        out->length = from;
    return good;
}
