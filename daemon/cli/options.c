/*
 * options.c: what stands behind the command.
 *
 * options.def is the list of all options, commands.def says which a command
 * takes. Values follow as "--name value" or "--name=value"; "--" ends the
 * options, "-" is an argument.
 *
 * Must not know: what options mean.
 *
 * Ownership: values point into the program's arguments; the lists are owned.
 */
#include "internal.h"

#include "tidu/places.h"

#include <stddef.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

typedef enum option_kind { VALUE, CHOICE, FLAG, LIST } option_kind;

static const struct option {
    const char *name;
    option_kind kind;
    size_t offset;
    const char *takes, *zh, *en;
} table[] = {
#define O(name, field, kind, takes, zh, en) \
    {name, kind, offsetof(struct options, field), takes, zh, en},
#include "options.def"
#undef O
};
enum { OPTION_COUNT = sizeof table / sizeof *table };

static const char *const lang_words[] = {"zh", "en", "both"};

/* Find `name` (of `length`) in a list separated by spaces; what follows it
 * after '=' is *ret_choices. */
static bool
allows(const char *allowed, const char *name, size_t length, tidu_slice *ret_choices)
{
    while (*allowed) {
        size_t word = strcspn(allowed, " "), key = strcspn(allowed, " =");
        if (key == length && strncmp(allowed, name, length) == 0) {
            size_t skip = key < word ? key + 1 : word;
            *ret_choices = (tidu_slice){allowed + skip, word - skip};
            return true;
        }
        allowed += word;
        allowed += strspn(allowed, " ");
    }
    return false;
}

/* The option of that name that the command takes, or NULL. *ret_takes are its
 * choices here. */
static const struct option *
find(const char *allowed, const char *name, size_t length, tidu_slice *ret_takes)
{
    if (!allows(allowed, name, length, ret_takes))
        return NULL;
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (strlen(table[i].name) != length || memcmp(table[i].name, name, length) != 0)
            continue;
        if (!ret_takes->length)
            *ret_takes = (tidu_slice){table[i].takes, strlen(table[i].takes)};
        return &table[i];
    }
    return NULL;
}

static bool
is_choice(tidu_slice takes, const char *value)
{
    size_t length = strlen(value);
    for (size_t at = 0; at < takes.length;) {
        const char *bar = memchr(takes.data + at, '|', takes.length - at);
        size_t word = bar ? (size_t)(bar - takes.data) - at : takes.length - at;
        if (word == length && memcmp(takes.data + at, value, length) == 0)
            return true;
        at += word + 1;
    }
    return false;
}

static void
list_names(const char *allowed, char *buffer, size_t size)
{
    tidu_text list = {0};
    while (*allowed) {
        size_t word = strcspn(allowed, " "), key = strcspn(allowed, " =");
        tidu_text_puts(&list, list.length ? ", --" : "--");
        tidu_text_add(&list, allowed, key);
        allowed += word;
        allowed += strspn(allowed, " ");
    }
    snprintf(buffer, size, "%.*s", (int)list.length, list.data ? list.data : "");
    tidu_text_free(&list);
}

static bool
unknown_option(const char *command, const char *allowed, const char *name, tidu_error *reterr)
{
    char list[TIDU_ARGUMENT_SIZE];
    list_names(allowed, list, sizeof list);
    return tidu_error_set(reterr, TIDU_CLI_OPTION, command, name, list, NULL);
}

/* Where the arguments are being read. */
struct reading {
    const char *command, *allowed;
    int at, count;
    char **arguments;
    struct options *options;
};

static bool
store(struct reading *reading, const struct option *option, tidu_slice takes, const char *value,
      tidu_error *reterr)
{
    char *place = (char *)reading->options + option->offset;
    char choices[TIDU_ARGUMENT_SIZE];
    if (option->kind == CHOICE && !is_choice(takes, value)) {
        snprintf(choices, sizeof choices, "%.*s", (int)takes.length, takes.data);
        return tidu_error_set(reterr, TIDU_CLI_CHOICE, option->name, value, choices, NULL);
    }
    struct words *words = (struct words *)(void *)place;
    if (option->kind == LIST)
        words->items[words->count++] = value;
    else
        *(const char **)place = value;
    return true;
}

/* Take the option at hand, and its value. */
static bool
take_option(struct reading *reading, tidu_error *reterr)
{
    const char *argument = reading->arguments[reading->at];
    const char *name = strcmp(argument, "-h") == 0   ? "help"
                       : strcmp(argument, "-o") == 0 ? "output"
                       : strcmp(argument, "-n") == 0 ? "count"
                                                     : argument + 2;
    size_t length = strcspn(name, "=");
    tidu_slice takes;
    char shown[TIDU_ARGUMENT_SIZE];
    const struct option *option = argument[1] == '-' || name != argument + 2
                                      ? find(reading->allowed, name, length, &takes)
                                      : NULL;
    if (!option)
        return unknown_option(reading->command, reading->allowed, argument, reterr);
    if (option->kind == FLAG) {
        *(bool *)((char *)reading->options + option->offset) = true;
        return !name[length] ||
               unknown_option(reading->command, reading->allowed, argument, reterr);
    }
    const char *value = name[length] ? name + length + 1 : NULL;
    if (!value && reading->at + 1 < reading->count)
        value = reading->arguments[++reading->at];
    if (value)
        return store(reading, option, takes, value, reterr);
    snprintf(shown, sizeof shown, "%.*s", (int)takes.length, takes.data);
    return tidu_error_set(reterr, TIDU_CLI_VALUE, option->name, shown, NULL);
}

/* The language comes first, so that complaints about the rest come in it. */
static void
choose_language(struct options *options)
{
    const char *word = options->lang ? options->lang : getenv("TIDU_LANG");
    options->language = TIDU_ZH;
    for (unsigned i = 0; word && i < sizeof lang_words / sizeof *lang_words; i++)
        if (strcmp(word, lang_words[i]) == 0)
            options->language = (tidu_lang)i;
}

/* "designations,subsidies" in bits. */
static bool
read_parts(struct options *options, tidu_error *reterr)
{
    static const char *const names[] = {"designations", "subsidies", "measures"};
    const char *at = options->include;
    while (at && (*at || !options->parts)) {
        size_t length = strcspn(at, ","), i = 0;
        while (i < 3 && (strlen(names[i]) != length || strncmp(names[i], at, length) != 0))
            i++;
        if (i == 3)
            return tidu_error_set(reterr, TIDU_CLI_CHOICE, "include", options->include,
                                  "designations,subsidies,measures", NULL);
        options->parts |= 1u << i;
        at += length + (at[length] == ',');
    }
    return true;
}

static bool
read_place(struct options *options, tidu_error *reterr)
{
    const char *code = options->jurisdiction;
    return !code || tidu_region_parse(code, strlen(code), &options->place) ||
           tidu_error_set(reterr, TIDU_NO_SUCH_REGION, code, NULL);
}

static struct words *
words_at(struct options *options, const struct option *option)
{
    return (struct words *)(void *)((char *)options + option->offset);
}

static bool
make_room(struct options *options, const struct option *option, size_t count)
{
    struct words *words = words_at(options, option);
    words->items = calloc(count + 1, sizeof *words->items);
    return words->items != NULL;
}

bool
tidu_options_read(const char *command, const char *allowed, int count, char **arguments,
                  struct options *ret_options, tidu_error *reterr)
{
    struct reading reading = {command, allowed, 0, count, arguments, ret_options};
    bool only_arguments = false, good = true;
    *ret_options = (struct options){0};
    ret_options->arguments = calloc((size_t)count + 1, sizeof *ret_options->arguments);
    bool room = ret_options->arguments != NULL;
    for (int i = 0; i < OPTION_COUNT; i++)
        room = (table[i].kind != LIST || make_room(ret_options, &table[i], (size_t)count)) && room;
    if (!room)
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    for (; good && reading.at < count; reading.at++) {
        const char *argument = arguments[reading.at];
        if (!only_arguments && strcmp(argument, "--") == 0)
            only_arguments = true;
        else if (!only_arguments && argument[0] == '-' && argument[1])
            good = take_option(&reading, reterr);
        else
            ret_options->arguments[ret_options->argument_count++] = argument;
    }
    choose_language(ret_options);
    if (good && ret_options->rules && ret_options->socket)
        good = tidu_error_set(reterr, TIDU_CLI_CLASH, "--rules", "--socket", NULL);
    return good && read_parts(ret_options, reterr) && read_place(ret_options, reterr);
}

void
tidu_options_free(struct options *options)
{
    free(options->arguments);
    for (int i = 0; i < OPTION_COUNT; i++)
        if (table[i].kind == LIST)
            free(words_at(options, &table[i])->items);
    *options = (struct options){0};
}

void
tidu_options_print(const char *allowed, tidu_lang lang)
{
    enum { COLUMN = 44 };
    while (*allowed) {
        size_t word = strcspn(allowed, " "), key = strcspn(allowed, " =");
        tidu_slice takes;
        const struct option *option = find(allowed, allowed, key, &takes);
        if (option) {
            int written = printf("  --%s %.*s", option->name,
                                 option->kind == FLAG ? 0 : (int)takes.length, takes.data);
            printf("%*s%s\n", written < COLUMN ? COLUMN - written : 1, "",
                   lang == TIDU_ZH ? option->zh : option->en);
        }
        allowed += word;
        allowed += strspn(allowed, " ");
    }
}

bool
tidu_options_date(const struct options *options, int32_t *ret_days, tidu_error *reterr)
{
    time_t now = time(NULL);
    struct tm local;
    if (options->as_of)
        return tidu_date_parse(options->as_of, strlen(options->as_of), ret_days) ||
               tidu_error_set(reterr, TIDU_BAD_DATE, options->as_of, NULL);
    localtime_r(&now, &local);
    *ret_days = tidu_date_join(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
    return true;
}

const char *
tidu_options_format(const struct options *options, const char *in_a_pipe)
{
    if (options->format)
        return options->format;
    return isatty(STDOUT_FILENO) ? "text" : in_a_pipe;
}

bool
tidu_read_count(const char *text, const char *option, uint64_t least, uint64_t most,
                uint64_t *ret, tidu_error *reterr)
{
    char takes[48], *end;
    unsigned long long value = strtoull(text, &end, 10);
    snprintf(takes, sizeof takes, "%llu..%llu", (unsigned long long)least,
             (unsigned long long)most);
    if (*text < '0' || *text > '9' || *end || value < least || value > most)
        return tidu_error_set(reterr, TIDU_CLI_CHOICE, option, text, takes, NULL);
    *ret = value;
    return true;
}
