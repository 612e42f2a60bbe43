/*
 * test_document.c guards dsl/author/document.c: clauses and their words,
 * tables, and which code blocks are rules.
 */
#include "support.h"

#include <stdio.h>

static const tidu_clause *
clause_at(const struct load *load, uint32_t line)
{
    for (uint32_t i = 0; i < load->found.clause_count; i++)
        if (load->found.clauses[i].line == line)
            return &load->found.clauses[i];
    fail_msg("no clause begins at line %u", line);
    return NULL;
}

static void
test_a_path_is_the_headings_below_the_title_with_spaces_folded(void **state)
{
    (void)state;
    struct load load = load_texts(NULL, "a.md",
                                  "preface\n\n"
                                  "# 管理办法\n\n"
                                  "## 附件1　认定标准\n\n"
                                  "### 二、 *规模*  `x`\n\n"
                                  "## 附件2\n\n"
                                  "#### 四级\n",
                                  NULL);
    assert_true(load.done);
    assert_int_equal(load.found.clause_count, 6);
    assert_string_equal(load.found.clauses[0].path, "");
    assert_string_equal(load.found.clauses[0].words, "preface");
    assert_string_equal(clause_at(&load, 3)->path, "");
    assert_string_equal(clause_at(&load, 5)->path, "附件1 认定标准");
    assert_string_equal(clause_at(&load, 7)->path, "附件1 认定标准/二、 规模 x");
    assert_string_equal(clause_at(&load, 9)->path, "附件2");
    assert_string_equal(clause_at(&load, 11)->path, "附件2/四级");
    load_close(&load);
}

static void
test_a_level_one_heading_is_in_the_path_when_it_is_no_title(void **state)
{
    (void)state;
    struct load load = load_texts(NULL, "only.md", "# 一\n", "many.md",
                                  "# 附件1\n\n## 一、规模\n\n# 附件2\n", NULL);
    assert_int_equal(load.found.clause_count, 6);
    assert_string_equal(load.found.clauses[1].path, "一");
    assert_string_equal(load.found.clauses[3].path, "附件1");
    assert_string_equal(load.found.clauses[4].path, "附件1/一、规模");
    assert_string_equal(load.found.clauses[5].path, "附件2");
    load_close(&load);
}

static void
test_words_are_the_plain_text_without_code(void **state)
{
    (void)state;
    struct load load = load_texts(NULL, "a.md",
                                  "# T\n\n"
                                  "主营业务收入*占*营业收入比重\n不低于 70%。 <!-- note -->\n\n"
                                  "```lua\nlocal code = 1\n```\n\n"
                                  "1. first\n   line\n2. `second` [link](http://x)\n\n"
                                  "<!-- a comment -->\n\n"
                                  "| a | b |\n|---|---|\n| 1 |   |\n",
                                  NULL);
    assert_string_equal(load.found.clauses[1].words,
                        "主营业务收入占营业收入比重不低于 70%。 first line second link a | b 1 |");
    load_close(&load);
}

static void
test_a_chinese_paragraph_reads_the_same_however_it_is_wrapped(void **state)
{
    (void)state;
    struct load load = load_texts(NULL, "a.md", "# T\n\n近2年主营业务\n收入平均增长率\n", "b.md",
                                  "# T\n\n近2年主营业务收入平均\n增长率\n", NULL);
    assert_string_equal(load.found.clauses[1].words, "近2年主营业务收入平均增长率");
    assert_string_equal(load.found.clauses[1].digest, load.found.clauses[3].digest);
    load_close(&load);
}

static void
test_digests_are_sha256_of_bytes_and_of_words(void **state)
{
    (void)state;
    struct load load = load_texts(NULL, "a.md", "abc", NULL);
    const char *digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_string_equal(load.found.documents[0].digest, digest);
    assert_string_equal(load.found.clauses[0].digest, digest);
    load_close(&load);
}

static void
test_a_table_keeps_the_place_of_each_cell(void **state)
{
    (void)state;
    struct load load = load_texts(NULL, "a.md",
                                  "# T\n\n"
                                  "## 得分\n\n"
                                  "| 指标 |  b \\| c |d|\n"
                                  "|---|---|---|\n"
                                  "| ≥ 80% | 5 |\n"
                                  "|  70%—80% |**3**| x | 多余 |\n",
                                  NULL);
    assert_int_equal(load.found.table_count, 1);
    const tidu_table *table = &load.found.tables[0];
    assert_int_equal(table->rows, 3);
    assert_int_equal(table->columns, 3);
    assert_int_equal(table->line, 5);
    assert_int_equal(table->clause, 2);
    static const struct {
        const char *text;
        uint32_t line, column;
    } cells[] = {
        {"指标", 5, 3}, {"b | c", 5, 9},   {"d", 5, 17}, {"≥ 80%", 7, 3}, {"5", 7, 11},
        {"", 7, 0},     {"70%—80%", 8, 4}, {"3", 8, 13}, {"x", 8, 20},
    };
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        assert_string_equal(table->cells[i].text, cells[i].text);
        assert_int_equal(table->cells[i].line, cells[i].line);
        assert_int_equal(table->cells[i].column, cells[i].column);
    }
    load_close(&load);
}

static void
test_above_is_the_nearest_table_before_the_block(void **state)
{
    (void)state;
    struct load load = load_texts(
        NULL, "a.md",
        "# T\n\n```lua\npolicy { id = \"p\" }\ndesignation \"d\" {}\nscorecard \"s\" {}\n```\n\n"
        "| a | 分 |\n|---|---|\n| 1 | 2 |\n\n"
        "## 二\n\n"
        "| b | 分 |\n|---|---|\n| 3 | 4 |\n| 5 | 6 |\n\n"
        "```lua\n"
        "indicator \"i\" { max = 5, on = [[ x ]], table = above }\n"
        "local sum = 0\n"
        "for _, row in ipairs(above.rows) do sum = sum + row[1] * row.line end\n"
        "title \"t\" { zh = above.columns[1] .. above.line .. \"/\" .. sum .. #above.rows }\n"
        "```\n\n"
        "| c |\n|---|\n",
        NULL);
    assert_complaints(&load, "");
    assert_int_equal(find_attr(find_declaration(&load, "indicator", "i"), "table", NULL)->reference,
                     1);
    assert_string_equal(find_attr(find_declaration(&load, "title", "t"), "zh", NULL)->text,
                        "b15/1412");
    load_close(&load);
}

static void
test_only_fenced_blocks_in_lua_are_rules(void **state)
{
    (void)state;
    struct load load = load_texts(NULL, "a.md",
                                  "```lua\ntitle \"a\" { zh = \"a\" }\n```\n\n"
                                  "```lua more words\ntitle \"b\" { zh = \"b\" }\n```\n\n"
                                  "~~~Lua\ntitle \"c\" { zh = \"c\" }\n~~~\n\n"
                                  "```luau\ntitle \"x\" {}\n```\n\n"
                                  "```\ntitle \"x\" {}\n```\n\n"
                                  "    title \"x\" {}\n\n"
                                  "`title \"x\" {}`\n\n"
                                  "- ```lua\n  title \"d\" { zh = \"d\" }\n  ```\n",
                                  NULL);
    assert_complaints(&load, "");
    assert_int_equal(load.found.declaration_count, 4);
    assert_string_equal(load.found.declarations[3].name, "d");
    assert_int_equal(load.found.declarations[3].line, 26);
    load_close(&load);
}

static void
test_a_declaration_stands_under_the_clause_of_its_block(void **state)
{
    (void)state;
    struct load load = load_texts(NULL, "a.md",
                                  "# T\n\n## 一\n\n```lua\ntitle \"a\" { zh = \"a\" }\n```\n\n"
                                  "## 二\n\n```lua\ntitle \"b\" { zh = \"b\" }\n```\n",
                                  "b.lua", "title \"c\" { zh = \"c\" }\n", NULL);
    static const char *const paths[] = {"一", "二", ""};
    assert_int_equal(load.found.declaration_count, 3);
    for (int i = 0; i < 3; i++)
        assert_string_equal(load.found.clauses[load.found.declarations[i].clause].path, paths[i]);
    assert_int_equal(load.found.clauses[load.found.declarations[2].clause].document, 1);
    load_close(&load);
}

static void
test_line_ends_and_a_byte_order_mark_change_nothing_but_the_digest(void **state)
{
    (void)state;
    struct load plain =
        load_texts(NULL, "a.md", "# T\n\n```lua\ntitle \"a\" { zh = [[\n一\n二]] }\n```\n", NULL);
    struct load odd = load_texts(
        NULL, "a.md",
        "\xef\xbb\xbf# T\r\n\r\n```lua\r\ntitle \"a\" { zh = [[\r\n一\r\n二]] }\r\n```\r\n", NULL);
    assert_complaints(&odd, "");
    assert_string_equal(find_attr(&plain.found.declarations[0], "zh", NULL)->text, "一\n二");
    assert_string_equal(find_attr(&odd.found.declarations[0], "zh", NULL)->text, "一\n二");
    assert_int_equal(odd.found.declarations[0].line, plain.found.declarations[0].line);
    assert_string_not_equal(odd.found.documents[0].digest, plain.found.documents[0].digest);
    load_close(&plain);
    load_close(&odd);
}

static void
test_empty_documents_have_one_empty_clause(void **state)
{
    (void)state;
    struct load load = load_texts(NULL, "a.md", "", "b.lua", "", NULL);
    assert_complaints(&load, "");
    assert_int_equal(load.found.document_count, 2);
    assert_int_equal(load.found.clause_count, 2);
    assert_string_equal(load.found.clauses[0].words, "");
    assert_int_equal(load.found.declaration_count, 0);
    load_close(&load);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_path_is_the_headings_below_the_title_with_spaces_folded),
        cmocka_unit_test(test_a_level_one_heading_is_in_the_path_when_it_is_no_title),
        cmocka_unit_test(test_words_are_the_plain_text_without_code),
        cmocka_unit_test(test_a_chinese_paragraph_reads_the_same_however_it_is_wrapped),
        cmocka_unit_test(test_digests_are_sha256_of_bytes_and_of_words),
        cmocka_unit_test(test_a_table_keeps_the_place_of_each_cell),
        cmocka_unit_test(test_above_is_the_nearest_table_before_the_block),
        cmocka_unit_test(test_only_fenced_blocks_in_lua_are_rules),
        cmocka_unit_test(test_a_declaration_stands_under_the_clause_of_its_block),
        cmocka_unit_test(test_line_ends_and_a_byte_order_mark_change_nothing_but_the_digest),
        cmocka_unit_test(test_empty_documents_have_one_empty_clause),
    };
    return cmocka_run_group_tests(tests, require_helper, NULL);
}
