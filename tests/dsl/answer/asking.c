/*
 * asking.c: records in, answers out, read back as a client would.
 */
#include "asking.h"

#include <stdlib.h>

int32_t
day(const char *date)
{
    int32_t days = 0;
    assert_true(tidu_date_parse(date, strlen(date), &days));
    return days;
}

void
feed(tidu_evaluation *e, struct record *record, const char *text)
{
    tidu_error error = {0};
    char message[400];
    assert_true(strlen(text) < RECORD_BYTES);
    strcpy(record->text, text);
    if (tidu_evaluation_json(e, record->text, strlen(text), &error) != TIDU_READ_ROW)
        fail_msg("%s: %s", text, tidu_error_message(&error, TIDU_EN, message, sizeof message));
}

char *
answer_bytes(tidu_ruleset *rules, const tidu_options *options, const char *text)
{
    struct record record;
    tidu_error error = {0};
    tidu_text out = {0};
    tidu_evaluation *e = tidu_evaluation_open(rules, options, 1, &error);
    assert_non_null(e);
    feed(e, &record, text);
    tidu_evaluation_run(e);
    tidu_evaluation_write(e, 0, &out);
    tidu_text_putc(&out, '\0');
    assert_false(out.failed);
    tidu_evaluation_close(&e);
    return out.data;
}

json_t *
parse(const char *text)
{
    json_error_t error;
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        fail_msg("%s at %d: %s", error.text, error.position, text);
    return json;
}

json_t *
answer(tidu_ruleset *rules, const tidu_options *options, const char *text)
{
    char *bytes = answer_bytes(rules, options, text);
    json_t *json = parse(bytes);
    free(bytes);
    return json;
}

json_t *
item_with(const json_t *list, const char *key, const char *text)
{
    size_t i;
    json_t *item;
    assert_true(json_is_array(list));
    json_array_foreach (list, i, item) {
        const char *value = json_string_value(json_object_get(item, key));
        if (value && !strcmp(value, text))
            return item;
    }
    return NULL;
}

json_t *
told(const json_t *json, const char *list, const char *id)
{
    json_t *found = item_with(json_object_get(json, list), "id", id);
    if (!found)
        fail_msg("%s has no %s", list, id);
    return found;
}

bool
is_told(const json_t *json, const char *list, const char *id)
{
    return item_with(json_object_get(json, list), "id", id) != NULL;
}

const char *
text_of(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    return text ? text : "(none)";
}

void
assert_json(const json_t *json, const char *expected)
{
    size_t flags = JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15);
    char *text = json ? json_dumps(json, flags) : NULL;
    assert_string_equal(text ? text : "(none)", expected);
    free(text);
}

char *
ids_of(const json_t *list, const char *key)
{
    size_t i;
    json_t *item;
    tidu_text out = {0};
    json_array_foreach (list, i, item)
        tidu_text_printf(&out, "%s%s", i ? " " : "",
                         json_string_value(key ? json_object_get(item, key) : item));
    tidu_text_putc(&out, '\0');
    return out.data;
}

void
assert_ids(const json_t *list, const char *key, const char *expected)
{
    char *ids = ids_of(list, key);
    assert_string_equal(ids, expected);
    free(ids);
}
