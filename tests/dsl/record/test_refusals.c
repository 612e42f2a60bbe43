/* test_refusals.c: what a record may get wrong, and what it is told. Every
 * refusal leaves the block as it was: refused() compares it byte by byte. */
#include "fixture.h"

static void
test_text_that_is_no_json_is_refused_at_its_byte(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"revenue\":}", "E301", "the record is not JSON at byte 12: }",
            "记录在第 12 字节处不是合法的 JSON：}");
    hinted(f, "Look for a missing comma, colon, quote or bracket at that place or just before it.",
           "请检查此处及其前面是否缺少逗号、冒号、引号或括号。");
    refused(f, "{\"revenue\" 5}", "E301", "the record is not JSON at byte 12: 5}",
            "记录在第 12 字节处不是合法的 JSON：5}");
    refused(f, "{\"revenue\":5,}", "E301", "the record is not JSON at byte 14: }",
            "记录在第 14 字节处不是合法的 JSON：}");
    refused(f, "{\"revenue\":5 \"is_private\":true}", "E301",
            "the record is not JSON at byte 14: \"is_private\":true}",
            "记录在第 14 字节处不是合法的 JSON：\"is_private\":true}");
    refused(f, "{revenue:5}", "E301", "the record is not JSON at byte 2: revenue:5}",
            "记录在第 2 字节处不是合法的 JSON：revenue:5}");
    refused(f, "{,}", "E301", "the record is not JSON at byte 2: ,}",
            "记录在第 2 字节处不是合法的 JSON：,}");
    refused(f, "{\"revenue\"}", "E301", "the record is not JSON at byte 11: }",
            "记录在第 11 字节处不是合法的 JSON：}");
    refused(f, "{\"revenue\":05}", "E301", "the record is not JSON at byte 13: 5}",
            "记录在第 13 字节处不是合法的 JSON：5}");
    refused(f, "{\"revenue\":1.}", "E301", "the record is not JSON at byte 14: }",
            "记录在第 14 字节处不是合法的 JSON：}");
    refused(f, "{\"revenue\":.5}", "E301", "the record is not JSON at byte 12: .5}",
            "记录在第 12 字节处不是合法的 JSON：.5}");
    refused(f, "{\"revenue\":+5}", "E301", "the record is not JSON at byte 12: +5}",
            "记录在第 12 字节处不是合法的 JSON：+5}");
    refused(f, "{\"revenue\":1e}", "E301", "the record is not JSON at byte 14: }",
            "记录在第 14 字节处不是合法的 JSON：}");
    refused(f, "{\"revenue\":-}", "E301", "the record is not JSON at byte 13: }",
            "记录在第 13 字节处不是合法的 JSON：}");
    refused(f, "{\"revenue\":5x}", "E301", "the record is not JSON at byte 13: x}",
            "记录在第 13 字节处不是合法的 JSON：x}");
    refused(f, "{\"revenue\":NaN}", "E301", "the record is not JSON at byte 12: NaN}",
            "记录在第 12 字节处不是合法的 JSON：NaN}");
    refused(f, "{\"revenue\":1\"a\"}", "E301", "the record is not JSON at byte 13: \"a\"}",
            "记录在第 13 字节处不是合法的 JSON：\"a\"}");
    refused(f, "{\"revenue\":12345678x}", "E301", "the record is not JSON at byte 20: x}",
            "记录在第 20 字节处不是合法的 JSON：x}");
    refused(f, "{\"is_private\":tru}", "E301", "the record is not JSON at byte 15: tru}",
            "记录在第 15 字节处不是合法的 JSON：tru}");
    refused(f, "{\"is_private\":falsey}", "E301", "the record is not JSON at byte 15: falsey}",
            "记录在第 15 字节处不是合法的 JSON：falsey}");
    refused(f, "{\"is_private\":truefalse}", "E301",
            "the record is not JSON at byte 15: truefalse}",
            "记录在第 15 字节处不是合法的 JSON：truefalse}");
    refused(f, "{\"revenue\":nul}", "E301", "the record is not JSON at byte 12: nul}",
            "记录在第 12 字节处不是合法的 JSON：nul}");
    refused(f, "{\"revenue\":nullx}", "E301", "the record is not JSON at byte 12: nullx}",
            "记录在第 12 字节处不是合法的 JSON：nullx}");
    refused(f, "{\"revenue\":{\"2025\":1,}}", "E301", "the record is not JSON at byte 22: }}",
            "记录在第 22 字节处不是合法的 JSON：}}");
    refused(f, "{\"revenue\":{\"2025\" 1}}", "E301", "the record is not JSON at byte 20: 1}}",
            "记录在第 20 字节处不是合法的 JSON：1}}");
    refused(f, "{\"revenue\":{2025:1}}", "E301", "the record is not JSON at byte 13: 2025:1}}",
            "记录在第 13 字节处不是合法的 JSON：2025:1}}");
    refused(f, "{\"management_certs\":[\"CE\",]}", "E301", "the record is not JSON at byte 27: ]}",
            "记录在第 27 字节处不是合法的 JSON：]}");
    refused(f, "{\"management_certs\":[\"CE\" \"UL\"]}", "E301",
            "the record is not JSON at byte 27: \"UL\"]}",
            "记录在第 27 字节处不是合法的 JSON：\"UL\"]}");
    refused(f, "{\"management_certs\":[\"CE\"}", "E301", "the record is not JSON at byte 26: }",
            "记录在第 26 字节处不是合法的 JSON：}");
    refused(f, "{\"science_awards\":[{\"year\":2025]}]}", "E301",
            "the record is not JSON at byte 32: ]}]}", "记录在第 32 字节处不是合法的 JSON：]}]}");
    refused(f, "{\"revenue\":[1,x]}", "E301", "the record is not JSON at byte 15: x]}",
            "记录在第 15 字节处不是合法的 JSON：x]}");
    refused(f, "{\"revenue\":{\"2025\":[1,}}", "E301", "the record is not JSON at byte 23: }}",
            "记录在第 23 字节处不是合法的 JSON：}}");
    refused(f, "{\"enterprise_name\":'a'}", "E301", "the record is not JSON at byte 20: 'a'}",
            "记录在第 20 字节处不是合法的 JSON：'a'}");
    refused(f, "{\"enterprise_name\":\\\"a\"}", "E301",
            "the record is not JSON at byte 20: \\\"a\"}",
            "记录在第 20 字节处不是合法的 JSON：\\\"a\"}");
    refused(f, "{\"revenue\":/*c*/5}", "E301", "the record is not JSON at byte 12: /*c*/5}",
            "记录在第 12 字节处不是合法的 JSON：/*c*/5}");
    refused(f, "{\"a\"\\\":1}", "E301", "the record is not JSON at byte 5: \\\":1}",
            "记录在第 5 字节处不是合法的 JSON：\\\":1}");
    refused(f, "{\"revenue\":5:6}", "E301", "the record is not JSON at byte 13: :6}",
            "记录在第 13 字节处不是合法的 JSON：:6}");
}

static void
test_a_record_that_ends_too_soon_is_refused(void **state)
{
    struct fixture *f = *state;
    refused(f, "", "E302", "the record ends before its object does", "记录在对象结束之前就中断了");
    hinted(f, "Close every string, list and object, and send the whole record.",
           "请补全字符串、数组和对象的结尾，并发送完整的记录。");
    refused(f, "  \n", "E302", "the record ends before its object does",
            "记录在对象结束之前就中断了");
    refused(f, "{", "E302", "the record ends before its object does", "记录在对象结束之前就中断了");
    refused(f, "{\"revenue\":5", "E302", "the record ends before its object does",
            "记录在对象结束之前就中断了");
    refused(f, "{\"revenue\":{\"2025\":5}", "E302", "the record ends before its object does",
            "记录在对象结束之前就中断了");
    refused(f, "{\"revenue\"", "E302", "the record ends before its object does",
            "记录在对象结束之前就中断了");
    refused(f, "{\"enterprise_name\":\"abc", "E302", "the record ends before its object does",
            "记录在对象结束之前就中断了");
    refused(f, "{\"enterprise_name\":\"abc\\\"}", "E302", "the record ends before its object does",
            "记录在对象结束之前就中断了");
    refused(f, "{\"management_certs\":[\"CE\"", "E302", "the record ends before its object does",
            "记录在对象结束之前就中断了");
    refused(f, "{\"science_awards\":[{\"year\":1}", "E302",
            "the record ends before its object does", "记录在对象结束之前就中断了");
    refused(f, "{\"revenue\":12", "E302", "the record ends before its object does",
            "记录在对象结束之前就中断了");
}

static void
test_a_record_that_is_no_object_is_refused(void **state)
{
    struct fixture *f = *state;
    refused(f, "[]", "E303", "a record is an object, got []", "记录应为对象，收到的是 []");
    hinted(f, "Write the facts by name in { }.", "请用 { } 按名称填写各项事实。");
    refused(f, "[{\"revenue\":5}]", "E303", "a record is an object, got [{\"revenue\":5}]",
            "记录应为对象，收到的是 [{\"revenue\":5}]");
    refused(f, "5", "E303", "a record is an object, got 5", "记录应为对象，收到的是 5");
    refused(f, "\"revenue\"", "E303", "a record is an object, got \"revenue\"",
            "记录应为对象，收到的是 \"revenue\"");
    refused(f, "null", "E303", "a record is an object, got null", "记录应为对象，收到的是 null");
    refused(f, "true", "E303", "a record is an object, got true", "记录应为对象，收到的是 true");
}

static void
test_text_behind_the_record_is_refused(void **state)
{
    struct fixture *f = *state;
    refused(f, "{} {}", "E304", "text after the record at byte 4: {}",
            "记录结束后在第 4 字节处还有内容：{}");
    hinted(f, "Send one object a record.", "每条记录只写一个对象。");
    refused(f, "{\"revenue\":5}}", "E304", "text after the record at byte 14: }",
            "记录结束后在第 14 字节处还有内容：}");
    refused(f, "{\"revenue\":5},", "E304", "text after the record at byte 14: ,",
            "记录结束后在第 14 字节处还有内容：,");
    refused(f, "{}x", "E304", "text after the record at byte 3: x",
            "记录结束后在第 3 字节处还有内容：x");
    refused(f, "{\"revenue\":5}\n{\"revenue\":6}", "E304",
            "text after the record at byte 15: {\"revenue\":6}",
            "记录结束后在第 15 字节处还有内容：{\"revenue\":6}");
    refused(f, "{} ]", "E304", "text after the record at byte 4: ]",
            "记录结束后在第 4 字节处还有内容：]");
}

static void
test_bytes_that_are_no_utf8_are_refused(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"enterprise_name\":\"\303(\"}", "E305", "the record is not UTF-8 at byte 21",
            "记录在第 21 字节处不是 UTF-8 编码");
    hinted(
        f,
        "Save or send the record as UTF-8; other Chinese encodings such as GB18030 are not read.",
        "请以 UTF-8 保存或发送记录，不支持 GB18030 等其他编码。");
    refused(f, "{\"enterprise_name\":\"\326й\372\"}", "E305", "the record is not UTF-8 at byte 21",
            "记录在第 21 字节处不是 UTF-8 编码");
    refused(f, "{\"revenue\":5}\377", "E305", "the record is not UTF-8 at byte 14",
            "记录在第 14 字节处不是 UTF-8 编码");
    refused(f, "{\"enterprise_name\":\"\355\240\200\"}", "E305",
            "the record is not UTF-8 at byte 21", "记录在第 21 字节处不是 UTF-8 编码");
}

static void
test_control_characters_are_refused(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"enterprise_name\":\"a\nb\"}", "E306", "control character U+000A at byte 22",
            "第 22 字节处有控制字符 U+000A");
    hinted(f, "Remove it, or write it as an escape such as \\n inside quotes; NUL is never taken.",
           "请删除该字符，或在引号内写成 \\n 之类的转义；任何情况下都不接受 NUL。");
    refused_bytes(f, BYTES("{\"enterprise_name\":\"a\000b\"}"), "E306",
                  "control character U+0000 at byte 22", "第 22 字节处有控制字符 U+0000");
    refused_bytes(f, BYTES("{\"revenue\":5\000}"), "E306", "control character U+0000 at byte 13",
                  "第 13 字节处有控制字符 U+0000");
    refused_bytes(f, BYTES("\000{}"), "E306", "control character U+0000 at byte 1",
                  "第 1 字节处有控制字符 U+0000");
    refused(f, "{\014}", "E306", "control character U+000C at byte 2",
            "第 2 字节处有控制字符 U+000C");
    refused(f, "{\"revenue\":\032 5}", "E306", "control character U+001A at byte 12",
            "第 12 字节处有控制字符 U+001A");
    refused(f, "{\"enterprise_name\":\"\t\"}", "E306", "control character U+0009 at byte 21",
            "第 21 字节处有控制字符 U+0009");
}

static void
test_escapes_json_does_not_know_are_refused(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"enterprise_name\":\"\\x41\"}", "E307",
            "\\x at byte 21 is no escape that JSON knows", "第 21 字节处的 \\x 不是 JSON 的转义");
    hinted(f,
           "Use \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u with four hexadecimal digits, surrogates "
           "in pairs, and no NUL.",
           "可用 \\\" \\\\ \\/ \\b \\f \\n \\r \\t，或 \\u "
           "加四位十六进制数；代理项须成对，且不得为 NUL。");
    refused(f, "{\"enterprise_name\":\"\\u12g4\"}", "E307",
            "\\u12 at byte 21 is no escape that JSON knows",
            "第 21 字节处的 \\u12 不是 JSON 的转义");
    refused(f, "{\"enterprise_name\":\"\\u12\"}", "E307",
            "\\u12 at byte 21 is no escape that JSON knows",
            "第 21 字节处的 \\u12 不是 JSON 的转义");
    refused(f, "{\"enterprise_name\":\"\\ud83d\"}", "E307",
            "\\ud83d at byte 21 is no escape that JSON knows",
            "第 21 字节处的 \\ud83d 不是 JSON 的转义");
    refused(f, "{\"enterprise_name\":\"\\ude00\"}", "E307",
            "\\ude00 at byte 21 is no escape that JSON knows",
            "第 21 字节处的 \\ude00 不是 JSON 的转义");
    refused(f, "{\"enterprise_name\":\"\\ud83d\\u0041\"}", "E307",
            "\\ud83d at byte 21 is no escape that JSON knows",
            "第 21 字节处的 \\ud83d 不是 JSON 的转义");
    refused(f, "{\"enterprise_name\":\"\\u0000\"}", "E307",
            "\\u0000 at byte 21 is no escape that JSON knows",
            "第 21 字节处的 \\u0000 不是 JSON 的转义");
    refused(f, "{\"re\\qvenue\":5}", "E307", "\\q at byte 5 is no escape that JSON knows",
            "第 5 字节处的 \\q 不是 JSON 的转义");
    refused(f, "{\"enterprise_name\":\"\\é\"}", "E307",
            "\\é at byte 21 is no escape that JSON knows", "第 21 字节处的 \\é 不是 JSON 的转义");
    refused(f, "{\"enterprise_name\":\"\\u12é4\"}", "E307",
            "\\u12 at byte 21 is no escape that JSON knows",
            "第 21 字节处的 \\u12 不是 JSON 的转义");
    refused(f, "{\"established_date\":\"\\z\"}", "E307",
            "\\z at byte 22 is no escape that JSON knows", "第 22 字节处的 \\z 不是 JSON 的转义");
    refused(f, "{\"revenue\":{\"20\\k25\":1}}", "E307",
            "\\k at byte 16 is no escape that JSON knows", "第 16 字节处的 \\k 不是 JSON 的转义");
    refused(f, "{\"science_awards\":[{\"ye\\ear\":1}]}", "E307",
            "\\e at byte 24 is no escape that JSON knows", "第 24 字节处的 \\e 不是 JSON 的转义");
}

static void
test_an_unknown_fact_is_refused_with_the_nearest_name(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"revenu\":5}", "E311", "no fact is called \"revenu\"", "没有名为“revenu”的事实");
    hinted(f, "Did you mean \"revenue\"?", "是否应为“revenue”？");
    refused(f, "{\"营业收人\":5}", "E311", "no fact is called \"营业收人\"",
            "没有名为“营业收人”的事实");
    refused(f, "{\"xyzzy_plugh\":5}", "E310", "no fact is called \"xyzzy_plugh\"",
            "没有名为“xyzzy_plugh”的事实");
    hinted(f, "See the list of facts, or ask for unknown facts to be ignored.",
           "请查看事实清单，或要求忽略未知事实。");
    refused(f, "{\"\":5}", "E310", "no fact is called \"\"", "没有名为“”的事实");
    refused(f, "{\"title\":[]}", "E311", "no fact is called \"title\"", "没有名为“title”的事实");
    refused(f, "{\"a\\tb\":5}", "E310", "no fact is called \"a b\"", "没有名为“a b”的事实");
    refused(f,
            "{\"长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长"
            "长长长长长长长长长长长长长长长长长长长长长长长长长长长长长\":5}",
            "E310", "no fact is called \"长长长长长长长长长长长长长长长长长长长长长长长长长…\"",
            "没有名为“长长长长长长长长长长长长长长长长长长长长长长长长长…”的事实");
    refused(f, "{\"Revenuee\":1}", "E311", "no fact is called \"Revenuee\"",
            "没有名为“Revenuee”的事实");
    refused(f, "{\"x\":1}", "E310", "no fact is called \"x\"", "没有名为“x”的事实");
}

static void
test_a_derived_fact_cannot_be_stated(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"rd_ratio\":5}", "E312",
            "rd_ratio (研发费用占比) is computed from other facts and cannot be stated",
            "rd_ratio (研发费用占比) 由其他事实计算得出，不能直接填写");
    hinted(f, "State these instead: rd_expense, revenue.", "请改为填写：rd_expense, revenue。");
    refused(f, "{\"研发费用占比\":5}", "E312",
            "研发费用占比 (rd_ratio) is computed from other facts and cannot be stated",
            "研发费用占比 (rd_ratio) 由其他事实计算得出，不能直接填写");
}

static void
test_a_fact_cannot_be_stated_twice_under_whatever_names(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"revenue\":5,\"revenue\":5}", "E313", "revenue (营业收入) is stated twice",
            "revenue (营业收入) 填写了两次");
    hinted(f, "Keep one of the two; the identifier, the title and its aliases are the same fact.",
           "请只保留一处；标识符、名称和别名是同一项事实。");
    refused(f, "{\"revenue\":5,\"营业收入\":6}", "E313", "营业收入 (revenue) is stated twice",
            "营业收入 (revenue) 填写了两次");
    refused(f, "{\"营收\":null,\"revenue\":6}", "E313", "revenue (营业收入) is stated twice",
            "revenue (营业收入) 填写了两次");
    refused(f, "{\"titles\":[],\"titles\":[]}", "E313", "titles is stated twice",
            "titles 填写了两次");
    refused(f, "{\"titles\":null,\"称号\":[]}", "E313", "称号 is stated twice", "称号 填写了两次");
    refused(f, "{\"revenue\":5,\"re\\u0076enue\":6}", "E313", "revenue (营业收入) is stated twice",
            "revenue (营业收入) 填写了两次");
}

static void
test_a_year_cannot_be_stated_twice(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"revenue\":{\"2025\":1,\"2024\":2,\"2025\":3}}", "E314",
            "revenue (营业收入) is stated twice for the year 2025",
            "revenue (营业收入) 的 2025 年填写了两次");
    hinted(f, "Keep one value a year.", "每年只保留一个值。");
    refused(f, "{\"revenue\":{\"2025\":null,\"202\\u0035\":3}}", "E314",
            "revenue (营业收入) is stated twice for the year 2025",
            "revenue (营业收入) 的 2025 年填写了两次");
}

static void
test_a_key_that_is_no_year_is_refused(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"revenue\":{\"25\":1}}", "E315",
            "revenue (营业收入) is keyed by year, \"25\" is no year",
            "revenue (营业收入) 按年度填写，\"25\" 不是年度");
    hinted(f, "Write years from 1900 to 2100 as four digits in quotes, as in {\"2025\": …}.",
           "年度写作引号中的四位数字，范围 1900 至 2100，例如 {\"2025\": …}。");
    refused(f, "{\"revenue\":{\"y2025\":1}}", "E315",
            "revenue (营业收入) is keyed by year, \"y2025\" is no year",
            "revenue (营业收入) 按年度填写，\"y2025\" 不是年度");
    refused(f, "{\"revenue\":{\"1899\":1}}", "E315",
            "revenue (营业收入) is keyed by year, \"1899\" is no year",
            "revenue (营业收入) 按年度填写，\"1899\" 不是年度");
    refused(f, "{\"revenue\":{\"2101\":1}}", "E315",
            "revenue (营业收入) is keyed by year, \"2101\" is no year",
            "revenue (营业收入) 按年度填写，\"2101\" 不是年度");
    refused(f, "{\"revenue\":{\"20.5\":1}}", "E315",
            "revenue (营业收入) is keyed by year, \"20.5\" is no year",
            "revenue (营业收入) 按年度填写，\"20.5\" 不是年度");
    refused(f, "{\"营业收入\":{\"\":1}}", "E315",
            "营业收入 (revenue) is keyed by year, \"\" is no year",
            "营业收入 (revenue) 按年度填写，\"\" 不是年度");
    refused(f, "{\"revenue\":{\"2025年\":1}}", "E315",
            "revenue (营业收入) is keyed by year, \"2025年\" is no year",
            "revenue (营业收入) 按年度填写，\"2025年\" 不是年度");
    refused(f, "{\"revenue\":{\"-025\":1}}", "E315",
            "revenue (营业收入) is keyed by year, \"-025\" is no year",
            "revenue (营业收入) 按年度填写，\"-025\" 不是年度");
}

static void
test_a_single_value_takes_no_years(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"niche_years\":{\"2025\":6}}", "E316",
            "niche_years (从事细分市场年限) has one value, not one a year: {\"2025\":6}",
            "niche_years (从事细分市场年限) 只有一个值，不分年度：{\"2025\":6}");
    hinted(f, "Give the value itself, without years.", "请直接填写该值，不写年度。");
    refused(f, "{\"established_date\":{\"2025\":\"2020-01-01\"}}", "E316",
            "established_date (成立日期) has one value, not one a year: {\"2025\":\"2020-01-01\"}",
            "established_date (成立日期) 只有一个值，不分年度：{\"2025\":\"2020-01-01\"}");
    refused(f, "{\"management_certs\":{\"2025\":[\"CE\"]}}", "E316",
            "management_certs (管理体系认证) has one value, not one a year: {\"2025\":[\"CE\"]}",
            "management_certs (管理体系认证) 只有一个值，不分年度：{\"2025\":[\"CE\"]}");
    refused(f, "{\"science_awards\":{\"2025\":[]}}", "E316",
            "science_awards (科技奖励) has one value, not one a year: {\"2025\":[]}",
            "science_awards (科技奖励) 只有一个值，不分年度：{\"2025\":[]}");
}

static void
test_a_number_takes_nothing_else(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"niche_years\":\"6\"}", "E320",
            "niche_years (从事细分市场年限) takes a number, got \"6\"",
            "niche_years (从事细分市场年限) 应为数字，收到的是 \"6\"");
    hinted(f, "Write a plain number such as 6 or 3.2, without quotes, separators or a unit.",
           "请写 6 或 3.2 这样的数字，不加引号、分隔符和单位。");
    refused(f, "{\"niche_years\":true}", "E320",
            "niche_years (从事细分市场年限) takes a number, got true",
            "niche_years (从事细分市场年限) 应为数字，收到的是 true");
    refused(f, "{\"revenue\":\"12650\"}", "E321",
            "revenue (营业收入) takes a number in 万元, got \"12650\"",
            "revenue (营业收入) 应为以万元为单位的数字，收到的是 \"12650\"");
    hinted(f, "Write a plain number such as 6 or 3.2, without quotes, separators or the unit.",
           "请写 6 或 3.2 这样的数字，不加引号、分隔符和单位。");
    refused(f, "{\"revenue\":[5]}", "E321", "revenue (营业收入) takes a number in 万元, got [5]",
            "revenue (营业收入) 应为以万元为单位的数字，收到的是 [5]");
    refused(f, "{\"niche_years\":{\"a\":1}}", "E320",
            "niche_years (从事细分市场年限) takes a number, got {\"a\":1}",
            "niche_years (从事细分市场年限) 应为数字，收到的是 {\"a\":1}");
    refused(f, "{\"niche_years\":[]}", "E320",
            "niche_years (从事细分市场年限) takes a number, got []",
            "niche_years (从事细分市场年限) 应为数字，收到的是 []");
    refused(f, "{\"revenue\":{\"2025\":\"x\"}}", "E321",
            "revenue 2025 (营业收入) takes a number in 万元, got \"x\"",
            "revenue 2025 (营业收入) 应为以万元为单位的数字，收到的是 \"x\"");
    refused(f, "{\"employees\":\"许多\"}", "E321",
            "employees (从业人员数) takes a number in 人, got \"许多\"",
            "employees (从业人员数) 应为以人为单位的数字，收到的是 \"许多\"");
    refused(f, "{\"revenue\":{\"2025\":{\"2024\":1}}}", "E321",
            "revenue 2025 (营业收入) takes a number in 万元, got {\"2024\":1}",
            "revenue 2025 (营业收入) 应为以万元为单位的数字，收到的是 {\"2024\":1}");
    refused(f, "{\"revenue\":\"12650万元\"}", "E321",
            "revenue (营业收入) takes a number in 万元, got \"12650万元\"",
            "revenue (营业收入) 应为以万元为单位的数字，收到的是 \"12650万元\"");
    refused(f, "{\"营收\":\"\"}", "E321", "营收 (营业收入) takes a number in 万元, got \"\"",
            "营收 (营业收入) 应为以万元为单位的数字，收到的是 \"\"");
}

static void
test_numbers_with_separators_are_refused_with_what_to_write(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"revenue\":\"12,650\"}", "E322",
            "revenue (营业收入) takes a number without separators, got \"12,650\"",
            "revenue (营业收入) 的数字不能带分隔符，收到的是 \"12,650\"");
    hinted(f, "Write 12650.", "请写作 12650。");
    refused(f, "{\"niche_years\":\"1 000\"}", "E322",
            "niche_years (从事细分市场年限) takes a number without separators, got \"1 000\"",
            "niche_years (从事细分市场年限) 的数字不能带分隔符，收到的是 \"1 000\"");
    refused(f, "{\"revenue\":\"12，650.5\"}", "E322",
            "revenue (营业收入) takes a number without separators, got \"12，650.5\"",
            "revenue (营业收入) 的数字不能带分隔符，收到的是 \"12，650.5\"");
    refused(f, "{\"revenue\":\"-1,234,567\"}", "E322",
            "revenue (营业收入) takes a number without separators, got \"-1,234,567\"",
            "revenue (营业收入) 的数字不能带分隔符，收到的是 \"-1,234,567\"");
}

static void
test_counts_must_be_whole(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"employees\":212.5}", "E323",
            "employees (从业人员数) takes a whole number, got 212.5",
            "employees (从业人员数) 应为整数，收到的是 212.5");
    hinted(f, "Count whole persons, items or places.", "人数、件数、名次等请填整数。");
    refused(f, "{\"employees\":1e-1}", "E323",
            "employees (从业人员数) takes a whole number, got 1e-1",
            "employees (从业人员数) 应为整数，收到的是 1e-1");
    refused(f, "{\"employees\":{\"2025\":0.00000000000000001}}", "E323",
            "employees 2025 (从业人员数) takes a whole number, got 0.00000000000000001",
            "employees 2025 (从业人员数) 应为整数，收到的是 0.00000000000000001");
}

static void
test_numbers_beyond_their_borders_are_refused(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"revenue\":-1}", "E324", "revenue (营业收入) is at least 0, got -1",
            "revenue (营业收入) 不小于 0，收到的是 -1");
    hinted(f, "Check the sign and the unit of the figure.", "请核对数字的正负号和单位。");
    refused(f, "{\"revenue\":-0.01}", "E324", "revenue (营业收入) is at least 0, got -0.01",
            "revenue (营业收入) 不小于 0，收到的是 -0.01");
    refused(f, "{\"share_national\":100.01}", "E325",
            "share_national (国内市场占有率) is at most 100, got 100.01",
            "share_national (国内市场占有率) 不大于 100，收到的是 100.01");
    hinted(f, "Check the unit of the figure; shares are percent numbers, so 3.2 is 3.2 %.",
           "请核对数字的单位；比率填百分数，3.2 即 3.2%。");
    refused(f, "{\"share_national\":{\"2024\":320}}", "E325",
            "share_national 2024 (国内市场占有率) is at most 100, got 320",
            "share_national 2024 (国内市场占有率) 不大于 100，收到的是 320");
    refused(f, "{\"employees\":-5}", "E324", "employees (从业人员数) is at least 0, got -5",
            "employees (从业人员数) 不小于 0，收到的是 -5");
    refused(f, "{\"share_national\":-1e-300}", "E324",
            "share_national (国内市场占有率) is at least 0, got -1e-300",
            "share_national (国内市场占有率) 不小于 0，收到的是 -1e-300");
}

static void
test_numbers_of_too_many_digits_are_refused(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"niche_years\":0.0000000000000000000000000000000000000000}", "E326",
            "niche_years (从事细分市场年限) has a number of more than 40 digits: "
            "0.00000000000000000000000000000000000000…",
            "niche_years (从事细分市场年限) 的数字超过 40 "
            "位：0.00000000000000000000000000000000000000…");
    hinted(f, "Round the figure to the digits that were measured.", "请按实际精度取舍位数。");
    refused(f, "{\"niche_years\":11111111111111111111111111111111111111111}", "E326",
            "niche_years (从事细分市场年限) has a number of more than 40 digits: "
            "1111111111111111111111111111111111111111…",
            "niche_years (从事细分市场年限) 的数字超过 40 "
            "位：1111111111111111111111111111111111111111…");
    refused(f, "{\"niche_years\":1e0000000000000000000000000000000000000000}", "E326",
            "niche_years (从事细分市场年限) has a number of more than 40 digits: "
            "1e00000000000000000000000000000000000000…",
            "niche_years (从事细分市场年限) 的数字超过 40 "
            "位：1e00000000000000000000000000000000000000…");
}

static void
test_numbers_beyond_doubles_are_refused(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"niche_years\":1e309}", "E327",
            "niche_years (从事细分市场年限) has a number beyond what can be computed with: 1e309",
            "niche_years (从事细分市场年限) 的数字超出可计算的范围：1e309");
    hinted(f, "Check the exponent of the figure.", "请核对数字的指数部分。");
    refused(f, "{\"niche_years\":-1e400}", "E327",
            "niche_years (从事细分市场年限) has a number beyond what can be computed with: -1e400",
            "niche_years (从事细分市场年限) 的数字超出可计算的范围：-1e400");
    refused(f, "{\"niche_years\":1e-309}", "E327",
            "niche_years (从事细分市场年限) has a number beyond what can be computed with: 1e-309",
            "niche_years (从事细分市场年限) 的数字超出可计算的范围：1e-309");
    refused(f, "{\"niche_years\":1e99999999999}", "E327",
            "niche_years (从事细分市场年限) has a number beyond what can be computed with: "
            "1e99999999999",
            "niche_years (从事细分市场年限) 的数字超出可计算的范围：1e99999999999");
    refused(f, "{\"niche_years\":4e-320}", "E327",
            "niche_years (从事细分市场年限) has a number beyond what can be computed with: 4e-320",
            "niche_years (从事细分市场年限) 的数字超出可计算的范围：4e-320");
}

static void
test_a_flag_takes_nothing_but_true_and_false(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"is_private\":\"true\"}", "E328",
            "is_private (民营企业) takes true or false, got \"true\"",
            "is_private (民营企业) 应为 true 或 false，收到的是 \"true\"");
    hinted(f, "Write true or false without quotes; in a table also 是 and 否, 有 and 无, 1 and 0.",
           "请写 true 或 false，不加引号；表格中也可写是、否、有、无、1、0。");
    refused(f, "{\"is_private\":1}", "E328", "is_private (民营企业) takes true or false, got 1",
            "is_private (民营企业) 应为 true 或 false，收到的是 1");
    refused(f, "{\"is_private\":\"是\"}", "E328",
            "is_private (民营企业) takes true or false, got \"是\"",
            "is_private (民营企业) 应为 true 或 false，收到的是 \"是\"");
    refused(f, "{\"energy_advanced\":{\"2025\":\"x\"}}", "E328",
            "energy_advanced 2025 (能耗达先进值) takes true or false, got \"x\"",
            "energy_advanced 2025 (能耗达先进值) 应为 true 或 false，收到的是 \"x\"");
    refused(f, "{\"is_private\":[true]}", "E328",
            "is_private (民营企业) takes true or false, got [true]",
            "is_private (民营企业) 应为 true 或 false，收到的是 [true]");
    refused(f, "{\"is_private\":{}}", "E328", "is_private (民营企业) takes true or false, got {}",
            "is_private (民营企业) 应为 true 或 false，收到的是 {}");
}

static void
test_a_date_must_be_a_day_that_exists(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"established_date\":\"2020-02-30\"}", "E329",
            "established_date (成立日期) takes a date, got \"2020-02-30\"",
            "established_date (成立日期) 应为日期，收到的是 \"2020-02-30\"");
    hinted(f, "Write a day that exists as 2026-04-01, in JSON with quotes.",
           "请按 2026-04-01 的写法填写存在的日期，在 JSON 中加引号。");
    refused(f, "{\"established_date\":\"2020/01/01\"}", "E329",
            "established_date (成立日期) takes a date, got \"2020/01/01\"",
            "established_date (成立日期) 应为日期，收到的是 \"2020/01/01\"");
    refused(f, "{\"established_date\":20200101}", "E329",
            "established_date (成立日期) takes a date, got 20200101",
            "established_date (成立日期) 应为日期，收到的是 20200101");
    refused(f, "{\"established_date\":\"\"}", "E329",
            "established_date (成立日期) takes a date, got \"\"",
            "established_date (成立日期) 应为日期，收到的是 \"\"");
    refused(f, "{\"established_date\":\"2020-1-1\"}", "E329",
            "established_date (成立日期) takes a date, got \"2020-1-1\"",
            "established_date (成立日期) 应为日期，收到的是 \"2020-1-1\"");
    refused(f, "{\"established_date\":\"2020-01-01T00:00:00\"}", "E329",
            "established_date (成立日期) takes a date, got \"2020-01-01T00:00:00\"",
            "established_date (成立日期) 应为日期，收到的是 \"2020-01-01T00:00:00\"");
}

static void
test_a_code_takes_nothing_but_text(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"industry_code\":3489}", "E330",
            "industry_code (国民经济行业代码) takes a code, got 3489",
            "industry_code (国民经济行业代码) 应为代码，收到的是 3489");
    hinted(f, "Write the code as text, in JSON with quotes, at most 64 bytes.",
           "请按文本填写代码，在 JSON 中加引号，不超过 64 字节。");
    refused(f, "{\"industry_code\":[\"C3489\"]}", "E330",
            "industry_code (国民经济行业代码) takes a code, got [\"C3489\"]",
            "industry_code (国民经济行业代码) 应为代码，收到的是 [\"C3489\"]");
    refused(f, "{\"rd_institution_level\":3}", "E330",
            "rd_institution_level (研发机构级别) takes a code, got 3",
            "rd_institution_level (研发机构级别) 应为代码，收到的是 3");
    refused(f, "{\"rd_institution_level\":{\"level\":\"city\"}}", "E330",
            "rd_institution_level (研发机构级别) takes a code, got {\"level\":\"city\"}",
            "rd_institution_level (研发机构级别) 应为代码，收到的是 {\"level\":\"city\"}");
}

static void
test_an_empty_code_is_refused(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"industry_code\":\"\"}", "E331",
            "industry_code (国民经济行业代码) takes a code, got an empty text",
            "industry_code (国民经济行业代码) 应为代码，收到的是空文本");
    hinted(f, "Write the code, or null when it is not known.", "请填写代码；不清楚时填 null。");
    refused(f, "{\"rd_institution_level\":\"\"}", "E331",
            "rd_institution_level (研发机构级别) takes a code, got an empty text",
            "rd_institution_level (研发机构级别) 应为代码，收到的是空文本");
    refused(f, "{\"management_certs\":[\"\"]}", "E331",
            "management_certs[0] (管理体系认证) takes a code, got an empty text",
            "management_certs[0] (管理体系认证) 应为代码，收到的是空文本");
}

static void
test_an_unknown_choice_is_refused_with_the_nearest(void **state)
{
    struct fixture *f = *state;
    refused(
        f, "{\"rd_institution_level\":\"nationl\"}", "E333",
        "rd_institution_level (研发机构级别) takes one of none, city, national; got \"nationl\"",
        "rd_institution_level (研发机构级别) 应为 none, city, national 之一，收到的是 \"nationl\"");
    hinted(f, "Did you mean \"national\"?", "是否应为“national”？");
    refused(
        f, "{\"rd_institution_level\":\"provincial\"}", "E332",
        "rd_institution_level (研发机构级别) takes one of none, city, national; got \"provincial\"",
        "rd_institution_level (研发机构级别) 应为 none, city, national 之一，收到的是 "
        "\"provincial\"");
    hinted(f, "Use one of these values, by its code or its title.", "请用其中一个值的代码或名称。");
    refused(
        f, "{\"rd_institution_level\":\"国家机\"}", "E333",
        "rd_institution_level (研发机构级别) takes one of none, city, national; got \"国家机\"",
        "rd_institution_level (研发机构级别) 应为 none, city, national 之一，收到的是 \"国家机\"");
    refused(f, "{\"credit_grade\":{\"2025\":\"B\"}}", "E332",
            "credit_grade 2025 (银行资信等级) takes one of AAA, AA, A; got \"B\"",
            "credit_grade 2025 (银行资信等级) 应为 AAA, AA, A 之一，收到的是 \"B\"");
    refused(f, "{\"factory_titles\":[\"smart\",\"dark\"]}", "E332",
            "factory_titles[1] (工厂称号) takes one of smart, green; got \"dark\"",
            "factory_titles[1] (工厂称号) 应为 smart, green 之一，收到的是 \"dark\"");
    refused(f, "{\"credit_grade\":\"AAAA\"}", "E333",
            "credit_grade (银行资信等级) takes one of AAA, AA, A; got \"AAAA\"",
            "credit_grade (银行资信等级) 应为 AAA, AA, A 之一，收到的是 \"AAAA\"");
    refused(f,
            "{\"rd_institution_level\":"
            "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}",
            "E332",
            "rd_institution_level (研发机构级别) takes one of none, city, national; got "
            "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…",
            "rd_institution_level (研发机构级别) 应为 none, city, national 之一，收到的是 "
            "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…");
}

static void
test_an_industry_code_must_agree_with_its_letter(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"industry_code\":\"A3489\"}", "E334",
            "industry_code (国民经济行业代码) takes a code whose letter and first two digits "
            "belong together, got \"A3489\"",
            "industry_code (国民经济行业代码) 的门类字母与前两位数字不符，收到的是 \"A3489\"");
    hinted(f, "Code C3489 is meant by these digits; leave the letter out or correct it.",
           "这些数字对应的代码是 C3489，请去掉或更正字母。");
    refused(f, "{\"industry_code\":\"9901\"}", "E339",
            "industry_code (国民经济行业代码) takes a code whose first two digits are a division, "
            "got \"9901\"",
            "industry_code (国民经济行业代码) 的前两位应为大类代码，收到的是 \"9901\"");
    hinted(f, "Divisions are 01-05, 13-43, 63-65.", "大类代码的范围为 01-05, 13-43, 63-65。");
    refused(
        f, "{\"industry_code\":\"D44\"}", "E335",
        "industry_code (国民经济行业代码) takes a code of a capital letter and two digits or more, "
        "got \"D44\"",
        "industry_code (国民经济行业代码) 应为一个大写字母加两位以上数字的代码，收到的是 \"D44\"");
    hinted(f, "Write it as A01; the letter may be left out.", "写作 A01，字母可省略。");
    refused(
        f, "{\"industry_code\":\"3\"}", "E335",
        "industry_code (国民经济行业代码) takes a code of a capital letter and two digits or more, "
        "got \"3\"",
        "industry_code (国民经济行业代码) 应为一个大写字母加两位以上数字的代码，收到的是 \"3\"");
    refused(
        f, "{\"industry_code\":\"C3\"}", "E335",
        "industry_code (国民经济行业代码) takes a code of a capital letter and two digits or more, "
        "got \"C3\"",
        "industry_code (国民经济行业代码) 应为一个大写字母加两位以上数字的代码，收到的是 \"C3\"");
    refused(f, "{\"industry_code\":\"c3489\"}", "E335",
            "industry_code (国民经济行业代码) takes a code of a capital letter and two digits or "
            "more, got \"c3489\"",
            "industry_code (国民经济行业代码) 应为一个大写字母加两位以上数字的代码，收到的是 "
            "\"c3489\"");
    refused(f, "{\"industry_code\":\"C34-89\"}", "E335",
            "industry_code (国民经济行业代码) takes a code of a capital letter and two digits or "
            "more, got \"C34-89\"",
            "industry_code (国民经济行业代码) 应为一个大写字母加两位以上数字的代码，收到的是 "
            "\"C34-89\"");
    refused(
        f,
        "{\"industry_code\":\"33333333333333333333333333333333333333333333333333333333333333333\"}",
        "E330",
        "industry_code (国民经济行业代码) takes a code, got "
        "\"333333333333333333333333333333333333333…",
        "industry_code (国民经济行业代码) 应为代码，收到的是 "
        "\"333333333333333333333333333333333333333…");
    refused(f, "{\"industry_code\":\"C99\"}", "E339",
            "industry_code (国民经济行业代码) takes a code whose first two digits are a division, "
            "got \"C99\"",
            "industry_code (国民经济行业代码) 的前两位应为大类代码，收到的是 \"C99\"");
}

static void
test_a_credit_code_has_18_characters_of_its_alphabet(void **state)
{
    struct fixture *f = *state;
    refused(
        f, "{\"uscc\":\"91440300MA5EXAMPL\"}", "E336",
        "uscc (统一社会信用代码) takes 18 digits and capital letters, got \"91440300MA5EXAMPL\"",
        "uscc (统一社会信用代码) 应为 18 位数字和大写字母，收到的是 \"91440300MA5EXAMPL\"");
    hinted(f,
           "A unified social credit code has 18 characters and none of the letters I, O, S, V, Z.",
           "统一社会信用代码共 18 位，不含字母 I、O、S、V、Z。");
    refused(
        f, "{\"uscc\":\"91440300ma5exampl0\"}", "E336",
        "uscc (统一社会信用代码) takes 18 digits and capital letters, got \"91440300ma5exampl0\"",
        "uscc (统一社会信用代码) 应为 18 位数字和大写字母，收到的是 \"91440300ma5exampl0\"");
    refused(
        f, "{\"uscc\":\"91440300MAIEXAMPL0\"}", "E336",
        "uscc (统一社会信用代码) takes 18 digits and capital letters, got \"91440300MAIEXAMPL0\"",
        "uscc (统一社会信用代码) 应为 18 位数字和大写字母，收到的是 \"91440300MAIEXAMPL0\"");
    refused(
        f, "{\"uscc\":\"91440300MA5EXAMPLZ\"}", "E336",
        "uscc (统一社会信用代码) takes 18 digits and capital letters, got \"91440300MA5EXAMPLZ\"",
        "uscc (统一社会信用代码) 应为 18 位数字和大写字母，收到的是 \"91440300MA5EXAMPLZ\"");
    refused(
        f, "{\"uscc\":\"91440300MA5EXAMPL00\"}", "E336",
        "uscc (统一社会信用代码) takes 18 digits and capital letters, got \"91440300MA5EXAMPL00\"",
        "uscc (统一社会信用代码) 应为 18 位数字和大写字母，收到的是 \"91440300MA5EXAMPL00\"");
    refused(f, "{\"uscc\":\"\"}", "E336",
            "uscc (统一社会信用代码) takes 18 digits and capital letters, got \"\"",
            "uscc (统一社会信用代码) 应为 18 位数字和大写字母，收到的是 \"\"");
    refused(f, "{\"uscc\":914403}", "E338", "uscc (统一社会信用代码) takes a text, got 914403",
            "uscc (统一社会信用代码) 应为文本，收到的是 914403");
    hinted(f, "Write the text in quotes.", "请给文本加上引号。");
}

static void
test_a_region_has_six_digits(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"region_code\":\"44030\"}", "E337",
            "region_code (注册地行政区划代码) takes a code of 6 digits, got \"44030\"",
            "region_code (注册地行政区划代码) 应为 6 位数字的代码，收到的是 \"44030\"");
    hinted(f,
           "Write the division code of the county, city or province, filled up with zeros, such as "
           "440300.",
           "请填写县、市或省的行政区划代码，不足六位补零，例如 440300。");
    refused(f, "{\"region_code\":\"44030A\"}", "E337",
            "region_code (注册地行政区划代码) takes a code of 6 digits, got \"44030A\"",
            "region_code (注册地行政区划代码) 应为 6 位数字的代码，收到的是 \"44030A\"");
    refused(f, "{\"region_code\":440305}", "E338",
            "region_code (注册地行政区划代码) takes a text, got 440305",
            "region_code (注册地行政区划代码) 应为文本，收到的是 440305");
    refused(f, "{\"region_code\":\"4403050\"}", "E337",
            "region_code (注册地行政区划代码) takes a code of 6 digits, got \"4403050\"",
            "region_code (注册地行政区划代码) 应为 6 位数字的代码，收到的是 \"4403050\"");
}

static void
test_a_text_takes_nothing_else(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"enterprise_name\":5}", "E338", "enterprise_name (企业名称) takes a text, got 5",
            "enterprise_name (企业名称) 应为文本，收到的是 5");
    refused(f, "{\"enterprise_name\":[\"a\"]}", "E338",
            "enterprise_name (企业名称) takes a text, got [\"a\"]",
            "enterprise_name (企业名称) 应为文本，收到的是 [\"a\"]");
    refused(f, "{\"enterprise_name\":true}", "E338",
            "enterprise_name (企业名称) takes a text, got true",
            "enterprise_name (企业名称) 应为文本，收到的是 true");
}

static void
test_a_set_takes_a_list(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"management_certs\":\"CE\"}", "E340",
            "management_certs (管理体系认证) takes a list of codes, got \"CE\"",
            "management_certs (管理体系认证) 应为代码的列表，收到的是 \"CE\"");
    hinted(f, "Write [\"…\", …]; an empty list says that there are none.",
           "写作 [\"…\", …]；没有时写空列表。");
    refused(f, "{\"management_certs\":5}", "E340",
            "management_certs (管理体系认证) takes a list of codes, got 5",
            "management_certs (管理体系认证) 应为代码的列表，收到的是 5");
    refused(f, "{\"factory_titles\":{}}", "E340",
            "factory_titles (工厂称号) takes a list of codes, got {}",
            "factory_titles (工厂称号) 应为代码的列表，收到的是 {}");
}

static void
test_a_set_holds_nothing_but_codes(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"management_certs\":[\"CE\",5]}", "E341",
            "management_certs[1] (管理体系认证) is a code in quotes, got 5",
            "management_certs[1] (管理体系认证) 应为引号中的代码，收到的是 5");
    hinted(f, "Write every code of the list as a text, and leave out what is not known.",
           "列表中的每个代码都写成文本，不清楚的不写。");
    refused(f, "{\"management_certs\":[null]}", "E341",
            "management_certs[0] (管理体系认证) is a code in quotes, got null",
            "management_certs[0] (管理体系认证) 应为引号中的代码，收到的是 null");
    refused(f, "{\"management_certs\":[\"CE\",[\"UL\"]]}", "E341",
            "management_certs[1] (管理体系认证) is a code in quotes, got [\"UL\"]",
            "management_certs[1] (管理体系认证) 应为引号中的代码，收到的是 [\"UL\"]");
    refused(f, "{\"factory_titles\":[true]}", "E341",
            "factory_titles[0] (工厂称号) is a code in quotes, got true",
            "factory_titles[0] (工厂称号) 应为引号中的代码，收到的是 true");
    refused(f,
            "{\"management_certs\":["
            "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"]}",
            "E330",
            "management_certs[0] (管理体系认证) takes a code, got "
            "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…",
            "management_certs[0] (管理体系认证) 应为代码，收到的是 "
            "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…");
}

static void
test_a_list_takes_nothing_else(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"science_awards\":5}", "E343",
            "science_awards (科技奖励) takes a list of objects, got 5",
            "science_awards (科技奖励) 应为对象的列表，收到的是 5");
    hinted(f,
           "Write [{\"level\": …, \"rank\": …, \"year\": …, \"granted\": …, \"shared\": …, "
           "\"score\": …}, …]; an empty list says that there are none.",
           "写作 [{\"level\": …, \"rank\": …, \"year\": …, \"granted\": …, \"shared\": …, "
           "\"score\": …}, …]；没有时写空列表。");
    refused(f, "{\"science_awards\":{\"level\":\"city\"}}", "E343",
            "science_awards (科技奖励) takes a list of objects, got {\"level\":\"city\"}",
            "science_awards (科技奖励) 应为对象的列表，收到的是 {\"level\":\"city\"}");
    refused(f, "{\"maker_china_rank\":\"1\"}", "E343",
            "maker_china_rank (创客中国名次) takes a list of objects, got \"1\"",
            "maker_china_rank (创客中国名次) 应为对象的列表，收到的是 \"1\"");
}

static void
test_a_list_holds_nothing_but_objects(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"science_awards\":[{\"year\":2025},null]}", "E344",
            "science_awards[1] (科技奖励) is an object, got null",
            "science_awards[1] (科技奖励) 应为对象，收到的是 null");
    hinted(f,
           "Write {\"level\": …, \"rank\": …, \"year\": …, \"granted\": …, \"shared\": …, "
           "\"score\": …}.",
           "写作 {\"level\": …, \"rank\": …, \"year\": …, \"granted\": …, \"shared\": …, "
           "\"score\": …}。");
    refused(f, "{\"science_awards\":[5]}", "E344",
            "science_awards[0] (科技奖励) is an object, got 5",
            "science_awards[0] (科技奖励) 应为对象，收到的是 5");
    refused(f, "{\"maker_china_rank\":[{\"rank\":1},[]]}", "E344",
            "maker_china_rank[1] (创客中国名次) is an object, got []",
            "maker_china_rank[1] (创客中国名次) 应为对象，收到的是 []");
}

static void
test_fields_of_items_are_checked_like_facts(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"science_awards\":[{\"levle\":\"city\"}]}", "E347",
            "science_awards[0] (科技奖励) has no field \"levle\"",
            "science_awards[0] (科技奖励) 没有字段 \"levle\"");
    hinted(f, "Did you mean \"level\"?", "是否应为“level”？");
    refused(f, "{\"science_awards\":[{\"colour\":1}]}", "E346",
            "science_awards[0] (科技奖励) has no field \"colour\"",
            "science_awards[0] (科技奖励) 没有字段 \"colour\"");
    hinted(f, "Its fields are level, rank, year, granted, shared, score.",
           "可用的字段有 level, rank, year, granted, shared, score。");
    refused(f, "{\"maker_china_rank\":[{\"rank\":1,\"rank\":2}]}", "E348",
            "maker_china_rank[0] (创客中国名次) has the field \"rank\" twice",
            "maker_china_rank[0] (创客中国名次) 的字段 \"rank\" 填写了两次");
    hinted(f, "Keep one of the two.", "请只保留一处。");
    refused(f, "{\"maker_china_rank\":[{\"rank\":1,\"名次\":2}]}", "E348",
            "maker_china_rank[0] (创客中国名次) has the field \"名次\" twice",
            "maker_china_rank[0] (创客中国名次) 的字段 \"名次\" 填写了两次");
    refused(f, "{\"science_awards\":[{\"year\":2025},{\"level\":5}]}", "E330",
            "science_awards[1].level (科技奖励) takes a code, got 5",
            "science_awards[1].level (科技奖励) 应为代码，收到的是 5");
    refused(
        f, "{\"science_awards\":[{\"level\":\"local\"}]}", "E332",
        "science_awards[0].level (科技奖励) takes one of none, city, national; got \"local\"",
        "science_awards[0].level (科技奖励) 应为 none, city, national 之一，收到的是 \"local\"");
    refused(f, "{\"science_awards\":[{\"rank\":1.5}]}", "E323",
            "science_awards[0].rank (科技奖励) takes a whole number, got 1.5",
            "science_awards[0].rank (科技奖励) 应为整数，收到的是 1.5");
    refused(f, "{\"science_awards\":[{\"granted\":\"x\"}]}", "E329",
            "science_awards[0].granted (科技奖励) takes a date, got \"x\"",
            "science_awards[0].granted (科技奖励) 应为日期，收到的是 \"x\"");
    refused(f, "{\"science_awards\":[{\"shared\":1}]}", "E328",
            "science_awards[0].shared (科技奖励) takes true or false, got 1",
            "science_awards[0].shared (科技奖励) 应为 true 或 false，收到的是 1");
    refused(f, "{\"科技奖励\":[{\"score\":\"x\"}]}", "E320",
            "科技奖励[0].score (science_awards) takes a number, got \"x\"",
            "科技奖励[0].score (science_awards) 应为数字，收到的是 \"x\"");
    refused(f, "{\"science_awards\":[{\"rank\":{\"2025\":1}}]}", "E320",
            "science_awards[0].rank (科技奖励) takes a number, got {\"2025\":1}",
            "science_awards[0].rank (科技奖励) 应为数字，收到的是 {\"2025\":1}");
}

static void
test_titles_are_checked(void **state)
{
    struct fixture *f = *state;
    refused(f, "{\"titles\":{}}", "E343", "titles takes a list of objects, got {}",
            "titles 应为对象的列表，收到的是 {}");
    refused(f, "{\"titles\":\"lg\"}", "E343", "titles takes a list of objects, got \"lg\"",
            "titles 应为对象的列表，收到的是 \"lg\"");
    refused(f, "{\"titles\":[\"lg\"]}", "E344", "titles[0] is an object, got \"lg\"",
            "titles[0] 应为对象，收到的是 \"lg\"");
    refused(f, "{\"titles\":[null]}", "E344", "titles[0] is an object, got null",
            "titles[0] 应为对象，收到的是 null");
    refused(f, "{\"titles\":[{}]}", "E350", "titles[0] does not say which title it is",
            "titles[0] 未说明是哪个称号");
    hinted(f, "Write {\"id\": …, \"granted\": …, \"expires\": …}.",
           "写作 {\"id\": …, \"granted\": …, \"expires\": …}。");
    refused(f, "{\"titles\":[{\"id\":\"lg\"},{\"granted\":\"2024-06-01\"}]}", "E350",
            "titles[1] does not say which title it is", "titles[1] 未说明是哪个称号");
    refused(f, "{\"titles\":[{\"id\":\"hnt\"}]}", "E352",
            "titles[0].id takes the id of a title, got \"hnt\"",
            "titles[0].id 应为称号的标识，收到的是 \"hnt\"");
    hinted(f, "Did you mean \"hnte\"?", "是否应为“hnte”？");
    refused(f, "{\"titles\":[{\"id\":\"championship\"}]}", "E351",
            "titles[0].id takes the id of a title, got \"championship\"",
            "titles[0].id 应为称号的标识，收到的是 \"championship\"");
    hinted(f, "The ids are hnte, lg, srdi.", "可用的标识有 hnte, lg, srdi。");
    refused(f, "{\"titles\":[{\"id\":5}]}", "E338", "titles[0].id takes a text, got 5",
            "titles[0].id 应为文本，收到的是 5");
    refused(f, "{\"titles\":[{\"id\":null}]}", "E338", "titles[0].id takes a text, got null",
            "titles[0].id 应为文本，收到的是 null");
    refused(f, "{\"titles\":[{\"id\":\"\"}]}", "E351",
            "titles[0].id takes the id of a title, got \"\"",
            "titles[0].id 应为称号的标识，收到的是 \"\"");
    refused(f, "{\"titles\":[{\"id\":\"lg\",\"granted\":\"2024-13-01\"}]}", "E329",
            "titles[0].granted takes a date, got \"2024-13-01\"",
            "titles[0].granted 应为日期，收到的是 \"2024-13-01\"");
    refused(f, "{\"titles\":[{\"id\":\"lg\",\"expires\":20270531}]}", "E329",
            "titles[0].expires takes a date, got 20270531",
            "titles[0].expires 应为日期，收到的是 20270531");
    refused(f,
            "{\"titles\":[{\"id\":\"lg\",\"granted\":\"2027-06-01\",\"expires\":\"2024-05-31\"}]}",
            "E353", "titles[0] is granted on 2027-06-01, after it expires on 2024-05-31",
            "titles[0] 的授予日期 2027-06-01 晚于到期日期 2024-05-31");
    hinted(f, "A title counts from the day it is granted through the day it expires.",
           "称号自授予之日起至到期之日止有效。");
    refused(f, "{\"titles\":[{\"id\":\"lg\",\"grantd\":\"2024-06-01\"}]}", "E347",
            "titles[0] has no field \"grantd\"", "titles[0] 没有字段 \"grantd\"");
    refused(f, "{\"titles\":[{\"id\":\"lg\",\"colour\":1}]}", "E346",
            "titles[0] has no field \"colour\"", "titles[0] 没有字段 \"colour\"");
    refused(f, "{\"titles\":[{\"id\":\"lg\",\"id\":\"lg\"}]}", "E348",
            "titles[0] has the field \"id\" twice", "titles[0] 的字段 \"id\" 填写了两次");
    refused(f, "{\"titles\":[{\"id\":\"lg\",\"number\":true}]}", "E354",
            "titles[0].number takes a text or a number, got true",
            "titles[0].number 应为文本或数字，收到的是 true");
    hinted(f, "Write what the certificate or the notice says.", "请按证书或公告填写。");
    refused(f, "{\"titles\":[{\"id\":\"lg\",\"place\":[\"x\"]}]}", "E354",
            "titles[0].place takes a text or a number, got [\"x\"]",
            "titles[0].place 应为文本或数字，收到的是 [\"x\"]");
    refused(f, "{\"称号\":[{\"id\":\"x1\"}]}", "E351",
            "称号[0].id takes the id of a title, got \"x1\"",
            "称号[0].id 应为称号的标识，收到的是 \"x1\"");
}

/* A record of `count` times `item` between a head and a tail; the caller frees it. */
static char *
repeated(const char *head, const char *item, size_t count, const char *tail)
{
    tidu_text text = {0};
    tidu_text_puts(&text, head);
    for (size_t i = 0; i < count; i++) {
        tidu_text_puts(&text, i ? "," : "");
        tidu_text_puts(&text, item);
    }
    tidu_text_puts(&text, tail);
    tidu_text_putc(&text, '\0');
    assert_false(text.failed);
    return text.data;
}

static void
test_a_record_may_be_a_mebibyte_long_and_no_longer(void **state)
{
    struct fixture *f = *state;
    tidu_text text = {0};
    tidu_text_puts(&text, "{\"enterprise_name\":\"");
    while (text.length < TIDU_RECORD_SIZE - 2)
        tidu_text_putc(&text, 'x');
    tidu_text_puts(&text, "\"}");
    assert_int_equal(text.length, TIDU_RECORD_SIZE);
    assert_int_equal(read_bytes(f, text.data, text.length), TIDU_READ_ROW);
    tidu_text_putc(&text, ' ');
    refused_bytes(f, text.data, text.length, "E308",
                  "the record has 1048577 bytes, more than 1048576",
                  "记录有 1048577 字节，超过上限 1048576");
    hinted(f, "Send only the facts of one enterprise in a record.", "每条记录只写一家企业的事实。");
    tidu_text_free(&text);
}

static void
test_what_is_skipped_must_not_be_nested_deeper_than_16(void **state)
{
    struct fixture *f = *state;
    f->ignore_unknown = true;
    accepted(f, "{\"x\":[[[[[[[[[[[[[[[5]]]]]]]]]]]]]]]}");
    refused(f, "{\"x\":[[[[[[[[[[[[[[[[5]]]]]]]]]]]]]]]]}", "E309",
            "the record is nested deeper than 16 at byte 21", "记录在第 21 字节处嵌套超过 16 层");
    hinted(f, "Facts are flat; no value needs so many brackets.",
           "各项事实都是平列的，不需要这么多层括号。");
    refused(
        f,
        "{\"x\":{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[]}]}]}]}]}]}]}]}}",
        "E309", "the record is nested deeper than 16 at byte 53",
        "记录在第 53 字节处嵌套超过 16 层");
    refused(f, "{\"revenue\":[[[[[[[[[[[[[[[[5]]]]]]]]]]]]]]]]}", "E309",
            "the record is nested deeper than 16 at byte 27", "记录在第 27 字节处嵌套超过 16 层");
}

static void
test_what_is_skipped_must_be_json(void **state)
{
    struct fixture *f = *state;
    f->ignore_unknown = true;
    static const char *const values[] = {"[1,]", "{\"a\"}", "{\"a\":}", "{a:1}",      "[1 2]", "01",
                                         "1e",   "tru",     "nulll",    "{\"a\":1,}", "[}",    "-"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char json[64];
        snprintf(json, sizeof json, "{\"x\":%s}", values[i]);
        assert_int_equal(read_json(f, json), TIDU_READ_ERROR);
        assert_int_equal(f->error.code, TIDU_RECORD_SYNTAX);
    }
    assert_int_equal(read_json(f, "{\"x\":\"\\q\"}"), TIDU_READ_ERROR);
    assert_int_equal(f->error.code, TIDU_RECORD_ESCAPE);
    assert_int_equal(read_json(f, "{\"x\\q\":1}"), TIDU_READ_ERROR);
    assert_int_equal(f->error.code, TIDU_RECORD_ESCAPE);
}

static void
test_a_set_has_at_most_256_codes(void **state)
{
    struct fixture *f = *state;
    tidu_text text = {0};
    for (int count = 256; count <= 257; count++) {
        text.length = 0;
        tidu_text_puts(&text, "{\"management_certs\":[\"CE\"");
        for (int i = 1; i < count; i++)
            tidu_text_printf(&text, ",\"code %d\"", i);
        tidu_text_puts(&text, "]}");
        tidu_text_putc(&text, '\0');
        if (count == 256)
            assert_number(f, CERTS, accepted(f, text.data), 256);
        else
            refused(f, text.data, "E342",
                    "management_certs[256] (管理体系认证) has more than 256 codes",
                    "management_certs[256] (管理体系认证) 的代码超过 256 个");
    }
    hinted(f, "Leave out what no rule can ask for.", "请去掉不会被规则用到的代码。");
    tidu_text_free(&text);
}

static void
test_a_list_that_fits_no_block_is_refused(void **state)
{
    struct fixture *f = *state;
    char *fits = repeated("{\"maker_china_rank\":[", "{}", TIDU_BLOCK_ITEMS, "]}");
    char *over = repeated("{\"maker_china_rank\":[", "{}", TIDU_BLOCK_ITEMS + 1, "]}");
    char en[200], zh[200];
    snprintf(en, sizeof en, "maker_china_rank[%d] (创客中国名次) has more than %d items",
             TIDU_BLOCK_ITEMS, TIDU_BLOCK_ITEMS);
    snprintf(zh, sizeof zh, "maker_china_rank[%d] (创客中国名次) 超过 %d 项", TIDU_BLOCK_ITEMS,
             TIDU_BLOCK_ITEMS);
    refused(f, over, "E345", en, zh);
    hinted(f, "Leave out what is too old to count.", "请去掉年代过久、不再计入的条目。");
    accepted(f, fits);
    free(fits);
    free(over);
}

static void
test_a_refusal_leaves_nothing_behind(void **state)
{
    struct fixture *f = *state;
    static const char all[] =
        "\"uscc\":\"91440300MA5EXAMPL0\",\"enterprise_name\":\"甲\",\"industry_code\":\"3489\","
        "\"revenue\":{\"2025\":1.2345678901234567,\"2024\":2},\"is_private\":true,"
        "\"credit_grade\":\"AA\",\"management_certs\":[\"CE\",\"\\u0041\"],"
        "\"titles\":[{\"id\":\"lg\"}],"
        "\"science_awards\":[{\"level\":\"city\",\"score\":0.1234567890123456789,"
        "\"shared\":true},{\"year\":2024}],\"maker_china_rank\":[{\"rank\":3}]";
    char good[1024], bad[1024];
    snprintf(good, sizeof good, "{%s}", all);
    snprintf(bad, sizeof bad, "{%s,\"niche_years\":\"x\"}", all);
    for (int row = 0; row < 3; row++) {
        refused(f, bad, "E320", "niche_years (从事细分市场年限) takes a number, got \"x\"",
                "niche_years (从事细分市场年限) 应为数字，收到的是 \"x\"");
        assert_int_equal(f->block->row_count, row);
        accepted(f, good);
    }
    assert_int_equal(f->block->spelling_count, 6);
    assert_int_equal(f->block->item_start[AWARDS][3], 6);
    assert_string_equal(spelling_at(f, AWARD_SCORE, 4), "0.1234567890123456789");
}

static void
test_an_error_in_an_item_takes_the_whole_list_back(void **state)
{
    struct fixture *f = *state;
    accepted(f, "{\"science_awards\":[{\"year\":2023}]}");
    refused(f, "{\"science_awards\":[{\"year\":2024,\"shared\":true},{\"year\":true}]}", "E320",
            "science_awards[1].year (科技奖励) takes a number, got true",
            "science_awards[1].year (科技奖励) 应为数字，收到的是 true");
    assert_int_equal(f->block->item_count[AWARDS], 1);
    accepted(f, "{\"science_awards\":[{}]}");
    assert_unknown(f, AWARD_YEAR, 1);
    assert_int_equal(flag_at(f, AWARD_SHARED, 1), -1);
}

static void
test_what_came_is_cut_to_forty_characters(void **state)
{
    struct fixture *f = *state;
    refused(f,
            "{\"niche_years\":\"零一二三四五六七八九零一二三四五六七八九零一二三四五六七八九"
            "零一二三四五六七八九\"}",
            "E320",
            "niche_years (从事细分市场年限) takes a number, got "
            "\"零一二三四五六七八九零一二三四五六七八九零一二三四五六七八九零一二三四五六七八…",
            "niche_years (从事细分市场年限) 应为数字，收到的是 "
            "\"零一二三四五六七八九零一二三四五六七八九零一二三四五六七八九零一二三四五六七八…");
}

static void
test_a_byte_order_mark_is_no_mistake(void **state)
{
    struct fixture *f = *state;
    assert_number(f, NICHE, accepted(f, "\357\273\277{\"niche_years\":6}"), 6);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_text_that_is_no_json_is_refused_at_its_byte),
        CASE(test_a_record_that_ends_too_soon_is_refused),
        CASE(test_a_record_that_is_no_object_is_refused),
        CASE(test_text_behind_the_record_is_refused),
        CASE(test_bytes_that_are_no_utf8_are_refused),
        CASE(test_control_characters_are_refused),
        CASE(test_escapes_json_does_not_know_are_refused),
        CASE(test_an_unknown_fact_is_refused_with_the_nearest_name),
        CASE(test_a_derived_fact_cannot_be_stated),
        CASE(test_a_fact_cannot_be_stated_twice_under_whatever_names),
        CASE(test_a_year_cannot_be_stated_twice),
        CASE(test_a_key_that_is_no_year_is_refused),
        CASE(test_a_single_value_takes_no_years),
        CASE(test_a_number_takes_nothing_else),
        CASE(test_numbers_with_separators_are_refused_with_what_to_write),
        CASE(test_counts_must_be_whole),
        CASE(test_numbers_beyond_their_borders_are_refused),
        CASE(test_numbers_of_too_many_digits_are_refused),
        CASE(test_numbers_beyond_doubles_are_refused),
        CASE(test_a_flag_takes_nothing_but_true_and_false),
        CASE(test_a_date_must_be_a_day_that_exists),
        CASE(test_a_code_takes_nothing_but_text),
        CASE(test_an_empty_code_is_refused),
        CASE(test_an_unknown_choice_is_refused_with_the_nearest),
        CASE(test_an_industry_code_must_agree_with_its_letter),
        CASE(test_a_credit_code_has_18_characters_of_its_alphabet),
        CASE(test_a_region_has_six_digits),
        CASE(test_a_text_takes_nothing_else),
        CASE(test_a_set_takes_a_list),
        CASE(test_a_set_holds_nothing_but_codes),
        CASE(test_a_list_takes_nothing_else),
        CASE(test_a_list_holds_nothing_but_objects),
        CASE(test_fields_of_items_are_checked_like_facts),
        CASE(test_titles_are_checked),
        CASE(test_a_record_may_be_a_mebibyte_long_and_no_longer),
        CASE(test_what_is_skipped_must_not_be_nested_deeper_than_16),
        CASE(test_what_is_skipped_must_be_json),
        CASE(test_a_set_has_at_most_256_codes),
        CASE(test_a_list_that_fits_no_block_is_refused),
        CASE(test_a_refusal_leaves_nothing_behind),
        CASE(test_an_error_in_an_item_takes_the_whole_list_back),
        CASE(test_what_came_is_cut_to_forty_characters),
        CASE(test_a_byte_order_mark_is_no_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
