/*
 * fence.c: which files a confined daemon can reach, by Landlock.
 *
 *   rules, settings, population      read, with the folders they stand in: they
 *                                    are replaced by renaming, and a fence is
 *                                    around files that are there, not names
 *   our program, the helper          read and run, with their folders
 *   libraries, /etc, zones of time   read; the program that loads libraries: run
 *   the store                        read, write, make, remove
 *   the socket's folder              remove
 *
 * A fence cannot be moved: who runs by other settings later is held to it as well,
 * and so is the program that takes our place. What lies beyond is told from what
 * is forbidden by its own access bits: access(2) knows only those.
 *
 * Must not know: users, capabilities, system calls.
 *
 * Ownership: owns nothing beyond a call.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <link.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Kernels know more than the headers we are built with. */
enum {
    REFER_SINCE = 2,
    TRUNCATE_SINCE = 3,
    NETWORK_SINCE = 4,
    DEVICES_SINCE = 5,
    SIGNALS_SINCE = 6
};
static const uint64_t all_first = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
#define ACCESS_REFER (1ULL << 13)
#define ACCESS_TRUNCATE (1ULL << 14)
#define ACCESS_DEVICES (1ULL << 15)
#define CONNECT_TCP (1ULL << 1)
#define SCOPE_SIGNALS (1ULL << 1)

struct fence_terms {
    uint64_t files, network, scopes;
};

/* A fence that is being put up. */
struct fence {
    int ruleset;
    uint64_t handled;
};

static const uint64_t to_read = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t to_run =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_EXECUTE;
static const uint64_t to_remove = LANDLOCK_ACCESS_FS_REMOVE_FILE;
static const uint64_t to_keep = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
                                LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
                                LANDLOCK_ACCESS_FS_REMOVE_FILE | ACCESS_TRUNCATE;
static const uint64_t of_files = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                 LANDLOCK_ACCESS_FS_READ_FILE | ACCESS_TRUNCATE;

/* ---- gates in it --------------------------------------------------------------------- */

/* What is not there needs no gate. */
static void
allow(const struct fence *fence, const char *path, uint64_t access)
{
    struct stat status;
    struct landlock_path_beneath_attr gate = {.parent_fd = open(path, O_PATH | O_CLOEXEC)};
    if (gate.parent_fd < 0)
        return;
    bool folder = fstat(gate.parent_fd, &status) == 0 && S_ISDIR(status.st_mode);
    gate.allowed_access = access & fence->handled & (folder ? ~0ULL : of_files);
    (void)syscall(SYS_landlock_add_rule, fence->ruleset, LANDLOCK_RULE_PATH_BENEATH, &gate, 0);
    close(gate.parent_fd);
}

static void
allow_parent(const struct fence *fence, const char *path, uint64_t access)
{
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    const char *folder = dirname(copy);
    if (strcmp(folder, "/") != 0)
        allow(fence, folder, access);
}

/* A path, the folder it stands in, and, if it is a link, that of its target. */
static void
allow_around(const struct fence *fence, const char *path, uint64_t access)
{
    char target[PATH_MAX];
    if (!*path)
        return;
    allow(fence, path, access);
    allow_parent(fence, path, access);
    if (realpath(path, target))
        allow_parent(fence, target, access);
}

/* Where the libraries are that we have loaded; and what loads those of a child. */
static int
allow_library(struct dl_phdr_info *library, size_t size, void *context)
{
    (void)size;
    char target[PATH_MAX];
    bool loader = library->dlpi_addr == getauxval(AT_BASE);
    if (library->dlpi_name[0] == '/' && realpath(library->dlpi_name, target))
        allow_parent(context, target, loader ? to_run : to_read);
    return 0;
}

static void
allow_system(const struct fence *fence)
{
    static const char *const places[] = {
        "/lib",
        "/lib64",
        "/usr/lib",
        "/usr/lib64",
        "/usr/local/lib",      /* libraries */
        "/etc",                /* names of users, where libraries are */
        "/usr/share/zoneinfo", /* the local time */
        "/dev/urandom",
#ifdef TIDU_SANITIZED
        "/proc",
        "/sys/devices/system/cpu",
#endif
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        allow(fence, places[i], to_read);
    allow(fence, "/dev/null", LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE);
    dl_iterate_phdr(allow_library, (void *)fence);
}

static void
allow_programs(const struct fence *fence, const struct settings *settings)
{
    char self[PATH_MAX];
    const char *helper = getenv("TIDU_AUTHOR");
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    self[length > 0 ? length : 0] = '\0';
    allow_parent(fence, self, to_run); /* an upgrade puts another file there */
    allow_around(fence, TIDU_AUTHOR_PATH, to_run);
    allow_around(fence, helper && *helper ? helper : settings->helper, to_run);
}

/* The population may be what the store has. */
static bool
is_file(const char *population)
{
    return *population && strcmp(population, TIDU_POPULATION_LIBRARY) != 0;
}

static void
allow_ours(const struct fence *fence, const struct settings *settings, const char *file,
           const char *store)
{
    allow_around(fence, settings->rules, to_read);
    allow_around(fence, file ? file : TIDU_SETTINGS_FILE, to_read);
    if (is_file(settings->population))
        allow_around(fence, settings->population, to_read);
    if (*settings->populations)
        allow(fence, settings->populations, to_read);
    allow_around(fence, settings->http_tokens, to_read);
    allow_parent(fence, settings->socket_path, to_remove);
    if (settings->http_listen[0] == '/') /* who takes our place opens it anew */
        allow_parent(fence, settings->http_listen, to_remove | LANDLOCK_ACCESS_FS_MAKE_SOCK);
    if (store)
        allow(fence, store, to_keep);
}

/* ---- putting it up -------------------------------------------------------------------- */

/* All that this kernel can keep us from, but for sockets of Unix. */
static struct fence_terms
terms_of(int version)
{
    struct fence_terms terms = {.files = all_first};
    if (version >= REFER_SINCE)
        terms.files |= ACCESS_REFER;
    if (version >= TRUNCATE_SINCE)
        terms.files |= ACCESS_TRUNCATE;
    if (version >= NETWORK_SINCE)
        terms.network = CONNECT_TCP; /* whatever we may listen on, we call nobody */
    if (version >= DEVICES_SINCE)
        terms.files |= ACCESS_DEVICES;
    if (version >= SIGNALS_SINCE)
        terms.scopes = SCOPE_SIGNALS;
    return terms;
}

int
tidu_fence(const struct settings *settings, const char *file, const char *store)
{
    int version =
        (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version <= 0)
        return 0;
    struct fence_terms terms = terms_of(version);
    struct fence fence = {
        .ruleset = (int)syscall(SYS_landlock_create_ruleset, &terms, sizeof terms, 0),
        .handled = terms.files,
    };
    if (fence.ruleset < 0)
        return 0;
    allow_system(&fence);
    allow_programs(&fence, settings);
    allow_ours(&fence, settings, file, store);
    /* Fences stand around each other, sixteen at most: who has taken another's place
     * so often has enough of them. */
    bool up = syscall(SYS_landlock_restrict_self, fence.ruleset, 0) == 0 || errno == E2BIG;
    close(fence.ruleset);
    return up ? version : 0;
}

/* ---- beyond it --------------------------------------------------------------------------- */

static bool
is_beyond(const char *path, int flags, int bits)
{
    int file = open(path, flags | O_CLOEXEC | O_NONBLOCK, 0600);
    int why = errno;
    if (file >= 0)
        close(file);
    return file < 0 && why == EACCES && access(path, bits) == 0;
}

static void
complain(const char *name, const char *path, tidu_report *report)
{
    tidu_error error;
    tidu_error_set(&error, TIDU_CONFINE_BEYOND, name, path, NULL);
    tidu_report_add(report, &error);
}

void
tidu_fence_check(const struct settings *settings, bool start, tidu_report *report)
{
    if (*settings->helper && is_beyond(settings->helper, O_RDONLY, R_OK))
        complain("helper", settings->helper, report);
    if (*settings->http_tokens && is_beyond(settings->http_tokens, O_RDONLY, R_OK))
        complain("http.tokens", settings->http_tokens, report);
    if (is_file(settings->population) && is_beyond(settings->population, O_RDONLY, R_OK))
        complain("gate.population", settings->population, report);
    if (*settings->populations && is_beyond(settings->populations, O_RDONLY | O_DIRECTORY, R_OK))
        complain("populations", settings->populations, report);
    if (start && is_beyond(settings->rules, O_RDONLY | O_DIRECTORY, R_OK))
        complain("rules", settings->rules, report);
    if (start && *settings->store_path &&
        is_beyond(settings->store_path, O_TMPFILE | O_WRONLY, W_OK | X_OK))
        complain("store.path", settings->store_path, report);
}
