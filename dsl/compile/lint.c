/*
 * lint.c: what is legal but hardly meant, in conditions.
 *
 * A criterion nobody can meet, or everybody; two criteria that exclude each
 * other; bands that claim a value twice or leave one out. Conditions are
 * areas of cases (cases.h), and nothing is said without a case that shows it.
 *
 * Must not know: programs, and how answers are written. What nothing reads and
 * what is unfair is in findings.c.
 */
#include "lint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- complaints ---- */

void
tidu_lint_warn(struct lint *lint, struct lint_place at, tidu_code code,
               const char *const arguments[4])
{
    tidu_error error;
    tidu_error_set(&error, code, arguments[0] ? arguments[0] : "", arguments[1] ? arguments[1] : "",
                   arguments[2] ? arguments[2] : "", arguments[3] ? arguments[3] : "", NULL);
    error.span = tidu_expr_span(at.node, at.written->text, at.written->place);
    if (at.other)
        error.also = tidu_expr_span(at.other->tree, at.other->text, at.other->place);
    tidu_report_add(lint->world->report, &error);
}

const char *
tidu_lint_case(struct lint *lint, uint32_t only, tidu_lang lang)
{
    return tidu_cases_show(&lint->cases, lint->place, only, lang);
}

const char *
tidu_lint_line(struct lint *lint, const struct written *written)
{
    const tidu_span span = tidu_expr_span(written->tree, written->text, written->place);
    const char *line = tidu_arena_printf(lint->arena, "%u", span.line);
    lint->cases.starved |= !line;
    return line ? line : "";
}

/* The one axis that both limit: what they cannot agree about. */
static uint32_t
shared_axis(const struct lint *lint, struct tidu_area a, struct tidu_area b)
{
    const struct tidu_space *space = &lint->cases.space;
    uint32_t found = TIDU_ANY_ATOM;
    for (uint32_t i = 0; i < space->axis_count; i++)
        if (tidu_area_limits(space, a, i) && tidu_area_limits(space, b, i)) {
            if (found != TIDU_ANY_ATOM)
                return TIDU_ANY_ATOM;
            found = i;
        }
    return found;
}

/* ---- areas of conditions ---- */

static void
read_condition(struct lint *lint, const struct condition *condition)
{
    if (condition->kind == CONDITION_PART)
        tidu_cases_read(&lint->cases, condition->written.tree);
    if (condition->kind == CONDITION_CRITERION)
        read_condition(lint, &lint->world->criteria[condition->criterion].condition);
    for (uint32_t i = 0; i < condition->child_count; i++)
        read_condition(lint, &condition->child[i]);
}

static struct tidu_area
area_of_group(struct lint *lint, const struct condition *condition, bool all, bool negated)
{
    struct tidu_space *space = &lint->cases.space;
    struct tidu_area area = all ? tidu_area_all(space) : tidu_area_none();
    for (uint32_t i = 0; i < condition->child_count; i++) {
        struct tidu_area child = tidu_lint_area(lint, &condition->child[i], negated);
        area = all ? tidu_area_and(space, area, child) : tidu_area_or(space, area, child);
    }
    return area;
}

struct tidu_area
tidu_lint_area(struct lint *lint, const struct condition *condition, bool negated)
{
    const struct condition *nested;
    switch (condition->kind) {
    case CONDITION_PART:
        return tidu_cases_area(&lint->cases, condition->written.tree, negated);
    case CONDITION_ALL:
        return area_of_group(lint, condition, !negated, negated);
    case CONDITION_ANY:
        return area_of_group(lint, condition, negated, negated);
    case CONDITION_NONE:
        return area_of_group(lint, condition, !negated, !negated);
    case CONDITION_CRITERION:
        nested = &lint->world->criteria[condition->criterion].condition;
        return tidu_lint_area(lint, nested, negated);
    default: /* some of them: anything between all and any */
        return tidu_area_all(&lint->cases.space);
    }
}

/* Whether an area is empty, and not only given up on. */
static bool
is_empty(struct lint *lint, struct tidu_area area)
{
    bool gave_up = lint->cases.space.gave_up;
    lint->cases.space.gave_up = false;
    return !area.count && !gave_up;
}

/* ---- what can never be met ---- */

/* A piece that cannot be met together with what stands before it. */
static bool
warn_never(struct lint *lint, const struct written *written, const tidu_node *node,
           struct tidu_area before, struct tidu_area own)
{
    const struct tidu_space *space = &lint->cases.space;
    uint32_t only = own.count ? shared_axis(lint, before, own) : TIDU_ANY_ATOM;
    if (!tidu_area_meet(space, before, before, lint->place))
        return false;
    if (!own.count && tidu_cases_axis(&lint->cases, node, &only))
        tidu_cases_pick(&lint->cases, only, lint->place);
    tidu_lint_warn(lint, (struct lint_place){written, node, NULL}, TIDU_LINT_NEVER,
                   (const char *[]){tidu_lint_case(lint, only, TIDU_EN),
                                    tidu_lint_case(lint, only, TIDU_ZH), NULL, NULL});
    return true;
}

static bool
is_logic(const tidu_node *node, tidu_operator op)
{
    return node->kind == TIDU_NODE_BINARY && node->op == op;
}

/* True when something was said, so that what is made of it stays silent. */
bool
tidu_lint_tree(struct lint *lint, const struct written *written, const tidu_node *node)
{
    struct cases *cases = &lint->cases;
    bool both = is_logic(node, TIDU_OP_AND);
    if (both || is_logic(node, TIDU_OP_OR)) {
        bool first = tidu_lint_tree(lint, written, node->child[0]);
        bool second = tidu_lint_tree(lint, written, node->child[1]);
        if (first || second || !both)
            return first || second;
        struct tidu_area a = tidu_cases_area(cases, node->child[0], false);
        struct tidu_area b = tidu_cases_area(cases, node->child[1], false);
        return is_empty(lint, tidu_area_and(&cases->space, a, b)) && a.count && b.count &&
               warn_never(lint, written, node->child[1], a, b);
    }
    if (node->kind == TIDU_NODE_TRUTH)
        return false;
    struct tidu_area own = tidu_cases_area(cases, node, false);
    return is_empty(lint, own) &&
           warn_never(lint, written, node, tidu_area_all(&cases->space), own);
}

/* A place to speak of a condition at: its first piece. */
static const struct written *
first_written(const struct lint *lint, const struct condition *condition)
{
    while (condition && condition->kind != CONDITION_PART)
        condition = condition->kind == CONDITION_CRITERION
                        ? &lint->world->criteria[condition->criterion].condition
                    : condition->child_count ? &condition->child[0]
                                             : NULL;
    return condition ? &condition->written : NULL;
}

static bool
check_all(struct lint *lint, const struct condition *condition)
{
    struct tidu_space *space = &lint->cases.space;
    struct tidu_area area = tidu_area_all(space);
    for (uint32_t i = 0; i < condition->child_count; i++) {
        struct tidu_area before = area;
        struct tidu_area own = tidu_lint_area(lint, &condition->child[i], false);
        const struct written *written = first_written(lint, &condition->child[i]);
        area = tidu_area_and(space, before, own);
        if (is_empty(lint, area))
            return own.count && written && warn_never(lint, written, written->tree, before, own);
    }
    return false;
}

static bool
check_condition(struct lint *lint, const struct condition *condition)
{
    bool said = false;
    if (condition->kind == CONDITION_PART)
        return tidu_lint_tree(lint, &condition->written, condition->written.tree);
    if (condition->kind == CONDITION_CRITERION || condition->kind == CONDITION_NONE)
        return false;
    for (uint32_t i = 0; i < condition->child_count; i++)
        said = check_condition(lint, &condition->child[i]) || said;
    return said || (condition->kind == CONDITION_ALL && check_all(lint, condition));
}

/* ---- what is always met ---- */

/* The most unlikely case: the first atom of the axis asked about first. */
static bool
find_worst(struct lint *lint, const struct written *written)
{
    const tidu_node *node = written->tree;
    uint32_t axis;
    for (uint32_t i = 0; i < lint->cases.axis_count; i++)
        lint->place[i] = TIDU_ANY_ATOM;
    while (!tidu_cases_axis(&lint->cases, node, &axis)) {
        if (!node->child_count)
            return false;
        node = node->child[0];
    }
    tidu_cases_pick(&lint->cases, axis, lint->place);
    return true;
}

/* Whether a place may set what the condition compares with. */
static bool
is_open(const struct world *world, const tidu_node *node)
{
    bool open = false;
    for (size_t i = 0; node->kind == TIDU_NODE_NAME && i < world->slot_count; i++)
        open |=
            world->slots[i].sets == SLOT_VALUE && !strcmp(world->slots[i].id, node->symbol->name);
    for (uint32_t i = 0; !open && i < node->child_count; i++)
        open = is_open(world, node->child[i]);
    return open;
}

static void
check_always(struct lint *lint, const struct criterion *criterion)
{
    const struct written *written = first_written(lint, &criterion->condition);
    struct tidu_area failing = tidu_lint_area(lint, &criterion->condition, true);
    if (!is_empty(lint, failing) || !written || is_open(lint->world, written->tree) ||
        !find_worst(lint, written))
        return;
    tidu_lint_warn(lint, (struct lint_place){written, written->tree, NULL}, TIDU_LINT_ALWAYS,
                   (const char *[]){criterion->id, tidu_lint_case(lint, TIDU_ANY_ATOM, TIDU_EN),
                                    tidu_lint_case(lint, TIDU_ANY_ATOM, TIDU_ZH), NULL});
}

/* ---- alternatives ----
 *
 * Branches of an `any` that ask about one number are meant to share its range
 * between them: a border none of them takes, or two, was hardly meant. Those
 * that do not ask about it are ways around. */

enum { MOST_BRANCHES = 32 };

struct branch {
    const struct written *written;
    const tidu_node *node;
    struct tidu_area area;
};

struct branches {
    struct branch items[MOST_BRANCHES];
    uint32_t count;
    bool whole; /* all of them are here, and none was given up on */
};

static void
add_branch(struct lint *lint, struct branches *branches, const struct written *written,
           const tidu_node *node, struct tidu_area area)
{
    branches->whole = branches->whole && written && !lint->cases.space.gave_up && area.count &&
                      branches->count < MOST_BRANCHES;
    lint->cases.space.gave_up = false;
    if (branches->whole)
        branches->items[branches->count++] = (struct branch){written, node, area};
}

static void
split_tree(struct lint *lint, struct branches *branches, const struct written *written,
           const tidu_node *node)
{
    if (is_logic(node, TIDU_OP_OR)) {
        split_tree(lint, branches, written, node->child[0]);
        split_tree(lint, branches, written, node->child[1]);
    } else
        add_branch(lint, branches, written, node, tidu_cases_area(&lint->cases, node, false));
}

static void
split_condition(struct lint *lint, struct branches *branches, const struct condition *condition)
{
    const struct written *written = first_written(lint, condition);
    if (condition->kind == CONDITION_PART)
        split_tree(lint, branches, &condition->written, condition->written.tree);
    else if (condition->kind == CONDITION_ANY)
        for (uint32_t i = 0; i < condition->child_count; i++)
            split_condition(lint, branches, &condition->child[i]);
    else
        add_branch(lint, branches, written, written ? written->tree : NULL,
                   tidu_lint_area(lint, condition, false));
}

/* The branch that takes an atom of an axis, from the one given on. */
static uint32_t
taker_from(const struct lint *lint, const struct branches *branches, uint32_t from, uint32_t axis,
           uint32_t atom)
{
    while (from < branches->count &&
           !tidu_area_takes(&lint->cases.space, branches->items[from].area, axis, atom))
        from++;
    return from;
}

static bool
is_neighbour(const struct lint *lint, uint32_t axis, uint32_t atom)
{
    return atom < lint->cases.space.axes[axis].atoms &&
           tidu_space_allows(&lint->cases.space, axis, atom);
}

static void
warn_border(struct lint *lint, const struct branch *here, const struct branch *there, uint32_t axis,
            uint32_t atom, tidu_code code)
{
    for (uint32_t i = 0; i < lint->cases.axis_count; i++)
        lint->place[i] = i == axis ? atom : TIDU_ANY_ATOM;
    tidu_lint_warn(lint, (struct lint_place){here->written, here->node, there->written}, code,
                   (const char *[]){tidu_lint_case(lint, axis, TIDU_EN),
                                    tidu_lint_case(lint, axis, TIDU_ZH),
                                    tidu_lint_line(lint, there->written), NULL});
}

static bool
takes_only(const struct lint *lint, const struct branch *branch, uint32_t axis, uint32_t with,
           uint32_t without)
{
    return tidu_area_takes(&lint->cases.space, branch->area, axis, with) &&
           !tidu_area_takes(&lint->cases.space, branch->area, axis, without);
}

/* Whether a branch asks for more than this one number. */
static bool
asks_for_more(const struct lint *lint, const struct branch *branch, uint32_t axis)
{
    for (uint32_t i = 0; i < lint->cases.axis_count; i++)
        if (i != axis && tidu_area_limits(&lint->cases.space, branch->area, i))
            return true;
    return false;
}

/* Two that meet in nothing but the border, and ask for different things there. */
static void
check_claims(struct lint *lint, const struct branches *branches, uint32_t axis, uint32_t border)
{
    for (uint32_t i = 0; i < branches->count; i++)
        for (uint32_t k = 0; k < branches->count; k++) {
            const struct branch *below = &branches->items[i], *above = &branches->items[k];
            if (!takes_only(lint, below, axis, border - 1, border + 1) ||
                !takes_only(lint, above, axis, border + 1, border - 1) ||
                !tidu_area_takes(&lint->cases.space, below->area, axis, border) ||
                !tidu_area_takes(&lint->cases.space, above->area, axis, border) ||
                !asks_for_more(lint, below, axis) || !asks_for_more(lint, above, axis))
                continue;
            warn_border(lint, i > k ? below : above, i > k ? above : below, axis, border,
                        TIDU_LINT_TWICE);
            return;
        }
}

static void
check_border(struct lint *lint, const struct branches *branches, uint32_t axis, uint32_t border)
{
    uint32_t below = taker_from(lint, branches, 0, axis, border - 1);
    uint32_t above = taker_from(lint, branches, 0, axis, border + 1);
    if (!is_neighbour(lint, axis, border) || !is_neighbour(lint, axis, border - 1) ||
        !is_neighbour(lint, axis, border + 1))
        return;
    if (taker_from(lint, branches, 0, axis, border) < branches->count)
        check_claims(lint, branches, axis, border);
    else if (below < branches->count && above < branches->count && below != above)
        warn_border(lint, &branches->items[above > below ? above : below],
                    &branches->items[above > below ? below : above], axis, border, TIDU_LINT_HOLE);
}

static void
keep_those_that_ask(const struct lint *lint, const struct branches *branches, uint32_t axis,
                    struct branches *ret)
{
    ret->count = 0;
    for (uint32_t i = 0; i < branches->count; i++)
        if (tidu_area_limits(&lint->cases.space, branches->items[i].area, axis))
            ret->items[ret->count++] = branches->items[i];
}

static void
check_branches(struct lint *lint, const struct branches *branches)
{
    struct branches asking;
    for (uint32_t axis = 0; axis < lint->cases.axis_count; axis++) {
        if (!tidu_case_is_numeric(&lint->cases.axes[axis]))
            continue;
        keep_those_that_ask(lint, branches, axis, &asking);
        for (uint32_t atom = 1; asking.count > 1 && atom < lint->cases.space.axes[axis].atoms;
             atom += 2)
            check_border(lint, &asking, axis, atom);
    }
}

static void
check_alternatives(struct lint *lint, const struct condition *condition)
{
    bool any = condition->kind == CONDITION_ANY;
    bool part = condition->kind == CONDITION_PART && is_logic(condition->written.tree, TIDU_OP_OR);
    if (any || part) {
        struct branches branches = {.whole = true};
        split_condition(lint, &branches, condition);
        if (branches.whole)
            check_branches(lint, &branches);
    }
    for (uint32_t i = 0; !any && i < condition->child_count; i++)
        check_alternatives(lint, &condition->child[i]);
}

/* Whether the criterion quotes words of its clause that say a border is meant
 * to be as it is. */
static bool
is_meant(const struct lint *lint, const tidu_declaration *declaration)
{
    const char *quote = tidu_attr_text(&declaration->attrs, "meant", NULL);
    return quote && *quote &&
           strstr(lint->world->declared->clauses[declaration->clause].words, quote);
}

/* ---- a designation ---- */

/* What is looked at in a space of its own, on one day. */
struct task {
    uint32_t designation;
    uint32_t place;                    /* whose criteria or bands they are */
    const struct indicator *indicator; /* its bands, or NULL: the designation's criteria */
};

struct judged {
    const struct criterion *criterion;
    struct tidu_area area;
};

static void
check_criterion(struct lint *lint, const struct criterion *criterion, struct judged *judged)
{
    bool said = check_condition(lint, &criterion->condition);
    judged->criterion = criterion;
    judged->area = tidu_lint_area(lint, &criterion->condition, false);
    if (is_empty(lint, judged->area) || said)
        return;
    check_always(lint, criterion);
    if (!is_meant(lint, criterion->declaration))
        check_alternatives(lint, &criterion->condition);
}

static bool
check_clash(struct lint *lint, const struct judged *first, const struct judged *second)
{
    struct tidu_space *space = &lint->cases.space;
    const struct written *here = first_written(lint, &second->criterion->condition);
    const struct written *there = first_written(lint, &first->criterion->condition);
    uint32_t only = shared_axis(lint, first->area, second->area);
    if (!first->area.count || !second->area.count || !here || !there ||
        tidu_area_meet(space, first->area, second->area, lint->place) ||
        !tidu_area_meet(space, first->area, first->area, lint->place))
        return false;
    tidu_lint_warn(lint, (struct lint_place){here, here->tree, there}, TIDU_LINT_CLASH,
                   (const char *[]){first->criterion->id, tidu_lint_case(lint, only, TIDU_EN),
                                    tidu_lint_case(lint, only, TIDU_ZH), NULL});
    return true;
}

static bool
belongs(const struct lint *lint, const struct criterion *criterion, uint32_t designation)
{
    return criterion->designation == designation && criterion->parent == TIDU_NONE &&
           tidu_chain_rank(&lint->cases.chain,
                           tidu_places_of(lint->world, criterion->declaration)) != TIDU_NONE;
}

bool
tidu_lint_stand(struct lint *lint)
{
    lint->place = tidu_arena_array(lint->arena, lint->cases.axis_count, sizeof *lint->place);
    lint->cases.starved |= !lint->place || !tidu_cases_stand(&lint->cases);
    return !lint->cases.starved;
}

static void
check_designation(struct lint *lint, struct task task)
{
    const struct world *world = lint->world;
    struct judged *judged = tidu_arena_array(lint->arena, world->criterion_count, sizeof *judged);
    uint32_t count = 0;
    for (size_t c = 0; c < world->criterion_count; c++)
        if (belongs(lint, &world->criteria[c], task.designation))
            read_condition(lint, &world->criteria[c].condition);
    lint->cases.starved |= !judged;
    if (!judged || !tidu_lint_stand(lint))
        return;
    for (size_t c = 0; c < world->criterion_count; c++) {
        const struct criterion *criterion = &world->criteria[c];
        if (!belongs(lint, criterion, task.designation))
            continue;
        if (tidu_places_of(world, criterion->declaration) != task.place) {
            judged[count++] =
                (struct judged){criterion, tidu_lint_area(lint, &criterion->condition, false)};
            continue;
        }
        check_criterion(lint, criterion, &judged[count++]);
        uint32_t other = 0; /* one that it clashes with is enough */
        while (other + 1 < count && !check_clash(lint, &judged[other], &judged[count - 1]))
            other++;
    }
}

/* ---- days ---- */

static void
check_on(struct lint *lint, struct task task, int32_t day)
{
    lint->arena = tidu_arena_open();
    if (!lint->arena) {
        tidu_no_memory(lint->world);
        return;
    }
    tidu_cases_open(&lint->cases, lint->world, task.place, day, lint->arena);
    if (task.indicator)
        tidu_lint_bands(lint, task.indicator);
    else
        check_designation(lint, task);
    if (tidu_cases_starved(&lint->cases))
        tidu_no_memory(lint->world);
    tidu_cases_close(&lint->cases);
    tidu_arena_close(&lint->arena);
}

static void
check_task(struct lint *lint, struct task task)
{
    size_t count = 0;
    tidu_arena *arena = tidu_arena_open();
    if (!arena)
        tidu_no_memory(lint->world);
    const int32_t *days =
        arena ? tidu_days_within(lint->world, arena,
                                 lint->world->designations[task.designation].span, &count)
              : NULL;
    for (size_t i = 0; i < count && !lint->world->starved; i++)
        check_on(lint, task, days[i]);
    tidu_arena_close(&arena);
}

/* The criteria that a place adds to a designation: its own, or those it fills in. */
static void
check_criteria(struct lint *lint, uint32_t designation, uint32_t place)
{
    const struct world *world = lint->world;
    for (size_t c = 0; c < world->criterion_count; c++)
        if (world->criteria[c].designation == designation &&
            tidu_places_of(world, world->criteria[c].declaration) == place) {
            check_task(lint, (struct task){designation, place, NULL});
            return;
        }
}

void
tidu_lint_conditions(struct world *world)
{
    struct lint lint = {.world = world};
    for (uint32_t d = 0; d < world->designation_count; d++) {
        check_criteria(&lint, d, TIDU_COUNTRY_CODE);
        for (size_t i = 0; i < world->layer_count; i++)
            check_criteria(&lint, d, world->layers[i]);
    }
    for (size_t i = 0; i < world->indicator_count; i++) {
        const struct indicator *indicator = &world->indicators[i];
        uint32_t designation = world->scorecards[indicator->scorecard].designation;
        if (indicator->band_count)
            check_task(&lint,
                       (struct task){designation, tidu_places_of(world, indicator->declaration),
                                     indicator});
    }
}
