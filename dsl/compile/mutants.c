/*
 * mutants.c: a walk over all rules, noting what could be mistaken.
 *
 * Each rule's expressions are visited in the order they stand. What is found
 * is kept as an edit for an overlay, with words for people.
 *
 * Must not know: what becomes of a mutant.
 */
#include "internal.h"

#include "tidu/mutants.h"

#include <stdlib.h>
#include <string.h>

struct finding {
    const tidu_rules *rules;
    const struct world *world;
    tidu_arena *arena;
    tidu_mutant *list;
    size_t count, capacity;
    uint32_t rule;
    const tidu_node *operand;  /* that the bands share: not theirs */
    const tidu_node **visited; /* in the expression at hand */
    size_t visited_count, visited_capacity;
    bool starved;
};

/* Where something stands. */
struct stand {
    const struct written *written;
    const tidu_node *node; /* or NULL: the whole */
};

static const char *const dropped[2] = {"（去掉）", "(dropped)"};

static tidu_place
place_of(const struct stand *stand)
{
    const struct written *written = stand->written;
    const tidu_node *node = stand->node ? stand->node : written->tree;
    tidu_span span = tidu_expr_span(node, written->text, written->place);
    return (tidu_place){written->place.document, span.line, span.column};
}

static tidu_mutant *
add_mutant(struct finding *finding, tidu_mutation kind, tidu_place place, struct edit edit)
{
    tidu_mutant *list = tidu_arena_grow(finding->arena, finding->list, finding->count,
                                        &finding->capacity, sizeof *list);
    finding->list = list ? list : finding->list;
    struct edit *kept = tidu_arena_alloc(finding->arena, sizeof *kept);
    finding->starved = finding->starved || !list || !kept;
    if (!list || !kept)
        return NULL;
    *kept = edit;
    tidu_mutant *mutant = &list[finding->count++];
    *mutant = (tidu_mutant){.kind = kind, .rule = finding->rule, .place = place, .edit = kept,
                            .address = finding->rules->list[finding->rule].id};
    return mutant;
}

static const char *
words_of(struct finding *finding, const tidu_node *node, tidu_lang lang)
{
    tidu_text text = {0};
    tidu_expr_print(node, lang, &text);
    const char *words = text.failed ? NULL
                                    : tidu_arena_copy_n(finding->arena, text.data, text.length);
    tidu_text_free(&text);
    finding->starved = finding->starved || !words;
    return words;
}

/* One spelling for both languages. */
static void
spell(struct finding *finding, tidu_mutant *mutant, const char *before, const char *after)
{
    finding->starved = finding->starved || !before || !after;
    if (!mutant)
        return;
    for (int lang = 0; lang < 2; lang++) {
        mutant->before[lang] = before;
        mutant->after[lang] = after;
    }
}

static void
describe(struct finding *finding, tidu_mutant *mutant, const tidu_node *before,
         const tidu_node *after)
{
    for (int lang = 0; mutant && lang < 2; lang++) {
        mutant->before[lang] = words_of(finding, before, (tidu_lang)lang);
        mutant->after[lang] = after ? words_of(finding, after, (tidu_lang)lang) : dropped[lang];
    }
}

/* ---- numbers ---- */

static void
count_up(char *digits)
{
    size_t at = strlen(digits);
    while (at-- > 0 && (digits[at] == '9' || digits[at] == '.'))
        if (digits[at] == '9')
            digits[at] = '0';
    digits[at]++;
}

static void
count_down(char *digits)
{
    size_t at = strlen(digits);
    while (at-- > 0 && (digits[at] == '0' || digits[at] == '.'))
        if (digits[at] == '0')
            digits[at] = '9';
    digits[at]--;
}

/* The decimal one unit of its last digit up or down: 2.5 gives 2.6 or 2.4. */
static const char *
nudge(struct finding *finding, const char *decimal, bool up)
{
    bool negative = *decimal == '-';
    const char *size = decimal + strspn(decimal, "+-");
    bool nothing = strspn(size, "0.") == strlen(size);
    bool below = nothing ? !up : negative;
    /* The 0 in front takes what is carried. */
    char *text = tidu_arena_printf(finding->arena, "-0%s", size);
    finding->starved = finding->starved || !text;
    if (!text)
        return NULL;
    if (nothing || up != negative)
        count_up(text + 1);
    else
        count_down(text + 1);
    char *first = text + 1;
    while (first[0] == '0' && first[1] && first[1] != '.')
        first++;
    if (below && strspn(first, "0.") != strlen(first))
        *--first = '-';
    return first;
}

static bool
is_decimal(const char *text)
{
    return strspn(text, "+-") < strlen(text) && strspn(text, "+-0123456789.") == strlen(text);
}

static const char *
address_of(const struct finding *finding, const tidu_node *node)
{
    const struct world *world = finding->world;
    for (size_t i = 0; i < world->threshold_count; i++)
        if (world->thresholds[i] == node)
            return world->ruleset->parameters[i].address;
    return NULL;
}

/* As it stands in the document, with another number in it. */
static const char *
respell(struct finding *finding, const char *before, const char *old, const char *new)
{
    const char *at = strstr(before, old);
    if (!at)
        return new;
    return tidu_arena_printf(finding->arena, "%.*s%s%s", (int)(at - before), before, new,
                             at + strlen(old));
}

static tidu_node *
copy_node(struct finding *finding, const tidu_node *node)
{
    tidu_node *copy = tidu_arena_alloc(finding->arena, sizeof *copy);
    finding->starved = finding->starved || !copy;
    if (copy)
        *copy = *node;
    return copy;
}

static void
move_number(struct finding *finding, const struct stand *stand, const char *address, bool up)
{
    const tidu_node *old = stand->node;
    char date[11];
    tidu_node *new = copy_node(finding, old);
    const char *before = tidu_arena_copy_n(finding->arena, stand->written->text + old->start,
                                           old->end - old->start);
    finding->starved = finding->starved || !before;
    if (!new || !before)
        return;
    if (old->kind == TIDU_NODE_DATE) {
        new->days += up ? 1 : -1;
        new->text = tidu_arena_copy(finding->arena, tidu_date_format(new->days, date));
    } else
        new->text = nudge(finding, old->text, up);
    tidu_mutant *mutant = add_mutant(finding, TIDU_MUTATE_THRESHOLD, place_of(stand),
                                     (struct edit){.kind = EDIT_NODE, .at = old, .node = new});
    if (mutant)
        mutant->address = address;
    bool respelled = new->text && old->kind == TIDU_NODE_NUMBER;
    spell(finding, mutant, before,
          respelled ? respell(finding, before, old->text, new->text) : new->text);
}

static void
move_threshold(struct finding *finding, const struct stand *stand)
{
    const char *address = address_of(finding, stand->node);
    bool number = stand->node->kind == TIDU_NODE_NUMBER && is_decimal(stand->node->text);
    if (!address || (!number && stand->node->kind != TIDU_NODE_DATE))
        return;
    move_number(finding, stand, address, true);
    move_number(finding, stand, address, false);
}

/* ---- comparisons ---- */

static const tidu_operator softer[] = {
    [TIDU_OP_LT] = TIDU_OP_LE, [TIDU_OP_LE] = TIDU_OP_LT, [TIDU_OP_GT] = TIDU_OP_GE,
    [TIDU_OP_GE] = TIDU_OP_GT, [TIDU_OP_EQ] = TIDU_OP_EQ, [TIDU_OP_NE] = TIDU_OP_NE};
static const tidu_operator opposite[] = {
    [TIDU_OP_LT] = TIDU_OP_GE, [TIDU_OP_LE] = TIDU_OP_GT, [TIDU_OP_GT] = TIDU_OP_LE,
    [TIDU_OP_GE] = TIDU_OP_LT, [TIDU_OP_EQ] = TIDU_OP_NE, [TIDU_OP_NE] = TIDU_OP_EQ};

static void
turn(struct finding *finding, const struct stand *stand, tidu_mutation kind, tidu_operator op)
{
    tidu_node *new = op == stand->node->op ? NULL : copy_node(finding, stand->node);
    if (!new)
        return;
    new->op = op;
    tidu_mutant *mutant = add_mutant(finding, kind, place_of(stand),
                                     (struct edit){.kind = EDIT_NODE, .at = stand->node,
                                                   .node = new});
    describe(finding, mutant, stand->node, new);
}

/* ---- trees ---- */

static void
drop_side(struct finding *finding, const struct stand *stand, const tidu_node *side, bool truth)
{
    tidu_node *new = copy_node(finding, side);
    if (!new)
        return;
    *new = (tidu_node){.kind = TIDU_NODE_TRUTH, .truth = truth, .start = side->start,
                       .end = side->end, .type = {.kind = TIDU_FLAG, .constant = true}};
    struct stand there = {stand->written, side};
    tidu_mutant *mutant = add_mutant(finding, TIDU_MUTATE_DROP, place_of(&there),
                                     (struct edit){.kind = EDIT_NODE, .at = side, .node = new});
    describe(finding, mutant, side, NULL);
}

static bool
is_logic(const tidu_node *node)
{
    return node->kind == TIDU_NODE_BINARY && (node->op == TIDU_OP_AND || node->op == TIDU_OP_OR);
}

/* a and b and c has three sides. */
static void
drop_sides(struct finding *finding, const struct stand *stand)
{
    const tidu_node *node = stand->node;
    for (uint32_t i = 0; i < 2; i++)
        if (!is_logic(node->child[i]) || node->child[i]->op != node->op)
            drop_side(finding, stand, node->child[i], node->op == TIDU_OP_AND);
}

/* A chain a <= x < b has x in it twice; what is in x is mistaken only once. */
static bool
is_visited(struct finding *finding, const tidu_node *node)
{
    for (size_t i = 0; i < finding->visited_count; i++)
        if (finding->visited[i] == node)
            return true;
    const tidu_node **visited = tidu_arena_grow(finding->arena, finding->visited,
                                                finding->visited_count,
                                                &finding->visited_capacity, sizeof *visited);
    finding->starved = finding->starved || !visited;
    if (!visited)
        return true;
    finding->visited = visited;
    visited[finding->visited_count++] = node;
    return false;
}

static void
walk_tree(struct finding *finding, const struct stand *stand)
{
    const tidu_node *node = stand->node;
    if (node == finding->operand || is_visited(finding, node))
        return;
    if (node->threshold)
        move_threshold(finding, stand);
    if (node->kind == TIDU_NODE_BINARY && node->op >= TIDU_OP_LT && node->op <= TIDU_OP_NE) {
        turn(finding, stand, TIDU_MUTATE_STRICTNESS, softer[node->op]);
        turn(finding, stand, TIDU_MUTATE_DIRECTION, opposite[node->op]);
    }
    if (is_logic(node))
        drop_sides(finding, stand);
    for (uint32_t i = 0; i < node->child_count; i++) {
        const struct stand child = {stand->written, node->child[i]};
        walk_tree(finding, &child);
    }
}

static void
walk_written(struct finding *finding, const struct written *written)
{
    const struct stand stand = {written, written->tree};
    finding->visited_count = 0;
    walk_tree(finding, &stand);
}

/* ---- conditions ---- */

static const char *
path_of(const struct finding *finding)
{
    return finding->rules->list[finding->rule].citation.document->path;
}

/* A group has a line, or stands for the rule, as a measure's tiers do; what is
 * written has a place. */
static tidu_place
place_of_condition(const struct finding *finding, const struct condition *condition)
{
    const struct stand stand = {&condition->written, NULL};
    if (condition->kind == CONDITION_PART)
        return place_of(&stand);
    uint32_t line = finding->rules->list[finding->rule].citation.rule_line;
    return (tidu_place){.document = path_of(finding),
                        .line = condition->line ? condition->line : line};
}

/* The words of a condition: its own, its title, or those of what is in it. */
static void
put_condition(const struct finding *finding, const struct condition *condition, tidu_lang lang,
              tidu_text *out)
{
    static const char *const words[][2] = {
        [CONDITION_ALL] = {"全部", "all"},
        [CONDITION_ANY] = {"任一", "any"},
        [CONDITION_NONE] = {"均不", "none"},
        [CONDITION_AT_LEAST] = {"至少", "at_least"},
    };
    const char *title = lang == TIDU_ZH ? condition->title.zh : condition->title.en;
    if (condition->kind == CONDITION_PART)
        tidu_expr_print(condition->written.tree, lang, out);
    else if (condition->kind == CONDITION_CRITERION)
        tidu_text_puts(out, finding->world->criteria[condition->criterion].id);
    else if (title)
        tidu_text_puts(out, title);
    else {
        tidu_text_printf(out, "%s {", words[condition->kind][lang]);
        for (uint32_t i = 0; i < condition->child_count; i++) {
            tidu_text_puts(out, i ? (lang == TIDU_ZH ? "；" : "; ") : " ");
            put_condition(finding, &condition->child[i], lang, out);
        }
        tidu_text_puts(out, " }");
    }
}

static const char *
words_of_condition(struct finding *finding, const struct condition *condition, tidu_lang lang)
{
    tidu_text text = {0};
    put_condition(finding, condition, lang, &text);
    const char *words = text.failed ? NULL
                                    : tidu_arena_copy_n(finding->arena, text.data, text.length);
    tidu_text_free(&text);
    finding->starved = finding->starved || !words;
    return words;
}

static void
drop_condition(struct finding *finding, const struct condition *condition, tidu_place place,
               bool truth)
{
    tidu_mutant *mutant = add_mutant(finding, TIDU_MUTATE_DROP, place,
                                     (struct edit){.kind = EDIT_DROP, .at = condition,
                                                   .truth = truth});
    for (int lang = 0; mutant && lang < 2; lang++) {
        mutant->before[lang] = words_of_condition(finding, condition, (tidu_lang)lang);
        mutant->after[lang] = dropped[lang];
    }
}

static void
walk_condition(struct finding *finding, const struct condition *condition)
{
    bool truth = condition->kind == CONDITION_ALL;
    if (condition->kind == CONDITION_PART)
        walk_written(finding, &condition->written);
    for (uint32_t i = 0; i < condition->child_count && !finding->starved; i++) {
        const struct condition *child = &condition->child[i];
        if (child->kind == CONDITION_CRITERION)
            continue;
        drop_condition(finding, child, place_of_condition(finding, child), truth);
        walk_condition(finding, child);
    }
}

/* What the group a criterion stands in comes to without it: all criteria of a
 * designation have to be met. */
static bool
find_group(const struct condition *condition, uint32_t criterion, bool *ret_truth)
{
    for (uint32_t i = 0; i < condition->child_count; i++) {
        const struct condition *child = &condition->child[i];
        if (child->kind == CONDITION_CRITERION && child->criterion == criterion) {
            *ret_truth = condition->kind == CONDITION_ALL;
            return true;
        }
        if (find_group(child, criterion, ret_truth))
            return true;
    }
    return false;
}

static void
find_in_criterion(struct finding *finding, uint32_t number)
{
    const struct criterion *criterion = &finding->world->criteria[number];
    tidu_place place = {.document = path_of(finding), .line = criterion->declaration->line};
    bool truth = true;
    if (criterion->parent != TIDU_NONE)
        find_group(&finding->world->criteria[criterion->parent].condition, number, &truth);
    drop_condition(finding, &criterion->condition, place, truth);
    walk_condition(finding, &criterion->condition);
}

/* ---- points ---- */

static void
move_points(struct finding *finding, const char *const *points, const char *most, tidu_place place,
            bool up)
{
    const char *moved = nudge(finding, *points, up);
    if (!moved || strtod(moved, NULL) > strtod(most, NULL))
        return;
    spell(finding, add_mutant(finding, TIDU_MUTATE_POINTS, place,
                              (struct edit){.kind = EDIT_POINTS, .at = points, .points = moved}),
          *points, moved);
}

static void
find_in_points(struct finding *finding, const char *const *points, const char *most,
               tidu_place place)
{
    if (!is_decimal(*points))
        return;
    move_points(finding, points, most, place, true);
    move_points(finding, points, most, place, false);
}

static void
find_in_indicator(struct finding *finding, const struct indicator *indicator)
{
    tidu_place own = {.document = path_of(finding), .line = indicator->declaration->line};
    if (indicator->operand.tree)
        walk_written(finding, &indicator->operand);
    finding->operand = indicator->operand.tree;
    for (uint32_t b = 0; b < indicator->band_count; b++) {
        const struct stand band = {&indicator->bands[b], NULL};
        walk_written(finding, &indicator->bands[b]);
        find_in_points(finding, &indicator->band_points[b], indicator->most, place_of(&band));
    }
    finding->operand = NULL;
    if (indicator->otherwise_stated)
        find_in_points(finding, (const char *const *)&indicator->otherwise, indicator->most, own);
}

/* ---- decision tables ---- */

/* A row's outcome that is no number becomes that of the next row which gives
 * something else. */
static const tidu_node *
other_outcome(const struct decision *decision, uint32_t row)
{
    const tidu_node *own = decision->rows[row].outcome.tree;
    for (uint32_t i = 1; i < decision->row_count; i++) {
        const tidu_node *other = decision->rows[(row + i) % decision->row_count].outcome.tree;
        if (other->kind == own->kind &&
            (own->kind == TIDU_NODE_TRUTH ? other->truth != own->truth
                                          : strcmp(other->text, own->text) != 0))
            return other;
    }
    return NULL;
}

static void
find_in_outcome(struct finding *finding, const struct decision *decision, uint32_t row)
{
    const struct written *written = &decision->rows[row].outcome;
    const struct stand stand = {written, written->tree};
    walk_written(finding, written);
    if (written->tree->kind != TIDU_NODE_TRUTH && written->tree->kind != TIDU_NODE_STRING)
        return;
    const tidu_node *other = other_outcome(decision, row);
    if (other)
        describe(finding,
                 add_mutant(finding, TIDU_MUTATE_DIRECTION, place_of(&stand),
                            (struct edit){.kind = EDIT_NODE, .at = written->tree, .node = other}),
                 written->tree, other);
}

/* Cells of a row are sides of an `and`; the operand of a column stands once. */
static void
find_in_decision(struct finding *finding, const struct decision *decision)
{
    for (uint32_t c = 0; c < decision->column_count; c++)
        if (decision->operands[c].tree)
            walk_written(finding, &decision->operands[c]);
    for (uint32_t r = 0; r < decision->row_count && !finding->starved; r++) {
        const struct decision_row *row = &decision->rows[r];
        for (uint32_t c = 0; c < decision->column_count; c++) {
            const struct stand stand = {&row->cells[c], row->cells[c].tree};
            if (!stand.node)
                continue;
            drop_side(finding, &stand, stand.node, true);
            finding->operand = decision->operands[c].tree;
            walk_written(finding, &row->cells[c]);
            finding->operand = NULL;
        }
        if (row->outcome.tree)
            find_in_outcome(finding, decision, r);
    }
}

/* ---- measures and money ---- */

static void
find_in_support(struct finding *finding, const struct support *support)
{
    tidu_place place = {.document = path_of(finding), .line = support->declaration->line};
    if (!support->has_condition)
        return;
    drop_condition(finding, &support->condition, place, true);
    walk_condition(finding, &support->condition);
}

static void
find_in_money(struct finding *finding)
{
    const struct world *world = finding->world;
    for (size_t i = 0; i < world->measure_count; i++, finding->rule++)
        find_in_support(finding, &world->measures[i].support);
    for (size_t i = 0; i < world->subsidy_count; i++, finding->rule++) {
        const struct subsidy *subsidy = &world->subsidies[i];
        find_in_support(finding, &subsidy->support);
        if (subsidy->amount.tree)
            walk_written(finding, &subsidy->amount);
        if (subsidy->cap.tree)
            walk_written(finding, &subsidy->cap);
    }
    for (size_t i = 0; i < world->stack_count; i++, finding->rule++)
        if (world->stacks[i].cap.tree)
            walk_written(finding, &world->stacks[i].cap);
    for (size_t i = 0; i < world->transition_count; i++, finding->rule++)
        find_in_support(finding, &world->transitions[i].support);
}

/* ---- all of them, in the order of the list of rules ---- */

static void
find_in_names(struct finding *finding)
{
    const struct world *world = finding->world;
    for (size_t i = 0; i < world->name_count; i++)
        for (size_t v = 0; v < world->names[i].version_count; v++, finding->rule++) {
            const struct version *version = &world->names[i].versions[v];
            if (version->decision)
                find_in_decision(finding, version->decision);
            else
                walk_written(finding, &version->written);
        }
}

bool
tidu_mutants_list(const tidu_rules *rules, tidu_arena *arena, tidu_mutants *ret_mutants)
{
    const struct world *world = rules->ruleset->world;
    struct finding finding = {.rules = rules, .world = world, .arena = arena};
    find_in_names(&finding);
    for (uint32_t i = 0; i < world->criterion_count; i++, finding.rule++)
        find_in_criterion(&finding, i);
    for (size_t i = 0; i < world->indicator_count; i++, finding.rule++)
        find_in_indicator(&finding, &world->indicators[i]);
    find_in_money(&finding);
    *ret_mutants = (tidu_mutants){finding.list, (uint32_t)finding.count};
    return !finding.starved;
}
