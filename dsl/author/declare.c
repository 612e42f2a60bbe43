/*
 * declare.c: the declarations, and what belongs to what.
 *
 *   designation ◄── scorecard ◄── indicator
 *        ▲
 *   criterion ◄── group ◄── group or criterion
 *
 * A word said at the top belongs to what was opened last in its document; a
 * group or criterion that became an item of something belongs to that. Only at
 * the end can one tell what was lost: a criterion that never got a condition,
 * a group that belongs to nothing.
 *
 * Must not know Lua values (bind.c) nor what rules mean (dsl/compile/).
 */
#include "internal.h"

#include <lua.h>
#include <stdlib.h>

bool
tidu_declare_is_group(const char *word)
{
    return !strcmp(word, "all") || !strcmp(word, "any") || !strcmp(word, "none") ||
           !strcmp(word, "at_least");
}

static bool
is_word(const struct declared *declared, const char *word)
{
    return !strcmp(declared->word, word);
}

/* Where the running document says it, with the columns of the word. */
static void
find_place(lua_State *L, struct declared *declared)
{
    struct author *author = tidu_sandbox_author(L);
    uint32_t index = author->running->document;
    const struct document *document = &author->documents[index];
    if (!tidu_sandbox_place(L, index, &declared->place))
        declared->place = (struct place){index, tidu_helper_line(), 0, 0};
    declared->token =
        tidu_tokens_find(document, declared->place.line, declared->word, declared->name);
    if (declared->token < 0)
        return;
    const struct token *token = &document->tokens[declared->token];
    declared->place.column = token->column;
    declared->place.end_column = token->column + (uint32_t)token->length;
}

static void
enter_policy(struct author *author, struct document *document, int32_t index)
{
    const struct declared *policy = &author->declared[index];
    const struct declared *other = NULL;
    if (document->policy >= 0) {
        other = &author->declared[document->policy];
        tidu_helper_complain(author, TIDU_AUTHOR_POLICY_TWICE, policy->place, &other->place, NULL,
                             NULL, NULL);
    } else if (document->first >= 0 && !document->lua) {
        other = &author->declared[document->first];
        tidu_helper_complain(author, TIDU_AUTHOR_POLICY_LATE, policy->place, &other->place,
                             other->title, NULL, NULL);
    }
    if (document->policy < 0)
        document->policy = index;
}

/* Find what it belongs to, and note what following words will belong to. */
static void
enter(struct author *author, struct document *document, int32_t index)
{
    struct declared *declared = &author->declared[index];
    if (is_word(declared, "policy")) {
        enter_policy(author, document, index);
    } else if (is_word(declared, "designation")) {
        document->designation = index;
        document->scorecard = -1;
    } else if (is_word(declared, "fill")) {
        document->designation = document->scorecard = index;
    } else if (is_word(declared, "slot")) {
        declared->parent = document->scorecard >= 0 ? document->scorecard : document->designation;
    } else if (is_word(declared, "criterion")) {
        declared->parent = document->designation;
    } else if (is_word(declared, "scorecard")) {
        declared->parent = document->designation;
        document->scorecard = index;
    } else if (is_word(declared, "indicator")) {
        declared->parent = document->scorecard;
    }
    if (document->first < 0)
        document->first = index;
}

static const char *
make_title(struct author *author, const char *word, const char *name)
{
    return name ? tidu_helper_format(author, "%s \"%s\"", word, name) : word;
}

uint32_t
tidu_declare(lua_State *L, const char *word, const char *name)
{
    struct author *author = tidu_sandbox_author(L);
    if (author->declared_count == AUTHOR_DECLARATIONS) {
        const char *limit = tidu_helper_format(author, "%d", AUTHOR_DECLARATIONS);
        author->stopped = TIDU_AUTHOR_LIMIT_DECLARATIONS;
        tidu_sandbox_fail(L, TIDU_AUTHOR_LIMIT_DECLARATIONS, word, limit, NULL);
    }
    author->declared = tidu_helper_grow(author->declared, author->declared_count,
                                        &author->declared_capacity, sizeof *author->declared);
    int32_t index = (int32_t)author->declared_count++;
    struct declared *declared = &author->declared[index];
    *declared = (struct declared){.word = word,
                                  .name = name,
                                  .title = make_title(author, word, name),
                                  .said = SAID_NAME,
                                  .clause = author->running->clause,
                                  .holder = -1,
                                  .parent = -1,
                                  .attrs = {.kind = TIDU_ATTR_MAP}};
    find_place(L, declared);
    enter(author, &author->documents[author->running->document], index);
    return (uint32_t)index;
}

bool
tidu_declare_adopt(lua_State *L, uint32_t holder_index, uint32_t item_index)
{
    struct author *author = tidu_sandbox_author(L);
    struct declared *holder = &author->declared[holder_index];
    struct declared *item = &author->declared[item_index];
    if (item->holder >= 0) {
        tidu_helper_complain(author, TIDU_AUTHOR_USED_TWICE, holder->place,
                             &author->declared[item->holder].place, item->title, NULL, NULL);
        return false;
    }
    if (item->depth >= AUTHOR_NESTING) {
        const char *limit = tidu_helper_format(author, "%d", AUTHOR_NESTING);
        tidu_sandbox_fail(L, TIDU_AUTHOR_NESTING, holder->word, limit, NULL);
    }
    item->holder = (int32_t)holder_index;
    if (holder->depth <= item->depth)
        holder->depth = item->depth + 1;
    return true;
}

void
tidu_declare_break(struct author *author, uint32_t first)
{
    for (size_t i = first; i < author->declared_count; i++) {
        struct declared *declared = &author->declared[i];
        bool loose = tidu_declare_is_group(declared->word) && declared->holder < 0;
        if (declared->said == SAID_NAME || loose)
            declared->said = SAID_BROKEN;
    }
}

static void
complain(struct author *author, const struct declared *declared, tidu_code code)
{
    tidu_helper_complain(author, code, declared->place, NULL, declared->title, NULL, NULL);
}

static tidu_code
unsaid(const struct declared *declared)
{
    if (is_word(declared, "derive") || is_word(declared, "param"))
        return TIDU_AUTHOR_NO_EXPRESSION;
    return is_word(declared, "criterion") ? TIDU_AUTHOR_NO_CONDITION : TIDU_AUTHOR_NOTHING_SAID;
}

/* Groups of the vocabulary are lost when the document that uses them stopped. */
static bool
is_lost(const struct author *author, const struct declared *declared)
{
    const struct document *document = &author->documents[declared->place.document];
    return tidu_declare_is_group(declared->word) && declared->holder < 0 &&
           declared->said == SAID_ALL && !(document->vocabulary && author->any_broken);
}

static void
check_one(struct author *author, const struct declared *declared)
{
    const struct document *document = &author->documents[declared->place.document];
    if (declared->said == SAID_NAME)
        complain(author, declared, unsaid(declared));
    if (document->broken || declared->said == SAID_BROKEN)
        return;
    if (is_lost(author, declared))
        complain(author, declared, TIDU_AUTHOR_LOST_GROUP);
    if (declared->holder >= 0 || declared->parent >= 0)
        return;
    if (is_word(declared, "indicator"))
        complain(author, declared, TIDU_AUTHOR_NO_SCORECARD);
    else if (is_word(declared, "criterion") || (is_word(declared, "scorecard") && !declared->name))
        complain(author, declared, TIDU_AUTHOR_NO_DESIGNATION);
}

static void
check_policies(struct author *author)
{
    for (size_t i = 0; i < author->declared_count; i++) {
        struct declared *declared = &author->declared[i];
        struct document *document = &author->documents[declared->place.document];
        if (!is_word(declared, "designation") || document->lua || document->broken ||
            document->policy >= 0)
            continue;
        complain(author, declared, TIDU_AUTHOR_POLICY_MISSING);
        document->policy = (int32_t)i; /* once is enough */
    }
}

/* Names that must differ: of one kind, in one place. */
struct named {
    uint32_t scope; /* a document, or a declaration */
    char kind;
    const char *name;
    uint32_t index;
};

static bool
name_of(const struct declared *declared, uint32_t index, struct named *ret)
{
    static const struct {
        const char *word;
        char kind;
        bool in_parent;
    } kinds[] = {
        {"fact", 'f', false},     {"derive", 'f', false},      {"param", 'f', false},
        {"decision", 'f', false},
        {"title", 't', false},    {"designation", 'd', false}, {"criterion", 'c', true},
        {"scorecard", 'o', true}, {"indicator", 'i', true},    {"slot", 's', false},
        {"body", 'b', false},     {"measure", 'm', false},     {"demand", 'm', false},
        {"subsidy", 'y', false},  {"stack", 'y', false},       {"target", 'g', false},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!is_word(declared, kinds[i].word) || (kinds[i].in_parent && declared->parent < 0))
            continue;
        uint32_t scope = kinds[i].in_parent ? (uint32_t)declared->parent : declared->place.document;
        *ret = (struct named){scope, kinds[i].kind, declared->name ? declared->name : "", index};
        return true;
    }
    return false;
}

static int
compare_names(const void *a, const void *b)
{
    const struct named *left = a, *right = b;
    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    if (left->scope != right->scope)
        return left->scope < right->scope ? -1 : 1;
    int order = strcmp(left->name, right->name);
    if (order)
        return order;
    return left->index < right->index ? -1 : left->index > right->index;
}

static void
check_names(struct author *author)
{
    struct named *names = tidu_helper_take(author, author->declared_count, sizeof *names);
    size_t count = 0;
    for (uint32_t i = 0; i < author->declared_count; i++)
        count += name_of(&author->declared[i], i, &names[count]);
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 1; i < count; i++) {
        const struct named *one = &names[i - 1], *two = &names[i];
        if (one->kind != two->kind || one->scope != two->scope || strcmp(one->name, two->name))
            continue;
        const struct declared *first = &author->declared[one->index];
        const struct declared *second = &author->declared[two->index];
        tidu_helper_complain(author, TIDU_AUTHOR_NAME_TWICE, second->place, &first->place,
                             second->title, NULL, NULL);
    }
}

void
tidu_declare_check(struct author *author)
{
    for (size_t i = 0; i < author->declared_count; i++)
        check_one(author, &author->declared[i]);
    check_policies(author);
    check_names(author);
}

/* What was not said to its end is of no use, but others belong to it. */
static bool
is_kept(const struct declared *declared)
{
    if (declared->holder >= 0 || tidu_declare_is_group(declared->word))
        return false;
    if (is_word(declared, "designation") || is_word(declared, "scorecard") ||
        is_word(declared, "fill"))
        return true;
    bool homeless =
        (is_word(declared, "criterion") || is_word(declared, "indicator")) && declared->parent < 0;
    return declared->said != SAID_BROKEN && !homeless;
}

/* Number a declaration and then its items; groups nest at most AUTHOR_NESTING. */
static void
number(struct author *author, struct order *order, uint32_t index)
{
    order->number[index] = (int32_t)order->count;
    order->declared[order->count++] = index;
    const tidu_attr *items = tidu_attr_find(&author->declared[index].attrs, "items");
    for (uint32_t i = 0; items && i < items->item_count; i++)
        if (items->items[i].kind == TIDU_ATTR_DECL)
            number(author, order, items->items[i].reference);
}

struct order
tidu_declare_order(struct author *author)
{
    uint32_t count = (uint32_t)author->declared_count;
    struct order order = {.declared = tidu_helper_take(author, count, sizeof *order.declared),
                          .number = tidu_helper_take(author, count, sizeof *order.number)};
    for (uint32_t i = 0; i < count; i++)
        order.number[i] = -1;
    for (uint32_t i = 0; i < count; i++)
        if (is_kept(&author->declared[i]))
            number(author, &order, i);
    return order;
}
