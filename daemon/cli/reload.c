/*
 * reload.c: tidu reload, have a daemon read its rules again.
 *
 * Exit status: 0 the rules are live (or had not changed), 1 they were refused
 * and the old ones stay, 2 no daemon answered.
 */
#include "internal.h"

static void
put_outcome(const struct options *options, const json_t *result, tidu_text *out)
{
    bool chinese = options->language == TIDU_ZH;
    bool changed = json_is_true(json_object_get(result, "changed"));
    tidu_text_puts(out, changed ? (chinese ? "新规则已生效：" : "new rules are live: ")
                                : (chinese ? "规则没有变化：" : "the rules have not changed: "));
    tidu_text_puts(out, tidu_show_words(json_object_get(result, "ruleset"), TIDU_ZH));
    tidu_text_putc(out, '\n');
    tidu_diagnostics_write(json_object_get(result, "diagnostics"), NULL, NULL, 0, options->language,
                           tidu_colours_wanted(stdout), out);
}

static void
put_refusal(const struct options *options, const json_t *refusal, tidu_text *out)
{
    tidu_diagnostics_write(json_object_get(refusal, "data"), NULL, NULL, 0, options->language,
                           tidu_colours_wanted(stdout), out);
    tidu_text_puts(out, tidu_show_words(json_object_get(refusal, "message"), TIDU_ZH));
    tidu_text_putc(out, '\n');
}

int
tidu_command_reload(const struct options *options)
{
    json_t *refusal = NULL;
    tidu_error error = {.code = TIDU_OK};
    tidu_text out = {0};
    json_t *result = tidu_ask(options, "reload", &refusal, &error);
    const json_t *shown = result ? result : refusal;
    if (!shown)
        return tidu_fail(&error, options->language);
    if (strcmp(tidu_options_format(options, "text"), "json") == 0)
        tidu_put_tree(shown, &out);
    else if (result)
        put_outcome(options, result, &out);
    else
        put_refusal(options, refusal, &out);
    int status = result ? TIDU_EXIT_DONE : TIDU_EXIT_NO;
    if (!tidu_print(&out, options->language))
        status = TIDU_EXIT_WRONG;
    tidu_text_free(&out);
    json_decref(result);
    json_decref(refusal);
    return status;
}
