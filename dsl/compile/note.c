/*
 * note.c: who a clause makes responsible.
 *
 * The note at the end of a clause is read from the text:
 *
 *   （科技部、工业和信息化部、国务院国资委按照职责分工负责）   first listed leads
 *   （工业和信息化部牵头、相关部门按照职责分工负责、有关行业协会配合相关工作）
 *
 * What is declared about it must say the same.
 */
#include "routing.h"

#include <string.h>

/* ---- the note at the end of a clause ---- */

static const char *
skip(const char *text, const char *word)
{
    size_t length = strlen(word);
    return strncmp(text, word, length) ? NULL : text + length;
}

/* The last bracket of the words that says who answers for it; NULL for none. */
static bool
find_note(struct world *world, const char *words, char **ret_note)
{
    *ret_note = NULL;
    for (const char *at = words; (at = strstr(at, "（")) != NULL;) {
        const char *close = strstr(at, "）");
        at += strlen("（");
        char *note = tidu_arena_copy_n(world->arena, at, close ? (size_t)(close - at) : strlen(at));
        if (!note)
            return tidu_no_memory(world);
        if (strstr(note, "负责") || strstr(note, "牵头"))
            *ret_note = note;
    }
    return true;
}

void
tidu_note_squeeze(char *text)
{
    char *to = text;
    for (; *text; text++)
        if (*text != ' ' && *text != '\n')
            *to++ = *text;
    *to = '\0';
}

/* The body whose name the text begins with, the longest of them. */
static int32_t
body_at(const struct routing *routing, const char *text, const char **ret_rest)
{
    int32_t found = TIDU_NONE;
    size_t longest = 0;
    for (uint32_t i = 0; i < routing->made.body_count; i++) {
        const tidu_body *body = &routing->bodies[i];
        for (uint32_t a = 0; a <= body->alias_count; a++) {
            const char *name = a ? body->aliases[a - 1] : body->title.zh;
            size_t length = strlen(name);
            if (length > longest && !strncmp(text, name, length)) {
                longest = length;
                found = (int32_t)i;
            }
        }
    }
    *ret_rest = text + longest;
    return found;
}

/* Takes the bodies named since the last role was said. */
static void
take(struct responsibility *responsibility, struct bodies *pending, const char *role)
{
    bool leads = skip(role, "牵头") != NULL, supports = skip(role, "配合") != NULL;
    uint32_t from = 0;
    if (leads) {
        responsibility->basis = TIDU_BASIS_EXPLICIT;
        responsibility->lead = (int32_t)pending->items[0];
        from = 1;
    } else if (!supports && responsibility->lead == TIDU_NONE) {
        responsibility->basis = TIDU_BASIS_FIRST_LISTED;
        responsibility->lead = (int32_t)pending->items[0];
        from = 1;
    }
    struct bodies *into = supports ? &responsibility->support : &responsibility->joint;
    for (uint32_t i = from; i < pending->count; i++)
        into->items[into->count++] = pending->items[i];
    pending->count = 0;
}

/* The end of a piece: "、" and then a body; "，" or "；" and then a body or other
 * words. The end of the text when there is none. */
static const char *
piece_end(const char *text)
{
    static const char *const ends[] = {"、", "，", "；"};
    const char *end = text + strlen(text);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const char *found = strstr(text, ends[i]);
        if (found && found < end)
            end = found;
    }
    return end;
}

static bool
complain_note(struct routing *routing, const tidu_clause *clause, const char *text)
{
    tidu_error error;
    char *piece = tidu_arena_copy_n(routing->world->arena, text, (size_t)(piece_end(text) - text));
    tidu_error_at(&error, TIDU_NOTE_BODY,
                  routing->world->declared->documents[clause->document].path, clause->line, 0, 0,
                  piece ? piece : text, NULL);
    return tidu_report_add(routing->world->report, &error);
}

static bool
open_bodies(struct world *world, struct bodies *bodies, size_t most)
{
    bodies->items = tidu_arena_array(world->arena, most, sizeof *bodies->items);
    bodies->count = 0;
    return bodies->items || tidu_no_memory(world);
}

/* note = piece {("、" | "，" | "；") piece} ["，" words] ; piece = body [role] */
static bool
read_note(struct routing *routing, const tidu_clause *clause, struct responsibility *ret)
{
    struct world *world = routing->world;
    char *note;
    struct bodies pending;
    *ret = (struct responsibility){.lead = TIDU_NONE};
    if (!find_note(world, clause->words, &note) || !note)
        return !world->starved;
    tidu_note_squeeze(note);
    size_t most = strlen(note) / 3 + 1;
    if (!open_bodies(world, &ret->joint, most) || !open_bodies(world, &ret->support, most) ||
        !open_bodies(world, &pending, most))
        return false;
    bool listed = true;
    for (const char *at = note, *rest; *at; at = rest) {
        int32_t body = body_at(routing, at, &rest);
        if (body == TIDU_NONE && listed)
            return complain_note(routing, clause, at);
        if (body == TIDU_NONE)
            break;
        pending.items[pending.count++] = (uint32_t)body;
        const char *end = piece_end(rest);
        if (end != rest)
            take(ret, &pending, rest);
        listed = skip(end, "、") != NULL;
        rest = *end ? end + strlen("、") : end; /* all three are as long */
    }
    ret->found = ret->lead != TIDU_NONE;
    return true;
}

/* ---- responsible { … } ---- */

static bool
same_bodies(const struct bodies *a, const uint32_t *items, uint32_t count)
{
    if (a->count != count)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (a->items[i] != items[i])
            return false;
    return true;
}

static bool
is_basis(const char *basis, tidu_basis wanted)
{
    return !basis || !strcmp(basis, "explicit") == (wanted == TIDU_BASIS_EXPLICIT);
}

/* What was declared against what the text says. */
static bool
compare_note(struct routing *routing, const tidu_declaration *declared, const tidu_clause *clause,
             const struct responsibility *note, const tidu_duty *says)
{
    const char *basis = tidu_attr_text(&declared->attrs, "basis", NULL);
    tidu_error error;
    bool same = !note->found || (note->lead == (int32_t)says->lead &&
                                 same_bodies(&note->joint, says->joint, says->joint_count) &&
                                 same_bodies(&note->support, says->support, says->support_count) &&
                                 is_basis(basis, note->basis));
    if (same)
        return true;
    tidu_error_at(&error, TIDU_NOTE_DIFFERS, tidu_document_path(routing->world, declared),
                  declared->line, 0, 0, routing->bodies[note->lead].title.zh,
                  note->basis == TIDU_BASIS_EXPLICIT ? "explicit" : "first_listed", NULL);
    error.also.line = clause->line;
    strncpy(error.also.document, tidu_document_path(routing->world, declared),
            TIDU_DOCUMENT_SIZE - 1);
    return tidu_report_add(routing->world->report, &error);
}

/* What the clause a measure stands in declares; NULL for nothing. */
const struct answerable *
tidu_answerable_of(const struct routing *routing, const tidu_declaration *measure)
{
    for (uint32_t i = 0; i < routing->answerable_count; i++)
        if (routing->answerables[i].declaration->clause == measure->clause)
            return &routing->answerables[i];
    return NULL;
}

/* A body that can only support does not lead. */
bool
tidu_lead_check(struct routing *routing, const tidu_declaration *declaration, int32_t lead)
{
    const tidu_attr *attr = tidu_attr_find(&declaration->attrs, "lead");
    if (lead == TIDU_NONE)
        return tidu_compile_complain(routing->world, declaration, TIDU_NO_LEAD, declaration->word,
                                     declaration->name ? declaration->name : "", NULL);
    return !routing->bodies[lead].supports ||
           tidu_compile_complain_at(routing->world, declaration, attr, TIDU_LEAD_SUPPORTS,
                                    routing->bodies[lead].id, NULL, NULL, NULL);
}

static bool
check_basis(struct world *world, const tidu_declaration *declaration)
{
    const tidu_attr *basis = tidu_attr_find(&declaration->attrs, "basis");
    return !basis || !strcmp(basis->text, "explicit") || !strcmp(basis->text, "first_listed") ||
           tidu_compile_complain_at(world, declaration, basis, TIDU_BAD_WORD, "basis", basis->text,
                                    "explicit, first_listed", NULL);
}

static bool
read_responsible(struct routing *routing, const tidu_declaration *declaration, tidu_duty *duty)
{
    const tidu_clause *clause = &routing->world->declared->clauses[declaration->clause];
    struct responsibility note;
    int32_t lead;
    bool good = read_note(routing, clause, &note);
    good = check_basis(routing->world, declaration) && good;
    good = tidu_body_named(routing, declaration, "lead", &lead) && good;
    good =
        tidu_bodies_named(routing, declaration, "joint", &duty->joint, &duty->joint_count) && good;
    good =
        tidu_bodies_named(routing, declaration, "support", &duty->support, &duty->support_count) &&
        good;
    if (!good || !tidu_lead_check(routing, declaration, lead))
        return false;
    const char *basis = tidu_attr_text(&declaration->attrs, "basis", NULL);
    duty->lead = (uint32_t)lead;
    duty->basis = note.found                            ? note.basis
                  : basis && !strcmp(basis, "explicit") ? TIDU_BASIS_EXPLICIT
                                                        : TIDU_BASIS_FIRST_LISTED;
    return compare_note(routing, declaration, clause, &note, duty);
}

bool
tidu_note_respond(struct routing *routing, const tidu_declaration *measure, tidu_duty *duty)
{
    const tidu_clause *clause = &routing->world->declared->clauses[measure->clause];
    struct responsibility note;
    if (!read_note(routing, clause, &note))
        return false;
    if (!note.found)
        return tidu_compile_complain(routing->world, measure, TIDU_NO_LEAD, measure->word,
                                     measure->name, NULL);
    duty->lead = (uint32_t)note.lead;
    duty->basis = note.basis;
    duty->joint = note.joint.items;
    duty->joint_count = note.joint.count;
    duty->support = note.support.items;
    duty->support_count = note.support.count;
    return tidu_lead_check(routing, measure, note.lead);
}

/* Every `responsible` is compared with its clause, with measures or without. */
bool
tidu_answerable_add(struct routing *routing, const tidu_declaration *declaration)
{
    struct answerable *answerable = &routing->answerables[routing->answerable_count++];
    answerable->declaration = declaration;
    answerable->good = read_responsible(routing, declaration, &answerable->says);
    return answerable->good;
}

void
tidu_answerable_fill(tidu_duty *duty, const tidu_duty *says)
{
    duty->lead = says->lead;
    duty->basis = says->basis;
    duty->joint = says->joint;
    duty->joint_count = says->joint_count;
    duty->support = says->support;
    duty->support_count = says->support_count;
}
