/*
 * desk.c: what library.c and demand.c share; see desk.h.
 */
#include "desk.h"

#include "tidu/places.h"

#include <limits.h>
#include <stdio.h>
#include <time.h>

/* ---- parameters ----------------------------------------------------------------------- */

bool
tidu_desk_bad(const json_t *params, const char *name, const char *takes, tidu_error *reterr)
{
    char got[TIDU_ARGUMENT_SIZE] = "…";
    const json_t *value = json_object_get(params, name);
    size_t length = value ? json_dumpb(value, got, 60, JSON_ENCODE_ANY | JSON_COMPACT) : 0;
    if (length < 60)
        got[length] = '\0';
    else
        snprintf(got, sizeof got, "…");
    return tidu_error_set(reterr, TIDU_CALL_BAD_PARAM, name, got, takes, NULL);
}

bool
tidu_desk_lacks(const char *method, const char *name, tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_CALL_PARAM_MISSING, method, name, NULL);
}

/* Lengths are JSON's: what stands behind a \u0000 is not to be overlooked. */
bool
tidu_desk_text(const json_t *params, const char *name, const char **ret, tidu_error *reterr)
{
    const json_t *value = json_object_get(params, name);
    if (!value)
        return true;
    if (!json_is_string(value) || strlen(json_string_value(value)) != json_string_length(value))
        return tidu_desk_bad(params, name, "\"…\"", reterr);
    *ret = json_string_value(value);
    return true;
}

bool
tidu_desk_date(const json_t *params, const char *name, int32_t *ret, tidu_error *reterr)
{
    const char *text = NULL;
    if (!tidu_desk_text(params, name, &text, reterr))
        return false;
    return !text || tidu_date_parse(text, strlen(text), ret) ||
           tidu_desk_bad(params, name, "\"YYYY-MM-DD\"", reterr);
}

bool
tidu_desk_flag(const json_t *params, const char *name, bool *ret, tidu_error *reterr)
{
    const json_t *value = json_object_get(params, name);
    if (value && !json_is_boolean(value))
        return tidu_desk_bad(params, name, "true|false", reterr);
    if (value)
        *ret = json_is_true(value);
    return true;
}

bool
tidu_desk_number(const json_t *params, const char *name, uint64_t low, uint64_t high, uint64_t *ret,
                 tidu_error *reterr)
{
    char takes[64];
    const json_t *value = json_object_get(params, name);
    if (!value)
        return true;
    json_int_t number = json_integer_value(value);
    snprintf(takes, sizeof takes, "%llu…%llu", (unsigned long long)low, (unsigned long long)high);
    if (!json_is_integer(value) || number < 0 || (uint64_t)number < low || (uint64_t)number > high)
        return tidu_desk_bad(params, name, takes, reterr);
    *ret = (uint64_t)number;
    return true;
}

void
tidu_desk_prefix(const char *region, char ret_prefix[7])
{
    uint32_t code;
    bool some = tidu_region_parse(region, strlen(region), &code) && code != TIDU_COUNTRY_CODE;
    snprintf(ret_prefix, 7, "%s", some ? region : "");
    for (size_t length = strlen(ret_prefix); length && !memcmp(ret_prefix + length - 2, "00", 2);)
        ret_prefix[length -= 2] = '\0';
}

bool
tidu_desk_region(const json_t *params, char ret_prefix[7], tidu_error *reterr)
{
    const char *text = NULL;
    uint32_t code;
    if (!tidu_desk_text(params, "region_code", &text, reterr))
        return false;
    if (text && !tidu_region_parse(text, strlen(text), &code))
        return tidu_desk_bad(params, "region_code", "\"440300\"", reterr);
    tidu_desk_prefix(text ? text : "", ret_prefix);
    return true;
}

/* ---- the store --------------------------------------------------------------------------- */

struct database *
tidu_desk_open(const struct desk *desk, tidu_error *reterr)
{
    char file[PATH_MAX];
    snprintf(file, sizeof file, "%.*s/tidu.db", PATH_MAX - 16, desk->folder);
    return tidu_database_read(file, reterr);
}

bool
tidu_desk_write(const struct desk *desk, bool (*act)(struct database *database, void *context),
                void *context, tidu_error *reterr)
{
    if (!desk->change)
        return tidu_error_set(reterr, TIDU_DESK_CLOSED, NULL);
    if (desk->change(desk->context, act, context))
        return true;
    return tidu_error_set(reterr, TIDU_DESK_WRITE, NULL);
}

void
tidu_desk_note(const struct desk *desk, const char *action, const char *members)
{
    tidu_text text = {0};
    tidu_text_printf(&text, "{\"action\":\"%s\",%s}", action, members);
    if (desk->change && !text.failed)
        desk->note(desk->context, (tidu_slice){text.data, text.length});
    tidu_text_free(&text);
}

bool
tidu_desk_goes_on(const struct desk *desk, uint64_t done, uint64_t total, tidu_error *reterr)
{
    return !desk->progress || desk->progress(desk->context, done, total) ||
           tidu_error_set(reterr, TIDU_CALL_CANCELLED, NULL);
}

/* ---- words --------------------------------------------------------------------------------- */

void
tidu_desk_put(tidu_text *out, const char *name, tidu_slice text)
{
    if (!text.length)
        return;
    tidu_text_printf(out, ",\"%s\":", name);
    tidu_text_json(out, text.data, text.length);
}

void
tidu_desk_put_time(tidu_text *out, const char *name, int64_t time_s)
{
    char shown[32];
    struct tm parts;
    time_t moment = (time_t)time_s;
    localtime_r(&moment, &parts);
    strftime(shown, sizeof shown, "%Y-%m-%dT%H:%M:%S%z", &parts);
    tidu_text_printf(out, ",\"%s\":\"%.22s:%s\"", name, shown, shown + 22);
}
