/*
 * census.c: populations that are asked about by name.
 *
 * Snapshots are read into memory, not mapped: a file that is cut off while it is looked at
 * would end the daemon.
 *
 * Ownership: holds each population it keeps; whoever asks holds it too. One lock, which is
 * not held while a snapshot is read. A library that has changed is a population of another
 * name; the older one leaves when its place is wanted.
 */
#include "census.h"

#include "internal.h"
#include "inventory.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { KEPT = 2 };

struct held_population {
    atomic_uint references;
    tidu_population *population;
    char *name;       /* the path of a file; of the library, which one */
    struct stat file; /* when it was read */
};

struct census {
    pthread_mutex_t taking;             /* one takes the inventory, the others wait for it */
    pthread_mutex_t lock;               /* guards what follows */
    struct held_population *kept[KEPT]; /* the last one asked for first */
};

struct census *
tidu_census_open(void)
{
    struct census *census = calloc(1, sizeof *census);
    if (census) {
        pthread_mutex_init(&census->taking, NULL);
        pthread_mutex_init(&census->lock, NULL);
    }
    return census;
}

void
tidu_census_close(struct census **census)
{
    struct census *leaving = *census;
    if (!leaving)
        return;
    for (int i = 0; i < KEPT; i++)
        tidu_census_let_go(&leaving->kept[i]);
    pthread_mutex_destroy(&leaving->lock);
    pthread_mutex_destroy(&leaving->taking);
    free(leaving);
    *census = NULL;
}

void
tidu_census_let_go(struct held_population **held)
{
    struct held_population *old = *held;
    *held = NULL;
    if (!old || atomic_fetch_sub(&old->references, 1) != 1)
        return;
    tidu_population_close(&old->population);
    free(old->name);
    free(old);
}

const tidu_population *
tidu_census_population(const struct held_population *held)
{
    return held->population;
}

/* A name of the folder, or a path that lies in it; false when it is neither. */
static bool
find_path(const struct settings *settings, const char *name, char ret_path[PATH_MAX])
{
    size_t folder = strlen(settings->populations);
    const char *rest = name;
    if (!strncmp(name, settings->populations, folder) && name[folder] == '/')
        rest = name + folder + 1;
    if (!*rest || *rest == '.' || strchr(rest, '/'))
        return false;
    return snprintf(ret_path, PATH_MAX, "%s/%s%s", settings->populations, rest,
                    tidu_ends_with(rest, ".tidu") ? "" : ".tidu") < PATH_MAX;
}

static bool
is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* What is kept of that as it is now, held once more; it comes to the front. */
static struct held_population *
find_kept(struct census *census, const char *name, const struct stat *file)
{
    struct held_population *found = NULL;
    pthread_mutex_lock(&census->lock);
    for (int i = 0; i < KEPT && !found; i++) {
        struct held_population *held = census->kept[i];
        if (!held || strcmp(held->name, name) != 0 || !is_same_file(&held->file, file))
            continue;
        memmove(&census->kept[1], &census->kept[0], (size_t)i * sizeof *census->kept);
        census->kept[0] = found = held;
        atomic_fetch_add(&found->references, 1);
    }
    pthread_mutex_unlock(&census->lock);
    return found;
}

static void
keep(struct census *census, struct held_population *held)
{
    atomic_fetch_add(&held->references, 1);
    pthread_mutex_lock(&census->lock);
    struct held_population *last = census->kept[KEPT - 1];
    memmove(&census->kept[1], &census->kept[0], (KEPT - 1) * sizeof *census->kept);
    census->kept[0] = held;
    pthread_mutex_unlock(&census->lock);
    tidu_census_let_go(&last);
}

/* Holds a population that was just read, or NULL, under its name. */
static struct held_population *
hold(struct census *census, tidu_population *population, const char *name, const struct stat *file,
     tidu_error *reterr)
{
    struct held_population *held = population ? calloc(1, sizeof *held) : NULL;
    if (held)
        *held = (struct held_population){
            .references = 1, .population = population, .name = strdup(name), .file = *file};
    if (held && held->name) {
        keep(census, held);
        return held;
    }
    if (population)
        tidu_error_set(reterr, TIDU_MEMORY, NULL);
    if (!held)
        tidu_population_close(&population);
    tidu_census_let_go(&held);
    return NULL;
}

struct held_population *
tidu_census_get(struct census *census, const struct settings *settings, const char *name,
                tidu_error *reterr)
{
    char path[PATH_MAX];
    struct stat file;
    if (!*settings->populations) {
        tidu_error_set(reterr, TIDU_CENSUS_NONE, NULL);
        return NULL;
    }
    if (!find_path(settings, name, path) || stat(path, &file) != 0) {
        tidu_error_set(reterr, TIDU_CENSUS_NAME, name, settings->populations, NULL);
        return NULL;
    }
    struct held_population *held = find_kept(census, path, &file);
    return held ? held
                : hold(census, tidu_population_load(path, reterr), path, &file, reterr);
}

struct held_population *
tidu_census_library(struct census *census, uint64_t edition, const struct inventory *inventory,
                    tidu_error *reterr)
{
    char name[128];
    const struct stat none = {.st_size = 0};
    snprintf(name, sizeof name, TIDU_POPULATION_LIBRARY " %llu by %s", (unsigned long long)edition,
             tidu_ruleset_digest(inventory->rules));
    pthread_mutex_lock(&census->taking);
    struct held_population *held = find_kept(census, name, &none);
    if (!held)
        held = hold(census, tidu_inventory_take(inventory, reterr), name, &none, reterr);
    pthread_mutex_unlock(&census->taking);
    return held;
}
