/*
 * inputs.c: which columns the trees read.
 *
 * All trees of all epochs are walked once, with the years they look back, and
 * every input they touch gets a column of the ruleset's one layout. Codes that
 * rules mention make the codebooks, sets that rules test make flag columns, so
 * that a reader turns text into classes and bits while it reads.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What rules ask of one fact or one field of a list. */
struct wish {
    tidu_fact *fact;
    int32_t list, field; /* its numbers */
    bool *lags;          /* [10] */
    bool counted;
    const char **entries; /* codes mentioned of an open code or set */
    size_t entry_count, entry_capacity;
    const tidu_node **tests; /* literals or sets given to has() */
    size_t test_count, test_capacity;
};

struct book {
    const tidu_choices *choices;
    tidu_codebook book;
};

struct inputs {
    struct wish *wishes;
    size_t wish_count, wish_capacity;
    bool *seen; /* names walked, by name and lag */
    bool *titles, *granted, *reviewed;
    struct book *books;
    size_t book_count, book_capacity;
    bool good;
};

enum { MOST_LAGS = 10, MOST_TESTS = 64 };

static void walk(struct world *world, const struct written *written, const tidu_node *node,
                 uint32_t lag);

/* ---- wishes ---- */

static void
number_of(const struct world *world, const tidu_fact *fact, int32_t *ret_list, int32_t *ret_field)
{
    *ret_list = (int32_t)(fact - world->facts);
    *ret_field = TIDU_NONE;
    if (fact >= world->facts && fact < world->facts + world->fact_count)
        return;
    for (uint32_t i = 0; i < world->fact_count; i++) {
        const tidu_fact *list = &world->facts[i];
        if (list->fields && fact >= list->fields && fact < list->fields + list->field_count) {
            *ret_list = (int32_t)i;
            *ret_field = (int32_t)(fact - list->fields);
        }
    }
}

static struct wish *
find_wish(const struct inputs *inputs, const tidu_fact *fact)
{
    for (size_t i = 0; i < inputs->wish_count; i++)
        if (inputs->wishes[i].fact == fact)
            return &inputs->wishes[i];
    return NULL;
}

static struct wish *
wish_for(struct world *world, tidu_fact *fact)
{
    struct inputs *inputs = world->inputs;
    struct wish *wish = find_wish(inputs, fact);
    if (wish)
        return wish;
    struct wish *wishes = tidu_arena_grow(world->arena, inputs->wishes, inputs->wish_count,
                                          &inputs->wish_capacity, sizeof *wishes);
    inputs->wishes = wishes ? wishes : inputs->wishes;
    bool *lags = tidu_arena_array(world->arena, MOST_LAGS, sizeof *lags);
    if (!wishes || !lags) {
        inputs->good = tidu_no_memory(world);
        return NULL;
    }
    wish = &wishes[inputs->wish_count++];
    *wish = (struct wish){.fact = fact, .lags = lags};
    number_of(world, fact, &wish->list, &wish->field);
    return wish;
}

static void
complain_at(struct world *world, const struct written *written, const tidu_node *node,
            tidu_code code, const char *first)
{
    tidu_error error;
    tidu_error_set(&error, code, first ? first : "", NULL);
    error.span = tidu_expr_span(node, written->text, written->place);
    world->inputs->good = tidu_report_add(world->report, &error);
}

static void
want_lag(struct world *world, const struct written *written, const tidu_node *node, tidu_fact *fact,
         uint32_t lag)
{
    char years[16];
    struct wish *wish = wish_for(world, fact);
    if (!wish)
        return;
    if (lag < MOST_LAGS) {
        wish->lags[lag] = true;
        return;
    }
    snprintf(years, sizeof years, "%u", lag);
    complain_at(world, written, node, TIDU_LAG_TOO_FAR, years);
}

/* ---- codes ---- */

const char *
tidu_inputs_code(const tidu_fact *fact, const char *code, char *buffer)
{
    size_t length = strlen(code);
    bool sectioned = fact && fact->symbol.type.kind == TIDU_CODE && length >= 2;
    for (uint32_t i = 0; sectioned && i < fact->section_count; i++) {
        const tidu_section *section = &fact->sections[i];
        if (strncmp(code, section->from, 2) < 0 || strncmp(code, section->to, 2) > 0 ||
            length + 2 > TIDU_CODE_SIZE)
            continue;
        buffer[0] = section->letter;
        memcpy(buffer + 1, code, length + 1);
        return buffer;
    }
    return code;
}

bool
tidu_choices_same(const tidu_choices *a, const tidu_choices *b)
{
    if (a == b)
        return true;
    if (!a || !b || a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (strcmp(a->items[i].code, b->items[i].code))
            return false;
    return true;
}

bool
tidu_inputs_space(struct world *world, const tidu_node *node, struct code_space *ret)
{
    struct code_space other;
    *ret = (struct code_space){NULL, node->type.choices};
    if (ret->choices)
        return true;
    if (node->kind == TIDU_NODE_LAG)
        return tidu_inputs_space(world, node->child[0], ret);
    if (node->kind == TIDU_NODE_NAME && node->symbol->kind == TIDU_SYMBOL_DERIVE) {
        const struct name *name = node->symbol->owner;
        return tidu_inputs_space(world, name->versions[0].written.tree, ret);
    }
    if (node->kind == TIDU_NODE_NAME) {
        ret->fact = node->symbol->owner;
        return true;
    }
    if (node->kind != TIDU_NODE_IF)
        return false;
    bool first = tidu_inputs_space(world, node->child[1], ret);
    if (!tidu_inputs_space(world, node->child[2], &other))
        return first;
    if (!first)
        *ret = other;
    return ret->choices && tidu_choices_same(ret->choices, other.choices);
}

static void
mention(struct world *world, struct wish *wish, const char *spelled)
{
    char buffer[TIDU_CODE_SIZE];
    const char *code = tidu_inputs_code(wish->fact, spelled, buffer);
    for (size_t i = 0; i < wish->entry_count; i++)
        if (!strcmp(wish->entries[i], code))
            return;
    const char **entries = tidu_arena_grow(world->arena, wish->entries, wish->entry_count,
                                           &wish->entry_capacity, sizeof *entries);
    wish->entries = entries ? entries : wish->entries;
    code = code == buffer ? tidu_arena_copy(world->arena, code) : code;
    if (!entries || !code) {
        world->inputs->good = tidu_no_memory(world);
        return;
    }
    entries[wish->entry_count++] = code;
}

static void
mention_all(struct world *world, struct wish *wish, const tidu_node *codes)
{
    if (codes->kind == TIDU_NODE_STRING)
        mention(world, wish, codes->text);
    for (uint32_t i = 0; i < codes->child_count; i++)
        mention_all(world, wish, codes->child[i]);
}

/* A test of a code: its literals make classes when the code is open. */
static void
walk_code_test(struct world *world, const struct written *written, const tidu_node *node)
{
    bool swapped = node->child[0]->kind == TIDU_NODE_STRING;
    const tidu_node *code = node->child[swapped], *literal = node->child[!swapped];
    struct code_space space;
    if (!tidu_inputs_space(world, code, &space)) {
        complain_at(world, written, code, TIDU_OPEN_CODE, NULL);
        return;
    }
    if (space.choices)
        return;
    struct wish *wish = wish_for(world, (tidu_fact *)(uintptr_t)space.fact);
    if (wish)
        mention_all(world, wish, literal);
}

/* ---- sets and lists ----
 *
 * INVARIANT: what has the kind of a set or a list is the name of a fact: they
 * are no branches of an `if`, and no derived fact stands for one. */

static bool
same_codes(const tidu_node *a, const tidu_node *b)
{
    if (a->kind != b->kind || a->child_count != b->child_count)
        return false;
    if (a->kind == TIDU_NODE_STRING)
        return !strcmp(a->text, b->text);
    for (uint32_t i = 0; i < a->child_count; i++)
        if (!same_codes(a->child[i], b->child[i]))
            return false;
    return true;
}

static int32_t
find_test(const struct wish *wish, const tidu_node *codes)
{
    for (size_t i = 0; i < wish->test_count; i++)
        if (same_codes(wish->tests[i], codes))
            return (int32_t)i;
    return TIDU_NONE;
}

static void
want_test(struct world *world, const struct written *written, const tidu_node *node)
{
    struct wish *wish = wish_for(world, node->child[0]->symbol->owner);
    if (!wish || find_test(wish, node->child[1]) != TIDU_NONE)
        return;
    if (wish->test_count == MOST_TESTS) {
        complain_at(world, written, node, TIDU_TOO_MANY_TESTS, wish->fact->symbol.name);
        return;
    }
    const tidu_node **tests = tidu_arena_grow(world->arena, wish->tests, wish->test_count,
                                              &wish->test_capacity, sizeof *tests);
    if (!tests) {
        world->inputs->good = tidu_no_memory(world);
        return;
    }
    wish->tests = tests;
    tests[wish->test_count++] = node->child[1];
    mention_all(world, wish, node->child[1]);
}

/* The list itself is wished for, even when its filter reads no field. */
static void
walk_list(struct world *world, const struct written *written, const tidu_node *node, uint32_t lag)
{
    wish_for(world, node->child[0]->symbol->owner);
    if (node->child_count > 1)
        walk(world, written, node->child[1], lag);
}

static void
walk_count(struct world *world, const struct written *written, const tidu_node *node, uint32_t lag)
{
    if (node->child[0]->type.kind != TIDU_SET) {
        walk_list(world, written, node, lag);
        return;
    }
    struct wish *wish = wish_for(world, node->child[0]->symbol->owner);
    if (wish)
        wish->counted = true;
}

/* Sets and lists are known by being stated, even if empty. */
static void
walk_known(struct world *world, const struct written *written, const tidu_node *node, uint32_t lag)
{
    tidu_kind kind = node->child[0]->type.kind;
    if (kind == TIDU_SET || kind == TIDU_LIST)
        walk_count(world, written, node, lag);
    else if (kind == TIDU_TEXT)
        complain_at(world, written, node->child[0], TIDU_KNOWN_TEXT, NULL);
    else
        walk(world, written, node->child[0], lag);
}

/* ---- the walk ---- */

/* Cells are walked one by one: each knows its own place. */
static void
walk_decision(struct world *world, const struct decision *decision, uint32_t lag)
{
    for (uint32_t r = 0; r < decision->row_count; r++) {
        const struct decision_row *row = &decision->rows[r];
        for (uint32_t c = 0; c < decision->column_count; c++)
            if (row->cells[c].tree)
                walk(world, &row->cells[c], row->cells[c].tree, lag);
        if (row->outcome.tree)
            walk(world, &row->outcome, row->outcome.tree, lag);
    }
}

static void
walk_version(struct world *world, const struct version *version, uint32_t lag)
{
    if (version->decision)
        walk_decision(world, version->decision, lag);
    else
        walk(world, &version->written, version->written.tree, lag);
}

static void
walk_name(struct world *world, const struct written *written, const tidu_node *node, uint32_t lag)
{
    const tidu_symbol *symbol = node->symbol;
    if (symbol->kind == TIDU_SYMBOL_FACT || symbol->kind == TIDU_SYMBOL_FIELD) {
        want_lag(world, written, node, symbol->owner,
                 symbol->kind == TIDU_SYMBOL_FACT && symbol->type.annual ? lag : 0);
        return;
    }
    const struct name *name = symbol->owner;
    size_t number = (size_t)(name - world->names);
    uint32_t years = lag < MOST_LAGS ? lag : MOST_LAGS;
    bool *seen = &world->inputs->seen[number * (MOST_LAGS + 1) + years];
    if (*seen)
        return;
    *seen = true;
    for (size_t v = 0; v < name->version_count; v++)
        walk_version(world, &name->versions[v], lag);
}

static void
walk_title(struct world *world, const char *id, bool *wanted)
{
    for (uint32_t i = 0; i < world->title_count; i++)
        if (!strcmp(world->titles[i].id, id))
            wanted[i] = true;
}

static void
walk_call(struct world *world, const struct written *written, const tidu_node *node, uint32_t lag)
{
    uint32_t span = node->lag;
    switch (node->function) {
    case TIDU_FN_MEAN:
    case TIDU_FN_SUM:
    case TIDU_FN_LOWEST:
    case TIDU_FN_HIGHEST:
        for (uint32_t k = 0; k < span; k++)
            walk(world, written, node->child[0], lag + k);
        break;
    case TIDU_FN_GROWTH:
        walk(world, written, node->child[0], lag);
        walk(world, written, node->child[0], lag + 1);
        break;
    case TIDU_FN_CAGR:
        walk(world, written, node->child[0], lag);
        walk(world, written, node->child[0], lag + span);
        break;
    case TIDU_FN_HOLDS:
        walk_title(world, node->text, world->inputs->titles);
        break;
    case TIDU_FN_GRANTED:
        walk_title(world, node->text, world->inputs->granted);
        break;
    case TIDU_FN_REVIEWED:
        walk_title(world, node->text, world->inputs->reviewed);
        break;
    case TIDU_FN_KNOWN:
        walk_known(world, written, node, lag);
        break;
    case TIDU_FN_HAS:
        want_test(world, written, node);
        break;
    case TIDU_FN_COUNT:
        walk_count(world, written, node, lag);
        break;
    case TIDU_FN_ANY:
    case TIDU_FN_EVERY:
        walk_list(world, written, node, lag);
        break;
    default:
        for (uint32_t i = 0; i < node->child_count; i++)
            walk(world, written, node->child[i], lag);
    }
}

static bool
tests_code(const tidu_node *node)
{
    return node->kind == TIDU_NODE_BINARY && node->op >= TIDU_OP_LT && node->op <= TIDU_OP_WITHIN &&
           (node->child[0]->type.kind == TIDU_CODE || node->child[1]->type.kind == TIDU_CODE);
}

static void
walk(struct world *world, const struct written *written, const tidu_node *node, uint32_t lag)
{
    if (node->kind == TIDU_NODE_NAME)
        walk_name(world, written, node, lag);
    else if (node->kind == TIDU_NODE_CALL)
        walk_call(world, written, node, lag);
    else if (node->kind == TIDU_NODE_LAG)
        walk(world, written, node->child[0], lag + node->lag);
    else {
        if (tests_code(node))
            walk_code_test(world, written, node);
        for (uint32_t i = 0; i < node->child_count; i++)
            walk(world, written, node->child[i], lag);
    }
}

static void
walk_condition(struct world *world, const struct condition *condition)
{
    if (condition->kind == CONDITION_PART)
        walk(world, &condition->written, condition->written.tree, 0);
    for (uint32_t i = 0; i < condition->child_count; i++)
        walk_condition(world, &condition->child[i]);
}

static void
walk_money(struct world *world, const struct written *written)
{
    if (written->tree)
        walk(world, written, written->tree, 0);
}

static void
walk_support(struct world *world)
{
    for (size_t i = 0; i < world->measure_count; i++)
        if (world->measures[i].support.has_condition)
            walk_condition(world, &world->measures[i].support.condition);
    for (size_t i = 0; i < world->subsidy_count; i++) {
        const struct subsidy *subsidy = &world->subsidies[i];
        if (subsidy->support.has_condition)
            walk_condition(world, &subsidy->support.condition);
        walk_money(world, &subsidy->amount);
        walk_money(world, &subsidy->cap);
    }
    for (size_t i = 0; i < world->stack_count; i++)
        walk_money(world, &world->stacks[i].cap);
    for (size_t i = 0; i < world->transition_count; i++)
        if (world->transitions[i].support.has_condition)
            walk_condition(world, &world->transitions[i].support.condition);
}

static void
walk_everything(struct world *world)
{
    for (size_t i = 0; i < world->criterion_count; i++)
        walk_condition(world, &world->criteria[i].condition);
    for (size_t i = 0; i < world->indicator_count; i++) {
        const struct indicator *indicator = &world->indicators[i];
        if (indicator->kind == POINTS_EXPRESSION)
            walk(world, &indicator->operand, indicator->operand.tree, 0);
        for (uint32_t b = 0; b < indicator->band_count; b++)
            walk(world, &indicator->bands[b], indicator->bands[b].tree, 0);
    }
    for (size_t i = 0; i < world->name_count; i++)
        for (size_t v = 0; v < world->names[i].version_count; v++)
            walk_version(world, &world->names[i].versions[v], 0);
    for (size_t i = 0; i < world->designation_count; i++)
        walk_title(world, world->designations[i].declaration->name, world->inputs->titles);
    walk_support(world);
}

/* ---- codebooks ---- */

static int
compare_slices(const void *a, const void *b)
{
    const tidu_slice *x = a, *y = b;
    size_t shorter = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->data, y->data, shorter);
    return order ? order : (x->length > y->length) - (x->length < y->length);
}

static bool
make_book(struct world *world, const char *const *codes, uint32_t count, tidu_codebook *ret)
{
    tidu_slice *entries = tidu_arena_array(world->arena, count, sizeof *entries);
    if (!entries)
        return tidu_no_memory(world);
    for (uint32_t i = 0; i < count; i++)
        entries[i] = (tidu_slice){codes[i], strlen(codes[i])};
    if (count)
        qsort(entries, count, sizeof *entries, compare_slices);
    *ret = (tidu_codebook){entries, count};
    return true;
}

static const tidu_codebook *
add_book(struct world *world, const tidu_choices *choices)
{
    struct inputs *inputs = world->inputs;
    struct book *books = tidu_arena_grow(world->arena, inputs->books, inputs->book_count,
                                         &inputs->book_capacity, sizeof *books);
    inputs->books = books ? books : inputs->books;
    const char **codes = tidu_arena_array(world->arena, choices->count, sizeof *codes);
    tidu_codebook *copy = tidu_arena_alloc(world->arena, sizeof *copy);
    if (!books || !codes || !copy) {
        tidu_no_memory(world);
        return NULL;
    }
    for (uint32_t i = 0; i < choices->count; i++)
        codes[i] = choices->items[i].code;
    struct book *book = &books[inputs->book_count];
    book->choices = choices;
    if (!make_book(world, codes, choices->count, &book->book))
        return NULL;
    inputs->book_count++;
    *copy = book->book;
    return copy;
}

const tidu_codebook *
tidu_choices_book(struct world *world, const tidu_choices *choices)
{
    const struct inputs *inputs = world->inputs;
    for (size_t i = 0; i < inputs->book_count; i++)
        if (tidu_choices_same(inputs->books[i].choices, choices))
            return &inputs->books[i].book;
    return add_book(world, choices);
}

const tidu_codebook *
tidu_inputs_book(struct world *world, struct code_space space)
{
    return space.choices ? tidu_choices_book(world, space.choices) : &space.fact->slots.book;
}

static bool
fill_book(struct world *world, tidu_fact *fact)
{
    const tidu_type *type = &fact->symbol.type;
    if (type->kind != TIDU_CODE && type->kind != TIDU_SET)
        return true;
    if (type->choices) {
        const tidu_codebook *book = tidu_choices_book(world, type->choices);
        if (book)
            fact->slots.book = *book;
        return book != NULL;
    }
    const struct wish *wish = find_wish(world->inputs, fact);
    return !wish || make_book(world, wish->entries, (uint32_t)wish->entry_count, &fact->slots.book);
}

/* ---- the layout ---- */

struct laying {
    struct world *world;
    tidu_column *columns;
    uint32_t count;
    int32_t *frame_fact;
};

static int32_t
lay_column(struct laying *laying, tidu_column_kind kind, uint32_t frame, int32_t fact,
           int32_t field, uint32_t lag)
{
    tidu_layout *layout = &laying->world->vocabulary->layout;
    uint32_t *place = kind == TIDU_COLUMN_FLAG ? &layout->flag_count : &layout->number_count;
    laying->columns[laying->count] = (tidu_column){kind, frame, fact, field, lag, (*place)++};
    return (int32_t)laying->count++;
}

static tidu_column_kind
column_kind(const tidu_fact *fact)
{
    return fact->symbol.type.kind == TIDU_FLAG ? TIDU_COLUMN_FLAG : TIDU_COLUMN_NUMBER;
}

static bool
lay_lags(struct laying *laying, const struct wish *wish, uint32_t frame)
{
    tidu_slots *slots = &wish->fact->slots;
    uint32_t most = 0;
    for (uint32_t lag = 0; lag < MOST_LAGS; lag++)
        if (wish->lags[lag])
            most = lag + 1;
    int32_t *columns = tidu_arena_array(laying->world->arena, most, sizeof *columns);
    if (!columns)
        return tidu_no_memory(laying->world);
    for (uint32_t lag = 0; lag < most; lag++)
        columns[lag] = wish->lags[lag] ? lay_column(laying, column_kind(wish->fact), frame,
                                                    wish->list, wish->field, lag)
                                       : TIDU_NONE;
    slots->columns = columns;
    slots->lag_count = most;
    if (most > laying->world->vocabulary->layout.lag_count)
        laying->world->vocabulary->layout.lag_count = most;
    return true;
}

static bool
class_is_in(const tidu_codebook *book, uint32_t class, const tidu_node *codes)
{
    if (codes->kind == TIDU_NODE_STRING) {
        /* class 2e+1 is entry e itself */
        if (!(class & 1))
            return false;
        const tidu_slice *entry = &book->entries[class / 2];
        return entry->length == strlen(codes->text) &&
               !memcmp(entry->data, codes->text, entry->length);
    }
    for (uint32_t i = 0; i < codes->child_count; i++)
        if (class_is_in(book, class, codes->child[i]))
            return true;
    return false;
}

static bool
lay_set(struct laying *laying, const struct wish *wish)
{
    tidu_arena *arena = laying->world->arena;
    tidu_slots *slots = &wish->fact->slots;
    uint32_t classes = slots->book.count * 2 + 1;
    uint64_t *tests = tidu_arena_array(arena, classes, sizeof *tests);
    int32_t *columns = tidu_arena_array(arena, wish->test_count, sizeof *columns);
    if (!tests || !columns)
        return tidu_no_memory(laying->world);
    if (wish->counted)
        slots->count_column = lay_column(laying, TIDU_COLUMN_NUMBER, 0, wish->list, TIDU_NONE, 0);
    for (size_t t = 0; t < wish->test_count; t++) {
        columns[t] = lay_column(laying, TIDU_COLUMN_FLAG, 0, wish->list, TIDU_NONE, 0);
        for (uint32_t class = 0; class < classes; class ++)
            if (class_is_in(&slots->book, class, wish->tests[t]))
                tests[class] |= UINT64_C(1) << t;
    }
    slots->class_tests = tests;
    slots->test_columns = columns;
    slots->test_count = (uint32_t)wish->test_count;
    return true;
}

/* Lists get their frames first, since their fields refer to them. */
static void
lay_frames(struct laying *laying)
{
    tidu_layout *layout = &laying->world->vocabulary->layout;
    struct inputs *inputs = laying->world->inputs;
    layout->frame_count = 1;
    laying->frame_fact[0] = TIDU_NONE;
    for (size_t i = 0; i < inputs->wish_count; i++) {
        const struct wish *wish = &inputs->wishes[i];
        tidu_fact *list = &laying->world->facts[wish->list];
        if (list->symbol.type.kind != TIDU_LIST || list->slots.frame != TIDU_NONE)
            continue;
        list->slots.frame = (int32_t)layout->frame_count;
        laying->frame_fact[layout->frame_count++] = wish->list;
    }
}

static bool
lay_wishes(struct laying *laying)
{
    struct inputs *inputs = laying->world->inputs;
    for (size_t i = 0; i < inputs->wish_count; i++) {
        const struct wish *wish = &inputs->wishes[i];
        tidu_kind kind = wish->fact->symbol.type.kind;
        int32_t frame = laying->world->facts[wish->list].slots.frame;
        bool good = true;
        if (kind == TIDU_SET)
            good = lay_set(laying, wish);
        else if (kind != TIDU_LIST && kind != TIDU_TEXT)
            good = lay_lags(laying, wish, frame == TIDU_NONE ? 0 : (uint32_t)frame);
        if (!good)
            return false;
    }
    return true;
}

static int32_t
lay_title(struct laying *laying, tidu_column_kind kind, bool wanted)
{
    return wanted ? lay_column(laying, kind, 0, TIDU_NONE, TIDU_NONE, 0) : TIDU_NONE;
}

static void
lay_titles(struct laying *laying)
{
    struct world *world = laying->world;
    const struct inputs *inputs = world->inputs;
    for (uint32_t i = 0; i < world->title_count; i++) {
        tidu_title_slot *title = &world->titles[i];
        title->column = lay_title(laying, TIDU_COLUMN_FLAG, inputs->titles[i]);
        title->granted_column = lay_title(laying, TIDU_COLUMN_NUMBER, inputs->granted[i]);
        title->reviewed_column = lay_title(laying, TIDU_COLUMN_NUMBER, inputs->reviewed[i]);
    }
    world->vocabulary->layout.titles = world->titles;
    world->vocabulary->layout.title_count = world->title_count;
}

static int32_t
fact_named(const struct world *world, const char *name)
{
    for (uint32_t i = 0; i < world->fact_count; i++)
        if (!strcmp(world->facts[i].symbol.name, name))
            return (int32_t)i;
    return TIDU_NONE;
}

/* Words are kept of what names a record, and of codes that rules read. */
static void
lay_words(struct world *world)
{
    tidu_vocabulary *vocabulary = world->vocabulary;
    vocabulary->uscc = fact_named(world, "uscc");
    vocabulary->enterprise_name = fact_named(world, "enterprise_name");
    vocabulary->region_code = fact_named(world, "region_code");
    for (uint32_t i = 0; i < world->fact_count; i++) {
        tidu_fact *fact = &world->facts[i];
        bool names = (int32_t)i == vocabulary->uscc || (int32_t)i == vocabulary->enterprise_name ||
                     (int32_t)i == vocabulary->region_code;
        bool read = fact->symbol.type.kind == TIDU_CODE && fact->slots.lag_count;
        if (!fact->derived && (names || read))
            fact->slots.words = (int32_t)vocabulary->layout.word_count++;
    }
}

static size_t
count_columns(const struct world *world)
{
    size_t count = world->title_count * (size_t)3;
    for (size_t i = 0; i < world->inputs->wish_count; i++)
        count += MOST_LAGS + 1 + world->inputs->wishes[i].test_count;
    return count;
}

static bool
lay_out(struct world *world)
{
    tidu_layout *layout = &world->vocabulary->layout;
    struct laying laying = {.world = world};
    laying.columns = tidu_arena_array(world->arena, count_columns(world), sizeof *laying.columns);
    laying.frame_fact =
        tidu_arena_array(world->arena, world->fact_count + 1, sizeof *laying.frame_fact);
    if (!laying.columns || !laying.frame_fact)
        return tidu_no_memory(world);
    layout->lag_count = 1;
    lay_frames(&laying);
    if (!lay_wishes(&laying))
        return false;
    lay_titles(&laying);
    lay_words(world);
    layout->columns = laying.columns;
    layout->column_count = laying.count;
    layout->frame_fact = laying.frame_fact;
    world->vocabulary->facts = world->facts;
    world->vocabulary->fact_count = world->fact_count;
    for (uint32_t i = 0; i < world->fact_count; i++)
        world->vocabulary->personal_count += world->facts[i].personal;
    world->vocabulary->names = tidu_name_table_build(world->arena, world->facts, world->fact_count);
    return world->vocabulary->names || tidu_no_memory(world);
}

static bool
fill_books(struct world *world)
{
    for (uint32_t i = 0; i < world->fact_count; i++) {
        tidu_fact *fact = &world->facts[i];
        if (!fill_book(world, fact))
            return false;
        for (uint32_t f = 0; f < fact->field_count; f++)
            if (!fill_book(world, (tidu_fact *)(uintptr_t)&fact->fields[f]))
                return false;
    }
    return true;
}

/* A part is read with its whole, and a whole with its parts: what changes one (path.h) has
 * to keep to the other. */
static void
wish_for_wholes(struct world *world)
{
    for (uint32_t f = 0; f < world->fact_count; f++) {
        const tidu_fact *whole = world->facts[f].effort.part_of;
        if (!whole ||
            (!find_wish(world->inputs, &world->facts[f]) && !find_wish(world->inputs, whole)))
            continue;
        struct wish *part = wish_for(world, &world->facts[f]);
        struct wish *both = part ? wish_for(world, &world->facts[whole - world->facts]) : NULL;
        part = both ? find_wish(world->inputs, &world->facts[f]) : NULL; /* wishes may move */
        for (uint32_t lag = 0; part && lag < MOST_LAGS; lag++)
            part->lags[lag] = both->lags[lag] = part->lags[lag] || both->lags[lag];
    }
}

bool
tidu_inputs_collect(struct world *world)
{
    struct inputs *inputs = tidu_arena_alloc(world->arena, sizeof *inputs);
    if (!inputs)
        return tidu_no_memory(world);
    world->inputs = inputs;
    inputs->good = true;
    inputs->seen =
        tidu_arena_array(world->arena, world->name_count * (MOST_LAGS + 1), sizeof *inputs->seen);
    inputs->titles = tidu_arena_array(world->arena, world->title_count, sizeof *inputs->titles);
    inputs->granted = tidu_arena_array(world->arena, world->title_count, sizeof *inputs->titles);
    inputs->reviewed = tidu_arena_array(world->arena, world->title_count, sizeof *inputs->titles);
    if (!inputs->seen || !inputs->titles || !inputs->granted || !inputs->reviewed)
        return tidu_no_memory(world);
    walk_everything(world);
    wish_for_wholes(world);
    return inputs->good && fill_books(world) && lay_out(world);
}

bool
tidu_inputs_apart(struct world *world)
{
    struct inputs *inputs = tidu_arena_alloc(world->arena, sizeof *inputs);
    if (!inputs)
        return tidu_no_memory(world);
    *inputs = *world->inputs;
    inputs->book_capacity = inputs->book_count; /* a list of its own from the next one on */
    world->inputs = inputs;
    return true;
}

int32_t
tidu_inputs_column(const struct world *world, const tidu_symbol *symbol, uint32_t lag)
{
    (void)world;
    const tidu_fact *fact = symbol->owner;
    uint32_t years = symbol->kind == TIDU_SYMBOL_FACT && symbol->type.annual ? lag : 0;
    return years < fact->slots.lag_count ? fact->slots.columns[years] : TIDU_NONE;
}

uint32_t
tidu_inputs_test(const struct world *world, const tidu_symbol *set, const tidu_node *codes)
{
    const tidu_fact *fact = set->owner;
    const struct wish *wish = find_wish(world->inputs, fact);
    return (uint32_t)fact->slots.test_columns[find_test(wish, codes)];
}
