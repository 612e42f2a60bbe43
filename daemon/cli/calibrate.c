/*
 * calibrate.c: tidu calibrate POP --param ADDRESS --designation ID --target N | --budget N.
 *
 * The threshold that so many enterprises meet, or that awards stay within a budget by.
 */
#include "internal.h"

#include <stdlib.h>

static bool
read_figure(const char *text, const char *option, double *ret, tidu_error *reterr)
{
    char *end;
    *ret = strtod(text, &end);
    return (*text >= '0' && *text <= '9' && !*end) ||
           tidu_error_set(reterr, TIDU_CLI_CHOICE, option, text, "0..", NULL);
}

static bool
put_figure(const char *text, const char *option, json_t *params, tidu_error *reterr)
{
    double figure;
    if (!read_figure(text, option, &figure, reterr))
        return false;
    json_object_set_new(params, option, json_real(figure));
    return true;
}

/* One designation with a target, or a budget. */
static bool
make(const struct options *options, json_t *params, tidu_error *reterr)
{
    if (!options->params.count)
        return tidu_error_set(reterr, TIDU_CLI_VALUE, "param", "ADDRESS", NULL);
    json_object_set_new(params, "param", tidu_list_words(&options->params));
    if (options->budget && (options->target || options->designations.count))
        return tidu_error_set(reterr, TIDU_CLI_CLASH, options->target ? "target" : "designation",
                              "budget", NULL);
    if (options->budget)
        return put_figure(options->budget, "budget", params, reterr);
    if (options->designations.count != 1)
        return tidu_error_set(reterr, TIDU_CLI_VALUE, "designation", "ID", NULL);
    if (!options->target)
        return tidu_error_set(reterr, TIDU_CLI_VALUE, "target", "N", NULL);
    json_object_set_new(params, "designation", json_string(options->designations.items[0]));
    return put_figure(options->target, "target", params, reterr);
}

static void
put_count(const json_t *value, bool money, tidu_text *out)
{
    if (money)
        tidu_text_printf(out, "%.2f", json_number_value(value));
    else
        tidu_text_printf(out, "%lld", (long long)json_integer_value(value));
}

static void
put_neighbour(const json_t *neighbour, bool money, tidu_lang lang, tidu_text *out)
{
    const char *value = json_string_value(json_object_get(neighbour, "value"));
    if (!json_is_object(neighbour) || !value)
        return;
    tidu_text_printf(out, lang == TIDU_EN ? "  at %s: " : "  %s 时：", value);
    put_count(json_object_get(neighbour, "reached"), money, out);
    tidu_text_putc(out, '\n');
}

static void
show(const struct options *options, const char *format, const json_t *result, tidu_text *out)
{
    bool money = !json_object_get(result, "designation");
    bool chinese = options->language != TIDU_EN;
    (void)format;
    tidu_show_population(result, options->language, out);
    tidu_text_printf(out, chinese ? "%s 定为 " : "%s at ",
                     json_string_value(json_array_get(json_object_get(result, "addresses"), 0)));
    tidu_put_coloured(out, tidu_colours_wanted(stdout), TIDU_BOLD, tidu_show_text(result, "value"));
    tidu_text_printf(out, chinese ? "（现为 %s）：" : " (now %s): ", tidu_show_text(result, "now"));
    put_count(json_object_get(result, "reached"), money, out);
    if (money)
        tidu_text_puts(out, chinese ? " 万元，预算 " : " wan yuan, budget ");
    else
        tidu_text_printf(out, chinese ? " 家符合%s，目标 " : " meet %s, target ",
                         tidu_show_title(result, options->language));
    tidu_text_number(out, json_number_value(json_object_get(result, "target")));
    tidu_text_putc(out, '\n');
    put_neighbour(json_object_get(result, "below"), money, options->language, out);
    put_neighbour(json_object_get(result, "above"), money, options->language, out);
    tidu_text_puts(out, chinese ? "任取其值，可在 " : "any value gives from ");
    put_count(json_object_get(result, "least"), money, out);
    tidu_text_puts(out, chinese ? " 到 " : " to ");
    put_count(json_object_get(result, "most"), money, out);
    tidu_text_puts(out, chinese ? " 之间\n" : "\n");
}

int
tidu_command_calibrate(const struct options *options)
{
    return tidu_answer_inquiry(options, "calibrate", make, show);
}
