/*
 * reuse.c: only what changed is run again.
 *
 *   sources ─┬─ vocabulary and changed documents ─► the helper ─┐
 *            └─ the others, as an earlier load left them ───────┴─► declarations
 *
 * What a document declares depends on its own bytes and on the vocabulary, and
 * on nothing else: scripts have no clock and no chance. So a document that is
 * byte for byte the same beside the same vocabulary declares the same. The
 * earlier load must have been without complaint, for its complaints are gone.
 *
 * INVARIANT: what comes out is what a run of everything gives, in the same
 * order and with the same numbers, but for those of pieces: a piece that both
 * sides have is there twice.
 *
 * Must not know Lua or processes. All that is handed on lives in the caller's
 * arena: what an earlier load declared is copied, what was run for this one is
 * there already.
 */
#include "internal.h"

#include <stdlib.h>

enum { NOT_THERE = UINT32_MAX };

/* Declarations that documents are taken from, and the new numbers of what was
 * taken. */
struct origin {
    const tidu_declarations *from;
    bool ours; /* it lives as long as the result: nothing is copied, only numbered anew */
    uint32_t *clauses, *tables, *declarations, *pieces;
};

struct place_of {
    struct origin *origin;
    uint32_t document; /* there */
};

struct merging {
    tidu_arena *arena;
    const tidu_source *sources;
    uint32_t source_count;
    struct place_of *places; /* [source] */
    tidu_document *documents;
    tidu_clause *clauses;
    tidu_table *tables;
    tidu_declaration *declarations;
    const char **pieces;
    uint32_t clause_count, table_count, declaration_count, piece_count;
    bool failed; /* memory ran out */
};

/* ---- which documents ---- */

bool
tidu_author_is_vocabulary(const char *path)
{
    return !strncmp(path, "vocabulary/", 11);
}

static bool
stays_in_document(const tidu_declarations *all, const tidu_attr *attr, uint32_t document)
{
    if (attr->kind == TIDU_ATTR_DECL)
        return all->declarations[attr->reference].document == document;
    if (attr->kind == TIDU_ATTR_TABLE)
        return all->tables[attr->reference].document == document;
    for (uint32_t i = 0; i < attr->item_count; i++)
        if (!stays_in_document(all, &attr->items[i], document))
            return false;
    return true;
}

/* A document that holds a group of the vocabulary cannot be taken alone. */
static bool
can_be_parted(const tidu_declarations *all)
{
    for (uint32_t i = 0; i < all->declaration_count; i++) {
        const tidu_declaration *declaration = &all->declarations[i];
        uint32_t document = declaration->document;
        if (!stays_in_document(all, &declaration->attrs, document) ||
            (declaration->parent >= 0 && all->declarations[declaration->parent].document != document))
            return false;
    }
    return true;
}

static uint32_t
find_document(const tidu_declarations *all, const char *path)
{
    for (uint32_t i = 0; i < all->document_count; i++)
        if (!strcmp(all->documents[i].path, path))
            return i;
    return NOT_THERE;
}

static bool
is_same(const tidu_declarations *earlier, const tidu_source *source, const char digest[65])
{
    uint32_t document = find_document(earlier, source->path);
    return document != NOT_THERE && !strcmp(earlier->documents[document].digest, digest);
}

static uint32_t
count_vocabulary(const tidu_declarations *all)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < all->document_count; i++)
        count += tidu_author_is_vocabulary(all->documents[i].path);
    return count;
}

/* Choose what has to run; false when that is everything. */
static bool
choose(const tidu_declarations *earlier, const tidu_source *sources, size_t count,
       const char (*digests)[65], tidu_source *ret_sources, size_t *ret_count)
{
    uint32_t vocabulary = 0;
    *ret_count = 0;
    for (size_t i = 0; i < count; i++) {
        bool same = is_same(earlier, &sources[i], digests[i]);
        if (tidu_author_is_vocabulary(sources[i].path) && !same)
            return false;
        vocabulary += tidu_author_is_vocabulary(sources[i].path);
        if (!same || tidu_author_is_vocabulary(sources[i].path))
            ret_sources[(*ret_count)++] = sources[i];
    }
    return *ret_count < count && vocabulary == count_vocabulary(earlier) && can_be_parted(earlier);
}

/* ---- copying ---- */

static void *
take(struct merging *m, size_t count, size_t size)
{
    void *memory = tidu_arena_array(m->arena, count, size);
    m->failed = m->failed || !memory;
    return memory;
}

static const char *
copy_text(struct merging *m, const struct origin *origin, const char *text)
{
    if (origin->ours || !text)
        return text;
    char *copy = tidu_arena_copy(m->arena, text);
    m->failed = m->failed || !copy;
    return copy;
}

/* Room for so many items of a list: where the list is, if it is ours. */
static void *
take_list(struct merging *m, const struct origin *origin, const void *list, size_t count,
          size_t size)
{
    return origin->ours ? (void *)list : take(m, count, size);
}

/* Each piece is taken once, when a record first needs it. */
static const uint32_t *
copy_pieces(struct merging *m, const struct origin *origin, const tidu_attr *record)
{
    uint32_t *pieces =
        take_list(m, origin, record->pieces, record->reference, sizeof *pieces);
    for (uint32_t i = 0; pieces && i < record->reference && !m->failed; i++) {
        uint32_t *number = &origin->pieces[record->pieces[i]];
        if (*number == NOT_THERE) {
            *number = m->piece_count;
            m->pieces[m->piece_count++] = copy_text(m, origin, origin->from->pieces[record->pieces[i]]);
        }
        pieces[i] = *number;
    }
    return pieces;
}

static tidu_attr
copy_attr(struct merging *m, const struct origin *origin, const tidu_attr *attr)
{
    tidu_attr copy = *attr;
    copy.name = copy_text(m, origin, attr->name);
    copy.text = copy_text(m, origin, attr->text);
    if (attr->kind == TIDU_ATTR_DECL)
        copy.reference = origin->declarations[attr->reference];
    else if (attr->kind == TIDU_ATTR_TABLE)
        copy.reference = origin->tables[attr->reference];
    else if (attr->kind == TIDU_ATTR_JSON)
        copy.pieces = copy_pieces(m, origin, attr);
    tidu_attr *items = attr->item_count ? take_list(m, origin, attr->items, attr->item_count,
                                                    sizeof *items)
                                        : NULL;
    for (uint32_t i = 0; items && i < attr->item_count; i++)
        items[i] = copy_attr(m, origin, &attr->items[i]);
    copy.items = items;
    return copy;
}

static void
copy_clauses(struct merging *m, uint32_t source)
{
    const struct place_of *place = &m->places[source];
    const tidu_declarations *from = place->origin->from;
    for (uint32_t i = 0; i < from->clause_count && !m->failed; i++) {
        if (from->clauses[i].document != place->document)
            continue;
        tidu_clause *copy = &m->clauses[m->clause_count];
        *copy = from->clauses[i];
        copy->document = source;
        copy->path = copy_text(m, place->origin, copy->path);
        copy->words = copy_text(m, place->origin, copy->words);
        place->origin->clauses[i] = m->clause_count++;
    }
}

static void
copy_tables(struct merging *m, uint32_t source)
{
    const struct place_of *place = &m->places[source];
    const tidu_declarations *from = place->origin->from;
    for (uint32_t i = 0; i < from->table_count && !m->failed; i++) {
        if (from->tables[i].document != place->document)
            continue;
        tidu_table *copy = &m->tables[m->table_count];
        *copy = from->tables[i];
        copy->document = source;
        copy->clause = place->origin->clauses[copy->clause];
        size_t count = (size_t)copy->rows * copy->columns;
        tidu_cell *cells = take_list(m, place->origin, copy->cells, count, sizeof *cells);
        for (size_t c = 0; cells && c < count; c++) {
            cells[c] = from->tables[i].cells[c];
            cells[c].text = copy_text(m, place->origin, cells[c].text);
        }
        copy->cells = cells;
        place->origin->tables[i] = m->table_count++;
    }
}

/* Numbers first: what nests is referred to before it comes. */
static void
number_declarations(struct merging *m, uint32_t source)
{
    const struct place_of *place = &m->places[source];
    const tidu_declarations *from = place->origin->from;
    for (uint32_t i = 0; i < from->declaration_count; i++)
        if (from->declarations[i].document == place->document)
            place->origin->declarations[i] = m->declaration_count++;
}

static void
copy_declarations(struct merging *m, uint32_t source)
{
    const struct place_of *place = &m->places[source];
    const struct origin *origin = place->origin;
    for (uint32_t i = 0; i < origin->from->declaration_count && !m->failed; i++) {
        const tidu_declaration *declaration = &origin->from->declarations[i];
        if (declaration->document != place->document)
            continue;
        tidu_declaration *copy = &m->declarations[origin->declarations[i]];
        *copy = *declaration;
        copy->word = copy_text(m, origin, copy->word);
        copy->name = copy_text(m, origin, copy->name);
        copy->document = source;
        copy->clause = origin->clauses[copy->clause];
        if (copy->parent >= 0)
            copy->parent = (int32_t)origin->declarations[copy->parent];
        copy->attrs = copy_attr(m, origin, &declaration->attrs);
    }
}

/* Vocabulary first, as it is run. */
static void
each_source(struct merging *m, void (*act)(struct merging *m, uint32_t source))
{
    for (uint32_t i = 0; i < m->source_count && !m->failed; i++)
        if (tidu_author_is_vocabulary(m->sources[i].path))
            act(m, i);
    for (uint32_t i = 0; i < m->source_count && !m->failed; i++)
        if (!tidu_author_is_vocabulary(m->sources[i].path))
            act(m, i);
}

/* ---- merging ---- */

static uint32_t *
no_numbers(tidu_arena *scratch, size_t count)
{
    uint32_t *numbers = tidu_arena_array(scratch, count, sizeof *numbers);
    for (size_t i = 0; numbers && i < count; i++)
        numbers[i] = NOT_THERE;
    return numbers;
}

static bool
open_origin(tidu_arena *scratch, const tidu_declarations *from, bool ours, struct origin *ret)
{
    *ret = (struct origin){from, ours, no_numbers(scratch, from->clause_count),
                           no_numbers(scratch, from->table_count),
                           no_numbers(scratch, from->declaration_count),
                           no_numbers(scratch, from->piece_count)};
    return ret->clauses && ret->tables && ret->declarations && ret->pieces;
}

static bool
open_merging(struct merging *m, tidu_arena *scratch, struct origin origins[2],
             const char (*digests)[65])
{
    const tidu_declarations *fresh = origins[0].from, *earlier = origins[1].from;
    m->places = tidu_arena_array(scratch, m->source_count, sizeof *m->places);
    m->documents = take(m, m->source_count, sizeof *m->documents);
    m->clauses = take(m, (size_t)fresh->clause_count + earlier->clause_count, sizeof *m->clauses);
    m->tables = take(m, (size_t)fresh->table_count + earlier->table_count, sizeof *m->tables);
    m->declarations = take(m, (size_t)fresh->declaration_count + earlier->declaration_count,
                           sizeof *m->declarations);
    m->pieces = take(m, (size_t)fresh->piece_count + earlier->piece_count, sizeof *m->pieces);
    if (m->failed || !m->places)
        return false;
    for (uint32_t i = 0; i < m->source_count; i++) {
        uint32_t there = find_document(fresh, m->sources[i].path);
        struct origin *origin = &origins[there == NOT_THERE];
        if (there == NOT_THERE)
            there = find_document(earlier, m->sources[i].path);
        m->places[i] = (struct place_of){origin, there};
        m->documents[i].path = tidu_arena_copy(m->arena, m->sources[i].path);
        m->failed = m->failed || !m->documents[i].path;
        memcpy(m->documents[i].digest, digests[i], sizeof m->documents[i].digest);
    }
    return !m->failed;
}

/* What was run afresh is taken as it is; `ours`: so is the other. */
static bool
merge(struct merging *m, tidu_arena *scratch, const tidu_declarations *fresh,
      const tidu_declarations *earlier, bool ours, const char (*digests)[65],
      tidu_declarations *ret)
{
    struct origin origins[2];
    if (!open_origin(scratch, fresh, true, &origins[0]) ||
        !open_origin(scratch, earlier, ours, &origins[1]) ||
        !open_merging(m, scratch, origins, digests))
        return false;
    for (uint32_t i = 0; i < m->source_count; i++)
        copy_clauses(m, i);
    for (uint32_t i = 0; i < m->source_count; i++)
        copy_tables(m, i);
    each_source(m, number_declarations);
    each_source(m, copy_declarations);
    *ret = (tidu_declarations){.document_count = m->source_count,
                               .clause_count = m->clause_count,
                               .table_count = m->table_count,
                               .declaration_count = m->declaration_count,
                               .piece_count = m->piece_count,
                               .documents = m->documents,
                               .clauses = m->clauses,
                               .tables = m->tables,
                               .declarations = m->declarations,
                               .pieces = m->pieces};
    return !m->failed;
}

/* With the digests of all sources. */
static bool
digest_all(const tidu_source *sources, size_t count, tidu_arena *scratch, char (**ret_digests)[65])
{
    char(*digests)[65] = tidu_arena_array(scratch, count, sizeof *digests);
    for (size_t i = 0; digests && i < count; i++)
        tidu_digest(sources[i].text, sources[i].length, digests[i]);
    *ret_digests = digests;
    return digests != NULL;
}

bool
tidu_author_merge(const tidu_source *sources, size_t source_count, const tidu_declarations *fresh,
                  const tidu_declarations *other, tidu_arena *arena,
                  tidu_declarations *ret_declarations)
{
    struct merging m = {.arena = arena, .sources = sources, .source_count = (uint32_t)source_count};
    tidu_arena *scratch = tidu_arena_open();
    char(*digests)[65];
    bool merged = scratch && can_be_parted(fresh) && can_be_parted(other) &&
                  digest_all(sources, source_count, scratch, &digests) &&
                  merge(&m, scratch, fresh, other, true, (const char(*)[65])digests, ret_declarations);
    tidu_arena_close(&scratch);
    return merged;
}

static bool
no_memory(tidu_report *report)
{
    tidu_error error;
    tidu_error_set(&error, TIDU_MEMORY, NULL);
    return tidu_report_add(report, &error);
}

bool
tidu_author_rerun(const char *helper, const tidu_source *sources, size_t source_count,
                  const tidu_declarations *earlier, tidu_arena *arena,
                  tidu_declarations *ret_declarations, tidu_report *report)
{
    tidu_arena *scratch = tidu_arena_open();
    struct merging m = {.arena = arena, .sources = sources, .source_count = (uint32_t)source_count};
    tidu_declarations fresh = {0};
    size_t count = 0;
    tidu_source *changed =
        scratch ? tidu_arena_array(scratch, source_count, sizeof *changed) : NULL;
    char(*digests)[65];
    bool good = changed && digest_all(sources, source_count, scratch, &digests);
    if (!good)
        no_memory(report);
    else if (!choose(earlier, sources, source_count, (const char(*)[65])digests, changed, &count))
        good = tidu_author_run_apart(helper, sources, source_count, arena, ret_declarations, report);
    else
        good = tidu_author_run(helper, changed, count, NULL, arena, &fresh, report) &&
               (merge(&m, scratch, &fresh, earlier, false, (const char(*)[65])digests,
                      ret_declarations) ||
                no_memory(report));
    tidu_arena_close(&scratch);
    return good;
}
