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
    {"banned", "已取消，禁止申请期内", "cancelled, no application yet"},
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
    }
    tidu_table_write(&table, tidu_colours_wanted(stdout), out);
    tidu_table_free(&table);
}

/* ---- iCalendar ------------------------------------------------------------------ */

/* One all-day event; its name stays the same as long as what it is about does. */
static void
add_event(icalcomponent *calendar, const json_t *event, const char *ruleset, tidu_lang lang)
{
    int year, month, day;
    tidu_text words = {0}, name = {0};
    const char *date = text_at(event, "date");
    if (sscanf(date, "%d-%d-%d", &year, &month, &day) != 3)
        return;
    tidu_text_printf(&words, "%s%s%s",
                     tidu_show_words(json_object_get(event, "title"), lang),
                     lang == TIDU_EN ? ": " : "：",
                     tidu_show_words(json_object_get(event, "says"), lang));
    tidu_text_printf(&name, "%s-%s-%s@tidu", text_at(event, "kind"), text_at(event, "id"), date);
    tidu_text_putc(&words, '\0');
    tidu_text_putc(&name, '\0');
    icaltimetype start = icaltime_null_date(), stamp = icaltime_null_time();
    start.year = year;
    start.month = month;
    start.day = day;
    stamp.year = year;
    stamp.month = month;
    stamp.day = day;
    stamp = icaltime_set_timezone(&stamp, icaltimezone_get_utc_timezone());
    if (!words.failed && !name.failed)
        icalcomponent_add_component(
            calendar, icalcomponent_vanew(ICAL_VEVENT_COMPONENT, icalproperty_new_uid(name.data),
                                          icalproperty_new_dtstamp(stamp),
                                          icalproperty_new_dtstart(start),
                                          icalproperty_new_summary(words.data),
                                          icalproperty_new_description(ruleset), (void *)0));
    tidu_text_free(&words);
    tidu_text_free(&name);
}

static void
put_icalendar(const struct options *options, const json_t *result, tidu_text *out)
{
    size_t index;
    json_t *event;
    icalcomponent *calendar = icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT,
                                                  icalproperty_new_version("2.0"),
                                                  icalproperty_new_prodid("-//tidu//calendar//ZH"),
                                                  (void *)0);
    json_array_foreach (json_object_get(result, "events"), index, event)
        add_event(calendar, event, text_at(result, "ruleset"), options->language);
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
