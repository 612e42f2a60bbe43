/*
 * generate.c: synthetic enterprises for the bench, as NDJSON.
 *
 *     generate COUNT [SEED [START]]
 *
 * One idea: record i depends only on (seed, i), so any prefix of a larger
 * population is the smaller population, and every machine writes the same
 * bytes. The draws are made in a fixed order; moving one moves all after it.
 *
 * Amounts are whole numbers of 万元, so that every engine can compute exactly.
 * Compile without contraction of floating-point operations
 * (-ffp-contract=off): a fused multiply-add would change a figure here and there.
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORD_SIZE = 4096, OUTPUT_SIZE = 1 << 20 };

#define COUNT_OF(list) (sizeof(list) / sizeof((list)[0]))

static const char *const cities[] = {
    "苏州", "无锡", "宁波", "东莞", "青岛", "西安", "成都",
    "合肥", "武汉", "长沙", "佛山", "温州", "厦门", "重庆",
};
static const char *const regions[] = {
    "320500", "320200", "330200", "441900", "370200", "610100", "510100",
    "340100", "420100", "430100", "440600", "330300", "350200", "500000",
};
static const char *const first_words[] = {
    "华", "瑞", "金", "恒", "中", "宏", "新", "天", "创", "精", "科", "盛", "凯", "联",
};
static const char *const second_words[] = {
    "达", "通", "泰", "源", "信", "锐", "力", "邦", "特", "芯", "成", "航", "晶", "维",
};
static const struct industry {
    const char *code;
    const char *sector;
    const char *word;
} industries[] = {
    {"C3489", "industrial", "精密机械"}, {"C3973", "industrial", "半导体"},
    {"C3670", "industrial", "汽车零部件"}, {"C2651", "industrial", "新材料"},
    {"C4011", "industrial", "仪器仪表"}, {"C3841", "industrial", "新能源"},
    {"I6513", "software", "软件"}, {"I6540", "software", "数据"},
    {"F5179", "wholesale", "工业品"},
};
static const char *const key_fields[] = {
    "核心基础零部件", "核心基础元器件", "关键软件", "先进基础工艺",
    "关键基础材料", "产业技术基础", "一般配套", "其他",
};
static const char *const certificates[] = {
    "ISO9001", "ISO14001", "ISO45001", "IATF16949", "GJB9001C",
    "CE", "UL", "CMMI3", "ISO27001", "CCC",
};
static const char *const institutions[] = {
    "none", "none", "none", "municipal", "municipal", "provincial", "provincial", "national",
};
static const char *const surnames[] = {
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴",
};
static const char *const tax_credits[] = {"A", "A", "B", "B", "B", "M", "C"};
static const char code_letters[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static uint32_t generator_state;

/* The next draw, in [0, 1). */
static double
draw(void)
{
    generator_state += UINT32_C(0x6D2B79F5);
    uint32_t mix = (generator_state ^ (generator_state >> 15)) * (1u | generator_state);

    mix = (mix + (mix ^ (mix >> 7)) * (61u | mix)) ^ mix;
    return (double)(mix ^ (mix >> 14)) / 4294967296.0;
}

/* Roughly a standard normal: the sum of four draws, scaled. */
static double
draw_normal(void)
{
    double sum = draw();

    sum += draw();
    sum += draw();
    sum += draw();
    return (sum - 2) * 1.7320508;
}

static int64_t
draw_whole(int low, int high)
{
    return low + (int64_t)floor(draw() * (double)(high - low + 1));
}

/* Failures before a success of probability `chance`, at most 60. */
static int64_t
draw_failures(double chance)
{
    int64_t count = 0;

    while (draw() > chance && count < 60)
        count++;
    return count;
}

static bool
draw_chance(double chance)
{
    return draw() < chance;
}

static size_t
draw_index(size_t count)
{
    return (size_t)floor(draw() * (double)count);
}

#define PICK(list) ((list)[draw_index(COUNT_OF(list))])

static double
at_least(double low, double value)
{
    return value > low ? value : low;
}

static double
at_most(double high, double value)
{
    return value < high ? value : high;
}

/* Where a record's text is put together. */
struct writer {
    char text[RECORD_SIZE];
    size_t length;
};

static void __attribute__((format(printf, 2, 3)))
put(struct writer *out, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(out->text + out->length, RECORD_SIZE - out->length, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= RECORD_SIZE - out->length) {
        fputs("generate: a record does not fit its buffer\n", stderr);
        exit(1);
    }
    out->length += (size_t)length;
}

static void
put_number(struct writer *out, const char *name, int64_t value)
{
    put(out, ",\"%s\":%" PRId64, name, value);
}

static void
put_flag(struct writer *out, const char *name, bool value)
{
    put(out, ",\"%s\":%s", name, value ? "true" : "false");
}

/* The three years of a figure: y0 is the latest. */
static void
put_years(struct writer *out, const char *name, const int64_t years[3])
{
    for (int year = 0; year < 3; year++)
        put(out, ",\"%s_y%d\":%" PRId64, name, year, years[year]);
}

/* Figures that are drawn before the text is written. */
struct figures {
    double quality; /* latent: it makes good firms good in many ways at once */
    size_t city;
    const struct industry *industry;
    int64_t revenue[3], main_revenue[3], rd_expense[3], net_profit[3];
    int64_t employees, rd_staff, total_assets, total_liabilities;
    int64_t patents1, patents2, software;
    int64_t rank_province, rank_nation, rank_global;
    int64_t share_tenths;
    int64_t years_in_field, founded_year;
    char certifications[128];
    int64_t funding;
    char code[9];
    bool recognised, little_giant;
};

static double
draw_growth(double quality)
{
    return 0.07 + 0.15 * draw_normal() + 0.06 * quality;
}

static void
draw_revenue(struct figures *f)
{
    double size = exp(9.0 + 1.25 * draw_normal() + 0.2 * f->quality);

    f->revenue[0] = (int64_t)at_most(2000000, at_least(50, floor(size)));

    double growth0 = draw_growth(f->quality);
    double growth1 = draw_growth(f->quality);

    f->revenue[1] =
        (int64_t)at_least(30, floor((double)f->revenue[0] / at_least(0.4, 1 + growth0)));
    f->revenue[2] =
        (int64_t)at_least(20, floor((double)f->revenue[1] / at_least(0.4, 1 + growth1)));

    double share = at_most(1, at_least(0.2, 0.80 + 0.15 * draw_normal() + 0.05 * f->quality));

    f->main_revenue[0] = (int64_t)floor((double)f->revenue[0] * share);
    for (int year = 1; year < 3; year++) {
        double moved = at_most(1, share + 0.03 * draw_normal());
        f->main_revenue[year] = (int64_t)at_least(1, floor((double)f->revenue[year] * moved));
    }
}

static void
draw_research_and_staff(struct figures *f)
{
    double share = at_most(0.6, exp(-3.15 + 0.65 * draw_normal() + 0.35 * f->quality));

    f->rd_expense[0] = (int64_t)floor((double)f->revenue[0] * share);
    f->rd_expense[1] = (int64_t)floor((double)f->revenue[1] * share * (0.9 + 0.2 * draw()));
    f->rd_expense[2] = (int64_t)floor((double)f->revenue[2] * share * (0.85 + 0.2 * draw()));

    double revenue_each = exp(4.3 + 0.5 * draw_normal());

    f->employees = (int64_t)at_least(3, floor((double)f->revenue[0] / revenue_each));

    double staff_share = at_most(0.95, exp(-1.7 + 0.6 * draw_normal() + 0.2 * f->quality));

    f->rd_staff = (int64_t)floor((double)f->employees * staff_share);
}

static void
draw_balance(struct figures *f)
{
    double assets = floor((double)f->revenue[0] * exp(0.2 + 0.45 * draw_normal()));

    f->total_assets = (int64_t)at_least(40, assets);

    double debt = 0.50 + 0.18 * draw_normal() - 0.05 * f->quality;

    f->total_liabilities =
        (int64_t)floor((double)f->total_assets * at_most(1.3, at_least(0.02, debt)));

    double margin = 0.07 + 0.06 * draw_normal() + 0.03 * f->quality;

    f->net_profit[0] = (int64_t)floor((double)f->revenue[0] * margin);
    for (int year = 1; year < 3; year++) {
        double moved = margin + 0.02 * draw_normal();
        f->net_profit[year] = (int64_t)floor((double)f->revenue[year] * moved);
    }
}

static void
draw_standing(struct figures *f)
{
    bool is_software = strcmp(f->industry->sector, "software") == 0;

    f->patents1 = draw_failures(f->quality > 0 ? 0.28 : 0.45);
    f->patents2 = draw_failures(0.12);
    f->software = draw_failures(is_software ? 0.08 : 0.4);
    if (f->quality > -0.1 && draw_chance(0.55))
        f->rank_province = draw_whole(1, 8);
    else
        f->rank_province = draw_chance(0.6) ? draw_whole(9, 120) : 0;
    if (f->rank_province != 0 && draw_chance(0.4))
        f->rank_nation = f->rank_province * draw_whole(1, 9);
    if (f->rank_nation != 0 && f->rank_nation < 6 && draw_chance(0.6))
        f->rank_global = draw_whole(1, 5);

    double share = exp(0.9 + 1.1 * draw_normal() + 0.5 * f->quality);

    f->share_tenths = (int64_t)floor(at_most(95, share) * 10);
    f->years_in_field = (int64_t)at_most(45, (double)draw_failures(0.11));
    f->founded_year = 2026 - f->years_in_field - draw_whole(0, 6);
}

static void
draw_certifications(struct figures *f)
{
    int64_t count = (int64_t)at_most(5, (double)draw_failures(0.38));
    size_t next = (size_t)draw_whole(0, 9);

    for (int64_t i = 0; i < count; i++) {
        size_t chosen = i == 0 && draw_chance(0.6) ? 0 : next;

        strcat(f->certifications, i == 0 ? "\"" : ",\"");
        strcat(f->certifications, certificates[chosen]);
        strcat(f->certifications, "\"");
        next = (next + 3) % COUNT_OF(certificates);
    }
}

static void
draw_figures(struct figures *f)
{
    memset(f, 0, sizeof *f);
    f->quality = draw_normal() * 0.6;
    f->city = (size_t)draw_whole(0, (int)COUNT_OF(cities) - 1);
    f->industry = &PICK(industries);
    draw_revenue(f);
    draw_research_and_staff(f);
    draw_balance(f);
    draw_standing(f);
    draw_certifications(f);
    if (draw_chance(0.25))
        f->funding = (int64_t)floor(exp(6.5 + 1.4 * draw_normal()));
    for (size_t i = 0; i < sizeof f->code - 1; i++)
        f->code[i] = code_letters[draw_whole(0, 30)];
    f->recognised = draw_chance(f->quality > 0.2 ? 0.5 : 0.12);
    f->little_giant = f->recognised && draw_chance(0.2);
}

static void
put_identity(struct writer *out, const struct figures *f, uint32_t number)
{
    const char *city = cities[f->city];
    const char *first, *second;

    put(out, "{\"id\":\"E%09" PRIu32 "\",\"uscc\":\"91%sMA%s\"", number, regions[f->city], f->code);
    first = PICK(first_words);
    second = PICK(second_words);
    put(out, ",\"name\":\"%s%s%s%s科技股份有限公司\"", city, first, second, f->industry->word);

    const char *surname = PICK(surnames);

    first = PICK(first_words);
    second = PICK(second_words);
    put(out, ",\"legal_rep\":\"%s%s%s\"", surname, first, second);
    first = PICK(first_words);
    second = PICK(second_words);
    put(out, ",\"address\":\"%s市高新技术产业开发区%s%s路%" PRId64 "号\"", city, first, second,
        draw_whole(1, 999));
    put(out, ",\"region\":\"%s\",\"industry\":\"%s\",\"sector\":\"%s\",\"key_field\":\"%s\"",
        regions[f->city], f->industry->code, f->industry->sector, PICK(key_fields));
}

static void
put_figures(struct writer *out, const struct figures *f)
{
    put_number(out, "founded_year", f->founded_year);
    put_number(out, "years_in_field", f->years_in_field);
    put_number(out, "employees", f->employees);
    put_number(out, "rd_staff", f->rd_staff);
    put_years(out, "revenue", f->revenue);
    put_years(out, "main_revenue", f->main_revenue);
    put_years(out, "rd_expense", f->rd_expense);
    put_number(out, "total_assets", f->total_assets);
    put_number(out, "total_liabilities", f->total_liabilities);
    put_years(out, "net_profit", f->net_profit);
    put_number(out, "patents_class1", f->patents1);
    put_number(out, "patents_class2", f->patents2);
    put_number(out, "software_copyrights", f->software);
    put(out, ",\"market_share_pct\":%" PRId64, f->share_tenths / 10);
    if (f->share_tenths % 10 != 0)
        put(out, ".%" PRId64, f->share_tenths % 10);
    put_number(out, "rank_global", f->rank_global);
    put_number(out, "rank_nation", f->rank_nation);
    put_number(out, "rank_province", f->rank_province);
    put(out, ",\"certifications\":[%s]", f->certifications);
}

static void
put_flags(struct writer *out, const struct figures *f)
{
    put_flag(out, "violations", draw_chance(0.03));
    put_flag(out, "dishonest", draw_chance(0.01));
    put_flag(out, "safety_accident", draw_chance(0.01));
    put_flag(out, "env_penalty", draw_chance(0.02));
    put_flag(out, "listed", draw_chance(0.04));
    put_flag(out, "high_tech", draw_chance(f->quality > 0 ? 0.6 : 0.2));
    put_flag(out, "srdi_recognised", f->recognised);
    put_flag(out, "little_giant", f->little_giant);
    put_flag(out, "national_award", draw_chance(0.01));
    put_flag(out, "maker_top50", draw_chance(0.005));
    put_flag(out, "new_product", draw_chance(0.3));
    put_flag(out, "fills_gap", draw_chance(0.15));
    put_flag(out, "cloud_adopted", draw_chance(0.5));
}

static void
put_rest(struct writer *out, const struct figures *f)
{
    put_number(out, "funding_total", f->funding * draw_whole(1, 4));
    put_number(out, "funding_2y", f->funding);

    double exported = 0;

    if (draw_chance(0.4))
        exported = draw() * 0.5;
    put_number(out, "export_revenue", (int64_t)floor((double)f->revenue[0] * exported));
    put_number(out, "digital_level", draw_whole(0, 4));
    put_number(out, "standards_led", draw_failures(0.6));
    put_number(out, "brands", draw_failures(0.5));
    put(out, ",\"rd_institution\":\"%s\"", PICK(institutions));
    put(out, ",\"tax_credit\":\"%s\"", PICK(tax_credits));

    int64_t month = draw_whole(1, 9);
    int64_t day = draw_whole(10, 28);

    put(out, ",\"updated\":\"2026-%02" PRId64 "-%02" PRId64 "\"}\n", month, day);
}

static void
write_record(struct writer *out, uint32_t number, uint32_t seed)
{
    struct figures figures;

    generator_state = ((number + 1) * UINT32_C(0x9E3779B1)) ^ ((seed + 1) * UINT32_C(0x85EBCA77));
    draw();
    draw_figures(&figures);
    out->length = 0;
    put_identity(out, &figures, number);
    put_figures(out, &figures);
    put_flags(out, &figures);
    put_rest(out, &figures);
}

int
main(int argument_count, char **arguments)
{
    static struct writer out;
    static char output_buffer[OUTPUT_SIZE];

    if (argument_count < 2 || argument_count > 4) {
        fputs("usage: generate COUNT [SEED [START]]\n", stderr);
        return 2;
    }

    uint32_t count = (uint32_t)strtoul(arguments[1], NULL, 10);
    uint32_t seed = argument_count > 2 ? (uint32_t)strtoul(arguments[2], NULL, 10) : 42;
    uint32_t start = argument_count > 3 ? (uint32_t)strtoul(arguments[3], NULL, 10) : 0;

    setvbuf(stdout, output_buffer, _IOFBF, sizeof output_buffer);
    for (uint32_t number = start; number < start + count; number++) {
        write_record(&out, number, seed);
        if (fwrite(out.text, 1, out.length, stdout) != out.length)
            break;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("generate");
        return 1;
    }
    return 0;
}
