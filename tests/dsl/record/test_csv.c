/* test_csv.c: tables, a record a line. */
#include "fixture.h"

static void
test_a_table_is_refused_for_its_headings(void **state)
{
    struct fixture *f = *state;
    refused_table(f, "", "E360", "column 1 of the table has no heading", "表格第 1 列没有标题");
    hinted(f, "The first line names the fact of every column.", "第一行应写明每一列的事实名称。");
    refused_table(f, "\n", "E360", "column 1 of the table has no heading", "表格第 1 列没有标题");
    refused_table(f, "uscc,\n", "E360", "column 2 of the table has no heading",
                  "表格第 2 列没有标题");
    refused_table(f, "uscc,,revenue\n", "E360", "column 2 of the table has no heading",
                  "表格第 2 列没有标题");
    refused_table(f, "revenu\n", "E311", "no fact is called \"revenu\"", "没有名为“revenu”的事实");
    hinted(f, "Did you mean \"revenue\"?", "是否应为“revenue”？");
    refused_table(f, "\"企业名稱\"\n", "E311", "no fact is called \"企业名稱\"",
                  "没有名为“企业名稱”的事实");
    refused_table(f, "rd_ratio\n", "E312",
                  "rd_ratio (研发费用占比) is computed from other facts and cannot be stated",
                  "rd_ratio (研发费用占比) 由其他事实计算得出，不能直接填写");
    hinted(f, "State these instead: rd_expense, revenue.", "请改为填写：rd_expense, revenue。");
    refused_table(f, "science_awards\n", "E361",
                  "science_awards (科技奖励) is a list and cannot be given in a table",
                  "science_awards (科技奖励) 是列表，不能用表格填写");
    hinted(f, "Send records with lists as JSON.", "含列表的记录请用 JSON 发送。");
    refused_table(f, "科技奖励\n", "E361",
                  "科技奖励 (science_awards) is a list and cannot be given in a table",
                  "科技奖励 (science_awards) 是列表，不能用表格填写");
    refused_table(f, "niche_years 2025\n", "E362",
                  "niche_years 2025 (从事细分市场年限) has one value, not one a year, but its "
                  "column says 2025",
                  "niche_years 2025 (从事细分市场年限) 只有一个值，不分年度，但列标题写了 2025");
    hinted(f, "Leave the year out of the heading.", "请从列标题中去掉年度。");
    refused_table(f, "从事细分市场年限2025\n", "E362",
                  "从事细分市场年限2025 (niche_years) has one value, not one a year, but its "
                  "column says 2025",
                  "从事细分市场年限2025 (niche_years) 只有一个值，不分年度，但列标题写了 2025");
    refused_table(f, "revenue 1899\n", "E315",
                  "revenue 1899 (营业收入) is keyed by year, 1899 is no year",
                  "revenue 1899 (营业收入) 按年度填写，1899 不是年度");
    hinted(f, "Write years from 1900 to 2100 as four digits in quotes, as in {\"2025\": …}.",
           "年度写作引号中的四位数字，范围 1900 至 2100，例如 {\"2025\": …}。");
    refused_table(f, "revenue 2200\n", "E315",
                  "revenue 2200 (营业收入) is keyed by year, 2200 is no year",
                  "revenue 2200 (营业收入) 按年度填写，2200 不是年度");
    refused_table(f, "revenue,营业收入\n", "E363",
                  "columns 1 and 2 of the table both give 营业收入 (revenue)",
                  "表格第 1 列和第 2 列都是 营业收入 (revenue)");
    hinted(f, "Keep one of them; a heading without a year means the last full year.",
           "请只保留一列；标题不写年度即指上一完整年度。");
    refused_table(f, "revenue 2025,revenue[2025]\n", "E363",
                  "columns 1 and 2 of the table both give revenue[2025] (营业收入)",
                  "表格第 1 列和第 2 列都是 revenue[2025] (营业收入)");
    refused_table(f, "titles,holds lg\n", "E363", "columns 1 and 2 of the table both give holds lg",
                  "表格第 1 列和第 2 列都是 holds lg");
    refused_table(f, "holds lg,持有lg\n", "E363", "columns 1 and 2 of the table both give 持有lg",
                  "表格第 1 列和第 2 列都是 持有lg");
    refused_table(f, "titles,称号\n", "E363", "columns 1 and 2 of the table both give 称号",
                  "表格第 1 列和第 2 列都是 称号");
    refused_table(f, "holds xyz\n", "E310", "no fact is called \"holds xyz\"",
                  "没有名为“holds xyz”的事实");
    hinted(f, "See the list of facts, or ask for unknown facts to be ignored.",
           "请查看事实清单，或要求忽略未知事实。");
    refused_table(f, "revenue 20251\n", "E310", "no fact is called \"revenue 20251\"",
                  "没有名为“revenue 20251”的事实");
    refused_table(f, "revenue2025]\n", "E310", "no fact is called \"revenue2025]\"",
                  "没有名为“revenue2025]”的事实");
    refused_table(f, "uscc,\"revenue\n", "E367", "column 2: a quote is not closed: \"revenue",
                  "第 2 列：引号没有闭合：\"revenue");
    hinted(f, "Close the quotes of the cell; quotes inside it are doubled.",
           "请补上单元格结尾的引号，其中的引号写两遍。");
    refused_table(f, "uscc,re\"venue\n", "E366",
                  "column 2: text stands beside the quotes of a cell: re\"venue",
                  "第 2 列：单元格的引号外还有内容：re\"venue");
    hinted(f, "Put the whole cell in quotes and double the quotes inside it.",
           "请给整个单元格加引号，其中的引号写两遍。");
    refused_table(f, "uscc,\"revenue\" x\n", "E366",
                  "column 2: text stands beside the quotes of a cell: x",
                  "第 2 列：单元格的引号外还有内容：x");
    refused_table(f, "a\001b\n", "E306", "control character U+0001 at byte 2",
                  "第 2 字节处有控制字符 U+0001");
    hinted(f, "Remove it, or write it as an escape such as \\n inside quotes; NUL is never taken.",
           "请删除该字符，或在引号内写成 \\n 之类的转义；任何情况下都不接受 NUL。");
    refused_table(f, "revenue,\326\320\n", "E305", "the record is not UTF-8 at byte 9",
                  "记录在第 9 字节处不是 UTF-8 编码");
    hinted(
        f,
        "Save or send the record as UTF-8; other Chinese encodings such as GB18030 are not read.",
        "请以 UTF-8 保存或发送记录，不支持 GB18030 等其他编码。");
}

static void
test_a_row_is_refused_for_its_cells(void **state)
{
    struct fixture *f = *state;
    refused_table(f, "uscc,revenue\n91440300MA5EXAMPL0\n", "E364",
                  "the row ends after cell 1 of 2; revenue (营业收入) is the first without one",
                  "该行到第 1 格为止，表格有 2 列；从 revenue (营业收入) 起缺少单元格");
    hinted(f, "Leave cells empty where nothing is known, but keep their commas.",
           "不清楚的单元格可以留空，但逗号要保留。");
    refused_table(f, "uscc,revenue,is_private\n,1\n", "E364",
                  "the row ends after cell 2 of 3; is_private (民营企业) is the first without one",
                  "该行到第 2 格为止，表格有 3 列；从 is_private (民营企业) 起缺少单元格");
    refused_table(
        f, "uscc,revenue\n,1,2,3\n", "E365",
        "the row has 4 cells, but the headings end with column 2; 2 is the first without one",
        "该行有 4 格，而标题到第 2 列为止；从 2 起没有对应的标题");
    hinted(f, "Put cells that hold a comma in quotes.", "含逗号的单元格请加引号。");
    refused_table(f,
                  "revenue,is_private\n1,是,"
                  "多余的内容，特别特别特别特别特别特别特别特别特别特别特别特别特别特别特别长\n",
                  "E365",
                  "the row has 3 cells, but the headings end with column 2; "
                  "多余的内容，特别特别特别特别特别特别特别特别特别特别特别特别特别特别特别长 is "
                  "the first without one",
                  "该行有 3 格，而标题到第 2 列为止；从 "
                  "多余的内容，特别特别特别特别特别特别特别特别特别特别特别特别特别特别特别长 "
                  "起没有对应的标题");
    refused_table(f, "revenue\n\"5\"6\n", "E366",
                  "column 1: text stands beside the quotes of a cell: 6",
                  "第 1 列：单元格的引号外还有内容：6");
    refused_table(f, "revenue\n5\"6\n", "E366",
                  "column 1: text stands beside the quotes of a cell: 5\"6",
                  "第 1 列：单元格的引号外还有内容：5\"6");
    refused_table(f, "uscc,revenue\n,\"5\n6\n", "E367", "column 2: a quote is not closed: \"5 6",
                  "第 2 列：引号没有闭合：\"5 6");
    refused_table(f, "revenue\n\"12,650\"\n", "E322",
                  "revenue (营业收入) takes a number without separators, got 12,650",
                  "revenue (营业收入) 的数字不能带分隔符，收到的是 12,650");
    hinted(f, "Write 12650.", "请写作 12650。");
    refused_table(f, "revenue\n12650万元\n", "E321",
                  "revenue (营业收入) takes a number in 万元, got 12650万元",
                  "revenue (营业收入) 应为以万元为单位的数字，收到的是 12650万元");
    hinted(f, "Write a plain number such as 6 or 3.2, without quotes, separators or the unit.",
           "请写 6 或 3.2 这样的数字，不加引号、分隔符和单位。");
    refused_table(f, "营业收入2024\nabc\n", "E321",
                  "营业收入2024 (revenue) takes a number in 万元, got abc",
                  "营业收入2024 (revenue) 应为以万元为单位的数字，收到的是 abc");
    refused_table(f, "revenue[2024]\n-5\n", "E324",
                  "revenue[2024] (营业收入) is at least 0, got -5",
                  "revenue[2024] (营业收入) 不小于 0，收到的是 -5");
    hinted(f, "Check the sign and the unit of the figure.", "请核对数字的正负号和单位。");
    refused_table(f, "revenue\n007\n", "E321", "revenue (营业收入) takes a number in 万元, got 007",
                  "revenue (营业收入) 应为以万元为单位的数字，收到的是 007");
    refused_table(f, "revenue\n5.\n", "E321", "revenue (营业收入) takes a number in 万元, got 5.",
                  "revenue (营业收入) 应为以万元为单位的数字，收到的是 5.");
    refused_table(f, "revenue\n+5\n", "E321", "revenue (营业收入) takes a number in 万元, got +5",
                  "revenue (营业收入) 应为以万元为单位的数字，收到的是 +5");
    refused_table(f, "employees\n2.5\n", "E323",
                  "employees (从业人员数) takes a whole number, got 2.5",
                  "employees (从业人员数) 应为整数，收到的是 2.5");
    hinted(f, "Count whole persons, items or places.", "人数、件数、名次等请填整数。");
    refused_table(
        f, "niche_years\n1e999\n", "E327",
        "niche_years (从事细分市场年限) has a number beyond what can be computed with: 1e999",
        "niche_years (从事细分市场年限) 的数字超出可计算的范围：1e999");
    hinted(f, "Check the exponent of the figure.", "请核对数字的指数部分。");
    refused_table(f, "niche_years\n11111111111111111111111111111111111111111\n", "E326",
                  "niche_years (从事细分市场年限) has a number of more than 40 digits: "
                  "1111111111111111111111111111111111111111…",
                  "niche_years (从事细分市场年限) 的数字超过 40 "
                  "位：1111111111111111111111111111111111111111…");
    hinted(f, "Round the figure to the digits that were measured.", "请按实际精度取舍位数。");
    refused_table(f, "share_national 2024\n101\n", "E325",
                  "share_national 2024 (国内市场占有率) is at most 100, got 101",
                  "share_national 2024 (国内市场占有率) 不大于 100，收到的是 101");
    hinted(f, "Check the unit of the figure; shares are percent numbers, so 3.2 is 3.2 %.",
           "请核对数字的单位；比率填百分数，3.2 即 3.2%。");
    refused_table(f, "is_private\n不\n", "E328",
                  "is_private (民营企业) takes true or false, got 不",
                  "is_private (民营企业) 应为 true 或 false，收到的是 不");
    hinted(f, "Write true or false without quotes; in a table also 是 and 否, 有 and 无, 1 and 0.",
           "请写 true 或 false，不加引号；表格中也可写是、否、有、无、1、0。");
    refused_table(f, "is_private\nyes\n", "E328",
                  "is_private (民营企业) takes true or false, got yes",
                  "is_private (民营企业) 应为 true 或 false，收到的是 yes");
    refused_table(f, "holds lg\n2\n", "E328", "holds lg takes true or false, got 2",
                  "holds lg 应为 true 或 false，收到的是 2");
    refused_table(f, "established_date\n2020/1/1\n", "E329",
                  "established_date (成立日期) takes a date, got 2020/1/1",
                  "established_date (成立日期) 应为日期，收到的是 2020/1/1");
    hinted(f, "Write a day that exists as 2026-04-01, in JSON with quotes.",
           "请按 2026-04-01 的写法填写存在的日期，在 JSON 中加引号。");
    refused_table(f, "industry_code\nA3489\n", "E334",
                  "industry_code (国民经济行业代码) takes a code whose letter and first two digits "
                  "belong together, got A3489",
                  "industry_code (国民经济行业代码) 的门类字母与前两位数字不符，收到的是 A3489");
    hinted(f, "Code C3489 is meant by these digits; leave the letter out or correct it.",
           "这些数字对应的代码是 C3489，请去掉或更正字母。");
    refused_table(
        f, "rd_institution_level\n省级\n", "E332",
        "rd_institution_level (研发机构级别) takes one of none, city, national; got 省级",
        "rd_institution_level (研发机构级别) 应为 none, city, national 之一，收到的是 省级");
    hinted(f, "Use one of these values, by its code or its title.", "请用其中一个值的代码或名称。");
    refused_table(
        f,
        "management_certs\nCE;xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
        "E330",
        "management_certs (管理体系认证) takes a code, got "
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…",
        "management_certs (管理体系认证) 应为代码，收到的是 "
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…");
    hinted(f, "Write the code as text, in JSON with quotes, at most 64 bytes.",
           "请按文本填写代码，在 JSON 中加引号，不超过 64 字节。");
    refused_table(f, "factory_titles\nsmart;dark\n", "E332",
                  "factory_titles (工厂称号) takes one of smart, green; got dark",
                  "factory_titles (工厂称号) 应为 smart, green 之一，收到的是 dark");
    refused_table(f, "titles\nlgg\n", "E352", "titles takes the id of a title, got lgg",
                  "titles 应为称号的标识，收到的是 lgg");
    hinted(f, "Did you mean \"lg\"?", "是否应为“lg”？");
    refused_table(f, "titles\nlg:2024\n", "E368",
                  "titles takes titles separated by ';', got lg:2024",
                  "titles 应为用分号隔开的称号，收到的是 lg:2024");
    hinted(f, "Write an id, or an id with its dates, as in srdi:2024-06-01..2027-05-31:reviewed=2026-05-20.",
           "写称号的标识，可带日期，例如 srdi:2024-06-01..2027-05-31:reviewed=2026-05-20。");
    refused_table(f, "titles\nlg:2024-01-01..2023-01-01\n", "E353",
                  "titles is granted on 2024-01-01, after it expires on 2023-01-01",
                  "titles 的授予日期 2024-01-01 晚于到期日期 2023-01-01");
    hinted(f, "A title counts from the day it is granted through the day it expires.",
           "称号自授予之日起至到期之日止有效。");
    refused_table(f, "titles\nlg:2024-13-01..\n", "E368",
                  "titles takes titles separated by ';', got lg:2024-13-01..",
                  "titles 应为用分号隔开的称号，收到的是 lg:2024-13-01..");
    refused_table(f, "titles\nlg:..x\n", "E368", "titles takes titles separated by ';', got lg:..x",
                  "titles 应为用分号隔开的称号，收到的是 lg:..x");
    refused_table(f, "uscc\n123\n", "E336",
                  "uscc (统一社会信用代码) takes 18 digits and capital letters, got 123",
                  "uscc (统一社会信用代码) 应为 18 位数字和大写字母，收到的是 123");
    hinted(f,
           "A unified social credit code has 18 characters and none of the letters I, O, S, V, Z.",
           "统一社会信用代码共 18 位，不含字母 I、O、S、V、Z。");
    refused_table(f, "region_code\n4403\n", "E337",
                  "region_code (注册地行政区划代码) takes a code of 6 digits, got 4403",
                  "region_code (注册地行政区划代码) 应为 6 位数字的代码，收到的是 4403");
    hinted(f,
           "Write the division code of the county, city or province, filled up with zeros, such as "
           "440300.",
           "请填写县、市或省的行政区划代码，不足六位补零，例如 440300。");
    refused_table(f, "enterprise_name\n\326\320\n", "E305", "the record is not UTF-8 at byte 1",
                  "记录在第 1 字节处不是 UTF-8 编码");
    refused_table(f, "enterprise_name\n\"a\001b\"\n", "E306", "control character U+0001 at byte 3",
                  "第 3 字节处有控制字符 U+0001");
    refused_table(f, "revenue,revenue 2025\n1,2\n", "E363",
                  "columns 1 and 2 of the table both give revenue 2025 (营业收入)",
                  "表格第 1 列和第 2 列都是 revenue 2025 (营业收入)");
    refused_table(f, "营收\nx\n", "E321", "营收 (营业收入) takes a number in 万元, got x",
                  "营收 (营业收入) 应为以万元为单位的数字，收到的是 x");
    refused_table(f, "enterprise_name\n\"a\"\"b\" c\n", "E366",
                  "column 1: text stands beside the quotes of a cell: c",
                  "第 1 列：单元格的引号外还有内容：c");
    refused_table(f, "titles\nlg:2024-06-01..2027-05-31;x\n", "E351",
                  "titles takes the id of a title, got x", "titles 应为称号的标识，收到的是 x");
    hinted(f, "The ids are hnte, lg, srdi.", "可用的标识有 hnte, lg, srdi。");
}

static void
test_a_row_fills_the_columns_its_headings_name(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(
        read_table(f, "统一社会信用代码,enterprise_name,revenue 2024,营业收入2023年,revenue[2025],"
                      "industry_code,is_private,established_date,研发机构级别,management_certs,"
                      "titles,niche_years\n"
                      "91440300MA5EXAMPL0,某某精密,11200,9800,12650.5,3489,是,2010-03-01,国家级,"
                      "ISO9001;CE1,lg:2024-06-01..2027-05-31;srdi,6\n"),
        TIDU_READ_ROW);
    assert_string_equal(words_at(f, USCC_WORDS, 0), "\"91440300MA5EXAMPL0\"");
    assert_string_equal(words_at(f, NAME_WORDS, 0), "\"某某精密\"");
    assert_string_equal(words_at(f, INDUSTRY_WORDS, 0), "\"C3489\"");
    assert_number(f, REVENUE_0, 0, 12650.5);
    assert_number(f, REVENUE_1, 0, 11200);
    assert_number(f, REVENUE_2, 0, 9800);
    assert_number(f, INDUSTRY, 0, 5);
    assert_int_equal(flag_at(f, PRIVATE, 0), 1);
    assert_number(f, ESTABLISHED, 0, tidu_date_join(2010, 3, 1));
    assert_number(f, INSTITUTION, 0, 3);
    assert_number(f, CERTS, 0, 2);
    assert_int_equal(flag_at(f, CERTS_ISO, 0), 1);
    assert_int_equal(flag_at(f, CERTS_CE, 0), 1);
    assert_int_equal(flag_at(f, HELD_LG, 0), 1);
    assert_int_equal(flag_at(f, HELD_HNTE, 0), 0);
    assert_number(f, NICHE, 0, 6);
}

static void
test_a_row_says_the_same_as_a_json_record(void **state)
{
    struct fixture *f = *state;
    accepted(f, "{\"revenue\":{\"2025\":70.00000000000000001},\"rd_institution_level\":\"市级\","
                "\"factory_titles\":[\"smart\",\"绿色工厂\"],\"is_private\":false}");
    assert_int_equal(read_table(f, "revenue,rd_institution_level,factory_titles,is_private\n"
                                   "70.00000000000000001,市级,smart；绿色工厂,否\n"),
                     TIDU_READ_ROW);
    assert_number(f, REVENUE_0, 1, number_at(f, REVENUE_0, 0));
    assert_string_equal(spelling_at(f, REVENUE_0, 1), spelling_at(f, REVENUE_0, 0));
    assert_number(f, INSTITUTION, 1, number_at(f, INSTITUTION, 0));
    assert_number(f, FACTORIES, 1, number_at(f, FACTORIES, 0));
    assert_number(f, FACTORIES, 1, 2);
    assert_int_equal(flag_at(f, PRIVATE, 1), 0);
}

static void
test_empty_cells_are_unknown(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(read_table(f, "revenue,is_private,titles,management_certs,uscc,holds lg,x\n"
                                   ",  ,\"\",,\t,\" \",\n"),
                     TIDU_READ_ERROR);
    f->ignore_unknown = true;
    assert_int_equal(read_table(f, "revenue,is_private,titles,management_certs,uscc,x\n"
                                   ",  ,\"\",,\t,y\n"),
                     TIDU_READ_ROW);
    assert_unknown(f, REVENUE_0, 0);
    assert_int_equal(flag_at(f, PRIVATE, 0), -1);
    assert_int_equal(flag_at(f, HELD_LG, 0), -1);
    assert_unknown(f, CERTS, 0);
    assert_string_equal(words_at(f, USCC_WORDS, 0), "");
}

static void
test_a_lone_semicolon_is_a_set_known_to_be_empty(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(read_table(f, "management_certs,titles\n;,;\n"), TIDU_READ_ROW);
    assert_number(f, CERTS, 0, 0);
    assert_int_equal(flag_at(f, CERTS_CE, 0), 0);
    assert_int_equal(flag_at(f, HELD_LG, 0), 0);
}

static void
test_quotes_hold_commas_line_ends_and_quotes(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(read_table(f, "\357\273\277\"enterprise_name\",\"revenue\"\r\n"
                                   "\"a,\"\"b\"\"\r\nc\", \"5\" \r\n"
                                   "  d e\t,6"),
                     TIDU_READ_ROW);
    assert_int_equal(f->block->row_count, 2);
    assert_string_equal(words_at(f, NAME_WORDS, 0), "\"a,\\\"b\\\"\\r\\nc\"");
    assert_number(f, REVENUE_0, 0, 5);
    assert_string_equal(words_at(f, NAME_WORDS, 1), "\"d e\"");
    assert_number(f, REVENUE_0, 1, 6);
}

static void
test_blank_lines_say_nothing(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(read_table(f, "\n\r\nrevenue\n\n\n5\r\n\r\n6\n\n"), TIDU_READ_ROW);
    assert_int_equal(f->block->row_count, 2);
    assert_number(f, REVENUE_0, 0, 5);
    assert_number(f, REVENUE_0, 1, 6);
}

static void
test_flags_have_words_in_tables(void **state)
{
    struct fixture *f = *state;
    static const char *const words[] = {"true",  "TRUE",  "1", "是", "有",
                                        "false", "False", "0", "否", "无"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char table[64];
        snprintf(table, sizeof table, "is_private,holds lg,持有 hnte\n%s,%s,\n", words[i],
                 words[i]);
        fixture_clear(f);
        assert_int_equal(read_table(f, table), TIDU_READ_ROW);
        assert_int_equal(flag_at(f, PRIVATE, 0), i < 5);
        assert_int_equal(flag_at(f, HELD_LG, 0), i < 5);
        assert_int_equal(flag_at(f, HELD_HNTE, 0), -1);
    }
}

static void
test_titles_in_tables_may_leave_either_date_open(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *cell;
        int held;
    } cases[] = {
        {"lg", 1},
        {"lg:..", 1},
        {"lg:2026-11-23..", 1},
        {"lg:2026-11-24..", 0},
        {"lg:..2026-11-23", 1},
        {"lg:..2026-11-22", 0},
        {"lg:2026-11-23..2026-11-23", 1},
        {"hnte", 0},
        {"lg:..2020-01-01;lg:2026-01-01..", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char table[128];
        snprintf(table, sizeof table, "titles\n%s\n", cases[i].cell);
        fixture_clear(f);
        assert_int_equal(read_table(f, table), TIDU_READ_ROW);
        assert_int_equal(flag_at(f, HELD_LG, 0), cases[i].held);
    }
}

static void
test_a_heading_without_a_year_moves_with_the_date(void **state)
{
    struct fixture *f = *state;
    static const char row[] = "1,2\n";
    assert_int_equal(read_table(f, "revenue,revenue 2024\n1,2\n"), TIDU_READ_ROW);
    assert_number(f, REVENUE_0, 0, 1);
    assert_number(f, REVENUE_1, 0, 2);
    tidu_block_clear(f->block, tidu_date_join(2025, 6, 1));
    assert_int_equal(tidu_csv_read(f->csv, row, strlen(row), f->block, &f->error), TIDU_READ_ERROR);
    assert_int_equal(f->error.code, TIDU_RECORD_HEADING_TWICE);
    tidu_block_clear(f->block, tidu_date_join(2024, 6, 1));
    assert_int_equal(tidu_csv_read(f->csv, row, strlen(row), f->block, &f->error), TIDU_READ_ROW);
    assert_number(f, REVENUE_0, 0, 1);
}

static void
test_years_in_headings_may_be_written_several_ways(void **state)
{
    struct fixture *f = *state;
    static const char *const headings[] = {"revenue 2024",   "revenue2024",    "revenue[2024]",
                                           "revenue [2024]", "营业收入2024",   "营业收入 2024年",
                                           "营业收入2024年", "\"营收[2024]\"", "sales\t2024"};
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
        char table[64];
        snprintf(table, sizeof table, "%s\n7\n", headings[i]);
        fixture_clear(f);
        assert_int_equal(read_table(f, table), TIDU_READ_ROW);
        assert_number(f, REVENUE_1, 0, 7);
    }
}

static void
test_a_record_is_measured_to_its_line_end(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t open, last;
    } cases[] = {
        {"", 0, 0},
        {"a", 0, 1},
        {"a\n", 2, 2},
        {"a\nb", 2, 2},
        {"a\r\nb", 3, 3},
        {"\n", 0, 0},
        {"\r\n\n", 0, 0},
        {"\na\nb", 3, 3},
        {"\r", 0, 1},
        {"\"a\nb\"\nc", 6, 6},
        {"\"a\nb", 0, 4},
        {"x,\"a\"\"\n\"\n", 9, 9},
        {"x\"\ny\"\n", 3, 3},
        {" \"\n\"\n", 5, 5},
        {"\"a\" \"\n", 6, 6},
        {"a,\"b\",\"\n\",c\nd", 12, 12},
        {"\357\273\277\"\n\"\nx", 7, 7},
        {"\357\273\277", 0, 0},
        {"\"\"\n", 3, 3},
        {",\n", 2, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length = strlen(cases[i].text);
        assert_int_equal(tidu_csv_measure(cases[i].text, length, false), cases[i].open);
        assert_int_equal(tidu_csv_measure(cases[i].text, length, true), cases[i].last);
    }
}

static void
test_a_row_that_is_refused_leaves_nothing_behind(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(read_table(f, "enterprise_name,management_certs,revenue,titles\n"
                                   "甲,CE,1.2345678901234567,lg\n"),
                     TIDU_READ_ROW);
    refused_table(f,
                  "enterprise_name,management_certs,revenue,titles,is_private\n"
                  "乙,CE;UL,2.2345678901234567,hnte,maybe\n",
                  "E328", "is_private (民营企业) takes true or false, got maybe",
                  "is_private (民营企业) 应为 true 或 false，收到的是 maybe");
    assert_string_equal(words_at(f, NAME_WORDS, 0), "\"甲\"");
    assert_string_equal(spelling_at(f, REVENUE_0, 0), "1.2345678901234567");
}

static void
test_a_row_may_be_a_mebibyte_long_and_no_longer(void **state)
{
    struct fixture *f = *state;
    tidu_text text = {0};
    assert_int_equal(read_table(f, "enterprise_name\n"), TIDU_READ_ROW);
    while (text.length < TIDU_RECORD_SIZE)
        tidu_text_putc(&text, 'x');
    assert_int_equal(tidu_csv_read(f->csv, text.data, text.length, f->block, &f->error),
                     TIDU_READ_ROW);
    tidu_text_putc(&text, 'x');
    assert_int_equal(tidu_csv_read(f->csv, text.data, text.length, f->block, &f->error),
                     TIDU_READ_ERROR);
    assert_int_equal(f->error.code, TIDU_RECORD_TOO_LARGE);
    assert_int_equal(f->block->row_count, 1);
    tidu_text_free(&text);
}

/* The line as JSON is exactly this. */
static void
restated(struct fixture *f, const char *table, const char *json)
{
    tidu_text out = {0};
    size_t heading = tidu_csv_measure(table, strlen(table), true);
    fixture_clear(f);
    assert_int_equal(read_table(f, table), TIDU_READ_ROW);
    assert_true(tidu_csv_restate(f->csv, table + heading, strlen(table) - heading, 2025, &out, &f->error));
    assert_int_equal(out.length, strlen(json));
    assert_memory_equal(out.data, json, out.length);
    accepted(f, json);
    tidu_text_free(&out);
}

static void
test_a_line_restated_as_json_says_the_same(void **state)
{
    struct fixture *f = *state;
    restated(f, "企业名称,revenue 2024,营业收入,is_private\n\"某\"\"某\",11200.10,12650,否\n",
             "{\"enterprise_name\":\"某\\\"某\",\"revenue\":{\"2024\":11200.10,\"2025\":12650},"
             "\"is_private\":false}");
    restated(f, "revenue 2023,niche_years,management_certs\n,6,ISO9001; CE ;\n",
             "{\"niche_years\":6,\"management_certs\":[\"ISO9001\",\"CE\"]}");
    restated(f, "revenue,titles\n,\n", "{}");
    restated(f, "titles\nlg:2021-07-01..2027-06-30:reviewed=2024-07-01;hnte\n",
             "{\"titles\":[{\"id\":\"lg\",\"granted\":\"2021-07-01\",\"expires\":\"2027-06-30\","
             "\"reviewed\":\"2024-07-01\"},{\"id\":\"hnte\"}]}");
    restated(f, "holds lg,持有hnte\ntrue,false\n", "{\"titles\":[{\"id\":\"lg\"}]}");
    restated(f, "holds lg\nfalse\n", "{\"titles\":[]}");
}

static void
test_a_title_in_a_cell_says_when_it_was_reviewed_or_cancelled(void **state)
{
    struct fixture *f = *state;
    read_table(f, "titles\nlg:2021-07-01..:cancelled=2025-01-01\n");
    assert_int_equal(flag_at(f, HELD_LG, 0), 0);
    fixture_clear(f);
    read_table(f, "titles\nlg:2021-07-01..:cancelled=2027-01-01:reviewed=2024-07-01\n");
    assert_int_equal(flag_at(f, HELD_LG, 0), 1);
    refused_table(f, "titles\nlg:2024-01-01..:renewed=2024-07-01\n", "E368",
                  "titles takes titles separated by ';', got lg:2024-01-01..:renewed=2024-07-01",
                  "titles 应为用分号隔开的称号，收到的是 lg:2024-01-01..:renewed=2024-07-01");
    refused_table(f, "titles\nlg:2024-01-01..:reviewed=\n", "E368",
                  "titles takes titles separated by ';', got lg:2024-01-01..:reviewed=",
                  "titles 应为用分号隔开的称号，收到的是 lg:2024-01-01..:reviewed=");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_table_is_refused_for_its_headings),
        CASE(test_a_row_is_refused_for_its_cells),
        CASE(test_a_row_fills_the_columns_its_headings_name),
        CASE(test_a_row_says_the_same_as_a_json_record),
        CASE(test_empty_cells_are_unknown),
        CASE(test_a_lone_semicolon_is_a_set_known_to_be_empty),
        CASE(test_quotes_hold_commas_line_ends_and_quotes),
        CASE(test_blank_lines_say_nothing),
        CASE(test_flags_have_words_in_tables),
        CASE(test_titles_in_tables_may_leave_either_date_open),
        CASE(test_a_heading_without_a_year_moves_with_the_date),
        CASE(test_years_in_headings_may_be_written_several_ways),
        CASE(test_a_record_is_measured_to_its_line_end),
        CASE(test_a_row_that_is_refused_leaves_nothing_behind),
        CASE(test_a_row_may_be_a_mebibyte_long_and_no_longer),
        CASE(test_a_line_restated_as_json_says_the_same),
        CASE(test_a_title_in_a_cell_says_when_it_was_reviewed_or_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
