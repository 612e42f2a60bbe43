/*
 * cases.c: conditions to axes, and to areas of cases.
 *
 * Start in `classify`, which says what a leaf of a condition is; `read_leaf`
 * and `area_of_leaf` are its two uses.
 */
#include "cases.h"

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
tidu_cases_open(struct cases *cases, struct world *world, uint32_t place, int32_t day,
                tidu_arena *arena)
{
    *cases = (struct cases){.world = world,
                            .epoch = {.days = {day, day}},
                            .chain = tidu_places_chain(world, place),
                            .arena = arena};
}

const struct version *
tidu_cases_version(const struct cases *cases, const tidu_node *node)
{
    return tidu_names_version(tidu_names_of(cases->world, node->symbol), cases->epoch,
                              &cases->chain);
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

/* ---- leaves ---- */

static tidu_operator
mirrored(tidu_operator op)
{
    static const tidu_operator mirrors[] = {[TIDU_OP_LT] = TIDU_OP_GT,
                                            [TIDU_OP_LE] = TIDU_OP_GE,
                                            [TIDU_OP_GT] = TIDU_OP_LT,
                                            [TIDU_OP_GE] = TIDU_OP_LE};
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
    return is_literal_code(ret->literal) && tidu_inputs_space(cases->world, ret->operand, &space);
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
        if (tidu_cases_same(cases, cases->axes[i].node, cases->axes[i].lag, node, lag))
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
    axis->kind = leaf->kind == LEAF_FLAG                 ? AXIS_FLAG
                 : leaf->kind == LEAF_CODE               ? AXIS_CODE
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
    node = tidu_cases_strip(cases, node, &lag);
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

void
tidu_case_next_step(const struct case_axis *axis, const mpq_t value, mpq_t ret)
{
    mpq_div(ret, value, axis->step);
    mpz_fdiv_q(mpq_numref(ret), mpq_numref(ret), mpq_denref(ret));
    mpz_add_ui(mpq_numref(ret), mpq_numref(ret), 1);
    mpz_set_ui(mpq_denref(ret), 1);
    mpq_mul(ret, ret, axis->step);
}

bool
tidu_case_is_multiple(const struct case_axis *axis, const mpq_t value)
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
    tidu_case_next_step(axis, low, next);
    bool found = mpq_cmp(next, high) < 0;
    mpq_clear(next);
    return found;
}

static bool
can_be(const struct case_axis *axis, uint32_t atom)
{
    uint32_t border = atom / 2;
    if (atom % 2)
        return tidu_case_is_multiple(axis, axis->borders[border]) &&
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
    tidu_cases_limit(cases, axis);
    if (axis->has_low)
        add_border(cases, axis, axis->low);
    if (axis->has_high)
        add_border(cases, axis, axis->high);
    if (axis->border_count)
        qsort(axis->borders, axis->border_count, sizeof *axis->borders, compare_borders);
}

bool
tidu_case_is_numeric(const struct case_axis *axis)
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
        if ((tidu_case_is_numeric(axis) && !can_be(axis, atom)) ||
            (open && !can_be_coded(axis, atom)))
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
        if (tidu_case_is_numeric(axis))
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

/* ---- areas ---- */

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
    bool named = choices
                     ? names_code(axis, leaf->literal, choices->items[atom].code, within)
                     : atom && (within || atom % 2) &&
                           names_code(axis, leaf->literal, axis->entries[(atom - 1) / 2], within);
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

static struct tidu_area
area_of_truth(struct cases *cases, bool truth)
{
    return truth ? tidu_area_all(&cases->space) : tidu_area_none();
}

static struct tidu_area
area_on_axis(struct cases *cases, const struct leaf *leaf, bool negated)
{
    const struct case_axis *axis = find_axis(cases, leaf->operand, leaf->lag);
    if (!axis) {
        cases->space.gave_up = true;
        return tidu_area_none();
    }
    uint32_t number = (uint32_t)(axis - cases->axes);
    const struct tidu_axis *cut = &cases->space.axes[number];
    uint64_t *bits = tidu_arena_array(cases->arena, cut->words, sizeof *bits);
    for (uint32_t atom = 0; bits && atom < cut->atoms; atom++)
        if (leaf_says(axis, leaf, atom) != negated)
            bits[atom / 64] |= UINT64_C(1) << (atom % 64);
    cases->space.gave_up |= !bits;
    cases->starved |= !bits;
    return bits ? tidu_area_where(&cases->space, number, bits) : tidu_area_none();
}

static struct tidu_area
area_of_leaf(struct cases *cases, const tidu_node *node, uint32_t lag, bool negated)
{
    struct leaf leaf;
    classify(cases, node, lag, &leaf);
    struct tidu_area area = leaf.kind == LEAF_TRUTH ? area_of_truth(cases, leaf.truth != negated)
                                                    : area_on_axis(cases, &leaf, negated);
    mpq_clear(leaf.bound);
    return area;
}

static struct tidu_area area_of(struct cases *cases, const tidu_node *node, uint32_t lag,
                                bool negated);

/* if c then a else b, and (a = b) as: if a then b else not b. */
static struct tidu_area
area_of_choice(struct cases *cases, const tidu_node *const child[3], uint32_t lag,
               const bool negated[2])
{
    struct tidu_space *space = &cases->space;
    struct tidu_area yes = tidu_area_and(space, area_of(cases, child[0], lag, false),
                                         area_of(cases, child[1], lag, negated[0]));
    struct tidu_area no = tidu_area_and(space, area_of(cases, child[0], lag, true),
                                        area_of(cases, child[2], lag, negated[1]));
    return tidu_area_or(space, yes, no);
}

static struct tidu_area
area_of_binary(struct cases *cases, const tidu_node *node, uint32_t lag, bool negated)
{
    struct tidu_area a = area_of(cases, node->child[0], lag, negated);
    struct tidu_area b = area_of(cases, node->child[1], lag, negated);
    return (node->op == TIDU_OP_AND) != negated ? tidu_area_and(&cases->space, a, b)
                                                : tidu_area_or(&cases->space, a, b);
}

static struct tidu_area
area_of(struct cases *cases, const tidu_node *node, uint32_t lag, bool negated)
{
    node = tidu_cases_strip(cases, node, &lag);
    if (!is_made(node))
        return area_of_leaf(cases, node, lag, negated);
    if (node->kind == TIDU_NODE_UNARY)
        return area_of(cases, node->child[0], lag, !negated);
    if (node->kind == TIDU_NODE_IF) {
        const tidu_node *const child[3] = {node->child[0], node->child[1], node->child[2]};
        return area_of_choice(cases, child, lag, (const bool[2]){negated, negated});
    }
    if (is_equality(node)) {
        const tidu_node *const child[3] = {node->child[0], node->child[1], node->child[1]};
        bool differ = (node->op == TIDU_OP_NE) != negated;
        return area_of_choice(cases, child, lag, (const bool[2]){differ, !differ});
    }
    return area_of_binary(cases, node, lag, negated);
}

struct tidu_area
tidu_cases_area(struct cases *cases, const tidu_node *condition, bool negated)
{
    return area_of(cases, condition, 0, negated);
}

bool
tidu_cases_axis(struct cases *cases, const tidu_node *node, uint32_t *ret_axis)
{
    uint32_t lag = 0;
    struct leaf leaf;
    node = tidu_cases_strip(cases, node, &lag);
    classify(cases, node, lag, &leaf);
    const struct case_axis *axis =
        leaf.kind == LEAF_TRUTH ? NULL : find_axis(cases, leaf.operand, leaf.lag);
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
