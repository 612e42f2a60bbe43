/*
 * mutation.c: every mutant against the scenarios that could notice it.
 *
 * A mutant is an overlay: only programs that may be made of its rule are
 * lowered again, and only the batches whose expectations rest on that rule are
 * judged, those of its own document first. A batch of a place is judged by its
 * ladder and by what the place adds, changed or not. The first scenario that
 * fails kills the mutant.
 *
 * A survivor whose programs are step by step those of the ruleset could not be
 * noticed by anybody: it is no mutant and does not count.
 */
#include "internal.h"

#include "tidu/mutants.h"
#include "tidu/mutate.h"

#include <stdlib.h>
#include <string.h>

enum fate { KILLED, SURVIVED, NO_MUTANT, BROKEN };

/* What became of the mutants of a document. */
struct tally {
    const char *path;
    uint32_t mutants, killed;
};

struct hunt {
    struct cases *cases;
    tidu_overlay *overlay;
    tidu_arena *arena;
    tidu_mutants mutants;
    enum fate *fates;              /* [mutant] */
    const tidu_mutant **survivors; /* room for all */
    struct tally *tallies;         /* a document each, then all of them */
    uint32_t tally_count;
    tidu_error *reterr;
};

static bool
no_memory(struct hunt *hunt)
{
    return tidu_error_set(hunt->reterr, TIDU_MEMORY, NULL);
}

/* ---- one mutant ---- */

static bool
is_own(const struct batch *batch, const tidu_mutant *mutant)
{
    return batch->block->row_count && !strcmp(batch->scenarios[0]->path, mutant->place.document);
}

/* A program of the ruleset with the mutant in it. SURVIVED: there is one. */
static enum fate
change_program(struct hunt *hunt, uint32_t number, const tidu_program **ret)
{
    tidu_error why = {.code = TIDU_OK};
    *ret = tidu_overlay_again(hunt->overlay, number, &why);
    if (*ret)
        return SURVIVED;
    if (why.code != TIDU_MEMORY)
        return NO_MUTANT; /* the compiler notices */
    no_memory(hunt);
    return BROKEN;
}

static enum fate
open_run(struct hunt *hunt, const struct batch *batch, unsigned nth, uint32_t rule, tidu_run **ret)
{
    uint32_t number = batch->judges.numbers[nth];
    if (number == TIDU_NO_LANE)
        return SURVIVED;
    const tidu_program *program = hunt->cases->ruleset->programs[number];
    enum fate fate = tidu_rules_has(batch->judges.rules[nth], rule)
                         ? change_program(hunt, number, &program)
                         : SURVIVED;
    if (fate != SURVIVED)
        return fate;
    *ret = tidu_batches_run(batch, program);
    if (*ret)
        return SURVIVED;
    no_memory(hunt);
    return BROKEN;
}

static enum fate
try_batch(struct hunt *hunt, const struct batch *batch, uint32_t rule)
{
    tidu_run *runs[TIDU_LANES_A_ROW] = {NULL};
    enum fate fate = SURVIVED;
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW && fate == SURVIVED; nth++)
        fate = open_run(hunt, batch, nth, rule, &runs[nth]);
    for (uint32_t row = 0; row < batch->block->row_count && fate == SURVIVED; row++)
        if (batch->counts[row] && !tidu_scenario_passes(runs, row, batch->scenarios[row]))
            fate = KILLED;
    tidu_batches_dismiss(runs);
    return fate;
}

/* Judge the batches of the mutant's own document, or the others. */
static enum fate
try_batches(struct hunt *hunt, const tidu_mutant *mutant, bool own)
{
    enum fate fate = SURVIVED;
    for (size_t b = 0; b < hunt->cases->count && fate == SURVIVED; b++) {
        const struct batch *batch = &hunt->cases->batches[b];
        if (is_own(batch, mutant) == own &&
            tidu_batches_concerned(hunt->cases, batch, mutant->rule))
            fate = try_batch(hunt, batch, mutant->rule);
    }
    return fate;
}

/* Does any program differ while the rule is in force? */
static enum fate
look_closer(struct hunt *hunt, const tidu_mutant *mutant)
{
    const tidu_ruleset *ruleset = hunt->cases->ruleset;
    const tidu_rule *rule = &hunt->cases->rules->list[mutant->rule];
    for (uint32_t p = 0; p < ruleset->program_count; p++) {
        const tidu_program *old = ruleset->programs[p], *changed;
        if (old->until < rule->from || rule->until < old->from)
            continue;
        const uint64_t *rules = tidu_batches_rules(hunt->cases, p);
        if (!rules) {
            no_memory(hunt);
            return BROKEN;
        }
        if (!tidu_rules_has(rules, mutant->rule))
            continue;
        enum fate fate = change_program(hunt, p, &changed);
        if (fate != SURVIVED || !tidu_program_same(old, changed))
            return fate;
    }
    return NO_MUTANT;
}

static enum fate
try_mutant(struct hunt *hunt, const tidu_mutant *mutant)
{
    if (!tidu_overlay_mutate(hunt->overlay, mutant)) {
        no_memory(hunt);
        return BROKEN;
    }
    enum fate fate = try_batches(hunt, mutant, true);
    if (fate == SURVIVED)
        fate = try_batches(hunt, mutant, false);
    return fate == SURVIVED ? look_closer(hunt, mutant) : fate;
}

/* ---- all of them ---- */

static void
count_fate(struct hunt *hunt, const char *path, enum fate fate)
{
    uint32_t at = 0;
    while (at < hunt->tally_count && strcmp(hunt->tallies[at].path, path))
        at++;
    hunt->tally_count += at == hunt->tally_count;
    struct tally *both[2] = {&hunt->tallies[at],
                             &hunt->tallies[hunt->cases->ruleset->document_count]};
    both[0]->path = path;
    for (int i = 0; i < 2; i++) {
        both[i]->mutants += fate != NO_MUTANT;
        both[i]->killed += fate == KILLED;
    }
}

static bool
try_all(struct hunt *hunt, tidu_progress progress)
{
    for (uint32_t m = 0; m < hunt->mutants.count; m++) {
        const tidu_mutant *mutant = &hunt->mutants.list[m];
        hunt->fates[m] = try_mutant(hunt, mutant);
        if (hunt->fates[m] == BROKEN)
            return false;
        count_fate(hunt, mutant->place.document, hunt->fates[m]);
        if (progress.tell)
            progress.tell(progress.context, m + 1, hunt->mutants.count);
    }
    return true;
}

/* ---- the outcome ---- */

static double
score_of(const struct tally *tally)
{
    return tally->mutants ? 100.0 * tally->killed / tally->mutants : 100;
}

static void
write_tally(const struct tally *tally, tidu_text *out)
{
    tidu_text_printf(out, "\"mutants\":%u,\"killed\":%u,\"score\":%.2f", tally->mutants,
                     tally->killed, score_of(tally));
}

/* In both languages when both are asked for and they differ. */
static void
write_words(const char *const words[2], tidu_lang lang, tidu_text *out)
{
    bool both = lang == TIDU_BOTH && strcmp(words[TIDU_ZH], words[TIDU_EN]);
    tidu_text text = {0};
    tidu_text_puts(&text, words[lang == TIDU_EN]);
    if (both)
        tidu_text_printf(&text, " / %s", words[TIDU_EN]);
    tidu_text_putc(&text, '\0');
    out->failed = out->failed || text.failed;
    if (!text.failed)
        tidu_answer_string(out, text.data);
    tidu_text_free(&text);
}

static void
write_survivor(const struct hunt *hunt, const tidu_mutant *mutant, tidu_lang lang, tidu_text *out)
{
    static const char *const kinds[] = {
#define M(name, id, zh, en) id,
#include "tidu/mutations.def"
#undef M
    };
    const tidu_rule *rule = &hunt->cases->rules->list[mutant->rule];
    tidu_text_puts(out, "{\"address\":");
    tidu_answer_string(out, mutant->address);
    tidu_text_puts(out, ",\"path\":");
    tidu_answer_string(out, mutant->place.document);
    tidu_text_printf(out, ",\"line\":%u,\"column\":%u,\"kind\":\"%s\",\"title\":",
                     mutant->place.line, mutant->place.column, kinds[mutant->kind]);
    tidu_answer_words(out, TIDU_BOTH, rule->title.zh, rule->title.en);
    tidu_text_puts(out, ",\"before\":");
    write_words(mutant->before, lang, out);
    tidu_text_puts(out, ",\"after\":");
    write_words(mutant->after, lang, out);
    tidu_text_putc(out, '}');
}

/* By their places, as a reader meets them. */
static int
compare_places(const void *a, const void *b)
{
    const tidu_mutant *one = *(const tidu_mutant *const *)a;
    const tidu_mutant *other = *(const tidu_mutant *const *)b;
    int order = strcmp(one->place.document, other->place.document);
    if (order)
        return order;
    if (one->place.line != other->place.line)
        return one->place.line < other->place.line ? -1 : 1;
    if (one->place.column != other->place.column)
        return one->place.column < other->place.column ? -1 : 1;
    return one < other ? -1 : 1;
}

static void
write_survivors(const struct hunt *hunt, tidu_lang lang, tidu_text *out)
{
    uint32_t count = 0;
    for (uint32_t m = 0; m < hunt->mutants.count; m++)
        if (hunt->fates[m] == SURVIVED)
            hunt->survivors[count++] = &hunt->mutants.list[m];
    if (count)
        qsort(hunt->survivors, count, sizeof *hunt->survivors, compare_places);
    for (uint32_t s = 0; s < count; s++) {
        tidu_text_puts(out, s ? "," : "");
        write_survivor(hunt, hunt->survivors[s], lang, out);
    }
}

static int
compare_paths(const void *a, const void *b)
{
    return strcmp(((const struct tally *)a)->path, ((const struct tally *)b)->path);
}

static void
write_hunt(const struct hunt *hunt, tidu_lang lang, tidu_text *out)
{
    if (hunt->tally_count)
        qsort(hunt->tallies, hunt->tally_count, sizeof *hunt->tallies, compare_paths);
    tidu_text_putc(out, '{');
    write_tally(&hunt->tallies[hunt->cases->ruleset->document_count], out);
    tidu_text_puts(out, ",\"survivors\":[");
    write_survivors(hunt, lang, out);
    tidu_text_puts(out, "],\"documents\":[");
    for (uint32_t d = 0; d < hunt->tally_count; d++) {
        tidu_text_puts(out, d ? ",{\"path\":" : "{\"path\":");
        tidu_answer_string(out, hunt->tallies[d].path);
        tidu_text_putc(out, ',');
        write_tally(&hunt->tallies[d], out);
        tidu_text_putc(out, '}');
    }
    tidu_text_puts(out, "]}");
}

/* ---- the door ---- */

static bool
prepare(struct hunt *hunt, tidu_ruleset *ruleset)
{
    hunt->cases = tidu_batches_open(ruleset, hunt->reterr);
    if (!hunt->cases)
        return false;
    hunt->overlay = tidu_overlay_open(ruleset);
    hunt->arena = tidu_arena_open();
    if (!hunt->overlay || !hunt->arena ||
        !tidu_mutants_list(hunt->cases->rules, hunt->arena, &hunt->mutants))
        return no_memory(hunt);
    hunt->fates = tidu_arena_array(hunt->arena, hunt->mutants.count, sizeof *hunt->fates);
    hunt->survivors = tidu_arena_array(hunt->arena, hunt->mutants.count,
                                       sizeof *hunt->survivors);
    hunt->tallies = tidu_arena_array(hunt->arena, ruleset->document_count + 1,
                                     sizeof *hunt->tallies);
    return (hunt->fates && hunt->survivors && hunt->tallies) || no_memory(hunt);
}

bool
tidu_ruleset_mutate(tidu_ruleset *ruleset, tidu_lang lang, tidu_progress progress,
                    double *ret_score, tidu_text *out, tidu_error *reterr)
{
    struct hunt hunt = {.reterr = reterr};
    bool good = prepare(&hunt, ruleset) && try_all(&hunt, progress);
    if (good) {
        *ret_score = score_of(&hunt.tallies[ruleset->document_count]);
        write_hunt(&hunt, lang, out);
        good = !out->failed || no_memory(&hunt);
    }
    tidu_overlay_close(&hunt.overlay);
    tidu_batches_close(&hunt.cases);
    tidu_arena_close(&hunt.arena);
    return good;
}
