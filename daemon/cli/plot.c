/*
 * plot.c: a sweep as a picture.
 *
 * gnuplot draws; here its script is written, with the figures in it. Lines for one
 * threshold, a heat map a title for two. Invented enterprises are labelled so in the
 * picture too.
 */
#include "internal.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_TICKS = 12 };

extern char **environ;

/* What gnuplot takes between double quotes; enhanced text is off. In a tick's label "%"
 * begins a format. */
static void
put_escaped(tidu_text *out, const char *text, bool format)
{
    tidu_text_putc(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            tidu_text_putc(out, '\\');
        if (*text == '%' && format)
            tidu_text_putc(out, '%');
        tidu_text_putc(out, *text == '\n' ? ' ' : *text);
    }
    tidu_text_putc(out, '"');
}

static void
put_quoted(tidu_text *out, const char *text)
{
    put_escaped(out, text, false);
}

/* The terminal that a file's name asks for; NULL for none. */
static const char *
terminal_of(const char *file)
{
    size_t length = strlen(file);
    if (length > 4 && !strcmp(file + length - 4, ".svg"))
        return "svg size 960,600 noenhanced background 'white'";
    if (length > 4 && !strcmp(file + length - 4, ".png"))
        return "pngcairo size 960,600 noenhanced";
    return NULL;
}

static const json_t *
axis_of(const json_t *result, size_t number)
{
    return json_array_get(json_object_get(result, "axes"), number);
}

static const char *
value_at(const json_t *axis, size_t index)
{
    return json_string_value(json_array_get(json_object_get(axis, "values"), index));
}

static size_t
value_count(const json_t *axis)
{
    return json_array_size(json_object_get(axis, "values"));
}

static void
put_axis(char which, const json_t *axis, tidu_text *out)
{
    size_t count = value_count(axis), step = (count + MOST_TICKS - 1) / MOST_TICKS;
    tidu_text_printf(out, "set %clabel ", which);
    put_quoted(out, json_string_value(json_array_get(json_object_get(axis, "addresses"), 0)));
    tidu_text_printf(out, "\nset %ctics (", which);
    for (size_t i = 0; i < count; i += step) {
        tidu_text_puts(out, i ? ", " : "");
        put_escaped(out, value_at(axis, i), true);
        tidu_text_printf(out, " %zu", i);
    }
    tidu_text_puts(out, ")\n");
}

static void
put_title(const json_t *result, const char *title, tidu_lang lang, tidu_text *out)
{
    tidu_text text = {0};
    bool synthetic = tidu_is_synthetic(result);
    tidu_text_printf(&text, "%s%s%s%s%s", title, *title ? "  " : "",
                     tidu_show_text(result, "as_of"), synthetic ? "  " : "",
                     !synthetic        ? ""
                     : lang == TIDU_EN ? "(synthetic: no real enterprises)"
                                       : "（合成数据，并非真实企业）");
    tidu_text_putc(&text, '\0');
    tidu_text_puts(out, "set title ");
    put_quoted(out, text.failed ? "" : text.data);
    tidu_text_putc(out, '\n');
    tidu_text_free(&text);
}

static bool
moves(const json_t *met)
{
    for (size_t i = 1; i < json_array_size(met); i++)
        if (!json_equal(json_array_get(met, i), json_array_get(met, 0)))
            return true;
    return false;
}

/* A line a designation that the threshold moves. */
static void
put_lines(const json_t *result, tidu_lang lang, tidu_text *out)
{
    const json_t *designations = json_object_get(result, "designations");
    size_t index, lines = 0;
    json_t *designation;
    put_title(result, "", lang, out);
    put_axis('x', axis_of(result, 0), out);
    tidu_text_printf(out, "set ylabel \"%s\"\nset yrange [0:*]\nset key below\nset grid\n",
                     lang == TIDU_EN ? "enterprises that meet it" : "符合的企业数");
    json_array_foreach ((json_t *)designations, index, designation) {
        const json_t *met = json_object_get(designation, "met");
        if (!moves(met))
            continue;
        tidu_text_printf(out, "$d%zu << EOD\n", lines++);
        for (size_t i = 0; i < json_array_size(met); i++)
            tidu_text_printf(out, "%zu %lld\n", i,
                             (long long)json_integer_value(json_array_get(met, i)));
        tidu_text_puts(out, "EOD\n");
    }
    tidu_text_puts(out, lines ? "plot " : "plot 0 notitle");
    lines = 0;
    json_array_foreach ((json_t *)designations, index, designation) {
        if (!moves(json_object_get(designation, "met")))
            continue;
        tidu_text_printf(out, "%s$d%zu using 1:2 with linespoints pointtype 7 pointsize 0.4 title ",
                         lines ? ", " : "", lines);
        put_quoted(out, tidu_show_title(designation, lang));
        lines++;
    }
    tidu_text_putc(out, '\n');
}

/* One picture beside the other, each a designation that the thresholds move. */
static void
put_heat(const json_t *result, tidu_lang lang, tidu_text *out)
{
    const json_t *designations = json_object_get(result, "designations"), *others;
    size_t index, maps = 0;
    json_t *designation;
    others = axis_of(result, 1);
    json_array_foreach ((json_t *)designations, index, designation)
        maps += moves(json_object_get(designation, "met"));
    tidu_text_printf(out, "set multiplot layout 1,%zu\n", maps ? maps : 1);
    put_axis('x', others, out);
    put_axis('y', axis_of(result, 0), out);
    tidu_text_printf(
        out,
        "set xtics rotate by -45\nset xrange [-0.5:%zu.5]\nset yrange [-0.5:%zu.5]\nunset key\n",
        value_count(others) - 1, value_count(axis_of(result, 0)) - 1);
    json_array_foreach ((json_t *)designations, index, designation) {
        const json_t *met = json_object_get(designation, "met");
        if (!moves(met))
            continue;
        put_title(result, tidu_show_title(designation, lang), lang, out);
        tidu_text_printf(out, "$m%zu << EOD\n", index);
        for (size_t i = 0; i < json_array_size(met); i++)
            for (size_t j = 0; j < value_count(others); j++)
                tidu_text_printf(
                    out, "%zu %zu %lld\n", j, i,
                    (long long)json_integer_value(json_array_get(json_array_get(met, i), j)));
        tidu_text_printf(out, "EOD\nplot $m%zu using 1:2:3 with image\n", index);
    }
    tidu_text_puts(out, maps ? "unset multiplot\n" : "plot 0 notitle\nunset multiplot\n");
}

static bool
cannot(const char *why, tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_CLI_PLOT, why, NULL);
}

/* Have gnuplot read the script. */
static bool
draw(const tidu_text *script, tidu_error *reterr)
{
    char *const words[] = {(char *)"gnuplot", (char *)"-", NULL};
    posix_spawn_file_actions_t actions;
    int ends[2], status = 0;
    pid_t child;
    if (pipe(ends) != 0)
        return cannot(strerror(errno), reterr);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    int failed = posix_spawnp(&child, words[0], &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[0]);
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    for (size_t done = 0; !failed && done < script->length;) {
        ssize_t sent = write(ends[1], script->data + done, script->length - done);
        if (sent < 0 && errno != EINTR)
            break;
        done += sent > 0 ? (size_t)sent : 0;
    }
    close(ends[1]);
    signal(SIGPIPE, before);
    if (failed)
        return cannot(strerror(failed), reterr);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return status == 0 || cannot("gnuplot", reterr);
}

/* Without a font that has Chinese characters a bitmap shows none; who looks at an SVG has
 * fonts of its own. True also where nobody can be asked. */
static bool
has_fonts(void)
{
    FILE *list = popen("fc-list :lang=zh 2>/dev/null", "r");
    bool any = !list || fgetc(list) != EOF;
    while (list && fgetc(list) != EOF)
        continue;
    return !list || pclose(list) != 0 || any;
}

bool
tidu_plot_check(const char *file, tidu_error *reterr)
{
    const char *terminal = terminal_of(file);
    if (!terminal)
        return tidu_error_set(reterr, TIDU_CLI_CHOICE, "plot", file, "FILE.svg|FILE.png", NULL);
    return *terminal != 'p' || has_fonts() || tidu_error_set(reterr, TIDU_CLI_FONT, NULL);
}

bool
tidu_plot_sweep(const char *file, const json_t *result, tidu_lang lang, tidu_error *reterr)
{
    tidu_text script = {0};
    tidu_text_printf(&script, "set terminal %s\nset output ", terminal_of(file));
    put_quoted(&script, file);
    tidu_text_putc(&script, '\n');
    if (json_array_size(json_object_get(result, "axes")) > 1)
        put_heat(result, lang, &script);
    else
        put_lines(result, lang, &script);
    tidu_text_puts(&script, "set output\n");
    bool good = script.failed ? tidu_error_set(reterr, TIDU_MEMORY, NULL) : draw(&script, reterr);
    tidu_text_free(&script);
    return good;
}
