/*
 * scenarios.c: a policy team's own tests, as data.
 *
 * A scenario's record becomes the JSON text a client would send, so that it
 * goes through the same reader as every other record.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
tidu_ruleset_record(const tidu_ruleset *ruleset, const tidu_scenario *scenario, tidu_text *out)
{
    const tidu_attr *record = scenario->record;
    out->length = 0;
    tidu_text_putc(out, '{');
    for (uint32_t i = 0; record && i < record->reference; i++) {
        if (i)
            tidu_text_putc(out, ',');
        tidu_text_puts(out, ruleset->declarations.pieces[record->pieces[i]]);
    }
    tidu_text_putc(out, '}');
    if (tidu_text_reserve(out, TIDU_RECORD_PADDING))
        memset(out->data + out->length, 0, TIDU_RECORD_PADDING);
    return !out->failed;
}

/* ---- what is expected ---- */

static bool
is_criterion(const struct world *world, const char *id)
{
    for (size_t i = 0; i < world->criterion_count; i++)
        if (!strcmp(world->criteria[i].id, id))
            return true;
    return false;
}

static bool
is_measure(const struct world *world, const char *id)
{
    for (size_t i = 0; i < world->measure_count; i++)
        if (!strcmp(world->measures[i].support.declaration->name, id))
            return true;
    return false;
}

static const tidu_type *
derived_type(const struct world *world, const char *id)
{
    for (size_t i = 0; i < world->name_count; i++)
        if (world->names[i].symbol.kind == TIDU_SYMBOL_DERIVE &&
            !strcmp(world->names[i].symbol.name, id))
            return &world->names[i].symbol.type;
    return NULL;
}

static bool
is_one_of(const char *text, const char *const *words)
{
    while (*words && strcmp(*words, text))
        words++;
    return *words != NULL;
}

static bool
is_choice(const tidu_choices *choices, const char *text)
{
    for (uint32_t i = 0; choices && i < choices->count; i++)
        if (!strcmp(choices->items[i].code, text))
            return true;
    return false;
}

static const char *const open_words[] = {"undetermined", "absent", NULL};

/* What a derived fact may come to. */
static bool
fits_derived(const tidu_type *type, const tidu_expectation *expected)
{
    int32_t day;
    if (expected->kind != TIDU_EXPECT_STATUS)
        return (expected->kind == TIDU_EXPECT_FLAG) == (type->kind == TIDU_FLAG) &&
               (expected->kind == TIDU_EXPECT_NUMBER) == (type->kind == TIDU_NUMBER);
    if (is_one_of(expected->status, open_words))
        return true;
    return type->kind == TIDU_DATE
               ? tidu_date_parse(expected->status, strlen(expected->status), &day)
               : is_choice(type->choices, expected->status);
}

/* "old:lg" and "new:lg": what a designation comes to by the rules on either
 * side of a transition. */
static bool
is_side(const struct world *world, const char *id)
{
    if (strncmp(id, "old:", 4) && strncmp(id, "new:", 4))
        return false;
    for (size_t i = 0; i < world->transition_count; i++)
        if (!strcmp(world->transitions[i].support.declaration->name, id + 4))
            return true;
    return false;
}

/* Whether there is such an id, and whether it can come to that. */
static bool
fits(struct world *world, const tidu_expectation *expected, bool *ret_exists)
{
    static const char *const outcomes[] = {"met", "unmet", "undetermined", "absent", NULL};
    bool words = expected->kind == TIDU_EXPECT_STATUS;
    bool numbers = expected->kind == TIDU_EXPECT_NUMBER;
    const tidu_type *type = derived_type(world, expected->id);
    *ret_exists = true;
    if (world->scope.knows_designation(world, expected->id) || is_criterion(world, expected->id) ||
        tidu_support_subsidy(world, expected->id) != TIDU_NONE ||
        is_measure(world, expected->id) || is_side(world, expected->id))
        return words && is_one_of(expected->status, outcomes);
    if (!strncmp(expected->id, "score:", 6) && world->scope.knows_score(world, expected->id + 6))
        return numbers || (words && !strcmp(expected->status, "absent"));
    if (!strncmp(expected->id, "amount:", 7) &&
        tidu_support_subsidy(world, expected->id + 7) != TIDU_NONE)
        return numbers;
    *ret_exists = type != NULL;
    return type && fits_derived(type, expected);
}

/* An outcome as it was written, for complaints. */
static const char *
spelled(struct world *world, const tidu_attr *attr)
{
    if (attr->kind == TIDU_ATTR_TEXT)
        return tidu_arena_printf(world->arena, "\"%s\"", attr->text);
    if (attr->kind == TIDU_ATTR_FLAG)
        return attr->number != 0 ? "true" : "false";
    return attr->kind == TIDU_ATTR_NUMBER ? attr->text : "{…}";
}

static bool
is_range(const tidu_attr *attr)
{
    return attr->kind == TIDU_ATTR_LIST && attr->item_count == 2 &&
           attr->items[0].kind == TIDU_ATTR_NUMBER && attr->items[1].kind == TIDU_ATTR_NUMBER;
}

static bool
read_outcome(const tidu_attr *attr, tidu_expectation *ret)
{
    if (attr->kind == TIDU_ATTR_FLAG) {
        ret->kind = TIDU_EXPECT_FLAG;
        ret->truth = attr->number != 0;
    } else if (attr->kind == TIDU_ATTR_NUMBER || is_range(attr)) {
        bool range = attr->kind == TIDU_ATTR_LIST;
        ret->kind = TIDU_EXPECT_NUMBER;
        ret->low = range ? attr->items[0].number : attr->number;
        ret->high = range ? attr->items[1].number : attr->number;
    } else {
        ret->kind = TIDU_EXPECT_STATUS;
        ret->status = attr->text;
    }
    return ret->kind != TIDU_EXPECT_STATUS || ret->status;
}

static bool
read_expectation(struct world *world, const tidu_declaration *declaration, const tidu_attr *attr,
                 tidu_expectation *ret)
{
    bool exists = true;
    *ret = (tidu_expectation){.id = attr->name ? attr->name : "", .line = attr->line,
                              .column = attr->column};
    if (read_outcome(attr, ret) && fits(world, ret, &exists))
        return true;
    if (!exists)
        return tidu_compile_complain_at(world, declaration, attr, TIDU_UNKNOWN_ID, ret->id, NULL,
                                        NULL, NULL);
    return tidu_compile_complain_at(world, declaration, attr, TIDU_EXPECT_BAD, ret->id,
                                    spelled(world, attr), NULL, NULL);
}

static bool
read_expectations(struct world *world, const tidu_declaration *declaration,
                  tidu_scenario *scenario)
{
    const tidu_attr *expect = tidu_attr_find(&declaration->attrs, "expect");
    uint32_t count = expect ? expect->item_count : 0;
    tidu_expectation *list = tidu_arena_array(world->arena, count, sizeof *list);
    bool good = true;
    if (!list)
        return tidu_no_memory(world);
    for (uint32_t i = 0; i < count; i++)
        good = read_expectation(world, declaration, &expect->items[i], &list[i]) && good;
    scenario->expectations = list;
    scenario->expectation_count = count;
    return good;
}

static bool
read_because(struct world *world, const tidu_declaration *declaration, tidu_scenario *scenario)
{
    const tidu_attr *because = tidu_attr_find(&declaration->attrs, "because");
    if (!because)
        return true;
    const char **ids = tidu_arena_array(world->arena, because->item_count, sizeof *ids);
    bool good = true;
    if (!ids)
        return tidu_no_memory(world);
    for (uint32_t i = 0; i < because->item_count; i++) {
        ids[i] = because->items[i].text;
        if (!is_criterion(world, ids[i]))
            good = tidu_compile_complain_at(world, declaration, &because->items[i],
                                            TIDU_BECAUSE_BAD, ids[i], NULL, NULL, NULL);
    }
    scenario->because = ids;
    scenario->because_count = because->item_count;
    scenario->has_because = true;
    return good;
}

static bool
read_scenario(struct world *world, const tidu_declaration *declaration, tidu_scenario *scenario)
{
    const char *date = tidu_attr_text(&declaration->attrs, "as_of", NULL);
    scenario->name = declaration->name ? declaration->name : "";
    scenario->path = tidu_document_path(world, declaration);
    scenario->line = declaration->line;
    scenario->declaration = declaration;
    if (!date)
        return tidu_compile_complain(world, declaration, TIDU_AS_OF_MISSING, scenario->name, NULL,
                                     NULL);
    if (!tidu_date_parse(date, strlen(date), &scenario->as_of))
        return tidu_compile_complain_at(world, declaration,
                                        tidu_attr_find(&declaration->attrs, "as_of"),
                                        TIDU_BAD_DATE, date, NULL, NULL, NULL);
    const tidu_attr *record = tidu_attr_find(&declaration->attrs, "record");
    scenario->record = record && record->kind == TIDU_ATTR_JSON ? record : NULL;
    bool good = read_expectations(world, declaration, scenario);
    return read_because(world, declaration, scenario) && good;
}

bool
tidu_scenarios_read(struct world *world)
{
    uint32_t count = 0;
    bool good = true;
    for (uint32_t i = 0; i < world->declared->declaration_count; i++)
        count += !strcmp(world->declared->declarations[i].word, "scenario");
    tidu_scenario *scenarios = tidu_arena_array(world->arena, count, sizeof *scenarios);
    if (!scenarios)
        return tidu_no_memory(world);
    uint32_t at = 0;
    for (uint32_t i = 0; i < world->declared->declaration_count; i++) {
        const tidu_declaration *declaration = &world->declared->declarations[i];
        if (!strcmp(declaration->word, "scenario"))
            good = read_scenario(world, declaration, &scenarios[at++]) && good;
    }
    world->ruleset->scenarios = scenarios;
    world->ruleset->scenario_count = count;
    return good;
}
