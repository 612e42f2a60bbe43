/*
 * boxes.c: a region in words: ranges of numbers, codes, yes and no.
 *
 *   revenue >= 5000, not (revenue >= 6000)  ─►  营业收入不低于5000万元且低于6000万元
 *
 * Pieces that compare the same number with constants become one range. What else a piece
 * is, it is told in its own words, or that these are not so.
 */
#include "differ.h"

#include "tidu/decimal.h"

/* A range of one number. */
struct range {
    const struct atom *first; /* whose label and unit it has */
    mpq_t low, high;
    bool has_low, has_high, low_in, high_in;
};

static const tidu_program *
program_of(const struct differing *differing, const struct atom *atom)
{
    return differing->sides[atom->side].program;
}

/* Compares a number that is not open with a constant. */
static bool
is_ranged(const struct atom *atom)
{
    const tidu_part *part = atom->part;
    return part && part->value_low != TIDU_NO_STEP && part->value_low == part->value_high &&
           part->bound == TIDU_NO_STEP && part->kind == TIDU_NUMBER && part->op >= TIDU_OP_LT &&
           part->op <= TIDU_OP_EQ && (part->op != TIDU_OP_EQ || atom->truth);
}

static bool
same_value(struct differing *differing, const struct atom *a, const struct atom *b)
{
    tidu_step x = a->part->value_low, y = b->part->value_low;
    if (a->side == b->side)
        return x == y;
    return tidu_same_steps(differing, a->side ? y : x, a->side ? x : y);
}

/* The constant in the unit it is shown in. */
static void
bound_of(const struct differing *differing, const struct atom *atom, mpq_t ret)
{
    const tidu_part *part = atom->part;
    mpq_t scale;
    tidu_scale unit = part->unit ? tidu_unit_scale(part->unit) : (tidu_scale){1, 1};
    mpq_init(scale);
    mpq_set(ret, program_of(differing, atom)->constants[part->bound_constant].exact);
    mpz_set_si(mpq_numref(scale), part->scale.num * unit.den);
    mpz_set_si(mpq_denref(scale), part->scale.den * unit.num);
    mpq_canonicalize(scale);
    mpq_mul(ret, ret, scale);
    mpq_clear(scale);
}

static void
narrow_low(struct range *range, const mpq_t bound, bool in)
{
    int order = range->has_low ? mpq_cmp(bound, range->low) : 1;
    if (order > 0 || (order == 0 && !in)) {
        mpq_set(range->low, bound);
        range->low_in = in;
    }
    range->has_low = true;
}

static void
narrow_high(struct range *range, const mpq_t bound, bool in)
{
    int order = range->has_high ? mpq_cmp(bound, range->high) : -1;
    if (order < 0 || (order == 0 && !in)) {
        mpq_set(range->high, bound);
        range->high_in = in;
    }
    range->has_high = true;
}

static void
narrow(struct range *range, const struct differing *differing, const struct atom *atom)
{
    mpq_t bound;
    mpq_init(bound);
    bound_of(differing, atom, bound);
    switch (atom->part->op) {
    case TIDU_OP_LT:
    case TIDU_OP_GE:
        if (atom->truth == (atom->part->op == TIDU_OP_GE))
            narrow_low(range, bound, true);
        else
            narrow_high(range, bound, false);
        break;
    case TIDU_OP_LE:
    case TIDU_OP_GT:
        if (atom->truth == (atom->part->op == TIDU_OP_GT))
            narrow_low(range, bound, false);
        else
            narrow_high(range, bound, true);
        break;
    default:
        narrow_low(range, bound, true);
        narrow_high(range, bound, true);
    }
    mpq_clear(bound);
}

/* ---- words ---- */

static void
put_bound(const struct range *range, const mpq_t bound, tidu_lang lang, tidu_text *out)
{
    const tidu_unit *unit = range->first->part->unit;
    const char *title = unit ? tidu_unit_title(unit, lang) : "";
    tidu_decimal_write(out, bound, 6, bound);
    if (*title && lang == TIDU_EN && *title != '%')
        tidu_text_putc(out, ' ');
    tidu_text_puts(out, title);
}

static void
put_range(const struct range *range, tidu_lang lang, tidu_text *out)
{
    const tidu_part *part = range->first->part;
    bool chinese = lang == TIDU_ZH, both = range->has_low && range->has_high;
    tidu_text_puts(out, chinese ? part->label_zh : part->label_en);
    if (both && range->low_in && range->high_in && mpq_equal(range->low, range->high)) {
        tidu_text_puts(out, chinese ? "等于" : " is exactly ");
        put_bound(range, range->low, lang, out);
        return;
    }
    if (range->has_low) {
        tidu_text_puts(out, range->low_in ? (chinese ? "不低于" : " is at least ")
                                          : (chinese ? "高于" : " is above "));
        put_bound(range, range->low, lang, out);
    }
    if (both)
        tidu_text_puts(out, chinese ? "且" : " and");
    if (range->has_high) {
        const char *en = range->high_in ? (both ? " at most " : " is at most ")
                                        : (both ? " below " : " is below ");
        tidu_text_puts(out, chinese ? (range->high_in ? "不高于" : "低于") : en);
        put_bound(range, range->high, lang, out);
    }
}

static void
put_piece(const struct region *region, const struct atom *atom, tidu_lang lang, tidu_text *out)
{
    bool chinese = lang == TIDU_ZH;
    const tidu_titles *title = &region->criterion->title;
    const char *own = !atom->part ? (chinese ? title->zh : title->en)
                                  : (chinese ? atom->part->zh : atom->part->en);
    if (atom->changed)
        tidu_text_puts(out, atom->side ? (chinese ? "按新规则" : "by the new rules, ")
                                       : (chinese ? "按旧规则" : "by the old rules, "));
    tidu_text_puts(out, atom->truth ? (chinese ? "符合：" : "this is so: ")
                                    : (chinese ? "不符合：" : "this is not so: "));
    tidu_text_puts(out, own ? own : "");
}

/* ---- the list ---- */

struct box {
    struct differing *differing;
    const struct region *region;
    bool told[MOST_ATOMS];
    tidu_text *out;
    bool first;
};

static void
put_end(const char *name, const mpq_t bound, bool in, tidu_text *out)
{
    tidu_text_printf(out, ",\"%s\":", name);
    tidu_decimal_write(out, bound, 6, bound);
    tidu_text_printf(out, ",\"%s_in\":%s", name, in ? "true" : "false");
}

/* For programs. */
static void
put_bounds(const struct range *range, tidu_text *out)
{
    const tidu_part *part = range->first->part;
    tidu_path_titles(out, ",\"of\":", part->label_zh, part->label_en);
    if (part->unit)
        tidu_path_titles(out, ",\"unit\":", tidu_unit_title(part->unit, TIDU_ZH),
                         tidu_unit_title(part->unit, TIDU_EN));
    if (range->has_low)
        put_end("low", range->low, range->low_in, out);
    if (range->has_high)
        put_end("high", range->high, range->high_in, out);
}

static void
put_words(struct box *box, const struct range *range, const struct atom *atom)
{
    tidu_text_puts(box->out, box->first ? "{" : ",{");
    box->first = false;
    for (int english = 0; english < 2; english++) {
        tidu_text words = {0};
        if (range)
            put_range(range, english ? TIDU_EN : TIDU_ZH, &words);
        else
            put_piece(box->region, atom, english ? TIDU_EN : TIDU_ZH, &words);
        tidu_text_puts(box->out, english ? ",\"en\":" : "\"zh\":");
        tidu_text_json(box->out, words.data ? words.data : "", words.length);
        box->out->failed = box->out->failed || words.failed;
        tidu_text_free(&words);
    }
    if (range)
        put_bounds(range, box->out);
    tidu_text_putc(box->out, '}');
}

static void
put_ranged(struct box *box, uint32_t first)
{
    const struct region *region = box->region;
    struct range range = {.first = &region->atoms[first]};
    mpq_inits(range.low, range.high, NULL);
    for (uint32_t i = first; i < region->atom_count; i++)
        if (is_ranged(&region->atoms[i]) && !box->told[i] &&
            same_value(box->differing, range.first, &region->atoms[i])) {
            narrow(&range, box->differing, &region->atoms[i]);
            box->told[i] = true;
        }
    put_words(box, &range, NULL);
    mpq_clears(range.low, range.high, NULL);
}

void
tidu_put_box(struct differing *differing, const struct region *region, tidu_text *out)
{
    struct box box = {.differing = differing, .region = region, .out = out, .first = true};
    tidu_text_putc(out, '[');
    for (uint32_t i = 0; i < region->atom_count; i++) {
        if (box.told[i])
            continue;
        if (is_ranged(&region->atoms[i]))
            put_ranged(&box, i);
        else
            put_words(&box, NULL, &region->atoms[i]);
    }
    tidu_text_putc(out, ']');
}
