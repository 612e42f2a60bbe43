/*
 * access.c: who may do what.
 *
 *   peer (SO_PEERCRED: user and groups) ─► entries of the settings that mean it
 *                                           ─► roles, and limits of its own
 *
 * Without entries the daemon's own user and root may do all, and whoever else the
 * socket lets in may evaluate and inquire. With entries nobody may do what none
 * of those that mean it grants, root included.
 *
 * A token says its roles by itself: see tokens.c.
 *
 * Must not know: methods beyond the role each needs.
 */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

const char *const tidu_role_names[] = {TIDU_ROLE_NAMES, NULL};

/* Who cannot be known is nobody. */
struct peer
tidu_peer_of(int fd)
{
    struct peer peer = {.who.user = TIDU_NOBODY};
    struct ucred credentials;
    socklen_t size = sizeof credentials;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
        return peer;
    peer.who.user = credentials.uid;
    peer.groups[0] = credentials.gid;
    peer.group_count = 1;
    size = sizeof peer.groups - sizeof *peer.groups;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, &peer.groups[1], &size) == 0)
        peer.group_count += (unsigned)(size / sizeof *peer.groups);
    return peer;
}

static bool
means(const struct access_entry *entry, const struct peer *peer)
{
    for (size_t i = 0; i < entry->user_count; i++)
        if (entry->users[i] == peer->who.user)
            return true;
    for (size_t i = 0; i < entry->group_count; i++)
        for (unsigned j = 0; j < peer->group_count; j++)
            if (entry->groups[i] == peer->groups[j])
                return true;
    return entry->everybody;
}

bool
tidu_who_is_same(const struct who *a, const struct who *b)
{
    return a->user == b->user && strcmp(a->token, b->token) == 0;
}

struct rights
tidu_rights_of(const struct settings *settings, const struct peer *peer)
{
    struct rights rights = {.jobs = settings->session_jobs, .sessions = settings->user_sessions};
    bool own_sessions = false, own_jobs = false;
    if (*peer->who.token) {
        rights.roles = peer->roles;
        return rights;
    }
    if (!settings->access_count) {
        bool ours = peer->who.user == geteuid() || peer->who.user == 0;
        rights.roles = ours ? TIDU_ROLE_ALL : TIDU_ROLE_EVALUATE | TIDU_ROLE_INQUIRE;
        return rights;
    }
    for (size_t i = 0; i < settings->access_count; i++) {
        const struct access_entry *entry = &settings->access[i];
        if (!means(entry, peer))
            continue;
        rights.roles |= entry->roles;
        if (entry->sessions && (!own_sessions || entry->sessions > rights.sessions))
            rights.sessions = entry->sessions;
        if (entry->jobs && (!own_jobs || entry->jobs > rights.jobs))
            rights.jobs = entry->jobs;
        own_sessions |= entry->sessions > 0;
        own_jobs |= entry->jobs > 0;
    }
    return rights;
}

void
tidu_access_free(struct settings *settings)
{
    for (size_t i = 0; i < settings->access_count; i++) {
        free(settings->access[i].users);
        free(settings->access[i].groups);
    }
    free(settings->access);
}
