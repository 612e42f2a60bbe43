/*
 * synth.c: enterprises that nobody has, but a population like them there might be.
 *
 * An invented generator, calibrated to published totals: sizes and staff of manufacturing
 * firms above and below the statistical threshold, margins, debt, who does R&D and how
 * much, titles held. Single firms are made up; only sums and shares resemble anything. No
 * figure in here is a rule. As among real records a few are wrong or odd: see `struct dirt`.
 *
 * INVARIANT: record i depends on the seed, the year and i alone.
 *
 * Must not know: rules. Knows the facts of the shipped vocabulary by their names.
 */
#include "internal.h"

#include <math.h>
#include <stdlib.h>

enum { YEARS = 4, RECORDS_AT_ONCE = 512 };

/* ---- chance ---- */

struct chance {
    uint64_t state;
};

static uint64_t
next(struct chance *chance)
{
    uint64_t z = chance->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Above 0, at most 1. */
static double
uniform(struct chance *chance)
{
    return ((double)(next(chance) >> 11) + 1) * 0x1p-53;
}

static bool
happens(struct chance *chance, double share)
{
    return uniform(chance) <= share;
}

static double
normal(struct chance *chance, double mean, double sigma)
{
    double radius = sqrt(-2 * log(uniform(chance)));
    return mean + sigma * radius * cos(2 * M_PI * uniform(chance));
}

static double
lognormal(struct chance *chance, double median, double sigma)
{
    return median * exp(normal(chance, 0, sigma));
}

/* Marsaglia and Tsang's method. */
static double
gamma_of(struct chance *chance, double shape)
{
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = normal(chance, 0, 1), v = 1 + c * x;
        if (v <= 0)
            continue;
        v = v * v * v;
        if (log(uniform(chance)) < 0.5 * x * x + d - d * v + d * log(v))
            return d * v;
    }
}

static double
beta_of(struct chance *chance, double a, double b)
{
    double x = gamma_of(chance, a), y = gamma_of(chance, b);
    return x / (x + y);
}

static double
poisson(struct chance *chance, double mean)
{
    double limit = exp(-mean), product = uniform(chance);
    double count = 0;
    if (mean > 30)
        return fmax(0, floor(normal(chance, mean, sqrt(mean)) + 0.5));
    for (; product > limit; count++)
        product *= uniform(chance);
    return count;
}

static double
clip(double value, double low, double high)
{
    return fmin(fmax(value, low), high);
}

/* ---- where and what ---- */

struct weighted {
    const char *code;
    double weight;
    double pay; /* of a division: revenue a head, against the median */
    bool high_tech;
};

/* Shares of firms by place; 31 provinces with some cities apart. */
static const struct weighted places[] = {
    {"440100", 7, 1, false},   {"440300", 4, 1, false},    {"441900", 4, 1, false},
    {"320500", 5, 1, false},   {"320100", 4, 1, false},    {"320200", 4, 1, false},
    {"330100", 4, 1, false},   {"330200", 4, 1, false},    {"330300", 4, 1, false},
    {"370100", 3, 1, false},   {"370200", 2, 1, false},    {"370600", 3, 1, false},
    {"410100", 5, 1, false},   {"350100", 3, 1, false},    {"350200", 1.5, 1, false},
    {"340100", 4.5, 1, false}, {"420100", 4, 1, false},    {"510100", 3.5, 1, false},
    {"430100", 3.5, 1, false}, {"130100", 3.5, 1, false},  {"110108", 2, 1, false},
    {"310115", 2.5, 1, false}, {"500112", 2.5, 1, false},  {"120111", 2, 1, false},
    {"360100", 2.5, 1, false}, {"210100", 1.6, 1, false},  {"210200", 0.8, 1, false},
    {"610100", 2, 1, false},   {"140100", 1.2, 1, false},  {"450100", 1.5, 1, false},
    {"530100", 1.2, 1, false}, {"520100", 0.8, 1, false},  {"220100", 0.6, 1, false},
    {"230100", 0.6, 1, false}, {"150100", 0.5, 1, false},  {"620100", 0.4, 1, false},
    {"640100", 0.3, 1, false}, {"650100", 0.5, 1, false},  {"460100", 0.2, 1, false},
    {"630100", 0.1, 1, false}, {"540100", 0.05, 1, false},
};

/* Divisions of manufacturing, GB/T 4754-2017. */
static const struct weighted divisions[] = {
    {"C13", 5, 1.6, false},   {"C14", 2.5, 1.2, false}, {"C17", 4.5, 0.9, false},
    {"C18", 4, 0.6, false},   {"C21", 2.5, 0.7, false}, {"C22", 2, 1.1, false},
    {"C24", 3, 0.7, false},   {"C26", 5.5, 2.2, false}, {"C27", 2.5, 1.4, true},
    {"C29", 6, 1, false},     {"C30", 7.2, 1, false},   {"C31", 2, 2.2, false},
    {"C32", 2.2, 2.2, false}, {"C33", 10.7, 1, false},  {"C34", 10.1, 1, false},
    {"C35", 7.5, 1, true},    {"C36", 5, 1.2, false},   {"C37", 1.5, 1.1, true},
    {"C38", 7.5, 1.2, false}, {"C39", 6.5, 2.2, true},  {"C40", 2.3, 0.9, true},
};

static const struct weighted *
pick(struct chance *chance, const struct weighted *items, size_t count)
{
    double all = 0, at;
    for (size_t i = 0; i < count; i++)
        all += items[i].weight;
    at = uniform(chance) * all;
    for (size_t i = 0; i + 1 < count; i++) {
        at -= items[i].weight;
        if (at <= 0)
            return &items[i];
    }
    return &items[count - 1];
}

/* ---- a firm ---- */

struct firm {
    const struct weighted *place, *division;
    bool above; /* the threshold of statistics */
    enum { MICRO, SMALL, MEDIUM, LARGE } size;
    double staff[YEARS], revenue[YEARS]; /* the latest year first */
    double rd_ratio, ip1, ip2, age, niche, share, margin, growth;
    double quality; /* what titles go by, 0 to 1 for most */
};

static void
draw_size(struct chance *chance, struct firm *firm)
{
    static const double medians[] = {12, 70, 450, 1800}, sigmas[] = {0.6, 0.6, 0.4, 0.6};
    static const double least[] = {1, 20, 300, 1000}, most[] = {19, 299, 999, 20000};
    double at = uniform(chance);
    firm->above = happens(chance, 0.7);
    firm->size = at <= 0.118 ? MICRO : at <= 0.898 ? SMALL : at <= 0.983 ? MEDIUM : LARGE;
    if (!firm->above)
        firm->size = at <= 0.6 ? MICRO : SMALL;
    firm->staff[0] = floor(clip(lognormal(chance, medians[firm->size], sigmas[firm->size]),
                                least[firm->size], most[firm->size]));
}

static void
draw_revenue(struct chance *chance, struct firm *firm)
{
    double head = lognormal(chance, 95, 0.7) * firm->division->pay;
    firm->revenue[0] = firm->staff[0] * head;
    if (firm->above)
        firm->revenue[0] = fmax(firm->revenue[0], 2000 * (1 + uniform(chance)));
    else
        firm->revenue[0] = fmin(firm->revenue[0], 1999 * uniform(chance) + 1);
    /* who does more grows more */
    firm->growth = normal(chance, 2 + 14 * clip(firm->quality, 0, 1), 16);
    double growth = firm->growth;
    for (int y = 1; y < YEARS; y++) {
        firm->revenue[y] = firm->revenue[y - 1] / (1 + clip(growth, -60, 150) / 100);
        growth = 0.2 * growth + normal(chance, 1.6 + 14 * clip(firm->quality, 0, 1), 15.7);
    }
    for (int y = 1; y < YEARS; y++)
        firm->staff[y] = fmax(1, floor(firm->staff[y - 1] * (1 - firm->growth / 300)));
}

static void
draw_research(struct chance *chance, struct firm *firm)
{
    static const double does[] = {0.15, 0.34, 0.6, 0.8}, factor[] = {0.6, 0.6, 1, 2.5};
    if (happens(chance, does[firm->size]))
        firm->rd_ratio =
            clip(lognormal(chance, firm->division->high_tech ? 4.2 : 2.6, 0.75), 0.05, 60);
    firm->ip1 = poisson(
        chance, clip(0.25 * firm->rd_ratio * factor[firm->size] * (1 + firm->rd_ratio / 3), 0, 60));
    firm->ip2 = poisson(chance, clip(2 * firm->ip1 + 3, 0, 200));
    firm->age = clip(lognormal(chance, 13, 0.55), 0.5, 60);
    firm->niche = floor(fmin(firm->age, gamma_of(chance, 3) * 3.5));
    firm->margin = happens(chance, 0.72) ? lognormal(chance, 5.5, 0.7) : -lognormal(chance, 4, 0.8);
    firm->quality = clip(firm->rd_ratio / 12, 0, 0.4) + clip(firm->ip1 / 12, 0, 0.3) +
                    clip(firm->niche / 40, 0, 0.2) + clip(firm->margin / 100, -0.1, 0.1);
    /* who does more leads more often */
    firm->share =
        clip((1 + 40 * beta_of(chance, 1.0001, 14)) * (1 + 12 * clip(firm->quality, 0, 1)), 1, 90);
}

/* ---- what is wrong about it ---- */

/* Of a hundred records: a mistake in units 0.5, no figures of three years ago 3, more main
 * revenue than revenue 0.3, a title that ran out 2 or begins later 0.1, moved in 1.5, a
 * subsidiary that reports its parent's figures 0.5, leading with hardly a share 0.5, a region
 * that is no more 0.2. Shares are invented. */
struct dirt {
    bool unit, gap, main, expired, future, moved, twin, rank, region;
};

static struct dirt
draw_dirt(uint64_t seed, uint64_t number)
{
    struct chance chance = {seed * UINT64_C(0x2545f4914f6cdd1d) ^
                            number * UINT64_C(0xd6e8feb86659fd93)};
    next(&chance);
    return (struct dirt){
        .unit = happens(&chance, 0.005),
        .gap = happens(&chance, 0.03),
        .main = happens(&chance, 0.003),
        .expired = happens(&chance, 0.02),
        .future = happens(&chance, 0.001),
        .moved = happens(&chance, 0.015),
        .twin = number > 1 && happens(&chance, 0.005),
        .rank = happens(&chance, 0.005),
        .region = happens(&chance, 0.002),
    };
}

/* ---- its record ---- */

struct record {
    struct chance chance;
    struct firm firm;
    struct dirt dirt;
    int year;
    tidu_text *out;
};

enum { GAP = 2 }; /* years before the latest */

/* A decimal with so many digits, without the zeros at its end. */
static void
put_fixed(tidu_text *out, double value, int digits)
{
    static const double powers[] = {1, 10, 100};
    long long all = llround(fabs(value) * powers[digits]);
    char text[32], *at = text + sizeof text, *end = at;
    bool negative = value < 0 && all;
    for (int d = 0; d < digits; d++, all /= 10)
        *--at = (char)('0' + all % 10);
    while (end > at && end[-1] == '0')
        end--;
    if (end > at)
        *--at = '.';
    do
        *--at = (char)('0' + all % 10);
    while (all /= 10);
    if (negative)
        *--at = '-';
    tidu_text_add(out, at, (size_t)(end - at));
}

static void
name_it(struct record *record, const char *name)
{
    tidu_text_puts(record->out, ",\"");
    tidu_text_puts(record->out, name);
    tidu_text_puts(record->out, "\":");
}

static void
say(struct record *record, const char *name, double value, int digits)
{
    name_it(record, name);
    put_fixed(record->out, value, digits);
}

static void
say_flag(struct record *record, const char *name, bool value)
{
    name_it(record, name);
    tidu_text_puts(record->out, value ? "true" : "false");
}

static void
say_word(struct record *record, const char *name, const char *value)
{
    name_it(record, name);
    tidu_text_putc(record->out, '"');
    tidu_text_puts(record->out, value);
    tidu_text_putc(record->out, '"');
}

static void
say_years(struct record *record, const char *name, const double values[YEARS], int digits)
{
    name_it(record, name);
    for (int y = 0; y < YEARS; y++) {
        if (y == GAP && record->dirt.gap)
            continue;
        tidu_text_puts(record->out, y ? ",\"" : "{\"");
        put_fixed(record->out, record->year - y, 0);
        tidu_text_puts(record->out, "\":");
        put_fixed(record->out, values[y], digits);
    }
    tidu_text_putc(record->out, '}');
}

/* A share of another figure, year by year, with a little noise. */
static void
say_share(struct record *record, const char *name, const double base[YEARS], double percent,
          double noise, int digits)
{
    double values[YEARS];
    for (int y = 0; y < YEARS; y++)
        values[y] = base[y] * percent / 100 * (1 + normal(&record->chance, 0, noise));
    say_years(record, name, values, digits);
}

static void
say_identity(struct record *record, uint64_t number)
{
    const struct firm *firm = &record->firm;
    int year = record->year + 1 - (int)ceil(firm->age);
    /* an area code that no registry gives out */
    tidu_text_printf(record->out,
                     "{\"uscc\":\"91990000%010llu\",\"enterprise_name\":"
                     "\"合成企业%llu\"",
                     (unsigned long long)number % 10000000000u, (unsigned long long)number);
    /* a district of Suzhou until 2012 */
    say_word(record, "region_code", record->dirt.region ? "320503" : firm->place->code);
    say_word(record, "industry_code", firm->division->code);
    tidu_text_printf(record->out, ",\"established_date\":\"%d-%02u-%02u\"", year,
                     1 + (unsigned)(next(&record->chance) % 12),
                     1 + (unsigned)(next(&record->chance) % 28));
    say_flag(record, "is_independent_legal_person", true);
    say_flag(record, "is_mainland_registered", true);
    say_flag(record, "is_manufacturing", true);
    say_flag(record, "is_producer_service", false);
    say_flag(record, "is_above_size", firm->above);
    say_flag(record, "is_private", happens(&record->chance, 0.9));
}

static void
say_conduct(struct record *record)
{
    struct chance *chance = &record->chance;
    bool bad = happens(chance, 0.025);
    unsigned which = (unsigned)(next(chance) % 6);
    say_flag(record, "in_abnormal_list", bad && which == 0);
    say_flag(record, "is_seriously_dishonest", bad && which == 1);
    say_flag(record, "is_restricted_product", false);
    say_word(record, "accident_grade_3y", bad && which == 2 ? "general" : "none");
    say_word(record, "cyber_incident_3y", "none");
    say_word(record, "env_violation_3y", bad && which == 3 ? "major" : "none");
    say_word(record, "quality_problem_3y", bad && which == 4 ? "serious" : "none");
    say_flag(record, "tax_violation_3y", bad && which == 5);
    say_flag(record, "data_fraud_3y", false);
}

static void
say_finance(struct record *record)
{
    const struct firm *firm = &record->firm;
    struct chance *chance = &record->chance;
    double assets[YEARS], turnover = lognormal(chance, 1, 0.35);
    double debt = clip(normal(chance, 59 - 15 * clip(firm->quality, 0, 1), 18), 8, 115);
    double main_share = 100 * beta_of(chance, 18, 1.6), stated[YEARS];
    for (int y = 0; y < YEARS; y++)
        stated[y] = firm->revenue[y] * (record->dirt.unit ? 10000 : 1); /* in yuan */
    say_years(record, "employees", firm->staff, 0);
    say_years(record, "revenue", stated, 2);
    say_share(record, "main_revenue", firm->revenue, record->dirt.main ? 120 : main_share, 0, 2);
    for (int y = 0; y < YEARS; y++)
        assets[y] = firm->revenue[y] * turnover;
    say_years(record, "total_assets", assets, 2);
    say_share(record, "total_liabilities", assets, debt, 0.02, 2);
    say_share(record, "net_profit", firm->revenue, firm->margin, 0.1, 2);
    bool funded = firm->rd_ratio > 3 && firm->size <= SMALL && happens(chance, 0.11);
    double equity = funded ? lognormal(chance, 1800, 1) : 0;
    say(record, "equity_new_2y", equity, 0);
    say(record, "equity_new_3y", equity * (1 + (funded ? uniform(chance) : 0)), 0);
}

static void
say_research(struct record *record)
{
    const struct firm *firm = &record->firm;
    struct chance *chance = &record->chance;
    static const char *const levels[] = {"none", "below_city", "city", "provincial", "national"};
    double people = clip(0.9 * firm->rd_ratio + normal(chance, 3, 3), 0, 70);
    double self = 0, high = 0;
    for (int i = 0; i < (int)firm->ip1; i++) {
        self += happens(chance, 0.85);
        high += happens(chance, 0.12);
    }
    say_share(record, "rd_expense", firm->revenue, firm->rd_ratio, 0.05, 2);
    say_share(record, "rd_staff", firm->staff, firm->rd_ratio > 0 ? people : 0, 0.02, 0);
    say(record, "ip1_count", firm->ip1, 0);
    say(record, "ip1_self_count", self, 0);
    say(record, "ip1_highvalue_count", high, 0);
    say(record, "ip1_top3_owner_count", self, 0);
    say(record, "ip_recent_transfer_count", 0, 0);
    say(record, "ip2_count", firm->ip2, 0);
    say_flag(record, "ip_applied_benefit", firm->ip1 + firm->ip2 > 0);
    double level = firm->quality * 6 + normal(chance, 0, 0.8);
    say_word(record, "rd_institution_level", levels[(int)clip(floor(level), 0, 4)]);
    say_flag(record, "rd_institution_joint", false);
    double score = 35 + 6 * log(1 + firm->ip1) + 1.2 * firm->rd_ratio + 0.25 * firm->margin +
                   0.1 * firm->growth + 8 * clip(firm->quality, 0, 1);
    say(record, "srdi_dev_score_current", clip(score + normal(chance, 0, 5), 5, 98), 1);
    say(record, "srdi_dev_score_prev", clip(score + normal(chance, -1, 5), 5, 98), 1);
    tidu_text_puts(record->out, ",\"science_awards\":[],\"maker_china_rank\":[],\"standards\":[");
    if (happens(chance, firm->quality * 0.5))
        tidu_text_printf(record->out, "{\"level\":\"%s\",\"role\":\"%s\",\"year\":%d}",
                         happens(chance, 0.5) ? "industry" : "national",
                         happens(chance, 0.3) ? "lead" : "join", record->year - 1);
    tidu_text_putc(record->out, ']');
}

static void
say_market(struct record *record)
{
    const struct firm *firm = &record->firm;
    struct chance *chance = &record->chance;
    double q = clip(firm->quality, 0, 1), digital = uniform(chance);
    static const char *const levels[] = {"general", "domestic_advanced", "domestic_leading",
                                         "international_advanced", "international_leading"};
    double shares[YEARS], world[YEARS], ranks[YEARS], further[YEARS];
    const double rank = fmax(1, floor(lognormal(chance, 90 / firm->share, 0.6)));
    for (int y = 0; y < YEARS; y++) {
        shares[y] = record->dirt.rank ? 0.1 : firm->share * (1 - 0.02 * y);
        world[y] = shares[y] * 0.35;
        ranks[y] = record->dirt.rank ? 1 : rank;
        further[y] = fmax(1, floor(rank * 2.5));
    }
    say(record, "niche_years", firm->niche, 0);
    say(record, "new_product_years", floor(fmin(firm->niche, 8 * uniform(chance))), 0);
    say_years(record, "share_national", shares, 1);
    say_years(record, "rank_national", ranks, 0);
    say_years(record, "share_world", world, 1);
    say_years(record, "rank_world", further, 0);
    say(record, "rank_province", fmax(1, floor(rank / 5)), 0);
    say_word(record, "tech_level", levels[(int)clip(floor(6 * q + normal(chance, 0, 1)), 0, 4)]);
    bool saves = happens(chance, 0.3 + 0.5 * q);
    tidu_text_puts(record->out, ",\"energy_advanced\":{");
    for (int y = 0; y < YEARS; y++)
        tidu_text_printf(record->out, "%s\"%d\":%s", y ? "," : "", record->year - y,
                         saves ? "true" : "false");
    tidu_text_putc(record->out, '}');
    say(record, "digital_level",
        digital <= 0.45   ? 1
        : digital <= 0.83 ? 2
        : digital <= 0.97 ? 3
                          : 4,
        0);
    say(record, "it_core_processes", floor(6 * q + uniform(chance)), 0);
    say(record, "supplies_major_firms", poisson(chance, 2 * q), 0);
    say_flag(record, "is_strategic_emerging", happens(chance, 0.15 + 0.6 * q));
    say_flag(record, "is_six_bases", happens(chance, 0.75 + 0.25 * q));
    say_flag(record, "is_ten_fields", happens(chance, 0.1 + 0.4 * q));
    say_flag(record, "is_network_power_field", happens(chance, 0.03));
    say_flag(record, "chain_gap_effect", happens(chance, 0.75 + 0.25 * q));
    say_flag(record, "is_key_node", happens(chance, 0.75 + 0.25 * q));
    say_flag(record, "is_time_honoured", happens(chance, 0.002));
    say_flag(record, "has_own_brand", happens(chance, 0.5 + 0.5 * q));
    say_flag(record, "has_reputation", happens(chance, 0.3 + 0.5 * q));
    tidu_text_puts(record->out, happens(chance, 0.5 + 0.5 * q)
                                    ? ",\"management_certs\":[\"ISO9001\"]"
                                    : ",\"management_certs\":[]");
    tidu_text_puts(record->out, happens(chance, 0.15) ? ",\"foreign_product_certs\":[\"CE\"]"
                                                      : ",\"foreign_product_certs\":[]");
    say_word(record, "quality_award_level",
             happens(chance, 0.04 * q)  ? "provincial"
             : happens(chance, 0.1 * q) ? "city"
                                        : "none");
}

/* The further up the ladder the rarer: who holds one holds those below it. */
static void
say_titles(struct record *record)
{
    static const char *const rungs[] = {"inno", "srdi", "lg", "sc"};
    static const double borders[] = {0.24, 0.36, 0.42, 0.78};
    const struct firm *firm = &record->firm;
    double at = firm->quality + normal(&record->chance, 0, 0.06);
    bool first = true;
    if (record->dirt.moved)
        tidu_text_printf(record->out,
                         ",\"moved_in\":[{\"date\":\"%d-07-01\",\"region\":\"360100\"}]",
                         record->year);
    tidu_text_puts(record->out, ",\"titles\":[");
    bool tech = happens(&record->chance, clip(firm->quality * 0.8, 0, 0.9));
    if (record->dirt.expired || record->dirt.future) {
        int granted = record->dirt.future ? record->year + 2 : record->year - 5;
        tidu_text_printf(record->out,
                         "{\"id\":\"hnte\",\"granted\":\"%d-12-01\",\"expires\":\"%d-11-30\"}",
                         granted, granted + 3);
        first = false;
    } else if (tech) {
        tidu_text_printf(record->out, "{\"id\":\"hnte\",\"granted\":\"%d-12-01\"}",
                         record->year - 1 - (int)(next(&record->chance) % 2));
        first = false;
    }
    /* in force in the year behind the latest full one, and in that */
    int granted = record->year - first;
    const char *month = first ? "12" : "03";
    for (int rung = 0; rung < 4 && firm->above && firm->size != LARGE && at > borders[rung];
         rung++) {
        tidu_text_printf(record->out, "%s{\"id\":\"%s\",\"granted\":\"%d-%s-01\"}",
                         first ? "" : ",", rungs[rung], granted, month);
        first = false;
        granted = record->year;
        month = "03";
    }
    tidu_text_puts(record->out, "]}\n");
}

static void
put_record(uint64_t seed, uint64_t number, int year, tidu_text *out)
{
    struct record record = {.dirt = draw_dirt(seed, number), .year = year, .out = out};
    struct firm *firm = &record.firm;
    struct chance *chance = &record.chance;
    uint64_t like = number - record.dirt.twin; /* its parent has the number before */
    chance->state = seed * UINT64_C(0xd1342543de82ef95) ^ like * UINT64_C(0x9e3779b97f4a7c15);
    next(chance);
    firm->place = pick(chance, places, sizeof places / sizeof *places);
    firm->division = pick(chance, divisions, sizeof divisions / sizeof *divisions);
    draw_size(chance, firm);
    draw_research(chance, firm);
    draw_revenue(chance, firm);
    say_identity(&record, number);
    say_conduct(&record);
    say_finance(&record);
    say_research(&record);
    say_market(&record);
    say_titles(&record);
}

/* ---- the source ---- */

struct tidu_synth {
    uint64_t seed, count, next;
    int year;
};

tidu_synth *
tidu_synth_open(uint64_t seed, uint64_t count, int year)
{
    tidu_synth *synth = calloc(1, sizeof *synth);
    if (synth)
        *synth = (tidu_synth){.seed = seed, .count = count, .next = 1, .year = year};
    return synth;
}

void
tidu_synth_close(tidu_synth **synth)
{
    free(*synth);
    *synth = NULL;
}

bool
tidu_synth_read(void *context, tidu_text *out, tidu_error *reterr)
{
    tidu_synth *synth = context;
    for (int i = 0; i < RECORDS_AT_ONCE && synth->next <= synth->count; i++)
        put_record(synth->seed, synth->next++, synth->year, out);
    return !out->failed || tidu_error_set(reterr, TIDU_MEMORY, NULL);
}
