/*
 * settings.c: what tidud is told by its file. The only home of libconfig.
 *
 * settings.def is the list: from it come the struct, the defaults, the checks
 * and the suggestions for misspelt names. A file is read in full, so that all
 * its mistakes are told at once, each at its line.
 *
 * Must not know: what settings mean.
 *
 * Ownership: settings own their texts.
 */
#include "internal.h"

#include <errno.h>
#include <grp.h>
#include <libconfig.h>
#include <pwd.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef enum setting_kind {
    KIND_TEXT,
    KIND_NUMBER,
    KIND_FLAG,
    KIND_MODE,
    KIND_CHOICE
} setting_kind;

static const char *const lang_names[] = {"zh", "en", NULL};
static const char *const stale_names[] = {"warn", "refuse", NULL};
static const char *const durability_names[] = {"none", "batch", "commit", NULL};
static const char *const log_format_names[] = {"auto", "text", "json", "journal", NULL};
static const char *const log_level_names[] = {"error", "warning", "info", "debug", NULL};

static const struct setting {
    const char *name;
    setting_kind kind;
    size_t offset;
    long long lowest, highest;
    const char *const *choices;
    long long number; /* defaults */
    const char *text;
    bool fixed; /* until a restart */
} table[] = {
#define AT(field) offsetof(struct settings, field)
#define START true
#define LIVE false
#define TEXT(name, field, when, value) {name, KIND_TEXT, AT(field), 0, 0, NULL, 0, value, when},
#define NUMBER(name, field, when, low, high, value) \
    {name, KIND_NUMBER, AT(field), low, high, NULL, value, NULL, when},
#define FLAG(name, field, when, value) {name, KIND_FLAG, AT(field), 0, 1, NULL, value, NULL, when},
#define MODE(name, field, when, value) \
    {name, KIND_MODE, AT(field), 0, 0777, NULL, value, NULL, when},
#define CHOICE(name, field, when, choices, value) \
    {name, KIND_CHOICE, AT(field), 0, 0, choices, value, NULL, when},
#include "settings.def"
#undef TEXT
#undef NUMBER
#undef FLAG
#undef MODE
#undef CHOICE
#undef START
#undef LIVE
#undef AT
};
enum { SETTING_COUNT = sizeof table / sizeof *table };

/* A reading of one file. */
struct reading {
    struct settings *settings;
    const char *file;
    tidu_report *report;
};

bool
tidu_settings_replace(char **field, const char *value)
{
    char *copy = strdup(value);
    if (!copy)
        return false;
    free(*field);
    *field = copy;
    return true;
}

static bool
store_text(struct settings *settings, const struct setting *setting, const char *text)
{
    return tidu_settings_replace((char **)((char *)settings + setting->offset), text);
}

static void
store_number(struct settings *settings, const struct setting *setting, long long number)
{
    char *place = (char *)settings + setting->offset;
    if (setting->kind == KIND_NUMBER)
        *(size_t *)place = (size_t)number;
    else if (setting->kind == KIND_FLAG)
        *(bool *)place = number != 0;
    else
        *(unsigned *)place = (unsigned)number;
}

/* ---- complaints ---------------------------------------------------------------- */

static uint32_t
line_of(const config_setting_t *at)
{
    return (uint32_t)config_setting_source_line(at);
}

static const char *
file_of(const struct reading *reading, const config_setting_t *at)
{
    const char *file = config_setting_source_file(at);
    return file ? file : reading->file;
}

/* A value as it would be written, for "is …". */
static const char *
show(const config_setting_t *at, char *buffer, size_t size)
{
    switch (config_setting_type(at)) {
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        snprintf(buffer, size, "%lld", config_setting_get_int64(at));
        break;
    case CONFIG_TYPE_FLOAT:
        snprintf(buffer, size, "%g", config_setting_get_float(at));
        break;
    case CONFIG_TYPE_STRING:
        snprintf(buffer, size, "\"%.60s\"", config_setting_get_string(at));
        break;
    case CONFIG_TYPE_BOOL:
        snprintf(buffer, size, "%s", config_setting_get_bool(at) ? "true" : "false");
        break;
    case CONFIG_TYPE_GROUP:
        snprintf(buffer, size, "{…}");
        break;
    default:
        snprintf(buffer, size, "[…]");
    }
    return buffer;
}

static void
complain_kind(struct reading *reading, const config_setting_t *at, const char *name,
              const char *takes)
{
    char shown[80];
    tidu_error error;
    tidu_error_at(&error, TIDU_SETTING_KIND, file_of(reading, at), line_of(at), 0, 0, name,
                  show(at, shown, sizeof shown), takes, NULL);
    tidu_report_add(reading->report, &error);
}

static void
complain_range(struct reading *reading, const config_setting_t *at, const struct setting *setting)
{
    char shown[80], low[32], high[32];
    tidu_error error;
    snprintf(low, sizeof low, "%lld", setting->lowest);
    snprintf(high, sizeof high, "%lld", setting->highest);
    tidu_error_at(&error, TIDU_SETTING_RANGE, file_of(reading, at), line_of(at), 0, 0,
                  setting->name, show(at, shown, sizeof shown), low, high, NULL);
    tidu_report_add(reading->report, &error);
}

/* The name most like what was written; the part behind the dot counts too, for
 * a setting that stands in the wrong group. */
static const char *
nearest(const char *name)
{
    enum { FAR = 100 };
    const char *best = table[0].name, *dot = strrchr(name, '.');
    unsigned least = FAR;
    for (int i = 0; i < SETTING_COUNT; i++) {
        const char *own_dot = strrchr(table[i].name, '.');
        unsigned whole = tidu_distance(name, table[i].name, FAR);
        unsigned part =
            tidu_distance(dot ? dot + 1 : name, own_dot ? own_dot + 1 : table[i].name, FAR);
        unsigned distance = part + 1 < whole ? part + 1 : whole;
        if (distance < least) {
            least = distance;
            best = table[i].name;
        }
    }
    return best;
}

static void
complain_unknown(struct reading *reading, const config_setting_t *at, const char *name)
{
    tidu_error error;
    tidu_error_at(&error, TIDU_SETTING_UNKNOWN, file_of(reading, at), line_of(at), 0, 0, name,
                  nearest(name), NULL);
    tidu_report_add(reading->report, &error);
}

/* ---- values ---------------------------------------------------------------------- */

static void
take_text(struct reading *reading, const config_setting_t *at, const struct setting *setting)
{
    tidu_error error;
    if (config_setting_type(at) != CONFIG_TYPE_STRING) {
        complain_kind(reading, at, setting->name, "\"…\"");
    } else if (!store_text(reading->settings, setting, config_setting_get_string(at))) {
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        tidu_report_add(reading->report, &error);
    }
}

static void
take_number(struct reading *reading, const config_setting_t *at, const struct setting *setting)
{
    int type = config_setting_type(at);
    long long number = config_setting_get_int64(at);
    if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64)
        complain_kind(reading, at, setting->name, "1, 2, 3, …");
    else if (number < setting->lowest || number > setting->highest)
        complain_range(reading, at, setting);
    else
        store_number(reading->settings, setting, number);
}

static void
take_flag(struct reading *reading, const config_setting_t *at, const struct setting *setting)
{
    if (config_setting_type(at) == CONFIG_TYPE_BOOL)
        store_number(reading->settings, setting, config_setting_get_bool(at));
    else
        complain_kind(reading, at, setting->name, "true|false");
}

/* libconfig has no octal numbers, so access bits are a text. */
static void
take_mode(struct reading *reading, const config_setting_t *at, const struct setting *setting)
{
    const char *text =
        config_setting_type(at) == CONFIG_TYPE_STRING ? config_setting_get_string(at) : "";
    char *end;
    long long mode = strtoll(text, &end, 8);
    if (end == text || *end || mode < 0 || mode > setting->highest)
        complain_kind(reading, at, setting->name, "\"0600\" … \"0777\"");
    else
        store_number(reading->settings, setting, mode);
}

static void
take_choice(struct reading *reading, const config_setting_t *at, const struct setting *setting)
{
    const char *text =
        config_setting_type(at) == CONFIG_TYPE_STRING ? config_setting_get_string(at) : "";
    char takes[TIDU_ARGUMENT_SIZE] = "";
    size_t length = 0;
    for (int i = 0; setting->choices[i]; i++) {
        if (strcmp(text, setting->choices[i]) == 0) {
            store_number(reading->settings, setting, i);
            return;
        }
        length += (size_t)snprintf(takes + length, sizeof takes - length, "%s\"%s\"", i ? "|" : "",
                                   setting->choices[i]);
    }
    complain_kind(reading, at, setting->name, takes);
}

static void (*const takers[])(struct reading *, const config_setting_t *,
                              const struct setting *) = {
    [KIND_TEXT] = take_text, [KIND_NUMBER] = take_number, [KIND_FLAG] = take_flag,
    [KIND_MODE] = take_mode, [KIND_CHOICE] = take_choice,
};

/* ---- access: a list of groups ------------------------------------------------------- */

static const char *const access_keys[] = {"users", "groups", "roles", "sessions", "jobs", NULL};

static void
complain_name(struct reading *reading, const config_setting_t *at, bool user, const char *name)
{
    tidu_error error;
    tidu_error_at(&error, user ? TIDU_SETTING_NO_USER : TIDU_SETTING_NO_GROUP, file_of(reading, at),
                  line_of(at), 0, 0, name, NULL);
    tidu_report_add(reading->report, &error);
}

/* A user's or a group's number; "*" is everybody. */
static bool
take_id(struct reading *reading, const config_setting_t *at, bool user, struct access_entry *entry,
        unsigned *ret_id)
{
    const char *name = config_setting_get_string(at);
    if (config_setting_type(at) == CONFIG_TYPE_INT && config_setting_get_int(at) >= 0) {
        *ret_id = (unsigned)config_setting_get_int(at);
        return true;
    }
    if (!name) {
        complain_kind(reading, at, user ? "access.users" : "access.groups", "[\"name\", 1000, …]");
        return false;
    }
    if (strcmp(name, "*") == 0) {
        entry->everybody = true;
        return false;
    }
    const struct passwd *account = user ? getpwnam(name) : NULL;
    const struct group *group = user ? NULL : getgrnam(name);
    if (!account && !group) {
        complain_name(reading, at, user, name);
        return false;
    }
    *ret_id = user ? account->pw_uid : group->gr_gid;
    return true;
}

static void
take_ids(struct reading *reading, const config_setting_t *list, bool user,
         struct access_entry *entry)
{
    int length = config_setting_length(list);
    unsigned *ids = calloc((size_t)length + 1, sizeof *ids), id;
    size_t count = 0;
    for (int i = 0; i < length && ids; i++)
        if (take_id(reading, config_setting_get_elem(list, (unsigned)i), user, entry, &id))
            ids[count++] = id;
    if (user) {
        entry->users = ids;
        entry->user_count = count;
    } else {
        entry->groups = ids;
        entry->group_count = count;
    }
}

static void
take_roles(struct reading *reading, const config_setting_t *list, struct access_entry *entry)
{
    for (int i = 0; i < config_setting_length(list); i++) {
        const config_setting_t *at = config_setting_get_elem(list, (unsigned)i);
        const char *name = config_setting_get_string(at);
        int bit = 0;
        while (tidu_role_names[bit] && (!name || strcmp(name, tidu_role_names[bit]) != 0))
            bit++;
        if (tidu_role_names[bit])
            entry->roles |= 1u << bit;
        else
            complain_kind(reading, at, "access.roles", "evaluate|inquire|edit|operate");
    }
}

static void
complain_access_key(struct reading *reading, const config_setting_t *at)
{
    const char *name = config_setting_name(at), *best = access_keys[0];
    char full[64];
    tidu_error error;
    for (int i = 0; access_keys[i]; i++)
        if (tidu_distance(name, access_keys[i], 64) < tidu_distance(name, best, 64))
            best = access_keys[i];
    snprintf(full, sizeof full, "access.%.50s", name);
    tidu_error_at(&error, TIDU_SETTING_UNKNOWN, file_of(reading, at), line_of(at), 0, 0, full, best,
                  NULL);
    tidu_report_add(reading->report, &error);
}

static void
take_access_key(struct reading *reading, const config_setting_t *at, struct access_entry *entry)
{
    const char *name = config_setting_name(at);
    bool list = config_setting_is_array(at) || config_setting_is_list(at);
    bool number = config_setting_type(at) == CONFIG_TYPE_INT && config_setting_get_int(at) > 0;
    if (strcmp(name, "users") == 0 && list)
        take_ids(reading, at, true, entry);
    else if (strcmp(name, "groups") == 0 && list)
        take_ids(reading, at, false, entry);
    else if (strcmp(name, "roles") == 0 && list)
        take_roles(reading, at, entry);
    else if (strcmp(name, "sessions") == 0 && number)
        entry->sessions = (size_t)config_setting_get_int(at);
    else if (strcmp(name, "jobs") == 0 && number)
        entry->jobs = (size_t)config_setting_get_int(at);
    else if (strcmp(name, "users") == 0 || strcmp(name, "groups") == 0 || strcmp(name, "roles") == 0)
        complain_kind(reading, at, name, "[…]");
    else if (strcmp(name, "sessions") == 0 || strcmp(name, "jobs") == 0)
        complain_kind(reading, at, name, "1, 2, 3, …");
    else
        complain_access_key(reading, at);
}

static void
take_access(struct reading *reading, const config_setting_t *list)
{
    struct settings *settings = reading->settings;
    tidu_error error;
    int length = config_setting_length(list);
    if (!config_setting_is_list(list)) {
        complain_kind(reading, list, "access", "( {…}, … )");
        return;
    }
    settings->access = calloc((size_t)length + 1, sizeof *settings->access);
    for (int i = 0; settings->access && i < length; i++) {
        const config_setting_t *group = config_setting_get_elem(list, (unsigned)i);
        struct access_entry *entry = &settings->access[settings->access_count++];
        if (!config_setting_is_group(group)) {
            complain_kind(reading, group, "access", "( {…}, … )");
            continue;
        }
        for (int k = 0; k < config_setting_length(group); k++)
            take_access_key(reading, config_setting_get_elem(group, (unsigned)k), entry);
        if (!entry->roles) {
            tidu_error_at(&error, TIDU_SETTING_NO_ROLES, file_of(reading, group), line_of(group), 0,
                          0, NULL);
            tidu_report_add(reading->report, &error);
        }
    }
}

/* True when settings begin with this name and a dot. */
static bool
is_group(const char *name)
{
    size_t length = strlen(name);
    for (int i = 0; i < SETTING_COUNT; i++)
        if (strncmp(table[i].name, name, length) == 0 && table[i].name[length] == '.')
            return true;
    return false;
}

static void
take_setting(struct reading *reading, const config_setting_t *at, const char *name)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (strcmp(table[i].name, name) == 0) {
            takers[table[i].kind](reading, at, &table[i]);
            return;
        }
    }
    if (strcmp(name, "access") == 0)
        take_access(reading, at);
    else if (is_group(name))
        complain_kind(reading, at, name, "{…}");
    else
        complain_unknown(reading, at, name);
}

static void
take_group(struct reading *reading, const config_setting_t *group, const char *prefix)
{
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *at = config_setting_get_elem(group, (unsigned)i);
        char name[128];
        snprintf(name, sizeof name, "%s%s%s", prefix, *prefix ? "." : "", config_setting_name(at));
        if (config_setting_type(at) == CONFIG_TYPE_GROUP && is_group(name))
            take_group(reading, at, name);
        else
            take_setting(reading, at, name);
    }
}

/* ---- life ------------------------------------------------------------------------- */

static bool
set_defaults(struct settings *settings)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (table[i].kind != KIND_TEXT)
            store_number(settings, &table[i], table[i].number);
        else if (!store_text(settings, &table[i], table[i].text))
            return false;
    }
    return true;
}

static void
read_file(struct reading *reading)
{
    config_t config;
    tidu_error error;
    config_init(&config);
    if (config_read_file(&config, reading->file)) {
        take_group(reading, config_root_setting(&config), "");
    } else if (config_error_type(&config) == CONFIG_ERR_FILE_IO) {
        tidu_error_set(&error, TIDU_FILE_READ, reading->file, strerror(errno), NULL);
        tidu_report_add(reading->report, &error);
    } else {
        const char *file = config_error_file(&config);
        tidu_error_at(&error, TIDU_SETTING_SYNTAX, file ? file : reading->file,
                      (uint32_t)config_error_line(&config), 0, 0, config_error_text(&config), NULL);
        tidu_report_add(reading->report, &error);
    }
    config_destroy(&config);
}

struct settings *
tidu_settings_open(const char *file, tidu_report *report)
{
    struct settings *settings = calloc(1, sizeof *settings);
    tidu_error error;
    if (settings)
        atomic_init(&settings->holders, 1);
    if (!settings || !set_defaults(settings)) {
        tidu_error_set(&error, TIDU_MEMORY, NULL);
        tidu_report_add(report, &error);
    } else if (file) {
        read_file(&(struct reading){settings, file, report});
    }
    if (tidu_report_error_count(report))
        tidu_settings_close(&settings);
    return settings;
}

struct settings *
tidu_settings_hold(struct settings *settings)
{
    atomic_fetch_add_explicit(&settings->holders, 1, memory_order_relaxed);
    return settings;
}

void
tidu_settings_close(struct settings **settings)
{
    struct settings *leaving = *settings;
    *settings = NULL;
    if (!leaving || atomic_fetch_sub_explicit(&leaving->holders, 1, memory_order_acq_rel) != 1)
        return;
    for (int i = 0; i < SETTING_COUNT; i++)
        if (table[i].kind == KIND_TEXT)
            free(*(char **)((char *)leaving + table[i].offset));
    tidu_access_free(leaving);
    tidu_tokens_close(&leaving->tokens);
    free(leaving);
}

/* ---- what cannot change -------------------------------------------------------------- */

static size_t
size_of(const struct setting *setting)
{
    return setting->kind == KIND_NUMBER ? sizeof(size_t)
           : setting->kind == KIND_FLAG ? sizeof(bool)
                                        : sizeof(unsigned);
}

static bool
keep(struct settings *settings, const struct settings *old, const struct setting *setting)
{
    char *place = (char *)settings + setting->offset;
    const char *before = (const char *)old + setting->offset;
    if (setting->kind == KIND_TEXT) {
        const char *text = *(const char *const *)(const void *)before;
        return strcmp(*(char **)(void *)place, text) == 0 ||
               (store_text(settings, setting, text), false);
    }
    if (memcmp(place, before, size_of(setting)) == 0)
        return true;
    memcpy(place, before, size_of(setting));
    return false;
}

void
tidu_settings_keep_fixed(struct settings *settings, const struct settings *old,
                         const struct logger *log)
{
    for (int i = 0; i < SETTING_COUNT; i++)
        if (table[i].fixed && !keep(settings, old, &table[i]))
            tidu_log(log, TIDU_LOG_WARNING, "settings: %s changes at the next start, not before",
                     table[i].name);
}

const char *
tidu_settings_store(const struct settings *settings)
{
    return *settings->store_path ? settings->store_path : getenv("STATE_DIRECTORY");
}
