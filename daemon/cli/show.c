/*
 * show.c: answers for people.
 *
 *   企业        小巨人    专精特新
 *   某某精密    ✗ 不符合  ✓ 符合
 *
 *   某某精密  91440300…
 *     ✗ 专精特新“小巨人”企业
 *         ✗ 主营业务收入占比为89.33%，要求不低于90%，相差0.67个百分点
 *           miit-2026 附件2/二，第 212 行
 *     还需要：share_national
 *
 * Made from the answer's JSON, so that it shows the same whoever judged. What
 * an answer does not say is not shown; nothing is computed here.
 *
 * Must not know: rules, records.
 *
 * Ownership: borrows the answers.
 */
#include "internal.h"

struct show {
    tidu_lang lang;
    bool colours;
    tidu_text *out;
};

static const struct status {
    const char *name, *mark, *zh, *en;
    tidu_colour colour;
} statuses[] = {
    {"met", "✓", "符合", "met", TIDU_GREEN},
    {"unmet", "✗", "不符合", "unmet", TIDU_RED},
    {"undetermined", "?", "待定", "undetermined", TIDU_YELLOW},
};
enum { STATUS_COUNT = sizeof statuses / sizeof *statuses };

const char *
tidu_show_text(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? json_string_value(value) : "";
}

const char *
tidu_show_words(const json_t *words, tidu_lang lang)
{
    if (json_is_string(words))
        return json_string_value(words);
    const char *zh = tidu_show_text(words, "zh"), *en = tidu_show_text(words, "en");
    const char *wanted = lang == TIDU_EN ? en : zh;
    return *wanted ? wanted : *zh ? zh : en;
}

static const struct status *
status_named(const char *name)
{
    for (int i = 0; i < STATUS_COUNT; i++)
        if (strcmp(statuses[i].name, name) == 0)
            return &statuses[i];
    return NULL;
}

static const struct status *
status_of(const json_t *item)
{
    return status_named(tidu_show_text(item, "status"));
}

void
tidu_show_status(const char *name, tidu_lang lang, bool colours, tidu_text *out)
{
    const struct status *status = status_named(name);
    if (status)
        tidu_put_coloured(out, colours, status->colour, lang == TIDU_EN ? status->en : status->zh);
    else
        tidu_text_puts(out, name);
}

const char *
tidu_show_title(const json_t *item, tidu_lang lang)
{
    const char *title = tidu_show_words(json_object_get(item, "title"), lang);
    return *title ? title : tidu_show_text(item, "id");
}

/* The name of an enterprise, or its code, or a dash. */
static const char *
name_of(const json_t *answer)
{
    const json_t *enterprise = json_object_get(answer, "enterprise");
    const char *name = tidu_show_text(enterprise, "enterprise_name"),
               *code = tidu_show_text(enterprise, "uscc");
    return *name ? name : *code ? code : "–";
}

/* ---- the table ------------------------------------------------------------------ */

/* Every designation that any answer tells of, in the order they come. */
static json_t *
collect_columns(const json_t *answers)
{
    json_t *columns = json_object();
    size_t row, place;
    json_t *answer, *designation;
    json_array_foreach ((json_t *)answers, row, answer)
        json_array_foreach (json_object_get(answer, "designations"), place, designation)
            if (!json_object_get(columns, tidu_show_text(designation, "id")))
                json_object_set(columns, tidu_show_text(designation, "id"), designation);
    return columns;
}

static const json_t *
find_designation(const json_t *answer, const char *id)
{
    size_t place;
    json_t *designation;
    json_array_foreach (json_object_get(answer, "designations"), place, designation)
        if (strcmp(tidu_show_text(designation, "id"), id) == 0)
            return designation;
    return NULL;
}

static void
add_status(const struct show *show, struct table *table, const json_t *designation)
{
    char text[64] = "–";
    const struct status *status = designation ? status_of(designation) : NULL;
    if (status)
        snprintf(text, sizeof text, "%s %s", status->mark,
                 tidu_in(show->lang, status->zh, status->en));
    tidu_table_add(table, text, status ? status->colour : TIDU_FAINT);
}

static void
show_table(const struct show *show, const json_t *answers)
{
    json_t *columns = collect_columns(answers), *designation, *answer;
    struct table table = {.columns = json_object_size(columns) + 1};
    const char *id;
    size_t row;
    tidu_table_add(&table, tidu_in(show->lang, "企业", "enterprise"), TIDU_BOLD);
    json_object_foreach (columns, id, designation)
        tidu_table_add(&table, tidu_show_title(designation, show->lang), TIDU_BOLD);
    json_array_foreach ((json_t *)answers, row, answer) {
        tidu_table_add(&table, name_of(answer), TIDU_PLAIN);
        json_object_foreach (columns, id, designation)
            add_status(show, &table, find_designation(answer, id));
    }
    tidu_table_write(&table, show->colours, show->out);
    tidu_table_free(&table);
    json_decref(columns);
}

/* ---- why not ---------------------------------------------------------------------- */

static void
indent(const struct show *show, int columns)
{
    for (int i = 0; i < columns; i++)
        tidu_text_putc(show->out, ' ');
}

static void
show_clause(const struct show *show, const json_t *clause, int columns)
{
    char line[64] = "";
    tidu_text words = {0};
    if (!json_is_object(clause))
        return;
    if (json_is_integer(json_object_get(clause, "line")))
        snprintf(line, sizeof line, tidu_in(show->lang, "，第 %d 行", ", line %d"),
                 (int)json_integer_value(json_object_get(clause, "line")));
    tidu_text_printf(&words, "%s %s%s", tidu_show_text(clause, "document"),
                     tidu_show_text(clause, "path"), line);
    tidu_text_putc(&words, '\0');
    indent(show, columns);
    tidu_put_coloured(show->out, show->colours, TIDU_FAINT, words.failed ? "" : words.data);
    tidu_text_putc(show->out, '\n');
    tidu_text_free(&words);
}

/* A criterion's sentence, in one language or both; without one its title and
 * numbers. */
static void
show_sentence(const struct show *show, const json_t *criterion, int columns)
{
    const json_t *says = json_object_get(criterion, "says");
    const char *sentence = tidu_show_words(says, show->lang);
    const char *other = show->lang == TIDU_BOTH ? tidu_show_text(says, "en") : "";
    if (*sentence)
        tidu_text_puts(show->out, sentence);
    else
        tidu_text_puts(show->out, tidu_show_title(criterion, show->lang));
    tidu_text_putc(show->out, '\n');
    if (!*other || strcmp(other, sentence) == 0)
        return;
    indent(show, columns);
    tidu_text_printf(show->out, "%s\n", other);
}

static bool
is_told(const json_t *item)
{
    const struct status *status = status_of(item);
    return status && status != &statuses[0];
}

static bool
same_clause(const json_t *criterion, const json_t *other)
{
    const json_t *clause = json_object_get(other, "clause");
    return criterion && json_equal(json_object_get(criterion, "clause"), clause);
}

enum { CRITERION_INDENT = 6 };

/* The criteria of one status. Those of one clause stand together above it, so
 * that it is cited once. */
static void
show_criteria(const struct show *show, const json_t *criteria, const struct status *status)
{
    size_t place;
    json_t *criterion;
    const json_t *last = NULL;
    json_array_foreach ((json_t *)criteria, place, criterion) {
        if (status_of(criterion) != status)
            continue;
        if (last && !same_clause(last, criterion))
            show_clause(show, json_object_get(last, "clause"), CRITERION_INDENT + 2);
        indent(show, CRITERION_INDENT);
        tidu_put_coloured(show->out, show->colours, status->colour, status->mark);
        tidu_text_putc(show->out, ' ');
        show_sentence(show, criterion, CRITERION_INDENT + 2);
        last = criterion;
    }
    if (last)
        show_clause(show, json_object_get(last, "clause"), CRITERION_INDENT + 2);
}

/* The score behind a designation: one number, or from lowest to highest while
 * facts are missing. */
static void
show_score(const struct show *show, const json_t *score)
{
    const json_t *low = json_object_get(score, "low"), *high = json_object_get(score, "high");
    const json_t *most = json_object_get(score, "max");
    if (!json_is_number(low) || !json_is_number(high) || !json_is_number(most))
        return;
    tidu_text_puts(show->out, tidu_in(show->lang, "，得分 ", ", score "));
    tidu_text_number(show->out, json_number_value(low));
    if (json_number_value(high) > json_number_value(low)) {
        tidu_text_puts(show->out, "–");
        tidu_text_number(show->out, json_number_value(high));
    }
    tidu_text_puts(show->out, tidu_in(show->lang, "，满分 ", " of "));
    tidu_text_number(show->out, json_number_value(most));
}

/* What old rules that count beside the new say, and which of them count. */
static void
show_transition(const struct show *show, const json_t *transition)
{
    const json_t *says = json_object_get(transition, "says");
    if (!transition)
        return;
    indent(show, CRITERION_INDENT);
    tidu_text_puts(show->out, tidu_show_words(says, show->lang));
    tidu_text_putc(show->out, '\n');
    if (show->lang == TIDU_BOTH) {
        indent(show, CRITERION_INDENT + 2);
        tidu_text_puts(show->out, tidu_show_text(says, "en"));
        tidu_text_putc(show->out, '\n');
    }
    show_clause(show, json_object_get(transition, "clause"), CRITERION_INDENT + 2);
}

/* What is unmet comes before what nobody can say yet. */
static void
show_designation(const struct show *show, const json_t *designation)
{
    const struct status *status = status_of(designation);
    const json_t *criteria = json_object_get(designation, "criteria");
    const json_t *transition = json_object_get(designation, "transition");
    if (!is_told(designation) && !transition)
        return;
    indent(show, 2);
    tidu_put_coloured(show->out, show->colours, status->colour, status->mark);
    tidu_text_putc(show->out, ' ');
    tidu_put_coloured(show->out, show->colours, TIDU_BOLD,
                      tidu_show_title(designation, show->lang));
    tidu_text_printf(show->out, " (%s)", tidu_show_text(designation, "id"));
    show_score(show, json_object_get(designation, "score"));
    tidu_text_putc(show->out, '\n');
    show_transition(show, transition);
    for (int i = 1; i < STATUS_COUNT; i++)
        show_criteria(show, criteria, &statuses[i]);
}

static void
show_missing(const struct show *show, const json_t *missing)
{
    size_t place;
    json_t *item;
    if (!json_array_size(missing))
        return;
    indent(show, 2);
    tidu_text_puts(show->out, tidu_in(show->lang, "还需要：", "still needed: "));
    json_array_foreach ((json_t *)missing, place, item) {
        const char *title = tidu_show_words(json_object_get(item, "title"), show->lang);
        const char *fact =
            json_is_string(item) ? json_string_value(item) : tidu_show_text(item, "fact");
        tidu_text_puts(show->out, place ? tidu_in(show->lang, "、", ", ") : "");
        tidu_text_puts(show->out, *title ? title : fact);
    }
    tidu_text_putc(show->out, '\n');
}

/* Whether it is a subsidy of which nothing is sure yet. */
static bool
is_only_possible(const json_t *answer, const char *id)
{
    size_t place;
    json_t *subsidy;
    json_array_foreach (json_object_get(answer, "subsidies"), place, subsidy)
        if (strcmp(tidu_show_text(subsidy, "id"), id) == 0)
            return is_told(subsidy);
    return false;
}

/* Notes of the documents themselves; how sure each source is stays in the JSON. */
static void
show_notes(const struct show *show, const json_t *answer)
{
    size_t place;
    json_t *note;
    json_array_foreach (json_object_get(answer, "notes"), place, note) {
        if (json_object_get(note, "certainty") ||
            is_only_possible(answer, tidu_show_text(note, "about")))
            continue;
        indent(show, 2);
        tidu_text_printf(show->out, "%s%s (%s)\n", tidu_in(show->lang, "说明：", "note: "),
                         tidu_show_words(json_object_get(note, "says"), show->lang),
                         tidu_show_text(note, "about"));
    }
}

static void
show_answer(const struct show *show, const json_t *answer)
{
    size_t place;
    json_t *designation;
    const char *code = tidu_show_text(json_object_get(answer, "enterprise"), "uscc");
    tidu_text_putc(show->out, '\n');
    tidu_put_coloured(show->out, show->colours, TIDU_BOLD, name_of(answer));
    if (*code && strcmp(code, name_of(answer)) != 0)
        tidu_text_printf(show->out, "  %s", code);
    tidu_text_putc(show->out, '\n');
    json_array_foreach (json_object_get(answer, "designations"), place, designation)
        show_designation(show, designation);
    tidu_show_support(answer, show->lang, show->colours, show->out);
    show_missing(show, json_object_get(answer, "missing"));
    show_notes(show, answer);
}

/* With "explain":"none" the table has said it all. */
static bool
has_reasons(const json_t *answer)
{
    size_t place;
    json_t *designation;
    json_array_foreach (json_object_get(answer, "designations"), place, designation)
        if ((is_told(designation) && json_array_size(json_object_get(designation, "criteria"))) ||
            json_object_get(designation, "transition"))
            return true;
    return json_array_size(json_object_get(answer, "missing")) > 0 ||
           json_array_size(json_object_get(answer, "subsidies")) > 0 ||
           json_array_size(json_object_get(answer, "measures")) > 0;
}

void
tidu_show_page(const json_t *answers, tidu_lang lang, bool colours, tidu_text *out)
{
    const struct show show = {lang, colours, out};
    size_t row;
    json_t *answer;
    show_table(&show, answers);
    json_array_foreach ((json_t *)answers, row, answer)
        if (has_reasons(answer))
            show_answer(&show, answer);
    tidu_text_putc(out, '\n');
}
