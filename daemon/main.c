/*
 * main.c: tidud's command line.
 *
 *   tidud [-c FILE] [--rules DIR] [--socket PATH] [--check-config|--check]
 *
 * The command line wins over the file, the file over the defaults. Exit status:
 * 0 stopped by a signal (or the settings are good), 1 the rules or the settings
 * are not good or the socket is taken, 2 wrong usage.
 */
#include "internal.h"
#include "tidu/heap.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { EXIT_USAGE = 2 };

static const char usage[] =
    "usage: tidud [-c FILE] [--rules DIR] [--socket PATH] [--check-config|--check]\n"
    "\n"
    "Answer evaluation requests on a Unix socket, in the foreground.\n"
    "\n"
    "  -c, --config FILE   settings; default " TIDU_SETTINGS_FILE ", if it exists\n"
    "      --rules DIR     folder of policy documents; default " TIDU_RULES_DIR "\n"
    "      --socket PATH   default " TIDU_SOCKET_PATH "\n"
    "      --check-config  read the settings, say what is wrong with them, and end\n"
    "      --check         the same, and build the rules and run their scenarios\n"
    "      --help, --version\n"
    "\n"
    "Signals: SIGHUP reads settings and rules again, SIGUSR2 lets the program\n"
    "on disk take over with the socket open, SIGTERM and SIGINT answer what has been\n"
    "received and end.\n";

/* Read the arguments; false when the program ends here with *ret_status. */
static bool
read_options(int count, char **arguments, struct options *options, int *ret_status)
{
    enum { RULES = 256, SOCKET, CHECK_CONFIG, CHECK, HELP, VERSION };
    static const struct option names[] = {
        {"config", required_argument, NULL, 'c'},
        {"rules", required_argument, NULL, RULES},
        {"socket", required_argument, NULL, SOCKET},
        {"check-config", no_argument, NULL, CHECK_CONFIG},
        {"check", no_argument, NULL, CHECK},
        {"help", no_argument, NULL, HELP},
        {"version", no_argument, NULL, VERSION},
        {NULL, 0, NULL, 0},
    };
    *ret_status = EXIT_SUCCESS;
    for (int option; (option = getopt_long(count, arguments, "c:", names, NULL)) >= 0;) {
        switch (option) {
        case 'c':
            options->file = optarg;
            break;
        case RULES:
            options->rules = optarg;
            break;
        case SOCKET:
            options->socket = optarg;
            break;
        case CHECK_CONFIG:
            options->check_config = true;
            break;
        case CHECK:
            options->check = true;
            break;
        case HELP:
            fputs(usage, stdout);
            return false;
        case VERSION:
            puts("tidud " TIDU_VERSION);
            return false;
        default:
            fputs(usage, stderr);
            *ret_status = EXIT_USAGE;
            return false;
        }
    }
    if (optind == count)
        return true;
    fprintf(stderr, "tidud: unexpected argument \"%s\"\n%s", arguments[optind], usage);
    *ret_status = EXIT_USAGE;
    return false;
}

/* What can only be said of settings when they have been read. */
static bool
complete(struct settings *settings, tidu_report *report)
{
    tidu_error error;
    if (!tidu_http_check(settings, &error))
        tidu_report_add(report, &error);
    if (*settings->http_tokens)
        settings->tokens = tidu_tokens_open(settings->http_tokens, report);
    return !tidu_report_error_count(report);
}

struct settings *
tidu_options_settings(const struct options *options, const struct logger *log)
{
    const char *file = options->file;
    if (!file && access(TIDU_SETTINGS_FILE, F_OK) == 0)
        file = TIDU_SETTINGS_FILE;
    tidu_report *report = tidu_report_open();
    if (!report)
        return NULL;
    struct settings *settings = tidu_settings_open(file, report);
    bool good =
        settings && (!options->rules || tidu_settings_replace(&settings->rules, options->rules)) &&
        (!options->socket || tidu_settings_replace(&settings->socket_path, options->socket)) &&
        tidu_confine_check(settings, options->check, report) && complete(settings, report);
    tidu_log_report(log, report);
    tidu_report_close(&report);
    if (!good)
        tidu_settings_close(&settings);
    return settings;
}

int
main(int count, char **arguments)
{
    const struct logger log = {TIDU_LOG_INFO, TIDU_ZH, TIDU_LOG_TEXT};
    struct options options = {.arguments = arguments};
    int status;
    tidu_heap_keep();
    if (!read_options(count, arguments, &options, &status))
        return status;
    struct settings *settings = tidu_options_settings(&options, &log);
    if (!settings)
        return EXIT_FAILURE;
    if (options.check)
        status = tidu_server_check(settings);
    else if (!options.check_config)
        status = tidu_server_run(&options, settings);
    if (status == EXIT_SUCCESS && (options.check || options.check_config))
        printf("tidud: the settings%s are good\n", options.check ? " and the rules" : "");
    tidu_settings_close(&settings);
    return status;
}
