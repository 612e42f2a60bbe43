/*
 * express.c: a step in the words of a database.
 *
 * Numbers that have denominators are two expressions: sums and products are multiplied
 * out, comparisons multiplied across, so nothing is ever divided where digits are kept.
 * Where they are not, quotients are doubles and sides that are near count as equal.
 *
 * INVARIANT: a denominator is positive wherever its numerator is known.
 */
#include "internal.h"

#include "tidu/decimal.h"

#include <string.h>

/* Doubles this near, measured by their size, are one value. */
#define NEARNESS "1e-14"

static const struct words nothing = {"", NULL};

static uint32_t
operand(const struct node *node, tidu_step step)
{
    return node->base + step;
}

static struct words
words_of(struct writing *writing, const struct node *node, tidu_step step)
{
    return tidu_sql_words(writing, operand(node, step));
}

/* The product of two denominators, each NULL for one. */
static const char *
both(struct writing *writing, const char *a, const char *b)
{
    return !a ? b : !b ? a : tidu_sql_say(writing, "%s * %s", a, b);
}

static const char *
times(struct writing *writing, const char *a, const char *b)
{
    return b ? tidu_sql_say(writing, "%s * %s", a, b) : a;
}

static struct words
whole(const char *over)
{
    return (struct words){over, NULL};
}

/* ---- constants ---- */

static const char *
integer(struct writing *writing, mpz_srcptr value)
{
    size_t room = mpz_sizeinbase(value, 10) + 2;
    char *text = tidu_arena_alloc(writing->arena, room);
    writing->starved = writing->starved || !text;
    return text ? mpz_get_str(text, 10, value) : "0";
}

/* `value` is the double nearest to `exact`. */
static struct words
literal(struct writing *writing, const mpq_t exact, double value, bool fraction)
{
    tidu_text text = {0};
    struct words said;
    if (fraction) {
        const char *one = writing->dialect->one;
        said.over = tidu_sql_say(writing, "(%s%s)", integer(writing, mpq_numref(exact)), one);
        said.under = tidu_sql_say(writing, "%s%s", integer(writing, mpq_denref(exact)), one);
        return said;
    }
    if (writing->dialect->exact)
        tidu_decimal_write(&text, exact, 0, exact);
    else
        tidu_text_number(&text, value);
    tidu_text_putc(&text, '\0');
    const char *digits = text.failed ? "" : text.data;
    const char *one = strpbrk(digits, ".eE") ? "" : writing->dialect->one;
    said = whole(tidu_sql_say(writing, *digits == '-' ? "(%s%s)" : "%s%s", digits, one));
    writing->starved = writing->starved || text.failed;
    tidu_text_free(&text);
    return said;
}

static struct words
constant(struct writing *writing, const tidu_constant *constant, bool fraction)
{
    return literal(writing, constant->exact, constant->value, fraction);
}

/* ---- arithmetic ---- */

/* Terms over one denominator: those that have the same keep it. */
static struct words
add(struct writing *writing, struct words a, const char *sign, struct words b)
{
    const char *over;
    bool same = a.under == b.under || (a.under && b.under && !strcmp(a.under, b.under));
    if (same)
        return (struct words){tidu_sql_say(writing, "(%s %s %s)", a.over, sign, b.over), a.under};
    over = tidu_sql_say(writing, "(%s %s %s)", times(writing, a.over, b.under), sign,
                        times(writing, b.over, a.under));
    return (struct words){over, both(writing, a.under, b.under)};
}

static struct words
sum(struct writing *writing, const struct node *node)
{
    const uint32_t *pool = node->program->pool + node->step->first;
    struct words total = {"0", NULL}; /* of nothing */
    for (uint32_t i = 0; i < node->step->count; i++) {
        struct words one = words_of(writing, node, pool[i]);
        total = i ? add(writing, total, "+", one) : one;
    }
    return total;
}

/* The size that sums went through is step c: a difference that small is rounding. */
static const char *
reach(struct writing *writing, const struct node *node, const char *size)
{
    if (node->step->near == TIDU_NEAR_MAGNITUDE)
        return tidu_sql_say(writing, "COALESCE(%s, 0) * " NEARNESS,
                            words_of(writing, node, node->step->c).over);
    return tidu_sql_say(writing, "abs(%s) * " NEARNESS, size);
}

/* Divisors that are known beforehand are multiplied by instead. */
static struct words
divide_by(struct writing *writing, struct words a, const tidu_constant *divisor)
{
    mpq_t reciprocal;
    mpq_init(reciprocal);
    mpq_inv(reciprocal, divisor->exact);
    struct words by = literal(writing, reciprocal, 0, !tidu_sql_is_decimal(mpq_denref(reciprocal)));
    mpq_clear(reciprocal);
    return (struct words){tidu_sql_say(writing, "(%s * %s)", a.over, by.over),
                          both(writing, a.under, by.under)};
}

static struct words
divide(struct writing *writing, const struct node *node)
{
    struct words a = words_of(writing, node, node->step->a);
    struct words b = words_of(writing, node, node->step->b);
    const tidu_constant *divisor = tidu_sql_divisor(writing, node);
    if (writing->dialect->exact && divisor)
        return divide_by(writing, a, divisor);
    if (writing->dialect->exact)
        return (struct words){tidu_sql_say(writing, "CASE WHEN %s <> 0 THEN %s * sign(%s) END",
                                           b.over, times(writing, a.over, b.under), b.over),
                              tidu_sql_say(writing, "abs(%s)", times(writing, b.over, a.under))};
    /* whole numbers would be divided as such */
    if (divisor)
        return whole(tidu_sql_say(writing, "(1.0 * %s / %s)", a.over, b.over));
    if (node->step->near == TIDU_NEAR_NEVER)
        return whole(tidu_sql_say(writing, "(1.0 * %s / NULLIF(%s, 0))", a.over, b.over));
    return whole(tidu_sql_say(writing, "CASE WHEN abs(%s) > %s THEN 1.0 * %s / %s END", b.over,
                              reach(writing, node, "0"), a.over, b.over));
}

static const char *
ordered(struct writing *writing, struct words a, const char *order, struct words b)
{
    return tidu_sql_say(writing, "%s %s %s", times(writing, a.over, b.under), order,
                        times(writing, b.over, a.under));
}

/* One of two, by an order that is unknown where either is. */
static struct words
either(struct writing *writing, struct words a, const char *order, struct words b)
{
    const char *first = ordered(writing, a, order, b);
    struct words said = {tidu_sql_say(writing, "CASE WHEN %s THEN %s WHEN NOT (%s) THEN %s END",
                                      first, a.over, first, b.over),
                         NULL};
    if (a.under || b.under)
        said.under = tidu_sql_say(writing, "CASE WHEN %s THEN %s ELSE %s END", first,
                                  a.under ? a.under : "1", b.under ? b.under : "1");
    return said;
}

static struct words
positive(struct writing *writing, const struct node *node)
{
    struct words a = words_of(writing, node, node->step->a);
    const char *order = node->step->op == TIDU_DO_POSITIVE ? ">" : ">=";
    if (!writing->dialect->exact && node->step->near != TIDU_NEAR_NEVER)
        return whole(tidu_sql_say(writing, "CASE WHEN %s %s %s%s THEN %s END", a.over, order,
                                  *order == '>' && !order[1] ? "" : "-", reach(writing, node, "0"),
                                  a.over));
    return (struct words){
        tidu_sql_say(writing, "CASE WHEN %s %s 0 THEN %s END", a.over, order, a.over), a.under};
}

/* A whole number. div() cuts off, so what is negative and no whole number lies one lower. */
static struct words
round_down(struct writing *writing, const struct node *node)
{
    struct words a = words_of(writing, node, node->step->a);
    if (writing->dialect->exact) {
        const char *under = a.under ? a.under : "1";
        return whole(tidu_sql_say(writing,
                                  "(div(%s, %s) - CASE WHEN mod(%s, %s) < 0 THEN 1 ELSE 0 END)",
                                  a.over, under, a.over, under));
    }
    return whole(tidu_sql_say(
        writing, "CASE WHEN abs(%s - round(%s)) <= %s THEN round(%s) ELSE round(%s - 0.5) END",
        a.over, a.over, reach(writing, node, a.over), a.over, a.over));
}

static struct words
round_half(struct writing *writing, const struct node *node)
{
    struct words a = words_of(writing, node, node->step->a);
    const char *under = a.under ? a.under : "1";
    if (writing->dialect->exact)
        return whole(tidu_sql_say(writing, "(sign(%s) * div(2 * abs(%s) + %s, 2 * %s))", a.over,
                                  a.over, under, under));
    return whole(tidu_sql_say(writing, "round(%s + sign(%s) * %s)", a.over, a.over,
                              reach(writing, node, a.over)));
}

/* ---- dates ---- */

static const char *
digits_of(struct writing *writing, const char *days)
{
    const struct around *digits = &writing->dialect->as_digits;
    return tidu_sql_say(writing, "%s%s%s", digits->before, days, digits->behind);
}

/* A part of yyyymmdd, cut down towards the past. */
static const char *
years_of(struct writing *writing, const char *digits)
{
    if (writing->dialect->exact)
        return tidu_sql_say(writing, "floor(%s / 10000.0)", digits);
    return tidu_sql_say(writing, "round((%s - 4999.5) / 10000.0)", digits);
}

static const char *
shifted(struct writing *writing, const char *days, int months)
{
    const struct dialect *dialect = writing->dialect;
    if (dialect->months.before)
        return tidu_sql_say(writing, "%s%s%s%d%s", dialect->months.before, days,
                            dialect->months_between, months, dialect->months.behind);
    /* a day that the month lacks would run over into the next one */
    const char *seconds = tidu_sql_say(writing, "(%s) * 86400, 'unixepoch'", days);
    return tidu_sql_say(writing,
                        "CAST(julianday(min(date(%s, '%+d months'), date(%s, 'start of month', "
                        "'%+d months', '+1 month', '-1 day'))) - 2440587.5 AS INTEGER)",
                        seconds, months, seconds, months);
}

/* ---- choices ---- */

static struct words
choose(struct writing *writing, const struct node *node)
{
    const tidu_instruction *step = node->step;
    struct words a = words_of(writing, node, step->a), b = words_of(writing, node, step->b);
    const char *flag = words_of(writing, node, step->c).over;
    struct words said = nothing;
    if (writing->nodes[operand(node, step->c)].certain) {
        said.over = tidu_sql_say(writing, "CASE WHEN %s THEN %s ELSE %s END", flag, a.over, b.over);
    } else {
        const char *same = ordered(writing, a, "=", b);
        if (!writing->dialect->exact && !step->whole)
            same = tidu_sql_say(writing, "abs(%s - %s) <= abs(%s) * " NEARNESS, a.over, b.over,
                                b.over);
        said.over =
            tidu_sql_say(writing, "CASE WHEN %s THEN %s WHEN NOT %s THEN %s WHEN %s THEN %s END",
                         flag, a.over, flag, b.over, same, a.over);
    }
    if (a.under || b.under)
        said.under = tidu_sql_say(writing, "CASE WHEN NOT %s THEN %s ELSE %s END", flag,
                                  b.under ? b.under : "1", a.under ? a.under : "1");
    return said;
}

static struct words
fill(struct writing *writing, const struct node *node)
{
    struct words a = words_of(writing, node, node->step->a);
    const tidu_constant *value = &node->program->constants[node->step->number];
    struct words other = constant(writing, value, a.under != NULL);
    struct words said = {tidu_sql_say(writing, "COALESCE(%s, %s)", a.over, other.over), NULL};
    if (a.under)
        said.under = tidu_sql_say(writing, "CASE WHEN %s IS NULL THEN %s ELSE %s END", a.over,
                                  other.under, a.under);
    return said;
}

/* ---- comparisons ---- */

static const char *
compare(struct writing *writing, const struct node *node)
{
    const tidu_instruction *step = node->step;
    struct words a = words_of(writing, node, step->a), b = words_of(writing, node, step->b);
    const char *order = step->op == TIDU_DO_LT ? "<" : step->op == TIDU_DO_LE ? "<=" : "=";
    if (writing->dialect->exact || step->near <= TIDU_NEAR_SPELLED)
        return tidu_sql_say(writing, "(%s)", ordered(writing, a, order, b));
    const char *far = reach(writing, node, b.over);
    if (step->op == TIDU_DO_EQ)
        return tidu_sql_say(writing, "(abs(%s - %s) <= %s)", a.over, b.over, far);
    return tidu_sql_say(writing, "(%s %s %s %s %s)", a.over, order, b.over,
                        step->op == TIDU_DO_LT ? "-" : "+", far);
}

static const char *
is_in(struct writing *writing, const struct node *node)
{
    const tidu_class_set *set = &node->program->sets[node->step->number];
    const char *class = words_of(writing, node, node->step->a).over;
    tidu_text list = {0};
    for (uint32_t c = 0; c < set->words * 64; c++)
        if (set->bits[c / 64] >> c % 64 & 1)
            tidu_text_printf(&list, "%s%u", list.length ? ", " : "", c);
    tidu_text_putc(&list, '\0');
    bool none = list.failed || !*list.data;
    const char *said = none ? tidu_sql_say(writing, "(%s < 0)", class)
                            : tidu_sql_say(writing, "(%s IN (%s))", class, list.data);
    writing->starved = writing->starved || list.failed;
    tidu_text_free(&list);
    return said;
}

/* ---- logic ---- */

static const char *
joined(struct writing *writing, const struct node *node)
{
    const uint32_t *pool = node->program->pool + node->step->first;
    const char *between = node->step->op == TIDU_DO_AND ? " AND " : " OR ";
    const char *all = NULL;
    for (uint32_t i = 0; i < node->step->count; i++) {
        const char *one = words_of(writing, node, pool[i]).over;
        all = all ? tidu_sql_say(writing, "%s%s%s", all, between, one) : one;
    }
    if (!all)
        return node->step->op == TIDU_DO_AND ? "TRUE" : "FALSE";
    return tidu_sql_say(writing, "(%s)", all);
}

static const char *
counted(struct writing *writing, const struct node *node)
{
    const uint32_t *pool = node->program->pool + node->step->first;
    const char *sure = "0", *possible = "0";
    for (uint32_t i = 0; i < node->step->count; i++) {
        const char *one = words_of(writing, node, pool[i]).over;
        sure = tidu_sql_say(writing, "%s + CASE WHEN %s THEN 1 ELSE 0 END", sure, one);
        possible = tidu_sql_say(writing, "%s + CASE WHEN NOT %s THEN 0 ELSE 1 END", possible, one);
    }
    return tidu_sql_say(writing, "CASE WHEN %s >= %u THEN TRUE WHEN %s < %u THEN FALSE ELSE %s END",
                        sure, node->step->number, possible, node->step->number,
                        writing->dialect->unknown);
}

/* ---- points ---- */

struct points {
    const tidu_constant **of;
    const char **flags;
    bool *told;
    uint32_t count; /* of flags; one more of points */
};

static bool
list_points(struct writing *writing, const struct node *node, struct points *ret)
{
    const uint32_t *pool = node->program->pool + node->step->first;
    size_t count = (size_t)node->step->count + 1;
    ret->count = node->step->count;
    ret->of = tidu_arena_array(writing->arena, count, sizeof *ret->of);
    ret->flags = tidu_arena_array(writing->arena, count, sizeof *ret->flags);
    ret->told = tidu_arena_array(writing->arena, count, sizeof *ret->told);
    if (!ret->of || !ret->flags || !ret->told) {
        writing->starved = true;
        return false;
    }
    for (uint32_t k = 0; k <= ret->count; k++) {
        ret->of[k] = &node->program->constants[pool[node->step->count + k]];
        ret->flags[k] = k < ret->count ? words_of(writing, node, pool[k]).over : "TRUE";
    }
    return true;
}

/* Of the bands not told yet, the one with the most (or fewest) points. */
static uint32_t
next_band(const struct points *points, bool most)
{
    uint32_t best = UINT32_MAX;
    for (uint32_t k = 0; k <= points->count; k++) {
        int order = best == UINT32_MAX ? 0 : mpq_cmp(points->of[k]->exact, points->of[best]->exact);
        if (!points->told[k] && (best == UINT32_MAX || (most ? order > 0 : order < 0)))
            best = k;
    }
    return best;
}

/* The most (or fewest) points of the bands that may be the first true one: a band that is
 * not false, with none before it that is true. Of those before it, the ones told already
 * would have been taken if they were. */
static const char *
picked(struct writing *writing, const struct node *node)
{
    bool most = node->step->op == TIDU_DO_PICK_HIGH;
    struct points points;
    const char *cases = "";
    if (!list_points(writing, node, &points))
        return "";
    for (uint32_t n = 0; n < points.count; n++) {
        uint32_t best = next_band(&points, most);
        const char *may = best < points.count
                              ? tidu_sql_say(writing, "COALESCE(%s, TRUE)", points.flags[best])
                              : "TRUE";
        points.told[best] = true;
        for (uint32_t k = 0; k < best; k++)
            if (!points.told[k])
                may = tidu_sql_say(writing, "%s AND NOT COALESCE(%s, FALSE)", may, points.flags[k]);
        cases = tidu_sql_say(writing, "%s WHEN %s THEN %s", cases, may,
                             constant(writing, points.of[best], false).over);
    }
    const char *otherwise = constant(writing, points.of[next_band(&points, most)], false).over;
    return points.count ? tidu_sql_say(writing, "CASE%s ELSE %s END", cases, otherwise) : otherwise;
}

static const char *
collected(struct writing *writing, const struct node *node)
{
    bool most = node->step->op == TIDU_DO_COLLECT_HIGH;
    struct points points;
    const char *total = tidu_sql_say(writing, "0%s", writing->dialect->one);
    if (!list_points(writing, node, &points))
        return "";
    for (uint32_t k = 0; k < points.count; k++) {
        int sign = mpq_sgn(points.of[k]->exact);
        bool moves = most ? sign > 0 : sign < 0;
        total = tidu_sql_say(writing, "%s + CASE WHEN COALESCE(%s, %s) THEN %s ELSE 0 END", total,
                             points.flags[k], moves ? "TRUE" : "FALSE",
                             constant(writing, points.of[k], false).over);
    }
    const char *limit = constant(writing, points.of[points.count], false).over;
    return tidu_sql_say(writing, "CASE WHEN %s > %s THEN %s ELSE %s END", total, limit, limit,
                        total);
}

/* ---- lists ---- */

/* The arrays of a list's fields and the names of their items, as a lambda wants them. */
static const char *
with_arrays(struct writing *writing, uint32_t frame, const char *function, const char *test)
{
    const tidu_fact *list = &writing->ruleset->vocabulary.facts[writing->layout->frame_fact[frame]];
    const char *names = "", *arrays = "", *array;
    size_t before = strlen(list->symbol.name) + 2; /* quote and _ */
    uint32_t at = 0;
    while ((array = tidu_sql_next_array(writing, frame, &at)) != NULL && !writing->starved) {
        names = tidu_sql_say(writing, "%s%si_%.*s", names, *names ? ", " : "",
                             (int)(strlen(array) - before - 1), array + before);
        arrays = tidu_sql_say(writing, "%s, r.%s", arrays, array);
    }
    return tidu_sql_say(writing, "%s((%s) -> %s%s)", function, names, test, arrays);
}

static const char *
over_items(struct writing *writing, const struct node *node)
{
    static const struct {
        const char *settled, *so, *otherwise;
    } kinds[] = {{"v", "TRUE", "FALSE"}, {"NOT v", "FALSE", "TRUE"}};
    uint32_t flag = operand(node, node->step->a);
    uint32_t frame = writing->nodes[flag].step->frame;
    const tidu_fact *list = &writing->ruleset->vocabulary.facts[writing->layout->frame_fact[frame]];
    const char *test = tidu_sql_words(writing, flag).over, *stated = writing->lists[frame].name;
    const char *unknown = writing->dialect->unknown, *key = writing->key;
    bool counts = node->step->op == TIDU_DO_COUNT_ITEMS;
    if (writing->lists[frame].last < writing->layer)
        writing->lists[frame].last = writing->layer;
    int kind = node->step->op == TIDU_DO_EVERY_ITEM;
    if (writing->dialect->arrays) {
        const char *open =
            with_arrays(writing, frame, "arrayExists", tidu_sql_say(writing, "(%s) IS NULL", test));
        const char *met =
            tidu_sql_say(writing, kind ? "NOT COALESCE(%s, TRUE)" : "COALESCE(%s, FALSE)", test);
        if (counts)
            return tidu_sql_say(writing, "CASE WHEN r.%s AND NOT %s THEN toFloat64(%s) END", stated,
                                open, with_arrays(writing, frame, "arrayCount", met));
        return tidu_sql_say(
            writing, "CASE WHEN r.%s THEN CASE WHEN %s THEN %s WHEN %s THEN %s ELSE %s END END",
            stated, with_arrays(writing, frame, "arrayExists", met), kinds[kind].so, open, unknown,
            kinds[kind].otherwise);
    }
    const char *items =
        tidu_sql_say(writing, "(SELECT %s AS v FROM %s AS i WHERE i.%s = r.%s) AS x", test,
                     tidu_sql_list_table(writing, list), key, key);
    if (counts)
        return tidu_sql_say(writing,
                            "CASE WHEN r.%s THEN (SELECT CASE WHEN count(*) = count(v) THEN "
                            "%scount(CASE WHEN v THEN 1 END)%s END FROM %s) END",
                            stated, writing->dialect->as_count.before,
                            writing->dialect->as_count.behind, items);
    return tidu_sql_say(
        writing,
        "CASE WHEN r.%s THEN (SELECT CASE WHEN count(CASE WHEN %s THEN 1 END) > 0 THEN %s "
        "WHEN count(*) > count(v) THEN %s ELSE %s END FROM %s) END",
        stated, kinds[kind].settled, kinds[kind].so, unknown, kinds[kind].otherwise, items);
}

/* ---- all of them ---- */

static const char *
input(struct writing *writing, const struct node *node)
{
    struct input *input = &writing->inputs[node->step->number];
    if (node->step->frame)
        return tidu_sql_item(writing, node->step->number);
    if (input->last < writing->layer)
        input->last = writing->layer;
    return tidu_sql_say(writing, "r.%s", input->name);
}

struct words
tidu_sql_express(struct writing *writing, uint32_t number)
{
    const struct node *node = &writing->nodes[number];
    const tidu_instruction *step = node->step;
    struct words a = nothing, b = nothing;
    switch (step->op) {
    case TIDU_DO_ADD:
    case TIDU_DO_SUB:
    case TIDU_DO_MUL:
    case TIDU_DO_MIN:
    case TIDU_DO_MAX:
    case TIDU_DO_FULL_YEARS:
    case TIDU_DO_SETTLE:
        b = words_of(writing, node, step->b);
        a = words_of(writing, node, step->a);
        break;
    case TIDU_DO_NEG:
    case TIDU_DO_ABS:
    case TIDU_DO_ROOT:
    case TIDU_DO_YEAR_OF:
    case TIDU_DO_SHIFT:
    case TIDU_DO_NOT:
    case TIDU_DO_KNOWN:
    case TIDU_DO_KNOWN_FLAG:
    case TIDU_DO_SPREAD:
    case TIDU_DO_SPREAD_FLAG:
        a = words_of(writing, node, step->a);
        break;
    default:
        break;
    }
    switch ((tidu_op)step->op) {
    case TIDU_DO_FACT:
    case TIDU_DO_FLAG:
        return whole(input(writing, node));
    case TIDU_DO_CONST:
        return constant(writing, &node->program->constants[step->number], node->fraction);
    case TIDU_DO_TRUTH:
        return whole(step->number == 1 ? "TRUE"
                     : step->number    ? writing->dialect->unknown
                                       : "FALSE");
    case TIDU_DO_AS_OF:
        return whole(
            tidu_sql_say(writing, "%d%s", (int)writing->sql->as_of, writing->dialect->one));
    case TIDU_DO_ADD:
        return add(writing, a, "+", b);
    case TIDU_DO_SUB:
        return add(writing, a, "-", b);
    case TIDU_DO_MUL:
        return (struct words){tidu_sql_say(writing, "(%s * %s)", a.over, b.over),
                              both(writing, a.under, b.under)};
    case TIDU_DO_DIV:
        return divide(writing, node);
    case TIDU_DO_NEG:
        return (struct words){tidu_sql_say(writing, "(- %s)", a.over), a.under};
    case TIDU_DO_ABS:
        return (struct words){tidu_sql_say(writing, "abs(%s)", a.over), a.under};
    case TIDU_DO_MIN:
        return either(writing, a, "<=", b);
    case TIDU_DO_MAX:
        return either(writing, a, ">=", b);
    case TIDU_DO_FLOOR:
        return round_down(writing, node);
    case TIDU_DO_ROUND:
        return round_half(writing, node);
    case TIDU_DO_ROOT:
        return whole(tidu_sql_say(writing, "power(%s / (%s), 1.0 / %u)", a.over,
                                  a.under ? a.under : "1", step->number));
    case TIDU_DO_POSITIVE:
    case TIDU_DO_NONNEGATIVE:
        return positive(writing, node);
    case TIDU_DO_SELECT:
        return choose(writing, node);
    case TIDU_DO_FILL:
        return fill(writing, node);
    case TIDU_DO_YEAR_OF:
        return whole(years_of(writing, digits_of(writing, a.over)));
    case TIDU_DO_FULL_YEARS:
        return whole(
            years_of(writing, tidu_sql_say(writing, "(%s - %s)", digits_of(writing, b.over),
                                           digits_of(writing, a.over))));
    case TIDU_DO_SHIFT:
        return whole(shifted(writing, a.over, (int32_t)step->number));
    case TIDU_DO_LT:
    case TIDU_DO_LE:
    case TIDU_DO_EQ:
        return whole(compare(writing, node));
    case TIDU_DO_IN:
        return whole(is_in(writing, node));
    case TIDU_DO_NOT:
        return whole(tidu_sql_say(writing, "(NOT %s)", a.over));
    case TIDU_DO_AND:
    case TIDU_DO_OR:
        return whole(joined(writing, node));
    case TIDU_DO_AT_LEAST:
        return whole(counted(writing, node));
    case TIDU_DO_KNOWN:
    case TIDU_DO_KNOWN_FLAG:
        return whole(tidu_sql_say(writing, "(%s IS NOT NULL)", a.over));
    case TIDU_DO_SETTLE:
        return whole(tidu_sql_say(writing,
                                  "CASE WHEN %s THEN TRUE WHEN NOT %s THEN FALSE ELSE %s END",
                                  a.over, b.over, writing->dialect->unknown));
    case TIDU_DO_PICK_LOW:
    case TIDU_DO_PICK_HIGH:
        return whole(picked(writing, node));
    case TIDU_DO_COLLECT_LOW:
    case TIDU_DO_COLLECT_HIGH:
        return whole(collected(writing, node));
    case TIDU_DO_SUM:
        return sum(writing, node);
    case TIDU_DO_SPREAD:
    case TIDU_DO_SPREAD_FLAG:
        return a;
    case TIDU_DO_ANY_ITEM:
    case TIDU_DO_EVERY_ITEM:
    case TIDU_DO_COUNT_ITEMS:
        return whole(over_items(writing, node));
    case TIDU_DO_COUNT:
        break;
    }
    return nothing;
}

struct words
tidu_sql_words(struct writing *writing, uint32_t number)
{
    struct node *node = &writing->nodes[number];
    if (!node->named)
        return tidu_sql_express(writing, number);
    if (node->last < writing->layer)
        node->last = writing->layer;
    struct words said = whole(tidu_sql_say(writing, "r.s%u", number));
    if (node->fraction)
        said.under = tidu_sql_say(writing, "r.s%ud", number);
    return said;
}
