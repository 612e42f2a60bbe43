/*
 * joint.c: programs of two rulesets over one record.
 *
 * Each ruleset has a layout of its own: columns of the facts its rules read, classes of
 * the codes its rules mention. Here both get one layout that tells apart all that either
 * does, and each program is written anew in its columns and classes.
 *
 *   old: revenue ─► column 3    industry_code: C34 │ else
 *   new: revenue ─► column 5    industry_code: C3411 │ else
 *   joint: revenue ─► column 2  industry_code: C34 │ C3411 │ else
 *
 * Facts are the same when their names are; two of one name that are of another kind or
 * unit cannot be joined.
 *
 * Must not know: goals, searches.
 */
#include "joint.h"

#include <stdlib.h>

/* What stands for a code that goes on behind an entry, or begins with none: no code has
 * this byte. */
#define GOES_ON "\x01"

struct joining {
    struct joint *joint;
    const tidu_ruleset *rulesets[2];
    tidu_column *columns;
    uint32_t column_count;
    int32_t *fact_of[2];   /* [fact of the joint]: of the ruleset, or TIDU_NONE */
    uint32_t *frame_of[2]; /* [frame of the ruleset]: of the joint */
    uint32_t *column_of[2];
    tidu_fact *facts;
    int32_t fact, field;
    uint32_t frame;
    bool apart; /* something cannot be joined */
    bool odd;   /* the next columns are read in two ways */
};

static bool
keep_apart(struct joining *joining)
{
    joining->apart = true;
    return false;
}

static tidu_arena *
arena_of(const struct joining *joining)
{
    return joining->joint->arena;
}

static const tidu_vocabulary *
vocabulary_of(const struct joining *joining, int side)
{
    return &joining->rulesets[side]->vocabulary;
}

/* ---- facts ---- */

static int32_t
find_fact(const tidu_vocabulary *vocabulary, const char *name)
{
    for (uint32_t f = 0; f < vocabulary->fact_count; f++)
        if (!strcmp(vocabulary->facts[f].symbol.name, name))
            return (int32_t)f;
    return TIDU_NONE;
}

static const tidu_fact *
find_field(const tidu_fact *list, const char *name)
{
    for (uint32_t f = 0; list && f < list->field_count; f++)
        if (!strcmp(list->fields[f].symbol.name, name))
            return &list->fields[f];
    return NULL;
}

static bool
same_type(const tidu_type *a, const tidu_type *b)
{
    return a->kind == b->kind && a->annual == b->annual && a->money == b->money &&
           a->count == b->count && a->years == b->years && a->days == b->days &&
           a->score == b->score && a->scale.num == b->scale.num && a->scale.den == b->scale.den &&
           !a->choices == !b->choices;
}

/* Facts of both, those of the new rules first. */
static bool
join_facts(struct joining *joining)
{
    const tidu_vocabulary *old = vocabulary_of(joining, 0), *new = vocabulary_of(joining, 1);
    size_t most = (size_t)old->fact_count + new->fact_count;
    uint32_t count = 0;
    tidu_fact *facts = tidu_arena_array(arena_of(joining), most, sizeof *facts);
    for (int side = 0; side < 2; side++)
        joining->fact_of[side] =
            tidu_arena_array(arena_of(joining), most, sizeof *joining->fact_of[side]);
    if (!facts || !joining->fact_of[0] || !joining->fact_of[1])
        return false;
    for (uint32_t f = 0; f < new->fact_count; f++) {
        joining->fact_of[0][count] = find_fact(old, new->facts[f].symbol.name);
        joining->fact_of[1][count] = (int32_t)f;
        facts[count++] = new->facts[f];
    }
    for (uint32_t f = 0; f < old->fact_count; f++) {
        if (find_fact(new, old->facts[f].symbol.name) != TIDU_NONE)
            continue;
        joining->fact_of[0][count] = (int32_t)f;
        joining->fact_of[1][count] = TIDU_NONE;
        facts[count++] = old->facts[f];
    }
    joining->facts = facts;
    joining->joint->vocabulary.facts = facts;
    joining->joint->vocabulary.fact_count = count;
    return true;
}

/* The fact as a side knows it, or NULL; `field` of it, unless NULL. */
static const tidu_fact *
fact_at(const struct joining *joining, int side, uint32_t fact, const char *field)
{
    int32_t number = joining->fact_of[side][fact];
    const tidu_fact *found =
        number == TIDU_NONE ? NULL : &vocabulary_of(joining, side)->facts[number];
    return field ? find_field(found, field) : found;
}

/* Wholes are facts of the joint too. */
static void
join_wholes(struct joining *joining)
{
    const tidu_vocabulary *joint = &joining->joint->vocabulary;
    for (uint32_t f = 0; f < joint->fact_count; f++) {
        const tidu_fact *whole = joining->facts[f].effort.part_of;
        int32_t number = whole ? find_fact(joint, whole->symbol.name) : TIDU_NONE;
        joining->facts[f].effort.part_of = number == TIDU_NONE ? NULL : &joining->facts[number];
    }
}

/* ---- codes ---- */

static int
by_bytes(const void *a, const void *b)
{
    const tidu_slice *x = a, *y = b;
    size_t shorter = x->length < y->length ? x->length : y->length;
    int order = shorter ? memcmp(x->data, y->data, shorter) : 0;
    return order ? order : (x->length > y->length) - (x->length < y->length);
}

/* No record has a longer code. */
static uint32_t
keep_entry(tidu_slice *entries, uint32_t count, tidu_slice entry)
{
    if (entry.length <= TIDU_CODE_SIZE)
        entries[count++] = entry;
    return count;
}

static bool
join_books(struct joining *joining, const tidu_codebook *old, const tidu_codebook *new,
           tidu_codebook *ret)
{
    size_t most = (size_t)(old ? old->count : 0) + (new ? new->count : 0);
    tidu_slice *entries = tidu_arena_array(arena_of(joining), most, sizeof *entries);
    uint32_t count = 0, kept = 0;
    if (!entries)
        return false;
    for (uint32_t e = 0; old && e < old->count; e++)
        count = keep_entry(entries, count, old->entries[e]);
    for (uint32_t e = 0; new &&e < new->count; e++)
        count = keep_entry(entries, count, new->entries[e]);
    if (count)
        qsort(entries, count, sizeof *entries, by_bytes);
    for (uint32_t e = 0; e < count; e++)
        if (!e || by_bytes(&entries[e], &entries[kept - 1]))
            entries[kept++] = entries[e];
    *ret = (tidu_codebook){entries, kept};
    return true;
}

static uint32_t
class_count(const tidu_codebook *book)
{
    return 2 * book->count + 1;
}

/* What class of `book` the codes of a class of `joint` have. */
static uint32_t
class_in(const tidu_codebook *book, const tidu_codebook *joint, uint32_t class)
{
    char code[TIDU_CODE_SIZE + 2];
    size_t length = 0;
    if (class) {
        tidu_slice entry = joint->entries[(class - 1) / 2];
        length = entry.length;
        memcpy(code, entry.data, length);
    }
    if (!(class & 1))
        code[length++] = GOES_ON[0];
    return tidu_codebook_class(book, code, length);
}

/* The other way round: the joint's class of a class that a constant stands for. */
static uint32_t
class_of(const tidu_codebook *book, const tidu_codebook *joint, uint32_t class)
{
    if (!class || (class - 1) / 2 >= book->count)
        return 0;
    tidu_slice entry = book->entries[(class - 1) / 2];
    uint32_t exact = tidu_codebook_class(joint, entry.data, entry.length);
    return class & 1 ? exact : exact + 1;
}

static bool
same_books(const tidu_codebook *a, const tidu_codebook *b)
{
    bool same = a->count == b->count;
    for (uint32_t e = 0; same && e < a->count; e++)
        same = !by_bytes(&a->entries[e], &b->entries[e]);
    return same;
}

/* ---- how a record is read ---- */

static bool
same_choices(const tidu_choices *a, const tidu_choices *b)
{
    bool same = !a == !b && (!a || (a->count == b->count && a->ordered == b->ordered));
    for (uint32_t i = 0; same && a && i < a->count; i++)
        same = !strcmp(a->items[i].code, b->items[i].code);
    return same;
}

/* Whether the same text means the same code to both. */
static bool
reads_alike(const tidu_fact *const sides[2])
{
    if (!sides[0] || !sides[1])
        return true;
    bool same = sides[0]->section_count == sides[1]->section_count &&
                same_choices(sides[0]->symbol.type.choices, sides[1]->symbol.type.choices);
    for (uint32_t i = 0; same && i < sides[0]->section_count; i++)
        same = !memcmp(&sides[0]->sections[i], &sides[1]->sections[i], sizeof(tidu_section));
    return same;
}

/* ---- columns ---- */

static int32_t
lay_column(struct joining *joining, tidu_column_kind kind, uint32_t lag)
{
    tidu_layout *layout = &joining->joint->vocabulary.layout;
    joining->columns[joining->column_count] = (tidu_column){
        .kind = kind,
        .frame = joining->frame,
        .fact = joining->fact,
        .field = joining->field,
        .lag = lag,
        .place = kind == TIDU_COLUMN_NUMBER ? layout->number_count++ : layout->flag_count++};
    joining->joint->odd[joining->column_count] = joining->odd;
    return (int32_t)joining->column_count++;
}

/* The column a side has, if it has, becomes this one. */
static void
map_column(struct joining *joining, int side, int32_t from, int32_t to)
{
    if (from != TIDU_NONE)
        joining->column_of[side][from] = (uint32_t)to;
}

static int32_t
column_at(const tidu_fact *fact, uint32_t lag)
{
    return fact && lag < fact->slots.lag_count ? fact->slots.columns[lag] : TIDU_NONE;
}

static bool
lay_value(struct joining *joining, tidu_fact *made, const tidu_fact *const sides[2])
{
    uint32_t lags = 0;
    for (int side = 0; side < 2; side++)
        if (sides[side] && sides[side]->slots.lag_count > lags)
            lags = sides[side]->slots.lag_count;
    int32_t *columns = tidu_arena_array(arena_of(joining), lags, sizeof *columns);
    if (!columns)
        return false;
    for (uint32_t lag = 0; lag < lags; lag++) {
        columns[lag] = TIDU_NONE;
        if (column_at(sides[0], lag) == TIDU_NONE && column_at(sides[1], lag) == TIDU_NONE)
            continue;
        columns[lag] = lay_column(
            joining, made->symbol.type.kind == TIDU_FLAG ? TIDU_COLUMN_FLAG : TIDU_COLUMN_NUMBER,
            lag);
        for (int side = 0; side < 2; side++)
            map_column(joining, side, column_at(sides[side], lag), columns[lag]);
    }
    made->slots.columns = columns;
    made->slots.lag_count = lags;
    return true;
}

/* A side's test of a set, as a bit for each class of the joint. */
static bool
same_test(const tidu_fact *made, const tidu_fact *side, uint32_t test, uint32_t of)
{
    for (uint32_t c = 0; c < class_count(&made->slots.book); c++) {
        uint32_t class = class_in(&side->slots.book, &made->slots.book, c);
        if ((side->slots.class_tests[class] >> test & 1) != (made->slots.class_tests[c] >> of & 1))
            return false;
    }
    return true;
}

static bool
lay_test(struct joining *joining, tidu_fact *made, const tidu_fact *side, int number, uint32_t test,
         uint64_t *class_tests, int32_t *test_columns)
{
    uint32_t of = 0;
    while (of < made->slots.test_count && !same_test(made, side, test, of))
        of++;
    if (of == 64)
        return keep_apart(joining);
    if (of == made->slots.test_count) {
        made->slots.test_count++;
        test_columns[of] = lay_column(joining, TIDU_COLUMN_FLAG, 0);
        for (uint32_t c = 0; c < class_count(&made->slots.book); c++) {
            uint32_t class = class_in(&side->slots.book, &made->slots.book, c);
            class_tests[c] |= (side->slots.class_tests[class] >> test & 1) << of;
        }
    }
    map_column(joining, number, side->slots.test_columns[test], test_columns[of]);
    return true;
}

static bool
lay_set(struct joining *joining, tidu_fact *made, const tidu_fact *const sides[2])
{
    uint64_t *class_tests =
        tidu_arena_array(arena_of(joining), class_count(&made->slots.book), sizeof *class_tests);
    int32_t *test_columns = tidu_arena_array(arena_of(joining), 64, sizeof *test_columns);
    bool counted = false;
    if (!class_tests || !test_columns)
        return false;
    made->slots.class_tests = class_tests;
    made->slots.test_columns = test_columns;
    for (int side = 0; side < 2; side++)
        counted = counted || (sides[side] && sides[side]->slots.count_column != TIDU_NONE);
    if (counted)
        made->slots.count_column = lay_column(joining, TIDU_COLUMN_NUMBER, 0);
    for (int side = 0; side < 2; side++) {
        if (!sides[side])
            continue;
        map_column(joining, side, sides[side]->slots.count_column, made->slots.count_column);
        for (uint32_t t = 0; t < sides[side]->slots.test_count; t++)
            if (!lay_test(joining, made, sides[side], side, t, class_tests, test_columns))
                return false;
    }
    return true;
}

static bool
join_slots(struct joining *joining, tidu_fact *made, const tidu_fact *const sides[2])
{
    const tidu_codebook *books[2] = {sides[0] ? &sides[0]->slots.book : NULL,
                                     sides[1] ? &sides[1]->slots.book : NULL};
    if (sides[0] && sides[1] && !same_type(&sides[0]->symbol.type, &sides[1]->symbol.type))
        return keep_apart(joining);
    made->slots = (tidu_slots){.count_column = TIDU_NONE, .frame = TIDU_NONE, .words = TIDU_NONE};
    if (!join_books(joining, books[0], books[1], &made->slots.book))
        return false;
    joining->odd = !reads_alike(sides);
    if (made->symbol.type.kind == TIDU_SET)
        return lay_set(joining, made, sides);
    return made->symbol.type.kind == TIDU_TEXT || lay_value(joining, made, sides);
}

static bool
join_list(struct joining *joining, tidu_fact *made, const tidu_fact *const sides[2])
{
    tidu_layout *layout = &joining->joint->vocabulary.layout;
    int32_t *frame_fact = (int32_t *)(uintptr_t)layout->frame_fact;
    bool read = false;
    made->slots = (tidu_slots){.count_column = TIDU_NONE, .frame = TIDU_NONE, .words = TIDU_NONE};
    for (int side = 0; side < 2; side++)
        read = read || (sides[side] && sides[side]->slots.frame != TIDU_NONE);
    if (!read)
        return true;
    joining->frame = layout->frame_count++;
    frame_fact[joining->frame] = joining->fact;
    made->slots.frame = (int32_t)joining->frame;
    tidu_fact *fields = tidu_arena_array(arena_of(joining), made->field_count, sizeof *fields);
    if (!fields)
        return false;
    memcpy(fields, made->fields, made->field_count * sizeof *fields);
    made->fields = fields;
    for (int side = 0; side < 2; side++) {
        if (!sides[side])
            continue;
        if (sides[side]->slots.frame != TIDU_NONE)
            joining->frame_of[side][sides[side]->slots.frame] = joining->frame;
        for (uint32_t f = 0; f < sides[side]->field_count; f++)
            if (!find_field(made, sides[side]->fields[f].symbol.name))
                return keep_apart(joining); /* a field that only the old rules have */
    }
    for (uint32_t f = 0; f < made->field_count; f++) {
        const tidu_fact *fields_of[2] = {find_field(sides[0], fields[f].symbol.name),
                                         find_field(sides[1], fields[f].symbol.name)};
        joining->field = (int32_t)f;
        if (!join_slots(joining, &fields[f], fields_of))
            return false;
    }
    joining->field = TIDU_NONE;
    joining->frame = 0;
    return true;
}

/* ---- titles ---- */

static const tidu_title_slot *
find_title(const tidu_layout *layout, const char *id)
{
    for (uint32_t t = 0; t < layout->title_count; t++)
        if (!strcmp(layout->titles[t].id, id))
            return &layout->titles[t];
    return NULL;
}

static int32_t
lay_for_both(struct joining *joining, tidu_column_kind kind, int32_t old, int32_t new)
{
    if (old == TIDU_NONE && new == TIDU_NONE)
        return TIDU_NONE;
    int32_t made = lay_column(joining, kind, 0);
    map_column(joining, 0, old, made);
    map_column(joining, 1, new, made);
    return made;
}

static int
by_id(const void *a, const void *b)
{
    return strcmp(((const tidu_title_slot *)a)->id, ((const tidu_title_slot *)b)->id);
}

static bool
join_titles(struct joining *joining)
{
    static const tidu_title_slot none = {
        .column = TIDU_NONE, .granted_column = TIDU_NONE, .reviewed_column = TIDU_NONE};
    const tidu_layout *old = &vocabulary_of(joining, 0)->layout,
                      *new = &vocabulary_of(joining, 1)->layout;
    tidu_layout *layout = &joining->joint->vocabulary.layout;
    tidu_title_slot *titles = tidu_arena_array(
        arena_of(joining), (size_t)old->title_count + new->title_count, sizeof *titles);
    uint32_t count = 0;
    if (!titles)
        return false;
    for (uint32_t t = 0; t < new->title_count; t++)
        titles[count++] = new->titles[t];
    for (uint32_t t = 0; t < old->title_count; t++)
        if (!find_title(new, old->titles[t].id))
            titles[count++] = old->titles[t];
    if (count)
        qsort(titles, count, sizeof *titles, by_id);
    joining->fact = joining->field = TIDU_NONE;
    for (uint32_t t = 0; t < count; t++) {
        const tidu_title_slot *a = find_title(old, titles[t].id),
                              *b = find_title(new, titles[t].id);
        a = a ? a : &none;
        b = b ? b : &none;
        joining->odd = a != &none && b != &none &&
                       (a->validity_months != b->validity_months || a->ban_months != b->ban_months);
        titles[t].column = lay_for_both(joining, TIDU_COLUMN_FLAG, a->column, b->column);
        titles[t].granted_column =
            lay_for_both(joining, TIDU_COLUMN_NUMBER, a->granted_column, b->granted_column);
        titles[t].reviewed_column =
            lay_for_both(joining, TIDU_COLUMN_NUMBER, a->reviewed_column, b->reviewed_column);
    }
    layout->titles = titles;
    layout->title_count = count;
    return true;
}

/* ---- the layout ---- */

static bool
reserve(struct joining *joining)
{
    const tidu_layout *old = &vocabulary_of(joining, 0)->layout,
                      *new = &vocabulary_of(joining, 1)->layout;
    tidu_layout *layout = &joining->joint->vocabulary.layout;
    tidu_arena *arena = arena_of(joining);
    size_t columns = (size_t)old->column_count + new->column_count + 1;
    joining->columns = tidu_arena_array(arena, columns, sizeof *joining->columns);
    joining->joint->odd = tidu_arena_array(arena, columns, sizeof *joining->joint->odd);
    layout->frame_count = 1;
    layout->frame_fact = tidu_arena_array(arena, (size_t)old->frame_count + new->frame_count + 1,
                                          sizeof *layout->frame_fact);
    for (int side = 0; side < 2; side++) {
        const tidu_layout *of = side ? new : old;
        joining->column_of[side] =
            tidu_arena_array(arena, of->column_count, sizeof *joining->column_of[side]);
        joining->frame_of[side] =
            tidu_arena_array(arena, of->frame_count, sizeof *joining->frame_of[side]);
        if (!joining->column_of[side] || !joining->frame_of[side])
            return false;
        joining->joint->column_of[side] = joining->column_of[side];
    }
    if (layout->frame_fact)
        ((int32_t *)(uintptr_t)layout->frame_fact)[0] = TIDU_NONE;
    layout->lag_count = old->lag_count > new->lag_count ? old->lag_count : new->lag_count;
    return joining->columns && joining->joint->odd && layout->frame_fact;
}

static bool
lay_out(struct joining *joining)
{
    tidu_vocabulary *joint = &joining->joint->vocabulary;
    for (uint32_t f = 0; f < joint->fact_count; f++) {
        tidu_fact *made = &joining->facts[f];
        const tidu_fact *sides[2] = {fact_at(joining, 0, f, NULL), fact_at(joining, 1, f, NULL)};
        joining->fact = (int32_t)f;
        joining->field = TIDU_NONE;
        joining->frame = 0;
        if (sides[0] && sides[1] && !same_type(&sides[0]->symbol.type, &sides[1]->symbol.type))
            return keep_apart(joining);
        if (!(made->symbol.type.kind == TIDU_LIST ? join_list(joining, made, sides)
                                                  : join_slots(joining, made, sides)))
            return false;
    }
    joining->frame = 0;
    if (!join_titles(joining))
        return false;
    joint->layout.columns = joining->columns;
    joint->layout.column_count = joining->column_count;
    return true;
}

/* ---- programs ---- */

struct writing {
    const struct joining *joining;
    int side;
    const tidu_program *from;
    tidu_program *to;
    tidu_instruction *steps;
    tidu_constant *constants;
    tidu_class_set *sets;
};

/* The fact whose codes a step comes to, or NULL: a code, or a choice between codes. */
static const tidu_fact *
coded_by(const struct writing *writing, tidu_step at)
{
    const tidu_instruction *step = &writing->from->steps[at];
    if (step->op == TIDU_DO_SPREAD)
        return coded_by(writing, step->a);
    if (step->op == TIDU_DO_SELECT) {
        const tidu_fact *found = coded_by(writing, step->a);
        return found ? found : coded_by(writing, step->b);
    }
    if (step->op != TIDU_DO_FACT)
        return NULL;
    const tidu_column *input = &writing->from->layout->columns[step->number];
    const tidu_fact *fact =
        input->fact == TIDU_NONE ? NULL : &writing->from->vocabulary->facts[input->fact];
    if (fact && input->field != TIDU_NONE)
        fact = &fact->fields[input->field];
    return fact && fact->symbol.type.kind == TIDU_CODE ? fact : NULL;
}

static const tidu_codebook *
joint_book(const struct writing *writing, tidu_step at)
{
    const tidu_instruction *step = &writing->from->steps[at];
    if (step->op == TIDU_DO_SELECT || step->op == TIDU_DO_SPREAD) {
        const tidu_codebook *found = joint_book(writing, step->a);
        return found || step->op == TIDU_DO_SPREAD ? found : joint_book(writing, step->b);
    }
    if (step->op != TIDU_DO_FACT)
        return NULL;
    uint32_t column = writing->joining->column_of[writing->side][step->number];
    const tidu_column *input = &writing->joining->columns[column];
    const tidu_fact *fact = input->fact == TIDU_NONE ? NULL : &writing->joining->facts[input->fact];
    return !fact                       ? NULL
           : input->field == TIDU_NONE ? &fact->slots.book
                                       : &fact->fields[input->field].slots.book;
}

static bool
write_set(struct writing *writing, uint32_t number, const tidu_codebook *book,
          const tidu_codebook *joint, uint32_t *ret_number)
{
    const tidu_class_set *old = &writing->from->sets[number];
    uint32_t words = class_count(joint) / 64 + 1;
    uint64_t *bits = tidu_arena_array(arena_of(writing->joining), words, sizeof *bits);
    if (!bits)
        return false;
    for (uint32_t c = 0; c < class_count(joint); c++) {
        uint32_t class = class_in(book, joint, c);
        if (class / 64 < old->words && old->bits[class / 64] >> class % 64 & 1)
            bits[c / 64] |= UINT64_C(1) << c % 64;
    }
    *ret_number = writing->to->set_count++;
    writing->sets[*ret_number] = (tidu_class_set){bits, words};
    return true;
}

/* Constants have nothing to compute, so they may stand behind all other steps. */
static tidu_step
write_constant(struct writing *writing, uint32_t class)
{
    tidu_constant *made = &writing->constants[writing->to->constant_count];
    mpq_init(made->exact);
    mpq_set_ui(made->exact, class, 1);
    made->value = class;
    made->decimal = true;
    writing->steps[writing->to->step_count] =
        (tidu_instruction){.op = TIDU_DO_CONST,
                           .whole = 1,
                           .a = TIDU_NO_STEP,
                           .b = TIDU_NO_STEP,
                           .c = TIDU_NO_STEP,
                           .number = writing->to->constant_count++};
    return writing->to->step_count++;
}

/* Constants among the codes that a step chooses between. */
static void
write_codes(struct writing *writing, tidu_step at, const tidu_codebook *book,
            const tidu_codebook *joint, bool *done)
{
    const tidu_instruction *step = &writing->from->steps[at];
    if (step->op != TIDU_DO_SELECT || done[at])
        return;
    done[at] = true;
    tidu_step *operands[2] = {&writing->steps[at].a, &writing->steps[at].b};
    for (int i = 0; i < 2; i++) {
        tidu_step below = i ? step->b : step->a;
        const tidu_instruction *operand = &writing->from->steps[below];
        if (operand->op == TIDU_DO_CONST)
            *operands[i] = write_constant(
                writing,
                class_of(book, joint, (uint32_t)writing->from->constants[operand->number].value));
        else
            write_codes(writing, below, book, joint, done);
    }
}

static bool
write_steps(struct writing *writing)
{
    bool *done =
        tidu_arena_array(arena_of(writing->joining), writing->from->step_count, sizeof *done);
    for (uint32_t s = 0; done && s < writing->from->step_count; s++) {
        const tidu_instruction *step = &writing->from->steps[s];
        tidu_instruction *made = &writing->steps[s];
        made->frame = (uint8_t)writing->joining->frame_of[writing->side][step->frame];
        if (step->op == TIDU_DO_FACT || step->op == TIDU_DO_FLAG)
            made->number = writing->joining->column_of[writing->side][step->number];
        const tidu_fact *fact = step->op == TIDU_DO_IN ? coded_by(writing, step->a) : NULL;
        const tidu_codebook *joint = fact ? joint_book(writing, step->a) : NULL;
        if (!joint || same_books(&fact->slots.book, joint))
            continue;
        if (!write_set(writing, step->number, &fact->slots.book, joint, &made->number))
            return false;
        write_codes(writing, step->a, &fact->slots.book, joint, done);
    }
    return done != NULL;
}

const tidu_program *
tidu_joint_program(struct joint *joint, int side, const tidu_program *from)
{
    const struct joining *joining = joint->joining;
    tidu_program *to = tidu_arena_alloc(joint->arena, sizeof *to);
    size_t room = 3 * (size_t)from->step_count + 1;
    struct writing writing = {.joining = joining, .side = side, .from = from, .to = to};
    writing.steps = tidu_arena_array(joint->arena, room, sizeof *writing.steps);
    writing.constants =
        tidu_arena_array(joint->arena, from->constant_count + room, sizeof *writing.constants);
    writing.sets = tidu_arena_array(joint->arena, from->set_count + room, sizeof *writing.sets);
    if (!to || !writing.steps || !writing.constants || !writing.sets)
        return NULL;
    memcpy(writing.steps, from->steps, from->step_count * sizeof *from->steps);
    memcpy(writing.constants, from->constants, from->constant_count * sizeof *from->constants);
    memcpy(writing.sets, from->sets, from->set_count * sizeof *from->sets);
    *to = *from;
    to->layout = &joint->vocabulary.layout;
    to->vocabulary = &joint->vocabulary;
    to->steps = writing.steps;
    to->constants = writing.constants;
    to->sets = writing.sets;
    if (!write_steps(&writing))
        return NULL;
    joint->programs[joint->program_count] = to;
    joint->own_from[joint->program_count++] = from->constant_count;
    return to;
}

/* ---- all of it ---- */

struct joint *
tidu_joint_open(const tidu_ruleset *old, const tidu_ruleset *new, bool *ret_joined)
{
    tidu_arena *arena = tidu_arena_open();
    struct joint *joint = arena ? tidu_arena_alloc(arena, sizeof *joint) : NULL;
    struct joining *joining = joint ? tidu_arena_alloc(arena, sizeof *joining) : NULL;
    if (!joining) {
        tidu_arena_close(&arena);
        return NULL;
    }
    joint->arena = arena;
    joint->joining = joining;
    *joining = (struct joining){.joint = joint, .rulesets = {old, new}};
    joint->vocabulary.uscc = joint->vocabulary.enterprise_name = joint->vocabulary.region_code =
        TIDU_NONE;
    bool good = reserve(joining) && join_facts(joining);
    if (good) {
        join_wholes(joining);
        *ret_joined = lay_out(joining);
        good = *ret_joined || joining->apart;
    }
    if (!good)
        tidu_joint_close(&joint);
    return joint;
}

void
tidu_joint_close(struct joint **joint)
{
    if (!*joint)
        return;
    tidu_arena *arena = (*joint)->arena;
    for (uint32_t p = 0; p < (*joint)->program_count; p++)
        for (uint32_t c = (*joint)->own_from[p]; c < (*joint)->programs[p]->constant_count; c++)
            mpq_clear(((tidu_constant *)(uintptr_t) & (*joint)->programs[p]->constants[c])->exact);
    *joint = NULL;
    tidu_arena_close(&arena);
}
