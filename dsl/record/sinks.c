/*
 * sinks.c: what every value needs of its fact, gathered once.
 *
 *   fact ─► sink ─► place of each year's column ─► block->number[place][row]
 *
 * A fact as it was declared is spread over many cache lines; a sink is two or
 * three, with the places of its columns and the classes of its choices looked
 * up beforehand.
 *
 * Must not know: values. Sinks live in their store's arena and borrow facts.
 */
#include "internal.h"

#include <assert.h>

/* Where sinks are built, and for which columns. */
struct work {
    tidu_arena *arena;
    const tidu_layout *layout;
};

static bool
build_places(const struct work *work, tidu_sink *sink)
{
    const tidu_layout *layout = work->layout;
    const tidu_slots *slots = &sink->fact->slots;
    bool set = sink->kind == TIDU_SET;
    uint32_t count = set ? 1 + slots->test_count : slots->lag_count;

    int32_t *places = tidu_arena_array(work->arena, count, sizeof *places);
    if (!places)
        return false;
    if (set)
        places[0] = tidu_sink_place(layout, slots->count_column);
    for (uint32_t i = set ? 1 : 0; i < count; i++)
        places[i] = tidu_sink_place(layout, set ? slots->test_columns[i - 1] : slots->columns[i]);
    sink->places = places;
    sink->lag_count = set ? 1 : slots->lag_count;
    return true;
}

static void
spell_choice(tidu_spelled_choice *spellings, uint32_t *count, const char *text, uint32_t choice)
{
    size_t length = text ? strlen(text) : 0;
    if (length)
        spellings[(*count)++] =
            (tidu_spelled_choice){{tidu_ends_of(text, length), text, length}, choice};
}

/* Codes come first: a title that is another choice's code does not hide it. */
static bool
build_choices(const struct work *work, tidu_sink *sink)
{
    const tidu_choices *choices = sink->fact->symbol.type.choices;
    if (!choices)
        return true;
    tidu_spelled_choice *spellings =
        tidu_arena_array(work->arena, 3 * (size_t)choices->count, sizeof *spellings);
    uint32_t *classes = tidu_arena_array(work->arena, choices->count, sizeof *classes);
    if (!spellings || !classes)
        return false;

    uint32_t count = 0;
    for (uint32_t i = 0; i < choices->count; i++) {
        const char *code = choices->items[i].code;
        classes[i] = tidu_codebook_class(&sink->fact->slots.book, code, strlen(code));
        spell_choice(spellings, &count, code, i);
    }
    for (uint32_t i = 0; i < choices->count; i++) {
        spell_choice(spellings, &count, choices->items[i].zh, i);
        spell_choice(spellings, &count, choices->items[i].en, i);
    }
    sink->choices = spellings;
    sink->choice_count = count;
    sink->classes = classes;
    return true;
}

static tidu_pattern
pattern_of(const tidu_fact *fact)
{
    if (!fact->pattern)
        return TIDU_PATTERN_NONE;
    return strcmp(fact->pattern, "uscc") ? TIDU_PATTERN_REGION : TIDU_PATTERN_USCC;
}

static bool
build_sink(const struct work *work, const tidu_fact *fact, tidu_sink *sink)
{
    const tidu_type *type = &fact->symbol.type;
    bool field = fact->symbol.kind == TIDU_SYMBOL_FIELD;

    assert(!field || type->kind != TIDU_LIST); /* lists of lists are refused with the rules */
    assert(fact->field_count <= TIDU_STORE_FIELDS);
    *sink = (tidu_sink){
        .fact = fact,
        .words = field ? TIDU_NONE : fact->slots.words,
        .kind = (uint8_t)type->kind,
        .pattern = (uint8_t)pattern_of(fact),
        .derived = fact->derived,
        .annual = type->annual,
        .whole = fact->whole,
        .low = fact->low,
        .high = fact->high,
        .field_count = fact->field_count,
    };
    sink->fields = tidu_sinks_build(work->arena, work->layout, fact->fields, fact->field_count);
    return sink->fields && build_places(work, sink) && build_choices(work, sink);
}

const tidu_sink *
tidu_sinks_build(tidu_arena *arena, const tidu_layout *layout, const tidu_fact *facts,
                 uint32_t count)
{
    const struct work work = {arena, layout};
    tidu_sink *sinks = tidu_arena_array(arena, count, sizeof *sinks);
    for (uint32_t i = 0; sinks && i < count; i++)
        if (!build_sink(&work, &facts[i], &sinks[i]))
            return NULL;
    return sinks;
}
