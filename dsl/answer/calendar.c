/*
 * calendar.c: dates to keep.
 *
 * Of the rules: what begins or ends. Of an enterprise: where it stands on the
 * ladder, until when its titles count, when they are due for review, until
 * when a ban lasts, and the last day of each award it may draw.
 *
 *   none ─► held ─► review due (its last year) ─► lapsed
 *             └───► cancelled ─► banned until … ─► none
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    int32_t day;
    const char *kind, *id;
    tidu_titles title;
    const char *zh, *en; /* what happens, behind the title */
    const tidu_citation *citation;
    uint32_t place;
};

struct calendar {
    const tidu_ruleset *ruleset;
    tidu_lang lang;
    int32_t from, until;
    struct entry *entries;
    size_t count, capacity;
    tidu_arena *arena;
    bool starved;
};

static void
add(struct calendar *calendar, struct entry entry)
{
    if (entry.day < calendar->from || entry.day > calendar->until)
        return;
    struct entry *entries = tidu_arena_grow(calendar->arena, calendar->entries, calendar->count,
                                            &calendar->capacity, sizeof *entries);
    if (!entries) {
        calendar->starved = true;
        return;
    }
    calendar->entries = entries;
    entries[calendar->count++] = entry;
}

/* ---- the rules ---- */

static void
add_events(struct calendar *calendar)
{
    const tidu_event *list;
    uint32_t count;
    if (!tidu_ruleset_events(calendar->ruleset, calendar->from, calendar->until, calendar->arena,
                             &list, &count)) {
        calendar->starved = true;
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        add(calendar,
            (struct entry){list[i].day, list[i].kind, list[i].id, list[i].title,
                           list[i].ends ? "最后一天" : "起施行",
                           list[i].ends ? "last day" : "begins", &list[i].citation, list[i].place});
}

/* ---- the ladder ---- */

/* The latest declaration of a designation or title that is in force. */
static const tidu_declaration *
declaration_of(const tidu_ruleset *ruleset, const char *id, int32_t as_of)
{
    const tidu_declarations *declared = &ruleset->declarations;
    const tidu_declaration *found = NULL;
    for (uint32_t i = 0; i < declared->declaration_count; i++) {
        const tidu_declaration *declaration = &declared->declarations[i];
        bool title =
            !strcmp(declaration->word, "designation") || !strcmp(declaration->word, "title");
        if (!title || strcmp(declaration->name, id))
            continue;
        const tidu_document_info *document = &ruleset->documents[declaration->document];
        if (!found || (document->effective <= as_of && as_of <= document->expires))
            found = declaration;
    }
    return found;
}

static tidu_titles
titles_of(const tidu_declaration *declaration, const char *id)
{
    const char *zh = declaration ? tidu_attr_text(&declaration->attrs, "zh", id) : id;
    return (tidu_titles){zh, declaration ? tidu_attr_text(&declaration->attrs, "en", zh) : id};
}

static const tidu_title_slot *
slot_of(const tidu_ruleset *ruleset, const char *id)
{
    const tidu_layout *layout = &ruleset->vocabulary.layout;
    for (uint32_t i = 0; i < layout->title_count; i++)
        if (!strcmp(layout->titles[i].id, id))
            return &layout->titles[i];
    return NULL;
}

int32_t
tidu_ruleset_last_day(const tidu_ruleset *ruleset, const tidu_title_term *term)
{
    const tidu_title_slot *slot = slot_of(ruleset, term->id);
    int32_t from = term->reviewed != INT32_MIN ? term->reviewed : term->granted;
    int32_t day = term->expires;
    if (day == INT32_MAX && from != INT32_MIN && slot && slot->validity_months)
        day = tidu_date_shift(from, (int)slot->validity_months) - 1;
    if (term->cancelled != INT32_MIN && term->cancelled - 1 < day)
        day = term->cancelled - 1;
    return day;
}

/* The last day on which no new application is taken after a cancellation. */
static int32_t
end_of_ban(const tidu_ruleset *ruleset, const tidu_title_term *term)
{
    const tidu_title_slot *slot = slot_of(ruleset, term->id);
    if (term->cancelled == INT32_MIN || !slot || !slot->ban_months)
        return INT32_MIN;
    return tidu_date_shift(term->cancelled, (int)slot->ban_months) - 1;
}

static const char *
state_of(const struct calendar *calendar, const tidu_title_term *term, int32_t last, int32_t ban)
{
    int32_t now = calendar->from;
    if (term->cancelled != INT32_MIN && term->cancelled <= now)
        return now <= ban ? "banned" : "cancelled";
    if (term->granted != INT32_MIN && now < term->granted)
        return "granted";
    if (now > last)
        return "lapsed";
    return last != INT32_MAX && now > tidu_date_shift(last, -12) ? "review_due" : "held";
}

static void
write_day(const char *key, int32_t day, tidu_text *out)
{
    char date[11];
    if (day != INT32_MIN && day != INT32_MAX)
        tidu_text_printf(out, ",\"%s\":\"%s\"", key, tidu_date_format(day, date));
}

static void
write_term(struct calendar *calendar, const tidu_title_term *term, tidu_text *out)
{
    const tidu_declaration *declaration =
        declaration_of(calendar->ruleset, term->id, calendar->from);
    int32_t last = tidu_ruleset_last_day(calendar->ruleset, term), ban = end_of_ban(calendar->ruleset, term);
    tidu_titles title = titles_of(declaration, term->id);
    tidu_text_puts(out, "{\"id\":");
    tidu_answer_string(out, term->id);
    tidu_text_puts(out, ",\"title\":");
    tidu_answer_words(out, calendar->lang, title.zh, title.en);
    tidu_text_printf(out, ",\"state\":\"%s\"", state_of(calendar, term, last, ban));
    write_day("granted", term->granted, out);
    write_day("reviewed", term->reviewed, out);
    write_day("last_day", last, out);
    write_day("cancelled", term->cancelled, out);
    write_day("banned_until", ban, out);
    tidu_text_putc(out, '}');
    if (last != INT32_MAX)
        add(calendar,
            (struct entry){last, "title", term->id, title, "有效期最后一天；此前须通过复核",
                           "last day; to be reviewed before", NULL, 0});
    if (ban != INT32_MIN)
        add(calendar,
            (struct entry){ban, "ban", term->id, title, "因造假取消的，不得再申请的最后一天",
                           "last day of the ban, if it was cancelled for deceit", NULL, 0});
}

/* What a designation comes after on the ladder. */
static void
write_after(const tidu_attr *after, tidu_text *out)
{
    tidu_text_puts(out, ",\"after\":[");
    for (uint32_t i = 0; after && i < after->item_count; i++) {
        if (i)
            tidu_text_putc(out, ',');
        tidu_answer_string(out, after->items[i].text);
    }
    tidu_text_putc(out, ']');
}

static bool
is_held(const tidu_title_term *terms, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(terms[i].id, id))
            return true;
    return false;
}

/* Titles it never had: what they ask to be held before. */
static void
write_steps(struct calendar *calendar, const tidu_program *program, const tidu_title_term *terms,
            size_t term_count, bool first, tidu_text *out)
{
    for (uint32_t d = 0; d < program->designation_count; d++) {
        const tidu_designation *designation = &program->designations[d];
        if (!designation->told || is_held(terms, term_count, designation->id))
            continue;
        const tidu_declaration *declaration =
            declaration_of(calendar->ruleset, designation->id, calendar->from);
        tidu_text_puts(out, first ? "{\"id\":" : ",{\"id\":");
        first = false;
        tidu_answer_string(out, designation->id);
        tidu_text_puts(out, ",\"title\":");
        tidu_answer_words(out, calendar->lang, designation->title.zh, designation->title.en);
        tidu_text_puts(out, ",\"state\":\"none\"");
        write_after(declaration ? tidu_attr_find(&declaration->attrs, "after") : NULL, out);
        tidu_text_putc(out, '}');
    }
}

static void
write_ladder(struct calendar *calendar, const tidu_title_term *terms, size_t term_count,
             tidu_text *out)
{
    tidu_text_puts(out, ",\"ladder\":[");
    for (size_t i = 0; i < term_count; i++) {
        if (i)
            tidu_text_putc(out, ',');
        write_term(calendar, &terms[i], out);
    }
    write_steps(calendar, tidu_ruleset_program(calendar->ruleset, calendar->from), terms,
                term_count, term_count == 0, out);
    tidu_text_putc(out, ']');
}

/* ---- awards an enterprise may draw ---- */

static void
add_awards(struct calendar *calendar, const tidu_evaluation *e)
{
    struct tidu_evaluation view;
    for (unsigned nth = 0; nth < TIDU_LANES_A_ROW && tidu_look_nth(e, 0, nth, &view); nth++)
        for (uint32_t i = 0; i < view.program->subsidy_count; i++) {
            const tidu_subsidy *subsidy = &view.program->subsidies[i];
            if (tidu_subsidy_told(&view, 0, subsidy) && subsidy->expires != INT32_MAX)
                add(calendar,
                    (struct entry){subsidy->expires, "subsidy", subsidy->rule.id,
                                   subsidy->rule.title, "可申请的最后一天", "last day to draw it",
                                   &subsidy->rule.citation, subsidy->place});
        }
}

static bool
read_enterprise(struct calendar *calendar, const tidu_options *options, const char *text,
                size_t length, const tidu_title_term *terms, size_t term_count, tidu_text *out,
                tidu_error *reterr)
{
    tidu_options wanted = *options;
    wanted.explain = TIDU_EXPLAIN_FAILED;
    wanted.include = TIDU_INCLUDE_ALL;
    tidu_evaluation *e =
        tidu_evaluation_open((tidu_ruleset *)(uintptr_t)calendar->ruleset, &wanted, 1, reterr);
    bool good = e && tidu_evaluation_json(e, text, length, reterr) == TIDU_READ_ROW;
    if (good) {
        tidu_evaluation_run(e);
        tidu_answer_enterprise(e, 0, out);
        write_ladder(calendar, terms, term_count, out);
        add_awards(calendar, e);
    }
    tidu_evaluation_close(&e);
    return good;
}

/* ---- all of them, by date ---- */

static int
compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    int order = strcmp(x->kind, y->kind);
    return order ? order : strcmp(x->id, y->id);
}

static void
write_entry(const struct calendar *calendar, const struct entry *entry, tidu_text *out)
{
    char date[11];
    tidu_text_printf(out,
                     "{\"date\":\"%s\",\"kind\":\"%s\",\"id\":", tidu_date_format(entry->day, date),
                     entry->kind);
    tidu_answer_string(out, entry->id);
    tidu_text_puts(out, ",\"title\":");
    tidu_answer_words(out, calendar->lang, entry->title.zh, entry->title.en);
    tidu_text_puts(out, ",\"says\":");
    tidu_answer_words(out, calendar->lang, entry->zh, entry->en);
    if (entry->place && entry->place != TIDU_COUNTRY_CODE) {
        tidu_text_puts(out, ",\"place\":");
        tidu_place_write(calendar->ruleset, entry->place, out);
    }
    if (entry->citation)
        tidu_answer_clause(entry->citation, false, out);
    tidu_text_putc(out, '}');
}

static void
write_entries(struct calendar *calendar, tidu_text *out)
{
    if (calendar->count)
        qsort(calendar->entries, calendar->count, sizeof *calendar->entries, compare);
    tidu_text_puts(out, ",\"events\":[");
    for (size_t i = 0; i < calendar->count; i++) {
        if (i)
            tidu_text_putc(out, ',');
        write_entry(calendar, &calendar->entries[i], out);
    }
    tidu_text_puts(out, "]}");
}

bool
tidu_ruleset_calendar(tidu_ruleset *ruleset, const tidu_options *options, int32_t until,
                      const char *text, size_t length, const tidu_title_term *terms,
                      size_t term_count, tidu_text *out, tidu_error *reterr)
{
    struct calendar calendar = {
        .ruleset = ruleset, .lang = options->lang, .from = options->as_of, .until = until};
    char date[11];
    calendar.arena = tidu_arena_open();
    if (!calendar.arena)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    tidu_text_printf(out, "{\"ruleset\":\"%.12s\",\"from\":\"%s\"", tidu_ruleset_digest(ruleset),
                     tidu_date_format(options->as_of, date));
    write_day("until", until, out);
    bool good = true;
    if (text)
        good = read_enterprise(&calendar, options, text, length, terms, term_count, out, reterr);
    else
        add_events(&calendar);
    if (calendar.starved)
        good = tidu_error_set(reterr, TIDU_MEMORY, NULL);
    if (good)
        write_entries(&calendar, out);
    tidu_arena_close(&calendar.arena);
    return good;
}
