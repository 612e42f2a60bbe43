/*
 * moved.c: which words of a ruleset moved.
 *
 * Declarations are the same when they stand in the same document under the same word and
 * name, inside the same one, for the same time in a row; what they say is compared piece by
 * piece, tables cell by cell. Lines and columns do not count.
 *
 * Must not know: programs, what words mean.
 */
#include "internal.h"

#include "tidu/diff.h"

#include <stdlib.h>
#include <string.h>

struct side {
    const tidu_declarations *declared;
    const char **keys; /* [declaration] who it is */
    uint32_t *order;   /* declarations by their keys */
    tidu_arena *arena;
};

struct telling {
    struct side sides[2]; /* old, new */
    tidu_text *out;
    bool first;
};

static const char *const left_out[] = {"scenario", "review", "expect", NULL};

static bool
is_told(const struct side *side, uint32_t number)
{
    const tidu_declaration *at = &side->declared->declarations[number];
    while (at->parent >= 0)
        at = &side->declared->declarations[at->parent];
    for (int i = 0; left_out[i]; i++)
        if (!strcmp(at->word, left_out[i]))
            return false;
    return true;
}

/* ---- who is who ---- */

static const char *
path_of(const struct side *side, uint32_t document)
{
    return side->declared->documents[document].path;
}

static const char *
base_key(struct side *side, uint32_t number)
{
    const tidu_declaration *at = &side->declared->declarations[number];
    const char *home = at->parent < 0 ? path_of(side, at->document) : side->keys[at->parent];
    return tidu_arena_printf(side->arena, "%s\n%s %s", home ? home : "", at->word,
                             at->name ? at->name : "");
}

struct keyed {
    const char *key;
    uint32_t number;
};

static int
by_key(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order ? order : x->number < y->number ? -1 : x->number > y->number;
}

/* Of several that are alike the first keeps the key, the next get a number behind it. Those
 * that nest come behind what they nest in, so level by level. */
static bool
name_level(struct side *side, struct keyed *keyed, uint32_t level, const uint32_t *levels)
{
    uint32_t count = side->declared->declaration_count, found = 0, alike = 0;
    for (uint32_t d = 0; d < count; d++)
        if (levels[d] == level) {
            const char *key = base_key(side, d);
            if (!key)
                return false;
            keyed[found++] = (struct keyed){key, d};
        }
    if (found)
        qsort(keyed, found, sizeof *keyed, by_key);
    for (uint32_t i = 0; i < found; i++) {
        alike = i && !strcmp(keyed[i].key, keyed[i - 1].key) ? alike + 1 : 0;
        side->keys[keyed[i].number] =
            alike ? tidu_arena_printf(side->arena, "%s #%u", keyed[i].key, alike) : keyed[i].key;
        if (!side->keys[keyed[i].number])
            return false;
    }
    return true;
}

static uint32_t
level_of(const tidu_declarations *declared, uint32_t number)
{
    uint32_t level = 0;
    for (int32_t at = declared->declarations[number].parent; at >= 0;
         at = declared->declarations[at].parent)
        level++;
    return level;
}

static bool
open_side(struct side *side, const tidu_ruleset *ruleset)
{
    const tidu_declarations *declared = &ruleset->declarations;
    uint32_t count = declared->declaration_count, deepest = 0;
    side->declared = declared;
    side->arena = tidu_arena_open();
    if (!side->arena)
        return false;
    side->keys = tidu_arena_array(side->arena, count, sizeof *side->keys);
    side->order = tidu_arena_array(side->arena, count, sizeof *side->order);
    uint32_t *levels = tidu_arena_array(side->arena, count, sizeof *levels);
    struct keyed *keyed = tidu_arena_array(side->arena, count, sizeof *keyed);
    if (!side->keys || !side->order || !levels || !keyed)
        return false;
    for (uint32_t d = 0; d < count; d++) {
        levels[d] = level_of(declared, d);
        deepest = levels[d] > deepest ? levels[d] : deepest;
    }
    for (uint32_t level = 0; level <= deepest; level++)
        if (!name_level(side, keyed, level, levels))
            return false;
    for (uint32_t d = 0; d < count; d++)
        keyed[d] = (struct keyed){side->keys[d], d};
    if (count)
        qsort(keyed, count, sizeof *keyed, by_key);
    for (uint32_t d = 0; d < count; d++)
        side->order[d] = keyed[d].number;
    return true;
}

static int32_t
find(const struct side *side, const char *key)
{
    uint32_t low = 0, high = side->declared->declaration_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(side->keys[side->order[middle]], key);
        if (!order)
            return (int32_t)side->order[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

/* ---- what they say ---- */

/* Differences of one declaration, written as they are found. */
struct comparing {
    struct telling *telling;
    tidu_text was;
    tidu_arena *scratch;
};

/* Without the blanks around it. */
static void
put_text(tidu_text *out, const char *text)
{
    size_t first = text ? strspn(text, " \t\n") : 0, length = text ? strlen(text) : 0;
    while (length > first && strchr(" \t\n", text[length - 1]))
        length--;
    if (text)
        tidu_text_json(out, text + first, length - first);
    else
        tidu_text_puts(out, "null");
}

static void
note(struct comparing *comparing, const char *at, const char *old, const char *new)
{
    tidu_text *out = &comparing->was;
    tidu_text_puts(out, out->length ? ",{\"at\":" : "{\"at\":");
    put_text(out, at);
    tidu_text_puts(out, ",\"old\":");
    put_text(out, old);
    tidu_text_puts(out, ",\"new\":");
    put_text(out, new);
    tidu_text_putc(out, '}');
}

static bool
has_text(const tidu_attr *attr)
{
    return attr->kind == TIDU_ATTR_TEXT || attr->kind == TIDU_ATTR_EXPR ||
           attr->kind == TIDU_ATTR_NUMBER;
}

static const char *
text_of(const tidu_attr *attr)
{
    if (!attr)
        return NULL;
    if (attr->kind == TIDU_ATTR_FLAG)
        return attr->number != 0 ? "true" : "false";
    return has_text(attr) ? attr->text : "…";
}

static void compare_attrs(struct comparing *comparing, const char *at, const tidu_attr *old,
                          const tidu_attr *new);

static const char *
below(struct comparing *comparing, const char *at, const char *name, uint32_t number)
{
    const char *path =
        name ? tidu_arena_printf(comparing->scratch, "%s%s%s", at, *at ? "/" : "", name)
             : tidu_arena_printf(comparing->scratch, "%s%s%u", at, *at ? "/" : "", number);
    comparing->was.failed = comparing->was.failed || !path;
    return path ? path : "";
}

/* Titles and notes are words too. */
static void
compare_maps(struct comparing *comparing, const char *at, const tidu_attr *old,
             const tidu_attr *new)
{
    for (uint32_t i = 0; i < old->item_count; i++)
        compare_attrs(comparing, below(comparing, at, old->items[i].name, 0), &old->items[i],
                      tidu_attr_find(new, old->items[i].name));
    for (uint32_t i = 0; i < new->item_count; i++)
        if (!tidu_attr_find(old, new->items[i].name))
            compare_attrs(comparing, below(comparing, at, new->items[i].name, 0), NULL,
                          &new->items[i]);
}

static void
compare_lists(struct comparing *comparing, const char *at, const tidu_attr *old,
              const tidu_attr *new)
{
    uint32_t most = old->item_count > new->item_count ? old->item_count : new->item_count;
    for (uint32_t i = 0; i < most; i++)
        compare_attrs(comparing, below(comparing, at, NULL, i + 1),
                      i < old->item_count ? &old->items[i] : NULL,
                      i < new->item_count ? &new->items[i] : NULL);
}

static void
compare_tables(struct comparing *comparing, const char *at, const tidu_table *old,
               const tidu_table *new)
{
    uint32_t rows = old->rows > new->rows ? old->rows : new->rows;
    uint32_t columns = old->columns > new->columns ? old->columns : new->columns;
    for (uint32_t r = 0; r < rows; r++)
        for (uint32_t c = 0; c < columns; c++) {
            const char *was =
                r < old->rows && c < old->columns ? old->cells[r * old->columns + c].text : NULL;
            const char *is =
                r < new->rows &&c < new->columns ? new->cells[r * new->columns + c].text : NULL;
            if ((was || is) && (!was || !is || strcmp(was, is)))
                note(comparing, below(comparing, below(comparing, at, NULL, r + 1), NULL, c + 1),
                     was, is);
        }
}

static void
compare_attrs(struct comparing *comparing, const char *at, const tidu_attr *old,
              const tidu_attr *new)
{
    const struct side *sides = comparing->telling->sides;
    bool alike = old && new && old->kind == new->kind;
    if (old && new &&has_text(old) && has_text(new)) {
        if (strcmp(old->text, new->text))
            note(comparing, at, old->text, new->text);
    } else if (!alike) {
        note(comparing, at, text_of(old), text_of(new));
    } else if (old->kind == TIDU_ATTR_FLAG) {
        if ((old->number != 0) != (new->number != 0))
            note(comparing, at, text_of(old), text_of(new));
    } else if (old->kind == TIDU_ATTR_MAP) {
        compare_maps(comparing, at, old, new);
    } else if (old->kind == TIDU_ATTR_LIST) {
        compare_lists(comparing, at, old, new);
    } else if (old->kind == TIDU_ATTR_TABLE) {
        compare_tables(comparing, at, &sides[0].declared->tables[old->reference],
                       &sides[1].declared->tables[new->reference]);
    } else if (old->kind == TIDU_ATTR_DECL) {
        /* compared by itself; another one in its place is a move */
        if (strcmp(sides[0].keys[old->reference], sides[1].keys[new->reference]))
            note(comparing, at, "…", "…");
    }
}

/* ---- telling ---- */

static void
put_where(const struct side *side, uint32_t document, uint32_t clause, tidu_text *out)
{
    tidu_text_puts(out, "\"document\":");
    put_text(out, path_of(side, document));
    tidu_text_puts(out, ",\"clause\":");
    put_text(out, side->declared->clauses[clause].path);
}

/* The nearest name a word without one stands in. */
static const char *
home_of(const struct side *side, const tidu_declaration *at)
{
    while (!at->name && at->parent >= 0)
        at = &side->declared->declarations[at->parent];
    return at->name;
}

static void
put_declaration(struct telling *telling, const struct side *side, uint32_t number,
                const char *change, const tidu_text *was)
{
    const tidu_declaration *at = &side->declared->declarations[number];
    const char *zh = tidu_attr_text(&at->attrs, "zh", NULL),
               *en = tidu_attr_text(&at->attrs, "en", zh);
    tidu_text *out = telling->out;
    tidu_text_puts(out, telling->first ? "{\"word\":" : ",{\"word\":");
    telling->first = false;
    put_text(out, at->word);
    tidu_text_puts(out, ",\"name\":");
    put_text(out, at->name);
    if (!at->name) {
        tidu_text_puts(out, ",\"in\":");
        put_text(out, home_of(side, at));
    }
    if (zh) {
        tidu_text_puts(out, ",\"title\":{\"zh\":");
        put_text(out, zh);
        tidu_text_puts(out, ",\"en\":");
        put_text(out, en);
        tidu_text_putc(out, '}');
    }
    tidu_text_putc(out, ',');
    put_where(side, at->document, at->clause, out);
    tidu_text_printf(out, ",\"line\":%u,\"change\":\"%s\",\"was\":[", at->line, change);
    if (was)
        tidu_text_add(out, was->data, was->length);
    tidu_text_puts(out, "]}");
}

/* What nests in something that is new or gone goes with it. */
static bool
goes_with_parent(const struct side *side, const struct side *other, uint32_t number)
{
    int32_t parent = side->declared->declarations[number].parent;
    return parent >= 0 && find(other, side->keys[parent]) < 0;
}

static void
tell_changed(struct telling *telling, uint32_t old, uint32_t new)
{
    struct side *sides = telling->sides;
    struct comparing comparing = {.telling = telling, .scratch = sides[1].arena};
    compare_maps(&comparing, "", &sides[0].declared->declarations[old].attrs,
                 &sides[1].declared->declarations[new].attrs);
    if (comparing.was.length)
        put_declaration(telling, &sides[1], new, "changed", &comparing.was);
    telling->out->failed = telling->out->failed || comparing.was.failed;
    tidu_text_free(&comparing.was);
}

static void
tell_words(struct telling *telling)
{
    struct side *sides = telling->sides;
    telling->first = true;
    tidu_text_puts(telling->out, ",\"words\":[");
    for (uint32_t d = 0; d < sides[0].declared->declaration_count; d++)
        if (is_told(&sides[0], d) && find(&sides[1], sides[0].keys[d]) < 0 &&
            !goes_with_parent(&sides[0], &sides[1], d))
            put_declaration(telling, &sides[0], d, "removed", NULL);
    for (uint32_t d = 0; d < sides[1].declared->declaration_count; d++) {
        int32_t old = is_told(&sides[1], d) ? find(&sides[0], sides[1].keys[d]) : -1;
        if (old >= 0)
            tell_changed(telling, (uint32_t)old, d);
        else if (is_told(&sides[1], d) && !goes_with_parent(&sides[1], &sides[0], d))
            put_declaration(telling, &sides[1], d, "added", NULL);
    }
    tidu_text_putc(telling->out, ']');
}

static bool
same_heading(const struct side *a, const tidu_clause *x, const struct side *b, const tidu_clause *y)
{
    return !strcmp(x->path, y->path) && !strcmp(path_of(a, x->document), path_of(b, y->document));
}

/* The other side's clause under the same headings; of several the one as far down. */
static const tidu_clause *
find_clause(const struct side *side, const struct side *other, uint32_t clause)
{
    const tidu_clause *at = &side->declared->clauses[clause];
    uint32_t before = 0;
    for (uint32_t c = 0; c < clause; c++)
        before += same_heading(side, &side->declared->clauses[c], side, at);
    for (uint32_t c = 0; c < other->declared->clause_count; c++)
        if (same_heading(other, &other->declared->clauses[c], side, at) && !before--)
            return &other->declared->clauses[c];
    return NULL;
}

static void
tell_clause(struct telling *telling, int number, uint32_t clause)
{
    const struct side *side = &telling->sides[number], *other = &telling->sides[!number];
    const tidu_clause *at = &side->declared->clauses[clause];
    const tidu_clause *twin = find_clause(side, other, clause);
    if (twin && (!number || !strcmp(twin->digest, at->digest)))
        return;
    tidu_text_puts(telling->out, telling->first ? "{" : ",{");
    telling->first = false;
    put_where(side, at->document, clause, telling->out);
    tidu_text_printf(telling->out, ",\"change\":\"%s\"}",
                     twin     ? "changed"
                     : number ? "added"
                              : "removed");
}

static void
tell_clauses(struct telling *telling)
{
    telling->first = true;
    tidu_text_puts(telling->out, "\"clauses\":[");
    for (int number = 0; number < 2; number++)
        for (uint32_t c = 0; c < telling->sides[number].declared->clause_count; c++)
            tell_clause(telling, number, c);
    tidu_text_putc(telling->out, ']');
}

bool
tidu_ruleset_moved(const tidu_ruleset *old, const tidu_ruleset *new, tidu_text *out)
{
    struct telling telling = {.out = out};
    bool good = open_side(&telling.sides[0], old) && open_side(&telling.sides[1], new);
    if (good) {
        tell_clauses(&telling);
        tell_words(&telling);
    }
    for (int number = 0; number < 2; number++)
        if (telling.sides[number].arena)
            tidu_arena_close(&telling.sides[number].arena);
    return good && !out->failed;
}
