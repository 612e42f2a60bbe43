/*
 * support.c: measures, subsidies and stacks as declared.
 *
 * A measure's tiers are a condition like any other, written here as an author
 * would: one of these titles is held. A stack names its members by id; each is
 * in one stack at most, so what a firm gets in the end is one sum.
 */
#include "internal.h"

#include <string.h>

static bool
is_word(const tidu_declaration *declaration, const char *word)
{
    return strcmp(declaration->word, word) == 0;
}

/* ---- conditions ---- */

/* holds('srdi') or holds('lg'), at the place of the attribute. */
static bool
read_tier(struct world *world, const tidu_declaration *declaration, const tidu_attr *tier,
          struct condition *ret)
{
    char *text = tidu_arena_printf(world->arena, "holds('%s')", tier->text);
    tidu_attr attr = {.kind = TIDU_ATTR_EXPR, .text = text, .line = tier->line};
    if (!text)
        return tidu_no_memory(world);
    *ret = (struct condition){.kind = CONDITION_PART};
    ret->written = tidu_write_down(world, declaration, &attr);
    return ret->written.tree != NULL;
}

static bool
read_tiers(struct world *world, const tidu_declaration *declaration, const tidu_attr *tiers,
           struct condition *ret)
{
    bool good = true;
    *ret = (struct condition){.kind = CONDITION_ANY, .child_count = tiers->item_count};
    ret->title = (tidu_titles){"持有其中一项称号", "holds one of the titles"};
    ret->child = tidu_arena_array(world->arena, tiers->item_count, sizeof *ret->child);
    if (!ret->child)
        return tidu_no_memory(world);
    for (uint32_t i = 0; i < tiers->item_count; i++)
        good = read_tier(world, declaration, &tiers->items[i], &ret->child[i]) && good;
    return good;
}

/* The tiers, if any are named, and the declaration's own condition, if any. */
bool
tidu_support_condition(struct world *world, struct support *support)
{
    const tidu_attr *map = &support->declaration->attrs;
    const tidu_attr *tiers = tidu_attr_find(map, "tiers"), *items = tidu_attr_find(map, "items");
    bool tiered = tiers && tiers->item_count, own = items && items->item_count;
    struct condition parts[2] = {{0}, {0}};
    uint32_t count = 0;
    bool good = !tiered || read_tiers(world, support->declaration, tiers, &parts[count++]);
    good = (!own || tidu_condition_read(world, support->declaration, &items->items[0],
                                        &parts[count++])) &&
           good;
    support->has_condition = count > 0;
    if (count < 2) {
        support->condition = parts[0];
        return good;
    }
    struct condition *child = tidu_arena_array(world->arena, count, sizeof *child);
    if (!child)
        return tidu_no_memory(world);
    memcpy(child, parts, sizeof parts);
    support->condition = (struct condition){.kind = CONDITION_ALL, .child = child,
                                            .child_count = count};
    return good;
}

/* ---- measures ---- */

static bool
read_measure(struct world *world, const tidu_declaration *declaration)
{
    if (tidu_flag_attr(&declaration->attrs, "government"))
        return true;
    struct measure *measure = TIDU_APPEND(world, measure);
    if (!measure)
        return false;
    measure->support.declaration = declaration;
    measure->duty = tidu_duty_find(&world->ruleset->routing, declaration->name);
    struct support support = measure->support;
    bool good = tidu_support_condition(world, &support);
    world->measures[world->measure_count - 1].support = support;
    return good;
}

/* ---- subsidies ---- */

static bool
read_money(struct world *world, const tidu_declaration *declaration, const char *name,
           struct written *ret)
{
    const tidu_attr *attr = tidu_attr_find(&declaration->attrs, name);
    tidu_type *type;
    if (!attr)
        return true;
    *ret = tidu_write_down(world, declaration, attr);
    if (!ret->tree)
        return false;
    type = &ret->tree->type;
    bool money = type->kind == TIDU_NUMBER && type->money == 1 && !type->count && !type->years &&
                 !type->days && !type->score;
    return money || tidu_compile_complain_at(world, declaration, attr, TIDU_NOT_MONEY,
                                             declaration->name, name, NULL, NULL);
}

static const char *const kind_names[] = {"award", "tax", "interest", "service", NULL};

static bool
check_word(struct world *world, const tidu_declaration *declaration, const char *name,
           const char *const *words)
{
    const tidu_attr *attr = tidu_attr_find(&declaration->attrs, name);
    tidu_text list = {0};
    uint32_t i = 0;
    while (attr && words[i] && strcmp(attr->text, words[i]))
        i++;
    if (!attr || words[i])
        return true;
    for (i = 0; words[i]; i++)
        tidu_text_printf(&list, "%s%s", i ? ", " : "", words[i]);
    tidu_text_putc(&list, '\0');
    tidu_compile_complain_at(world, declaration, attr, TIDU_BAD_WORD, name, attr->text,
                             list.failed ? "" : list.data, NULL);
    tidu_text_free(&list);
    return false;
}

static bool
check_subsidy(struct world *world, const struct subsidy *subsidy)
{
    static const char *const to[] = {"enterprise", "government", NULL};
    static const char *const periods[] = {"one_off", "yearly", NULL};
    const tidu_declaration *declaration = subsidy->support.declaration;
    const char *kind = tidu_attr_text(&declaration->attrs, "kind", "award");
    bool service = !strcmp(kind, "service");
    bool good = check_word(world, declaration, "kind", kind_names);
    good = check_word(world, declaration, "to", to) && good;
    good = check_word(world, declaration, "period", periods) && good;
    if (good && service == (subsidy->amount.tree != NULL))
        return tidu_compile_complain(world, declaration,
                                     service ? TIDU_SERVICE_AMOUNT : TIDU_AMOUNT_MISSING,
                                     declaration->name, NULL, NULL);
    return good;
}

static bool
read_subsidy(struct world *world, struct subsidy *subsidy)
{
    const tidu_declaration *declaration = subsidy->support.declaration;
    bool good = tidu_words_dates(world, declaration, &subsidy->span);
    good = tidu_support_condition(world, &subsidy->support) && good;
    bool amount = read_money(world, declaration, "amount", &subsidy->amount);
    good = read_money(world, declaration, "cap", &subsidy->cap) && amount && good;
    return (!amount || check_subsidy(world, subsidy)) && good;
}

static bool
add_subsidy(struct world *world, const tidu_declaration *declaration)
{
    int32_t other = tidu_support_subsidy(world, declaration->name);
    struct subsidy *subsidy = TIDU_APPEND_TO(world, subsidies, subsidy);
    if (!subsidy)
        return false;
    subsidy->support.declaration = declaration;
    subsidy->stack = TIDU_NONE;
    return other == TIDU_NONE ||
           tidu_compile_collide(world, (struct said){declaration, NULL},
                                (struct said){world->subsidies[other].support.declaration, NULL},
                                TIDU_NAME_TAKEN, "subsidy", declaration->name, NULL);
}

int32_t
tidu_support_subsidy(const struct world *world, const char *id)
{
    for (size_t i = 0; i < world->subsidy_count; i++)
        if (!strcmp(world->subsidies[i].support.declaration->name, id))
            return (int32_t)i;
    return TIDU_NONE;
}

int32_t
tidu_support_stack(const struct world *world, const char *id)
{
    for (size_t i = 0; i < world->stack_count; i++)
        if (!strcmp(world->stacks[i].declaration->name, id))
            return (int32_t)i;
    return TIDU_NONE;
}

/* ---- stacks ---- */

static const struct {
    const char *zh, *en;
} rules[TIDU_STACK_RULE_COUNT] = {
    [TIDU_STACK_HIGHEST] = {"就高不重复", "highest"},
    [TIDU_STACK_DIFFERENCE] = {"晋级补差", "difference"},
    [TIDU_STACK_CEILING] = {"累计上限", "ceiling"},
    [TIDU_STACK_ONE_OF] = {"二选一", "one_of"},
    [TIDU_STACK_BUDGET] = {"总额控制", "budget"},
};

static bool
read_rule(struct world *world, struct stack *stack)
{
    const char *word = tidu_attr_text(&stack->declaration->attrs, "rule", "");
    for (unsigned i = 0; i < TIDU_STACK_RULE_COUNT; i++)
        if (!strcmp(word, rules[i].zh) || !strcmp(word, rules[i].en)) {
            stack->rule = (tidu_stack_rule)i;
            return true;
        }
    const tidu_attr *attr = tidu_attr_find(&stack->declaration->attrs, "rule");
    return tidu_compile_complain_at(world, stack->declaration, attr, TIDU_STACK_WORD,
                                    stack->declaration->name, word, NULL, NULL);
}

static const tidu_declaration *
stack_declaration(const struct world *world, int32_t stack)
{
    return world->stacks[stack].declaration;
}

/* A subsidy or stack becomes a member; it may be one once. */
static bool
join(struct world *world, uint32_t number, const tidu_attr *member)
{
    const tidu_declaration *declaration = world->stacks[number].declaration;
    int32_t subsidy = tidu_support_subsidy(world, member->text);
    int32_t inner = subsidy == TIDU_NONE ? tidu_support_stack(world, member->text) : TIDU_NONE;
    if (subsidy == TIDU_NONE && (inner == TIDU_NONE || inner == (int32_t)number))
        return tidu_compile_complain_at(world, declaration, member, TIDU_STACK_MEMBER,
                                        declaration->name, member->text, NULL, NULL);
    int32_t *stack = subsidy != TIDU_NONE ? &world->subsidies[subsidy].stack
                                          : &world->stacks[inner].stack;
    if (*stack != TIDU_NONE)
        return tidu_compile_collide(world, (struct said){declaration, member},
                                    (struct said){stack_declaration(world, *stack), NULL},
                                    TIDU_STACK_TWICE, member->text, NULL, NULL);
    *stack = (int32_t)number;
    return true;
}

/* A stack inside itself, at whatever distance. */
static bool
is_in_itself(const struct world *world, uint32_t number)
{
    int32_t at = world->stacks[number].stack;
    for (size_t steps = 0; at != TIDU_NONE && steps < world->stack_count; steps++) {
        if (at == (int32_t)number)
            return true;
        at = world->stacks[at].stack;
    }
    return false;
}

static bool
check_circle(struct world *world, uint32_t number)
{
    return !is_in_itself(world, number) ||
           tidu_compile_complain(world, world->stacks[number].declaration, TIDU_STACK_CIRCLE,
                                 world->stacks[number].declaration->name, NULL, NULL);
}

static bool
check_counts(struct world *world, const struct stack *stack)
{
    const tidu_attr *counts = tidu_attr_find(&stack->declaration->attrs, "counts");
    bool good = true;
    for (uint32_t i = 0; counts && i < counts->item_count; i++)
        if (tidu_support_subsidy(world, counts->items[i].text) == TIDU_NONE)
            good = tidu_compile_complain_at(world, stack->declaration, &counts->items[i],
                                            TIDU_STACK_MEMBER, stack->declaration->name,
                                            counts->items[i].text, NULL, NULL);
    return good;
}

static bool
read_stack(struct world *world, uint32_t number)
{
    struct stack *stack = &world->stacks[number];
    const tidu_attr *of = tidu_attr_find(&stack->declaration->attrs, "of");
    bool good = read_rule(world, stack);
    if (good)
        good = read_money(world, stack->declaration, "cap", &stack->cap);
    bool needs = stack->rule == TIDU_STACK_CEILING;
    if (good && needs != (stack->cap.tree != NULL))
        good = tidu_compile_complain(world, stack->declaration,
                                     needs ? TIDU_CEILING_MISSING : TIDU_CEILING_SPARE,
                                     stack->declaration->name, NULL, NULL);
    if (!of || !of->item_count)
        good = tidu_compile_complain(world, stack->declaration, TIDU_STACK_EMPTY,
                                     stack->declaration->name, NULL, NULL);
    for (uint32_t i = 0; of && i < of->item_count; i++)
        good = join(world, number, &of->items[i]) && good;
    return check_counts(world, stack) && good;
}

static bool
add_stack(struct world *world, const tidu_declaration *declaration)
{
    int32_t other = tidu_support_stack(world, declaration->name);
    int32_t subsidy = tidu_support_subsidy(world, declaration->name);
    struct stack *stack = TIDU_APPEND(world, stack);
    if (!stack)
        return false;
    *stack = (struct stack){.declaration = declaration, .stack = TIDU_NONE};
    if (other == TIDU_NONE && subsidy == TIDU_NONE)
        return true;
    const tidu_declaration *there = other != TIDU_NONE
                                        ? stack_declaration(world, other)
                                        : world->subsidies[subsidy].support.declaration;
    return tidu_compile_collide(world, (struct said){declaration, NULL},
                                (struct said){there, NULL}, TIDU_NAME_TAKEN, "stack",
                                declaration->name, NULL);
}

static bool
add_all(struct world *world, const char *word,
        bool (*add)(struct world *world, const tidu_declaration *declaration))
{
    bool good = true;
    for (uint32_t i = 0; i < world->declared->declaration_count && !world->starved; i++)
        if (is_word(&world->declared->declarations[i], word))
            good = add(world, &world->declared->declarations[i]) && good;
    return good;
}

bool
tidu_support_names(struct world *world)
{
    bool good = add_all(world, "subsidy", add_subsidy);
    return add_all(world, "stack", add_stack) && good;
}

bool
tidu_support_read(struct world *world)
{
    bool good = add_all(world, "measure", read_measure);
    for (size_t i = 0; i < world->subsidy_count && !world->starved; i++)
        good = read_subsidy(world, &world->subsidies[i]) && good;
    for (uint32_t i = 0; i < world->stack_count && !world->starved; i++)
        good = read_stack(world, i) && good;
    for (uint32_t i = 0; i < world->stack_count && !world->starved; i++)
        good = check_circle(world, i) && good;
    return good;
}
