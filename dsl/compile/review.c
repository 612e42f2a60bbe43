/*
 * review.c: whether the rules of a clause were compared with its words.
 */
#include "internal.h"

#include "tidu/review.h"

#include <string.h>

enum { STAMP_LENGTH = 16 }; /* digits of a digest that are kept */

static bool
is_rule(const tidu_declaration *declaration)
{
    static const char *const others[] = {"policy", "scenario", "review", "expect"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (!strcmp(declaration->word, others[i]))
            return false;
    return true;
}

/* The first rule of a clause; NULL when it has none, or no words. */
static const tidu_declaration *
rule_of(const tidu_declarations *declared, uint32_t clause)
{
    if (!*declared->clauses[clause].words)
        return NULL;
    for (uint32_t i = 0; i < declared->declaration_count; i++)
        if (declared->declarations[i].clause == clause && is_rule(&declared->declarations[i]))
            return &declared->declarations[i];
    return NULL;
}

/* The path of a clause, numbered when its document has others of that path. */
static const char *
key_of(const tidu_declarations *declared, uint32_t clause, tidu_arena *arena)
{
    const tidu_clause *own = &declared->clauses[clause];
    unsigned nth = 1;
    for (uint32_t i = 0; i < clause; i++)
        nth += declared->clauses[i].document == own->document &&
               !strcmp(declared->clauses[i].path, own->path);
    return nth == 1 ? own->path : tidu_arena_printf(arena, "%s#%u", own->path, nth);
}

static const tidu_declaration *
review_of(const tidu_declarations *declared, const char *path)
{
    for (uint32_t i = 0; i < declared->declaration_count; i++)
        if (!strcmp(declared->declarations[i].word, "review") &&
            !strcmp(declared->declarations[i].name, path))
            return &declared->declarations[i];
    return NULL;
}

/* The stamp of a clause, or NULL. */
static const char *
stamp_of(const tidu_declaration *review, const char *key)
{
    const tidu_attr *clauses = review ? tidu_attr_find(&review->attrs, "clauses") : NULL;
    return clauses ? tidu_attr_text(clauses, key, NULL) : NULL;
}

static bool
is_stale(const char *stamp, const tidu_clause *clause)
{
    return stamp && strncmp(stamp, clause->digest, STAMP_LENGTH) != 0;
}

static bool
read_review(struct world *world, uint32_t document, const tidu_declaration *review)
{
    const tidu_declarations *declared = world->declared;
    for (uint32_t c = 0; c < declared->clause_count; c++) {
        if (declared->clauses[c].document != document)
            continue;
        const char *key = key_of(declared, c, world->arena);
        if (!key)
            return tidu_no_memory(world);
        if (is_stale(stamp_of(review, key), &declared->clauses[c]))
            world->stale[c] = tidu_attr_text(&review->attrs, "on", "");
    }
    return true;
}

bool
tidu_reviews_read(struct world *world)
{
    const tidu_declarations *declared = world->declared;
    bool good = true;
    world->stale = tidu_arena_array(world->arena, declared->clause_count + 1, sizeof *world->stale);
    if (!world->stale)
        return tidu_no_memory(world);
    for (uint32_t d = 0; d < declared->document_count && good; d++) {
        const tidu_declaration *review = review_of(declared, declared->documents[d].path);
        good = !review || read_review(world, d, review);
    }
    return good;
}

uint32_t
tidu_reviews_stale(const struct world *world)
{
    uint32_t count = 0;
    for (uint32_t c = 0; c < world->declared->clause_count; c++)
        count += world->stale[c] && rule_of(world->declared, c);
    return count;
}

void
tidu_reviews_complain(struct world *world, tidu_code code)
{
    const tidu_declarations *declared = world->declared;
    for (uint32_t c = 0; c < declared->clause_count; c++) {
        const tidu_declaration *rule = world->stale[c] ? rule_of(declared, c) : NULL;
        if (rule)
            tidu_compile_complain(world, rule, code, declared->clauses[c].path, world->stale[c],
                                  declared->documents[rule->document].path);
    }
}

bool
tidu_ruleset_refuse_stale(const tidu_ruleset *ruleset, tidu_report *report)
{
    struct world world = *ruleset->world;
    world.arena = tidu_arena_open();
    world.report = report;
    if (!world.arena)
        return tidu_no_memory(&world);
    tidu_reviews_complain(&world, TIDU_CLAUSE_STALE_REFUSED);
    tidu_arena_close(&world.arena);
    return !world.starved;
}

/* ---- writing stamps ---- */

struct stamping {
    const tidu_ruleset *ruleset;
    const char *const *documents; /* to be stamped; */
    size_t count;                 /* 0: all */
    const char *today;
    tidu_arena *arena;
    tidu_text *out;
    tidu_reviewed *made;
};

static bool
is_named(const tidu_document_info *document, const char *name)
{
    return !strcmp(document->path, name) || (document->id && !strcmp(document->id, name));
}

static bool
is_wanted(const struct stamping *stamping, const tidu_document_info *document)
{
    bool wanted = stamping->count == 0;
    for (size_t i = 0; !wanted && i < stamping->count; i++)
        wanted = is_named(document, stamping->documents[i]);
    return wanted;
}

static void
put_lua_string(tidu_text *out, const char *text)
{
    tidu_text_putc(out, '"');
    for (; *text; text++) {
        if (strchr("\"\\", *text))
            tidu_text_putc(out, '\\');
        tidu_text_putc(out, *text);
    }
    tidu_text_putc(out, '"');
}

static void
put_stamp(tidu_text *out, const char *key, const char *stamp)
{
    tidu_text_puts(out, "  [");
    put_lua_string(out, key);
    tidu_text_printf(out, "] = \"%.*s\",\n", STAMP_LENGTH, stamp);
}

static void
begin_review(tidu_text *out, const char *path, const char *on)
{
    tidu_text_puts(out, "review ");
    put_lua_string(out, path);
    tidu_text_puts(out, " { on = ");
    put_lua_string(out, on);
    tidu_text_puts(out, ", clauses = {\n");
}

static void
stamp_document(struct stamping *stamping, uint32_t document)
{
    const tidu_declarations *declared = &stamping->ruleset->declarations;
    const char *path = declared->documents[document].path;
    const tidu_declaration *review = review_of(declared, path);
    uint32_t before = stamping->made->clauses;
    for (uint32_t c = 0; c < declared->clause_count; c++) {
        const tidu_clause *clause = &declared->clauses[c];
        if (clause->document != document || !rule_of(declared, c))
            continue;
        const char *key = key_of(declared, c, stamping->arena);
        if (!key) {
            stamping->out->failed = true;
            return;
        }
        if (stamping->made->clauses++ == before)
            begin_review(stamping->out, path, stamping->today);
        const char *stamp = stamp_of(review, key);
        stamping->made->fresh += !stamp;
        stamping->made->changed += is_stale(stamp, clause);
        put_stamp(stamping->out, key, clause->digest);
    }
    if (stamping->made->clauses == before)
        return;
    tidu_text_puts(stamping->out, "} }\n");
    stamping->made->documents++;
}

/* The stamps a document has, in the order of its clauses: a file that is kept
 * under version control only changes where something was reviewed. */
static void
keep_review(struct stamping *stamping, uint32_t document, const tidu_declaration *review)
{
    const tidu_declarations *declared = &stamping->ruleset->declarations;
    begin_review(stamping->out, review->name, tidu_attr_text(&review->attrs, "on", ""));
    for (uint32_t c = 0; c < declared->clause_count; c++) {
        if (declared->clauses[c].document != document)
            continue;
        const char *key = key_of(declared, c, stamping->arena);
        const char *stamp = key ? stamp_of(review, key) : NULL;
        stamping->out->failed = stamping->out->failed || !key;
        if (stamp)
            put_stamp(stamping->out, key, stamp);
    }
    tidu_text_puts(stamping->out, "} }\n");
}

static bool
check_names(const struct stamping *stamping, tidu_error *reterr)
{
    for (size_t i = 0; i < stamping->count; i++) {
        bool known = false;
        for (uint32_t d = 0; !known && d < stamping->ruleset->document_count; d++)
            known = is_named(&stamping->ruleset->documents[d], stamping->documents[i]);
        if (!known)
            return tidu_error_set(reterr, TIDU_NO_SUCH_DOCUMENT, stamping->documents[i], NULL);
    }
    return true;
}

bool
tidu_ruleset_review(const tidu_ruleset *ruleset, const char *const *documents, size_t count,
                    int32_t today, tidu_text *out, tidu_reviewed *ret, tidu_error *reterr)
{
    char date[11];
    struct stamping stamping = {.ruleset = ruleset,
                                .documents = documents,
                                .count = count,
                                .today = tidu_date_format(today, date),
                                .out = out,
                                .made = ret};
    *ret = (tidu_reviewed){0};
    if (!check_names(&stamping, reterr))
        return false;
    stamping.arena = tidu_arena_open();
    if (!stamping.arena)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    tidu_text_puts(out, "-- Written by `tidu review`: what the clauses said when their rules were\n"
                        "-- last compared with them.\n");
    for (uint32_t d = 0; d < ruleset->document_count; d++) {
        const char *path = ruleset->documents[d].path;
        const tidu_declaration *review = review_of(&ruleset->declarations, path);
        if (is_wanted(&stamping, &ruleset->documents[d]))
            stamp_document(&stamping, d);
        else if (review)
            keep_review(&stamping, d, review);
    }
    tidu_arena_close(&stamping.arena);
    return !out->failed || tidu_error_set(reterr, TIDU_MEMORY, NULL);
}
