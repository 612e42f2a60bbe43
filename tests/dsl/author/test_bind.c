/*
 * test_bind.c guards bind.c, values.c, keys.c, marks.c and declare.c: what a
 * script said, as data, with its places.
 */
#include "support.h"

#define OPENING "policy { id = \"p\" } designation \"d\" { zh = \"甲\" }\n"

static void
assert_place(const tidu_attr *attr, uint32_t line, uint32_t column)
{
    assert_int_equal(attr->line, line);
    assert_int_equal(attr->column, column);
}

static void
test_an_expression_knows_where_it_begins(void **state)
{
    (void)state;
    struct load load = load_texts(NULL, "a.lua",
                                  OPENING "criterion \"a\" [[x > 1]]\n"
                                          "criterion \"b\" { zh = \"中文\", [==[ x ]] > 1 ]==] }\n"
                                          "criterion \"c\" { [[\n"
                                          "  x > 1\n"
                                          "]] }\n"
                                          "criterion \"d\" { [[\n\n x > 1]] } -- [[ no string ]]\n"
                                          "--[[ nor\n[[ this ]] criterion \"e\"{'' and[[\ty]]}\n",
                                  NULL);
    assert_complaints(&load, "");
    const tidu_attr *a = find_attr(find_declaration(&load, "criterion", "a"), "items", "0", NULL);
    const tidu_attr *b = find_attr(find_declaration(&load, "criterion", "b"), "items", "0", NULL);
    const tidu_attr *c = find_attr(find_declaration(&load, "criterion", "c"), "items", "0", NULL);
    const tidu_attr *d = find_attr(find_declaration(&load, "criterion", "d"), "items", "0", NULL);
    const tidu_attr *e = find_attr(find_declaration(&load, "criterion", "e"), "items", "0", NULL);
    assert_int_equal(a->kind, TIDU_ATTR_EXPR);
    assert_string_equal(a->text, "x > 1");
    assert_place(a, 2, 17);
    assert_string_equal(b->text, " x ]] > 1 ");
    assert_place(b, 3, 32);
    assert_string_equal(c->text, "  x > 1\n");
    assert_place(c, 5, 1);
    assert_string_equal(d->text, "\n x > 1");
    assert_place(d, 8, 1);
    assert_string_equal(e->text, "\ty");
    assert_place(e, 11, 34);
    load_close(&load);
}

static void
test_a_mark_never_reaches_the_outside(void **state)
{
    (void)state;
    struct load load = load_texts(
        NULL, "a.lua",
        OPENING "local low = [[ 5000万元 ]]\n"
                "criterion \"joined\" { [[ revenue >= ]] .. low .. [[ and x ]] }\n"
                "criterion \"computed\" { \"revenue >=\" .. low }\n"
                "criterion \"formatted\" { ([[ revenue >= %s ]]):format(low) }\n"
                "criterion \"replaced\" { ([[ revenue >= N ]]):gsub(\"N\", \"5\") .. \"\" }\n"
                "criterion \"cut\" { ([[abc > 1]]):sub(1, 3) .. [[ > 2]] }\n"
                "criterion \"repeated\" { zh = [[ab]], table.concat({ [[x]], [[y]] }, [[ > ]]) }\n"
                "fact([[named]]) { [ [[type]] ] = \"count\", zh = #[[\xe4\xb8\xad]] .. \"\" }\n"
                "assert(([[ab]]):len() == 2 and ([[5]]) .. \"\" and tonumber([[ 5 ]]) == 5)\n"
                "assert(([[ab]]):find(\"a\", 1, true) == 1 and ([[ab]]):byte() == 97)\n",
        NULL);
    assert_complaints(&load, "");
    static const struct {
        const char *name, *text;
        uint32_t line, column;
    } expected[] = {
        {"joined", " revenue >=  5000万元  and x ", 3, 24},
        {"computed", "revenue >= 5000万元 ", 4, 0},
        {"formatted", " revenue >=  5000万元  ", 5, 28},
        {"replaced", " revenue >= 5 ", 6, 27},
        {"cut", "abc > 2", 7, 0},
        {"repeated", "x > y", 8, 54},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const tidu_attr *attr =
            find_attr(find_declaration(&load, "criterion", expected[i].name), "items", "0", NULL);
        assert_int_equal(attr->kind, TIDU_ATTR_EXPR);
        assert_string_equal(attr->text, expected[i].text);
        assert_place(attr, expected[i].line, expected[i].column);
    }
    const tidu_declaration *fact = find_declaration(&load, "fact", "named");
    assert_string_equal(find_attr(fact, "type", NULL)->text, "count");
    assert_string_equal(
        find_attr(find_declaration(&load, "criterion", "repeated"), "zh", NULL)->text, "ab");
    tidu_text all = load_print(&load);
    for (size_t i = 0; i + 1 < all.length; i++)
        assert_true((unsigned char)all.data[i] >= 0x20 || all.data[i] == '\n');
    tidu_text_free(&all);
    load_close(&load);
}

static void
test_attributes_are_sorted_and_know_their_places(void **state)
{
    (void)state;
    struct load load = load_texts(NULL, "a.lua",
                                  "fact \"f\" {\n"
                                  "  zh = \"中\", type = \"code\",\n"
                                  "  [\"low\"] = 0.1, high = 1e300, whole = true,\n"
                                  "  values = { \"a\", { \"b\",\n"
                                  "    zh = \"乙\" } },\n"
                                  "}\n",
                                  NULL);
    assert_complaints(&load, "");
    const tidu_declaration *fact = find_declaration(&load, "fact", "f");
    static const char *const names[] = {"high", "low", "type", "values", "whole", "zh"};
    assert_int_equal(fact->attrs.kind, TIDU_ATTR_MAP);
    assert_int_equal(fact->attrs.item_count, 6);
    for (int i = 0; i < 6; i++)
        assert_string_equal(fact->attrs.items[i].name, names[i]);
    assert_place(find_attr(fact, "zh", NULL), 2, 3);
    assert_place(find_attr(fact, "type", NULL), 2, 13);
    assert_place(find_attr(fact, "low", NULL), 3, 4);
    assert_string_equal(find_attr(fact, "low", NULL)->text, "0.1");
    assert_string_equal(find_attr(fact, "high", NULL)->text, "1e+300");
    assert_true(find_attr(fact, "whole", NULL)->number == 1);
    assert_int_equal(find_attr(fact, "whole", NULL)->kind, TIDU_ATTR_FLAG);
    assert_string_equal(find_attr(fact, "values", "0", NULL)->text, "a");
    assert_int_equal(find_attr(fact, "values", "1", NULL)->kind, TIDU_ATTR_MAP);
    assert_string_equal(find_attr(fact, "values", "1", "items", "0", NULL)->text, "b");
    assert_place(find_attr(fact, "values", "1", NULL), 4, 19);
    assert_place(find_attr(fact, "values", "1", "zh", NULL), 5, 5);
    load_close(&load);
}

static void
test_bands_have_the_same_form_with_and_without_otherwise(void **state)
{
    (void)state;
    struct load load = load_texts(
        NULL, "a.lua",
        OPENING "scorecard {}\n"
                "indicator \"a\" { max = 5, bands = { { [[>= 80%]], 5 }, otherwise = 0 } }\n"
                "indicator \"b\" { max = 5, bands = { { [[>= 80%]], [[ x ]] } } }\n"
                "indicator \"c\" { max = 5, bands = {} }\n",
        NULL);
    assert_complaints(&load, "");
    const tidu_declaration *a = find_declaration(&load, "indicator", "a");
    const tidu_declaration *b = find_declaration(&load, "indicator", "b");
    const tidu_declaration *c = find_declaration(&load, "indicator", "c");
    assert_int_equal(find_attr(a, "bands", NULL)->kind, TIDU_ATTR_MAP);
    assert_int_equal(find_attr(b, "bands", NULL)->kind, TIDU_ATTR_MAP);
    assert_int_equal(find_attr(c, "bands", "items", NULL)->item_count, 0);
    assert_int_equal(find_attr(a, "bands", "items", "0", "0", NULL)->kind, TIDU_ATTR_EXPR);
    assert_string_equal(find_attr(a, "bands", "items", "0", "1", NULL)->text, "5");
    assert_string_equal(find_attr(a, "bands", "otherwise", NULL)->text, "0");
    assert_int_equal(find_attr(b, "bands", "items", "0", "1", NULL)->kind, TIDU_ATTR_EXPR);
    load_close(&load);
}

static void
test_a_declaration_stands_before_what_nests_in_it(void **state)
{
    (void)state;
    struct load load = load_texts(
        NULL, "a.lua",
        OPENING "local inner = criterion \"inner\" [[ a ]]\n"
                "local group = any { zh = \"组\", [[ b ]], inner, at_least(1) { [[ c ]] } }\n"
                "criterion \"outer\" { group, zh = \"外\" }\n"
                "criterion \"last\" [[ d ]]\n",
        NULL);
    static const struct {
        const char *word;
        int parent;
        uint32_t line;
    } expected[] = {{"policy", -1, 1},   {"designation", -1, 1}, {"criterion", 1, 4}, {"any", 2, 3},
                    {"criterion", 3, 2}, {"at_least", 3, 3},     {"criterion", 1, 5}};
    assert_complaints(&load, "");
    assert_int_equal(load.found.declaration_count, 7);
    for (size_t i = 0; i < 7; i++) {
        assert_string_equal(load.found.declarations[i].word, expected[i].word);
        assert_int_equal(load.found.declarations[i].parent, expected[i].parent);
        assert_int_equal(load.found.declarations[i].line, expected[i].line);
    }
    const tidu_declaration *group = &load.found.declarations[3];
    assert_int_equal(find_attr(&load.found.declarations[2], "items", "0", NULL)->reference, 3);
    assert_string_equal(find_attr(group, "zh", NULL)->text, "组");
    assert_int_equal(find_attr(group, "items", "0", NULL)->kind, TIDU_ATTR_EXPR);
    assert_int_equal(find_attr(group, "items", "1", NULL)->reference, 4);
    assert_int_equal(find_attr(group, "items", "2", NULL)->reference, 5);
    assert_string_equal(find_attr(&load.found.declarations[5], "n", NULL)->text, "1");
    load_close(&load);
}

static void
test_what_is_said_belongs_to_what_was_opened_last_in_its_document(void **state)
{
    (void)state;
    struct load load = load_texts(NULL, "a.lua",
                                  OPENING "scorecard {}\n"
                                          "indicator \"i\" { max = 1 }\n"
                                          "criterion \"c\" [[ a ]]\n"
                                          "designation \"e\" { zh = \"乙\" }\n"
                                          "criterion \"c\" [[ a ]]\n"
                                          "scorecard \"s\" {}\n"
                                          "indicator \"i\" { max = 1 }\n",
                                  "b.lua",
                                  "policy { id = \"q\" }\nscorecard \"alone\" {}\n"
                                  "indicator \"i\" { max = 1 }\n",
                                  NULL);
    static const int parents[] = {-1, -1, 1, 2, 1, -1, 5, 5, 7, -1, -1, 10};
    assert_complaints(&load, "");
    assert_int_equal(load.found.declaration_count, 12);
    for (size_t i = 0; i < 12; i++)
        assert_int_equal(load.found.declarations[i].parent, parents[i]);
    load_close(&load);
}

static void
test_records_are_plain_data(void **state)
{
    (void)state;
    struct load load = load_texts(
        NULL, "a.lua",
        "local base = { revenue = years(2025, 9999, 0.5), gone = 1, list = {},\n"
        "  code = [[ C39 ]] }\n"
        "scenario \"一\" { record = with(base, { gone = null, flag = false, staff = 2^53,\n"
        "  titles = { { id = \"srdi\" }, { id = \"lg\" } } }),\n"
        "  expect = { lg = \"met\", [\"score:inno\"] = { 50, 65 }, size = null } }\n"
        "scenario \"二\" { record = base }\n",
        NULL);
    assert_complaints(&load, "");
    const tidu_declaration *one = find_declaration(&load, "scenario", "一");
    const tidu_declaration *two = find_declaration(&load, "scenario", "二");
    const tidu_attr *record = find_attr(one, "record", NULL);
    assert_int_equal(record->kind, TIDU_ATTR_JSON);
    static const char *const members[] = {
        "\"code\":\" C39 \"", "\"flag\":false", "\"list\":[]",
        "\"revenue\":{\"2024\":0.5,\"2025\":9999}", "\"staff\":9007199254740992",
        "\"titles\":[{\"id\":\"srdi\"},{\"id\":\"lg\"}]"};
    assert_int_equal(record->reference, sizeof members / sizeof *members);
    for (uint32_t i = 0; i < record->reference; i++)
        assert_string_equal(load.found.pieces[record->pieces[i]], members[i]);
    const tidu_attr *whole = find_attr(two, "record", NULL);
    assert_int_equal(whole->reference, 4);
    assert_int_equal(whole->pieces[0], record->pieces[0]);
    assert_string_equal(load.found.pieces[whole->pieces[1]], "\"gone\":1");
    assert_int_equal(load.found.piece_count, 7);
    assert_string_equal(find_attr(one, "expect", "score:inno", "1", NULL)->text, "65");
    assert_int_equal(find_attr(one, "expect", NULL)->item_count, 2);
    load_close(&load);
}

static void
test_a_helper_function_declares_where_it_is_called(void **state)
{
    (void)state;
    struct load load = load_texts(NULL, "local/x.md",
                                  "# T\n\n## 一\n\n```lua\n"
                                  "policy { id = \"p\" }\n"
                                  "designation \"d\" { zh = \"甲\" }\n"
                                  "shared.share(70)\n"
                                  "```\n",
                                  "vocabulary/a.lua",
                                  "return { share = function(n)\n"
                                  "  return criterion \"share\" { zh = \"占比\",\n"
                                  "    [[ main / revenue >= ]] .. n .. \"%\" }\n"
                                  "end }\n",
                                  NULL);
    assert_complaints(&load, "");
    const tidu_declaration *share = find_declaration(&load, "criterion", "share");
    assert_int_equal(share->document, 0);
    assert_int_equal(share->line, 8);
    assert_string_equal(load.found.clauses[share->clause].path, "一");
    assert_int_equal(share->parent, 1);
    assert_string_equal(find_attr(share, "items", "0", NULL)->text, " main / revenue >= 70%");
    assert_place(find_attr(share, "items", "0", NULL), 8, 0);
    load_close(&load);
}

static void
test_vocabulary_runs_first_and_is_shared(void **state)
{
    (void)state;
    struct load load = load_texts(
        NULL, "a.lua", "title \"last\" { zh = shared.b .. shared.a }\n", "vocabulary/1.lua",
        "title \"first\" { zh = \"x\" }\nreturn { a = 1 }\n", "vocabulary/2.lua",
        "title \"second\" { zh = \"x\" }\nreturn { b = shared.a + 1 }\n", NULL);
    assert_complaints(&load, "");
    assert_string_equal(load.found.declarations[0].name, "first");
    assert_string_equal(load.found.declarations[1].name, "second");
    assert_string_equal(find_attr(&load.found.declarations[2], "zh", NULL)->text, "21");
    load_close(&load);
}

static void
test_what_is_understood_is_there_in_spite_of_complaints(void **state)
{
    (void)state;
    struct load load = load_texts(NULL, "a.md",
                                  "```lua\npolicy { id = \"p\", colour = 5 }\n```\n\n"
                                  "```lua\ndesignation \"d\" { zh = nonsense }\n```\n\n"
                                  "```lua\ncriterion \"c\" { any { typo } }\n```\n\n"
                                  "```lua\ncriterion \"e\" [[ x ]]\n```\n",
                                  NULL);
    assert_true(load.done);
    assert_int_equal(tidu_report_count(load.report), 3);
    assert_int_equal(load.found.declaration_count, 3);
    assert_string_equal(find_attr(&load.found.declarations[0], "id", NULL)->text, "p");
    assert_string_equal(load.found.declarations[1].name, "d");
    assert_string_equal(load.found.declarations[2].name, "e");
    assert_int_equal(load.found.declarations[2].parent, 1);
    load_close(&load);
}

static void
test_the_same_sources_give_the_same_bytes(void **state)
{
    (void)state;
    const char *text =
        OPENING "local t = { z = 1, y = 2, x = 3, [3] = 1, [2] = 1, [1] = 1, [true] = 0 }\n"
                "local seen = {}\n"
                "for k, v in pairs(t) do seen[#seen + 1] = tostring(k) end\n"
                "title \"t\" { zh = table.concat(seen, \",\"), alias = { tostring({}), "
                "tostring(pairs) } }\n"
                "for i = 1, 50 do criterion(\"c\" .. i) { zh = \"x\", [[ a ]], [[ b ]], q = 1, r = "
                "2 } end\n";
    for (int round = 0; round < 3; round++) {
        struct load one = load_texts(NULL, "a.lua", text, "b.lua", text, NULL);
        struct load two = load_texts(NULL, "a.lua", text, "b.lua", text, NULL);
        tidu_text one_found = load_print(&one), two_found = load_print(&two);
        tidu_text one_said = load_complaints(&one), two_said = load_complaints(&two);
        assert_string_equal(one_found.data, two_found.data);
        assert_string_equal(one_said.data, two_said.data);
        assert_string_equal(find_attr(find_declaration(&one, "title", "t"), "zh", NULL)->text,
                            "1,2,3,x,y,z,true");
        assert_string_equal(
            find_attr(find_declaration(&one, "title", "t"), "alias", "0", NULL)->text, "table");
        tidu_text_free(&one_found);
        tidu_text_free(&two_found);
        tidu_text_free(&one_said);
        tidu_text_free(&two_said);
        load_close(&one);
        load_close(&two);
    }
}

static void
test_attributes_are_found_by_name_and_read_as_text(void **state)
{
    (void)state;
    struct load load =
        load_texts(NULL, "a.lua", "fact \"f\" { zh = \"中\", low = 5, annual = true }\n", NULL);
    const tidu_attr *attrs = &load.found.declarations[0].attrs;
    assert_string_equal(tidu_attr_text(attrs, "zh", "?"), "中");
    assert_string_equal(tidu_attr_text(attrs, "low", "?"), "5");
    assert_string_equal(tidu_attr_text(attrs, "annual", "?"), "?");
    assert_string_equal(tidu_attr_text(attrs, "en", "?"), "?");
    assert_null(tidu_attr_find(attrs, "en"));
    load_close(&load);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_expression_knows_where_it_begins),
        cmocka_unit_test(test_a_mark_never_reaches_the_outside),
        cmocka_unit_test(test_attributes_are_sorted_and_know_their_places),
        cmocka_unit_test(test_bands_have_the_same_form_with_and_without_otherwise),
        cmocka_unit_test(test_a_declaration_stands_before_what_nests_in_it),
        cmocka_unit_test(test_what_is_said_belongs_to_what_was_opened_last_in_its_document),
        cmocka_unit_test(test_records_are_plain_data),
        cmocka_unit_test(test_a_helper_function_declares_where_it_is_called),
        cmocka_unit_test(test_vocabulary_runs_first_and_is_shared),
        cmocka_unit_test(test_what_is_understood_is_there_in_spite_of_complaints),
        cmocka_unit_test(test_the_same_sources_give_the_same_bytes),
        cmocka_unit_test(test_attributes_are_found_by_name_and_read_as_text),
    };
    return cmocka_run_group_tests(tests, require_helper, NULL);
}
