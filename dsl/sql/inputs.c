/*
 * inputs.c: the tables' columns, and what the first layer makes of them.
 *
 *   revenue_2025   ─► the number                       of years counted from the date
 *   industry_code  ─► the class of the code            as the rules' tests need it
 *   standards (table) ─► how many, and a flag a test   of sets
 *   standards_stated  ─► whether the record says which, even if none
 *   holds_inno, granted_inno ─► titles on the date
 */
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *
tidu_sql_say(struct writing *writing, const char *format, ...)
{
    tidu_text text = {0};
    char small[512];
    va_list list;
    va_start(list, format);
    int length = vsnprintf(small, sizeof small, format, list);
    va_end(list);
    char *copy = NULL;
    if (length >= 0 && (size_t)length < sizeof small) {
        copy = tidu_arena_copy_n(writing->arena, small, (size_t)length);
    } else if (length >= 0 && tidu_text_reserve(&text, (size_t)length + 1)) {
        va_start(list, format);
        vsnprintf(text.data, (size_t)length + 1, format, list);
        va_end(list);
        copy = tidu_arena_copy_n(writing->arena, text.data, (size_t)length);
    }
    tidu_text_free(&text);
    writing->starved = writing->starved || !copy;
    return copy ? copy : "";
}

void
tidu_sql_put_text(const struct writing *writing, const char *text, size_t length, tidu_text *out)
{
    tidu_text_putc(out, '\'');
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\'' || (text[i] == '\\' && writing->dialect->arrays))
            tidu_text_putc(out, text[i]);
        tidu_text_putc(out, text[i]);
    }
    tidu_text_putc(out, '\'');
}

const char *
tidu_sql_quote(struct writing *writing, const char *text, size_t length)
{
    tidu_text out = {0};
    tidu_sql_put_text(writing, text, length, &out);
    tidu_text_putc(&out, '\0');
    const char *said = tidu_sql_say(writing, "%s", out.failed ? "" : out.data);
    writing->starved = writing->starved || out.failed;
    tidu_text_free(&out);
    return said;
}

const tidu_fact *
tidu_sql_fact(const struct writing *writing, uint32_t column, const tidu_fact **ret_list)
{
    const tidu_column *input = &writing->layout->columns[column];
    const tidu_fact *fact = &writing->ruleset->vocabulary.facts[input->fact];
    *ret_list = input->field == TIDU_NONE ? NULL : fact;
    return *ret_list ? &fact->fields[input->field] : fact;
}

/* ---- names ---- */

const char *
tidu_sql_plain(struct writing *writing, const char *id)
{
    tidu_text name = {0};
    for (; *id; id++) {
        unsigned char c = (unsigned char)*id;
        bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80;
        tidu_text_puts(&name, c == '/' ? "__" : plain ? (char[2]){*id, 0} : "_");
    }
    tidu_text_putc(&name, '\0');
    const char *said = tidu_sql_say(writing, "%s", name.failed ? "" : name.data);
    writing->starved = writing->starved || name.failed;
    tidu_text_free(&name);
    return said;
}

const char *
tidu_sql_name(struct writing *writing, const char *name)
{
    const char *dot = strchr(name, '.');
    if (dot)
        return tidu_sql_say(writing, "\"%.*s\".%s", (int)(dot - name), name,
                            tidu_sql_name(writing, dot + 1));
    return tidu_sql_say(writing, "\"%s\"", name);
}

static const char *
title_name(struct writing *writing, uint32_t column)
{
    for (uint32_t t = 0; t < writing->layout->title_count; t++) {
        const tidu_title_slot *title = &writing->layout->titles[t];
        if (title->column == (int32_t)column)
            return tidu_sql_say(writing, "holds_%s", tidu_sql_plain(writing, title->id));
        if (title->granted_column == (int32_t)column)
            return tidu_sql_say(writing, "granted_%s", tidu_sql_plain(writing, title->id));
        if (title->reviewed_column == (int32_t)column)
            return tidu_sql_say(writing, "reviewed_%s", tidu_sql_plain(writing, title->id));
    }
    return "";
}

static const char *
set_name(struct writing *writing, const tidu_fact *fact, uint32_t column)
{
    for (uint32_t t = 0; t < fact->slots.test_count; t++)
        if (fact->slots.test_columns[t] == (int32_t)column)
            return tidu_sql_say(writing, "%s_test%u", fact->symbol.name, t);
    return tidu_sql_say(writing, "%s_count", fact->symbol.name);
}

static const char *
name_of(struct writing *writing, uint32_t column)
{
    const tidu_column *input = &writing->layout->columns[column];
    const tidu_fact *list;
    if (input->fact == TIDU_NONE)
        return title_name(writing, column);
    const tidu_fact *fact = tidu_sql_fact(writing, column, &list);
    if (fact->symbol.type.kind == TIDU_SET)
        return set_name(writing, fact, column);
    if (!list && fact->symbol.type.annual)
        return tidu_sql_say(writing, "%s_%d", fact->symbol.name, writing->year - (int)input->lag);
    return fact->symbol.name;
}

static void
name_input(struct writing *writing, struct input *input, const char *plain)
{
    input->plain = plain;
    input->name = tidu_sql_name(writing, plain);
}

bool
tidu_sql_name_inputs(struct writing *writing)
{
    const tidu_layout *layout = writing->layout;
    writing->inputs = tidu_arena_array(writing->arena, layout->column_count, sizeof(struct input));
    writing->lists = tidu_arena_array(writing->arena, layout->frame_count, sizeof(struct input));
    if (!writing->inputs || !writing->lists)
        return false;
    for (uint32_t n = 0; n < writing->node_count; n++) {
        const struct node *node = &writing->nodes[n];
        uint8_t op = node->step->op;
        if (!node->needed)
            continue;
        if (op == TIDU_DO_FACT || op == TIDU_DO_FLAG)
            name_input(writing, &writing->inputs[node->step->number],
                       name_of(writing, node->step->number));
        if (op >= TIDU_DO_ANY_ITEM && op <= TIDU_DO_COUNT_ITEMS) {
            uint32_t frame = writing->nodes[node->base + node->step->a].step->frame;
            const tidu_fact *list = &writing->ruleset->vocabulary.facts[layout->frame_fact[frame]];
            name_input(writing, &writing->lists[frame],
                       tidu_sql_say(writing, "%s_stated", list->symbol.name));
        }
    }
    return !writing->starved;
}

const char *
tidu_sql_list_table(struct writing *writing, const tidu_fact *list)
{
    return tidu_sql_name(writing,
                         tidu_sql_say(writing, "%s_%s", writing->sql->table, list->symbol.name));
}

const char *
tidu_sql_array(struct writing *writing, const tidu_fact *list, const char *field)
{
    return tidu_sql_say(writing, "\"%s_%s\"", list->symbol.name, field ? field : "items");
}

const char *
tidu_sql_next_array(struct writing *writing, uint32_t frame, uint32_t *at)
{
    const tidu_fact *list = &writing->ruleset->vocabulary.facts[writing->layout->frame_fact[frame]];
    if (!*at) {
        ++*at;
        return tidu_sql_array(writing, list, NULL);
    }
    while (*at <= list->field_count) {
        const tidu_fact *field = &list->fields[(*at)++ - 1];
        if (field->slots.lag_count && field->slots.columns[0] != TIDU_NONE &&
            writing->inputs[field->slots.columns[0]].name)
            return tidu_sql_array(writing, list, field->symbol.name);
    }
    return NULL;
}

const char *
tidu_sql_stored(struct writing *writing, uint32_t column)
{
    const tidu_column *input = &writing->layout->columns[column];
    const tidu_fact *list;
    if (input->fact == TIDU_NONE)
        return writing->inputs[column].name;
    const tidu_fact *fact = tidu_sql_fact(writing, column, &list);
    return list || fact->symbol.type.kind == TIDU_SET ? NULL : writing->inputs[column].name;
}

/* ---- codes ---- */

const char *
tidu_sql_full_code(struct writing *writing, const tidu_fact *fact, const char *from)
{
    const char *substring = writing->dialect->substring;
    const char *cases = "";
    for (uint32_t i = 0; i < fact->section_count; i++) {
        const tidu_section *section = &fact->sections[i];
        cases =
            tidu_sql_say(writing, "%s WHEN %s(%s, 1, 2) BETWEEN '%.2s' AND '%.2s' THEN '%c' || %s",
                         cases, substring, from, section->from, section->to, section->letter, from);
    }
    return tidu_sql_say(writing, "CASE%s ELSE %s END", cases, from);
}

static int
by_length(const void *a, const void *b)
{
    const tidu_slice *const *x = a, *const *y = b;
    if ((*x)->length != (*y)->length)
        return (*x)->length < (*y)->length ? 1 : -1;
    return *x < *y ? -1 : *x > *y;
}

/* The longest entry that the code begins with decides. */
static const char *
open_class(struct writing *writing, const tidu_fact *fact, const char *from)
{
    const tidu_codebook *book = &fact->slots.book;
    const tidu_slice **entries =
        tidu_arena_array(writing->arena, (size_t)book->count + 1, sizeof *entries);
    tidu_text cases = {0};
    if (!entries) {
        writing->starved = true;
        return "";
    }
    for (uint32_t e = 0; e < book->count; e++)
        entries[e] = &book->entries[e];
    qsort(entries, book->count, sizeof *entries, by_length);
    for (uint32_t e = 0; e < book->count; e++) {
        const char *entry = tidu_sql_quote(writing, entries[e]->data, entries[e]->length);
        uint32_t number = (uint32_t)(entries[e] - book->entries);
        tidu_text_printf(&cases,
                         " WHEN %s(%s, 1, %zu) = %s THEN CASE WHEN %s = %s THEN %u ELSE %u END",
                         writing->dialect->substring, from,
                         tidu_utf8_length(entries[e]->data, entries[e]->length), entry, from, entry,
                         2 * number + 1, 2 * number + 2);
    }
    tidu_text_putc(&cases, '\0');
    const char *said = tidu_sql_say(writing, "CASE WHEN %s IS NULL THEN NULL%s ELSE 0 END", from,
                                    cases.failed ? "" : cases.data);
    writing->starved = writing->starved || cases.failed;
    tidu_text_free(&cases);
    return said;
}

/* A code that is no choice of the fact's is unknown: a record with it would be refused. */
static const char *
class_of(struct writing *writing, const tidu_fact *fact, const char *from)
{
    const tidu_choices *choices = fact->symbol.type.choices;
    const char *cases = "";
    if (!choices)
        return open_class(writing, fact, from);
    for (uint32_t i = 0; i < choices->count; i++) {
        const char *code = choices->items[i].code;
        cases = tidu_sql_say(writing, "%s WHEN %s = %s THEN %u", cases, from,
                             tidu_sql_quote(writing, code, strlen(code)),
                             tidu_codebook_class(&fact->slots.book, code, strlen(code)));
    }
    return *cases ? tidu_sql_say(writing, "CASE%s END", cases) : "NULL";
}

/* Of a text column's words in the table. */
static const char *
value_of(struct writing *writing, const tidu_fact *fact, const char *from)
{
    const struct dialect *dialect = writing->dialect;
    switch (fact->symbol.type.kind) {
    case TIDU_FLAG:
        return from;
    case TIDU_DATE:
        return tidu_sql_say(writing, "%s%s%s", dialect->as_days.before, from,
                            dialect->as_days.behind);
    case TIDU_CODE:
        return class_of(writing, fact, from);
    default:
        return tidu_sql_say(writing, "%s%s%s", dialect->as_number.before, from,
                            dialect->as_number.behind);
    }
}

/* ---- sets ---- */

static const char *
classes_of_test(struct writing *writing, const tidu_fact *set, uint32_t test)
{
    tidu_text list = {0};
    for (uint32_t c = 0; c <= 2 * set->slots.book.count; c++)
        if (set->slots.class_tests[c] >> test & 1)
            tidu_text_printf(&list, "%s%u", list.length ? ", " : "", c);
    tidu_text_putc(&list, '\0');
    const char *said = tidu_sql_say(writing, "%s", list.failed || !*list.data ? "NULL" : list.data);
    writing->starved = writing->starved || list.failed;
    tidu_text_free(&list);
    return said;
}

static const char *
set_input(struct writing *writing, const tidu_fact *set, uint32_t column)
{
    const char *stated = tidu_sql_say(writing, "r.\"%s_stated\"", set->symbol.name);
    const char *key = writing->key, *from = "i.\"code\"", *table = NULL;
    bool arrays = writing->dialect->arrays;
    if (!arrays)
        table = tidu_sql_list_table(writing, set);
    if (set->slots.count_column == (int32_t)column)
        return arrays ? tidu_sql_say(writing, "CASE WHEN %s THEN toFloat64(length(r.%s)) END",
                                     stated, tidu_sql_array(writing, set, "code"))
                      : tidu_sql_say(writing,
                                     "CASE WHEN %s THEN (SELECT %scount(*)%s FROM %s AS i WHERE "
                                     "i.%s = r.%s) END",
                                     stated, writing->dialect->as_count.before,
                                     writing->dialect->as_count.behind, table, key, key);
    uint32_t test = 0;
    while (set->slots.test_columns[test] != (int32_t)column)
        test++;
    const char *classes = classes_of_test(writing, set, test);
    if (arrays)
        return tidu_sql_say(
            writing,
            "CASE WHEN %s THEN arrayExists(i_code -> COALESCE(%s IN (%s), FALSE), r.%s) END",
            stated, class_of(writing, set, "i_code"), classes,
            tidu_sql_array(writing, set, "code"));
    return tidu_sql_say(
        writing,
        "CASE WHEN %s THEN EXISTS (SELECT 1 FROM %s AS i WHERE i.%s = r.%s AND %s IN (%s)) END",
        stated, table, key, key, class_of(writing, set, from), classes);
}

/* ---- what the first layer says ---- */

const char *
tidu_sql_input(struct writing *writing, uint32_t column)
{
    const tidu_column *input = &writing->layout->columns[column];
    const char *from = tidu_sql_say(writing, "r.%s", writing->inputs[column].name);
    const struct dialect *dialect = writing->dialect;
    const tidu_fact *list;
    if (input->fact == TIDU_NONE)
        return input->kind == TIDU_COLUMN_FLAG
                   ? from
                   : tidu_sql_say(writing, "%s%s%s", dialect->as_days.before, from,
                                  dialect->as_days.behind);
    const tidu_fact *fact = tidu_sql_fact(writing, column, &list);
    if (fact->symbol.type.kind == TIDU_SET)
        return set_input(writing, fact, column);
    if (fact->section_count)
        from = tidu_sql_say(writing, "r.\"%s_full\"", writing->inputs[column].plain);
    return value_of(writing, fact, from);
}

const char *
tidu_sql_item(struct writing *writing, uint32_t column)
{
    const tidu_fact *list, *field = tidu_sql_fact(writing, column, &list);
    const char *from =
        tidu_sql_say(writing, writing->dialect->arrays ? "i_%s" : "i.\"%s\"", field->symbol.name);
    if (field->section_count)
        from = tidu_sql_full_code(writing, field, from);
    return value_of(writing, field, from);
}
