/*
 * calendar.c: tidu calendar [FILE].
 *
 * Without a file what begins and ends in the rules, with one the dates of that
 * enterprise; as a list, as JSON, or as iCalendar for other programs: the only
 * home of libical.
 */
#include "internal.h"

#include <libical/ical.h>

static const char *
text_at(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static const struct {
    const char *name, *zh, *en;
} states[] = {
    {"none", "未取得", "not held"},          {"granted", "已认定，尚未生效", "granted, not yet in force"},
    {"held", "有效", "held"},                {"review_due", "有效，一年内到期，应准备复核", "held, due for review within a year"},
    {"lapsed", "已失效", "lapsed"},          {"cancelled", "已取消", "cancelled"},
    {"banned", "已取消；因造假取消的，不得申请", "cancelled; if for deceit, no application yet"},
};

static const char *
state_title(const char *name, bool english)
{
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(states[i].name, name) == 0)
            return english ? states[i].en : states[i].zh;
    return name;
}

static void
show_ladder(const struct options *options, const json_t *ladder, tidu_text *out)
{
    bool english = options->language == TIDU_EN;
    struct table table = {.columns = 4};
    size_t index;
    json_t *title;
    json_array_foreach ((json_t *)ladder, index, title) {
        tidu_table_add(&table, text_at(title, "id"), TIDU_FAINT);
        tidu_table_add(&table, tidu_show_words(json_object_get(title, "title"), options->language),
                       TIDU_PLAIN);
        tidu_table_add(&table, state_title(text_at(title, "state"), english), TIDU_PLAIN);
        tidu_table_add(&table, text_at(title, "last_day"), TIDU_PLAIN);
        if (options->language != TIDU_BOTH)
            continue;
        tidu_table_add(&table, "", TIDU_FAINT);
        tidu_table_add(&table, text_at(json_object_get(title, "title"), "en"), TIDU_FAINT);
        tidu_table_add(&table, state_title(text_at(title, "state"), true), TIDU_FAINT);
        tidu_table_add(&table, "", TIDU_PLAIN);
    }
    tidu_table_write(&table, tidu_colours_wanted(stdout), out);
    tidu_table_free(&table);
    tidu_text_putc(out, '\n');
}

static void
show_events(const struct options *options, const json_t *events, tidu_text *out)
{
    struct table table = {.columns = 5};
    size_t index;
    json_t *event;
    json_array_foreach ((json_t *)events, index, event) {
        tidu_table_add(&table, text_at(event, "date"), TIDU_BOLD);
        tidu_table_add(&table, text_at(event, "id"), TIDU_FAINT);
        tidu_table_add(&table, text_at(json_object_get(event, "place"), "name"), TIDU_PLAIN);
        tidu_table_add(&table, tidu_show_words(json_object_get(event, "title"), options->language),
                       TIDU_PLAIN);
        tidu_table_add(&table, tidu_show_words(json_object_get(event, "says"), options->language),
                       TIDU_PLAIN);
        if (options->language != TIDU_BOTH)
            continue;
        for (int column = 0; column < 3; column++)
            tidu_table_add(&table, "", TIDU_PLAIN);
        tidu_table_add(&table, text_at(json_object_get(event, "title"), "en"), TIDU_FAINT);
        tidu_table_add(&table, text_at(json_object_get(event, "says"), "en"), TIDU_FAINT);
    }
    tidu_table_write(&table, tidu_colours_wanted(stdout), out);
    tidu_table_free(&table);
}

/* ---- iCalendar ------------------------------------------------------------------ */

static icaltimetype
day_of(const char *date)
{
    icaltimetype day = icaltime_null_date();
    sscanf(date, "%4d-%2d-%2d", &day.year, &day.month, &day.day);
    return day;
}

/* The day the calendar was made for: the clock would make each one differ. */
static icaltimetype
stamp_of(const json_t *result)
{
    icaltimetype day = day_of(text_at(result, "from")), stamp = icaltime_null_time();
    stamp.year = day.year;
    stamp.month = day.month;
    stamp.day = day.day;
    return icaltime_set_timezone(&stamp, icaltimezone_get_utc_timezone());
}

/* A name of its own for each event: it stays as long as what it is about does,
 * and two enterprises whose titles end on one day keep both in one calendar. */
static void
put_uid(const json_t *result, const json_t *event, tidu_text *out)
{
    const json_t *enterprise = json_object_get(result, "enterprise");
    const char *uscc = text_at(enterprise, "uscc");
    const char *who = *uscc ? uscc : text_at(enterprise, "enterprise_name");
    tidu_text_printf(out, "%s-%s-%s%s%s@tidu", text_at(event, "kind"), text_at(event, "id"),
                     text_at(event, "date"), *who ? "-" : "", who);
    tidu_text_putc(out, '\0');
}

/* Whose it is when it is an enterprise's, what it is, what happens. */
static void
put_summary(const json_t *result, const json_t *event, tidu_lang lang, tidu_text *out)
{
    const char *colon = lang == TIDU_EN ? ": " : "：";
    const char *name = text_at(json_object_get(result, "enterprise"), "enterprise_name");
    tidu_text_printf(out, "%s%s%s%s%s", name, *name ? colon : "",
                     tidu_show_words(json_object_get(event, "title"), lang), colon,
                     tidu_show_words(json_object_get(event, "says"), lang));
    if (lang == TIDU_BOTH)
        tidu_text_printf(out, " / %s: %s", text_at(json_object_get(event, "title"), "en"),
                         text_at(json_object_get(event, "says"), "en"));
    tidu_text_putc(out, '\0');
}

/* By which document, and by which rules. */
static void
put_source(const json_t *result, const json_t *event, tidu_lang lang, tidu_text *out)
{
    const json_t *clause = json_object_get(event, "clause");
    tidu_text_printf(out, "%s%s%s%s%s %s", text_at(clause, "document"),
                     *text_at(clause, "path") ? " " : "", text_at(clause, "path"),
                     clause ? "\n" : "", lang == TIDU_EN ? "ruleset" : "规则集",
                     text_at(result, "ruleset"));
    tidu_text_putc(out, '\0');
}

/* One all-day event. */
static void
add_event(icalcomponent *calendar, const json_t *result, const json_t *event, tidu_lang lang)
{
    tidu_text words = {0}, name = {0}, source = {0};
    put_summary(result, event, lang, &words);
    put_uid(result, event, &name);
    put_source(result, event, lang, &source);
    if (!words.failed && !name.failed && !source.failed)
        icalcomponent_add_component(
            calendar, icalcomponent_vanew(ICAL_VEVENT_COMPONENT, icalproperty_new_uid(name.data),
                                          icalproperty_new_dtstamp(stamp_of(result)),
                                          icalproperty_new_dtstart(day_of(text_at(event, "date"))),
                                          icalproperty_new_summary(words.data),
                                          icalproperty_new_description(source.data), (void *)0));
    tidu_text_free(&words);
    tidu_text_free(&name);
    tidu_text_free(&source);
}

static void
put_icalendar(const struct options *options, const json_t *result, tidu_text *out)
{
    size_t index;
    json_t *event;
    icalcomponent *calendar = icalcomponent_vanew(
        ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
        icalproperty_new_prodid(options->language == TIDU_EN ? "-//tidu//calendar//EN"
                                                             : "-//tidu//calendar//ZH"),
        (void *)0);
    json_array_foreach (json_object_get(result, "events"), index, event)
        add_event(calendar, result, event, options->language);
    char *text = icalcomponent_as_ical_string_r(calendar);
    if (text)
        tidu_text_puts(out, text);
    icalmemory_free_buffer(text);
    icalcomponent_free(calendar);
}

static void
show(const struct options *options, const json_t *result, tidu_text *out)
{
    if (strcmp(tidu_options_format(options, "text"), "ics") == 0) {
        put_icalendar(options, result, out);
        return;
    }
    if (json_object_get(result, "ladder"))
        show_ladder(options, json_object_get(result, "ladder"), out);
    show_events(options, json_object_get(result, "events"), out);
}

int
tidu_command_calendar(const struct options *options)
{
    return tidu_answer_question(options, "calendar", show);
}
