/*
 * nodes.c: which steps become columns of their own, and in which layer.
 *
 * A step whose words would stand in more than one place is a column; so is one that would
 * nest too deep for a parser. A column stands one layer above the last it names, so a
 * layer reads nothing but the layer below.
 *
 * Must not know: how anything is written.
 */
#include "internal.h"

enum { DEEPEST = 8 }; /* nested expressions: SQLite's parser has a stack of 100 symbols */

static bool
is_cheap(const struct node *node)
{
    uint8_t op = node->step->op;
    return op == TIDU_DO_FACT || op == TIDU_DO_FLAG || op == TIDU_DO_CONST || op == TIDU_DO_TRUTH ||
           op == TIDU_DO_AS_OF;
}

/* Whether step c is read: as the flag of a choice, or as a size where doubles are
 * compared. */
static bool
reads_c(const struct writing *writing, const tidu_instruction *step)
{
    return step->c != TIDU_NO_STEP && (step->op == TIDU_DO_SELECT || !writing->dialect->exact);
}

static uint32_t
times_direct(const struct writing *writing, const struct node *node, int which)
{
    bool exact = writing->dialect->exact;
    switch (node->step->op) {
    case TIDU_DO_MIN:
    case TIDU_DO_MAX:
    case TIDU_DO_POSITIVE:
    case TIDU_DO_NONNEGATIVE:
    case TIDU_DO_ROUND:
    case TIDU_DO_FLOOR:
    case TIDU_DO_SELECT:
    case TIDU_DO_SHIFT:
        return 3;
    case TIDU_DO_DIV:
        return which == 1 ? 3 : 1;
    case TIDU_DO_LT:
    case TIDU_DO_LE:
    case TIDU_DO_EQ:
        return exact || node->step->near <= TIDU_NEAR_SPELLED ? 1 : 2;
    default:
        return node->fraction ? 2 : 1;
    }
}

uint32_t
tidu_sql_operand(const struct writing *writing, const struct node *node, uint32_t *at,
                 uint32_t *ret_times)
{
    const tidu_instruction *step = node->step;
    /* the fewest points are not needed to say the most */
    const tidu_step direct[3] = {step->op == TIDU_DO_PICK_HIGH ? TIDU_NO_STEP : step->a, step->b,
                                 reads_c(writing, step) ? step->c : TIDU_NO_STEP};
    for (; *at < 3; ++*at)
        if (direct[*at] != TIDU_NO_STEP) {
            *ret_times = times_direct(writing, node, (int)*at);
            return node->base + direct[(*at)++];
        }
    if (*at - 3 >= step->count)
        return UINT32_MAX;
    bool many = tidu_gives_points(step) || step->op == TIDU_DO_AT_LEAST;
    *ret_times = many ? 2 : node->fraction ? 2 : 1;
    return node->base + node->program->pool[step->first + (*at)++ - 3];
}

/* ---- what kind of value it is, from the first step on ---- */

static bool
any_fraction(const struct writing *writing, const struct node *node)
{
    uint32_t at = 0, operand, times;
    while ((operand = tidu_sql_operand(writing, node, &at, &times)) != UINT32_MAX)
        if (writing->nodes[operand].fraction)
            return true;
    return false;
}

bool
tidu_sql_is_decimal(mpz_srcptr denominator)
{
    mpz_t rest, factor;
    mpz_init_set(rest, denominator);
    mpz_init_set_ui(factor, 2);
    mpz_remove(rest, rest, factor);
    mpz_set_ui(factor, 5);
    mpz_remove(rest, rest, factor);
    bool good = !mpz_cmp_ui(rest, 1);
    mpz_clears(rest, factor, NULL);
    return good;
}

const tidu_constant *
tidu_sql_divisor(const struct writing *writing, const struct node *node)
{
    const struct node *divisor = &writing->nodes[node->base + node->step->b];
    const tidu_constant *constant = &node->program->constants[divisor->step->number];
    return divisor->step->op == TIDU_DO_CONST && mpq_sgn(constant->exact) ? constant : NULL;
}

/* A divisor known beforehand is multiplied by instead. */
static bool
leaves_fraction(const struct writing *writing, const struct node *node)
{
    const tidu_constant *divisor = tidu_sql_divisor(writing, node);
    return !divisor || writing->nodes[node->base + node->step->a].fraction ||
           !tidu_sql_is_decimal(mpq_numref(divisor->exact));
}

static bool
is_fraction(const struct writing *writing, const struct node *node)
{
    const tidu_instruction *step = node->step;
    const tidu_constant *constants = node->program->constants;
    if (!writing->dialect->exact)
        return false;
    switch (step->op) {
    case TIDU_DO_CONST:
        return !tidu_sql_is_decimal(mpq_denref(constants[step->number].exact));
    case TIDU_DO_DIV:
        return leaves_fraction(writing, node);
    case TIDU_DO_ADD:
    case TIDU_DO_SUB:
    case TIDU_DO_MUL:
    case TIDU_DO_NEG:
    case TIDU_DO_ABS:
    case TIDU_DO_MIN:
    case TIDU_DO_MAX:
    case TIDU_DO_POSITIVE:
    case TIDU_DO_NONNEGATIVE:
    case TIDU_DO_SELECT:
    case TIDU_DO_FILL:
    case TIDU_DO_SUM:
    case TIDU_DO_SPREAD:
        return any_fraction(writing, node);
    default:
        return false;
    }
}

static bool
is_certain(const struct writing *writing, const struct node *node)
{
    uint32_t at = 0, operand, times;
    switch (node->step->op) {
    case TIDU_DO_KNOWN:
    case TIDU_DO_KNOWN_FLAG:
        return true;
    case TIDU_DO_TRUTH:
        return node->step->number != 2;
    case TIDU_DO_AND:
    case TIDU_DO_OR:
    case TIDU_DO_NOT:
        break;
    default:
        return false;
    }
    while ((operand = tidu_sql_operand(writing, node, &at, &times)) != UINT32_MAX)
        if (!writing->nodes[operand].certain)
            return false;
    return true;
}

/* ---- what is needed, from the last step back ---- */

static void
count_uses(struct writing *writing)
{
    for (uint32_t n = writing->node_count; n--;) {
        struct node *node = &writing->nodes[n];
        uint32_t at = 0, operand, times;
        if (!node->needed)
            continue;
        node->named = !node->step->frame && !is_cheap(node) && node->uses > 1;
        bool item = node->step->frame > 0;
        while ((operand = tidu_sql_operand(writing, node, &at, &times)) != UINT32_MAX) {
            struct node *below = &writing->nodes[operand];
            below->needed = true;
            below->uses += times;
            if (item && !below->step->frame)
                below->uses += 2; /* a list's expression looks at columns of its record */
        }
    }
}

/* ---- layers ---- */

static void
give_layers(struct writing *writing)
{
    for (uint32_t n = 0; n < writing->node_count; n++) {
        struct node *node = &writing->nodes[n];
        uint32_t at = 0, operand, times;
        if (!node->needed)
            continue;
        while ((operand = tidu_sql_operand(writing, node, &at, &times)) != UINT32_MAX) {
            const struct node *below = &writing->nodes[operand];
            uint32_t depth = below->named ? 0 : below->depth;
            node->level = below->level > node->level ? below->level : node->level;
            node->depth = depth > node->depth ? depth : node->depth;
        }
        node->depth += !is_cheap(node);
        bool items = node->step->op >= TIDU_DO_ANY_ITEM && node->step->op <= TIDU_DO_COUNT_ITEMS;
        if (!node->step->frame && (node->depth > DEEPEST || items))
            node->named = true;
        node->level += node->named;
    }
}

uint32_t
tidu_sql_plan(struct writing *writing)
{
    uint32_t layers = 0;
    for (uint32_t n = 0; n < writing->node_count; n++) {
        writing->nodes[n].fraction = is_fraction(writing, &writing->nodes[n]);
        writing->nodes[n].certain = is_certain(writing, &writing->nodes[n]);
    }
    for (uint32_t a = 0; a < writing->answer_count; a++) {
        writing->nodes[writing->answers[a].node].needed = true;
        writing->nodes[writing->answers[a].node].uses++;
    }
    count_uses(writing);
    give_layers(writing);
    for (uint32_t n = 0; n < writing->node_count; n++)
        if (writing->nodes[n].named && writing->nodes[n].level > layers)
            layers = writing->nodes[n].level;
    return layers;
}
