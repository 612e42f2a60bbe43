/*
 * load.c: a folder of policy documents becomes a ruleset.
 *
 * Reads the files, has the authoring helper run them, and hands what they
 * declared to the compiler. The ruleset is named by the digest of its sources.
 */
#include "tidu/compile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEEPEST_FOLDER = 16, LARGEST_FILE = 16 << 20 };

struct listing {
    tidu_arena *arena;
    tidu_source *sources;
    size_t count, capacity;
    tidu_error *reterr;
};

static bool
is_source(const char *name)
{
    return name[0] != '.' && strcmp(name, "README.md") &&
           (tidu_ends_with(name, ".md") || tidu_ends_with(name, ".lua"));
}

static bool
cannot_read(struct listing *listing, const char *path)
{
    return tidu_error_set(listing->reterr, TIDU_FILE_READ, path, strerror(errno), NULL);
}

static char *
read_whole(struct listing *listing, int file, const char *path, size_t *ret_length)
{
    struct stat info;
    if (fstat(file, &info) || info.st_size > LARGEST_FILE) {
        errno = errno ? errno : EFBIG;
        cannot_read(listing, path);
        return NULL;
    }
    size_t size = (size_t)info.st_size, length = 0;
    char *text = tidu_arena_alloc(listing->arena, size + 1);
    ssize_t got = 1;
    while (text && length < size && got > 0) {
        got = read(file, text + length, size - length);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            length += (size_t)got;
    }
    if (!text || got < 0) {
        cannot_read(listing, path);
        return NULL;
    }
    text[length] = '\0';
    *ret_length = length;
    return text;
}

static bool
add_source(struct listing *listing, const char *path, const char *relative)
{
    errno = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return cannot_read(listing, path);
    size_t length = 0;
    char *text = read_whole(listing, file, path, &length);
    close(file);
    tidu_source *sources = tidu_arena_grow(listing->arena, listing->sources, listing->count,
                                           &listing->capacity, sizeof *sources);
    listing->sources = sources ? sources : listing->sources;
    if (!text || !sources)
        return text ? tidu_error_set(listing->reterr, TIDU_MEMORY, NULL) : false;
    sources[listing->count++] = (tidu_source){relative, text, length};
    return true;
}

static bool list_folder(struct listing *listing, const char *folder, const char *relative,
                        int depth);

static bool
list_entry(struct listing *listing, const char *folder, const char *relative, const char *name,
           int depth)
{
    char *path = tidu_arena_printf(listing->arena, "%s/%s", folder, name);
    char *below = *relative ? tidu_arena_printf(listing->arena, "%s/%s", relative, name)
                            : tidu_arena_copy(listing->arena, name);
    struct stat info;
    if (!path || !below)
        return tidu_error_set(listing->reterr, TIDU_MEMORY, NULL);
    if (stat(path, &info))
        return is_source(name) ? cannot_read(listing, path) : true;
    if (S_ISDIR(info.st_mode))
        return name[0] == '.' || list_folder(listing, path, below, depth + 1);
    return !S_ISREG(info.st_mode) || !is_source(name) || add_source(listing, path, below);
}

static bool
list_folder(struct listing *listing, const char *folder, const char *relative, int depth)
{
    bool good = true;
    errno = depth > DEEPEST_FOLDER ? ELOOP : 0;
    DIR *handle = depth > DEEPEST_FOLDER ? NULL : opendir(folder);
    if (!handle)
        return cannot_read(listing, folder);
    for (struct dirent *entry = readdir(handle); entry && good; entry = readdir(handle))
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
            good = list_entry(listing, folder, relative, entry->d_name, depth);
    closedir(handle);
    return good;
}

static int
compare_sources(const void *a, const void *b)
{
    return strcmp(((const tidu_source *)a)->path, ((const tidu_source *)b)->path);
}

bool
tidu_sources_read(const char *folder, tidu_arena *arena, tidu_source **ret_sources,
                  size_t *ret_count, tidu_error *reterr)
{
    struct listing listing = {.arena = arena, .reterr = reterr};
    if (!list_folder(&listing, folder, "", 0))
        return false;
    if (listing.count)
        qsort(listing.sources, listing.count, sizeof *listing.sources, compare_sources);
    *ret_sources = listing.sources;
    *ret_count = listing.count;
    return true;
}

/* Paths and lengths go in before the bytes, so that no two sets of files read
 * the same. */
void
tidu_sources_digest(const tidu_source *sources, size_t count, char ret[65])
{
    tidu_text all = {0};
    for (size_t i = 0; i < count; i++) {
        char digest[65];
        tidu_digest(sources[i].text, sources[i].length, digest);
        tidu_text_printf(&all, "%zu %s %zu %s\n", strlen(sources[i].path), sources[i].path,
                         sources[i].length, digest);
    }
    tidu_digest(all.data ? all.data : "", all.length, ret);
    tidu_text_free(&all);
}

static bool
out_of_memory(tidu_report *report)
{
    tidu_error error;
    tidu_error_set(&error, TIDU_MEMORY, NULL);
    return tidu_report_add(report, &error);
}

bool
tidu_ruleset_build(const tidu_source *sources, size_t count, const char *helper,
                   tidu_ruleset **ret_ruleset, tidu_report *report)
{
    return tidu_ruleset_rebuild(sources, count, helper, NULL, ret_ruleset, report);
}

bool
tidu_ruleset_rebuild(const tidu_source *sources, size_t count, const char *helper,
                     const tidu_ruleset *earlier, tidu_ruleset **ret_ruleset, tidu_report *report)
{
    tidu_declarations declarations = {0};
    tidu_ruleset *ruleset = NULL;
    char digest[65];
    tidu_arena *arena = tidu_arena_open();
    if (!arena)
        return out_of_memory(report);
    tidu_sources_digest(sources, count, digest);
    bool declared = earlier ? tidu_author_rerun(helper, sources, count, &earlier->declarations,
                                                arena, &declarations, report)
                            : tidu_author_run_apart(helper, sources, count, arena, &declarations,
                                                    report);
    if (declared)
        ruleset = tidu_compile(arena, &declarations, digest, report);
    tidu_report_sort(report);
    if (ruleset && tidu_report_error_count(report))
        tidu_ruleset_unref(&ruleset);
    else if (!ruleset)
        tidu_arena_close(&arena);
    if (!ruleset)
        return false;
    *ret_ruleset = ruleset;
    return true;
}

bool
tidu_ruleset_load(const char *folder, const char *helper, tidu_ruleset **ret_ruleset,
                  tidu_report *report)
{
    tidu_arena *arena = tidu_arena_open();
    tidu_source *sources = NULL;
    size_t count = 0;
    tidu_error error;
    if (!arena)
        return out_of_memory(report);
    bool good = tidu_sources_read(folder, arena, &sources, &count, &error)
                    ? tidu_ruleset_build(sources, count, helper, ret_ruleset, report)
                    : tidu_report_add(report, &error);
    tidu_arena_close(&arena);
    return good;
}
