/*
 * confine.c: what the daemon gives up before it looks at a rule or a request. The
 * only home of libcap-ng, and of libseccomp in the daemon.
 *
 *   socket and lock are open ─► another user ─► no capabilities ─► no new ones by
 *                  any program ─► a fence around files ─► few system calls ─► threads
 *
 * All of it comes before the first thread, so that all threads have it; what the
 * store makes belongs to the new user from the beginning.
 *
 * A program that takes our place inherits all of it and gives up the same again,
 * which it may always do. The authoring helper gives up much more by itself
 * (dsl/author/confine.c): a process that computes needs fourteen calls, one that
 * serves and keeps a hundred and fifty, so that the two lists share nothing.
 *
 * A build with sanitizers makes calls of its own: there only the outrageous is
 * forbidden.
 *
 * Must not know: messages, rules, what is kept.
 *
 * Ownership: owns nothing beyond a call.
 */
#include "internal.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FILTERED = 2 }; /* of PR_GET_SECCOMP */

static bool
failed(const char *what, int why, tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_CONFINE_FAILED, what, strerror(why), NULL);
}

/* ---- another user ---------------------------------------------------------------------- */

static bool
has(unsigned capability)
{
    return capng_have_capability(CAPNG_EFFECTIVE, capability) == 1;
}

static void
name_user(uid_t user, char name[64])
{
    const struct passwd *account = getpwuid(user);
    if (account)
        snprintf(name, 64, "%s", account->pw_name);
    else
        snprintf(name, 64, "%lu", (unsigned long)user);
}

static void
warn(const struct server *server, tidu_code code, const char *first, const char *second)
{
    tidu_error error;
    tidu_error_set(&error, code, first, second, NULL);
    tidu_log_fault(&server->log, TIDU_LOG_WARNING, &error);
}

/* Become the user with all groups it has; for good, since the saved number goes too. */
static bool
become(const struct server *server, const struct passwd *account, tidu_error *reterr)
{
    if (server->listener &&
        !tidu_listener_give(server->listener, account->pw_uid, account->pw_gid, reterr))
        return false;
    if (initgroups(account->pw_name, account->pw_gid) != 0 ||
        setresgid(account->pw_gid, account->pw_gid, account->pw_gid) != 0 ||
        setresuid(account->pw_uid, account->pw_uid, account->pw_uid) != 0)
        return failed(account->pw_name, errno, reterr);
    return true;
}

/* What cannot be had is no reason not to serve: with fewer powers than root there is
 * less to lose. */
static bool
change_user(const struct server *server, const struct settings *settings, tidu_error *reterr)
{
    char name[64];
    const struct passwd *account = *settings->user ? getpwnam(settings->user) : NULL;
    if (*settings->user && !account)
        return tidu_error_set(reterr, TIDU_CONFINE_NO_USER, settings->user, NULL);
    if (account && account->pw_uid != geteuid() && has(CAP_SETUID) && has(CAP_SETGID))
        return become(server, account, reterr);
    name_user(geteuid(), name);
    if (account && account->pw_uid != geteuid())
        warn(server, TIDU_CONFINE_STAYS, settings->user, name);
    else if (geteuid() == 0)
        warn(server, TIDU_CONFINE_ROOT, NULL, NULL);
    return true;
}

/* What an earlier life as somebody else has left in the store would be found out only
 * when it is too late to say so. */
static bool
check_store(const char *store, tidu_error *reterr)
{
    static const char *const files[] = {"journal.db", "journal.db-wal", "journal.db-shm",
                                        "tidu.db",    "tidu.db-wal",    "tidu.db-shm"};
    char path[PATH_MAX], name[64];
    name_user(geteuid(), name);
    if (access(store, F_OK) == 0 && access(store, R_OK | W_OK | X_OK) != 0)
        return tidu_error_set(reterr, TIDU_CONFINE_STORE, name, store, store, NULL);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%.*s/%s", PATH_MAX - 32, store, files[i]);
        if (access(path, F_OK) == 0 && access(path, R_OK | W_OK) != 0)
            return tidu_error_set(reterr, TIDU_CONFINE_STORE, name, path, store, NULL);
    }
    return true;
}

/* ---- capabilities -------------------------------------------------------------------------- */

static bool
holds_any(void)
{
    return capng_get_caps_process() == 0 &&
           capng_have_capabilities(CAPNG_SELECT_CAPS) != CAPNG_NONE;
}

/* What no program started by us can have either; takes a capability itself. */
static bool
drop_bounds(tidu_error *reterr)
{
    if (!has(CAP_SETPCAP))
        return true;
    capng_clear(CAPNG_SELECT_BOUNDS);
    return capng_apply(CAPNG_SELECT_BOUNDS) == 0 || failed("CapBnd", errno, reterr);
}

static bool
drop_capabilities(tidu_error *reterr)
{
    if (!holds_any())
        return true;
    capng_clear(CAPNG_SELECT_CAPS);
    return capng_apply(CAPNG_SELECT_CAPS) == 0 || failed("CapEff", errno, reterr);
}

/* ---- system calls ------------------------------------------------------------------ */

#ifdef TIDU_SANITIZED
enum { SANITIZED = true };
#else
enum { SANITIZED = false };
#endif

static const struct rule {
    int call;
    uint32_t action;
} rules[] = {
#define ALLOW(call) {SCMP_SYS(call), SCMP_ACT_ALLOW},
#define ABSENT(call) {SCMP_SYS(call), SCMP_ACT_ERRNO(ENOSYS)},
#define KILL(call) {SCMP_SYS(call), SCMP_ACT_KILL_PROCESS},
#include "calls.def"
#undef ALLOW
#undef ABSENT
#undef KILL
};

/* Loopback addresses are for HTTP alone: who takes our place opens its socket anew. */
static const struct family {
    int number;
    bool network;
} families[] = {{AF_UNIX, false}, {AF_INET, true}, {AF_INET6, true}};
static const unsigned long controls[] = {TCGETS, FIONREAD, FIONBIO, FIOCLEX};

enum {
    NEW_WORLDS = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                 CLONE_NEWPID | CLONE_NEWNET
};

/* A leak checker looks at our threads as a debugger would. */
static int
add_calls(scmp_filter_ctx filter, uint32_t otherwise)
{
    int wrong = 0;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].action != otherwise && (!SANITIZED || rules[i].call != SCMP_SYS(ptrace)))
            wrong |= seccomp_rule_add(filter, rules[i].action, rules[i].call, 0);
    return wrong;
}

/* Memory is never both written and run, and becomes runnable from a file alone. */
static int
add_memory(scmp_filter_ctx filter)
{
    static const int maps[] = {SCMP_SYS(mmap), SCMP_SYS(mmap2)};
    int wrong = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                                 SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
        wrong |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, maps[i], 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
        wrong |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, maps[i], 2,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC | PROT_WRITE, PROT_EXEC),
                                  SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, 0));
    }
    return wrong;
}

static int
add_looked_at(scmp_filter_ctx filter, bool network)
{
    int wrong = add_memory(filter);
    wrong |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                              SCMP_A0(SCMP_CMP_MASKED_EQ, NEW_WORLDS, 0));
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        scmp_datum_t family = (scmp_datum_t)families[i].number;
        if (families[i].network && !network)
            continue;
        wrong |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
                                  SCMP_A0(SCMP_CMP_EQ, family, 0));
        wrong |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 1,
                                  SCMP_A0(SCMP_CMP_EQ, family, 0));
    }
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        wrong |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
                                  SCMP_A1(SCMP_CMP_EQ, controls[i], 0));
    return wrong;
}

/* Where the kernel or the machine knows no such filter, all else stays. */
static void
filter_calls(bool network)
{
    uint32_t otherwise = SANITIZED ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM);
    scmp_filter_ctx filter = seccomp_init(otherwise);
    if (!filter)
        return;
    int wrong = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    wrong |= seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    wrong |= seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    wrong |= add_calls(filter, otherwise);
    if (!SANITIZED)
        wrong |= add_looked_at(filter, network);
    if (!wrong)
        (void)seccomp_load(filter);
    seccomp_release(filter);
}

/* ---- all of it --------------------------------------------------------------------- */

static void
look(struct confinement *ret)
{
    name_user(geteuid(), ret->user);
    ret->capabilities = 0;
    if (capng_get_caps_process() == 0)
        for (unsigned i = 0; i <= CAP_LAST_CAP; i++)
            ret->capabilities += capng_have_capability(CAPNG_PERMITTED, i) == 1;
    ret->no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
    ret->filtered = prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == FILTERED;
}

static void
tell_log(const struct server *server, const struct confinement *got)
{
    char fence[64] = "no Landlock", capabilities[32] = "no";
    if (got->landlock)
        snprintf(fence, sizeof fence, "Landlock %d", got->landlock);
    else if (server->world->settings->confine)
        snprintf(fence, sizeof fence, "no Landlock (the kernel has none, or it is forbidden)");
    if (got->capabilities)
        snprintf(capabilities, sizeof capabilities, "%u", got->capabilities);
    const struct log_field fields[] = {{"user", got->user}, {"capabilities", capabilities}, {0}};
    tidu_log_event(&server->log, TIDU_LOG_INFO, fields,
                   "confine: user %s, %s capabilities, %s, %s, %s", got->user, capabilities,
                   got->no_new_privs ? "no new privileges" : "new privileges possible",
                   got->filtered ? "system calls filtered" : "all system calls", fence);
}

bool
tidu_confine(struct server *server, const char *store, tidu_error *reterr)
{
    const struct settings *settings = server->world->settings;
    struct confinement *got = &server->confined;
    (void)capng_get_caps_process(); /* for all that asks what we have */
    if ((settings->confine && !drop_bounds(reterr)) || !change_user(server, settings, reterr))
        return false;
    if (settings->confine) {
        if (!drop_capabilities(reterr))
            return false;
        (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* facts of enterprises are in our memory */
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
            return failed("no_new_privs", errno, reterr);
        got->landlock = tidu_fence(settings, server->options.file, store);
        filter_calls(*settings->http_listen && settings->http_listen[0] != '/');
    }
    look(got);
    tell_log(server, got);
    return !store || check_store(store, reterr);
}

bool
tidu_confine_check(const struct settings *settings, bool start, tidu_report *report)
{
    tidu_error error;
    if (*settings->user && !getpwnam(settings->user)) {
        tidu_error_set(&error, TIDU_CONFINE_NO_USER, settings->user, NULL);
        tidu_report_add(report, &error);
    }
    tidu_fence_check(settings, start, report);
    return tidu_report_error_count(report) == 0;
}

void
tidu_confine_write(const struct confinement *confined, tidu_text *out)
{
    tidu_text_puts(out, "{\"user\":");
    tidu_text_json(out, confined->user, strlen(confined->user));
    tidu_text_printf(out,
                     ",\"capabilities\":%u,\"no_new_privs\":%s,\"seccomp\":%s,\"landlock\":%d}",
                     confined->capabilities, confined->no_new_privs ? "true" : "false",
                     confined->filtered ? "true" : "false", confined->landlock);
}
