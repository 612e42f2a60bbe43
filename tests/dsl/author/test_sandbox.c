/*
 * test_sandbox.c: what a script cannot reach.
 *
 * Each line of the table is tried as a script of its own. Nothing of it may
 * succeed: a script that gets somewhere says so in a title.
 */
#include "support.h"

static const char *const attempts[] = {
    /* files, processes, time */
    "io.open(\"/etc/passwd\")",
    "os.execute(\"true\")",
    "os.getenv(\"HOME\")",
    "require(\"os\")",
    "dofile(\"/etc/passwd\")",
    "loadfile(\"/etc/passwd\")",
    "package.loadlib(\"libc.so.6\", \"system\")",
    "debug.getregistry()",
    "math.random()",
    "os.time()",
    "collectgarbage(\"count\")",
    "coroutine.create(print)",
    /* code from text */
    "load(\"return 1\")()",
    "load(string.char(27) .. \"Lua\")",
    "string.dump(function() end)",
    "(\"\").dump(function() end)",
    /* catching what must stop a script */
    "pcall(error)",
    "xpcall(error, error)",
    /* around the walls */
    "getmetatable(\"\").__index.x",
    "setmetatable({}, {})",
    "rawset(_ENV, \"x\", 1)",
    "rawget(_G, \"io\")",
    "_G.io",
    "_ENV.io",
    "_ENV[\"io\"]",
    "string.io",
    "shared._G",
    "next({}, nil)",
    "rawequal(1, 1)",
    "error.x",
    "fact.x",
    "null.x",
};

static void
test_nothing_on_the_list_can_be_reached(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        tidu_text text = {0};
        tidu_text_printf(&text, "local got = %s\ntitle \"got\" { zh = \"it\" }\n", attempts[i]);
        tidu_text_putc(&text, '\0');
        struct load load = load_texts(NULL, "a.lua", text.data, NULL);
        if (load.found.declaration_count || tidu_report_count(load.report) != 1 || !load.done)
            fail_msg("%s got somewhere", attempts[i]);
        assert_int_equal(tidu_report_get(load.report, 0)->span.line, 1);
        load_close(&load);
        tidu_text_free(&text);
    }
}

static void
test_what_one_file_does_to_its_globals_no_other_sees(void **state)
{
    (void)state;
    struct load load =
        load_texts(NULL, "a.lua",
                   "local string = { rep = 1 }\nlocal fact = nil\nlocal _ENV = { title = title }\n"
                   "title \"a\" { zh = \"a\" }\n",
                   "b.lua",
                   "title \"b\" { zh = (\"x\"):rep(2) .. string.rep(\"y\", 2) }\n"
                   "fact \"f\" { type = \"count\" }\n",
                   NULL);
    assert_complaints(&load, "");
    assert_string_equal(find_attr(find_declaration(&load, "title", "b"), "zh", NULL)->text, "xxyy");
    load_close(&load);
}

static void
test_lists_given_to_shared_are_the_only_way_between_files(void **state)
{
    (void)state;
    struct load load = load_texts(NULL, "a.lua", "local x = 5\nreturn { y = 6 }\n", "b.lua",
                                  "local z = shared.y\n", NULL);
    assert_complaints(&load, "b.lua:1:18: error: shared has no \"y\" [E223]\n");
    load_close(&load);
}

static void
test_what_is_left_of_lua_works(void **state)
{
    (void)state;
    struct load load =
        load_texts(NULL, "a.lua",
                   "local t = { 3, 1, 2 }\n"
                   "table.sort(t, function(a, b) return a > b end)\n"
                   "local words = {}\n"
                   "for i, v in ipairs(t) do table.insert(words, v) end\n"
                   "for k, v in pairs({ b = 1, a = 2 }) do words[#words + 1] = k .. v end\n"
                   "local function sum(...) local s = 0 for i = 1, select(\"#\", ...) do "
                   "s = s + select(i, ...) end return s end\n"
                   "words[#words + 1] = sum(table.unpack({ 1, 2, 3 }))\n"
                   "words[#words + 1] = string.format(\"%05.1f|%s|%q\", 2.25, true, \"q\")\n"
                   "words[#words + 1] = math.floor(7 / 2) .. utf8.len(\"中文\") .. type(nil)\n"
                   "for _, c in utf8.codes(\"a中\") do words[#words + 1] = utf8.char(c) end\n"
                   "words[#words + 1] = (\"a-b\"):gsub(\"-\", \"+\")\n"
                   "local stable = {}\n"
                   "for i = 1, 200 do stable[i] = { key = i % 3, at = i } end\n"
                   "table.sort(stable, function(a, b) return a.key < b.key end)\n"
                   "for i = 2, 200 do local a, b = stable[i - 1], stable[i]\n"
                   "  assert(a.key < b.key or (a.key == b.key and a.at < b.at)) end\n"
                   "title \"t\" { zh = table.concat(words, \" \") }\n",
                   NULL);
    assert_complaints(&load, "");
    assert_string_equal(find_attr(find_declaration(&load, "title", "t"), "zh", NULL)->text,
                        "3 2 1 a2 b1 6 002.2|true|\"q\" 32nil a 中 a+b");
    load_close(&load);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_on_the_list_can_be_reached),
        cmocka_unit_test(test_what_one_file_does_to_its_globals_no_other_sees),
        cmocka_unit_test(test_lists_given_to_shared_are_the_only_way_between_files),
        cmocka_unit_test(test_what_is_left_of_lua_works),
    };
    return cmocka_run_group_tests(tests, require_helper, NULL);
}
