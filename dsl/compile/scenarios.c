/*
 * scenarios.c: a policy team's own tests, as data.
 *
 * A scenario's record is kept as the JSON text a client would send, so that it
 * goes through the same reader as every other record.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
put_value(tidu_text *out, const tidu_attr *attr)
{
    switch (attr->kind) {
    case TIDU_ATTR_FLAG:
        tidu_text_puts(out, attr->number != 0 ? "true" : "false");
        return;
    case TIDU_ATTR_NUMBER:
        tidu_text_puts(out, attr->text);
        return;
    case TIDU_ATTR_LIST:
    case TIDU_ATTR_MAP:
        break;
    default:
        if (attr->text)
            tidu_text_json(out, attr->text, strlen(attr->text));
        else
            tidu_text_puts(out, "null");
        return;
    }
    bool map = attr->kind == TIDU_ATTR_MAP;
    tidu_text_putc(out, map ? '{' : '[');
    for (uint32_t i = 0; i < attr->item_count; i++) {
        if (i)
            tidu_text_putc(out, ',');
        if (map) {
            tidu_text_json(out, attr->items[i].name, strlen(attr->items[i].name));
            tidu_text_putc(out, ':');
        }
        put_value(out, &attr->items[i]);
    }
    tidu_text_putc(out, map ? '}' : ']');
}

static bool
write_record(struct world *world, const tidu_declaration *declaration, tidu_scenario *scenario)
{
    const tidu_attr *record = tidu_attr_find(&declaration->attrs, "record");
    tidu_text text = {0};
    if (record && record->item_count)
        put_value(&text, record);
    else
        tidu_text_puts(&text, "{}");
    scenario->record_length = text.length;
    for (int i = 0; i < TIDU_RECORD_PADDING; i++)
        tidu_text_putc(&text, '\0');
    scenario->record = text.failed ? NULL
                                   : tidu_arena_copy_n(world->arena, text.data, text.length);
    tidu_text_free(&text);
    return scenario->record || tidu_no_memory(world);
}

static bool
exists(struct world *world, const char *id)
{
    if (!strncmp(id, "score:", 6))
        return world->scope.knows_score(world, id + 6);
    if (world->scope.knows_designation(world, id))
        return true;
    for (size_t i = 0; i < world->criterion_count; i++)
        if (!strcmp(world->criteria[i].id, id))
            return true;
    const tidu_symbol *symbol = tidu_names_find(world, id);
    return symbol && symbol->kind == TIDU_SYMBOL_DERIVE;
}

static bool
read_expectation(struct world *world, const tidu_declaration *declaration, const tidu_attr *attr,
                 tidu_expectation *ret)
{
    ret->id = attr->name;
    if (!attr->name || !exists(world, attr->name))
        return tidu_compile_complain(world, declaration, TIDU_UNKNOWN_ID, attr->name, NULL, NULL);
    if (attr->kind == TIDU_ATTR_FLAG) {
        ret->kind = TIDU_EXPECT_FLAG;
        ret->truth = attr->number != 0;
    } else if (attr->kind == TIDU_ATTR_NUMBER) {
        ret->kind = TIDU_EXPECT_NUMBER;
        ret->low = ret->high = attr->number;
    } else if (attr->kind == TIDU_ATTR_LIST && attr->item_count == 2 &&
               attr->items[0].kind == TIDU_ATTR_NUMBER && attr->items[1].kind == TIDU_ATTR_NUMBER) {
        ret->kind = TIDU_EXPECT_NUMBER;
        ret->low = attr->items[0].number;
        ret->high = attr->items[1].number;
    } else if (attr->text) {
        ret->kind = TIDU_EXPECT_STATUS;
        ret->status = attr->text;
    } else
        return tidu_compile_complain(world, declaration, TIDU_EXPECT_BAD, attr->name, "{…}", NULL);
    return true;
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
        if (!ids[i] || !exists(world, ids[i]))
            good = tidu_compile_complain(world, declaration, TIDU_UNKNOWN_ID, ids[i], NULL, NULL);
    }
    scenario->because = ids;
    scenario->because_count = because->item_count;
    scenario->has_because = true;
    return good;
}

static bool
read_scenario(struct world *world, const tidu_declaration *declaration, tidu_scenario *scenario)
{
    const char *date = tidu_attr_text(&declaration->attrs, "as_of", "");
    scenario->name = declaration->name ? declaration->name : "";
    scenario->path = tidu_document_path(world, declaration);
    scenario->line = declaration->line;
    if (!tidu_date_parse(date, strlen(date), &scenario->as_of))
        return tidu_compile_complain(world, declaration, TIDU_BAD_DATE, date, NULL, NULL);
    bool good = write_record(world, declaration, scenario);
    good = read_expectations(world, declaration, scenario) && good;
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
