/*
 * cases.c: conditions to axes and regions, and places back to words.
 *
 * Start in `classify`, which says what a leaf of a condition is; `read_leaf`
 * and `region_of_leaf` are its two uses.
 */
#include "cases.h"

#include "tidu/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct leaf {
    enum { LEAF_FLAG, LEAF_NUMBER, LEAF_CODE, LEAF_TRUTH } kind;
    const tidu_node *operand;
    uint32_t lag;
    tidu_operator op;
    const tidu_node *literal; /* the codes, or the constant side */
    mpq_t bound;
    bool truth;
};

/* ---- opening and closing ---- */

void
tidu_cases_open(struct cases *cases, struct world *world, int32_t day, tidu_arena *arena)
{
    *cases = (struct cases){.world = world, .epoch = {day, day}, .arena = arena};
}

void
tidu_cases_close(struct cases *cases)
{
    for (size_t i = 0; i < cases->axis_count; i++) {
        struct case_axis *axis = &cases->axes[i];
        for (size_t b = 0; b < axis->border_count; b++)
            mpq_clear(axis->borders[b]);
        mpq_clears(axis->low, axis->high, axis->step, NULL);
    }
    cases->axis_count = 0;
}

/* ---- expressions ---- */

/* What stands behind lags and names of derived facts. A decision stays a name:
 * its table is no expression. */
static const tidu_node *
strip(const struct cases *cases, const tidu_node *node, uint32_t *lag)
{
    for (;;) {
        if (node->kind == TIDU_NODE_LAG) {
            *lag += node->lag;
            node = node->child[0];
            continue;
        }
        if (node->kind != TIDU_NODE_NAME || node->symbol->kind != TIDU_SYMBOL_DERIVE)
            return node;
        const struct version *version = tidu_names_version(node->symbol->owner, cases->epoch);
        if (!version || version->decision || !version->written.tree)
            return node;
        node = version->written.tree;
    }
}

static bool
same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

static bool same(const struct cases *cases, const tidu_node *a, uint32_t a_lag, const tidu_node *b,
                 uint32_t b_lag);

static bool
same_children(const struct cases *cases, const tidu_node *a, uint32_t a_lag, const tidu_node *b,
              uint32_t b_lag)
{
    if (a->child_count != b->child_count)
        return false;
    for (uint32_t i = 0; i < a->child_count; i++)
        if (!same(cases, a->child[i], a_lag, b->child[i], b_lag))
            return false;
    return true;
}

static bool
same(const struct cases *cases, const tidu_node *a, uint32_t a_lag, const tidu_node *b,
     uint32_t b_lag)
{
    a = strip(cases, a, &a_lag);
    b = strip(cases, b, &b_lag);
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case TIDU_NODE_NAME:
        return a->symbol == b->symbol && (a_lag == b_lag || !a->symbol->type.annual);
    case TIDU_NODE_DATE:
        return a->days == b->days;
    case TIDU_NODE_TRUTH:
        return a->truth == b->truth;
    case TIDU_NODE_NUMBER:
    case TIDU_NODE_STRING:
        return same_text(a->text, b->text) && a->unit == b->unit;
    case TIDU_NODE_UNARY:
    case TIDU_NODE_BINARY:
        return a->op == b->op && same_children(cases, a, a_lag, b, b_lag);
    case TIDU_NODE_CALL:
        return a->function == b->function && a->lag == b->lag && same_text(a->text, b->text) &&
               same_children(cases, a, a_lag, b, b_lag);
    default:
        return same_children(cases, a, a_lag, b, b_lag);
    }
}

bool
tidu_cases_same(const struct cases *cases, const tidu_node *a, const tidu_node *b)
{
    return same(cases, a, 0, b, 0);
}

static bool
literal_value(const tidu_node *node, mpq_t ret)
{
    mpq_t factor;
    if (!tidu_decimal_parse(node->text, strlen(node->text), ret))
        return false;
    tidu_scale scale = node->unit ? tidu_unit_scale(node->unit) : (tidu_scale){1, 1};
    mpq_init(factor);
    mpq_set_si(factor, scale.num, (unsigned long)scale.den);
    mpq_mul(ret, ret, factor);
    mpq_clear(factor);
    return true;
}

static bool
arithmetic(tidu_operator op, mpq_t a, const mpq_t b)
{
    if (op == TIDU_OP_ADD)
        mpq_add(a, a, b);
    else if (op == TIDU_OP_SUB)
        mpq_sub(a, a, b);
    else if (op == TIDU_OP_MUL)
        mpq_mul(a, a, b);
    else if (op == TIDU_OP_DIV && mpq_sgn(b))
        mpq_div(a, a, b);
    else
        return false;
    return true;
}

static bool
binary_value(const struct cases *cases, const tidu_node *node, mpq_t ret)
{
    mpq_t other;
    mpq_init(other);
    bool known = node->type.kind == TIDU_NUMBER &&
                 tidu_cases_constant(cases, node->child[0], ret) &&
                 tidu_cases_constant(cases, node->child[1], other) &&
                 arithmetic(node->op, ret, other);
    mpq_clear(other);
    return known;
}

bool
tidu_cases_constant(const struct cases *cases, const tidu_node *node, mpq_t ret)
{
    const struct version *version = NULL;
    switch (node->kind) {
    case TIDU_NODE_NUMBER:
        return literal_value(node, ret);
    case TIDU_NODE_DATE:
        mpq_set_si(ret, node->days, 1);
        return true;
    case TIDU_NODE_UNARY:
        if (node->op != TIDU_OP_NEG || !tidu_cases_constant(cases, node->child[0], ret))
            return false;
        mpq_neg(ret, ret);
        return true;
    case TIDU_NODE_BINARY:
        return binary_value(cases, node, ret);
    case TIDU_NODE_NAME:
        if (node->symbol->kind == TIDU_SYMBOL_PARAM || node->symbol->kind == TIDU_SYMBOL_DERIVE)
            version = tidu_names_version(node->symbol->owner, cases->epoch);
        return version && !version->decision && version->written.tree &&
               tidu_cases_constant(cases, version->written.tree, ret);
    default:
        return false;
    }
}

/* ---- what can be ---- */

static bool is_nonnegative(const struct cases *cases, const tidu_node *node);

static bool
all_nonnegative(const struct cases *cases, const tidu_node *node)
{
    for (uint32_t i = 0; i < node->child_count; i++)
        if (!is_nonnegative(cases, node->child[i]))
            return false;
    return true;
}

/* Sure only where the vocabulary says so of all that goes into it. */
static bool
is_nonnegative(const struct cases *cases, const tidu_node *node)
{
    uint32_t lag = 0;
    mpq_t value;
    node = strip(cases, node, &lag);
    mpq_init(value);
    bool positive = tidu_cases_constant(cases, node, value) && mpq_sgn(value) >= 0;
    mpq_clear(value);
    if (node->kind == TIDU_NODE_NAME && (node->symbol->kind == TIDU_SYMBOL_FACT ||
                                         node->symbol->kind == TIDU_SYMBOL_FIELD))
        return ((const tidu_fact *)node->symbol->owner)->low >= 0;
    if (node->kind == TIDU_NODE_BINARY)
        return (node->op == TIDU_OP_ADD || node->op == TIDU_OP_MUL || node->op == TIDU_OP_DIV) &&
               all_nonnegative(cases, node);
    if (node->kind != TIDU_NODE_CALL)
        return positive;
    switch (node->function) {
    case TIDU_FN_COUNT:
        return true;
    case TIDU_FN_MEAN:
    case TIDU_FN_SUM:
    case TIDU_FN_LOWEST:
    case TIDU_FN_HIGHEST:
        return is_nonnegative(cases, node->child[0]);
    default:
        return false;
    }
}

static bool
is_rate(const struct cases *cases, const tidu_node *node)
{
    uint32_t lag = 0;
    node = strip(cases, node, &lag);
    if (node->kind != TIDU_NODE_CALL)
        return false;
    if (node->function == TIDU_FN_GROWTH || node->function == TIDU_FN_CAGR)
        return is_nonnegative(cases, node->child[0]);
    return (node->function == TIDU_FN_MEAN || node->function == TIDU_FN_LOWEST ||
            node->function == TIDU_FN_HIGHEST) &&
           is_rate(cases, node->child[0]);
}

static void
limit_of_fact(double limit, tidu_scale scale, mpq_t ret, bool *ret_has)
{
    mpq_t factor;
    if (!isfinite(limit))
        return;
    mpq_init(factor);
    tidu_decimal_of_double(limit, ret);
    mpq_set_si(factor, scale.num, (unsigned long)scale.den);
    mpq_mul(ret, ret, factor);
    mpq_clear(factor);
    *ret_has = true;
}

static void
limit_axis(const struct cases *cases, struct case_axis *axis)
{
    uint32_t lag = 0;
    const tidu_node *node = strip(cases, axis->node, &lag);
    bool name = node->kind == TIDU_NODE_NAME;
    bool call = node->kind == TIDU_NODE_CALL;
    if (axis->kind == AXIS_DATE)
        mpq_set_ui(axis->step, 1, 1);
    else if (name && (node->symbol->kind == TIDU_SYMBOL_FACT ||
                      node->symbol->kind == TIDU_SYMBOL_FIELD)) {
        const tidu_fact *fact = node->symbol->owner;
        tidu_scale scale = node->symbol->type.scale;
        limit_of_fact(fact->low, scale, axis->low, &axis->has_low);
        limit_of_fact(fact->high, scale, axis->high, &axis->has_high);
        if (fact->whole)
            mpq_set_si(axis->step, scale.num, (unsigned long)scale.den);
    } else if (is_nonnegative(cases, node))
        axis->has_low = true;
    else if (is_rate(cases, node)) {
        axis->has_low = true;
        mpq_set_si(axis->low, -1, 1);
    }
    if (call && (node->function == TIDU_FN_COUNT ||
                 (node->function == TIDU_FN_YEARS_SINCE &&
                  node->child[0]->type.kind == TIDU_DATE)))
        mpq_set_ui(axis->step, 1, 1);
}

/* ---- leaves ---- */

static tidu_operator
mirrored(tidu_operator op)
{
    static const tidu_operator mirrors[] = {[TIDU_OP_LT] = TIDU_OP_GT, [TIDU_OP_LE] = TIDU_OP_GE,
                                            [TIDU_OP_GT] = TIDU_OP_LT, [TIDU_OP_GE] = TIDU_OP_LE};
    return op >= TIDU_OP_LT && op <= TIDU_OP_GE ? mirrors[op] : op;
}

static bool
compares_codes(const tidu_node *node)
{
    return node->child[0]->type.kind == TIDU_CODE || node->child[1]->type.kind == TIDU_CODE;
}

static bool
is_literal_code(const tidu_node *node)
{
    if (node->kind == TIDU_NODE_STRING)
        return true;
    for (uint32_t i = 0; i < node->child_count; i++)
        if (node->child[i]->kind != TIDU_NODE_STRING)
            return false;
    return node->kind == TIDU_NODE_SET;
}

static bool
classify_code(const struct cases *cases, const tidu_node *node, struct leaf *ret)
{
    struct code_space space;
    bool swapped = node->child[0]->kind == TIDU_NODE_STRING;
    ret->operand = node->child[swapped];
    ret->literal = node->child[!swapped];
    ret->op = swapped ? mirrored(node->op) : node->op;
    ret->kind = LEAF_CODE;
    return is_literal_code(ret->literal) &&
           tidu_inputs_space(cases->world, ret->operand, &space);
}

static bool
order_says(tidu_operator op, int order)
{
    return op == TIDU_OP_LT   ? order < 0
           : op == TIDU_OP_LE ? order <= 0
           : op == TIDU_OP_GT ? order > 0
           : op == TIDU_OP_GE ? order >= 0
           : op == TIDU_OP_EQ ? order == 0
                              : order != 0;
}

static bool
classify_number(const struct cases *cases, const tidu_node *node, struct leaf *ret)
{
    mpq_t left;
    mpq_init(left);
    bool first = tidu_cases_constant(cases, node->child[0], left);
    bool second = tidu_cases_constant(cases, node->child[1], ret->bound);
    ret->kind = first && second ? LEAF_TRUTH : LEAF_NUMBER;
    ret->truth = first && second && order_says(node->op, mpq_cmp(left, ret->bound));
    ret->operand = node->child[first];
    ret->literal = node->child[!first];
    ret->op = first ? mirrored(node->op) : node->op;
    if (first && !second)
        mpq_swap(left, ret->bound);
    mpq_clear(left);
    return first || second;
}

/* A leaf's bound is initialised and wants to be cleared. */
static void
classify(struct cases *cases, const tidu_node *node, uint32_t lag, struct leaf *ret)
{
    *ret = (struct leaf){.kind = LEAF_FLAG, .operand = node, .lag = lag};
    mpq_init(ret->bound);
    if (node->kind == TIDU_NODE_TRUTH) {
        ret->kind = LEAF_TRUTH;
        ret->truth = node->truth;
        return;
    }
    if (node->kind != TIDU_NODE_BINARY || node->op < TIDU_OP_LT || node->op > TIDU_OP_WITHIN)
        return;
    bool known = false;
    if (compares_codes(node))
        known = classify_code(cases, node, ret);
    else if (tidu_is_comparison(node))
        known = classify_number(cases, node, ret);
    if (known)
        return;
    ret->kind = LEAF_FLAG;
    ret->operand = node;
    cases->puzzle = cases->puzzle ? cases->puzzle : node;
}

/* ---- axes ---- */

static struct case_axis *
find_axis(const struct cases *cases, const tidu_node *node, uint32_t lag)
{
    for (size_t i = 0; i < cases->axis_count; i++)
        if (same(cases, cases->axes[i].node, cases->axes[i].lag, node, lag))
            return &cases->axes[i];
    return NULL;
}

static struct case_axis *
axis_for(struct cases *cases, const struct leaf *leaf)
{
    struct case_axis *axis = find_axis(cases, leaf->operand, leaf->lag);
    if (axis)
        return axis;
    struct case_axis *axes = tidu_arena_grow(cases->arena, cases->axes, cases->axis_count,
                                             &cases->axis_capacity, sizeof *axes);
    if (!axes) {
        cases->starved = true;
        return NULL;
    }
    cases->axes = axes;
    axis = &axes[cases->axis_count++];
    *axis = (struct case_axis){.node = leaf->operand, .lag = leaf->lag};
    mpq_inits(axis->low, axis->high, axis->step, NULL);
    axis->kind = leaf->kind == LEAF_FLAG   ? AXIS_FLAG
                 : leaf->kind == LEAF_CODE ? AXIS_CODE
                 : leaf->operand->type.kind == TIDU_DATE ? AXIS_DATE
                                                         : AXIS_NUMBER;
    axis->unit = leaf->operand->type.unit;
    if (axis->kind == AXIS_CODE)
        tidu_inputs_space(cases->world, leaf->operand, &axis->space);
    return axis;
}

static int
border_at(const struct case_axis *axis, const mpq_t value)
{
    for (size_t i = 0; i < axis->border_count; i++)
        if (mpq_equal(axis->borders[i], value))
            return (int)i;
    return TIDU_NONE;
}

static void
add_border(struct cases *cases, struct case_axis *axis, const mpq_t value)
{
    if (border_at(axis, value) != TIDU_NONE)
        return;
    mpq_t *borders = tidu_arena_grow(cases->arena, axis->borders, axis->border_count,
                                     &axis->border_capacity, sizeof *borders);
    if (!borders) {
        cases->starved = true;
        return;
    }
    axis->borders = borders;
    mpq_init(borders[axis->border_count]);
    mpq_set(borders[axis->border_count++], value);
}

static void
add_entries(struct cases *cases, struct case_axis *axis, const tidu_node *codes)
{
    char buffer[TIDU_CODE_SIZE];
    for (uint32_t i = 0; i < codes->child_count; i++)
        add_entries(cases, axis, codes->child[i]);
    if (codes->kind != TIDU_NODE_STRING)
        return;
    const char *code = tidu_inputs_code(axis->space.fact, codes->text, buffer);
    for (size_t i = 0; i < axis->entry_count; i++)
        if (!strcmp(axis->entries[i], code))
            return;
    const char **entries = tidu_arena_grow(cases->arena, axis->entries, axis->entry_count,
                                           &axis->entry_capacity, sizeof *entries);
    code = code == buffer ? tidu_arena_copy(cases->arena, code) : code;
    cases->starved |= !entries || !code;
    if (entries)
        axis->entries = entries;
    if (entries && code)
        entries[axis->entry_count++] = code;
}

static void
read_leaf(struct cases *cases, const tidu_node *node, uint32_t lag)
{
    struct leaf leaf;
    classify(cases, node, lag, &leaf);
    struct case_axis *axis = leaf.kind == LEAF_TRUTH ? NULL : axis_for(cases, &leaf);
    if (axis && leaf.kind == LEAF_NUMBER) {
        add_border(cases, axis, leaf.bound);
        if (leaf.literal->kind == TIDU_NODE_NUMBER && leaf.literal->unit &&
            axis->unit == leaf.operand->type.unit)
            axis->unit = leaf.literal->unit;
    }
    if (axis && leaf.kind == LEAF_CODE && !axis->space.choices)
        add_entries(cases, axis, leaf.literal);
    mpq_clear(leaf.bound);
}

/* ---- the shape of conditions ---- */

static bool
is_equality(const tidu_node *node)
{
    return node->kind == TIDU_NODE_BINARY && (node->op == TIDU_OP_EQ || node->op == TIDU_OP_NE) &&
           node->child[0]->type.kind == TIDU_FLAG;
}

/* Of a condition that is made of conditions: `and`, `or`, `not`, `if`, flag = flag. */
static bool
is_made(const tidu_node *node)
{
    return (node->kind == TIDU_NODE_BINARY &&
            (node->op == TIDU_OP_AND || node->op == TIDU_OP_OR)) ||
           (node->kind == TIDU_NODE_UNARY && node->op == TIDU_OP_NOT) ||
           (node->kind == TIDU_NODE_IF && node->type.kind == TIDU_FLAG) || is_equality(node);
}

static void
read_condition(struct cases *cases, const tidu_node *node, uint32_t lag)
{
    node = strip(cases, node, &lag);
    if (!is_made(node)) {
        read_leaf(cases, node, lag);
        return;
    }
    for (uint32_t i = 0; i < node->child_count; i++)
        read_condition(cases, node->child[i], lag);
}

void
tidu_cases_read(struct cases *cases, const tidu_node *condition)
{
    read_condition(cases, condition, 0);
}

/* ---- atoms ----
 *
 * Numbers and dates: atom 2i + 1 is border i, atom 2i what lies before it and
 * behind the border before. Codes with a list of values: an atom a value. Open
 * codes: as in a codebook. Flags: 0 false, 1 true. */

static int
compare_borders(const void *a, const void *b)
{
    return mpq_cmp(*(const mpq_t *)a, *(const mpq_t *)b);
}

static int
compare_entries(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static uint32_t
count_atoms(const struct case_axis *axis)
{
    if (axis->kind == AXIS_FLAG)
        return 2;
    if (axis->kind == AXIS_CODE)
        return axis->space.choices ? axis->space.choices->count
                                   : (uint32_t)axis->entry_count * 2 + 1;
    return (uint32_t)axis->border_count * 2 + 1;
}

/* The multiple of the axis's step that comes next above a value. */
static void
next_step(const struct case_axis *axis, const mpq_t value, mpq_t ret)
{
    mpq_div(ret, value, axis->step);
    mpz_fdiv_q(mpq_numref(ret), mpq_numref(ret), mpq_denref(ret));
    mpz_add_ui(mpq_numref(ret), mpq_numref(ret), 1);
    mpz_set_ui(mpq_denref(ret), 1);
    mpq_mul(ret, ret, axis->step);
}

static bool
is_multiple(const struct case_axis *axis, const mpq_t value)
{
    mpq_t times;
    if (!mpq_sgn(axis->step))
        return true;
    mpq_init(times);
    mpq_div(times, value, axis->step);
    bool whole = !mpz_cmp_ui(mpq_denref(times), 1);
    mpq_clear(times);
    return whole;
}

static bool
has_step_between(const struct case_axis *axis, const mpq_t low, const mpq_t high)
{
    mpq_t next;
    if (!mpq_sgn(axis->step))
        return true;
    mpq_init(next);
    next_step(axis, low, next);
    bool found = mpq_cmp(next, high) < 0;
    mpq_clear(next);
    return found;
}

static bool
can_be(const struct case_axis *axis, uint32_t atom)
{
    uint32_t border = atom / 2;
    if (atom % 2)
        return is_multiple(axis, axis->borders[border]) &&
               !(axis->has_low && mpq_cmp(axis->borders[border], axis->low) < 0) &&
               !(axis->has_high && mpq_cmp(axis->borders[border], axis->high) > 0);
    bool first = border == 0, last = border == axis->border_count;
    if (!last && axis->has_low && mpq_cmp(axis->borders[border], axis->low) <= 0)
        return false;
    if (!first && axis->has_high && mpq_cmp(axis->borders[border - 1], axis->high) >= 0)
        return false;
    return first || last ||
           has_step_between(axis, axis->borders[border - 1], axis->borders[border]);
}

static void
cut_numbers(struct cases *cases, struct case_axis *axis)
{
    limit_axis(cases, axis);
    if (axis->has_low)
        add_border(cases, axis, axis->low);
    if (axis->has_high)
        add_border(cases, axis, axis->high);
    if (axis->border_count)
        qsort(axis->borders, axis->border_count, sizeof *axis->borders, compare_borders);
}

static bool
is_numeric(const struct case_axis *axis)
{
    return axis->kind == AXIS_NUMBER || axis->kind == AXIS_DATE;
}

/* A code of a section has a letter and up to four digits: it is no letter alone,
 * and with four digits it does not go on. */
static bool
can_be_coded(const struct case_axis *axis, uint32_t atom)
{
    const tidu_fact *fact = axis->space.fact;
    if (!atom || !fact || !fact->section_count)
        return true;
    size_t length = strlen(axis->entries[(atom - 1) / 2]);
    return atom % 2 ? length > 1 : length < 5;
}

static void
exclude_what_cannot_be(struct cases *cases, uint32_t number)
{
    const struct case_axis *axis = &cases->axes[number];
    bool open = axis->kind == AXIS_CODE && !axis->space.choices;
    for (uint32_t atom = 0; atom < cases->space.axes[number].atoms; atom++)
        if ((is_numeric(axis) && !can_be(axis, atom)) || (open && !can_be_coded(axis, atom)))
            tidu_space_exclude(&cases->space, number, atom);
}

bool
tidu_cases_stand(struct cases *cases)
{
    uint32_t count = (uint32_t)cases->axis_count;
    uint32_t *atoms = tidu_arena_array(cases->arena, count, sizeof *atoms);
    if (!atoms)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        struct case_axis *axis = &cases->axes[i];
        if (is_numeric(axis))
            cut_numbers(cases, axis);
        if (axis->entry_count)
            qsort(axis->entries, axis->entry_count, sizeof *axis->entries, compare_entries);
        atoms[i] = count_atoms(axis);
    }
    if (cases->starved || !tidu_space_open(&cases->space, cases->arena, atoms, count))
        return false;
    for (uint32_t i = 0; i < count; i++)
        exclude_what_cannot_be(cases, i);
    return true;
}

/* ---- regions ---- */

static bool
names_code(const struct case_axis *axis, const tidu_node *codes, const char *code, bool within)
{
    char buffer[TIDU_CODE_SIZE];
    for (uint32_t i = 0; i < codes->child_count; i++)
        if (names_code(axis, codes->child[i], code, within))
            return true;
    if (codes->kind != TIDU_NODE_STRING)
        return false;
    const char *literal = tidu_inputs_code(axis->space.fact, codes->text, buffer);
    return within ? !strncmp(code, literal, strlen(literal)) : !strcmp(code, literal);
}

static int
rank_of(const tidu_choices *choices, const char *code)
{
    uint32_t rank = 0;
    while (rank < choices->count && strcmp(choices->items[rank].code, code))
        rank++;
    return (int)rank;
}

static bool
code_says(const struct case_axis *axis, const struct leaf *leaf, uint32_t atom)
{
    const tidu_choices *choices = axis->space.choices;
    bool within = leaf->op == TIDU_OP_WITHIN;
    if (leaf->op >= TIDU_OP_LT && leaf->op <= TIDU_OP_GE)
        return choices && order_says(leaf->op, (int)atom - rank_of(choices, leaf->literal->text));
    bool named = choices ? names_code(axis, leaf->literal, choices->items[atom].code, within)
                         : atom && (within || atom % 2) &&
                               names_code(axis, leaf->literal, axis->entries[(atom - 1) / 2],
                                          within);
    return leaf->op == TIDU_OP_NE ? !named : named;
}

static bool
leaf_says(const struct case_axis *axis, const struct leaf *leaf, uint32_t atom)
{
    if (leaf->kind == LEAF_FLAG)
        return atom == 1;
    if (leaf->kind == LEAF_CODE)
        return code_says(axis, leaf, atom);
    int border = border_at(axis, leaf->bound);
    return order_says(leaf->op, (int)atom - (2 * border + 1));
}

static struct tidu_region
region_of_truth(struct cases *cases, bool truth)
{
    return truth ? tidu_region_all(&cases->space) : tidu_region_none();
}

static struct tidu_region
region_on_axis(struct cases *cases, const struct leaf *leaf, bool negated)
{
    const struct case_axis *axis = find_axis(cases, leaf->operand, leaf->lag);
    if (!axis) {
        cases->space.gave_up = true;
        return tidu_region_none();
    }
    uint32_t number = (uint32_t)(axis - cases->axes);
    const struct tidu_axis *cut = &cases->space.axes[number];
    uint64_t *bits = tidu_arena_array(cases->arena, cut->words, sizeof *bits);
    for (uint32_t atom = 0; bits && atom < cut->atoms; atom++)
        if (leaf_says(axis, leaf, atom) != negated)
            bits[atom / 64] |= UINT64_C(1) << (atom % 64);
    cases->space.gave_up |= !bits;
    cases->starved |= !bits;
    return bits ? tidu_region_where(&cases->space, number, bits) : tidu_region_none();
}

static struct tidu_region
region_of_leaf(struct cases *cases, const tidu_node *node, uint32_t lag, bool negated)
{
    struct leaf leaf;
    classify(cases, node, lag, &leaf);
    struct tidu_region region = leaf.kind == LEAF_TRUTH
                                    ? region_of_truth(cases, leaf.truth != negated)
                                    : region_on_axis(cases, &leaf, negated);
    mpq_clear(leaf.bound);
    return region;
}

static struct tidu_region region_of(struct cases *cases, const tidu_node *node, uint32_t lag,
                                    bool negated);

/* if c then a else b, and (a = b) as: if a then b else not b. */
static struct tidu_region
region_of_choice(struct cases *cases, const tidu_node *const child[3], uint32_t lag,
                 const bool negated[2])
{
    struct tidu_space *space = &cases->space;
    struct tidu_region yes = tidu_region_and(space, region_of(cases, child[0], lag, false),
                                             region_of(cases, child[1], lag, negated[0]));
    struct tidu_region no = tidu_region_and(space, region_of(cases, child[0], lag, true),
                                            region_of(cases, child[2], lag, negated[1]));
    return tidu_region_or(space, yes, no);
}

static struct tidu_region
region_of_binary(struct cases *cases, const tidu_node *node, uint32_t lag, bool negated)
{
    struct tidu_region a = region_of(cases, node->child[0], lag, negated);
    struct tidu_region b = region_of(cases, node->child[1], lag, negated);
    return (node->op == TIDU_OP_AND) != negated ? tidu_region_and(&cases->space, a, b)
                                                : tidu_region_or(&cases->space, a, b);
}

static struct tidu_region
region_of(struct cases *cases, const tidu_node *node, uint32_t lag, bool negated)
{
    node = strip(cases, node, &lag);
    if (!is_made(node))
        return region_of_leaf(cases, node, lag, negated);
    if (node->kind == TIDU_NODE_UNARY)
        return region_of(cases, node->child[0], lag, !negated);
    if (node->kind == TIDU_NODE_IF) {
        const tidu_node *const child[3] = {node->child[0], node->child[1], node->child[2]};
        return region_of_choice(cases, child, lag, (const bool[2]){negated, negated});
    }
    if (is_equality(node)) {
        const tidu_node *const child[3] = {node->child[0], node->child[1], node->child[1]};
        bool differ = (node->op == TIDU_OP_NE) != negated;
        return region_of_choice(cases, child, lag, (const bool[2]){differ, !differ});
    }
    return region_of_binary(cases, node, lag, negated);
}

struct tidu_region
tidu_cases_region(struct cases *cases, const tidu_node *condition, bool negated)
{
    return region_of(cases, condition, 0, negated);
}

bool
tidu_cases_axis(struct cases *cases, const tidu_node *node, uint32_t *ret_axis)
{
    uint32_t lag = 0;
    struct leaf leaf;
    node = strip(cases, node, &lag);
    classify(cases, node, lag, &leaf);
    const struct case_axis *axis = leaf.kind == LEAF_TRUTH
                                       ? NULL
                                       : find_axis(cases, leaf.operand, leaf.lag);
    mpq_clear(leaf.bound);
    if (axis)
        *ret_axis = (uint32_t)(axis - cases->axes);
    return axis != NULL;
}

void
tidu_cases_pick(const struct cases *cases, uint32_t axis, uint32_t *place)
{
    uint32_t atoms = cases->space.axes[axis].atoms;
    for (uint32_t atom = 0; place[axis] == TIDU_ANY_ATOM && atom < atoms; atom++)
        if (tidu_space_allows(&cases->space, axis, atom))
            place[axis] = atom;
}

/* ---- what can be chosen freely ---- */

enum { MOST_INPUTS = 48 };

struct input {
    const void *what; /* a symbol, or the text of a title's id */
    uint32_t lag;     /* of a set: which code */
};

struct reads {
    struct input inputs[MOST_INPUTS];
    uint32_t count;
    bool closed; /* it reads what cannot be told: other rules, or too much */
    bool simple; /* each of its values comes of some value of any one input */
};

static void
add_input(struct reads *reads, const void *what, uint32_t lag)
{
    for (uint32_t i = 0; i < reads->count; i++)
        if (reads->inputs[i].what == what && reads->inputs[i].lag == lag)
            return;
    if (reads->count == MOST_INPUTS)
        reads->closed = true;
    else
        reads->inputs[reads->count++] = (struct input){what, lag};
}

/* A set may have one code and lack another: each is an input of its own. */
static void
gather_codes(const tidu_symbol *set, const tidu_node *codes, struct reads *reads)
{
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < codes->child_count; i++)
        gather_codes(set, codes->child[i], reads);
    if (codes->kind != TIDU_NODE_STRING)
        return;
    for (const char *at = codes->text; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 16777619u;
    add_input(reads, set, hash);
}

static void gather(const struct cases *cases, const tidu_node *node, uint32_t lag,
                   struct reads *reads);

static void
gather_call(const struct cases *cases, const tidu_node *node, uint32_t lag, struct reads *reads)
{
    bool years = node->function <= TIDU_FN_HIGHEST;
    bool rate = node->function == TIDU_FN_GROWTH || node->function == TIDU_FN_CAGR;
    uint32_t last = node->function == TIDU_FN_GROWTH ? 1 : rate ? node->lag : node->lag - 1;
    reads->closed |= node->function == TIDU_FN_MEETS || node->function == TIDU_FN_SCORE;
    reads->simple &= years || rate || node->function == TIDU_FN_COUNT ||
                     node->function == TIDU_FN_YEARS_SINCE;
    if (node->function == TIDU_FN_HOLDS)
        add_input(reads, node->text, 0);
    if (node->function == TIDU_FN_HAS) {
        gather_codes(node->child[0]->symbol, node->child[1], reads);
        return;
    }
    for (uint32_t k = 0; (years || rate) && k <= last; k++)
        gather(cases, node->child[0], lag + k, reads);
    for (uint32_t i = 0; !years && !rate && i < node->child_count; i++)
        gather(cases, node->child[i], lag, reads);
}

static void
gather(const struct cases *cases, const tidu_node *node, uint32_t lag, struct reads *reads)
{
    node = strip(cases, node, &lag);
    if (node->kind == TIDU_NODE_CALL) {
        gather_call(cases, node, lag, reads);
        return;
    }
    if (node->kind == TIDU_NODE_NAME && node->symbol->kind == TIDU_SYMBOL_DERIVE) {
        const struct version *version = tidu_names_version(node->symbol->owner, cases->epoch);
        reads->simple = false;
        if (version && version->written.tree)
            gather(cases, version->written.tree, lag, reads);
    } else if (node->kind == TIDU_NODE_NAME && node->symbol->kind != TIDU_SYMBOL_PARAM)
        add_input(reads, node->symbol, node->symbol->type.annual ? lag : 0);
    reads->simple &= node->kind != TIDU_NODE_IF &&
                     !(node->kind == TIDU_NODE_BINARY && node->type.kind == TIDU_FLAG);
    for (uint32_t i = 0; i < node->child_count; i++)
        gather(cases, node->child[i], lag, reads);
}

static bool
reads_input(const struct reads *reads, const struct input *input)
{
    for (uint32_t i = 0; i < reads->count; i++)
        if (reads->inputs[i].what == input->what && reads->inputs[i].lag == input->lag)
            return true;
    return false;
}

static bool
shares_any(const struct reads *a, const struct reads *b)
{
    for (uint32_t i = 0; i < a->count; i++)
        if (reads_input(b, &a->inputs[i]))
            return true;
    return false;
}

/* Whether it reads something that the others do not. */
static bool
has_of_its_own(const struct reads *all, uint32_t count, uint32_t number)
{
    for (uint32_t i = 0; i < all[number].count; i++) {
        bool shared = false;
        for (uint32_t other = 0; other < count; other++)
            shared |= other != number && reads_input(&all[other], &all[number].inputs[i]);
        if (!shared)
            return true;
    }
    return false;
}

/* What reads one thing alone decides it, unless another one does too. */
static bool
is_alone(const struct reads *all, uint32_t count, uint32_t number)
{
    for (uint32_t other = 0; other < count; other++)
        if (other != number && all[other].count == 1 && shares_any(&all[number], &all[other]))
            return false;
    return all[number].count == 1;
}

static bool
is_free(const struct reads *all, uint32_t count, uint32_t number)
{
    bool apart = true;
    for (uint32_t other = 0; other < count; other++)
        apart = apart && (other == number || !shares_any(&all[number], &all[other]));
    if (all[number].closed)
        return count == 1;
    return apart || is_alone(all, count, number) ||
           (all[number].simple && has_of_its_own(all, count, number));
}

bool
tidu_cases_free(struct cases *cases, const uint32_t *place)
{
    struct reads *all = tidu_arena_array(cases->arena, cases->axis_count, sizeof *all);
    uint32_t count = 0;
    for (uint32_t i = 0; all && i < cases->axis_count; i++) {
        if (place[i] == TIDU_ANY_ATOM)
            continue;
        all[count].simple = true;
        gather(cases, cases->axes[i].node, cases->axes[i].lag, &all[count++]);
    }
    cases->starved |= !all;
    for (uint32_t i = 0; i < count; i++)
        if (!is_free(all, count, i))
            return false;
    return all != NULL;
}

/* ---- places in words ---- */

static void
unit_of_axis(const struct case_axis *axis, mpq_t ret)
{
    tidu_scale scale = axis->unit ? tidu_unit_scale(axis->unit) : (tidu_scale){1, 1};
    mpq_set_si(ret, scale.num, (unsigned long)scale.den);
}

/* A value beyond the last border: one unit on, or to the next step. */
static void
beyond(const struct case_axis *axis, const mpq_t border, bool below, mpq_t ret)
{
    mpq_t unit;
    mpq_init(unit);
    unit_of_axis(axis, unit);
    if (mpq_sgn(axis->step))
        mpq_set(unit, axis->step);
    if (below)
        mpq_sub(ret, border, unit);
    else
        mpq_add(ret, border, unit);
    if (mpq_sgn(axis->step) && !is_multiple(axis, ret)) {
        mpq_sub(ret, ret, unit);
        next_step(axis, ret, ret);
    }
    mpq_clear(unit);
}

/* One unit below the upper border if that is still above the lower one. */
static void
between(const struct case_axis *axis, const mpq_t low, const mpq_t high, mpq_t ret)
{
    mpq_t unit;
    mpq_init(unit);
    unit_of_axis(axis, unit);
    mpq_sub(ret, high, unit);
    mpq_clear(unit);
    if (mpq_cmp(ret, low) > 0)
        return;
    mpq_add(ret, low, high);
    mpq_div_2exp(ret, ret, 1);
}

static void
value_of_atom(const struct case_axis *axis, uint32_t atom, mpq_t ret)
{
    uint32_t border = atom / 2;
    bool first = border == 0, last = border == axis->border_count;
    if (atom % 2)
        mpq_set(ret, axis->borders[border]);
    else if (first && last)
        mpq_set_ui(ret, 0, 1);
    else if (first || last)
        beyond(axis, axis->borders[first ? 0 : border - 1], first, ret);
    else if (mpq_sgn(axis->step))
        next_step(axis, axis->borders[border - 1], ret);
    else
        between(axis, axis->borders[border - 1], axis->borders[border], ret);
}

/* In the unit that borders were written in; less than one of it in the fact's own. */
static const tidu_unit *
unit_to_show(const struct case_axis *axis, const mpq_t value)
{
    mpq_t size, unit;
    mpq_inits(size, unit, NULL);
    mpq_abs(size, value);
    unit_of_axis(axis, unit);
    bool small = mpq_cmp(size, unit) < 0 && axis->node->type.unit;
    mpq_clears(size, unit, NULL);
    return small ? axis->node->type.unit : axis->unit;
}

static void
show_number(const struct case_axis *axis, mpq_t value, tidu_lang lang, tidu_text *out)
{
    const tidu_unit *shown = unit_to_show(axis, value);
    tidu_scale scale = shown ? tidu_unit_scale(shown) : (tidu_scale){1, 1};
    mpq_t unit;
    mpq_init(unit);
    mpq_set_si(unit, scale.num, (unsigned long)scale.den);
    mpq_div(value, value, unit);
    mpq_clear(unit);
    tidu_decimal_write(out, value, 4, NULL);
    if (!shown)
        return;
    const char *title = tidu_unit_title(shown, lang);
    tidu_text_printf(out, "%s%s", lang == TIDU_EN && strcmp(title, "%") ? " " : "", title);
}

static void
show_value(const struct case_axis *axis, uint32_t atom, tidu_lang lang, tidu_text *out)
{
    char date[11];
    mpq_t value;
    mpq_init(value);
    value_of_atom(axis, atom, value);
    if (axis->kind == AXIS_DATE)
        tidu_text_puts(out, tidu_date_format((int32_t)mpq_get_d(value), date));
    else
        show_number(axis, value, lang, out);
    mpq_clear(value);
}

static uint32_t
class_of(const struct case_axis *axis, const char *code)
{
    uint32_t best = 0;
    size_t longest = 0;
    for (uint32_t i = 0; i < axis->entry_count; i++) {
        size_t length = strlen(axis->entries[i]);
        if (length >= longest && !strncmp(code, axis->entries[i], length)) {
            longest = length;
            best = 2 * i + (code[length] ? 2 : 1);
        }
    }
    return best;
}

/* A code that records may have, for an atom that stands for many. */
static bool
find_code(const struct case_axis *axis, uint32_t atom, char code[TIDU_CODE_SIZE])
{
    const tidu_fact *fact = axis->space.fact;
    for (uint32_t s = 0; fact && s < fact->section_count; s++) {
        const tidu_section *section = &fact->sections[s];
        for (int division = atoi(section->from); division <= atoi(section->to); division++)
            for (int digits = 0; digits < 100; digits += digits ? 1 : 11) {
                char *end = code + snprintf(code, TIDU_CODE_SIZE, "%c%02d", section->letter,
                                            division);
                if (digits)
                    snprintf(end, 8, "%02d", digits);
                if (class_of(axis, code) == atom)
                    return true;
            }
    }
    return false;
}

static void
show_code(const struct case_axis *axis, uint32_t atom, tidu_lang lang, tidu_text *out)
{
    char code[TIDU_CODE_SIZE];
    if (axis->space.choices) {
        const tidu_choice *choice = &axis->space.choices->items[atom];
        tidu_text_puts(out, lang == TIDU_EN ? choice->en : choice->zh);
    } else if (atom % 2)
        tidu_text_printf(out, "'%s'", axis->entries[atom / 2]);
    else if (find_code(axis, atom, code))
        tidu_text_printf(out, "'%s'", code);
    else if (atom)
        tidu_text_printf(out, "'%s…'", axis->entries[atom / 2 - 1]);
    else
        tidu_text_puts(out, lang == TIDU_EN ? "another code" : "其他代码");
}

static void
show_axis(const struct case_axis *axis, uint32_t atom, tidu_lang lang, tidu_text *out)
{
    static const char *const truths[2][2] = {{"否", "是"}, {"no", "yes"}};
    tidu_expr_print(axis->node, lang, out);
    if (axis->lag)
        tidu_text_printf(out, "[-%u]", axis->lag);
    tidu_text_puts(out, " = ");
    if (axis->kind == AXIS_FLAG)
        tidu_text_puts(out, truths[lang == TIDU_EN][atom]);
    else if (axis->kind == AXIS_CODE)
        show_code(axis, atom, lang, out);
    else
        show_value(axis, atom, lang, out);
}

const char *
tidu_cases_show(struct cases *cases, const uint32_t *place, uint32_t only, tidu_lang lang)
{
    tidu_text out = {0};
    for (uint32_t i = 0; i < cases->axis_count; i++) {
        if (place[i] == TIDU_ANY_ATOM || (only != TIDU_ANY_ATOM && only != i))
            continue;
        if (out.length)
            tidu_text_puts(&out, lang == TIDU_EN ? ", " : "，");
        show_axis(&cases->axes[i], place[i], lang, &out);
    }
    if (!out.length)
        tidu_text_puts(&out, lang == TIDU_EN ? "any case" : "任何情形");
    const char *words = out.failed ? "" : tidu_arena_copy_n(cases->arena, out.data, out.length);
    cases->starved |= out.failed || !words;
    tidu_text_free(&out);
    return words ? words : "";
}

bool
tidu_cases_starved(const struct cases *cases)
{
    return cases->starved || cases->space.starved;
}
