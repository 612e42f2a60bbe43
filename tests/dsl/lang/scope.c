/*
 * scope.c: the vocabulary and the helpers that scope.h promises.
 */
#include "scope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const tidu_choice size_items[] = {
    {"micro", "微型", "micro"},
    {"small", "小型", "small"},
    {"medium", "中型", "medium"},
    {"large", "大型", "large"},
};
static const tidu_choices sizes = {size_items, 4, true};

static const tidu_choice level_items[] = {
    {"city", "市级", "city"},
    {"provincial", "省级", "provincial"},
    {"national", "国家级", "national"},
};
static const tidu_choices levels = {level_items, 3, true};

static const tidu_choice ownership_items[] = {
    {"state", "国有", "state-owned"},
    {"private", "民营", "private"},
};
static const tidu_choices ownerships = {ownership_items, 2, false};

static const tidu_choice certificate_items[] = {{"CE", "CE", "CE"}, {"UL", "UL", "UL"}};
static const tidu_choices certificates = {certificate_items, 2, false};

#define KIND(k, ...)                            \
    {                                           \
        .kind = k, .scale = {1, 1}, __VA_ARGS__ \
    }
#define FACT(identifier, title, ...)                                                               \
    {                                                                                              \
        .kind = TIDU_SYMBOL_FACT, .name = identifier, .zh = title, .en = NULL, .type = __VA_ARGS__ \
    }

static tidu_symbol award_fields[] = {
    FACT("level", "级别", KIND(TIDU_CODE, .choices = &levels)),
    FACT("rank", "名次", KIND(TIDU_NUMBER, .count = 1)),
    FACT("year", "年度", KIND(TIDU_NUMBER, .bare = false)),
    FACT("employees", "获奖人数", KIND(TIDU_NUMBER, .count = 1)),
};

/* Facts with a unit get it from here, since units are opaque outside. */
static const struct {
    const char *name, *unit;
} units[] = {
    {"revenue", "万元"},       {"revenue_growth", "%"}, {"main_revenue", "万元"},
    {"rd_expense", "万元"},    {"rd_ratio", "%"},       {"equity_new_2y", "万元"},
    {"employees", "人"},       {"ip1_count", "项"},     {"niche_years", "年"},
    {"neeq_months", "个月"},   {"srdi_score", "分"},    {"revenue_cagr2", "%"},
    {"floor_revenue", "万元"}, {"base_stations", "个"}, {"revenue_per_employee", "万元/人"},
};

static tidu_symbol symbols[] = {
    FACT("revenue", "营业收入", KIND(TIDU_NUMBER, .annual = true)),
    FACT("main_revenue", "主营业务收入", KIND(TIDU_NUMBER, .annual = true)),
    FACT("revenue_growth", "营业收入增长率", KIND(TIDU_NUMBER, .annual = true)),
    FACT("revenue_per_employee", "人均营业收入", KIND(TIDU_NUMBER, .annual = true)),
    FACT("rd_expense", "研发费用", KIND(TIDU_NUMBER, .annual = true)),
    FACT("rd_ratio", "研发费用占比", KIND(TIDU_NUMBER, .annual = true)),
    FACT("equity_new_2y", "近2年新增股权融资", KIND(TIDU_NUMBER, .annual = false)),
    FACT("employees", "从业人员数", KIND(TIDU_NUMBER, .annual = true)),
    FACT("ip1_count", "Ⅰ类知识产权数(主导产品相关)", KIND(TIDU_NUMBER, .annual = false)),
    FACT("base_stations", "5G基站数", KIND(TIDU_NUMBER, .annual = false)),
    FACT("niche_years", "从事细分市场年限", KIND(TIDU_NUMBER, .annual = false)),
    FACT("neeq_months", "挂牌累计月数", KIND(TIDU_NUMBER, .annual = false)),
    FACT("srdi_score", "专精特新发展评价得分", KIND(TIDU_NUMBER, .annual = false)),
    FACT("digital_level", "数字化水平", KIND(TIDU_NUMBER, .annual = false)),
    FACT("established", "成立日期", KIND(TIDU_DATE, .annual = false)),
    FACT("is_private", "是否民营", KIND(TIDU_FLAG, .annual = false)),
    FACT("is_listed", "规模以上", KIND(TIDU_FLAG, .annual = false)),
    FACT("audited", "审计合格", KIND(TIDU_FLAG, .annual = true)),
    FACT("size_class", "企业规模", KIND(TIDU_CODE, .choices = &sizes)),
    FACT("ownership", "控股类型", KIND(TIDU_CODE, .choices = &ownerships)),
    FACT("industry_code", "行业代码", KIND(TIDU_CODE, .choices = NULL)),
    FACT("management_certs", "管理体系认证", KIND(TIDU_SET, .choices = NULL)),
    FACT("product_certs", "产品认证", KIND(TIDU_SET, .choices = &certificates)),
    FACT("leading_product", "主导产品名称", KIND(TIDU_TEXT, .annual = false)),
    FACT("science_awards", "科技奖励", KIND(TIDU_LIST, .annual = false)),
    FACT("revenue_cagr2", "近2年复合增长率", KIND(TIDU_NUMBER, .annual = true, .irrational = true)),
    FACT("floor_revenue", "收入下限", KIND(TIDU_NUMBER, .constant = true)),
};

enum { SYMBOL_COUNT = sizeof symbols / sizeof symbols[0] };

static const char *const aliases[][2] = {{"营收", "revenue"}, {"Ⅰ类知识产权数", "ip1_count"}};

/* ---- the callbacks ---- */

static bool
is_so_called(const char *title, const char *name, size_t length)
{
    return title && strlen(title) == length && memcmp(title, name, length) == 0;
}

static const tidu_symbol *
find(void *context, const char *name, size_t length, tidu_error *reterr)
{
    (void)context;
    for (int i = 0; i < 2; i++)
        if (is_so_called(aliases[i][0], name, length))
            return test_symbol(aliases[i][1]);
    for (int i = 0; i < SYMBOL_COUNT; i++)
        if (is_so_called(symbols[i].name, name, length) ||
            is_so_called(symbols[i].zh, name, length))
            return &symbols[i];
    if (is_so_called("broken", name, length))
        tidu_error_set(reterr, TIDU_FILE_READ, "broken", "a circle", NULL);
    return NULL;
}

static size_t
longer(size_t best, const char *title, const char *text, size_t length)
{
    size_t size = title ? strlen(title) : 0;
    return size > best && size <= length && memcmp(title, text, size) == 0 ? size : best;
}

static size_t
prefix(void *context, const char *text, size_t length)
{
    (void)context;
    size_t best = longer(0, "broken", text, length);
    for (int i = 0; i < 2; i++)
        best = longer(best, aliases[i][0], text, length);
    for (int i = 0; i < SYMBOL_COUNT; i++) {
        best = longer(best, symbols[i].name, text, length);
        best = longer(best, symbols[i].zh, text, length);
    }
    return best;
}

static const char *
nearest(void *context, const char *name, size_t length)
{
    (void)context;
    char word[80];
    if (length >= sizeof word)
        return NULL;
    memcpy(word, name, length);
    word[length] = '\0';
    for (unsigned limit = 1; limit <= 2; limit++) {
        for (int i = 0; i < SYMBOL_COUNT; i++) {
            if (tidu_distance(word, symbols[i].name, limit) <= limit)
                return symbols[i].name;
            if (tidu_distance(word, symbols[i].zh, limit) <= limit)
                return symbols[i].zh;
        }
    }
    return NULL;
}

static bool
knows_title(void *context, const char *id)
{
    (void)context;
    return strcmp(id, "lg") == 0 || strcmp(id, "hnte") == 0;
}

static bool
knows_designation(void *context, const char *id)
{
    (void)context;
    return strcmp(id, "lg") == 0;
}

static bool
knows_score(void *context, const char *id)
{
    (void)context;
    return strcmp(id, "inno") == 0 || strcmp(id, "inno/growth") == 0;
}

static bool
knows_subsidy(void *context, const char *id)
{
    (void)context;
    return strcmp(id, "city-lg") == 0;
}

const tidu_scope *
test_scope(void)
{
    static const tidu_scope scope = {
        NULL, find, prefix, nearest, knows_title, knows_designation, knows_score, knows_subsidy};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        tidu_unit_type(tidu_unit_find(units[i].unit, strlen(units[i].unit)),
                       &((tidu_symbol *)test_symbol(units[i].name))->type);
    tidu_symbol *awards = (tidu_symbol *)test_symbol("science_awards");
    awards->fields = award_fields;
    awards->field_count = sizeof award_fields / sizeof award_fields[0];
    for (uint32_t i = 0; i < awards->field_count; i++)
        award_fields[i].kind = TIDU_SYMBOL_FIELD;
    return &scope;
}

const tidu_symbol *
test_symbol(const char *name)
{
    for (int i = 0; i < SYMBOL_COUNT; i++)
        if (strcmp(symbols[i].name, name) == 0)
            return &symbols[i];
    return NULL;
}

/* ---- parsing ---- */

struct parsed
test_parse(const char *text)
{
    struct parsed parsed = {.arena = tidu_arena_open(), .report = tidu_report_open()};
    tidu_place place = {"rule.md", 1, 1};
    assert_non_null(parsed.arena);
    assert_non_null(parsed.report);
    parsed.node = tidu_expr_parse(parsed.arena, text, place, test_scope(), parsed.report);
    return parsed;
}

struct parsed
test_parse_band(const char *operand, const char *text)
{
    struct parsed parsed = {.arena = tidu_arena_open(), .report = tidu_report_open()};
    tidu_place place = {"table.md", 1, 1};
    assert_non_null(parsed.arena);
    assert_non_null(parsed.report);
    tidu_node *on =
        operand ? tidu_expr_parse(parsed.arena, operand, place, test_scope(), parsed.report) : NULL;
    parsed.node = tidu_expr_parse_band(parsed.arena, text, place, test_scope(), on,
                                       &parsed.otherwise, parsed.report);
    return parsed;
}

void
test_parsed_free(struct parsed *parsed)
{
    tidu_arena_close(&parsed->arena);
    tidu_report_close(&parsed->report);
}

/* ---- what came of it ---- */

static char *
taken(tidu_text *text)
{
    tidu_text_putc(text, '\0');
    assert_false(text->failed);
    return text->data;
}

char *
test_complaints(tidu_report *report, tidu_lang lang)
{
    tidu_text out = {0};
    char message[1200], hint[1200];
    tidu_report_sort(report);
    for (size_t i = 0; i < tidu_report_count(report); i++) {
        const tidu_error *error = tidu_report_get(report, i);
        tidu_text_printf(&out, "%u:%u-%u: [%s] %s | %s\n", error->span.line, error->span.column,
                         error->span.end_column, tidu_error_id(error->code),
                         tidu_error_message(error, lang, message, sizeof message),
                         tidu_error_hint(error, lang, hint, sizeof hint));
    }
    return taken(&out);
}

char *
test_printed(const tidu_node *node, tidu_lang lang)
{
    tidu_text out = {0};
    tidu_expr_print(node, lang, &out);
    return taken(&out);
}

char *
test_type(const tidu_node *node)
{
    tidu_text out = {0};
    char title[100];
    const tidu_type *type = &node->type;
    tidu_text_puts(&out, tidu_type_title(type, TIDU_EN, title, sizeof title));
    if (type->unit)
        tidu_text_printf(&out, " %s", tidu_unit_title(type->unit, TIDU_ZH));
    if (type->scale.num != 1 || type->scale.den != 1)
        tidu_text_printf(&out, " x %lld/%lld", (long long)type->scale.num,
                         (long long)type->scale.den);
    tidu_text_puts(&out, type->bare ? ", bare" : "");
    tidu_text_puts(&out, type->annual ? ", annual" : "");
    tidu_text_puts(&out, type->constant ? ", constant" : "");
    tidu_text_puts(&out, type->irrational ? ", irrational" : "");
    return taken(&out);
}

static bool
same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool
same_type(const tidu_type *a, const tidu_type *b)
{
    return a->kind == b->kind && a->money == b->money && a->count == b->count &&
           a->years == b->years && a->days == b->days && a->score == b->score &&
           a->bare == b->bare && a->irrational == b->irrational && a->annual == b->annual &&
           a->constant == b->constant && tidu_scale_same(a->scale, b->scale) &&
           a->unit == b->unit && a->choices == b->choices;
}

bool
test_same_tree(const tidu_node *a, const tidu_node *b)
{
    bool same = a->kind == b->kind && a->op == b->op && a->function == b->function &&
                same_type(&a->type, &b->type) && same_text(a->text, b->text) &&
                a->unit == b->unit && a->symbol == b->symbol && a->days == b->days &&
                a->lag == b->lag && a->truth == b->truth && a->threshold == b->threshold &&
                a->child_count == b->child_count;
    for (uint32_t i = 0; same && i < a->child_count; i++)
        same = test_same_tree(a->child[i], b->child[i]);
    return same;
}

/* ---- files of cases ---- */

char *
test_file(const char *name)
{
    char path[500];
    const char *root = getenv("srcdir");
    tidu_text out = {0};
    snprintf(path, sizeof path, "%s/tests/dsl/lang/%s", root ? root : ".", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("cannot open %s; run from the source folder or set srcdir", path);
    for (int byte; (byte = fgetc(file)) != EOF;)
        tidu_text_putc(&out, (char)byte);
    fclose(file);
    return taken(&out);
}

char *
test_line(char **at)
{
    char *line = *at, *end = strchr(line, '\n');
    if (*line == '\0')
        return NULL;
    *at = end ? end + 1 : line + strlen(line);
    if (end)
        *end = '\0';
    return line;
}

char *
test_unescape(char *line)
{
    char *to = line;
    for (const char *from = line; *from; from++) {
        bool newline = from[0] == '\\' && from[1] == 'n';
        *to++ = newline ? '\n' : *from;
        from += newline;
    }
    *to = '\0';
    return line;
}
