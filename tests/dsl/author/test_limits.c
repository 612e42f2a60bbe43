/*
 * test_limits.c: no document can take more than it is given, and whoever wrote
 * it hears where it went wrong.
 */
#include "support.h"

#include <stdlib.h>

enum { KIB = 1 << 10, MIB = 1 << 20 };

/* Little of everything, but the wall clock, which only the helper's absence of
 * limits would let it reach. */
static const tidu_author_limits small = {
    .memory_bytes = 16 * MIB, .cpu_ms = 300, .wall_ms = 60000, .output_bytes = 256 * KIB};

static void
assert_first(const struct load *load, tidu_code code, const char *document, uint32_t line)
{
    assert_true(tidu_report_count(load->report) >= 1);
    const tidu_error *error = tidu_report_get(load->report, 0);
    assert_string_equal(tidu_error_id(error->code), tidu_error_id(code));
    assert_string_equal(error->span.document, document);
    assert_int_equal(error->span.line, line);
}

/* Load one document, and expect one complaint at one line. */
static void
assert_stopped_by(const tidu_author_limits *limits, const char *text, tidu_code code, uint32_t line)
{
    struct load load = load_texts(limits, "first.lua", "title \"t\" { zh = \"称号\" }\n", "a.md",
                                  text, "last.lua", "title \"u\" { zh = \"称号\" }\n", NULL);
    assert_int_equal(tidu_report_count(load.report), 1);
    assert_first(&load, code, "a.md", line);
    load_close(&load);
}

static void
assert_stopped(const char *text, tidu_code code, uint32_t line)
{
    assert_stopped_by(&small, text, code, line);
}

static void
test_an_endless_loop_is_stopped_at_its_line(void **state)
{
    (void)state;
    assert_stopped("# T\n\n```lua\nlocal n = 0\nwhile true do\n  n = n + 1\nend\n```\n",
                   TIDU_AUTHOR_LIMIT_CPU, 6);
    assert_stopped("```lua\nwhile true do end\n```\n", TIDU_AUTHOR_LIMIT_CPU, 2);
    assert_stopped("```lua\nrepeat local ok = { pairs = 1 } until false\n```\n",
                   TIDU_AUTHOR_LIMIT_CPU, 2);
}

static void
test_an_endless_loop_in_a_shared_function_names_both_places(void **state)
{
    (void)state;
    struct load load = load_texts(&small, "vocabulary/a.lua",
                                  "return { spin = function()\n  while true do end\nend }\n",
                                  "b.lua", "\nshared.spin()\n", NULL);
    assert_complaints(&load,
                      "vocabulary/a.lua:2:0: error: this takes more than 300 ms of processor time "
                      "[E205]\n"
                      "  hint: Look for a loop that never ends, or a pattern with many "
                      "repetitions.\n"
                      "  also: b.lua:2:0\n");
    load_close(&load);
}

/* No hook runs inside string.find: only the kernel can end it. */
static void
test_an_endless_pattern_is_ended_at_its_line(void **state)
{
    (void)state;
    struct load load = load_texts(&small, "a.md",
                                  "# T\n\n```lua\nlocal s = (\"a\"):rep(5000)\n"
                                  "local found = s:find((\".-\"):rep(30) .. \"b\")\n```\n",
                                  NULL);
    assert_false(load.done);
    assert_int_equal(tidu_report_count(load.report), 1);
    assert_first(&load, TIDU_AUTHOR_LIMIT_CPU, "a.md", 5);
    load_close(&load);
}

static void
test_memory_is_refused_at_the_line_that_asks_for_it(void **state)
{
    static const struct {
        const char *text;
        uint32_t line;
    } greedy[] = {
        {"```lua\n\nlocal s = (\"a\"):rep(1e9)\n```\n", 3},
        {"```lua\nlocal t = {}\nfor i = 1, 1e9 do\n  t[i] = i .. \"x\"\nend\n```\n", 4},
        {"```lua\nlocal s = \"x\"\nwhile true do s = s .. s end\n```\n", 3},
        {"```lua\nlocal s = (\"%99d\"):rep(100000)\ns = s:rep(100)\n```\n", 3},
    };
    tidu_author_limits limits = small;
    limits.cpu_ms = 20000;
    (void)state;
    for (size_t i = 0; i < sizeof greedy / sizeof *greedy; i++)
        assert_stopped_by(&limits, greedy[i].text, TIDU_AUTHOR_LIMIT_MEMORY, greedy[i].line);
}

static void
test_too_many_declarations_are_stopped(void **state)
{
    (void)state;
    tidu_author_limits limits = small;
    limits.cpu_ms = 20000;
    limits.output_bytes = 512 * MIB;
    limits.memory_bytes = 512 * MIB;
    struct load load =
        load_texts(&limits, "a.lua", "for i = 1, 1e9 do\n  title(\"t\" .. i) {}\nend\n", NULL);
    assert_complaints(&load,
                      "a.lua:2:3: error: more than 100000 declarations [E208]\n"
                      "  hint: Look for a loop that declares the same thing again and again.\n");
    assert_true(load.done);
    load_close(&load);
}

static void
test_too_much_output_is_stopped_at_the_line_that_says_it(void **state)
{
    (void)state;
    assert_stopped("```lua\nlocal long = (\"x\"):rep(1000)\n"
                   "for i = 1, 1000 do\n  title(\"t\" .. i) { zh = long }\nend\n```\n",
                   TIDU_AUTHOR_LIMIT_OUTPUT, 4);
}

/* Words of clauses are output, too, and no script can be blamed for them. */
static void
test_too_many_words_are_too_much_output(void **state)
{
    (void)state;
    char *text = malloc(600 * KIB);
    assert_non_null(text);
    memset(text, 'x', 600 * KIB - 1);
    text[600 * KIB - 1] = '\0';
    struct load load = load_texts(&small, "a.md", text, NULL);
    assert_complaints(&load,
                      ":0:0: error: what the documents say takes more than 256 KiB [E207]\n"
                      "  hint: Look for a loop that declares the same thing again and again.\n");
    assert_true(load.done);
    assert_int_equal(load.found.clause_count, 0);
    load_close(&load);
    free(text);
}

static void
test_deep_recursion_is_stopped(void **state)
{
    (void)state;
    assert_stopped_by(NULL,
                      "```lua\nlocal function f(n) return 1 + f(n) end\nlocal x = f(1)\n```\n",
                      TIDU_AUTHOR_LIMIT_DEPTH, 2);
    assert_stopped_by(NULL,
                      "```lua\nlocal s = (\"x\"):rep(10)\n"
                      "local function g() return (s:gsub(\"x\", g)) end\ng()\n```\n",
                      TIDU_AUTHOR_LIMIT_DEPTH, 3);
}

static void
test_deeply_nested_brackets_are_a_complaint(void **state)
{
    (void)state;
    tidu_text text = {0};
    tidu_text_puts(&text, "local x = ");
    for (int i = 0; i < 10000; i++)
        tidu_text_putc(&text, '{');
    tidu_text_putc(&text, '\0');
    struct load load = load_texts(&small, "a.lua", text.data, NULL);
    assert_int_equal(tidu_report_count(load.report), 1);
    assert_first(&load, TIDU_AUTHOR_LIMIT_DEPTH, "a.lua", 1);
    load_close(&load);
    tidu_text_free(&text);
}

static void
test_a_deeply_nested_document_is_read(void **state)
{
    (void)state;
    tidu_text text = {0};
    for (int i = 0; i < 20000; i++)
        tidu_text_puts(&text, "> ");
    tidu_text_puts(&text, "x\n\n");
    for (int i = 0; i < 20000; i++)
        tidu_text_puts(&text, "[*");
    tidu_text_putc(&text, '\0');
    struct load load = load_texts(NULL, "a.md", text.data, NULL);
    assert_true(load.done);
    assert_int_equal(load.found.clause_count, 1);
    load_close(&load);
    tidu_text_free(&text);
}

/* The helper needs some memory to start; with none it must still say so. */
static void
test_no_memory_at_all_is_a_complaint(void **state)
{
    (void)state;
    tidu_author_limits none = small;
    none.memory_bytes = 1;
    struct load load = load_texts(&none, "a.lua", "title \"t\" {}\n", NULL);
    assert_false(load.done);
    assert_int_equal(tidu_report_count(load.report), 1);
    assert_int_equal(tidu_report_get(load.report, 0)->code, TIDU_AUTHOR_LIMIT_MEMORY);
    load_close(&load);
}

static void
test_complaints_do_not_grow_without_end(void **state)
{
    (void)state;
    tidu_author_limits limits = small;
    limits.output_bytes = 64 * MIB;
    struct load load = load_texts(&limits, "a.lua",
                                  "for i = 1, 5000 do title(\"t\" .. i) { wrong = 1 } end\n", NULL);
    assert_true(load.done);
    assert_int_equal(tidu_report_count(load.report), 500);
    load_close(&load);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_endless_loop_is_stopped_at_its_line),
        cmocka_unit_test(test_an_endless_loop_in_a_shared_function_names_both_places),
        cmocka_unit_test(test_an_endless_pattern_is_ended_at_its_line),
        cmocka_unit_test(test_memory_is_refused_at_the_line_that_asks_for_it),
        cmocka_unit_test(test_too_many_declarations_are_stopped),
        cmocka_unit_test(test_too_much_output_is_stopped_at_the_line_that_says_it),
        cmocka_unit_test(test_too_many_words_are_too_much_output),
        cmocka_unit_test(test_deep_recursion_is_stopped),
        cmocka_unit_test(test_deeply_nested_brackets_are_a_complaint),
        cmocka_unit_test(test_a_deeply_nested_document_is_read),
        cmocka_unit_test(test_no_memory_at_all_is_a_complaint),
        cmocka_unit_test(test_complaints_do_not_grow_without_end),
    };
    return cmocka_run_group_tests(tests, require_helper, NULL);
}
