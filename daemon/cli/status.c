/*
 * status.c: tidu status, a running daemon's own account of itself.
 *
 * Every member of the answer is a line; members of members are indented. A
 * refused reload shows its diagnostics.
 */
#include "internal.h"

json_t *
tidu_ask(const struct options *options, const char *method, json_t **ret_refusal,
         tidu_error *reterr)
{
    static const char *const langs[] = {"zh", "en", "both"};
    struct client *client = tidu_client_open(tidu_socket_path(options), reterr);
    json_t *params = json_pack("{s:s}", "lang", langs[options->language]);
    json_t *result = NULL;
    if (!client || !tidu_client_call(client, method, params, &result, ret_refusal, reterr))
        result = NULL;
    json_decref(params);
    tidu_client_close(&client);
    return result;
}

static void
put_value(const json_t *value, tidu_text *out)
{
    if (json_is_string(value))
        tidu_text_puts(out, json_string_value(value));
    else if (json_is_integer(value))
        tidu_text_printf(out, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        tidu_text_printf(out, "%g", json_real_value(value));
    else
        tidu_text_puts(out, json_is_true(value) ? "true" : json_is_false(value) ? "false" : "–");
    tidu_text_putc(out, '\n');
}

/* The values of each item, in a line. */
static void
put_rows(const json_t *items, tidu_text *out)
{
    const char *name;
    size_t index;
    json_t *item, *value;
    json_array_foreach ((json_t *)items, index, item) {
        json_object_foreach (item, name, value)
            if (json_is_string(value))
                tidu_text_printf(out, "  %s", json_string_value(value));
        tidu_text_putc(out, '\n');
    }
}

static void
put_members(const json_t *object, unsigned depth, const struct options *options, tidu_text *out)
{
    enum { COLUMN = 20 };
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)object, name, value) {
        for (unsigned i = 0; i < depth * 2; i++)
            tidu_text_putc(out, ' ');
        tidu_text_puts(out, name);
        if (json_is_array(value)) {
            tidu_text_printf(out, ": %zu\n", json_array_size(value));
            if (json_object_get(json_array_get(value, 0), "severity"))
                tidu_diagnostics_write(value, NULL, NULL, 0, options->language,
                                       tidu_colours_wanted(stdout), out);
            else
                put_rows(value, out);
            continue;
        }
        tidu_text_putc(out, json_is_object(value) ? '\n' : ' ');
        if (json_is_object(value)) {
            put_members(value, depth + 1, options, out);
            continue;
        }
        for (size_t i = strlen(name) + depth * 2; i < COLUMN; i++)
            tidu_text_putc(out, ' ');
        put_value(value, out);
    }
}

int
tidu_command_status(const struct options *options)
{
    json_t *refusal = NULL;
    tidu_error error = {.code = TIDU_OK};
    tidu_text out = {0};
    json_t *status = tidu_ask(options, "status", &refusal, &error);
    if (refusal)
        tidu_refused(refusal, &error);
    json_decref(refusal);
    if (!status)
        return tidu_fail(&error, options->language);
    if (strcmp(tidu_options_format(options, "text"), "json") == 0)
        tidu_put_tree(status, &out);
    else
        put_members(status, 0, options, &out);
    bool printed = tidu_print(&out, options->language);
    tidu_text_free(&out);
    json_decref(status);
    return printed ? TIDU_EXIT_DONE : TIDU_EXIT_WRONG;
}
