/*
 * main.c: tidu's command line.
 *
 * commands.def is the list of commands; each has a file of its own. Exit
 * status: 0 done, 1 the answer is no, 2 wrong usage or unreadable input.
 */
#include "internal.h"

#include "../tree.h"

#include <signal.h>
#include <stdlib.h>

static const struct command {
    const char *name, *takes, *allowed, *zh, *en;
    int (*run)(const struct options *options);
} commands[] = {
#define C(name, takes, allowed, zh, en) {#name, takes, allowed, zh, en, tidu_command_##name},
#include "commands.def"
#undef C
};
enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

int
tidu_fail(const tidu_error *error, tidu_lang lang)
{
    char message[1024], hint[1024];
    tidu_error_message(error, lang, message, sizeof message);
    tidu_error_hint(error, lang, hint, sizeof hint);
    fprintf(stderr, "tidu: %s [%s]\n", message, tidu_error_id(error->code));
    if (*hint)
        fprintf(stderr, "%s%s\n", lang == TIDU_ZH ? "提示：" : "hint: ", hint);
    return TIDU_EXIT_WRONG;
}

bool
tidu_refused(const json_t *refusal, tidu_error *reterr)
{
    const char *message = tidu_show_words(json_object_get(refusal, "message"), TIDU_ZH);
    const json_t *data = json_object_get(refusal, "data");
    const char *hint = tidu_show_words(json_object_get(data, "hint"), TIDU_ZH);
    return tidu_error_set(reterr, TIDU_CLI_REFUSED, message, hint, NULL);
}

const char *
tidu_socket_path(const struct options *options)
{
    return options->socket ? options->socket : TIDU_SOCKET_PATH;
}

void
tidu_put_tree(const json_t *tree, tidu_text *out)
{
    tidu_tree_write(tree, out);
    tidu_text_putc(out, '\n');
}

static tidu_lang
language(void)
{
    const char *word = getenv("TIDU_LANG");
    return word && strcmp(word, "en") == 0 ? TIDU_EN : TIDU_ZH;
}

static void
print_help(FILE *stream, tidu_lang lang)
{
    bool chinese = lang == TIDU_ZH;
    fprintf(stream, chinese ? "用法：tidu 命令 [选项] [参数]\n\n"
                            : "usage: tidu COMMAND [OPTION] [ARGUMENT]\n\n");
    for (int i = 0; i < COMMAND_COUNT; i++)
        fprintf(stream, "  %-10s %s\n", commands[i].name,
                chinese ? commands[i].zh : commands[i].en);
    fprintf(stream, chinese ? "\n各命令的选项：tidu 命令 --help\n"
                              "退出状态：0 完成，1 结果为否，2 用法有误或输入无法读取\n"
                            : "\nA command's options: tidu COMMAND --help\n"
                              "Exit status: 0 done, 1 the answer is no, 2 wrong usage or "
                              "unreadable input\n");
}

static int
help_command(const struct command *command, tidu_lang lang)
{
    bool chinese = lang == TIDU_ZH;
    printf(chinese ? "用法：tidu %s [选项] %s\n\n%s\n\n" : "usage: tidu %s [OPTION] %s\n\n%s\n\n",
           command->name, command->takes, chinese ? command->zh : command->en);
    tidu_options_print(command->allowed, lang);
    return TIDU_EXIT_DONE;
}

static int
unknown_command(const char *name)
{
    char list[TIDU_ARGUMENT_SIZE] = "";
    size_t length = 0;
    tidu_error error;
    for (int i = 0; i < COMMAND_COUNT && length < sizeof list; i++)
        length += (size_t)snprintf(list + length, sizeof list - length, "%s%s", i ? ", " : "",
                                   commands[i].name);
    tidu_error_set(&error, TIDU_CLI_COMMAND, name, list, NULL);
    return tidu_fail(&error, language());
}

/* "[DIR]" is one argument at most, "[FILE]…" any number; what takes several words
 * counts them by itself. */
static bool
check_arguments(const struct command *command, const struct options *options, tidu_error *reterr)
{
    size_t most = strstr(command->takes, "…") || strchr(command->takes, ' ') ? SIZE_MAX : *command->takes ? 1 : 0;
    return options->argument_count <= most ||
           tidu_error_set(reterr, TIDU_CLI_ARGUMENT, command->name, options->arguments[most], NULL);
}

static int
run_command(const struct command *command, int count, char **arguments)
{
    struct options options;
    tidu_error error;
    int status;
    if (!tidu_options_read(command->name, command->allowed, count, arguments, &options, &error))
        status = tidu_fail(&error, options.language);
    else if (options.help)
        status = help_command(command, options.language);
    else if (!check_arguments(command, &options, &error))
        status = tidu_fail(&error, options.language);
    else
        status = command->run(&options);
    tidu_options_free(&options);
    return status;
}

int
main(int count, char **arguments)
{
    /* A reader of our output that has gone is seen by the failed write. */
    signal(SIGPIPE, SIG_IGN);
    const char *name = count > 1 ? arguments[1] : NULL;
    if (!name) {
        print_help(stderr, language());
        return TIDU_EXIT_WRONG;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help(stdout, language());
        return TIDU_EXIT_DONE;
    }
    if (strcmp(name, "--version") == 0) {
        puts("tidu " TIDU_VERSION);
        return TIDU_EXIT_DONE;
    }
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return run_command(&commands[i], count - 2, arguments + 2);
    return unknown_command(name);
}
