/*
 * samples.c: places of the space as cases somebody could have.
 *
 * A place is a case only if what its axes read can be chosen apart: a figure
 * and its ratio to another can, two ratios of the same figures cannot. Then it
 * is told in words, with the values nearest to the borders.
 */
#include "cases.h"

#include "tidu/decimal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    reads->simple &=
        years || rate || node->function == TIDU_FN_COUNT || node->function == TIDU_FN_YEARS_SINCE;
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
    node = tidu_cases_strip(cases, node, &lag);
    if (node->kind == TIDU_NODE_CALL) {
        gather_call(cases, node, lag, reads);
        return;
    }
    if (node->kind == TIDU_NODE_NAME && node->symbol->kind == TIDU_SYMBOL_DERIVE) {
        const struct version *version = tidu_cases_version(cases, node);
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
    if (mpq_sgn(axis->step) && !tidu_case_is_multiple(axis, ret)) {
        mpq_sub(ret, ret, unit);
        tidu_case_next_step(axis, ret, ret);
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
        tidu_case_next_step(axis, axis->borders[border - 1], ret);
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
                char *end =
                    code + snprintf(code, TIDU_CODE_SIZE, "%c%02d", section->letter, division);
                if (digits)
                    snprintf(end, 3, "%02u", (unsigned)digits % 100);
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
