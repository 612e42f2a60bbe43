/* fixture.c: see fixture.h. Columns and facts are tables, in the order of
 * their enums. */
#include "fixture.h"

#define UNBOUNDED -INFINITY, INFINITY

static const tidu_choice levels[] = {
    {"none", "无", "none"}, {"city", "市级", "city"}, {"national", "国家级", "national"}};
static const tidu_choices level_choices = {levels, 3, true};
static const tidu_choice grades[] = {{"AAA", NULL, NULL}, {"AA", NULL, NULL}, {"A", NULL, NULL}};
static const tidu_choices grade_choices = {grades, 3, false};
static const tidu_choice factories[] = {{"smart", "智能工厂", "smart factory"},
                                        {"green", "绿色工厂", "green factory"}};
static const tidu_choices factory_choices = {factories, 2, false};

#define ENTRY(text) {text, sizeof text - 1}
static const tidu_slice level_entries[] = {ENTRY("city"), ENTRY("national"), ENTRY("none")};
static const tidu_slice grade_entries[] = {ENTRY("A"), ENTRY("AA"), ENTRY("AAA")};
static const tidu_slice industry_entries[] = {ENTRY("C"), ENTRY("C34"), ENTRY("C3489"),
                                              ENTRY("I65")};
static const tidu_slice cert_entries[] = {ENTRY("CE"), ENTRY("ISO9001")};

/* Class 1 and 2: CE and what begins with it; 3: ISO9001 itself. */
static const uint64_t cert_tests[] = {0, 2, 2, 1, 0};

static const tidu_section sections[] = {{"01", "05", 'A'}, {"13", "43", 'C'}, {"63", "65", 'I'}};

static const tidu_column columns[COLUMN_COUNT] = {
#define NUMBER(column, frame, fact, field, lag, place)                                             \
    [column] = {TIDU_COLUMN_NUMBER, frame, fact, field, lag, place}
#define FLAG(column, frame, fact, field, lag, place)                                               \
    [column] = {TIDU_COLUMN_FLAG, frame, fact, field, lag, place}
    NUMBER(INDUSTRY, 0, INDUSTRY_CODE, TIDU_NONE, 0, 0),
    NUMBER(REVENUE_0, 0, REVENUE, TIDU_NONE, 0, 1),
    NUMBER(REVENUE_1, 0, REVENUE, TIDU_NONE, 1, 2),
    NUMBER(REVENUE_2, 0, REVENUE, TIDU_NONE, 2, 3),
    NUMBER(PROFIT_0, 0, NET_PROFIT, TIDU_NONE, 0, 4),
    NUMBER(EMPLOYEES_0, 0, EMPLOYEES, TIDU_NONE, 0, 5),
    NUMBER(SHARE_0, 0, SHARE_NATIONAL, TIDU_NONE, 0, 6),
    NUMBER(SHARE_1, 0, SHARE_NATIONAL, TIDU_NONE, 1, 7),
    NUMBER(NICHE, 0, NICHE_YEARS, TIDU_NONE, 0, 8),
    NUMBER(ESTABLISHED, 0, ESTABLISHED_DATE, TIDU_NONE, 0, 9),
    FLAG(PRIVATE, 0, IS_PRIVATE, TIDU_NONE, 0, 0),
    FLAG(ENERGY_0, 0, ENERGY_ADVANCED, TIDU_NONE, 0, 1),
    FLAG(ENERGY_1, 0, ENERGY_ADVANCED, TIDU_NONE, 1, 2),
    NUMBER(INSTITUTION, 0, RD_INSTITUTION_LEVEL, TIDU_NONE, 0, 10),
    NUMBER(GRADE_0, 0, CREDIT_GRADE, TIDU_NONE, 0, 11),
    NUMBER(GRADE_1, 0, CREDIT_GRADE, TIDU_NONE, 1, 12),
    NUMBER(CERTS, 0, MANAGEMENT_CERTS, TIDU_NONE, 0, 13),
    FLAG(CERTS_ISO, 0, MANAGEMENT_CERTS, TIDU_NONE, 0, 3),
    FLAG(CERTS_CE, 0, MANAGEMENT_CERTS, TIDU_NONE, 0, 4),
    NUMBER(FACTORIES, 0, FACTORY_TITLES, TIDU_NONE, 0, 14),
    FLAG(HELD_HNTE, 0, TIDU_NONE, TIDU_NONE, 0, 5),
    FLAG(HELD_LG, 0, TIDU_NONE, TIDU_NONE, 0, 6),
    NUMBER(AWARD_LEVEL, AWARDS, SCIENCE_AWARDS, 0, 0, 15),
    NUMBER(AWARD_RANK, AWARDS, SCIENCE_AWARDS, 1, 0, 16),
    NUMBER(AWARD_YEAR, AWARDS, SCIENCE_AWARDS, 2, 0, 17),
    NUMBER(AWARD_DATE, AWARDS, SCIENCE_AWARDS, 3, 0, 18),
    FLAG(AWARD_SHARED, AWARDS, SCIENCE_AWARDS, 4, 0, 7),
    NUMBER(AWARD_SCORE, AWARDS, SCIENCE_AWARDS, 5, 0, 19),
    NUMBER(MAKER_RANK, MAKERS, MAKER_CHINA_RANK, 0, 0, 20),
    NUMBER(MAKER_YEAR, MAKERS, MAKER_CHINA_RANK, 1, 0, 21),
};
enum { NUMBER_COUNT = 22, FLAG_COUNT = 8 };

static const int32_t frame_facts[] = {TIDU_NONE, SCIENCE_AWARDS, MAKER_CHINA_RANK};
static const tidu_title_slot titles[] = {
    {"hnte", HELD_HNTE, TIDU_NONE, TIDU_NONE, 0, 0},
    {"lg", HELD_LG, TIDU_NONE, TIDU_NONE, 36, 0},
    {"srdi", TIDU_NONE, TIDU_NONE, TIDU_NONE, 0, 0},
};

#define COLUMNS(...)                                                                               \
    .lag_count = sizeof((int32_t[]){__VA_ARGS__}) / sizeof(int32_t),                               \
    .columns = (const int32_t[]){__VA_ARGS__}
#define BOOK(list) .book = {list, sizeof list / sizeof *list}
#define APART .count_column = TIDU_NONE, .frame = TIDU_NONE

#define FIELD(id, title, type_kind, type_choices, column, is_whole, ...)                           \
    {                                                                                              \
        .symbol = {.kind = TIDU_SYMBOL_FIELD, .name = id, .zh = title, .en = id,                   \
                   .type = {.kind = type_kind, .choices = type_choices}},                          \
        .whole = is_whole, .low = -INFINITY, .high = INFINITY,                                     \
        .slots = {APART, COLUMNS(column), __VA_ARGS__}                                             \
    }

static const tidu_fact award_fields[] = {
    FIELD("level", "级别", TIDU_CODE, &level_choices, AWARD_LEVEL, false, BOOK(level_entries)),
    FIELD("rank", "单位排名", TIDU_NUMBER, NULL, AWARD_RANK, true),
    FIELD("year", "年度", TIDU_NUMBER, NULL, AWARD_YEAR, false),
    FIELD("granted", "获奖日期", TIDU_DATE, NULL, AWARD_DATE, false),
    FIELD("shared", "是否联合", TIDU_FLAG, NULL, AWARD_SHARED, false),
    FIELD("score", "得分", TIDU_NUMBER, NULL, AWARD_SCORE, false),
};
static const tidu_fact maker_fields[] = {
    FIELD("rank", "名次", TIDU_NUMBER, NULL, MAKER_RANK, true),
    FIELD("year", "年度", TIDU_NUMBER, NULL, MAKER_YEAR, false),
};

static const char *const revenue_aliases[] = {"营收", "sales"};

#define SYMBOL(id, title, english, type_kind, ...)                                                 \
    .symbol = {.kind = TIDU_SYMBOL_FACT, .name = id, .zh = title, .en = english,                   \
               .type = {.kind = type_kind, __VA_ARGS__}}
#define WITHIN(from, through) .low = from, .high = through

static tidu_fact facts[FACT_COUNT] = {
    [USCC] = {SYMBOL("uscc", "统一社会信用代码", "Unified social credit code", TIDU_TEXT),
              WITHIN(-INFINITY, INFINITY), .pattern = "uscc",
              .slots = {APART, .words = USCC_WORDS}},
    [ENTERPRISE_NAME] = {SYMBOL("enterprise_name", "企业名称", "Enterprise name", TIDU_TEXT),
                         WITHIN(-INFINITY, INFINITY), .slots = {APART, .words = NAME_WORDS}},
    [REGION_CODE] = {SYMBOL("region_code", "注册地行政区划代码", "Region code", TIDU_TEXT),
                     WITHIN(-INFINITY, INFINITY), .pattern = "region",
                     .slots = {APART, .words = REGION_WORDS}},
    [INDUSTRY_CODE] = {SYMBOL("industry_code", "国民经济行业代码", "Industry code", TIDU_CODE),
                       WITHIN(-INFINITY, INFINITY), .sections = sections, .section_count = 3,
                       .slots = {APART, COLUMNS(INDUSTRY), .words = INDUSTRY_WORDS,
                                 BOOK(industry_entries)}},
    [REVENUE] = {SYMBOL("revenue", "营业收入", "Revenue", TIDU_NUMBER, .annual = true),
                 .aliases = revenue_aliases, .alias_count = 2, WITHIN(0, INFINITY),
                 .slots = {APART, COLUMNS(REVENUE_0, REVENUE_1, REVENUE_2), .words = NO_WORDS}},
    [NET_PROFIT] = {SYMBOL("net_profit", "净利润", "Net profit", TIDU_NUMBER, .annual = true),
                    WITHIN(-INFINITY, INFINITY),
                    .slots = {APART, COLUMNS(PROFIT_0), .words = NO_WORDS}},
    [EMPLOYEES] = {SYMBOL("employees", "从业人员数", "Employees", TIDU_NUMBER, .annual = true),
                   .whole = true, WITHIN(0, INFINITY),
                   .slots = {APART, COLUMNS(EMPLOYEES_0), .words = NO_WORDS}},
    [RD_RATIO] = {SYMBOL("rd_ratio", "研发费用占比", "R&D ratio", TIDU_NUMBER),
                  WITHIN(-INFINITY, INFINITY), .derived = true,
                  .derived_from = "rd_expense, revenue", .slots = {APART, .words = NO_WORDS}},
    [SHARE_NATIONAL] = {SYMBOL("share_national", "国内市场占有率", "National share", TIDU_NUMBER,
                               .annual = true),
                        WITHIN(0, 100),
                        .slots = {APART, COLUMNS(SHARE_0, SHARE_1), .words = NO_WORDS}},
    [NICHE_YEARS] = {SYMBOL("niche_years", "从事细分市场年限", "Years in niche", TIDU_NUMBER),
                     WITHIN(-INFINITY, INFINITY),
                     .slots = {APART, COLUMNS(NICHE), .words = NO_WORDS}},
    [ESTABLISHED_DATE] = {SYMBOL("established_date", "成立日期", "Established", TIDU_DATE),
                          WITHIN(-INFINITY, INFINITY),
                          .slots = {APART, COLUMNS(ESTABLISHED), .words = NO_WORDS}},
    [IS_PRIVATE] = {SYMBOL("is_private", "民营企业", "Is private", TIDU_FLAG),
                    WITHIN(-INFINITY, INFINITY),
                    .slots = {APART, COLUMNS(PRIVATE), .words = NO_WORDS}},
    [ENERGY_ADVANCED] = {SYMBOL("energy_advanced", "能耗达先进值", "Energy advanced", TIDU_FLAG,
                                .annual = true),
                         WITHIN(-INFINITY, INFINITY),
                         .slots = {APART, COLUMNS(ENERGY_0, ENERGY_1), .words = NO_WORDS}},
    [RD_INSTITUTION_LEVEL] = {SYMBOL("rd_institution_level", "研发机构级别", "R&D institution",
                                     TIDU_CODE, .choices = &level_choices),
                              WITHIN(-INFINITY, INFINITY),
                              .slots = {APART, COLUMNS(INSTITUTION), .words = NO_WORDS,
                                        BOOK(level_entries)}},
    [CREDIT_GRADE] = {SYMBOL("credit_grade", "银行资信等级", "Credit grade", TIDU_CODE,
                             .annual = true, .choices = &grade_choices),
                      WITHIN(-INFINITY, INFINITY),
                      .slots = {APART, COLUMNS(GRADE_0, GRADE_1), .words = GRADE_WORDS,
                                BOOK(grade_entries)}},
    [MANAGEMENT_CERTS] = {SYMBOL("management_certs", "管理体系认证", "Certificates", TIDU_SET),
                          WITHIN(-INFINITY, INFINITY),
                          .slots = {.count_column = CERTS, .frame = TIDU_NONE, .test_count = 2,
                                    .test_columns = (const int32_t[]){CERTS_ISO, CERTS_CE},
                                    .class_tests = cert_tests, .words = NO_WORDS,
                                    BOOK(cert_entries)}},
    [FACTORY_TITLES] = {SYMBOL("factory_titles", "工厂称号", "Factory titles", TIDU_SET,
                               .choices = &factory_choices),
                        WITHIN(-INFINITY, INFINITY),
                        .slots = {.count_column = FACTORIES, .frame = TIDU_NONE,
                                  .words = NO_WORDS}},
    [SCIENCE_AWARDS] = {SYMBOL("science_awards", "科技奖励", "Science awards", TIDU_LIST),
                        WITHIN(-INFINITY, INFINITY), .fields = award_fields, .field_count = 6,
                        .slots = {.count_column = TIDU_NONE, .frame = AWARDS, .words = NO_WORDS}},
    [MAKER_CHINA_RANK] = {SYMBOL("maker_china_rank", "创客中国名次", "Maker China", TIDU_LIST),
                          WITHIN(-INFINITY, INFINITY), .fields = maker_fields, .field_count = 2,
                          .slots = {.count_column = TIDU_NONE, .frame = MAKERS,
                                    .words = NO_WORDS}},
    [TAX_PAID] = {SYMBOL("tax_paid", "上年纳税额", "Tax paid", TIDU_NUMBER, .annual = true),
                  WITHIN(0, INFINITY), .slots = {APART, .words = NO_WORDS}},
};

static const tidu_layout layout = {
    .columns = columns, .column_count = COLUMN_COUNT, .number_count = NUMBER_COUNT,
    .flag_count = FLAG_COUNT, .frame_count = 3, .frame_fact = frame_facts, .titles = titles,
    .title_count = 3, .word_count = 5, .lag_count = 3};

static int32_t
as_of(void)
{
    return tidu_date_join(2026, 11, 23);
}

int
fixture_open(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    facts[REVENUE].symbol.type.unit = tidu_unit_find("万元", strlen("万元"));
    facts[EMPLOYEES].symbol.type.unit = tidu_unit_find("人", strlen("人"));
    facts[SHARE_NATIONAL].symbol.type.unit = tidu_unit_find("%", 1);
    for (uint32_t i = 0; i < FACT_COUNT; i++)
        facts[i].number = i + 1;
    fixture->arena = tidu_arena_open();
    assert_non_null(fixture->arena);
    fixture->vocabulary = (tidu_vocabulary){
        .facts = facts, .fact_count = FACT_COUNT,
        .names = tidu_name_table_build(fixture->arena, facts, FACT_COUNT),
        .uscc = USCC, .enterprise_name = ENTERPRISE_NAME, .region_code = REGION_CODE,
        .layout = layout};
    fixture->reader = tidu_reader_open(&fixture->vocabulary);
    assert_non_null(fixture->reader);
    fixture_reopen_block(fixture, 3);
    *state = fixture;
    return 0;
}

void
fixture_reopen_block(struct fixture *fixture, uint32_t rows)
{
    tidu_block_close(&fixture->block);
    fixture->block = tidu_block_open(&fixture->vocabulary.layout, rows);
    assert_non_null(fixture->block);
    tidu_block_clear(fixture->block, as_of());
}

void
fixture_clear(struct fixture *fixture)
{
    tidu_block_clear(fixture->block, as_of());
    while (fixture->text_count)
        free(fixture->texts[--fixture->text_count]);
}

int
fixture_close(void **state)
{
    struct fixture *fixture = *state;
    fixture_clear(fixture);
    free(fixture->texts);
    tidu_csv_close(&fixture->csv);
    tidu_reader_close(&fixture->reader);
    tidu_block_close(&fixture->block);
    tidu_arena_close(&fixture->arena);
    free(fixture);
    return 0;
}

/* A copy that lives until the fixture is cleared, with `padding` more bytes. */
static const char *
keep(struct fixture *fixture, const char *text, size_t length, size_t padding)
{
    static const char harm[] = "9\"}e]:,{";
    char *copy = malloc(length + padding + 1);
    char **texts = realloc(fixture->texts, (fixture->text_count + 1) * sizeof *texts);
    assert_non_null(copy);
    assert_non_null(texts);
    memcpy(copy, text, length);
    for (size_t i = 0; i < padding; i++)
        copy[length + i] = harm[i % (sizeof harm - 1)];
    fixture->texts = texts;
    fixture->texts[fixture->text_count++] = copy;
    return copy;
}

tidu_read
read_bytes(struct fixture *fixture, const char *json, size_t length)
{
    return tidu_reader_json(fixture->reader, keep(fixture, json, length, TIDU_RECORD_PADDING),
                            length, fixture->ignore_unknown, fixture->block, &fixture->error);
}

tidu_read
read_json(struct fixture *fixture, const char *json)
{
    return read_bytes(fixture, json, strlen(json));
}

tidu_read
read_table(struct fixture *fixture, const char *table)
{
    size_t length = strlen(table), record = tidu_csv_measure(table, length, true);
    tidu_csv_close(&fixture->csv);
    fixture->csv = tidu_csv_open(&fixture->vocabulary, keep(fixture, table, record, 0), record,
                                 fixture->ignore_unknown, &fixture->error);
    if (!fixture->csv)
        return TIDU_READ_ERROR;
    tidu_read read = TIDU_READ_ROW;
    while (read == TIDU_READ_ROW) {
        table += record;
        length -= record;
        record = tidu_csv_measure(table, length, true);
        if (!record)
            break;
        read = tidu_csv_read(fixture->csv, keep(fixture, table, record, 0), record,
                             fixture->block, &fixture->error);
    }
    return read;
}

uint32_t
accepted(struct fixture *fixture, const char *json)
{
    char message[1024];
    if (read_json(fixture, json) != TIDU_READ_ROW)
        fail_msg("%s\nwas refused: %s", json,
                 tidu_error_message(&fixture->error, TIDU_EN, message, sizeof message));
    return fixture->block->row_count - 1;
}

/* Everything the block holds, unused places too, as one digest. */
static void
digest_block(const tidu_block *block, char ret[65])
{
    tidu_text all = {0};
    size_t rows = (block->row_capacity + 63u) / 64, items = (block->item_capacity + 63u) / 64;

    tidu_text_printf(&all, "%u %u", block->row_count, block->spelling_count);
    for (uint32_t i = 0; i < COLUMN_COUNT; i++) {
        const tidu_column *column = &columns[i];
        size_t words = column->frame ? items : rows;
        bool number = column->kind == TIDU_COLUMN_NUMBER;
        if (number)
            tidu_text_add(&all, (const char *)block->number[column->place], words * 64 * 8);
        tidu_text_add(&all, (const char *)(number ? block->number_known : block->flag)[column->place],
                      words * 8);
        if (!number)
            tidu_text_add(&all, (const char *)block->flag_known[column->place], words * 8);
    }
    for (uint32_t frame = 1; frame < 3; frame++) {
        tidu_text_printf(&all, "%u", block->item_count[frame]);
        tidu_text_add(&all, (const char *)block->item_start[frame], (block->row_count + 1) * 4);
        tidu_text_add(&all, (const char *)block->item_row[frame], block->item_count[frame] * 4);
        tidu_text_add(&all, (const char *)block->list_known[frame], rows * 8);
    }
    tidu_text_add(&all, (const char *)block->words,
                  block->row_capacity * layout.word_count * sizeof(tidu_slice));
    assert_false(all.failed);
    tidu_digest(all.data, all.length, ret);
    tidu_text_free(&all);
}

static void
assert_error(struct fixture *fixture, const char *what, const char *id, const char *en,
             const char *zh)
{
    char message[1024];
    tidu_error_message(&fixture->error, TIDU_EN, message, sizeof message);
    if (strcmp(message, en))
        print_message("%s\n", what);
    assert_string_equal(message, en);
    assert_string_equal(tidu_error_id(fixture->error.code), id);
    assert_string_equal(tidu_error_message(&fixture->error, TIDU_ZH, message, sizeof message), zh);
}

void
refused(struct fixture *fixture, const char *json, const char *id, const char *en, const char *zh)
{
    refused_bytes(fixture, json, strlen(json), id, en, zh);
}

void
refused_bytes(struct fixture *fixture, const char *json, size_t length, const char *id,
              const char *en, const char *zh)
{
    char before[65], behind[65];
    digest_block(fixture->block, before);
    if (read_bytes(fixture, json, length) != TIDU_READ_ERROR)
        fail_msg("%s\nwas not refused", json);
    assert_error(fixture, json, id, en, zh);
    digest_block(fixture->block, behind);
    assert_string_equal(before, behind);
}

void
refused_table(struct fixture *fixture, const char *table, const char *id, const char *en,
              const char *zh)
{
    char before[65], behind[65];
    digest_block(fixture->block, before);
    if (read_table(fixture, table) != TIDU_READ_ERROR)
        fail_msg("%s\nwas not refused", table);
    assert_error(fixture, table, id, en, zh);
    digest_block(fixture->block, behind);
    assert_string_equal(before, behind);
}

void
hinted(struct fixture *fixture, const char *en, const char *zh)
{
    char hint[1024];
    assert_string_equal(tidu_error_hint(&fixture->error, TIDU_EN, hint, sizeof hint), en);
    assert_string_equal(tidu_error_hint(&fixture->error, TIDU_ZH, hint, sizeof hint), zh);
}

static bool
bit(const uint64_t *bits, uint32_t index)
{
    return bits[index / 64] >> index % 64 & 1;
}

double
number_at(struct fixture *fixture, enum column column, uint32_t row)
{
    uint32_t place = columns[column].place;
    double value = fixture->block->number[place][row];
    if (bit(fixture->block->number_known[place], row))
        return value;
    assert_true(value == 0);
    return NAN;
}

int
flag_at(struct fixture *fixture, enum column column, uint32_t row)
{
    uint32_t place = columns[column].place;
    int value = bit(fixture->block->flag[place], row);
    if (bit(fixture->block->flag_known[place], row))
        return value;
    assert_false(value);
    return -1;
}

static const char *
spell(struct fixture *fixture, tidu_slice slice)
{
    return slice.data ? tidu_arena_copy_n(fixture->arena, slice.data, slice.length) : "";
}

const char *
words_at(struct fixture *fixture, int words, uint32_t row)
{
    return spell(fixture, fixture->block->words[row * layout.word_count + (uint32_t)words]);
}

const char *
spelling_at(struct fixture *fixture, enum column column, uint32_t index)
{
    const tidu_spelling *spelling = tidu_block_spelling(fixture->block, column, index);
    return spelling ? spell(fixture, spelling->text) : "";
}

bool
list_known(struct fixture *fixture, uint32_t frame, uint32_t row)
{
    return bit(fixture->block->list_known[frame], row);
}
