/*
 * keeping.c: a layout of everything a record may state.
 *
 * Rules come and go, records stay. So a snapshot is read through a layout that has a
 * column for every fact of the vocabulary in every year, codes as they are written,
 * sets and titles whole:
 *
 *   revenue ─► columns[0] a figure without a year │ [1..40] none │ [41] 2060 … [111] 1990
 *
 * That a figure names its year or not stays visible: which year the others belong to is
 * decided by whoever asks, on a date.
 *
 * Must not know: files, rules.
 */
#include "internal.h"

#include <stdlib.h>

enum { YEARS = TIDU_LAST_YEAR - TIDU_FIRST_YEAR + 1, LAGS = TIDU_BARE_YEAR - TIDU_FIRST_YEAR + 1 };

/* What is being laid out. */
struct laying {
    struct keeping *keeping;
    tidu_column *columns; /* of the layout */
    uint32_t column_count, column_room, keep_room;
    int32_t fact, field; /* of the next columns */
    uint32_t frame;
    tidu_fact *made;
};

/* ---- codes ---- */

static bool
number_of(void *context, const tidu_fact *fact, tidu_slice code, uint32_t *ret_number)
{
    struct keeping *keeping = context;
    const tidu_fact *facts = keeping->vocabulary.facts, *fields = keeping->fields;
    size_t at = (size_t)keeping->vocabulary.fact_count + keeping->field_count;
    if (fact && fact >= facts && fact < facts + keeping->vocabulary.fact_count)
        at = (size_t)(fact - facts);
    else if (fact)
        at = (size_t)keeping->vocabulary.fact_count + (size_t)(fact - fields);
    return tidu_dictionary_add(keeping->dictionaries[at], code, ret_number);
}

static bool
open_dictionaries(struct keeping *keeping, size_t count)
{
    keeping->dictionaries = tidu_arena_array(keeping->arena, count, sizeof(struct dictionary *));
    for (size_t i = 0; keeping->dictionaries && i < count; i++) {
        keeping->dictionaries[i] = tidu_dictionary_open();
        if (!keeping->dictionaries[i])
            return false;
        keeping->dictionary_count++;
    }
    return keeping->dictionaries != NULL;
}

/* ---- columns ---- */

static int32_t
lay_column(struct laying *laying, tidu_column_kind kind, uint32_t lag)
{
    tidu_layout *layout = &laying->keeping->vocabulary.layout;
    laying->columns[laying->column_count] = (tidu_column){
        .kind = kind,
        .frame = laying->frame,
        .fact = laying->fact,
        .field = laying->field,
        .lag = lag,
        .place = kind == TIDU_COLUMN_NUMBER ? layout->number_count++ : layout->flag_count++,
    };
    return (int32_t)laying->column_count++;
}

static struct keep_column *
keep(struct laying *laying, const tidu_fact *fact, const tidu_fact *field, uint8_t kind)
{
    struct keeping *keeping = laying->keeping;
    struct keep_column *made = &keeping->columns[keeping->column_count++];
    *made = (struct keep_column){.fact = fact,
                                 .field = field,
                                 .name = fact ? fact->symbol.name : "titles",
                                 .field_name = field ? field->symbol.name : "",
                                 .kind = kind,
                                 .frame = laying->frame,
                                 .dictionary = TIDU_NONE,
                                 .column = TIDU_NONE,
                                 .words = TIDU_NONE,
                                 .items_of = TIDU_NONE};
    return made;
}

static uint8_t
kind_of(const tidu_fact *fact)
{
    switch (fact->symbol.type.kind) {
    case TIDU_FLAG:
        return KEPT_FLAG;
    case TIDU_DATE:
        return KEPT_DATE;
    case TIDU_CODE:
        return KEPT_CODE;
    case TIDU_SET:
        return KEPT_SET;
    default:
        return KEPT_NUMBER;
    }
}

static bool
is_coded(uint8_t kind)
{
    return kind == KEPT_CODE || kind == KEPT_SET;
}

/* A value of `fact` (a list's field, if `list`) in a year, 0 for none. */
static int32_t
lay_value(struct laying *laying, const tidu_fact *list, const tidu_fact *fact, int32_t year)
{
    uint8_t kind = kind_of(fact);
    struct keep_column *made = keep(laying, list ? list : fact, list ? fact : NULL, kind);
    made->year = year;
    if (is_coded(kind))
        made->dictionary = list ? (int32_t)(laying->keeping->vocabulary.fact_count +
                                            (uint32_t)(fact - laying->keeping->fields))
                                : laying->fact;
    made->column = lay_column(laying, kind == KEPT_FLAG ? TIDU_COLUMN_FLAG : TIDU_COLUMN_NUMBER,
                              year ? (uint32_t)(TIDU_BARE_YEAR - year) : 0);
    return made->column;
}

static bool
lay_years(struct laying *laying, tidu_fact *fact)
{
    bool annual = fact->symbol.type.annual;
    int32_t *columns = tidu_arena_array(laying->keeping->arena, LAGS, sizeof *columns);
    if (!columns)
        return false;
    columns[0] = lay_value(laying, NULL, fact, 0);
    for (int32_t lag = 1; lag < LAGS; lag++) {
        int32_t year = TIDU_BARE_YEAR - lag;
        columns[lag] =
            annual && year <= TIDU_LAST_YEAR ? lay_value(laying, NULL, fact, year) : TIDU_NONE;
    }
    fact->slots.columns = columns;
    fact->slots.lag_count = annual ? LAGS : 1;
    return true;
}

static void
count_items(struct laying *laying, const tidu_fact *list)
{
    int32_t frame = (int32_t)laying->keeping->vocabulary.layout.frame_count++;
    laying->frame = 0;
    keep(laying, list, NULL, KEPT_ITEMS)->items_of = frame;
    laying->frame = (uint32_t)frame;
}

/* Words of a list's items are only shown, and nobody shows them here. */
static bool
lay_list(struct laying *laying, tidu_fact *list)
{
    count_items(laying, list);
    list->slots.frame = (int32_t)laying->frame;
    for (uint32_t f = 0; f < list->field_count; f++) {
        tidu_fact *field = (tidu_fact *)(uintptr_t)&list->fields[f];
        int32_t *column = tidu_arena_array(laying->keeping->arena, 1, sizeof *column);
        if (!column)
            return false;
        laying->field = (int32_t)f;
        *column =
            field->symbol.type.kind == TIDU_TEXT ? TIDU_NONE : lay_value(laying, list, field, 0);
        field->slots.columns = column;
        field->slots.lag_count = 1;
    }
    laying->field = TIDU_NONE;
    laying->frame = 0;
    return true;
}

static bool
lay_fact(struct laying *laying, tidu_fact *fact)
{
    tidu_layout *layout = &laying->keeping->vocabulary.layout;
    switch (fact->symbol.type.kind) {
    case TIDU_TEXT:
        fact->slots.words = (int32_t)layout->word_count++;
        keep(laying, fact, NULL, KEPT_TEXT)->words = fact->slots.words;
        return true;
    case TIDU_LIST:
        return lay_list(laying, fact);
    case TIDU_SET:
        fact->slots.count_column = lay_value(laying, NULL, fact, 0);
        return true;
    default:
        return lay_years(laying, fact);
    }
}

static void
lay_titles(struct laying *laying)
{
    static const char *const names[TIDU_KEPT_FIELDS] = {"id",       "state",   "granted",
                                                        "reviewed", "expires", "cancelled"};
    struct keeping *keeping = laying->keeping;
    laying->fact = TIDU_NONE;
    count_items(laying, NULL);
    keeping->hooks.title_frame = laying->frame;
    for (int i = 0; i < TIDU_KEPT_FIELDS; i++) {
        uint8_t kind = i == TIDU_KEPT_TITLE   ? KEPT_CODE
                       : i == TIDU_KEPT_STATE ? KEPT_NUMBER
                                              : KEPT_DATE;
        struct keep_column *made = keep(laying, NULL, NULL, kind);
        made->field_name = names[i];
        made->column = lay_column(laying, TIDU_COLUMN_NUMBER, 0);
        keeping->hooks.title_columns[i] = (uint32_t)made->column;
        if (i == TIDU_KEPT_TITLE)
            made->dictionary = (int32_t)(keeping->vocabulary.fact_count + keeping->field_count);
    }
    laying->frame = 0;
    keep(laying, NULL, NULL, KEPT_RECORD)->name = "record";
}

/* ---- facts ---- */

static void
forget_slots(tidu_fact *fact)
{
    fact->slots = (tidu_slots){.count_column = TIDU_NONE, .frame = TIDU_NONE, .words = TIDU_NONE};
}

static bool
copy_facts(struct laying *laying, const tidu_vocabulary *vocabulary)
{
    struct keeping *keeping = laying->keeping;
    size_t fields = 0;
    for (uint32_t i = 0; i < vocabulary->fact_count; i++)
        fields += vocabulary->facts[i].field_count;
    tidu_fact *made = tidu_arena_array(keeping->arena, vocabulary->fact_count, sizeof *made);
    tidu_fact *all = tidu_arena_array(keeping->arena, fields, sizeof *all), *next = all;
    if (!made || !all)
        return false;
    keeping->fields = all;
    keeping->field_count = (uint32_t)fields;
    for (uint32_t i = 0; i < vocabulary->fact_count; i++) {
        made[i] = vocabulary->facts[i];
        forget_slots(&made[i]);
        for (uint32_t f = 0; f < made[i].field_count; f++) {
            next[f] = vocabulary->facts[i].fields[f];
            forget_slots(&next[f]);
        }
        made[i].fields = next;
        next += made[i].field_count;
    }
    keeping->vocabulary.facts = laying->made = made;
    keeping->vocabulary.fact_count = vocabulary->fact_count;
    keeping->vocabulary.names = tidu_name_table_build(keeping->arena, made, vocabulary->fact_count);
    return keeping->vocabulary.names != NULL;
}

/* Titles are known by their ids; none has columns here. */
static bool
copy_titles(struct keeping *keeping, const tidu_layout *layout)
{
    tidu_title_slot *titles = tidu_arena_array(keeping->arena, layout->title_count, sizeof *titles);
    for (uint32_t i = 0; titles && i < layout->title_count; i++)
        titles[i] = (tidu_title_slot){.id = layout->titles[i].id,
                                      .column = TIDU_NONE,
                                      .granted_column = TIDU_NONE,
                                      .reviewed_column = TIDU_NONE};
    keeping->vocabulary.layout.titles = titles;
    keeping->vocabulary.layout.title_count = layout->title_count;
    return titles != NULL;
}

static bool
lay_out(struct laying *laying)
{
    struct keeping *keeping = laying->keeping;
    tidu_layout *layout = &keeping->vocabulary.layout;
    size_t room = (size_t)keeping->vocabulary.fact_count * (YEARS + 1) + keeping->field_count +
                  TIDU_KEPT_FIELDS + 2;
    laying->columns = tidu_arena_array(keeping->arena, room, sizeof *laying->columns);
    keeping->columns = tidu_arena_array(keeping->arena, room, sizeof *keeping->columns);
    keeping->kept_at = tidu_arena_array(keeping->arena, room, sizeof *keeping->kept_at);
    int32_t *frame_fact = tidu_arena_array(
        keeping->arena, (size_t)keeping->vocabulary.fact_count + 2, sizeof *frame_fact);
    if (!laying->columns || !keeping->columns || !keeping->kept_at || !frame_fact)
        return false;
    layout->frame_count = 1;
    frame_fact[0] = TIDU_NONE;
    for (uint32_t i = 0; i < keeping->vocabulary.fact_count; i++) {
        laying->fact = (int32_t)i;
        laying->field = TIDU_NONE;
        if (laying->made[i].derived)
            continue;
        if (laying->made[i].symbol.type.kind == TIDU_LIST)
            frame_fact[layout->frame_count] = (int32_t)i;
        if (!lay_fact(laying, &laying->made[i]))
            return false;
    }
    frame_fact[layout->frame_count] = TIDU_NONE;
    lay_titles(laying);
    layout->columns = laying->columns;
    layout->column_count = laying->column_count;
    layout->frame_fact = frame_fact;
    layout->lag_count = LAGS;
    for (uint32_t c = 0; c < keeping->column_count; c++)
        if (keeping->columns[c].column != TIDU_NONE)
            keeping->kept_at[keeping->columns[c].column] = c;
    return true;
}

static void
find_region(struct keeping *keeping, const tidu_vocabulary *vocabulary)
{
    keeping->region = TIDU_NONE;
    for (uint32_t c = 0; vocabulary->region_code != TIDU_NONE && c < keeping->column_count; c++)
        if (keeping->columns[c].fact == &keeping->vocabulary.facts[vocabulary->region_code] &&
            keeping->columns[c].kind == KEPT_CODE)
            keeping->region = (int32_t)c;
}

struct keeping *
tidu_keeping_open(const tidu_vocabulary *vocabulary)
{
    tidu_arena *arena = tidu_arena_open();
    struct keeping *keeping = arena ? tidu_arena_alloc(arena, sizeof *keeping) : NULL;
    if (!keeping) {
        tidu_arena_close(&arena);
        return NULL;
    }
    struct laying laying = {.keeping = keeping};
    keeping->arena = arena;
    if (!copy_facts(&laying, vocabulary) || !copy_titles(keeping, &vocabulary->layout) ||
        !lay_out(&laying) ||
        !open_dictionaries(keeping, (size_t)vocabulary->fact_count + keeping->field_count + 1)) {
        tidu_keeping_close(&keeping);
        return NULL;
    }
    keeping->hooks.context = keeping;
    keeping->hooks.code = number_of;
    keeping->vocabulary.layout.keeping = &keeping->hooks;
    keeping->vocabulary.uscc = vocabulary->uscc;
    keeping->vocabulary.enterprise_name = vocabulary->enterprise_name;
    keeping->vocabulary.region_code = vocabulary->region_code;
    find_region(keeping, vocabulary);
    return keeping;
}

void
tidu_keeping_close(struct keeping **keeping)
{
    if (!*keeping)
        return;
    tidu_arena *arena = (*keeping)->arena;
    for (uint32_t i = 0; i < (*keeping)->dictionary_count; i++)
        tidu_dictionary_close(&(*keeping)->dictionaries[i]);
    *keeping = NULL;
    tidu_arena_close(&arena);
}
