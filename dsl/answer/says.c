/*
 * says.c: a criterion's verdict as a sentence, in Chinese or English.
 *
 * A criterion with one part speaks with its own title; a group tells the parts
 * that decided it.
 */
#include "internal.h"

#include <string.h>

struct phrase {
    const char *zh, *en;
};

static const char *
in(tidu_lang lang, struct phrase phrase)
{
    return lang == TIDU_EN ? phrase.en : phrase.zh;
}

static const struct phrase required[] = {
    [TIDU_OP_LT] = {"低于", "below "},   [TIDU_OP_LE] = {"不高于", "at most "},
    [TIDU_OP_GT] = {"高于", "above "},   [TIDU_OP_GE] = {"不低于", "at least "},
    [TIDU_OP_EQ] = {"等于", "exactly "}, [TIDU_OP_NE] = {"不等于", "other than "},
};

static void
put_bound(tidu_text *out, asked *e, const tidu_part *part, uint32_t row, tidu_lang lang)
{
    enum piece kind = lang == TIDU_EN ? PIECE_BOUND_EN : PIECE_BOUND_ZH;
    size_t number = (size_t)(part - e->program->parts), from = out->length;
    if (tidu_piece_put(e, kind, number, out))
        return;
    tidu_text_puts(out, in(lang, required[part->op]));
    if (!tidu_show_bound(out, e, part, row, lang))
        tidu_text_puts(out, in(lang, (struct phrase){"（未知）", "(unknown)"}));
    if (tidu_show_is_fixed(e, part))
        tidu_piece_keep(e, kind, number, from, out);
}

static void
put_gap(tidu_text *out, asked *e, const tidu_part *part, uint32_t row, tidu_lang lang)
{
    tidu_text gap = {0};
    if (tidu_show_gap(&gap, e, part, row, lang)) {
        /* Shares of a hundred differ by points, not by shares. */
        bool points = part->ratio && gap.length && gap.data[gap.length - 1] == '%';
        tidu_text_puts(out, in(lang, (struct phrase){"，相差", ", "}));
        tidu_text_add(out, gap.data, gap.length - points);
        if (points)
            tidu_text_puts(out, in(lang, (struct phrase){"个百分点", " percentage points"}));
        tidu_text_puts(out, in(lang, (struct phrase){"", " away"}));
    }
    out->failed = out->failed || gap.failed;
    tidu_text_free(&gap);
}

/* Points that are not settled: both ends are known. */
static bool
is_open(asked *e, const tidu_part *part, uint32_t row)
{
    double low, high;
    return part->value_low != TIDU_NO_STEP && part->value_low != part->value_high &&
           part->kind == TIDU_NUMBER && tidu_run_number(e->run, part->value_low, row, &low) &&
           tidu_run_number(e->run, part->value_high, row, &high);
}

static void
say_unknown(tidu_text *out, asked *e, const tidu_part *part, const char *label, uint32_t row,
            tidu_lang lang)
{
    tidu_text_puts(out, label);
    if (is_open(e, part, row)) {
        tidu_text_puts(out, in(lang, (struct phrase){"在", " is "}));
        tidu_show_value(out, e, part, row, lang);
        tidu_text_puts(out, in(lang, (struct phrase){"之间，要求", ", "}));
        put_bound(out, e, part, row, lang);
        tidu_text_puts(out, in(lang, (struct phrase){"，尚不能判断", " is required: undecided"}));
        return;
    }
    tidu_text names = {0};
    tidu_missing_names(&names, e, part->status, row, lang);
    if (names.length) {
        tidu_text_puts(out, in(lang, (struct phrase){"待定：缺少", " is undetermined: missing "}));
        tidu_text_add(out, names.data, names.length);
    } else
        tidu_text_puts(out, in(lang, (struct phrase){"待定：无法计算（分母为零或基数不为正）",
                                                     " is undetermined: cannot be computed (zero "
                                                     "divisor, or a base not above zero)"}));
    out->failed = out->failed || names.failed;
    tidu_text_free(&names);
}

/* What must not hold is neither met nor short of anything. */
static void
say_unwanted(tidu_text *out, asked *e, const tidu_part *part, uint32_t row, bool held,
             tidu_lang lang)
{
    tidu_text_puts(out, in(lang, held ? (struct phrase){"，属于", ", which is "}
                                      : (struct phrase){"，不属于", ", which is not "}));
    put_bound(out, e, part, row, lang);
    tidu_text_puts(out, in(lang, (struct phrase){"的情形", ""}));
}

static void
say_comparison(tidu_text *out, asked *e, const tidu_part *part, const char *label, uint32_t row,
               bool unwanted, bool met, tidu_lang lang)
{
    tidu_text_puts(out, label);
    tidu_text_puts(out, in(lang, (struct phrase){"为", " is "}));
    tidu_show_value(out, e, part, row, lang);
    if (unwanted) {
        say_unwanted(out, e, part, row, met, lang);
        return;
    }
    tidu_text_puts(out, met ? in(lang, (struct phrase){"，符合", ", as required: "})
                            : in(lang, (struct phrase){"，要求", "; required: "}));
    put_bound(out, e, part, row, lang);
    if (met)
        tidu_text_puts(out, in(lang, (struct phrase){"的要求", ""}));
    else
        put_gap(out, e, part, row, lang);
}

static void
say_flag(tidu_text *out, const char *label, bool unwanted, bool met, tidu_lang lang)
{
    static const struct phrase verdicts[2][2] = {
        {{"不符合：", "not met: "}, {"符合：", "met: "}},
        {{"不存在：", "does not apply: "}, {"存在：", "applies: "}},
    };
    tidu_text_puts(out, in(lang, verdicts[unwanted][met]));
    tidu_text_puts(out, label);
}

/* `title` is the criterion's, or NULL when the part speaks for itself; what
 * stands in a `none` is unwanted. */
static void
say_part(tidu_text *out, asked *e, const tidu_part *part, const char *title, uint32_t row,
         bool unwanted, tidu_lang lang)
{
    tidu_truth truth = tidu_run_truth(e->run, part->status, row);
    const char *own = lang == TIDU_EN ? part->label_en : part->label_zh;
    const char *text = lang == TIDU_EN ? part->en : part->zh;
    bool compares = part->value_low != TIDU_NO_STEP;
    const char *label = title ? title : compares ? own : text;
    if (truth == TIDU_UNKNOWN)
        say_unknown(out, e, part, label, row, lang);
    else if (compares)
        say_comparison(out, e, part, label, row, unwanted, truth == TIDU_TRUE, lang);
    else
        say_flag(out, label, unwanted, truth == TIDU_TRUE, lang);
}

static void say_branch(tidu_text *out, asked *e, const tidu_branch *branch, uint32_t row,
                       bool unwanted, tidu_lang lang);

/* The children that made the group what it is: for a group that is met those
 * that are, else those that are not. */
static void
say_children(tidu_text *out, asked *e, const tidu_branch *branch, uint32_t row, bool unwanted,
             tidu_lang lang)
{
    tidu_truth whole = tidu_run_truth(e->run, branch->status, row);
    bool negative = branch->kind == TIDU_BRANCH_NONE, first = true;
    for (uint32_t i = 0; i < branch->child_count; i++) {
        tidu_truth truth = tidu_run_truth(e->run, branch->child[i].status, row);
        bool met = negative ? truth == TIDU_FALSE : truth == TIDU_TRUE;
        bool tells = whole == TIDU_TRUE      ? met
                     : whole == TIDU_UNKNOWN ? truth == TIDU_UNKNOWN
                                             : !met;
        if (!tells)
            continue;
        if (!first)
            tidu_text_puts(out, in(lang, (struct phrase){"；", "; "}));
        first = false;
        say_branch(out, e, &branch->child[i], row, unwanted != negative, lang);
    }
}

static void
say_branch(tidu_text *out, asked *e, const tidu_branch *branch, uint32_t row, bool unwanted,
           tidu_lang lang)
{
    if (branch->kind == TIDU_BRANCH_PART) {
        const char *title = NULL;
        if (branch->criterion != TIDU_NONE) {
            const tidu_titles *titles = &e->program->criteria[branch->criterion].title;
            title = lang == TIDU_EN ? titles->en : titles->zh;
        }
        say_part(out, e, &e->program->parts[branch->part], title, row, unwanted, lang);
        return;
    }
    bool any = branch->kind == TIDU_BRANCH_ANY;
    tidu_truth truth = tidu_run_truth(e->run, branch->status, row);
    if (branch->title.zh)
        tidu_text_puts(out, in(lang, (struct phrase){branch->title.zh, branch->title.en}));
    tidu_text_puts(out, in(lang, (struct phrase){"（", branch->title.zh ? " (" : "("}));
    if (any && truth == TIDU_FALSE)
        tidu_text_puts(out, in(lang, (struct phrase){"均不满足：", "none holds: "}));
    say_children(out, e, branch, row, unwanted, lang);
    tidu_text_puts(out, in(lang, (struct phrase){"）", ")"}));
}

static const struct phrase group_verdicts[3] = {
    [TIDU_UNKNOWN] = {"待定：", " is undetermined: "},
    [TIDU_FALSE] = {"不符合：", " is not met: "},
    [TIDU_TRUE] = {"符合：", " is met: "},
};

void
tidu_says_criterion(tidu_text *out, asked *e, const tidu_criterion *criterion, uint32_t row,
                    tidu_lang lang)
{
    const tidu_branch *branch = &criterion->condition;
    const char *title = lang == TIDU_EN ? criterion->title.en : criterion->title.zh;
    if (branch->kind == TIDU_BRANCH_PART) {
        say_part(out, e, &e->program->parts[branch->part], title, row, false, lang);
        return;
    }
    tidu_truth truth = tidu_run_truth(e->run, criterion->status, row);
    tidu_text_puts(out, title);
    tidu_text_puts(out, in(lang, group_verdicts[truth]));
    if (branch->kind == TIDU_BRANCH_ANY && truth == TIDU_FALSE)
        tidu_text_puts(out,
                       in(lang, (struct phrase){"以下各项均不满足：", "none of these holds: "}));
    say_children(out, e, branch, row, false, lang);
}

/* ---- old rules beside the new ---- */

static const char *
outcome(asked *e, tidu_step step, uint32_t row, tidu_lang lang)
{
    static const struct phrase outcomes[3] = {
        [TIDU_UNKNOWN] = {"待定", "undetermined"},
        [TIDU_FALSE] = {"不符合", "not met"},
        [TIDU_TRUE] = {"符合", "met"},
    };
    return in(lang, outcomes[tidu_run_truth(e->run, step, row)]);
}

static void
say_which(tidu_text *out, asked *e, const tidu_designation *designation, uint32_t row,
          tidu_lang lang)
{
    const tidu_transition *transition = designation->transition;
    tidu_truth whole = tidu_run_truth(e->run, designation->status, row);
    tidu_truth now = tidu_run_truth(e->run, transition->now, row);
    tidu_truth applies = tidu_run_truth(e->run, transition->rule.status, row);
    tidu_truth old = tidu_run_truth(e->run, e->program->designations[transition->old].status, row);
    if (applies == TIDU_FALSE)
        tidu_text_puts(out, in(lang, (struct phrase){"；本企业不适用旧规定",
                                                     "; the old rules are not for this firm"}));
    else if (whole == TIDU_TRUE && now != TIDU_TRUE)
        tidu_text_puts(out, in(lang, (struct phrase){"；旧规定有利，按旧规定认定",
                                                     "; the old rules favour the firm and count"}));
    else if (applies == TIDU_UNKNOWN && old != TIDU_FALSE && now != TIDU_TRUE)
        tidu_text_puts(out, in(lang, (struct phrase){"；旧规定是否适用待定",
                                                     "; whether the old rules apply is open"}));
}

void
tidu_says_transition(tidu_text *out, asked *e, const tidu_designation *designation, uint32_t row,
                     tidu_lang lang)
{
    const tidu_transition *transition = designation->transition;
    const tidu_titles *title = &transition->rule.title;
    tidu_step old = e->program->designations[transition->old].status;
    char day[11];
    tidu_date_format(transition->before, day);
    tidu_text_puts(out, in(lang, (struct phrase){title->zh, title->en}));
    if (lang == TIDU_EN)
        tidu_text_printf(out, ": %s by the rules before %s, %s by those in force",
                         outcome(e, old, row, lang), day,
                         outcome(e, transition->now, row, lang));
    else
        tidu_text_printf(out, "：按%s以前的规定%s，按现行规定%s", day, outcome(e, old, row, lang),
                         outcome(e, transition->now, row, lang));
    say_which(out, e, designation, row, lang);
}
