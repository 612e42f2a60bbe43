/*
 * findings.c: what local rules ask for that keeps others out, and what nothing
 * reads.
 *
 * Which facts are delicate says the vocabulary (`fairness`); here it is only
 * looked for where a local document lets them decide. A waiver names the text
 * of a higher authority that allows it, and is listed instead.
 */
#include "lint.h"

#include "tidu/evaluate.h"

#include <stdio.h>
#include <string.h>

/* ---- fairness ---- */

static const struct {
    const char *word, *en, *zh;
} unfair[] = {
#define X(word, en, zh) {word, en, zh},
#include "tidu/fairness.def"
#undef X
};

enum { UNFAIR_COUNT = sizeof unfair / sizeof *unfair };

/* The fact of a tree that is delicate, also behind names; NULL for none. */
static const tidu_fact *
delicate_fact(const struct lint *lint, const tidu_node *node)
{
    if (node->kind == TIDU_NODE_NAME && node->symbol->kind == TIDU_SYMBOL_FACT) {
        const tidu_fact *fact = node->symbol->owner;
        if (fact->fairness)
            return fact;
    }
    if (node->kind == TIDU_NODE_NAME && node->symbol->kind == TIDU_SYMBOL_DERIVE) {
        const struct version *version = tidu_cases_version(&lint->cases, node);
        return version && version->written.tree ? delicate_fact(lint, version->written.tree) : NULL;
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        const tidu_fact *fact = delicate_fact(lint, node->child[i]);
        if (fact)
            return fact;
    }
    return NULL;
}

static void
fill_place(struct lint *lint, const uint64_t *box)
{
    const struct tidu_space *space = &lint->cases.space;
    for (uint32_t i = 0; i < space->axis_count; i++) {
        uint32_t atom = 0;
        while (!(box[space->axes[i].first + atom / 64] >> (atom % 64) & 1))
            atom++;
        lint->place[i] = atom;
    }
}

static bool
is_refused(struct lint *lint, struct tidu_area failing, uint32_t axis, uint32_t atom)
{
    const struct tidu_space *space = &lint->cases.space;
    lint->place[axis] = atom;
    return atom < space->axes[axis].atoms && tidu_space_allows(space, axis, atom) &&
           tidu_area_holds(space, failing, lint->place);
}

/* Change the one axis, as little as possible, until the criterion fails: an
 * enterprise that differs in nothing else is refused. */
static bool
find_refused(struct lint *lint, struct tidu_area failing, uint32_t axis)
{
    uint32_t accepted = lint->place[axis];
    for (uint32_t step = 1; step < lint->cases.space.axes[axis].atoms; step++)
        if ((step <= accepted && is_refused(lint, failing, axis, accepted - step)) ||
            is_refused(lint, failing, axis, accepted + step))
            return true;
    return false;
}

static void
warn_unfair(struct lint *lint, const struct written *written, const tidu_node *node,
            const tidu_fact *fact, uint32_t axis)
{
    size_t kind = 0;
    while (kind + 1 < UNFAIR_COUNT && strcmp(unfair[kind].word, fact->fairness))
        kind++;
    tidu_lint_warn(lint, (struct lint_place){written, node, NULL}, TIDU_LINT_UNFAIR,
                   (const char *[]){unfair[kind].en, unfair[kind].zh,
                                    tidu_cases_show(&lint->cases, lint->place, axis, TIDU_EN),
                                    tidu_cases_show(&lint->cases, lint->place, axis, TIDU_ZH)});
}

/* A piece of a condition that asks one thing. */
static void
check_leaf(struct lint *lint, const struct condition *whole, const struct written *written,
           const tidu_node *node)
{
    const tidu_fact *fact = delicate_fact(lint, node);
    struct tidu_area good = tidu_lint_area(lint, whole, false);
    struct tidu_area bad = tidu_lint_area(lint, whole, true);
    uint32_t axis;
    if (!fact || !tidu_cases_axis(&lint->cases, node, &axis))
        return;
    for (uint32_t i = 0; i < good.count; i++) {
        fill_place(lint, good.boxes + (size_t)i * lint->cases.space.words);
        if (!find_refused(lint, bad, axis))
            continue;
        warn_unfair(lint, written, node, fact, axis);
        return;
    }
}

static void
check_tree(struct lint *lint, const struct condition *whole, const struct written *written,
           const tidu_node *node)
{
    bool made =
        node->type.kind == TIDU_FLAG &&
        ((node->kind == TIDU_NODE_BINARY && (node->op == TIDU_OP_AND || node->op == TIDU_OP_OR)) ||
         (node->kind == TIDU_NODE_UNARY && node->op == TIDU_OP_NOT) || node->kind == TIDU_NODE_IF);
    if (!made)
        check_leaf(lint, whole, written, node);
    for (uint32_t i = 0; made && i < node->child_count; i++)
        check_tree(lint, whole, written, node->child[i]);
}

static void
read_parts(struct lint *lint, const struct condition *condition)
{
    if (condition->kind == CONDITION_PART)
        tidu_cases_read(&lint->cases, condition->written.tree);
    if (condition->kind == CONDITION_CRITERION)
        read_parts(lint, &lint->world->criteria[condition->criterion].condition);
    for (uint32_t i = 0; i < condition->child_count; i++)
        read_parts(lint, &condition->child[i]);
}

/* Nested criteria are looked at by themselves. */
static void
check_parts(struct lint *lint, const struct condition *whole, const struct condition *condition)
{
    if (condition->kind == CONDITION_PART)
        check_tree(lint, whole, &condition->written, condition->written.tree);
    for (uint32_t i = 0; i < condition->child_count; i++)
        check_parts(lint, whole, &condition->child[i]);
}

static const char *
waiver_of(const tidu_declaration *declaration)
{
    return tidu_attr_text(&declaration->attrs, "waiver", NULL);
}

/* Of a criterion or subsidy that a local document declares. */
static void
check_condition(struct lint *lint, const tidu_declaration *declaration,
                const struct condition *condition, int32_t day)
{
    uint32_t place = tidu_places_of(lint->world, declaration);
    if (place == TIDU_COUNTRY_CODE || waiver_of(declaration))
        return;
    lint->arena = tidu_arena_open();
    if (!lint->arena) {
        tidu_no_memory(lint->world);
        return;
    }
    tidu_cases_open(&lint->cases, lint->world, place, day, lint->arena);
    read_parts(lint, condition);
    lint->place = tidu_arena_array(lint->arena, lint->cases.axis_count, sizeof *lint->place);
    lint->cases.starved |= !lint->place || !tidu_cases_stand(&lint->cases);
    if (!lint->cases.starved)
        check_parts(lint, condition, condition);
    if (tidu_cases_starved(&lint->cases))
        tidu_no_memory(lint->world);
    tidu_cases_close(&lint->cases);
    tidu_arena_close(&lint->arena);
}

void
tidu_lint_fairness(struct world *world)
{
    struct lint lint = {.world = world};
    for (size_t c = 0; c < world->criterion_count; c++) {
        const struct criterion *criterion = &world->criteria[c];
        check_condition(&lint, criterion->declaration, &criterion->condition,
                        world->designations[criterion->designation].span.from);
    }
    for (size_t i = 0; i < world->subsidy_count; i++) {
        const struct subsidy *subsidy = &world->subsidies[i];
        if (subsidy->support.has_condition)
            check_condition(&lint, subsidy->support.declaration, &subsidy->support.condition,
                            subsidy->span.from);
    }
    for (size_t i = 0; i < world->transition_count; i++) {
        const struct transition *transition = &world->transitions[i];
        if (transition->support.has_condition)
            check_condition(&lint, transition->support.declaration,
                            &transition->support.condition, transition->span.from);
    }
}

/* ---- what is referred to ---- */

struct references {
    struct world *world;
    bool *names; /* [name] */
    bool *cards; /* [scorecard] */
};

static bool
is_part_of(const char *id, const char *card)
{
    size_t length = strlen(card);
    return !strncmp(id, card, length) && (id[length] == '\0' || id[length] == '/');
}

static void
refer(struct references *references, const tidu_node *node)
{
    struct world *world = references->world;
    if (node->kind == TIDU_NODE_NAME &&
        (node->symbol->kind == TIDU_SYMBOL_DERIVE || node->symbol->kind == TIDU_SYMBOL_PARAM))
        references->names[(const struct name *)node->symbol->owner - world->names] = true;
    if (node->kind == TIDU_NODE_CALL && node->function == TIDU_FN_SCORE)
        for (size_t i = 0; i < world->scorecard_count; i++)
            references->cards[i] |= is_part_of(node->text, world->scorecards[i].id);
    for (uint32_t i = 0; i < node->child_count; i++)
        refer(references, node->child[i]);
}

static void
refer_condition(struct references *references, const struct condition *condition)
{
    if (condition->kind == CONDITION_PART)
        refer(references, condition->written.tree);
    for (uint32_t i = 0; i < condition->child_count; i++)
        refer_condition(references, &condition->child[i]);
}

static void
refer_written(struct references *references, const struct written *written)
{
    if (written->tree)
        refer(references, written->tree);
}

static void
refer_support(struct references *references)
{
    const struct world *world = references->world;
    for (size_t i = 0; i < world->measure_count; i++)
        if (world->measures[i].support.has_condition)
            refer_condition(references, &world->measures[i].support.condition);
    for (size_t i = 0; i < world->subsidy_count; i++) {
        const struct subsidy *subsidy = &world->subsidies[i];
        if (subsidy->support.has_condition)
            refer_condition(references, &subsidy->support.condition);
        refer_written(references, &subsidy->amount);
        refer_written(references, &subsidy->cap);
    }
    for (size_t i = 0; i < world->stack_count; i++)
        refer_written(references, &world->stacks[i].cap);
    for (size_t i = 0; i < world->transition_count; i++)
        if (world->transitions[i].support.has_condition)
            refer_condition(references, &world->transitions[i].support.condition);
}

static bool
refer_everywhere(struct references *references)
{
    struct world *world = references->world;
    references->names = tidu_arena_array(world->arena, world->name_count, sizeof(bool));
    references->cards = tidu_arena_array(world->arena, world->scorecard_count, sizeof(bool));
    if (!references->names || !references->cards)
        return tidu_no_memory(world);
    for (size_t i = 0; i < world->criterion_count; i++)
        refer_condition(references, &world->criteria[i].condition);
    for (size_t i = 0; i < world->indicator_count; i++) {
        const struct indicator *indicator = &world->indicators[i];
        refer_written(references, &indicator->operand);
        for (uint32_t b = 0; b < indicator->band_count; b++)
            refer(references, indicator->bands[b].tree);
    }
    for (size_t i = 0; i < world->name_count; i++)
        for (size_t v = 0; v < world->names[i].version_count; v++)
            refer(references, world->names[i].versions[v].written.tree);
    refer_support(references);
    return true;
}

static void
warn_param(struct world *world, const struct name *name)
{
    const struct version *version = &name->versions[0];
    const tidu_node *tree = version->written.tree;
    const char *value = tidu_arena_copy_n(world->arena, version->written.text + tree->start,
                                          tree->end - tree->start);
    if (!value)
        tidu_no_memory(world);
    tidu_compile_complain_at(world, version->declaration, NULL, TIDU_LINT_USELESS, "param",
                             name->symbol.name, value, value);
}

static void
warn_card(struct world *world, const struct scorecard *card)
{
    char en[64], zh[64];
    const char *most = tidu_attr_text(&card->declaration->attrs, "max", "?");
    snprintf(en, sizeof en, "whether 0 or %.20s points", most);
    snprintf(zh, sizeof zh, "0分或%.20s分", most);
    tidu_compile_complain_at(world, card->declaration, NULL, TIDU_LINT_USELESS, "scorecard",
                             card->id, en, zh);
}

void
tidu_lint_references(struct world *world)
{
    struct references references = {.world = world};
    if (!refer_everywhere(&references))
        return;
    for (size_t i = 0; i < world->name_count; i++)
        if (world->names[i].symbol.kind == TIDU_SYMBOL_PARAM && !references.names[i])
            warn_param(world, &world->names[i]);
    for (size_t i = 0; i < world->scorecard_count; i++)
        if (!references.cards[i])
            warn_card(world, &world->scorecards[i]);
}

/* ---- the door ---- */

bool
tidu_ruleset_lint(const tidu_ruleset *ruleset, tidu_report *report)
{
    struct world world = *ruleset->world;
    world.arena = tidu_arena_open();
    world.report = report;
    if (!world.arena)
        return tidu_no_memory(&world);
    tidu_lint_conditions(&world);
    tidu_lint_fairness(&world);
    tidu_lint_references(&world);
    tidu_reviews_complain(&world, TIDU_CLAUSE_STALE);
    tidu_arena_close(&world.arena);
    return !world.starved;
}

/* ---- lists ---- */

struct listing {
    tidu_text *out;
    const tidu_ruleset *ruleset;
    uint32_t count;
};

static void
put_place(struct listing *listing, const char *path, uint32_t line)
{
    tidu_text_puts(listing->out, ",\"path\":");
    tidu_text_json(listing->out, path, strlen(path));
    tidu_text_printf(listing->out, ",\"line\":%u}", line);
}

static void
put_unused(struct listing *listing, const char *kind, const char *name, const char *path,
           uint32_t line)
{
    tidu_text_printf(listing->out, "%s{\"kind\":\"%s\",\"name\":", listing->count++ ? "," : "",
                     kind);
    tidu_text_json(listing->out, name, strlen(name));
    put_place(listing, path, line);
}

/* Facts in the steps that designations need; a list is read by what goes
 * through its items. */
static void
mark_read(const tidu_program *program, bool *facts)
{
    const tidu_layout *layout = program->layout;
    for (uint32_t i = 0; i < program->ruled_count; i++) {
        const tidu_instruction *step = &program->steps[i];
        bool input = step->op == TIDU_DO_FACT || step->op == TIDU_DO_FLAG;
        int32_t fact = input ? layout->columns[step->number].fact : TIDU_NONE;
        if (fact != TIDU_NONE)
            facts[fact] = true;
        if (step->frame)
            facts[layout->frame_fact[step->frame]] = true;
    }
}

static void
list_facts(struct listing *listing, const bool *facts)
{
    const tidu_ruleset *ruleset = listing->ruleset;
    for (uint32_t f = 0; f < ruleset->vocabulary.fact_count; f++) {
        const tidu_fact *fact = &ruleset->vocabulary.facts[f];
        if (!facts[f] && !fact->derived && fact->symbol.type.kind != TIDU_TEXT)
            put_unused(listing, "fact", fact->symbol.name, ruleset->documents[fact->document].path,
                       fact->line);
    }
}

static void
list_derived(struct listing *listing, const struct references *references)
{
    const struct world *world = references->world;
    for (size_t i = 0; i < world->name_count; i++) {
        const struct name *name = &world->names[i];
        const tidu_declaration *declaration = name->versions[0].declaration;
        if (name->symbol.kind == TIDU_SYMBOL_DERIVE && !references->names[i])
            put_unused(listing, declaration->word, name->symbol.name,
                       tidu_document_path(world, declaration), declaration->line);
    }
}

static void
list_titles(struct listing *listing)
{
    const tidu_declarations *declared = &listing->ruleset->declarations;
    const tidu_layout *layout = &listing->ruleset->vocabulary.layout;
    for (uint32_t i = 0; i < declared->declaration_count; i++) {
        const tidu_declaration *declaration = &declared->declarations[i];
        for (uint32_t t = 0; !strcmp(declaration->word, "title") && t < layout->title_count; t++)
            if (!strcmp(layout->titles[t].id, declaration->name) &&
                layout->titles[t].column == TIDU_NONE)
                put_unused(listing, "title", declaration->name,
                           declared->documents[declaration->document].path, declaration->line);
    }
}

static void
list_unused(struct listing *listing, tidu_arena *arena)
{
    const tidu_ruleset *ruleset = listing->ruleset;
    struct world world = *ruleset->world;
    struct references references = {.world = &world};
    bool *facts = tidu_arena_array(arena, ruleset->vocabulary.fact_count, sizeof *facts);
    world.arena = arena;
    world.starved = true; /* nobody is told here: the text says it failed */
    if (!facts || !refer_everywhere(&references)) {
        listing->out->failed = true;
        return;
    }
    for (uint32_t p = 0; p < ruleset->program_count; p++)
        mark_read(ruleset->programs[p], facts);
    list_facts(listing, facts);
    list_derived(listing, &references);
    list_titles(listing);
}

static void
list_waivers(struct listing *listing)
{
    const tidu_declarations *declared = &listing->ruleset->declarations;
    listing->count = 0;
    for (uint32_t i = 0; i < declared->declaration_count; i++) {
        const tidu_declaration *declaration = &declared->declarations[i];
        const char *waiver = waiver_of(declaration);
        if (!waiver)
            continue;
        tidu_text_printf(listing->out, "%s{\"kind\":\"%s\",\"name\":", listing->count++ ? "," : "",
                         declaration->word);
        tidu_text_json(listing->out, declaration->name, strlen(declaration->name));
        tidu_text_puts(listing->out, ",\"waiver\":");
        tidu_text_json(listing->out, waiver, strlen(waiver));
        put_place(listing, declared->documents[declaration->document].path, declaration->line);
    }
}

void
tidu_ruleset_findings(const tidu_ruleset *ruleset, tidu_text *out)
{
    struct listing listing = {out, ruleset, 0};
    tidu_arena *arena = tidu_arena_open();
    tidu_text_puts(out, "\"unused\":[");
    if (arena)
        list_unused(&listing, arena);
    else
        out->failed = true;
    tidu_text_puts(out, "],\"waivers\":[");
    list_waivers(&listing);
    tidu_text_putc(out, ']');
    tidu_arena_close(&arena);
}
