/*
 * params.c: the parameters of a question, as a JSON object.
 */
#include "params.h"

#include <stdio.h>
#include <string.h>

tidu_asked
tidu_param_bad(const struct params *params, const char *name, const char *takes)
{
    char got[TIDU_ARGUMENT_SIZE] = "…";
    const json_t *value = json_object_get(params->tree, name);
    size_t length = value ? json_dumpb(value, got, 60, JSON_ENCODE_ANY | JSON_COMPACT) : 0;
    if (length < 60)
        got[length] = '\0';
    else
        snprintf(got, sizeof got, "…");
    tidu_error_set(params->reterr, TIDU_CALL_BAD_PARAM, name, got, takes, NULL);
    return TIDU_ASKED_BAD;
}

tidu_asked
tidu_param_lacks(const struct params *params, const char *name)
{
    tidu_error_set(params->reterr, TIDU_CALL_PARAM_MISSING, params->method, name, NULL);
    return TIDU_ASKED_BAD;
}

bool
tidu_param_date(const struct params *params, const char *name, int32_t *ret)
{
    const json_t *value = json_object_get(params->tree, name);
    return !value || (json_is_string(value) &&
                      tidu_date_parse(json_string_value(value), json_string_length(value), ret));
}

bool
tidu_param_region(const struct params *params, const char *name, uint32_t *ret)
{
    const json_t *value = json_object_get(params->tree, name);
    return !value || (json_is_string(value) &&
                      tidu_region_parse(json_string_value(value), json_string_length(value), ret));
}

static bool
is_name(const json_t *value)
{
    return json_is_string(value) && strlen(json_string_value(value)) == json_string_length(value);
}

bool
tidu_param_name(const struct params *params, const char *name, const char **ret)
{
    const json_t *value = json_object_get(params->tree, name);
    if (value && !is_name(value))
        return false;
    *ret = json_string_value(value);
    return true;
}

bool
tidu_param_flag(const struct params *params, const char *name, bool *ret)
{
    const json_t *value = json_object_get(params->tree, name);
    if (value)
        *ret = json_is_true(value);
    return !value || json_is_boolean(value);
}

bool
tidu_param_count(const struct params *params, const char *name, uint64_t least, uint64_t most,
                 uint64_t *ret)
{
    const json_t *value = json_object_get(params->tree, name);
    if (!value)
        return true;
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return false;
    *ret = (uint64_t)json_integer_value(value);
    return *ret >= least && *ret <= most;
}

bool
tidu_param_names(const json_t *value, const char **ret_names, size_t most, size_t *ret_count)
{
    size_t index;
    json_t *entry;
    *ret_count = 0;
    if (is_name(value)) {
        ret_names[(*ret_count)++] = json_string_value(value);
        return true;
    }
    if (!json_is_array(value) || json_array_size(value) > most)
        return false;
    json_array_foreach ((json_t *)value, index, entry) {
        if (!is_name(entry))
            return false;
        ret_names[(*ret_count)++] = json_string_value(entry);
    }
    return true;
}

tidu_asked
tidu_param_refused(const tidu_error *error)
{
    switch (error->code) {
    case TIDU_MEMORY:
        return TIDU_ASKED_MEMORY;
    case TIDU_NO_SUCH_DUTY:
    case TIDU_NO_SUCH_REGION:
    case TIDU_NO_SUCH_RULE:
    case TIDU_NO_SUCH_DESIGNATION:
    case TIDU_OVERLAY_ADDRESS:
        return TIDU_ASKED_NOT_FOUND;
    default:
        return TIDU_ASKED_RECORD;
    }
}
