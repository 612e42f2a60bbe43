/*
 * confine.c: what the helper gives up before it reads anything.
 *
 * Limits of the kernel hold whatever a script or a parser's bug may do: memory,
 * time, files, children, and all system calls but the few that computing and
 * answering need. A limit on time first says where the helper was.
 *
 * Must not know what is computed. A build with an address sanitizer cannot run
 * under a limit of address space or without its own system calls; it keeps the
 * other limits.
 */
#include "internal.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static void
limit(int resource, rlim_t soft, rlim_t hard)
{
    const struct rlimit value = {soft, hard};
    /* A limit that is lower already cannot be raised, and need not be. */
    (void)setrlimit((__rlimit_resource_t)resource, &value);
}

static void
out_of_time(int signal_number)
{
    (void)signal_number;
    tidu_helper_die("cpu");
}

/* The scripts' hook sees to cpu_ms itself; this is for what no hook sees, such
 * as one endless string.find, and so comes a little later. */
static void
limit_time(unsigned cpu_ms)
{
    const struct sigaction action = {.sa_handler = out_of_time};
    unsigned late_ms = cpu_ms + cpu_ms / 4 + 200;
    const struct itimerval timer = {.it_value = {late_ms / 1000, late_ms % 1000 * 1000}};
    rlim_t seconds = late_ms / 1000 + 2;

    (void)sigaction(SIGPROF, &action, NULL);
    (void)sigaction(SIGXCPU, &action, NULL);
    (void)setitimer(ITIMER_PROF, &timer, NULL);
    limit(RLIMIT_CPU, seconds, seconds + 1);
}

/* Calls whose arguments do not matter. The C library's qsort asks sysinfo how
 * much memory there is. */
static const int calls[] = {
    SCMP_SYS(brk),           SCMP_SYS(munmap),          SCMP_SYS(mremap),
    SCMP_SYS(madvise),       SCMP_SYS(futex),           SCMP_SYS(exit),
    SCMP_SYS(exit_group),    SCMP_SYS(rt_sigreturn),    SCMP_SYS(sigreturn),
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),    SCMP_SYS(time),
    SCMP_SYS(sysinfo),       SCMP_SYS(restart_syscall),
};

/* Where the kernel or the machine knows no such filter, the limits above stay. */
static void
filter_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter)
        return;
    int failed = 0;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1,
                               SCMP_A0(SCMP_CMP_EQ, STDIN_FILENO, 0));
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
                               SCMP_A0(SCMP_CMP_EQ, STDOUT_FILENO, 0));
    /* memory only, and none that could be run */
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
                               SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                               SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
    if (!failed)
        (void)seccomp_load(filter);
    seccomp_release(filter);
}

void
tidu_helper_confine(size_t memory_bytes, unsigned cpu_ms)
{
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    limit(RLIMIT_CORE, 0, 0);
    limit(RLIMIT_FSIZE, 0, 0);
    limit(RLIMIT_NOFILE, 0, 0);
    limit(RLIMIT_NPROC, 0, 0);
    limit_time(cpu_ms);
    if (SANITIZED)
        return;
    limit(RLIMIT_AS, (rlim_t)memory_bytes + AUTHOR_OWN_BYTES,
          (rlim_t)memory_bytes + AUTHOR_OWN_BYTES);
    filter_calls();
}
