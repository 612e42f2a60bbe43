/*
 * test_run.c guards dsl/author/run.c and decode.c: whatever the helper does,
 * or somebody who stands in for it, its parent goes on in good order.
 */
#include "support.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 4, LOADS = 5 };

static const tidu_author_limits short_wall = {
    .memory_bytes = 64u << 20, .cpu_ms = 10000, .wall_ms = 1500, .output_bytes = 1u << 20};
static const tidu_author_limits small_output = {
    .memory_bytes = 64u << 20, .cpu_ms = 10000, .wall_ms = 60000, .output_bytes = 1u << 20};

static int
count_descriptors(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static void
assert_no_child_is_left(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

/* Load two documents with a shell script as the helper. */
static struct load
load_with(const char *script, const tidu_author_limits *limits)
{
    const char *helper = getenv("TIDU_AUTHOR");
    char *real = helper ? strdup(helper) : NULL, *fake = fake_helper(script);
    int before = count_descriptors();
    setenv("TIDU_AUTHOR", fake, 1);
    struct load load =
        load_texts(limits, "a.lua", "title \"a\" {}\n", "b.md", "# T\n\n## 一\n", NULL);
    setenv("TIDU_AUTHOR", real, 1);
    unlink(fake);
    free(fake);
    free(real);
    assert_int_equal(count_descriptors(), before);
    assert_no_child_is_left();
    return load;
}

static void
assert_says(const char *script, const tidu_author_limits *limits, const char *expected)
{
    struct load load = load_with(script, limits);
    assert_false(load.done);
    assert_complaints(&load, expected);
    load_close(&load);
}

/* Answers that a helper of ours would never give. `$bytes` is their length. */
static void
assert_refused(const char *answer, const char *why)
{
    tidu_text script = {0}, expected = {0};
    tidu_text_printf(&script, "cat >/dev/null\nprintf '@ 0 1\\n= %zu\\n%%s' '%s'", strlen(answer),
                     answer);
    tidu_text_putc(&script, '\0');
    tidu_text_printf(&expected,
                     ":0:0: error: the authoring helper's answer makes no sense: %s [E203]\n"
                     "  hint: Check that tidu-author is of the same version as this program.\n",
                     why);
    tidu_text_putc(&expected, '\0');
    assert_says(script.data, NULL, expected.data);
    tidu_text_free(&script);
    tidu_text_free(&expected);
}

static void
test_a_missing_helper_is_named(void **state)
{
    (void)state;
    char *real = strdup(getenv("TIDU_AUTHOR"));
    setenv("TIDU_AUTHOR", "/nowhere/tidu-author", 1);
    int before = count_descriptors();
    struct load load = load_texts(NULL, "a.lua", "", NULL);
    setenv("TIDU_AUTHOR", real, 1);
    free(real);
    assert_false(load.done);
    assert_complaints(
        &load, ":0:0: error: cannot start the authoring helper /nowhere/tidu-author: No such "
               "file or directory [E201]\n"
               "  hint: Install tidu-author, or name its path in TIDU_AUTHOR.\n");
    assert_int_equal(count_descriptors(), before);
    load_close(&load);
}

static void
test_the_argument_names_the_helper_when_the_environment_does_not(void **state)
{
    (void)state;
    tidu_source source = {"a.lua", "title \"a\" { zh = \"a\" }\n", 22};
    char *real = strdup(getenv("TIDU_AUTHOR"));
    struct load load = {.arena = tidu_arena_open(), .report = tidu_report_open()};
    unsetenv("TIDU_AUTHOR");
    load.done = tidu_author_run(real, &source, 1, NULL, load.arena, &load.found, load.report);
    setenv("TIDU_AUTHOR", real, 1);
    free(real);
    assert_true(load.done);
    assert_int_equal(load.found.declaration_count, 1);
    load_close(&load);
}

static void
test_a_helper_that_dies_is_reported_where_it_was(void **state)
{
    (void)state;
    assert_says("exit 5", NULL,
                ":0:0: error: the authoring helper ended before it was done (exit 5) [E202]\n"
                "  hint: The document and line are those it was working on.\n");
    assert_says(
        "echo '@ 0 1'; echo '@ 1 17'; kill -9 $$", NULL,
        "b.md:17:0: error: the authoring helper ended before it was done (signal 9) [E202]\n"
        "  hint: The document and line are those it was working on.\n");
    assert_says("echo '@ 1 3'; echo '! cpu 0 7'; exit 1", NULL,
                "a.lua:7:0: error: this takes more than 10000 ms of processor time [E205]\n"
                "  hint: Look for a loop that never ends, or a pattern with many repetitions.\n");
    assert_says("echo '! memory 0 7'; exit 1", NULL,
                "a.lua:7:0: error: this takes more than 262144 KiB of memory [E204]\n"
                "  hint: Look for a text or a table that grows without end.\n");
}

static void
test_a_helper_that_hangs_is_ended(void **state)
{
    (void)state;
    const char *expected =
        "b.md:3:0: error: not done after 1500 ms [E206]\n"
        "  hint: The machine may be too busy, or the rules too many for the time "
        "given.\n";
    assert_says("echo '@ 1 3'; exec sleep 1000", &short_wall, expected);
    assert_says("echo '@ 1 3'; exec </dev/null >/dev/null; exec sleep 1000", NULL,
                "b.md:3:0: error: the authoring helper ended before it was done (signal 9) [E202]\n"
                "  hint: The document and line are those it was working on.\n");
}

static void
test_a_helper_that_talks_too_much_is_ended(void **state)
{
    (void)state;
    assert_says("exec yes '@ 1 3'", &small_output,
                "b.md:3:0: error: what the documents say takes more than 1024 KiB [E207]\n"
                "  hint: Look for a loop that declares the same thing again and again.\n");
}

static void
test_an_answer_that_makes_no_sense_is_refused(void **state)
{
    (void)state;
    assert_refused("", "a list is missing");
    assert_refused("{}", "a list is missing");
    assert_refused("1", "a list is missing");
    assert_refused("1 ", "a list is longer than the answer");
    assert_refused("99999999999999999999 0 1 0:,0:,", "a list is missing");
    assert_refused("1 2 1 0:,0:,0 0 0 0 ", "a number is out of range");
    assert_refused("1 -1 1 0:,0:,0 0 0 0 ", "a number is missing");
    assert_refused("1 x 1 0:,0:,0 0 0 0 ", "a number is missing");
    assert_refused("1 0 1 0:,- 0 0 0 0 ", "a text is missing");
    assert_refused("1 0 1 0:,1:,0 0 0 0 ", "a text does not end where it says");
    assert_refused("1 0 1 0:,13:,0 0 0 0 ", "a text does not end where it says");
    assert_refused("1 0 1 0:,4294967295:,0 0 0 0 ", "a text does not end where it says");
    assert_refused("1 0 1 0:,1:\xe4,0 0 0 0 ", "a text has bytes that are no characters");
    assert_refused("1 0 1 0:,0:,1 0 0 1 2 2 0 0 0 ", "a table has not the cells it says");
    assert_refused("1 0 1 0:,0:,1 0 0 1 4000000000 4000000000 0 0 0 ",
                   "a table has not the cells it says");
    assert_refused("1 0 1 0:,0:,1 0 0 1 1 1 1 1 1 0 0 0 ", "a text is missing");
    assert_refused("0 0 0 0 0 0 ", "there is more than an answer");
    assert_refused("0 0 0 0 1 4:E000,0:,0:,0:,0:,0:,0 0 0 0:,0 0 0 ",
                   "an error has no known number");
    assert_refused("0 0 0 0 1 4:E201,0:,0:,0:,0:,0:,1 1 0:,0 0 0 0 0 ", "a number is missing");
    assert_refused("0 0 0 0 1 4:E201,0:,0:,0:,0:,0 0 0 0:,0 0 0 0 0 ", "a text is missing");
}

/* One clause, one piece, one declaration with this parent and these attributes. */
#define DECLARED(attributes) "1 0 1 0:,0:,0 1 5:\"a\":1,1 3:any,- 0 0 1 " attributes "0 "

/* A reader follows parents up and references down; neither may go in circles. */
static void
test_a_declaration_cannot_hold_itself(void **state)
{
    (void)state;
    assert_refused(DECLARED("1 7 - 1 0 0 "), "a declaration's parent is none");
    assert_refused(DECLARED("-1 7 - 1 0 0 "), "a number is missing");
    assert_refused(DECLARED("0 7 - 1 0 1 5 1:x,1 0 0 "), "a declaration holds an earlier one");
    assert_refused(DECLARED("0 7 - 1 0 1 5 1:x,1 0 1 "), "a number is out of range");
    assert_refused(DECLARED("0 7 - 1 0 1 4 1:x,1 0 0 "), "a number is out of range");
    assert_refused(DECLARED("0 9 - 1 0 0 "), "a number is out of range");
    assert_refused(DECLARED("0 8 - 1 0 x "), "a list is missing");
    assert_refused(DECLARED("0 8 - 1 0 1 1 "), "a number is out of range");
    assert_refused(DECLARED("0 8 - 1 0 1 -0 "), "a number is missing");
    assert_refused(DECLARED("0 8 - 1 0 5 0 0 0 "), "a list is longer than the answer");
    assert_refused(DECLARED("0 8 - 1 0 1 0 "), "a declaration has no attributes");
    assert_refused(DECLARED("0 6 - 1 0 0 "), "a declaration has no attributes");
    assert_refused(DECLARED("0 7 - 1 0 1 2 - 1 0 1:x,"), "an attribute has no name, or one too many");
    assert_refused(DECLARED("0 7 - 1 0 1 6 1:x,1 0 1 2 1:y,1 0 1:x,"),
                   "an attribute has no name, or one too many");
    assert_refused(DECLARED("0 7 - 1 0 1 0 1:x,1 0 2 "), "a number is out of range");
    assert_refused(DECLARED("0 7 - 1 0 1 1 1:x,1 0 1:5,"), "a number is missing");
    assert_refused(DECLARED("0 7 - 1 0 1 1 1:x,1 0 inf "), "a number is missing");
    assert_refused(DECLARED("0 7 - 1 0 1 1 1:x,1 0 -inf "), "a number is missing");
    assert_refused(DECLARED("0 7 - 1 0 1 1 1:x,1 0 1e999 "), "a number is missing");
    assert_refused(DECLARED("0 7 - 1 0 1 3 1:x,1 0 5 "), "a text is missing");
    assert_refused(DECLARED("0 7 - 1 0 x "), "a list is missing");
}

/* An index of a declaration, where one of pieces or tables is followed. */
static void
test_what_is_followed_is_what_it_is_followed_as(void **state)
{
    (void)state;
#define HEAD "1 0 1 0:,0:,0 1 5:\"a\":1,2 "
#define LAST "3:any,- 0 0 2 0 7 - 1 0 0 0 "
    assert_refused(HEAD "8:scenario,1:a,0 0 1 0 7 - 1 0 1 5 6:record,1 0 1 " LAST,
                   "an attribute is of another kind than its word has");
    assert_refused(HEAD "8:decision,1:a,0 0 1 0 7 - 1 0 1 5 5:table,1 0 1 " LAST,
                   "an attribute is of another kind than its word has");
#undef LAST
#undef HEAD
}

static void
test_attributes_cannot_nest_without_end(void **state)
{
    (void)state;
    tidu_text answer = {0};
    tidu_text_puts(&answer, "1 0 1 0:,0:,0 0 1 3:any,- 0 0 1 0 7 - 1 0 1 6 1:x,1 0 ");
    for (int i = 0; i < 60; i++)
        tidu_text_puts(&answer, "1 6 - 1 0 ");
    tidu_text_puts(&answer, "0 0 ");
    tidu_text_putc(&answer, '\0');
    assert_refused(answer.data, "tables nest too deeply");
    tidu_text_free(&answer);
}

static void
test_an_answer_cut_short_is_no_answer(void **state)
{
    (void)state;
    assert_says("cat >/dev/null; printf '@ 1 3\\n= 50\\n0 0 0 0 0 '", NULL,
                "b.md:3:0: error: the authoring helper ended before it was done (exit 0) [E202]\n"
                "  hint: The document and line are those it was working on.\n");
    assert_says("cat >/dev/null; printf '@ 1 3\\n= 10\\n0 0 0 0 0 and more'", NULL,
                "b.md:3:0: error: the authoring helper ended before it was done (exit 0) [E202]\n"
                "  hint: The document and line are those it was working on.\n");
    assert_says("cat >/dev/null; printf 'hello\\n'", NULL,
                ":0:0: error: the authoring helper ended before it was done (exit 0) [E202]\n"
                "  hint: The document and line are those it was working on.\n");
}

/* Its answer is there: that it does not end is its own affair, until it is ended. */
static void
test_nobody_waits_for_a_helper_that_has_answered(void **state)
{
    (void)state;
    char script[4200];
    snprintf(script, sizeof script, "'%s' \"$@\"; exec sleep 1000", getenv("TIDU_AUTHOR"));
    struct load load = load_with(script, &short_wall);
    assert_complaints(&load, "");
    assert_true(load.done);
    load_close(&load);
}

/* The helper reads everything before it answers; one that answers without
 * reading must not block a parent that still has much to say. */
static void
test_a_helper_that_does_not_read_blocks_nobody(void **state)
{
    (void)state;
    enum { MUCH = 8 << 20 };
    char *text = malloc(MUCH + 1), *fake = fake_helper("exec yes '@ 0 1'");
    char *real = strdup(getenv("TIDU_AUTHOR"));
    assert_non_null(text);
    memset(text, 'x', MUCH);
    text[MUCH] = '\0';
    setenv("TIDU_AUTHOR", fake, 1);
    struct load load = load_texts(&small_output, "a.md", text, NULL);
    setenv("TIDU_AUTHOR", real, 1);
    assert_false(load.done);
    assert_int_equal(tidu_report_get(load.report, 0)->code, TIDU_AUTHOR_LIMIT_OUTPUT);
    load_close(&load);
    unlink(fake);
    free(fake);
    free(real);
    free(text);
}

static void
test_a_long_document_gets_through_the_pipe(void **state)
{
    (void)state;
    enum { LINES = 40000 };
    tidu_text text = {0};
    for (int i = 0; i < LINES; i++)
        tidu_text_puts(&text, "-- 一行说明，很多很多的说明\n");
    tidu_text_puts(&text, "title \"t\" { zh = \"末行\" }\n");
    tidu_text_putc(&text, '\0');
    struct load load = load_texts(NULL, "a.lua", text.data, NULL);
    assert_complaints(&load, "");
    assert_int_equal(find_declaration(&load, "title", "t")->line, LINES + 1);
    load_close(&load);
    tidu_text_free(&text);
}

static void *
load_often(void *data)
{
    bool *good = data;
    *good = true;
    for (int i = 0; i < LOADS; i++) {
        tidu_source source = {"a.lua", "title \"a\" { zh = \"a\" }\n", 22};
        tidu_arena *arena = tidu_arena_open();
        tidu_report *report = tidu_report_open();
        tidu_declarations found = {0};
        *good = *good && tidu_author_run(NULL, &source, 1, NULL, arena, &found, report) &&
                found.declaration_count == 1;
        tidu_report_close(&report);
        tidu_arena_close(&arena);
    }
    return NULL;
}

static void
test_threads_may_load_at_once(void **state)
{
    pthread_t threads[THREADS];
    bool good[THREADS];
    int before = count_descriptors();
    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, load_often, &good[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(good[i]);
    }
    assert_int_equal(count_descriptors(), before);
    assert_no_child_is_left();
}

/* With SIGCHLD ignored the kernel reaps at once, as an event loop may. */
static void
test_somebody_else_may_reap_the_child(void **state)
{
    bool good;
    (void)state;
    signal(SIGCHLD, SIG_IGN);
    load_often(&good);
    struct load load = load_texts(NULL, "a.lua", "", "b.lua", "error()", NULL);
    signal(SIGCHLD, SIG_DFL);
    assert_true(good);
    assert_true(load.done);
    load_close(&load);
}

static void
test_standard_descriptors_may_be_closed(void **state)
{
    int kept[2];
    bool good;
    (void)state;
    kept[0] = dup(0);
    kept[1] = dup(1);
    close(0);
    close(1);
    load_often(&good);
    dup2(kept[0], 0);
    dup2(kept[1], 1);
    close(kept[0]);
    close(kept[1]);
    assert_true(good);
}

/* Whether a line of /proc/<pid>/status begins with `wanted`. */
static bool
status_says(pid_t child, const char *wanted)
{
    char path[64], line[256];
    bool found = false;
    snprintf(path, sizeof path, "/proc/%d/status", (int)child);
    FILE *status = fopen(path, "r");
    assert_non_null(status);
    while (!found && fgets(line, sizeof line, status))
        found = !strncmp(line, wanted, strlen(wanted));
    fclose(status);
    return found;
}

/* Nothing is fed to this helper, so all it has given up it gave up before. */
static void
test_the_helper_gives_up_privileges_before_it_reads(void **state)
{
    int input[2];
    const struct timespec moment = {0, 10000000};
    (void)state;
    assert_int_equal(pipe(input), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        dup2(input[0], 0);
        close(input[0]);
        close(input[1]);
        execl(getenv("TIDU_AUTHOR"), "tidu-author", "67108864", "1000", "1048576", (char *)NULL);
        _exit(127);
    }
    close(input[0]);
    bool confined = false;
    for (int i = 0; i < 1000 && !confined; i++) {
        nanosleep(&moment, NULL);
        confined = status_says(child, "NoNewPrivs:\t1");
    }
    close(input[1]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(confined);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_missing_helper_is_named),
        cmocka_unit_test(test_the_argument_names_the_helper_when_the_environment_does_not),
        cmocka_unit_test(test_a_helper_that_dies_is_reported_where_it_was),
        cmocka_unit_test(test_a_helper_that_hangs_is_ended),
        cmocka_unit_test(test_a_helper_that_talks_too_much_is_ended),
        cmocka_unit_test(test_an_answer_that_makes_no_sense_is_refused),
        cmocka_unit_test(test_a_declaration_cannot_hold_itself),
        cmocka_unit_test(test_what_is_followed_is_what_it_is_followed_as),
        cmocka_unit_test(test_attributes_cannot_nest_without_end),
        cmocka_unit_test(test_an_answer_cut_short_is_no_answer),
        cmocka_unit_test(test_nobody_waits_for_a_helper_that_has_answered),
        cmocka_unit_test(test_a_helper_that_does_not_read_blocks_nobody),
        cmocka_unit_test(test_a_long_document_gets_through_the_pipe),
        cmocka_unit_test(test_threads_may_load_at_once),
        cmocka_unit_test(test_somebody_else_may_reap_the_child),
        cmocka_unit_test(test_standard_descriptors_may_be_closed),
        cmocka_unit_test(test_the_helper_gives_up_privileges_before_it_reads),
    };
    return cmocka_run_group_tests(tests, require_helper, NULL);
}
