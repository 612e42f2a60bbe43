/*
 * test_access.c guards daemon/access.c: who may do what, and that it is written
 * down when somebody tries more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support.h"

#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void
start(struct daemon *daemon, const char *access)
{
    char settings[1024];
    make_folder(daemon, "store");
    snprintf(settings, sizeof settings,
             "reload = { watch = false; };\nstore = { path = \"%s/store\"; durability = \"commit\"; };\n"
             "socket = { mode = \"0666\"; };\n%s",
             daemon->folder, access);
    daemon_start(daemon, settings);
}

/* An entry for whoever runs this test. */
static char *
entry_for_me(char buffer[256], const char *rest)
{
    snprintf(buffer, 256, "access = ( { users = ( %ld ); %s } );", (long)getuid(), rest);
    return buffer;
}

static void
assert_allowed(struct client *client, const char *line)
{
    json_t *answer = client_ask(client, line);
    if (!json_object_get(answer, "result"))
        fail_msg("%s", json_dumps(answer, 0));
    json_decref(answer);
}

static void
assert_denied(struct client *client, const char *line)
{
    json_t *answer = client_ask(client, line);
    if (error_code(answer) != -32003 || strcmp(error_id(answer), "E580") != 0)
        fail_msg("%s", json_dumps(answer, 0));
    json_decref(answer);
}

#define EVALUATE CALL("evaluate", "{\"record\":{}}")
#define CHECK CALL("check", "{\"documents\":{}}")
#define RELOAD CALL("reload", "{}")

static void
test_the_daemons_own_user_may_do_all_when_nothing_is_said(void **state)
{
    struct daemon *daemon = *state;
    start(daemon, "");
    struct client *client = client_open(daemon);
    assert_allowed(client, EVALUATE);
    assert_allowed(client, CHECK);
    assert_allowed(client, RELOAD);
    client_close(client);
}

static void
test_a_role_grants_its_methods_and_no_more(void **state)
{
    struct daemon *daemon = *state;
    char buffer[256];
    start(daemon, entry_for_me(buffer, "roles = ( \"evaluate\" );"));
    struct client *client = client_open(daemon);
    assert_allowed(client, EVALUATE);
    assert_allowed(client, CALL("status", "{}"));
    assert_denied(client, CHECK);
    assert_denied(client, CALL("whatif", "{\"record\":{},\"candidate\":{\"documents\":{}}}"));
    assert_allowed(client, CALL("whatif", "{\"record\":{},\"changes\":{\"revenue\":1}}"));
    assert_denied(client, RELOAD);
    assert_denied(client, CALL("activate", "{\"reason\":\"x\"}"));
    assert_denied(client, CALL("journal.list", "{}"));
    assert_denied(client, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"shadow\"}");
    /* Not allowed is not allowed, asked for an answer or not. */
    client_send(client, "{\"jsonrpc\":\"2.0\",\"method\":\"rollback\",\"params\":{\"reason\":\"x\"}}\n");
    assert_allowed(client, EVALUATE);

    /* The settings change while it is connected. */
    write_file(daemon, "tidud.conf", entry_for_me(buffer, "roles = ( \"inquire\", \"operate\" );"));
    daemon_signal(daemon, SIGHUP);
    for (int i = 0; i < PATIENCE_S * 50; i++) {
        json_t *answer = client_ask(client, CHECK);
        bool allowed = json_object_get(answer, "result") != NULL;
        json_decref(answer);
        if (allowed)
            break;
        usleep(20 * 1000);
    }
    assert_allowed(client, CHECK);
    assert_denied(client, EVALUATE);
    json_t *answer = client_ask(client, CALL("journal.verify", "{}"));
    const json_t *kinds = json_object_get(json_object_get(answer, "result"), "kinds");
    assert_true(json_integer_value(json_object_get(kinds, "denied")) >= 6); /* the last may be on its way */
    json_decref(answer);
    answer = client_ask(client, CALL("journal.list", "{\"limit\":1000}"));
    char *text = json_dumps(answer, JSON_COMPACT);
    assert_non_null(strstr(text, "\"method\":\"rollback\""));
    free(text);
    json_decref(answer);
    client_close(client);
}

static void
test_roles_come_by_groups_too_and_entries_add_up(void **state)
{
    struct daemon *daemon = *state;
    char access[512];
    snprintf(access, sizeof access,
             "access = ( { groups = [ %ld ]; roles = ( \"evaluate\" ); },"
             " { users = [ \"*\" ]; roles = ( \"inquire\" ); },"
             " { users = [ 2000000000 ]; roles = ( \"operate\" ); } );",
             (long)getgid());
    start(daemon, access);
    struct client *client = client_open(daemon);
    assert_allowed(client, EVALUATE);
    assert_allowed(client, CHECK);
    assert_denied(client, RELOAD);
    client_close(client);
}

static void
test_who_is_meant_by_no_entry_is_told_so_and_closed(void **state)
{
    struct daemon *daemon = *state;
    make_folder(daemon, "store");
    daemon_launch(daemon, "access = ( { users = [ 2000000000 ]; roles = ( \"operate\" ); } );");
    close(daemon_await(daemon));
    struct client *client = client_open(daemon);
    json_t *answer = client_answer(client);
    assert_int_equal(error_code(answer), -32003);
    assert_string_equal(error_id(answer), "E581");
    json_decref(answer);
    assert_null(client_line(client));
    client_close(client);
}

static void
test_an_entry_has_limits_of_its_own(void **state)
{
    struct daemon *daemon = *state;
    char buffer[256];
    start(daemon, entry_for_me(buffer, "roles = ( \"evaluate\", \"inquire\" ); sessions = 2; jobs = 1;"));
    struct client *one = client_open(daemon), *two = client_open(daemon);
    assert_allowed(one, EVALUATE);
    assert_allowed(two, EVALUATE);
    struct client *three = client_open(daemon);
    json_t *answer = client_answer(three);
    assert_string_equal(error_id(answer), "E565");
    json_decref(answer);
    client_close(three);
    client_send(one, CHECK "\n" CHECK "\n");
    answer = client_answer_but_progress(one);
    assert_string_equal(error_id(answer), "E522");
    json_decref(answer);
    client_close(one);
    client_close(two);
}

/* Somebody else, if the test may become somebody else. */
static void
test_a_stranger_may_evaluate_and_inquire_but_not_operate(void **state)
{
    struct daemon *daemon = *state;
    enum { STRANGER = 54321 };
    if (getuid() != 0)
        skip();
    start(daemon, "");
    assert_int_equal(chmod(daemon->folder, 0755), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (setgroups(0, NULL) != 0 || setgid(STRANGER) != 0 || setuid(STRANGER) != 0)
            _exit(1);
        struct client *client = client_open(daemon);
        assert_allowed(client, EVALUATE);
        assert_allowed(client, CHECK);
        assert_denied(client, RELOAD);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void
assert_refused(const struct daemon *daemon, const char *access, const char *words)
{
    write_file(daemon, "bad.conf", access);
    assert_says(daemon, "\"$TIDUD\" -c bad.conf --check-config 2>&1", 1, words);
}

static void
test_what_is_wrong_with_an_entry_is_told_at_its_line(void **state)
{
    const struct daemon *daemon = *state;
    assert_refused(daemon, "access = ( { users = [1]; } );", "E535");
    assert_refused(daemon, "access = ( { users = [1];\n role = [\"evaluate\"]; } );", "bad.conf:2");
    assert_refused(daemon, "access = ( { users = [1]; role = [\"evaluate\"]; } );", "roles");
    assert_refused(daemon, "access = ( { users = [\"nobody-by-this-name\"]; roles = [\"edit\"]; } );",
                   "nobody-by-this-name");
    assert_refused(daemon, "access = ( { groups = [\"no-such-group\"]; roles = [\"edit\"]; } );", "E536");
    assert_refused(daemon, "access = ( { users = [1]; roles = [\"admin\"]; } );", "admin");
    assert_refused(daemon, "access = ( { users = \"root\"; roles = [\"edit\"]; } );", "E532");
    assert_refused(daemon, "access = { users = [1]; };", "E532");
    assert_refused(daemon, "access = ( 5 );", "E532");
    assert_refused(daemon, "access = ( { users = [1]; roles = [\"edit\"]; jobs = 0; } );", "jobs");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, daemon_setup, daemon_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_daemons_own_user_may_do_all_when_nothing_is_said),
        TEST(test_a_role_grants_its_methods_and_no_more),
        TEST(test_roles_come_by_groups_too_and_entries_add_up),
        TEST(test_who_is_meant_by_no_entry_is_told_so_and_closed),
        TEST(test_an_entry_has_limits_of_its_own),
        TEST(test_a_stranger_may_evaluate_and_inquire_but_not_operate),
        TEST(test_what_is_wrong_with_an_entry_is_told_at_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
