/*
 * watch.c: says when something below a folder has changed.
 *
 * Every folder of the tree is watched, and the parent of its root, for rules
 * that are put in place by renaming a whole folder or link. An event is only a
 * sign to look again: the tree is walked anew, so new folders are watched from
 * then on, and whoever listens compares what is there with what it has.
 *
 *   events ─► settle timer, set back by each ─► walk, tell
 *
 * Editors write a file in several steps and a checkout writes many files, so
 * nothing is told until it has been quiet for a while. What never comes to
 * rest is looked at after PATIENCE times that while all the same.
 *
 * INVARIANT: a folder is watched before its entries are listed, so what comes
 * into it later makes an event.
 *
 * Must not know: rules.
 *
 * Ownership: owns its inotify descriptor and timer.
 */
#include "internal.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    WATCH_MAGIC = 0x57415443,
    PATIENCE = 10,
    DEEPEST = 16 /* folders below folders */
};

static const uint32_t listed_events = IN_CREATE | IN_DELETE | IN_MOVE;
static const uint32_t folder_events = IN_CREATE | IN_DELETE | IN_MOVE | IN_CLOSE_WRITE | IN_MODIFY |
                                      IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

struct watch {
    unsigned magic;
    char *folder;
    char name[NAME_MAX + 1]; /* the folder's own, as its parent lists it */
    int parent;              /* the watch on the parent, or -1 */
    double settle;
    ev_io events;
    ev_timer timer;
    ev_tstamp first; /* of the events not yet told, 0 when there are none */
    void (*changed)(void *context);
    void *context;
    const struct logger *log;
};

static int
add(struct watch *watch, const char *path, uint32_t events)
{
    int number = inotify_add_watch(watch->events.fd, path, events | IN_ONLYDIR);
    if (number < 0 && errno != ENOENT && errno != ENOTDIR) {
        tidu_error error;
        tidu_error_set(&error, TIDU_WATCH_FAILED, path, strerror(errno), NULL);
        tidu_log_fault(watch->log, TIDU_LOG_WARNING, &error);
    }
    return number;
}

static bool
is_folder(const char *path, const struct dirent *entry)
{
    struct stat status;
    if (entry->d_name[0] == '.')
        return false;
    if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
        return entry->d_type == DT_DIR;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static void
walk(struct watch *watch, const char *folder, unsigned depth)
{
    add(watch, folder, folder_events);
    DIR *stream = depth < DEEPEST ? opendir(folder) : NULL;
    if (!stream)
        return;
    for (struct dirent *entry; (entry = readdir(stream));) {
        char path[PATH_MAX];
        int length = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (length < (int)sizeof path && is_folder(path, entry))
            walk(watch, path, depth + 1);
    }
    closedir(stream);
}

static void
watch_all(struct watch *watch)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", watch->folder);
    watch->parent = add(watch, dirname(path), listed_events);
    walk(watch, watch->folder, 0);
}

/* An event of the parent concerns us only if it names our folder. */
static bool
concerns(const struct watch *watch, const struct inotify_event *event)
{
    return event->wd != watch->parent || (event->len && strcmp(event->name, watch->name) == 0);
}

static void
on_events(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)events;
    struct watch *watch = watcher->data;
    assert(watch->magic == WATCH_MAGIC);
    _Alignas(struct inotify_event) char buffer[8192];
    bool any = false;
    ssize_t count;
    while ((count = read(watcher->fd, buffer, sizeof buffer)) > 0) {
        for (const char *at = buffer; at < buffer + count;) {
            const struct inotify_event *event = (const struct inotify_event *)at;
            any |= concerns(watch, event);
            at += sizeof *event + event->len;
        }
    }
    if (!any)
        return;
    if (watch->first <= 0)
        watch->first = ev_now(loop);
    double left = watch->first + PATIENCE * watch->settle - ev_now(loop);
    watch->timer.repeat = left < watch->settle ? (left > 0.001 ? left : 0.001) : watch->settle;
    ev_timer_again(loop, &watch->timer);
}

static void
on_quiet(struct ev_loop *loop, ev_timer *watcher, int events)
{
    (void)events;
    struct watch *watch = watcher->data;
    assert(watch->magic == WATCH_MAGIC);
    ev_timer_stop(loop, watcher);
    watch->first = 0;
    watch_all(watch);
    watch->changed(watch->context);
}

struct watch *
tidu_watch_open(struct ev_loop *loop, const char *folder, unsigned settle_ms,
                void (*changed)(void *context), void *context, const struct logger *log)
{
    char path[PATH_MAX];
    struct watch *watch = calloc(1, sizeof *watch);
    int notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch)
        watch->folder = strdup(folder);
    if (!watch || !watch->folder || notify < 0) {
        tidu_error error;
        tidu_error_set(&error, TIDU_WATCH_FAILED, folder, strerror(errno), NULL);
        tidu_log_fault(log, TIDU_LOG_WARNING, &error);
        if (notify >= 0)
            close(notify);
        free(watch);
        return NULL;
    }
    watch->magic = WATCH_MAGIC;
    watch->settle = settle_ms / 1000.0;
    watch->changed = changed;
    watch->context = context;
    watch->log = log;
    snprintf(path, sizeof path, "%s", folder);
    snprintf(watch->name, sizeof watch->name, "%s", basename(path));
    ev_io_init(&watch->events, on_events, notify, EV_READ);
    ev_timer_init(&watch->timer, on_quiet, 0, watch->settle);
    watch->events.data = watch->timer.data = watch;
    ev_io_start(loop, &watch->events);
    watch_all(watch);
    return watch;
}

void
tidu_watch_close(struct watch **watch, struct ev_loop *loop)
{
    struct watch *leaving = *watch;
    if (!leaving)
        return;
    ev_io_stop(loop, &leaving->events);
    ev_timer_stop(loop, &leaving->timer);
    close(leaving->events.fd);
    free(leaving->folder);
    free(leaving);
    *watch = NULL;
}
