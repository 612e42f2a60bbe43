/*
 * test_confine.c guards daemon/confine.c and daemon/fence.c: what the daemon has
 * given up, that all it has to do goes on nevertheless, and that what is beyond is
 * told.
 *
 * Who looks from inside is this program itself, when a daemon starts it as its
 * helper: a child has what its parent has left.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define STORE "store = { path = \"%s/store\"; durability = \"commit\"; rotate_bytes = 1; };\n"
#define EVALUATE CALL("evaluate", "{" AS_OF ",\"record\":{\"revenue\":150}}")

static bool
has_landlock(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, 1U) > 0;
}

static void
wait_for_log(const struct daemon *daemon, const char *words, size_t times)
{
    for (int i = 0; i < PATIENCE_S * 100; i++) {
        char *log = daemon_log(daemon);
        bool there = count_of(log, words) >= times;
        free(log);
        if (there)
            return;
        usleep(10 * 1000);
    }
    fail_msg("\"%s\" is not in the log:\n%s", words, daemon_log(daemon));
}

static void
assert_not_logged(const struct daemon *daemon, const char *words)
{
    char *log = daemon_log(daemon);
    if (strstr(log, words))
        fail_msg("\"%s\" is in the log:\n%s", words, log);
    free(log);
}

static json_t *
result_of(struct client *client, const char *line)
{
    json_t *answer = client_ask(client, line);
    json_t *result = json_incref(json_object_get(answer, "result"));
    if (!result)
        fail_msg("%s", json_dumps(answer, 0));
    json_decref(answer);
    return result;
}

static void
assert_answers(const struct daemon *daemon, const char *status)
{
    struct client *client = client_open(daemon);
    json_t *result = result_of(client, EVALUATE);
    assert_string_equal(lg_status(result), status);
    json_decref(result);
    client_close(client);
}

/* Start with a store, and more lines of settings. */
static void
start_keeping(struct daemon *daemon, const char *more)
{
    char settings[512];
    make_folder(daemon, "store");
    snprintf(settings, sizeof settings, STORE "%s", daemon->folder, more);
    daemon_start(daemon, settings);
}

/* ---- what it has given up ---------------------------------------------------------- */

/* Call with each thread's /proc/<process>/task/<thread>/status; how many there are. */
static int
each_thread(const struct daemon *daemon, void (*look)(const char *status))
{
    char folder[64], path[PATH_MAX], status[4096];
    int count = 0;
    snprintf(folder, sizeof folder, "/proc/%ld/task", (long)daemon->process);
    DIR *stream = opendir(folder);
    assert_non_null(stream);
    for (struct dirent *entry; (entry = readdir(stream));) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s/status", folder, entry->d_name);
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        status[fread(status, 1, sizeof status - 1, file)] = '\0';
        fclose(file);
        look(status);
        count++;
    }
    closedir(stream);
    return count;
}

static void
assert_has_line(const char *status, const char *line)
{
    if (!strstr(status, line))
        fail_msg("\"%s\" is not in\n%s", line, status);
}

static void
look_for_powers(const char *status)
{
    assert_has_line(status, "\nNoNewPrivs:\t1\n");
    assert_has_line(status, "\nSeccomp:\t2\n");
    assert_has_line(status, "\nCapPrm:\t0000000000000000\n");
    assert_has_line(status, "\nCapEff:\t0000000000000000\n");
    assert_has_line(status, "\nCapAmb:\t0000000000000000\n");
    if (getuid() == 0) /* only root can give these up, and only root has a use for them */
        assert_has_line(status, "\nCapBnd:\t0000000000000000\n");
}

static void
test_no_thread_has_any_power_left_and_the_status_says_so(void **state)
{
    struct daemon *daemon = *state;
    start_keeping(daemon, "threads = { workers = 2; jobs = 2; };");
    assert_true(each_thread(daemon, look_for_powers) >= 6); /* main, workers, jobs, writer */
    struct client *client = client_open(daemon);
    json_t *status = result_of(client, CALL("status", "{}"));
    const json_t *confined = json_object_get(status, "confined");
    assert_string_equal(text_of(confined, "user"), getpwuid(getuid())->pw_name);
    assert_int_equal(json_integer_value(json_object_get(confined, "capabilities")), 0);
    assert_true(json_is_true(json_object_get(confined, "no_new_privs")));
    assert_true(json_is_true(json_object_get(confined, "seccomp")));
    assert_int_equal(json_integer_value(json_object_get(confined, "landlock")) > 0, has_landlock());
    json_decref(status);
    client_close(client);
    wait_for_log(daemon, "confine: ", 1);
}

static void
test_who_may_only_evaluate_is_not_told_what_confines_it(void **state)
{
    struct daemon *daemon = *state;
    char settings[128];
    snprintf(settings, sizeof settings, "access = ( { users = [%ld]; roles = [\"evaluate\"]; } );",
             (long)getuid());
    daemon_start(daemon, settings);
    struct client *client = client_open(daemon);
    json_t *status = result_of(client, CALL("status", "{}"));
    assert_non_null(json_object_get(status, "ruleset"));
    assert_null(json_object_get(status, "confined"));
    json_decref(status);
    client_close(client);
}

static void
look_for_freedom(const char *status)
{
    assert_has_line(status, prctl(PR_GET_SECCOMP) ? "\nSeccomp:\t2\n" : "\nSeccomp:\t0\n");
    assert_has_line(status, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) ? "\nNoNewPrivs:\t1\n"
                                                                   : "\nNoNewPrivs:\t0\n");
}

static void
test_confining_can_be_turned_off(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, "privileges = { confine = false; };");
    each_thread(daemon, look_for_freedom);
    struct client *client = client_open(daemon);
    json_t *status = result_of(client, CALL("status", "{}"));
    const json_t *confined = json_object_get(status, "confined");
    assert_int_equal(json_integer_value(json_object_get(confined, "landlock")), 0);
    json_decref(status);
    client_close(client);
}

/* ---- seen from inside ------------------------------------------------------------------ */

/* What a call came to: its errno, 0 when it succeeded. */
static int
came_to(long result)
{
    return result < 0 ? errno : 0;
}

/* The signal that ends a child that asks for `call`; 0 for none. */
static int
deadly(long call)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        syscall(call, 0, 0, 0, 0, 0);
        _exit(0);
    }
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* This program as the helper of a daemon: try things and write down what came of
 * them, which only the store's folder has room for. */
static int
report_from_inside(const char *folder)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/store/report", folder);
    FILE *report = fopen(path, "w");
    if (!report)
        return 2;
    snprintf(path, sizeof path, "%s/outside", folder);
    fprintf(report, "make %d\n", came_to(open(path, O_WRONLY | O_CREAT, 0600)));
    fprintf(report, "passwords %d\n", came_to(open("/root/.profile", O_RDONLY)));
    fprintf(report, "shell %d\n", came_to(execl("/bin/sh", "sh", "-c", "exit 7", (char *)NULL)));
    fprintf(report, "unix %d\n", came_to(socket(AF_UNIX, SOCK_STREAM, 0)));
    fprintf(report, "internet %d\n", came_to(socket(AF_INET, SOCK_STREAM, 0)));
    fprintf(report, "netlink %d\n", came_to(socket(AF_NETLINK, SOCK_RAW, 0)));
    void *memory =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    fprintf(report, "code %d\n", memory == MAP_FAILED ? errno : 0);
    fprintf(report, "owner %d\n", came_to(syscall(SYS_setuid, 12345)));
    fprintf(report, "clone3 %d\n", came_to(syscall(SYS_clone3, NULL, 0)));
    fprintf(report, "world %d\n",
            came_to(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL)));
    fprintf(report, "mount %d\n", deadly(SYS_mount));
    fprintf(report, "bpf %d\n", deadly(SYS_bpf));
#ifndef TIDU_SANITIZED
    fprintf(report, "ptrace %d\n", deadly(SYS_ptrace));
#endif
    return fclose(report) == 0 ? 2 : 3;
}

/* The report of a daemon whose helper this program was; free() it. */
static char *
look_inside(struct daemon *daemon)
{
    char settings[PATH_MAX + 512], self[PATH_MAX], report[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(length > 0);
    self[length] = '\0';
    make_folder(daemon, "store");
    snprintf(settings, sizeof settings, STORE "helper = \"%s\";\n", daemon->folder, self);
    char *helper = strdup(getenv("TIDU_AUTHOR"));
    unsetenv("TIDU_AUTHOR");
    setenv("TIDU_LOOK_INSIDE", daemon->folder, 1);
    daemon_launch(daemon, settings);
    unsetenv("TIDU_LOOK_INSIDE");
    setenv("TIDU_AUTHOR", helper, 1);
    free(helper);
    assert_int_equal(daemon_wait(daemon), 1); /* this is no helper that answers */
    snprintf(settings, sizeof settings, "%s/store/report", daemon->folder);
    FILE *file = fopen(settings, "r");
    if (!file)
        fail_msg("nobody looked:\n%s", daemon_log(daemon));
    report[fread(report, 1, sizeof report - 1, file)] = '\0';
    fclose(file);
    return strdup(report);
}

static void
assert_came_to(const char *report, const char *what, int number)
{
    char line[64];
    snprintf(line, sizeof line, "%s %d\n", what, number);
    assert_has_line(report, line);
}

static void
test_outside_its_folders_nothing_can_be_read_made_or_run(void **state)
{
    if (!has_landlock()) {
        print_message("this kernel has no Landlock\n");
        skip();
    }
    char *report = look_inside(*state);
    assert_came_to(report, "make", EACCES);
    assert_came_to(report, "passwords", EACCES);
    assert_came_to(report, "shell", EACCES);
    free(report);
}

static void
test_only_the_calls_it_needs_are_open_and_some_are_deadly(void **state)
{
    char *report = look_inside(*state);
    assert_came_to(report, "unix", 0);
    assert_came_to(report, "clone3", ENOSYS);
    assert_came_to(report, "mount", SIGSYS);
    assert_came_to(report, "bpf", SIGSYS);
#ifndef TIDU_SANITIZED
    assert_came_to(report, "internet", EPERM);
    assert_came_to(report, "netlink", EPERM);
    assert_came_to(report, "code", EPERM);
    assert_came_to(report, "owner", EPERM);
    assert_came_to(report, "world", EPERM);
    assert_came_to(report, "ptrace", SIGSYS);
#endif
    free(report);
}

/* ---- what it still does ------------------------------------------------------------------ */

static void
reload_to(struct daemon *daemon, int threshold, const char *status)
{
    struct client *client = client_open(daemon);
    write_rules(daemon, threshold);
    json_decref(result_of(client, CALL("reload", "{}")));
    client_close(client);
    assert_answers(daemon, status);
}

static size_t
closed_journals(const struct daemon *daemon)
{
    char path[128];
    size_t count = 0;
    snprintf(path, sizeof path, "%s/store", daemon->folder);
    DIR *stream = opendir(path);
    assert_non_null(stream);
    for (struct dirent *entry; (entry = readdir(stream));)
        count += strncmp(entry->d_name, "journal-", 8) == 0 && strstr(entry->d_name, ".db") &&
                 !strstr(entry->d_name, ".db-");
    closedir(stream);
    return count;
}

/* Everything a daemon does in its life, before another program takes its place. */
static void
live_on(struct daemon *daemon, const char *settings, size_t life)
{
    char call[256];
    reload_to(daemon, 100, "met");
    struct client *client = client_open(daemon);
    json_t *result = result_of(client, EVALUATE);
    snprintf(call, sizeof call, CALL("activate", "{\"reason\":\"x\",\"ruleset\":\"%s\"}"),
             text_of(result, "ruleset"));
    json_decref(result);
    reload_to(daemon, 1000 + (int)life, "unmet");
    json_decref(result_of(client, call));
    assert_answers(daemon, "met");
    json_decref(result_of(client, CALL("check", "{\"base\":true,\"documents\":{}}")));
    json_decref(result_of(client, CALL("journal.verify", "{}")));
    client_close(client);
    assert_true(closed_journals(daemon) > 0);

    write_file(daemon, "tidud.conf", settings);
    daemon_signal(daemon, SIGHUP);
    wait_for_log(daemon, "reload: asked by signal", life);
    assert_not_logged(daemon, "the old ones stay");
    assert_answers(daemon, "met");
    assert_not_logged(daemon, " error ");
}

static void
test_rules_journal_signals_and_restarts_work_as_ever(void **state)
{
    struct daemon *daemon = *state;
    char settings[512];
    start_keeping(daemon, "");
    snprintf(settings, sizeof settings, STORE "limits = { records = 7; };\n", daemon->folder);
    for (size_t lifetime = 1; lifetime <= 3; lifetime++) {
        live_on(daemon, settings, lifetime);
        daemon_signal(daemon, SIGUSR2);
        wait_for_log(daemon, "start: tidud", lifetime + 1);
        assert_answers(daemon, "met");
        each_thread(daemon, look_for_powers);
    }
    daemon_signal(daemon, SIGTERM);
    assert_int_equal(daemon_wait(daemon), 0);
    assert_int_equal(access(daemon->socket, F_OK), -1);
}

/* A fence stands around each other's; the kernel takes sixteen. */
static void
test_a_program_can_be_replaced_more_often_than_fences_fit(void **state)
{
    struct daemon *daemon = *state;
    daemon_start(daemon, NULL);
    for (size_t i = 2; i <= 19; i++) {
        daemon_signal(daemon, SIGUSR2);
        wait_for_log(daemon, "start: tidud", i);
    }
    reload_to(daemon, 1000, "unmet");
}

/* ---- settings that come later ---------------------------------------------------------- */

/* A folder that no daemon of a test has been told of; remove it. */
static void
make_elsewhere(char folder[64])
{
    strcpy(folder, "/tmp/tidu-elsewhere-XXXXXX");
    assert_non_null(mkdtemp(folder));
}

static void
remove_folder(const char *folder)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
}

static void
put_population(const char *folder)
{
    char path[128];
    snprintf(path, sizeof path, "%s/firms.ndjson", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("{\"revenue\":{\"2025\":150}}\n", file);
    assert_int_equal(fclose(file), 0);
}

static void
test_a_population_elsewhere_is_refused_with_the_way_out(void **state)
{
    struct daemon *daemon = *state;
    char folder[64], settings[256];
    if (!has_landlock()) {
        print_message("this kernel has no Landlock\n");
        skip();
    }
    daemon_start(daemon, NULL);
    make_elsewhere(folder);
    put_population(folder);
    snprintf(settings, sizeof settings, "gate = { population = \"%s/firms.ndjson\"; };\n", folder);
    write_file(daemon, "tidud.conf", settings);
    daemon_signal(daemon, SIGHUP);
    wait_for_log(daemon, "E585", 1);
    wait_for_log(daemon, "settings: the old ones stay", 1);
    reload_to(daemon, 1000, "unmet");

    /* Beside what it has been told of, another file will do. */
    put_population(daemon->folder);
    snprintf(settings, sizeof settings,
             "gate = { population = \"%s/firms.ndjson\"; most_flips_percent = 0; };\n",
             daemon->folder);
    write_file(daemon, "tidud.conf", settings);
    daemon_signal(daemon, SIGHUP);
    wait_for_log(daemon, "reload: asked by signal", 2);
    struct client *client = client_open(daemon);
    write_rules(daemon, 100);
    json_t *answer = client_ask(client, CALL("reload", "{}"));
    assert_int_equal(error_code(answer), -32002); /* it has read the file, and the gate is shut */
    json_decref(answer);
    client_close(client);
    remove_folder(folder);
}

/* The program on disk would end for want of its store: better that it never begins. */
static void
test_a_restart_with_a_store_elsewhere_does_not_begin(void **state)
{
    struct daemon *daemon = *state;
    char folder[64], settings[256];
    if (!has_landlock()) {
        print_message("this kernel has no Landlock\n");
        skip();
    }
    daemon_start(daemon, NULL);
    make_elsewhere(folder);
    snprintf(settings, sizeof settings, "store = { path = \"%s\"; };\n", folder);
    write_file(daemon, "tidud.conf", settings);
    daemon_signal(daemon, SIGUSR2);
    wait_for_log(daemon, "restart: the program on disk cannot start", 1);
    wait_for_log(daemon, "E585", 1);
    assert_answers(daemon, "met");
    remove_folder(folder);
}

/* ---- another user -------------------------------------------------------------------------- */

static struct passwd nobody;

static void
look_for_nobody(const char *status)
{
    char line[64];
    snprintf(line, sizeof line, "\nUid:\t%u\t%u\t%u\t%u\n", nobody.pw_uid, nobody.pw_uid,
             nobody.pw_uid, nobody.pw_uid);
    assert_has_line(status, line);
    snprintf(line, sizeof line, "\nGid:\t%u\t%u\t%u\t%u\n", nobody.pw_gid, nobody.pw_gid,
             nobody.pw_gid, nobody.pw_gid);
    assert_has_line(status, line);
    look_for_powers(status);
}

static void
assert_owned(const char *folder, const char *name)
{
    char path[512];
    struct stat status;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(lstat(path, &status), 0);
    assert_int_equal(status.st_uid, nobody.pw_uid);
}

static void
give(const struct daemon *daemon, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", daemon->folder, name);
    assert_int_equal(chown(path, nobody.pw_uid, nobody.pw_gid), 0);
}

static struct {
    const char *name, *file;
    char *built; /* where, while a copy is used */
} programs[] = {{"TIDUD", "tidud", NULL}, {"TIDU_AUTHOR", "tidu-author", NULL}};

/* To where they were built perhaps nobody may go but who built them. */
static void
bring_programs(const struct daemon *daemon)
{
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        char command[512], copy[128];
        snprintf(copy, sizeof copy, "%s/%s", daemon->folder, programs[i].file);
        snprintf(command, sizeof command, "cp \"$%s\" '%s'", programs[i].name, copy);
        assert_int_equal(system(command), 0);
        programs[i].built = strdup(getenv(programs[i].name));
        setenv(programs[i].name, copy, 1);
    }
}

static int
nobody_teardown(void **state)
{
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        if (programs[i].built)
            setenv(programs[i].name, programs[i].built, 1);
        free(programs[i].built);
        programs[i].built = NULL;
    }
    return daemon_teardown(state);
}

/* Folders such as an administrator would make; the settings name the user. */
static void
prepare_nobody(struct daemon *daemon)
{
    const struct passwd *account = getpwnam("nobody");
    if (getuid() != 0 || !account) {
        print_message("only root can become nobody\n");
        skip();
    }
    nobody = *account;
    assert_int_equal(chmod(daemon->folder, 0755), 0);
    make_folder(daemon, "run");
    make_folder(daemon, "store");
    give(daemon, "run");
    snprintf(daemon->socket, sizeof daemon->socket, "%s/run/socket", daemon->folder);
    bring_programs(daemon);
}

static void
settings_of_nobody(const struct daemon *daemon, char settings[512])
{
    snprintf(settings, 512, STORE "privileges = { user = \"nobody\"; };\n", daemon->folder);
}

static void
test_started_as_root_it_becomes_the_user_it_is_told(void **state)
{
    struct daemon *daemon = *state;
    char settings[512], folder[128];
    prepare_nobody(daemon);
    give(daemon, "store");
    settings_of_nobody(daemon, settings);
    daemon_start(daemon, settings);
    each_thread(daemon, look_for_nobody);
    snprintf(folder, sizeof folder, "%s/run", daemon->folder);
    assert_owned(folder, "socket");
    assert_owned(folder, "socket.lock");
    snprintf(folder, sizeof folder, "%s/store", daemon->folder);
    assert_owned(folder, "tidu.db");
    live_on(daemon, settings, 1);
    assert_owned(folder, "journal.db");
    assert_not_logged(daemon, "E584");

    daemon_signal(daemon, SIGUSR2);
    wait_for_log(daemon, "start: tidud", 2);
    each_thread(daemon, look_for_nobody);
    live_on(daemon, settings, 2);
    daemon_signal(daemon, SIGTERM);
    assert_int_equal(daemon_wait(daemon), 0);
    snprintf(folder, sizeof folder, "%s.lock", daemon->socket);
    assert_int_equal(access(daemon->socket, F_OK), -1);
    assert_int_equal(access(folder, F_OK), -1);
}

static void
test_a_store_the_user_cannot_write_is_told_before_serving(void **state)
{
    struct daemon *daemon = *state;
    char settings[512], path[256];
    prepare_nobody(daemon);
    settings_of_nobody(daemon, settings);
    daemon_launch(daemon, settings);
    assert_int_equal(daemon_wait(daemon), 1);
    wait_for_log(daemon, "E583", 1);
    wait_for_log(daemon, "chown -R nobody", 1);

    /* The folder is the user's, a file in it is left from before. */
    give(daemon, "store");
    snprintf(path, sizeof path, "%s/store/journal.db", daemon->folder);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    daemon_launch(daemon, settings);
    assert_int_equal(daemon_wait(daemon), 1);
    wait_for_log(daemon, "E583", 2);
    wait_for_log(daemon, "store/journal.db", 1);
}

static void
test_a_user_nobody_knows_is_an_error_that_names_it(void **state)
{
    struct daemon *daemon = *state;
    static const char settings[] = "privileges = { user = \"tidu-who\"; };\n";
    daemon_launch(daemon, settings);
    assert_int_equal(daemon_wait(daemon), 1);
    wait_for_log(daemon, "tidu-who", 1);
    wait_for_log(daemon, "E582", 1);
    assert_says(daemon, "\"$TIDUD\" -c tidud.conf --check-config 2>&1", 1, "tidu-who");
}

static void
test_root_that_stays_root_is_warned(void **state)
{
    struct daemon *daemon = *state;
    if (getuid() != 0)
        skip();
    daemon_start(daemon, NULL);
    wait_for_log(daemon, "warning", 1);
    wait_for_log(daemon, "E584", 1);
    wait_for_log(daemon, "privileges = {", 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, daemon_setup, daemon_teardown)
#define AS_NOBODY(name) cmocka_unit_test_setup_teardown(name, daemon_setup, nobody_teardown)

int
main(void)
{
    const char *inside = getenv("TIDU_LOOK_INSIDE");
    if (inside)
        return report_from_inside(inside);
    const struct CMUnitTest tests[] = {
        TEST(test_no_thread_has_any_power_left_and_the_status_says_so),
        TEST(test_who_may_only_evaluate_is_not_told_what_confines_it),
        TEST(test_confining_can_be_turned_off),
        TEST(test_outside_its_folders_nothing_can_be_read_made_or_run),
        TEST(test_only_the_calls_it_needs_are_open_and_some_are_deadly),
        TEST(test_rules_journal_signals_and_restarts_work_as_ever),
        TEST(test_a_program_can_be_replaced_more_often_than_fences_fit),
        TEST(test_a_population_elsewhere_is_refused_with_the_way_out),
        TEST(test_a_restart_with_a_store_elsewhere_does_not_begin),
        AS_NOBODY(test_started_as_root_it_becomes_the_user_it_is_told),
        AS_NOBODY(test_a_store_the_user_cannot_write_is_told_before_serving),
        TEST(test_a_user_nobody_knows_is_an_error_that_names_it),
        TEST(test_root_that_stays_root_is_warned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
