/*
 * compare.c: what may be compared with what.
 *
 * Each kind of value has its own rules, in a function each. Where a number
 * lacks its unit the hint spells the number with one, since 3 and 3% differ by
 * a hundred and nobody notices in a table.
 *
 * Must not know: tokens, the grammar.
 */
#include "internal.h"

bool
tidu_is_zero(const tidu_node *node)
{
    while (node->kind == TIDU_NODE_UNARY && node->op == TIDU_OP_NEG)
        node = node->child[0];
    return node->kind == TIDU_NODE_NUMBER && strspn(node->text, "0.") == strlen(node->text);
}

/* A bare number beside another number: it may count things one by one. Beside
 * months it would be anybody's guess, so there it wants its unit. */
static tidu_fit
fit_bare(const tidu_node *bare, const tidu_type *other, bool adding)
{
    if (tidu_is_zero(bare) || tidu_is_plain(other))
        return TIDU_FIT;
    if (tidu_is_ratio(other))
        return adding || !bare->type.constant ? TIDU_FIT : TIDU_FIT_UNIT;
    if (tidu_is_countable(other) && tidu_scale_same(other->scale, (tidu_scale){1, 1}))
        return TIDU_FIT;
    return TIDU_FIT_UNIT;
}

tidu_fit
tidu_fit_numbers(const tidu_node *left, const tidu_node *right, bool adding)
{
    const tidu_type *a = &left->type, *b = &right->type;
    bool words = a->unit && b->unit && a->unit != b->unit && (a->constant || b->constant);

    if (a->bare)
        return fit_bare(left, b, adding);
    if (b->bare)
        return fit_bare(right, a, adding);
    if (!tidu_same_dimension(a, b) || tidu_is_ratio(a) != tidu_is_ratio(b))
        return TIDU_FIT_NOT;
    return words && a->count == 1 && tidu_is_countable(a) ? TIDU_FIT_WORD : TIDU_FIT;
}

/* The unit a number wants beside that type; NULL when none has a name. */
static const tidu_unit *
wanted_unit(const tidu_type *type)
{
    tidu_type base;
    static const char *const spellings[] = {"万元", "年", "天", "分"};
    if (type->unit)
        return type->unit;
    for (int i = 0; i < 4; i++) {
        const tidu_unit *unit = tidu_unit_find(spellings[i], strlen(spellings[i]));
        tidu_unit_type(unit, &base);
        if (tidu_same_dimension(&base, type))
            return unit;
    }
    return NULL;
}

/* "0.05" as percent: "5". */
static const char *
hundredfold(tidu_parser *parser, const char *decimal)
{
    const char *digits = decimal + 2;
    size_t count = strlen(digits);
    int whole = (digits[0] - '0') * 10 + (count > 1 ? digits[1] - '0' : 0);
    const char *percent = count > 2 ? tidu_arena_printf(parser->arena, "%d.%s", whole, digits + 2)
                                    : tidu_arena_printf(parser->arena, "%d", whole);
    return percent ? percent : "";
}

static void *
say_unit(tidu_parser *parser, tidu_code code, tidu_range range, const tidu_node *left,
         const tidu_node *right)
{
    const tidu_node *bare = left->type.bare ? left : right, *other = left->type.bare ? right : left;
    const tidu_unit *unit = wanted_unit(&other->type);
    if (!unit)
        return tidu_say_two(parser, code, range, left, right);
    const char *number = bare->kind == TIDU_NODE_NUMBER ? bare->text : "1";
    const char *example =
        tidu_is_ratio(&other->type) && strncmp(number, "0.", 2) == 0
            ? tidu_arena_printf(parser->arena, "%s%% (= %s)", hundredfold(parser, number), number)
            : tidu_arena_printf(parser->arena, "%s%s", number, unit->zh);
    return tidu_say_one(parser, TIDU_EXPR_UNIT_MISSING, tidu_range_of(parser, bare), other,
                        tidu_printed(parser, bare, TIDU_EN), example);
}

/* employees >= 300项: the literal is wrong, the fact knows what it counts. */
static void *
say_measure_word(tidu_parser *parser, const tidu_node *left, const tidu_node *right)
{
    const tidu_node *literal = right->type.constant ? right : left;
    const tidu_node *fact = literal == right ? left : right;
    const char *number = literal->kind == TIDU_NODE_NUMBER ? literal->text : "1";
    const char *example = tidu_arena_printf(parser->arena, "%s%s", number, fact->type.unit->zh);
    return tidu_say_one(parser, TIDU_EXPR_MEASURE_WORD, tidu_range_of(parser, literal), fact,
                        literal->type.unit->zh, example);
}

void *
tidu_say_fit(tidu_parser *parser, tidu_fit fit, tidu_code code, tidu_range range,
             const tidu_node *left, const tidu_node *right)
{
    if (fit == TIDU_FIT_UNIT)
        return say_unit(parser, code, range, left, right);
    if (fit == TIDU_FIT_WORD)
        return say_measure_word(parser, left, right);
    return tidu_say_two(parser, code, range, left, right);
}

static const char *
choice_list(tidu_parser *parser, const tidu_choices *choices)
{
    tidu_text out = {0};
    for (uint32_t i = 0; i < choices->count; i++)
        tidu_text_printf(&out, "%s'%s'", i ? ", " : "", choices->items[i].code);
    const char *list = out.data ? tidu_arena_copy_n(parser->arena, out.data, out.length) : NULL;
    tidu_text_free(&out);
    return list ? list : "";
}

static const char *
nearest_choice(const tidu_choices *choices, const char *word)
{
    for (unsigned limit = 1; limit <= 2; limit++)
        for (uint32_t i = 0; i < choices->count; i++)
            if (strlen(word) > limit && tidu_distance(word, choices->items[i].code, limit) <= limit)
                return choices->items[i].code;
    return NULL;
}

static bool
check_choice(tidu_parser *parser, const tidu_node *code, tidu_node *string)
{
    const tidu_choices *choices = code->type.choices;
    const char *known = tidu_choice_code(choices, string->text, strlen(string->text));
    if (known) {
        string->text = known;
        string->type.choices = choices;
        return true;
    }
    const char *near = nearest_choice(choices, string->text);
    return tidu_say(parser, near ? TIDU_EXPR_UNKNOWN_CHOICE_NEAR : TIDU_EXPR_UNKNOWN_CHOICE,
                    tidu_range_of(parser, string), string->text,
                    tidu_printed(parser, code, TIDU_EN), near ? near : choice_list(parser, choices),
                    tidu_printed(parser, code, TIDU_ZH)) != NULL;
}

bool
tidu_type_choice(tidu_parser *parser, const tidu_node *code, tidu_node *values)
{
    if (values->kind == TIDU_NODE_STRING)
        return check_choice(parser, code, values);
    if (values->kind != TIDU_NODE_IF || values->type.choices)
        return true;
    bool then = tidu_type_choice(parser, code, values->child[1]);
    values->type.choices = code->type.choices;
    return tidu_type_choice(parser, code, values->child[2]) && then;
}

/* One comparison while it is checked. */
struct comparison {
    tidu_operator op;
    tidu_node *left, *right;
    tidu_range range;
};

static bool
is_order(tidu_operator op)
{
    return op >= TIDU_OP_LT && op <= TIDU_OP_GE;
}

/* cagr(x, n) >= 10% keeps its exactness: both sides to the power of n. */
static bool
check_roots(tidu_parser *parser, const tidu_node *left, const tidu_node *right)
{
    const tidu_node *root = left->type.irrational ? left : right;
    const tidu_node *other = root == left ? right : left;
    if (!root->type.irrational || (other->type.constant && !other->type.irrational))
        return true;
    return tidu_say_two(parser, TIDU_EXPR_ROOT_COMPARED, tidu_range_of(parser, other), root,
                        other) != NULL;
}

static bool
check_numbers(tidu_parser *parser, const struct comparison *c)
{
    tidu_fit fit = tidu_fit_numbers(c->left, c->right, false);
    if (fit == TIDU_FIT)
        return check_roots(parser, c->left, c->right);
    return tidu_say_fit(parser, fit, TIDU_EXPR_CANNOT_COMPARE, c->range, c->left, c->right) != NULL;
}

static bool
check_flags(tidu_parser *parser, const struct comparison *c)
{
    bool literal = c->left->kind == TIDU_NODE_TRUTH || c->right->kind == TIDU_NODE_TRUTH;
    if (is_order(c->op) || !literal)
        tidu_say_two(parser, TIDU_EXPR_FLAGS_COMPARED, c->range, c->left, c->right);
    return !is_order(c->op) && literal;
}

static bool
check_codes(tidu_parser *parser, const struct comparison *c)
{
    tidu_node *code = c->left->kind == TIDU_NODE_STRING ? c->right : c->left;
    tidu_node *string = code == c->left ? c->right : c->left;
    const tidu_choices *choices = code->type.choices;

    if (string->kind != TIDU_NODE_STRING || code->kind == TIDU_NODE_STRING)
        return tidu_say_two(parser, TIDU_EXPR_CODES_COMPARED, c->range, c->left, c->right) != NULL;
    if (is_order(c->op) && (!choices || !choices->ordered))
        return tidu_say_one(parser, TIDU_EXPR_NO_ORDER, c->range, code, NULL, NULL) != NULL;
    return !choices || check_choice(parser, code, string);
}

typedef bool check_function(tidu_parser *parser, const struct comparison *c);

/* By kind; two dates always compare, the kinds left out never do. */
static check_function *const checks[] = {
    [TIDU_NUMBER] = check_numbers,
    [TIDU_FLAG] = check_flags,
    [TIDU_CODE] = check_codes,
};

/* What cannot be compared at all, whatever stands on the other side. */
static const tidu_code incomparable[] = {
    [TIDU_SET] = TIDU_EXPR_SET_COMPARED,
    [TIDU_TEXT] = TIDU_EXPR_TEXT_COMPARED,
    [TIDU_LIST] = TIDU_EXPR_LIST_COMPARED,
};

static bool
is_code(const tidu_node *node)
{
    return node->type.kind == TIDU_CODE && node->kind != TIDU_NODE_STRING;
}

static bool
refuse_kinds(tidu_parser *parser, const struct comparison *c)
{
    tidu_node *date = c->left->type.kind == TIDU_DATE ? c->left : c->right;
    tidu_node *other = date == c->left ? c->right : c->left;
    bool flag = c->left->type.kind == TIDU_FLAG || c->right->type.kind == TIDU_FLAG;
    tidu_code code = flag                                    ? TIDU_EXPR_FLAGS_COMPARED
                     : is_code(c->left) || is_code(c->right) ? TIDU_EXPR_CODES_COMPARED
                                                             : TIDU_EXPR_CANNOT_COMPARE;

    if (date->type.kind == TIDU_DATE && other->kind == TIDU_NODE_STRING)
        return tidu_say(parser, TIDU_EXPR_QUOTED_DATE, tidu_range_of(parser, other), other->text,
                        NULL, NULL, NULL) != NULL;
    return tidu_say_two(parser, code, c->range, c->left, c->right) != NULL;
}

static bool
check(tidu_parser *parser, const struct comparison *c)
{
    tidu_kind kind = c->left->type.kind;
    tidu_node *odd = kind >= TIDU_SET ? c->left : c->right;

    if (odd->type.kind >= TIDU_SET)
        return tidu_say_one(parser, incomparable[odd->type.kind], c->range, odd, NULL, NULL) !=
               NULL;
    if (kind != c->right->type.kind)
        return refuse_kinds(parser, c);
    return !checks[kind] || checks[kind](parser, c);
}

/* x in {…} holds if x equals one of them. */
static bool
check_in(tidu_parser *parser, const struct comparison *c)
{
    bool fits = true;
    if (c->right->kind != TIDU_NODE_SET)
        return tidu_say_one(parser, TIDU_EXPR_IN_WHAT, tidu_range_of(parser, c->right), c->right,
                            NULL, NULL) != NULL;
    for (uint32_t i = 0; i < c->right->child_count; i++) {
        tidu_node *item = c->right->child[i];
        struct comparison one = {TIDU_OP_EQ, c->left, item, tidu_range_of(parser, item)};
        fits = check(parser, &one) && fits;
    }
    return fits;
}

/* Only codes that anybody may have begin with others: C3489 is within C34. */
static bool
check_within(tidu_parser *parser, const struct comparison *c)
{
    bool fits = true, set = c->right->kind == TIDU_NODE_SET;
    if (!is_code(c->left) || c->left->type.choices)
        return tidu_say_one(parser, TIDU_EXPR_WITHIN_WHAT, tidu_range_of(parser, c->left), c->left,
                            NULL, NULL) != NULL;
    for (uint32_t i = 0; i < (set ? c->right->child_count : 1); i++) {
        tidu_node *item = set ? c->right->child[i] : c->right;
        if (item->kind == TIDU_NODE_STRING)
            continue;
        tidu_say_one(parser, TIDU_EXPR_WITHIN_ITEM, tidu_range_of(parser, item), item, NULL, NULL);
        fits = false;
    }
    return fits;
}

tidu_node *
tidu_type_compare(tidu_parser *parser, tidu_operator op, tidu_node *left, tidu_node *right,
                  tidu_range range)
{
    struct comparison c = {op, left, right, range};
    check_function *rule = op == TIDU_OP_IN       ? check_in
                           : op == TIDU_OP_WITHIN ? check_within
                                                  : check;

    if (!left || !right || !rule(parser, &c))
        return NULL;
    tidu_node *node = tidu_binary(parser, op, left, right, range);
    if (node)
        node->type = tidu_type_of(TIDU_FLAG, &left->type, &right->type);
    return node;
}
