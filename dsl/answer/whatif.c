/*
 * whatif.c: one enterprise, before and after something changes.
 *
 * Two evaluations of one row, the second beside the first. What is told of both is
 * found by its id, so rules that came or went are seen too.
 */
#include "internal.h"

#include "tidu/whatif.h"

#include <string.h>

enum kind { DESIGNATION, CRITERION, INDICATOR, SUBSIDY, MEASURE, KINDS };

static const char *const kind_names[KINDS] = {"designation", "criterion", "indicator", "subsidy",
                                              "measure"};

/* Something that can move, on one side. */
struct thing {
    struct tidu_evaluation view;
    uint32_t number;
    bool there;
};

/* ---- what there is ---- */

static uint32_t
count_of(const tidu_program *program, enum kind kind)
{
    const uint32_t counts[KINDS] = {
        [DESIGNATION] = program->designation_count, [CRITERION] = program->criterion_count,
        [INDICATOR] = program->indicator_count,     [SUBSIDY] = program->subsidy_count,
        [MEASURE] = program->measure_count,
    };
    return counts[kind];
}

static const char *
id_of(const tidu_program *program, enum kind kind, uint32_t number)
{
    switch (kind) {
    case DESIGNATION:
        return program->designations[number].id;
    case CRITERION:
        return program->criteria[number].id;
    case INDICATOR:
        return program->indicators[number].id;
    case SUBSIDY:
        return program->subsidies[number].rule.id;
    default:
        return program->measures[number].rule.id;
    }
}

/* The designation that a criterion or an indicator stands in; NULL when nobody is
 * told of it. */
static const tidu_designation *
owner_of(asked *e, enum kind kind, uint32_t number)
{
    const tidu_program *program = e->program;
    for (uint32_t d = 0; d < program->designation_count; d++) {
        const tidu_designation *designation = &program->designations[d];
        bool here = kind == CRITERION
                        ? number - designation->first_criterion < designation->criterion_count
                        : false;
        for (uint32_t s = 0; kind == INDICATOR && s < designation->scorecard_count; s++) {
            const tidu_scorecard *card = &program->scorecards[designation->first_scorecard + s];
            here = here || number - card->first_indicator < card->indicator_count;
        }
        if (here && e->chosen[d])
            return designation;
    }
    return NULL;
}

static bool
is_told(asked *e, enum kind kind, uint32_t number)
{
    switch (kind) {
    case DESIGNATION:
        return e->chosen[number];
    case SUBSIDY:
        return tidu_wants(e, TIDU_INCLUDE_SUBSIDIES) && e->program->subsidies[number].told;
    case MEASURE:
        return tidu_wants(e, TIDU_INCLUDE_MEASURES) && e->program->measures[number].told;
    default:
        return tidu_wants(e, TIDU_INCLUDE_DESIGNATIONS) && owner_of(e, kind, number);
    }
}

static bool
is_here(const struct thing *thing, enum kind kind, const char *id)
{
    return thing->number < count_of(thing->view.program, kind) &&
           !strcmp(id_of(thing->view.program, kind, thing->number), id) &&
           is_told(&thing->view, kind, thing->number);
}

/* What has this id; mostly it stands where the other side has it. */
static struct thing
find(asked *e, enum kind kind, const char *id, unsigned lane, uint32_t number)
{
    struct thing thing = {.number = number};
    thing.there = tidu_look_nth(e, 0, lane, &thing.view) && is_here(&thing, kind, id);
    for (unsigned nth = 0; !thing.there && nth < TIDU_LANES_A_ROW; nth++) {
        if (!tidu_look_nth(e, 0, nth, &thing.view))
            break;
        for (thing.number = 0; thing.number < count_of(thing.view.program, kind); thing.number++)
            if ((thing.there = is_here(&thing, kind, id)))
                break;
    }
    return thing;
}

/* ---- what it came to ---- */

static tidu_step
status_of(const struct thing *thing, enum kind kind)
{
    const tidu_program *program = thing->view.program;
    switch (kind) {
    case DESIGNATION:
        return program->designations[thing->number].status;
    case CRITERION:
        return program->criteria[thing->number].status;
    case SUBSIDY:
        return program->subsidies[thing->number].rule.status;
    case MEASURE:
        return program->measures[thing->number].rule.status;
    default:
        return TIDU_NO_STEP;
    }
}

static const char *
word_of(const struct thing *thing, enum kind kind)
{
    if (!thing->there)
        return "absent";
    return tidu_answer_status(tidu_run_truth(thing->view.run, status_of(thing, kind), 0));
}

/* Points or money, from least to most; false when there are none. */
static bool
ends_of(const struct thing *thing, enum kind kind, tidu_step ret_ends[2])
{
    ret_ends[0] = ret_ends[1] = TIDU_NO_STEP;
    if (thing->there && kind == INDICATOR) {
        ret_ends[0] = thing->view.program->indicators[thing->number].low;
        ret_ends[1] = thing->view.program->indicators[thing->number].high;
    } else if (thing->there && kind == SUBSIDY) {
        ret_ends[0] = thing->view.program->subsidies[thing->number].net_low;
        ret_ends[1] = thing->view.program->subsidies[thing->number].net_high;
    }
    return ret_ends[0] != TIDU_NO_STEP;
}

static bool
same_ends(const struct thing *before, const struct thing *after, enum kind kind)
{
    tidu_step a[2], b[2];
    bool has = ends_of(before, kind, a);
    if (has != ends_of(after, kind, b))
        return false;
    for (int i = 0; has && i < 2; i++) {
        double x = 0, y = 0;
        bool known = tidu_run_number(before->view.run, a[i], 0, &x);
        if (known != tidu_run_number(after->view.run, b[i], 0, &y) || (known && x != y))
            return false;
    }
    return true;
}

static bool
has_moved(const struct thing *before, const struct thing *after, enum kind kind)
{
    if (before->there != after->there || !same_ends(before, after, kind))
        return true;
    return kind != INDICATOR && before->there &&
           strcmp(word_of(before, kind), word_of(after, kind)) != 0;
}

/* ---- telling ---- */

static void
write_title(const struct thing *thing, enum kind kind, tidu_text *out)
{
    const tidu_program *program = thing->view.program;
    const tidu_titles title = kind == DESIGNATION ? program->designations[thing->number].title
                              : kind == CRITERION ? program->criteria[thing->number].title
                              : kind == INDICATOR ? program->indicators[thing->number].title
                              : kind == SUBSIDY   ? program->subsidies[thing->number].rule.title
                                                  : program->measures[thing->number].rule.title;
    tidu_text_puts(out, ",\"title\":");
    tidu_answer_words(out, thing->view.options.lang, title.zh, title.en);
}

static void
write_ends(const struct thing *thing, enum kind kind, tidu_text *out)
{
    tidu_step ends[2];
    if (ends_of(thing, kind, ends))
        tidu_answer_interval(&thing->view, ends[0], ends[1], 0, out);
    else
        tidu_text_puts(out, thing->there ? "null" : "\"absent\"");
}

static void
write_side(const struct thing *thing, enum kind kind, tidu_text *out)
{
    if (kind == INDICATOR)
        write_ends(thing, kind, out);
    else
        tidu_answer_string(out, word_of(thing, kind));
}

static void
write_says(const struct thing *thing, tidu_text *out)
{
    if (!thing->there) {
        tidu_text_puts(out, "null");
        return;
    }
    const tidu_criterion *criterion = &thing->view.program->criteria[thing->number];
    tidu_answer_sentence(&thing->view, criterion, 0, out);
}

static void
write_reasons(const struct thing *before, const struct thing *after, tidu_text *out)
{
    const struct thing *known = after->there ? after : before;
    const tidu_criterion *criterion = &known->view.program->criteria[known->number];
    tidu_answer_key(out, ",\"designation\":", owner_of(&known->view, CRITERION, known->number)->id);
    tidu_answer_clause(&criterion->citation, false, out);
    tidu_text_puts(out, ",\"says\":{\"before\":");
    write_says(before, out);
    tidu_text_puts(out, ",\"after\":");
    write_says(after, out);
    tidu_text_putc(out, '}');
}

static void
write_moved(const struct thing *before, const struct thing *after, enum kind kind, bool *first,
            tidu_text *out)
{
    const struct thing *known = after->there ? after : before;
    tidu_put_comma(out, first);
    tidu_answer_key(out, "{\"kind\":", kind_names[kind]);
    tidu_answer_key(out, ",\"id\":", id_of(known->view.program, kind, known->number));
    write_title(known, kind, out);
    tidu_text_puts(out, ",\"before\":");
    write_side(before, kind, out);
    tidu_text_puts(out, ",\"after\":");
    write_side(after, kind, out);
    if (kind == CRITERION)
        write_reasons(before, after, out);
    if (kind == SUBSIDY) {
        tidu_text_puts(out, ",\"amount\":{\"before\":");
        write_ends(before, kind, out);
        tidu_text_puts(out, ",\"after\":");
        write_ends(after, kind, out);
        tidu_text_putc(out, '}');
    }
    tidu_text_putc(out, '}');
}

/* All of a kind that one side tells of: what moved, or with `gone` what the other
 * side has not. */
static void
write_kind(asked *from, asked *other, enum kind kind, bool gone, bool *first, tidu_text *out)
{
    struct thing here = {.there = true};
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW; nth++) {
        if (!tidu_look_nth(from, 0, nth, &here.view))
            break;
        for (here.number = 0; here.number < count_of(here.view.program, kind); here.number++) {
            if (!is_told(&here.view, kind, here.number))
                continue;
            const char *id = id_of(here.view.program, kind, here.number);
            struct thing there = find(other, kind, id, nth, here.number);
            if (gone && !there.there)
                write_moved(&here, &there, kind, first, out);
            else if (!gone && has_moved(&there, &here, kind))
                write_moved(&there, &here, kind, first, out);
        }
    }
}

static void
write_changed(asked *before, asked *after, tidu_text *out)
{
    bool first = true;
    tidu_text_puts(out, ",\"changed\":[");
    for (enum kind kind = DESIGNATION; kind < KINDS; kind++) {
        write_kind(after, before, kind, false, &first, out);
        write_kind(before, after, kind, true, &first, out);
    }
    tidu_text_putc(out, ']');
}

static void
write_work(asked *e, tidu_text *out)
{
    uint32_t steps = 0, all = 0, part[2];
    struct tidu_evaluation view;
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW && tidu_look_nth(e, 0, nth, &view); nth++) {
        tidu_run_work(view.run, &part[0], &part[1]);
        steps += part[0];
        all += part[1];
    }
    tidu_text_printf(out, ",\"work\":{\"steps\":%u,\"of\":%u}", steps, all);
}

static void
write(const tidu_whatif *whatif, asked *before, asked *after, tidu_text *out)
{
    tidu_text_add(out, before->head.data, before->head.length);
    if (whatif->candidate)
        tidu_text_printf(out, ",\"candidate\":\"%.12s\"", tidu_ruleset_digest(whatif->candidate));
    tidu_text_puts(out, ",\"before\":");
    tidu_evaluation_write(before, 0, out);
    tidu_text_puts(out, ",\"after\":");
    tidu_evaluation_write(after, 0, out);
    write_changed(before, after, out);
    write_work(after, out);
    tidu_text_putc(out, '}');
}

/* Money and measures too, when answers do not tell of them: what moved does. */
static void
run(tidu_evaluation *e)
{
    tidu_evaluation_run(e);
    for (uint32_t i = 0; e->options.explain < TIDU_EXPLAIN_BRIEF && i < e->lane_count; i++)
        if (e->lanes[i] && e->lanes[i]->due)
            tidu_run_eval_support(e->lanes[i]->run);
}

bool
tidu_ruleset_whatif(tidu_ruleset *ruleset, const tidu_whatif *whatif, tidu_text *out,
                    tidu_error *reterr)
{
    const char *changed = whatif->changed ? whatif->changed : whatif->record;
    size_t length = whatif->changed ? whatif->changed_length : whatif->length;
    tidu_ruleset *rules = whatif->candidate ? whatif->candidate : ruleset;
    tidu_evaluation *after = NULL,
                    *before = tidu_evaluation_open(ruleset, whatif->options, 1, reterr);
    bool good = before && tidu_evaluation_json(before, whatif->record, whatif->length, reterr) ==
                              TIDU_READ_ROW;
    if (good) {
        run(before);
        after = tidu_evaluation_beside(rules, whatif->options, 1,
                                       whatif->candidate ? NULL : whatif->overlay, before, reterr);
        good = after && tidu_evaluation_json(after, changed, length, reterr) == TIDU_READ_ROW;
    }
    if (good) {
        run(after);
        write(whatif, before, after, out);
    }
    tidu_evaluation_close(&after);
    tidu_evaluation_close(&before);
    return good;
}
