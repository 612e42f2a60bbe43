/*
 * library.c: what the cultivation library (分级培育库) is asked about single enterprises.
 *
 *   get, search, export   one or many
 *   remove                one, with a reason
 *
 * What goes in is in intake.c, what concerns all of them in survey.c.
 *
 * Must not know: sockets.
 */
#include "look.h"

#include "sketch.h"

#include <stdio.h>

/* ---- enterprises, told ----------------------------------------------------------------------- */

static void
put_enterprise(const struct look *look, const struct enterprise *enterprise)
{
    tidu_text *out = look->out;
    tidu_look_begin(look, enterprise);
    tidu_text_puts(out, ",\"titles\":");
    if (enterprise->titles.data)
        tidu_text_add(out, enterprise->titles.data, enterprise->titles.length);
    else
        tidu_text_puts(out, "null");
    tidu_desk_put_time(out, "since", enterprise->since_s);
    tidu_desk_put_time(out, "changed", enterprise->changed_s);
    if (look->with_facts) {
        tidu_text_puts(out, ",\"facts\":");
        tidu_text_add(out, enterprise->facts.data, enterprise->facts.length);
    }
    tidu_text_putc(out, '}');
}

static bool
tell_one(void *context, const struct enterprise *enterprise)
{
    struct look *look = context;
    if (!tidu_look_goes_on(look))
        return false;
    if (!tidu_look_wants(look, enterprise))
        return true;
    if (!tidu_look_next(look, enterprise))
        return false;
    put_enterprise(look, enterprise);
    look->count++;
    return true;
}

static bool
search(struct look *look, const json_t *params, tidu_error *reterr)
{
    if (!tidu_look_open(look, params, reterr))
        return false;
    tidu_text_puts(look->out, "{\"enterprises\":[");
    if (!tidu_look_walk(look, tell_one))
        return false;
    tidu_look_end(look);
    return true;
}

/* ---- get ------------------------------------------------------------------------------------------ */

static bool
get(struct look *look, const json_t *params, tidu_error *reterr)
{
    if (!tidu_desk_text(params, "uscc", &look->filter.uscc, reterr))
        return false;
    if (!look->filter.uscc)
        return tidu_desk_lacks("library.get", "uscc", reterr);
    if (!tidu_look_open(look, params, reterr))
        return false;
    look->with_facts = true;
    if (!tidu_look_walk(look, tell_one))
        return false;
    return look->count || tidu_error_set(reterr, TIDU_LIBRARY_NONE, look->filter.uscc, NULL);
}

/* ---- export ---------------------------------------------------------------------------------------- */

/* As a record that "load" and "evaluate" take, and "towards" beside. */
static bool
export_one(void *context, const struct enterprise *enterprise)
{
    struct look *look = context;
    if (!tidu_look_goes_on(look))
        return false;
    if (!tidu_look_wants(look, enterprise))
        return true;
    if (!tidu_look_next(look, enterprise))
        return false;
    tidu_text_puts(look->out, look->count++ ? "," : "");
    size_t begin = look->out->length;
    if (enterprise->titles.data)
        tidu_sketch_join(enterprise->facts, enterprise->titles, look->out);
    else
        tidu_text_add(look->out, enterprise->facts.data, enterprise->facts.length);
    if (enterprise->towards.length && look->out->length > begin) {
        look->out->length--; /* the brace */
        tidu_desk_put(look->out, "towards", enterprise->towards);
        tidu_text_putc(look->out, '}');
    }
    return true;
}

static bool
export_all(struct look *look, const json_t *params, tidu_error *reterr)
{
    if (!tidu_look_open(look, params, reterr))
        return false;
    tidu_text_puts(look->out, "{\"enterprises\":[");
    if (!tidu_look_walk(look, export_one))
        return false;
    tidu_look_end(look);
    return true;
}

/* ---- remove ----------------------------------------------------------------------------------------- */

struct removal {
    tidu_slice uscc;
    bool found;
};

static bool
take_out(struct database *database, void *context)
{
    struct removal *removal = context;
    removal->found = tidu_enterprise_remove(database, removal->uscc);
    return true;
}

static bool
take_away(struct look *look, const json_t *params, tidu_error *reterr)
{
    const char *uscc = NULL, *reason = NULL;
    tidu_text note = {0};
    if (!tidu_desk_text(params, "uscc", &uscc, reterr) ||
        !tidu_desk_text(params, "reason", &reason, reterr))
        return false;
    if (!uscc || !reason || !*reason)
        return tidu_desk_lacks("library.remove", uscc ? "reason" : "uscc", reterr);
    struct removal removal = {.uscc = {uscc, strlen(uscc)}};
    if (!tidu_desk_write(look->desk, take_out, &removal, reterr))
        return false;
    if (!removal.found)
        return tidu_error_set(reterr, TIDU_LIBRARY_NONE, uscc, NULL);
    tidu_text_puts(&note, "\"uscc\":");
    tidu_text_json(&note, uscc, strlen(uscc));
    tidu_desk_put(&note, "reason", (tidu_slice){reason, strlen(reason)});
    tidu_text_putc(&note, '\0');
    tidu_desk_note(look->desk, "library.remove", note.failed ? "" : note.data);
    tidu_text_free(&note);
    tidu_text_puts(look->out, "{\"removed\":true}");
    return true;
}

/* ---- the methods --------------------------------------------------------------------------------------------- */

static const struct {
    const char *what;
    bool (*ask)(struct look *look, const json_t *params, tidu_error *reterr);
} questions[] = {{"get", get},       {"search", search}, {"export", export_all}, {"due", tidu_survey_due},
                 {"near", tidu_survey_near},     {"progress", tidu_survey_progress}, {"remove", take_away}};

bool
tidu_library_ask(const struct desk *desk, const char *what, const json_t *params, tidu_slice raw,
                 tidu_text *out, tidu_error *reterr)
{
    struct look look = {.desk = desk, .out = out};
    size_t i = 0;
    if (strcmp(what, "load") == 0)
        return tidu_library_load(desk, params, raw, out, reterr);
    while (strcmp(questions[i].what, what) != 0)
        i++;
    return questions[i].ask(&look, params, reterr);
}
